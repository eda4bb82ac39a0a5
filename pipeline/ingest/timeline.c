/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two neighbouring deliveries of a scope: kept in store/segments as A-B-TYPING.tl.seg, a pure function of the two contents and the
   typing, made when the newer one arrives and again whenever it is missing.

   Keys are compared in passes of bounded size; rows with equal key and content never leave the pass. Columns that one of the two files lacks are not compared:
   a column that appears is not a change of everybody. */
#include <stdlib.h>

#include "base/core/file.h"
#include "base/core/map.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/cells.h"
#include "pipeline/ingest/catalogue.h"

#define PASS_KEYS ((uint64_t)1 << 19)

static const struct seg_column timeline_columns[] = {{"kind", SEG_I32},     {"column", SEG_TEXT},  {"old", SEG_TEXT},     {"new", SEG_TEXT},
                                                     {"key", SEG_U64},      {"id", SEG_U64},       {"old_part", SEG_I32}, {"new_part", SEG_I32},
                                                     {"old_line", SEG_I32}, {"new_line", SEG_I32}, {"old_row", SEG_I32},  {"new_row", SEG_I32}};
enum { T_KIND, T_COLUMN, T_OLD, T_NEW, T_KEY, T_ID, T_OLD_PART, T_NEW_PART, T_OLD_LINE, T_NEW_LINE, T_OLD_ROW, T_NEW_ROW };

struct entry {
    uint64_t key, content;
    uint32_t part, row;
    bool matched;
};
struct side {
    struct seg_reader **parts;
    size_t n;
    uint64_t rows;
    bool *has;              /* [n_columns]: every part has the column */
    struct map64 at;        /* key -> entry of the pass; the last row of a key stands */
    VEC(struct entry) entries;
    struct strbuf key;
};
struct comparison {
    const struct source *s;
    struct side old, new_;
    struct seg_writer *w;
    uint64_t *keys, *contents;
    const char **names;     /* [n_columns] */
    struct arena arena;
};

/* --- one pass ------------------------------------------------------------------------------------------------------ */

static enum status load_part(struct comparison *c, struct side *side, size_t part, uint64_t pass, uint64_t passes, struct err *err)
{
    struct seg_reader *r = side->parts[part];
    size_t key = (size_t)seg_column(r, SEG_KEY), content = (size_t)seg_column(r, SEG_CONTENT);
    for (size_t b = 0; b < seg_blocks(r); b++) {
        uint64_t start = seg_block_start(r, b);
        TRY(seg_read_u64(r, b, key, c->keys, err));
        TRY(seg_read_u64(r, b, content, c->contents, err));
        for (size_t k = 0; k < seg_block_rows(r, b); k++) {
            if (c->keys[k] == 0 || hash_mix(c->keys[k]) % passes != pass) {
                continue;
            }
            struct entry e = {c->keys[k], c->contents[k], (uint32_t)part, (uint32_t)(start + k), false};
            uint32_t at = map64_get_or_put(&side->at, e.key, (uint32_t)side->entries.n);
            if (at == side->entries.n) {
                vec_push(&side->entries, e);
            } else {
                side->entries.v[at] = e;
            }
        }
    }
    return ST_OK;
}

static enum status load_side(struct comparison *c, struct side *side, uint64_t pass, uint64_t passes, struct err *err)
{
    map64_release(&side->at);
    side->at = (struct map64){0};
    vec_clear(&side->entries);
    for (size_t p = 0; p < side->n; p++) {
        TRY(load_part(c, side, p, pass, passes, err));
    }
    return ST_OK;
}

/* --- values as text ------------------------------------------------------------------------------------------------ */

static enum status value_text(struct seg_reader *r, const struct source_column *sc, const char *name, uint32_t row, struct strbuf *out, struct err *err)
{
    struct str text;
    int64_t v;
    size_t col = (size_t)seg_column(r, name);
    strbuf_clear(out);
    if (column_is_text(sc)) {
        TRY(seg_fetch_text(r, row, col, &text, err));
        strbuf_adds(out, text);
        return ST_OK;
    }
    TRY(seg_fetch_i64(r, row, col, &v, err));
    if (column_has_raw(sc)) {
        char id[IDENT_TEXT_MAX];
        TRY(seg_fetch_text(r, row, col + 1, &text, err));
        if (text.n > 0) {
            strbuf_adds(out, text);
        } else {
            strbuf_add(out, id, ident_print((uint64_t)v, id));
        }
    } else if (sc->type == COL_DATE && v != INT64_MIN) {
        strbuf_add_day(out, (daynum)v);
    } else if (sc->type == COL_MONTH && v != INT64_MIN) {
        strbuf_add_month(out, (monthnum)v);
    } else if (sc->type == COL_MONEY && v != INT64_MIN) {
        strbuf_add_fen(out, v);
    } else if (sc->type == COL_FLAG && v != INT64_MIN) {
        strbuf_addz(out, v ? "是" : "否");
    } else if (sc->type == COL_INTEGER && v != INT64_MIN) {
        strbuf_addi(out, v);
    }
    return ST_OK;
}

static enum status id_of(const struct comparison *c, const struct side *side, const struct entry *e, uint64_t *out, struct err *err)
{
    int col = c->s->person[ROLE_ID].column;
    *out = 0;
    if (col < 0) {
        return ST_OK;
    }
    struct seg_reader *r = side->parts[e->part];
    size_t at = (size_t)seg_column(r, c->names[col]);
    if (column_has_raw(&c->s->columns[col])) {
        int64_t v;
        TRY(seg_fetch_i64(r, e->row, at, &v, err));
        *out = ident_key((uint64_t)v);
        return ST_OK;
    }
    struct str text;
    TRY(seg_fetch_text(r, e->row, at, &text, err));
    *out = text.n > 0 ? ident_parse_token(text) : 0;
    return ST_OK;
}

static enum status line_of(const struct side *side, const struct entry *e, int64_t *out, struct err *err)
{
    struct seg_reader *r = side->parts[e->part];
    return seg_fetch_i64(r, e->row, (size_t)seg_column(r, SEG_LINE), out, err);
}

/* --- writing changes ----------------------------------------------------------------------------------------------- */

struct written {
    enum change_kind kind;
    struct str column, old, new_;
};

/* `older` or `newer` NULL: the record is not on that side. */
static enum status put_change(struct comparison *c, const struct entry *older, const struct entry *newer, const struct written *w, struct err *err)
{
    uint64_t id = 0;
    int64_t old_line = -1, new_line = -1;
    if (newer) {
        TRY(id_of(c, &c->new_, newer, &id, err));
        TRY(line_of(&c->new_, newer, &new_line, err));
    }
    if (older) {
        if (id == 0) {
            TRY(id_of(c, &c->old, older, &id, err));
        }
        TRY(line_of(&c->old, older, &old_line, err));
    }
    seg_put_i64(c->w, T_KIND, w->kind);
    seg_put_text(c->w, T_COLUMN, w->column);
    seg_put_text(c->w, T_OLD, w->old);
    seg_put_text(c->w, T_NEW, w->new_);
    seg_put_u64(c->w, T_KEY, newer ? newer->key : older->key);
    seg_put_u64(c->w, T_ID, id);
    seg_put_i64(c->w, T_OLD_PART, older ? (int64_t)older->part : -1);
    seg_put_i64(c->w, T_NEW_PART, newer ? (int64_t)newer->part : -1);
    seg_put_i64(c->w, T_OLD_LINE, old_line);
    seg_put_i64(c->w, T_NEW_LINE, new_line);
    seg_put_i64(c->w, T_OLD_ROW, older ? (int64_t)older->row : -1);
    seg_put_i64(c->w, T_NEW_ROW, newer ? (int64_t)newer->row : -1);
    seg_end_row(c->w);
    return ST_OK;
}

static enum status compare_columns(struct comparison *c, const struct entry *older, const struct entry *newer, struct err *err)
{
    AUTO_STRBUF was = STRBUF_INIT;
    AUTO_STRBUF is = STRBUF_INIT;
    for (size_t k = 0; k < c->s->n_columns; k++) {
        if (!c->old.has[k] || !c->new_.has[k]) {
            continue;
        }
        TRY(value_text(c->old.parts[older->part], &c->s->columns[k], c->names[k], older->row, &was, err));
        TRY(value_text(c->new_.parts[newer->part], &c->s->columns[k], c->names[k], newer->row, &is, err));
        if (!str_eq(strbuf_str(&was), strbuf_str(&is))) {
            const struct written w = {CHANGE_VALUE, c->s->columns[k].name, strbuf_str(&was), strbuf_str(&is)};
            TRY(put_change(c, older, newer, &w, err));
        }
    }
    return ST_OK;
}

static enum status same_key(struct comparison *c, const struct entry *older, const struct entry *newer, bool *out, struct err *err)
{
    TRY(key_from_segment(c->old.parts[older->part], c->s, older->row, &c->old.key, err));
    TRY(key_from_segment(c->new_.parts[newer->part], c->s, newer->row, &c->new_.key, err));
    *out = str_eq(strbuf_str(&c->old.key), strbuf_str(&c->new_.key));
    return ST_OK;
}

static enum status compare_pass(struct comparison *c, struct err *err)
{
    const struct written appeared = {CHANGE_APPEARED, {"", 0}, {"", 0}, {"", 0}}, gone = {CHANGE_DISAPPEARED, {"", 0}, {"", 0}, {"", 0}};
    for (size_t i = 0; i < c->new_.entries.n; i++) {
        const struct entry *newer = &c->new_.entries.v[i];
        uint32_t at = map64_get(&c->old.at, newer->key);
        struct entry *older = at == MAP_NONE ? NULL : &c->old.entries.v[at];
        bool same = older && older->content == newer->content;
        if (older && !same) {
            TRY(same_key(c, older, newer, &same, err));
            if (same) {
                TRY(compare_columns(c, older, newer, err));
            }
        }
        if (same) {
            older->matched = true;
        } else {
            TRY(put_change(c, NULL, newer, &appeared, err));
        }
    }
    for (size_t i = 0; i < c->old.entries.n; i++) {
        if (!c->old.entries.v[i].matched) {
            TRY(put_change(c, &c->old.entries.v[i], NULL, &gone, err));
        }
    }
    return ST_OK;
}

static enum status compare_all(struct comparison *c, struct err *err)
{
    uint64_t passes = 1 + MAX(c->old.rows, c->new_.rows) / PASS_KEYS;
    for (uint64_t p = 0; p < passes; p++) {
        TRY(load_side(c, &c->old, p, passes, err));
        TRY(load_side(c, &c->new_, p, passes, err));
        TRY(compare_pass(c, err));
    }
    return ST_OK;
}

/* --- a timeline file ------------------------------------------------------------------------------------------------ */

static enum status open_side(struct site *site, struct comparison *c, struct side *side, const struct delivered *d, struct err *err)
{
    const struct source *s = c->s;
    side->parts = arena_array(&c->arena, struct seg_reader *, d->n_files + 1);
    side->has = arena_array(&c->arena, bool, s->n_columns + 1);
    for (size_t k = 0; k < s->n_columns; k++) {
        side->has[k] = true;
    }
    for (size_t i = 0; i < d->n_files; i++) {
        TRY(catalogue_segment(site, s, d->files[i].xxh128, d->files[i].name, &c->arena, NULL, &side->parts[i], err));
        side->n++;
        side->rows += seg_rows(side->parts[i]);
        for (size_t k = 0; k < s->n_columns; k++) {
            struct str header;
            side->has[k] &= segment_header(side->parts[i], s->columns[k].name, &header) >= 0;
        }
    }
    return ST_OK;
}

static void side_release(struct side *side)
{
    for (size_t i = 0; i < side->n; i++) {
        seg_close(side->parts[i]);
    }
    map64_release(&side->at);
    vec_release(&side->entries);
    strbuf_release(&side->key);
}

static enum status make(struct site *site, struct comparison *c, const struct delivered *older, const struct delivered *newer, const char *path,
                        struct err *err)
{
    c->names = arena_array(&c->arena, const char *, c->s->n_columns + 1);
    for (size_t k = 0; k < c->s->n_columns; k++) {
        c->names[k] = arena_z(&c->arena, c->s->columns[k].name);
    }
    TRY(open_side(site, c, &c->old, older, err));
    TRY(open_side(site, c, &c->new_, newer, err));
    TRY(seg_writer_open(path, timeline_columns, ARRAY_LEN(timeline_columns), &c->w, err));
    TRY(compare_all(c, err));
    struct seg_writer *w = c->w;
    c->w = NULL;
    return seg_writer_close(w, STR("timeline\n"), err);
}

static char *timeline_path(struct arena *a, const struct site *site, const struct source *s, const struct delivered *older, const struct delivered *newer)
{
    return arena_printf(a, "%s/%.16s-%.16s-%s.tl.seg", site->segments, older->content, newer->content, s->typing);
}

enum status timeline_make(struct site *site, const struct source *s, const struct delivered *older, const struct delivered *newer, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    char *path = timeline_path(&a, site, s, older, newer);
    if (file_exists(path)) {
        return ST_OK;
    }
    struct comparison c = {.s = s};
    c.keys = xmalloc(sizeof(uint64_t) * SEG_BLOCK_ROWS);
    c.contents = xmalloc(sizeof(uint64_t) * SEG_BLOCK_ROWS);
    enum status st = make(site, &c, older, newer, path, err);
    seg_writer_abandon(c.w);
    side_release(&c.old);
    side_release(&c.new_);
    free(c.keys);
    free(c.contents);
    arena_release(&c.arena);
    return st;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

struct timeline_query {
    struct site *site;
    const struct source *s;
    int column;
    bool (*fn)(void *ctx, const struct change *c);
    void *ctx;
    bool stopped;
};

static enum status fetch_change(struct seg_reader *r, uint64_t row, const struct source *s, const struct delivered *older, const struct delivered *newer,
                                struct change *out, struct err *err)
{
    int64_t v[ARRAY_LEN(timeline_columns)] = {0};
    struct str column;
    for (size_t col = 0; col < ARRAY_LEN(timeline_columns); col++) {
        if (timeline_columns[col].type != SEG_TEXT) {
            TRY(seg_fetch_i64(r, row, col, &v[col], err));
        }
    }
    TRY(seg_fetch_text(r, row, T_COLUMN, &column, err));
    TRY(seg_fetch_text(r, row, T_OLD, &out->old, err));
    TRY(seg_fetch_text(r, row, T_NEW, &out->new_, err));
    out->kind = (enum change_kind)v[T_KIND];
    out->column = out->kind == CHANGE_VALUE ? source_column_find(s, column) : -1;
    out->date = newer->date;
    out->key = (uint64_t)v[T_KEY];
    out->id = (uint64_t)v[T_ID];
    out->old_line = v[T_OLD_LINE], out->new_line = v[T_NEW_LINE];
    out->old_row = v[T_OLD_ROW], out->new_row = v[T_NEW_ROW];
    out->old_file = v[T_OLD_PART] < 0 ? -1 : older->files[v[T_OLD_PART]].file_id;
    out->new_file = v[T_NEW_PART] < 0 ? -1 : newer->files[v[T_NEW_PART]].file_id;
    return ST_OK;
}

static enum status read_one(struct timeline_query *q, const struct delivered *older, const struct delivered *newer, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_SEG r = NULL;
    char *path = timeline_path(&a, q->site, q->s, older, newer);
    struct err why;
    if (strcmp(older->content, newer->content) == 0) {
        return ST_OK; /* sent again unchanged: no timeline is kept */
    }
    if (seg_open(path, &r, &why) != ST_OK) {
        TRY(file_unlink(path, err));
        TRY(timeline_make(q->site, q->s, older, newer, err));
        TRY(seg_open(path, &r, err));
    }
    for (uint64_t row = 0; row < seg_rows(r) && !q->stopped; row++) {
        struct change c;
        TRY(fetch_change(r, row, q->s, older, newer, &c, err));
        if (q->column < 0 || c.column == q->column) {
            q->stopped = !q->fn(q->ctx, &c);
        }
    }
    return ST_OK;
}

struct neighbours {
    const struct delivered *older, *newer;
};

static int neighbours_cmp(const void *pa, const void *pb)
{
    const struct delivered *a = ((const struct neighbours *)pa)->newer, *b = ((const struct neighbours *)pb)->newer;
    if (a->date != b->date) {
        return a->date < b->date ? -1 : 1;
    }
    int c = strcmp(a->scope, b->scope);
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

enum status timeline_read(struct site *site, size_t source, int column, daynum from, daynum to, bool (*fn)(void *ctx, const struct change *c), void *ctx,
                          struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct timeline_query q = {.site = site, .s = &site->sources->v[source], .column = column, .fn = fn, .ctx = ctx};
    struct delivered_list list;
    if (q.s->kind != KIND_SNAPSHOT) {
        return ST_OK;
    }
    TRY(catalogue_accepted(site->ledger, q.s->id, to, &a, &list, err));
    VEC(struct neighbours) pairs = {0};
    for (size_t i = 0; i < list.n; i++) {
        /* of deliveries with one date the last accepted stands for it */
        const struct delivered *d = &list.v[i];
        bool last_of_date = i + 1 == list.n || strcmp(d[1].scope, d->scope) != 0 || d[1].date != d->date;
        if (!last_of_date || d->date < from) {
            continue;
        }
        const struct delivered *before = d;
        while (before > list.v && before->date == d->date && strcmp(before->scope, d->scope) == 0) {
            before--;
        }
        if (strcmp(before->scope, d->scope) == 0 && before->date < d->date) {
            vec_push(&pairs, (struct neighbours){before, d});
        }
    }
    vec_sort(&pairs, neighbours_cmp);
    enum status st = ST_OK;
    for (size_t i = 0; i < pairs.n && st == ST_OK && !q.stopped; i++) {
        st = read_one(&q, pairs.v[i].older, pairs.v[i].newer, err);
    }
    vec_release(&pairs);
    return st;
}
