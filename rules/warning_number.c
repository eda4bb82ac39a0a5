/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/warning_number.h"

#include "base/core/bug.h"

#define NUMBER_DIGITS     18
#define NUMBER_MIN_DIGITS 6
#define MODULUS           31

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRTUVWXY";
_Static_assert(sizeof(symbols) - 1 == MODULUS, "one symbol a remainder");

/* sum of digit * 3^(place from the right, the check being place 0) + check = 0 (mod 31); a constant keeps W-000000-0 out. */
static int check_value(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum = (sum + (digits[i] - '0')) * 3 % MODULUS;
    }
    return (MODULUS + 1 - sum) % MODULUS;
}

void warning_number_format(int64_t no, char out[WARNING_NUMBER_MAX])
{
    BUG_ON(no < 1 || no > 999999999999999999);
    char digits[NUMBER_DIGITS];
    size_t n = 0;
    for (int64_t rest = no; rest > 0 || n < NUMBER_MIN_DIGITS; rest /= 10) {
        digits[NUMBER_DIGITS - ++n] = (char)('0' + rest % 10);
    }
    const char *first = digits + NUMBER_DIGITS - n;
    memcpy(out, "W-", 2);
    memcpy(out + 2, first, n);
    out[2 + n] = '-';
    out[3 + n] = symbols[check_value(first, n)];
    out[4 + n] = 0;
}

void strbuf_add_warning_number(struct strbuf *b, int64_t no)
{
    char text[WARNING_NUMBER_MAX];
    warning_number_format(no, text);
    strbuf_addz(b, text);
}

/* Next code point of what people type, folded to upper-case ASCII; 0 for blanks, dashes and marks to skip; -1 for anything else. */
static int next_symbol(struct str *s)
{
    static const char *const skipped[] = {"\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF", "\xE2\x80\x8B", "\xE2\x80\x98", "\xE2\x80\x99", "\xEF\xBC\x87",
                                          "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95",
                                          "\xE2\x88\x92", "\xEF\xBC\x8D", "\xE3\x83\xBC", "\xEF\xB9\xA3"};
    unsigned char c = (unsigned char)s->p[0];
    if (c < 0x80) {
        *s = str_sub(*s, 1, s->n);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == '_' || c == '\'') {
            return 0;
        }
        return is_digit(c) || is_alpha(c) ? to_upper((char)c) : -1;
    }
    for (size_t i = 0; i < ARRAY_LEN(skipped); i++) {
        if (str_starts(*s, str_of(skipped[i]))) {
            *s = str_sub(*s, strlen(skipped[i]), s->n);
            return 0;
        }
    }
    /* Full width: U+FF10.. digits, U+FF21.. capitals (EF BC xx), U+FF41.. small letters (EF BD xx). */
    if (s->n >= 3 && c == 0xEF && ((unsigned char)s->p[1] == 0xBC || (unsigned char)s->p[1] == 0xBD)) {
        int folded = ((unsigned char)s->p[1] == 0xBC ? 0x20 : 0x60) + ((unsigned char)s->p[2] - 0x80);
        *s = str_sub(*s, 3, s->n);
        if (folded > 0 && folded < 0x7F && (is_digit((unsigned char)folded) || is_alpha((unsigned char)folded))) {
            return to_upper((char)folded);
        }
    }
    return -1;
}

static char read_as_digit(char c)
{
    static const char taken[] = "O0I1L1S5Z2";
    for (size_t i = 0; i + 2 < sizeof(taken) + 1; i += 2) {
        if (c == taken[i]) {
            return taken[i + 1];
        }
    }
    return c;
}

enum warning_number_verdict warning_number_parse(struct str s, int64_t *out_no)
{
    char typed[NUMBER_DIGITS + 2];
    size_t n = 0;
    bool head = false;
    while (s.n > 0) {
        int c = next_symbol(&s);
        if (c == 0) {
            continue;
        }
        if (c < 0 || n == sizeof(typed)) {
            return WARNING_NUMBER_FORM;
        }
        if (!head) {
            if (c != 'W') {
                return WARNING_NUMBER_FORM;
            }
            head = true;
            continue;
        }
        typed[n++] = read_as_digit((char)c);
    }
    if (!head) {
        return WARNING_NUMBER_EMPTY;
    }
    if (n < 2 || n > NUMBER_DIGITS + 1) {
        return WARNING_NUMBER_FORM;
    }
    char check = typed[--n];
    int64_t no;
    if (!str_to_i64(str_n(typed, n), &no) || no < 1) {
        return WARNING_NUMBER_FORM;
    }
    char right[WARNING_NUMBER_MAX];
    warning_number_format(no, right);
    size_t width = strlen(right);
    if (n > width - 4 || right[width - 1] != check) { /* more zeros in front than we ever write is somebody else's number */
        return WARNING_NUMBER_CHECK;
    }
    *out_no = no;
    return WARNING_NUMBER_OK;
}
