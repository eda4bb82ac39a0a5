/* SPDX-License-Identifier: Apache-2.0 */
/* people.yaml: the shipped one reads, wrong ones are refused at the right line, values and aliases are what they say. */
#include "pipeline/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "matchers/identifier.h"

struct shop {
    struct sources *sources;
    struct strbuf people;
};

static int open_shop(void **state)
{
    static struct shop shop;
    struct err err;
    AUTO_STRBUF text = STRBUF_INIT;
    assert_int_equal(file_read_all("sources.yaml", 1 << 20, &text, &err), ST_OK);
    assert_int_equal(sources_load(strbuf_str(&text), "sources.yaml", &shop.sources, &err), ST_OK);
    assert_int_equal(file_read_all("people.yaml", 1 << 20, &shop.people, &err), ST_OK);
    *state = &shop;
    return 0;
}

static int close_shop(void **state)
{
    struct shop *shop = *state;
    sources_free(shop->sources);
    strbuf_release(&shop->people);
    return 0;
}

static struct people *load(const struct shop *shop, struct str text, struct str aliases, struct err *err)
{
    struct people *p = NULL;
    return people_load(text, "people.yaml", aliases, "id_aliases.csv", shop->sources, &p, err) == ST_OK ? p : NULL;
}

static void test_shipped(void **state)
{
    struct shop *shop = *state;
    struct err err;
    struct people *p = load(shop, strbuf_str(&shop->people), (struct str){NULL, 0}, &err);
    assert_non_null(p);
    if (!p) {
        return;
    }
    int grade = people_attr_find(p, ATTR_PERSON, STR("残疾等级")), home = people_attr_find(p, ATTR_HOUSEHOLD, STR("在保类别"));
    assert_true(grade >= 0 && home >= 0);
    const struct people_attr *a = &p->attrs[grade];
    assert_true(a->timeline && a->sensitive && a->type == ATTR_ENUM);
    assert_int_equal(people_attr_value(a, &a->from[0], STR("二级")), 1);
    assert_int_equal(people_attr_value(a, &a->from[0], STR("")), a->absent);
    assert_true(people_attr_value(a, &a->from[0], STR("九级")) == ATTR_UNKNOWN);
    assert_int_equal(a->absent, 4);
    assert_int_equal(p->attrs[home].of_person_attr, people_attr_find(p, ATTR_PERSON, STR("在保类别")));
    const struct people_attr *due = &p->attrs[people_attr_find(p, ATTR_PERSON, STR("残疾证到期日"))];
    assert_true(due->absent == ATTR_NOTHING);
    assert_int_equal(people_attr_value(due, &due->from[0], STR("长期")), DAY_FOREVER);
    assert_int_equal(people_attr_value(due, &due->from[0], STR("2026-03-01")), day_from_ymd(2026, 3, 1));
    for (int b = ATTR_B_NAME; b < ATTR_BUILTIN_COUNT; b++) {
        assert_int_equal(p->attrs[b - 1].builtin, b);
    }
    people_free(p);
}

static void check_wrong(const struct shop *shop, struct str text, struct str code, int64_t line, size_t at)
{
    struct err err;
    char place[64], wanted[64];
    assert_null(load(shop, text, (struct str){NULL, 0}, &err));
    snprintf(place, sizeof(place), "people.yaml:%lld:", (long long)line);
    snprintf(wanted, sizeof(wanted), STR_FMT, STR_ARG(code));
    if (!strstr(err.text, place) || !strstr(err.text, wanted)) {
        fail_msg("people_errors.txt:%zu: %s", at, err.text);
    }
}

static void test_wrong(void **state)
{
    AUTO_STRBUF all = STRBUF_INIT;
    struct err err;
    assert_int_equal(file_read_all("tests/data/people_errors.txt", 1 << 20, &all, &err), ST_OK);
    struct str rest = strbuf_str(&all), line, code = {NULL, 0};
    AUTO_STRBUF text = STRBUF_INIT;
    int64_t where = 0;
    size_t no = 0, at = 0;
    for (bool more = true; more; no++) {
        more = str_split(&rest, '\n', &line);
        if (more && !str_starts(line, STR("== "))) {
            strbuf_adds(&text, line);
            strbuf_addc(&text, '\n');
            continue;
        }
        if (code.n) {
            check_wrong(*state, strbuf_str(&text), code, where, at);
        }
        strbuf_clear(&text);
        line = str_sub(line, 3, line.n);
        at = no + 1;
        if (more) {
            str_split(&line, ' ', &code);
            assert_true(str_to_i64(line, &where));
        }
    }
}

static void test_aliases(void **state)
{
    struct shop *shop = *state;
    struct err err;
    static const char chain[] = "old,new,reason\n120194196001011239,120194198501011250,换号\n120194800305123,120194196001011239,升位\n";
    static const char circle[] = "old,new,reason\n120194196001011239,120194198501011250,\n120194198501011250,120194196001011239,\n";
    static const char wrong[] = "old,new,reason\n12019419600101123,120194198501011250,\n";
    struct people *p = load(shop, STR("format: 1\n"), str_of(chain), &err);
    assert_non_null(p);
    uint64_t last = ident_key(ident_parse(STR("120194198501011250")));
    assert_true(people_current_id(p, ident_parse(STR("120194196001011239"))) == last);
    assert_true(people_current_id(p, ident_parse(STR("120194800305123"))) == last); /* through both */
    assert_true(people_current_id(p, last) == last);
    assert_true(people_current_id(p, ident_parse(STR("待补"))) == 0);
    people_free(p);
    assert_null(load(shop, STR("format: 1\n"), str_of(circle), &err));
    assert_non_null(strstr(err.text, "E166"));
    assert_null(load(shop, STR("format: 1\n"), str_of(wrong), &err));
    assert_non_null(strstr(err.text, "id_aliases.csv:2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shipped), cmocka_unit_test(test_wrong), cmocka_unit_test(test_aliases)};
    return cmocka_run_group_tests_name("people", tests, open_shop, close_shop);
}
