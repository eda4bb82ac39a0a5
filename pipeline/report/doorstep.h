/* SPDX-License-Identifier: Apache-2.0 */
/* What is carried to the door, on paper: streets/CODE-NAME.pdf. First the list of the street (landscape: sections per community, a household's warnings under
   one heading, columns for the pen), then one form a household (portrait: members, what the data says and since when, outcomes to tick, signatures), then the
   characters no font had. Black on white: levels are words, grey is only a ground. */
#ifndef MOPAI_REPORT_DOORSTEP_H
#define MOPAI_REPORT_DOORSTEP_H

#include "pipeline/report/xlsx.h"

struct doorstep;

enum doorstep_fonts {
    DOORSTEP_NOT_BUILT,  /* PDF=0 */
    DOORSTEP_NO_FONT,    /* no font prints Han: no PDF is written */
    DOORSTEP_COMMON,     /* rare characters of names will be boxes */
    DOORSTEP_RARE        /* and those of extension B too */
};
/* *out is NULL unless pages can be printed. *out_font: name of the font, lives as long as *out; may be NULL. */
enum doorstep_fonts doorstep_new(struct doorstep **out, const char **out_font);
void doorstep_free(struct doorstep *d); /* NULL is fine */

/* The sheet of one street. */
enum status doorstep_write(struct doorstep *d, struct report *r, const char *file_name, const struct xlsx_sheet *sheet, struct err *err) MUST_CHECK;

#endif
