/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai match` on two lists an analyst could have: what is found, how sure, and that nothing else is claimed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/csv_out.h"
#include "base/core/file.h"
#include "base/text/encoding.h"
#include "pipeline/command.h"
#include "pipeline/loose_table.h"

void warn_add(enum status w, const char *fmt, ...)
{
    (void)w;
    (void)fmt;
}

static const char list_a[] = "低保名单,,,\n"
                             "姓名,身份证号,出生日期,电话\n"
                             "张一,120194196001011239,,\n"        /* same id */
                             "张二,120194850101125,,\n"           /* 15 digits */
                             "王三,１２０１９４１９７００５０５１２６７,,\n" /* full width */
                             "李四,,1980-03-05,\n"                /* name and birth date */
                             "李五,,,13900000005\n"               /* name and phone */
                             "赵六,120194196001011239,,\n"        /* another name on the id */
                             "孙七,,1990-01-01,\n"                /* nobody */
                             "周八,120194200109091284,2001-09-09,\n"; /* same name and birth date, another id: not the same person */
static const char list_b[] = "人员编号,姓名,证件号码,出生日期,联系电话\n"
                             "1,张一,120194196001011239,1960-01-01,\n"
                             "2,张二,120194198501011250,1985-01-01,\n"
                             "3,王三,120194197005051267,1970-05-05,\n"
                             "4,李四,,1980/3/5,\n"
                             "5,李五,,,139 0000 0005\n"
                             "6,周八,120194200109091305,2001-09-09,\n";

static struct loose_table run(const char *const opts[4])
{
    char dir[256];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof(dir), "%s/mopai-match-XXXXXX", tmp ? tmp : "/tmp");
    struct err err;
    struct loose_table out;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF gb = STRBUF_INIT;
    struct encoder enc;
    size_t bad;
    assert_non_null(mkdtemp(dir));
    char *va = path_join(&a, dir, "a.csv"), *vb = path_join(&a, dir, "b.csv"), *vo = path_join(&a, dir, "o.csv"), *v[] = {va, vb};
    assert_int_equal(encoder_open(&enc, &err), ST_OK);
    assert_true(encode_gb18030(&enc, str_of(list_a), &gb, &bad));
    encoder_close(&enc);
    assert_int_equal(file_write_atomic(va, strbuf_str(&gb), &err), ST_OK);
    assert_int_equal(file_write_atomic(vb, str_of(list_b), &err), ST_OK);
    struct args args = {.site_dir = ".", .n = 2, .v = v, .opt = {[0] = opts[0], [1] = vo, [2] = opts[2], [7] = opts[3]}};
    assert_int_equal(cmd_match.run(&args, &err), ST_OK);
    assert_int_equal(loose_table_read(vo, &out, &err), ST_OK);
    assert_int_equal(file_remove_tree(dir, &err), ST_OK);
    return out;
}

static void check(const struct loose_table *t, size_t row, const char *name, const char *matched, const char *probability, const char *line)
{
    struct str got[] = {loose_cell(t, row, 0), loose_cell(t, row, loose_column_named(t, STR("matched"))),
                        loose_cell(t, row, loose_column_named(t, STR("probability"))), loose_cell(t, row, loose_column_named(t, STR("B.line")))};
    const char *want[] = {name, matched, probability, line};
    for (size_t i = 0; i < ARRAY_LEN(got); i++) {
        bool at_least = i == 2; /* of a probability: training on eight rows is no constant */
        if (want[i] && (at_least ? str_cmp(got[i], str_of(want[i])) < 0 : !str_eqz(got[i], want[i]))) {
            fail_msg("row %zu: '" STR_FMT "' is not '%s'", row, STR_ARG(got[i]), want[i]);
        }
    }
}

static void test_steps(void **state)
{
    (void)state;
    struct loose_table t = run((const char *const[]){NULL, NULL, NULL, NULL});
    assert_int_equal(t.lines.n, 8);
    check(&t, 0, "张一", "1", "0.9999", "2");
    check(&t, 1, "张二", "1", "0.9999", "3");
    check(&t, 2, "王三", "1", "0.9999", "4");
    check(&t, 3, "李四", "1", NULL, "5");
    check(&t, 4, "李五", "1", NULL, "6");
    check(&t, 5, "赵六", "0", NULL, NULL); /* another name on the id */
    check(&t, 6, "孙七", "0", NULL, NULL); /* nobody */
    check(&t, 7, "周八", "0", NULL, NULL); /* same name and birth date, another valid id */
    assert_true(str_eqz(loose_cell(&t, 0, 1), "1201**************"));
    loose_table_release(&t);
}

static void test_by_threshold_reveal(void **state)
{
    (void)state;
    struct loose_table t = run((const char *const[]){"姓名:name,出生日期:date", NULL, "1.00", NULL});
    check(&t, 0, "张一", "0", NULL, NULL); /* --by leaves the identifiers out, and A has no birth date there */
    check(&t, 3, "李四", "1", NULL, "5");  /* name and birth date: more certain than six digits can say */
    loose_table_release(&t);
    t = run((const char *const[]){NULL, NULL, NULL, ""});
    assert_true(str_eqz(loose_cell(&t, 0, 1), "120194196001011239"));
    loose_table_release(&t);
}

static void test_usage(void **state)
{
    (void)state;
    struct err err;
    char one_name[] = "one", *v[] = {one_name, one_name};
    struct args one = {.n = 1, .v = v}, bad = {.n = 2, .v = v, .opt = {NULL, NULL, "2", NULL}};
    assert_int_equal(cmd_match.run(&one, &err), ST_USAGE);
    assert_int_equal(cmd_match.run(&bad, &err), ST_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_usage), cmocka_unit_test(test_steps), cmocka_unit_test(test_by_threshold_reveal)};
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
