/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a filled list that were not accepted, as a file that can be corrected and sent back: its own columns in their own order, and the reason of
   each row in one more column. Sent back, it is read as any filled list; its reason column is written anew then, never a second time. */
#ifndef MOPAI_PIPELINE_REFUSED_ROWS_H
#define MOPAI_PIPELINE_REFUSED_ROWS_H

#include "base/core/csv_out.h"
#include "pipeline/visits_file.h"

struct refused_rows {
    const struct filled_list *list;
    struct strbuf text;
    struct csv_out csv;
    int reason_at;   /* place of the reason column, -1: behind the others */
    int64_t n;
};

/* Borrows the list until refused_release. */
void refused_init(struct refused_rows *r, const struct filled_list *list);
/* One refused row. `carried` (NULL, or one a column of enum filled_column): what rows outside this file said of it, written into cells that are empty, so
   that the row stands for itself. The reason says the line of the file the row came from. */
void refused_add(struct refused_rows *r, const struct filled_row *row, const char *reason, const struct str *carried);
/* Writes PATH.refused.csv (UTF-8 with BOM) when there was any; *out_path is NULL otherwise and lives in `a`. */
enum status refused_write(struct refused_rows *r, const char *path, struct arena *a, const char **out_path, struct err *err) MUST_CHECK;
void refused_release(struct refused_rows *r);

#endif
