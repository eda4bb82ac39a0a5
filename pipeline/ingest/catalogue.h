/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries as the ledger knows them, with the segments of their files. Writes no ledger row. */
#ifndef MOPAI_INGEST_CATALOGUE_H
#define MOPAI_INGEST_CATALOGUE_H

#include "base/core/vec.h"
#include "base/store/segment.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/ingest/typing.h"

struct delivered_file {
    int64_t file_id;
    int part;
    const char *name, *xxh128;
    int64_t typed; /* when it was accepted */
};
struct delivered {
    int64_t id; /* acceptance number */
    const char *scope, *content;
    daynum date;
    monthnum month_from, month_to; /* MONTH_MISSING */
    struct delivered_file *files;
    size_t n_files;
};
struct delivered_list {
    struct delivered *v; /* by scope, data date, acceptance number */
    size_t n;
};
/* Accepted deliveries of a source dated up to `until`. Lives in `a`. */
enum status catalogue_accepted(struct db *ledger, struct str source_id, daynum until, struct arena *a, struct delivered_list *out, struct err *err) MUST_CHECK;

/* Opens the segment of a file, typing it again from raw when it is missing, damaged or of another format. *out_path lives in `a` (NULL: not wanted).
   ST_CONFIG when the source as declared now cannot read a file it once accepted. */
enum status catalogue_segment(struct site *site, const struct source *s, const char *xxh128, const char *name, struct arena *a, const char **out_path,
                              struct seg_reader **out, struct err *err) MUST_CHECK;

/* The same for its rejects (rejects.h). */
enum status catalogue_rejects(struct site *site, const struct source *s, const char *xxh128, const char *name, struct arena *a, struct seg_reader **out,
                              struct err *err) MUST_CHECK;

/* What a delivery brings, before or after it is in the ledger. */
enum status timeline_make(struct site *site, const struct source *s, const struct delivered *older, const struct delivered *newer, struct err *err) MUST_CHECK;

#endif
