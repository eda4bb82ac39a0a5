/* SPDX-License-Identifier: Apache-2.0 */
/* Exports as they really come: every line of tests/data/ingest_files.tsv is a small file of bytes with the rows, the rejects, the rows set aside and the
   words that must come of it. Each is read whole and again a few bytes at a time: the buffer's edges must not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <iconv.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/typing.h"
#include "tests/lib/tsv.h"
#include "tests/lib/trickle.h"

/* The case is written in UTF-8; bytes that are none (\x80) stay what they are. */
static void encode(struct str in, const char *encoding, struct strbuf *out)
{
    strbuf_clear(out);
    if (strcmp(encoding, "UTF-8") == 0) {
        strbuf_adds(out, in);
        return;
    }
    iconv_t cd = iconv_open(encoding, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    AUTO_STRBUF copy = STRBUF_INIT;
    strbuf_adds(&copy, in);
    char *from = copy.p;
    size_t left = copy.n;
    while (left > 0) {
        char piece[4096], *to = piece;
        size_t room = sizeof(piece);
        size_t got = iconv(cd, &from, &left, &to, &room);
        strbuf_add(out, piece, sizeof(piece) - room);
        if (got == (size_t)-1 && left > 0 && room > 8) {
            strbuf_addc(out, *from++);
            left--;
        }
    }
    (void)iconv_close(cd);
}

static void add_value(struct strbuf *b, struct seg_reader *r, uint64_t row, const struct source_column *c)
{
    struct err err;
    struct str text = {"", 0};
    int64_t v = 0;
    char id[IDENT_TEXT_MAX];
    AUTO_STRBUF name = STRBUF_INIT;
    strbuf_adds(&name, c->name);
    int col = seg_column(r, strbuf_z(&name));
    if (seg_column_type(r, (size_t)col) == SEG_TEXT) {
        assert_int_equal(seg_fetch_text(r, row, (size_t)col, &text, &err), ST_OK);
        strbuf_adds(b, text);
        return;
    }
    assert_int_equal(seg_fetch_i64(r, row, (size_t)col, &v, &err), ST_OK);
    if (v == INT64_MIN) {
        return;
    }
    if (c->type == COL_DATE && v == DAY_FOREVER) {
        strbuf_addz(b, "长期");
    } else if (c->type == COL_DATE) {
        strbuf_add_day(b, (daynum)v);
    } else if (c->type == COL_MONTH) {
        strbuf_add_month(b, (monthnum)v);
    } else if (c->type == COL_ID_NUMBER || c->type == COL_CERTIFICATE) {
        strbuf_add(b, id, ident_print((uint64_t)v, id));
    } else {
        strbuf_addi(b, v);
    }
}

/* line:value^value of the columns the file has, then kind and number of the rows set aside. */
static void describe_rows(const struct source *s, const char *seg, const struct typed_file *t, struct strbuf *rows, struct strbuf *aside)
{
    static const char *const words[ROW_KIND_COUNT] = {"", "title", "header", "total", "signature", "blank", "skipped"};
    AUTO_SEG r = NULL;
    struct err err;
    assert_int_equal(seg_open(seg, &r, &err), ST_OK);
    for (uint64_t row = 0; row < seg_rows(r); row++) {
        int64_t line;
        struct str header;
        bool any = false;
        assert_int_equal(seg_fetch_i64(r, row, (size_t)seg_column(r, SEG_LINE), &line, &err), ST_OK);
        strbuf_addf(rows, "%s%lld:", row ? " " : "", (long long)line);
        for (size_t c = 0; c < s->n_columns; c++) {
            if (segment_header(r, s->columns[c].name, &header) >= 0) {
                strbuf_addz(rows, any ? "^" : "");
                add_value(rows, r, row, &s->columns[c]);
                any = true;
            }
        }
    }
    for (size_t k = 1; k < ROW_KIND_COUNT; k++) {
        if (t->facts.aside[k] > 0 && (k != ROW_HEADER || t->facts.aside[k] > 1)) {
            strbuf_addf(aside, "%s%s=%lld", aside->n ? " " : "", words[k], (long long)t->facts.aside[k]);
        }
    }
}

/* code@line for a row, code@line/column for a cell that became unknown or rejected its row (with !). */
static void describe_rejects(const char *rej, struct strbuf *out)
{
    AUTO_SEG r = NULL;
    struct err err;
    assert_int_equal(seg_open(rej, &r, &err), ST_OK);
    for (uint64_t i = 0; i < seg_rows(r); i++) {
        int64_t kind, line;
        struct str column, reason;
        AUTO_STRBUF where = STRBUF_INIT;
        assert_int_equal(seg_fetch_i64(r, i, 0, &kind, &err), ST_OK);
        assert_int_equal(seg_fetch_i64(r, i, 1, &line, &err), ST_OK);
        assert_int_equal(seg_fetch_text(r, i, 3, &column, &err), ST_OK);
        strbuf_adds(&where, column);
        assert_int_equal(seg_fetch_text(r, i, 4, &reason, &err), ST_OK);
        strbuf_addf(out, "%s" STR_FMT "@%lld%s%s%s", out->n ? " " : "", STR_ARG(reason), (long long)line, where.n ? "/" : "", strbuf_z(&where),
                    kind == REJECT_ROW ? "!" : "");
    }
}

struct outcome {
    struct strbuf rows, rejects, aside, says;
};

static void outcome_release(struct outcome *o)
{
    strbuf_release(&o->rows);
    strbuf_release(&o->rejects);
    strbuf_release(&o->aside);
    strbuf_release(&o->says);
}

static void read_file(const struct source *s, struct str bytes, size_t most, const char *seg, const char *rej, struct outcome *o)
{
    struct trickle in = {bytes, most};
    struct typed_file t;
    struct err err;
    const struct typing_job job = {.source = s,
                                   .bytes = {trickle_read, &in},
                                   .head = str_sub(bytes, 0, HEADER_SEARCH_BYTES),
                                   .whole = bytes.n <= HEADER_SEARCH_BYTES,
                                   .seg_path = seg,
                                   .rej_path = rej};
    if (type_bytes(&job, &t, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    strbuf_adds(&o->says, strbuf_str(&t.why));
    strbuf_adds(&o->says, strbuf_str(&t.notes));
    if (t.usable) {
        describe_rows(s, seg, &t, &o->rows, &o->aside);
        describe_rejects(rej, &o->rejects);
    }
    typed_file_release(&t);
}

static void test_files(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_STRBUF bytes = STRBUF_INIT;
    struct sources *sources;
    struct err err;
    struct tsv t;
    int failed = 0;
    const char *tmp = getenv("TMPDIR");
    const char *seg = arena_printf(&a, "%s/files-%d.seg", tmp ? tmp : "/tmp", (int)getpid()), *rej = arena_printf(&a, "%s.rej", seg);
    assert_int_equal(file_read_all("tests/data/ingest_sources.yaml", 1 << 20, &yaml, &err), ST_OK);
    if (sources_load(strbuf_str(&yaml), "ingest_sources.yaml", &sources, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    tsv_open(&t, "ingest_files.tsv");
    while (tsv_next(&t)) {
        int at = source_find(sources, t.f[1]);
        assert_true(at >= 0 && t.n >= 4);
        for (size_t k = t.n; k < TSV_FIELDS; k++) {
            t.f[k] = STR("");
        }
        encode(t.f[3], t.f[2].p, &bytes);
        static const size_t chunks[] = {(size_t)1 << 20, 1, 7};
        for (size_t k = 0; k < ARRAY_LEN(chunks); k++) {
            struct outcome o = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};
            read_file(&sources->v[at], strbuf_str(&bytes), chunks[k], seg, rej, &o);
            bool good = str_eq(t.f[4], strbuf_str(&o.rows)) && str_eq(t.f[5], strbuf_str(&o.rejects)) && str_eq(t.f[6], strbuf_str(&o.aside)) &&
                        (t.f[7].n ? str_find(strbuf_str(&o.says), t.f[7]) < o.says.n : o.says.n == 0);
            if (!good) {
                printf("%s:%d: %s (chunks of %zu)\n  rows    %s\n  want    %s\n  rejects %s\n  want    %s\n  aside   %s\n  want    %s\n  says    %s\n  want    %s\n",
                       t.name, t.line, t.f[0].p, chunks[k], strbuf_z(&o.rows), t.f[4].p, strbuf_z(&o.rejects), t.f[5].p, strbuf_z(&o.aside), t.f[6].p, strbuf_z(&o.says), t.f[7].p);
                failed++;
                k = ARRAY_LEN(chunks);
            }
            outcome_release(&o);
        }
    }
    tsv_close(&t);
    sources_free(sources);
    (void)remove(seg);
    (void)remove(rej);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
