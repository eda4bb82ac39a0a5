/* SPDX-License-Identifier: Apache-2.0 */
/* Results of a query on standard output: an aligned table, CSV, or JSON. */
#ifndef MOPAI_SQL_PRINT_H
#define MOPAI_SQL_PRINT_H

#include "base/core/status.h"

struct stmt;

enum sql_format { SQL_TABLE, SQL_CSV, SQL_JSON };
/* Steps the statement to its end and prints every row. *out_rows counts them, also when it ends with an error. */
enum status sql_print(struct stmt *s, enum sql_format format, int64_t *out_rows, struct err *err) MUST_CHECK;

#endif
