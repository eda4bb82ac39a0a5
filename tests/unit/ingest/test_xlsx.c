/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks as text: numbers by their format (tests/data/xlsx_numbers.tsv), sheets as lines (tests/data/xlsx_sheets.tsv), and what cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/core/arena.h"
#include "base/core/file.h"
#include "pipeline/ingest/xlsx.h"
#include "pipeline/ingest/xlsx_number.h"
#include "tests/lib/tsv.h"
#include "pipeline/sources_guess.h"
#include "pipeline/ingest/sources.h"
#include "tests/lib/workbook.h"

static void test_numbers(void **state)
{
    (void)state;
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "xlsx_numbers.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF got = STRBUF_INIT;
        int64_t id;
        struct number_format f = str_to_i64(t.f[1], &id) && t.f[1].n < 3 && id != 0 ? number_format_builtin((int)id) : number_format_parse(t.f[1]);
        number_show(t.f[0], f, t.n > 3 && str_eqz(t.f[3], "1904"), &got);
        if (!str_eq(t.f[2], strbuf_str(&got))) {
            tsv_fail(&t, t.f[0].p, strbuf_str(&got));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

static char *scratch_path(struct arena *a)
{
    const char *tmp = getenv("TMPDIR");
    return arena_printf(a, "%s/book-%d.xlsx", tmp ? tmp : "/tmp", (int)getpid());
}

/* The sheet's text, or what was said instead. */
static enum status read_book(const char *path, const char *sheet, size_t chunk, struct strbuf *out, struct strbuf *notes)
{
    struct err err = {0};
    struct zip *z;
    struct xlsx *x;
    char buf[8192];
    size_t n = chunk;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    strbuf_clear(out);
    strbuf_clear(notes);
    enum status status = zip_open(fd, "book.xlsx", &z, &err);
    status = status == ST_OK ? xlsx_open(z, "book.xlsx", str_of(sheet), &x, &err) : status;
    if (status == ST_OK) {
        while (status == ST_OK && n == chunk) {
            status = xlsx_read(x, buf, chunk, &n, &err);
            strbuf_add(out, buf, status == ST_OK ? n : 0);
        }
        strbuf_adds(notes, xlsx_notes(x));
        xlsx_close(x);
    }
    (void)close(fd);
    strbuf_addz(notes, err.text);
    return status;
}

static void test_sheets(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    AUTO_STRBUF notes = STRBUF_INIT;
    const char *path = scratch_path(&a);
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "xlsx_sheets.tsv");
    while (tsv_next(&t)) {
        for (size_t k = t.n; k < TSV_FIELDS; k++) {
            t.f[k] = STR("");
        }
        const struct workbook_xml w = {t.f[1], t.f[2], t.f[3], t.f[4], t.f[5], t.f[6], STR("")};
        workbook_write(path, &w);
        for (size_t chunk = 1; chunk < 8192; chunk = chunk * 19 + 1) {
            enum status status = read_book(path, "人员", chunk, &got, &notes);
            if (status != ST_OK || !str_eq(t.f[7], strbuf_str(&got)) || (t.f[8].n > 0 ? str_find(strbuf_str(&notes), t.f[8]) >= notes.n : notes.n > 0)) {
                printf("%s:%d: %s: got '%s', said '%s'\n", t.name, t.line, t.f[0].p, strbuf_z(&got), strbuf_z(&notes));
                failed++;
                break;
            }
        }
    }
    tsv_close(&t);
    (void)remove(path);
    assert_int_equal(failed, 0);
}

static void test_choice_of_sheet(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    AUTO_STRBUF notes = STRBUF_INIT;
    const char *path = scratch_path(&a);
    const struct workbook_xml w = {.rows = STR("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")};
    workbook_write(path, &w);
    assert_int_equal(read_book(path, "", 100, &got, &notes), ST_OK);
    assert_string_equal(strbuf_z(&got), "1\n");
    assert_non_null(strstr(strbuf_z(&notes), "2 张表，只读了第一张“人员”"));
    assert_int_equal(read_book(path, "说明", 100, &got, &notes), ST_OK);
    assert_string_equal(strbuf_z(&got), "2\n");
    assert_int_equal(notes.n, 0);
    assert_int_equal(read_book(path, "名册", 100, &got, &notes), ST_INPUT);
    assert_non_null(strstr(strbuf_z(&notes), "没有名叫“名册”的表，有的是 “封面”、“人员”、“说明”"));
    (void)remove(path);
}

static void test_hostile(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    AUTO_STRBUF notes = STRBUF_INIT;
    AUTO_STRBUF whole = STRBUF_INIT;
    const char *path = scratch_path(&a);
    struct err err;
    static const char *const rows[] = {"<row r=\"1\"><c r=\"A1\"><v>1</v></c>", "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>", "<row><c>\x01</c></row>"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct workbook_xml w = {.rows = str_of(rows[i])};
        workbook_write(path, &w);
        assert_int_equal(read_book(path, "", 100, &got, &notes), ST_INPUT);
        assert_non_null(strstr(strbuf_z(&notes), "损坏"));
    }
    /* cut off anywhere: never a crash, and never a sheet that is silently shorter */
    const struct workbook_xml w = {.rows = STR("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")};
    workbook_write(path, &w);
    assert_int_equal(file_read_all(path, 1 << 20, &whole, &err), ST_OK);
    for (size_t n = 0; n < whole.n; n += 7) {
        assert_int_equal(file_write_atomic(path, str_n(whole.p, n), &err), ST_OK);
        assert_int_equal(read_book(path, "", 100, &got, &notes), ST_INPUT);
    }
    const struct packed locked[] = {{"xl/workbook.xml", STR("<workbook/>"), "1"}, {"xl/_rels/workbook.xml.rels", STR("<r/>"), "1"}};
    zip_write(path, locked, 2);
    assert_int_equal(read_book(path, "", 100, &got, &notes), ST_INPUT);
    (void)remove(path);
}

/* A sheet of nothing but the same row packs a thousand to one. */
static void test_bomb(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF rows = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    AUTO_STRBUF notes = STRBUF_INIT;
    const char *path = scratch_path(&a);
    strbuf_reserve(&rows, (size_t)80 << 20);
    while (rows.n < (size_t)80 << 20) {
        strbuf_addz(&rows, "<row></row><row></row><row></row><row></row><row></row><row></row><row></row><row></row><row></row><row></row><row></row><row></row>");
    }
    const struct workbook_xml w = {.rows = strbuf_str(&rows)};
    workbook_write(path, &w);
    assert_int_equal(read_book(path, "", 8192, &got, &notes), ST_INPUT);
    assert_non_null(strstr(strbuf_z(&notes), "展开后超过原来的 200 倍"));
    (void)remove(path);
}

#define CELL(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define ROW(a, b) "<row>" CELL(a) CELL(b) "</row>"

/* An entry guessed from a workbook names the sheet, passes as part of sources.yaml, and takes the sheet in; a cover in front is passed over. */
static void guess_workbook(struct str rows, struct str second, const char *sheet)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF entry = STRBUF_INIT;
    struct sources *sources;
    struct err err;
    const char *path = scratch_path(&a);
    const struct workbook_xml w = {.rows = rows, .second = second};
    workbook_write(path, &w);
    strbuf_addz(&entry, "format: 1\nsources:\n");
    if (sources_guess(path, &entry, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    assert_non_null(strstr(strbuf_z(&entry), "工作簿里有 2 张表"));
    assert_null(strstr(strbuf_z(&entry), "encoding:"));
    assert_non_null(strstr(strbuf_z(&entry), "身份证号: {type: id_number}"));
    if (sources_load(strbuf_str(&entry), "guessed", &sources, &err) != ST_OK) {
        fail_msg("%s\n%s", err.text, strbuf_z(&entry));
    }
    assert_true(str_eqz(sources->v[0].sheet, sheet));
    sources_free(sources);
    (void)remove(path);
}

static void test_guess(void **state)
{
    static const char table[] = ROW("姓名", "身份证号") ROW("甲某", "120194196307120024") ROW("乙某", "12019419610305001X");
    (void)state;
    guess_workbook(STR(table), STR(""), "人员");
    guess_workbook(STR(ROW("填表说明", "") "<row>" CELL("请按月报送") "</row>"), STR(table), "说明");
    guess_workbook(STR(""), STR(table), "说明");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers), cmocka_unit_test(test_sheets), cmocka_unit_test(test_choice_of_sheet),
                                       cmocka_unit_test(test_hostile), cmocka_unit_test(test_bomb), cmocka_unit_test(test_guess)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
