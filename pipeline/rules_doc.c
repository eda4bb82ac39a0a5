/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules doc`: the rule book, one self-contained page in Chinese, one rule a sheet when printed: what it asks, on what basis, with which values in force, whom
   it sends where, and its tests as examples. Made from the compiled rules, so that it cannot say anything else than what runs. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "pipeline/report/page.h"
#include "pipeline/rules_bench.h"
#include "pipeline/shipped.h"

enum { OPT_OUT, OPT_AS_OF };
static const struct option options[] = {
    [OPT_OUT] = {"output", 'o', "FILE", "写到这个文件，缺省写到屏幕", "write to this file; standard output by default"},
    [OPT_AS_OF] = {"as-of", 0, "DATE", "参数取哪一天在用的值，缺省为今天", "parameter values in force on this day, today by default"},
    {NULL, 0, NULL, NULL, NULL},
};

struct book {
    const struct ruleset *rules;
    const struct rules_meta *meta;
    daynum day;
    struct arena arena;
    struct strbuf *b;
};

static const char *status_word(enum rules_status s)
{
    static const char *const words[] = {"草稿，不运行", "试运行，只统计", "启用，派单", "停用"};
    return words[s];
}

static const char *kind_word(enum rules_kind k)
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
    strbuf_addf(k->b, "<h2 id=\"" STR_FMT "\">" STR_FMT "　", STR_ARG(r->id), STR_ARG(r->id));
    put_text(k, r->name);
    put(k, "</h2><table class=\"facts\"><tbody>");
    put_field(k, "状态", str_of(status_word(r->status)));
    put_field(k, "种类", str_of(kind_word(r->kind)));
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
            put_text(k, rules_due_text(k->rules, lines[i].level, &k->arena));
            put(k, "内办</td></tr>");
        }
    }
    put(k, "</tbody></table>");
}

static void put_conditions(struct book *k, size_t rule)
{
    struct rules_text *lines;
    size_t n = rules_lines(k->rules, rule, &k->arena, &lines);
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
    size_t n = rules_params_in_force(k->rules, rule, k->day, &k->arena, &params);
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
    size_t n = rules_tests(k->rules, rule, &k->arena, &tests);
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

static void put_rule(struct book *k, size_t rule)
{
    put(k, "<section class=\"rule\">");
    put_head(k, ruleset_rule(k->rules, rule));
    put_conditions(k, rule);
    put_params(k, rule);
    put_tests(k, rule);
    put(k, "</section>");
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */
static const char STYLE[] = ".facts th{width:6em;color:var(--soft);font-weight:400}.facts td,.facts th{padding:4px 14px 4px 0;border:0}"
                            "ul.lines,ul.tests{list-style:none;margin:4px 0 12px;padding:0}ul.lines li{padding:3px 0}ul.lines li.in{padding-left:2em}"
                            "ul.lines code{white-space:normal}ul.tests{columns:2;column-gap:40px;font-size:15px}ul.tests li{break-inside:avoid;padding:2px 0}"
                            "section .note{margin:14px 0 4px}caption{margin-top:12px}"
                            "@media(max-width:640px){ul.tests{columns:1}}@media print{section.rule{break-before:page}section.rule h2{margin-top:0}}";

static void put_contents(struct book *k)
{
    static const char *const heads[] = {"规则", "名称", "状态", "种类", "派给"};
    put(k, "<table>");
    html_heads(k->b, heads, ARRAY_LEN(heads), 0, 0);
    for (size_t i = 0; i < ruleset_count(k->rules); i++) {
        const struct rules_rule *r = ruleset_rule(k->rules, i);
        strbuf_addf(k->b, "<tr><th scope=\"row\"><a href=\"#" STR_FMT "\">" STR_FMT "</a></th><td>", STR_ARG(r->id), STR_ARG(r->id));
        put_text(k, r->name);
        strbuf_addf(k->b, "</td><td>%s</td><td>%s</td><td>", status_word(r->status), kind_word(r->kind));
        put_text(k, r->owner);
        put(k, "</td></tr>");
    }
    put(k, "</tbody></table>");
}

static void put_book(struct book *k)
{
    put(k, "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>规则手册</title><style>");
    strbuf_adds(k->b, shipped_text("page.css"));
    put(k, STYLE);
    put(k, "</style></head><body><header><p class=\"kicker\">摸排</p><h1>规则手册</h1><p class=\"lead\">");
    strbuf_addf(k->b, "版本 " STR_FMT "，共 %zu 条规则；参数为 ", STR_ARG(k->meta->version), ruleset_count(k->rules));
    strbuf_add_day(k->b, k->day);
    put(k, " 在用的取值。预警只是走访线索，不是处理决定。</p></header><main>");
    put_contents(k);
    for (size_t i = 0; i < ruleset_count(k->rules); i++) {
        put_rule(k, i);
    }
    put(k, "</main></body></html>\n");
}

static enum status make(struct rules_bench *bench, const struct args *a, struct err *err)
{
    AUTO_STRBUF html = STRBUF_INIT;
    TRY(rules_bench_open(bench, a, err));
    if (!bench->rules) {
        rules_bench_print(bench, a);
        return rules_bench_verdict(bench, err);
    }
    struct book k = {.rules = bench->rules, .meta = ruleset_meta(bench->rules), .day = clock_today(), .arena = ARENA_INIT, .b = &html};
    if (a->opt[OPT_AS_OF] && !day_parse_iso(str_of(a->opt[OPT_AS_OF]), &k.day)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_AS_OF]);
    }
    enum lang asked = lang_get();
    lang_set(LANG_ZH); /* the book is Chinese whoever prints it */
    put_book(&k);
    lang_set(asked);
    arena_release(&k.arena);
    if (a->opt[OPT_OUT]) {
        return file_write_atomic(a->opt[OPT_OUT], strbuf_str(&html), err);
    }
    fputs(strbuf_z(&html), stdout);
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    struct rules_bench b = {.has_site = false};
    enum status status = make(&b, a, err);
    rules_bench_release(&b);
    return status;
}

const struct command cmd_rules_doc = {
    .name = "rules doc",
    .operands = "[FILE]",
    .zh = "把规则印成手册（HTML，一条规则一页）：条件、依据、在用的参数、例子",
    .en = "the rule book in HTML, one rule a page: conditions, basis, parameters in force, examples",
    .more_zh = "由编译好的规则生成，写的就是跑的；可以给领导审、给街道看，打印时一条规则一页。\n\n"
               "  mopai rules doc -o 规则手册.html\n"
               "  mopai rules doc 新规则.yaml --as-of 2026-07-01 -o 新规则.html",
    .more_en = "Made from the compiled rules: what it says is what runs. In Chinese; one rule a page when printed.\n\n"
               "  mopai rules doc -o rules.html\n"
               "  mopai rules doc new-rules.yaml --as-of 2026-07-01 -o new.html",
    .options = options,
    .run = run,
};
