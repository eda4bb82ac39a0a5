/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/xlsx_grid.h"

#include <xlsxwriter.h>

#include "base/core/file.h"
#include "base/text/width.h"
#include "pipeline/report/xlsx_format.h"

#define ROW_TITLE  0
#define ROW_NOTICE 1
#define ROW_HEADER 2
#define ROW_FIRST  3
#define CELL_WIDTH 20000
#define LINE_HEIGHT 14.5

static void put(lxw_worksheet *ws, lxw_row_t row, lxw_col_t col, struct str s, lxw_format *f)
{
    struct arena a = ARENA_INIT;
    worksheet_write_string(ws, row, col, arena_z(&a, str_sub(s, 0, width_fit(s, CELL_WIDTH))), f);
    arena_release(&a);
}

/* Lines a cell takes: its own, each broken where it is too wide. */
static int lines_of(struct str s, double width)
{
    struct str line;
    int n = 0, fit = MAX((int)width - 1, 1);
    while (str_split(&s, '\n', &line)) {
        n += MAX(((int)width_str(line) + fit - 1) / fit, 1);
    }
    return MAX(n, 1);
}

static void write_row(const struct grid *g, lxw_worksheet *ws, size_t i, lxw_format *text, lxw_format *fill)
{
    lxw_row_t row = ROW_FIRST + (lxw_row_t)i;
    int lines = 1;
    for (size_t c = 0; c < g->n_columns; c++) {
        lines = g->columns[c].fill ? lines : MAX(lines, lines_of(g->cells[i * g->n_columns + c], g->columns[c].width));
    }
    worksheet_set_row(ws, row, LINE_HEIGHT * lines + 4, NULL);
    for (size_t c = 0; c < g->n_columns; c++) {
        if (g->columns[c].fill) {
            worksheet_write_blank(ws, row, (lxw_col_t)c, fill);
        } else {
            put(ws, row, (lxw_col_t)c, g->cells[i * g->n_columns + c], text);
        }
    }
}

static void page_setup(const struct grid *g, lxw_worksheet *ws)
{
    lxw_row_t last = ROW_FIRST + (lxw_row_t)MAX(g->n_rows, 1u) - 1;
    worksheet_set_landscape(ws);
    worksheet_set_paper(ws, 9); /* A4 */
    worksheet_set_margins(ws, 0.3, 0.3, 0.45, 0.55);
    worksheet_fit_to_pages(ws, 1, 0);
    worksheet_repeat_rows(ws, ROW_HEADER, ROW_HEADER);
    worksheet_print_area(ws, 0, 0, last, (lxw_col_t)(g->n_columns - 1));
    worksheet_freeze_panes(ws, ROW_FIRST, 1);
    worksheet_set_footer(ws, "&C第 &P 页，共 &N 页");
}

static void drop_down(const struct grid *g, lxw_worksheet *ws)
{
    struct arena a = ARENA_INIT;
    size_t n = 0;
    while (g->choices[n]) {
        n++;
    }
    char **words = arena_array(&a, char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        words[i] = arena_z(&a, str_of(g->choices[i]));
    }
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_LIST,
                             .value_list = words,
                             .error_title = arena_z(&a, str_of(g->columns[g->choice_column].header)),
                             .error_message = arena_z(&a, str_of(g->choice_help)),
                             .ignore_blank = LXW_VALIDATION_ON,
                             .dropdown = LXW_VALIDATION_ON,
                             .show_error = LXW_VALIDATION_ON,
                             .show_input = LXW_VALIDATION_ON};
    lxw_col_t c = (lxw_col_t)g->choice_column;
    worksheet_data_validation_range(ws, ROW_FIRST, c, ROW_FIRST + (lxw_row_t)MAX(g->n_rows, 1u) - 1, c, &v);
    arena_release(&a);
}

static void write_sheet(const struct grid *g, lxw_workbook *wb)
{
    lxw_worksheet *ws = workbook_add_worksheet(wb, NULL);
    lxw_format *title = xlsx_plain(wb, 16), *notice = xlsx_plain(wb, 10.5), *header = xlsx_framed(wb), *text = xlsx_framed(wb), *fill = xlsx_framed(wb);
    format_set_bold(title);
    format_set_bold(header);
    format_set_align(header, LXW_ALIGN_CENTER);
    format_set_bg_color(header, 0xE7E6E1);
    format_set_bg_color(fill, 0xFFFBE6);
    for (size_t c = 0; c < g->n_columns; c++) {
        worksheet_set_column(ws, (lxw_col_t)c, (lxw_col_t)c, g->columns[c].width, NULL);
    }
    worksheet_set_row(ws, ROW_TITLE, 28, NULL);
    put(ws, ROW_TITLE, 0, str_of(g->title), title);
    worksheet_set_row(ws, ROW_NOTICE, 20, NULL);
    put(ws, ROW_NOTICE, 0, str_of(g->notice), notice);
    worksheet_set_row(ws, ROW_HEADER, 30, NULL);
    for (size_t c = 0; c < g->n_columns; c++) {
        put(ws, ROW_HEADER, (lxw_col_t)c, str_of(g->columns[c].header), header);
    }
    for (size_t i = 0; i < g->n_rows; i++) {
        write_row(g, ws, i, text, fill);
    }
    page_setup(g, ws);
    if (g->choice_column >= 0) {
        drop_down(g, ws);
    }
}

enum status grid_write(const struct grid *g, const char *path, struct err *err)
{
    struct arena a = ARENA_INIT;
    const char *draft = arena_printf(&a, "%s.tmp", path);
    /* Without tmpdir cells go through a shared folder; without `created` the bytes follow the clock. */
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = arena_z(&a, str_of(g->scratch_dir))};
    lxw_workbook *wb = workbook_new_opt(draft, &options);
    if (!wb) {
        arena_release(&a);
        return err_set(err, ST_IO, "%s: %s", path, TR("无法创建工作簿", "cannot create the workbook"));
    }
    lxw_doc_properties properties = {.created = (time_t)g->created * 86400};
    workbook_set_properties(wb, &properties);
    write_sheet(g, wb);
    lxw_error e = workbook_close(wb);
    enum status st = e == LXW_NO_ERROR ? file_rename(draft, path, err) : err_set(err, ST_IO, "%s: %s", path, lxw_strerror(e));
    arena_release(&a);
    return st;
}
