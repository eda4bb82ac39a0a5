/* SPDX-License-Identifier: Apache-2.0 */
/* Names that last: see household.h and docs/adr/003-household-names.md for why nothing but natural ids and the ledger's exceptions is needed. */
#include "base/core/map.h"
#include "base/core/vec.h"
#include "matchers/household.h"
#include "matchers/identifier.h"

typedef VEC(struct id_alias) alias_list;

static int by_natural(const void *x, const void *y)
{
    const struct id_alias *a = x, *b = y;
    return a->natural < b->natural ? -1 : a->natural > b->natural;
}

/* What a natural id is called: by the ledger's alias or by itself. */
static uint64_t called(const struct id_alias *aliases, size_t n, uint64_t natural)
{
    struct id_alias wanted = {natural, 0};
    const struct id_alias *a = n ? bsearch(&wanted, aliases, n, sizeof(wanted), by_natural) : NULL;
    return a ? a->id : natural;
}

/* A name nobody has: the same for the same natural id and attempt. */
static uint64_t fresh_id(uint64_t natural, unsigned attempt)
{
    return ident_anchor(ident_kind(natural), hash_mix(natural + 0x9E3779B97F4A7C15u * (attempt + 1)));
}

static void give_fresh(struct map64 *used, uint64_t natural, uint32_t who, uint64_t *out_id)
{
    unsigned attempt = 0;
    do {
        *out_id = fresh_id(natural, attempt++);
    } while (map64_get(used, *out_id) != MAP_NONE);
    map64_put(used, *out_id, who);
}

static void propose(alias_list *list, uint64_t natural, uint64_t id)
{
    vec_push(list, (struct id_alias){natural, id});
}

static void hand_over(alias_list *list, struct id_alias **out_new, size_t *out_n)
{
    vec_sort(list, by_natural);
    *out_new = list->v;
    *out_n = list->n;
}

/* --- households --------------------------------------------------------------------------------------------------------- */

struct claim { /* household `h` holds `count` members of the one that was called `id` */
    uint64_t id, natural;
    uint32_t h, count;
    bool own; /* h would be called so anyway */
};

static int claim_group(const void *x, const void *y)
{
    const struct claim *a = x, *b = y;
    if (a->id != b->id) {
        return a->id < b->id ? -1 : 1;
    }
    return a->h < b->h ? -1 : a->h > b->h;
}

static int claim_strength(const void *x, const void *y)
{
    const struct claim *a = x, *b = y;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    if (a->own != b->own) {
        return a->own ? -1 : 1;
    }
    if (a->id != b->id) {
        return a->id < b->id ? -1 : 1;
    }
    return a->natural < b->natural ? -1 : a->natural > b->natural;
}

/* Households whose name is in question: somebody came from another one, or the one it was called after gave somebody away. */
static void mark_contested(const struct household_names *in, const uint64_t *own, uint8_t *contested)
{
    struct map64 given = {0};
    for (uint32_t i = 0; i < in->n; i++) {
        uint64_t before = in->before[i] ? called(in->aliases, in->n_aliases, in->before[i]) : 0;
        if (before && before != own[in->household[i]]) {
            contested[in->household[i]] = 1;
            map64_put(&given, before, 1);
        }
    }
    for (uint32_t h = 0; h < in->n_households && given.n; h++) {
        contested[h] |= map64_get(&given, own[h]) != MAP_NONE;
    }
    map64_release(&given);
}

/* Contested households take old names in order of strength. Names given are noted in `used`. */
static void settle_claims(const struct household_names *in, const uint64_t *own, const uint8_t *contested, uint64_t *out_id, struct map64 *used)
{
    VEC(struct claim) claims = {0};
    for (uint32_t i = 0; i < in->n; i++) {
        uint32_t h = in->household[i];
        if (contested[h] && in->before[i]) {
            uint64_t id = called(in->aliases, in->n_aliases, in->before[i]);
            vec_push(&claims, (struct claim){id, in->natural[h], h, 1, id == own[h]});
        }
    }
    vec_sort(&claims, claim_group);
    size_t n = 0;
    for (size_t i = 0; i < claims.n; i++) {
        if (n && claims.v[n - 1].id == claims.v[i].id && claims.v[n - 1].h == claims.v[i].h) {
            claims.v[n - 1].count++;
        } else {
            claims.v[n++] = claims.v[i];
        }
    }
    claims.n = n;
    vec_sort(&claims, claim_strength);
    for (size_t i = 0; i < claims.n; i++) {
        const struct claim *c = &claims.v[i];
        if (out_id[c->h] == 0 && map64_get(used, c->id) == MAP_NONE) {
            out_id[c->h] = c->id;
            map64_put(used, c->id, c->h);
        }
    }
    vec_release(&claims);
}

/* The others keep their own names; of two that are called alike the one of that very natural id steps back: the alias was earned. */
static void settle_rest(const struct household_names *in, const uint64_t *own, uint64_t *out_id, struct map64 *used)
{
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t h = 0; h < in->n_households; h++) {
            bool aliased = own[h] != in->natural[h];
            if (out_id[h] == 0 && aliased == (pass == 0) && map64_get(used, own[h]) == MAP_NONE) {
                out_id[h] = own[h];
                map64_put(used, own[h], h);
            }
        }
    }
    for (uint32_t h = 0; h < in->n_households; h++) {
        if (out_id[h] == 0) {
            give_fresh(used, in->natural[h], h, &out_id[h]);
        }
    }
}

void households_name(const struct household_names *in, uint64_t *out_id, struct id_alias **out_new, size_t *out_n)
{
    uint64_t *own = xmalloc((in->n_households + 1u) * sizeof(*own));
    uint8_t *contested = xcalloc(in->n_households + 1u, 1);
    struct map64 used = {0};
    alias_list fresh = {0};
    map64_reserve(&used, in->n_households);
    for (uint32_t h = 0; h < in->n_households; h++) {
        own[h] = called(in->aliases, in->n_aliases, in->natural[h]);
        out_id[h] = 0;
    }
    if (in->before) {
        mark_contested(in, own, contested);
        settle_claims(in, own, contested, out_id, &used);
    }
    settle_rest(in, own, out_id, &used);
    for (uint32_t h = 0; h < in->n_households; h++) {
        if (out_id[h] != own[h]) {
            propose(&fresh, in->natural[h], out_id[h]);
        }
    }
    hand_over(&fresh, out_new, out_n);
    free(own);
    free(contested);
    map64_release(&used);
}

/* --- persons ------------------------------------------------------------------------------------------------------------- */

void persons_name(uint32_t n, const uint64_t *anchor, const uint64_t *older, const struct id_alias *aliases, size_t n_aliases, uint64_t *out_id,
                  struct id_alias **out_new, size_t *out_n)
{
    struct map64 used = {0};
    alias_list fresh = {0};
    VEC(uint32_t) exceptions = {0}; /* the few that are not called by their anchor */
    for (uint32_t i = 0; i < n; i++) {
        uint64_t own = called(aliases, n_aliases, anchor[i]);
        out_id[i] = own == anchor[i] && older && older[i] ? called(aliases, n_aliases, older[i]) : own;
        if (out_id[i] != anchor[i]) {
            vec_push(&exceptions, i);
            map64_put(&used, out_id[i], MAP_NONE - 1);
        }
    }
    for (uint32_t i = 0; i < n && exceptions.n; i++) {
        if (out_id[i] == anchor[i] && map64_get(&used, anchor[i]) != MAP_NONE) {
            map64_put(&used, anchor[i], i);
        }
    }
    for (size_t k = 0; k < exceptions.n; k++) {
        uint32_t i = exceptions.v[k], holder = map64_get(&used, out_id[i]);
        if (holder == MAP_NONE - 1) {
            map64_put(&used, out_id[i], i);
        } else if (holder != i && map64_get(&used, anchor[i]) == MAP_NONE) { /* a record that parts from the person it stood under */
            out_id[i] = anchor[i];
            map64_put(&used, anchor[i], i);
        } else if (holder != i) {
            give_fresh(&used, anchor[i], i, &out_id[i]);
        }
    }
    for (size_t k = 0; k < exceptions.n; k++) {
        uint32_t i = exceptions.v[k];
        if (called(aliases, n_aliases, anchor[i]) != out_id[i]) {
            propose(&fresh, anchor[i], out_id[i]);
        }
    }
    vec_release(&exceptions);
    map64_release(&used);
    hand_over(&fresh, out_new, out_n);
}
