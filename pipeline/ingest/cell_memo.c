/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/cell_memo.h"

#include <stdlib.h>

#include "base/core/bug.h"

#define SLOTS      (MEMO_CELLS * 4)
#define BYTES      ((size_t)MEMO_CELLS * 64) /* raw bytes and texts together; full of them it begins anew as well */

struct memo_cells {
    struct remembered v[MEMO_CELLS];
    uint16_t slots[SLOTS];  /* number in v, one higher; 0 is empty */
    size_t n, n_bytes;
    char bytes[BYTES];
};

void cell_memo_release(struct cell_memo *m)
{
    free(m->cells);
    *m = (struct cell_memo){0};
}

void memo_list_clear(struct memo_list *l)
{
    for (size_t i = 0; i < l->list.n; i++) {
        free(l->list.v[i]);
    }
    vec_clear(&l->list);
}

void memo_list_release(struct memo_list *l)
{
    memo_list_clear(l);
    vec_release(&l->list);
}

/* Cells are short: two loads that overlap cover up to sixteen bytes. */
static inline uint64_t short_hash(struct str s)
{
    uint64_t a = 0, b = 0;
    if (s.n > 16) {
        return hash64_str(s);
    }
    if (s.n >= 8) {
        memcpy(&a, s.p, 8);
        memcpy(&b, s.p + s.n - 8, 8);
    } else if (s.n >= 4) {
        memcpy(&a, s.p, 4);
        memcpy(&b, s.p + s.n - 4, 4);
    } else if (s.n > 0) {
        a = (unsigned char)s.p[0];
        b = (uint64_t)(unsigned char)s.p[s.n / 2] << 8 | (unsigned char)s.p[s.n - 1];
    }
    return hash_mix(a ^ (b * 0x9e3779b97f4a7c15u + s.n));
}

/* Both ends at once: texts of 4 to 16 bytes are nearly all there are. */
static inline bool same(struct str a, struct str b)
{
    uint64_t x, y, v, w;
    uint32_t m, n, o, p;
    if (a.n != b.n) {
        return false;
    }
    if (a.n >= 8 && a.n <= 16) {
        memcpy(&x, a.p, 8), memcpy(&y, b.p, 8);
        memcpy(&v, a.p + a.n - 8, 8), memcpy(&w, b.p + b.n - 8, 8);
        return ((x ^ y) | (v ^ w)) == 0;
    }
    if (a.n >= 4 && a.n < 8) {
        memcpy(&m, a.p, 4), memcpy(&n, b.p, 4);
        memcpy(&o, a.p + a.n - 4, 4), memcpy(&p, b.p + b.n - 4, 4);
        return ((m ^ n) | (o ^ p)) == 0;
    }
    return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
}

struct remembered *cell_memo_find(struct cell_memo *m, struct str raw)
{
    if (m->off) {
        return NULL;
    }
    m->asked++;
    if (m->last && same(m->last->raw, raw)) { /* one street, one year */
        return m->last;
    }
    if (!m->cells) {
        return NULL;
    }
    uint64_t hash = short_hash(raw);
    for (size_t i = hash & (SLOTS - 1); m->cells->slots[i]; i = (i + 1) & (SLOTS - 1)) {
        struct remembered *r = &m->cells->v[m->cells->slots[i] - 1];
        if (r->raw_hash == hash && same(r->raw, raw)) {
            m->last = r;
            return r;
        }
    }
    return NULL;
}

/* Room for one more cell; false when remembering has not paid in this column. */
static bool make_room(struct cell_memo *m, size_t bytes, struct memo_list *forgotten)
{
    struct memo_cells *full = m->cells;
    if (full && full->n < MEMO_CELLS && full->n_bytes + bytes <= BYTES) {
        return true;
    }
    if (full) {
        vec_push(&forgotten->list, full);
        m->off = m->asked < 2 * full->n; /* less than every other cell was known */
    }
    m->asked = 0;
    m->last = NULL;
    m->cells = NULL;
    if (!m->off) {
        struct memo_cells *cells = m->cells = xmalloc(sizeof(*cells)); /* its cells and bytes are not touched before they are used */
        cells->n = cells->n_bytes = 0;
        memset(cells->slots, 0, sizeof(cells->slots));
    }
    return !m->off;
}

static struct str keep(struct memo_cells *m, struct str s)
{
    size_t at = m->n_bytes;
    if (s.n > 0) {
        memcpy(m->bytes + at, s.p, s.n);
        m->n_bytes += s.n;
    }
    return str_n(m->bytes + at, s.n);
}

struct remembered *cell_memo_add(struct cell_memo *m, struct str raw, const struct cell *cell, struct memo_list *forgotten)
{
    if (m->off || raw.n > MEMO_CELL_MAX || cell->text.n > MEMO_CELL_MAX || !make_room(m, raw.n + cell->text.n, forgotten)) {
        return NULL;
    }
    struct memo_cells *cells = m->cells;
    struct remembered *r = &cells->v[cells->n];
    *r = (struct remembered){.cell = *cell, .text_hash = cell->text.n ? hash64_str(cell->text) : 0, .raw = keep(cells, raw), .raw_hash = short_hash(raw)};
    r->cell.text = keep(cells, cell->text);
    size_t i = r->raw_hash & (SLOTS - 1);
    while (cells->slots[i]) {
        i = (i + 1) & (SLOTS - 1);
    }
    cells->slots[i] = (uint16_t)++cells->n;
    m->last = r;
    return r;
}
