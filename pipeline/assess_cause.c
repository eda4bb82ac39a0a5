/* SPDX-License-Identifier: Apache-2.0 */
/* Why the condition of an open warning is gone, from what can be known of tonight, asked in this order: a delivery was withdrawn; the rule changed and
   the old one still fires; a new linkage model gave its records to others; a record the warning told of was corrected or refunded; the household is not who it was; else the world changed. */
#include "pipeline/assess.h"

static bool source_withdrawn(const struct assess *a, const struct rules_rule *r)
{
    for (size_t s = 0; s < a->night->site->sources->n; s++) {
        if (a->world.withdrawn[s] && rule_reads_source(r, a->night->site->people, s)) {
            return true;
        }
    }
    return false;
}

static enum status household_changed(struct assess *a, size_t at, bool *out, struct err *err)
{
    const struct life_warning *w = &a->fold.warnings.v[at];
    uint32_t row;
    *out = false;
    if (w->entity_kind != 'H') {
        return ST_OK;
    }
    struct err gone;
    if (population_find_id(a->facts.pop, ATTR_HOUSEHOLD, (uint64_t)w->entity, &row, &gone) != ST_OK) {
        *out = true;
        return ST_OK;
    }
    struct str now;
    TRY(assess_members_text(&a->facts, row, &a->arena, &now, err));
    *out = a->fold.more.v[at].members.n > 0 && !str_eq(now, a->fold.more.v[at].members);
    return ST_OK;
}

static enum status find_cause(struct assess *a, size_t at, struct err *err)
{
    struct life_warning *w = &a->fold.warnings.v[at];
    const struct rules_rule *r = ruleset_rule(a->rules, w->rule);
    uint64_t identity = world_identity(r->id, w->entity_kind, w->entity, w->key);
    bool yes;
    w->cause = LIFE_GONE;
    if (source_withdrawn(a, r)) {
        w->cause = LIFE_WITHDRAWN;
        return ST_OK;
    }
    enum life_hold why = a->world.why[w->rule]; /* a source that speaks for the first time changes no rule: it says what is so */
    if (why != LIFE_HOLD_NOT && why != LIFE_HOLD_SOURCE && map64_get(&a->world.fired, identity) != MAP_NONE) {
        w->cause = LIFE_RULE_CHANGED;
        return ST_OK;
    }
    if (world_remodeled(&a->world, w->entity)) {
        w->cause = LIFE_REMODELED;
        return ST_OK;
    }
    TRY(assess_correction(a, w->no, &a->fold.more.v[at].corrected, err));
    if (a->fold.more.v[at].corrected.n > 0) {
        w->cause = LIFE_CORRECTED;
        return ST_OK;
    }
    TRY(household_changed(a, at, &yes, err));
    w->cause = yes ? LIFE_HOUSEHOLD_CHANGED : LIFE_GONE;
    return ST_OK;
}

enum status assess_find_causes(struct assess *a, struct err *err)
{
    struct map64 answered = {0};
    enum status status = ST_OK;
    for (size_t i = 0; a->n_open > 0 && i < a->hits.n; i++) {
        const struct life_hit *h = &a->life_hits[i];
        map64_put(&answered, world_identity(ruleset_rule(a->rules, h->rule)->id, h->entity_kind, h->entity, h->key), 0);
    }
    for (size_t i = 0; status == ST_OK && i < a->n_open; i++) {
        const struct life_warning *w = &a->fold.warnings.v[a->open[i].at];
        uint64_t identity = world_identity(a->fold.more.v[a->open[i].at].rule, w->entity_kind, w->entity, w->key);
        if (w->tonight == LIFE_FALSE && map64_get(&answered, identity) == MAP_NONE) {
            status = find_cause(a, a->open[i].at, err);
        }
    }
    map64_release(&answered);
    return status;
}
