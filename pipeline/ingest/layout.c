/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/layout.h"

#include <stdlib.h>

#include "base/text/fold.h"

static bool cell_is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t') {
            AUTO_STRBUF scratch = STRBUF_INIT;
            return (unsigned char)s.p[i] >= 0x80 || s.p[i] == '\'' || s.p[i] == '=' ? cell_clean(s, &scratch, NULL).n == 0 : false;
        }
    }
    return true;
}

bool record_is_blank(const struct record *rec)
{
    for (size_t i = 0; i < rec->fields.n; i++) {
        if (!cell_is_blank(rec->fields.v[i])) {
            return false;
        }
    }
    return true;
}

/* --- the header ---------------------------------------------------------------------------------------------------- */

static void fold_header(struct str cell, struct strbuf *out)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    strbuf_clear(out);
    struct str c = cell_clean(cell, &scratch, NULL);
    while (c.n > 0 && c.p[0] == '*') { /* the mark of an obligatory field in a template */
        c = str_sub(c, 1, c.n);
    }
    fold_label(c, out);
}

/* 总费用(元) is 总费用 when the column's unit agrees. */
static struct str without_unit(struct str folded, int64_t unit)
{
    const char *tail = unit == 100 ? "(元)" : unit == 1000000 ? "(万元)" : "(分)";
    return str_ends(folded, str_of(tail)) ? str_sub(folded, 0, folded.n - strlen(tail)) : folded;
}

/* `姓名#2` declares the second field that is headed 姓名: the header without the mark and its number, 0 when there is none. */
static struct str without_number(struct str declared, size_t *out_number)
{
    size_t at = declared.n;
    *out_number = 0;
    while (at > 0 && is_digit((unsigned char)declared.p[at - 1])) {
        at--;
    }
    if (at < 2 || at == declared.n || declared.n - at > 3 || declared.p[at - 1] != '#') {
        return declared;
    }
    for (size_t i = at; i < declared.n; i++) {
        *out_number = *out_number * 10 + (size_t)(declared.p[i] - '0');
    }
    return str_sub(declared, 0, at - 1);
}

static bool is_header(const struct source_column *c, struct str declared, struct str folded)
{
    return str_eq(declared, folded) || (c->type == COL_MONEY && str_eq(declared, without_unit(folded, c->unit)));
}

/* Which of the equal headers this field has, from 1, when the source tells them apart by number; else 0. */
static size_t numbered(const struct source *s, const struct layout *l, size_t field)
{
    bool told = false;
    size_t nth = 0, n;
    for (size_t c = 0; c < s->n_columns && !told; c++) {
        for (size_t i = 0; i < s->columns[c].n_headers && !told; i++) {
            struct str base = without_number(s->columns[c].headers[i], &n);
            told = n > 0 && is_header(&s->columns[c], base, l->folded[field]);
        }
    }
    for (size_t f = 0; told && f <= field; f++) {
        nth += str_eq(l->folded[f], l->folded[field]);
    }
    return nth;
}

/* Position among a column's accepted headers, -1 when none. Where equal headers are told apart, a header without a number means the first. */
static int header_rank(const struct source_column *c, struct str folded, size_t nth)
{
    for (size_t i = 0; i < c->n_headers; i++) {
        size_t number;
        struct str base = without_number(c->headers[i], &number);
        if (is_header(c, base, folded) ? number == nth || (number == 0 && nth == 1) : str_eq(c->headers[i], folded)) {
            return (int)i;
        }
    }
    return -1;
}

struct header_try {
    size_t matched, missing;
    int64_t line;
    struct strbuf why;
};

/* Maps one record as if it were the header. */
static void try_header(const struct source *s, const struct record *rec, struct arena *a, struct layout *out, struct header_try *t)
{
    AUTO_STRBUF folded = STRBUF_INIT;
    *out = (struct layout){.header_line = rec->line, .n_fields = rec->fields.n};
    out->field_of = arena_array(a, int, s->n_columns + 1);
    out->headers = arena_array(a, struct str, s->n_columns + 1);
    out->folded = arena_array(a, struct str, rec->fields.n + 1);
    int *rank = arena_array(a, int, s->n_columns + 1);
    for (size_t c = 0; c < s->n_columns; c++) {
        out->field_of[c] = -1;
    }
    t->matched = t->missing = 0;
    t->line = rec->line;
    strbuf_clear(&t->why);
    for (size_t f = 0; f < rec->fields.n; f++) {
        fold_header(rec->fields.v[f], &folded);
        out->folded[f] = arena_str(a, strbuf_str(&folded));
        out->n_named = folded.n > 0 ? f + 1 : out->n_named;
        size_t nth = folded.n > 0 ? numbered(s, out, f) : 0;
        for (size_t c = 0; c < s->n_columns && folded.n > 0; c++) {
            int r = header_rank(&s->columns[c], strbuf_str(&folded), nth);
            if (r < 0) {
                continue;
            }
            if (out->field_of[c] >= 0 && r == rank[c]) {
                strbuf_addf(&t->why, TR("列“" STR_FMT "”在表头里出现两次（第 %d、%zu 列），请在它的 header 里写 " STR_FMT "#1 或 #2 说明用哪一个；",
                                        "column '" STR_FMT "' is in the header twice (fields %d and %zu), say which with header: [" STR_FMT "#1] or #2; "),
                            STR_ARG(s->columns[c].name), out->field_of[c] + 1, f + 1, STR_ARG(out->folded[f]));
                t->missing++;
            } else if (out->field_of[c] < 0 || r < rank[c]) {
                AUTO_STRBUF scratch = STRBUF_INIT;
                t->matched += out->field_of[c] < 0;
                out->field_of[c] = (int)f;
                out->headers[c] = arena_str(a, cell_clean(rec->fields.v[f], &scratch, NULL));
                rank[c] = r;
            }
        }
    }
    for (size_t c = 0; c < s->n_columns; c++) {
        if ((s->columns[c].required || s->columns[c].needed) && out->field_of[c] < 0) {
            t->missing++;
            strbuf_addf(&t->why, TR("缺少必需的列“" STR_FMT "”；", "required column '" STR_FMT "' is missing; "), STR_ARG(s->columns[c].name));
        }
    }
}

/* Looks at the head with one delimiter; keeps the line with most columns in *best for the message. */
static bool find_with(const struct source *s, struct str head, enum encoding encoding, size_t bom, char delimiter, struct arena *a, struct layout *out,
                      struct header_try *best)
{
    struct memory_source m = {head};
    struct reader *r;
    struct record rec = {0};
    struct header_try t = {0, 0, 0, STRBUF_INIT};
    struct err ignored;
    bool found = false, more = true;
    if (reader_open(memory_source(&m), encoding, bom, delimiter, &r, &ignored) != ST_OK) {
        return false;
    }
    for (int i = 0; i < HEADER_SEARCH_RECORDS && more && !found; i++) {
        if (reader_next(r, &rec, &more, &ignored) != ST_OK || !more || rec.bad != VALUE_OK || record_is_blank(&rec)) {
            continue;
        }
        try_header(s, &rec, a, out, &t);
        found = t.missing == 0 && t.matched > 0;
        if (t.matched > best->matched) {
            struct strbuf swap = best->why;
            *best = t;
            t.why = swap;
        }
    }
    out->delimiter = delimiter;
    strbuf_release(&t.why);
    vec_release(&rec.fields);
    reader_close(r);
    return found;
}

bool layout_find(const struct source *s, struct str head, enum encoding encoding, size_t bom, struct arena *a, struct layout *out, struct strbuf *why)
{
    static const char delimiters[] = {',', '\t', ';', '|'};
    struct header_try best = {0, 0, 0, STRBUF_INIT};
    bool found = false;
    for (size_t i = 0; i < sizeof(delimiters) && !found; i++) {
        if (s->delimiter == 0 || s->delimiter == delimiters[i]) {
            found = find_with(s, head, encoding, bom, delimiters[i], a, out, &best);
        }
    }
    if (!found && best.matched == 0) {
        strbuf_addf(why, TR("前 %d 行里没有一行像表头：columns 里的列名和 header 一个也没有认出来", "none of the first %d rows looks like the header: no column was recognised"),
                    HEADER_SEARCH_RECORDS);
    } else if (!found) {
        strbuf_addf(why, TR("第 %lld 行最像表头，认出 %zu 列；", "line %lld looks most like the header, %zu columns recognised; "), (long long)best.line,
                    best.matched);
        strbuf_adds(why, strbuf_str(&best.why));
        strbuf_addz(why, TR("请核对导出，或把新表头补进 sources.yaml 的 header", "check the export, or add the new header to sources.yaml"));
    }
    strbuf_release(&best.why);
    return found;
}

/* --- rows without data --------------------------------------------------------------------------------------------- */

static const char *const total_words[] = {"合计", "总计", "小计", "共计", "累计", "本页小计", "本页合计", "总合计", "总人数", "总户数"};
static const char *const signature_words[] = {"填表", "制表", "审核", "复核", "经办", "负责人", "单位负责人", "填报", "打印", "联系人", "分管领导",
                                              "主管", "签字", "盖章", "备注:", "注:", "说明:", "日期:", "单位(盖章)"};

static bool starts_with_any(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_starts(s, str_of(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_repeated_header(const struct layout *l, const struct record *rec, struct strbuf *scratch)
{
    if (rec->fields.n < l->n_named) {
        return false;
    }
    for (size_t f = 0; f < rec->fields.n; f++) {
        fold_header(rec->fields.v[f], scratch);
        if (f < l->n_fields ? !str_eq(strbuf_str(scratch), l->folded[f]) : scratch->n > 0) {
            return false;
        }
    }
    return true;
}

/* Is every cell filled that a data row of this source must have? */
static bool has_all_required(const struct layout *l, const struct source *s, const struct record *rec)
{
    if (!layout_fits(l, rec)) {
        return false;
    }
    for (size_t c = 0; c < s->n_columns; c++) {
        if (s->columns[c].required && cell_is_blank(rec->fields.v[l->field_of[c]])) {
            return false;
        }
    }
    return true;
}

bool layout_fits(const struct layout *l, const struct record *rec)
{
    for (size_t f = l->n_named; f < rec->fields.n; f++) {
        if (!cell_is_blank(rec->fields.v[f])) {
            return false;
        }
    }
    return rec->fields.n >= l->n_named;
}

enum row_kind layout_row_kind(const struct layout *l, const struct source *s, const struct record *rec, struct strbuf *scratch)
{
    size_t first = 0;
    while (first < rec->fields.n && cell_is_blank(rec->fields.v[first])) {
        first++;
    }
    if (first == rec->fields.n) {
        return ROW_BLANK;
    }
    struct str cell = rec->fields.v[first];
    char c = to_lower(cell.p[0]);
    if ((unsigned char)c < 0x80 && (is_digit((unsigned char)c) || is_alpha((unsigned char)c)) &&
        (first >= l->n_fields || l->folded[first].n == 0 || l->folded[first].p[0] != c)) {
        return ROW_DATA; /* the common case, for speed: no word below begins like this, nor does the header */
    }
    if (is_repeated_header(l, rec, scratch)) {
        return ROW_HEADER;
    }
    fold_header(cell, scratch);
    struct str word = strbuf_str(scratch);
    enum row_kind kind = starts_with_any(word, total_words, ARRAY_LEN(total_words))           ? ROW_TOTAL
                         : starts_with_any(word, signature_words, ARRAY_LEN(signature_words)) ? ROW_SIGNATURE
                                                                                              : ROW_DATA;
    return kind != ROW_DATA && has_all_required(l, s, rec) ? ROW_DATA : kind;
}
