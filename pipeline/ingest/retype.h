/* SPDX-License-Identifier: Apache-2.0 */
/* sources.yaml changed: deliveries in force are typed again from raw, in their order of acceptance, and judged again. Either all of them pass and their
   segments are put in place, or nothing changes and the differences are told. */
#ifndef MOPAI_INGEST_RETYPE_H
#define MOPAI_INGEST_RETYPE_H

#include "pipeline/ingest/standing.h"

/* One delivery under another declaration. */
struct retype_diff {
    const struct source *source; /* as it would be */
    int64_t delivery;
    const char *file;            /* of its first file */
    int64_t typed, rejected, defects;             /* as accepted */
    int64_t now_typed, now_rejected, now_defects; /* as it would be */
    const char *fails;           /* why it would no longer pass; NULL: it does */
    bool changes_only;           /* a snapshot that another replaced: it must still be readable for its changes, its gates are not judged again */
};
typedef VEC(struct retype_diff) retype_diffs;

/* Every delivery in force on `day`, and every snapshot of the year before it, whose source would be typed differently by `as`. Writes nothing. Texts live in `a`. */
enum status retype_preview(struct site *site, const struct sources *as, daynum day, struct arena *a, retype_diffs *out, struct err *err) MUST_CHECK;

/* Before a scan: types again what the site's sources.yaml has changed. ST_CONFIG, with the differences, when a delivery in force would no longer pass;
   then no segment was touched. Needs the lock. */
enum status retype_changed(struct site *site, daynum day, struct err *err) MUST_CHECK;

/* "交付 3（名册 a.csv）：录入 40 -> 38，退回 0 -> 2，未知值 1 -> 1" and why it fails. Appended, one line. */
void retype_describe(const struct retype_diff *d, struct strbuf *out);

#endif
