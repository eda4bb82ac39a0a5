/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sources_bands.h"

#include "pipeline/ingest/column_facts.h"
#include "pipeline/ingest/gates.h"
#include "pipeline/sources_guess.h"

#define PPM        1000000
#define STOP_TIMES 5 /* halves: stop lies 2.5 times as far out as warn */
#define SHOWN_MAX  12 /* figures shown in a comment */

/* The figures of one gate over the deliveries, parts per million. A ratio lies around 100 %, a share at its lower end. */
struct series {
    enum source_gate gate; /* or of a column: */
    int column;            /* -1: of the whole delivery */
    enum column_gate column_gate;
    bool ratio;
    VEC(int64_t) v;
};
struct history {
    struct site *site;
    const struct source *s;
    struct arena arena;
    VEC(struct series) all;
    int *columns; /* those looked at */
    size_t n_columns, deliveries;
    daynum from, to;
};

static int64_t ppm(int64_t part, int64_t whole)
{
    return whole <= 0 || part < 0 ? 0 : part < INT64_MAX / PPM ? part * PPM / whole : part / (whole / PPM + 1);
}

/* --- gathering ------------------------------------------------------------------------------------------------------ */

static void add_series(struct history *h, enum source_gate gate, int column, enum column_gate column_gate, bool ratio)
{
    vec_push(&h->all, (struct series){.gate = gate, .column = column, .column_gate = column_gate, .ratio = ratio});
}

/* Amounts are watched by their sum, code tables by what they do not know, the person's columns by what is missing. */
static void choose_series(struct history *h)
{
    const struct source *s = h->s;
    static const enum source_gate shares[] = {GATE_REJECTS, GATE_DEFECTS, GATE_KEYS, GATE_SEX};
    add_series(h, GATE_ROWS, -1, COLUMN_GATE_COUNT, true);
    for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
        add_series(h, shares[i], -1, COLUMN_GATE_COUNT, false);
    }
    h->columns = arena_array(&h->arena, int, s->n_columns + 1);
    for (size_t c = 0; c < s->n_columns; c++) {
        bool person = (int)c == s->person[ROLE_ID].column || (int)c == s->person[ROLE_NAME].column;
        bool money = s->columns[c].type == COL_MONEY, code = s->columns[c].type == COL_CODE && s->columns[c].n_codes > 0;
        if (!person && !money && !code) {
            continue;
        }
        h->columns[h->n_columns++] = (int)c;
        add_series(h, GATE_COUNT, (int)c, COLUMN_GATE_MISSING, false);
        if (money || code) {
            add_series(h, GATE_COUNT, (int)c, money ? COLUMN_GATE_SUM : COLUMN_GATE_CODES, money);
        }
    }
}

static enum status facts_of(struct history *h, const struct delivered *d, struct typing_facts *sum, struct column_facts *columns, struct err *err)
{
    *sum = (struct typing_facts){.month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING};
    for (size_t i = 0; i < d->n_files; i++) {
        AUTO_SEG seg = NULL;
        struct typing_facts one;
        TRY(catalogue_segment(h->site, h->s, d->files[i].xxh128, d->files[i].name, &h->arena, NULL, &seg, err));
        TRY(segment_facts(seg, &one, err));
        typing_facts_add(sum, &one);
    }
    return column_facts_read(h->site, h->s, d->files, d->n_files, h->columns, h->n_columns, columns, err);
}

struct seen {
    struct typing_facts facts;
    struct column_facts *columns; /* parallel to history->columns */
};

/* The figure of a series for one delivery; false: nothing to compare with. */
static bool figure(const struct history *h, const struct series *s, const struct seen *now, const struct seen *before, int64_t *out)
{
    const struct typing_facts *f = &now->facts;
    size_t at = 0;
    while (s->column >= 0 && h->columns[at] != s->column) {
        at++;
    }
    const struct column_facts *c = &now->columns[at], *b = before ? &before->columns[at] : NULL;
    int64_t part = 0, whole = 0;
    if (s->column < 0) {
        const int64_t of[GATE_COUNT][2] = {[GATE_ROWS] = {f->typed, before ? before->facts.typed : 0},
                                           [GATE_REJECTS] = {f->rejected, f->typed + f->rejected},
                                           [GATE_DEFECTS] = {f->defects, f->cells},
                                           [GATE_KEYS] = {f->keys_blank, f->typed},
                                           [GATE_SEX] = {f->sexes_against, f->sexes}};
        part = of[s->gate][0], whole = of[s->gate][1];
    } else if (s->column_gate == COLUMN_GATE_SUM) {
        part = c->sum, whole = b ? b->sum : 0;
    } else {
        bool missing = s->column_gate == COLUMN_GATE_MISSING;
        part = missing ? c->missing : c->bad, whole = missing ? c->rows : c->rows + f->rejected;
    }
    *out = ppm(part, whole);
    return whole > 0;
}

static enum status add_scope(struct history *h, const struct delivered *v, size_t n, struct err *err)
{
    struct seen both[2], *before = NULL;
    for (size_t i = 0; i < n; i++) {
        struct seen *now = &both[i % 2];
        now->columns = arena_array(&h->arena, struct column_facts, h->n_columns + 1);
        TRY(facts_of(h, &v[i], &now->facts, now->columns, err));
        for (size_t k = 0; k < h->all.n; k++) {
            int64_t value;
            if (figure(h, &h->all.v[k], now, before, &value)) {
                vec_push(&h->all.v[k].v, value);
            }
        }
        before = now;
        h->deliveries++;
        h->from = h->from == DAY_MISSING ? v[i].date : MIN(h->from, v[i].date);
        h->to = MAX(h->to, v[i].date);
    }
    return ST_OK;
}

/* --- proposing ------------------------------------------------------------------------------------------------------ */

static void percent(struct strbuf *b, int64_t v)
{
    strbuf_addf(b, "%lld", (long long)(v / 10000));
    if (v % 10000 / 1000 != 0) {
        strbuf_addf(b, ".%lld", (long long)(v % 10000 / 1000));
    }
    strbuf_addc(b, '%');
}

static void range_of(const struct series *s, int64_t *low, int64_t *high)
{
    *low = *high = s->v.v[0];
    for (size_t i = 1; i < s->v.n; i++) {
        *low = MIN(*low, s->v.v[i]);
        *high = MAX(*high, s->v.v[i]);
    }
}

/* Whole percents outwards, at least five percent of room; shares: half as much again, at least half a percent. */
static void add_band(const struct series *s, struct strbuf *b)
{
    int64_t low, high;
    range_of(s, &low, &high);
    if (s->ratio) {
        int64_t below = MAX(PPM - low, 0) + PPM / 20, above = MAX(high - PPM, 0) + PPM / 20;
        below = (below / 10000 + 1) * 10000, above = (above / 10000 + 1) * 10000;
        strbuf_addz(b, "{warn: ");
        percent(b, MAX(PPM - below, 10000));
        strbuf_addz(b, "..");
        percent(b, PPM + above);
        strbuf_addz(b, ", stop: ");
        percent(b, MAX(PPM - below * STOP_TIMES / 2, 10000));
        strbuf_addz(b, "..");
        percent(b, PPM + above * STOP_TIMES / 2);
    } else {
        int64_t warn = MIN((MAX(high * 3 / 2, high + 5000) / 1000 + 1) * 1000, PPM);
        strbuf_addz(b, "{warn: ");
        percent(b, warn);
        strbuf_addz(b, ", stop: ");
        percent(b, MIN(MAX(warn * STOP_TIMES / 2, warn + PPM / 20), PPM));
    }
    strbuf_addz(b, TR("}   # 历史：", "}   # so far: "));
    for (size_t i = s->v.n > SHOWN_MAX ? s->v.n - SHOWN_MAX : 0; i < s->v.n; i++) {
        percent(b, s->v.v[i]);
        strbuf_addc(b, ' ');
    }
    b->p[b->n - 1] = '\n';
}

static void add_proposals(const struct history *h, struct strbuf *out)
{
    AUTO_STRBUF columns = STRBUF_INIT;
    int open = -1;
    strbuf_addz(out, "    gates:\n");
    for (size_t i = 0; i < h->all.n; i++) {
        const struct series *s = &h->all.v[i];
        if (s->v.n < BANDS_LEAST) {
            continue;
        }
        if (s->column < 0) {
            strbuf_addf(out, "      %s: ", gate_name(s->gate));
            add_band(s, out);
            continue;
        }
        if (open != s->column) {
            strbuf_addz(&columns, "        ");
            yaml_add_word(&columns, h->s->columns[s->column].name);
            strbuf_addz(&columns, ":\n");
            open = s->column;
        }
        strbuf_addf(&columns, "          %s: ", column_gate_name(s->column_gate));
        add_band(s, &columns);
    }
    if (columns.n > 0) {
        strbuf_addz(out, "      columns:\n");
        strbuf_adds(out, strbuf_str(&columns));
    }
}

static enum status propose(struct history *h, struct strbuf *out, struct err *err)
{
    struct delivered_list list;
    AUTO_STRBUF from = STRBUF_INIT, to = STRBUF_INIT;
    choose_series(h);
    TRY(catalogue_accepted(h->site->ledger, h->s->id, DAY_FOREVER, &h->arena, &list, err));
    for (size_t a = 0, b; a < list.n; a = b) {
        for (b = a; b < list.n && strcmp(list.v[b].scope, list.v[a].scope) == 0; b++) {
        }
        TRY(add_scope(h, list.v + a, b - a, err));
    }
    strbuf_add_day(&from, h->from);
    strbuf_add_day(&to, h->to);
    if (h->deliveries < BANDS_LEAST) {
        strbuf_addf(out, TR("  # " STR_FMT "（" STR_FMT "）：只收过 %zu 次，至少 %d 次才提议\n", "  # " STR_FMT " (" STR_FMT "): only %zu deliveries, %d are needed\n"),
                    STR_ARG(h->s->label), STR_ARG(h->s->id), h->deliveries, BANDS_LEAST);
        return ST_OK;
    }
    strbuf_addf(out, TR("  # " STR_FMT "（" STR_FMT "）：依据 %s 至 %s 的 %zu 次交付；贴到 - id: " STR_FMT " 下面，替换原有的 gates\n",
                        "  # " STR_FMT " (" STR_FMT "): from %s to %s, %zu deliveries; goes under - id: " STR_FMT " in place of its gates\n"),
                STR_ARG(h->s->label), STR_ARG(h->s->id), strbuf_z(&from), strbuf_z(&to), h->deliveries, STR_ARG(h->s->id));
    add_proposals(h, out);
    return ST_OK;
}

enum status sources_bands(struct site *site, size_t source, struct strbuf *out, struct err *err)
{
    struct history h = {.site = site, .s = &site->sources->v[source], .from = DAY_MISSING, .to = DAY_MISSING};
    enum status st = propose(&h, out, err);
    for (size_t i = 0; i < h.all.n; i++) {
        vec_release(&h.all.v[i].v);
    }
    vec_release(&h.all);
    arena_release(&h.arena);
    return st;
}
