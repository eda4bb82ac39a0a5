/* SPDX-License-Identifier: Apache-2.0 */
/* What an event remembers: enough to explain the warning when runs and segments are gone. */
#include "base/core/json_out.h"
#include "pipeline/assess.h"

struct body_writer {
    const struct assess *a;
    struct json_out *j;
};

static void write_entry(void *ctx, const struct evidence_entry *e)
{
    struct body_writer *w = ctx;
    struct json_out *j = w->j;
    json_open(j, '{');
    json_ki(j, "depth", e->depth);
    json_kz(j, "role", evidence_role_name(e->role));
    json_ks(j, "label", e->label);
    json_ks(j, "value", e->value);
    if (e->ref != EVIDENCE_NO_REF) {
        const struct evidence_ref *ref = &w->a->evidence.refs.v[e->ref];
        json_ks(j, "source", w->a->night->site->sources->v[ref->source].label);
        json_kz(j, "file", ref->file);
        json_ki(j, "file_id", ref->file_id);
        if (ref->input != UINT32_MAX) {
            json_ki(j, "row", ref->row);
        }
        json_ki(j, "line", ref->line);
        json_ks(j, "column", ref->header);
        json_ks(j, "raw", ref->raw);
    }
    json_close(j, '}');
}

static void write_rule(const struct assess *a, const struct rules_rule *r, struct json_out *j)
{
    json_key(j, "rule");
    json_open(j, '{');
    json_ks(j, "id", r->id);
    json_ks(j, "name", r->name);
    json_kz(j, "hash", r->hash);
    json_ks(j, "basis", r->basis);
    json_ks(j, "version", ruleset_meta(a->rules)->version);
    json_close(j, '}');
}

void assess_event_body(struct assess *a, size_t hit, const struct life_verdict *v, struct assess_due due, struct strbuf *out)
{
    const struct assess_hit *h = &a->hits.v[hit];
    const struct rules_rule *r = ruleset_rule(a->rules, h->rule);
    const struct area_set *areas = &a->night->site->areas;
    AUTO_STRBUF day = STRBUF_INIT;
    struct json_out j = json_out_to(out);
    json_open(&j, '{');
    strbuf_add_day(&day, a->night->as_of);
    json_ks(&j, "as_of", strbuf_str(&day));
    if (due.day != DAY_MISSING) {
        strbuf_clear(&day);
        strbuf_add_day(&day, due.day);
        json_ks(&j, "due", strbuf_str(&day));
        json_ki(&j, "due_days", due.period.count);
        json_key(&j, "due_workdays");
        json_bool(&j, due.period.workdays);
    }
    json_ks(&j, "say", h->say);
    json_ks(&j, "level", a->life_hits[hit].level);
    json_ki(&j, "level_rank", h->level);
    json_ki(&j, "rank", (int64_t)(v - a->life.verdicts.v) + 1);
    write_rule(a, r, &j);
    json_ks(&j, "send", r->send);
    json_ks(&j, "way", r->way);
    json_ks(&j, "street", h->street >= 0 ? areas->areas.v[h->street].code : (struct str){"", 0});
    json_ks(&j, "community", h->community >= 0 ? areas->areas.v[h->community].code : (struct str){"", 0});
    json_kz(&j, "area_basis", area_basis_name((enum area_basis)h->area_basis));
    json_ki(&j, "household", h->household_id);
    json_ks(&j, "members", h->members);
    if (h->again_known) {
        json_ki(&j, "again", h->again_value);
    }
    if (!val_is_none(h->score)) {
        json_ki(&j, "score", h->score.lo);
    }
    json_key(&j, "evidence");
    json_open(&j, '[');
    struct body_writer w = {a, &j};
    evidence_each(&a->evidence, h->evidence_first, h->evidence_n, write_entry, &w);
    json_close(&j, ']');
    json_close(&j, '}');
}
