/* SPDX-License-Identifier: Apache-2.0 */
/* Deaths that count, households, their heads and areas, and the order in which everything is written. */
#include "base/store/db.h"
#include "pipeline/link_private.h"

/* --- deaths ----------------------------------------------------------------------------------------------------------- */

static void settle_death(struct link *l, struct death *d, uint64_t authoritative)
{
    uint8_t *flags = &l->flags[d->person];
    if (__builtin_popcountll(d->in) >= l->people->death_corroboration) {
        bool earlier = d->sure != DAY_MISSING && (d->day == DAY_MISSING || d->sure < d->day);
        d->day = earlier ? d->sure : d->day;
        *flags |= PF_DEAD;
    } else if (d->in & authoritative) {
        d->day = d->sure;
        *flags |= PF_DEAD;
    } else {
        *flags |= PF_SUSPECT;
    }
    if ((*flags & PF_DEAD) && d->day != DAY_MISSING && d->day > l->night->as_of) {
        *flags = (uint8_t)((*flags & ~PF_DEAD) | PF_SUSPECT); /* a date to come is a mistake or a later delivery's news */
    }
}

/* --- forming ---------------------------------------------------------------------------------------------------------- */

static int rank_of(const struct link *l, enum unit_kind kind)
{
    for (size_t k = 0; k < l->people->n_basis_order; k++) {
        if (l->people->basis_order[k] == kind) {
            return (int)k;
        }
    }
    return -1;
}

/* The units a person counts by: tonight's, or with `then` last night's. Who is still here does not live in the unit they left. */
static uint32_t unit_for(const struct link *l, size_t k, uint32_t p, bool then)
{
    const struct unit_row *u = &l->unit[k][p];
    if (then) {
        return l->unit_then[k][p];
    }
    return u->left && (l->flags[p] & PF_PRESENT) ? NO_UNIT : u->unit;
}

void link_household_policy(const struct link *l, struct household_input *in)
{
    in->take_to = l->people->take_in_hukou ? rank_of(l, UNIT_ASSISTED) : -1;
    in->take_from = in->take_to < 0 ? -1 : rank_of(l, UNIT_HUKOU);
    in->take_to = in->take_from < in->take_to ? -1 : in->take_to;
    in->unit_limit = (uint32_t)l->people->unit_limit;
    in->address_limit = (uint32_t)l->people->address_limit;
}

static void form(struct link *l, bool then, struct household_output *out)
{
    struct household_input in = {.n = l->n, .anchor = l->anchor, .place = l->place};
    uint8_t *living = xmalloc(l->n + 1u);
    uint32_t *unit[UNIT_RANKS] = {NULL};
    for (uint32_t p = 0; p < l->n; p++) {
        living[p] = then ? l->living_then[p] : link_member(l, p) == MEMBER_LIVING;
    }
    for (size_t k = 0; k < UNIT_RANKS && k < l->people->n_basis_order; k++) {
        unit[k] = xmalloc((l->n + 1u) * sizeof(**unit));
        for (uint32_t p = 0; p < l->n; p++) {
            unit[k][p] = unit_for(l, k, p, then);
        }
        in.unit[k] = unit[k];
        in.unit_id[k] = l->unit_id[k].v;
        in.n_units[k] = (uint32_t)l->unit_id[k].n;
    }
    in.living = living;
    link_household_policy(l, &in);
    households_form(&in, out);
    for (size_t k = 0; k < UNIT_RANKS; k++) {
        free(unit[k]);
    }
    free(living);
}

/* --- heads and areas ------------------------------------------------------------------------------------------------------ */

/* Persons of each household: home_first and sorted, in the order of person numbers. */
static void group(struct link *l)
{
    uint32_t n = l->homes.n_households;
    l->home_first = xcalloc(n + 2u, sizeof(*l->home_first));
    l->sorted = xmalloc((l->n + 1u) * sizeof(*l->sorted));
    for (uint32_t p = 0; p < l->n; p++) {
        l->home_first[l->homes.household[p] + 1]++;
    }
    for (uint32_t h = 0; h < n; h++) {
        l->home_first[h + 1] += l->home_first[h];
    }
    uint32_t *at = xmalloc((n + 1u) * sizeof(*at));
    memcpy(at, l->home_first, (n + 1u) * sizeof(*at));
    for (uint32_t p = 0; p < l->n; p++) {
        l->sorted[at[l->homes.household[p]]++] = p;
    }
    free(at);
}

struct order { /* of persons within a household */
    uint32_t p;
    uint8_t member, head, relation;
    int32_t birth;
    uint64_t anchor;
};

static int order_cmp(const void *x, const void *y)
{
    const struct order *a = x, *b = y;
    if (a->member != b->member) {
        return a->member < b->member ? -1 : 1;
    }
    if (a->head != b->head) {
        return a->head ? -1 : 1;
    }
    if (a->relation != b->relation) {
        return a->relation < b->relation ? -1 : 1;
    }
    if (a->birth != b->birth) {
        return a->birth < b->birth ? -1 : 1;
    }
    return a->anchor < b->anchor ? -1 : a->anchor > b->anchor;
}

/* Near kin first. Codes of GB/T 4761 by their tens; words by what they contain. */
static uint8_t relation_order(struct str s)
{
    static const struct {
        const char *word;
        uint8_t order;
    } words[] = {{"孙", 4}, {"媳", 3}, {"婿", 3}, {"祖", 6}, {"父", 5}, {"母", 5}, {"妻", 1}, {"夫", 1}, {"配偶", 1}, {"兄", 7}, {"弟", 7},
                 {"姐", 7}, {"妹", 7}, {"子", 2}, {"女", 2}};
    if (s.n == 2 && is_digit((unsigned char)s.p[0])) {
        static const uint8_t tens[] = {0, 1, 2, 2, 4, 5, 6, 7, 8, 8};
        return tens[s.p[0] - '0'];
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_find(s, str_of(words[i].word)) < s.n) {
            return words[i].order;
        }
    }
    return 8;
}

static void order_home(struct link *l, uint32_t h, const uint8_t *relation)
{
    int rank = link_home_rank(l, h);
    uint32_t first = l->home_first[h], n = l->home_first[h + 1] - first;
    struct order few[16], *v = n > ARRAY_LEN(few) ? xmalloc(n * sizeof(*v)) : few;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t p = l->sorted[first + i];
        const struct unit_row *u = rank < 0 || l->homes.how[p] != HOW_UNIT ? NULL : &l->unit[rank][p];
        v[i] = (struct order){.p = p,
                              .member = (uint8_t)link_member(l, p),
                              .head = u && u->head,
                              .relation = u ? relation[u->relation] : 9,
                              .birth = l->birth[p] == DAY_MISSING ? INT32_MAX : l->birth[p],
                              .anchor = l->anchor[p]};
    }
    qsort(v, n, sizeof(*v), order_cmp);
    for (uint32_t i = 0; i < n; i++) {
        l->sorted[first + i] = v[i].p;
    }
    if (v != few) {
        free(v);
    }
}

/* The household lives where the best known of its members lives, the head's word first; who has no area gets it from there. What nobody knows is taken
   from the address of registration, and says so. */
static void settle_area(struct link *l, uint32_t h)
{
    uint32_t best = NO_PERSON, hukou = NO_PERSON;
    for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
        uint32_t p = l->sorted[i];
        bool knows = l->area_basis[p] != AREA_FROM_NOWHERE;
        best = knows && (best == NO_PERSON || l->area_basis[p] < l->area_basis[best]) ? p : best;
        hukou = hukou == NO_PERSON && l->hukou_street[p] != AREA_NONE ? p : hukou;
    }
    bool known = best != NO_PERSON, marked = !known && hukou != NO_PERSON;
    l->home_street[h] = known ? l->street[best] : marked ? l->hukou_street[hukou] : AREA_NONE;
    l->home_community[h] = known ? l->community[best] : marked ? l->hukou_community[hukou] : AREA_NONE;
    l->home_area_basis[h] = known ? l->area_basis[best] : marked ? AREA_FROM_HUKOU : AREA_FROM_NOWHERE;
    for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
        uint32_t p = l->sorted[i];
        if (l->area_basis[p] == AREA_FROM_NOWHERE && l->home_street[h] != AREA_NONE) {
            l->street[p] = l->home_street[h];
            l->community[p] = l->home_community[h];
            l->area_basis[p] = known ? AREA_FROM_UNIT : AREA_FROM_HUKOU;
            if (l->hukou_street[p] != AREA_NONE && l->hukou_street[p] != l->street[p]) {
                l->flags[p] |= PF_AWAY;
            }
        }
    }
}

struct home_order {
    uint32_t h, street, community;
    uint64_t id;
};

static int home_cmp(const void *x, const void *y)
{
    const struct home_order *a = x, *b = y;
    if (a->street != b->street) {
        return a->street < b->street ? -1 : 1;
    }
    if (a->community != b->community) {
        return a->community < b->community ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

/* Takes the place of an array by household: in the order in which they are written. */
static void *reordered(void *from, size_t size, const struct home_order *v, uint32_t n)
{
    char *to = xmalloc((n + 1u) * size);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(to + i * size, (const char *)from + v[i].h * size, size);
    }
    free(from);
    return to;
}

static void reorder_persons(struct link *l, const struct home_order *v, uint32_t n)
{
    uint32_t *sorted = xmalloc((l->n + 1u) * sizeof(*sorted)), *first = xmalloc((n + 1u) * sizeof(*first)), row = 0;
    l->row = xmalloc((l->n + 1u) * sizeof(*l->row));
    for (uint32_t i = 0; i < n; i++) {
        first[i] = row;
        for (uint32_t k = l->home_first[v[i].h]; k < l->home_first[v[i].h + 1]; k++) {
            uint32_t p = l->sorted[k];
            l->homes.household[p] = i;
            l->row[p] = row;
            sorted[row++] = p;
        }
    }
    first[n] = row;
    free(l->sorted);
    free(l->home_first);
    l->sorted = sorted;
    l->home_first = first;
}

/* Households get the numbers of the rows they are written in. */
static void order_homes(struct link *l)
{
    uint32_t n = l->homes.n_households;
    struct home_order *v = xmalloc((n + 1u) * sizeof(*v));
    for (uint32_t h = 0; h < n; h++) { /* AREA_NONE is the greatest unsigned number: last */
        v[h] = (struct home_order){h, (uint32_t)l->home_street[h], (uint32_t)l->home_community[h], l->home_id[h]};
    }
    qsort(v, n, sizeof(*v), home_cmp);
    reorder_persons(l, v, n);
    l->homes.natural = reordered(l->homes.natural, sizeof(*l->homes.natural), v, n);
    l->homes.rank = reordered(l->homes.rank, sizeof(*l->homes.rank), v, n);
    l->home_id = reordered(l->home_id, sizeof(*l->home_id), v, n);
    l->home_street = reordered(l->home_street, sizeof(*l->home_street), v, n);
    l->home_community = reordered(l->home_community, sizeof(*l->home_community), v, n);
    l->home_area_basis = reordered(l->home_area_basis, sizeof(*l->home_area_basis), v, n);
    free(v);
}

static void make_heads_and_areas(struct link *l)
{
    uint32_t n = l->homes.n_households;
    uint8_t *relation = xmalloc(l->relations.n + 1);
    for (size_t i = 0; i < l->relations.n; i++) {
        relation[i] = relation_order(l->relations.texts[i]);
    }
    l->home_street = xmalloc((n + 1u) * sizeof(*l->home_street));
    l->home_community = xmalloc((n + 1u) * sizeof(*l->home_community));
    l->home_area_basis = xmalloc(n + 1u);
    for (uint32_t h = 0; h < n; h++) {
        order_home(l, h, relation);
        settle_area(l, h);
    }
    free(relation);
}

/* --- names that last -------------------------------------------------------------------------------------------------------- */

static int by_natural(const void *x, const void *y)
{
    const struct id_alias *a = x, *b = y;
    return a->natural < b->natural ? -1 : a->natural > b->natural;
}

static enum status read_aliases(const struct link *l, enum stmt_id which, struct arena *a, struct id_alias **out, size_t *out_n, struct err *err)
{
    VEC(struct id_alias) v = {0};
    bool row = l->night->site->ledger != NULL;
    enum status status = ST_OK;
    if (row) {
        AUTO_STMT s = stmt_use(l->night->site->ledger, which);
        stmt_bind_int(s, ":night", l->night->number);
        while ((status = stmt_step(s, &row, err)) == ST_OK && row) {
            vec_push(&v, (struct id_alias){(uint64_t)stmt_int(s, 0), (uint64_t)stmt_int(s, 1)});
        }
    }
    vec_sort(&v, by_natural);
    *out = arena_array(a, struct id_alias, v.n + 1);
    memcpy(*out, v.n ? v.v : *out, v.n * sizeof(**out));
    *out_n = v.n;
    vec_release(&v);
    return status;
}

enum status link_person_aliases(const struct link *l, struct arena *a, struct id_alias **out, size_t *out_n, struct err *err)
{
    return read_aliases(l, STMT_LIST_PERSON_ALIASES, a, out, out_n, err);
}

static void name_persons(struct link *l, const struct id_alias *aliases, size_t n)
{
    uint64_t *id = xmalloc((l->n + 1u) * sizeof(*id));
    persons_name(l->n, l->anchor, l->older, aliases, n, id, &l->new_persons, &l->n_new_persons);
    for (uint32_t p = 0; p < l->n; p++) {
        if (id[p] != l->anchor[p]) {
            map64_put(&l->id_at, p, (uint32_t)l->ids.n);
            vec_push(&l->ids, id[p]);
        }
    }
    free(id);
}

static enum status name_all(struct link *l, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct id_alias *persons, *homes;
    size_t n_persons, n_homes;
    TRY(link_person_aliases(l, &a, &persons, &n_persons, err));
    TRY(read_aliases(l, STMT_LIST_HOUSEHOLD_ALIASES, &a, &homes, &n_homes, err));
    l->home_id = xmalloc((l->homes.n_households + 1u) * sizeof(*l->home_id));
    name_persons(l, persons, n_persons);
    link_person_moves(l, persons, n_persons);
    struct household_names in = {.n = l->n,
                                 .n_households = l->homes.n_households,
                                 .household = l->homes.household,
                                 .natural = l->homes.natural,
                                 .before = l->before,
                                 .aliases = homes,
                                 .n_aliases = n_homes};
    households_name(&in, l->home_id, &l->new_homes, &l->n_new_homes);
    link_home_moves(l, homes, n_homes);
    return ST_OK;
}

/* Where everybody stood last night: the same forming over the units of then. */
static void form_before(struct link *l)
{
    struct household_output then;
    if (!l->unit_then[0]) {
        return;
    }
    form(l, true, &then);
    l->before = xmalloc((l->n + 1u) * sizeof(*l->before));
    for (uint32_t p = 0; p < l->n; p++) {
        l->before[p] = l->new_tonight[p] ? 0 : then.natural[then.household[p]];
    }
    household_output_release(&then);
}

enum status link_form_homes(struct link *l, struct err *err)
{
    uint64_t authoritative = 0;
    for (size_t k = 0; k < l->people->n_death_authoritative; k++) {
        authoritative |= (uint64_t)1 << MIN(l->people->death_authoritative[k], 63);
    }
    for (size_t i = 0; i < l->deaths.n; i++) {
        settle_death(l, &l->deaths.v[i], authoritative);
    }
    form(l, false, &l->homes);
    form_before(l);
    TRY(name_all(l, err));
    group(l);
    make_heads_and_areas(l);
    order_homes(l);
    return ST_OK;
}
