/* SPDX-License-Identifier: Apache-2.0 */
/* The life of warnings a second time, from the words of rules/lifecycle.h alone: no sorting, no indexes, no fold, every question answered by walking all
   leads. It knows nothing of rules/lifecycle.c; tests/prop/prop_life.c asks both. */
#ifndef MOPAI_TESTS_LIFE_MODEL_H
#define MOPAI_TESTS_LIFE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#define MODEL_RULES 4
#define MODEL_HOMES 4
#define MODEL_LEADS 2000

enum model_state { M_PENDING, M_HELD, M_RELEASED, M_REOPENED, M_RETURNED, M_SNOOZED, M_VISITED, M_LISTED, M_CLOSED, M_CLEARED, M_MERGED };
struct model_lead {
    int no, rule, home;
    enum model_state state;
    int level, quiet_level;   /* 0 the highest */
    int until;                /* quiet before that day */
    int again;
    int times, times_date;    /* data dates: with the condition (pending), or without it in a row */
};
struct model_rule {
    int pending, clear, budget, again, data_date;
    int yields_to;            /* -1: to none */
    bool shadow;
};
struct model_hit {
    bool on, unknown, hold;   /* unknown: not a hit, but not false either */
    int level, over, again;
    /* answers */
    const char *what;         /* new standing held suppressed shadow; NULL without a hit */
    int no;                   /* 0: none */
};
struct model {
    struct model_rule rules[MODEL_RULES];
    struct model_lead leads[MODEL_LEADS];
    int n;
    int today;
    int cooldown[2];          /* of outcomes that verified, and of those that did not */
    struct model_hit hits[MODEL_RULES][MODEL_HOMES];
};

/* Tonight: answers every hit and moves every lead on. Rules yield to rules before them only. */
void life_model_night(struct model *m);
/* What people do between nights. */
void life_model_release(struct model_lead *l);
void life_model_visit(struct model *m, struct model_lead *l, int day, bool verified);
void life_model_snooze(struct model_lead *l, int until);
bool life_model_open(const struct model_lead *l);

#endif
