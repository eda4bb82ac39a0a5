/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/window.h"

static const struct {
    const char *name;
    int months, back; /* length, and how many lengths ago */
} SPANS[] = {
    [SPAN_ROLLING] = {"", 0, 0},        [SPAN_THIS_MONTH] = {"本月", 1, 0},    [SPAN_LAST_MONTH] = {"上月", 1, 1}, [SPAN_THIS_QUARTER] = {"本季度", 3, 0},
    [SPAN_LAST_QUARTER] = {"上季度", 3, 1}, [SPAN_THIS_YEAR] = {"本年", 12, 0}, [SPAN_LAST_YEAR] = {"上年", 12, 1},
};

bool span_named(struct str word, enum span *out)
{
    for (size_t i = SPAN_ROLLING + 1; i < ARRAY_LEN(SPANS); i++) {
        if (str_eqz(word, SPANS[i].name)) {
            *out = (enum span)i;
            return true;
        }
    }
    return false;
}

const char *span_name(enum span s) { return SPANS[s].name; }

static monthnum span_first(enum span s, daynum as_of)
{
    int n = SPANS[s].months;
    monthnum m = day_month(as_of);
    return m - m % n - SPANS[s].back * n;
}

struct bounds window_bounds(const struct window *w, daynum as_of)
{
    if (w->span == SPAN_ROLLING) {
        daynum after = w->months ? day_add_months(as_of, -(int)w->months) : as_of - (daynum)w->days;
        return (struct bounds){after + 1, as_of};
    }
    monthnum first = span_first(w->span, as_of);
    daynum last = month_last(first + SPANS[w->span].months - 1);
    return (struct bounds){month_first(first), MIN(last, as_of)};
}

void window_months(const struct window *w, daynum as_of, bool complete, monthnum *first, monthnum *last)
{
    if (w->span == SPAN_ROLLING) {
        *last = day_month(as_of) - complete;
        *first = *last - (monthnum)w->months + 1;
        return;
    }
    struct bounds b = window_bounds(w, as_of);
    *first = day_month(b.first);
    *last = day_month(b.last);
}

int window_days_back(const struct window *w)
{
    enum { MONTH = 31 };
    const int n = SPANS[w->span].months;
    return w->span == SPAN_ROLLING ? (int)(w->days + w->months * MONTH) : n * MONTH * (1 + SPANS[w->span].back);
}
