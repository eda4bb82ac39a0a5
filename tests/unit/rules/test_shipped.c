/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped rules against the shipped sources and people, and the manual: every line and every whole file it shows is compiled, tests included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/text/diag.h"
#include "tests/lib/rules_schema.h"
#include "tests/lib/shipped_schema.h"

static void read_file(const char *path, struct strbuf *out)
{
    struct err err;
    assert_int_equal(file_read_all(path, 1 << 22, out, &err), ST_OK);
}

static void show(struct diag_list *diags)
{
    AUTO_STRBUF out = STRBUF_INIT;
    diag_render(diags, &out);
    fputs(strbuf_z(&out), stdout);
}

/* Compiles, runs all tests, frees. Returns how many rules there were. */
static size_t whole(const struct rules_schema *schema, const char *name, struct str text, size_t *tests)
{
    AUTO_DIAG diags = {0};
    struct rules_test_counts counts = {0, 0};
    struct ruleset *rs = rules_compile(schema, name, text, RULES_WITH_DRAFTS, &diags);
    size_t n = 0;
    if (rs) {
        rules_test(rs, -1, &diags, &counts);
        n = ruleset_count(rs);
    }
    show(&diags);
    assert_non_null(rs);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(diags.warnings, 0);
    ruleset_free(rs);
    *tests = counts.run;
    return n;
}

/* No small mistake in the shipped rules would go unnoticed; and a mistake is noticed to be unnoticed. */
static void every_bound_of_the_shipped_rules_is_tested(void **state)
{
    (void)state;
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    struct rules_boundary_counts counts;
    read_file("rules.yaml", &text);
    struct ruleset *rs = rules_compile(shipped_schema(), "rules.yaml", strbuf_str(&text), RULES_WITH_DRAFTS, &diags);
    assert_non_null(rs);
    rules_boundary(rs, "rules.yaml", strbuf_str(&text), RULES_WITH_DRAFTS, STR(""), &diags, &counts);
    show(&diags);
    assert_true(counts.made >= 1000);
    assert_int_equal(counts.unnoticed, 0);
    ruleset_free(rs);
}

static void every_word_of_the_language(void **state)
{
    (void)state;
    AUTO_STRBUF text = STRBUF_INIT;
    size_t tests;
    read_file("tests/data/rules_language.yaml", &text);
    assert_int_equal(whole(rules_test_schema(), "rules_language.yaml", strbuf_str(&text), &tests), 7);
    assert_true(tests >= 40);
}

static void a_weak_test_is_named(void **state)
{
    (void)state;
    AUTO_STRBUF yaml = STRBUF_INIT, out = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    struct rules_boundary_counts counts;
    strbuf_addf(&yaml, "%srules:\n  - id: A\n    name: 试\n    for: 人\n    status: shadow\n    when:\n      - 年龄 >= 60\n    level: {黄: 其他}\n    tests:\n"
                       "      - {name: 老, 人: {年龄: 80}, expect: 黄}\n      - {name: 少, 人: {年龄: 59}, expect: 不报}\n",
                rules_test_head);
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags);
    assert_non_null(rs);
    rules_boundary(rs, "t.yaml", strbuf_str(&yaml), 0, STR("A"), &diags, &counts);
    diag_render(&diags, &out);
    assert_int_equal(counts.made, 3);
    assert_string_equal(strbuf_z(&out), "t.yaml:12:9: 提醒 W711：规则 A：把“年龄 >= 60”改成“年龄 > 60”，没有测试会发现\n   12 |       - 年龄 >= 60\n      |         ^^^^^^^^^^\n");
    ruleset_free(rs);
}

static void coverage_counts_what_tests_saw(void **state)
{
    (void)state;
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    AUTO_ARENA arena = ARENA_INIT;
    strbuf_addf(&yaml, "%srules:\n  - id: A\n    name: 试\n    for: 人\n    status: shadow\n    when:\n      - 在世\n      - any: [年龄 >= 60, 年龄 未知]\n"
                       "    level: {红: 年龄 >= 80, 黄: 其他}\n    tests:\n      - {name: 老, 人: {年龄: 70}, expect: 黄}\n      - {name: 谁, 人: {年龄: 未知}, expect: 黄}\n",
                rules_test_head);
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags);
    assert_non_null(rs);
    struct rules_line_seen *seen;
    static const unsigned want[4][3] = {{2, 0, 0}, {1, 0, 1}, {1, 1, 0}, {0, 1, 1}}; /* 在世; 年龄 >= 60; 年龄 未知; 红 */
    assert_int_equal(rules_test_coverage(rs, 0, &arena, &seen), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(seen[i].yes == want[i][0] && seen[i].no == want[i][1] && seen[i].unknown == want[i][2]);
    }
    ruleset_free(rs);
}

static void shipped_rules_fit_shipped_sources(void **state)
{
    (void)state;
    AUTO_STRBUF text = STRBUF_INIT;
    size_t tests;
    read_file("rules.yaml", &text);
    size_t n = whole(shipped_schema(), "rules.yaml", strbuf_str(&text), &tests);
    assert_true(n >= 60);
    assert_true(tests >= 9 * n);
}

/* A bureau turns a shadow rule into an active one by that one word; all of them are ready for it. */
static void shipped_rules_can_be_made_active(void **state)
{
    (void)state;
    AUTO_STRBUF text = STRBUF_INIT, active = STRBUF_INIT;
    read_file("rules.yaml", &text);
    struct str rest = strbuf_str(&text), line;
    size_t changed = 0, tests;
    while (str_split(&rest, '\n', &line)) {
        bool status = str_starts(str_trim(line), STR("status: "));
        changed += status;
        strbuf_adds(&active, status ? STR("    status: active") : line);
        strbuf_addc(&active, '\n');
    }
    assert_int_equal(whole(shipped_schema(), "active.yaml", strbuf_str(&active), &tests), changed);
}

/* One line of the manual inside a rule that has the shipped parameters and facts. */
static void one_line(struct str head, const char *entity, struct str line)
{
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_adds(&yaml, head);
    strbuf_addf(&yaml, "rules:\n  - id: T\n    name: 试\n    for: %s\n    status: shadow\n    justify: 试\n    level: {黄: 其他}\n    when:\n      - |-\n        " STR_FMT "\n",
                entity, STR_ARG(line));
    struct ruleset *rs = rules_compile(shipped_schema(), "docs/rules.md", strbuf_str(&yaml), 0, &diags);
    if (!rs) {
        show(&diags);
    }
    assert_non_null(rs);
    ruleset_free(rs);
}

static void every_line_of_the_manual(void **state)
{
    (void)state;
    AUTO_STRBUF doc = STRBUF_INIT, rules = STRBUF_INIT, block = STRBUF_INIT;
    read_file("docs/rules.md", &doc);
    read_file("rules.yaml", &rules);
    AUTO_STRBUF kept = STRBUF_INIT;
    struct str head = str_sub(strbuf_str(&rules), 0, str_find(strbuf_str(&rules), STR("\nrules:")) + 1);
    struct str rest = head, line;
    for (bool needs = false; str_split(&rest, '\n', &line);) { /* needs: names rules, and here there is one */
        needs = str_starts(line, STR("  needs:")) || (needs && str_starts(line, STR("    ")));
        strbuf_adds(&kept, needs ? STR("") : line);
        strbuf_addc(&kept, '\n');
    }
    head = strbuf_str(&kept);
    rest = strbuf_str(&doc);
    const char *entity = NULL;
    size_t lines = 0, files = 0, tests;
    bool yaml = false;
    while (str_split(&rest, '\n', &line)) {
        if (str_starts(line, STR("```"))) {
            bool complete = yaml && str_starts(strbuf_str(&block), STR("format: 1"));
            files += complete;
            assert_true(!complete || whole(shipped_schema(), "docs/rules.md", strbuf_str(&block), &tests) > 0);
            entity = str_eqz(line, "```text 人") ? "人" : str_eqz(line, "```text 户") ? "户" : NULL;
            yaml = str_eqz(line, "```yaml");
            strbuf_clear(&block);
        } else if (entity) {
            one_line(head, entity, line);
            lines++;
        } else if (yaml) {
            strbuf_adds(&block, line);
            strbuf_addc(&block, '\n');
        }
    }
    assert_true(lines >= 25 && files == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_rules_fit_shipped_sources),
        cmocka_unit_test(shipped_rules_can_be_made_active),
        cmocka_unit_test(every_bound_of_the_shipped_rules_is_tested),
        cmocka_unit_test(every_word_of_the_language),
        cmocka_unit_test(a_weak_test_is_named),
        cmocka_unit_test(coverage_counts_what_tests_saw),
        cmocka_unit_test(every_line_of_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
