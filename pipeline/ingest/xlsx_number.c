/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/xlsx_number.h"

#include "base/core/date.h"

#define DIGITS_MAX   40
#define LAST_SERIAL  2958465 /* 9999-12-31 */
#define EPOCH_1904   1462
#define FALSE_LEAP   60      /* 1900-02-29, which never was */

/* --- formats --------------------------------------------------------------------------------------------------------- */

struct format_scan {
    bool year, month, day, clock, percent, sharp, scaled, text;
    int zeros, decimals; /* decimals -1: no point */
};

/* The first section, without what is quoted, escaped, padding or in brackets. */
static void scan_format(struct str code, struct format_scan *s)
{
    *s = (struct format_scan){.decimals = -1};
    for (size_t i = 0; i < code.n && code.p[i] != ';'; i++) {
        char c = to_lower(code.p[i]);
        if (c == '"' || c == '[') {
            char end = c == '"' ? '"' : ']';
            s->clock |= c == '[' && i + 1 < code.n && strchr("hms", to_lower(code.p[i + 1])) && code.p[i + 1];
            for (i++; i < code.n && code.p[i] != end; i++) {
            }
            continue;
        }
        if (c == '\\' || c == '_' || c == '*') {
            i++;
            continue;
        }
        s->year |= c == 'y';
        s->month |= c == 'm';
        s->day |= c == 'd';
        s->clock |= c == 'h' || c == 's';
        s->percent |= c == '%' || c == 'e' || c == '/' || c == '?';
        s->text |= c == '@';
        if (c == '0' || c == '#') {
            s->sharp |= c == '#';
            s->scaled = false;
            s->zeros += c == '0' && s->decimals < 0;
            s->decimals += s->decimals >= 0;
        }
        s->scaled |= c == ',';
        s->sharp |= c == ',';
        s->decimals = c == '.' && s->decimals < 0 ? 0 : s->decimals;
    }
}

struct number_format number_format_parse(struct str code)
{
    struct format_scan s;
    scan_format(code, &s);
    bool date = s.year || s.day || (s.month && !s.clock);
    if (date) {
        return (struct number_format){s.clock ? NUMBER_MOMENT : s.year && s.month && !s.day ? NUMBER_MONTH : NUMBER_DATE, 0};
    }
    if (s.clock) {
        return (struct number_format){NUMBER_TIME, 0};
    }
    if (s.percent || s.scaled || s.text || (s.zeros == 0 && !s.sharp && s.decimals < 0)) {
        return (struct number_format){NUMBER_GENERAL, 0};
    }
    if (!s.sharp && s.decimals < 0 && s.zeros > 1) {
        return (struct number_format){NUMBER_ZEROS, s.zeros};
    }
    return (struct number_format){NUMBER_DECIMALS, s.decimals < 0 ? 0 : s.decimals};
}

struct number_format number_format_builtin(int id)
{
    static const struct {
        int from, to;
        enum number_shape shape;
        int n;
    } table[] = {{1, 1, NUMBER_DECIMALS, 0},   {2, 2, NUMBER_DECIMALS, 2},   {3, 3, NUMBER_DECIMALS, 0},   {4, 4, NUMBER_DECIMALS, 2},
                 {5, 6, NUMBER_DECIMALS, 0},   {7, 8, NUMBER_DECIMALS, 2},   {14, 16, NUMBER_DATE, 0},     {17, 17, NUMBER_MONTH, 0},
                 {18, 21, NUMBER_TIME, 0},     {22, 22, NUMBER_MOMENT, 0},   {27, 27, NUMBER_MONTH, 0},    {28, 31, NUMBER_DATE, 0},
                 {32, 35, NUMBER_TIME, 0},     {36, 36, NUMBER_MONTH, 0},    {37, 38, NUMBER_DECIMALS, 0}, {39, 40, NUMBER_DECIMALS, 2},
                 {41, 42, NUMBER_DECIMALS, 0}, {43, 44, NUMBER_DECIMALS, 2}, {45, 47, NUMBER_TIME, 0},     {50, 50, NUMBER_MONTH, 0},
                 {51, 51, NUMBER_DATE, 0},     {52, 52, NUMBER_MONTH, 0},    {53, 54, NUMBER_DATE, 0},     {55, 56, NUMBER_TIME, 0},
                 {57, 57, NUMBER_MONTH, 0},    {58, 58, NUMBER_DATE, 0}};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (id >= table[i].from && id <= table[i].to) {
            return (struct number_format){table[i].shape, table[i].n};
        }
    }
    return (struct number_format){NUMBER_GENERAL, 0};
}

/* --- decimals -------------------------------------------------------------------------------------------------------- */

/* 0.d1 d2 d3 ... times 10^point, no zero at either end; n 0 is nought. */
struct decimal {
    bool minus;
    char digit[DIGITS_MAX + 1];
    int n, point;
};

static void trim_zeros(struct decimal *d)
{
    while (d->n > 0 && d->digit[d->n - 1] == '0') {
        d->n--;
    }
    d->point = d->n == 0 ? 0 : d->point;
}

/* -12.5, 1.2E+17. Digits beyond DIGITS_MAX are dropped: no spreadsheet writes more than 17. */
static bool decimal_parse(struct str s, struct decimal *out)
{
    bool point = false, any = false;
    size_t i = 0;
    int64_t exponent = 0;
    *out = (struct decimal){0};
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) {
        out->minus = s.p[i++] == '-';
    }
    for (; i < s.n && (is_digit((unsigned char)s.p[i]) || (s.p[i] == '.' && !point)); i++) {
        if (s.p[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        if (out->n > 0 || s.p[i] != '0') {
            if (out->n < DIGITS_MAX) {
                out->digit[out->n++] = s.p[i];
            }
            out->point += !point;
        } else {
            out->point -= point;
        }
    }
    if (i < s.n && any && to_lower(s.p[i]) == 'e') {
        bool minus = i + 1 < s.n && s.p[i + 1] == '-', sign = minus || (i + 1 < s.n && s.p[i + 1] == '+');
        if (s.n - i > 6 || !str_to_i64(str_sub(s, i + 1 + sign, s.n), &exponent)) {
            return false;
        }
        exponent = minus ? -exponent : exponent;
        i = s.n;
    }
    out->point += (int)exponent;
    trim_zeros(out);
    return any && i == s.n;
}

/* Keeps the first `keep` digits, half away from nought. */
static void decimal_round(struct decimal *d, int keep)
{
    if (keep >= d->n) {
        return;
    }
    if (keep < 0) {
        d->n = d->point = 0;
        return;
    }
    bool up = d->digit[keep] >= '5';
    d->n = keep;
    while (up && d->n > 0 && d->digit[d->n - 1] == '9') {
        d->n--;
    }
    if (up && d->n > 0) {
        d->digit[d->n - 1]++;
    } else if (up) {
        d->digit[0] = '1';
        d->n = 1;
        d->point++;
    }
    trim_zeros(d);
}

static void add_digits(const struct decimal *d, int from, int to, struct strbuf *out)
{
    for (int i = from; i < to; i++) {
        strbuf_addc(out, i >= 0 && i < d->n ? d->digit[i] : '0');
    }
}

/* At least `least` digits before the point; the decimals there are. */
static void add_decimal(const struct decimal *d, int least, struct strbuf *out)
{
    strbuf_addz(out, d->minus && d->n > 0 ? "-" : "");
    int whole = MAX(d->point, MAX(least, 1));
    add_digits(d, d->point - whole, d->point, out);
    if (d->n > d->point) {
        strbuf_addc(out, '.');
        add_digits(d, d->point, d->n, out);
    }
}

static void add_scientific(const struct decimal *d, struct strbuf *out)
{
    strbuf_addf(out, "%s%c.", d->minus ? "-" : "", d->digit[0]);
    add_digits(d, 1, NUMBER_DIGITS, out);
    strbuf_addf(out, "E+%02d", d->point - 1);
}

/* --- dates ----------------------------------------------------------------------------------------------------------- */

static void add_date(int64_t serial, bool month_only, struct strbuf *out)
{
    if (serial == FALSE_LEAP || serial == 0) {
        strbuf_addz(out, serial ? "1900-02-29" : "1900-01-00");
        return;
    }
    struct ymd d = day_to_ymd(day_from_ymd(1899, 12, 30) + (daynum)serial + (serial < FALSE_LEAP));
    strbuf_addf(out, month_only ? "%04d-%02d" : "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* Whole days and seconds of the day; false when it is no date a spreadsheet shows. */
static bool split_serial(const struct decimal *d, bool epoch_1904, int64_t *out_day, int64_t *out_second)
{
    int64_t day = 0, billionth = 0;
    if ((d->minus && d->n > 0) || d->point > 7) {
        return false;
    }
    for (int i = 0; i < d->point; i++) {
        day = day * 10 + (i < d->n ? d->digit[i] - '0' : 0);
    }
    for (int i = 0; i < 9; i++) {
        int at = d->point + i;
        billionth = billionth * 10 + (at >= 0 && at < d->n ? d->digit[at] - '0' : 0);
    }
    int64_t second = (billionth * 86400 + 500000000) / 1000000000;
    *out_day = day + second / 86400 + (epoch_1904 ? EPOCH_1904 : 0);
    *out_second = second % 86400;
    return *out_day <= LAST_SERIAL;
}

static bool show_date(const struct decimal *d, enum number_shape shape, bool epoch_1904, struct strbuf *out)
{
    int64_t day, second;
    if (!split_serial(d, epoch_1904, &day, &second)) {
        return false;
    }
    bool date = shape != NUMBER_TIME || day > (epoch_1904 ? EPOCH_1904 : 0), clock = shape == NUMBER_TIME || (shape == NUMBER_MOMENT && second > 0);
    if (date) {
        add_date(day, shape == NUMBER_MONTH, out);
    }
    if (clock) {
        strbuf_addf(out, "%s%02d:%02d:%02d", date ? " " : "", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    }
    return true;
}

void number_show(struct str value, struct number_format f, bool epoch_1904, struct strbuf *out)
{
    struct decimal d;
    if (!decimal_parse(value, &d) || d.point > 400 || d.point < -400) {
        strbuf_adds(out, value);
        return;
    }
    if (f.shape >= NUMBER_DATE && show_date(&d, f.shape, epoch_1904, out)) {
        return;
    }
    decimal_round(&d, NUMBER_DIGITS);
    if (d.point > NUMBER_DIGITS) {
        add_scientific(&d, out);
        return;
    }
    if (f.shape == NUMBER_DECIMALS) {
        decimal_round(&d, d.point + f.n);
    }
    if (d.point < -NUMBER_DIGITS) {
        strbuf_addc(out, '0'); /* 1E-20 is what is left of a difference that was nought */
        return;
    }
    add_decimal(&d, f.shape == NUMBER_ZEROS ? MIN(f.n, NUMBER_DIGITS) : 1, out);
}
