/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a report, one after the other, and the figures that the next nights compare with. */
#include "base/core/file.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/report/page.h"
#include "pipeline/report/doorstep.h"
#include "pipeline/report/referrals.h"

#define NAME_BYTES 120

struct str report_area_name(const struct report *r, struct str code)
{
    if (code.n == 0) {
        return STR("未定");
    }
    int32_t at = r->areas ? areas_by_code(r->areas, code) : AREA_NONE;
    return at == AREA_NONE ? code : r->areas->areas.v[at].name;
}

static void add_safe(struct strbuf *b, struct str s)
{
    for (size_t i = 0; i < s.n && b->n < NAME_BYTES; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = c >= 0x80 || is_digit(c) || is_alpha(c) || c == '-' || c == '_';
        strbuf_addc(b, plain ? (char)c : '_');
    }
    while (b->n == NAME_BYTES && b->n > 0 && ((unsigned char)b->p[b->n - 1] & 0xC0) == 0x80) {
        b->p[--b->n] = 0;
    }
}

const char *report_file_name(struct report *r, const char *folder, struct str code, struct str name, const char *extension)
{
    AUTO_STRBUF b = STRBUF_INIT;
    add_safe(&b, code);
    if (code.n > 0) {
        strbuf_addc(&b, '-');
    }
    add_safe(&b, name);
    return arena_printf(&r->arena, "%s%s.%s", folder, strbuf_z(&b), extension);
}

const char *report_day(struct arena *a, daynum day)
{
    if (day == DAY_MISSING) {
        return "";
    }
    struct ymd d = day_to_ymd(day);
    return arena_printf(a, "%d年%d月%d日", d.year, d.month, d.day);
}

enum status report_write(struct report *r, const char *name, const struct strbuf *content, struct err *err)
{
    struct outfile f;
    TRY(outfile_open(&f, path_join(&r->arena, r->out_dir, name), err));
    outfile_str(&f, strbuf_str(content));
    return outfile_close(&f, false, err); /* publishing syncs the whole folder */
}

/* --- lists -------------------------------------------------------------------------------------------------------------- */

static const char *list_number(struct report *r, struct str code)
{
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, r->as_of);
    return arena_printf(&r->arena, "%s-%lld-" STR_FMT, strbuf_z(&day), (long long)r->number, STR_ARG(code));
}

/* paper: NULL when pages cannot be printed here. */
static enum status write_street(struct report *r, struct doorstep *paper, const struct list *list, const struct list_span *span, struct err *err)
{
    struct str name = report_area_name(r, span->street);
    struct xlsx_sheet sheet = {.name = "走访清单",
                               .title = arena_printf(&r->arena, STR_FMT " 走访清单", STR_ARG(name)),
                               .number = list_number(r, span->street),
                               .rows = list->rows.v + span->from,
                               .n = span->to - span->from,
                               .households = span->households};
    TRY(xlsx_write(r, report_file_name(r, "streets/", span->street, name, "xlsx"), &sheet, 1, err));
    return paper ? doorstep_write(paper, r, report_file_name(r, "streets/", span->street, name, "pdf"), &sheet, err) : ST_OK;
}

static enum status write_sheets(struct report *r, struct doorstep *paper, const struct list *list, const list_spans *spans, struct err *err)
{
    struct xlsx_sheet district[2] = {
        {.name = "内部核对", .title = "区局内部核对（先核数据，不上门，不停发）", .number = list_number(r, STR("区局"))},
        {.name = "区划未定", .title = "找不到街道的户", .number = list_number(r, STR("未定"))},
    };
    for (size_t i = 0; i < spans->n; i++) {
        const struct list_span *span = &spans->v[i];
        if (span->where == LIST_STREET) {
            TRY(write_street(r, paper, list, span, err));
            continue;
        }
        struct xlsx_sheet *sheet = &district[span->where == LIST_DESK ? 0 : 1];
        sheet->rows = list->rows.v + span->from;
        sheet->n = span->to - span->from;
        sheet->households = span->households;
    }
    return xlsx_write(r, "district.xlsx", district, ARRAY_LEN(district), err);
}

/* --- figures ------------------------------------------------------------------------------------------------------------ */

static enum status put_figure(struct report *r, const char *name, int64_t v, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_REPLACE_FIGURE);
    stmt_bind_z(q, ":name", name);
    stmt_bind_int(q, ":value", v);
    return stmt_run(q, err);
}

static enum status write_lists(struct report *r, const struct list *list, const list_spans *spans, struct err *err)
{
    struct doorstep *paper;
    const char *font;
    if (doorstep_new(&paper, &font) == DOORSTEP_NO_FONT) {
        TRY(put_figure(r, REPORT_NO_FONT, 1, err)); /* the night says so by name */
    }
    enum status st = write_sheets(r, paper, list, spans, err);
    doorstep_free(paper);
    return st;
}

static enum status put_rule_figures(struct report *r, const struct page_rule *p, struct err *err)
{
    TRY(put_figure(r, arena_printf(&r->arena, "rule." STR_FMT ".new", STR_ARG(p->id)), p->fresh, err));
    TRY(put_figure(r, arena_printf(&r->arena, "rule." STR_FMT ".standing", STR_ARG(p->id)), p->standing, err));
    return put_figure(r, arena_printf(&r->arena, "rule." STR_FMT ".held", STR_ARG(p->id)), p->held, err);
}

static enum status put_figures(struct report *r, const struct page *p, struct err *err)
{
    const struct page_night *n = &p->nights.v[0];
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, r->night, err));
    TRY(put_figure(r, "list.new", n->fresh, err));
    TRY(put_figure(r, "list.standing", n->standing, err));
    TRY(put_figure(r, "list.overdue", n->overdue, err));
    TRY(put_figure(r, "list.escalated", n->escalated, err));
    TRY(put_figure(r, "hits.held", n->held, err));
    TRY(put_figure(r, "hits.cleared", n->cleared, err));
    TRY(put_figure(r, "rules.unknown", n->unknown, err));
    for (size_t i = 0; i < p->streets.n; i++) {
        const char *name = arena_printf(&r->arena, "list.street." STR_FMT, STR_ARG(p->streets.v[i].code));
        TRY(put_figure(r, name, p->streets.v[i].rows, err));
    }
    for (size_t i = 0; i < p->rules.n; i++) {
        TRY(put_rule_figures(r, &p->rules.v[i], err));
    }
    return tx_commit(&tx, err);
}

/* --- all of it ---------------------------------------------------------------------------------------------------------- */

static void add_departments(struct report *r, struct page *p)
{
    for (size_t i = 0; r->sources && i < r->sources->n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++) {
            first = first && !str_eq(r->sources->v[k].department, r->sources->v[i].department);
        }
        const char *file = department_file(r, r->sources->v[i].department);
        if (first && file_exists(path_join(&r->arena, r->out_dir, file))) { /* departments_write came before */
            vec_push(&p->departments, file);
        }
    }
}

/* The night is written in Chinese; the page has an English twin. */
static enum status write_twins(struct report *r, const struct page *p, struct err *err)
{
    static const struct {
        enum lang lang;
        const char *name;
    } twins[] = {{LANG_ZH, "index.html"}, {LANG_EN, "index.en.html"}};
    const enum lang asked = lang_get();
    enum status st = ST_OK;
    for (size_t i = 0; i < ARRAY_LEN(twins) && st == ST_OK; i++) {
        AUTO_STRBUF html = STRBUF_INIT;
        lang_set(twins[i].lang);
        page_html(r, p, &html);
        lang_set(asked);
        st = report_write(r, twins[i].name, &html, err);
    }
    return st;
}

static enum status write_page(struct report *r, const struct list *list, const list_spans *spans, const struct referral_files *referrals, struct err *err)
{
    struct page page = {0};
    enum status st = page_load(r, list, spans, &page, err);
    if (st == ST_OK) {
        page.referrals = *referrals;
        add_departments(r, &page);
        st = rule_pages_write(r, &page, err);
    }
    if (st == ST_OK) {
        st = write_twins(r, &page, err);
    }
    if (st == ST_OK) {
        st = put_figures(r, &page, err);
    }
    page_release(&page);
    return st;
}

static enum status write_all(struct report *r, struct list *list, list_spans *spans, struct err *err)
{
    TRY(file_mkdirs(path_join(&r->arena, r->out_dir, "streets"), err));
    TRY(file_mkdirs(path_join(&r->arena, r->out_dir, "departments"), err));
    TRY(file_mkdirs(r->scratch_dir, err));
    TRY(list_load(r, list, err));
    list_cut(list, spans);
    TRY(write_lists(r, list, spans, err));
    if (r->sources) {
        TRY(departments_write(r, err));
        TRY(quality_write(r, err));
    }
    struct referral_files referrals;
    TRY(referrals_write(r, list, &referrals, err));
    TRY(write_page(r, list, spans, &referrals, err));
    return file_remove_tree(r->scratch_dir, err);
}

enum status report_compose(struct report *r, struct err *err)
{
    struct list list = {0};
    list_spans spans = {0};
    r->scratch_dir = path_join(&r->arena, r->out_dir, ".scratch");
    enum status st = write_all(r, &list, &spans, err);
    vec_release(&spans);
    list_release(&list);
    return st;
}
