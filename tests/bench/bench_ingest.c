/* SPDX-License-Identifier: Apache-2.0 */
/* What an inbox file costs, one file at a time on one core: bench_ingest [MB]. The same made-up settlements as 18 and as 8 columns, in UTF-8, in GB18030, gzipped;
   all of it: raw copy with two hashes, every field typed and validated, segment and rejects on disk, synced. Beside them libcsv alone, and inflating alone. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/core/file.h"
#include "base/core/gzip.h"
#include "base/core/share.h"
#include "base/text/encoding.h"
#include "pipeline/ingest/arrival.h"
#include "pipeline/ingest/typing.h"
#include "tests/lib/settle_rows.h"

enum { ROUNDS = 5 };

static double clock_us(clockid_t which)
{
    struct timespec t;
    (void)clock_gettime(which, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int double_cmp(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double v[ROUNDS])
{
    qsort(v, ROUNDS, sizeof(*v), double_cmp);
    return v[ROUNDS / 2];
}

static void must(enum status st, const struct err *err)
{
    if (st != ST_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

/* One file as it lies in the inbox. */
struct load {
    const char *what, *name; /* of the file */
    const struct source *source;
    size_t bytes;            /* of text */
    uint64_t rows;
    double put[ROUNDS], type[ROUNDS]; /* µs of processor */
    double put_us, type_us;           /* their medians */
};

static void on_field(void *p, size_t n, void *ctx)
{
    (void)p;
    (void)n;
    ++*(uint64_t *)ctx;
}

static void on_row(int c, void *ctx)
{
    (void)c;
    (void)ctx;
}

static double libcsv_us(struct str text)
{
    struct csv_parser p;
    uint64_t fields = 0;
    double from = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    if (csv_init(&p, 0) != 0) {
        exit(1);
    }
    (void)csv_parse(&p, text.p, text.n, on_field, on_row, &fields);
    (void)csv_fini(&p, on_field, on_row, &fields);
    csv_free(&p);
    return clock_us(CLOCK_PROCESS_CPUTIME_ID) - from;
}

static double inflate_us(const char *path)
{
    struct gzip_in *in;
    struct err err;
    char *buf = xmalloc(1 << 18);
    double from = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    must(gzip_in_open(path, &in, &err), &err);
    for (size_t n = 1; n > 0;) {
        must(gzip_in_read(in, buf, 1 << 18, &n, &err), &err);
    }
    gzip_in_close(in);
    free(buf);
    return clock_us(CLOCK_PROCESS_CPUTIME_ID) - from;
}

static void one_round(const char *dir, struct load *l, int round)
{
    AUTO_ARENA a = ARENA_INIT;
    struct arrival from;
    struct digest_hex hex;
    struct typed_file t;
    struct err err;
    int64_t size;
    char *raw = path_join(&a, dir, "raw");
    double start = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    must(arrival_open(path_join(&a, dir, l->name), l->name, &from, &err), &err);
    must(arrival_put(&from, 0, raw, &hex, &size, &err), &err);
    double middle = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    must(type_raw(l->source, raw, hex.xxh128, dir, NULL, &t, &err), &err);
    double end = clock_us(CLOCK_PROCESS_CPUTIME_ID);
    if (!t.usable || (uint64_t)t.facts.typed != l->rows) {
        fprintf(stderr, "%s: %lld rows of %llu %s\n", l->what, (long long)t.facts.typed, (unsigned long long)l->rows, strbuf_z(&t.why));
        exit(1);
    }
    l->put[round] = middle - start;
    l->type[round] = end - middle;
    typed_file_release(&t);
    arrival_release(&from);
    must(file_remove_tree(raw, &err), &err); /* or the next round would find it there */
}

static void make_load(const char *dir, struct load *l, struct str text)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    char *path = path_join(&a, dir, l->name);
    l->bytes = text.n;
    if (!str_ends(str_of(l->name), STR(".gz"))) {
        must(file_write_atomic(path, text, &err), &err);
        return;
    }
    struct gzip_out *gz;
    must(gzip_out_open(path, &gz, &err), &err);
    gzip_out_write(gz, text.p, text.n);
    must(gzip_out_close(gz, false, &err), &err);
}

static void print(const struct load *l)
{
    double us = l->put_us + l->type_us;
    printf("ingest\t%-22s\ttyping %4.0f MB/s %5.2f M rows/s\twith the raw copy %4.0f MB/s %5.2f M rows/s\n", l->what, (double)l->bytes / l->type_us,
           (double)l->rows / l->type_us, (double)l->bytes / us, (double)l->rows / us);
}

static struct sources *load_sources(struct str text, const char *name)
{
    struct sources *s;
    struct err err;
    must(sources_load(text, name, &s, &err), &err);
    return s;
}

int main(int argc, char **argv)
{
    enum { WIDE, NARROW, GB, GZIP, LOADS };
    size_t mb = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 64, bad;
    const char *tmp = getenv("TMPDIR");
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_STRBUF wide = STRBUF_INIT;
    AUTO_STRBUF narrow = STRBUF_INIT;
    AUTO_STRBUF gb = STRBUF_INIT;
    struct encoder enc;
    struct err err;
    char *dir = arena_printf(&a, "%s/bench-ingest", tmp ? tmp : "/tmp");
    must(file_mkdirs(dir, &err), &err);
    must(file_read_all("sources.yaml", 1u << 20, &yaml, &err), &err);
    struct sources *shipped = load_sources(strbuf_str(&yaml), "sources.yaml"), *own = load_sources(str_of(settle_narrow_yaml), "narrow");
    share_set_threads(1);
    struct load loads[LOADS] = {[WIDE] = {.what = "18 columns", .name = "wide.csv", .source = &shipped->v[0]},
                                [NARROW] = {.what = "8 columns", .name = "narrow.csv", .source = &own->v[0]},
                                [GB] = {.what = "8 columns, GB18030", .name = "gb.csv", .source = &own->v[0]},
                                [GZIP] = {.what = "8 columns, gzip", .name = "narrow.csv.gz", .source = &own->v[0]}};
    loads[WIDE].rows = settle_rows(SETTLE_WIDE, mb << 20, &wide);
    loads[NARROW].rows = loads[GB].rows = loads[GZIP].rows = settle_rows(SETTLE_NARROW, mb << 20, &narrow);
    must(encoder_open(&enc, &err), &err);
    if (!encode_gb18030(&enc, strbuf_str(&narrow), &gb, &bad)) {
        return 1;
    }
    encoder_close(&enc);
    make_load(dir, &loads[WIDE], strbuf_str(&wide));
    make_load(dir, &loads[NARROW], strbuf_str(&narrow));
    make_load(dir, &loads[GB], strbuf_str(&gb));
    make_load(dir, &loads[GZIP], strbuf_str(&narrow));
    double alone[ROUNDS], inflate[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) { /* all take turns: others may share the machine */
        alone[round] = libcsv_us(strbuf_str(&wide));
        inflate[round] = inflate_us(path_join(&a, dir, loads[GZIP].name));
        for (int i = 0; i < LOADS; i++) {
            one_round(dir, &loads[i], round);
        }
    }
    for (int i = 0; i < LOADS; i++) {
        loads[i].put_us = median(loads[i].put);
        loads[i].type_us = median(loads[i].type);
        print(&loads[i]);
    }
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    double libcsv = median(alone), gunzip = median(inflate), gz = loads[GZIP].put_us + loads[GZIP].type_us;
    printf("ingest\tlibcsv alone, 18 columns\t%.0f MB/s\ttyping takes %.2f x its time, with the raw copy %.2f x\n", (double)wide.n / libcsv, loads[WIDE].type_us / libcsv,
           (loads[WIDE].put_us + loads[WIDE].type_us) / libcsv);
    printf("ingest\tGB18030 takes %.2f x the time of UTF-8 (bar 1.05)\n", loads[GB].type_us / loads[NARROW].type_us);
    printf("ingest\tgzip takes %.2f x inflating alone (bar 1.15)\tinflating %.0f MB/s\n", gz / gunzip, (double)narrow.n / gunzip);
    printf("ingest\tpeak %ld MiB, the texts in memory included\n", u.ru_maxrss / 1024);
    sources_free(shipped);
    sources_free(own);
    must(file_remove_tree(dir, &err), &err);
    return 0;
}
