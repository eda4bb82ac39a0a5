/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a table nobody described seem to hold, in the types of sources.yaml. Headers are asked first (loose_table.h), then values: a type is
   taken when nearly all filled cells fit it, read by the very readers that will type the file (ingest/cells.h). */
#ifndef MOPAI_PIPELINE_GUESS_COLUMNS_H
#define MOPAI_PIPELINE_GUESS_COLUMNS_H

#include "pipeline/ingest/sources.h"
#include "pipeline/loose_table.h"

#define GUESS_CODES_MAX 40 /* more different values are no code table */

struct guess_code {
    struct str value;
    int64_t count;
};
struct guess_column {
    int at;                     /* in the table; -1: a column without a header, left out */
    struct str name;            /* for sources.yaml: unique, without the signs a name may not have */
    struct str header;          /* as in the file; differs from name when that had to change */
    int nth;                    /* 2 for the second column of this header */
    struct source_column type;  /* type, unit, date options */
    int64_t rows, filled, fits, distinct;
    struct guess_code *codes;   /* COL_CODE: the most frequent first */
    size_t n_codes;
};
struct guess_table {
    const struct loose_table *loose;
    struct guess_column *columns; /* [loose->n_columns] */
    bool *is_row;                 /* rows that look like data: not totals, notes, signatures */
    int64_t rows;
};
/* Everything lives in `a`. */
void guess_columns(const struct loose_table *t, struct arena *a, struct guess_table *out);
/* Do the rows differ in these columns together? Blank: rows where one of them is. `alternative` stands in where columns[0] is blank; -1: nothing does. */
void guess_unique(const struct guess_table *t, const int *columns, size_t n, int alternative, int64_t *out_distinct, int64_t *out_blank);

#endif
