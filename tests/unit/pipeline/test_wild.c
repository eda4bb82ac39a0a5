/* SPDX-License-Identifier: Apache-2.0 */
/* CSV straight from the wild, a file a line of tests/data/wild_csv.tsv: what reading it without any description finds, and what typing makes of it under the
   very entry that `mopai sources guess` writes for it. No line is lost in silence, nothing crashes, what is refused is refused in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/core/file.h"
#include "pipeline/ingest/table_text.h"
#include "pipeline/ingest/typing.h"
#include "pipeline/loose_table.h"
#include "pipeline/sources_guess.h"
#include "tests/lib/tsv.h"

struct found {
    struct strbuf headers, rows, bad, says, typed;
};

static void found_release(struct found *f)
{
    strbuf_release(&f->headers);
    strbuf_release(&f->rows);
    strbuf_release(&f->bad);
    strbuf_release(&f->says);
    strbuf_release(&f->typed);
}

static void describe(const struct loose_table *t, struct found *f)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        strbuf_addf(&f->headers, "%s" STR_FMT, c ? "^" : "", STR_ARG(t->headers[c]));
    }
    for (size_t i = 0; i < t->lines.n; i++) {
        strbuf_addf(&f->rows, "%s%lld:", i ? " " : "", (long long)t->lines.v[i]);
        for (size_t c = 0; c < t->n_columns; c++) {
            strbuf_addz(&f->rows, c ? "^" : "");
            strbuf_adds(&f->rows, loose_cell(t, i, (int)c));
        }
    }
    for (size_t i = 0; i < t->bad.n; i++) {
        strbuf_addf(&f->bad, "%s%s@%lld", i ? " " : "", value_reason_code(t->bad.v[i].why), (long long)t->bad.v[i].line);
    }
    loose_table_odd(t, &f->says);
}

static bool names_match(const struct sources *sources, const char *path, struct str next, struct found *f)
{
    struct source_name says;
    const char *slash = strrchr(path, '/');
    if (sources_match(sources, str_of(slash + 1), &says) && (next.n == 0 || sources_match(sources, next, &says))) {
        return true;
    }
    strbuf_addf(&f->typed, "the pattern does not match %s or " STR_FMT, slash + 1, STR_ARG(next));
    return false;
}

/* The entry, as the only one of a sources.yaml, and the file typed under it. */
static void type_as_guessed(const char *path, struct str next, struct strbuf *entry, struct found *f)
{
    AUTO_STRBUF yaml = STRBUF_INIT;
    struct sources *sources;
    struct table_text text;
    struct typed_file t;
    struct err err;
    strbuf_addz(&yaml, "format: 1\nsources:\n");
    if (sources_guess(path, entry, &err) != ST_OK) {
        assert_true(err.status == ST_INPUT || err.status == ST_REFUSED);
        strbuf_addz(&f->typed, err.text);
        return;
    }
    strbuf_adds(&yaml, strbuf_str(entry));
    if (sources_load(strbuf_str(&yaml), "guessed", &sources, &err) != ST_OK) {
        strbuf_addf(&f->typed, "the entry is refused: %s\n%s", err.text, strbuf_z(&yaml));
        return;
    }
    if (!names_match(sources, path, next, f)) {
        sources_free(sources);
        return;
    }
    assert_int_equal(table_text_read(path, sources->v[0].sheet, 64u << 20, &text, &err), ST_OK);
    struct memory_source m = {strbuf_str(&text.text)};
    const struct typing_job job = {.source = &sources->v[0], .bytes = memory_source(&m), .head = str_sub(strbuf_str(&text.text), 0, HEADER_SEARCH_BYTES),
                                   .whole = text.text.n <= HEADER_SEARCH_BYTES, .sheet = text.is_sheet};
    assert_int_equal(type_bytes(&job, &t, &err), ST_OK);
    if (!t.usable) {
        strbuf_addf(&f->typed, "the file is refused: %s\n%s", strbuf_z(&t.why), strbuf_z(&yaml));
        typed_file_release(&t);
        table_text_release(&text);
        sources_free(sources);
        return;
    }
    int64_t aside = 0;
    for (int k = 1; k < ROW_KIND_COUNT; k++) {
        aside += t.facts.aside[k];
    }
    assert_int_equal(t.facts.records, t.facts.typed + t.facts.rejected + aside);
    strbuf_addf(&f->typed, "%lld/%lld/%lld", (long long)t.facts.typed, (long long)t.facts.rejected, (long long)aside);
    typed_file_release(&t);
    table_text_release(&text);
    sources_free(sources);
}

static bool same(const char *what, struct str want, const struct strbuf *got)
{
    if (str_eq(want, strbuf_str(got))) {
        return true;
    }
    printf("  %-8s %s\n  want     " STR_FMT "\n", what, strbuf_z(got), STR_ARG(want));
    return false;
}

static bool holds(const char *what, struct str want, const struct strbuf *got)
{
    if (want.n > 0 ? str_find(strbuf_str(got), want) < got->n : got->n == 0) {
        return true;
    }
    printf("  %-8s %s\n  want     " STR_FMT "\n", what, strbuf_z(got), STR_ARG(want));
    return false;
}

/* The program itself, as somebody at a keyboard would try it: an answer, never a crash. Every file is tried with dedupe, some also with what takes longer. */
static bool answers(const char *path, int nth)
{
    static const char *const commands[] = {"dedupe '%s'", "match '%s' '%s'", "try '%s'", "token '%s'"};
    AUTO_ARENA a = ARENA_INIT;
    const char *said = arena_printf(&a, "%s.said", path), *program = getenv("MOPAI_BIN");
    bool good = true;
    for (size_t i = 0; i < (nth % 10 == 0 ? ARRAY_LEN(commands) : 1) && program && good; i++) {
        AUTO_STRBUF line = STRBUF_INIT;
        AUTO_STRBUF text = STRBUF_INIT;
        struct err err;
        strbuf_addf(&line, "'%s' ", program);
        strbuf_addf(&line, commands[i], path, path);
        strbuf_addf(&line, " >/dev/null 2>'%s'", said);
        int rc = system(strbuf_z(&line));
        assert_int_equal(file_read_all(said, 1 << 20, &text, &err), ST_OK);
        int status = WIFEXITED(rc) ? WEXITSTATUS(rc) : 255;
        good = status < 128 && status != 70 && text.n > 0;
        if (!good) {
            printf("  %s ends with %d: %s\n", strbuf_z(&line), status, strbuf_z(&text));
        }
    }
    (void)remove(said);
    return good;
}

static void test_wild(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct tsv t;
    struct err err;
    int failed = 0;
    const char *tmp = getenv("TMPDIR"), *path = arena_printf(&a, "%s/wild-%d.csv", tmp ? tmp : "/tmp", (int)getpid());
    tsv_open(&t, "wild_csv.tsv");
    while (tsv_next(&t)) {
        struct found f = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};
        struct loose_table table;
        AUTO_STRBUF entry = STRBUF_INIT;
        for (size_t k = t.n; k < TSV_FIELDS; k++) {
            t.f[k] = STR("");
        }
        assert_int_equal(file_write_atomic(path, t.f[1], &err), ST_OK);
        if (loose_table_read(path, &table, &err) == ST_OK) {
            describe(&table, &f);
        } else {
            strbuf_addz(&f.says, err.text);
        }
        loose_table_release(&table);
        type_as_guessed(path, STR(""), &entry, &f);
        bool good = answers(path, t.line);
        good = same("headers", t.f[2], &f.headers) && good;
        good = same("rows", t.f[3], &f.rows) && good;
        good = same("unread", t.f[4], &f.bad) && good;
        good = holds("says", t.f[5], &f.says) && good;
        good = (t.f[6].n > 0 && is_digit((unsigned char)t.f[6].p[0]) ? same : holds)("typed", t.f[6], &f.typed) && good;
        if (!good) {
            printf("^ %s:%d: %s\n", t.name, t.line, t.f[0].p);
            failed++;
        }
        found_release(&f);
    }
    tsv_close(&t);
    (void)remove(path);
    assert_int_equal(failed, 0);
}

/* --- shapes of exports -------------------------------------------------------------------------------------------------- */

static void write_shape(const char *path, const struct tsv *t)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    struct err err;
    strbuf_adds(&bytes, t->f[1]);
    for (int i = 1; i <= atoi(t->f[3].p); i++) {
        strbuf_addf(&bytes, t->f[2].p, i);
    }
    if (!str_ends(t->f[0], STR(".gz"))) {
        assert_int_equal(file_write_atomic(path, strbuf_str(&bytes), &err), ST_OK);
        return;
    }
    gzFile gz = gzopen(path, "wb");
    assert_int_equal(gzwrite(gz, bytes.p, (unsigned)bytes.n), (int)bytes.n);
    assert_int_equal(gzclose(gz), Z_OK);
}

static bool says_all(struct str wanted, const struct strbuf *entry)
{
    struct str one;
    while (str_split(&wanted, '^', &one)) {
        if (one.n > 0 && str_find(strbuf_str(entry), one) >= entry->n) {
            printf("  the entry does not say  " STR_FMT "\n%s", STR_ARG(one), strbuf_z(entry));
            return false;
        }
    }
    return true;
}

static void test_shapes(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct tsv t;
    int failed = 0;
    const char *tmp = getenv("TMPDIR");
    tsv_open(&t, "guess_shapes.tsv");
    while (tsv_next(&t)) {
        struct found f = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};
        AUTO_STRBUF entry = STRBUF_INIT;
        const char *path = arena_printf(&a, "%s/%s", tmp ? tmp : "/tmp", t.f[0].p);
        assert_true(t.n >= 6);
        write_shape(path, &t);
        type_as_guessed(path, t.n > 6 ? t.f[6] : STR(""), &entry, &f);
        bool typed = same("typed", t.f[5], &f.typed);
        if (!says_all(t.f[4], &entry) || !typed) {
            printf("^ %s:%d: %s\n", t.name, t.line, t.f[0].p);
            failed++;
        }
        (void)remove(path);
        found_release(&f);
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wild), cmocka_unit_test(test_shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
