/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of `mopai referrals`: answered lists in, and what became of every household handed on. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/core/wilson.h"
#include "base/text/width.h"
#include "pipeline/command.h"
#include "pipeline/referrals.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"

/* --- referrals import ------------------------------------------------------------------------------------------------------- */

static void print_json(const char *path, const struct referrals_result *r)
{
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
    json_kz(&j, "refused_file", r->refused_path ? r->refused_path : "");
    json_close(&j, '}');
    printf("%s\n", strbuf_z(&b));
}

static void print_result(const struct args *args, const char *path, const struct referrals_result *r)
{
    if (args->json) {
        print_json(path, r);
    } else if (r->known_file) {
        printf(TR("%s：这份文件已经导入过，没有改动\n", "%s: imported before, nothing changed\n"), path);
    } else {
        printf(TR("%s：接受 %lld 行，还没答复 %lld 行，重复 %lld 行，未接受 %lld 行\n", "%s: %lld rows accepted, %lld without an answer, %lld repeated, %lld refused\n"), path,
               (long long)r->accepted, (long long)r->blank, (long long)r->repeated, (long long)r->refused);
    }
    if (!args->json && r->refused > 0) {
        printf(STR_FMT, STR_ARG(r->first_reasons));
        printf(TR("  未接受的行在 %s，改正后可再次导入\n", "  refused rows are in %s; correct them and import that file\n"), r->refused_path);
    }
}

static enum status run_import(const struct args *args, struct err *err)
{
    int64_t refused = 0;
    if (args->n == 0) {
        return err_set(err, ST_USAGE, TR("要写出填好的转介单，如 mopai referrals import 助医.xlsx", "name the answered lists: mopai referrals import FILE..."));
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, args->site_dir, SITE_WRITE, err));
    for (int i = 0; i < args->n; i++) {
        struct referrals_result r;
        TRY(referrals_import(site.ledger, args->v[i], &site.arena, &r, err));
        print_result(args, args->v[i], &r);
        refused += r.refused;
    }
    if (refused > 0) {
        warn_add(ST_W_ROWS_REFUSED, TR("%lld 行", "%lld rows"), (long long)refused);
    }
    return ST_OK;
}

static const struct option no_options[] = {{NULL, 0, NULL, NULL, NULL}};

const struct command cmd_referrals_import = {
    .name = "referrals import",
    .operands = "FILE...",
    .zh = "导入受理单位填好的转介单（.xlsx，或另存为 CSV）",
    .en = "take answered referral lists back (.xlsx, or saved as CSV)",
    .more_zh = "按转介编号（Z-数字-校验字符）逐行对上；列可以调换、增删，编码和标题行不限。\n"
               "受理结果写 已接收、正在办理、联系不上（还没完），已办结（要写办理项目），不符合条件、已有保障、本人不愿；空着表示还没答复。\n"
               "下一夜：有了最后结果的不再列入转介单，答复写进 explain household 的“后续”，办结率在 quality.html。\n"
               "未接受的行连同原因写到 FILE.refused.csv，改正后直接导入那个文件。同一份文件导入两次，第二次不会有任何改动；改口就再导入一次，以最后的为准；改回以前答复过的，要写新的受理日期，否则当作旧单子重来。\n"
               "例：mopai -C 站点 referrals import 回填/助医.xlsx",
    .more_en = "Rows find their referral by its number (Z-digits-check); columns may be moved, added or left out, in any encoding, with titles above.\n"
               "受理结果: 已接收, 正在办理, 联系不上 (not finished), 已办结 (with 办理项目: what was given), 不符合条件, 已有保障, 本人不愿; blank: no answer yet.\n"
               "From the next night on what is finished leaves the lists; answers are told by explain household, the share done by quality.html.\n"
               "Refused rows are written to FILE.refused.csv with the reason: correct them and import that file. The same file twice changes nothing; the newest answer counts.\n"
               "To return to an answer given before, write a new 受理日期: word for word the same is taken for an old list sent again.\n"
               "Example: mopai -C SITE referrals import back/*.xlsx",
    .options = no_options,
    .run = run_import,
};

/* --- referrals list --------------------------------------------------------------------------------------------------------- */

enum { OPT_LATE, OPT_KIND };

static void list_json(struct json_out *j, const struct site *s, const struct referral *r, bool late)
{
    AUTO_STRBUF no = STRBUF_INIT, handed = STRBUF_INIT, answered = STRBUF_INIT;
    strbuf_add_referral_number(&no, r->no);
    strbuf_add_day(&handed, r->day);
    strbuf_add_day(&answered, r->answered);
    (void)s;
    json_open(j, '{');
    json_ks(j, "referral", strbuf_str(&no));
    json_ks(j, "kind", r->kind);
    json_ks(j, "street", r->street);
    json_ks(j, "handed_on", strbuf_str(&handed));
    json_kz(j, "state", (const char *const[]){"open", "received", "done", "declined"}[r->state]);
    json_ks(j, "answer", r->answer);
    json_ks(j, "answered", strbuf_str(&answered));
    json_ks(j, "programme", r->programme);
    json_key(j, "wanted");
    json_bool(j, r->stands);
    json_key(j, "late");
    json_bool(j, late);
    json_close(j, '}');
}

static void list_line(struct strbuf *b, const struct site *s, const struct referral *r, bool late)
{
    AUTO_STRBUF no = STRBUF_INIT, days = STRBUF_INIT, said = STRBUF_INIT;
    int32_t area = areas_by_code(&s->areas, r->street);
    strbuf_add_referral_number(&no, r->no);
    strbuf_add_day(&days, r->day);
    strbuf_adds(&said, r->answer.n ? r->answer : str_of(r->stands ? TR("未答复", "no answer") : TR("情况已消失，不用办了", "the reason is gone")));
    if (r->answered != DAY_MISSING) {
        strbuf_addc(&said, ' ');
        strbuf_add_day(&said, r->answered);
    }
    strbuf_addf(&said, "%s" STR_FMT, r->programme.n ? " " : "", STR_ARG(r->programme));
    strbuf_add_padded(b, strbuf_str(&no), 13);
    strbuf_add_padded(b, r->kind, 8);
    strbuf_add_padded(b, area == AREA_NONE ? r->street : s->areas.areas.v[area].name, 14);
    strbuf_add_padded(b, strbuf_str(&days), 12);
    strbuf_adds(b, strbuf_str(&said));
    strbuf_addf(b, "%s\n", late ? TR("　逾期", "  late") : "");
}

static void print_share(const struct referral_counts *c, int days)
{
    struct share s = wilson((uint64_t)c->by_state[REFERRAL_DONE], (uint64_t)c->decided);
    printf(TR("近一年交办 %lld 户次：已办结 %lld，不办理 %lld，已接收 %lld，未答复 %lld；超过 %d 天没有办完 %lld（其中没有任何答复 %lld）\n",
              "the past year: %lld handed on; %lld done, %lld declined, %lld received, %lld without an answer; not finished after %d days %lld (%lld of them never answered)\n"),
           (long long)c->handed, (long long)c->by_state[REFERRAL_DONE], (long long)c->by_state[REFERRAL_DECLINED], (long long)c->by_state[REFERRAL_RECEIVED],
           (long long)c->by_state[REFERRAL_OPEN], days, (long long)c->late, (long long)c->unanswered_late);
    if (c->decided > 0) {
        printf(TR("转介办结率 %u.%u%%（95%% 区间 %u.%u%% 至 %u.%u%%，有最后结果的和逾期的 %lld 户次）\n", "share done %u.%u%% (95%% interval %u.%u%% to %u.%u%%, of %lld finished or late)\n"),
               s.value / 10, s.value % 10, s.low / 10, s.low % 10, s.high / 10, s.high % 10, (long long)c->decided);
    }
}

static void show(const struct args *args, const struct site *site, const referral_list *all, int days)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    struct referral_counts counts = {0};
    if (args->json) {
        json_open(&j, '[');
    }
    for (size_t i = 0; i < all->n; i++) {
        const struct referral *r = &all->v[i];
        bool late = referral_is_late(r, clock_today(), days);
        if ((args->opt[OPT_LATE] && !late) || (args->opt[OPT_KIND] && !str_eqz(r->kind, args->opt[OPT_KIND]))) {
            continue;
        }
        referral_count(r, clock_today(), days, &counts);
        if (args->json) {
            list_json(&j, site, r, late);
        } else {
            list_line(&b, site, r, late);
        }
    }
    if (args->json) {
        json_close(&j, ']');
        printf("%s\n", strbuf_z(&b));
        return;
    }
    fputs(b.n ? strbuf_z(&b) : TR("没有\n", "none\n"), stdout);
    if (!args->opt[OPT_LATE]) {
        print_share(&counts, days);
    }
}

static enum status run_list(const struct args *args, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    struct schema schema;
    struct ruleset *rules = NULL;
    referral_list all = {0};
    TRY(site_open(&site, args->site_dir, SITE_READ, err));
    schema_build(&site.arena, site.sources, site.people, &site.areas, &schema);
    TRY(schema_compile(&schema, site.files[SITE_RULES].path, site.files[SITE_RULES].text, &rules, err));
    enum status st = referrals_load(site.ledger, INT64_MAX, INT64_MAX, INT64_MAX, &site.arena, &all, err);
    if (st == ST_OK) {
        show(args, &site, &all, ruleset_meta(rules)->referral_days);
    }
    vec_release(&all);
    ruleset_free(rules);
    return st;
}

static const struct option list_options[] = {
    {"late", 0, NULL, "只列逾期没有办完的", "only those not finished in time"},
    {"kind", 0, "KIND", "只列一类，如 助医", "only one kind of help, e.g. 助医"},
    {NULL, 0, NULL, NULL, NULL},
};

const struct command cmd_referrals_list = {
    .name = "referrals list",
    .operands = "",
    .zh = "转介出去的，办得怎么样了",
    .en = "what became of those handed on to other offices",
    .more_zh = "每行一户一类帮助：转介编号、类别、街道、交办日期、最近的答复。没有姓名。多少天算逾期，见 rules.yaml 的 meta.referral。\n例：mopai -C 站点 referrals list --late",
    .more_en = "A household and a kind of help a row: number, kind, street, when it was handed on, the newest answer. No names. meta.referral in rules.yaml says when it is late.\n"
               "Example: mopai -C SITE referrals list --late",
    .options = list_options,
    .run = run_list,
};
