/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of `mopai visits`: filled lists in, and what a street asks by telephone about one warning. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/values.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/explain.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"
#include "pipeline/visits.h"
#include "pipeline/visits_order.h"
#include "rules/warning_number.h"

/* --- visits import ---------------------------------------------------------------------------------------------------------- */

static void print_result(const struct args *args, const char *path, const struct visits_result *r)
{
    if (args->json) {
        AUTO_STRBUF b = STRBUF_INIT;
        struct json_out j = json_out_to(&b);
        json_open(&j, '{');
        json_kz(&j, "file", path);
        json_key(&j, "known");
        json_bool(&j, r->known_file);
        json_ki(&j, "accepted", r->accepted);
        json_ki(&j, "blank", r->blank);
        json_ki(&j, "repeated", r->repeated);
        json_ki(&j, "refused", r->refused);
        json_ki(&j, "orders", r->orders);
        json_ki(&j, "found", r->found);
        json_kz(&j, "refused_file", r->refused_path ? r->refused_path : "");
        json_close(&j, '}');
        printf("%s\n", strbuf_z(&b));
        return;
    }
    if (r->known_file) {
        printf(TR("%s：这份文件已经导入过，没有改动\n", "%s: imported before, nothing changed\n"), path);
        return;
    }
    printf(TR("%s：接受 %lld 行，未走访 %lld 行，重复 %lld 行，未接受 %lld 行\n", "%s: %lld rows accepted, %lld not visited, %lld repeated, %lld refused\n"), path,
           (long long)r->accepted, (long long)r->blank, (long long)r->repeated, (long long)r->refused);
    if (r->orders + r->found > 0) {
        printf(TR("  其中暂缓、退回、延期 %lld 行；走访核实了新情况 %lld 行，下一夜记为数据源“走访”\n",
                  "  of these %lld ask for time or another street; %lld tell what the data did not know, a source of the next night\n"), (long long)r->orders, (long long)r->found);
    }
    if (r->refused > 0) {
        printf(STR_FMT, STR_ARG(r->first_reasons));
        printf(TR("  未接受的行在 %s，改正后可再次导入\n", "  refused rows are in %s; correct them and import that file\n"), r->refused_path);
    }
}

static enum status import_all(struct site *site, const struct visits_at *at, const struct args *args, struct err *err)
{
    int64_t refused = 0;
    for (int i = 0; i < args->n; i++) {
        struct visits_result r;
        TRY(visits_import(at, args->v[i], &site->arena, &r, err));
        print_result(args, args->v[i], &r);
        refused += r.refused;
    }
    if (refused > 0) {
        warn_add(ST_W_ROWS_REFUSED, TR("%lld 行", "%lld rows"), (long long)refused);
    }
    return ST_OK;
}

static enum status run(const struct args *args, struct err *err)
{
    if (args->n == 0) {
        return err_set(err, ST_USAGE, TR("要写出填好的文件，如 mopai visits import 东风街道.xlsx", "name the filled files: mopai visits import FILE..."));
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, args->site_dir, SITE_WRITE, err));
    struct schema schema;
    struct ruleset *rules = NULL;
    struct explain last = {.site = &site, .arena = &site.arena};
    struct err none;
    schema_build(&site.arena, site.sources, site.people, &site.areas, &schema);
    TRY(schema_compile(&schema, site.files[SITE_RULES].path, site.files[SITE_RULES].text, &rules, err));
    if (explain_open_run(&last, &none) != ST_OK) {
        last.pop = NULL; /* findings are refused row by row */
    }
    struct visits_at at = {site.ledger, ruleset_meta(rules), &site.areas, last.pop, site.found};
    enum status st = import_all(&site, &at, args, err);
    population_close(last.pop);
    ruleset_free(rules);
    return st;
}

static const struct option options[] = {{NULL, 0, NULL, NULL, NULL}};

const struct command cmd_visits = {
    .name = "visits import",
    .operands = "FILE...",
    .zh = "导入街道填好的走访清单（.xlsx，或另存为 CSV）",
    .en = "take filled visit lists back (.xlsx, or saved as CSV)",
    .more_zh = "按预警编号逐行对上；列可以调换、增删，编码 UTF-8、GBK、UTF-16 都可以，表头上面有标题行也可以。\n"
               "核查结果留空表示没有走访。走访日期和走访人每户填一次即可。\n"
               "还不能核查的，核查结果写 暂缓、延期（“暂缓延期至”写到哪一天）或 退回（“退回去向”写街道或社区，不知道就留空），备注写原因。\n"
               "新住址、家庭成员变化、核实人均月收入有出入时填，下一夜作为数据源“走访”，优先于各部门的数据，到期作废。\n"
               "未接受的行连同原因写到 FILE.refused.csv，改正后直接导入那个文件。同一份文件导入两次，第二次不会有任何改动。\n"
               "例：mopai -C 站点 visits import 回填/*.csv",
    .more_en = "Rows find their warning by its number; columns may be moved, added or left out; UTF-8, GBK and UTF-16 are read; titles above the header\n"
               "are fine. A blank outcome means not visited. Day and visitor may stand once a household.\n"
               "Not now: 暂缓 or 延期 (until when in 暂缓延期至) or 退回 (to where in 退回去向, blank when unknown) as the outcome, why in 备注.\n"
               "新住址, 家庭成员变化, 核实人均月收入: what was found out, a source of the next night that goes before the departments' and expires.\n"
               "Refused rows are written to FILE.refused.csv with the reason: correct them and import that file. The same file twice changes nothing.\n"
               "Example: mopai -C SITE visits import back/*.csv",
    .options = options,
    .run = run,
};

/* --- one warning ------------------------------------------------------------------------------------------------------------- */

enum { OPT_REASON, OPT_UNTIL, OPT_TO };

static enum status last_night(struct db *ledger, int64_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_SELECT_NIGHT_LAST);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_int(q, 0) : 0;
    return ST_OK;
}

static enum status write_order(struct site *site, const struct order *o, struct err *err)
{
    char at[20];
    int64_t night;
    clock_stamp(at);
    AUTO_STRBUF detail = STRBUF_INIT;
    strbuf_addf(&detail, "%s ", order_word(o->kind));
    strbuf_add_warning_number(&detail, o->warning_no);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, site->ledger, err));
    TRY(last_night(site->ledger, &night, err));
    TRY(order_insert(site->ledger, o, &site->areas, night, 0, at, err));
    TRY(audit_add(site->ledger, "order", strbuf_z(&detail), err));
    return tx_commit(&tx, err);
}

/* What the operand and the options say, as an order; reads no ledger. */
static enum status parse_order(const struct args *a, const struct area_set *areas, struct order *o, struct err *err)
{
    if (a->n != 1 || warning_number_parse(str_of(a->v[0]), &o->warning_no) != WARNING_NUMBER_OK) {
        return err_set(err, ST_USAGE, "%s", TR("要写一个预警编号，如 W-000123-K", "name one warning, e.g. W-000123-K"));
    }
    if (a->opt[OPT_UNTIL] && !day_parse_iso(str_of(a->opt[OPT_UNTIL]), &o->until)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_UNTIL]);
    }
    if (a->opt[OPT_TO] && !order_area(areas, str_of(a->opt[OPT_TO]), &o->area)) {
        return err_set(err, ST_NOT_FOUND, TR("areas.csv 里没有“%s”", "areas.csv has no '%s'"), a->opt[OPT_TO]);
    }
    o->reason = a->opt[OPT_REASON] ? str_of(a->opt[OPT_REASON]) : STR("");
    return ST_OK;
}

static enum status run_order(const struct args *a, enum order_kind kind, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    struct order o = {.kind = kind, .until = DAY_MISSING, .area = STR("")};
    const char *why_not;
    bool known;
    TRY(site_open(&site, a->site_dir, SITE_WRITE, err));
    TRY(parse_order(a, &site.areas, &o, err));
    TRY(order_judge(site.ledger, &o, &site.arena, &why_not, &known, err));
    if (why_not) {
        return err_set(err, ST_USAGE, "%s：%s", a->v[0], why_not);
    }
    if (!known) {
        TRY(write_order(&site, &o, err));
    }
    printf(known ? TR("%s 已经%s过，没有改动\n", "%s: %s already, nothing changed\n") : TR("%s 已%s，下一夜照办\n", "%s: %s, from the next night on\n"), a->v[0],
           order_word(kind));
    return ST_OK;
}

static enum status run_snooze(const struct args *a, struct err *err) { return run_order(a, ORDER_SNOOZE, err); }
static enum status run_return(const struct args *a, struct err *err) { return run_order(a, ORDER_RETURN, err); }
static enum status run_extend(const struct args *a, struct err *err) { return run_order(a, ORDER_EXTEND, err); }
static enum status run_reopen(const struct args *a, struct err *err) { return run_order(a, ORDER_REOPEN, err); }

static const struct option order_options[] = {
    {"reason", 0, "TEXT", "原因（必填）", "why (needed)"},
    {"until", 0, "DATE", "到哪一天（暂缓、延期）", "until when (snooze, extend)"},
    {"to", 0, "AREA", "退回去向：街道或社区，名称或代码", "where it belongs (return): street or community, name or code"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct command cmd_visits_snooze = {
    .name = "visits snooze",
    .operands = "W-NUMBER",
    .zh = "暂缓走访一条预警，到期自动回到清单",
    .en = "put a warning off; it comes back by itself",
    .more_zh = "最多 180 天。其间级别升高或又增长到线，提前回到清单；情况消失照常消除。\n例：mopai visits snooze W-000123-K --until 2026-04-01 --reason 住院治疗",
    .more_en = "180 days at most. It comes back early when its level rises or its value grows to the line of `again`; it is cleared as ever.\n"
               "Example: mopai visits snooze W-000123-K --until 2026-04-01 --reason 'in hospital'",
    .options = order_options,
    .run = run_snooze,
};
const struct command cmd_visits_return = {
    .name = "visits return",
    .operands = "W-NUMBER",
    .zh = "退回不属于本街道的一户，改派到它所在的街道",
    .en = "return a household that is another street's",
    .more_zh = "整户改派，期限重新计算；去向不明的到区局的表上。部门的数据换了住址以后，以数据为准。\n例：mopai visits return W-000123-K --to 西城街道 --reason 已搬走",
    .more_en = "The whole household goes, its due days count anew; without --to it goes to the district's sheet. When the data place it elsewhere, the data count.\n"
               "Example: mopai visits return W-000123-K --to STREET --reason moved",
    .options = order_options,
    .run = run_return,
};
const struct command cmd_visits_extend = {
    .name = "visits extend",
    .operands = "W-NUMBER",
    .zh = "延长一条预警的办理期限，仍在清单上",
    .en = "give a warning a later due day; it stays on the list",
    .more_zh = "例：mopai visits extend W-000123-K --until 2026-03-20 --reason 户主外出",
    .more_en = "Example: mopai visits extend W-000123-K --until 2026-03-20 --reason 'head away'",
    .options = order_options,
    .run = run_extend,
};
const struct command cmd_visits_reopen = {
    .name = "visits reopen",
    .operands = "W-NUMBER",
    .zh = "撤回填错的核查结果，下一夜重新列入清单",
    .en = "take back an outcome that was wrong; it is listed again",
    .more_zh = "只是改一个结果的，把改好的表再导入一次就行。\n例：mopai visits reopen W-000123-K --reason 填错了户",
    .more_en = "To correct an outcome, import the corrected list instead.\nExample: mopai visits reopen W-000123-K --reason 'wrong household'",
    .options = order_options,
    .run = run_reopen,
};
