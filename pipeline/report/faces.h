/* SPDX-License-Identifier: Apache-2.0 */
/* Names, doors and phones for the lists, from the population of the night. */
#ifndef MOPAI_REPORT_FACES_H
#define MOPAI_REPORT_FACES_H

#include "pipeline/population.h"
#include "pipeline/report/report.h"

struct faces_of_night {
    struct population *population; /* borrowed */
    const struct people *people;
    daynum as_of;
    int programmes, category;      /* attributes 享受待遇 and 户.在保类别, -1 when people.yaml has none of that name */
};
/* *out refers to *f: both live as long as the report. */
void faces_init(struct faces_of_night *f, struct population *population, const struct people *people, daynum as_of, struct faces *out);

#endif
