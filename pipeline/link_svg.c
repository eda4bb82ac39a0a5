/* SPDX-License-Identifier: Apache-2.0 */
/* The weight of a pair as a picture: a bar a part, each beginning where the one above it ended (a waterfall, as Splink draws match weights). Rising bars are filled,
   falling ones hatched, so that black and white shows it too. */
#include "base/text/width.h"
#include "pipeline/link_how.h"
#include "pipeline/report/page.h"

enum { LEFT = 250, PLOT = 420, RIGHT = 90, ROW = 26, TOP = 46, BOTTOM = 40 };

struct scale {
    int32_t lo, hi; /* 1/256 bit */
};

static int at(const struct scale *s, int32_t bits)
{
    return LEFT + (int)((int64_t)(bits - s->lo) * PLOT / MAX(s->hi - s->lo, 1));
}

static struct scale scale_of(const struct link_made *m, int32_t line)
{
    struct scale s = {MIN(0, line), MAX(0, line)};
    int32_t sum = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        sum += m->part[i];
        s.lo = MIN(s.lo, sum);
        s.hi = MAX(s.hi, sum);
    }
    return s;
}

static void add_text(struct strbuf *out, int x, int y, const char *anchor, struct str text)
{
    strbuf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    html_text(out, text);
    strbuf_addz(out, "</text>\n");
}

static void add_line(struct strbuf *out, int x, int bottom, const char *style, struct str label)
{
    strbuf_addf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#333\" %s/>\n", x, x, TOP - 8, bottom, style);
    add_text(out, x, bottom + 16, "middle", label);
}

static void add_bar(struct strbuf *out, const struct scale *s, int y, int32_t from, int32_t to)
{
    int a = at(s, MIN(from, to)), b = at(s, MAX(from, to));
    strbuf_addf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#1d4f8c\"/>\n", a, y, MAX(b - a, 1), ROW - 8,
                to >= from ? "#1d4f8c" : "url(#down)");
}

void link_how_svg(const struct link_made *m, int32_t line, struct str title, struct strbuf *out)
{
    struct scale s = scale_of(m, line);
    int rows = 1, y = TOP;
    int32_t sum = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        rows += m->part[i] != 0;
    }
    int width = LEFT + PLOT + RIGHT, bottom = TOP + rows * ROW, height = bottom + BOTTOM;
    strbuf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-size=\"13\" "
                     "font-family=\"'Noto Sans CJK SC','Microsoft YaHei',sans-serif\" role=\"img\">\n<title>", width, height, width, height);
    html_text(out, title);
    strbuf_addz(out, "</title>\n<defs><pattern id=\"down\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                     "<rect width=\"5\" height=\"5\" fill=\"#fff\"/><rect width=\"2\" height=\"5\" fill=\"#9c1c14\"/></pattern></defs>\n"
                     "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    add_text(out, 8, 22, "start", title);
    add_line(out, at(&s, 0), bottom, "", STR("0"));
    add_line(out, at(&s, line), bottom, "stroke-dasharray=\"4 3\"", str_of(TR("归到一起的线", "joined from here")));
    for (int i = 0; i < PART_COUNT; i++) {
        if (m->part[i] != 0) {
            AUTO_STRBUF bits = STRBUF_INIT;
            link_how_bits(m->part[i], &bits);
            add_text(out, LEFT - 10, y + 14, "end", str_of(link_part_word((enum made_part)i)));
            add_bar(out, &s, y, sum, sum + m->part[i]);
            sum += m->part[i];
            add_text(out, LEFT + PLOT + 12, y + 14, "start", strbuf_str(&bits));
            y += ROW;
        }
    }
    AUTO_STRBUF total = STRBUF_INIT;
    link_how_bits(sum, &total);
    add_text(out, LEFT - 10, y + 14, "end", str_of(TR("合计", "in all")));
    add_bar(out, &s, y, 0, sum);
    add_text(out, LEFT + PLOT + 12, y + 14, "start", strbuf_str(&total));
    strbuf_addz(out, "</svg>\n");
}
