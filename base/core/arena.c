/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/arena.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"

struct arena_block {
    struct arena_block *next;
    size_t cap, n;
    _Alignas(16) char bytes[];
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

static struct arena_block *add_block(struct arena *a, size_t need)
{
    size_t cap = a->head ? MIN(a->head->cap * 2, (size_t)LARGEST_BLOCK) : (size_t)FIRST_BLOCK;
    cap = MAX(cap, need);
    struct arena_block *block = xmalloc(sizeof(*block) + cap);
    *block = (struct arena_block){.next = a->head, .cap = cap, .n = 0};
    a->head = block;
    return block;
}

void *arena_alloc(struct arena *a, size_t n)
{
    BUG_ON(n > SIZE_MAX / 4);
    n = (n + 15) & ~(size_t)15;
    struct arena_block *block = a->head;
    if (!block || block->cap - block->n < n) {
        block = add_block(a, n);
    }
    void *p = block->bytes + block->n;
    block->n += n;
    a->used += n;
    return memset(p, 0, n);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    return (struct str){p, s.n};
}

char *arena_z(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    return arena_z(a, strbuf_str(&b));
}

void arena_clear(struct arena *a)
{
    struct arena_block *keep = a->head;
    if (!keep) {
        return;
    }
    for (struct arena_block *b = keep->next, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    keep->next = NULL;
    keep->n = 0;
    a->used = 0;
}

void arena_release(struct arena *a)
{
    for (struct arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *a = (struct arena)ARENA_INIT;
}
