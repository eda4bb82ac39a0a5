/* SPDX-License-Identifier: Apache-2.0 */
/* Due days, and what a day makes of them. The due day and the period it was counted by (rules.yaml `meta.due`, of the level) are in the body of the event that told
   the warning, so that later rules change neither; overdue and escalated are never stored. A warning is overdue (逾期) the day after its due day, and escalated
   (升级督办) once the same period has passed a second time without a visit: so many days after the due day, or so many working days by calendar.csv. */
#ifndef MOPAI_PIPELINE_DUE_H
#define MOPAI_PIPELINE_DUE_H

#include "pipeline/calendar.h"
#include "rules/rules.h"

enum due_state { DUE_AHEAD, DUE_OVERDUE, DUE_ESCALATED };

struct due_period {
    int count;     /* 0: none, never due */
    bool workdays; /* else calendar days */
};
struct due_period due_period_of(const struct rules_level *level);
/* The period after `from`; DAY_MISSING without a day or a period. calendar NULL: Monday to Friday. *missing_year keeps the least year that was counted and
   that the calendar lacks; 0 none. */
daynum due_after(const struct calendar *calendar, struct due_period period, daynum from, int *missing_year);
/* Of a warning on a list, due on `due` (DAY_MISSING: never), as of `today`. Asks the calendar only about what is overdue. */
enum due_state due_state_on(const struct calendar *calendar, struct due_period period, daynum due, daynum today, int *missing_year);

#endif
