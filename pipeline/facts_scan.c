/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/facts_scan.h"

#include <stdlib.h>

#include "base/core/share.h"
#include "base/store/segment.h"

#define CHUNK 65536u

/* One pass over one table. Buffers hold one block; lanes[i] belongs to scan->columns[i]. */
struct pass {
    struct facts *f;
    const struct rules_scan *scan;
    size_t source;
    bool bounded;             /* dates outside first..last cannot matter */
    int bound_column;
    int64_t bound_first, bound_last;
    const uint8_t *wanted;    /* NULL: every row */
    const size_t *only;       /* one block of each input; NULL: all */
    facts_rows_fn *fn;
    void *ctx;
    struct arena arena;
    int32_t *link;
    uint32_t *person;
    uint64_t *refund_of;
    struct rules_lane *lanes;
    struct seg_text text;
    /* of the input being read */
    size_t input;
    struct seg_reader *seg;
    struct link_reader *links;
    int *cols;                /* of the segment, by lane; -1: the file has no such column */
    int bound_col;
    const char **names;       /* of the lanes' columns */
    /* the last original of a refund lay here */
    size_t other_input;
    struct seg_reader *other;
};

static const struct source *source_of(const struct pass *p)
{
    return &p->f->night->site->sources->v[p->source];
}

static const struct rules_column *lane_column(const struct pass *p, size_t lane)
{
    return &p->f->schema->rules.tables[p->source].columns[p->scan->columns[lane]];
}

static bool is_date(enum rules_type t)
{
    return t == RT_DATE || t == RT_MONTH;
}

/* --- refunds -------------------------------------------------------------------------------------------------------- */

static enum status need_refunds(struct facts *f, size_t source, struct err *err)
{
    if (f->refunds_read[source] || f->night->site->sources->v[source].refund_of.n == 0) {
        return ST_OK;
    }
    f->refunds_read[source] = true;
    struct inputs in = {.v = f->night->inputs, .n = f->night->n_inputs, .sources = f->night->sources, .arena = &f->arena};
    return inputs_refunds(f->night->site, &in, source, &f->arena, &f->refunds[source], &f->n_refunds[source], err);
}

/* The refunds of rows first .. first + n - 1 of the input: a view into the sorted list. */
static const struct refund *refunds_between(const struct pass *p, uint64_t first, uint64_t n, size_t *out_n)
{
    const struct refund *v = p->f->refunds[p->source];
    size_t count = p->f->n_refunds[p->source], lo = 0, hi = count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        bool before = v[mid].input < p->input || (v[mid].input == p->input && v[mid].row < first);
        if (before) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    size_t end = lo;
    while (end < count && v[end].input == p->input && v[end].row < first + n) {
        end++;
    }
    *out_n = end - lo;
    return v ? v + lo : NULL;
}

static enum status original_reader(struct pass *p, size_t input, struct seg_reader **out, struct err *err)
{
    if (input == p->input) {
        *out = p->seg;
        return ST_OK;
    }
    if (!p->other || p->other_input != input) {
        seg_close(p->other);
        p->other = NULL;
        TRY(seg_open(p->f->night->inputs[input].segment, &p->other, err));
        p->other_input = input;
    }
    *out = p->other;
    return ST_OK;
}

/* A refund stands at the dates of its original. */
static enum status move_refund(struct pass *p, const struct refund *r, uint32_t at, struct err *err)
{
    struct seg_reader *original;
    TRY(original_reader(p, r->orig_input, &original, err));
    for (size_t i = 0; i < p->scan->n_columns; i++) {
        if (!is_date(lane_column(p, i)->type)) {
            continue;
        }
        int col = seg_column(original, p->names[i]);
        int64_t v = INT64_MIN;
        if (col >= 0) {
            TRY(seg_fetch_i64(original, r->orig_row, (size_t)col, &v, err));
        }
        int32_t *lane = (int32_t *)(uintptr_t)p->lanes[i].p;
        lane[at] = v == INT64_MIN ? INT32_MIN : (int32_t)v;
    }
    struct link_reader *links = NULL;
    int32_t person = LINK_NONE;
    TRY(link_open(p->f->night->run_dir, r->orig_input, &links, err));
    enum status status = link_read(links, r->orig_row, 1, &person, err);
    link_close(links);
    if (p->person[at] == RULES_NO_ROW && person >= 0) {
        p->person[at] = (uint32_t)person;
    }
    return status;
}

static enum status net_refunds(struct pass *p, uint64_t first, uint32_t n, const struct refund *refunds, size_t n_refunds, struct err *err)
{
    int col = seg_column(p->seg, SEG_REFUND);
    if (source_of(p)->refund_of.n == 0 || col < 0) {
        return ST_OK;
    }
    TRY(seg_read_u64(p->seg, seg_block_of(p->seg, first), (size_t)col, p->refund_of, err));
    size_t next = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (p->refund_of[i] == 0) {
            continue;
        }
        while (next < n_refunds && refunds[next].row < first + i) {
            next++;
        }
        bool listed = next < n_refunds && refunds[next].row == first + i;
        if (!listed) {
            p->person[i] = RULES_NO_ROW;
        } else if (p->link[i] != LINK_SUPERSEDED) {
            TRY(move_refund(p, &refunds[next], i, err));
        }
    }
    return ST_OK;
}

/* --- lanes ---------------------------------------------------------------------------------------------------------- */

static enum status read_labels(struct pass *p, size_t block, size_t col, int enumeration, int32_t *out, struct err *err)
{
    TRY(seg_read_text(p->seg, block, col, &p->text, err));
    int32_t *index = xmalloc((p->text.n_dict + 1) * sizeof(*index));
    for (size_t d = 0; d < p->text.n_dict; d++) {
        int at = p->text.dict[d].n ? schema_enum_find(p->f->schema, enumeration, p->text.dict[d]) : -1;
        index[d] = at < 0 ? INT32_MIN : at;
    }
    for (size_t i = 0; i < p->text.rows; i++) {
        out[i] = index[p->text.codes[i]];
    }
    free(index);
    return ST_OK;
}

static enum status read_lane(struct pass *p, size_t block, size_t lane, struct err *err)
{
    const struct rules_column *c = lane_column(p, lane);
    void *room = (void *)(uintptr_t)p->lanes[lane].p;
    int col = p->cols[lane];
    if (!room) {
        return ST_OK;
    }
    if (col < 0) {
        bool narrow = p->lanes[lane].kind == RULES_LANE_I32;
        for (size_t i = 0; i < seg_block_rows(p->seg, block); i++) {
            if (narrow) {
                ((int32_t *)room)[i] = INT32_MIN;
            } else {
                ((int64_t *)room)[i] = INT64_MIN;
            }
        }
        return ST_OK;
    }
    if (c->type == RT_ENUM) {
        return read_labels(p, block, (size_t)col, c->enumeration, room, err);
    }
    return is_date(c->type) ? seg_read_i32(p->seg, block, (size_t)col, room, err) : seg_read_i64(p->seg, block, (size_t)col, room, err);
}

/* A block none of whose dates can matter, and in which no refund stands in for an older date. */
static bool block_is_outside(const struct pass *p, size_t block, size_t n_refunds)
{
    if (!p->bounded || n_refunds > 0 || p->bound_col < 0) {
        return false;
    }
    struct seg_range r = seg_block_range(p->seg, block, (size_t)p->bound_col);
    return r.missing == 0 && (r.max < p->bound_first || r.min > p->bound_last);
}

static bool block_is_wanted(const struct pass *p, uint32_t n)
{
    if (!p->wanted) {
        return true;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t person = p->person[i];
        if (person != RULES_NO_ROW && (p->wanted[person >> 3] >> (person & 7) & 1)) {
            return true;
        }
    }
    return false;
}

static enum status pass_block(struct pass *p, size_t block, struct err *err)
{
    uint64_t first = seg_block_start(p->seg, block);
    uint32_t n = (uint32_t)seg_block_rows(p->seg, block);
    size_t n_refunds = 0;
    const struct refund *refunds = refunds_between(p, first, n, &n_refunds);
    if (block_is_outside(p, block, n_refunds)) {
        return ST_OK;
    }
    TRY(link_read(p->links, (uint32_t)first, n, p->link, err));
    for (uint32_t i = 0; i < n; i++) {
        p->person[i] = p->link[i] < 0 ? RULES_NO_ROW : (uint32_t)p->link[i];
    }
    if (n_refunds == 0 && !block_is_wanted(p, n)) {
        return ST_OK;
    }
    for (size_t i = 0; i < p->scan->n_columns; i++) {
        TRY(read_lane(p, block, i, err));
    }
    TRY(net_refunds(p, first, n, refunds, n_refunds, err));
    struct facts_block b = {.input = p->input, .first = (uint32_t)first, .rows = {.n = n, .person = p->person, .columns = p->lanes},
                            .refunds = refunds, .n_refunds = n_refunds};
    return p->fn(p->ctx, &b, err);
}

static enum status pass_input(struct pass *p, size_t input, struct err *err)
{
    p->input = input;
    p->bound_col = -1;
    enum status status = seg_open(p->f->night->inputs[input].segment, &p->seg, err);
    if (status == ST_OK) {
        status = link_open(p->f->night->run_dir, input, &p->links, err);
    }
    for (size_t i = 0; status == ST_OK && i < p->scan->n_columns; i++) {
        p->cols[i] = seg_column(p->seg, p->names[i]);
        if (p->scan->columns[i] == p->bound_column) {
            p->bound_col = p->cols[i];
        }
    }
    size_t first = p->only ? *p->only : 0, end = p->only ? MIN(first + 1, seg_blocks(p->seg)) : seg_blocks(p->seg);
    for (size_t b = first; status == ST_OK && b < end; b++) {
        status = pass_block(p, b, err);
    }
    seg_close(p->seg);
    link_close(p->links);
    p->seg = NULL;
    p->links = NULL;
    return status;
}

static void pass_make_room(struct pass *p)
{
    p->link = arena_array(&p->arena, int32_t, SEG_BLOCK_ROWS);
    p->person = arena_array(&p->arena, uint32_t, SEG_BLOCK_ROWS);
    p->refund_of = arena_array(&p->arena, uint64_t, SEG_BLOCK_ROWS);
    p->lanes = arena_array(&p->arena, struct rules_lane, p->scan->n_columns + 1);
    p->cols = arena_array(&p->arena, int, p->scan->n_columns + 1);
    p->names = arena_array(&p->arena, const char *, p->scan->n_columns + 1);
    for (size_t i = 0; i < p->scan->n_columns; i++) {
        enum rules_type t = lane_column(p, i)->type;
        p->names[i] = arena_z(&p->arena, lane_column(p, i)->name);
        bool narrow = is_date(t) || t == RT_ENUM;
        void *room = t == RT_TEXT ? NULL : narrow ? (void *)arena_array(&p->arena, int32_t, SEG_BLOCK_ROWS) : arena_array(&p->arena, int64_t, SEG_BLOCK_ROWS);
        p->lanes[i] = (struct rules_lane){narrow ? RULES_LANE_I32 : RULES_LANE_I64, room};
    }
}

static enum status pass_all(struct pass *p, struct err *err)
{
    p->source = (size_t)p->scan->table;
    TRY(need_refunds(p->f, p->source, err));
    pass_make_room(p);
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < p->f->night->n_inputs; i++) {
        if (p->f->night->inputs[i].source == p->source) {
            status = pass_input(p, i, err);
        }
    }
    return status;
}

static void pass_release(struct pass *p)
{
    seg_close(p->other);
    seg_text_release(&p->text);
    arena_release(&p->arena);
}

/* --- whom a source speaks about --------------------------------------------------------------------------------------- */

enum status facts_cover(struct facts *f, size_t source, bool missing, uint8_t **out, struct err *err)
{
    uint8_t *bits = xcalloc(f->n_persons / 8 + 1, 1);
    int64_t *covers = xmalloc(CHUNK * sizeof(*covers));
    enum status status = ST_OK;
    bool none = missing || source >= 64 || f->night->sources[source].state != SOURCE_FRESH;
    for (uint32_t at = 0; !none && status == ST_OK && at < f->n_persons; at += CHUNK) {
        uint32_t n = MIN(CHUNK, f->n_persons - at);
        status = population_person(f->pop, P_COVERS, at, n, covers, err);
        for (uint32_t i = 0; status == ST_OK && i < n; i++) {
            bits[(at + i) >> 3] |= (uint8_t)(((uint64_t)covers[i] >> source & 1) << ((at + i) & 7));
        }
    }
    free(covers);
    if (status != ST_OK) {
        free(bits);
        return status;
    }
    *out = bits;
    return ST_OK;
}

/* --- tables --------------------------------------------------------------------------------------------------------- */

struct feed {
    struct facts *f;
    struct facts_run *r;
    size_t scan;
    bool missing;
    struct rules_run *view;
    enum status status;
    struct err err;
};

static enum status feed_rows(void *ctx, const struct facts_block *b, struct err *err)
{
    (void)err;
    struct feed *feed = ctx;
    rules_scan_rows(feed->view, feed->scan, &b->rows);
    return ST_OK;
}

static void feed_table(void *ctx, unsigned item)
{
    struct feed *feed = &((struct feed *)ctx)[item];
    if (feed->missing) {
        return;
    }
    feed->view = rules_run_view(feed->r->run);
    struct pass p = {.f = feed->f, .scan = &ruleset_inputs(feed->r->rules)->scans[feed->scan], .fn = feed_rows, .ctx = feed};
    p.bounded = rules_scan_bounds(feed->view, feed->scan, &p.bound_column, &p.bound_first, &p.bound_last);
    feed->status = pass_all(&p, &feed->err);
    pass_release(&p);
    rules_view_end(NULL, feed->view);
}

/* What passes of several threads would share: whom a source speaks about, and its refunds. */
static enum status feed_prepare(struct feed *feed, const struct facts_view *view, struct err *err)
{
    const struct rules_scan *s = &ruleset_inputs(feed->r->rules)->scans[feed->scan];
    uint8_t *covered = NULL;
    feed->missing = view->without_source && view->without_source[s->table];
    TRY(facts_cover(feed->f, (size_t)s->table, feed->missing, &covered, err));
    rules_scan_cover(feed->r->run, feed->scan, false, covered);
    free(covered);
    return feed->missing ? ST_OK : need_refunds(feed->f, (size_t)s->table, err);
}

enum status facts_feed_scans(struct facts *f, struct facts_run *r, const struct facts_view *view, struct err *err)
{
    size_t n = ruleset_inputs(r->rules)->n_scans;
    struct feed *feeds = xcalloc(n + 1, sizeof(*feeds));
    enum status status = ST_OK;
    for (size_t i = 0; i < n && status == ST_OK; i++) {
        feeds[i].f = f, feeds[i].r = r, feeds[i].scan = i;
        status = feed_prepare(&feeds[i], view, err);
    }
    if (status == ST_OK) {
        share_out((unsigned)n, share_threads(), feed_table, feeds);
    }
    for (size_t i = 0; i < n && status == ST_OK; i++) {
        status = feeds[i].status;
        *err = status == ST_OK ? *err : feeds[i].err;
    }
    free(feeds);
    return status;
}

enum status facts_scan_again(struct facts *f, const struct facts_run *r, size_t scan, const uint8_t *wanted, facts_rows_fn *fn, void *ctx, struct err *err)
{
    struct pass p = {.f = f, .scan = &ruleset_inputs(r->rules)->scans[scan], .fn = fn, .ctx = ctx, .wanted = wanted};
    p.bounded = rules_scan_bounds(r->run, scan, &p.bound_column, &p.bound_first, &p.bound_last);
    enum status status = pass_all(&p, err);
    pass_release(&p);
    return status;
}

enum status facts_scan_block(struct facts *f, const struct rules_scan *scan, size_t input, size_t block, facts_rows_fn *fn, void *ctx, struct err *err)
{
    struct pass p = {.f = f, .scan = scan, .source = (size_t)scan->table, .fn = fn, .ctx = ctx, .only = &block};
    enum status status = need_refunds(f, p.source, err);
    if (status == ST_OK) {
        pass_make_room(&p);
        status = pass_input(&p, input, err);
    }
    pass_release(&p);
    return status;
}
