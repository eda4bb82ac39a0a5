/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules scorecard`: what the doors said of each rule. Reads the ledger, and the hits of the last published night for overlap. */
#include <stdio.h>
#include <stdlib.h>

#include "base/core/file.h"
#include "base/core/json_out.h"
#include "base/core/wilson.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/command.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"

enum { ENOUGH = 5, CAUSES = 8, NEVER_WORTH = 300, WORTH = 500 };
enum { OPT_RULE, OPT_MONTHS };
static const struct option options[] = {
    [OPT_RULE] = {"rule", 0, "ID", "只看这条规则", "this rule only"},
    [OPT_MONTHS] = {"months", 0, NULL, "每条规则再按预警产生的月份分开", "each rule by the month its warnings were made, too"},
    {NULL, 0, NULL, NULL, NULL},
};

struct cause {
    const char *outcome;
    int64_t n;
};
/* Of one rule, or of one month of it. */
struct score {
    struct str rule;        /* id */
    monthnum month;         /* MONTH_MISSING: all */
    int64_t warnings, sent, visited, verified, proven, repeats, hits, overlapping;
    VEC(daynum) waits;      /* days from the list to the visit */
    struct cause causes[CAUSES]; /* of those found wrong, in order of first appearance */
    size_t n_causes;
};
struct card {
    struct arena arena;
    struct site *site;
    const struct rules_meta *meta;
    const struct ruleset *rules;
    VEC(struct score) v;
    bool months;
};

/* --- counting ------------------------------------------------------------------------------------------------------- */
static struct score *score_of(struct card *c, struct str rule, monthnum month)
{
    for (size_t i = 0; i < c->v.n; i++) {
        if (c->v.v[i].month == month && str_eq(c->v.v[i].rule, rule)) {
            return &c->v.v[i];
        }
    }
    struct score *s = vec_add(&c->v);
    s->rule = arena_str(&c->arena, rule);
    s->month = month;
    return s;
}

static void add_cause(struct card *c, struct score *s, struct str outcome)
{
    for (size_t i = 0; i < s->n_causes; i++) {
        if (str_eqz(outcome, s->causes[i].outcome)) {
            s->causes[i].n++;
            return;
        }
    }
    if (s->n_causes < CAUSES) {
        s->causes[s->n_causes++] = (struct cause){arena_z(&c->arena, outcome), 1};
    }
}

/* Groups in the order of rules.yaml: two proven, then wrong; what comes behind says nothing about the warning. */
static void add_outcome(struct card *c, struct score *s, struct str outcome, struct str group)
{
    for (size_t g = 0; g < c->meta->n_groups; g++) {
        if (!str_eq(c->meta->groups[g].name, group)) {
            continue;
        }
        bool proven = c->meta->groups[g].proven, wrong = !proven && g == 2;
        s->proven += proven;
        s->verified += proven || wrong;
        if (wrong) {
            add_cause(c, s, outcome);
        }
    }
}

static void add_warning(struct card *c, struct score *s, struct stmt *q, bool again)
{
    daynum sent = stmt_day(q, 5), visited = stmt_day(q, 6);
    s->warnings++;
    s->sent += sent != DAY_MISSING;
    s->repeats += again;
    if (visited == DAY_MISSING) {
        return;
    }
    s->visited++;
    if (sent != DAY_MISSING && visited >= sent) {
        vec_push(&s->waits, visited - sent);
    }
    add_outcome(c, s, stmt_text(q, 7), stmt_text(q, 8));
}

static enum status read_warnings(struct card *c, struct err *err)
{
    AUTO_STMT q = stmt_use(c->site->ledger, STMT_LIST_SCORECARD);
    AUTO_STRBUF last = STRBUF_INIT, here = STRBUF_INIT;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        strbuf_clear(&here);
        strbuf_addf(&here, STR_FMT " " STR_FMT "%lld", STR_ARG(stmt_text(q, 0)), STR_ARG(stmt_text(q, 2)), (long long)stmt_int(q, 3));
        bool again = str_eq(strbuf_str(&here), strbuf_str(&last));
        add_warning(c, score_of(c, stmt_text(q, 0), MONTH_MISSING), q, again);
        if (c->months) {
            add_warning(c, score_of(c, stmt_text(q, 0), day_month(stmt_day(q, 4))), q, again);
        }
        strbuf_clear(&last);
        strbuf_adds(&last, strbuf_str(&here));
    }
}

static enum status read_overlap(struct card *c, struct db *night, struct err *err)
{
    AUTO_STMT q = stmt_use(night, STMT_COUNT_HITS_OVERLAPPING);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct score *s = score_of(c, stmt_text(q, 0), MONTH_MISSING);
        s->hits = stmt_int(q, 1);
        s->overlapping = stmt_int(q, 2);
    }
}

/* The hits of the last night, when its run is still there. */
static enum status read_last_night(struct card *c, struct err *err)
{
    AUTO_STMT q = stmt_use(c->site->ledger, STMT_SELECT_NIGHT_LAST);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return err_set(err, ST_NOT_FOUND, TR("还没有发布过一夜，请先运行 mopai run", "no night was published yet: run mopai run first"));
    }
    const char *path = arena_printf(&c->arena, "%s/%lld/night.db", c->site->runs, (long long)stmt_int(q, 0));
    if (!file_exists(path)) {
        return ST_OK;
    }
    struct db *night = NULL;
    TRY(db_open(path, DB_READ, &night, err));
    enum status status = read_overlap(c, night, err);
    db_abandon(night);
    return status;
}

/* --- words ---------------------------------------------------------------------------------------------------------- */
static const char *verdict(const struct score *s)
{
    struct share p = wilson((uint64_t)s->proven, (uint64_t)s->verified);
    if (s->verified < ENOUGH) {
        return TR("核实太少，先不下结论", "too few verified to tell");
    }
    return p.high < NEVER_WORTH ? TR("多半不属实：改线或停用", "mostly wrong: move the line or retire it")
           : p.low >= WORTH     ? TR("保留", "keep")
                                : TR("看原因，调整", "look at the causes and tune");
}

static int compare_days(const void *a, const void *b) { return (*(const daynum *)a > *(const daynum *)b) - (*(const daynum *)a < *(const daynum *)b); }

static daynum median(const struct score *s)
{
    return s->waits.n ? s->waits.v[(s->waits.n - 1) / 2] : DAY_MISSING;
}

static struct str rule_name(const struct card *c, struct str id)
{
    int i = ruleset_find(c->rules, id);
    return i >= 0 ? ruleset_rule(c->rules, (size_t)i)->name : str_of(TR("（规则文件里已没有）", "(no longer in the rules file)"));
}

static void add_name(const struct card *c, const struct score *s, struct strbuf *b)
{
    AUTO_STRBUF name = STRBUF_INIT;
    if (s->month == MONTH_MISSING) {
        strbuf_addf(&name, STR_FMT " " STR_FMT, STR_ARG(s->rule), STR_ARG(rule_name(c, s->rule)));
    } else {
        strbuf_addz(&name, "    ");
        strbuf_add_month(&name, s->month);
    }
    strbuf_add_padded(b, strbuf_str(&name), 32);
}

static void add_row(const struct card *c, const struct score *s, struct strbuf *b)
{
    add_name(c, s, b);
    strbuf_addf(b, "%8lld%8lld%8lld%8lld%8lld", (long long)s->warnings, (long long)s->sent, (long long)s->visited, (long long)s->verified, (long long)s->proven);
    if (s->verified >= ENOUGH) {
        struct share p = wilson((uint64_t)s->proven, (uint64_t)s->verified);
        AUTO_STRBUF cell = STRBUF_INIT;
        strbuf_addf(&cell, "  %3u%% (%u–%u)", (p.value + 5) / 10, (p.low + 5) / 10, (p.high + 5) / 10);
        strbuf_add_padded(b, strbuf_str(&cell), 18);
    } else {
        strbuf_add_padded(b, STR("     -"), 18);
    }
    daynum days = median(s);
    if (days == DAY_MISSING) {
        strbuf_addf(b, "%6s", "-");
    } else {
        strbuf_addf(b, "%6d", days);
    }
    strbuf_addf(b, "%6lld  %s\n", (long long)s->repeats, verdict(s));
    for (size_t i = 0; i < s->n_causes; i++) {
        strbuf_addf(b, "%s%s %lld", i ? TR("、", ", ") : TR("      不属实：", "      wrong: "), s->causes[i].outcome, (long long)s->causes[i].n);
    }
    strbuf_addz(b, s->n_causes ? "\n" : "");
    if (s->overlapping) {
        strbuf_addf(b, TR("      上一夜命中 %lld 条，其中 %lld 条同户另有别的规则\n", "      %lld hits last night, %lld of them in a household with another rule's\n"), (long long)s->hits,
                    (long long)s->overlapping);
    }
}

static void json_row(const struct card *c, const struct score *s, struct json_out *j)
{
    struct share p = wilson((uint64_t)s->proven, (uint64_t)s->verified);
    json_open(j, '{');
    json_ks(j, "rule", s->rule);
    json_ks(j, "name", rule_name(c, s->rule));
    if (s->month != MONTH_MISSING) {
        AUTO_STRBUF month = STRBUF_INIT;
        strbuf_add_month(&month, s->month);
        json_ks(j, "month", strbuf_str(&month));
    }
    json_ki(j, "warnings", s->warnings);
    json_ki(j, "sent", s->sent);
    json_ki(j, "visited", s->visited);
    json_ki(j, "verified", s->verified);
    json_ki(j, "proven", s->proven);
    if (s->verified >= ENOUGH) {
        json_ki(j, "precision_permille", p.value);
        json_ki(j, "precision_low", p.low);
        json_ki(j, "precision_high", p.high);
    }
    json_ki(j, "repeats", s->repeats);
    json_ki(j, "hits_last_night", s->hits);
    json_ki(j, "overlapping", s->overlapping);
    json_key(j, "wrong");
    json_open(j, '{');
    for (size_t i = 0; i < s->n_causes; i++) {
        json_key(j, s->causes[i].outcome);
        json_int(j, s->causes[i].n);
    }
    json_close(j, '}');
    json_close(j, '}');
}

static int by_rule_and_month(const void *a, const void *b)
{
    const struct score *x = a, *y = b;
    int c = str_cmp(x->rule, y->rule);
    return c ? c : (x->month > y->month) - (x->month < y->month);
}

static void print(struct card *c, const char *only, bool json)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    vec_sort(&c->v, by_rule_and_month);
    if (json) {
        json_open(&j, '[');
    } else {
        strbuf_add_padded(&b, str_of(TR("规则", "rule")), 32);
        strbuf_addz(&b, TR("    预警    派单    走访    核实    属实  属实率（95%区间）  天数  重复  结论\n",
                           "  warned    sent visited  proved   right  share right (95%)  days again  verdict\n"));
    }
    for (size_t i = 0; i < c->v.n; i++) {
        struct score *s = &c->v.v[i];
        if (only && !str_eqz(s->rule, only)) {
            continue;
        }
        vec_sort(&s->waits, compare_days);
        if (json) {
            json_row(c, s, &j);
        } else {
            add_row(c, s, &b);
        }
    }
    if (json) {
        json_close(&j, ']');
        strbuf_addc(&b, '\n');
    }
    fputs(strbuf_z(&b), stdout);
}

/* --- the command ---------------------------------------------------------------------------------------------------- */
static enum status score(struct card *c, const struct args *a, struct err *err)
{
    struct schema schema;
    struct ruleset *rules = NULL;
    schema_build(&c->arena, c->site->sources, c->site->people, &c->site->areas, &schema);
    TRY(schema_compile(&schema, c->site->files[SITE_RULES].path, c->site->files[SITE_RULES].text, &rules, err));
    c->rules = rules;
    c->meta = ruleset_meta(rules);
    enum status status = read_last_night(c, err);
    status = status == ST_OK ? read_warnings(c, err) : status;
    if (status == ST_OK) {
        print(c, a->opt[OPT_RULE], a->json);
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
    struct card c = {.arena = ARENA_INIT, .site = &site, .months = a->opt[OPT_MONTHS] != NULL};
    enum status status = score(&c, a, err);
    for (size_t i = 0; i < c.v.n; i++) {
        vec_release(&c.v.v[i].waits);
    }
    vec_release(&c.v);
    arena_release(&c.arena);
    return status;
}

const struct command cmd_rules_scorecard = {
    .name = "rules scorecard",
    .operands = "",
    .zh = "每条规则的成绩单：派了多少、走了多少、属实多少，错在哪里，留不留",
    .en = "each rule by what the doors said: sent, visited, right, causes of the wrong ones, keep or not",
    .more_zh = "属实率 = 属实 ÷ 核实过的（无法联系、人户分离等不算），括号里是 95% 区间；核实不足 5 条不算率。\n"
               "天数是从列入清单到走访的中位数；重复是同一对象同一规则的第二条起。\n"
               "结论：区间上限低于 30% 的改线或停用，下限不低于 50% 的保留，其余看原因调整。\n\n"
               "  mopai rules scorecard\n"
               "  mopai rules scorecard --rule R02 --months",
    .more_en = "The share right is of those verified (not reached, moved and the like are left out), with its 95 % interval; blank under five verified.\n"
               "Days: median from the list to the visit. Again: from the second warning of one rule about the same person or household on.\n"
               "Verdict: interval below 30 %, move the line or retire; from 50 % on, keep; else look at the causes and tune.\n\n"
               "  mopai rules scorecard\n"
               "  mopai rules scorecard --rule R02 --months",
    .options = options,
    .run = run,
};
