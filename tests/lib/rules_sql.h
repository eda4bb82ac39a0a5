/* SPDX-License-Identifier: Apache-2.0 */
/* A random world as SQLite tables, and the SQL of its rules run on it: the third engine beside the block machine and the tree walk. */
#ifndef MOPAI_TESTS_RULES_SQL_H
#define MOPAI_TESTS_RULES_SQL_H

#include "tests/lib/rules_walk.h"

struct sql_verdicts {
    size_t pairs, wrong;
};
/* Runs every evaluated rule of w->rs as SQL and compares each person's or household's verdict, levels and score with the walk's. `verbose` prints what differs, with
   the statement. */
struct sql_verdicts sql_and_walk(const struct walk_world *w, bool verbose);

#endif
