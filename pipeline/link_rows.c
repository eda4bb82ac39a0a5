/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of every input to its person. By number first (link_numbers.c), written as provisional links (link-NNNNN.part); rows that are not sure of their
   person are gathered, compared with the persons they may be, and laid over the provisional links when these are read. */
#include "base/core/file.h"
#include "base/core/log.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_loose.h"
#include "pipeline/link_plan.h"
#include "pipeline/link_train.h"

const char *link_part_path(struct arena *a, const struct link *l, size_t input)
{
    return arena_printf(a, "%s/link-%05zu.part", l->night->run_dir, input);
}

/* --- reading provisional links ---------------------------------------------------------------------------------------- */

enum status link_part_open(struct part *p, const struct link *l, uint32_t input, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    *p = (struct part){.l = l, .input = input, .block = SIZE_MAX, .v = xmalloc(SEG_BLOCK_ROWS * sizeof(*p->v))};
    return seg_open(link_part_path(&a, l, input), &p->seg, err);
}

void link_part_close(struct part *p)
{
    seg_close(p->seg);
    free(p->v);
    *p = (struct part){.l = NULL};
}

static size_t first_made(const struct link *l, uint32_t input, uint64_t row)
{
    size_t lo = 0, hi = l->made.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const struct where *w = &l->made.v[mid].from;
        bool before = w->input != input ? w->input < input : w->row < row;
        lo = before ? mid + 1 : lo;
        hi = before ? hi : mid;
    }
    return lo;
}

enum status link_part_rows(struct part *p, uint64_t first, size_t n, int32_t *out, struct err *err)
{
    const struct link *l = p->l;
    for (uint64_t at = first; at < first + n;) {
        size_t block = seg_block_of(p->seg, at);
        uint64_t start = seg_block_start(p->seg, block);
        size_t take = (size_t)MIN(first + n - at, start + seg_block_rows(p->seg, block) - at);
        if (block != p->block) {
            TRY(seg_read_i32(p->seg, block, 0, p->v, err));
            p->block = block;
        }
        memcpy(out + (at - first), p->v + (at - start), take * sizeof(*out));
        at += take;
    }
    for (size_t i = 0; i < n && l->now; i++) {
        out[i] = out[i] >= 0 ? (int32_t)l->now[out[i]] : out[i];
    }
    for (size_t k = first_made(l, p->input, first); k < l->made.n && l->made.v[k].from.input == p->input && l->made.v[k].from.row < first + n; k++) {
        out[l->made.v[k].from.row - first] = (int32_t)l->made.v[k].person;
    }
    return ST_OK;
}

/* --- by what they say --------------------------------------------------------------------------------------------------- */

static int by_row(const void *x, const void *y)
{
    const struct where *a = x, *b = y; /* the first member of conflicts and of made */
    if (a->input != b->input) {
        return a->input < b->input ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

static enum status place_rows(struct link *l, struct loose_table *t, candidate_list *list, struct err *err)
{
    uint32_t *then = NULL, *now = xmalloc((t->v.n + 1) * sizeof(*now));
    enum status status = link_then(l, t, list, &then, err);
    link_weigh(l, t, l->night->site->model, list);
    status = status == ST_OK ? link_watch(l, list, err) : status;
    if (then) {
        link_choose(l, t, list, now);
    }
    link_merge(l, t, list);
    vec_sort(&l->made, by_row);
    vec_sort(&l->doubt, by_row);
    vec_sort(&l->apart, by_row);
    if (then) {
        link_note_remodeled(l, t, then, now);
        vec_sort(&l->remodeled, by_row);
    }
    free(then);
    free(now);
    return status;
}

/* The model of these rows; and which rows it puts elsewhere than the site's of today. */
static enum status train(struct link *l, struct loose_table *t, candidate_list *list, struct err *err)
{
    struct link_training *out = l->night->training;
    uint32_t *then = xmalloc((t->v.n + 1) * sizeof(*then)), *now = xmalloc((t->v.n + 1) * sizeof(*now));
    enum status status = link_train(l, t, list, out, err);
    if (status == ST_OK) {
        link_choose(l, t, list, now);
        link_weigh(l, t, l->night->site->model, list);
        link_choose(l, t, list, then);
    }
    for (size_t i = 0; i < t->rows.n && status == ST_OK; i++) {
        uint32_t e = t->rows.v[i].loose;
        int kind = then[e] == now[e] ? -1 : now[e] == NO_PERSON ? 0 : then[e] == NO_PERSON ? 1 : 2;
        if (kind >= 0) {
            out->moved[kind]++;
        }
    }
    free(then);
    free(now);
    return status;
}

enum status link_rows_find(struct link *l, struct err *err)
{
    struct loose_table t;
    candidate_list list = {0};
    loose_init(&t, l->sources->n);
    enum status status = link_rows_by_number(l, &t, err);
    if (status == ST_OK && t.v.n) {
        status = link_find_candidates(l, &t, &list, err);
    }
    if (l->night->plan) {
        l->night->plan->unsure = t.rows.n;
    }
    if (status == ST_OK && list.n) {
        status = link_households_vote(l, &t, &list, err);
    }
    if (status == ST_OK && l->night->training) {
        status = train(l, &t, &list, err);
    }
    if (status == ST_OK && list.n && l->want) {
        link_weigh(l, &t, l->night->site->model, &list);
        link_want_take(l, &t, &list);
    } else if (status == ST_OK && list.n) {
        status = place_rows(l, &t, &list, err);
    }
    log_event(LOG_INFO, "link", "loose=%zu entries=%zu candidates=%zu made=%zu doubt=%zu", t.rows.n, t.v.n, list.n, l->made.n, l->doubt.n);
    vec_release(&list);
    loose_release(&t);
    return status;
}
