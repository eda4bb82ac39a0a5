/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs -> patterns -> weights, in integers. The weight of a pair is the prior plus one table entry a field, plus the term of the value where a field is
   the same; the probability follows from the weight. Threads share the blocks; the result is in order of pairs whatever their number. */
#ifndef MOPAI_MATCHERS_SCORE_H
#define MOPAI_MATCHERS_SCORE_H

#include "matchers/cluster.h"
#include "matchers/model.h"

/* Names depend on what a household shares: what brings one number under two names is mostly a number written on a relative's row; twins share a birth date,
   families phone and address. Where the name is another (surname only, given name only, different), number, birth date, phone and address count each for at
   most half of what it takes to overcome the prior. Where one character differs and neither sounds nor looks alike, as between siblings and twins, the name
   counts as the surname alone once birth date, phone or address agree, and these together for less than it takes to overcome the prior: unless a number
   agrees, such a pair is a person's to decide. The one departure from independence of fields; it keeps strangers of one birthday apart on lists of ten rows. */
struct scorer {
    const struct link_table *table;
    const struct model *model;
    uint32_t name_fields;       /* which fields are the name, a bit each; 0: none */
    int32_t id_most;            /* weight of what a household shares, under another name */
    int32_t *term[LINK_FIELDS]; /* [values of the dictionary], 0 for NO_VALUE */
    int32_t most[LINK_FIELDS];  /* what a field can add at most when its values are not equal; 0 or more */
    uint8_t order[LINK_FIELDS]; /* fields, the cheapest to compare first */
};
/* FROZEN: values not listed in the model count as never seen, whatever tonight's table holds: the same pair weighs the same every night. LIVE: the table
   is the one the model was just trained on, so that rare values are known by their count. */
enum term_source { TERMS_FROZEN, TERMS_LIVE };
/* The model's fields are the table's, in order (BUG otherwise). */
void scorer_init(struct scorer *s, const struct link_table *t, const struct model *m, enum term_source terms);
void scorer_release(struct scorer *s);
int32_t score_pair(const struct scorer *s, uint32_t a, uint32_t b, uint64_t *out_pattern);
/* The weight of one field of a pair: what the waterfall shows. */
int32_t score_field(const struct scorer *s, unsigned field, uint32_t a, uint32_t b, unsigned *out_level);

typedef VEC(struct cluster_edge) link_edges; /* a < b */
/* The weight of a pair when it is `keep` or more; otherwise some weight below keep: fields are compared from the cheapest on, and no more of them once
   the rest cannot bring the pair to keep. Most pairs end before their names and addresses are looked at. */
int32_t score_pair_from(const struct scorer *s, uint32_t a, uint32_t b, int32_t keep);
/* Every pair of the blocks that weighs `keep` or more, sorted by a, b. *out_pairs: how many were scored. */
void score_blocks(const struct scorer *s, const struct blocks *b, int32_t keep, unsigned threads, link_edges *out, uint64_t *out_pairs);

#endif
