/* SPDX-License-Identifier: Apache-2.0 */
/* How the night would weigh one pair, also one it never compared: its own search and weights over its own deliveries, with some rows and a person wanted. For
   `explain pair`: takes as long as the link stage takes to put rows to persons. */
#ifndef MOPAI_PIPELINE_LINK_WANT_H
#define MOPAI_PIPELINE_LINK_WANT_H

#include "pipeline/link_how.h"
#include "pipeline/night.h"

struct want_row {
    uint32_t input, row;
};
enum want_field { WANT_BIRTH, WANT_SEX, WANT_PHONE, WANT_PLACE, WANT_UNIT, WANT_HABIT, WANT_FIELDS };
enum made_part want_part(enum want_field f);
struct want_rival { /* whom the rows would rather be */
    uint64_t anchor;
    int32_t weight, probability;
};
#define WANT_RIVALS 3
struct link_want {
    const struct want_row *rows; /* of the one side; all of them are weighed, the best counts */
    size_t n_rows;
    uint64_t other;         /* anchor of the person on the other side */
    /* --- what comes out --- */
    bool weighed;           /* false: the other side is nobody of that night, or a row in question is nobody's business (superseded) */
    bool met;               /* the night compares them; else they are weighed here only */
    bool two_numbers;       /* two different valid numbers: never one person */
    bool name_forbids;      /* the names share nothing, or too little to decide by */
    enum review_decision said; /* by people or a visit */
    struct link_made made;  /* weight, parts, probability, because */
    int32_t threshold;      /* per million */
    bool decisive;          /* what agrees may decide without people */
    int32_t would[WANT_FIELDS];       /* weight more if the field agreed, 0: it does, or cannot */
    int32_t would_probability[WANT_FIELDS];
    struct want_rival rival[WANT_RIVALS]; /* strongest first */
    size_t n_rivals;
};
/* `n`: number, as_of, inputs, site, marks; run_dir is a scratch folder. */
enum status link_want_pair(struct night *n, struct link_want *w, struct err *err) MUST_CHECK;

#endif
