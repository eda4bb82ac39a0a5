/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/reader_private.h"

#include <stdlib.h>

static enum status memory_read(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct memory_source *m = ctx;
    (void)err;
    *out_n = MIN(cap, m->left.n);
    if (*out_n > 0) {
        memcpy(buf, m->left.p, *out_n);
    }
    m->left = str_sub(m->left, *out_n, m->left.n);
    return ST_OK;
}

struct byte_source memory_source(struct memory_source *m)
{
    return (struct byte_source){memory_read, m};
}

enum status reader_open(struct byte_source source, enum encoding encoding, size_t bom, char delimiter, struct reader **out, struct err *err)
{
    struct reader *r = xcalloc(1, sizeof(*r));
    r->source = source;
    r->is_utf16 = encoding == ENC_UTF16LE || encoding == ENC_UTF16BE;
    r->delimiter = delimiter;
    r->buf = xmalloc(BUFFER);
    r->lf = NOT_LOOKED;
    r->bom = bom;
    r->feed = csv_feed_new(delimiter);
    r->window = NO_WINDOW;
    r->can_cut = split_can_cut(delimiter, encoding != ENC_GB18030);
    if (r->can_cut) {
        split_init(&r->split, delimiter, encoding != ENC_GB18030);
    }
    if (r->is_utf16) {
        utf16_init(&r->utf16, encoding);
        r->wide = xmalloc(CHUNK);
    }
    enum status st = decoder_open(&r->decoder, encoding, err);
    if (st != ST_OK) {
        reader_close(r);
        return st;
    }
    *out = r;
    return ST_OK;
}

void reader_close(struct reader *r)
{
    if (!r) {
        return;
    }
    decoder_close(&r->decoder);
    csv_feed_free(r->feed);
    split_release(&r->split);
    strbuf_release(&r->narrow);
    strbuf_release(&r->scratch);
    vec_release(&r->alone);
    vec_release(&r->careful.fields);
    free(r->buf);
    free(r->wide);
    free(r);
}

void reader_set_columns(struct reader *r, size_t columns)
{
    r->columns = columns;
}

bool reader_unended(const struct reader *r)
{
    return r->unended;
}

int64_t reader_bytes(const struct reader *r)
{
    return r->bytes;
}

/* --- the buffer ---------------------------------------------------------------------------------------------------- */

static enum status read_skipping_bom(struct reader *r, char *buf, size_t cap, size_t *out_n, struct err *err)
{
    TRY(r->source.read(r->source.ctx, buf, cap, out_n, err));
    r->bytes += (int64_t)*out_n;
    if (r->bom > 0 && *out_n > 0) {
        size_t cut = MIN(r->bom, *out_n);
        memmove(buf, buf + cut, *out_n - cut);
        *out_n -= cut;
        r->bom -= cut;
        if (*out_n == 0) {
            return read_skipping_bom(r, buf, cap, out_n, err);
        }
    }
    return ST_OK;
}

enum status reader_refill(struct reader *r, struct err *err)
{
    if (r->pos > 0) {
        memmove(r->buf, r->buf + r->pos, r->end - r->pos);
        r->lf = r->lf == NOT_LOOKED ? NOT_LOOKED : r->lf - r->pos;
        r->end -= r->pos;
        r->pos = 0;
    }
    r->window = NO_WINDOW;
    size_t room = MIN(BUFFER - r->end, CHUNK), n;
    if (r->lf == r->end) {
        r->lf = NOT_LOOKED;
    }
    if (!r->is_utf16) {
        TRY(read_skipping_bom(r, r->buf + r->end, room, &n, err));
        r->eof = n == 0;
        r->end += n;
        return ST_OK;
    }
    if (r->narrow.n == 0) {
        TRY(read_skipping_bom(r, r->wide, CHUNK / 2, &n, err));
        utf16_feed(&r->utf16, str_n(r->wide, n), &r->narrow);
        if (n == 0) {
            utf16_finish(&r->utf16, &r->narrow);
            r->eof = r->narrow.n == 0;
        }
    }
    n = MIN(room, r->narrow.n);
    if (n > 0) {
        memcpy(r->buf + r->end, r->narrow.p, n);
        memmove(r->narrow.p, r->narrow.p + n, r->narrow.n - n);
        r->narrow.n -= n;
        r->end += n;
    }
    return ST_OK;
}

enum line_state { LINE_END_OF_FILE, LINE_WHOLE, LINE_TOO_LONG, LINE_UNBOUNDED /* too long, and its end is not in the buffer */ };

/* The line that begins `at` bytes after pos; *out_next is where the next one begins, likewise. Refilling may move the buffer. */
static enum status find_line(struct reader *r, size_t at, struct str *out, size_t *out_next, enum line_state *state, struct err *err)
{
    for (;;) {
        char *p = r->buf + r->pos + at;
        size_t n = r->end - r->pos - at;
        if (r->lf == NOT_LOOKED || r->lf < r->pos + at) {
            char *lf = n > 0 ? memchr(p, '\n', n) : NULL;
            r->lf = lf ? (size_t)(lf - r->buf) : r->end;
        }
        size_t len = r->lf - r->pos - at;
        char *cr = len > 0 ? memchr(p, '\r', len) : NULL;
        bool has_lf = r->lf < r->end;
        if (cr && (cr + 1 < r->buf + r->end || r->eof)) {
            *out = str_n(p, (size_t)(cr - p));
            *out_next = at + out->n + (cr + 1 < r->buf + r->end && cr[1] == '\n' ? 2 : 1);
        } else if (!cr && has_lf) {
            *out = str_n(p, len);
            *out_next = at + len + 1;
        } else if (r->eof) {
            *out = str_n(p, n);
            *out_next = at + n;
            r->unended |= n > 0;
        } else if (n > READER_MAX_LINE + 1) {
            *state = LINE_UNBOUNDED;
            return ST_OK;
        } else {
            TRY(reader_refill(r, err));
            continue;
        }
        *state = out->n > READER_MAX_LINE ? LINE_TOO_LONG : *out_next > at ? LINE_WHOLE : LINE_END_OF_FILE;
        return ST_OK;
    }
}


/* --- records ------------------------------------------------------------------------------------------------------- */

static enum value_reason reason_of(const struct decode_note *note)
{
    return note->defect == DECODE_NUL ? VALUE_ROW_NUL : note->defect == DECODE_INVALID ? VALUE_ROW_ENCODING : VALUE_OK;
}

/* Would this line be a record on its own? Then it is no continuation of one. */
static bool stands_alone(struct reader *r, struct str line)
{
    if (r->columns < 2) {
        return r->columns == 1;
    }
    if (!memchr(line.p, '"', line.n)) {
        return csv_split_plain(line, r->delimiter, &r->alone) && r->alone.n == r->columns;
    }
    struct csv_feed *f = csv_feed_new(r->delimiter);
    bool alone = csv_feed_strict(f, line, &r->alone) == CSV_RECORD && r->alone.n == r->columns;
    csv_feed_free(f);
    return alone;
}

/* A record whose first line leaves a quote open. On success takes its lines; else takes the first one as rejected. `first_next` is the end of that. */
static enum status read_across_lines(struct reader *r, struct record *rec, size_t first_next, struct err *err)
{
    size_t at = 0, next = 0;
    struct str raw;
    enum line_state state;
    struct decode_note note;
    csv_feed_reset(r->feed);
    for (uint32_t lines = 1; lines <= RECORD_MAX_LINES; lines++, at = next) {
        TRY(find_line(r, at, &raw, &next, &state, err));
        if (state != LINE_WHOLE || next > RECORD_MAX_BYTES) {
            break;
        }
        struct str line = decode_line(&r->decoder, raw, &r->scratch, &note);
        if (note.defect > DECODE_EURO || (lines > 1 && line.n > 0 && stands_alone(r, line))) {
            break;
        }
        rec->euro |= note.defect == DECODE_EURO;
        enum csv_result got = csv_feed_strict(r->feed, line, &rec->fields);
        if (got == CSV_BROKEN || (got == CSV_RECORD && r->columns > 0 && rec->fields.n != r->columns)) {
            break;
        }
        if (got == CSV_RECORD) {
            rec->lines = lines;
            reader_take(r, next, lines);
            return ST_OK;
        }
    }
    csv_feed_reset(r->feed);
    vec_clear(&rec->fields);
    rec->bad = VALUE_ROW_QUOTE;
    r->lf = NOT_LOOKED; /* we looked ahead and go back */
    reader_take(r, first_next, 1);
    return ST_OK;
}

/* Drops the rest of a line that does not fit the buffer. */
static enum status skip_long_line(struct reader *r, struct err *err)
{
    for (;;) {
        struct str rest;
        size_t next;
        enum line_state state;
        r->pos = r->end - (r->buf[r->end - 1] == '\r'); /* which may be its end */
        r->lf = NOT_LOOKED;
        TRY(reader_refill(r, err));
        TRY(find_line(r, 0, &rest, &next, &state, err));
        if (state != LINE_UNBOUNDED) {
            reader_take(r, next, 1);
            return ST_OK;
        }
    }
}

enum status reader_next(struct reader *r, struct record *rec, bool *out_more, struct err *err)
{
    struct str raw;
    size_t next;
    enum line_state state;
    struct decode_note note;
    TRY(find_line(r, 0, &raw, &next, &state, err));
    rec->line = r->line + 1;
    rec->lines = 1;
    rec->bad = VALUE_OK;
    rec->euro = rec->raw = false;
    vec_clear(&rec->fields);
    *out_more = state != LINE_END_OF_FILE;
    if (state == LINE_TOO_LONG || state == LINE_UNBOUNDED) {
        rec->bad = VALUE_ROW_LONG;
        if (state == LINE_UNBOUNDED) {
            return skip_long_line(r, err);
        }
        reader_take(r, next, 1);
        return ST_OK;
    }
    if (!*out_more) {
        return ST_OK;
    }
    struct str line = decode_line(&r->decoder, raw, &r->scratch, &note);
    rec->bad = reason_of(&note);
    rec->euro = note.defect == DECODE_EURO;
    if (rec->bad == VALUE_OK && line.n > 0 && memchr(line.p, '"', line.n)) {
        enum csv_result got = csv_feed_lenient(r->feed, line, &rec->fields);
        if (got == CSV_OPEN) {
            return read_across_lines(r, rec, next, err);
        }
        rec->bad = got == CSV_BROKEN ? VALUE_ROW_COLUMNS : VALUE_OK;
    } else if (rec->bad == VALUE_OK && !csv_split_plain(line, r->delimiter, &rec->fields)) {
        rec->bad = VALUE_ROW_COLUMNS;
    }
    reader_take(r, next, 1);
    return ST_OK;
}
