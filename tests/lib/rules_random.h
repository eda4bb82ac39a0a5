/* SPDX-License-Identifier: Apache-2.0 */
/* Random rules as YAML text and random worlds to run them on, from a seed. */
#ifndef MOPAI_TESTS_RULES_RANDOM_H
#define MOPAI_TESTS_RULES_RANDOM_H

#include "base/core/hash.h"
#include "tests/lib/rules_walk.h"

struct dice {
    uint64_t state;
};
static inline uint64_t dice_roll(struct dice *d) { return hash_mix(d->state += 0x9e3779b97f4a7c15u); }
static inline uint32_t dice_below(struct dice *d, uint32_t n) { return (uint32_t)(dice_roll(d) % n); }
static inline bool dice_chance(struct dice *d, uint32_t percent) { return dice_below(d, 100) < percent; }

/* A whole rules.yaml over rules_test_schema() with `rules` rules. */
void random_rules(struct dice *d, int rules, struct strbuf *out);
/* Every pointer of *out lives in `a`. out->rs and as_of are set from the arguments. */
void random_world(struct dice *d, struct arena *a, const struct ruleset *rs, daynum as_of, uint32_t households, size_t rows, struct walk_world *out);

#endif
