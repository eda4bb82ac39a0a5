/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/segment.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "base/store/seg_writer.h"

/* Texts of a column of many different ones wait a few rows while the place of the dictionary they need is fetched: the table is larger than the nearest caches, and
   looking there and then was a fifth of all typing (bench_ingest: 8 % less time in all, the table of 4 bytes a slot 10 %). */
enum { WAITING_TEXTS = 8, WAITING_BYTES = 48 };
struct waiting {
    uint64_t hash;
    size_t n;
    char text[WAITING_BYTES];
};

struct cells {
    enum seg_type type;
    size_t n;  /* values of this block so far */
    union {
        int32_t *i32;
        int64_t *i64;
        uint64_t *u64;
        uint16_t *code;
        void *any;
    } v;
    struct seg_dict dict;
    struct waiting *waiting; /* [WAITING_TEXTS], a ring; of text columns */
    size_t n_waiting, first; /* the last n_waiting of the n values have no code yet */
};

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
        w->columns[i] = (struct seg_column){xstrdup(columns[i].name), columns[i].type};
    }
    char header[SEG_HEADER_SIZE] = SEG_MAGIC;
    uint32_t version = SEG_VERSION;
    memcpy(header + 8, &version, sizeof(version));
    outfile_write(&w->out, header, sizeof(header));
    *out_w = w;
    return ST_OK;
}

/* Room for a block: only who writes rows needs it. */
static void make_cells(struct seg_writer *w)
{
    w->cells = xcalloc(w->n_columns, sizeof(*w->cells));
    for (size_t i = 0; i < w->n_columns; i++) {
        enum seg_type type = w->columns[i].type;
        w->cells[i].type = type;
        w->cells[i].waiting = type == SEG_TEXT ? xmalloc(WAITING_TEXTS * sizeof(struct waiting)) : NULL;
        w->cells[i].v.any = xmalloc(SEG_BLOCK_ROWS * seg_value_size(type));
    }
}

static void writer_free(struct seg_writer *w)
{
    for (size_t i = 0; i < w->n_columns; i++) {
        free((char *)(uintptr_t)w->columns[i].name);
        if (w->cells) {
            free(w->cells[i].v.any);
            free(w->cells[i].waiting);
            seg_dict_release(&w->cells[i].dict);
        }
    }
    seg_scratch_free(w);
    free(w->cells);
    free(w->columns);
    free(w->path);
    free(w->tmp);
    strbuf_release(&w->packed.bytes);
    strbuf_release(&w->blocks_footer);
    free(w);
}

/* --- texts that wait --- */

/* Gives a code to the text that has waited longest, or to all. */
static void settle_one(struct cells *c)
{
    const struct waiting *t = &c->waiting[c->first];
    c->v.code[c->n - c->n_waiting] = seg_dict_add(&c->dict, str_n(t->text, t->n), t->hash);
    c->first = (c->first + 1) % WAITING_TEXTS;
    c->n_waiting--;
}

static void settle(struct cells *c)
{
    while (c->n_waiting > 0) {
        settle_one(c);
    }
}

static void let_wait(struct cells *c, struct str v, uint64_t hash)
{
    const struct seg_dict *d = &c->dict;
    if (c->n_waiting == WAITING_TEXTS) {
        settle_one(c);
    }
    struct waiting *t = &c->waiting[(c->first + c->n_waiting) % WAITING_TEXTS];
    t->hash = hash;
    t->n = v.n;
    memcpy(t->text, v.p, v.n);
    c->n_waiting++;
    c->n++;
    seg_dict_fetch_slot(d, hash);
    if (c->n_waiting > WAITING_TEXTS / 2) { /* by now the slot is here: what it points to is next */
        seg_dict_fetch_text(d, c->waiting[(c->first + c->n_waiting - WAITING_TEXTS / 2) % WAITING_TEXTS].hash);
    }
}

/* --- blocks --- */

void seg_start_block(struct seg_writer *w, size_t rows)
{
    uint32_t n = (uint32_t)rows;
    strbuf_add(&w->blocks_footer, &n, sizeof(n));
    w->blocks++;
}

void seg_append_column(struct seg_writer *w, struct seg_packed *p)
{
    p->chunk.offset = (uint64_t)w->out.written;
    outfile_write(&w->out, p->bytes.p, p->bytes.n);
    strbuf_add(&w->blocks_footer, &p->chunk, sizeof(p->chunk));
}

static void flush_block(struct seg_writer *w)
{
    if (w->n == 0) {
        return;
    }
    seg_start_block(w, w->n);
    for (size_t i = 0; i < w->n_columns; i++) {
        struct cells *c = &w->cells[i];
        BUG_ON(c->n != w->n);
        if (w->columns[i].type == SEG_TEXT) {
            settle(c);
            seg_pack_text(&c->dict, c->v.code, w->n, &w->packed.bytes, &w->packed.chunk);
            seg_dict_clear(&c->dict);
        } else {
            seg_pack_fixed(w->columns[i].type, c->v.any, w->n, &w->packed.bytes, &w->packed.chunk);
        }
        seg_append_column(w, &w->packed);
        c->n = 0;
    }
    w->n = 0;
    w->cut = false;
}

/* --- filling --- */

static struct cells *next_cell(struct seg_writer *w, size_t col)
{
    if (!w->cells) {
        make_cells(w);
    }
    BUG_ON(col >= w->n_columns || w->cells[col].n != w->n);
    w->puts++;
    return &w->cells[col];
}

void seg_put_i64(struct seg_writer *w, size_t col, int64_t v)
{
    struct cells *c = next_cell(w, col);
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
    struct cells *c = next_cell(w, col);
    BUG_ON(c->type != SEG_U64);
    c->v.u64[c->n++] = v;
}

static uint16_t put_new(struct seg_writer *w, struct cells *c, struct str v, uint64_t hash)
{
    if (v.n > SEG_MAX_TEXT) { /* said at close; data is never our mistake */
        w->too_long = true;
        v = str_n("", 0);
        hash = hash64_str(v);
    }
    settle(c);
    uint16_t code = seg_dict_add(&c->dict, v, hash);
    c->v.code[c->n++] = code;
    if (c->dict.bytes.n > SEG_BLOCK_TEXT) {
        w->cut = true;
    }
    return code;
}

void seg_put_text(struct seg_writer *w, size_t col, struct str v)
{
    struct cells *c = next_cell(w, col);
    BUG_ON(c->type != SEG_TEXT);
    settle(c);
    if (c->n > 0 && str_eq(seg_dict_text(&c->dict, c->v.code[c->n - 1]), v)) { /* runs are common: one street, one year */
        c->v.code[c->n] = c->v.code[c->n - 1];
        c->n++;
        return;
    }
    (void)put_new(w, c, v, hash64_str(v));
}

void seg_put_hashed(struct seg_writer *w, size_t col, struct str v, uint64_t hash)
{
    struct cells *c = next_cell(w, col);
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
    struct cells *c = next_cell(w, col);
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
    if (!w->cells) {
        make_cells(w);
    }
    for (size_t done = 0; done < n;) {
        size_t part = MIN(n - done, SEG_BLOCK_ROWS - w->n);
        for (size_t i = 0; i < w->n_columns; i++) {
            struct cells *c = &w->cells[i];
            BUG_ON(c->type == SEG_TEXT);
            size_t size = seg_value_size(c->type);
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

static void add_narrow(struct strbuf *b, uint64_t v, uint8_t width)
{
    strbuf_add(b, &v, width);
}

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
