/* SPDX-License-Identifier: Apache-2.0 */
/* One sheet of a workbook as a stream of CSV text in UTF-8: a line a row, so that line numbers are the numbers the spreadsheet shows, with values as they
   are displayed (xlsx_number.h). Formulas give their stored result, hidden rows count like any other. Text in a cell merged downwards stands in each of its
   rows; a number does not, since it would be added up more than once. Memory: shared strings (xlsx_book.h), a row, a chunk. */
#ifndef MOPAI_INGEST_XLSX_H
#define MOPAI_INGEST_XLSX_H

#include "pipeline/ingest/unzip.h"

#define XLSX_DELIMITER   ','
#define XLSX_MAX_ROWS    1048576
#define XLSX_MAX_COLUMNS 16384

struct xlsx;
/* Is the archive a workbook of this kind? */
bool xlsx_is(const struct zip *z);
/* Takes over `z`, also when it fails. `sheet` "" is the first that is not hidden. ST_INPUT in words for people. */
enum status xlsx_open(struct zip *z, const char *file, struct str sheet, struct xlsx **out, struct err *err) MUST_CHECK;
const char *xlsx_sheet(const struct xlsx *x, size_t i); /* the i-th sheet that is not hidden, NULL beyond the last */
/* As byte_source.read. */
enum status xlsx_read(void *xlsx, void *buf, size_t cap, size_t *out_n, struct err *err) MUST_CHECK;
/* What is worth saying, a line each; complete once everything was read. */
struct str xlsx_notes(const struct xlsx *x);
void xlsx_close(struct xlsx *x); /* NULL is fine */

#endif
