/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/assess_world.h"

#include <stdlib.h>

#include "base/store/db.h"
#include "base/text/clk.h"

uint64_t world_identity(struct str rule, char entity_kind, int64_t entity, struct str key)
{
    uint64_t h = hash64_seed(rule.p, rule.n, (uint64_t)(unsigned char)entity_kind);
    h = hash64_seed(&entity, sizeof(entity), h);
    return hash64_seed(key.p ? key.p : "", key.n, h);
}

static bool attr_reads_source(const struct people *people, int attr, size_t source)
{
    const struct people_attr *a = &people->attrs[attr];
    a = a->of_person_attr >= 0 ? &people->attrs[a->of_person_attr] : a;
    for (size_t i = 0; i < a->n_from; i++) {
        if ((size_t)a->from[i].source == source) {
            return true;
        }
    }
    return false;
}

static bool reads_source(const struct rules_rule *r, size_t n_tables, const struct people *people, size_t source)
{
    for (size_t i = 0; i < n_tables; i++) {
        if ((size_t)r->tables[i] == source) {
            return true;
        }
    }
    for (size_t i = 0; i < r->n_attrs; i++) {
        if (attr_reads_source(people, r->attrs[i], source)) {
            return true;
        }
    }
    return false;
}

bool rule_reads_source(const struct rules_rule *r, const struct people *people, size_t source) { return reads_source(r, r->n_tables, people, source); }

bool rule_needs_source(const struct rules_rule *r, const struct people *people, size_t source) { return reads_source(r, r->n_needed, people, source); }

bool rule_draws_lots(const struct rules_rule *r, const struct people *people)
{
    for (size_t i = 0; i < r->n_attrs; i++) {
        if (people->attrs[r->attrs[i]].builtin == ATTR_B_H_LOT) {
            return true;
        }
    }
    return false;
}

bool world_remodeled(const struct world *w, int64_t entity)
{
    return w->remodeled.n && map64_get(&w->remodeled, (uint64_t)entity) != MAP_NONE;
}

enum life_hold world_hold(const struct world *w, size_t rule, uint64_t identity, int64_t entity)
{
    if (w->first) {
        return LIFE_HOLD_SITE;
    }
    if (w->why[rule] != LIFE_HOLD_NOT && map64_get(&w->fired, identity) == MAP_NONE) {
        return w->why[rule];
    }
    return w->program_changed ? LIFE_HOLD_PROGRAM : world_remodeled(w, entity) ? LIFE_HOLD_MODEL : LIFE_HOLD_NOT;
}

void world_release(struct world *w)
{
    free(w->why);
    free(w->withdrawn);
    map64_release(&w->fired);
    map64_release(&w->remodeled);
    memset(w, 0, sizeof(*w));
}

/* --- what changed ----------------------------------------------------------------------------------------------------- */

/* The rules of the last published night: `rules` itself when the text is the same, a set of their own in *out_own, or NULL when they do not
   compile any more against tonight's sources: then everything counts as changed. */
static enum status previous_rules(struct facts *f, const struct ruleset *rules, struct world *w, const struct ruleset **out, struct ruleset **out_own,
                                  struct err *err)
{
    struct night *n = f->night;
    AUTO_STMT q = stmt_use(n->site->ledger, STMT_SELECT_NIGHT_RULES);
    stmt_bind_int(q, ":night", n->number - 1);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = NULL;
    *out_own = NULL;
    if (!row) {
        return ST_OK;
    }
    char mark[33] = "";
    if (n->site->token_key.n) {
        token_mark(n->site->token_key, mark);
    }
    w->program_changed = !str_eqz(stmt_text(q, 1), MOPAI_VERSION) || !str_eqz(stmt_text(q, 2), n->site->files[SITE_PEOPLE].hash) ||
                         !str_eqz(stmt_text(q, 3), n->site->files[SITE_ALIASES].hash) || !str_eqz(stmt_text(q, 4), mark);
    struct str text = stmt_text(q, 0);
    if (str_eq(text, n->site->files[SITE_RULES].text)) {
        *out = rules;
        return ST_OK;
    }
    struct err ignored;
    if (schema_compile(f->schema, "rules.yaml", text, out_own, &ignored) == ST_OK) {
        *out = *out_own;
    }
    return ST_OK;
}

static struct rules_run *empty_run(const struct ruleset *rules, daynum on)
{
    static const struct rules_world nobody = {.n_persons = 0};
    return rules_run_new(rules, on, &nobody);
}

/* Text of the rule, value of a parameter, or a source that no published night had. */
static enum life_hold change_of_rule(struct facts *f, const struct ruleset *rules, size_t rule, const struct ruleset *old, struct rules_run *now,
                                     struct rules_run *then)
{
    const struct rules_rule *r = ruleset_rule(rules, rule);
    for (size_t s = 0; s < f->night->site->sources->n; s++) {
        if (f->night->sources[s].first_night && f->night->sources[s].state != SOURCE_MISSING && rule_reads_source(r, f->night->site->people, s)) {
            return LIFE_HOLD_SOURCE;
        }
    }
    int at = old ? ruleset_find(old, r->id) : -1;
    if (at < 0 || (size_t)at >= ruleset_evaluated(old) || ruleset_rule(old, (size_t)at)->status != RULES_ACTIVE ||
        strcmp(ruleset_rule(old, (size_t)at)->hash, r->hash) != 0) {
        return LIFE_HOLD_RULE;
    }
    char a[33], b[33];
    rules_param_hash(now, rule, a);
    rules_param_hash(then, (size_t)at, b);
    return strcmp(a, b) != 0 ? LIFE_HOLD_PARAM : LIFE_HOLD_NOT;
}

/* --- what fires there ------------------------------------------------------------------------------------------------- */

struct listing {
    struct world *w;
    struct facts *f;
    const struct ruleset *rules;
    enum status status;
    struct err *err;
};

static void list_fired(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct listing *l = ctx;
    const struct rules_rule *r = ruleset_rule(l->rules, hit->rule);
    AUTO_STRBUF key = STRBUF_INIT;
    int64_t id = 0;
    if (l->status != ST_OK || r->status != RULES_ACTIVE) {
        return;
    }
    rules_key(run, &key);
    l->status = r->entity == RULES_PERSON ? population_person_one(l->f->pop, P_ID, hit->person, &id, l->err)
                                          : population_household_one(l->f->pop, H_ID, hit->household, &id, l->err);
    map64_put(&l->w->fired, world_identity(r->id, r->entity == RULES_PERSON ? 'P' : 'H', id, strbuf_str(&key)), 0);
}

static enum status evaluate_there(struct facts *f, const struct ruleset *old, struct world *w, struct err *err)
{
    size_t n = f->night->site->sources->n;
    bool *without = xcalloc(n + 1, sizeof(*without));
    for (size_t s = 0; s < n; s++) {
        without[s] = f->night->sources[s].first_night;
    }
    struct facts_view view = {.without_source = without, .params_on = f->night->prev_as_of};
    struct facts_run run;
    struct listing l = {.w = w, .f = f, .rules = old, .status = ST_OK, .err = err};
    enum status status = facts_run_init(f, old, &view, &run, err);
    if (status == ST_OK) {
        status = facts_evaluate(f, &run, RULES_WANT_FIRED, list_fired, &l, err);
    }
    facts_run_release(&run);
    free(without);
    return status == ST_OK ? l.status : status;
}

static enum status list_withdrawn(struct facts *f, struct world *w, struct err *err)
{
    struct night *n = f->night;
    AUTO_STMT q = stmt_use(n->site->ledger, STMT_LIST_SOURCES_WITHDRAWN);
    stmt_bind_int(q, ":mark", n->mark_decision);
    stmt_bind_int(q, ":night", n->number - 1);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int s = source_find(n->site->sources, stmt_text(q, 0));
        if (s >= 0) {
            w->withdrawn[s] = true;
        }
    }
}

/* Persons whose rows a new model placed otherwise, and their households. */
static enum status list_remodeled(struct facts *f, struct world *w, struct err *err)
{
    AUTO_STMT q = stmt_use(f->night->db, STMT_LIST_LINK_REMODELED_PERSONS);
    for (bool row;;) {
        int64_t id, home;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        uint32_t person = (uint32_t)stmt_int(q, 0);
        TRY(population_person_one(f->pop, P_ID, person, &id, err));
        map64_put(&w->remodeled, (uint64_t)id, 1);
        TRY(population_person_one(f->pop, P_HOUSEHOLD, person, &home, err));
        TRY(population_household_one(f->pop, H_ID, (uint32_t)home, &id, err));
        map64_put(&w->remodeled, (uint64_t)id, 1);
    }
}

enum status world_compute(struct facts *f, const struct ruleset *rules, struct world *out, struct err *err)
{
    struct night *n = f->night;
    memset(out, 0, sizeof(*out));
    out->why = xcalloc(ruleset_evaluated(rules) + 1, sizeof(*out->why));
    out->withdrawn = xcalloc(n->site->sources->n + 1, sizeof(*out->withdrawn));
    out->first = n->prev_as_of == DAY_MISSING && !n->trial;
    if (out->first || n->trial || !n->site->ledger) {
        return ST_OK;
    }
    const struct ruleset *old = NULL;
    struct ruleset *own = NULL;
    TRY(list_withdrawn(f, out, err));
    TRY(list_remodeled(f, out, err));
    TRY(previous_rules(f, rules, out, &old, &own, err));
    struct rules_run *now = empty_run(rules, n->as_of), *then = old ? empty_run(old, n->prev_as_of) : NULL;
    for (size_t r = 0; r < ruleset_evaluated(rules); r++) {
        out->why[r] = change_of_rule(f, rules, r, old, now, then);
        out->any = out->any || (out->why[r] != LIFE_HOLD_NOT && ruleset_rule(rules, r)->status == RULES_ACTIVE);
    }
    rules_run_free(now);
    if (then) {
        rules_run_free(then);
    }
    enum status status = out->any && old ? evaluate_there(f, old, out, err) : ST_OK;
    ruleset_free(own);
    return status;
}
