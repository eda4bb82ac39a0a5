/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting alone, in memory: where the records and fields are, by libcsv, by plain C, by the instructions of the machine: bench_split [MB]. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text/split.h"
#include "tests/lib/settle_rows.h"

struct counts {
    uint64_t fields, rows;
};

static void on_field(void *p, size_t n, void *ctx)
{
    (void)p;
    (void)n;
    ((struct counts *)ctx)->fields++;
}

static void on_row(int c, void *ctx)
{
    (void)c;
    ((struct counts *)ctx)->rows++;
}

static void by_libcsv(struct str in, struct counts *c)
{
    struct csv_parser p;
    if (csv_init(&p, 0) != 0) {
        exit(1);
    }
    (void)csv_parse(&p, in.p, in.n, on_field, on_row, c);
    (void)csv_fini(&p, on_field, on_row, c);
    csv_free(&p);
}

typedef void (*window_fn)(struct splitter *s, const char *p, size_t n, bool whole);

static void by_windows(struct str in, window_fn window, struct counts *c)
{
    struct splitter s;
    struct split_record r;
    split_init(&s, ',', true);
    for (size_t at = 0; at < in.n; at += s.at) {
        size_t n = MIN(in.n - at, SPLIT_WINDOW);
        window(&s, in.p + at, n, at + n == in.n);
        while (split_next(&s, &r)) {
            c->rows++;
            c->fields += r.n;
        }
    }
    split_release(&s);
}

/* Of processor time, since others may share the machine. */
static double cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int double_cmp(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* All take turns; the median of the turns. */
static bool compare(const char *what, struct str in)
{
    enum { LIBCSV, PLAIN, SIMD, WAYS, TURNS = 7 };
    static const char *const names[WAYS] = {"libcsv", "plain C", "instructions"};
    double us[WAYS][TURNS];
    struct counts c[WAYS];
    for (int turn = 0; turn < TURNS; turn++) {
        for (int way = 0; way < WAYS; way++) {
            double from = cpu_us();
            c[way] = (struct counts){0, 0};
            if (way == LIBCSV) {
                by_libcsv(in, &c[way]);
            } else {
                by_windows(in, way == PLAIN ? split_window_plain : split_window, &c[way]);
            }
            us[way][turn] = cpu_us() - from;
        }
    }
    for (int way = 0; way < WAYS; way++) {
        qsort(us[way], TURNS, sizeof(double), double_cmp);
        double median = us[way][TURNS / 2];
        printf("split\t%s\t%-12s\t%5.0f MB/s\t%6.1f M fields/s\t%4.1f x libcsv\n", what, names[way], (double)in.n / median, (double)c[way].fields / median,
               us[LIBCSV][TURNS / 2] / median);
    }
    return c[PLAIN].fields == c[LIBCSV].fields && c[SIMD].fields == c[LIBCSV].fields && c[SIMD].rows == c[LIBCSV].rows;
}

int main(int argc, char **argv)
{
    size_t mb = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 32;
    AUTO_STRBUF wide = STRBUF_INIT;
    AUTO_STRBUF narrow = STRBUF_INIT;
    (void)settle_rows(SETTLE_WIDE, mb << 20, &wide);
    (void)settle_rows(SETTLE_NARROW, mb << 20, &narrow);
    bool same = compare("18 columns", strbuf_str(&wide));
    same = compare(" 8 columns", strbuf_str(&narrow)) && same;
    if (!same) {
        fprintf(stderr, "not the same fields\n");
    }
    return same ? 0 : 1;
}
