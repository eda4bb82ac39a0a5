/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes for a table nobody described. A true pair should be found although any one or two of its fields are wrong, so fields are taken two by two, each as
   loosely (sound, first letters, year) as the number of pairs allows; a field that is rare enough by itself stands alone; a third one is added where two are
   still too common. Small tables are compared whole. How many pairs a key makes is counted, not estimated, before it is taken: the counts are the plan. */
#ifndef MOPAI_MATCHERS_PLAN_H
#define MOPAI_MATCHERS_PLAN_H

#include "matchers/block.h"

struct plan_options {
    uint64_t all_values;     /* up to so many comparisons of two values, pairs by fields, the table is compared whole */
    uint64_t recipe_pairs;   /* most pairs of one recipe, 0: by the number of rows */
    uint64_t total_pairs;    /* most pairs of all recipes together, 0: by the number of rows */
    uint32_t cap;            /* rows of a block */
};
#define PLAN_OPTIONS_DEFAULT ((struct plan_options){50000000, 0, 0, 1000})

struct plan {
    struct recipe recipe[RECIPES_MAX];
    struct block_report forecast[RECIPES_MAX];
    unsigned n;
};
uint64_t plan_total_pairs(const struct link_table *t, const struct plan_options *o); /* what total_pairs 0 stands for */
/* Deterministic in any row order. At least one recipe. */
void plan_make(const struct link_table *t, const struct plan_options *o, struct plan *out);

#endif
