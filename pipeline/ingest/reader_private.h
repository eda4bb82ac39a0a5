/* SPDX-License-Identifier: Apache-2.0 */
/* Between reader.c, records one by one, and reader_block.c, many at once; nobody else includes this. */
#ifndef MOPAI_INGEST_READER_PRIVATE_H
#define MOPAI_INGEST_READER_PRIVATE_H

#include "base/text/split.h"
#include "pipeline/ingest/reader.h"

#define CHUNK      ((size_t)256 << 10)
#define BUFFER     (READER_MAX_LINE + CHUNK)
#define NOT_LOOKED SIZE_MAX
#define NO_WINDOW  SIZE_MAX

struct reader {
    struct byte_source source;
    struct decoder decoder;
    struct utf16_reader utf16;
    bool is_utf16, eof, unended;
    char delimiter;
    size_t columns;
    char *buf;           /* [pos, end) not yet taken; UTF-8 or GB18030 */
    size_t pos, end;
    size_t lf;           /* next LF at or after pos, end when there is none in the buffer, NOT_LOOKED */
    char *wide;          /* a raw chunk of UTF-16 */
    struct strbuf narrow;
    int64_t line, bytes;
    size_t bom;
    struct splitter split;
    bool can_cut;
    size_t window;       /* where the splitter's window begins in buf, NO_WINDOW */
    bool looked;         /* at the text of the window: */
    uint64_t plain[SPLIT_WINDOW / 4096 + 1]; /* utf8_plain_blocks */
    struct csv_feed *feed;
    struct strbuf scratch;
    field_list alone;    /* fields of a continuation line read by itself */
    struct record careful; /* read by libcsv on its way into a block */
};

/* Adds at least one byte behind `end`, or sets eof. Room is made by moving what is left to the front. */
enum status reader_refill(struct reader *r, struct err *err) MUST_CHECK;

static inline void reader_take(struct reader *r, size_t next, uint32_t lines)
{
    r->pos += next;
    r->line += lines;
}

#endif
