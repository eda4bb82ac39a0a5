/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of the lists are overdue or escalated, and the word for it. */
#include "pipeline/command.h"
#include "pipeline/report/list.h"
#include "pipeline/site.h"

void list_mark_due(const struct report *r, struct list *l)
{
    const struct calendar *calendar = r->site ? r->site->calendar : NULL;
    int missing_year = 0;
    for (size_t i = 0; i < l->rows.n; i++) {
        struct list_row *row = &l->rows.v[i];
        if (row->period.count == 0) { /* a level rules.yaml no longer has: overdue at most */
            row->period = row->level_rank < r->meta->n_levels ? due_period_of(&r->meta->levels[row->level_rank]) : (struct due_period){0, false};
        }
        row->due_state = due_state_on(calendar, row->period, row->due, r->as_of, &missing_year);
    }
    if (missing_year) {
        warn_add(ST_W_CHECK, TR("calendar.csv 没有 %d 年，升级督办按周一至周五计算", "calendar.csv lacks the year %d: escalation counted as Monday to Friday"), missing_year);
    }
}

const char *list_due_word(const struct list_row *l) { return l->due_state == DUE_ESCALATED ? "升级督办" : ""; }
