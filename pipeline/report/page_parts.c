/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/page.h"

#include "pipeline/shipped.h"

void html_begin(struct strbuf *b, const char *title, const char *class)
{
    strbuf_addf(b,
                "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
                "initial-scale=1\">\n<title>%s</title>\n<style>\n",
                TR("zh-CN", "en"), title);
    strbuf_adds(b, shipped_text("page.css"));
    strbuf_addf(b, "</style>\n</head>\n<body class=\"%s\">\n", class);
}

void html_text(struct strbuf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&':
            strbuf_addz(b, "&amp;");
            break;
        case '<':
            strbuf_addz(b, "&lt;");
            break;
        case '>':
            strbuf_addz(b, "&gt;");
            break;
        case '"':
            strbuf_addz(b, "&quot;");
            break;
        default:
            strbuf_addc(b, s.p[i]);
        }
    }
}

void html_data(struct strbuf *b, struct str s)
{
    bool foreign = lang_get() == LANG_EN && s.n > 0;
    strbuf_addz(b, foreign ? "<span lang=\"zh-CN\">" : "");
    html_text(b, s);
    strbuf_addz(b, foreign ? "</span>" : "");
}

void html_count(struct strbuf *b, int64_t v)
{
    char digits[24];
    size_t n = 0;
    for (uint64_t rest = v < 0 ? (uint64_t)-v : (uint64_t)v; rest > 0 || n == 0; rest /= 10) {
        digits[n++] = (char)('0' + rest % 10);
    }
    if (v < 0) {
        strbuf_addz(b, "−");
    }
    while (n > 0) {
        strbuf_addc(b, digits[--n]);
        if (n > 0 && n % 3 == 0) {
            strbuf_addc(b, ',');
        }
    }
}

void html_day(struct strbuf *b, daynum day)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (day == DAY_MISSING) {
        strbuf_addz(b, "—");
        return;
    }
    struct ymd d = day_to_ymd(day);
    if (lang_get() == LANG_EN) {
        strbuf_addf(b, "%d %s", d.day, months[d.month - 1]);
    } else {
        strbuf_addf(b, "%d月%d日", d.month, d.day);
    }
}

void html_counted(struct strbuf *b, const char *format, int64_t v)
{
    AUTO_STRBUF count = STRBUF_INIT;
    html_count(&count, v);
    strbuf_addf(b, format, strbuf_z(&count));
}

void html_number_cell(struct strbuf *b, const char *label, int64_t v)
{
    strbuf_addf(b, "<td class=\"n%s\" data-l=\"%s\">", v == 0 ? " zero" : "", label);
    html_count(b, v);
    strbuf_addz(b, "</td>");
}

/* Columns from `first` up to but not including `end` hold numbers. A column without a name holds pictures of the numbers beside it. */
void html_heads(struct strbuf *b, const char *const *names, size_t n, size_t first, size_t end)
{
    strbuf_addz(b, "<thead><tr>");
    for (size_t i = 0; i < n; i++) {
        if (*names[i]) {
            strbuf_addf(b, "<th scope=\"col\"%s>%s</th>", i >= first && i < end ? " class=\"n\"" : "", names[i]);
        } else {
            strbuf_addz(b, "<td class=\"wide\"></td>");
        }
    }
    strbuf_addz(b, "</tr></thead><tbody>");
}
