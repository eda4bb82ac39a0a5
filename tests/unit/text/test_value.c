/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/mask.h"
#include "base/text/values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/status.h"
#include "base/text/utf8.h"
#include "tests/lib/tsv.h"

/* The reading of one cell in words: the value, or the code of the reason. */
static void read_date(struct str cell, unsigned options, struct strbuf *out)
{
    daynum day = DAY_MISSING;
    enum date_precision precision = DATE_DAY;
    enum value_reason r = value_date(cell, options, &day, &precision);
    if (r != VALUE_OK) {
        assert_int_equal(day, DAY_MISSING);
        strbuf_addz(out, value_reason_code(r));
        return;
    }
    strbuf_add_day(out, day);
    strbuf_addz(out, precision == DATE_MONTH ? " month" : precision == DATE_YEAR ? " year" : "");
}

static void read_phones(struct str cell, struct strbuf *out)
{
    struct phones p = {.n = 0};
    enum value_reason r = value_phones(cell, &p);
    strbuf_addz(out, value_reason_code(r));
    for (size_t i = 0; i < p.n; i++) {
        strbuf_addf(out, "%s%s%s", out->n ? " " : "", p.v[i].digits, p.v[i].kind == PHONE_LANDLINE ? "L" : "");
    }
    strbuf_addf(out, "%s%s", p.remark ? " remark" : "", p.more ? " more" : "");
}

static void read_cell(struct str kind, struct str cell, struct strbuf *out)
{
    int64_t v = INT64_MIN;
    enum value_reason r = VALUE_OK;
    if (str_eqz(kind, "date") || str_eqz(kind, "date-serial") || str_eqz(kind, "date-two") || str_eqz(kind, "date-day")) {
        unsigned options = str_eqz(kind, "date-serial") ? DATE_ALLOW_SERIAL : str_eqz(kind, "date-two") ? DATE_ALLOW_TWO_DIGIT
                                                                          : str_eqz(kind, "date-day")   ? DATE_ONLY_DAY
                                                                                                         : 0;
        read_date(cell, options, out);
        return;
    }
    if (str_eqz(kind, "phone")) {
        read_phones(cell, out);
        return;
    }
    if (str_eqz(kind, "month")) {
        monthnum month = MONTH_MISSING;
        r = value_month(cell, &month);
        strbuf_addz(out, value_reason_code(r));
        strbuf_add_month(out, month);
        return;
    }
    if (str_eqz(kind, "flag")) {
        bool flag = false;
        r = value_flag(cell, &flag);
        strbuf_addz(out, r != VALUE_OK ? value_reason_code(r) : flag ? "yes" : "no");
        return;
    }
    if (str_eqz(kind, "clean")) {
        AUTO_STRBUF scratch = STRBUF_INIT;
        unsigned defects = 0;
        struct str s = cell_clean(cell, &scratch, &defects);
        strbuf_addf(out, "%u:", defects);
        strbuf_adds(out, s);
        return;
    }
    r = str_eqz(kind, "yuan") ? value_money(cell, MONEY_YUAN, &v) : str_eqz(kind, "wan") ? value_money(cell, MONEY_WAN, &v)
        : str_eqz(kind, "fen") ? value_money(cell, MONEY_FEN, &v) : str_eqz(kind, "decimal2") ? value_decimal(cell, 2, &v) : value_integer(cell, &v);
    assert_true(r == VALUE_OK || v == INT64_MIN);
    strbuf_addz(out, value_reason_code(r));
    if (r == VALUE_OK) {
        strbuf_addi(out, v);
    }
}

static void cells(void **state)
{
    (void)state;
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_values.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF out = STRBUF_INIT;
        read_cell(t.f[0], t.f[1], &out);
        if (!str_eq(strbuf_str(&out), t.f[2])) {
            tsv_fail(&t, "value", strbuf_str(&out));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

/* Every day of two centuries, in every form, is read back as itself. */
static void dates_round_trip(void **state)
{
    (void)state;
    static const char *const forms[] = {"%d-%d-%d", "%04d%02d%02d", "%d/%02d/%02d", "%d.%d.%d", "%d年%d月%d日", " %04d-%02d-%02d 00:00:00"};
    for (daynum day = day_from_ymd(1880, 1, 1); day <= day_from_ymd(2080, 12, 31); day += 3) {
        struct ymd d = day_to_ymd(day);
        for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
            char text[64];
            (void)snprintf(text, sizeof(text), forms[i], d.year, d.month, d.day);
            daynum got = DAY_MISSING;
            enum date_precision precision;
            assert_int_equal(value_date(str_of(text), 0, &got, &precision), VALUE_OK);
            assert_int_equal(got, day);
            assert_int_equal(precision, DATE_DAY);
        }
    }
}

static void masks(void **state)
{
    (void)state;
    static const struct {
        enum mask_kind kind;
        const char *in, *out;
    } cases[] = {{MASK_ID, "120194199001011234", "1201**************"},
                 {MASK_ID, "120194900101123", "1201***********"},
                 {MASK_ID, "H12345678", "H********"},
                 {MASK_ID, "1234", "****"},
                 {MASK_NAME, "张三", "张*"},
                 {MASK_NAME, "张小明", "张**"},
                 {MASK_NAME, "张", "*"},
                 {MASK_NAME, "", ""},
                 {MASK_PHONE, "13800138000", "138********"},
                 {MASK_PHONE, "12345", "*****"},
                 {MASK_ADDRESS, "某街12号３楼", "某街**号*楼"},
                 {MASK_UNKNOWN, "abc", "***"},
                 {MASK_UNKNOWN, "某区某街道", "某****"},
                 {MASK_UNKNOWN, "0123456789012345678901234567", "0************"},
                 {MASK_WHOLE, "x", "****"},
                 {MASK_WHOLE, "", ""},
                 {MASK_RUNS, "号 120194199001011234，2026 年", "号 120***************，2026 年"},
                 {MASK_RUNS, "12019419900101123x.", "120***************."},
                 {MASK_RUNS, "1234567890", "1234567890"},
                 {MASK_NONE, "张三", "张三"}};
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_STRBUF b = STRBUF_INIT;
        mask_add(cases[i].kind, str_of(cases[i].in), &b);
        assert_string_equal(strbuf_z(&b), cases[i].out);
        assert_true(str_eqz(mask_text(cases[i].kind, str_of(cases[i].in), &a), cases[i].out));
    }
}

static void reasons_are_named(void **state)
{
    (void)state;
    for (enum value_reason r = VALUE_OK; r < VALUE_REASON_COUNT; r++) {
        enum value_reason back;
        assert_true(value_reason_from_code(str_of(value_reason_code(r)), &back));
        assert_int_equal(back, r);
        assert_true(value_reason_word(r)[0] != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells), cmocka_unit_test(dates_round_trip), cmocka_unit_test(masks),
                                       cmocka_unit_test(reasons_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
