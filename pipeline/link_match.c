/* SPDX-License-Identifier: Apache-2.0 */
/* Who the loose entries may be. Keys of the entries are few and stay in memory; the rows of all registers stream past them once, and of sources with a habit
   the other rows too (link_meet.c), and each pair of a row and an entry that met is compared (link_pairs.c). */
#include "matchers/identifier.h"
#include "pipeline/link_search.h"

/* --- keys ------------------------------------------------------------------------------------------------------------- */

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
            vec_push(&s->persons.v, (struct key){.key = p, .loose = e, .slip = v[i].kind});
        }
        if (x->kind == LOOSE_RECORD) {
            vec_push(&s->numbers.v, (struct key){.key = id, .loose = e, .slip = v[i].kind});
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
            vec_push(&s->persons.v, (struct key){.key = s->t->v.v[s->numbers.v.v[at].loose].person, .loose = e, .slip = s->numbers.v.v[at].slip});
        }
    }
}

static int16_t birth_year(const struct loose *x)
{
    int32_t birth = x->said.birth ? x->said.birth : ymd_of_day(ident_birth(ident_key(x->said.id)));
    return (int16_t)(birth / 10000);
}

/* What the entry has, so that rows are only asked for what they can be compared by. */
static void note_fields(struct search *s, uint32_t e, bool holder)
{
    const struct loose *x = &s->t->v.v[e];
    const struct said *said = &x->said;
    const bool has[LF_COUNT] = {[LF_NAME] = said->value[LF_NAME], [LF_BIRTH] = said->value[LF_BIRTH] || x->number_birth, [LF_PHONE] = said->value[LF_PHONE],
                                [LF_PLACE] = said->value[LF_PLACE]};
    const bool says[LF_COUNT] = {[LF_BIRTH] = said->birth || x->number_birth, [LF_SEX] = said->sex, [LF_PHONE] = said->phone, [LF_PLACE] = said->place,
                                 [LF_UNIT] = said->unit || holder, [LF_HABIT] = said->habit};
    for (unsigned f = 0; f < LF_COUNT; f++) {
        s->has[e] = (uint8_t)(s->has[e] | has[f] << f);
        s->says = (uint8_t)(s->says | has[f] << f | says[f] << f);
    }
}

static void make_entry_keys(struct search *s, uint32_t e)
{
    const struct loose *x = &s->t->v.v[e];
    struct key key = {.loose = e, .year = birth_year(x)};
    uint64_t names[NAME_KEYS];
    name_form_make(loose_name(s->t, x), vec_add(&s->forms));
    name_keys(&s->forms.v[e], names);
    for (size_t k = 0; k < NAME_KEYS; k++) {
        keys_add(k ? &s->sounds : &s->names, key, names[k]);
    }
    keys_add(&s->units, key, x->said.unit);
    keys_add(&s->habits, key, names[0] ? habit_key(x->source, x->said.habit) : 0);
    if (x->kind == LOOSE_DOUBTFUL) {
        vec_push(&s->persons.v, (struct key){.key = x->person, .loose = e});
    }
    uint64_t id = ident_key(x->said.id);
    uint32_t holder = id ? map64_get(&s->l->by_id, id) : MAP_NONE;
    if (holder != MAP_NONE) {
        s->marks[holder] |= MARK_HOLDER;
    }
    note_fields(s, e, holder != MAP_NONE);
    add_proposals(s, e);
}

static void make_keys(struct search *s)
{
    vec_reserve(&s->forms, s->t->v.n);
    for (uint32_t e = 0; e < s->t->v.n; e++) {
        make_entry_keys(s, e);
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
    for (size_t i = 0; i < s->persons.v.n; i++) {
        s->marks[s->persons.v.v[i].key] |= MARK_PERSON;
    }
}

/* --- all of it --------------------------------------------------------------------------------------------------------------- */

static enum status search_input(struct search *s, uint32_t input, struct err *err)
{
    AUTO_STREAM rows = {.at = 0};
    s->source = s->l->night->inputs[input].source;
    TRY(stream_open(&rows, s->l, input, true, err));
    search_want(s, &rows.side[0].r);
    search_want(s, &rows.side[1].r);
    for (bool more;;) {
        TRY(stream_next(&rows, &more, err));
        if (!more) {
            return ST_OK;
        }
        search_block(s, &rows);
    }
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

static void finish_part(void *ctx, unsigned item)
{
    part_finish(ctx, item);
}

/* Entries of a part lie before those of the next, so that the list is sorted when they are put behind one another. */
static void take_parts(struct search *s, candidate_list *out)
{
    size_t n = 0;
    share_out(PARTS, share_threads(), finish_part, s);
    for (unsigned k = 0; k < PARTS; k++) {
        n += s->part[k].list.n;
    }
    vec_reserve(out, n);
    for (unsigned k = 0; k < PARTS; k++) {
        const candidate_list *list = &s->part[k].list;
        for (size_t i = 0; i < list->n; i++) {
            vec_push(out, list->v[i]);
        }
        vec_release(&s->part[k].list);
    }
}

static void search_open(struct search *s)
{
    size_t n = s->t->v.n;
    while (n && (n - 1) >> s->shift >= PARTS) {
        s->shift++;
    }
    for (s->known_bits = 4096; s->known_bits < (size_t)64 << s->shift;) {
        s->known_bits *= 2;
    }
    for (unsigned k = 0; k < PARTS; k++) {
        s->part[k].known = xcalloc(s->known_bits / 64, sizeof(uint64_t));
    }
    s->marks = xcalloc(s->l->n + 1u, sizeof(*s->marks));
    s->has = xcalloc(n + 1, sizeof(*s->has));
    s->said = xmalloc(SEG_BLOCK_ROWS * sizeof(*s->said));
    s->asked = xcalloc(SEG_BLOCK_ROWS, sizeof(*s->asked));
    s->stretch = xcalloc(STRETCHES, sizeof(*s->stretch));
    s->births = xcalloc(SEARCH_DAYS, sizeof(*s->births));
}

static void search_close(struct search *s)
{
    struct keys *const keys[] = {&s->names, &s->sounds, &s->units, &s->habits, &s->persons, &s->numbers};
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        keys_release(keys[k]);
    }
    vec_release(&s->forms);
    map64_release(&s->housed);
    free(s->marks);
    free(s->has);
    free(s->said);
    free(s->asked);
    free(s->stretch);
    free(s->births);
    free(s->memo);
}

enum status link_find_candidates(struct link *l, struct loose_table *t, candidate_list *out, struct err *err)
{
    struct search s = {.l = l, .t = t};
    enum status status = ST_OK;
    search_open(&s);
    make_keys(&s);
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        size_t source = l->night->inputs[i].source;
        if (l->sources->v[source].registers_persons || has_habit(&s, source)) {
            status = search_input(&s, i, err);
        }
    }
    search_take_stretches(&s);
    take_parts(&s, out);
    tell_plan(&s);
    search_close(&s);
    return status;
}
