/* SPDX-License-Identifier: Apache-2.0 */
/* A tree as one would write it in rules.yaml: for messages about changed trees, for the rule book. */
#ifndef MOPAI_RULES_SHOW_H
#define MOPAI_RULES_SHOW_H

#include "rules/ruleset.h"

/* Appends `e` in the language of rules.yaml, with as few brackets as meaning allows. What the language added by itself is left out. */
void expr_show(const struct ruleset *rs, const struct expr *e, struct strbuf *out);

/* What one compares with: constants, parameters, today, and what is made of them. NULL is one too. */
bool expr_is_bound(const struct expr *e);

#endif
