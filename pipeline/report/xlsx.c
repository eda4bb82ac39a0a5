/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/xlsx.h"

#include <stdlib.h>

#include <xlsxwriter.h>

#include "base/core/file.h"
#include "base/text/width.h"
#include "pipeline/report/xlsx_format.h"
#include "rules/warning_number.h"

/* Widths in the unit of spreadsheets (a half-width character); together they print at about three quarters of 10.5 points on A4 landscape. */
enum column {
    COL_VISIT, COL_NUMBER, COL_LEVEL, COL_COMMUNITY, COL_HEAD, COL_PERSON, COL_RELATION, COL_SEX_AGE, COL_ADDRESS, COL_HUKOU, COL_PHONE, COL_PROGRAMMES,
    COL_SAY, COL_ASK, COL_DUE, COL_VISIT_DAY, COL_VISITOR, COL_OUTCOME, COL_NOTE,
    COL_UNTIL, COL_TO, COL_FOUND_ADDRESS, COL_FOUND_MEMBERS, COL_FOUND_INCOME, COL_COUNT
};
#define COL_PRINTED (COL_NOTE + 1) /* what comes behind is for who types: on paper the form has room for it */
static const struct {
    const char *header;
    double width;
} columns[COL_COUNT] = {
    {"序号", 5},      {"预警编号", 11.5}, {"等级", 5.5},     {"社区", 10},      {"户主", 8},      {"走访对象", 8},  {"与户主关系", 7},
    {"性别/年龄", 6}, {"现住址", 17},     {"户籍地址", 12},  {"联系电话", 12.5}, {"现享受政策", 10}, {"预警原因", 27}, {"建议核实", 18},
    {"截止日期", 10.5}, {"走访日期", 10}, {"走访人", 8},     {"核查结果", 11}, {"备注", 10},
    {"暂缓延期至", 11}, {"退回去向", 11}, {"新住址", 24},    {"家庭成员变化", 20}, {"核实人均月收入", 15},
};

#define ROW_TITLE  0
#define ROW_NOTICE 1
#define ROW_HEADER 2
#define ROW_FIRST  3
#define NOTICE     "本清单为走访线索，不是处理决定"
#define SHEET_HELP "说明"
#define HELP_WORDS 3 /* first row of the outcome words on the sheet 说明 */
#define LEVELS_MAX 8
#define HEIGHT_TITLE 32
#define HEIGHT_NOTICE 20
#define HEIGHT_HEADER 32
#define HEIGHT_COMMUNITY 26
#define HEIGHT_VISIT 20
#define CELL_WIDTH 20000

struct formats {
    lxw_format *title, *notice, *header, *community, *household, *text, *centre, *fill, *fill_day, *help, *help_title, *word;
    lxw_format *level[LEVELS_MAX];
};
struct book {
    struct report *r;
    lxw_workbook *wb;
    struct formats f;
    size_t n_words;
    struct arena scratch; /* cleared after every row */
};

/* --- formats ---------------------------------------------------------------------------------------------------------- */

/* Levels are words first; colour only helps where there is colour. The palette follows the rank, so that other names keep their meaning. */
static lxw_format *level_format(lxw_workbook *wb, size_t rank)
{
    static const lxw_color_t ink[] = {0x9C1C14, 0x9A4A00, 0x7A5B00, 0x1D4F8C};
    lxw_format *f = xlsx_framed(wb);
    format_set_align(f, LXW_ALIGN_CENTER);
    format_set_bold(f);
    format_set_font_color(f, ink[MIN(rank, ARRAY_LEN(ink) - 1)]);
    return f;
}

static void formats_make(struct book *b)
{
    lxw_workbook *wb = b->wb;
    struct formats *f = &b->f;
    f->title = xlsx_plain(wb, 18);
    format_set_bold(f->title);
    format_set_align(f->title, LXW_ALIGN_CENTER);
    f->notice = xlsx_plain(wb, 10.5);
    format_set_align(f->notice, LXW_ALIGN_CENTER);
    f->header = xlsx_framed(wb);
    format_set_bold(f->header);
    format_set_align(f->header, LXW_ALIGN_CENTER);
    format_set_bg_color(f->header, 0xE7E6E1);
    f->community = xlsx_plain(wb, 13);
    format_set_bold(f->community);
    f->household = xlsx_plain(wb, 10.5);
    format_set_bold(f->household);
    f->text = xlsx_framed(wb);
    f->centre = xlsx_framed(wb);
    format_set_align(f->centre, LXW_ALIGN_CENTER);
    f->fill = xlsx_framed(wb);
    f->fill_day = xlsx_framed(wb);
    format_set_num_format(f->fill_day, "yyyy-mm-dd");
    f->help = xlsx_plain(wb, 11);
    format_set_text_wrap(f->help);
    f->help_title = xlsx_plain(wb, 13);
    format_set_bold(f->help_title);
    f->word = xlsx_plain(wb, 11);
    format_set_border(f->word, LXW_BORDER_THIN);
    for (size_t i = 0; i < LEVELS_MAX; i++) {
        f->level[i] = level_format(wb, i);
    }
}

/* --- cells ------------------------------------------------------------------------------------------------------------ */

/* Views are not NUL-terminated, and a cell holds at most 32,767 characters (fewer are ever meant). */
static void put(struct book *b, lxw_worksheet *ws, lxw_row_t row, lxw_col_t col, struct str s, lxw_format *f)
{
    worksheet_write_string(ws, row, col, arena_z(&b->scratch, str_sub(s, 0, width_fit(s, CELL_WIDTH))), f);
}

static int lines_of(struct str s, double width)
{
    int columns_of_text = (int)width_str(s), fit = (int)width - 1;
    return fit > 0 ? (columns_of_text + fit - 1) / fit : 1;
}

static struct str hukou_of(const struct list_person *p, struct arena *a)
{
    if (p->away) {
        return str_of(arena_printf(a, "人户分离：" STR_FMT, STR_ARG(p->hukou_address)));
    }
    bool same = p->hukou_address.n == 0 || str_eq(p->hukou_address, p->address);
    return same ? STR("同现住址") : p->hukou_address;
}

/* On the district's sheets the street comes first. */
static struct str community_of(struct book *b, const struct list_row *l)
{
    if (l->where == LIST_STREET || l->street.n == 0) {
        return report_area_name(b->r, l->community);
    }
    struct str street = report_area_name(b->r, l->street), community = l->community.n ? report_area_name(b->r, l->community) : STR("");
    return str_of(arena_printf(&b->scratch, STR_FMT STR_FMT, STR_ARG(street), STR_ARG(community)));
}

/* Spreadsheets size wrapped rows by themselves, but not alike and not for handwriting: say it. */
static double row_height(struct book *b, const struct list_row *l)
{
    struct str community = community_of(b, l), hukou = hukou_of(&l->person, &b->scratch);
    int lines = 2;
    lines = MAX(lines, lines_of(l->door, columns[COL_ADDRESS].width));
    lines = MAX(lines, lines_of(hukou, columns[COL_HUKOU].width));
    lines = MAX(lines, lines_of(community, columns[COL_COMMUNITY].width));
    lines = MAX(lines, lines_of(l->person.programmes, columns[COL_PROGRAMMES].width));
    lines = MAX(lines, lines_of(l->say, columns[COL_SAY].width));
    lines = MAX(lines, lines_of(l->ask, columns[COL_ASK].width));
    return MIN(lines * 14.5 + 5, 400);
}

static void sex_age(const struct list_person *p, struct strbuf *b)
{
    strbuf_adds(b, p->sex);
    if (p->age >= 0) {
        strbuf_addf(b, "%s%d岁", p->sex.n ? "/" : "", p->age);
    }
    if (p->dead) {
        strbuf_addz(b, "（已故）");
    }
}

static void write_household(struct book *b, lxw_worksheet *ws, lxw_row_t row, const struct list_row *l, size_t warnings)
{
    AUTO_STRBUF s = STRBUF_INIT;
    strbuf_addf(&s, "第 %u 户　" STR_FMT, l->visit, STR_ARG(l->home.head.n ? l->home.head : l->person.name));
    if (l->home.living >= 0) {
        strbuf_addf(&s, "　%d 人", l->home.living);
    }
    strbuf_addf(&s, "　%zu 条预警", warnings);
    if (l->door.n) {
        strbuf_addf(&s, "　" STR_FMT, STR_ARG(l->door));
    }
    if (l->person.away) {
        strbuf_addz(&s, "　【人户分离】");
    }
    list_add_needs(&s, "　可能需要 ", b->r->meta, l, warnings);
    worksheet_set_row(ws, row, HEIGHT_VISIT, NULL);
    worksheet_write_string(ws, row, 0, strbuf_z(&s), b->f.household); /* one cell: its neighbours are empty, so it runs over them; merging costs 18 more */
}

/* 向阳社区　15 户 24 条 */
static void write_community(struct book *b, lxw_worksheet *ws, lxw_row_t row, const struct list_row *l, size_t n)
{
    struct str name = community_of(b, l);
    worksheet_set_row(ws, row, HEIGHT_COMMUNITY, NULL);
    worksheet_write_string(ws, row, 0, arena_printf(&b->scratch, "%s" STR_FMT "　%u 户 %zu 条", l->community.n ? "" : "社区", STR_ARG(name),
                                                    l[n - 1].visit - l->visit + 1, n), b->f.community);
}

static void write_row(struct book *b, lxw_worksheet *ws, lxw_row_t row, const struct list_row *l)
{
    AUTO_STRBUF s = STRBUF_INIT;
    const struct formats *f = &b->f;
    struct str community = community_of(b, l), hukou = hukou_of(&l->person, &b->scratch);
    worksheet_set_row(ws, row, row_height(b, l), NULL);
    worksheet_write_number(ws, row, COL_VISIT, l->visit, f->centre);
    strbuf_add_warning_number(&s, l->warning_no);
    put(b, ws, row, COL_NUMBER, strbuf_str(&s), f->centre);
    put(b, ws, row, COL_LEVEL, l->level, f->level[MIN(l->level_rank, LEVELS_MAX - 1)]);
    put(b, ws, row, COL_COMMUNITY, community, f->text);
    put(b, ws, row, COL_HEAD, l->home.head, f->text);
    put(b, ws, row, COL_PERSON, l->person.name, f->text);
    put(b, ws, row, COL_RELATION, l->person.relation, f->centre);
    strbuf_clear(&s);
    sex_age(&l->person, &s);
    put(b, ws, row, COL_SEX_AGE, strbuf_str(&s), f->centre);
    put(b, ws, row, COL_ADDRESS, l->door, f->text);
    put(b, ws, row, COL_HUKOU, hukou, f->text);
    put(b, ws, row, COL_PHONE, l->person.phone, f->text);
    put(b, ws, row, COL_PROGRAMMES, l->person.programmes, f->text);
    put(b, ws, row, COL_SAY, l->say, f->text);
    put(b, ws, row, COL_ASK, l->ask, f->text);
    strbuf_clear(&s);
    strbuf_add_day(&s, l->due);
    strbuf_addf(&s, "%s%s", l->due_state == DUE_ESCALATED ? "\n" : "", list_due_word(l));
    put(b, ws, row, COL_DUE, strbuf_str(&s), f->centre);
    worksheet_write_blank(ws, row, COL_VISIT_DAY, f->fill_day);
    for (lxw_col_t c = COL_VISITOR; c < COL_COUNT; c++) {
        worksheet_write_blank(ws, row, c, c == COL_UNTIL ? f->fill_day : f->fill);
    }
    arena_clear(&b->scratch);
}

/* --- sheets ----------------------------------------------------------------------------------------------------------- */

static void page_setup(lxw_worksheet *ws, const struct xlsx_sheet *sheet, lxw_row_t last)
{
    struct arena a = ARENA_INIT;
    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, 9); /* A4 */
    worksheet_set_margins(ws, 0.3, 0.3, 0.45, 0.55);
    worksheet_fit_to_pages(ws, 1, 0); /* columns are as wide as the viewer's fonts make them: no fixed scale, no page breaks by hand */
    worksheet_center_horizontally(ws);
    worksheet_repeat_rows(ws, ROW_HEADER, ROW_HEADER);
    worksheet_print_area(ws, 0, 0, last, COL_PRINTED - 1);
    worksheet_freeze_panes(ws, ROW_FIRST, COL_LEVEL);
    worksheet_set_footer(ws, arena_printf(&a, "&L" NOTICE "&C第 &P 页，共 &N 页&R清单编号 %s", sheet->number));
    arena_release(&a);
}

#define CHOICE_CHARS 250 /* a list written into the cell's rule may have 255 */

/* Behind the outcomes: what a street answers when it cannot verify now (pipeline/visits_order.h). */
static const char *const not_now[] = {"暂缓", "退回", "延期"};

/* The words themselves where they fit; else the range of the sheet 说明 (libxlsxwriter 1.1.4 then loses the formula's few bytes). NULL: they do not fit. */
static char **outcome_words(struct book *b, struct arena *a)
{
    const struct rules_meta *m = b->r->meta;
    char **words = arena_array(a, char *, b->n_words + ARRAY_LEN(not_now) + 1);
    size_t n = 0, chars = 0;
    for (size_t g = 0; g < m->n_groups; g++) {
        for (size_t i = 0; i < m->groups[g].n; i++) {
            struct str word = m->groups[g].outcomes[i];
            chars += width_str(word) + 1;
            if (str_find(word, STR(",")) < word.n || str_find(word, STR("\"")) < word.n) {
                return NULL;
            }
            words[n++] = arena_z(a, word);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(not_now); i++) {
        chars += width_str(str_of(not_now[i])) + 1;
        words[n++] = arena_z(a, str_of(not_now[i]));
    }
    return chars <= CHOICE_CHARS ? words : NULL;
}

static void outcome_choice(struct book *b, lxw_worksheet *ws, lxw_row_t last)
{
    struct arena a = ARENA_INIT;
    char **words = outcome_words(b, &a);
    lxw_data_validation v = {.validate = words ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_LIST_FORMULA,
                             .error_title = arena_z(&a, STR("核查结果")),
                             .error_message = arena_z(&a, STR("请从下拉列表中选一个词；没有走访就留空。")),
                             .ignore_blank = LXW_VALIDATION_ON,
                             .dropdown = LXW_VALIDATION_ON,
                             .show_error = LXW_VALIDATION_ON,
                             .show_input = LXW_VALIDATION_ON};
    if (words) {
        v.value_list = words;
    } else {
        v.value_formula = arena_printf(&a, "=%s!$A$%d:$A$%zu", SHEET_HELP, HELP_WORDS + 1, HELP_WORDS + b->n_words + ARRAY_LEN(not_now));
    }
    worksheet_data_validation_range(ws, ROW_FIRST, COL_OUTCOME, MAX(last, ROW_FIRST), COL_OUTCOME, &v);
    arena_release(&a);
}

/* Returns the row after the last. */
static lxw_row_t write_rows(struct book *b, lxw_worksheet *ws, const struct xlsx_sheet *sheet)
{
    lxw_row_t row = ROW_FIRST;
    for (size_t i = 0; i < sheet->n; i++) {
        if (i == 0 || !list_same_community(&sheet->rows[i], &sheet->rows[i - 1])) {
            write_community(b, ws, row++, &sheet->rows[i], list_community_rows(sheet->rows, sheet->n, i));
        }
        if (sheet->rows[i].opens_visit || i == 0) {
            write_household(b, ws, row++, &sheet->rows[i], list_visit_rows(sheet->rows, sheet->n, i));
        }
        write_row(b, ws, row++, &sheet->rows[i]);
    }
    return row;
}

static void write_list(struct book *b, const struct xlsx_sheet *sheet)
{
    struct arena a = ARENA_INIT;
    lxw_worksheet *ws = workbook_add_worksheet(b->wb, sheet->name);
    for (lxw_col_t c = 0; c < COL_COUNT; c++) {
        worksheet_set_column(ws, c, c, columns[c].width, NULL);
    }
    worksheet_set_row(ws, ROW_TITLE, HEIGHT_TITLE, NULL);
    worksheet_merge_range(ws, ROW_TITLE, 0, ROW_TITLE, COL_PRINTED - 1, sheet->title, b->f.title);
    worksheet_set_row(ws, ROW_NOTICE, HEIGHT_NOTICE, NULL);
    worksheet_merge_range(ws, ROW_NOTICE, 0, ROW_NOTICE, COL_PRINTED - 1,
                          arena_printf(&a, "基准日 %s　清单编号 %s　共 %u 户 %zu 条　" NOTICE, report_day(&a, b->r->as_of), sheet->number,
                                       sheet->households, sheet->n),
                          b->f.notice);
    worksheet_set_row(ws, ROW_HEADER, HEIGHT_HEADER, NULL);
    for (lxw_col_t c = 0; c < COL_COUNT; c++) {
        worksheet_write_string(ws, ROW_HEADER, c, columns[c].header, b->f.header);
    }
    lxw_row_t row = write_rows(b, ws, sheet);
    if (sheet->n == 0) {
        worksheet_merge_range(ws, row, 0, row, COL_PRINTED - 1, "今晚没有需要列入的预警", b->f.household);
        row++;
    }
    page_setup(ws, sheet, row - 1);
    if (b->n_words > 0) {
        outcome_choice(b, ws, row - 1);
    }
    worksheet_ignore_errors(ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, arena_printf(&a, "A1:X%u", row));
    arena_release(&a);
}

static const char *const help_lines[] = {
    "1. 一户走访一次：同一户的几条预警排在一起，走访日期和走访人每户填一次即可（填在该户第一行）。",
    "2. 每条预警各填一个核查结果，只能用左边列出的词；没有走访到的留空，下次仍会列出。",
    "3. 现在不能核查的：写暂缓或延期（“暂缓延期至”写到哪一天），不属于本街道的写退回（“退回去向”写街道或社区，不知道就留空），备注写原因。",
    "4. 上门看到和资料不一样的，填在表右边的新住址、家庭成员变化、核实人均月收入里，下一次以走访核实的为准。这几列不打印，纸面登记表上有位置。",
    "5. 需要补充的话写在备注里；预警编号不要改动，它是回填时唯一的依据。列的顺序可以调整，也可以加列。",
    "6. 填好后保存，原样交回区民政局导入（.xlsx；另存为 CSV 也可以）。",
    "7. " NOTICE "。资料有出入时以实际情况为准，不得仅凭本清单停发或核减待遇。",
    "8. 本清单含个人信息，仅限本街道走访使用，不得转发到聊天群，用后按规定收回或销毁。",
};

static void write_help(struct book *b)
{
    lxw_worksheet *ws = workbook_add_worksheet(b->wb, SHEET_HELP);
    worksheet_set_column(ws, 0, 0, 16, NULL);
    worksheet_set_column(ws, 1, 1, 16, NULL);
    worksheet_set_column(ws, 2, 2, 4, NULL);
    worksheet_set_column(ws, 3, 3, 76, NULL);
    worksheet_write_string(ws, 0, 0, "填写说明", b->f.help_title);
    worksheet_write_string(ws, 2, 0, "核查结果", b->f.header);
    worksheet_write_string(ws, 2, 1, "归为", b->f.header);
    size_t words = b->n_words + ARRAY_LEN(not_now), rows = MAX(words, ARRAY_LEN(help_lines)), group = 0, in_group = 0;
    const struct rules_meta *m = b->r->meta;
    for (size_t i = 0; i < rows; i++) {
        lxw_row_t row = (lxw_row_t)(HELP_WORDS + i);
        worksheet_set_row(ws, row, 33, NULL);
        if (i < b->n_words) {
            while (in_group >= m->groups[group].n) {
                group++, in_group = 0;
            }
            put(b, ws, row, 0, m->groups[group].outcomes[in_group++], b->f.word);
            put(b, ws, row, 1, m->groups[group].name, b->f.word);
        } else if (i < words) {
            put(b, ws, row, 0, str_of(not_now[i - b->n_words]), b->f.word);
            put(b, ws, row, 1, STR("暂不核查"), b->f.word);
        }
        if (i < ARRAY_LEN(help_lines)) {
            worksheet_write_string(ws, row, 3, help_lines[i], b->f.help);
        }
    }
    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, 9);
    worksheet_fit_to_pages(ws, 1, 0);
}

enum status xlsx_write(struct report *r, const char *file_name, const struct xlsx_sheet *sheets, size_t n, struct err *err)
{
    struct arena a = ARENA_INIT;
    const char *draft = path_join(&a, r->scratch_dir, "list.xlsx");
    const char *path = path_join(&a, r->out_dir, file_name);
    /* Without tmpdir cells go through a shared folder; without `created` the bytes follow the clock. */
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = arena_z(&a, str_of(r->scratch_dir))};
    struct book b = {.r = r, .wb = workbook_new_opt(draft, &options)};
    if (!b.wb) {
        arena_release(&a);
        return err_set(err, ST_IO, "%s: %s", file_name, TR("无法创建工作簿", "cannot create the workbook"));
    }
    for (size_t i = 0; i < r->meta->n_groups; i++) {
        b.n_words += r->meta->groups[i].n;
    }
    lxw_doc_properties properties = {.created = (time_t)r->as_of * 86400};
    workbook_set_properties(b.wb, &properties);
    formats_make(&b);
    for (size_t i = 0; i < n; i++) {
        write_list(&b, &sheets[i]);
    }
    write_help(&b);
    lxw_error e = workbook_close(b.wb);
    enum status st = e == LXW_NO_ERROR ? file_rename(draft, path, err) : err_set(err, ST_IO, "%s: %s", file_name, lxw_strerror(e));
    arena_release(&b.scratch);
    arena_release(&a);
    return st;
}
