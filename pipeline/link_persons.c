/* SPDX-License-Identifier: Apache-2.0 */
/* Pass A: who there is. One person per usable identifier and name group, one per register record without a usable identifier. */
#include "base/text/fold.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_private.h"

static void grow(struct link *l)
{
    size_t cap = l->cap ? l->cap * 2 : 1024;
    l->anchor = xrealloc(l->anchor, cap * sizeof(*l->anchor));
    l->older = l->older ? xrealloc(l->older, cap * sizeof(*l->older)) : NULL;
    l->record = xrealloc(l->record, cap * sizeof(*l->record));
    l->seen = xrealloc(l->seen, cap * sizeof(*l->seen));
    l->name_at = xrealloc(l->name_at, cap * sizeof(*l->name_at));
    l->sibling = xrealloc(l->sibling, cap * sizeof(*l->sibling));
    l->first_source = xrealloc(l->first_source, cap);
    l->flags = xrealloc(l->flags, cap);
    l->cap = cap;
}

uint32_t link_add_person(struct link *l, uint64_t anchor)
{
    if (l->n == l->cap) {
        grow(l);
    }
    uint32_t p = l->n++;
    l->anchor[p] = anchor;
    l->record[p] = 0;
    if (l->older) {
        l->older[p] = 0;
    }
    l->seen[p] = 0;
    l->name_at[p] = 0;
    l->sibling[p] = NO_PERSON;
    l->first_source[p] = UINT8_MAX;
    l->flags[p] = 0;
    return p;
}

struct str link_name(const struct link *l, uint32_t p)
{
    const char *at = l->names.p + l->name_at[p];
    return l->name_at[p] ? str_n(at + 1, (unsigned char)at[0]) : (struct str){NULL, 0};
}

/* Names longer than a length byte are compared by their head; no name of a person is. */
void link_keep_name(struct link *l, uint32_t p, struct str name)
{
    size_t n = MIN(name.n, 255);
    if (l->names.n == 0) {
        strbuf_addc(&l->names, 0); /* offset 0 means no name */
    }
    BUG_ON(l->names.n + n + 1 > UINT32_MAX);
    l->name_at[p] = (uint32_t)l->names.n;
    strbuf_addc(&l->names, (char)n);
    strbuf_add(&l->names, name.p, n);
}

void link_row_ids(const struct link *l, size_t source, uint32_t input, struct row_ids *out)
{
    const struct source *s = &l->sources->v[source];
    *out = (struct row_ids){.input = input,
                            .source = source,
                            .id = s->person[ROLE_ID].column,
                            .name = s->person[ROLE_NAME].column,
                            .registers = s->registers_persons,
                            .salt = hash64_str(s->id)};
}

/* Source and record key; rows without a key go by their content. Scope and file play no part, so that it is the same person tomorrow. */
uint64_t link_record_hash(uint64_t salt, uint64_t key, uint64_t content)
{
    return hash_mix(salt ^ hash_mix(key ? key : hash_mix(content)));
}

static uint64_t record_hash(const struct row_ids *ids, const struct row_reader *r, size_t i)
{
    return link_record_hash(ids->salt, r->key[i], r->content[i]);
}

uint64_t link_record_anchor(const struct row_ids *ids, const struct row_reader *r, size_t i)
{
    return ident_anchor(IDENT_RECORD, record_hash(ids, r, i));
}

/* Of the name groups of one id the one this name goes with best: equal, then variants, then what merely does not contradict. The holder comes first. */
static uint32_t pick_group(const struct link *l, uint32_t first, struct str name, enum name_verdict *out_name)
{
    static const int quality[] = {[NAME_SAME] = 4, [NAME_VARIANT] = 3, [NAME_PARTIAL] = 2, [NAME_UNKNOWN] = 1, [NAME_CONTRADICTS] = 0};
    uint32_t best = NO_PERSON;
    int best_quality = 0;
    *out_name = NAME_CONTRADICTS;
    for (uint32_t p = first; p != NO_PERSON; p = l->sibling[p]) {
        struct str own = link_name(l, p);
        enum name_verdict v = str_eq(own, name) ? NAME_SAME : own.n == 0 || name.n == 0 ? NAME_UNKNOWN : name_agrees(own, name);
        if (quality[v] > best_quality) {
            best_quality = quality[v];
            best = p;
            *out_name = v;
        }
        if (v == NAME_SAME) {
            return p;
        }
    }
    return best;
}

static uint32_t find_or_add(struct link *l, uint64_t record)
{
    uint64_t anchor = ident_anchor(IDENT_RECORD, record);
    uint32_t p = map64_get(&l->by_id, anchor);
    if (p == MAP_NONE) {
        p = link_add_person(l, anchor);
        map64_put(&l->by_id, anchor, p);
    }
    return p;
}

static void note_group(struct link *l, const struct row_ids *ids, uint32_t p, struct str name, uint64_t record)
{
    if (l->first_source[p] == UINT8_MAX) {
        l->first_source[p] = (uint8_t)MIN(ids->source, UINT8_MAX - 1);
        l->record[p] = record;
    } else if (l->first_source[p] == ids->source) {
        l->record[p] = MIN(l->record[p], record);
    }
    if (l->name_at[p] == 0 && name.n) {
        link_keep_name(l, p, name);
    }
    l->seen[p] |= (uint64_t)1 << MIN(ids->source, 63);
}

/* A register row: its person, made when new. */
static void register_row(struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i)
{
    uint64_t id = people_current_id(l->people, row_id(r, ids->id, i)), record = record_hash(ids, r, i);
    struct str name = row_text(r, ids->name, i);
    if (id == 0) {
        note_group(l, ids, find_or_add(l, record), name, record);
        return;
    }
    uint32_t first = map64_get(&l->by_id, id), p;
    if (first == MAP_NONE) {
        p = link_add_person(l, id);
        map64_put(&l->by_id, id, p);
    } else {
        enum name_verdict verdict;
        p = pick_group(l, first, name, &verdict);
        if (p == NO_PERSON) {
            uint32_t last = first;
            while (l->sibling[last] != NO_PERSON) {
                last = l->sibling[last];
            }
            p = link_add_person(l, id);
            l->sibling[last] = p;
        }
    }
    uint64_t was = ident_key(row_id(r, ids->id, i));
    if (was != id && ident_kind(was) != IDENT_TOKEN) { /* a token names nobody: they have the number behind it */
        l->older = l->older ? l->older : xcalloc(l->cap, sizeof(*l->older));
        l->older[p] = l->older[p] == 0 ? was : MIN(l->older[p], was);
    }
    note_group(l, ids, p, name, record);
}

static enum status read_register(struct link *l, uint32_t input, struct err *err)
{
    const struct night_input *in = &l->night->inputs[input];
    AUTO_ROWS r = {.seg = NULL};
    struct row_ids ids;
    link_row_ids(l, in->source, input, &ids);
    TRY(row_reader_open(&r, in->segment, &l->sources->v[in->source], err));
    row_reader_want(&r, ids.id);
    row_reader_want(&r, ids.name);
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        for (size_t i = 0; i < r.rows; i++) {
            map64_prefetch(&l->by_id, ident_key(row_id(&r, ids.id, MIN(i + 16, r.rows - 1))));
            if (!input_superseded(in, (int64_t)(r.start + i))) {
                register_row(l, &ids, &r, i);
            }
        }
    }
}

/* --- who keeps a contested id ----------------------------------------------------------------------------------------- */

static int identity_rank(const struct link *l, uint32_t p)
{
    size_t k = 0;
    while (k < l->people->n_identity_sources && !(l->seen[p] >> MIN(l->people->identity_sources[k], 63) & 1)) {
        k++;
    }
    return (int)k;
}

/* More sources, then the better source, then the name: nothing that row order could change. */
static bool stronger_claim(const struct link *l, uint32_t a, uint32_t b)
{
    int na = __builtin_popcountll(l->seen[a]), nb = __builtin_popcountll(l->seen[b]);
    if (na != nb) {
        return na > nb;
    }
    int ra = identity_rank(l, a), rb = identity_rank(l, b);
    return ra != rb ? ra < rb : str_cmp(link_name(l, a), link_name(l, b)) < 0;
}

static void settle_id(struct link *l, uint32_t first)
{
    uint64_t id = l->anchor[first];
    uint32_t holder = first;
    for (uint32_t p = first; p != NO_PERSON; p = l->sibling[p]) {
        holder = stronger_claim(l, p, holder) ? p : holder;
    }
    uint32_t rest = NO_PERSON;
    for (uint32_t p = first, next; p != NO_PERSON; p = next) {
        next = l->sibling[p];
        l->flags[p] |= PF_CONTESTED;
        if (p != holder) {
            l->anchor[p] = ident_anchor(IDENT_APART, hash_mix(id ^ hash_mix(l->record[p])));
            l->flags[p] |= PF_MADE_APART;
            if (l->older) {
                l->older[p] = 0;
            }
            l->sibling[p] = rest;
            rest = p;
        }
    }
    l->sibling[holder] = rest;
    map64_put(&l->by_id, id, holder);
}

/* --- what other sources call the holder of a contested id ------------------------------------------------------------------ */

/* First persons of the ids that several name groups claim. */
static void find_contested(const struct link *l, struct map64 *out)
{
    for (uint32_t p = 0; p < l->n; p++) {
        if (l->sibling[p] != NO_PERSON && map64_get(&l->by_id, l->anchor[p]) == p) {
            map64_put(out, l->anchor[p], p);
        }
    }
}

/* Registers voted when they were read; here every other source adds its voice to the name it knows. */
static enum status hear_input(struct link *l, const struct map64 *contested, uint32_t input, struct err *err)
{
    const struct night_input *in = &l->night->inputs[input];
    AUTO_ROWS r = {.seg = NULL};
    struct row_ids ids;
    link_row_ids(l, in->source, input, &ids);
    if (ids.id < 0 || ids.name < 0) {
        return ST_OK;
    }
    TRY(row_reader_open(&r, in->segment, &l->sources->v[in->source], err));
    row_reader_want(&r, ids.id);
    row_reader_want(&r, ids.name);
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        for (size_t i = 0; i < r.rows; i++) {
            uint64_t id = people_current_id(l->people, row_id(&r, ids.id, i));
            uint32_t first = id ? map64_get(contested, id) : MAP_NONE;
            if (first == MAP_NONE || input_superseded(in, (int64_t)(r.start + i))) {
                continue;
            }
            enum name_verdict verdict;
            uint32_t p = pick_group(l, first, row_text(&r, ids.name, i), &verdict);
            if (p != NO_PERSON) {
                l->seen[p] |= (uint64_t)1 << MIN(in->source, 63);
            }
        }
    }
}

static enum status hear_others(struct link *l, struct err *err)
{
    struct map64 contested = {0};
    enum status status = ST_OK;
    find_contested(l, &contested);
    for (uint32_t i = 0; contested.n && i < l->night->n_inputs && status == ST_OK; i++) {
        if (!l->sources->v[l->night->inputs[i].source].registers_persons) {
            status = hear_input(l, &contested, i, err);
        }
    }
    map64_release(&contested);
    return status;
}

enum status link_find_persons(struct link *l, struct err *err)
{
    for (int tokens = 0; tokens < 2; tokens++) { /* identifiers first: tokens stand for them */
        for (uint32_t i = 0; i < l->night->n_inputs; i++) {
            const struct source *s = &l->sources->v[l->night->inputs[i].source];
            if (s->registers_persons && link_source_tokens(s) == (tokens == 1)) {
                TRY(read_register(l, i, err));
            }
        }
        if (!tokens) {
            link_know_tokens(l, 0);
        }
    }
    TRY(hear_others(l, err));
    for (uint32_t p = 0, n = l->n; p < n; p++) {
        bool first = l->sibling[p] != NO_PERSON && !(l->flags[p] & PF_CONTESTED);
        if (first) {
            settle_id(l, p);
        }
    }
    return ST_OK;
}

void link_persons_of_rows(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t from, size_t n, struct row_person *out)
{
    uint64_t id[ROWS_AHEAD], key[ROWS_AHEAD];
    BUG_ON(n > ROWS_AHEAD);
    for (size_t k = 0; k < n; k++) {
        id[k] = people_current_id(l->people, row_id(r, ids->id, from + k));
        key[k] = id[k] || !ids->registers ? id[k] : link_record_anchor(ids, r, from + k);
        map64_prefetch(&l->by_id, key[k]);
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t first = key[k] ? map64_get(&l->by_id, key[k]) : MAP_NONE; /* MAP_NONE is NO_PERSON */
        out[k] = (struct row_person){.person = first, .first = first, .name = NAME_UNKNOWN};
        if (first != NO_PERSON) {
            __builtin_prefetch(&l->name_at[first]);
            __builtin_prefetch(&l->anchor[first]);
        }
    }
    for (size_t k = 0; k < n; k++) {
        if (out[k].first != NO_PERSON) {
            __builtin_prefetch(l->names.p + l->name_at[out[k].first]);
        }
    }
    for (size_t k = 0; k < n; k++) {
        if (id[k] && out[k].first != NO_PERSON) {
            out[k].person = pick_group(l, out[k].first, row_text(r, ids->name, from + k), &out[k].name);
        }
    }
}

uint32_t link_person_of_row(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i, enum name_verdict *out_name)
{
    struct row_person found;
    link_persons_of_rows(l, ids, r, i, 1, &found);
    if (out_name) {
        *out_name = found.name;
    }
    return found.person;
}
