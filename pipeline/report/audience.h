/* SPDX-License-Identifier: Apache-2.0 */
/* Who may read what of a person: meta.audiences of rules.yaml, applied to a row before anything is written from it. */
#ifndef MOPAI_REPORT_AUDIENCE_H
#define MOPAI_REPORT_AUDIENCE_H

#include "pipeline/report/list.h"

/* Masks or empties names (also where a sentence says them), phone, addresses, ages and benefits of the row, its household and its members. */
void audience_apply(struct report *r, enum rules_audience whom, struct list_row *l);

#endif
