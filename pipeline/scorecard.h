/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each rule's warnings, from the ledger and the hits of the last published night; and whether groups of households fare differently. */
#ifndef MOPAI_PIPELINE_SCORECARD_H
#define MOPAI_PIPELINE_SCORECARD_H

#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/core/wilson.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"

enum {
    SCORE_ENOUGH = 5,   /* verified ones below which no share is told */
    SCORE_CAUSES = 8,
    SCORE_OTHERS = 2,   /* rules named that share most households */
    SCORE_NEVER = 300,  /* per mille: the interval ends below it, mostly wrong */
    SCORE_WORTH = 500   /* begins at it or above: worth keeping */
};

enum score_cut { CUT_NONE, CUT_MONTH, CUT_STREET, CUT_VISITOR, CUT_COUNT };

struct score_cause {
    const char *outcome;
    int64_t n;
};
struct score_other {
    struct str rule;
    int64_t n;
};
/* Of one rule, or of one month, street or visitor of it. */
struct score {
    struct str rule;        /* id */
    enum score_cut cut;
    struct str label;       /* 2026-03, a street's name, who visited; empty for the whole rule */
    int64_t warnings, sent, visited, verified, proven, repeats;
    VEC(daynum) waits;      /* days from the list to the visit, sorted */
    struct score_cause causes[SCORE_CAUSES]; /* of those found wrong, most first */
    size_t n_causes;
    /* of the last night, for whole rules */
    bool counted, shadow;   /* the night evaluated it; only counts */
    int64_t hits, unknown, overlapping;
    struct score_other others[SCORE_OTHERS]; /* in whose company it mostly comes */
    size_t n_others;
};

enum house_flag { HOUSE_HIT = 1, HOUSE_SENT = 2, HOUSE_VISITED = 4, HOUSE_VERIFIED = 8, HOUSE_PROVEN = 16 };

struct card {
    struct arena arena;
    struct site *site;
    const struct rules_meta *meta;
    const struct ruleset *rules;
    const char *only;               /* NULL: every rule */
    bool cut[CUT_COUNT];
    const char *night_dir;          /* run folder of the last published night, NULL when it is gone */
    daynum as_of;
    VEC(struct score) v;            /* sorted by rule, cut, label after scorecard_read */
    struct map64 houses;            /* stable household id -> house_flag, random samples left out */
};
/* ST_NOT_FOUND before the first published night. scorecard_release it, also after a failure. */
enum status scorecard_read(struct card *c, struct err *err) MUST_CHECK;
void scorecard_release(struct card *c);
daynum score_median_wait(const struct score *s); /* DAY_MISSING when nobody was visited after a list */
bool score_is_sample(const struct card *c, struct str rule); /* reads 户.抽签 */

/* --- fairness ------------------------------------------------------------------------------------------------------- */
struct fair_share {
    int64_t k, n;
    int differs;             /* -1 lower, 1 higher than the other households of its kind, beyond chance at 95 %; 0 not, or under SCORE_ENOUGH */
};
struct fair_group {
    const char *kind, *name; /* 户主年龄, 60–79岁 */
    int64_t households;
    struct fair_share hit, visited, proven; /* of the households; of those sent; of those verified */
};
typedef VEC(struct fair_group) fair_groups;
/* Households of the last night with a living member, by their head's sex and age, by street, by where they are registered, with and without children.
   Hits are of the last night, visits of all nights. ST_NOT_FOUND when the night's run is gone. */
enum status scorecard_fair(struct card *c, fair_groups *out, struct err *err) MUST_CHECK;

/* What the random sample says of households without any warning. */
struct sample_estimate {
    bool any;                /* a rule draws lots */
    int64_t visited, verified, proven;
    int64_t households;      /* of the last night without a hit that is sent; -1 when its run is gone */
};
enum status scorecard_sample(struct card *c, struct sample_estimate *out, struct err *err) MUST_CHECK;
/* Does k1 of n1 differ from k2 of n2 at 95 %? Interval of the difference from two Wilson intervals (R. G. Newcombe, Statistics in Medicine 17, 1998,
   method 10) excludes zero. -1, 0, 1. */
int shares_differ(int64_t k1, int64_t n1, int64_t k2, int64_t n2);

#endif
