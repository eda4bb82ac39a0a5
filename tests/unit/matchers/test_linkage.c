/* SPDX-License-Identifier: Apache-2.0 */
/* The linkage engine on a small dirty register with truth (tests/data/linkage_register.csv, made by tests/bench/dirty_register.c): how good, and the same
   whatever the order of rows and the number of threads; a model survives its YAML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/table.h"
#include "matchers/em.h"
#include "matchers/plan.h"
#include "matchers/score.h"

#define FIELDS 6
static const struct field fields[FIELDS] = {
    {"姓名", FIELD_NAME, DATE_YMD, -1}, {"身份证号", FIELD_ID, DATE_YMD, -1}, {"出生日期", FIELD_DATE, DATE_YMD, -1},
    {"性别", FIELD_SEX, DATE_YMD, -1},  {"电话", FIELD_PHONE, DATE_YMD, -1},  {"住址", FIELD_ADDRESS, DATE_YMD, -1},
};

struct run {
    struct table file;
    struct diag_list diags;
    uint32_t *order; /* row i of the table is row order[i] of the file */
    struct link_table t;
    struct model m;
    link_edges edges;
    uint32_t *cluster; /* by row of the file */
};

static struct str shuffled_cell(const void *ctx, uint32_t row, unsigned field)
{
    const struct run *r = ctx;
    return r->file.rows.v[r->order[row]].cells[field + 1];
}

static void read_rows(struct run *r, uint64_t shuffle, unsigned threads)
{
    struct err err;
    uint32_t n;
    assert_int_equal(table_parse_file(&r->file, "tests/data/linkage_register.csv", "register", &r->diags, &err), ST_OK);
    n = (uint32_t)r->file.rows.n;
    r->order = calloc(n, sizeof(*r->order));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = shuffle ? (uint32_t)(hash_mix(shuffle + i) % (i + 1)) : i;
        r->order[i] = r->order[j];
        r->order[j] = i;
    }
    link_table_init(&r->t, fields, FIELDS);
    link_table_fill(&r->t, 0, n, threads, shuffled_cell, r);
    link_table_seal(&r->t);
}

static int32_t weigh(const void *ctx, uint32_t a, uint32_t b)
{
    uint64_t pattern;
    return score_pair(ctx, a, b, &pattern);
}

static void form(struct run *r, const struct scorer *s)
{
    struct cluster_output c;
    uint64_t *content = calloc(r->t.n, sizeof(*content)), *identity = calloc(r->t.n, sizeof(*identity));
    for (uint32_t i = 0; i < r->t.n; i++) {
        const struct value *id = &link_dict(&r->t, 1)->values.v[link_row(&r->t, i)[1]];
        content[i] = link_row_content(&r->t, i);
        identity[i] = id->flags & VALUE_VALID ? id->word : 0;
    }
    struct cluster_input in = {.n = r->t.n, .content = content, .identity = identity, .edges = r->edges.v, .n_edges = r->edges.n, .weigh = weigh, .ctx = s};
    clusters_form(&in, &c);
    r->cluster = calloc(r->t.n, sizeof(*r->cluster));
    for (uint32_t i = 0; i < r->t.n; i++) {
        r->cluster[r->order[i]] = c.cluster[i];
    }
    cluster_output_release(&c);
    free(content);
    free(identity);
}

/* all_values 0: by recipes, else whole. */
static void run(struct run *r, uint64_t shuffle, uint64_t all_values, unsigned threads)
{
    struct plan_options po = PLAN_OPTIONS_DEFAULT;
    struct plan plan;
    struct blocks blocks;
    struct em_options eo = EM_OPTIONS_DEFAULT;
    struct em_report report;
    struct scorer s;
    uint64_t pairs;
    *r = (struct run){.order = NULL};
    read_rows(r, shuffle, threads);
    po.all_values = all_values;
    po.recipe_pairs = 4000; /* or a table this small would be nearly compared whole */
    plan_make(&r->t, &po, &plan);
    blocks_make(&r->t, plan.recipe, plan.n, &(struct block_options){po.cap, threads, 0}, &blocks);
    em_train(&blocks, &eo, &r->m, &report);
    assert_true(report.converged);
    scorer_init(&s, &r->t, &r->m, TERMS_LIVE);
    score_blocks(&s, &blocks, 0, threads, &r->edges, &pairs);
    form(r, &s);
    scorer_release(&s);
    blocks_release(&blocks);
}

static void release(struct run *r)
{
    model_release(&r->m);
    link_table_release(&r->t);
    table_release(&r->file);
    diag_release(&r->diags);
    vec_release(&r->edges);
    free(r->order);
    free(r->cluster);
}

/* Pairs of rows: right, claimed, true. */
static double f1_of(const struct run *r)
{
    double both = 0, claimed = 0, real = 0;
    for (uint32_t i = 0; i < r->t.n; i++) {
        for (uint32_t j = i + 1; j < r->t.n; j++) {
            bool same = str_eq(r->file.rows.v[i].cells[0], r->file.rows.v[j].cells[0]), found = r->cluster[i] == r->cluster[j];
            both += same && found;
            claimed += found;
            real += same;
        }
    }
    return 2 * both / (claimed + real);
}

static void test_quality(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        struct run r;
        run(&r, 0, whole ? 50000000 : 0, 1);
        assert_true(f1_of(&r) >= 0.985);
        release(&r);
    }
}

static bool same_partition(const struct run *a, const struct run *b)
{
    for (uint32_t i = 0; i < a->t.n; i++) {
        for (uint32_t j = i + 1; j < a->t.n; j++) {
            if ((a->cluster[i] == a->cluster[j]) != (b->cluster[i] == b->cluster[j])) {
                return false;
            }
        }
    }
    return true;
}

static void test_any_order_and_threads(void **state)
{
    (void)state;
    struct run a;
    run(&a, 0, 0, 1);
    for (unsigned k = 1; k <= 3; k++) {
        struct run b;
        AUTO_STRBUF x = STRBUF_INIT, y = STRBUF_INIT;
        run(&b, k == 1 ? 0 : 77 * k, 0, k);
        model_write(&a.m, &x);
        model_write(&b.m, &y);
        assert_true(str_eq(strbuf_str(&x), strbuf_str(&y)));
        assert_int_equal(a.edges.n, b.edges.n);
        assert_true(same_partition(&a, &b));
        release(&b);
    }
    release(&a);
}

/* Giving up early gives up nothing: from `keep` on the weight is score_pair's, below it below. */
static void test_scored_from(void **state)
{
    (void)state;
    static const int32_t keeps[] = {-60 * MODEL_BIT, -10 * MODEL_BIT, 0, 7 * MODEL_BIT};
    struct run r;
    run(&r, 0, 0, 1);
    for (int terms = TERMS_FROZEN; terms <= TERMS_LIVE; terms++) {
        struct scorer s;
        scorer_init(&s, &r.t, &r.m, (enum term_source)terms);
        for (uint32_t a = 0; a < r.t.n; a++) {
            for (uint32_t b = a + 1; b < r.t.n; b++) {
                int32_t keep = keeps[(a + b) % ARRAY_LEN(keeps)], whole = weigh(&s, a, b), fast = score_pair_from(&s, a, b, keep);
                assert_true(whole >= keep ? fast == whole : fast < keep);
            }
        }
        scorer_release(&s);
    }
    release(&r);
}

static void test_model_goes_round(void **state)
{
    (void)state;
    struct run r;
    struct model again;
    AUTO_DIAG diags = {.errors = 0};
    AUTO_STRBUF x = STRBUF_INIT, y = STRBUF_INIT;
    run(&r, 0, 0, 1);
    model_write(&r.m, &x);
    assert_true(model_read(strbuf_str(&x), "model.yaml", &again, &diags));
    assert_int_equal(diags.errors, 0);
    model_write(&again, &y);
    assert_string_equal(strbuf_z(&x), strbuf_z(&y));
    model_release(&again);
    assert_false(model_read(STR("format: 1\nrows: 1\n"), "model.yaml", &again, &diags));
    assert_true(diags.errors > 0);
    model_release(&again);
    release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quality), cmocka_unit_test(test_any_order_and_threads), cmocka_unit_test(test_scored_from),
                                       cmocka_unit_test(test_model_goes_round)};
    return cmocka_run_group_tests_name("linkage", tests, NULL, NULL);
}
