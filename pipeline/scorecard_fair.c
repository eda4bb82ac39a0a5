/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "pipeline/population.h"
#include "pipeline/scorecard.h"

#define CHUNK 65536u

enum { KIND_SEX, KIND_AGE, KIND_CHILDREN, KIND_REGISTERED, KIND_STREET, KINDS };
enum { SEXES = 3, BANDS = 6, YES_NO = 2 };
static const char *const kind_names[KINDS][2] = {
    {"户主性别", "sex of the head"}, {"户主年龄", "age of the head"}, {"孩子", "children"}, {"户籍", "registered"}, {"街道", "street"}};
static const char *const sex_names[SEXES][2] = {{"不详", "unknown"}, {"男", "male"}, {"女", "female"}};
static const char *const band_names[BANDS][2] = {{"不到 18 岁", "under 18"}, {"18 至 44 岁", "18 to 44"}, {"45 至 59 岁", "45 to 59"},
                                                 {"60 至 79 岁", "60 to 79"}, {"80 岁以上", "80 and over"}, {"不详", "unknown"}};
static const char *const children_names[YES_NO][2] = {{"没有未成年人", "none under 18"}, {"有未成年人", "some under 18"}};
static const char *const registered_names[YES_NO][2] = {{"住在户籍街道", "where they live"}, {"人户分离", "elsewhere"}};

static const char *word(const char *const pair[2]) { return TR(pair[0], pair[1]); }

/* A column of all rows. The arena's. */
static enum status person_lane(struct card *c, struct population *pop, enum person_column column, int64_t **out, struct err *err)
{
    uint32_t n = population_persons(pop);
    *out = arena_array(&c->arena, int64_t, n + 1u);
    for (uint32_t at = 0; at < n; at += CHUNK) {
        TRY(population_person(pop, column, at, MIN(CHUNK, n - at), *out + at, err));
    }
    return ST_OK;
}

static enum status household_lane(struct card *c, struct population *pop, enum household_column column, int64_t **out, struct err *err)
{
    uint32_t n = population_households(pop);
    *out = arena_array(&c->arena, int64_t, n + 1u);
    for (uint32_t at = 0; at < n; at += CHUNK) {
        TRY(population_household(pop, column, at, MIN(CHUNK, n - at), *out + at, err));
    }
    return ST_OK;
}

static bool is_minor(int64_t birth, daynum as_of) { return birth != INT64_MIN && age_at((daynum)birth, as_of) < 18; }

static size_t band_of(int64_t birth, daynum as_of)
{
    static const int upper[BANDS - 2] = {18, 45, 60, 80};
    if (birth == INT64_MIN) {
        return BANDS - 1;
    }
    size_t b = 0;
    for (int age = age_at((daynum)birth, as_of); b < ARRAY_LEN(upper) && age >= upper[b];) {
        b++;
    }
    return b;
}

static bool *find_children(struct card *c, const int64_t *household, const int64_t *member, const int64_t *birth, uint32_t n, uint32_t n_households)
{
    bool *has = arena_array(&c->arena, bool, n_households + 1u);
    memset(has, 0, n_households);
    for (uint32_t p = 0; p < n; p++) {
        if (household[p] >= 0 && member[p] == MEMBER_LIVING && is_minor(birth[p], c->as_of)) {
            has[household[p]] = true;
        }
    }
    return has;
}

static void count_house(struct fair_group *g, uint32_t flags)
{
    g->households++;
    g->hit.n++;
    g->hit.k += (flags & HOUSE_HIT) != 0;
    g->visited.n += (flags & HOUSE_SENT) != 0;
    g->visited.k += (flags & HOUSE_SENT) && (flags & HOUSE_VISITED);
    g->proven.n += (flags & HOUSE_VERIFIED) != 0;
    g->proven.k += (flags & HOUSE_PROVEN) != 0;
}

/* --- difference beyond chance ----------------------------------------------------------------------------------------- */
int shares_differ(int64_t k1, int64_t n1, int64_t k2, int64_t n2)
{
    if (n1 < SCORE_ENOUGH || n2 < SCORE_ENOUGH) {
        return 0;
    }
    struct share a = wilson((uint64_t)k1, (uint64_t)n1), b = wilson((uint64_t)k2, (uint64_t)n2);
    int64_t d = (int64_t)a.value - b.value;
    int64_t near_a = d > 0 ? (int64_t)a.value - a.low : (int64_t)a.high - a.value; /* towards the other */
    int64_t near_b = d > 0 ? (int64_t)b.high - b.value : (int64_t)b.value - b.low;
    return d * d > near_a * near_a + near_b * near_b ? (d > 0 ? 1 : -1) : 0;
}

static void compare_share(struct fair_share *one, const struct fair_share *all)
{
    one->differs = shares_differ(one->k, one->n, all->k - one->k, all->n - one->n);
}

/* Each group against the others of its kind. */
static void compare_groups(struct fair_group *g, size_t n)
{
    struct fair_group all = {0};
    for (size_t i = 0; i < n; i++) {
        all.hit.k += g[i].hit.k, all.hit.n += g[i].hit.n;
        all.visited.k += g[i].visited.k, all.visited.n += g[i].visited.n;
        all.proven.k += g[i].proven.k, all.proven.n += g[i].proven.n;
    }
    for (size_t i = 0; i < n; i++) {
        compare_share(&g[i].hit, &all.hit);
        compare_share(&g[i].visited, &all.visited);
        compare_share(&g[i].proven, &all.proven);
    }
}

/* --- the groups ------------------------------------------------------------------------------------------------------- */
struct fair {
    struct card *c;
    struct fair_group *groups[KINDS];
    size_t n[KINDS];
};

static void add_kind(struct fair *f, int kind, size_t n, const char *const (*names)[2])
{
    f->groups[kind] = arena_array(&f->c->arena, struct fair_group, n + 1);
    f->n[kind] = n;
    memset(f->groups[kind], 0, n * sizeof(*f->groups[kind]));
    for (size_t i = 0; i < n; i++) {
        f->groups[kind][i].kind = word(kind_names[kind]);
        f->groups[kind][i].name = names ? word(names[i]) : "";
    }
}

static void make_groups(struct fair *f)
{
    const struct area_set *areas = &f->c->site->areas;
    add_kind(f, KIND_SEX, SEXES, sex_names);
    add_kind(f, KIND_AGE, BANDS, band_names);
    add_kind(f, KIND_CHILDREN, YES_NO, children_names);
    add_kind(f, KIND_REGISTERED, YES_NO, registered_names);
    add_kind(f, KIND_STREET, areas->areas.n + 1, NULL);
    for (size_t i = 0; i < areas->areas.n; i++) {
        f->groups[KIND_STREET][i].name = arena_z(&f->c->arena, areas->areas.v[i].name);
    }
    f->groups[KIND_STREET][areas->areas.n].name = TR("（未定）", "(unknown)");
}

static enum status count_all(struct fair *f, struct population *pop, struct err *err)
{
    struct card *c = f->c;
    int64_t *household, *member, *birth, *sex, *away, *id, *head, *living, *street;
    TRY(person_lane(c, pop, P_HOUSEHOLD, &household, err));
    TRY(person_lane(c, pop, P_MEMBER, &member, err));
    TRY(person_lane(c, pop, P_BIRTH, &birth, err));
    TRY(person_lane(c, pop, P_SEX, &sex, err));
    TRY(person_lane(c, pop, P_AWAY, &away, err));
    TRY(household_lane(c, pop, H_ID, &id, err));
    TRY(household_lane(c, pop, H_HEAD, &head, err));
    TRY(household_lane(c, pop, H_LIVING, &living, err));
    TRY(household_lane(c, pop, H_STREET, &street, err));
    uint32_t n = population_households(pop);
    const bool *children = find_children(c, household, member, birth, population_persons(pop), n);
    for (uint32_t h = 0; h < n; h++) {
        if (living[h] <= 0) {
            continue;
        }
        uint32_t flags = map64_get(&c->houses, (uint64_t)id[h]);
        flags = flags == MAP_NONE ? 0 : flags;
        int64_t p = head[h];
        count_house(&f->groups[KIND_SEX][sex[p] == 1 || sex[p] == 2 ? sex[p] : 0], flags);
        count_house(&f->groups[KIND_AGE][band_of(birth[p], c->as_of)], flags);
        count_house(&f->groups[KIND_CHILDREN][children[h]], flags);
        count_house(&f->groups[KIND_REGISTERED][away[p] == 1], flags);
        count_house(&f->groups[KIND_STREET][street[h] < 0 ? (int64_t)f->n[KIND_STREET] - 1 : street[h]], flags);
    }
    return ST_OK;
}

static enum status open_night(struct card *c, struct population **out, struct err *err)
{
    if (!c->night_dir) {
        return err_set(err, ST_NOT_FOUND, TR("上一夜的中间结果已不在，先运行 mopai run", "the last night's results are gone: run mopai run first"));
    }
    return population_open(c->night_dir, c->site->people, c->as_of, (struct str){"", 0}, out, err);
}

enum status scorecard_fair(struct card *c, fair_groups *out, struct err *err)
{
    AUTO_POPULATION pop = NULL;
    TRY(open_night(c, &pop, err));
    struct fair f = {.c = c};
    make_groups(&f);
    TRY(count_all(&f, pop, err));
    for (int k = 0; k < KINDS; k++) {
        compare_groups(f.groups[k], f.n[k]);
        for (size_t i = 0; i < f.n[k]; i++) {
            if (f.groups[k][i].households > 0) {
                vec_push(out, f.groups[k][i]);
            }
        }
    }
    return ST_OK;
}

/* --- the sample ------------------------------------------------------------------------------------------------------- */
static enum status count_quiet(struct card *c, struct population *pop, int64_t *out, struct err *err)
{
    int64_t *id, *living;
    TRY(household_lane(c, pop, H_ID, &id, err));
    TRY(household_lane(c, pop, H_LIVING, &living, err));
    *out = 0;
    for (uint32_t h = 0; h < population_households(pop); h++) {
        uint32_t flags = map64_get(&c->houses, (uint64_t)id[h]);
        *out += living[h] > 0 && (flags == MAP_NONE || !(flags & HOUSE_HIT));
    }
    return ST_OK;
}

enum status scorecard_sample(struct card *c, struct sample_estimate *out, struct err *err)
{
    *out = (struct sample_estimate){.households = -1};
    for (size_t i = 0; i < c->v.n; i++) {
        const struct score *s = &c->v.v[i];
        if (s->cut == CUT_NONE && score_is_sample(c, s->rule)) {
            out->any = true;
            out->visited += s->visited;
            out->verified += s->verified;
            out->proven += s->proven;
        }
    }
    if (!out->any || !c->night_dir || c->only) {
        return ST_OK;
    }
    AUTO_POPULATION pop = NULL;
    TRY(open_night(c, &pop, err));
    return count_quiet(c, pop, &out->households, err);
}
