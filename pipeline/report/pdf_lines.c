/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/pdf_private.h"

uint32_t pdf_next_cp(const char **at, const char *end)
{
    uint32_t cp = utf8_next(at, end);
    return cp == UTF8_INVALID ? 0xFFFD : cp < ' ' ? ' ' : cp;
}

static bool among(uint32_t cp, const uint32_t *set)
{
    while (*set && *set != cp) {
        set++;
    }
    return *set != 0;
}

/* May a line end between these two? Numbers, Latin words and references stay whole; no line begins with a closing mark or ends with an opening one. */
static bool may_break(uint32_t before, uint32_t after)
{
    if (before == ' ') {
        return true;
    }
    if (before < 0x80 && is_digit((unsigned char)before) && cp_is_han(after)) {
        return false; /* 46岁, 3号楼 */
    }
    if (among(after, U"，。、；：？！）》」』】〕％%,.;:?!) ") || among(before, U"（《「『【〔(□")) {
        return false;
    }
    return !(before < 0x80 && after < 0x80);
}

void pdf_break_lines(struct pdf *p, double width, struct str s, struct pdf_style style)
{
    const double unit = width > 0 ? width * UNIT / style.size : 0;
    const char *end = str_end(s), *at = s.p;
    struct line line = {0};
    size_t good = 0;           /* the last place to break, 0 for none on this line */
    double good_width = 0;
    uint32_t before = 0;
    vec_clear(&p->lines);
    while (at < end) {
        size_t here = (size_t)(at - s.p);
        uint32_t cp = pdf_next_cp(&at, end);
        double advance = (double)pdf_glyph(p, style.weight, cp)->advance;
        if (here > line.from && may_break(before, cp)) {
            good = here, good_width = line.width;
        }
        if (here > line.from && line.width + advance > unit && cp != ' ') {
            size_t cut = good > line.from ? good : here;
            double whole = line.width;
            line.to = cut;
            line.width = good > line.from ? good_width : whole;
            vec_push(&p->lines, line);
            line = (struct line){.from = cut, .width = whole - line.width};
            good = 0;
        }
        line.width += advance;
        before = cp;
    }
    line.to = s.n;
    vec_push(&p->lines, line);
}

double pdf_text_height(struct pdf *p, double width, struct str s, struct pdf_style style)
{
    pdf_break_lines(p, width, s, style);
    return (double)p->lines.n * style.size * LINE_HEIGHT;
}

double pdf_text_width(struct pdf *p, struct str s, struct pdf_style style)
{
    double width = 0;
    for (const char *at = s.p, *end = str_end(s); at < end;) {
        width += (double)pdf_glyph(p, style.weight, pdf_next_cp(&at, end))->advance;
    }
    return width * style.size / UNIT;
}
