/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic on intervals, used by the block evaluator and by the tests. 无 with anything is 无; results past VAL_LIMIT are infinite;
   division by an interval that holds 0 is 未知; rounding is half away from zero. */
#ifndef MOPAI_RULES_ARITH_H
#define MOPAI_RULES_ARITH_H

#include "rules/rules.h"

#define PPM ((int64_t)1000000)

struct val val_add(struct val a, struct val b);
struct val val_neg(struct val a);
struct val val_mul(struct val a, struct val b, int64_t divisor); /* a * b / divisor */
struct val val_div(struct val a, struct val b, int64_t factor);  /* a * factor / b */
struct val val_add_months(struct val day, struct val months);    /* clamped to the end of the month */
struct val val_prefer(struct val a, struct val b); /* 优先(a, b): b where nothing at all is known of a */
struct val val_month_of(struct val day);
struct val val_age(struct val birth, struct val at); /* completed years */

struct val rules_lane_get(const struct rules_lane *lane, size_t i);

/* Truth in two bits: 1 surely, 2 possibly. 0 false, 2 unknown, 3 true; 1 never. And is &, or is |. */
enum { TRUTH_NO = 0, TRUTH_MAYBE = 2, TRUTH_YES = 3 };
static inline uint8_t truth_of(bool surely, bool possibly) { return (uint8_t)((surely ? 1 : 0) | (possibly ? 2 : 0)); }
static inline uint8_t truth_not(uint8_t t) { return (uint8_t)((((~t) & 1) << 1) | (((~t) >> 1) & 1)); }
static inline struct val truth_val(uint8_t t) { return (struct val){t & 1, t >> 1}; }

static inline bool val_any_none(struct val a, struct val b) { return a.lo == VAL_NONE_INT || b.lo == VAL_NONE_INT; }
static inline uint8_t val_lt(struct val a, struct val b)
{
    return val_any_none(a, b) ? TRUTH_NO : truth_of(a.hi < b.lo, a.lo < b.hi);
}
static inline uint8_t val_le(struct val a, struct val b)
{
    return val_any_none(a, b) ? TRUTH_NO : truth_of(a.hi <= b.lo, a.lo <= b.hi);
}
static inline uint8_t val_eq(struct val a, struct val b)
{
    return truth_of(a.lo == a.hi && b.lo == b.hi && a.lo == b.lo, a.lo <= b.hi && b.lo <= a.hi);
}
/* A known index within the mask; unknown when the value is. */
static inline uint8_t val_in(struct val a, uint64_t mask)
{
    if (a.lo != a.hi) {
        return mask ? TRUTH_MAYBE : TRUTH_NO;
    }
    return a.lo >= 0 && a.lo < 64 && ((mask >> a.lo) & 1) ? TRUTH_YES : TRUTH_NO;
}

#endif
