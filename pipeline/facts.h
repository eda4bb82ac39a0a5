/* SPDX-License-Identifier: Apache-2.0 */
/* Tonight's data as the rule engine wants it: every table the rules read is passed once, block by block, with the person of each row from link;
   then whole households in order. Memory: a few bytes a person, one block of each column, never a row list.

   A superseded row counts for nobody. A refund (refund_of) counts at the date and for the person of the row it corrects; one whose original is
   not in force counts for nobody. A person a fresh source does not speak about, and everybody for a stale or missing source, is not covered:
   their sums are known so far .. unknown. */
#ifndef MOPAI_PIPELINE_FACTS_H
#define MOPAI_PIPELINE_FACTS_H

#include "pipeline/ingest/ingest.h"
#include "pipeline/population.h"
#include "pipeline/schema.h"

/* A change of a person's attribute found in a timeline, kept for evidence. */
struct facts_change {
    uint32_t person;
    int32_t from, to;      /* value indexes, -1 unknown */
    daynum day;            /* data date of the newer delivery */
    int64_t old_file, new_file, old_line, new_line; /* -1: the record is not there */
    int column;            /* of the source */
    size_t source;
};
typedef VEC(struct facts_change) facts_change_list;

/* The night without what the last published one did not have. */
struct facts_view {
    const bool *without_source; /* by source: taken as missing; NULL: none */
    daynum params_on;           /* parameter values of this day; DAY_MISSING: of the as-of date */
};

struct facts {
    struct night *night;
    const struct schema *schema;
    struct population *pop;
    uint32_t n_persons, n_households;
    uint32_t *household_of;    /* by person row */
    uint8_t *member;
    daynum *death;
    uint8_t *open;             /* by household row */
    struct refund **refunds;   /* by source; NULL until asked for */
    size_t *n_refunds;
    bool *refunds_read;
    struct arena arena;
};

/* Reads the population of n->run_dir. facts_close it, also after a failure. */
enum status facts_open(struct night *n, const struct schema *schema, struct facts *out, struct err *err) MUST_CHECK;
void facts_close(struct facts *f);

/* One evaluation of one rule set. */
struct facts_run {
    const struct ruleset *rules;
    struct rules_run *run;
    facts_change_list *changes; /* one list per inputs->changes, by person and day */
    int64_t **dense;            /* one lane per dense attribute, borrowed by run */
};
/* Feeds everything the rules need; the run is ready to evaluate. facts_run_release it, also after a failure. */
enum status facts_run_init(struct facts *f, const struct ruleset *rules, const struct facts_view *view, struct facts_run *out, struct err *err) MUST_CHECK;
void facts_run_release(struct facts_run *r);
/* Evaluates every household, in order of household rows. What fn reads of the population is its own business. */
enum status facts_evaluate(struct facts *f, struct facts_run *r, enum rules_want want, rules_hit_fn *fn, void *ctx, struct err *err) MUST_CHECK;

/* The same piece by piece: pieces may be evaluated at a time by threads that each have a population and a view of the run of their own (facts_lend). What
   facts_evaluate hands out is what the pieces hand out, one after the other. */
struct facts_piece {
    uint32_t household, n_households, person, n_persons; /* rows */
};
typedef VEC(struct facts_piece) facts_piece_list;
enum status facts_cut(struct facts *f, facts_piece_list *out, struct err *err) MUST_CHECK;
enum status facts_evaluate_piece(struct facts *f, struct facts_run *r, const struct facts_piece *piece, enum rules_want want, rules_hit_fn *fn, void *ctx,
                                 struct err *err) MUST_CHECK;
/* *own and *own_run are good for one thread until facts_return; everything but the population's blocks and the run's registers stays f's and r's. */
enum status facts_lend(const struct facts *f, const struct facts_run *r, struct facts *own, struct facts_run *own_run, struct err *err) MUST_CHECK;
void facts_return(struct facts_run *r, struct facts *own, struct facts_run *own_run); /* adds the counts to r's; not by several threads at a time */

/* Values of `n` persons or households, as the engine reads them: sets as struct val, everything else as int64 with the engine's two sentinels. */
enum status facts_attr_lane(struct facts *f, int attr, uint32_t first, uint32_t n, int64_t *lo, struct val *sets, struct err *err) MUST_CHECK;

/* A pass over the rows of one table again, for evidence: fn gets every block in which a row of a wanted person lies, with the lanes of `scan`, and
   the row number of the block's first row in the segment. wanted: bitmap by person row. Threads may do so at a time for different scans. */
struct facts_block {
    size_t input;
    uint32_t first;            /* row of the segment */
    struct rules_rows rows;
    const struct refund *refunds; /* of this block */
    size_t n_refunds;
};
typedef enum status facts_rows_fn(void *ctx, const struct facts_block *b, struct err *err);
enum status facts_scan_again(struct facts *f, const struct facts_run *r, size_t scan, const uint8_t *wanted, facts_rows_fn *fn, void *ctx, struct err *err)
    MUST_CHECK;

/* One block of one input with the columns of `scan`, whoever its persons are: for SQL. fn is called once, or not at all when the input has no such block. */
enum status facts_scan_block(struct facts *f, const struct rules_scan *scan, size_t input, size_t block, facts_rows_fn *fn, void *ctx, struct err *err) MUST_CHECK;

#endif
