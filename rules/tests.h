/* SPDX-License-Identifier: Apache-2.0 */
/* One test of a rule, run. For rules/ only. */
#ifndef MOPAI_RULES_TESTS_H
#define MOPAI_RULES_TESTS_H

#include "rules/ruleset.h"

struct test_outcome {
    int got;         /* as test_def.expect */
    const char *why; /* the first line that did not hold, in words; "" when the rule fired */
};
/* `fn` (may be NULL) sees the hit of the rule under test while its registers hold. Texts live in `arena`. */
struct test_outcome test_one(const struct ruleset *rs, size_t rule, const struct test_def *t, struct arena *arena, rules_hit_fn *fn, void *ctx);

#endif
