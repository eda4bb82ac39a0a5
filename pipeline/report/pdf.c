/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/core/file.h"
#include "base/core/vec.h"
#include "base/text/utf8.h"

#define FONTS       "Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Zen Hei,WenQuanYi Micro Hei,Droid Sans Fallback,SimSun,sans-serif"
#define UNIT        1000.0 /* size at which advances are measured */
#define LINE_HEIGHT 1.32
#define ASCENT      1.02   /* base line below the upper edge of its line */
#define RULE_WIDTH  0.5
#define FACES_MAX   64
#define PLANES      0x1100 /* of 256 code points */
#define NO_FACE     UINT8_MAX

struct glyph {
    uint32_t index;
    float advance;  /* at UNIT */
    uint8_t face;   /* NO_FACE: no font has it */
    bool known;
};
struct face {
    cairo_font_face_t *cairo;
    cairo_scaled_font_t *unit; /* at UNIT, for advances */
    char *name;
};
/* One character of a text as it will stand on the page. */
struct placed {
    double x, y;
    uint32_t cp;
};
/* All text of one face and size on the page that is being made. */
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

struct pdf {
    PangoFontMap *map;
    PangoContext *context;
    PangoFontset *sets[PDF_WEIGHT_COUNT];
    struct glyph *glyphs[PDF_WEIGHT_COUNT][PLANES];
    struct face faces[FACES_MAX];
    size_t n_faces;
    VEC(struct line) lines;      /* of the text at hand */
    VEC(struct run) runs;        /* of the page; kept from page to page */
    VEC(cairo_rectangle_t) grounds;
    edges across, down;
    VEC(uint32_t) missing;
    struct outfile file;
    cairo_surface_t *surface;
    cairo_t *cr;
    uint32_t pages;
};

/* --- fonts -------------------------------------------------------------------------------------------------------------- */

struct pdf *pdf_new(void)
{
    struct pdf *p = xcalloc(1, sizeof(*p));
    PangoLanguage *chinese = pango_language_from_string("zh-cn"); /* not of the environment: the same Han forms under any LANG */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    p->map = pango_cairo_font_map_new();
    p->context = pango_font_map_create_context(p->map);
    pango_cairo_context_set_font_options(p->context, options);
    pango_context_set_language(p->context, chinese);
    cairo_font_options_destroy(options);
    for (int w = 0; w < PDF_WEIGHT_COUNT; w++) {
        PangoFontDescription *wanted = pango_font_description_from_string(w == PDF_BOLD ? FONTS " Bold" : FONTS);
        pango_font_description_set_absolute_size(wanted, UNIT * PANGO_SCALE);
        p->sets[w] = pango_font_map_load_fontset(p->map, p->context, wanted, chinese);
        pango_font_description_free(wanted);
    }
    return p;
}

void pdf_free(struct pdf *p)
{
    if (!p) {
        return;
    }
    for (size_t i = 0; i < p->n_faces; i++) {
        cairo_scaled_font_destroy(p->faces[i].unit);
        g_free(p->faces[i].name);
    }
    for (int w = 0; w < PDF_WEIGHT_COUNT; w++) {
        g_object_unref(p->sets[w]);
        for (size_t i = 0; i < PLANES; i++) {
            free(p->glyphs[w][i]);
        }
    }
    for (size_t i = 0; i < p->runs.n; i++) {
        vec_release(&p->runs.v[i].glyphs);
        vec_release(&p->runs.v[i].clusters);
        strbuf_release(&p->runs.v[i].text);
    }
    vec_release(&p->runs);
    vec_release(&p->lines);
    vec_release(&p->grounds);
    vec_release(&p->across);
    vec_release(&p->down);
    vec_release(&p->missing);
    g_object_unref(p->context);
    g_object_unref(p->map);
    free(p);
}

static uint8_t face_of(struct pdf *p, PangoFont *font)
{
    cairo_scaled_font_t *unit = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
    for (size_t i = 0; i < p->n_faces; i++) {
        if (p->faces[i].unit == unit) {
            return (uint8_t)i;
        }
    }
    if (!unit || p->n_faces == FACES_MAX) {
        return NO_FACE;
    }
    PangoFontDescription *d = pango_font_describe(font);
    p->faces[p->n_faces] = (struct face){cairo_scaled_font_get_font_face(unit), cairo_scaled_font_reference(unit), g_strdup(pango_font_description_get_family(d))};
    pango_font_description_free(d);
    return (uint8_t)p->n_faces++;
}

static void look_up(struct pdf *p, enum pdf_weight weight, uint32_t cp, struct glyph *g)
{
    *g = (struct glyph){.face = NO_FACE, .advance = (float)UNIT, .known = true};
    PangoFont *font = pango_fontset_get_font(p->sets[weight], cp);
    if (font && pango_font_has_char(font, cp)) {
        char text[4];
        int n = (int)utf8_put(text, cp), n_glyphs = 0;
        cairo_glyph_t *glyphs = NULL;
        g->face = face_of(p, font);
        if (g->face != NO_FACE &&
            cairo_scaled_font_text_to_glyphs(p->faces[g->face].unit, 0, 0, text, n, &glyphs, &n_glyphs, NULL, NULL, NULL) == CAIRO_STATUS_SUCCESS &&
            n_glyphs == 1) {
            cairo_text_extents_t extents;
            cairo_scaled_font_glyph_extents(p->faces[g->face].unit, glyphs, 1, &extents);
            g->index = (uint32_t)glyphs[0].index;
            g->advance = (float)extents.x_advance;
        } else {
            g->face = NO_FACE;
        }
        cairo_glyph_free(glyphs);
    }
    if (font) {
        g_object_unref(font);
    }
}

static const struct glyph *glyph_of(struct pdf *p, enum pdf_weight weight, uint32_t cp)
{
    struct glyph **plane = &p->glyphs[weight][cp >> 8];
    if (!*plane) {
        *plane = xcalloc(256, sizeof(**plane));
    }
    struct glyph *g = &(*plane)[cp & 255];
    if (!g->known) {
        look_up(p, weight, cp, g);
    }
    return g;
}

const char *pdf_font(struct pdf *p, uint32_t cp)
{
    const struct glyph *g = glyph_of(p, PDF_PLAIN, cp);
    return g->face == NO_FACE ? NULL : p->faces[g->face].name;
}

/* --- lines -------------------------------------------------------------------------------------------------------------- */

static uint32_t next_cp(const char **at, const char *end)
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

/* Cuts into p->lines, at least one. A word longer than a line is broken where the line is full. */
static void break_lines(struct pdf *p, double width, struct str s, struct pdf_style style)
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
        uint32_t cp = next_cp(&at, end);
        double advance = (double)glyph_of(p, style.weight, cp)->advance;
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
    break_lines(p, width, s, style);
    return (double)p->lines.n * style.size * LINE_HEIGHT;
}

double pdf_text_width(struct pdf *p, struct str s, struct pdf_style style)
{
    double width = 0;
    for (const char *at = s.p, *end = str_end(s); at < end;) {
        width += (double)glyph_of(p, style.weight, next_cp(&at, end))->advance;
    }
    return width * style.size / UNIT;
}

/* --- what stands on the page ---------------------------------------------------------------------------------------------- */

static struct run *run_of(struct pdf *p, uint8_t face, double size)
{
    for (size_t i = 0; i < p->runs.n; i++) {
        if (p->runs.v[i].face == face && p->runs.v[i].size - size < 0.01 && size - p->runs.v[i].size < 0.01) {
            return &p->runs.v[i];
        }
    }
    struct run *r = vec_add(&p->runs);
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
        const struct glyph *g = glyph_of(p, PDF_PLAIN, digit.cp);
        if (g->face != NO_FACE) {
            put_glyph(p, g, digit, small);
        }
    }
}

static void put_line(struct pdf *p, double x, double y, struct str s, struct pdf_style style)
{
    for (const char *at = s.p, *end = str_end(s); at < end;) {
        uint32_t cp = next_cp(&at, end);
        const struct glyph *g = glyph_of(p, style.weight, cp);
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
    break_lines(p, width, s, style);
    for (size_t i = 0; i < p->lines.n; i++) {
        const struct line *l = &p->lines.v[i];
        double room = width - l->width * style.size / UNIT;
        double shift = style.align == PDF_LEFT || room < 0 ? 0 : style.align == PDF_CENTRE ? room / 2 : room;
        put_line(p, x + shift, y + ((double)i * LINE_HEIGHT + ASCENT) * style.size, str_sub(s, l->from, l->to - l->from), style);
    }
    return (double)p->lines.n * style.size * LINE_HEIGHT;
}

void pdf_rule(struct pdf *p, double x, double y, double width) { vec_push(&p->across, (struct edge){y, x, x + width}); }
void pdf_ground(struct pdf *p, double x, double y, double width, double height) { vec_push(&p->grounds, (cairo_rectangle_t){x, y, width, height}); }

void pdf_frame(struct pdf *p, double x, double y, double width, double height)
{
    pdf_rule(p, x, y, width);
    pdf_rule(p, x, y + height, width);
    vec_push(&p->down, (struct edge){x, y, y + height});
    vec_push(&p->down, (struct edge){x + width, y, y + height});
}

size_t pdf_missing(const struct pdf *p, const uint32_t **out_cps)
{
    *out_cps = p->missing.v;
    return p->missing.n;
}

/* --- pages and the file ------------------------------------------------------------------------------------------------- */

static int edge_cmp(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;
    return a->at < b->at ? -1 : a->at > b->at ? 1 : a->from < b->from ? -1 : a->from > b->from ? 1 : (a->to > b->to) - (a->to < b->to);
}

/* Cells share their edges: those on one line that meet become one, a quarter of the numbers that make up most of a page. */
static void draw_edges(struct pdf *p, edges *e, bool down)
{
    vec_sort(e, edge_cmp);
    for (size_t i = 0; i < e->n;) {
        struct edge one = e->v[i];
        while (++i < e->n && e->v[i].at - one.at < 0.01 && e->v[i].from - one.to < 0.01) {
            one.to = MAX(one.to, e->v[i].to);
        }
        cairo_move_to(p->cr, down ? one.at : one.from, down ? one.from : one.at);
        cairo_line_to(p->cr, down ? one.at : one.to, down ? one.to : one.at);
    }
    vec_clear(e);
}

static void paint_shapes(struct pdf *p)
{
    cairo_set_source_rgb(p->cr, 0.9, 0.9, 0.9);
    for (size_t i = 0; i < p->grounds.n; i++) {
        cairo_rectangle(p->cr, p->grounds.v[i].x, p->grounds.v[i].y, p->grounds.v[i].width, p->grounds.v[i].height);
    }
    cairo_fill(p->cr);
    cairo_set_source_rgb(p->cr, 0, 0, 0);
    cairo_set_line_width(p->cr, RULE_WIDTH);
    cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_SQUARE); /* corners meet */
    draw_edges(p, &p->across, false);
    draw_edges(p, &p->down, true);
    cairo_stroke(p->cr);
}

static void finish_page(struct pdf *p)
{
    if (p->pages == 0) {
        return;
    }
    paint_shapes(p);
    for (size_t i = 0; i < p->runs.n; i++) {
        struct run *r = &p->runs.v[i];
        if (r->glyphs.n > 0) {
            cairo_set_font_face(p->cr, p->faces[r->face].cairo);
            cairo_set_font_size(p->cr, r->size);
            cairo_show_text_glyphs(p->cr, r->text.p, (int)r->text.n, r->glyphs.v, (int)r->glyphs.n, r->clusters.v, (int)r->clusters.n, 0);
        }
        vec_clear(&r->glyphs);
        vec_clear(&r->clusters);
        strbuf_clear(&r->text);
    }
    vec_clear(&p->grounds);
    cairo_show_page(p->cr);
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
    p->cr = cairo_create(p->surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(p->cr, options);
    cairo_font_options_destroy(options);
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
