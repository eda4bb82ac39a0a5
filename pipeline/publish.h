/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing, the one commit point. Before it everything a night wrote can be thrown away; after it only renames are left, and they are
   redone at the next start. The order, and what a kill between two steps leaves:

     1 fsync store/runs/N and reports/.tmp-N   -> nothing happened; both are removed at the next start
     2 one transaction on the ledger           -> the night is published
     3 rename reports/.tmp-N -> reports/DATE-N -> redone by publish_recover
     4 reports/latest -> DATE-N                -> redone by publish_recover  */
#ifndef MOPAI_PIPELINE_PUBLISH_H
#define MOPAI_PIPELINE_PUBLISH_H

#include "pipeline/manifest.h"

struct publish_step {
    const char *name;
    int64_t rows_in, rows_out, ms;
};

/* Finishes the renames of the last published night and removes what unpublished nights left. Under the site's lock. */
enum status publish_recover(struct site *s, const struct night_record *last, struct err *err) MUST_CHECK;
/* Steps 1 to 4. `manifest` is the text that stands as manifest.json in tmp_dir too. */
enum status publish_night(struct night *n, const struct night_record *previous, struct str manifest, const char *tmp_dir,
                          const struct publish_step *steps, size_t n_steps, struct err *err) MUST_CHECK;
/* "2026-03-01-1". */
const char *publish_folder(struct arena *a, const struct night *n);
/* Removes store/runs of all but the newest `keep` published nights. */
enum status publish_prune(struct site *s, int64_t newest, int64_t keep, struct err *err) MUST_CHECK;

#endif
