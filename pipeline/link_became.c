/* SPDX-License-Identifier: Apache-2.0 */
/* Records without an identifier that got one: the register's next delivery has, in the same unit and under the same name, one record that went and one that
   came. Their keys differ because the key falls back to the name where the identifier is blank. */
#include "base/store/db.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/link_private.h"

static int by_place(const void *x, const void *y)
{
    const struct sighting *a = x, *b = y;
    if (a->file != b->file) {
        return a->file < b->file ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

static int by_trait(const void *x, const void *y)
{
    const struct sighting *a = x, *b = y;
    if (a->trait != b->trait) {
        return a->trait < b->trait ? -1 : 1;
    }
    return a->anchor < b->anchor ? -1 : a->anchor > b->anchor;
}

/* Name, unit and day of one record in one number; 0 when the record lacks a name or a unit. */
static uint64_t trait_of(struct link *l, size_t source, const struct row_reader *r, size_t i, daynum date)
{
    struct str name = str_trim(row_text(r, l->sources->v[source].person[ROLE_NAME].column, i));
    uint32_t unit = link_unit_of_row(l, source, r, i);
    int rank = link_unit_rank(l, l->sources->v[source].unit.kind);
    return name.n == 0 || unit == NO_UNIT ? 0 : hash_mix(hash64_str(name) ^ hash_mix(l->unit_id[rank].v[unit] ^ hash_mix((uint64_t)date)));
}

static enum status read_file(struct link *l, size_t source, struct sighting *v, size_t n, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ROWS r = {.seg = NULL};
    const char *path;
    TRY(link_file_segment(l, source, v[0].file, &a, &path, err));
    if (!path) {
        return ST_OK;
    }
    TRY(row_reader_open(&r, path, &l->sources->v[source], err));
    link_want_units(l, source, &r);
    for (size_t i = 0; i < n; i++) {
        if (v[i].row < 0 || (uint64_t)v[i].row >= seg_rows(r.seg)) {
            continue;
        }
        size_t block = seg_block_of(r.seg, (uint64_t)v[i].row);
        if (r.block != block) {
            TRY(row_reader_block(&r, block, err));
        }
        v[i].trait = trait_of(l, source, &r, (size_t)((uint64_t)v[i].row - r.start), v[i].date);
    }
    return ST_OK;
}

static enum status read_traits(struct link *l, size_t source, sighting_list *list, struct err *err)
{
    vec_sort(list, by_place);
    for (size_t i = 0, n; i < list->n; i += n) {
        n = 1;
        while (i + n < list->n && list->v[i + n].file == list->v[i].file) {
            n++;
        }
        TRY(read_file(l, source, &list->v[i], n, err));
    }
    vec_sort(list, by_trait);
    return ST_OK;
}

/* The only one of its trait at or after *at, which moves on to the next greater trait; NULL when there are several or none. */
static struct sighting *only_one(const sighting_list *list, size_t *at, uint64_t trait)
{
    while (*at < list->n && list->v[*at].trait < trait) {
        (*at)++;
    }
    size_t first = *at;
    while (*at < list->n && list->v[*at].trait == trait) {
        (*at)++;
    }
    return *at == first + 1 ? &list->v[first] : NULL;
}

enum status link_find_became(struct link *l, size_t source, sighting_list *went, sighting_list *came, struct err *err)
{
    if (went->n == 0 || came->n == 0 || l->sources->v[source].unit.kind == UNIT_NONE || link_unit_rank(l, l->sources->v[source].unit.kind) < 0) {
        return ST_OK;
    }
    TRY(read_traits(l, source, went, err));
    TRY(read_traits(l, source, came, err));
    for (size_t i = 0, j = 0; i < went->n;) {
        uint64_t trait = went->v[i].trait;
        struct sighting *old = only_one(went, &i, trait), *now = only_one(came, &j, trait);
        if (old && now && trait) {
            old->person = now->person;
            vec_push(&l->became, (struct became){now->person, old->anchor});
        }
    }
    return ST_OK;
}

static int by_person(const void *x, const void *y)
{
    const struct became *a = x, *b = y;
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    return a->record < b->record ? -1 : a->record > b->record;
}

/* Somebody nobody knew last night takes over the id of the one record they were known by; whoever was known by their identifier stays who they were. */
void link_take_over_records(struct link *l)
{
    vec_sort(&l->became, by_person);
    for (size_t i = 0, n; i < l->became.n; i += n) {
        uint32_t p = l->became.v[i].person;
        bool one = true;
        for (n = 1; i + n < l->became.n && l->became.v[i + n].person == p; n++) {
            one = one && l->became.v[i + n].record == l->became.v[i].record;
        }
        if (one && l->new_tonight && l->new_tonight[p] && (!l->older || l->older[p] == 0)) {
            l->older = l->older ? l->older : xcalloc(l->n + 1u, sizeof(*l->older));
            l->older[p] = l->became.v[i].record;
        }
    }
}
