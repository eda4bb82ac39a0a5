/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries a row meets. A row meets an entry by a number one slip away, by name, by unit, or by name and habit. */
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_search.h"

enum { AHEAD = 64 }; /* keys that are asked for before the first of them is looked up */

void search_want(const struct search *s, struct row_reader *r)
{
    const struct source *source = r->source;
    static const struct {
        enum person_role role;
        enum link_field field;
    } wants[] = {{ROLE_SEX, LF_SEX}, {ROLE_BIRTH, LF_BIRTH}, {ROLE_PHONE, LF_PHONE}, {ROLE_ADDRESS, LF_PLACE}};
    row_reader_want(r, source->person[ROLE_NAME].column);
    for (size_t k = 0; k < ARRAY_LEN(wants); k++) {
        if (s->says >> wants[k].field & 1) {
            row_reader_want(r, source->person[wants[k].role].column);
        }
    }
    for (size_t k = 0; k < source->unit.n_number && s->says >> LF_UNIT & 1; k++) {
        row_reader_want(r, source->unit.number[k]);
    }
    for (size_t k = 0; k < source->n_habit && s->says >> LF_HABIT & 1; k++) {
        row_reader_want(r, source->habit[k]);
    }
}

/* --- names -------------------------------------------------------------------------------------------------------------- */

static const struct seg_text *names_of(const struct search *s)
{
    int column = s->l->sources->v[s->source].person[ROLE_NAME].column;
    return column >= 0 && s->r->columns[column].text.codes ? &s->r->columns[column].text : NULL;
}

static const struct memo *memo_of(const struct search *s, const struct seg_text *names, size_t i)
{
    return names ? &s->memo[names->codes[i]] : NULL;
}

/* Each name of a block is prepared once. */
static void prepare_names(void *ctx, unsigned item)
{
    const struct search *s = ctx;
    const struct seg_text *names = names_of(s);
    size_t from = (size_t)item * STRETCH, to = names ? MIN(from + STRETCH, names->n_dict) : 0;
    for (size_t first = from; first < to; first += AHEAD) {
        uint64_t keys[AHEAD][NAME_KEYS];
        size_t n = MIN((size_t)AHEAD, to - first);
        for (size_t k = 0; k < n; k++) {
            struct memo *m = &s->memo[first + k];
            name_form_make(names->dict[first + k], &m->form);
            name_keys(&m->form, keys[k]);
            for (size_t j = 0; j < NAME_KEYS && keys[k][j]; j++) {
                map64_prefetch(j ? &s->sounds.first : &s->names.first, keys[k][j]);
            }
        }
        for (size_t k = 0; k < n; k++) {
            for (size_t j = 0; j < NAME_KEYS; j++) {
                s->memo[first + k].first[j] = keys[k][j] ? map64_get(j ? &s->sounds.first : &s->names.first, keys[k][j]) : MAP_NONE;
            }
        }
    }
}

static bool meets(const struct memo *m)
{
    for (size_t k = 0; m && k < NAME_KEYS; k++) {
        if (m->first[k] != MAP_NONE) {
            return true;
        }
    }
    return false;
}

/* --- rows --------------------------------------------------------------------------------------------------------------- */

/* What the row and the number of its person say. */
static const struct said *said_of(struct search *s, struct stretch *c, size_t i)
{
    struct said *row = &s->said[i];
    int32_t p = s->person[i];
    uint64_t anchor = s->l->anchor[p];
    s->asked[i] |= s->l->first_source[p] == MIN(s->source, UINT8_MAX - 1) && ident_key(anchor) ? ASKED_NAMESAKE : 0;
    said_cells(s->l, s->source, s->r, i, row, &c->scratch);
    int32_t birth = ymd_of_day(ident_birth(anchor));
    int sex = ident_sex(anchor);
    row->birth = birth ? birth : row->birth;
    row->sex = sex != SEX_UNKNOWN ? (uint8_t)sex : row->sex;
    return row;
}

/* A name that too many unsure rows bear is not compared with everybody of that name: only with those born in the year the row says. Rows that say none meet them
   by their number, or not at all; what is not compared is counted. */
static bool left_out(const struct key *first, const struct key *k, enum link_way way, const struct said *row)
{
    bool whole = first->block <= KEY_BLOCK || way == WAY_NUMBER || way == WAY_HABIT;
    return !whole && k->year != row->birth / 10000;
}

/* With a plan pairs are counted instead of compared. */
static void add_pair(struct search *s, struct stretch *c, enum link_way way, size_t i, const struct key *k)
{
    c->pairs[way]++;
    if (!s->l->night->plan) {
        s->asked[i] |= s->has[k->loose];
        vec_push(&c->met[k->loose >> s->shift], (struct meeting){k->loose, (uint16_t)i, (uint8_t)way, k->slip});
    }
}

/* first MAP_NONE: nobody. */
static void add_pairs(struct search *s, struct stretch *c, const struct keys *keys, enum link_way way, uint32_t first, size_t i)
{
    const struct key *k = first == MAP_NONE ? NULL : &keys->v.v[first];
    for (uint32_t j = 0; k && j < k->block; j++) {
        if (left_out(k, &k[j], way, &s->said[i])) {
            c->lost[way]++;
        } else {
            add_pair(s, c, way, i, &k[j]);
        }
    }
}

/* A row of a register and everything it may be. */
static void meet_register(struct search *s, struct stretch *c, size_t i, const struct memo *m, uint64_t natural)
{
    uint32_t p = (uint32_t)s->person[i];
    uint32_t unit = natural ? map64_get(&s->units.first, natural) : MAP_NONE;
    uint32_t person = s->marks[p] & MARK_PERSON ? map64_get(&s->persons.first, p) : MAP_NONE;
    if (natural && s->marks[p] & MARK_HOLDER) {
        vec_push(&c->housed, hash_mix(natural) ^ p);
    }
    if (!meets(m) && unit == MAP_NONE && person == MAP_NONE) {
        return;
    }
    (void)said_of(s, c, i);
    for (size_t k = 0; m && k < NAME_KEYS; k++) {
        add_pairs(s, c, k ? &s->sounds : &s->names, k ? WAY_SOUND : WAY_NAME, m->first[k], i);
    }
    add_pairs(s, c, &s->units, WAY_UNIT, unit, i);
    add_pairs(s, c, &s->persons, WAY_NUMBER, person, i);
}

static void meet_registers(struct search *s, struct stretch *c, const struct seg_text *names, size_t from, size_t n)
{
    const struct source *source = &s->l->sources->v[s->source];
    uint64_t natural[AHEAD];
    for (size_t k = 0; k < n; k++) {
        int32_t p = s->person[from + k];
        const struct memo *m = memo_of(s, names, from + k);
        natural[k] = p >= 0 && s->says >> LF_UNIT & 1 ? link_natural_unit(source, s->r, from + k) : 0;
        if (natural[k]) {
            map64_prefetch(&s->units.first, natural[k]);
        }
        for (size_t j = 0; p >= 0 && m && j < NAME_KEYS; j++) {
            if (m->first[j] != MAP_NONE) {
                __builtin_prefetch(&(j ? &s->sounds : &s->names)->v.v[m->first[j]]);
            }
        }
    }
    for (size_t k = 0; k < n; k++) {
        if (s->person[from + k] >= 0) {
            meet_register(s, c, from + k, memo_of(s, names, from + k), natural[k]);
        }
    }
}

/* Another row of a source with a habit: only of who bears the name. */
static void meet_habit(struct search *s, struct stretch *c, size_t i, const struct memo *m)
{
    uint64_t habit = habit_key((uint8_t)MIN(s->source, 63), habit_of_row(&s->l->sources->v[s->source], s->r, i));
    uint32_t first = habit ? map64_get(&s->habits.first, habit) : MAP_NONE;
    const struct key *k = first == MAP_NONE ? NULL : &s->habits.v.v[first];
    bool said = false;
    for (uint32_t j = 0; k && j < k->block; j++) {
        const struct loose *x = &s->t->v.v[k[j].loose];
        bool itself = x->kind == LOOSE_DOUBTFUL && x->person == (uint32_t)s->person[i]; /* a row under that name and number is as doubtful as the entry */
        if (s->forms.v[k[j].loose].folded == m->form.folded && !itself) {
            said = said || said_of(s, c, i);
            add_pair(s, c, WAY_HABIT, i, &k[j]);
        }
    }
}

static void meet_rows(void *ctx, unsigned item)
{
    struct search *s = ctx;
    struct stretch *c = &s->stretch[item];
    const struct seg_text *names = names_of(s);
    bool registers = s->l->sources->v[s->source].registers_persons;
    size_t from = (size_t)item * STRETCH, to = MIN(from + STRETCH, s->r->rows);
    for (unsigned k = 0; k < PARTS; k++) {
        vec_clear(&c->met[k]);
    }
    memset(s->asked + from, 0, to - from);
    for (size_t i = from; i < to && registers; i += AHEAD) {
        meet_registers(s, c, names, i, MIN((size_t)AHEAD, to - i));
    }
    for (size_t i = from; i < to && !registers && names; i++) {
        if (s->person[i] >= 0) {
            meet_habit(s, c, i, memo_of(s, names, i));
        }
    }
}

/* --- values ------------------------------------------------------------------------------------------------------------- */

static const enum link_field asked_fields[] = {LF_PLACE, LF_PHONE, LF_NAME, LF_BIRTH};

/* A few ten thousand days come again and again. */
static uint32_t birth_again(struct search *s, int32_t ymd)
{
    uint32_t day = (uint32_t)(ymd / 10000 - SEARCH_YEAR) << 9 | (uint32_t)(ymd / 100 % 100) << 5 | (uint32_t)(ymd % 100);
    if (ymd / 10000 < SEARCH_YEAR || day >= SEARCH_DAYS) {
        return birth_value(&s->t->values, ymd);
    }
    uint32_t *at = &s->births[day];
    *at = *at ? *at : birth_value(&s->t->values, ymd);
    return *at;
}

static void fill_values(void *ctx, unsigned item)
{
    struct search *s = ctx;
    enum link_field f = asked_fields[item];
    for (size_t i = 0; i < s->r->rows; i++) {
        if (s->asked[i] >> f & 1) {
            struct said *row = &s->said[i];
            row->value[f] = f == LF_BIRTH ? birth_again(s, row->birth) : said_value(s->l, s->source, s->r, i, row, &s->t->values, f);
        }
    }
}

/* --- a block ------------------------------------------------------------------------------------------------------------ */

static void compare_part(void *ctx, unsigned item)
{
    part_compare(ctx, item);
}

void search_block(struct search *s, struct stream *rows)
{
    const struct stream_side *here = stream_here(rows);
    unsigned threads = share_threads(), stretches = (unsigned)((here->r.rows + STRETCH - 1) / STRETCH);
    s->r = &here->r;
    s->person = here->person;
    const struct seg_text *names = names_of(s);
    if (names && names->n_dict > s->cap_memo) {
        s->memo = xrealloc(s->memo, names->n_dict * sizeof(*s->memo));
        s->cap_memo = names->n_dict;
    }
    share_out(names ? (unsigned)((names->n_dict + STRETCH - 1) / STRETCH) : 0, threads, prepare_names, s);
    share_out(stretches, threads, meet_rows, s);
    for (unsigned k = 0; k < stretches; k++) {
        for (size_t i = 0; i < s->stretch[k].housed.n; i++) {
            map64_put(&s->housed, s->stretch[k].housed.v[i], 1);
        }
        vec_clear(&s->stretch[k].housed);
    }
    for (unsigned k = stretches; k < STRETCHES; k++) {
        for (unsigned p = 0; p < PARTS; p++) {
            vec_clear(&s->stretch[k].met[p]);
        }
    }
    share_out(ARRAY_LEN(asked_fields), threads, fill_values, s);
    stream_share(rows, PARTS, compare_part, s);
}

void search_take_stretches(struct search *s)
{
    for (unsigned k = 0; k < STRETCHES; k++) {
        struct stretch *c = &s->stretch[k];
        for (unsigned way = 0; way < WAY_COUNT; way++) {
            s->pairs[way] += c->pairs[way];
            s->lost[way] += c->lost[way];
        }
        for (unsigned p = 0; p < PARTS; p++) {
            vec_release(&c->met[p]);
        }
        vec_release(&c->housed);
        strbuf_release(&c->scratch);
    }
}
