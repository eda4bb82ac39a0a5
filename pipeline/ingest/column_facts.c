/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/column_facts.h"

#include "base/core/file.h"
#include "pipeline/ingest/rejects.h"
#include "pipeline/row_reader.h"

static bool sampled(uint64_t hash, unsigned depth)
{
    return (hash & (((uint64_t)1 << depth) - 1)) == 0;
}

static void halve(struct distinct *d)
{
    struct map64 kept = {0};
    d->depth++;
    const struct map64_slot *slot;
    for (size_t i = 0; (slot = map64_next(&d->seen, &i));) {
        if (sampled(map64_key(slot), d->depth)) {
            map64_put(&kept, map64_key(slot), 0);
        }
    }
    map64_release(&d->seen);
    d->seen = kept;
}

void distinct_add(struct distinct *d, uint64_t hash)
{
    if (!sampled(hash, d->depth)) {
        return;
    }
    map64_put(&d->seen, hash, 0);
    while (d->seen.n > DISTINCT_EXACT) {
        halve(d);
    }
}

int64_t distinct_count(const struct distinct *d)
{
    return (int64_t)d->seen.n << d->depth;
}

void distinct_release(struct distinct *d)
{
    map64_release(&d->seen);
}

struct measuring {
    const struct source *s;
    const int *columns;
    size_t n;
    struct column_facts *out;
    struct distinct *distinct;
};

static void measure_column(struct measuring *m, size_t i, struct row_reader *r)
{
    int c = m->columns[i];
    struct column_facts *f = &m->out[i];
    const struct source_column *sc = &m->s->columns[c];
    bool text = row_is_text(sc->type), id = row_is_id(sc->type), adds = sc->type == COL_MONEY || sc->type == COL_INTEGER;
    for (size_t k = 0; k < r->rows; k++) {
        struct str t = text ? row_text(r, c, k) : (struct str){NULL, 0};
        int64_t num = text || id ? 0 : row_num(r, c, k);
        uint64_t word = id ? row_id(r, c, k) : 0;
        f->rows++;
        if (text ? t.n == 0 : id ? word == 0 : num == INT64_MIN) {
            f->missing++;
            continue;
        }
        distinct_add(&m->distinct[i], text ? hash64(t.p, t.n) : hash_mix(id ? word : (uint64_t)num));
        f->sum += adds ? num : 0;
    }
}

static enum status measure_rows(struct measuring *m, const char *path, struct err *err)
{
    AUTO_ROWS r = {.seg = NULL};
    TRY(row_reader_open(&r, path, m->s, err));
    for (size_t i = 0; i < m->n; i++) {
        row_reader_want(&r, m->columns[i]);
    }
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        for (size_t i = 0; i < m->n; i++) {
            measure_column(m, i, &r);
        }
    }
}

static bool count_bad(void *ctx, const struct reject *r, int64_t count)
{
    struct measuring *m = ctx;
    for (size_t i = 0; i < m->n; i++) {
        if (str_eq(m->s->columns[m->columns[i]].name, r->column)) {
            m->out[i].bad += count;
        }
    }
    return true;
}

static enum status measure_file(struct measuring *m, struct site *site, const struct delivered_file *f, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_SEG seg = NULL;
    AUTO_SEG rejects = NULL;
    const char *path;
    TRY(catalogue_segment(site, m->s, f->xxh128, f->name, &a, &path, &seg, err));
    TRY(measure_rows(m, path, err));
    TRY(catalogue_rejects(site, m->s, f->xxh128, f->name, &a, &rejects, err));
    return rejects_each(rejects, count_bad, m, err);
}

enum status column_facts_read(struct site *site, const struct source *s, const struct delivered_file *files, size_t n_files, const int *columns, size_t n,
                              struct column_facts *out, struct err *err)
{
    struct measuring m = {s, columns, n, out, xcalloc(n + 1, sizeof(*m.distinct))};
    enum status st = ST_OK;
    memset(out, 0, n * sizeof(*out));
    for (size_t i = 0; i < n_files && st == ST_OK; i++) {
        st = measure_file(&m, site, &files[i], err);
    }
    for (size_t i = 0; i < n; i++) {
        out[i].distinct = distinct_count(&m.distinct[i]);
        distinct_release(&m.distinct[i]);
    }
    free(m.distinct);
    return st;
}
