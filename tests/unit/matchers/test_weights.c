/* SPDX-License-Identifier: Apache-2.0 */
/* Distances in characters, and the logarithms a model's integers rest on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text/utf8.h"
#include "base/text/edits.h"
#include "matchers/model.h"

static struct codes codes_of(const char *text, uint16_t *buf)
{
    struct str s = str_of(text);
    const char *p = s.p;
    unsigned n = 0;
    while (p < str_end(s)) {
        buf[n++] = (uint16_t)utf8_next(&p, str_end(s));
    }
    return (struct codes){buf, n};
}

static void test_distances(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned edits, jaro, dice;
        bool one;
    } cases[] = {
        {"王方", "王芳", 1, 700, 0, true},         {"建国王", "王建国", 2, 0, 500, false}, {"martha", "marhta", 2, 961, 400, true},
        {"dixon", "dicksonx", 4, 813, 363, false}, {"smith", "smith", 0, 1000, 1000, false}, {"smith", "smth", 1, 946, 571, true},
        {"1234", "2134", 2, 916, 333, true},       {"ab", "xyzw", 4, 0, 0, false},          {"a", "ab", 1, 850, 0, true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint16_t x[64], y[64];
        struct codes a = codes_of(cases[i].a, x), b = codes_of(cases[i].b, y);
        assert_int_equal(edit_count(a, b), cases[i].edits);
        assert_int_equal(edit_count(b, a), cases[i].edits);
        assert_int_equal(one_edit(a, b), cases[i].one);
        assert_int_equal(bigram_dice(a, b), cases[i].dice);
        assert_in_range(jaro_winkler(a, b) + 10, cases[i].jaro + 8, cases[i].jaro + 12);
    }
}

static void test_logarithms(void **state)
{
    (void)state;
    assert_int_equal(bits_of(1), 0);
    assert_int_equal(bits_of(1024), 10 * MODEL_BIT);
    assert_int_equal(bits_of(1.0 / 3), -406); /* -1.58496 * 256 */
    assert_int_equal(bits_of(1e300), 64 * MODEL_BIT);
    assert_int_equal(probability_ppm(0), 500000);
    assert_int_equal(probability_ppm(MODEL_BIT), 666667);
    assert_int_equal(probability_ppm(-100 * MODEL_BIT), 0);
    assert_int_equal(probability_ppm(100 * MODEL_BIT), 1000000);
    for (int32_t w = -12 * MODEL_BIT; w <= 12 * MODEL_BIT; w += 7) {
        assert_in_range(weight_of_ppm(probability_ppm(w)) + 100000, w - 6 + 100000, w + 6 + 100000);
        assert_true(probability_ppm(w) <= probability_ppm(w + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distances), cmocka_unit_test(test_logarithms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
