/* SPDX-License-Identifier: Apache-2.0 */
/* Where persons live by the addresses that survived, and which sources speak about whom. */
#include "base/text/fold.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_private.h"

typedef void address_fn(struct link *l, uint32_t person, struct str address, struct strbuf *scratch);

/* Calls fn with the surviving address of every person, in the order of inputs and rows. */
static enum status each_address(struct link *l, uint32_t input, enum kept field, enum person_role role, address_fn *fn, struct err *err)
{
    const struct night_input *in = &l->night->inputs[input];
    int column = l->sources->v[in->source].person[role].column;
    if (column < 0) {
        return ST_OK;
    }
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    AUTO_STRBUF scratch = STRBUF_INIT;
    int32_t *person = arena_array(&a, int32_t, SEG_BLOCK_ROWS);
    TRY(link_part_open(&part, l, input, err));
    TRY(row_reader_open(&r, in->segment, &l->sources->v[in->source], err));
    row_reader_want(&r, column);
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(link_part_rows(&part, r.start, r.rows, person, err));
        for (size_t i = 0; i < r.rows; i++) {
            int32_t p = person[i];
            struct where here = {input, (uint32_t)(r.start + i)};
            if (p >= 0 && l->field[field][p].input == here.input && l->field[field][p].row == here.row) {
                fn(l, (uint32_t)p, row_text(&r, column, i), &scratch);
            }
        }
    }
}

static void live_there(struct link *l, uint32_t p, struct str address, struct strbuf *scratch)
{
    strbuf_clear(scratch);
    fold_key(address, scratch);
    l->place[p] = scratch->n >= 6 ? hash64_str(strbuf_str(scratch)) : 0; /* a bare place name is no address */
    if (l->area_basis[p] != AREA_FROM_NOWHERE) {
        return;
    }
    struct area_match m;
    areas_match(l->areas, address, &m);
    if (m.street != AREA_NONE) {
        l->street[p] = m.street;
        l->community[p] = m.community;
        l->area_basis[p] = AREA_FROM_ADDRESS;
        l->field[KEPT_AREA][p] = l->field[KEPT_ADDRESS][p];
    }
}

static void registered_there(struct link *l, uint32_t p, struct str address, struct strbuf *scratch)
{
    (void)scratch;
    struct area_match m;
    areas_match(l->areas, address, &m);
    l->hukou_street[p] = m.street;
    l->hukou_community[p] = m.community;
    if (m.street != AREA_NONE && l->area_basis[p] != AREA_FROM_NOWHERE && l->street[p] != m.street) {
        l->flags[p] |= PF_AWAY;
    }
}

enum status link_find_places(struct link *l, struct err *err)
{
    for (uint32_t i = 0; i < l->night->n_inputs; i++) {
        TRY(each_address(l, i, KEPT_ADDRESS, ROLE_ADDRESS, live_there, err));
    }
    for (uint32_t i = 0; i < l->night->n_inputs; i++) {
        TRY(each_address(l, i, KEPT_HUKOU_ADDRESS, ROLE_HUKOU_ADDRESS, registered_there, err));
    }
    return ST_OK;
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
