/* SPDX-License-Identifier: Apache-2.0 */
/* departments/NAME.csv: what was wrong in the files one department sent, so that it can put it right. Its own files only; cells are masked. */
#include "base/core/csv_out.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/report/delivered.h"

static const char *const headers[] = {"种类", "数据源", "数据日期", "文件", "行", "列", "原因", "值（已遮盖）", "同类条数"};

static void head_cells(struct csv_out *c, const struct report *r, const struct delivered_file *f, const char *kind)
{
    csv_z(c, kind);
    csv_text(c, r->sources->v[f->source].label);
    csv_day(c, f->data_date);
    csv_text(c, f->name);
}

static void write_summary(struct csv_out *c, const struct report *r, const struct delivered_file *f)
{
    int64_t aside = 0;
    for (int i = 0; i < ASIDE_COUNT; i++) {
        aside += f->aside[i];
    }
    AUTO_STRBUF s = STRBUF_INIT;
    if (!f->in_force) {
        strbuf_addf(&s, "%s（" STR_FMT "）：", f->refused ? "整份拒收" : "待定交付", STR_ARG(f->reason));
    }
    strbuf_addf(&s, "记录 %lld = 接收 %lld + 退回 %lld + 搁置 %lld；接收行中有 %lld 格按未知处理", (long long)f->records,
                (long long)f->typed, (long long)f->rejected, (long long)aside, (long long)f->defects);
    head_cells(c, r, f, "汇总");
    csv_empty(c);
    csv_empty(c);
    csv_text(c, strbuf_str(&s));
    csv_empty(c);
    csv_int(c, f->records);
    csv_end_row(c);
}

struct reject_rows {
    struct csv_out *csv;
    const struct report *r;
    const struct delivered_file *file;
};

static bool write_reject(void *ctx, const struct reject *j, int64_t count)
{
    struct reject_rows *rows = ctx;
    head_cells(rows->csv, rows->r, rows->file, j->kind == REJECT_ROW ? "退回" : "缺陷");
    csv_int(rows->csv, j->line);
    csv_text(rows->csv, j->column);
    csv_z(rows->csv, reject_reason_text(j->reason));
    csv_text(rows->csv, j->masked);
    if (count > 0) {
        csv_int(rows->csv, count);
    } else {
        csv_empty(rows->csv);
    }
    csv_end_row(rows->csv);
    return true;
}

const char *department_file(struct report *r, struct str department)
{
    return report_file_name(r, "departments/", STR(""), department, "csv");
}

static enum status write_department(struct report *r, const delivered_files *files, struct str department, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct csv_out c = csv_out_to(&b);
    strbuf_addz(&b, CSV_BOM);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        csv_z(&c, headers[i]);
    }
    csv_end_row(&c);
    for (size_t i = 0; i < files->n; i++) {
        const struct delivered_file *f = &files->v[i];
        if (!str_eq(r->sources->v[f->source].department, department)) {
            continue;
        }
        write_summary(&c, r, f);
        if (r->site && f->rejected + f->defects > 0) {
            struct reject_rows rows = {&c, r, f};
            TRY(file_rejects(r->site, f->file_id, write_reject, &rows, err));
        }
    }
    return report_write(r, department_file(r, department), &b, err);
}

/* One that sent something, or should have; a department of optional sources only, none of which ever came, has no file. */
static bool is_expected(const struct report *r, const delivered_files *files, struct str department)
{
    bool expected = false;
    for (size_t i = 0; i < r->sources->n; i++) {
        expected = expected || (!r->sources->v[i].optional && str_eq(r->sources->v[i].department, department));
    }
    for (size_t i = 0; i < files->n; i++) {
        expected = expected || str_eq(r->sources->v[files->v[i].source].department, department);
    }
    return expected;
}

enum status departments_write(struct report *r, struct err *err)
{
    delivered_files files = {0};
    enum status st = delivered_load(r, &files, err);
    for (size_t i = 0; i < r->sources->n && st == ST_OK; i++) {
        struct str department = r->sources->v[i].department;
        bool first = true;
        for (size_t k = 0; k < i; k++) {
            first = first && !str_eq(r->sources->v[k].department, department);
        }
        st = first && is_expected(r, &files, department) ? write_department(r, &files, department, err) : ST_OK;
    }
    vec_release(&files);
    return st;
}
