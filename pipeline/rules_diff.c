/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules diff` and `mopai rules whatif`: what another rules.yaml, or another value of a parameter, would change, before anybody is sent anywhere. */
#include "base/core/clock.h"
#include "base/core/file.h"
#include "pipeline/command.h"
#include "pipeline/rules_compare.h"

enum { RULES_LIMIT = 8 << 20 };
enum { OPT_AS_OF, OPT_SET };

static const struct option diff_options[] = {
    [OPT_AS_OF] = {"as-of", 0, "DATE", "在哪一天的数据上比，缺省为今天", "the day to compare on, today by default"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct option whatif_options[] = {
    [OPT_AS_OF] = {"as-of", 0, "DATE", "在哪一天的数据上比，缺省为今天", "the day to compare on, today by default"},
    [OPT_SET] = {"set", 0, "P=V,...", "参数=值，或 参数.取值=值；几个用逗号隔开", "parameter=value or parameter.key=value; several with commas between"},
    {NULL, 0, NULL, NULL, NULL},
};

/* Two rule sets of one site. */
struct pair {
    struct arena arena;
    struct site site;
    struct schema schema;
    struct ruleset *before, *after;
    struct rule_hits hits[2];
};

static enum status compile(struct pair *p, const char *path, struct str sets, struct ruleset **out, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    const struct site_file *own = &p->site.files[SITE_RULES];
    if (path) {
        TRY(file_read_all(path, RULES_LIMIT, &text, err));
    }
    *out = rules_compile_with(&p->schema.rules, path ? path : own->path, path ? strbuf_str(&text) : own->text, RULES_WITH_DRAFTS, sets, &diags);
    return *out ? ST_OK : diag_status(&diags, ST_RULES, err);
}

static enum status compare(struct pair *p, const struct args *a, const char *before, const char *after, struct str sets, struct err *err)
{
    daynum as_of = clock_today();
    if (a->opt[OPT_AS_OF] && !day_parse_iso(str_of(a->opt[OPT_AS_OF]), &as_of)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_AS_OF]);
    }
    TRY(site_open(&p->site, a->site_dir, SITE_LOCK, err));
    schema_build(&p->arena, p->site.sources, p->site.people, &p->site.areas, &p->schema);
    TRY(compile(p, before, STR(""), &p->before, err));
    TRY(compile(p, after, sets, &p->after, err));
    struct ruleset *const both[2] = {p->before, p->after};
    TRY(rule_hits_on(&p->site, &p->schema, as_of, both, 2, p->hits, err));
    struct comparison c = {&p->site, p->before, p->after, &p->hits[0], &p->hits[1]};
    comparison_print(&c, a->json);
    return ST_OK;
}

static enum status compare_and_release(const struct args *a, const char *before, const char *after, struct str sets, struct err *err)
{
    struct pair p = {.arena = ARENA_INIT, .site = {.lock_fd = -1}};
    enum status status = compare(&p, a, before, after, sets, err);
    rule_hits_release(&p.hits[0]);
    rule_hits_release(&p.hits[1]);
    ruleset_free(p.before);
    ruleset_free(p.after);
    site_close(&p.site);
    arena_release(&p.arena);
    return status;
}

static enum status run_diff(const struct args *a, struct err *err)
{
    if (a->n < 1 || a->n > 2) {
        return err_set(err, ST_USAGE, TR("写一份新规则（与站点的比），或旧、新两份", "name the new rules (compared with the site's), or the old and the new"));
    }
    return compare_and_release(a, a->n == 2 ? a->v[0] : NULL, a->v[a->n - 1], STR(""), err);
}

static enum status run_whatif(const struct args *a, struct err *err)
{
    if (!a->opt[OPT_SET] || a->n > 1) {
        return err_set(err, ST_USAGE, TR("写出要试的取值，如 --set 大额自付线.低保=4000元", "name the values to try, such as --set 大额自付线.低保=4000元"));
    }
    const char *file = a->n ? a->v[0] : NULL;
    return compare_and_release(a, file, file, str_of(a->opt[OPT_SET]), err);
}

const struct command cmd_rules_diff = {
    .name = "rules diff",
    .operands = "[OLD] NEW",
    .zh = "新旧两份规则在同一夜的数据上各报谁：增加、减少、级别变化，各街道几周走得完",
    .en = "two rules files on the same night: who comes, who goes, whose level changes, and how many weeks of visits a street has",
    .more_zh = "按今晚（或 --as-of 那天）在用的数据重新归并、各算一遍，不发布、不派单；草稿规则也算。每条规则各举五例。\n\n"
               "  mopai rules diff 新规则.yaml\n"
               "  mopai rules diff 旧.yaml 新.yaml --as-of 2026-03-01",
    .more_en = "Links and evaluates the data in force tonight (or on --as-of) twice; nothing is published, nobody is sent. Drafts are counted. Five examples a rule.\n\n"
               "  mopai rules diff new-rules.yaml\n"
               "  mopai rules diff old.yaml new.yaml --as-of 2026-03-01",
    .options = diff_options,
    .run = run_diff,
};

const struct command cmd_rules_whatif = {
    .name = "rules whatif",
    .operands = "[FILE]",
    .zh = "参数改成别的值会多报谁、少报谁、走不走得完",
    .en = "what another value of a parameter would change, in households and weeks of visits",
    .more_zh = "其他同 rules diff；规则文件一字不改。\n\n"
               "  mopai rules whatif --set 大额自付线.低保=4000元\n"
               "  mopai rules whatif --set 失业观察期=6个月,高额红线=60000元",
    .more_en = "Otherwise as rules diff; the rules file is not touched.\n\n"
               "  mopai rules whatif --set 大额自付线.低保=4000元\n"
               "  mopai rules whatif --set 失业观察期=6个月,高额红线=60000元",
    .options = whatif_options,
    .run = run_whatif,
};
