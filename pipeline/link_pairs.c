/* SPDX-License-Identifier: Apache-2.0 */
/* One row with one entry: what agrees, kept by entry and person at the best agreement of all rows of the person. */
#include "matchers/compare.h"
#include "matchers/identifier.h"
#include "pipeline/link_search.h"

#define NAMESAKES_MOST 4

enum { AHEAD = 8 }; /* pairs whose entry is asked for before it is their turn */

static uint64_t pair_key(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 32 | b;
}

/* The bit of a pair: not those of its hash that choose the slot. */
static size_t known_bit(const struct search *s, uint32_t e, uint32_t p)
{
    return (size_t)(hash_mix(pair_key(e, p)) >> 32) & (s->known_bits - 1);
}

static bool is_candidate(const struct search *s, const struct search_part *q, uint32_t e, uint32_t p)
{
    size_t bit = known_bit(s, e, p);
    return q->known[bit >> 6] >> (bit & 63) & 1 && map64_get(&q->at, pair_key(e, p)) != MAP_NONE;
}

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

static struct candidate *candidate_of(const struct search *s, struct search_part *q, uint32_t e, uint32_t p, bool *out_new)
{
    uint32_t next = (uint32_t)q->list.n, at = map64_get_or_put(&q->at, pair_key(e, p), next);
    *out_new = at == next;
    if (at == next) {
        size_t bit = known_bit(s, e, p);
        q->known[bit >> 6] |= (uint64_t)1 << (bit & 63);
        vec_push(&q->list, (struct candidate){.loose = e, .person = p, .name = NAME_LEVEL_COUNT, .id = (uint8_t)id_says(s, &s->t->v.v[e], p)});
        for (size_t k = 0; k < UNITS; k++) {
            vec_push(&q->units_of, 0);
        }
    }
    return &q->list.v[at];
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
static bool only_counted(const struct search *s, const struct search_part *q, uint32_t e, uint32_t p, const struct meeting *met)
{
    enum link_way way = (enum link_way)met->way;
    struct loose *x = &s->t->v.v[e];
    if ((way != WAY_NAME && way != WAY_SOUND) || x->by_name < NAMESAKES_MOST || more_than_a_name(x, &s->said[met->row]) || is_candidate(s, q, e, p)) {
        return false;
    }
    x->namesakes += way == WAY_NAME && s->asked[met->row] & ASKED_NAMESAKE;
    return true;
}

/* No row vouches for itself. */
static bool is_itself(const struct search *s, uint32_t e, uint32_t p, const struct name_form *name)
{
    const struct loose *x = &s->t->v.v[e];
    return x->person == p && (x->kind == LOOSE_RECORD || x->kind == LOOSE_SECOND ||
                              (x->kind == LOOSE_DOUBTFUL && x->source == MIN(s->source, 63) && name && name->folded == s->forms.v[e].folded));
}

static void compare(const struct search *s, struct search_part *q, const struct meeting *met, const struct name_form *name)
{
    uint32_t e = met->loose, p = (uint32_t)s->person[met->row];
    enum link_way way = (enum link_way)met->way;
    const struct said *row = &s->said[met->row];
    struct loose *x = &s->t->v.v[e];
    bool is_new;
    if (is_itself(s, e, p, name) || only_counted(s, q, e, p, met)) {
        return;
    }
    struct candidate *c = candidate_of(s, q, e, p, &is_new);
    x->by_name += is_new && (way == WAY_NAME || way == WAY_SOUND);
    c->ways |= (uint8_t)(1u << way);
    c->met = c->met || met->slip != WANTED;
    if (met->slip && met->slip != WANTED) {
        c->id = ID_REPAIRS, c->slip = met->slip;
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
    if (s->l->sources->v[x->source].unit.kind == s->l->sources->v[s->source].unit.kind) {
        keep_best(&c->unit, equal(x->said.unit, row->unit));
    }
    if (x->source == s->source) {
        keep_best(&c->habit, equal(x->said.habit, row->habit));
    }
    note_unit(&q->units_of.v[UNITS * (size_t)(c - q->list.v)], row->unit);
}

/* The pairs of a part, in the order of rows. */
void part_compare(struct search *s, unsigned part)
{
    struct search_part *q = &s->part[part];
    int column = s->l->sources->v[s->source].person[ROLE_NAME].column;
    const uint16_t *names = column >= 0 ? s->r->columns[column].text.codes : NULL;
    for (unsigned k = 0; k < STRETCHES; k++) {
        const struct meeting *v = s->stretch[k].met[part].v;
        for (size_t i = 0, n = s->stretch[k].met[part].n; i < n; i++) {
            if (i + AHEAD < n) {
                const struct meeting *next = &v[i + AHEAD];
                const char *entry = (const char *)&s->t->v.v[next->loose];
                __builtin_prefetch(entry);
                __builtin_prefetch(entry + 64);
                __builtin_prefetch(&q->known[known_bit(s, next->loose, (uint32_t)s->person[next->row]) >> 6]);
            }
            compare(s, q, &v[i], names ? &s->memo[names[v[i].row]].form : NULL);
        }
    }
}

/* --- behind the last row ------------------------------------------------------------------------------------------------- */

/* Whose number is borne: somebody's of the same unit? */
static void find_housemates(const struct search *s, struct search_part *q)
{
    for (size_t i = 0; i < q->list.n; i++) {
        struct candidate *c = &q->list.v[i];
        if (c->id != ID_OF_ANOTHER) {
            continue;
        }
        uint32_t holder = map64_get(&s->l->by_id, ident_key(s->t->v.v[c->loose].said.id));
        for (size_t k = 0; k < UNITS; k++) {
            uint64_t unit = q->units_of.v[UNITS * i + k];
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

void part_finish(struct search *s, unsigned part)
{
    struct search_part *q = &s->part[part];
    find_housemates(s, q);
    vec_sort(&q->list, by_entry);
    vec_release(&q->units_of);
    map64_release(&q->at);
    free(q->known);
}
