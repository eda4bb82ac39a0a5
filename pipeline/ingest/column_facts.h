/* SPDX-License-Identifier: Apache-2.0 */
/* What a delivery holds column by column, read from its segments: for the gates of columns and for the bands proposed from history. */
#ifndef MOPAI_INGEST_COLUMN_FACTS_H
#define MOPAI_INGEST_COLUMN_FACTS_H

#include "base/core/map.h"
#include "pipeline/ingest/catalogue.h"

/* Distinct values are exact up to DISTINCT_EXACT, beyond it an estimate within about one percent: Wegman's adaptive sampling (Flajolet 1990) keeps the
   hashes whose low `depth` bits are zero, which depends on the set of values alone and not on their order. */
#define DISTINCT_EXACT ((size_t)1 << 16)
struct distinct {
    struct map64 seen;
    unsigned depth;
};
void distinct_add(struct distinct *d, uint64_t hash);
int64_t distinct_count(const struct distinct *d);
void distinct_release(struct distinct *d);

struct column_facts {
    int64_t rows, missing; /* typed rows; of them without a value */
    int64_t bad;           /* cells filled but not usable, in typed and in rejected rows */
    int64_t distinct, sum; /* sum: money in fen, integer; 0 for other types */
};
/* One a column of `columns` (indexes, measures allowed), over all files of a delivery. */
enum status column_facts_read(struct site *site, const struct source *s, const struct delivered_file *files, size_t n_files, const int *columns, size_t n,
                              struct column_facts *out, struct err *err) MUST_CHECK;

#endif
