/* SPDX-License-Identifier: Apache-2.0 */
/* One block of rows under work, between link_values.c and link_attrs.c. */
#ifndef MOPAI_PIPELINE_LINK_BLOCK_H
#define MOPAI_PIPELINE_LINK_BLOCK_H

#include "pipeline/link_private.h"

struct block {
    struct link *l;
    const struct row_reader *r;
    uint32_t input;
    size_t source;
    const struct source *src;
    daynum as_of;
    const int32_t *person; /* of each row; < 0: none */
    uint8_t *ok;           /* scratch: does the row fulfil the conditions */
    uint8_t *left;         /* the row says the person left */
    int64_t *memo;         /* scratch: a value for each text of a dictionary */
    size_t cap_memo;
};

/* ok[i] &= condition of row i. */
void block_cond(struct block *b, const struct people_cond *c, uint8_t *ok);
static inline record_no block_here(const struct block *b, size_t i)
{
    return link_record(b->l, b->input, b->r->start + i);
}
/* Weighs the rows of the block for every attribute that takes from its source. */
void block_attributes(struct block *b);

#endif
