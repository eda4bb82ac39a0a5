/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/due.h"

struct due_period due_period_of(const struct rules_level *level) { return (struct due_period){level->due, level->due_workdays}; }

daynum due_after(const struct calendar *calendar, struct due_period period, daynum from, int *missing_year)
{
    static const struct calendar weekdays = {NULL, NULL, 0};
    if (from == DAY_MISSING || period.count <= 0) {
        return DAY_MISSING;
    }
    if (!period.workdays) {
        return from + period.count;
    }
    int unknown = 0;
    daynum due = calendar_add_workdays(calendar ? calendar : &weekdays, from, period.count, &unknown);
    if (unknown && (!*missing_year || unknown < *missing_year)) {
        *missing_year = unknown;
    }
    return due;
}

enum due_state due_state_on(const struct calendar *calendar, struct due_period period, daynum due, daynum today, int *missing_year)
{
    if (due == DAY_MISSING || due >= today) {
        return DUE_AHEAD;
    }
    daynum again = due_after(calendar, period, due, missing_year);
    return again != DAY_MISSING && again < today ? DUE_ESCALATED : DUE_OVERDUE;
}
