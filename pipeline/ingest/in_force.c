/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries in force as of a day: the rule of the source's kind picks deliveries and rows, then one version of each key counts. */
#include <stdlib.h>

#include "base/core/log.h"
#include "base/core/share.h"
#include "base/store/db.h"
#include "pipeline/ingest/versions.h"

enum { OPEN_MOST = 256 }; /* files open at a time, but for those of one scope */

/* Files of one source and scope. */
struct group {
    const struct source *source;
    const struct delivered *list;        /* the deliveries of the scope */
    size_t n_list;
    size_t start;                        /* first of its inputs */
    VEC(struct versioned) files;
    VEC(const struct delivered *) owner; /* parallel to files */
    struct arena arena;
    enum status status;
    struct err err;
};
struct gathering {
    struct site *site;
    struct arena *a;
    daynum as_of;
    VEC(struct night_input) inputs;
    VEC(struct group) groups; /* gathered, not settled yet: their files are open */
    size_t open;
};

static enum status add_file(struct gathering *g, struct group *group, size_t source, const struct delivered *d, const struct delivered_file *f, struct err *err)
{
    struct seg_reader *r = NULL;
    const char *path;
    TRY(catalogue_segment(g->site, group->source, f->xxh128, f->name, g->a, &path, &r, err));
    seg_forget(r);
    vec_push(&group->files, (struct versioned){r, NULL});
    vec_push(&group->owner, d);
    vec_push(&g->inputs, (struct night_input){.file_id = f->file_id, .delivery_id = d->id, .source = source, .scope = d->scope, .name = f->name, .segment = path,
                                              .xxh128 = f->xxh128, .data_date = d->date, .rows = (int64_t)seg_rows(r)});
    return ST_OK;
}

/* --- period: a row counts unless a later delivery covers its month --------------------------------------------------- */

static bool covered_later(const struct delivered *list, size_t n, const struct delivered *own, monthnum m)
{
    for (const struct delivered *d = own + 1; d < list + n; d++) {
        if (d->month_from != MONTH_MISSING && d->month_from <= m && m <= d->month_to) {
            return true;
        }
    }
    return false;
}

static enum status supersede_months(struct group *g, size_t i, struct err *err)
{
    const struct source *s = g->source;
    struct versioned *v = &g->files.v[i];
    char *name = arena_z(&g->arena, s->columns[s->period_column].name);
    int col = seg_column(v->segment, name);
    bool is_month = s->columns[s->period_column].type == COL_MONTH;
    int32_t *values = xmalloc(sizeof(*values) * SEG_BLOCK_ROWS);
    enum status st = ST_OK;
    monthnum last = MONTH_MISSING;
    bool last_covered = false;
    BUG_ON(col < 0);
    for (size_t b = 0; b < seg_blocks(v->segment) && st == ST_OK; b++) {
        st = seg_read_i32(v->segment, b, (size_t)col, values, err);
        for (size_t k = 0; k < seg_block_rows(v->segment, b) && st == ST_OK; k++) {
            monthnum m = is_month || values[k] == DAY_MISSING ? values[k] : day_month(values[k]);
            if (m != last) {
                last = m;
                last_covered = m != MONTH_MISSING && covered_later(g->list, g->n_list, g->owner.v[i], m);
            }
            if (last_covered) {
                version_supersede(v, &g->arena, seg_block_start(v->segment, b) + k);
            }
        }
    }
    free(values);
    return st;
}

static bool is_late(const struct source *s, daynum newest, daynum as_of)
{
    return s->cadence > 0 && newest + s->cadence + s->grace < as_of;
}

/* --- one scope ----------------------------------------------------------------------------------------------------- */

/* Which rows of a scope count. */
static void settle_group(void *ctx, unsigned item)
{
    struct group *g = &((struct group *)ctx)[item];
    for (size_t i = 0; i < g->files.n && g->source->kind == KIND_PERIOD && g->status == ST_OK; i++) {
        g->status = supersede_months(g, i, &g->err);
    }
    if (g->status == ST_OK) {
        g->status = versions_resolve(g->source, g->files.v, g->files.n, &g->arena, &g->err);
    }
}

/* What a group found, kept with the inputs; its files are closed. */
static void close_group(struct gathering *g, struct group *group)
{
    for (size_t i = 0; i < group->files.n; i++) {
        const struct versioned *v = &group->files.v[i];
        size_t bytes = (size_t)(seg_rows(v->segment) + 7) / 8;
        if (v->superseded) {
            g->inputs.v[group->start + i].superseded = memcpy(arena_alloc(g->a, bytes), v->superseded, bytes);
        }
        seg_close(v->segment);
    }
    vec_release(&group->files);
    vec_release(&group->owner);
    arena_release(&group->arena);
}

/* Groups do not touch one another: settled by as many threads as there are processors. The first that failed, in their order, says why. */
static enum status settle_groups(struct gathering *g, enum status st, struct err *err)
{
    if (st == ST_OK) {
        share_out((unsigned)g->groups.n, share_threads(), settle_group, g->groups.v);
    }
    for (size_t i = 0; i < g->groups.n; i++) {
        struct group *group = &g->groups.v[i];
        if (st == ST_OK && group->status != ST_OK) {
            st = group->status;
            *err = group->err;
        }
        close_group(g, group);
    }
    vec_clear(&g->groups);
    g->open = 0;
    return st;
}

static enum status take_scope(struct gathering *g, size_t source, const struct delivered *list, size_t n, struct err *err)
{
    const struct source *s = &g->site->sources->v[source];
    struct group *group = vec_add(&g->groups);
    group->source = s, group->list = list, group->n_list = n, group->start = g->inputs.n;
    size_t from = s->kind == KIND_SNAPSHOT ? n - 1 : 0;
    for (size_t i = from; i < n; i++) {
        if (s->expires > 0 && list[i].date + s->expires <= g->as_of) {
            continue; /* what was true so long ago is not said any more */
        }
        for (size_t f = 0; f < list[i].n_files; f++) {
            TRY(add_file(g, group, source, &list[i], &list[i].files[f], err));
        }
    }
    bool late = is_late(s, list[n - 1].date, g->as_of);
    for (size_t i = group->start; i < g->inputs.n; i++) {
        g->inputs.v[i].late = late;
    }
    g->open += group->files.n;
    return g->open < OPEN_MOST ? ST_OK : settle_groups(g, ST_OK, err);
}

/* Whether a scope says whom it is about: a street or community of areas.csv. */
static bool scope_is_area(const struct site *site, const char *scope)
{
    int32_t a = areas_by_code(&site->areas, str_of(scope));
    a = a == AREA_NONE ? areas_by_name(&site->areas, str_of(scope), AREA_STREET, AREA_NONE) : a;
    return a != AREA_NONE && site->areas.areas.v[a].kind != AREA_DISTRICT;
}

/* Towns that have stopped sending hide behind the others of their source. unmapped: only those without an area, without their dates. */
static const char *late_scopes(const struct gathering *g, const struct source *s, const struct delivered_list *list, bool unmapped)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        bool newest = i + 1 == list->n || strcmp(list->v[i + 1].scope, d->scope) != 0;
        if (!newest || !is_late(s, d->date, g->as_of) || (unmapped && scope_is_area(g->site, d->scope))) {
            continue;
        }
        strbuf_addz(&b, b.n ? TR("、", ", ") : "");
        strbuf_addz(&b, d->scope);
        if (!unmapped) {
            strbuf_addz(&b, TR("（", " ("));
            strbuf_add_day(&b, d->date);
            strbuf_addz(&b, TR("）", ")"));
        }
    }
    return b.n ? arena_z(g->a, strbuf_str(&b)) : NULL;
}

static enum status take_source(struct gathering *g, size_t source, struct night_source *out, struct err *err)
{
    const struct source *s = &g->site->sources->v[source];
    struct delivered_list list;
    TRY(catalogue_accepted(g->site->ledger, s->id, g->as_of, g->a, &list, err));
    *out = (struct night_source){.state = SOURCE_MISSING, .data_date = DAY_MISSING, .due = DAY_MISSING};
    for (size_t from = 0, to; from < list.n; from = to) {
        for (to = from; to < list.n && strcmp(list.v[to].scope, list.v[from].scope) == 0; to++) {
            out->data_date = MAX(out->data_date, list.v[to].date);
        }
        TRY(take_scope(g, source, list.v + from, to - from, err));
    }
    if (out->data_date != DAY_MISSING) {
        out->due = s->cadence > 0 ? out->data_date + s->cadence : DAY_MISSING;
        out->state = is_late(s, out->data_date, g->as_of) ? SOURCE_STALE : SOURCE_FRESH;
        out->late_scopes = out->state == SOURCE_FRESH ? late_scopes(g, s, &list, false) : NULL;
        out->late_unmapped = out->late_scopes && s->cover.area != COVER_NONE ? late_scopes(g, s, &list, true) : NULL;
    }
    return ST_OK;
}

enum status inputs_in_force(struct site *site, daynum as_of, struct arena *a, struct inputs *out, struct err *err)
{
    struct gathering g = {.site = site, .a = a, .as_of = as_of};
    struct night_source *sources = arena_array(a, struct night_source, site->sources->n + 1);
    enum status st = ST_OK;
    for (size_t i = 0; i < site->sources->n && st == ST_OK; i++) {
        st = take_source(&g, i, &sources[i], err);
    }
    st = settle_groups(&g, st, err);
    if (st == ST_OK) {
        struct night_input *kept = arena_array(a, struct night_input, g.inputs.n + 1);
        if (g.inputs.n > 0) {
            memcpy(kept, g.inputs.v, sizeof(*kept) * g.inputs.n);
        }
        *out = (struct inputs){kept, g.inputs.n, sources, a};
    }
    vec_release(&g.inputs);
    vec_release(&g.groups);
    return st;
}

/* --- what the ledger says ------------------------------------------------------------------------------------------- */

enum status input_file_counts(struct site *site, int64_t file_id, struct file_counts *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str source;
    char *xxh, *name;
    {
        AUTO_STMT q = stmt_use(site->ledger, STMT_SELECT_DELIVERY_FILE);
        bool row;
        stmt_bind_int(q, ":file", file_id);
        TRY(stmt_one(q, &row, err));
        if (!row) {
            return err_set(err, ST_NOT_FOUND, TR("台账里没有文件 %lld", "the ledger has no file %lld"), (long long)file_id);
        }
        source = arena_str(&a, stmt_text(q, 0));
        xxh = arena_z(&a, stmt_text(q, 1)), name = arena_z(&a, stmt_text(q, 2));
        *out = (struct file_counts){stmt_int(q, 3), stmt_int(q, 4), stmt_int(q, 5), stmt_int(q, 6), stmt_int(q, 7)};
    }
    int at = source_find(site->sources, source);
    if (at < 0) {
        return ST_OK;
    }
    /* what the declaration of today makes of the file, which may differ from the day it was accepted */
    struct typing_facts f;
    AUTO_SEG r = NULL;
    TRY(catalogue_segment(site, &site->sources->v[at], xxh, name, &a, NULL, &r, err));
    TRY(segment_facts(r, &f, err));
    *out = (struct file_counts){f.records, f.typed, f.rejected, f.records - f.typed - f.rejected, f.defects};
    return ST_OK;
}

enum status deliveries_held(struct site *site, size_t source, int64_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(site->ledger, STMT_COUNT_DELIVERIES_HELD);
    bool row;
    stmt_bind_text(q, ":source", site->sources->v[source].id);
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_int(q, 0) : 0;
    return ST_OK;
}
