/* SPDX-License-Identifier: Apache-2.0 */
/* Persons who were in a register and are in none tonight: found in the timelines, placed by the record they were last seen in. They stay for the time
   people.yaml says, and as long as a warning about them is open. */
#include "base/store/db.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/link_private.h"

struct looking {
    struct link *l;
    size_t source;
    uint64_t salt;
    const struct map64 *only; /* anchors looked for; NULL: everybody */
    sighting_list went, came; /* records without an identifier that disappeared, and those with one that appeared on the same days */
    struct map64 days;
};

static void add_gone(struct looking *k, uint64_t anchor, const struct sighting *s)
{
    struct link *l = k->l;
    if (k->only && map64_get(k->only, anchor) == MAP_NONE) {
        return;
    }
    uint32_t p = map64_get(&l->by_id, anchor);
    if (p == MAP_NONE) {
        p = link_add_person(l, anchor);
        map64_put(&l->by_id, anchor, p);
    } else if (p < l->first_gone) {
        return; /* another register still has them */
    }
    vec_push(&l->gone, (struct gone){p, k->source, s->date, s->file, s->row});
}

static uint64_t record_anchor(const struct looking *k, uint64_t key)
{
    return ident_anchor(IDENT_RECORD, link_record_hash(k->salt, key, 0));
}

/* The key stayed, the blank was filled: somebody of tonight was known by that record. */
static void take_filled(struct looking *k, const struct change *c, uint64_t id)
{
    struct link *l = k->l;
    uint32_t p = id && c->kind == CHANGE_VALUE ? map64_get(&l->by_id, id) : MAP_NONE;
    bool filled = p < l->first_gone && !k->only && c->column == l->sources->v[k->source].person[ROLE_ID].column && c->old.n == 0 && c->key;
    if (filled) {
        vec_push(&l->became, (struct became){p, record_anchor(k, c->key)});
    }
}

static bool take_came(void *ctx, const struct change *c)
{
    struct looking *k = ctx;
    uint64_t id = c->kind == CHANGE_APPEARED && map64_get(&k->days, (uint64_t)c->date) != MAP_NONE ? people_current_id(k->l->people, c->id) : 0;
    uint32_t p = id ? map64_get(&k->l->by_id, id) : MAP_NONE;
    if (p < k->l->first_gone) {
        vec_push(&k->came, (struct sighting){c->date, c->new_file, c->new_row, id, p, 0});
    }
    return true;
}

static bool take_change(void *ctx, const struct change *c)
{
    struct looking *k = ctx;
    uint64_t id = people_current_id(k->l->people, c->id);
    struct sighting s = {c->date, c->old_file, c->old_row, 0, NO_PERSON, 0};
    if (c->kind != CHANGE_DISAPPEARED) {
        take_filled(k, c, id);
    } else if (id) {
        add_gone(k, id, &s);
    } else if (c->key) {
        s.anchor = record_anchor(k, c->key);
        vec_push(&k->went, s);
        map64_put(&k->days, (uint64_t)c->date, 1);
    }
    return true;
}

static enum status search_source(struct looking *k, daynum from, struct err *err)
{
    TRY(timeline_read(k->l->night->site, k->source, -1, from, k->l->night->as_of, take_change, k, err));
    if (k->went.n) {
        TRY(timeline_read(k->l->night->site, k->source, -1, from, k->l->night->as_of, take_came, k, err));
    }
    TRY(link_find_became(k->l, k->source, &k->went, &k->came, err));
    for (size_t i = 0; i < k->went.n; i++) {
        if (k->went.v[i].person == NO_PERSON) {
            add_gone(k, k->went.v[i].anchor, &k->went.v[i]);
        }
    }
    return ST_OK;
}

static enum status search(struct link *l, daynum from, const struct map64 *only, struct err *err)
{
    size_t n = l->sources->n;
    for (size_t turn = 0; turn < 2 * n; turn++) { /* identifiers first: tokens stand for them */
        size_t s = turn % n;
        bool tokens = turn >= n;
        if (turn == n) {
            link_know_tokens(l, l->first_gone);
        }
        if (l->sources->v[s].registers_persons && link_source_tokens(&l->sources->v[s]) == tokens) {
            struct looking k = {.l = l, .source = s, .salt = hash64_str(l->sources->v[s].id), .only = only};
            enum status status = search_source(&k, from, err);
            vec_release(&k.went);
            vec_release(&k.came);
            map64_release(&k.days);
            TRY(status);
        }
    }
    return ST_OK;
}

/* Anchors of a person: the id itself and what the ledger calls so. Calls are few: nearly everybody with a warning is there. */
static bool is_there(const struct link *l, uint64_t id, const struct id_alias *aliases, size_t n)
{
    bool there = ident_kind(id) == IDENT_APART || map64_get(&l->by_id, id) != MAP_NONE; /* held apart: found by the number of another */
    for (size_t k = 0; k < n && !there; k++) {
        there = aliases[k].id == id && map64_get(&l->by_id, aliases[k].natural) != MAP_NONE;
    }
    return there;
}

/* Anchors of the persons with an open warning whom nothing shows so far. */
static enum status find_missing(struct link *l, struct map64 *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct id_alias *aliases;
    size_t n;
    if (!l->night->site->ledger) {
        return ST_OK;
    }
    TRY(link_person_aliases(l, &a, &aliases, &n, err));
    AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_LIST_PERSONS_WARNED);
    stmt_bind_int(q, ":mark", l->night->mark_event);
    stmt_bind_int(q, ":night", l->night->number);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        uint64_t id = (uint64_t)stmt_int(q, 0);
        if (is_there(l, id, aliases, n)) {
            continue;
        }
        map64_put(out, id, 1);
        for (size_t k = 0; k < n; k++) {
            if (aliases[k].id == id) {
                map64_put(out, aliases[k].natural, 1);
            }
        }
    }
}

static int by_last_seen(const void *x, const void *y)
{
    const struct gone *a = x, *b = y;
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    if (a->date != b->date) {
        return a->date > b->date ? -1 : 1;
    }
    return a->file != b->file ? (a->file > b->file ? -1 : 1) : a->row < b->row ? -1 : a->row > b->row;
}

/* Who left a register, came back and left again was last seen the last time. */
static void keep_last(struct link *l)
{
    size_t n = 0;
    vec_sort(&l->gone, by_last_seen);
    for (size_t i = 0; i < l->gone.n; i++) {
        const struct gone *last = n ? &l->gone.v[n - 1] : NULL;
        if (!last || last->person != l->gone.v[i].person || last->source != l->gone.v[i].source) {
            l->gone.v[n++] = l->gone.v[i];
        }
    }
    l->gone.n = n;
}

enum status link_find_gone(struct link *l, struct err *err)
{
    struct map64 missing = {0};
    l->first_gone = l->n;
    link_count_tokens(l);
    TRY(search(l, day_add_months(l->night->as_of, -l->people->keep_months), NULL, err));
    enum status status = find_missing(l, &missing, err);
    if (status == ST_OK && missing.n) {
        status = search(l, DAY_MISSING + 1, &missing, err);
    }
    map64_release(&missing);
    keep_last(l);
    return status;
}

static int by_record(const void *x, const void *y)
{
    const struct gone *a = x, *b = y;
    if (a->file != b->file) {
        return a->file < b->file ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Name and unit of the last record; a person last seen in several registers takes each unit they stood in. */
static void place_row(struct link *l, const struct gone *g, const struct row_reader *r, size_t i)
{
    const struct source *s = &l->sources->v[g->source];
    struct str name = row_text(r, s->person[ROLE_NAME].column, i);
    uint32_t unit = link_unit_of_row(l, g->source, r, i);
    int rank = s->unit.kind == UNIT_NONE ? -1 : link_unit_rank(l, s->unit.kind);
    if (l->name_at[g->person] == 0 && name.n) {
        link_keep_name(l, g->person, name);
    }
    if (rank >= 0 && unit != NO_UNIT && l->unit[rank][g->person].unit == NO_UNIT) {
        l->unit[rank][g->person].unit = unit;
    }
}

enum status link_file_segment(struct link *l, size_t source, int64_t file, struct arena *a, const char **out_path, struct err *err)
{
    struct seg_reader *seg = NULL;
    const char *xxh128, *name;
    *out_path = NULL;
    {
        bool there;
        AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_SELECT_DELIVERY_FILE);
        stmt_bind_int(q, ":file", file);
        TRY(stmt_one(q, &there, err));
        if (!there) {
            return ST_OK;
        }
        xxh128 = arena_z(a, stmt_text(q, 1));
        name = arena_z(a, stmt_text(q, 2));
    }
    TRY(catalogue_segment(l->night->site, &l->sources->v[source], xxh128, name, a, out_path, &seg, err));
    seg_close(seg);
    return ST_OK;
}

static enum status place_file(struct link *l, const struct gone *v, size_t n, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ROWS r = {.seg = NULL};
    const char *path;
    TRY(link_file_segment(l, v[0].source, v[0].file, &a, &path, err));
    if (!path) {
        return ST_OK;
    }
    TRY(row_reader_open(&r, path, &l->sources->v[v[0].source], err));
    link_want_units(l, v[0].source, &r);
    for (size_t i = 0; i < n; i++) {
        if (v[i].row < 0 || (uint64_t)v[i].row >= seg_rows(r.seg)) {
            continue;
        }
        size_t block = seg_block_of(r.seg, (uint64_t)v[i].row);
        if (r.block != block) {
            TRY(row_reader_block(&r, block, err));
        }
        place_row(l, &v[i], &r, (size_t)((uint64_t)v[i].row - r.start));
    }
    return ST_OK;
}

enum status link_place_gone(struct link *l, struct err *err)
{
    vec_sort(&l->gone, by_record);
    for (size_t i = 0, n; i < l->gone.n; i += n) {
        n = 1;
        while (i + n < l->gone.n && l->gone.v[i + n].file == l->gone.v[i].file) {
            n++;
        }
        TRY(place_file(l, &l->gone.v[i], n, err));
    }
    return ST_OK;
}
