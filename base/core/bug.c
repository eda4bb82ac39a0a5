/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/bug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bug_at(const char *file, int line, const char *what)
{
    fprintf(stderr, "mopai %s: BUG %s:%d: %s\n", MOPAI_VERSION, file, line, what);
    abort();
}

static void *check_alloc(void *p)
{
    if (!p) {
        bug_at(__FILE__, __LINE__, "out of memory");
    }
    return p;
}

void *xmalloc(size_t n)
{
    return check_alloc(malloc(n ? n : 1));
}

void *xcalloc(size_t count, size_t n)
{
    return check_alloc(calloc(count ? count : 1, n ? n : 1));
}

void *xrealloc(void *p, size_t n)
{
    return check_alloc(realloc(p, n ? n : 1));
}

void *xgrow(void *p, size_t *cap, size_t need, size_t size)
{
    size_t want = *cap ? *cap : 8;
    while (want < need) {
        BUG_ON(want > SIZE_MAX / 4);
        want *= 2;
    }
    BUG_ON(size && want > SIZE_MAX / size);
    p = xrealloc(p, want * size);
    *cap = want;
    return p;
}

char *xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(xmalloc(n), s, n);
}
