/* SPDX-License-Identifier: Apache-2.0 */
/* A list to fill in, as a workbook of one sheet: title, notice, header, rows of texts, empty cells to write in, a drop-down. Every cell is text, never a
   formula. The same cells are the same bytes. */
#ifndef MOPAI_REPORT_XLSX_GRID_H
#define MOPAI_REPORT_XLSX_GRID_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"

struct grid_column {
    const char *header;
    double width;       /* half-width characters */
    bool fill;          /* people write here: empty, framed */
};
struct grid {
    const char *title, *notice;
    const struct grid_column *columns;
    size_t n_columns;
    int choice_column;            /* with the drop-down, -1 */
    const char *const *choices;   /* ends with NULL; together below 250 characters */
    const char *choice_help;      /* what is said when something else is typed */
    daynum created;
    const struct str *cells;      /* [n_rows * n_columns]; line breaks show; of `fill` columns ignored */
    size_t n_rows;
    const char *scratch_dir;      /* parts of the file are made here; it must not be readable by others */
};
enum status grid_write(const struct grid *g, const char *path, struct err *err) MUST_CHECK;

#endif
