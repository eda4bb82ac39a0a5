/* SPDX-License-Identifier: Apache-2.0 */
/* The table of streets: the only one on the page about small areas, so counts from 1 to 4 are hidden, and so that a hidden one does not follow from the
   total, at least two are hidden in a column or none. */
#include "pipeline/report/page.h"

enum { STREET_ROWS, STREET_HOUSEHOLDS, STREET_NEW, STREET_URGENT, STREET_OVERDUE, STREET_HELD, STREET_COLUMNS };
static const char *const names[STREET_COLUMNS + 2] = {"街道", "在单", "户", "新增", "最高级", "逾期", "暂扣", ""};

static int64_t value_of(const struct page_street *s, int column)
{
    const int64_t v[STREET_COLUMNS] = {s->rows, s->households, s->fresh, s->urgent, s->overdue, s->held};
    return v[column];
}

static bool is_small(int64_t v) { return v > 0 && v < PAGE_HIDDEN; }

/* Index of the street that must be hidden together with the only small one of the column; streets.n when nothing must. */
static size_t companion(const struct page *p, int column)
{
    size_t small = 0, best = p->streets.n;
    for (size_t i = 0; i < p->streets.n; i++) {
        int64_t v = value_of(&p->streets.v[i], column);
        if (is_small(v)) {
            small++;
        } else if (v > 0 && (best == p->streets.n || v < value_of(&p->streets.v[best], column))) {
            best = i;
        }
    }
    return small == 1 ? best : p->streets.n;
}

static void area_cell(struct strbuf *b, int column, int64_t v, bool hide)
{
    strbuf_addf(b, "<td class=\"n%s\" data-l=\"%s\">", v == 0 ? " zero" : "", names[column + 1]);
    if (is_small(v) || hide) {
        strbuf_addf(b, "&lt;%lld", (long long)((v / PAGE_HIDDEN + 1) * PAGE_HIDDEN));
    } else {
        html_count(b, v);
    }
    strbuf_addz(b, "</td>");
}

/* A length would tell what a hidden count does not: bars only where both numbers are shown. */
static void street_bar(struct strbuf *b, const struct page_street *s, bool hidden, int64_t most)
{
    static const char *const classes[] = {"f-new", "f-standing"};
    hidden = hidden || is_small(s->fresh) || is_small(s->rows - s->fresh) || is_small(s->rows);
    const int64_t parts[] = {hidden ? 0 : s->fresh, hidden ? 0 : s->rows - s->fresh};
    html_bar(b, parts, classes, ARRAY_LEN(parts), most);
}

static void street_row(struct strbuf *b, const struct page *p, size_t at, const size_t *companions, int64_t most)
{
    const struct page_street *s = &p->streets.v[at];
    strbuf_addz(b, "<tr><th scope=\"row\">");
    if (s->file) {
        strbuf_addz(b, "<a href=\"");
        html_text(b, str_of(s->file));
        strbuf_addz(b, "\">");
    }
    html_text(b, s->name);
    strbuf_addz(b, s->file ? "</a>" : "");
    if (s->paper) {
        strbuf_addz(b, " <a class=\"paper\" href=\"");
        html_text(b, str_of(s->paper));
        strbuf_addz(b, "\">打印</a>");
    }
    strbuf_addz(b, "</th>");
    for (int c = 0; c < STREET_COLUMNS; c++) {
        area_cell(b, c, value_of(s, c), companions[c] == at);
    }
    strbuf_addz(b, "<td class=\"wide\">");
    street_bar(b, s, companions[STREET_ROWS] == at || companions[STREET_NEW] == at, most);
    strbuf_addz(b, "</td></tr>");
}

void page_streets(struct strbuf *b, const struct page *p)
{
    size_t companions[STREET_COLUMNS];
    int64_t most = 1, sum[STREET_COLUMNS] = {0};
    for (int c = 0; c < STREET_COLUMNS; c++) {
        companions[c] = companion(p, c);
        for (size_t i = 0; i < p->streets.n; i++) {
            sum[c] += value_of(&p->streets.v[i], c);
        }
    }
    for (size_t i = 0; i < p->streets.n; i++) {
        most = MAX(most, p->streets.v[i].rows);
    }
    strbuf_addf(b, "<section><h2>各街道</h2><p class=\"note\">不足 %d 的数不显示，以免认出具体的人。</p><table><caption>走访清单，条</caption>", PAGE_HIDDEN);
    html_heads(b, names, ARRAY_LEN(names), 1, ARRAY_LEN(names) - 1);
    for (size_t i = 0; i < p->streets.n; i++) {
        street_row(b, p, i, companions, most);
    }
    strbuf_addz(b, "</tbody>");
    if (p->streets.n > 1) {
        strbuf_addz(b, "<tfoot><tr><th scope=\"row\">合计</th>");
        for (int c = 0; c < STREET_COLUMNS; c++) {
            html_number_cell(b, names[c + 1], sum[c]);
        }
        strbuf_addz(b, "<td class=\"none\"></td></tr></tfoot>");
    }
    strbuf_addz(b, "</table>");
    html_legend(b, false);
    strbuf_addz(b, "</section>");
}
