/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/segment_meta.h"

#include "base/store/segment.h"

/* Every number of typing_facts by name. Signed values are written in decimal; missing dates are left out. */
#define FACTS(X)                                                                                                       \
    X(header_line) X(fields) X(bytes) X(records) X(typed) X(rejected) X(defects) X(cells) X(keys_blank) X(ids) X(ids_wrecked)    \
    X(ids_18) X(ids_x) X(sexes) X(sexes_against) X(euros) X(sheet)

static const char *const aside_names[ROW_KIND_COUNT] = {"", "aside_title", "aside_header", "aside_total", "aside_signature", "aside_blank", "aside_skipped"};

static void put(struct strbuf *b, const char *key, int64_t v)
{
    strbuf_addf(b, "%s\t%lld\n", key, (long long)v);
}

void segment_meta_write(const struct source *s, const struct typing_facts *f, const struct layout *l, struct strbuf *out)
{
    strbuf_addf(out, "source\t" STR_FMT "\ntyping\t%s\nencoding\t%s\n", STR_ARG(s->id), s->typing, encoding_name(f->encoding));
    put(out, "delimiter", f->delimiter);
    put(out, "bom", (int64_t)f->bom);
#define X(name) put(out, #name, f->name);
    FACTS(X)
#undef X
    for (size_t k = 1; k < ROW_KIND_COUNT; k++) {
        put(out, aside_names[k], f->aside[k]);
    }
    if (f->month_from != MONTH_MISSING) {
        put(out, "month_from", f->month_from);
        put(out, "month_to", f->month_to);
    }
    for (size_t c = 0; c < s->n_columns; c++) {
        if (l->field_of[c] < 0) {
            continue;
        }
        strbuf_addf(out, "column\t" STR_FMT "\t%d\t", STR_ARG(s->columns[c].name), l->field_of[c]);
        for (size_t i = 0; i < l->headers[c].n; i++) {
            char ch = l->headers[c].p[i];
            strbuf_addc(out, ch == '\t' || ch == '\n' || ch == '\r' ? ' ' : ch);
        }
        strbuf_addc(out, '\n');
    }
}

static bool next_field(struct str *line, struct str *out)
{
    return str_split(line, '\t', out);
}

static int64_t number(struct str s)
{
    int64_t v = 0;
    return str_to_i64(s, &v) ? v : 0;
}

static void take_fact(struct typing_facts *f, struct str key, struct str value)
{
#define X(name)                                                                                                        \
    if (str_eqz(key, #name)) {                                                                                         \
        f->name = number(value);                                                                                       \
        return;                                                                                                        \
    }
    FACTS(X)
#undef X
    for (size_t k = 1; k < ROW_KIND_COUNT; k++) {
        if (str_eqz(key, aside_names[k])) {
            f->aside[k] = number(value);
            return;
        }
    }
    if (str_eqz(key, "encoding")) {
        (void)encoding_from_name(value, &f->encoding);
    } else if (str_eqz(key, "delimiter")) {
        f->delimiter = (char)number(value);
    } else if (str_eqz(key, "bom")) {
        f->bom = (size_t)number(value);
    } else if (str_eqz(key, "month_from")) {
        f->month_from = (monthnum)number(value);
    } else if (str_eqz(key, "month_to")) {
        f->month_to = (monthnum)number(value);
    }
}

enum status segment_facts(const struct seg_reader *r, struct typing_facts *out, struct err *err)
{
    struct str rest = seg_meta(r), line, key, value;
    *out = (struct typing_facts){.month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING};
    while (str_split(&rest, '\n', &line)) {
        if (next_field(&line, &key) && next_field(&line, &value)) {
            take_fact(out, key, value);
        }
    }
    if (out->encoding == ENC_UNKNOWN || out->header_line == 0 || out->typed != (int64_t)seg_rows(r)) {
        return err_set(err, ST_CORRUPT, TR("段文件的说明不完整", "a segment's metadata is incomplete"));
    }
    return ST_OK;
}

int segment_header(const struct seg_reader *r, struct str column, struct str *out_header)
{
    struct str rest = seg_meta(r), line, part;
    *out_header = str_n("", 0);
    while (str_split(&rest, '\n', &line)) {
        if (!next_field(&line, &part) || !str_eqz(part, "column") || !next_field(&line, &part) || !str_eq(part, column)) {
            continue;
        }
        if (next_field(&line, &part)) {
            *out_header = line;
            return (int)number(part);
        }
    }
    return -1;
}
