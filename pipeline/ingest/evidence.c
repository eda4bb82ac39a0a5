/* SPDX-License-Identifier: Apache-2.0 */
/* Back from a typed row to the file it came from: header, raw cell, rejects. */
#include <stdlib.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/ingest/raw_text.h"
#include "pipeline/ingest/rejects.h"

static enum status open_input(struct site *site, const struct night_input *in, struct arena *a, struct seg_reader **out, struct err *err)
{
    return catalogue_segment(site, &site->sources->v[in->source], in->xxh128, in->name, a, NULL, out, err);
}

static struct str column_name(const struct source *s, int column)
{
    return s->columns[source_raw_column(s, column)].name;
}

enum status input_header(struct site *site, const struct night_input *in, int column, struct arena *a, struct str *out, struct err *err)
{
    AUTO_SEG r = NULL;
    TRY(open_input(site, in, a, &r, err));
    (void)segment_header(r, column_name(&site->sources->v[in->source], column), out);
    *out = arena_str(a, *out);
    return ST_OK;
}

static enum status find_line(struct reader *r, struct record *rec, int64_t line, bool *out_found, struct err *err)
{
    bool more = true;
    *out_found = false;
    while (more && !*out_found) {
        TRY(reader_next(r, rec, &more, err));
        *out_found = more && rec->line == line;
    }
    return ST_OK;
}

/* The stream is read from its start: records that span lines have no other safe beginning. */
static enum status cell_at(struct raw_text *raw, const struct typing_facts *f, size_t columns, int64_t line, int field, struct arena *a, struct str *out,
                           struct err *err)
{
    struct reader *r;
    struct record rec = {0};
    bool found = false;
    TRY(reader_open(raw_text_bytes(raw), f->encoding, f->bom, f->delimiter, &r, err));
    reader_set_columns(r, columns);
    enum status st = find_line(r, &rec, line, &found, err);
    if (st == ST_OK && (!found || rec.bad != VALUE_OK || (size_t)field >= rec.fields.n)) {
        st = err_set(err, ST_CORRUPT, TR("原文件第 %lld 行读不出该单元格", "the cell cannot be read at line %lld of the raw file"), (long long)line);
    }
    if (st == ST_OK) {
        *out = arena_str(a, rec.fields.v[field]);
    }
    vec_release(&rec.fields);
    reader_close(r);
    return st;
}

enum status input_raw_cell(struct site *site, const struct night_input *in, int64_t line, int column, struct arena *a, struct str *out, struct err *err)
{
    struct typing_facts f;
    struct str header;
    struct raw_text *raw;
    AUTO_SEG r = NULL;
    *out = str_n("", 0);
    TRY(open_input(site, in, a, &r, err));
    TRY(segment_facts(r, &f, err));
    int field = segment_header(r, column_name(&site->sources->v[in->source], column), &header);
    if (field < 0) {
        return ST_OK;
    }
    TRY(raw_text_open(site->raw, in->xxh128, site->sources->v[in->source].sheet, &raw, err));
    enum status st = cell_at(raw, &f, (size_t)f.fields, line, field, a, out, err);
    raw_text_close(raw);
    return st;
}

/* --- rejects ------------------------------------------------------------------------------------------------------- */

enum { R_KIND, R_LINE, R_ROW, R_COLUMN, R_REASON, R_VALUE, R_COUNT };

static enum status one_reject(struct seg_reader *r, uint64_t row, struct reject *out, int64_t *out_count, struct err *err)
{
    int64_t kind;
    TRY(seg_fetch_i64(r, row, R_KIND, &kind, err));
    TRY(seg_fetch_i64(r, row, R_LINE, &out->line, err));
    TRY(seg_fetch_i64(r, row, R_ROW, &out->row, err));
    TRY(seg_fetch_text(r, row, R_COLUMN, &out->column, err));
    TRY(seg_fetch_text(r, row, R_REASON, &out->reason, err));
    TRY(seg_fetch_text(r, row, R_VALUE, &out->masked, err));
    TRY(seg_fetch_i64(r, row, R_COUNT, out_count, err));
    out->kind = (enum reject_kind)kind;
    return ST_OK;
}

enum status rejects_each(struct seg_reader *r, bool (*fn)(void *ctx, const struct reject *r, int64_t count), void *ctx, struct err *err)
{
    for (uint64_t row = 0; row < seg_rows(r); row++) {
        struct reject one;
        int64_t count;
        TRY(one_reject(r, row, &one, &count, err));
        if (!fn(ctx, &one, count)) {
            break;
        }
    }
    return ST_OK;
}

enum status catalogue_rejects(struct site *site, const struct source *s, const char *xxh128, const char *name, struct arena *a, struct seg_reader **out,
                              struct err *err)
{
    const char *path = rejects_path(a, site->segments, xxh128, s);
    if (!file_exists(path)) {
        AUTO_SEG segment = NULL;
        TRY(file_unlink(segment_path(a, site->segments, xxh128, s), err)); /* both are made by one typing */
        TRY(catalogue_segment(site, s, xxh128, name, a, NULL, &segment, err));
    }
    return seg_open(path, out, err);
}

static enum status open_rejects(struct site *site, int64_t file_id, struct arena *a, struct seg_reader **out, struct err *err)
{
    AUTO_STMT q = stmt_use(site->ledger, STMT_SELECT_DELIVERY_FILE);
    bool row;
    stmt_bind_int(q, ":file", file_id);
    TRY(stmt_one(q, &row, err));
    int at = row ? source_find(site->sources, stmt_text(q, 0)) : -1;
    if (at < 0) {
        return err_set(err, ST_NOT_FOUND, TR("台账里没有文件 %lld", "the ledger has no file %lld"), (long long)file_id);
    }
    const char *xxh = arena_z(a, stmt_text(q, 1)), *name = arena_z(a, stmt_text(q, 2));
    return catalogue_rejects(site, &site->sources->v[at], xxh, name, a, out, err);
}

enum status file_rejects(struct site *site, int64_t file_id, bool (*fn)(void *ctx, const struct reject *r, int64_t count), void *ctx, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_SEG r = NULL;
    TRY(open_rejects(site, file_id, &a, &r, err));
    return rejects_each(r, fn, ctx, err);
}

const char *reject_reason_text(struct str code)
{
    enum value_reason r;
    return value_reason_from_code(code, &r) ? value_reason_word(r) : "";
}
