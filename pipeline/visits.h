/* SPDX-License-Identifier: Apache-2.0 */
/* Filled lists come back: `mopai visits import`. Rows find their warning by its number alone. Reads and writes the ledger (visit_import, visit,
   warning_event, audit), one transaction a file; derived data is not touched, the next night takes the outcomes up. */
#ifndef MOPAI_PIPELINE_VISITS_H
#define MOPAI_PIPELINE_VISITS_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"
#include "rules/rules.h"

struct db;

struct visits_result {
    int64_t rows;          /* with something to say: accepted + refused + blank + repeated */
    int64_t accepted, refused, blank, repeated;
    bool known_file;       /* the very same bytes were imported before: nothing was done */
    const char *refused_path; /* NULL when nothing was refused */
    struct str first_reasons; /* the first few refusals, a line each */
};
/* Imports one file. Texts of *out live in `a`. Refused rows go to PATH.refused.csv: the same columns and the reason. */
enum status visits_import(struct db *ledger, const struct rules_meta *meta, const char *path, struct arena *a, struct visits_result *out, struct err *err)
    MUST_CHECK;

#endif
