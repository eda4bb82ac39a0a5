/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/gates.h"

#include <stdio.h>

/* A healthy file has an X at the end of 9.1 % of its 18-character identifiers. With 500 of them a share under 2 % is more than five standard deviations
   away: a program that stores them as numbers, or that drops the X, made the file. */
#define X_SHARE_LEAST 500
#define X_SHARE_PPM   20000

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
    /* counts are below 2^40: the product fits */
    return part * 1000000 / whole;
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

static size_t add(struct gate_result *out, size_t n, const struct source *s, enum source_gate g, int64_t part, int64_t whole)
{
    const struct gate_band *b = &s->gates[g];
    if (b->warn_low < 0 && b->warn_high < 0 && b->stop_low < 0 && b->stop_high < 0) {
        return n;
    }
    struct gate_result *r = &out[n];
    char share[32];
    int64_t v = ppm(part, whole);
    r->gate = gate_name(g);
    percent(share, sizeof(share), v);
    (void)snprintf(r->value, sizeof(r->value), "%s (%lld/%lld)", share, (long long)part, (long long)whole);
    r->verdict = judge(b, v);
    band_text(b, r->verdict, r->band, sizeof(r->band));
    return n + 1;
}

size_t gates_judge(const struct source *s, const struct typing_facts *f, int64_t previous_typed, int parts_missing, struct gate_result out[GATE_RESULTS_MAX])
{
    size_t n = 0;
    if (previous_typed > 0) {
        n = add(out, n, s, GATE_ROWS, f->typed, previous_typed);
    }
    int64_t data = f->typed + f->rejected;
    n = add(out, n, s, GATE_REJECTS, f->rejected, data);
    n = add(out, n, s, GATE_DEFECTS, f->defects, f->cells);
    n = add(out, n, s, GATE_KEYS, f->keys_blank, f->typed);
    if (f->ids > 0) {
        size_t at = n;
        n = add(out, n, s, GATE_IDS, f->ids_wrecked, f->ids);
        bool no_x = f->ids_18 >= X_SHARE_LEAST && ppm(f->ids_x, f->ids_18) < X_SHARE_PPM;
        if (no_x && n > at && s->gates[GATE_IDS].stop_high >= 0) {
            out[at].verdict = GATE_STOP;
            (void)snprintf(out[at].value, sizeof(out[at].value), TR("%lld 个 18 位号码中末位为 X 的只有 %lld 个", "of %lld numbers of 18 only %lld end in X"),
                           (long long)f->ids_18, (long long)f->ids_x);
        }
    }
    if (f->sexes > 0) {
        n = add(out, n, s, GATE_SEX, f->sexes_against, f->sexes);
    }
    /* it would replace everybody by nobody; where people have accepted that there is nobody, a small town without one assisted, it is no news */
    if (s->kind != KIND_APPEND && f->typed == 0 && previous_typed != 0 && (s->gates[GATE_ROWS].stop_low >= 0 || s->gates[GATE_ROWS].warn_low >= 0)) {
        struct gate_result *r = &out[n++];
        r->gate = "empty";
        r->verdict = GATE_STOP;
        (void)snprintf(r->value, sizeof(r->value), "0");
        (void)snprintf(r->band, sizeof(r->band), "≥ 1");
    }
    if (parts_missing > 0) {
        struct gate_result *r = &out[n++];
        r->gate = "parts";
        r->verdict = GATE_STOP;
        (void)snprintf(r->value, sizeof(r->value), TR("缺 %d 份", "%d missing"), parts_missing);
        (void)snprintf(r->band, sizeof(r->band), TR("共 %d 份", "%d in all"), s->parts);
    }
    return n;
}
