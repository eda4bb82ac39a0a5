/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of an input, one after the other, for stages that share the rows of a block among threads: while they work on one block, the next one is read.
   Two blocks are in memory. */
#ifndef MOPAI_PIPELINE_LINK_STREAM_H
#define MOPAI_PIPELINE_LINK_STREAM_H

#include "base/core/share.h"
#include "pipeline/link_private.h"

struct stream_side {
    struct row_reader r;
    struct part part;
    int32_t *person;    /* of each row by the provisional links; < 0: none */
    enum status status; /* of reading; `why` belongs to it */
    struct err why;
};
struct stream {
    struct stream_side side[2];
    unsigned at;
    bool links, more;   /* more: the other side has the next block, or is to read it */
    size_t next;
};
#define AUTO_STREAM struct stream CLEANUP(stream_close)

/* links: `person` is wanted. Columns are wanted with stream_want, or of both sides' readers, before the first block. */
enum status stream_open(struct stream *s, const struct link *l, uint32_t input, bool links, struct err *err) MUST_CHECK;
void stream_close(struct stream *s); /* {0} is fine */
/* To the next block; false behind the last one. */
enum status stream_next(struct stream *s, bool *out_more, struct err *err) MUST_CHECK;
/* share_out over the block at hand; the next one is read as one item more. Once a block, so that it is read when it is wanted. */
void stream_share(struct stream *s, unsigned n, share_work work, void *ctx);
static inline struct stream_side *stream_here(struct stream *s) { return &s->side[s->at]; }

#endif
