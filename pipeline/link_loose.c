/* SPDX-License-Identifier: Apache-2.0 */
/* What rows say of their person, and the table of those that are not sure of one. */
#include "pipeline/link_loose.h"

#include <stdio.h>

#include "base/text/fold.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"

#define PLACE_BYTES 6 /* a bare place name is no address */

void said_want(const struct link *l, size_t source, struct row_reader *r)
{
    static const enum person_role roles[] = {ROLE_ID, ROLE_NAME, ROLE_SEX, ROLE_BIRTH, ROLE_PHONE, ROLE_ADDRESS};
    const struct source *s = &l->sources->v[source];
    for (size_t k = 0; k < ARRAY_LEN(roles); k++) {
        row_reader_want(r, s->person[roles[k]].column);
    }
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(r, s->unit.number[k]);
    }
    for (size_t k = 0; k < s->n_habit; k++) {
        row_reader_want(r, s->habit[k]);
    }
}

int32_t ymd_of_day(int64_t day)
{
    if (day == INT64_MIN || day == DAY_MISSING || day == DAY_FOREVER) {
        return 0;
    }
    struct ymd d = day_to_ymd((daynum)day);
    return d.year * 10000 + d.month * 100 + d.day;
}

static int32_t birth_of(const struct source *s, const struct row_reader *r, size_t i)
{
    int c = s->person[ROLE_BIRTH].column;
    int64_t v = row_num(r, c, i);
    if (v == INT64_MIN) {
        return 0;
    }
    if (s->columns[c].type == COL_MONTH) {
        int32_t ymd = ymd_of_day(month_first((monthnum)v));
        return ymd - ymd % 100;
    }
    return ymd_of_day(v);
}

/* Blank 0; the same number is the same hash. */
static uint64_t text_hash(struct str s)
{
    return s.n ? hash64_str(s) | 1 : 0;
}

uint64_t habit_of_row(const struct source *s, const struct row_reader *r, size_t i)
{
    uint64_t h = 0;
    for (size_t k = 0; k < s->n_habit; k++) {
        struct str cell = str_trim(row_text(r, s->habit[k], i));
        if (cell.n == 0) {
            return 0;
        }
        h = hash_mix(h ^ hash64_str(cell));
    }
    return s->n_habit ? h | 1 : 0;
}

uint32_t birth_value(struct link_table *values, int32_t ymd)
{
    char text[16];
    return ymd ? link_table_value(values, LF_BIRTH, str_n(text, (size_t)snprintf(text, sizeof(text), "%08d", ymd))) : NO_VALUE;
}

/* Names in characters are compared by their forms (base/text/name_compare.h). */
static uint32_t latin_value(struct link_table *values, struct str name)
{
    bool latin = name.n > 0;
    for (size_t i = 0; i < name.n && latin; i++) {
        latin = (unsigned char)name.p[i] < 0xE2; /* Latin, Greek and Cyrillic letters; not characters, nor the signs before them */
    }
    return latin ? link_table_value(values, LF_NAME, name) : NO_VALUE;
}

void said_cells(const struct link *l, size_t source, const struct row_reader *r, size_t i, struct said *out, struct strbuf *scratch)
{
    const struct source *s = &l->sources->v[source];
    struct str sex = row_text(r, s->person[ROLE_SEX].column, i), address = row_text(r, s->person[ROLE_ADDRESS].column, i);
    uint64_t word = row_id(r, s->person[ROLE_ID].column, i), current = people_current_id(l->people, word);
    *out = (struct said){.id = current ? current : word,
                         .unit = link_natural_unit(s, r, i),
                         .phone = text_hash(row_text(r, s->person[ROLE_PHONE].column, i)),
                         .habit = habit_of_row(s, r, i),
                         .birth = birth_of(s, r, i),
                         .sex = str_eqz(sex, "男") ? SEX_MALE : str_eqz(sex, "女") ? SEX_FEMALE : SEX_UNKNOWN};
    if (address.n) {
        strbuf_clear(scratch);
        fold_key(address, scratch);
        out->place = scratch->n >= PLACE_BYTES ? text_hash(strbuf_str(scratch)) : 0;
    }
}

uint32_t said_value(const struct link *l, size_t source, const struct row_reader *r, size_t i, const struct said *cells, struct link_table *values, enum link_field f)
{
    const struct source *s = &l->sources->v[source];
    if (f == LF_NAME) {
        return latin_value(values, str_trim(row_text(r, s->person[ROLE_NAME].column, i)));
    }
    if (f == LF_PHONE) {
        return link_table_value(values, LF_PHONE, row_text(r, s->person[ROLE_PHONE].column, i));
    }
    return f == LF_PLACE && cells->place ? link_table_value(values, LF_PLACE, row_text(r, s->person[ROLE_ADDRESS].column, i)) : NO_VALUE;
}

static void said_values(const struct link *l, size_t source, const struct row_reader *r, size_t i, struct link_table *values, struct said *s)
{
    static const enum link_field fields[] = {LF_NAME, LF_PHONE, LF_PLACE};
    s->value[LF_BIRTH] = birth_value(values, s->birth);
    for (size_t k = 0; k < ARRAY_LEN(fields); k++) {
        s->value[fields[k]] = said_value(l, source, r, i, s, values, fields[k]);
    }
}

void said_read(const struct link *l, size_t source, const struct row_reader *r, size_t i, struct link_table *values, struct said *out, struct strbuf *scratch)
{
    said_cells(l, source, r, i, out, scratch);
    if (values) {
        said_values(l, source, r, i, values, out);
    }
}

void loose_init(struct loose_table *t, size_t n_sources)
{
    struct field fields[LF_COUNT];
    for (unsigned f = 0; f < LF_COUNT; f++) {
        fields[f] = (struct field){link_fields[f].zh, link_fields[f].type, DATE_YMD, -1};
    }
    *t = (struct loose_table){.known = xcalloc(n_sources + 1, sizeof(*t->known)), .strangers = xcalloc(n_sources + 1, sizeof(*t->strangers))};
    link_table_init(&t->values, fields, LF_COUNT);
}

struct str loose_name(const struct loose_table *t, const struct loose *e)
{
    return t->texts.texts[e->name];
}

static uint64_t content_of(const struct loose *e, struct str name, struct str raw)
{
    const struct said *s = &e->said;
    uint64_t parts[] = {s->id,    s->unit, s->phone, s->place, s->habit, (uint64_t)(uint32_t)s->birth << 8 | s->sex, (uint64_t)e->source << 8 | e->kind,
                        e->person};
    uint64_t h = hash_mix(hash64_str(name)) ^ hash64_str(raw);
    for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
        h = hash_mix(h ^ parts[k]) + k;
    }
    return h;
}

/* The cell of an identifier column where the word does not hold it. */
enum status loose_raw(const struct row_ids *ids, const struct link *l, const struct row_reader *r, size_t i, struct str *out, struct err *err)
{
    AUTO_STRBUF column = STRBUF_INIT;
    strbuf_adds(&column, l->sources->v[ids->source].columns[ids->id].name);
    strbuf_addz(&column, SEG_RAW);
    int at = seg_column(r->seg, strbuf_z(&column));
    return at < 0 ? ST_OK : seg_fetch_text(r->seg, r->start + i, (size_t)at, out, err);
}

enum status loose_add(struct link *l, struct loose_table *t, const struct row_ids *ids, const struct row_reader *r, size_t i, enum loose_kind kind, uint32_t person,
                      const struct said *said, struct err *err)
{
    struct loose e = {.said = *said,
                      .person = person,
                      .first = {ids->input, (uint32_t)(r->start + i)},
                      .kind = (uint8_t)kind,
                      .source = (uint8_t)MIN(ids->source, 63)};
    struct str name = str_trim(row_text(r, ids->name, i)), raw = {NULL, 0};
    said_values(l, ids->source, r, i, &t->values, &e.said);
    e.number_birth = birth_value(&t->values, ymd_of_day(ident_birth(ident_key(e.said.id))));
    if (ident_kind(e.said.id) == IDENT_UNUSABLE) {
        TRY(loose_raw(ids, l, r, i, &raw, err));
    }
    uint32_t next = (uint32_t)t->v.n, got = map64_get_or_put(&t->by_content, content_of(&e, name, raw), next);
    if (got == next) {
        e.name = strmap_add(&t->texts, name);
        e.raw = strmap_add(&t->texts, raw);
        vec_push(&t->v, e);
    }
    t->v.v[got].rows++;
    vec_push(&t->rows, (struct loose_row){e.first, got});
    return ST_OK;
}

void loose_release(struct loose_table *t)
{
    vec_release(&t->v);
    vec_release(&t->rows);
    map64_release(&t->by_content);
    strmap_release(&t->texts);
    link_table_release(&t->values);
    free(t->known);
    free(t->strangers);
}
