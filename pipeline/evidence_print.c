/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/evidence.h"

/* Entries of one hit in print order: each followed by the rows it asked for. */
static void each_row(struct evidence *e, const struct evidence_request *q, void (*fn)(void *ctx, const struct evidence_entry *entry), void *ctx)
{
    const struct rules_fact *f = &ruleset_inputs(e->run->rules)->facts[q->fact];
    const struct rules_table *t = &e->facts->schema->rules.tables[f->table];
    const struct rules_column *date = f->date_column >= 0 ? &t->columns[f->date_column] : NULL;
    const struct rules_column *value = f->column >= 0 ? &t->columns[f->column] : date;
    AUTO_STRBUF label = STRBUF_INIT, text = STRBUF_INIT;
    for (size_t i = 0; i < q->found.n; i++) {
        const struct evidence_found *r = &q->found.v[i];
        strbuf_clear(&label);
        strbuf_clear(&text);
        if (date && r->date != INT64_MIN) {
            rules_format(e->run->rules, date->type, -1, val_of(r->date), &label);
        }
        strbuf_addz(&label, r->refund ? "（冲减）" : "");
        strbuf_addz(&label, r->sure ? "" : "（待核）");
        if (value && r->value != INT64_MIN) {
            rules_format(e->run->rules, value->type, value->enumeration, val_of(r->value), &text);
        }
        struct evidence_entry entry = {.depth = q->depth, .role = EVIDENCE_ROW, .label = label.n ? strbuf_str(&label) : t->name,
                                       .value = strbuf_str(&text), .ref = r->ref, .request = UINT32_MAX};
        fn(ctx, &entry);
    }
    if (q->total > q->found.n) {
        strbuf_clear(&text);
        strbuf_addf(&text, "另有%llu笔未列出", (unsigned long long)(q->total - q->found.n));
        struct evidence_entry entry = {.depth = q->depth, .role = EVIDENCE_ITEM, .label = t->name, .value = strbuf_str(&text),
                                       .ref = EVIDENCE_NO_REF, .request = UINT32_MAX};
        fn(ctx, &entry);
    }
}

void evidence_each(struct evidence *e, size_t first, size_t n, void (*fn)(void *ctx, const struct evidence_entry *entry), void *ctx)
{
    for (size_t i = first; i < first + n; i++) {
        fn(ctx, &e->entries.v[i]);
        if (e->entries.v[i].request != UINT32_MAX) {
            each_row(e, &e->requests.v[e->entries.v[i].request], fn, ctx);
        }
    }
}
