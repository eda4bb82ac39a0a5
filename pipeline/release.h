/* SPDX-License-Identifier: Apache-2.0 */
/* Held warnings are let go, most urgent first, up to the households each street can visit in a week (areas.csv weekly_capacity): those its lists of the week got
   without release count, too, and a household counts once however many warnings it has. Released ones stand on the next night's list. Reads and writes the ledger: warning_event, release_order, audit. */
#ifndef MOPAI_PIPELINE_RELEASE_H
#define MOPAI_PIPELINE_RELEASE_H

#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/text/area.h"

struct db;

struct release_street {
    struct str code;     /* "" : without a street, and desk checks of the district: no capacity */
    int64_t capacity;    /* households a week; -1 unlimited */
    int64_t before;      /* households on its lists of this week, or released for them */
    int64_t households;  /* that come in addition now */
    int64_t released, stays; /* warnings */
    struct map64 taken;  /* private: households of the week */
};
struct release_plan {
    struct arena arena;
    daynum week;         /* Monday of the week of the last night's as-of date */
    int64_t night;
    VEC(struct release_street) streets; /* by code */
    VEC(int64_t) warnings;              /* to be released, in order of urgency */
    int64_t stays;
};

/* street "" and rule "" mean all. Reads only. ST_NOT_FOUND when no night was published yet. */
enum status release_make_plan(struct db *ledger, const struct area_set *areas, struct str street, struct str rule, struct release_plan *out, struct err *err)
    MUST_CHECK;
/* Writes the plan in one transaction; nothing when it releases nothing. */
enum status release_carry_out(struct db *ledger, const struct release_plan *plan, struct str street, struct str rule, struct err *err) MUST_CHECK;
void release_plan_free(struct release_plan *plan);

#endif
