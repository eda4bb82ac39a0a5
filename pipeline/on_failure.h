/* SPDX-License-Identifier: Apache-2.0 */
/* `--on-failure CMD`: somebody is told when a night fails, also when it is killed. The run is done by a child process; its parent only waits, runs CMD through
   sh when the child ended with 2-99 or by a signal, and ends with the child's exit status (128+N for signal N) whatever CMD returned. A termination, an
   interrupt or a hang-up sent to the parent is passed on to the child. Nobody is told when both are killed: for that there is the time of the last success in
   store/status.json and the metrics. */
#ifndef MOPAI_PIPELINE_ON_FAILURE_H
#define MOPAI_PIPELINE_ON_FAILURE_H

#include "pipeline/run_state.h"

/* Shared with the parent, which reads it when the child is gone. */
struct watched_run {
    struct run_result result; /* only the night's number is read */
    char message[3072];       /* what went wrong; empty: it had no time to say */
};
/* Returns in the child alone; the parent never comes back. ST_IO when there is no process or memory to be had. */
enum status on_failure_watch(const char *command, const struct run_state *st, struct watched_run **out, struct err *err) MUST_CHECK;
/* One paragraph for people: what, why and what to do; no personal data. */
void on_failure_message(enum status status, const char *why, int64_t night, struct strbuf *out);

#endif
