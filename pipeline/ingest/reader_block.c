/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/reader_private.h"

#include "base/text/utf8.h"

void record_block_release(struct record_block *b)
{
    vec_release(&b->fields);
    strbuf_release(&b->text);
    arena_release(&b->own);
}

/* Nearly every line: nothing in it that UTF-8 decoding could change. Told for the whole window at once, when the first line asks (200 instructions a line less). */
static bool is_plain(struct reader *r, const struct split_record *s)
{
    if (r->decoder.encoding != ENC_UTF8) {
        return false;
    }
    if (!r->looked) {
        utf8_plain_blocks(str_n(r->split.base, r->split.n), r->plain);
        r->looked = true;
    }
    for (uint32_t k = s->start >> 6, last = MIN(s->end, r->split.n - 1) >> 6; k <= last; k++) {
        if (!(r->plain[k >> 6] >> (k & 63) & 1)) {
            return false;
        }
    }
    return true;
}

/* The content of quoted fields: where the line will stand in the block, or in the block's own memory when it must be put together. */
static void unquote(struct reader *r, struct record_block *b, struct str line, struct str *fields, uint32_t n)
{
    strbuf_reserve(&r->scratch, line.n);
    for (uint32_t f = 0; f < n; f++) {
        strbuf_clear(&r->scratch);
        struct str content = split_unquote(fields[f], &r->scratch);
        fields[f] = content.p == r->scratch.p && content.n > 0 ? arena_str(&b->own, content) : content;
    }
}

/* A line as the splitter cut it, which will stand at `to` + its offset. False: nothing is taken, it must be read with care. */
static bool add_cut(struct reader *r, struct record_block *b, const struct split_record *s, const char *to)
{
    struct str line = str_n(r->split.base + s->start, s->end - s->start);
    bool euro = false;
    if (s->shape == SPLIT_IRREGULAR || (s->odd && !is_plain(r, s) && !decode_by_pieces(&r->decoder, line, &euro))) {
        return false;
    }
    vec_reserve(&b->fields, s->n + 1); /* a blank line has none, and the first may be that */
    struct str *fields = b->fields.v + b->fields.n;
    const char *from = to + s->start;
    for (uint32_t f = 0; f < s->n; f++) {
        const char *end = to + s->ends[f];
        fields[f] = str_n(from, (size_t)(end - from));
        from = end + 1;
    }
    b->rows[b->n++] = (struct block_row){r->line + 1, (uint32_t)b->fields.n, s->n, VALUE_OK, s->shape == SPLIT_QUOTED, euro, r->decoder.encoding == ENC_GB18030};
    b->fields.n += s->n;
    r->unended |= s->end == r->split.n;
    reader_take(r, s->next - s->start, 1);
    return true;
}

static bool is_full(const struct record_block *b, size_t more)
{
    return b->n == READER_BLOCK_ROWS || b->text.n + more >= READER_BLOCK_BYTES;
}

/* Takes regular lines of the window up to the block's end, the window's or a line that needs care (true). Their bytes are copied in one piece. */
static bool take_lines(struct reader *r, struct record_block *b)
{
    struct splitter *split = &r->split;
    struct split_record cut;
    if (r->window == NO_WINDOW) {
        size_t n = MIN(r->end - r->pos, SPLIT_WINDOW);
        split_window(split, r->buf + r->pos, n, r->eof && r->pos + n == r->end);
        r->window = r->pos;
        r->looked = false;
    }
    split_seek(split, (uint32_t)(r->pos - r->window)); /* behind what was read with care */
    uint32_t start = split->at, end = start;
    size_t first = b->n;
    bool regular = true;
    while (regular && !is_full(b, end - start) && split_next(split, &cut)) {
        regular = add_cut(r, b, &cut, b->text.p + b->text.n - start);
        end = regular ? cut.next : cut.start;
    }
    memcpy(b->text.p + b->text.n, split->base + start, end - start);
    b->text.n += end - start;
    for (; first < b->n; first++) {
        const struct block_row *row = &b->rows[first];
        if (row->quoted) {
            struct str *fields = b->fields.v + row->first;
            unquote(r, b, str_n(fields[0].p, (size_t)(fields[row->n - 1].p + fields[row->n - 1].n - fields[0].p)), fields, row->n);
        }
    }
    return !regular;
}

static enum status add_with_care(struct reader *r, struct record_block *b, bool *out_more, struct err *err)
{
    struct record *rec = &r->careful;
    r->lf = NOT_LOOKED;
    TRY(reader_next(r, rec, out_more, err));
    if (!*out_more) {
        return ST_OK;
    }
    b->rows[b->n++] = (struct block_row){rec->line, (uint32_t)b->fields.n, (uint32_t)rec->fields.n, rec->bad, false, rec->euro, false};
    for (size_t f = 0; f < rec->fields.n; f++) {
        vec_push(&b->fields, arena_str(&b->own, rec->fields.v[f]));
    }
    return ST_OK;
}

/* The window is used up: what is left in the buffer is a line that is not whole yet, or longer than a window, or the last one. */
static enum status next_window(struct reader *r, bool *out_care, struct err *err)
{
    bool too_long = r->split.n == SPLIT_WINDOW && r->pos == r->window, at_end = r->window + r->split.n == r->end;
    r->window = NO_WINDOW;
    *out_care = too_long || (at_end && r->eof);
    return at_end && !*out_care ? reader_refill(r, err) : ST_OK;
}

enum status reader_next_block(struct reader *r, struct record_block *b, struct err *err)
{
    b->n = b->fields.n = b->text.n = 0;
    arena_clear(&b->own);
    strbuf_reserve(&b->text, READER_BLOCK_BYTES + SPLIT_WINDOW);
    for (bool more = true; more && !is_full(b, 0);) {
        bool care = !r->can_cut || take_lines(r, b);
        if (!care && !is_full(b, 0)) {
            TRY(next_window(r, &care, err));
        }
        if (care) {
            TRY(add_with_care(r, b, &more, err));
        }
    }
    return ST_OK;
}

struct record block_record(const struct record_block *b, size_t row)
{
    const struct block_row *at = &b->rows[row];
    struct str *fields = b->fields.v ? b->fields.v + at->first : NULL;
    return (struct record){at->line, 1, at->bad, at->euro, at->raw, {fields, at->n, at->n}};
}

struct str record_text(const struct reader *r, const struct record *rec, struct str field, struct strbuf *scratch)
{
    struct decode_note ignored;
    return rec->raw ? decode_line(&r->decoder, field, scratch, &ignored) : field;
}

void record_decoded(const struct reader *r, const struct record *rec, struct arena *a, struct record *out)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct str *fields = arena_array(a, struct str, rec->fields.n + 1);
    *out = *rec;
    out->raw = false;
    for (size_t f = 0; f < rec->fields.n; f++) {
        struct str text = record_text(r, rec, rec->fields.v[f], &scratch);
        fields[f] = rec->raw ? arena_str(a, text) : text;
    }
    out->fields.v = fields;
}
