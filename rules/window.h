/* SPDX-License-Identifier: Apache-2.0 */
/* Windows of time: the last so many days or months, or a part of the calendar. */
#ifndef MOPAI_RULES_WINDOW_H
#define MOPAI_RULES_WINDOW_H

#include "base/core/date.h"

enum span { SPAN_ROLLING, SPAN_THIS_MONTH, SPAN_LAST_MONTH, SPAN_THIS_QUARTER, SPAN_LAST_QUARTER, SPAN_THIS_YEAR, SPAN_LAST_YEAR };

struct window {
    bool set;
    int64_t months, days;  /* SPAN_ROLLING: one of them */
    enum span span;
};
struct bounds {
    daynum first, last;    /* both count */
};
/* Of a window that is set. Rolling: later than as_of minus the length, up to as_of. A part of the calendar that is not over ends on as_of. */
struct bounds window_bounds(const struct window *w, daynum as_of);
/* The same for columns of months. `complete`: whole months before the one of as_of, as many as the window says. */
void window_months(const struct window *w, daynum as_of, bool complete, monthnum *first, monthnum *last);
/* 本月 上月 本季度 上季度 本年 上年; false for another word. */
bool span_named(struct str word, enum span *out);
const char *span_name(enum span s);
/* At most so many days reach back from as_of. */
int window_days_back(const struct window *w);

#endif
