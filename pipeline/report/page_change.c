/* SPDX-License-Identifier: Apache-2.0 */
/* What changed since last night, and the last nights side by side. */
#include "pipeline/report/page.h"

static void item(struct strbuf *b, int64_t n, const char *format)
{
    if (n > 0) {
        strbuf_addz(b, "<li>");
        html_counted(b, format, n);
        strbuf_addz(b, "</li>");
    }
}

static void arrivals(struct strbuf *b, const struct page *p)
{
    int64_t deliveries = 0;
    size_t named = 0, sources = 0;
    for (size_t i = 0; i < p->sources.n; i++) {
        deliveries += p->sources.v[i].arrived;
        sources += p->sources.v[i].arrived > 0;
    }
    if (deliveries == 0) {
        strbuf_addf(b, "<li>%s</li>", TR("没有新的交付", "no new delivery"));
        return;
    }
    strbuf_addz(b, "<li>");
    html_counted(b, TR("新到 %s 份交付：", "deliveries arrived: %s: "), deliveries);
    for (size_t i = 0; i < p->sources.n && named < PAGE_LATE; i++) {
        if (p->sources.v[i].arrived > 0) {
            strbuf_addz(b, named++ ? TR("、", ", ") : "");
            html_data(b, p->sources.v[i].label);
        }
    }
    strbuf_addz(b, sources > named ? TR("等", " and others") : "");
    strbuf_addz(b, "</li>");
}

static void persons(struct strbuf *b, const struct page *p)
{
    int64_t by = p->linkage.persons - p->since.persons_before;
    if (p->since.persons_before < 0 || by == 0) {
        return;
    }
    strbuf_addz(b, "<li>");
    html_counted(b, by > 0 ? TR("在册的人多了 %s", "persons: %s more") : TR("在册的人少了 %s", "persons: %s fewer"), by > 0 ? by : -by);
    strbuf_addz(b, "</li>");
}

static void outcomes(struct strbuf *b, const struct report *r, const struct page *p)
{
    if (p->since.visits == 0) {
        return;
    }
    struct counts c;
    const size_t groups = MIN(r->meta->n_groups, (size_t)PAGE_LEVELS);
    counts_init(&c, p->since.by_group, groups, 1, NULL);
    strbuf_addz(b, "<li>");
    html_counted(b, TR("导入核查结果 %s 条", "outcomes imported: %s"), p->since.visits);
    for (size_t g = 0, n = 0; g < groups; g++) {
        if (counts_shown(&c, g, 0) > 0) {
            strbuf_addz(b, n++ ? TR("，", ", ") : TR("：", ": "));
            html_data(b, r->meta->groups[g].name);
            strbuf_addz(b, " ");
            html_count(b, p->since.by_group[g]);
        }
    }
    strbuf_addz(b, "</li>");
    counts_release(&c);
}

void page_changes(struct strbuf *b, const struct report *r, const struct page *p)
{
    const struct page_night *now = &p->nights.v[0];
    strbuf_addf(b, "<section><h2>%s</h2><ul class=\"changes\">", p->since.first ? TR("第一夜", "The first night") : TR("上夜以来", "Since last night"));
    arrivals(b, p);
    if (p->since.first) {
        strbuf_addf(b, "<li>%s</li>", TR("此前没有可比的一夜；历史上早已成立的先暂扣，按等级放行", "there is no night to compare with; what has long been so is held and released by level"));
    }
    item(b, now->fresh, TR("新列入清单 %s 条", "new on lists: %s"));
    item(b, p->since.levels, TR("在办的有 %s 条等级变了", "level changed: %s"));
    item(b, now->cleared, TR("%s 条不再成立", "cleared: %s"));
    outcomes(b, r, p);
    persons(b, p);
    if (p->since.files.n) {
        strbuf_addf(b, "<li>%s", TR("配置改了：", "configuration changed: "));
        html_text(b, p->since.files);
        strbuf_addf(b, "%s</li>", TR("；只因此而变的暂扣，不直接派单", "; what changed for that alone is held"));
    }
    strbuf_addz(b, "</ul></section>\n");
}

void page_nights(struct strbuf *b, const struct page *p)
{
    strbuf_addf(b, "<section><h2>%s</h2><figure>", TR("近几夜", "The last nights"));
    chart_nights(b, p->nights.v, p->nights.n);
    chart_legend(b, true);
    strbuf_addf(b, "<figcaption class=\"note screen\">%s</figcaption></figure></section>\n",
                TR("柱上的数是在单条数（新增与在办），不含暂扣。", "The number on a column: warnings on lists, new and standing, without held ones."));
}
