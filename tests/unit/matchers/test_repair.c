/* SPDX-License-Identifier: Apache-2.0 */
/* The residue solver: of many numbers, every single slip at every place is among the proposals (recall 1), proposals are sound, distinct and few. */
#include "matchers/repair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "matchers/identifier.h"

enum { PEOPLE = 400 };

static void number_of(unsigned k, char out[IDENT_TEXT_MAX])
{
    static const unsigned areas[] = {120194, 120192, 230791, 230792, 230795, 990101};
    uint64_t r = hash_mix(k + 1);
    unsigned year = 1920 + (unsigned)(r % 105), month = 1 + (unsigned)(r >> 8) % 12, day = 1 + (unsigned)(r >> 16) % 28, seq = (unsigned)(r >> 24) % 1000;
    uint64_t n17 = (uint64_t)areas[k % 6] * 100000000000u + (uint64_t)(year * 10000 + month * 100 + day) * 1000 + seq;
    ident_print(ident_pack(IDENT_RESIDENT, n17), out);
}

static bool among(const struct repair *v, size_t n, uint64_t id, enum repair_kind kind)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i].id == id) {
            assert_true(v[i].kind == kind || v[i].kind == REPAIR_TAIL); /* by chance it ends in 000 */
            return true;
        }
    }
    return false;
}

static void check_sound(const struct repair *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[IDENT_TEXT_MAX];
        ident_print(v[i].id, text);
        assert_int_equal(ident_parse(str_of(text)), v[i].id);
        for (size_t k = 0; k < i; k++) {
            assert_true(v[k].id != v[i].id);
        }
    }
}

/* The damaged cell leads back to `id`; `most`: no more proposals than this. */
static void leads_back(const char *cell, uint64_t id, enum repair_kind kind, size_t most)
{
    struct repair v[REPAIR_MAX];
    uint64_t word = ident_parse(str_of(cell));
    size_t n = ident_key(word) ? repair_propose_valid(word, v) : repair_propose(word, str_of(cell), v);
    if (word == id || ident_reason(word) == IDENT_R_PLACEHOLDER) {
        return; /* by chance no damage, or a run of one digit */
    }
    check_sound(v, n);
    assert_true(n <= most + (ident_tail000(word) ? 100 : 0));
    if (!among(v, n, id, kind)) {
        fail_msg("%s: not found among %zu proposals", cell, n);
    }
}

static void test_every_wrong_digit(void **state)
{
    (void)state;
    for (unsigned k = 0; k < PEOPLE; k++) {
        char good[IDENT_TEXT_MAX], bad[IDENT_TEXT_MAX];
        number_of(k, good);
        for (int at = 0; at < 18; at++) {
            for (char c = '0'; c <= '9' + (at == 17); c++) {
                memcpy(bad, good, sizeof(bad));
                bad[at] = c > '9' ? 'x' : c;
                if (bad[at] != good[at] && (bad[at] != 'x' || good[at] != 'X')) {
                    leads_back(bad, ident_parse(str_of(good)), REPAIR_DIGIT, 40);
                }
            }
        }
    }
}

static void test_every_letter(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 50; k++) {
        char good[IDENT_TEXT_MAX], bad[IDENT_TEXT_MAX];
        number_of(k, good);
        for (int at = 0; at < 18; at++) {
            for (size_t c = 0; c < 5; c++) {
                memcpy(bad, good, sizeof(bad));
                bad[at] = "OlSBX"[c];
                if (bad[at] != good[at]) {
                    leads_back(bad, ident_parse(str_of(good)), REPAIR_DIGIT, 40);
                }
            }
        }
    }
}

static void test_every_swap(void **state)
{
    (void)state;
    for (unsigned k = 0; k < PEOPLE; k++) {
        char good[IDENT_TEXT_MAX], bad[IDENT_TEXT_MAX];
        number_of(k, good);
        for (int apart = 1; apart <= 10; apart += 9) {
            for (int at = 0; at + apart < 18; at++) {
                memcpy(bad, good, sizeof(bad));
                bad[at] = good[at + apart], bad[at + apart] = good[at];
                if (bad[at] != good[at]) {
                    leads_back(bad, ident_parse(str_of(good)), apart == 1 ? REPAIR_SWAP : REPAIR_SWAP_TEN, 40);
                }
            }
        }
    }
}

static void test_every_lost_and_extra(void **state)
{
    (void)state;
    for (unsigned k = 0; k < PEOPLE; k++) {
        char good[IDENT_TEXT_MAX], bad[IDENT_TEXT_MAX];
        number_of(k, good);
        uint64_t id = ident_parse(str_of(good));
        for (int at = 0; at < 18; at++) {
            memcpy(bad, good, (size_t)at);
            memcpy(bad + at, good + at + 1, (size_t)(18 - at));
            leads_back(bad, id, REPAIR_LOST, 18);
            for (char c = '0'; c <= '9'; c++) {
                memcpy(bad, good, (size_t)at);
                bad[at] = c;
                memcpy(bad + at + 1, good + at, (size_t)(19 - at));
                leads_back(bad, id, REPAIR_EXTRA, 19);
            }
        }
    }
}

static void test_spreadsheets(void **state)
{
    (void)state;
    for (unsigned k = 0; k < PEOPLE; k++) {
        char good[IDENT_TEXT_MAX], bad[40];
        number_of(k, good);
        uint64_t id = ident_parse(str_of(good));
        int64_t n18;
        (void)snprintf(bad, sizeof(bad), "%.15s000", good);
        leads_back(bad, id, REPAIR_TAIL, 100);
        if (str_to_i64(str_of(good), &n18)) {
            (void)snprintf(bad, sizeof(bad), "%lld.0", (long long)(double)n18);
            leads_back(bad, id, REPAIR_TAIL, 16);
        }
    }
}

static void test_fifteen(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 60; k++) {
        char good[IDENT_TEXT_MAX], old[16], bad[IDENT_TEXT_MAX];
        number_of(k, good);
        if (memcmp(good + 6, "19", 2) != 0 || memcmp(good + 14, "996", 3) >= 0) {
            continue;
        }
        (void)snprintf(old, sizeof(old), "%.6s%.9s", good, good + 8);
        uint64_t id = ident_parse(str_of(good));
        for (int at = 0; at < 15; at++) {
            memcpy(bad, old, sizeof(old));
            bad[at] = (char)('0' + (old[at] - '0' + 3) % 10);
            if (ident_kind(ident_parse(str_of(bad))) == IDENT_UPGRADED) {
                leads_back(bad, id, REPAIR_OLD, REPAIR_MAX);
            }
            memcpy(bad, old, (size_t)at);
            memcpy(bad + at, old + at + 1, (size_t)(15 - at));
            leads_back(bad, id, REPAIR_OLD, REPAIR_MAX);
        }
    }
}

/* What is no damaged number has no proposals. */
static void test_none(void **state)
{
    static const char *const cells[] = {"",           "无",     "111111111111111111", "1201941990****1234", "13800000000", "H12345678",
                                        "1.20194E+17", "待补", "123456",             "120194ABCD01011234", "12345678901234567890123456"};
    (void)state;
    for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
        struct repair v[REPAIR_MAX];
        assert_int_equal(repair_propose(ident_parse(str_of(cells[i])), str_of(cells[i]), v), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_wrong_digit), cmocka_unit_test(test_every_letter), cmocka_unit_test(test_every_swap),
                                       cmocka_unit_test(test_every_lost_and_extra), cmocka_unit_test(test_spreadsheets), cmocka_unit_test(test_fifteen),
                                       cmocka_unit_test(test_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
