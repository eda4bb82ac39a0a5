/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule rests on. */
#ifndef MOPAI_RULES_DEPS_H
#define MOPAI_RULES_DEPS_H

#include "rules/compiler.h"

struct deps {
    const int *tables, *attrs, *params, *facts; /* facts: indexes into rs->facts, those of what is shown included */
    size_t n_tables, n_attrs, n_params, n_facts;
    const int *spare;     /* tables only asked before another answer: 优先(this, ...) */
    size_t n_spare;
    bool *seen, *seen_spare;
    int in_spare;
};
/* Also fills the rule's tables, attrs, params and main comparison, and binds its row items to facts (E207). */
struct deps rule_deps(struct compiler *c, struct rule_def *r);

#endif
