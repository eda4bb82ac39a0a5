/* SPDX-License-Identifier: Apache-2.0 */
/* Scored pairs -> clusters that respect conflicts. Pairs are followed from the strongest down (Kruskal 1956); a pair that would put a conflict into one
   cluster is refused. In a component that holds a conflict this cuts the weakest pair of every path between the two, and nothing elsewhere: local, as CLIP of
   FAMER (Saeedi et al. 2018), without its cliques. Conflicts are
     - two different identities (valid identifiers): never one person;
     - two rows of a source that holds every person once;
     - a pair that people or a visit said are two.
   The partition depends on the set of rows and pairs, not on their order: ties of weight are broken by what the rows say (content). Pure code over arrays. */
#ifndef MOPAI_MATCHERS_CLUSTER_H
#define MOPAI_MATCHERS_CLUSTER_H

#include "base/core/compiler.h"

struct cluster_edge {
    uint32_t a, b;
    int32_t weight; /* 1/256 bit */
};
struct cluster_pair {
    uint32_t a, b;
};
struct cluster_input {
    uint32_t n;               /* rows */
    const uint64_t *content;  /* [n] a hash of what the row says */
    const uint64_t *identity; /* [n] valid identifier, 0: none; NULL: no row has one. Rows of one identity are not joined by that alone */
    const uint8_t *source;    /* [n] below 64; NULL: one source with doubles */
    uint64_t no_doubles;      /* bit s: source s holds a person once */
    const struct cluster_edge *edges;
    size_t n_edges;
    const struct cluster_pair *cannot; /* said to be two */
    size_t n_cannot;
    int32_t threshold;        /* pairs below it are not followed */
    /* The weight of any two rows, also of those no recipe brought together; NULL: a chain of pairs is believed. With it two clusters are joined only when
       their rows agree on the whole (mean of all pairs between them, each clipped to +-CLUSTER_CLIP): one pair that looks alike by accident joins nothing. */
    int32_t (*weigh)(const void *ctx, uint32_t a, uint32_t b);
    const void *ctx;
};
#define CLUSTER_CLIP  (8 * 256)
#define CLUSTER_PAIRS 4096 /* of larger clusters only so many pairs are weighed */
struct cluster_output { /* malloc'ed; cluster_output_release */
    uint32_t *cluster;    /* [n] 0 .. n_clusters - 1, in order of the first row */
    uint32_t n_clusters;
    uint32_t *refused;    /* indexes of pairs at or above the threshold that a conflict stopped, strongest first */
    size_t n_refused;
};
void clusters_form(const struct cluster_input *in, struct cluster_output *out);
void cluster_output_release(struct cluster_output *o);

#endif
