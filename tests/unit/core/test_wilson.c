/* SPDX-License-Identifier: Apache-2.0 */
/* Figures worked out with floating point elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/wilson.h"

static void known_intervals(void **state)
{
    (void)state;
    static const struct {
        uint64_t k, n;
        struct share want;
    } cases[] = {
        {0, 0, {0, 0, 1000}},       {0, 5, {0, 0, 434}},        {5, 5, {1000, 566, 1000}},  {3, 5, {600, 231, 882}},
        {7, 10, {700, 397, 892}},   {50, 100, {500, 404, 596}}, {999, 1000, {999, 994, 1000}}, {123456789, 1000000000, {123, 123, 123}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct share got = wilson(cases[i].k, cases[i].n);
        assert_true(got.value == cases[i].want.value && got.low == cases[i].want.low && got.high == cases[i].want.high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_intervals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
