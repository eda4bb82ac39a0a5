/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/doorstep_private.h"

#include "base/core/file.h"

#define COMMON_HAN 0x6237  /* 户 */
#define RARE_HAN   0x20BB7 /* 𠮷, extension B */

enum doorstep_fonts doorstep_new(struct doorstep **out, const char **out_font)
{
    struct pdf *pdf = pdf_new();
    *out = NULL;
    *out_font = pdf_font(pdf, COMMON_HAN);
    if (!*out_font) {
        pdf_free(pdf);
        return DOORSTEP_NO_FONT;
    }
    *out = xcalloc(1, sizeof(**out));
    (*out)->pdf = pdf;
    return pdf_font(pdf, RARE_HAN) ? DOORSTEP_RARE : DOORSTEP_COMMON;
}

void doorstep_free(struct doorstep *d)
{
    if (d) {
        pdf_free(d->pdf);
        arena_release(&d->scratch);
        free(d);
    }
}

struct str doorstep_sex_age(struct arena *a, const struct list_person *p)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_adds(&b, p->sex);
    if (p->age >= 0) {
        strbuf_addf(&b, "%d岁", p->age);
    }
    if (p->dead) {
        strbuf_addz(&b, "（已故）");
    }
    return arena_str(a, strbuf_str(&b));
}

/* Whoever prints a name as a box must be able to write it in by hand. */
static void missing_page(struct doorstep *d)
{
    const uint32_t *cps;
    size_t n = pdf_missing(d->pdf, &cps);
    if (n == 0) {
        return;
    }
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(&b, "%sU+%05X", i ? "　" : "", (unsigned)cps[i]);
    }
    pdf_page(d->pdf, PDF_A4_SHORT, PDF_A4_LONG);
    double y = 48;
    y += pdf_text(d->pdf, 48, y, 500, STR("缺字表"), (struct pdf_style){14, PDF_BOLD, PDF_LEFT}) + 6;
    y += pdf_text(d->pdf, 48, y, 500, STR("服务器的字体里没有下列字，清单和表上印成方框和编号，请对照工作簿（.xlsx）手工补写："), (struct pdf_style){10, PDF_PLAIN, PDF_LEFT}) + 6;
    pdf_text(d->pdf, 48, y, 500, strbuf_str(&b), (struct pdf_style){11, PDF_PLAIN, PDF_LEFT});
}

enum status doorstep_write(struct doorstep *d, struct report *r, const char *file_name, const struct xlsx_sheet *sheet, struct err *err)
{
    d->r = r;
    d->sheet = sheet;
    d->pieces = (struct doorstep_pieces){.n_needs = 0};
    TRY(pdf_open(d->pdf, path_join(&r->arena, r->out_dir, file_name), str_of(sheet->title), r->as_of, err));
    doorstep_list(d);
    for (size_t i = 0, n; i < sheet->n; i += n) {
        n = list_visit_rows(sheet->rows, sheet->n, i);
        doorstep_form(d, i, n);
        arena_clear(&d->scratch);
    }
    missing_page(d);
    return pdf_close(d->pdf, err);
}
