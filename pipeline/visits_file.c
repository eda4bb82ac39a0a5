/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/visits_file.h"

#include "base/core/hash.h"
#include "base/text/fold.h"
#include "pipeline/ingest/reader.h"
#include "pipeline/ingest/table_text.h"

#define FILE_LIMIT   ((size_t)64 << 20)
#define HEADER_WITHIN 30 /* records */

/* What a column may be called; the list's own header first. */
static const char *const names[FILLED_FORM_COUNT][FILLED_COLUMN_COUNT][4] = {
    [FILLED_VISITS] = {
        [FILLED_NUMBER] = {"预警编号", "预警号", "编号", NULL},
        [FILLED_OUTCOME] = {"核查结果", "走访结果", "结果", NULL},
        [FILLED_DAY] = {"走访日期", "核查日期", "日期", NULL},
        [FILLED_VISITOR] = {"走访人", "核查人", "走访人员", NULL},
        [FILLED_NOTE] = {"备注", "说明", NULL},
        [FILLED_UNTIL] = {"暂缓延期至", "暂缓至", "延期至", NULL},
        [FILLED_TO] = {"退回去向", "改派去向", "去向", NULL},
        [FILLED_ADDRESS] = {"新住址", "实际住址", NULL},
        [FILLED_MEMBERS] = {"家庭成员变化", "成员变化", NULL},
        [FILLED_INCOME] = {"核实人均月收入", "核实月收入", NULL},
    },
    [FILLED_REFERRALS] = {
        [FILLED_NUMBER] = {"转介编号", "转介单号", NULL},
        [FILLED_OUTCOME] = {"受理结果", "办理结果", "处理结果", NULL},
        [FILLED_DAY] = {"受理日期", "办理日期", NULL},
        [FILLED_VISITOR] = {"受理人", "经办人", NULL},
        [FILLED_PROGRAMME] = {"办理项目", "救助项目", NULL},
        [FILLED_NOTE] = {"说明", "备注", NULL},
    },
};

static bool is_named(struct str cell, const char *const *called)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    AUTO_STRBUF folded = STRBUF_INIT;
    fold_label(cell_clean(cell, &scratch, NULL), &folded);
    for (size_t i = 0; i < ARRAY_LEN(names[0][0]) && called[i]; i++) {
        if (str_eqz(strbuf_str(&folded), called[i])) {
            return true;
        }
    }
    return false;
}

/* A header names at least the warning number and the outcome. The first cell of a name wins. */
static bool is_header(const struct record *rec, enum filled_form form, int *column)
{
    for (int c = 0; c < FILLED_COLUMN_COUNT; c++) {
        column[c] = -1;
        for (size_t i = 0; i < rec->fields.n && column[c] < 0; i++) {
            column[c] = is_named(rec->fields.v[i], names[form][c]) ? (int)i : -1;
        }
    }
    return column[FILLED_NUMBER] >= 0 && column[FILLED_OUTCOME] >= 0;
}

static struct filled_row keep_row(struct arena *a, const struct record *rec)
{
    struct filled_row row = {.line = rec->line, .bad = rec->bad, .n = rec->bad == VALUE_OK ? rec->fields.n : 0};
    row.cells = arena_array(a, struct str, row.n + 1);
    for (size_t i = 0; i < row.n; i++) {
        row.cells[i] = arena_str(a, rec->fields.v[i]);
    }
    return row;
}

size_t filled_cells_used(const struct filled_row *row)
{
    size_t used = 0;
    AUTO_STRBUF scratch = STRBUF_INIT;
    for (size_t i = 0; i < row->n; i++) {
        used += cell_clean(row->cells[i], &scratch, NULL).n > 0;
    }
    return used;
}

struct str filled_cell(struct filled_list *l, const struct filled_row *row, enum filled_column c)
{
    int at = l->column[c];
    if (at < 0 || (size_t)at >= row->n) {
        return STR("");
    }
    AUTO_STRBUF scratch = STRBUF_INIT;
    return arena_str(&l->arena, cell_clean(row->cells[at], &scratch, NULL));
}

/* Reads everything with one delimiter. *out_found false when no header turned up near the top: the next delimiter is tried. */
static enum status read_with(struct reader *r, enum filled_form form, struct filled_list *out, bool *out_found, struct err *err)
{
    struct record rec = {0};
    enum status st = ST_OK;
    *out_found = false;
    for (int seen = 0;; seen++) {
        bool more;
        st = reader_next(r, &rec, &more, err);
        if (st != ST_OK || !more || (!*out_found && seen >= HEADER_WITHIN)) {
            break;
        }
        int column[FILLED_COLUMN_COUNT];
        if (rec.bad == VALUE_OK && is_header(&rec, form, column)) {
            if (!*out_found) {
                memcpy(out->column, column, sizeof(column));
                out->header = keep_row(&out->arena, &rec);
                *out_found = true;
            }
            continue;
        }
        if (*out_found && (rec.bad != VALUE_OK || rec.fields.n > 0)) {
            struct filled_row row = keep_row(&out->arena, &rec);
            if (row.bad != VALUE_OK || filled_cells_used(&row) > 0) {
                vec_push(&out->rows, row);
            }
        }
    }
    vec_release(&rec.fields);
    return st;
}

static enum status no_header(const char *path, enum filled_form form, struct err *err)
{
    return err_set(err, ST_INPUT,
                   TR("%s：前 %d 行里没有找到表头，要有“%s”和“%s”两列", "%s: no header in the first %d rows with %s and %s"), path, HEADER_WITHIN,
                   names[form][FILLED_NUMBER][0], names[form][FILLED_OUTCOME][0]);
}

static enum status read_bytes(struct str bytes, bool sheet, const char *path, enum filled_form form, struct filled_list *out, struct err *err)
{
    static const char delimiters[] = {',', '\t', ';', '|'};
    struct encoding_verdict v = {.encoding = ENC_UTF8, .how = ENC_BY_BOM};
    if (!sheet) {
        encoding_detect(bytes, true, ENC_UNKNOWN, &v);
    }
    if (v.encoding == ENC_UNKNOWN) {
        return err_set(err, ST_INPUT, TR("%s：认不出编码；请另存为 CSV（UTF-8）后再导入", "%s: encoding not recognised; save it as CSV (UTF-8) and import again"),
                       path);
    }
    for (size_t i = 0; i < ARRAY_LEN(delimiters); i++) {
        struct memory_source memory = {bytes};
        struct reader *r;
        bool found;
        TRY(reader_open(memory_source(&memory), v.encoding, v.bom_length, delimiters[i], &r, err));
        enum status st = read_with(r, form, out, &found, err);
        reader_close(r);
        if (st != ST_OK || found) {
            return st;
        }
    }
    return no_header(path, form, err);
}

/* Rows of another sheet of the same workbook: columns where they are in the first, else nobody could send refused rows back. */
static enum status join_sheet(struct filled_list *all, struct filled_list *more, const char *path, const char *sheet, struct err *err)
{
    if (memcmp(all->column, more->column, sizeof(all->column)) != 0) {
        return err_set(err, ST_INPUT, TR("%s：工作表“%s”的列和前面的表不一样，请把它另存成一个文件再导入", "%s: sheet '%s' has other columns than the one before; save it as a file of its own"), path, sheet);
    }
    for (size_t i = 0; i < more->rows.n; i++) {
        struct filled_row row = more->rows.v[i];
        struct str *cells = arena_array(&all->arena, struct str, row.n + 1);
        for (size_t c = 0; c < row.n; c++) {
            cells[c] = arena_str(&all->arena, row.cells[c]);
        }
        row.cells = cells;
        vec_push(&all->rows, row);
    }
    return ST_OK;
}

/* One sheet; *out_found false when it is none of a list: a cover, notes. */
static enum status read_sheet(const char *path, struct str sheet, enum filled_form form, struct filled_list *out, bool *out_found, struct strbuf *seen, struct err *err)
{
    struct table_text t;
    struct err no_header;
    enum status status = table_text_read(path, sheet, FILE_LIMIT, &t, err);
    *out_found = false;
    if (status == ST_OK) {
        strbuf_adds(seen, strbuf_str(&t.text));
        *out_found = read_bytes(strbuf_str(&t.text), true, path, form, out, &no_header) == ST_OK;
    }
    table_text_release(&t);
    return status;
}

/* The sheets of a workbook that are lists: somebody put a cover in front, the bureau's own has two. */
static enum status read_sheets(const char *path, struct str sheets, enum filled_form form, struct filled_list *out, struct err *err)
{
    AUTO_STRBUF seen = STRBUF_INIT;
    struct str name;
    bool any = false;
    enum status status = ST_OK;
    while (status == ST_OK && str_split(&sheets, '\n', &name)) {
        struct filled_list one = {.rows = {0}};
        bool found = false;
        if (name.n == 0) {
            continue;
        }
        status = read_sheet(path, name, form, any ? &one : out, &found, &seen, err);
        if (status == ST_OK && found && any) {
            status = join_sheet(out, &one, path, arena_z(&out->arena, name), err);
        }
        any = any || found;
        filled_release(&one);
    }
    hash128_hex(seen.p, seen.n, out->xxh128);
    return status == ST_OK && !any ? no_header(path, form, err) : status;
}

enum status filled_read(const char *path, enum filled_form form, struct filled_list *out, struct err *err)
{
    struct table_text t;
    enum status status = table_text_read(path, STR(""), FILE_LIMIT, &t, err);
    if (status == ST_OK && t.is_sheet) {
        status = read_sheets(path, strbuf_str(&t.sheets), form, out, err);
    } else if (status == ST_OK) {
        hash128_hex(t.text.p, t.text.n, out->xxh128);
        status = read_bytes(strbuf_str(&t.text), false, path, form, out, err);
    }
    table_text_release(&t);
    return status;
}

void filled_release(struct filled_list *l)
{
    vec_release(&l->rows);
    arena_release(&l->arena);
}
