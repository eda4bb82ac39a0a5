/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/rules_errors.tsv: what is refused in a whole file, and where; and how a message looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/diag.h"
#include "base/text/width.h"
#include "tests/lib/rules_schema.h"
#include "tests/lib/tsv.h"

enum { HEAD_LINES = 5 };

/* A body that begins with format: is the whole file. */
static size_t whole_file(struct str body, struct strbuf *yaml)
{
    bool whole = str_starts(body, STR("format:"));
    strbuf_addz(yaml, whole ? "" : rules_test_head);
    strbuf_adds(yaml, body);
    strbuf_addc(yaml, '\n');
    return whole ? 0 : HEAD_LINES;
}

static const struct diag *worst(const struct diag_list *diags)
{
    const struct diag *first = NULL;
    for (size_t i = 0; i < diags->items.n; i++) {
        const struct diag *d = &diags->items.v[i];
        if (!first || (first->severity == DIAG_WARNING && d->severity == DIAG_ERROR)) {
            first = d;
        }
    }
    return first;
}

static void compile_in(enum lang lang, struct str yaml, struct diag_list *diags)
{
    enum lang before = lang_get();
    lang_set(lang);
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", yaml, 0, diags);
    assert_int_equal(rs == NULL, diags->errors > 0);
    diag_sort(diags);
    ruleset_free(rs);
    lang_set(before);
}

static bool has_han(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0xE4 && (unsigned char)s.p[i] <= 0xE9) {
            return true;
        }
    }
    return false;
}

/* Three small letters in a row. */
static bool has_words(struct str s)
{
    size_t run = 0;
    for (size_t i = 0; i < s.n && run < 3; i++) {
        run = s.p[i] >= 'a' && s.p[i] <= 'z' ? run + 1 : 0;
    }
    return run == 3;
}

/* The caret stands under what is meant, by display columns: two for a Chinese character. */
static void assert_caret(const struct diag_list *diags, const struct diag *d, struct str yaml)
{
    AUTO_STRBUF out = STRBUF_INIT;
    struct str line = {"", 0};
    diag_render_one(diags, d, &out);
    size_t caret = str_find(strbuf_str(&out), STR("^"));
    if (d->at.line == 0) {
        assert_int_equal(caret, out.n);
        return;
    }
    assert_true(caret < out.n);
    size_t start = caret;
    while (start > 0 && out.p[start - 1] != '\n') {
        start--;
    }
    for (uint32_t i = 0; i < d->at.line; i++) {
        assert_true(str_split(&yaml, '\n', &line));
    }
    if (str_find(strbuf_str(&out), line) == out.n) {
        return; /* a long line is shown in part */
    }
    size_t bytes = 0;
    for (uint32_t column = 1; column < d->at.column && bytes < line.n; column++) {
        do {
            bytes++;
        } while (bytes < line.n && ((unsigned char)line.p[bytes] & 0xC0) == 0x80);
    }
    enum { MARGIN = 8 }; /* "   12 | " */
    assert_int_equal(caret - start, MARGIN + width_str(str_sub(line, 0, bytes)));
}

/* Both languages say the same at the same place, each in its own words; the caret and the JSON point there. */
static void assert_told(struct str yaml)
{
    AUTO_DIAG zh = {0}, en = {0};
    compile_in(LANG_ZH, yaml, &zh);
    compile_in(LANG_EN, yaml, &en);
    const struct diag *z = worst(&zh), *e = worst(&en);
    assert_int_equal(z == NULL, e == NULL);
    if (!z) {
        return;
    }
    assert_string_equal(z->code, e->code);
    assert_memory_equal(&z->at, &e->at, sizeof(z->at));
    if (!has_han(z->message) || str_eq(z->message, e->message) || !has_words(e->message)) {
        fail_msg("%s: " STR_FMT " / " STR_FMT, z->code, STR_ARG(z->message), STR_ARG(e->message));
    }
    assert_caret(&zh, z, yaml);
    AUTO_STRBUF json = STRBUF_INIT;
    struct json_out j = json_out_to(&json);
    diag_json(&zh, &j);
    char want[64];
    (void)snprintf(want, sizeof(want), "\"code\": \"%s\"", z->code);
    assert_true(str_find(strbuf_str(&json), str_of(want)) < json.n);
    (void)snprintf(want, sizeof(want), "\"column\": %u", z->at.column);
    assert_true(str_find(strbuf_str(&json), str_of(want)) < json.n);
}

static void first_message(struct str body, struct strbuf *out)
{
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    size_t head = whole_file(body, &yaml);
    compile_in(lang_get(), strbuf_str(&yaml), &diags);
    const struct diag *first = worst(&diags);
    if (first) {
        strbuf_addf(out, "%s:%d", first->code, (int)first->at.line - (int)head);
        assert_told(strbuf_str(&yaml));
    } else {
        strbuf_addz(out, "ok");
    }
}

static void every_fault(void **state)
{
    (void)state;
    struct tsv t;
    size_t wrong = 0;
    tsv_open(&t, "rules_errors.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF got = STRBUF_INIT;
        first_message(t.f[0], &got);
        if (!str_eq(strbuf_str(&got), t.f[1])) {
            tsv_fail(&t, "file", strbuf_str(&got));
            wrong++;
        }
    }
    tsv_close(&t);
    assert_int_equal(wrong, 0);
}

static void message_points_and_suggests(void **state)
{
    (void)state;
    AUTO_STRBUF yaml = STRBUF_INIT, out = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addf(&yaml, "%sfacts:\n  户.近12月自付: {sum: 医疗结算.自付金额, date: 结算日期, last: 12个月}\nrules:\n  - id: A\n    name: 试\n    for: 户\n    when:\n"
                       "      - 户.近12月自负 >= 5元\n    level: {黄: 其他}\n",
                rules_test_head);
    assert_null(rules_compile(rules_test_schema(), "rules.yaml", strbuf_str(&yaml), 0, &diags));
    diag_render(&diags, &out);
    assert_string_equal(strbuf_z(&out), "rules.yaml:13:9: 错误 E201：没有名为“户.近12月自负”的指标或参数，是否想写“户.近12月自付”？\n"
                                        "   13 |       - 户.近12月自负 >= 5元\n"
                                        "      |         ^^^^^^^^^^^^^\n");
}

/* A set is meant as often as a value. */
static void sets_are_suggested(void **state)
{
    (void)state;
    AUTO_STRBUF yaml = STRBUF_INIT, out = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addf(&yaml, "%ssets:\n  护理补贴重度: {of: 残疾等级, values: [一级, 二级], basis: 试}\nrules:\n"
                       "  - {id: A, name: 试, for: 人, justify: 试, when: [残疾等级 在 护理补贴重废], level: {黄: 其他}}\n",
                rules_test_head);
    assert_null(rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags));
    diag_render(&diags, &out);
    assert_true(str_find(strbuf_str(&out), STR("E203：“残疾等级”没有“护理补贴重废”这个取值，是否想写“护理补贴重度”？")) < out.n);
}

/* What is said not of the text alone: a day that has come, a test that fails, a rule nobody tests. */
static void later_findings(void **state)
{
    (void)state;
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addf(&yaml, "%sparams:\n  线: {type: 整数, basis: 试, review: 2026-07-01, values: [{from: 2020-01-01, value: 60岁}]}\nrules:\n"
                       "  - {id: A, name: 试, for: 人, status: shadow, when: [年龄 >= 线], level: {黄: 其他}, tests: [{name: 一, 人: {年龄: 59}, expect: 黄}]}\n"
                       "  - {id: B, name: 试, for: 人, status: shadow, when: [年龄 > 线], level: {黄: 其他}}\n",
                rules_test_head);
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags);
    assert_non_null(rs);
    assert_int_equal(diags.items.n, 0);
    rules_check_review(rs, day_from_ymd(2026, 7, 1), &diags);
    assert_int_equal(diags.items.n, 0);
    rules_check_review(rs, day_from_ymd(2026, 7, 2), &diags);
    assert_int_equal(diags.items.n, 1);
    assert_string_equal(diags.items.v[0].code, "W408");
    rules_check_review(rs, day_from_ymd(2020, 1, 1), &diags);
    assert_int_equal(diags.items.n, 1);
    rules_check_review(rs, day_from_ymd(2019, 12, 31), &diags);
    assert_string_equal(diags.items.v[1].code, "W412");
    struct rules_test_counts counts;
    assert_int_equal(rules_test(rs, -1, &diags, &counts), 1);
    assert_string_equal(diags.items.v[2].code, "E710");
    assert_int_equal(diags.items.v[2].at.line, HEAD_LINES + 4);
    struct rules_boundary_counts made;
    rules_boundary(rs, "t.yaml", strbuf_str(&yaml), 0, STR("B"), &diags, &made);
    assert_string_equal(diags.items.v[3].code, "W712");
    assert_int_equal(diags.items.v[3].at.line, HEAD_LINES + 5);
    ruleset_free(rs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fault), cmocka_unit_test(message_points_and_suggests), cmocka_unit_test(sets_are_suggested), cmocka_unit_test(later_findings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
