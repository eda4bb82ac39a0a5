/* SPDX-License-Identifier: Apache-2.0 */
/* The table of streets. On paper the PAGE_STREETS with most rows, and a word on the others. */
#include "pipeline/report/page.h"

enum { STREET_ROWS, STREET_HOUSEHOLDS, STREET_NEW, STREET_URGENT, STREET_OVERDUE, STREET_ESCALATED, STREET_HELD, STREET_COLUMNS };

static void street_bar(struct strbuf *b, const struct counts *c, size_t at, int64_t most)
{
    static const char *const classes[] = {"f-new", "f-standing"};
    int64_t rows = counts_shown(c, at, STREET_ROWS), fresh = counts_shown(c, at, STREET_NEW);
    bool hidden = counts_hidden(c, at, STREET_ROWS) || counts_hidden(c, at, STREET_NEW) || (rows - fresh > 0 && rows - fresh < PAGE_HIDDEN);
    const int64_t parts[] = {hidden ? 0 : fresh, hidden ? 0 : rows - fresh};
    chart_bar(b, parts, classes, ARRAY_LEN(parts), most);
}

/* Is it among the PAGE_STREETS with most rows, the first of equals by code? */
static bool on_paper(const struct page *p, size_t at)
{
    size_t before = 0;
    for (size_t i = 0; i < p->streets.n; i++) {
        int64_t more = p->streets.v[i].rows - p->streets.v[at].rows;
        before += more > 0 || (more == 0 && i < at);
    }
    return before < PAGE_STREETS;
}

static void link_open(struct strbuf *b, const char *path, const char *class)
{
    strbuf_addf(b, "<a%s href=\"", class);
    html_text(b, str_of(path));
    strbuf_addz(b, "\">");
}

static void grades_note(struct strbuf *b, monthnum quarter, const struct rules_grades *g)
{
    strbuf_addf(b, TR("按期：%d年第%d季度到期的里，截止日期以前有人去过的比例，不足 5 条不评；A 不低于 %d%%，B %d%%，C %d%%%s。",
                      " In time: of what fell due in %d Q%d, visited by the due day, not told below 5; A from %d%%, B %d%%, C %d%%%s."),
                quarter / 12, quarter % 12 / 3 + 1, g->lines[0], g->lines[1], g->lines[2], g->sample ? TR("（样例）", " (样例, a sample)") : "");
}

/* Is there one to show? Then all have the column. */
static bool any_grade(const struct page *p)
{
    bool any = false;
    for (size_t i = 0; i < p->streets.n; i++) {
        any |= p->streets.v[i].grade >= 'A';
    }
    return any;
}

/* A 96%: of five visits or more, so that nothing of a single one is told. */
static void grade_cell(struct strbuf *b, const struct page_street *s)
{
    strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">", TR("按期", "in time"));
    if (s->grade >= 'A') {
        strbuf_addf(b, "%c <span class=\"range screen\">%u%%</span></td>", s->grade, s->in_time / 10); /* rounded down, as the grade is */
    } else {
        strbuf_addz(b, "—</td>");
    }
}

static void street_row(struct strbuf *b, const struct page *p, size_t at, const struct counts *c, int64_t most)
{
    const struct page_street *s = &p->streets.v[at];
    strbuf_addf(b, "<tr%s><th scope=\"row\">", on_paper(p, at) ? "" : " class=\"screen\"");
    if (s->file) {
        link_open(b, s->file, "");
    }
    html_data(b, s->name);
    strbuf_addz(b, s->file ? "</a>" : "");
    if (s->paper) {
        strbuf_addc(b, ' ');
        link_open(b, s->paper, " class=\"paper\"");
        strbuf_addf(b, "%s</a>", TR("打印", "print"));
    }
    strbuf_addz(b, "</th>");
    for (size_t k = 0; k < STREET_COLUMNS; k++) {
        counts_cell(b, c, at, k);
    }
    if (any_grade(p)) {
        grade_cell(b, s);
    }
    strbuf_addz(b, "<td class=\"wide\">");
    street_bar(b, c, at, most);
    strbuf_addz(b, "</td></tr>");
}

static void street_rows(struct strbuf *b, const struct page *p, const struct counts *c)
{
    int64_t most = 1;
    for (size_t i = 0; i < p->streets.n; i++) {
        most = MAX(most, counts_shown(c, i, STREET_ROWS));
    }
    for (size_t i = 0; i < p->streets.n; i++) {
        street_row(b, p, i, c, most);
    }
    strbuf_addz(b, "</tbody>");
    if (p->streets.n > 1) {
        strbuf_addf(b, "<tfoot><tr><th scope=\"row\">%s", TR("合计", "all"));
        if (p->streets.n > PAGE_STREETS) {
            html_counted(b, TR("<span class=\"paper-only\">（另 %s 个街道略）</span>", "<span class=\"paper-only\"> (%s more streets not printed)</span>"),
                         (int64_t)(p->streets.n - PAGE_STREETS));
        }
        strbuf_addz(b, "</th>");
        counts_sum_cells(b, c);
        strbuf_addz(b, any_grade(p) ? "<td class=\"none\"></td>" : "");
        strbuf_addz(b, "<td class=\"none\"></td></tr></tfoot>");
    }
}

void page_streets(struct strbuf *b, const struct report *r, const struct page *p)
{
    const char *const names[] = {TR("街道", "street"), TR("在单", "on list"), TR("户", "households"), TR("新增", "new"), TR("最高级", "top level"), TR("逾期", "overdue"),
                                 TR("升级", "escalated"), TR("暂扣", "held"), TR("按期", "in time"), ""};
    const bool graded = any_grade(p);
    const size_t heads = ARRAY_LEN(names) - !graded;
    int64_t *v = xcalloc(p->streets.n * STREET_COLUMNS + 1, sizeof(*v));
    for (size_t i = 0; i < p->streets.n; i++) {
        const struct page_street *s = &p->streets.v[i];
        const int64_t row[STREET_COLUMNS] = {s->rows, s->households, s->fresh, s->urgent, s->overdue, s->escalated, s->held};
        memcpy(v + i * STREET_COLUMNS, row, sizeof(row));
    }
    struct counts c;
    counts_init(&c, v, p->streets.n, STREET_COLUMNS, names + 1);
    strbuf_addf(b, "<section><h2>%s</h2><p class=\"note screen\">", TR("各街道", "By street"));
    strbuf_addf(b, TR("不足 %d 的数不显示，以免认出具体的人。", "Counts below %d are not shown, so that nobody can be recognised."), PAGE_HIDDEN);
    if (graded) {
        grades_note(b, p->quarter, &r->meta->grades);
    }
    strbuf_addf(b, "</p><table><caption>%s</caption>", TR("走访清单，条", "visit lists, warnings"));
    const char *shown[ARRAY_LEN(names)];
    memcpy(shown, names, sizeof(shown));
    shown[heads - 1] = "";
    html_heads(b, shown, heads, 1, heads - 1);
    street_rows(b, p, &c);
    strbuf_addz(b, "</table>");
    chart_legend(b, false);
    strbuf_addz(b, "</section>\n");
    counts_release(&c);
    free(v);
}
