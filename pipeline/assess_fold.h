/* SPDX-License-Identifier: Apache-2.0 */
/* Warnings as the ledger left them: events and visits up to the night's marks, folded for the life cycle. */
#ifndef MOPAI_PIPELINE_ASSESS_FOLD_H
#define MOPAI_PIPELINE_ASSESS_FOLD_H

#include "base/core/vec.h"
#include "pipeline/night.h"
#include "rules/lifecycle.h"
#include "rules/rules.h"

struct folded {
    struct str rule;        /* id as in the ledger */
    int64_t listed_night;   /* when it last became new; of its first event while it never was */
    daynum listed_on;       /* as-of date of that night */
    struct str say;         /* of its last event that said something */
    struct str members;     /* of the household then, see assess_members_text */
    struct str corrected;   /* tonight's cause is a correction: of which record, from what to what */
};
/* Parallel arrays, by warning number. */
struct fold {
    VEC(struct life_warning) warnings;
    VEC(struct folded) more;
};
/* Rules are matched by id against the evaluated rules; a rule that is not active any more is LIFE_NO_RULE. Texts live in `a`. */
enum status fold_read(struct night *n, const struct ruleset *rules, struct arena *a, struct fold *out, struct err *err) MUST_CHECK;
void fold_release(struct fold *f);

#endif
