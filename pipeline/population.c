/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/population.h"

#include "base/core/bug.h"
#include "base/core/file.h"
#include "pipeline/population_private.h"

/* --- columns ------------------------------------------------------------------------------------------------------------ */

static const struct seg_column person_fixed[P_COLUMN_COUNT] = {
    [P_ANCHOR] = {"#anchor", SEG_U64},       [P_ID] = {"#person", SEG_U64},
    [P_HOUSEHOLD] = {"#household", SEG_I32}, [P_STATE] = {"state", SEG_I32},
    [P_MEMBER] = {"member", SEG_I32},        [P_REASON] = {"reason", SEG_I32},
    [P_SEX] = {"sex", SEG_I32},              [P_BIRTH] = {"birth", SEG_I32},
    [P_DEATH] = {"death", SEG_I32},          [P_DEATH_SOURCES] = {"death_sources", SEG_I32},
    [P_SUSPECT] = {"suspect", SEG_I32},      [P_STREET] = {"street", SEG_I32},
    [P_COMMUNITY] = {"community", SEG_I32},  [P_AREA_BASIS] = {"area_basis", SEG_I32},
    [P_AWAY] = {"away", SEG_I32},            [P_COVERS] = {"#covers", SEG_U64},
    [P_RECORDS] = {"records", SEG_I32},      [P_CONFLICTS] = {"conflicts", SEG_I32},
    [P_NAME] = {"name", SEG_TEXT},           [P_RELATION] = {"relation", SEG_TEXT},
    [P_ADDRESS] = {"address", SEG_TEXT},     [P_HUKOU_ADDRESS] = {"hukou_address", SEG_TEXT},
    [P_PHONE] = {"phone", SEG_TEXT},
};
static const struct seg_column household_fixed[H_COLUMN_COUNT] = {
    [H_ID] = {"#household", SEG_U64},     [H_NATURAL] = {"#natural", SEG_U64},
    [H_BASIS] = {"basis", SEG_I32},       [H_FIRST] = {"#first", SEG_I32},
    [H_PERSONS] = {"persons", SEG_I32},   [H_LIVING] = {"living", SEG_I32},
    [H_HEAD] = {"#head", SEG_I32},        [H_STREET] = {"street", SEG_I32},
    [H_COMMUNITY] = {"community", SEG_I32}, [H_AREA_BASIS] = {"area_basis", SEG_I32},
    [H_NUMBER] = {"number", SEG_TEXT},    [H_ADDRESS] = {"address", SEG_TEXT},
};
static const char *const field_names[PERSON_FIELDS] = {"name@", "sex@", "birth@", "death@", "address@", "hukou_address@", "phone@", "area@"};

bool attr_is_wide(enum attr_type t)
{
    return t == ATTR_MONEY || t == ATTR_INTEGER || t == ATTR_SET;
}

void population_columns_make(const struct people *people, struct arena *a, struct population_columns *out)
{
    size_t room = P_COLUMN_COUNT + PERSON_FIELDS + 3 * people->n_attrs;
    *out = (struct population_columns){.person = arena_array(a, struct seg_column, room),
                                       .household = arena_array(a, struct seg_column, H_COLUMN_COUNT + 2 * people->n_attrs),
                                       .lane = arena_array(a, int, people->n_attrs + 1)};
    memcpy(out->person, person_fixed, sizeof(person_fixed));
    memcpy(out->household, household_fixed, sizeof(household_fixed));
    out->n_person = P_COLUMN_COUNT;
    out->n_household = H_COLUMN_COUNT;
    for (int f = 0; f < PERSON_FIELDS; f++) {
        out->person[out->n_person++] = (struct seg_column){field_names[f], SEG_I64};
    }
    for (size_t i = 0; i < people->n_attrs; i++) {
        const struct people_attr *at = &people->attrs[i];
        const char *name = arena_z(a, at->name);
        enum seg_type type = attr_is_wide(at->type) ? SEG_I64 : SEG_I32;
        out->lane[i] = -1;
        if (at->builtin != ATTR_CONFIGURED) {
            continue;
        }
        if (at->entity == ATTR_HOUSEHOLD) {
            out->lane[i] = (int)out->n_household;
            out->household[out->n_household++] = (struct seg_column){name, SEG_I32};
            out->household[out->n_household++] = (struct seg_column){arena_printf(a, "%s@", name), SEG_I32};
            continue;
        }
        out->lane[i] = (int)out->n_person;
        out->person[out->n_person++] = (struct seg_column){name, type};
        out->person[out->n_person++] = (struct seg_column){arena_printf(a, "%s@", name), SEG_I64};
        if (at->type == ATTR_SET) {
            out->person[out->n_person++] = (struct seg_column){arena_printf(a, "%s?", name), SEG_I64};
        }
    }
}

/* --- a file with one block of each column kept ----------------------------------------------------------------------------- */

static enum status table_open(struct table *t, const char *path, const struct seg_column *columns, size_t n, struct err *err)
{
    TRY(seg_open(path, &t->seg, err));
    bool same = seg_columns(t->seg) == n;
    for (size_t c = 0; same && c < n; c++) {
        same = strcmp(seg_column_name(t->seg, c), columns[c].name) == 0 && seg_column_type(t->seg, c) == columns[c].type;
    }
    if (!same) {
        return err_set(err, ST_CORRUPT, TR("%s 与现在的 people.yaml 不符，请先运行 mopai link", "%s was made with another people.yaml; run mopai link first"), path);
    }
    t->cache = xcalloc(n + 1, sizeof(*t->cache));
    for (size_t c = 0; c < n; c++) {
        t->cache[c].block = SIZE_MAX;
    }
    return ST_OK;
}

static void table_forget(struct table *t)
{
    for (size_t c = 0; c < seg_columns(t->seg); c++) {
        if (seg_column_type(t->seg, c) == SEG_I32) {
            free(t->cache[c].v.narrow);
            t->cache[c].v.narrow = NULL;
        } else {
            free(t->cache[c].v.wide);
            t->cache[c].v.wide = NULL;
        }
        t->cache[c].block = SIZE_MAX;
    }
    seg_forget(t->seg);
}

static void table_close(struct table *t)
{
    if (t->cache) {
        table_forget(t);
    }
    free(t->cache);
    seg_close(t->seg);
}

enum status population_load_block(struct table *t, size_t c, size_t block, struct err *err)
{
    enum seg_type type = seg_column_type(t->seg, c);
    if (t->cache[c].block == block) {
        return ST_OK;
    }
    t->cache[c].block = SIZE_MAX;
    if (type == SEG_I32) {
        t->cache[c].v.narrow = t->cache[c].v.narrow ? t->cache[c].v.narrow : xmalloc(SEG_BLOCK_ROWS * sizeof(int32_t));
        TRY(seg_read_i32(t->seg, block, c, t->cache[c].v.narrow, err));
    } else {
        t->cache[c].v.wide = t->cache[c].v.wide ? t->cache[c].v.wide : xmalloc(SEG_BLOCK_ROWS * sizeof(int64_t));
        TRY(type == SEG_U64 ? seg_read_u64(t->seg, block, c, (uint64_t *)t->cache[c].v.wide, err) /* the same 64 bits */
                            : seg_read_i64(t->seg, block, c, t->cache[c].v.wide, err));
    }
    t->cache[c].block = block;
    return ST_OK;
}

static void widen(const int32_t *from, size_t n, int64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = from[i] == INT32_MIN ? INT64_MIN : from[i];
    }
}

enum status population_table_read(struct table *t, size_t c, uint64_t first, uint32_t n, int64_t *out, struct err *err)
{
    BUG_ON(first + n > seg_rows(t->seg));
    for (uint64_t at = first; at < first + n;) {
        size_t block = seg_block_of(t->seg, at);
        uint64_t start = seg_block_start(t->seg, block), end = MIN(first + n, start + seg_block_rows(t->seg, block));
        TRY(population_load_block(t, c, block, err));
        if (seg_column_type(t->seg, c) == SEG_I32) {
            widen(t->cache[c].v.narrow + (at - start), (size_t)(end - at), out + (at - first));
        } else {
            memcpy(out + (at - first), t->cache[c].v.wide + (at - start), (size_t)(end - at) * sizeof(*out));
        }
        at = end;
    }
    return ST_OK;
}

static enum status table_text(struct table *t, size_t c, uint32_t row, struct arena *a, struct str *out, struct err *err)
{
    struct str view;
    TRY(seg_fetch_text(t->seg, row, c, &view, err));
    *out = arena_str(a, view);
    return ST_OK;
}

/* --- the population --------------------------------------------------------------------------------------------------------- */

enum status population_open(const char *run_dir, const struct people *people, daynum as_of, struct str key, struct population **out, struct err *err)
{
    struct population *p = xcalloc(1, sizeof(*p));
    p->people = people;
    p->as_of = as_of;
    p->key = arena_str(&p->arena, key);
    population_columns_make(people, &p->arena, &p->cols);
    enum status status = table_open(&p->person, path_join(&p->arena, run_dir, PERSONS_SEG), p->cols.person, p->cols.n_person, err);
    if (status == ST_OK) {
        status = table_open(&p->household, path_join(&p->arena, run_dir, HOUSEHOLDS_SEG), p->cols.household, p->cols.n_household, err);
    }
    if (status != ST_OK) {
        population_close(p);
        return status;
    }
    *out = p;
    return ST_OK;
}

void population_close(struct population *p)
{
    if (!p) {
        return;
    }
    table_close(&p->person);
    table_close(&p->household);
    for (size_t k = 0; k < ARRAY_LEN(p->scratch); k++) {
        free(p->scratch[k]);
    }
    arena_release(&p->arena);
    free(p);
}

void population_forget(struct population *p)
{
    table_forget(&p->person);
    table_forget(&p->household);
}

uint32_t population_persons(const struct population *p)
{
    return (uint32_t)seg_rows(p->person.seg);
}

uint32_t population_households(const struct population *p)
{
    return (uint32_t)seg_rows(p->household.seg);
}

enum status population_person(struct population *p, enum person_column c, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    BUG_ON(c >= P_NAME);
    return population_table_read(&p->person, c, first, n, out, err);
}

enum status population_household(struct population *p, enum household_column c, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    BUG_ON(c >= H_NUMBER);
    return population_table_read(&p->household, c, first, n, out, err);
}

enum status population_person_one(struct population *p, enum person_column c, uint32_t row, int64_t *out, struct err *err)
{
    return population_person(p, c, row, 1, out, err);
}

enum status population_household_one(struct population *p, enum household_column c, uint32_t row, int64_t *out, struct err *err)
{
    return population_household(p, c, row, 1, out, err);
}

enum status population_person_text(struct population *p, enum person_column c, uint32_t row, struct arena *a, struct str *out, struct err *err)
{
    BUG_ON(c < P_NAME);
    return table_text(&p->person, c, row, a, out, err);
}

enum status population_household_text(struct population *p, enum household_column c, uint32_t row, struct arena *a, struct str *out, struct err *err)
{
    BUG_ON(c < H_NUMBER);
    return table_text(&p->household, c, row, a, out, err);
}
