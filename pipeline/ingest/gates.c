/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/gates.h"

#include <stdio.h>

/* A healthy file has an X at the end of 9.1 % of its 18-character identifiers. With 500 of them a share under the default 2 % is more than five standard
   deviations away: a program that stores them as numbers, or that drops the X, made the file. */
#define X_SHARE_LEAST 500
#define ROWS_LEAST    5

const char *gate_verdict_name(enum gate_verdict v)
{
    static const char *const names[] = {"ok", "warn", "stop"};
    return names[v];
}

void typing_facts_add(struct typing_facts *sum, const struct typing_facts *one)
{
    sum->bytes += one->bytes, sum->records += one->records, sum->typed += one->typed, sum->rejected += one->rejected;
    sum->defects += one->defects, sum->cells += one->cells, sum->keys_blank += one->keys_blank;
    sum->ids += one->ids, sum->ids_wrecked += one->ids_wrecked, sum->ids_18 += one->ids_18, sum->ids_x += one->ids_x;
    sum->sexes += one->sexes, sum->sexes_against += one->sexes_against, sum->euros += one->euros;
    for (size_t k = 0; k < ROW_KIND_COUNT; k++) {
        sum->aside[k] += one->aside[k];
    }
    if (one->month_from != MONTH_MISSING) {
        sum->month_from = sum->month_from == MONTH_MISSING ? one->month_from : MIN(sum->month_from, one->month_from);
        sum->month_to = MAX(sum->month_to, one->month_to);
    }
    sum->date = MAX(sum->date, one->date);
}

static int64_t ppm(int64_t part, int64_t whole)
{
    if (whole <= 0) {
        return 0;
    }
    /* counts are below 2^40: the product fits; sums of money may not */
    return part < INT64_MAX / 1000000 ? part * 1000000 / whole : part / (whole / 1000000 + 1);
}

static void percent(char *out, size_t n, int64_t v)
{
    (void)snprintf(out, n, "%lld.%02lld%%", (long long)(v / 10000), (long long)(v % 10000 / 100));
}

/* The band that was left, or the widest allowed; in signs every language reads, because it goes into reports. */
static void band_text(const struct gate_band *b, enum gate_verdict verdict, char *out, size_t n)
{
    char low[32] = "", high[32] = "";
    bool stop = verdict != GATE_WARN && (b->stop_low >= 0 || b->stop_high >= 0);
    int64_t lo = stop ? b->stop_low : b->warn_low, hi = stop ? b->stop_high : b->warn_high;
    if (lo >= 0) {
        percent(low, sizeof(low), lo);
    }
    if (hi >= 0) {
        percent(high, sizeof(high), hi);
    }
    (void)snprintf(out, n, "%s%s%s", lo < 0 ? "≤ " : hi < 0 ? "≥ " : low, lo >= 0 && hi >= 0 ? "–" : "", hi >= 0 ? high : low);
}

static enum gate_verdict judge(const struct gate_band *b, int64_t v)
{
    if ((b->stop_low >= 0 && v < b->stop_low) || (b->stop_high >= 0 && v > b->stop_high)) {
        return GATE_STOP;
    }
    return (b->warn_low >= 0 && v < b->warn_low) || (b->warn_high >= 0 && v > b->warn_high) ? GATE_WARN : GATE_OK;
}

static struct gate_result *add(gate_results *out, const char *gate, const struct gate_band *b, int64_t v)
{
    struct gate_result *r = vec_add(out);
    r->gate = gate;
    r->verdict = judge(b, v);
    band_text(b, r->verdict, r->band, sizeof(r->band));
    return r;
}

/* part / whole; NULL when the gate is not set. */
static struct gate_result *add_share(gate_results *out, const struct source *s, enum source_gate g, int64_t part, int64_t whole)
{
    const struct gate_band *b = &s->gates[g];
    if (!gate_band_is_set(b)) {
        return NULL;
    }
    int64_t v = ppm(part, whole);
    char share[32];
    struct gate_result *r = add(out, gate_name(g), b, v);
    percent(share, sizeof(share), v);
    (void)snprintf(r->value, sizeof(r->value), "%s (%lld/%lld)", share, (long long)part, (long long)whole);
    return r;
}

/* Rows against what came before. In tiny lists a few people more or less are a large share and no news. */
static void judge_rows(const struct gate_input *in, gate_results *out)
{
    int64_t now = in->facts->typed, before = in->before_typed;
    struct gate_result *r = before > 0 ? add_share(out, in->source, GATE_ROWS, now, before) : NULL;
    if (!r) {
        return;
    }
    if (now > before - ROWS_LEAST && now < before + ROWS_LEAST) {
        r->verdict = GATE_OK;
    }
    char share[32];
    percent(share, sizeof(share), ppm(now, before));
    (void)snprintf(r->value, sizeof(r->value),
                   in->source->kind == KIND_APPEND ? TR("%lld 行，是平常（%lld 行）的 %s", "%lld rows, usually %lld: %s")
                                                   : TR("%lld 行，是上一次（%lld 行）的 %s", "%lld rows, %lld before: %s"),
                   (long long)now, (long long)before, share);
}

static void judge_ids(const struct gate_input *in, gate_results *out)
{
    const struct typing_facts *f = in->facts;
    if (f->ids > 0) {
        (void)add_share(out, in->source, GATE_IDS, f->ids_wrecked, f->ids);
    }
    if (f->ids_18 >= X_SHARE_LEAST) {
        struct gate_result *r = add_share(out, in->source, GATE_X, f->ids_x, f->ids_18);
        if (r) {
            (void)snprintf(r->value, sizeof(r->value), TR("%lld 个 18 位号码里 %lld 个末位是 X", "of %lld numbers of 18 %lld end in X"),
                           (long long)f->ids_18, (long long)f->ids_x);
        }
    }
    if (f->sexes > 0) {
        (void)add_share(out, in->source, GATE_SEX, f->sexes_against, f->sexes);
    }
}

static void judge_freshness(const struct gate_input *in, gate_results *out)
{
    const struct gate_band *b = &in->source->gates[GATE_FRESHNESS];
    if (!gate_band_is_set(b)) {
        return;
    }
    int64_t days = MAX(in->received - in->data_date, 0);
    struct gate_result *r = add(out, gate_name(GATE_FRESHNESS), b, days);
    int64_t most = r->verdict == GATE_WARN || b->stop_high < 0 ? b->warn_high : b->stop_high;
    (void)snprintf(r->value, sizeof(r->value), TR("%lld 天", "%lld days"), (long long)days);
    (void)snprintf(r->band, sizeof(r->band), TR("≤ %lld 天", "≤ %lld days"), (long long)most);
}

/* It would replace everybody by nobody; where people have accepted that there is nobody, a small town without one assisted, it is no news. */
static void judge_empty(const struct gate_input *in, gate_results *out)
{
    const struct source *s = in->source;
    const struct gate_band *rows = &s->gates[GATE_ROWS];
    if (s->kind == KIND_APPEND || in->facts->typed > 0 || in->before_typed == 0 || (rows->stop_low < 0 && rows->warn_low < 0)) {
        return;
    }
    struct gate_result *r = vec_add(out);
    r->gate = "empty";
    r->verdict = GATE_STOP;
    (void)snprintf(r->value, sizeof(r->value), TR("0 行", "0 rows"));
    (void)snprintf(r->band, sizeof(r->band), "≥ 1");
}

static void judge_parts(const struct gate_input *in, gate_results *out)
{
    if (in->parts_missing) {
        struct gate_result *r = vec_add(out);
        r->gate = "parts";
        r->verdict = GATE_STOP;
        (void)snprintf(r->value, sizeof(r->value), TR("缺%s", "%s missing"), in->parts_missing);
        (void)snprintf(r->band, sizeof(r->band), TR("共 %d 份", "%d in all"), in->source->parts);
    }
}

/* --- columns ------------------------------------------------------------------------------------------------------- */

static void amount(const struct source_column *c, int64_t v, struct strbuf *out)
{
    if (c->type == COL_MONEY) {
        strbuf_add_fen(out, v);
    } else {
        strbuf_addi(out, v);
    }
}

/* A share of the rows, or a figure against the one before. False: nothing to compare. */
static bool column_figure(enum column_gate g, const struct column_facts *now, const struct column_facts *before, int64_t rejected, int64_t *part, int64_t *whole)
{
    const struct {
        int64_t part, whole;
    } figures[] = {[COLUMN_GATE_MISSING] = {now->missing, now->rows},
                   [COLUMN_GATE_CODES] = {now->bad, now->rows + rejected},
                   [COLUMN_GATE_DISTINCT] = {now->distinct, before ? before->distinct : 0},
                   [COLUMN_GATE_SUM] = {now->sum, before ? before->sum : 0}};
    *part = figures[g].part, *whole = figures[g].whole;
    return *whole > 0;
}

static void judge_column(const struct gate_input *in, size_t i, struct arena *a, gate_results *out)
{
    const struct source_column_gates *gates = &in->source->column_gates[i];
    const struct source_column *c = &in->source->columns[gates->column];
    const struct column_facts *before = in->before ? &in->before[i] : NULL;
    for (int g = 0; g < COLUMN_GATE_COUNT; g++) {
        int64_t part, whole;
        if (!gate_band_is_set(&gates->band[g]) || !column_figure((enum column_gate)g, &in->columns[i], before, in->facts->rejected, &part, &whole)) {
            continue;
        }
        AUTO_STRBUF figures = STRBUF_INIT;
        char share[32];
        int64_t v = part < 0 ? 0 : ppm(part, whole);
        struct gate_result *r = add(out, arena_printf(a, "%s:" STR_FMT, column_gate_name((enum column_gate)g), STR_ARG(c->name)), &gates->band[g], v);
        percent(share, sizeof(share), v);
        bool sum = g == COLUMN_GATE_SUM;
        amount(sum ? c : &(struct source_column){.type = COL_INTEGER}, part, &figures);
        strbuf_addc(&figures, '/');
        amount(sum ? c : &(struct source_column){.type = COL_INTEGER}, whole, &figures);
        (void)snprintf(r->value, sizeof(r->value), "%s (%s)", share, strbuf_z(&figures));
    }
}

void gates_judge(const struct gate_input *in, struct arena *a, gate_results *out)
{
    const struct typing_facts *f = in->facts;
    vec_clear(out);
    judge_rows(in, out);
    (void)add_share(out, in->source, GATE_REJECTS, f->rejected, f->typed + f->rejected);
    (void)add_share(out, in->source, GATE_DEFECTS, f->defects, f->cells);
    (void)add_share(out, in->source, GATE_KEYS, f->keys_blank, f->typed);
    judge_ids(in, out);
    judge_freshness(in, out);
    judge_empty(in, out);
    judge_parts(in, out);
    for (size_t i = 0; in->columns && i < in->source->n_column_gates; i++) {
        judge_column(in, i, a, out);
    }
}

bool gate_refuses(const char *gate)
{
    return strcmp(gate, gate_name(GATE_IDS)) == 0 || strcmp(gate, gate_name(GATE_X)) == 0;
}
