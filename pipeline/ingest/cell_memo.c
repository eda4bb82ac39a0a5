/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/cell_memo.h"

#include <stdlib.h>

#include "base/core/bug.h"

#define SLOTS      (MEMO_CELLS * 4)
#define BYTES      ((size_t)MEMO_CELLS * 64) /* raw bytes and texts together; full of them it begins anew as well */

void cell_memo_release(struct cell_memo *m)
{
    free(m->v);
    free(m->slots);
    strbuf_release(&m->bytes);
    *m = (struct cell_memo){0};
}

/* Cells are short: two loads that overlap cover up to sixteen bytes. */
static uint64_t short_hash(struct str s)
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

static bool same(struct str a, struct str b)
{
    uint64_t x, y;
    if (a.n != b.n) {
        return false;
    }
    if (a.n < 8 || a.n > 16) {
        return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
    }
    memcpy(&x, a.p, 8);
    memcpy(&y, b.p, 8);
    uint64_t differ = x ^ y;
    memcpy(&x, a.p + a.n - 8, 8);
    memcpy(&y, b.p + b.n - 8, 8);
    return (differ | (x ^ y)) == 0;
}

static void forget(struct cell_memo *m)
{
    m->off = m->asked < 2 * m->n; /* less than every other cell was known */
    m->n = m->asked = 0;
    m->last = NULL;
    strbuf_clear(&m->bytes);
    memset(m->slots, 0, SLOTS * sizeof(*m->slots));
    if (m->off) {
        cell_memo_release(m);
        m->off = true;
    }
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
    if (m->n == 0) {
        return NULL;
    }
    uint64_t hash = short_hash(raw);
    for (size_t i = hash & (SLOTS - 1); m->slots[i]; i = (i + 1) & (SLOTS - 1)) {
        struct remembered *r = &m->v[m->slots[i] - 1];
        if (r->raw_hash == hash && same(r->raw, raw)) {
            m->last = r;
            return r;
        }
    }
    return NULL;
}

static struct str keep(struct cell_memo *m, struct str s)
{
    size_t at = m->bytes.n;
    if (s.n > 0) {
        memcpy(m->bytes.p + at, s.p, s.n);
        m->bytes.n += s.n;
    }
    return str_n(m->bytes.p + at, s.n);
}

struct remembered *cell_memo_add(struct cell_memo *m, struct str raw, const struct cell *cell)
{
    if (m->off || raw.n > MEMO_CELL_MAX || cell->text.n > MEMO_CELL_MAX) {
        return NULL;
    }
    if (!m->v) {
        m->v = xmalloc(MEMO_CELLS * sizeof(*m->v));
        m->slots = xcalloc(SLOTS, sizeof(*m->slots));
        strbuf_reserve(&m->bytes, BYTES);
    }
    if (m->n == MEMO_CELLS || m->bytes.n + raw.n + cell->text.n > BYTES) {
        forget(m);
        if (m->off) {
            return NULL;
        }
    }
    struct remembered *r = &m->v[m->n];
    *r = (struct remembered){.cell = *cell, .text_hash = hash64_str(cell->text), .raw = keep(m, raw), .raw_hash = short_hash(raw)};
    r->cell.text = keep(m, cell->text);
    size_t i = r->raw_hash & (SLOTS - 1);
    while (m->slots[i]) {
        i = (i + 1) & (SLOTS - 1);
    }
    m->slots[i] = (uint16_t)++m->n;
    m->last = r;
    return r;
}
