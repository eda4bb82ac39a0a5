/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai review list|export`: the questions of the last night on the terminal, as a workbook or as CSV, record and person beside each other. */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/file.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/report/xlsx_grid.h"
#include "pipeline/review_rows.h"
#include "pipeline/site.h"

#define LIST_SHOWN 20

/* --- CSV: three columns a field --------------------------------------------------------------------------------------------------------- */

static void csv_header(struct csv_out *c)
{
    static const char *const first[] = {"编号", "把握", "依据", "不符", "数据源", "文件", "行", "可能是"}, *const last[] = {"核查结果", "核查人", "核查日期", "备注"};
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        csv_z(c, first[i]);
    }
    for (int f = 0; f < REVIEW_FIELDS; f++) {
        static const char *const sides[] = {"记录", "此人", "比较"};
        for (size_t k = 0; k < ARRAY_LEN(sides); k++) {
            strbuf_clear(&b);
            strbuf_addf(&b, "%s·%s", review_field_word((enum review_field)f), sides[k]);
            csv_text(c, strbuf_str(&b));
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(last); i++) {
        csv_z(c, last[i]);
    }
    csv_end_row(c);
}

static void csv_line(struct csv_out *c, const struct review_row *r)
{
    csv_z(c, r->number);
    csv_text(c, r->sure);
    csv_text(c, r->because);
    csv_text(c, r->against);
    csv_text(c, r->source->label);
    csv_z(c, r->in->name);
    csv_int(c, r->line);
    csv_z(c, r->person);
    for (int f = 0; f < REVIEW_FIELDS; f++) {
        csv_text(c, r->record.text[f]);
        csv_text(c, r->other.text[f]);
        csv_z(c, review_verdict((enum review_field)f, &r->record, &r->other));
    }
    for (int blank = 0; blank < 4; blank++) {
        csv_empty(c);
    }
    csv_end_row(c);
}

enum status review_csv(struct explain *x, struct strbuf *out, struct err *err)
{
    AUTO_MADE asked = {NULL, 0};
    struct csv_out c = csv_out_to(out);
    TRY(review_questions(x, &asked, err));
    csv_header(&c);
    for (size_t i = 0; i < asked.n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct review_row r;
        TRY(review_row_read(x, &asked.v[i], &a, &r, err));
        csv_line(&c, &r);
    }
    return ST_OK;
}

/* --- the workbook: a cell a field, the record above the person, what differs in words below them ------------------------------------------- */

enum { COL_NUMBER, COL_WHERE, COL_FIELD, COL_WHY = COL_FIELD + REVIEW_FIELDS, COL_ANSWER, COL_REVIEWER, COL_DAY, COL_NOTE, COL_COUNT };

static struct str field_cell(struct arena *a, enum review_field f, const struct review_row *r)
{
    struct str x = r->record.text[f], y = r->other.text[f];
    if (x.n == 0 && y.n == 0) {
        return STR("");
    }
    x = x.n ? x : STR("—");
    y = y.n ? y : STR("—");
    return str_of(arena_printf(a, "记录 " STR_FMT "\n此人 " STR_FMT "\n→ %s", STR_ARG(x), STR_ARG(y), review_verdict(f, &r->record, &r->other)));
}

static void fill_cells(struct arena *a, const struct review_row *r, struct str *cells)
{
    cells[COL_NUMBER] = arena_str(a, str_of(r->number));
    cells[COL_WHERE] = str_of(arena_printf(a, STR_FMT "\n%s\n第%lld行\n可能是 %s", STR_ARG(r->source->label), r->in->name, (long long)r->line, r->person));
    for (int f = 0; f < REVIEW_FIELDS; f++) {
        cells[COL_FIELD + f] = field_cell(a, (enum review_field)f, r);
    }
    cells[COL_WHY] = str_of(arena_printf(a, "把握 " STR_FMT "\n" STR_FMT "%s" STR_FMT, STR_ARG(r->sure), STR_ARG(r->because), r->against.n ? "\n不符：" : "",
                                         STR_ARG(r->against)));
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_z(a, str_n(path, (size_t)(slash - path) + 1)) : ".";
}

static enum status write_workbook(struct explain *x, const char *path, struct err *err)
{
    static const char *const choices[] = {"同一人", "不是同一人", "不清楚", NULL};
    static const double widths[REVIEW_FIELDS] = {[REVIEW_NAME] = 13, [REVIEW_ID] = 19, [REVIEW_SEX] = 9, [REVIEW_BIRTH] = 15.5, [REVIEW_PHONE] = 16,
                                                 [REVIEW_ADDRESS] = 24, [REVIEW_UNIT] = 12};
    struct grid_column columns[COL_COUNT] = {[COL_NUMBER] = {"编号", 12.5, false},   [COL_WHERE] = {"记录在", 17, false},    [COL_WHY] = {"把握和依据", 18, false},
                                             [COL_ANSWER] = {"核查结果", 10, true}, [COL_REVIEWER] = {"核查人", 7.5, true}, [COL_DAY] = {"核查日期", 9.5, true},
                                             [COL_NOTE] = {"备注", 9, true}};
    AUTO_MADE asked = {NULL, 0};
    TRY(review_questions(x, &asked, err));
    struct arena *a = x->arena;
    for (int f = 0; f < REVIEW_FIELDS; f++) {
        columns[COL_FIELD + f] = (struct grid_column){review_field_word((enum review_field)f), widths[f], false};
    }
    struct str *cells = arena_array(a, struct str, asked.n * COL_COUNT + 1);
    for (size_t i = 0; i < asked.n; i++) {
        struct review_row r;
        TRY(review_row_read(x, &asked.v[i], a, &r, err));
        fill_cells(a, &r, cells + i * COL_COUNT);
    }
    struct grid g = {.title = "归并疑问：这条记录是不是此人", .notice = "每行一个疑问，最拿不准的在前。核查结果只能选 同一人、不是同一人、不清楚；空着的以后再问。填好后：mopai review import",
                     .columns = columns, .n_columns = COL_COUNT, .choice_column = COL_ANSWER, .choices = choices,
                     .choice_help = "请从下拉列表中选一个：同一人、不是同一人、不清楚；还没核查就空着。", .created = x->as_of, .cells = cells, .n_rows = asked.n,
                     .scratch_dir = folder_of(a, path)};
    return grid_write(&g, path, err);
}

/* --- the commands -------------------------------------------------------------------------------------------------------------------------- */

enum { OPT_OUTPUT, OPT_REVEAL };
static const struct option export_options[] = {
    [OPT_OUTPUT] = {"output", 'o', "FILE", "写到文件：.xlsx 是工作簿，其他是 CSV；缺省写到标准输出", "write here: .xlsx a workbook, else CSV; standard output when left out"},
    [OPT_REVEAL] = {"reveal", 0, NULL, "证件号写全（记入审计）", "identifiers in full (audited)"},
    {NULL, 0, NULL, NULL, NULL},
};

static enum status export_to(struct explain *x, const char *path, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    if (path && str_ends(str_of(path), STR(".xlsx"))) {
        return write_workbook(x, path, err);
    }
    strbuf_addz(&text, CSV_BOM);
    TRY(review_csv(x, &text, err));
    if (path) {
        return file_write_atomic(path, strbuf_str(&text), err);
    }
    fwrite(text.p, 1, text.n, stdout);
    return fflush(stdout) == 0 ? ST_OK : err_errno(err, ST_IO, "%s", TR("写标准输出", "standard output"));
}

static enum status with_run(const struct args *a, bool reveal, const char *what, enum status (*work)(struct explain *, const struct args *, struct err *),
                            struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    AUTO_ARENA arena = ARENA_INIT;
    struct explain x = {.site = &site, .arena = &arena, .reveal = reveal};
    TRY(site_open(&site, a->site_dir, SITE_WRITE, err)); /* what is shown of people is written down */
    enum status status = site_need_key(&site, err);
    status = status == ST_OK ? explain_open_run(&x, err) : status;
    status = status == ST_OK ? audit_note(site.ledger, reveal ? "reveal" : "export", what, err) : status;
    status = status == ST_OK ? work(&x, a, err) : status;
    population_close(x.pop);
    return status;
}

static enum status do_export(struct explain *x, const struct args *a, struct err *err)
{
    return export_to(x, a->opt[OPT_OUTPUT], err);
}

static enum status run_export(const struct args *a, struct err *err)
{
    if (a->n > 0) {
        return err_set(err, ST_USAGE, "%s", TR("没有操作数，如 mopai review export -o 疑问.xlsx", "takes no operand: mopai review export -o FILE"));
    }
    return with_run(a, a->opt[OPT_REVEAL] != NULL, "review export", do_export, err);
}

const struct command cmd_review_export = {
    .name = "review export",
    .operands = "",
    .zh = "拿不准是谁的记录，导出给人核对（.xlsx 或 CSV）",
    .en = "rows that may be somebody's, for people to decide (.xlsx or CSV)",
    .more_zh = "每行一个疑问：记录和可能的人逐项对照，相同还是不同都写成字，最拿不准的在前。\n"
               "“核查结果”填 同一人、不是同一人 或 不清楚，再填核查人和核查日期，然后 mopai review import。\n"
               "例：mopai -C 站点 review export -o 疑问.xlsx\n\n证件号打码；--reveal 写全。导出都记入审计。",
    .more_en = "A row each: record and person field by field, what is the same and what is not in words, the least certain first. Fill in 核查结果\n"
               "(同一人, 不是同一人, 不清楚), 核查人 and 核查日期, then mopai review import.\n"
               "Example: mopai -C SITE review export -o questions.xlsx\n\nIdentifiers are masked unless --reveal. Every export is audited.",
    .options = export_options,
    .run = run_export,
};

enum { OPT_LIMIT };
static const struct option list_options[] = {
    [OPT_LIMIT] = {"limit", 'n', "N", "最多列几个，缺省 20；0 全列", "at most so many, 20 when left out; 0: all"},
    {NULL, 0, NULL, NULL, NULL},
};

static void list_one(const struct review_row *r, size_t n)
{
    printf("%zu. %s  " STR_FMT " %s %s%lld%s  %s\n", n, r->number, STR_ARG(r->source->label), r->in->name, TR("第", "line "), (long long)r->line, TR("行", ""), r->person);
    for (int f = 0; f < REVIEW_FIELDS; f++) {
        struct str x = r->record.text[f], y = r->other.text[f];
        if (x.n || y.n) {
            printf("     %s  " STR_FMT "  |  " STR_FMT "  → %s\n", review_field_word((enum review_field)f), STR_ARG(x.n ? x : STR("-")), STR_ARG(y.n ? y : STR("-")),
                   review_verdict((enum review_field)f, &r->record, &r->other));
        }
    }
    printf(TR("     把握 " STR_FMT "  " STR_FMT "%s" STR_FMT "\n", "     probability " STR_FMT "  " STR_FMT "%s" STR_FMT "\n"), STR_ARG(r->sure), STR_ARG(r->because),
           r->against.n ? TR("；不符：", "; against: ") : "", STR_ARG(r->against));
}

static void json_one(const struct review_row *r, struct json_out *j)
{
    json_open(j, '{');
    json_kz(j, "question", r->number);
    json_ks(j, "source", r->source->label);
    json_kz(j, "file", r->in->name);
    json_ki(j, "line", r->line);
    json_kz(j, "person", r->person);
    json_ks(j, "probability", r->sure);
    json_ks(j, "because", r->because);
    json_ks(j, "against", r->against);
    json_close(j, '}');
}

static enum status count_answers(struct explain *x, int64_t by[4], struct err *err)
{
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_LINK_REVIEWS);
    stmt_bind_int(q, ":before", INT64_MAX);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        by[stmt_int(q, 1) & 3]++;
    }
}

/* Answers the last night read and had no use for: the record or the person says something else now, or the record is gone. They would hold again if the data did. */
static enum status list_expired(struct explain *x, struct err *err)
{
    static const char *const words[][2] = {[REVIEW_SAME] = {"同一人", "same"}, [REVIEW_DIFFERENT] = {"不是同一人", "different"}, [REVIEW_UNCLEAR] = {"不清楚", "unclear"}};
    AUTO_MADE all = {NULL, 0};
    struct map64 met = {0};
    enum status st = link_made_read(x->run_dir, -1, -1, &all, err);
    for (size_t i = 0; i < all.n; i++) {
        map64_put(&met, all.v[i].made.question, 1);
    }
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_LINK_REVIEWS);
    stmt_bind_int(q, ":before", x->night);
    for (bool row = true; st == ST_OK && row;) {
        st = stmt_step(q, &row, err);
        int64_t said = st == ST_OK && row ? stmt_int(q, 1) : REVIEW_NONE;
        if (said > REVIEW_NONE && said <= REVIEW_UNCLEAR && stmt_int(q, 5) == 0 && map64_get(&met, (uint64_t)stmt_int(q, 0)) == MAP_NONE) {
            char number[REF_MAX];
            AUTO_STRBUF day = STRBUF_INIT;
            question_ref(x->site->key, (uint64_t)stmt_int(q, 0), number);
            strbuf_add_day(&day, stmt_day(q, 3));
            printf(TR("已失效：%s  %s  " STR_FMT " %s，两边的资料已和当时不同\n", "expired: %s  %s  " STR_FMT " %s, the two say something else now\n"), number,
                   TR(words[said][0], words[said][1]), STR_ARG(stmt_text(q, 2)), strbuf_z(&day));
        }
    }
    map64_release(&met);
    return st;
}

static enum status list_json(struct explain *x, const struct link_made_list *asked, size_t limit, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    json_open(&j, '[');
    for (size_t i = 0; i < MIN(asked->n, limit); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct review_row r;
        TRY(review_row_read(x, &asked->v[i], &a, &r, err));
        json_one(&r, &j);
    }
    json_close(&j, ']');
    printf("%s\n", strbuf_z(&b));
    return ST_OK;
}

static enum status do_list(struct explain *x, const struct args *args, struct err *err)
{
    AUTO_MADE asked = {NULL, 0};
    int64_t limit = LIST_SHOWN, by[4] = {0};
    if (args->opt[OPT_LIMIT] && !str_to_i64(str_of(args->opt[OPT_LIMIT]), &limit)) {
        return err_set(err, ST_USAGE, "%s", TR("--limit 要写成数字", "--limit wants a number"));
    }
    limit = limit == 0 ? INT64_MAX : limit;
    TRY(review_questions(x, &asked, err));
    if (args->json) {
        return list_json(x, &asked, (size_t)limit, err);
    }
    for (size_t i = 0; i < MIN(asked.n, (size_t)limit); i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct review_row r;
        TRY(review_row_read(x, &asked.v[i], &a, &r, err));
        list_one(&r, i + 1);
    }
    TRY(count_answers(x, by, err));
    printf(TR("等人核对 %zu 处（上面列了 %zu 处，最拿不准的在前）；已答复：同一人 %lld，不是同一人 %lld，不清楚 %lld\n",
              "%zu open (%zu above, the least certain first); answered: same %lld, different %lld, unclear %lld\n"),
           asked.n, MIN(asked.n, (size_t)limit), (long long)by[REVIEW_SAME], (long long)by[REVIEW_DIFFERENT], (long long)by[REVIEW_UNCLEAR]);
    return list_expired(x, err);
}

static enum status run_list(const struct args *a, struct err *err)
{
    if (a->n > 0) {
        return err_set(err, ST_USAGE, "%s", TR("没有操作数", "takes no operand"));
    }
    return with_run(a, false, "review list", do_list, err);
}

const struct command cmd_review_list = {
    .name = "review list",
    .operands = "",
    .zh = "看看有哪些记录拿不准是谁的，等人核对",
    .en = "which rows may be somebody's and wait for people to decide",
    .more_zh = "记录 | 可能的人，逐项对照，最拿不准的在前；末行是总数和已有的答复。证件号打码。\n"
               "要填写就用 mopai review export -o 疑问.xlsx。查看记入审计。\n"
               "例：mopai -C 站点 review list -n 5",
    .more_en = "Record | person, field by field, the least certain first; the last line counts them and the answers so far. Identifiers are masked.\n"
               "To fill them in: mopai review export -o questions.xlsx. Looking is audited.\n"
               "Example: mopai -C SITE review list -n 5",
    .options = list_options,
    .run = run_list,
};
