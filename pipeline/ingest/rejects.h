/* SPDX-License-Identifier: Apache-2.0 */
/* Rejected rows and defective cells of one file: exact counts per kind, column and reason, and a bounded number of examples, masked. Kept beside the segment
   as NAME.rej.seg: kind I32, line I32, row I32 (-1 rejected), column TEXT, reason TEXT, value TEXT (masked), count I64 (on the first of its group). */
#ifndef MOPAI_INGEST_REJECTS_H
#define MOPAI_INGEST_REJECTS_H

#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/text/values.h"
#include "pipeline/ingest/ingest.h"

#define REJECT_EXAMPLES_ROWS    2000 /* per column and reason: a department gets its list back */
#define REJECT_EXAMPLES_DEFECTS 200

struct reject_example {
    int32_t group; /* of kind, column and reason */
    int64_t line, row;
    const char *masked;
};
struct reject_group {
    enum reject_kind kind;
    int column; /* -1: the whole row */
    enum value_reason reason;
    int64_t count, kept;
};
struct reject_list {
    struct arena arena;
    VEC(struct reject_group) groups;
    VEC(struct reject_example) examples;
    struct map64 group_of;
    int64_t rows, defects; /* exact */
};
/* Counts one; true when the caller should give it an example too. */
bool rejects_count(struct reject_list *l, enum reject_kind kind, int column, enum value_reason reason);
void rejects_example(struct reject_list *l, int64_t line, int64_t row, struct str masked); /* of the one counted last */
enum status rejects_write(struct reject_list *l, const struct source *s, const char *path, struct err *err) MUST_CHECK;
/* Reads such a file back: see file_rejects (ingest.h). */
struct seg_reader;
enum status rejects_each(struct seg_reader *r, bool (*fn)(void *ctx, const struct reject *r, int64_t count), void *ctx, struct err *err) MUST_CHECK;
void rejects_release(struct reject_list *l);

#endif
