/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of two shares: the examples of R. G. Newcombe, Statistics in Medicine 17 (1998), table II, method 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline/scorecard.h"

static void published_intervals(void **state)
{
    (void)state;
    static const struct {
        int64_t k1, n1, k2, n2;
        int differs;
    } rows[] = {
        {56, 70, 48, 80, 1},  /* +0.0524 to +0.3339 */
        {48, 80, 56, 70, -1}, {9, 10, 3, 10, 1}, /* +0.1705 to +0.8090 */
        {6, 7, 2, 7, 1},      /* +0.0582 to +0.8062 */
        {5, 56, 0, 29, 0},    /* -0.0381 to +0.1926 */
        {0, 10, 0, 20, 0},    /* -0.1611 to +0.2775 */
        {10, 10, 0, 20, 1},   /* +0.6791 to +1.0000 */
        {4, 4, 0, 100, 0},    /* four are too few to tell */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(shares_differ(rows[i].k1, rows[i].n1, rows[i].k2, rows[i].n2), rows[i].differs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_intervals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
