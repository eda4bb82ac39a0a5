/* SPDX-License-Identifier: Apache-2.0 */
/* rules/ID.html: a rule with what it did tonight, on the nights before and at the doors, above what it says. */
#include "base/core/file.h"
#include "base/core/wilson.h"
#include "pipeline/report/page.h"
#include "pipeline/report/rule_book.h"

static void figure(struct strbuf *b, const char *name, int64_t v)
{
    strbuf_addf(b, "<div><dt>%s</dt><dd>", name);
    if (v > 0 && v < PAGE_HIDDEN) {
        strbuf_addf(b, "&lt;%d", PAGE_HIDDEN);
    } else {
        html_count(b, v);
    }
    strbuf_addz(b, "</dd></div>");
}

static void tonight(struct strbuf *b, const struct page_rule *p)
{
    strbuf_addz(b, "<section><h2>今晚</h2><dl class=\"facts\">");
    figure(b, "判断", p->evaluated);
    figure(b, "未知", p->unknown);
    if (!str_eqz(p->status, "active")) {
        figure(b, "成立（试运行，不派单）", p->fired);
    } else {
        figure(b, "新增", p->fresh);
        figure(b, "在办", p->standing);
        figure(b, "暂扣", p->held);
        figure(b, "未另派", p->suppressed);
        figure(b, "已消失", p->cleared);
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

static void outcomes(struct strbuf *b, const struct rules_meta *meta, const int64_t *by_group)
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
        figure(b, strbuf_z(&name), by_group[g]);
    }
    page_proven(meta, by_group, &proven, &verified);
    if (verified >= PAGE_HIDDEN) {
        struct share s = wilson((uint64_t)proven, (uint64_t)verified);
        strbuf_addf(b, "<div><dt>属实</dt><dd>%u%% <span class=\"range\">%u–%u%%</span></dd></div>", (s.value + 5) / 10, (s.low + 5) / 10, (s.high + 5) / 10);
    }
    strbuf_addz(b, "</dl></section>\n");
}

/* Small nights would tell what the figures hide: a night counts as it is shown, or not at all. */
static int64_t shown(int64_t v) { return v < PAGE_HIDDEN ? 0 : v; }

static enum status load_nights(struct report *r, const struct page_rule *p, struct page_night *out, size_t *out_n, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_RULE_NIGHTS);
    stmt_bind_int(q, ":night", r->number);
    stmt_bind_day(q, ":as_of", r->as_of);
    stmt_bind_text(q, ":rule", p->id);
    out[0] = (struct page_night){.night = r->number, .as_of = r->as_of, .fresh = shown(p->fresh), .standing = shown(p->standing), .held = shown(p->held)};
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

static enum status write_one(struct report *r, const struct page_rule *p, size_t rule, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct arena *a = &r->arena;
    struct page_night last[PAGE_NIGHTS];
    size_t n;
    TRY(load_nights(r, p, last, &n, err));
    html_begin(&b, arena_printf(a, STR_FMT " " STR_FMT, STR_ARG(p->id), STR_ARG(p->name)), "");
    strbuf_addf(&b, "<header><p class=\"kicker\">摸排 · 规则 " STR_FMT "<a class=\"twin screen\" href=\"../index.html\">首页</a></p><h1>", STR_ARG(p->id));
    html_text(&b, p->name);
    strbuf_addf(&b, "</h1><p class=\"lead\">%s。</p></header>\n<main>\n", report_day(a, r->as_of));
    tonight(&b, p);
    nights(&b, last, n);
    outcomes(&b, r->meta, p->by_group);
    strbuf_addz(&b, "<section class=\"rule\"><h2>它问什么</h2>");
    rule_book_put(&b, r->rules, rule, r->as_of, a);
    strbuf_addf(&b, "</section>\n</main>\n<footer><p>预警是走访线索，不是处理决定。不足 %d 的数不显示。第 %lld 夜，mopai %s。</p></footer>\n</body>\n</html>\n", PAGE_HIDDEN,
                (long long)r->number, MOPAI_VERSION);
    return report_write(r, p->file, &b, err);
}

enum status rule_pages_write(struct report *r, struct page *p, struct err *err)
{
    if (!r->rules) {
        return ST_OK;
    }
    TRY(file_mkdirs(path_join(&r->arena, r->out_dir, "rules"), err));
    for (size_t i = 0; i < p->rules.n; i++) {
        struct page_rule *rule = &p->rules.v[i];
        for (size_t k = 0; k < ruleset_count(r->rules); k++) {
            if (str_eq(ruleset_rule(r->rules, k)->id, rule->id)) {
                rule->file = report_file_name(r, "rules/", STR(""), rule->id, "html");
                TRY(write_one(r, rule, k, err));
            }
        }
    }
    return ST_OK;
}
