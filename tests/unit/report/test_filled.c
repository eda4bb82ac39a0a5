/* SPDX-License-Identifier: Apache-2.0 */
/* One filled list, as every spreadsheet program writes a workbook (tests/data/filled_sheets.tsv): all are read the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/command.h"
#include "pipeline/visits_file.h"
#include "tests/lib/tsv.h"
#include "tests/lib/workbook.h"

/* The command line's own; not asked about here. */
void warn_add(enum status w, const char *fmt, ...)
{
    (void)w, (void)fmt;
}

static const char wanted[] = "W-000001-T|纳入低保|2026-03-05|李工\nW-000002-U|转介||\n";

/* Number, outcome, day, visitor of every row. The day and visitor of a household may stand in its first row only, or in each. */
static void show(struct filled_list *l, struct strbuf *out)
{
    AUTO_STRBUF day_above = STRBUF_INIT;
    struct str visitor_above = STR("");
    for (size_t i = 0; i < l->rows.n; i++) {
        const struct filled_row *row = &l->rows.v[i];
        AUTO_STRBUF text = STRBUF_INIT;
        daynum day = DAY_MISSING;
        enum date_precision precision;
        struct str cell = filled_cell(l, row, FILLED_DAY), visitor = filled_cell(l, row, FILLED_VISITOR);
        if (cell.n > 0 && value_date(cell, DATE_ALLOW_SERIAL | DATE_ALLOW_TWO_DIGIT | DATE_ONLY_DAY, &day, &precision) != VALUE_OK) {
            strbuf_addz(&text, "?");
        } else {
            strbuf_add_day(&text, day);
        }
        bool day_again = i > 0 && str_eq(strbuf_str(&text), strbuf_str(&day_above)), visitor_again = i > 0 && str_eq(visitor, visitor_above);
        struct str number = filled_cell(l, row, FILLED_NUMBER), outcome = filled_cell(l, row, FILLED_OUTCOME);
        strbuf_addf(out, STR_FMT "|" STR_FMT "|%s|" STR_FMT "\n", STR_ARG(number), STR_ARG(outcome), day_again ? "" : strbuf_z(&text), STR_ARG(visitor_again ? STR("") : visitor));
        strbuf_clear(&day_above);
        strbuf_adds(&day_above, strbuf_str(&text));
        visitor_above = visitor;
    }
}

static void every_program_is_read(void **state)
{
    (void)state;
    struct tsv t;
    size_t wrong = 0, cases = 0;
    AUTO_ARENA a = ARENA_INIT;
    const char *tmp = getenv("TMPDIR"), *path = arena_printf(&a, "%s/filled-%d.xlsx", tmp ? tmp : "/tmp", (int)getpid());
    tsv_open(&t, "filled_sheets.tsv");
    while (tsv_next(&t)) {
        for (size_t k = t.n; k < TSV_FIELDS; k++) {
            t.f[k] = STR("");
        }
        const struct workbook_xml w = {t.f[2], t.f[3], t.f[4], t.f[5], t.f[6], t.f[7], STR("")};
        AUTO_STRBUF got = STRBUF_INIT;
        struct filled_list l = {.rows = {0}};
        struct err err = {0};
        workbook_write_as(path, &w, t.f[1]);
        if (filled_read(path, FILLED_VISITS, &l, &err) == ST_OK) {
            show(&l, &got);
        } else {
            strbuf_addz(&got, err.text);
        }
        if (strcmp(strbuf_z(&got), wanted) != 0) {
            tsv_fail(&t, t.f[0].p, strbuf_str(&got));
            wrong++;
        }
        cases++;
        filled_release(&l);
    }
    tsv_close(&t);
    (void)remove(path);
    assert_int_equal(wrong, 0);
    assert_true(cases >= 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_program_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
