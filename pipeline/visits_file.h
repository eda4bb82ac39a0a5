/* SPDX-License-Identifier: Apache-2.0 */
/* A filled list (of visits, of questions, of referrals) as people send it back: the workbook itself, or saved as CSV by LibreOffice, WPS or Excel, in UTF-8 (BOM or not), GB18030 or UTF-16, with commas, tabs or
   semicolons, title rows above the header, columns moved, left out or added. Knows headers and rows; knows nothing of warnings and the ledger. */
#ifndef MOPAI_PIPELINE_VISITS_FILE_H
#define MOPAI_PIPELINE_VISITS_FILE_H

#include "base/core/arena.h"
#include "base/core/vec.h"
#include "base/core/status.h"
#include "base/text/values.h"

enum filled_column {
    FILLED_NUMBER, FILLED_OUTCOME, FILLED_DAY, FILLED_VISITOR, FILLED_NOTE,
    FILLED_UNTIL,   /* 暂缓延期至: with the outcome 暂缓 or 延期 */
    FILLED_TO,      /* 退回去向: with the outcome 退回 */
    FILLED_ADDRESS, FILLED_MEMBERS, FILLED_INCOME, /* found out at the door */
    FILLED_PROGRAMME, /* 办理项目: what an office gave, on a referral list */
    FILLED_COLUMN_COUNT
};
/* Which list: their columns have other names. */
enum filled_form { FILLED_VISITS, FILLED_REFERRALS, FILLED_FORM_COUNT };

struct filled_row {
    int64_t line;           /* of the file, from 1 */
    enum value_reason bad;  /* not VALUE_OK: the line could not be read, cells are empty */
    struct str *cells;      /* [n] as they came */
    size_t n;
};
struct filled_list {
    struct arena arena;
    char xxh128[33];        /* of the file's text: of a workbook the lines of its sheet */
    struct filled_row header;
    int column[FILLED_COLUMN_COUNT]; /* place in the header; -1 when the file lacks it (number and outcome never do) */
    VEC(struct filled_row) rows;     /* behind the header: without blank lines and repeated headers */
};

/* ST_MISSING or ST_IO; ST_INPUT when encoding or header cannot be recognised. */
enum status filled_read(const char *path, enum filled_form form, struct filled_list *out, struct err *err) MUST_CHECK;
void filled_release(struct filled_list *l);
/* The cell without blanks and spreadsheet marks; empty when the row or the file lacks it. Lives in the list's arena. */
struct str filled_cell(struct filled_list *l, const struct filled_row *row, enum filled_column c);
/* How many cells of the row hold something. */
size_t filled_cells_used(const struct filled_row *row);

#endif
