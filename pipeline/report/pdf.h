/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a PDF to draw on: text that wraps, rules, boxes. Lengths are points (1/72 inch) from the upper left corner; y of a text is its upper edge. The
   only use of pango (which font has this character) and cairo (the file). Built with PDF=0, none of it is there.

   Han text needs no shaping: every character is one glyph, looked up once. Texts of one font and size are handed to cairo together when a page ends, edges
   that meet as one rule; a page is then a dozen operations and a third of the numbers, which is most of the time. Scripts that join their letters stand as
   separate letters. A character no font has is a box with its number, and is remembered. Same calls, same fonts, same bytes: no clock, no locale. */
#ifndef MOPAI_REPORT_PDF_H
#define MOPAI_REPORT_PDF_H

#include "base/core/date.h"
#include "base/core/status.h"
#include "base/core/str.h"

#define PDF_A4_SHORT 595.0
#define PDF_A4_LONG  842.0

enum pdf_weight { PDF_PLAIN, PDF_BOLD, PDF_WEIGHT_COUNT };
enum pdf_align { PDF_LEFT, PDF_CENTRE, PDF_RIGHT };
struct pdf_style {
    double size;
    enum pdf_weight weight;
    enum pdf_align align;
};
struct pdf;

/* Fonts are looked for once and serve any number of files, one after the other. */
struct pdf *pdf_new(void);
void pdf_free(struct pdf *p); /* NULL is fine */
/* Name of the font that prints this character; NULL when none has it. Lives as long as p. */
const char *pdf_font(struct pdf *p, uint32_t cp);

/* `created` is the document's date. Every pdf_open is followed by pdf_close, which also tells of anything that went wrong between. */
enum status pdf_open(struct pdf *p, const char *path, struct str title, daynum created, struct err *err) MUST_CHECK;
enum status pdf_close(struct pdf *p, struct err *err) MUST_CHECK;
/* Begins a page; the one before is finished. */
void pdf_page(struct pdf *p, double width, double height);
uint32_t pdf_pages(const struct pdf *p);

/* Height of the text set in lines of at most `width`; an empty text takes one line. */
double pdf_text_height(struct pdf *p, double width, struct str s, struct pdf_style style);
/* Sets it and returns that height. */
double pdf_text(struct pdf *p, double x, double y, double width, struct str s, struct pdf_style style);
double pdf_text_width(struct pdf *p, struct str s, struct pdf_style style);

void pdf_rule(struct pdf *p, double x, double y, double width); /* across */
void pdf_frame(struct pdf *p, double x, double y, double width, double height);
/* A light grey ground, under everything else of the page. */
void pdf_ground(struct pdf *p, double x, double y, double width, double height);

/* What stands on many pages is drawn once a file, from its own corner (0, 0), and put wherever it is wanted: the same look, a third of the time and of the
   bytes. Between begin and end everything goes into the piece; it lives until pdf_close. */
void pdf_piece_begin(struct pdf *p);
size_t pdf_piece_end(struct pdf *p, double width, double height);
void pdf_piece(struct pdf *p, size_t piece, double x, double y);

/* Characters of this file that no font had, in the order of their numbers. */
size_t pdf_missing(const struct pdf *p, const uint32_t **out_cps);

#endif
