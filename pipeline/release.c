/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/release.h"

#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/site.h"

#define UNLIMITED (-1)

/* --- the plan ----------------------------------------------------------------------------------------------------------- */

static int64_t capacity_of(const struct area_set *areas, struct str code)
{
    int32_t at = code.n > 0 ? areas_by_code(areas, code) : AREA_NONE;
    if (at == AREA_NONE || areas->areas.v[at].weekly_capacity == AREA_NONE) {
        return UNLIMITED;
    }
    return areas->areas.v[at].weekly_capacity;
}

/* Few streets: kept sorted, found by walking. */
static struct release_street *street_at(struct release_plan *p, const struct area_set *areas, struct str code)
{
    size_t i = 0;
    while (i < p->streets.n && str_cmp(p->streets.v[i].code, code) < 0) {
        i++;
    }
    if (i < p->streets.n && str_eq(p->streets.v[i].code, code)) {
        return &p->streets.v[i];
    }
    struct str kept = arena_str(&p->arena, code);
    (void)vec_add(&p->streets);
    memmove(&p->streets.v[i + 1], &p->streets.v[i], sizeof(p->streets.v[0]) * (p->streets.n - 1 - i));
    p->streets.v[i] = (struct release_street){.code = kept, .capacity = capacity_of(areas, kept)};
    return &p->streets.v[i];
}

static enum status read_week(struct db *ledger, struct release_plan *p, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_SELECT_NIGHT_LAST);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return err_set(err, ST_NOT_FOUND, TR("还没有发布过任何一夜；先运行 mopai run", "no night was published yet; run mopai run first"));
    }
    p->night = stmt_int(q, 0);
    daynum as_of = stmt_day(q, 1);
    p->week = as_of - (day_of_week(as_of) - 1);
    return ST_OK;
}

static enum status read_taken(struct db *ledger, const struct area_set *areas, struct release_plan *p, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_WEEK_VISITS);
    stmt_bind_day(q, ":first", p->week);
    stmt_bind_day(q, ":last", p->week + 6);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct release_street *s = street_at(p, areas, stmt_text(q, 0));
        map64_put(&s->taken, (uint64_t)stmt_int(q, 1), 1);
        s->before++;
    }
}

static enum status choose(struct db *ledger, const struct area_set *areas, struct str street, struct str rule, struct release_plan *p, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_WARNINGS_HELD);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        bool desk = str_eqz(stmt_text(q, 4), "区局");
        struct release_street *s = street_at(p, areas, desk ? STR("") : stmt_text(q, 3));
        bool asked = (street.n == 0 || str_eq(street, s->code)) && (rule.n == 0 || str_eq(rule, stmt_text(q, 1)));
        const uint64_t household = (uint64_t)stmt_int(q, 5);
        const bool goes_there = map64_get(&s->taken, household) != MAP_NONE;
        if (asked && (s->capacity == UNLIMITED || goes_there || s->before + s->households < s->capacity)) {
            s->released++;
            s->households += !goes_there;
            map64_put(&s->taken, household, 1);
            vec_push(&p->warnings, stmt_int(q, 0));
        } else {
            s->stays++;
            p->stays++;
        }
    }
}

enum status release_make_plan(struct db *ledger, const struct area_set *areas, struct str street, struct str rule, struct release_plan *out, struct err *err)
{
    TRY(read_week(ledger, out, err));
    TRY(read_taken(ledger, areas, out, err));
    return choose(ledger, areas, street, rule, out, err);
}

void release_plan_free(struct release_plan *plan)
{
    for (size_t i = 0; i < plan->streets.n; i++) {
        map64_release(&plan->streets.v[i].taken);
    }
    vec_release(&plan->streets);
    vec_release(&plan->warnings);
    arena_release(&plan->arena);
}

/* --- carrying it out ----------------------------------------------------------------------------------------------------- */

static enum status insert_order(struct db *ledger, const struct release_plan *p, struct str street, struct str rule, const char *at, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_INSERT_RELEASE_ORDER);
    stmt_bind_text(q, ":street", street);
    stmt_bind_text(q, ":rule", rule);
    stmt_bind_int(q, ":released", (int64_t)p->warnings.n);
    stmt_bind_z(q, ":who", who_acts());
    stmt_bind_z(q, ":at", at);
    return stmt_run(q, err);
}

enum status release_carry_out(struct db *ledger, const struct release_plan *plan, struct str street, struct str rule, struct err *err)
{
    if (plan->warnings.n == 0) {
        return ST_OK;
    }
    char at[20], detail[120];
    clock_stamp(at);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, ledger, err));
    AUTO_STMT q = stmt_use(ledger, STMT_INSERT_WARNING_EVENT);
    for (size_t i = 0; i < plan->warnings.n; i++) {
        stmt_bind_int(q, ":warning_no", plan->warnings.v[i]);
        stmt_bind_int(q, ":night", plan->night);
        stmt_bind_z(q, ":kind", "released");
        stmt_bind_z(q, ":level", "");
        stmt_bind_z(q, ":detail", "");
        stmt_bind_z(q, ":body", "{}");
        stmt_bind_z(q, ":who", who_acts());
        stmt_bind_z(q, ":at", at);
        TRY(stmt_run(q, err));
    }
    TRY(insert_order(ledger, plan, street, rule, at, err));
    (void)snprintf(detail, sizeof(detail), "released %zu, held %lld", plan->warnings.n, (long long)plan->stays);
    TRY(audit_add(ledger, "release", detail, err));
    return tx_commit(&tx, err);
}

/* --- the command ---------------------------------------------------------------------------------------------------------- */

enum { OPT_STREET, OPT_RULE, OPT_DRY_RUN };
static const struct option options[] = {
    {"street", 0, "CODE", "只放行这个街道（代码或名称）", "only this street (code or name)"},
    {"rule", 0, "RULE", "只放行这条规则，如 R02", "only this rule, e.g. R02"},
    {"dry-run", 'n', NULL, "只看会放行哪些，不写入", "show what would be released, write nothing"},
    {NULL, 0, NULL, NULL, NULL},
};

static struct str street_name(const struct area_set *areas, struct str code)
{
    if (code.n == 0) {
        return str_of(TR("区局与未定", "district"));
    }
    int32_t at = areas_by_code(areas, code);
    return at == AREA_NONE ? code : areas->areas.v[at].name;
}

static void print_text(const struct release_plan *p, const struct area_set *areas, bool dry_run)
{
    AUTO_STRBUF b = STRBUF_INIT;
    static const char *const zh[] = {"放行", "户数", "仍暂扣", "每周户数", "本周已有"}, *const en[] = {"released", "homes", "held", "capacity", "before"};
    if (p->streets.n > 0) {
        strbuf_add_padded(&b, str_of(TR("街道", "street")), 20);
        for (size_t i = 0; i < ARRAY_LEN(zh); i++) {
            strbuf_add_padded(&b, str_of(TR(zh[i], en[i])), 10);
        }
        strbuf_addc(&b, '\n');
    }
    for (size_t i = 0; i < p->streets.n; i++) {
        const struct release_street *s = &p->streets.v[i];
        if (s->released + s->stays == 0) {
            continue;
        }
        strbuf_add_padded(&b, street_name(areas, s->code), 20);
        strbuf_addf(&b, "%-10lld%-10lld%-10lld", (long long)s->released, (long long)s->households, (long long)s->stays);
        if (s->capacity == UNLIMITED) {
            strbuf_add_padded(&b, str_of(TR("不限", "none")), 10);
        } else {
            strbuf_addf(&b, "%-10lld", (long long)s->capacity);
        }
        strbuf_addf(&b, "%lld\n", (long long)s->before);
    }
    printf("%s", strbuf_z(&b));
    printf(dry_run ? TR("试算：会放行 %zu 条，仍暂扣 %lld 条；没有写入\n", "dry run: %zu would be released, %lld stay held; nothing written\n")
                   : TR("已放行 %zu 条，下一夜列入清单；仍暂扣 %lld 条\n", "%zu released, on the next night's lists; %lld stay held\n"),
           p->warnings.n, (long long)p->stays);
}

static void print_json(const struct release_plan *p, bool dry_run)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    json_open(&j, '{');
    json_key(&j, "dry_run");
    json_bool(&j, dry_run);
    json_ki(&j, "released", (int64_t)p->warnings.n);
    json_ki(&j, "held", p->stays);
    json_key(&j, "streets");
    json_open(&j, '[');
    for (size_t i = 0; i < p->streets.n; i++) {
        const struct release_street *s = &p->streets.v[i];
        json_open(&j, '{');
        json_ks(&j, "street", s->code);
        json_ki(&j, "released", s->released);
        json_ki(&j, "households", s->households);
        json_ki(&j, "held", s->stays);
        json_ki(&j, "capacity", s->capacity);
        json_ki(&j, "before", s->before);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    printf("%s\n", strbuf_z(&b));
}

/* Code or name of a street of areas.csv, as its code. */
static enum status resolve_street(const struct site *site, const char *asked, struct str *out, struct err *err)
{
    *out = STR("");
    if (!asked) {
        return ST_OK;
    }
    int32_t at = areas_by_name(&site->areas, str_of(asked), AREA_STREET, AREA_NONE);
    at = at == AREA_NONE ? areas_by_code(&site->areas, str_of(asked)) : at;
    if (at == AREA_NONE || site->areas.areas.v[at].kind != AREA_STREET) {
        return err_set(err, ST_NOT_FOUND, TR("areas.csv 里没有街道“%s”", "areas.csv has no street '%s'"), asked);
    }
    *out = site->areas.areas.v[at].code;
    return ST_OK;
}

static enum status release(struct site *site, const struct args *a, struct err *err)
{
    struct str street, rule = a->opt[OPT_RULE] ? str_of(a->opt[OPT_RULE]) : STR("");
    bool dry_run = a->opt[OPT_DRY_RUN] != NULL;
    TRY(resolve_street(site, a->opt[OPT_STREET], &street, err));
    struct release_plan plan = {.night = 0};
    enum status st = release_make_plan(site->ledger, &site->areas, street, rule, &plan, err);
    if (st == ST_OK && !dry_run) {
        st = release_carry_out(site->ledger, &plan, street, rule, err);
    }
    if (st == ST_OK && a->json) {
        print_json(&plan, dry_run);
    } else if (st == ST_OK) {
        print_text(&plan, &site->areas, dry_run);
    }
    release_plan_free(&plan);
    return st;
}

static enum status run(const struct args *a, struct err *err)
{
    struct site site;
    TRY(site_open(&site, a->site_dir, a->opt[OPT_DRY_RUN] ? SITE_READ : SITE_WRITE, err));
    enum status st = release(&site, a, err);
    site_close(&site);
    return st;
}

const struct command cmd_release = {
    .name = "release",
    .operands = "",
    .zh = "放行暂扣的预警，按急缓，不超过各街道每周容量",
    .en = "let held warnings go, most urgent first, within each street's weekly capacity",
    .more_zh = "站点、数据源、规则或参数变化后第一次成立的预警先暂扣。放行从最急的开始，每个街道每周（星期一起）\n"
               "不超过 areas.csv 的 weekly_capacity 户：本周直接列入清单的户也算在内，一户几条预警只算一户，已经要去的户不另占。\n"
               "区局内部核对和没有街道的不限。放行的列入下一夜的清单。\n"
               "例：mopai release --dry-run；mopai release --street 东风街道 --rule R02",
    .more_en = "What fires for the first time after the site, a source, a rule or a parameter changed is held. Release starts with the most urgent, up to\n"
               "weekly_capacity households (areas.csv) a street and week (from Monday): those its lists of the week got anyway count, a household counts once. Desk checks and warnings without a street are not limited. Released ones are on\n"
               "the next night's lists. Example: mopai release --dry-run",
    .options = options,
    .run = run,
};
