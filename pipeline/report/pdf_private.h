/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of pdf.h: pdf_fonts.c (which font has this character), pdf_lines.c (where lines end), pdf.c (what stands on a page, and the file). */
#ifndef MOPAI_REPORT_PDF_PRIVATE_H
#define MOPAI_REPORT_PDF_PRIVATE_H

#include "base/core/file.h"
#include "base/core/vec.h"
#include "base/text/utf8.h"
#include "pipeline/report/pdf.h"

#include <cairo-pdf.h> /* after ours: glib takes our MIN and MAX away and gives its own */
#include <pango/pangocairo.h>

#define UNIT        1000.0 /* size at which advances are measured */
#define LINE_HEIGHT 1.32
#define FACES_MAX   64
#define PLANES      0x1100 /* of 256 code points */
#define NO_FACE     UINT8_MAX

struct glyph {
    uint32_t index;
    float advance; /* at UNIT */
    uint8_t face;  /* NO_FACE: no font has it */
    bool known;
};
struct face {
    cairo_font_face_t *cairo;
    cairo_scaled_font_t *unit; /* at UNIT, for advances */
    char *name;
};
/* All text of one face and size on one layer. */
struct run {
    uint8_t face;
    double size;
    VEC(cairo_glyph_t) glyphs;
    VEC(cairo_text_cluster_t) clusters;
    struct strbuf text;
};
/* A straight rule: across at y, or down at x. */
struct edge {
    double at, from, to;
};
typedef VEC(struct edge) edges;
struct line {
    size_t from, to; /* bytes */
    double width;
};
struct put_piece {
    size_t piece;
    double x, y;
};
/* What was drawn since the page, or the piece, was begun. Kept from page to page. */
struct layer {
    VEC(struct run) runs;
    VEC(cairo_rectangle_t) grounds;
    VEC(struct put_piece) pieces;
    edges across, down;
};

struct pdf {
    PangoFontMap *map;
    PangoContext *context;
    PangoFontset *sets[PDF_WEIGHT_COUNT];
    struct glyph *glyphs[PDF_WEIGHT_COUNT][PLANES];
    struct face faces[FACES_MAX];
    size_t n_faces;
    VEC(struct line) lines;       /* of the text at hand */
    struct layer page, piece;
    struct layer *layer;          /* the one being drawn on */
    VEC(cairo_surface_t *) pieces; /* of the file */
    VEC(uint32_t) missing;
    struct outfile file;
    cairo_surface_t *surface;
    cairo_t *cr;
    uint32_t pages;
};

void pdf_fonts_open(struct pdf *p);
void pdf_fonts_release(struct pdf *p);
const struct glyph *pdf_glyph(struct pdf *p, enum pdf_weight weight, uint32_t cp);
/* The next character as it is printed: controls are blanks, what is no character is U+FFFD. */
uint32_t pdf_next_cp(const char **at, const char *end);
/* Cuts into p->lines, at least one. A word longer than a line is broken where the line is full. */
void pdf_break_lines(struct pdf *p, double width, struct str s, struct pdf_style style);

#endif
