/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of a segment, between seg_write.c (rows one by one) and seg_write_block.c (a block, column by column). Private to base/store/. */
#ifndef MOPAI_STORE_SEG_WRITER_H
#define MOPAI_STORE_SEG_WRITER_H

#include "base/core/file.h"
#include "base/store/seg_pack.h"

struct cells;   /* of the block being filled row by row; seg_write.c */
struct scratch; /* of one thread that packs; seg_write_block.c */

struct seg_packed { /* one column of one block, ready to be written */
    struct strbuf bytes;
    struct seg_chunk chunk;
};

struct seg_writer {
    struct seg_column *columns; /* names are ours */
    size_t n_columns;
    struct cells *cells;        /* one a column; NULL until the first row */
    size_t n, puts;             /* rows of this block; cells of this row */
    bool cut;                   /* the dictionary of a column is full: end the block with this row */
    uint64_t rows;
    uint32_t blocks;
    struct outfile out;
    char *path, *tmp;
    struct strbuf blocks_footer;
    struct seg_packed packed;   /* one encoded column */
    struct scratch *scratch;    /* NULL until the first whole block */
    bool too_long;              /* a text cell over the limit was handed in */
};

void seg_start_block(struct seg_writer *w, size_t rows);
void seg_append_column(struct seg_writer *w, struct seg_packed *p);
void seg_scratch_free(struct seg_writer *w);

#endif
