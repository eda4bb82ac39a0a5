/* SPDX-License-Identifier: Apache-2.0 */
/* The page, from top to bottom as it is read. */
#include "pipeline/report/page.h"

static void file_item(struct strbuf *b, const char *path, const char *what)
{
    strbuf_addz(b, "<li><a href=\"");
    html_text(b, str_of(path));
    strbuf_addz(b, "\">");
    html_data(b, str_of(path));
    strbuf_addf(b, "</a><br><span class=\"sub\">%s</span></li>", what);
}

static void files(struct strbuf *b, const struct page *p)
{
    strbuf_addf(b, "<section class=\"screen\"><h2>%s</h2><ul class=\"files\">", TR("文件", "Files"));
    file_item(b, "district.xlsx", TR("区局：内部核对、区划未定", "the bureau: desk checks, households without a street"));
    for (size_t i = 0; i < p->departments.n; i++) {
        file_item(b, p->departments.v[i], TR("退给报送部门", "back to the department that sent"));
    }
    for (size_t i = 0; i < p->referrals.n; i++) {
        file_item(b, p->referrals.names[i], TR("转介：交给能办的单位，填好交回", "referrals: to the office that can help, to be answered"));
    }
    file_item(b, "quality.html", TR("数据质量：每个数据源收到、退回了什么，为什么", "quality: what came from each source, what was rejected and why (in Chinese)"));
    file_item(b, "quality.csv", TR("数据质量，每个交付一组，供筛选", "the same as a table"));
    file_item(b, "manifest.json", TR("本夜由什么算出", "what the night is a function of"));
    strbuf_addz(b, "</ul></section>\n");
}

static void title(struct strbuf *b, daynum day)
{
    strbuf_addz(b, TR("摸排 ", "mopai "));
    if (lang_get() == LANG_EN) {
        html_day(b, day);
        strbuf_addf(b, " %d", day_to_ymd(day).year);
    } else {
        strbuf_addf(b, "%d年", day_to_ymd(day).year);
        html_day(b, day);
    }
}

static void footer(struct strbuf *b, const struct report *r)
{
    strbuf_addf(b, "</main>\n<footer><p>%s", TR("预警是走访线索，不是处理决定。本页只有汇总数，没有个人信息。", "A warning is a lead for a visit, not a decision. This page holds counts only. "));
    strbuf_addf(b, TR("第 %lld 夜，mopai %s。", "Night %lld, mopai %s. "), (long long)r->number, MOPAI_VERSION);
    if (r->audit.id) { /* printed, it cannot be changed: rows cut off the audit's end are missed by it */
        strbuf_addf(b, TR("发布前审计共 %lld 条，校验码 <span class=\"hash\">%s</span>。", "Audit before publishing: %lld rows, hash <span class=\"hash\">%s</span>."),
                    (long long)r->audit.id, r->audit.hash);
    }
    strbuf_addz(b, "</p></footer>\n</body>\n</html>\n");
}

void page_html(struct report *r, const struct page *p, struct strbuf *out)
{
    AUTO_STRBUF heading = STRBUF_INIT;
    title(&heading, r->as_of);
    const char *day = strbuf_z(&heading) + strlen(TR("摸排 ", "mopai "));
    html_begin(out, strbuf_z(&heading), "one");
    strbuf_addf(out, "<header><p class=\"kicker\">%s<a class=\"twin screen\" %s</a></p><h1>%s</h1>", TR("摸排 · 大数据比对夜报", "mopai · report of the night"),
                TR("href=\"index.en.html\" hreflang=\"en\" lang=\"en\">English", "href=\"index.html\" hreflang=\"zh-CN\" lang=\"zh-CN\">中文"), day);
    page_top(out, r, p);
    strbuf_addz(out, "</header>\n<main>\n");
    page_todo(out, p);
    strbuf_addz(out, "<div class=\"two\"><div>");
    page_levels(out, p);
    page_kinds(out, p);
    strbuf_addz(out, "</div><div>");
    page_nights(out, p);
    page_changes(out, r, p);
    strbuf_addz(out, "</div></div>\n");
    strbuf_addz(out, "<div class=\"pair\">");
    page_streets(out, r, p);
    page_loop(out, r, p);
    strbuf_addz(out, "</div>\n");
    page_rules(out, p);
    strbuf_addz(out, "<div class=\"pair\">");
    page_sources(out, p);
    page_linkage(out, p);
    strbuf_addz(out, "</div>\n");
    files(out, p);
    footer(out, r);
}
