/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/area.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/text/table.h"
#include "tests/lib/tsv.h"

static void load_sample(struct area_set *set, struct diag_list *d)
{
    struct err err;
    assert_int_equal(areas_parse_file(set, "tests/data/text_areas.csv", "areas.csv", d, &err), ST_OK);
    assert_int_equal(d->errors, 0);
}

static const char *code_of(const struct area_set *set, int32_t area)
{
    return area == AREA_NONE ? "" : set->areas.v[area].code.p;
}

static const char *how_word(const struct area_match *m)
{
    static const char *const words[] = {"nothing", "both", "street", "community"};
    return m->conflict ? "conflict" : m->ambiguous ? "ambiguous" : words[m->how];
}

static int check_addresses(const struct area_set *set)
{
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_addresses.tsv");
    while (tsv_next(&t)) {
        struct area_match m;
        areas_match(set, t.f[0], &m);
        AUTO_STRBUF got = STRBUF_INIT;
        strbuf_addf(&got, "%s|%s|%s|", code_of(set, m.street), code_of(set, m.community), how_word(&m));
        strbuf_adds(&got, str_sub(t.f[0], m.rest, t.f[0].n));
        AUTO_STRBUF want = STRBUF_INIT;
        strbuf_addf(&want, "%s|%s|%s|%s", t.f[1].p, t.f[2].p, t.f[3].p, t.f[4].p);
        if (!str_eq(strbuf_str(&got), strbuf_str(&want))) {
            tsv_fail(&t, t.f[0].p, strbuf_str(&got));
            failed++;
        }
    }
    tsv_close(&t);
    return failed;
}

static void addresses(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_AREAS set = {0};
    load_sample(&set, &d);
    assert_int_equal(check_addresses(&set), 0);
}

/* The lines of areas.csv turned round give the same answers. */
static void order_of_the_file_does_not_matter(void **state)
{
    (void)state;
    AUTO_STRBUF bytes = STRBUF_INIT;
    AUTO_STRBUF turned = STRBUF_INIT;
    struct err err;
    assert_int_equal(file_read_all("tests/data/text_areas.csv", 1 << 20, &bytes, &err), ST_OK);
    struct str lines[64], rest = str_trim(strbuf_str(&bytes));
    size_t n = 0;
    while (str_split(&rest, '\n', &lines[n])) {
        n++;
    }
    strbuf_adds(&turned, lines[0]);
    while (--n) {
        strbuf_addc(&turned, '\n');
        strbuf_adds(&turned, lines[n]);
    }
    AUTO_DIAG d = {0};
    AUTO_AREAS set = {0};
    assert_true(areas_parse(&set, "areas.csv", strbuf_str(&turned), &d));
    assert_int_equal(check_addresses(&set), 0);
}

static void lookups(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_AREAS set = {0};
    load_sample(&set, &d);
    assert_int_equal(d.warnings, 1); /* 和平社区 twice */
    static const char *const codes[][2] = {{"120194001", "120194001"}, {"120194001000", "120194001"}, {"120194001001", "120194001001"},
                                           {"120194001001777", "120194001001"}, {"120194001999", "120194001"}, {"120194", "120194"},
                                           {"120194000000", "120194"}, {"990101", ""}, {"", ""}};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        assert_string_equal(code_of(&set, areas_by_code(&set, str_of(codes[i][0]))), codes[i][1]);
    }
    int32_t street = areas_by_name(&set, STR("长虹街道办"), AREA_STREET, AREA_NONE);
    assert_string_equal(code_of(&set, street), "120194001");
    assert_string_equal(code_of(&set, areas_by_name(&set, STR("長虹"), AREA_STREET, AREA_NONE)), "120194001");
    assert_string_equal(code_of(&set, areas_by_name(&set, STR("幸福里居委会"), AREA_COMMUNITY, street)), "120194001001");
    assert_int_equal(areas_by_name(&set, STR("和平社区"), AREA_COMMUNITY, AREA_NONE), AREA_NONE);
    assert_string_equal(code_of(&set, areas_by_name(&set, STR("和平"), AREA_COMMUNITY, areas_by_code(&set, STR("120194003")))), "120194003002");
    assert_int_equal(areas_by_name(&set, STR(""), AREA_COMMUNITY, AREA_NONE), AREA_NONE);
    int32_t community = areas_by_code(&set, STR("120194001001"));
    assert_int_equal(areas_up(&set, community, AREA_STREET), street);
    assert_true(areas_within(&set, community, areas_by_code(&set, STR("120194"))));
    assert_false(areas_within(&set, street, community));
    assert_int_equal(set.areas.v[street].weekly_capacity, 40);
    assert_int_equal(set.areas.v[community].weekly_capacity, AREA_NONE);
    assert_int_equal(set.areas.v[areas_by_code(&set, STR("120194101202"))].valid_to, day_from_ymd(2030, 12, 31));
}

static void problems_have_lines(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *code;
        uint32_t line;
    } cases[] = {{"1,甲区,,district,,,,\n1,乙区,,district,,,,\n", "E131", 3},
                 {"1,甲区,,distrikt,,,,\n", "E132", 2},
                 {"1,甲区,,district,,,,\n2,乙街道,,street,9,,,\n", "E133", 3},
                 {"1,甲区,,district,,,,\n2,乙街道,,street,,,,\n", "E133", 3},
                 {"1,甲区,,district,,,,\n2,乙社区,,community,1,,,\n", "E134", 3},
                 {"1,甲区,,district,,2024-13-01,,\n", "E135", 2},
                 {"1,甲区,,district,,,,x\n", "E136", 2},
                 {"1,,,district,,,,\n", "E137", 2},
                 {"1,甲区,,district,,,\n", "E123", 2},
                 {"1,\"甲区,,district,,,,\n", "E122", 2}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_DIAG d = {0};
        AUTO_AREAS set = {0};
        AUTO_STRBUF text = STRBUF_INIT;
        strbuf_addf(&text, "code,name,aliases,kind,parent,valid_from,valid_to,weekly_capacity\n%s", cases[i].rows);
        assert_false(areas_parse(&set, "areas.csv", strbuf_str(&text), &d));
        assert_string_equal(d.items.v[0].code, cases[i].code);
        assert_int_equal(d.items.v[0].at.line, cases[i].line);
    }
    AUTO_DIAG d = {0};
    AUTO_AREAS set = {0};
    assert_false(areas_parse(&set, "areas.csv", STR("code,name\n1,2\n"), &d));
    assert_string_equal(d.items.v[0].code, "E124");
}

static void tables(void **state)
{
    (void)state;
    AUTO_DIAG d = {0};
    AUTO_TABLE t = {0};
    assert_true(table_parse(&t, "a.csv", STR("\xEF\xBB\xBF日期,备注\r\n# 说明\r\n\r\n2026-01-01,\"一,\"\"二\"\"\n三\"\r\n 2026-01-02 ,x"), &d));
    assert_int_equal(t.rows.n, 2);
    assert_int_equal(t.rows.v[0].line, 4);
    assert_int_equal(t.rows.v[1].line, 6);
    int note = table_column(&t, "note|备注");
    assert_true(str_eqz(table_cell(&t, &t.rows.v[0], note), "一,\"二\" 三"));
    assert_true(str_eqz(table_cell(&t, &t.rows.v[1], 0), "2026-01-02"));
    assert_int_equal(table_column(&t, "x|y"), -1);
    assert_int_equal(table_cell(&t, &t.rows.v[1], -1).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses), cmocka_unit_test(order_of_the_file_does_not_matter),
                                       cmocka_unit_test(lookups), cmocka_unit_test(problems_have_lines), cmocka_unit_test(tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
