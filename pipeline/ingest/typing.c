/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/typing.h"

#include <stdlib.h>

#include "base/core/log.h"
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/cells.h"
#include "pipeline/ingest/raw_text.h"
#include "pipeline/ingest/segment_meta.h"
#include "pipeline/ingest/xlsx.h"

#define PROGRESS_EVERY 65536 /* rows */

enum storage { STORE_TEXT, STORE_ID, STORE_NUMBER };
/* A column as this file has it, laid out for the loop over its rows (bench: tests/bench/bench_ingest.c). */
struct plan {
    struct cell_reader reader;
    int field;             /* -1: the file lacks it */
    enum storage storage;
    bool rejecting;        /* a failing cell rejects the row */
    bool obliged;          /* so does a blank one */
};

struct typer {
    const struct source *s;
    const struct typing_job *job;
    struct typed_file *out;
    struct arena arena;
    struct layout layout;
    struct reader *reader;
    struct record rec;
    struct seg_writer *w;         /* NULL: nothing is written */
    struct reject_list rejects;
    struct plan *plans;           /* [width] */
    size_t width;
    struct cell *cells;           /* [width] */
    struct strbuf key, content, scratch;
    int col_line, col_key, col_content, col_refund; /* of the segment */
};

char *segment_path(struct arena *a, const char *segments_dir, const char *xxh128, const struct source *s)
{
    return arena_printf(a, "%s/%s-%s.seg", segments_dir, xxh128, s->typing);
}

char *rejects_path(struct arena *a, const char *segments_dir, const char *xxh128, const struct source *s)
{
    return arena_printf(a, "%s/%s-%s.rej.seg", segments_dir, xxh128, s->typing);
}

void typed_file_release(struct typed_file *t)
{
    strbuf_release(&t->why);
    strbuf_release(&t->notes);
    strbuf_release(&t->strange);
    strbuf_release(&t->scope);
}

/* --- what a row means ---------------------------------------------------------------------------------------------- */

/* Types the cells of a row. The first column whose cell rejects the row, -1 when none does; *out_defects: some cell is not usable. */
static int read_cells(struct typer *t, bool *out_defects)
{
    int bad = -1;
    *out_defects = false;
    for (size_t c = 0; c < t->s->n_columns; c++) {
        struct plan *p = &t->plans[c];
        if (p->field < 0) {
            continue;
        }
        struct cell *v = &t->cells[c];
        cell_read(&p->reader, t->rec.fields.v[p->field], v);
        if (v->reason == VALUE_OK) {
            continue;
        }
        *out_defects |= v->reason != VALUE_MISSING;
        if (bad < 0 && (v->reason == VALUE_MISSING ? p->obliged : p->rejecting)) {
            bad = (int)c;
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

static struct str raw_field(const struct typer *t, size_t c)
{
    int f = t->layout.field_of[c];
    return f >= 0 ? t->rec.fields.v[f] : str_n("", 0);
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
        count_id(f, t->cells[id].u, raw_field(t, (size_t)id));
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

/* Typed values in a row, as bytes: fixed ones whole, texts ended by a separator. */
static void content_add(struct strbuf *b, enum storage storage, const struct cell *v)
{
    if (b->cap - b->n < v->text.n + 16) {
        strbuf_reserve(b, v->text.n + 256);
    }
    char *p = b->p + b->n;
    if (storage != STORE_TEXT) {
        memcpy(p, storage == STORE_ID ? (const void *)&v->u : (const void *)&v->i, 8);
        p += 8;
    }
    if (storage != STORE_NUMBER) {
        memcpy(p, v->text.p, v->text.n);
        p += v->text.n;
        *p++ = '\x1f';
    }
    b->n = (size_t)(p - b->p);
}

static uint64_t nonzero_hash(const struct strbuf *b)
{
    uint64_t h = hash64(b->p, b->n);
    return h ? h : 1;
}

static void put_row(struct typer *t, uint64_t key, uint64_t refund)
{
    size_t col = 0;
    strbuf_clear(&t->content);
    for (size_t c = 0; c < t->width; c++) {
        const struct cell *v = &t->cells[c];
        enum storage storage = t->plans[c].storage;
        content_add(&t->content, storage, v);
        if (storage == STORE_NUMBER) {
            seg_put_i64(t->w, col++, v->i);
            continue;
        }
        if (storage == STORE_ID) {
            seg_put_u64(t->w, col++, v->u);
        }
        seg_put_text(t->w, col++, v->text);
    }
    seg_put_i64(t->w, (size_t)t->col_line, t->rec.line);
    seg_put_u64(t->w, (size_t)t->col_key, key);
    seg_put_u64(t->w, (size_t)t->col_content, nonzero_hash(&t->content));
    if (t->col_refund >= 0) {
        seg_put_u64(t->w, (size_t)t->col_refund, refund);
    }
    seg_end_row(t->w);
}

static void reject_row(struct typer *t, int column, enum value_reason reason, struct str raw)
{
    t->out->facts.rejected++;
    if (rejects_count(&t->rejects, REJECT_ROW, column, reason)) {
        strbuf_clear(&t->scratch);
        if (column >= 0) {
            cell_mask(&t->s->columns[column], raw, &t->scratch);
        }
        rejects_example(&t->rejects, t->rec.line, -1, strbuf_str(&t->scratch));
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
            strbuf_clear(&t->scratch);
            cell_mask(&t->s->columns[c], raw_field(t, c), &t->scratch);
            rejects_example(&t->rejects, t->rec.line, row, strbuf_str(&t->scratch));
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
        reject_row(t, bad, r == VALUE_MISSING ? VALUE_REQUIRED : r, raw_field(t, (size_t)bad));
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

/* --- one file ------------------------------------------------------------------------------------------------------ */

static void take_record(struct typer *t)
{
    struct typing_facts *f = &t->out->facts;
    f->records++;
    f->euros += t->rec.euro;
    if (t->rec.line <= t->layout.header_line) {
        bool blank = t->rec.bad == VALUE_OK && record_is_blank(&t->rec);
        f->aside[blank ? ROW_BLANK : t->rec.line < t->layout.first_line ? ROW_TITLE : ROW_HEADER]++;
        return;
    }
    if (t->rec.bad != VALUE_OK) {
        reject_row(t, -1, t->rec.bad, str_n("", 0));
        return;
    }
    enum row_kind kind = layout_row_kind(&t->layout, t->s, &t->rec, &t->scratch);
    if (kind != ROW_DATA) {
        f->aside[kind]++;
    } else if (!layout_fits(&t->layout, &t->rec)) {
        reject_row(t, -1, VALUE_ROW_COLUMNS, str_n("", 0));
    } else {
        type_row(t);
    }
}

static enum status read_all(struct typer *t, struct err *err)
{
    const struct typing_facts *f = &t->out->facts;
    bool more = true;
    for (int64_t n = 1, rejected = 0, line = 0;; n++) {
        TRY(reader_next(t->reader, &t->rec, &more, err));
        if (!more) {
            if (f->rejected > rejected && reader_unended(t->reader)) {
                strbuf_addf(&t->out->notes, TR("最后一行（第 %lld 行）被退回，行尾也没有换行，文件可能没有传完；请核对行数，必要时重新发送\n", "the last row (line %lld) is rejected and has no line end, the file may be cut off; check the number of rows, send it again if need be\n"),
                            (long long)line);
            }
            return ST_OK;
        }
        rejected = f->rejected;
        line = t->rec.line;
        take_record(t);
        if (n % PROGRESS_EVERY == 0 && t->job->progress) {
            progress_set(t->job->progress, (uint64_t)reader_bytes(t->reader), (uint64_t)t->job->size);
        }
    }
}

static void prepare_columns(struct typer *t)
{
    const struct source *s = t->s;
    t->width = source_width(s);
    t->plans = arena_array(&t->arena, struct plan, t->width + 1);
    t->cells = arena_array(&t->arena, struct cell, t->width + 1);
    for (size_t c = 0; c < t->width; c++) {
        const struct source_column *sc = &s->columns[c];
        struct plan *p = &t->plans[c];
        cell_missing(sc, &t->cells[c]);
        cell_reader_init(&p->reader, sc);
        p->field = c < s->n_columns ? t->layout.field_of[c] : -1;
        p->storage = column_is_text(sc) ? STORE_TEXT : column_has_raw(sc) ? STORE_ID : STORE_NUMBER;
        p->rejecting = sc->bad == BAD_REJECT || (sc->required && !column_has_raw(sc));
        p->obliged = (sc->bad == BAD_REJECT && sc->required) || (int)c == s->period_column;
    }
    for (size_t k = 0; k < s->n_key; k++) {
        for (size_t a = 0; a < s->key[k].n; a++) {
            for (size_t i = 0; i < s->key[k].alt[a].n; i++) {
                int c = s->key[k].alt[a].column[i];
                t->plans[c].rejecting |= !column_has_raw(&s->columns[c]);
            }
        }
    }
}

static enum status open_segment(struct typer *t, struct err *err)
{
    const struct source *s = t->s;
    struct seg_column *cols = arena_array(&t->arena, struct seg_column, source_width(s) * 2 + 4);
    size_t n = 0;
    for (size_t c = 0; c < source_width(s); c++) {
        const struct source_column *sc = &s->columns[c];
        bool narrow = sc->type == COL_DATE || sc->type == COL_MONTH;
        enum seg_type type = column_is_text(sc) ? SEG_TEXT : column_has_raw(sc) ? SEG_U64 : narrow ? SEG_I32 : SEG_I64;
        cols[n++] = (struct seg_column){arena_z(&t->arena, sc->name), type};
        if (column_has_raw(sc)) {
            cols[n++] = (struct seg_column){arena_printf(&t->arena, STR_FMT SEG_RAW, STR_ARG(sc->name)), SEG_TEXT};
        }
    }
    t->col_line = (int)n;
    cols[n++] = (struct seg_column){SEG_LINE, SEG_I32};
    t->col_key = (int)n;
    cols[n++] = (struct seg_column){SEG_KEY, SEG_U64};
    t->col_content = (int)n;
    cols[n++] = (struct seg_column){SEG_CONTENT, SEG_U64};
    t->col_refund = s->refund_of.n > 0 ? (int)n : -1;
    if (t->col_refund >= 0) {
        cols[n++] = (struct seg_column){SEG_REFUND, SEG_U64};
    }
    return t->job->seg_path ? seg_writer_open(t->job->seg_path, cols, n, &t->w, err) : ST_OK;
}

static enum status write_out(struct typer *t, struct err *err)
{
    AUTO_STRBUF meta = STRBUF_INIT;
    struct typing_facts *f = &t->out->facts;
    if (!t->w) {
        return ST_OK;
    }
    TRY(rejects_write(&t->rejects, t->s, t->job->rej_path, err));
    segment_meta_write(t->s, f, &t->layout, &meta);
    struct seg_writer *w = t->w;
    t->w = NULL;
    return seg_writer_close(w, strbuf_str(&meta), err);
}

/* One line in another encoding can tip the scale, and much UTF-8 is valid GB18030 by accident: the header, when it can be read, decides. */
static bool try_other_encoding(struct typer *t, const struct encoding_verdict *v)
{
    enum encoding other = v->encoding == ENC_GB18030 ? ENC_UTF8 : ENC_GB18030;
    if (v->how == ENC_BY_BOM || (v->encoding != ENC_GB18030 && v->encoding != ENC_UTF8)) {
        return false;
    }
    AUTO_STRBUF ignored = STRBUF_INIT;
    struct layout l = {.notes = t->layout.notes, .strange = t->layout.strange};
    if (!layout_find(t->s, t->job->head, other, 0, &t->arena, &l, &ignored)) {
        return false;
    }
    t->layout = l;
    t->out->facts.encoding = other;
    strbuf_clear(&t->out->why);
    return true;
}

/* Encoding and header from the head of the file; false: refused, `why` filled. */
static bool look_at_head(struct typer *t)
{
    struct encoding_verdict v;
    enum encoding declared = ENC_UNKNOWN;
    struct typing_facts *f = &t->out->facts;
    if (!str_eqz(t->s->encoding, "auto")) {
        (void)encoding_from_name(t->s->encoding, &declared);
    }
    encoding_detect(t->job->head, t->job->whole, declared, &v);
    struct source as_sheet = *t->s;
    const struct source *s = t->s;
    if (t->job->sheet) {
        v = (struct encoding_verdict){.encoding = ENC_UTF8, .how = ENC_BY_BOM};
        as_sheet.delimiter = XLSX_DELIMITER;
        s = &as_sheet;
        f->sheet = 1;
    }
    f->encoding = v.encoding;
    f->bom = v.bom_length;
    if (v.encoding == ENC_UNKNOWN) {
        strbuf_addf(&t->out->why, TR("认不出编码：%s", "encoding not recognised: %s"), v.why);
        return false;
    }
    if (t->job->whole && str_trim(str_sub(t->job->head, MIN(v.bom_length, t->job->head.n), t->job->head.n)).n == 0) {
        strbuf_addz(&t->out->why, TR("文件是空的", "the file is empty"));
        return false;
    }
    t->layout.notes = &t->out->notes;
    t->layout.strange = &t->out->strange;
    if (!layout_find(s, t->job->head, v.encoding, v.bom_length, &t->arena, &t->layout, &t->out->why) && !try_other_encoding(t, &v)) {
        return false;
    }
    f->delimiter = t->layout.delimiter;
    f->header_line = t->layout.header_line;
    f->fields = (int64_t)t->layout.n_fields;
    return true;
}

static void typer_release(struct typer *t)
{
    reader_close(t->reader);
    seg_writer_abandon(t->w);
    rejects_release(&t->rejects);
    for (size_t c = 0; t->plans && c < t->width; c++) {
        cell_reader_release(&t->plans[c].reader);
    }
    vec_release(&t->rec.fields);
    strbuf_release(&t->key);
    strbuf_release(&t->content);
    strbuf_release(&t->scratch);
    arena_release(&t->arena);
}

static enum status type_all(struct typer *t, struct err *err)
{
    struct typing_facts *f = &t->out->facts;
    if (!look_at_head(t)) {
        return ST_OK;
    }
    t->out->usable = true;
    prepare_columns(t);
    TRY(open_segment(t, err));
    TRY(reader_open(t->job->bytes, f->encoding, f->bom, f->delimiter, &t->reader, err));
    reader_set_columns(t->reader, t->layout.n_fields);
    TRY(read_all(t, err));
    f->bytes = reader_bytes(t->reader);
    f->defects = t->rejects.defects;
    int64_t aside = 0;
    for (size_t k = 0; k < ROW_KIND_COUNT; k++) {
        aside += f->aside[k];
    }
    BUG_ON(f->records != f->typed + f->rejected + aside || f->rejected != t->rejects.rows);
    return write_out(t, err);
}

enum status type_bytes(const struct typing_job *job, struct typed_file *out, struct err *err)
{
    struct typer t = {.s = job->source, .job = job, .out = out};
    *out = (struct typed_file){.facts = {.month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING}};
    struct err why = {0};
    enum status st = type_all(&t, &why);
    typer_release(&t);
    if (st == ST_INPUT) { /* the file is at fault, not the machine: a workbook damaged in its middle */
        typed_file_release(out);
        *out = (struct typed_file){.facts = {.encoding = out->facts.encoding, .month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING}};
        strbuf_addz(&out->why, why.text);
        return ST_OK;
    }
    return st == ST_OK ? ST_OK : err_set(err, st, "%s", why.text);
}

/* The head, which was read to find the header, and then the rest of the same stream. */
struct rejoined {
    struct str head;
    struct byte_source rest;
};

static enum status read_rejoined(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct rejoined *r = ctx;
    size_t n = MIN(cap, r->head.n), more = 0;
    if (n > 0) {
        memcpy(buf, r->head.p, n);
        r->head = str_sub(r->head, n, r->head.n);
    }
    if (n < cap) {
        TRY(r->rest.read(r->rest.ctx, (char *)buf + n, cap - n, &more, err));
    }
    *out_n = n + more;
    return ST_OK;
}

static enum status type_text(const struct source *s, struct raw_text *raw, struct typing_job *job, struct typed_file *out, struct err *err)
{
    AUTO_STRBUF head = STRBUF_INIT;
    strbuf_reserve(&head, HEADER_SEARCH_BYTES);
    TRY(raw_text_read(raw, head.p, HEADER_SEARCH_BYTES, &head.n, err));
    struct rejoined stream = {strbuf_str(&head), raw_text_bytes(raw)};
    job->source = s;
    job->bytes = (struct byte_source){read_rejoined, &stream};
    job->head = strbuf_str(&head);
    job->whole = head.n < HEADER_SEARCH_BYTES;
    job->sheet = raw_text_is_sheet(raw);
    TRY(type_bytes(job, out, err));
    if (out->usable) {
        strbuf_adds(&out->notes, raw_text_notes(raw));
    }
    return ST_OK;
}

enum status type_raw(const struct source *s, const char *raw_dir, const char *xxh128, const char *segments_dir, const char *name, struct typed_file *out,
                     struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct raw_text *raw = NULL;
    struct err why = {0};
    struct typing_job job = {.progress = name};
    *out = (struct typed_file){.facts = {.month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING}};
    if (segments_dir) {
        job.seg_path = segment_path(&a, segments_dir, xxh128, s);
        job.rej_path = rejects_path(&a, segments_dir, xxh128, s);
    }
    enum status st = raw_text_open(raw_dir, xxh128, s->sheet, &raw, &why);
    st = st == ST_OK ? type_text(s, raw, &job, out, &why) : st;
    raw_text_close(raw);
    if (st == ST_INPUT) {
        strbuf_addz(&out->why, why.text);
        return ST_OK;
    }
    return st == ST_OK ? ST_OK : err_set(err, st, "%s", why.text);
}
