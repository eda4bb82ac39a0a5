/* SPDX-License-Identifier: Apache-2.0 */
/* Where persons live by the addresses that survived, and which sources speak about whom. */
#include "base/core/share.h"
#include "base/text/fold.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_private.h"

/* What an address says; of a block's distinct addresses each is asked once. */
struct told {
    bool folded, matched;
    uint64_t place;
    int32_t street, community;
};
enum live { LIVES, REGISTERED, LIVE_COUNT };
static const enum kept live_kept[LIVE_COUNT] = {KEPT_ADDRESS, KEPT_HUKOU_ADDRESS};
static const enum person_role live_role[LIVE_COUNT] = {ROLE_ADDRESS, ROLE_HUKOU_ADDRESS};

/* Some blocks of one input. A record is one person's, and of a person one record's address survived: slices never write to the same place. */
struct slice {
    struct link *l;
    uint32_t input, part, parts;
    int column[LIVE_COUNT];        /* -1: no address of this kind survived from here */
    enum status status;
    struct err err;
    struct row_reader rows;
    struct part links;
    int32_t *person;
    struct told *told[LIVE_COUNT]; /* by number of the block's dictionary; one for both when they are one column */
    struct strbuf scratch;
};

static struct told *told_at(const struct slice *s, enum live what, size_t i)
{
    return &s->told[what][s->rows.columns[s->column[what]].text.codes[i]];
}

static struct told *match_area(const struct slice *s, enum live what, size_t i)
{
    struct told *t = told_at(s, what, i);
    if (!t->matched) {
        struct area_match m;
        areas_match(s->l->areas, row_text(&s->rows, s->column[what], i), &m);
        t->street = m.street, t->community = m.community, t->matched = true;
    }
    return t;
}

static void live_there(struct slice *s, uint32_t p, size_t i)
{
    struct link *l = s->l;
    struct told *t = told_at(s, LIVES, i);
    if (!t->folded) {
        strbuf_clear(&s->scratch);
        fold_key(row_text(&s->rows, s->column[LIVES], i), &s->scratch);
        t->place = s->scratch.n >= 6 ? hash64_str(strbuf_str(&s->scratch)) : 0; /* a bare place name is no address */
        t->folded = true;
    }
    if (l->place) {
        l->place[p] = t->place;
    }
    if (l->area_basis[p] != AREA_FROM_NOWHERE) {
        return;
    }
    t = match_area(s, LIVES, i);
    if (t->street != AREA_NONE) {
        l->street[p] = t->street;
        l->community[p] = t->community;
        l->area_basis[p] = AREA_FROM_ADDRESS;
        l->field[KEPT_AREA][p] = l->field[KEPT_ADDRESS][p];
    }
}

static void registered_there(struct slice *s, uint32_t p, size_t i)
{
    const struct told *t = match_area(s, REGISTERED, i);
    s->l->hukou_street[p] = t->street;
    s->l->hukou_community[p] = t->community;
}

static bool survived_here(const struct slice *s, enum live what, uint32_t p, size_t i)
{
    return s->column[what] >= 0 && s->rows.columns[s->column[what]].there &&
           link_kept(s->l, live_kept[what], p) == link_record(s->l, s->input, s->rows.start + i);
}

static enum status slice_block(struct slice *s, size_t block, struct err *err)
{
    TRY(row_reader_block(&s->rows, block, err));
    TRY(link_part_rows(&s->links, s->rows.start, s->rows.rows, s->person, err));
    for (int k = 0; k < LIVE_COUNT; k++) {
        if (s->column[k] >= 0 && s->told[k]) {
            memset(s->told[k], 0, sizeof(*s->told[k]) * s->rows.columns[s->column[k]].text.n_dict);
        }
    }
    for (size_t i = 0; i < s->rows.rows; i++) {
        int32_t p = s->person[i];
        if (p >= 0 && survived_here(s, LIVES, (uint32_t)p, i)) {
            live_there(s, (uint32_t)p, i);
        }
        if (p >= 0 && survived_here(s, REGISTERED, (uint32_t)p, i)) {
            registered_there(s, (uint32_t)p, i);
        }
    }
    return ST_OK;
}

static enum status slice_blocks(struct slice *s, struct err *err)
{
    const struct night_input *in = &s->l->night->inputs[s->input];
    TRY(link_part_open(&s->links, s->l, s->input, err));
    TRY(row_reader_open(&s->rows, in->segment, &s->l->sources->v[in->source], err));
    row_reader_without_hashes(&s->rows);
    row_reader_want(&s->rows, s->column[LIVES]);
    row_reader_want(&s->rows, s->column[REGISTERED]);
    size_t n = seg_blocks(s->rows.seg);
    for (size_t b = n * s->part / s->parts; b < n * (s->part + 1) / s->parts; b++) {
        TRY(slice_block(s, b, err));
    }
    return ST_OK;
}

static void read_slice(void *ctx, unsigned item)
{
    struct slice *s = &((struct slice *)ctx)[item];
    bool one = s->column[LIVES] == s->column[REGISTERED];
    s->person = xmalloc(SEG_BLOCK_ROWS * sizeof(*s->person));
    s->told[LIVES] = xcalloc(SEG_BLOCK_ROWS, sizeof(struct told));
    s->told[REGISTERED] = one ? s->told[LIVES] : xcalloc(SEG_BLOCK_ROWS, sizeof(struct told));
    s->status = slice_blocks(s, &s->err);
    free(s->person);
    free(one ? NULL : s->told[REGISTERED]);
    free(s->told[LIVES]);
    strbuf_release(&s->scratch);
    link_part_close(&s->links);
    row_reader_close(&s->rows);
}

typedef VEC(struct slice) slice_list;
enum { SLICE_ROWS = 8 * SEG_BLOCK_ROWS };

/* Inputs an address survived from, in slices. */
static void cut_slices(struct link *l, slice_list *out)
{
    bool *from[LIVE_COUNT];
    for (int k = 0; k < LIVE_COUNT; k++) {
        from[k] = xcalloc(l->night->n_inputs + 1, sizeof(bool));
        for (uint32_t p = 0; p < l->n && l->field[live_kept[k]]; p++) {
            record_no r = l->field[live_kept[k]][p];
            if (r != NO_RECORD) {
                from[k][link_record_input(l, r)] = true;
            }
        }
    }
    for (uint32_t i = 0; i < l->night->n_inputs; i++) {
        const struct night_input *in = &l->night->inputs[i];
        struct slice s = {.l = l, .input = i, .parts = (uint32_t)((in->rows + SLICE_ROWS - 1) / SLICE_ROWS)};
        for (int k = 0; k < LIVE_COUNT; k++) {
            s.column[k] = from[k][i] ? l->sources->v[in->source].person[live_role[k]].column : -1;
        }
        for (s.part = 0; s.part < s.parts && (s.column[LIVES] >= 0 || s.column[REGISTERED] >= 0); s.part++) {
            vec_push(out, s);
        }
    }
    for (int k = 0; k < LIVE_COUNT; k++) {
        free(from[k]);
    }
}

enum status link_find_places(struct link *l, struct err *err)
{
    slice_list slices = {0};
    cut_slices(l, &slices);
    share_out((unsigned)slices.n, share_threads(), read_slice, slices.v);
    enum status st = ST_OK;
    for (size_t i = 0; i < slices.n && st == ST_OK; i++) {
        st = slices.v[i].status;
        *err = st == ST_OK ? *err : slices.v[i].err;
    }
    vec_release(&slices);
    for (uint32_t p = 0; p < l->n; p++) {
        if (l->hukou_street[p] != AREA_NONE && l->area_basis[p] != AREA_FROM_NOWHERE && l->street[p] != l->hukou_street[p]) {
            l->flags[p] |= PF_AWAY;
        }
    }
    return st;
}

/* --- covers ------------------------------------------------------------------------------------------------------------ */

typedef VEC(int32_t) area_list;
struct cover {
    bool fresh;
    bool by_area;       /* all scopes in force are areas below the district: only their people are covered */
    bool mapped;
    area_list areas;    /* whose deliveries are not late */
    area_list late;     /* whose are: their people are nobody's to speak about, though the district's delivery be fresh */
    uint64_t kin;       /* sources that cover the same kind of area: being in one of them shows a person is of it */
};

static void read_scopes(const struct link *l, struct cover *covers)
{
    for (size_t i = 0; i < l->night->n_inputs; i++) {
        const struct night_input *in = &l->night->inputs[i];
        struct str scope = str_of(in->scope);
        struct cover *c = &covers[in->source];
        int32_t a = scope.n ? areas_by_code(l->areas, scope) : AREA_NONE;
        a = a == AREA_NONE && scope.n ? areas_by_name(l->areas, scope, AREA_STREET, AREA_NONE) : a;
        if (a == AREA_NONE || l->areas->areas.v[a].kind == AREA_DISTRICT) {
            c->by_area = false;
        } else {
            area_list *list = in->late ? &c->late : &c->areas; /* a town that stopped sending says nothing of its people */
            c->mapped = true;
            if (list->n == 0 || list->v[list->n - 1] != a) {
                vec_push(list, a);
            }
        }
    }
}

static bool lives_in(const struct link *l, const area_list *areas, uint32_t p)
{
    int32_t at = l->community[p] != AREA_NONE ? l->community[p] : l->street[p];
    for (size_t k = 0; k < areas->n && at != AREA_NONE; k++) {
        if (areas_within(l->areas, at, areas->v[k])) {
            return true;
        }
    }
    return false;
}

/* Does source s speak about person p: no row there means absent. */
static bool covered(const struct link *l, const struct cover *c, size_t s, uint32_t p)
{
    const struct source_cover *sc = &l->sources->v[s].cover;
    if (!c->fresh || sc->area == COVER_NONE) {
        return false;
    }
    bool of_area = (l->seen[p] & c->kin) != 0 || (sc->area == COVER_HUKOU && l->hukou_street[p] != AREA_NONE) ||
                   (sc->area == COVER_RESIDENCE && l->street[p] != AREA_NONE);
    bool sent = c->by_area ? lives_in(l, &c->areas, p) : !lives_in(l, &c->late, p) || lives_in(l, &c->areas, p);
    if (!of_area || !sent) {
        return false;
    }
    if (sc->age_from <= 0 && sc->age_to >= 200) {
        return true;
    }
    int age = l->birth[p] == DAY_MISSING ? -1 : age_at(l->birth[p], l->night->as_of);
    return age >= sc->age_from && age <= sc->age_to;
}

/* Without a number of their own somebody cannot be looked up: only the sources that hold a record of them say anything, the others' silence does not. */
static bool can_be_looked_up(const struct link *l, uint32_t p)
{
    enum ident_kind kind = ident_kind(l->anchor[p]);
    return kind != IDENT_RECORD && kind != IDENT_APART;
}

void link_find_covers(struct link *l)
{
    size_t n = MIN(l->sources->n, 64);
    struct cover *covers = xcalloc(l->sources->n + 1, sizeof(*covers));
    for (size_t s = 0; s < l->sources->n; s++) {
        covers[s].fresh = l->night->sources[s].state == SOURCE_FRESH;
        covers[s].by_area = true;
    }
    read_scopes(l, covers);
    for (size_t s = 0; s < n; s++) {
        covers[s].by_area = covers[s].by_area && covers[s].mapped;
        for (size_t t = 0; t < n; t++) {
            bool same = l->sources->v[t].cover.area == l->sources->v[s].cover.area && l->sources->v[t].registers_persons;
            covers[s].kin |= same ? (uint64_t)1 << t : 0;
        }
        covers[s].kin |= (uint64_t)1 << s;
    }
    for (uint32_t p = 0; p < l->n; p++) {
        l->covers[p] = 0;
        for (size_t s = 0; s < n; s++) {
            l->covers[p] |= covered(l, &covers[s], s, p) ? (uint64_t)1 << s : 0;
        }
        l->covers[p] &= can_be_looked_up(l, p) ? UINT64_MAX : l->seen[p];
    }
    for (size_t s = 0; s < l->sources->n; s++) {
        vec_release(&covers[s].areas);
        vec_release(&covers[s].late);
    }
    free(covers);
}
