/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/segment.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/store/seg_format.h"

/* A dictionary under construction: texts one after the other in `bytes`, text k at starts[k] .. starts[k + 1]. */
struct interner {
    struct strbuf bytes;
    uint32_t *starts;
    size_t n, cap;
    uint32_t *slots; /* 15 bits of the hash, then code + 1; 0 is empty. Small: the table of a full block is to stay in the second cache */
    size_t mask;
};

/* Texts of a column of many different ones wait a few rows while the place of the dictionary they need is fetched: the table is larger than the nearest caches, and
   looking there and then was a fifth of all typing (bench_ingest: 8 % less time in all, the table of 4 bytes a slot 10 %). */
enum { WAITING_TEXTS = 8, WAITING_BYTES = 48 };
struct waiting {
    uint64_t hash;
    size_t n;
    char text[WAITING_BYTES];
};

struct column {
    char *name;
    enum seg_type type;
    size_t n;  /* values of this block so far */
    union {
        int32_t *i32;
        int64_t *i64;
        uint64_t *u64;
        uint16_t *code;
        void *any;
    } v;
    struct interner dict;
    struct waiting *waiting; /* [WAITING_TEXTS], a ring; of text columns */
    size_t n_waiting, first; /* the last n_waiting of the n values have no code yet */
};

struct seg_writer {
    struct column *columns;
    size_t n_columns;
    size_t n, puts;       /* rows of this block; cells of this row */
    bool cut;             /* the dictionary of a column is full: end the block with this row */
    uint64_t rows;
    uint32_t blocks;
    struct outfile out;
    char *path, *tmp;
    struct strbuf chunk;  /* one encoded column */
    struct strbuf blocks_footer;
    bool too_long;        /* a text cell over the limit was handed in */
};

enum { FIRST_SLOTS = 2048 }; /* and four times as many when half are taken: 131072 for a full block */

static size_t value_size(enum seg_type type)
{
    switch (type) {
    case SEG_I32:
        return 4;
    case SEG_I64:
    case SEG_U64:
        return 8;
    case SEG_TEXT:
        return sizeof(uint16_t);
    }
    BUG("segment column type");
}

enum status seg_writer_open(const char *path, const struct seg_column *columns, size_t n, struct seg_writer **out_w, struct err *err)
{
    BUG_ON(n == 0 || n > SEG_MAX_COLUMNS);
    AUTO_STRBUF tmp = STRBUF_INIT;
    strbuf_addf(&tmp, "%s.tmp", path);
    struct outfile out;
    TRY(outfile_open(&out, tmp.p, err));
    struct seg_writer *w = xcalloc(1, sizeof(*w));
    w->out = out;
    w->path = xstrdup(path);
    w->tmp = xstrdup(tmp.p);
    w->n_columns = n;
    w->columns = xcalloc(n, sizeof(*w->columns));
    for (size_t i = 0; i < n; i++) {
        BUG_ON(strlen(columns[i].name) > UINT16_MAX);
        w->columns[i].name = xstrdup(columns[i].name);
        w->columns[i].type = columns[i].type;
        w->columns[i].waiting = columns[i].type == SEG_TEXT ? xmalloc(WAITING_TEXTS * sizeof(struct waiting)) : NULL;
        w->columns[i].v.any = xmalloc(SEG_BLOCK_ROWS * value_size(columns[i].type));
    }
    char header[SEG_HEADER_SIZE] = SEG_MAGIC;
    uint32_t version = SEG_VERSION;
    memcpy(header + 8, &version, sizeof(version));
    outfile_write(&w->out, header, sizeof(header));
    *out_w = w;
    return ST_OK;
}

static void writer_free(struct seg_writer *w)
{
    for (size_t i = 0; i < w->n_columns; i++) {
        struct column *c = &w->columns[i];
        free(c->name);
        free(c->v.any);
        free(c->waiting);
        strbuf_release(&c->dict.bytes);
        free(c->dict.starts);
        free(c->dict.slots);
    }
    free(w->columns);
    free(w->path);
    free(w->tmp);
    strbuf_release(&w->chunk);
    strbuf_release(&w->blocks_footer);
    free(w);
}

/* --- the dictionary of a block --- */

static struct str interned(const struct interner *d, size_t code)
{
    return str_n(d->bytes.p + d->starts[code], d->starts[code + 1] - d->starts[code]);
}

enum { CODE_BITS = 17 };

static uint32_t slot_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32) & ~(((uint32_t)1 << CODE_BITS) - 1);
}

static uint32_t slot_code1(uint32_t slot)
{
    return slot & (((uint32_t)1 << CODE_BITS) - 1);
}

static void interner_grow(struct interner *d)
{
    size_t slots = d->slots ? 4 * (d->mask + 1) : FIRST_SLOTS;
    free(d->slots);
    d->slots = xcalloc(slots, sizeof(*d->slots));
    d->mask = slots - 1;
    for (size_t code = 0; code < d->n; code++) {
        uint64_t h = hash64_str(interned(d, code));
        size_t i = (size_t)h & d->mask;
        while (d->slots[i]) {
            i = (i + 1) & d->mask;
        }
        d->slots[i] = slot_tag(h) | ((uint32_t)code + 1);
    }
}

static uint16_t intern(struct interner *d, struct str s, uint64_t h)
{
    if (!d->slots || d->n * 2 > d->mask + 1) {
        interner_grow(d);
    }
    uint32_t tag = slot_tag(h);
    size_t i = (size_t)h & d->mask;
    for (; d->slots[i]; i = (i + 1) & d->mask) {
        size_t code = slot_code1(d->slots[i]) - 1;
        if ((d->slots[i] ^ tag) >> CODE_BITS == 0 && str_eq(interned(d, code), s)) {
            return (uint16_t)code;
        }
    }
    if (d->n + 2 > d->cap) {
        d->starts = xgrow(d->starts, &d->cap, d->n + 2, sizeof(*d->starts));
        d->starts[0] = 0;
    }
    strbuf_adds(&d->bytes, s);
    d->slots[i] = tag | ((uint32_t)d->n + 1);
    d->starts[++d->n] = (uint32_t)d->bytes.n;
    return (uint16_t)(d->n - 1);
}

static void interner_clear(struct interner *d)
{
    if (d->n) {
        memset(d->slots, 0, (d->mask + 1) * sizeof(*d->slots));
    }
    strbuf_clear(&d->bytes);
    d->n = 0;
}

/* Gives a code to the text that has waited longest, or to all. */
static void settle_one(struct column *c)
{
    const struct waiting *t = &c->waiting[c->first];
    c->v.code[c->n - c->n_waiting] = intern(&c->dict, str_n(t->text, t->n), t->hash);
    c->first = (c->first + 1) % WAITING_TEXTS;
    c->n_waiting--;
}

static void settle(struct column *c)
{
    while (c->n_waiting > 0) {
        settle_one(c);
    }
}

static void let_wait(struct column *c, struct str v, uint64_t hash)
{
    const struct interner *d = &c->dict;
    if (c->n_waiting == WAITING_TEXTS) {
        settle_one(c);
    }
    struct waiting *t = &c->waiting[(c->first + c->n_waiting) % WAITING_TEXTS];
    t->hash = hash;
    t->n = v.n;
    memcpy(t->text, v.p, v.n);
    c->n_waiting++;
    c->n++;
    __builtin_prefetch(&d->slots[hash & d->mask], 1);
    if (c->n_waiting > WAITING_TEXTS / 2) { /* by now the slot is here: what it points to is next */
        uint32_t slot = d->slots[c->waiting[(c->first + c->n_waiting - WAITING_TEXTS / 2) % WAITING_TEXTS].hash & d->mask];
        __builtin_prefetch(&d->starts[slot_code1(slot)]);
    }
}

/* --- encoding a chunk --- */

/* One loop a width, and no branch a value: half of them may be missing. */
#define MEASURE(values)                                                                                                \
    do {                                                                                                               \
        for (size_t i = 0; i < n; i++) {                                                                               \
            int64_t v = (int64_t)(values)[i], key = (int64_t)((uint64_t)v ^ flip);                                     \
            bool none = v == missing;                                                                                  \
            absent += none;                                                                                            \
            min = none || key > min ? min : key;                                                                       \
            max = none || key < max ? max : key;                                                                       \
        }                                                                                                              \
    } while (0)

/* Range and number of missing values. Unsigned columns compare as unsigned: `flip` moves their order onto the signed one. */
static void measure(const struct column *c, size_t n, struct seg_chunk *out)
{
    int64_t missing = seg_missing(c->type);
    uint64_t flip = c->type == SEG_U64 ? (uint64_t)1 << 63 : 0;
    int64_t min = INT64_MAX, max = INT64_MIN;
    uint32_t absent = 0;
    if (c->type == SEG_I32) {
        MEASURE(c->v.i32);
    } else {
        MEASURE(c->v.i64);
    }
    out->count = absent;
    out->min = absent == n ? 0 : (int64_t)((uint64_t)min ^ flip);
    out->max = absent == n ? 0 : (int64_t)((uint64_t)max ^ flip);
}

/* Codes value - min, one higher when 0 stands for missing. */
#define PACK_FROM(type_, values)                                                                                       \
    for (size_t i = 0; i < n; i++) {                                                                                   \
        int64_t v = (int64_t)(values)[i];                                                                              \
        to[i] = v == missing ? 0 : (type_)((uint64_t)v - base);                                                        \
    }
#define PACK(type_)                                                                                                    \
    do {                                                                                                               \
        type_ *to = (type_ *)(void *)out;                                                                              \
        if (c->type == SEG_I32) {                                                                                      \
            PACK_FROM(type_, c->v.i32)                                                                                 \
        } else {                                                                                                       \
            PACK_FROM(type_, c->v.i64)                                                                                 \
        }                                                                                                              \
    } while (0)

static void pack_fixed(const struct column *c, size_t n, const struct seg_chunk *chunk, char *out)
{
    int64_t missing = seg_missing(c->type);
    bool some_missing = chunk->count > 0;
    uint64_t base = (uint64_t)chunk->min - (some_missing ? 1 : 0);
    switch (chunk->width) {
    case 0:
        return;
    case 1:
        PACK(uint8_t);
        return;
    case 2:
        PACK(uint16_t);
        return;
    case 4:
        PACK(uint32_t);
        return;
    default:
        memcpy(out, c->v.any, n * sizeof(int64_t)); /* as they are */
        return;
    }
}

static void encode_fixed(struct seg_writer *w, const struct column *c, struct seg_chunk *chunk)
{
    measure(c, w->n, chunk);
    chunk->width = seg_width(seg_greatest(chunk, w->n));
    BUG_ON(c->type == SEG_I32 && chunk->width > 4);
    size_t size = w->n * chunk->width;
    strbuf_reserve(&w->chunk, size + 1);
    pack_fixed(c, w->n, chunk, w->chunk.p);
    w->chunk.n = size;
}

static void add_narrow(struct strbuf *b, uint64_t v, uint8_t width)
{
    strbuf_add(b, &v, width);
}

/* Lengths, texts, codes. */
static void encode_text(struct seg_writer *w, const struct column *c, struct seg_chunk *chunk)
{
    const struct interner *d = &c->dict;
    size_t longest = 0;
    for (size_t i = 0; i < d->n; i++) {
        longest = MAX(longest, interned(d, i).n);
    }
    chunk->count = (uint32_t)d->n;
    chunk->max = (int64_t)d->bytes.n;
    chunk->len_width = seg_width(longest);
    chunk->width = seg_width(d->n - 1);
    for (size_t i = 0; i < d->n; i++) {
        add_narrow(&w->chunk, interned(d, i).n, chunk->len_width);
    }
    strbuf_adds(&w->chunk, strbuf_str(&d->bytes));
    strbuf_reserve(&w->chunk, w->n * sizeof(uint16_t) + 1);
    char *to = w->chunk.p + w->chunk.n;
    if (chunk->width == 2) {
        memcpy(to, c->v.code, w->n * sizeof(uint16_t));
    } else if (chunk->width == 1) {
        for (size_t i = 0; i < w->n; i++) {
            to[i] = (char)(unsigned char)c->v.code[i];
        }
    }
    w->chunk.n += w->n * chunk->width;
}

static void flush_block(struct seg_writer *w)
{
    if (w->n == 0) {
        return;
    }
    uint32_t rows = (uint32_t)w->n;
    strbuf_add(&w->blocks_footer, &rows, sizeof(rows));
    for (size_t i = 0; i < w->n_columns; i++) {
        struct column *c = &w->columns[i];
        struct seg_chunk chunk = {.offset = (uint64_t)w->out.written};
        BUG_ON(c->n != w->n);
        w->chunk.n = 0;
        if (c->type == SEG_TEXT) {
            settle(c);
            encode_text(w, c, &chunk);
            interner_clear(&c->dict);
        } else {
            encode_fixed(w, c, &chunk);
        }
        chunk.size = (uint32_t)w->chunk.n;
        chunk.hash = hash64(w->chunk.p, w->chunk.n);
        outfile_write(&w->out, w->chunk.p, w->chunk.n);
        strbuf_add(&w->blocks_footer, &chunk, sizeof(chunk));
        c->n = 0;
    }
    w->blocks++;
    w->n = 0;
    w->cut = false;
}

/* --- filling --- */

static struct column *next_cell(struct seg_writer *w, size_t col)
{
    BUG_ON(col >= w->n_columns || w->columns[col].n != w->n);
    w->puts++;
    return &w->columns[col];
}

void seg_put_i64(struct seg_writer *w, size_t col, int64_t v)
{
    struct column *c = next_cell(w, col);
    if (c->type == SEG_I32) {
        BUG_ON(v < INT32_MIN || v > INT32_MAX);
        c->v.i32[c->n++] = (int32_t)v;
        return;
    }
    BUG_ON(c->type != SEG_I64);
    c->v.i64[c->n++] = v;
}

void seg_put_u64(struct seg_writer *w, size_t col, uint64_t v)
{
    struct column *c = next_cell(w, col);
    BUG_ON(c->type != SEG_U64);
    c->v.u64[c->n++] = v;
}

static uint16_t put_new(struct seg_writer *w, struct column *c, struct str v, uint64_t hash)
{
    if (v.n > SEG_MAX_TEXT) { /* said at close; data is never our mistake */
        w->too_long = true;
        v = str_n("", 0);
        hash = hash64_str(v);
    }
    settle(c);
    uint16_t code = intern(&c->dict, v, hash);
    c->v.code[c->n++] = code;
    if (c->dict.bytes.n > SEG_BLOCK_TEXT) {
        w->cut = true;
    }
    return code;
}

void seg_put_text(struct seg_writer *w, size_t col, struct str v)
{
    struct column *c = next_cell(w, col);
    BUG_ON(c->type != SEG_TEXT);
    settle(c);
    if (c->n > 0 && str_eq(interned(&c->dict, c->v.code[c->n - 1]), v)) { /* runs are common: one street, one year */
        c->v.code[c->n] = c->v.code[c->n - 1];
        c->n++;
        return;
    }
    (void)put_new(w, c, v, hash64_str(v));
}

void seg_put_hashed(struct seg_writer *w, size_t col, struct str v, uint64_t hash)
{
    struct column *c = next_cell(w, col);
    BUG_ON(c->type != SEG_TEXT);
    if (v.n > 0 && v.n <= WAITING_BYTES && c->dict.n > WAITING_TEXTS) {
        let_wait(c, v, hash);
        w->cut |= c->dict.bytes.n > SEG_BLOCK_TEXT;
        return;
    }
    (void)put_new(w, c, v, hash);
}

void seg_put_marked(struct seg_writer *w, size_t col, struct str v, uint64_t hash, struct seg_mark *mark)
{
    struct column *c = next_cell(w, col);
    BUG_ON(c->type != SEG_TEXT);
    settle(c);
    if (mark->block == w->blocks + 1) {
        c->v.code[c->n++] = mark->code;
        return;
    }
    *mark = (struct seg_mark){w->blocks + 1, put_new(w, c, v, hash)};
}

void seg_end_row(struct seg_writer *w)
{
    BUG_ON(w->puts != w->n_columns);
    w->puts = 0;
    w->n++;
    w->rows++;
    if (w->n == SEG_BLOCK_ROWS || w->cut) {
        flush_block(w);
    }
}

void seg_write_columns(struct seg_writer *w, const void *const *arrays, size_t n)
{
    BUG_ON(w->puts);
    for (size_t done = 0; done < n;) {
        size_t part = MIN(n - done, SEG_BLOCK_ROWS - w->n);
        for (size_t i = 0; i < w->n_columns; i++) {
            struct column *c = &w->columns[i];
            BUG_ON(c->type == SEG_TEXT);
            size_t size = value_size(c->type);
            memcpy((char *)c->v.any + c->n * size, (const char *)arrays[i] + done * size, part * size);
            c->n += part;
        }
        w->n += part;
        w->rows += part;
        done += part;
        if (w->n == SEG_BLOCK_ROWS) {
            flush_block(w);
        }
    }
}

uint64_t seg_writer_rows(const struct seg_writer *w)
{
    return w->rows;
}

/* --- the end --- */

static void write_footer(struct seg_writer *w, struct str meta)
{
    AUTO_STRBUF names = STRBUF_INIT;
    for (size_t i = 0; i < w->n_columns; i++) {
        uint16_t n = (uint16_t)strlen(w->columns[i].name);
        add_narrow(&names, (uint64_t)w->columns[i].type, 1);
        strbuf_add(&names, &n, sizeof(n));
        strbuf_add(&names, w->columns[i].name, n);
    }
    AUTO_STRBUF footer = STRBUF_INIT;
    add_narrow(&footer, w->n_columns, 4);
    add_narrow(&footer, w->blocks, 4);
    add_narrow(&footer, w->rows, 8);
    add_narrow(&footer, meta.n, 4);
    add_narrow(&footer, names.n, 4);
    strbuf_adds(&footer, strbuf_str(&names));
    strbuf_adds(&footer, meta);
    strbuf_adds(&footer, strbuf_str(&w->blocks_footer));
    uint64_t tail[3] = {(uint64_t)w->out.written, footer.n, hash64(footer.p, footer.n)};
    outfile_str(&w->out, strbuf_str(&footer));
    outfile_write(&w->out, tail, sizeof(tail));
    outfile_write(&w->out, SEG_MAGIC, 8);
}

enum status seg_writer_close(struct seg_writer *w, struct str meta, struct err *err)
{
    BUG_ON(w->puts || meta.n > SEG_MAX_META);
    if (w->too_long) {
        enum status status = err_set(err, ST_INPUT, TR("“%s”：有一个单元格超过 %zu 字节", "'%s': a cell is longer than %zu bytes"), w->path,
                                     SEG_MAX_TEXT);
        seg_writer_abandon(w);
        return status;
    }
    flush_block(w);
    write_footer(w, meta);
    enum status status = outfile_close(&w->out, true, err);
    if (status == ST_OK) {
        status = file_rename(w->tmp, w->path, err);
    }
    if (status == ST_OK) {
        status = file_sync_parent(w->path, err);
    } else {
        (void)remove(w->tmp); /* best effort; the next writer truncates it anyway */
    }
    writer_free(w);
    return status;
}

void seg_writer_abandon(struct seg_writer *w)
{
    if (!w) {
        return;
    }
    outfile_abandon(&w->out);
    (void)remove(w->tmp);
    writer_free(w);
}
