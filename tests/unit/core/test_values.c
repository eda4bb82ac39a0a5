/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, money, strings, maps, JSON and CSV of the ground floor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/csv_out.h"
#include "base/core/hash.h"
#include "base/core/json_out.h"
#include "base/core/map.h"
#include "base/core/status.h"

static void every_day_comes_back(void **state)
{
    (void)state;
    daynum previous = day_from_ymd(1850, 1, 1) - 1;
    for (int y = 1850; y <= 2200; y++) {
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= 31; d++) {
                daynum n = day_from_ymd(y, m, d);
                if (n == DAY_MISSING) {
                    assert_true(d > 28);
                    continue;
                }
                struct ymd back = day_to_ymd(n);
                assert_true(back.year == y && back.month == m && back.day == d);
                assert_int_equal(n, previous + 1);
                previous = n;
            }
        }
    }
    assert_int_equal(day_from_ymd(1970, 1, 1), 0);
    assert_int_equal(day_of_week(day_from_ymd(2026, 11, 22)), 7);
    assert_int_equal(day_of_week(day_from_ymd(1949, 10, 1)), 6);
}

static void months_clamp(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2026-03-31", -1, "2026-02-28"}, {"2024-03-31", -1, "2024-02-29"}, {"2026-03-01", -12, "2025-03-01"},
        {"2024-02-29", 12, "2025-02-28"}, {"2026-01-31", 1, "2026-02-28"},  {"2026-12-15", 1, "2027-01-15"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        daynum from = DAY_MISSING, to = DAY_MISSING;
        assert_true(day_parse_iso(str_of(cases[i].from), &from) && day_parse_iso(str_of(cases[i].to), &to));
        assert_int_equal(day_add_months(from, cases[i].months), to);
    }
}

static void ages_are_completed_years(void **state)
{
    (void)state;
    daynum leap = day_from_ymd(2008, 2, 29);
    assert_int_equal(age_at(leap, day_from_ymd(2026, 2, 28)), 17);
    assert_int_equal(age_at(leap, day_from_ymd(2026, 3, 1)), 18);
    assert_int_equal(age_at(day_from_ymd(1990, 5, 5), day_from_ymd(2026, 5, 4)), 35);
    assert_int_equal(age_at(day_from_ymd(1990, 5, 5), day_from_ymd(2026, 5, 5)), 36);
}

static void money_is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        fen value;
    } cases[] = {
        {"0", true, 0},          {"12.3", true, 1230},      {"12.30", true, 1230},   {"-5", true, -500},      {"1,200.00", true, 120000},
        {"3.500", true, 350},    {"3.505", false, 0},       {".5", true, 50},        {"", false, 0},          {"-", false, 0},
        {"12a", false, 0},       {",5", false, 0},          {"1e5", false, 0},       {"+7.01", true, 701},    {"99999999999999", false, 0},
        {"5.", true, 500},       {"9999999999999.99", true, 999999999999999}, {"1 000", false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fen v = 0;
        if (fen_parse(str_of(cases[i].text), &v) != cases[i].ok) {
            fail_msg("'%s'", cases[i].text);
        }
        assert_int_equal(v, cases[i].value);
    }
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_fen_comma(&b, -123456789);
    assert_string_equal(b.p, "-1,234,567.89");
    strbuf_clear(&b);
    strbuf_add_fen(&b, 5);
    assert_string_equal(b.p, "0.05");
}

static void maps_keep_everything(void **state)
{
    (void)state;
    struct map64 m = {0};
    for (uint64_t i = 0; i < 20000; i++) {
        map64_put(&m, i * 0x9E3779B97F4A7C15u, (uint32_t)i);
    }
    for (uint64_t i = 0; i < 20000; i++) {
        assert_int_equal(map64_get(&m, i * 0x9E3779B97F4A7C15u), i);
    }
    assert_int_equal(map64_get(&m, 12345), MAP_NONE);
    assert_int_equal(map64_get_or_put(&m, 0, 7), 0); /* key 0 was put first */
    map64_release(&m);
    struct strmap s = {.n = 0};
    assert_int_equal(strmap_add(&s, STR("张三")), 0);
    assert_int_equal(strmap_add(&s, STR("")), 1);
    assert_int_equal(strmap_add(&s, STR("张三")), 0);
    assert_int_equal(strmap_get(&s, STR("李四")), MAP_NONE);
    for (int i = 0; i < 5000; i++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "%d", i);
        assert_int_equal(strmap_add(&s, str_of(text)), i + 2);
    }
    assert_true(str_eqz(s.texts[4999], "4997"));
    strmap_release(&s);
}

static void csv_is_safe_in_a_spreadsheet(void **state)
{
    (void)state;
    AUTO_STRBUF b = STRBUF_INIT;
    struct csv_out c = csv_out_to(&b);
    csv_z(&c, "=1+1");
    csv_z(&c, "说\"好\",再见");
    csv_fen(&c, -350);
    csv_z(&c, "-5");
    csv_day(&c, DAY_FOREVER);
    csv_empty(&c);
    csv_end_row(&c);
    assert_string_equal(b.p, "'=1+1,\"说\"\"好\"\",再见\",-3.50,'-5,长期,\r\n");
}

static void json_is_canonical(void **state)
{
    (void)state;
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    json_open(&j, '{');
    json_kz(&j, "a", "x\"\\\n");
    json_key(&j, "b");
    json_open(&j, '[');
    json_int(&j, -1);
    json_bool(&j, true);
    json_null(&j);
    json_close(&j, ']');
    json_key(&j, "c");
    json_open(&j, '{');
    json_close(&j, '}');
    json_close(&j, '}');
    assert_string_equal(b.p, "{\n  \"a\": \"x\\\"\\\\\\u000a\",\n  \"b\": [\n    -1,\n    true,\n    null\n  ],\n  \"c\": {}\n}\n");
}

static void hex(const unsigned char *p, char out[65])
{
    for (int i = 0; i < 32; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", p[i]);
    }
}

static void digests_match_published_vectors(void **state)
{
    (void)state;
    struct digest_hex d;
    digest_of("abc", 3, &d);
    assert_string_equal(d.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    unsigned char mac[32];
    char text[65];
    hmac_sm3(STR("key"), STR("abc"), mac);
    hex(mac, text);
    assert_string_equal(text, "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393");
}

static void statuses_have_one_exit_code_each(void **state)
{
    (void)state;
    for (int a = 0; a < ST_COUNT; a++) {
        for (int b = a + 1; b < ST_COUNT; b++) {
            assert_true(status_exit_code((enum status)a) != status_exit_code((enum status)b));
        }
        int code = status_exit_code((enum status)a);
        assert_true((code >= 0 && code <= 99) || (code >= 100 && code <= 127));
        assert_true(*status_title((enum status)a));
    }
    struct err err;
    assert_int_equal(err_set(&err, ST_CONFIG, "%s", "甲"), ST_CONFIG);
    assert_int_equal(err_context(&err, "%s", "乙"), ST_CONFIG);
    assert_string_equal(err.text, "乙: 甲");
    char *longtext = malloc(10000);
    for (size_t i = 0; i + 3 <= 9999; i += 3) {
        memcpy(longtext + i, "汉", 3);
    }
    longtext[9999] = 0;
    (void)err_set(&err, ST_IO, "%s", longtext);
    size_t n = strlen(err.text);
    assert_true(n % 3 == 0 && n > 2000); /* cut between characters */
    free(longtext);
}

static void strings_split_and_find(void **state)
{
    (void)state;
    struct str rest = STR("a,,b"), part;
    assert_true(str_split(&rest, ',', &part) && str_eqz(part, "a"));
    assert_true(str_split(&rest, ',', &part) && part.n == 0);
    assert_true(str_split(&rest, ',', &part) && str_eqz(part, "b"));
    assert_false(str_split(&rest, ',', &part));
    assert_int_equal(str_find(STR("abcabd"), STR("abd")), 3);
    assert_int_equal(str_find(STR("abc"), STR("x")), 3);
    int64_t v;
    assert_true(str_to_i64(STR("0012"), &v) && v == 12);
    assert_false(str_to_i64(STR("1.2"), &v) || str_to_i64(STR(""), &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_comes_back),
        cmocka_unit_test(months_clamp),
        cmocka_unit_test(ages_are_completed_years),
        cmocka_unit_test(money_is_exact),
        cmocka_unit_test(maps_keep_everything),
        cmocka_unit_test(csv_is_safe_in_a_spreadsheet),
        cmocka_unit_test(json_is_canonical),
        cmocka_unit_test(digests_match_published_vectors),
        cmocka_unit_test(statuses_have_one_exit_code_each),
        cmocka_unit_test(strings_split_and_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
