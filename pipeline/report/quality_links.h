/* SPDX-License-Identifier: Apache-2.0 */
/* Quality of linkage without the truth, for quality.html and quality.csv: what the night expects of its own links, rows that would have been a person's second
   in one register, what a new model moved, what has drifted. Counts only. */
#ifndef MOPAI_REPORT_QUALITY_LINKS_H
#define MOPAI_REPORT_QUALITY_LINKS_H

#include "base/core/csv_out.h"
#include "pipeline/report/report.h"

enum status quality_links_html(struct report *r, struct strbuf *b, struct err *err) MUST_CHECK;
/* Rows of twelve columns as in quality.csv. */
enum status quality_links_csv(struct report *r, struct csv_out *c, struct err *err) MUST_CHECK;

#endif
