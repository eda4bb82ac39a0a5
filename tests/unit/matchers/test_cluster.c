/* SPDX-License-Identifier: Apache-2.0 */
/* Clusters: chains join, conflicts cut the weakest pair, and any order of rows and pairs gives the same partition. */
#include "matchers/cluster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/core/hash.h"

enum { ROWS = 120, EDGES = 400, CANNOT = 20, SOURCES = 5 };

struct rows {
    uint64_t content[ROWS], identity[ROWS];
    uint8_t source[ROWS];
    struct cluster_edge edges[EDGES];
    struct cluster_pair cannot[CANNOT];
};

static struct cluster_input input_of(const struct rows *r)
{
    return (struct cluster_input){.n = ROWS,
                                  .content = r->content,
                                  .identity = r->identity,
                                  .source = r->source,
                                  .no_doubles = 3,
                                  .edges = r->edges,
                                  .n_edges = EDGES,
                                  .cannot = r->cannot,
                                  .n_cannot = CANNOT,
                                  .threshold = 100};
}

/* Few weights, so that ties are many. */
static void draw(struct rows *r, uint64_t seed)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        r->content[i] = hash_mix(seed * 1000 + i);
        r->identity[i] = hash_mix(r->content[i]) % 3 ? 0 : 1 + hash_mix(r->content[i] + 1) % 30;
        r->source[i] = (uint8_t)(hash_mix(r->content[i] + 2) % SOURCES);
    }
    for (uint32_t e = 0; e < EDGES; e++) {
        uint64_t h = hash_mix(seed * 7777 + e);
        r->edges[e] = (struct cluster_edge){(uint32_t)(h % ROWS), (uint32_t)((h >> 20) % ROWS), (int32_t)((h >> 40) % 8) * 50};
    }
    for (uint32_t c = 0; c < CANNOT; c++) {
        uint64_t h = hash_mix(seed * 99 + c);
        r->cannot[c] = (struct cluster_pair){(uint32_t)(h % ROWS), (uint32_t)(h % ROWS + 1 + (h >> 20) % (ROWS - 1)) % ROWS};
    }
}

static void shuffle_order(uint32_t *order, uint32_t n, uint64_t seed)
{
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i;
    }
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t k = (uint32_t)(hash_mix(seed + i) % (i + 1)), was = order[i];
        order[i] = order[k];
        order[k] = was;
    }
}

/* The same rows and pairs in another order; at[i]: where row i went. */
static void shuffle(const struct rows *r, uint64_t seed, struct rows *out, uint32_t *at)
{
    uint32_t order[EDGES];
    shuffle_order(at, ROWS, seed);
    for (uint32_t i = 0; i < ROWS; i++) {
        out->content[at[i]] = r->content[i];
        out->identity[at[i]] = r->identity[i];
        out->source[at[i]] = r->source[i];
    }
    shuffle_order(order, EDGES, seed + 17);
    for (uint32_t e = 0; e < EDGES; e++) {
        const struct cluster_edge *was = &r->edges[e];
        bool turned = hash_mix(seed + e) & 1;
        out->edges[order[e]] = (struct cluster_edge){at[turned ? was->b : was->a], at[turned ? was->a : was->b], was->weight};
    }
    shuffle_order(order, CANNOT, seed + 34);
    for (uint32_t c = 0; c < CANNOT; c++) {
        out->cannot[order[c]] = (struct cluster_pair){at[r->cannot[c].b], at[r->cannot[c].a]};
    }
}

static void test_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct rows one, other;
        struct cluster_output a, b;
        uint32_t at[ROWS];
        draw(&one, seed);
        struct cluster_input in = input_of(&one);
        clusters_form(&in, &a);
        for (uint64_t k = 0; k < 5; k++) {
            shuffle(&one, seed * 100 + k, &other, at);
            in = input_of(&other);
            clusters_form(&in, &b);
            assert_int_equal(a.n_clusters, b.n_clusters);
            for (uint32_t i = 0; i < ROWS; i++) {
                for (uint32_t j = 0; j < i; j++) {
                    assert_int_equal(a.cluster[i] == a.cluster[j], b.cluster[at[i]] == b.cluster[at[j]]);
                }
            }
            cluster_output_release(&b);
        }
        cluster_output_release(&a);
    }
}

static bool conflicts(const struct rows *r, uint32_t i, uint32_t j)
{
    if (r->identity[i] && r->identity[j] && r->identity[i] != r->identity[j]) {
        return true;
    }
    for (uint32_t c = 0; c < CANNOT; c++) {
        if ((r->cannot[c].a == i && r->cannot[c].b == j) || (r->cannot[c].a == j && r->cannot[c].b == i)) {
            return true;
        }
    }
    return r->source[i] == r->source[j] && r->source[i] < 2;
}

/* No cluster holds a conflict, and what was refused would have made one. */
static void test_conflicts_hold(void **state)
{
    (void)state;
    size_t refused = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct rows r;
        struct cluster_output o;
        draw(&r, seed);
        struct cluster_input in = input_of(&r);
        clusters_form(&in, &o);
        for (uint32_t i = 0; i < ROWS; i++) {
            for (uint32_t j = 0; j < i; j++) {
                assert_false(o.cluster[i] == o.cluster[j] && conflicts(&r, i, j));
            }
        }
        for (uint32_t e = 0; e < EDGES; e++) {
            bool joined = o.cluster[r.edges[e].a] == o.cluster[r.edges[e].b], listed = false;
            for (size_t k = 0; k < o.n_refused; k++) {
                listed |= o.refused[k] == e;
            }
            assert_true(r.edges[e].weight < 100 || joined != listed);
        }
        refused += o.n_refused;
        cluster_output_release(&o);
    }
    assert_true(refused > 100);
}

/* a -9- b -8- c -9- d with a and d two persons: the weakest pair is cut. */
static void test_weakest_is_cut(void **state)
{
    static const uint64_t content[] = {5, 3, 9, 1}, identity[] = {11, 0, 0, 12};
    static const struct cluster_edge edges[] = {{0, 1, 900}, {1, 2, 800}, {2, 3, 900}};
    struct cluster_input in = {.n = 4, .content = content, .identity = identity, .edges = edges, .n_edges = 3, .threshold = 500};
    struct cluster_output o;
    (void)state;
    clusters_form(&in, &o);
    assert_int_equal(o.n_clusters, 2);
    assert_true(o.cluster[0] == o.cluster[1] && o.cluster[2] == o.cluster[3]);
    assert_int_equal(o.n_refused, 1);
    assert_int_equal(o.refused[0], 1);
    cluster_output_release(&o);
    in.identity = NULL;
    clusters_form(&in, &o);
    assert_int_equal(o.n_clusters, 1);
    cluster_output_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_order), cmocka_unit_test(test_conflicts_hold), cmocka_unit_test(test_weakest_is_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
