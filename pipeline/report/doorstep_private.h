/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of doorstep.h. */
#ifndef MOPAI_REPORT_DOORSTEP_PRIVATE_H
#define MOPAI_REPORT_DOORSTEP_PRIVATE_H

#include "pipeline/report/doorstep.h"
#include "pipeline/report/pdf.h"

#define DOORSTEP_PAD    3.0 /* between a cell's rule and its text */
#define DOORSTEP_NOTICE "本件为走访线索，不是处理决定；有出入的以实际情况为准，不得仅凭本件停发或核减待遇。"

struct doorstep {
    struct pdf *pdf;
    struct report *r;
    const struct xlsx_sheet *sheet;
    struct arena scratch; /* cleared after every household */
};

/* Rows [i, i + n) are one household. */
size_t doorstep_visit_rows(const struct xlsx_sheet *sheet, size_t i);
/* 女67岁（已故） */
struct str doorstep_sex_age(struct arena *a, const struct list_person *p);
/* 助医、助困: kinds of help that the household's rules point to; "" none. */
struct str doorstep_needs(struct doorstep *d, const struct list_row *rows, size_t n);
bool doorstep_need_of(const struct rules_need *need, const struct list_row *rows, size_t n);

void doorstep_list(struct doorstep *d);                       /* doorstep_list.c */
void doorstep_form(struct doorstep *d, size_t from, size_t n); /* doorstep_form.c */

#endif
