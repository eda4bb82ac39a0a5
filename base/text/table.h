/* SPDX-License-Identifier: Apache-2.0 */
/* Small CSV files that people keep by hand (areas.csv, calendar.csv, id_aliases.csv): read whole, any encoding, header by name, every
   cell with its line. Department exports do not come this way; they have pipeline/ingest. */
#ifndef MOPAI_TEXT_TABLE_H
#define MOPAI_TEXT_TABLE_H

#include "base/text/diag.h"

#define TABLE_COLUMNS 64

struct table_row {
    uint32_t line; /* from 1 */
    size_t n;
    const struct str *cells; /* cleaned of blanks at the ends */
};
struct table {
    struct arena arena;
    struct diag_list *diags;
    uint32_t file;
    struct table_row header;
    VEC(struct table_row) rows; /* blank lines and lines starting with # left out */
};
#define AUTO_TABLE struct table CLEANUP(table_release)

/* false when nothing usable: encoding (E101), no header (E121), unbalanced quote (E122). A row whose cell count differs from the header's is
   reported (E123) and left out. */
bool table_parse(struct table *t, const char *name, struct str bytes, struct diag_list *diags);
enum status table_parse_file(struct table *t, const char *path, const char *name, struct diag_list *diags, struct err *err) MUST_CHECK;
void table_release(struct table *t);
/* Column number of one of the names separated by | ("code|代码"), -1 when absent. */
int table_column(const struct table *t, const char *names);
/* As table_column; absence is reported (E124). */
int table_need_column(struct table *t, const char *names);
struct str table_cell(const struct table *t, const struct table_row *row, int column); /* empty for column -1 */
void table_problem(struct table *t, const struct table_row *row, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
