/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals against brute force: the result holds every result of its members, and no more than it must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rules/arith.h"

typedef struct val op_fn(struct val a, struct val b);
static struct val add(struct val a, struct val b) { return val_add(a, b); }
static struct val sub(struct val a, struct val b) { return val_add(a, val_neg(b)); }
static struct val mul(struct val a, struct val b) { return val_mul(a, b, 1); }
static struct val scaled(struct val a, struct val b) { return val_mul(a, b, 10); }
static struct val quotient(struct val a, struct val b) { return val_div(a, b, 10); }

static void exact(op_fn *f, struct val a, struct val b)
{
    struct val got = f(a, b), want = {INT64_MAX, INT64_MIN};
    for (int64_t x = a.lo; x <= a.hi; x++) {
        for (int64_t y = b.lo; y <= b.hi; y++) {
            struct val one = f(val_of(x), val_of(y));
            assert_true(val_known(one));
            want = val_range(MIN(want.lo, one.lo), MAX(want.hi, one.hi));
        }
    }
    assert_int_equal(got.lo, want.lo);
    assert_int_equal(got.hi, want.hi);
}

static void small_intervals_are_exact(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 6 * 6 * 6 * 6; i++) {
        struct val a = {i % 6 - 3, i % 6 - 3 + i / 6 % 6}, b = {i / 36 % 6 - 3, i / 36 % 6 - 3 + i / 216 % 6};
        exact(add, a, b);
        exact(sub, a, b);
        exact(mul, a, b);
        exact(scaled, a, b);
        if (b.lo > 0 || b.hi < 0) {
            exact(quotient, a, b);
        } else {
            assert_int_equal(quotient(a, b).hi, VAL_POS_INF);
        }
    }
}

static void comparisons_decide_when_all_agree(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 6 * 4 * 6 * 4; i++) {
        struct val a = {i % 6, i % 6 + i / 6 % 4}, b = {i / 24 % 6, i / 24 % 6 + i / 144 % 4};
        uint8_t every[3] = {1, 1, 1}, some[3] = {0, 0, 0};
        for (int64_t x = a.lo; x <= a.hi; x++) {
            for (int64_t y = b.lo; y <= b.hi; y++) {
                bool t[3] = {x < y, x <= y, x == y};
                for (int k = 0; k < 3; k++) {
                    every[k] &= t[k];
                    some[k] |= t[k];
                }
            }
        }
        uint8_t got[3] = {val_lt(a, b), val_le(a, b), val_eq(a, b)};
        for (int k = 0; k < 3; k++) {
            assert_int_equal(got[k], truth_of(every[k], some[k]));
        }
    }
}

static void infinities_and_nothing(void **state)
{
    (void)state;
    struct val some = val_range(500, VAL_POS_INF);
    assert_int_equal(val_le(val_of(400), some), TRUTH_YES);
    assert_int_equal(val_le(val_of(600), some), TRUTH_MAYBE);
    assert_int_equal(val_add(some, val_of(5)).lo, 505);
    assert_int_equal(val_add(some, val_of(5)).hi, VAL_POS_INF);
    assert_int_equal(val_mul(some, val_of(-2), 1).lo, VAL_NEG_INF);
    assert_int_equal(val_mul(some, val_of(0), 1).hi, 0);
    assert_int_equal(val_lt(VAL_UNKNOWN, val_of(3)), TRUTH_MAYBE);
    assert_int_equal(val_lt(VAL_NONE, val_of(3)), TRUTH_NO);
    assert_int_equal(val_le(val_of(3), VAL_NONE), TRUTH_NO);
    assert_int_equal(val_eq(VAL_NONE, VAL_NONE), TRUTH_YES);
    assert_int_equal(val_eq(VAL_NONE, val_of(3)), TRUTH_NO);
    assert_int_equal(val_eq(VAL_NONE, VAL_UNKNOWN), TRUTH_MAYBE);
    assert_true(val_is_none(val_add(VAL_NONE, val_of(3))));
    assert_true(val_is_none(val_month_of(VAL_NONE)));
    assert_int_equal(val_mul(val_of(VAL_LIMIT), val_of(2), 1).lo, VAL_POS_INF);
    assert_int_equal(val_add(val_of(-VAL_LIMIT), val_of(-VAL_LIMIT)).hi, VAL_NEG_INF);
}

static void truth_tables(void **state)
{
    (void)state;
    assert_int_equal(truth_not(TRUTH_YES), TRUTH_NO);
    assert_int_equal(truth_not(TRUTH_NO), TRUTH_YES);
    assert_int_equal(truth_not(TRUTH_MAYBE), TRUTH_MAYBE);
    assert_int_equal(val_in(val_of(2), 4), TRUTH_YES);
    assert_int_equal(val_in(VAL_NONE, 4), TRUTH_NO);
    assert_int_equal(val_in(VAL_UNKNOWN, 4), TRUTH_MAYBE);
    assert_int_equal(val_in(VAL_UNKNOWN, 0), TRUTH_NO);
}

static void months_clamp(void **state)
{
    (void)state;
    struct val d = val_of(day_from_ymd(2026, 3, 31));
    assert_int_equal(val_add_months(d, val_of(-1)).lo, day_from_ymd(2026, 2, 28));
    assert_int_equal(val_add_months(val_of(DAY_FOREVER), val_of(3)).lo, DAY_FOREVER);
    assert_int_equal(val_age(val_of(day_from_ymd(2008, 3, 1)), val_of(day_from_ymd(2026, 2, 28))).lo, 17);
    assert_int_equal(val_age(val_of(day_from_ymd(2008, 3, 1)), val_of(day_from_ymd(2026, 3, 1))).lo, 18);
}

static void lanes_of_every_width(void **state)
{
    (void)state;
    int8_t a[] = {3, INT8_MIN, INT8_MIN + 1};
    int32_t b[] = {3, INT32_MIN, INT32_MIN + 1};
    int64_t c[] = {3, INT64_MIN, INT64_MIN + 1};
    struct rules_lane lanes[] = {{RULES_LANE_I8, a}, {RULES_LANE_I32, b}, {RULES_LANE_I64, c}};
    for (size_t i = 0; i < ARRAY_LEN(lanes); i++) {
        assert_int_equal(rules_lane_get(&lanes[i], 0).lo, 3);
        assert_int_equal(rules_lane_get(&lanes[i], 1).hi, VAL_POS_INF);
        assert_true(val_is_none(rules_lane_get(&lanes[i], 2)));
    }
    struct rules_lane none = {RULES_LANE_I8, NULL};
    assert_int_equal(rules_lane_get(&none, 7).lo, VAL_NEG_INF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_intervals_are_exact), cmocka_unit_test(comparisons_decide_when_all_agree), cmocka_unit_test(infinities_and_nothing),
        cmocka_unit_test(truth_tables),              cmocka_unit_test(months_clamp),                      cmocka_unit_test(lanes_of_every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
