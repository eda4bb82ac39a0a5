/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/typing_private.h"

#include "base/core/hash.h"
#include "base/text/utf8.h"
#include "matchers/identifier.h"

/* --- what a row means ---------------------------------------------------------------------------------------------- */

/* A cell as text: of a GB18030 file it is decoded here, when it is more than ASCII. */
static struct str cell_text(const struct typer *t, struct str raw, struct strbuf *decoded)
{
    return t->rec.raw && !str_is_ascii(raw) ? record_text(t->reader, &t->rec, raw, decoded) : raw;
}

/* Raw bytes seen before are known; others are decoded and typed, and remembered where that pays. */
static void read_cell(const struct typer *t, struct plan *p, struct str raw, struct cell *out, struct remembered **known)
{
    if (!p->remembers && cell_quick(p->reader.column, raw, out)) {
        return;
    }
    *known = p->remembers ? cell_memo_find(&p->memo, raw) : NULL;
    if (*known) {
        *out = (*known)->cell;
        return;
    }
    cell_read(&p->reader, cell_text(t, raw, &p->decoded), out);
    if (p->remembers) {
        *known = cell_memo_add(&p->memo, raw, out);
    }
}

/* Types the cells of a row. The first column whose cell rejects the row, -1 when none does; *out_defects: some cell is not usable. */
static int read_cells(struct typer *t, bool *out_defects)
{
    int bad = -1;
    *out_defects = false;
    struct plan *p = t->plans;
    struct cell *v = t->cells, *end = v + t->s->n_columns;
    for (struct remembered **known = t->known; v < end; p++, v++, known++) {
        if (p->field < 0) {
            continue;
        }
        read_cell(t, p, t->rec.fields.v[p->field], v, known);
        if (v->reason == VALUE_OK) {
            continue;
        }
        *out_defects |= v->reason != VALUE_MISSING;
        if (bad < 0 && (v->reason == VALUE_MISSING ? p->obliged : p->rejecting)) {
            bad = (int)(v - t->cells);
        }
    }
    return bad;
}

static void add_measures(struct typer *t, bool is_refund)
{
    const struct source *s = t->s;
    for (size_t m = s->n_columns; m < source_width(s); m++) {
        const struct source_column *c = &s->columns[m];
        int64_t sum = 0;
        bool missing = false;
        for (size_t i = 0; i < c->n_terms; i++) {
            int64_t v = t->cells[c->term[i]].i;
            missing |= v == FEN_MISSING;
            sum += missing ? 0 : c->sign[i] * v;
        }
        sum = is_refund && sum > 0 ? -sum : sum; /* some systems mark a refund and leave its amount positive */
        t->cells[m] = (struct cell){missing ? VALUE_MISSING : VALUE_OK, missing ? FEN_MISSING : sum, 0, {"", 0}};
    }
}

/* The cell of a column as it stands in the file, as text. */
static struct str field_text(struct typer *t, size_t c)
{
    int f = t->layout.field_of[c];
    return f >= 0 ? cell_text(t, t->rec.fields.v[f], &t->scratch) : str_n("", 0);
}

/* Most cells show their last character; only disguised ones need the check digit computed. */
static bool ends_x(uint64_t id, struct str raw)
{
    return raw.n == 18 ? to_lower(raw.p[17]) == 'x' : ident_ends_x(id);
}

static void count_id(struct typing_facts *f, uint64_t id, struct str raw)
{
    enum ident_kind k = ident_kind(id);
    f->ids += k != IDENT_BLANK;
    f->ids_wrecked += ident_spreadsheet_damage(id);
    if (k == IDENT_RESIDENT || k == IDENT_DAMAGED) {
        f->ids_18++;
        f->ids_x += k == IDENT_RESIDENT && ends_x(id, raw);
    }
}

static void count_facts(struct typer *t)
{
    const struct source *s = t->s;
    struct typing_facts *f = &t->out->facts;
    int id = s->person[ROLE_ID].column, sex = s->person[ROLE_SEX].column;
    if (id >= 0 && column_has_raw(&s->columns[id])) {
        count_id(f, t->cells[id].u, field_text(t, (size_t)id));
        int by_id = ident_sex(t->cells[id].u);
        if (sex >= 0 && by_id != SEX_UNKNOWN) {
            bool man = str_eqz(t->cells[sex].text, "男"), woman = str_eqz(t->cells[sex].text, "女");
            f->sexes += man || woman;
            f->sexes_against += (man && by_id == SEX_FEMALE) || (woman && by_id == SEX_MALE);
        }
    }
    if (s->period_column >= 0 && t->cells[s->period_column].reason == VALUE_OK) {
        int64_t v = t->cells[s->period_column].i;
        monthnum m = s->columns[s->period_column].type == COL_MONTH ? (monthnum)v : day_month((daynum)v);
        f->month_from = f->month_from == MONTH_MISSING ? m : MIN(f->month_from, m);
        f->month_to = MAX(f->month_to, m);
    }
    if (s->date_column >= 0 && t->cells[s->date_column].reason == VALUE_OK && t->cells[s->date_column].i != DAY_FOREVER) {
        int64_t v = t->cells[s->date_column].i;
        daynum d = s->columns[s->date_column].type == COL_MONTH ? month_last((monthnum)v) : (daynum)v;
        f->date = MAX(f->date, d);
    }
    if (s->scope_column >= 0) {
        struct str scope = column_is_text(&s->columns[s->scope_column]) ? t->cells[s->scope_column].text : str_n("", 0);
        if (t->out->scope.n == 0) {
            strbuf_adds(&t->out->scope, scope);
        } else if (scope.n > 0) {
            t->out->several_scopes |= !str_eq(scope, strbuf_str(&t->out->scope));
        }
    }
}

/* --- writing a row ------------------------------------------------------------------------------------------------- */

static uint64_t nonzero_hash(const struct strbuf *b)
{
    uint64_t h = hash64(b->p, b->n);
    return h ? h : 1;
}

/* Writes a text and yields its word for the content hash. */
static uint64_t put_text(struct typer *t, size_t col, struct str text, struct remembered *known)
{
    if (text.n == 0) {
        seg_put_text(t->w, col, text);
        return 0;
    }
    if (known) {
        seg_put_marked(t->w, col, text, known->text_hash, &known->mark);
        return known->text_hash;
    }
    uint64_t hash = hash64_str(text);
    seg_put_hashed(t->w, col, text, hash);
    return hash;
}

/* The content hash is taken of a word a cell: its number, or the hash of its text (90 ns a row of 18 cells less than of their bytes in a row). */
static void put_row(struct typer *t, uint64_t key, uint64_t refund)
{
    const struct plan *p = t->plans;
    const struct cell *v = t->cells, *end = v + t->width;
    uint64_t *words = t->words;
    size_t col = 0;
    for (; v < end; p++, v++, col++) {
        if (p->storage == STORE_NUMBER) {
            words[col] = (uint64_t)v->i;
            seg_put_i64(t->w, col, v->i);
            continue;
        }
        if (p->storage == STORE_ID) {
            words[col] = v->u;
            seg_put_u64(t->w, col++, v->u);
        }
        words[col] = put_text(t, col, v->text, t->known[v - t->cells]);
    }
    uint64_t content = hash64(words, col * sizeof(*words));
    seg_put_i64(t->w, (size_t)t->col_line, t->rec.line);
    seg_put_u64(t->w, (size_t)t->col_key, key);
    seg_put_u64(t->w, (size_t)t->col_content, content ? content : 1);
    if (t->col_refund >= 0) {
        seg_put_u64(t->w, (size_t)t->col_refund, refund);
    }
    seg_end_row(t->w);
}

/* column -1: the whole row. */
static void reject_row(struct typer *t, int column, enum value_reason reason)
{
    t->out->facts.rejected++;
    if (rejects_count(&t->rejects, REJECT_ROW, column, reason)) {
        strbuf_clear(&t->masked);
        if (column >= 0) {
            cell_mask(&t->s->columns[column], field_text(t, (size_t)column), &t->masked);
        }
        rejects_example(&t->rejects, t->rec.line, -1, strbuf_str(&t->masked));
    }
}

static void note_defects(struct typer *t)
{
    int64_t row = t->out->facts.typed;
    for (size_t c = 0; c < t->s->n_columns; c++) {
        enum value_reason r = t->cells[c].reason;
        if (r == VALUE_OK || r == VALUE_MISSING) {
            continue;
        }
        if (rejects_count(&t->rejects, REJECT_DEFECT, (int)c, r)) {
            strbuf_clear(&t->masked);
            cell_mask(&t->s->columns[c], field_text(t, c), &t->masked);
            rejects_example(&t->rejects, t->rec.line, row, strbuf_str(&t->masked));
        }
    }
}

/* Does the source say that such a row does not count? */
static bool is_skipped(const struct typer *t)
{
    for (size_t i = 0; i < t->s->n_skip; i++) {
        const struct source_skip *k = &t->s->skip[i];
        const struct cell *c = &t->cells[k->column];
        bool flag = t->s->columns[k->column].type == COL_FLAG;
        if (c->reason == VALUE_OK && (flag ? c->i == str_eqz(k->value, "是") : str_eq(c->text, k->value))) {
            return true;
        }
    }
    return false;
}

static void type_row(struct typer *t)
{
    const struct source *s = t->s;
    struct typing_facts *f = &t->out->facts;
    bool defects;
    int bad = read_cells(t, &defects);
    if (is_skipped(t)) {
        f->aside[ROW_SKIPPED]++;
        return;
    }
    if (bad >= 0) {
        enum value_reason r = t->cells[bad].reason;
        reject_row(t, bad, r == VALUE_MISSING ? VALUE_REQUIRED : r);
        return;
    }
    uint64_t key = 0, refund = 0;
    strbuf_clear(&t->key);
    if (key_bytes(s, s->key, s->n_key, t->cells, &t->key)) {
        key = nonzero_hash(&t->key);
    }
    f->keys_blank += key == 0;
    if (s->refund_of.n > 0) {
        strbuf_clear(&t->key);
        refund = key_bytes(s, &s->refund_of, 1, t->cells, &t->key) ? nonzero_hash(&t->key) : 0;
    }
    add_measures(t, refund != 0);
    count_facts(t);
    if (defects) {
        note_defects(t);
    }
    f->cells += (int64_t)s->n_columns;
    f->typed++;
    if (t->w) {
        put_row(t, key, refund);
    }
}

void type_record(struct typer *t)
{
    struct typing_facts *f = &t->out->facts;
    f->records++;
    f->euros += t->rec.euro;
    if (t->rec.line <= t->layout.header_line) {
        bool blank = t->rec.bad == VALUE_OK && record_is_blank(record_decoded(t->reader, &t->rec));
        f->aside[blank ? ROW_BLANK : t->rec.line < t->layout.first_line ? ROW_TITLE : ROW_HEADER]++;
        return;
    }
    if (t->rec.bad != VALUE_OK) {
        reject_row(t, -1, t->rec.bad);
        return;
    }
    if (layout_surely_data(&t->layout, &t->rec, t->rec.fields.n > 0 ? cell_text(t, t->rec.fields.v[0], &t->scratch) : str_n("", 0))) {
        type_row(t);
        return;
    }
    enum row_kind kind = layout_row_kind(&t->layout, t->s, record_decoded(t->reader, &t->rec), &t->scratch);
    if (kind != ROW_DATA) {
        f->aside[kind]++;
    } else if (!layout_fits(&t->layout, &t->rec)) {
        reject_row(t, -1, VALUE_ROW_COLUMNS);
    } else {
        type_row(t);
    }
}
