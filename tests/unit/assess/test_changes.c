/* SPDX-License-Identifier: Apache-2.0 */
/* A change of ours is not a change of the world: what fires only because a rule, or a parameter by its date, changed is held; what fired before goes on; what
   stops firing for that reason is cleared with that cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "tests/lib/demo_site.h"

static struct demo_site demo;

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s: %s", status_name(status), err->text);
    }
}

static int64_t count_of(const char *query)
{
    struct err err;
    bool row;
    AUTO_STMT q = db_sql(demo.night.db, str_of(query));
    must(stmt_one(q, &row, &err), &err);
    assert_true(row);
    return stmt_int(q, 0);
}

/* Replaces `from` in the site's rules.yaml, which must be there. */
static void edit_rules(const char *from, const char *to)
{
    struct err err;
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_ARENA a = ARENA_INIT;
    const char *path = arena_printf(&a, "%s/site/rules.yaml", demo.dir);
    struct strbuf whole = STRBUF_INIT;
    must(file_read_all(path, 1 << 20, &whole, &err), &err);
    size_t at = str_find(strbuf_str(&whole), str_of(from));
    assert_true(at < whole.n);
    strbuf_add(&text, whole.p, at);
    strbuf_addz(&text, to);
    strbuf_addz(&text, whole.p + at + strlen(from));
    must(file_write_atomic(path, strbuf_str(&text), &err), &err);
    strbuf_release(&whole);
}

static void next_night(const char *clock)
{
    demo_site_close(&demo);
    demo_site_again(&demo, clock);
    demo_site_open(&demo);
}

static void test_a_lower_line_is_held(void **state)
{
    (void)state;
    int64_t before = count_of("SELECT fired FROM rule_result WHERE rule = 'R02'");
    edit_rules("- 户.近12月自付 >= 大额自付线\n", "- 户.近12月自付 >= 5000元\n");
    next_night("2026-03-03T02:00:00");
    int64_t after = count_of("SELECT fired FROM rule_result WHERE rule = 'R02'");
    assert_true(after > before);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule = 'R02' AND disposition = 'held' AND why = '规则有改动，按旧规则不出现'"), after - before);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule = 'R02' AND disposition = 'held' AND why = '本站首夜，先看后放'"), before);
    assert_int_equal(count_of("SELECT count(*) FROM proposed_event WHERE kind = 'held'"), after - before);
    assert_int_equal(count_of("SELECT value FROM figure WHERE name = 'old_rules'"), 1);
}

static void test_back_again_is_a_change_of_rule(void **state)
{
    (void)state;
    int64_t before = count_of("SELECT fired FROM rule_result WHERE rule = 'R02'");
    edit_rules("- 户.近12月自付 >= 5000元\n", "- 户.近12月自付 >= 大额自付线\n");
    next_night("2026-03-04T02:00:00");
    int64_t gone = before - count_of("SELECT fired FROM rule_result WHERE rule = 'R02'");
    assert_true(gone > 0);
    assert_int_equal(count_of("SELECT count(*) FROM gone WHERE cause = '规则变更'"), gone); /* at once, though the rule says clear: 3次 */
    assert_int_equal(count_of("SELECT count(*) FROM gone"), gone);
}

static void test_a_parameter_step_is_held(void **state)
{
    (void)state;
    int64_t before = count_of("SELECT fired FROM rule_result WHERE rule = 'R02'");
    edit_rules("        table: {特困: 1000元, 低保: 5000元, 低保边缘: 10000元, 刚性支出: 10000元, 防返贫: 10000元, 无: 15000元}\n",
               "        table: {特困: 1000元, 低保: 5000元, 低保边缘: 10000元, 刚性支出: 10000元, 防返贫: 10000元, 无: 15000元}\n"
               "      - from: 2026-03-06\n"
               "        table: {特困: 1000元, 低保: 3000元, 低保边缘: 5000元, 刚性支出: 5000元, 防返贫: 5000元, 无: 5000元}\n");
    next_night("2026-03-05T02:00:00"); /* written down, not yet in force: nothing moves */
    assert_int_equal(count_of("SELECT fired FROM rule_result WHERE rule = 'R02'"), before);
    assert_int_equal(count_of("SELECT count(*) FROM proposed_event WHERE kind = 'held'"), 0);
    next_night("2026-03-06T02:00:00");
    int64_t after = count_of("SELECT fired FROM rule_result WHERE rule = 'R02'");
    assert_true(after > before);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule = 'R02' AND disposition = 'held' AND why = '参数换档，按旧值不出现'"), after - before);
}

static int open_night(void **state)
{
    (void)state;
    demo_site_make(&demo, 1);
    demo_site_open(&demo);
    return 0;
}

static int close_night(void **state)
{
    (void)state;
    demo_site_close(&demo);
    demo_site_remove(&demo);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lower_line_is_held),
        cmocka_unit_test(test_back_again_is_a_change_of_rule),
        cmocka_unit_test(test_a_parameter_step_is_held),
    };
    return cmocka_run_group_tests(tests, open_night, close_night);
}
