/* SPDX-License-Identifier: Apache-2.0 */
/* The life cycle: single transitions from tests/data/lifecycle.tsv, and what concerns several warnings by hand. Whole lives: tests/prop/prop_life.c. */
#include "rules/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/core/file.h"

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
    bool negative = s.n > 0 && s.p[0] == '-';
    assert_true(str_to_i64(str_sub(s, negative, s.n), &v));
    return negative ? -v : v;
}

enum col { NAME, STATE, GROUP, QUIET, TIMES, DATE, HIT, HOLD, CAUSE, CLEAR, PENDING, GROWTH, TRIAL, DISPOSITION, EVENT, DETAIL, COLS };

static void check_transition(struct str *c)
{
    static const char *const states[] = {"pending", "held", "released", "reopened", "returned", "snoozed", "visited", "new", "closed", "cleared", "merged"};
    static const struct str levels[] = {{"红", 3}, {"橙", 3}, {"黄", 3}, {"蓝", 3}};
    static const char *const holds[] = {"-", "site", "source", "rule", "param", "program", "model"};
    static const char *const causes[] = {"gone", "corrected", "rule", "household", "withdrawn", "model", "-"};
    AUTO_ARENA a = ARENA_INIT;
    struct life_rule rule = {.clear = (uint32_t)number(c[CLEAR]), .pending = (uint32_t)number(c[PENDING]), .has_again = true, .again_growth = 10, .data_date = AS_OF,
                             .cooldown = cooldown};
    struct life_warning w = {.no = 7, .entity_kind = 'H', .entity = 5, .key = STR(""), .level = STR("黄"),
                             .quiet_level = STR("黄"), .group = LIFE_NO_GROUP, .again_known = true, .again_value = 100};
    struct life_hit h = {.entity_kind = 'H', .entity = 5, .household = 5, .key = STR(""), .level = c[HIT], .again_known = true};
    bool has_warning = !str_eqz(c[STATE], "-"), has_hit = !str_eqz(c[HIT], "-") && !str_eqz(c[HIT], "?");
    if (has_warning) {
        w.state = (enum life_state)word_of(c[STATE], states, ARRAY_LEN(states));
        w.group = str_eqz(c[GROUP], "-") ? LIFE_NO_GROUP : (uint32_t)number(c[GROUP]);
        w.visit_day = w.until = AS_OF - (daynum)number(c[QUIET]);
        w.times = (uint32_t)number(c[TIMES]);
        w.times_date = w.times == 0 ? DAY_MISSING : str_eqz(c[DATE], "same") ? AS_OF : AS_OF - 1;
        w.tonight = str_eqz(c[HIT], "?") ? LIFE_UNKNOWN : LIFE_FALSE;
        w.cause = (enum life_cause)(word_of(c[CAUSE], causes, ARRAY_LEN(causes)) % LIFE_CAUSE_COUNT);
    }
    h.hold = (enum life_hold)word_of(c[HOLD], holds, ARRAY_LEN(holds));
    h.again_value = 100 + number(c[GROWTH]);
    h.level_rank = has_hit ? (uint32_t)word_of(c[HIT], (const char *const[]){"红", "橙", "黄", "蓝"}, 4) : 0;
    struct life_input in = {.levels = levels, .n_levels = 4, .rules = &rule, .n_rules = 1, .groups = groups, .n_groups = 2, .warnings = &w,
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
    assert_true(cases > 55);
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
        {.no = 2, .entity_kind = 'H', .entity = 2, .key = STR(""), .state = LIFE_RELEASED, .level = STR("红")}};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transitions),
        cmocka_unit_test(test_yield_takes_the_same_household_only),
        cmocka_unit_test(test_budget_holds_all_new_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
