/* SPDX-License-Identifier: Apache-2.0 */
/* For those who watch the program: store/status.json says how the last `mopai run` went, store/metrics.prom the same for the textfile collector of
   node_exporter. Both are replaced by rename, hold no personal data, and are no part of a night: nothing reads them back but the time of the last success.
   Not being able to write them is logged and fails nothing. */
#ifndef MOPAI_PIPELINE_RUN_STATE_H
#define MOPAI_PIPELINE_RUN_STATE_H

#include "pipeline/run.h"

struct run_state {
    const char *site_dir;
    const char *metrics;  /* where the metrics go; NULL: store/metrics.prom. One named by people is readable by everybody: the collector is another user */
    daynum as_of;
    char started_at[20];
    int64_t started;      /* seconds since 1970 */
};

void run_state_init(struct run_state *st, const char *site_dir, const char *metrics, daynum as_of);
/* Says "running". Under the site's lock. */
void run_state_begin(const struct run_state *st, const struct site *s);
/* The end. `s`: NULL when the site did not open; then nothing is written while another run holds its lock. `status` is what run_night returned, `why` its text. */
void run_state_end(const struct run_state *st, const struct site *s, const struct run_result *r, enum status status, const char *why);
/* The process that ran was killed by a signal; told by the one that watched it. */
void run_state_killed(const struct run_state *st, int64_t night, int signal);

#endif
