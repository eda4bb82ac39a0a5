/* SPDX-License-Identifier: Apache-2.0 */
/* Segments: values written and read a second, texts interned a second. Bars (one core): 20 M fixed values, 15 M repeating texts written. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/clock.h"
#include "base/core/vec.h"
#include "base/store/segment.h"

enum { ROWS = 2000000 };

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static void line(const char *what, double cells, int64_t ms)
{
    printf("segment\t%s\t%.1f M/s\n", what, cells / 1000.0 / (double)MAX(ms, 1));
}

static void bench_fixed(const char *path)
{
    static const struct seg_column columns[] = {{"a", SEG_I32}, {"b", SEG_I64}, {"c", SEG_U64}, {"d", SEG_I64}};
    struct err err;
    struct seg_writer *w = NULL;
    int64_t t0 = clock_monotonic_ms();
    must(seg_writer_open(path, columns, ARRAY_LEN(columns), &w, &err), &err);
    for (uint64_t i = 0; i < ROWS; i++) {
        seg_put_i64(w, 0, 20000 + (int64_t)(i % 700));
        seg_put_i64(w, 1, i % 16 ? (int64_t)(i * 7919 % 1000000) : INT64_MIN);
        seg_put_u64(w, 2, i * 0x9E3779B97F4A7C15u);
        seg_put_i64(w, 3, (int64_t)i);
        seg_end_row(w);
    }
    must(seg_writer_close(w, STR("{}"), &err), &err);
    int64_t t1 = clock_monotonic_ms();
    line("fixed values written, synced", 4.0 * ROWS, t1 - t0);
    struct seg_reader *r = NULL;
    int64_t *v = xmalloc(SEG_BLOCK_ROWS * sizeof(*v)), sum = 0;
    must(seg_open(path, &r, &err), &err);
    for (size_t b = 0; b < seg_blocks(r); b++) {
        for (size_t col = 0; col < 4; col++) {
            must(col == 2 ? seg_read_u64(r, b, col, (uint64_t *)(void *)v, &err) : seg_read_i64(r, b, col, v, &err), &err);
            sum ^= v[0];
        }
    }
    seg_close(r);
    free(v);
    line("fixed values read and checked", 4.0 * ROWS, clock_monotonic_ms() - t1);
    if (sum == 1) {
        puts("");
    }
}

static void bench_text(const char *path)
{
    static const struct seg_column columns[] = {{"street", SEG_TEXT}, {"name", SEG_TEXT}, {"number", SEG_TEXT}};
    struct err err;
    struct seg_writer *w = NULL;
    static char names[3000][24];
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "某甲乙%d", i);
    }
    for (size_t columns_used = 2; columns_used <= 3; columns_used++) {
        int64_t t0 = clock_monotonic_ms();
        must(seg_writer_open(path, columns, columns_used, &w, &err), &err);
        for (uint64_t i = 0; i < ROWS; i++) {
            seg_put_text(w, 0, str_of(names[i / 100 % 40]));
            seg_put_text(w, 1, str_of(names[i * 7919 % 3000]));
            if (columns_used == 3) {
                char number[24];
                for (size_t k = 0; k < 16; k++) {
                    number[k] = (char)('0' + (i * 0x9E3779B97F4A7C15u >> (4 * k) & 7));
                }
                seg_put_text(w, 2, str_n(number, 16));
            }
            seg_end_row(w);
        }
        must(seg_writer_close(w, STR("{}"), &err), &err);
        line(columns_used == 2 ? "repeating texts written" : "with a column of unique ones", (double)columns_used * ROWS, clock_monotonic_ms() - t0);
    }
    int64_t t0 = clock_monotonic_ms();
    struct seg_reader *r = NULL;
    must(seg_open(path, &r, &err), &err);
    must(seg_check(r, &err), &err);
    seg_close(r);
    line("texts read and checked", 3.0 * ROWS, clock_monotonic_ms() - t0);
}

int main(void)
{
    const char *dir = getenv("TMPDIR");
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/bench-%ld.seg", dir ? dir : "/tmp", (long)getpid());
    bench_fixed(path);
    bench_text(path);
    (void)unlink(path);
    return 0;
}
