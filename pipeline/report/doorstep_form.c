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

/* Draws a part of every form at f->y: once a file, then only put. `room`: what must follow on the same page. */
static void put(struct form *f, struct doorstep_piece *k, void (*draw)(struct form *f), double room)
{
    if (!k->drawn) {
        double y = f->y;
        f->y = 0;
        pdf_piece_begin(f->pdf);
        draw(f);
        *k = (struct doorstep_piece){true, pdf_piece_end(f->pdf, PDF_A4_SHORT, f->y), f->y};
        f->y = y;
    }
    need(f, k->height + room);
    pdf_piece(f->pdf, k->piece, 0, f->y);
    f->y += k->height;
}

static void block_title(struct form *f, const char *title)
{
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
    pdf_ground(f->pdf, MARGIN, f->y, WIDTH, ROW);
    for (size_t i = 0; i < n; i++) {
        cells[i] = str_of(columns[i].header);
    }
    table_row(f, columns, n, cells, head, ROW);
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

#define HALF       (WIDTH / 2)
#define VALUE_ROOM (HALF - LABEL - 2 * DOORSTEP_PAD)

/* 户主 | 郑守田 | 家庭人口 | 3 人: labels on grey, two to a row. */
static const char *const household_labels[][2] = {{"户主", "家庭人口"}, {"现住址", "户籍地址"}, {"联系电话", "现享受政策"}, {"最高等级", "最早截止"}};

static void labels_of_row(struct form *f, size_t row, double height)
{
    for (int side = 0; side < 2; side++) {
        const double x = MARGIN + side * HALF;
        pdf_ground(f->pdf, x, f->y, LABEL, height);
        pdf_frame(f->pdf, x, f->y, LABEL, height);
        pdf_frame(f->pdf, x + LABEL, f->y, HALF - LABEL, height);
        pdf_text(f->pdf, x, f->y + DOORSTEP_PAD, LABEL, str_of(household_labels[row][side]), head);
    }
}

static void labels_of_rows(struct form *f)
{
    for (size_t i = 0; i < ARRAY_LEN(household_labels); i++) {
        labels_of_row(f, i, ROW);
        f->y += ROW;
    }
}

static void values_of_row(struct form *f, const struct str *values)
{
    for (int side = 0; side < 2; side++) {
        pdf_text(f->pdf, MARGIN + side * HALF + LABEL + DOORSTEP_PAD, f->y + DOORSTEP_PAD, VALUE_ROOM, values[side], text);
    }
}

static double row_height(const struct form *f, const struct str *values)
{
    return MAX(ROW, MAX(pdf_text_height(f->pdf, VALUE_ROOM, values[0], text), pdf_text_height(f->pdf, VALUE_ROOM, values[1], text)) + 2 * DOORSTEP_PAD);
}

/* Most households' values take one line each; the labels are then the same everywhere. */
static void put_household(struct form *f, const struct str values[][2])
{
    double height[ARRAY_LEN(household_labels)], sum = 0;
    for (size_t i = 0; i < ARRAY_LEN(household_labels); i++) {
        height[i] = row_height(f, values[i]);
        sum += height[i];
    }
    const bool usual = sum < ARRAY_LEN(household_labels) * ROW + 1;
    if (usual) {
        put(f, &f->d->pieces.household, labels_of_rows, 0);
        f->y -= ARRAY_LEN(household_labels) * ROW;
    }
    for (size_t i = 0; i < ARRAY_LEN(household_labels); i++) {
        if (!usual) {
            need(f, height[i]);
            labels_of_row(f, i, height[i]);
        }
        values_of_row(f, values[i]);
        f->y += height[i];
    }
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
    const struct str values[ARRAY_LEN(household_labels)][2] = {
        {or_blank(l->home.head, "不详"), size},
        {or_blank(l->door, "不详"), hukou},
        {or_blank(l->person.phone, "无"), or_blank(l->person.programmes, "无")},
        {l->level, str_of(report_day(a, earliest_due(f)))},
    };
    put_household(f, values);
}

static const struct column member_columns[] = {{"姓名", 84}, {"与户主关系", 68}, {"性别、年龄", 76}, {"现享受政策", 123}, {"是否同住、现况（笔填）", 160}};

static void members_head(struct form *f)
{
    block_title(f, "家庭成员（数据显示的，请核对增减）");
    table_head(f, member_columns, ARRAY_LEN(member_columns));
}

static void members(struct form *f)
{
    const size_t n = ARRAY_LEN(member_columns);
    struct arena *a = &f->d->scratch;
    const struct list_household *home = &f->rows[0].home;
    put(f, &f->d->pieces.members, members_head, 2 * ROW);
    for (size_t i = 0; i < home->n_members; i++) {
        const struct list_person *p = &home->members[i];
        struct str cells[] = {p->name, p->relation, doorstep_sex_age(a, p), p->programmes, p->former ? STR("（数据显示已不在本户）") : STR("")};
        table_row(f, member_columns, n, cells, text, ROW);
    }
    if (home->n_unshown > 0) {
        struct str cells[] = {str_of(arena_printf(a, "另有 %zu 人", home->n_unshown)), STR(""), STR(""), STR(""), STR("")};
        table_row(f, member_columns, n, cells, text, ROW);
    }
    struct str blank[ARRAY_LEN(member_columns)] = {{NULL, 0}};
    table_row(f, member_columns, n, blank, text, ROW);
}

/* --- the warnings ------------------------------------------------------------------------------------------------------- */

static const struct column fact_columns[] = {{"项目", 108}, {"数据显示", 120}, {"谁说的、数据日期", 138}, {"实际情况（笔填）", 145}};

static void facts_head(struct form *f) { table_head(f, fact_columns, ARRAY_LEN(fact_columns)); }

static void facts(struct form *f, const struct list_row *l)
{
    if (l->n_facts == 0) {
        return;
    }
    put(f, &f->d->pieces.facts, facts_head, ROW);
    for (size_t i = 0; i < l->n_facts; i++) {
        const struct list_fact *k = &l->facts[i];
        AUTO_STRBUF who = STRBUF_INIT;
        strbuf_adds(&who, k->source.n ? k->source : STR("按成员推算")); /* 劳动力数: no source says it, it was counted */
        strbuf_addz(&who, k->source.n && k->day != DAY_MISSING ? "　" : "");
        strbuf_add_day(&who, k->day);
        struct str cells[] = {k->label, k->value, arena_str(&f->d->scratch, strbuf_str(&who)), STR("")};
        table_row(f, fact_columns, ARRAY_LEN(fact_columns), cells, text, ROW);
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
    strbuf_addf(&b, "%s%s", l->due_state == DUE_ESCALATED ? "　" : "", list_due_word(l));
    double say = pdf_text_height(f->pdf, WIDTH - 2 * DOORSTEP_PAD, l->say, text), ask = pdf_text_height(f->pdf, WIDTH - 2 * DOORSTEP_PAD, l->ask, text);
    need(f, ROW + say + ask + 3 * ROW);
    pdf_ground(f->pdf, MARGIN, f->y, WIDTH, ROW);
    pdf_frame(f->pdf, MARGIN, f->y, WIDTH, ROW);
    pdf_text(f->pdf, MARGIN + DOORSTEP_PAD, f->y + DOORSTEP_PAD, WIDTH, strbuf_str(&b), bold);
    f->y += ROW + DOORSTEP_PAD;
    f->y += pdf_text(f->pdf, MARGIN + DOORSTEP_PAD, f->y, WIDTH - 2 * DOORSTEP_PAD, l->say, text);
    f->y += pdf_text(f->pdf, MARGIN + DOORSTEP_PAD, f->y, WIDTH - 2 * DOORSTEP_PAD, l->ask, text) + DOORSTEP_PAD;
    facts(f, l);
    put(f, &f->d->pieces.outcomes, outcomes, 0);
    f->y += 4;
}

/* --- needs and signatures ------------------------------------------------------------------------------------------------ */

/* Bit i: a warning of this household points to need i. */
static uint64_t needs_hinted(const struct form *f)
{
    const struct rules_meta *m = f->d->r->meta;
    uint64_t hinted = 0;
    for (size_t i = 0; i < m->n_needs; i++) {
        hinted |= (uint64_t)list_needs(&m->needs[i], f->rows, f->n) << i;
    }
    return hinted;
}

/* 助医（数据提示：医疗救助、临时救助） */
static struct str hinted_need(struct form *f, const struct rules_need *need)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, STR_FMT "（数据提示", STR_ARG(need->name));
    list_add_help(&b, "：", need, "");
    strbuf_addz(&b, "）");
    return arena_str(&f->d->scratch, strbuf_str(&b));
}

static void needs(struct form *f)
{
    const struct rules_meta *m = f->d->r->meta;
    const uint64_t hinted = needs_hinted(f);
    struct str words[RULES_NEEDS_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < m->n_needs; i++) {
        bool hint = hinted >> i & 1;
        words[n++] = hint ? hinted_need(f, &m->needs[i]) : m->needs[i].name;
    }
    words[n++] = STR("其他");
    block_title(f, "家庭需要的帮助（听本人说，可多选）");
    f->y += ticks(f, MARGIN + DOORSTEP_PAD, f->y + 2, NULL, words, n) + 2;
    for (int i = 0; i < 2; i++) {
        f->y += WRITING;
        pdf_rule(f->pdf, MARGIN, f->y, WIDTH);
    }
    f->y += 6;
}

static void put_needs(struct form *f)
{
    struct doorstep_pieces *k = &f->d->pieces;
    const uint64_t hinted = needs_hinted(f);
    size_t i = 0;
    while (i < k->n_needs && k->needs_of[i] != hinted) {
        i++;
    }
    if (i == DOORSTEP_NEEDS) {
        need(f, k->needs[0].height); /* hints are few words: at most a line more, and the margin is two */
        needs(f);
        return;
    }
    if (i == k->n_needs) {
        k->needs_of[k->n_needs++] = hinted;
    }
    put(f, &k->needs[i], needs, 0);
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

static void warnings_title(struct form *f) { block_title(f, "预警（逐条核实，每条勾一个结果；没有走访到的不勾）"); }

void doorstep_form(struct doorstep *d, size_t from, size_t n)
{
    struct form f = {.d = d, .pdf = d->pdf, .rows = d->sheet->rows + from, .n = n};
    begin_page(&f, "");
    household(&f);
    members(&f);
    put(&f, &d->pieces.warnings, warnings_title, 5 * ROW);
    for (size_t i = 0; i < n; i++) {
        warning(&f, &f.rows[i]);
    }
    put_needs(&f);
    put(&f, &d->pieces.signatures, signatures, 0);
}
