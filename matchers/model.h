/* SPDX-License-Identifier: Apache-2.0 */
/* What agreement is worth: per field and level a weight in 1/256 bit, log2(m / u), a prior, and what common values take off. Integers, so that a saved
   model gives the same weights on every machine. Fellegi and Sunter (1969); frequencies as in Winkler (1989): agreement on a value that a share f of the
   rows has is worth log2(m / f), agreement on average log2(m / u), u the sum of f squared. The difference is `terms`, applied on the level "same".

   model.yaml holds all of it and what it was trained on, for a person to review. Of frequencies it holds only values that TERM_ROWS rows share or more: a
   common name is a statistic, a rare one is somebody. */
#ifndef MOPAI_MATCHERS_MODEL_H
#define MOPAI_MATCHERS_MODEL_H

#include "base/core/status.h"
#include "base/text/yaml.h"
#include "matchers/bits.h"
#include "matchers/block.h"
#include "matchers/compare.h"

#define TERM_ROWS  20
#define TERMS_MAX  20000 /* a field */

struct model_term {
    struct str text;   /* canonical */
    int32_t add;       /* to the weight of "same", negative for what is commoner than average */
};
struct model_field {
    struct str name;
    enum field_type type;
    int partner;
    bool scored;                     /* false: blocks and is shown, but weighs nothing */
    int32_t weight[LEVELS_MAX];      /* [0] is 0 */
    uint32_t m[LEVELS_MAX], u[LEVELS_MAX]; /* in 1/1,000,000,000, for people */
    int32_t by_rows[TERM_ROWS];      /* added for a value that so many rows of the training table had; [0] for values never seen there */
    struct model_term *terms;        /* sorted by text */
    uint32_t n_terms;
};
/* What a row's identity number says of a candidate who is not found by it: of a site's model only. The repairs in order of enum repair_kind. */
enum number_evidence {
    NUMBER_DIGIT, NUMBER_SWAP, NUMBER_LOST, NUMBER_EXTRA, NUMBER_TAIL, NUMBER_OLD, NUMBER_SWAP_TEN, /* one slip away from the candidate's */
    NUMBER_FAR,           /* damaged, and not one slip away */
    NUMBER_OTHER,         /* valid, of nobody, and not the candidate's */
    NUMBER_OF_ANOTHER,    /* valid and somebody else's */
    NUMBER_OF_HOUSEMATE,  /* valid and of somebody the candidate lives with; against its being anybody's number */
    NUMBER_DOUBT,         /* the row is with the holder of its number under half a name: is it this one's? */
    NUMBER_DOUBT_HOUSE,   /* the same, and this one lives with the holder */
    NUMBER_COUNT
};
const char *number_evidence_word(enum number_evidence n); /* "digit": as in model.yaml */
/* How pairs of one way to meet looked when the model was trained: what later nights are held against. */
#define WATCH_MAX 8
struct model_watch {
    struct str by;                    /* the way */
    uint64_t entries, pairs, links;   /* rows that met somebody, whom they met, and how many of them were links */
    uint32_t same[LINK_FIELDS];       /* per million of the pairs where both sides have the field: the same */
};
struct model {
    struct arena arena;
    unsigned n_fields;
    struct model_field fields[LINK_FIELDS];
    int32_t prior;                   /* weight of a pair before anything is compared */
    int32_t threshold;               /* posterior weight from which a pair is a link */
    int32_t review;                  /* from which a person should look at it */
    unsigned n_recipes;
    struct recipe recipes[RECIPES_MAX];
    uint32_t cap;
    bool has_numbers;                /* it is a site's: numbers and watch are given */
    int32_t numbers[NUMBER_COUNT];
    unsigned n_watch;
    struct model_watch watch[WATCH_MAX];
    /* what it was trained on */
    uint64_t rows, pairs, expected;  /* expected: links among the pairs */
    unsigned rounds;
    bool converged;
};
void model_release(struct model *m);
/* What the value adds to "the same" when the model lists it. */
int32_t model_term(const struct model_field *f, struct str text, int32_t otherwise);

/* Text of model.yaml, and back; problems with line and column go to *diags, false when the model cannot be used. */
void model_write(const struct model *m, struct strbuf *out);
bool model_read(struct str yaml, const char *name, struct model *out, struct diag_list *diags);

#endif
