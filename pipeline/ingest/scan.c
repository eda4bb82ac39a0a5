/* SPDX-License-Identifier: Apache-2.0 */
/* One look at the inbox: names to sources, contents to what is known, the rest in the order source, scope, data date, name, hash; files of one source, scope
   and date are one delivery, committed by itself. */
#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/core/share.h"
#include "pipeline/command.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/ingest/scan_private.h"

static int same_delivery(const struct inbox_file *a, const struct inbox_file *b)
{
    if (a->says.source != b->says.source) {
        return a->says.source < b->says.source ? -1 : 1;
    }
    int c = strcmp(a->scope, b->scope);
    return c ? c : (a->date > b->date) - (a->date < b->date);
}

static int file_cmp(const void *pa, const void *pb)
{
    const struct inbox_file *a = pa, *b = pb;
    int c = same_delivery(a, b);
    if (c == 0) {
        c = (a->says.part > b->says.part) - (a->says.part < b->says.part);
    }
    if (c == 0) {
        c = strcmp(a->name, b->name);
    }
    return c ? c : strcmp(a->hex.xxh128, b->hex.xxh128);
}

/* The files of [from, to) that make the delivery: new ones, and known parts that no new file replaces. Repeated content once. */
static void choose_files(struct scan *s, size_t from, size_t to, struct making *m)
{
    for (size_t i = from; i < to; i++) {
        struct inbox_file *f = &s->files.v[i];
        bool take = !f->known || f->says.part > 0;
        for (size_t k = from; k < to && take; k++) {
            const struct inbox_file *g = &s->files.v[k];
            bool replaced = f->known && !g->known && g->says.part == f->says.part;
            bool repeated = k < i && strcmp(g->hex.xxh128, f->hex.xxh128) == 0;
            take = !replaced && !repeated;
        }
        if (take) {
            m->files[m->n++] = f;
        }
    }
}

/* Which parts are not here: by number when the names say it, else how many. NULL: all are. */
static const char *missing_parts(struct scan *s, const struct making *m)
{
    AUTO_STRBUF b = STRBUF_INIT;
    int n = 0;
    for (int part = 1; part <= m->src->parts; part++) {
        bool here = false;
        for (size_t i = 0; i < m->n; i++) {
            here |= m->files[i]->says.part == part;
        }
        if (!here) {
            strbuf_addf(&b, "%s%d", n++ ? TR("、", ", ") : "", part);
        }
    }
    if (m->src->parts <= (int)m->n) {
        return NULL;
    }
    return n == m->src->parts ? arena_printf(&s->arena, TR("%d 份", "%d parts"), n - (int)m->n) : arena_printf(&s->arena, TR("第 %s 份", "part %s"), strbuf_z(&b));
}

static void report_waiting(struct scan *s, const struct making *m)
{
    const struct inbox_file *f = m->files[0];
    AUTO_STRBUF until = STRBUF_INIT;
    strbuf_add_day(&until, f->date + m->src->part_wait);
    s->counts.waiting += (int64_t)m->n;
    log_event(LOG_INFO, "parts", "source=" STR_FMT " have=%zu want=%d", STR_ARG(m->src->id), m->n, m->src->parts);
    warn_add(ST_W_CHECK, TR(STR_FMT " %s：共 %d 份，还缺%s，等到 %s；过了这天仍不齐就暂扣", STR_FMT " %s: of %d parts, %s is missing; it waits until %s and is held then"),
             STR_ARG(m->src->label), f->name, m->src->parts, m->parts_missing, strbuf_z(&until));
}

static bool waits(const struct making *m)
{
    return m->parts_missing && clock_today() <= m->files[0]->date + m->src->part_wait;
}

static struct making *plan_group(struct scan *s, size_t from, size_t to)
{
    struct making *m = arena_new(&s->arena, struct making);
    *m = (struct making){.src = source_of(s, &s->files.v[from])};
    m->sum.month_from = m->sum.month_to = MONTH_MISSING;
    m->sum.date = DAY_MISSING;
    m->files = arena_array(&s->arena, struct inbox_file *, to - from);
    choose_files(s, from, to, m);
    m->parts_missing = missing_parts(s, m);
    return m;
}

/* One content of one source is typed once ahead: two threads must not write the same segment. */
static void plan_ahead(struct scan *s, struct making *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct inbox_file *f = m->files[i];
        f->repeats = -1;
        for (size_t k = 0; k < s->to_put.n && f->repeats < 0; k++) {
            const struct inbox_file *g = s->to_put.v[k];
            f->repeats = g->says.source == f->says.source && strcmp(g->hex.xxh128, f->hex.xxh128) == 0 ? (int)k : -1;
        }
        f->why = arena_new(&s->arena, struct err);
        f->ahead = f->repeats >= 0 ? -1 : (int)s->to_put.n;
        if (f->repeats < 0) {
            vec_push(&s->to_put, f);
        }
    }
}

static void put_item(void *scan, unsigned item)
{
    struct scan *s = scan;
    scan_put(s, s->to_put.v[item]);
}

static enum status take_group(struct scan *s, struct making *m, struct err *err)
{
    if (waits(m)) {
        report_waiting(s, m);
        return ST_OK;
    }
    enum status st = scan_make(s, m, err);
    strbuf_release(&m->reason);
    vec_release(&m->gates);
    return st;
}

/* Files are put and typed some deliveries ahead, by as many threads as there are processors; deliveries are made one by one, in their order. */
static enum status take_groups(struct scan *s, struct err *err)
{
    VEC(struct making *) groups = {0};
    enum status st = ST_OK;
    vec_sort(&s->files, file_cmp);
    for (size_t from = 0, to; from < s->files.n; from = to) {
        bool any_new = false;
        for (to = from; to < s->files.n && same_delivery(&s->files.v[from], &s->files.v[to]) == 0; to++) {
            any_new |= !s->files.v[to].known;
        }
        if (any_new) {
            vec_push(&groups, plan_group(s, from, to));
            if (!waits(groups.v[groups.n - 1])) {
                plan_ahead(s, groups.v[groups.n - 1]);
            }
        }
    }
    s->ahead = ahead_start((unsigned)s->to_put.n, share_threads(), put_item, s);
    for (size_t i = 0; i < groups.n && st == ST_OK; i++) {
        st = take_group(s, groups.v[i], err);
    }
    ahead_finish(s->ahead);
    for (size_t i = 0; i < s->files.n; i++) {
        typed_file_release(&s->files.v[i].typed);
    }
    vec_release(&s->to_put);
    vec_release(&groups);
    return st;
}

enum status ingest_scan(struct site *site, struct ingest_counts *out, struct err *err)
{
    struct scan s = {.site = site};
    enum status st = retype_changed(site, clock_today(), err); /* a changed sources.yaml first: nothing is taken in under one that does not hold */
    if (st == ST_OK) {
        st = scan_look(&s, err);
    }
    if (st == ST_OK) {
        st = take_groups(&s, err);
    }
    progress_done();
    *out = s.counts;
    for (size_t i = 0; i < s.arrivals.n; i++) {
        arrival_release(s.arrivals.v[i]);
    }
    vec_release(&s.arrivals);
    vec_release(&s.files);
    arena_release(&s.arena);
    return st;
}
