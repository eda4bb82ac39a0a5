/* SPDX-License-Identifier: Apache-2.0 */
/* Two lists of hits side by side: by rule, by street in visits (households) against what the street can visit in a week, with examples. */
#ifndef MOPAI_PIPELINE_RULES_COMPARE_H
#define MOPAI_PIPELINE_RULES_COMPARE_H

#include "pipeline/rules_hits.h"

enum { COMPARE_EXAMPLES = 5 };

struct comparison {
    const struct site *site;      /* names of streets, the key of references */
    const struct ruleset *before_rules, *after_rules;
    const struct rule_hits *before, *after;
};
/* Prints text, or with `json` one object, on standard output. */
void comparison_print(const struct comparison *c, bool json);

/* Distinct households of a list per street (index into site->areas, the last entry those without one); n_areas + 1 counts in `a`. */
uint32_t *visits_by_street(const struct rule_hits *hits, size_t n_areas, struct arena *a);

#endif
