/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/delivered.h"

#include "base/core/map.h"
#include "pipeline/ingest/sources.h"

static enum status load_in_force(struct report *r, struct map64 *out, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_INPUT_FILE_IDS);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        map64_put(out, (uint64_t)stmt_int(q, 0), 1);
    }
}

static enum status load_gates(struct report *r, struct delivered_file *f, struct err *err)
{
    VEC(struct delivered_gate) gates = {0};
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_GATE_RESULTS);
    stmt_bind_int(q, ":delivery", f->delivery_id);
    enum status st;
    for (bool row;;) {
        st = stmt_step(q, &row, err);
        if (st != ST_OK || !row) {
            break;
        }
        vec_push(&gates, (struct delivered_gate){arena_str(&r->arena, stmt_text(q, 0)), arena_str(&r->arena, stmt_text(q, 1)),
                                                 arena_str(&r->arena, stmt_text(q, 2)), arena_str(&r->arena, stmt_text(q, 3))});
    }
    f->n_gates = gates.n;
    f->gates = arena_array(&r->arena, struct delivered_gate, MAX(gates.n, (size_t)1));
    if (gates.n > 0) {
        memcpy(f->gates, gates.v, gates.n * sizeof(gates.v[0]));
    }
    vec_release(&gates);
    return st;
}

/* What was delivered so far, in the order of the statement: for the comparison with the delivery before. */
struct passing {
    int64_t delivery;
    struct str scope;
    daynum date;
    bool accepted, has_before;
    int64_t now[FIGURE_COUNT], before[FIGURE_COUNT];
    size_t first; /* its first file in the list; SIZE_MAX: the night does not speak of it */
};

static void finish(struct passing *p, delivered_files *out)
{
    if (p->first != SIZE_MAX) {
        struct delivered_file *f = &out->v[p->first];
        f->compared = p->has_before;
        memcpy(f->now, p->now, sizeof(p->now));
        memcpy(f->before, p->before, sizeof(p->before));
    }
}

/* Files come by scope and data date: what was accepted last of this scope, with an older date, is what the next one is compared with. */
static void pass(struct passing *p, const struct delivered_file *f, bool accepted, delivered_files *out)
{
    if (f->delivery_id != p->delivery) {
        bool same_scope = p->delivery >= 0 && str_eq(p->scope, f->scope);
        finish(p, out);
        if (same_scope && p->accepted && p->date < f->data_date) {
            memcpy(p->before, p->now, sizeof(p->now));
            p->has_before = true;
        }
        p->has_before = same_scope && p->has_before;
        *p = (struct passing){.delivery = f->delivery_id, .scope = f->scope, .date = f->data_date, .accepted = accepted, .has_before = p->has_before, .first = SIZE_MAX,
                              .before = {p->before[0], p->before[1], p->before[2], p->before[3], p->before[4]}};
    }
    const int64_t figures[FIGURE_COUNT] = {f->records, f->typed, f->rejected, f->records - f->typed - f->rejected, f->defects};
    for (int i = 0; i < FIGURE_COUNT; i++) {
        p->now[i] += figures[i];
    }
}

static enum status load_source(struct report *r, size_t source, const struct map64 *in_force, delivered_files *out, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_DELIVERY_FILES_OF_NIGHT);
    stmt_bind_text(q, ":source", r->sources->v[source].id);
    stmt_bind_day(q, ":as_of", r->as_of);
    struct passing p = {.delivery = -1, .first = SIZE_MAX};
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            finish(&p, out);
            return ST_OK;
        }
        bool used = map64_get(in_force, (uint64_t)stmt_int(q, 0)) != MAP_NONE;
        bool refused = str_eqz(stmt_text(q, 5), "refused");
        struct delivered_file f = {.source = source, .file_id = stmt_int(q, 0), .delivery_id = stmt_int(q, 1), .in_force = used, .refused = refused};
        f.name = arena_str(&r->arena, stmt_text(q, 2));
        f.scope = arena_str(&r->arena, stmt_text(q, 3));
        f.data_date = stmt_day(q, 4);
        f.reason = arena_str(&r->arena, stmt_text(q, 6));
        f.received = stmt_day(q, 7);
        f.encoding = arena_str(&r->arena, stmt_text(q, 8));
        f.records = stmt_int(q, 9), f.typed = stmt_int(q, 10), f.rejected = stmt_int(q, 11);
        for (int i = 0; i < ASIDE_COUNT; i++) {
            f.aside[i] = stmt_int(q, 12 + i);
        }
        f.defects = stmt_int(q, 12 + ASIDE_COUNT);
        pass(&p, &f, str_eqz(stmt_text(q, 5), "accepted"), out);
        if (!used && !refused && !str_eqz(stmt_text(q, 5), "held")) {
            continue;
        }
        if (p.first == SIZE_MAX) {
            p.first = out->n;
            TRY(load_gates(r, &f, err));
        }
        vec_push(out, f);
    }
}

enum status delivered_load(struct report *r, delivered_files *out, struct err *err)
{
    struct map64 in_force = {0};
    enum status st = load_in_force(r, &in_force, err);
    for (size_t i = 0; i < r->sources->n && st == ST_OK; i++) {
        st = load_source(r, i, &in_force, out, err);
    }
    map64_release(&in_force);
    return st;
}
