/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/feed_ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/share.h"

enum {
    SLOTS = 4,
    ALONE = 8 /* a feed of so few buffers is not worth a thread */
};

struct feed_ahead {
    const struct raw_feed *feed;
    char *buf[SLOTS];
    size_t n[SLOTS];
    unsigned alone; /* buffers read without a thread */
    bool helped;
    pthread_t thread;
    /* Once there is a thread, under the lock: */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t filled, used; /* buffer k is in slot k % SLOTS from filling to use; the one before `used` is being looked at */
    bool ended, stop;
    enum status status;
    struct err err;
};

struct feed_ahead *feed_ahead_new(const struct raw_feed *feed)
{
    struct feed_ahead *a = xcalloc(1, sizeof(*a));
    a->feed = feed;
    a->buf[0] = xmalloc(FEED_BUFFER);
    BUG_ON(pthread_mutex_init(&a->lock, NULL) != 0 || pthread_cond_init(&a->changed, NULL) != 0);
    return a;
}

static void *fill(void *ahead)
{
    struct feed_ahead *a = ahead;
    pthread_mutex_lock(&a->lock);
    while (!a->ended && !a->stop) {
        if (a->filled - a->used == SLOTS - 1) { /* the last one is being looked at */
            pthread_cond_wait(&a->changed, &a->lock);
            continue;
        }
        size_t slot = a->filled % SLOTS, n = 0;
        pthread_mutex_unlock(&a->lock);
        enum status status = a->feed->read(a->feed->ctx, a->buf[slot], FEED_BUFFER, &n, &a->err);
        pthread_mutex_lock(&a->lock);
        a->n[slot] = n;
        a->status = status;
        a->ended = status != ST_OK || n < FEED_BUFFER;
        a->filled += status == ST_OK;
        pthread_cond_signal(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

static void ask_for_help(struct feed_ahead *a)
{
    if (a->alone < ALONE || !share_borrow()) {
        return;
    }
    for (size_t i = 1; i < SLOTS; i++) {
        a->buf[i] = a->buf[i] ? a->buf[i] : xmalloc(FEED_BUFFER);
    }
    a->helped = pthread_create(&a->thread, NULL, fill, a) == 0;
    if (!a->helped) {
        share_give();
    }
}

enum status feed_ahead_next(struct feed_ahead *a, const char **out_p, size_t *out_n, struct err *err)
{
    if (!a->helped) {
        ask_for_help(a);
    }
    if (!a->helped) {
        a->alone++;
        *out_p = a->buf[0];
        return a->feed->read(a->feed->ctx, a->buf[0], FEED_BUFFER, out_n, err);
    }
    pthread_mutex_lock(&a->lock);
    while (a->filled == a->used && !a->ended) {
        pthread_cond_wait(&a->changed, &a->lock);
    }
    bool any = a->filled > a->used;
    size_t slot = a->used % SLOTS;
    a->used += any;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
    BUG_ON(!any && a->status == ST_OK);
    if (!any) {
        return err_set(err, a->status, "%s", a->err.text);
    }
    *out_p = a->buf[slot];
    *out_n = a->n[slot];
    return ST_OK;
}

void feed_ahead_free(struct feed_ahead *a)
{
    if (a->helped) {
        pthread_mutex_lock(&a->lock);
        a->stop = true;
        pthread_cond_signal(&a->changed);
        pthread_mutex_unlock(&a->lock);
        pthread_join(a->thread, NULL);
        share_give();
    }
    for (size_t i = 0; i < SLOTS; i++) {
        free(a->buf[i]);
    }
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
    free(a);
}
