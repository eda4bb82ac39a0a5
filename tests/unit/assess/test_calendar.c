/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/calendar.h"
#include "pipeline/due.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/core/file.h"

static const char text[] = "\xEF\xBB\xBF" "date,workday,note\r\n# 春节\r\n2026-02-18,0,样例\r\n2026-02-16,0,\n2026-02-17,0,\n2026-02-19,0,\n2026-02-20,0,\n2026-02-28,1,调休\n";

static daynum day(struct str s)
{
    daynum d = DAY_MISSING;
    assert_true(day_parse_iso(s, &d));
    return d;
}

static void test_working_days(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF cases = STRBUF_INIT;
    struct calendar *c;
    struct err err;
    assert_int_equal(calendar_parse(&a, str_of(text), "calendar.csv", &c, &err), ST_OK);
    assert_int_equal(file_read_all("tests/data/calendar.tsv", 1 << 16, &cases, &err), ST_OK);
    struct str rest = strbuf_str(&cases), line;
    while (str_split(&rest, '\n', &line)) {
        struct str part[4];
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        for (size_t i = 0; i < 4; i++) {
            assert_true(str_split(&line, '\t', &part[i]));
        }
        int64_t n = 0, year = 0;
        int unknown;
        assert_true(str_to_i64(part[1], &n) && str_to_i64(part[3], &year));
        assert_int_equal(calendar_add_workdays(c, day(part[0]), (int)n, &unknown), day(part[2]));
        assert_int_equal(unknown, year);
    }
    assert_true(calendar_has_year(c, 2026));
    assert_false(calendar_has_year(c, 2025));
}

static void check_due(const struct calendar *c, struct str line)
{
    static const char *const states[] = {[DUE_AHEAD] = "ahead", [DUE_OVERDUE] = "overdue", [DUE_ESCALATED] = "escalated"};
    struct str part[5];
    int64_t period = 0, year = 0;
    int missing = 0;
    for (size_t i = 0; i < 5; i++) {
        assert_true(str_split(&line, '\t', &part[i]));
    }
    assert_true(str_to_i64(str_sub(part[0], 0, part[0].n - 1), &period) && str_to_i64(part[4], &year));
    struct due_period counted = {(int)period, str_ends(part[0], STR("w"))};
    daynum due = str_eqz(part[1], "-") ? DAY_MISSING : day(part[1]);
    assert_true(str_eqz(part[3], states[due_state_on(c, counted, due, day(part[2]), &missing)]));
    assert_int_equal(missing, year);
}

static void test_overdue_and_escalated(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF cases = STRBUF_INIT;
    struct calendar *c;
    struct err err;
    assert_int_equal(calendar_parse(&a, str_of(text), "calendar.csv", &c, &err), ST_OK);
    assert_int_equal(file_read_all("tests/data/due.tsv", 1 << 16, &cases, &err), ST_OK);
    struct str rest = strbuf_str(&cases), line;
    while (str_split(&rest, '\n', &line)) {
        if (line.n > 0 && line.p[0] != '#') {
            check_due(c, line);
        }
    }
}

static void test_wrong_lines_are_all_named(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct calendar *c = NULL;
    struct err err;
    struct str wrong = STR("date,workday,note\n2026-02-30,0,\n2026-03-01,yes,\n2026-03-02,1,\n2026-03-02,0,\n2026-03-03\n");
    assert_int_equal(calendar_parse(&a, wrong, "calendar.csv", &c, &err), ST_CONFIG);
    assert_string_equal(err.text, "calendar.csv:2: 日期应写成 2026-03-01\n"
                                  "calendar.csv:3: 是否工作日应为 0 或 1\n"
                                  "calendar.csv:6: 应为 日期,是否工作日,备注\n"
                                  "calendar.csv:5: 同一天写了两次");
    assert_null(c);
}

static void test_no_calendar_is_monday_to_friday(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct calendar *c;
    struct err err;
    int unknown;
    assert_int_equal(calendar_parse(&a, STR(""), "calendar.csv", &c, &err), ST_OK);
    assert_int_equal(calendar_add_workdays(c, day(STR("2026-03-06")), 1, &unknown), day(STR("2026-03-09")));
    assert_int_equal(unknown, 2026);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_working_days),
        cmocka_unit_test(test_overdue_and_escalated),
        cmocka_unit_test(test_wrong_lines_are_all_named),
        cmocka_unit_test(test_no_calendar_is_monday_to_friday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
