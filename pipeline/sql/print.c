/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sql/print.h"

#include <stdio.h>

#include "base/core/arena.h"
#include "base/core/csv_out.h"
#include "base/core/json_out.h"
#include "base/core/vec.h"
#include "base/store/db_query.h"
#include "base/text/width.h"

/* Widths are taken from so many rows, so that a long result starts at once; a wider cell further down pushes its row to the right. */
enum { CHUNK_ROWS = 1000, WIDEST = 60, FLUSH_BYTES = 1 << 16 };

static enum status flush(struct strbuf *b, size_t above, struct err *err)
{
    if (b->n > above) {
        if (fwrite(b->p, 1, b->n, stdout) != b->n) {
            return err_errno(err, ST_IO, "%s", TR("写标准输出", "standard output"));
        }
        strbuf_clear(b);
    }
    return ST_OK;
}

/* --- table ------------------------------------------------------------------------------------------------------------------- */

struct grid {
    struct arena arena;
    struct str *cells; /* CHUNK_ROWS x columns */
    bool *right;       /* a column of numbers */
    size_t *width, columns, rows;
    bool headed;
};

/* Line feeds and other controls would break the lines of the table. */
static struct str one_line(struct arena *a, struct str s)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < s.n; i++) {
        strbuf_addc(&b, (unsigned char)s.p[i] < 32 || s.p[i] == 127 ? ' ' : s.p[i]);
    }
    if (width_str(strbuf_str(&b)) > WIDEST) {
        b.n = width_fit(strbuf_str(&b), WIDEST - 1);
        strbuf_addz(&b, "…");
    }
    return arena_str(a, strbuf_str(&b));
}

static void take_row(struct grid *g, const struct stmt *s)
{
    for (size_t c = 0; c < g->columns; c++) {
        enum value_kind kind = stmt_kind(s, (int)c);
        struct str cell = kind == VALUE_NULL ? STR("") : one_line(&g->arena, stmt_text(s, (int)c));
        if (kind == VALUE_TEXT || kind == VALUE_BLOB) {
            g->right[c] = false;
        }
        g->cells[g->rows * g->columns + c] = cell;
        g->width[c] = MAX(g->width[c], width_str(cell));
    }
    g->rows++;
}

static void put_cell(struct strbuf *b, struct str s, size_t width, bool right, bool last)
{
    size_t have = width_str(s);
    for (size_t i = have; right && i < width; i++) {
        strbuf_addc(b, ' ');
    }
    if (right || last) {
        strbuf_adds(b, s);
    } else {
        strbuf_add_padded(b, s, width);
    }
    strbuf_addz(b, last ? "\n" : "  ");
}

static void put_head(struct grid *g, const struct stmt *s, struct strbuf *b)
{
    for (size_t c = 0; c < g->columns; c++) {
        put_cell(b, str_of(stmt_column_name(s, (int)c)), g->width[c], g->right[c], c + 1 == g->columns);
    }
    for (size_t c = 0; c < g->columns; c++) {
        for (size_t i = 0; i < g->width[c]; i++) {
            strbuf_addc(b, '-');
        }
        strbuf_addz(b, c + 1 == g->columns ? "\n" : "  ");
    }
    g->headed = true;
}

static enum status put_chunk(struct grid *g, const struct stmt *s, struct strbuf *b, struct err *err)
{
    if (!g->headed) {
        put_head(g, s, b);
    }
    for (size_t r = 0; r < g->rows; r++) {
        for (size_t c = 0; c < g->columns; c++) {
            put_cell(b, g->cells[r * g->columns + c], g->width[c], g->right[c], c + 1 == g->columns);
        }
    }
    g->rows = 0;
    arena_clear(&g->arena);
    return flush(b, 0, err);
}

static enum status table_rows(struct grid *g, struct stmt *s, struct strbuf *b, int64_t *out_rows, struct err *err)
{
    for (bool row;;) {
        TRY(stmt_step(s, &row, err));
        if (!row) {
            return put_chunk(g, s, b, err);
        }
        take_row(g, s);
        ++*out_rows;
        if (g->rows == CHUNK_ROWS) {
            TRY(put_chunk(g, s, b, err));
        }
    }
}

static enum status print_table(struct stmt *s, struct strbuf *b, int64_t *out_rows, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    size_t columns = (size_t)stmt_columns(s);
    struct grid g = {.cells = arena_array(&a, struct str, CHUNK_ROWS * (columns + 1)), .right = arena_array(&a, bool, columns + 1),
                     .width = arena_array(&a, size_t, columns + 1), .columns = columns};
    for (size_t c = 0; c < columns; c++) {
        g.width[c] = width_str(str_of(stmt_column_name(s, (int)c)));
        g.right[c] = true;
    }
    enum status status = table_rows(&g, s, b, out_rows, err);
    arena_release(&g.arena);
    return status;
}

/* --- CSV, JSON ------------------------------------------------------------------------------------------------------------------ */

static enum status print_csv(struct stmt *s, struct strbuf *b, int64_t *out_rows, struct err *err)
{
    strbuf_addz(b, CSV_BOM);
    struct csv_out csv = csv_out_to(b);
    for (int c = 0; c < stmt_columns(s); c++) {
        csv_z(&csv, stmt_column_name(s, c));
    }
    csv_end_row(&csv);
    for (bool row;;) {
        TRY(stmt_step(s, &row, err));
        if (!row) {
            return flush(b, 0, err);
        }
        for (int c = 0; c < stmt_columns(s); c++) {
            if (stmt_kind(s, c) == VALUE_INTEGER) {
                csv_int(&csv, stmt_int(s, c));
            } else {
                csv_text(&csv, stmt_text(s, c));
            }
        }
        csv_end_row(&csv);
        ++*out_rows;
        TRY(flush(b, FLUSH_BYTES, err));
    }
}

static void json_cell(struct json_out *j, const struct stmt *s, int c)
{
    switch (stmt_kind(s, c)) {
    case VALUE_NULL:
        json_null(j);
        return;
    case VALUE_INTEGER:
        json_int(j, stmt_int(s, c));
        return;
    case VALUE_REAL:
        json_number(j, stmt_text(s, c));
        return;
    case VALUE_TEXT:
    case VALUE_BLOB:
        json_str(j, stmt_text(s, c));
        return;
    }
}

static enum status print_json(struct stmt *s, struct strbuf *b, int64_t *out_rows, struct err *err)
{
    struct json_out j = json_out_to(b);
    json_open(&j, '[');
    for (bool row;;) {
        TRY(stmt_step(s, &row, err));
        if (!row) {
            break;
        }
        json_open(&j, '{');
        for (int c = 0; c < stmt_columns(s); c++) {
            json_key(&j, stmt_column_name(s, c));
            json_cell(&j, s, c);
        }
        json_close(&j, '}');
        ++*out_rows;
        TRY(flush(b, FLUSH_BYTES, err));
    }
    json_close(&j, ']');
    return flush(b, 0, err);
}

enum status sql_print(struct stmt *s, enum sql_format format, int64_t *out_rows, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    *out_rows = 0;
    return (format == SQL_CSV ? print_csv : format == SQL_JSON ? print_json : print_table)(s, &b, out_rows, err);
}
