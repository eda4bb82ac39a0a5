/* SPDX-License-Identifier: Apache-2.0 */
/* Why the condition of an open warning is gone, from what can be known of tonight, asked in this order: a delivery was withdrawn; the rule changed and
   the old one still fires; a record the warning told of was corrected or refunded; the household is not who it was; else the world changed. */
#include "base/store/db.h"
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

static bool refunded(const struct assess *a, size_t input, int64_t row)
{
    size_t source = a->night->inputs[input].source;
    for (size_t i = 0; i < a->facts.n_refunds[source]; i++) {
        const struct refund *f = &a->facts.refunds[source][i];
        if (f->orig_input == input && f->orig_row == row) {
            return true;
        }
    }
    return false;
}

/* A record of a file in force that a later version or a refund has taken back. Snapshots are replaced as a matter of course: no correction. */
static bool record_corrected(const struct assess *a, int64_t file_id, int64_t row)
{
    for (size_t i = 0; i < a->night->n_inputs; i++) {
        const struct night_input *in = &a->night->inputs[i];
        if (in->file_id == file_id && a->night->site->sources->v[in->source].kind == KIND_APPEND) {
            return row < in->rows && (input_superseded(in, row) || refunded(a, i, row));
        }
    }
    return false;
}

static enum status told_of_corrected(const struct assess *a, int64_t warning_no, bool *out, struct err *err)
{
    AUTO_STMT q = stmt_use(a->night->site->ledger, STMT_LIST_WARNING_ROWS_TOLD);
    stmt_bind_int(q, ":warning_no", warning_no);
    stmt_bind_int(q, ":mark", a->night->mark_event);
    *out = false;
    while (!*out) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        *out = record_corrected(a, stmt_int(q, 0), stmt_int(q, 1));
    }
    return ST_OK;
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
    if (a->world.why[w->rule] != LIFE_HOLD_NOT && map64_get(&a->world.fired, identity) != MAP_NONE) {
        w->cause = LIFE_RULE_CHANGED;
        return ST_OK;
    }
    TRY(told_of_corrected(a, w->no, &yes, err));
    if (yes) {
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
