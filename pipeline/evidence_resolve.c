/* SPDX-License-Identifier: Apache-2.0 */
/* References become file, line, header and cell: in order of file and row, so that every segment and raw file is read forwards once. */
#include <stdlib.h>

#include "base/core/share.h"
#include "base/store/db.h"
#include "base/store/segment.h"
#include "pipeline/evidence_cells.h"
#include "pipeline/evidence_origin.h"

struct resolver { /* of one file */
    struct evidence *e;
    struct evidence_ref **order;   /* by row */
    size_t n;
    struct seg_reader *seg;
    const struct night_input *in;  /* in force or not */
    struct night_input former;
    struct arena *texts;
    enum status status;
    struct err err;
};

static int cmp_ref(const void *a, const void *b)
{
    const struct evidence_ref *x = *(const struct evidence_ref *const *)a, *y = *(const struct evidence_ref *const *)b;
    if (x->file_id != y->file_id) {
        return (x->file_id > y->file_id) - (x->file_id < y->file_id);
    }
    if (x->input != y->input) {
        return (x->input > y->input) - (x->input < y->input);
    }
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x->line > y->line) - (x->line < y->line);
}

static int cmp_line(const void *a, const void *b)
{
    const struct evidence_ref *x = *(const struct evidence_ref *const *)a, *y = *(const struct evidence_ref *const *)b;
    return (x->line > y->line) - (x->line < y->line);
}

/* A file that no delivery in force has: from the ledger. */
static enum status former_file(struct resolver *r, const struct evidence_ref *ref, struct err *err)
{
    struct site *site = r->e->facts->night->site;
    AUTO_STMT q = stmt_use(site->ledger, STMT_SELECT_DELIVERY_FILE_EVIDENCE);
    stmt_bind_int(q, ":file_id", ref->file_id);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return err_set(err, ST_CORRUPT, TR("台账里没有文件 %lld", "the ledger has no file %lld"), (long long)ref->file_id);
    }
    struct arena *a = r->e->arena;
    const char *xxh128 = arena_z(a, stmt_text(q, 2)), *typing = arena_z(a, stmt_text(q, 3));
    r->former = (struct night_input){.file_id = ref->file_id, .delivery_id = stmt_int(q, 0), .source = ref->source, .name = arena_z(a, stmt_text(q, 1)),
                                     .scope = arena_z(a, stmt_text(q, 5)), .xxh128 = xxh128, .data_date = stmt_day(q, 6), .rows = stmt_int(q, 7),
                                     .segment = arena_printf(a, "%s/%s-%s.seg", site->segments, xxh128, typing)};
    r->in = &r->former;
    return ST_OK;
}

static enum status find_line(struct resolver *r, struct evidence_ref *ref, struct err *err)
{
    if (ref->input == UINT32_MAX) {
        return ST_OK;
    }
    if (!r->seg) {
        TRY(seg_open(r->in->segment, &r->seg, err));
    }
    int col = seg_column(r->seg, SEG_LINE);
    return col < 0 ? err_set(err, ST_CORRUPT, TR("段文件没有行号列：%s", "segment without line numbers: %s"), r->in->segment)
                   : seg_fetch_i64(r->seg, ref->row, (size_t)col, &ref->line, err);
}

/* One pass over the file answers all its references. */
static enum status read_file(struct resolver *r, struct err *err)
{
    struct site *site = r->e->facts->night->site;
    const struct source *s = &site->sources->v[r->in->source];
    for (size_t i = 0; i < r->n; i++) {
        TRY(find_line(r, r->order[i], err));
    }
    qsort(r->order, r->n, sizeof(*r->order), cmp_line);
    struct cell_ask *asks = xcalloc(r->n, sizeof(*asks));
    for (size_t i = 0; i < r->n; i++) {
        asks[i].line = r->order[i]->line;
        asks[i].column = source_raw_column(s, r->order[i]->column);
        asks[i].header_only = !r->order[i]->want_cell;
    }
    enum status status = evidence_cells(site, r->in, asks, r->n, r->texts, err);
    for (size_t i = 0; i < r->n; i++) {
        r->order[i]->file = r->in->name;
        r->order[i]->header = asks[i].header;
        r->order[i]->raw = asks[i].raw;
    }
    free(asks);
    return status;
}

static void resolve_file(void *ctx, unsigned item)
{
    struct resolver *r = &((struct resolver *)ctx)[item];
    r->status = read_file(r, &r->err);
    seg_close(r->seg);
}

/* The rows found become references of the column the fact is made of, or of its date. */
static void reference_rows(struct evidence *e)
{
    const struct rules_inputs *in = ruleset_inputs(e->run->rules);
    for (size_t i = 0; i < e->requests.n; i++) {
        struct evidence_request *q = &e->requests.v[i];
        const struct rules_fact *f = &in->facts[q->fact];
        for (size_t k = 0; k < q->found.n; k++) {
            struct evidence_found *found = &q->found.v[k];
            struct evidence_ref ref = {.input = found->input, .row = found->row, .source = (size_t)f->table,
                                       .column = f->column >= 0 ? f->column : f->date_column,
                                       .file_id = e->facts->night->inputs[found->input].file_id, .want_cell = q->want_cells};
            found->ref = (uint32_t)e->refs.n;
            vec_push(&e->refs, ref);
        }
    }
}

void evidence_want_cells(struct evidence *e, size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++) {
        const struct evidence_entry *entry = &e->entries.v[i];
        if (entry->ref != EVIDENCE_NO_REF) {
            e->refs.v[entry->ref].want_cell = true;
        }
        if (entry->request != UINT32_MAX) {
            e->requests.v[entry->request].want_cells = true;
        }
    }
}

/* Files are read by as many threads as there are processors; what the ledger says of those no longer in force is asked before. */
static enum status resolve_files(struct evidence *e, struct evidence_ref **order, struct err *err)
{
    VEC(struct resolver) files = {0};
    enum status status = ST_OK;
    for (size_t from = 0, to; from < e->refs.n; from = to) {
        for (to = from + 1; to < e->refs.n && order[to]->file_id == order[from]->file_id; to++) {
        }
        vec_push(&files, (struct resolver){.e = e, .order = order + from, .n = to - from});
    }
    e->file_texts = xcalloc(files.n + 1, sizeof(*e->file_texts));
    e->n_files = files.n;
    for (size_t i = 0; i < files.n && status == ST_OK; i++) {
        const struct evidence_ref *ref = files.v[i].order[0];
        files.v[i].texts = &e->file_texts[i];
        if (ref->input == UINT32_MAX) {
            status = former_file(&files.v[i], ref, err);
        } else {
            files.v[i].in = &e->facts->night->inputs[ref->input];
        }
    }
    if (status == ST_OK) {
        share_out((unsigned)files.n, share_threads(), resolve_file, files.v);
    }
    for (size_t i = 0; i < files.n && status == ST_OK; i++) {
        status = files.v[i].status;
        *err = status == ST_OK ? *err : files.v[i].err;
    }
    vec_release(&files);
    return status;
}

enum status evidence_resolve(struct evidence *e, struct err *err)
{
    if (e->status != ST_OK) {
        if (err) {
            *err = e->err;
        }
        return e->status;
    }
    TRY(evidence_find_rows(e, err));
    reference_rows(e);
    struct evidence_ref **order = xcalloc(e->refs.n + 1, sizeof(*order));
    for (size_t i = 0; i < e->refs.n; i++) {
        order[i] = &e->refs.v[i];
    }
    if (e->refs.n > 1) {
        qsort(order, e->refs.n, sizeof(*order), cmp_ref);
    }
    enum status status = resolve_files(e, order, err);
    free(order);
    return status;
}
