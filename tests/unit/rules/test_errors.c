/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/rules_errors.tsv: what is refused in a whole file, and where; and how a message looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/diag.h"
#include "tests/lib/rules_schema.h"
#include "tests/lib/tsv.h"

enum { HEAD_LINES = 5 };

static void first_message(struct str body, struct strbuf *out)
{
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addz(&yaml, rules_test_head);
    strbuf_adds(&yaml, body);
    strbuf_addc(&yaml, '\n');
    struct ruleset *rs = rules_compile(rules_test_schema(), "t.yaml", strbuf_str(&yaml), 0, &diags);
    assert_int_equal(rs == NULL, diags.errors > 0);
    diag_sort(&diags);
    const struct diag *first = NULL;
    for (size_t i = 0; i < diags.items.n; i++) {
        const struct diag *d = &diags.items.v[i];
        if (!first || (first->severity == DIAG_WARNING && d->severity == DIAG_ERROR)) {
            first = d;
        }
    }
    if (first) {
        strbuf_addf(out, "%s:%d", first->code, (int)first->at.line - HEAD_LINES);
    } else {
        strbuf_addz(out, "ok");
    }
    ruleset_free(rs);
}

static void every_fault(void **state)
{
    (void)state;
    struct tsv t;
    size_t wrong = 0;
    tsv_open(&t, "rules_errors.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF got = STRBUF_INIT;
        first_message(t.f[0], &got);
        if (!str_eq(strbuf_str(&got), t.f[1])) {
            tsv_fail(&t, "file", strbuf_str(&got));
            wrong++;
        }
    }
    tsv_close(&t);
    assert_int_equal(wrong, 0);
}

static void message_points_and_suggests(void **state)
{
    (void)state;
    AUTO_STRBUF yaml = STRBUF_INIT, out = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    strbuf_addf(&yaml, "%sfacts:\n  户.近12月自付: {sum: 医疗结算.自付金额, date: 结算日期, last: 12个月}\nrules:\n  - id: A\n    name: 试\n    for: 户\n    when:\n"
                       "      - 户.近12月自负 >= 5元\n    level: {黄: 其他}\n",
                rules_test_head);
    assert_null(rules_compile(rules_test_schema(), "rules.yaml", strbuf_str(&yaml), 0, &diags));
    diag_render(&diags, &out);
    assert_string_equal(strbuf_z(&out), "rules.yaml:13:9: 错误 E201：没有名为“户.近12月自负”的指标或参数，是否想写“户.近12月自付”？\n"
                                        "   13 |       - 户.近12月自负 >= 5元\n"
                                        "      |         ^^^^^^^^^^^^^\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fault), cmocka_unit_test(message_points_and_suggests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
