/* SPDX-License-Identifier: Apache-2.0 */
/* Why rows were rejected and cells became unknown, over the files of one source: exact counts, and a few masked examples with file and line. */
#ifndef MOPAI_REPORT_REASONS_H
#define MOPAI_REPORT_REASONS_H

#include "pipeline/ingest/ingest.h"
#include "pipeline/report/delivered.h"

#define REASON_EXAMPLES 3

struct reason_example {
    struct str file, masked;
    int64_t line;
};
struct reason {
    enum reject_kind kind;
    struct str column; /* "": the whole row */
    const char *text;
    int64_t count;
    struct reason_example examples[REASON_EXAMPLES];
    size_t n_examples;
};
typedef VEC(struct reason) reason_list;

/* Of files[from, to); rejected rows first, then the most frequent. The list is cleared before; vec_release is the caller's. */
enum status reasons_load(struct report *r, const delivered_files *files, size_t from, size_t to, reason_list *out, struct err *err) MUST_CHECK;

#endif
