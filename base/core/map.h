/* SPDX-License-Identifier: Apache-2.0 */
/* Open-addressing tables: 64-bit key -> 32-bit value, and text -> dense number in order of first sight. Iteration order is
   never relied upon: whoever publishes sorts. */
#ifndef MOPAI_CORE_MAP_H
#define MOPAI_CORE_MAP_H

#include "base/core/arena.h"
#include "base/core/hash.h"

#define MAP_NONE UINT32_MAX

/* Key 0 is allowed. Values are below MAP_NONE. */
struct map64 {
    uint64_t *keys;
    uint32_t *vals; /* MAP_NONE marks an empty slot */
    size_t n, mask;
};
void map64_reserve(struct map64 *m, size_t n); /* room for n keys without growing */
void map64_put(struct map64 *m, uint64_t key, uint32_t val); /* replaces */
uint32_t map64_get(const struct map64 *m, uint64_t key);     /* MAP_NONE when absent */
/* Returns the value of key, storing `val` first when the key is new. */
uint32_t map64_get_or_put(struct map64 *m, uint64_t key, uint32_t val);
void map64_release(struct map64 *m);
/* For loops that look up many keys of a table larger than the cache: asked for some keys ahead. */
static inline void map64_prefetch(const struct map64 *m, uint64_t key)
{
    if (m->vals) {
        size_t i = (size_t)hash_mix(key) & m->mask;
        __builtin_prefetch(&m->vals[i]);
        __builtin_prefetch(&m->keys[i]);
    }
}

/* Distinct texts numbered 0.. in order of first sight; the texts live in the table's own arena. */
struct strmap {
    struct arena arena;
    struct str *texts;
    uint64_t *hashes, *slots;
    size_t n, cap, mask;
};
uint32_t strmap_add(struct strmap *m, struct str s);        /* number of s, added when new */
uint32_t strmap_get(const struct strmap *m, struct str s);  /* MAP_NONE when absent */
void strmap_clear(struct strmap *m);
void strmap_release(struct strmap *m);

#endif
