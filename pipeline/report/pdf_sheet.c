/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/compiler.h"
#include "pipeline/report/pdf.h"
#include "pipeline/report/sheet.h"

#define MARGIN 40.0
#define WIDTH  (PDF_A4_SHORT - 2 * MARGIN)
#define TOP    78.0
#define BOTTOM (PDF_A4_LONG - 62.0)
#define GAP    16.0 /* between columns */

struct setting {
    double size;
    int columns;
};
/* The first that fits one page is taken. */
static const struct setting settings[] = {{10, 1}, {9, 1}, {8.5, 1}, {8, 1}, {8, 2}, {7, 2}, {6.5, 2}};

struct place {
    struct pdf *pdf; /* NULL: only measured */
    int column;
    uint32_t page;
    double y;
};

static double column_width(const struct setting *s) { return (WIDTH - (s->columns - 1) * GAP) / s->columns; }

static double line_height(struct pdf *p, const struct setting *s, const struct sheet_line *l)
{
    struct pdf_style style = {s->size, l->depth ? PDF_PLAIN : PDF_BOLD, PDF_LEFT};
    double before = l->depth ? 0 : s->size * 0.5;
    return before + pdf_text_height(p, column_width(s) - l->depth * s->size, l->text, style) + s->size * 0.12;
}

static void new_page(struct place *at, const struct sheet *sheet)
{
    at->page++;
    at->column = 0;
    at->y = TOP;
    if (at->pdf) {
        pdf_page(at->pdf, PDF_A4_SHORT, PDF_A4_LONG);
        pdf_text(at->pdf, MARGIN, 36, WIDTH, sheet->title, (struct pdf_style){17, PDF_BOLD, PDF_CENTRE});
        pdf_rule(at->pdf, MARGIN, TOP - 8, WIDTH);
        pdf_rule(at->pdf, MARGIN, BOTTOM + 8, WIDTH);
        pdf_text(at->pdf, MARGIN, BOTTOM + 12, WIDTH, sheet->foot, (struct pdf_style){7.5, PDF_PLAIN, PDF_LEFT});
    }
}

/* Goes through the lines, drawing them when at->pdf is there. Returns the pages they take. */
static uint32_t set_lines(struct pdf *p, struct pdf *draw_on, const struct setting *s, const struct sheet *sheet)
{
    struct place at = {.pdf = draw_on};
    new_page(&at, sheet);
    for (size_t i = 0; i < sheet->n; i++) {
        const struct sheet_line *l = &sheet->lines[i];
        double height = line_height(p, s, l), keep = height;
        if (l->depth == 0 && i + 1 < sheet->n) {
            keep += line_height(p, s, l + 1); /* a heading stays with what it heads */
        }
        if (at.y + keep > BOTTOM && ++at.column == s->columns) {
            new_page(&at, sheet);
        } else if (at.y + keep > BOTTOM) {
            at.y = TOP;
        }
        if (draw_on) {
            double indent = l->depth * s->size, before = l->depth ? 0 : s->size * 0.5;
            struct pdf_style style = {s->size, l->depth ? PDF_PLAIN : PDF_BOLD, PDF_LEFT};
            pdf_text(p, MARGIN + at.column * (column_width(s) + GAP) + indent, at.y + before, column_width(s) - indent, l->text, style);
        }
        at.y += height;
    }
    return at.page;
}

static void list_missing(struct pdf *p)
{
    const uint32_t *cps;
    size_t n = pdf_missing(p, &cps);
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(&b, "%sU+%05X", i ? " " : TR("缺字：", "no glyph for "), (unsigned)cps[i]);
    }
    if (n > 0) {
        pdf_text(p, MARGIN, BOTTOM + 36, WIDTH, strbuf_str(&b), (struct pdf_style){7.5, PDF_PLAIN, PDF_LEFT});
    }
}

enum status sheet_pdf(const struct sheet *s, const char *path, struct err *err)
{
    struct pdf *p = pdf_new();
    const struct setting *chosen = &settings[ARRAY_LEN(settings) - 1];
    if (!pdf_font(p, 0x6237)) {
        pdf_free(p);
        return err_set(err, ST_CONFIG, "%s", TR("没有中文字体，写不了 PDF；请安装 fonts-noto-cjk，或写成 .html", "no Chinese font, so no PDF: install fonts-noto-cjk or write .html"));
    }
    for (size_t i = ARRAY_LEN(settings); i-- > 0;) {
        chosen = set_lines(p, NULL, &settings[i], s) == 1 ? &settings[i] : chosen;
    }
    enum status st = pdf_open(p, path, s->title, s->day, err);
    if (st == ST_OK) {
        (void)set_lines(p, p, chosen, s);
        list_missing(p);
        st = pdf_close(p, err);
    }
    pdf_free(p);
    return st;
}
