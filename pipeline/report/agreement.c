/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/agreement.h"

#include <stdlib.h>

#include "base/text/address.h"
#include "base/text/name_compare.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/night.h"
#include "pipeline/population.h"
#include "pipeline/report/page.h"
#include "pipeline/row_reader.h"

static const enum person_column columns[AGREE_FIELDS] = {P_NAME, P_SEX, P_BIRTH, P_ADDRESS};
static const enum person_role roles[AGREE_FIELDS] = {ROLE_NAME, ROLE_SEX, ROLE_BIRTH, ROLE_ADDRESS};

struct asked { /* a person, as the night has it */
    uint64_t name;
    int64_t sex, birth;
    struct address_form address;
    int from[AGREE_FIELDS]; /* source of the value in force, -1: none, the number says it */
    uint8_t worst[AGREE_FIELDS]; /* of the source in work: enum agreement_level */
};
struct asking {
    const struct night *night;
    struct population *population;
    uint32_t every, n;
    struct asked *v;
    int32_t *person; /* of a block */
};

/* 0: nothing that could be compared. */
static uint64_t name_value(struct str s)
{
    struct name_form f;
    name_form_make(s, &f);
    return f.unreadable || f.cut ? 0 : f.folded;
}

static void address_value(struct str s, struct address_form *out)
{
    struct address parts;
    address_parse(s, &parts);
    address_form_make(&parts, out);
}

static enum status take_person(struct asking *k, uint32_t row, struct asked *p, struct arena *a, struct err *err)
{
    struct str name, address;
    TRY(population_person_text(k->population, P_NAME, row, a, &name, err));
    TRY(population_person_text(k->population, P_ADDRESS, row, a, &address, err));
    TRY(population_person_one(k->population, P_SEX, row, &p->sex, err));
    TRY(population_person_one(k->population, P_BIRTH, row, &p->birth, err));
    p->name = name_value(name);
    address_value(address, &p->address);
    for (int f = 0; f < AGREE_FIELDS; f++) {
        struct origin o;
        TRY(population_origin_of(k->population, columns[f], row, &o, err));
        p->from[f] = o.input < 0 ? -1 : (int)k->night->inputs[o.input].source;
    }
    return ST_OK;
}

static enum status take_persons(struct asking *k, struct err *err)
{
    for (uint32_t i = 0; i < k->n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        TRY(take_person(k, i * k->every, &k->v[i], &a, err));
    }
    return ST_OK;
}

/* --- one row against its person ------------------------------------------------------------------------------------------ */

static enum agreement_level of_address(const struct address_form *person, struct str text)
{
    struct address_form here;
    address_value(text, &here);
    switch (address_compare(person, &here)) {
    case ADDRESS_LIKE_ROOM:
        return AGREE_SAME;
    case ADDRESS_LIKE_BUILDING:
        return AGREE_BUILDING;
    case ADDRESS_LIKE_ESTATE:
    case ADDRESS_LIKE_COMMUNITY:
        return AGREE_COMMUNITY;
    case ADDRESS_LIKE_DIFFERS:
        return AGREE_DIFFERS;
    case ADDRESS_LIKE_UNKNOWN:
    case ADDRESS_LIKE_COUNT:
        break;
    }
    return AGREE_SILENT;
}

static enum agreement_level of_row(const struct row_reader *r, size_t i, int column, enum agreement_field f, const struct asked *p)
{
    struct str text = row_text(r, column, i);
    int64_t day = row_num(r, column, i), sex = str_eqz(text, "男") ? 1 : str_eqz(text, "女") ? 2 : 0;
    uint64_t name;
    switch (f) {
    case AGREE_NAME:
        name = text.n && p->name ? name_value(text) : 0;
        return !name ? AGREE_SILENT : name == p->name ? AGREE_SAME : AGREE_DIFFERS;
    case AGREE_SEX:
        return !sex || p->sex <= 0 ? AGREE_SILENT : sex == p->sex ? AGREE_SAME : AGREE_DIFFERS;
    case AGREE_BIRTH:
        return day == INT64_MIN || day == DAY_FOREVER || p->birth == INT64_MIN ? AGREE_SILENT : day == p->birth ? AGREE_SAME : AGREE_DIFFERS;
    case AGREE_ADDRESS:
        return text.n ? of_address(&p->address, text) : AGREE_SILENT;
    case AGREE_FIELDS:
        break;
    }
    return AGREE_SILENT;
}

/* The column that states a field in every row; -1: none, or only under a condition. A month is no birth date. */
static int column_of(const struct source *s, enum agreement_field f)
{
    const struct source_role *role = &s->person[roles[f]];
    bool month = f == AGREE_BIRTH && role->column >= 0 && s->columns[role->column].type != COL_DATE;
    return role->when_column >= 0 || month ? -1 : role->column;
}

static void compare_block(struct asking *k, const struct row_reader *r, const struct night_input *in)
{
    for (size_t i = 0; i < r->rows; i++) {
        int32_t at = k->person[i];
        if (at < 0 || (uint32_t)at % k->every || input_superseded(in, (int64_t)(r->start + i))) {
            continue;
        }
        struct asked *p = &k->v[(uint32_t)at / k->every];
        for (int f = 0; f < AGREE_FIELDS; f++) {
            int column = column_of(r->source, (enum agreement_field)f);
            if (column >= 0 && p->from[f] != (int)in->source) {
                p->worst[f] = MAX(p->worst[f], (uint8_t)of_row(r, i, column, (enum agreement_field)f, p));
            }
        }
    }
}

static enum status compare_blocks(struct asking *k, struct row_reader *r, struct link_reader *links, const struct night_input *in, struct err *err)
{
    for (bool more;;) {
        TRY(row_reader_next(r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(link_read(links, (uint32_t)r->start, (uint32_t)r->rows, k->person, err));
        compare_block(k, r, in);
    }
}

static enum status compare_input(struct asking *k, size_t input, struct err *err)
{
    const struct night_input *in = &k->night->inputs[input];
    const struct source *s = &k->night->site->sources->v[in->source];
    AUTO_ROWS r = {0};
    struct link_reader *links;
    TRY(row_reader_open(&r, in->segment, s, err));
    for (int f = 0; f < AGREE_FIELDS; f++) {
        row_reader_want(&r, column_of(s, (enum agreement_field)f));
    }
    TRY(link_open(k->night->run_dir, input, &links, err));
    enum status st = compare_blocks(k, &r, links, in, err);
    link_close(links);
    return st;
}

static enum status compare_source(struct asking *k, size_t source, struct agreement *out, struct err *err)
{
    for (uint32_t i = 0; i < k->n; i++) {
        memset(k->v[i].worst, 0, sizeof(k->v[i].worst));
    }
    for (size_t i = 0; i < k->night->n_inputs; i++) {
        if (k->night->inputs[i].source == source) {
            TRY(compare_input(k, i, err));
        }
    }
    for (uint32_t i = 0; i < k->n; i++) {
        for (int f = 0; f < AGREE_FIELDS; f++) {
            out->n[f][k->v[i].worst[f]] += k->v[i].worst[f] != AGREE_SILENT;
        }
    }
    return ST_OK;
}

static bool states_something(const struct source *s)
{
    for (int f = 0; f < AGREE_FIELDS; f++) {
        if (column_of(s, (enum agreement_field)f) >= 0) {
            return true;
        }
    }
    return false;
}

enum status agreements_load(struct report *r, struct agreements *out, struct err *err)
{
    *out = (struct agreements){NULL, 1};
    if (!r->population) {
        return ST_OK;
    }
    uint32_t persons = population_persons(r->population);
    struct asking k = {.night = r->whole, .population = r->population, .every = MAX((persons + AGREEMENT_SAMPLE - 1) / AGREEMENT_SAMPLE, 1u)};
    k.n = (persons + k.every - 1) / k.every;
    k.v = xcalloc(k.n + 1, sizeof(*k.v));
    k.person = xmalloc(SEG_BLOCK_ROWS * sizeof(*k.person));
    out->every = k.every;
    out->v = arena_array(&r->arena, struct agreement, r->sources->n + 1);
    memset(out->v, 0, sizeof(*out->v) * r->sources->n);
    enum status st = take_persons(&k, err);
    for (size_t s = 0; s < r->sources->n && st == ST_OK; s++) {
        st = states_something(&r->sources->v[s]) ? compare_source(&k, s, &out->v[s], err) : ST_OK;
    }
    free(k.person);
    free(k.v);
    return st;
}

/* --- words --------------------------------------------------------------------------------------------------------------- */

const char *agreement_field_name(enum agreement_field f)
{
    static const char *const names[AGREE_FIELDS] = {"姓名", "性别", "出生日期", "住址"};
    return names[f];
}

const char *agreement_level_name(enum agreement_field f, enum agreement_level l)
{
    static const char *const names[AGREE_LEVELS] = {"", "一致", "同一栋", "同小区或社区", "不一致"};
    return f == AGREE_ADDRESS && l == AGREE_SAME ? "同一户" : names[l];
}

int64_t agreement_both(const struct agreement *a, enum agreement_field f)
{
    int64_t n = 0;
    for (int l = AGREE_SAME; l < AGREE_LEVELS; l++) {
        n += a->n[f][l];
    }
    return n;
}

/* A share with one decimal, rounded down: 100% is said only where nobody differs. */
static void add_share(struct strbuf *out, int64_t n, int64_t of)
{
    int64_t tenths = n * 1000 / of;
    strbuf_addf(out, "%lld.%lld%%", (long long)(tenths / 10), (long long)(tenths % 10));
}

void agreement_text(const struct agreement *a, enum agreement_field f, struct strbuf *out)
{
    int64_t both = agreement_both(a, f);
    if (both > 0 && both < PAGE_HIDDEN) {
        strbuf_addf(out, "不足 %d 人", PAGE_HIDDEN);
        return;
    }
    for (int l = AGREE_SAME; l < AGREE_LEVELS && both > 0; l++) {
        int64_t n = a->n[f][l];
        if (n == 0 && l != AGREE_SAME) {
            continue;
        }
        strbuf_addf(out, "%s%s ", l == AGREE_SAME ? "" : "，", agreement_level_name(f, (enum agreement_level)l));
        bool few = n > 0 && n < PAGE_HIDDEN, rest_few = l == AGREE_SAME && both - n > 0 && both - n < PAGE_HIDDEN;
        if (few) {
            strbuf_addf(out, "不足 %d 人", PAGE_HIDDEN);
        } else if (rest_few) {
            strbuf_addz(out, "超过 ");
            add_share(out, both - PAGE_HIDDEN, both);
        } else {
            add_share(out, n, both);
        }
    }
}
