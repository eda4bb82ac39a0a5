/* SPDX-License-Identifier: Apache-2.0 */
/* index.html, its English twin index.en.html and rules/ID.html: the night at a glance on self-contained pages without script. Gathered first (page_load,
   page_since), then written (page_html) in the language in force, so that a page can be made from any figures. Holds counts only; in every table a count from
   1 to 4 is shown as <5, and where it would follow from the sum others of its column are hidden with it; sums over the district are exact. On screen everything; on paper
   what fits one sheet: the rows that matter most and a word on how many more there are. */
#ifndef MOPAI_REPORT_PAGE_H
#define MOPAI_REPORT_PAGE_H

#include "pipeline/report/list.h"
#include "pipeline/report/referrals.h"

#define PAGE_LEVELS  8
#define PAGE_NIGHTS  14 /* of the chart, this one included */
#define PAGE_HIDDEN  5  /* counts below this are not shown */
#define PAGE_STREETS 8  /* rows of a table that stand on paper */
#define PAGE_LATE    4
#define PAGE_PROVEN  6

struct counts;
struct page_source {
    struct str id, label, department, state; /* fresh | stale | missing */
    daynum data_date, due;
    int64_t records, typed, rejected, set_aside, linked, unlinked, held;
    int64_t arrived, refused; /* deliveries since the last night: newly in force, refused */
    const char *late_towns; /* scopes that stopped sending though the source is fresh; NULL: none */
};
struct page_rule {
    struct str id, name, status, kind, stale;
    const char *file; /* rules/ID.html, NULL when there is none */
    int64_t evaluated, fired, unknown, fresh, standing, held, suppressed, cleared;
    int64_t by_group[PAGE_LEVELS]; /* outcomes so far, by group of rules.yaml */
};
struct page_level {
    struct str name;
    int64_t fresh, standing, held, suppressed, shadow;
};
struct page_street {
    struct str code, name;
    const char *file;    /* streets/...xlsx; NULL when it has no list tonight */
    const char *paper;   /* streets/...pdf; NULL when none was printed */
    int64_t rows, fresh, urgent, households, overdue, escalated, held; /* escalated ones are overdue, too */
    char grade;          /* of visits in time this quarter, pipeline/visits_score.h; 0 or '-': none */
    unsigned in_time;    /* per mille, beside a grade */
};
struct page_night {
    int64_t night;
    daynum as_of;
    int64_t fresh, standing, held, cleared, unknown, overdue, escalated;
};
struct page_cause {
    struct str cause;
    int64_t n;
};
/* What link says of itself; -1 where it says nothing. */
struct page_linkage {
    int64_t persons, households, no_area, no_basis;
    int64_t made, made_false, made_false_low, made_false_high;
    int64_t asked, missed, missed_low, missed_high;
    int64_t conflicts;
};
struct page_since {
    bool first;                      /* there is no night before */
    int64_t levels;                  /* open warnings whose level changed */
    int64_t visits, by_group[PAGE_LEVELS]; /* outcomes that came back */
    int64_t persons_before;          /* -1 unknown */
    struct str files;                /* configuration that changed: rules.yaml、people.yaml; "" none */
};

struct page {
    VEC(struct page_source) sources;
    VEC(struct page_rule) rules;
    VEC(struct page_level) levels;
    VEC(struct page_street) streets; /* by code; every street of areas.csv with a list or held hits */
    VEC(struct page_cause) causes;
    VEC(struct page_night) nights;   /* newest first; [0] is this one */
    VEC(const char *) departments;   /* files */
    struct referral_files referrals;
    struct page_linkage linkage;
    struct page_since since;
    monthnum quarter;                /* of the grades; MONTH_MISSING: nothing was due so far */
    int64_t desk, no_area, undecided; /* rows of district.xlsx and of warnings that could not be decided */
    int64_t list_rows;
    int64_t by_group[PAGE_LEVELS], visited;
};

/* `spans` are those of `list`; file names of the spans' lists by report_file_name. */
enum status page_load(struct report *r, const struct list *list, const list_spans *spans, struct page *out, struct err *err) MUST_CHECK;
enum status page_since(struct report *r, struct page *out, struct err *err) MUST_CHECK; /* page_since.c; called by page_load */
void page_release(struct page *p);
/* rules/ID.html of every rule of the night, their names into p; nothing without r->rules. rule_page.c */
enum status rule_pages_write(struct report *r, struct page *p, struct err *err) MUST_CHECK;
void page_html(struct report *r, const struct page *p, struct strbuf *out);

/* --- sections, in the order of the page ----------------------------------------------------------------------------------- */
void page_top(struct strbuf *b, const struct report *r, const struct page *p);   /* page_top.c: lead and figures */
void page_todo(struct strbuf *b, const struct page *p);
void page_levels(struct strbuf *b, const struct page *p);                        /* page_found.c */
void page_kinds(struct strbuf *b, const struct page *p);
void page_rules(struct strbuf *b, const struct page *p);
void page_streets(struct strbuf *b, const struct report *r, const struct page *p); /* page_streets.c */
void page_loop(struct strbuf *b, const struct report *r, const struct page *p);  /* page_loop.c */
void page_changes(struct strbuf *b, const struct report *r, const struct page *p); /* page_change.c */
void page_nights(struct strbuf *b, const struct page *p);
void page_sources(struct strbuf *b, const struct page *p);                       /* page_sources.c */
void page_linkage(struct strbuf *b, const struct page *p);
size_t page_sources_late(const struct page *p);
/* The counts of the table of rules, a row each of p->rules, as page_rules and rules/ID.html show them. Release out with counts_release, then free *cells. */
enum { RULE_EVALUATED, RULE_UNKNOWN, RULE_NEW, RULE_STANDING, RULE_HELD, RULE_SUPPRESSED, RULE_SHADOW, RULE_CLEARED, RULE_COLUMNS };
void page_rule_counts(const struct page *p, const char *const *labels, int64_t **cells, struct counts *out);
/* Likewise of the outcomes, a row each of p->rules, without those nobody visited. */
void page_outcome_counts(const struct page *p, size_t groups, const char *const *labels, int64_t **cells, struct counts *out);
/* Does a share of a row tell of a hidden count? */
bool page_share_hidden(const struct rules_meta *meta, const struct counts *outcomes, size_t row);

/* 属实 among what was verified: groups that leave it open (未核实) stay outside. */
void page_proven(const struct rules_meta *meta, const int64_t *by_group, int64_t *out_proven, int64_t *out_verified);
const char *page_kind_word(struct str kind);

/* --- page_parts.c: pieces of HTML ------------------------------------------------------------------------------------- */
/* Up to <body>. class "one": what is printed fits one A4; "book": a section a sheet. */
void html_begin(struct strbuf *b, const char *title, const char *class);
void html_text(struct strbuf *b, struct str s);         /* escaped */
void html_data(struct strbuf *b, struct str s);         /* words of the site, which are Chinese on an English page too */
void html_count(struct strbuf *b, int64_t v);           /* 12,345 */
void html_day(struct strbuf *b, daynum day);            /* 3月9日, 9 Mar; — when missing */
void html_number_cell(struct strbuf *b, const char *label, int64_t v);
/* A table's head, and its body opened. Columns first .. end - 1 hold numbers. */
void html_heads(struct strbuf *b, const char *const *names, size_t n, size_t first, size_t end);
/* A sentence with one count in it at %s. */
void html_counted(struct strbuf *b, const char *format, int64_t v);

/* --- page_counts.c: counts of a table, small ones hidden and what they could be reckoned from ---------------------------------- */
#define COUNTS_MAX 12
struct counts {
    const int64_t *v;           /* row by row */
    size_t rows, columns;
    const char *const *labels;  /* of the columns */
    int64_t *band;              /* of each cell: shown as below it; 0: as it is */
};
/* As if the sum of every column were known. Release it. */
void counts_init(struct counts *c, const int64_t *v, size_t rows, size_t columns, const char *const *labels);
/* From column `first` on these are the parts of `sums`, which stand on the page, too: row i of c belongs to row group[i] there. */
void counts_within(struct counts *c, size_t first, const size_t *group, const struct counts *sums);
void counts_release(struct counts *c);
bool counts_hidden(const struct counts *c, size_t row, size_t column);
int64_t counts_shown(const struct counts *c, size_t row, size_t column); /* 0 when hidden: a length must not tell what the number does not */
void counts_text(struct strbuf *b, const struct counts *c, size_t row, size_t column);
void counts_cell(struct strbuf *b, const struct counts *c, size_t row, size_t column);
void counts_sum_cell(struct strbuf *b, const struct counts *c, size_t column, int64_t sum);
void counts_sum_cells(struct strbuf *b, const struct counts *c);

/* --- page_charts.c: SVG ------------------------------------------------------------------------------------------------- */
void chart_legend(struct strbuf *b, bool held);
void chart_bar(struct strbuf *b, const int64_t *parts, const char *const *classes, size_t n, int64_t whole);
/* A share in thousandths with its interval on a line from 0 to 100 %. */
void chart_share(struct strbuf *b, unsigned share, unsigned low, unsigned high);
void chart_nights(struct strbuf *b, const struct page_night *nights, size_t n);

#endif
