/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/arith.h"

#include "base/core/date.h"

__extension__ typedef __int128 wide;

const char *rules_type_name(enum rules_type t)
{
    static const char *const names[RT_TYPE_COUNT] = {"?",    "是否",       "整数",       "金额", "金额/月", "日期", "月",
                                                     "时长（天）", "时长（月）", "比例", "点",   "枚举",    "集合", "文本"};
    return (unsigned)t < RT_TYPE_COUNT ? names[t] : "?";
}

static bool infinite(int64_t v) { return v == VAL_NEG_INF || v == VAL_POS_INF; }

static int64_t clamp_wide(wide v)
{
    if (v > VAL_LIMIT) {
        return VAL_POS_INF;
    }
    return v < -VAL_LIMIT ? VAL_NEG_INF : (int64_t)v;
}

struct val val_add(struct val a, struct val b)
{
    if (val_is_none(a) || val_is_none(b)) {
        return VAL_NONE;
    }
    struct val r;
    r.lo = infinite(a.lo) ? a.lo : infinite(b.lo) ? b.lo : clamp_wide((wide)a.lo + b.lo);
    r.hi = infinite(a.hi) ? a.hi : infinite(b.hi) ? b.hi : clamp_wide((wide)a.hi + b.hi);
    return r;
}

struct val val_neg(struct val a)
{
    if (val_is_none(a)) {
        return a;
    }
    int64_t lo = a.hi == VAL_POS_INF ? VAL_NEG_INF : a.hi == VAL_NEG_INF ? VAL_POS_INF : -a.hi;
    int64_t hi = a.lo == VAL_NEG_INF ? VAL_POS_INF : a.lo == VAL_POS_INF ? VAL_NEG_INF : -a.lo;
    return val_range(lo, hi);
}

/* Half away from zero. */
static int64_t div_round(wide n, wide d)
{
    if (d < 0) {
        n = -n, d = -d;
    }
    wide q = n >= 0 ? (n + d / 2) / d : -((-n + d / 2) / d);
    return clamp_wide(q);
}

static int64_t mul_end(int64_t a, int64_t b, int64_t divisor)
{
    if (a == 0 || b == 0) {
        return 0;
    }
    if (infinite(a) || infinite(b)) {
        return (a < 0) == (b < 0) ? VAL_POS_INF : VAL_NEG_INF;
    }
    return div_round((wide)a * b, divisor);
}

static struct val corners(const int64_t c[4])
{
    struct val r = {c[0], c[0]};
    for (int i = 1; i < 4; i++) {
        r.lo = MIN(r.lo, c[i]);
        r.hi = MAX(r.hi, c[i]);
    }
    return r;
}

struct val val_mul(struct val a, struct val b, int64_t divisor)
{
    if (val_is_none(a) || val_is_none(b)) {
        return VAL_NONE;
    }
    int64_t c[4] = {mul_end(a.lo, b.lo, divisor), mul_end(a.lo, b.hi, divisor), mul_end(a.hi, b.lo, divisor), mul_end(a.hi, b.hi, divisor)};
    return corners(c);
}

static int64_t div_end(int64_t a, int64_t b, int64_t factor)
{
    if (infinite(b)) {
        return infinite(a) ? ((a < 0) == (b < 0) ? VAL_POS_INF : VAL_NEG_INF) : 0;
    }
    if (infinite(a)) {
        return (a < 0) == (b < 0) ? VAL_POS_INF : VAL_NEG_INF;
    }
    return div_round((wide)a * factor, b);
}

struct val val_div(struct val a, struct val b, int64_t factor)
{
    if (val_is_none(a) || val_is_none(b)) {
        return VAL_NONE;
    }
    if (b.lo <= 0 && b.hi >= 0) {
        return VAL_UNKNOWN; /* a divisor that may be nothing decides nothing */
    }
    if ((infinite(a.lo) || infinite(a.hi)) && (infinite(b.lo) || infinite(b.hi))) {
        return VAL_UNKNOWN;
    }
    int64_t c[4] = {div_end(a.lo, b.lo, factor), div_end(a.lo, b.hi, factor), div_end(a.hi, b.lo, factor), div_end(a.hi, b.hi, factor)};
    return corners(c);
}

/* Days fit int32; a day outside it is as good as infinite. DAY_FOREVER stays what it is. */
static int64_t day_shift(int64_t day, int64_t months)
{
    if (infinite(day) || day >= DAY_FOREVER || day <= INT32_MIN / 2) {
        return day;
    }
    if (months > 120000 || months < -120000) {
        return months > 0 ? VAL_POS_INF : VAL_NEG_INF;
    }
    return day_add_months((daynum)day, (int)months);
}

struct val val_add_months(struct val day, struct val months)
{
    if (val_is_none(day) || val_is_none(months)) {
        return VAL_NONE;
    }
    if (infinite(months.lo) || infinite(months.hi)) {
        return VAL_UNKNOWN;
    }
    return val_range(day_shift(day.lo, months.lo), day_shift(day.hi, months.hi));
}

static int64_t month_end(int64_t day)
{
    if (infinite(day)) {
        return day;
    }
    if (day >= DAY_FOREVER || day <= INT32_MIN / 2) {
        return day >= 0 ? VAL_POS_INF : VAL_NEG_INF;
    }
    return day_month((daynum)day);
}

struct val val_prefer(struct val a, struct val b)
{
    return a.lo == VAL_NEG_INF && a.hi == VAL_POS_INF ? b : a;
}

struct val val_month_of(struct val day)
{
    if (val_is_none(day)) {
        return VAL_NONE;
    }
    return val_range(month_end(day.lo), month_end(day.hi));
}

struct val val_age(struct val birth, struct val at)
{
    if (val_is_none(birth) || val_is_none(at)) {
        return VAL_NONE;
    }
    if (!val_known(birth) || !val_known(at)) {
        return VAL_UNKNOWN;
    }
    if (birth.lo <= INT32_MIN / 2 || birth.lo >= INT32_MAX / 2 || at.lo <= INT32_MIN / 2 || at.lo >= INT32_MAX / 2) {
        return VAL_UNKNOWN;
    }
    return val_of(age_at((daynum)birth.lo, (daynum)at.lo));
}

static int64_t narrow(int64_t v, int64_t smallest)
{
    return v == smallest ? VAL_NEG_INF : v == smallest + 1 ? VAL_NONE_INT : v;
}

struct val rules_lane_get(const struct rules_lane *lane, size_t i)
{
    int64_t v;
    if (!lane->p) {
        return VAL_UNKNOWN;
    }
    switch (lane->kind) {
    case RULES_LANE_VAL:
        return ((const struct val *)lane->p)[i];
    case RULES_LANE_I8:
        v = narrow(((const int8_t *)lane->p)[i], INT8_MIN);
        break;
    case RULES_LANE_I32:
        v = narrow(((const int32_t *)lane->p)[i], INT32_MIN);
        break;
    case RULES_LANE_I64:
    default:
        v = ((const int64_t *)lane->p)[i];
        break;
    }
    return v == VAL_NEG_INF ? VAL_UNKNOWN : val_of(v);
}
