/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sql/tables.h"

#include <stdio.h>

#include "base/core/file.h"
#include "base/text/mask.h"
#include "matchers/identifier.h"

static bool name_taken(const sql_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++) {
        const char *a = columns->v[i].name, *b = name;
        while (*a && to_lower(*a) == to_lower(*b)) {
            a++, b++;
        }
        if (*a == 0 && *b == 0) {
            return true;
        }
    }
    return false;
}

void sql_column(struct sql_site *q, sql_columns *columns, struct str name, enum vtable_type type)
{
    const char *unique = arena_z(&q->arena, name);
    for (int n = 2; name_taken(columns, unique); n++) {
        unique = arena_printf(&q->arena, STR_FMT "_%d", STR_ARG(name), n);
    }
    vec_push(columns, (struct vtable_column){.name = unique, .type = type});
}

void sql_table(struct sql_site *q, const char *name, const char *also, const sql_columns *columns, uint64_t rows, void *ctx,
               enum status (*load)(void *, size_t, const bool *, struct vtable_block *, struct err *),
               void (*range)(const void *, size_t, size_t, struct vtable_range *))
{
    struct vtable_column *copy = arena_array(&q->arena, struct vtable_column, columns->n);
    BUG_ON(columns->n > VTABLE_MAX_COLUMNS);
    memcpy(copy, columns->v, columns->n * sizeof(*copy));
    vec_push(&q->tables, (struct vtable){name, also, copy, columns->n, rows, ctx, load, range});
}

enum status sql_need_rows(struct sql_site *q, struct err *err)
{
    if (q->person_id) {
        return ST_OK;
    }
    uint32_t persons = population_persons(q->x.pop), homes = population_households(q->x.pop);
    int64_t *id = arena_array(&q->arena, int64_t, persons + 1), *home = arena_array(&q->arena, int64_t, persons + 1);
    q->home_id = arena_array(&q->arena, int64_t, homes + 1);
    TRY(population_person(q->x.pop, P_ID, 0, persons, id, err));
    TRY(population_person(q->x.pop, P_HOUSEHOLD, 0, persons, home, err));
    TRY(population_household(q->x.pop, H_ID, 0, homes, q->home_id, err));
    q->person_home = home;
    q->person_id = id;
    return ST_OK;
}

struct str sql_person_ref(struct sql_site *q, struct arena *a, int64_t person_id)
{
    char ref[REF_MAX];
    person_ref(q->site->key, (uint64_t)person_id, ref);
    return arena_str(a, str_of(ref));
}

struct str sql_household_ref(struct sql_site *q, struct arena *a, int64_t household_id)
{
    char ref[REF_MAX];
    household_ref(q->site->key, (uint64_t)household_id, ref);
    return arena_str(a, str_of(ref));
}

struct str sql_area_name(const struct sql_site *q, int64_t area)
{
    const struct area_set *set = &q->site->areas;
    return area < 0 || (size_t)area >= set->areas.n ? (struct str){NULL, 0} : set->areas.v[area].name;
}

enum status sql_site_open(struct sql_site *q, struct site *site, int64_t night, bool reveal, struct err *err)
{
    *q = (struct sql_site){.site = site, .reveal = reveal};
    q->x = (struct explain){.site = site, .arena = &q->arena, .reveal = reveal, .night = night};
    TRY(site_need_key(site, err));
    TRY(explain_open_run(&q->x, err));
    TRY(db_open(path_join(&q->arena, q->x.run_dir, "night.db"), DB_READ, &q->night, err));
    sql_add_people(q);
    sql_add_ledger(q);
    sql_add_rules(q);
    return sql_add_records(q, err);
}

void sql_site_close(struct sql_site *q)
{
    sql_close_ledger(q);
    sql_close_rules(q);
    population_close(q->x.pop);
    db_abandon(q->night);
    vec_release(&q->tables);
    arena_release(&q->arena);
}

struct str sql_hidden_ident(struct arena *a, uint64_t id, struct str raw)
{
    char text[IDENT_TEXT_MAX];
    size_t n = ident_mask(id, text);
    return n ? arena_str(a, str_n(text, n)) : arena_str(a, mask_text(MASK_ID, raw, a));
}
