/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a street. Measured first, block by block, so that pages can say how many there are; then drawn. */
#include "pipeline/report/doorstep_private.h"
#include "rules/warning_number.h"

#define MARGIN      24.0
#define WIDTH       (PDF_A4_LONG - 2 * MARGIN)
#define TOP_NEXT    30.0  /* where the header row begins on later pages */
#define BOTTOM      (PDF_A4_SHORT - 30.0)
#define HEADER      20.0
#define ROW_MIN     32.0  /* room for handwriting */

static const struct pdf_style title_style = {17, PDF_BOLD, PDF_CENTRE}, notice_style = {9.5, PDF_PLAIN, PDF_CENTRE}, head_style = {9, PDF_BOLD, PDF_CENTRE},
                              section_style = {11.5, PDF_BOLD, PDF_LEFT}, visit_style = {9.5, PDF_BOLD, PDF_LEFT}, cell = {9, PDF_PLAIN, PDF_LEFT},
                              cell_centre = {9, PDF_PLAIN, PDF_CENTRE}, cell_bold = {10, PDF_BOLD, PDF_CENTRE}, small = {8, PDF_PLAIN, PDF_LEFT};

enum list_column { C_NUMBER, C_LEVEL, C_PERSON, C_SAY, C_ASK, C_DUE, C_DAY, C_VISITOR, C_OUTCOME, C_NOTE, C_COUNT };
static const struct {
    const char *header;
    double width;
} columns[C_COUNT] = {
    {"预警编号", 64}, {"等级", 30}, {"走访对象", 84}, {"预警原因", 192}, {"建议核实", 144}, {"截止日期", 56}, {"走访日期", 52}, {"走访人", 48},
    {"核查结果", 68}, {"备注", 56},
};

enum block_kind { BLOCK_COMMUNITY, BLOCK_VISIT, BLOCK_ROW };
struct block {
    enum block_kind kind;
    size_t row;           /* first of the sheet it speaks of */
    size_t n;             /* rows of the community or of the household */
    double height;
    uint32_t page;        /* from 1 */
    double y;
};
typedef VEC(struct block) blocks;

/* --- words ------------------------------------------------------------------------------------------------------------ */

static struct str community_text(struct doorstep *d, const struct block *b)
{
    const struct list_row *l = &d->sheet->rows[b->row];
    struct str name = report_area_name(d->r, l->community);
    uint32_t households = l[b->n - 1].visit - l->visit + 1;
    return str_of(arena_printf(&d->scratch, "%s" STR_FMT "　%u 户 %zu 条", l->community.n ? "" : "社区", STR_ARG(name), households, b->n));
}

static struct str visit_text(struct doorstep *d, const struct block *b)
{
    const struct list_row *l = &d->sheet->rows[b->row];
    AUTO_STRBUF s = STRBUF_INIT;
    strbuf_addf(&s, "第 %u 户　" STR_FMT, l->visit, STR_ARG(l->home.head.n ? l->home.head : l->person.name));
    if (l->home.living >= 0) {
        strbuf_addf(&s, "　%d 人", l->home.living);
    }
    if (b->n > 1) {
        strbuf_addf(&s, "　%zu 条预警", b->n);
    }
    if (l->door.n) {
        strbuf_addf(&s, "　" STR_FMT, STR_ARG(l->door));
    }
    if (l->person.phone.n) {
        strbuf_addf(&s, "　电话 " STR_FMT, STR_ARG(l->person.phone));
    }
    if (l->person.away) {
        strbuf_addf(&s, "　【人户分离】户籍 " STR_FMT, STR_ARG(l->person.hukou_address));
    }
    if (l->person.programmes.n) {
        strbuf_addf(&s, "　现享受 " STR_FMT, STR_ARG(l->person.programmes));
    }
    list_add_needs(&s, "　可能需要 ", d->r->meta, l, b->n);
    return arena_str(&d->scratch, strbuf_str(&s));
}

static struct str cell_text(struct doorstep *d, const struct list_row *l, enum list_column c)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct str about = doorstep_sex_age(&d->scratch, &l->person);
    switch (c) {
    case C_NUMBER: strbuf_add_warning_number(&b, l->warning_no); break;
    case C_LEVEL: return l->level;
    case C_PERSON: strbuf_addf(&b, STR_FMT "%s" STR_FMT "　" STR_FMT, STR_ARG(l->person.name), l->person.relation.n ? "　" : "", STR_ARG(l->person.relation),
                               STR_ARG(about)); break;
    case C_SAY: return l->say;
    case C_ASK: return l->ask;
    case C_DUE:
        strbuf_add_day(&b, l->due);
        strbuf_addf(&b, "%s%s", l->due_state == DUE_ESCALATED ? "\n" : "", list_due_word(l));
        break;
    case C_DAY: case C_VISITOR: case C_OUTCOME: case C_NOTE: case C_COUNT: break; /* for the pen */
    }
    return arena_str(&d->scratch, strbuf_str(&b));
}

static struct pdf_style cell_style(enum list_column c)
{
    return c == C_LEVEL ? cell_bold : c == C_NUMBER || c == C_DUE ? cell_centre : cell;
}

/* --- measuring -------------------------------------------------------------------------------------------------------- */

static double row_height(struct doorstep *d, const struct list_row *l)
{
    double height = ROW_MIN;
    for (enum list_column c = 0; c < C_DAY; c++) {
        height = MAX(height, pdf_text_height(d->pdf, columns[c].width - 2 * DOORSTEP_PAD, cell_text(d, l, c), cell_style(c)) + 2 * DOORSTEP_PAD);
    }
    return height;
}

static void measure(struct doorstep *d, blocks *out)
{
    const struct list_row *rows = d->sheet->rows;
    for (size_t i = 0; i < d->sheet->n; i++) {
        if (i == 0 || !list_same_community(&rows[i], &rows[i - 1])) {
            vec_push(out, (struct block){.kind = BLOCK_COMMUNITY, .row = i, .n = list_community_rows(rows, d->sheet->n, i), .height = 24});
        }
        if (i == 0 || rows[i].opens_visit) {
            struct block b = {.kind = BLOCK_VISIT, .row = i, .n = list_visit_rows(rows, d->sheet->n, i)};
            b.height = pdf_text_height(d->pdf, WIDTH - 2 * DOORSTEP_PAD, visit_text(d, &b), visit_style) + 2 * DOORSTEP_PAD;
            vec_push(out, b);
        }
        vec_push(out, (struct block){.kind = BLOCK_ROW, .row = i, .n = 1, .height = row_height(d, &rows[i])});
        arena_clear(&d->scratch);
    }
}

/* A heading stays with what it heads, down to the first row. */
static double kept_height(const blocks *b, size_t i)
{
    double height = b->v[i].height;
    while (b->v[i].kind != BLOCK_ROW && i + 1 < b->n) {
        height += b->v[++i].height;
    }
    return height;
}

static uint32_t paginate(blocks *b, double y)
{
    uint32_t page = 1;
    for (size_t i = 0; i < b->n; i++) {
        bool heads = i == 0 || b->v[i].kind != BLOCK_ROW || b->v[i - 1].kind == BLOCK_ROW;
        if (heads && y + kept_height(b, i) > BOTTOM) {
            page++;
            y = TOP_NEXT + HEADER;
        }
        b->v[i].page = page;
        b->v[i].y = y;
        y += b->v[i].height;
    }
    return page;
}

/* --- drawing ---------------------------------------------------------------------------------------------------------- */

static struct str level_counts(struct doorstep *d)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t k = 0; k < d->r->meta->n_levels; k++) {
        size_t n = 0;
        for (size_t i = 0; i < d->sheet->n; i++) {
            n += str_eq(d->sheet->rows[i].level, d->r->meta->levels[k].name);
        }
        if (n > 0) {
            strbuf_addf(&b, "　" STR_FMT " %zu 条", STR_ARG(d->r->meta->levels[k].name), n);
        }
    }
    return arena_str(&d->scratch, strbuf_str(&b));
}

/* Returns where the header row begins. */
static double draw_title(struct doorstep *d)
{
    double y = 26;
    struct str counts = level_counts(d);
    y += pdf_text(d->pdf, MARGIN, y, WIDTH, str_of(d->sheet->title), title_style) + 4;
    y += pdf_text(d->pdf, MARGIN, y, WIDTH,
                  str_of(arena_printf(&d->scratch, "基准日 %s　清单编号 %s　共 %u 户 %zu 条" STR_FMT, report_day(&d->scratch, d->r->as_of), d->sheet->number,
                                      d->sheet->households, d->sheet->n, STR_ARG(counts))),
                  notice_style);
    y += pdf_text(d->pdf, MARGIN, y, WIDTH, STR(DOORSTEP_NOTICE "含个人信息，仅限本街道走访使用，不得转发，用后收回或销毁。"), notice_style) + 6;
    return y;
}

static void draw_header(struct doorstep *d, double y)
{
    double x = MARGIN;
    pdf_ground(d->pdf, MARGIN, y, WIDTH, HEADER);
    for (int c = 0; c < C_COUNT; c++) {
        pdf_frame(d->pdf, x, y, columns[c].width, HEADER);
        pdf_text(d->pdf, x, y + 4, columns[c].width, str_of(columns[c].header), head_style);
        x += columns[c].width;
    }
}

static void draw_footer(struct doorstep *d, uint32_t page, uint32_t pages)
{
    const struct pdf_style right = {8, PDF_PLAIN, PDF_RIGHT};
    double y = PDF_A4_SHORT - 22;
    pdf_text(d->pdf, MARGIN, y, WIDTH, str_of(arena_printf(&d->scratch, "清单编号 %s", d->sheet->number)), small);
    pdf_text(d->pdf, MARGIN, y, WIDTH, str_of(arena_printf(&d->scratch, "清单第 %u 页，共 %u 页；其后每户一张登记表", page, pages)), right);
}

static void draw_row(struct doorstep *d, const struct block *b)
{
    double x = MARGIN;
    for (enum list_column c = 0; c < C_COUNT; c++) {
        struct pdf_style style = cell_style(c);
        double width = columns[c].width - 2 * DOORSTEP_PAD;
        pdf_frame(d->pdf, x, b->y, columns[c].width, b->height);
        if (c < C_DAY) {
            pdf_text(d->pdf, x + DOORSTEP_PAD, b->y + DOORSTEP_PAD, width, cell_text(d, &d->sheet->rows[b->row], c), style);
        }
        x += columns[c].width;
    }
}

static void draw_block(struct doorstep *d, const struct block *b)
{
    if (b->kind == BLOCK_COMMUNITY) {
        pdf_text(d->pdf, MARGIN + DOORSTEP_PAD, b->y + 6, WIDTH, community_text(d, b), section_style);
    } else if (b->kind == BLOCK_VISIT) {
        pdf_ground(d->pdf, MARGIN, b->y, WIDTH, b->height);
        pdf_frame(d->pdf, MARGIN, b->y, WIDTH, b->height);
        pdf_text(d->pdf, MARGIN + DOORSTEP_PAD, b->y + DOORSTEP_PAD, WIDTH - 2 * DOORSTEP_PAD, visit_text(d, b), visit_style);
    } else {
        draw_row(d, b);
    }
    arena_clear(&d->scratch);
}

void doorstep_list(struct doorstep *d)
{
    blocks b = {0};
    measure(d, &b);
    pdf_page(d->pdf, PDF_A4_LONG, PDF_A4_SHORT);
    double y = draw_title(d);
    uint32_t pages = paginate(&b, y + HEADER), page = 1;
    draw_header(d, y);
    draw_footer(d, 1, pages);
    for (size_t i = 0; i < b.n; i++) {
        if (b.v[i].page != page) {
            pdf_page(d->pdf, PDF_A4_LONG, PDF_A4_SHORT);
            draw_header(d, TOP_NEXT);
            draw_footer(d, ++page, pages);
        }
        draw_block(d, &b.v[i]);
    }
    vec_release(&b);
}
