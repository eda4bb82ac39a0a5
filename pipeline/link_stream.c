/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/link_stream.h"

static enum status open_side(struct stream_side *x, const struct link *l, uint32_t input, bool links, struct err *err)
{
    const struct night_input *in = &l->night->inputs[input];
    x->person = xmalloc(SEG_BLOCK_ROWS * sizeof(*x->person));
    if (links) {
        TRY(link_part_open(&x->part, l, input, err));
    }
    return row_reader_open(&x->r, in->segment, &l->sources->v[in->source], err);
}

enum status stream_open(struct stream *s, const struct link *l, uint32_t input, bool links, struct err *err)
{
    *s = (struct stream){.links = links, .at = 1};
    TRY(open_side(&s->side[0], l, input, links, err));
    return open_side(&s->side[1], l, input, links, err);
}

void stream_close(struct stream *s)
{
    for (unsigned k = 0; k < 2; k++) {
        row_reader_close(&s->side[k].r);
        link_part_close(&s->side[k].part);
        free(s->side[k].person);
    }
    *s = (struct stream){.at = 0};
}

static void read_next(struct stream *s)
{
    struct stream_side *x = &s->side[!s->at];
    x->status = row_reader_block(&x->r, s->next, &x->why);
    if (x->status == ST_OK && s->links) {
        x->status = link_part_rows(&x->part, x->r.start, x->r.rows, x->person, &x->why);
    }
    s->next++;
}

enum status stream_next(struct stream *s, bool *out_more, struct err *err)
{
    if (!s->more) {
        *out_more = s->next < seg_blocks(s->side[0].r.seg);
        if (!*out_more) {
            return ST_OK;
        }
        read_next(s);
    }
    *out_more = true;
    s->at = !s->at;
    s->more = false;
    if (stream_here(s)->status != ST_OK && err) {
        *err = stream_here(s)->why;
    }
    return stream_here(s)->status;
}

struct sharing_block {
    struct stream *s;
    unsigned first; /* 1: item 0 reads */
    share_work work;
    void *ctx;
};

static void do_item(void *ctx, unsigned item)
{
    const struct sharing_block *x = ctx;
    if (item < x->first) {
        read_next(x->s);
    } else {
        x->work(x->ctx, item - x->first);
    }
}

void stream_share(struct stream *s, unsigned n, share_work work, void *ctx)
{
    s->more = s->next < seg_blocks(s->side[0].r.seg);
    struct sharing_block x = {s, s->more, work, ctx};
    share_out(n + s->more, share_threads(), do_item, &x);
}
