/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/segment.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "base/store/seg_writer.h"

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
    struct seg_mark empty; /* where the empty text is */
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
        w->cells[i].v.any = xmalloc(SEG_BLOCK_ROWS * seg_value_size(type));
    }
}

static void writer_free(struct seg_writer *w)
{
    for (size_t i = 0; i < w->n_columns; i++) {
        free((char *)(uintptr_t)w->columns[i].name);
        if (w->cells) {
            free(w->cells[i].v.any);
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
    if (c->n > 0 && str_eq(seg_dict_text(&c->dict, c->v.code[c->n - 1]), v)) { /* runs are common: one street, one year */
        c->v.code[c->n] = c->v.code[c->n - 1];
        c->n++;
        return;
    }
    (void)put_new(w, c, v, hash64_str(v));
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

/* --- many rows at once --- */

static void put_numbers(struct cells *c, const int64_t *from, size_t n)
{
    if (c->type != SEG_I32) {
        memcpy((int64_t *)c->v.any + c->n, from, n * sizeof(*from));
    } else {
        int64_t strange = 0;
        for (size_t i = 0; i < n; i++) {
            int32_t v = (int32_t)from[i];
            strange |= v ^ from[i];
            c->v.i32[c->n + i] = v;
        }
        BUG_ON(strange);
    }
    c->n += n;
}

/* Of a column of many different texts the table is larger than the nearest caches: the places of those without a mark are fetched some rows before they are looked at
   (looking there and then was a fifth of all typing). */
static void fetch_ahead(const struct seg_dict *d, const struct seg_cell *from, size_t i, size_t n)
{
    enum { SLOT = 8, TEXT = 4 };
    if (d->n > 0 && i + SLOT < n && !from[i + SLOT].mark) {
        seg_dict_fetch_slot(d, from[i + SLOT].hash);
        seg_dict_fetch_text(d, from[i + TEXT].hash); /* its slot is here by now */
    }
}

static void put_texts(struct seg_writer *w, struct cells *c, const struct seg_cell *from, size_t n)
{
    uint32_t block = w->blocks + 1;
    for (size_t i = 0; i < n; i++) {
        const struct seg_cell *t = &from[i];
        struct seg_mark *mark = t->text.n == 0 ? &c->empty : t->mark;
        fetch_ahead(&c->dict, from, i, n);
        if (mark && mark->block == block) {
            c->v.code[c->n++] = mark->code;
            continue;
        }
        uint16_t code = put_new(w, c, t->text, t->text.n ? t->hash : hash64_str(t->text));
        if (mark) {
            *mark = (struct seg_mark){block, code};
        }
    }
}

static void put_empty(struct seg_writer *w, struct cells *c, size_t n)
{
    const struct seg_cell none = {{"", 0}, 0, NULL};
    put_texts(w, c, &none, 1);
    for (size_t i = 1; i < n; i++) {
        c->v.code[c->n++] = c->empty.code;
    }
}

/* Could these texts fill a dictionary, so that the block ends with one of the rows? */
static bool may_cut(const struct seg_writer *w, const void *const *columns, size_t n)
{
    for (size_t col = 0; col < w->n_columns; col++) {
        const struct seg_cell *t = w->cells[col].type == SEG_TEXT ? columns[col] : NULL;
        size_t bytes = w->cells[col].dict.bytes.n;
        for (size_t i = 0; t && i < n; i++) {
            bytes += t[i].text.n;
        }
        if (bytes > SEG_BLOCK_TEXT) {
            return true;
        }
    }
    return false;
}

static void put_part(struct seg_writer *w, const void *const *columns, size_t from, size_t n)
{
    for (size_t col = 0; col < w->n_columns; col++) {
        struct cells *c = &w->cells[col];
        BUG_ON(c->n != w->n);
        if (c->type != SEG_TEXT) {
            put_numbers(c, (const int64_t *)columns[col] + from, n);
        } else if (columns[col]) {
            put_texts(w, c, (const struct seg_cell *)columns[col] + from, n);
        } else {
            put_empty(w, c, n);
        }
    }
    w->n += n;
    w->rows += n;
    if (w->n == SEG_BLOCK_ROWS || w->cut) {
        flush_block(w);
    }
}

void seg_put_rows(struct seg_writer *w, const void *const *columns, size_t n)
{
    BUG_ON(w->puts);
    if (!w->cells) {
        make_cells(w);
    }
    for (size_t done = 0; done < n;) {
        size_t part = MIN(n - done, SEG_BLOCK_ROWS - w->n);
        part = part > 1 && may_cut(w, columns, n) ? 1 : part; /* then row by row, to end the block where it must */
        put_part(w, columns, done, part);
        done += part;
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
