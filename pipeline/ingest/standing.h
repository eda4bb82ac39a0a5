/* SPDX-License-Identifier: Apache-2.0 */
/* Which accepted deliveries count on a day, and why: for people. The rule itself is in_force.c's; a test holds the two together. */
#ifndef MOPAI_INGEST_STANDING_H
#define MOPAI_INGEST_STANDING_H

#include "pipeline/ingest/catalogue.h"

struct standing {
    int64_t delivery;
    bool in_force;   /* some of its rows count */
    const char *why; /* in the language in force: 本范围最新；已被交付 7（2026-03-01）替代 */
};
typedef VEC(struct standing) standing_list;

/* Accepted deliveries of every source as of `day`, those of later data dates too. Texts live in `a`; the list is the caller's. */
enum status standings_load(struct site *site, daynum day, struct arena *a, standing_list *out, struct err *err) MUST_CHECK;
/* NULL: not accepted, or of a source that sources.yaml no longer has. */
const struct standing *standing_find(const standing_list *l, int64_t delivery);

#endif
