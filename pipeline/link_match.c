/* SPDX-License-Identifier: Apache-2.0 */
/* Who the loose entries may be. Keys of the entries are few and stay in memory; the rows of all registers stream past them once, and of sources with a habit
   the other rows too. A row meets an entry by a number one slip away, by name, by unit, or by name and habit. */
#include "matchers/compare.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_keys.h"

#define WANTED UINT8_MAX /* instead of a slip: compared because link_want.h wants it */
#define NAMESAKES_MOST 4
#define UNITS 4 /* a person stands in three kinds of units, sometimes in two of a kind */

struct memo;
struct search {
    struct link *l;
    struct loose_table *t;
    VEC(struct name_form) forms; /* of the names of entries */
    struct keys names, sounds, units, habits; /* name as folded; as it sounds; natural unit; source and habit */
    struct keys persons;  /* person -> entries that may be them by number */
    struct keys numbers;  /* number one slip away from that of a record person -> the record's entries */
    struct map64 holders; /* persons whose number somebody else's row bears */
    struct map64 housed;  /* holder and unit */
    struct map64 at;      /* entry and person -> candidate */
    VEC(uint64_t) units_of; /* UNITS a candidate: units it was met in */
    candidate_list *out;
    uint64_t pairs[WAY_COUNT], lost[WAY_COUNT];
    struct strbuf scratch;
    struct memo *memo;    /* of a block: by code of the name column */
    size_t cap_memo;
};

struct memo { /* what a name meets */
    bool ready;
    uint32_t first[NAME_KEYS]; /* MAP_NONE */
    struct name_form form;
};

/* --- keys ------------------------------------------------------------------------------------------------------------- */

static uint64_t habit_key(uint8_t source, uint64_t habit)
{
    return habit ? hash_mix(habit + source) : 0;
}

static uint64_t pair_key(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

/* Numbers one slip away from what the row bears. Strangers' numbers only where something says they are damaged. */
static void add_proposals(struct search *s, uint32_t e)
{
    const struct loose *x = &s->t->v.v[e];
    struct repair v[REPAIR_MAX];
    bool usable = ident_key(x->said.id) != 0;
    size_t n = !usable ? repair_propose(x->said.id, s->t->texts.texts[x->raw], v)
               : x->kind == LOOSE_NOBODY && x->person == NO_PERSON ? repair_propose_valid(x->said.id, v) : 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t id = people_current_id(s->l->people, v[i].id);
        uint32_t p = map64_get(&s->l->by_id, id);
        if (p != MAP_NONE && p != x->person) {
            vec_push(&s->persons.v, (struct key){p, e, 0, v[i].kind});
        }
        if (x->kind == LOOSE_RECORD) {
            vec_push(&s->numbers.v, (struct key){id, e, 0, v[i].kind});
        }
    }
}

/* A record's number one slip away from a stranger's: the record is of the stranger. */
static void add_strangers(struct search *s)
{
    for (uint32_t e = 0; e < s->t->v.n; e++) {
        const struct loose *x = &s->t->v.v[e];
        uint64_t id = ident_key(x->said.id);
        uint32_t at = x->kind == LOOSE_NOBODY && id ? map64_get(&s->numbers.first, id) : MAP_NONE;
        for (; at != MAP_NONE && at < s->numbers.v.n && s->numbers.v.v[at].key == id; at++) {
            vec_push(&s->persons.v, (struct key){s->t->v.v[s->numbers.v.v[at].loose].person, e, 0, s->numbers.v.v[at].slip});
        }
    }
}

static void make_keys(struct search *s)
{
    for (uint32_t e = 0; e < s->t->v.n; e++) {
        const struct loose *x = &s->t->v.v[e];
        uint64_t names[NAME_KEYS];
        name_form_make(loose_name(s->t, x), vec_add(&s->forms));
        name_keys(&s->forms.v[e], names);
        uint64_t habit = names[0] ? habit_key(x->source, x->said.habit) : 0;
        for (size_t k = 0; k < NAME_KEYS; k++) {
            if (names[k]) {
                vec_push(k ? &s->sounds.v : &s->names.v, (struct key){names[k], e, 0, 0});
            }
        }
        if (x->said.unit) {
            vec_push(&s->units.v, (struct key){x->said.unit, e, 0, 0});
        }
        if (habit) {
            vec_push(&s->habits.v, (struct key){habit, e, 0, 0});
        }
        if (x->kind == LOOSE_DOUBTFUL) {
            vec_push(&s->persons.v, (struct key){x->person, e, 0, 0});
        }
        uint64_t id = ident_key(x->said.id);
        uint32_t holder = id ? map64_get(&s->l->by_id, id) : MAP_NONE;
        if (holder != MAP_NONE) {
            map64_put(&s->holders, holder, 1);
        }
        add_proposals(s, e);
    }
    uint32_t other = s->l->want ? link_want_other(s->l) : NO_PERSON;
    for (size_t i = 0; i < s->l->wanted.n && other != NO_PERSON; i++) {
        vec_push(&s->persons.v, (struct key){.key = other, .loose = s->l->wanted.v[i], .slip = WANTED});
    }
    keys_seal(&s->names);
    keys_seal(&s->sounds);
    keys_seal(&s->units);
    keys_seal(&s->habits);
    keys_seal(&s->numbers);
    add_strangers(s);
    keys_seal(&s->persons);
}

/* --- comparing one row with one entry --------------------------------------------------------------------------------- */

static enum agreement equal(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 ? SAYS_NOTHING : a == b ? SAYS_SAME : SAYS_OTHER;
}

/* Levels and agreements go from the strongest to "different"; 0 says nothing. */
static void keep_best(uint8_t *had, unsigned now)
{
    *had = *had == 0 ? (uint8_t)now : now == 0 ? *had : (uint8_t)MIN(*had, now);
}

static unsigned level_of(const struct search *s, enum link_field f, uint32_t a, uint32_t b)
{
    return compare_values(&s->t->values.dicts[f], a, b);
}

/* Two names in Latin letters, as levels of names in characters. */
static enum name_likeness latin_likeness(const struct search *s, uint32_t a, uint32_t b)
{
    static const uint8_t as[NAME_LEVELS] = {[LEVEL_MISSING] = NAME_LEVEL_UNKNOWN, [NAME_L_SAME] = NAME_LEVEL_SAME,       [NAME_L_WEAK] = NAME_LEVEL_VARIANT,
                                            [NAME_L_TONE] = NAME_LEVEL_TONE,      [NAME_L_SOUND] = NAME_LEVEL_PINYIN,    [NAME_L_SWAPPED] = NAME_LEVEL_SWAPPED,
                                            [NAME_L_LOOKS] = NAME_LEVEL_ALIKE,    [NAME_L_PART] = NAME_LEVEL_PART,       [NAME_L_ONE] = NAME_LEVEL_ONE,
                                            [NAME_L_SURNAME] = NAME_LEVEL_SURNAME, [NAME_L_GIVEN] = NAME_LEVEL_GIVEN, [NAME_L_DIFFERENT] = NAME_LEVEL_NONE};
    return a && b ? (enum name_likeness)as[level_of(s, LF_NAME, a, b)] : NAME_LEVEL_NONE;
}

static enum name_likeness names_alike(const struct search *s, const struct loose *x, uint32_t e, const struct name_form *name, const struct said *row)
{
    enum name_likeness v = name_compare(&s->forms.v[e], name);
    return v == NAME_LEVEL_LATIN ? latin_likeness(s, x->said.value[LF_NAME], row->value[LF_NAME]) : v;
}

static enum id_evidence id_says(const struct search *s, const struct loose *x, uint32_t p)
{
    uint64_t id = ident_key(x->said.id);
    uint32_t holder = id ? map64_get(&s->l->by_id, id) : MAP_NONE;
    if (holder == p) {
        return ID_ITS_OWN;
    }
    if (id) {
        bool own = ident_key(s->l->anchor[p]) != 0;
        return holder != MAP_NONE && x->kind != LOOSE_SECOND ? ID_OF_ANOTHER : own ? ID_OTHER : ID_SAYS_NOTHING;
    }
    enum ident_reason why = ident_reason(x->said.id);
    bool digits = why == IDENT_R_CHECK || why == IDENT_R_DATE || why == IDENT_R_SHORT17 || why == IDENT_R_LENGTH || why == IDENT_R_TAIL000;
    return digits && ident_key(s->l->anchor[p]) ? ID_FAR : ID_SAYS_NOTHING;
}

static struct candidate *candidate_of(struct search *s, uint32_t e, uint32_t p, uint32_t *out_at)
{
    uint32_t next = (uint32_t)s->out->n, at = map64_get_or_put(&s->at, pair_key(e, p), next);
    if (at == next) {
        vec_push(s->out, (struct candidate){.loose = e, .person = p, .name = NAME_LEVEL_COUNT, .id = (uint8_t)id_says(s, &s->t->v.v[e], p)});
        for (size_t k = 0; k < UNITS; k++) {
            vec_push(&s->units_of, 0);
        }
    }
    *out_at = at;
    return &s->out->v[at];
}

static void note_unit(uint64_t units[UNITS], uint64_t unit)
{
    size_t k = 0;
    while (k < UNITS && units[k] != 0 && units[k] != unit) {
        k++;
    }
    if (k < UNITS) {
        units[k] = unit;
    }
}

/* What the row and the number of its person say. */
static void complete(const struct search *s, uint32_t p, struct said *row)
{
    int32_t birth = ymd_of_day(ident_birth(s->l->anchor[p]));
    int sex = ident_sex(s->l->anchor[p]);
    row->birth = birth ? birth : row->birth;
    row->value[LF_BIRTH] = birth_value(&s->t->values, row->birth);
    row->sex = sex != SEX_UNKNOWN ? (uint8_t)sex : row->sex;
}

/* Does the row say something besides the name that speaks for the entry? */
static bool more_than_a_name(const struct loose *x, const struct said *row)
{
    int32_t birth = x->said.birth ? x->said.birth : ymd_of_day(ident_birth(ident_key(x->said.id)));
    bool born = birth && row->birth && (birth / 10000 == row->birth / 10000 || birth % 10000 == row->birth % 10000);
    return born || (x->said.phone && x->said.phone == row->phone) || (x->said.place && x->said.place == row->place) ||
           (x->said.unit && x->said.unit == row->unit) || (x->said.habit && x->said.habit == row->habit);
}

/* Of the bearers of a common name the first few are candidates whatever else is said, so that people see there are several; further ones only with something
   besides. They are counted: a common name is worth little. Each person once, by a row of the source that showed them first. */
static bool only_counted(struct search *s, uint32_t e, uint32_t p, enum link_way way, size_t source, const struct said *row)
{
    struct loose *x = &s->t->v.v[e];
    if ((way != WAY_NAME && way != WAY_SOUND) || x->by_name < NAMESAKES_MOST || map64_get(&s->at, pair_key(e, p)) != MAP_NONE || more_than_a_name(x, row)) {
        return false;
    }
    x->namesakes += way == WAY_NAME && s->l->first_source[p] == MIN(source, UINT8_MAX - 1) && ident_key(s->l->anchor[p]);
    return true;
}

static void compare(struct search *s, uint32_t e, uint32_t p, enum link_way way, uint8_t slip, size_t source, const struct name_form *name, const struct said *row)
{
    const struct loose *x = &s->t->v.v[e];
    uint32_t at;
    bool itself = x->kind == LOOSE_RECORD || x->kind == LOOSE_SECOND || (x->kind == LOOSE_DOUBTFUL && x->source == MIN(source, 63) && name && name->folded == s->forms.v[e].folded);
    if (itself && x->person == p) {
        return; /* no row vouches for itself */
    }
    if (only_counted(s, e, p, way, source, row)) {
        return;
    }
    size_t had = s->out->n;
    struct candidate *c = candidate_of(s, e, p, &at);
    s->t->v.v[e].by_name += s->out->n > had && (way == WAY_NAME || way == WAY_SOUND);
    c->ways |= (uint8_t)(1u << way);
    c->met = c->met || slip != WANTED;
    if (slip && slip != WANTED) {
        c->id = ID_REPAIRS, c->slip = slip;
    }
    if (c->name != NAME_LEVEL_SAME && name) {
        uint8_t v = (uint8_t)names_alike(s, x, e, name, row);
        c->name = v != NAME_LEVEL_UNKNOWN ? MIN(v, c->name) : c->name;
    }
    bool foreign = c->id == ID_OF_ANOTHER || c->id == ID_ITS_OWN; /* then the number says nothing of who is meant */
    uint32_t birth = x->said.value[LF_BIRTH] || foreign ? x->said.value[LF_BIRTH] : x->number_birth;
    keep_best(&c->birth, level_of(s, LF_BIRTH, birth, row->value[LF_BIRTH]));
    keep_best(&c->sex, x->said.sex && row->sex ? (x->said.sex == row->sex ? SEX_L_SAME : SEX_L_DIFFERENT) : LEVEL_MISSING);
    keep_best(&c->phone, level_of(s, LF_PHONE, x->said.value[LF_PHONE], row->value[LF_PHONE]));
    keep_best(&c->place, level_of(s, LF_PLACE, x->said.value[LF_PLACE], row->value[LF_PLACE]));
    if (s->l->sources->v[x->source].unit.kind == s->l->sources->v[source].unit.kind) {
        keep_best(&c->unit, equal(x->said.unit, row->unit));
    }
    if (x->source == source) {
        keep_best(&c->habit, equal(x->said.habit, row->habit));
    }
    note_unit(&s->units_of.v[UNITS * (size_t)at], row->unit);
}

/* A name that too many unsure rows bear is not compared with everybody of that name: only with those born in the year the row says. Rows that say none meet them
   by their number, or not at all; what is not compared is counted. */
static int32_t birth_year(const struct loose *x)
{
    int32_t birth = x->said.birth ? x->said.birth : ymd_of_day(ident_birth(ident_key(x->said.id)));
    return birth / 10000;
}

static bool left_out(const struct search *s, const struct keys *k, uint32_t first, size_t i, enum link_way way, const struct said *row)
{
    bool whole = k->v.v[first].block <= KEY_BLOCK || way == WAY_NUMBER || way == WAY_HABIT;
    return !whole && birth_year(&s->t->v.v[k->v.v[i].loose]) != row->birth / 10000;
}

/* With a plan pairs are counted instead of compared. */
static bool may_count(struct search *s, enum link_way way)
{
    s->pairs[way]++;
    return s->l->night->plan != NULL;
}

/* first MAP_NONE: nothing. */
static void compare_all(struct search *s, const struct keys *k, enum link_way way, uint32_t first, uint32_t p, size_t source, const struct name_form *name,
                        const struct said *row)
{
    for (size_t i = first; i < k->v.n && k->v.v[i].key == k->v.v[first].key; i++) {
        if (left_out(s, k, first, i, way, row)) {
            s->lost[way]++;
        } else if (!may_count(s, way)) {
            compare(s, k->v.v[i].loose, p, way, k->v.v[i].slip, source, name, row);
        }
    }
}

/* --- rows streaming past ------------------------------------------------------------------------------------------------ */

/* Each name of a block is prepared once. */
static const struct memo *meets_by_name(struct search *s, const struct row_reader *r, int column, size_t i)
{
    const struct seg_text *names = &r->columns[column].text;
    struct memo *m = &s->memo[names->codes[i]];
    if (!m->ready) {
        uint64_t keys[NAME_KEYS];
        name_form_make(names->dict[names->codes[i]], &m->form);
        name_keys(&m->form, keys);
        for (size_t k = 0; k < NAME_KEYS; k++) {
            m->first[k] = keys[k] ? map64_get(k ? &s->sounds.first : &s->names.first, keys[k]) : MAP_NONE;
        }
        m->ready = true;
    }
    return m;
}

static void start_memo(struct search *s, const struct row_reader *r, int column)
{
    size_t n = r->columns[column].text.n_dict;
    if (n > s->cap_memo) {
        s->memo = xrealloc(s->memo, n * sizeof(*s->memo));
        s->cap_memo = n;
    }
    for (size_t i = 0; i < n; i++) {
        s->memo[i].ready = false;
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

/* A row of a register and everything it may be. */
static void meet_register(struct search *s, size_t source, const struct row_reader *r, size_t i, uint32_t p, const struct memo *m)
{
    uint64_t natural = s->units.v.n || s->holders.n ? link_natural_unit(&s->l->sources->v[source], r, i) : 0;
    uint32_t unit = natural ? map64_get(&s->units.first, natural) : MAP_NONE, person = map64_get(&s->persons.first, p);
    if (natural && map64_get(&s->holders, p) != MAP_NONE) {
        map64_put(&s->housed, hash_mix(natural) ^ p, 1);
    }
    if (!meets(m) && unit == MAP_NONE && person == MAP_NONE) {
        return;
    }
    struct said row;
    const struct name_form *name = m ? &m->form : NULL;
    said_read(s->l, source, r, i, &s->t->values, &row, &s->scratch);
    complete(s, p, &row);
    for (size_t k = 0; m && k < NAME_KEYS; k++) {
        compare_all(s, k ? &s->sounds : &s->names, k ? WAY_SOUND : WAY_NAME, m->first[k], p, source, name, &row);
    }
    compare_all(s, &s->units, WAY_UNIT, unit, p, source, name, &row);
    compare_all(s, &s->persons, WAY_NUMBER, person, p, source, name, &row);
}

/* Another row of a source with a habit: only of who bears the name. */
static void meet_habit(struct search *s, size_t source, const struct row_reader *r, size_t i, uint32_t p)
{
    uint64_t habit = habit_key((uint8_t)MIN(source, 63), habit_of_row(&s->l->sources->v[source], r, i));
    uint32_t first = habit ? map64_get(&s->habits.first, habit) : MAP_NONE;
    if (first == MAP_NONE) {
        return;
    }
    struct said row;
    const struct memo *m = meets_by_name(s, r, s->l->sources->v[source].person[ROLE_NAME].column, i);
    said_read(s->l, source, r, i, &s->t->values, &row, &s->scratch);
    complete(s, p, &row);
    for (size_t k = first; k < s->habits.v.n && s->habits.v.v[k].key == habit; k++) {
        uint32_t e = s->habits.v.v[k].loose;
        const struct loose *x = &s->t->v.v[e];
        bool itself = x->kind == LOOSE_DOUBTFUL && x->person == p; /* a row under that name and number is as doubtful as the entry */
        if (s->forms.v[e].folded == m->form.folded && !itself && !may_count(s, WAY_HABIT)) {
            compare(s, e, p, WAY_HABIT, 0, source, &m->form, &row);
        }
    }
}

static void meet(struct search *s, size_t source, const struct row_reader *r, size_t i, uint32_t p)
{
    const struct source *src = &s->l->sources->v[source];
    int column = src->person[ROLE_NAME].column;
    bool named = column >= 0 && r->columns[column].text.codes;
    if (src->registers_persons) {
        meet_register(s, source, r, i, p, named ? meets_by_name(s, r, column, i) : NULL);
    } else if (named) {
        meet_habit(s, source, r, i, p);
    }
}

static enum status search_input(struct search *s, uint32_t input, int32_t *person, struct err *err)
{
    size_t source = s->l->night->inputs[input].source;
    int name = s->l->sources->v[source].person[ROLE_NAME].column;
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    TRY(link_part_open(&part, s->l, input, err));
    TRY(row_reader_open(&r, s->l->night->inputs[input].segment, &s->l->sources->v[source], err));
    said_want(s->l, source, &r);
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(link_part_rows(&part, r.start, r.rows, person, err));
        if (name >= 0) {
            start_memo(s, &r, name);
        }
        for (size_t i = 0; i < r.rows; i++) {
            if (person[i] >= 0) {
                meet(s, source, &r, i, (uint32_t)person[i]);
            }
        }
    }
}

/* --- all of it --------------------------------------------------------------------------------------------------------------- */

/* Whose number is borne: somebody's of the same unit? */
static void find_housemates(struct search *s)
{
    for (size_t i = 0; i < s->out->n; i++) {
        struct candidate *c = &s->out->v[i];
        if (c->id != ID_OF_ANOTHER) {
            continue;
        }
        uint32_t holder = map64_get(&s->l->by_id, ident_key(s->t->v.v[c->loose].said.id));
        for (size_t k = 0; k < UNITS; k++) {
            uint64_t unit = s->units_of.v[UNITS * i + k];
            c->id = unit && map64_get(&s->housed, hash_mix(unit) ^ holder) != MAP_NONE ? ID_OF_HOUSEMATE : c->id;
        }
    }
}

static int by_entry(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->loose != b->loose) {
        return a->loose < b->loose ? -1 : 1;
    }
    return a->person < b->person ? -1 : a->person > b->person;
}

static bool has_habit(const struct search *s, size_t source)
{
    return s->habits.v.n && s->l->sources->v[source].n_habit;
}

static void tell_plan(const struct search *s)
{
    const struct keys *const of[WAY_COUNT] = {[WAY_NUMBER] = &s->persons, [WAY_NAME] = &s->names, [WAY_SOUND] = &s->sounds, [WAY_UNIT] = &s->units, [WAY_HABIT] = &s->habits};
    struct link_plan *plan = s->l->night->plan;
    uint64_t lost = 0;
    for (unsigned k = 0; k < WAY_COUNT; k++) {
        lost += s->lost[k];
        if (plan) {
            keys_plan(of[k], &plan->way[k]);
            plan->way[k].split = k == WAY_NUMBER || k == WAY_HABIT ? 0 : plan->way[k].split;
            plan->way[k].pairs = s->pairs[k];
            plan->way[k].lost = s->lost[k];
        }
    }
    s->l->pairs_lost = lost;
}

enum status link_find_candidates(struct link *l, struct loose_table *t, candidate_list *out, struct err *err)
{
    struct search s = {.l = l, .t = t, .out = out};
    int32_t *person = xmalloc(SEG_BLOCK_ROWS * sizeof(*person));
    enum status status = ST_OK;
    make_keys(&s);
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        size_t source = l->night->inputs[i].source;
        if (l->sources->v[source].registers_persons || has_habit(&s, source)) {
            status = search_input(&s, i, person, err);
        }
    }
    find_housemates(&s);
    vec_sort(out, by_entry);
    tell_plan(&s);
    keys_release(&s.names);
    keys_release(&s.sounds);
    keys_release(&s.units);
    keys_release(&s.habits);
    keys_release(&s.persons);
    keys_release(&s.numbers);
    map64_release(&s.holders);
    map64_release(&s.housed);
    map64_release(&s.at);
    vec_release(&s.units_of);
    vec_release(&s.forms);
    strbuf_release(&s.scratch);
    free(s.memo);
    free(person);
    return status;
}
