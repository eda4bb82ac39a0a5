/* SPDX-License-Identifier: Apache-2.0 */
/* A table somebody names on the command line, as text in memory: a plain file, the only one in a .gz or .zip, or the first visible sheet of a workbook. */
#ifndef MOPAI_INGEST_TABLE_TEXT_H
#define MOPAI_INGEST_TABLE_TEXT_H

#include "base/core/status.h"
#include "base/core/str.h"

/* *out_sheet: it is a worksheet, in UTF-8 without a mark and delimited by XLSX_DELIMITER. A link may be named. ST_INPUT, ST_REFUSED: in words for people. */
enum status table_text_read(const char *path, size_t limit, struct strbuf *out, bool *out_sheet, struct err *err) MUST_CHECK;

#endif
