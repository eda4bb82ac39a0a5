/* SPDX-License-Identifier: Apache-2.0 */
/* What the doors said: outcomes by rule, and how many warnings were found true, with the interval that many visits allow. */
#include "base/core/wilson.h"
#include "pipeline/report/page.h"

void page_proven(const struct rules_meta *meta, const int64_t *by_group, int64_t *out_proven, int64_t *out_verified)
{
    *out_proven = *out_verified = 0;
    for (size_t g = 0; g < meta->n_groups && g < PAGE_LEVELS; g++) {
        *out_proven += meta->groups[g].proven ? by_group[g] : 0;
        *out_verified += meta->groups[g].verified ? by_group[g] : 0;
    }
}

static void share_cells(struct strbuf *b, const struct report *r, const int64_t *by_group, bool hidden)
{
    int64_t proven, verified;
    page_proven(r->meta, by_group, &proven, &verified);
    strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">", TR("属实", "true"));
    if (hidden || verified < PAGE_HIDDEN) {
        strbuf_addz(b, "—</td><td class=\"wide\"></td></tr>");
        return;
    }
    struct share s = wilson((uint64_t)proven, (uint64_t)verified);
    strbuf_addf(b, "%u%% <span class=\"range\">%u–%u%%</span></td><td class=\"wide\">", (s.value + 5) / 10, (s.low + 5) / 10, (s.high + 5) / 10);
    chart_share(b, s.value, s.low, s.high);
    strbuf_addz(b, "</td></tr>");
}

struct visited {
    size_t rule;
    int64_t verified;
};

/* Rules with outcomes, in their order. */
static size_t visited_rules(const struct report *r, const struct page *p, struct visited *out)
{
    size_t n = 0;
    for (size_t i = 0; i < p->rules.n; i++) {
        int64_t any = 0, proven, verified;
        for (size_t g = 0; g < PAGE_LEVELS; g++) {
            any += p->rules.v[i].by_group[g];
        }
        page_proven(r->meta, p->rules.v[i].by_group, &proven, &verified);
        if (any > 0) {
            out[n++] = (struct visited){i, verified};
        }
    }
    return n;
}

/* Is it among the PAGE_PROVEN that were verified most often? */
static bool on_paper(const struct visited *v, size_t n, size_t at)
{
    size_t before = 0;
    for (size_t i = 0; i < n; i++) {
        before += v[i].verified > v[at].verified || (v[i].verified == v[at].verified && i < at);
    }
    return before < PAGE_PROVEN;
}

void page_outcome_counts(const struct page *p, size_t groups, const char *const *labels, int64_t **cells, struct counts *out)
{
    int64_t *v = xcalloc(p->rules.n * groups + 1, sizeof(*v));
    size_t n = 0;
    for (size_t i = 0; i < p->rules.n; i++) {
        int64_t any = 0;
        for (size_t g = 0; g < groups; g++) {
            any += v[n * groups + g] = p->rules.v[i].by_group[g];
        }
        n += any > 0;
    }
    counts_init(out, v, n, groups, labels);
    *cells = v;
}

bool page_share_hidden(const struct rules_meta *meta, const struct counts *outcomes, size_t row)
{
    bool hidden = false;
    for (size_t g = 0; g < outcomes->columns; g++) {
        hidden |= meta->groups[g].verified && counts_hidden(outcomes, row, g);
    }
    return hidden;
}

static void rows(struct strbuf *b, const struct report *r, const struct page *p, const char *const *names, size_t groups)
{
    struct visited *v = xcalloc(p->rules.n + 1, sizeof(*v));
    const size_t n = visited_rules(r, p, v);
    int64_t *cells;
    struct counts c;
    page_outcome_counts(p, groups, names + 1, &cells, &c);
    for (size_t i = 0; i < n; i++) {
        const struct page_rule *rule = &p->rules.v[v[i].rule];
        strbuf_addf(b, "<tr%s><th scope=\"row\">", on_paper(v, n, i) ? "" : " class=\"screen\"");
        html_text(b, rule->id);
        strbuf_addz(b, " ");
        html_data(b, rule->name);
        strbuf_addz(b, "</th>");
        for (size_t g = 0; g < groups; g++) {
            counts_cell(b, &c, i, g);
        }
        share_cells(b, r, rule->by_group, page_share_hidden(r->meta, &c, i));
    }
    strbuf_addf(b, "</tbody><tfoot><tr><th scope=\"row\">%s</th>", TR("合计", "all"));
    for (size_t g = 0; g < groups; g++) {
        counts_sum_cell(b, &c, g, p->by_group[g]);
    }
    share_cells(b, r, p->by_group, n == 1 && page_share_hidden(r->meta, &c, 0));
    strbuf_addz(b, "</tfoot>");
    counts_release(&c);
    free(cells);
    free(v);
}

static const char *group_word(struct arena *a, struct str group)
{
    AUTO_STRBUF b = STRBUF_INIT;
    html_data(&b, group);
    return arena_z(a, strbuf_str(&b));
}

static const char *group_label(struct arena *a, struct str group)
{
    AUTO_STRBUF b = STRBUF_INIT;
    html_text(&b, group);
    return arena_z(a, strbuf_str(&b));
}

/* One line on those handed on: how many, and the share done. */
static void referrals(struct strbuf *b, const struct referral_counts *c)
{
    if (c->handed == 0) {
        return;
    }
    struct share s = wilson((uint64_t)c->by_state[REFERRAL_DONE], (uint64_t)c->decided);
    strbuf_addz(b, "<p class=\"note\">");
    html_counted(b, TR("转介：近一年交办 %s 户次", "Referrals: %s handed on in a year"), c->handed);
    int64_t done = c->by_state[REFERRAL_DONE], declined = c->decided - done;
    bool small = (done > 0 && done < PAGE_HIDDEN) || (declined > 0 && declined < PAGE_HIDDEN); /* the share and its interval would tell it */
    if (c->decided >= PAGE_HIDDEN && !small) {
        strbuf_addf(b, TR("，办结率 %u%% <span class=\"range\">%u–%u%%</span>", ", done %u%% <span class=\"range\">%u–%u%%</span>"), (s.value + 5) / 10, (s.low + 5) / 10, (s.high + 5) / 10);
    }
    strbuf_addf(b, "%s</p>", TR("，按帮助类别见 <a href=\"quality.html\">quality.html</a>。", "; by kind of help in <a href=\"quality.html\">quality.html</a>."));
}

void page_loop(struct strbuf *b, const struct report *r, const struct page *p)
{
    const size_t groups = MIN(r->meta->n_groups, (size_t)PAGE_LEVELS);
    strbuf_addf(b, "<section><h2>%s</h2>", TR("走访回来了多少", "What the visits said"));
    if (p->visited == 0) {
        strbuf_addf(b, "<p class=\"note\">%s</p></section>\n",
                    TR("还没有导入过回填表。街道填好的清单（.xlsx 或 CSV）用 <code>mopai visits import</code> 导入。",
                       "No returned sheet so far. Filled lists (.xlsx or CSV) come in with <code>mopai visits import</code>."));
        return;
    }
    struct arena a = ARENA_INIT;
    const char *heads[PAGE_LEVELS + 3] = {TR("规则", "rule")}, *labels[PAGE_LEVELS + 1] = {""};
    for (size_t g = 0; g < groups; g++) {
        heads[g + 1] = group_word(&a, r->meta->groups[g].name);
        labels[g + 1] = group_label(&a, r->meta->groups[g].name);
    }
    heads[groups + 1] = TR("属实", "true");
    heads[groups + 2] = "";
    strbuf_addz(b, "<p class=\"note screen\">");
    html_counted(b, TR("已核查 %s 条。", "%s outcomes. "), p->visited);
    strbuf_addf(b,
                TR("属实 = 属实的 ÷ 核实过的，核实不足 %d 条或有一格隐去时不写；后面的范围是 95%% 区间（Wilson），条数越少越宽。",
                   "True = found true of those verified, not told below %d or beside a hidden count; the range is the 95 %% interval (Wilson), wider the fewer there are."),
                PAGE_HIDDEN);
    strbuf_addf(b, "</p><table><caption>%s</caption>", TR("核查结果，按规则，条", "outcomes by rule"));
    html_heads(b, heads, groups + 3, 1, groups + 2);
    rows(b, r, p, labels, groups);
    strbuf_addz(b, "</table>");
    referrals(b, &p->referrals.counts);
    strbuf_addz(b, "</section>\n");
    arena_release(&a);
}
