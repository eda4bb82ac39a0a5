/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/typing_private.h"

#include <stdlib.h>

#include "base/store/segment.h"
#include "pipeline/ingest/raw_text.h"
#include "pipeline/ingest/segment_meta.h"
#include "pipeline/ingest/xlsx.h"

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

/* --- one file ------------------------------------------------------------------------------------------------------ */

static void note_cut_off(struct typer *t)
{
    if (t->last_rejected && reader_unended(t->reader)) {
        strbuf_addf(&t->out->notes, TR("最后一行（第 %lld 行）被退回，行尾也没有换行，文件可能没有传完；请核对行数，必要时重新发送\n", "the last row (line %lld) is rejected and has no line end, the file may be cut off; check the number of rows, send it again if need be\n"),
                    (long long)t->last_line);
    }
}

/* Columns that key or refund are made of, each once; a key column that cannot be read rejects the row. */
static void prepare_keys(struct typer *t, const struct source_key *key, size_t n, bool rejecting)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t a = 0; a < key[k].n; a++) {
            for (size_t i = 0; i < key[k].alt[a].n; i++) {
                int c = key[k].alt[a].column[i];
                bool known = false;
                for (size_t o = 0; o < t->n_key_columns; o++) {
                    known |= t->key_columns[o] == c;
                }
                if (!known) {
                    t->key_columns[t->n_key_columns++] = c;
                }
                t->plans[c].rejecting |= rejecting && !column_has_raw(&t->s->columns[c]);
            }
        }
    }
}

static void prepare_columns(struct typer *t)
{
    const struct source *s = t->s;
    t->width = source_width(s);
    t->plans = arena_array(&t->arena, struct plan, t->width + 1);
    t->key_columns = arena_array(&t->arena, int, t->width + 1);
    for (size_t c = 0; c < t->width; c++) {
        const struct source_column *sc = &s->columns[c];
        struct plan *p = &t->plans[c];
        p->column = sc;
        cell_missing(sc, &p->missing);
        p->field = c < s->n_columns ? t->layout.field_of[c] : -1;
        p->storage = column_is_text(sc) ? STORE_TEXT : column_has_raw(sc) ? STORE_ID : STORE_NUMBER;
        p->remembers = column_is_text(sc) || sc->type == COL_FLAG;
        p->rejecting = sc->bad == BAD_REJECT || (sc->required && !column_has_raw(sc));
        p->obliged = (sc->bad == BAD_REJECT && sc->required) || (int)c == s->period_column;
        p->word = t->n_words;
        t->n_words += p->storage == STORE_ID ? 2 : 1;
    }
    prepare_keys(t, s->key, s->n_key, true);
    prepare_keys(t, &s->refund_of, s->refund_of.n > 0 ? 1 : 0, false);
    bool one = s->n_key == 1 && s->key[0].n == 1 && s->key[0].alt[0].n == 1 && s->key[0].alt[0].part[0] == KEY_WHOLE && s->refund_of.n == 0;
    int c = one ? s->key[0].alt[0].column[0] : -1;
    t->text_key = c >= 0 && column_is_text(&s->columns[c]) ? c : -1;
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
    t->columns = arena_array(&t->arena, const void *, n);
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
    layout_prepare(&t->layout);
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
    strbuf_release(&t->scratch);
    strbuf_release(&t->masked);
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
    TRY(type_records(t, err));
    note_cut_off(t);
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
