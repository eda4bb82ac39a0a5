/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/refused_rows.h"

#include "base/core/file.h"

#define REASON_HEADER "未接受原因"

static int reason_column(const struct filled_row *header)
{
    for (size_t i = 0; i < header->n; i++) {
        if (str_eqz(str_trim(header->cells[i]), REASON_HEADER)) {
            return (int)i;
        }
    }
    return -1;
}

void refused_init(struct refused_rows *r, const struct filled_list *list)
{
    *r = (struct refused_rows){.list = list, .reason_at = reason_column(&list->header)};
}

static void write_header(struct refused_rows *r)
{
    strbuf_addz(&r->text, CSV_BOM);
    r->csv = csv_out_to(&r->text);
    for (size_t i = 0; i < r->list->header.n; i++) {
        csv_text(&r->csv, r->list->header.cells[i]);
    }
    if (r->reason_at < 0) {
        csv_z(&r->csv, REASON_HEADER);
    }
    csv_end_row(&r->csv);
}

/* What the row lacks and rows outside this file said; empty when nobody did. */
static struct str carried_cell(const struct refused_rows *r, size_t at, const struct str *carried)
{
    for (int c = 0; carried && c < FILLED_COLUMN_COUNT; c++) {
        if (r->list->column[c] == (int)at) {
            return carried[c];
        }
    }
    return STR("");
}

void refused_add(struct refused_rows *r, const struct filled_row *row, const char *reason, const struct str *carried)
{
    AUTO_STRBUF why = STRBUF_INIT;
    if (r->n++ == 0) {
        write_header(r);
    }
    strbuf_addf(&why, TR("原第 %lld 行：%s", "line %lld: %s"), (long long)row->line, reason);
    for (size_t i = 0; i < r->list->header.n; i++) {
        struct str cell = i < row->n ? row->cells[i] : STR("");
        if ((int)i == r->reason_at) {
            cell = strbuf_str(&why);
        } else if (str_trim(cell).n == 0) {
            cell = carried_cell(r, i, carried);
        }
        csv_text(&r->csv, cell);
    }
    if (r->reason_at < 0) {
        csv_text(&r->csv, strbuf_str(&why));
    }
    csv_end_row(&r->csv);
}

enum status refused_write(struct refused_rows *r, const char *path, struct arena *a, const char **out_path, struct err *err)
{
    *out_path = NULL;
    if (r->n == 0) {
        return ST_OK;
    }
    *out_path = arena_printf(a, "%s.refused.csv", path);
    return file_write_atomic(*out_path, strbuf_str(&r->text), err);
}

void refused_release(struct refused_rows *r)
{
    strbuf_release(&r->text);
}
