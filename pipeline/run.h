/* SPDX-License-Identifier: Apache-2.0 */
/* The night as a list of steps, for `run` and its stages and for `try`. */
#ifndef MOPAI_PIPELINE_RUN_H
#define MOPAI_PIPELINE_RUN_H

#include "pipeline/night.h"

enum run_stage { RUN_INGEST, RUN_LINK, RUN_ASSESS, RUN_REPORT, RUN_PUBLISH };
struct run_plan {
    enum run_stage last;   /* stop after this one; only RUN_PUBLISH changes what people see */
    daynum as_of;
    bool trial;            /* nothing is held */
    bool taken_in;         /* the inbox was read already */
    /* With last == RUN_LINK: called on the linked night, whose run folder stays as it is until the next run. */
    enum status (*look)(void *ctx, struct night *n, struct err *err);
    void *ctx;
    struct link_plan *plan; /* only count the pairs; NULL */
    struct link_training *training; /* the link stage trains a model besides; NULL */
};
struct run_result {
    bool already_done;     /* nothing new since the last published night */
    bool published, replay;
    int64_t night;
    const char *report_dir; /* in the site's arena; NULL when no report was made */
    const char *run_dir;
};
/* Does rules.yaml of the site compile against its sources and people? ST_RULES with the problems. */
enum status site_rules_check(struct site *s, struct err *err) MUST_CHECK;
/* The site must be open with SITE_LOCK. */
enum status run_night(struct site *s, const struct run_plan *plan, struct run_result *out, struct err *err) MUST_CHECK;

#endif
