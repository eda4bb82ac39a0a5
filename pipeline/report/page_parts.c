/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/page.h"

void html_text(struct strbuf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&':
            strbuf_addz(b, "&amp;");
            break;
        case '<':
            strbuf_addz(b, "&lt;");
            break;
        case '>':
            strbuf_addz(b, "&gt;");
            break;
        case '"':
            strbuf_addz(b, "&quot;");
            break;
        default:
            strbuf_addc(b, s.p[i]);
        }
    }
}

void html_count(struct strbuf *b, int64_t v)
{
    char digits[24];
    size_t n = 0;
    for (uint64_t rest = v < 0 ? (uint64_t)-v : (uint64_t)v; rest > 0 || n == 0; rest /= 10) {
        digits[n++] = (char)('0' + rest % 10);
    }
    if (v < 0) {
        strbuf_addz(b, "−");
    }
    while (n > 0) {
        strbuf_addc(b, digits[--n]);
        if (n > 0 && n % 3 == 0) {
            strbuf_addc(b, ',');
        }
    }
}

/* Lengths in thousandths of the whole; a part that is there is never invisible. */
void html_bar(struct strbuf *b, const int64_t *parts, const char *const *classes, size_t n, int64_t whole)
{
    strbuf_addz(b, "<svg class=\"bar\" viewBox=\"-1 -1 1004 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    int64_t at = 0;
    for (size_t i = 0; i < n && whole > 0; i++) {
        int64_t width = parts[i] > 0 ? MAX(parts[i] * 1000 / whole, 4) : 0;
        if (width > 0) {
            strbuf_addf(b, "<rect class=\"%s\" x=\"%lld\" width=\"%lld\" height=\"10\"/>", classes[i], (long long)at, (long long)width);
        }
        at += width;
    }
    strbuf_addz(b, "</svg>");
}

void html_number_cell(struct strbuf *b, const char *label, int64_t v)
{
    strbuf_addf(b, "<td class=\"n%s\" data-l=\"%s\">", v == 0 ? " zero" : "", label);
    html_count(b, v);
    strbuf_addz(b, "</td>");
}

/* Columns from `first` up to but not including `end` hold numbers. */
void html_heads(struct strbuf *b, const char *const *names, size_t n, size_t first, size_t end)
{
    strbuf_addz(b, "<thead><tr>");
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(b, "<th scope=\"col\"%s>%s</th>", i >= first && i < end ? " class=\"n\"" : "", names[i]);
    }
    strbuf_addz(b, "</tr></thead><tbody>");
}

void html_legend(struct strbuf *b, bool held)
{
    strbuf_addz(b, "<ul class=\"legend\" aria-hidden=\"true\"><li><svg viewBox=\"0 0 12 12\"><rect class=\"f-new\" width=\"12\" height=\"12\"/></svg>新增</li>"
                   "<li><svg viewBox=\"0 0 12 12\"><rect class=\"f-standing\" width=\"12\" height=\"12\"/></svg>在办</li>");
    if (held) {
        strbuf_addz(b, "<li><svg viewBox=\"0 0 12 12\"><rect class=\"f-held\" x=\"1\" y=\"1\" width=\"10\" height=\"10\"/></svg>暂扣</li>");
    }
    strbuf_addz(b, "</ul>");
}

/* --- the last nights as columns, oldest at the left -------------------------------------------------------------------- */

#define CHART_WIDTH  720
#define CHART_HEIGHT 150
#define CHART_BASE   118

static void chart_rect(struct strbuf *b, const char *cls, int64_t x, int64_t top, int64_t width, int64_t height)
{
    if (height > 0) {
        strbuf_addf(b, "<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\"/>", cls, (long long)x, (long long)top, (long long)width,
                    (long long)height);
    }
}

void html_nights(struct strbuf *b, const struct page_night *nights, size_t n)
{
    int64_t most = 1;
    for (size_t i = 0; i < n; i++) {
        most = MAX(most, nights[i].fresh + nights[i].standing + nights[i].held);
    }
    strbuf_addf(b, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"近几夜的在单与暂扣条数\">", CHART_WIDTH, CHART_HEIGHT);
    strbuf_addf(b, "<line x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#1d1f21\"/>", CHART_WIDTH, CHART_BASE, CHART_BASE);
    int64_t step = CHART_WIDTH / (int64_t)MAX(n, (size_t)6), width = MIN(step * 6 / 10, 56);
    for (size_t k = 0; k < n; k++) {
        const struct page_night *v = &nights[n - 1 - k];
        int64_t x = (int64_t)k * step + (step - width) / 2, room = CHART_BASE - 24;
        int64_t standing = v->standing * room / most, fresh = v->fresh * room / most, held = v->held * room / most;
        int64_t y = CHART_BASE - standing;
        chart_rect(b, "f-standing", x, y, width, standing);
        y -= fresh;
        chart_rect(b, "f-new", x, y, width, fresh);
        y -= held;
        chart_rect(b, "f-held", x, y, width, held);
        strbuf_addf(b, "<text x=\"%lld\" y=\"%lld\" text-anchor=\"middle\">", (long long)(x + width / 2), (long long)(y - 6));
        html_count(b, v->fresh + v->standing);
        struct ymd d = day_to_ymd(v->as_of);
        strbuf_addf(b, "</text><text x=\"%lld\" y=\"%d\" text-anchor=\"middle\">%d月%d日</text>", (long long)(x + width / 2), CHART_BASE + 20, d.month,
                    d.day);
    }
    strbuf_addz(b, "</svg>");
}
