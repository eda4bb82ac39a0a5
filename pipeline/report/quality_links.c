/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/quality_links.h"

#include "base/store/db.h"
#include "pipeline/report/page.h"

static const struct link_figure {
    const char *name, *low, *high; /* low and high: NULL when it is counted, not expected */
    const char *text;
    bool always;                   /* told when it is nought, too */
} figures[] = {
    {"link_made", NULL, NULL, "凭号码以外的信息归人的记录", true},
    {"link_false", "link_false_low", "link_false_high", "其中预计归错", true},
    {"link_asked", NULL, NULL, "等人核对的疑问", true},
    {"link_missed", "link_missed_low", "link_missed_high", "其中预计是漏归", true},
    {"link_twice", NULL, NULL, "像是同一名册里已有的人、因此没有归上的记录", false},
    {"link_pairs_lost", NULL, NULL, "重名太多、没有逐一比较的对数", false},
    {"link_remodeled", NULL, NULL, "因换了归并模型改了归属的记录（由此新出现的命中暂扣）", false},
    {"basis_differs_assisted", NULL, NULL, "保障户的组成与所在户不一致的户", true},
    {"basis_differs_hukou", NULL, NULL, "户籍户的组成与所在户不一致的户（一人不止一种依据时，按先后取一种）", true},
    {"basis_differs_insured", NULL, NULL, "参保家庭的组成与所在户不一致的户", true},
    {"link_drift", NULL, NULL, "与训练模型时相比走了样的指标", true},
};

static enum status read_figure(struct report *r, const char *name, int64_t *out, struct err *err)
{
    *out = 0;
    if (!name) {
        return ST_OK;
    }
    AUTO_STMT q = stmt_use(r->night, STMT_SELECT_FIGURE);
    bool row;
    stmt_bind_z(q, ":name", name);
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_int(q, 0) : 0;
    return ST_OK;
}

/* Tells one figure, or one drift. n < 0: none. */
typedef void (*tell)(void *ctx, const char *text, int64_t n, const char *note);

static enum status tell_drifts(struct report *r, tell fn, void *ctx, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_LINK_DRIFTS);
    for (bool row;;) {
        AUTO_STRBUF text = STRBUF_INIT;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct str way = stmt_text(q, 0), what = stmt_text(q, 1);
        int64_t now = stmt_int(q, 3) / 1000, then = stmt_int(q, 4) / 1000;
        bool links = str_eqz(what, "归上");
        strbuf_addf(&text, "走样：按" STR_FMT "碰到的对里，" STR_FMT "%s的占 %lld.%lld%%，训练时 %lld.%lld%%", STR_ARG(way), STR_ARG(what), links ? "" : "相同", (long long)(now / 10),
                    (long long)(now % 10), (long long)(then / 10), (long long)(then % 10));
        fn(ctx, strbuf_z(&text), stmt_int(q, 2), "对");
    }
}

static enum status tell_all(struct report *r, tell fn, void *ctx, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
        AUTO_STRBUF note = STRBUF_INIT;
        int64_t n, low, high;
        TRY(read_figure(r, figures[i].name, &n, err));
        TRY(read_figure(r, figures[i].low, &low, err));
        TRY(read_figure(r, figures[i].high, &high, err));
        if (figures[i].low) {
            strbuf_addf(&note, "%lld 至 %lld", (long long)low, (long long)high);
        }
        if (n || figures[i].always) {
            fn(ctx, figures[i].text, n, strbuf_z(&note));
        }
    }
    return tell_drifts(r, fn, ctx, err);
}

static void put_html(void *ctx, const char *text, int64_t n, const char *note)
{
    struct strbuf *b = ctx;
    strbuf_addz(b, "<tr><th scope=\"row\">");
    html_text(b, str_of(text));
    strbuf_addz(b, "</th><td class=\"n\" data-l=\"数量\">");
    html_count(b, n);
    strbuf_addz(b, "</td><td data-l=\"说明\">");
    html_text(b, str_of(note));
    strbuf_addz(b, "</td></tr>\n");
}

enum status quality_links_html(struct report *r, struct strbuf *b, struct err *err)
{
    static const char *const heads[] = {"项目", "数量", "说明"};
    strbuf_addz(b, "<section><h2>归并</h2><p class=\"note\">不知道真相时对自己的估计：各条的把握加起来，括出 95% 的范围。凭有效号码归的不在内。</p><table>\n");
    html_heads(b, heads, ARRAY_LEN(heads), 1, 2);
    TRY(tell_all(r, put_html, b, err));
    strbuf_addz(b, "</tbody></table></section>\n");
    return ST_OK;
}

static void put_csv(void *ctx, const char *text, int64_t n, const char *note)
{
    struct csv_out *c = ctx;
    for (int i = 0; i < 7; i++) {
        csv_empty(c);
    }
    csv_z(c, "归并");
    csv_empty(c);
    csv_z(c, text);
    csv_int(c, n);
    csv_z(c, note);
    csv_end_row(c);
}

enum status quality_links_csv(struct report *r, struct csv_out *c, struct err *err)
{
    return tell_all(r, put_csv, c, err);
}
