/* SPDX-License-Identifier: Apache-2.0 */
/* Texts on their way from the rows of sources to the rows of persons and households, which are in another order: one pass over the rows puts each text aside
   under the stretch of rows it belongs to, and a stretch at a time is taken back. */
#include <stdatomic.h>

#include "base/core/share.h"
#include "base/core/spill.h"
#include "pipeline/link_write.h"

enum { STRETCH_BITS = 17, WORKERS_MAX = 16 }; /* 131072 rows: some 10 MB of texts */

static const enum kept text_field[] = {KEPT_NAME, KEPT_ADDRESS, KEPT_HUKOU_ADDRESS, KEPT_PHONE};
static const enum person_role text_role[] = {ROLE_NAME, ROLE_ADDRESS, ROLE_HUKOU_ADDRESS, ROLE_PHONE};

struct put { /* what stands before a text */
    uint32_t at;  /* row of its stretch */
    uint16_t n;
    uint8_t kind; /* enum written_text */
};

struct link_texts {
    struct spill *put[WORKERS_MAX];
    unsigned n_put;
    size_t stretches;          /* of persons; those of households follow */
    bool homes;                /* what is loaded: */
    uint32_t first, n;         /* rows; whole stretches */
    uint32_t *at[TEXT_COUNT];  /* by row: place in pool + 1, 0: none */
    struct strbuf pool;
};

static uint32_t stretches_for(uint32_t rows)
{
    return (rows >> STRETCH_BITS) + 1;
}

/* --- taking ------------------------------------------------------------------------------------------------------------ */

void link_texts_free(struct link_texts *t)
{
    for (unsigned i = 0; t && i < t->n_put; i++) {
        spill_free(t->put[i]);
    }
    for (int k = 0; t && k < TEXT_COUNT; k++) {
        free(t->at[k]);
    }
    if (t) {
        strbuf_release(&t->pool);
    }
    free(t);
}

static void find_texts(struct link_texts *t, size_t from, uint32_t stretch)
{
    for (size_t at = from; at < t->pool.n;) {
        struct put p;
        memcpy(&p, t->pool.p + at, sizeof(p));
        t->at[p.kind][(stretch << STRETCH_BITS) + p.at] = (uint32_t)at + 1;
        at += sizeof(p) + p.n;
    }
}

enum status link_texts_load(struct link_texts *t, bool homes, uint32_t first, uint32_t n, struct err *err)
{
    uint32_t lo = first >> STRETCH_BITS, count = ((first + n - 1) >> STRETCH_BITS) - lo + 1, rows = count << STRETCH_BITS;
    if (t->n == rows && t->homes == homes && t->first == lo << STRETCH_BITS) {
        return ST_OK;
    }
    strbuf_clear(&t->pool);
    for (int k = homes ? PERSON_TEXTS : 0; k < (homes ? TEXT_COUNT : PERSON_TEXTS); k++) {
        t->at[k] = xrealloc(t->at[k], rows * sizeof(**t->at));
        memset(t->at[k], 0, rows * sizeof(**t->at));
    }
    for (uint32_t s = 0; s < count; s++) {
        for (unsigned i = 0; i < t->n_put; i++) {
            size_t from = t->pool.n;
            TRY(spill_take(t->put[i], (homes ? t->stretches : 0) + lo + s, &t->pool, err));
            BUG_ON(t->pool.n >= UINT32_MAX);
            find_texts(t, from, s);
        }
    }
    t->homes = homes;
    t->first = lo << STRETCH_BITS;
    t->n = rows;
    return ST_OK;
}

struct str link_text(const struct link_texts *t, enum written_text k, uint32_t row)
{
    uint32_t at = t->at[k][row - t->first];
    struct put p;
    if (at == 0) {
        return (struct str){NULL, 0};
    }
    memcpy(&p, t->pool.p + at - 1, sizeof(p));
    return str_n(t->pool.p + at - 1 + sizeof(p), p.n);
}

/* --- putting aside ------------------------------------------------------------------------------------------------------ */

struct gathering {
    const struct link *l;
    struct link_texts *t;
    const uint8_t *speaks;  /* bit p: their address is that of their household */
    uint32_t input;
    atomic_size_t next;     /* block */
    enum status status[WORKERS_MAX];
    struct err err[WORKERS_MAX];
};

static void put_text(const struct gathering *g, unsigned worker, enum written_text kind, uint32_t row, struct str s)
{
    struct put p = {.at = row & ((1u << STRETCH_BITS) - 1), .n = (uint16_t)MIN(s.n, UINT16_MAX), .kind = (uint8_t)kind};
    size_t stretch = (kind >= PERSON_TEXTS ? g->t->stretches : 0) + (row >> STRETCH_BITS);
    if (p.n) {
        spill_put(g->t->put[worker], stretch, &p, sizeof(p));
        spill_put(g->t->put[worker], stretch, s.p, p.n);
    }
}

/* "户号" of the unit row, columns joined by -. */
static void put_number(const struct gathering *g, unsigned worker, uint32_t home, const struct row_reader *r, size_t i)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t k = 0; k < r->source->unit.n_number; k++) {
        strbuf_addz(&b, k ? "-" : "");
        strbuf_adds(&b, row_text(r, r->source->unit.number[k], i));
    }
    put_text(g, worker, HOME_NUMBER, home, strbuf_str(&b));
}

static void take_row(const struct gathering *g, unsigned worker, const struct row_reader *r, size_t i, uint32_t p)
{
    const struct link *l = g->l;
    uint32_t row = l->row[p], home = l->homes.household[p];
    record_no here = link_record(l, g->input, r->start + i);
    for (int k = 0; k < PERSON_TEXTS; k++) {
        if (link_kept(l, text_field[k], p) != here) {
            continue;
        }
        struct str s = row_text(r, r->source->person[text_role[k]].column, i);
        put_text(g, worker, (enum written_text)k, row, s);
        bool of_home = k == TEXT_ADDRESS || (k == TEXT_HUKOU_ADDRESS && link_kept(l, KEPT_ADDRESS, p) == NO_RECORD);
        if (of_home && (g->speaks[p >> 3] >> (p & 7) & 1)) {
            put_text(g, worker, HOME_ADDRESS, home, s);
        }
    }
    int rank = link_home_rank(l, home);
    if (rank >= 0 && l->home_first[home] == row && l->unit[rank][p].from == here) {
        put_number(g, worker, home, r, i);
    }
}

static enum status gather_blocks(struct gathering *g, unsigned worker, struct err *err)
{
    const struct link *l = g->l;
    const struct night_input *in = &l->night->inputs[g->input];
    const struct source *s = &l->sources->v[in->source];
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    int32_t *person = arena_array(&a, int32_t, SEG_BLOCK_ROWS);
    TRY(link_part_open(&part, l, g->input, err));
    TRY(row_reader_open(&r, in->segment, s, err));
    for (int k = 0; k < PERSON_TEXTS; k++) {
        row_reader_want(&r, s->person[text_role[k]].column);
    }
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(&r, s->unit.number[k]);
    }
    for (size_t b; (b = atomic_fetch_add(&g->next, 1)) < seg_blocks(r.seg);) {
        TRY(row_reader_block(&r, b, err));
        TRY(link_part_rows(&part, r.start, r.rows, person, err));
        for (size_t i = 0; i < r.rows; i++) {
            if (person[i] >= 0) {
                take_row(g, worker, &r, i, (uint32_t)person[i]);
            }
        }
    }
    return ST_OK;
}

static void gather_some(void *gathering, unsigned worker)
{
    struct gathering *g = gathering;
    g->status[worker] = gather_blocks(g, worker, &g->err[worker]);
}

static enum status gather_input(struct gathering *g, uint32_t input, struct err *err)
{
    g->input = input;
    atomic_store(&g->next, 0);
    share_out(g->t->n_put, g->t->n_put, gather_some, g);
    for (unsigned i = 0; i < g->t->n_put; i++) {
        if (g->status[i] != ST_OK) {
            *err = g->err[i];
            return g->status[i];
        }
    }
    return ST_OK;
}

/* Sources whose records say who somebody is and where: those that register persons, and those people.yaml names, such as 走访. */
static bool says_who(const struct link *l, size_t source)
{
    bool named = l->sources->v[source].registers_persons;
    for (size_t i = 0; i < l->people->n_identity_sources; i++) {
        named = named || (size_t)l->people->identity_sources[i] == source;
    }
    return named;
}

/* Of each household the first member with an address, else the first with an address of registration. */
static uint8_t *find_speakers(const struct link *l)
{
    uint8_t *speaks = xcalloc(l->n / 8 + 1u, 1);
    for (uint32_t h = 0; h < l->homes.n_households; h++) {
        uint32_t who = NO_PERSON, hukou = NO_PERSON;
        for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1] && who == NO_PERSON; i++) {
            uint32_t p = l->sorted[i];
            who = link_kept(l, KEPT_ADDRESS, p) != NO_RECORD ? p : who;
            hukou = hukou == NO_PERSON && link_kept(l, KEPT_HUKOU_ADDRESS, p) != NO_RECORD ? p : hukou;
        }
        who = who == NO_PERSON ? hukou : who;
        if (who != NO_PERSON) {
            speaks[who >> 3] |= (uint8_t)(1u << (who & 7));
        }
    }
    return speaks;
}

static enum status gather_all(struct gathering *g, struct err *err)
{
    const struct link *l = g->l;
    for (uint32_t i = 0; i < l->night->n_inputs; i++) {
        if (says_who(l, l->night->inputs[i].source)) {
            TRY(gather_input(g, i, err));
        }
    }
    for (unsigned i = 0; i < g->t->n_put; i++) {
        TRY(spill_end(g->t->put[i], err));
    }
    return ST_OK;
}

enum status link_texts_gather(const struct link *l, struct link_texts **out, struct err *err)
{
    struct link_texts *t = xcalloc(1, sizeof(*t));
    AUTO_ARENA a = ARENA_INIT;
    uint8_t *speaks = find_speakers(l);
    struct gathering *g = arena_array(&a, struct gathering, 1);
    t->stretches = stretches_for(l->n);
    t->n_put = MIN(share_threads(), (unsigned)WORKERS_MAX);
    for (unsigned i = 0; i < t->n_put; i++) {
        t->put[i] = spill_new(arena_printf(&a, "%s/texts-%u.tmp", l->night->run_dir, i), t->stretches + stretches_for(l->homes.n_households));
    }
    *g = (struct gathering){.l = l, .t = t, .speaks = speaks};
    enum status status = gather_all(g, err);
    free(speaks);
    if (status != ST_OK) {
        link_texts_free(t);
        return status;
    }
    *out = t;
    return ST_OK;
}
