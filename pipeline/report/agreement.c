/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/agreement.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/core/hash.h"
#include "base/core/share.h"
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
    uint64_t name_text, address_text; /* hashes of the texts in force: nearly every row says the same in the same words */
    int64_t sex, birth;
    struct address_form address;
    enum agreement_level at_home;     /* what the address in force is to itself */
    int16_t from[AGREE_FIELDS];       /* source of the value in force, -1: none, the number says it */
};
/* What the rows of a source said of a person, a bit for each level above AGREE_SILENT of each field: rows may be read in any order and by any thread. */
typedef _Atomic uint16_t said_bits;
enum { LEVEL_BITS = AGREE_LEVELS - 1 };
_Static_assert(AGREE_FIELDS * LEVEL_BITS <= 16, "a bit for each level of each field");

struct asking {
    const struct night *night;
    struct population *population;
    uint32_t every, n;
    struct asked *v;
    said_bits **said;    /* by source, then person; NULL: it states nothing */
    enum status *status; /* by input */
    struct err *err;
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

enum { TEXTS = 8192, SHARE = 512 }; /* persons whose texts are in memory, and those a thread takes at a time */

struct texts {
    struct asked *v; /* whom they are of */
    uint32_t n;
    struct str *name, *address;
};

static void form_texts(void *ctx, unsigned item)
{
    const struct texts *t = ctx;
    for (uint32_t i = item * SHARE; i < MIN(t->n, (item + 1) * SHARE); i++) {
        struct asked *p = &t->v[i];
        p->name = name_value(t->name[i]);
        p->name_text = hash64_str(t->name[i]);
        p->address_text = hash64_str(t->address[i]);
        address_value(t->address[i], &p->address);
        p->at_home = of_address(&p->address, t->address[i]);
    }
}

static enum status take_person(struct asking *k, uint32_t row, struct asked *p, struct err *err)
{
    TRY(population_person_one(k->population, P_SEX, row, &p->sex, err));
    TRY(population_person_one(k->population, P_BIRTH, row, &p->birth, err));
    for (int f = 0; f < AGREE_FIELDS; f++) {
        struct origin o;
        TRY(population_origin_of(k->population, columns[f], row, &o, err));
        p->from[f] = o.input < 0 ? -1 : (int16_t)k->night->inputs[o.input].source;
    }
    return ST_OK;
}

static enum status take_persons(struct asking *k, struct err *err)
{
    AUTO_ARENA texts = ARENA_INIT;
    for (uint32_t at = 0; at < k->n; at += TEXTS) {
        arena_clear(&texts);
        struct texts t = {.v = k->v + at, .n = MIN(k->n - at, (uint32_t)TEXTS)};
        t.name = arena_array(&texts, struct str, TEXTS);
        t.address = arena_array(&texts, struct str, TEXTS);
        for (uint32_t i = 0; i < t.n; i++) {
            uint32_t row = (at + i) * k->every;
            TRY(population_person_text(k->population, P_NAME, row, &texts, &t.name[i], err));
            TRY(population_person_text(k->population, P_ADDRESS, row, &texts, &t.address[i], err));
            TRY(take_person(k, row, &t.v[i], err));
        }
        share_out((t.n + SHARE - 1) / SHARE, share_threads(), form_texts, &t);
    }
    return ST_OK;
}

/* --- one row against its person ------------------------------------------------------------------------------------------ */

static enum agreement_level of_row(const struct row_reader *r, size_t i, int column, enum agreement_field f, const struct asked *p)
{
    struct str text = row_text(r, column, i);
    int64_t day = row_num(r, column, i), sex = str_eqz(text, "男") ? 1 : str_eqz(text, "女") ? 2 : 0;
    uint64_t name;
    switch (f) {
    case AGREE_NAME:
        if (text.n && p->name && hash64_str(text) == p->name_text) {
            return AGREE_SAME;
        }
        name = text.n && p->name ? name_value(text) : 0;
        return !name ? AGREE_SILENT : name == p->name ? AGREE_SAME : AGREE_DIFFERS;
    case AGREE_SEX:
        return !sex || p->sex <= 0 ? AGREE_SILENT : sex == p->sex ? AGREE_SAME : AGREE_DIFFERS;
    case AGREE_BIRTH:
        return day == INT64_MIN || day == DAY_FOREVER || p->birth == INT64_MIN ? AGREE_SILENT : day == p->birth ? AGREE_SAME : AGREE_DIFFERS;
    case AGREE_ADDRESS:
        return !text.n ? AGREE_SILENT : hash64_str(text) == p->address_text ? p->at_home : of_address(&p->address, text);
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

struct comparing { /* an input */
    const struct asking *k;
    const struct night_input *in;
    struct row_reader r;
    struct link_reader *links;
    int column[AGREE_FIELDS]; /* of its source */
    int32_t *person;          /* of a block */
};

static unsigned level_bit(int field, enum agreement_level level)
{
    return level == AGREE_SILENT ? 0 : 1u << (field * LEVEL_BITS + (int)level - 1);
}

static void compare_block(const struct comparing *c)
{
    const struct asking *k = c->k;
    for (size_t i = 0; i < c->r.rows; i++) {
        int32_t at = c->person[i];
        if (at < 0 || (uint32_t)at % k->every || input_superseded(c->in, (int64_t)(c->r.start + i))) {
            continue;
        }
        const struct asked *p = &k->v[(uint32_t)at / k->every];
        said_bits *said = &k->said[c->in->source][(uint32_t)at / k->every];
        unsigned before = *said, now = before;
        for (int f = 0; f < AGREE_FIELDS; f++) {
            bool asks = c->column[f] >= 0 && p->from[f] != (int)c->in->source && !(now & level_bit(f, AGREE_DIFFERS));
            now |= asks ? level_bit(f, of_row(&c->r, i, c->column[f], (enum agreement_field)f, p)) : 0;
        }
        if (now != before) {
            *said |= (uint16_t)now;
        }
    }
}

static enum status compare_blocks(struct comparing *c, struct err *err)
{
    for (bool more;;) {
        TRY(row_reader_next(&c->r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(link_read(c->links, (uint32_t)c->r.start, (uint32_t)c->r.rows, c->person, err));
        compare_block(c);
    }
}

static enum status compare_open(struct comparing *c, size_t input, struct err *err)
{
    const struct source *s = &c->k->night->site->sources->v[c->in->source];
    TRY(row_reader_open(&c->r, c->in->segment, s, err));
    row_reader_without_hashes(&c->r);
    for (int f = 0; f < AGREE_FIELDS; f++) {
        c->column[f] = column_of(s, (enum agreement_field)f);
        row_reader_want(&c->r, c->column[f]);
    }
    TRY(link_open(c->k->night->run_dir, input, &c->links, err));
    return compare_blocks(c, err);
}

static void compare_input(void *ctx, unsigned input)
{
    struct asking *k = ctx;
    struct comparing c = {.k = k, .in = &k->night->inputs[input]};
    if (k->said[c.in->source]) {
        c.person = xmalloc(SEG_BLOCK_ROWS * sizeof(*c.person));
        k->status[input] = compare_open(&c, input, &k->err[input]);
        link_close(c.links);
        row_reader_close(&c.r);
        free(c.person);
    }
}

/* A person counts once a source, as the worst of the rows. */
static void count_source(const struct asking *k, const said_bits *said, struct agreement *out)
{
    for (uint32_t i = 0; i < k->n; i++) {
        for (int f = 0; f < AGREE_FIELDS; f++) {
            int worst = AGREE_DIFFERS;
            while (worst > AGREE_SILENT && !(said[i] & level_bit(f, (enum agreement_level)worst))) {
                worst--;
            }
            out->n[f][worst] += worst != AGREE_SILENT;
        }
    }
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

static enum status compare_all(struct asking *k, struct err *err)
{
    size_t n = k->night->n_inputs;
    share_out((unsigned)n, share_threads(), compare_input, k);
    for (size_t i = 0; i < n; i++) {
        if (k->status[i] != ST_OK) {
            *err = k->err[i];
            return k->status[i];
        }
    }
    return ST_OK;
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
    k.said = xcalloc(r->sources->n + 1, sizeof(*k.said));
    k.status = xcalloc(k.night->n_inputs + 1, sizeof(*k.status));
    k.err = xcalloc(k.night->n_inputs + 1, sizeof(*k.err));
    for (size_t s = 0; s < r->sources->n; s++) {
        k.said[s] = states_something(&r->sources->v[s]) ? xcalloc(k.n + 1, sizeof(**k.said)) : NULL;
    }
    out->every = k.every;
    out->v = arena_array(&r->arena, struct agreement, r->sources->n + 1);
    enum status st = take_persons(&k, err);
    st = st == ST_OK ? compare_all(&k, err) : st;
    for (size_t s = 0; s < r->sources->n; s++) {
        if (st == ST_OK && k.said[s]) {
            count_source(&k, k.said[s], &out->v[s]);
        }
        free(k.said[s]);
    }
    free(k.said);
    free(k.status);
    free(k.err);
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
