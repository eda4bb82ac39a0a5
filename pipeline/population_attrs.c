/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of persons and households as lanes, and the records they came from. */
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "pipeline/population_private.h"

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
        TRY(population_table_read(house ? &p->household : &p->person, c, first, n, lo, err));
        for (uint32_t i = 0; i < n && !attr_is_wide(a->type); i++) {
            lo[i] = lo[i] == INT32_MIN + 1 ? ATTR_NOTHING : lo[i];
        }
        if (a->type == ATTR_SET && hi) {
            return population_table_read(&p->person, c + 2, first, n, hi, err);
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
    TRY(population_table_read(&p->person, column, row, 1, &v, err));
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
        TRY(population_table_read(&p->household, (size_t)p->cols.lane[attr] + 1, row, 1, &decider, err));
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
