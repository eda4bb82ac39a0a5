/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/typing_private.h"

#include "pipeline/ingest/gates.h"

/* Counts what was rejected or kept as unknown; the first of each kind are shown, masked. */
static void tell_events(struct typer *t, const struct batch *b)
{
    for (size_t i = 0; i < b->events.n; i++) {
        const struct batch_event *e = &b->events.v[i];
        if (!rejects_count(&t->rejects, e->row < 0 ? REJECT_ROW : REJECT_DEFECT, e->column, e->reason)) {
            continue;
        }
        strbuf_clear(&t->masked);
        if (e->column >= 0) {
            cell_mask(&t->s->columns[e->column], batch_field(t, b, e->record, (size_t)e->column, &t->scratch), &t->masked);
        }
        rejects_example(&t->rejects, b->block.rows[e->record].line, e->row < 0 ? -1 : t->out->facts.typed + e->row, strbuf_str(&t->masked));
    }
}

static void add_scope(struct typed_file *out, const struct batch *b)
{
    struct str scope = strbuf_str(&b->scope);
    out->several_scopes |= b->several_scopes || (scope.n > 0 && out->scope.n > 0 && !str_eq(scope, strbuf_str(&out->scope)));
    if (out->scope.n == 0) {
        strbuf_adds(&out->scope, scope);
    }
}

static void write_rows(struct typer *t, struct batch *b)
{
    for (size_t c = 0; c < t->width; c++) {
        const struct typed_column *from = &b->columns[c];
        size_t col = t->plans[c].word;
        if (from->word) {
            t->columns[col++] = from->word;
        }
        if (from->text) {
            t->columns[col] = from->word && !from->some_text ? NULL : from->text;
        }
    }
    for (size_t row = 0; row < b->n; row++) {
        b->line[row] = b->block.rows[b->record[row]].line;
    }
    t->columns[t->col_line] = b->line;
    t->columns[t->col_key] = b->key;
    t->columns[t->col_content] = b->content;
    if (t->col_refund >= 0) {
        t->columns[t->col_refund] = b->refund;
    }
    seg_put_rows(t->w, t->columns, b->n);
}

void commit_batch(struct typer *t, struct batch *b)
{
    size_t last = b->block.n - 1;
    tell_events(t, b);
    t->last_line = b->block.rows[last].line;
    t->last_rejected = b->events.n > 0 && b->events.v[b->events.n - 1].record == last && b->events.v[b->events.n - 1].row < 0;
    typing_facts_add(&t->out->facts, &b->facts);
    add_scope(t->out, b);
    if (t->w) {
        write_rows(t, b);
    }
}
