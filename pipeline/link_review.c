/* SPDX-License-Identifier: Apache-2.0 */
/* What people said of the questions of earlier nights (`mopai review import`), for link_merge.c to obey. */
#include "base/store/db.h"
#include "pipeline/link_loose.h"

enum status link_read_reviews(struct link *l, struct err *err)
{
    AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_LIST_LINK_REVIEWS);
    stmt_bind_int(q, ":before", l->night->number);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        map64_put(&l->reviews, (uint64_t)stmt_int(q, 0), (uint32_t)stmt_int(q, 1));
        if (stmt_int(q, 5)) {
            map64_put(&l->visited, (uint64_t)stmt_int(q, 5), 1);
        }
    }
}

uint64_t link_question_of(const struct link *l, size_t source, struct str name, struct str raw, const struct said *s, uint32_t p)
{
    uint64_t parts[] = {hash64_str(l->sources->v[source].id),
                        hash64_str(name),
                        hash64_str(raw),
                        s->id,
                        s->unit,
                        s->phone,
                        s->place,
                        s->habit,
                        (uint64_t)(uint32_t)s->birth << 8 | s->sex,
                        l->anchor[p],
                        hash64_str(link_name(l, p))};
    uint64_t h = 0;
    for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
        h = hash_mix(h ^ parts[k]) + k;
    }
    return h;
}

uint64_t link_question(const struct link *l, const struct loose_table *t, const struct candidate *c)
{
    const struct loose *e = &t->v.v[c->loose];
    return link_question_of(l, e->source, loose_name(t, e), t->texts.texts[e->raw], &e->said, c->person);
}

enum review_decision link_reviewed(const struct link *l, uint64_t question)
{
    uint32_t v = map64_get(&l->reviews, question);
    return v == MAP_NONE ? REVIEW_NONE : (enum review_decision)v;
}
