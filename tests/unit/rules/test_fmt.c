/* SPDX-License-Identifier: Apache-2.0 */
/* Files as people write them, and as `rules fmt` writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text/diag.h"
#include "rules/rules.h"

static const struct {
    const char *before, *after;
} cases[] = {
    /* signs, blanks, quotes */
    {"rules:\n- {when: ['残疾等级 在（一级，二级）', \"年龄≥18 and 年龄<60\"]}\n",
     "rules:\n  - {when: [\"残疾等级 在 (一级, 二级)\", \"年龄 >= 18 且 年龄 < 60\"]}\n"},
    {"rules:\n  - level:\n      红:   户.和>=２*大额线\n      黄: 其他\n", "rules:\n  - level:\n      红: 户.和 >= 2 * 大额线\n      黄: 其他\n"},
    {"facts:\n  户.均: 户.和/户.人口\n  户.差: 户.和 -  -3元\n", "facts:\n  户.均: 户.和 / 户.人口\n  户.差: 户.和 - -3元\n"},
    {"rules:\n  - when:\n    - 金额 > - 3元\n    - 年龄 在 18 .. 60\n    - 非(在世)\n", "rules:\n  - when:\n      - 金额 > -3元\n      - 年龄 在 18..60\n      - 非 (在世)\n"},
    /* texts that are no lines keep every sign */
    {"rules:\n  - name:   金额≥（五千）\n", "rules:\n  - name: 金额≥（五千）\n"},
    {"rules:\n  - say: '他说：\"好\"'\n", "rules:\n  - say: '他说：\"好\"'\n"},
    /* blank lines */
    {"format: 1\nmeta: {version: 1}\n\n\n\nrules:\n  - id: A\n  - id: B\n", "format: 1\n\nmeta: {version: 1}\n\nrules:\n  - id: A\n\n  - id: B\n"},
    {"params:\n  甲: 1\n\n\n  乙: 2\n", "params:\n  甲: 1\n\n  乙: 2\n"},
    /* comments: at the head, behind, between, at the end of a list, at the end */
    {"# 头\n\n# 头二\nformat: 1 # 号\n", "# 头\n\n# 头二\nformat: 1                                 # 号\n"},
    {"params:\n  甲:\n   values:\n    - {a: 1}\n    # - {a: 2}\n  乙: 2\n# 尾\n", "params:\n  甲:\n    values:\n      - {a: 1}\n      # - {a: 2}\n  乙: 2\n# 尾\n"},
    {"meta: {a: 'x # y',  # 一\n  b: z} # 二\n", "# 一\n# 二\nmeta: {a: \"x # y\", b: z}\n"},
    {"rules:   # 规则\n  # 第一条\n  - id: A   # 甲\n    name: x\n", "rules:                                    # 规则\n  # 第一条\n  - id: A                                 # 甲\n    name: x\n"},
    /* long texts */
    {"rules:\n  - note: |\n        一\n          二\n\n        三\n    name: x\n", "rules:\n  - note: |\n      一\n        二\n\n      三\n    name: x\n"},
    {"rules:\n  - note: >-\n      一\n      二\n    name: x\n", "rules:\n  - note: |-\n      一 二\n    name: x\n"},
    /* a line that is wrong stays as it is */
    {"rules:\n  - when:\n    - 年龄 ？？ 3\n", "rules:\n  - when:\n      - 年龄 ？？ 3\n"},
    /* empty ones */
    {"params:\nfacts: {}\nrules: []\n", "params:\n\nfacts: {}\n\nrules: []\n"},
};

static void every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_DIAG diags = {0};
        AUTO_STRBUF once = STRBUF_INIT, twice = STRBUF_INIT;
        assert_true(rules_layout("a.yaml", str_of(cases[i].before), &diags, &once));
        assert_string_equal(strbuf_z(&once), cases[i].after);
        assert_true(rules_layout("b.yaml", strbuf_str(&once), &diags, &twice));
        assert_string_equal(strbuf_z(&twice), cases[i].after);
        assert_true(rules_layout_same(str_of(cases[i].before), strbuf_str(&once)));
    }
}

static void a_file_that_is_no_yaml(void **state)
{
    (void)state;
    AUTO_DIAG diags = {0};
    AUTO_STRBUF out = STRBUF_INIT;
    assert_false(rules_layout("a.yaml", STR("a: [\n"), &diags, &out));
    assert_int_equal(diags.errors, 1);
    assert_int_equal(out.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case), cmocka_unit_test(a_file_that_is_no_yaml)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
