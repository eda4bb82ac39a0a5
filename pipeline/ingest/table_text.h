/* SPDX-License-Identifier: Apache-2.0 */
/* A table somebody names on the command line, as text in memory: a plain file, the only one in a .gz or .zip, or a sheet of a workbook. */
#ifndef MOPAI_INGEST_TABLE_TEXT_H
#define MOPAI_INGEST_TABLE_TEXT_H

#include "base/core/status.h"
#include "base/core/str.h"

struct table_text {
    struct strbuf text;
    bool is_sheet;        /* a worksheet: in UTF-8 without a mark and delimited by XLSX_DELIMITER */
    struct strbuf sheets; /* those that are not hidden, a line each */
    struct strbuf notes;  /* what is worth saying of the workbook, a line each */
};
/* `sheet` "": the first that is not hidden. A link may be named. ST_INPUT, ST_REFUSED: in words for people. Release in any case. */
enum status table_text_read(const char *path, struct str sheet, size_t limit, struct table_text *out, struct err *err) MUST_CHECK;
void table_text_release(struct table_text *t);

#endif
