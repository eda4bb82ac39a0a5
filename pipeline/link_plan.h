/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai link --plan`: how many pairs tonight's unsure rows would make, by way to meet, before any is compared. */
#ifndef MOPAI_PIPELINE_LINK_PLAN_H
#define MOPAI_PIPELINE_LINK_PLAN_H

#include "base/core/str.h"
#include "pipeline/link_model.h"

struct link_plan_way {
    uint64_t entries;   /* unsure rows with a key; rows that say the same count once */
    uint64_t blocks;    /* different keys */
    uint64_t largest;   /* entries of one key */
    uint64_t split;     /* keys over the cap: compared only within the year of birth */
    uint64_t pairs, lost; /* with register rows; lost: left out by the cap */
};
struct link_plan {
    uint64_t rows, unsure;  /* rows of the deliveries in force; those that are not sure of their person */
    struct link_plan_way way[WAY_COUNT];
};
#define PLAN_PAIR_NS 400 /* a pair, on the machine of docs/performance.md; a row read: */
#define PLAN_ROW_NS  250
void link_plan_print(const struct link_plan *p, struct strbuf *out);

#endif
