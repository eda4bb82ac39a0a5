/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bytes to records: decoding, physical lines, fields, quote recovery. Knows nothing of columns and types. Memory is one buffer, whatever the file.

   A physical line ends at LF, CRLF or a lone CR. A record is one line, or up to RECORD_MAX_LINES lines and RECORD_MAX_BYTES bytes when a quoted field holds
   line breaks; that is believed only when the quotes pair strictly, the record has the header's number of fields, and no later line of it would be a
   whole record by itself. Else the first line alone is rejected and reading goes on with the next line, so that one stray quote costs one row. */
#ifndef MOPAI_INGEST_READER_H
#define MOPAI_INGEST_READER_H

#include "base/core/arena.h"
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
    bool raw;              /* its fields are still GB18030: record_text(); only in blocks */
    field_list fields;     /* views until the next call; empty for a blank line */
};

struct reader;
/* `bom` bytes are skipped first. delimiter of the records; columns: of the header, 0 while it is not known (then any count goes). */
enum status reader_open(struct byte_source source, enum encoding encoding, size_t bom, char delimiter, struct reader **out, struct err *err) MUST_CHECK;
void reader_set_columns(struct reader *r, size_t columns);
/* *out_more false at the end. */
enum status reader_next(struct reader *r, struct record *rec, bool *out_more, struct err *err) MUST_CHECK;
bool reader_unended(const struct reader *r);  /* the last line has no line end: written so, or cut off */
int64_t reader_bytes(const struct reader *r); /* raw bytes taken so far, for progress */
void reader_close(struct reader *r);          /* NULL is fine */

/* --- many records at once (reader_block.c) -------------------------------------------------------------------------- */

#define READER_BLOCK_ROWS  256
#define READER_BLOCK_BYTES ((size_t)64 << 10)
struct block_row {
    int64_t line;
    uint32_t first, n;     /* its fields are fields.v[first .. first + n) of the block */
    enum value_reason bad; /* these as in struct record */
    bool quoted, euro, raw;
};
/* Begins as {0}. Its fields are views of its own memory, so that the reader may read on while another thread uses it. */
struct record_block {
    size_t n;
    struct block_row rows[READER_BLOCK_ROWS];
    field_list fields;
    struct strbuf text; /* the lines as they came */
    struct arena own;   /* fields that had to be put together */
};
/* The same records as reader_next, at about ten times its speed: lines whose quotes pair in the plain way are cut in blocks (base/text/split.h), the others go the
   way of reader_next. Fields of a GB18030 file stay as they came (raw), so that each need be decoded only where it is kept. A block without rows: the end. */
enum status reader_next_block(struct reader *r, struct record_block *b, struct err *err) MUST_CHECK;
void record_block_release(struct record_block *b);
/* A row as a record; its fields are the block's. */
struct record block_record(const struct record_block *b, size_t row);
/* A field as text: a view of it, or of *scratch (cleared first). These two only look at the reader's encoding: any thread may ask. */
struct str record_text(const struct reader *r, const struct record *rec, struct str field, struct strbuf *scratch);
/* The record with all its fields as text, in `a` where they are not views of rec's. */
void record_decoded(const struct reader *r, const struct record *rec, struct arena *a, struct record *out);

#endif
