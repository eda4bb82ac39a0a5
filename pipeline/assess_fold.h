/* SPDX-License-Identifier: Apache-2.0 */
/* Warnings as the ledger left them: events and visits up to the night's marks, folded for the life cycle. */
#ifndef MOPAI_PIPELINE_ASSESS_FOLD_H
#define MOPAI_PIPELINE_ASSESS_FOLD_H

#include "base/core/vec.h"
#include "pipeline/due.h"
#include "pipeline/night.h"
#include "rules/lifecycle.h"
#include "rules/rules.h"

struct folded {
    struct str rule;        /* id as in the ledger */
    int64_t listed_night;   /* when it last became new; of its first event while it never was */
    daynum listed_on;       /* as-of date of that night */
    struct str say;         /* of its last event that said something */
    struct str members;     /* of the household then: see assess_members_text */
    struct str street;      /* where it was listed, by code; "" at the district */
    int64_t household;      /* then, 0 unknown */
    daynum due;             /* told with its level when that was last told, DAY_MISSING in events that do not say */
    struct due_period period; /* that it was counted by; count 0 in events that do not say */
    daynum extended;        /* due day the street was given while it is on the list, else DAY_MISSING */
    struct str corrected;   /* tonight's cause is a correction: of which record, from what to what */
};
/* A street said that a household is not its own. Holds while the data still place it where they did then. */
struct fold_return {
    int64_t household, seq;
    struct str from, to;    /* codes of areas.csv; to may be a community, "" : nobody knows */
};
struct fold {
    VEC(struct life_warning) warnings; /* by warning number */
    VEC(struct folded) more;           /* parallel */
    VEC(struct fold_return) returns;   /* by household; the newest of each */
};
/* Where the household belongs according to the streets, NULL when none of them returned it. */
const struct fold_return *fold_returned(const struct fold *f, int64_t household);
/* Rules are matched by id against the evaluated rules; a rule that is not active any more is LIFE_NO_RULE. Texts live in `a`. */
enum status fold_read(struct night *n, const struct ruleset *rules, struct arena *a, struct fold *out, struct err *err) MUST_CHECK;
void fold_release(struct fold *f);

#endif
