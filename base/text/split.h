/* SPDX-License-Identifier: Apache-2.0 */
/* Delimited text cut into lines and fields as it came, before any decoding: raw bytes in, offsets out.

   No byte of a character beyond ASCII, in UTF-8 or in GB18030, is a quote, a line end or one of the delimiters split_can_cut() accepts, so both are cut alike and only
   the text that is kept need ever be converted. 64 bytes at a time become bit masks (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019, without
   its quote parity: quotes are marks like the others, and only lines that hold some look at them, so that one stray quote never reaches the next line).

   A line ends at LF, CRLF or a lone CR. Lines are not joined here: one that leaves a quote open, or whose quotes do not pair in the plain way, is handed
   over as SPLIT_IRREGULAR with its bytes, for a reader that knows what to believe (pipeline/ingest/reader.h). */
#ifndef MOPAI_TEXT_SPLIT_H
#define MOPAI_TEXT_SPLIT_H

#include "base/core/str.h"

#define SPLIT_WINDOW     ((size_t)128 << 10) /* at most so many bytes are cut at a time; a longer line does not come out */
#define SPLIT_MAX_FIELDS 1024

enum split_shape {
    SPLIT_PLAIN,    /* no quote: field f is what stands between its two ends */
    SPLIT_QUOTED,   /* some fields stand in quotes, or hold one: split_unquote() */
    SPLIT_IRREGULAR /* quotes that do not pair within the line, or too many fields: no fields are given */
};
struct split_record {
    uint32_t start, end;   /* of the line, without its line end; end is the window's when it has none */
    uint32_t next;         /* where the one behind it begins */
    uint32_t n;            /* fields; 0 for a line without a byte */
    const uint32_t *ends;  /* [n] field f ends before ends[f] and begins behind ends[f - 1], the first at start */
    enum split_shape shape;
    bool odd;              /* may hold a NUL or bytes beyond ASCII: to be checked before use. (A line so near to one that does may say so too.) */
};

struct split_line {
    uint32_t mark;         /* the mark that ends it */
    uint32_t flags;
};
/* The marks of one window. Its memory is for its own functions. */
struct splitter {
    const char *base;
    uint32_t n;
    uint32_t *marks;       /* offsets of delimiters, quotes and line ends, ascending */
    struct split_line *lines;
    uint32_t *kept;        /* ends of the fields of a quoted line */
    size_t n_lines, line;  /* lines found; the next to hand out */
    uint32_t mark, at;     /* its first mark, its first byte */
    char delimiter;
};

/* Raw bytes of this encoding can be cut at this delimiter: it is no part of a longer character. utf8 false: GB18030. */
bool split_can_cut(char delimiter, bool utf8);
void split_init(struct splitter *s, char delimiter, bool utf8);
void split_release(struct splitter *s);
/* Marks the lines of p[0, n), n at most SPLIT_WINDOW, p at the beginning of a line. `whole`: nothing follows, so that the last line needs no end (and a CR at the
   end is one). p is read again until the window is used up. */
void split_window(struct splitter *s, const char *p, size_t n, bool whole);
/* The same by the instructions every machine of its kind has, and by plain C, for machines without the instructions; and for the tests. */
void split_window_narrow(struct splitter *s, const char *p, size_t n, bool whole);
void split_window_plain(struct splitter *s, const char *p, size_t n, bool whole);
/* The next line; false when no whole one is left: what stands from s->at on belongs to the next window. */
bool split_next(struct splitter *s, struct split_record *out);
/* Leaves out lines that begin before `at`, which must be the beginning of a line. */
void split_seek(struct splitter *s, uint32_t at);

static inline struct str split_field(const struct splitter *s, const struct split_record *r, uint32_t f)
{
    uint32_t from = f ? r->ends[f - 1] + 1 : r->start;
    return str_n(s->base + from, r->ends[f] - from);
}
/* The content of a field of a SPLIT_QUOTED line: a view of it, or of *scratch (appended, never moved: reserve the line's length first) when it holds a doubled quote. */
struct str split_unquote(struct str field, struct strbuf *scratch);

#endif
