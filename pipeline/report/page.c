/* SPDX-License-Identifier: Apache-2.0 */
/* The page, from top to bottom as it is read. */
#include "pipeline/report/page.h"

#include "base/core/wilson.h"
#include "pipeline/shipped.h"

/* --- small pieces ------------------------------------------------------------------------------------------------------ */

static void day_short(struct strbuf *b, daynum day)
{
    if (day == DAY_MISSING) {
        strbuf_addz(b, "—");
        return;
    }
    struct ymd d = day_to_ymd(day);
    strbuf_addf(b, "%d月%d日", d.month, d.day);
}

/* --- the top ----------------------------------------------------------------------------------------------------------- */

static const struct page_night *previous(const struct page *p) { return p->nights.n > 1 ? &p->nights.v[1] : NULL; }

static size_t sources_not_fresh(const struct page *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->sources.n; i++) {
        n += !str_eqz(p->sources.v[i].state, "fresh");
    }
    return n;
}

static size_t streets_with_list(const struct page *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->streets.n; i++) {
        n += p->streets.v[i].file != NULL;
    }
    return n;
}

static void lead(struct strbuf *b, const struct page *p)
{
    const struct page_night *now = &p->nights.v[0];
    strbuf_addz(b, "<p class=\"lead\">");
    if (p->list_rows == 0) {
        strbuf_addz(b, "今晚的走访清单是空的。");
    } else {
        strbuf_addz(b, "今晚新增 ");
        html_count(b, now->fresh);
        strbuf_addz(b, " 条预警，在办 ");
        html_count(b, now->standing);
        strbuf_addz(b, " 条");
        if (streets_with_list(p) > 0) {
            strbuf_addf(b, "，列入 %zu 个街道的走访清单", streets_with_list(p));
        }
        strbuf_addz(b, "。");
    }
    if (now->held > 0) {
        strbuf_addz(b, "另有 ");
        html_count(b, now->held);
        strbuf_addz(b, " 条暂扣，等人放行。");
    }
    size_t late = sources_not_fresh(p);
    if (late > 0) {
        strbuf_addf(b, "%zu 个数据源没有按时更新，依赖它们的判断记为“未知”，不当作“没有”。", late);
    } else if (p->sources.n > 0) {
        strbuf_addz(b, "各数据源均已按时更新。");
    }
    strbuf_addz(b, "</p>");
}

static void figure(struct strbuf *b, const char *name, int64_t v, const int64_t *before, const char *what)
{
    strbuf_addf(b, "<div><dt>%s</dt><dd>", name);
    html_count(b, v);
    strbuf_addz(b, "<small>");
    if (before && *before != v) {
        strbuf_addf(b, "较上夜 %s", v > *before ? "+" : "");
        html_count(b, v - *before);
    } else {
        strbuf_addz(b, before ? "与上夜相同" : what);
    }
    strbuf_addz(b, "</small></dd></div>");
}

static void figures(struct strbuf *b, const struct page *p)
{
    const struct page_night *now = &p->nights.v[0], *was = previous(p);
    strbuf_addz(b, "<dl class=\"figures\">");
    figure(b, "新增", now->fresh, was ? &was->fresh : NULL, "首次列入清单");
    figure(b, "在办", now->standing, was ? &was->standing : NULL, "此前已列入，尚未办结");
    figure(b, "暂扣", now->held, was ? &was->held : NULL, "等人放行");
    figure(b, "已消失", now->cleared, was ? &was->cleared : NULL, "情况不再成立");
    figure(b, "未知", now->unknown, was ? &was->unknown : NULL, "缺数据，无法判断");
    strbuf_addz(b, "</dl>");
}

/* --- what to do -------------------------------------------------------------------------------------------------------- */

static void todo_sources(struct strbuf *b, const struct page *p)
{
    if (sources_not_fresh(p) == 0) {
        return;
    }
    strbuf_addz(b, "<li>催送数据：");
    bool first = true;
    for (size_t i = 0; i < p->sources.n; i++) {
        const struct page_source *s = &p->sources.v[i];
        if (str_eqz(s->state, "fresh")) {
            continue;
        }
        strbuf_addz(b, first ? "" : "、");
        html_text(b, s->label);
        strbuf_addz(b, "（");
        html_text(b, s->department);
        strbuf_addz(b, str_eqz(s->state, "missing") ? "，从未收到）" : "）");
        first = false;
    }
    strbuf_addz(b, "。</li>");
}

static void todo_count(struct strbuf *b, const char *before, int64_t n, const char *after)
{
    if (n > 0) {
        strbuf_addf(b, "<li>%s", before);
        html_count(b, n);
        strbuf_addf(b, "%s</li>", after);
    }
}

static void todo(struct strbuf *b, const struct page *p)
{
    int64_t waiting = 0, rejected = 0;
    for (size_t i = 0; i < p->sources.n; i++) {
        waiting += p->sources.v[i].held;
        rejected += p->sources.v[i].rejected;
    }
    strbuf_addz(b, "<section><h2>接下来</h2><ol class=\"todo\">");
    size_t start = b->n;
    todo_count(b, "把走访清单发给街道：今晚共 ", (int64_t)streets_with_list(p), " 份，每份只含本街道的户。");
    todo_count(b, "暂扣 ", p->nights.v[0].held, " 条。先看 <code>mopai release --dry-run</code>，再运行 <code>mopai release</code> 放行，下一夜列入清单。");
    todo_count(b, "超过截止日期仍未回填的 ", p->overdue, " 条，请催办；回来的表用 <code>mopai visits import</code> 导入。");
    todo_count(b, "区局内部核对 ", p->desk, " 条，在 <a href=\"district.xlsx\">district.xlsx</a>；先核数据，不上门、不停发。");
    todo_count(b, "找不到街道的 ", p->no_area, " 条，在 <a href=\"district.xlsx\">district.xlsx</a> 第二张表；补全 areas.csv 或住址。");
    todo_sources(b, p);
    todo_count(b, "有 ", waiting, " 份交付未通过检验，运行 <code>mopai deliveries list</code> 后决定接收或拒收。");
    todo_count(b, "退回行 ", rejected, " 行，按部门列在 departments/，请转给报送部门改正。");
    if (b->n == start) {
        strbuf_addz(b, "<li>今晚没有需要处理的事。</li>");
    }
    strbuf_addz(b, "</ol></section>");
}

/* --- sources ----------------------------------------------------------------------------------------------------------- */

static const char *state_word(struct str state)
{
    return str_eqz(state, "fresh") ? "按时" : str_eqz(state, "stale") ? "过期" : "缺失";
}

static void source_row(struct strbuf *b, const struct page_source *s)
{
    strbuf_addz(b, "<tr><th scope=\"row\">");
    html_text(b, s->label);
    strbuf_addz(b, "<span class=\"sub\">");
    html_text(b, s->department);
    strbuf_addf(b, "</span></th><td data-l=\"状态\"><span class=\"tag " STR_FMT "\">%s</span></td><td data-l=\"数据日期\">", STR_ARG(s->state),
                state_word(s->state));
    day_short(b, s->data_date);
    strbuf_addz(b, "</td><td data-l=\"应更新\">");
    day_short(b, s->due);
    strbuf_addz(b, "</td>");
    html_number_cell(b, "记录", s->records);
    html_number_cell(b, "接收", s->typed);
    html_number_cell(b, "退回", s->rejected);
    html_number_cell(b, "搁置", s->set_aside);
    strbuf_addz(b, "<td class=\"n\" data-l=\"归到人\">");
    int64_t whole = s->linked + s->unlinked;
    if (whole > 0) {
        int64_t tenths = s->linked * 1000 / whole;
        strbuf_addf(b, "%lld.%lld%%", (long long)(tenths / 10), (long long)(tenths % 10));
    } else {
        strbuf_addz(b, "—");
    }
    strbuf_addz(b, "</td></tr>");
}

static void sources(struct strbuf *b, const struct page *p)
{
    static const char *const names[] = {"数据源", "状态", "数据日期", "应更新", "记录", "接收", "退回", "搁置", "归到人"};
    strbuf_addz(b, "<section><h2>数据到了没有</h2><p class=\"note\">按时：在约定日期内更新过。过期或缺失的数据源不说明任何人“没有”。记录 = 接收 + 退回 + "
                   "搁置（标题、表头、合计、签名、空行、声明不算的行）。</p><table><caption>在用交付，按数据源</caption>");
    html_heads(b, names, ARRAY_LEN(names), 4, ARRAY_LEN(names));
    for (size_t i = 0; i < p->sources.n; i++) {
        source_row(b, &p->sources.v[i]);
    }
    strbuf_addz(b, "</tbody></table></section>");
}

/* --- findings ---------------------------------------------------------------------------------------------------------- */

static void level_row(struct strbuf *b, const struct page_level *l, size_t rank, int64_t most)
{
    static const char *const classes[] = {"f-new", "f-standing", "f-held"};
    const int64_t parts[] = {l->fresh, l->standing, l->held};
    strbuf_addf(b, "<tr><th scope=\"row\"><b class=\"lv l%zu\">", MIN(rank, (size_t)3));
    html_text(b, l->name);
    strbuf_addz(b, "</b></th>");
    html_number_cell(b, "新增", l->fresh);
    html_number_cell(b, "在办", l->standing);
    html_number_cell(b, "暂扣", l->held);
    html_number_cell(b, "未另派", l->suppressed);
    html_number_cell(b, "试运行", l->shadow);
    strbuf_addz(b, "<td class=\"wide\">");
    html_bar(b, parts, classes, ARRAY_LEN(parts), most);
    strbuf_addz(b, "</td></tr>");
}

static void levels(struct strbuf *b, const struct page *p)
{
    static const char *const names[] = {"等级", "新增", "在办", "暂扣", "未另派", "试运行", ""};
    int64_t most = 0;
    for (size_t i = 0; i < p->levels.n; i++) {
        const struct page_level *l = &p->levels.v[i];
        most = MAX(most, l->fresh + l->standing + l->held);
    }
    strbuf_addz(b, "<section><h2>发现了什么</h2><p class=\"note\">未另派：冷却期内，或同户已有更要紧的预警。试运行：规则只统计，不派单。</p>"
                   "<table><caption>按等级，条</caption>");
    html_heads(b, names, ARRAY_LEN(names), 1, ARRAY_LEN(names) - 1);
    for (size_t i = 0; i < p->levels.n; i++) {
        level_row(b, &p->levels.v[i], i, most);
    }
    strbuf_addz(b, "</tbody></table>");
    html_legend(b, true);
    strbuf_addz(b, "</section>");
}

static const char *kind_word(struct str kind)
{
    return str_eqz(kind, "entitlement") ? "应享未享" : str_eqz(kind, "integrity") ? "违规享受" : str_eqz(kind, "duty") ? "定期走访" : "困难预警";
}

static void rule_row(struct strbuf *b, const struct page_rule *r)
{
    strbuf_addz(b, "<tr><th scope=\"row\">");
    html_text(b, r->id);
    strbuf_addz(b, " ");
    html_text(b, r->name);
    strbuf_addf(b, "<span class=\"sub\">%s", kind_word(r->kind));
    if (!str_eqz(r->status, "active")) {
        strbuf_addz(b, " <span class=\"tag shadow\">试运行</span>");
    }
    strbuf_addz(b, "</span></th>");
    html_number_cell(b, "判断", r->evaluated);
    html_number_cell(b, "成立", r->fired);
    strbuf_addf(b, "<td class=\"n%s\" data-l=\"未知\">", r->unknown == 0 ? " zero" : "");
    html_count(b, r->unknown);
    strbuf_addz(b, "</td>");
    html_number_cell(b, "新增", r->fresh);
    html_number_cell(b, "在办", r->standing);
    html_number_cell(b, "暂扣", r->held);
    html_number_cell(b, "未另派", r->suppressed);
    html_number_cell(b, "已消失", r->cleared);
    strbuf_addf(b, "<td class=\"full%s\" data-l=\"缺的数据\">", r->stale.n ? "" : " none zero");
    html_text(b, r->stale.n ? r->stale : STR("—"));
    strbuf_addz(b, "</td></tr>");
}

static void rules(struct strbuf *b, const struct page *p)
{
    static const char *const names[] = {"规则", "判断", "成立", "未知", "新增", "在办", "暂扣", "未另派", "已消失", "缺的数据"};
    strbuf_addz(b, "<section><h2>按规则</h2><p class=\"note\">未知：条件缺数据，既不算成立，也不算不成立；“缺的数据”是过期或缺失、让它无法判断的数据源。</p>"
                   "<table><caption>每条规则今晚判断了多少人或户</caption>");
    html_heads(b, names, ARRAY_LEN(names), 1, ARRAY_LEN(names) - 1);
    for (size_t i = 0; i < p->rules.n; i++) {
        rule_row(b, &p->rules.v[i]);
    }
    strbuf_addz(b, "</tbody></table>");
    if (p->causes.n > 0) {
        strbuf_addz(b, "<p class=\"note\" style=\"margin-top:12px\">已消失的原因：");
        for (size_t i = 0; i < p->causes.n; i++) {
            strbuf_addz(b, i ? "，" : "");
            html_text(b, p->causes.v[i].cause);
            strbuf_addz(b, " ");
            html_count(b, p->causes.v[i].n);
        }
        strbuf_addz(b, "。</p>");
    }
    strbuf_addz(b, "</section>");
}

/* --- the loop ---------------------------------------------------------------------------------------------------------- */

static void percent(struct strbuf *b, int64_t part, int64_t whole)
{
    if (whole < PAGE_HIDDEN) {
        strbuf_addz(b, "—");
    } else {
        strbuf_addf(b, "%lld%%", (long long)((part * 200 + whole) / (2 * whole)));
    }
}

/* 属实 among what was verified: groups that say nothing about the warning (not verified) stay outside. By custom of rules.yaml the proven groups come
   first and the last group is 未核实. */
static void share_proven(struct strbuf *b, const struct report *r, const int64_t *by_group)
{
    int64_t proven = 0, verified = 0;
    for (size_t g = 0; g < r->meta->n_groups && g < PAGE_LEVELS; g++) {
        bool last = g + 1 == r->meta->n_groups;
        proven += r->meta->groups[g].proven ? by_group[g] : 0;
        verified += !last || r->meta->groups[g].proven ? by_group[g] : 0;
    }
    percent(b, proven, verified);
    if (verified >= PAGE_HIDDEN) {
        struct share s = wilson((uint64_t)proven, (uint64_t)verified);
        strbuf_addf(b, " <span class=\"range\">%u–%u%%</span>", (s.low + 5) / 10, (s.high + 5) / 10);
    }
}

static void loop_row(struct strbuf *b, const struct report *r, struct str id, struct str name, const int64_t *by_group)
{
    strbuf_addz(b, "<tr><th scope=\"row\">");
    html_text(b, id);
    strbuf_addz(b, id.n ? " " : "");
    html_text(b, name);
    strbuf_addz(b, "</th>");
    for (size_t g = 0; g < r->meta->n_groups && g < PAGE_LEVELS; g++) {
        AUTO_STRBUF label = STRBUF_INIT;
        html_text(&label, r->meta->groups[g].name);
        html_number_cell(b, strbuf_z(&label), by_group[g]);
    }
    strbuf_addz(b, "<td class=\"n\" data-l=\"属实\">");
    share_proven(b, r, by_group);
    strbuf_addz(b, "</td></tr>");
}

static void loop_heads(struct strbuf *b, const struct report *r)
{
    strbuf_addz(b, "<thead><tr><th scope=\"col\">规则</th>");
    for (size_t g = 0; g < r->meta->n_groups && g < PAGE_LEVELS; g++) {
        strbuf_addz(b, "<th scope=\"col\" class=\"n\">");
        html_text(b, r->meta->groups[g].name);
        strbuf_addz(b, "</th>");
    }
    strbuf_addz(b, "<th scope=\"col\" class=\"n\">属实</th></tr></thead><tbody>");
}

static void loop(struct strbuf *b, const struct report *r, const struct page *p)
{
    strbuf_addz(b, "<section><h2>走访回来了多少</h2>");
    if (p->visited == 0) {
        strbuf_addz(b, "<p class=\"note\">还没有导入过回填表。街道填好的清单（.xlsx 或 CSV）用 <code>mopai visits import</code> 导入。</p></section>");
        return;
    }
    strbuf_addz(b, "<p class=\"note\">已核查 ");
    html_count(b, p->visited);
    strbuf_addf(b, " 条。属实 = 属实的 ÷ 核实过的，核实不足 %d 条时不算；后面的范围是 95%% 区间（Wilson），条数越少越宽。</p><table><caption>核查结果，按规则</caption>", PAGE_HIDDEN);
    loop_heads(b, r);
    for (size_t i = 0; i < p->rules.n; i++) {
        int64_t any = 0;
        for (size_t g = 0; g < PAGE_LEVELS; g++) {
            any += p->rules.v[i].by_group[g];
        }
        if (any > 0) {
            loop_row(b, r, p->rules.v[i].id, p->rules.v[i].name, p->rules.v[i].by_group);
        }
    }
    strbuf_addz(b, "</tbody><tfoot>");
    loop_row(b, r, STR(""), STR("合计"), p->by_group);
    strbuf_addz(b, "</tfoot></table></section>");
}

static void nights(struct strbuf *b, const struct page *p)
{
    if (p->nights.n < 2) {
        return;
    }
    strbuf_addz(b, "<section><h2>近几夜</h2><figure>");
    html_nights(b, p->nights.v, p->nights.n);
    html_legend(b, true);
    strbuf_addz(b, "<figcaption class=\"note\" style=\"margin-top:8px\">柱上的数是在单条数（新增与在办），不含暂扣。</figcaption></figure></section>");
}

static void file_item(struct strbuf *b, const char *path, const char *what)
{
    strbuf_addz(b, "<li><a href=\"");
    html_text(b, str_of(path));
    strbuf_addz(b, "\">");
    html_text(b, str_of(path));
    strbuf_addf(b, "</a><br><span class=\"sub\">%s</span></li>", what);
}

static void files(struct strbuf *b, const struct page *p)
{
    strbuf_addz(b, "<section><h2>文件</h2><ul class=\"files\">");
    file_item(b, "district.xlsx", "区局：内部核对、区划未定");
    for (size_t i = 0; i < p->departments.n; i++) {
        file_item(b, p->departments.v[i], "退给报送部门");
    }
    file_item(b, "quality.html", "数据质量：每个数据源收到、退回了什么，为什么");
    file_item(b, "quality.csv", "数据质量，每个交付一组，供筛选");
    file_item(b, "manifest.json", "本夜由什么算出");
    strbuf_addz(b, "</ul></section>");
}

void page_html(struct report *r, const struct page *p, struct strbuf *out)
{
    const char *day = report_day(&r->arena, r->as_of);
    strbuf_addf(out,
                "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
                "initial-scale=1\">\n<title>摸排 %s</title>\n<style>\n",
                day);
    strbuf_adds(out, shipped_text("page.css"));
    strbuf_addf(out, "</style>\n</head>\n<body>\n<header><p class=\"kicker\">摸排 · 大数据比对夜报</p><h1>%s</h1>", day);
    lead(out, p);
    figures(out, p);
    strbuf_addz(out, "</header>\n<main>\n");
    todo(out, p);
    strbuf_addz(out, "\n");
    sources(out, p);
    strbuf_addz(out, "\n");
    levels(out, p);
    strbuf_addz(out, "\n");
    rules(out, p);
    strbuf_addz(out, "\n");
    page_streets(out, p);
    strbuf_addz(out, "\n");
    loop(out, r, p);
    strbuf_addz(out, "\n");
    nights(out, p);
    strbuf_addz(out, "\n");
    files(out, p);
    strbuf_addf(out,
                "\n</main>\n<footer><p>预警是走访线索，不是处理决定。本页只有汇总数，没有个人信息。第 %lld 夜，mopai %s。",
                (long long)r->number, MOPAI_VERSION);
    if (r->audit.id) { /* printed, it cannot be changed: rows cut off the audit's end are missed by it */
        strbuf_addf(out, "发布前审计共 %lld 条，校验码 <span class=\"hash\">%s</span>。", (long long)r->audit.id, r->audit.hash);
    }
    strbuf_addz(out, "</p></footer>\n</body>\n</html>\n");
}
