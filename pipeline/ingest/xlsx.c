/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/xlsx.h"

#include <stdlib.h>

#include "pipeline/ingest/xlsx_book.h"

#define CHUNK         65536
#define WIDTH_PADDED  1024 /* CSV_MAX_FIELDS: a header has no more */
#define MERGES_LOOKED ((int64_t)256 << 20) /* sheets up to this size are read once beforehand for their merged cells */
#define MERGES_MAX    200000
#define CELL_MAX      ((size_t)1 << 20)  /* no spreadsheet allows more than 32,767 characters; what lies beyond is not read */

enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_ERROR, CELL_DATE };

struct merge {
    int64_t row, last_row;
    int column;
    struct strbuf text; /* of its first cell while it is open */
};
/* A cell of the row at hand, its text in `row`. */
struct placed {
    int column;
    size_t from, to;
};

struct xlsx {
    struct zip *zip;
    struct book book;
    char *file;
    int member;
    struct xml *xml;
    bool ended;
    char *chunk;
    /* the row and cell being read */
    int64_t row, last_row;  /* last_row: the last one written */
    int width;              /* of the widest row so far: empty cells at the end of a row are not in the file, and are no missing fields */
    int column;
    enum cell_kind kind;
    uint32_t style;
    bool in_value, has_value;
    int phonetic;
    struct strbuf value, cells;
    VEC(struct placed) placed;
    VEC(struct merge) merges; /* merged downwards, by first row ... */
    size_t next_merge;        /* ... the first that has not begun */
    VEC(size_t) open;         /* those over the row at hand */
    int64_t filled, merges_unread;
    struct strbuf out;
    size_t taken;           /* of out */
    struct strbuf notes;
};

bool xlsx_is(const struct zip *z)
{
    return book_part(z, "xl/workbook.xml") >= 0 || (book_part(z, "[Content_Types].xml") >= 0 && book_part(z, "xl/worksheets/sheet1.xml") >= 0);
}

/* --- references ------------------------------------------------------------------------------------------------------ */

/* B12: column 1 (from 0) and row 12; *p stands behind it. */
static bool parse_reference(const char **p, int *out_column, int64_t *out_row)
{
    int64_t column = 0, row = 0;
    const char *s = *p;
    for (; is_alpha((unsigned char)*s) && column <= XLSX_MAX_COLUMNS; s++) {
        column = column * 26 + (to_upper(*s) - 'A' + 1);
    }
    for (; is_digit((unsigned char)*s) && row <= XLSX_MAX_ROWS; s++) {
        row = row * 10 + (*s - '0');
    }
    *p = s;
    *out_column = (int)column - 1;
    *out_row = row;
    return column >= 1 && column <= XLSX_MAX_COLUMNS && row >= 1 && row <= XLSX_MAX_ROWS;
}

static bool parse_range(const char *s, struct merge *out)
{
    int last_column;
    *out = (struct merge){0};
    bool good = s && parse_reference(&s, &out->column, &out->row) && *s++ == ':' && parse_reference(&s, &last_column, &out->last_row) && *s == 0;
    return good && out->last_row > out->row;
}

/* --- a row -------------------------------------------------------------------------------------------------------------- */

static int by_column(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return x->column != y->column ? (x->column > y->column) - (x->column < y->column) : (x->from > y->from) - (x->from < y->from);
}

static void put_cell(struct xlsx *x, int column, struct str text)
{
    size_t from = x->cells.n;
    strbuf_adds(&x->cells, text);
    vec_push(&x->placed, (struct placed){column, from, x->cells.n});
}

static bool is_filled(const struct xlsx *x, int column)
{
    for (size_t i = 0; i < x->placed.n; i++) {
        if (x->placed.v[i].column == column && x->placed.v[i].to > x->placed.v[i].from) {
            return true;
        }
    }
    return false;
}

/* Which merged cells lie over a row: called when it begins, so that their first cell can be remembered. */
static void open_merges(struct xlsx *x)
{
    for (size_t i = 0; i < x->open.n;) {
        struct merge *m = &x->merges.v[x->open.v[i]];
        if (m->last_row >= x->row) {
            i++;
            continue;
        }
        strbuf_release(&m->text);
        x->open.v[i] = x->open.v[--x->open.n];
    }
    for (; x->next_merge < x->merges.n && x->merges.v[x->next_merge].row <= x->row; x->next_merge++) {
        vec_push(&x->open, x->next_merge);
    }
}

/* A row of nothing but merged cells stays blank. */
static void fill_merged(struct xlsx *x)
{
    size_t own = x->placed.n;
    bool any = false;
    for (size_t i = 0; i < own; i++) {
        any = any || x->placed.v[i].to > x->placed.v[i].from;
    }
    for (size_t i = 0; any && i < x->open.n; i++) {
        struct merge *m = &x->merges.v[x->open.v[i]];
        if (m->text.n > 0 && x->row > m->row && !is_filled(x, m->column)) {
            put_cell(x, m->column, strbuf_str(&m->text));
            x->filled++;
        }
    }
}

static void add_field(struct str text, struct strbuf *out)
{
    if (!memchr(text.p, '"', text.n) && !memchr(text.p, XLSX_DELIMITER, text.n)) {
        strbuf_adds(out, text);
        return;
    }
    strbuf_addc(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        strbuf_addz(out, text.p[i] == '"' ? "\"" : "");
        strbuf_addc(out, text.p[i]);
    }
    strbuf_addc(out, '"');
}

/* A line a row: rows without a cell are blank lines, so that the numbers agree. */
static void end_row(struct xlsx *x)
{
    int at = 0;
    bool sorted = true, any = false;
    fill_merged(x);
    for (size_t i = 0; i < x->placed.n; i++) {
        sorted = sorted && (i == 0 || x->placed.v[i - 1].column < x->placed.v[i].column);
        any = any || x->placed.v[i].to > x->placed.v[i].from;
    }
    if (!sorted) {
        vec_sort(&x->placed, by_column);
    }
    for (; any && x->last_row < x->row - 1; x->last_row++) {
        strbuf_addc(&x->out, '\n');
    }
    for (size_t i = 0; any && i < x->placed.n; i++) {
        const struct placed *p = &x->placed.v[i];
        bool again = i + 1 < x->placed.n && x->placed.v[i + 1].column == p->column;
        if (p->to == p->from || again) {
            continue;
        }
        for (; at < p->column; at++) {
            strbuf_addc(&x->out, XLSX_DELIMITER);
        }
        add_field(str_n(x->cells.p + p->from, p->to - p->from), &x->out);
    }
    x->width = MAX(x->width, MIN(at + 1, WIDTH_PADDED));
    for (at++; any && at < x->width; at++) {
        strbuf_addc(&x->out, XLSX_DELIMITER);
    }
    if (any) {
        strbuf_addc(&x->out, '\n');
        x->last_row = x->row;
    }
    strbuf_clear(&x->cells);
    vec_clear(&x->placed);
}

/* --- a cell ------------------------------------------------------------------------------------------------------------- */

static void begin_cell(struct xlsx *x, const char **attributes)
{
    const char *at = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t"), *style = xml_attribute(attributes, "s");
    int column;
    int64_t row, n = 0;
    x->column = at && parse_reference(&at, &column, &row) ? column : x->column + 1;
    x->kind = !type || strcmp(type, "n") == 0 ? CELL_NUMBER
              : strcmp(type, "s") == 0        ? CELL_SHARED
              : strcmp(type, "b") == 0        ? CELL_BOOLEAN
              : strcmp(type, "e") == 0        ? CELL_ERROR
              : strcmp(type, "d") == 0        ? CELL_DATE
                                              : CELL_TEXT;
    x->style = style && str_to_i64(str_of(style), &n) && n >= 0 && n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    x->has_value = false;
    strbuf_clear(&x->value);
}

static void remember_merged(struct xlsx *x, struct str text)
{
    for (size_t i = 0; i < x->open.n; i++) {
        struct merge *m = &x->merges.v[x->open.v[i]];
        if (m->row == x->row && m->column == x->column) {
            strbuf_clear(&m->text);
            strbuf_adds(&m->text, text);
        }
    }
}

/* 2026-03-05T00:00:00Z, as strict workbooks keep a day, is shown as one kept as a number is: 2026-03-05, with the time when there is one. */
static void add_iso(struct str value, struct strbuf *out)
{
    size_t t = str_find(value, STR("T"));
    struct str day = str_sub(value, 0, t), time = str_sub(value, MIN(t + 1, value.n), value.n);
    size_t end = str_find(time, STR("."));
    end = end < time.n ? end : str_find(time, STR("Z"));
    time = str_sub(time, 0, end);
    strbuf_adds(out, day);
    if (time.n > 0 && !str_eqz(time, "00:00:00")) {
        strbuf_addf(out, "%s" STR_FMT, day.n ? " " : "", STR_ARG(time));
    }
}

static void end_cell(struct xlsx *x)
{
    struct str value = strbuf_str(&x->value);
    size_t from = x->cells.n;
    int64_t n = 0;
    if (!x->has_value || x->column >= XLSX_MAX_COLUMNS) {
        return;
    }
    if (x->kind == CELL_NUMBER) {
        number_show(str_trim(value), book_style(&x->book, x->style), x->book.epoch_1904, &x->cells);
    } else if (x->kind == CELL_SHARED) {
        strbuf_adds(&x->cells, str_to_i64(str_trim(value), &n) && n >= 0 && n < UINT32_MAX ? book_shared(&x->book, (uint32_t)n) : str_n("", 0));
    } else if (x->kind == CELL_DATE) {
        add_iso(str_trim(value), &x->cells);
    } else if (x->kind == CELL_BOOLEAN) {
        strbuf_addz(&x->cells, str_eqz(value, "1") ? "TRUE" : "FALSE");
    } else {
        book_add_text(value, &x->cells);
    }
    vec_push(&x->placed, (struct placed){x->column, from, x->cells.n});
    if ((x->kind == CELL_SHARED || x->kind == CELL_TEXT) && x->open.n > 0) {
        remember_merged(x, str_n(x->cells.p + from, x->cells.n - from));
    }
}

/* --- events ------------------------------------------------------------------------------------------------------------- */

static void on_start(void *ctx, const char *name, const char **attributes)
{
    struct xlsx *x = ctx;
    int64_t row;
    if (strcmp(name, "c") == 0) {
        begin_cell(x, attributes);
    } else if (strcmp(name, "row") == 0) {
        const char *r = xml_attribute(attributes, "r");
        x->row = MAX(x->row, x->last_row) + 1;
        if (r && str_to_i64(str_of(r), &row) && row >= x->row && row <= XLSX_MAX_ROWS) {
            x->row = row;
        }
        x->column = -1;
        open_merges(x);
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        x->in_value = x->phonetic == 0;
        x->has_value |= x->in_value;
    } else if (strcmp(name, "rPh") == 0) {
        x->phonetic++;
    } else if (strcmp(name, "mergeCell") == 0) {
        struct merge m;
        x->merges_unread += parse_range(xml_attribute(attributes, "ref"), &m);
    }
}

static void on_text(void *ctx, struct str text)
{
    struct xlsx *x = ctx;
    if (x->in_value && x->value.n < CELL_MAX) {
        strbuf_adds(&x->value, text);
    }
}

static void on_end(void *ctx, const char *name)
{
    struct xlsx *x = ctx;
    x->in_value = false;
    if (strcmp(name, "c") == 0) {
        end_cell(x);
    } else if (strcmp(name, "row") == 0) {
        end_row(x);
    } else if (strcmp(name, "rPh") == 0) {
        x->phonetic--;
    }
}

/* --- merged cells stand behind the rows they concern: looked for beforehand ------------------------------------------------ */

static void on_merge(void *ctx, const char *name, const char **attributes)
{
    struct xlsx *x = ctx;
    struct merge m;
    if (strcmp(name, "mergeCell") == 0 && x->merges.n < MERGES_MAX && parse_range(xml_attribute(attributes, "ref"), &m)) {
        vec_push(&x->merges, m);
    }
}

static int by_row(const void *a, const void *b)
{
    const struct merge *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : x->column - y->column;
}

static enum status look_for_merges(struct xlsx *x, struct err *err)
{
    if (zip_member(x->zip, (size_t)x->member)->size > MERGES_LOOKED) {
        return ST_OK;
    }
    TRY(xml_read_member(x->zip, (size_t)x->member, x->file, &(struct xml_events){on_merge, NULL, NULL, x}, err));
    vec_sort(&x->merges, by_row);
    return ST_OK;
}

/* --- reading -------------------------------------------------------------------------------------------------------------- */

static void note_sheets(struct xlsx *x, struct str wanted, const struct book_sheet *chosen)
{
    size_t visible = 0;
    for (size_t i = 0; i < x->book.sheets.n; i++) {
        visible += x->book.sheets.v[i].member >= 0 && !x->book.sheets.v[i].hidden;
    }
    if (visible > 1 && wanted.n == 0) {
        strbuf_addf(&x->notes, TR("工作簿里有 %zu 张表，只读了第一张“%s”；要读别的，在 sources.yaml 里写 sheet\n", "the workbook has %zu sheets, only the first, '%s', was read; write sheet in sources.yaml for another\n"),
                    visible, chosen->name);
    }
}

static enum status open_sheet(struct xlsx *x, struct str wanted, struct err *err)
{
    const struct book_sheet *chosen;
    TRY(book_open(&x->book, x->zip, x->file, err));
    TRY(book_choose(&x->book, wanted, &chosen, err));
    x->member = chosen->member;
    note_sheets(x, wanted, chosen);
    TRY(look_for_merges(x, err));
    x->xml = xml_new(&(struct xml_events){on_start, on_end, on_text, x});
    return zip_member_open(x->zip, (size_t)x->member, err);
}

enum status xlsx_open(struct zip *z, const char *file, struct str sheet, struct xlsx **out, struct err *err)
{
    struct xlsx *x = xcalloc(1, sizeof(*x));
    x->zip = z;
    x->file = xstrdup(file);
    x->chunk = xmalloc(CHUNK);
    x->column = -1;
    enum status status = open_sheet(x, sheet, err);
    if (status != ST_OK) {
        xlsx_close(x);
        return status;
    }
    *out = x;
    return ST_OK;
}

static enum status read_chunk(struct xlsx *x, struct err *err)
{
    size_t n = 0;
    TRY(zip_member_read(x->zip, x->chunk, CHUNK, &n, err));
    x->ended = n < CHUNK;
    if (!xml_feed(x->xml, str_n(x->chunk, n), x->ended)) {
        return err_set(err, ST_INPUT, TR("%s：工作表在第 %lld 行附近损坏；请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 再送",
                                         "%s: the worksheet is damaged near row %lld; open it and save it as .xlsx or CSV again"), x->file, (long long)x->row);
    }
    if (x->ended && x->filled > 0) {
        strbuf_addf(&x->notes, TR("有 %lld 个单元格是上下合并的，已按合并前各行都填（只填文字，不填数字）\n", "%lld cells lie under cells merged downwards and were given their text (numbers are not repeated)\n"),
                    (long long)x->filled);
    } else if (x->ended && x->merges_unread > 0 && zip_member(x->zip, (size_t)x->member)->size > MERGES_LOOKED) {
        strbuf_addf(&x->notes, TR("有 %lld 处上下合并的单元格，表太大，没有展开；请取消合并再送\n", "%lld cells are merged downwards and the sheet is too large to unfold them; unmerge them and send it again\n"),
                    (long long)x->merges_unread);
    }
    return ST_OK;
}

enum status xlsx_read(void *xlsx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct xlsx *x = xlsx;
    size_t n = 0;
    while (n < cap) {
        size_t part = MIN(cap - n, x->out.n - x->taken);
        if (part > 0) {
            memcpy((char *)buf + n, x->out.p + x->taken, part);
            x->taken += part;
            n += part;
            continue;
        }
        strbuf_clear(&x->out);
        x->taken = 0;
        if (x->ended) {
            break;
        }
        TRY(read_chunk(x, err));
    }
    *out_n = n;
    return ST_OK;
}

const char *xlsx_sheet(const struct xlsx *x, size_t i)
{
    for (size_t k = 0; k < x->book.sheets.n; k++) {
        const struct book_sheet *s = &x->book.sheets.v[k];
        if (s->member >= 0 && !s->hidden && i-- == 0) {
            return s->name;
        }
    }
    return NULL;
}

struct str xlsx_notes(const struct xlsx *x)
{
    return strbuf_str(&x->notes);
}

void xlsx_close(struct xlsx *x)
{
    if (!x) {
        return;
    }
    for (size_t i = 0; i < x->merges.n; i++) {
        strbuf_release(&x->merges.v[i].text);
    }
    vec_release(&x->merges);
    vec_release(&x->open);
    vec_release(&x->placed);
    strbuf_release(&x->value);
    strbuf_release(&x->cells);
    strbuf_release(&x->out);
    strbuf_release(&x->notes);
    xml_free(x->xml);
    book_release(&x->book);
    zip_close(x->zip);
    free(x->chunk);
    free(x->file);
    free(x);
}
