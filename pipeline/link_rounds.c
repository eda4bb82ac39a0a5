/* SPDX-License-Identifier: Apache-2.0 */
/* Households vote. Group linkage in rounds (Fu, Christen and Zhou 2011 on census households; the two stages of hlink): first the rows whose number is sound find
   their persons; these form households by the same rules as in the end (matchers/household.h); then the undecided rows are opened again with what the households
   say; link_merge.c decides, one record of a source to one person. Only the households in question are formed: of the holders of numbers that somebody
   else's rows bear, of the persons such rows may be, and of the units that undecided rows name. Two things are voted:
     - the number a row bears is of somebody who lives with the candidate, though no unit holds them both;
     - most of the sure members of the unit a row names live with the candidate, though the candidate does not stand in that unit. */
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_loose.h"

#define NO_VOTE (NO_HOUSEHOLD - 1)

struct stay { /* a sure person in a unit */
    uint64_t unit;
    uint32_t person;
    int rank;
};

struct council {
    struct link *l;
    const struct loose_table *t;
    candidate_list *list;
    struct map64 persons; /* in question -> 0, then their place in `who` */
    struct map64 units;   /* natural ids in question -> the household most of their members live in, NO_VOTE */
    VEC(struct stay) stays;
    VEC(uint32_t) who;
    struct household_output homes;
};

static bool sure(const struct link *l, uint32_t p)
{
    return ident_key(l->anchor[p]) != 0;
}

/* --- who and what is in question ------------------------------------------------------------------------------------------------------ */

static void ask_about(struct council *c)
{
    const struct link *l = c->l;
    for (size_t i = 0; i < c->list->n; i++) {
        const struct candidate *k = &c->list->v[i];
        const struct said *said = &c->t->v.v[k->loose].said;
        bool of_unit = said->unit && k->unit != SAYS_SAME;
        if (!sure(l, k->person) || (k->id != ID_OF_ANOTHER && !of_unit)) {
            continue;
        }
        uint32_t holder = k->id == ID_OF_ANOTHER ? map64_get(&l->by_id, ident_key(said->id)) : MAP_NONE;
        map64_put(&c->persons, k->person, 0);
        if (holder != MAP_NONE) {
            map64_put(&c->persons, holder, 0);
        }
        if (of_unit) {
            map64_put(&c->units, said->unit, NO_VOTE);
        }
    }
}

/* Passes over the registers with units: first the units of the persons in question, then everybody in the units in question. */
enum stage { UNITS_OF_PERSONS, PERSONS_OF_UNITS };

static enum status read_input(struct council *c, enum stage stage, uint32_t input, int32_t *person, struct err *err)
{
    struct link *l = c->l;
    const struct source *s = &l->sources->v[l->night->inputs[input].source];
    int rank = link_unit_rank(l, s->unit.kind);
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    TRY(link_part_open(&part, l, input, err));
    TRY(row_reader_open(&r, l->night->inputs[input].segment, s, err));
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(&r, s->unit.number[k]);
    }
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(link_part_rows(&part, r.start, r.rows, person, err));
        for (size_t i = 0; i < r.rows; i++) {
            uint32_t p = person[i] >= 0 && sure(l, (uint32_t)person[i]) ? (uint32_t)person[i] : NO_PERSON;
            bool wanted = p != NO_PERSON && (stage == PERSONS_OF_UNITS || map64_get(&c->persons, p) != MAP_NONE);
            uint64_t unit = wanted ? link_natural_unit(s, &r, i) : 0;
            if (unit && stage == UNITS_OF_PERSONS) {
                map64_put(&c->units, unit, NO_VOTE);
            } else if (unit && map64_get(&c->units, unit) != MAP_NONE) {
                vec_push(&c->stays, (struct stay){unit, p, rank});
                map64_put(&c->persons, p, 0);
            }
        }
    }
}

static enum status read_registers(struct council *c, enum stage stage, int32_t *person, struct err *err)
{
    for (uint32_t i = 0; i < c->l->night->n_inputs; i++) {
        const struct source *s = &c->l->sources->v[c->l->night->inputs[i].source];
        if (s->registers_persons && s->unit.kind != UNIT_NONE && link_unit_rank(c->l, s->unit.kind) >= 0) {
            TRY(read_input(c, stage, i, person, err));
        }
    }
    return ST_OK;
}

/* --- their households ------------------------------------------------------------------------------------------------------------------ */

static int by_stay(const void *x, const void *y)
{
    const struct stay *a = x, *b = y;
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

/* Of several units of a rank the least counts, whatever the order of rows. */
static void form(struct council *c)
{
    const struct link *l = c->l;
    struct map64 number[UNIT_RANKS] = {{0}};
    VEC(uint64_t) ids[UNIT_RANKS] = {{0}};
    uint32_t *unit[UNIT_RANKS];
    vec_sort(&c->stays, by_stay);
    for (size_t i = 0; i < c->stays.n; i++) {
        if (i == 0 || c->stays.v[i].person != c->stays.v[i - 1].person) {
            map64_put(&c->persons, c->stays.v[i].person, (uint32_t)c->who.n);
            vec_push(&c->who, c->stays.v[i].person);
        }
    }
    size_t n = c->who.n;
    uint64_t *anchor = xmalloc((n + 1) * sizeof(*anchor));
    uint8_t *living = xmalloc(n + 1);
    memset(living, 1, n + 1);
    for (size_t k = 0; k < n; k++) {
        anchor[k] = l->anchor[c->who.v[k]];
    }
    for (int k = 0; k < UNIT_RANKS; k++) {
        unit[k] = xmalloc((n + 1) * sizeof(**unit));
        memset(unit[k], 0xFF, (n + 1) * sizeof(**unit));
    }
    for (size_t i = c->stays.n; i-- > 0;) {
        const struct stay *s = &c->stays.v[i];
        uint32_t next = (uint32_t)ids[s->rank].n, at = map64_get_or_put(&number[s->rank], s->unit, next);
        if (at == next) {
            vec_push(&ids[s->rank], s->unit);
        }
        unit[s->rank][map64_get(&c->persons, s->person)] = at;
    }
    struct household_input in = {.n = (uint32_t)n, .anchor = anchor, .living = living};
    for (int k = 0; k < UNIT_RANKS; k++) {
        in.unit[k] = unit[k];
        in.unit_id[k] = ids[k].v;
        in.n_units[k] = (uint32_t)ids[k].n;
    }
    link_household_policy(l, &in);
    households_form(&in, &c->homes);
    for (int k = 0; k < UNIT_RANKS; k++) {
        map64_release(&number[k]);
        vec_release(&ids[k]);
        free(unit[k]);
    }
    free(anchor);
    free(living);
}

static uint32_t home_of(const struct council *c, uint32_t p)
{
    uint32_t at = map64_get(&c->persons, p);
    return at < c->who.n && c->who.v[at] == p ? c->homes.household[at] : NO_HOUSEHOLD;
}

/* --- votes ------------------------------------------------------------------------------------------------------------------------------ */

static int by_unit(const void *x, const void *y)
{
    const struct stay *a = x, *b = y; /* `rank` is the household by now */
    if (a->unit != b->unit) {
        return a->unit < b->unit ? -1 : 1;
    }
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* The household of more than half of the sure members of each unit. */
static void count_units(struct council *c)
{
    for (size_t i = 0; i < c->stays.n; i++) {
        c->stays.v[i].rank = (int)home_of(c, c->stays.v[i].person);
    }
    vec_sort(&c->stays, by_unit);
    for (size_t i = 0, all; i < c->stays.n; i += all) {
        uint32_t most = 0, home = NO_HOUSEHOLD;
        const struct stay *s = &c->stays.v[i];
        size_t run = 0;
        for (all = 0; i + all < c->stays.n && s[all].unit == s->unit; all++) {
            run = all && s[all].rank == s[all - 1].rank ? run + 1 : 1;
            home = run > most ? (uint32_t)s[all].rank : home;
            most = MAX(most, (uint32_t)run);
        }
        map64_put(&c->units, s->unit, 2 * most > all ? home : NO_VOTE);
    }
}

static void vote(struct council *c)
{
    for (size_t i = 0; i < c->list->n; i++) {
        struct candidate *k = &c->list->v[i];
        const struct said *said = &c->t->v.v[k->loose].said;
        uint32_t home = sure(c->l, k->person) ? home_of(c, k->person) : NO_HOUSEHOLD;
        if (home == NO_HOUSEHOLD) {
            continue;
        }
        uint32_t holder = k->id == ID_OF_ANOTHER ? map64_get(&c->l->by_id, ident_key(said->id)) : MAP_NONE;
        if (holder != MAP_NONE && home_of(c, holder) == home) {
            k->id = ID_OF_HOUSEMATE;
            k->home = true;
        }
        if (said->unit && k->unit != SAYS_SAME && map64_get(&c->units, said->unit) == home) {
            k->unit = SAYS_SAME;
            k->home = true;
        }
    }
}

enum status link_households_vote(struct link *l, const struct loose_table *t, candidate_list *list, struct err *err)
{
    struct council c = {.l = l, .t = t, .list = list};
    int32_t *person = xmalloc(SEG_BLOCK_ROWS * sizeof(*person));
    enum status status = ST_OK;
    ask_about(&c);
    if (c.persons.n) {
        status = read_registers(&c, UNITS_OF_PERSONS, person, err);
        status = status == ST_OK ? read_registers(&c, PERSONS_OF_UNITS, person, err) : status;
    }
    if (status == ST_OK && c.stays.n) {
        form(&c);
        count_units(&c);
        vote(&c);
    }
    household_output_release(&c.homes);
    map64_release(&c.persons);
    map64_release(&c.units);
    vec_release(&c.stays);
    vec_release(&c.who);
    free(person);
    return status;
}
