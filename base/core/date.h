/* SPDX-License-Identifier: Apache-2.0 */
/* Dates are day numbers (days since 1970-01-01, proleptic Gregorian), months are year * 12 + month - 1; both fit int32
   and have one missing value. No time zone, no clock. */
#ifndef MOPAI_CORE_DATE_H
#define MOPAI_CORE_DATE_H

#include "base/core/str.h"

typedef int32_t daynum;
typedef int32_t monthnum;
#define DAY_MISSING   INT32_MIN
#define DAY_FOREVER   INT32_MAX /* 长期, 9999-12-31 */
#define MONTH_MISSING INT32_MIN

struct ymd {
    int year, month, day;
};

bool ymd_valid(int year, int month, int day); /* years 1850..9999 */
daynum day_from_ymd(int year, int month, int day); /* DAY_MISSING when invalid */
struct ymd day_to_ymd(daynum day);
int day_of_week(daynum day); /* 1 Monday .. 7 Sunday */
monthnum day_month(daynum day);
daynum month_first(monthnum month);
daynum month_last(monthnum month);
/* Moves by months, clamped to the end of the month: 2026-03-31 minus 1 month is 2026-02-28. */
daynum day_add_months(daynum day, int months);
/* Completed years from birth to `at` (周岁); a 29 February birthday is reached on 1 March in common years. */
int age_at(daynum birth, daynum at);

/* Exactly YYYY-MM-DD; false otherwise. For configuration, names and our own output. Loose dates: base/text/values.h. */
bool day_parse_iso(struct str s, daynum *out_day);
bool month_parse_iso(struct str s, monthnum *out_month); /* YYYY-MM */
void strbuf_add_day(struct strbuf *b, daynum day);       /* 2026-03-01; 长期 for DAY_FOREVER; nothing when missing */
void strbuf_add_month(struct strbuf *b, monthnum month); /* 2026-03 */

#endif
