/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/cluster.h"

#include <string.h>

#include "base/core/vec.h"

#define NO_ROW UINT32_MAX

struct forest {
    uint32_t *up;       /* union-find, halving */
    uint32_t *size;
    uint64_t *identity; /* of the root: its cluster's */
    uint64_t *sources;  /* of the root: sources without doubles it has a row of; NULL: there is one source */
    uint32_t *next;     /* circular list of the rows of a cluster */
    uint32_t *first_cannot; /* [n + 1] into cannot, rows said to be others */
    uint32_t *cannot;
};

static uint32_t root_of(struct forest *f, uint32_t row)
{
    while (f->up[row] != row) {
        f->up[row] = f->up[f->up[row]];
        row = f->up[row];
    }
    return row;
}

static void index_cannot(struct forest *f, const struct cluster_input *in)
{
    f->first_cannot = xcalloc(in->n + 2u, sizeof(*f->first_cannot));
    f->cannot = xmalloc((2 * in->n_cannot + 1) * sizeof(*f->cannot));
    for (size_t i = 0; i < in->n_cannot; i++) {
        f->first_cannot[in->cannot[i].a + 2]++;
        f->first_cannot[in->cannot[i].b + 2]++;
    }
    for (uint32_t r = 2; r < in->n + 2; r++) {
        f->first_cannot[r] += f->first_cannot[r - 1];
    }
    for (size_t i = 0; i < in->n_cannot; i++) { /* [r + 1] moves from the start of r to its end */
        f->cannot[f->first_cannot[in->cannot[i].a + 1]++] = in->cannot[i].b;
        f->cannot[f->first_cannot[in->cannot[i].b + 1]++] = in->cannot[i].a;
    }
}

static void forest_start(struct forest *f, const struct cluster_input *in)
{
    size_t n = in->n + 1u;
    *f = (struct forest){.up = xmalloc(n * sizeof(*f->up)),
                         .size = xmalloc(n * sizeof(*f->size)),
                         .identity = xmalloc(n * sizeof(*f->identity)),
                         .sources = in->source ? xmalloc(n * sizeof(*f->sources)) : NULL,
                         .next = xmalloc(n * sizeof(*f->next))};
    for (uint32_t r = 0; r < in->n; r++) {
        f->up[r] = f->next[r] = r;
        f->size[r] = 1;
        f->identity[r] = in->identity ? in->identity[r] : 0;
    }
    for (uint32_t r = 0; in->source && r < in->n; r++) {
        f->sources[r] = ((uint64_t)1 << in->source[r]) & in->no_doubles;
    }
    if (in->n_cannot) {
        index_cannot(f, in);
    }
}

static void forest_release(struct forest *f)
{
    void *const arrays[] = {f->up, f->size, f->identity, f->sources, f->next, f->first_cannot, f->cannot};
    for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++) {
        free(arrays[i]);
    }
}

/* Is a row of cluster `a`, the smaller one, said not to be one of cluster `b`? */
static bool forbidden(struct forest *f, uint32_t a, uint32_t b)
{
    uint32_t row = a;
    do {
        for (uint32_t i = f->first_cannot[row]; i < f->first_cannot[row + 1]; i++) {
            if (root_of(f, f->cannot[i]) == b) {
                return true;
            }
        }
        row = f->next[row];
    } while (row != a);
    return false;
}

static bool conflict(struct forest *f, uint32_t a, uint32_t b)
{
    if (f->identity[a] && f->identity[b] && f->identity[a] != f->identity[b]) {
        return true;
    }
    return (f->sources && (f->sources[a] & f->sources[b]) != 0) || (f->cannot && forbidden(f, a, b));
}

/* Do the rows of two clusters differ on the whole, although one pair of them agrees? */
static bool disagree(const struct forest *f, const struct cluster_input *in, uint32_t a, uint32_t b)
{
    int64_t sum = 0;
    uint32_t pairs = 0;
    if (!in->weigh || f->size[a] + f->size[b] == 2) {
        return false;
    }
    uint32_t x = a;
    do {
        uint32_t y = b;
        do {
            int32_t w = in->weigh(in->ctx, x, y);
            sum += MAX(MIN(w, CLUSTER_CLIP), -CLUSTER_CLIP);
            pairs++;
            y = f->next[y];
        } while (y != b && pairs < CLUSTER_PAIRS);
        x = f->next[x];
    } while (x != a && pairs < CLUSTER_PAIRS);
    return sum < 0;
}

static void join(struct forest *f, uint32_t a, uint32_t b)
{
    f->up[a] = b;
    f->size[b] += f->size[a];
    f->identity[b] = f->identity[b] ? f->identity[b] : f->identity[a];
    if (f->sources) {
        f->sources[b] |= f->sources[a];
    }
    uint32_t next = f->next[a];
    f->next[a] = f->next[b];
    f->next[b] = next;
}

/* --- the order of edges: strongest first, then by what their rows say --------------------------------------------------- */

struct step { /* an edge to be followed; keys are sorted, and only edges of one key are looked at again */
    uint64_t key; /* weight, the strongest least, and the upper half of the lesser content of its rows */
    uint32_t edge;
};
typedef VEC(struct step) steps;

static uint64_t step_key(const struct cluster_input *in, const struct cluster_edge *e)
{
    uint64_t least = MIN(in->content[e->a], in->content[e->b]);
    return (uint64_t)((uint32_t)INT32_MAX - (uint32_t)e->weight) << 32 | least >> 32;
}

struct tied {
    uint64_t least, most; /* contents of its rows */
    uint32_t edge;
};

static int by_content(const void *x, const void *y)
{
    const struct tied *a = x, *b = y;
    if (a->least != b->least) {
        return a->least < b->least ? -1 : 1;
    }
    if (a->most != b->most) {
        return a->most < b->most ? -1 : 1;
    }
    return a->edge < b->edge ? -1 : a->edge > b->edge;
}

static void settle_ties(const struct cluster_input *in, struct step *v, size_t n)
{
    struct tied few[16], *t = n <= ARRAY_LEN(few) ? few : xmalloc(n * sizeof(*t));
    for (size_t i = 0; i < n; i++) {
        uint64_t a = in->content[in->edges[v[i].edge].a], b = in->content[in->edges[v[i].edge].b];
        t[i] = (struct tied){MIN(a, b), MAX(a, b), v[i].edge};
    }
    qsort(t, n, sizeof(*t), by_content);
    for (size_t i = 0; i < n; i++) {
        v[i].edge = t[i].edge;
    }
    if (t != few) {
        free(t);
    }
}

#define KEY_BITS 11

static void sort_steps(const struct cluster_input *in, steps *s)
{
    struct step *v = s->v, *scratch = xmalloc((s->n + 1) * sizeof(*scratch)), *first = scratch;
    for (unsigned shift = 0; shift < 64; shift += KEY_BITS) {
        uint32_t at[(1 << KEY_BITS) + 1] = {0};
        const unsigned mask = (1u << KEY_BITS) - 1;
        for (size_t i = 0; i < s->n; i++) {
            at[(v[i].key >> shift & mask) + 1]++;
        }
        if (s->n && at[(v[0].key >> shift & mask) + 1] == s->n) {
            continue;
        }
        for (unsigned k = 0; k < mask; k++) {
            at[k + 1] += at[k];
        }
        for (size_t i = 0; i < s->n; i++) {
            scratch[at[v[i].key >> shift & mask]++] = v[i];
        }
        struct step *swap = v;
        v = scratch, scratch = swap;
    }
    if (v == first && s->n) {
        memcpy(scratch, v, s->n * sizeof(*v));
        v = scratch;
    }
    free(first);
    for (size_t i = 0, end; i < s->n; i = end) {
        for (end = i + 1; end < s->n && v[end].key == v[i].key; end++) {
        }
        if (end - i > 1) {
            settle_ties(in, v + i, end - i);
        }
    }
}

static uint32_t number_clusters(struct forest *f, uint32_t n, uint32_t *cluster)
{
    uint32_t *of_root = f->size, count = 0; /* sizes are done with */
    memset(of_root, 0xFF, (n + 1u) * sizeof(*of_root));
    for (uint32_t r = 0; r < n; r++) {
        uint32_t root = root_of(f, r);
        if (of_root[root] == NO_ROW) {
            of_root[root] = count++;
        }
        cluster[r] = of_root[root];
    }
    return count;
}

void clusters_form(const struct cluster_input *in, struct cluster_output *out)
{
    steps path = {.n = 0};
    VEC(uint32_t) refused = {0};
    struct forest f;
    forest_start(&f, in);
    for (size_t i = 0; i < in->n_edges; i++) {
        const struct cluster_edge *e = &in->edges[i];
        if (e->weight >= in->threshold) {
            vec_push(&path, (struct step){step_key(in, e), (uint32_t)i});
        }
    }
    sort_steps(in, &path);
    for (size_t i = 0; i < path.n; i++) {
        const struct cluster_edge *e = &in->edges[path.v[i].edge];
        uint32_t a = root_of(&f, e->a), b = root_of(&f, e->b);
        if (f.size[a] > f.size[b] || (f.size[a] == f.size[b] && in->content[a] < in->content[b])) {
            uint32_t larger = a;
            a = b;
            b = larger;
        }
        if (a != b && conflict(&f, a, b)) {
            vec_push(&refused, path.v[i].edge);
        } else if (a != b && !disagree(&f, in, a, b)) {
            join(&f, a, b);
        }
    }
    out->cluster = xmalloc((in->n + 1u) * sizeof(*out->cluster));
    out->n_clusters = number_clusters(&f, in->n, out->cluster);
    out->refused = refused.v;
    out->n_refused = refused.n;
    vec_release(&path);
    forest_release(&f);
}

void cluster_output_release(struct cluster_output *o)
{
    free(o->cluster);
    free(o->refused);
    *o = (struct cluster_output){.n_clusters = 0};
}
