/* SPDX-License-Identifier: Apache-2.0 */
/* Anchors: the rows of sampled persons stream past, each field against what another source said first. */
#include "pipeline/link_train.h"

#include <stdio.h>

#include "base/text/utf8.h"
#include "matchers/compare.h"
#include "matchers/em.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_loose.h"

struct first { /* what was said of a person first; 0: nothing yet */
    uint32_t value[LF_COUNT], unit[UNIT_RANKS];
    uint8_t source[LF_COUNT], unit_source[UNIT_RANKS];
};
#define FROM_NUMBER 255 /* a source no row has */

struct anchors {
    struct link *l;
    struct link_training *out;
    struct link_table table;
    struct map64 at;       /* person -> first */
    VEC(struct first) first;
    struct map64 habit;    /* person and source -> value */
    struct strbuf scratch;
};

static bool sampled(const struct anchors *a, uint32_t p)
{
    return ident_key(a->l->anchor[p]) && hash_mix(a->l->anchor[p] ^ TRAIN_SEED) % a->out->every == 0;
}

/* First and last character; of a number three and one. */
static void mask(struct str text, enum link_field f, char out[48])
{
    AUTO_STRBUF b = STRBUF_INIT;
    uint32_t cp[64];
    size_t n = 0, head = f == LF_PHONE || f == LF_PLACE ? 3 : 1;
    for (const char *p = text.p, *end = str_end(text); p < end && n < ARRAY_LEN(cp);) {
        cp[n++] = utf8_next(&p, end);
    }
    for (size_t i = 0; i < MIN(n, 12u); i++) {
        strbuf_add_cp(&b, f == LF_SEX || i < head || (i + 1 == MIN(n, 12u) && n > 2) ? cp[i] : '*');
    }
    (void)snprintf(out, 48, "%s", strbuf_z(&b));
}

/* What is not one person's business to see: dates, units and habits are no examples. */
static void keep_example(struct anchors *a, enum link_field f, unsigned level, uint32_t x, uint32_t y)
{
    struct train_field *t = &a->out->field[f];
    bool shown = f == LF_NAME || f == LF_PHONE || f == LF_PLACE;
    if (shown && level > LEVEL_SAME && t->n_examples[level] < EXAMPLES) {
        struct train_example *e = &t->example[level][t->n_examples[level]++];
        mask(value_text(&a->table.dicts[f], x), f, e->a);
        mask(value_text(&a->table.dicts[f], y), f, e->b);
    }
}

static void count_pair(struct anchors *a, enum link_field f, uint32_t x, uint32_t y)
{
    unsigned level = compare_values(&a->table.dicts[f], x, y);
    struct train_field *t = &a->out->field[f];
    if (level != LEVEL_MISSING) {
        t->anchors++;
        t->count[level]++;
        keep_example(a, f, level, x, y);
    }
}

/* Against what another source said first. */
static void meet_field(struct anchors *a, struct first *had, enum link_field f, uint32_t value, uint8_t source)
{
    if (value == NO_VALUE) {
        return;
    }
    if (had->value[f] == NO_VALUE) {
        had->value[f] = value;
        had->source[f] = source;
    } else if (had->source[f] != source) {
        count_pair(a, f, had->value[f], value);
    }
}

static uint32_t number_value(struct anchors *a, enum link_field f, uint64_t number)
{
    char text[24];
    return number ? link_table_value(&a->table, f, str_n(text, (size_t)snprintf(text, sizeof(text), "k%016llx", (unsigned long long)number))) : NO_VALUE;
}

static void meet_unit(struct anchors *a, struct first *had, size_t source, uint64_t unit)
{
    int rank = link_unit_rank(a->l, a->l->sources->v[source].unit.kind);
    uint32_t value = rank < 0 ? NO_VALUE : number_value(a, LF_UNIT, unit);
    if (value == NO_VALUE) {
        return;
    }
    had->value[LF_UNIT] = had->value[LF_UNIT] ? had->value[LF_UNIT] : value; /* for how common units are */
    if (had->unit[rank] == NO_VALUE) {
        had->unit[rank] = value;
        had->unit_source[rank] = (uint8_t)MIN(source, 63);
    } else if (had->unit_source[rank] != MIN(source, 63)) {
        count_pair(a, LF_UNIT, had->unit[rank], value);
    }
}

/* From row to row of one source. */
static void meet_habit(struct anchors *a, struct first *had, uint32_t p, size_t source, uint64_t habit)
{
    uint32_t value = number_value(a, LF_HABIT, habit);
    uint64_t key = (uint64_t)p << 8 | MIN(source, 255);
    uint32_t before = map64_get(&a->habit, key);
    if (value == NO_VALUE) {
        return;
    }
    had->value[LF_HABIT] = had->value[LF_HABIT] ? had->value[LF_HABIT] : value;
    if (before == MAP_NONE) {
        map64_put(&a->habit, key, value);
    } else {
        count_pair(a, LF_HABIT, before, value);
    }
}

static struct first *first_of(struct anchors *a, uint32_t p)
{
    uint32_t next = (uint32_t)a->first.n, at = map64_get_or_put(&a->at, p, next);
    if (at == next) {
        struct first *f = vec_add(&a->first);
        int sex = ident_sex(a->l->anchor[p]);
        *f = (struct first){.source = {[LF_BIRTH] = FROM_NUMBER, [LF_SEX] = FROM_NUMBER}};
        f->value[LF_BIRTH] = birth_value(&a->table, ymd_of_day(ident_birth(a->l->anchor[p])));
        f->value[LF_SEX] = sex == SEX_UNKNOWN ? NO_VALUE : link_table_value(&a->table, LF_SEX, sex == SEX_MALE ? STR("男") : STR("女"));
    }
    return &a->first.v[at];
}

/* A row under somebody else's number anchors nothing: its name says so. */
static bool is_anchor(const struct anchors *a, const struct first *had, uint32_t name)
{
    unsigned level = had->value[LF_NAME] && name ? compare_values(&a->table.dicts[LF_NAME], had->value[LF_NAME], name) : LEVEL_MISSING;
    return level <= NAME_L_PART;
}

static void meet_row(struct anchors *a, size_t source, const struct row_reader *r, size_t i, uint32_t p)
{
    struct said said;
    const struct source *s = &a->l->sources->v[source];
    struct first *had = first_of(a, p);
    uint8_t from = (uint8_t)MIN(source, 63);
    said_read(a->l, source, r, i, &a->table, &said, &a->scratch);
    uint32_t name = link_table_value(&a->table, LF_NAME, row_text(r, s->person[ROLE_NAME].column, i));
    if (!is_anchor(a, had, name)) {
        return;
    }
    a->out->rows++;
    meet_field(a, had, LF_NAME, name, from);
    meet_field(a, had, LF_BIRTH, said.birth % 100 ? said.value[LF_BIRTH] : NO_VALUE, from);
    meet_field(a, had, LF_SEX, said.sex == SEX_UNKNOWN ? NO_VALUE : link_table_value(&a->table, LF_SEX, said.sex == SEX_MALE ? STR("男") : STR("女")), from);
    meet_field(a, had, LF_PHONE, said.value[LF_PHONE], from);
    meet_field(a, had, LF_PLACE, said.value[LF_PLACE], from);
    meet_unit(a, had, source, said.unit);
    meet_habit(a, had, p, source, said.habit);
}

static enum status meet_input(struct anchors *a, uint32_t input, int32_t *person, struct err *err)
{
    const struct night_input *in = &a->l->night->inputs[input];
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    TRY(link_part_open(&part, a->l, input, err));
    TRY(row_reader_open(&r, in->segment, &a->l->sources->v[in->source], err));
    said_want(a->l, in->source, &r);
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(link_part_rows(&part, r.start, r.rows, person, err));
        for (size_t i = 0; i < r.rows; i++) {
            if (person[i] >= 0 && sampled(a, (uint32_t)person[i])) {
                meet_row(a, in->source, &r, i, (uint32_t)person[i]);
            }
        }
    }
}

/* One row a person: how common values are among persons. */
static void seal(struct anchors *a)
{
    for (uint32_t i = 0; i < a->first.n; i++) {
        link_table_add(&a->table, 0, i, a->first.v[i].value);
    }
    link_table_seal(&a->table);
    a->out->persons = (uint32_t)a->first.n;
}

enum status link_train(struct link *l, const struct loose_table *t, candidate_list *list, struct link_training *out, struct err *err)
{
    struct anchors a = {.l = l, .out = out};
    struct field fields[LF_COUNT];
    int32_t *person = xmalloc(SEG_BLOCK_ROWS * sizeof(*person));
    enum status status = ST_OK;
    out->every = MAX(1u, (l->n + TRAIN_PERSONS - 1) / TRAIN_PERSONS);
    out->entries = t->v.n;
    out->candidates = list->n;
    for (unsigned f = 0; f < LF_COUNT; f++) {
        fields[f] = (struct field){link_fields[f].zh, link_fields[f].type, DATE_YMD, -1};
    }
    link_table_init(&a.table, fields, LF_COUNT);
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        status = meet_input(&a, i, person, err);
    }
    if (status == ST_OK) {
        seal(&a);
        status = link_estimate(l, t, list, &a.table, out, err);
    }
    free(person);
    map64_release(&a.at);
    map64_release(&a.habit);
    vec_release(&a.first);
    strbuf_release(&a.scratch);
    link_table_release(&a.table);
    return status;
}

void link_training_release(struct link_training *t)
{
    model_release(&t->model);
}
