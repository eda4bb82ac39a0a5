/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of explain.h. */
#ifndef MOPAI_PIPELINE_EXPLAIN_PRIVATE_H
#define MOPAI_PIPELINE_EXPLAIN_PRIVATE_H

#include "pipeline/explain.h"

struct explain_home {
    int64_t id;             /* stable id */
    int64_t first, persons; /* rows of its persons */
};
/* Which records speak of each person, by source. */
enum status explain_chain_records(struct explain *x, const struct explain_home *home, struct err *err) MUST_CHECK;
/* What the doors said, what help there is, what comes next. */
enum status explain_chain_outcome(struct explain *x, const struct explain_home *home, struct err *err) MUST_CHECK;

#endif
