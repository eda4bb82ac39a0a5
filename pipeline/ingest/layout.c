/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/layout.h"

#include <stdlib.h>


static bool cell_is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] > ' ') { /* also the 0x1A that DOS put at the end of files */
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

/* --- rows without data --------------------------------------------------------------------------------------------- */

static const char *const total_words[] = {"合计", "总计", "小计", "共计", "累计", "本页小计", "本页合计", "总合计", "总人数", "总户数"};
static const char *const signature_words[] = {"填表", "制表", "审核", "复核", "经办", "负责人", "单位负责人", "填报", "打印", "联系人", "分管领导",
                                              "主管", "签字", "盖章", "备注:", "注:", "说明:", "日期:", "单位(盖章)"};

/* Length of the word that `s` begins with, 0 when it is none of them; the longest counts. */
static size_t starts_with_any(struct str s, const char *const *words, size_t n)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(words[i]);
        longest = length > longest && str_starts(s, str_of(words[i])) ? length : longest;
    }
    return longest;
}

/* 2026年3月1日, as it stands below a signature. */
static bool is_date(struct str word)
{
    daynum day;
    enum date_precision precision;
    return str_find(word, STR("年")) < word.n && value_date(word, DATE_ONLY_DAY, &day, &precision) == VALUE_OK && day != DAY_FOREVER;
}

/* What the first filled cell says a row is. *sure: nothing but the word stands there (合计), or the word and a colon (填表人:某某). */
static enum row_kind word_kind(struct str word, bool *sure)
{
    static const char *const who[] = {"单位负责人", "负责人", "单位", "时间", "日期", "意见", "人员", "人", "员"};
    size_t total = starts_with_any(word, total_words, ARRAY_LEN(total_words));
    size_t signature = total ? 0 : starts_with_any(word, signature_words, ARRAY_LEN(signature_words));
    struct str rest = str_sub(word, total + signature, word.n);
    if (signature) {
        rest = str_sub(rest, starts_with_any(rest, who, ARRAY_LEN(who)), rest.n);
    }
    *sure = rest.n == 0 || rest.p[0] == ':' || (signature && word.p[signature - 1] == ':');
    return total ? ROW_TOTAL : signature ? ROW_SIGNATURE : ROW_DATA;
}

static bool is_alone(const struct record *rec, size_t first)
{
    for (size_t f = first + 1; f < rec->fields.n; f++) {
        if (!cell_is_blank(rec->fields.v[f])) {
            return false;
        }
    }
    return true;
}

static bool is_header_row(const struct layout *l, const struct header_row *row, const struct record *rec, struct strbuf *scratch)
{
    if (rec->fields.n < row->n_named) {
        return false;
    }
    for (size_t f = 0; f < rec->fields.n; f++) {
        header_fold(rec->fields.v[f], scratch);
        if (f < row->n ? !str_eq(strbuf_str(scratch), row->folded[f]) : scratch->n > 0) {
            return false;
        }
    }
    return l->n_rows > 0;
}

static bool is_repeated_header(const struct layout *l, const struct record *rec, struct strbuf *scratch)
{
    for (size_t i = 0; i < l->n_rows; i++) {
        if (is_header_row(l, &l->rows[i], rec, scratch)) {
            return true;
        }
    }
    return false;
}

/* Could a row whose first filled cell begins with `c` repeat a header row? */
static bool may_repeat(const struct layout *l, size_t field, char c)
{
    for (size_t i = 0; i < l->n_rows; i++) {
        if (field < l->rows[i].n && l->rows[i].folded[field].n > 0 && l->rows[i].folded[field].p[0] == c) {
            return true;
        }
    }
    return false;
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

/* Does any of these begin with the same ideograph? */
static bool begins_like(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(s.p, words[i], 3) == 0) {
            return true;
        }
    }
    return false;
}

static bool header_begins_like(const struct layout *l, struct str s)
{
    for (size_t i = 0; i < l->n_rows; i++) {
        struct str folded = l->rows[i].n > 0 ? l->rows[i].folded[0] : str_n("", 0);
        if (folded.n == 0 || (folded.n >= 3 && memcmp(s.p, folded.p, 3) == 0)) {
            return true;
        }
    }
    return false;
}

/* A field that is surely not blank, raw or not, behind the first one. */
static bool has_company(const struct record *rec)
{
    for (size_t f = 1; f < rec->fields.n; f++) {
        struct str s = rec->fields.v[f];
        unsigned char c = s.n > 0 ? (unsigned char)s.p[0] : 0;
        if (c > ' ' && c < 0x7F && c != '\'' && c != '=') {
            return true;
        }
    }
    return false;
}

void layout_prepare(struct layout *l)
{
    for (unsigned c = 0; c < ARRAY_LEN(l->plain_first); c++) {
        l->plain_first[c] = (is_digit((unsigned char)c) || is_alpha((unsigned char)c)) && !may_repeat(l, 0, to_lower((char)c));
    }
}

bool layout_surely_data(const struct layout *l, const struct record *rec, struct str first)
{
    if (rec->fields.n != l->n_named || first.n == 0 || !has_company(rec)) {
        return false;
    }
    unsigned char c = (unsigned char)first.p[0];
    if (c < 0x80) {
        return l->plain_first[c];
    }
    /* E4..E9 begin the ideographs that no folding touches */
    return c >= 0xE4 && c <= 0xE9 && first.n >= 3 && !header_begins_like(l, first) && !begins_like(first, total_words, ARRAY_LEN(total_words)) &&
           !begins_like(first, signature_words, ARRAY_LEN(signature_words));
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
    bool digit = is_digit((unsigned char)c), plain = digit || ((unsigned char)c < 0x80 && is_alpha((unsigned char)c));
    if (plain && !may_repeat(l, first, c) && !(digit && is_alone(rec, first))) {
        return ROW_DATA; /* the common case, for speed: no word below begins like this, nor does the header */
    }
    if (is_repeated_header(l, rec, scratch)) {
        return ROW_HEADER;
    }
    header_fold(cell, scratch);
    struct str word = strbuf_str(scratch);
    if (l->n_named > 1 && is_alone(rec, first) && is_date(word)) {
        return ROW_SIGNATURE;
    }
    bool sure = false;
    enum row_kind kind = word_kind(word, &sure);
    return kind != ROW_DATA && !sure && has_all_required(l, s, rec) ? ROW_DATA : kind;
}

enum row_kind layout_word_row(const struct record *rec, struct strbuf *scratch)
{
    bool number = false;
    for (size_t f = 0; f < rec->fields.n; f++) {
        struct str cell = str_trim(rec->fields.v[f]);
        if (cell_is_blank(cell)) {
            continue;
        }
        if (!number && is_digit((unsigned char)cell.p[0])) {
            number = true;
            continue;
        }
        if (cell.n < 3 || !(begins_like(cell, total_words, ARRAY_LEN(total_words)) || begins_like(cell, signature_words, ARRAY_LEN(signature_words)))) {
            return ROW_DATA;
        }
        bool sure = false;
        header_fold(cell, scratch);
        enum row_kind kind = word_kind(strbuf_str(scratch), &sure);
        return sure && !(number && kind == ROW_SIGNATURE) ? kind : ROW_DATA;
    }
    return ROW_DATA;
}
