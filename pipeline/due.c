/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/due.h"

daynum due_after(const struct calendar *calendar, const struct rules_level *level, daynum from, int *missing_year)
{
    static const struct calendar weekdays = {NULL, NULL, 0};
    if (from == DAY_MISSING || level->due <= 0) {
        return DAY_MISSING;
    }
    if (!level->due_workdays) {
        return from + level->due;
    }
    int unknown = 0;
    daynum due = calendar_add_workdays(calendar ? calendar : &weekdays, from, level->due, &unknown);
    if (unknown && (!*missing_year || unknown < *missing_year)) {
        *missing_year = unknown;
    }
    return due;
}

enum due_state due_state_on(const struct calendar *calendar, const struct rules_level *level, daynum due, daynum today, int *missing_year)
{
    if (due == DAY_MISSING || due >= today) {
        return DUE_AHEAD;
    }
    daynum again = due_after(calendar, level, due, missing_year);
    return again != DAY_MISSING && again < today ? DUE_ESCALATED : DUE_OVERDUE;
}
