/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai run` and its stages: the options, and what is said when the work is done. */
#include <stdio.h>

#include "base/core/clock.h"
#include "pipeline/command.h"
#include "pipeline/on_failure.h"
#include "pipeline/run.h"
#include "pipeline/summary.h"

enum { OPT_AS_OF, OPT_DRY_RUN, OPT_ON_FAILURE, OPT_METRICS };

static const struct option run_options[] = {
    [OPT_AS_OF] = {"as-of", 0, "DATE", "基准日，缺省为今天；早于上一夜时只重放，不发布", "the night's date, today by default; before the last night it is a replay, unpublished"},
    [OPT_DRY_RUN] = {"dry-run", 'n', NULL, "全部算完但不发布；新到的文件照常接收", "do everything but publish; new files are taken in all the same"},
    [OPT_ON_FAILURE] = {"on-failure", 0, "CMD", "没有完成（退出码 2-99，或被杀）时用 sh 运行这条命令", "run this through sh when the night fails (exit 2-99) or is killed"},
    [OPT_METRICS] = {"metrics", 0, "FILE", "node_exporter 的指标文件，缺省为 站点/store/metrics.prom", "metrics for node_exporter's textfile collector; SITE/store/metrics.prom by default"},
    {NULL, 0, NULL, NULL, NULL},
};
static const struct option stage_options[] = {
    [OPT_AS_OF] = {"as-of", 0, "DATE", "基准日，缺省为今天", "the night's date, today by default"},
    {NULL, 0, NULL, NULL, NULL},
};

static enum status plan_from(const struct args *a, enum run_stage last, struct run_plan *plan, struct err *err)
{
    *plan = (struct run_plan){.last = last, .as_of = clock_today()};
    if (a->opt[OPT_AS_OF] && !day_parse_iso(str_of(a->opt[OPT_AS_OF]), &plan->as_of)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_AS_OF]);
    }
    return ST_OK;
}

static enum status run_to(const struct args *a, enum run_stage last, struct err *err)
{
    struct run_plan plan;
    TRY(plan_from(a, last, &plan, err));
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_LOCK, err));
    struct run_result result;
    TRY(run_night(&site, &plan, &result, err));
    return summary_print(stdout, &site, &plan, &result, a->json, err);
}

/* A night that is meant to be published leaves word of itself, however it ends. */
static enum status run_told(const struct args *a, const struct run_plan *plan, const struct run_state *st, struct run_result *result, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    enum status status = site_open(&site, a->site_dir, SITE_LOCK, err);
    bool open = status == ST_OK;
    if (open) {
        run_state_begin(st, &site);
        status = run_night(&site, plan, result, err);
    }
    run_state_end(st, open ? &site : NULL, result, status, status == ST_OK ? "" : err->text);
    TRY(status);
    return summary_print(stdout, &site, plan, result, a->json, err);
}

static enum status run_run(const struct args *a, struct err *err)
{
    if (a->opt[OPT_DRY_RUN]) {
        return a->opt[OPT_ON_FAILURE] || a->opt[OPT_METRICS]
                   ? err_set(err, ST_USAGE, TR("--on-failure 和 --metrics 说的是发布的一夜，不与 --dry-run 同用", "--on-failure and --metrics are about a night that is published, not a --dry-run"))
                   : run_to(a, RUN_REPORT, err);
    }
    struct run_plan plan;
    struct run_state st;
    struct watched_run alone = {.message = ""}, *run = &alone;
    TRY(plan_from(a, RUN_PUBLISH, &plan, err));
    run_state_init(&st, a->site_dir, a->opt[OPT_METRICS], plan.as_of);
    if (a->opt[OPT_ON_FAILURE]) {
        TRY(on_failure_watch(a->opt[OPT_ON_FAILURE], &st, &run, err));
    }
    enum status status = run_told(a, &plan, &st, &run->result, err);
    if (status != ST_OK) {
        AUTO_STRBUF message = STRBUF_INIT;
        on_failure_message(status, err->text, run->result.night, &message);
        (void)snprintf(run->message, sizeof(run->message), "%s", strbuf_z(&message));
    }
    return status;
}

static enum status run_ingest(const struct args *a, struct err *err)
{
    return run_to(a, RUN_INGEST, err);
}

static enum status run_assess(const struct args *a, struct err *err)
{
    return run_to(a, RUN_ASSESS, err);
}

static enum status run_report(const struct args *a, struct err *err)
{
    return run_to(a, RUN_REPORT, err);
}

const struct command cmd_run = {
    .name = "run",
    .operands = "",
    .zh = "跑一夜：接收、归并、研判、出清单、发布",
    .en = "the night: take in, link, assess, report, publish",
    .more_zh = "可以随时中断、随时重跑，结果相同；没有新东西时什么也不写。\n"
               "放进 cron：  0 2 * * *  mopai -C /srv/mopai run\n\n"
               "没跑成要有人知道（命令里可用 $MOPAI_STATUS 退出码、$MOPAI_NIGHT 第几夜、$MOPAI_MESSAGE 一段说明，都没有个人信息）：\n"
               "  mopai -C /srv/mopai run --on-failure 'echo \"$MOPAI_MESSAGE\" | mail -s 摸排没跑成 zhiban@example.cn'\n"
               "监控读 站点/store/status.json，或 --metrics /var/lib/node_exporter/mopai.prom；见 docs/operations.md。\n\n"
               "清单在 站点/reports/latest/：index.html 一夜概览，streets/ 各街道走访清单，referrals/ 转介单，departments/ 退给部门的问题行。",
    .more_en = "It can be killed and run again at any time with the same result; with nothing new it writes nothing.\n"
               "In cron:  0 2 * * *  mopai -C /srv/mopai run\n\n"
               "To be told when it fails ($MOPAI_STATUS exit status, $MOPAI_NIGHT its number, $MOPAI_MESSAGE one paragraph; nothing personal):\n"
               "  mopai -C /srv/mopai run --on-failure 'echo \"$MOPAI_MESSAGE\" | mail -s mopai duty@example.cn'\n"
               "Monitoring reads SITE/store/status.json, or --metrics /var/lib/node_exporter/mopai.prom; see docs/operations.md.\n\n"
               "Lists are in SITE/reports/latest/: index.html the night at a glance, streets/ visit lists, referrals/ whom to hand on, departments/ what was wrong in whose file.",
    .options = run_options,
    .run = run_run,
};

#define STAGE(ident, word, text_zh, text_en)                                                                                                  \
    const struct command cmd_##ident = {                                                                                                      \
        .name = word, .operands = "", .zh = text_zh, .en = text_en, .options = stage_options, .run = run_##ident                                \
    }
STAGE(ingest, "ingest", "只接收收件夹里的文件", "only take in what lies in the inbox");
STAGE(assess, "assess", "做到研判，不发布", "up to the rules, unpublished");
STAGE(report, "report", "做到出清单，不发布", "up to the lists, unpublished");
