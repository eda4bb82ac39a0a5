/* SPDX-License-Identifier: Apache-2.0 */
/* One household, one sheet to fill in at the door. What is longer than a page goes on to the next. */
#include "pipeline/report/doorstep_private.h"
#include "rules/warning_number.h"

#define MARGIN  42.0
#define WIDTH   (PDF_A4_SHORT - 2 * MARGIN)
#define BOTTOM  (PDF_A4_LONG - 44.0)
#define ROW     19.0
#define LABEL   58.0
#define TICK_LABEL 70.0
#define WRITING 24.0 /* a line for the pen */

static const struct pdf_style title_style = {18, PDF_BOLD, PDF_CENTRE}, block_style = {10.5, PDF_BOLD, PDF_LEFT}, text = {9.5, PDF_PLAIN, PDF_LEFT},
                              bold = {9.5, PDF_BOLD, PDF_LEFT}, head = {9, PDF_BOLD, PDF_CENTRE},
                              small = {8.5, PDF_PLAIN, PDF_LEFT};

struct form {
    struct doorstep *d;
    struct pdf *pdf;
    const struct list_row *rows;
    size_t n;
    double y;
};
struct column {
    const char *header;
    double width;
};

/* --- pages -------------------------------------------------------------------------------------------------------------- */

static void begin_page(struct form *f, const char *more)
{
    struct arena *a = &f->d->scratch;
    const struct xlsx_sheet *sheet = f->d->sheet;
    const struct list_row *l = &f->rows[0];
    const struct pdf_style right = {small.size, PDF_PLAIN, PDF_RIGHT};
    struct str community = report_area_name(f->d->r, l->community);
    pdf_page(f->pdf, PDF_A4_SHORT, PDF_A4_LONG);
    pdf_text(f->pdf, MARGIN, 30, WIDTH, str_of(arena_printf(a, "入户走访登记表%s", more)), title_style);
    pdf_text(f->pdf, MARGIN, 58, WIDTH,
             str_of(arena_printf(a, STR_FMT "　%s" STR_FMT, STR_ARG(report_area_name(f->d->r, l->street)), l->community.n ? "" : "社区", STR_ARG(community))), text);
    pdf_text(f->pdf, MARGIN, 58, WIDTH, str_of(arena_printf(a, "清单编号 %s　第 %u 户，共 %u 户", sheet->number, l->visit, sheet->households)), right);
    f->y = 74;
}

/* A new page unless the next `height` points fit on this one. */
static void need(struct form *f, double height)
{
    if (f->y + height > BOTTOM) {
        begin_page(f, "（续页）");
    }
}

static void block_title(struct form *f, const char *title, double and_then)
{
    need(f, 20 + and_then);
    pdf_text(f->pdf, MARGIN, f->y + 5, WIDTH, str_of(title), block_style);
    f->y += 20;
}

/* --- tables ------------------------------------------------------------------------------------------------------------- */

static void table_row(struct form *f, const struct column *columns, size_t n, const struct str *cells, struct pdf_style style, double least)
{
    double height = least, x = MARGIN;
    for (size_t i = 0; i < n; i++) {
        height = MAX(height, pdf_text_height(f->pdf, columns[i].width - 2 * DOORSTEP_PAD, cells[i], style) + 2 * DOORSTEP_PAD);
    }
    need(f, height);
    for (size_t i = 0; i < n; i++) {
        pdf_frame(f->pdf, x, f->y, columns[i].width, height);
        if (cells[i].n) {
            pdf_text(f->pdf, x + DOORSTEP_PAD, f->y + DOORSTEP_PAD, columns[i].width - 2 * DOORSTEP_PAD, cells[i], style);
        }
        x += columns[i].width;
    }
    f->y += height;
}

static void table_head(struct form *f, const struct column *columns, size_t n)
{
    struct str cells[8];
    BUG_ON(n > ARRAY_LEN(cells));
    need(f, 2 * ROW);
    pdf_ground(f->pdf, MARGIN, f->y, WIDTH, ROW);
    for (size_t i = 0; i < n; i++) {
        cells[i] = str_of(columns[i].header);
    }
    table_row(f, columns, n, cells, head, ROW);
}

/* 现住址 | 幸福里3号楼 : a label on grey and what it says. */
static void labelled(struct form *f, double x, double width, double height, const char *label, struct str value)
{
    pdf_ground(f->pdf, x, f->y, LABEL, height);
    pdf_frame(f->pdf, x, f->y, LABEL, height);
    pdf_frame(f->pdf, x + LABEL, f->y, width - LABEL, height);
    pdf_text(f->pdf, x, f->y + DOORSTEP_PAD, LABEL, str_of(label), head);
    pdf_text(f->pdf, x + LABEL + DOORSTEP_PAD, f->y + DOORSTEP_PAD, width - LABEL - 2 * DOORSTEP_PAD, value, text);
}

static void pair(struct form *f, const char *left, struct str a, const char *right, struct str b)
{
    const double half = WIDTH / 2, room = half - LABEL - 2 * DOORSTEP_PAD;
    double height = MAX(ROW, MAX(pdf_text_height(f->pdf, room, a, text), pdf_text_height(f->pdf, room, b, text)) + 2 * DOORSTEP_PAD);
    need(f, height);
    labelled(f, MARGIN, half, height, left, a);
    labelled(f, MARGIN + half, half, height, right, b);
    f->y += height;
}

/* --- the household ------------------------------------------------------------------------------------------------------ */

static struct str or_blank(struct str s, const char *otherwise) { return s.n ? s : str_of(otherwise); }

static daynum earliest_due(const struct form *f)
{
    daynum due = f->rows[0].due;
    for (size_t i = 1; i < f->n; i++) {
        due = due == DAY_MISSING || (f->rows[i].due != DAY_MISSING && f->rows[i].due < due) ? f->rows[i].due : due;
    }
    return due;
}

/* Rows are in order of urgency, so the first level is the household's. */
static void household(struct form *f)
{
    struct arena *a = &f->d->scratch;
    const struct list_row *l = &f->rows[0];
    struct str size = l->home.living >= 0 ? str_of(arena_printf(a, "%d 人", l->home.living)) : STR("不详，请核对");
    struct str hukou = l->person.away ? str_of(arena_printf(a, "【人户分离】" STR_FMT, STR_ARG(l->person.hukou_address)))
                       : l->person.hukou_address.n && !str_eq(l->person.hukou_address, l->person.address) ? l->person.hukou_address
                                                                                                            : STR("同现住址");
    pair(f, "户主", or_blank(l->home.head, "不详"), "家庭人口", size);
    pair(f, "现住址", or_blank(l->door, "不详"), "户籍地址", hukou);
    pair(f, "联系电话", or_blank(l->person.phone, "无"), "现享受政策", or_blank(l->person.programmes, "无"));
    pair(f, "最高等级", l->level, "最早截止", str_of(report_day(a, earliest_due(f))));
}

static void members(struct form *f)
{
    static const struct column columns[] = {{"姓名", 84}, {"与户主关系", 68}, {"性别、年龄", 76}, {"现享受政策", 123}, {"是否同住、现况（笔填）", 160}};
    struct arena *a = &f->d->scratch;
    const struct list_household *home = &f->rows[0].home;
    block_title(f, "家庭成员（数据显示的，请核对增减）", 3 * ROW);
    table_head(f, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < home->n_members; i++) {
        const struct list_person *p = &home->members[i];
        struct str cells[] = {p->name, p->relation, doorstep_sex_age(a, p), p->programmes, p->former ? STR("（数据显示已不在本户）") : STR("")};
        table_row(f, columns, ARRAY_LEN(columns), cells, text, ROW);
    }
    if (home->n_unshown > 0) {
        struct str cells[] = {str_of(arena_printf(a, "另有 %zu 人", home->n_unshown)), STR(""), STR(""), STR(""), STR("")};
        table_row(f, columns, ARRAY_LEN(columns), cells, text, ROW);
    }
    struct str blank[ARRAY_LEN(columns)] = {{NULL, 0}};
    table_row(f, columns, ARRAY_LEN(columns), blank, text, ROW);
}

/* --- the warnings ------------------------------------------------------------------------------------------------------- */

static void facts(struct form *f, const struct list_row *l)
{
    static const struct column columns[] = {{"项目", 108}, {"数据显示", 120}, {"谁说的、数据日期", 138}, {"实际情况（笔填）", 145}};
    if (l->n_facts == 0) {
        return;
    }
    table_head(f, columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < l->n_facts; i++) {
        const struct list_fact *k = &l->facts[i];
        AUTO_STRBUF who = STRBUF_INIT;
        strbuf_adds(&who, k->source.n ? k->source : STR("按成员推算")); /* 劳动力数: no source says it, it was counted */
        strbuf_addz(&who, k->source.n && k->day != DAY_MISSING ? "　" : "");
        strbuf_add_day(&who, k->day);
        struct str cells[] = {k->label, k->value, arena_str(&f->d->scratch, strbuf_str(&who)), STR("")};
        table_row(f, columns, ARRAY_LEN(columns), cells, text, ROW);
    }
}

/* □word □word ... in lines of the page's width after a label; boxes are characters, so that they come with the text when it is copied. Returns the height. */
static double ticks(struct form *f, double x, double y, const char *label, const struct str *words, size_t n)
{
    const double line = text.size * 1.75, top = y;
    AUTO_STRBUF b = STRBUF_INIT;
    if (label) {
        pdf_text(f->pdf, x, y, TICK_LABEL, str_of(label), bold);
        x += TICK_LABEL;
    }
    for (size_t i = 0; i < n; i++) {
        size_t before = b.n;
        strbuf_addf(&b, "%s□" STR_FMT, before ? "　" : "", STR_ARG(words[i]));
        if (before && x + pdf_text_width(f->pdf, strbuf_str(&b), text) > MARGIN + WIDTH) {
            pdf_text(f->pdf, x, y, WIDTH, str_n(b.p, before), text);
            y += line;
            strbuf_clear(&b);
            strbuf_addf(&b, "□" STR_FMT, STR_ARG(words[i]));
        }
    }
    pdf_text(f->pdf, x, y, WIDTH, strbuf_str(&b), text);
    return y + line - top;
}

static void outcomes(struct form *f)
{
    const struct rules_meta *m = f->d->r->meta;
    struct arena *a = &f->d->scratch;
    need(f, 18.0 * (double)m->n_groups + 4);
    f->y += 5;
    for (size_t g = 0; g < m->n_groups; g++) {
        f->y += ticks(f, MARGIN + DOORSTEP_PAD, f->y, arena_z(a, m->groups[g].name), m->groups[g].outcomes, m->groups[g].n);
    }
}

static void warning(struct form *f, const struct list_row *l)
{
    struct arena *a = &f->d->scratch;
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_warning_number(&b, l->warning_no);
    strbuf_addf(&b, "　" STR_FMT "　" STR_FMT, STR_ARG(l->level), STR_ARG(l->rule_name));
    if (l->person.name.n) {
        strbuf_addf(&b, "　" STR_FMT, STR_ARG(l->person.name));
    }
    strbuf_addf(&b, "　截止 %s", report_day(a, l->due));
    double say = pdf_text_height(f->pdf, WIDTH - 2 * DOORSTEP_PAD, l->say, text), ask = pdf_text_height(f->pdf, WIDTH - 2 * DOORSTEP_PAD, l->ask, text);
    need(f, ROW + say + ask + 3 * ROW);
    pdf_ground(f->pdf, MARGIN, f->y, WIDTH, ROW);
    pdf_frame(f->pdf, MARGIN, f->y, WIDTH, ROW);
    pdf_text(f->pdf, MARGIN + DOORSTEP_PAD, f->y + DOORSTEP_PAD, WIDTH, strbuf_str(&b), bold);
    f->y += ROW + DOORSTEP_PAD;
    f->y += pdf_text(f->pdf, MARGIN + DOORSTEP_PAD, f->y, WIDTH - 2 * DOORSTEP_PAD, l->say, text);
    f->y += pdf_text(f->pdf, MARGIN + DOORSTEP_PAD, f->y, WIDTH - 2 * DOORSTEP_PAD, l->ask, text) + DOORSTEP_PAD;
    facts(f, l);
    outcomes(f);
    f->y += 4;
}

/* --- needs and signatures ------------------------------------------------------------------------------------------------ */

static void needs(struct form *f)
{
    const struct rules_meta *m = f->d->r->meta;
    struct str words[RULES_NEEDS_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < m->n_needs; i++) {
        bool hint = list_needs(&m->needs[i], f->rows, f->n);
        words[n++] = hint ? str_of(arena_printf(&f->d->scratch, STR_FMT "（数据提示）", STR_ARG(m->needs[i].name))) : m->needs[i].name;
    }
    words[n++] = STR("其他");
    block_title(f, "家庭需要的帮助（听本人说，可多选）", 40);
    f->y += ticks(f, MARGIN + DOORSTEP_PAD, f->y + 2, NULL, words, n) + 2;
    for (int i = 0; i < 2; i++) {
        f->y += WRITING;
        pdf_rule(f->pdf, MARGIN, f->y, WIDTH);
    }
    f->y += 6;
}

static void signatures(struct form *f)
{
    static const char *const labels[] = {"走访人（签字）", "社区、村（签字）", "户主或家属（签字、手印）"};
    static const struct str ways[] = {{"入户", 6}, {"电话", 6}, {"邻里走访", 12}, {"未遇", 6}};
    struct arena *a = &f->d->scratch;
    const double third = WIDTH / 3, height = 46;
    struct str contact = f->d->r->meta->contact;
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, DOORSTEP_NOTICE "对内容有异议的，可以当面说明、拒绝签字，");
    if (contact.n) {
        strbuf_addf(&b, "或联系 " STR_FMT "。", STR_ARG(contact));
    } else {
        strbuf_addz(&b, "或向街道、区民政局提出。");
    }
    struct str notice = arena_str(a, strbuf_str(&b));
    need(f, 26 + height + 2 + pdf_text_height(f->pdf, WIDTH, notice, small));
    pdf_text(f->pdf, MARGIN, f->y + 6, 170, STR("走访日期　　　　年　　月　　日"), text);
    ticks(f, MARGIN + 180, f->y + 6, "走访方式", ways, ARRAY_LEN(ways));
    f->y += 26;
    for (int i = 0; i < 3; i++) {
        pdf_frame(f->pdf, MARGIN + i * third, f->y, third, height);
        pdf_text(f->pdf, MARGIN + i * third + DOORSTEP_PAD, f->y + DOORSTEP_PAD, third, str_of(labels[i]), small);
    }
    f->y += height + 4;
    f->y += pdf_text(f->pdf, MARGIN, f->y, WIDTH, notice, small);
}

void doorstep_form(struct doorstep *d, size_t from, size_t n)
{
    struct form f = {.d = d, .pdf = d->pdf, .rows = d->sheet->rows + from, .n = n};
    begin_page(&f, "");
    household(&f);
    members(&f);
    block_title(&f, "预警（逐条核实，每条勾一个结果；没有走访到的不勾）", 5 * ROW);
    for (size_t i = 0; i < n; i++) {
        warning(&f, &f.rows[i]);
    }
    needs(&f);
    signatures(&f);
}
