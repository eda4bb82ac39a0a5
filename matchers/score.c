/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/score.h"

#include <pthread.h>

/* --- terms --------------------------------------------------------------------------------------------------------------------- */

static int32_t listed_term(const struct model_field *f, struct str text, int32_t otherwise)
{
    size_t lo = 0, hi = f->n_terms;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = str_cmp(f->terms[mid].text, text);
        if (c == 0) {
            return f->terms[mid].add;
        }
        lo = c < 0 ? mid + 1 : lo;
        hi = c < 0 ? hi : mid;
    }
    return otherwise;
}

static int32_t *terms_of(const struct link_table *t, unsigned field, const struct model_field *f, enum term_source source)
{
    const struct dict *d = link_dict(t, field);
    int32_t *term = xcalloc(d->values.n, sizeof(*term));
    for (uint32_t v = 1; v < d->values.n; v++) {
        uint32_t rows = source == TERMS_LIVE ? t->freq[field][v] : 0;
        term[v] = rows > 0 && rows < TERM_ROWS ? f->by_rows[rows] : listed_term(f, value_text(d, v), f->by_rows[rows ? TERM_ROWS - 1 : 0]);
    }
    return term;
}

void scorer_init(struct scorer *s, const struct link_table *t, const struct model *m, enum term_source terms)
{
    BUG_ON(m->n_fields != t->n_fields);
    *s = (struct scorer){.table = t, .model = m, .id_field = -1, .name_field = -1, .id_most = MAX(0, -m->prior / 2)};
    for (unsigned f = 0; f < t->n_fields; f++) {
        s->id_field = t->fields[f].type == FIELD_ID && s->id_field < 0 ? (int)f : s->id_field;
        s->name_field = t->fields[f].type == FIELD_NAME && s->name_field < 0 ? (int)f : s->name_field;
        BUG_ON(m->fields[f].type != t->fields[f].type);
        s->term[f] = terms_of(t, f, &m->fields[f], terms);
    }
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

static inline bool other_name(unsigned level)
{
    return level >= NAME_L_SURNAME;
}

int32_t score_field(const struct scorer *s, unsigned field, uint32_t a, uint32_t b, unsigned *out_level)
{
    const uint32_t *x = link_row(s->table, a), *y = link_row(s->table, b);
    *out_level = compare_field(s->table, field, x, y);
    int32_t w = field_weight(s, field, *out_level, x[field]);
    if ((int)field == s->id_field && *out_level == ID_SAME && s->name_field >= 0 && other_name(compare_field(s->table, (unsigned)s->name_field, x, y))) {
        return MIN(w, s->id_most);
    }
    return w;
}

int32_t score_pair(const struct scorer *s, uint32_t a, uint32_t b, uint64_t *out_pattern)
{
    const struct link_table *t = s->table;
    const uint32_t *x = link_row(t, a), *y = link_row(t, b);
    int32_t weight = s->model->prior;
    uint64_t pattern = 0;
    for (unsigned f = 0; f < t->n_fields; f++) {
        unsigned level = compare_field(t, f, x, y);
        pattern |= (uint64_t)level << (4 * f);
        weight += field_weight(s, f, level, x[f]);
    }
    if (s->id_field >= 0 && s->name_field >= 0 && pattern_level(pattern, (unsigned)s->id_field) == ID_SAME &&
        other_name(pattern_level(pattern, (unsigned)s->name_field))) {
        int32_t id = field_weight(s, (unsigned)s->id_field, ID_SAME, x[s->id_field]);
        weight -= id - MIN(id, s->id_most);
    }
    *out_pattern = pattern;
    return weight;
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
                __builtin_prefetch(&d->forms.v[b[f]]);
            } else if (d->type == FIELD_ADDRESS) {
                __builtin_prefetch(&d->places.v[b[f]]);
            }
        }
    }
}

static void take_pairs(void *ctx, const struct pair *pairs, size_t n)
{
    struct scoring *x = ctx;
    uint64_t pattern;
    x->pairs += n;
    for (size_t i = 0; i < n; i++) {
        if (i + 16 < n) {
            __builtin_prefetch(link_row(x->s->table, pairs[i + 16].b));
        }
        if (i + 8 < n) {
            fetch_values(x->s->table, pairs[i + 8]);
        }
        int32_t w = score_pair(x->s, pairs[i].a, pairs[i].b, &pattern);
        if (w >= x->keep) {
            vec_push(&x->edges, (struct cluster_edge){pairs[i].a, pairs[i].b, w});
        }
    }
}

#define SLICE 64 /* blocks a thread takes at a time: large blocks are not all one thread's */

static void *score_part(void *ctx)
{
    struct scoring *x = ctx;
    for (unsigned r = 0; r < x->b->n_recipes; r++) {
        uint32_t n = x->b->list[r].n;
        for (uint32_t first = x->part * SLICE; first < n; first += x->parts * SLICE) {
            blocks_pairs(x->b, r, first, MIN(first + SLICE, n), PAIRS_FIRST, take_pairs, x);
        }
    }
    return NULL;
}

static int edge_order(const void *a, const void *b)
{
    const struct cluster_edge *x = a, *y = b;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b > y->b) - (x->b < y->b);
}

#define THREADS_MAX 16

void score_blocks(const struct scorer *s, const struct blocks *b, int32_t keep, unsigned threads, link_edges *out, uint64_t *out_pairs)
{
    struct scoring part[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    unsigned n = MAX(1u, MIN(threads, THREADS_MAX)), started = 1;
    for (unsigned i = 0; i < n; i++) {
        part[i] = (struct scoring){.s = s, .b = b, .keep = keep, .part = i, .parts = n};
    }
    while (started < n && pthread_create(&thread[started], NULL, score_part, &part[started]) == 0) {
        started++;
    }
    score_part(&part[0]);
    for (unsigned i = started; i < n; i++) { /* a thread that could not be had: its part is done here */
        score_part(&part[i]);
    }
    vec_clear(out);
    *out_pairs = 0;
    for (unsigned i = 0; i < n; i++) {
        if (i && i < started) {
            pthread_join(thread[i], NULL);
        }
        vec_reserve(out, part[i].edges.n);
        memcpy(out->v + out->n, part[i].edges.v, part[i].edges.n * sizeof(*out->v));
        out->n += part[i].edges.n;
        *out_pairs += part[i].pairs;
        vec_release(&part[i].edges);
    }
    vec_sort(out, edge_order);
}
