/* SPDX-License-Identifier: Apache-2.0 */
/* Every row to its person by number, written as provisional links (link-NNNNN.part); rows that are not sure of their person are gathered. A block's rows are shared
   among threads by stretches; what they found is taken in the order of rows, while the next block is already in memory. */
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_loose.h"
#include "pipeline/link_stream.h"

enum { STRETCH = 4096, STRETCHES = (SEG_BLOCK_ROWS + STRETCH - 1) / STRETCH };

struct unsure { /* a row for the table of loose entries */
    uint32_t row, so_far;
    enum loose_kind kind;
    bool wanted; /* link_want.h */
    struct said said;
};

struct stretch {
    VEC(struct unsure) unsure;
    VEC(struct conflict) conflicts;
    int64_t known, strangers;
    struct strbuf scratch;
};

struct finder {
    struct link *l;
    struct loose_table *t;
    struct map64 second; /* link_second.c */
    struct row_ids ids;
    struct stream_side *here;
    struct stretch stretch[STRETCHES];
};

/* Not the same name as clerks write it: a slip of ear or eye is no reason to doubt the number. */
static bool another_name(struct str a, struct str b)
{
    struct name_form x, y;
    name_form_make(a, &x);
    name_form_make(b, &y);
    enum name_likeness l = name_compare(&x, &y);
    return l >= NAME_LEVEL_ONE;
}

/* Does the row need more than its number? Its person so far goes to *out_person of the loose entry. */
static bool is_loose(const struct link *l, const struct row_ids *ids, uint64_t id, uint32_t p, enum name_verdict name, struct str row_name,
                     enum loose_kind *out_kind, uint32_t *out_person)
{
    *out_person = p;
    if (p == NO_PERSON) {
        *out_kind = LOOSE_NOBODY;
        *out_person = id ? map64_get(&l->by_id, id) : NO_PERSON; /* MAP_NONE is NO_PERSON */
        return true;
    }
    enum ident_kind anchored = ident_kind(l->anchor[p]);
    *out_kind = anchored == IDENT_RECORD || anchored == IDENT_APART ? LOOSE_RECORD : LOOSE_DOUBTFUL;
    return *out_kind == LOOSE_RECORD ? ids->registers : name == NAME_PARTIAL && another_name(link_name(l, p), row_name);
}

static void find_row(const struct finder *f, struct stretch *c, size_t i, const struct row_person *found)
{
    const struct link *l = f->l;
    const struct row_ids *ids = &f->ids;
    const struct row_reader *r = &f->here->r;
    uint64_t id = ident_key(row_id(r, ids->id, i));
    uint32_t p = found->person;
    struct unsure u = {.row = (uint32_t)i};
    if (found->first != NO_PERSON && p != found->first) {
        vec_push(&c->conflicts, (struct conflict){{ids->input, (uint32_t)(r->start + i)}, found->first, p});
    }
    bool apart = l->visited.n && p != NO_PERSON && link_said_apart(l, ids, r, i, p);
    p = apart ? NO_PERSON : p;
    f->here->person[i] = p == NO_PERSON ? LINK_NONE : (int32_t)p;
    c->known += id && p != NO_PERSON;
    c->strangers += id && p == NO_PERSON;
    bool wanted = l->want && link_wants_row(l, ids->input, r->start + i);
    if (is_loose(l, ids, people_current_id(l->people, id), p, found->name, row_text(r, ids->name, i), &u.kind, &u.so_far)) {
        u.kind = apart ? LOOSE_APART : u.kind;
        u.wanted = wanted;
    } else if ((wanted && p != NO_PERSON) || (f->second.n && ids->registers && map64_get(&f->second, p) != MAP_NONE)) {
        u.kind = LOOSE_SECOND;
        u.so_far = p;
        u.wanted = wanted;
    } else {
        return;
    }
    said_cells(l, ids->source, r, i, &u.said, &c->scratch);
    vec_push(&c->unsure, u);
}

static void find_stretch(void *ctx, unsigned item)
{
    struct finder *f = ctx;
    struct stretch *c = &f->stretch[item];
    struct row_person found[ROWS_AHEAD];
    const struct row_reader *r = &f->here->r;
    const struct night_input *in = &f->l->night->inputs[f->ids.input];
    size_t to = MIN(((size_t)item + 1) * STRETCH, r->rows);
    for (size_t i = (size_t)item * STRETCH; i < to; i += ROWS_AHEAD) {
        size_t n = MIN((size_t)ROWS_AHEAD, to - i);
        link_persons_of_rows(f->l, &f->ids, r, i, n, found);
        for (size_t k = 0; k < n; k++) {
            if (input_superseded(in, (int64_t)(r->start + i + k))) {
                f->here->person[i + k] = LINK_SUPERSEDED;
            } else {
                find_row(f, c, i + k, &found[k]);
            }
        }
    }
}

static enum status take_stretch(struct finder *f, struct stretch *c, struct err *err)
{
    for (size_t i = 0; i < c->conflicts.n; i++) {
        vec_push(&f->l->conflicts, c->conflicts.v[i]);
    }
    for (size_t i = 0; i < c->unsure.n; i++) {
        const struct unsure *u = &c->unsure.v[i];
        TRY(loose_add(f->l, f->t, &f->ids, &f->here->r, u->row, u->kind, u->so_far, &u->said, err));
        if (u->wanted) {
            link_want_entry(f->l, f->t);
        }
    }
    f->t->known[f->ids.source] += c->known;
    f->t->strangers[f->ids.source] += c->strangers;
    c->conflicts.n = c->unsure.n = 0;
    c->known = c->strangers = 0;
    return ST_OK;
}

static enum status find_blocks(struct finder *f, struct stream *rows, struct seg_writer *w, struct err *err)
{
    for (bool more;;) {
        TRY(stream_next(rows, &more, err));
        if (!more) {
            return ST_OK;
        }
        f->here = stream_here(rows);
        unsigned n = (unsigned)((f->here->r.rows + STRETCH - 1) / STRETCH);
        stream_share(rows, n, find_stretch, f);
        for (unsigned k = 0; k < n; k++) {
            TRY(take_stretch(f, &f->stretch[k], err));
        }
        seg_write_columns(w, (const void *const[]){f->here->person}, f->here->r.rows);
    }
}

static enum status find_input(struct finder *f, uint32_t input, struct err *err)
{
    static const struct seg_column column = {"person", SEG_I32};
    size_t source = f->l->night->inputs[input].source;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STREAM rows = {.at = 0};
    struct seg_writer *w;
    link_row_ids(f->l, source, input, &f->ids);
    TRY(stream_open(&rows, f->l, input, false, err));
    said_want(f->l, source, &rows.side[0].r);
    said_want(f->l, source, &rows.side[1].r);
    TRY(seg_writer_open(link_part_path(&a, f->l, input), &column, 1, &w, err));
    enum status status = find_blocks(f, &rows, w, err);
    if (status != ST_OK) {
        seg_writer_abandon(w);
        return status;
    }
    return seg_writer_close(w, STR("{}"), err);
}

enum status link_rows_by_number(struct link *l, struct loose_table *t, struct err *err)
{
    struct finder *f = xcalloc(1, sizeof(*f));
    enum status status = ST_OK;
    f->l = l;
    f->t = t;
    link_find_second(l, &f->second);
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        status = find_input(f, i, err);
    }
    for (unsigned k = 0; k < STRETCHES; k++) {
        vec_release(&f->stretch[k].unsure);
        vec_release(&f->stretch[k].conflicts);
        strbuf_release(&f->stretch[k].scratch);
    }
    map64_release(&f->second);
    free(f);
    return status;
}
