/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules sql`: a rule as a statement for `mopai sql`. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/store/db.h"
#include "pipeline/rules_bench.h"

enum { OPT_ALL, OPT_AS_OF };
static const struct option options[] = {
    [OPT_ALL] = {"all", 0, NULL, "所有没有停用的规则", "every rule that is not retired"},
    [OPT_AS_OF] = {"as-of", 0, "DATE", "期限和参数取哪一天的，缺省为最近发布的一夜", "the day of windows and parameter values, that of the last published night by default"},
    {NULL, 0, NULL, NULL, NULL},
};

/* Of the last published night, so that the statement fits what `mopai sql` shows; today where there is none. */
static enum status last_night(const char *dir, daynum *out, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    bool row;
    TRY(site_open(&site, dir, SITE_READ, err));
    AUTO_STMT q = stmt_use(site.ledger, STMT_SELECT_NIGHT_LAST);
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_day(q, 1) : *out;
    return ST_OK;
}

static void add_rules(const struct rules_bench *b, int only, daynum day, struct strbuf *out)
{
    enum lang asked = lang_get();
    lang_set(LANG_ZH); /* values in the comments are Chinese, as in the tables */
    for (size_t i = 0; i < ruleset_evaluated(b->rules); i++) {
        if (only < 0 || (int)i == only) {
            strbuf_addz(out, out->n ? "\n" : "");
            rules_sql(b->rules, i, day, out);
        }
    }
    lang_set(asked);
}

static enum status day_of(const struct rules_bench *b, const struct args *a, daynum *out, struct err *err)
{
    *out = clock_today();
    if (a->opt[OPT_AS_OF]) {
        return day_parse_iso(str_of(a->opt[OPT_AS_OF]), out) ? ST_OK
                                                            : err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_AS_OF]);
    }
    struct err ignored = {.status = ST_OK};
    if (b->has_site && last_night(a->site_dir, out, &ignored) != ST_OK) {
        *out = clock_today(); /* a site whose ledger is not there yet has no night */
    }
    return ST_OK;
}

static enum status print(struct rules_bench *b, const struct args *a, const char *id, struct err *err)
{
    daynum day = DAY_MISSING;
    int rule = -1;
    TRY(rules_bench_open(b, a, err));
    if (!b->rules) {
        rules_bench_print(b, a);
    }
    TRY(rules_bench_verdict(b, err));
    TRY(rules_bench_rule(b, id, &rule, err));
    TRY(day_of(b, a, &day, err));
    if (rule >= (int)ruleset_evaluated(b->rules)) {
        return err_set(err, ST_NOT_FOUND, TR("规则 %s 已停用", "rule %s is retired"), id);
    }
    AUTO_STRBUF out = STRBUF_INIT;
    add_rules(b, rule, day, &out);
    fputs(strbuf_z(&out), stdout);
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    bool all = a->opt[OPT_ALL] != NULL;
    if (!all && a->n < 1) {
        return err_set(err, ST_USAGE, TR("写出规则编号，如 mopai rules sql R02，或用 --all", "name a rule, such as mopai rules sql R02, or use --all"));
    }
    struct args rest = *a; /* what is left is the rules file, as for the other commands */
    rest.n = all ? a->n : a->n - 1;
    rest.v = all ? a->v : a->v + 1;
    struct rules_bench b = {.has_site = false};
    enum status status = print(&b, &rest, all ? NULL : a->v[0], err);
    rules_bench_release(&b);
    return status;
}

const struct command cmd_rules_sql = {
    .name = "rules sql",
    .operands = "RULE|--all [FILE]",
    .zh = "把规则写成 SQL：交给 mopai sql 运行，得出与那一夜相同的命中和未知",
    .en = "write a rule as SQL: run by mopai sql it gives the hits and the unknowns of that night",
    .more_zh = "每个指标、每步计算是 WITH 里的一张表，可以单独拿出来看。用到的表（规则_人、规则_户、规则_变动、规则_数据源）见 docs/sql.md。\n\n"
               "  mopai rules sql R02 > R02.sql\n"
               "  mopai sql -f R02.sql",
    .more_en = "Every fact and every step is a table of the WITH clause that can be looked at alone. The tables it reads (规则_人, 规则_户, 规则_变动, 规则_source) are in docs/sql.md.\n\n"
               "  mopai rules sql R02 > R02.sql\n"
               "  mopai sql -f R02.sql",
    .options = options,
    .run = run,
};
