/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/share.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/core/compiler.h"

#define THREADS_MAX 16

struct sharing {
    share_work work;
    void *ctx;
    unsigned n;
    atomic_uint next;
};

static void *take_items(void *sharing)
{
    struct sharing *s = sharing;
    for (unsigned i; (i = atomic_fetch_add(&s->next, 1)) < s->n;) {
        s->work(s->ctx, i);
    }
    return NULL;
}

void share_out(unsigned n, unsigned threads, share_work work, void *ctx)
{
    pthread_t thread[THREADS_MAX];
    struct sharing s = {work, ctx, n, 0};
    unsigned wanted = MIN(MIN(threads, THREADS_MAX), n), started = 1;
    while (started < wanted && pthread_create(&thread[started], NULL, take_items, &s) == 0) {
        started++;
    }
    take_items(&s);
    for (unsigned i = 1; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
}
