/* SPDX-License-Identifier: Apache-2.0 */
/* A table nobody described, as CSV, .csv.gz, the only file of a .zip, or the first sheet of an .xlsx: encoding, delimiter and header are found, types are guessed from headers and values. Held in memory: for the analyst's own
   lists, not for the night. */
#ifndef MOPAI_PIPELINE_LOOSE_TABLE_H
#define MOPAI_PIPELINE_LOOSE_TABLE_H

#include "base/core/arena.h"
#include "base/core/status.h"
#include "base/core/vec.h"

#define LOOSE_MAX_COLUMNS 256
#define LOOSE_MAX_BYTES   ((size_t)1 << 30)

enum loose_type { LOOSE_TEXT, LOOSE_ID, LOOSE_NAME, LOOSE_BIRTH, LOOSE_SEX, LOOSE_PHONE, LOOSE_ADDRESS, LOOSE_TYPE_COUNT };
const char *loose_type_name(enum loose_type t); /* "id": as in --by */
bool loose_type_from_name(struct str name, enum loose_type *out_type);

struct loose_table {
    struct arena arena;
    const char *path;
    const char *encoding;
    char delimiter;
    int64_t header_line;
    struct str *headers;
    enum loose_type *types;  /* guessed */
    size_t n_columns;
    struct strbuf cells;     /* all texts */
    VEC(uint32_t) at;        /* [rows * n_columns + 1] offsets into cells; a cell ends where the next begins */
    VEC(int64_t) lines;      /* physical line of each row */
    size_t bad_lines;        /* lines that could not be read as a record */
};
/* ST_MISSING, ST_IO; ST_INPUT when the encoding is unknown, there is no header, or the file is too large. */
enum status loose_table_read(const char *path, struct loose_table *out, struct err *err) MUST_CHECK;
void loose_table_release(struct loose_table *t);
struct str loose_cell(const struct loose_table *t, size_t row, int column); /* "" for column -1 */
/* First column of a type, one that speaks of the row's own person before one of the applicant or guardian (whose phone never counts); -1. */
int loose_column(const struct loose_table *t, enum loose_type type);
int loose_column_named(const struct loose_table *t, struct str name);

#endif
