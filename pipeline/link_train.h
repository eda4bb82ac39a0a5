/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai link --train`: the site's model from the deliveries in force.

   m, how often rows of one person agree: counted on anchors, rows that a valid number puts to one person and whose names are the same but for a slip, each
   against what another source said of that person first. No labels, no guess: the number is the label.
   u, how often any two persons agree: exact from value frequencies, one row a person (matchers/em.h, level_shares).
   What the number itself says (numbers), and fields with too few anchors: EM over the candidates that unsure rows meet, the rest of the evidence fixed. Names
   and birth dates are never taken from EM, and pairs of half a name do not count in it: it cannot settle on "lives together" instead of "is the same".
   How rare a name is, is counted every night and is no part of the model. Terms are phones, addresses and birth dates that TERM_ROWS persons of the sample
   share and that are four times as common as usual.

   Seeded: above TRAIN_PERSONS persons a sample, drawn by the hash of their numbers, the same whatever the order of rows. */
#ifndef MOPAI_PIPELINE_LINK_TRAIN_H
#define MOPAI_PIPELINE_LINK_TRAIN_H

#include "pipeline/link_model.h"

#define TRAIN_PERSONS 60000u
#define TRAIN_SEED    20260302u
#define ANCHORS_FEWEST 200   /* fewer pairs of a field: EM, then usual values */
#define EXAMPLES 2           /* a level */

enum train_from { TRAINED_ON_ANCHORS, TRAINED_BY_EM, TRAINED_NOT }; /* NOT: the usual values stay */

struct train_example {
    char a[48], b[48]; /* masked */
};
struct train_field {
    enum train_from from;
    uint64_t anchors;               /* pairs where both sides have the field */
    uint64_t count[LEVELS_MAX];     /* of them at each level; by EM: expected ones */
    struct train_example example[LEVELS_MAX][EXAMPLES];
    uint8_t n_examples[LEVELS_MAX];
};
struct train_cost { /* what a threshold would do tonight */
    int64_t cost;
    int64_t made, wrong, missed;    /* rows placed; expected false ones and missed ones, per million */
};
#define TRAIN_COSTS 6
struct link_training {
    int64_t cost;                   /* in: 0: as people.yaml has it */
    struct model model;             /* out: link_model_text writes it */
    struct train_field field[LF_COUNT];
    uint32_t persons, every;        /* sampled, one in so many */
    uint64_t rows;                  /* of theirs that were compared */
    uint64_t entries, candidates;   /* unsure rows, and persons they may be */
    uint64_t number_count[NUMBER_COUNT]; /* candidates of which the number says this */
    int64_t moved[3];               /* unsure rows the site's model of today places and this one does not; the other way round; places elsewhere */
    struct train_cost costs[TRAIN_COSTS];
};
void link_training_release(struct link_training *t);

/* model.yaml, with what it is and what it holds at its head. */
void link_training_yaml(const struct link_training *t, struct strbuf *out);
/* For a person to review: as text, and as a page of its own. */
void link_training_text(const struct link_training *t, struct strbuf *out);
void link_training_html(const struct link_training *t, struct strbuf *out);

#endif
