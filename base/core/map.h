/* SPDX-License-Identifier: Apache-2.0 */
/* Open-addressing tables: 64-bit key -> 32-bit value, and text -> dense number in order of first sight. Iteration order is
   never relied upon: whoever publishes sorts. */
#ifndef MOPAI_CORE_MAP_H
#define MOPAI_CORE_MAP_H

#include "base/core/arena.h"
#include "base/core/hash.h"

#define MAP_NONE UINT32_MAX

/* Key 0 is allowed. Values are below MAP_NONE. A key stands beside its value, in 12 bytes, so that a probe of a table larger than the cache waits for memory once. */
struct map64_slot {
    uint32_t key[2]; /* low half, high half */
    uint32_t val;    /* MAP_NONE: the slot is empty */
};
struct map64 {
    struct map64_slot *slots;
    size_t n, mask;
};
void map64_reserve(struct map64 *m, size_t n); /* room for n keys without growing */
void map64_put(struct map64 *m, uint64_t key, uint32_t val); /* replaces */
/* Returns the value of key, storing `val` first when the key is new. */
uint32_t map64_get_or_put(struct map64 *m, uint64_t key, uint32_t val);
void map64_release(struct map64 *m);
static inline uint64_t map64_key(const struct map64_slot *s) { return (uint64_t)s->key[1] << 32 | s->key[0]; }
/* The slot of key, or the empty one where it would go. The table has slots. */
static inline struct map64_slot *map64_find(const struct map64 *m, uint64_t key)
{
    size_t i = (size_t)hash_mix(key) & m->mask;
    while (m->slots[i].val != MAP_NONE && map64_key(&m->slots[i]) != key) {
        i = (i + 1) & m->mask;
    }
    return &m->slots[i];
}
/* MAP_NONE when absent. */
static inline uint32_t map64_get(const struct map64 *m, uint64_t key)
{
    return m->slots ? map64_find(m, key)->val : MAP_NONE;
}
/* For loops that look up many keys of a table larger than the cache: asked for some keys ahead. */
static inline void map64_prefetch(const struct map64 *m, uint64_t key)
{
    if (m->slots) {
        __builtin_prefetch(&m->slots[(size_t)hash_mix(key) & m->mask]);
    }
}
/* Walks over all keys, in no order: for (size_t i = 0; (s = map64_next(m, &i));) */
static inline struct map64_slot *map64_next(const struct map64 *m, size_t *i)
{
    while (m->slots && *i <= m->mask) {
        struct map64_slot *s = &m->slots[(*i)++];
        if (s->val != MAP_NONE) {
            return s;
        }
    }
    return NULL;
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
