/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting alone, and ingest, against libcsv alone on the same bytes, one core: bench_ingest [MB]. The file is a settlements export as the shipped sources.yaml describes it, UTF-8
   with BOM, made here. Ingest is all of it: raw copy with both hashes, segment and rejects on disk. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/store/raw.h"
#include "base/text/split.h"
#include "pipeline/ingest/typing.h"

enum { ROUNDS = 3 };

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

static uint64_t draw(uint64_t *seed)
{
    return hash_mix(*seed += 0x9e3779b97f4a7c15u);
}

/* Invented people of a shadow area; a person has about nine settlements a year. */
static void add_id(struct strbuf *b, uint64_t person)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char id[20];
    int sum = 0;
    struct ymd d = day_to_ymd((daynum)(person * 7 % 25000) - 10000);
    (void)snprintf(id, sizeof(id), "120194%04d%02d%02d%03d", d.year, d.month, d.day, (int)(person / 25000 % 1000));
    for (int i = 0; i < 17; i++) {
        sum += (id[i] - '0') * weights[i];
    }
    strbuf_add(b, id, 17);
    strbuf_addc(b, "10X98765432"[sum % 11]);
}

static void make_file(const char *path, size_t bytes)
{
    static const char *const names[] = {"赵一鸣", "钱二", "孙三妹", "李四海", "周五", "吴六一", "郑七", "王八斤"};
    static const char *const places[] = {"区第一医院", "区中医医院", "某街道社区卫生服务中心", "某镇卫生院"};
    AUTO_STRBUF b = STRBUF_INIT;
    struct outfile f;
    struct err err;
    uint64_t seed = 1;
    if (outfile_open(&f, path, &err) != ST_OK) {
        exit(1);
    }
    outfile_str(&f, STR("\xEF\xBB\xBF结算流水号,姓名,证件号码,险种,就诊类型,医院,入院日期,出院日期,诊断编码,诊断名称,总费用,基本统筹,大病,医疗救助,"
                        "个人账户,个人自费,个人负担总额,结算时间\r\n"));
    for (uint64_t row = 0; (size_t)f.written < bytes; row++) {
        uint64_t r = draw(&seed), person = r % (1 + bytes / 1600);
        struct ymd d = day_to_ymd(20148 + (daynum)(r >> 20 & 255));
        int64_t total = (int64_t)(r >> 30 & 0xfffff);
        strbuf_clear(&b);
        strbuf_addf(&b, "S%012llu,%s,", (unsigned long long)row, names[person % ARRAY_LEN(names)]);
        add_id(&b, person);
        strbuf_addf(&b, ",%s,%s,%s,%04d-%02d-%02d,%04d-%02d-%02d,J18.9,某诊断,", r & 1 ? "310" : "390", r & 2 ? "11" : "21",
                    places[r >> 2 & 3], d.year, d.month, d.day, d.year, d.month, d.day);
        strbuf_addf(&b, "%lld.%02d,%lld.50,0,0,%d.00,%d.10,%lld.%02d,%04d-%02d-%02d %02d:15:00\r\n", (long long)(total / 100), (int)(total % 100),
                    (long long)(total / 200), (int)(r >> 50 & 63), (int)(r >> 56 & 63), (long long)(total / 300), (int)(total % 100), d.year, d.month, d.day,
                    (int)(r & 15) + 8);
        outfile_str(&f, strbuf_str(&b));
    }
    if (outfile_close(&f, false, &err) != ST_OK) {
        exit(1);
    }
}

/* Processor time, user and system: on a busy machine wall time measures the neighbours. */
static int64_t cpu_ms(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return ((int64_t)u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

static void libcsv_alone(const char *path, struct counts *c)
{
    char *buf = xmalloc(1 << 16);
    struct csv_parser p;
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f || csv_init(&p, 0) != 0) {
        exit(1);
    }
    while ((n = fread(buf, 1, 1 << 16, f)) > 0) {
        (void)csv_parse(&p, buf, n, on_field, on_row, c);
    }
    (void)csv_fini(&p, on_field, on_row, c);
    csv_free(&p);
    (void)fclose(f);
    free(buf);
}

/* --- splitting, in memory: nothing but where the fields are ---------------------------------------------------------- */

static double cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void split_by_libcsv(struct str in, struct counts *c)
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

static void split_by_windows(struct str in, window_fn window, struct counts *c)
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

/* The median of the rounds, in each of which all take turns. */
static int double_cmp(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool bench_splitting(struct str in)
{
    enum { LIBCSV, PLAIN, SIMD, WAYS, TURNS = 7 };
    static const char *const names[WAYS] = {"libcsv", "plain C", "instructions of this machine"};
    double us[WAYS][TURNS];
    struct counts c[WAYS];
    for (int turn = 0; turn < TURNS; turn++) {
        for (int way = 0; way < WAYS; way++) {
            double from = cpu_us();
            c[way] = (struct counts){0, 0};
            if (way == LIBCSV) {
                split_by_libcsv(in, &c[way]);
            } else {
                split_by_windows(in, way == PLAIN ? split_window_plain : split_window, &c[way]);
            }
            us[way][turn] = cpu_us() - from;
        }
    }
    for (int way = 0; way < WAYS; way++) {
        qsort(us[way], TURNS, sizeof(double), double_cmp);
        double median = us[way][TURNS / 2];
        printf("split\t%s\t%.0f MB/s\t%.1f M fields/s\t%.1f x libcsv\n", names[way], (double)in.n / median, (double)c[way].fields / median, us[LIBCSV][TURNS / 2] / median);
    }
    return c[PLAIN].fields == c[LIBCSV].fields && c[SIMD].fields == c[LIBCSV].fields && c[SIMD].rows == c[LIBCSV].rows;
}

struct lap {
    int64_t cpu, wall;
};
static struct lap lap_start(void)
{
    return (struct lap){cpu_ms(), clock_monotonic_ms()};
}
static struct lap lap_end(struct lap start)
{
    return (struct lap){cpu_ms() - start.cpu, clock_monotonic_ms() - start.wall};
}

static struct lap lap_best(struct lap a, struct lap b)
{
    return b.cpu < a.cpu ? b : a;
}

static void print(const char *what, struct lap l, double mb, uint64_t rows)
{
    double ms = (double)(l.cpu > 0 ? l.cpu : 1);
    printf("ingest\t%s\t%.0f MB/s\t%.2f M rows/s\tcpu %lld ms\twall %lld ms\n", what, mb * 1000 / ms, (double)rows / 1000 / ms, (long long)l.cpu, (long long)l.wall);
}

int main(int argc, char **argv)
{
    size_t mb = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    const char *tmp = getenv("TMPDIR");
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF text = STRBUF_INIT;
    struct sources *sources;
    struct counts c = {0, 0};
    struct typed_file t;
    struct digest_hex hex;
    struct err err;
    int64_t size;
    char *dir = arena_printf(&a, "%s/bench-ingest", tmp ? tmp : "/tmp"), *path = path_join(&a, dir, "settle.csv");
    if (file_mkdirs(dir, &err) != ST_OK || file_read_all("sources.yaml", 1u << 20, &text, &err) != ST_OK ||
        sources_load(strbuf_str(&text), "sources.yaml", &sources, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    make_file(path, mb << 20);
    if (file_read_all(path, SIZE_MAX >> 1, &text, &err) != ST_OK || !bench_splitting(str_sub(strbuf_str(&text), 0, (size_t)64 << 20))) {
        fprintf(stderr, "splitting: not the same fields\n");
        return 1;
    }
    strbuf_release(&text);
    libcsv_alone(path, &c); /* warms the page cache */
    struct lap alone = {INT64_MAX, 0}, copy = alone, typing = alone;
    enum status st = ST_OK;
    char *raw = path_join(&a, dir, "raw");
    for (int round = 0; round < ROUNDS && st == ST_OK; round++) { /* the best of each: others share the machine */
        c = (struct counts){0, 0};
        struct lap l = lap_start();
        libcsv_alone(path, &c);
        alone = lap_best(alone, lap_end(l));
        l = lap_start();
        st = raw_put(raw, path, &hex, &size, &err);
        copy = round == 0 ? lap_end(l) : copy; /* later ones find it there */
        l = lap_start();
        st = st != ST_OK ? st : type_raw(&sources->v[0], raw, hex.xxh128, dir, NULL, &t, &err);
        typing = lap_best(typing, lap_end(l));
    }
    if (st != ST_OK || !t.usable) {
        fprintf(stderr, "%s\n", st != ST_OK ? err.text : strbuf_z(&t.why));
        return 1;
    }
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    double real = (double)size / 1e6;
    print("libcsv alone", alone, real, c.rows);
    print("raw copy, two hashes, fsync", copy, real, c.rows);
    print("raw to segment, fsync", typing, real, c.rows);
    printf("ingest\tagainst libcsv (bar 70 %%)\t%.0f %% typing\t%.0f %% with the raw copy\tpeak %ld MiB\n", 100.0 * (double)alone.cpu / (double)typing.cpu,
           100.0 * (double)alone.cpu / (double)(typing.cpu + copy.cpu), u.ru_maxrss / 1024);
    typed_file_release(&t);
    sources_free(sources);
    if (file_remove_tree(dir, &err) != ST_OK) {
        return 1;
    }
    return t.facts.typed + t.facts.rejected + 1 == (int64_t)c.rows ? 0 : 1;
}
