/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lex.h"

#include "base/core/money.h"

/* One character, full-width forms folded to ASCII; anything else above ASCII is 0x80. *n is its length in bytes, 0 at the end. */
static unsigned char peek_at(struct str s, size_t pos, size_t *n)
{
    *n = 0;
    if (pos >= s.n) {
        return 0;
    }
    const unsigned char *p = (const unsigned char *)s.p + pos;
    size_t left = s.n - pos;
    if (p[0] < 0x80) {
        *n = 1;
        return p[0];
    }
    if (left >= 3 && p[0] == 0xEF && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        unsigned cp = 0xF000u | (unsigned)(p[1] & 0x3F) << 6 | (unsigned)(p[2] & 0x3F);
        if (cp >= 0xFF01 && cp <= 0xFF5E) {
            *n = 3;
            return (unsigned char)(cp - 0xFEE0);
        }
    }
    static const struct {
        char from[4];
        unsigned char to;
    } forms[] = {{"\xE3\x80\x80", ' '}, {"\xE3\x80\x81", ','}, {"\xC3\x97", '*'}, {"\xC3\xB7", '/'}, {"\xE2\x88\x92", '-'}, {"\xC2\xA0", ' '}};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        size_t len = strlen(forms[i].from);
        if (left >= len && memcmp(p, forms[i].from, len) == 0) {
            *n = len;
            return forms[i].to;
        }
    }
    *n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC0 ? 2 : 1;
    *n = MIN(*n, left);
    return 0x80;
}

static bool starts_at(struct str s, size_t pos, const char *z)
{
    size_t n = strlen(z);
    return s.n - pos >= n && memcmp(s.p + pos, z, n) == 0;
}

/* Mathematical signs of three bytes that stand for two ASCII ones. */
static enum tok wide_sign(struct str s, size_t pos)
{
    return starts_at(s, pos, "≥") ? TOK_GE : starts_at(s, pos, "≤") ? TOK_LE : starts_at(s, pos, "≠") ? TOK_NE : TOK_END;
}

static bool word_char(struct str s, size_t pos, unsigned char c)
{
    if (c == 0x80) {
        return wide_sign(s, pos) == TOK_END;
    }
    return is_alpha(c) || is_digit(c) || c == '_';
}

static const struct {
    const char *text;
    enum tok tok;
} KEYWORDS[] = {
    {"且", TOK_AND},      {"并且", TOK_AND},    {"and", TOK_AND},    {"或", TOK_OR},         {"或者", TOK_OR},     {"or", TOK_OR},
    {"非", TOK_NOT},      {"not", TOK_NOT},     {"在", TOK_IN},      {"in", TOK_IN},         {"不在", TOK_NOT_IN}, {"含", TOK_HAS},
    {"包含", TOK_HAS},    {"不含", TOK_HAS_NOT}, {"不包含", TOK_HAS_NOT}, {"未知", TOK_UNKNOWN}, {"已知", TOK_KNOWN},  {"变为", TOK_BECAME},
    {"首次", TOK_APPEARED}, {"消失", TOK_VANISHED}, {"曾", TOK_EVER},
    {"于", TOK_WITHIN},   {"距今", TOK_SINCE},  {"今天", TOK_TODAY},
};

const char *tok_text(enum tok t)
{
    static const char *const signs[TOK_COUNT] = {
        [TOK_LPAREN] = "(", [TOK_RPAREN] = ")", [TOK_COMMA] = ",", [TOK_DOTDOT] = "..", [TOK_PLUS] = "+", [TOK_MINUS] = "-", [TOK_STAR] = "*",
        [TOK_SLASH] = "/",  [TOK_LT] = "<",     [TOK_LE] = "<=",   [TOK_GT] = ">",      [TOK_GE] = ">=",  [TOK_EQ] = "=",    [TOK_NE] = "!=",
    };
    for (size_t i = 0; i < ARRAY_LEN(KEYWORDS); i++) {
        if (KEYWORDS[i].tok == t) {
            return KEYWORDS[i].text;
        }
    }
    return (unsigned)t < TOK_COUNT && signs[t] ? signs[t] : "";
}

static void lex_word(struct lexer *lx, struct token *t)
{
    size_t n;
    for (;;) {
        unsigned char c = peek_at(lx->src, lx->pos, &n);
        if (n && word_char(lx->src, lx->pos, c)) {
            lx->pos += n;
            continue;
        }
        size_t m;
        unsigned char d = n && c == '.' ? peek_at(lx->src, lx->pos + n, &m) : 0;
        if (n && c == '.' && m && d != '.' && word_char(lx->src, lx->pos + n, d)) {
            lx->pos += n;
            continue;
        }
        break;
    }
    t->kind = TOK_WORD;
    struct str w = str_sub(lx->src, t->at, lx->pos - t->at);
    for (size_t i = 0; i < ARRAY_LEN(KEYWORDS); i++) {
        if (str_eqz(w, KEYWORDS[i].text)) {
            t->kind = KEYWORDS[i].tok;
        }
    }
    if (str_eqz(w, "not") ) { /* "not in" is one word with a blank in it */
        size_t p = lx->pos;
        while (p < lx->src.n && lx->src.p[p] == ' ') {
            p++;
        }
        if (starts_at(lx->src, p, "in") && (p + 2 == lx->src.n || lx->src.p[p + 2] == ' ' || lx->src.p[p + 2] == '(')) {
            lx->pos = p + 2;
            t->kind = TOK_NOT_IN;
        }
    }
}

/* Reads exactly `count` ASCII digits at *pos. */
static bool digits_at(struct str s, size_t *pos, int count, int *out)
{
    int v = 0;
    for (int i = 0; i < count; i++) {
        if (*pos + (size_t)i >= s.n || !is_digit((unsigned char)s.p[*pos + (size_t)i])) {
            return false;
        }
        v = v * 10 + (s.p[*pos + (size_t)i] - '0');
    }
    *pos += (size_t)count;
    *out = v;
    return true;
}

static bool lex_date(struct lexer *lx, struct token *t)
{
    size_t p = lx->pos;
    int y, m, d;
    if (!digits_at(lx->src, &p, 4, &y) || p >= lx->src.n || lx->src.p[p] != '-') {
        return false;
    }
    p++;
    if (!digits_at(lx->src, &p, 2, &m)) {
        return false;
    }
    if (p < lx->src.n && lx->src.p[p] == '-') {
        p++;
        if (!digits_at(lx->src, &p, 2, &d)) {
            return false;
        }
        t->kind = ymd_valid(y, m, d) ? TOK_DATE : TOK_BAD;
        t->number = day_from_ymd(y, m, d);
    } else if (p < lx->src.n && is_digit((unsigned char)lx->src.p[p])) {
        return false;
    } else {
        t->kind = m >= 1 && m <= 12 && y >= 1850 ? TOK_MONTH : TOK_BAD;
        t->number = (int64_t)y * 12 + m - 1;
    }
    lx->pos = p;
    return true;
}

static void lex_number(struct lexer *lx, struct token *t)
{
    int64_t v = 0, scale = 1000000;
    size_t n, m;
    bool bad = false;
    t->whole = true;
    for (;;) {
        unsigned char c = peek_at(lx->src, lx->pos, &n);
        if (n && is_digit(c)) {
            if (t->whole) {
                bad |= v > 100000000000;
                v = bad ? 0 : v * 10 + (c - '0');
            } else {
                scale /= 10;
                bad |= scale == 0;
                v += (c - '0') * scale;
            }
            lx->pos += n;
            continue;
        }
        unsigned char d = n && c == '.' && t->whole ? peek_at(lx->src, lx->pos + n, &m) : 0;
        if (!is_digit(d)) {
            break;
        }
        t->whole = false;
        v *= 1000000;
        lx->pos += n;
    }
    t->number = t->whole ? v * 1000000 : v;
    size_t from = lx->pos;
    for (;;) {
        unsigned char c = peek_at(lx->src, lx->pos, &n);
        if (!n || is_digit(c) || !(word_char(lx->src, lx->pos, c) || c == '%')) {
            break;
        }
        lx->pos += n;
    }
    t->unit = str_sub(lx->src, from, lx->pos - from);
    if (str_eqz(t->unit, "元") && starts_at(lx->src, lx->pos, "/月")) {
        lx->pos += strlen("/月");
        t->unit = str_sub(lx->src, from, lx->pos - from);
    }
    t->kind = bad ? TOK_BAD : TOK_NUMBER;
}

static enum tok sign_tok(unsigned char c, unsigned char next, bool *two)
{
    *two = next == '=';
    switch (c) {
    case '<':
        return *two ? TOK_LE : TOK_LT;
    case '>':
        return *two ? TOK_GE : TOK_GT;
    case '=':
        return TOK_EQ;
    case '!':
        return *two ? TOK_NE : TOK_BAD;
    case '.':
        *two = next == '.';
        return *two ? TOK_DOTDOT : TOK_BAD;
    default:
        break;
    }
    *two = false;
    static const char plain[] = "(),+-*/";
    static const enum tok kinds[] = {TOK_LPAREN, TOK_RPAREN, TOK_COMMA, TOK_PLUS, TOK_MINUS, TOK_STAR, TOK_SLASH};
    const char *at = c ? strchr(plain, c) : NULL;
    return at ? kinds[at - plain] : TOK_BAD;
}

static bool lex_quoted(struct lexer *lx, struct token *t, unsigned char quote)
{
    size_t end = lx->pos + 1;
    while (end < lx->src.n && (unsigned char)lx->src.p[end] != quote) {
        end++;
    }
    if (end >= lx->src.n) {
        return false;
    }
    t->kind = TOK_STRING;
    t->text = str_sub(lx->src, lx->pos + 1, end - lx->pos - 1);
    lx->pos = end + 1;
    t->n = lx->pos - t->at;
    return true;
}

struct token lex_next(struct lexer *lx)
{
    size_t n, m;
    unsigned char c = peek_at(lx->src, lx->pos, &n);
    while (n && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
        lx->pos += n;
        c = peek_at(lx->src, lx->pos, &n);
    }
    struct token t = {.kind = TOK_END, .at = lx->pos, .text = {"", 0}, .unit = {"", 0}};
    if (!n) {
        return t;
    }
    enum tok wide = c == 0x80 ? wide_sign(lx->src, lx->pos) : TOK_END;
    if (wide != TOK_END) {
        t.kind = wide;
        lx->pos += n;
    } else if (n == 1 && (c == '\'' || c == '"') && lex_quoted(lx, &t, c)) {
        return t;
    } else if (is_digit(c)) {
        if (!lex_date(lx, &t)) {
            lex_number(lx, &t);
        }
    } else if (word_char(lx->src, lx->pos, c)) {
        lex_word(lx, &t);
    } else {
        bool two = false;
        t.kind = sign_tok(c, peek_at(lx->src, lx->pos + n, &m), &two);
        lx->pos += two ? n + m : n;
    }
    t.n = lx->pos - t.at;
    t.text = str_sub(lx->src, t.at, t.n);
    return t;
}
