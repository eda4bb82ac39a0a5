/* SPDX-License-Identifier: Apache-2.0 */
/* What was found: by level, by kind, by rule. */
#include "pipeline/report/page.h"

static const char *const bar_classes[] = {"f-new", "f-standing", "f-held"};

/* The bar of a row whose first three columns are new, standing and held. */
static void bar(struct strbuf *b, const struct counts *c, size_t row, int64_t most)
{
    const int64_t parts[] = {counts_shown(c, row, 0), counts_shown(c, row, 1), counts_shown(c, row, 2)};
    strbuf_addz(b, "<td class=\"wide\">");
    chart_bar(b, parts, bar_classes, ARRAY_LEN(parts), most);
    strbuf_addz(b, "</td>");
}

static int64_t longest(const struct counts *c)
{
    int64_t most = 1;
    for (size_t i = 0; i < c->rows; i++) {
        most = MAX(most, counts_shown(c, i, 0) + counts_shown(c, i, 1) + counts_shown(c, i, 2));
    }
    return most;
}

enum { FOUND_COLUMNS = 5 }; /* of levels and kinds: new, standing, held, suppressed, shadow */

static void found_row(struct strbuf *b, const struct counts *c, size_t row, int64_t most)
{
    for (size_t k = 0; k < c->columns; k++) {
        counts_cell(b, c, row, k);
    }
    bar(b, c, row, most);
    strbuf_addz(b, "</tr>");
}

void page_levels(struct strbuf *b, const struct page *p)
{
    const char *const names[] = {TR("等级", "level"), TR("新增", "new"), TR("在办", "standing"), TR("暂扣", "held"), TR("未另派", "not sent"), TR("试运行", "shadow"), ""};
    int64_t *v = xcalloc(p->levels.n * FOUND_COLUMNS + 1, sizeof(*v)), shadow = 0;
    for (size_t i = 0; i < p->levels.n; i++) {
        const struct page_level *l = &p->levels.v[i];
        const int64_t row[FOUND_COLUMNS] = {l->fresh, l->standing, l->held, l->suppressed, l->shadow};
        memcpy(v + i * FOUND_COLUMNS, row, sizeof(row));
        shadow += l->shadow;
    }
    struct counts c;
    counts_init(&c, v, p->levels.n, FOUND_COLUMNS, names + 1);
    strbuf_addf(b, "<section><h2>%s</h2><p class=\"note screen\">%s", TR("发现了什么", "What was found"),
                TR("未另派：冷却期内，或同户已有更要紧的预警。试运行：规则只统计，不派单", "Not sent: within the cool-down, or the household has a more urgent one. Shadow rules count and send nobody"));
    html_counted(b, TR("，今晚 %s 条。", ": %s tonight."), shadow);
    strbuf_addf(b, "</p><table><caption>%s</caption>", TR("按等级，条", "warnings by level"));
    html_heads(b, names, ARRAY_LEN(names), 1, ARRAY_LEN(names) - 1);
    for (size_t i = 0; i < p->levels.n; i++) {
        strbuf_addf(b, "<tr><th scope=\"row\"><b class=\"lv l%zu\">", MIN(i, (size_t)3));
        html_data(b, p->levels.v[i].name);
        strbuf_addz(b, "</b></th>");
        found_row(b, &c, i, longest(&c));
    }
    strbuf_addz(b, "</tbody></table>");
    chart_legend(b, true);
    strbuf_addz(b, "</section>\n");
    counts_release(&c);
    free(v);
}

/* --- kinds ------------------------------------------------------------------------------------------------------------- */

static const char *const kinds[] = {"warning", "entitlement", "integrity", "duty"};

static size_t kind_of(struct str kind)
{
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(kinds) && !str_eqz(kind, kinds[i])) {
        i++;
    }
    return i;
}

const char *page_kind_word(struct str kind)
{
    const char *const words[] = {TR("困难预警", "hardship"), TR("应享未享", "entitlement"), TR("违规享受", "integrity"), TR("定期走访", "duty visit")};
    return words[kind_of(kind)];
}

/* A row a kind; v: ARRAY_LEN(kinds) * FOUND_COLUMNS zeros. */
static void count_kinds(const struct page *p, int64_t *v)
{
    for (size_t i = 0; i < p->rules.n; i++) {
        const struct page_rule *r = &p->rules.v[i];
        int64_t *to = v + kind_of(r->kind) * FOUND_COLUMNS;
        if (str_eqz(r->status, "active")) {
            to[0] += r->fresh, to[1] += r->standing, to[2] += r->held, to[3] += r->suppressed;
        } else {
            to[4] += r->fired;
        }
    }
}

void page_kinds(struct strbuf *b, const struct page *p)
{
    const char *const names[] = {TR("种类", "kind"), TR("新增", "new"), TR("在办", "standing"), TR("暂扣", "held"), TR("未另派", "not sent"), TR("试运行", "shadow"), ""};
    int64_t v[ARRAY_LEN(kinds) * FOUND_COLUMNS] = {0};
    struct counts c;
    count_kinds(p, v);
    counts_init(&c, v, ARRAY_LEN(kinds), FOUND_COLUMNS, names + 1);
    strbuf_addf(b, "<section class=\"sub\"><h2 class=\"quiet\">%s</h2><table><caption>%s</caption>", TR("按种类", "By kind"), TR("按种类，条", "warnings by kind"));
    html_heads(b, names, ARRAY_LEN(names), 1, ARRAY_LEN(names) - 1);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        strbuf_addf(b, "<tr><th scope=\"row\">%s</th>", page_kind_word(str_of(kinds[i])));
        found_row(b, &c, i, longest(&c));
    }
    strbuf_addz(b, "</tbody></table></section>\n");
    counts_release(&c);
}

/* --- rules ------------------------------------------------------------------------------------------------------------- */

void page_rule_counts(const struct page *p, const char *const *labels, int64_t **cells, struct counts *out)
{
    int64_t *v = xcalloc(p->rules.n * RULE_COLUMNS + 1, sizeof(*v)), sums[ARRAY_LEN(kinds) * FOUND_COLUMNS] = {0};
    size_t *group = xcalloc(p->rules.n + 1, sizeof(*group));
    struct counts by_kind;
    for (size_t i = 0; i < p->rules.n; i++) {
        const struct page_rule *r = &p->rules.v[i];
        const int64_t row[RULE_COLUMNS] = {r->evaluated, r->unknown, r->fresh, r->standing, r->held, r->suppressed, str_eqz(r->status, "active") ? 0 : r->fired, r->cleared};
        memcpy(v + i * RULE_COLUMNS, row, sizeof(row));
        group[i] = kind_of(r->kind);
    }
    count_kinds(p, sums);
    counts_init(&by_kind, sums, ARRAY_LEN(kinds), FOUND_COLUMNS, labels);
    counts_init(out, v, p->rules.n, RULE_COLUMNS, labels);
    counts_within(out, RULE_NEW, group, &by_kind);
    counts_release(&by_kind);
    free(group);
    *cells = v;
}

static void rule_row(struct strbuf *b, const struct page_rule *r, const struct counts *c, size_t row)
{
    strbuf_addz(b, "<tr><th scope=\"row\">");
    if (r->file) {
        strbuf_addz(b, "<a href=\"");
        html_text(b, str_of(r->file));
        strbuf_addz(b, "\">");
    }
    html_text(b, r->id);
    strbuf_addz(b, " ");
    html_data(b, r->name);
    strbuf_addf(b, "%s<span class=\"sub\">%s", r->file ? "</a>" : "", page_kind_word(r->kind));
    if (!str_eqz(r->status, "active")) {
        strbuf_addf(b, " <span class=\"tag shadow\">%s</span>", TR("试运行", "shadow"));
    }
    strbuf_addz(b, "</span></th>");
    for (size_t k = 0; k < RULE_COLUMNS; k++) {
        counts_cell(b, c, row, k);
    }
    strbuf_addf(b, "<td class=\"full%s\" data-l=\"%s\">", r->stale.n ? "" : " none zero", TR("缺的数据", "missing data"));
    html_data(b, r->stale.n ? r->stale : STR("—"));
    strbuf_addz(b, "</td></tr>");
}

static void causes(struct strbuf *b, const struct page *p)
{
    struct counts c;
    static const struct {
        const char *zh, *en;
    } words[] = {{"情况消失", "no longer so"}, {"数据更正", "data corrected"}, {"规则变更", "rule changed"}, {"家庭变化", "household changed"}, {"数据撤回", "data withdrawn"}};
    if (p->causes.n == 0) {
        return;
    }
    int64_t *v = xcalloc(p->causes.n, sizeof(*v));
    for (size_t i = 0; i < p->causes.n; i++) {
        v[i] = p->causes.v[i].n;
    }
    counts_init(&c, v, p->causes.n, 1, NULL);
    strbuf_addf(b, "<p class=\"note after\">%s", TR("已消失的原因：", "why they cleared: "));
    for (size_t i = 0; i < p->causes.n; i++) {
        const char *said = NULL;
        for (size_t k = 0; k < ARRAY_LEN(words) && lang_get() == LANG_EN; k++) {
            said = str_eqz(p->causes.v[i].cause, words[k].zh) ? words[k].en : said;
        }
        strbuf_addz(b, i ? TR("，", ", ") : "");
        html_data(b, said ? STR("") : p->causes.v[i].cause);
        strbuf_addf(b, "%s ", said ? said : "");
        counts_text(b, &c, i, 0);
    }
    strbuf_addf(b, "%s</p>", TR("。", "."));
    counts_release(&c);
    free(v);
}

void page_rules(struct strbuf *b, const struct page *p)
{
    const char *const names[] = {TR("规则", "rule"), TR("判断", "judged"), TR("未知", "unknown"), TR("新增", "new"), TR("在办", "standing"), TR("暂扣", "held"),
                                 TR("未另派", "not sent"), TR("试运行", "shadow"), TR("已消失", "cleared"), TR("缺的数据", "missing data")};
    int64_t *v;
    struct counts c;
    page_rule_counts(p, names + 1, &v, &c);
    strbuf_addf(b, "<section class=\"screen\"><h2>%s</h2><p class=\"note\">%s</p><table><caption>%s</caption>", TR("按规则", "By rule"),
                TR("未知：条件缺数据，既不算成立，也不算不成立；“缺的数据”是过期或缺失、让它无法判断的数据源。",
                   "Unknown: a condition lacks data, so that the rule is neither true nor false; missing data names the late sources it needed."),
                TR("每条规则今晚判断了多少人或户", "persons or households each rule judged tonight"));
    html_heads(b, names, ARRAY_LEN(names), 1, ARRAY_LEN(names) - 1);
    for (size_t i = 0; i < p->rules.n; i++) {
        rule_row(b, &p->rules.v[i], &c, i);
    }
    strbuf_addz(b, "</tbody></table>");
    causes(b, p);
    strbuf_addz(b, "</section>\n");
    counts_release(&c);
    free(v);
}
