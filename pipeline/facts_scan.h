/* SPDX-License-Identifier: Apache-2.0 */
/* The passes behind pipeline/facts.h: tables over segments and links, changes over timelines. */
#ifndef MOPAI_PIPELINE_FACTS_SCAN_H
#define MOPAI_PIPELINE_FACTS_SCAN_H

#include "pipeline/facts.h"

/* Every table the rules read, by as many threads as there are processors. */
enum status facts_feed_scans(struct facts *f, struct facts_run *r, const struct facts_view *view, struct err *err) MUST_CHECK;
/* Changes of a timeline attribute (people->attrs) from that day up to the night, of persons that are known; appended, by person and day. */
enum status facts_changes_of(struct facts *f, int attr, daynum from, facts_change_list *out, struct err *err) MUST_CHECK;
enum status facts_feed_change(struct facts *f, struct facts_run *r, size_t change, const struct facts_view *view, struct err *err) MUST_CHECK;
/* Bitmap by person row of whom a source speaks about, in the run's heap: free it. All zero when the source is stale or missing. */
enum status facts_cover(struct facts *f, size_t source, bool missing, uint8_t **out, struct err *err) MUST_CHECK;

#endif
