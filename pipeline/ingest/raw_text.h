/* SPDX-License-Identifier: Apache-2.0 */
/* A raw copy as the text its records are read from: the bytes themselves, or the lines of a sheet when it is a workbook. Everything that reads records
   of a delivered file, at night or years later, goes through here, so that a line number always means the same row. */
#ifndef MOPAI_INGEST_RAW_TEXT_H
#define MOPAI_INGEST_RAW_TEXT_H

#include "pipeline/ingest/reader.h"

struct raw_text;
/* `sheet`: of a workbook, "" the first that is not hidden. ST_INPUT: an archive that is no workbook of this kind, or a damaged one. */
enum status raw_text_open(const char *raw_dir, const char *xxh128, struct str sheet, struct raw_text **out, struct err *err) MUST_CHECK;
struct byte_source raw_text_bytes(struct raw_text *t);
enum status raw_text_read(void *raw_text, void *buf, size_t cap, size_t *out_n, struct err *err) MUST_CHECK;
bool raw_text_is_sheet(const struct raw_text *t); /* then UTF-8 without a mark, delimited by XLSX_DELIMITER */
struct str raw_text_notes(const struct raw_text *t); /* a line each; complete once everything was read */
void raw_text_close(struct raw_text *t);          /* NULL is fine */

#endif
