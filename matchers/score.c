/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/score.h"

#include "base/core/share.h"

/* --- terms --------------------------------------------------------------------------------------------------------------------- */

static int32_t *terms_of(const struct link_table *t, unsigned field, const struct model_field *f, enum term_source source)
{
    const struct dict *d = link_dict(t, field);
    int32_t *term = xcalloc(d->values.n, sizeof(*term));
    for (uint32_t v = 1; v < d->values.n; v++) {
        uint32_t rows = source == TERMS_LIVE ? t->freq[field][v] : 0;
        term[v] = rows > 0 && rows < TERM_ROWS ? f->by_rows[rows] : model_term(f, value_text(d, v), f->by_rows[rows ? TERM_ROWS - 1 : 0]);
    }
    return term;
}

/* Fields in order of what comparing them costs: of equal cost those with fewer values first, which are nearer in memory. */
static bool costs_more(const struct link_table *t, unsigned f, unsigned g)
{
    static const uint8_t cost[FIELD_TYPE_COUNT] = {[FIELD_SEX] = 0,  [FIELD_AREA] = 1, [FIELD_DATE] = 2, [FIELD_ID] = 2,      [FIELD_PHONE] = 2, [FIELD_CODE] = 3,
                                                   [FIELD_NAME] = 4, [FIELD_CLK] = 5,  [FIELD_LATIN] = 6, [FIELD_ADDRESS] = 7, [FIELD_TEXT] = 8};
    uint8_t a = cost[t->fields[f].type], b = cost[t->fields[g].type];
    return a != b ? a > b : link_dict(t, f)->values.n > link_dict(t, g)->values.n;
}

static void order_fields(struct scorer *s)
{
    for (unsigned f = 0; f < s->table->n_fields; f++) {
        unsigned at = f;
        while (at > 0 && costs_more(s->table, s->order[at - 1], f)) {
            s->order[at] = s->order[at - 1];
            at--;
        }
        s->order[at] = (uint8_t)f;
    }
}

static int32_t most_unequal(const struct model_field *f)
{
    int32_t most = 0;
    for (unsigned l = LEVEL_SAME + 1; l < LEVELS_MAX; l++) {
        most = MAX(most, f->weight[l]);
    }
    return most;
}

/* Are most values of two words and more: whole names and not parts of them? */
static bool whole_names(const struct link_table *t, unsigned f)
{
    const struct dict *d = link_dict(t, f);
    uint64_t all = 0, whole = 0;
    for (uint32_t v = 1; v < d->values.n; v++) {
        struct str text = value_text(d, v);
        all += t->freq[f][v];
        whole += str_find(text, STR(" ")) < text.n ? t->freq[f][v] : 0;
    }
    return 2 * whole > all;
}

/* The first name in characters, else a whole name in Latin letters. Given name and surname of their own columns are left alone: women marry, lists call people by
   second names, and where both differ little else is left of the records of one person (alice in bob: F1 0.973, with them 0.960). */
static uint32_t name_fields(const struct link_table *t)
{
    for (unsigned f = 0; f < t->n_fields; f++) {
        if (t->fields[f].type == FIELD_NAME) {
            return 1u << f;
        }
    }
    for (unsigned f = 0; f < t->n_fields; f++) {
        if (t->fields[f].type == FIELD_LATIN && whole_names(t, f)) {
            return 1u << f;
        }
    }
    return 0;
}

void scorer_init(struct scorer *s, const struct link_table *t, const struct model *m, enum term_source terms)
{
    BUG_ON(m->n_fields != t->n_fields);
    *s = (struct scorer){.table = t, .model = m, .name_fields = name_fields(t), .id_most = MAX(0, -m->prior / 2)};
    for (unsigned f = 0; f < t->n_fields; f++) {
        BUG_ON(m->fields[f].type != t->fields[f].type);
        s->term[f] = terms_of(t, f, &m->fields[f], terms);
        s->most[f] = most_unequal(&m->fields[f]);
    }
    order_fields(s);
}

void scorer_release(struct scorer *s)
{
    for (unsigned f = 0; s->table && f < s->table->n_fields; f++) {
        free(s->term[f]);
    }
    *s = (struct scorer){.table = NULL};
}

/* --- one pair ---------------------------------------------------------------------------------------------------------------------- */

static inline int32_t field_weight(const struct scorer *s, unsigned f, unsigned level, uint32_t value)
{
    return s->model->fields[f].weight[level] + (level == LEVEL_SAME ? s->term[f][value] : 0);
}

/* What the names of a pair have shown so far, and what the rest weighs above id_most: see score.h. */
struct names_seen {
    uint32_t other, one_off;     /* fields of the name that are another's, or one character off */
    int32_t over_home, over_all; /* phone and address; number and birth date too */
    int32_t shared;              /* what birth date, phone and address weigh where they speak for the pair */
    bool numbered;               /* a number speaks for the pair */
    int32_t over_surname;        /* what a name one character off weighs above the surname alone */
};

static inline void see(const struct scorer *s, struct names_seen *n, unsigned f, unsigned level, int32_t weight)
{
    enum field_type t = s->table->fields[f].type;
    int32_t over = MAX(weight - s->id_most, 0);
    if (s->name_fields >> f & 1) {
        n->other |= (uint32_t)(level >= (t == FIELD_NAME ? (unsigned)NAME_L_SURNAME : (unsigned)LATIN_FAR)) << f;
        n->one_off |= (uint32_t)(t == FIELD_NAME && level >= NAME_L_ONE) << f;
        n->over_surname += t == FIELD_NAME && level == NAME_L_ONE ? MAX(weight - s->model->fields[f].weight[NAME_L_SURNAME], 0) : 0;
    } else if (t == FIELD_PHONE || t == FIELD_ADDRESS) {
        n->over_home += over;
        n->shared += MAX(weight, 0);
    } else if (t == FIELD_ID || t == FIELD_DATE) {
        n->over_all += over;
        n->shared += t == FIELD_DATE ? MAX(weight, 0) : 0;
        n->numbered |= t == FIELD_ID && weight > 0;
    }
}

#define DOUBT (2 * MODEL_BIT) /* how far below an even chance twins are left */

static inline int32_t too_much(const struct scorer *s, const struct names_seen *n, bool whole)
{
    bool other = s->name_fields && n->other == s->name_fields, one_off = s->name_fields && (n->other | n->one_off) == s->name_fields;
    if (other) {
        return n->over_all + n->over_home;
    }
    int32_t together = whole ? n->shared - MAX(2 * s->id_most - DOUBT, 0) : 0;
    return !one_off ? 0 : n->numbered || !n->shared ? n->over_home : n->over_surname + MAX(n->over_home, together);
}

/* Of a field by itself; how far fields of a household may add up is seen in the whole pair alone. */
int32_t score_field(const struct scorer *s, unsigned field, uint32_t a, uint32_t b, unsigned *out_level)
{
    const uint32_t *x = link_row(s->table, a), *y = link_row(s->table, b);
    struct names_seen all = {0}, own = {0};
    for (unsigned f = 0; f < s->table->n_fields; f++) {
        unsigned level = compare_field(s->table, f, x, y);
        int32_t w = field_weight(s, f, level, x[f]);
        see(s, &all, f, level, w);
        if (f == field || s->name_fields >> f & 1) {
            see(s, &own, f, level, f == field ? w : 0);
        }
    }
    *out_level = compare_field(s->table, field, x, y);
    own.over_surname = s->name_fields >> field & 1 ? own.over_surname : 0;
    own.shared = all.shared;
    own.numbered = all.numbered;
    return field_weight(s, field, *out_level, x[field]) - too_much(s, &own, false);
}

int32_t score_pair(const struct scorer *s, uint32_t a, uint32_t b, uint64_t *out_pattern)
{
    const struct link_table *t = s->table;
    const uint32_t *x = link_row(t, a), *y = link_row(t, b);
    int32_t weight = s->model->prior;
    struct names_seen seen = {0};
    uint64_t pattern = 0;
    for (unsigned f = 0; f < t->n_fields; f++) {
        unsigned level = compare_field(t, f, x, y);
        int32_t w = field_weight(s, f, level, x[f]);
        pattern |= (uint64_t)level << (4 * f);
        weight += w;
        see(s, &seen, f, level, w);
    }
    *out_pattern = pattern;
    return weight - too_much(s, &seen, true);
}

/* Names of two texts can still be the same (width, dots): they may add what equal ones do. */
static inline int32_t most_of(const struct scorer *s, unsigned f, uint32_t value)
{
    return s->table->fields[f].type == FIELD_NAME ? MAX(s->most[f], field_weight(s, f, LEVEL_SAME, value)) : s->most[f];
}

int32_t score_pair_from(const struct scorer *s, uint32_t a, uint32_t b, int32_t keep)
{
    const struct link_table *t = s->table;
    const uint32_t *x = link_row(t, a), *y = link_row(t, b);
    int32_t weight = s->model->prior, open = 0;
    struct names_seen seen = {0};
    unsigned left[LINK_FIELDS], n = 0;
    for (unsigned i = 0; i < t->n_fields; i++) { /* equal values and missing ones need no comparison */
        unsigned f = s->order[i];
        if (x[f] != y[f] && ((x[f] && y[f]) || t->fields[f].partner >= 0)) {
            left[n++] = f;
            open += most_of(s, f, x[f]);
        } else if (x[f] == y[f] && x[f]) {
            int32_t w = field_weight(s, f, LEVEL_SAME, x[f]);
            weight += w;
            see(s, &seen, f, LEVEL_SAME, w);
        }
    }
    for (unsigned i = 0; i < n && weight + open >= keep; i++) {
        unsigned f = left[i], level = compare_field(t, f, x, y);
        int32_t w = field_weight(s, f, level, x[f]);
        open -= most_of(s, f, x[f]);
        weight += w;
        see(s, &seen, f, level, w);
    }
    if (weight + open < keep) {
        return weight + open;
    }
    return weight - too_much(s, &seen, true);
}

/* --- blocks ------------------------------------------------------------------------------------------------------------------------- */

struct scoring {
    const struct scorer *s;
    const struct blocks *b;
    int32_t keep;
    unsigned part, parts;
    link_edges edges;
    uint64_t pairs;
};

/* Values and names of a pair to come: the dictionaries are larger than the cache, and a miss costs as much as comparing two pairs. */
static inline void fetch_values(const struct link_table *t, struct pair p)
{
    const uint32_t *a = link_row(t, p.a), *b = link_row(t, p.b);
    for (unsigned f = 0; f < t->n_fields; f++) {
        if (a[f] != b[f]) {
            const struct dict *d = link_dict(t, f);
            __builtin_prefetch(&d->values.v[b[f]]);
            if (d->type == FIELD_NAME) {
                __builtin_prefetch(d->forms + (size_t)b[f] * SHORT_FORM_BYTES);
            } else if (d->type == FIELD_ADDRESS) {
                __builtin_prefetch(&d->places.v[b[f]]);
            }
        }
    }
}

static void take_pairs(void *ctx, const struct pair *pairs, size_t n)
{
    struct scoring *x = ctx;
    x->pairs += n;
    for (size_t i = 0; i < n; i++) {
        if (i + 16 < n) {
            __builtin_prefetch(link_row(x->s->table, pairs[i + 16].b));
        }
        if (i + 8 < n) {
            fetch_values(x->s->table, pairs[i + 8]);
        }
        int32_t w = score_pair_from(x->s, pairs[i].a, pairs[i].b, x->keep);
        if (w >= x->keep) {
            vec_push(&x->edges, (struct cluster_edge){pairs[i].a, pairs[i].b, w});
        }
    }
}

#define SLICE 64 /* blocks a thread takes at a time: large blocks are not all one thread's */

static void score_part(void *ctx, unsigned part)
{
    struct scoring *x = (struct scoring *)ctx + part;
    for (unsigned r = 0; r < x->b->n_recipes; r++) {
        uint32_t n = x->b->list[r].n;
        for (uint32_t first = x->part * SLICE; first < n; first += x->parts * SLICE) {
            blocks_pairs(x->b, r, first, MIN(first + SLICE, n), PAIRS_FIRST, take_pairs, x);
        }
    }
}

/* By a, then b; a pair that two colliding keys brought twice is kept once. */
static void sort_edges(link_edges *e, uint32_t rows)
{
    uint32_t *at = xcalloc(rows + 2u, sizeof(*at));
    struct cluster_edge *sorted = xmalloc((e->n + 1) * sizeof(*sorted));
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        at[e->v[i].a + 1]++;
    }
    for (uint32_t r = 0; r < rows; r++) {
        at[r + 1] += at[r];
    }
    for (size_t i = 0; i < e->n; i++) {
        sorted[at[e->v[i].a]++] = e->v[i];
    }
    for (size_t i = 0; i < e->n; i++) { /* few edges a row: each moved to its place */
        struct cluster_edge x = sorted[i];
        size_t to = n;
        while (to > 0 && sorted[to - 1].a == x.a && sorted[to - 1].b > x.b) {
            to--;
        }
        if (to > 0 && sorted[to - 1].a == x.a && sorted[to - 1].b == x.b) {
            continue;
        }
        memmove(sorted + to + 1, sorted + to, (n - to) * sizeof(*sorted));
        sorted[to] = x;
        n++;
    }
    free(at);
    free(e->v);
    *e = (link_edges){.v = sorted, .n = n, .cap = e->n + 1};
}

#define PARTS_MAX 16

void score_blocks(const struct scorer *s, const struct blocks *b, int32_t keep, unsigned threads, link_edges *out, uint64_t *out_pairs)
{
    struct scoring part[PARTS_MAX];
    unsigned n = MAX(1u, MIN(threads, PARTS_MAX));
    for (unsigned i = 0; i < n; i++) {
        part[i] = (struct scoring){.s = s, .b = b, .keep = keep, .part = i, .parts = n};
    }
    share_out(n, n, score_part, part);
    vec_clear(out);
    *out_pairs = 0;
    for (unsigned i = 0; i < n; i++) {
        vec_reserve(out, part[i].edges.n);
        if (part[i].edges.n) {
            memcpy(out->v + out->n, part[i].edges.v, part[i].edges.n * sizeof(*out->v));
        }
        out->n += part[i].edges.n;
        *out_pairs += part[i].pairs;
        vec_release(&part[i].edges);
    }
    sort_edges(out, s->table->n);
}
