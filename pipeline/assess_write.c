/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/db.h"
#include "pipeline/assess.h"
#include "pipeline/command.h"

struct tally {
    int64_t by[LIFE_DISPOSITION_COUNT];
    int64_t cleared;
};

struct output {
    struct assess *a;
    struct tally *rules;      /* by rule */
    int64_t *new_by_level;
    int missing_year;         /* of calendar.csv */
};

/* --- hits ------------------------------------------------------------------------------------------------------------- */

static struct str area_code(const struct assess *a, int64_t index)
{
    const struct area_set *set = &a->night->site->areas;
    return index >= 0 && (size_t)index < set->areas.n ? set->areas.v[index].code : (struct str){"", 0};
}

/* Held and suppressed hits have none. What was told with the level it still has stands; a new level counts from the night the warning was listed. */
static struct assess_due due_of(struct output *o, const struct assess_hit *h, const struct life_verdict *v)
{
    const struct assess *a = o->a;
    const struct folded *told = v->disposition == LIFE_IS_STANDING ? &a->fold.more.v[v->warning] : NULL;
    struct assess_due due = {DAY_MISSING, due_period_of(&ruleset_meta(a->rules)->levels[h->level])};
    if (v->disposition != LIFE_IS_NEW && !told) {
        return due;
    }
    bool stands = told && str_eq(a->fold.warnings.v[v->warning].level, a->life_hits[v->hit].level);
    due.period = stands && told->period.count > 0 ? told->period : due.period;
    due.day = told && told->extended != DAY_MISSING ? told->extended
              : stands && told->due != DAY_MISSING ? told->due
                                                   : due_after(a->night->site->calendar, due.period, told ? told->listed_on : a->night->as_of, &o->missing_year);
    return due;
}

static const char *level_note(struct assess *a, const struct assess_hit *h)
{
    if (h->maybe_level < 0 || h->maybe_level >= h->level) {
        return "";
    }
    struct str higher = ruleset_meta(a->rules)->levels[h->maybe_level].name;
    return arena_printf(&a->arena, "待核，可能为" STR_FMT, STR_ARG(higher));
}

static void bind_place(struct stmt *q, const struct assess *a, const struct assess_hit *h, const struct rules_rule *r)
{
    bool desk = !str_eqz(r->send, "街道"); /* desk checks stay on the district's own sheet */
    stmt_bind_text(q, ":street", desk ? (struct str){"", 0} : area_code(a, h->street));
    stmt_bind_text(q, ":community", desk ? (struct str){"", 0} : area_code(a, h->community));
    stmt_bind_z(q, ":area_basis", area_basis_name((enum area_basis)h->area_basis));
}

static enum status write_hit(struct output *o, int64_t hit_id, const struct life_verdict *v, struct err *err)
{
    struct assess *a = o->a;
    const struct assess_hit *h = &a->hits.v[v->hit];
    const struct rules_rule *r = ruleset_rule(a->rules, h->rule);
    AUTO_STMT q = stmt_use(a->night->db, STMT_INSERT_HIT);
    stmt_bind_int(q, ":hit_id", hit_id);
    stmt_bind_view(q, ":rule", r->id);
    stmt_bind_z(q, ":entity_kind", r->entity == RULES_PERSON ? "P" : "H");
    stmt_bind_int(q, ":entity", h->entity);
    stmt_bind_int(q, ":person_row", h->person);
    stmt_bind_int(q, ":household_row", h->household);
    stmt_bind_int(q, ":household", h->household_id);
    stmt_bind_view(q, ":key", h->key);
    stmt_bind_text(q, ":level", a->life_hits[v->hit].level);
    stmt_bind_int(q, ":level_rank", h->level);
    stmt_bind_z(q, ":level_note", level_note(a, h));
    if (val_is_none(h->score)) {
        stmt_bind_null(q, ":score");
    } else {
        stmt_bind_int(q, ":score", h->score.lo);
    }
    stmt_bind_view(q, ":say", h->say);
    stmt_bind_view(q, ":send", r->send);
    stmt_bind_view(q, ":way", r->way);
    stmt_bind_view(q, ":owner", r->owner);
    bind_place(q, a, h, r);
    stmt_bind_z(q, ":disposition", life_disposition_name(v->disposition));
    stmt_bind_z(q, ":why", v->why);
    bool numbered = v->warning_no > 0, older = v->warning != UINT32_MAX && v->disposition != LIFE_IS_NEW;
    if (numbered) {
        stmt_bind_int(q, ":warning_no", v->warning_no);
        stmt_bind_int(q, ":first_night", older ? a->fold.more.v[v->warning].listed_night : a->night->number);
    } else {
        stmt_bind_null(q, ":warning_no");
        stmt_bind_null(q, ":first_night");
    }
    struct assess_due due = due_of(o, h, v);
    stmt_bind_day(q, ":due", due.day);
    stmt_bind_int(q, ":due_days", due.period.count);
    stmt_bind_int(q, ":due_workdays", due.period.workdays);
    return stmt_run(q, err);
}

/* --- evidence --------------------------------------------------------------------------------------------------------- */

static void bind_ref(struct stmt *q, const struct evidence_ref *ref)
{
    if (!ref) {
        stmt_bind_null(q, ":input");
        stmt_bind_null(q, ":line");
        stmt_bind_null(q, ":column");
        stmt_bind_null(q, ":raw");
        stmt_bind_null(q, ":file");
        return;
    }
    if (ref->input == UINT32_MAX) {
        stmt_bind_null(q, ":input");
    } else {
        stmt_bind_int(q, ":input", ref->input);
    }
    stmt_bind_int(q, ":line", ref->line);
    stmt_bind_view(q, ":column", ref->header);
    if (ref->want_cell) {
        stmt_bind_view(q, ":raw", ref->raw);
    } else {
        stmt_bind_null(q, ":raw");
    }
    stmt_bind_view(q, ":file", str_of(ref->file));
}

static enum status write_entry(struct stmt *q, const struct evidence *evidence, int64_t hit_id, int64_t ord, const struct evidence_entry *e,
                               struct err *err)
{
    stmt_bind_int(q, ":hit_id", hit_id);
    stmt_bind_int(q, ":ord", ord);
    stmt_bind_int(q, ":depth", e->depth);
    stmt_bind_view(q, ":role", str_of(evidence_role_name(e->role)));
    stmt_bind_view(q, ":label", e->label);
    stmt_bind_view(q, ":value", e->value);
    bind_ref(q, e->ref == EVIDENCE_NO_REF ? NULL : &evidence->refs.v[e->ref]);
    return stmt_run(q, err);
}

struct entry_writer {
    struct stmt *q;       /* one for all of a hit: each row binds every parameter anew */
    const struct evidence *evidence;
    int64_t hit_id, ord;
    struct err *err;
    enum status status;
};

static void write_one_entry(void *ctx, const struct evidence_entry *e)
{
    struct entry_writer *w = ctx;
    if (w->status == ST_OK) {
        w->status = write_entry(w->q, w->evidence, w->hit_id, w->ord++, e, w->err);
    }
}

static enum status write_evidence(struct output *o, int64_t hit_id, const struct assess_hit *h, struct err *err)
{
    AUTO_STMT q = stmt_use(o->a->night->db, STMT_INSERT_EVIDENCE);
    struct entry_writer w = {.q = q, .evidence = &o->a->evidence, .hit_id = hit_id, .err = err, .status = ST_OK};
    evidence_each(&o->a->evidence, h->evidence_first, h->evidence_n, write_one_entry, &w);
    return w.status;
}

static enum status write_hits(struct output *o, struct err *err)
{
    struct assess *a = o->a;
    for (size_t i = 0; i < a->life.verdicts.n; i++) {
        const struct life_verdict *v = &a->life.verdicts.v[i];
        const struct assess_hit *h = &a->hits.v[v->hit];
        TRY(write_hit(o, (int64_t)i + 1, v, err));
        TRY(write_evidence(o, (int64_t)i + 1, h, err));
        o->rules[h->rule].by[v->disposition]++;
        o->new_by_level[h->level] += v->disposition == LIFE_IS_NEW;
    }
    return ST_OK;
}

/* --- events ----------------------------------------------------------------------------------------------------------- */

static enum status propose_warning(struct assess *a, const struct life_event *e, struct err *err)
{
    const struct life_verdict *v = &a->life.verdicts.v[e->verdict];
    const struct life_hit *h = &a->life_hits[v->hit];
    AUTO_STMT q = stmt_use(a->night->db, STMT_INSERT_PROPOSED_WARNING);
    stmt_bind_int(q, ":warning_no", e->warning_no);
    stmt_bind_text(q, ":rule", ruleset_rule(a->rules, h->rule)->id);
    stmt_bind_text(q, ":entity_kind", str_n(&h->entity_kind, 1));
    stmt_bind_int(q, ":entity", h->entity);
    stmt_bind_text(q, ":key", h->key);
    return stmt_run(q, err);
}

/* A correction is part of what happened: 数据更正：FILE 第3行「...」16000.00 更正为 1600.00. */
static enum status event_detail(struct assess *a, const struct life_event *e, const char **out, struct err *err)
{
    struct str how = STR("");
    *out = e->detail;
    if (e->kind == LIFE_EVENT_CLEARED) {
        how = a->fold.more.v[e->warning].corrected;
        *out = how.n ? arena_printf(&a->arena, "%s：" STR_FMT, e->detail, STR_ARG(how)) : e->detail;
    } else if (e->kind == LIFE_EVENT_LEVEL) {
        TRY(assess_correction(a, e->warning_no, &how, err));
        *out = how.n ? arena_printf(&a->arena, "%s，%s：" STR_FMT, e->detail, life_cause_name(LIFE_CORRECTED), STR_ARG(how)) : e->detail;
    }
    return ST_OK;
}

static enum status write_events(struct output *o, struct err *err)
{
    struct assess *a = o->a;
    AUTO_STRBUF body = STRBUF_INIT;
    for (size_t i = 0; i < a->life.events.n; i++) {
        const struct life_event *e = &a->life.events.v[i];
        bool of_hit = e->verdict != UINT32_MAX;
        const char *detail;
        TRY(event_detail(a, e, &detail, err));
        strbuf_clear(&body);
        if (of_hit) {
            const struct life_verdict *v = &a->life.verdicts.v[e->verdict];
            assess_event_body(a, v->hit, v, due_of(o, &a->hits.v[v->hit], v), &body);
        } else {
            strbuf_addz(&body, "{}");
        }
        if (e->fresh && of_hit) {
            TRY(propose_warning(a, e, err));
        }
        AUTO_STMT q = stmt_use(a->night->db, STMT_INSERT_PROPOSED_EVENT);
        stmt_bind_int(q, ":ord", (int64_t)i + 1);
        stmt_bind_int(q, ":warning_no", e->warning_no);
        stmt_bind_z(q, ":kind", life_event_name(e->kind));
        stmt_bind_text(q, ":level", of_hit ? a->life_hits[a->life.verdicts.v[e->verdict].hit].level : (struct str){"", 0});
        stmt_bind_z(q, ":detail", detail);
        stmt_bind_view(q, ":body", strbuf_str(&body));
        TRY(stmt_run(q, err));
    }
    return ST_OK;
}

static enum status write_gone(struct output *o, struct err *err)
{
    struct assess *a = o->a;
    for (size_t i = 0; i < a->life.gone.n; i++) {
        const struct life_warning *w = &a->fold.warnings.v[a->life.gone.v[i]];
        AUTO_STMT q = stmt_use(a->night->db, STMT_INSERT_GONE);
        stmt_bind_int(q, ":warning_no", w->no);
        stmt_bind_z(q, ":cause", life_cause_name(w->rule == LIFE_NO_RULE ? LIFE_RULE_CHANGED : w->cause));
        TRY(stmt_run(q, err));
        if (w->rule != LIFE_NO_RULE) {
            o->rules[w->rule].cleared++;
        }
    }
    return ST_OK;
}

/* --- results and figures ---------------------------------------------------------------------------------------------- */

static void stale_labels(const struct assess *a, const struct rules_rule *r, struct strbuf *out)
{
    const struct site *site = a->night->site;
    for (size_t s = 0; s < site->sources->n; s++) {
        if (a->night->sources[s].state != SOURCE_FRESH && rule_needs_source(r, site->people, s)) {
            strbuf_addz(out, out->n ? "、" : "");
            strbuf_adds(out, site->sources->v[s].label);
        }
    }
}

static enum status write_rule_results(struct output *o, struct err *err)
{
    struct assess *a = o->a;
    AUTO_STRBUF stale = STRBUF_INIT;
    for (size_t i = 0; i < ruleset_evaluated(a->rules); i++) {
        const struct rules_rule *r = ruleset_rule(a->rules, i);
        struct rules_counts counts = rules_run_counts(a->run.run, i);
        const struct tally *t = &o->rules[i];
        strbuf_clear(&stale);
        stale_labels(a, r, &stale);
        AUTO_STMT q = stmt_use(a->night->db, STMT_INSERT_RULE_RESULT);
        stmt_bind_text(q, ":rule", r->id);
        stmt_bind_text(q, ":name", r->name);
        stmt_bind_z(q, ":status", rules_status_name(r->status));
        stmt_bind_z(q, ":kind", rules_kind_name(r->kind));
        stmt_bind_z(q, ":hash", r->hash);
        stmt_bind_int(q, ":evaluated", (int64_t)counts.evaluated);
        stmt_bind_int(q, ":fired", (int64_t)counts.fired);
        stmt_bind_int(q, ":unknown", (int64_t)counts.unknown);
        stmt_bind_int(q, ":new", t->by[LIFE_IS_NEW]);
        stmt_bind_int(q, ":standing", t->by[LIFE_IS_STANDING]);
        stmt_bind_int(q, ":held", t->by[LIFE_IS_HELD]);
        stmt_bind_int(q, ":suppressed", t->by[LIFE_IS_SUPPRESSED]);
        stmt_bind_int(q, ":cleared", t->cleared);
        stmt_bind_text(q, ":stale_sources", stale.n ? strbuf_str(&stale) : (struct str){"", 0});
        TRY(stmt_run(q, err));
    }
    return ST_OK;
}

static enum status figure(struct assess *a, const char *name, int64_t value, struct err *err)
{
    AUTO_STMT q = stmt_use(a->night->db, STMT_REPLACE_FIGURE);
    stmt_bind_z(q, ":name", name);
    stmt_bind_int(q, ":value", value);
    return stmt_run(q, err);
}

static enum status write_population_figures(struct assess *a, struct err *err)
{
    enum { CHUNK = 65536 };
    int64_t states[3] = {0}, no_basis = 0, no_area = 0;
    int64_t *buf = arena_array(&a->arena, int64_t, CHUNK);
    for (uint32_t at = 0; at < a->facts.n_persons; at += CHUNK) {
        uint32_t n = MIN((uint32_t)CHUNK, a->facts.n_persons - at);
        TRY(population_person(a->facts.pop, P_STATE, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            states[buf[i] == PERSON_GONE ? 1 : buf[i] == PERSON_DEAD ? 2 : 0]++;
        }
    }
    for (uint32_t at = 0; at < a->facts.n_households; at += CHUNK) {
        uint32_t n = MIN((uint32_t)CHUNK, a->facts.n_households - at);
        TRY(population_household(a->facts.pop, H_STREET, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            no_area += buf[i] < 0;
            no_basis += a->facts.open[at + i];
        }
    }
    TRY(figure(a, "persons", a->facts.n_persons, err));
    TRY(figure(a, "persons_present", states[0], err));
    TRY(figure(a, "persons_gone", states[1], err));
    TRY(figure(a, "persons_dead", states[2], err));
    TRY(figure(a, "households", a->facts.n_households, err));
    TRY(figure(a, "households_no_basis", no_basis, err));
    return figure(a, "households_no_area", no_area, err);
}

/* Open warnings without a hit that are not cleared tonight. */
static int64_t waiting(const struct assess *a)
{
    int64_t n = 0;
    for (size_t i = 0; i < a->fold.warnings.n; i++) {
        n += life_is_open(&a->fold.warnings.v[i]);
    }
    for (size_t i = 0; i < a->life.verdicts.n; i++) {
        n -= a->life.verdicts.v[i].warning != UINT32_MAX;
    }
    return n - (int64_t)a->life.gone.n;
}

static bool held_by_change(const struct assess *a)
{
    for (size_t i = 0; i < a->life.events.n; i++) {
        const struct life_event *e = &a->life.events.v[i];
        if (e->kind == LIFE_EVENT_HELD && e->verdict != UINT32_MAX && a->life_hits[a->life.verdicts.v[e->verdict].hit].hold != LIFE_HOLD_NOT) {
            return true;
        }
    }
    return false;
}

static enum status write_figures(struct output *o, struct err *err)
{
    struct assess *a = o->a;
    int64_t by[LIFE_DISPOSITION_COUNT] = {0}, undecided = 0, stale = 0;
    for (size_t r = 0; r < ruleset_evaluated(a->rules); r++) {
        for (size_t d = 0; d < LIFE_DISPOSITION_COUNT; d++) {
            by[d] += o->rules[r].by[d];
        }
        bool active = ruleset_rule(a->rules, r)->status == RULES_ACTIVE;
        undecided += active ? (int64_t)rules_run_counts(a->run.run, r).unknown : 0;
    }
    for (size_t s = 0; s < a->night->site->sources->n; s++) {
        stale += a->night->sources[s].state != SOURCE_FRESH;
    }
    const struct rules_meta *meta = ruleset_meta(a->rules);
    for (size_t l = 0; l < meta->n_levels; l++) {
        TRY(figure(a, arena_printf(&a->arena, "new:" STR_FMT, STR_ARG(meta->levels[l].name)), o->new_by_level[l], err));
    }
    TRY(figure(a, "hits", (int64_t)a->hits.n - by[LIFE_IS_SHADOW], err));
    TRY(figure(a, "shadow_hits", by[LIFE_IS_SHADOW], err));
    TRY(figure(a, "new", by[LIFE_IS_NEW], err));
    TRY(figure(a, "standing", by[LIFE_IS_STANDING], err));
    TRY(figure(a, "held", by[LIFE_IS_HELD], err));
    TRY(figure(a, "suppressed", by[LIFE_IS_SUPPRESSED], err));
    TRY(figure(a, "cleared", (int64_t)a->life.gone.n, err));
    TRY(figure(a, "waiting", waiting(a), err));
    TRY(figure(a, "undecided", undecided, err));
    TRY(figure(a, "stale", stale, err));
    TRY(figure(a, "hold:rule", held_by_change(a), err));
    TRY(figure(a, "old_rules", a->world.any, err));
    return write_population_figures(a, err);
}

enum status assess_write(struct assess *a, struct err *err)
{
    struct output o = {.a = a};
    o.rules = arena_array(&a->arena, struct tally, ruleset_evaluated(a->rules) + 1);
    o.new_by_level = arena_array(&a->arena, int64_t, ruleset_meta(a->rules)->n_levels + 1);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, a->night->db, err));
    TRY(write_hits(&o, err));
    TRY(write_events(&o, err));
    TRY(write_gone(&o, err));
    TRY(write_rule_results(&o, err));
    TRY(write_figures(&o, err));
    TRY(tx_commit(&tx, err));
    if (o.missing_year) {
        warn_add(ST_W_CHECK, TR("calendar.csv 没有 %d 年，期限按周一至周五计算", "calendar.csv lacks the year %d: due days counted as Monday to Friday"),
                 o.missing_year);
    }
    return ST_OK;
}
