/* SPDX-License-Identifier: Apache-2.0 */
/* One night: what it is a function of, and where its stages write. The stages are called in order by pipeline/run.c; none calls another. */
#ifndef MOPAI_PIPELINE_NIGHT_H
#define MOPAI_PIPELINE_NIGHT_H

#include "pipeline/audit.h"
#include "pipeline/site.h"

struct db; /* base/store/db.h: one SQLite connection */

/* One file of a delivery in force, in manifest order: source order of sources.yaml, scope, data date, acceptance number, part. */
struct night_input {
    int64_t file_id, delivery_id;
    size_t source;        /* index into site->sources */
    const char *scope, *name, *segment; /* segment: full path */
    const char *xxh128;
    daynum data_date;
    int64_t rows;
    bool late;            /* its scope is past the cadence: nobody's missing row there means absent */
    const uint8_t *superseded; /* bitmap of rows that a later delivery or a period replaces; NULL when none */
};

enum source_state { SOURCE_FRESH, SOURCE_STALE, SOURCE_MISSING };
struct night_source {
    enum source_state state;
    daynum data_date;    /* newest in force, DAY_MISSING when none */
    daynum due;          /* expected by, from the cadence */
    const char *late_scopes; /* scopes (towns) past their cadence although the source is fresh: "东镇（2026-01-01）、..."; NULL: none */
    const char *late_unmapped; /* those of them that are no street or community of areas.csv, by name: whom they concern is not known; NULL: none */
    bool first_night;    /* no published night had a delivery of it */
};

struct night {
    struct site *site;
    struct arena arena;
    int64_t number;          /* the night being made: last published + 1 */
    daynum as_of;
    const char *run_dir;     /* store/runs/N (exists) */
    const char *prev_run_dir; /* of the last published night, NULL on the first; may have been deleted: nothing may depend on it */
    daynum prev_as_of;       /* DAY_MISSING on the first night */
    int64_t mark_event, mark_visit, mark_decision, mark_release, mark_review, mark_order, mark_referral; /* read the ledger up to here */
    struct audit_end audit;  /* the audit as the manifest records it */
    int64_t next_warning;    /* first free warning number */
    struct night_input *inputs;
    size_t n_inputs;
    struct night_source *sources; /* one a source of sources.yaml */
    struct db *db;           /* night.db of run_dir, schema applied */
    bool trial;              /* `try`: nothing is held */
    struct link_plan *plan;  /* the link stage only counts what it would compare (pipeline/link_plan.h); NULL */
    struct link_training *training; /* the link stage trains a model besides (pipeline/link_train.h); NULL */
};

/* link: inputs -> persons.seg, households.seg, link-*.seg, identity_conflict, source_state, proposed_alias. */
enum status link_night(struct night *n, struct err *err) MUST_CHECK;
/* assess: those + rules.yaml + ledger -> rule_result, hit, evidence, gone, proposed_warning, proposed_event, figure. */
enum status assess_night(struct night *n, struct err *err) MUST_CHECK;
/* report: night.db + ledger -> files under out_dir (exists, empty). Reads no clock. */
enum status report_night(struct night *n, const char *out_dir, struct err *err) MUST_CHECK;

#endif
