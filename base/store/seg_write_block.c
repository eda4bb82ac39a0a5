/* SPDX-License-Identifier: Apache-2.0 */
/* A block of a segment column by column, the columns shared among threads: what is put row by row touches every column in every row. */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "base/core/share.h"
#include "base/store/seg_writer.h"

enum { WORKERS_MAX = 16, AHEAD = 16 };

struct hand { /* what one worker needs for one column; kept from block to block */
    void *values; /* SEG_BLOCK_ROWS of the widest type */
    uint16_t *codes;
    struct seg_dict dict;
};

struct scratch {
    struct hand hands[WORKERS_MAX];
    struct seg_packed *packed; /* one a column */
    size_t *took;              /* rows of a column until its dictionary was full */
    bool *too_long;
};

struct filling {
    struct seg_writer *w;
    size_t n;
    seg_fill fill;
    void *ctx;
    atomic_size_t next; /* column */
};

void seg_scratch_free(struct seg_writer *w)
{
    struct scratch *s = w->scratch;
    if (!s) {
        return;
    }
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        free(s->hands[i].values);
        free(s->hands[i].codes);
        seg_dict_release(&s->hands[i].dict);
    }
    for (size_t c = 0; c < w->n_columns; c++) {
        strbuf_release(&s->packed[c].bytes);
    }
    free(s->packed);
    free(s->took);
    free(s->too_long);
    free(s);
}

static void make_scratch(struct seg_writer *w)
{
    struct scratch *s = xcalloc(1, sizeof(*s));
    s->packed = xcalloc(w->n_columns, sizeof(*s->packed));
    s->took = xcalloc(w->n_columns, sizeof(*s->took));
    s->too_long = xcalloc(w->n_columns, sizeof(*s->too_long));
    w->scratch = s;
}

/* Codes of the texts until the dictionary is full. Of a few texts at once the slots are fetched before they are looked at. Returns how many. */
static size_t code_texts(struct hand *h, struct str *v, size_t n, bool *too_long)
{
    uint64_t hash[AHEAD];
    for (size_t at = 0; at < n; at += AHEAD) {
        size_t some = MIN(n - at, (size_t)AHEAD);
        for (size_t k = 0; k < some; k++) {
            struct str *s = &v[at + k];
            if (s->n > SEG_MAX_TEXT) { /* said at close; data is never our mistake */
                *too_long = true;
                *s = str_n("", 0);
            }
            hash[k] = at + k > 0 && str_eq(*s, s[-1]) ? hash[(k + AHEAD - 1) % AHEAD] : hash64_str(*s);
            if (h->dict.n) {
                seg_dict_fetch_slot(&h->dict, hash[k]);
            }
        }
        for (size_t k = 0; k < some; k++) {
            h->codes[at + k] = seg_dict_add(&h->dict, v[at + k], hash[k]);
            if (h->dict.bytes.n > SEG_BLOCK_TEXT) {
                return at + k + 1;
            }
        }
    }
    return n;
}

static void pack_column(struct filling *f, struct hand *h, size_t col)
{
    struct scratch *s = f->w->scratch;
    enum seg_type type = f->w->columns[col].type;
    f->fill(f->ctx, col, f->n, h->values);
    s->took[col] = f->n;
    if (type == SEG_TEXT) {
        s->took[col] = code_texts(h, h->values, f->n, &s->too_long[col]);
        seg_pack_text(&h->dict, h->codes, s->took[col], &s->packed[col].bytes, &s->packed[col].chunk);
        seg_dict_clear(&h->dict);
    } else {
        seg_pack_fixed(type, h->values, f->n, &s->packed[col].bytes, &s->packed[col].chunk);
    }
}

static void pack_columns(void *filling, unsigned worker)
{
    struct filling *f = filling;
    struct hand *h = &f->w->scratch->hands[worker];
    if (!h->values) {
        h->values = xmalloc(SEG_BLOCK_ROWS * sizeof(struct str));
        h->codes = xmalloc(SEG_BLOCK_ROWS * sizeof(*h->codes));
    }
    for (size_t col; (col = atomic_fetch_add(&f->next, 1)) < f->w->n_columns;) {
        pack_column(f, h, col);
    }
}

static size_t pack_all(struct filling *f, unsigned threads)
{
    size_t took = f->n;
    atomic_store(&f->next, 0);
    share_out(MIN(MAX(threads, 1u), (unsigned)WORKERS_MAX), threads, pack_columns, f);
    for (size_t c = 0; c < f->w->n_columns; c++) {
        took = MIN(took, f->w->scratch->took[c]);
    }
    return took;
}

size_t seg_write_block(struct seg_writer *w, size_t n, unsigned threads, seg_fill fill, void *ctx)
{
    struct filling f = {.w = w, .n = n, .fill = fill, .ctx = ctx};
    BUG_ON(w->cells || n == 0 || n > SEG_BLOCK_ROWS);
    if (!w->scratch) {
        make_scratch(w);
    }
    size_t took = pack_all(&f, threads);
    if (took < n) { /* a full dictionary ends the block for every column: rare, so all are packed again */
        f.n = took;
        BUG_ON(pack_all(&f, threads) != took);
    }
    seg_start_block(w, took);
    for (size_t c = 0; c < w->n_columns; c++) {
        seg_append_column(w, &w->scratch->packed[c]);
        w->too_long |= w->scratch->too_long[c];
    }
    w->rows += took;
    return took;
}
