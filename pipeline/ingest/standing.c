/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/standing.h"

/* The accepted deliveries of one scope that are dated up to the day, oldest first, and the one in question among them. */
struct rivals {
    const struct delivered *v;
    size_t n, self;
    struct arena *a;
};

static const char *day_text(struct arena *a, daynum d)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_day(&b, d);
    return arena_z(a, strbuf_str(&b));
}

static struct standing of_snapshot(const struct rivals *r)
{
    const struct delivered *last = &r->v[r->n - 1], *self = &r->v[r->self];
    if (last == self) {
        return (struct standing){self->id, true, TR("本范围最新的一份", "the newest of its scope")};
    }
    return (struct standing){self->id, false,
                             arena_printf(r->a, TR("已由交付 %lld（%s）替代，只用来看变化", "replaced by delivery %lld (%s); only changes are read from it"),
                                          (long long)last->id, day_text(r->a, last->date))};
}

static const struct delivered *covered_by(const struct rivals *r, monthnum m)
{
    for (size_t i = r->n; i-- > r->self + 1;) {
        if (r->v[i].month_from != MONTH_MISSING && r->v[i].month_from <= m && m <= r->v[i].month_to) {
            return &r->v[i];
        }
    }
    return NULL;
}

static struct standing of_period(const struct rivals *r)
{
    const struct delivered *self = &r->v[r->self], *by = NULL;
    AUTO_STRBUF own = STRBUF_INIT;
    for (monthnum m = self->month_from; self->month_from != MONTH_MISSING && m <= self->month_to; m++) {
        const struct delivered *later = covered_by(r, m);
        by = later ? later : by;
        if (!later) {
            strbuf_addz(&own, own.n ? TR("、", ", ") : "");
            strbuf_add_month(&own, m);
        }
    }
    if (own.n == 0 && by) {
        return (struct standing){self->id, false, arena_printf(r->a, TR("它的月份都已由交付 %lld 等替代", "all its months are replaced by delivery %lld and others"), (long long)by->id)};
    }
    return (struct standing){self->id, true,
                             by ? arena_printf(r->a, TR("%s 用它，其余月份已由交付 %lld 等替代", "in force for %s; other months are replaced by delivery %lld and others"),
                                               strbuf_z(&own), (long long)by->id)
                                : TR("它覆盖的月份用它", "in force for the months it covers")};
}

static struct standing standing_of(const struct source *s, const struct rivals *r)
{
    switch (s->kind) {
    case KIND_SNAPSHOT:
        return of_snapshot(r);
    case KIND_PERIOD:
        return of_period(r);
    case KIND_APPEND:
        break;
    }
    return (struct standing){r->v[r->self].id, true, TR("增量，每份都算数", "an increment: all of them count")};
}

static void add_scope(const struct source *s, const struct delivered *v, size_t n, daynum day, struct arena *a, standing_list *out)
{
    size_t due = 0;
    while (due < n && v[due].date <= day) {
        due++;
    }
    for (size_t i = 0; i < n; i++) {
        const struct rivals r = {v, due, i, a};
        if (i < due) {
            vec_push(out, standing_of(s, &r));
        } else {
            vec_push(out, (struct standing){v[i].id, false, arena_printf(a, TR("数据日期 %s 未到，到那天才作数", "counts from its data date %s"), day_text(a, v[i].date))});
        }
    }
}

enum status standings_load(struct site *site, daynum day, struct arena *a, standing_list *out, struct err *err)
{
    for (size_t i = 0; i < site->sources->n; i++) {
        const struct source *s = &site->sources->v[i];
        struct delivered_list list;
        TRY(catalogue_accepted(site->ledger, s->id, DAY_FOREVER, a, &list, err));
        for (size_t from = 0, to; from < list.n; from = to) {
            for (to = from; to < list.n && strcmp(list.v[to].scope, list.v[from].scope) == 0; to++) {
            }
            add_scope(s, list.v + from, to - from, day, a, out);
        }
    }
    return ST_OK;
}

const struct standing *standing_find(const standing_list *l, int64_t delivery)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].delivery == delivery) {
            return &l->v[i];
        }
    }
    return NULL;
}
