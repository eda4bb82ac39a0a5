/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/typing_private.h"

#include <stdlib.h>

#include "base/core/hash.h"
#include "matchers/identifier.h"

void typist_init(struct typist *p, const struct typer *t)
{
    *p = (struct typist){.t = t};
    p->readers = xcalloc(t->width + 1, sizeof(*p->readers));
    p->memos = xcalloc(t->width + 1, sizeof(*p->memos));
    p->cells = xcalloc(t->width + 1, sizeof(*p->cells));
    p->words = xmalloc(BATCH_ROWS * (t->n_words + 1) * sizeof(*p->words));
    for (size_t c = 0; c < t->width; c++) {
        cell_reader_init(&p->readers[c], t->plans[c].column);
    }
}

void typist_release(struct typist *p)
{
    for (size_t c = 0; p->readers && c < p->t->width; c++) {
        cell_reader_release(&p->readers[c]);
        cell_memo_release(&p->memos[c]);
    }
    strbuf_release(&p->decoded);
    strbuf_release(&p->key);
    free(p->readers);
    free(p->memos);
    free(p->cells);
    free(p->words);
}

/* A column the file lacks holds the same in every batch: set here. */
void batch_init(struct batch *b, const struct typer *t)
{
    b->columns = xcalloc(t->width + 1, sizeof(*b->columns));
    for (size_t c = 0; c < t->width; c++) {
        const struct plan *p = &t->plans[c];
        struct typed_column *out = &b->columns[c];
        out->reason = xmalloc(BATCH_ROWS);
        memset(out->reason, VALUE_MISSING, BATCH_ROWS);
        out->word = p->storage == STORE_TEXT ? NULL : xmalloc(BATCH_ROWS * sizeof(*out->word));
        out->text = p->storage == STORE_NUMBER ? NULL : xcalloc(BATCH_ROWS, sizeof(*out->text));
        for (size_t row = 0; out->word && row < BATCH_ROWS; row++) {
            out->word[row] = p->storage == STORE_ID ? 0 : (uint64_t)p->missing.i;
        }
    }
}

void batch_release(struct batch *b, const struct typer *t)
{
    for (size_t c = 0; b->columns && c < t->width; c++) {
        free(b->columns[c].word);
        free(b->columns[c].text);
        free(b->columns[c].reason);
    }
    free(b->columns);
    record_block_release(&b->block);
    memo_list_release(&b->forgotten);
    arena_release(&b->own);
    strbuf_release(&b->scope);
    vec_release(&b->events);
}

/* --- which records are rows ---------------------------------------------------------------------------------------- */

static void add_event(struct batch *b, int column, enum value_reason reason, size_t record, int row)
{
    vec_push(&b->events, (struct batch_event){column, reason, (uint32_t)record, row});
    b->facts.rejected += row < 0;
}

static void add_row(struct batch *b, size_t record)
{
    b->record[b->n] = (uint16_t)record;
    b->at[b->n++] = b->block.rows[record].first;
}

/* Title, header, blank, total, signature or data: what is not told at a glance. */
static void sort_out(struct typist *p, struct batch *b, size_t i)
{
    const struct typer *t = p->t;
    const struct block_row *r = &b->block.rows[i];
    const struct record raw = block_record(&b->block, i);
    struct record rec;
    if (r->line > t->layout.header_line && r->bad != VALUE_OK) {
        add_event(b, -1, r->bad, i, -1);
        return;
    }
    record_decoded(t->reader, &raw, &b->own, &rec);
    if (r->line <= t->layout.header_line) {
        bool blank = r->bad == VALUE_OK && record_is_blank(&rec);
        b->facts.aside[blank ? ROW_BLANK : r->line < t->layout.first_line ? ROW_TITLE : ROW_HEADER]++;
        return;
    }
    enum row_kind kind = layout_row_kind(&t->layout, t->s, &rec, &p->decoded);
    if (kind != ROW_DATA) {
        b->facts.aside[kind]++;
    } else if (!layout_fits(&t->layout, &rec)) {
        add_event(b, -1, VALUE_ROW_COLUMNS, i, -1);
    } else {
        add_row(b, i);
    }
}

static void find_rows(struct typist *p, struct batch *b)
{
    const struct typer *t = p->t;
    b->facts.records = (int64_t)b->block.n;
    for (size_t i = 0; i < b->block.n; i++) {
        const struct block_row *r = &b->block.rows[i];
        b->facts.euros += r->euro;
        if (r->line <= t->layout.header_line || r->bad != VALUE_OK) {
            sort_out(p, b, i);
            continue;
        }
        if (r->n > 1 && layout_plainly_data(&t->layout, b->block.fields.v + r->first, r->n)) {
            add_row(b, i);
            continue;
        }
        const struct record rec = block_record(&b->block, i);
        struct str first = rec.fields.n > 0 ? rec.fields.v[0] : str_n("", 0);
        if (first.n > 0 && (unsigned char)first.p[0] >= 0x80) {
            first = batch_text(t, b, i, first, &p->decoded);
        }
        if (layout_surely_data(&t->layout, &rec, first)) {
            add_row(b, i);
        } else {
            sort_out(p, b, i);
        }
    }
}

/* --- which rows count ---------------------------------------------------------------------------------------------- */

/* Does the source say that such a row does not count? */
static bool is_skipped(const struct typer *t, const struct batch *b, size_t row)
{
    for (size_t i = 0; i < t->s->n_skip; i++) {
        const struct source_skip *k = &t->s->skip[i];
        const struct typed_column *c = &b->columns[k->column];
        bool flag = t->s->columns[k->column].type == COL_FLAG;
        if (c->reason[row] == VALUE_OK && (flag ? (int64_t)c->word[row] == str_eqz(k->value, "是") : c->text && str_eq(c->text[row].text, k->value))) {
            return true;
        }
    }
    return false;
}

/* The first column whose cell rejects a row. */
static void judge_column(const struct plan *p, const struct typed_column *c, int16_t number, struct batch *b)
{
    for (size_t row = 0; row < b->n; row++) {
        enum value_reason r = c->reason[row];
        if (r == VALUE_OK) {
            continue;
        }
        b->defects[row] |= r != VALUE_MISSING;
        if (b->bad[row] < 0 && (r == VALUE_MISSING ? p->obliged : p->rejecting)) {
            b->bad[row] = number;
        }
    }
}

static void note_defects(const struct typer *t, struct batch *b, size_t row, size_t kept)
{
    for (size_t c = 0; c < t->s->n_columns; c++) {
        enum value_reason r = b->columns[c].reason[row];
        if (t->plans[c].field >= 0 && r != VALUE_OK && r != VALUE_MISSING) {
            add_event(b, (int)c, r, b->record[row], (int)kept);
        }
    }
}

/* Closes up the rows kept[0 .. n). */
static void keep_rows(const struct typer *t, struct batch *b, const uint16_t *kept, size_t n)
{
    for (size_t c = 0; c < t->width; c++) {
        struct typed_column *col = &b->columns[c];
        for (size_t i = 0; i < n; i++) {
            size_t from = kept[i];
            col->reason[i] = col->reason[from];
            if (col->word) {
                col->word[i] = col->word[from];
            }
            if (col->text) {
                col->text[i] = col->text[from];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        b->record[i] = b->record[kept[i]];
        b->at[i] = b->at[kept[i]];
    }
    b->n = n;
}

static int event_cmp(const void *pa, const void *pb)
{
    const struct batch_event *a = pa, *b = pb;
    return a->record != b->record ? (a->record > b->record) - (a->record < b->record) : (a->column > b->column) - (a->column < b->column);
}

/* Takes out what is rejected or set aside, and notes why. */
static void judge_rows(const struct typer *t, struct batch *b)
{
    uint16_t kept[BATCH_ROWS];
    size_t n = 0, before = b->events.n; /* found before the cells were read */
    bool any = t->s->n_skip > 0;
    memset(b->defects, 0, b->n * sizeof(*b->defects));
    memset(b->bad, -1, b->n * sizeof(*b->bad));
    for (size_t c = 0; c < t->s->n_columns; c++) {
        if (b->columns[c].odd) {
            any = true;
            judge_column(&t->plans[c], &b->columns[c], (int16_t)c, b);
        }
    }
    for (size_t row = 0; any && row < b->n; row++) {
        if (is_skipped(t, b, row)) {
            b->facts.aside[ROW_SKIPPED]++;
        } else if (b->bad[row] >= 0) {
            enum value_reason r = b->columns[b->bad[row]].reason[row];
            add_event(b, b->bad[row], r == VALUE_MISSING ? VALUE_REQUIRED : r, b->record[row], -1);
        } else {
            if (b->defects[row]) {
                note_defects(t, b, row, n);
            }
            kept[n++] = (uint16_t)row;
        }
    }
    if (any && n < b->n) {
        keep_rows(t, b, kept, n);
    }
    if (before > 0 && before < b->events.n) {
        vec_sort(&b->events, event_cmp);
    }
}

/* --- what a row means ---------------------------------------------------------------------------------------------- */

static void add_measures(const struct typer *t, struct batch *b, size_t m)
{
    const struct source_column *c = &t->s->columns[m];
    struct typed_column *out = &b->columns[m];
    for (size_t row = 0; row < b->n; row++) {
        int64_t sum = 0;
        bool missing = false;
        for (size_t i = 0; i < c->n_terms; i++) {
            int64_t v = (int64_t)b->columns[c->term[i]].word[row];
            missing |= v == FEN_MISSING;
            sum += missing ? 0 : c->sign[i] * v;
        }
        sum = b->refund[row] != 0 && sum > 0 ? -sum : sum; /* some systems mark a refund and leave its amount positive */
        out->word[row] = (uint64_t)(missing ? FEN_MISSING : sum);
        out->reason[row] = missing ? VALUE_MISSING : VALUE_OK;
    }
}

static uint64_t hash_key(struct typist *p, const struct source_key *key, size_t n)
{
    strbuf_clear(&p->key);
    return key_bytes(p->t->s, key, n, p->cells, &p->key) ? key_hash(&p->key) : 0;
}

/* Most keys are one column of text. */
static void hash_text_keys(struct batch *b, int column)
{
    for (size_t row = 0; row < b->n; row++) {
        b->key[row] = key_hash_of_text(b->columns[column].text[row].text);
        b->facts.keys_blank += b->key[row] == 0;
        b->refund[row] = 0;
    }
}

static void hash_keys(struct typist *p, struct batch *b)
{
    const struct typer *t = p->t;
    const struct source *s = t->s;
    if (t->text_key >= 0) {
        hash_text_keys(b, t->text_key);
        return;
    }
    for (size_t row = 0; row < b->n; row++) {
        for (size_t i = 0; i < t->n_key_columns; i++) {
            int c = t->key_columns[i];
            const struct typed_column *from = &b->columns[c];
            uint64_t word = from->word ? from->word[row] : 0;
            p->cells[c] = (struct cell){from->reason[row], (int64_t)word, word, from->text ? from->text[row].text : str_n("", 0)};
        }
        b->key[row] = hash_key(p, s->key, s->n_key);
        b->facts.keys_blank += b->key[row] == 0;
        b->refund[row] = s->refund_of.n > 0 ? hash_key(p, &s->refund_of, 1) : 0;
    }
}

/* The content hash is taken of a word a cell: its number, or the hash of its text (90 ns a row of 18 cells less than of their bytes in a row). */
static void hash_contents(struct typist *p, struct batch *b)
{
    const struct typer *t = p->t;
    size_t n_words = t->n_words;
    for (size_t c = 0; c < t->width; c++) {
        const struct typed_column *from = &b->columns[c];
        uint64_t *to = p->words + t->plans[c].word;
        for (size_t row = 0; from->word && row < b->n; row++) {
            to[row * n_words] = from->word[row];
        }
        to += from->word != NULL;
        for (size_t row = 0; from->text && row < b->n; row++) {
            to[row * n_words] = from->text[row].hash;
        }
    }
    for (size_t row = 0; row < b->n; row++) {
        uint64_t content = hash64(p->words + row * n_words, n_words * sizeof(*p->words));
        b->content[row] = content ? content : 1;
    }
}

/* --- facts --------------------------------------------------------------------------------------------------------- */

/* Most cells show their last character; only disguised ones need the check digit computed. */
static bool ends_x(uint64_t id, struct str raw)
{
    return raw.n == 18 ? to_lower(raw.p[17]) == 'x' : ident_ends_x(id);
}

static void count_ids(struct typist *p, struct batch *b, int column)
{
    struct typing_facts *f = &b->facts;
    const uint64_t *id = b->columns[column].word;
    for (size_t row = 0; row < b->n; row++) {
        enum ident_kind k = ident_kind(id[row]);
        f->ids += k != IDENT_BLANK;
        f->ids_wrecked += k == IDENT_UNUSABLE || k == IDENT_DAMAGED ? ident_spreadsheet_damage(id[row]) : 0;
        f->ids_18 += k == IDENT_RESIDENT || k == IDENT_DAMAGED;
        f->ids_x += k == IDENT_RESIDENT && ends_x(id[row], batch_field(p->t, b, b->record[row], (size_t)column, &p->decoded));
    }
}

static void count_sexes(struct batch *b, int id, int sex)
{
    struct typing_facts *f = &b->facts;
    for (size_t row = 0; row < b->n; row++) {
        int by_id = ident_sex(b->columns[id].word[row]);
        if (by_id == SEX_UNKNOWN) {
            continue;
        }
        struct str said = b->columns[sex].text ? b->columns[sex].text[row].text : str_n("", 0);
        bool man = str_eqz(said, "男"), woman = str_eqz(said, "女");
        f->sexes += man || woman;
        f->sexes_against += (man && by_id == SEX_FEMALE) || (woman && by_id == SEX_MALE);
    }
}

static void count_months(struct batch *b, int column, bool is_month)
{
    struct typing_facts *f = &b->facts;
    for (size_t row = 0; row < b->n; row++) {
        if (b->columns[column].reason[row] == VALUE_OK) {
            int64_t v = (int64_t)b->columns[column].word[row];
            monthnum m = is_month ? (monthnum)v : day_month((daynum)v);
            f->month_from = f->month_from == MONTH_MISSING ? m : MIN(f->month_from, m);
            f->month_to = MAX(f->month_to, m);
        }
    }
}

static void find_date(struct batch *b, int column, bool is_month)
{
    for (size_t row = 0; row < b->n; row++) {
        int64_t v = (int64_t)b->columns[column].word[row];
        if (b->columns[column].reason[row] == VALUE_OK && v != DAY_FOREVER) {
            daynum d = is_month ? month_last((monthnum)v) : (daynum)v;
            b->facts.date = MAX(b->facts.date, d);
        }
    }
}

static void find_scope(struct batch *b, int column)
{
    const struct seg_cell *text = b->columns[column].text;
    for (size_t row = 0; text && row < b->n; row++) {
        struct str scope = text[row].text;
        if (b->scope.n == 0) {
            strbuf_adds(&b->scope, scope);
        } else if (scope.n > 0) {
            b->several_scopes |= !str_eq(scope, strbuf_str(&b->scope));
        }
    }
}

static void count_facts(struct typist *p, struct batch *b)
{
    const struct source *s = p->t->s;
    int id = s->person[ROLE_ID].column, sex = s->person[ROLE_SEX].column;
    b->facts.typed = (int64_t)b->n;
    b->facts.cells = (int64_t)(b->n * s->n_columns);
    if (id >= 0 && column_has_raw(&s->columns[id])) {
        count_ids(p, b, id);
        if (sex >= 0) {
            count_sexes(b, id, sex);
        }
    }
    if (s->period_column >= 0) {
        count_months(b, s->period_column, s->columns[s->period_column].type == COL_MONTH);
    }
    if (s->date_column >= 0) {
        find_date(b, s->date_column, s->columns[s->date_column].type == COL_MONTH);
    }
    if (s->scope_column >= 0 && column_is_text(&s->columns[s->scope_column])) {
        find_scope(b, s->scope_column);
    }
}

void type_batch(struct typist *p, struct batch *b)
{
    const struct typer *t = p->t;
    b->n = 0;
    b->facts = (struct typing_facts){.month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING};
    b->several_scopes = false;
    strbuf_clear(&b->scope);
    vec_clear(&b->events);
    memo_list_clear(&b->forgotten);
    arena_clear(&b->own);
    find_rows(p, b);
    for (size_t c = 0; c < t->s->n_columns; c++) {
        if (t->plans[c].field >= 0) {
            type_column(p, b, c);
        }
    }
    judge_rows(t, b);
    hash_keys(p, b);
    for (size_t m = t->s->n_columns; m < t->width; m++) {
        add_measures(t, b, m);
    }
    count_facts(p, b);
    if (t->w) {
        hash_contents(p, b);
    }
}
