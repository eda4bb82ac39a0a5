/* SPDX-License-Identifier: Apache-2.0 */
/* Many raw cells of one file in one pass: only the asked-for physical lines are decoded and split, so that evidence costs a read of the bytes and not
   another ingest. A record that spans lines is read by input_raw_cell, alone. */
#ifndef MOPAI_PIPELINE_EVIDENCE_CELLS_H
#define MOPAI_PIPELINE_EVIDENCE_CELLS_H

#include "pipeline/ingest/ingest.h"

struct cell_ask {
    int64_t line;  /* as in "#line" */
    int column;    /* as source_raw_column gives it */
    bool header_only; /* the raw file is not read for this one */
    struct str header, raw; /* the answer, in the arena; "" when the file lacks the column or the cell is not wanted */
};
/* `asks` sorted by line. Column headers and raw cells as input_header and input_raw_cell give them. */
enum status evidence_cells(struct site *site, const struct night_input *in, struct cell_ask *asks, size_t n, struct arena *a, struct err *err) MUST_CHECK;

#endif
