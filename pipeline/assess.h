/* SPDX-License-Identifier: Apache-2.0 */
/* The assess stage: persons, tables and rules of the night become hits, each with its reason, and proposed events (pipeline/night.h: assess_night).
   Reads store/runs/N (population, links), the segments in force, timelines and the ledger up to the night's marks; writes night.db tables rule_result, hit,
   evidence, gone, proposed_warning, proposed_event and these figures:

     persons, persons_present, persons_gone, persons_dead, households, households_no_basis, households_no_area
     hits         fired, of active rules        shadow_hits  of shadow rules
     new  standing  held  suppressed            of hits; new and standing stand on tonight's list
     new:红 ...                                  new hits by level
     cleared      open warnings whose condition is gone
     waiting      open warnings on no list tonight: condition gone on too few data dates, or undecided
     undecided    entities some active rule could not decide, rule by rule
     stale        sources that are stale or missing
     hold:rule    1 when held hits come of a changed rule, source, parameter, site or program
     old_rules    1 when the rules of the last published night were evaluated as well */
#ifndef MOPAI_PIPELINE_ASSESS_H
#define MOPAI_PIPELINE_ASSESS_H

#include "pipeline/assess_fold.h"
#include "pipeline/assess_world.h"
#include "pipeline/evidence.h"

/* world_identity of warning `at` (an index into the fold). Sorted by identity, then at. */
struct identity {
    uint64_t identity;
    uint32_t at;
};
/* First entry of that identity, or n. */
size_t identity_find(const struct identity *v, size_t n, uint64_t identity);

struct assess_hit {
    size_t rule;
    uint32_t person, household; /* rows; person is the head for a household rule */
    int64_t entity, household_id;
    struct str key, say;
    int level, maybe_level;
    struct val score;
    int64_t over;
    bool minors, again_known;
    int64_t again_value;
    int64_t street, community, area_basis; /* area indexes and enum area_basis of the household */
    struct str members;         /* of the household: number and hash */
    size_t evidence_first, evidence_n;
};

struct assess {
    struct night *night;
    struct arena arena;
    struct schema schema;
    struct ruleset *rules;
    struct facts facts;
    struct facts_run run;
    struct world world;
    struct evidence evidence;
    struct fold fold;
    VEC(struct assess_hit) hits;
    struct life_rule *life_rules;
    struct life_hit *life_hits;
    struct life_output life;
    struct identity *open;      /* open warnings by rule and entity, sorted */
    struct identity *known;     /* all warnings by rule, entity and key, sorted */
    size_t n_open, n_known;
    uint8_t *open_person, *open_household; /* bitmaps by row: somebody with an open warning */
    struct arena *piece_texts;  /* what hits say, by piece of the population */
    size_t n_pieces;
};

/* Number of living members and a hash of who they are: "3:5f0c...". */
enum status assess_members_text(struct facts *f, uint32_t household, struct arena *a, struct str *out, struct err *err) MUST_CHECK;
/* Evaluates the rules: hits with their evidence, in order of household rows; open warnings of undecided entities are marked. */
enum status assess_hits(struct assess *a, struct err *err) MUST_CHECK;
/* For every open warning that no hit answers: why its condition is gone. */
enum status assess_find_causes(struct assess *a, struct err *err) MUST_CHECK;
/* Which record that an open warning told of has been corrected or refunded since, and how; "" when none was. */
enum status assess_correction(struct assess *a, int64_t warning_no, struct str *out, struct err *err) MUST_CHECK;
/* Writes everything of the night into night.db, in one transaction. */
enum status assess_write(struct assess *a, struct err *err) MUST_CHECK;
/* JSON body of an event: what the warning said, by when it is to be visited and why, complete. */
struct assess_due {
    daynum day; /* DAY_MISSING while it is on no list */
    struct due_period period;
};
void assess_event_body(struct assess *a, size_t hit, const struct life_verdict *v, struct assess_due due, struct strbuf *out);

#endif
