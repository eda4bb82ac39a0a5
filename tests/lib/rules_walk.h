/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle of rules/: one entity at a time, straight down the tree, over raw rows. Slow, plain, and sharing nothing with the block
   evaluator but the typed tree and the arithmetic of intervals (which has tests of its own). */
#ifndef MOPAI_TESTS_RULES_WALK_H
#define MOPAI_TESTS_RULES_WALK_H

#include "rules/ruleset.h"

struct walk_row {
    int table;
    uint32_t person, household;
    struct val cells[8];
};
struct walk_change {
    int attr;
    uint32_t person;
    int32_t from, to;
    daynum day;
};
struct walk_world {
    const struct ruleset *rs;
    daynum as_of;
    uint32_t n_persons, n_households;
    const uint32_t *household_of;
    const uint8_t *member;
    const daynum *death;
    const uint8_t *open;
    const int32_t *area;              /* by household */
    struct val *const *person_attrs;  /* [schema attribute][person row] */
    struct val *const *household_attrs;
    const struct walk_row *rows;
    size_t n_rows;
    const struct walk_change *changes;
    size_t n_changes;
    const uint8_t *const *table_cover; /* [table] byte per person: 1 covered; NULL: everybody */
    const uint8_t *change_cover;       /* byte per person, NULL: everybody */
};

struct walk_result {
    enum rules_verdict verdict;
    int level, maybe_level;
    struct val score;
};
/* entity: person row for rules about persons, else household row. */
struct walk_result walk_rule(const struct walk_world *w, const struct rule_def *r, uint32_t entity);

#endif
