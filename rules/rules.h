/* SPDX-License-Identifier: Apache-2.0 */
/* The rule engine as its host sees it. Pure code over arrays: no I/O, no clock, no globals.

     schema + rules.yaml --rules_compile--> struct ruleset (immutable: rules, parameters, what must be loaded)
     ruleset + as-of + world --rules_run_new--> struct rules_run (window bounds fixed, accumulators per person or household row)
       1. for every needed table:  rules_scan_cover(), then rules_scan_rows() block by block, in any order of rows
       2. for every needed change: rules_change_cover(), then rules_change_rows()
       3. rules_run_ready()
       4. rules_eval_block() for blocks of whole households; a callback per fired (or asked-for) rule and entity
          inside the callback: rules_explain(), rules_say(), rules_key(), rules_again()
       5. rules_row_counts() tells later which rows of a table made up a fact: the host attaches file and line

   Memory: a few bytes a person and sum, plus one block. Results do not depend on the order of rows, nor on how blocks are cut. */
#ifndef MOPAI_RULES_RULES_H
#define MOPAI_RULES_RULES_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"
#include "rules/value.h"

struct diag_list; /* base/text/diag.h */
struct ruleset;
struct rules_run;

#define RULES_NO_ROW UINT32_MAX

/* ------------------------------------------------------------------ schema: what the host can deliver ------------- */

enum rules_entity { RULES_PERSON, RULES_HOUSEHOLD };

struct rules_enum {
    struct str name;        /* 残疾等级 */
    const struct str *values;
    size_t n;
    int absent;             /* index of the value that means "no row": 无; -1 when there is none */
};

/* An attribute of tonight's persons or households. Written 残疾等级 in YAML, of a household 户.在保类别. */
struct rules_attr {
    struct str name;
    enum rules_entity entity;
    enum rules_type type;   /* RT_TEXT: only its name matters here, its text is asked for by rules_host_text */
    int enumeration;        /* index into schema->enums for RT_ENUM and RT_SET, else -1 */
    struct val absent;      /* value of facts a test does not name: 无 is VAL_NONE, a set {0,0}, 在世 true, 匹配置信 1000000 */
    bool timeline;          /* 变为 may be asked: the host can feed its changes */
    bool sensitive;
    struct str source;      /* label of the source it comes from, for rule_result.stale_sources; may be empty */
};

struct rules_column {
    struct str name;        /* 自付金额 */
    enum rules_type type;   /* RT_TEXT columns may be listed: they can only be printed as evidence */
    int enumeration;
};

struct rules_table {
    struct str name;        /* label of the source: 医疗结算 */
    const struct rules_column *columns;
    size_t n_columns;
};

struct rules_area {
    struct str code;        /* "120194" */
    int parent;             /* index, -1 at the top */
};

struct rules_schema {
    const struct rules_enum *enums;
    size_t n_enums;
    const struct rules_attr *attrs;   /* persons' and households' together */
    size_t n_attrs;
    const struct rules_table *tables;
    size_t n_tables;
    const struct rules_area *areas;   /* parents before children is not required */
    size_t n_areas;
};

/* ------------------------------------------------------------------ the compiled rule set ------------------------- */

enum rules_status { RULES_DRAFT, RULES_SHADOW, RULES_ACTIVE, RULES_RETIRED };
enum rules_kind { RULES_WARNING, RULES_ENTITLEMENT, RULES_INTEGRITY, RULES_DUTY };
const char *rules_status_name(enum rules_status s); /* "active" */
const char *rules_kind_name(enum rules_kind k);     /* "warning" */

struct rules_level {
    struct str name;        /* 红; rank is its index, 0 the highest */
    int due;                /* count of ... */
    bool due_workdays;      /* ... working days, else calendar days */
};
struct rules_outcome_group {
    struct str name;        /* 属实已帮扶 */
    const struct str *outcomes;
    size_t n;
    int cooldown_days;      /* months are turned into 30 days each */
    bool proven;            /* one of the first two groups: counts as 属实 */
    bool verified;          /* one of the first three: says whether the warning was right; the others leave it open */
};
/* A kind of help and the rules whose warnings point to it. */
struct rules_need {
    struct str name;        /* 助医 */
    const struct str *rules; /* ids */
    size_t n;
    const struct str *help; /* what can be done about it: 医疗救助 临时救助 */
    size_t n_help;
};
#define RULES_NEEDS_MAX 12
/* How much of a person an output says. Identifiers are on none. */
enum rules_audience { RULES_FOR_STREET, RULES_FOR_DISTRICT, RULES_FOR_REFERRAL, RULES_AUDIENCES }; /* 街道 区局 转介 */
enum rules_shown { RULES_SHOWN, RULES_MASKED, RULES_LEFT_OUT };                         /* 全 遮 不写 */
enum rules_detail { RULES_NAME, RULES_PHONE, RULES_ADDRESS, RULES_AGE, RULES_BENEFITS, RULES_DETAILS }; /* 姓名 电话 住址 年龄 待遇 */

/* Shares of visits in time from which a street or visitor is graded A, B, C; below the last D. */
#define RULES_GRADES 4
struct rules_grades {
    int lines[RULES_GRADES - 1]; /* per cent, falling */
    bool sample;            /* rules.yaml says none: 95 85 70, which no bureau has set */
};

struct rules_meta {
    struct str version;
    enum rules_shown shown[RULES_AUDIENCES][RULES_DETAILS]; /* everything unless meta.audiences says less */
    struct rules_grades grades;
    int referral_days;      /* a referral that nobody answered so long is late */
    struct str contact;     /* whom to tell of an objection, for forms; may be empty */
    const struct rules_need *needs; /* 助医 助学 助业 助老 助困 without rules when meta has none; at most RULES_NEEDS_MAX */
    size_t n_needs;
    const struct rules_level *levels;
    size_t n_levels;
    const struct rules_outcome_group *groups;
    size_t n_groups;
};

/* One thing printed under a warning. */
enum rules_item_kind {
    RULES_ITEM_VALUE,       /* 残疾等级, 户.近12月自付, 大额自付线, 残疾等级.上期, 得分, 得分.各项 */
    RULES_ITEM_ROWS,        /* 各笔 待遇发放 ; 前5笔 医疗结算 按 自付金额: rows of `fact`, ask rules_row_counts */
    RULES_ITEM_MEMBERS      /* 亡故成员 姓名 死亡日期: members of `members` and their attributes */
};
enum rules_members { RULES_LIVING = 1, RULES_DEAD = 2, RULES_FORMER = 4, RULES_EVERY = 7 };
struct rules_item {
    enum rules_item_kind kind;
    struct str text;        /* as written in `evidence:` */
    int value;              /* RULES_ITEM_VALUE: handle for rules_item_value */
    int fact;               /* RULES_ITEM_ROWS: index into inputs->facts, whose rows these are */
    int top;                /* at most so many rows; 0 = all */
    int column;             /* order by this column of the table, largest first; -1 = by the fact's date column, newest first */
    int members;            /* RULES_ITEM_MEMBERS: enum rules_members */
    const int *attrs;       /* schema attribute of each column to print */
    size_t n_attrs;
};

struct rules_rule {
    struct str id, name, basis;
    enum rules_entity entity;
    enum rules_status status;
    enum rules_kind kind;
    struct str send, way, owner;      /* 街道 | 区局, 入户 | 电话 | 内部核对, 救助科 */
    char hash[33];                    /* of what decides: not name, say, to, basis, evidence, tests, status, budget */
    int pending_times;                /* condition held on so many data dates in a row before it warns; default 1 */
    int clear_times;                  /* condition gone so many data dates in a row before the warning is cleared; default 1 */
    int budget;                       /* per_run; 0 = none */
    const int *cooldown_days;         /* one per meta group: the rule's own, else meta's */
    const int *yield_to;              /* rule indexes */
    size_t n_yield;
    size_t n_again;                   /* facts of `again:`, see rules_again */
    const struct str *again_name;
    const int64_t *again_growth;      /* a closed warning opens early when its fact grew by at least this */
    const struct rules_item *items;   /* evidence, in order */
    size_t n_items;
    const int *tables, *attrs;        /* inputs it depends on: schema indexes, for stale_sources */
    size_t n_tables, n_attrs;
    size_t n_needed;                  /* tables: these first; the others are only asked before another answer (优先) */
    bool scores;
};

/* What the host must deliver, over all rules that are not draft or retired (drafts too with RULES_WITH_DRAFTS). */
struct rules_attr_need {
    int attr;               /* schema index */
    bool dense;             /* scans need it too: give it to rules_run_attr for all persons before scanning */
};
enum rules_agg {
    RULES_SUM, RULES_COUNT, RULES_MAX, RULES_MIN, RULES_LAST, RULES_FIRST,
    RULES_DISTINCT, /* different values of an enumeration, or different months of a date */
    RULES_GAP,      /* months without a row, counted back from the last month that is over */
    RULES_TOP       /* the few largest amounts above zero, added up */
};
struct rules_fact {         /* one aggregate over one table; shown so that evidence can name it */
    struct str name;        /* 近12月自付 */
    enum rules_entity entity;
    enum rules_agg agg;
    enum rules_type type;
    int table;              /* schema index */
    int scan;               /* index into inputs->scans */
    int column, date_column; /* schema columns; -1 when not used */
};
struct rules_scan {         /* one pass over one table */
    int table;              /* schema index */
    const int *columns;     /* schema column of each lane of a row block */
    size_t n_columns;
};
struct rules_change {       /* changes of one attribute of persons */
    int attr;               /* schema index */
    int days_back;          /* longest window over the rules, in days, for feeding and for retention */
};
struct rules_inputs {
    const struct rules_attr_need *person_attrs, *household_attrs;
    size_t n_person_attrs, n_household_attrs;
    const struct rules_scan *scans;
    size_t n_scans;
    const struct rules_fact *facts;
    size_t n_facts;
    const struct rules_change *changes;
    size_t n_changes;
    int days_back;          /* longest window of any kind, in days */
};

enum rules_compile_flags { RULES_WITH_DRAFTS = 1 };
/* Compiles `text` (named `file` in messages). Every problem goes to `diags`; NULL when any of them is an error. The schema is copied. */
struct ruleset *rules_compile(const struct rules_schema *schema, const char *file, struct str text, int flags, struct diag_list *diags);
/* With other parameter values, in all areas and from the first day on: "大额自付线.低保=4000元,失业观察期=6个月". A name or value that does not fit is E409. */
struct ruleset *rules_compile_with(const struct rules_schema *schema, const char *file, struct str text, int flags, struct str sets, struct diag_list *diags);
void ruleset_free(struct ruleset *rs);
/* W408 for every parameter whose `review:` date is before `today`, W412 for one in use that has no value yet on that day. */
void rules_check_review(const struct ruleset *rs, daynum today, struct diag_list *diags);
const struct rules_meta *ruleset_meta(const struct ruleset *rs);
const struct rules_inputs *ruleset_inputs(const struct ruleset *rs);
const struct rules_schema *ruleset_schema(const struct ruleset *rs);
size_t ruleset_count(const struct ruleset *rs);                       /* evaluated rules come first: active and shadow in file order */
const struct rules_rule *ruleset_rule(const struct ruleset *rs, size_t i);
size_t ruleset_evaluated(const struct ruleset *rs);                   /* rules 0 .. this-1 are evaluated */
int ruleset_find(const struct ruleset *rs, struct str id);            /* -1 when absent */
/* Group of an outcome word, -1 when it is not in meta.outcomes. */
int rules_outcome_group(const struct rules_meta *m, struct str outcome);

/* Runs the tests inside the rules (all, or of one rule) through the same compiler and evaluator. Failures go to diags as errors at the
   line of the test. Compile with RULES_WITH_DRAFTS, else the tests of drafts are not run. Returns the number of failures. */
struct rules_test_counts {
    size_t run, failed;
};
size_t rules_test(const struct ruleset *rs, int only_rule, struct diag_list *diags, struct rules_test_counts *out_counts);
struct rules_test_result {
    size_t rule;
    struct str name;
    uint32_t line;
    bool passed;
    const char *message;    /* what differed; "" when it passed; until the callback returns */
};
typedef void rules_test_fn(void *ctx, const struct rules_test_result *result);
size_t rules_test_each(const struct ruleset *rs, int only_rule, struct diag_list *diags, rules_test_fn *fn, void *ctx, struct rules_test_counts *out_counts);

/* How often each line of a rule held, did not, and was unknown over the rule's own tests. Level lines count where they decided. */
struct rules_line_seen {
    struct str text;
    uint32_t line;          /* of the file */
    bool optional;          /* `unknown` cannot be asked for: the line is 未知 / 已知 itself, or a level */
    uint32_t yes, no, unknown;
};
/* Into `arena`; returns how many lines. */
size_t rules_test_coverage(const struct ruleset *rs, size_t rule, struct arena *arena, struct rules_line_seen **out);

/* Mutation testing: every small change of a rule (a bound moved by one unit, 且 for 或, a value more or less, a condition dropped) and of a fact (its
   window, its `where`) that no test notices becomes a W711 at its line. `text` is what `rs` was compiled from, with the same flags. Rules without
   tests get one W712. `only` empty: all rules, and all facts in use; else that rule alone. */
struct rules_boundary_counts {
    size_t made, unnoticed;
};
void rules_boundary(const struct ruleset *rs, const char *file, struct str text, int flags, struct str only, struct diag_list *diags,
                    struct rules_boundary_counts *out);

/* ------------------------------------------------------------------ a run ---------------------------------------- */

/* A column of values in the host's own width. In the narrow kinds the type's smallest number is 未知 (INT8_MIN, INT32_MIN = DAY_MISSING, INT64_MIN =
   FEN_MISSING) and the one above it 无. RULES_LANE_SETS holds masks surely in (lo) and possibly in (hi) as struct val. */
enum rules_lane_kind { RULES_LANE_I8, RULES_LANE_I32, RULES_LANE_I64, RULES_LANE_VAL };
struct rules_lane {
    enum rules_lane_kind kind;
    const void *p;          /* NULL: every value is 未知 */
};

/* What is known of all persons and households before anything is read. Borrowed: must live as long as the run. */
struct rules_world {
    uint32_t n_persons, n_households;
    const uint32_t *household_of; /* [n_persons] tonight's membership; RULES_NO_ROW for nobody's */
    const uint8_t *member;        /* [n_persons] RULES_LIVING, RULES_DEAD or RULES_FORMER of that household */
    const daynum *death;          /* [n_persons] of RULES_DEAD; DAY_MISSING = unknown; may be NULL */
    const uint8_t *open;          /* [n_households] 1: basis 未定, composition unknown, sums and counts are lower bounds; may be NULL */
};
struct rules_run *rules_run_new(const struct ruleset *rs, daynum as_of, const struct rules_world *world);
void rules_run_free(struct rules_run *run);
/* Takes the parameter values of another day, windows and today stay: what would fire without a parameter step? Before anything is fed. */
void rules_run_params_on(struct rules_run *run, daynum day);
/* The whole lane (one value a person row) of a `dense` attribute of inputs->person_attrs. Borrowed as long as the run (rules_row_counts reads it too). */
void rules_run_attr(struct rules_run *run, size_t need, struct rules_lane all_persons);

/* How far a table can be trusted. `covered` is a bitmap by person row (bit r & 7 of byte r >> 3) of whom the source speaks about: no row means the
   declared absence there, and 未知 elsewhere. NULL with all = true: everybody; NULL with all = false (stale, missing): nobody. Default: everybody.
   Copied. */
void rules_scan_cover(struct rules_run *run, size_t scan, bool all, const uint8_t *covered);
struct rules_rows {
    uint32_t n;
    const uint32_t *person;    /* person row of each row; RULES_NO_ROW when it has none (未归人) */
    const uint32_t *household; /* household row when the row itself names one; else RULES_NO_ROW (the person's is taken); may be NULL */
    const struct rules_lane *columns; /* one per scan->columns */
};
void rules_scan_rows(struct rules_run *run, size_t scan, const struct rules_rows *rows);
/* Dates outside first..last cannot matter to this scan: the host may skip blocks by their min/max. false when every date matters.
   *out_column: schema column of the dates (days, or month numbers for a month column). */
bool rules_scan_bounds(const struct rules_run *run, size_t scan, int *out_column, int64_t *out_first, int64_t *out_last);

void rules_change_cover(struct rules_run *run, size_t change, bool all, const uint8_t *covered);
struct rules_change_block {
    uint32_t n;
    const uint32_t *person;
    const int32_t *from, *to;  /* value index of enumerations; -1 = unknown; appeared and disappeared rows use the absent value */
    const daynum *day;         /* data date of the newer delivery */
};
void rules_change_rows(struct rules_run *run, size_t change, const struct rules_change_block *rows);
/* No more rows: folds person sums into households and sorts changes. */
void rules_run_ready(struct rules_run *run);

/* A view of a run for one more thread: what rows have added up to is shared, registers and counts are its own. Before rules_run_ready views may be fed rows of
   different scans at a time; after it they evaluate any blocks. */
struct rules_run *rules_run_view(const struct rules_run *run);
/* Adds the view's counts to the run's (NULL: to nobody's) and frees it. One thread at a time a run. */
void rules_view_end(struct rules_run *run, struct rules_run *view);

/* Whole households, each with all its members of every kind, members of a household side by side. About 1,024 persons a block is best; any size works. */
struct rules_block {
    uint32_t n_persons, n_households;
    const uint32_t *person;    /* [n_persons] person row */
    const uint32_t *household; /* [n_households] household row */
    const uint32_t *first;     /* [n_households + 1] members of household h are first[h] .. first[h + 1] - 1 */
    const int32_t *area;       /* [n_households] index into schema->areas, -1 unknown: parameters that differ by area become a range */
    const struct rules_lane *person_attrs;    /* one per inputs->person_attrs, n_persons values each */
    const struct rules_lane *household_attrs; /* one per inputs->household_attrs, n_households values each */
};

enum rules_verdict { RULES_NO, RULES_UNKNOWN, RULES_FIRED };
struct rules_hit {
    size_t rule;
    enum rules_verdict verdict;
    uint32_t person;        /* person row; for a household rule RULES_NO_ROW */
    uint32_t household;     /* household row */
    uint32_t at;            /* position in the block: of the person, or of the household for a household rule */
    int level;              /* rank; -1 unless fired */
    int maybe_level;        /* a higher level whose line was unknown: 待核，可能为红; -1 when there is none */
    struct val score;       /* points; VAL_NONE for rules without a score */
    int64_t over;           /* fired: how far over its own line, in 1/1000 (2000 = twice the threshold); points of the maximum for scores; else 1000 */
};
/* Person rules see members that are RULES_LIVING, RULES_DEAD and RULES_FORMER alike: rules say 在世 when they mean it. */
typedef void rules_hit_fn(void *ctx, struct rules_run *run, const struct rules_hit *hit);
enum rules_want { RULES_WANT_FIRED, RULES_WANT_UNDECIDED, RULES_WANT_ALL }; /* fired | fired and unknown | every entity */
void rules_eval_block(struct rules_run *run, const struct rules_block *block, enum rules_want want, rules_hit_fn *fn, void *ctx);

struct rules_counts {
    uint64_t evaluated, fired, unknown;
};
/* Hash of the values in force of every parameter the rule uses: another hash on the same rule text is a parameter step. */
void rules_param_hash(const struct rules_run *run, size_t rule, char out[33]);
struct rules_counts rules_run_counts(const struct rules_run *run, size_t rule);

/* ------------------------------------------------------------------ why: only inside the callback, about its hit --- */

enum rules_node_kind {
    RULES_NODE_CONDITION,   /* a line of `when` */
    RULES_NODE_ANY,         /* an `any:` block; children are its lines */
    RULES_NODE_UNLESS,      /* a line of `unless` */
    RULES_NODE_LEVEL,       /* a line of `level`; `text` begins with the level */
    RULES_NODE_SCORE,       /* a dimension of `score`; value in points; children are its lines */
    RULES_NODE_FACT,        /* a fact named in a line: its value */
    RULES_NODE_PARAM        /* a parameter named in a line: its value in force */
};
enum rules_origin { RULES_FROM_NOWHERE, RULES_FROM_ATTR, RULES_FROM_TABLE, RULES_FROM_CHANGE, RULES_FROM_MEMBERS };
struct rules_node {
    enum rules_node_kind kind;
    struct str text;        /* as written: 户.近12月自付 >= 大额自付线 ; 户.近12月自付 */
    enum rules_type type;   /* RT_BOOL for lines */
    int enumeration;
    struct val value;
    enum rules_origin origin; /* of a fact */
    int index;              /* schema attribute | inputs->facts | inputs->changes, by origin */
    daynum from;            /* of a parameter: since when the value holds; DAY_MISSING when it is a range */
    struct str area, key;   /* of a parameter: area code and table key that chose it; empty when general */
    int64_t gap;            /* of a line that does not hold by so much, in gap_type; 0 when it holds, is unknown, or there is no such number */
    enum rules_type gap_type;
    uint32_t *members;      /* RULES_FROM_MEMBERS: person rows of the members counted or found, surely first, then possibly */
    uint8_t *member_sure;
    size_t n_members;
    struct rules_node *children;
    size_t n_children;
};
/* The tree of this hit by the engine's own registers, in `arena`. The root's children are the lines in file order. */
struct rules_node *rules_explain(struct rules_run *run, struct arena *arena);

/* Value of an evidence item of kind RULES_ITEM_VALUE. */
struct rules_typed {
    enum rules_type type;
    int enumeration;        /* schema index or -1 */
    struct val value;
    enum rules_origin origin;
    int index;
};
struct rules_typed rules_item_value(struct rules_run *run, const struct rules_item *item);
/* Several values at once for 得分.各项 (name and points of each dimension); returns how many, 0 for other items. */
size_t rules_item_parts(struct rules_run *run, const struct rules_item *item, const struct str **out_names, const struct val **out_points);

/* The host's text attributes: 姓名 of a person (or, with person RULES_NO_ROW, of a household). */
typedef struct str rules_text_fn(void *ctx, uint32_t person, uint32_t household, int attr);
void rules_say(struct rules_run *run, rules_text_fn *text, void *ctx, struct strbuf *out);
/* The rule's own key beyond the entity, as stable text: "" by default, "2026-05-30" for `key: 人 + 残疾证到期日`. */
void rules_key(struct rules_run *run, struct strbuf *out);
struct val rules_again(struct rules_run *run, size_t i);

/* Which rows of a block count towards inputs->facts[fact]: 0 no, 1 possibly, 2 surely (window and where, coverage aside). */
void rules_row_counts(struct rules_run *run, size_t fact, const struct rules_rows *rows, uint8_t *out_counts);
/* The window of a fact: first and last date that count, as ISO text for people. false when it has none. */
bool rules_fact_window(const struct rules_run *run, size_t fact, daynum *out_first, daynum *out_last);

/* ------------------------------------------------------------------ the rule book --------------------------------- */

/* A rule as people read it: for the rule book. Texts live in `arena` or in the rule set. */
struct rules_text {
    enum rules_node_kind kind; /* CONDITION, ANY (lines of depth 1 follow), UNLESS, LEVEL, SCORE (a dimension; lines of depth 1 follow) */
    struct str text;        /* as written */
    int level;              /* of LEVEL: rank; 其他 is the text of the last */
    int depth;
};
size_t rules_lines(const struct ruleset *rs, size_t rule, struct arena *arena, struct rules_text **out);
/* A value of a parameter the rule uses, facts included: one entry a value in force on `day`, the general ones first. */
struct rules_param_text {
    struct str name, basis, area, key; /* area: code, empty when general */
    daynum from, review;    /* review: DAY_MISSING when none is named */
    struct str value;       /* 5,000.00元 */
};
size_t rules_params_in_force(const struct ruleset *rs, size_t rule, daynum day, struct arena *arena, struct rules_param_text **out);
struct rules_test_text {
    struct str name, expect; /* 黄, 不报, 未知 */
    daynum as_of;
};
size_t rules_tests(const struct ruleset *rs, size_t rule, struct arena *arena, struct rules_test_text **out);
/* 红：3个工作日 */
struct str rules_due_text(const struct ruleset *rs, int level, struct arena *arena);

/* --- the rule as SQL (SQLite) ---------------------------------------------------------------------------------------------- */
/* Appends one statement over the tables 规则_人, 规则_户, 规则_变动 and 规则_<source> that docs/sql.md describes: a line for every person or household for which the rule
   holds or is unknown, with level and score, as rules_eval_block decides with the parameters and windows of `as_of`. Sums beyond 2^61 are not cut. */
void rules_sql(const struct ruleset *rs, size_t rule, daynum as_of, struct strbuf *out);

/* --- layout: the file in one canonical form, comments kept; the same rules, word for word where words are texts ------------------ */
/* Appends it; false when the file has faults of form, which are in diags. Of what was written so, it is the same again. */
bool rules_layout(const char *file, struct str text, struct diag_list *diags, struct strbuf *out);
/* Do both files say the same, but for layout, comments and the spelling of signs? What is to be written over a file is asked this first. */
bool rules_layout_same(struct str before, struct str after);

/* As people read it: 12,345.60元, 2026-03-01, 二级, 护理补贴、生活补贴, 是, 未知, 无, 至少50,000.00元, 3..5. */
void rules_format(const struct ruleset *rs, enum rules_type type, int enumeration, struct val v, struct strbuf *out);

#endif
