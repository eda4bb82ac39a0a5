/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules test`: the tests inside the rules, what they cover, and what they would not notice. */
#include <stdio.h>

#include "base/core/file.h"
#include "pipeline/rules_bench.h"

enum { OPT_RULE, OPT_COVERAGE, OPT_BOUNDARY, OPT_JUNIT };
static const struct option test_options[] = {
    [OPT_RULE] = {"rule", 0, "ID", "只跑这条规则的测试", "the tests of this rule only"},
    [OPT_COVERAGE] = {"coverage", 0, NULL, "每个条件被测试走到过哪几种结果", "which results the tests have seen of each condition"},
    [OPT_BOUNDARY] = {"boundary", 0, NULL, "把规则一处一处改错，看测试能否发现", "make small mistakes one by one: would the tests notice?"},
    [OPT_JUNIT] = {"junit", 0, "FILE", "结果另写成 JUnit XML", "the results as JUnit XML too"},
    {NULL, 0, NULL, NULL, NULL},
};

/* --- results as JUnit XML ------------------------------------------------------------------------------------------- */
struct results {
    const struct ruleset *rs;
    struct strbuf cases;
};

static void add_xml(struct strbuf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        const char *name = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : NULL;
        if (name) {
            strbuf_addz(b, name);
        } else if (c >= ' ') {
            strbuf_addc(b, (char)c);
        }
    }
}

static void add_case(void *ctx, const struct rules_test_result *t)
{
    struct results *r = ctx;
    const struct rules_rule *rule = ruleset_rule(r->rs, t->rule);
    strbuf_addz(&r->cases, "  <testcase classname=\"");
    add_xml(&r->cases, rule->id);
    strbuf_addz(&r->cases, "\" name=\"");
    add_xml(&r->cases, t->name);
    strbuf_addf(&r->cases, "\" line=\"%u\"%s>", t->line, t->passed ? "/" : "");
    if (!t->passed) {
        strbuf_addz(&r->cases, "<failure message=\"");
        add_xml(&r->cases, str_of(t->message));
        strbuf_addz(&r->cases, "\"/></testcase>");
    }
    strbuf_addc(&r->cases, '\n');
}

static enum status write_junit(const char *path, const struct results *r, struct rules_test_counts counts, struct err *err)
{
    AUTO_STRBUF xml = STRBUF_INIT;
    strbuf_addz(&xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    strbuf_addf(&xml, "<testsuite name=\"mopai rules\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n", counts.run, counts.failed);
    strbuf_adds(&xml, strbuf_str(&r->cases));
    strbuf_addz(&xml, "</testsuite>\n");
    return file_write_atomic(path, strbuf_str(&xml), err);
}

/* --- coverage ------------------------------------------------------------------------------------------------------- */
static const char *missing_results(const struct rules_line_seen *s)
{
    bool unknown = !s->unknown && !s->optional;
    if (!s->yes) {
        return TR("没有成立过", "never held");
    }
    if (!s->no) {
        return TR("没有不成立过", "always held");
    }
    return unknown ? TR("没有未知过", "never unknown") : "";
}

static void print_rule_coverage(const struct ruleset *rs, size_t rule, size_t *lines, size_t *full)
{
    AUTO_ARENA arena = ARENA_INIT;
    struct rules_line_seen *seen;
    size_t n = rules_test_coverage(rs, rule, &arena, &seen);
    const struct rules_rule *r = ruleset_rule(rs, rule);
    printf(STR_FMT "  " STR_FMT "\n", STR_ARG(r->id), STR_ARG(r->name));
    for (size_t i = 0; i < n; i++) {
        const char *miss = missing_results(&seen[i]);
        printf(TR("  第 %u 行  成立 %u  不成立 %u  未知 %u   " STR_FMT "%s%s\n", "  line %u  held %u  did not %u  unknown %u   " STR_FMT "%s%s\n"), seen[i].line, seen[i].yes,
               seen[i].no, seen[i].unknown, STR_ARG(seen[i].text), *miss ? "   ← " : "", miss);
        *full += *miss == 0;
    }
    *lines += n;
}

static void print_coverage(const struct ruleset *rs, int only)
{
    size_t lines = 0, full = 0;
    for (size_t i = 0; i < ruleset_evaluated(rs); i++) {
        if (only < 0 || (size_t)only == i) {
            print_rule_coverage(rs, i, &lines, &full);
        }
    }
    printf(TR("%zu 个条件，%zu 个的各种结果测试都走到了\n", "%zu conditions, the tests have seen every result of %zu\n"), lines, full);
}

/* --- the command ---------------------------------------------------------------------------------------------------- */
static enum status boundary(struct rules_bench *b, const struct args *a, struct err *err)
{
    struct rules_boundary_counts counts;
    const char *id = a->opt[OPT_RULE];
    rules_boundary(b->rules, b->name, b->text, RULES_WITH_DRAFTS, str_of(id ? id : ""), &b->diags, &counts);
    rules_bench_print(b, a);
    if (counts.unnoticed) {
        return err_set(err, ST_RULE_TESTS, TR("改错 %zu 处，测试漏掉 %zu 处：照上面每一条补一个测试", "%zu changes, %zu of them unnoticed: each asks for a test"), counts.made,
                       counts.unnoticed);
    }
    if (!a->json) {
        printf(TR("改错 %zu 处，测试都发现了\n", "%zu changes, the tests noticed all of them\n"), counts.made);
    }
    return ST_OK;
}

static enum status run_tests(struct rules_bench *b, const struct args *a, int only, struct err *err)
{
    struct results results = {.rs = b->rules};
    struct rules_test_counts counts;
    rules_test_each(b->rules, only, &b->diags, add_case, &results, &counts);
    enum status status = a->opt[OPT_JUNIT] ? write_junit(a->opt[OPT_JUNIT], &results, counts, err) : ST_OK;
    strbuf_release(&results.cases);
    TRY(status);
    if (counts.failed) {
        rules_bench_print(b, a);
        return err_set(err, ST_RULE_TESTS, TR("%zu 个测试，%zu 个未通过", "%zu tests, %zu failed"), counts.run, counts.failed);
    }
    if (!a->opt[OPT_BOUNDARY]) {
        rules_bench_print(b, a);
    }
    if (!a->json) {
        printf(TR("%zu 个测试全部通过\n", "all %zu tests passed\n"), counts.run);
    }
    return ST_OK;
}

static enum status test(struct rules_bench *b, const struct args *a, struct err *err)
{
    int only;
    TRY(rules_bench_open(b, a, err));
    if (!b->rules) {
        rules_bench_print(b, a);
        return rules_bench_verdict(b, err);
    }
    TRY(rules_bench_rule(b, a->opt[OPT_RULE], &only, err));
    TRY(run_tests(b, a, only, err));
    if (a->opt[OPT_COVERAGE] && !a->json) {
        print_coverage(b->rules, only);
    }
    return a->opt[OPT_BOUNDARY] ? boundary(b, a, err) : ST_OK;
}

static enum status run_test(const struct args *a, struct err *err)
{
    struct rules_bench b = {.has_site = false};
    enum status status = test(&b, a, err);
    rules_bench_release(&b);
    return status;
}

const struct command cmd_rules_test = {
    .name = "rules test",
    .operands = "[FILE]",
    .zh = "运行写在规则里的测试，并检验测试本身够不够",
    .en = "run the tests written inside the rules, and ask whether they are enough",
    .more_zh = "每个测试是一户人家的几个数字和应有的结果；没写的指标取“没有”的值。草稿规则的测试也跑。\n"
               "--boundary 把规则和指标一处一处改错（界线移一个单位、且改成或、少一个取值、去掉一个条件、期限长一天），逐处重跑；\n"
               "没有测试发现的，就是谁也没核对过的一句话，照提示补一个测试。\n\n"
               "  mopai rules test\n"
               "  mopai rules test --rule R02 新规则.yaml\n"
               "  mopai rules test --coverage --boundary\n"
               "  mopai rules test --junit 结果.xml",
    .more_en = "A test is a few figures of one household and the expected result; figures not named take their absent value. Drafts are tested too.\n"
               "--boundary makes small mistakes in rules and facts one by one (a bound moved by one unit, and for or, a value less, a condition dropped,\n"
               "a window one day longer) and runs the tests again; what none of them notices is a sentence nobody has checked: add a test for it.\n\n"
               "  mopai rules test\n"
               "  mopai rules test --rule R02 new-rules.yaml\n"
               "  mopai rules test --coverage --boundary\n"
               "  mopai rules test --junit results.xml",
    .options = test_options,
    .run = run_test,
};
