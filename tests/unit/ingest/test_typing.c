/* SPDX-License-Identifier: Apache-2.0 */
/* One file to rows: titles, totals, signatures and repeated headers set aside, cells typed, what does not fit counted; a stray quote anywhere costs one row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/share.h"
#include "base/store/segment.h"
#include "pipeline/ingest/typing.h"

static const char sources_text[] = "format: 1\n"
                                   "sources:\n"
                                   "  - id: a\n"
                                   "    label: 甲\n"
                                   "    department: 某局\n"
                                   "    files: [\"a_{date}.csv\"]\n"
                                   "    kind: append\n"
                                   "    key: [编号]\n"
                                   "    refund_of: 原编号\n"
                                   "    person: {id: 身份证号, name: 姓名, sex: 性别}\n"
                                   "    columns:\n"
                                   "      编号: {type: token}\n"
                                   "      原编号: {type: token}\n"
                                   "      姓名: {type: name, required: true, header: [成员姓名]}\n"
                                   "      身份证号: {type: id_number}\n"
                                   "      性别: {type: code, codes: {1: 男, 2: 女}}\n"
                                   "      金额: {type: money, required: true, bad: reject}\n"
                                   "      自费: {type: money, unit: 万元}\n"
                                   "      日期: {type: date}\n"
                                   "      发证: {type: date, month_as: last}\n"
                                   "    measures:\n"
                                   "      自付: 金额 - 自费\n";

struct fixture {
    struct sources *sources;
    struct arena arena;
    const char *seg, *rej;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct err err;
    const char *tmp = getenv("TMPDIR");
    f->seg = arena_printf(&f->arena, "%s/typing-%d.seg", tmp ? tmp : "/tmp", (int)getpid());
    f->rej = arena_printf(&f->arena, "%s/typing-%d.rej.seg", tmp ? tmp : "/tmp", (int)getpid());
    if (sources_load(str_of(sources_text), "sources.yaml", &f->sources, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    (void)remove(f->seg);
    (void)remove(f->rej);
    sources_free(f->sources);
    arena_release(&f->arena);
    free(f);
    return 0;
}

static void type(const struct fixture *f, struct str text, bool write, struct typed_file *out)
{
    struct memory_source m = {text};
    struct err err;
    const struct typing_job job = {.source = &f->sources->v[0],
                                   .bytes = memory_source(&m),
                                   .head = str_sub(text, 0, HEADER_SEARCH_BYTES),
                                   .whole = text.n <= HEADER_SEARCH_BYTES,
                                   .seg_path = write ? f->seg : NULL,
                                   .rej_path = write ? f->rej : NULL};
    if (type_bytes(&job, out, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
}

static void test_set_aside(void **state)
{
    static const char text[] = "某区救助台账\r\n"
                               "\r\n"
                               "单位：元,,,\r\n"
                               "序号,编号,成员姓名,金额(元),备注\r\n"
                               "1,A1,张三,10,\r\n"
                               "2,A2,李四,20.5,说明\r\n"
                               "小计,,,30.5,\r\n"
                               "序号,编号,成员姓名,金额（元）,备注\r\n"
                               "3,A3,王五,十元,\r\n"
                               ",,,,\r\n"
                               "4,A4,赵六,,\r\n"
                               "5,A5,钱七,1,x,多一列\r\n"
                               "6,A6,孙八\r\n"
                               "7,A7,周九,￥1,,,\r\n"
                               "合 计：,,,31.5,\r\n"
                               "填表人：某某,,审核人：某某,\r\n";
    struct typed_file t;
    type(*state, str_of(text), false, &t);
    assert_true(t.usable);
    const struct typing_facts *f = &t.facts;
    assert_int_equal(f->header_line, 4);
    assert_int_equal(f->records, 16);
    assert_int_equal(f->typed, 3);    /* A1 A2 A7 */
    assert_int_equal(f->rejected, 4); /* A3 money, A4 blank, A5 and A6 fields */
    assert_int_equal(f->aside[ROW_TITLE], 2);
    assert_int_equal(f->aside[ROW_HEADER], 2);
    assert_int_equal(f->aside[ROW_TOTAL], 2);
    assert_int_equal(f->aside[ROW_SIGNATURE], 1);
    assert_int_equal(f->aside[ROW_BLANK], 2);
    typed_file_release(&t);
}

/* A register with a two-line header and columns of one name, whose void rows stay in the export. */
static void test_numbered_headers_and_skipped_rows(void **state)
{
    (void)state;
    static const char yaml[] = "format: 1\n"
                               "sources:\n"
                               "  - id: a\n"
                               "    label: 甲\n"
                               "    department: 某局\n"
                               "    files: [\"a_{date}.csv\"]\n"
                               "    kind: snapshot\n"
                               "    key: [学籍号]\n"
                               "    skip: [已删除 = 是, 状态 = 作废]\n"
                               "    columns:\n"
                               "      学籍号: {type: token}\n"
                               "      姓名: {type: name, required: true}\n"
                               "      监护人: {type: name, required: true, header: [姓名#2]}\n"
                               "      补助: {type: money, header: [金额#2]}\n"
                               "      已删除: {type: flag, header: [IS_DEL]}\n"
                               "      状态: {type: code, codes: {1: 正常, 9: 作废}}\n";
    static const char text[] = "学生;;监护人;;;;\n"
                               "学籍号;姓名;姓名;金额(元);金额（元）;IS_DEL;状态\n"
                               "G1;甲一;乙一;1;2;0;1\n"
                               "G2;甲二;乙二;1;2;1;1\n"
                               "G3;;乙三;1;x;1;1\n" /* a void row is not judged */
                               "G4;甲四;乙四;1;2;;9\n"
                               "G5;甲五;乙五;1;2;;\n";
    struct fixture f = {0};
    struct err err;
    if (sources_load(str_of(yaml), "sources.yaml", &f.sources, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    struct typed_file t;
    type(&f, str_of(text), false, &t);
    assert_string_equal(strbuf_z(&t.why), "");
    assert_int_equal(t.facts.records, 7);
    assert_int_equal(t.facts.typed, 2);
    assert_int_equal(t.facts.rejected, 0);
    assert_int_equal(t.facts.aside[ROW_SKIPPED], 3);
    typed_file_release(&t);
    /* without the column that says which rows are void the file is refused: it would bring the dead back */
    type(&f, STR("学籍号;姓名;姓名;状态\nG1;甲一;乙一;1\n"), false, &t);
    assert_false(t.usable);
    assert_non_null(strstr(strbuf_z(&t.why), "已删除"));
    typed_file_release(&t);
    sources_free(f.sources);
}

static void test_delimiters_and_refusals(void **state)
{
    static const struct {
        const char *text;
        bool usable;
        const char *why;
    } cases[] = {
        {"编号\t姓名\t金额\nA\t张三\t1\n", true, ""},
        {"编号;姓名;金额\nA;张,三;1\n", true, ""},
        {"编号|姓名|金额\nA|张三|1\n", true, ""},
        {"\xEF\xBB\xBF*编号,*姓名,金额\nA,张三,1\n", true, ""},
        {"\"编号\",\"姓 名\",\"金额\"\nA,张三,1\n", true, ""},
        {"编号,姓名\nA,张三\n", false, "金额"},
        {"编号,姓名,金额,金额\nA,张三,1,2\n", false, "两次"},
        {"x,y\n1,2\n", false, "表头"},
        {"编号,姓名,金额\nA,\xff\xff,\x81\n\xff\xff\xff\xff\n", false, "编码"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct typed_file t;
        type(*state, str_of(cases[i].text), false, &t);
        if (t.usable != cases[i].usable || !strstr(strbuf_z(&t.why), cases[i].why)) {
            fail_msg("case %zu: %s", i, strbuf_z(&t.why));
        }
        assert_int_equal(t.facts.typed, cases[i].usable);
        typed_file_release(&t);
    }
}

static int64_t number_at(struct seg_reader *r, const char *column, uint64_t row)
{
    int64_t v;
    struct err err;
    int c = seg_column(r, column);
    assert_true(c >= 0);
    assert_int_equal(seg_fetch_i64(r, row, (size_t)c, &v, &err), ST_OK);
    return v;
}

static struct str text_at(struct seg_reader *r, const char *column, uint64_t row)
{
    struct str v;
    struct err err;
    int c = seg_column(r, column);
    assert_true(c >= 0);
    assert_int_equal(seg_fetch_text(r, row, (size_t)c, &v, &err), ST_OK);
    return v;
}

static void test_values(void **state)
{
    const struct fixture *f = *state;
    static const char text[] = "编号,原编号,姓名,身份证号,性别,金额,自费,日期,发证\n"
                               "A1,,张三,120194199001011234,1,100,0.005,2026-03-01,2021.3\n"
                               "A2,A1,张三,,女,40,0,2026/3/2,\n"
                               "A3,,' 李 四 ,1.20194E+17,未知,\"1,000.5\",-,坏日期,2021.13\n"
                               "A3,,李四,,,1,,20260301,\n";
    struct typed_file t;
    struct seg_reader *r;
    struct err err;
    type(f, str_of(text), true, &t);
    assert_int_equal(t.facts.typed, 4);
    assert_int_equal(t.facts.ids_wrecked, 1);
    assert_int_equal(seg_open(f->seg, &r, &err), ST_OK);
    assert_int_equal(number_at(r, "金额", 0), 10000);
    assert_int_equal(number_at(r, "自费", 0), 5000);
    assert_int_equal(number_at(r, "自付", 0), 5000);
    assert_int_equal(number_at(r, "发证", 0), day_from_ymd(2021, 3, 31));
    assert_int_equal(number_at(r, "自付", 1), -4000); /* a refund takes away, whatever its sign */
    assert_int_equal(number_at(r, SEG_REFUND, 1), number_at(r, SEG_KEY, 0));
    assert_int_equal(number_at(r, "日期", 1), day_from_ymd(2026, 3, 2));
    assert_int_equal(number_at(r, "金额", 2), 100050);
    assert_int_equal(number_at(r, "自付", 2), FEN_MISSING);
    assert_int_equal(number_at(r, "日期", 2), INT64_MIN);
    assert_true(str_eqz(text_at(r, "姓名", 2), "李 四"));
    assert_true(str_eqz(text_at(r, "性别", 1), "女"));
    assert_true(str_eqz(text_at(r, "身份证号#raw", 2), "1.20194E+17"));
    assert_int_equal(number_at(r, SEG_LINE, 3), 5);
    assert_int_equal(number_at(r, SEG_KEY, 2), number_at(r, SEG_KEY, 3));
    assert_true(number_at(r, SEG_CONTENT, 2) != number_at(r, SEG_CONTENT, 3));
    /* defects: row 2 id, sex, date, second date; row 0 id (check digit) */
    struct typing_facts back;
    assert_int_equal(segment_facts(r, &back, &err), ST_OK);
    assert_int_equal(back.defects, t.facts.defects);
    assert_int_equal(back.records, t.facts.records);
    struct str header;
    assert_int_equal(segment_header(r, STR("日期"), &header), 7);
    assert_true(str_eqz(header, "日期"));
    AUTO_STRBUF k1 = STRBUF_INIT;
    AUTO_STRBUF k2 = STRBUF_INIT;
    assert_int_equal(key_from_segment(r, &f->sources->v[0], 2, &k1, &err), ST_OK);
    assert_int_equal(key_from_segment(r, &f->sources->v[0], 3, &k2, &err), ST_OK);
    assert_true(str_eq(strbuf_str(&k1), strbuf_str(&k2)));
    seg_close(r);
    typed_file_release(&t);
}

/* What exports write for nothing is nothing, names that look like it are names. */
static void test_missing_words(void **state)
{
    const struct fixture *f = *state;
    static const char *const words[] = {"/", "-", "--", "---", "—", "——", "－", "／", "\\", "\\N", "无", "空", "null", "NULL", "N/A", "#N/A", "nan", "None",
                                        "暂无", "不详", "未填", "未知", "0", "周五", "无名", "空山", "未央", "不言", "N", "N/B", "无", "A"};
    AUTO_STRBUF text = STRBUF_INIT;
    strbuf_addz(&text, "编号,姓名,金额\n");
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        strbuf_addf(&text, "D%zu,%s,1\n", i, words[i]);
    }
    struct typed_file t;
    struct seg_reader *r;
    struct err err;
    type(f, strbuf_str(&text), true, &t);
    assert_int_equal(seg_open(f->seg, &r, &err), ST_OK);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        assert_int_equal(text_at(r, "姓名", i).n == 0, cell_is_missing(str_of(words[i])));
    }
    seg_close(r);
    typed_file_release(&t);
}

/* The short paths for dates and amounts say what the long ones say. */
static void test_short_paths(void **state)
{
    const struct fixture *f = *state;
    static const char *const dates[] = {"1900-01-01", "1999-12-31", "2000-02-29", "2001-02-29", "2026-03-31", "2026-04-31", "2026-00-10", "2026-13-01",
                                        "2026-01-00", "2026-01-32", "2099-12-31", "1899-12-30", "1850-01-01", "2026-1-05", "20260105", "2026-0a-01",
                                        "2026/03/01", "2026-03-01 08:15:00", "2026-03-01 08:15", "2026-03-0１"};
    static const char *const amounts[] = {"0", "-0.5", "12", "12.", ".5", "12.3", "12.34", "12.345", "12.340", "-", "--1", "1-2", "999999999999.99", "1,200", "1e3", "01.50"};
    AUTO_STRBUF text = STRBUF_INIT;
    strbuf_addz(&text, "编号,姓名,日期,自费,金额\n");
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        strbuf_addf(&text, "D%zu,甲,%s,,1\n", i, dates[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        strbuf_addf(&text, "M%zu,甲,,,\"%s\"\n", i, amounts[i]);
    }
    struct typed_file t;
    struct seg_reader *r;
    struct err err;
    type(f, strbuf_str(&text), true, &t);
    assert_int_equal(seg_open(f->seg, &r, &err), ST_OK);
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        daynum want = DAY_MISSING;
        enum date_precision precision;
        (void)value_date(str_of(dates[i]), DATE_ONLY_DAY, &want, &precision);
        int64_t got = number_at(r, "日期", i);
        if (got != (want == DAY_MISSING ? INT64_MIN : want)) {
            fail_msg("%s is %lld", dates[i], (long long)got);
        }
    }
    uint64_t row = ARRAY_LEN(dates);
    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        fen want;
        enum value_reason reason = value_money(str_of(amounts[i]), MONEY_YUAN, &want);
        if (reason == VALUE_OK) {
            assert_int_equal(number_at(r, "金额", row++), want); /* the others reject their row */
        }
    }
    assert_int_equal(row, seg_rows(r));
    seg_close(r);
    typed_file_release(&t);
}

/* Rows enough for many batches: names that a memo has to forget, rejected rows, cells kept as unknown, records over several lines, quotes that never close. */
static void many_rows(struct strbuf *out)
{
    strbuf_addz(out, "编号,姓名,身份证号,性别,金额,日期\n");
    for (unsigned i = 0; i < 12000; i++) {
        strbuf_addf(out, "%u,%s%u,,%u,%s%u.50,%s\n", i, i % 97 == 5 ? "\"赵\n" : "赵", i * 7 % 9000, i % 4, i % 101 == 0 ? "约" : "", i, i % 89 ? "2026-03-01" : "三月");
        strbuf_addz(out, i % 97 == 5 ? "\",,1,2.50,2026-03-01\n" : i % 1009 == 0 ? "合计,,,,1,\n" : "");
    }
}

static void test_threads(void **state)
{
    const struct fixture *f = *state;
    AUTO_STRBUF text = STRBUF_INIT;
    struct strbuf seg[2] = {STRBUF_INIT, STRBUF_INIT}, rej[2] = {STRBUF_INIT, STRBUF_INIT};
    struct err err;
    many_rows(&text);
    for (unsigned i = 0; i < 2; i++) {
        struct typed_file t;
        share_set_threads(i ? 4 : 1);
        type(f, strbuf_str(&text), true, &t);
        assert_true(t.facts.typed > 11000 && t.facts.rejected > 100 && t.facts.defects > 100);
        typed_file_release(&t);
        assert_int_equal(file_read_all(f->seg, 1u << 24, &seg[i], &err), ST_OK);
        assert_int_equal(file_read_all(f->rej, 1u << 24, &rej[i], &err), ST_OK);
    }
    share_set_threads(0);
    assert_true(str_eq(strbuf_str(&seg[0]), strbuf_str(&seg[1])));
    assert_true(str_eq(strbuf_str(&rej[0]), strbuf_str(&rej[1])));
    for (unsigned i = 0; i < 2; i++) {
        strbuf_release(&seg[i]);
        strbuf_release(&rej[i]);
    }
}

/* The promise of design section 6, literally: a quote at every byte of a 1,000-row file. Some rows have quoted cells, some a line break in one. */
static void test_stray_quote_everywhere(void **state)
{
    enum { ROWS = 1000 };
    const struct fixture *f = *state;
    AUTO_STRBUF file = STRBUF_INIT;
    AUTO_STRBUF hurt = STRBUF_INIT;
    strbuf_addz(&file, "编号,姓名,金额\n");
    for (int i = 0; i < ROWS; i++) {
        if (i % 10 == 3) {
            strbuf_addf(&file, "%d,\"王,%d\",1\n", i, i % 7);
        } else if (i % 50 == 7) {
            strbuf_addf(&file, "%d,\"李\n二\",%d\n", i, i % 9);
        } else if (i % 50 == 18) {
            strbuf_addf(&file, "\"%d\",\"张 \"\"三\"\"\",\"5\"\n", i);
        } else {
            strbuf_addf(&file, "%d,丁,%d\n", i, i % 10);
        }
    }
    struct typed_file t;
    type(f, strbuf_str(&file), false, &t);
    assert_int_equal(t.facts.typed, ROWS);
    typed_file_release(&t);
    for (size_t at = strlen("编号,姓名,金额\n"); at <= file.n; at++) {
        strbuf_clear(&hurt);
        strbuf_add(&hurt, file.p, at);
        strbuf_addc(&hurt, '"');
        strbuf_add(&hurt, file.p + at, file.n - at);
        type(f, strbuf_str(&hurt), false, &t);
        const struct typing_facts *x = &t.facts;
        int64_t aside = x->aside[ROW_HEADER] + x->aside[ROW_TITLE] + x->aside[ROW_TOTAL] + x->aside[ROW_SIGNATURE] + x->aside[ROW_BLANK];
        if (x->typed < ROWS - 1 || x->records != x->typed + x->rejected + aside || x->typed + x->rejected < ROWS) {
            fail_msg("quote at byte %zu: %lld typed, %lld rejected, %lld set aside", at, (long long)x->typed, (long long)x->rejected, (long long)aside);
        }
        typed_file_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_set_aside, set_up, tear_down),
        cmocka_unit_test(test_numbered_headers_and_skipped_rows),
        cmocka_unit_test_setup_teardown(test_delimiters_and_refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_short_paths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stray_quote_everywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
