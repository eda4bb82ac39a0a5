/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/vtable_scan.h"

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "base/core/vec.h"

/* Blocks kept for a scan that comes back to them (a join's inner side): in bytes, at least one block. */
enum { ROW_BITS = 20 };
static const size_t KEEP_BYTES = (size_t)256 << 20;

struct order { /* of one column: (hash of the value, position) ascending; a position is block << ROW_BITS | row */
    bool ready;
    size_t column;
    VEC(uint64_t) hashes;
    VEC(uint64_t) places;
};
struct entry {
    uint64_t hash, place;
};

struct scan {
    const struct vtable *table;
    bool *wanted;
    VEC(struct vtable_block *) kept; /* [block], NULL when not kept */
    size_t bytes;
    struct scan_bound bounds[SCAN_MAX_BOUNDS];
    size_t n_bounds;
    struct arena texts; /* of the bounds */
    size_t starts, equalities; /* scans so far; those with an equality */
    struct vtable_block *now; /* NULL: at the end */
    size_t block, row;
    struct order order;
    bool by_order;
    size_t at, to;     /* in the order, while by_order */
};

/* --- blocks ------------------------------------------------------------------------------------------------------------------ */

int64_t *vtable_nums(struct vtable_block *b, size_t column)
{
    return b->num[column] = arena_array(&b->arena, int64_t, b->rows + 1);
}

struct str *vtable_texts(struct vtable_block *b, size_t column)
{
    return b->text[column] = arena_array(&b->arena, struct str, b->rows + 1);
}

static void block_free(struct vtable_block *b)
{
    if (b) {
        arena_release(&b->arena);
        free(b);
    }
}

static enum status block_load(const struct vtable *t, size_t block, const bool *wanted, struct vtable_block **out, struct err *err)
{
    struct vtable_block *b = xcalloc(1, sizeof(*b));
    b->num = arena_array(&b->arena, int64_t *, t->n_columns);
    b->text = arena_array(&b->arena, struct str *, t->n_columns);
    enum status status = t->load(t->ctx, block, wanted, b, err);
    if (status != ST_OK) {
        block_free(b);
        return status;
    }
    *out = b;
    return ST_OK;
}

static void drop_kept(struct scan *s)
{
    for (size_t i = 0; i < s->kept.n; i++) {
        block_free(s->kept.v[i]);
    }
    vec_clear(&s->kept);
    s->bytes = 0;
    s->now = NULL;
}

static enum status get_block(struct scan *s, size_t block, struct vtable_block **out, struct err *err)
{
    if (block < s->kept.n && s->kept.v[block]) {
        *out = s->kept.v[block];
        return ST_OK;
    }
    struct vtable_block *b;
    if (s->starts <= 1) {
        drop_kept(s); /* so far nobody came back */
    }
    TRY(block_load(s->table, block, s->wanted, &b, err));
    if (s->bytes + b->arena.used > KEEP_BYTES) {
        drop_kept(s);
    }
    while (s->kept.n <= block) {
        vec_push(&s->kept, NULL);
    }
    s->kept.v[block] = b;
    s->bytes += b->arena.used;
    *out = b;
    return ST_OK;
}

/* --- bounds ------------------------------------------------------------------------------------------------------------------ */

static bool num_fits(const struct scan_bound *b, int64_t min, int64_t max)
{
    return min <= max && (b->op == SCAN_GE ? max >= b->num : b->op == SCAN_LE ? min <= b->num : min <= b->num && b->num <= max);
}

static bool block_may_match(const struct scan *s, size_t block)
{
    for (size_t i = 0; s->table->range && i < s->n_bounds; i++) {
        const struct scan_bound *b = &s->bounds[i];
        struct vtable_range r = {.known = false};
        s->table->range(s->table->ctx, block, b->column, &r);
        if (r.known && !(s->table->columns[b->column].type == VTABLE_TEXT ? str_eq(r.text, b->text) : num_fits(b, r.min, r.max))) {
            return false;
        }
    }
    return true;
}

static bool row_may_match(const struct scan *s, const struct vtable_block *block, size_t row)
{
    for (size_t i = 0; i < s->n_bounds; i++) {
        const struct scan_bound *b = &s->bounds[i];
        if (s->table->columns[b->column].type == VTABLE_TEXT) {
            if (!str_eq(block->text[b->column][row], b->text)) {
                return false;
            }
        } else if ((block->num[b->column][row] == VTABLE_NULL && s->table->columns[b->column].type != VTABLE_BOUND) || !num_fits(b, block->num[b->column][row], block->num[b->column][row])) {
            return false;
        }
    }
    return true;
}

/* --- the order of one column ------------------------------------------------------------------------------------------------------ */

static uint64_t hash_cell(const struct vtable *t, const struct vtable_block *b, size_t column, size_t row)
{
    return t->columns[column].type == VTABLE_TEXT ? hash64_str(b->text[column][row]) : hash_mix((uint64_t)b->num[column][row]);
}

static int by_hash_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->place < y->place ? -1 : x->place > y->place;
}

static enum status make_order(struct scan *s, size_t column, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    bool *only = arena_array(&a, bool, s->table->n_columns);
    VEC(struct entry) all = {0};
    enum status status = ST_OK;
    only[column] = true;
    for (size_t block = 0;; block++) {
        struct vtable_block *b = NULL;
        status = block_load(s->table, block, only, &b, err);
        if (status != ST_OK || b->end) {
            block_free(b);
            break;
        }
        for (size_t row = 0; row < b->rows; row++) {
            vec_push(&all, ((struct entry){hash_cell(s->table, b, column, row), (uint64_t)block << ROW_BITS | row}));
        }
        block_free(b);
    }
    vec_sort(&all, by_hash_place);
    vec_clear(&s->order.hashes);
    vec_clear(&s->order.places);
    for (size_t i = 0; status == ST_OK && i < all.n; i++) {
        vec_push(&s->order.hashes, all.v[i].hash);
        vec_push(&s->order.places, all.v[i].place);
    }
    vec_release(&all);
    s->order.column = column;
    s->order.ready = status == ST_OK;
    return status;
}

static size_t lower_bound(const struct order *o, uint64_t hash)
{
    size_t lo = 0, hi = o->hashes.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (o->hashes.v[mid] < hash) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* --- walking ------------------------------------------------------------------------------------------------------------------- */

static enum status settle_by_order(struct scan *s, struct err *err)
{
    for (; s->at < s->to; s->at++) {
        uint64_t place = s->order.places.v[s->at];
        size_t block = (size_t)(place >> ROW_BITS), row = (size_t)(place & (((uint64_t)1 << ROW_BITS) - 1));
        if (!block_may_match(s, block)) {
            continue;
        }
        TRY(get_block(s, block, &s->now, err));
        if (row_may_match(s, s->now, row)) {
            s->block = block;
            s->row = row;
            return ST_OK;
        }
    }
    s->now = NULL;
    return ST_OK;
}

/* From (block, row) on. */
static enum status settle(struct scan *s, struct err *err)
{
    for (;; s->block++, s->row = 0) {
        bool behind = s->now && s->row > 0; /* inside a block that was read */
        if (!behind && !block_may_match(s, s->block)) {
            continue;
        }
        TRY(get_block(s, s->block, &s->now, err));
        if (s->now->end) {
            s->now = NULL;
            return ST_OK;
        }
        for (; s->row < s->now->rows; s->row++) {
            if (row_may_match(s, s->now, s->row)) {
                return ST_OK;
            }
        }
    }
}

struct scan *scan_new(const struct vtable *table)
{
    struct scan *s = xcalloc(1, sizeof(*s));
    s->table = table;
    s->wanted = xcalloc(table->n_columns + 1, sizeof(*s->wanted));
    return s;
}

void scan_free(struct scan *s)
{
    if (!s) {
        return;
    }
    drop_kept(s);
    vec_release(&s->kept);
    arena_release(&s->texts);
    vec_release(&s->order.hashes);
    vec_release(&s->order.places);
    free(s->wanted);
    free(s);
}

static void want(struct scan *s, const bool *wanted)
{
    bool more = false;
    for (size_t c = 0; c < s->table->n_columns; c++) {
        more = more || (wanted[c] && !s->wanted[c]);
        s->wanted[c] = s->wanted[c] || wanted[c];
    }
    for (size_t i = 0; i < s->n_bounds; i++) {
        more = more || !s->wanted[s->bounds[i].column];
        s->wanted[s->bounds[i].column] = true;
    }
    if (more) {
        drop_kept(s);
    }
}

static const struct scan_bound *equality(const struct scan *s)
{
    for (size_t i = 0; i < s->n_bounds; i++) {
        if (s->bounds[i].op == SCAN_EQ && (!s->order.ready || s->order.column == s->bounds[i].column)) {
            return &s->bounds[i];
        }
    }
    return NULL;
}

enum status scan_start(struct scan *s, const bool *wanted, const struct scan_bound *bounds, size_t n, struct err *err)
{
    BUG_ON(n > SCAN_MAX_BOUNDS);
    arena_clear(&s->texts);
    for (size_t i = 0; i < n; i++) {
        s->bounds[i] = bounds[i];
        s->bounds[i].text = arena_str(&s->texts, bounds[i].text);
    }
    s->n_bounds = n;
    s->starts++;
    want(s, wanted);
    const struct scan_bound *eq = equality(s);
    s->now = NULL;
    s->block = s->row = 0;
    s->by_order = eq && s->equalities++ > 0;
    if (!s->by_order) {
        return settle(s, err);
    }
    if (!s->order.ready) {
        TRY(make_order(s, eq->column, err));
    }
    uint64_t hash = s->table->columns[eq->column].type == VTABLE_TEXT ? hash64_str(eq->text) : hash_mix((uint64_t)eq->num);
    s->at = lower_bound(&s->order, hash);
    for (s->to = s->at; s->to < s->order.hashes.n && s->order.hashes.v[s->to] == hash;) {
        s->to++;
    }
    return settle_by_order(s, err);
}

enum status scan_next(struct scan *s, struct err *err)
{
    if (s->by_order) {
        s->at++;
        return settle_by_order(s, err);
    }
    s->row++;
    return settle(s, err);
}

bool scan_done(const struct scan *s)
{
    return s->now == NULL;
}

int64_t scan_row_id(const struct scan *s)
{
    return (int64_t)((uint64_t)s->block << ROW_BITS | s->row);
}

const struct vtable_block *scan_block(const struct scan *s, size_t *out_row)
{
    *out_row = s->row;
    return s->now;
}
