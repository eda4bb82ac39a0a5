/* SPDX-License-Identifier: Apache-2.0 */
/* What rule sets would report on a night: hits without any life cycle, so that two sets, or two values of a parameter, can be compared. */
#ifndef MOPAI_PIPELINE_RULES_HITS_H
#define MOPAI_PIPELINE_RULES_HITS_H

#include "pipeline/schema.h"
#include "pipeline/site.h"

struct rule_hit {
    struct str rule;       /* id */
    char kind;             /* 'P' or 'H' */
    uint64_t entity, household; /* stable ids */
    int32_t street;        /* index into site->areas, AREA_NONE */
    int level;
    struct str key, say;   /* say: in Chinese, as on the list */
};
struct rule_hits {
    struct arena arena;
    VEC(struct rule_hit) v; /* sorted by rule, kind, entity, key */
};
void rule_hits_release(struct rule_hits *h);
/* By what a hit is the same on another night or under other rules: rule, kind, entity, key. */
int rule_hit_compare(const void *a, const void *b);

/* Links the night of `as_of` (nothing is taken in, nothing published) and evaluates each rule set on it, drafts included. out: one a set; release each, also after a
   failure. The site is open with SITE_LOCK; schema is what the sets were compiled with. */
enum status rule_hits_on(struct site *s, const struct schema *schema, daynum as_of, struct ruleset *const *sets, size_t n, struct rule_hits *out, struct err *err)
    MUST_CHECK;

#endif
