/* SPDX-License-Identifier: Apache-2.0 */
/* sources.yaml: the shipped file loads; a mistake of each kind is told with line and column; file names find their source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "pipeline/ingest/sources.h"

static struct sources *shipped(void)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct sources *s = NULL;
    struct err err = {ST_OK, ""};
    assert_int_equal(file_read_all("sources.yaml", 1u << 20, &text, &err), ST_OK);
    if (sources_load(strbuf_str(&text), "sources.yaml", &s, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    return s;
}

static void test_shipped(void **state)
{
    (void)state;
    struct sources *s = shipped();
    size_t optional = 0;
    for (size_t i = 0; i < s->n; i++) {
        optional += s->v[i].optional;
    }
    assert_int_equal(s->n, 21);
    assert_int_equal(optional, 12);
    const struct source *settle = &s->v[source_find(s, STR("医疗结算"))];
    assert_int_equal(settle->kind, KIND_APPEND);
    int self_paid = source_column_find(settle, STR("自付金额"));
    assert_true(settle->columns[self_paid].is_measure);
    assert_int_equal(source_raw_column(settle, self_paid), source_column_find(settle, STR("个人负担总额")));
    const struct source *ga = &s->v[source_find(s, STR("ga"))];
    assert_int_equal(ga->person[ROLE_DEATH].column, source_column_find(ga, STR("变动日期")));
    assert_true(str_eqz(ga->person[ROLE_DEATH].when_value, "死亡注销"));
    assert_int_equal(ga->unit.kind, UNIT_HUKOU);
    const struct source *cl = &s->v[source_find(s, STR("残疾证"))];
    assert_int_equal(cl->key[0].alt[0].part[0], KEY_ID);
    sources_free(s);
}

static void test_file_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *source, *scope, *date;
        int part;
    } cases[] = {
        {"yb_settle_120194_20260301_inc.csv", "yb_settle", "120194", "2026-03-01", 0},
        {"yb_settle_120194_20260301_inc_part2.csv", "yb_settle", "120194", "2026-03-01", 2},
        {"mz_member_丁字沽街道_20260301_full(1).csv", "mz_member", "丁字沽街道", "2026-03-01", 0},
        {"民政_救助成员_王庄镇_2026年3月1日.csv", "mz_member", "王庄镇", "2026-03-01", 0},
        {"民政_救助成员_王庄镇_2026-03-01 - 副本.csv", "mz_member", "王庄镇", "2026-03-01", 0},
        {"CL_120194_20260301_full.CSV", "cl", "120194", "2026-03-01", 0},
        {"cl_120194_20260231_full.csv", NULL, "", "", 0},
        {"mz_member_20260301.xlsx", NULL, "", "", 0},
        /* the same table in another form; what cannot be read is matched too, to be refused in words that help */
        {"mz_member_丁字沽街道_20260301_full.xlsx", "mz_member", "丁字沽街道", "2026-03-01", 0},
        {"mz_member_丁字沽街道_20260301_full(1).XLSX", "mz_member", "丁字沽街道", "2026-03-01", 0},
        {"mz_member_丁字沽街道_20260301_full.csv.gz", "mz_member", "丁字沽街道", "2026-03-01", 0},
        {"mz_member_丁字沽街道_20260301_full.xls", "mz_member", "丁字沽街道", "2026-03-01", 0},
        {"mz_member_丁字沽街道_20260301_full.exe", NULL, "", "", 0},
    };
    struct sources *s = shipped();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct source_name n;
        daynum day;
        bool found = sources_match(s, str_of(cases[i].name), &n);
        assert_int_equal(found, cases[i].source != NULL);
        if (!found) {
            continue;
        }
        assert_true(str_eqz(s->v[n.source].id, cases[i].source));
        assert_true(str_eqz(n.scope, cases[i].scope));
        assert_true(day_parse_iso(str_of(cases[i].date), &day));
        assert_int_equal(n.date, day);
        assert_int_equal(n.part, cases[i].part);
    }
    sources_free(s);
}

/* A small right file; each case changes one line of it. */
static const char *const small[] = {
    "format: 1",
    "sources:",
    "  - id: a",
    "    label: 甲",
    "    department: 某局",
    "    files: [\"a_{date}.csv\"]",
    "    kind: snapshot",
    "    key: [编号]",
    "    covers: {area: 户籍, age: 16..60}",
    "    absent: {状态: 无}",
    "    person: {id: 身份证号, name: 姓名}",
    "    columns:",
    "      编号: {type: token, required: true}",
    "      姓名: {type: name}",
    "      身份证号: {type: id_number}",
    "      状态: {type: code, codes: {1: 有, 0: 无}}",
    "      金额: {type: money, unit: 万元}",
    "      登记日期: {type: date, month_as: last}",
    "    measures:",
    "      净额: 金额",
};

static enum status load_changed(size_t line, const char *text, struct sources **out, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_LEN(small); i++) {
        strbuf_addf(&b, "%s\n", i + 1 == line ? text : small[i]);
    }
    return sources_load(strbuf_str(&b), "sources.yaml", out, err);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        size_t line;
        const char *text, *place, *word;
    } cases[] = {
        {1, "format: 2", "sources.yaml:1:", "E165"},
        {4, "    lable: 甲", "sources.yaml:4:5", "E105"},
        {4, "    id: b", "sources.yaml:4:5", "E104"},
        {6, "    files: [\"a_{day}.csv\"]", "sources.yaml:6:13", "E167"},
        {7, "    kind: sometimes", "sources.yaml:7:11", "E111"},
        {8, "    key: [编码]", "sources.yaml:8:11", "编号"},
        {8, "    key: [净额]", "sources.yaml:8:11", "E173"},
        {8, "    key: [编号.身份证号]", "sources.yaml:8:11", "E171"},
        {9, "    covers: {area: 户籍, age: 16-60}", "sources.yaml:9:", "E158"},
        {9, "    cadence: 一周", "sources.yaml:9:14", "E150"},
        {10, "    absent: {壮态: 无}", "sources.yaml:10:14", "E170"},
        {11, "    person: {id: 姓名}", "sources.yaml:11:", "E171"},
        {11, "    person: {death: 登记日期 when 状态}", "sources.yaml:11:", "E172"},
        {11, "    registers: persons", "", "E164"},
        {11, "    gates: {rows: {warn: 5}}", "sources.yaml:11:", "E151"},
        {11, "    refund_of: 编号", "sources.yaml:11:", "E174"},
        {11, "    skip: 编号", "sources.yaml:11:", "E176"},
        {11, "    skip: [壮态 = 1]", "sources.yaml:11:", "E170"},
        {11, "    skip: [金额 = 1]", "sources.yaml:11:", "E171"},
        {11, "    skip: [状态 = 没有的]", "sources.yaml:11:", "E176"},
        {13, "      编号: {type: number}", "sources.yaml:13:", "E111"},
        {14, "      姓名: {type: name, header: [编号]}", "sources.yaml:14:", "E155"},
        {14, "      姓.名: {type: name}", "sources.yaml:14:7", "E154"},
        {15, "      身份证号: {type: id_number, codes: {1: 有}}", "sources.yaml:15:", "E152"},
        {16, "      状态: {type: code, codes: {1: 有, １: 无}}", "sources.yaml:16:", "E152"},
        {17, "      金额: {type: text, unit: 万元}", "sources.yaml:17:", "E153"},
        {18, "      登记日期: {type: month, serial: yes}", "sources.yaml:18:", "E153"},
        {20, "      净额: 金额 - 姓名", "sources.yaml:20:", "E171"},
        {20, "      金额: 金额", "sources.yaml:20:", "E175"},
    };
    struct sources *s = NULL;
    struct err err = {ST_OK, ""};
    if (load_changed(0, "", &s, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(s->v[0].columns[4].unit, 1000000);
    sources_free(s);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        s = NULL;
        if (load_changed(cases[i].line, cases[i].text, &s, &err) != ST_CONFIG) {
            sources_free(s);
            fail_msg("accepted: %s", cases[i].text);
        }
        if (!strstr(err.text, cases[i].place) || !strstr(err.text, cases[i].word)) {
            fail_msg("case %zu (%s): %s", i, cases[i].text, err.text);
        }
    }
}

static void test_typing_hash(void **state)
{
    (void)state;
    static const struct {
        size_t line;
        const char *text;
        bool same;
    } cases[] = {
        {4, "    label: 乙", true},
        {9, "    cadence: 7天", true}, /* and covers gone */
        {14, "      姓名: {type: name, header: [名字]}", false},
        {16, "      状态: {type: code, codes: {1: 有, 0: 无, 2: 无}}", false},
        {17, "      金额: {type: money}", false},
        {18, "      登记日期: {type: date}", false},
    };
    struct sources *base = NULL, *other;
    struct err err;
    assert_int_equal(load_changed(0, "", &base, &err), ST_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (cases[i].line == 9) {
            continue; /* absent needs covers: changed together below */
        }
        assert_int_equal(load_changed(cases[i].line, cases[i].text, &other, &err), ST_OK);
        assert_int_equal(strcmp(base->v[0].typing, other->v[0].typing) == 0, cases[i].same);
        sources_free(other);
    }
    sources_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_file_names),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_typing_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
