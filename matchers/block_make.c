/* SPDX-License-Identifier: Apache-2.0 */
/* Rows sorted into blocks. */
#include "base/core/share.h"
#include "matchers/block_private.h"

/* --- keys of values --------------------------------------------------------------------------------------------------------------- */

static void keys_of(const struct link_table *t, struct part_keys *p)
{
    const struct dict *d = &t->dicts[p->dict];
    VEC(struct more_key) more = {.n = 0};
    p->keys = xmalloc(d->values.n * sizeof(*p->keys));
    for (uint32_t v = 0; v < d->values.n; v++) {
        uint32_t further[TRANSFORM_MORE];
        p->keys[v] = transform_key(d, v, (enum transform)p->transform);
        for (unsigned i = 0, n = transform_more_keys(d, v, (enum transform)p->transform, further); i < n; i++) {
            vec_push(&more, (struct more_key){v, further[i]});
        }
    }
    p->more = more.v;
    p->n_more = more.n;
}

static void nth_keys(void *ctx, unsigned i)
{
    struct blocks *b = ctx;
    keys_of(b->table, &b->parts[i]);
}

static unsigned part_number(struct blocks *b, struct recipe_part p)
{
    uint8_t dict = b->table->dict_of[p.field];
    for (unsigned i = 0; i < b->n_parts; i++) {
        if (b->parts[i].dict == dict && b->parts[i].transform == p.transform) {
            return i;
        }
    }
    b->parts[b->n_parts] = (struct part_keys){.dict = dict, .transform = p.transform};
    return b->n_parts++;
}

const struct more_key *more_keys(const struct part_keys *p, uint32_t value, size_t *out_n)
{
    size_t lo = 0, hi = p->n_more;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        lo = p->more[mid].value < value ? mid + 1 : lo;
        hi = p->more[mid].value < value ? hi : mid;
    }
    for (*out_n = 0; lo + *out_n < p->n_more && p->more[lo + *out_n].value == value;) {
        (*out_n)++;
    }
    return p->more + lo;
}

bool has_more_keys(const struct blocks *b, unsigned recipe)
{
    bool more = false;
    for (unsigned i = 0; i < b->recipe[recipe].n; i++) {
        more |= b->parts[b->part_of[recipe][i]].n_more > 0;
    }
    return more;
}

unsigned row_keys(const struct blocks *b, unsigned recipe, const uint32_t *ids, uint32_t out[ROW_KEYS])
{
    const struct recipe *r = &b->recipe[recipe];
    uint64_t sum[ROW_KEYS] = {0};
    unsigned n = 1;
    for (unsigned i = 0; i < r->n; i++) {
        const struct part_keys *p = &b->parts[b->part_of[recipe][i]];
        uint32_t value = ids[r->part[i].field];
        size_t n_more = 0;
        const struct more_key *more = p->n_more ? more_keys(p, value, &n_more) : NULL;
        uint32_t key = p->keys ? p->keys[value] : value; /* values stand for themselves once their keys are gone */
        if (key == 0) {
            return 0;
        }
        unsigned had = n;
        for (size_t k = 0; k < n_more && n + had <= ROW_KEYS; k++) {
            for (unsigned j = 0; j < had; j++) {
                sum[n++] = sum[j] + part_hash(more[k].key, p->dict);
            }
        }
        for (unsigned j = 0; j < had; j++) {
            sum[j] += part_hash(key, p->dict);
        }
    }
    for (unsigned j = 0; j < n; j++) {
        out[j] = row_key(sum[j]);
    }
    return n;
}

/* --- sorting ------------------------------------------------------------------------------------------------------------------------ */

/* Key in the upper half, row in the lower: sorted by key, and rows ascend because the sort is stable. */
struct sorting {
    uint64_t *v, *scratch;
    size_t n, cap;
};

static void sorting_room(struct sorting *s, size_t n)
{
    if (n > s->cap) {
        free(s->v);
        free(s->scratch);
        s->cap = n;
        s->v = xmalloc(n * sizeof(*s->v));
        s->scratch = xmalloc(n * sizeof(*s->scratch));
    }
}

static void sorting_release(struct sorting *s)
{
    free(s->v);
    free(s->scratch);
}

#define MOST_BITS 11

/* By radix, the result in v. Passes in which all keys are alike are left out. */
static void sort_keys(struct sorting *s)
{
    const unsigned bits = s->n < 4096 ? 8 : MOST_BITS, mask = (1u << bits) - 1;
    for (unsigned shift = 32; shift < 64; shift += bits) {
        uint32_t at[(1 << MOST_BITS) + 1] = {0};
        for (size_t i = 0; i < s->n; i++) {
            at[(s->v[i] >> shift & mask) + 1]++;
        }
        if (s->n && at[(s->v[0] >> shift & mask) + 1] == s->n) {
            continue;
        }
        for (unsigned k = 0; k < mask; k++) {
            at[k + 1] += at[k];
        }
        for (size_t i = 0; i < s->n; i++) {
            s->scratch[at[s->v[i] >> shift & mask]++] = s->v[i];
        }
        uint64_t *swap = s->v;
        s->v = s->scratch, s->scratch = swap;
    }
}

/* A field whose value no other row has: the row is alone in its block. Names are not equal by value, nor are fields that change places. */
static uint32_t alone_fields(const struct link_table *t, const struct recipe *r)
{
    uint32_t fields = 0;
    for (unsigned i = 0; i < r->n; i++) {
        unsigned f = r->part[i].field, shared = 0;
        for (unsigned k = 0; k < r->n; k++) {
            shared += t->dict_of[r->part[k].field] == t->dict_of[f];
        }
        fields |= (uint32_t)(r->part[i].transform == BY_VALUE && shared == 1 && t->fields[f].type != FIELD_NAME && t->freq[f]) << f;
    }
    return fields;
}

static bool stands_alone(const struct link_table *t, const uint32_t *ids, uint32_t fields)
{
    for (; fields; fields &= fields - 1) {
        unsigned f = (unsigned)__builtin_ctz(fields);
        if (t->freq[f][ids[f]] < 2) {
            return true;
        }
    }
    return false;
}

static void add_more_keys(const struct blocks *b, unsigned recipe, struct sorting *s, uint32_t row)
{
    uint32_t keys[ROW_KEYS];
    unsigned n = row_keys(b, recipe, link_row(b->table, row), keys);
    if (s->n + n > s->cap) { /* seldom: few names have two readings */
        struct sorting larger = {.v = NULL};
        sorting_room(&larger, s->cap + s->cap / 2 + ROW_KEYS);
        memcpy(larger.v, s->v, s->n * sizeof(*s->v));
        larger.n = s->n;
        sorting_release(s);
        *s = larger;
    }
    for (unsigned i = 0; i < n; i++) {
        s->v[s->n++] = (uint64_t)keys[i] << 32 | row;
    }
}

static void sort_rows(const struct blocks *b, unsigned recipe, struct sorting *s)
{
    const struct link_table *t = b->table;
    const struct recipe *r = &b->recipe[recipe];
    const uint32_t *keys[RECIPE_PARTS];
    const bool more = has_more_keys(b, recipe);
    const uint32_t alone = alone_fields(t, r);
    for (unsigned i = 0; i < r->n; i++) {
        keys[i] = b->parts[b->part_of[recipe][i]].keys;
    }
    sorting_room(s, t->n + 1u);
    s->n = 0;
    for (uint32_t row = 0; row < t->n; row++) {
        const uint32_t *ids = link_row(t, row);
        uint64_t sum = 0;
        bool all = !alone || !stands_alone(t, ids, alone);
        if (all && more) {
            add_more_keys(b, recipe, s, row);
            continue;
        }
        for (unsigned i = 0; i < r->n && all; i++) {
            uint32_t key = keys[i][ids[r->part[i].field]];
            sum += part_hash(key, t->dict_of[r->part[i].field]);
            all = key != 0;
        }
        if (all) {
            s->v[s->n++] = (uint64_t)row_key(sum) << 32 | row;
        }
    }
    sort_keys(s);
}

/* --- cutting into blocks ------------------------------------------------------------------------------------------------------------ */

/* Pairs within rows [p, p + n) that may be compared. */
static uint64_t pairs_in(const struct link_table *t, const uint64_t *p, size_t n)
{
    uint64_t all = (uint64_t)n * (n - 1) / 2;
    if (t->no_doubles == 0) {
        return all;
    }
    uint64_t per_source[LINK_SOURCES] = {0};
    for (size_t i = 0; i < n; i++) {
        per_source[t->source.v[(uint32_t)p[i]]]++;
    }
    for (unsigned s = 0; s < t->n_sources; s++) {
        all -= t->no_doubles >> s & 1 && per_source[s] ? per_source[s] * (per_source[s] - 1) / 2 : 0;
    }
    return all;
}

struct making {
    const struct link_table *t;
    const uint32_t *spare_keys; /* NULL: no spare */
    unsigned spare_field;
    uint32_t cap;
    struct block_report *report;
    struct block_list *list; /* NULL: only the report */
    size_t used;             /* of list->rows */
};

static void mark(const struct making *m, uint8_t **bits, const uint64_t *p, size_t n)
{
    *bits = *bits ? *bits : xcalloc(m->t->n / 8 + 1u, 1);
    for (size_t i = 0; i < n; i++) {
        (*bits)[(uint32_t)p[i] >> 3] |= (uint8_t)(1u << (p[i] & 7));
    }
}

static void take_block(struct making *m, const uint64_t *p, size_t n)
{
    uint64_t pairs = pairs_in(m->t, p, n);
    if (n < 2 || pairs == 0) {
        return;
    }
    m->report->blocks++;
    m->report->pairs += pairs;
    m->report->largest = MAX(m->report->largest, (uint32_t)n);
    if (m->list) {
        for (size_t i = 0; i < n; i++) {
            m->list->rows[m->used++] = (uint32_t)p[i];
        }
        if (m->list->key) {
            m->list->key[m->list->n] = (uint32_t)(p[0] >> 32);
        }
        m->list->start[++m->list->n] = (uint32_t)m->used;
    }
}

static void drop_block(struct making *m, const uint64_t *p, size_t n)
{
    m->report->dropped++;
    if (m->list) {
        mark(m, &m->list->dropped, p, n);
    }
}

/* Over the cap: again by the spare key. Pairs of different spare keys are lost, and all pairs of a piece that is still too large. */
static void split_block(struct making *m, const uint64_t *p, size_t n)
{
    struct block_report *r = m->report;
    uint64_t before = r->pairs;
    r->split++;
    if (m->spare_keys) {
        struct sorting s = {.v = NULL};
        uint64_t *piece = xmalloc(n * sizeof(*piece));
        sorting_room(&s, n);
        for (size_t i = 0; i < n; i++) {
            uint32_t key = m->spare_keys[link_row(m->t, (uint32_t)p[i])[m->spare_field]];
            if (key) {
                s.v[s.n++] = (uint64_t)key << 32 | (uint32_t)p[i];
            }
        }
        sort_keys(&s);
        if (m->list) {
            mark(m, &m->list->split, p, n);
        }
        for (size_t i = 0, end; i < s.n; i = end) {
            for (end = i; end < s.n && s.v[end] >> 32 == s.v[i] >> 32; end++) {
                piece[end] = (p[0] & 0xFFFFFFFF00000000u) | (uint32_t)s.v[end]; /* under the key of the whole */
            }
            if (end - i <= m->cap) {
                take_block(m, piece + i, end - i);
            } else {
                drop_block(m, piece + i, end - i);
            }
        }
        sorting_release(&s);
        free(piece);
    } else {
        drop_block(m, p, n);
    }
    r->lost += pairs_in(m->t, p, n) - (r->pairs - before);
}

static void cut_blocks(struct making *m, const struct sorting *k)
{
    for (size_t i = 0, end; i < k->n; i = end) {
        for (end = i + 1; end < k->n && k->v[end] >> 32 == k->v[i] >> 32; end++) {
        }
        if (end - i < 2) {
            continue;
        }
        if (m->cap && end - i > m->cap) {
            split_block(m, k->v + i, end - i);
        } else {
            take_block(m, k->v + i, end - i);
        }
    }
}

static void make_recipe(const struct blocks *b, unsigned recipe, uint32_t cap, struct sorting *s, struct block_report *report, struct block_list *list)
{
    const struct recipe *r = &b->recipe[recipe];
    const uint32_t *spare = r->has_spare ? b->parts[b->part_of[recipe][RECIPE_PARTS]].keys : NULL;
    struct making m = {b->table, spare, r->spare.field, r->n ? cap : 0, report, list, 0};
    *report = (struct block_report){0};
    sort_rows(b, recipe, s);
    if (list) {
        *list = (struct block_list){.rows = xmalloc((s->n + 1) * sizeof(uint32_t)), .start = xcalloc(s->n / 2 + 2, sizeof(uint32_t))};
        list->key = has_more_keys(b, recipe) ? xmalloc((s->n / 2 + 1) * sizeof(uint32_t)) : NULL;
    }
    cut_blocks(&m, s);
    if (list) {
        list->rows = xrealloc(list->rows, (m.used + 1) * sizeof(uint32_t));
        list->start = xrealloc(list->start, ((size_t)list->n + 1) * sizeof(uint32_t));
    }
}

/* --- all recipes ---------------------------------------------------------------------------------------------------------------------- */

static void start(const struct link_table *t, const struct recipe *recipes, unsigned n, unsigned threads, struct blocks *out)
{
    BUG_ON(n > RECIPES_MAX);
    *out = (struct blocks){.table = t, .n_recipes = n};
    for (unsigned r = 0; r < n; r++) {
        out->recipe[r] = recipes[r];
        for (unsigned i = 0; i < recipes[r].n; i++) {
            out->part_of[r][i] = (uint8_t)part_number(out, recipes[r].part[i]);
        }
        if (recipes[r].has_spare) {
            out->part_of[r][RECIPE_PARTS] = (uint8_t)part_number(out, recipes[r].spare);
        }
    }
    share_out(out->n_parts, threads, nth_keys, out);
}

struct block_report block_forecast(const struct link_table *t, const struct recipe *r, uint32_t cap)
{
    struct block_report report;
    struct blocks b;
    struct sorting s = {.v = NULL};
    start(t, r, 1, 1, &b);
    make_recipe(&b, 0, cap, &s, &report, NULL);
    sorting_release(&s);
    blocks_release(&b);
    return report;
}

struct making_all {
    struct blocks *out;
    uint32_t cap;
    unsigned threads;
};

/* Every so manieth recipe: a thread keeps the memory it sorts in. */
static void make_every(void *ctx, unsigned first)
{
    const struct making_all *all = ctx;
    struct sorting s = {.v = NULL};
    for (unsigned r = first; r < all->out->n_recipes; r += all->threads) {
        make_recipe(all->out, r, all->cap, &s, &all->out->report[r], &all->out->list[r]);
    }
    sorting_release(&s);
}

static void list_release(struct block_list *l)
{
    free(l->rows);
    free(l->start);
    free(l->key);
    free(l->split);
    free(l->dropped);
    *l = (struct block_list){.n = 0};
}

static void leave_out(struct blocks *b, unsigned r)
{
    b->report[r].left_out = true;
    b->report[r].lost += b->report[r].pairs;
    b->report[r].pairs = 0;
    list_release(&b->list[r]);
}

/* As matchers/plan.c: fewest pairs first, the three strictest in any case. */
static void keep_within(struct blocks *b, uint64_t total)
{
    uint64_t sum = 0;
    uint32_t taken = 0;
    for (unsigned i = 0; i < b->n_recipes; i++) {
        unsigned least = RECIPES_MAX;
        for (unsigned r = 0; r < b->n_recipes; r++) {
            bool fewer = least == RECIPES_MAX || b->report[r].pairs < b->report[least].pairs;
            least = !(taken >> r & 1) && fewer ? r : least;
        }
        taken |= 1u << least;
        sum += b->report[least].pairs;
        if (i >= 3 && sum > total) {
            leave_out(b, least);
        }
    }
}

/* Equal values are equal numbers: keys of whole values are not needed to see whether two rows agree, unless they are part of the key of a block. Names are
   equal after folding. */
static void let_go_of_values(struct blocks *b)
{
    bool needed[ARRAY_LEN(b->parts)] = {false};
    for (unsigned r = 0; r < b->n_recipes; r++) {
        for (unsigned i = 0; i < b->recipe[r].n; i++) {
            needed[b->part_of[r][i]] |= has_more_keys(b, r);
        }
    }
    for (unsigned i = 0; i < b->n_parts; i++) {
        if (b->parts[i].transform == BY_VALUE && b->table->dicts[b->parts[i].dict].type != FIELD_NAME && !needed[i]) {
            free(b->parts[i].keys);
            b->parts[i].keys = NULL;
        }
    }
}

void blocks_make(const struct link_table *t, const struct recipe *recipes, unsigned n, const struct block_options *o, struct blocks *out)
{
    unsigned threads = MAX(1u, MIN(o->threads, n));
    start(t, recipes, n, o->threads, out);
    share_out(threads, threads, make_every, &(struct making_all){out, o->cap, threads});
    if (o->total_pairs) {
        keep_within(out, o->total_pairs);
    }
    let_go_of_values(out);
}

void blocks_let_go(struct blocks *b)
{
    for (unsigned r = 0; r < b->n_recipes; r++) {
        list_release(&b->list[r]);
    }
    for (unsigned i = 0; i < b->n_parts; i++) {
        free(b->parts[i].keys);
        free(b->parts[i].more);
    }
    b->n_parts = 0;
}

void blocks_release(struct blocks *b)
{
    blocks_let_go(b);
    *b = (struct blocks){.n_recipes = 0};
}
