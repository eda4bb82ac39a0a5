/* SPDX-License-Identifier: Apache-2.0 */
/* The cells of one column of a batch: what the column is is asked once, and nearly every date, amount and number of a person is read where it stands
   (tests/bench/bench_ingest.c: row by row it was twice the instructions). */
#include "pipeline/ingest/typing_private.h"

#include "base/core/hash.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/cell_quick.h"

struct cells {
    struct typist *p;
    struct batch *b;
    const struct plan *plan;
    struct typed_column *out;
    size_t c;
};

static inline struct str raw_cell(const struct cells *x, size_t row)
{
    return x->b->block.fields.v[x->b->at[row] + (size_t)x->plan->field];
}

/* Texts are views of the lines, or kept by the batch. */
static struct str keep(struct batch *b, struct str s)
{
    bool in_line = s.p >= b->block.text.p && s.p < b->block.text.p + b->block.text.n;
    return s.n == 0 ? str_n("", 0) : in_line ? s : arena_str(&b->own, s);
}

static void put_text(struct cells *x, size_t row, struct str text)
{
    x->out->text[row] = (struct seg_cell){keep(x->b, text), text.n ? hash64_str(text) : 0, NULL};
}

static void put(struct cells *x, size_t row, const struct cell *cell)
{
    struct typed_column *out = x->out;
    if (out->word) {
        out->word[row] = x->plan->storage == STORE_ID ? cell->u : (uint64_t)cell->i;
    }
    if (out->text) {
        put_text(x, row, cell->text);
        out->some_text |= cell->text.n > 0;
    }
    out->reason[row] = (uint8_t)cell->reason;
    out->odd |= cell->reason != VALUE_OK;
}

/* Any cell, with care. */
static void read_cell(struct cells *x, size_t row, struct str raw, struct cell *cell)
{
    cell_read(&x->p->readers[x->c], batch_text(x->p->t, x->b, x->b->record[row], raw, &x->p->decoded), cell);
}

static void put_slowly(struct cells *x, size_t row, struct str raw)
{
    struct cell cell;
    read_cell(x, row, raw, &cell);
    put(x, row, &cell);
}

static void read_identifiers(struct cells *x)
{
    struct typed_column *out = x->out;
    memset(out->text, 0, x->b->n * sizeof(*out->text));
    for (size_t row = 0; row < x->b->n; row++) {
        struct str raw = raw_cell(x, row);
        out->word[row] = ident_parse_clean(raw);
        if (out->word[row] == 0) {
            put_slowly(x, row, raw);
        }
    }
}

static void read_dates(struct cells *x)
{
    for (size_t row = 0; row < x->b->n; row++) {
        struct str raw = raw_cell(x, row);
        daynum day;
        if (quick_date(raw, &day)) {
            x->out->word[row] = (uint64_t)(int64_t)day;
        } else {
            put_slowly(x, row, raw);
        }
    }
}

static void read_amounts(struct cells *x)
{
    for (size_t row = 0; row < x->b->n; row++) {
        struct str raw = raw_cell(x, row);
        int64_t amount;
        if (raw.n > 0 && quick_money(raw, &amount)) {
            x->out->word[row] = (uint64_t)amount;
        } else {
            put_slowly(x, row, raw);
        }
    }
}

static void read_texts(struct cells *x)
{
    for (size_t row = 0; row < x->b->n; row++) {
        struct str raw = raw_cell(x, row);
        bool is_text = !x->b->block.rows[x->b->record[row]].raw || cell_is_ascii(raw);
        if (is_text && cell_is_plain_text(x->plan->column, raw)) {
            x->out->text[row] = (struct seg_cell){raw, hash64_str(raw), NULL};
        } else {
            put_slowly(x, row, raw);
        }
    }
}

static void read_slowly(struct cells *x)
{
    for (size_t row = 0; row < x->b->n; row++) {
        put_slowly(x, row, raw_cell(x, row));
    }
}

/* Raw bytes seen before are known; others are decoded and typed, and remembered where that pays. */
static void read_remembering(struct cells *x)
{
    struct cell_memo *memo = &x->p->memos[x->c];
    struct typed_column *out = x->out;
    for (size_t row = 0; row < x->b->n; row++) {
        struct str raw = raw_cell(x, row);
        struct remembered *known = cell_memo_find(memo, raw);
        if (!known) {
            struct cell cell;
            read_cell(x, row, raw, &cell);
            known = cell_memo_add(memo, raw, &cell, &x->b->forgotten);
            if (!known) {
                put(x, row, &cell);
                continue;
            }
        }
        if (out->text) {
            out->text[row] = (struct seg_cell){known->cell.text, known->text_hash, &known->mark};
        } else {
            out->word[row] = (uint64_t)known->cell.i;
        }
        out->reason[row] = (uint8_t)known->cell.reason;
        out->odd |= known->cell.reason != VALUE_OK;
    }
}

void type_column(struct typist *p, struct batch *b, size_t c)
{
    const struct plan *plan = &p->t->plans[c];
    struct cells x = {p, b, plan, &b->columns[c], c};
    x.out->odd = x.out->some_text = false;
    memset(x.out->reason, VALUE_OK, b->n);
    if (plan->remembers && !p->memos[c].off) {
        read_remembering(&x);
    } else if (plan->column->type == COL_ID_NUMBER) {
        read_identifiers(&x);
    } else if (plan->column->type == COL_DATE) {
        read_dates(&x);
    } else if (plan->column->type == COL_MONEY && plan->column->unit == 100) {
        read_amounts(&x);
    } else if (plan->storage == STORE_TEXT) {
        read_texts(&x);
    } else {
        read_slowly(&x);
    }
}
