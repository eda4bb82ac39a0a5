/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/core/share.h"
#include "base/store/segment.h"
#include "pipeline/evidence_origin.h"

/* One person a request wants rows of; sorted by person, then request. */
struct wish {
    uint32_t person, request;
};
struct search {
    struct evidence *e;
    VEC(struct wish) wishes;
    VEC(uint32_t) facts;       /* of this scan, with wishes */
    uint8_t *wanted;           /* by person row */
    uint8_t *counts;           /* of a block */
    const struct rules_scan *scan;
    size_t scan_at;
    struct rules_run *view;
    enum status status;
    struct err err;
};

static int cmp_wish(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    return x->person != y->person ? (x->person > y->person) - (x->person < y->person) : (x->request > y->request) - (x->request < y->request);
}

static const struct rules_fact *fact_of(const struct evidence *e, uint32_t fact)
{
    return &ruleset_inputs(e->run->rules)->facts[fact];
}

static enum status add_wishes(struct search *s, uint32_t request, struct err *err)
{
    const struct evidence_request *r = &s->e->requests.v[request];
    if (r->person != RULES_NO_ROW) {
        vec_push(&s->wishes, (struct wish){r->person, request});
        return ST_OK;
    }
    int64_t first, n;
    TRY(population_household_one(s->e->facts->pop, H_FIRST, r->household, &first, err));
    TRY(population_household_one(s->e->facts->pop, H_PERSONS, r->household, &n, err));
    for (uint32_t p = (uint32_t)first; p < (uint32_t)(first + n); p++) {
        if (s->e->facts->member[p] != MEMBER_FORMER) {
            vec_push(&s->wishes, (struct wish){p, request});
        }
    }
    return ST_OK;
}

/* Keeps the `top` first in order of `order`, then date, both descending, then place. */
static int cmp_found(const struct evidence_found *x, const struct evidence_found *y)
{
    if (x->order != y->order) {
        return x->order > y->order ? -1 : 1;
    }
    if (x->date != y->date) {
        return x->date > y->date ? -1 : 1;
    }
    if (x->input != y->input) {
        return x->input < y->input ? -1 : 1;
    }
    return x->row != y->row ? (x->row < y->row ? -1 : 1) : 0;
}

static void keep(struct evidence_request *r, const struct evidence_found *f)
{
    r->total++;
    size_t at = r->found.n;
    while (at > 0 && cmp_found(f, &r->found.v[at - 1]) < 0) {
        at--;
    }
    if (at >= r->top) {
        return;
    }
    if (r->found.n < r->top) {
        vec_push(&r->found, *f);
    }
    memmove(&r->found.v[at + 1], &r->found.v[at], (r->found.n - 1 - at) * sizeof(*f));
    r->found.v[at] = *f;
}

static int64_t lane_value(const struct search *s, const struct rules_rows *rows, int column, uint32_t i)
{
    for (size_t l = 0; column >= 0 && l < s->scan->n_columns; l++) {
        const struct rules_lane *lane = &rows->columns[l];
        if (s->scan->columns[l] != column || !lane->p) {
            continue;
        }
        if (lane->kind == RULES_LANE_I32) {
            int32_t v = ((const int32_t *)lane->p)[i];
            return v == INT32_MIN ? INT64_MIN : v;
        }
        return ((const int64_t *)lane->p)[i];
    }
    return INT64_MIN;
}

static bool is_refund(const struct facts_block *b, uint32_t row)
{
    for (size_t i = 0; i < b->n_refunds; i++) {
        if (b->refunds[i].row == row) {
            return true;
        }
    }
    return false;
}

static void take_row(struct search *s, const struct facts_block *b, uint32_t fact, uint32_t i)
{
    uint32_t person = b->rows.person[i];
    size_t lo = 0, hi = s->wishes.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->wishes.v[mid].person < person) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    const struct rules_fact *f = fact_of(s->e, fact);
    for (; lo < s->wishes.n && s->wishes.v[lo].person == person; lo++) {
        struct evidence_request *r = &s->e->requests.v[s->wishes.v[lo].request];
        if (r->fact != fact) {
            continue;
        }
        struct evidence_found found = {.input = (uint32_t)b->input, .row = b->first + i, .sure = s->counts[i] == 2,
                                       .refund = is_refund(b, b->first + i)};
        found.date = lane_value(s, &b->rows, f->date_column, i);
        found.value = lane_value(s, &b->rows, f->column >= 0 ? f->column : f->date_column, i);
        found.order = r->order_column >= 0 ? lane_value(s, &b->rows, r->order_column, i) : found.date;
        keep(r, &found);
    }
}

static enum status take_block(void *ctx, const struct facts_block *b, struct err *err)
{
    (void)err;
    struct search *s = ctx;
    for (size_t k = 0; k < s->facts.n; k++) {
        rules_row_counts(s->view, s->facts.v[k], &b->rows, s->counts);
        for (uint32_t i = 0; i < b->rows.n; i++) {
            uint32_t p = b->rows.person[i];
            if (s->counts[i] && p != RULES_NO_ROW && (s->wanted[p >> 3] >> (p & 7) & 1)) {
                take_row(s, b, s->facts.v[k], i);
            }
        }
    }
    return ST_OK;
}

/* Whom the requests of a scan are about. */
static enum status search_prepare(struct search *s, struct err *err)
{
    for (uint32_t i = 0; i < s->e->requests.n; i++) {
        uint32_t fact = s->e->requests.v[i].fact;
        if ((size_t)fact_of(s->e, fact)->scan != s->scan_at) {
            continue;
        }
        TRY(add_wishes(s, i, err));
        bool known = false;
        for (size_t k = 0; k < s->facts.n; k++) {
            known = known || s->facts.v[k] == fact;
        }
        if (!known) {
            vec_push(&s->facts, fact);
        }
    }
    return ST_OK;
}

/* A request is of one fact and that of one scan: searches write to different requests. */
static void search_scan(void *ctx, unsigned item)
{
    struct search *s = &((struct search *)ctx)[item];
    if (s->wishes.n == 0) {
        return;
    }
    s->wanted = xcalloc(s->e->facts->n_persons / 8 + 1, 1);
    s->counts = xcalloc(SEG_BLOCK_ROWS, 1);
    s->view = rules_run_view(s->e->run->run);
    vec_sort(&s->wishes, cmp_wish);
    for (size_t i = 0; i < s->wishes.n; i++) {
        s->wanted[s->wishes.v[i].person >> 3] |= (uint8_t)(1u << (s->wishes.v[i].person & 7));
    }
    s->scan = &ruleset_inputs(s->e->run->rules)->scans[s->scan_at];
    s->status = facts_scan_again(s->e->facts, s->e->run, s->scan_at, s->wanted, take_block, s, &s->err);
    rules_view_end(NULL, s->view);
    free(s->wanted);
    free(s->counts);
}

enum status evidence_find_rows(struct evidence *e, struct err *err)
{
    size_t n = ruleset_inputs(e->run->rules)->n_scans;
    struct search *searches = xcalloc(n + 1, sizeof(*searches));
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        searches[i].e = e, searches[i].scan_at = i;
        status = search_prepare(&searches[i], err);
    }
    if (status == ST_OK) {
        share_out((unsigned)n, share_threads(), search_scan, searches);
    }
    for (size_t i = 0; i < n; i++) {
        if (status == ST_OK && searches[i].status != ST_OK) {
            status = searches[i].status;
            *err = searches[i].err;
        }
        vec_release(&searches[i].wishes);
        vec_release(&searches[i].facts);
    }
    free(searches);
    return status;
}
