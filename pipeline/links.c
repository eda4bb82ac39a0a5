/* SPDX-License-Identifier: Apache-2.0 */
/* Reading link-NNNNN.seg: which person each row of an input became. */
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/store/segment.h"
#include "pipeline/population.h"

struct link_reader {
    struct seg_reader *seg;
    size_t block; /* SIZE_MAX: none */
    int32_t v[SEG_BLOCK_ROWS];
};

const char *link_path(struct arena *a, const char *run_dir, size_t input)
{
    return arena_printf(a, "%s/link-%05zu.seg", run_dir, input);
}

enum status link_open(const char *run_dir, size_t input, struct link_reader **out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct seg_reader *seg;
    TRY(seg_open(link_path(&a, run_dir, input), &seg, err));
    struct link_reader *l = xmalloc(sizeof(*l));
    l->seg = seg;
    l->block = SIZE_MAX;
    *out = l;
    return ST_OK;
}

void link_close(struct link_reader *l)
{
    if (l) {
        seg_close(l->seg);
        free(l);
    }
}

uint32_t link_rows(const struct link_reader *l)
{
    return (uint32_t)seg_rows(l->seg);
}

static enum status load(struct link_reader *l, size_t block, struct err *err)
{
    if (l->block != block) {
        l->block = SIZE_MAX;
        TRY(seg_read_i32(l->seg, block, 0, l->v, err));
        l->block = block;
    }
    return ST_OK;
}

enum status link_read(struct link_reader *l, uint32_t first, uint32_t n, int32_t *out, struct err *err)
{
    BUG_ON((uint64_t)first + n > seg_rows(l->seg));
    for (uint64_t at = first, end = (uint64_t)first + n; at < end;) {
        size_t block = seg_block_of(l->seg, at);
        uint64_t start = seg_block_start(l->seg, block), stop = MIN(end, start + seg_block_rows(l->seg, block));
        TRY(load(l, block, err));
        memcpy(out + (at - first), l->v + (at - start), (size_t)(stop - at) * sizeof(*out));
        at = stop;
    }
    return ST_OK;
}

static enum status rows_of_person(struct link_reader *l, size_t input, uint32_t person, bool (*fn)(void *ctx, size_t input, uint32_t row), void *ctx,
                                  bool *stopped, struct err *err)
{
    for (size_t b = 0; b < seg_blocks(l->seg) && !*stopped; b++) {
        struct seg_range range = seg_block_range(l->seg, b, 0);
        if (range.min > (int64_t)person || range.max < (int64_t)person) {
            continue;
        }
        TRY(load(l, b, err));
        for (size_t i = 0; i < seg_block_rows(l->seg, b) && !*stopped; i++) {
            *stopped = l->v[i] == (int32_t)person && !fn(ctx, input, (uint32_t)(seg_block_start(l->seg, b) + i));
        }
    }
    return ST_OK;
}

enum status links_of_person(const char *run_dir, size_t n_inputs, uint32_t person_row, bool (*fn)(void *ctx, size_t input, uint32_t row), void *ctx,
                            struct err *err)
{
    bool stopped = false;
    for (size_t i = 0; i < n_inputs && !stopped; i++) {
        struct link_reader *l;
        TRY(link_open(run_dir, i, &l, err));
        enum status status = rows_of_person(l, i, person_row, fn, ctx, &stopped, err);
        link_close(l);
        TRY(status);
    }
    return ST_OK;
}
