/* SPDX-License-Identifier: Apache-2.0 */
/* A model from data without labels.

   u: how often each level occurs between any two rows, counted exactly from value frequencies for "same", and for the other levels over all pairs of
   distinct values, or over a seeded sample of them weighted by frequency; the share that true pairs have in it (small tables!) is taken off again:
   u = (p - lambda m) / (1 - lambda).
   m: EM over counts of agreement patterns, one pass over the pairs (fastLink, Splink). Every recipe has its own share of matches; the fields of a recipe
   are left out of its evidence, since its pairs agree on them by construction. All recipes share m. Levels start at, and lean on, `usual` (compare.h) with
   the weight of a few pairs (Dirichlet). A list of a few rows shows next to nothing: u, the prior and the rarity of values lean in the same way on what is
   usual, and "different" is never allowed a weight above zero.
   prior: the share of matches among all possible pairs, by EM over the patterns of the union of recipes with everything else fixed.

   The household optimum (Splink issue 1817): EM may settle on "lives together" instead of "is the same", seen by names and birth dates that differ in most
   "matches". m of "same or nearly" of identifying fields is held above a floor, and the report says where it had to be. */
#ifndef MOPAI_MATCHERS_EM_H
#define MOPAI_MATCHERS_EM_H

#include "matchers/model.h"

struct pattern_count {
    uint64_t pattern, n;
};
typedef VEC(struct pattern_count) pattern_counts;
/* Sorted by pattern. Pairs of blocks are sampled (whole blocks, by content) when a recipe has more than `most` pairs. */
void count_patterns(const struct blocks *b, unsigned recipe, enum pair_choice choice, uint64_t most, pattern_counts *out);

struct em_options {
    uint64_t seed;
    uint64_t pairs;     /* most pairs looked at per recipe */
    uint64_t samples;   /* pairs of distinct values drawn for u of one field */
    unsigned rounds;    /* at most */
    double lean;        /* pairs' worth of the usual m */
};
#define EM_OPTIONS_DEFAULT ((struct em_options){20260302, 2000000, 400000, 200, 20.0})

struct em_report {
    bool converged;
    unsigned rounds;
    double change;                 /* largest change of a probability in the last round */
    double expected;               /* links among the pairs of the recipes */
    uint64_t possible;
    uint32_t held;                 /* bit f: m of field f was held at its floor */
    double m[LINK_FIELDS][LEVELS_MAX], u[LINK_FIELDS][LEVELS_MAX];
};
/* Fills the weights, terms and prior of *out for the fields and recipes of `b`. out->fields' names borrow from the table. */
void em_train(const struct blocks *b, const struct em_options *o, struct model *out, struct em_report *report);

/* The usual share of level l among two different values: what a table too small to show it leans on. */
double usual_share(enum field_type type, unsigned l);

/* How often each level occurs between two rows at random, out[level]; the share of pairs where either is missing is left out. */
void level_shares(const struct link_table *t, unsigned field, const struct em_options *o, double out[LEVELS_MAX]);

#endif
