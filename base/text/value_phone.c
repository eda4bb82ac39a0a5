/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/cell.h"
#include "base/text/utf8.h"
#include "base/text/values.h"

enum { PART_DIGITS = 48, GROUPS_MAX = 8 };

/* The digits of one stretch between hard separators, with the borders that blanks and hyphens made. */
struct part {
    char digits[PART_DIGITS];
    size_t n;
    size_t group_end[GROUPS_MAX];
    size_t groups;
    bool open; /* a digit came since the last border */
    bool too_long;
};

static bool is_mobile(struct str d)
{
    return d.n == 11 && d.p[0] == '1' && d.p[1] >= '3' && d.p[1] <= '9';
}

static bool is_landline(struct str d)
{
    if (d.n == 10 && (str_starts(d, STR("400")) || str_starts(d, STR("800")))) {
        return true;
    }
    if (d.n && d.p[0] == '0') {
        return d.n >= 10 && d.n <= 12 && d.p[1] != '0';
    }
    return (d.n == 7 || d.n == 8) && d.p[0] != '1';
}

/* All digits the same (but for a leading 1?), a run upwards, the operator's sample number. */
static bool is_placeholder(struct str d)
{
    size_t same = 0;
    for (size_t i = 1; i < d.n; i++) {
        same += d.p[i] == d.p[d.n - 1];
    }
    bool mobile = is_mobile(d);
    size_t tail = 0;
    while (tail < d.n && d.p[d.n - 1 - tail] == d.p[d.n - 1]) {
        tail++;
    }
    return (d.n >= 7 && same == d.n - 1) || (mobile && tail >= 8) || str_eq(d, STR("13800138000")) || str_ends(d, STR("12345678")) ||
           str_ends(d, STR("1234567890")) || str_eq(d, STR("12345678901")) || str_eq(d, STR("1234567"));
}

/* Without +86, 0086, 86 and the zero once dialled before a mobile. */
static struct str without_country(struct str d)
{
    if (str_starts(d, STR("0086"))) {
        d = str_sub(d, 4, d.n);
    } else if (d.n >= 12 && str_starts(d, STR("86"))) {
        d = str_sub(d, 2, d.n);
    }
    if (d.n == 12 && d.p[0] == '0' && is_mobile(str_sub(d, 1, 11))) {
        d = str_sub(d, 1, 11);
    }
    return d;
}

static bool take(struct str d, struct phones *out)
{
    d = without_country(d);
    bool mobile = is_mobile(d);
    bool placeholder = is_placeholder(d) && d.n <= 12;
    if (!mobile && !is_landline(d) && !placeholder) {
        return false;
    }
    for (size_t i = 0; i < out->n; i++) {
        if (str_eq(d, str_n(out->v[i].digits, out->v[i].n))) {
            return true; /* written twice */
        }
    }
    if (out->n == PHONES_MAX) {
        out->more = true;
        return true;
    }
    struct phone *p = &out->v[out->n++];
    memset(p, 0, sizeof(*p));
    memcpy(p->digits, d.p, d.n);
    p->n = (uint8_t)d.n;
    p->kind = mobile ? PHONE_MOBILE : PHONE_LANDLINE;
    p->placeholder = placeholder;
    return true;
}

/* Groups i.. joined as far as they make one number, the longest join first; returns the group behind it, i when none does. */
static size_t take_joined(const struct part *part, size_t i, struct phones *out)
{
    size_t from = i ? part->group_end[i - 1] : 0;
    for (size_t j = part->groups; j > i; j--) {
        if (take(str_n(part->digits + from, part->group_end[j - 1] - from), out)) {
            return j;
        }
    }
    return i;
}

static void close_part(struct part *part, struct phones *out)
{
    if (part->open && part->groups < GROUPS_MAX) {
        part->group_end[part->groups++] = part->n;
    }
    out->more = out->more || part->too_long;
    size_t taken = 0;
    for (size_t i = 0; i < part->groups && !part->too_long;) {
        size_t next = take_joined(part, i, out);
        size_t from = i ? part->group_end[i - 1] : 0, length = part->group_end[i] - from;
        if (next > i) {
            taken++;
            i = next;
            continue;
        }
        if (length == 22 && is_mobile(str_n(part->digits + from, 11)) && is_mobile(str_n(part->digits + from + 11, 11))) {
            (void)take(str_n(part->digits + from, 11), out); /* two mobiles without anything between them */
            (void)take(str_n(part->digits + from + 11, 11), out);
        } else if (taken && length <= 5) {
            out->remark = true; /* an extension behind a landline */
        } else {
            out->more = true;
        }
        i++;
    }
    *part = (struct part){.n = 0};
}

static void border(struct part *part)
{
    if (part->open) {
        part->open = false;
        if (part->groups < GROUPS_MAX) {
            part->group_end[part->groups++] = part->n;
        } else {
            part->too_long = true;
        }
    }
}

static void add_digit(struct part *part, char c)
{
    if (part->n == PART_DIGITS) {
        part->too_long = true;
        return;
    }
    part->digits[part->n++] = c;
    part->open = true;
}

static bool is_soft(uint32_t cp)
{
    return cp == '-' || cp == '.' || cp == '(' || cp == ')' || cp == '+' || cp == 0x2014 || cp == 0x2013 || cp == 0xFF08 || cp == 0xFF09 ||
           cp == 0xFF0D || cp == 0x2212 || cp_is_blank(cp);
}

static bool is_hard(uint32_t cp)
{
    return cp == '/' || cp == ',' || cp == ';' || cp == '|' || cp == '\\' || cp == 0x3001 || cp == 0xFF0C || cp == 0xFF1B || cp == 0xFF0F || cp == '\n' ||
           cp == '\r';
}

static void scan(struct str s, struct phones *out)
{
    struct part part = {.n = 0};
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        uint32_t cp = utf8_next(&p, end);
        if (cp >= 0xFF10 && cp <= 0xFF19) {
            cp -= 0xFEE0;
        }
        if (cp >= '0' && cp <= '9') {
            add_digit(&part, (char)cp);
        } else if (is_hard(cp)) {
            close_part(&part, out);
        } else if (is_soft(cp)) {
            border(&part);
        } else if (!cp_is_zero_width(cp)) {
            out->remark = true; /* 儿子, 转, a name: ends the number too */
            close_part(&part, out);
        }
    }
    close_part(&part, out);
}

/* A plain mobile number: nearly every cell. */
static bool fast_mobile(struct str s, struct phones *out)
{
    if (!is_mobile(s)) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit((unsigned char)s.p[i])) {
            return false;
        }
    }
    return take(s, out);
}

enum value_reason value_phones(struct str cell, struct phones *out_phones)
{
    struct phones out;
    memset(&out, 0, sizeof(out));
    if (!cell.n) {
        return VALUE_MISSING;
    }
    if (!fast_mobile(cell, &out)) {
        struct str s = cell;
        if (str_ends(s, STR(".0")) && s.n == 13) {
            s.n -= 2; /* a number cell written as a float */
        }
        if (cell_is_missing(str_trim(s)) || str_eqz(str_trim(s), "0")) {
            return VALUE_MISSING;
        }
        scan(s, &out);
    }
    if (!out.n) {
        char buf[CELL_PLAIN];
        struct str plain;
        bool blank = cell_plain(cell, buf, &plain) && (!plain.n || cell_is_missing(plain));
        return blank ? VALUE_MISSING : VALUE_PHONE_FORM;
    }
    *out_phones = out;
    for (size_t i = 0; i < out.n; i++) {
        if (!out.v[i].placeholder) {
            return VALUE_OK;
        }
    }
    return VALUE_PHONE_PLACEHOLDER;
}
