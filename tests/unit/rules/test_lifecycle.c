/* SPDX-License-Identifier: Apache-2.0 */
/* The life cycle: single transitions from tests/data/lifecycle.tsv, the household and budget cases by hand, and random nights against a
   reference model that knows neither sorting nor indexes. */
#include "rules/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/hash.h"

#define AS_OF 20513 /* 2026-03-01 */
static const int cooldown[] = {180, 14};
static const char *const groups[] = {"属实已帮扶", "未核实"};

static size_t word_of(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eqz(s, words[i])) {
            return i;
        }
    }
    fail_msg("unknown word '" STR_FMT "' in lifecycle.tsv", STR_ARG(s));
    return 0;
}

static int64_t number(struct str s)
{
    int64_t v = 0;
    assert_true(str_to_i64(s, &v));
    return v;
}

enum col { NAME, STATE, GROUP, QUIET, ABSENT, DATE, HIT, HOLD, CAUSE, CLEAR, GROWTH, TRIAL, DISPOSITION, EVENT, DETAIL, COLS };

static void check_transition(struct str *c)
{
    static const char *const states[] = {"held", "new", "released", "closed", "cleared"};
    static const char *const holds[] = {"-", "site", "source", "rule", "param", "program"};
    static const char *const causes[] = {"gone", "corrected", "rule", "household", "withdrawn", "-"};
    AUTO_ARENA a = ARENA_INIT;
    struct life_rule rule = {.clear = (uint32_t)number(c[CLEAR]), .has_again = true, .again_growth = 10, .data_date = AS_OF,
                             .cooldown = cooldown};
    struct life_warning w = {.no = 7, .entity_kind = 'H', .entity = 5, .key = STR(""), .level = STR("黄"), .why_held = "",
                             .group = LIFE_NO_GROUP, .again_known = true, .again_value = 100};
    struct life_hit h = {.entity_kind = 'H', .entity = 5, .household = 5, .key = STR(""), .level = c[HIT], .again_known = true};
    bool has_warning = !str_eqz(c[STATE], "-"), has_hit = !str_eqz(c[HIT], "-") && !str_eqz(c[HIT], "?");
    if (has_warning) {
        w.state = (enum life_state)word_of(c[STATE], states, ARRAY_LEN(states));
        w.group = str_eqz(c[GROUP], "-") ? LIFE_NO_GROUP : (uint32_t)number(c[GROUP]);
        w.closed_day = AS_OF - (daynum)number(c[QUIET]);
        w.absences = (uint32_t)number(c[ABSENT]);
        w.absent_date = w.absences == 0 ? DAY_MISSING : str_eqz(c[DATE], "same") ? AS_OF : AS_OF - 1;
        w.tonight = str_eqz(c[HIT], "?") ? LIFE_UNKNOWN : LIFE_FALSE;
        w.cause = (enum life_cause)(word_of(c[CAUSE], causes, ARRAY_LEN(causes)) % LIFE_CAUSE_COUNT);
    }
    h.hold = (enum life_hold)word_of(c[HOLD], holds, ARRAY_LEN(holds));
    h.again_value = 100 + number(c[GROWTH]);
    struct life_input in = {.rules = &rule, .n_rules = 1, .groups = groups, .n_groups = 2, .warnings = &w,
                            .n_warnings = has_warning, .hits = &h, .n_hits = has_hit, .as_of = AS_OF, .next_warning = 8,
                            .trial = number(c[TRIAL]) != 0};
    struct life_output out;
    life_decide(&in, &a, &out);
    assert_int_equal(out.verdicts.n, has_hit);
    const char *disposition = has_hit ? life_disposition_name(out.verdicts.v[0].disposition) : "-";
    const char *event = out.events.n ? life_event_name(out.events.v[0].kind) : "-";
    const char *detail = out.events.n ? out.events.v[0].detail : has_hit ? out.verdicts.v[0].why : "";
    assert_true(out.events.n <= 1);
    if (!str_eqz(c[DISPOSITION], disposition) || !str_eqz(c[EVENT], event) || !str_eqz(c[DETAIL], detail)) {
        fail_msg("'" STR_FMT "': %s, %s, '%s'", STR_ARG(c[NAME]), disposition, event, detail);
    }
    assert_int_equal(out.gone.n, out.events.n && out.events.v[0].kind == LIFE_EVENT_CLEARED);
    life_output_release(&out);
}

static void test_transitions(void **state)
{
    (void)state;
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    assert_int_equal(file_read_all("tests/data/lifecycle.tsv", 1 << 20, &text, &err), ST_OK);
    struct str rest = strbuf_str(&text), line;
    int cases = 0;
    while (str_split(&rest, '\n', &line)) {
        struct str cols[COLS] = {{0}};
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        for (size_t i = 0; i < COLS; i++) {
            str_split(&line, '\t', &cols[i]);
        }
        check_transition(cols);
        cases++;
    }
    assert_true(cases > 30);
}

static struct life_hit hit_of(uint32_t rule, int64_t household, uint32_t level_rank)
{
    return (struct life_hit){.rule = rule, .entity_kind = 'H', .entity = household, .household = household, .key = STR(""),
                             .level_rank = level_rank, .level = STR("红")};
}

static void test_yield_takes_the_same_household_only(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    uint32_t to_first[] = {0};
    struct life_rule rules[] = {{.clear = 1}, {.clear = 1, .yield_to = to_first, .n_yield_to = 1}};
    struct life_hit hits[] = {hit_of(1, 3, 0), hit_of(0, 3, 2), hit_of(1, 4, 1)};
    struct life_input in = {.rules = rules, .n_rules = 2, .hits = hits, .n_hits = 3, .as_of = AS_OF, .next_warning = 1};
    struct life_output out;
    life_decide(&in, &a, &out);
    assert_int_equal(out.verdicts.v[0].hit, 0);
    assert_int_equal(out.verdicts.v[0].disposition, LIFE_IS_SUPPRESSED);
    assert_string_equal(out.verdicts.v[0].why, "并入同户未结预警");
    assert_int_equal(out.verdicts.v[1].hit, 2);
    assert_int_equal(out.verdicts.v[1].disposition, LIFE_IS_NEW);
    assert_int_equal(out.verdicts.v[1].warning_no, 1);
    assert_int_equal(out.verdicts.v[2].warning_no, 2);
    life_output_release(&out);
    /* already handed out: it stays on the list */
    struct life_warning w = {.no = 1, .rule = 1, .entity_kind = 'H', .entity = 3, .key = STR(""), .state = LIFE_NEW, .level = STR("红")};
    in.warnings = &w, in.n_warnings = 1, in.next_warning = 2;
    life_decide(&in, &a, &out);
    assert_int_equal(out.verdicts.v[0].disposition, LIFE_IS_STANDING);
    life_output_release(&out);
}

static void test_budget_holds_all_new_ones(void **state)
{
    (void)state;
    AUTO_ARENA a = ARENA_INIT;
    struct life_rule rule = {.clear = 1, .budget = 2};
    struct life_hit hits[] = {hit_of(0, 1, 0), hit_of(0, 2, 0), hit_of(0, 3, 0), hit_of(0, 4, 0)};
    struct life_warning w[] = {
        {.no = 1, .entity_kind = 'H', .entity = 1, .key = STR(""), .state = LIFE_NEW, .level = STR("红")},
        {.no = 2, .entity_kind = 'H', .entity = 2, .key = STR(""), .state = LIFE_RELEASED, .level = STR("红"), .why_held = ""}};
    struct life_input in = {.rules = &rule, .n_rules = 1, .hits = hits, .n_hits = 4, .warnings = w, .n_warnings = 2, .as_of = AS_OF,
                            .next_warning = 3};
    struct life_output out;
    life_decide(&in, &a, &out); /* two fresh ones: within the budget */
    assert_int_equal(out.verdicts.v[2].disposition, LIFE_IS_NEW);
    assert_int_equal(out.verdicts.v[3].disposition, LIFE_IS_NEW);
    life_output_release(&out);
    rule.budget = 1;
    life_decide(&in, &a, &out);
    assert_int_equal(out.verdicts.v[0].disposition, LIFE_IS_STANDING);
    assert_int_equal(out.verdicts.v[1].disposition, LIFE_IS_NEW);
    assert_int_equal(out.verdicts.v[2].disposition, LIFE_IS_HELD);
    assert_string_equal(out.verdicts.v[3].why, "本规则今夜新增2条，超过上限1条");
    life_output_release(&out);
}

/* --- random nights ------------------------------------------------------------------------------------------------- */

static uint64_t seed;
static uint32_t roll(uint32_t n)
{
    seed += 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash_mix(seed) >> 33) % n;
}

#define RULES 3
#define HOUSEHOLDS 5
struct world {
    struct life_rule rules[RULES];
    uint32_t yield_to[2];
    struct life_warning warnings[4 * 40 * RULES * HOUSEHOLDS];
    struct life_hit hits[RULES * HOUSEHOLDS];
    struct life_input in;
};

/* What must become of one hit, from the text of the header alone. Budget aside. */
static enum life_disposition expected(const struct world *w, const struct life_hit *h)
{
    const struct life_warning *last = NULL;
    for (size_t i = 0; i < w->in.n_warnings; i++) {
        const struct life_warning *o = &w->warnings[i];
        if (o->rule == h->rule && o->entity == h->entity && (!last || o->no > last->no)) {
            last = o;
        }
    }
    if (h->rule == 2) {
        return LIFE_IS_SHADOW;
    }
    if (last && last->state == LIFE_NEW) {
        return LIFE_IS_STANDING;
    }
    if (last && last->state == LIFE_RELEASED) {
        return LIFE_IS_NEW;
    }
    if (last && last->state == LIFE_CLOSED && w->in.as_of < last->closed_day + cooldown[last->group] &&
        h->again_value < last->again_value + 10) {
        return LIFE_IS_SUPPRESSED;
    }
    for (size_t i = 0; h->rule == 1 && i < w->in.n_hits; i++) {
        const struct life_hit *o = &w->hits[i];
        if (o->rule == 0 && o->household == h->household && expected(w, o) != LIFE_IS_SUPPRESSED) {
            return LIFE_IS_SUPPRESSED;
        }
    }
    return (last && last->state == LIFE_HELD) || h->hold != LIFE_HOLD_NOT ? LIFE_IS_HELD : LIFE_IS_NEW;
}

static void shuffle_hits(struct world *w)
{
    for (size_t i = w->in.n_hits; i > 1; i--) {
        size_t j = roll((uint32_t)i);
        struct life_hit t = w->hits[i - 1];
        w->hits[i - 1] = w->hits[j], w->hits[j] = t;
    }
}

static void random_hits(struct world *w)
{
    w->in.n_hits = 0;
    for (uint32_t r = 0; r < RULES; r++) {
        for (int64_t e = 1; e <= HOUSEHOLDS; e++) {
            if (roll(3) == 0) {
                continue;
            }
            struct life_hit h = hit_of(r, e, roll(3));
            h.rank_value = roll(3), h.again_known = true, h.again_value = roll(30);
            h.hold = roll(4) == 0 ? LIFE_HOLD_RULE : LIFE_HOLD_NOT;
            w->hits[w->in.n_hits++] = h;
        }
    }
}

/* Folds tonight's events into the warnings, and lets people release and visit some. */
static void fold(struct world *w, const struct life_output *out)
{
    for (size_t i = 0; i < out->events.n; i++) {
        const struct life_event *e = &out->events.v[i];
        struct life_warning *old = e->fresh ? &w->warnings[w->in.n_warnings] : &w->warnings[e->warning];
        if (e->fresh) {
            const struct life_hit *h = &w->hits[out->verdicts.v[e->verdict].hit];
            *old = (struct life_warning){.no = e->warning_no, .rule = h->rule, .entity_kind = 'H', .entity = h->entity, .key = h->key,
                                         .level = STR("红"), .why_held = "", .again_known = true, .again_value = h->again_value};
            w->in.n_warnings++;
        }
        if (e->kind == LIFE_EVENT_NEW || e->kind == LIFE_EVENT_HELD) {
            old->state = e->kind == LIFE_EVENT_NEW ? LIFE_NEW : LIFE_HELD;
        } else if (e->kind == LIFE_EVENT_CLEARED) {
            old->state = LIFE_CLEARED;
        } else {
            old->absences = e->kind == LIFE_EVENT_ABSENT ? old->absences + 1 : 0;
            old->absent_date = w->in.as_of;
        }
    }
    for (size_t i = 0; i < w->in.n_warnings; i++) {
        struct life_warning *o = &w->warnings[i];
        if (o->state == LIFE_NEW && roll(4) == 0) {
            o->state = LIFE_CLOSED, o->group = roll(2), o->closed_day = w->in.as_of;
        } else if (o->state == LIFE_HELD && roll(3) == 0) {
            o->state = LIFE_RELEASED;
        }
    }
}

static void check_night(struct world *w, const struct life_output *out)
{
    assert_int_equal(out->verdicts.n, w->in.n_hits);
    int64_t next = w->in.next_warning;
    for (size_t i = 0; i < out->verdicts.n; i++) {
        const struct life_verdict *v = &out->verdicts.v[i];
        assert_true(i == 0 || life_rank_cmp(&w->hits[out->verdicts.v[i - 1].hit], &w->hits[v->hit]) < 0);
        assert_int_equal(v->disposition, expected(w, &w->hits[v->hit]));
        bool listed = v->disposition == LIFE_IS_NEW || v->disposition == LIFE_IS_HELD;
        if (listed && v->warning == UINT32_MAX) {
            assert_int_equal(v->warning_no, next);
            next++;
        }
    }
    assert_int_equal(out->next_warning, next);
}

static void check_same(const struct life_output *x, const struct world *wx, const struct life_output *y, const struct world *wy)
{
    assert_int_equal(x->events.n, y->events.n);
    for (size_t i = 0; i < x->events.n; i++) {
        assert_int_equal(x->events.v[i].warning_no, y->events.v[i].warning_no);
        assert_int_equal(x->events.v[i].kind, y->events.v[i].kind);
        assert_string_equal(x->events.v[i].detail, y->events.v[i].detail);
    }
    for (size_t i = 0; i < x->verdicts.n; i++) {
        assert_int_equal(life_rank_cmp(&wx->hits[x->verdicts.v[i].hit], &wy->hits[y->verdicts.v[i].hit]), 0);
        assert_int_equal(x->verdicts.v[i].warning_no, y->verdicts.v[i].warning_no);
    }
}

static struct world one, two;

static void run_history(uint64_t start)
{
    seed = start;
    memset(&one, 0, sizeof(one));
    one.yield_to[0] = 0;
    one.rules[0] = (struct life_rule){.clear = 1, .has_again = true, .again_growth = 10, .cooldown = cooldown};
    one.rules[1] = (struct life_rule){.clear = 3, .has_again = true, .again_growth = 10, .yield_to = one.yield_to, .n_yield_to = 1,
                                     .cooldown = cooldown};
    one.rules[2] = (struct life_rule){.clear = 1, .shadow = true};
    one.in = (struct life_input){.rules = one.rules, .n_rules = RULES, .groups = groups, .n_groups = 2,
                                 .warnings = one.warnings, .hits = one.hits, .next_warning = 1};
    for (int night = 0; night < 40; night++) {
        AUTO_ARENA a = ARENA_INIT;
        struct life_output out, again;
        one.in.as_of = AS_OF + night * 5;
        for (size_t r = 0; r < RULES; r++) {
            one.rules[r].data_date = one.in.as_of;
        }
        random_hits(&one);
        two = one;
        two.in.hits = two.hits, two.in.warnings = two.warnings, two.in.rules = two.rules;
        shuffle_hits(&two);
        life_decide(&one.in, &a, &out);
        life_decide(&two.in, &a, &again);
        check_night(&one, &out);
        check_same(&out, &one, &again, &two);
        fold(&one, &out);
        one.in.next_warning = out.next_warning;
        life_output_release(&out);
        life_output_release(&again);
    }
}

static void test_random_nights_agree_with_the_model(void **state)
{
    (void)state;
    for (uint64_t s = 1; s <= 60; s++) {
        run_history(s * 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transitions),
        cmocka_unit_test(test_yield_takes_the_same_household_only),
        cmocka_unit_test(test_budget_holds_all_new_ones),
        cmocka_unit_test(test_random_nights_agree_with_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
