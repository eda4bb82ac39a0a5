/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/quality_referrals.h"

#include "base/core/wilson.h"
#include "pipeline/referrals.h"
#include "pipeline/report/page.h"

enum { HANDED, DONE, DECLINED, RECEIVED, OPEN, LATE, COLUMNS };
static const char *const labels[COLUMNS] = {"交办", "已办结", "不办理", "已接收", "未答复", "逾期未办完"};

struct kind {
    struct str name;
    struct referral_counts counts;
};
typedef VEC(struct kind) kinds;

static struct kind *kind_at(kinds *all, struct str name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (str_eq(all->v[i].name, name)) {
            return &all->v[i];
        }
    }
    vec_push(all, (struct kind){.name = name});
    return &all->v[all->n - 1];
}

/* In the order of meta.needs; others in the order of their first referral. */
static enum status load(struct report *r, kinds *out, struct err *err)
{
    referral_list all = {0};
    enum status st = referrals_load(r->ledger, r->number, r->mark_event, r->mark_visit, &r->arena, &all, err);
    for (size_t i = 0; i < r->meta->n_needs; i++) {
        kind_at(out, r->meta->needs[i].name);
    }
    for (size_t i = 0; i < all.n; i++) {
        referral_count(&all.v[i], r->as_of, r->meta->referral_days, &kind_at(out, all.v[i].kind)->counts);
    }
    vec_release(&all);
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (out->v[i].counts.handed > 0) {
            out->v[n++] = out->v[i];
        }
    }
    out->n = n;
    return st;
}

static void cells_of(const struct referral_counts *c, int64_t *v)
{
    v[HANDED] = c->handed;
    v[DONE] = c->by_state[REFERRAL_DONE];
    v[DECLINED] = c->by_state[REFERRAL_DECLINED];
    v[RECEIVED] = c->by_state[REFERRAL_RECEIVED];
    v[OPEN] = c->by_state[REFERRAL_OPEN];
    v[LATE] = c->late;
}

static void add_share(const struct referral_counts *c, struct strbuf *b)
{
    struct share s = wilson((uint64_t)c->by_state[REFERRAL_DONE], (uint64_t)c->decided);
    strbuf_addf(b, "%u.%u%%（%u.%u 至 %u.%u）", s.value / 10, s.value % 10, s.low / 10, s.low % 10, s.high / 10, s.high % 10);
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

static void share_cell(struct strbuf *b, const struct referral_counts *c, bool hidden)
{
    strbuf_addz(b, "<td class=\"n\" data-l=\"办结率\">");
    if (c->decided < PAGE_HIDDEN || hidden) {
        strbuf_addz(b, "—");
    } else {
        add_share(c, b);
    }
    strbuf_addz(b, "</td></tr>\n");
}

static void table(struct report *r, const kinds *all, struct strbuf *b)
{
    static const char *const heads[COLUMNS + 2] = {"帮助", "交办", "已办结", "不办理", "已接收", "未答复", "逾期未办完", "转介办结率（95% 区间）"};
    int64_t *v = arena_array(&r->arena, int64_t, all->n * COLUMNS + 1);
    struct counts c;
    for (size_t i = 0; i < all->n; i++) {
        cells_of(&all->v[i].counts, v + i * COLUMNS);
    }
    counts_init(&c, v, all->n, COLUMNS, labels);
    strbuf_addz(b, "<table>");
    html_heads(b, heads, ARRAY_LEN(heads), 1, COLUMNS + 2);
    for (size_t i = 0; i < all->n; i++) {
        strbuf_addz(b, "<tr><th scope=\"row\">");
        html_text(b, all->v[i].name);
        strbuf_addz(b, "</th>");
        /* done, declined, received and open add up to what was handed on: one hidden would follow from the others */
        bool hidden = false;
        for (size_t k = DONE; k <= OPEN; k++) {
            hidden |= counts_hidden(&c, i, k);
        }
        for (size_t k = 0; k < COLUMNS; k++) {
            if (hidden && k >= DONE && k <= OPEN) {
                strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">—</td>", labels[k]);
            } else {
                counts_cell(b, &c, i, k);
            }
        }
        share_cell(b, &all->v[i].counts, hidden);
    }
    counts_release(&c);
    strbuf_addz(b, "</tbody></table>");
}

enum status quality_referrals_html(struct report *r, struct strbuf *b, struct err *err)
{
    kinds all = {0};
    enum status st = load(r, &all, err);
    if (st == ST_OK && all.n > 0) {
        strbuf_addf(b, "<section><h2>转介出去的，办得怎么样</h2><p class=\"note\">近一年交给别的单位的，一户一类帮助算一次；情况已经消失、还没人答复的不算。办结率 = 已办结的 ÷ 有最后结果的和超过 "
                       "%d 天没有办完的，不足 %d 的不算；括号里是 95%% 区间（Wilson）。哪些没有办完：<code>mopai referrals list --late</code>。不足 5 的数不显示，算得出它的也不显示。</p>",
                    r->meta->referral_days, PAGE_HIDDEN);
        table(r, &all, b);
        strbuf_addz(b, "</section>\n");
    }
    vec_release(&all);
    return st;
}

/* --- the table ------------------------------------------------------------------------------------------------------------------ */

static void csv_row(struct csv_out *c, struct str kind, const char *what, int64_t n, struct str text)
{
    for (int i = 0; i < 7; i++) {
        csv_empty(c);
    }
    csv_z(c, "转介");
    csv_text(c, kind);
    csv_z(c, what);
    csv_int(c, n);
    csv_text(c, text);
    csv_end_row(c);
}

enum status quality_referrals_csv(struct report *r, struct csv_out *c, struct err *err)
{
    kinds all = {0};
    enum status st = load(r, &all, err);
    for (size_t i = 0; i < all.n && st == ST_OK; i++) {
        int64_t v[COLUMNS];
        AUTO_STRBUF share = STRBUF_INIT;
        cells_of(&all.v[i].counts, v);
        for (int k = 0; k < COLUMNS; k++) {
            csv_row(c, all.v[i].name, labels[k], v[k], STR(""));
        }
        if (all.v[i].counts.decided > 0) {
            add_share(&all.v[i].counts, &share);
            csv_row(c, all.v[i].name, "办结率", all.v[i].counts.decided, strbuf_str(&share));
        }
    }
    vec_release(&all);
    return st;
}
