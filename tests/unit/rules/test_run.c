/* SPDX-License-Identifier: Apache-2.0 */
/* A run as its host sees it: stale sources, areas, changes, explanation, say, key, again, rows of a fact, hashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/diag.h"
#include "rules/ruleset.h"
#include "tests/lib/rules_schema.h"

static const char MEDICAL[] =
    "params:\n"
    "  线: {type: 金额, basis: 试, values: [{from: 2020-01-01, value: 5000元}, {from: 2020-01-01, area: \"120194001\", value: 4000元}]}\n"
    "facts:\n"
    "  户.和: {sum: 医疗结算.自付金额, date: 结算日期, last: 12个月}\n"
    "rules:\n"
    "  - id: M\n    name: 大额\n    for: 户\n    status: shadow\n"
    "    when: [户.和 >= 线]\n"
    "    level: {红: 户.和 >= 50000元, 橙: 户.和 >= 10000元, 黄: 其他}\n"
    "    again: {户.和: +1000元}\n"
    "    evidence: [户.和, 线, 前5笔 医疗结算 按 自付金额]\n"
    "    say: \"{户.姓名}自付{户.和}，线{线}，类别{户.在保类别}。\"\n";

static struct ruleset *compile(const char *body)
{
    AUTO_STRBUF yaml = STRBUF_INIT, out = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addz(&yaml, rules_test_head);
    strbuf_addz(&yaml, body);
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags);
    if (!rs) {
        diag_render(&diags, &out);
        print_message("%s", strbuf_z(&out));
    }
    assert_non_null(rs);
    return rs;
}

/* One household of one living person, with one medical row a call of feed(). */
struct one {
    struct ruleset *rs;
    struct rules_run *run;
    uint32_t household_of[1];
    uint8_t member[1], open[1];
    daynum as_of;
    int32_t area, category, grade;
    struct rules_hit hit;
    size_t hits;
    char say[400], key[64], again[32];
    size_t leaves, rows;
    struct rules_node why, leaf[4];
};

static void one_start(struct one *o, const char *body)
{
    *o = (struct one){.rs = compile(body), .as_of = day_from_ymd(2026, 3, 1), .member = {RULES_LIVING}, .area = -1, .category = 5, .grade = 4};
    struct rules_world w = {1, 1, o->household_of, o->member, NULL, o->open};
    o->run = rules_run_new(o->rs, o->as_of, &w);
}

static void feed(struct one *o, daynum day, int64_t amount)
{
    const struct rules_scan *scan = &ruleset_inputs(o->rs)->scans[0];
    struct rules_lane lanes[4];
    uint32_t person = 0;
    int32_t d = day;
    for (size_t i = 0; i < scan->n_columns; i++) {
        bool date = scan->columns[i] == 0;
        lanes[i] = date ? (struct rules_lane){RULES_LANE_I32, &d} : (struct rules_lane){RULES_LANE_I64, &amount};
    }
    struct rules_rows rows = {1, &person, NULL, lanes};
    uint8_t counts;
    rules_row_counts(o->run, 0, &rows, &counts);
    o->rows += counts == 2;
    rules_scan_rows(o->run, 0, &rows);
}

static struct str text_of(void *ctx, uint32_t person, uint32_t household, int attr)
{
    (void)ctx, (void)household, (void)attr;
    return person == RULES_NO_ROW ? STR("户主某") : STR("某人");
}

static void on_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct one *o = ctx;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF b = STRBUF_INIT;
    o->hit = *hit;
    o->hits++;
    rules_say(run, text_of, NULL, &b);
    snprintf(o->say, sizeof o->say, "%s", strbuf_z(&b));
    strbuf_clear(&b);
    rules_key(run, &b);
    snprintf(o->key, sizeof o->key, "%s", strbuf_z(&b));
    if (ruleset_rule(o->rs, hit->rule)->n_again) {
        snprintf(o->again, sizeof o->again, "%lld", (long long)rules_again(run, 0).lo);
    }
    struct rules_node *why = rules_explain(run, &a);
    o->why = why->children[0];
    o->leaves = MIN(o->why.n_children, (size_t)4);
    for (size_t i = 0; i < o->leaves; i++) {
        o->leaf[i] = o->why.children[i];
    }
}

static void one_eval(struct one *o, enum rules_want want)
{
    const struct rules_inputs *in = ruleset_inputs(o->rs);
    struct rules_lane pl[8], hl[8];
    int32_t later = day_from_ymd(2026, 4, 1);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        const struct rules_attr *at = &rules_test_schema()->attrs[in->person_attrs[i].attr];
        pl[i] = (struct rules_lane){RULES_LANE_I32, at->type == RT_DATE ? &later : &o->grade};
    }
    for (size_t i = 0; i < in->n_household_attrs; i++) {
        hl[i] = (struct rules_lane){RULES_LANE_I32, &o->category};
    }
    rules_run_ready(o->run);
    uint32_t zero = 0, first[2] = {0, 1};
    struct rules_block b = {1, 1, &zero, &zero, first, &o->area, pl, hl};
    rules_eval_block(o->run, &b, want, on_hit, o);
}

static void one_end(struct one *o)
{
    rules_run_free(o->run);
    ruleset_free(o->rs);
}

/* A report naming somebody who died before the window began: its sum is gone with him, what it says of the household stands. */
static void a_take_stands_by_its_own_date(void **state)
{
    (void)state;
    const char *facts[] = {"sum: 医疗结算.自付金额, date: 结算日期, last: 6个月", "take: 医疗结算.自付金额, date: 结算日期, stale: 6个月"};
    for (size_t i = 0; i < 2; i++) {
        struct one o = {.as_of = day_from_ymd(2026, 3, 1), .member = {RULES_DEAD}};
        char body[400];
        snprintf(body, sizeof body, "facts:\n  户.它: {%s}\nrules:\n  - id: M\n    name: 试\n    for: 户\n    status: shadow\n    when: [户.它 >= 5000元]\n    level: {黄: 其他}\n"
                                    "    evidence: [户.它]\n    say: \"{户.它}\"\n", facts[i]);
        daynum death = day_from_ymd(2025, 4, 28);
        o.rs = compile(body);
        struct rules_world w = {1, 1, o.household_of, o.member, &death, o.open};
        o.run = rules_run_new(o.rs, o.as_of, &w);
        feed(&o, day_from_ymd(2025, 11, 16), 600000);
        feed(&o, day_from_ymd(2025, 8, 16), 600000); /* outside the window either way */
        assert_int_equal(o.rows, i);
        one_end(&o);
    }
}

static void stale_sum_is_a_lower_bound(void **state)
{
    (void)state;
    const int64_t amounts[] = {5000000, 400000};
    const enum rules_verdict verdicts[] = {RULES_FIRED, RULES_UNKNOWN};
    for (int i = 0; i < 2; i++) {
        struct one o;
        one_start(&o, MEDICAL);
        rules_scan_cover(o.run, 0, false, NULL);
        feed(&o, o.as_of - 10, amounts[i]);
        one_eval(&o, RULES_WANT_UNDECIDED);
        assert_int_equal(o.hits, 1);
        assert_int_equal(o.hit.verdict, verdicts[i]);
        assert_int_equal(o.hit.level, i == 0 ? 0 : -1);
        assert_int_equal(rules_run_counts(o.run, 0).unknown, i);
        one_end(&o);
    }
}

static void higher_level_may_be_true(void **state)
{
    (void)state;
    struct one o;
    one_start(&o, MEDICAL);
    rules_scan_cover(o.run, 0, false, NULL);
    feed(&o, o.as_of, 1200000);
    one_eval(&o, RULES_WANT_FIRED);
    assert_int_equal(o.hit.level, 1);
    assert_int_equal(o.hit.maybe_level, 0);
    assert_int_equal(o.hit.over, 2400 + 0);
    assert_string_equal(o.say, "户主某自付至少12,000.00元，线4,000.00元..5,000.00元，类别无。");
    one_end(&o);
}

static void area_chooses_the_parameter(void **state)
{
    (void)state;
    const int32_t areas[] = {0, 3, 2, -1};
    const enum rules_verdict verdicts[] = {RULES_NO, RULES_FIRED, RULES_NO, RULES_UNKNOWN};
    for (int i = 0; i < 4; i++) {
        struct one o;
        one_start(&o, MEDICAL);
        feed(&o, o.as_of, 450000);
        o.area = areas[i];
        one_eval(&o, RULES_WANT_ALL);
        assert_int_equal(o.hit.verdict, verdicts[i]);
        if (i == 1) {
            assert_int_equal(o.leaf[0].kind, RULES_NODE_PARAM);
            assert_true(str_eqz(o.leaf[0].area, "120194001"));
            assert_int_equal(o.leaf[0].from, day_from_ymd(2020, 1, 1));
            assert_int_equal(o.leaf[1].origin, RULES_FROM_TABLE);
            assert_string_equal(o.again, "450000");
        }
        one_end(&o);
    }
}

static void window_ends_and_rows_of_a_fact(void **state)
{
    (void)state;
    struct one o;
    one_start(&o, MEDICAL);
    daynum first, last;
    assert_true(rules_fact_window(o.run, 0, &first, &last));
    assert_int_equal(first, day_from_ymd(2025, 3, 2));
    assert_int_equal(last, o.as_of);
    feed(&o, first - 1, 900000);
    feed(&o, first, 100);
    feed(&o, last, 200);
    feed(&o, last + 1, 900000);
    assert_int_equal(o.rows, 2);
    int column;
    int64_t lo, hi;
    assert_true(rules_scan_bounds(o.run, 0, &column, &lo, &hi));
    assert_int_equal(lo, first);
    assert_int_equal(column, 0);
    one_eval(&o, RULES_WANT_ALL);
    assert_int_equal(o.leaf[1].value.lo, 300);
    one_end(&o);
}

static void open_household_gives_bounds(void **state)
{
    (void)state;
    struct one o;
    one_start(&o, MEDICAL);
    o.open[0] = 1;
    feed(&o, o.as_of, 100);
    one_eval(&o, RULES_WANT_ALL);
    assert_int_equal(o.hit.verdict, RULES_UNKNOWN);
    assert_int_equal(o.leaf[1].value.hi, VAL_POS_INF);
    one_end(&o);
}

static const char CHANGED[] = "rules:\n"
                              "  - id: C\n    name: 新增\n    for: 人\n    status: shadow\n    justify: 试\n"
                              "    when: [\"残疾等级 变为 (一级, 二级) 于 90天内\"]\n"
                              "    level: {黄: 其他}\n    key: 人 + 残疾证到期日\n"
                              "    say: \"{姓名}由{残疾等级.上期}变为{残疾等级}\"\n";

static void change_says_what_was_before(void **state)
{
    (void)state;
    struct one o;
    one_start(&o, CHANGED);
    o.grade = 1;
    uint32_t person = 0;
    int32_t from[] = {4, 2}, to[] = {2, 1};
    daynum day[] = {o.as_of - 60, o.as_of - 5};
    for (int i = 1; i >= 0; i--) {
        struct rules_change_block b = {1, &person, &from[i], &to[i], &day[i]};
        rules_change_rows(o.run, 0, &b);
    }
    one_eval(&o, RULES_WANT_FIRED);
    assert_int_equal(o.hits, 1);
    assert_string_equal(o.say, "某人由三级变为二级");
    assert_string_equal(o.key, "2026-04-01");
    assert_int_equal(o.leaf[0].origin, RULES_FROM_CHANGE);
    one_end(&o);
}

static void change_must_still_hold_and_be_recent(void **state)
{
    (void)state;
    const struct {
        int32_t now, ago;
        bool covered;
        enum rules_verdict verdict;
    } cases[] = {{1, 89, true, RULES_FIRED}, {1, 90, true, RULES_NO}, {2, 10, true, RULES_NO}, {1, 90, false, RULES_UNKNOWN}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct one o;
        one_start(&o, CHANGED);
        o.grade = cases[i].now;
        uint32_t person = 0;
        int32_t from = 2, to = 1;
        daynum day = o.as_of - cases[i].ago;
        rules_change_cover(o.run, 0, cases[i].covered, NULL);
        struct rules_change_block b = {1, &person, &from, &to, &day};
        rules_change_rows(o.run, 0, &b);
        one_eval(&o, RULES_WANT_ALL);
        assert_int_equal(o.hit.verdict, cases[i].verdict);
        one_end(&o);
    }
}

static void hash_is_of_what_decides(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "    when: [年龄 >= 18]\n    level: {黄: 其他}\n",
        "    when: [\"年龄 ≥ 18岁\"]\n    level: {黄: 其他}\n    say: 话\n    evidence: [年龄]\n    basis: 据\n", /* the same */
        "    when: [年龄 > 18]\n    level: {黄: 其他}\n",
        "    when: [年龄 >= 18]\n    level: {橙: 其他}\n",
        "    when: [年龄 >= 18]\n    level: {黄: 其他}\n    clear: 2次\n",
    };
    char first[33] = "";
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        AUTO_STRBUF b = STRBUF_INIT;
        strbuf_addf(&b, "rules:\n  - id: H%zu\n    name: 名%zu\n    for: 人\n    status: shadow\n%s", i, i, bodies[i]);
        struct ruleset *rs = compile(b.p);
        const char *hash = ruleset_rule(rs, 0)->hash;
        if (i == 0) {
            snprintf(first, sizeof first, "%s", hash);
        }
        assert_int_equal(strcmp(first, hash) == 0, i <= 1);
        ruleset_free(rs);
    }
}

static void values_as_people_read_them(void **state)
{
    (void)state;
    struct ruleset *rs = compile(CHANGED);
    const struct {
        enum rules_type type;
        int enumeration;
        struct val v;
        const char *text;
    } cases[] = {
        {RT_MONEY, -1, {1234560, 1234560}, "12,345.60元"}, {RT_MONEY, -1, {5000000, VAL_POS_INF}, "至少50,000.00元"}, {RT_INT, -1, {3, 5}, "3..5"},
        {RT_MONTHLY, -1, {112000, 112000}, "1,120.00元/月"}, {RT_RATIO, -1, {950000, 950000}, "95%"}, {RT_RATIO, -1, {12345, 12345}, "1.2345%"},
        {RT_DATE, -1, {DAY_FOREVER, DAY_FOREVER}, "长期"}, {RT_DATE, -1, {VAL_NONE_INT, VAL_NONE_INT}, "无"}, {RT_BOOL, -1, {0, 1}, "未知"},
        {RT_ENUM, 2, {1, 1}, "二级"}, {RT_ENUM, 2, {VAL_NEG_INF, VAL_POS_INF}, "未知"}, {RT_SET, 1, {1, 3}, "护理补贴、生活补贴（待核）"}, {RT_SET, 1, {0, 0}, "无"},
        {RT_DAYS, -1, {90, 90}, "90天"}, {RT_POINT, -1, {60, 60}, "60点"}, {RT_MONTH, -1, {24314, 24314}, "2026-03"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_STRBUF b = STRBUF_INIT;
        rules_format(rs, cases[i].type, cases[i].enumeration, cases[i].v, &b);
        assert_string_equal(strbuf_z(&b), cases[i].text);
    }
    ruleset_free(rs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_take_stands_by_its_own_date), cmocka_unit_test(stale_sum_is_a_lower_bound),  cmocka_unit_test(higher_level_may_be_true),    cmocka_unit_test(area_chooses_the_parameter),
        cmocka_unit_test(window_ends_and_rows_of_a_fact), cmocka_unit_test(open_household_gives_bounds), cmocka_unit_test(change_says_what_was_before),
        cmocka_unit_test(change_must_still_hold_and_be_recent), cmocka_unit_test(hash_is_of_what_decides), cmocka_unit_test(values_as_people_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
