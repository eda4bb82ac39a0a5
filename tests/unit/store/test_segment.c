/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/store/segment.h"

struct place {
    struct arena arena;
    char *dir, *path;
};

static int make_place(void **state)
{
    struct place *p = xcalloc(1, sizeof(*p));
    const char *tmp = getenv("TMPDIR");
    p->dir = arena_printf(&p->arena, "%s/mopai-seg-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    p->path = path_join(&p->arena, p->dir, "t.seg");
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    struct err err;
    assert_int_equal(file_remove_tree(p->dir, &err), ST_OK);
    arena_release(&p->arena);
    free(p);
    return 0;
}

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s", err->text);
    }
}

static const struct seg_column four[] = {{"day", SEG_I32}, {"fen", SEG_I64}, {"id", SEG_U64}, {"姓名", SEG_TEXT}};

/* The value of row i: shapes change from block to block so that every width occurs, with and without missing ones. */
static int32_t day_at(uint64_t i)
{
    switch (i / SEG_BLOCK_ROWS) {
    case 0:
        return i % 10 == 0 ? INT32_MIN : 20000 + (int32_t)(i % 250);
    case 1:
        return i % 2 ? INT32_MAX : INT32_MIN + 1;
    case 2:
        return INT32_MIN;
    default:
        return -7;
    }
}

static int64_t fen_at(uint64_t i)
{
    switch (i / SEG_BLOCK_ROWS) {
    case 0:
        return (int64_t)(i * 977);
    case 1:
        return i % 3 == 0 ? INT64_MIN : i % 3 == 1 ? INT64_MAX : INT64_MIN + 1;
    case 2:
        return (int64_t)(i % 256) - 128;
    default:
        return i % 2 ? INT64_MIN : 500;
    }
}

static uint64_t id_at(uint64_t i)
{
    return i % 5 == 0 ? 0 : i % 7 == 0 ? UINT64_MAX - i : i;
}

static struct str name_at(uint64_t i, char buf[64])
{
    if (i / SEG_BLOCK_ROWS == 0) {
        return i % 300 == 0 ? (struct str){NULL, 0} : str_n(buf, (size_t)snprintf(buf, 64, "某%llu", (unsigned long long)(i % 300)));
    }
    if (i / SEG_BLOCK_ROWS == 1) {
        return str_n(buf, (size_t)snprintf(buf, 64, "%0*llu", (int)(i % 40) + 1, (unsigned long long)i)); /* every row its own */
    }
    return i / SEG_BLOCK_ROWS == 2 ? STR("同一个") : STR("");
}

static void write_four(const char *path, uint64_t rows)
{
    struct err err = {0};
    struct seg_writer *w = NULL;
    char buf[64];
    must(seg_writer_open(path, four, ARRAY_LEN(four), &w, &err), &err);
    for (uint64_t i = 0; i < rows; i++) {
        seg_put_text(w, 3, name_at(i, buf)); /* columns in any order */
        seg_put_i64(w, 0, day_at(i));
        seg_put_i64(w, 1, fen_at(i));
        seg_put_u64(w, 2, id_at(i));
        seg_end_row(w);
    }
    assert_int_equal(seg_writer_rows(w), rows);
    must(seg_writer_close(w, STR("{\"源\":1}"), &err), &err);
}

static void every_width_round_trips(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    const uint64_t rows = 3 * SEG_BLOCK_ROWS + 1001;
    write_four(p->path, rows);
    assert_false(file_exists(arena_printf(&p->arena, "%s.tmp", p->path)));
    AUTO_SEG r = NULL;
    must(seg_open(p->path, &r, &err), &err);
    assert_int_equal(seg_rows(r), rows);
    assert_int_equal(seg_blocks(r), 4);
    assert_int_equal(seg_columns(r), 4);
    assert_int_equal(seg_column(r, "姓名"), 3);
    assert_int_equal(seg_column(r, "nobody"), -1);
    assert_int_equal(seg_column_type(r, 2), SEG_U64);
    assert_true(str_eq(seg_meta(r), STR("{\"源\":1}")));
    int32_t *day = xmalloc(SEG_BLOCK_ROWS * sizeof(*day));
    int64_t *fen = xmalloc(SEG_BLOCK_ROWS * sizeof(*fen)), *wide = xmalloc(SEG_BLOCK_ROWS * sizeof(*wide));
    uint64_t *id = xmalloc(SEG_BLOCK_ROWS * sizeof(*id));
    struct seg_text name = {0};
    char buf[64];
    for (size_t b = 0; b < seg_blocks(r); b++) {
        must(seg_read_i32(r, b, 0, day, &err), &err);
        must(seg_read_i64(r, b, 0, wide, &err), &err);
        must(seg_read_i64(r, b, 1, fen, &err), &err);
        must(seg_read_u64(r, b, 2, id, &err), &err);
        must(seg_read_text(r, b, 3, &name, &err), &err);
        for (size_t k = 0; k < seg_block_rows(r, b); k++) {
            uint64_t i = seg_block_start(r, b) + k;
            assert_int_equal(day[k], day_at(i));
            assert_true(wide[k] == (day_at(i) == INT32_MIN ? INT64_MIN : day_at(i)));
            assert_true(fen[k] == fen_at(i));
            assert_true(id[k] == id_at(i));
            assert_true(str_eq(seg_text_at(&name, k), name_at(i, buf)));
        }
    }
    struct seg_range range = seg_block_range(r, 0, 0);
    assert_int_equal(range.min, 20001);
    assert_int_equal(range.max, 20249);
    assert_int_equal(range.missing, 6554);
    assert_int_equal(seg_block_range(r, 2, 0).missing, SEG_BLOCK_ROWS);
    assert_true((uint64_t)seg_block_range(r, 0, 2).max > (uint64_t)INT64_MAX);
    for (uint64_t i = 5; i < rows; i += 60001) {
        int64_t v;
        struct str s;
        must(seg_fetch_i64(r, i, 0, &v, &err), &err);
        assert_true(v == (day_at(i) == INT32_MIN ? INT64_MIN : day_at(i)));
        must(seg_fetch_i64(r, i, 2, &v, &err), &err);
        assert_true((uint64_t)v == id_at(i));
        must(seg_fetch_text(r, i, 3, &s, &err), &err);
        assert_true(str_eq(s, name_at(i, buf)));
    }
    must(seg_check(r, &err), &err);
    free(day);
    free(fen);
    free(wide);
    free(id);
    seg_text_release(&name);
}

static void same_rows_give_same_bytes(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    AUTO_STRBUF a = STRBUF_INIT;
    AUTO_STRBUF b = STRBUF_INIT;
    write_four(p->path, 70000);
    must(file_read_all(p->path, 1 << 26, &a, &err), &err);
    write_four(p->path, 70000);
    must(file_read_all(p->path, 1 << 26, &b, &err), &err);
    assert_true(str_eq(strbuf_str(&a), strbuf_str(&b)));
}

static void whole_arrays_are_the_same_as_rows(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    enum { N = 140000 };
    int32_t *x = xmalloc(N * sizeof(*x));
    int64_t *y = xmalloc(N * sizeof(*y));
    const struct seg_column two[] = {{"x", SEG_I32}, {"y", SEG_I64}};
    struct seg_writer *w = NULL;
    must(seg_writer_open(p->path, two, 2, &w, &err), &err);
    for (size_t i = 0; i < N; i++) {
        x[i] = day_at(i);
        y[i] = fen_at(i);
        seg_put_i64(w, 0, x[i]);
        seg_put_i64(w, 1, y[i]);
        seg_end_row(w);
    }
    must(seg_writer_close(w, STR(""), &err), &err);
    AUTO_STRBUF rows = STRBUF_INIT;
    AUTO_STRBUF arrays = STRBUF_INIT;
    must(file_read_all(p->path, 1 << 26, &rows, &err), &err);
    must(seg_writer_open(p->path, two, 2, &w, &err), &err);
    seg_write_columns(w, (const void *[]){x, y}, 3);
    seg_write_columns(w, (const void *[]){x + 3, y + 3}, N - 3);
    must(seg_writer_close(w, STR(""), &err), &err);
    must(file_read_all(p->path, 1 << 26, &arrays, &err), &err);
    assert_true(str_eq(strbuf_str(&rows), strbuf_str(&arrays)));
    free(x);
    free(y);
}

/* --- blocks, column by column --- */

struct by_block {
    uint64_t first;
    char (*bufs)[64]; /* of SEG_BLOCK_ROWS names */
};

static void fill_four(void *ctx, size_t col, size_t n, void *out)
{
    struct by_block *b = ctx;
    for (size_t k = 0; k < n; k++) {
        uint64_t i = b->first + k;
        switch (col) {
        case 0:
            ((int32_t *)out)[k] = day_at(i);
            break;
        case 1:
            ((int64_t *)out)[k] = fen_at(i);
            break;
        case 2:
            ((uint64_t *)out)[k] = id_at(i);
            break;
        default:
            ((struct str *)out)[k] = name_at(i, b->bufs[k]);
        }
    }
}

static void whole_blocks_are_the_same_as_rows(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    const uint64_t rows = 3 * SEG_BLOCK_ROWS + 1001;
    struct by_block b = {0, xmalloc(SEG_BLOCK_ROWS * sizeof(*b.bufs))};
    AUTO_STRBUF by_row = STRBUF_INIT;
    write_four(p->path, rows);
    must(file_read_all(p->path, 1 << 26, &by_row, &err), &err);
    for (unsigned threads = 0; threads < 4; threads++) {
        AUTO_STRBUF by_block = STRBUF_INIT;
        struct seg_writer *w = NULL;
        must(seg_writer_open(p->path, four, ARRAY_LEN(four), &w, &err), &err);
        for (b.first = 0; b.first < rows;) {
            b.first += seg_write_block(w, MIN(rows - b.first, SEG_BLOCK_ROWS), threads, fill_four, &b);
        }
        must(seg_writer_close(w, STR("{\"源\":1}"), &err), &err);
        must(file_read_all(p->path, 1 << 26, &by_block, &err), &err);
        assert_true(str_eq(strbuf_str(&by_row), strbuf_str(&by_block)));
    }
    free(b.bufs);
}

static void empty_segment_and_abandoned_writer(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    write_four(p->path, 0);
    AUTO_SEG r = NULL;
    must(seg_open(p->path, &r, &err), &err);
    assert_int_equal(seg_rows(r), 0);
    assert_int_equal(seg_blocks(r), 0);
    struct seg_writer *w = NULL;
    char *other = path_join(&p->arena, p->dir, "other.seg");
    must(seg_writer_open(other, four, 4, &w, &err), &err);
    seg_writer_abandon(w);
    assert_false(file_exists(other));
    assert_false(file_exists(arena_printf(&p->arena, "%s.tmp", other)));
}

struct big {
    const char *text;
    size_t at;
};

static void fill_big(void *ctx, size_t col, size_t n, void *out)
{
    const struct big *b = ctx;
    for (size_t i = 0; i < n; i++) {
        if (col == 0) {
            ((struct str *)out)[i] = str_n(b->text, SEG_MAX_TEXT - b->at - i);
        } else {
            ((int32_t *)out)[i] = (int32_t)(b->at + i);
        }
    }
}

/* The second column is packed whole before it is known that the first one is full. */
static void long_texts_cut_blocks_of_columns(const struct place *p, const char *text)
{
    struct err err = {0};
    const struct seg_column two[] = {{"text", SEG_TEXT}, {"n", SEG_I32}};
    struct seg_writer *w = NULL;
    struct big b = {text, 0};
    AUTO_SEG r = NULL;
    must(seg_writer_open(p->path, two, 2, &w, &err), &err);
    size_t first = seg_write_block(w, 40, 2, fill_big, &b);
    assert_int_equal(first, 33);
    b.at = first;
    assert_int_equal(seg_write_block(w, 40 - first, 2, fill_big, &b), 7);
    must(seg_writer_close(w, STR(""), &err), &err);
    must(seg_open(p->path, &r, &err), &err);
    assert_int_equal(seg_block_rows(r, 0), 33);
    for (uint64_t i = 0; i < 40; i++) {
        struct str s;
        int64_t v;
        must(seg_fetch_text(r, i, 0, &s, &err), &err);
        must(seg_fetch_i64(r, i, 1, &v, &err), &err);
        assert_true(s.n == SEG_MAX_TEXT - i && v == (int64_t)i);
    }
}

/* Distinct texts of 1 MiB: the block ends early, and what is over the limit of a cell is a status, not a crash. */
static void long_texts_cut_blocks(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    const struct seg_column one[] = {{"text", SEG_TEXT}};
    struct seg_writer *w = NULL;
    char *big = xmalloc(SEG_MAX_TEXT + 1);
    memset(big, 'x', SEG_MAX_TEXT + 1);
    must(seg_writer_open(p->path, one, 1, &w, &err), &err);
    for (size_t i = 0; i < 40; i++) {
        seg_put_text(w, 0, str_n(big, SEG_MAX_TEXT - i));
        seg_end_row(w);
    }
    must(seg_writer_close(w, STR(""), &err), &err);
    AUTO_SEG r = NULL;
    must(seg_open(p->path, &r, &err), &err);
    assert_int_equal(seg_blocks(r), 2);
    for (uint64_t i = 0; i < 40; i++) {
        struct str s;
        must(seg_fetch_text(r, i, 0, &s, &err), &err);
        assert_int_equal(s.n, SEG_MAX_TEXT - i);
    }
    must(seg_writer_open(p->path, one, 1, &w, &err), &err);
    seg_put_text(w, 0, str_n(big, SEG_MAX_TEXT + 1));
    seg_end_row(w);
    assert_int_equal(seg_writer_close(w, STR(""), &err), ST_INPUT);
    long_texts_cut_blocks_of_columns(p, big);
    free(big);
}

static enum status open_and_check(const char *path, struct err *err)
{
    AUTO_SEG r = NULL;
    TRY(seg_open(path, &r, err));
    return seg_check(r, err);
}

static void put_bytes(const char *path, struct str bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

/* Every byte is under a checksum or compared with what it must be: no flip goes unseen. */
static void every_flipped_byte_and_every_cut_is_seen(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    write_four(p->path, 50);
    AUTO_STRBUF good = STRBUF_INIT;
    must(file_read_all(p->path, 1 << 20, &good, &err), &err);
    assert_true(good.n < 8000);
    for (size_t i = 0; i < good.n; i++) {
        char keep = good.p[i];
        good.p[i] = (char)(keep ^ (1 << (i % 8)));
        put_bytes(p->path, strbuf_str(&good));
        enum status status = open_and_check(p->path, &err);
        if (status != ST_CORRUPT && !(status == ST_VERSION && i >= 8 && i < 12)) {
            fail_msg("byte %zu: %s", i, status_name(status));
        }
        good.p[i] = keep;
    }
    for (size_t n = 0; n < good.n; n++) {
        put_bytes(p->path, str_n(good.p, n));
        assert_int_equal(open_and_check(p->path, &err), ST_CORRUPT);
    }
    assert_non_null(strstr(err.text, "t.seg"));
    assert_int_equal(open_and_check(path_join(&p->arena, p->dir, "none.seg"), &err), ST_MISSING);
    assert_int_equal(open_and_check(p->dir, &err), ST_CORRUPT);
}

/* A liar with right checksums: each field of the directory in turn set to extremes, the footer hashed again. */
static void a_lying_directory_is_refused(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    write_four(p->path, 50);
    AUTO_STRBUF b = STRBUF_INIT;
    must(file_read_all(p->path, 1 << 20, &b, &err), &err);
    uint64_t offset, size;
    memcpy(&offset, b.p + b.n - 32, 8);
    memcpy(&size, b.p + b.n - 24, 8);
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    size_t accepted = 0;
    for (size_t i = 0; i < size; i++) {
        for (size_t v = 0; v < ARRAY_LEN(values); v++) {
            char keep = b.p[offset + i];
            b.p[offset + i] = (char)values[v];
            uint64_t hash = hash64(b.p + offset, (size_t)size);
            memcpy(b.p + b.n - 16, &hash, 8);
            put_bytes(p->path, strbuf_str(&b));
            enum status status = open_and_check(p->path, &err);
            assert_true(status == ST_OK || status == ST_CORRUPT);
            accepted += status == ST_OK && keep != (char)values[v];
            b.p[offset + i] = keep;
        }
    }
    /* Only texts that the format does not interpret may change: names (14 bytes), meta (9), and i64 mistaken for u64 and back. */
    assert_true(accepted <= (14 + 9 + 4) * ARRAY_LEN(values));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        CASE(every_width_round_trips),
        CASE(same_rows_give_same_bytes),
        CASE(whole_arrays_are_the_same_as_rows),
        CASE(whole_blocks_are_the_same_as_rows),
        CASE(empty_segment_and_abandoned_writer),
        CASE(long_texts_cut_blocks),
        CASE(every_flipped_byte_and_every_cut_is_seen),
        CASE(a_lying_directory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
