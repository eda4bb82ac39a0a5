/* SPDX-License-Identifier: Apache-2.0 */
/* Linkage of loose files nobody described, for `mopai dedupe` and `mopai match`: columns and types are guessed or named with --by, recipes, model and threshold
   come from the data, and everything that was chosen is told on standard error. No site, no configuration, nothing kept. */
#ifndef MOPAI_PIPELINE_ADHOC_H
#define MOPAI_PIPELINE_ADHOC_H

#include "matchers/cluster.h"
#include "matchers/em.h"
#include "matchers/plan.h"
#include "matchers/score.h"
#include "pipeline/loose_table.h"

#define ADHOC_FILES 2

struct adhoc {
    unsigned n_files;
    struct loose_table file[ADHOC_FILES];
    struct field fields[LINK_FIELDS];
    int column[ADHOC_FILES][LINK_FIELDS]; /* -1: this file lacks it */
    unsigned n_fields;
    struct link_table table;              /* row i of file f is row i (dedupe), or offset[f] + i */
    uint32_t offset[ADHOC_FILES + 1];
    struct plan plan;
    struct blocks blocks;
    struct model model;
    struct em_report report;
    bool trained;                         /* false: the model came from a file */
    struct scorer scorer;
    link_edges edges;                     /* pairs that may matter: from a probability of 1 in 100 up */
    uint64_t pairs;
    int32_t threshold;
    bool threshold_chosen;
};

/* adhoc_fields.c */
/* Fills fields and column from the files' headers and values, or from `by` ("column:type,..."; "a=b:type" for columns called differently). */
enum status adhoc_fields(struct adhoc *x, const char *by, struct err *err) MUST_CHECK;

/* adhoc.c */
struct adhoc_options {
    const char *by;          /* NULL: guessed */
    const char *model;       /* a saved model.yaml, NULL: trained on these files */
    const char *save_model;  /* NULL: not kept */
    int64_t threshold_ppm;   /* -1: chosen */
    bool plan_only;
};
/* Reads the files, prepares, plans, trains and scores. With plan_only it stops after the plan. Release in any case. */
enum status adhoc_run(struct adhoc *x, char *const *paths, unsigned n, const struct adhoc_options *o, struct err *err) MUST_CHECK;
void adhoc_release(struct adhoc *x);
/* "0.85" -> 850000; NULL -> -1. */
enum status adhoc_threshold(const char *text, int64_t *out_ppm, struct err *err) MUST_CHECK;
/* Two valid, different identifiers: never one person, whatever else agrees. */
bool adhoc_conflict(const struct adhoc *x, uint32_t a, uint32_t b);
uint64_t adhoc_identity(const struct adhoc *x, uint32_t row); /* 0: none */
static inline uint32_t adhoc_row(const struct adhoc *x, unsigned file, size_t row) { return x->offset[file] + (uint32_t)row; }

/* adhoc_tell.c: on standard error */
void adhoc_tell_files(const struct adhoc *x);
void adhoc_tell_plan(const struct adhoc *x);
void adhoc_tell_model(const struct adhoc *x);
/* Expected false and missed links at the threshold, from the probabilities themselves. */
void adhoc_tell_quality(const struct adhoc *x);

/* adhoc_out.c: results */
struct adhoc_sink;
enum status adhoc_sink_open(const char *path, struct adhoc_sink **out, struct err *err) MUST_CHECK; /* NULL: standard output */
struct csv_out *adhoc_sink_csv(struct adhoc_sink *k);
void adhoc_sink_flush(struct adhoc_sink *k); /* when much has gathered */
enum status adhoc_sink_close(struct adhoc_sink *k, struct err *err) MUST_CHECK;
struct csv_out;
void adhoc_put_cells(const struct adhoc *x, unsigned file, size_t row, bool reveal, struct csv_out *c); /* all columns of a row */
void adhoc_put_probability(uint32_t ppm, struct csv_out *c);
/* Grey pairs, the most doubtful first, both rows one under the other, with what agreed: for --review. */
enum status adhoc_write_review(const struct adhoc *x, const char *path, bool reveal, struct err *err) MUST_CHECK;

#endif
