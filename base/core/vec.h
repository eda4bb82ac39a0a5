/* SPDX-License-Identifier: Apache-2.0 */
/* A typed growing array: VEC(struct thing) things = {0}; vec_push(&things, t); things.v[i], things.n. */
#ifndef MOPAI_CORE_VEC_H
#define MOPAI_CORE_VEC_H

#include <stdlib.h>

#include "base/core/bug.h"

#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *v;                                                                                                       \
        size_t n, cap;                                                                                                 \
    }

#define vec_reserve(x, extra)                                                                                          \
    ((x)->n + (extra) > (x)->cap                                                                                       \
         ? (void)((x)->v = xgrow((x)->v, &(x)->cap, (x)->n + (extra), sizeof(*(x)->v)))                                \
         : (void)0)
#define vec_push(x, ...)  (vec_reserve(x, 1), (x)->v[(x)->n++] = (__VA_ARGS__))
/* Adds one zeroed element and yields a pointer to it (valid until the next push). */
#define vec_add(x)        (vec_reserve(x, 1), memset(&(x)->v[(x)->n], 0, sizeof(*(x)->v)), &(x)->v[(x)->n++])
#define vec_clear(x)      ((x)->n = 0)
#define vec_release(x)    (free((x)->v), (x)->v = NULL, (x)->n = (x)->cap = 0)
#define vec_sort(x, cmp)  ((x)->n > 1 ? qsort((x)->v, (x)->n, sizeof(*(x)->v), (cmp)) : (void)0)

#endif
