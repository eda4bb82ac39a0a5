/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and marks of addresses in one form. */
#include "base/text/address_private.h"

#include "base/text/fold.h"
#include "base/text/utf8.h"

size_t address_at(const uint32_t *cp, size_t n, size_t at, const uint32_t *word)
{
    size_t i = 0;
    while (word[i]) {
        if (at + i >= n || cp[at + i] != word[i]) {
            return 0;
        }
        i++;
    }
    return i;
}

bool address_one_of(uint32_t cp, const uint32_t *set)
{
    while (*set && *set != cp) {
        set++;
    }
    return *set != 0;
}

static bool is_digit_cp(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* --- marks ------------------------------------------------------------------------------------------------------------------ */

static uint32_t one_mark(uint32_t cp)
{
    if ((cp >= 0x3400 && cp < 0xA000) || is_digit_cp(cp)) {
        return cp; /* most of an address */
    }
    if (address_one_of(cp, U"—–‐‑―−~_/\\")) {
        return '-';
    }
    if (address_one_of(cp, U",;:、。，；：.")) {
        return ' ';
    }
    return cp == '#' ? U'号' : cp == 0x3010 || cp == 0x3014 || cp == '[' ? '(' : cp == 0x3011 || cp == 0x3015 || cp == ']' ? ')' : cp;
}

/* Folded, marks unified, without what stands in brackets. */
static size_t load(struct str text, uint32_t out[ADDRESS_CHARS])
{
    size_t n = 0;
    unsigned depth = 0;
    const char *p = text.p, *end = str_end(text);
    while (p < end && n < ADDRESS_CHARS) {
        uint32_t cp = utf8_next(&p, end);
        cp = cp == UTF8_INVALID ? 0xFFFD : one_mark(fold_cp(cp));
        if (cp == '(') {
            depth++;
        } else if (cp == ')') {
            depth -= depth > 0;
        } else if (cp && depth == 0 && !(cp == ' ' && (n == 0 || out[n - 1] == ' '))) {
            out[n++] = cp;
        }
    }
    return n;
}

/* A blank says something only between two digits or two names; beside a unit it is chance. */
static size_t drop_blanks(uint32_t *cp, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool between = k > 0 && i + 1 < n && is_digit_cp(cp[k - 1]) && is_digit_cp(cp[i + 1]);
        if (cp[i] == ' ' && between) {
            cp[k++] = '-';
        } else if (cp[i] == '-' && (k == 0 || cp[k - 1] == '-' || i + 1 == n)) {
            continue;
        } else if (cp[i] != ' ') {
            cp[k++] = cp[i];
        }
    }
    return k;
}

/* --- Chinese numerals --------------------------------------------------------------------------------------------------------- */

static int numeral(uint32_t cp) /* 0..9, 10, 100; -1 for none */
{
    switch (cp) {
    case 0x3007:
    case U'零': return 0;
    case U'一': return 1;
    case U'二':
    case U'两': return 2;
    case U'三': return 3;
    case U'四': return 4;
    case U'五': return 5;
    case U'六': return 6;
    case U'七': return 7;
    case U'八': return 8;
    case U'九': return 9;
    case U'十': return 10;
    case U'百': return 100;
    default: return -1;
    }
}

/* 二十三 is 23, 五零一 is 501; writes the digits and returns how many. */
static size_t print_numerals(const uint32_t *cp, size_t n, uint32_t *out)
{
    int64_t value = 0, digit = 0;
    bool weighted = false;
    for (size_t i = 0; i < n; i++) {
        int v = numeral(cp[i]);
        if (v >= 10) {
            weighted = true;
            value += (digit ? digit : 1) * v;
            digit = 0;
        } else {
            digit = weighted || n == 1 ? v : digit * 10 + v;
        }
    }
    value += digit;
    char text[24];
    size_t k = 0;
    do {
        text[k++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < k; i++) {
        out[i] = (uint32_t)text[k - 1 - i];
    }
    return k;
}

/* Is what follows a numeral a unit, and not the middle of a name (三门路, 五里庄)? */
static bool unit_follows(const uint32_t *cp, size_t n, size_t at)
{
    static const uint32_t *const units[] = {U"单元", U"村民组", U"胡同", U"巷", U"弄", U"号", U"栋", U"幢", U"座", U"门", U"层", U"楼", U"室", U"户", U"组", U"屯", U"队", U"社", U"委", U"排", U"区", U"期"};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        size_t len = address_at(cp, n, at, units[i]);
        if (len) {
            return at + len == n || !address_one_of(cp[at + len], U"路街道里村镇乡庄园巷会");
        }
    }
    return false;
}

/* Numerals of a number become digits, those of a name (五一路, 八里台) stay. 第 before a number goes. */
static size_t write_digits(const uint32_t *cp, size_t n, uint32_t *out)
{
    enum { NUMERALS_MOST = 8 };
    size_t k = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && end - i < NUMERALS_MOST && numeral(cp[end]) >= 0) {
            end++;
        }
        bool joined = (end < n && cp[end] == '-') || (k > 0 && out[k - 1] == '-');
        joined = joined || (end == n && end - i >= 2 && k > 0 && address_one_of(out[k - 1], U"门元楼层栋幢座号")); /* 二门五零一 */
        if (end > i && (joined || unit_follows(cp, n, end))) {
            if (k > 0 && out[k - 1] == U'第') {
                k--;
            }
            uint32_t digits[24];
            size_t len = print_numerals(cp + i, end - i, digits);
            for (size_t d = 0; d < len && k < ADDRESS_CHARS; d++) {
                out[k++] = digits[d];
            }
            i = end;
        } else if (cp[i] == U'第' && i + 1 < n && is_digit_cp(cp[i + 1])) {
            i++;
        } else if (k < ADDRESS_CHARS) {
            out[k++] = cp[i++];
        } else {
            break;
        }
    }
    return k;
}

size_t address_normalise(struct str text, uint32_t out[ADDRESS_CHARS])
{
    uint32_t cp[ADDRESS_CHARS];
    size_t n = load(text, cp);
    n = drop_blanks(cp, n);
    return write_digits(cp, n, out);
}

void address_normal_text(struct str text, struct strbuf *out)
{
    uint32_t cp[ADDRESS_CHARS];
    size_t n = address_normalise(text, cp);
    for (size_t i = 0; i < n; i++) {
        strbuf_add_cp(out, cp[i]);
    }
}
