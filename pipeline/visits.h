/* SPDX-License-Identifier: Apache-2.0 */
/* Filled lists come back: `mopai visits import`. Rows find their warning by its number alone. Reads and writes the ledger (visit_import, visit,
   warning_event, warning_order, audit), one transaction a file, and store/found/; derived data is not touched, the next night takes all of it up. */
#ifndef MOPAI_PIPELINE_VISITS_H
#define MOPAI_PIPELINE_VISITS_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"
#include "base/text/area.h"
#include "rules/rules.h"

struct db;

struct population;

struct visits_result {
    int64_t rows;          /* with something to say: accepted + refused + blank + repeated */
    int64_t accepted, refused, blank, repeated;
    int64_t orders, found; /* of the accepted: asked for time or another street; told something the data did not know */
    bool known_file;       /* the very same bytes were imported before: nothing was done */
    const char *refused_path; /* NULL when nothing was refused */
    struct str first_reasons; /* the first few refusals, a line each */
};
/* What a list is checked against. */
struct visits_at {
    struct db *ledger;
    const struct rules_meta *meta;
    const struct area_set *areas;
    struct population *pop; /* of the last published night, NULL when its run is gone: findings are refused then */
    const char *found_dir;  /* where findings go (pipeline/visits_found.h) */
};
/* Imports one file. Texts of *out live in `a`. Refused rows go to PATH.refused.csv: the same columns and the reason. */
enum status visits_import(const struct visits_at *at, const char *path, struct arena *a, struct visits_result *out, struct err *err) MUST_CHECK;

#endif
