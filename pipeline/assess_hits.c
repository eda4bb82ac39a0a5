/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over the night's households, in pieces by as many threads as there are processors: hits with their reasons, put together in order. */
#include <stdlib.h>

#include "base/core/hash.h"
#include "base/core/share.h"
#include "pipeline/assess.h"

/* A piece of the population with all that a thread needs. */
struct piece {
    struct assess *assess;
    struct facts_piece where;
    struct facts facts;
    struct facts_run run;
    struct evidence evidence;
    struct arena texts;
    VEC(struct assess_hit) hits;
    enum status status;
    struct err err;
};

static int cmp_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum status assess_members_text(struct facts *f, uint32_t household, struct arena *a, struct str *out, struct err *err)
{
    int64_t first, living;
    TRY(population_household_one(f->pop, H_FIRST, household, &first, err));
    TRY(population_household_one(f->pop, H_LIVING, household, &living, err));
    int64_t *ids = arena_array(a, int64_t, living + 1);
    if (living > 0) {
        TRY(population_person(f->pop, P_ID, (uint32_t)first, (uint32_t)living, ids, err));
        qsort(ids, (size_t)living, sizeof(*ids), cmp_u64);
    }
    uint64_t h = hash64(ids, (size_t)living * sizeof(*ids));
    *out = str_of(arena_printf(a, "%lld:%016llx", (long long)living, (unsigned long long)h));
    return ST_OK;
}

static enum status has_minors(struct piece *p, uint32_t household, bool *out, struct err *err)
{
    int64_t first, living;
    TRY(population_household_one(p->facts.pop, H_FIRST, household, &first, err));
    TRY(population_household_one(p->facts.pop, H_LIVING, household, &living, err));
    *out = false;
    for (int64_t i = 0; i < living && !*out; i++) {
        int64_t birth;
        TRY(population_person_one(p->facts.pop, P_BIRTH, (uint32_t)(first + i), &birth, err));
        *out = birth != INT64_MIN && age_at((daynum)birth, p->assess->night->as_of) < 18;
    }
    return ST_OK;
}

/* A street said that the household is not its own: so it goes where it said, while the data still say what they said then. */
static void place_returned(const struct assess *a, struct assess_hit *h)
{
    const struct area_set *set = &a->night->site->areas;
    const struct fold_return *r = fold_returned(&a->fold, h->household_id);
    struct str now = h->street >= 0 ? set->areas.v[h->street].code : STR("");
    if (!r || !str_eq(now, r->from)) {
        return;
    }
    int32_t to = r->to.n ? areas_by_code(set, r->to) : AREA_NONE;
    bool community = to != AREA_NONE && set->areas.v[to].kind != AREA_STREET;
    h->street = to == AREA_NONE ? -1 : community ? set->areas.v[to].parent : to;
    h->community = community ? to : -1;
    h->area_basis = AREA_FROM_RETURN;
}

/* Who it is and where they live. */
static enum status place_hit(struct piece *p, const struct rules_hit *hit, struct assess_hit *h, struct err *err)
{
    struct population *pop = p->facts.pop;
    int64_t head = 0;
    h->household = hit->household;
    h->person = hit->person;
    TRY(population_household_one(pop, H_ID, hit->household, &h->household_id, err));
    TRY(population_household_one(pop, H_STREET, hit->household, &h->street, err));
    TRY(population_household_one(pop, H_COMMUNITY, hit->household, &h->community, err));
    TRY(population_household_one(pop, H_AREA_BASIS, hit->household, &h->area_basis, err));
    place_returned(p->assess, h);
    if (hit->person == RULES_NO_ROW) {
        TRY(population_household_one(pop, H_HEAD, hit->household, &head, err));
        h->person = (uint32_t)head;
        h->entity = h->household_id;
    } else {
        TRY(population_person_one(pop, P_ID, hit->person, &h->entity, err));
    }
    TRY(has_minors(p, hit->household, &h->minors, err));
    return assess_members_text(&p->facts, hit->household, &p->texts, &h->members, err);
}

static enum status take_hit(struct piece *p, struct rules_run *run, const struct rules_hit *hit, struct err *err)
{
    const struct rules_rule *r = ruleset_rule(p->assess->rules, hit->rule);
    struct assess_hit h = {.rule = hit->rule, .level = hit->level, .maybe_level = hit->maybe_level, .score = hit->score, .over = hit->over};
    TRY(place_hit(p, hit, &h, err));
    AUTO_STRBUF text = STRBUF_INIT;
    rules_key(run, &text);
    h.key = arena_str(&p->texts, strbuf_str(&text));
    strbuf_clear(&text);
    rules_say(run, evidence_text, &p->evidence, &text);
    h.say = arena_str(&p->texts, strbuf_str(&text));
    if (r->n_again > 0) {
        struct val v = rules_again(run, 0);
        h.again_known = v.lo != VAL_NEG_INF && !val_is_none(v);
        h.again_value = v.lo;
    }
    evidence_take(&p->evidence, hit, &h.evidence_first, &h.evidence_n);
    vec_push(&p->hits, h);
    return ST_OK;
}

/* An entity the rule cannot decide tonight keeps its open warnings as they are. */
static enum status keep_undecided(struct piece *p, const struct rules_hit *hit, struct err *err)
{
    struct assess *a = p->assess;
    const struct rules_rule *r = ruleset_rule(p->assess->rules, hit->rule);
    bool person = r->entity == RULES_PERSON;
    uint32_t row = person ? hit->person : hit->household;
    int64_t id;
    if (!((person ? a->open_person : a->open_household)[row >> 3] >> (row & 7) & 1)) {
        return ST_OK;
    }
    TRY(person ? population_person_one(p->facts.pop, P_ID, hit->person, &id, err) : population_household_one(p->facts.pop, H_ID, hit->household, &id, err));
    uint64_t identity = world_identity(r->id, person ? 'P' : 'H', id, (struct str){0});
    for (size_t i = identity_find(a->open, a->n_open, identity); i < a->n_open && a->open[i].identity == identity; i++) {
        a->fold.warnings.v[a->open[i].at].tonight = LIFE_UNKNOWN;
    }
    return ST_OK;
}

static void on_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct piece *p = ctx;
    if (p->status != ST_OK) {
        return;
    }
    p->status = hit->verdict == RULES_FIRED ? take_hit(p, run, hit, &p->err) : hit->verdict == RULES_UNKNOWN ? keep_undecided(p, hit, &p->err) : ST_OK;
}

/* --- pieces ----------------------------------------------------------------------------------------------------------- */

static enum status evaluate(struct piece *p, struct err *err)
{
    struct assess *a = p->assess;
    TRY(facts_lend(&a->facts, &a->run, &p->facts, &p->run, err));
    evidence_init(&p->evidence, &p->facts, &p->run, &p->texts);
    TRY(facts_evaluate_piece(&p->facts, &p->run, &p->where, a->n_open ? RULES_WANT_UNDECIDED : RULES_WANT_FIRED, on_hit, p, err));
    if (p->status != ST_OK) {
        *err = p->err;
        return p->status;
    }
    if (p->evidence.status != ST_OK) {
        *err = p->evidence.err;
    }
    return p->evidence.status;
}

static void evaluate_piece(void *ctx, unsigned item)
{
    struct piece *p = &((struct piece *)ctx)[item];
    struct err err;
    enum status st = evaluate(p, &err);
    if (st != ST_OK) {
        p->status = st;
        p->err = err;
    }
}

/* The piece's hits behind those there are; what it held is freed, but for the texts. */
static void append_piece(struct assess *a, struct piece *p)
{
    size_t entries = a->evidence.entries.n;
    evidence_append(&a->evidence, &p->evidence);
    for (size_t i = 0; i < p->hits.n; i++) {
        struct assess_hit h = p->hits.v[i];
        h.evidence_first += entries;
        vec_push(&a->hits, h);
    }
}

static void close_piece(struct assess *a, struct piece *p, struct arena *texts)
{
    *texts = p->texts;
    vec_release(&p->hits);
    if (p->evidence.facts) {
        evidence_release(&p->evidence);
    }
    if (p->run.run) {
        facts_return(&a->run, &p->facts, &p->run);
    }
}

static enum status evaluate_pieces(struct assess *a, const facts_piece_list *where, struct err *err)
{
    struct piece *pieces = xcalloc(where->n + 1, sizeof(*pieces));
    enum status st = ST_OK;
    a->piece_texts = xcalloc(where->n + 1, sizeof(*a->piece_texts));
    a->n_pieces = where->n;
    for (size_t i = 0; i < where->n; i++) {
        pieces[i].assess = a;
        pieces[i].where = where->v[i];
    }
    struct ahead *ahead = ahead_start((unsigned)where->n, share_threads(), evaluate_piece, pieces);
    for (size_t i = 0; i < where->n && st == ST_OK; i++) {
        struct piece *p = &pieces[i];
        ahead_wait(ahead, (unsigned)i);
        st = p->status;
        if (st == ST_OK) {
            append_piece(a, p);
            close_piece(a, p, &a->piece_texts[i]);
            *p = (struct piece){0};
        } else {
            *err = p->err;
        }
    }
    ahead_finish(ahead);
    for (size_t i = 0; i < where->n; i++) {
        if (pieces[i].assess) { /* of a night that failed */
            close_piece(a, &pieces[i], &a->piece_texts[i]);
        }
    }
    free(pieces);
    return st;
}

enum status assess_hits(struct assess *a, struct err *err)
{
    struct facts_view view = {.params_on = DAY_MISSING};
    facts_piece_list where = {0};
    TRY(facts_run_init(&a->facts, a->rules, &view, &a->run, err));
    evidence_init(&a->evidence, &a->facts, &a->run, &a->arena);
    enum status st = facts_cut(&a->facts, &where, err);
    population_forget(a->facts.pop); /* each thread reads with its own */
    st = st == ST_OK ? evaluate_pieces(a, &where, err) : st;
    vec_release(&where);
    return st;
}
