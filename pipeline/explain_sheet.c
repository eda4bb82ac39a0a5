/* SPDX-License-Identifier: Apache-2.0 */
/* The case sheet: the same words as on the terminal, so that paper and screen cannot differ, set as a page to print. */
#include "base/core/file.h"
#include "pipeline/explain.h"
#include "pipeline/report/page.h"

#define STYLE                                                                                                                                          \
    "@page{size:A4;margin:14mm}body{font:14px/1.55 \"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;color:#111;max-width:52em;margin:1em auto;"      \
    "padding:0 1em;overflow-wrap:anywhere}h1{font-size:20px}h2{font-size:15px;margin:1em 0 .2em;border-bottom:1px solid #999;break-after:avoid}"        \
    "p{margin:0 0 0 1em;text-indent:-1em;padding-left:1em}p.deep{margin-left:3em;color:#444}footer{margin-top:1.5em;font-size:12px;color:#444}"

/* A line at the margin heads what is indented under it. */
static void add_lines(struct strbuf *page, struct str text)
{
    struct str line;
    while (str_split(&text, '\n', &line)) {
        size_t indent = 0;
        while (indent < line.n && line.p[indent] == ' ') {
            indent++;
        }
        if (indent == line.n) {
            continue;
        }
        const char *tag = indent == 0 ? "h2" : "p";
        strbuf_addf(page, "<%s%s>", tag, indent > 2 ? " class=\"deep\"" : "");
        html_text(page, str_sub(line, indent, line.n));
        strbuf_addf(page, "</%s>\n", tag);
    }
}

/* explain_warnings_of begins its lines with the number. */
static enum status add_warnings(struct explain *x, struct str said, struct strbuf *page, struct err *err)
{
    AUTO_STRBUF one = STRBUF_INIT;
    struct strbuf *out = x->out;
    struct str line;
    enum status st = ST_OK;
    x->out = &one;
    while (st == ST_OK && str_split(&said, '\n', &line)) {
        if (str_starts(line, STR("  W-"))) {
            struct str number = str_sub(line, 2, line.n);
            strbuf_clear(&one);
            st = explain_warning(x, str_sub(number, 0, str_find(number, STR(" "))), err);
            add_lines(page, strbuf_str(&one));
        }
    }
    x->out = out;
    return st;
}

enum status explain_sheet(struct explain *x, struct str ref, const char *path, struct err *err)
{
    AUTO_STRBUF said = STRBUF_INIT;
    AUTO_STRBUF page = STRBUF_INIT;
    struct strbuf *out = x->out;
    x->out = &said;
    enum status st = explain_household(x, ref, err);
    x->out = out;
    TRY(st);
    const char *title = TR("一户一表", "case sheet");
    strbuf_addf(&page, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><style>" STYLE
                       "</style></head><body><h1>%s</h1>\n", TR("zh-CN", "en"), title, title);
    add_lines(&page, strbuf_str(&said));
    TRY(add_warnings(x, strbuf_str(&said), &page, err));
    strbuf_addf(&page, TR("<footer>第%lld夜，基准日 ", "<footer>night %lld, as of "), (long long)x->night);
    strbuf_add_day(&page, x->as_of);
    strbuf_addz(&page, TR("。含个人信息，用后按规定收回或销毁；预警只是走访线索，不是处理决定。</footer></body></html>\n",
                          ". Personal data: return or destroy after use. A warning is a lead for a visit, not a decision.</footer></body></html>\n"));
    return file_write_atomic(path, strbuf_str(&page), err);
}
