/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/plan.h"

#include "matchers/model.h"

/* From the strictest to the loosest. */
static const uint8_t transforms[FIELD_TYPE_COUNT][5] = {
    [FIELD_ID] = {BY_VALUE, BY_MIDDLE, BY_TAIL, BY_HEAD, BY_COUNT},
    [FIELD_NAME] = {BY_VALUE, BY_CHARACTERS, BY_SOUND, BY_GIVEN, BY_INITIALS},
    [FIELD_LATIN] = {BY_VALUE, BY_SOUND, BY_HEAD, BY_INITIALS, BY_COUNT},
    [FIELD_DATE] = {BY_VALUE, BY_YEAR_MONTH, BY_MONTH_DAY, BY_YEAR, BY_COUNT},
    [FIELD_SEX] = {BY_VALUE, BY_COUNT},
    [FIELD_PHONE] = {BY_VALUE, BY_TAIL, BY_COUNT},
    [FIELD_ADDRESS] = {BY_VALUE, BY_NUMBERS, BY_HEAD, BY_COUNT},
    [FIELD_AREA] = {BY_VALUE, BY_HEAD, BY_COUNT},
    [FIELD_TEXT] = {BY_VALUE, BY_HEAD, BY_COUNT},
    [FIELD_CODE] = {BY_VALUE, BY_HEAD, BY_TAIL, BY_COUNT},
    [FIELD_CLK] = {BY_VALUE, BY_HEAD, BY_MIDDLE, BY_TAIL, BY_COUNT},
};

/* A field under one transform: -log2 of the chance that two rows agree on it, and the share of rows that have it. */
struct key {
    struct recipe_part part;
    int32_t bits;
    bool stands; /* a recipe of its own holds it whole */
};

struct planning {
    const struct link_table *t;
    const struct plan_options *o;
    struct plan *out;
    struct key keys[LINK_FIELDS * 5];
    unsigned n_keys;
    uint64_t possible, recipe_pairs, total_pairs;
};

struct key_rows {
    uint32_t key, rows;
};

static int key_order(const void *a, const void *b)
{
    const struct key_rows *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static void measure(struct planning *p, unsigned field, enum transform by)
{
    const struct dict *d = link_dict(p->t, field);
    struct key_rows *v = xmalloc(d->values.n * sizeof(*v));
    size_t n = 0;
    double agree = 0, filled = 0, rows = p->t->n;
    for (uint32_t i = 1; i < d->values.n; i++) {
        uint32_t key = p->t->freq[field][i] ? transform_key(d, i, by) : 0;
        if (key) {
            v[n++] = (struct key_rows){key, p->t->freq[field][i]};
            filled += p->t->freq[field][i];
        }
    }
    if (n) {
        qsort(v, n, sizeof(*v), key_order);
    }
    for (size_t i = 0, end; i < n; i = end) {
        double sum = 0;
        for (end = i; end < n && v[end].key == v[i].key; end++) {
            sum += v[end].rows;
        }
        agree += sum * sum;
    }
    free(v);
    if (filled >= rows / 20) {
        p->keys[p->n_keys++] = (struct key){{(uint8_t)field, (uint8_t)by}, bits_of(rows * rows / agree), false};
    }
}

static void measure_all(struct planning *p)
{
    for (unsigned f = 0; f < p->t->n_fields; f++) {
        for (int i = 0; i < 5 && transforms[p->t->fields[f].type][i] != BY_COUNT; i++) {
            measure(p, f, (enum transform)transforms[p->t->fields[f].type][i]);
        }
    }
}

/* Takes the recipe when it makes few enough pairs, but some. */
static bool take(struct planning *p, const struct recipe *r)
{
    struct plan *out = p->out;
    if (out->n == RECIPES_MAX) {
        return false;
    }
    struct block_report f = block_forecast(p->t, r, p->o->cap);
    if (f.pairs > p->recipe_pairs || f.pairs == 0 || f.lost > f.pairs) {
        return false;
    }
    out->recipe[out->n] = *r;
    out->forecast[out->n++] = f;
    return true;
}

/* About how many pairs keys of so many bits together make, in bits. */
static bool may_fit(const struct planning *p, int32_t bits)
{
    return bits_of((double)p->possible) - bits <= bits_of((double)p->recipe_pairs) + MODEL_BIT;
}

static void single_keys(struct planning *p)
{
    for (unsigned i = 0; i < p->n_keys; i++) {
        struct recipe r = {.n = 1, .part = {p->keys[i].part}};
        if (p->keys[i].part.transform == BY_VALUE && may_fit(p, p->keys[i].bits) && take(p, &r)) {
            p->keys[i].stands = true;
        }
    }
}

struct couple {
    unsigned a, b;
    int32_t bits;
};

static int couple_order(const void *x, const void *y)
{
    const struct couple *a = x, *b = y;
    return a->bits != b->bits ? (a->bits < b->bits ? -1 : 1) : a->a != b->a ? (a->a < b->a ? -1 : 1) : (a->b > b->b) - (a->b < b->b);
}

static bool add_third(struct planning *p, struct recipe *r, int32_t bits)
{
    for (unsigned i = 0; i < p->n_keys; i++) {
        const struct key *k = &p->keys[i];
        if (k->part.field != r->part[0].field && k->part.field != r->part[1].field && k->part.transform == BY_VALUE && may_fit(p, bits + k->bits)) {
            r->n = 3;
            r->part[2] = k->part;
            if (take(p, r)) {
                return true;
            }
        }
    }
    return false;
}

#define PER_COUPLE 2
#define TRIES      6

/* Fields f and g: the loosest couples of their keys that fit, at most PER_COUPLE. A couple is tried loosest first; one that is looser in both than one taken
   cannot fit, one that is stricter in both brings nothing new, so after the first the others trade one field for the other. */
static void couple_fields(struct planning *p, unsigned f, unsigned g)
{
    struct couple c[25] = {{0, 0, 0}};
    unsigned n = 0, taken = 0, tries = 0;
    struct couple had[PER_COUPLE];
    for (unsigned i = 0; i < p->n_keys; i++) {
        for (unsigned j = 0; j < p->n_keys; j++) {
            if (p->keys[i].part.field == f && p->keys[j].part.field == g && !p->keys[i].stands && !p->keys[j].stands) {
                c[n++] = (struct couple){i, j, p->keys[i].bits + p->keys[j].bits};
            }
        }
    }
    qsort(c, n, sizeof(*c), couple_order);
    for (unsigned i = 0; i < n && taken < PER_COUPLE && tries < TRIES; i++) {
        struct recipe r = {.n = 2, .part = {p->keys[c[i].a].part, p->keys[c[i].b].part}};
        bool new = true;
        for (unsigned k = 0; k < taken; k++) { /* keys of a field are in order of strictness */
            new &= !(c[i].a <= had[k].a && c[i].b <= had[k].b);
        }
        if (new && may_fit(p, c[i].bits)) {
            tries++;
            if (take(p, &r)) {
                had[taken++] = c[i];
            }
        }
    }
    struct recipe r = {.n = 2, .part = {p->keys[c[n ? n - 1 : 0].a].part, p->keys[c[n ? n - 1 : 0].b].part}};
    if (taken == 0 && n && !take(p, &r)) { /* even the strictest is too common, or they go together */
        add_third(p, &r, c[n - 1].bits);
    }
}

static int by_pairs(const void *a, const void *b)
{
    const struct block_report *x = *(const struct block_report *const *)a, *y = *(const struct block_report *const *)b;
    return x->pairs != y->pairs ? (x->pairs < y->pairs ? -1 : 1) : (x > y) - (x < y);
}

/* Fewest pairs first: the sure recipes emit, the loose ones add. What is over the total goes, loosest first. */
static void put_in_order(struct planning *p)
{
    struct plan sorted = {.n = 0};
    const struct block_report *order[RECIPES_MAX];
    uint64_t sum = 0;
    for (unsigned i = 0; i < p->out->n; i++) {
        order[i] = &p->out->forecast[i];
    }
    qsort(order, p->out->n, sizeof(*order), by_pairs);
    for (unsigned i = 0; i < p->out->n; i++) {
        sum += order[i]->pairs;
        if (sorted.n < 3 || sum <= p->total_pairs) {
            sorted.recipe[sorted.n] = p->out->recipe[order[i] - p->out->forecast];
            sorted.forecast[sorted.n++] = *order[i];
        }
    }
    *p->out = sorted;
}

static void compare_whole(struct planning *p)
{
    p->out->n = 1;
    p->out->recipe[0] = (struct recipe){.n = 0};
    p->out->forecast[0] = (struct block_report){.pairs = p->possible, .blocks = 1, .largest = p->t->n};
}

uint64_t plan_total_pairs(const struct link_table *t, const struct plan_options *o)
{
    return o->total_pairs ? o->total_pairs : MAX(12 * (uint64_t)t->n, 4000000u);
}

void plan_make(const struct link_table *t, const struct plan_options *o, struct plan *out)
{
    struct planning p = {.t = t, .o = o, .out = out, .possible = MAX(link_pairs_possible(t), 1u)};
    *out = (struct plan){.n = 0};
    p.recipe_pairs = o->recipe_pairs ? o->recipe_pairs : MAX(3 * (uint64_t)t->n, 300000u);
    p.total_pairs = plan_total_pairs(t, o);
    if (p.possible * t->n_fields <= o->all_values) {
        compare_whole(&p);
        return;
    }
    measure_all(&p);
    single_keys(&p);
    for (unsigned f = 0; f < t->n_fields; f++) {
        for (unsigned g = f + 1; g < t->n_fields; g++) {
            couple_fields(&p, f, g);
        }
    }
    put_in_order(&p);
    if (out->n == 0) { /* nothing tells rows apart but all of it: better slow than nothing */
        compare_whole(&p);
    }
}
