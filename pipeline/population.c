/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/population.h"

#include "base/core/bug.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "pipeline/population_columns.h"

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

struct table {
    struct seg_reader *seg;
    struct {
        size_t block; /* SIZE_MAX: none */
        int64_t *v;
    } *cache;
};

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

static void table_close(struct table *t)
{
    for (size_t c = 0; t->cache && c < seg_columns(t->seg); c++) {
        free(t->cache[c].v);
    }
    free(t->cache);
    seg_close(t->seg);
}

static enum status load_block(struct table *t, size_t c, size_t block, struct err *err)
{
    if (t->cache[c].block == block) {
        return ST_OK;
    }
    t->cache[c].block = SIZE_MAX;
    if (!t->cache[c].v) {
        t->cache[c].v = xmalloc(SEG_BLOCK_ROWS * sizeof(int64_t));
    }
    if (seg_column_type(t->seg, c) == SEG_U64) { /* the same 64 bits */
        TRY(seg_read_u64(t->seg, block, c, (uint64_t *)t->cache[c].v, err));
    } else {
        TRY(seg_read_i64(t->seg, block, c, t->cache[c].v, err));
    }
    t->cache[c].block = block;
    return ST_OK;
}

static enum status table_read(struct table *t, size_t c, uint64_t first, uint32_t n, int64_t *out, struct err *err)
{
    BUG_ON(first + n > seg_rows(t->seg));
    for (uint64_t at = first; at < first + n;) {
        size_t block = seg_block_of(t->seg, at);
        uint64_t start = seg_block_start(t->seg, block), end = MIN(first + n, start + seg_block_rows(t->seg, block));
        TRY(load_block(t, c, block, err));
        memcpy(out + (at - first), t->cache[c].v + (at - start), (size_t)(end - at) * sizeof(*out));
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

struct population {
    struct arena arena;
    const struct people *people;
    daynum as_of;
    struct str key;
    struct population_columns cols;
    struct table person, household;
    int64_t *scratch[3];
    size_t cap;
};

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
    return table_read(&p->person, c, first, n, out, err);
}

enum status population_household(struct population *p, enum household_column c, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    BUG_ON(c >= H_NUMBER);
    return table_read(&p->household, c, first, n, out, err);
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

/* --- built-in attributes ------------------------------------------------------------------------------------------------------ */

static enum status scratch(struct population *p, int k, enum person_column c, uint32_t first, uint32_t n, struct err *err)
{
    if (n > p->cap) {
        for (size_t i = 0; i < ARRAY_LEN(p->scratch); i++) {
            p->scratch[i] = xrealloc(p->scratch[i], n * sizeof(int64_t));
        }
        p->cap = n;
    }
    return population_person(p, c, first, n, p->scratch[k], err);
}

/* Birth, death, state to what depends on them. */
static int64_t life_value(const struct population *p, enum attr_builtin b, int64_t birth, int64_t death, int64_t state)
{
    bool dead = state == PERSON_DEAD;
    switch ((int)b) {
    case ATTR_B_ALIVE:
        return dead ? 0 : state == PERSON_PRESENT ? 1 : ATTR_UNKNOWN;
    case ATTR_B_DEATH:
        return dead ? death : ATTR_NOTHING;
    case ATTR_B_DEATH_AGE:
        return !dead ? ATTR_NOTHING : birth == INT64_MIN || death == INT64_MIN ? ATTR_UNKNOWN : age_at((daynum)birth, (daynum)death);
    case ATTR_B_AGE:
        return birth == INT64_MIN || (dead && death == INT64_MIN) ? ATTR_UNKNOWN : age_at((daynum)birth, dead ? (daynum)death : p->as_of);
    default:
        break;
    }
    BUG("not about life");
}

static enum status life_attr(struct population *p, enum attr_builtin b, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    TRY(scratch(p, 0, P_BIRTH, first, n, err));
    TRY(scratch(p, 1, P_DEATH, first, n, err));
    TRY(scratch(p, 2, P_STATE, first, n, err));
    for (uint32_t i = 0; i < n; i++) {
        out[i] = life_value(p, b, p->scratch[0][i], p->scratch[1][i], p->scratch[2][i]);
    }
    return ST_OK;
}

static enum status builtin_person(struct population *p, enum attr_builtin b, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    switch (b) {
    case ATTR_B_SEX:
        TRY(population_person(p, P_SEX, first, n, out, err));
        for (uint32_t i = 0; i < n; i++) {
            out[i] = out[i] == 1 || out[i] == 2 ? out[i] - 1 : ATTR_UNKNOWN;
        }
        return ST_OK;
    case ATTR_B_BIRTH:
        return population_person(p, P_BIRTH, first, n, out, err);
    case ATTR_B_AGE:
    case ATTR_B_ALIVE:
    case ATTR_B_DEATH:
    case ATTR_B_DEATH_AGE:
        return life_attr(p, b, first, n, out, err);
    case ATTR_B_DEATH_SOURCES:
        return population_person(p, P_DEATH_SOURCES, first, n, out, err);
    case ATTR_B_DEATH_SUSPECT:
        return population_person(p, P_SUSPECT, first, n, out, err);
    case ATTR_B_CONFLICTS:
        return population_person(p, P_CONFLICTS, first, n, out, err);
    case ATTR_B_AWAY:
        return population_person(p, P_AWAY, first, n, out, err);
    case ATTR_B_CONFIDENCE:
        for (uint32_t i = 0; i < n; i++) {
            out[i] = 1000000;
        }
        return ST_OK;
    case ATTR_B_UNPROTECTED:
        TRY(population_person(p, P_REASON, first, n, out, err));
        for (uint32_t i = 0; i < n; i++) {
            out[i] = out[i] == REASON_TAKEN_IN;
        }
        return ST_OK;
    case ATTR_CONFIGURED:
    case ATTR_B_NAME:
    case ATTR_B_RELATION:
    case ATTR_B_H_SIZE:
    case ATTR_B_H_BASIS:
    case ATTR_B_H_LOT:
    case ATTR_B_H_NAME:
    case ATTR_BUILTIN_COUNT:
        break;
    }
    BUG("no lane");
}

/* The same household draws the same number all quarter, whatever else the night holds. */
static enum status draw_lots(struct population *p, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    TRY(population_household(p, H_ID, first, n, out, err));
    uint64_t quarter = (uint64_t)(day_month(p->as_of) / 3);
    for (uint32_t i = 0; i < n; i++) {
        out[i] = (int64_t)(hash64_seed(&out[i], sizeof(out[i]), quarter) % LOTS);
    }
    return ST_OK;
}

static enum status builtin_household(struct population *p, enum attr_builtin b, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    if (b == ATTR_B_H_LOT) {
        return draw_lots(p, first, n, out, err);
    }
    TRY(population_household(p, H_BASIS, first, n, out, err));
    if (b == ATTR_B_H_BASIS) {
        return ST_OK;
    }
    BUG_ON(b != ATTR_B_H_SIZE);
    int64_t *living = xmalloc((n + 1u) * sizeof(*living));
    enum status status = population_household(p, H_LIVING, first, n, living, err);
    for (uint32_t i = 0; i < n && status == ST_OK; i++) {
        out[i] = out[i] == BASIS_NONE ? ATTR_UNKNOWN : living[i];
    }
    free(living);
    return status;
}

enum status population_attr(struct population *p, int attr, uint32_t first, uint32_t n, int64_t *lo, int64_t *hi, struct err *err)
{
    const struct people_attr *a = &p->people->attrs[attr];
    bool house = a->entity == ATTR_HOUSEHOLD;
    BUG_ON(a->type == ATTR_TEXT);
    if (a->builtin != ATTR_CONFIGURED) {
        TRY(house ? builtin_household(p, a->builtin, first, n, lo, err) : builtin_person(p, a->builtin, first, n, lo, err));
    } else {
        size_t c = (size_t)p->cols.lane[attr];
        TRY(table_read(house ? &p->household : &p->person, c, first, n, lo, err));
        for (uint32_t i = 0; i < n && !attr_is_wide(a->type); i++) {
            lo[i] = lo[i] == INT32_MIN + 1 ? ATTR_NOTHING : lo[i];
        }
        if (a->type == ATTR_SET && hi) {
            return table_read(&p->person, c + 2, first, n, hi, err);
        }
    }
    if (hi) {
        memcpy(hi, lo, n * sizeof(*hi));
    }
    return ST_OK;
}

/* --- origins -------------------------------------------------------------------------------------------------------------------- */

static struct origin origin_of(int64_t packed)
{
    return packed == INT64_MIN ? (struct origin){-1, -1} : (struct origin){(int32_t)(packed >> 32), (int32_t)(packed & INT32_MAX)};
}

static enum status read_origin(struct population *p, size_t column, uint32_t row, struct origin *out, struct err *err)
{
    int64_t v;
    TRY(table_read(&p->person, column, row, 1, &v, err));
    *out = origin_of(v);
    return ST_OK;
}

enum status population_origin(struct population *p, int attr, uint32_t row, struct origin *out, struct err *err)
{
    const struct people_attr *a = &p->people->attrs[attr];
    *out = (struct origin){-1, -1};
    if (a->builtin != ATTR_CONFIGURED) {
        switch ((int)a->builtin) {
        case ATTR_B_NAME:
            return population_origin_of(p, P_NAME, row, out, err);
        case ATTR_B_SEX:
            return population_origin_of(p, P_SEX, row, out, err);
        case ATTR_B_BIRTH:
        case ATTR_B_AGE:
            return population_origin_of(p, P_BIRTH, row, out, err);
        case ATTR_B_DEATH:
        case ATTR_B_DEATH_AGE:
            return population_origin_of(p, P_DEATH, row, out, err);
        default:
            return ST_OK;
        }
    }
    if (a->entity == ATTR_HOUSEHOLD) {
        int64_t decider;
        TRY(table_read(&p->household, (size_t)p->cols.lane[attr] + 1, row, 1, &decider, err));
        return decider == INT64_MIN ? ST_OK : population_origin(p, a->of_person_attr, (uint32_t)decider, out, err);
    }
    return read_origin(p, (size_t)p->cols.lane[attr] + 1, row, out, err);
}

enum status population_origin_of(struct population *p, enum person_column c, uint32_t row, struct origin *out, struct err *err)
{
    static const int8_t field[P_COLUMN_COUNT] = {[P_NAME] = 1,    [P_SEX] = 2,           [P_BIRTH] = 3, [P_DEATH] = 4,
                                                 [P_ADDRESS] = 5, [P_HUKOU_ADDRESS] = 6, [P_PHONE] = 7, [P_STREET] = 8, [P_COMMUNITY] = 8};
    if (field[c] == 0) {
        *out = (struct origin){-1, -1};
        return ST_OK;
    }
    return read_origin(p, P_COLUMN_COUNT + (size_t)field[c] - 1, row, out, err);
}

/* --- references ------------------------------------------------------------------------------------------------------------------ */

static void make_ref(struct str key, char kind, uint64_t id, char out[REF_MAX])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char mac[32], message[9] = {(unsigned char)kind};
    for (int i = 0; i < 8; i++) {
        message[1 + i] = (unsigned char)(id >> (56 - 8 * i));
    }
    hmac_sm3(key, str_n((const char *)message, sizeof(message)), mac);
    uint64_t bits = 0;
    for (int i = 0; i < 7; i++) {
        bits = bits << 8 | mac[i];
    }
    out[0] = kind;
    out[1] = '-';
    for (int i = 0; i < 10; i++) {
        out[2 + i] = letters[bits >> (51 - 5 * i) & 31];
    }
    out[12] = 0;
}

void person_ref(struct str key, uint64_t person_id, char out[REF_MAX])
{
    make_ref(key, 'P', person_id, out);
}

void question_ref(struct str key, uint64_t question, char out[REF_MAX])
{
    make_ref(key, 'Q', question, out);
}

void household_ref(struct str key, uint64_t household_id, char out[REF_MAX])
{
    make_ref(key, 'H', household_id, out);
}

/* "p-0123456789", "P0123456789": as printed. False when it cannot be a reference. */
static bool canonical_ref(struct str ref, char kind, char out[REF_MAX])
{
    size_t n = 2;
    out[0] = kind, out[1] = '-';
    if (ref.n == 0 || to_upper(ref.p[0]) != kind) {
        return false;
    }
    for (size_t i = 1; i < ref.n; i++) {
        char c = to_upper(ref.p[i]);
        if (c == '-') {
            continue;
        }
        if (n == 12) {
            return false;
        }
        out[n++] = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    out[n] = 0;
    return n == 12;
}

static enum status find_ref(struct population *p, struct table *t, size_t column, char kind, struct str ref, uint32_t *out_row, struct err *err)
{
    char wanted[REF_MAX], got[REF_MAX];
    bool ok = canonical_ref(ref, kind, wanted);
    for (size_t b = 0; ok && b < seg_blocks(t->seg); b++) {
        TRY(load_block(t, column, b, err));
        for (size_t i = 0; i < seg_block_rows(t->seg, b); i++) {
            make_ref(p->key, kind, (uint64_t)t->cache[column].v[i], got);
            if (strcmp(got, wanted) == 0) {
                *out_row = (uint32_t)(seg_block_start(t->seg, b) + i);
                return ST_OK;
            }
        }
    }
    return err_set(err, ST_NOT_FOUND, TR("没有编号为 " STR_FMT " 的%s", "no " STR_FMT " among tonight's %s"), STR_ARG(ref),
                   kind == 'P' ? TR("人", "persons") : TR("户", "households"));
}

enum status population_find_person(struct population *p, struct str ref, uint32_t *out_row, struct err *err)
{
    return find_ref(p, &p->person, P_ID, 'P', ref, out_row, err);
}

enum status population_find_household(struct population *p, struct str ref, uint32_t *out_row, struct err *err)
{
    return find_ref(p, &p->household, H_ID, 'H', ref, out_row, err);
}

enum status population_find_id(struct population *p, enum attr_entity entity, uint64_t id, uint32_t *out_row, struct err *err)
{
    struct table *t = entity == ATTR_PERSON ? &p->person : &p->household;
    size_t column = entity == ATTR_PERSON ? (size_t)P_ID : (size_t)H_ID;
    for (size_t b = 0; b < seg_blocks(t->seg); b++) {
        TRY(load_block(t, column, b, err));
        for (size_t i = 0; i < seg_block_rows(t->seg, b); i++) {
            if ((uint64_t)t->cache[column].v[i] == id) {
                *out_row = (uint32_t)(seg_block_start(t->seg, b) + i);
                return ST_OK;
            }
        }
    }
    return err_set(err, ST_NOT_FOUND, "%s", TR("不在今晚的人口里", "not in tonight's population"));
}

/* --- words -------------------------------------------------------------------------------------------------------------------------- */

#define WORDS(table, i) ((size_t)(i) < ARRAY_LEN(table) ? TR(table[i][0], table[i][1]) : "")

const char *person_state_name(enum person_state s)
{
    static const char *const words[][2] = {{"在册", "registered"}, {"消失", "gone"}, {"死亡", "dead"}};
    return WORDS(words, s);
}

const char *household_basis_name(enum household_basis b)
{
    static const char *const words[][2] = {
        {"保障户", "assisted unit"}, {"户籍户", "hukou unit"}, {"参保家庭", "insured family"}, {"同住址", "same address"}, {"未定", "unknown"}};
    return WORDS(words, b);
}

const char *member_reason_name(enum member_reason r)
{
    static const char *const words[][2] = {{"登记在本户", "listed in the unit"},
                                           {"同一户籍户，未保障成员", "of the same hukou unit, not protected"},
                                           {"同住址", "same address"},
                                           {"无登记户", "no unit known"},
                                           {"已不在册，原成员", "gone, former member"}};
    return WORDS(words, r);
}

const char *area_basis_name(enum area_basis b)
{
    static const char *const words[][2] = {{"未定", "unknown"},      {"居住地代码", "residence code"}, {"街道社区栏", "street and community columns"},
                                           {"居住地址", "address"}, {"同户", "household"},           {"户籍地", "address of registration"},
                                           {"街道退回", "a street returned it"}};
    return WORDS(words, b);
}
