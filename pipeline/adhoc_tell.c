/* SPDX-License-Identifier: Apache-2.0 */
/* What was chosen and found, for the person who started it. */
#include <stdio.h>

#include "base/core/log.h"
#include "matchers/identifier.h"
#include "pipeline/adhoc.h"

static void tell_file(const struct adhoc *x, unsigned f)
{
    const struct loose_table *t = &x->file[f];
    if (x->n_files == 2) {
        fprintf(stderr, "%c  ", 'A' + (int)f);
    }
    fprintf(stderr, TR("%s：%s，表头第 %lld 行，%zu 行数据", "%s: %s, header on line %lld, %zu rows"), t->path, t->encoding, (long long)t->header_line, t->lines.n);
    AUTO_STRBUF odd = STRBUF_INIT;
    loose_table_odd(t, &odd);
    fprintf(stderr, "%s\n", strbuf_z(&odd));
}

/* 1.20194E+17: the last digits are gone for good, and nobody notices by looking at the sheet. */
static void tell_lost_numbers(const struct adhoc *x, unsigned file, unsigned field)
{
    const struct loose_table *t = &x->file[file];
    size_t lost = 0;
    int column = x->column[file][field];
    for (size_t i = 0; i < t->lines.n; i++) {
        lost += ident_spreadsheet_damage(ident_parse(loose_cell(t, i, column)));
    }
    if (lost) {
        fprintf(stderr, TR("注意：%s 的“" STR_FMT "”有 %zu 格被电子表格改成了数值，后几位已丢失，不能用来比对；请部门把这一列设为文本，重新导出\n",
                           "note: %s: '" STR_FMT "' has %zu cells that became numbers in a spreadsheet and lost their last digits; ask for a new export with that column as text\n"),
                t->path, STR_ARG(t->headers[column]), lost);
    }
}

void adhoc_tell_files(const struct adhoc *x)
{
    if (!log_enabled(LOG_WARN)) {
        return; /* --quiet */
    }
    for (unsigned f = 0; f < x->n_files; f++) {
        tell_file(x, f);
    }
    fputs(TR("比对的列（可用 --by 改）：", "compared by (change with --by): "), stderr);
    for (unsigned f = 0; f < x->n_fields; f++) {
        int b = x->column[1][f];
        fprintf(stderr, "%s%s", f ? "," : "", x->fields[f].name);
        if (x->n_files == 2 && !str_eqz(x->file[1].headers[b], x->fields[f].name)) {
            fprintf(stderr, "=" STR_FMT, STR_ARG(x->file[1].headers[b]));
        }
        fprintf(stderr, ":%s", field_type_word(x->fields[f].type));
    }
    fputc('\n', stderr);
    for (unsigned k = 0; k < x->n_files * x->n_fields; k++) {
        if (x->fields[k % x->n_fields].type == FIELD_ID) {
            tell_lost_numbers(x, k / x->n_fields, k % x->n_fields);
        }
    }
}

void adhoc_tell_plan(const struct adhoc *x)
{
    if (!log_enabled(LOG_WARN)) {
        return; /* --quiet */
    }
    AUTO_STRBUF name = STRBUF_INIT;
    if (x->plan.n == 1 && x->plan.recipe[0].n == 0) {
        fprintf(stderr, TR("逐对比较全部 %llu 对\n", "all %llu pairs are compared\n"), (unsigned long long)link_pairs_possible(&x->table));
        return;
    }
    fprintf(stderr, TR("按 %u 种分组方法取对（可能的对共 %llu）：\n", "pairs by %u recipes (of %llu possible):\n"), x->plan.n,
            (unsigned long long)link_pairs_possible(&x->table));
    for (unsigned r = 0; r < x->plan.n; r++) {
        const struct block_report *b = &x->plan.forecast[r];
        strbuf_clear(&name);
        recipe_print(&x->table, &x->plan.recipe[r], &name);
        fprintf(stderr, "  %10llu  %s", (unsigned long long)b->pairs, strbuf_z(&name));
        if (b->lost) {
            fprintf(stderr, TR("（过大的组没有比，少 %llu 对）", " (blocks too large left out: %llu pairs)"), (unsigned long long)b->lost);
        }
        if (x->blocks.n_recipes == x->plan.n && x->blocks.report[r].left_out) {
            fputs(TR("（这份模型是在小表上训练的，此法在这里要比的对太多，不用）", " (the model was trained on a smaller table: too many pairs here, left out)"), stderr);
        }
        fputc('\n', stderr);
    }
}

static void put_bits(int32_t weight)
{
    int32_t tenths = (weight * 10 + (weight < 0 ? -MODEL_BIT / 2 : MODEL_BIT / 2)) / MODEL_BIT;
    fprintf(stderr, "%s%d.%d", tenths < 0 ? "-" : "+", abs(tenths) / 10, abs(tenths) % 10); /* -0.4 has no sign in its whole part */
}

static void tell_field(const struct adhoc *x, unsigned f)
{
    unsigned n;
    const struct model_field *mf = &x->model.fields[f];
    const struct level *levels = compare_levels(mf->type, &n);
    fprintf(stderr, "  %s", x->fields[f].name);
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        if (mf->m[l] >= 1000000 || l == LEVEL_SAME || l + 1 == n) { /* from one in a thousand true pairs */
            fprintf(stderr, "%s%s ", l == LEVEL_SAME ? ": " : ", ", TR(levels[l].zh, levels[l].en));
            put_bits(mf->weight[l]);
        }
    }
    fprintf(stderr, "%s\n", x->report.held >> f & 1 ? TR("（训练结果不可信，已按下限取值）", " (held at its floor: training looked like households)") : "");
}

void adhoc_tell_model(const struct adhoc *x)
{
    if (!log_enabled(LOG_WARN)) {
        return; /* --quiet */
    }
    if (x->trained) {
        fprintf(stderr, TR("训练：%llu 对中约有 %llu 对是同一人，%u 轮，%s。各列各级的权重（比特，每多 1 就多一倍把握）：\n",
                           "trained on %llu pairs, about %llu of them links, %u rounds, %s. Weights in bits (one more doubles the odds):\n"),
                (unsigned long long)x->model.pairs, (unsigned long long)MIN(x->model.expected, x->model.pairs), x->model.rounds,
                x->model.converged ? TR("已收敛", "converged") : TR("未收敛，结果仅供参考", "NOT converged: take the result with care"));
    }
    for (unsigned f = 0; f < x->n_fields; f++) {
        tell_field(x, f);
    }
    fprintf(stderr, TR("  起点 ", "  before anything is compared "));
    put_bits(x->model.prior);
    fprintf(stderr, x->threshold_chosen ? TR("；阈值（自动）%.2f\n", "; threshold (chosen) %.2f\n") : TR("；阈值 %.2f\n", "; threshold %.2f\n"),
            probability_ppm(x->threshold) / 1e6);
}

void adhoc_tell_quality(const struct adhoc *x)
{
    if (!log_enabled(LOG_WARN)) {
        return; /* --quiet */
    }
    double links = 0, wrong = 0, missed = 0;
    for (size_t i = 0; i < x->edges.n; i++) {
        double p = probability_ppm(x->edges.v[i].weight) / 1e6;
        if (x->edges.v[i].weight >= x->threshold) {
            links++;
            wrong += 1 - p;
        } else {
            missed += p;
        }
    }
    fprintf(stderr, TR("比了 %llu 对，%.0f 对达到阈值；按模型自己的估计，其中约 %.0f 对是错的，阈值以下约漏 %.0f 对\n",
                       "%llu pairs compared, %.0f at the threshold; by the model's own estimate about %.0f of them are wrong and %.0f below it are missed\n"),
            (unsigned long long)x->pairs, links, wrong, missed);
}
