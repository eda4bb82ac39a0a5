/* SPDX-License-Identifier: Apache-2.0 */
/* Our own mistakes: always compiled in, prints the place, aborts. Bad data and a failed world never come here. */
#ifndef MOPAI_CORE_BUG_H
#define MOPAI_CORE_BUG_H

#include "base/core/compiler.h"

NORETURN void bug_at(const char *file, int line, const char *what);

#define BUG(what)     bug_at(__FILE__, __LINE__, (what))
#define BUG_ON(cond)  do { if (__builtin_expect(!!(cond), 0)) bug_at(__FILE__, __LINE__, #cond); } while (0)

/* Allocation that never fails: out of memory aborts, and the next run starts from the last committed state. */
void *xmalloc(size_t n) __attribute__((malloc, alloc_size(1), returns_nonnull));
void *xcalloc(size_t count, size_t n) __attribute__((malloc, alloc_size(1, 2), returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((alloc_size(2), returns_nonnull));
/* Grows an array to hold at least `need` elements of `size` bytes, doubling; updates *cap. */
void *xgrow(void *p, size_t *cap, size_t need, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));

#endif
