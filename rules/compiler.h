/* SPDX-License-Identifier: Apache-2.0 */
/* From YAML to a rule set: what the files of the compiler share. */
#ifndef MOPAI_RULES_COMPILER_H
#define MOPAI_RULES_COMPILER_H

#include "base/core/vec.h"
#include "base/text/yaml.h"
#include "rules/ruleset.h"

/* One change of one rule or fact, made after reading and before code: would a test notice? rules/mutant.c */
struct mutation {
    struct str rule;          /* its id: the other rules are not loaded; empty: a fact's */
    int fact;
    size_t k;                 /* the k-th change there is */
    bool made;                /* out: false when there are fewer */
    struct diag_at at;        /* the line changed */
    struct str what;          /* in words, in `words`: a change that does not compile leaves no rule set */
    struct arena *words;
};

struct compiler {
    struct ruleset *rs;
    struct arena *arena;      /* rs->arena */
    struct yaml_doc doc;
    struct diag_list *diags;
    int flags;
    const struct yaml_node **fact_nodes; /* value of each fact's key */
    VEC(struct change_test) ctests;
    struct rule_def *rule;    /* being read, NULL within facts */
    int fact_depth;
    bool justified;           /* the rule may use sensitive facts */
    struct mutation *mutation; /* NULL: none */
    struct str sets;          /* 名=值,名.键=值: parameter values instead of those written */
};

/* rules_compile with a change. */
struct ruleset *compile_changed(const struct rules_schema *schema, const char *file, struct str text, int flags, struct mutation *m, struct diag_list *diags);
/* rules/mutant.c: makes c->mutation. */
void mutate(struct compiler *c);

/* Where a line stands: decides what a bare name means. */
struct scope {
    enum dom dom;             /* DOM_HOUSEHOLD, DOM_PERSON, DOM_ROW */
    int table;                /* DOM_ROW */
    enum rules_entity owner;  /* DOM_ROW: whose attributes may be named; RULES_HOUSEHOLD still has a person per row */
    bool score;               /* 得分 may be named */
    bool previous;            /* X.上期 may be named */
};

/* rules/parse.c: NULL after a diagnostic. The text is copied into the rule set. */
struct expr *parse_condition(struct compiler *c, const struct yaml_node *node, struct str text, const struct scope *sc);
struct expr *parse_value(struct compiler *c, const struct yaml_node *node, struct str text, const struct scope *sc);
/* A constant such as 5000元, 3个月, 二级, 未知, 无; [a, b] for sets. `type` RT_NONE takes any. */
bool parse_literal(struct compiler *c, const struct yaml_node *node, enum rules_type type, int enumeration, struct val *out);
bool parse_literal_text(struct compiler *c, const struct yaml_node *node, struct str text, enum rules_type type, int enumeration, struct val *out);
bool parse_duration(struct compiler *c, const struct yaml_node *node, struct window *out);
bool parse_window(struct compiler *c, const struct yaml_node *node, struct window *out); /* 12个月, 本年 */
/* Canonical text of a tree: equal decisions, equal text. Facts stand by their hash. */
void expr_canonical(const struct ruleset *rs, const struct expr *e, struct strbuf *out);
void fact_hash(const struct ruleset *rs, struct fact_def *f); /* fills f->hash */

/* rules/names.c */
int find_attr(const struct rules_schema *s, enum rules_entity entity, struct str name);
int find_enum_value(const struct rules_enum *e, struct str name);
int find_table(const struct rules_schema *s, struct str name);
int find_column(const struct rules_table *t, struct str name);
int find_param(const struct ruleset *rs, struct str name);
int find_fact(const struct ruleset *rs, enum rules_entity entity, struct str name);
int find_level(const struct ruleset *rs, struct str name);
int find_area(const struct rules_schema *s, struct str code);
/* E201 with the nearest of all names that may stand there. */
void unknown_name(struct compiler *c, struct diag_at at, struct str name, const struct scope *sc);

/* rules/facts.c */
void facts_collect(struct compiler *c, const struct yaml_node *map);
bool fact_resolve(struct compiler *c, int fact); /* false when it is wrong, or defined by itself */
/* rules/param.c */
void params_load(struct compiler *c, const struct yaml_node *map);
/* rules/sets.c */
void sets_load(struct compiler *c, const struct yaml_node *map);
void sets_unused(struct compiler *c); /* W407 */
struct code_set *find_set(const struct ruleset *rs, struct str name, int enumeration); /* NULL when there is none of that enumeration */
/* rules/meta.c */
void meta_load(struct compiler *c, const struct yaml_node *map);
void needs_check(struct compiler *c, const struct yaml_node *map); /* of meta.needs, once the rules are known */
/* `cooldown:` of meta or of a rule: days by outcome group; groups not named are left as they are. */
void load_cooldown(struct compiler *c, const struct yaml_node *map, int *days);
/* rules/load_rule.c */
void rules_load(struct compiler *c, const struct yaml_node *list);
struct line *load_lines(struct compiler *c, const struct yaml_node *list, const struct scope *sc, bool any_allowed, size_t *out_n);
struct expr *and_lines(struct compiler *c, const struct line *lines, size_t n);
/* rules/evidence.c: evidence, say, key, again */
void load_evidence(struct compiler *c, const struct yaml_node *list, struct rule_def *r);
void load_say(struct compiler *c, const struct yaml_node *node, struct rule_def *r);
void load_key(struct compiler *c, const struct yaml_node *node, struct rule_def *r);
void load_again(struct compiler *c, const struct yaml_node *map, struct rule_def *r);
int rule_value(struct compiler *c, struct rule_def *r, struct expr *e); /* index into r->values, added when new */
/* rules/load_test.c */
void load_tests(struct compiler *c, const struct yaml_node *list, struct rule_def *r);
/* rules/fmt.c: one line with ASCII signs and single blanks; false (nothing appended) when it has a character that belongs to nothing. */
bool line_canonical(struct str text, struct strbuf *out);
/* rules/code.c */
void make_code(struct compiler *c);

struct expr *expr_new(struct compiler *c, enum ex_op op, enum rules_type type);
struct scope rule_scope(const struct rule_def *r);
struct str type_text(const struct ruleset *rs, enum rules_type type, int enumeration);

#endif
