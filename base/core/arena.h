/* SPDX-License-Identifier: Apache-2.0 */
/* Memory freed all at once. Three lifetimes: run, file (or rule set), batch. Nothing allocated here is freed alone. */
#ifndef MOPAI_CORE_ARENA_H
#define MOPAI_CORE_ARENA_H

#include "base/core/str.h"

struct arena_block;
struct arena {
    struct arena_block *head;
    size_t used; /* bytes handed out since the last clear */
};
#define ARENA_INIT {NULL, 0}
#define AUTO_ARENA struct arena CLEANUP(arena_release)

void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull)); /* zeroed, aligned to 16 */
#define arena_new(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (size_t)(count)))
struct str arena_str(struct arena *a, struct str s); /* copy, NUL-terminated after its end */
char *arena_z(struct arena *a, struct str s);        /* the same copy as a C string */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
void arena_clear(struct arena *a);   /* keeps one block for reuse */
void arena_release(struct arena *a);

#endif
