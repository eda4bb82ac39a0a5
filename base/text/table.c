/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/table.h"

#include "base/core/file.h"
#include "base/text/encoding.h"
#include "base/text/values.h"

#define TABLE_BYTES ((size_t)64 << 20)

void table_release(struct table *t)
{
    if (t) {
        arena_release(&t->arena);
        vec_release(&t->rows);
    }
}

struct scanner {
    struct table *t;
    struct str text;
    size_t at;
    uint32_t line;
    char separator;
    struct strbuf field, scratch;
    struct str cells[TABLE_COLUMNS];
};

/* One field up to its separator or line end. false when a quote is never closed. */
static bool scan_field(struct scanner *s)
{
    strbuf_clear(&s->field);
    bool quoted = s->at < s->text.n && s->text.p[s->at] == '"';
    s->at += quoted;
    while (s->at < s->text.n) {
        char c = s->text.p[s->at];
        if (quoted) {
            if (c == '"' && s->at + 1 < s->text.n && s->text.p[s->at + 1] == '"') {
                s->at++;
            } else if (c == '"') {
                quoted = false;
                s->at++;
                continue;
            }
            s->line += c == '\n';
        } else if (c == s->separator || c == '\n') {
            return true;
        }
        strbuf_addc(&s->field, c);
        s->at++;
    }
    return !quoted;
}

/* One record; *out_n is its cell count (counted beyond TABLE_COLUMNS, kept up to it). */
static bool scan_record(struct scanner *s, size_t *out_n)
{
    for (size_t n = 0;; s->at++) {
        if (!scan_field(s)) {
            return false;
        }
        if (n < TABLE_COLUMNS) {
            s->cells[n] = arena_str(&s->t->arena, cell_clean(strbuf_str(&s->field), &s->scratch, NULL));
        }
        n++;
        if (s->at >= s->text.n || s->text.p[s->at] == '\n') {
            s->at++;
            s->line++;
            *out_n = n;
            return true;
        }
    }
}

static struct table_row keep_row(struct scanner *s, uint32_t line, size_t n)
{
    struct str *cells = arena_array(&s->t->arena, struct str, n);
    memcpy(cells, s->cells, n * sizeof(*cells));
    return (struct table_row){line, n, cells};
}

static bool is_blank_row(const struct scanner *s, size_t n)
{
    for (size_t i = 0; i < MIN(n, (size_t)TABLE_COLUMNS); i++) {
        if (s->cells[i].n) {
            return false;
        }
    }
    return true;
}

static bool scan_all(struct scanner *s)
{
    struct table *t = s->t;
    while (s->at < s->text.n) {
        uint32_t line = s->line;
        size_t n = 0;
        if (!scan_record(s, &n)) {
            diag_add(t->diags, "E122", (struct diag_at){t->file, line, 1, 1}, TR("引号不成对", "unbalanced quote"));
            return false;
        }
        if (is_blank_row(s, n) || (s->cells[0].n && s->cells[0].p[0] == '#')) {
            continue;
        }
        if (!t->header.n) {
            t->header = keep_row(s, line, MIN(n, (size_t)TABLE_COLUMNS));
        } else if (n != t->header.n) {
            diag_add(t->diags, "E123", (struct diag_at){t->file, line, 1, 1},
                     TR("这一行有 %zu 列，表头有 %zu 列", "%zu columns here, %zu in the header"), n, t->header.n);
        } else {
            vec_push(&t->rows, keep_row(s, line, n));
        }
    }
    return true;
}

bool table_parse(struct table *t, const char *name, struct str bytes, struct diag_list *diags)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    t->diags = diags;
    if (decode_whole(name, bytes, ENC_UNKNOWN, &text, &err) != ST_OK) {
        t->file = diag_add_file(diags, name, (struct str){NULL, 0});
        diag_add(diags, "E101", (struct diag_at){t->file, 0, 0, 0}, "%s", err.text);
        return false;
    }
    t->file = diag_add_file(diags, name, strbuf_str(&text));
    struct scanner s = {.t = t, .text = strbuf_str(&text), .line = 1};
    struct str first = str_sub(s.text, 0, str_find(s.text, STR("\n")));
    s.separator = str_find(first, STR(",")) == first.n && str_find(first, STR("\t")) < first.n ? '\t' : ',';
    bool ok = scan_all(&s);
    strbuf_release(&s.field);
    strbuf_release(&s.scratch);
    if (ok && !t->header.n) {
        diag_add(diags, "E121", (struct diag_at){t->file, 0, 0, 0}, TR("没有表头", "no header"));
        ok = false;
    }
    return ok;
}

enum status table_parse_file(struct table *t, const char *path, const char *name, struct diag_list *diags, struct err *err)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    TRY(file_read_all(path, TABLE_BYTES, &bytes, err));
    (void)table_parse(t, name, strbuf_str(&bytes), diags);
    return ST_OK;
}

int table_column(const struct table *t, const char *names)
{
    struct str rest = str_of(names), name;
    while (str_split(&rest, '|', &name)) {
        for (size_t i = 0; i < t->header.n; i++) {
            if (str_eq(t->header.cells[i], name)) {
                return (int)i;
            }
        }
    }
    return -1;
}

int table_need_column(struct table *t, const char *names)
{
    int column = table_column(t, names);
    if (column < 0) {
        diag_add(t->diags, "E124", (struct diag_at){t->file, t->header.line, 1, 1}, TR("表头缺少列“%s”", "column '%s' is missing"), names);
    }
    return column;
}

struct str table_cell(const struct table *t, const struct table_row *row, int column)
{
    (void)t;
    return column >= 0 && (size_t)column < row->n ? row->cells[column] : (struct str){NULL, 0};
}

void table_problem(struct table *t, const struct table_row *row, const char *code, const char *fmt, ...)
{
    AUTO_STRBUF text = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    diag_add(t->diags, code, (struct diag_at){t->file, row->line, 1, 1}, "%s", strbuf_z(&text));
}
