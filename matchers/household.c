/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/household.h"

#include "base/core/map.h"
#include "base/core/vec.h"
#include "matchers/identifier.h"

#define RANK_ADDRESS UNIT_RANKS
#define RANK_ALONE   (UNIT_RANKS + 1)

/* Living members of every unit; the ones over the limit are struck out. */
static uint32_t *count_units(const struct household_input *in, int rank)
{
    uint32_t *count = xcalloc(in->n_units[rank] + 1u, sizeof(*count));
    for (uint32_t i = 0; i < in->n; i++) {
        if (in->unit[rank] && in->unit[rank][i] != NO_UNIT && in->living[i]) {
            count[in->unit[rank][i]]++;
        }
    }
    return count;
}

/* --- taking in -------------------------------------------------------------------------------------------------------- */

struct tie { /* a living protected person ties a 户籍户 to a 保障户 */
    uint32_t from, to;
    uint64_t to_id;
};

static int tie_cmp(const void *x, const void *y)
{
    const struct tie *a = x, *b = y;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->to_id < b->to_id ? -1 : a->to_id > b->to_id;
}

/* For every 户籍户 the 保障户 that takes in the rest of it: the one with most members there, ties to the smaller id. */
static uint32_t *find_takers(const struct household_input *in, uint32_t *const count[UNIT_RANKS])
{
    uint32_t *taker = xmalloc((in->n_units[in->take_from] + 1u) * sizeof(*taker));
    VEC(struct tie) ties = {0};
    for (uint32_t u = 0; u < in->n_units[in->take_from]; u++) {
        taker[u] = NO_UNIT;
    }
    for (uint32_t i = 0; i < in->n; i++) {
        uint32_t from = in->unit[in->take_from][i], to = in->unit[in->take_to][i];
        bool fits = from != NO_UNIT && to != NO_UNIT && in->living[i] && count[in->take_from][from] <= in->unit_limit &&
                    count[in->take_to][to] <= in->unit_limit;
        if (fits) {
            vec_push(&ties, (struct tie){from, to, in->unit_id[in->take_to][to]});
        }
    }
    vec_sort(&ties, tie_cmp);
    for (size_t i = 0; i < ties.n;) {
        size_t best = 0;
        uint32_t from = ties.v[i].from;
        while (i < ties.n && ties.v[i].from == from) {
            size_t run = i;
            while (run < ties.n && ties.v[run].from == from && ties.v[run].to == ties.v[i].to) {
                run++;
            }
            if (run - i > best) {
                best = run - i;
                taker[from] = ties.v[i].to;
            }
            i = run;
        }
    }
    vec_release(&ties);
    return taker;
}

/* A 保障户 of one living member lives with the one that takes in the rest of that member's 户籍户: 单人保 never splits a family. The others stay themselves.
   There are no chains: a taker has most members of the book, and of one that lives alone in it the book's taker is the same. */
static uint32_t *find_joins(const struct household_input *in, const uint32_t *count, const uint32_t *taker)
{
    uint32_t n = in->n_units[in->take_to], *joins = xmalloc((n + 1u) * sizeof(*joins));
    for (uint32_t u = 0; u < n; u++) {
        joins[u] = u;
    }
    for (uint32_t i = 0; i < in->n; i++) {
        uint32_t book = in->unit[in->take_from][i], unit = in->unit[in->take_to][i];
        if (book != NO_UNIT && unit != NO_UNIT && in->living[i] && count[unit] == 1 && taker[book] != NO_UNIT) {
            joins[unit] = taker[book];
        }
    }
    return joins;
}

/* --- forming ---------------------------------------------------------------------------------------------------------- */

struct address {
    uint32_t all, loose; /* living persons there, and of them those without a unit */
    uint32_t household;
};

struct forming {
    const struct household_input *in;
    struct household_output *out;
    uint32_t *count[UNIT_RANKS]; /* living members of each unit */
    uint32_t *taker;             /* 保障户 of each 户籍户, NO_UNIT; NULL: nobody is taken in */
    uint32_t *joins;             /* 保障户 -> the one whose household it lives in; NULL with taker */
    uint32_t *number[UNIT_RANKS]; /* household of each unit, NO_HOUSEHOLD */
    struct map64 place_at;       /* address -> places */
    VEC(struct address) places;
    size_t cap;
};

static uint32_t new_household(struct forming *f, uint64_t natural, unsigned rank)
{
    struct household_output *o = f->out;
    if (o->n_households == f->cap) {
        size_t ranks = f->cap;
        o->natural = xgrow(o->natural, &f->cap, (size_t)o->n_households + 1, sizeof(*o->natural));
        o->rank = xgrow(o->rank, &ranks, f->cap, sizeof(*o->rank));
    }
    o->natural[o->n_households] = natural;
    o->rank[o->n_households] = (uint8_t)rank;
    return o->n_households++;
}

static uint32_t unit_household(struct forming *f, int rank, uint32_t unit)
{
    uint32_t *slot = &f->number[rank][unit];
    if (*slot == NO_HOUSEHOLD) {
        *slot = new_household(f, f->in->unit_id[rank][unit], (unsigned)rank);
    }
    return *slot;
}

static bool has_unit(const struct forming *f, int rank, uint32_t i)
{
    return f->in->unit[rank] && f->in->unit[rank][i] != NO_UNIT && f->count[rank][f->in->unit[rank][i]] <= f->in->unit_limit;
}

/* Nobody of the person's 保障户 lives there any more, and there is a 户籍户 to go by: the dead and the former stay with their family. */
static bool outlived(const struct forming *f, uint32_t i)
{
    return f->taker && has_unit(f, f->in->take_to, i) && f->count[f->in->take_to][f->in->unit[f->in->take_to][i]] == 0 && has_unit(f, f->in->take_from, i);
}

/* Rank of the unit a person lives in, UNIT_RANKS when there is none. */
static int basis_of(const struct forming *f, uint32_t i)
{
    for (int r = 0; r < UNIT_RANKS; r++) {
        if (has_unit(f, r, i) && !(r == f->in->take_to && outlived(f, i))) {
            return r;
        }
    }
    return UNIT_RANKS;
}

/* The 保障户 a person lives with by the policy of taking in, NO_UNIT when it says nothing. */
static uint32_t protected_home(const struct forming *f, uint32_t i, int rank)
{
    if (!f->taker || rank < f->in->take_to) {
        return NO_UNIT;
    }
    uint32_t book = f->in->unit[f->in->take_from][i];
    return rank == f->in->take_to ? f->joins[f->in->unit[rank][i]] : book == NO_UNIT ? NO_UNIT : f->taker[book];
}

static void count_places(struct forming *f)
{
    for (uint32_t i = 0; i < f->in->n; i++) {
        uint64_t at = f->in->place[i];
        if (at == 0 || !f->in->living[i]) {
            continue;
        }
        uint32_t next = (uint32_t)f->places.n, k = map64_get_or_put(&f->place_at, at, next);
        if (k == next) {
            vec_push(&f->places, (struct address){0, 0, NO_HOUSEHOLD});
        }
        f->places.v[k].all++;
        f->places.v[k].loose += basis_of(f, i) == UNIT_RANKS;
    }
}

/* The place a person without a unit shares with a few others; NULL when there is none. */
static struct address *shared_place(const struct forming *f, uint32_t i)
{
    uint32_t k = f->in->place && f->in->place[i] && f->in->living[i] ? map64_get(&f->place_at, f->in->place[i]) : MAP_NONE;
    bool forms = k != MAP_NONE && f->places.v[k].loose >= 2 && f->places.v[k].all <= f->in->address_limit;
    return forms ? &f->places.v[k] : NULL;
}

static void place_person(struct forming *f, uint32_t i)
{
    const struct household_input *in = f->in;
    int rank = basis_of(f, i);
    uint32_t home = protected_home(f, i, rank);
    struct address *place = home == NO_UNIT && rank == UNIT_RANKS ? shared_place(f, i) : NULL;
    if (home != NO_UNIT) {
        f->out->household[i] = unit_household(f, in->take_to, home);
        f->out->how[i] = rank == in->take_to || outlived(f, i) ? HOW_UNIT : HOW_TAKEN_IN;
    } else if (rank < UNIT_RANKS) {
        f->out->household[i] = unit_household(f, rank, in->unit[rank][i]);
        f->out->how[i] = HOW_UNIT;
    } else if (place) {
        if (place->household == NO_HOUSEHOLD) {
            place->household = new_household(f, ident_anchor(IDENT_PLACE, hash_mix(in->place[i])), RANK_ADDRESS);
        }
        f->out->household[i] = place->household;
        f->out->how[i] = HOW_ADDRESS;
    } else {
        f->out->household[i] = new_household(f, ident_anchor(IDENT_ALONE, hash_mix(in->anchor[i])), RANK_ALONE);
        f->out->how[i] = HOW_ALONE;
    }
}

void households_form(const struct household_input *in, struct household_output *out)
{
    struct forming f = {.in = in, .out = out};
    *out = (struct household_output){.household = xmalloc((in->n + 1u) * sizeof(uint32_t)), .how = xmalloc(in->n + 1u)};
    for (int r = 0; r < UNIT_RANKS; r++) {
        f.count[r] = count_units(in, r);
        f.number[r] = xmalloc((in->n_units[r] + 1u) * sizeof(uint32_t));
        memset(f.number[r], 0xFF, (in->n_units[r] + 1u) * sizeof(uint32_t));
    }
    if (in->take_to >= 0 && in->take_from >= 0 && in->unit[in->take_to] && in->unit[in->take_from]) {
        f.taker = find_takers(in, f.count);
        f.joins = find_joins(in, f.count[in->take_to], f.taker);
    }
    if (in->place) {
        count_places(&f);
    }
    for (uint32_t i = 0; i < in->n; i++) {
        place_person(&f, i);
    }
    for (int r = 0; r < UNIT_RANKS; r++) {
        free(f.count[r]);
        free(f.number[r]);
    }
    free(f.taker);
    free(f.joins);
    map64_release(&f.place_at);
    vec_release(&f.places);
}

void household_output_release(struct household_output *o)
{
    free(o->household);
    free(o->how);
    free(o->natural);
    free(o->rank);
    *o = (struct household_output){.n_households = 0};
}
