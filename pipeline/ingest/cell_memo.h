/* SPDX-License-Identifier: Apache-2.0 */
/* What the cells of one column held lately: raw bytes to typed cell, so that a street, a hospital or a code is decoded, cleaned and looked up once and not in every
   row. A cache and nothing else: cells come out the same with it, without it, and when it forgets.
   (tests/bench/bench_ingest.c, 18 columns: typing took 2.1 times as long without.) */
#ifndef MOPAI_INGEST_CELL_MEMO_H
#define MOPAI_INGEST_CELL_MEMO_H

#include "base/core/vec.h"
#include "base/store/segment.h"
#include "pipeline/ingest/cells.h"

#define MEMO_CELLS     4096 /* distinct cells remembered; then it begins anew */
#define MEMO_CELL_MAX  256  /* bytes of a cell worth remembering */

struct remembered {
    struct cell cell;       /* its text is the memo's */
    uint64_t text_hash;     /* hash64_str of the text; 0 of the empty one */
    struct seg_mark mark;   /* where the segment being written has the text: belongs to who commits */
    struct str raw;
    uint64_t raw_hash;
};
struct memo_cells;
struct cell_memo {
    struct memo_cells *cells; /* NULL: none yet */
    size_t asked;
    struct remembered *last;
    bool off;               /* nearly every cell was new: not worth it in this column */
};
/* Cells that a memo has forgotten while somebody may still read their texts: whoever lets it forget frees them when nobody does. */
struct memo_list {
    VEC(struct memo_cells *) list;
};
void cell_memo_release(struct cell_memo *m);
void memo_list_clear(struct memo_list *l);   /* frees what is on it */
void memo_list_release(struct memo_list *l);

/* What `raw` became, or NULL. */
struct remembered *cell_memo_find(struct cell_memo *m, struct str raw);
/* Remembers what the raw bytes asked for last became, and yields it; NULL when the memo is off or the cell too long. What it forgets for that goes to `forgotten`. */
struct remembered *cell_memo_add(struct cell_memo *m, struct str raw, const struct cell *cell, struct memo_list *forgotten);

#endif
