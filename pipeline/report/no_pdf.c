/* SPDX-License-Identifier: Apache-2.0 */
/* Built with PDF=0: lists are workbooks only, and `mopai check` says so. */
#include "pipeline/report/doorstep.h"
#include "pipeline/report/sheet.h"

enum doorstep_fonts doorstep_new(struct doorstep **out, const char **out_font)
{
    *out = NULL;
    *out_font = NULL;
    return DOORSTEP_NOT_BUILT;
}

void doorstep_free(struct doorstep *d) { BUG_ON(d != NULL); }

enum status doorstep_write(struct doorstep *d, struct report *r, const char *file_name, const struct xlsx_sheet *sheet, struct err *err)
{
    (void)d, (void)r, (void)sheet;
    return err_set(err, ST_CONFIG, "%s: PDF=0", file_name);
}

enum status sheet_pdf(const struct sheet *s, const char *path, struct err *err)
{
    (void)s;
    return err_set(err, ST_CONFIG, TR("%s：本程序编译时没有带 PDF，请写成 .html", "%s: built without PDF, write .html"), path);
}
