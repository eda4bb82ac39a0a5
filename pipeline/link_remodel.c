/* SPDX-License-Identifier: Apache-2.0 */
/* What a new model changes: tonight's unsure rows weighed by the model of the last published night as well. Hits of persons it touches are held. */
#include <stdlib.h>

#include "base/store/db.h"
#include "pipeline/link_loose.h"

static enum status model_then(const struct link *l, struct model **out, struct err *err)
{
    const struct night *n = l->night;
    *out = NULL;
    if (!n->site->ledger || n->trial || n->prev_as_of == DAY_MISSING) {
        return ST_OK;
    }
    AUTO_STMT q = stmt_use(n->site->ledger, STMT_SELECT_NIGHT_MODEL);
    stmt_bind_int(q, ":night", n->number - 1);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row || str_eqz(stmt_text(q, 1), n->site->files[SITE_MODEL].hash)) {
        return ST_OK;
    }
    struct err unreadable; /* of another version of the program: then everything is held anyway */
    if (link_model_load(stmt_text(q, 0), "model.yaml", out, &unreadable) != ST_OK) {
        *out = NULL;
    }
    return ST_OK;
}

enum status link_then(struct link *l, const struct loose_table *t, candidate_list *list, uint32_t **out_person, struct err *err)
{
    struct model *m;
    *out_person = NULL;
    TRY(model_then(l, &m, err));
    if (m) {
        *out_person = xmalloc((t->v.n + 1) * sizeof(**out_person));
        link_weigh(l, t, m, list);
        link_choose(l, t, list, *out_person);
        link_model_free(m);
    }
    return ST_OK;
}

void link_note_remodeled(struct link *l, const struct loose_table *t, const uint32_t *then, const uint32_t *now)
{
    for (size_t i = 0; i < t->rows.n; i++) {
        const struct loose *x = &t->v.v[t->rows.v[i].loose];
        uint32_t a = then[t->rows.v[i].loose], b = now[t->rows.v[i].loose];
        if (a != b) {
            uint32_t self = x->kind == LOOSE_NOBODY ? NO_PERSON : x->person;
            vec_push(&l->remodeled, (struct remodeled){t->rows.v[i].from, a == NO_PERSON ? a : l->now[a], b == NO_PERSON ? b : l->now[b],
                                                       self == NO_PERSON ? self : l->now[self]});
        }
    }
}

static int64_t row_of(const struct link *l, uint32_t person)
{
    return person == NO_PERSON ? -1 : (int64_t)l->row[person];
}

enum status link_write_remodeled(const struct link *l, struct err *err)
{
    for (size_t i = 0; i < l->remodeled.n; i++) {
        const struct remodeled *r = &l->remodeled.v[i];
        AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_LINK_REMODELED);
        stmt_bind_int(s, ":input", r->from.input);
        stmt_bind_int(s, ":row", r->from.row);
        stmt_bind_int(s, ":then", row_of(l, r->then));
        stmt_bind_int(s, ":now", row_of(l, r->now));
        stmt_bind_int(s, ":self", row_of(l, r->self));
        TRY(stmt_run(s, err));
    }
    AUTO_STMT f = stmt_use(l->night->db, STMT_REPLACE_FIGURE);
    stmt_bind_z(f, ":name", "link_remodeled");
    stmt_bind_int(f, ":value", (int64_t)l->remodeled.n);
    return stmt_run(f, err);
}
