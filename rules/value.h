/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a fact: an interval of int64. Equal ends are one known value, both infinities 未知, anything between a range
   (a sum that may still grow). Truth is a value too: 0..0 false, 1..1 true, 0..1 unknown. Sets are two masks: lo surely in, hi possibly in.
   VAL_NONE is a known value that says "there is none" (no death date, no certificate): it is never before, after or equal to a date, and
   arithmetic on it gives 无 again. All arithmetic saturates: nothing here can overflow. */
#ifndef MOPAI_RULES_VALUE_H
#define MOPAI_RULES_VALUE_H

#include "base/core/str.h"

struct val {
    int64_t lo, hi;
};

#define VAL_NEG_INF INT64_MIN
#define VAL_POS_INF INT64_MAX
#define VAL_NONE_INT (INT64_MIN + 1) /* only ever with lo == hi */
#define VAL_LIMIT ((int64_t)1 << 61) /* finite values stay within +-VAL_LIMIT; past it they are infinite */

#define VAL_UNKNOWN ((struct val){VAL_NEG_INF, VAL_POS_INF})
#define VAL_NONE    ((struct val){VAL_NONE_INT, VAL_NONE_INT})
#define VAL_FALSE   ((struct val){0, 0})
#define VAL_TRUE    ((struct val){1, 1})
#define VAL_MAYBE   ((struct val){0, 1})

static inline struct val val_of(int64_t v) { return (struct val){v, v}; }
static inline struct val val_range(int64_t lo, int64_t hi) { return (struct val){lo, hi}; }
static inline bool val_known(struct val v) { return v.lo == v.hi; }
static inline bool val_is_none(struct val v) { return v.lo == VAL_NONE_INT && v.hi == VAL_NONE_INT; }

/* What a value means. Units are types: adding 元 to 天, or 元 to 元/月, does not compile. */
enum rules_type {
    RT_NONE,     /* no type: an error was already reported */
    RT_BOOL,     /* 是否: 0 or 1 */
    RT_INT,      /* 整数: persons, times, years of age */
    RT_MONEY,    /* 金额: fen */
    RT_MONTHLY,  /* 金额/月: fen a month */
    RT_DATE,     /* 日期: day number; DAY_FOREVER is 长期 */
    RT_MONTH,    /* 月: month number */
    RT_DAYS,     /* 时长 in days */
    RT_MONTHS,   /* 时长 in calendar months (年 is twelve) */
    RT_RATIO,    /* 比例: ppm */
    RT_POINT,    /* 点 */
    RT_ENUM,     /* 枚举: index into its rules_enum */
    RT_SET,      /* 集合: masks over a rules_enum of at most 63 values */
    RT_TEXT,     /* 文本 such as 姓名: only in say and evidence, never in a condition */
    RT_TYPE_COUNT
};
const char *rules_type_name(enum rules_type t); /* "金额/月" */

#endif
