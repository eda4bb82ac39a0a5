/* SPDX-License-Identifier: Apache-2.0 */
/* Random lives: nights with random hits, between them people who release, visit, snooze, return, reopen, and persons who turn out to be one. The life cycle
   (events proposed by life_decide, folded by life_fold) and the reference model (tests/lib/life_model.h) agree after every night on every verdict and every
   state, whatever the order of hits and warnings. PROP_SEED and PROP_ROUNDS choose; the first life that differs is told by its seed and night. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "rules/lifecycle.h"
#include "tests/lib/life_model.h"

#define START  20513 /* 2026-03-01 */
#define NIGHTS 14

static uint64_t seed;
static uint32_t roll(uint32_t n)
{
    seed += 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash_mix(seed) >> 33) % n;
}

static const struct str levels[] = {{"红", 3}, {"黄", 3}, {"蓝", 3}};
static const char *const groups[] = {"属实已帮扶", "未核实"};
static const uint32_t yields[MODEL_RULES][1] = {{0}, {0}, {0}, {1}};

/* The system under test: what a ledger and a night would hold. */
struct sut {
    struct life_rule rules[MODEL_RULES];
    struct life_warning warnings[MODEL_LEADS];
    size_t n;
    struct life_hit hits[MODEL_RULES * MODEL_HOMES];
    size_t n_hits;
    int cooldown[2];
};
static struct model model;
static struct sut sut;

static void fold_one(size_t at, const char *kind, struct life_past e)
{
    e.kind = str_of(kind);
    e.group = e.group ? e.group : LIFE_NO_GROUP;
    life_fold(&sut.warnings[at], &e);
}

/* --- a night ------------------------------------------------------------------------------------------------------------- */

static void roll_world(void)
{
    memset(&model, 0, sizeof(model));
    memset(&sut, 0, sizeof(sut));
    model.cooldown[0] = sut.cooldown[0] = 20 + (int)roll(40);
    model.cooldown[1] = sut.cooldown[1] = 4 + (int)roll(10);
    for (int r = 0; r < MODEL_RULES; r++) {
        struct model_rule *k = &model.rules[r];
        *k = (struct model_rule){.pending = 1 + (int)roll(3) * (int)roll(2), .clear = 1 + (int)roll(3), .budget = roll(3) ? 0 : 1 + (int)roll(3),
                                 .again = roll(2) ? 10 : 0, .yields_to = r == 1 || r == 2 ? 0 : r == 3 ? 1 : -1, .shadow = r == 2 && roll(4) == 0};
        sut.rules[r] = (struct life_rule){.shadow = k->shadow, .pending = (uint32_t)k->pending, .clear = (uint32_t)k->clear, .budget = k->budget,
                                          .has_again = k->again > 0, .again_growth = k->again, .yield_to = yields[r], .n_yield_to = k->yields_to >= 0,
                                          .cooldown = sut.cooldown};
    }
}

static void roll_hits(int night)
{
    model.today = START + night * 3;
    sut.n_hits = 0;
    for (int r = 0; r < MODEL_RULES; r++) {
        if (night == 0 || roll(3)) {
            model.rules[r].data_date = model.today;
        }
        sut.rules[r].data_date = model.rules[r].data_date;
        for (int h = 0; h < MODEL_HOMES; h++) {
            struct model_hit *x = &model.hits[r][h];
            *x = (struct model_hit){.on = roll(3) > 0, .unknown = roll(4) == 0, .hold = roll(6) == 0, .level = (int)roll(3), .over = (int)roll(3), .again = (int)roll(30)};
            if (x->on) {
                sut.hits[sut.n_hits++] = (struct life_hit){
                    .rule = (uint32_t)r, .entity_kind = 'H', .entity = h + 1, .household = h + 1, .key = STR(""), .level_rank = (uint32_t)x->level,
                    .level = levels[x->level], .rank_value = x->over, .again_known = true, .again_value = x->again,
                    .hold = x->hold ? LIFE_HOLD_RULE : LIFE_HOLD_NOT};
            }
        }
    }
    for (size_t i = 0; i < sut.n; i++) {
        struct life_warning *w = &sut.warnings[i];
        w->tonight = model.hits[w->rule][w->entity - 1].unknown ? LIFE_UNKNOWN : LIFE_FALSE;
    }
}

static void take_events(const struct life_input *in, const struct life_output *out)
{
    for (size_t i = 0; i < out->events.n; i++) {
        const struct life_event *e = &out->events.v[i];
        const struct life_hit *h = e->verdict == UINT32_MAX ? NULL : &in->hits[out->verdicts.v[e->verdict].hit];
        size_t at = (size_t)e->warning_no - 1;
        if (e->fresh && h) {
            sut.warnings[at] = (struct life_warning){.no = e->warning_no, .rule = h->rule, .entity_kind = 'H', .entity = h->entity, .key = h->key,
                                                     .group = LIFE_NO_GROUP, .times_date = DAY_MISSING, .visit_day = DAY_MISSING};
            sut.n = MAX(sut.n, at + 1);
        }
        fold_one(at, life_event_name(e->kind), (struct life_past){.level = h ? h->level : STR(""), .detail = str_of(e->detail), .tells = h != NULL, .again_known = true,
                                                                  .again_value = h ? h->again_value : 0});
    }
}

/* Warnings and hits in another order: the same verdicts, numbers and events. */
static void order_is_nothing(const struct life_input *in, const struct life_output *out)
{
    static struct life_warning warnings[MODEL_LEADS];
    struct life_hit hits[MODEL_RULES * MODEL_HOMES];
    AUTO_ARENA a = ARENA_INIT;
    struct life_input turned = *in;
    struct life_output again;
    for (size_t i = 0; i < in->n_warnings; i++) {
        warnings[i] = in->warnings[in->n_warnings - 1 - i];
    }
    for (size_t i = 0; i < in->n_hits; i++) {
        hits[i] = in->hits[(i * 7 + 3) % in->n_hits];
    }
    bool permuted = in->n_hits % 7 != 0; /* else i * 7 + 3 does not reach every hit */
    turned.warnings = warnings;
    turned.hits = permuted ? hits : in->hits;
    life_decide(&turned, &a, &again);
    assert_int_equal(again.events.n, out->events.n);
    for (size_t i = 0; i < out->events.n; i++) {
        assert_int_equal(again.events.v[i].warning_no, out->events.v[i].warning_no);
        assert_int_equal(again.events.v[i].kind, out->events.v[i].kind);
        assert_string_equal(again.events.v[i].detail, out->events.v[i].detail);
    }
    for (size_t i = 0; i < out->verdicts.n; i++) {
        assert_int_equal(life_rank_cmp(&in->hits[out->verdicts.v[i].hit], &turned.hits[again.verdicts.v[i].hit]), 0);
        assert_int_equal(again.verdicts.v[i].disposition, out->verdicts.v[i].disposition);
    }
    life_output_release(&again);
}

/* Whether both said the same of the night; what differs goes to `why`. */
static bool agree(const struct life_output *out, char *why, size_t size)
{
    static const enum life_state same[] = {[M_PENDING] = LIFE_PENDING, [M_HELD] = LIFE_HELD, [M_RELEASED] = LIFE_RELEASED, [M_REOPENED] = LIFE_REOPENED,
                                           [M_RETURNED] = LIFE_RETURNED, [M_SNOOZED] = LIFE_SNOOZED, [M_VISITED] = LIFE_VISITED, [M_LISTED] = LIFE_NEW,
                                           [M_CLOSED] = LIFE_CLOSED, [M_CLEARED] = LIFE_CLEARED, [M_MERGED] = LIFE_MERGED};
    for (size_t i = 0; i < out->verdicts.n; i++) {
        const struct life_hit *h = &sut.hits[out->verdicts.v[i].hit];
        const struct model_hit *x = &model.hits[h->rule][h->entity - 1];
        const char *got = life_disposition_name(out->verdicts.v[i].disposition);
        if (strcmp(got, x->what) != 0) {
            (void)snprintf(why, size, "rule %u, home %d: %s (%s), the model says %s", h->rule, (int)h->entity, got, out->verdicts.v[i].why, x->what);
            return false;
        }
    }
    for (size_t i = 0; i < MAX(sut.n, (size_t)model.n); i++) {
        if (i >= sut.n || i >= (size_t)model.n || sut.warnings[i].state != same[model.leads[i].state] || sut.warnings[i].rule != (uint32_t)model.leads[i].rule) {
            (void)snprintf(why, size, "warning %zu of %zu: state %d, the model has %d and %d of them", i + 1, sut.n, (int)sut.warnings[i].state,
                           (int)same[model.leads[i].state], model.n);
            return false;
        }
    }
    return true;
}

/* --- people ---------------------------------------------------------------------------------------------------------------- */

static void act_on(size_t i)
{
    struct model_lead *l = &model.leads[i];
    int day = model.today - (int)roll(3);
    bool on_list = l->state == M_LISTED || l->state == M_VISITED || l->state == M_SNOOZED;
    bool verified = roll(2) == 0;
    uint32_t what = roll(12);
    if (l->state == M_HELD && what < 6) {
        life_model_release(l);
        fold_one(i, "released", (struct life_past){.detail = STR("")});
    } else if (on_list && what < 4) {
        life_model_visit(&model, l, day, verified);
        struct life_past e = {.kind = str_of(verified ? "closed" : "visited"), .group = verified ? 0 : 1, .day = (daynum)day};
        life_fold(&sut.warnings[i], &e);
    } else if (on_list && what == 4) {
        life_model_snooze(l, model.today + 7);
        fold_one(i, "snoozed", (struct life_past){.day = (daynum)(model.today + 7)});
    } else if (on_list && what == 5) {
        l->state = M_RETURNED, l->times = 0;
        fold_one(i, "returned", (struct life_past){.detail = STR("")});
    } else if (on_list && what == 6) {
        fold_one(i, "extended", (struct life_past){.detail = STR("")}); /* a due day: no state */
    } else if (l->state == M_CLOSED && what == 7) {
        l->state = M_REOPENED, l->times = 0;
        fold_one(i, "reopened", (struct life_past){.detail = STR("")});
    }
}

/* Two homes turn out to be one: the warnings of the second are about the first. */
static void merge_homes(void)
{
    int from = (int)roll(MODEL_HOMES), to = (int)roll(MODEL_HOMES);
    for (size_t i = 0; i < sut.n; i++) {
        if (model.leads[i].home == from) {
            model.leads[i].home = to;
            sut.warnings[i].entity = to + 1;
        }
    }
}

static bool live(uint64_t start, char *why, size_t size)
{
    seed = start;
    roll_world();
    for (int night = 0; night < NIGHTS; night++) {
        AUTO_ARENA a = ARENA_INIT;
        struct life_output out;
        if (night > 0 && roll(6) == 0) {
            merge_homes();
        }
        roll_hits(night);
        struct life_input in = {.rules = sut.rules, .n_rules = MODEL_RULES, .groups = groups, .n_groups = 2, .levels = levels, .n_levels = 3,
                                .warnings = sut.warnings, .n_warnings = sut.n, .hits = sut.hits, .n_hits = sut.n_hits, .as_of = (daynum)model.today,
                                .next_warning = (int64_t)sut.n + 1};
        life_decide(&in, &a, &out);
        order_is_nothing(&in, &out);
        life_model_night(&model);
        take_events(&in, &out);
        bool same = agree(&out, why, size);
        life_output_release(&out);
        for (size_t i = 0; i < sut.n; i++) { /* texts of the night's arena end here; what the fold compares are levels, which are static */
            sut.warnings[i].why_held = STR("");
            act_on(i);
        }
        if (!same) {
            size_t n = strlen(why);
            (void)snprintf(why + n, size - n, " (PROP_SEED=%llu, night %d)", (unsigned long long)start, night + 1);
            return false;
        }
    }
    return true;
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *v = getenv(name);
    return v ? strtoull(v, NULL, 10) : otherwise;
}

static void lives_agree(void **state)
{
    uint64_t first = number("PROP_SEED", 1), rounds = number("PROP_ROUNDS", 1500);
    char why[300];
    (void)state;
    for (uint64_t i = 0; i < rounds; i++) {
        if (!live(first + i, why, sizeof(why))) {
            fail_msg("%s", why);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lives_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
