/* SPDX-License-Identifier: Apache-2.0 */
/* What the head of the bureau reads first: one paragraph, six figures, and what to do next. Sums over the whole district are exact. */
#include "base/core/wilson.h"
#include "pipeline/report/page.h"

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
    const size_t late = page_sources_late(p), streets = streets_with_list(p);
    strbuf_addz(b, "<p class=\"lead\">");
    if (p->list_rows == 0) {
        strbuf_addz(b, TR("今晚的走访清单是空的。", "Tonight's lists are empty. "));
    } else {
        html_counted(b, TR("今晚新增 %s 条预警，", "%s new and "), now->fresh);
        html_counted(b, TR("在办 %s 条", "%s standing warnings"), now->standing);
        if (streets > 0) {
            html_counted(b, TR("，列入 %s 个街道的走访清单", " are on the lists of streets (%s)"), (int64_t)streets);
        }
        strbuf_addz(b, TR("。", ". "));
    }
    if (now->held > 0) {
        html_counted(b, TR("另有 %s 条暂扣，等人放行。", "Held until somebody releases them: %s. "), now->held);
    }
    if (late > 0) {
        html_counted(b, TR("%s 个数据源没有按时更新，依赖它们的判断记为“未知”，不当作“没有”。", "Sources that are late: %s; what depends on them is unknown, not absent."),
                     (int64_t)late);
    } else if (p->sources.n > 0) {
        strbuf_addz(b, TR("各数据源均已按时更新。", "Every source is up to date."));
    }
    strbuf_addz(b, "</p>");
}

static void figure_begin(struct strbuf *b, const char *name, const char *class) { strbuf_addf(b, "<div%s><dt>%s</dt><dd>", class, name); }

static void figure(struct strbuf *b, const char *name, int64_t v, const int64_t *before, const char *what)
{
    figure_begin(b, name, "");
    html_count(b, v);
    strbuf_addz(b, "<small>");
    if (before && *before != v) {
        strbuf_addf(b, "%s %s", TR("较上夜", "last night"), v > *before ? "+" : "");
        html_count(b, v - *before);
    } else {
        strbuf_addz(b, before ? TR("与上夜相同", "as last night") : what);
    }
    strbuf_addz(b, "</small></dd></div>");
}

static void precision(struct strbuf *b, const struct report *r, const struct page *p)
{
    int64_t proven, verified;
    page_proven(r->meta, p->by_group, &proven, &verified);
    figure_begin(b, TR("核实属实", "found true"), " class=\"share\"");
    if (verified < PAGE_HIDDEN) {
        strbuf_addf(b, "—<small>%s</small></dd></div>", TR("核实的还太少", "too few verified"));
        return;
    }
    struct share s = wilson((uint64_t)proven, (uint64_t)verified);
    strbuf_addf(b, "%u%%<small>%s %u–%u%%</small></dd></div>", (s.value + 5) / 10, TR("95% 区间", "95 % interval"), (s.low + 5) / 10, (s.high + 5) / 10);
}

void page_top(struct strbuf *b, const struct report *r, const struct page *p)
{
    const struct page_night *now = &p->nights.v[0], *was = p->nights.n > 1 ? &p->nights.v[1] : NULL;
    int64_t open_now = now->fresh + now->standing, open_then = was ? was->fresh + was->standing : 0;
    lead(b, p);
    strbuf_addz(b, "<dl class=\"figures\">");
    figure(b, TR("在单", "on lists"), open_now, was ? &open_then : NULL, TR("新增与在办", "new and standing"));
    figure(b, TR("新增", "new"), now->fresh, was ? &was->fresh : NULL, TR("首次列入清单", "first time on a list"));
    figure(b, TR("逾期", "overdue"), now->overdue, was ? &was->overdue : NULL, TR("过了截止日期未回填", "past their due date"));
    figure(b, TR("暂扣", "held"), now->held, was ? &was->held : NULL, TR("等人放行", "wait for release"));
    figure(b, TR("已消失", "cleared"), now->cleared, was ? &was->cleared : NULL, TR("情况不再成立", "no longer so"));
    precision(b, r, p);
    strbuf_addz(b, "</dl>");
}

/* --- what to do -------------------------------------------------------------------------------------------------------- */

static void todo_sources(struct strbuf *b, const struct page *p)
{
    size_t late = page_sources_late(p), shown = 0;
    if (late == 0) {
        return;
    }
    strbuf_addf(b, "<li>%s", TR("催送数据：", "ask for data: "));
    for (size_t i = 0; i < p->sources.n && shown < PAGE_LATE; i++) {
        const struct page_source *s = &p->sources.v[i];
        if (str_eqz(s->state, "fresh")) {
            continue;
        }
        strbuf_addz(b, shown++ ? TR("、", ", ") : "");
        html_data(b, s->label);
        strbuf_addz(b, TR("（", " ("));
        html_data(b, s->department);
        strbuf_addz(b, str_eqz(s->state, "missing") ? TR("，从未收到）", ", never came)") : TR("）", ")"));
    }
    if (late > shown) {
        html_counted(b, TR(" 等 %s 个", " and others, %s in all"), (int64_t)late);
    }
    strbuf_addz(b, TR("。</li>", ".</li>"));
}

static void todo_count(struct strbuf *b, int64_t n, const char *format)
{
    if (n > 0) {
        strbuf_addz(b, "<li>");
        html_counted(b, format, n);
        strbuf_addz(b, "</li>");
    }
}

void page_todo(struct strbuf *b, const struct page *p)
{
    int64_t waiting = 0, rejected = 0;
    for (size_t i = 0; i < p->sources.n; i++) {
        waiting += p->sources.v[i].held;
        rejected += p->sources.v[i].rejected;
    }
    strbuf_addf(b, "<section class=\"todo\"><h2>%s</h2><ol class=\"todo\">", TR("接下来", "What to do"));
    size_t start = b->n;
    todo_count(b, (int64_t)streets_with_list(p), TR("把走访清单发给街道：今晚共 %s 份，每份只含本街道的户。", "Hand out the lists: %s tonight, each with its own street's households only."));
    todo_count(b, p->nights.v[0].held,
               TR("暂扣 %s 条。先看 <code>mopai release --dry-run</code>，再运行 <code>mopai release</code> 放行，下一夜列入清单。",
                  "Held: %s. Look at <code>mopai release --dry-run</code>, then <code>mopai release</code>; they stand on the next night's lists."));
    todo_count(b, p->nights.v[0].overdue,
               TR("超过截止日期仍未回填的 %s 条，请催办；回来的表用 <code>mopai visits import</code> 导入。", "Overdue: %s. Returned sheets come in with <code>mopai visits import</code>."));
    todo_count(b, p->nights.v[0].escalated,
               TR("升级督办 %s 条：逾期后又过了同样长的期限仍没有走访，请区局督办；清单上截止日期旁写着“升级督办”。",
                  "Escalated: %s. Overdue by the same period again without a visit: for the bureau to press. The lists say 升级督办 beside the due day."));
    todo_count(b, p->desk,
               TR("区局内部核对 %s 条，在 <a href=\"district.xlsx\">district.xlsx</a>；先核数据，不上门、不停发。",
                  "Desk checks of the bureau: %s, in <a href=\"district.xlsx\">district.xlsx</a>; data first, no visit, no payment stopped."));
    todo_count(b, p->no_area,
               TR("找不到街道的 %s 条，在 <a href=\"district.xlsx\">district.xlsx</a> 第二张表；补全 areas.csv 或住址。",
                  "Without a street: %s, on the second sheet of <a href=\"district.xlsx\">district.xlsx</a>; complete areas.csv or the address."));
    todo_count(b, p->referrals.counts.late,
               TR("转介出去逾期没有办完的 %s 户次，请催办：<code>mopai referrals list --late</code>；填好的转介单用 <code>mopai referrals import</code> 导入。",
                  "Handed on and not finished in time: %s, see <code>mopai referrals list --late</code>; answered lists come in with <code>mopai referrals import</code>."));
    todo_sources(b, p);
    todo_count(b, waiting,
               TR("有 %s 份交付未通过检验，运行 <code>mopai deliveries list</code> 后决定接收或拒收。",
                  "Deliveries that did not pass their gates: %s. Decide with <code>mopai deliveries list</code>."));
    todo_count(b, p->linkage.asked,
               TR("有 %s 行记录拿不准是谁，<code>mopai review export</code> 导出后由人判断。", "Rows nobody is sure whose they are: %s. <code>mopai review export</code> asks people."));
    todo_count(b, rejected, TR("退回行 %s 行，按部门列在 departments/，请转给报送部门改正。", "Rejected rows: %s, by department in departments/, to be corrected there."));
    if (b->n == start) {
        strbuf_addf(b, "<li>%s</li>", TR("今晚没有需要处理的事。", "Nothing to do tonight."));
    }
    strbuf_addz(b, "</ol></section>\n");
}
