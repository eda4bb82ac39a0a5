/* SPDX-License-Identifier: Apache-2.0 */
/* Due days, and what a day makes of them: nothing of it is stored. A warning is overdue (逾期) the day after its due day, and escalated (升级督办) once the period
   of its level (rules.yaml `meta.due`) has passed a second time without a visit: so many days after the due day, or so many working days by calendar.csv. */
#ifndef MOPAI_PIPELINE_DUE_H
#define MOPAI_PIPELINE_DUE_H

#include "pipeline/calendar.h"
#include "rules/rules.h"

enum due_state { DUE_AHEAD, DUE_OVERDUE, DUE_ESCALATED };

/* The level's period after `from`; DAY_MISSING without a day or a period. calendar NULL: Monday to Friday. *missing_year keeps the least year that was counted and
   that the calendar lacks; 0 none. */
daynum due_after(const struct calendar *calendar, const struct rules_level *level, daynum from, int *missing_year);
/* Of a warning on a list, due on `due` (DAY_MISSING: never), as of `today`. Asks the calendar only about what is overdue. */
enum due_state due_state_on(const struct calendar *calendar, const struct rules_level *level, daynum due, daynum today, int *missing_year);

#endif
