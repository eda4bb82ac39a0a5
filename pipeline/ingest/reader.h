/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bytes to records: decoding, physical lines, fields, quote recovery. Knows nothing of columns and types. Memory is one buffer, whatever the file.

   A physical line ends at LF, CRLF or a lone CR. A record is one line, or up to RECORD_MAX_LINES lines and RECORD_MAX_BYTES bytes when a quoted field holds
   line breaks; that is believed only when the quotes pair strictly, the record has the header's number of fields, and no later line of it would be a
   whole record by itself. Else the first line alone is rejected and reading goes on with the next line, so that one stray quote costs one row. */
#ifndef MOPAI_INGEST_READER_H
#define MOPAI_INGEST_READER_H

#include "base/core/status.h"
#include "base/text/encoding.h"
#include "base/text/values.h"
#include "pipeline/ingest/csv_feed.h"

#define RECORD_MAX_LINES 16
#define RECORD_MAX_BYTES ((size_t)64 << 10)
#define READER_MAX_LINE  ((size_t)1 << 20)

/* Where bytes come from: fewer than `cap` only at the end. */
struct byte_source {
    enum status (*read)(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err);
    void *ctx;
};
struct memory_source {
    struct str left;
};
struct byte_source memory_source(struct memory_source *m);

struct record {
    int64_t line;          /* first physical line, from 1 */
    uint32_t lines;        /* physical lines it takes */
    enum value_reason bad; /* VALUE_OK: fields are usable; else the line is rejected with this reason */
    bool euro;             /* had a byte 0x80 */
    bool raw;              /* its fields are still GB18030: record_text() */
    field_list fields;     /* views until the next call; empty for a blank line */
};

struct reader;
/* `bom` bytes are skipped first. delimiter of the records; columns: of the header, 0 while it is not known (then any count goes). */
enum status reader_open(struct byte_source source, enum encoding encoding, size_t bom, char delimiter, struct reader **out, struct err *err) MUST_CHECK;
void reader_set_columns(struct reader *r, size_t columns);
/* *out_more false at the end. */
enum status reader_next(struct reader *r, struct record *rec, bool *out_more, struct err *err) MUST_CHECK;
/* The same records, about ten times as fast: lines whose quotes pair in the plain way are cut in blocks (base/text/split.h), the others go the way of reader_next.
   Fields of a GB18030 file stay as they came (rec->raw), so that each need be decoded only where it is kept. Calls of both may alternate. */
enum status reader_next_raw(struct reader *r, struct record *rec, bool *out_more, struct err *err) MUST_CHECK;
/* A field as text: a view of it, or of *scratch (cleared first). */
struct str record_text(const struct reader *r, const struct record *rec, struct str field, struct strbuf *scratch);
/* Makes all its fields text; yields rec. */
struct record *record_decoded(struct reader *r, struct record *rec);
bool reader_unended(const struct reader *r);  /* the last line has no line end: written so, or cut off */
int64_t reader_bytes(const struct reader *r); /* raw bytes taken so far, for progress */
void reader_close(struct reader *r);          /* NULL is fine */

#endif
