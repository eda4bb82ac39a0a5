/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/loose_table.h"

#include "base/text/fold.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/layout.h"
#include "pipeline/loose_form.h"
#include "pipeline/ingest/table_text.h"

#define SAMPLE_ROWS 200

static const char *const type_words[] = {"text", "id", "name", "date", "sex", "phone", "address"};

const char *loose_type_name(enum loose_type t)
{
    return type_words[t];
}

bool loose_type_from_name(struct str name, enum loose_type *out_type)
{
    for (int t = 0; t < LOOSE_TYPE_COUNT; t++) {
        if (str_eqz(name, type_words[t])) {
            *out_type = (enum loose_type)t;
            return true;
        }
    }
    return false;
}

struct str loose_cell(const struct loose_table *t, size_t row, int column)
{
    if (column < 0) {
        return (struct str){NULL, 0};
    }
    const uint32_t *at = t->at.v + row * t->n_columns + (size_t)column;
    return str_n(t->cells.p + at[0], at[1] - at[0]);
}

/* 申请人身份证 and 监护人电话 are somebody else's. */
static bool names_another(struct str header)
{
    static const char *const words[] = {"申请人", "户主", "监护人", "代理", "经办", "联系人", "账户", "单位", NULL};
    for (size_t i = 0; words[i]; i++) {
        if (str_find(header, str_of(words[i])) < header.n) {
            return true;
        }
    }
    return false;
}

int loose_column(const struct loose_table *t, enum loose_type type)
{
    int second = -1;
    for (size_t c = 0; c < t->n_columns; c++) {
        if (t->types[c] == type && !names_another(t->headers[c])) {
            return (int)c;
        }
        second = t->types[c] == type && second < 0 ? (int)c : second;
    }
    return type == LOOSE_PHONE ? -1 : second;
}

int loose_column_named(const struct loose_table *t, struct str name)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        if (str_eq(t->headers[c], name)) {
            return (int)c;
        }
    }
    return -1;
}

/* --- guessing types --------------------------------------------------------------------------------------------------------- */

static enum loose_type by_header(struct str header)
{
    static const struct {
        const char *word;
        enum loose_type type;
    } words[] = {{"户号", LOOSE_TEXT},        {"身份证", LOOSE_ID},    {"证件号", LOOSE_ID},      {"公民身份", LOOSE_ID},  {"社会保障号", LOOSE_ID}, {"残疾证号", LOOSE_ID},
                 {"残疾人证号", LOOSE_ID},    {"certno", LOOSE_ID},    {"idnumber", LOOSE_ID},    {"id_number", LOOSE_ID}, {"姓名", LOOSE_NAME},     {"名字", LOOSE_NAME},
                 {"name", LOOSE_NAME},        {"出生", LOOSE_BIRTH},   {"birth", LOOSE_BIRTH},    {"brdy", LOOSE_BIRTH},   {"性别", LOOSE_SEX},      {"sex", LOOSE_SEX},
                 {"gend", LOOSE_SEX},         {"电话", LOOSE_PHONE},   {"手机", LOOSE_PHONE},     {"phone", LOOSE_PHONE},  {"住址", LOOSE_ADDRESS},  {"地址", LOOSE_ADDRESS},
                 {"address", LOOSE_ADDRESS}};
    AUTO_STRBUF folded = STRBUF_INIT;
    fold_label(header, &folded);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_find(strbuf_str(&folded), str_of(words[i].word)) < folded.n) {
            return words[i].type;
        }
    }
    return LOOSE_TEXT;
}

/* Numbers without a telling header: most of them valid identifiers. */
static enum loose_type by_values(const struct loose_table *t, int column)
{
    size_t seen = 0, ids = 0, n = t->lines.n;
    for (size_t i = 0; i < n && i < SAMPLE_ROWS; i++) {
        struct str s = loose_cell(t, i, column);
        struct certificate c;
        seen += s.n > 0;
        ids += s.n >= 15 && (ident_kind(ident_parse(s)) == IDENT_RESIDENT || certificate_parse(s, &c));
    }
    return seen && ids * 2 > seen ? LOOSE_ID : LOOSE_TEXT;
}

static void guess_types(struct loose_table *t)
{
    t->types = arena_array(&t->arena, enum loose_type, t->n_columns);
    for (size_t c = 0; c < t->n_columns; c++) {
        t->types[c] = by_header(t->headers[c]);
        t->types[c] = t->types[c] == LOOSE_TEXT ? by_values(t, (int)c) : t->types[c];
    }
}

/* --- reading ---------------------------------------------------------------------------------------------------------------- */

static void add_cell(struct loose_table *t, struct str raw, struct strbuf *scratch)
{
    struct str s = cell_clean(raw, scratch, NULL);
    vec_push(&t->at, (uint32_t)t->cells.n);
    strbuf_adds(&t->cells, s);
}

static void note_odd(struct loose_rows *rows, int64_t line)
{
    rows->first = rows->n++ ? rows->first : line;
}

static bool has_more(const struct loose_table *t, const struct record *rec)
{
    for (size_t c = t->n_columns; c < rec->fields.n; c++) {
        if (str_trim(rec->fields.v[c]).n > 0) {
            return true;
        }
    }
    return false;
}

static void add_record(struct loose_table *t, const struct record *rec, struct strbuf *scratch)
{
    if (rec->bad != VALUE_OK) {
        vec_push(&t->bad, ((struct loose_bad){rec->line, rec->bad}));
        return;
    }
    if (record_is_blank(rec)) {
        return;
    }
    if (layout_word_row(rec, scratch) != ROW_DATA) {
        note_odd(&t->aside, rec->line);
        return;
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        add_cell(t, c < rec->fields.n ? rec->fields.v[c] : (struct str){NULL, 0}, scratch);
    }
    vec_push(&t->lines, rec->line);
    if (has_more(t, rec)) {
        note_odd(&t->longer, rec->line);
    } else if (rec->fields.n < t->n_columns && t->headers[rec->fields.n].n > 0) {
        note_odd(&t->shorter, rec->line);
    }
}

static enum status read_rows(struct loose_table *t, struct str bytes, const struct loose_form *form, struct err *err)
{
    struct memory_source m = {bytes};
    struct reader *r;
    struct record rec = {.line = 0};
    AUTO_STRBUF scratch = STRBUF_INIT;
    bool more;
    enum status status;
    TRY(reader_open(memory_source(&m), form->encoding.encoding, form->encoding.bom_length, form->delimiter, &r, err));
    while ((status = reader_next(r, &rec, &more, err)) == ST_OK && more) {
        if (rec.line == form->header_line) {
            reader_set_columns(r, form->columns);
        } else if (rec.line > form->header_line) {
            add_record(t, &rec, &scratch);
        }
    }
    reader_close(r);
    vec_release(&rec.fields);
    vec_push(&t->at, (uint32_t)t->cells.n);
    return status;
}

static enum status read_text(const char *path, const struct table_text *text, struct loose_table *out, struct err *err)
{
    struct loose_form form;
    TRY(loose_form_find(path, strbuf_str(&text->text), text->is_sheet, &out->arena, &form, err));
    out->encoding = text->is_sheet ? "xlsx" : encoding_name(form.encoding.encoding);
    out->delimiter = form.delimiter;
    out->header_line = form.header_line;
    out->n_columns = form.columns;
    out->headers = form.headers;
    TRY(read_rows(out, strbuf_str(&text->text), &form, err));
    guess_types(out);
    return ST_OK;
}

static enum status read_one(const char *path, struct str sheet, struct loose_table *out, struct table_text *text, struct err *err)
{
    *out = (struct loose_table){.path = path};
    enum status status = table_text_read(path, sheet, LOOSE_MAX_BYTES, text, err);
    status = status == ST_OK ? read_text(path, text, out, err) : status;
    struct str names = strbuf_str(&text->sheets), name;
    while (str_split(&names, '\n', &name)) {
        out->n_sheets += name.n > 0;
        out->sheet = out->n_sheets == 1 && sheet.n == 0 && name.n > 0 ? arena_str(&out->arena, name) : out->sheet;
    }
    out->sheet = sheet.n > 0 ? arena_str(&out->arena, sheet) : out->sheet;
    return status;
}

static bool is_table(enum status status, const struct loose_table *t)
{
    return status == ST_OK && t->lines.n > 0 && t->n_columns > 1;
}

/* A workbook may begin with a cover or with notes on how to fill it in: the first sheet that is a table is meant. */
enum status loose_table_read(const char *path, struct loose_table *out, struct err *err)
{
    struct table_text first, other;
    enum status status = read_one(path, STR(""), out, &first, err);
    struct str names = strbuf_str(&first.sheets), name;
    bool found = is_table(status, out);
    while (first.is_sheet && !found && str_split(&names, '\n', &name)) {
        struct loose_table t;
        struct err ignored;
        found = name.n > 0 && is_table(read_one(path, name, &t, &other, &ignored), &t);
        if (name.n > 0) {
            table_text_release(&other);
        }
        if (found) {
            loose_table_release(out);
            *out = t;
            status = ST_OK;
        } else if (name.n > 0) {
            loose_table_release(&t);
        }
    }
    table_text_release(&first);
    return status;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------- */

void loose_table_odd(const struct loose_table *t, struct strbuf *out)
{
    enum { SHOWN = 5 };
    if (t->n_sheets > 1) {
        strbuf_addf(out, TR("，工作簿里有 %zu 张表，读的是“" STR_FMT "”", ", %zu sheets in the workbook, '" STR_FMT "' was read"), t->n_sheets, STR_ARG(t->sheet));
    }
    for (size_t i = 0; i < t->bad.n && i < SHOWN; i++) {
        if (i == 0) {
            strbuf_addf(out, TR("，%zu 行读不出（", ", %zu lines unreadable ("), t->bad.n);
        }
        strbuf_addf(out, TR("%s第 %lld 行：%s", "%sline %lld: %s"), i ? TR("；", "; ") : "", (long long)t->bad.v[i].line, value_reason_word(t->bad.v[i].why));
        strbuf_addz(out, i + 1 == t->bad.n ? TR("）", ")") : i + 1 == SHOWN ? TR("……）", "...)") : "");
    }
    if (t->aside.n) {
        strbuf_addf(out, TR("，%zu 行是合计或落款，没有当作人（头一个在第 %lld 行）", ", %zu rows are totals or signatures and were set aside (first: line %lld)"), t->aside.n,
                    (long long)t->aside.first);
    }
    if (t->longer.n) {
        strbuf_addf(out, TR("，%zu 行比表头多出内容，多出的没有读（头一个在第 %lld 行）", ", %zu rows have more than the header: what is beyond it was not read (first: line %lld)"), t->longer.n,
                    (long long)t->longer.first);
    }
    if (t->shorter.n) {
        strbuf_addf(out, TR("，%zu 行比表头短，缺的当作空白（头一个在第 %lld 行）", ", %zu rows are shorter than the header, the rest is taken as blank (first: line %lld)"), t->shorter.n,
                    (long long)t->shorter.first);
    }
}

void loose_table_release(struct loose_table *t)
{
    strbuf_release(&t->cells);
    vec_release(&t->at);
    vec_release(&t->lines);
    vec_release(&t->bad);
    arena_release(&t->arena);
}
