/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules backtest`: the nights of a stretch of the past computed again, one every so many days, from the deliveries and timelines that are kept: what a rule would
   have reported, and whether the streets could have walked it. Nothing is published. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/core/json_out.h"
#include "base/core/log.h"
#include "base/core/map.h"
#include "base/text/width.h"
#include "pipeline/command.h"
#include "pipeline/retention.h"
#include "pipeline/rules_hits.h"

enum { RULES_LIMIT = 8 << 20, MAX_NIGHTS = 400, NAME_WIDTH = 34 };
enum { OPT_FROM, OPT_TO, OPT_EVERY, OPT_RULE, OPT_SET };

static const struct option options[] = {
    [OPT_FROM] = {"from", 0, "DATE", "从哪一天", "the first day"},
    [OPT_TO] = {"to", 0, "DATE", "到哪一天，缺省为今天", "the last day, today by default"},
    [OPT_EVERY] = {"every", 0, "DAYS", "隔几天算一夜，缺省 7", "a night every so many days, 7 by default"},
    [OPT_RULE] = {"rule", 0, "ID", "只看一条规则", "one rule only"},
    [OPT_SET] = {"set", 0, "P=V,...", "参数换成别的值，写法同 rules whatif", "other values of parameters, as for rules whatif"},
    {NULL, 0, NULL, NULL, NULL},
};

/* One night computed again. */
struct replay {
    daynum day;
    size_t *hits, *fresh;     /* by rule: hits; those not seen on any night before */
    uint32_t *doors;          /* by street, the last entry those without one: households with a hit that had none on any night before */
};
struct backtest {
    struct arena arena;
    struct site site;
    struct schema schema;
    struct ruleset *rules;
    int only;                 /* rule, -1: all */
    daynum from, to;
    int64_t every;
    VEC(struct replay) nights;
    struct map64 seen_hits, seen_homes;
};

/* --- computing -------------------------------------------------------------------------------------------------------- */
static bool is_new(struct map64 *seen, uint64_t key)
{
    uint32_t fresh = (uint32_t)seen->n;
    return map64_get_or_put(seen, key, fresh) == fresh;
}

static uint64_t hit_identity(const struct rule_hit *h)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, STR_FMT " %c %llu " STR_FMT, STR_ARG(h->rule), h->kind, (unsigned long long)h->entity, STR_ARG(h->key));
    return hash64(b.p, b.n);
}

static void count_night(struct backtest *b, daynum day, const struct rule_hits *hits)
{
    size_t rules = ruleset_evaluated(b->rules), areas = b->site.areas.areas.n;
    struct replay r = {day, arena_array(&b->arena, size_t, rules + 1), arena_array(&b->arena, size_t, rules + 1), arena_array(&b->arena, uint32_t, areas + 1)};
    for (size_t i = 0; i < hits->v.n; i++) {
        const struct rule_hit *h = &hits->v.v[i];
        int rule = ruleset_find(b->rules, h->rule);
        if (b->only >= 0 && rule != b->only) {
            continue;
        }
        r.hits[rule]++;
        r.fresh[rule] += is_new(&b->seen_hits, hit_identity(h));
        r.doors[h->street == AREA_NONE ? areas : (size_t)h->street] += is_new(&b->seen_homes, h->household);
    }
    vec_push(&b->nights, r);
}

static enum status replay_all(struct backtest *b, struct err *err)
{
    size_t n = (size_t)((b->to - b->from) / b->every + 1);
    for (size_t i = 0; i < n; i++) {
        daynum day = b->from + (daynum)((int64_t)i * b->every);
        struct ruleset *const sets[1] = {b->rules};
        struct rule_hits hits = {.arena = ARENA_INIT};
        progress_set("backtest", i, n);
        enum status status = retention_check_replay(&b->site, day, err);
        if (status == ST_OK) {
            status = rule_hits_on(&b->site, &b->schema, day, sets, 1, &hits, err);
        }
        if (status == ST_OK) {
            count_night(b, day, &hits);
        }
        rule_hits_release(&hits);
        TRY(status);
    }
    progress_done();
    return ST_OK;
}

/* --- printing --------------------------------------------------------------------------------------------------------- */
static bool is_shown(const struct backtest *b, size_t rule) { return b->only < 0 || (size_t)b->only == rule; }

static void add_day(struct strbuf *out, daynum day)
{
    strbuf_addz(out, "  ");
    strbuf_add_day(out, day);
}

static void print_hits(const struct backtest *b, struct strbuf *out)
{
    strbuf_add_padded(out, str_of(TR("规则：报几条（比前几夜新增）", "rule: hits (new since the nights before)")), NAME_WIDTH);
    for (size_t n = 0; n < b->nights.n; n++) {
        add_day(out, b->nights.v[n].day);
    }
    strbuf_addc(out, '\n');
    for (size_t r = 0; r < ruleset_evaluated(b->rules); r++) {
        AUTO_STRBUF name = STRBUF_INIT;
        strbuf_addf(&name, STR_FMT " " STR_FMT, STR_ARG(ruleset_rule(b->rules, r)->id), STR_ARG(ruleset_rule(b->rules, r)->name));
        if (!is_shown(b, r)) {
            continue;
        }
        strbuf_add_padded(out, strbuf_str(&name), NAME_WIDTH);
        for (size_t n = 0; n < b->nights.n; n++) {
            char cell[64];
            (void)snprintf(cell, sizeof(cell), n ? "%zu (+%zu)" : "%zu", b->nights.v[n].hits[r], b->nights.v[n].fresh[r]);
            strbuf_addf(out, "%12s", cell);
        }
        strbuf_addc(out, '\n');
    }
}

static int32_t capacity_of(const struct backtest *b, size_t street)
{
    return street < b->site.areas.areas.n ? b->site.areas.areas.v[street].weekly_capacity : AREA_NONE;
}

/* Doors of a street on the first night, and after it: all, and tenths of one a week. */
struct doors {
    uint32_t first, later;
    uint64_t tenths;
};
static struct doors doors_of(const struct backtest *b, size_t street)
{
    struct doors d = {0};
    for (size_t n = 0; n < b->nights.n; n++) {
        *(n ? &d.later : &d.first) += b->nights.v[n].doors[street];
    }
    uint64_t days = b->nights.n ? (uint64_t)(b->nights.v[b->nights.n - 1].day - b->nights.v[0].day) : 0;
    d.tenths = days ? ((uint64_t)d.later * 70 + days - 1) / days : 0;
    return d;
}

static void print_streets(const struct backtest *b, struct strbuf *out)
{
    strbuf_addc(out, '\n');
    strbuf_add_padded(out, str_of(TR("要走访的户，按街道", "households to visit, by street")), NAME_WIDTH);
    strbuf_addz(out, TR("  第一夜  其后新增  每周新增  每周容量  走不走得完\n", "   first   new later  new/week  per week\n"));
    for (size_t i = 0; i <= b->site.areas.areas.n; i++) {
        struct doors d = doors_of(b, i);
        int32_t capacity = capacity_of(b, i);
        if (!d.first && !d.later) {
            continue;
        }
        strbuf_add_padded(out, i < b->site.areas.areas.n ? b->site.areas.areas.v[i].name : str_of(TR("没有街道", "no street")), NAME_WIDTH);
        strbuf_addf(out, "%8u%10u%8llu.%llu", d.first, d.later, (unsigned long long)d.tenths / 10, (unsigned long long)d.tenths % 10);
        if (capacity > 0) {
            uint64_t room = (uint64_t)capacity * 10;
            strbuf_addf(out, "%10d  ", capacity);
            if (d.tenths >= room) {
                strbuf_addz(out, TR("越积越多", "falls behind"));
            } else { /* the backlog of the first night beside what comes every week */
                uint64_t weeks = ((uint64_t)d.first * 10 + (room - d.tenths) - 1) / (room - d.tenths);
                strbuf_addf(out, TR("%llu 周清完", "cleared in %llu weeks"), (unsigned long long)weeks);
            }
        } else {
            strbuf_addf(out, "%10s", "-");
        }
        strbuf_addc(out, '\n');
    }
}

static void json_counts(struct json_out *j, const char *key, struct backtest *b, const size_t *counts)
{
    json_key(j, key);
    json_open(j, '{');
    for (size_t i = 0; i < ruleset_evaluated(b->rules); i++) {
        if (is_shown(b, i)) {
            json_ki(j, arena_z(&b->arena, ruleset_rule(b->rules, i)->id), (int64_t)counts[i]);
        }
    }
    json_close(j, '}');
}

static void print_json(struct backtest *b, struct strbuf *out)
{
    struct json_out j = json_out_to(out);
    json_open(&j, '{');
    json_key(&j, "nights");
    json_open(&j, '[');
    for (size_t n = 0; n < b->nights.n; n++) {
        AUTO_STRBUF day = STRBUF_INIT;
        strbuf_add_day(&day, b->nights.v[n].day);
        json_open(&j, '{');
        json_kz(&j, "as_of", strbuf_z(&day));
        json_counts(&j, "hits", b, b->nights.v[n].hits);
        json_counts(&j, "new", b, b->nights.v[n].fresh);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "streets");
    json_open(&j, '[');
    for (size_t i = 0; i <= b->site.areas.areas.n; i++) {
        struct doors d = doors_of(b, i);
        if (d.first || d.later) {
            json_open(&j, '{');
            json_ks(&j, "street", i < b->site.areas.areas.n ? b->site.areas.areas.v[i].code : STR(""));
            json_ki(&j, "first", d.first);
            json_ki(&j, "later", d.later);
            if (capacity_of(b, i) != AREA_NONE) {
                json_ki(&j, "per_week", capacity_of(b, i));
            }
            json_close(&j, '}');
        }
    }
    json_close(&j, ']');
    json_close(&j, '}');
    strbuf_addc(out, '\n');
}

/* --- the command ------------------------------------------------------------------------------------------------------ */
static enum status read_day(const char *text, daynum otherwise, daynum *out, struct err *err)
{
    *out = otherwise;
    if (text && !day_parse_iso(str_of(text), out)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), text);
    }
    return ST_OK;
}

static enum status read_options(struct backtest *b, const struct args *a, struct err *err)
{
    if (!a->opt[OPT_FROM] || a->n > 1) {
        return err_set(err, ST_USAGE, TR("写明从哪一天算起，如 --from 2026-01-05", "say from which day, such as --from 2026-01-05"));
    }
    TRY(read_day(a->opt[OPT_FROM], 0, &b->from, err));
    TRY(read_day(a->opt[OPT_TO], clock_today(), &b->to, err));
    b->every = 7;
    if (a->opt[OPT_EVERY] && (!str_to_i64(str_of(a->opt[OPT_EVERY]), &b->every) || b->every < 1 || b->every > 366)) {
        return err_set(err, ST_USAGE, TR("--every 后面写 1 到 366 天，现为“%s”", "--every takes 1 to 366 days, not '%s'"), a->opt[OPT_EVERY]);
    }
    if (b->from > b->to || (b->to - b->from) / b->every >= MAX_NIGHTS) {
        return err_set(err, ST_USAGE, TR("--from 要早于 --to，中间不超过 %d 夜", "--from comes before --to, with at most %d nights between"), MAX_NIGHTS);
    }
    return ST_OK;
}

static enum status compile(struct backtest *b, const struct args *a, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    const struct site_file *own = &b->site.files[SITE_RULES];
    const char *path = a->n ? a->v[0] : own->path;
    if (a->n) {
        TRY(file_read_all(path, RULES_LIMIT, &text, err));
    }
    schema_build(&b->arena, b->site.sources, b->site.people, &b->site.areas, &b->schema);
    b->rules = rules_compile_with(&b->schema.rules, path, a->n ? strbuf_str(&text) : own->text, RULES_WITH_DRAFTS, str_of(a->opt[OPT_SET]), &diags);
    if (!b->rules) {
        return diag_status(&diags, ST_RULES, err);
    }
    b->only = a->opt[OPT_RULE] ? ruleset_find(b->rules, str_of(a->opt[OPT_RULE])) : -1;
    bool runs = b->only >= 0 && (size_t)b->only < ruleset_evaluated(b->rules);
    return a->opt[OPT_RULE] && !runs ? err_set(err, ST_NOT_FOUND, TR("没有规则 %s，或已停用", "no rule %s, or it is retired"), a->opt[OPT_RULE]) : ST_OK;
}

static enum status backtest(struct backtest *b, const struct args *a, struct err *err)
{
    TRY(read_options(b, a, err));
    TRY(site_open(&b->site, a->site_dir, SITE_LOCK, err));
    TRY(compile(b, a, err));
    TRY(replay_all(b, err));
    AUTO_STRBUF out = STRBUF_INIT;
    if (a->json) {
        print_json(b, &out);
    } else {
        print_hits(b, &out);
        print_streets(b, &out);
    }
    fputs(strbuf_z(&out), stdout);
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    struct backtest b = {.arena = ARENA_INIT, .site = {.lock_fd = -1}};
    enum status status = backtest(&b, a, err);
    vec_release(&b.nights);
    map64_release(&b.seen_hits);
    map64_release(&b.seen_homes);
    ruleset_free(b.rules);
    site_close(&b.site);
    arena_release(&b.arena);
    return status;
}

const struct command cmd_rules_backtest = {
    .name = "rules backtest",
    .operands = "[FILE]",
    .zh = "把过去一段时间的夜重算一遍：每夜报几条，各街道每周新增几户、走不走得完",
    .en = "compute nights of the past again: hits a night, new households a week and street against its capacity",
    .more_zh = "按当时在用的交付、变动和参数取值重新归并、评估，不发布、不派单；草稿规则也算。数据已清理的日子算不了。\n\n"
               "  mopai rules backtest --from 2026-01-05 --to 2026-03-30\n"
               "  mopai rules backtest 新规则.yaml --from 2026-01-05 --every 14 --rule R02",
    .more_en = "Links and evaluates with the deliveries, changes and parameter values of each day; nothing is published. Drafts are counted. Days whose data is purged are refused.\n\n"
               "  mopai rules backtest --from 2026-01-05 --to 2026-03-30\n"
               "  mopai rules backtest new-rules.yaml --from 2026-01-05 --every 14 --rule R02",
    .options = options,
    .run = run,
};
