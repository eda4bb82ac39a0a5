/* SPDX-License-Identifier: Apache-2.0 */
/* quality.html and quality.csv are made from one list of deliveries. */
#ifndef MOPAI_REPORT_QUALITY_H
#define MOPAI_REPORT_QUALITY_H

#include "pipeline/report/agreement.h"
#include "pipeline/report/delivered.h"

enum status quality_page_write(struct report *r, const delivered_files *files, const struct agreements *agree, struct err *err) MUST_CHECK; /* quality_page.c */

#endif
