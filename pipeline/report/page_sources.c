/* SPDX-License-Identifier: Apache-2.0 */
/* What came in, and how well its rows found their people. */
#include "pipeline/report/page.h"

size_t page_sources_late(const struct page *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->sources.n; i++) {
        n += !str_eqz(p->sources.v[i].state, "fresh");
    }
    return n;
}

static const char *state_word(struct str state)
{
    return str_eqz(state, "fresh") ? TR("按时", "fresh") : str_eqz(state, "stale") ? TR("过期", "late") : TR("缺失", "missing");
}

static void day_cell(struct strbuf *b, const char *label, daynum day)
{
    strbuf_addf(b, "<td class=\"day\" data-l=\"%s\">", label);
    html_day(b, day);
    strbuf_addz(b, "</td>");
}

static void share_cell(struct strbuf *b, const char *label, int64_t part, int64_t whole)
{
    strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">", label);
    if (whole > 0) {
        int64_t tenths = part * 1000 / whole;
        strbuf_addf(b, "%lld.%lld%%</td></tr>", (long long)(tenths / 10), (long long)(tenths % 10));
    } else {
        strbuf_addz(b, "—</td></tr>");
    }
}

static void source_row(struct strbuf *b, const struct page_source *s, const char *const *names, bool screen)
{
    strbuf_addf(b, "<tr%s><th scope=\"row\">", screen ? " class=\"screen\"" : "");
    html_data(b, s->label);
    strbuf_addz(b, "<span class=\"sub\">");
    html_data(b, s->department);
    strbuf_addf(b, "</span></th><td data-l=\"%s\"><span class=\"tag " STR_FMT "\">%s</span></td>", names[1], STR_ARG(s->state), state_word(s->state));
    day_cell(b, names[2], s->data_date);
    day_cell(b, names[3], s->due);
    html_number_cell(b, names[4], s->arrived);
    html_number_cell(b, names[5], s->held);
    html_number_cell(b, names[6], s->refused);
    html_number_cell(b, names[7], s->records);
    html_number_cell(b, names[8], s->typed);
    html_number_cell(b, names[9], s->rejected);
    html_number_cell(b, names[10], s->set_aside);
    share_cell(b, names[11], s->linked, s->linked + s->unlinked);
}

void page_sources(struct strbuf *b, const struct page *p)
{
    const char *const names[] = {TR("数据源", "source"), TR("状态", "state"), TR("数据日期", "data date"), TR("应更新", "due"), TR("新到", "arrived"), TR("待定", "waiting"),
                                 TR("拒收", "refused"), TR("记录", "records"), TR("接收", "typed"), TR("退回", "rejected"), TR("搁置", "set aside"), TR("归到人", "linked")};
    size_t late = page_sources_late(p), shown = 0;
    strbuf_addf(b, "<section class=\"came\"><h2>%s</h2><p class=\"note screen\">%s</p>", TR("数据到了没有", "What came in"),
                TR("按时：在约定日期内更新过。过期或缺失的数据源不说明任何人“没有”。新到、待定、拒收按交付计；记录 = 接收 + 退回 + 搁置（标题、表头、合计、签名、空行、声明不算的行）。",
                   "Fresh: updated within the agreed days. A late or missing source says of nobody that he has none. Arrived, waiting and refused count deliveries; records = typed + "
                   "rejected + set aside (titles, heads, totals, signatures, blank rows, rows declared not to count)."));
    strbuf_addz(b, "<p class=\"note paper-only\">");
    html_counted(b, TR("按时 %s 个；", "fresh: %s; "), (int64_t)(p->sources.n - late));
    html_counted(b, TR("过期或缺失 %s 个。", "late or missing: %s."), (int64_t)late);
    strbuf_addf(b, "</p><table%s><caption>%s</caption>", late ? "" : " class=\"screen\"", TR("在用交付，按数据源", "deliveries in force by source"));
    html_heads(b, names, ARRAY_LEN(names), 4, ARRAY_LEN(names));
    for (size_t i = 0; i < p->sources.n; i++) {
        const struct page_source *s = &p->sources.v[i];
        bool fresh = str_eqz(s->state, "fresh");
        source_row(b, s, names, fresh || shown >= PAGE_LATE);
        shown += !fresh;
    }
    strbuf_addz(b, "</tbody></table>");
    for (size_t i = 0; i < p->sources.n; i++) {
        const char *towns = p->sources.v[i].late_towns;
        if (towns) {
            strbuf_addz(b, "<p class=\"note\">");
            html_data(b, p->sources.v[i].label);
            strbuf_addz(b, TR(" 没有按时送来：", ": late towns: "));
            html_data(b, str_of(towns));
            strbuf_addz(b, TR("。那里的人在这个数据源里没有记录，记为“未知”。", ". No record of their people there means unknown."));
            strbuf_addz(b, "</p>");
        }
    }
    strbuf_addz(b, "</section>\n");
}

/* --- linkage ----------------------------------------------------------------------------------------------------------- */

static void fact(struct strbuf *b, const char *name, int64_t v)
{
    if (v >= 0) {
        strbuf_addf(b, "<div><dt>%s</dt><dd>", name);
        html_count(b, v);
        strbuf_addz(b, "</dd></div>");
    }
}

/* 120（95% 区间 100–140） */
static void expected(struct strbuf *b, const char *name, int64_t v, int64_t low, int64_t high)
{
    if (v < 0) {
        return;
    }
    strbuf_addf(b, "<div><dt>%s</dt><dd>", name);
    html_count(b, v);
    strbuf_addz(b, " <span class=\"range\">");
    html_count(b, low);
    strbuf_addz(b, "–");
    html_count(b, high);
    strbuf_addz(b, "</span></dd></div>");
}

void page_linkage(struct strbuf *b, const struct page *p)
{
    const struct page_linkage *l = &p->linkage;
    int64_t linked = 0, unlinked = 0;
    for (size_t i = 0; i < p->sources.n; i++) {
        linked += p->sources.v[i].linked;
        unlinked += p->sources.v[i].unlinked;
    }
    strbuf_addf(b, "<section><h2>%s</h2><p class=\"note screen\">%s</p><dl class=\"facts\">", TR("归并得怎样", "How well rows found their people"),
                TR("不只凭证件号归并的，由程序自己的概率估计错了几条、漏了几条，括号里是 95% 区间；拿不准的留给人判断。",
                   "Of links made by more than a number the program's own probabilities say how many are false and how many were missed, with 95 % intervals; doubtful rows wait for people."));
    fact(b, TR("人", "persons"), l->persons);
    fact(b, TR("户", "households"), l->households);
    fact(b, TR("归到人的行", "rows linked"), linked);
    fact(b, TR("未归人的行", "rows nobody's"), unlinked);
    fact(b, TR("不只凭证件号", "by more than a number"), l->made);
    expected(b, TR("其中估计错", "of them false, expected"), l->made_false, l->made_false_low, l->made_false_high);
    fact(b, TR("等人判断", "wait for people"), l->asked);
    expected(b, TR("估计漏", "missed, expected"), l->missed, l->missed_low, l->missed_high);
    fact(b, TR("同号不同名", "one number, two names"), l->conflicts);
    fact(b, TR("组户依据未定的户", "households without a basis"), l->no_basis);
    fact(b, TR("区划未定的户", "households without an area"), l->no_area);
    strbuf_addz(b, "</dl></section>\n");
}
