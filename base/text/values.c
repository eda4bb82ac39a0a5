/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons, cells, flags and masks. Dates, numbers and phones have files of their own. */
#include "base/text/values.h"

#include "base/core/status.h"
#include "base/text/cell.h"
#include "base/text/utf8.h"

struct reason_row {
    const char *code, *zh, *en;
};
static const struct reason_row reasons[VALUE_REASON_COUNT] = {
#define X(name, code, zh, en) [name] = {code, zh, en},
#include "base/text/value_reasons.def"
#undef X
};

const char *value_reason_code(enum value_reason r)
{
    return r < VALUE_REASON_COUNT ? reasons[r].code : "";
}

const char *value_reason_word(enum value_reason r)
{
    return r < VALUE_REASON_COUNT ? TR(reasons[r].zh, reasons[r].en) : "";
}

bool value_reason_from_code(struct str code, enum value_reason *out_reason)
{
    for (enum value_reason r = VALUE_OK; r < VALUE_REASON_COUNT; r++) {
        if (str_eqz(code, reasons[r].code)) {
            *out_reason = r;
            return true;
        }
    }
    return false;
}

/* --- cells ----------------------------------------------------------------------------------------------------------- */

bool cp_is_blank(uint32_t cp)
{
    return cp == ' ' || (cp >= 9 && cp <= 13) || cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F ||
           cp == 0x1680;
}

bool cp_is_zero_width(uint32_t cp)
{
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0xFEFF;
}

static bool is_to_trim(uint32_t cp)
{
    return cp_is_blank(cp) || cp_is_zero_width(cp);
}

/* Length of the blank or zero-width character that ends s, 0 when there is none. */
static size_t blank_tail(struct str s)
{
    size_t n = 1;
    while (n < s.n && n < 4 && ((unsigned char)s.p[s.n - n] & 0xC0) == 0x80) {
        n++;
    }
    const char *p = s.p + s.n - n;
    return is_to_trim(utf8_next(&p, s.p + s.n)) && p == s.p + s.n ? n : 0;
}

static struct str trim_all(struct str s)
{
    while (s.n) {
        const char *p = s.p;
        if (!is_to_trim(utf8_next(&p, str_end(s)))) {
            break;
        }
        s = str_sub(s, (size_t)(p - s.p), s.n);
    }
    for (size_t n; s.n && (n = blank_tail(s)) > 0;) {
        s.n -= n;
    }
    return s;
}

static struct str without_marks(struct str s, unsigned *defects)
{
    if (s.n >= 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"') {
        *defects |= CELL_FORMULA;
        return trim_all(str_sub(s, 2, s.n - 3));
    }
    static const struct str marks[] = {{"'", 1}, {"’", 3}, {"‘", 3}};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (str_starts(s, marks[i])) {
            *defects |= CELL_APOSTROPHE;
            return trim_all(str_sub(s, marks[i].n, s.n));
        }
    }
    return s;
}

static bool has_inner_dirt(struct str s)
{
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        uint64_t w;
        /* eight printable ASCII bytes: no high bit, and no byte below a blank borrows from it */
        if (end - p >= 8 && (memcpy(&w, p, 8), !((w | (w - 0x2020202020202020u)) & 0x8080808080808080u))) {
            p += 8;
            continue;
        }
        unsigned char c = (unsigned char)*p;
        if (c == '\n' || c == '\r' || c == '\t') {
            return true;
        }
        if (c != 0xE2 && c != 0xEF) { /* lead bytes of the zero-width characters */
            p++;
            continue;
        }
        if (cp_is_zero_width(utf8_next(&p, end))) {
            return true;
        }
    }
    return false;
}

static struct str rebuild(struct str s, struct strbuf *scratch, unsigned *defects)
{
    strbuf_clear(scratch);
    strbuf_reserve(scratch, s.n);
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        if (cp_is_zero_width(cp)) {
            *defects |= CELL_BLANKS;
        } else if (cp == '\n' || cp == '\r' || cp == '\t') {
            *defects |= cp == '\t' ? CELL_BLANKS : CELL_BREAK;
            if (scratch->n && scratch->p[scratch->n - 1] != ' ') {
                strbuf_addc(scratch, ' ');
            }
        } else {
            strbuf_add(scratch, here, (size_t)(p - here));
        }
    }
    return trim_all(strbuf_str(scratch));
}

struct str cell_clean(struct str cell, struct strbuf *scratch, unsigned *defects)
{
    unsigned found = 0;
    struct str s = cell;
    if (!s.n) {
        return s;
    }
    unsigned char first = (unsigned char)s.p[0], last = (unsigned char)s.p[s.n - 1];
    bool dirty_ends = first <= ' ' || first >= 0xC2 || last <= ' ' || last >= 0x80;
    if (dirty_ends) {
        s = trim_all(s);
        found |= s.n != cell.n ? CELL_BLANKS : 0;
    }
    if (s.n && (s.p[0] == '\'' || s.p[0] == '=' || (unsigned char)s.p[0] == 0xE2)) {
        s = without_marks(s, &found);
    }
    if (has_inner_dirt(s)) {
        s = rebuild(s, scratch, &found);
    }
    if (defects) {
        *defects |= found;
    }
    return s;
}

bool cell_is_missing(struct str s)
{
#define WORD(x) {x, sizeof(x) - 1}
    static const struct str words[] = {WORD("/"),    WORD("-"),   WORD("--"),   WORD("---"), WORD("—"),   WORD("——"),   WORD("－"),   WORD("／"), WORD("\\"),
                                       WORD("\\N"),  WORD("无"),  WORD("空"),   WORD("null"), WORD("NULL"), WORD("Null"), WORD("N/A"),  WORD("n/a"), WORD("#N/A"),
                                       WORD("NaN"),  WORD("nan"), WORD("None"), WORD("none"), WORD("暂无"), WORD("不详"), WORD("未填"), WORD("未知")};
#undef WORD
    if (s.n > 6) {
        return false;
    }
    if (!s.n) {
        return true;
    }
    if (is_digit((unsigned char)s.p[0])) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (s.n == words[i].n && s.p[0] == words[i].p[0] && str_eq(s, words[i])) {
            return true;
        }
    }
    return false;
}

/* True when the cell is ASCII that needs nothing done: the usual case of ids, dates and amounts. */
static bool is_clean_ascii(struct str s)
{
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        all |= c;
        if (c < ' ') {
            return false;
        }
    }
    return all < 0x80 && (!s.n || (s.p[0] != ' ' && s.p[0] != '\'' && s.p[0] != '=' && s.p[s.n - 1] != ' '));
}

bool cell_plain(struct str cell, char buf[CELL_PLAIN], struct str *out_plain)
{
    if (cell.n < CELL_PLAIN && is_clean_ascii(cell)) {
        *out_plain = cell;
        return true;
    }
    unsigned ignored = 0;
    struct str s = without_marks(trim_all(cell), &ignored);
    if (s.n > 3 * CELL_PLAIN) {
        return false;
    }
    size_t n = 0;
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        if (cp_is_zero_width(cp)) {
            continue;
        }
        char one[4];
        size_t len;
        if (cp >= 0xFF01 && cp <= 0xFF5E) {
            len = utf8_put(one, cp - 0xFEE0);
        } else if (cp_is_blank(cp)) {
            len = utf8_put(one, ' ');
        } else {
            len = (size_t)(p - here);
            memcpy(one, here, len);
        }
        if (n + len > CELL_PLAIN) {
            return false;
        }
        memcpy(buf + n, one, len);
        n += len;
    }
    *out_plain = str_trim(str_n(buf, n));
    return true;
}

/* --- flags ----------------------------------------------------------------------------------------------------------- */

enum value_reason value_flag(struct str cell, bool *out_flag)
{
    static const char *const yes[] = {"是", "1", "Y", "y", "有", "√", "yes", "true", "对", "TRUE", "YES", "Yes", "True", "T", "✓", "✔"};
    static const char *const no[] = {"否", "0", "N", "n", "无", "×", "no", "false", "错", "FALSE", "NO", "No", "False", "F", "✗", "✘"};
    char buf[CELL_PLAIN];
    struct str s;
    if (cell.n == 1 && (cell.p[0] == '1' || cell.p[0] == '0')) {
        *out_flag = cell.p[0] == '1';
        return VALUE_OK;
    }
    if (str_eq(cell, STR("是")) || str_eq(cell, STR("否"))) {
        *out_flag = str_eq(cell, STR("是"));
        return VALUE_OK;
    }
    if (!cell_plain(cell, buf, &s)) {
        return VALUE_FLAG_FORM;
    }
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (str_eqz(s, yes[i]) || str_eqz(s, no[i])) {
            *out_flag = str_eqz(s, yes[i]);
            return VALUE_OK;
        }
    }
    return cell_is_missing(s) ? VALUE_MISSING : VALUE_FLAG_FORM;
}
