/* SPDX-License-Identifier: Apache-2.0 */
/* Which warnings are about somebody else from tonight on (pipeline/link_moves.h): the entity of a warning was merged, or split, or somebody left it, and the rows
   its last event told are somebody else's now. Only warnings of such entities are looked at. */
#include "base/store/db.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_loose.h"

struct subject { /* a warning that is not cleared */
    int64_t no;
    uint64_t entity, identity; /* identity: of rule, key and kind, without the entity */
    bool open, person;
    uint64_t to;
    enum entity_change cause;
};

struct following {
    struct link *l;
    VEC(struct subject) v;
    struct map64 changed; /* id -> first event that begins there */
    struct map64 taken;   /* identity and entity that a warning stands under */
    int32_t *buf;
};

static uint64_t place_of(const struct subject *s, uint64_t entity)
{
    return hash_mix(s->identity ^ hash_mix(entity));
}

static enum status read_subjects(struct following *f, struct err *err)
{
    AUTO_STMT q = stmt_use(f->l->night->site->ledger, STMT_LIST_WARNING_SUBJECTS);
    stmt_bind_int(q, ":mark", f->l->night->mark_event);
    stmt_bind_int(q, ":night", f->l->night->number);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct subject s = {.no = stmt_int(q, 0), .entity = (uint64_t)stmt_int(q, 2), .open = !str_eqz(stmt_text(q, 5), "closed")};
        s.person = str_eqz(stmt_text(q, 1), "P");
        s.identity = hash64_str(stmt_text(q, 3)) ^ hash_mix(hash64_str(stmt_text(q, 4)) + s.person);
        s.to = s.entity;
        map64_put(&f->taken, place_of(&s, s.entity), 1);
        if (map64_get(&f->changed, s.entity) != MAP_NONE) {
            vec_push(&f->v, s);
        }
    }
}

enum status link_told_row(struct link *l, int64_t file, uint64_t row, struct row_reader *r, struct told_row *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *path = NULL;
    size_t source = l->sources->n;
    *out = (struct told_row){.found = false};
    {
        bool there;
        AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_SELECT_DELIVERY_FILE);
        stmt_bind_int(q, ":file", file);
        TRY(stmt_one(q, &there, err));
        for (size_t s = 0; s < l->sources->n && there; s++) {
            source = str_eq(stmt_text(q, 0), l->sources->v[s].id) ? s : source;
        }
    }
    if (source < l->sources->n) {
        TRY(link_file_segment(l, source, file, &a, &path, err));
    }
    if (!path) {
        return ST_OK;
    }
    link_row_ids(l, source, NO_INPUT, &out->ids);
    TRY(row_reader_open(r, path, &l->sources->v[source], err));
    said_want(l, source, r);
    if (row < seg_rows(r->seg)) {
        TRY(row_reader_block(r, seg_block_of(r->seg, row), err));
        out->i = (size_t)(row - r->start);
        out->found = true;
    }
    return ST_OK;
}

/* --- whose the rows are that a warning told -------------------------------------------------------------------------------------------- */

/* A record that is not in force tonight, by its number. */
static enum status old_row(struct following *f, int64_t file, uint64_t row, uint32_t *out, struct err *err)
{
    AUTO_ROWS r = {.seg = NULL};
    struct told_row t;
    TRY(link_told_row(f->l, file, row, &r, &t, err));
    *out = t.found ? link_person_of_row(f->l, &t.ids, &r, t.i, NULL) : NO_PERSON;
    return ST_OK;
}

static enum status person_of(struct following *f, int64_t file, uint64_t row, uint32_t *out, struct err *err)
{
    struct link *l = f->l;
    *out = NO_PERSON;
    for (uint32_t i = 0; i < l->night->n_inputs; i++) {
        if (l->night->inputs[i].file_id == file && (int64_t)row < l->night->inputs[i].rows && !input_superseded(&l->night->inputs[i], (int64_t)row)) {
            AUTO_PART part = {.l = NULL};
            TRY(link_part_open(&part, l, i, err));
            TRY(link_part_rows(&part, row, 1, f->buf, err));
            *out = f->buf[0] >= 0 ? (uint32_t)f->buf[0] : NO_PERSON;
            return ST_OK;
        }
    }
    return old_row(f, file, row, out, err);
}

/* Of the person or household all its rows are about; 0 when they are several's or nobody's. */
static enum status find_subject(struct following *f, const struct subject *s, uint64_t *out, struct err *err)
{
    struct link *l = f->l;
    AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_LIST_WARNING_ROWS_TOLD);
    stmt_bind_int(q, ":warning_no", s->no);
    stmt_bind_int(q, ":mark", l->night->mark_event);
    *out = 0;
    for (bool row;;) {
        uint32_t p;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        TRY(person_of(f, stmt_int(q, 0), (uint64_t)stmt_int(q, 1), &p, err));
        if (p == NO_PERSON) {
            continue;
        }
        uint64_t id = s->person ? link_id(l, p) : l->home_id[l->homes.household[p]];
        if (*out && *out != id) {
            *out = 0;
            return ST_OK;
        }
        *out = id;
    }
}

/* --- where each goes ----------------------------------------------------------------------------------------------------------------- */

static enum status follow(struct following *f, struct subject *s, struct err *err)
{
    const struct link *l = f->l;
    uint64_t told;
    TRY(find_subject(f, s, &told, err));
    for (size_t i = map64_get(&f->changed, s->entity); i < l->events.n; i++) {
        const struct entity_event *e = &l->events.v[i];
        bool of_kind = e->from == s->entity && (s->person ? e->kind == 'P' && e->change != ENTITY_MOVED : e->kind == 'H' || e->change == ENTITY_MOVED);
        if (of_kind && (e->to == told || (e->change == ENTITY_MERGED && s->to == s->entity))) {
            s->to = e->to;
            s->cause = e->change;
        }
    }
    return ST_OK;
}

static int open_first(const void *x, const void *y)
{
    const struct subject *a = x, *b = y;
    if (a->open != b->open) {
        return a->open ? -1 : 1;
    }
    return a->no > b->no ? -1 : a->no < b->no;
}

static int by_number(const void *x, const void *y)
{
    const struct follow *a = x, *b = y;
    return a->warning_no < b->warning_no ? -1 : a->warning_no > b->warning_no;
}

static enum status follow_all(struct following *f, struct err *err)
{
    TRY(read_subjects(f, err));
    vec_sort(&f->v, open_first);
    for (size_t i = 0; i < f->v.n; i++) {
        struct subject *s = &f->v.v[i];
        TRY(follow(f, s, err));
        if (s->to != s->entity && map64_get_or_put(&f->taken, place_of(s, s->to), 2) == 2) {
            vec_push(&f->l->follows, (struct follow){s->no, s->entity, s->to, s->cause});
            map64_put(&f->taken, place_of(s, s->to), 1);
        }
    }
    vec_sort(&f->l->follows, by_number);
    return ST_OK;
}

enum status link_find_follows(struct link *l, struct err *err)
{
    struct following f = {.l = l};
    enum status status = ST_OK;
    for (size_t i = l->events.n; i-- > 0;) {
        map64_put(&f.changed, l->events.v[i].from, (uint32_t)i);
    }
    if (f.changed.n && l->night->site->ledger) {
        f.buf = xmalloc(SEG_BLOCK_ROWS * sizeof(*f.buf));
        status = follow_all(&f, err);
    }
    vec_release(&f.v);
    map64_release(&f.changed);
    map64_release(&f.taken);
    free(f.buf);
    return status;
}
