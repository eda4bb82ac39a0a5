/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the SQL generator (rules_sql, rules/rules.h). A value is two integers, lo and hi, as in rules/value.h; a condition is 1, 0 or NULL, so that SQL's
   own AND, OR and NOT are the three-valued ones. Every fact, fold and step of arithmetic is a table of its own in the WITH clause, keyed by person or
   household: what is written stays linear in what the rule says, and each table can be looked at alone. */
#ifndef MOPAI_RULES_SQL_H
#define MOPAI_RULES_SQL_H

#include "rules/run.h"

struct sqlgen {
    const struct ruleset *rs;
    const struct rule_def *rule;
    daynum as_of;
    struct arena arena;
    struct strbuf with;      /* tables made so far */
    size_t n_with;
    const char **fact_name;  /* by fact, NULL: not made */
    const char **param_name; /* by parameter */
    const char **change_name; /* by change test */
    const char *score_name;
};

/* Where an expression stands: the row it is worked out for, and the tables that must be joined for it. */
struct sqlrow {
    enum dom dom;
    struct strbuf joins;
    VEC(const char *) joined;
};
struct sqlval {
    const char *lo, *hi;
    bool leaf;               /* a name or a number: may be repeated */
    bool fixed;              /* known now: v */
    struct val v;
};

struct sqlval sql_value(struct sqlgen *g, struct sqlrow *row, const struct expr *e);
const char *sql_truth(struct sqlgen *g, struct sqlrow *row, const struct expr *e);
struct sqlval sql_fixed(struct sqlgen *g, struct val v);
/* The table of a fact made from rows (rules/sql_fact.c); its columns are 键, lo, hi. */
const char *sql_scan_fact(struct sqlgen *g, size_t fact);

/* Starts a table of the WITH clause: its text is appended to g->with up to the next call of these. `note` becomes a comment. */
void sql_table_open(struct sqlgen *g, const char *name, const char *columns, const char *note);
void sql_table_close(struct sqlgen *g);
/* FROM of a row's domain with its joins. */
const char *sql_from(struct sqlgen *g, const struct sqlrow *row);
const char *sql_month_of(struct sqlgen *g, const char *day);
const char *sql_doubled(struct sqlgen *g, struct str s, char quote); /* a name for between such quotes */
const char *sql_number(struct sqlgen *g, int64_t v);

#define SQL_NONE "-9223372036854775807"
#define SQL_MIN  "(-9223372036854775807 - 1)"
#define SQL_MAX  "9223372036854775807"

#endif
