/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: what of a site's raw copies no night to come can need, and since when nights can be computed again.

   A night reads deliveries in force, and changes between neighbouring deliveries as far back as the longest window of a rule or `keep` of people.yaml,
   whichever is longer (the reach); for the persons of open warnings as far back as when those were made. So everything before
   min(today, last night, oldest open warning) - reach - 3 months may go, but for what was in force on that day and has not been replaced since. */
#ifndef MOPAI_PIPELINE_RETENTION_H
#define MOPAI_PIPELINE_RETENTION_H

#include "pipeline/site.h"

/* Days a night looks back. Compiles the rules: ST_RULES when they are wrong. */
enum status retention_reach(struct site *s, int *out_days, struct err *err) MUST_CHECK;
/* The earliest day that can be computed again from what is kept of a source; DAY_MISSING when nothing of it was ever purged. out: one a source of sources.yaml, in `a`. */
enum status retention_since(struct site *s, struct arena *a, daynum **out, struct err *err) MUST_CHECK;
/* ST_MISSING with words when a replay of `as_of` would need what is gone. */
enum status retention_check_replay(struct site *s, daynum as_of, struct err *err) MUST_CHECK;

#endif
