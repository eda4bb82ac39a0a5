/* SPDX-License-Identifier: Apache-2.0 */
/* What became of households handed on to other offices, by kind of help: how many, answered how, how many not finished in time, and the share done with its
   interval. Counts only; on the page small ones are hidden, and a share beside them. */
#ifndef MOPAI_REPORT_QUALITY_REFERRALS_H
#define MOPAI_REPORT_QUALITY_REFERRALS_H

#include "base/core/csv_out.h"
#include "pipeline/report/report.h"

/* Nothing when nobody was handed on before tonight. */
enum status quality_referrals_html(struct report *r, struct strbuf *b, struct err *err) MUST_CHECK;
/* Rows of twelve columns as in quality.csv. */
enum status quality_referrals_csv(struct report *r, struct csv_out *c, struct err *err) MUST_CHECK;

#endif
