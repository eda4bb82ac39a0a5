/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of tonight's visit lists: warnings that are new or still stand, and open warnings whose rule could not be decided tonight. Held, suppressed and
   shadow ones never. In walking order: street, community, the address taken apart (base/text/address.h), household, then urgency. */
#ifndef MOPAI_REPORT_LIST_H
#define MOPAI_REPORT_LIST_H

#include "base/text/address.h"
#include "pipeline/due.h"
#include "pipeline/report/report.h"

enum list_where {
    LIST_STREET,   /* a street's own list */
    LIST_DESK,     /* district sheet: integrity or send 区局, checked at a desk first */
    LIST_NO_AREA   /* district sheet: households nobody can place */
};

/* What the data says, for a form: 残疾等级 二级, from 残疾证 as of its data date. Never a number that could be an identifier. */
struct list_fact {
    struct str label, value, source; /* source "" when no single record says it */
    daynum day;                      /* of the source's newest delivery in force; DAY_MISSING */
};

struct list_row {
    enum list_where where;
    int64_t warning_no;
    struct str street, community; /* codes; "" unknown */
    int64_t household;            /* stable id */
    int64_t order;                /* urgency: hit_id, later ones for rows without a hit */
    struct str rule, rule_name;
    struct str level, level_note;
    uint32_t level_rank;
    bool is_new;                  /* first time on a list */
    bool undecided;               /* no hit tonight: the source is stale, the warning stands from an earlier night */
    struct str say, ask;          /* 预警原因, 建议核实 */
    const struct list_fact *facts;
    size_t n_facts;
    daynum due;
    struct due_period period;     /* it was counted by; count 0: of an event that does not say */
    enum due_state due_state;     /* on the night's as-of day */
    int64_t person_row, household_row; /* of this night, -1 when not in tonight's population */
    struct list_person person;
    struct list_household home;
    struct address_form walk;     /* of home.address */
    struct str door;              /* where to go: the address without what the street and community already say */
    uint32_t visit;               /* number of the household on its list, from 1 */
    bool opens_visit;             /* first row of its household */
};

struct list {
    VEC(struct list_row) rows;    /* sorted */
};
/* One sheet's worth of rows: rows[from, to) of one street (or desk, or no area). */
struct list_span {
    enum list_where where;
    struct str street;
    size_t from, to;
    uint32_t households;
};
typedef VEC(struct list_span) list_spans;

enum status list_load(struct report *r, struct list *out, struct err *err) MUST_CHECK;
/* Rows that came from elsewhere, or another list's: names, doors and phones by person_row and household_row, masked for who reads them, in walking order. */
enum status list_dress(struct report *r, enum rules_audience whom, struct list *out, struct err *err) MUST_CHECK;
void list_release(struct list *l);
/* --- list_due.c: sets due_state of every row by rules.yaml and calendar.csv; warns when a year is missing there. ----------- */
void list_mark_due(const struct report *r, struct list *l);
const char *list_due_word(const struct list_row *l); /* 升级督办, or "" */
/* Rows from i on that are one household's, or one community's. */
size_t list_visit_rows(const struct list_row *rows, size_t n, size_t i);
size_t list_community_rows(const struct list_row *rows, size_t n, size_t i);
bool list_same_community(const struct list_row *a, const struct list_row *b);
/* Do these rows' rules point to this kind of help? */
bool list_needs(const struct rules_need *need, const struct list_row *rows, size_t n);
/* `head`, then 助医（医疗救助、临时救助）、助困; nothing when no rule points to any. */
/* （医疗救助、临时救助）; nothing when rules.yaml names none. */
void list_add_help(struct strbuf *b, const char *before, const struct rules_need *need, const char *after);
void list_add_needs(struct strbuf *b, const char *head, const struct rules_meta *meta, const struct list_row *rows, size_t n);
void list_cut(const struct list *l, list_spans *out);

#endif
