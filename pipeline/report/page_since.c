/* SPDX-License-Identifier: Apache-2.0 */
/* What the page says of the night before this one, and of linkage. Read from the ledger and the night; shown only, never used in a judgement. */
#include "base/core/map.h"
#include "pipeline/report/page.h"
#include "pipeline/site.h"

struct before {
    int64_t night, mark_visit;
    daynum as_of;
};

static enum status load_before(struct report *r, struct page *p, struct before *out, struct err *err)
{
    bool row;
    AUTO_STMT q = stmt_use(r->ledger, STMT_GET_NIGHT_BEFORE);
    stmt_bind_int(q, ":night", r->number);
    stmt_bind_day(q, ":as_of", r->as_of);
    TRY(stmt_one(q, &row, err));
    *out = row ? (struct before){stmt_int(q, 0), stmt_int(q, 2), stmt_day(q, 1)} : (struct before){0, 0, DAY_MISSING};
    p->since.first = !row;
    p->since.persons_before = row && !stmt_is_null(q, 3) ? stmt_int(q, 3) : -1;
    return ST_OK;
}

static struct page_source *source_of(struct page *p, struct str id)
{
    for (size_t i = 0; i < p->sources.n; i++) {
        if (str_eq(p->sources.v[i].id, id)) {
            return &p->sources.v[i];
        }
    }
    return NULL;
}

static enum status load_arrivals(struct report *r, struct page *p, int64_t night, struct err *err)
{
    struct map64 known = {0};
    enum status st = ST_OK;
    bool row = true;
    AUTO_STMT then = stmt_use(r->ledger, STMT_LIST_NIGHT_DELIVERIES);
    stmt_bind_int(then, ":night", night);
    while (st == ST_OK && (st = stmt_step(then, &row, err)) == ST_OK && row) {
        map64_put(&known, (uint64_t)stmt_int(then, 0), 1);
    }
    AUTO_STMT now = stmt_use(r->night, STMT_LIST_INPUT_DELIVERIES);
    while (st == ST_OK && (st = stmt_step(now, &row, err)) == ST_OK && row) {
        struct page_source *s = source_of(p, stmt_text(now, 0));
        if (s && map64_get(&known, (uint64_t)stmt_int(now, 1)) == MAP_NONE) {
            s->arrived++;
        }
    }
    map64_release(&known);
    return st;
}

static enum status load_refused(struct report *r, struct page *p, daynum after, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_COUNT_DELIVERIES_REFUSED);
    stmt_bind_int(q, ":after", after == DAY_MISSING ? INT32_MIN : after);
    stmt_bind_day(q, ":as_of", r->as_of);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct page_source *s = source_of(p, stmt_text(q, 0));
        if (s) {
            s->refused = stmt_int(q, 1);
        }
    }
}

static enum status load_outcomes(struct report *r, struct page *p, int64_t after, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_COUNT_VISITS_BETWEEN);
    stmt_bind_int(q, ":after", after);
    stmt_bind_int(q, ":mark", r->mark_visit);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        p->since.visits += stmt_int(q, 1);
        for (size_t g = 0; g < r->meta->n_groups && g < PAGE_LEVELS; g++) {
            if (str_eq(r->meta->groups[g].name, stmt_text(q, 0))) {
                p->since.by_group[g] += stmt_int(q, 1);
            }
        }
    }
}

static const char *hash_of(const struct site *s, struct str name)
{
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        if (str_eqz(name, s->files[i].name)) {
            return s->files[i].hash;
        }
    }
    return NULL;
}

static enum status load_configuration(struct report *r, struct page *p, int64_t night, struct err *err)
{
    AUTO_STRBUF changed = STRBUF_INIT;
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_NIGHT_CONFIGURATION);
    stmt_bind_int(q, ":night", night);
    for (bool row = r->site != NULL; row;) {
        TRY(stmt_step(q, &row, err));
        const char *hash = row ? hash_of(r->site, stmt_text(q, 0)) : NULL;
        if (hash && !str_eqz(stmt_text(q, 1), hash)) {
            strbuf_addf(&changed, "%s" STR_FMT, changed.n ? ", " : "", STR_ARG(stmt_text(q, 0)));
        }
    }
    p->since.files = arena_str(&r->arena, strbuf_str(&changed));
    return ST_OK;
}

static enum status load_count(struct db *db, enum stmt_id which, int64_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(db, which);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_int(q, 0) : 0;
    return ST_OK;
}

static enum status load_linkage(struct report *r, struct page *p, struct err *err)
{
    struct page_linkage *l = &p->linkage;
    const struct {
        const char *name;
        int64_t *to;
    } figures[] = {{"persons", &l->persons},
                   {"households", &l->households},
                   {"households_no_area", &l->no_area},
                   {"households_no_basis", &l->no_basis},
                   {"link_made", &l->made},
                   {"link_false", &l->made_false},
                   {"link_false_low", &l->made_false_low},
                   {"link_false_high", &l->made_false_high},
                   {"link_asked", &l->asked},
                   {"link_missed", &l->missed},
                   {"link_missed_low", &l->missed_low},
                   {"link_missed_high", &l->missed_high}};
    for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
        AUTO_STMT q = stmt_use(r->night, STMT_SELECT_FIGURE);
        bool row;
        stmt_bind_z(q, ":name", figures[i].name);
        TRY(stmt_one(q, &row, err));
        *figures[i].to = row ? stmt_int(q, 0) : -1;
    }
    return load_count(r->night, STMT_COUNT_CONFLICTS, &l->conflicts, err);
}

enum status page_since(struct report *r, struct page *p, struct err *err)
{
    struct before before;
    TRY(load_before(r, p, &before, err));
    TRY(load_arrivals(r, p, before.night, err));
    TRY(load_refused(r, p, before.as_of, err));
    TRY(load_outcomes(r, p, before.mark_visit, err));
    TRY(load_configuration(r, p, before.night, err));
    TRY(load_count(r->night, STMT_COUNT_LEVEL_CHANGES, &p->since.levels, err));
    return load_linkage(r, p, err);
}
