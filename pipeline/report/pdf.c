/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/pdf_private.h"

#define ASCENT     1.02 /* base line below the upper edge of its line */
#define RULE_WIDTH 0.5

/* One character of a text as it will stand on the page. */
struct placed {
    double x, y;
    uint32_t cp;
};

/* --- what stands on the page ---------------------------------------------------------------------------------------------- */

static struct run *run_of(struct pdf *p, uint8_t face, double size)
{
    for (size_t i = 0; i < p->layer->runs.n; i++) {
        struct run *r = &p->layer->runs.v[i];
        if (r->face == face && r->size - size < 0.01 && size - r->size < 0.01) {
            return r;
        }
    }
    struct run *r = vec_add(&p->layer->runs);
    r->face = face;
    r->size = size;
    return r;
}

static void put_glyph(struct pdf *p, const struct glyph *g, struct placed at, double size)
{
    struct run *r = run_of(p, g->face, size);
    char text[4];
    size_t n = utf8_put(text, at.cp);
    strbuf_add(&r->text, text, n);
    vec_push(&r->glyphs, (cairo_glyph_t){g->index, at.x, at.y});
    vec_push(&r->clusters, (cairo_text_cluster_t){(int)n, 1});
}

static void remember_missing(struct pdf *p, uint32_t cp)
{
    size_t at = 0;
    while (at < p->missing.n && p->missing.v[at] < cp) {
        at++;
    }
    if (at < p->missing.n && p->missing.v[at] == cp) {
        return;
    }
    vec_push(&p->missing, 0);
    memmove(p->missing.v + at + 1, p->missing.v + at, (p->missing.n - 1 - at) * sizeof(p->missing.v[0]));
    p->missing.v[at] = cp;
}

/* A box of one character with U+ and the number in two rows. */
static void put_missing(struct pdf *p, struct placed at, double size)
{
    AUTO_STRBUF hex = STRBUF_INIT;
    const double box = size * 0.92, small = size * 0.26;
    remember_missing(p, at.cp);
    strbuf_addf(&hex, "U+%05X", (unsigned)at.cp);
    pdf_frame(p, at.x + size * 0.04, at.y - size * 0.8, box, box);
    for (size_t i = 0; i < hex.n; i++) {
        struct placed digit = {at.x + size * 0.1 + (double)(i % 4) * small * 0.72, at.y - size * 0.46 + (i < 4 ? 0 : small * 1.25), (unsigned char)hex.p[i]};
        const struct glyph *g = pdf_glyph(p, PDF_PLAIN, digit.cp);
        if (g->face != NO_FACE) {
            put_glyph(p, g, digit, small);
        }
    }
}

static void put_line(struct pdf *p, double x, double y, struct str s, struct pdf_style style)
{
    for (const char *at = s.p, *end = str_end(s); at < end;) {
        uint32_t cp = pdf_next_cp(&at, end);
        const struct glyph *g = pdf_glyph(p, style.weight, cp);
        if (g->face == NO_FACE) {
            put_missing(p, (struct placed){x, y, cp}, style.size);
        } else {
            put_glyph(p, g, (struct placed){x, y, cp}, style.size);
        }
        x += (double)g->advance * style.size / UNIT;
    }
}

double pdf_text(struct pdf *p, double x, double y, double width, struct str s, struct pdf_style style)
{
    pdf_break_lines(p, width, s, style);
    for (size_t i = 0; i < p->lines.n; i++) {
        const struct line *l = &p->lines.v[i];
        double room = width - l->width * style.size / UNIT;
        double shift = style.align == PDF_LEFT || room < 0 ? 0 : style.align == PDF_CENTRE ? room / 2 : room;
        put_line(p, x + shift, y + ((double)i * LINE_HEIGHT + ASCENT) * style.size, str_sub(s, l->from, l->to - l->from), style);
    }
    return (double)p->lines.n * style.size * LINE_HEIGHT;
}

void pdf_rule(struct pdf *p, double x, double y, double width) { vec_push(&p->layer->across, (struct edge){y, x, x + width}); }
void pdf_ground(struct pdf *p, double x, double y, double width, double height) { vec_push(&p->layer->grounds, (cairo_rectangle_t){x, y, width, height}); }

void pdf_frame(struct pdf *p, double x, double y, double width, double height)
{
    pdf_rule(p, x, y, width);
    pdf_rule(p, x, y + height, width);
    vec_push(&p->layer->down, (struct edge){x, y, y + height});
    vec_push(&p->layer->down, (struct edge){x + width, y, y + height});
}

size_t pdf_missing(const struct pdf *p, const uint32_t **out_cps)
{
    *out_cps = p->missing.v;
    return p->missing.n;
}

/* --- layers ------------------------------------------------------------------------------------------------------------- */

static int edge_cmp(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;
    return a->at < b->at ? -1 : a->at > b->at ? 1 : a->from < b->from ? -1 : a->from > b->from ? 1 : (a->to > b->to) - (a->to < b->to);
}

/* Cells share their edges: those on one line that meet become one, a quarter of the numbers that make up most of a page. */
static void draw_edges(cairo_t *cr, edges *e, bool down)
{
    vec_sort(e, edge_cmp);
    for (size_t i = 0; i < e->n;) {
        struct edge one = e->v[i];
        while (++i < e->n && e->v[i].at - one.at < 0.01 && e->v[i].from - one.to < 0.01) {
            one.to = MAX(one.to, e->v[i].to);
        }
        cairo_move_to(cr, down ? one.at : one.from, down ? one.from : one.at);
        cairo_line_to(cr, down ? one.at : one.to, down ? one.to : one.at);
    }
    vec_clear(e);
}

static void paint_shapes(cairo_t *cr, struct layer *l)
{
    cairo_set_source_rgb(cr, 0.9, 0.9, 0.9);
    for (size_t i = 0; i < l->grounds.n; i++) {
        cairo_rectangle(cr, l->grounds.v[i].x, l->grounds.v[i].y, l->grounds.v[i].width, l->grounds.v[i].height);
    }
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_set_line_width(cr, RULE_WIDTH);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_SQUARE); /* corners meet */
    draw_edges(cr, &l->across, false);
    draw_edges(cr, &l->down, true);
    cairo_stroke(cr);
    vec_clear(&l->grounds);
}

static void paint_pieces(struct pdf *p, cairo_t *cr, struct layer *l)
{
    for (size_t i = 0; i < l->pieces.n; i++) {
        const struct put_piece *at = &l->pieces.v[i];
        cairo_set_source_surface(cr, p->pieces.v[at->piece], at->x, at->y);
        cairo_paint(cr);
    }
    cairo_set_source_rgb(cr, 0, 0, 0);
    vec_clear(&l->pieces);
}

static void paint(struct pdf *p, cairo_t *cr, struct layer *l)
{
    paint_shapes(cr, l);
    paint_pieces(p, cr, l);
    for (size_t i = 0; i < l->runs.n; i++) {
        struct run *r = &l->runs.v[i];
        if (r->glyphs.n > 0) {
            cairo_set_font_face(cr, p->faces[r->face].cairo);
            cairo_set_font_size(cr, r->size);
            cairo_show_text_glyphs(cr, r->text.p, (int)r->text.n, r->glyphs.v, (int)r->glyphs.n, r->clusters.v, (int)r->clusters.n, 0);
        }
        vec_clear(&r->glyphs);
        vec_clear(&r->clusters);
        strbuf_clear(&r->text);
    }
}

static cairo_t *draw_on(cairo_surface_t *surface)
{
    cairo_t *cr = cairo_create(surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
    return cr;
}

/* --- pieces ------------------------------------------------------------------------------------------------------------- */

void pdf_piece_begin(struct pdf *p)
{
    BUG_ON(p->layer != &p->page);
    p->layer = &p->piece;
}

size_t pdf_piece_end(struct pdf *p, double width, double height)
{
    /* with an extent it is written once for the file, without one again on every page; rules reach half their width beyond */
    const cairo_rectangle_t extent = {-1, -1, width + 2, height + 2};
    BUG_ON(p->layer != &p->piece);
    cairo_surface_t *s = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent);
    cairo_t *cr = draw_on(s);
    paint(p, cr, &p->piece);
    cairo_destroy(cr);
    p->layer = &p->page;
    vec_push(&p->pieces, s);
    return p->pieces.n - 1;
}

void pdf_piece(struct pdf *p, size_t piece, double x, double y)
{
    BUG_ON(piece >= p->pieces.n);
    vec_push(&p->layer->pieces, (struct put_piece){piece, x, y});
}

static void drop_pieces(struct pdf *p)
{
    for (size_t i = 0; i < p->pieces.n; i++) {
        cairo_surface_destroy(p->pieces.v[i]);
    }
    vec_clear(&p->pieces);
}

/* --- pages and the file ------------------------------------------------------------------------------------------------- */

static void release_layer(struct layer *l)
{
    for (size_t i = 0; i < l->runs.n; i++) {
        vec_release(&l->runs.v[i].glyphs);
        vec_release(&l->runs.v[i].clusters);
        strbuf_release(&l->runs.v[i].text);
    }
    vec_release(&l->runs);
    vec_release(&l->grounds);
    vec_release(&l->pieces);
    vec_release(&l->across);
    vec_release(&l->down);
}

struct pdf *pdf_new(void)
{
    struct pdf *p = xcalloc(1, sizeof(*p));
    p->layer = &p->page;
    pdf_fonts_open(p);
    return p;
}

void pdf_free(struct pdf *p)
{
    if (!p) {
        return;
    }
    release_layer(&p->page);
    release_layer(&p->piece);
    vec_release(&p->pieces);
    vec_release(&p->lines);
    vec_release(&p->missing);
    pdf_fonts_release(p);
    free(p);
}

static void finish_page(struct pdf *p)
{
    if (p->pages > 0) {
        paint(p, p->cr, &p->page);
        cairo_show_page(p->cr);
    }
}

static cairo_status_t take_bytes(void *ctx, const unsigned char *bytes, unsigned n)
{
    outfile_write(ctx, bytes, n);
    return CAIRO_STATUS_SUCCESS; /* errors stick in the file and are told when it is closed */
}

enum status pdf_open(struct pdf *p, const char *path, struct str title, daynum created, struct err *err)
{
    TRY(outfile_open(&p->file, path, err));
    AUTO_STRBUF text = STRBUF_INIT;
    p->surface = cairo_pdf_surface_create_for_stream(take_bytes, &p->file, PDF_A4_LONG, PDF_A4_SHORT);
    strbuf_add_day(&text, created);
    strbuf_addz(&text, "T00:00:00Z"); /* else the wall clock */
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, strbuf_z(&text));
    strbuf_clear(&text);
    strbuf_adds(&text, title);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, strbuf_z(&text));
    p->cr = draw_on(p->surface);
    p->pages = 0;
    vec_clear(&p->missing);
    return ST_OK;
}

enum status pdf_close(struct pdf *p, struct err *err)
{
    finish_page(p);
    cairo_destroy(p->cr);
    cairo_surface_finish(p->surface);
    cairo_status_t drawn = cairo_surface_status(p->surface);
    cairo_surface_destroy(p->surface);
    drop_pieces(p);
    TRY(outfile_close(&p->file, false, err));
    return drawn == CAIRO_STATUS_SUCCESS ? ST_OK : err_set(err, ST_IO, "PDF: %s", cairo_status_to_string(drawn));
}

void pdf_page(struct pdf *p, double width, double height)
{
    finish_page(p);
    cairo_pdf_surface_set_size(p->surface, width, height);
    p->pages++;
}

uint32_t pdf_pages(const struct pdf *p) { return p->pages; }
