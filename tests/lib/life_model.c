/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/life_model.h"

#include <string.h>

bool life_model_open(const struct model_lead *l) { return l->state != M_CLOSED && l->state != M_CLEARED && l->state != M_MERGED; }
void life_model_release(struct model_lead *l) { l->state = M_RELEASED, l->times = 0; }

void life_model_visit(struct model *m, struct model_lead *l, int day, bool verified)
{
    l->state = verified ? M_CLOSED : M_VISITED;
    l->until = day + m->cooldown[verified ? 0 : 1];
    l->quiet_level = l->level, l->times = 0;
}

void life_model_snooze(struct model_lead *l, int until) { l->state = M_SNOOZED, l->until = until, l->quiet_level = l->level, l->times = 0; }

/* The one that counts for a rule and home: an open one, the furthest, then the oldest; else the newest that ended and was not merged. */
static struct model_lead *counts(struct model *m, int rule, int home)
{
    struct model_lead *best = NULL;
    for (int i = 0; i < m->n; i++) {
        struct model_lead *l = &m->leads[i];
        if (l->rule != rule || l->home != home || l->state == M_MERGED) {
            continue;
        }
        if (!best || life_model_open(l) > life_model_open(best) || (!life_model_open(l) && !life_model_open(best)) || (life_model_open(l) && life_model_open(best) && l->state > best->state)) {
            best = l;
        }
    }
    return best;
}

/* Persons or households that became one bring two leads of one kind: one goes on. */
static void merge_doubles(struct model *m)
{
    struct model_lead *kept[MODEL_RULES][MODEL_HOMES];
    for (int r = 0; r < MODEL_RULES; r++) {
        for (int h = 0; h < MODEL_HOMES; h++) {
            kept[r][h] = counts(m, r, h);
        }
    }
    for (int i = 0; i < m->n; i++) {
        struct model_lead *l = &m->leads[i];
        if (life_model_open(l) && l != kept[l->rule][l->home]) {
            l->state = M_MERGED;
        }
    }
}

/* Does somebody go to this home, or has just been there, for the rule that `rule` yields to? Asked when that rule has been answered. */
static bool taken(const struct model *m, int rule, int home, const struct model_lead *const before[MODEL_HOMES])
{
    int other = m->rules[rule].yields_to;
    const struct model_hit *h = other < 0 ? NULL : &m->hits[other][home];
    if (!h || !h->what || strcmp(h->what, "shadow") == 0 || strcmp(h->what, "pending") == 0) {
        return false;
    }
    const struct model_lead *l = before[home];
    return strcmp(h->what, "suppressed") != 0 || (l && life_model_open(l) && l->state != M_PENDING);
}

static bool early(const struct model *m, const struct model_lead *l, const struct model_hit *h)
{
    return (m->rules[l->rule].again && h->again >= l->again + m->rules[l->rule].again) || (life_model_open(l) && h->level < l->quiet_level);
}

/* The answer to a hit, without budget. *l is changed only where nobody needs to be told. */
static const char *answer(struct model *m, int rule, struct model_hit *h, struct model_lead *l, bool is_taken)
{
    const struct model_rule *r = &m->rules[rule];
    bool open = l && life_model_open(l);
    if (r->shadow) {
        return "shadow";
    }
    if (open && l->state == M_LISTED) {
        return "standing";
    }
    if (open && (l->state == M_SNOOZED || l->state == M_VISITED)) {
        return m->today < l->until && !early(m, l, h) ? "suppressed" : "new";
    }
    if (open && (l->state == M_RELEASED || l->state == M_RETURNED || l->state == M_REOPENED)) {
        return "new";
    }
    if (l && l->state == M_CLOSED && m->today < l->until && !early(m, l, h)) {
        return "suppressed";
    }
    if (is_taken) {
        if (open) {
            l->state = M_MERGED; /* held or pending: nobody was told of it */
        }
        return "suppressed";
    }
    if ((open && l->state == M_HELD) || h->hold) {
        return "held";
    }
    int times = open ? l->times + (l->times_date != r->data_date) : 1;
    return times < r->pending ? "pending" : "new";
}

static void hold_over_budget(struct model *m, int rule, struct model_lead *const before[MODEL_HOMES])
{
    int fresh = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int home = 0; home < MODEL_HOMES; home++) {
            struct model_hit *h = &m->hits[rule][home];
            const struct model_lead *l = before[home];
            bool told = l && life_model_open(l) && l->state != M_PENDING;
            bool counted = h->what && strcmp(h->what, "new") == 0 && !told;
            fresh += pass == 0 && counted;
            if (pass == 1 && counted && m->rules[rule].budget && fresh > m->rules[rule].budget) {
                h->what = "held";
            }
        }
    }
}

/* Level, then how far over the line, then the home, then the rule. */
static bool more_urgent(const struct model *m, int r1, int h1, int r2, int h2)
{
    const struct model_hit *a = &m->hits[r1][h1], *b = &m->hits[r2][h2];
    const int x[] = {a->level, -a->over, h1, r1}, y[] = {b->level, -b->over, h2, r2};
    for (int i = 0; i < 4; i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i];
        }
    }
    return false;
}

static void carry_out(struct model *m, int rule, int home, struct model_lead *l, int no)
{
    struct model_hit *h = &m->hits[rule][home];
    bool open = l && life_model_open(l), pends = strcmp(h->what, "pending") == 0;
    if (strcmp(h->what, "shadow") == 0 || (strcmp(h->what, "suppressed") == 0 && !open)) {
        return;
    }
    if (!open) {
        l = &m->leads[m->n++];
        *l = (struct model_lead){.no = no, .rule = rule, .home = home, .times_date = -1, .level = h->level, .again = h->again};
    }
    h->no = l->no;
    bool lists = strcmp(h->what, "new") == 0, holds = strcmp(h->what, "held") == 0;
    if (pends) {
        bool counts_now = l->times == 0 || l->times_date != m->rules[rule].data_date;
        l->times += counts_now, l->times_date = m->rules[rule].data_date;
        l->again = counts_now ? h->again : l->again;
        l->level = counts_now ? h->level : l->level;
        l->state = M_PENDING;
        h->what = "suppressed";
        return;
    }
    /* what it was last told with: told again when it is listed, held, or changed its level, or stands again */
    bool told = lists || (holds && l->state != M_HELD) || l->level != h->level || l->times > 0;
    l->again = told ? h->again : l->again;
    l->level = h->level, l->times = 0;
    l->state = lists ? M_LISTED : holds ? M_HELD : l->state;
}

static void without_hit(struct model *m, struct model_lead *l)
{
    const struct model_rule *r = &m->rules[l->rule];
    if (l->state != M_PENDING && l->times > 0 && l->times_date == r->data_date) {
        return;
    }
    l->times++, l->times_date = r->data_date;
    l->state = l->state == M_PENDING || l->times >= r->clear ? M_CLEARED : l->state;
}

void life_model_night(struct model *m)
{
    struct model_lead *before[MODEL_RULES][MODEL_HOMES];
    int known = m->n, next = m->n + 1;
    merge_doubles(m);
    for (int r = 0; r < MODEL_RULES; r++) {
        for (int h = 0; h < MODEL_HOMES; h++) {
            before[r][h] = counts(m, r, h);
        }
    }
    for (int r = 0; r < MODEL_RULES; r++) {
        for (int h = 0; h < MODEL_HOMES; h++) {
            struct model_hit *x = &m->hits[r][h];
            x->no = 0;
            x->what = NULL;
            if (x->on) {
                int other = m->rules[r].yields_to;
                x->what = answer(m, r, x, before[r][h], other >= 0 && taken(m, r, h, (const struct model_lead *const *)before[other]));
            }
        }
        hold_over_budget(m, r, before[r]);
    }
    for (int i = 0; i < MODEL_RULES * MODEL_HOMES; i++) { /* the most urgent first: fresh numbers follow the rank */
        int br = -1, bh = -1;
        for (int r = 0; r < MODEL_RULES; r++) {
            for (int h = 0; h < MODEL_HOMES; h++) {
                if (m->hits[r][h].what && m->hits[r][h].no == 0 && (br < 0 || more_urgent(m, r, h, br, bh))) {
                    br = r, bh = h;
                }
            }
        }
        if (br < 0) {
            break;
        }
        m->hits[br][bh].no = -1;
        carry_out(m, br, bh, before[br][bh], next);
        next = m->n + 1;
    }
    for (int i = 0; i < MODEL_RULES * MODEL_HOMES; i++) {
        struct model_hit *x = &m->hits[i / MODEL_HOMES][i % MODEL_HOMES];
        x->no = x->no < 0 ? 0 : x->no;
    }
    for (int i = 0; i < known; i++) {
        struct model_lead *l = &m->leads[i];
        const struct model_hit *h = &m->hits[l->rule][l->home];
        if (life_model_open(l) && !h->on && !h->unknown) {
            without_hit(m, l);
        }
    }
}
