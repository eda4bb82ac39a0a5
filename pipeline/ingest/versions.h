/* SPDX-License-Identifier: Apache-2.0 */
/* One version per record key among rows in force: exact repeats count once, of corrected rows the last one counts. */
#ifndef MOPAI_INGEST_VERSIONS_H
#define MOPAI_INGEST_VERSIONS_H

#include "pipeline/ingest/catalogue.h"

/* Inputs of one source and scope, oldest first (data date, acceptance number, part); `superseded` bitmaps are made when first needed and may already hold
   bits of rows that no longer count. Memory: two bits a row, at most VERSIONS_FILTER_MAX bytes, plus the rows whose key really repeats, in passes. */
#define VERSIONS_FILTER_MAX ((size_t)64 << 20)
#define VERSIONS_PASS_ROWS  ((size_t)1 << 20)

struct versioned {
    struct seg_reader *segment;
    uint8_t *superseded; /* in `arena`; NULL: no row */
};
enum status versions_resolve(const struct source *s, struct versioned *v, size_t n, struct arena *arena, struct err *err) MUST_CHECK;
void version_supersede(struct versioned *v, struct arena *arena, uint64_t row);
static inline bool version_superseded(const struct versioned *v, uint64_t row)
{
    return v->superseded && (v->superseded[row >> 3] >> (row & 7) & 1);
}

#endif
