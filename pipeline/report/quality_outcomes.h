/* SPDX-License-Identifier: Apache-2.0 */
/* What visits say of each source: of the warnings of the past year that rest on its records and were verified, how many were wrong because data were out of date
   (outcome 数据过期). A warning that rests on several sources counts for each: the visit does not say which of them was old. Counts only; on the page small ones
   are hidden, and a share beside them. */
#ifndef MOPAI_REPORT_QUALITY_OUTCOMES_H
#define MOPAI_REPORT_QUALITY_OUTCOMES_H

#include "base/core/csv_out.h"
#include "pipeline/report/report.h"

/* Nothing when no warning was verified. */
enum status quality_outcomes_html(struct report *r, struct strbuf *b, struct err *err) MUST_CHECK;
/* Rows of twelve columns as in quality.csv. */
enum status quality_outcomes_csv(struct report *r, struct csv_out *c, struct err *err) MUST_CHECK;

#endif
