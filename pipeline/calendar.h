/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.csv: which days are working days. Due days are counted by it. Columns date, workday (0 or 1), note; any order of lines,
   `#` starts a comment line. Days it does not name are Monday to Friday; a year it does not name at all is reported by who asks. */
#ifndef MOPAI_PIPELINE_CALENDAR_H
#define MOPAI_PIPELINE_CALENDAR_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"

struct calendar {
    daynum *days;     /* sorted, distinct */
    bool *workdays;   /* parallel */
    size_t n;
};

/* Parses `text` (UTF-8, with or without BOM); an empty text is a calendar without entries. Every wrong line is one line of err,
   "calendar.csv:12: ..." ; ST_CONFIG. The result lives in `a`. */
enum status calendar_parse(struct arena *a, struct str text, const char *name, struct calendar **out, struct err *err) MUST_CHECK;
bool calendar_has_year(const struct calendar *c, int year);
bool calendar_is_workday(const struct calendar *c, daynum day);
/* The n-th working day after `day` (n = 0: `day` itself). *out_unknown_year is the first year on the way that the calendar lacks, else 0. */
daynum calendar_add_workdays(const struct calendar *c, daynum day, int n, int *out_unknown_year);

#endif
