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

/* Of a build with sanitizers: cairo has no frame pointers, and scripts/lsan.supp names one of its functions. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "fast_unwind_on_malloc=0"; }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_break_where_people_do), cmocka_unit_test(missing_characters_are_remembered_in_order),
                                       cmocka_unit_test(a_piece_stands_wherever_it_is_put)};
    return cmocka_run_group_tests(tests, make, drop);
}
