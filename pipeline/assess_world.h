/* SPDX-License-Identifier: Apache-2.0 */
/* Yesterday's world: tonight's data under the rules, parameter values and sources of the last published night. What fires there as well is not held,
   whatever changed; what fires only tonight because something of ours changed waits for a person. */
#ifndef MOPAI_PIPELINE_ASSESS_WORLD_H
#define MOPAI_PIPELINE_ASSESS_WORLD_H

#include "base/core/map.h"
#include "pipeline/facts.h"
#include "rules/lifecycle.h"

struct world {
    bool first;            /* no published night yet */
    bool program_changed;  /* program, people.yaml or id_aliases.csv: links cannot be made again as they were */
    enum life_hold *why;   /* by evaluated rule: why a hit that did not fire there is held; LIFE_HOLD_NOT for rules nothing changed for */
    bool any;              /* some rule changed: `fired` was computed */
    struct map64 fired;    /* world_identity of what fires there */
    struct map64 remodeled; /* stable ids of persons and households whose rows a new linkage model placed otherwise */
    bool *withdrawn;       /* by source: a delivery was withdrawn since */
};
/* `rules` are tonight's. world_release it, also after a failure. A trial night changes nothing and holds nothing. */
enum status world_compute(struct facts *f, const struct ruleset *rules, struct world *out, struct err *err) MUST_CHECK;
void world_release(struct world *w);

uint64_t world_identity(struct str rule, char entity_kind, int64_t entity, struct str key);
/* Why this hit would have been absent, LIFE_HOLD_NOT when it would have been there. */
enum life_hold world_hold(const struct world *w, size_t rule, uint64_t identity, int64_t entity);
/* Does only a new linkage model say what is so tonight about this person or household? */
bool world_remodeled(const struct world *w, int64_t entity);
/* Does the rule read this source, directly or through an attribute? */
bool rule_reads_source(const struct rules_rule *r, const struct people *people, size_t source);
/* The same without those only asked before another answer: 优先(户.走访月收入, 户.核对月收入) says something although nobody visited. */
bool rule_needs_source(const struct rules_rule *r, const struct people *people, size_t source);
/* Does it name 户.抽签? Then it is a random sample of households nothing else points to: it yields to every rule that draws none. */
bool rule_draws_lots(const struct rules_rule *r, const struct people *people);

#endif
