/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/facts.h"

#include "base/store/segment.h"
#include "pipeline/facts_scan.h"

#define CHUNK 65536u

/* --- the population ------------------------------------------------------------------------------------------------- */

static enum status read_persons(struct facts *f, struct err *err)
{
    int64_t *buf = arena_array(&f->arena, int64_t, CHUNK);
    for (uint32_t at = 0; at < f->n_persons; at += CHUNK) {
        uint32_t n = MIN(CHUNK, f->n_persons - at);
        TRY(population_person(f->pop, P_HOUSEHOLD, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            f->household_of[at + i] = buf[i] < 0 ? RULES_NO_ROW : (uint32_t)buf[i];
        }
        TRY(population_person(f->pop, P_MEMBER, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            f->member[at + i] = (uint8_t)buf[i];
        }
        TRY(population_person(f->pop, P_DEATH, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            f->death[at + i] = buf[i] == INT64_MIN ? DAY_MISSING : (daynum)buf[i];
        }
    }
    for (uint32_t at = 0; at < f->n_households; at += CHUNK) {
        uint32_t n = MIN(CHUNK, f->n_households - at);
        TRY(population_household(f->pop, H_BASIS, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            f->open[at + i] = buf[i] == BASIS_NONE;
        }
    }
    return ST_OK;
}

enum status facts_open(struct night *n, const struct schema *schema, struct facts *out, struct err *err)
{
    memset(out, 0, sizeof(*out));
    out->night = n;
    out->schema = schema;
    TRY(population_open(n->run_dir, n->site->people, n->as_of, n->site->key, &out->pop, err));
    out->n_persons = population_persons(out->pop);
    out->n_households = population_households(out->pop);
    out->household_of = xcalloc(out->n_persons + 1u, sizeof(*out->household_of));
    out->member = xcalloc(out->n_persons + 1u, sizeof(*out->member));
    out->death = xcalloc(out->n_persons + 1u, sizeof(*out->death));
    out->open = xcalloc(out->n_households + 1u, sizeof(*out->open));
    out->refunds = arena_array(&out->arena, struct refund *, n->site->sources->n + 1);
    out->refunds_read = arena_array(&out->arena, bool, n->site->sources->n + 1);
    out->n_refunds = arena_array(&out->arena, size_t, n->site->sources->n + 1);
    return read_persons(out, err);
}

void facts_close(struct facts *f)
{
    population_close(f->pop);
    free(f->household_of);
    free(f->member);
    free(f->death);
    free(f->open);
    arena_release(&f->arena);
    memset(f, 0, sizeof(*f));
}

/* --- a run ---------------------------------------------------------------------------------------------------------- */

enum status facts_attr_lane(struct facts *f, int attr, uint32_t first, uint32_t n, int64_t *lo, struct val *sets, struct err *err)
{
    const struct rules_attr *a = &f->schema->rules.attrs[attr];
    if (a->type != RT_SET) {
        return population_attr(f->pop, attr, first, n, lo, NULL, err);
    }
    int64_t *hi = xmalloc(n * sizeof(*hi) + 1);
    enum status status = population_attr(f->pop, attr, first, n, lo, hi, err);
    size_t n_values = f->schema->enums[a->enumeration].n;
    for (uint32_t i = 0; status == ST_OK && i < n; i++) {
        bool unknown = lo[i] == ATTR_UNKNOWN, nothing = lo[i] == ATTR_NOTHING;
        sets[i] = unknown   ? val_range(0, (int64_t)(((uint64_t)1 << n_values) - 1))
                  : nothing ? val_of(0)
                            : val_range(lo[i], hi[i]);
    }
    free(hi);
    return status;
}

static enum status feed_dense(struct facts *f, struct facts_run *r, struct err *err)
{
    const struct rules_inputs *in = ruleset_inputs(r->rules);
    r->dense = xcalloc(in->n_person_attrs + 1, sizeof(*r->dense));
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        if (!in->person_attrs[i].dense) {
            continue;
        }
        bool set = f->schema->rules.attrs[in->person_attrs[i].attr].type == RT_SET;
        r->dense[i] = xmalloc((f->n_persons + 1u) * (set ? sizeof(struct val) : sizeof(int64_t)));
        int64_t *lo = set ? xmalloc(CHUNK * sizeof(*lo)) : NULL;
        enum status status = ST_OK;
        for (uint32_t at = 0; status == ST_OK && at < f->n_persons; at += CHUNK) {
            uint32_t n = MIN(CHUNK, f->n_persons - at);
            struct val *sets = set ? (struct val *)(void *)r->dense[i] + at : NULL;
            status = facts_attr_lane(f, in->person_attrs[i].attr, at, n, set ? lo : r->dense[i] + at, sets, err);
        }
        free(lo);
        TRY(status);
        rules_run_attr(r->run, i, (struct rules_lane){set ? RULES_LANE_VAL : RULES_LANE_I64, r->dense[i]});
    }
    return ST_OK;
}

enum status facts_run_init(struct facts *f, const struct ruleset *rules, const struct facts_view *view, struct facts_run *out, struct err *err)
{
    memset(out, 0, sizeof(*out));
    out->rules = rules;
    struct rules_world world = {.n_persons = f->n_persons, .n_households = f->n_households, .household_of = f->household_of,
                                .member = f->member, .death = f->death, .open = f->open};
    out->run = rules_run_new(rules, f->night->as_of, &world);
    if (view->params_on != DAY_MISSING) {
        rules_run_params_on(out->run, view->params_on);
    }
    TRY(feed_dense(f, out, err));
    const struct rules_inputs *in = ruleset_inputs(rules);
    TRY(facts_feed_scans(f, out, view, err));
    out->changes = xcalloc(in->n_changes + 1, sizeof(*out->changes));
    for (size_t i = 0; i < in->n_changes; i++) {
        TRY(facts_feed_change(f, out, i, view, err));
    }
    rules_run_ready(out->run);
    return ST_OK;
}

void facts_run_release(struct facts_run *r)
{
    const struct rules_inputs *in = r->rules ? ruleset_inputs(r->rules) : NULL;
    for (size_t i = 0; r->dense && i < in->n_person_attrs; i++) {
        free(r->dense[i]);
    }
    for (size_t i = 0; r->changes && i < in->n_changes; i++) {
        vec_release(&r->changes[i]);
    }
    free(r->dense);
    free(r->changes);
    if (r->run) {
        rules_run_free(r->run);
    }
    memset(r, 0, sizeof(*r));
}

enum status facts_lend(const struct facts *f, const struct facts_run *r, struct facts *own, struct facts_run *own_run, struct err *err)
{
    const struct night *n = f->night;
    *own = *f;
    *own_run = *r;
    own->pop = NULL;
    own_run->run = rules_run_view(r->run);
    return population_open(n->run_dir, n->site->people, n->as_of, n->site->key, &own->pop, err);
}

void facts_return(struct facts_run *r, struct facts *own, struct facts_run *own_run)
{
    population_close(own->pop);
    rules_view_end(r->run, own_run->run);
}
