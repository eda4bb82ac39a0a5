/* SPDX-License-Identifier: Apache-2.0 */
/* References become file, line, header and cell: in order of file and row, so that every segment and raw file is read forwards once. */
#include <stdlib.h>

#include "base/store/db.h"
#include "base/store/segment.h"
#include "pipeline/evidence_cells.h"
#include "pipeline/evidence_origin.h"

struct resolver {
    struct evidence *e;
    struct evidence_ref **order;   /* by file and row */
    struct seg_reader *seg;        /* of the input being read */
    const struct night_input *in;  /* the file being read, in force or not */
    struct night_input former;
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

static enum status open_file(struct resolver *r, struct evidence_ref *ref, struct err *err)
{
    seg_close(r->seg);
    r->seg = NULL;
    if (ref->input == UINT32_MAX) {
        return former_file(r, ref, err);
    }
    r->in = &r->e->facts->night->inputs[ref->input];
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

/* The refs order[from .. to - 1] are of one file: one pass over it answers them all. */
static enum status resolve_file(struct resolver *r, size_t from, size_t to, struct err *err)
{
    struct site *site = r->e->facts->night->site;
    TRY(open_file(r, r->order[from], err));
    const struct source *s = &site->sources->v[r->in->source];
    for (size_t i = from; i < to; i++) {
        TRY(find_line(r, r->order[i], err));
    }
    qsort(r->order + from, to - from, sizeof(*r->order), cmp_line);
    struct cell_ask *asks = xcalloc(to - from, sizeof(*asks));
    for (size_t i = from; i < to; i++) {
        asks[i - from].line = r->order[i]->line;
        asks[i - from].column = source_raw_column(s, r->order[i]->column);
        asks[i - from].header_only = !r->order[i]->want_cell;
    }
    enum status status = evidence_cells(site, r->in, asks, to - from, r->e->arena, err);
    for (size_t i = from; i < to; i++) {
        r->order[i]->file = r->in->name;
        r->order[i]->header = asks[i - from].header;
        r->order[i]->raw = asks[i - from].raw;
    }
    free(asks);
    return status;
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
    struct resolver r = {.e = e, .order = xcalloc(e->refs.n + 1, sizeof(*r.order))};
    for (size_t i = 0; i < e->refs.n; i++) {
        r.order[i] = &e->refs.v[i];
    }
    if (e->refs.n > 1) {
        qsort(r.order, e->refs.n, sizeof(*r.order), cmp_ref);
    }
    enum status status = ST_OK;
    for (size_t from = 0, to; status == ST_OK && from < e->refs.n; from = to) {
        for (to = from + 1; to < e->refs.n && r.order[to]->file_id == r.order[from]->file_id; to++) {
        }
        status = resolve_file(&r, from, to, err);
    }
    seg_close(r.seg);
    free(r.order);
    return status;
}
