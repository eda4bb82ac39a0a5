/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules scorecard`: what the doors said of each rule, in words and numbers; --fair: of groups of households. */
#include <stdio.h>
#include <stdlib.h>

#include "base/core/json_out.h"
#include "base/text/width.h"
#include "pipeline/command.h"
#include "pipeline/scorecard.h"

enum { OPT_RULE, OPT_MONTHS, OPT_AREAS, OPT_VISITORS, OPT_FAIR };
static const struct option options[] = {
    [OPT_RULE] = {"rule", 0, "ID", "只看这条规则", "this rule only"},
    [OPT_MONTHS] = {"months", 0, NULL, "每条规则再按预警产生的月份分开", "each rule by the month its warnings were made, too"},
    [OPT_AREAS] = {"areas", 0, NULL, "每条规则再按街道分开", "each rule by street, too"},
    [OPT_VISITORS] = {"visitors", 0, NULL, "每条规则再按走访人分开", "each rule by who visited, too"},
    [OPT_FAIR] = {"fair", 0, NULL, "改看公平：各类家庭命中、走访、属实的比例有没有超出偶然的差别",
                  "fairness instead: do kinds of households differ in hits, visits and what was found, beyond chance"},
    {NULL, 0, NULL, NULL, NULL},
};

/* --- verdicts ------------------------------------------------------------------------------------------------------- */
enum verdict { VERDICT_NONE, VERDICT_KEEP, VERDICT_TUNE, VERDICT_RETIRE };
static const char *const verdict_names[] = {"none", "keep", "tune", "retire"}; /* for programs */

static enum verdict verdict_of(const struct score *s)
{
    struct share p = wilson((uint64_t)s->proven, (uint64_t)s->verified);
    return s->verified < SCORE_ENOUGH ? VERDICT_NONE : p.high < SCORE_NEVER ? VERDICT_RETIRE : p.low >= SCORE_WORTH ? VERDICT_KEEP : VERDICT_TUNE;
}

static void add_main_cause(const struct score *s, struct strbuf *b)
{
    if (s->n_causes) {
        strbuf_addf(b, TR("，不属实多是“%s”", "; mostly '%s'"), s->causes[0].outcome);
    }
}

/* What to do with the rule, and why. */
static void add_verdict(const struct score *s, struct strbuf *b)
{
    struct share p = wilson((uint64_t)s->proven, (uint64_t)s->verified);
    if (s->cut != CUT_NONE) {
        return; /* of a part of the rule nothing is proposed */
    }
    switch (verdict_of(s)) {
    case VERDICT_NONE:
        strbuf_addz(b, TR("核实太少，先不下结论", "too few verified to tell"));
        return;
    case VERDICT_RETIRE:
        strbuf_addf(b, TR("多半不属实：改线或停用（属实率最多 %u%%", "mostly wrong: move the line or retire it (at most %u%% right"), (p.high + 5) / 10);
        break;
    case VERDICT_KEEP:
        strbuf_addf(b, TR("保留（属实率至少 %u%%", "keep (at least %u%% right"), (p.low + 5) / 10);
        break;
    case VERDICT_TUNE:
        strbuf_addf(b, TR("看原因，调整（属实率 %u–%u%%", "look at the causes and tune (%u–%u%% right"), (p.low + 5) / 10, (p.high + 5) / 10);
        break;
    }
    add_main_cause(s, b);
    strbuf_addz(b, TR("）", ")"));
}

/* --- rules ---------------------------------------------------------------------------------------------------------- */
static struct str rule_name(const struct card *c, struct str id)
{
    int i = ruleset_find(c->rules, id);
    return i >= 0 ? ruleset_rule(c->rules, (size_t)i)->name : str_of(TR("（规则文件里已没有）", "(no longer in the rules file)"));
}

static void add_name(const struct card *c, const struct score *s, struct strbuf *b)
{
    AUTO_STRBUF name = STRBUF_INIT;
    if (s->cut == CUT_NONE) {
        strbuf_addf(&name, STR_FMT " " STR_FMT, STR_ARG(s->rule), STR_ARG(rule_name(c, s->rule)));
    } else {
        strbuf_addf(&name, "    " STR_FMT, STR_ARG(s->label));
    }
    strbuf_add_padded(b, strbuf_str(&name), 36);
}

static void add_share(int64_t k, int64_t n, size_t width, struct strbuf *b)
{
    AUTO_STRBUF cell = STRBUF_INIT;
    if (n >= SCORE_ENOUGH) {
        struct share p = wilson((uint64_t)k, (uint64_t)n);
        strbuf_addf(&cell, "  %3u%% (%u–%u)", (p.value + 5) / 10, (p.low + 5) / 10, (p.high + 5) / 10);
    } else {
        strbuf_addz(&cell, "     -");
    }
    strbuf_add_padded(b, strbuf_str(&cell), width);
}

static void add_causes(const struct score *s, struct strbuf *b)
{
    for (size_t i = 0; i < s->n_causes; i++) {
        strbuf_addf(b, "%s%s %lld", i ? TR("、", ", ") : TR("      不属实：", "      wrong: "), s->causes[i].outcome, (long long)s->causes[i].n);
    }
    strbuf_addz(b, s->n_causes ? "\n" : "");
}

/* The last night, and in whose company it comes. */
static void add_last_night(const struct score *s, struct strbuf *b)
{
    if (!s->counted || s->cut != CUT_NONE || (s->hits == 0 && s->unknown == 0)) {
        return;
    }
    strbuf_addf(b, TR("      上一夜命中 %lld 条", "      %lld hits last night"), (long long)s->hits);
    if (s->unknown) {
        strbuf_addf(b, TR("，因缺数据定不了 %lld", ", %lld undecided for want of data"), (long long)s->unknown);
    }
    if (s->overlapping) {
        strbuf_addf(b, TR("；%lld 条同户另有别的规则", "; %lld in a household with another rule's"), (long long)s->overlapping);
    }
    for (size_t i = 0; i < s->n_others; i++) {
        strbuf_addf(b, "%s" STR_FMT " %lld", i ? TR("、", ", ") : TR("，最多的是 ", ", mostly "), STR_ARG(s->others[i].rule), (long long)s->others[i].n);
    }
    strbuf_addc(b, '\n');
}

static void add_row(const struct card *c, const struct score *s, struct strbuf *b)
{
    add_name(c, s, b);
    strbuf_addf(b, "%8lld%8lld%8lld%8lld%8lld", (long long)s->warnings, (long long)s->sent, (long long)s->visited, (long long)s->verified, (long long)s->proven);
    add_share(s->proven, s->verified, 18, b);
    daynum days = score_median_wait(s);
    if (days == DAY_MISSING) {
        strbuf_addf(b, "%6s", "-");
    } else {
        strbuf_addf(b, "%6d", days);
    }
    strbuf_addf(b, "%6lld  ", (long long)s->repeats);
    add_verdict(s, b);
    strbuf_addc(b, '\n');
    if (s->cut == CUT_NONE) {
        add_causes(s, b);
        add_last_night(s, b);
    }
}

static void add_sample(const struct sample_estimate *e, struct strbuf *b)
{
    if (!e->any) {
        return;
    }
    strbuf_addf(b, TR("\n随机抽查：走访 %lld 户，核实 %lld 户，有困难 %lld 户", "\nrandom sample: %lld visited, %lld verified, %lld in need"), (long long)e->visited,
                (long long)e->verified, (long long)e->proven);
    if (e->verified >= SCORE_ENOUGH && e->households >= 0) {
        struct share p = wilson((uint64_t)e->proven, (uint64_t)e->verified);
        strbuf_addf(b, TR("；上一夜没有预警的 %lld 户里，估计漏了 %lld 户（%lld–%lld）\n", "; of %lld households without a warning last night, about %lld were missed (%lld–%lld)\n"),
                    (long long)e->households, (long long)(e->households * p.value / 1000), (long long)(e->households * p.low / 1000),
                    (long long)((e->households * p.high + 999) / 1000));
    } else {
        strbuf_addz(b, TR("；核实不足 5 户，还估计不了漏了多少\n", "; under five verified: what is missed cannot be estimated yet\n"));
    }
}

/* A rule on trial that never sent anybody: its figures are those of the last night. */
static bool only_counts(const struct score *s) { return s->shadow && s->warnings == 0; }

static void add_counted(struct card *c, struct strbuf *b)
{
    bool any = false;
    for (size_t i = 0; i < c->v.n; i++) {
        const struct score *s = &c->v.v[i];
        if (!only_counts(s)) {
            continue;
        }
        if (!any) {
            strbuf_addc(b, '\n');
            strbuf_add_padded(b, str_of(TR("只统计不派单的，上一夜", "only counted, last night")), 36);
            strbuf_addz(b, TR("    命中  定不了\n", "    hits  undecided\n"));
        }
        any = true;
        add_name(c, s, b);
        strbuf_addf(b, "%8lld%8lld\n", (long long)s->hits, (long long)s->unknown);
    }
}

static void add_rules(struct card *c, const struct sample_estimate *e, struct strbuf *b)
{
    strbuf_add_padded(b, str_of(TR("规则", "rule")), 36);
    strbuf_addz(b, TR("    预警    派单    走访    核实    属实  属实率（95%区间）  天数  重复  结论\n",
                      "  warned    sent visited  proved   right  share right (95%)  days again  verdict\n"));
    for (size_t i = 0; i < c->v.n; i++) {
        if (!only_counts(&c->v.v[i])) {
            add_row(c, &c->v.v[i], b);
        }
    }
    add_sample(e, b);
    add_counted(c, b);
}

/* --- for programs --------------------------------------------------------------------------------------------------- */
static void json_row(const struct card *c, const struct score *s, struct json_out *j)
{
    static const char *const cuts[CUT_COUNT] = {NULL, "month", "street", "visitor"};
    struct share p = wilson((uint64_t)s->proven, (uint64_t)s->verified);
    json_open(j, '{');
    json_ks(j, "rule", s->rule);
    json_ks(j, "name", rule_name(c, s->rule));
    if (s->cut != CUT_NONE) {
        json_ks(j, cuts[s->cut], s->label);
    }
    json_ki(j, "warnings", s->warnings);
    json_ki(j, "sent", s->sent);
    json_ki(j, "visited", s->visited);
    json_ki(j, "verified", s->verified);
    json_ki(j, "proven", s->proven);
    if (s->verified >= SCORE_ENOUGH) {
        json_ki(j, "precision_permille", p.value);
        json_ki(j, "precision_low", p.low);
        json_ki(j, "precision_high", p.high);
    }
    json_ki(j, "repeats", s->repeats);
    if (score_median_wait(s) != DAY_MISSING) {
        json_ki(j, "days_to_visit", score_median_wait(s));
    }
    if (s->cut == CUT_NONE) {
        json_kz(j, "verdict", verdict_names[verdict_of(s)]);
        json_key(j, "shadow");
        json_bool(j, s->shadow);
        json_ki(j, "hits_last_night", s->hits);
        json_ki(j, "unknown_last_night", s->unknown);
        json_ki(j, "overlapping", s->overlapping);
    }
    json_key(j, "wrong");
    json_open(j, '{');
    for (size_t i = 0; i < s->n_causes; i++) {
        json_ki(j, s->causes[i].outcome, s->causes[i].n);
    }
    json_close(j, '}');
    json_close(j, '}');
}

static void json_rules(struct card *c, struct strbuf *b)
{
    struct json_out j = json_out_to(b);
    json_open(&j, '[');
    for (size_t i = 0; i < c->v.n; i++) {
        json_row(c, &c->v.v[i], &j);
    }
    json_close(&j, ']');
    strbuf_addc(b, '\n');
}

/* --- fairness ------------------------------------------------------------------------------------------------------- */
static void add_fair_share(const struct fair_share *s, struct strbuf *b)
{
    AUTO_STRBUF cell = STRBUF_INIT;
    add_share(s->k, s->n, 17, &cell);
    strbuf_addz(&cell, s->differs > 0 ? TR("偏高", "high") : s->differs < 0 ? TR("偏低", "low") : "");
    strbuf_add_padded(b, strbuf_str(&cell), 24);
}

static void add_fair(const fair_groups *g, struct strbuf *b)
{
    int differ = 0;
    strbuf_add_padded(b, str_of(TR("家庭", "households")), 32);
    strbuf_addz(b, TR("    户数  命中（95%区间）         走访过，派了的里面      属实，核实的里面\n",
                      "  number  hit (95%)               visited, of those sent  in need, of those verified\n"));
    for (size_t i = 0; i < g->n; i++) {
        const struct fair_group *x = &g->v[i];
        AUTO_STRBUF name = STRBUF_INIT;
        strbuf_addf(&name, "%s  %s", x->kind, x->name);
        strbuf_add_padded(b, strbuf_str(&name), 32);
        strbuf_addf(b, "%8lld", (long long)x->households);
        add_fair_share(&x->hit, b);
        add_fair_share(&x->visited, b);
        add_fair_share(&x->proven, b);
        strbuf_addc(b, '\n');
        differ += (x->hit.differs != 0) + (x->visited.differs != 0) + (x->proven.differs != 0);
    }
    strbuf_addf(b, TR("\n%d 处与同类其余的户相差超出偶然。命中偏高不等于不公：看属实是不是也高；命中高而属实低的，先查规则。二十处里总有一处是碰巧。\n",
                      "\n%d shares differ from the other households of their kind beyond chance. A high share of hits is no unfairness by itself: see whether as many were "
                      "in need; where they were not, look at the rules first. One in twenty differs by luck.\n"),
                differ);
}

static void json_share(struct json_out *j, const char *key, const struct fair_share *s)
{
    json_key(j, key);
    json_open(j, '{');
    json_ki(j, "k", s->k);
    json_ki(j, "n", s->n);
    json_ki(j, "differs", s->differs);
    json_close(j, '}');
}

static void json_fair(const fair_groups *g, struct strbuf *b)
{
    struct json_out j = json_out_to(b);
    json_open(&j, '[');
    for (size_t i = 0; i < g->n; i++) {
        json_open(&j, '{');
        json_kz(&j, "kind", g->v[i].kind);
        json_kz(&j, "name", g->v[i].name);
        json_ki(&j, "households", g->v[i].households);
        json_share(&j, "hit", &g->v[i].hit);
        json_share(&j, "visited", &g->v[i].visited);
        json_share(&j, "proven", &g->v[i].proven);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    strbuf_addc(b, '\n');
}

/* --- the command ---------------------------------------------------------------------------------------------------- */
static enum status tell_fairness(struct card *c, const struct args *a, struct strbuf *b, struct err *err)
{
    fair_groups groups = {0};
    enum status status = scorecard_fair(c, &groups, err);
    if (status == ST_OK && a->json) {
        json_fair(&groups, b);
    } else if (status == ST_OK) {
        add_fair(&groups, b);
    }
    vec_release(&groups);
    return status;
}

static enum status tell_rules(struct card *c, const struct args *a, struct strbuf *b, struct err *err)
{
    struct sample_estimate estimate;
    TRY(scorecard_sample(c, &estimate, err));
    if (a->json) {
        json_rules(c, b);
    } else {
        add_rules(c, &estimate, b);
    }
    return ST_OK;
}

static enum status score(struct card *c, const struct args *a, struct err *err)
{
    struct schema schema;
    struct ruleset *rules = NULL;
    AUTO_STRBUF b = STRBUF_INIT;
    schema_build(&c->arena, c->site->sources, c->site->people, &c->site->areas, &schema);
    TRY(schema_compile(&schema, c->site->files[SITE_RULES].path, c->site->files[SITE_RULES].text, &rules, err));
    c->rules = rules;
    c->meta = ruleset_meta(rules);
    enum status status = scorecard_read(c, err);
    if (status == ST_OK) {
        status = a->opt[OPT_FAIR] ? tell_fairness(c, a, &b, err) : tell_rules(c, a, &b, err);
    }
    if (status == ST_OK) {
        fputs(strbuf_z(&b), stdout);
    }
    ruleset_free(rules);
    return status;
}

static enum status run(const struct args *a, struct err *err)
{
    if (a->n) {
        return err_set(err, ST_USAGE, TR("不要写文件：成绩来自台账", "no file: the scores come from the ledger"));
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_READ, err));
    struct card c = {.arena = ARENA_INIT, .site = &site, .only = a->opt[OPT_RULE]};
    c.cut[CUT_MONTH] = a->opt[OPT_MONTHS] != NULL;
    c.cut[CUT_STREET] = a->opt[OPT_AREAS] != NULL;
    c.cut[CUT_VISITOR] = a->opt[OPT_VISITORS] != NULL;
    enum status status = score(&c, a, err);
    scorecard_release(&c);
    return status;
}

const struct command cmd_rules_scorecard = {
    .name = "rules scorecard",
    .operands = "",
    .zh = "每条规则的成绩单：派了多少、走了多少、属实多少，错在哪里，留不留；漏了多少；各类家庭是不是一样",
    .en = "each rule by what the doors said: sent, visited, right, causes of the wrong ones, keep or not; what is missed; is every kind of household treated alike",
    .more_zh = "属实率 = 属实 ÷ 核实过的（无法联系、人户分离等不算），括号里是 95% 区间；核实不足 5 条不算率。\n"
               "天数是从列入清单到走访的中位数；重复是同一对象同一规则的第二条起。\n"
               "结论：区间上限低于 30% 的改线或停用，下限不低于 50% 的保留，其余看原因调整。只统计的规则（shadow）另列上一夜的数。\n"
               "随机抽查（用到“户.抽签”的规则）走访的是没有预警的户，据此估计漏了多少。\n"
               "--fair 按户主的性别、年龄，有没有孩子，是否住在户籍街道，住哪个街道，比命中、走访、属实的比例；“偏高”“偏低”是与同类其余的户相差超出偶然。\n\n"
               "  mopai rules scorecard\n"
               "  mopai rules scorecard --rule R02 --months --areas --visitors\n"
               "  mopai rules scorecard --fair",
    .more_en = "The share right is of those verified (not reached, moved and the like are left out), with its 95 % interval; blank under five verified.\n"
               "Days: median from the list to the visit. Again: from the second warning of one rule about the same person or household on.\n"
               "Verdict: interval below 30 %, move the line or retire; from 50 % on, keep; else look at the causes and tune.\n"
               "A random sample (a rule that reads 户.抽签) visits households without a warning: how many are missed is estimated from it.\n"
               "--fair compares shares of hits, visits and need by sex and age of the head, children, registration and street; high and low differ from the other\n"
               "households of the kind beyond chance.\n\n"
               "  mopai rules scorecard\n"
               "  mopai rules scorecard --rule R02 --months --areas --visitors\n"
               "  mopai rules scorecard --fair",
    .options = options,
    .run = run,
};
