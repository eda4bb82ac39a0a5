/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai match A B`: which rows of A are in B, how sure, why. */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/log.h"
#include "pipeline/adhoc.h"
#include "pipeline/command.h"

enum { OPT_BY, OPT_OUTPUT, OPT_THRESHOLD, OPT_REVIEW, OPT_MODEL, OPT_SAVE_MODEL, OPT_PLAN, OPT_REVEAL };
static const struct option options[] = {
    [OPT_BY] = {"by", 0, "LIST", "按哪些列比：列名:类型，逗号分隔（类型 id name latin date sex phone address area text code clk）；两边叫法不同写 甲列=乙列:类型；缺省自动判断",
                "columns to compare, COLUMN:TYPE with commas (types id name latin date sex phone address area text code clk); ACOLUMN=BCOLUMN:TYPE where names differ; "
                "guessed by default"},
    [OPT_OUTPUT] = {"output", 'o', "FILE", "结果写到文件，缺省写到标准输出", "write the result here instead of standard output"},
    [OPT_THRESHOLD] = {"threshold", 0, "P", "把握达到多少算命中，0 到 1；缺省由数据自己定", "probability from which a row counts as matched, 0 to 1; chosen from the data by default"},
    [OPT_REVIEW] = {"review", 0, "FILE", "把拿不准的对写到这里，供人核对", "write doubtful pairs here for a person to look at"},
    [OPT_MODEL] = {"model", 0, "FILE", "用存好的模型，不再训练", "use a saved model instead of training"},
    [OPT_SAVE_MODEL] = {"save-model", 0, "FILE", "把训练出的模型存到这里", "keep the trained model here"},
    [OPT_PLAN] = {"plan", 0, NULL, "只说要比哪些列、多少对，不比", "only say which columns and how many pairs would be compared"},
    [OPT_REVEAL] = {"reveal", 0, NULL, "号码不打码（结果里会有完整证件号，请妥善保管）", "do not mask identifiers (keep the result safe)"},
    {NULL, 0, NULL, NULL, NULL},
};

#define NOBODY UINT32_MAX

struct answer {
    uint32_t row;      /* of the table, in B; NOBODY */
    int32_t weight;
    uint32_t others;   /* further rows of B at the threshold */
    uint64_t content;  /* of the row in B: ties go by what rows say */
    bool claimed;      /* another row of A fits it better */
};

/* A row of B that another row of A fits better, and surely (RIVAL), is that one's, unless the two rows of A are one person themselves. */
#define RIVAL (2 * MODEL_BIT)

static bool better_claimed(const struct adhoc *x, const struct cluster_edge *e, const struct answer *claim_of_b)
{
    uint64_t pattern;
    const struct answer *best = &claim_of_b[e->b - x->offset[1]];
    return best->row != NOBODY && best->row != e->a && best->weight > e->weight + RIVAL && score_pair(&x->scorer, best->row, e->a, &pattern) < x->threshold;
}

/* A row that is free goes before one that another fits better, then the heavier one. */
static void claim(const struct adhoc *x, struct answer *a, uint32_t row, int32_t weight, bool claimed)
{
    uint64_t content = link_row_content(&x->table, row);
    bool better = a->row == NOBODY || (claimed != a->claimed ? a->claimed : weight > a->weight || (weight == a->weight && content < a->content));
    if (better) {
        *a = (struct answer){row, weight, a->others, content, claimed};
    }
}

/* The best row of B for each row of A. */
static struct answer *answers_of(const struct adhoc *x)
{
    size_t na = x->offset[1], nb = x->offset[2] - x->offset[1];
    struct answer *of_a = xcalloc(na + 1, sizeof(*of_a)), *of_b = xcalloc(nb + 1, sizeof(*of_b));
    for (size_t i = 0; i < na; i++) {
        of_a[i].row = NOBODY;
    }
    for (size_t i = 0; i < nb; i++) {
        of_b[i].row = NOBODY;
    }
    for (size_t i = 0; i < x->edges.n; i++) {
        const struct cluster_edge *e = &x->edges.v[i];
        if (!adhoc_conflict(x, e->a, e->b)) {
            claim(x, &of_b[e->b - x->offset[1]], e->a, e->weight, false);
        }
    }
    for (size_t i = 0; i < x->edges.n; i++) {
        const struct cluster_edge *e = &x->edges.v[i];
        if (!adhoc_conflict(x, e->a, e->b)) {
            bool claimed = better_claimed(x, e, of_b);
            of_a[e->a].others += e->weight >= x->threshold && !claimed;
            claim(x, &of_a[e->a], e->b, e->weight, claimed);
        }
    }
    free(of_b);
    return of_a;
}

/* What agrees and what does not, in words. */
static void put_how(const struct adhoc *x, uint32_t a, const struct answer *ans, struct csv_out *c)
{
    AUTO_STRBUF how = STRBUF_INIT;
    for (unsigned f = 0; f < x->n_fields; f++) {
        unsigned n, level;
        score_field(&x->scorer, f, a, ans->row, &level);
        const struct level *levels = compare_levels(x->fields[f].type, &n);
        if (level != LEVEL_MISSING) {
            strbuf_addf(&how, "%s%s %s", how.n ? TR("；", "; ") : "", x->fields[f].name, TR(levels[level].zh, levels[level].en));
        }
    }
    if (ans->others > 1) {
        strbuf_addf(&how, TR("；B 中另有 %u 行也符合", "; %u more rows of B fit"), ans->others - 1);
    }
    if (ans->claimed) {
        strbuf_addz(&how, how.n ? TR("；", "; ") : "");
        strbuf_addz(&how, TR("B 的这一行更像 A 的另一行，请核对", "another row of A fits this row of B better: to be checked"));
    }
    csv_text(c, strbuf_str(&how));
}

static bool is_match(const struct adhoc *x, const struct answer *a)
{
    return a->row != NOBODY && !a->claimed && a->weight >= x->threshold;
}

static void put_header(const struct adhoc *x, struct csv_out *c)
{
    AUTO_STRBUF name = STRBUF_INIT;
    static const char *const ours[] = {"matched", "probability", "how", "B.line"};
    for (size_t i = 0; i < x->file[0].n_columns; i++) {
        csv_text(c, x->file[0].headers[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
        csv_z(c, ours[i]);
    }
    for (size_t i = 0; i < x->file[1].n_columns; i++) {
        strbuf_clear(&name);
        strbuf_addz(&name, "B.");
        strbuf_adds(&name, x->file[1].headers[i]);
        csv_text(c, strbuf_str(&name));
    }
    csv_end_row(c);
}

static void put_row(const struct adhoc *x, uint32_t a, const struct answer *ans, bool reveal, struct csv_out *c)
{
    bool any = ans->row != NOBODY;
    adhoc_put_cells(x, 0, a, reveal, c);
    csv_int(c, is_match(x, ans));
    if (!any) {
        adhoc_put_probability(0, c);
        for (size_t i = 0; i < 2 + x->file[1].n_columns; i++) {
            csv_empty(c);
        }
    } else {
        size_t b = x->table.row.v[ans->row];
        adhoc_put_probability(probability_ppm(ans->weight), c);
        put_how(x, a, ans, c);
        csv_int(c, x->file[1].lines.v[b]);
        adhoc_put_cells(x, 1, b, reveal, c);
    }
    csv_end_row(c);
}

static enum status write_result(const struct adhoc *x, const char *path, bool reveal, struct err *err)
{
    struct adhoc_sink *k;
    struct answer *answers = answers_of(x);
    size_t matched = 0;
    enum status status = adhoc_sink_open(path, &k, err);
    if (status == ST_OK) {
        put_header(x, adhoc_sink_csv(k));
        for (uint32_t a = 0; a < x->offset[1]; a++) {
            matched += is_match(x, &answers[a]);
            put_row(x, a, &answers[a], reveal, adhoc_sink_csv(k));
            adhoc_sink_flush(k);
        }
        status = adhoc_sink_close(k, err);
        adhoc_tell_quality(x);
        if (log_enabled(LOG_WARN)) {
            fprintf(stderr, TR("A 共 %u 行，命中 %zu 行\n", "%u rows of A, %zu matched\n"), x->offset[1], matched);
        }
    }
    free(answers);
    return status;
}

static enum status run_with(struct adhoc *x, const struct args *args, struct err *err)
{
    struct adhoc_options o = {args->opt[OPT_BY], args->opt[OPT_MODEL], args->opt[OPT_SAVE_MODEL], -1, args->opt[OPT_PLAN] != NULL};
    bool reveal = args->opt[OPT_REVEAL] != NULL;
    TRY(adhoc_threshold(args->opt[OPT_THRESHOLD], &o.threshold_ppm, err));
    TRY(adhoc_run(x, args->v, 2, &o, err));
    adhoc_tell_files(x);
    adhoc_tell_plan(x);
    if (o.plan_only) {
        return ST_OK;
    }
    adhoc_tell_model(x);
    TRY(write_result(x, args->opt[OPT_OUTPUT], reveal, err));
    return args->opt[OPT_REVIEW] ? adhoc_write_review(x, args->opt[OPT_REVIEW], reveal, err) : ST_OK;
}

static enum status run_match(const struct args *args, struct err *err)
{
    struct adhoc x = {.n_files = 0};
    if (args->n != 2) {
        return err_set(err, ST_USAGE, "%s", TR("要给两个文件：mopai match A.csv B.csv", "two files are wanted: mopai match A.csv B.csv"));
    }
    enum status status = run_with(&x, args, err);
    adhoc_release(&x);
    return status;
}

const struct command cmd_match = {
    .name = "match",
    .operands = "A.csv B.csv",
    .zh = "A 里的哪些人在 B 里，有多大把握，依据是什么；不需要站点",
    .en = "which rows of A are in B, how sure, why; no site needed",
    .more_zh = "编码、分隔符、表头、各列类型、取对的办法、各种相同和差错值多少、阈值，都由程序从数据里自己定，并写在标准错误输出上。15 位证件号自动升位，残疾证号取前 18 位。"
               "把握是按数据估计的，不能作为停发依据。做法和读法见 docs/linkage.md。\n"
               "结果：A 的各列，matched（1 命中 0 未命中）、probability、how、B.line（B 的行号）和 B 的各列。证件号默认打码。\n\n"
               "  mopai match 低保.csv 参保.csv -o 结果.csv\n"
               "  mopai match a.csv b.csv --by 姓名:name,身份证号=证件号码:id,出生日期:date --threshold 0.9",
    .more_en = "Encoding, delimiter, header, types of columns, recipes, weights and threshold are found from the data and told on standard error: no labels, no\n"
               "configuration. Method and how to read it: docs/linkage.md.\n"
               "Result: A's columns, matched (1 or 0), probability, how, B.line and B's columns. Identifiers are masked unless --reveal.\n\n"
               "  mopai match a.csv b.csv -o result.csv\n"
               "  mopai match a.csv b.csv --by name:name,id=idcard:id --threshold 0.9",
    .options = options,
    .run = run_match,
};
