/* SPDX-License-Identifier: Apache-2.0 */
/* The pairs of a recipe that no recipe before it brings together. */
#include "matchers/block_private.h"

/* A recipe before this one, as it is asked of a pair: fields that must be equal and filled, then keys that must be. */
struct check {
    uint32_t same;
    unsigned recipe, n;
    struct {
        unsigned field;
        const uint32_t *keys;
    } part[RECIPE_PARTS];
    bool whole; /* fields may change places, or a row has several keys: all keys of both rows are put together */
};

struct checks {
    struct check v[RECIPES_MAX];
    unsigned n;
    uint32_t fields; /* that any of them wants equal */
};

static bool fields_cross(const struct link_table *t, const struct recipe *r)
{
    bool cross = false;
    for (unsigned i = 0; i < r->n; i++) {
        for (unsigned k = i + 1; k < r->n; k++) {
            cross |= t->dict_of[r->part[i].field] == t->dict_of[r->part[k].field];
        }
    }
    return cross;
}

static void make_checks(const struct blocks *b, unsigned recipes, struct checks *out)
{
    out->n = 0;
    out->fields = 0;
    for (unsigned r = 0; r < recipes; r++) {
        if (b->report[r].left_out) {
            continue;
        }
        struct check *c = &out->v[out->n++];
        *c = (struct check){.recipe = r, .whole = fields_cross(b->table, &b->recipe[r]) || has_more_keys(b, r)};
        for (unsigned i = 0; i < b->recipe[r].n && !c->whole; i++) {
            unsigned f = b->recipe[r].part[i].field;
            const uint32_t *keys = b->parts[b->part_of[r][i]].keys;
            if (keys) {
                c->part[c->n].field = f;
                c->part[c->n++].keys = keys;
            } else {
                c->same |= 1u << f;
            }
        }
        out->fields |= c->same;
    }
}

/* The least key both rows have under a recipe; false: none. */
static bool shared_key(const struct blocks *b, unsigned recipe, const uint32_t *x, const uint32_t *y, uint32_t *out)
{
    uint32_t kx[ROW_KEYS], ky[ROW_KEYS];
    unsigned nx = row_keys(b, recipe, x, kx), ny = row_keys(b, recipe, y, ky);
    bool found = false;
    for (unsigned i = 0; i < nx; i++) {
        for (unsigned j = 0; j < ny; j++) {
            if (kx[i] == ky[j] && (!found || kx[i] < *out)) {
                *out = kx[i];
                found = true;
            }
        }
    }
    return found;
}

static bool keys_agree(const struct check *c, const uint32_t *x, const uint32_t *y)
{
    for (unsigned i = 0; i < c->n; i++) {
        unsigned f = c->part[i].field;
        uint32_t key = c->part[i].keys[x[f]];
        if (key == 0 || (x[f] != y[f] && key != c->part[i].keys[y[f]])) {
            return false;
        }
    }
    return true;
}

/* Of rows of one key: were they left in one block? */
static bool still_together(const struct blocks *b, unsigned recipe, uint32_t x, uint32_t y)
{
    const struct block_list *l = &b->list[recipe];
    if (bit_of(l->dropped, x) || bit_of(l->dropped, y)) {
        return false;
    }
    if (!bit_of(l->split, x) && !bit_of(l->split, y)) {
        return true;
    }
    const struct recipe *r = &b->recipe[recipe];
    uint32_t a = link_row(b->table, x)[r->spare.field], c = link_row(b->table, y)[r->spare.field];
    const uint32_t *keys = b->parts[b->part_of[recipe][RECIPE_PARTS]].keys;
    return keys ? keys[a] && keys[a] == keys[c] : a && a == c;
}

static bool met_before(const struct blocks *b, const struct checks *k, uint32_t row_x, uint32_t row_y)
{
    const uint32_t *x = link_row(b->table, row_x), *y = link_row(b->table, row_y);
    uint32_t same = 0, key;
    for (uint32_t left = k->fields; left; left &= left - 1) {
        unsigned f = (unsigned)__builtin_ctz(left);
        same |= (uint32_t)(x[f] == y[f] && x[f]) << f;
    }
    for (unsigned i = 0; i < k->n; i++) {
        const struct check *c = &k->v[i];
        if ((same & c->same) == c->same && (c->whole ? shared_key(b, c->recipe, x, y, &key) : keys_agree(c, x, y)) &&
            still_together(b, c->recipe, row_x, row_y)) {
            return true;
        }
    }
    return false;
}

/* Two rows that share several blocks of a recipe are a pair in the first of them. */
static bool in_this_block(const struct blocks *b, unsigned recipe, uint32_t block_key, uint32_t x, uint32_t y)
{
    const struct block_list *l = &b->list[recipe];
    bool cut = bit_of(l->split, x) || bit_of(l->split, y) || bit_of(l->dropped, x) || bit_of(l->dropped, y);
    uint32_t key;
    return cut || !shared_key(b, recipe, link_row(b->table, x), link_row(b->table, y), &key) || key == block_key;
}

#define AHEAD 24 /* rows asked for before they are paired */

void blocks_pairs(const struct blocks *b, unsigned recipe, uint32_t first, uint32_t last, enum pair_choice choice, pair_sink sink, void *ctx)
{
    struct pair batch[PAIR_BATCH];
    struct checks checks;
    size_t n = 0;
    const struct block_list *l = &b->list[recipe];
    const bool no_doubles = b->table->no_doubles != 0;
    make_checks(b, choice == PAIRS_FIRST ? recipe : 0, &checks);
    for (uint32_t k = first; k < last; k++) {
        for (uint32_t i = l->start[k]; i < l->start[k + 1]; i++) {
            uint32_t x = l->rows[i];
            if (i + AHEAD < l->start[last]) {
                __builtin_prefetch(link_row(b->table, l->rows[i + AHEAD]));
            }
            for (uint32_t j = i + 1; j < l->start[k + 1]; j++) {
                uint32_t y = l->rows[j];
                if ((no_doubles && !link_allowed(b->table, x, y)) || (checks.n && met_before(b, &checks, x, y)) ||
                    (l->key && !in_this_block(b, recipe, l->key[k], x, y))) {
                    continue;
                }
                batch[n++] = (struct pair){x, y};
                if (n == PAIR_BATCH) {
                    sink(ctx, batch, n);
                    n = 0;
                }
            }
        }
    }
    if (n) {
        sink(ctx, batch, n);
    }
}
