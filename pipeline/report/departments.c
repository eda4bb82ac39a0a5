/* SPDX-License-Identifier: Apache-2.0 */
/* departments/NAME.csv: what was wrong in the files one department sent, so that it can put it right, and what came of the people its records were about. Its
   own files only, by file and line; cells are masked. A department learns whether what it said was found true at the door, and if not what was wrong with it;
   never who else said what, nor which help anybody got. */
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

/* --- what came of its records -------------------------------------------------------------------------------------------------- */

#define OUTCOMES_DAYS 92 /* a quarter: a department that reads its file once a month misses nothing */

static int source_of_label(const struct report *r, struct str label)
{
    for (size_t i = 0; i < r->sources->n; i++) {
        if (str_eq(r->sources->v[i].label, label)) {
            return (int)i;
        }
    }
    return -1;
}

static const struct rules_outcome_group *group_of(const struct report *r, struct str name)
{
    for (size_t g = 0; g < r->meta->n_groups; g++) {
        if (str_eq(r->meta->groups[g].name, name)) {
            return &r->meta->groups[g];
        }
    }
    return NULL;
}

/* 属实 says nothing of the help; 不属实 says why, because the data are theirs. */
static void write_outcome(struct csv_out *c, const struct report *r, int source, const struct stmt *q, bool proven)
{
    AUTO_STRBUF why = STRBUF_INIT;
    strbuf_addz(&why, proven ? "入户核实：属实" : "入户核实：不属实（");
    if (!proven) {
        strbuf_adds(&why, stmt_text(q, 4));
        strbuf_addz(&why, "）");
    }
    csv_z(c, "核查");
    csv_text(c, r->sources->v[source].label);
    csv_day(c, stmt_day(q, 5));
    csv_text(c, stmt_text(q, 1));
    csv_int(c, stmt_int(q, 2));
    csv_empty(c);
    csv_text(c, strbuf_str(&why));
    csv_empty(c);
    csv_empty(c);
    csv_end_row(c);
}

static enum status write_outcomes(struct csv_out *c, struct report *r, struct str department, struct err *err)
{
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_OUTCOMES_TOLD);
    stmt_bind_int(q, ":mark", r->mark_visit);
    stmt_bind_int(q, ":events", r->mark_event);
    stmt_bind_day(q, ":since", r->as_of - OUTCOMES_DAYS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int source = source_of_label(r, stmt_text(q, 0));
        const struct rules_outcome_group *g = group_of(r, stmt_text(q, 3));
        if (source >= 0 && g && g->verified && str_eq(r->sources->v[source].department, department)) {
            write_outcome(c, r, source, q, g->proven);
        }
    }
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
    TRY(write_outcomes(&c, r, department, err));
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
