/* SPDX-License-Identifier: Apache-2.0 */
/* Pages to draw on: lines break where people break them, and a character no font has is a box that is remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/arena.h"
#include "base/core/file.h"
#include "pipeline/report/pdf.h"
#include "pipeline/report/sheet.h"

static const struct pdf_style ten = {10, PDF_PLAIN, PDF_LEFT};
static struct pdf *pdf;

static int make(void **state)
{
    (void)state;
    pdf = pdf_new();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    pdf_free(pdf);
    return 0;
}

static int lines(const char *text, double width)
{
    double one = pdf_text_height(pdf, width, STR(""), ten);
    return (int)(pdf_text_height(pdf, width, str_of(text), ten) / one + 0.5);
}

static void lines_break_where_people_do(void **state)
{
    (void)state;
    if (!pdf_font(pdf, 0x6237)) {
        skip();
    }
    assert_int_equal(lines("", 100), 1);
    assert_int_equal(lines("一二三四五六七八九十", 101), 1);  /* Han are as wide as the size */
    assert_int_equal(lines("一二三四五六七八九十，", 101), 2); /* a comma takes the tenth along */
    assert_int_equal(lines("一二三四五六七八九十一", 51), 3);
    assert_int_equal(lines("W-000123-K", 5), 10);            /* longer than the line: cut where it is full */
    double number = pdf_text_width(pdf, STR("18,240.00"), ten);
    assert_int_equal(lines("一二18,240.00", number + 11), 2);  /* the number stays whole */
    assert_int_equal(lines("一二三46岁", 45), 2);              /* and with its unit */
}

static void missing_characters_are_remembered_in_order(void **state)
{
    (void)state;
    if (!pdf_font(pdf, 0x6237)) {
        skip();
    }
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    const char *tmp = getenv("TMPDIR"), *path = arena_printf(&a, "%s/mopai-test.pdf", tmp ? tmp : "/tmp");
    const uint32_t *cps;
    assert_null(pdf_font(pdf, 0x10FFFD));
    assert_int_equal(pdf_open(pdf, path, STR("试"), day_from_ymd(2026, 3, 2), &err), ST_OK);
    pdf_page(pdf, PDF_A4_SHORT, PDF_A4_LONG);
    (void)pdf_text(pdf, 40, 40, 200, STR("王\xF4\x8F\xBF\xBD李\xF3\xB0\x80\x80赵\xF4\x8F\xBF\xBD"), ten);
    assert_int_equal(pdf_missing(pdf, &cps), 2);
    assert_int_equal(cps[0], 0xF0000);
    assert_int_equal(cps[1], 0x10FFFD);
    assert_int_equal(pdf_close(pdf, &err), ST_OK);
    assert_true(file_exists(path));
    assert_int_equal(pdf_open(pdf, path, STR("又"), day_from_ymd(2026, 3, 2), &err), ST_OK);
    assert_int_equal(pdf_missing(pdf, &cps), 0); /* of this file only */
    pdf_page(pdf, PDF_A4_SHORT, PDF_A4_LONG);
    assert_int_equal(pdf_close(pdf, &err), ST_OK);
    assert_int_equal(file_unlink(path, &err), ST_OK);
}

static void a_piece_stands_wherever_it_is_put(void **state)
{
    (void)state;
    if (!pdf_font(pdf, 0x6237) || system("command -v pdftotext >/dev/null 2>&1") != 0) {
        skip();
    }
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    const char *tmp = getenv("TMPDIR"), *path = arena_printf(&a, "%s/mopai-piece.pdf", tmp ? tmp : "/tmp");
    assert_int_equal(pdf_open(pdf, path, STR("试"), day_from_ymd(2026, 3, 2), &err), ST_OK);
    pdf_piece_begin(pdf);
    (void)pdf_text(pdf, 40, 0, 200, STR("走访方式"), ten);
    size_t piece = pdf_piece_end(pdf, PDF_A4_SHORT, 20);
    for (int i = 0; i < 3; i++) {
        pdf_page(pdf, PDF_A4_SHORT, PDF_A4_LONG);
        pdf_piece(pdf, piece, 0, 40 + 100 * i);
        (void)pdf_text(pdf, 40, 500, 200, STR("户主"), ten);
    }
    pdf_piece(pdf, piece, 100, 700);
    assert_int_equal(pdf_close(pdf, &err), ST_OK);
    FILE *f = popen(arena_printf(&a, "pdftotext %s - | grep -c '走访方式\\|户主'", path), "r");
    int n = 0;
    assert_int_equal(fscanf(f, "%d", &n), 1);
    assert_int_equal(pclose(f), 0);
    assert_int_equal(n, 4 + 3);
    assert_int_equal(file_unlink(path, &err), ST_OK);
}

static int sheet_pages(struct arena *a, size_t n)
{
    struct sheet_line *lines = arena_array(a, struct sheet_line, n);
    struct err err;
    int pages = -1;
    const char *tmp = getenv("TMPDIR"), *path = arena_printf(a, "%s/mopai-sheet.pdf", tmp ? tmp : "/tmp");
    for (size_t i = 0; i < n; i++) {
        lines[i] = (struct sheet_line){i % 9 < 8 ? STR("王\xF4\x8F\xBF\xBD" " 医疗结算 3 行、参保人员 1 行、户籍 1 行") : STR("记录与归并"), i % 9 < 8 ? 1 + (int)(i % 2) : 0};
    }
    const struct sheet s = {STR("一户一表"), STR("第2夜"), day_from_ymd(2026, 3, 9), lines, n};
    assert_int_equal(sheet_pdf(&s, path, &err), ST_OK);
    FILE *f = popen(arena_printf(a, "pdftotext %s - | grep -q '缺字：U+10FFFD' && pdfinfo %s | sed -n 's/^Pages: *//p'", path, path), "r");
    assert_int_equal(fscanf(f, "%d", &pages), 1);
    assert_int_equal(pclose(f), 0);
    assert_int_equal(file_unlink(path, &err), ST_OK);
    return pages;
}

/* Letters shrink and columns come before a second page does. */
static void a_sheet_is_one_page_while_it_can_be(void **state)
{
    (void)state;
    if (!pdf_font(pdf, 0x6237) || system("command -v pdfinfo >/dev/null 2>&1") != 0) {
        skip();
    }
    AUTO_ARENA a = ARENA_INIT;
    assert_int_equal(sheet_pages(&a, 1), 1);
    assert_int_equal(sheet_pages(&a, 60), 1);
    assert_int_equal(sheet_pages(&a, 130), 1);
    assert_true(sheet_pages(&a, 400) > 1);
}

/* Of a build with sanitizers: cairo has no frame pointers, and scripts/lsan.supp names one of its functions. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "fast_unwind_on_malloc=0"; }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_break_where_people_do), cmocka_unit_test(missing_characters_are_remembered_in_order),
                                       cmocka_unit_test(a_piece_stands_wherever_it_is_put),
                                       cmocka_unit_test(a_sheet_is_one_page_while_it_can_be)};
    return cmocka_run_group_tests(tests, make, drop);
}
