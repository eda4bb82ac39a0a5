/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/tsv.h"

/* Each case is a file and the first diagnostic it must give: code, line, column; "ok" when none. */
static void problems_of_form(void **state)
{
    (void)state;
    struct tsv t;
    tsv_open(&t, "text_yaml.tsv");
    while (tsv_next(&t)) {
        AUTO_DIAG d = {0};
        AUTO_YAML doc = {0};
        static const struct yaml_limits limits = {4096, 100, 5, 200};
        bool ok = yaml_parse(&doc, "a.yaml", t.f[0], &limits, &d);
        char got[64] = "ok";
        if (d.items.n) {
            diag_sort(&d);
            (void)snprintf(got, sizeof(got), "%s:%u:%u", d.items.v[0].code, d.items.v[0].at.line, d.items.v[0].at.column);
        }
        if (!str_eqz(t.f[1], got)) {
            tsv_fail(&t, "first diagnostic", str_of(got));
        }
        assert_string_equal(t.f[1].p, got);
        assert_int_equal(ok, strcmp(got, "ok") == 0);
    }
    tsv_close(&t);
}

static void tree_and_marks(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_YAML doc = {0};
    assert_true(yaml_parse(&doc, "a.yaml",
                           STR("# 说明\n规则:\n  - 名称: 大额自付   # 注\n    条件: \"甲 > 1\"\n    空:\n    长: |\n      一行\n        二行\n列表: [a, 'b', 3]\n"), NULL, &d));
    const struct yaml_node *rules = yaml_get(doc.root, "规则");
    assert_int_equal(rules->kind, YAML_LIST);
    const struct yaml_node *first = rules->items[0], *name = yaml_get(first, "名称");
    assert_true(str_eqz(name->text, "大额自付"));
    assert_int_equal(name->line, 3);
    assert_int_equal(name->column, 9);
    assert_int_equal(name->end_column, 13);
    assert_false(name->quoted);
    assert_true(yaml_get(first, "条件")->quoted);
    assert_true(yaml_is_empty(yaml_get(first, "空")));
    assert_true(yaml_is_empty(yaml_get(first, "没有")));
    struct diag_at at = yaml_at_part(&doc, yaml_get(first, "条件"), 4, 1);
    assert_int_equal(at.line, 4);
    assert_int_equal(at.column, 12);
    const struct yaml_node *block = yaml_get(first, "长");
    assert_true(str_eqz(block->text, "一行\n  二行\n"));
    at = yaml_at_part(&doc, block, str_find(block->text, STR("二")), 6);
    assert_int_equal(at.line, 8);
    assert_int_equal(at.column, 9);
    assert_int_equal(at.length, 2);
    assert_int_equal(d.errors, 0);
}

static void getters(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_YAML doc = {0};
    assert_true(yaml_parse(&doc, "a.yaml",
                           STR("n: 12\nm: -3\nbad: 1x\nyes: 是\nno: Off\nmaybe: 也许\none: a\nmany: [a, b]\nnone:\nkind: snapshut\nmap: {a: 1}\nwide: 名：值\n"), NULL,
                           &d));
    int64_t v = 0;
    assert_true(yaml_int(&doc, doc.root, "n", YAML_REQUIRED, &v) && v == 12);
    assert_true(yaml_int(&doc, doc.root, "m", YAML_REQUIRED, &v) && v == -3);
    assert_false(yaml_int(&doc, doc.root, "absent", YAML_OPTIONAL, &v));
    assert_int_equal(d.errors, 0);
    assert_false(yaml_int(&doc, doc.root, "bad", YAML_REQUIRED, &v));
    assert_string_equal(d.items.v[0].code, "E111");
    assert_false(yaml_int_in(&doc, doc.root, "n", 0, 11, &v));
    bool flag;
    assert_true(yaml_flag(&doc, doc.root, "yes", YAML_REQUIRED, &flag) && flag);
    assert_true(yaml_flag(&doc, doc.root, "no", YAML_REQUIRED, &flag) && !flag);
    assert_false(yaml_flag(&doc, doc.root, "maybe", YAML_REQUIRED, &flag));
    struct yaml_texts texts;
    assert_true(yaml_texts(&doc, doc.root, "one", YAML_REQUIRED, &texts) && texts.n == 1 && str_eqz(texts.v[0]->text, "a"));
    assert_true(yaml_texts(&doc, doc.root, "many", YAML_REQUIRED, &texts) && texts.n == 2 && str_eqz(texts.v[1]->text, "b"));
    struct str s;
    size_t before = d.errors;
    assert_false(yaml_text(&doc, doc.root, "none", YAML_REQUIRED, &s));
    assert_int_equal(d.errors, before + 1);
    assert_string_equal(d.items.v[d.items.n - 1].code, "E109");
    static const char *const kinds[] = {"snapshot", "period", "append", NULL};
    int kind;
    assert_false(yaml_choice(&doc, doc.root, "kind", YAML_REQUIRED, kinds, &kind));
    assert_non_null(strstr(d.items.v[d.items.n - 1].message.p, "是否想写“snapshot”"));
    const struct yaml_node *map;
    assert_true(yaml_map(&doc, doc.root, "map", YAML_REQUIRED, &map));
    assert_false(yaml_map(&doc, doc.root, "wide", YAML_REQUIRED, &map));
    assert_string_equal(d.items.v[d.items.n - 1].code, "E103");
    static const char *const allowed[] = {"n", "m", "bad", "yes", "no", "maybe", "one", "many", "none", "kinds", "map", "wide", NULL};
    before = d.errors;
    assert_false(yaml_check_keys(&doc, doc.root, allowed));
    assert_int_equal(d.errors, before + 1);
    assert_int_equal(d.items.v[d.items.n - 1].at.line, 10);
}

static void rendering(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    uint32_t file = diag_add_file(&d, "rules.yaml", STR("a: 1\n      - 户.近12月自负 >= 大额自付线\r\n"));
    struct str known[] = {STR("户.近12月自付"), STR("户.人数")};
    diag_add(&d, "E201", (struct diag_at){file, 2, 9, 8}, "没有名为“户.近12月自负”的事实%s", diag_did_you_mean(&d, STR("户.近12月自负"), known, 2));
    diag_note(&d, "（规则 R02）");
    AUTO_STRBUF out = STRBUF_INIT;
    diag_render(&d, &out);
    assert_string_equal(strbuf_z(&out), "rules.yaml:2:9: 错误 E201：没有名为“户.近12月自负”的事实，是否想写“户.近12月自付”？\n"
                                        "    2 |       - 户.近12月自负 >= 大额自付线\n"
                                        "      |         ^^^^^^^^^^^^^  （规则 R02）\n");
    struct err err;
    assert_int_equal(diag_status(&d, ST_RULES, &err), ST_RULES);
    assert_int_equal(err.status, ST_RULES);
    strbuf_clear(&out);
    struct json_out j = json_out_to(&out);
    diag_json(&d, &j);
    assert_non_null(strstr(strbuf_z(&out), "\"column\": 9"));
    for (int i = 0; i < 2 * DIAG_MAX; i++) {
        diag_add(&d, "W401", (struct diag_at){file, 1, 1, 1}, "未使用 %d", i);
    }
    assert_int_equal(d.items.n, DIAG_MAX);
    assert_int_equal(d.warnings, 2 * DIAG_MAX);
}

static void lists_of_problems(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_STRBUF text = STRBUF_INIT;
    for (int i = 0; i < 300; i++) {
        strbuf_addz(&text, "长");
    }
    strbuf_addz(&text, "\n\ta\x01" "b\n");
    uint32_t file = diag_add_file(&d, "a.yaml", strbuf_str(&text));
    diag_add(&d, "E202", (struct diag_at){file, 2, 2, 1}, "second");
    diag_add(&d, "E201", (struct diag_at){file, 1, 250, 2}, "first");
    diag_add(&d, "W201", (struct diag_at){file, 0, 0, 0}, "whole");
    diag_note(&d, "note");
    diag_add(&d, "E202", (struct diag_at){file, 2, 2, 1}, "second");
    diag_add(&d, "E203", (struct diag_at){file, 9, 3, 1}, "beyond the end");
    diag_sort(&d);
    assert_int_equal(d.items.n, 4);
    assert_int_equal(d.errors, 3);
    AUTO_STRBUF out = STRBUF_INIT;
    diag_render(&d, &out);
    struct str rest = strbuf_str(&out), line;
    assert_true(str_starts(rest, STR("a.yaml: 提醒 W201：whole\n      | note\na.yaml:1:250: ")));
    while (str_split(&rest, '\n', &line)) {
        assert_true(line.n < 500);
    }
    assert_non_null(strstr(strbuf_z(&out), "    2 |  a?b\n      |  ^\n"));
    for (int i = 0; i < DIAG_MAX; i++) {
        diag_add(&d, "E204", (struct diag_at){file, 1, 1, 1}, "%d", i);
    }
    diag_note(&d, "lost");
    strbuf_clear(&out);
    diag_render(&d, &out);
    assert_non_null(strstr(strbuf_z(&out), "另有 4 条问题未列出"));
}

static void kinds_of_values(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_YAML doc = {0};
    assert_true(yaml_parse(&doc, "a.yaml", STR("list: [a, [b]]\nmap: {k: 1}\ntext: x\nn: 5\nkind: period\n"), NULL, &d));
    const struct yaml_node *list;
    struct yaml_texts texts;
    struct str s;
    int64_t v;
    bool flag;
    int kind;
    static const char *const kinds[] = {"snapshot", "period", NULL};
    assert_true(yaml_list(&doc, doc.root, "list", YAML_REQUIRED, &list) && list->n == 2);
    assert_true(yaml_int_in(&doc, doc.root, "n", 5, 5, &v) && v == 5);
    assert_false(yaml_int_in(&doc, doc.root, "absent", 5, 5, &v));
    assert_true(yaml_choice(&doc, doc.root, "kind", YAML_REQUIRED, kinds, &kind) && kind == 1);
    assert_int_equal(d.errors, 0);
    assert_false(yaml_texts(&doc, doc.root, "list", YAML_REQUIRED, &texts)); /* a list inside it */
    assert_false(yaml_texts(&doc, doc.root, "map", YAML_REQUIRED, &texts));
    assert_false(yaml_texts(&doc, doc.root, "absent", YAML_OPTIONAL, &texts));
    assert_false(yaml_text(&doc, doc.root, "map", YAML_REQUIRED, &s));
    assert_false(yaml_list(&doc, doc.root, "text", YAML_REQUIRED, &list));
    assert_false(yaml_int(&doc, doc.root, "map", YAML_REQUIRED, &v));
    assert_false(yaml_flag(&doc, doc.root, "map", YAML_REQUIRED, &flag));
    assert_false(yaml_choice(&doc, doc.root, "map", YAML_REQUIRED, kinds, &kind));
    assert_int_equal(d.errors, 7);
    for (size_t i = 0; i < d.items.n; i++) {
        assert_string_equal(d.items.v[i].code, "E110");
    }
    assert_null(yaml_get(yaml_get(doc.root, "text"), "x"));
    assert_true(yaml_check_keys(&doc, yaml_get(doc.root, "text"), kinds));
    struct err err;
    AUTO_YAML absent = {0};
    assert_int_equal(yaml_parse_file(&absent, "tests/data/no-such.yaml", "x", &d, &err), ST_MISSING);
}

static void near_words(void **state)
{
    (void)state;
    assert_int_equal(edit_distance(STR("近12月自负"), STR("近12月自付"), 3), 1);
    assert_int_equal(edit_distance(STR("abcd"), STR("abdc"), 3), 1);
    assert_int_equal(edit_distance(STR("abc"), STR("xyzuvw"), 2), 3);
    assert_int_equal(edit_distance(STR(""), STR(""), 2), 0);
    struct str known[] = {STR("label"), STR("department"), STR("kind"), STR("key")};
    assert_true(str_eqz(nearest_word(STR("lable"), known, 4), "label"));
    assert_true(str_eqz(nearest_word(STR("departement"), known, 4), "department"));
    assert_int_equal(nearest_word(STR("zzz"), known, 4).n, 0);
    assert_int_equal(nearest_word(STR("a"), known, 4).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_of_form), cmocka_unit_test(tree_and_marks), cmocka_unit_test(getters),
        cmocka_unit_test(rendering),        cmocka_unit_test(near_words),       cmocka_unit_test(lists_of_problems), cmocka_unit_test(kinds_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
