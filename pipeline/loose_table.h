/* SPDX-License-Identifier: Apache-2.0 */
/* A table nobody described, as CSV, .csv.gz, the only file of a .zip, or a sheet of an .xlsx, the first one with rows: encoding, delimiter and header are found, types are
   guessed from headers and values. Held in memory: for the analyst's own lists, not for the night.
   Every line below the header that holds anything is a row, is set aside as a total or signature, or stands in `bad`; what a row has beyond the header is counted, never dropped in silence. */
#ifndef MOPAI_PIPELINE_LOOSE_TABLE_H
#define MOPAI_PIPELINE_LOOSE_TABLE_H

#include "base/core/arena.h"
#include "base/core/status.h"
#include "base/core/vec.h"
#include "base/text/values.h"

#define LOOSE_MAX_COLUMNS 256
#define LOOSE_MAX_BYTES   ((size_t)1 << 30)

enum loose_type { LOOSE_TEXT, LOOSE_ID, LOOSE_NAME, LOOSE_BIRTH, LOOSE_SEX, LOOSE_PHONE, LOOSE_ADDRESS, LOOSE_TYPE_COUNT };
const char *loose_type_name(enum loose_type t); /* "id": as in --by */
bool loose_type_from_name(struct str name, enum loose_type *out_type);

struct loose_bad {
    int64_t line;
    enum value_reason why; /* a VALUE_ROW_ one */
};
struct loose_rows {
    size_t n;
    int64_t first; /* line */
};

struct loose_table {
    struct arena arena;
    const char *path;
    const char *encoding;
    struct str sheet;        /* of a workbook; "" of other files */
    size_t n_sheets;         /* that are not hidden */
    char delimiter;
    int64_t header_line;     /* its last line: rows stand below */
    struct str *headers;     /* over two rows: group and lower cell put together, as sources.yaml names them */
    enum loose_type *types;  /* guessed */
    size_t n_columns;
    struct strbuf cells;     /* all texts */
    VEC(uint32_t) at;        /* [rows * n_columns + 1] offsets into cells; a cell ends where the next begins */
    VEC(int64_t) lines;      /* physical line of each row */
    VEC(struct loose_bad) bad; /* lines that could not be read as a record */
    struct loose_rows aside; /* 合计, 小计, 填表人: no rows, as ingest sets them aside */
    struct loose_rows longer, shorter; /* rows with more, with fewer filled cells than the header has columns: kept, what is beyond is not */
};
/* "，3 行读不出（第 5、9、12 行：引号不成对…）；2 行比表头多出内容…" behind a count of rows; nothing when all is well. */
void loose_table_odd(const struct loose_table *t, struct strbuf *out);
/* ST_MISSING, ST_IO; ST_INPUT when the encoding is unknown, there is no header, or the file is too large. */
enum status loose_table_read(const char *path, struct loose_table *out, struct err *err) MUST_CHECK;
void loose_table_release(struct loose_table *t);
struct str loose_cell(const struct loose_table *t, size_t row, int column); /* "" for column -1 */
/* First column of a type, one that speaks of the row's own person before one of the applicant or guardian (whose phone never counts); -1. */
int loose_column(const struct loose_table *t, enum loose_type type);
int loose_column_named(const struct loose_table *t, struct str name);

#endif
