/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/rules_lines.tsv: every form of a line, and every fault at its column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/diag.h"
#include "tests/lib/rules_schema.h"
#include "tests/lib/tsv.h"

enum { INDENT = 8 };

static const char BEFORE[] = "params:\n"
                             "  低保标准: {type: 金额/月, basis: 试, values: [{from: 2020-01-01, value: 900元}]}\n"
                             "  大额线: {type: 金额, basis: 试, values: [{from: 2020-01-01, value: 900元}]}\n"
                             "  观察期: {type: 时长, basis: 试, values: [{from: 2020-01-01, value: 3个月}]}\n"
                             "facts:\n"
                             "  户.和: {sum: 医疗结算.自付金额, date: 结算日期, last: 12个月}\n"
                             "  户.收入: {take: 核对结果.人均月收入, stale: 6个月}\n"
                             "  人.和: {sum: 待遇发放.金额, date: 发放月份}\n"
                             "rules:\n  - id: T\n    name: 试\n    status: shadow\n    justify: 试\n    level: {黄: 其他}\n";

/* "ok" or "CODE:column" of the first error. */
static void outcome_of(struct str entity, struct str line, struct strbuf *out)
{
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addz(&yaml, rules_test_head);
    strbuf_addz(&yaml, BEFORE);
    strbuf_addf(&yaml, "    for: " STR_FMT "\n    when:\n      - |-\n        " STR_FMT "\n", STR_ARG(entity), STR_ARG(line));
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags);
    diag_sort(&diags);
    for (size_t i = 0; i < diags.items.n; i++) {
        if (diags.items.v[i].severity == DIAG_ERROR) {
            strbuf_addf(out, "%s:%u", diags.items.v[i].code, diags.items.v[i].at.column - INDENT);
            break;
        }
    }
    if (rs) {
        assert_int_equal(diags.errors, 0);
        strbuf_addz(out, "ok");
    }
    ruleset_free(rs);
}

static void every_line(void **state)
{
    (void)state;
    struct tsv t;
    size_t wrong = 0;
    tsv_open(&t, "rules_lines.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF got = STRBUF_INIT;
        outcome_of(t.f[0], t.f[1], &got);
        if (!str_eq(strbuf_str(&got), t.f[2])) {
            tsv_fail(&t, "line", strbuf_str(&got));
            wrong++;
        }
    }
    tsv_close(&t);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
