/* SPDX-License-Identifier: Apache-2.0 */
/* How many warnings are escalated (pipeline/due.h) by a day, counted over the ledger. */
#ifndef MOPAI_PIPELINE_DUE_COUNT_H
#define MOPAI_PIPELINE_DUE_COUNT_H

#include "pipeline/due.h"
#include "pipeline/site.h"

/* rules.yaml is asked only about warnings whose events do not say their period; -1 when there are such and it does not compile. *missing_year as
   due_state_on. */
enum status due_count_escalated(const struct site *s, daynum today, int64_t *out, int *missing_year, struct err *err) MUST_CHECK;

#endif
