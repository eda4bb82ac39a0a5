/* SPDX-License-Identifier: Apache-2.0 */
/* What became of a person or household between nights, from the ledger (pipeline/link_moves.h). */
#include "base/store/db.h"
#include "pipeline/explain.h"
#include "pipeline/site.h"

static const char *event_text(struct str kind, bool person)
{
    static const struct {
        const char *kind, *zh[2], *en[2]; /* of households, of persons */
    } words[] = {{"merged", {"%s 并入 %s", "%s 与 %s 是一个人"}, {"%s went into %s", "%s is the same person as %s"}},
                 {"split", {"从 %s 分出 %s", "从 %s 分出 %s（原是一个人的记录）"}, {"%s split off %s", "%s split off %s (records of one person before)"}},
                 {"moved", {"%s → %s", "从 %s 搬到 %s"}, {"%s -> %s", "moved from %s to %s"}}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(kind, words[i].kind)) {
            return TR(words[i].zh[person], words[i].en[person]);
        }
    }
    return "%s %s";
}

enum status explain_moves(struct explain *x, uint64_t id, struct err *err)
{
    bool any = false;
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_ENTITY_EVENTS);
    stmt_bind_int(q, ":id", (int64_t)id);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        char from[REF_MAX], to[REF_MAX], who[REF_MAX];
        struct str kind = stmt_text(q, 2);
        bool person = str_eqz(stmt_text(q, 3), "P"), moved = str_eqz(kind, "moved");
        (person && !moved ? person_ref : household_ref)(x->site->key, (uint64_t)stmt_int(q, 5), from);
        (person && !moved ? person_ref : household_ref)(x->site->key, (uint64_t)stmt_int(q, 6), to);
        person_ref(x->site->key, (uint64_t)stmt_int(q, 4), who);
        strbuf_addz(x->out, any ? "" : TR("合、分、搬\n", "merged, split, moved\n"));
        any = true;
        strbuf_addf(x->out, TR("  第%lld夜 ", "  night %lld "), (long long)stmt_int(q, 0));
        strbuf_add_day(x->out, stmt_day(q, 1));
        strbuf_addf(x->out, "  %s%s", moved ? who : "", moved ? " " : "");
        strbuf_addf(x->out, event_text(kind, person), from, to);
        strbuf_addc(x->out, '\n');
    }
}
