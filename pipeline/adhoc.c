/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/adhoc.h"

#include "base/core/file.h"
#include "base/core/log.h"
#include "base/core/money.h"
#include "base/core/share.h"

#define KEEP_PPM 10000 /* pairs less likely than one in a hundred are not kept */
#define SEED     20260302

enum status adhoc_threshold(const char *text, int64_t *out_ppm, struct err *err)
{
    fen v; /* two decimals are enough */
    *out_ppm = -1;
    if (text && (!fen_parse(str_of(text), &v) || v < 0 || v > 100)) {
        return err_set(err, ST_USAGE, "%s", TR("--threshold 要 0 到 1 之间的数，最多两位小数", "--threshold wants a number from 0 to 1 with at most two decimals"));
    }
    *out_ppm = text ? v * 10000 : -1;
    return ST_OK;
}

struct file_cells {
    const struct adhoc *x;
    unsigned file;
};

static struct str file_cell(const void *ctx, uint32_t row, unsigned field)
{
    const struct file_cells *c = ctx;
    return loose_cell(&c->x->file[c->file], row, c->x->column[c->file][field]);
}

static void prepare(struct adhoc *x)
{
    link_table_init(&x->table, x->fields, x->n_fields);
    for (unsigned file = 0; file < x->n_files; file++) {
        x->offset[file] = x->table.n;
        link_table_fill(&x->table, file, (uint32_t)x->file[file].lines.n, share_threads(), file_cell, &(struct file_cells){x, file});
    }
    x->offset[x->n_files] = x->table.n;
    x->table.no_doubles = x->n_files == 2 ? 3 : 0; /* match asks which rows of A are in B, not what each of them says twice */
    link_table_seal(&x->table);
}

/* A saved model fits when its fields are these fields, by type and order. */
static enum status load_model(struct adhoc *x, const char *path, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {.errors = 0};
    TRY(file_read_all(path, 64u << 20, &text, err));
    if (!model_read(strbuf_str(&text), path, &x->model, &diags)) {
        return diag_status(&diags, ST_CONFIG, err) != ST_OK ? ST_CONFIG : err_set(err, ST_CONFIG, TR("%s 不是可用的模型", "%s is no usable model"), path);
    }
    bool fits = x->model.n_fields == x->n_fields;
    for (unsigned f = 0; f < x->n_fields && fits; f++) {
        fits = x->model.fields[f].type == x->fields[f].type && x->model.fields[f].partner == x->fields[f].partner;
    }
    return fits ? ST_OK : err_set(err, ST_CONFIG, TR("%s 的字段与所比的列不一致；请用 --by 按模型里的次序指明各列", "%s has other fields than these columns; name them in its order with --by"), path);
}

static int weight_order(const void *a, const void *b)
{
    const struct cluster_edge *x = *(const struct cluster_edge *const *)a, *y = *(const struct cluster_edge *const *)b;
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1) : 0;
}

/* The threshold that is expected to do best, a false link counting as much as a missed one: F1 from the probabilities themselves (fastLink's estimate). */
static int32_t choose_threshold(const struct adhoc *x)
{
    const struct cluster_edge **order = xmalloc((x->edges.n + 1) * sizeof(*order));
    double all = 0, right = 0, best = 0;
    int32_t threshold = 0;
    for (size_t i = 0; i < x->edges.n; i++) {
        order[i] = &x->edges.v[i];
        all += probability_ppm(x->edges.v[i].weight) / 1e6;
    }
    if (x->edges.n) {
        qsort(order, x->edges.n, sizeof(*order), weight_order);
    }
    for (size_t i = 0; i < x->edges.n && order[i]->weight >= 0; i++) {
        right += probability_ppm(order[i]->weight) / 1e6;
        double f1 = 2 * right / ((double)(i + 1) + all);
        if (f1 >= best) { /* as low as the gap to the next pair goes, not below an even chance */
            int32_t next = i + 1 < x->edges.n ? order[i + 1]->weight + 1 : 0;
            best = f1;
            threshold = MIN(order[i]->weight, MAX(next, 0));
        }
    }
    free(order);
    return threshold;
}

static void train(struct adhoc *x)
{
    struct em_options o = EM_OPTIONS_DEFAULT;
    o.seed = SEED;
    em_train(&x->blocks, &o, &x->model, &x->report);
    x->model.cap = 1000;
    x->trained = true;
}

static enum status save_model(struct adhoc *x, const char *path, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    x->model.threshold = x->threshold;
    x->model.review = weight_of_ppm(50000);
    model_write(&x->model, &text);
    return file_write_atomic(path, strbuf_str(&text), err);
}

static enum status link_rows(struct adhoc *x, const struct adhoc_options *o, struct err *err)
{
    struct plan_options plan = PLAN_OPTIONS_DEFAULT;
    struct block_options block = {plan.cap, share_threads(), 0};
    if (o->model) {
        TRY(load_model(x, o->model, err));
        x->plan.n = x->model.n_recipes;
        memcpy(x->plan.recipe, x->model.recipes, sizeof(x->plan.recipe));
        block.cap = x->model.cap;
        block.total_pairs = plan_total_pairs(&x->table, &plan);
    } else {
        plan_make(&x->table, &plan, &x->plan);
    }
    if (o->plan_only) {
        return ST_OK;
    }
    blocks_make(&x->table, x->plan.recipe, x->plan.n, &block, &x->blocks);
    if (!o->model) {
        train(x);
    }
    scorer_init(&x->scorer, &x->table, &x->model, o->model ? TERMS_FROZEN : TERMS_LIVE);
    int32_t keep = weight_of_ppm(KEEP_PPM);
    if (o->threshold_ppm >= 0) {
        x->threshold = weight_of_ppm((uint32_t)o->threshold_ppm);
        keep = MIN(keep, x->threshold);
    }
    score_blocks(&x->scorer, &x->blocks, keep, share_threads(), &x->edges, &x->pairs);
    blocks_let_go(&x->blocks);
    x->threshold_chosen = o->threshold_ppm < 0;
    if (x->threshold_chosen) {
        x->threshold = o->model ? x->model.threshold : choose_threshold(x);
    }
    return o->save_model ? save_model(x, o->save_model, err) : ST_OK;
}

enum status adhoc_run(struct adhoc *x, char *const *paths, unsigned n, const struct adhoc_options *o, struct err *err)
{
    x->n_files = n;
    for (unsigned f = 0; f < n; f++) {
        TRY(loose_table_read(paths[f], &x->file[f], err));
        if (x->file[f].lines.n == 0) {
            return err_set(err, ST_INPUT, TR("%s：只有表头（第 %lld 行），没有数据行", "%s: a header (line %lld) and no rows"), paths[f], (long long)x->file[f].header_line);
        }
    }
    TRY(adhoc_fields(x, o->by, err));
    prepare(x);
    return link_rows(x, o, err);
}

uint64_t adhoc_identity(const struct adhoc *x, uint32_t row)
{
    for (unsigned f = 0; f < x->n_fields; f++) {
        const struct value *v = &link_dict(&x->table, f)->values.v[link_row(&x->table, row)[f]];
        if (x->fields[f].type == FIELD_ID && v->flags & VALUE_VALID) {
            return v->word;
        }
    }
    return 0;
}

bool adhoc_conflict(const struct adhoc *x, uint32_t a, uint32_t b)
{
    uint64_t i = adhoc_identity(x, a), j = adhoc_identity(x, b);
    return i && j && i != j;
}

void adhoc_release(struct adhoc *x)
{
    scorer_release(&x->scorer);
    blocks_release(&x->blocks);
    model_release(&x->model);
    link_table_release(&x->table);
    vec_release(&x->edges);
    for (unsigned f = 0; f < x->n_files; f++) {
        loose_table_release(&x->file[f]);
    }
}
