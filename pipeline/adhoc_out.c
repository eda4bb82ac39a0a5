/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/text/mask.h"
#include "matchers/identifier.h"
#include "pipeline/adhoc.h"

struct adhoc_sink {
    struct outfile file;
    bool to_file;
    struct strbuf text;
    struct csv_out csv;
};

enum status adhoc_sink_open(const char *path, struct adhoc_sink **out, struct err *err)
{
    struct adhoc_sink *k = xcalloc(1, sizeof(*k));
    k->to_file = path != NULL;
    if (path && outfile_open(&k->file, path, err) != ST_OK) {
        free(k);
        return err->status;
    }
    strbuf_addz(&k->text, CSV_BOM);
    k->csv = csv_out_to(&k->text);
    *out = k;
    return ST_OK;
}

struct csv_out *adhoc_sink_csv(struct adhoc_sink *k)
{
    return &k->csv;
}

static void put(struct adhoc_sink *k)
{
    if (k->to_file) {
        outfile_str(&k->file, strbuf_str(&k->text));
    } else if (k->text.n) {
        fwrite(k->text.p, 1, k->text.n, stdout);
    }
    strbuf_clear(&k->text);
}

void adhoc_sink_flush(struct adhoc_sink *k)
{
    if (k->text.n > 1 << 16) {
        put(k);
    }
}

enum status adhoc_sink_close(struct adhoc_sink *k, struct err *err)
{
    put(k);
    enum status status = k->to_file ? outfile_close(&k->file, false, err) : fflush(stdout) == 0 ? ST_OK : err_errno(err, ST_IO, "%s", TR("写标准输出", "standard output"));
    strbuf_release(&k->text);
    free(k);
    return status;
}

static bool is_id(const struct adhoc *x, unsigned file, size_t column)
{
    for (unsigned f = 0; f < x->n_fields; f++) {
        if (x->fields[f].type == FIELD_ID && x->column[file][f] == (int)column) {
            return true;
        }
    }
    return x->file[file].types[column] == LOOSE_ID;
}

static void put_cell(const struct adhoc *x, unsigned file, size_t row, size_t column, bool reveal, struct csv_out *c)
{
    struct str s = loose_cell(&x->file[file], row, (int)column);
    char text[IDENT_TEXT_MAX];
    AUTO_STRBUF masked = STRBUF_INIT;
    if (reveal || s.n == 0 || !is_id(x, file, column)) {
        csv_text(c, s);
        return;
    }
    if (ident_mask(ident_parse(s), text)) {
        strbuf_addz(&masked, text);
    } else {
        mask_add(MASK_ID, s, &masked);
    }
    csv_text(c, strbuf_str(&masked));
}

void adhoc_put_cells(const struct adhoc *x, unsigned file, size_t row, bool reveal, struct csv_out *c)
{
    for (size_t i = 0; i < x->file[file].n_columns; i++) {
        put_cell(x, file, row, i, reveal, c);
    }
}

void adhoc_put_probability(uint32_t ppm, struct csv_out *c)
{
    char text[16];
    snprintf(text, sizeof(text), "%u.%04u", ppm / 1000000, ppm % 1000000 / 100);
    csv_z(c, text);
}

/* --- grey pairs ---------------------------------------------------------------------------------------------------------------- */

#define REVIEW_MOST 2000
#define REVIEW_FROM 50000  /* ppm */
#define REVIEW_TO   980000

static int32_t doubt(const struct cluster_edge *e)
{
    return e->weight < 0 ? -e->weight : e->weight;
}

static int doubt_order(const void *a, const void *b)
{
    const struct cluster_edge *x = *(const struct cluster_edge *const *)a, *y = *(const struct cluster_edge *const *)b;
    int32_t dx = doubt(x), dy = doubt(y);
    return dx != dy ? (dx < dy ? -1 : 1) : x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

static void what_agrees(const struct adhoc *x, const struct cluster_edge *e, struct strbuf *out)
{
    for (unsigned f = 0; f < x->n_fields; f++) {
        unsigned n, level;
        int32_t w = score_field(&x->scorer, f, e->a, e->b, &level);
        if (level != LEVEL_MISSING) {
            const struct level *levels = compare_levels(x->fields[f].type, &n);
            strbuf_addf(out, "%s%s%s%s %+d", out->n ? TR("；", "; ") : "", x->fields[f].name, TR("：", ": "), TR(levels[level].zh, levels[level].en), w / MODEL_BIT);
        }
    }
}

static void review_row(const struct adhoc *x, uint32_t row, bool reveal, struct csv_out *c)
{
    unsigned file = x->table.source.v[row];
    size_t at = x->table.row.v[row];
    if (x->n_files == 2) {
        csv_z(c, file ? "B" : "A");
    }
    csv_int(c, x->file[file].lines.v[at]);
    for (unsigned f = 0; f < x->n_fields; f++) {
        put_cell(x, file, at, (size_t)x->column[file][f], reveal, c);
    }
}

static void review_header(const struct adhoc *x, struct csv_out *c)
{
    csv_z(c, "pair");
    csv_z(c, "probability");
    if (x->n_files == 2) {
        csv_z(c, "file");
    }
    csv_z(c, "line");
    for (unsigned f = 0; f < x->n_fields; f++) {
        csv_z(c, x->fields[f].name);
    }
    csv_z(c, "why");
    csv_z(c, "same_person");
    csv_end_row(c);
}

static void review_pair(const struct adhoc *x, const struct cluster_edge *e, int64_t number, bool reveal, struct csv_out *c)
{
    AUTO_STRBUF why = STRBUF_INIT;
    what_agrees(x, e, &why);
    for (int side = 0; side < 2; side++) {
        csv_int(c, number);
        adhoc_put_probability(probability_ppm(e->weight), c);
        review_row(x, side ? e->b : e->a, reveal, c);
        csv_text(c, side ? STR("") : strbuf_str(&why));
        csv_empty(c);
        csv_end_row(c);
    }
}

enum status adhoc_write_review(const struct adhoc *x, const char *path, bool reveal, struct err *err)
{
    VEC(const struct cluster_edge *) grey = {.n = 0};
    struct adhoc_sink *k;
    for (size_t i = 0; i < x->edges.n; i++) {
        uint32_t p = probability_ppm(x->edges.v[i].weight);
        if (p >= REVIEW_FROM && p <= REVIEW_TO) {
            vec_push(&grey, &x->edges.v[i]);
        }
    }
    vec_sort(&grey, doubt_order);
    enum status status = adhoc_sink_open(path, &k, err);
    if (status == ST_OK) {
        review_header(x, adhoc_sink_csv(k));
        for (size_t i = 0; i < grey.n && i < REVIEW_MOST; i++) {
            review_pair(x, grey.v[i], (int64_t)i + 1, reveal, adhoc_sink_csv(k));
            adhoc_sink_flush(k);
        }
        status = adhoc_sink_close(k, err);
        if (log_enabled(LOG_WARN)) {
            fprintf(stderr, TR("拿不准的 %zu 对，已写 %zu 对到 %s，最没把握的在前\n", "%zu doubtful pairs, %zu written to %s, the most doubtful first\n"), grey.n,
                    MIN(grey.n, (size_t)REVIEW_MOST), path);
        }
    }
    vec_release(&grey);
    return status;
}
