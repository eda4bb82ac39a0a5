/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of conditions before any data: interval analysis (abstract interpretation over the interval domain, Cousot and Cousot 1977) of a
   rule's lines in file order. Each line is worked out with every fact at all the values the lines above leave it; parameters at all the
   values any version has. Departures: a fact compared twice with the same moving parameter is not related to itself, so nothing false is ever said, and
   some true things are not. */
#ifndef MOPAI_RULES_LOGIC_H
#define MOPAI_RULES_LOGIC_H

#include "rules/compiler.h"

/* E506 (of an active rule) or W506: it can never fire; W507 a line that always holds; W508 a level never reached; W511 a level that always holds,
   with others below; W509 a branch of `any` that another one contains. */
void check_logic(struct compiler *c, const struct rule_def *r);
/* W510: two rules that decide the same. After all rules are read. */
void check_twins(struct compiler *c);
/* Most points the lines of a dimension can give together, before `max`: lines that exclude each other do not add up. */
int64_t points_attainable(struct compiler *c, const struct dimension *d);

#endif
