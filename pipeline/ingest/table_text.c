/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "pipeline/ingest/table_text.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/store/raw.h"
#include "pipeline/ingest/arrival.h"
#include "pipeline/ingest/xlsx.h"

static enum status read_sheet(const char *path, struct str name, size_t limit, struct table_text *t, struct err *err)
{
    enum { STEP = 1 << 18 };
    int fd;
    struct zip *zip;
    struct xlsx *sheet = NULL;
    struct strbuf *out = &t->text;
    TRY(raw_source_open(path, &fd, err));
    enum status status = zip_open(fd, path, &zip, err);
    status = status == ST_OK ? xlsx_open(zip, path, name, &sheet, err) : status;
    strbuf_clear(out);
    for (size_t n = STEP; status == ST_OK && n == STEP;) {
        strbuf_reserve(out, STEP);
        status = xlsx_read(sheet, out->p + out->n, STEP, &n, err);
        out->n += status == ST_OK ? n : 0;
        if (out->n > limit) {
            status = err_set(err, ST_INPUT, TR("“%s”过大，上限 %zu 字节", "'%s' is too large, limit %zu bytes"), path, limit);
        }
    }
    for (size_t i = 0; status == ST_OK && xlsx_sheet(sheet, i); i++) {
        strbuf_addf(&t->sheets, "%s\n", xlsx_sheet(sheet, i));
    }
    if (status == ST_OK) {
        strbuf_adds(&t->notes, xlsx_notes(sheet));
    }
    xlsx_close(sheet);
    (void)close(fd);
    return status;
}

enum status table_text_read(const char *path, struct str sheet, size_t limit, struct table_text *out, struct err *err)
{
    char *real = realpath(path, NULL);
    struct arrival a = {.path = real};
    *out = (struct table_text){.text = STRBUF_INIT, .sheets = STRBUF_INIT, .notes = STRBUF_INIT};
    enum status status = arrival_open(real ? real : path, path, &a, err);
    if (status == ST_OK && a.parts.n > 1) {
        status = err_set(err, ST_INPUT, TR("%s：压缩包里有 %zu 个文件，不知道用哪一个；请先解开", "%s: %zu files in the archive, unpack it and name one"), path, a.parts.n);
    }
    status = status == ST_OK ? arrival_read_all(&a, 0, limit, &out->text, err) : status;
    out->is_sheet = status == ST_OK && str_starts(strbuf_str(&out->text), STR("PK\3\4"));
    if (out->is_sheet && a.packing != PACKED_NOT) {
        status = err_set(err, ST_INPUT, TR("%s：里面是工作簿；请先解开", "%s: a workbook inside an archive; unpack it first"), path);
    } else if (out->is_sheet) {
        status = read_sheet(real, sheet, limit, out, err);
    }
    arrival_release(&a);
    free(real);
    return status;
}

void table_text_release(struct table_text *t)
{
    strbuf_release(&t->text);
    strbuf_release(&t->sheets);
    strbuf_release(&t->notes);
}
