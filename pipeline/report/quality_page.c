/* SPDX-License-Identifier: Apache-2.0 */
/* quality.html: for every source what came, what was typed, rejected and set aside, why, and how it compares with the delivery before. For the analyst who
   calls the department; examples are masked. Prints on A4 in black and white: nothing is told by colour alone. */
#include "pipeline/night.h"
#include "pipeline/report/delivered.h"
#include "pipeline/report/page.h"
#include "pipeline/report/quality.h"
#include "pipeline/report/quality_links.h"
#include "pipeline/report/quality_outcomes.h"
#include "pipeline/report/quality_referrals.h"
#include "pipeline/report/reasons.h"

struct source_page {
    struct report *r;
    struct strbuf *b;
    reason_list reasons;
};

static void text_cell(struct strbuf *b, const char *label, struct str s)
{
    strbuf_addf(b, "<td data-l=\"%s\">", label);
    html_text(b, s);
    strbuf_addz(b, "</td>");
}

static void day_cell(struct source_page *s, const char *label, daynum day)
{
    strbuf_addf(s->b, "<td data-l=\"%s\" style=\"white-space:nowrap\">", label);
    strbuf_add_day(s->b, day);
    strbuf_addz(s->b, "</td>");
}

/* --- deliveries ----------------------------------------------------------------------------------------------------- */

static struct str gate_value(const struct delivered_file *f, const char *gate)
{
    for (size_t i = 0; i < f->n_gates; i++) {
        if (str_eqz(f->gates[i].gate, gate)) {
            return f->gates[i].value;
        }
    }
    return STR("");
}

/* 118 with its change against the delivery before below it: +3, -2. The delivery's first file bears it, for all of them. */
static void change_cell(struct strbuf *b, const char *label, const struct delivered_file *f, enum delivered_figure figure, int64_t n)
{
    int64_t change = f->now[figure] - f->before[figure];
    if (!f->compared || change == 0) {
        html_number_cell(b, label, n);
        return;
    }
    strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">", label);
    html_count(b, n);
    strbuf_addz(b, "<span class=\"sub\">");
    strbuf_addz(b, change > 0 ? "+" : "-");
    html_count(b, change > 0 ? change : -change);
    strbuf_addz(b, "</span></td>");
}

static void delivery_row(struct source_page *s, const struct delivered_file *f)
{
    int64_t aside = f->records - f->typed - f->rejected;
    struct strbuf *b = s->b;
    strbuf_addz(b, "<tr><th scope=\"row\">");
    html_text(b, f->name);
    strbuf_addz(b, "<span class=\"sub\">");
    strbuf_addf(b, "交付 %lld", (long long)f->delivery_id);
    if (f->scope.n > 0) {
        strbuf_addz(b, "，");
        html_text(b, f->scope);
    }
    strbuf_addz(b, "，");
    html_text(b, f->encoding);
    strbuf_addz(b, "</span></th>");
    day_cell(s, "数据日期", f->data_date);
    day_cell(s, "收到", f->received);
    change_cell(b, "录入", f, FIGURE_TYPED, f->typed);
    change_cell(b, "退回", f, FIGURE_REJECTED, f->rejected);
    change_cell(b, "搁置", f, FIGURE_ASIDE, aside);
    change_cell(b, "未知值", f, FIGURE_DEFECTS, f->defects);
    text_cell(b, "比上一次", gate_value(f, "rows"));
    strbuf_addf(b, "<td data-l=\"状态\">%s</td></tr>", f->in_force ? "在用" : f->refused ? "<b>拒收</b>" : "<b>待定</b>");
}

static void deliveries(struct source_page *s, const delivered_files *files, size_t from, size_t to)
{
    static const char *const heads[] = {"文件", "数据日期", "收到", "录入", "退回", "搁置", "未知值", "比上一次", "状态"};
    strbuf_addz(s->b, "<table>");
    html_heads(s->b, heads, ARRAY_LEN(heads), 3, 7);
    for (size_t i = from; i < to; i++) {
        delivery_row(s, &files->v[i]);
    }
    strbuf_addz(s->b, "</tbody></table>");
}

/* What stands out: reasons of held ones, gates that did not pass. */
static void notes(struct source_page *s, const delivered_files *files, size_t from, size_t to)
{
    struct strbuf *b = s->b;
    for (size_t i = from; i < to; i++) {
        const struct delivered_file *f = &files->v[i];
        if (!f->in_force && (i == from || files->v[i - 1].delivery_id != f->delivery_id)) {
            strbuf_addf(b, "<p class=\"note\">交付 %lld %s：", (long long)f->delivery_id, f->refused ? "拒收" : "待定");
            html_text(b, f->reason);
            strbuf_addz(b, "</p>");
        }
        for (size_t g = 0; g < f->n_gates; g++) {
            AUTO_STRBUF title = STRBUF_INIT;
            if (!str_eqz(f->gates[g].verdict, "warn") && (!str_eqz(f->gates[g].verdict, "stop") || !f->in_force)) {
                continue;
            }
            gate_title(f->gates[g].gate, &title);
            strbuf_addf(b, "<p class=\"note\">交付 %lld：", (long long)f->delivery_id);
            html_text(b, strbuf_str(&title));
            strbuf_addc(b, ' ');
            html_text(b, f->gates[g].value);
            strbuf_addz(b, "，通常 ");
            html_text(b, f->gates[g].band);
            strbuf_addz(b, "</p>");
        }
    }
}

/* Towns that have stopped sending. */
static void late_towns(struct source_page *s, size_t source)
{
    const struct night_source *ns = s->r->whole ? &s->r->whole->sources[source] : NULL;
    if (!ns || !ns->late_scopes) {
        return;
    }
    strbuf_addz(s->b, "<p class=\"note\"><b>没有按时送来</b>：");
    html_text(s->b, str_of(ns->late_scopes));
    strbuf_addz(s->b, "。这些地方的人在这里没有记录，记为“未知”，不当作“没有”。");
    if (ns->late_unmapped) {
        html_text(s->b, str_of(ns->late_unmapped));
        strbuf_addz(s->b, " 不是 areas.csv 里的街道或社区，分不出是哪些人，没有记录仍按“没有”算。");
    }
    strbuf_addz(s->b, "</p>");
}

/* --- reasons -------------------------------------------------------------------------------------------------------- */

static enum status reasons(struct source_page *s, const delivered_files *files, size_t from, size_t to, struct err *err)
{
    static const char *const heads[] = {"列", "原因", "条数", "例（已遮盖）"};
    TRY(reasons_load(s->r, files, from, to, &s->reasons, err));
    if (s->reasons.n == 0) {
        return ST_OK;
    }
    strbuf_addz(s->b, "<table>");
    html_heads(s->b, heads, ARRAY_LEN(heads), 2, 3);
    for (size_t i = 0; i < s->reasons.n; i++) {
        const struct reason *x = &s->reasons.v[i];
        strbuf_addz(s->b, "<tr><th scope=\"row\">");
        html_text(s->b, x->column.n ? x->column : STR("整行"));
        strbuf_addf(s->b, "<span class=\"sub\">%s</span></th>", x->kind == REJECT_ROW ? "退回的行" : "成为未知的格子");
        text_cell(s->b, "原因", str_of(x->text));
        html_number_cell(s->b, "条数", x->count);
        strbuf_addz(s->b, "<td data-l=\"例\">");
        for (size_t e = 0; e < x->n_examples; e++) {
            strbuf_addz(s->b, e ? "<br>" : "");
            html_text(s->b, x->examples[e].file);
            strbuf_addf(s->b, " 第 %lld 行 ", (long long)x->examples[e].line);
            html_text(s->b, x->examples[e].masked);
        }
        strbuf_addz(s->b, "</td></tr>");
    }
    strbuf_addz(s->b, "</tbody></table>");
    return ST_OK;
}

/* --- agreement ------------------------------------------------------------------------------------------------------ */

static int64_t name_conflicts(struct report *r, struct str source, enum status *st, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_COUNT_CONFLICTS_BY_SOURCE);
    int64_t n = 0;
    for (bool row; (*st = stmt_step(q, &row, err)) == ST_OK && row;) {
        n = str_eq(stmt_text(q, 0), source) ? stmt_int(q, 1) : n;
    }
    return n;
}

static void agreement_cell(struct strbuf *b, const struct agreement *a, enum agreement_field f)
{
    AUTO_STRBUF text = STRBUF_INIT;
    int64_t both = a ? agreement_both(a, f) : 0;
    strbuf_addf(b, "<td data-l=\"%s\">", agreement_field_name(f));
    if (both == 0) {
        strbuf_addz(b, "—</td>");
        return;
    }
    agreement_text(a, f, &text);
    html_text(b, strbuf_str(&text));
    if (both >= PAGE_HIDDEN) {
        strbuf_addz(b, "<span class=\"sub\">");
        html_count(b, both);
        strbuf_addz(b, " 人可比</span>");
    }
    strbuf_addz(b, "</td>");
}

/* What each source says of people against what others say of them. */
static enum status agreement(struct report *r, const delivered_files *files, const struct agreements *agree, struct strbuf *b, struct err *err)
{
    static const char *const heads[] = {"数据源", "姓名", "性别", "出生日期", "住址", "性别与证件号不符", "同号不同名（条）"};
    strbuf_addz(b, "<section><h2>数据源之间对得上吗</h2><p class=\"note\">每个数据源所写的，和同一个人采用的值相比；采用的值来自本数据源的人不算。姓名先统一字形再比，"
                   "住址比到户、栋、小区或社区。");
    if (agree->every > 1) {
        strbuf_addf(b, "每 %u 人取 1 人。", agree->every);
    }
    strbuf_addz(b, "</p><table>");
    html_heads(b, heads, ARRAY_LEN(heads), 6, 7);
    for (size_t i = 0; i < r->sources->n; i++) {
        struct str sex = STR("");
        bool any = false;
        for (size_t f = 0; f < files->n; f++) {
            if (files->v[f].source == i && files->v[f].in_force) {
                any = true;
                struct str v = gate_value(&files->v[f], "sex");
                sex = v.n > 0 ? v : sex;
            }
        }
        if (!any) {
            continue;
        }
        enum status st;
        int64_t conflicts = name_conflicts(r, r->sources->v[i].id, &st, err);
        TRY(st);
        strbuf_addz(b, "<tr><th scope=\"row\">");
        html_text(b, r->sources->v[i].label);
        strbuf_addz(b, "</th>");
        for (int f = 0; f < AGREE_FIELDS; f++) {
            agreement_cell(b, agree->v ? &agree->v[i] : NULL, (enum agreement_field)f);
        }
        text_cell(b, "性别与证件号不符", sex.n ? sex : STR("—"));
        html_number_cell(b, "同号不同名", conflicts);
        strbuf_addz(b, "</tr>");
    }
    strbuf_addz(b, "</tbody></table></section>\n");
    return ST_OK;
}

static enum status all_sources(struct report *r, const delivered_files *files, struct strbuf *b, struct err *err)
{
    struct source_page s = {.r = r, .b = b};
    enum status st = ST_OK;
    for (size_t from = 0, to; from < files->n && st == ST_OK; from = to) {
        for (to = from; to < files->n && files->v[to].source == files->v[from].source; to++) {
        }
        const struct source *src = &r->sources->v[files->v[from].source];
        strbuf_addz(b, "<section><h2>");
        html_text(b, src->label);
        strbuf_addz(b, "</h2><p class=\"note\">");
        html_text(b, src->department);
        strbuf_addz(b, "</p>");
        late_towns(&s, files->v[from].source);
        deliveries(&s, files, from, to);
        notes(&s, files, from, to);
        st = reasons(&s, files, from, to, err);
        strbuf_addz(b, "</section>\n");
    }
    vec_release(&s.reasons);
    return st;
}

static void lead(const delivered_files *files, struct strbuf *b)
{
    int64_t records = 0, typed = 0, rejected = 0, waiting = 0;
    for (size_t i = 0; i < files->n; i++) {
        const struct delivered_file *f = &files->v[i];
        records += f->in_force ? f->records : 0, typed += f->in_force ? f->typed : 0, rejected += f->in_force ? f->rejected : 0;
        waiting += !f->in_force && !f->refused;
    }
    strbuf_addz(b, "<p class=\"lead\">在用的文件共 ");
    html_count(b, records);
    strbuf_addz(b, " 条记录：录入 ");
    html_count(b, typed);
    strbuf_addz(b, "，退回 ");
    html_count(b, rejected);
    strbuf_addz(b, "，其余是标题、表头、合计、签字、空行或声明不算的行。");
    if (waiting > 0) {
        strbuf_addz(b, "有 ");
        html_count(b, waiting);
        strbuf_addz(b, " 份文件等人决定：<code>mopai deliveries list</code>。");
    }
    strbuf_addz(b, "数字下面的 + - 是同一范围与上一次交付相比的增减（一次分几份的，合起来比）。给每个部门的改错清单在 departments/ 里，一个部门一份，写明文件和行号。</p>");
}

enum status quality_page_write(struct report *r, const delivered_files *files, const struct agreements *agree, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    const char *day = report_day(&r->arena, r->as_of);
    html_begin(&b, arena_printf(&r->arena, "数据质量 %s", day), "");
    strbuf_addf(&b, "<header><p class=\"kicker\">摸排 · 数据质量</p><h1>%s</h1>", day);
    lead(files, &b);
    strbuf_addz(&b, "</header>\n<main>\n");
    TRY(all_sources(r, files, &b, err));
    TRY(agreement(r, files, agree, &b, err));
    TRY(quality_outcomes_html(r, &b, err));
    TRY(quality_referrals_html(r, &b, err));
    TRY(quality_links_html(r, &b, err));
    strbuf_addf(&b, "</main>\n<footer><p>例子已遮盖，不含完整的证件号和姓名。第 %lld 夜，mopai %s。</p></footer>\n</body>\n</html>\n", (long long)r->number, MOPAI_VERSION);
    return report_write(r, "quality.html", &b, err);
}
