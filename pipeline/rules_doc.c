/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules doc`: the rule book, one self-contained page in Chinese, one rule a sheet when printed: what it asks, on what basis, with which values in force, whom
   it sends where, and its tests as examples. Made from the compiled rules, so that it cannot say anything else than what runs. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "pipeline/report/page.h"
#include "pipeline/report/rule_book.h"
#include "pipeline/rules_bench.h"

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

static void put(struct book *k, const char *html) { strbuf_addz(k->b, html); }

static void put_text(struct book *k, struct str s) { html_text(k->b, s); }

static void put_rule(struct book *k, size_t rule)
{
    const struct rules_rule *r = ruleset_rule(k->rules, rule);
    strbuf_addf(k->b, "<section class=\"rule\"><h2 id=\"" STR_FMT "\">" STR_FMT "　", STR_ARG(r->id), STR_ARG(r->id));
    put_text(k, r->name);
    put(k, "</h2>");
    rule_book_put(k->b, k->rules, rule, k->day, &k->arena);
    put(k, "</section>");
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */
static void put_contents(struct book *k)
{
    static const char *const heads[] = {"规则", "名称", "状态", "种类", "派给"};
    put(k, "<table>");
    html_heads(k->b, heads, ARRAY_LEN(heads), 0, 0);
    for (size_t i = 0; i < ruleset_count(k->rules); i++) {
        const struct rules_rule *r = ruleset_rule(k->rules, i);
        strbuf_addf(k->b, "<tr><th scope=\"row\"><a href=\"#" STR_FMT "\">" STR_FMT "</a></th><td>", STR_ARG(r->id), STR_ARG(r->id));
        put_text(k, r->name);
        strbuf_addf(k->b, "</td><td>%s</td><td>%s</td><td>", rule_book_status(r->status), rule_book_kind(r->kind));
        put_text(k, r->owner);
        put(k, "</td></tr>");
    }
    put(k, "</tbody></table>");
}

static void put_book(struct book *k)
{
    html_begin(k->b, "规则手册", "book");
    put(k, "<header><p class=\"kicker\">摸排</p><h1>规则手册</h1><p class=\"lead\">");
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
