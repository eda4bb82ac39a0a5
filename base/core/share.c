/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* which processors a process may use is Linux's own */
#include "base/core/share.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/core/bug.h"

#define THREADS_MAX 16

static atomic_uint busy = 1; /* threads at work; the first is */
static atomic_uint as_if;    /* share_set_threads */

bool share_borrow(void)
{
    for (unsigned n = atomic_load(&busy), most = share_threads(); n < most;) {
        if (atomic_compare_exchange_weak(&busy, &n, n + 1)) {
            return true;
        }
    }
    return false;
}

void share_give(void)
{
    atomic_fetch_sub(&busy, 1);
}

struct sharing {
    share_work work;
    void *ctx;
    unsigned n;
    atomic_uint next;
};

static void *take_items(void *sharing)
{
    struct sharing *s = sharing;
    atomic_fetch_add(&busy, 1);
    for (unsigned i; (i = atomic_fetch_add(&s->next, 1)) < s->n;) {
        s->work(s->ctx, i);
    }
    atomic_fetch_sub(&busy, 1);
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
    atomic_fetch_sub(&busy, 1); /* take_items counts this thread too */
    take_items(&s);
    atomic_fetch_add(&busy, 1);
    for (unsigned i = 1; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
}

/* --- ahead ---------------------------------------------------------------------------------------------------------- */

struct ahead {
    share_work work;
    void *ctx;
    unsigned n, next, started;
    bool *done;
    pthread_mutex_t lock; /* of next and done */
    pthread_cond_t changed;
    pthread_t thread[THREADS_MAX];
};

/* Does the next item, if one is left. Called and left with the lock held. */
static bool do_next(struct ahead *a)
{
    if (a->next >= a->n) {
        return false;
    }
    unsigned item = a->next++;
    pthread_mutex_unlock(&a->lock);
    a->work(a->ctx, item);
    pthread_mutex_lock(&a->lock);
    a->done[item] = true;
    pthread_cond_broadcast(&a->changed);
    return true;
}

static void *run_ahead(void *ahead)
{
    struct ahead *a = ahead;
    atomic_fetch_add(&busy, 1);
    pthread_mutex_lock(&a->lock);
    while (do_next(a)) {
    }
    pthread_mutex_unlock(&a->lock);
    atomic_fetch_sub(&busy, 1);
    return NULL;
}

struct ahead *ahead_start(unsigned n, unsigned threads, share_work work, void *ctx)
{
    struct ahead *a = xcalloc(1, sizeof(*a));
    *a = (struct ahead){.work = work, .ctx = ctx, .n = n, .done = xcalloc(n + 1, sizeof(bool))};
    BUG_ON(pthread_mutex_init(&a->lock, NULL) != 0 || pthread_cond_init(&a->changed, NULL) != 0);
    unsigned wanted = MIN(MIN(threads, THREADS_MAX), n);
    while (a->started + 1 < wanted && pthread_create(&a->thread[a->started], NULL, run_ahead, a) == 0) {
        a->started++;
    }
    return a;
}

void ahead_wait(struct ahead *a, unsigned item)
{
    BUG_ON(item >= a->n);
    pthread_mutex_lock(&a->lock);
    while (!a->done[item]) {
        if (!do_next(a)) {
            atomic_fetch_sub(&busy, 1);
            pthread_cond_wait(&a->changed, &a->lock);
            atomic_fetch_add(&busy, 1);
        }
    }
    pthread_mutex_unlock(&a->lock);
}

void ahead_finish(struct ahead *a)
{
    if (!a) {
        return;
    }
    pthread_mutex_lock(&a->lock);
    a->next = a->n;
    pthread_mutex_unlock(&a->lock);
    for (unsigned i = 0; i < a->started; i++) {
        pthread_join(a->thread[i], NULL);
    }
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
    free(a->done);
    free(a);
#ifdef __GLIBC__
    (void)malloc_trim(0); /* the C library keeps what a thread freed for threads to come: a sixth of the memory of a night that needs none any more */
#endif
}

unsigned share_threads(void)
{
    cpu_set_t usable;
    unsigned said = atomic_load(&as_if);
    const char *wanted = getenv("MOPAI_THREADS");
    long given = said > 0 ? (long)said : wanted ? strtol(wanted, NULL, 10) : 0;
    if (given > 0) {
        return (unsigned)MIN(given, THREADS_MAX);
    }
    int n = sched_getaffinity(0, sizeof(usable), &usable) == 0 ? CPU_COUNT(&usable) : 1;
    return (unsigned)MIN(MAX(n, 1), THREADS_MAX);
}

void share_set_threads(unsigned n)
{
    atomic_store(&as_if, n);
}
