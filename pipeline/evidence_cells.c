/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/evidence_cells.h"

#include <stdlib.h>

#include "base/store/segment.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/ingest/raw_text.h"

#define CHUNK ((size_t)1 << 18)

/* Lets through the wanted physical lines of a byte stream whose line ends are single bytes (UTF-8, GB18030). */
struct line_filter {
    struct raw_text *raw;
    const struct cell_ask *asks; /* sorted by line; several may ask for one */
    size_t n, next;
    int64_t line;                /* of the byte at `at` */
    char *buf;
    size_t at, len;
    bool after_cr;               /* the last chunk ended in CR: an LF now belongs to that line */
    bool last_wanted;            /* and that line was wanted */
};

static enum status refill(struct line_filter *f, struct err *err)
{
    f->at = 0;
    return raw_text_read(f->raw, f->buf, CHUNK, &f->len, err);
}

/* Length of the piece of the current line that is in the buffer, with its end; *out_ends when the end is among it. */
static size_t line_piece(const struct line_filter *f, bool *out_ends)
{
    const char *p = f->buf + f->at;
    size_t left = f->len - f->at;
    const char *lf = memchr(p, '\n', left), *cr = memchr(p, '\r', lf ? (size_t)(lf - p) : left);
    *out_ends = lf || cr;
    if (cr && cr + 1 != lf) {
        return (size_t)(cr - p) + 1; /* lone CR; or the last byte, and the next chunk says whether an LF follows */
    }
    return lf ? (size_t)(lf - p) + 1 : left;
}

static void skip_to_line(struct line_filter *f)
{
    while (f->next < f->n && (f->asks[f->next].line < f->line || f->asks[f->next].header_only)) {
        f->next++;
    }
}

static enum status read_wanted(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct line_filter *f = ctx;
    char *out = buf;
    size_t n = 0;
    for (skip_to_line(f); n < cap && (f->next < f->n || f->after_cr); skip_to_line(f)) {
        if (f->at == f->len) {
            TRY(refill(f, err));
            if (f->len == 0) {
                break;
            }
        }
        if (f->after_cr && f->buf[f->at] == '\n') {
            f->at++;
            if (f->last_wanted) {
                out[n++] = '\n';
            }
            f->after_cr = false;
            continue;
        }
        f->after_cr = false;
        bool ends, wanted = f->next < f->n && f->asks[f->next].line == f->line;
        size_t piece = line_piece(f, &ends);
        if (wanted && piece > cap - n) {
            piece = cap - n;
            ends = false;
        }
        if (wanted) {
            memcpy(out + n, f->buf + f->at, piece);
            n += piece;
        }
        f->at += piece;
        f->after_cr = ends && f->at == f->len && f->buf[f->at - 1] == '\r';
        f->last_wanted = wanted;
        f->line += ends;
    }
    *out_n = n;
    return ST_OK;
}

static enum status read_all(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct line_filter *f = ctx;
    return raw_text_read(f->raw, buf, cap, out_n, err);
}

struct cell_reader {
    struct site *site;
    const struct night_input *in;
    struct cell_ask *asks;
    size_t n;
    int *fields;       /* by ask: field of its column, -1 when the file lacks it */
    bool *answered;
    struct arena *arena;
    struct typing_facts facts;
};

/* Headers, and where each column stands in a record. */
static enum status find_fields(struct cell_reader *c, struct err *err)
{
    const struct source *s = &c->site->sources->v[c->in->source];
    AUTO_SEG seg = NULL;
    TRY(catalogue_segment(c->site, s, c->in->xxh128, c->in->name, c->arena, NULL, &seg, err));
    TRY(segment_facts(seg, &c->facts, err));
    for (size_t i = 0; i < c->n; i++) {
        size_t like = 0;
        c->asks[i].raw = (struct str){"", 0};
        while (like < i && c->asks[like].column != c->asks[i].column) {
            like++;
        }
        if (like < i) {
            c->fields[i] = c->fields[like];
            c->asks[i].header = c->asks[like].header;
            continue;
        }
        struct str header = {0};
        c->fields[i] = segment_header(seg, s->columns[c->asks[i].column].name, &header);
        c->asks[i].header = arena_str(c->arena, header);
    }
    return ST_OK;
}

/* All asks for `line`, whose record is `rec`. */
static void answer(struct cell_reader *c, size_t *at, int64_t line, const struct record *rec)
{
    for (; *at < c->n && c->asks[*at].line <= line; (*at)++) {
        int field = c->fields[*at];
        bool usable = !c->answered[*at] && c->asks[*at].line == line && rec->bad == VALUE_OK && field >= 0 && (size_t)field < rec->fields.n;
        if (usable) {
            c->asks[*at].raw = arena_str(c->arena, rec->fields.v[field]);
        }
        c->answered[*at] = c->answered[*at] || usable;
    }
}

static enum status read_records(struct cell_reader *c, struct reader *r, bool filtered, struct err *err)
{
    struct record rec = {0};
    size_t at = 0;
    bool more = true;
    enum status status = ST_OK;
    int64_t *lines = xcalloc(c->n + 1, sizeof(*lines)); /* the wanted lines, each once */
    size_t n_lines = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!c->asks[i].header_only && (n_lines == 0 || lines[n_lines - 1] != c->asks[i].line)) {
            lines[n_lines++] = c->asks[i].line;
        }
    }
    while (status == ST_OK && at < c->n) {
        status = reader_next(r, &rec, &more, err);
        if (status != ST_OK || !more) {
            break;
        }
        if (!filtered) {
            answer(c, &at, rec.line, &rec);
        } else if (rec.line >= 1 && (size_t)rec.line <= n_lines && rec.lines == 1) {
            answer(c, &at, lines[rec.line - 1], &rec);
        }
    }
    vec_release(&rec.fields);
    free(lines);
    return status;
}

static enum status one_pass(struct cell_reader *c, struct err *err)
{
    struct line_filter f = {.asks = c->asks, .n = c->n, .line = 1, .buf = xmalloc(CHUNK)};
    struct reader *r = NULL;
    bool filtered = c->facts.encoding == ENC_UTF8 || c->facts.encoding == ENC_GB18030;
    enum status status = raw_text_open(c->site->raw, c->in->xxh128, c->site->sources->v[c->in->source].sheet, &f.raw, err);
    if (status == ST_OK) {
        struct byte_source bytes = {filtered ? read_wanted : read_all, &f};
        status = reader_open(bytes, c->facts.encoding, filtered ? 0 : c->facts.bom, c->facts.delimiter, &r, err);
    }
    if (status == ST_OK) {
        reader_set_columns(r, (size_t)c->facts.fields);
        status = read_records(c, r, filtered, err);
    }
    reader_close(r);
    raw_text_close(f.raw);
    free(f.buf);
    return status;
}

enum status evidence_cells(struct site *site, const struct night_input *in, struct cell_ask *asks, size_t n, struct arena *a, struct err *err)
{
    struct cell_reader c = {.site = site, .in = in, .asks = asks, .n = n, .arena = a};
    c.fields = xcalloc(n + 1, sizeof(*c.fields));
    c.answered = xcalloc(n + 1, sizeof(*c.answered));
    enum status status = find_fields(&c, err);
    size_t wanted = 0;
    for (size_t i = 0; i < n; i++) {
        c.answered[i] = asks[i].header_only || c.fields[i] < 0;
        wanted += !c.answered[i];
    }
    if (status == ST_OK && wanted > 0) {
        status = one_pass(&c, err);
    }
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        if (!c.answered[i]) {
            status = input_raw_cell(site, in, asks[i].line, asks[i].column, a, &asks[i].raw, err);
        }
    }
    free(c.fields);
    free(c.answered);
    return status;
}
