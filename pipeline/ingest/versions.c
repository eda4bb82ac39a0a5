/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/versions.h"

#include <stdlib.h>

#include "base/core/hash.h"

/* A pass over all keys with two bits a slot finds the slots hit twice; only their rows are looked at again. Slots outnumber rows eight to one, lie all over
   memory and are therefore asked for some rows ahead. */
enum { AHEAD = 16 };
struct filter {
    uint8_t *bits;
    uint64_t mask;
    uint64_t twice; /* rows that hit a slot already taken */
};
struct candidate {
    uint64_t key, content;
    uint32_t file, row;
};
struct doubt { /* two of one hash and different contents */
    uint32_t at, last;
};
struct asked { /* whose key is to be read */
    uint32_t file, row, at;
};
struct resolver {
    const struct source *s;
    struct versioned *v;
    size_t n;
    struct arena *arena;
    struct filter filter;
    uint64_t *keys, *contents; /* one block */
    VEC(struct candidate) found;
    VEC(struct doubt) doubts;
    VEC(struct asked) asked;
    struct strbuf key;
};

void version_supersede(struct versioned *v, struct arena *arena, uint64_t row)
{
    if (!v->superseded) {
        v->superseded = arena_alloc(arena, (size_t)(seg_rows(v->segment) + 7) / 8);
    }
    v->superseded[row >> 3] = (uint8_t)(v->superseded[row >> 3] | 1u << (row & 7));
}

static unsigned slot_get(const struct filter *f, uint64_t slot)
{
    return (unsigned)f->bits[slot >> 2] >> (slot & 3) * 2 & 3u;
}

static void slot_hit(struct filter *f, uint64_t slot)
{
    unsigned now = slot_get(f, slot);
    if (now < 2) {
        f->bits[slot >> 2] = (uint8_t)(f->bits[slot >> 2] + (1u << (slot & 3) * 2));
    }
    f->twice += now > 0;
}

static void ask_ahead(const struct filter *f, const uint64_t *keys, size_t k, size_t n)
{
    if (k + AHEAD < n) {
        __builtin_prefetch(&f->bits[(hash_mix(keys[k + AHEAD]) & f->mask) >> 2]);
    }
}

static int key_column(const struct versioned *v, const char *name)
{
    int c = seg_column(v->segment, name);
    BUG_ON(c < 0);
    return c;
}

static enum status fill_filter(struct resolver *r, struct err *err)
{
    for (size_t i = 0; i < r->n; i++) {
        struct versioned *v = &r->v[i];
        size_t col = (size_t)key_column(v, SEG_KEY);
        for (size_t b = 0; b < seg_blocks(v->segment); b++) {
            uint64_t start = seg_block_start(v->segment, b);
            size_t rows = seg_block_rows(v->segment, b);
            TRY(seg_read_u64(v->segment, b, col, r->keys, err));
            for (size_t k = 0; k < rows; k++) {
                ask_ahead(&r->filter, r->keys, k, rows);
                if (r->keys[k] != 0 && !version_superseded(v, start + k)) {
                    slot_hit(&r->filter, hash_mix(r->keys[k]) & r->filter.mask);
                }
            }
        }
        seg_forget(v->segment);
    }
    return ST_OK;
}

/* Rows of a pass whose slot was hit more than once. */
static enum status collect(struct resolver *r, uint64_t pass, uint64_t passes, struct err *err)
{
    vec_clear(&r->found);
    for (size_t i = 0; i < r->n; i++) {
        struct versioned *v = &r->v[i];
        size_t key = (size_t)key_column(v, SEG_KEY), content = (size_t)key_column(v, SEG_CONTENT);
        for (size_t b = 0; b < seg_blocks(v->segment); b++) {
            uint64_t start = seg_block_start(v->segment, b);
            size_t rows = seg_block_rows(v->segment, b);
            bool have_content = false;
            TRY(seg_read_u64(v->segment, b, key, r->keys, err));
            for (size_t k = 0; k < rows; k++) {
                ask_ahead(&r->filter, r->keys, k, rows);
                uint64_t h = hash_mix(r->keys[k]);
                if (r->keys[k] == 0 || slot_get(&r->filter, h & r->filter.mask) < 2 || (h >> 40) % passes != pass || version_superseded(v, start + k)) {
                    continue;
                }
                if (!have_content) {
                    TRY(seg_read_u64(v->segment, b, content, r->contents, err));
                    have_content = true;
                }
                vec_push(&r->found, (struct candidate){r->keys[k], r->contents[k], (uint32_t)i, (uint32_t)(start + k)});
            }
        }
        seg_forget(v->segment);
    }
    return ST_OK;
}

static int candidate_cmp(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    if (a->file != b->file) {
        return a->file < b->file ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

static int asked_cmp(const void *pa, const void *pb)
{
    const struct asked *a = pa, *b = pb;
    return a->file != b->file ? (a->file > b->file) - (a->file < b->file) : (a->row > b->row) - (a->row < b->row);
}

/* The keys of all doubtful rows, in the order they lie in: each block is read once. A second hash of the key takes the place of the row's content. */
static enum status read_doubtful(struct resolver *r, struct err *err)
{
    vec_clear(&r->asked);
    for (size_t i = 0; i < r->doubts.n; i++) {
        const uint32_t both[] = {r->doubts.v[i].at, r->doubts.v[i].last};
        for (size_t k = 0; k < ARRAY_LEN(both); k++) {
            vec_push(&r->asked, (struct asked){r->found.v[both[k]].file, r->found.v[both[k]].row, both[k]});
        }
    }
    vec_sort(&r->asked, asked_cmp);
    for (size_t i = 0; i < r->asked.n; i++) {
        const struct asked *a = &r->asked.v[i];
        bool again = i > 0 && asked_cmp(a, a - 1) == 0, leaves = i + 1 == r->asked.n || a[1].file != a->file;
        if (!again) {
            TRY(key_from_segment(r->v[a->file].segment, r->s, a->row, &r->key, err));
            r->found.v[a->at].content = hash64_seed(r->key.p, r->key.n, 1);
        }
        if (leaves) {
            seg_forget(r->v[a->file].segment);
        }
    }
    return ST_OK;
}

/* Equal hashes nominate; equal contents besides settle it, else the keys are hashed once more in another way. */
static enum status settle(struct resolver *r, struct err *err)
{
    vec_sort(&r->found, candidate_cmp);
    vec_clear(&r->doubts);
    for (size_t from = 0, to; from < r->found.n; from = to) {
        for (to = from + 1; to < r->found.n && r->found.v[to].key == r->found.v[from].key; to++) {
        }
        for (size_t i = from; i + 1 < to; i++) {
            const struct candidate *c = &r->found.v[i];
            if (c->content == r->found.v[to - 1].content) {
                version_supersede(&r->v[c->file], r->arena, c->row);
            } else {
                vec_push(&r->doubts, (struct doubt){(uint32_t)i, (uint32_t)(to - 1)});
            }
        }
    }
    TRY(read_doubtful(r, err));
    for (size_t i = 0; i < r->doubts.n; i++) {
        const struct candidate *c = &r->found.v[r->doubts.v[i].at];
        if (c->content == r->found.v[r->doubts.v[i].last].content) {
            version_supersede(&r->v[c->file], r->arena, c->row);
        }
    }
    return ST_OK;
}

static enum status resolve(struct resolver *r, struct err *err)
{
    TRY(fill_filter(r, err));
    if (r->filter.twice == 0) {
        return ST_OK;
    }
    uint64_t passes = 1 + r->filter.twice * 2 / VERSIONS_PASS_ROWS;
    for (uint64_t p = 0; p < passes; p++) {
        TRY(collect(r, p, passes, err));
        TRY(settle(r, err));
    }
    return ST_OK;
}

enum status versions_resolve(const struct source *s, struct versioned *v, size_t n, struct arena *arena, struct err *err)
{
    uint64_t rows = 0, slots = 1u << 12;
    for (size_t i = 0; i < n; i++) {
        rows += seg_rows(v[i].segment);
    }
    while (slots < rows * 8 && slots / 4 < VERSIONS_FILTER_MAX) {
        slots *= 2;
    }
    struct resolver r = {.s = s, .v = v, .n = n, .arena = arena};
    r.filter = (struct filter){xcalloc((size_t)slots / 4, 1), slots - 1, 0};
    r.keys = xmalloc(sizeof(uint64_t) * SEG_BLOCK_ROWS);
    r.contents = xmalloc(sizeof(uint64_t) * SEG_BLOCK_ROWS);
    enum status st = resolve(&r, err);
    free(r.filter.bits);
    free(r.keys);
    free(r.contents);
    vec_release(&r.found);
    vec_release(&r.doubts);
    vec_release(&r.asked);
    strbuf_release(&r.key);
    return st;
}
