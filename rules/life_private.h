/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the life cycle: a night's hits on their way to verdicts (lifecycle.c) and events (life_events.c). */
#ifndef MOPAI_RULES_LIFE_PRIVATE_H
#define MOPAI_RULES_LIFE_PRIVATE_H

#include "rules/lifecycle.h"

/* A hit on its way to a verdict. */
struct life_case {
    const struct life_hit *hit;
    const struct life_warning *current; /* of its identity, see struct life_warning; NULL when there is none */
    const struct life_case *absorber;   /* the case whose warning takes this one in */
    bool decided, pends;                /* pends: its condition has not held often enough */
    const char *detail;                 /* of the `new` event, when it is one: why it is on the list again */
    struct life_verdict verdict;
};

struct life_work {
    const struct life_input *in;
    struct arena *arena;
    const struct life_warning **current; /* one an identity, sorted by it */
    size_t n_current;
    const struct life_warning **into;    /* by warning: the open one of the same identity that takes it in, else NULL */
    struct life_case *cases; /* in rank order */
    size_t n;
    uint32_t *by_household;  /* the same cases, by household and then rank */
    bool *answered;          /* by warning: a hit of its identity exists tonight */
    bool *rule_done;
};

int life_cmp_i64(int64_t x, int64_t y);
/* Fills `current` and `into`. */
void life_choose_current(struct life_work *w);
const struct life_warning *life_current_of(const struct life_work *w, const struct life_hit *h);
/* The data date counts once. How often the condition held (pending) or did not (absent), with tonight. */
uint32_t life_times_with(const struct life_warning *old, daynum data_date);
/* W-000012-3 */
const char *life_number(struct arena *a, int64_t no);
/* Events of the decided cases and of warnings that no hit answers. */
void life_propose(struct life_work *w, struct life_output *out);

#endif
