/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai link`: the night up to who is who, unpublished; --plan counts what would be compared, --train makes model.yaml. */
#include <stdio.h>
#include <stdlib.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "pipeline/command.h"
#include "pipeline/link_plan.h"
#include "pipeline/link_train.h"
#include "pipeline/run.h"
#include "pipeline/summary.h"

enum { OPT_AS_OF, OPT_PLAN, OPT_TRAIN, OPT_COST, OPT_OUTPUT };
static const struct option options[] = {
    [OPT_AS_OF] = {"as-of", 0, "DATE", "基准日，缺省为今天", "the night's date, today by default"},
    [OPT_PLAN] = {"plan", 0, NULL, "只数一数要比多少对、分多少组、大约多久，不比", "only count the pairs, their blocks and the time; compare nothing"},
    [OPT_TRAIN] = {"train", 0, NULL, "用在用的交付训练归并模型，写 model.yaml 和 reports/model.html", "train the linkage model on the deliveries in force: writes model.yaml and reports/model.html"},
    [OPT_COST] = {"cost", 0, "N", "归错一条的损失等于漏归多少条，缺省按 people.yaml", "how many missed links a false one costs; as in people.yaml by default"},
    [OPT_OUTPUT] = {"output", 'o', "FILE", "模型写到这里，站点的 model.yaml 不动", "write the model here and leave the site's model.yaml as it is"},
    {NULL, 0, NULL, NULL, NULL},
};

static enum status read_options(const struct args *a, struct run_plan *plan, int64_t *out_cost, struct err *err)
{
    bool train = a->opt[OPT_TRAIN] != NULL;
    char *end = NULL;
    *plan = (struct run_plan){.last = RUN_LINK, .as_of = clock_today()};
    if (a->opt[OPT_AS_OF] && !day_parse_iso(str_of(a->opt[OPT_AS_OF]), &plan->as_of)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_AS_OF]);
    }
    if ((train && a->opt[OPT_PLAN]) || (!train && (a->opt[OPT_COST] || a->opt[OPT_OUTPUT]))) {
        return err_set(err, ST_USAGE, "%s", TR("--plan 和 --train 不同用；--cost 和 -o 只与 --train 同用", "--plan and --train do not go together; --cost and -o go with --train"));
    }
    *out_cost = a->opt[OPT_COST] ? strtol(a->opt[OPT_COST], &end, 10) : 0;
    if (end && (*end || *out_cost < 1 || *out_cost > 100000)) {
        return err_set(err, ST_USAGE, "%s", TR("--cost 要 1 到 100000 的整数", "--cost wants a whole number from 1 to 100000"));
    }
    return ST_OK;
}

static enum status keep_model(const struct args *a, struct site *s, const struct link_training *t, struct err *err)
{
    AUTO_STRBUF yaml = STRBUF_INIT, page = STRBUF_INIT, text = STRBUF_INIT;
    const char *to = a->opt[OPT_OUTPUT] ? a->opt[OPT_OUTPUT] : s->files[SITE_MODEL].path, *html = path_join(&s->arena, s->reports, "model.html");
    link_training_yaml(t, &yaml);
    link_training_html(t, &page);
    link_training_text(t, &text);
    TRY(file_write_atomic(to, strbuf_str(&yaml), err));
    TRY(file_write_atomic(html, strbuf_str(&page), err));
    fputs(strbuf_z(&text), stdout);
    printf(TR("\n模型  %s\n报告  %s\n", "\nModel   %s\nReport  %s\n"), to, html);
    return ST_OK;
}

static enum status count_rows(void *ctx, struct night *n, struct err *err)
{
    struct link_plan *plan = ctx;
    (void)err;
    for (size_t i = 0; i < n->n_inputs; i++) {
        plan->rows += (uint64_t)n->inputs[i].rows;
    }
    return ST_OK;
}

static enum status run_with(const struct args *a, struct run_plan *plan, struct link_training *t, struct err *err)
{
    struct link_plan counted = {.rows = 0};
    AUTO_SITE site = {.lock_fd = -1};
    AUTO_STRBUF text = STRBUF_INIT;
    struct run_result result;
    plan->training = a->opt[OPT_TRAIN] ? t : NULL;
    if (a->opt[OPT_PLAN]) {
        plan->plan = &counted;
        plan->look = count_rows;
        plan->ctx = &counted;
    }
    TRY(site_open(&site, a->site_dir, SITE_LOCK, err));
    TRY(run_night(&site, plan, &result, err));
    if (plan->training) {
        return keep_model(a, &site, t, err);
    }
    if (plan->plan) {
        link_plan_print(&counted, &text);
        fputs(strbuf_z(&text), stdout);
        return ST_OK;
    }
    return summary_print(stdout, &site, plan, &result, a->json, err);
}

static enum status run_link(const struct args *a, struct err *err)
{
    struct run_plan plan;
    struct link_training t = {.cost = 0};
    TRY(read_options(a, &plan, &t.cost, err));
    enum status status = run_with(a, &plan, &t, err);
    link_training_release(&t);
    return status;
}

const struct command cmd_link = {
    .name = "link",
    .operands = "",
    .zh = "接收并归并，不发布；训练归并模型",
    .en = "take in and link, unpublished; train the linkage model",
    .more_zh = "--train 从在用的交付里学“同一个人的两条记录，姓名、生日、电话各有多大可能写得一样”，写成 model.yaml，并出一份给人看的报告 reports/model.html。\n"
               "换了模型的第一夜，因为模型才出现的命中一律暂扣。训练不改任何名单，可以随时再做；旧模型在台账里。\n\n"
               "  mopai -C /srv/mopai link --plan\n"
               "  mopai -C /srv/mopai link --train -o 新模型.yaml      先看报告，满意了再放进站点\n"
               "  mopai -C /srv/mopai link --train --cost 300",
    .more_en = "--train learns from the deliveries in force how often two records of one person agree, field by field, and writes model.yaml and a report for a person\n"
               "to review, reports/model.html. Hits that come only because of a new model are held on its first night. Training changes no list.\n\n"
               "  mopai -C /srv/mopai link --plan\n"
               "  mopai -C /srv/mopai link --train -o new.yaml\n"
               "  mopai -C /srv/mopai link --train --cost 300",
    .options = options,
    .run = run_link,
};
