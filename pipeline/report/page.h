/* SPDX-License-Identifier: Apache-2.0 */
/* index.html: the night at a glance on one self-contained page. Gathered first (page_load), then written (page_html), so that the page can be made from any
   figures. Holds counts only; a street's count from 1 to 4 is shown as <5. */
#ifndef MOPAI_REPORT_PAGE_H
#define MOPAI_REPORT_PAGE_H

#include "pipeline/report/list.h"

#define PAGE_LEVELS 8
#define PAGE_NIGHTS 14 /* of the chart, this one included */
#define PAGE_HIDDEN 5  /* counts of a small area below this are not shown */

struct page_source {
    struct str label, department, state; /* fresh | stale | missing */
    daynum data_date, due;
    int64_t records, typed, rejected, set_aside, linked, unlinked, held;
};
struct page_rule {
    struct str id, name, status, kind, stale;
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
    int64_t rows, fresh, urgent, households, overdue, held;
};
struct page_night {
    int64_t night;
    daynum as_of;
    int64_t fresh, standing, held, cleared, unknown;
};
struct page_cause {
    struct str cause;
    int64_t n;
};

struct page {
    VEC(struct page_source) sources;
    VEC(struct page_rule) rules;
    VEC(struct page_level) levels;
    VEC(struct page_street) streets; /* by code; every street of areas.csv with a list or held hits */
    VEC(struct page_cause) causes;
    VEC(struct page_night) nights;   /* newest first; [0] is this one */
    VEC(const char *) departments;   /* files */
    int64_t desk, no_area, undecided; /* rows of district.xlsx and of warnings that could not be decided */
    int64_t list_rows, overdue;
    int64_t by_group[PAGE_LEVELS], visited;
};

/* `spans` are those of `list`; file names of the spans' lists by report_file_name. */
enum status page_load(struct report *r, const struct list *list, const list_spans *spans, struct page *out, struct err *err) MUST_CHECK;
void page_release(struct page *p);
void page_html(struct report *r, const struct page *p, struct strbuf *out);

void page_streets(struct strbuf *b, const struct page *p); /* page_streets.c */

/* --- page_parts.c: pieces of HTML ------------------------------------------------------------------------------------- */
void html_text(struct strbuf *b, struct str s);         /* escaped */
void html_count(struct strbuf *b, int64_t v);           /* 12,345 */
void html_number_cell(struct strbuf *b, const char *label, int64_t v);
/* A table's head, and its body opened. Columns first .. end - 1 hold numbers. */
void html_heads(struct strbuf *b, const char *const *names, size_t n, size_t first, size_t end);
void html_legend(struct strbuf *b, bool held);
void html_bar(struct strbuf *b, const int64_t *parts, const char *const *classes, size_t n, int64_t whole); /* SVG */
void html_nights(struct strbuf *b, const struct page_night *nights, size_t n); /* SVG of the last nights */

#endif
