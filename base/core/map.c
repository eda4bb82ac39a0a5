/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* madvise */
#include "base/core/map.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/core/bug.h"

static size_t slots_for(size_t n)
{
    size_t slots = 16;
    while (slots < n + n / 2) { /* at most two thirds full */
        slots *= 2;
    }
    return slots;
}

/* A table larger than what the processor remembers of small pages is probed twice as fast in large ones, where the system has them. */
static void ask_for_large_pages(void *p, size_t n)
{
#ifdef MADV_HUGEPAGE
    enum { PAGE = 4096, LARGE = 2 << 20 };
    uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1), to = ((uintptr_t)p + n) & ~(uintptr_t)(PAGE - 1);
    if (n >= 2 * (size_t)LARGE) {
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
    }
#else
    (void)p, (void)n;
#endif
}

static void map64_rehash(struct map64 *m, size_t slots)
{
    struct map64 old = *m;
    *m = (struct map64){xmalloc(slots * sizeof(*m->slots)), old.n, slots - 1};
    ask_for_large_pages(m->slots, slots * sizeof(*m->slots));
    memset(m->slots, 0xFF, slots * sizeof(*m->slots));
    for (size_t i = 0; old.slots && i <= old.mask; i++) { /* all different */
        if (old.slots[i].val != MAP_NONE) {
            *map64_find(m, map64_key(&old.slots[i])) = old.slots[i];
        }
    }
    free(old.slots);
}

void map64_reserve(struct map64 *m, size_t n)
{
    size_t slots = slots_for(n);
    if (!m->slots || slots > m->mask + 1) {
        map64_rehash(m, slots);
    }
}

static struct map64_slot *find_or_add(struct map64 *m, uint64_t key, uint32_t val)
{
    BUG_ON(val == MAP_NONE);
    if (!m->slots || (m->n + 1) * 3 > (m->mask + 1) * 2) {
        map64_rehash(m, m->slots ? 2 * (m->mask + 1) : slots_for(0)); /* twice: a large table is a tenth of the memory of a night */
    }
    struct map64_slot *s = map64_find(m, key);
    if (s->val == MAP_NONE) {
        *s = (struct map64_slot){{(uint32_t)key, (uint32_t)(key >> 32)}, val};
        m->n++;
    }
    return s;
}

uint32_t map64_get_or_put(struct map64 *m, uint64_t key, uint32_t val)
{
    return find_or_add(m, key, val)->val;
}

void map64_put(struct map64 *m, uint64_t key, uint32_t val)
{
    find_or_add(m, key, val)->val = val;
}

void map64_release(struct map64 *m)
{
    free(m->slots);
    *m = (struct map64){NULL, 0, 0};
}

/* A slot is the number of the text below and the upper half of its hash above, so that a text is looked at only when it is most likely the one. */
#define SLOT_EMPTY UINT64_MAX
#define SLOT_OF(h, k) (((h) & 0xFFFFFFFF00000000u) | (uint64_t)(k))

static size_t strmap_slot(const struct strmap *m, struct str s, uint64_t h)
{
    size_t i = (size_t)h & m->mask;
    while (m->slots[i] != SLOT_EMPTY && ((m->slots[i] ^ h) >> 32 || !str_eq(m->texts[(uint32_t)m->slots[i]], s))) {
        i = (i + 1) & m->mask;
    }
    return i;
}

static void strmap_rehash(struct strmap *m, size_t slots)
{
    free(m->slots);
    m->slots = xmalloc(slots * sizeof(*m->slots));
    memset(m->slots, 0xFF, slots * sizeof(*m->slots));
    m->mask = slots - 1;
    for (size_t k = 0; k < m->n; k++) { /* all different: the next free slot is right */
        size_t i = (size_t)m->hashes[k] & m->mask;
        while (m->slots[i] != SLOT_EMPTY) {
            i = (i + 1) & m->mask;
        }
        m->slots[i] = SLOT_OF(m->hashes[k], k);
    }
}

uint32_t strmap_add(struct strmap *m, struct str s)
{
    if (!m->slots || (m->n + 1) * 3 > (m->mask + 1) * 2) {
        strmap_rehash(m, slots_for(2 * (m->n + 8)));
    }
    uint64_t h = hash64_str(s);
    size_t i = strmap_slot(m, s, h);
    if (m->slots[i] != SLOT_EMPTY) {
        return (uint32_t)m->slots[i];
    }
    if (m->n == m->cap) {
        size_t cap = m->cap;
        m->texts = xgrow(m->texts, &m->cap, m->n + 1, sizeof(*m->texts));
        m->hashes = xgrow(m->hashes, &cap, m->n + 1, sizeof(*m->hashes));
    }
    BUG_ON(m->n >= MAP_NONE);
    m->texts[m->n] = arena_str(&m->arena, s);
    m->hashes[m->n] = h;
    m->slots[i] = SLOT_OF(h, m->n);
    return (uint32_t)m->n++;
}

uint32_t strmap_get(const struct strmap *m, struct str s)
{
    uint64_t slot = m->slots ? m->slots[strmap_slot(m, s, hash64_str(s))] : SLOT_EMPTY;
    return slot == SLOT_EMPTY ? MAP_NONE : (uint32_t)slot;
}

void strmap_clear(struct strmap *m)
{
    arena_clear(&m->arena);
    m->n = 0;
    if (m->slots) {
        memset(m->slots, 0xFF, (m->mask + 1) * sizeof(*m->slots));
    }
}

void strmap_release(struct strmap *m)
{
    arena_release(&m->arena);
    free(m->texts);
    free(m->hashes);
    free(m->slots);
    *m = (struct strmap){.n = 0};
}
