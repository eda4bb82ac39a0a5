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

static enum status load_source(struct report *r, size_t source, const struct map64 *in_force, delivered_files *out, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_DELIVERY_FILES_OF_NIGHT);
    stmt_bind_text(q, ":source", r->sources->v[source].id);
    stmt_bind_day(q, ":as_of", r->as_of);
    int64_t last = -1;
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        bool used = map64_get(in_force, (uint64_t)stmt_int(q, 0)) != MAP_NONE;
        bool refused = str_eqz(stmt_text(q, 5), "refused");
        if (!used && !refused && !str_eqz(stmt_text(q, 5), "held")) {
            continue;
        }
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
        if (f.delivery_id != last) {
            TRY(load_gates(r, &f, err));
        }
        last = f.delivery_id;
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
