/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/quality_outcomes.h"

#include "pipeline/ingest/sources.h"
#include "pipeline/report/page.h"

#define WORD "数据过期"
#define DAYS 366

enum { VERIFIED, OUT_OF_DATE, COLUMNS };
static const char *const labels[COLUMNS] = {"已核实", WORD};

static bool is_verified(const struct rules_meta *meta, struct str group)
{
    for (size_t g = 0; g < meta->n_groups; g++) {
        if (str_eq(meta->groups[g].name, group)) {
            return meta->groups[g].verified;
        }
    }
    return false;
}

static void count(struct report *r, const struct stmt *q, int64_t *counts)
{
    for (size_t i = 0; i < r->sources->n && is_verified(r->meta, stmt_text(q, 1)); i++) {
        if (str_eq(r->sources->v[i].label, stmt_text(q, 0))) {
            counts[i * COLUMNS + VERIFIED] += stmt_int(q, 3);
            counts[i * COLUMNS + OUT_OF_DATE] += str_eqz(stmt_text(q, 2), WORD) ? stmt_int(q, 3) : 0;
        }
    }
}

/* Sources that something was verified of, in the order of sources.yaml. */
struct told {
    size_t n, *source;
    int64_t *counts; /* COLUMNS a source */
};

static void keep_verified(struct report *r, const int64_t *all, struct told *out)
{
    *out = (struct told){0, arena_array(&r->arena, size_t, r->sources->n + 1), arena_array(&r->arena, int64_t, r->sources->n * COLUMNS + 1)};
    for (size_t i = 0; i < r->sources->n; i++) {
        if (all[i * COLUMNS + VERIFIED] > 0) {
            memcpy(out->counts + out->n * COLUMNS, all + i * COLUMNS, COLUMNS * sizeof(*all));
            out->source[out->n++] = i;
        }
    }
}

static enum status load(struct report *r, struct told *out, struct err *err)
{
    int64_t *all = arena_array(&r->arena, int64_t, r->sources->n * COLUMNS + 1);
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_OUTCOMES_BY_SOURCE);
    stmt_bind_int(q, ":mark", r->mark_visit);
    stmt_bind_int(q, ":events", r->mark_event);
    stmt_bind_day(q, ":since", r->as_of - DAYS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            keep_verified(r, all, out);
            return ST_OK;
        }
        count(r, q, all);
    }
}

/* 12.5%, rounded to the nearest thousandth. */
static void add_share(struct strbuf *b, int64_t part, int64_t whole)
{
    int64_t thousandths = (part * 1000 + whole / 2) / whole;
    strbuf_addf(b, "%lld.%lld%%", (long long)(thousandths / 10), (long long)(thousandths % 10));
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

/* Nothing beside a hidden number: the share would tell it. */
static void share_cell(struct strbuf *b, const struct counts *c, size_t row)
{
    int64_t verified = c->v[row * COLUMNS + VERIFIED], old = c->v[row * COLUMNS + OUT_OF_DATE];
    strbuf_addz(b, "<td class=\"n\" data-l=\"占\">");
    if (counts_hidden(c, row, VERIFIED) || counts_hidden(c, row, OUT_OF_DATE)) {
        strbuf_addz(b, "—");
    } else {
        add_share(b, old, verified);
    }
    strbuf_addz(b, "</td>");
}

enum status quality_outcomes_html(struct report *r, struct strbuf *b, struct err *err)
{
    static const char *const heads[] = {"数据源", "已核实", WORD, "占"};
    struct told t;
    TRY(load(r, &t, err));
    if (t.n == 0) {
        return ST_OK;
    }
    struct counts c;
    counts_init(&c, t.counts, t.n, COLUMNS, labels);
    strbuf_addz(b, "<section><h2>走访说数据过期的</h2><p class=\"note\">近一年入户核实的预警，按所依据的数据源数；依据几个数据源的，各算一条，走访不分是哪一个过期。"
                   "撤回的结果不算；不足 5 的数不显示。</p><table>");
    html_heads(b, heads, ARRAY_LEN(heads), 1, 4);
    for (size_t i = 0; i < t.n; i++) {
        strbuf_addz(b, "<tr><th scope=\"row\">");
        html_text(b, r->sources->v[t.source[i]].label);
        strbuf_addz(b, "</th>");
        counts_cell(b, &c, i, VERIFIED);
        counts_cell(b, &c, i, OUT_OF_DATE);
        share_cell(b, &c, i);
        strbuf_addz(b, "</tr>\n");
    }
    strbuf_addz(b, "</tbody></table></section>\n");
    counts_release(&c);
    return ST_OK;
}

/* --- the table ------------------------------------------------------------------------------------------------------------------ */

static void csv_row(struct csv_out *c, const struct source *s, const int64_t *counts)
{
    AUTO_STRBUF text = STRBUF_INIT;
    strbuf_addf(&text, "近一年核实 %lld 条，占 ", (long long)counts[VERIFIED]);
    add_share(&text, counts[OUT_OF_DATE], counts[VERIFIED]);
    csv_text(c, s->label);
    csv_text(c, s->department);
    for (int i = 0; i < 5; i++) {
        csv_empty(c);
    }
    csv_z(c, "走访核实");
    csv_empty(c);
    csv_z(c, WORD);
    csv_int(c, counts[OUT_OF_DATE]);
    csv_text(c, strbuf_str(&text));
    csv_end_row(c);
}

enum status quality_outcomes_csv(struct report *r, struct csv_out *c, struct err *err)
{
    struct told t;
    TRY(load(r, &t, err));
    for (size_t i = 0; i < t.n; i++) {
        csv_row(c, &r->sources->v[t.source[i]], t.counts + i * COLUMNS);
    }
    return ST_OK;
}
