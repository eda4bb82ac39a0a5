/* SPDX-License-Identifier: Apache-2.0 */
/* What became of persons and households since last night. Who was known as whom is read from the ledger's aliases (a record joined with a person stands under
   that person's id, one held apart under its own) and from where everybody stood then (link_then.c), never from last night's folder. */
#include "matchers/identifier.h"
#include "pipeline/link_private.h"

static int by_natural(const void *x, const void *y)
{
    const struct id_alias *a = x, *b = y;
    return a->natural < b->natural ? -1 : a->natural > b->natural;
}

static const struct id_alias *alias_of(const struct id_alias *aliases, size_t n, uint64_t natural)
{
    struct id_alias wanted = {natural, 0};
    return n ? bsearch(&wanted, aliases, n, sizeof(wanted), by_natural) : NULL;
}

static uint64_t called(const struct id_alias *aliases, size_t n, uint64_t natural)
{
    const struct id_alias *a = alias_of(aliases, n, natural);
    return a ? a->id : natural;
}

const char *link_change_word(enum entity_change c)
{
    static const char *const words[] = {[ENTITY_MERGED] = "merged", [ENTITY_SPLIT] = "split", [ENTITY_MOVED] = "moved"};
    return words[c];
}

static void note(struct link *l, enum entity_change change, char kind, uint64_t entity, uint64_t from, uint64_t to)
{
    vec_push(&l->events, (struct entity_event){change, kind, entity, from, to});
}

struct joined *link_joined(struct link *l, uint64_t anchor)
{
    size_t lo = 0, hi = l->joined.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        bool before = l->joined.v[mid].anchor < anchor;
        lo = before ? mid + 1 : lo;
        hi = before ? hi : mid;
    }
    return lo < l->joined.n && l->joined.v[lo].anchor == anchor ? &l->joined.v[lo] : NULL;
}

/* --- persons ------------------------------------------------------------------------------------------------------------------ */

static void propose_alias(struct link *l, size_t *cap, uint64_t anchor, uint64_t id)
{
    l->new_persons = xgrow(l->new_persons, cap, l->n_new_persons + 1, sizeof(*l->new_persons));
    l->new_persons[l->n_new_persons++] = (struct id_alias){anchor, id};
}

/* Records that stand under another's id from tonight on. */
static void note_joined(struct link *l, const struct id_alias *aliases, size_t n, size_t *cap)
{
    for (size_t i = 0; i < l->joined.n; i++) {
        const struct joined *j = &l->joined.v[i];
        uint64_t was = called(aliases, n, j->anchor), is = link_id(l, j->person);
        if (was != is) {
            propose_alias(l, cap, j->anchor, is);
            if (j->known) {
                note(l, ENTITY_MERGED, 'P', was, was, is);
            }
        }
    }
}

/* Records that stood under the id of somebody who goes on, and stand alone tonight. */
static void note_parted(struct link *l, const struct id_alias *aliases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t p = map64_get(&l->by_id, aliases[i].natural), other = map64_get(&l->by_id, aliases[i].id);
        bool alone = p != MAP_NONE && l->anchor[p] == aliases[i].natural && link_id(l, p) != aliases[i].id;
        if (alone && other != MAP_NONE && link_id(l, other) == aliases[i].id) {
            note(l, ENTITY_SPLIT, 'P', link_id(l, p), aliases[i].id, link_id(l, p));
        }
    }
}

/* Who is held apart from the holder of their number for the first time was the holder until last night, when they were there. */
static void note_apart(struct link *l, const struct id_alias *aliases, size_t n, size_t *cap)
{
    for (uint32_t holder = 0; holder < l->n; holder++) {
        bool contested = (l->flags[holder] & PF_CONTESTED) && !(l->flags[holder] & PF_MADE_APART);
        for (uint32_t p = contested ? l->sibling[holder] : NO_PERSON; p != NO_PERSON; p = l->sibling[p]) {
            if (!(l->flags[p] & PF_MADE_APART) || alias_of(aliases, n, l->anchor[p])) {
                continue;
            }
            propose_alias(l, cap, l->anchor[p], link_id(l, p));
            if (l->new_tonight && !l->new_tonight[p]) {
                note(l, ENTITY_SPLIT, 'P', link_id(l, p), link_id(l, holder), link_id(l, p));
            }
        }
    }
}

void link_person_moves(struct link *l, const struct id_alias *aliases, size_t n)
{
    size_t cap = l->n_new_persons;
    note_joined(l, aliases, n, &cap);
    note_parted(l, aliases, n);
    note_apart(l, aliases, n, &cap);
    if (l->n_new_persons > 1) {
        qsort(l->new_persons, l->n_new_persons, sizeof(*l->new_persons), by_natural);
    }
}

/* --- households --------------------------------------------------------------------------------------------------------------- */

struct mover { /* a person who stood under another household's id last night */
    uint64_t from, to;
    uint32_t p;
};
typedef VEC(struct mover) mover_list;

static int by_way(const void *x, const void *y)
{
    const struct mover *a = x, *b = y;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    return a->p < b->p ? -1 : a->p > b->p;
}

static size_t same_way(const mover_list *m, size_t first)
{
    size_t n = 1;
    while (first + n < m->n && m->v[first + n].from == m->v[first].from && m->v[first + n].to == m->v[first].to) {
        n++;
    }
    return n;
}

/* Households that people left or came to: bit 1 was one last night, bit 2 is one tonight. */
static void find_movers(const struct link *l, const struct id_alias *aliases, size_t n, mover_list *out, struct map64 *states)
{
    for (uint32_t p = 0; p < l->n; p++) {
        uint64_t from = l->before[p] ? called(aliases, n, l->before[p]) : 0, to = l->home_id[l->homes.household[p]];
        if (from && from != to) {
            vec_push(out, (struct mover){from, to, p});
            map64_put(states, from, 0);
            map64_put(states, to, 0);
        }
    }
    for (uint32_t p = 0; p < l->n && out->n; p++) {
        uint64_t from = l->before[p] ? called(aliases, n, l->before[p]) : 0, to = l->home_id[l->homes.household[p]];
        uint32_t had = from ? map64_get(states, from) : MAP_NONE, has = map64_get(states, to);
        if (had != MAP_NONE) {
            map64_put(states, from, had | 1);
        }
        has = from == to && has != MAP_NONE ? has | 1 : has;
        if (has != MAP_NONE) {
            map64_put(states, to, has | 2);
        }
    }
    vec_sort(out, by_way);
}

/* All who left one household, m[0..n): the largest part of one that is no more goes as a whole, parts that are new households split off, others moved. */
static void note_left(struct link *l, const mover_list *m, size_t first, size_t n, const struct map64 *states)
{
    bool stands = map64_get(states, m->v[first].from) & 2;
    size_t largest = first, most = 0;
    for (size_t i = first, part; i < first + n && !stands; i += part) {
        part = same_way(m, i);
        largest = part > most ? i : largest;
        most = MAX(most, part);
    }
    for (size_t i = first, part; i < first + n; i += part) {
        const struct mover *v = &m->v[i];
        part = same_way(m, i);
        if (!stands && i == largest) {
            note(l, ENTITY_MERGED, 'H', v->from, v->from, v->to);
        } else if (!(map64_get(states, v->to) & 1)) {
            note(l, ENTITY_SPLIT, 'H', v->to, v->from, v->to);
        } else {
            for (size_t k = i; k < i + part; k++) {
                note(l, ENTITY_MOVED, 'P', link_id(l, m->v[k].p), v->from, v->to);
            }
        }
    }
}

static int by_event(const void *x, const void *y)
{
    const struct entity_event *a = x, *b = y;
    if (a->kind != b->kind) {
        return a->kind > b->kind ? -1 : 1; /* persons first */
    }
    if (a->change != b->change) {
        return a->change < b->change ? -1 : 1;
    }
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    return a->entity < b->entity ? -1 : a->entity > b->entity;
}

void link_home_moves(struct link *l, const struct id_alias *aliases, size_t n)
{
    mover_list movers = {0};
    struct map64 states = {0};
    if (l->before) {
        find_movers(l, aliases, n, &movers, &states);
    }
    for (size_t i = 0, left; i < movers.n; i += left) {
        left = 1;
        while (i + left < movers.n && movers.v[i + left].from == movers.v[i].from) {
            left++;
        }
        note_left(l, &movers, i, left, &states);
    }
    vec_sort(&l->events, by_event);
    vec_release(&movers);
    map64_release(&states);
}
