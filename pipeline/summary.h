/* SPDX-License-Identifier: Apache-2.0 */
/* What is said on standard output when a night or a trial is done. */
#ifndef MOPAI_PIPELINE_SUMMARY_H
#define MOPAI_PIPELINE_SUMMARY_H

#include <stdio.h>

#include "pipeline/run.h"

enum status summary_print(FILE *out, struct site *s, const struct run_plan *plan, const struct run_result *r, bool json, struct err *err) MUST_CHECK;

#endif
