/* SPDX-License-Identifier: Apache-2.0 */
/* Which row a refund corrects. Refunds are few: they are held in memory, originals are found by one pass over the key columns. */
#include <stdlib.h>

#include "base/core/map.h"
#include "pipeline/ingest/catalogue.h"

struct refund_search {
    const struct inputs *in;
    size_t source;
    VEC(struct refund) refunds;
    VEC(uint64_t) wanted;        /* key of the original, parallel to refunds */
    struct map64 first;          /* wanted key -> number in `keys` */
    VEC(struct refund) original; /* by number: orig_input, orig_row; orig_input UINT32_MAX until found */
    uint64_t *values;
};

typedef void (*visit_value)(struct refund_search *s, uint32_t input, uint32_t row, uint64_t value);

/* Every value of a U64 column in rows that count. */
static enum status each_value(struct refund_search *s, const char *column, visit_value visit, struct err *err)
{
    for (size_t i = 0; i < s->in->n; i++) {
        const struct night_input *in = &s->in->v[i];
        if (in->source != s->source) {
            continue;
        }
        AUTO_SEG r = NULL;
        TRY(seg_open(in->segment, &r, err));
        int col = seg_column(r, column);
        BUG_ON(col < 0);
        for (size_t b = 0; b < seg_blocks(r); b++) {
            uint64_t start = seg_block_start(r, b);
            TRY(seg_read_u64(r, b, (size_t)col, s->values, err));
            for (size_t k = 0; k < seg_block_rows(r, b); k++) {
                if (s->values[k] != 0 && !input_superseded(in, (int64_t)(start + k))) {
                    visit(s, (uint32_t)i, (uint32_t)(start + k), s->values[k]);
                }
            }
        }
    }
    return ST_OK;
}

static void take_refund(struct refund_search *s, uint32_t input, uint32_t row, uint64_t value)
{
    uint32_t no = map64_get_or_put(&s->first, value, (uint32_t)s->original.n);
    if (no == s->original.n) {
        vec_push(&s->original, (struct refund){0, 0, UINT32_MAX, 0});
    }
    vec_push(&s->refunds, (struct refund){input, row, 0, 0});
    vec_push(&s->wanted, no);
}

static void take_original(struct refund_search *s, uint32_t input, uint32_t row, uint64_t value)
{
    uint32_t no = map64_get(&s->first, value);
    if (no != MAP_NONE) {
        s->original.v[no].orig_input = input, s->original.v[no].orig_row = row;
    }
}

static enum status search(struct refund_search *s, struct arena *a, struct refund **out, size_t *out_n, struct err *err)
{
    TRY(each_value(s, SEG_REFUND, take_refund, err));
    if (s->refunds.n == 0) {
        return ST_OK;
    }
    TRY(each_value(s, SEG_KEY, take_original, err));
    *out = arena_array(a, struct refund, s->refunds.n);
    for (size_t i = 0; i < s->refunds.n; i++) {
        const struct refund *o = &s->original.v[s->wanted.v[i]];
        bool itself = o->orig_input == s->refunds.v[i].input && o->orig_row == s->refunds.v[i].row;
        if (o->orig_input != UINT32_MAX && !itself) {
            (*out)[(*out_n)++] = (struct refund){s->refunds.v[i].input, s->refunds.v[i].row, o->orig_input, o->orig_row};
        }
    }
    return ST_OK;
}

enum status inputs_refunds(struct site *site, const struct inputs *in, size_t source, struct arena *a, struct refund **out, size_t *out_n, struct err *err)
{
    *out = NULL;
    *out_n = 0;
    if (site->sources->v[source].refund_of.n == 0) {
        return ST_OK;
    }
    struct refund_search s = {.in = in, .source = source, .values = xmalloc(sizeof(uint64_t) * SEG_BLOCK_ROWS)};
    enum status st = search(&s, a, out, out_n, err);
    free(s.values);
    vec_release(&s.refunds);
    vec_release(&s.wanted);
    vec_release(&s.original);
    map64_release(&s.first);
    return st;
}
