/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes handed out a few at a time, as a slow pipe does. */
#ifndef MOPAI_TESTS_TRICKLE_H
#define MOPAI_TESTS_TRICKLE_H

#include "base/core/status.h"
#include "base/core/str.h"

struct trickle {
    struct str left;
    size_t most;
};

static inline enum status trickle_read(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct trickle *t = ctx;
    (void)err;
    *out_n = MIN(MIN(cap, t->most), t->left.n);
    if (*out_n > 0) {
        memcpy(buf, t->left.p, *out_n);
    }
    t->left = str_sub(t->left, *out_n, t->left.n);
    return ST_OK;
}

#endif
