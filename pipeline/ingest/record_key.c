/* SPDX-License-Identifier: Apache-2.0 */
/* Record keys as canonical bytes: the same bytes whether the row is being typed or read back from its segment. */
#include "base/core/hash.h"
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/cells.h"
#include "pipeline/ingest/typing.h"

/* A tag and bytes, with room left for the two marks that may follow. */
static void add_part(struct strbuf *out, char tag, const void *p, size_t n)
{
    if (out->cap - out->n < n + 4) {
        strbuf_reserve(out, n + 256);
    }
    out->p[out->n] = tag;
    if (n > 0) {
        memcpy(out->p + out->n + 1, p, n);
    }
    out->n += n + 1;
}

static void add_mark(struct strbuf *out, char mark)
{
    out->p[out->n++] = mark;
}

/* A damaged number is a key, a placeholder or a number lost in a spreadsheet is none. */
static bool id_key(const struct cell *v, struct strbuf *out)
{
    uint64_t id = ident_key(v->u);
    if (id == 0 && ident_kind(v->u) == IDENT_DAMAGED && !ident_spreadsheet_damage(v->u)) {
        id = v->u;
    }
    if (id != 0) {
        add_part(out, 'u', &id, sizeof(id));
        return true;
    }
    enum ident_reason r = ident_reason(v->u);
    if (r == IDENT_R_BLANK || r == IDENT_R_PLACEHOLDER || r == IDENT_R_TEXT || ident_spreadsheet_damage(v->u) || v->text.n == 0) {
        return false;
    }
    add_part(out, 't', v->text.p, v->text.n);
    return true;
}

static bool number_key(const struct source_column *c, enum key_part part, const struct cell *v, struct strbuf *out)
{
    if (v->reason != VALUE_OK) {
        return false;
    }
    int64_t n = v->i;
    if (part != KEY_WHOLE) {
        n = c->type == COL_DATE ? day_month((daynum)n) : n;
        n = part == KEY_YEAR ? n / 12 : n;
    }
    add_part(out, 'i', &n, sizeof(n));
    return true;
}

static bool part_bytes(const struct source_column *c, enum key_part part, const struct cell *v, struct strbuf *out)
{
    if (column_has_raw(c)) {
        if (c->type == COL_CERTIFICATE && part == KEY_WHOLE) {
            add_part(out, 't', v->text.p, v->text.n);
            return v->text.n > 0;
        }
        return id_key(v, out);
    }
    if (!column_is_text(c)) {
        return number_key(c, part, v, out);
    }
    add_part(out, 't', v->text.p, v->text.n);
    return v->text.n > 0;
}

static bool alternative_bytes(const struct source *s, const struct source_key_alt *alt, const struct cell *cells, struct strbuf *out)
{
    for (size_t i = 0; i < alt->n; i++) {
        int c = alt->column[i];
        if (!part_bytes(&s->columns[c], alt->part[i], &cells[c], out)) {
            return false;
        }
        add_mark(out, '\x1f');
    }
    return true;
}

bool key_bytes(const struct source *s, const struct source_key *key, size_t n, const struct cell *cells, struct strbuf *out)
{
    for (size_t k = 0; k < n; k++) {
        size_t mark = out->n;
        bool filled = false;
        for (size_t a = 0; a < key[k].n && !filled; a++) {
            out->n = mark;
            filled = alternative_bytes(s, &key[k].alt[a], cells, out);
        }
        if (!filled) {
            return false;
        }
        add_mark(out, '\x1e');
    }
    return true;
}

uint64_t key_hash(const struct strbuf *bytes)
{
    uint64_t h = hash64(bytes->p, bytes->n);
    return h ? h : 1;
}

uint64_t key_hash_of_text(struct str text)
{
    char buf[64];
    if (text.n == 0) {
        return 0;
    }
    if (text.n > sizeof(buf) - 3) {
        AUTO_STRBUF b = STRBUF_INIT;
        add_part(&b, 't', text.p, text.n);
        add_mark(&b, '\x1f');
        add_mark(&b, '\x1e');
        return key_hash(&b);
    }
    buf[0] = 't';
    memcpy(buf + 1, text.p, text.n);
    buf[text.n + 1] = '\x1f';
    buf[text.n + 2] = '\x1e';
    uint64_t h = hash64(buf, text.n + 3);
    return h ? h : 1;
}

static enum status fetch_cell(struct seg_reader *r, const struct source *s, int c, uint64_t row, struct cell *out, struct arena *a, struct err *err)
{
    const struct source_column *sc = &s->columns[c];
    int col = seg_column(r, arena_z(a, sc->name));
    if (col < 0) {
        return err_set(err, ST_CORRUPT, TR("段文件缺少一列", "a segment lacks a column"));
    }
    cell_missing(sc, out);
    if (column_is_text(sc)) {
        TRY(seg_fetch_text(r, row, (size_t)col, &out->text, err));
        out->text = arena_str(a, out->text);
        return ST_OK;
    }
    int64_t v;
    TRY(seg_fetch_i64(r, row, (size_t)col, &v, err));
    if (column_has_raw(sc)) {
        out->u = (uint64_t)v;
        TRY(seg_fetch_text(r, row, (size_t)col + 1, &out->text, err));
        out->text = arena_str(a, out->text);
        return ST_OK;
    }
    bool missing = v == INT64_MIN || (seg_column_type(r, (size_t)col) == SEG_I32 && v == INT32_MIN);
    out->reason = missing ? VALUE_MISSING : VALUE_OK;
    out->i = v;
    return ST_OK;
}

enum status key_from_segment(struct seg_reader *r, const struct source *s, uint64_t row, struct strbuf *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct cell *cells = arena_array(&a, struct cell, source_width(s) + 1);
    for (size_t k = 0; k < s->n_key; k++) {
        for (size_t alt = 0; alt < s->key[k].n; alt++) {
            for (size_t i = 0; i < s->key[k].alt[alt].n; i++) {
                int c = s->key[k].alt[alt].column[i];
                TRY(fetch_cell(r, s, c, row, &cells[c], &a, err));
            }
        }
    }
    strbuf_clear(out);
    (void)key_bytes(s, s->key, s->n_key, cells, out);
    return ST_OK;
}
