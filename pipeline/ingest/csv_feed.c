/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/csv_feed.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "words are read as little-endian here and in cells.c"
#endif
#include <csv.h>
#include <stdlib.h>

struct csv_feed {
    struct csv_parser lenient, strict;
    struct strbuf text;                 /* contents of the fields so far */
    VEC(size_t) ends;                   /* end of each field in text */
    char delimiter;
    bool complete, too_many;
};

/* Blanks belong to the cell: libcsv would trim them. */
static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void on_field(void *p, size_t n, void *ctx)
{
    struct csv_feed *f = ctx;
    if (f->ends.n >= CSV_MAX_FIELDS) {
        f->too_many = true;
        return;
    }
    strbuf_add(&f->text, p, n);
    vec_push(&f->ends, f->text.n);
}

static void on_record(int c, void *ctx)
{
    (void)c;
    ((struct csv_feed *)ctx)->complete = true;
}

static void parser_init(struct csv_parser *p, unsigned char options, char delimiter)
{
    BUG_ON(csv_init(p, options) != 0);
    csv_set_space_func(p, no_space);
    csv_set_delim(p, (unsigned char)delimiter);
}

struct csv_feed *csv_feed_new(char delimiter)
{
    struct csv_feed *f = xcalloc(1, sizeof(*f));
    f->delimiter = delimiter;
    parser_init(&f->lenient, 0, delimiter);
    parser_init(&f->strict, CSV_STRICT, delimiter);
    return f;
}

void csv_feed_free(struct csv_feed *f)
{
    if (!f) {
        return;
    }
    csv_free(&f->lenient);
    csv_free(&f->strict);
    strbuf_release(&f->text);
    vec_release(&f->ends);
    free(f);
}

void csv_feed_reset(struct csv_feed *f)
{
    csv_free(&f->lenient);
    csv_free(&f->strict);
    parser_init(&f->lenient, 0, f->delimiter);
    parser_init(&f->strict, CSV_STRICT, f->delimiter);
    strbuf_clear(&f->text);
    vec_clear(&f->ends);
    f->complete = f->too_many = false;
}

static enum csv_result feed(struct csv_feed *f, struct csv_parser *p, struct str line, field_list *fields)
{
    if (f->complete) {
        strbuf_clear(&f->text);
        vec_clear(&f->ends);
        f->complete = f->too_many = false;
    }
    vec_clear(fields);
    if (line.n == 0 && f->ends.n == 0 && f->text.n == 0 && p->pstate == 0) {
        f->complete = true; /* libcsv swallows a blank line between records */
        return CSV_RECORD;
    }
    if (csv_parse(p, line.p, line.n, on_field, on_record, f) != line.n || csv_parse(p, "\n", 1, on_field, on_record, f) != 1 || f->too_many) {
        return CSV_BROKEN;
    }
    if (!f->complete) {
        return CSV_OPEN;
    }
    size_t at = 0;
    for (size_t i = 0; i < f->ends.n; i++) {
        vec_push(fields, str_n(f->text.p ? f->text.p + at : "", f->ends.v[i] - at));
        at = f->ends.v[i];
    }
    return CSV_RECORD;
}

enum csv_result csv_feed_lenient(struct csv_feed *f, struct str line, field_list *fields)
{
    return feed(f, &f->lenient, line, fields);
}

enum csv_result csv_feed_strict(struct csv_feed *f, struct str line, field_list *fields)
{
    return feed(f, &f->strict, line, fields);
}

bool csv_split_plain(struct str line, char delimiter, field_list *fields)
{
    vec_clear(fields);
    if (line.n == 0) {
        return true;
    }
    /* eight bytes at a time (little-endian: so are amd64 and arm64): fields are short, a memchr for each would cost more than looking */
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u, want = ones * (unsigned char)delimiter;
    const char *field = line.p, *p = line.p, *end = line.p + line.n;
    vec_reserve(fields, CSV_MAX_FIELDS);
    for (; end - p >= 8; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof(word));
        word ^= want;
        /* exact, no carry between bytes: high bit set where the byte is zero */
        uint64_t hits = ~(((word & ~highs) + ~highs) | word | ~highs);
        for (; hits; hits &= hits - 1) {
            const char *cut = p + (__builtin_ctzll(hits) >> 3);
            if (fields->n >= CSV_MAX_FIELDS - 1) {
                return false;
            }
            fields->v[fields->n++] = str_n(field, (size_t)(cut - field));
            field = cut + 1;
        }
    }
    for (; p < end; p++) {
        if (*p == delimiter) {
            if (fields->n >= CSV_MAX_FIELDS - 1) {
                return false;
            }
            fields->v[fields->n++] = str_n(field, (size_t)(p - field));
            field = p + 1;
        }
    }
    fields->v[fields->n++] = str_n(field, (size_t)(end - field));
    return true;
}
