/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a rule set: typed expression trees, facts, parameters, rules, and the code made from them. For rules/ and its tests only. */
#ifndef MOPAI_RULES_RULESET_H
#define MOPAI_RULES_RULESET_H

#include "base/text/diag.h"
#include "rules/arith.h"
#include "rules/window.h"

enum {
    LIMIT_DEPTH = 24,        /* brackets within brackets */
    LIMIT_FOLDS = 3,         /* members of members of members */
    LIMIT_NODES = 400,       /* of one line */
    LIMIT_LINES = 64,        /* of one when, any, level or dimension */
    LIMIT_TEMPS = 2048,      /* registers of one rule */
    LIMIT_RULES = 2000,
    LIMIT_FACTS = 2000,
    LIMIT_FACT_DEPTH = 24,   /* facts made of facts */
    LIMIT_SET = 63,          /* values of an enumeration used in a set or 在 (...) */
    LIMIT_TOP = 12           /* largest amounts a fact adds up */
};

/* Where a value lives: once, per household, per person, per row of a table. A value of a lower domain can be lifted to a higher one. */
enum dom { DOM_CONST, DOM_HOUSEHOLD, DOM_PERSON, DOM_ROW };

enum ex_op {
    EX_CONST, EX_TODAY, EX_ATTR, EX_FACT, EX_PARAM, EX_COLUMN, EX_SCORE, EX_PREVIOUS,
    EX_ADD, EX_SUB, EX_MUL, EX_DIV, EX_ADD_MONTHS, EX_SUB_MONTHS, EX_PREFER, EX_MONTH_OF,
    EX_LT, EX_LE, EX_EQ, EX_IN, EX_HAS, EX_UNKNOWN,
    EX_NOT, EX_AND, EX_OR, EX_CHANGED, EX_FOLD_ANY, EX_FOLD_ALL, EX_FOLD_COUNT,
    EX_OP_COUNT
};

/* Who put a node there: the author, the list of lines it joins, or the word it is part of (距今 also asks that the day is past). */
enum ex_made { MADE_BY_AUTHOR, MADE_BY_LIST, MADE_BY_WORD };

enum { CHANGED_MONTH = 100000 }; /* scale of EX_CHANGED: so many a month of its window, one a day */

struct expr {
    enum ex_op op;
    enum ex_made made;
    enum rules_type type;
    int enumeration;
    enum dom dom;
    struct val value;      /* EX_CONST; EX_IN, EX_CHANGED: mask in lo; EX_CHANGED: enum change_kind in hi; EX_HAS: bit index in lo */
    int64_t scale;         /* EX_MUL: divisor, EX_DIV: factor, EX_CHANGED: window */
    int index;             /* attribute, fact, parameter, column, change test; EX_FOLD_*: members */
    struct expr *a, *b;
    struct str text;       /* as written, for leaves and whole lines */
    int reg;               /* of the result: a truth register for RT_BOOL, else a value register; -1 before code is made */
};

/* A line of when, unless, level or score with its place in the file. */
struct line {
    struct expr *e;
    struct str text;
    struct diag_at at;
    struct line *any; /* an `any:` block: e is the OR of these */
    size_t n_any;
    int level;             /* of a level line: rank; e NULL for 其他 */
    int64_t points;        /* of a score line */
    int reg;               /* truth register in the rule's domain; -1 for 其他 */
    uint32_t code_from, code_to;
};

/* Values of an enumeration under one name: what counts as 重度 is written once. */
struct code_set {
    struct str name;
    int enumeration;
    uint64_t mask;
    bool used;
    struct diag_at at;
};

struct param_version {
    daynum from;
    int area;              /* schema index, -1 general */
    struct val *values;    /* one per key, one when there is no `by` */
};
struct param {
    struct str name;
    enum rules_type type;
    int by;                /* schema attribute, -1 */
    size_t n_keys;
    struct param_version *versions; /* by area, then from */
    size_t n_versions;
    bool by_area;
    bool used;
    daynum review;         /* to be looked at again by this day; DAY_MISSING when none was named */
    struct diag_at at;
    struct str basis;
};

enum fact_kind { FACT_SCAN, FACT_BODY };
struct fact_def {
    struct str name;
    enum rules_entity entity;
    enum fact_kind kind;
    enum rules_type type;
    int enumeration;
    int state;             /* 0 not looked at, 1 being resolved, 2 done, 3 wrong */
    /* FACT_SCAN */
    enum rules_agg agg;
    int table, column, date_column;
    bool living_only;
    int top;               /* RULES_TOP: how many amounts */
    struct window window;
    struct expr *where;    /* NULL: every row */
    struct diag_at at;
    int scan, input;       /* index into inputs, -1 unused */
    uint32_t code_from, code_to; /* of where */
    char hash[33];         /* of what it computes */
    /* FACT_BODY: 成员 counts and formulas */
    struct expr *body;
};

/* 变为: from another value to one of these. 首次: from none to any. 消失: from any to none. 曾: from one of these (or to one of these) to (from) anything. */
enum change_kind { CHANGE_BECAME, CHANGE_APPEARED, CHANGE_VANISHED, CHANGE_WAS_FROM, CHANGE_WAS_TO };
struct side {
    uint64_t mask;
    bool outside;          /* the values not in the mask; {0, true} is any value, an unknown one too */
};
struct change_test {
    int attr, change;
    struct side from, to;
    struct window window;
};

struct test_value {
    bool is_fact;
    int index;             /* attribute or fact */
    struct val value;
};
struct test_person {
    struct test_value *values;
    size_t n;
    enum rules_members member;
    struct test_value *previous; /* X.上期 */
    size_t n_previous;
};
struct test_row {
    int table;
    struct val *cells;     /* one per column of the table; unset ones are 未知 */
};
struct test_def {
    struct str name;
    daynum as_of;
    struct test_person *persons; /* the first is the subject of a person rule */
    size_t n_persons;
    struct test_value *household;
    size_t n_household;
    struct test_row *rows;
    size_t n_rows;
    int expect;            /* rank; -1 不报; -2 未知 */
    int area;
    uint32_t line, column, length;
};

struct dimension {
    struct str name;
    int64_t max;
    struct line *lines;
    size_t n_lines;
    int reg;
};

struct rule_def {
    struct rules_rule pub;
    bool evaluated, justified;
    struct rules_item *items; /* the same as pub.items */
    struct line *when, *unless, *levels;
    size_t n_when, n_unless, n_levels;
    struct dimension *dims;
    size_t n_dims;
    int64_t score_max;
    uint32_t score_from, score_to, unless_from, unless_to, level_from, level_to;
    int score_reg;
    struct expr **keys, **again, **values; /* values: of evidence items and say */
    size_t n_keys, n_values;
    struct say_part *say;
    size_t n_say;
    struct test_def *tests;
    size_t n_tests;
    uint32_t shown_from, shown_to;  /* keys, again, values: run for blocks with hits */
    uint32_t line, column;
    const int *params;
    size_t n_params;
    const struct expr *main; /* the comparison that says how far over the line a hit is; NULL */
};

enum say_kind { SAY_TEXT, SAY_VALUE, SAY_NAME, SAY_PARTS, SAY_TOP_PARTS };
struct say_part {
    enum say_kind kind;
    struct str text;
    int value;             /* index into values */
    int attr;              /* SAY_NAME: schema attribute */
};

/* --- code: one instruction works on a whole block of its domain --------------------------------------------------- */
enum op {
    OP_ATTR, OP_ATTR_T, OP_COLUMN, OP_COLUMN_T, OP_FACT, OP_CHANGED, OP_PREVIOUS, OP_PARAM, OP_LIFT, OP_LIFT_T, OP_COPY, OP_COPY_T,
    OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_ADD_MONTHS, OP_SUB_MONTHS, OP_PREFER, OP_MONTH_OF,
    OP_LT, OP_LE, OP_EQ, OP_IN, OP_HAS, OP_UNKNOWN, OP_UNKNOWN_T,
    OP_NOT, OP_AND, OP_OR, OP_FOLD_ANY, OP_FOLD_ALL, OP_FOLD_COUNT, OP_ZERO, OP_POINTS, OP_CAP, OP_OVERRIDE, OP_OVERRIDE_T,
    OP_COUNT
};
struct insn {
    uint8_t op, dom;
    int16_t dst, a, b;
    int32_t x;             /* input slot, fact, parameter, change test, members */
    int64_t imm;
};
/* Registers 0 .. LIMIT_TEMPS-1 are a rule's own and used again by the next rule; those above are shared by the whole block. */
enum { REG_SHARED = LIMIT_TEMPS, REG_MAX = 30000 };

struct ruleset {
    uint32_t file;         /* within the diagnostics it was compiled with */
    struct arena arena;
    struct rules_schema schema;
    struct rules_meta meta;
    struct param *params;
    size_t n_params;
    struct code_set *sets;
    size_t n_sets;
    struct fact_def *facts;
    size_t n_facts;
    struct change_test *ctests;
    size_t n_ctests;
    struct rule_def *rules;
    size_t n_rules, n_evaluated;
    struct rules_inputs inputs;
    struct rules_scan *scans; /* inputs.scans */
    size_t n_scans;
    struct rules_fact *input_facts; /* inputs.facts */
    int *input_defs;       /* inputs.facts[i] is facts[input_defs[i]] */
    struct insn *code;     /* [0, const_to) once a capacity, [const_to, shared_to) once a block, then ranges named by rules and facts */
    uint32_t n_code, const_to, shared_to;
    int temp_v, temp_t, shared_v, shared_t; /* registers in use: temps count from 0, shared ones from REG_SHARED */
    struct const_reg {
        int reg;
        bool truth;
        const struct expr *e; /* EX_CONST, EX_TODAY, or an EX_PARAM that is one value a run */
    } *consts;
    size_t n_consts;
    int *person_slot, *household_slot; /* attribute -> index into inputs, -1 */
    daynum newest_from;    /* of all parameters: as-of of tests that name none */
};

static inline bool expr_is_truth(const struct expr *e) { return e->type == RT_BOOL; }

/* rules/param.c: value in force. area -1 and by_area: the hull over all areas; AREA_GENERAL: where no area is named; key < 0: the hull over all keys. */
enum { AREA_GENERAL = -2 };
struct val param_value(const struct ruleset *rs, const struct param *p, daynum as_of, int area, int64_t key, const struct param_version **out_version);

#endif
