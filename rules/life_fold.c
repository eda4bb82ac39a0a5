/* SPDX-License-Identifier: Apache-2.0 */
/* A warning's state is the fold of its events: what each kind of event makes of it. */
#include "rules/lifecycle.h"

/* What an event does. Kinds without a state (level, extended) leave the warning where it is. */
static const struct turn {
    const char *kind;
    enum life_state state;
    bool keeps;   /* leaves the state */
    bool counts;  /* its detail is the data date of one more time */
    bool quiets;  /* visit day, group and level are remembered */
} turns[] = {
    {.kind = "pending", .state = LIFE_PENDING, .counts = true},
    {.kind = "held", .state = LIFE_HELD},
    {.kind = "released", .state = LIFE_RELEASED},
    {.kind = "new", .state = LIFE_NEW},
    {.kind = "level", .keeps = true},
    {.kind = "absent", .keeps = true, .counts = true},
    {.kind = "extended", .keeps = true},
    {.kind = "snoozed", .state = LIFE_SNOOZED, .quiets = true},
    {.kind = "returned", .state = LIFE_RETURNED},
    {.kind = "visited", .state = LIFE_VISITED, .quiets = true},
    {.kind = "closed", .state = LIFE_CLOSED, .quiets = true},
    {.kind = "reopened", .state = LIFE_REOPENED},
    {.kind = "merged", .state = LIFE_MERGED},
    {.kind = "cleared", .state = LIFE_CLEARED},
};

static const struct turn *turn_of(struct str kind)
{
    for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
        if (str_eqz(kind, turns[i].kind)) {
            return &turns[i];
        }
    }
    return NULL;
}

static void count_time(struct life_warning *w, const struct life_past *e)
{
    w->times++;
    if (!day_parse_iso(e->detail, &w->times_date)) {
        w->times_date = DAY_MISSING;
    }
}

static void remember(struct life_warning *w, const struct life_past *e)
{
    w->quiet_level = w->level;
    if (w->state == LIFE_SNOOZED) {
        w->until = e->day;
    } else {
        w->visit_day = e->day;
        w->group = e->group;
    }
}

void life_fold(struct life_warning *w, const struct life_past *e)
{
    const struct turn *t = turn_of(e->kind);
    BUG_ON(!t); /* the ledger's own CHECK lists the kinds */
    if (w->state == LIFE_MERGED) {
        return; /* it lives on in another */
    }
    if (e->level.n > 0) {
        w->level = e->level;
    }
    if (e->tells) {
        w->again_known = e->again_known;
        w->again_value = e->again_value;
    }
    if (t->counts) {
        count_time(w, e);
    } else if (!str_eqz(e->kind, "extended")) {
        w->times = 0;
        w->times_date = DAY_MISSING;
    }
    if (t->keeps) {
        return;
    }
    w->state = t->state;
    if (t->quiets) {
        remember(w, e);
    } else if (w->state == LIFE_HELD) {
        w->why_held = e->detail;
    }
}
