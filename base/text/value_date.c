/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/cell.h"
#include "base/text/utf8.h"
#include "base/text/values.h"

enum { YEAR_MIN = 1850, YEAR_MAX = 2200, YEAR_FOREVER = 9999, SERIAL_MIN = 3000, SERIAL_MAX = 80000 };

/* Up to three groups of digits and what follows them. */
struct groups {
    int value[3], digits[3];
    int n;
    struct str rest;
};

static int digits_at(struct str s, size_t at, size_t n)
{
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v * 10 + (s.p[at + i] - '0');
    }
    return v;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit((unsigned char)s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

static bool is_forever_word(struct str s)
{
    static const char *const words[] = {"长期", "永久", "长期有效", "永久有效", "终身", "终身有效"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(s, words[i])) {
            return true;
        }
    }
    return false;
}

/* 年 and 月 become '-', 日 and 号 a blank, 时 and 分 a colon, 秒 nothing: then only ASCII forms are left. */
static bool chinese_to_ascii(struct str s, char buf[CELL_PLAIN], struct str *out)
{
    static const struct {
        const char *han;
        char ascii;
    } marks[] = {{"年", '-'}, {"月", '-'}, {"日", ' '}, {"号", ' '}, {"时", ':'}, {"分", ':'}, {"秒", 0}};
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        if ((unsigned char)s.p[i] < 0x80) {
            buf[n++] = s.p[i++];
            continue;
        }
        size_t k = 0;
        while (k < ARRAY_LEN(marks) && !str_starts(str_sub(s, i, 3), str_of(marks[k].han))) {
            k++;
        }
        if (k == ARRAY_LEN(marks)) {
            return false;
        }
        if (marks[k].ascii) {
            buf[n++] = marks[k].ascii;
        }
        i += 3;
    }
    *out = str_trim(str_n(buf, n));
    if (out->n && (out->p[out->n - 1] == '-' || out->p[out->n - 1] == ':')) {
        out->n--;
    }
    return true;
}

static struct groups read_groups(struct str s)
{
    struct groups g = {.n = 0};
    size_t i = 0;
    while (g.n < 3) {
        size_t from = i;
        while (i < s.n && is_digit((unsigned char)s.p[i])) {
            i++;
        }
        if (i == from || i - from > 8) {
            g.n = i == from ? g.n : 0;
            break;
        }
        g.digits[g.n] = (int)(i - from);
        g.value[g.n++] = digits_at(s, from, i - from);
        if (g.n == 3 || i == s.n || (s.p[i] != '-' && s.p[i] != '/' && s.p[i] != '.')) {
            break;
        }
        i++;
    }
    g.rest = str_sub(s, i, s.n);
    return g;
}

/* 10:30, T10:30:00.000Z, 10:30:00+08:00, 0:00:00 AM */
static bool is_time(struct str s)
{
    if (s.n < 2 || (s.p[0] != ' ' && s.p[0] != 'T')) {
        return false;
    }
    s = str_trim(str_sub(s, 1, s.n));
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit((unsigned char)s.p[i]) && !strchr(":.+-Z AMPamp", s.p[i])) {
            return false;
        }
    }
    return s.n && is_digit((unsigned char)s.p[0]);
}

static enum value_reason date_of(int year, int month, int day, daynum *out_day, enum date_precision *out_precision)
{
    bool zero = year == 0 && month == 0 && day == 0;
    bool spreadsheet_zero = (year == 1899 && month == 12 && day >= 30) || (year == 1900 && month == 1 && day == 0) ||
                            (year == 1 && month == 1 && day == 1);
    if (zero || spreadsheet_zero) {
        return VALUE_MISSING;
    }
    if (year == YEAR_FOREVER) {
        *out_day = DAY_FOREVER;
        *out_precision = DATE_FOREVER;
        return VALUE_OK;
    }
    if (year < YEAR_MIN || year > YEAR_MAX) {
        return VALUE_DATE_YEAR;
    }
    /* 19610300 and 19610000: the unknown part written as zeros */
    enum date_precision precision = day ? DATE_DAY : month ? DATE_MONTH : DATE_YEAR;
    daynum d = day_from_ymd(year, precision == DATE_YEAR ? 1 : month, day ? day : 1);
    if (d == DAY_MISSING) {
        return VALUE_DATE_RANGE;
    }
    *out_day = d;
    *out_precision = precision;
    return VALUE_OK;
}

static enum value_reason two_digit(unsigned options, int year, int month, int day, daynum *out_day, enum date_precision *out_precision)
{
    if (!(options & DATE_ALLOW_TWO_DIGIT)) {
        return VALUE_DATE_AMBIGUOUS;
    }
    return date_of(year + (year >= 30 ? 1900 : 2000), month, day, out_day, out_precision);
}

static enum value_reason serial(unsigned options, int value, daynum *out_day, enum date_precision *out_precision)
{
    if (value < SERIAL_MIN || value > SERIAL_MAX) {
        return VALUE_DATE_FORM;
    }
    if (!(options & DATE_ALLOW_SERIAL)) {
        return VALUE_DATE_SERIAL;
    }
    *out_day = day_from_ymd(1899, 12, 30) + value;
    *out_precision = DATE_DAY;
    return VALUE_OK;
}

static enum value_reason compact(struct str s, unsigned options, daynum *out_day, enum date_precision *out_precision)
{
    switch (s.n) {
    case 12: /* with hours and minutes, and seconds */
    case 14:
    case 8:
        return date_of(digits_at(s, 0, 4), digits_at(s, 4, 2), digits_at(s, 6, 2), out_day, out_precision);
    case 6: {
        int year = digits_at(s, 0, 4), month = digits_at(s, 4, 2);
        if ((year >= YEAR_MIN && year <= YEAR_MAX && month <= 12) || year == YEAR_FOREVER || digits_at(s, 0, 6) == 0) {
            return date_of(year, month, 0, out_day, out_precision);
        }
        if (digits_at(s, 2, 2) > 12) {
            return VALUE_DATE_RANGE; /* 202313 is no date either way */
        }
        return two_digit(options, digits_at(s, 0, 2), digits_at(s, 2, 2), digits_at(s, 4, 2), out_day, out_precision);
    }
    case 5:
        return serial(options, digits_at(s, 0, 5), out_day, out_precision);
    case 4: {
        int year = digits_at(s, 0, 4);
        return year >= YEAR_MIN || !year ? date_of(year, 0, 0, out_day, out_precision) : VALUE_DATE_FORM;
    }
    default:
        return digits_at(s, 0, MIN(s.n, 8u)) == 0 && s.n < 8 ? VALUE_MISSING : VALUE_DATE_FORM;
    }
}

static enum value_reason grouped(struct str s, unsigned options, daynum *out_day, enum date_precision *out_precision)
{
    struct groups g = read_groups(s);
    if (g.n == 0 || (g.rest.n && !is_time(g.rest))) {
        return VALUE_DATE_FORM;
    }
    if (g.n == 1) {
        return g.digits[0] == 8 ? compact(str_sub(s, 0, 8), options, out_day, out_precision) : VALUE_DATE_FORM;
    }
    if (g.n == 2 && g.digits[0] == 5 && s.p[5] == '.') {
        return serial(options, g.value[0], out_day, out_precision); /* 45306.5: noon of that day */
    }
    if (g.digits[1] > 2 || (g.n == 2 && g.rest.n)) {
        return VALUE_DATE_FORM;
    }
    if (g.digits[0] == 4 && (g.n == 2 || g.digits[2] <= 2)) {
        if (g.value[1] == 0 && g.n == 2 && g.value[0]) {
            return VALUE_DATE_RANGE;
        }
        return date_of(g.value[0], g.value[1], g.n == 3 ? g.value[2] : 0, out_day, out_precision);
    }
    if (g.n == 3 && g.digits[0] <= 2 && g.digits[2] == 4) {
        return VALUE_DATE_AMBIGUOUS; /* 5/1/2024: day or month first? */
    }
    if (g.digits[0] == 2 && (g.n == 2 || g.digits[2] <= 2)) {
        return two_digit(options, g.value[0], g.value[1], g.n == 3 ? g.value[2] : 0, out_day, out_precision);
    }
    return VALUE_DATE_FORM;
}

static enum value_reason slow_date(struct str cell, unsigned options, daynum *out_day, enum date_precision *out_precision)
{
    char buf[CELL_PLAIN], ascii[CELL_PLAIN];
    struct str s;
    if (!cell_plain(cell, buf, &s)) {
        return VALUE_DATE_FORM;
    }
    if (cell_is_missing(s)) {
        return VALUE_MISSING;
    }
    if (is_forever_word(s)) {
        *out_day = DAY_FOREVER;
        *out_precision = DATE_FOREVER;
        return VALUE_OK;
    }
    if (!chinese_to_ascii(s, ascii, &s) || !s.n) {
        return VALUE_DATE_FORM;
    }
    return all_digits(s) ? compact(s, options, out_day, out_precision) : grouped(s, options, out_day, out_precision);
}

/* 20240115 and 2024-01-15 (2024/01/15): nearly every date of an export. */
static bool fast_date(struct str s, int *year, int *month, int *day)
{
    if (s.n == 8 && all_digits(s)) {
        *year = digits_at(s, 0, 4), *month = digits_at(s, 4, 2), *day = digits_at(s, 6, 2);
        return true;
    }
    if (s.n == 10 && s.p[4] == s.p[7] && (s.p[4] == '-' || s.p[4] == '/') && all_digits(str_sub(s, 0, 4)) && all_digits(str_sub(s, 5, 2)) &&
        all_digits(str_sub(s, 8, 2))) {
        *year = digits_at(s, 0, 4), *month = digits_at(s, 5, 2), *day = digits_at(s, 8, 2);
        return true;
    }
    return false;
}

enum value_reason value_date(struct str cell, unsigned options, daynum *out_day, enum date_precision *out_precision)
{
    if (!cell.n) {
        return VALUE_MISSING;
    }
    int year, month, day;
    daynum d = DAY_MISSING;
    enum date_precision precision = DATE_DAY;
    enum value_reason r = fast_date(cell, &year, &month, &day) ? date_of(year, month, day, &d, &precision)
                                                               : slow_date(cell, options, &d, &precision);
    if (r != VALUE_OK) {
        return r;
    }
    if ((options & DATE_ONLY_DAY) && (precision == DATE_MONTH || precision == DATE_YEAR)) {
        return VALUE_MONTH_ONLY;
    }
    *out_day = d;
    *out_precision = precision;
    return VALUE_OK;
}

/* Two groups of four digits or more: 202304-202312, 2023年4月至2023年12月. */
static bool is_month_range(struct str s)
{
    size_t run = 0, long_runs = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && is_digit((unsigned char)s.p[i])) {
            run++;
            continue;
        }
        long_runs += run >= 4;
        run = 0;
    }
    return long_runs >= 2;
}

enum value_reason value_month(struct str cell, monthnum *out_month)
{
    if (cell.n == 6 && all_digits(cell)) {
        int year = digits_at(cell, 0, 4), month = digits_at(cell, 4, 2);
        if (year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12) {
            *out_month = year * 12 + month - 1;
            return VALUE_OK;
        }
    }
    daynum day;
    enum date_precision precision;
    enum value_reason r = value_date(cell, 0, &day, &precision);
    if (r == VALUE_OK && (precision == DATE_DAY || precision == DATE_MONTH)) {
        *out_month = day_month(day);
        return VALUE_OK;
    }
    if (r == VALUE_OK || r == VALUE_DATE_FORM || r == VALUE_DATE_SERIAL) {
        return r != VALUE_OK && is_month_range(cell) ? VALUE_MONTH_RANGE : VALUE_MONTH_FORM;
    }
    return r;
}
