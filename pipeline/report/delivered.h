/* SPDX-License-Identifier: Apache-2.0 */
/* The delivery files a night speaks of: those in force tonight and those of deliveries that wait for a decision or were refused. Shared by departments.c and quality.c. */
#ifndef MOPAI_REPORT_DELIVERED_H
#define MOPAI_REPORT_DELIVERED_H

#include "pipeline/report/report.h"

enum { ASIDE_TITLE, ASIDE_HEADER, ASIDE_TOTAL, ASIDE_SIGNATURE, ASIDE_BLANK, ASIDE_SKIPPED, ASIDE_COUNT };

struct delivered_gate {
    struct str gate, value, band, verdict;
};
enum delivered_figure { FIGURE_RECORDS, FIGURE_TYPED, FIGURE_REJECTED, FIGURE_ASIDE, FIGURE_DEFECTS, FIGURE_COUNT };
struct delivered_file {
    size_t source;        /* index into report->sources */
    int64_t file_id, delivery_id;
    struct str name, scope, reason, encoding;
    daynum data_date, received;
    bool in_force;        /* else it waits for a decision, */
    bool refused;         /* or was refused and nothing as new came since */
    int64_t records, typed, rejected, defects, aside[ASIDE_COUNT];
    struct delivered_gate *gates; /* on the first file of its delivery */
    size_t n_gates;
    bool compared;        /* likewise: an accepted delivery of the same scope and an older data date is there */
    int64_t now[FIGURE_COUNT], before[FIGURE_COUNT]; /* sums over the files of the delivery, and of that one */
};
typedef VEC(struct delivered_file) delivered_files;

/* In the order of sources.yaml, then scope, data date, acceptance number, part. */
enum status delivered_load(struct report *r, delivered_files *out, struct err *err) MUST_CHECK;

#endif
