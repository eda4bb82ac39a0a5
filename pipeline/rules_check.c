/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules check`: nothing is read but configuration. */
#include <stdio.h>

#include "base/core/clock.h"
#include "pipeline/rules_bench.h"

static void print_summary(const struct rules_bench *b)
{
    size_t by_status[RULES_RETIRED + 1] = {0};
    for (size_t i = 0; i < ruleset_count(b->rules); i++) {
        by_status[ruleset_rule(b->rules, i)->status]++;
    }
    printf(TR("%s：%zu 条规则没有错误（派单 %zu，只统计 %zu，草稿 %zu，停用 %zu），%zu 处提醒\n",
              "%s: %zu rules without errors (active %zu, shadow %zu, draft %zu, retired %zu), %zu notes\n"),
           b->name, ruleset_count(b->rules), by_status[RULES_ACTIVE], by_status[RULES_SHADOW], by_status[RULES_DRAFT], by_status[RULES_RETIRED],
           b->diags.warnings);
}

static enum status check(struct rules_bench *b, const struct args *a, struct err *err)
{
    TRY(rules_bench_open(b, a, err));
    if (b->rules) {
        rules_check_review(b->rules, clock_today(), &b->diags);
    }
    rules_bench_print(b, a);
    if (b->rules && !a->json) {
        print_summary(b);
    }
    return rules_bench_verdict(b, err);
}

static enum status run_check(const struct args *a, struct err *err)
{
    struct rules_bench b = {.has_site = false};
    enum status status = check(&b, a, err);
    rules_bench_release(&b);
    return status;
}

const struct command cmd_rules_check = {
    .name = "rules check",
    .operands = "[FILE]",
    .zh = "检查规则：名字、类型、单位、参数、级别、依据，逐行指出错处",
    .en = "check rules: names, types, units, parameters, levels, basis, with line and column",
    .more_zh = "缺省检查站点的 rules.yaml；没有站点时对照自带的 sources.yaml 和 people.yaml。写法见 docs/rules.md。\n\n"
               "  mopai rules check\n"
               "  mopai -C site rules check 新规则.yaml",
    .more_en = "The site's rules.yaml by default; without a site, against the shipped sources.yaml and people.yaml. The manual is docs/rules.md.\n\n"
               "  mopai rules check\n"
               "  mopai -C site rules check new-rules.yaml",
    .options = NULL,
    .run = run_check,
};
