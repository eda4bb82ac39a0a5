/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/assess_fold.h"

#include "base/store/db.h"
#include "pipeline/link_moves.h"

void fold_release(struct fold *f)
{
    vec_release(&f->warnings);
    vec_release(&f->more);
}

static uint32_t active_rule(const struct ruleset *rules, struct str id)
{
    int at = ruleset_find(rules, id);
    bool active = at >= 0 && (size_t)at < ruleset_evaluated(rules) && ruleset_rule(rules, (size_t)at)->status == RULES_ACTIVE;
    return active ? (uint32_t)at : LIFE_NO_RULE;
}

static void fold_event(struct arena *a, struct life_warning *w, struct folded *more, struct stmt *q)
{
    struct str kind = stmt_text(q, 5), level = stmt_text(q, 6), detail = stmt_text(q, 7);
    bool listed = str_eqz(kind, "new");
    if (level.n > 0) {
        w->level = arena_str(a, level);
    }
    if (!stmt_is_null(q, 10)) {
        more->say = arena_str(a, stmt_text(q, 10));
        more->members = arena_str(a, stmt_text(q, 12));
        w->again_known = !stmt_is_null(q, 11);
        w->again_value = stmt_int(q, 11);
    }
    if (listed || more->listed_night == 0) {
        more->listed_night = stmt_int(q, 8);
        more->listed_on = stmt_day(q, 9);
    }
    if (str_eqz(kind, "absent")) {
        w->absences++;
        if (!day_parse_iso(detail, &w->absent_date)) {
            w->absent_date = DAY_MISSING;
        }
        return;
    }
    w->absences = 0;
    w->absent_date = DAY_MISSING;
    if (listed) {
        w->state = LIFE_NEW;
    } else if (str_eqz(kind, "held")) {
        w->state = LIFE_HELD;
        w->why_held = arena_z(a, detail);
    } else if (str_eqz(kind, "released")) {
        w->state = LIFE_RELEASED;
    } else if (str_eqz(kind, "closed")) {
        w->state = LIFE_CLOSED;
        w->closed_day = stmt_day(q, 9); /* the visit, when there is one, says better */
    } else if (str_eqz(kind, "cleared")) {
        w->state = LIFE_CLEARED;
    }
}

static enum status read_events(struct night *n, const struct ruleset *rules, const struct warning_moves *moves, struct arena *a, struct fold *out,
                               struct err *err)
{
    AUTO_STMT q = stmt_use(n->site->ledger, STMT_LIST_WARNING_EVENTS_FOLD);
    stmt_bind_int(q, ":mark", n->mark_event);
    stmt_bind_int(q, ":night", n->number);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int64_t no = stmt_int(q, 0);
        if (out->warnings.n == 0 || out->warnings.v[out->warnings.n - 1].no != no) {
            struct str rule = arena_str(a, stmt_text(q, 1));
            vec_push(&out->warnings, (struct life_warning){.no = no, .rule = active_rule(rules, rule), .entity_kind = stmt_text(q, 2).p[0],
                                                           .entity = warning_moved(moves, no, stmt_int(q, 3)), .key = arena_str(a, stmt_text(q, 4)), .why_held = "",
                                                           .group = LIFE_NO_GROUP, .absent_date = DAY_MISSING, .closed_day = DAY_MISSING});
            vec_push(&out->more, (struct folded){.rule = rule});
        }
        fold_event(a, &out->warnings.v[out->warnings.n - 1], &out->more.v[out->more.n - 1], q);
    }
}

static uint32_t outcome_group(const struct rules_meta *meta, struct str group, struct str outcome)
{
    for (size_t i = 0; i < meta->n_groups; i++) {
        if (str_eq(meta->groups[i].name, group)) {
            return (uint32_t)i;
        }
    }
    int at = rules_outcome_group(meta, outcome);
    return at < 0 ? LIFE_NO_GROUP : (uint32_t)at;
}

/* An open warning with a visit is closed by it, whether or not an event says so. */
static enum status read_visits(struct night *n, const struct ruleset *rules, struct fold *out, struct err *err)
{
    AUTO_STMT q = stmt_use(n->site->ledger, STMT_LIST_VISITS_FOLD);
    stmt_bind_int(q, ":mark", n->mark_visit);
    size_t at = 0;
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        while (at < out->warnings.n && out->warnings.v[at].no < stmt_int(q, 0)) {
            at++;
        }
        if (at == out->warnings.n || out->warnings.v[at].no != stmt_int(q, 0) || out->warnings.v[at].state == LIFE_CLEARED) {
            continue;
        }
        struct life_warning *w = &out->warnings.v[at];
        w->state = LIFE_CLOSED;
        w->closed_day = stmt_day(q, 1);
        w->group = outcome_group(ruleset_meta(rules), stmt_text(q, 3), stmt_text(q, 2));
    }
}

enum status fold_read(struct night *n, const struct ruleset *rules, struct arena *a, struct fold *out, struct err *err)
{
    memset(out, 0, sizeof(*out));
    if (!n->site->ledger) {
        return ST_OK;
    }
    struct warning_moves moves;
    enum status status = warning_moves_read(n, &moves, err);
    status = status == ST_OK ? read_events(n, rules, &moves, a, out, err) : status;
    warning_moves_release(&moves);
    TRY(status);
    return read_visits(n, rules, out, err);
}
