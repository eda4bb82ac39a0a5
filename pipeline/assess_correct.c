/* SPDX-License-Identifier: Apache-2.0 */
/* A record that an open warning told of and that a later version or a refund has taken back: which record, from what to what. Money is told, other
   cells are only named: events outlive the data and must not spread it. */
#include <stdlib.h>

#include "base/store/db.h"
#include "base/store/segment.h"
#include "pipeline/assess.h"

struct told {
    int64_t file_id, row, line, night; /* night: the one that told it */
    struct str column, raw, file;
};
struct place { /* of the record that corrects another */
    size_t input;
    uint32_t row;
    bool refund, found;
};

static enum status known_then(const struct assess *a, int64_t night, int64_t delivery, bool *out, struct err *err)
{
    AUTO_STMT q = stmt_use(a->night->site->ledger, STMT_SELECT_DELIVERY_OF_NIGHT);
    bool row;
    stmt_bind_int(q, ":night", night);
    stmt_bind_int(q, ":delivery", delivery);
    TRY(stmt_one(q, &row, err));
    *out = row && stmt_int(q, 0) != 0;
    return ST_OK;
}

/* A refund that has come since the warning was told. */
static enum status find_refund(const struct assess *a, const struct told *t, size_t input, struct place *out, struct err *err)
{
    size_t source = a->night->inputs[input].source;
    for (size_t i = 0; i < a->facts.n_refunds[source] && !out->found; i++) {
        const struct refund *f = &a->facts.refunds[source][i];
        if (f->orig_input == input && f->orig_row == (uint32_t)t->row) {
            bool known;
            TRY(known_then(a, t->night, a->night->inputs[f->input].delivery_id, &known, err));
            *out = (struct place){.input = f->input, .row = f->row, .refund = true, .found = !known};
        }
    }
    return ST_OK;
}

static enum status find_key(const struct night_input *in, uint64_t key, uint64_t *buf, struct place *out, struct err *err)
{
    AUTO_SEG r = NULL;
    TRY(seg_open(in->segment, &r, err));
    size_t column = (size_t)seg_column(r, SEG_KEY);
    for (size_t b = 0; b < seg_blocks(r) && !out->found; b++) {
        TRY(seg_read_u64(r, b, column, buf, err));
        for (size_t k = 0; k < seg_block_rows(r, b) && !out->found; k++) {
            uint64_t row = seg_block_start(r, b) + k;
            if (buf[k] == key && !input_superseded(in, (int64_t)row)) {
                out->row = (uint32_t)row, out->found = true;
            }
        }
    }
    return ST_OK;
}

/* The version in force of a superseded record: in a file as new or newer, the newest first. */
static enum status find_version(const struct assess *a, const struct told *t, size_t input, struct place *out, struct err *err)
{
    const struct night_input *old = &a->night->inputs[input];
    AUTO_SEG r = NULL;
    int64_t key;
    TRY(seg_open(old->segment, &r, err));
    TRY(seg_fetch_i64(r, (uint64_t)t->row, (size_t)seg_column(r, SEG_KEY), &key, err));
    uint64_t *buf = xmalloc(SEG_BLOCK_ROWS * sizeof(*buf));
    enum status st = ST_OK;
    for (size_t i = a->night->n_inputs; i-- > 0 && st == ST_OK && !out->found && key != 0;) {
        const struct night_input *in = &a->night->inputs[i];
        if (in->source == old->source && in->data_date >= old->data_date) {
            out->input = i;
            st = find_key(in, (uint64_t)key, buf, out, err);
        }
    }
    free(buf);
    return st;
}

static bool is_money(const struct assess *a, size_t input, struct str header, struct arena *mem, int *out_column)
{
    const struct night_input *in = &a->night->inputs[input];
    const struct source *s = &a->night->site->sources->v[in->source];
    for (size_t c = 0; c < s->n_columns; c++) {
        struct str h;
        struct err ignored;
        if (s->columns[c].type == COL_MONEY && input_header(a->night->site, in, (int)c, mem, &h, &ignored) == ST_OK && str_eq(h, header)) {
            *out_column = (int)c;
            return true;
        }
    }
    return false;
}

static enum status line_of(const struct night_input *in, uint32_t row, int64_t *out, struct err *err)
{
    AUTO_SEG r = NULL;
    TRY(seg_open(in->segment, &r, err));
    return seg_fetch_i64(r, row, (size_t)seg_column(r, SEG_LINE), out, err);
}

/* yb_a.csv 第3行「个人负担总额」16000.00 更正为 1600.00（yb_b.csv 第7行） */
static enum status describe(struct assess *a, const struct told *t, size_t input, const struct place *p, struct str *out, struct err *err)
{
    const struct night_input *in = &a->night->inputs[p->input];
    int64_t line = 0;
    int column;
    struct str now = STR("");
    TRY(line_of(in, p->row, &line, err));
    bool money = is_money(a, input, t->column, &a->arena, &column);
    if (money) {
        TRY(input_raw_cell(a->night->site, in, line, column, &a->arena, &now, err));
    }
    *out = str_of(arena_printf(&a->arena, STR_FMT " 第%lld行「" STR_FMT "」" STR_FMT "%s" STR_FMT "（%s 第%lld行）", STR_ARG(t->file), (long long)t->line,
                               STR_ARG(t->column), STR_ARG(money ? t->raw : STR("")), p->refund ? " 退费 " : " 更正为 ", STR_ARG(money ? now : STR("新值")), in->name,
                               (long long)line));
    return ST_OK;
}

/* Snapshots are replaced as a matter of course: no correction. */
static enum status corrected(struct assess *a, const struct told *t, struct str *out, struct err *err)
{
    for (size_t i = 0; i < a->night->n_inputs; i++) {
        const struct night_input *in = &a->night->inputs[i];
        if (in->file_id != t->file_id || a->night->site->sources->v[in->source].kind != KIND_APPEND || t->row >= in->rows) {
            continue;
        }
        struct place p = {0};
        if (input_superseded(in, t->row)) {
            TRY(find_version(a, t, i, &p, err));
        } else {
            TRY(find_refund(a, t, i, &p, err));
        }
        return p.found ? describe(a, t, i, &p, out, err) : ST_OK;
    }
    return ST_OK;
}

enum status assess_correction(struct assess *a, int64_t warning_no, struct str *out, struct err *err)
{
    AUTO_STMT q = stmt_use(a->night->site->ledger, STMT_LIST_WARNING_ROWS_TOLD);
    stmt_bind_int(q, ":warning_no", warning_no);
    stmt_bind_int(q, ":mark", a->night->mark_event);
    *out = STR("");
    while (out->n == 0) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct told t = {.file_id = stmt_int(q, 0), .row = stmt_int(q, 1), .line = stmt_int(q, 2), .night = stmt_int(q, 6)};
        t.column = stmt_text(q, 3), t.raw = stmt_text(q, 4), t.file = stmt_text(q, 5);
        TRY(corrected(a, &t, out, err));
    }
    return ST_OK;
}
