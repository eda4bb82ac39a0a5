/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/cell.h"
#include "base/text/values.h"

/* Digits without their point: 12.50 is 1250 with 2 decimals; zeros at the end of the fraction are taken off first. */
struct number {
    bool minus;
    uint64_t digits;
    int decimals;
};

enum { DIGITS_MAX = 18 };

static bool drop_head(struct str *s, const char *head)
{
    if (!str_starts(*s, str_of(head))) {
        return false;
    }
    *s = str_sub(*s, strlen(head), s->n);
    return true;
}

static bool drop_tail(struct str *s, const char *tail)
{
    if (!str_ends(*s, str_of(tail))) {
        return false;
    }
    s->n -= strlen(tail);
    return true;
}

/* 1.20106E+17, 4.5e3 */
static bool is_scientific(struct str s)
{
    size_t i = 0;
    while (i < s.n && (is_digit((unsigned char)s.p[i]) || s.p[i] == '.')) {
        i++;
    }
    if (i == 0 || i >= s.n || to_lower(s.p[i]) != 'e') {
        return false;
    }
    i++;
    if (i < s.n && (s.p[i] == '+' || s.p[i] == '-')) {
        i++;
    }
    return i < s.n && is_digit((unsigned char)s.p[i]);
}

/* Commas must divide groups of three before the point. */
static bool commas_are_right(struct str s)
{
    const char *comma = s.n ? memchr(s.p, ',', s.n) : NULL;
    if (!comma) {
        return true;
    }
    size_t first = (size_t)(comma - s.p);
    size_t end = str_find(s, STR("."));
    if (first == 0 || first > 3 || (end - first) % 4 != 0) {
        return false;
    }
    for (size_t i = first; i < s.n; i++) {
        if ((s.p[i] == ',') != (i < end && (i - first) % 4 == 0)) {
            return false;
        }
    }
    return true;
}

static enum value_reason unsigned_number(struct str s, struct number *out)
{
    if (!commas_are_right(s)) {
        return VALUE_NUMBER_FORM;
    }
    struct str point = str_sub(s, str_find(s, STR(".")), s.n);
    int digits = 0, significant = 0;
    while (point.n > 1 && point.p[point.n - 1] == '0') {
        point.n--, s.n--;
        digits++;
    }
    bool seen_point = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ',') {
            continue;
        }
        if (c == '.' && !seen_point) {
            seen_point = true;
            continue;
        }
        if (!is_digit((unsigned char)c)) {
            return is_scientific(s) ? VALUE_SCIENTIFIC : VALUE_NUMBER_FORM;
        }
        digits++;
        significant += significant || c != '0';
        if (significant > DIGITS_MAX) {
            return VALUE_NUMBER_RANGE;
        }
        out->digits = out->digits * 10 + (uint64_t)(c - '0');
        out->decimals += seen_point;
    }
    /* "12." and ".5" pass, "." does not */
    return digits ? VALUE_OK : VALUE_NUMBER_FORM;
}

static enum value_reason read_number(struct str s, struct number *out)
{
    *out = (struct number){false, 0, 0};
    if (s.n >= 3 && s.p[0] == '(' && s.p[s.n - 1] == ')') {
        out->minus = true;
        s = str_trim(str_sub(s, 1, s.n - 2));
    } else if (drop_head(&s, "-") || drop_head(&s, "−")) {
        out->minus = true;
    } else {
        (void)drop_head(&s, "+");
    }
    return unsigned_number(s, out);
}

/* The number as a multiple of 10^-scale; false when it has more decimals than that or is out of range. */
static enum value_reason scaled(const struct number *n, int scale, enum value_reason too_fine, int64_t *out_value)
{
    if (n->decimals > scale) {
        return too_fine;
    }
    uint64_t v = n->digits;
    for (int i = n->decimals; i < scale; i++) {
        if (v > (uint64_t)INT64_MAX / 10) {
            return VALUE_NUMBER_RANGE;
        }
        v *= 10;
    }
    if (v > (uint64_t)INT64_MAX) {
        return VALUE_NUMBER_RANGE;
    }
    *out_value = n->minus ? -(int64_t)v : (int64_t)v;
    return VALUE_OK;
}

/* 1234, 1234.5, 1234.50: nearly every amount and count. False sends the cell the long way. */
static bool fast_number(struct str s, struct number *out)
{
    if (s.n == 0 || s.n > 15 || !is_digit((unsigned char)s.p[0])) {
        return false;
    }
    uint64_t v = 0;
    size_t i = 0;
    for (; i < s.n && is_digit((unsigned char)s.p[i]); i++) {
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    int decimals = 0;
    if (i < s.n) {
        if (s.p[i] != '.' || s.n - i > 3) {
            return false;
        }
        for (i++; i < s.n && is_digit((unsigned char)s.p[i]); i++) {
            v = v * 10 + (uint64_t)(s.p[i] - '0');
            decimals++;
        }
        if (i < s.n) {
            return false;
        }
        for (; decimals && v % 10 == 0; decimals--) {
            v /= 10;
        }
    }
    *out = (struct number){false, v, decimals};
    return true;
}

static enum value_reason plain_number(struct str cell, char buf[CELL_PLAIN], struct str *out)
{
    if (!cell.n) {
        return VALUE_MISSING;
    }
    if (!cell_plain(cell, buf, out)) {
        return VALUE_NUMBER_FORM;
    }
    return cell_is_missing(*out) ? VALUE_MISSING : VALUE_OK;
}

/* The number of a cell with currency, unit and sign around it; the unit written in the cell replaces *unit. */
static enum value_reason money_number(struct str cell, enum money_unit *unit, struct number *out)
{
    char buf[CELL_PLAIN];
    struct str s;
    enum value_reason r = plain_number(cell, buf, &s);
    if (r != VALUE_OK) {
        return r;
    }
    if (s.n && !is_digit((unsigned char)s.p[s.n - 1])) {
        (void)(drop_tail(&s, "整") || drop_tail(&s, "/月"));
        bool yuan = drop_tail(&s, "元") || drop_tail(&s, "圆");
        *unit = drop_tail(&s, "万") ? MONEY_WAN : yuan ? MONEY_YUAN : *unit;
        s = str_trim(s);
    }
    bool minus = s.n > 1 && s.p[0] == '-' && !is_digit((unsigned char)s.p[1]) && s.p[1] != '.' && drop_head(&s, "-"); /* -￥5 */
    if (drop_head(&s, "￥") || drop_head(&s, "¥") || drop_head(&s, "RMB") || drop_head(&s, "CNY")) {
        s = str_trim(s);
    }
    r = read_number(s, out);
    out->minus = out->minus != minus;
    return r;
}

enum value_reason value_money(struct str cell, enum money_unit unit, fen *out_fen)
{
    struct number n;
    enum value_reason r = fast_number(cell, &n) ? VALUE_OK : money_number(cell, &unit, &n);
    int64_t v = 0;
    if (r == VALUE_OK) {
        r = scaled(&n, unit == MONEY_WAN ? 6 : unit == MONEY_FEN ? 0 : 2, VALUE_MONEY_DECIMALS, &v);
    }
    if (r == VALUE_OK && (v > FEN_MAX || v < -FEN_MAX)) {
        r = VALUE_NUMBER_RANGE;
    }
    if (r == VALUE_OK) {
        *out_fen = v;
    }
    return r;
}

static enum value_reason any_number(struct str cell, struct number *out)
{
    char buf[CELL_PLAIN];
    struct str s;
    if (fast_number(cell, out)) {
        return VALUE_OK;
    }
    enum value_reason r = plain_number(cell, buf, &s);
    return r == VALUE_OK ? read_number(s, out) : r;
}

enum value_reason value_integer(struct str cell, int64_t *out_value)
{
    struct number n;
    enum value_reason r = any_number(cell, &n);
    return r == VALUE_OK ? scaled(&n, 0, VALUE_INTEGER_FRACTION, out_value) : r;
}

enum value_reason value_decimal(struct str cell, int scale, int64_t *out_value)
{
    struct number n;
    enum value_reason r = any_number(cell, &n);
    return r == VALUE_OK ? scaled(&n, scale, VALUE_NUMBER_RANGE, out_value) : r;
}
