/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/faces.h"

/* 低保；护理补贴、生活补贴: the household's category first, then what the person receives for sure. */
static enum status add_programmes(struct faces_of_night *f, int64_t row, int64_t household, struct strbuf *b, struct err *err)
{
    int64_t lo, hi;
    if (f->category >= 0 && household >= 0) {
        const struct people_attr *a = &f->people->attrs[f->category];
        TRY(population_attr(f->population, f->category, (uint32_t)household, 1, &lo, &hi, err));
        if (a->type == ATTR_ENUM && lo >= 0 && lo < (int64_t)a->n_values && !str_eqz(a->values[lo], "无")) {
            strbuf_adds(b, a->values[lo]);
        }
    }
    if (f->programmes < 0) {
        return ST_OK;
    }
    const struct people_attr *a = &f->people->attrs[f->programmes];
    TRY(population_attr(f->population, f->programmes, (uint32_t)row, 1, &lo, &hi, err));
    const char *joint = b->n ? "；" : "";
    for (size_t v = 0; a->type == ATTR_SET && v < a->n_values && lo >= 0; v++) {
        if ((uint64_t)lo >> v & 1) {
            strbuf_addz(b, joint);
            strbuf_adds(b, a->values[v]);
            joint = "、";
        }
    }
    return ST_OK;
}

static enum status person(void *ctx, int64_t row, struct arena *a, struct list_person *out, struct err *err)
{
    struct faces_of_night *f = ctx;
    struct population *p = f->population;
    uint32_t at = (uint32_t)row;
    int64_t sex, birth, death, state, away, household;
    TRY(population_person_one(p, P_SEX, at, &sex, err));
    TRY(population_person_one(p, P_BIRTH, at, &birth, err));
    TRY(population_person_one(p, P_DEATH, at, &death, err));
    TRY(population_person_one(p, P_STATE, at, &state, err));
    TRY(population_person_one(p, P_AWAY, at, &away, err));
    TRY(population_person_one(p, P_HOUSEHOLD, at, &household, err));
    TRY(population_person_text(p, P_NAME, at, a, &out->name, err));
    TRY(population_person_text(p, P_RELATION, at, a, &out->relation, err));
    TRY(population_person_text(p, P_ADDRESS, at, a, &out->address, err));
    TRY(population_person_text(p, P_HUKOU_ADDRESS, at, a, &out->hukou_address, err));
    TRY(population_person_text(p, P_PHONE, at, a, &out->phone, err));
    out->sex = sex == 1 ? STR("男") : sex == 2 ? STR("女") : STR("");
    out->dead = state == PERSON_DEAD;
    out->away = away == 1;
    bool born = birth > DAY_MISSING && birth < DAY_FOREVER;
    daynum until = out->dead && death > DAY_MISSING ? (daynum)death : f->as_of;
    out->age = born ? age_at((daynum)birth, until) : -1;
    AUTO_STRBUF programmes = STRBUF_INIT;
    TRY(add_programmes(f, row, household, &programmes, err));
    out->programmes = arena_str(a, strbuf_str(&programmes));
    return ST_OK;
}

static enum status members(struct faces_of_night *f, int64_t row, struct arena *a, struct list_household *out, struct err *err)
{
    int64_t first, persons, kind;
    TRY(population_household_one(f->population, H_FIRST, (uint32_t)row, &first, err));
    TRY(population_household_one(f->population, H_PERSONS, (uint32_t)row, &persons, err));
    out->n_members = (size_t)MIN(persons, HOUSEHOLD_SHOWN);
    out->n_unshown = (size_t)persons - out->n_members;
    struct list_person *shown = arena_array(a, struct list_person, out->n_members + 1);
    for (size_t i = 0; i < out->n_members; i++) {
        TRY(person(f, first + (int64_t)i, a, &shown[i], err));
        TRY(population_person_one(f->population, P_MEMBER, (uint32_t)first + (uint32_t)i, &kind, err));
        shown[i].former = kind == MEMBER_FORMER;
    }
    out->members = shown;
    return ST_OK;
}

static enum status household(void *ctx, int64_t row, struct arena *a, struct list_household *out, struct err *err)
{
    struct faces_of_night *f = ctx;
    int64_t head, living, basis;
    TRY(population_household_one(f->population, H_HEAD, (uint32_t)row, &head, err));
    TRY(population_household_one(f->population, H_LIVING, (uint32_t)row, &living, err));
    TRY(population_household_one(f->population, H_BASIS, (uint32_t)row, &basis, err));
    TRY(population_household_text(f->population, H_ADDRESS, (uint32_t)row, a, &out->address, err));
    if (head >= 0) {
        TRY(population_person_text(f->population, P_NAME, (uint32_t)head, a, &out->head, err));
    }
    out->living = basis == BASIS_NONE ? -1 : (int)living;
    return members(f, row, a, out, err);
}

static enum status find(void *ctx, char kind, int64_t entity, int64_t *out_person_row, int64_t *out_household_row, struct err *err)
{
    struct faces_of_night *f = ctx;
    uint32_t row;
    struct err not_there;
    *out_person_row = *out_household_row = -1;
    enum status st = population_find_id(f->population, kind == 'P' ? ATTR_PERSON : ATTR_HOUSEHOLD, (uint64_t)entity, &row, &not_there);
    if (st == ST_NOT_FOUND) {
        return ST_OK;
    }
    if (st != ST_OK) {
        return err_set(err, st, "%s", not_there.text);
    }
    if (kind == 'P') {
        *out_person_row = row;
        return population_person_one(f->population, P_HOUSEHOLD, row, out_household_row, err);
    }
    *out_household_row = row;
    return population_household_one(f->population, H_HEAD, row, out_person_row, err);
}

void faces_init(struct faces_of_night *f, struct population *population, const struct people *people, daynum as_of, struct faces *out)
{
    *f = (struct faces_of_night){.population = population, .people = people, .as_of = as_of};
    f->programmes = people_attr_find(people, ATTR_PERSON, STR("享受待遇"));
    f->category = people_attr_find(people, ATTR_HOUSEHOLD, STR("在保类别"));
    *out = (struct faces){.ctx = f, .person = person, .household = household, .find = find};
}
