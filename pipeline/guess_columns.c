/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/guess_columns.h"

#include "base/core/map.h"
#include "base/text/fold.h"
#include "base/text/utf8.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/cells.h"

#define SAMPLE_ROWS   20000
#define FITS_PERCENT  95
#define LOOSE_PERCENT 60  /* a telling header and most of the cells */
#define CODE_REPEATS  4   /* a value of a code table comes so often on average */
#define CODE_BYTES    36
#define CODE_ROWS     20
#define NUMBER_CODES  6   /* a column called a number has a code table only when it is this short */
#define NAME_BYTES    30
#define NAME_MOST     40 /* characters of a column's name; its header may be a whole sentence */
#define CERTIFICATE   20  /* characters */

/* --- rows that are data --------------------------------------------------------------------------------------------- */

static size_t filled_of(const struct loose_table *t, size_t row)
{
    size_t n = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        n += loose_cell(t, row, (int)c).n > 0;
    }
    return n;
}

static bool is_note(const struct loose_table *t, size_t row)
{
    static const char *const words[] = {"合计", "总计", "小计", "填表", "制表", "审核", "负责人", "备注：", "注：", "说明：", "单位：", "日期："};
    for (size_t c = 0; c < t->n_columns; c++) {
        struct str s = loose_cell(t, row, (int)c);
        for (size_t i = 0; s.n > 0 && i < ARRAY_LEN(words); i++) {
            if (str_starts(s, str_of(words[i]))) {
                return true;
            }
        }
        if (s.n > 0) {
            return false;
        }
    }
    return true;
}

static bool repeats_header(const struct loose_table *t, size_t row)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        if (!str_eq(loose_cell(t, row, (int)c), t->headers[c])) {
            return false;
        }
    }
    return true;
}

static void find_rows(struct guess_table *g, struct arena *a)
{
    const struct loose_table *t = g->loose;
    size_t n = t->lines.n;
    g->is_row = arena_array(a, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool alone = t->n_columns > 2 && filled_of(t, i) < 2;
        g->is_row[i] = !alone && !is_note(t, i) && !repeats_header(t, i);
        g->rows += g->is_row[i];
    }
}

/* --- how well a type fits ------------------------------------------------------------------------------------------- */

static struct source_column candidate(enum column_type type)
{
    return (struct source_column){.type = type, .unit = type == COL_MONEY ? 100 : 1};
}

/* Share of the filled cells that the type takes, in percent, 100 for none; *out_fits of *out_filled. */
static int64_t fit(const struct guess_table *g, int column, const struct source_column *type, int64_t *out_fits, int64_t *out_filled)
{
    struct cell_reader r;
    struct cell cell;
    int64_t seen = 0;
    *out_fits = *out_filled = 0;
    cell_reader_init(&r, type);
    for (size_t i = 0; i < g->loose->lines.n && seen < SAMPLE_ROWS; i++) {
        if (!g->is_row[i]) {
            continue;
        }
        seen++;
        cell_read(&r, loose_cell(g->loose, i, column), &cell);
        *out_filled += cell.reason != VALUE_MISSING;
        *out_fits += cell.reason == VALUE_OK;
    }
    cell_reader_release(&r);
    return *out_filled ? *out_fits * 100 / *out_filled : 100;
}

static bool fits(struct guess_column *c, const struct guess_table *g, struct source_column type, int64_t percent)
{
    int64_t ok, filled, share = fit(g, c->at, &type, &ok, &filled);
    if (filled == 0 || share < percent) {
        return false;
    }
    c->type = type, c->fits = ok, c->filled = filled;
    return true;
}

static bool header_has(struct str header, const char *const *words)
{
    AUTO_STRBUF folded = STRBUF_INIT;
    fold_label(header, &folded);
    for (; *words; words++) {
        if (str_find(strbuf_str(&folded), str_of(*words)) < folded.n) {
            return true;
        }
    }
    return false;
}

static const char *const date_words[] = {"日期", "时间", "年月日", "出生", "日", "date", "time", "brdy", "csrq", NULL};
static const char *const month_words[] = {"月份", "年月", "所属期", "期", "月", "month", NULL};
static const char *const money_words[] = {"金额", "费", "收入", "支付", "基数", "标准", "余额", "补贴", "工资", "元", "资金", "负担", "自付", "amt", "pay", "fee", "income", "money", NULL};
static const char *const count_words[] = {"人数", "数量", "月数", "年龄", "人口", "次数", "天数", "面积", "件数", "age", "count", "num", NULL};
static const char *const number_words[] = {"号", "编码", "代码", "序号", "流水", "id", "no", "code", NULL};
static const char *const area_words[] = {"街道", "社区", "乡镇", "村居", "村", "区划", NULL};

/* Dates as some systems write them, the plainest reading first. */
static bool try_dates(struct guess_column *c, const struct guess_table *g, bool told)
{
    struct source_column plain = candidate(COL_DATE), serial = plain, month = plain, short_year = plain;
    serial.serial = true;
    month.month_as = MONTH_AS_FIRST;
    short_year.short_year = true;
    if (fits(c, g, plain, FITS_PERCENT)) {
        return true;
    }
    return told && (fits(c, g, serial, FITS_PERCENT) || fits(c, g, short_year, FITS_PERCENT) || fits(c, g, candidate(COL_MONTH), FITS_PERCENT) ||
                    fits(c, g, month, FITS_PERCENT) || fits(c, g, plain, LOOSE_PERCENT));
}

/* --- values --------------------------------------------------------------------------------------------------------- */

struct values {
    struct strmap texts;
    VEC(int64_t) counts;
    int64_t rows, filled, digits, decimals, plain; /* digits: only digits; decimals: with a point or comma; plain: ASCII letters, digits, - _ */
    int64_t leading_zero, certificates, wrecked; /* wrecked: id numbers a spreadsheet made floating point of */
};

static void look_at_value(struct values *v, struct str s)
{
    size_t digits = 0, points = 0, plain = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        digits += is_digit(ch);
        points += ch == '.' || ch == ',';
        plain += is_digit(ch) || is_alpha(ch) || ch == '-' || ch == '_';
    }
    v->digits += digits == s.n;
    v->decimals += points > 0 && digits + points + (s.p[0] == '-') == s.n;
    v->plain += plain == s.n;
    v->certificates += plain == s.n && s.n >= CERTIFICATE;
    v->wrecked += ident_spreadsheet_damage(ident_parse(s));
    v->leading_zero += digits == s.n && s.n > 1 && s.p[0] == '0';
}

static void look_at_values(const struct guess_table *g, int column, struct values *v)
{
    for (size_t i = 0; i < g->loose->lines.n; i++) {
        struct str s = loose_cell(g->loose, i, column);
        if (!g->is_row[i]) {
            continue;
        }
        v->rows++;
        if (cell_is_missing(s)) {
            continue;
        }
        v->filled++;
        look_at_value(v, s);
        uint32_t at = strmap_add(&v->texts, s);
        if (at == v->counts.n) {
            vec_push(&v->counts, 0);
        }
        v->counts.v[at]++;
    }
}

static bool looks_like_codes(const struct values *v)
{
    size_t most = 0;
    for (size_t i = 0; i < v->texts.n; i++) {
        most = MAX(most, v->texts.texts[i].n);
    }
    return v->filled >= CODE_ROWS && v->texts.n <= GUESS_CODES_MAX && (int64_t)v->texts.n * CODE_REPEATS <= v->filled && most <= CODE_BYTES;
}

static int code_cmp(const void *pa, const void *pb)
{
    const struct guess_code *a = pa, *b = pb;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : str_cmp(a->value, b->value);
}

static void take_codes(struct guess_column *c, const struct values *v, struct arena *a)
{
    c->codes = arena_array(a, struct guess_code, v->texts.n + 1);
    for (size_t i = 0; i < v->texts.n; i++) {
        c->codes[c->n_codes++] = (struct guess_code){arena_str(a, v->texts.texts[i]), v->counts.v[i]};
    }
    qsort(c->codes, c->n_codes, sizeof(*c->codes), code_cmp);
}

/* 享受人, 监护人, not 与户主关系: short words without a digit under a header that speaks of somebody. */
static bool looks_like_names(const struct guess_column *c, const struct values *v)
{
    static const char *const words[] = {"人", "户主", "姓名", "账户名", "开户名", NULL};
    static const char *const others[] = {"人数", "人口", "人员类别", "人群", "人次", "关系", NULL};
    if (!header_has(c->header, words) || header_has(c->header, others)) {
        return false;
    }
    for (size_t i = 0; i < v->texts.n; i++) {
        struct str s = v->texts.texts[i];
        if (s.n < 2 || s.n > NAME_BYTES || (unsigned char)s.p[0] < 0x80) {
            return false;
        }
    }
    return v->texts.n > 0;
}

/* --- one column ----------------------------------------------------------------------------------------------------- */

static bool by_header(struct guess_column *c, const struct guess_table *g, const struct values *v, enum loose_type hint)
{
    switch (hint) {
    case LOOSE_ID: /* damaged numbers are ids too: what is not one at all is a number of something else */
        return (v->certificates * 2 > v->filled && fits(c, g, candidate(COL_CERTIFICATE), LOOSE_PERCENT)) || fits(c, g, candidate(COL_ID_NUMBER), v->wrecked * 2 > v->filled ? 0 : 30);
    case LOOSE_NAME:
        return fits(c, g, candidate(COL_NAME), LOOSE_PERCENT);
    case LOOSE_BIRTH:
        return try_dates(c, g, true);
    case LOOSE_PHONE:
        return fits(c, g, candidate(COL_PHONE), LOOSE_PERCENT);
    case LOOSE_ADDRESS:
        return fits(c, g, candidate(COL_ADDRESS), LOOSE_PERCENT);
    case LOOSE_SEX:
    case LOOSE_TEXT:
    case LOOSE_TYPE_COUNT:
        break;
    }
    return false;
}

static bool by_numbers(struct guess_column *c, const struct guess_table *g, const struct values *v)
{
    struct source_column money = candidate(COL_MONEY);
    static const char *const wan[] = {"万元", NULL};
    bool number = header_has(c->header, number_words), amount = header_has(c->header, money_words);
    money.unit = header_has(c->header, wan) ? 1000000 : 100;
    if (header_has(c->header, count_words) && fits(c, g, candidate(COL_INTEGER), FITS_PERCENT)) {
        return true;
    }
    return v->leading_zero == 0 && (amount || (!number && v->decimals > 0)) && fits(c, g, money, FITS_PERCENT);
}

static bool by_dates(struct guess_column *c, const struct guess_table *g, const struct values *v)
{
    bool told = header_has(c->header, date_words), number = header_has(c->header, number_words);
    if ((told || (!number && v->digits < v->filled)) && try_dates(c, g, told)) {
        return true;
    }
    return header_has(c->header, month_words) && !number && fits(c, g, candidate(COL_MONTH), FITS_PERCENT);
}

static void by_values(struct guess_column *c, const struct guess_table *g, const struct values *v, struct arena *a)
{
    bool digits = v->digits == v->filled;
    if (by_numbers(c, g, v) || by_dates(c, g, v)) {
        return;
    }
    if (header_has(c->header, area_words) && !digits && fits(c, g, candidate(COL_AREA), FITS_PERCENT)) {
        return;
    }
    if (v->texts.n <= 4 && !digits && fits(c, g, candidate(COL_FLAG), 100)) {
        return;
    }
    if (looks_like_names(c, v) && fits(c, g, candidate(COL_NAME), FITS_PERCENT)) {
        return;
    }
    if (looks_like_codes(v) && (!header_has(c->header, number_words) || v->texts.n <= NUMBER_CODES)) {
        take_codes(c, v, a);
        c->type = candidate(COL_CODE);
    } else {
        c->type = candidate(v->plain * 100 >= v->filled * FITS_PERCENT && v->filled > 0 ? COL_TOKEN : COL_TEXT);
    }
    c->fits = c->filled = v->filled;
}

static void guess_column(struct guess_table *g, struct guess_column *c, struct arena *a)
{
    struct values v = {.rows = 0};
    look_at_values(g, c->at, &v);
    c->rows = v.rows;
    c->distinct = (int64_t)v.texts.n;
    if (v.filled == 0) {
        c->type = candidate(COL_TEXT);
    } else if (g->loose->types[c->at] == LOOSE_SEX) {
        c->type = candidate(COL_CODE);
        c->fits = c->filled = v.filled;
        take_codes(c, &v, a);
    } else if (!by_header(c, g, &v, g->loose->types[c->at])) {
        by_values(c, g, &v, a);
    }
    strmap_release(&v.texts);
    vec_release(&v.counts);
}

/* --- names ---------------------------------------------------------------------------------------------------------- */

/* Without the unit in brackets at the end of an amount, and without the signs names may not have. */
static struct str name_of(struct str header, struct arena *a)
{
    static const char *const units[] = {"（元）", "(元)", "（万元）", "(万元)"};
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_ends(header, str_of(units[i]))) {
            header.n -= strlen(units[i]);
        }
    }
    for (size_t i = 0; i < header.n; i++) {
        char ch = header.p[i];
        strbuf_addc(&b, ch == '#' || ch == '.' || ch == '|' || ch == '+' || (unsigned char)ch < ' ' ? '_' : ch);
    }
    return arena_str(a, str_trim(str_sub(strbuf_str(&b), 0, utf8_offset(strbuf_str(&b), NAME_MOST))));
}

static void fold_into(struct str s, struct strbuf *out)
{
    strbuf_clear(out);
    fold_label(s, out);
}

/* Headers are told apart as the reader of files does: folded. */
static void name_columns(struct guess_table *g, struct arena *a)
{
    AUTO_STRBUF own = STRBUF_INIT, other = STRBUF_INIT;
    for (size_t c = 0; c < g->loose->n_columns; c++) {
        struct guess_column *col = &g->columns[c];
        *col = (struct guess_column){.at = (int)c, .header = g->loose->headers[c], .nth = 1};
        col->name = name_of(col->header, a);
        if (col->name.n == 0) {
            col->at = -1;
            continue;
        }
        int same_name = 1;
        for (size_t k = 0; k < c; k++) {
            fold_into(col->header, &own);
            fold_into(g->columns[k].header, &other);
            col->nth += g->columns[k].at >= 0 && str_eq(strbuf_str(&own), strbuf_str(&other));
            fold_into(name_of(col->header, a), &own);
            fold_into(name_of(g->columns[k].header, a), &other);
            same_name += g->columns[k].at >= 0 && str_eq(strbuf_str(&own), strbuf_str(&other));
        }
        if (same_name > 1) {
            col->name = str_of(arena_printf(a, STR_FMT "_%d", STR_ARG(col->name), same_name));
        }
    }
}

void guess_columns(const struct loose_table *t, struct arena *a, struct guess_table *out)
{
    *out = (struct guess_table){.loose = t};
    out->columns = arena_array(a, struct guess_column, t->n_columns + 1);
    find_rows(out, a);
    name_columns(out, a);
    for (size_t c = 0; c < t->n_columns; c++) {
        if (out->columns[c].at >= 0) {
            guess_column(out, &out->columns[c], a);
        }
    }
}

void guess_unique(const struct guess_table *t, const int *columns, size_t n, int alternative, int64_t *out_distinct, int64_t *out_blank)
{
    struct map64 seen = {0};
    *out_blank = 0;
    for (size_t i = 0; i < t->loose->lines.n; i++) {
        uint64_t h = 0;
        bool blank = false;
        if (!t->is_row[i]) {
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            struct str s = loose_cell(t->loose, i, columns[k]);
            s = k == 0 && alternative >= 0 && cell_is_missing(s) ? loose_cell(t->loose, i, alternative) : s;
            blank |= cell_is_missing(s);
            h = hash_mix(h ^ hash64(s.p, s.n)) + k;
        }
        *out_blank += blank;
        map64_put(&seen, h, 0);
    }
    *out_distinct = (int64_t)seen.n;
    map64_release(&seen);
}
