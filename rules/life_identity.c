/* SPDX-License-Identifier: Apache-2.0 */
/* Which warning a hit continues, and which open ones have become the same one since persons or households were merged. */
#include "rules/life_private.h"

int life_cmp_i64(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

/* Stable ids are packed words whose top bit means nothing: unsigned order is the order of the numbers people see. */
static int cmp_id(int64_t x, int64_t y)
{
    uint64_t ux = (uint64_t)x, uy = (uint64_t)y;
    return (ux > uy) - (ux < uy);
}

int life_rank_cmp(const struct life_hit *x, const struct life_hit *y)
{
    int c = life_cmp_i64(x->level_rank, y->level_rank);
    c = c ? c : life_cmp_i64(y->rank_value, x->rank_value);
    c = c ? c : (int)y->minors - (int)x->minors;
    c = c ? c : cmp_id(x->household, y->household);
    c = c ? c : life_cmp_i64(x->rule, y->rule);
    c = c ? c : (int)x->entity_kind - (int)y->entity_kind;
    c = c ? c : cmp_id(x->entity, y->entity);
    return c ? c : str_cmp(x->key, y->key);
}

bool life_is_open(const struct life_warning *w)
{
    return w && w->state < LIFE_CLOSED;
}

static int cmp_identity(const struct life_warning *w, const struct life_hit *h)
{
    int c = life_cmp_i64(w->rule, h->rule);
    c = c ? c : (int)w->entity_kind - (int)h->entity_kind;
    c = c ? c : cmp_id(w->entity, h->entity);
    return c ? c : str_cmp(w->key, h->key);
}

static int cmp_same(const struct life_warning *x, const struct life_warning *y)
{
    struct life_hit identity = {.rule = y->rule, .entity_kind = y->entity_kind, .entity = y->entity, .key = y->key};
    return cmp_identity(x, &identity);
}

/* Within an identity the one that counts comes first. */
static int cmp_warning(const void *a, const void *b)
{
    const struct life_warning *x = *(const struct life_warning *const *)a, *y = *(const struct life_warning *const *)b;
    int c = cmp_same(x, y);
    bool open = life_is_open(x);
    c = c ? c : (int)life_is_open(y) - (int)open;
    c = c || !open ? c : life_cmp_i64(y->state, x->state);
    return c ? c : open ? life_cmp_i64(x->no, y->no) : life_cmp_i64(y->no, x->no);
}

/* Warnings of rules that are gone have no identity any more, merged ones live on in another. */
static bool has_identity(const struct life_warning *w)
{
    return w->rule != LIFE_NO_RULE && w->state != LIFE_MERGED;
}

void life_choose_current(struct life_work *w)
{
    const struct life_input *in = w->in;
    size_t n = 0;
    w->current = arena_array(w->arena, const struct life_warning *, in->n_warnings + 1);
    w->into = arena_array(w->arena, const struct life_warning *, in->n_warnings + 1);
    for (size_t i = 0; i < in->n_warnings; i++) {
        if (has_identity(&in->warnings[i])) {
            w->current[n++] = &in->warnings[i];
        }
    }
    if (n > 1) {
        qsort(w->current, n, sizeof(*w->current), cmp_warning);
    }
    for (size_t i = 0; i < n; i++) {
        const struct life_warning *kept = w->n_current ? w->current[w->n_current - 1] : NULL;
        if (!kept || cmp_same(kept, w->current[i]) != 0) {
            w->current[w->n_current++] = w->current[i];
        } else if (life_is_open(w->current[i])) {
            w->into[w->current[i] - in->warnings] = kept;
        }
    }
}

const struct life_warning *life_current_of(const struct life_work *w, const struct life_hit *h)
{
    size_t lo = 0, hi = w->n_current;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (cmp_identity(w->current[mid], h) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < w->n_current && cmp_identity(w->current[lo], h) == 0 ? w->current[lo] : NULL;
}
