/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai dedupe FILE`: rows of one list that are one person. */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/log.h"
#include "base/core/share.h"
#include "pipeline/adhoc.h"
#include "pipeline/command.h"

enum { OPT_BY, OPT_OUTPUT, OPT_THRESHOLD, OPT_REVIEW, OPT_MODEL, OPT_SAVE_MODEL, OPT_PLAN, OPT_REVEAL };
static const struct option options[] = {
    [OPT_BY] = {"by", 0, "LIST", "按哪些列比：列名:类型，逗号分隔（类型 id name latin date sex phone address area text code clk）；缺省自动判断",
                "columns to compare, COLUMN:TYPE with commas (types id name latin date sex phone address area text code clk); guessed by default"},
    [OPT_OUTPUT] = {"output", 'o', "FILE", "结果写到文件，缺省写到标准输出", "write the result here instead of standard output"},
    [OPT_THRESHOLD] = {"threshold", 0, "P", "把握达到多少算同一人，0 到 1；缺省由数据自己定", "probability from which two rows are one person, 0 to 1; chosen from the data by default"},
    [OPT_REVIEW] = {"review", 0, "FILE", "把拿不准的对写到这里，供人核对", "write doubtful pairs here for a person to look at"},
    [OPT_MODEL] = {"model", 0, "FILE", "用存好的模型，不再训练", "use a saved model instead of training"},
    [OPT_SAVE_MODEL] = {"save-model", 0, "FILE", "把训练出的模型存到这里", "keep the trained model here"},
    [OPT_PLAN] = {"plan", 0, NULL, "只说要比哪些列、多少对，不比", "only say which columns and how many pairs would be compared"},
    [OPT_REVEAL] = {"reveal", 0, NULL, "号码不打码（结果里会有完整证件号，请妥善保管）", "do not mask identifiers (keep the result safe)"},
    {NULL, 0, NULL, NULL, NULL},
};

static int32_t weigh(const void *ctx, uint32_t a, uint32_t b)
{
    const struct adhoc *x = ctx;
    uint64_t pattern;
    return score_pair(&x->scorer, a, b, &pattern);
}

static void form_clusters(const struct adhoc *x, struct cluster_output *out)
{
    uint64_t *identity = xcalloc(x->table.n + 1, sizeof(*identity)), *content = xmalloc((x->table.n + 1) * sizeof(*content));
    for (uint32_t i = 0; i < x->table.n; i++) {
        identity[i] = adhoc_identity(x, i);
    }
    link_contents(&x->table, share_threads(), content);
    struct cluster_input in = {.n = x->table.n, .content = content, .identity = identity, .edges = x->edges.v, .n_edges = x->edges.n, .threshold = x->threshold, .weigh = weigh, .ctx = x};
    clusters_form(&in, out);
    free(identity);
    free(content);
}

/* How sure a row belongs to its cluster: the probability of its best pair inside; 1 for a row that is alone. */
static uint32_t *row_probabilities(const struct adhoc *x, const struct cluster_output *c)
{
    uint32_t *ppm = xcalloc(x->table.n + 1, sizeof(*ppm));
    for (size_t i = 0; i < x->edges.n; i++) {
        const struct cluster_edge *e = &x->edges.v[i];
        if (c->cluster[e->a] == c->cluster[e->b]) {
            uint32_t p = probability_ppm(e->weight);
            ppm[e->a] = MAX(ppm[e->a], p);
            ppm[e->b] = MAX(ppm[e->b], p);
        }
    }
    return ppm;
}

static enum status write_result(const struct adhoc *x, const struct cluster_output *clusters, const char *path, bool reveal, struct err *err)
{
    struct adhoc_sink *k;
    TRY(adhoc_sink_open(path, &k, err));
    struct csv_out *c = adhoc_sink_csv(k);
    uint32_t *ppm = row_probabilities(x, clusters);
    for (size_t i = 0; i < x->file[0].n_columns; i++) {
        csv_text(c, x->file[0].headers[i]);
    }
    csv_z(c, "cluster");
    csv_z(c, "probability");
    csv_end_row(c);
    for (uint32_t i = 0; i < x->table.n; i++) {
        adhoc_put_cells(x, 0, i, reveal, c);
        csv_int(c, clusters->cluster[i] + 1);
        if (ppm[i]) {
            adhoc_put_probability(ppm[i], c);
        } else {
            csv_empty(c);
        }
        csv_end_row(c);
        adhoc_sink_flush(k);
    }
    free(ppm);
    return adhoc_sink_close(k, err);
}

static void tell_clusters(const struct adhoc *x, const struct cluster_output *c)
{
    uint32_t *rows = xcalloc((size_t)c->n_clusters + 1, sizeof(*rows)), many = 0, largest = 0;
    for (uint32_t i = 0; i < x->table.n; i++) {
        rows[c->cluster[i]]++;
    }
    for (uint32_t k = 0; k < c->n_clusters; k++) {
        many += rows[k] > 1;
        largest = MAX(largest, rows[k]);
    }
    fprintf(stderr, TR("%u 行是 %u 个人；其中 %u 人有两行以上，最多的一人 %u 行\n", "%u rows are %u persons; %u of them have two rows or more, at most %u\n"), x->table.n,
            c->n_clusters, many, largest);
    if (c->n_refused) {
        fprintf(stderr, TR("另有 %zu 对达到阈值，但会把两个有效而不同的证件号并成一人，没有并\n",
                           "%zu more pairs at the threshold were not followed: they would put two valid, different identifiers in one person\n"), c->n_refused);
    }
    free(rows);
}

static enum status run_with(struct adhoc *x, const struct args *args, struct err *err)
{
    struct adhoc_options o = {args->opt[OPT_BY], args->opt[OPT_MODEL], args->opt[OPT_SAVE_MODEL], -1, args->opt[OPT_PLAN] != NULL};
    struct cluster_output clusters;
    bool reveal = args->opt[OPT_REVEAL] != NULL;
    TRY(adhoc_threshold(args->opt[OPT_THRESHOLD], &o.threshold_ppm, err));
    TRY(adhoc_run(x, args->v, 1, &o, err));
    adhoc_tell_files(x);
    adhoc_tell_plan(x);
    if (o.plan_only) {
        return ST_OK;
    }
    adhoc_tell_model(x);
    form_clusters(x, &clusters);
    enum status status = write_result(x, &clusters, args->opt[OPT_OUTPUT], reveal, err);
    if (status == ST_OK) {
        adhoc_tell_quality(x);
        if (log_enabled(LOG_WARN)) {
            tell_clusters(x, &clusters);
        }
    }
    cluster_output_release(&clusters);
    return status == ST_OK && args->opt[OPT_REVIEW] ? adhoc_write_review(x, args->opt[OPT_REVIEW], reveal, err) : status;
}

static enum status run_dedupe(const struct args *args, struct err *err)
{
    struct adhoc x = {.n_files = 0};
    if (args->n != 1) {
        return err_set(err, ST_USAGE, "%s", TR("要给一个文件：mopai dedupe 名单.csv", "one file is wanted: mopai dedupe list.csv"));
    }
    enum status status = run_with(&x, args, err);
    adhoc_release(&x);
    return status;
}

const struct command cmd_dedupe = {
    .name = "dedupe",
    .operands = "FILE",
    .zh = "一份名单里哪些行是同一个人，有多大把握；不需要站点",
    .en = "rows of one file that are one person, how sure; no site needed",
    .more_zh = "编码、分隔符、表头、各列类型、取对的办法、各种相同和差错值多少、阈值，都由程序从数据里自己定，并写在标准错误输出上。不需要标注，也不需要配置。"
               "中文名按读音、字形、字序比，两个有效而不同的身份证号绝不并成一人。做法和读法见 docs/linkage.md。\n"
               "结果：原来的各行各列、原来的次序，加上 cluster（同一人同号）和 probability（这一行归入该人的把握，单独一行的为空）。证件号默认打码。\n\n"
               "  mopai dedupe 名单.csv -o 结果.csv --review 待核.csv\n"
               "  mopai dedupe list.csv --by given_name:latin,surname:latin,dob:date,suburb:text --threshold 0.9",
    .more_en = "Encoding, delimiter, header, types of columns, recipes, weights and threshold are found from the data and told on standard error: no labels, no\n"
               "configuration. Two valid, different identity numbers are never one person. Method and how to read it: docs/linkage.md.\n"
               "Result: all rows and columns in order, with cluster (one number a person) and probability (of the row's belonging to it; empty for a row alone).\n"
               "Identifiers are masked unless --reveal.\n\n"
               "  mopai dedupe list.csv -o result.csv --review doubtful.csv\n"
               "  mopai dedupe list.csv --by given_name:latin,surname:latin,dob:date,suburb:text --threshold 0.9",
    .options = options,
    .run = run_dedupe,
};
