/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of one input, block by block, with the wanted columns of its source in memory: bounded by one block. */
#ifndef MOPAI_PIPELINE_ROW_READER_H
#define MOPAI_PIPELINE_ROW_READER_H

#include "base/store/segment.h"
#include "pipeline/ingest/sources.h"

struct row_column {
    bool wanted, there; /* there: the segment has it */
    int at;             /* its column in the segment */
    int64_t *num;       /* dates, months, money, integers, flags: missing is INT64_MIN */
    uint64_t *id;       /* identifiers, and tokens that stand for them (person.id, unit.head_id): missing is 0 */
    struct seg_text text;
};
struct row_reader {
    struct seg_reader *seg;
    const struct source *source;
    struct row_column *columns; /* one a column and measure of the source */
    uint64_t *key, *content;
    size_t rows, block;         /* of the block in memory */
    uint64_t start;             /* its first row */
};
#define AUTO_ROWS struct row_reader CLEANUP(row_reader_close)

/* Set columns[c].wanted between opening and the first block. #key and #content are read unless row_reader_without_hashes says otherwise. */
enum status row_reader_open(struct row_reader *r, const char *segment, const struct source *source, struct err *err) MUST_CHECK;
void row_reader_close(struct row_reader *r); /* {0} is fine */
static inline void row_reader_want(struct row_reader *r, int column)
{
    if (column >= 0) {
        r->columns[column].wanted = true;
    }
}
void row_reader_without_hashes(struct row_reader *r); /* before the first block */
/* Reads the next block; *out_more is false behind the last one. */
enum status row_reader_next(struct row_reader *r, bool *out_more, struct err *err) MUST_CHECK;
/* Reads block `b`. */
enum status row_reader_block(struct row_reader *r, size_t b, struct err *err) MUST_CHECK;

bool row_is_text(enum column_type t);
bool row_is_id(enum column_type t);
/* "" for column -1, missing columns and columns that are not text. Views hold until the next block. */
static inline struct str row_text(const struct row_reader *r, int column, size_t i)
{
    if (column < 0 || !r->columns[column].there || !r->columns[column].text.codes) {
        return (struct str){NULL, 0};
    }
    return seg_text_at(&r->columns[column].text, i);
}
static inline int64_t row_num(const struct row_reader *r, int column, size_t i)
{
    return column < 0 || !r->columns[column].num ? INT64_MIN : r->columns[column].num[i];
}
static inline uint64_t row_id(const struct row_reader *r, int column, size_t i)
{
    return column < 0 || !r->columns[column].id ? 0 : r->columns[column].id[i];
}

#endif
