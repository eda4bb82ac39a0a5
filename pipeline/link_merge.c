/* SPDX-License-Identifier: Apache-2.0 */
/* Decides: which rows join which person, which records turn out to be one person, and what people are asked about. Two valid numbers never become one person;
   a name that contradicts joins nobody. */
#include "matchers/cluster.h"
#include "matchers/identifier.h"
#include "matchers/bits.h"
#include "pipeline/link_loose.h"

#define ASK_FROM 500000 /* likelier than not to be one of the candidates */
#define ASK_BEST 200000 /* the best of them */
#define SEVERAL  (UINT32_MAX - 1)

struct merger {
    struct link *l;
    const struct loose_table *t;
    const candidate_list *list;
    int32_t threshold;         /* per million */
    uint32_t *chosen;          /* [entries] candidate taken, or UINT32_MAX */
    uint32_t *asked;           /* [entries] candidate people are asked about */
    uint32_t *apart;           /* [entries] candidate people or a visit said it is not */
    uint64_t *question;        /* [entries] of the candidate taken or asked about */
    uint8_t *two;              /* [entries] its number is another valid one than the candidate's */
    uint64_t twice;            /* rows that would have been a person's second of a register that has everybody once */
    struct map64 stranger_of;  /* record person -> the entry whose number it takes, SEVERAL */
};

bool link_once(const struct source *s)
{
    return s->registers_persons && s->kind == KIND_SNAPSHOT && s->n_key == 1 && s->key[0].alt[0].n == 1 && s->key[0].alt[0].column[0] == s->person[ROLE_ID].column;
}

/* A stranger's number and the person's own would be two. */
static bool two_numbers(const struct merger *m, const struct loose *x, uint32_t p)
{
    uint64_t id = ident_key(x->said.id), own = ident_key(m->l->anchor[p]);
    bool strange = x->kind == LOOSE_SECOND || (x->kind == LOOSE_NOBODY && x->person == NO_PERSON);
    return strange && id && own && id != own;
}

/* Whether the evidence may decide alone: another valid number, or half a name, may not. */
bool link_may_decide(const struct candidate *c)
{
    bool backed = c->unit == SAYS_SAME || c->phone == SAYS_SAME || c->place == SAYS_SAME || c->habit == SAYS_SAME;
    bool half = c->name == NAME_LEVEL_ONE || c->name == NAME_LEVEL_COUNT || (c->name < NAME_LEVEL_NONE && backed);
    bool named = loose_named(c) || (c->id == ID_REPAIRS && half);
    return named && c->id != ID_ITS_OWN;
}

static bool may_decide(const struct merger *m, const struct candidate *c)
{
    return link_may_decide(c) && !two_numbers(m, &m->t->v.v[c->loose], c->person);
}

/* Ties go to the smaller anchor, whatever the order of rows. */
static bool stronger(const struct merger *m, const struct candidate *a, const struct candidate *b)
{
    return a->weight != b->weight ? a->weight > b->weight : m->l->anchor[a->person] < m->l->anchor[b->person];
}

static enum review_decision decision_on(const struct merger *m, const struct candidate *c)
{
    return m->l->reviews.n ? link_reviewed(m->l, link_question(m->l, m->t, c)) : REVIEW_NONE;
}

/* A register that knows people by their number alone has each of them once: a second row of it is somebody else, or a second registration, and people say
   which. How many such rows would have been put to a person who is there already also says, without any truth, how often other rows are put wrongly. */
static bool would_be_twice(const struct merger *m, const struct candidate *c)
{
    const struct loose *x = &m->t->v.v[c->loose];
    return x->kind == LOOSE_RECORD && link_once(&m->l->sources->v[x->source]) && m->l->seen[c->person] >> MIN(x->source, 63) & 1;
}

/* The best candidate of entry `e`, v[0..n): taken, asked about, or neither. What people said goes before any weight, but not before two valid numbers. */
static void choose(struct merger *m, const struct candidate *v, size_t n, uint32_t first)
{
    size_t best = SIZE_MAX;
    int64_t all = 0;   /* one of them is it */
    bool said = false; /* of the best: people said it is the person */
    for (size_t i = 0; i < n; i++) {
        enum review_decision said_of = decision_on(m, &v[i]), d = v[i].id == ID_ITS_OWN ? REVIEW_DIFFERENT : said_of;
        bool visited = v[i].id == ID_ITS_OWN && m->t->v.v[v[i].loose].kind == LOOSE_APART;
        m->apart[v[i].loose] = visited || said_of == REVIEW_DIFFERENT ? first + (uint32_t)i : m->apart[v[i].loose];
        bool same = d == REVIEW_SAME && !two_numbers(m, &m->t->v.v[v[i].loose], v[i].person);
        bool better = d != REVIEW_DIFFERENT && (best == SIZE_MAX || (same != said ? same : stronger(m, &v[i], &v[best])));
        best = better ? i : best;
        said = better ? same : said;
        all += d != REVIEW_DIFFERENT && v[i].name != NAME_LEVEL_NONE ? v[i].probability : 0;
    }
    if (best == SIZE_MAX) {
        return;
    }
    const struct candidate *c = &v[best];
    m->question[c->loose] = link_question(m->l, m->t, c);
    m->two[c->loose] = two_numbers(m, &m->t->v.v[c->loose], c->person);
    bool sure = may_decide(m, c) && c->probability >= m->threshold, twice = !said && would_be_twice(m, c);
    m->twice += sure && twice ? m->t->v.v[c->loose].rows : 0;
    if (said || (sure && !twice)) {
        m->chosen[c->loose] = first + (uint32_t)best;
    } else if (all >= ASK_FROM && c->probability >= ASK_BEST && c->name != NAME_LEVEL_NONE) {
        m->asked[c->loose] = first + (uint32_t)best;
    }
}

static void choose_all(struct merger *m)
{
    for (size_t i = 0, n; i < m->list->n; i += n) {
        const struct candidate *v = &m->list->v[i];
        for (n = 1; i + n < m->list->n && v[n].loose == v->loose; n++) {
        }
        choose(m, v, n, (uint32_t)i);
    }
}

/* --- one record of a source to one person --------------------------------------------------------------------------------------- */

struct claim { /* a record of a source that would be a person */
    uint32_t person, record, entry, candidate;
    uint8_t source;
    int32_t weight;
};

static int by_claim(const void *x, const void *y)
{
    const struct claim *a = x, *b = y;
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    return a->weight != b->weight ? (a->weight > b->weight ? -1 : 1) : a->entry < b->entry ? -1 : a->entry > b->entry;
}

/* Of several undecided records of one register that would be one person the strongest is; people are asked about the others, the equally strong too. */
static void one_each(struct merger *m)
{
    VEC(struct claim) claims = {0};
    for (uint32_t e = 0; e < m->t->v.n; e++) {
        const struct loose *x = &m->t->v.v[e];
        const struct candidate *c = m->chosen[e] == UINT32_MAX ? NULL : &m->list->v[m->chosen[e]];
        if (c && x->kind == LOOSE_RECORD && decision_on(m, c) != REVIEW_SAME) {
            vec_push(&claims, (struct claim){c->person, x->person, e, m->chosen[e], x->source, c->weight});
        }
    }
    vec_sort(&claims, by_claim);
    for (size_t i = 0, n; i < claims.n; i += n) {
        const struct claim *v = &claims.v[i];
        for (n = 1; i + n < claims.n && v[n].person == v->person && v[n].source == v->source; n++) {
        }
        size_t other = 1;
        while (other < n && v[other].record == v->record) {
            other++;
        }
        bool tie = other < n && v[other].weight == v->weight;
        for (size_t k = 0; k < n; k++) {
            if (tie || v[k].record != v->record) {
                m->chosen[v[k].entry] = UINT32_MAX;
                m->asked[v[k].entry] = v[k].candidate;
            }
        }
    }
    vec_release(&claims);
}

static bool takes_stranger(const struct merger *m, uint32_t e)
{
    const struct loose *x = &m->t->v.v[e];
    return m->chosen[e] != UINT32_MAX && x->kind == LOOSE_NOBODY && x->person == NO_PERSON && ident_key(x->said.id);
}

/* A record takes the rows of one stranger's number at most. */
static void note_strangers(struct merger *m)
{
    for (uint32_t e = 0; e < m->t->v.n; e++) {
        if (takes_stranger(m, e)) {
            uint32_t p = m->list->v[m->chosen[e]].person, had = map64_get_or_put(&m->stranger_of, p, e);
            if (had == SEVERAL || m->t->v.v[had].said.id != m->t->v.v[e].said.id) {
                map64_put(&m->stranger_of, p, SEVERAL);
            }
        }
    }
    for (uint32_t e = 0; e < m->t->v.n; e++) {
        if (takes_stranger(m, e) && map64_get(&m->stranger_of, m->list->v[m->chosen[e]].person) == SEVERAL) {
            m->chosen[e] = UINT32_MAX;
        }
    }
}

/* The number a person goes by: its own, or the stranger's it takes; 0. */
static uint64_t number_of(const struct merger *m, uint32_t p)
{
    uint32_t e = map64_get(&m->stranger_of, p);
    uint64_t own = ident_key(m->l->anchor[p]);
    return own || e >= SEVERAL ? own : ident_key(m->t->v.v[e].said.id);
}

/* --- records that are one person ------------------------------------------------------------------------------------------ */

struct nodes {
    VEC(uint32_t) person; /* of each node */
    struct map64 at;
    VEC(uint64_t) identity, content;
    VEC(struct cluster_edge) edges;
};

static uint32_t node_of(struct nodes *n, const struct merger *m, uint32_t p)
{
    uint32_t next = (uint32_t)n->person.n, at = map64_get_or_put(&n->at, p, next);
    if (at == next) {
        vec_push(&n->person, p);
        vec_push(&n->identity, number_of(m, p));
        vec_push(&n->content, m->l->anchor[p]);
    }
    return at;
}

/* now[p]: who person p is. Of a cluster the one with a number stays, else the least anchor. */
static void join_records(struct merger *m)
{
    struct link *l = m->l;
    struct nodes n = {0};
    struct cluster_output o;
    for (uint32_t e = 0; e < m->t->v.n; e++) {
        if (m->t->v.v[e].kind == LOOSE_RECORD && m->chosen[e] != UINT32_MAX) {
            const struct candidate *c = &m->list->v[m->chosen[e]];
            uint32_t a = node_of(&n, m, m->t->v.v[e].person), b = node_of(&n, m, c->person);
            vec_push(&n.edges, (struct cluster_edge){a, b, c->weight});
        }
    }
    VEC(struct cluster_pair) cannot = {0};
    for (size_t i = 0; m->l->reviews.n && i < m->list->n; i++) {
        const struct candidate *c = &m->list->v[i];
        if (m->t->v.v[c->loose].kind == LOOSE_RECORD && decision_on(m, c) == REVIEW_DIFFERENT) {
            uint32_t a = node_of(&n, m, m->t->v.v[c->loose].person), b = node_of(&n, m, c->person);
            vec_push(&cannot, (struct cluster_pair){a, b});
        }
    }
    struct cluster_input in = {.n = (uint32_t)n.person.n, .cannot = cannot.v, .n_cannot = cannot.n, .content = n.content.v, .identity = n.identity.v, .edges = n.edges.v, .n_edges = n.edges.n,
                               .threshold = INT32_MIN};
    clusters_form(&in, &o);
    uint32_t *keeps = xmalloc((o.n_clusters + 1u) * sizeof(*keeps));
    memset(keeps, 0xFF, (o.n_clusters + 1u) * sizeof(*keeps));
    for (uint32_t i = 0; i < in.n; i++) {
        uint32_t *k = &keeps[o.cluster[i]];
        bool own = ident_key(n.content.v[i]) != 0, had = *k != UINT32_MAX && ident_key(n.content.v[*k]) != 0;
        *k = *k == UINT32_MAX || own > had || (own == had && n.content.v[i] < n.content.v[*k]) ? i : *k;
    }
    for (uint32_t i = 0; i < in.n; i++) {
        l->now[n.person.v[i]] = n.person.v[keeps[o.cluster[i]]];
    }
    free(keeps);
    cluster_output_release(&o);
    vec_release(&cannot);
    vec_release(&n.person);
    vec_release(&n.identity);
    vec_release(&n.content);
    vec_release(&n.edges);
    map64_release(&n.at);
}

/* --- numbers close up ------------------------------------------------------------------------------------------------------- */

static void take_from(struct link *l, uint32_t to, uint32_t from)
{
    l->seen[to] |= l->seen[from];
    if (l->name_at[to] == 0) {
        l->name_at[to] = l->name_at[from];
    }
}

static int by_joined_anchor(const void *x, const void *y)
{
    const struct joined *a = x, *b = y;
    return a->anchor < b->anchor ? -1 : a->anchor > b->anchor;
}

/* Persons who are others go; the rest moves up. now[] comes as who, and goes as the number of who. */
static void close_up(struct link *l)
{
    uint32_t *moved = xmalloc((l->n + 1u) * sizeof(*moved)), n = 0;
    for (uint32_t p = 0; p < l->n; p++) {
        if (l->now[p] != p) {
            take_from(l, l->now[p], p);
            vec_push(&l->joined, (struct joined){l->anchor[p], l->now[p], l->first_source[p], false});
        }
    }
    for (uint32_t p = 0; p < l->n; p++) {
        if (l->now[p] == p) {
            l->anchor[n] = l->anchor[p];
            if (l->older) {
                l->older[n] = l->older[p];
            }
            l->record[n] = l->record[p];
            l->seen[n] = l->seen[p];
            l->name_at[n] = l->name_at[p];
            l->sibling[n] = l->sibling[p];
            l->first_source[n] = l->first_source[p];
            l->flags[n] = l->flags[p];
            moved[p] = n++;
        }
    }
    for (uint32_t p = 0; p < l->n; p++) {
        l->now[p] = moved[l->now[p]];
    }
    for (uint32_t p = 0; p < n; p++) {
        l->sibling[p] = l->sibling[p] == NO_PERSON ? NO_PERSON : l->now[l->sibling[p]];
    }
    struct map64_slot *slot;
    for (size_t i = 0; (slot = map64_next(&l->by_id, &i));) {
        slot->val = l->now[slot->val];
    }
    for (size_t i = 0; i < l->joined.n; i++) {
        l->joined.v[i].person = l->now[l->joined.v[i].person];
    }
    vec_sort(&l->joined, by_joined_anchor);
    for (size_t i = 0; i < l->conflicts.n; i++) {
        struct conflict *c = &l->conflicts.v[i];
        c->holder = l->now[c->holder];
        c->apart = c->apart == NO_PERSON ? NO_PERSON : l->now[c->apart];
    }
    l->n = n;
    free(moved);
}

/* --- what was made ------------------------------------------------------------------------------------------------------------ */

uint16_t link_because(const struct candidate *c)
{
    unsigned why = c->name == NAME_LEVEL_SAME ? BECAUSE_NAME : c->name < NAME_LEVEL_NONE ? BECAUSE_NAME_NEAR : 0;
    const struct {
        uint8_t says;
        unsigned bit;
    } fields[] = {{c->birth, BECAUSE_BIRTH}, {c->sex, BECAUSE_SEX},   {c->phone, BECAUSE_PHONE},
                  {c->place, BECAUSE_PLACE}, {c->unit, BECAUSE_UNIT}, {c->habit, BECAUSE_HABIT}};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        why |= fields[i].says == SAYS_SAME ? fields[i].bit : 0;
    }
    return (uint16_t)(why | (c->id == ID_OF_HOUSEMATE && !c->home ? BECAUSE_HOUSEMATE : 0) | (c->home ? BECAUSE_HOME : 0));
}

static struct made made_of(const struct merger *m, struct where from, const struct candidate *c)
{
    uint64_t question = m->question[c->loose];
    bool said = link_reviewed(m->l, question) == REVIEW_SAME && m->chosen[c->loose] != UINT32_MAX;
    unsigned two = m->two[c->loose] ? BECAUSE_TWO_NUMBERS : 0;
    struct made made = {.from = from,
                         .person = m->l->now[c->person],
                         .by = {.how = said ? MADE_BY_PEOPLE : c->id == ID_REPAIRS ? MADE_BY_REPAIR : MADE_BY_FIELDS,
                                .slip = c->slip,
                                .because = (uint16_t)(link_because(c) | two),
                                .weight = c->weight,
                                .probability = c->probability,
                                .question = question}};
    memcpy(made.by.part, c->part, sizeof(made.by.part));
    return made;
}

static struct made apart_of(const struct merger *m, struct where from, const struct candidate *c)
{
    struct made made = made_of(m, from, c);
    made.by.how = MADE_BY_PEOPLE;
    made.by.question = m->t->v.v[c->loose].kind == LOOSE_APART ? 0 : link_question(m->l, m->t, c); /* 0: by a visit, found by the person */
    return made;
}

/* A record whose pair a conflict refused stays who it is. */
static bool joined(const struct merger *m, uint32_t e)
{
    const struct loose *x = &m->t->v.v[e];
    uint32_t c = m->chosen[e];
    return c != UINT32_MAX && (x->kind != LOOSE_RECORD || m->l->now[x->person] == m->l->now[m->list->v[c].person]);
}

/* A row is noted once: as joined, else as a question at the first row of its entry, else as kept apart. */
static void note_made(struct merger *m)
{
    for (size_t i = 0; i < m->t->rows.n; i++) {
        const struct loose_row *r = &m->t->rows.v[i];
        uint32_t e = r->loose;
        const struct where *first = &m->t->v.v[e].first;
        bool asks = m->asked[e] != UINT32_MAX && first->input == r->from.input && first->row == r->from.row;
        if (joined(m, e)) {
            vec_push(&m->l->made, made_of(m, r->from, &m->list->v[m->chosen[e]]));
        } else if (asks) {
            vec_push(&m->l->doubt, made_of(m, r->from, &m->list->v[m->asked[e]]));
        } else if (m->apart[e] != UINT32_MAX) {
            vec_push(&m->l->apart, apart_of(m, r->from, &m->list->v[m->apart[e]]));
        }
    }
}

static struct merger merger_open(struct link *l, const struct loose_table *t, const candidate_list *list)
{
    struct merger m = {.l = l, .t = t, .list = list, .threshold = l->people->link_threshold};
    m.chosen = xmalloc((t->v.n + 1) * sizeof(*m.chosen));
    m.asked = xmalloc((t->v.n + 1) * sizeof(*m.asked));
    m.apart = xmalloc((t->v.n + 1) * sizeof(*m.apart));
    memset(m.apart, 0xFF, (t->v.n + 1) * sizeof(*m.apart));
    m.question = xcalloc(t->v.n + 1, sizeof(*m.question));
    m.two = xcalloc(t->v.n + 1, 1);
    memset(m.chosen, 0xFF, (t->v.n + 1) * sizeof(*m.chosen));
    memset(m.asked, 0xFF, (t->v.n + 1) * sizeof(*m.asked));
    choose_all(&m);
    one_each(&m);
    note_strangers(&m);
    return m;
}

static void merger_close(struct merger *m)
{
    map64_release(&m->stranger_of);
    free(m->chosen);
    free(m->asked);
    free(m->apart);
    free(m->question);
    free(m->two);
}

void link_choose(struct link *l, const struct loose_table *t, const candidate_list *list, uint32_t *out_person)
{
    struct merger m = merger_open(l, t, list);
    for (uint32_t e = 0; e < t->v.n; e++) {
        out_person[e] = m.chosen[e] == UINT32_MAX ? NO_PERSON : list->v[m.chosen[e]].person;
    }
    merger_close(&m);
}

void link_merge(struct link *l, const struct loose_table *t, const candidate_list *list)
{
    struct merger m = merger_open(l, t, list);
    l->twice = m.twice;
    l->now = xmalloc((l->n + 1u) * sizeof(*l->now));
    for (uint32_t p = 0; p < l->n; p++) {
        l->now[p] = p;
    }
    join_records(&m);
    close_up(l);
    note_made(&m);
    merger_close(&m);
}
