/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules check` and `mopai rules test`: the site's rules or a file, against the site's sources and people; without a site, against the
   shipped ones. Nothing is read but configuration. */
#include <stdio.h>

#include "base/core/file.h"
#include "base/text/diag.h"
#include "pipeline/command.h"
#include "pipeline/schema.h"
#include "pipeline/shipped.h"
#include "pipeline/site.h"

enum { RULES_LIMIT = 8 << 20 };

/* Whose rules, against what. */
struct bench {
    struct arena arena;
    struct site site;
    bool has_site;
    struct sources *sources;   /* owned when there is no site */
    struct people *people;
    struct schema schema;
    struct strbuf file;
    const char *name;
    struct str text;
    struct diag_list diags;
    struct ruleset *rules;
};

static void bench_release(struct bench *b)
{
    ruleset_free(b->rules);
    diag_release(&b->diags);
    strbuf_release(&b->file);
    if (b->has_site) {
        site_close(&b->site);
    } else {
        people_free(b->people);
        sources_free(b->sources);
    }
    arena_release(&b->arena);
}

static enum status without_site(struct bench *b, struct err *err)
{
    TRY(sources_load(shipped_text("sources.yaml"), "sources.yaml", &b->sources, err));
    TRY(people_load(shipped_text("people.yaml"), "people.yaml", STR(""), "id_aliases.csv", b->sources, &b->people, err));
    schema_build(&b->arena, b->sources, b->people, NULL, &b->schema);
    b->name = "rules.yaml";
    b->text = shipped_text("rules.yaml");
    return ST_OK;
}

static enum status open_bench(struct bench *b, const struct args *a, struct err *err)
{
    if (a->n > 1) {
        return err_set(err, ST_USAGE, TR("一次只查一份规则文件", "one rules file at a time"));
    }
    if (file_exists(path_join(&b->arena, a->site_dir, "sources.yaml"))) {
        TRY(site_open(&b->site, a->site_dir, SITE_CONFIG_ONLY, err));
        b->has_site = true;
        schema_build(&b->arena, b->site.sources, b->site.people, &b->site.areas, &b->schema);
        b->name = b->site.files[SITE_RULES].path;
        b->text = b->site.files[SITE_RULES].text;
    } else {
        TRY(without_site(b, err));
    }
    if (a->n == 1) {
        TRY(file_read_all(a->v[0], RULES_LIMIT, &b->file, err));
        b->name = a->v[0];
        b->text = strbuf_str(&b->file);
    }
    b->rules = rules_compile(&b->schema.rules, b->name, b->text, RULES_WITH_DRAFTS, &b->diags);
    return ST_OK;
}

static void print_diags(struct bench *b, const struct args *a)
{
    AUTO_STRBUF out = STRBUF_INIT;
    diag_sort(&b->diags);
    if (a->json) {
        struct json_out j = json_out_to(&out);
        diag_json(&b->diags, &j);
        strbuf_addc(&out, '\n');
    } else {
        diag_render(&b->diags, &out);
    }
    fputs(strbuf_z(&out), stdout);
}

static enum status verdict(const struct bench *b, struct err *err)
{
    return b->rules ? ST_OK : err_set(err, ST_RULES, TR("%s 有 %zu 处错误", "%s has %zu errors"), b->name, b->diags.errors);
}

static void print_summary(const struct bench *b)
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

static enum status check(struct bench *b, const struct args *a, struct err *err)
{
    TRY(open_bench(b, a, err));
    print_diags(b, a);
    if (b->rules && !a->json) {
        print_summary(b);
    }
    return verdict(b, err);
}

static enum status run_check(const struct args *a, struct err *err)
{
    struct bench b = {.has_site = false};
    enum status status = check(&b, a, err);
    bench_release(&b);
    return status;
}

/* --- test ----------------------------------------------------------------------------------------------------------- */
enum { OPT_RULE };
static const struct option test_options[] = {
    [OPT_RULE] = {"rule", 0, "ID", "只跑这条规则的测试", "the tests of this rule only"},
    {NULL, 0, NULL, NULL, NULL},
};

static enum status test(struct bench *b, const struct args *a, struct err *err)
{
    TRY(open_bench(b, a, err));
    if (!b->rules) {
        print_diags(b, a);
        return verdict(b, err);
    }
    const char *id = a->opt[OPT_RULE];
    int only = id ? ruleset_find(b->rules, str_of(id)) : -1;
    if (id && only < 0) {
        return err_set(err, ST_NOT_FOUND, TR("没有规则 %s", "no rule %s"), id);
    }
    struct rules_test_counts counts;
    rules_test(b->rules, only, &b->diags, &counts);
    print_diags(b, a);
    if (counts.failed) {
        return err_set(err, ST_RULE_TESTS, TR("%zu 个测试，%zu 个未通过", "%zu tests, %zu failed"), counts.run, counts.failed);
    }
    if (!a->json) {
        printf(TR("%zu 个测试全部通过\n", "all %zu tests passed\n"), counts.run);
    }
    return ST_OK;
}

static enum status run_test(const struct args *a, struct err *err)
{
    struct bench b = {.has_site = false};
    enum status status = test(&b, a, err);
    bench_release(&b);
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

const struct command cmd_rules_test = {
    .name = "rules test",
    .operands = "[FILE]",
    .zh = "运行写在规则里的测试",
    .en = "run the tests written inside the rules",
    .more_zh = "每个测试是一户人家的几个数字和应有的结果；没写的指标取“没有”的值。草稿规则的测试也跑。\n\n"
               "  mopai rules test\n"
               "  mopai rules test --rule R02 新规则.yaml",
    .more_en = "A test is a few figures of one household and the expected result; figures not named take their absent value. Drafts are tested too.\n\n"
               "  mopai rules test\n"
               "  mopai rules test --rule R02 new-rules.yaml",
    .options = test_options,
    .run = run_test,
};
