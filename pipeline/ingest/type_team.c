/* SPDX-License-Identifier: Apache-2.0 */
/* The batches of one file: cut in order by one thread at a time, typed by any, committed in order by one at a time. A file that is alone borrows the processors nobody
   else uses; what comes out does not depend on who did what. */
#include "pipeline/ingest/typing_private.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/core/log.h"
#include "base/core/share.h"

enum {
    TEAM_MAX = 8,
    BATCHES_EACH = 3, /* one being typed, one waiting for it, one waiting to be committed */
    ALONE = 16        /* a file of so few batches is not worth a thread */
};

struct typed_batch {
    struct batch b;
    int64_t taken; /* bytes of the file up to here */
    bool typed;
};
struct team {
    struct typer *t;
    pthread_mutex_t lock; /* of all that follows; the batch itself belongs to who works at it */
    pthread_cond_t changed;
    struct typed_batch *ring[TEAM_MAX * BATCHES_EACH]; /* batch k at k % its size, from next_commit to next_cut */
    struct typed_batch *idle[TEAM_MAX * BATCHES_EACH];
    size_t n_idle, members;
    uint64_t next_cut, next_type, next_commit;
    bool cutting, committing, ended;
    pthread_t thread[TEAM_MAX];
    enum status status;
    struct err *err;
};

static struct typed_batch **slot(struct team *m, uint64_t k)
{
    return &m->ring[k % ARRAY_LEN(m->ring)];
}

static struct typed_batch *take_idle(struct team *m)
{
    if (m->n_idle > 0) {
        return m->idle[--m->n_idle]; /* the one used last, whose memory is nearest */
    }
    struct typed_batch *b = xcalloc(1, sizeof(*b));
    batch_init(&b->b, m->t);
    return b;
}

/* These three are called and left with the lock held. */

static void commit_next(struct team *m)
{
    struct typed_batch *b = *slot(m, m->next_commit);
    m->committing = true;
    pthread_mutex_unlock(&m->lock);
    commit_batch(m->t, &b->b);
    if (m->t->job->progress) {
        progress_set(m->t->job->progress, (uint64_t)b->taken, (uint64_t)m->t->job->size);
    }
    pthread_mutex_lock(&m->lock);
    m->committing = false;
    m->next_commit++;
    m->idle[m->n_idle++] = b;
}

static void type_next(struct team *m, struct typist *p)
{
    struct typed_batch *b = *slot(m, m->next_type++);
    pthread_mutex_unlock(&m->lock);
    type_batch(p, &b->b);
    pthread_mutex_lock(&m->lock);
    b->typed = true;
}

static void cut_next(struct team *m)
{
    struct typed_batch *b = take_idle(m);
    struct err err;
    m->cutting = true;
    pthread_mutex_unlock(&m->lock);
    enum status status = reader_next_block(m->t->reader, &b->b.block, &err);
    b->taken = reader_bytes(m->t->reader);
    b->typed = false;
    pthread_mutex_lock(&m->lock);
    m->cutting = false;
    if (status != ST_OK || b->b.block.n == 0) {
        m->ended = true;
        m->status = status == ST_OK ? ST_OK : err_set(m->err, status, "%s", err.text);
        m->idle[m->n_idle++] = b;
    } else {
        *slot(m, m->next_cut++) = b;
    }
}

/* While a batch is committed its texts lie with whoever typed it: nobody leaves before. */
static bool is_done(const struct team *m)
{
    return !m->committing && (m->status != ST_OK || (m->ended && m->next_commit == m->next_cut));
}

/* What is furthest goes first: few batches are under way, and with one thread each is done with before the next is cut. */
static bool work_once(struct team *m, struct typist *p)
{
    if (!m->committing && m->next_commit < m->next_type && (*slot(m, m->next_commit))->typed) {
        commit_next(m);
    } else if (m->next_type < m->next_cut) {
        type_next(m, p);
    } else if (!m->cutting && !m->ended && m->next_cut - m->next_commit < m->members * BATCHES_EACH) {
        cut_next(m);
    } else {
        return false;
    }
    pthread_cond_broadcast(&m->changed);
    return true;
}

static void *help(void *team)
{
    struct team *m = team;
    struct typist p;
    typist_init(&p, m->t);
    pthread_mutex_lock(&m->lock);
    while (!is_done(m)) {
        if (!work_once(m, &p)) {
            pthread_cond_wait(&m->changed, &m->lock);
        }
    }
    pthread_mutex_unlock(&m->lock);
    return typist_release(&p), NULL;
}

static void ask_for_help(struct team *m)
{
    if (m->next_cut >= ALONE && m->members < TEAM_MAX && share_borrow()) {
        if (pthread_create(&m->thread[m->members], NULL, help, m) == 0) {
            m->members++;
        } else {
            share_give();
        }
    }
}

static void team_release(struct team *m)
{
    for (; m->next_commit < m->next_cut; m->next_commit++) {
        m->idle[m->n_idle++] = *slot(m, m->next_commit);
    }
    for (size_t i = 0; i < m->n_idle; i++) {
        batch_release(&m->idle[i]->b, m->t);
        free(m->idle[i]);
    }
    pthread_mutex_destroy(&m->lock);
    pthread_cond_destroy(&m->changed);
}

enum status type_records(struct typer *t, struct err *err)
{
    struct team m = {.t = t, .members = 1, .status = ST_OK, .err = err};
    struct typist p;
    BUG_ON(pthread_mutex_init(&m.lock, NULL) != 0 || pthread_cond_init(&m.changed, NULL) != 0);
    typist_init(&p, t);
    pthread_mutex_lock(&m.lock);
    while (!is_done(&m)) {
        ask_for_help(&m);
        if (!work_once(&m, &p)) {
            pthread_cond_wait(&m.changed, &m.lock);
        }
    }
    pthread_mutex_unlock(&m.lock);
    for (size_t i = 1; i < m.members; i++) {
        pthread_join(m.thread[i], NULL);
        share_give();
    }
    typist_release(&p);
    team_release(&m);
    return m.status;
}
