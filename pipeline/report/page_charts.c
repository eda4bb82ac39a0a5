/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of numbers that stand beside them as text. Shades and outlines, so that they print in black and white. */
#include "pipeline/report/page.h"

void chart_legend(struct strbuf *b, bool held)
{
    strbuf_addf(b,
                "<ul class=\"legend\" aria-hidden=\"true\"><li><svg viewBox=\"0 0 12 12\"><rect class=\"f-new\" width=\"12\" height=\"12\"/></svg>%s</li>"
                "<li><svg viewBox=\"0 0 12 12\"><rect class=\"f-standing\" width=\"12\" height=\"12\"/></svg>%s</li>",
                TR("新增", "new"), TR("在办", "standing"));
    if (held) {
        strbuf_addf(b, "<li><svg viewBox=\"0 0 12 12\"><rect class=\"f-held\" x=\"1\" y=\"1\" width=\"10\" height=\"10\"/></svg>%s</li>", TR("暂扣", "held"));
    }
    strbuf_addz(b, "</ul>");
}

/* Lengths in thousandths of the whole; a part that is there is never invisible. */
void chart_bar(struct strbuf *b, const int64_t *parts, const char *const *classes, size_t n, int64_t whole)
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

void chart_share(struct strbuf *b, unsigned share, unsigned low, unsigned high)
{
    strbuf_addf(b,
                "<svg class=\"share\" viewBox=\"-10 0 1020 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"f-rest\" y=\"9\" width=\"1000\" "
                "height=\"2\"/><rect class=\"f-standing\" x=\"%u\" y=\"6\" width=\"%u\" height=\"8\"/><rect class=\"f-new\" x=\"%u\" y=\"2\" width=\"8\" "
                "height=\"16\"/></svg>",
                low, high - low, share < 4 ? 0 : share - 4);
}

/* --- the last nights as columns, oldest at the left -------------------------------------------------------------------- */

#define CHART_WIDTH  440
#define CHART_LABEL  46 /* width of 12月31日 */
#define CHART_HEIGHT 150
#define CHART_BASE   118

static void chart_rect(struct strbuf *b, const char *cls, int64_t x, int64_t top, int64_t width, int64_t height)
{
    if (height > 0) {
        strbuf_addf(b, "<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\"/>", cls, (long long)x, (long long)top, (long long)width,
                    (long long)height);
    }
}

static void chart_night(struct strbuf *b, const struct page_night *v, int64_t x, int64_t width, int64_t most, bool dated)
{
    const int64_t room = CHART_BASE - 24;
    int64_t standing = v->standing * room / most, fresh = v->fresh * room / most, held = v->held * room / most, y = CHART_BASE - standing;
    chart_rect(b, "f-standing", x, y, width, standing);
    y -= fresh;
    chart_rect(b, "f-new", x, y, width, fresh);
    y -= held;
    chart_rect(b, "f-held", x, y, width, held);
    if (dated) {
        strbuf_addf(b, "<text x=\"%lld\" y=\"%lld\" text-anchor=\"middle\">", (long long)(x + width / 2), (long long)(y - 6));
        html_count(b, v->fresh + v->standing);
        strbuf_addz(b, "</text>");
        strbuf_addf(b, "<text x=\"%lld\" y=\"%d\" text-anchor=\"middle\">", (long long)(x + width / 2), CHART_BASE + 20);
        html_day(b, v->as_of);
        strbuf_addz(b, "</text>");
    }
}

void chart_nights(struct strbuf *b, const struct page_night *nights, size_t n)
{
    int64_t most = 1;
    for (size_t i = 0; i < n; i++) {
        most = MAX(most, nights[i].fresh + nights[i].standing + nights[i].held);
    }
    strbuf_addf(b, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", CHART_WIDTH, CHART_HEIGHT,
                TR("近几夜的在单与暂扣条数", "warnings on lists and held, last nights"));
    strbuf_addf(b, "<line x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#1d1f21\"/>", CHART_WIDTH, CHART_BASE, CHART_BASE);
    const int64_t step = CHART_WIDTH / (int64_t)MAX(n, (size_t)6), width = MIN(step * 6 / 10, 40);
    const size_t every = (size_t)((CHART_LABEL + step - 1) / step); /* words that have room, the newest night's always */
    for (size_t k = 0; k < n; k++) {
        chart_night(b, &nights[n - 1 - k], (int64_t)k * step + (step - width) / 2, width, most, (n - 1 - k) % every == 0);
    }
    strbuf_addz(b, "</svg>");
}
