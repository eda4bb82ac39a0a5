/* SPDX-License-Identifier: Apache-2.0 */
/* Drift: does tonight's evidence still look as it did when the model was trained? For each way to meet: the share of pairs that are links, and for each field
   the share that is the same. A share counts as drifted when it is off by more than both chance (four standard deviations) and DRIFT_LEAST. */
#include "base/store/db.h"
#include "pipeline/link_loose.h"

#define MILLION     1000000
#define DRIFT_PAIRS 100     /* fewer show nothing */
#define DRIFT_LEAST 100000  /* ten in a hundred */
#define DRIFT_SIGMA 4

struct watched {
    int64_t entries, pairs, links, both[LF_COUNT], same[LF_COUNT];
    uint32_t last; /* entry */
};

static void watch_all(const candidate_list *list, int32_t threshold, struct watched w[WAY_COUNT])
{
    memset(w, 0, WAY_COUNT * sizeof(*w));
    for (size_t i = 0; i < list->n; i++) {
        const struct candidate *c = &list->v[i];
        struct watched *x = &w[__builtin_ctz(c->ways | 1u << (WAY_COUNT - 1))];
        x->entries += x->pairs == 0 || x->last != c->loose;
        x->last = c->loose;
        x->pairs++;
        x->links += c->probability >= threshold;
        for (unsigned f = 0; f < LF_COUNT; f++) {
            unsigned level = candidate_level(c, (enum link_field)f);
            x->both[f] += level != LEVEL_MISSING;
            x->same[f] += level == LEVEL_SAME;
        }
    }
}

static int64_t share_of(int64_t part, int64_t whole)
{
    return whole ? part * MILLION / whole : 0;
}

void link_watch_fill(const candidate_list *list, int32_t threshold, struct model *m)
{
    struct watched w[WAY_COUNT];
    watch_all(list, threshold, w);
    m->n_watch = 0;
    for (unsigned k = 0; k < WAY_COUNT; k++) {
        if (w[k].pairs == 0) {
            continue;
        }
        struct model_watch *out = &m->watch[m->n_watch++];
        *out = (struct model_watch){.by = str_of(link_ways[k].zh), .entries = (uint64_t)w[k].entries, .pairs = (uint64_t)w[k].pairs, .links = (uint64_t)w[k].links};
        for (unsigned f = 0; f < LF_COUNT; f++) {
            out->same[f] = (uint32_t)share_of(w[k].same[f], w[k].both[f]);
        }
    }
}

static int64_t root(int64_t v)
{
    int64_t r = 0;
    for (int64_t bit = (int64_t)1 << 31; bit; bit >>= 1) {
        r = (r + bit) <= v / (r + bit) ? r + bit : r;
    }
    return r;
}

/* Shares per million, of n and n0 pairs. */
static bool drifted(int64_t now, int64_t n, int64_t then, int64_t n0)
{
    int64_t apart = now > then ? now - then : then - now, p = (now * n + then * n0) / (n + n0);
    int64_t deviation = root(p * (MILLION - p) / MIN(n, n0)) * DRIFT_SIGMA; /* root of millionths of millionths */
    return n >= DRIFT_PAIRS && n0 >= DRIFT_PAIRS && apart > MAX(deviation, DRIFT_LEAST);
}

struct drift_row {
    const char *by, *what;
    int64_t pairs, now, then;
    bool drifted;
};

static enum status put_row(const struct link *l, const struct drift_row *r, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_LINK_WATCH);
    stmt_bind_z(s, ":way", r->by);
    stmt_bind_z(s, ":what", r->what);
    stmt_bind_int(s, ":pairs", r->pairs);
    stmt_bind_int(s, ":share", r->now);
    stmt_bind_int(s, ":trained", r->then);
    stmt_bind_int(s, ":drifted", r->drifted);
    return stmt_run(s, err);
}

static enum status watch_way(const struct link *l, const struct watched *w, const struct model_watch *was, const char *by, int64_t *drifts, struct err *err)
{
    struct drift_row r = {by, "归上", w->pairs, share_of(w->links, w->pairs), share_of((int64_t)was->links, (int64_t)was->pairs), false};
    r.drifted = drifted(r.now, r.pairs, r.then, (int64_t)was->pairs);
    *drifts += r.drifted;
    TRY(put_row(l, &r, err));
    for (unsigned f = 0; f < LF_COUNT; f++) {
        if (w->both[f] == 0) {
            continue;
        }
        r = (struct drift_row){by, link_fields[f].zh, w->both[f], share_of(w->same[f], w->both[f]), was->same[f], false};
        r.drifted = was->same[f] > 0 && drifted(r.now, r.pairs, r.then, (int64_t)was->pairs);
        *drifts += r.drifted;
        TRY(put_row(l, &r, err));
    }
    return ST_OK;
}

enum status link_watch(const struct link *l, const candidate_list *list, struct err *err)
{
    struct watched w[WAY_COUNT];
    const struct model *m = l->night->site->model;
    int64_t drifts = 0;
    watch_all(list, l->people->link_threshold, w);
    for (unsigned i = 0; i < m->n_watch; i++) {
        for (unsigned k = 0; k < WAY_COUNT; k++) {
            if (str_eqz(m->watch[i].by, link_ways[k].zh)) {
                TRY(watch_way(l, &w[k], &m->watch[i], link_ways[k].zh, &drifts, err));
            }
        }
    }
    AUTO_STMT s = stmt_use(l->night->db, STMT_REPLACE_FIGURE);
    stmt_bind_z(s, ":name", "link_drift");
    stmt_bind_int(s, ":value", drifts);
    return stmt_run(s, err);
}
