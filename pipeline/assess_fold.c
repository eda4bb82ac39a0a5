/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/assess_fold.h"

#include "base/store/db.h"
#include "pipeline/link_moves.h"

void fold_release(struct fold *f)
{
    vec_release(&f->warnings);
    vec_release(&f->more);
    vec_release(&f->returns);
}

static uint32_t active_rule(const struct ruleset *rules, struct str id)
{
    int at = ruleset_find(rules, id);
    bool active = at >= 0 && (size_t)at < ruleset_evaluated(rules) && ruleset_rule(rules, (size_t)at)->status == RULES_ACTIVE;
    return active ? (uint32_t)at : LIFE_NO_RULE;
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

/* Columns of list_warning_events_fold.sql. */
enum {
    F_NO, F_RULE, F_ENTITY_KIND, F_ENTITY, F_KEY, F_KIND, F_LEVEL, F_DETAIL, F_NIGHT, F_AS_OF, F_SAY, F_AGAIN, F_MEMBERS, F_VISIT_DAY, F_OUTCOME, F_GROUP,
    F_UNTIL, F_AREA, F_HOUSEHOLD, F_STREET, F_SEQ, F_DUE, F_DUE_DAYS, F_DUE_WORKDAYS
};

static void remember_return(struct arena *a, const struct folded *more, struct fold *out, const struct stmt *q)
{
    struct fold_return r = {more->household, stmt_int(q, F_SEQ), more->street, arena_str(a, stmt_text(q, F_AREA))};
    if (r.household) {
        vec_push(&out->returns, r);
    }
}

/* What the pipeline keeps beside the state. */
static void keep_told(struct arena *a, struct folded *more, const struct stmt *q)
{
    struct str kind = stmt_text(q, F_KIND);
    bool listed = str_eqz(kind, "new");
    daynum due;
    if (!stmt_is_null(q, F_SAY)) {
        more->say = arena_str(a, stmt_text(q, F_SAY));
        more->members = arena_str(a, stmt_text(q, F_MEMBERS));
        more->street = arena_str(a, stmt_text(q, F_STREET));
        more->household = stmt_int(q, F_HOUSEHOLD);
    }
    if (listed || more->listed_night == 0) {
        more->listed_night = stmt_int(q, F_NIGHT);
        more->listed_on = stmt_day(q, F_AS_OF);
        more->extended = more->due = DAY_MISSING;
        more->period.count = 0;
    }
    if (day_parse_iso(stmt_text(q, F_DUE), &due)) {
        more->due = due;
        more->period = (struct due_period){(int)stmt_int(q, F_DUE_DAYS), stmt_int(q, F_DUE_WORKDAYS) != 0};
    }
    if (str_eqz(kind, "extended")) {
        more->extended = stmt_day(q, F_UNTIL);
    }
}

static void fold_event(struct arena *a, const struct rules_meta *meta, struct fold *out, const struct stmt *q)
{
    struct life_warning *w = &out->warnings.v[out->warnings.n - 1];
    struct folded *more = &out->more.v[out->more.n - 1];
    struct life_past e = {.kind = stmt_text(q, F_KIND), .level = arena_str(a, stmt_text(q, F_LEVEL)), .detail = arena_str(a, stmt_text(q, F_DETAIL)),
                          .tells = !stmt_is_null(q, F_SAY), .again_known = !stmt_is_null(q, F_AGAIN), .again_value = stmt_int(q, F_AGAIN),
                          .group = LIFE_NO_GROUP, .day = stmt_day(q, F_UNTIL)};
    if (!stmt_is_null(q, F_VISIT_DAY)) {
        e.day = stmt_day(q, F_VISIT_DAY);
        e.group = outcome_group(meta, stmt_text(q, F_GROUP), stmt_text(q, F_OUTCOME));
    }
    if (str_eqz(e.kind, "returned")) {
        remember_return(a, more, out, q);
    }
    keep_told(a, more, q);
    life_fold(w, &e);
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
                                                           .entity = warning_moved(moves, no, stmt_int(q, 3)), .key = arena_str(a, stmt_text(q, 4)), .group = LIFE_NO_GROUP,
                                                           .times_date = DAY_MISSING, .visit_day = DAY_MISSING});
            vec_push(&out->more, (struct folded){.rule = rule, .due = DAY_MISSING, .extended = DAY_MISSING});
        }
        fold_event(a, ruleset_meta(rules), out, q);
    }
}

static int cmp_return(const void *a, const void *b)
{
    const struct fold_return *x = a, *y = b;
    int c = (x->household > y->household) - (x->household < y->household);
    return c ? c : (x->seq < y->seq) - (x->seq > y->seq); /* the newest first */
}

static void sort_returns(struct fold *out)
{
    size_t n = 0;
    vec_sort(&out->returns, cmp_return);
    for (size_t i = 0; i < out->returns.n; i++) {
        if (n == 0 || out->returns.v[n - 1].household != out->returns.v[i].household) {
            out->returns.v[n++] = out->returns.v[i];
        }
    }
    out->returns.n = n;
}

const struct fold_return *fold_returned(const struct fold *f, int64_t household)
{
    size_t lo = 0, hi = f->returns.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->returns.v[mid].household < household) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < f->returns.n && f->returns.v[lo].household == household ? &f->returns.v[lo] : NULL;
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
    sort_returns(out);
    return status;
}
