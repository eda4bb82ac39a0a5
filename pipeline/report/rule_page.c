/* SPDX-License-Identifier: Apache-2.0 */
/* rules/ID.html: a rule with what it did tonight, on the nights before and at the doors, above what it says. */
#include "base/core/file.h"
#include "base/core/wilson.h"
#include "pipeline/report/page.h"
#include "pipeline/report/rule_book.h"

/* What the tables of index.html hide of a rule its page does not tell: their rows, its place in each. */
struct hidden {
    struct counts tonight, outcomes;
    size_t row, visited;
};

static void figure(struct strbuf *b, const char *name, const struct counts *c, size_t row, size_t column)
{
    strbuf_addf(b, "<div><dt>%s</dt><dd>", name);
    counts_text(b, c, row, column);
    strbuf_addz(b, "</dd></div>");
}

static void tonight(struct strbuf *b, const struct page_rule *p, const struct hidden *h)
{
    static const struct {
        const char *name;
        size_t column;
    } active[] = {{"新增", RULE_NEW}, {"在办", RULE_STANDING}, {"暂扣", RULE_HELD}, {"未另派", RULE_SUPPRESSED}, {"已消失", RULE_CLEARED}};
    const struct counts *c = &h->tonight;
    strbuf_addz(b, "<section><h2>今晚</h2><dl class=\"facts\">");
    figure(b, "判断", c, h->row, RULE_EVALUATED);
    figure(b, "未知", c, h->row, RULE_UNKNOWN);
    if (!str_eqz(p->status, "active")) {
        figure(b, "成立（试运行，不派单）", c, h->row, RULE_SHADOW);
    } else {
        for (size_t i = 0; i < ARRAY_LEN(active); i++) {
            figure(b, active[i].name, c, h->row, active[i].column);
        }
    }
    strbuf_addz(b, "</dl>");
    if (p->stale.n) {
        strbuf_addz(b, "<p class=\"note after\">缺的数据：");
        html_text(b, p->stale);
        strbuf_addz(b, "。依赖它的条件记为“未知”。</p>");
    }
    strbuf_addz(b, "</section>\n");
}

static void nights(struct strbuf *b, const struct page_night *v, size_t n)
{
    if (n > 1) {
        strbuf_addz(b, "<section><h2>近几夜</h2><figure class=\"half\">");
        chart_nights(b, v, n);
        chart_legend(b, true);
        strbuf_addz(b, "</figure></section>\n");
    }
}

static void outcomes(struct strbuf *b, const struct rules_meta *meta, const int64_t *by_group, const struct hidden *h)
{
    int64_t any = 0, proven, verified;
    for (size_t g = 0; g < PAGE_LEVELS; g++) {
        any += by_group[g];
    }
    strbuf_addz(b, "<section><h2>走访怎么说</h2>");
    if (any == 0) {
        strbuf_addz(b, "<p class=\"note\">还没有这条规则的核查结果。</p></section>\n");
        return;
    }
    strbuf_addz(b, "<dl class=\"facts\">");
    for (size_t g = 0; g < meta->n_groups && g < PAGE_LEVELS; g++) {
        AUTO_STRBUF name = STRBUF_INIT;
        html_text(&name, meta->groups[g].name);
        figure(b, strbuf_z(&name), &h->outcomes, h->visited, g);
    }
    page_proven(meta, by_group, &proven, &verified);
    if (verified >= PAGE_HIDDEN && !page_share_hidden(meta, &h->outcomes, h->visited)) {
        struct share s = wilson((uint64_t)proven, (uint64_t)verified);
        strbuf_addf(b, "<div><dt>属实</dt><dd>%u%% <span class=\"range\">%u–%u%%</span></dd></div>", (s.value + 5) / 10, (s.low + 5) / 10, (s.high + 5) / 10);
    }
    strbuf_addz(b, "</dl></section>\n");
}

/* Small nights would tell what the figures hide: a night counts as it is shown, or not at all. */
static int64_t shown(int64_t v) { return v < PAGE_HIDDEN ? 0 : v; }

static enum status load_nights(struct report *r, const struct page_rule *p, const struct hidden *h, struct page_night *out, size_t *out_n, struct err *err)
{
    const struct counts *c = &h->tonight;
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_RULE_NIGHTS);
    stmt_bind_int(q, ":night", r->number);
    stmt_bind_day(q, ":as_of", r->as_of);
    stmt_bind_text(q, ":rule", p->id);
    out[0] = (struct page_night){.night = r->number, .as_of = r->as_of, .fresh = counts_shown(c, h->row, RULE_NEW), .standing = counts_shown(c, h->row, RULE_STANDING),
                                  .held = counts_shown(c, h->row, RULE_HELD)};
    *out_n = 1;
    for (bool row; *out_n < PAGE_NIGHTS;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        out[(*out_n)++] = (struct page_night){.night = stmt_int(q, 0),
                                              .as_of = stmt_day(q, 1),
                                              .fresh = shown(stmt_int(q, 2)),
                                              .standing = shown(stmt_int(q, 3)),
                                              .held = shown(stmt_int(q, 4))};
    }
    return ST_OK;
}

static enum status write_one(struct report *r, const struct page_rule *p, const struct hidden *h, size_t rule, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct arena *a = &r->arena;
    struct page_night last[PAGE_NIGHTS];
    size_t n;
    TRY(load_nights(r, p, h, last, &n, err));
    html_begin(&b, arena_printf(a, STR_FMT " " STR_FMT, STR_ARG(p->id), STR_ARG(p->name)), "");
    strbuf_addf(&b, "<header><p class=\"kicker\">摸排 · 规则 " STR_FMT "<a class=\"twin screen\" href=\"../index.html\">首页</a></p><h1>", STR_ARG(p->id));
    html_text(&b, p->name);
    strbuf_addf(&b, "</h1><p class=\"lead\">%s。</p></header>\n<main>\n", report_day(a, r->as_of));
    tonight(&b, p, h);
    nights(&b, last, n);
    outcomes(&b, r->meta, p->by_group, h);
    strbuf_addz(&b, "<section class=\"rule\"><h2>它问什么</h2>");
    rule_book_put(&b, r->rules, rule, r->as_of, a);
    strbuf_addf(&b, "</section>\n</main>\n<footer><p>预警是走访线索，不是处理决定。不足 %d 的数不显示。第 %lld 夜，mopai %s。</p></footer>\n</body>\n</html>\n", PAGE_HIDDEN,
                (long long)r->number, MOPAI_VERSION);
    return report_write(r, p->file, &b, err);
}

static bool is_visited(const struct page_rule *rule)
{
    int64_t any = 0;
    for (size_t g = 0; g < PAGE_LEVELS; g++) {
        any += rule->by_group[g];
    }
    return any > 0;
}

static enum status write_all(struct report *r, struct page *p, struct hidden *h, struct err *err)
{
    for (size_t i = 0; i < p->rules.n; i++) {
        struct page_rule *rule = &p->rules.v[i];
        h->row = i;
        for (size_t k = 0; k < ruleset_count(r->rules); k++) {
            if (str_eq(ruleset_rule(r->rules, k)->id, rule->id)) {
                rule->file = report_file_name(r, "rules/", STR(""), rule->id, "html");
                TRY(write_one(r, rule, h, k, err));
            }
        }
        h->visited += is_visited(rule);
    }
    return ST_OK;
}

enum status rule_pages_write(struct report *r, struct page *p, struct err *err)
{
    if (!r->rules) {
        return ST_OK;
    }
    struct hidden h = {.row = 0};
    int64_t *cells, *visited;
    TRY(file_mkdirs(path_join(&r->arena, r->out_dir, "rules"), err));
    page_rule_counts(p, NULL, &cells, &h.tonight);
    page_outcome_counts(p, MIN(r->meta->n_groups, (size_t)PAGE_LEVELS), NULL, &visited, &h.outcomes);
    enum status st = write_all(r, p, &h, err);
    counts_release(&h.tonight);
    counts_release(&h.outcomes);
    free(cells);
    free(visited);
    return st;
}
