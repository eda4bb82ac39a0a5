/* SPDX-License-Identifier: Apache-2.0 */
/* Linkage of one CSV (first column: truth) in its parts: prepare, block, score, cluster, each with processor milliseconds, pairs a second and peak memory.
   usage: bench_link FILE.csv [MODEL.yaml]; the columns are those of tests/bench/dirty_register.c. Without a model it trains one and scores with it. Without
   operands it does nothing: scripts/bench-link.sh makes its files. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "base/core/file.h"
#include "matchers/em.h"
#include "matchers/plan.h"
#include "matchers/score.h"

static const struct field fields[] = {
    {"姓名", FIELD_NAME, DATE_YMD, -1}, {"身份证号", FIELD_ID, DATE_YMD, -1}, {"出生日期", FIELD_DATE, DATE_YMD, -1},
    {"性别", FIELD_SEX, DATE_YMD, -1},  {"电话", FIELD_PHONE, DATE_YMD, -1},  {"住址", FIELD_ADDRESS, DATE_YMD, -1},
};
#define FIELDS ARRAY_LEN(fields)

static int64_t clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void told(const char *what, uint64_t count, const char *unit)
{
    static int64_t wall, cpu;
    struct rusage u;
    int64_t w = clock_ms(CLOCK_MONOTONIC), c = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    getrusage(RUSAGE_SELF, &u);
    if (wall) {
        printf("%-8s %8lld ms wall %8lld ms cpu %10llu %s", what, (long long)(w - wall), (long long)(c - cpu), (unsigned long long)count, unit);
        printf("  %6.2f M/s of cpu  %5ld MiB peak\n", c > cpu ? (double)count / 1000.0 / (double)(c - cpu) : 0.0, u.ru_maxrss / 1024);
    }
    wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

/* A piece of the file at a time: what a night hands over comes from segments, not from a table of all cells. */
#define PIECE 65536

struct piece {
    struct str cell[PIECE][FIELDS];
    struct arena text;
};

static struct str piece_cell(const void *ctx, uint32_t row, unsigned field)
{
    return ((const struct piece *)ctx)->cell[row][field];
}

static bool read_rows(const char *path, struct link_table *t)
{
    FILE *f = fopen(path, "r");
    char line[1024];
    uint32_t n = 0;
    struct piece *p = xcalloc(1, sizeof(*p));
    if (!f || !fgets(line, sizeof(line), f)) {
        return false;
    }
    link_table_init(t, fields, FIELDS);
    while (fgets(line, sizeof(line), f)) {
        struct str rest = arena_str(&p->text, str_trim(str_of(line))), cell;
        (void)str_split(&rest, ',', &cell);
        for (unsigned i = 0; i < FIELDS; i++) {
            p->cell[n][i] = str_split(&rest, ',', &cell) ? cell : (struct str){NULL, 0};
        }
        if (++n == PIECE) {
            link_table_fill(t, 0, n, 2, piece_cell, p);
            arena_clear(&p->text);
            n = 0;
        }
    }
    link_table_fill(t, 0, n, 2, piece_cell, p);
    link_table_seal(t);
    arena_release(&p->text);
    free(p);
    return fclose(f) == 0;
}

static void train(const struct link_table *t, struct model *m)
{
    struct plan_options po = PLAN_OPTIONS_DEFAULT;
    struct em_options eo = EM_OPTIONS_DEFAULT;
    struct em_report report;
    struct blocks blocks;
    struct plan plan;
    plan_make(t, &po, &plan);
    told("plan", plan.n, "recipes");
    blocks_make(t, plan.recipe, plan.n, &(struct block_options){po.cap, 2, 0}, &blocks);
    em_train(&blocks, &eo, m, &report);
    m->cap = po.cap;
    blocks_release(&blocks);
    told("train", m->pairs, "pairs");
}

static void cluster(const struct link_table *t, const link_edges *edges)
{
    struct cluster_output out;
    uint64_t *content = xcalloc(t->n + 1, sizeof(*content)), *identity = xcalloc(t->n + 1, sizeof(*identity));
    for (uint32_t i = 0; i < t->n; i++) {
        const struct value *id = &link_dict(t, 1)->values.v[link_row(t, i)[1]];
        identity[i] = id->flags & VALUE_VALID ? id->word : 0;
    }
    link_contents(t, 2, content);
    struct cluster_input in = {.n = t->n, .content = content, .identity = identity, .edges = edges->v, .n_edges = edges->n};
    clusters_form(&in, &out);
    told("cluster", out.n_clusters, "persons");
    cluster_output_release(&out);
    free(content);
    free(identity);
}

static bool saved_model(const char *path, struct model *m)
{
    struct err err;
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {.errors = 0};
    return file_read_all(path, 64u << 20, &text, &err) == ST_OK && model_read(strbuf_str(&text), path, m, &diags);
}

int main(int argc, char **argv)
{
    struct link_table t = {.n = 0};
    struct model m = {.n_fields = 0};
    struct blocks blocks;
    struct scorer s;
    link_edges edges = {.n = 0};
    uint64_t pairs;
    if (argc < 2) {
        return 0;
    }
    told("", 0, "");
    if (!read_rows(argv[1], &t) || (argc > 2 && !saved_model(argv[2], &m))) {
        fprintf(stderr, "bench_link: cannot read its input\n");
        return 2;
    }
    told("prepare", t.n, "rows");
    if (argc == 2) {
        train(&t, &m);
    }
    blocks_make(&t, m.recipes, m.n_recipes, &(struct block_options){m.cap, 2, plan_total_pairs(&t, &PLAN_OPTIONS_DEFAULT)}, &blocks);
    told("block", t.n, "rows");
    scorer_init(&s, &t, &m, argc > 2 ? TERMS_FROZEN : TERMS_LIVE);
    score_blocks(&s, &blocks, 0, 2, &edges, &pairs);
    told("score", pairs, "pairs");
    blocks_let_go(&blocks);
    cluster(&t, &edges);
    scorer_release(&s);
    blocks_release(&blocks);
    model_release(&m);
    link_table_release(&t);
    vec_release(&edges);
    return 0;
}
