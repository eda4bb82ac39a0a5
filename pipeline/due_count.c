/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/due_count.h"

#include "base/core/vec.h"
#include "base/store/db.h"
#include "pipeline/schema.h"

struct overdue {
    struct str level;
    daynum due;
    struct due_period period; /* count 0: of an event that does not say */
};
typedef VEC(struct overdue) overdues;

static enum status load(const struct site *s, daynum today, struct arena *a, overdues *out, bool *any_silent, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_WARNINGS_OVERDUE);
    stmt_bind_int(q, ":today", today);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct overdue *o = vec_add(out);
        *o = (struct overdue){arena_str(a, stmt_text(q, 0)), stmt_day(q, 1), {(int)stmt_int(q, 2), stmt_int(q, 3) != 0}};
        *any_silent |= o->period.count == 0;
    }
}

static struct due_period period_of(const struct rules_meta *meta, struct str level)
{
    for (size_t i = 0; i < meta->n_levels; i++) {
        if (str_eq(meta->levels[i].name, level)) {
            return due_period_of(&meta->levels[i]);
        }
    }
    return (struct due_period){0, false};
}

/* False when rules.yaml does not compile: one figure is left out then, not the page it stands on. */
static bool ask_rules(const struct site *s, struct arena *a, overdues *list)
{
    struct schema schema;
    struct ruleset *rules = NULL;
    struct err none;
    schema_build(a, s->sources, s->people, &s->areas, &schema);
    if (schema_compile(&schema, s->files[SITE_RULES].path, s->files[SITE_RULES].text, &rules, &none) != ST_OK) {
        return false;
    }
    for (size_t i = 0; i < list->n; i++) {
        struct overdue *o = &list->v[i];
        o->period = o->period.count ? o->period : period_of(ruleset_meta(rules), o->level);
    }
    ruleset_free(rules);
    return true;
}

static int64_t count(const struct site *s, daynum today, const overdues *list, int *missing_year)
{
    int64_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        n += due_state_on(s->calendar, list->v[i].period, list->v[i].due, today, missing_year) == DUE_ESCALATED;
    }
    return n;
}

enum status due_count_escalated(const struct site *s, daynum today, int64_t *out, int *missing_year, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    overdues list = {0};
    bool silent = false;
    enum status st = load(s, today, &a, &list, &silent, err);
    if (st == ST_OK) {
        *out = silent && !ask_rules(s, &a, &list) ? -1 : count(s, today, &list, missing_year);
    }
    vec_release(&list);
    return st;
}
