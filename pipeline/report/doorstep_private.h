/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of doorstep.h. */
#ifndef MOPAI_REPORT_DOORSTEP_PRIVATE_H
#define MOPAI_REPORT_DOORSTEP_PRIVATE_H

#include "pipeline/report/doorstep.h"
#include "pipeline/report/pdf.h"

#define DOORSTEP_PAD    3.0 /* between a cell's rule and its text */
#define DOORSTEP_NOTICE "本件为走访线索，不是处理决定；有出入的以实际情况为准，不得仅凭本件停发或核减待遇。"

/* A part of the form that is the same in every household, drawn once a file. */
struct doorstep_piece {
    bool drawn;
    size_t piece;
    double height;
};
#define DOORSTEP_NEEDS 16 /* so many different sets of needs are kept; more are drawn each time */

struct doorstep {
    struct pdf *pdf;
    struct report *r;
    const struct xlsx_sheet *sheet;
    struct arena scratch; /* cleared after every household */
    struct doorstep_pieces {
        struct doorstep_piece household, members, warnings, facts, outcomes, signatures, needs[DOORSTEP_NEEDS];
        uint64_t needs_of[DOORSTEP_NEEDS]; /* bits of rules_meta.needs that the data hints at */
        size_t n_needs;
    } pieces;
};

/* 女67岁（已故） */
struct str doorstep_sex_age(struct arena *a, const struct list_person *p);

void doorstep_list(struct doorstep *d);                       /* doorstep_list.c */
void doorstep_form(struct doorstep *d, size_t from, size_t n); /* doorstep_form.c */

#endif
