/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/pdf_private.h"

#define FONTS "Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Zen Hei,WenQuanYi Micro Hei,Droid Sans Fallback,SimSun,sans-serif"

void pdf_fonts_open(struct pdf *p)
{
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
}

void pdf_fonts_release(struct pdf *p)
{
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
    g_object_unref(p->context);
    g_object_unref(p->map);
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

const struct glyph *pdf_glyph(struct pdf *p, enum pdf_weight weight, uint32_t cp)
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
    const struct glyph *g = pdf_glyph(p, PDF_PLAIN, cp);
    return g->face == NO_FACE ? NULL : p->faces[g->face].name;
}
