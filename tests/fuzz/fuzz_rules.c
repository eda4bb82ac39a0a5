/* SPDX-License-Identifier: Apache-2.0 */
/* Rules from bytes: whatever they say, compiling ends with a rule set or with messages, and a rule set runs, is written as SQL and laid out. A first byte '>' or
   '<' makes the rest one condition of a person or household rule, '{' the words a person's rule says, '}' a household's; anything else is a whole rules.yaml. */
#include <stdint.h>

#include "base/text/diag.h"
#include "tests/lib/rules_random.h"
#include "tests/lib/rules_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char BEFORE[] = "params:\n  低保标准: {type: 金额/月, values: [{from: 2020-01-01, value: 900元}]}\n"
                             "  线: {type: 金额, by: 户.在保类别, values: [{from: 2020-01-01, table: {特困: 1元, 低保: 2元, 低保边缘: 3元, 刚性支出: 4元, 防返贫: 5元, 无: 6元}}]}\n"
                             "facts:\n  户.和: {sum: 医疗结算.自付金额, date: 结算日期, last: 12个月}\n  人.和: {sum: 待遇发放.金额, date: 发放月份, where: [发放月份 > 死亡日期.月]}\n"
                             "rules:\n  - id: F\n    name: 试\n    status: shadow\n    justify: 试\n    level: {黄: 其他}\n";

static void wrap(const uint8_t *data, size_t size, struct strbuf *out)
{
    strbuf_addz(out, rules_test_head);
    strbuf_addz(out, BEFORE);
    strbuf_addf(out, "    for: %s\n    when:\n      - |\n        ", data[0] == '>' ? "人" : "户");
    for (size_t i = 1; i < size; i++) {
        strbuf_addc(out, data[i] == '\n' || data[i] == '\r' ? ' ' : (char)data[i]);
    }
    strbuf_addc(out, '\n');
}

/* A template as a double-quoted text, so that every byte of it arrives. */
static void wrap_say(const uint8_t *data, size_t size, struct strbuf *out)
{
    strbuf_addz(out, rules_test_head);
    strbuf_addz(out, BEFORE);
    strbuf_addf(out, "    for: %s\n    when: [%s]\n    say: \"", data[0] == '{' ? "人" : "户", data[0] == '{' ? "残疾等级 变为 一级 于 90天内" : "户.和 >= 0元");
    for (size_t i = 1; i < size; i++) {
        if (data[i] < 0x20 || data[i] == '"' || data[i] == '\\') {
            strbuf_addf(out, "\\x%02x", (unsigned)data[i]);
        } else {
            strbuf_addc(out, (char)data[i]);
        }
    }
    strbuf_addz(out, "\"\n");
}

static struct str no_name(void *ctx, uint32_t person, uint32_t household, int attr)
{
    (void)ctx, (void)person, (void)household, (void)attr;
    return STR("某人");
}

static void explain(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct arena *a = ctx;
    AUTO_STRBUF b = STRBUF_INIT;
    (void)hit;
    rules_explain(run, a);
    rules_key(run, &b);
    rules_say(run, no_name, NULL, &b);
}

static void run_once(const struct ruleset *rs, struct arena *a)
{
    struct dice d = {7};
    struct walk_world w;
    random_world(&d, a, rs, day_from_ymd(2026, 3, 1), 3, 0, &w);
    uint32_t household[3] = {0, 1, 2}, first[4] = {0, 0, 0, 0}, *person = arena_array(a, uint32_t, w.n_persons + 1);
    for (uint32_t p = 0; p < w.n_persons; p++) {
        person[p] = p;
        first[w.household_of[p] + 1] = p + 1;
    }
    first[2] = MAX(first[1], first[2]), first[3] = MAX(first[2], first[3]);
    const struct rules_inputs *in = ruleset_inputs(rs);
    struct rules_lane *pl = arena_array(a, struct rules_lane, in->n_person_attrs + 1), *hl = arena_array(a, struct rules_lane, in->n_household_attrs + 1);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        pl[i] = (struct rules_lane){RULES_LANE_VAL, w.person_attrs[in->person_attrs[i].attr]};
    }
    for (size_t i = 0; i < in->n_household_attrs; i++) {
        hl[i] = (struct rules_lane){RULES_LANE_VAL, w.household_attrs[in->household_attrs[i].attr]};
    }
    struct rules_world world = {w.n_persons, w.n_households, w.household_of, w.member, w.death, w.open};
    struct rules_run *run = rules_run_new(rs, w.as_of, &world);
    rules_run_ready(run);
    struct rules_block b = {w.n_persons, 3, person, household, first, w.area, pl, hl};
    rules_eval_block(run, &b, RULES_WANT_ALL, explain, a);
    rules_run_free(run);
}

static void write_once(const struct ruleset *rs)
{
    for (size_t i = 0; i < ruleset_evaluated(rs); i++) {
        AUTO_STRBUF sql = STRBUF_INIT;
        rules_sql(rs, i, day_from_ymd(2026, 3, 1), &sql);
    }
}

/* What is laid out says the same, and is laid out already. */
static void lay_out(struct str text)
{
    AUTO_DIAG diags = {0};
    AUTO_STRBUF once = STRBUF_INIT, twice = STRBUF_INIT;
    if (!rules_layout("once.yaml", text, &diags, &once)) {
        return;
    }
    bool same = rules_layout_same(text, strbuf_str(&once));
    if (same && rules_layout("twice.yaml", strbuf_str(&once), &diags, &twice)) {
        BUG_ON(!rules_layout_same(strbuf_str(&once), strbuf_str(&twice)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 20000) {
        return 0;
    }
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    AUTO_ARENA a = ARENA_INIT;
    if (data[0] == '>' || data[0] == '<') {
        wrap(data, size, &text);
    } else if (data[0] == '{' || data[0] == '}') {
        wrap_say(data, size, &text);
    } else {
        strbuf_add(&text, data, size);
    }
    struct ruleset *rs = rules_compile(rules_test_schema(), "fuzz.yaml", strbuf_str(&text), RULES_WITH_DRAFTS, &diags);
    if (rs) {
        struct rules_test_counts counts;
        rules_test(rs, -1, &diags, &counts);
        run_once(rs, &a);
        write_once(rs);
        ruleset_free(rs);
    }
    lay_out(strbuf_str(&text));
    AUTO_STRBUF out = STRBUF_INIT;
    diag_sort(&diags);
    diag_render(&diags, &out);
    return 0;
}
