/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/file.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/night.h"
#include "pipeline/report/page.h"
#include "pipeline/visits_score.h"

static enum status load_sources(struct report *r, struct page *p, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_SOURCE_STATES);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(&p->sources, (struct page_source){.id = arena_str(&r->arena, stmt_text(q, 0)),
                                                   .label = arena_str(&r->arena, stmt_text(q, 1)),
                                                   .department = arena_str(&r->arena, stmt_text(q, 2)),
                                                   .state = arena_str(&r->arena, stmt_text(q, 3)),
                                                   .data_date = stmt_day(q, 4),
                                                   .due = stmt_day(q, 5),
                                                   .records = stmt_int(q, 6),
                                                   .typed = stmt_int(q, 7),
                                                   .rejected = stmt_int(q, 8),
                                                   .set_aside = stmt_int(q, 9),
                                                   .linked = stmt_int(q, 10),
                                                   .unlinked = stmt_int(q, 11),
                                                   .held = stmt_int(q, 12)});
    }
}

/* In the order of sources.yaml, as everywhere; the few that it no longer has come last. */
static void order_sources(struct report *r, struct page *p)
{
    size_t at = 0;
    for (size_t i = 0; r->sources && i < r->sources->n; i++) {
        for (size_t k = at; k < p->sources.n; k++) {
            if (str_eq(p->sources.v[k].label, r->sources->v[i].label)) {
                struct page_source found = p->sources.v[k];
                found.late_towns = r->whole ? r->whole->sources[i].late_scopes : NULL;
                memmove(&p->sources.v[at + 1], &p->sources.v[at], sizeof(found) * (k - at));
                p->sources.v[at++] = found;
                break;
            }
        }
    }
}

static enum status load_rules(struct report *r, struct page *p, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_RULE_RESULTS_FOR_PAGE);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(&p->rules, (struct page_rule){.id = arena_str(&r->arena, stmt_text(q, 0)),
                                               .name = arena_str(&r->arena, stmt_text(q, 1)),
                                               .status = arena_str(&r->arena, stmt_text(q, 2)),
                                               .kind = arena_str(&r->arena, stmt_text(q, 3)),
                                               .evaluated = stmt_int(q, 4),
                                               .fired = stmt_int(q, 5),
                                               .unknown = stmt_int(q, 6),
                                               .fresh = stmt_int(q, 7),
                                               .standing = stmt_int(q, 8),
                                               .held = stmt_int(q, 9),
                                               .suppressed = stmt_int(q, 10),
                                               .cleared = stmt_int(q, 11),
                                               .stale = arena_str(&r->arena, stmt_text(q, 12))});
    }
}

static struct page_level *level_at(struct report *r, struct page *p, struct str name)
{
    for (size_t i = 0; i < p->levels.n; i++) {
        if (str_eq(p->levels.v[i].name, name)) {
            return &p->levels.v[i];
        }
    }
    struct page_level *l = vec_add(&p->levels);
    l->name = arena_str(&r->arena, name);
    return l;
}

static enum status load_levels(struct report *r, struct page *p, struct err *err)
{
    for (size_t i = 0; i < r->meta->n_levels; i++) {
        level_at(r, p, r->meta->levels[i].name);
    }
    AUTO_STMT q = stmt_use(r->night, STMT_COUNT_HITS_BY_LEVEL);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct page_level *l = level_at(r, p, stmt_text(q, 1));
        struct str d = stmt_text(q, 2);
        int64_t *to = str_eqz(d, "new")          ? &l->fresh
                      : str_eqz(d, "standing")   ? &l->standing
                      : str_eqz(d, "held")       ? &l->held
                      : str_eqz(d, "suppressed") ? &l->suppressed
                                                 : &l->shadow;
        *to += stmt_int(q, 3);
    }
}

/* By code: few enough to be searched. */
static struct page_street *street_at(struct report *r, struct page *p, struct str code)
{
    size_t i = 0;
    while (i < p->streets.n && str_cmp(p->streets.v[i].code, code) < 0) {
        i++;
    }
    if (i < p->streets.n && str_eq(p->streets.v[i].code, code)) {
        return &p->streets.v[i];
    }
    vec_add(&p->streets);
    memmove(&p->streets.v[i + 1], &p->streets.v[i], sizeof(p->streets.v[0]) * (p->streets.n - 1 - i));
    struct str kept = arena_str(&r->arena, code);
    p->streets.v[i] = (struct page_street){.code = kept, .name = report_area_name(r, kept)};
    return &p->streets.v[i];
}

static void count_span(struct report *r, struct page *p, const struct list *list, const struct list_span *span)
{
    struct page_street *s = NULL;
    if (span->where == LIST_STREET) {
        s = street_at(r, p, span->street);
        const char *paper = report_file_name(r, "streets/", s->code, s->name, "pdf");
        s->file = report_file_name(r, "streets/", s->code, s->name, "xlsx");
        s->paper = file_exists(path_join(&r->arena, r->out_dir, paper)) ? paper : NULL;
        s->rows = (int64_t)(span->to - span->from);
        s->households = span->households;
    } else {
        *(span->where == LIST_DESK ? &p->desk : &p->no_area) = (int64_t)(span->to - span->from);
    }
    for (size_t i = span->from; i < span->to; i++) {
        const struct list_row *l = &list->rows.v[i];
        p->undecided += l->undecided;
        if (s) {
            s->fresh += l->is_new;
            s->urgent += l->level_rank == 0;
            s->overdue += l->due_state != DUE_AHEAD;
            s->escalated += l->due_state == DUE_ESCALATED;
        }
    }
}

static enum status load_held_streets(struct report *r, struct page *p, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_COUNT_HITS_HELD_BY_STREET);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (stmt_text(q, 0).n > 0) {
            street_at(r, p, stmt_text(q, 0))->held = stmt_int(q, 1);
        }
    }
}

static enum status load_causes(struct report *r, struct page *p, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_COUNT_GONE_BY_CAUSE);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(&p->causes, (struct page_cause){arena_str(&r->arena, stmt_text(q, 0)), stmt_int(q, 1)});
    }
}

static int group_of(const struct rules_meta *m, struct str name)
{
    for (size_t g = 0; g < m->n_groups && g < PAGE_LEVELS; g++) {
        if (str_eq(m->groups[g].name, name)) {
            return (int)g;
        }
    }
    return -1;
}

static enum status load_visits(struct report *r, struct page *p, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_COUNT_VISITS_BY_RULE);
    stmt_bind_int(q, ":mark", r->mark_visit);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int g = group_of(r->meta, stmt_text(q, 1));
        p->visited += stmt_int(q, 2);
        if (g < 0) {
            continue; /* a group that rules.yaml no longer has: counted as visited only */
        }
        p->by_group[g] += stmt_int(q, 2);
        for (size_t i = 0; i < p->rules.n; i++) {
            if (str_eq(p->rules.v[i].id, stmt_text(q, 0))) {
                p->rules.v[i].by_group[g] += stmt_int(q, 2);
            }
        }
    }
}

static void this_night(struct report *r, const struct list *list, struct page *p)
{
    struct page_night n = {.night = r->number, .as_of = r->as_of};
    for (size_t i = 0; i < list->rows.n; i++) {
        *(list->rows.v[i].is_new ? &n.fresh : &n.standing) += 1;
    }
    for (size_t i = 0; i < p->rules.n; i++) {
        n.unknown += str_eqz(p->rules.v[i].status, "active") ? p->rules.v[i].unknown : 0;
    }
    for (size_t i = 0; i < p->levels.n; i++) {
        n.held += p->levels.v[i].held;
    }
    for (size_t i = 0; i < p->causes.n; i++) {
        n.cleared += p->causes.v[i].n;
    }
    for (size_t i = 0; i < list->rows.n; i++) {
        n.overdue += list->rows.v[i].due_state != DUE_AHEAD;
        n.escalated += list->rows.v[i].due_state == DUE_ESCALATED;
    }
    p->list_rows = (int64_t)list->rows.n;
    vec_push(&p->nights, n);
}

static int64_t *night_figure(struct page_night *n, struct str key)
{
    return str_eqz(key, "list.new")        ? &n->fresh
           : str_eqz(key, "list.standing") ? &n->standing
           : str_eqz(key, "list.overdue")  ? &n->overdue
           : str_eqz(key, "list.escalated") ? &n->escalated
           : str_eqz(key, "hits.held")     ? &n->held
           : str_eqz(key, "hits.cleared")  ? &n->cleared
                                           : &n->unknown;
}

static enum status load_nights(struct report *r, struct page *p, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_NIGHT_FIGURES);
    stmt_bind_int(q, ":night", r->number);
    stmt_bind_day(q, ":as_of", r->as_of);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct page_night *n = &p->nights.v[p->nights.n - 1];
        if (n->night != stmt_int(q, 0)) {
            if (p->nights.n == PAGE_NIGHTS) {
                return ST_OK;
            }
            n = vec_add(&p->nights);
            n->night = stmt_int(q, 0);
            n->as_of = stmt_day(q, 1);
        }
        *night_figure(n, stmt_text(q, 2)) = stmt_int(q, 3);
    }
}

/* Of streets that stand in the table anyway. */
static enum status load_grades(struct report *r, struct page *p, struct err *err)
{
    struct visit_card card = {.quarter = MONTH_MISSING};
    enum status st = visit_card_read(r->ledger, r->mark_event, r->as_of, MONTH_MISSING, &card, err);
    p->quarter = card.quarter;
    for (size_t i = 0; st == ST_OK && i < p->streets.n; i++) {
        struct page_street *s = &p->streets.v[i];
        for (size_t k = 0; k < card.rows.n; k++) {
            const struct visit_score *v = &card.rows.v[k];
            if (v->visitor.n == 0 && str_eq(v->street, s->code)) {
                int64_t n;
                s->grade = visit_score_grade(v, &r->meta->grades);
                s->in_time = visit_score_share(v, &n).value;
            }
        }
    }
    visit_card_release(&card);
    return st;
}

enum status page_load(struct report *r, const struct list *list, const list_spans *spans, struct page *out, struct err *err)
{
    TRY(load_sources(r, out, err));
    order_sources(r, out);
    TRY(load_rules(r, out, err));
    TRY(load_levels(r, out, err));
    for (size_t i = 0; i < spans->n; i++) {
        count_span(r, out, list, &spans->v[i]);
    }
    TRY(load_held_streets(r, out, err));
    TRY(load_grades(r, out, err));
    TRY(load_causes(r, out, err));
    TRY(load_visits(r, out, err));
    this_night(r, list, out);
    TRY(load_nights(r, out, err));
    return page_since(r, out, err);
}

void page_release(struct page *p)
{
    vec_release(&p->sources);
    vec_release(&p->rules);
    vec_release(&p->levels);
    vec_release(&p->streets);
    vec_release(&p->causes);
    vec_release(&p->nights);
    vec_release(&p->departments);
}
