/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/rules_hits.h"

#include <stdlib.h>

#include "pipeline/evidence.h"
#include "pipeline/run.h"

struct look {
    const struct schema *schema;
    struct ruleset *const *sets;
    size_t n;
    struct rule_hits *out;
};

struct collect {
    struct facts *facts;
    const struct ruleset *rules;
    struct evidence evidence; /* for the names in `say` */
    struct rule_hits *out;
    enum status status;
    struct err err;
};

void rule_hits_release(struct rule_hits *h)
{
    vec_release(&h->v);
    arena_release(&h->arena);
}

static int compare_u64(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

int rule_hit_compare(const void *a, const void *b)
{
    const struct rule_hit *x = a, *y = b;
    int c = str_cmp(x->rule, y->rule);
    c = c ? c : (x->kind > y->kind) - (x->kind < y->kind);
    c = c ? c : compare_u64(x->entity, y->entity);
    return c ? c : str_cmp(x->key, y->key);
}

static enum status take(struct collect *c, struct rules_run *run, const struct rules_hit *hit, struct err *err)
{
    struct population *pop = c->facts->pop;
    struct rule_hit h = {.rule = ruleset_rule(c->rules, hit->rule)->id, .kind = hit->person == RULES_NO_ROW ? 'H' : 'P', .level = hit->level};
    int64_t household, entity, street;
    TRY(population_household_one(pop, H_ID, hit->household, &household, err));
    TRY(population_household_one(pop, H_STREET, hit->household, &street, err));
    entity = household;
    if (h.kind == 'P') {
        TRY(population_person_one(pop, P_ID, hit->person, &entity, err));
    }
    h.household = (uint64_t)household, h.entity = (uint64_t)entity, h.street = (int32_t)street;
    AUTO_STRBUF text = STRBUF_INIT;
    rules_key(run, &text);
    h.key = arena_str(&c->out->arena, strbuf_str(&text));
    strbuf_clear(&text);
    rules_say(run, evidence_text, &c->evidence, &text);
    h.say = arena_str(&c->out->arena, strbuf_str(&text));
    vec_push(&c->out->v, h);
    return ST_OK;
}

static void on_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct collect *c = ctx;
    if (c->status == ST_OK && hit->verdict == RULES_FIRED) {
        c->status = take(c, run, hit, &c->err);
    }
}

static enum status evaluate(struct facts *f, const struct ruleset *rules, struct rule_hits *out, struct err *err)
{
    struct facts_view view = {.params_on = DAY_MISSING};
    struct facts_run run = {.rules = NULL};
    struct collect c = {.facts = f, .rules = rules, .out = out, .status = ST_OK};
    enum status status = facts_run_init(f, rules, &view, &run, err);
    if (status == ST_OK) {
        evidence_init(&c.evidence, f, &run, &out->arena);
        status = facts_evaluate(f, &run, RULES_WANT_FIRED, on_hit, &c, err);
        evidence_release(&c.evidence);
    }
    if (status == ST_OK && c.status != ST_OK) {
        *err = c.err;
        status = c.status;
    }
    facts_run_release(&run);
    vec_sort(&out->v, rule_hit_compare);
    return status;
}

static enum status look(void *ctx, struct night *n, struct err *err)
{
    struct look *l = ctx;
    struct facts f = {.night = NULL};
    enum status status = facts_open(n, l->schema, &f, err);
    for (size_t i = 0; i < l->n && status == ST_OK; i++) {
        status = evaluate(&f, l->sets[i], &l->out[i], err);
    }
    facts_close(&f);
    return status;
}

enum status rule_hits_on(struct site *s, const struct schema *schema, daynum as_of, struct ruleset *const *sets, size_t n, struct rule_hits *out, struct err *err)
{
    struct look l = {schema, sets, n, out};
    struct run_plan plan = {.last = RUN_LINK, .as_of = as_of, .taken_in = true, .look = look, .ctx = &l};
    struct run_result ignored;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct rule_hits){.arena = ARENA_INIT};
    }
    return run_night(s, &plan, &ignored, err);
}
