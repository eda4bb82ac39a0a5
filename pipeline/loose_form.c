/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/loose_form.h"

#include "pipeline/ingest/layout.h"

#define SAMPLE_ROWS   200
#define HEADER_WITHIN 20
#define HEADER_ROWS   3 /* title of groups, groups, fields */

/* --- the first rows --------------------------------------------------------------------------------------------------------- */

struct head_row {
    int64_t line;
    size_t n, filled;  /* fields up to the last that is not blank; of them those that are not */
    size_t wide;       /* all fields */
    struct str *cells; /* [n] cleaned */
};
struct head {
    struct head_row rows[SAMPLE_ROWS];
    size_t n;
    struct loose_bad bad; /* the first line that could not be read; line 0: none */
};

static void keep_row(struct head *h, const struct record *rec, struct arena *a, struct strbuf *scratch)
{
    struct head_row *row = &h->rows[h->n];
    size_t last = 0;
    *row = (struct head_row){.line = rec->line, .n = rec->fields.n, .wide = rec->fields.n, .cells = arena_array(a, struct str, rec->fields.n + 1)};
    for (size_t f = 0; f < row->n; f++) {
        row->cells[f] = arena_str(a, cell_clean(rec->fields.v[f], scratch, NULL));
        row->filled += row->cells[f].n > 0;
        last = row->cells[f].n > 0 ? f + 1 : last;
    }
    row->n = last; /* a comma at the end of every row makes no column */
    h->n += row->filled > 0;
}

static enum status read_head(struct str bytes, const struct encoding_verdict *v, char delimiter, struct arena *a, struct head *out, struct err *err)
{
    struct memory_source m = {bytes};
    struct reader *r;
    struct record rec = {.line = 0};
    AUTO_STRBUF scratch = STRBUF_INIT;
    bool more = true;
    enum status status = ST_OK;
    *out = (struct head){.n = 0};
    TRY(reader_open(memory_source(&m), v->encoding, v->bom_length, delimiter, &r, err));
    while (out->n < SAMPLE_ROWS && (status = reader_next(r, &rec, &more, err)) == ST_OK && more) {
        if (rec.bad == VALUE_OK) {
            keep_row(out, &rec, a, &scratch);
        } else if (out->bad.line == 0) {
            out->bad = (struct loose_bad){rec.line, rec.bad};
        }
    }
    vec_release(&rec.fields);
    reader_close(r);
    return status;
}

/* --- the header ------------------------------------------------------------------------------------------------------------- */

static size_t digits_of(struct str s)
{
    size_t digits = 0;
    for (size_t k = 0; k < s.n; k++) {
        digits += is_digit((unsigned char)s.p[k]);
    }
    return digits;
}

/* 2019, 2020年 */
static bool is_year(struct str s)
{
    return s.n >= 4 && (s.p[0] == '1' || s.p[0] == '2') && digits_of(str_sub(s, 0, 4)) == 4 && (s.n == 4 || str_eqz(str_sub(s, 4, s.n), "年"));
}

static bool has_letter(struct str s)
{
    for (size_t k = 0; k < s.n; k++) {
        if (is_alpha((unsigned char)s.p[k]) || (unsigned char)s.p[k] >= 0x80) {
            return true;
        }
    }
    return false;
}

/* A header names things: no number, no date, no identifier among its cells; but a row of years beside a name does (姓名, 2019, 2020). */
static bool names_things(const struct head_row *row)
{
    size_t years = 0, numbers = 0, words = 0;
    for (size_t f = 0; f < row->n; f++) {
        bool number = row->cells[f].n > 0 && digits_of(row->cells[f]) * 2 >= row->cells[f].n;
        bool news = f == 0 || !str_eq(row->cells[f], row->cells[f - 1]);
        years += is_year(row->cells[f]) && news;
        numbers += number;
        words += !number && has_letter(row->cells[f]);
    }
    return words > 0 && (numbers == 0 || (years > 1 && years == numbers));
}

/* How many fields most rows have from row `from` on, and how many rows those are, blank fields at the end counting or not;
   of equals the more fields. */
static size_t usual_fields(const struct head *h, size_t from, size_t *out_rows)
{
    size_t usual = 0, most = 0;
    for (size_t i = from; i < h->n; i++) {
        size_t same = 0, width = h->rows[i].wide;
        for (size_t k = from; k < h->n; k++) {
            same += h->rows[k].n <= width && width <= h->rows[k].wide;
        }
        if (same > most || (same == most && width > usual)) {
            usual = width, most = same;
        }
    }
    *out_rows = most;
    return usual;
}

/* A title has one cell or two, the header about as many as the rows. -1: no row of the first ones can be it. */
static int header_row_of(const struct head *h, size_t usual)
{
    size_t best = 0;
    int fullest = -1;
    for (size_t i = 0; i < h->n && i < HEADER_WITHIN; i++) {
        if (!names_things(&h->rows[i])) {
            continue;
        }
        bool comment = h->rows[i].n < usual && h->rows[i].n > 0 && str_starts(h->rows[i].cells[0], STR("#"));
        if (h->rows[i].filled * 2 > usual && !comment) {
            return (int)i;
        }
        fullest = h->rows[i].filled > best ? (int)i : fullest;
        best = MAX(best, h->rows[i].filled);
    }
    return fullest;
}

static struct str cell(const struct head_row *row, size_t f)
{
    return f < row->n ? row->cells[f] : (struct str){NULL, 0};
}

/* Cells of a row under merged ones: each stands where the row above is blank, or begins a group that is wider than it. */
static bool is_under_groups(const struct head_row *over, const struct head_row *row)
{
    bool any_bare = false;
    size_t width = MAX(over->n, row->n);
    for (size_t f = 0; f < row->n; f++) {
        bool bare = cell(over, f).n == 0, leads = f + 1 < width && cell(over, f + 1).n == 0;
        if (cell(row, f).n > 0 && ((!bare && !leads) || digits_of(cell(row, f)) > 0)) {
            return false;
        }
        any_bare |= cell(row, f).n > 0 && bare;
    }
    return any_bare;
}

/* 元, 万元 below some headers; XM, SFZH below all of them. Nothing of it is data. */
static bool is_units_or_codes(const struct head_row *over, const struct head_row *row)
{
    bool units = row->filled > 0, codes = row->filled == over->filled && row->filled > 1;
    AUTO_STRBUF folded = STRBUF_INIT;
    for (size_t f = 0; f < row->n; f++) {
        header_fold(row->cells[f], &folded);
        units = units && (folded.n == 0 || header_is_unit(strbuf_str(&folded)));
        codes = codes && header_is_field_code(strbuf_str(&folded)) && (cell(over, f).n == 0 || (unsigned char)cell(over, f).p[0] >= 0x80);
    }
    return units || codes;
}

/* The row below put into the header: group and cell together. */
static void join_below(struct head_row *over, const struct head_row *row, struct arena *a)
{
    struct str group = {NULL, 0};
    struct head_row joined = {.line = row->line, .n = MAX(over->n, row->n)};
    joined.cells = arena_array(a, struct str, joined.n + 1);
    for (size_t f = 0; f < joined.n; f++) {
        struct str upper = cell(over, f), lower = cell(row, f);
        group = upper.n > 0 ? upper : group;
        joined.cells[f] = lower.n == 0 ? upper : group.n == 0 ? lower : str_of(arena_printf(a, STR_FMT STR_FMT, STR_ARG(group), STR_ARG(lower)));
        joined.filled += joined.cells[f].n > 0;
    }
    *over = joined;
}

static bool is_repeated(const struct head_row *row, size_t field)
{
    for (size_t f = 0; f < row->n; f++) {
        if (f != field && str_eq(row->cells[f], row->cells[field])) {
            return true;
        }
    }
    return false;
}

/* Where fields have one name, the groups above tell them apart: 监护人 over 姓名 is 监护人姓名. */
static void join_above(struct head_row *header, const struct head_row *over, struct arena *a)
{
    struct str group = {NULL, 0};
    struct head_row joined = *header;
    joined.cells = arena_array(a, struct str, joined.n + 1);
    for (size_t f = 0; f < header->n; f++) {
        group = cell(over, f).n > 0 ? cell(over, f) : group;
        bool join = group.n > 0 && header->cells[f].n > 0 && is_repeated(header, f);
        joined.cells[f] = join ? str_of(arena_printf(a, STR_FMT STR_FMT, STR_ARG(group), STR_ARG(header->cells[f]))) : header->cells[f];
    }
    *header = joined;
}

/* The whole header that begins at a row; out->line is its last one. */
static size_t header_at(const struct head *h, size_t at, struct arena *a, struct head_row *out)
{
    size_t last = at;
    *out = h->rows[at];
    if (at > 0 && h->rows[at - 1].filled > 1 && names_things(&h->rows[at - 1])) {
        join_above(out, &h->rows[at - 1], a);
    }
    while (last + 1 < h->n && last + 1 < at + HEADER_ROWS && is_under_groups(out, &h->rows[last + 1])) {
        last++;
        join_below(out, &h->rows[last], a);
    }
    if (last + 1 < h->n && is_units_or_codes(out, &h->rows[last + 1])) {
        last++;
        out->line = h->rows[last].line;
    }
    return last;
}

/* --- the delimiter ---------------------------------------------------------------------------------------------------------- */

/* A delimiter is as good as the fields it makes, and as the rows agree about their number; one that makes a single field is a little better than that, so
   that commas in the text of one column are none. A file that it cuts well but that has no header is still cut by it. */
static enum status try_delimiter(struct str bytes, const struct encoding_verdict *v, char delimiter, struct arena *a, size_t *best, struct loose_form *out, struct err *err)
{
    struct head *h = arena_new(a, struct head);
    struct head_row header = {.n = 0};
    TRY(read_head(bytes, v, delimiter, a, h, err));
    size_t agree, fields = usual_fields(h, 0, &agree), from = 0;
    int at = header_row_of(h, fields);
    if (at >= 0) {
        from = header_at(h, (size_t)at, a, &header) + 1;
        fields = from < h->n ? usual_fields(h, from, &agree) : header.n;
    }
    size_t useful = at >= 0 ? MIN(fields, header.filled) : fields, share = from < h->n ? agree * 1000 / (h->n - from) : 1000;
    size_t points = useful * share * (useful == 1 ? 6 : 5);
    if (h->n > 0 && points > *best) {
        *best = points;
        *out = (struct loose_form){*v, delimiter, header.line, header.n, header.cells, h->bad};
    }
    return ST_OK;
}

static enum status say_no_header(const char *path, const struct loose_bad *bad, struct err *err)
{
    if (bad->line > 0 && bad->line <= HEADER_WITHIN) {
        return err_set(err, ST_INPUT, TR("%s：前 %d 行里找不到表头；第 %lld 行读不出：%s", "%s: no header among the first %d lines; line %lld cannot be read: %s"), path, HEADER_WITHIN,
                       (long long)bad->line, value_reason_word(bad->why));
    }
    return err_set(err, ST_INPUT, TR("%s：前 %d 行里找不到表头，都像数据；请在最上面加一行列名", "%s: no header among the first %d lines, they look like data: put a line of column names on top"),
                   path, HEADER_WITHIN);
}

enum status loose_form_find(const char *path, struct str bytes, bool sheet, struct arena *a, struct loose_form *out, struct err *err)
{
    static const char delimiters[] = {',', '\t', ';', '|'}; /* the first is XLSX_DELIMITER */
    struct encoding_verdict v = {.encoding = ENC_UTF8, .how = ENC_BY_BOM};
    size_t head = MIN(bytes.n, (size_t)1 << 18), best = 0;
    struct str text = str_starts(bytes, STR("\xEF\xBB\xBF")) ? str_sub(bytes, 3, bytes.n) : bytes;
    if (str_trim(text).n == 0) {
        return err_set(err, ST_INPUT, TR("%s：文件是空的", "%s: the file is empty"), path);
    }
    if (!sheet) {
        encoding_detect(str_sub(bytes, 0, head), head == bytes.n, ENC_UNKNOWN, &v);
    }
    if (v.encoding == ENC_UNKNOWN) {
        return err_set(err, ST_INPUT, "%s: %s", path, v.why);
    }
    *out = (struct loose_form){.columns = 0};
    for (size_t i = 0; i < (sheet ? 1 : ARRAY_LEN(delimiters)); i++) {
        TRY(try_delimiter(bytes, &v, delimiters[i], a, &best, out, err));
    }
    if (out->columns > LOOSE_MAX_COLUMNS) {
        return err_set(err, ST_INPUT, TR("%s：表头有 %zu 列，最多 %d 列", "%s: the header has %zu columns, at most %d are read"), path, out->columns, LOOSE_MAX_COLUMNS);
    }
    return out->columns ? ST_OK : say_no_header(path, &out->bad, err);
}
