/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/assess.h"

#include <stdlib.h>

#include "base/core/map.h"

/* --- warnings by identity --------------------------------------------------------------------------------------------- */

static int cmp_identity(const void *a, const void *b)
{
    const struct identity *x = a, *y = b;
    return x->identity != y->identity ? (x->identity > y->identity) - (x->identity < y->identity) : (x->at > y->at) - (x->at < y->at);
}

size_t identity_find(const struct identity *v, size_t n, uint64_t identity)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v[mid].identity < identity) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < n && v[lo].identity == identity ? lo : n;
}

static void index_warnings(struct assess *a)
{
    size_t n = a->fold.warnings.n;
    a->open = arena_array(&a->arena, struct identity, n + 1);
    a->known = arena_array(&a->arena, struct identity, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        const struct life_warning *w = &a->fold.warnings.v[i];
        struct str rule = a->fold.more.v[i].rule;
        if (life_is_open(w) && w->rule != LIFE_NO_RULE) {
            a->open[a->n_open++] = (struct identity){world_identity(rule, w->entity_kind, w->entity, (struct str){0}), i};
        }
        a->known[a->n_known++] = (struct identity){world_identity(rule, w->entity_kind, w->entity, w->key), i};
    }
    if (n > 1) {
        qsort(a->open, a->n_open, sizeof(*a->open), cmp_identity);
        qsort(a->known, a->n_known, sizeof(*a->known), cmp_identity);
    }
}

typedef enum status id_reader(struct population *p, uint32_t first, uint32_t n, int64_t *out, struct err *err);
static enum status person_ids(struct population *p, uint32_t first, uint32_t n, int64_t *out, struct err *err) { return population_person(p, P_ID, first, n, out, err); }
static enum status household_ids(struct population *p, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    return population_household(p, H_ID, first, n, out, err);
}

static enum status mark_open(struct assess *a, char kind, uint32_t n_rows, id_reader *ids, uint8_t **out, struct err *err)
{
    enum { CHUNK = 8192 };
    int64_t buf[CHUNK];
    struct map64 open = {0};
    *out = arena_array(&a->arena, uint8_t, n_rows / 8 + 1);
    for (size_t i = 0; i < a->n_open; i++) {
        const struct life_warning *w = &a->fold.warnings.v[a->open[i].at];
        if (w->entity_kind == kind) {
            map64_put(&open, (uint64_t)w->entity, 0);
        }
    }
    enum status st = ST_OK;
    for (uint32_t at = 0; open.n > 0 && st == ST_OK && at < n_rows; at += CHUNK) {
        uint32_t n = MIN((uint32_t)CHUNK, n_rows - at);
        st = ids(a->facts.pop, at, n, buf, err);
        for (uint32_t i = 0; st == ST_OK && i < n; i++) {
            (*out)[(at + i) >> 3] |= (uint8_t)((map64_get(&open, (uint64_t)buf[i]) != MAP_NONE) << ((at + i) & 7));
        }
    }
    map64_release(&open);
    return st;
}

/* Whom open warnings are about: of those who cannot be decided, hardly any. */
static enum status mark_all_open(struct assess *a, struct err *err)
{
    TRY(mark_open(a, 'P', a->facts.n_persons, person_ids, &a->open_person, err));
    return mark_open(a, 'H', a->facts.n_households, household_ids, &a->open_household, err);
}

/* --- the life cycle --------------------------------------------------------------------------------------------------- */

static daynum newest_data(const struct assess *a, const struct rules_rule *r)
{
    daynum newest = DAY_MISSING;
    for (size_t s = 0; s < a->night->site->sources->n; s++) {
        if (rule_reads_source(r, a->night->site->people, s)) {
            newest = MAX(newest, a->night->sources[s].data_date);
        }
    }
    return newest == DAY_MISSING ? a->night->as_of : newest;
}

/* The rules named by `yield_to`; of a random sample all that are not one. */
static void find_yields(struct assess *a, const struct rules_rule *r, struct life_rule *l)
{
    const struct people *people = a->night->site->people;
    size_t n = ruleset_evaluated(a->rules);
    bool sample = rule_draws_lots(r, people);
    uint32_t *yields = arena_array(&a->arena, uint32_t, (sample ? n : r->n_yield) + 1);
    for (size_t y = 0; y < r->n_yield && !sample; y++) {
        if (r->yield_to[y] >= 0 && (size_t)r->yield_to[y] < n) {
            yields[l->n_yield_to++] = (uint32_t)r->yield_to[y];
        }
    }
    for (size_t i = 0; i < n && sample; i++) {
        if (!rule_draws_lots(ruleset_rule(a->rules, i), people)) {
            yields[l->n_yield_to++] = (uint32_t)i;
        }
    }
    l->yield_to = yields;
}

static void make_life_rules(struct assess *a)
{
    size_t n = ruleset_evaluated(a->rules);
    a->life_rules = arena_array(&a->arena, struct life_rule, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct rules_rule *r = ruleset_rule(a->rules, i);
        struct life_rule *l = &a->life_rules[i];
        l->shadow = r->status != RULES_ACTIVE;
        l->pending = (uint32_t)r->pending_times;
        l->clear = (uint32_t)MAX(r->clear_times, 1);
        l->budget = r->budget;
        l->has_again = r->n_again > 0;
        l->again_growth = r->n_again > 0 ? r->again_growth[0] : 0;
        find_yields(a, r, l);
        l->data_date = newest_data(a, r);
        l->cooldown = r->cooldown_days;
    }
}

/* What the newest warning of this identity said last; empty when there is none. */
static struct str said_before(const struct assess *a, uint64_t identity)
{
    size_t i = identity_find(a->known, a->n_known, identity);
    struct str say = {0};
    for (; i < a->n_known && a->known[i].identity == identity; i++) {
        say = a->fold.more.v[a->known[i].at].say;
    }
    return say;
}

static void make_life_hits(struct assess *a)
{
    a->life_hits = arena_array(&a->arena, struct life_hit, a->hits.n + 1);
    const struct rules_meta *meta = ruleset_meta(a->rules);
    for (size_t i = 0; i < a->hits.n; i++) {
        const struct assess_hit *h = &a->hits.v[i];
        const struct rules_rule *r = ruleset_rule(a->rules, h->rule);
        struct life_hit *l = &a->life_hits[i];
        *l = (struct life_hit){.rule = (uint32_t)h->rule, .entity_kind = r->entity == RULES_PERSON ? 'P' : 'H', .entity = h->entity,
                               .household = h->household_id, .key = h->key, .level_rank = (uint32_t)h->level, .level = meta->levels[h->level].name,
                               .rank_value = h->over, .minors = h->minors, .again_known = h->again_known, .again_value = h->again_value};
        uint64_t identity = world_identity(r->id, l->entity_kind, l->entity, l->key);
        l->hold = a->night->trial ? LIFE_HOLD_NOT : world_hold(&a->world, h->rule, identity, h->entity);
        struct str said = said_before(a, identity);
        l->say_changed = said.n > 0 && !str_eq(said, h->say);
    }
}

static void decide(struct assess *a)
{
    const struct rules_meta *meta = ruleset_meta(a->rules);
    const char **groups = arena_array(&a->arena, const char *, meta->n_groups + 1);
    for (size_t g = 0; g < meta->n_groups; g++) {
        groups[g] = arena_z(&a->arena, meta->groups[g].name);
    }
    struct str *levels = arena_array(&a->arena, struct str, meta->n_levels + 1);
    for (size_t l = 0; l < meta->n_levels; l++) {
        levels[l] = meta->levels[l].name;
    }
    struct life_input in = {.levels = levels, .n_levels = meta->n_levels, .rules = a->life_rules, .n_rules = ruleset_evaluated(a->rules), .groups = groups, .n_groups = meta->n_groups,
                            .warnings = a->fold.warnings.v, .n_warnings = a->fold.warnings.n, .hits = a->life_hits, .n_hits = a->hits.n,
                            .as_of = a->night->as_of, .next_warning = a->night->next_warning, .trial = a->night->trial};
    life_decide(&in, &a->arena, &a->life);
}

/* --- the stage -------------------------------------------------------------------------------------------------------- */

/* What goes into the ledger is told to the cell; hits that merely stand were told before. */
static enum status tell(struct assess *a, struct err *err)
{
    for (size_t i = 0; i < a->life.events.n; i++) {
        if (a->life.events.v[i].verdict != UINT32_MAX) {
            const struct assess_hit *h = &a->hits.v[a->life.verdicts.v[a->life.events.v[i].verdict].hit];
            evidence_want_cells(&a->evidence, h->evidence_first, h->evidence_n);
        }
    }
    return evidence_resolve(&a->evidence, err);
}

static enum status assess_all(struct assess *a, struct err *err)
{
    struct site *site = a->night->site;
    schema_build(&a->arena, site->sources, site->people, &site->areas, &a->schema);
    TRY(schema_compile(&a->schema, site->files[SITE_RULES].name, site->files[SITE_RULES].text, &a->rules, err));
    TRY(facts_open(a->night, &a->schema, &a->facts, err));
    TRY(world_compute(&a->facts, a->rules, &a->world, err));
    TRY(fold_read(a->night, a->rules, &a->arena, &a->fold, err));
    index_warnings(a);
    TRY(mark_all_open(a, err));
    TRY(assess_hits(a, err));
    make_life_rules(a);
    make_life_hits(a);
    TRY(assess_find_causes(a, err));
    decide(a);
    TRY(tell(a, err));
    return assess_write(a, err);
}

static void assess_release(struct assess *a)
{
    life_output_release(&a->life);
    fold_release(&a->fold);
    evidence_release(&a->evidence);
    world_release(&a->world);
    facts_run_release(&a->run);
    facts_close(&a->facts);
    vec_release(&a->hits);
    if (a->rules) {
        ruleset_free(a->rules);
    }
    for (size_t i = 0; i < a->n_pieces; i++) {
        arena_release(&a->piece_texts[i]);
    }
    free(a->piece_texts);
    arena_release(&a->arena);
}

enum status assess_night(struct night *n, struct err *err)
{
    struct assess a = {.night = n};
    enum status status = assess_all(&a, err);
    assess_release(&a);
    return status;
}
