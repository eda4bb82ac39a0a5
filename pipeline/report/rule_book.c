/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/rule_book.h"

#include "pipeline/report/page.h"

struct book {
    const struct ruleset *rules;
    const struct rules_meta *meta;
    daynum day;
    struct arena *arena;
    struct strbuf *b;
};

const char *rule_book_status(enum rules_status s)
{
    static const char *const words[] = {"草稿，不运行", "试运行，只统计", "启用，派单", "停用"};
    return words[s];
}

const char *rule_book_kind(enum rules_kind k)
{
    static const char *const words[] = {"困难预警", "应享未享", "违规享受（先内部核对）", "定期走访"};
    return words[k];
}

static void put(struct book *k, const char *html) { strbuf_addz(k->b, html); }

static void put_text(struct book *k, struct str s) { html_text(k->b, s); }

static void put_field(struct book *k, const char *label, struct str value)
{
    if (value.n) {
        strbuf_addf(k->b, "<tr><th scope=\"row\">%s</th><td>", label);
        put_text(k, value);
        put(k, "</td></tr>");
    }
}

/* --- one rule ------------------------------------------------------------------------------------------------------- */
static void put_head(struct book *k, const struct rules_rule *r)
{
    put(k, "<table class=\"rule-facts\"><tbody>");
    put_field(k, "状态", str_of(rule_book_status(r->status)));
    put_field(k, "种类", str_of(rule_book_kind(r->kind)));
    put_field(k, "对象", str_of(r->entity == RULES_PERSON ? "人" : "户"));
    put_field(k, "依据", r->basis.n ? r->basis : STR("未写明"));
    AUTO_STRBUF to = STRBUF_INIT;
    if (r->send.n) {
        strbuf_addf(&to, STR_FMT "，" STR_FMT "，" STR_FMT "负责", STR_ARG(r->send), STR_ARG(r->way), STR_ARG(r->owner));
    }
    put_field(k, "派给", strbuf_str(&to));
    put(k, "</tbody></table>");
}

static void put_item(struct book *k, const struct rules_text *t)
{
    put(k, t->depth ? "<li class=\"in\">" : "<li>");
    if (t->kind == RULES_NODE_ANY) {
        put(k, "下面其中一条成立：");
    } else if (t->kind == RULES_NODE_SCORE) {
        put_text(k, t->text);
    } else {
        put(k, t->kind == RULES_NODE_UNLESS ? "除非 <code>" : "<code>");
        put_text(k, t->text);
        put(k, "</code>");
    }
    put(k, "</li>");
}

static void put_levels(struct book *k, const struct rules_text *lines, size_t n)
{
    put(k, "<p class=\"note\">级别，自上而下，首个成立者</p><table><tbody>");
    for (size_t i = 0; i < n; i++) {
        if (lines[i].kind == RULES_NODE_LEVEL) {
            strbuf_addf(k->b, "<tr><th scope=\"row\"><b class=\"lv l%d\">" STR_FMT "</b></th><td><code>", lines[i].level, STR_ARG(k->meta->levels[lines[i].level].name));
            put_text(k, lines[i].text);
            put(k, "</code></td><td>");
            put_text(k, rules_due_text(k->rules, lines[i].level, k->arena));
            put(k, "内办</td></tr>");
        }
    }
    put(k, "</tbody></table>");
}

static void put_conditions(struct book *k, size_t rule)
{
    struct rules_text *lines;
    size_t n = rules_lines(k->rules, rule, k->arena, &lines);
    put(k, "<p class=\"note\">全部成立才报</p><ul class=\"lines\">");
    for (size_t i = 0; i < n; i++) {
        if (lines[i].kind != RULES_NODE_LEVEL) {
            put_item(k, &lines[i]);
        }
    }
    put(k, "</ul>");
    put_levels(k, lines, n);
}

static void put_params(struct book *k, size_t rule)
{
    struct rules_param_text *params;
    size_t n = rules_params_in_force(k->rules, rule, k->day, k->arena, &params);
    if (n == 0) {
        return;
    }
    static const char *const heads[] = {"参数", "适用", "取值", "起", "依据"};
    put(k, "<table><caption>用到的参数</caption>");
    html_heads(k->b, heads, ARRAY_LEN(heads), 2, 3);
    for (size_t i = 0; i < n; i++) {
        put(k, "<tr><th scope=\"row\">");
        put_text(k, params[i].name);
        strbuf_addf(k->b, "</th><td>" STR_FMT "%s" STR_FMT "</td><td class=\"n\">", STR_ARG(params[i].key), params[i].key.n && params[i].area.n ? "，" : "", STR_ARG(params[i].area));
        put_text(k, params[i].value);
        put(k, "</td><td>");
        strbuf_add_day(k->b, params[i].from);
        put(k, "</td><td>");
        put_text(k, params[i].basis);
        put(k, "</td></tr>");
    }
    put(k, "</tbody></table>");
}

static void put_tests(struct book *k, size_t rule)
{
    struct rules_test_text *tests;
    size_t n = rules_tests(k->rules, rule, k->arena, &tests);
    if (n == 0) {
        return;
    }
    put(k, "<p class=\"note\">例子（规则自带的测试）</p><ul class=\"tests\">");
    for (size_t i = 0; i < n; i++) {
        put(k, "<li>");
        put_text(k, tests[i].name);
        put(k, "：<b>");
        put_text(k, tests[i].expect);
        put(k, "</b></li>");
    }
    put(k, "</ul>");
}

void rule_book_put(struct strbuf *b, const struct ruleset *rules, size_t rule, daynum day, struct arena *a)
{
    struct book k = {.rules = rules, .meta = ruleset_meta(rules), .day = day, .arena = a, .b = b};
    put_head(&k, ruleset_rule(rules, rule));
    put_conditions(&k, rule);
    put_params(&k, rule);
    put_tests(&k, rule);
}
