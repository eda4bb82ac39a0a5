/* SPDX-License-Identifier: Apache-2.0 */
/* Were they there in time? Streets and visitors by quarter, from the ledger alone. Counted is one spell on a list: from the `new` event to what took the warning off
   the list, in the quarter of its due day (which a later level or an extension moves). A warning that comes back is counted again. */
#ifndef MOPAI_PIPELINE_VISITS_SCORE_H
#define MOPAI_PIPELINE_VISITS_SCORE_H

#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/core/wilson.h"
#include "rules/rules.h"

struct db;

#define VISIT_SCORE_ENOUGH 5 /* spells below which there is no grade */

enum spell_end {
    SPELL_IN_TIME,  /* somebody was there by the due day, whatever was found */
    SPELL_LATE,     /* after it */
    SPELL_MISSED,   /* due, and nobody was there */
    SPELL_EXCUSED,  /* by the due day put off, returned, cleared, merged, or its outcome taken back */
    SPELL_AHEAD,    /* not due yet */
    SPELL_ENDS
};
struct visit_score {
    monthnum quarter;   /* its first month */
    struct str street;  /* code; "" at the district */
    struct str visitor; /* "" : of the whole street */
    int64_t n[SPELL_ENDS];
    bool due_passed;    /* of a spell of it */
};
struct visit_card {
    struct arena arena;
    daynum today;
    monthnum quarter;              /* MONTH_MISSING: no due day has passed yet */
    VEC(struct visit_score) rows;  /* of that quarter, by street and visitor; the street's own first */
    struct strmap known;           /* private: street, visitor and quarter */
};
/* Events up to `mark`, as of `today`. quarter: its first month; MONTH_MISSING takes the newest in which a due day has passed. Release it, also after a failure. */
enum status visit_card_read(struct db *ledger, int64_t mark, daynum today, monthnum quarter, struct visit_card *out, struct err *err) MUST_CHECK;
void visit_card_release(struct visit_card *c);

/* In time of what was due: of a street with those nobody went to, of a visitor without, since nobody says whose they were. *out_n what it is of. */
struct share visit_score_share(const struct visit_score *s, int64_t *out_n);
/* 'A' .. 'D', '-' below VISIT_SCORE_ENOUGH. */
char visit_score_grade(const struct visit_score *s, const struct rules_grades *lines);

#endif
