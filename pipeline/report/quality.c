/* SPDX-License-Identifier: Apache-2.0 */
/* quality.csv: every delivery the night used or that waits, one row a figure, so that people can filter it and machines can read it. */
#include "base/core/csv_out.h"
#include "pipeline/report/page.h"
#include "pipeline/report/quality.h"
#include "pipeline/report/quality_links.h"
#include "pipeline/report/quality_outcomes.h"
#include "pipeline/report/quality_referrals.h"
#include "pipeline/report/reasons.h"

static const char *const headers[] = {"数据源", "部门", "范围", "数据日期", "收到日期", "文件", "状态", "项目", "列", "细目", "数量", "说明"};

struct quality {
    struct csv_out csv;
    struct report *r;
    const struct delivered_file *file;
};

static void line(struct quality *q, const char *item, struct str column, const char *detail, int64_t n, const char *text)
{
    const struct source *s = &q->r->sources->v[q->file->source];
    csv_text(&q->csv, s->label);
    csv_text(&q->csv, s->department);
    csv_text(&q->csv, q->file->scope);
    csv_day(&q->csv, q->file->data_date);
    csv_day(&q->csv, q->file->received);
    csv_text(&q->csv, q->file->name);
    csv_z(&q->csv, q->file->in_force ? "在用" : q->file->refused ? "拒收" : "待定");
    csv_z(&q->csv, item);
    csv_text(&q->csv, column);
    csv_z(&q->csv, detail);
    if (n >= 0) {
        csv_int(&q->csv, n);
    } else {
        csv_empty(&q->csv);
    }
    csv_z(&q->csv, text);
    csv_end_row(&q->csv);
}

/* Every figure against the delivery before of the same scope. */
static void write_changes(struct quality *q, const struct delivered_file *f)
{
    static const char *const figures[FIGURE_COUNT] = {"记录", "接收", "退回", "搁置", "缺陷格"};
    for (int i = 0; i < FIGURE_COUNT && f->compared; i++) {
        AUTO_ARENA a = ARENA_INIT;
        int64_t change = f->now[i] - f->before[i];
        line(q, "比上一次", STR(""), figures[i], change < 0 ? -change : change,
             arena_printf(&a, "%s：这一次 %lld，上一次 %lld", change > 0 ? "增加" : change < 0 ? "减少" : "不变", (long long)f->now[i], (long long)f->before[i]));
    }
}

static enum status write_reasons(struct quality *q, const delivered_files *files, size_t i, struct err *err)
{
    reason_list reasons = {0};
    AUTO_STRBUF text = STRBUF_INIT;
    enum status st = reasons_load(q->r, files, i, i + 1, &reasons, err);
    for (size_t k = 0; k < reasons.n && st == ST_OK; k++) {
        const struct reason *x = &reasons.v[k];
        strbuf_clear(&text);
        for (size_t e = 0; e < x->n_examples; e++) {
            strbuf_addf(&text, "%s第 %lld 行 " STR_FMT, e ? "；" : "例（已遮盖）：", (long long)x->examples[e].line, STR_ARG(x->examples[e].masked));
        }
        line(q, x->kind == REJECT_ROW ? "退回原因" : "缺陷原因", x->column, x->text, x->count, strbuf_z(&text));
    }
    vec_release(&reasons);
    return st;
}

static enum status write_file(struct quality *q, const delivered_files *files, size_t at, struct err *err)
{
    static const char *const asides[ASIDE_COUNT] = {"标题行", "表头行", "合计行", "签名行", "空行", "不算的行"};
    const struct delivered_file *f = &files->v[at];
    q->file = f;
    AUTO_STRBUF encoding = STRBUF_INIT;
    strbuf_adds(&encoding, f->encoding);
    if (!f->in_force) {
        AUTO_STRBUF why = STRBUF_INIT;
        strbuf_adds(&why, f->reason);
        line(q, f->refused ? "拒收" : "待定", STR(""), "", -1, strbuf_z(&why));
    }
    line(q, "记录", STR(""), "", f->records, strbuf_z(&encoding));
    line(q, "接收", STR(""), "", f->typed, "");
    line(q, "退回", STR(""), "", f->rejected, "");
    for (int i = 0; i < ASIDE_COUNT; i++) {
        if (f->aside[i] > 0) {
            line(q, "搁置", STR(""), asides[i], f->aside[i], "");
        }
    }
    line(q, "缺陷格", STR(""), "", f->defects, "");
    write_changes(q, f);
    for (size_t g = 0; g < f->n_gates; g++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_STRBUF title = STRBUF_INIT;
        const struct delivered_gate *gate = &f->gates[g];
        const char *verdict = str_eqz(gate->verdict, "ok") ? "通过" : str_eqz(gate->verdict, "warn") ? "提醒" : "拦下";
        gate_title(gate->gate, &title);
        line(q, "检验", STR(""), strbuf_z(&title), -1,
             arena_printf(&a, "%s：" STR_FMT "（允许 " STR_FMT "）", verdict, STR_ARG(gate->value), STR_ARG(gate->band)));
    }
    return write_reasons(q, files, at, err);
}

/* One row a level, of the source as a whole; small counts are not told. */
static void write_agreement(struct quality *q, size_t source, const struct agreements *agree)
{
    const struct delivered_file whole = {.source = source, .data_date = DAY_MISSING, .received = DAY_MISSING, .in_force = true};
    q->file = &whole;
    for (int f = 0; f < AGREE_FIELDS; f++) {
        AUTO_STRBUF text = STRBUF_INIT;
        const struct agreement *a = &agree->v[source];
        const char *field = agreement_field_name((enum agreement_field)f);
        if (agreement_both(a, (enum agreement_field)f) == 0) {
            continue;
        }
        agreement_text(a, (enum agreement_field)f, &text);
        line(q, "与别的来源对照", str_of(field), "", -1, strbuf_z(&text));
        for (int l = AGREE_SAME; l < AGREE_LEVELS; l++) {
            int64_t rest = agreement_both(a, (enum agreement_field)f) - a->n[f][l];
            if (a->n[f][l] >= PAGE_HIDDEN && (rest == 0 || rest >= PAGE_HIDDEN)) { /* nor what the others leave to be reckoned */
                line(q, "与别的来源对照", str_of(field), agreement_level_name((enum agreement_field)f, (enum agreement_level)l), a->n[f][l], "");
            }
        }
    }
    q->file = NULL;
}

enum status quality_write(struct report *r, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct quality q = {.csv = csv_out_to(&b), .r = r};
    strbuf_addz(&b, CSV_BOM);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        csv_z(&q.csv, headers[i]);
    }
    csv_end_row(&q.csv);
    delivered_files files = {0};
    enum status st = delivered_load(r, &files, err);
    for (size_t i = 0; i < files.n && st == ST_OK; i++) {
        st = write_file(&q, &files, i, err);
    }
    struct agreements agree = {NULL, 1};
    st = st == ST_OK ? agreements_load(r, &agree, err) : st;
    for (size_t i = 0; i < r->sources->n && st == ST_OK && agree.v; i++) {
        write_agreement(&q, i, &agree);
    }
    st = st == ST_OK ? quality_outcomes_csv(r, &q.csv, err) : st;
    st = st == ST_OK ? quality_referrals_csv(r, &q.csv, err) : st;
    st = st == ST_OK ? quality_links_csv(r, &q.csv, err) : st;
    if (st == ST_OK) {
        st = quality_page_write(r, &files, &agree, err);
    }
    vec_release(&files);
    return st == ST_OK ? report_write(r, "quality.csv", &b, err) : st;
}
