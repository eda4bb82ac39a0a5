/* SPDX-License-Identifier: Apache-2.0 */
/* One rule as people read it, in HTML and in Chinese: what it asks, on what basis, with which values in force, whom it sends where, and its tests as examples.
   Made from the compiled rules, so that it cannot say anything else than what runs. `rules doc` makes a book of them, the night a page of each. */
#ifndef MOPAI_REPORT_RULE_BOOK_H
#define MOPAI_REPORT_RULE_BOOK_H

#include "base/core/arena.h"
#include "base/core/str.h"
#include "rules/rules.h"

/* Without its heading. Parameters as of `day`; texts that are made live in `a`. */
void rule_book_put(struct strbuf *b, const struct ruleset *rules, size_t rule, daynum day, struct arena *a);
const char *rule_book_status(enum rules_status s);
const char *rule_book_kind(enum rules_kind k);

#endif
