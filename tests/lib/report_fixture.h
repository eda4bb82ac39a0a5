/* SPDX-License-Identifier: Apache-2.0 */
/* A night made by hand, big enough to look at: seven streets, eight rules, two nights before it, a visit or two. Every person is invented. */
#ifndef MOPAI_TESTS_REPORT_FIXTURE_H
#define MOPAI_TESTS_REPORT_FIXTURE_H

#include "pipeline/report/report.h"

struct report_fixture {
    struct arena arena;
    const char *dir, *out_root; /* out_root: $KEEP, else dir */
    struct db *night, *ledger;
    struct area_set areas;
    struct rules_meta meta;
    struct report report;
    const char *const *names; /* surnames with given names that must not leak */
    size_t n_names;
    size_t expected_rows, expected_desk, expected_no_area, expected_streets;
};

struct report_fixture *report_fixture_new(void);
void report_fixture_free(struct report_fixture *f);
/* Composes into dir/name; NULL with *err filled on failure. */
const char *report_fixture_compose(struct report_fixture *f, const char *name, struct err *err);

#endif
