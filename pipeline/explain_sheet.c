/* SPDX-License-Identifier: Apache-2.0 */
/* The case sheet: the same words as on the terminal, so that paper and screen cannot differ, set on one A4. */
#include "base/core/file.h"
#include "base/core/vec.h"
#include "pipeline/explain.h"
#include "pipeline/report/page.h"
#include "pipeline/report/sheet.h"

#define WHY_LINES 26 /* of a warning: its head, history and conditions; rows behind them are told by `explain W-...` */

typedef VEC(struct sheet_line) sheet_lines;

/* A line at the margin heads what is indented under it. Views into `text`. */
static void add_lines(struct str text, int deepest, size_t most, sheet_lines *out)
{
    struct str line;
    size_t n = 0;
    while (n < most && str_split(&text, '\n', &line)) {
        size_t indent = 0;
        while (indent < line.n && line.p[indent] == ' ') {
            indent++;
        }
        int depth = indent == 0 ? 0 : indent <= 2 ? 1 : 2;
        if (indent < line.n && depth <= deepest) {
            vec_push(out, (struct sheet_line){str_sub(line, indent, line.n), depth});
            n++;
        }
    }
}

/* explain_warnings_of begins its lines with the number. Each warning once, with what it says of itself. */
static enum status add_warnings(struct explain *x, struct str said, sheet_lines *out, struct err *err)
{
    struct strbuf *terminal = x->out;
    struct str line;
    enum status st = ST_OK;
    bool listed = false;
    while (st == ST_OK && str_split(&said, '\n', &line)) {
        listed = str_starts(line, STR(" ")) ? listed : str_eqz(line, TR("预警", "warnings"));
        if (listed && str_starts(line, STR("  W-"))) {
            AUTO_STRBUF one = STRBUF_INIT;
            struct str number = str_sub(line, 2, line.n);
            x->out = &one;
            st = explain_warning(x, str_sub(number, 0, str_find(number, STR(" "))), err);
            add_lines(arena_str(x->arena, strbuf_str(&one)), 1, WHY_LINES, out);
        }
    }
    x->out = terminal;
    return st;
}

static enum status gather(struct explain *x, struct str ref, sheet_lines *out, struct err *err)
{
    AUTO_STRBUF said = STRBUF_INIT;
    struct strbuf *terminal = x->out;
    x->out = &said;
    enum status st = explain_household(x, ref, err);
    x->out = terminal;
    TRY(st);
    struct str kept = arena_str(x->arena, strbuf_str(&said));
    add_lines(kept, 2, SIZE_MAX, out);
    return add_warnings(x, kept, out, err);
}

/* Printed, the letters are the smaller the more there is to say. */
static enum status write_html(const struct sheet *s, const char *path, struct err *err)
{
    AUTO_STRBUF page = STRBUF_INIT;
    html_begin(&page, s->title.p, s->n <= 48 ? "case" : s->n <= 70 ? "case more" : "case most");
    strbuf_addz(&page, "<header><h1>");
    html_text(&page, s->title);
    strbuf_addz(&page, "</h1></header>\n<main>\n");
    for (size_t i = 0; i < s->n; i++) {
        const char *tag = s->lines[i].depth ? "p" : "h2";
        strbuf_addf(&page, "<%s%s>", tag, s->lines[i].depth > 1 ? " class=\"deep\"" : "");
        html_text(&page, s->lines[i].text);
        strbuf_addf(&page, "</%s>\n", tag);
    }
    strbuf_addz(&page, "</main>\n<footer><p>");
    html_text(&page, s->foot);
    strbuf_addz(&page, "</p></footer>\n</body>\n</html>\n");
    return file_write_atomic(path, strbuf_str(&page), err);
}

enum status explain_sheet(struct explain *x, struct str ref, const char *path, struct err *err)
{
    sheet_lines lines = {0};
    AUTO_STRBUF foot = STRBUF_INIT;
    enum status st = gather(x, ref, &lines, err);
    strbuf_addf(&foot, TR("第%lld夜，基准日 ", "Night %lld, as of "), (long long)x->night);
    strbuf_add_day(&foot, x->as_of);
    strbuf_addz(&foot, TR("。含个人信息，用后按规定收回或销毁；预警只是走访线索，不是处理决定。",
                          ". Personal data: return or destroy after use. A warning is a lead for a visit, not a decision."));
    const struct sheet s = {str_of(TR("一户一表", "case sheet")), strbuf_str(&foot), x->as_of, lines.v, lines.n};
    if (st == ST_OK) {
        st = str_ends(str_of(path), STR(".pdf")) ? sheet_pdf(&s, path, err) : write_html(&s, path, err);
    }
    vec_release(&lines);
    return st;
}
