/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a run: accumulators over persons and households, registers over a block. For rules/ only. */
#ifndef MOPAI_RULES_RUN_H
#define MOPAI_RULES_RUN_H

#include "base/core/vec.h"
#include "rules/ruleset.h"

struct lanes {
    int64_t *lo, *hi;
};

/* What rows of one fact have added up to, one slot a person or household. */
struct acc {
    int64_t *lo, *hi;      /* hi NULL while it equals lo (sums and counts without a doubtful row) */
    int32_t *day, *maybe;  /* LAST: newest sure and newest possible date; MAX, MIN: 0 once seen; DATE_ABSENT before */
    uint8_t *open;         /* bitmap: more rows may exist that nobody delivered */
    size_t n;
    int64_t first, last;   /* window on the date column; bounded only with date_column >= 0 */
    bool has_first, has_last;
    int top;               /* TOP: lo and hi hold so many amounts a slot, the greatest first: of sure rows, of all; maybe: 1 once one cannot be read */
    int bits;              /* DISTINCT, GAP: lo and hi are masks of values or months seen surely and possibly; so many of them */
    int64_t bit0;          /* the month of bit 0, later months first; -1: values */
    daynum window_day;     /* dead members count when they died after this day; DAY_MISSING: always */
};
#define DATE_ABSENT INT32_MIN

struct cover {
    bool all;
    uint8_t *bits;         /* NULL: `all` says it */
};

struct change_hit {
    uint32_t person;
    daynum day;
    int32_t from;
};
struct change_state {      /* one a change test */
    uint8_t *sure, *maybe; /* bitmaps by person */
    daynum after;          /* changes later than this day count */
    VEC(struct change_hit) hits;
};

struct rule_override {
    bool set;
    struct val v;
    uint32_t row;          /* person or household it is about */
};

struct rules_run {
    const struct ruleset *rs;
    struct rules_world w;
    daynum as_of, params_on;
    struct rules_lane *dense;      /* by person slot */
    struct cover *scan_cover, *change_cover;
    struct acc *accs;              /* by inputs fact */
    struct change_state *changes;  /* by change test */
    struct val **params;           /* by parameter: [(area + 1) * (n_keys + 1) + key + 1]; NULL when not needed */
    bool ready;
    bool general;                  /* tests: a household without an area takes the general value */
    /* registers */
    size_t cap;
    char *memory;
    struct lanes *v;               /* by register number */
    uint8_t **t;
    /* the block in hand */
    const struct rules_block *block;
    uint32_t *hh_at;               /* household position of each person of the block */
    const struct rules_rows *rows; /* the rows in hand, when scanning */
    uint32_t row_from;
    uint8_t *verdict;              /* truth of the rule by entity */
    struct rules_counts *counts;
    /* inside the callback */
    const struct rule_def *rule;
    const struct rules_hit *hit;
    bool shown;                    /* the code of what is shown has run for this block and rule */
    struct rule_override *overrides; /* by fact, tests only */
    struct str *part_names;
    struct val *part_points;
};

enum { CHUNK = 1024 };

static inline bool bit_get(const uint8_t *bits, size_t i) { return (bits[i >> 3] >> (i & 7)) & 1; }
static inline void bit_set(uint8_t *bits, size_t i) { bits[i >> 3] = (uint8_t)(bits[i >> 3] | 1u << (i & 7)); }

static inline const struct fact_def *def_of(const struct rules_run *run, size_t fact) { return &run->rs->facts[run->rs->input_defs[fact]]; }

struct rules_run *run_new_general(const struct ruleset *rs, daynum as_of, const struct rules_world *world); /* for tests in rules */
void run_reserve(struct rules_run *run, size_t n); /* registers for n entities; fills constants */
void run_exec(struct rules_run *run, uint32_t from, uint32_t to, const uint32_t n[4]); /* n by domain */
/* Window, window_day, bits and bit0 of a fact (bit0 comes as -1). */
void acc_window(const struct ruleset *rs, const struct fact_def *f, daynum as_of, struct acc *a);
struct val acc_value(const struct rules_run *run, size_t fact, uint32_t row);
struct val change_previous(const struct rules_run *run, size_t test, uint32_t person, struct val current);

/* Value of a tree's register for the hit in hand. */
struct val run_value(const struct rules_run *run, const struct expr *e);

#endif
