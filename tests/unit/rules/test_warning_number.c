/* SPDX-License-Identifier: Apache-2.0 */
/* Warning numbers: what is printed is read back, what people do to it is forgiven or caught. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/warning_number.h"

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRTUVWXY";

static enum warning_number_verdict read_z(const char *z, int64_t *no) { return warning_number_parse(str_of(z), no); }

static void test_round_trip(void **state)
{
    (void)state;
    static const int64_t some[] = {1, 9, 10, 123, 99999, 100000, 999999, 1000000, 123456789, 999999999999999999};
    for (size_t i = 0; i < ARRAY_LEN(some); i++) {
        char text[WARNING_NUMBER_MAX];
        int64_t back = 0;
        warning_number_format(some[i], text);
        assert_int_equal(read_z(text, &back), WARNING_NUMBER_OK);
        assert_int_equal(back, some[i]);
    }
}

static void test_every_substitution_is_caught(void **state)
{
    (void)state;
    for (int64_t no = 1; no < 30000; no += 7) {
        char text[WARNING_NUMBER_MAX];
        warning_number_format(no, text);
        size_t n = strlen(text);
        for (size_t i = 2; i < n; i++) {
            char right = text[i];
            if (right == '-') {
                continue;
            }
            for (const char *c = symbols; *c; c++) {
                if (*c == right) {
                    continue;
                }
                text[i] = *c;
                int64_t got;
                assert_int_not_equal(read_z(text, &got), WARNING_NUMBER_OK);
            }
            text[i] = right;
        }
    }
}

static void test_every_swap_is_caught(void **state)
{
    (void)state;
    for (int64_t no = 1; no < 3000000; no += no < 20000 ? 1 : 997) {
        char text[WARNING_NUMBER_MAX];
        warning_number_format(no, text);
        size_t check = strlen(text) - 1;
        for (size_t i = 2; i + 2 <= check; i++) {
            size_t j = i + 1 == check - 1 ? check : i + 1; /* the last digit's neighbour is the check character */
            if (text[i] == text[j]) {
                continue;
            }
            char t = text[i];
            text[i] = text[j], text[j] = t;
            int64_t got;
            assert_int_not_equal(read_z(text, &got), WARNING_NUMBER_OK);
            text[j] = text[i], text[i] = t;
        }
    }
}

static void test_what_people_type(void **state)
{
    (void)state;
    char text[WARNING_NUMBER_MAX], typed[64];
    warning_number_format(1205, text);
    char k = text[strlen(text) - 1];
    static const struct {
        const char *form;
        enum warning_number_verdict verdict;
    } cases[] = {
        {"W-001205-%c", WARNING_NUMBER_OK},
        {"w-001205-%c", WARNING_NUMBER_OK},
        {"  W001205%c\t", WARNING_NUMBER_OK},
        {"'W-001205-%c", WARNING_NUMBER_OK},
        {"W-1205-%c", WARNING_NUMBER_OK},
        {"W \xE2\x80\x94 OOIZO5 \xE2\x80\x94 %c", WARNING_NUMBER_OK},
        {"\xEF\xBC\xB7\xEF\xBC\x8D\xEF\xBC\x90\xEF\xBC\x90\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x90\xEF\xBC\x95\xEF\xBC\x8D%c", WARNING_NUMBER_OK},
        {"W-0001205-%c", WARNING_NUMBER_CHECK},
        {"W-001206-%c", WARNING_NUMBER_CHECK},
        {"W-%c", WARNING_NUMBER_FORM},
        {"001205-%c", WARNING_NUMBER_FORM},
        {"\xE5\xBA\x8F\xE5\x8F\xB7%c", WARNING_NUMBER_FORM},
        {"W-12A5-%c", WARNING_NUMBER_FORM},
        {"W-00000000000000000000001205-%c", WARNING_NUMBER_FORM},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t no = 0;
        const char *at = strstr(cases[i].form, "%c");
        size_t head = (size_t)(at - cases[i].form);
        memcpy(typed, cases[i].form, head);
        typed[head] = k;
        strcpy(typed + head + 1, at + 2);
        enum warning_number_verdict got = read_z(typed, &no);
        if (got != cases[i].verdict) {
            fail_msg("case %zu: %s", i, typed);
        }
        if (got == WARNING_NUMBER_OK) {
            assert_int_equal(no, 1205);
        }
    }
    int64_t no;
    assert_int_equal(read_z("  ", &no), WARNING_NUMBER_EMPTY);
    assert_int_equal(read_z("", &no), WARNING_NUMBER_EMPTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_substitution_is_caught),
        cmocka_unit_test(test_every_swap_is_caught),
        cmocka_unit_test(test_what_people_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
