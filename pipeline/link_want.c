/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/link_want.h"

#include "matchers/identifier.h"
#include "pipeline/link_loose.h"

enum made_part want_part(enum want_field f)
{
    static const enum made_part parts[WANT_FIELDS] = {PART_BIRTH, PART_SEX, PART_PHONE, PART_PLACE, PART_UNIT, PART_HABIT};
    return parts[f];
}

bool link_wants_row(const struct link *l, uint32_t input, uint64_t row)
{
    for (size_t i = 0; i < l->want->n_rows; i++) {
        if (l->want->rows[i].input == input && l->want->rows[i].row == row) {
            return true;
        }
    }
    return false;
}

void link_want_entry(struct link *l, const struct loose_table *t)
{
    vec_push(&l->wanted, t->rows.v[t->rows.n - 1].loose);
}

uint32_t link_want_other(const struct link *l)
{
    for (uint32_t p = 0; p < l->n; p++) { /* persons held apart are in no table */
        if (l->anchor[p] == l->want->other) {
            return p;
        }
    }
    return NO_PERSON;
}

static uint8_t *field_of(struct candidate *c, enum want_field f)
{
    uint8_t *fields[WANT_FIELDS] = {&c->birth, &c->sex, &c->phone, &c->place, &c->unit, &c->habit};
    return fields[f];
}

/* What the weight would be if this field agreed too. */
static void what_if(struct link *l, const struct loose_table *t, const struct candidate *v, size_t n, size_t at)
{
    for (int f = 0; f < WANT_FIELDS; f++) {
        candidate_list copy = {0};
        for (size_t i = 0; i < n; i++) {
            vec_push(&copy, v[i]);
        }
        uint8_t *field = field_of(&copy.v[at], (enum want_field)f);
        if (*field != SAYS_SAME) {
            *field = SAYS_SAME;
            link_weigh(l, t, l->night->site->model, &copy);
            l->want->would[f] = copy.v[at].weight - v[at].weight;
            l->want->would_probability[f] = copy.v[at].probability;
        }
        vec_release(&copy);
    }
}

static int by_weight(const void *x, const void *y)
{
    const struct want_rival *a = x, *b = y;
    return a->weight != b->weight ? (a->weight > b->weight ? -1 : 1) : a->anchor < b->anchor ? -1 : a->anchor > b->anchor;
}

static void note_rivals(struct link *l, const struct candidate *v, size_t n, size_t at)
{
    VEC(struct want_rival) rivals = {0};
    for (size_t i = 0; i < n; i++) {
        if (i != at && v[i].id != ID_ITS_OWN && v[i].name != NAME_LEVEL_NONE) {
            vec_push(&rivals, (struct want_rival){l->anchor[v[i].person], v[i].weight, v[i].probability});
        }
    }
    vec_sort(&rivals, by_weight);
    for (size_t i = 0; i < MIN(rivals.n, (size_t)WANT_RIVALS); i++) {
        l->want->rival[i] = rivals.v[i];
    }
    l->want->n_rivals = MIN(rivals.n, (size_t)WANT_RIVALS);
    vec_release(&rivals);
}

static void take(struct link *l, const struct loose_table *t, const struct candidate *v, size_t n, size_t at)
{
    struct link_want *w = l->want;
    const struct candidate *c = &v[at];
    const struct loose *x = &t->v.v[c->loose];
    uint64_t id = ident_key(x->said.id), own = ident_key(l->anchor[c->person]);
    uint64_t question = link_question(l, t, c);
    w->weighed = true;
    w->met = c->met;
    w->two_numbers = (x->kind == LOOSE_SECOND || (x->kind == LOOSE_NOBODY && x->person == NO_PERSON)) && id && own && id != own;
    w->name_forbids = c->name == NAME_LEVEL_NONE;
    w->said = x->kind == LOOSE_APART && c->id == ID_ITS_OWN ? REVIEW_DIFFERENT : link_reviewed(l, question);
    w->decisive = link_may_decide(c);
    w->made = (struct link_made){.how = c->id == ID_REPAIRS ? MADE_BY_REPAIR : MADE_BY_FIELDS, .slip = c->slip, .because = link_because(c), .weight = c->weight,
                                 .probability = c->probability, .question = question};
    memcpy(w->made.part, c->part, sizeof(w->made.part));
    memset(w->would, 0, sizeof(w->would));
    what_if(l, t, v, n, at);
    note_rivals(l, v, n, at);
}

static bool is_wanted(const struct link *l, uint32_t entry)
{
    for (size_t i = 0; i < l->wanted.n; i++) {
        if (l->wanted.v[i] == entry) {
            return true;
        }
    }
    return false;
}

void link_want_take(struct link *l, const struct loose_table *t, const candidate_list *list)
{
    uint32_t other = link_want_other(l);
    int32_t best = INT32_MIN;
    l->want->threshold = l->people->link_threshold;
    for (size_t i = 0, n; i < list->n; i += n) {
        const struct candidate *v = &list->v[i];
        for (n = 1; i + n < list->n && v[n].loose == v->loose; n++) {
        }
        for (size_t k = 0; k < n && is_wanted(l, v->loose); k++) {
            if (v[k].person == other && v[k].weight > best) {
                best = v[k].weight;
                take(l, t, v, n, k);
            }
        }
    }
}
