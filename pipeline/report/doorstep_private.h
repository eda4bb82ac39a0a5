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

/* 女67岁（已故） */
struct str doorstep_sex_age(struct arena *a, const struct list_person *p);

void doorstep_list(struct doorstep *d);                       /* doorstep_list.c */
void doorstep_form(struct doorstep *d, size_t from, size_t n); /* doorstep_form.c */

#endif
