/* SPDX-License-Identifier: Apache-2.0 */
/* What link leaves in night.db: rows of contested numbers, rows placed by more than their number, sources, aliases and moves. */
#include "base/store/db.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_write.h"

static enum status write_conflicts(const struct link *l, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_IDENTITY_CONFLICT);
    AUTO_SEG r = NULL;
    for (size_t i = 0; i < l->conflicts.n; i++) { /* in the order of inputs and rows */
        const struct conflict *c = &l->conflicts.v[i];
        int64_t line = 0;
        if (i == 0 || c->from.input != c[-1].from.input) {
            seg_close(r);
            r = NULL;
            TRY(seg_open(l->night->inputs[c->from.input].segment, &r, err));
        }
        TRY(seg_fetch_i64(r, c->from.row, (size_t)seg_column(r, SEG_LINE), &line, err));
        stmt_bind_int(s, ":input", c->from.input);
        stmt_bind_int(s, ":row", c->from.row);
        stmt_bind_int(s, ":line", line);
        stmt_bind_int(s, ":person_row", l->row[c->holder]);
        stmt_bind_int(s, ":apart_row", c->apart == NO_PERSON ? -1 : (int64_t)l->row[c->apart]);
        stmt_bind_z(s, ":reason", TR("同号不同名", "same number, another name"));
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status write_made(const struct link *l, const struct made *v, size_t n, int asked, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_LINK_MADE);
    AUTO_SEG r = NULL;
    for (size_t i = 0; i < n; i++) {
        int64_t line = 0;
        if (i == 0 || v[i].from.input != v[i - 1].from.input) {
            seg_close(r);
            r = NULL;
            TRY(seg_open(l->night->inputs[v[i].from.input].segment, &r, err));
        }
        TRY(seg_fetch_i64(r, v[i].from.row, (size_t)seg_column(r, SEG_LINE), &line, err));
        stmt_bind_int(s, ":input", v[i].from.input);
        stmt_bind_int(s, ":row", v[i].from.row);
        stmt_bind_int(s, ":line", line);
        stmt_bind_int(s, ":asked", asked);
        stmt_bind_int(s, ":person_row", l->row[v[i].person]);
        stmt_bind_int(s, ":how", v[i].by.how);
        stmt_bind_int(s, ":slip", v[i].by.slip);
        stmt_bind_int(s, ":because", v[i].by.because);
        stmt_bind_int(s, ":weight", v[i].by.weight);
        stmt_bind_int(s, ":probability", v[i].by.probability);
        AUTO_STRBUF parts = STRBUF_INIT;
        for (int k = 0; k < PART_COUNT; k++) {
            strbuf_addf(&parts, "%s%d", k ? "," : "", v[i].by.part[k]);
        }
        stmt_bind_text(s, ":parts", strbuf_str(&parts));
        stmt_bind_int(s, ":question", (int64_t)v[i].by.question);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status count_source(const struct link *l, size_t source, struct file_counts *sum, struct err *err)
{
    *sum = (struct file_counts){0};
    for (size_t i = 0; i < l->night->n_inputs; i++) {
        struct file_counts c;
        if (l->night->inputs[i].source != source) {
            continue;
        }
        TRY(input_file_counts(l->night->site, l->night->inputs[i].file_id, &c, err));
        sum->records += c.records;
        sum->typed += c.typed;
        sum->rejected += c.rejected;
        sum->set_aside += c.set_aside;
    }
    return ST_OK;
}

static enum status write_sources(const struct link *l, struct err *err)
{
    static const char *const states[] = {[SOURCE_FRESH] = "fresh", [SOURCE_STALE] = "stale", [SOURCE_MISSING] = "missing"};
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_SOURCE_STATE);
    for (size_t k = 0; k < l->sources->n; k++) {
        const struct source *src = &l->sources->v[k];
        const struct night_source *ns = &l->night->sources[k];
        struct file_counts c;
        int64_t held = 0;
        TRY(count_source(l, k, &c, err));
        TRY(deliveries_held(l->night->site, k, &held, err));
        if (src->optional && ns->state == SOURCE_MISSING && held == 0) {
            continue; /* this site does not have it */
        }
        stmt_bind_text(s, ":source", src->id);
        stmt_bind_text(s, ":label", src->label);
        stmt_bind_text(s, ":department", src->department);
        stmt_bind_z(s, ":state", states[ns->state]);
        stmt_bind_day(s, ":data_date", ns->data_date);
        stmt_bind_day(s, ":due", ns->due);
        stmt_bind_int(s, ":records", c.records);
        stmt_bind_int(s, ":typed", c.typed);
        stmt_bind_int(s, ":rejected", c.rejected);
        stmt_bind_int(s, ":set_aside", c.set_aside);
        stmt_bind_int(s, ":linked", l->linked[k]);
        stmt_bind_int(s, ":unlinked", l->unlinked[k]);
        stmt_bind_int(s, ":held", held);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status write_aliases(const struct link *l, const char *kind, const struct id_alias *v, size_t n, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_PROPOSED_ALIAS);
    for (size_t i = 0; i < n; i++) {
        stmt_bind_z(s, ":kind", kind);
        stmt_bind_int(s, ":natural_id", (int64_t)v[i].natural);
        stmt_bind_int(s, ":id", (int64_t)v[i].id);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status write_moves(const struct link *l, struct err *err)
{
    AUTO_STMT e = stmt_use(l->night->db, STMT_INSERT_PROPOSED_ENTITY_EVENT);
    for (size_t i = 0; i < l->events.n; i++) {
        const struct entity_event *v = &l->events.v[i];
        stmt_bind_int(e, ":ord", (int64_t)i + 1);
        stmt_bind_z(e, ":kind", link_change_word(v->change));
        stmt_bind_text(e, ":entity_kind", str_n(&v->kind, 1));
        stmt_bind_int(e, ":entity", (int64_t)v->entity);
        stmt_bind_int(e, ":from_id", (int64_t)v->from);
        stmt_bind_int(e, ":to_id", (int64_t)v->to);
        TRY(stmt_run(e, err));
    }
    AUTO_STMT w = stmt_use(l->night->db, STMT_INSERT_PROPOSED_WARNING_MOVE);
    for (size_t i = 0; i < l->follows.n; i++) {
        stmt_bind_int(w, ":warning_no", l->follows.v[i].warning_no);
        stmt_bind_int(w, ":from_entity", (int64_t)l->follows.v[i].from);
        stmt_bind_int(w, ":to_entity", (int64_t)l->follows.v[i].to);
        stmt_bind_z(w, ":cause", link_change_word(l->follows.v[i].cause));
        TRY(stmt_run(w, err));
    }
    return ST_OK;
}

enum status link_write_night(const struct link *l, struct err *err)
{
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, l->night->db, err));
    TRY(write_conflicts(l, err));
    TRY(write_made(l, l->made.v, l->made.n, 0, err));
    TRY(write_made(l, l->doubt.v, l->doubt.n, 1, err));
    TRY(write_made(l, l->apart.v, l->apart.n, 2, err));
    TRY(link_write_visits(l, err));
    TRY(link_write_expected(l, err));
    TRY(link_write_bases(l, err));
    TRY(link_write_remodeled(l, err));
    TRY(link_write_tokens(l, err));
    TRY(write_sources(l, err));
    TRY(write_aliases(l, "P", l->new_persons, l->n_new_persons, err));
    TRY(write_aliases(l, "H", l->new_homes, l->n_new_homes, err));
    TRY(write_moves(l, err));
    return tx_commit(&tx, err);
}
