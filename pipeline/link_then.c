/* SPDX-License-Identifier: Apache-2.0 */
/* Where everybody stood last night, from last night's deliveries (its manifest names them) and not from its folder: deleting store/runs changes nothing.
   docs/adr/003-household-names.md says why this is enough. */
#include "base/store/db.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/link_private.h"

typedef VEC(int64_t) number_list;

/* Delivery numbers of a manifest of our own writing ("delivery": 12), in its order. */
static void numbers_of(struct str manifest, number_list *out)
{
    static const struct str mark = {"\"delivery\": ", 12};
    for (size_t at; (at = str_find(manifest, mark)) < manifest.n;) {
        manifest = str_sub(manifest, at + mark.n, manifest.n);
        size_t digits = 0;
        int64_t v;
        while (digits < manifest.n && is_digit((unsigned char)manifest.p[digits])) {
            digits++;
        }
        if (str_to_i64(str_sub(manifest, 0, digits), &v)) {
            vec_push(out, v);
        }
    }
}

static bool has_number(const number_list *list, int64_t v)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i] == v) {
            return true;
        }
    }
    return false;
}

static enum status previous_deliveries(struct link *l, number_list *out, struct err *err)
{
    bool there = false;
    if (!l->night->site->ledger || l->night->number <= 1) {
        return ST_OK;
    }
    AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_SELECT_NIGHT_AT);
    stmt_bind_int(q, ":night", l->night->number - 1);
    TRY(stmt_one(q, &there, err));
    if (there) {
        numbers_of(stmt_text(q, 2), out);
    }
    return ST_OK;
}

/* The same deliveries as tonight, and nothing in them that only time changes. */
static bool source_stands(const struct link *l, size_t source, const struct delivered_list *list, const number_list *before)
{
    for (size_t k = 0; k < l->people->n_leaves; k++) {
        if (l->people->leaves[k].source == (int)source && l->people->leaves[k].cond.date_word) {
            return false;
        }
    }
    for (size_t i = 0; i < list->n; i++) {
        bool tonight = false;
        for (size_t k = 0; k < l->night->n_inputs; k++) {
            tonight = tonight || l->night->inputs[k].delivery_id == list->v[i].id;
        }
        if (tonight != has_number(before, list->v[i].id)) {
            return false;
        }
    }
    return true;
}

/* --- filling unit_then, new_tonight, living_then (which holds "said to be dead" until the end) ------------------------------------ */

static void reuse_source(struct link *l, size_t source)
{
    for (size_t i = 0; i < l->joined.n; i++) {
        l->joined.v[i].known |= l->joined.v[i].source == source;
    }
    int rank = l->sources->v[source].unit.kind == UNIT_NONE ? -1 : link_unit_rank(l, l->sources->v[source].unit.kind);
    uint64_t bit = (uint64_t)1 << MIN(source, 63);
    for (uint32_t p = 0; p < l->n; p++) {
        if (!(l->seen[p] & bit)) {
            continue;
        }
        l->new_tonight[p] = 0;
        const struct unit_row *u = rank < 0 ? NULL : &l->unit[rank][p];
        if (u && u->unit != NO_UNIT && !u->left && u->from != NO_RECORD && l->night->inputs[link_record_input(l, u->from)].source == source) {
            l->unit_then[rank][p] = u->unit;
        }
    }
    for (size_t i = 0; i < l->deaths.n; i++) {
        const struct death *d = &l->deaths.v[i];
        l->living_then[d->person] |= (d->in & l->seen[d->person] & bit) != 0;
    }
}

/* Of records that are others' now: they were there last night. */
static void know_joined(struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i)
{
    bool blank = ids->registers && people_current_id(l->people, row_id(r, ids->id, i)) == 0;
    struct joined *j = blank && l->joined.n ? link_joined(l, link_record_anchor(ids, r, i)) : NULL;
    if (j) {
        j->known = true;
    }
}

static enum status read_then(struct link *l, size_t source, const char *path, uint8_t *left, uint8_t *dead, struct err *err)
{
    AUTO_ROWS r = {.seg = NULL};
    struct row_ids ids;
    int rank = l->sources->v[source].unit.kind == UNIT_NONE ? -1 : link_unit_rank(l, l->sources->v[source].unit.kind);
    link_row_ids(l, source, NO_INPUT, &ids);
    TRY(row_reader_open(&r, path, &l->sources->v[source], err));
    link_want_units(l, source, &r);
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        link_rows_left(l, source, &r, l->night->prev_as_of, left);
        link_rows_dead(l, source, &r, dead);
        for (size_t i = 0; i < r.rows; i++) {
            uint32_t p = link_person_of_row(l, &ids, &r, i, NULL);
            if (p == NO_PERSON) {
                continue;
            }
            know_joined(l, &ids, &r, i);
            l->new_tonight[p] &= left[i];
            l->living_then[p] |= dead[i];
            uint32_t unit = left[i] || rank < 0 ? NO_UNIT : link_unit_of_row(l, source, &r, i);
            if (unit != NO_UNIT) {
                l->unit_then[rank][p] = unit;
            }
        }
    }
}

static enum status source_then(struct link *l, size_t source, const number_list *before, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct delivered_list list;
    const struct source *s = &l->sources->v[source];
    TRY(catalogue_accepted(l->night->site->ledger, s->id, DAY_FOREVER, &a, &list, err));
    if (source_stands(l, source, &list, before)) {
        reuse_source(l, source);
        return ST_OK;
    }
    uint8_t *left = arena_array(&a, uint8_t, SEG_BLOCK_ROWS), *dead = arena_array(&a, uint8_t, SEG_BLOCK_ROWS);
    for (size_t i = 0; i < list.n; i++) {
        for (size_t f = 0; f < list.v[i].n_files && has_number(before, list.v[i].id); f++) {
            const char *path;
            struct seg_reader *seg = NULL;
            TRY(catalogue_segment(l->night->site, s, list.v[i].files[f].xxh128, list.v[i].files[f].name, &a, &path, &seg, err));
            seg_close(seg);
            TRY(read_then(l, source, path, left, dead, err));
        }
    }
    return ST_OK;
}

enum status link_find_then(struct link *l, struct err *err)
{
    number_list before = {0};
    enum status status = previous_deliveries(l, &before, err);
    if (status == ST_OK && before.n) {
        for (size_t k = 0; k < UNIT_RANKS && k < l->people->n_basis_order; k++) {
            l->unit_then[k] = xmalloc((l->n + 1u) * sizeof(**l->unit_then));
            memset(l->unit_then[k], 0xFF, (l->n + 1u) * sizeof(**l->unit_then));
        }
        l->living_then = xcalloc(l->n + 1u, 1);
        l->new_tonight = xmalloc(l->n + 1u);
        memset(l->new_tonight, 1, l->n + 1u);
        for (size_t s = 0; s < l->sources->n && status == ST_OK; s++) {
            if (l->sources->v[s].registers_persons) {
                status = source_then(l, s, &before, err);
            }
        }
        for (uint32_t p = 0; p < l->n; p++) {
            l->living_then[p] = !l->new_tonight[p] && !l->living_then[p];
        }
    }
    vec_release(&before);
    return status;
}
