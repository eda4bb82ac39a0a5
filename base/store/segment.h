/* SPDX-License-Identifier: Apache-2.0 */
/* Typed columns in one file (docs/segment.md): written once, read by pread one block at a time into bounded buffers. No updates, no indexes, no
   migration: a segment that does not read is deleted and made again from raw.

   Missing values: INT32_MIN in SEG_I32, INT64_MIN in SEG_I64, 0 in SEG_U64. They cost nothing and are left out of min and max. Text has no missing
   value but the empty one. */
#ifndef MOPAI_STORE_SEGMENT_H
#define MOPAI_STORE_SEGMENT_H

#include "base/core/status.h"
#include "base/core/str.h"

enum seg_type { SEG_I32 = 1, SEG_I64 = 2, SEG_U64 = 3, SEG_TEXT = 4 };
#define SEG_VERSION       1
#define SEG_BLOCK_ROWS    65536u                /* a block has at most this many rows; only ... */
#define SEG_BLOCK_TEXT    ((size_t)32 << 20)    /* ... the last one and those whose distinct text of one column passes this are shorter */
#define SEG_MAX_COLUMNS   1024u
#define SEG_MAX_TEXT      ((size_t)1 << 20)     /* one text cell */
#define SEG_MAX_META      ((size_t)16 << 20)

struct seg_column {
    const char *name;
    enum seg_type type;
};

/* --- writing --- */
struct seg_writer;
/* Writes to path.tmp. Column names are copied. Errors stick and come out of seg_writer_close. */
enum status seg_writer_open(const char *path, const struct seg_column *columns, size_t n, struct seg_writer **out_w, struct err *err) MUST_CHECK;
/* Row-wise: every column exactly once, then seg_end_row. i32 also accepts SEG_I32 values through seg_put_i64. Wrong type or a forgotten column: BUG. */
void seg_put_i64(struct seg_writer *w, size_t col, int64_t v); /* SEG_I32 (must fit) or SEG_I64 */
void seg_put_u64(struct seg_writer *w, size_t col, uint64_t v);
void seg_put_text(struct seg_writer *w, size_t col, struct str v); /* copied; equal texts of a block are stored once */
void seg_end_row(struct seg_writer *w);
/* Many whole rows, column by column; the segment is the same as of rows put one by one. columns[col]: int64_t for SEG_I32 and SEG_I64, uint64_t for SEG_U64,
   struct seg_cell for SEG_TEXT, or NULL where all its texts are empty. */
struct seg_mark { /* where a block has a text: saves looking for one that comes again and again. First {0}, then the writer's */
    uint32_t block;
    uint16_t code;
};
struct seg_cell {
    struct str text;
    uint64_t hash;         /* hash64_str of the text, whatever for the empty one */
    struct seg_mark *mark; /* NULL: none */
};
void seg_put_rows(struct seg_writer *w, const void *const *columns, size_t n);
/* Column-wise: the same n values for every column, then seg_end_rows(w, n). Any n; the writer cuts the blocks of fixed columns itself, so
   whole arrays may be handed over. Text columns cannot be mixed in: use the row-wise calls for files that have them. */
void seg_write_columns(struct seg_writer *w, const void *const *arrays, size_t n); /* arrays[col]: int32_t, int64_t or uint64_t by the column's type */
/* A whole block, column by column: fill puts the n values of a column where `out` says: int32_t, int64_t or uint64_t by its type, struct str for text (views,
   until the call returns). Up to `threads` threads fill and pack a column each; the file is the same as of rows put one by one. n: at most SEG_BLOCK_ROWS.
   Returns the rows the block took: fewer than n, at least one, when a dictionary got full; the others are handed in again. Not mixed with rows. */
typedef void (*seg_fill)(void *ctx, size_t col, size_t n, void *out);
size_t seg_write_block(struct seg_writer *w, size_t n, unsigned threads, seg_fill fill, void *ctx);
uint64_t seg_writer_rows(const struct seg_writer *w);
/* Writes the footer with `meta` (opaque, JSON by custom), syncs, renames over path, syncs the directory. Frees w whatever happens. */
enum status seg_writer_close(struct seg_writer *w, struct str meta, struct err *err) MUST_CHECK;
void seg_writer_abandon(struct seg_writer *w); /* removes path.tmp and frees; NULL is fine */

/* --- reading: a reader belongs to one thread; several readers may have one file open --- */
struct seg_reader;
/* ST_MISSING, ST_IO, ST_VERSION (another format version: make the segment again) or ST_CORRUPT. */
enum status seg_open(const char *path, struct seg_reader **out_r, struct err *err) MUST_CHECK;
void seg_close(struct seg_reader *r); /* NULL is fine */
static inline void seg_close_auto(struct seg_reader **r) { seg_close(*r); }
#define AUTO_SEG CLEANUP(seg_close_auto) struct seg_reader *

uint64_t seg_rows(const struct seg_reader *r);
size_t seg_blocks(const struct seg_reader *r);
size_t seg_block_rows(const struct seg_reader *r, size_t block);
uint64_t seg_block_start(const struct seg_reader *r, size_t block); /* first row of it */
size_t seg_block_of(const struct seg_reader *r, uint64_t row);
size_t seg_columns(const struct seg_reader *r);
const char *seg_column_name(const struct seg_reader *r, size_t col);
enum seg_type seg_column_type(const struct seg_reader *r, size_t col);
int seg_column(const struct seg_reader *r, const char *name); /* -1 when there is none */
struct str seg_meta(const struct seg_reader *r);              /* view, as long as the reader */

/* Least and greatest value of a fixed column in a block, missing ones left out (both 0 when all are missing). SEG_U64: cast to uint64_t. */
struct seg_range {
    int64_t min, max;
    uint32_t missing;
};
struct seg_range seg_block_range(const struct seg_reader *r, size_t block, size_t col);

/* Each reads one column of one block into `out` (room for SEG_BLOCK_ROWS), checks its checksum, and fills seg_block_rows values. ST_CORRUPT names file
   and block. A wrong type is a BUG: ask seg_column_type first when the file is not your own. */
enum status seg_read_i32(struct seg_reader *r, size_t block, size_t col, int32_t *out, struct err *err) MUST_CHECK;
enum status seg_read_i64(struct seg_reader *r, size_t block, size_t col, int64_t *out, struct err *err) MUST_CHECK; /* SEG_I64, or SEG_I32 widened (missing: INT64_MIN) */
enum status seg_read_u64(struct seg_reader *r, size_t block, size_t col, uint64_t *out, struct err *err) MUST_CHECK;

/* One text column of one block: the cell of row i is dict[codes[i]]. Start with {0}; reuse for other blocks; release at the end. */
struct seg_text {
    size_t rows, n_dict;
    uint16_t *codes;   /* rows; all below n_dict */
    struct str *dict;  /* in order of first use; views into bytes */
    char *bytes;
    size_t cap_dict, cap_bytes;
};
enum status seg_read_text(struct seg_reader *r, size_t block, size_t col, struct seg_text *t, struct err *err) MUST_CHECK;
static inline struct str seg_text_at(const struct seg_text *t, size_t i) { return t->dict[t->codes[i]]; }
void seg_text_release(struct seg_text *t);

/* Single cells, for explain and evidence: keeps the last block read of each column it was asked for. Views hold until the next fetch of that column. */
enum status seg_fetch_i64(struct seg_reader *r, uint64_t row, size_t col, int64_t *out_v, struct err *err) MUST_CHECK; /* any fixed type; u64 cast */
enum status seg_fetch_text(struct seg_reader *r, uint64_t row, size_t col, struct str *out_v, struct err *err) MUST_CHECK;
void seg_forget(struct seg_reader *r); /* frees the blocks so kept and its buffer: for readers that stay open */

/* Reads everything and checks every checksum and code. */
enum status seg_check(struct seg_reader *r, struct err *err) MUST_CHECK;

#endif
