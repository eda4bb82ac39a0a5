/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of one line of the rule language. Full-width forms are read as their ASCII ones; words keep their bytes. */
#ifndef MOPAI_RULES_LEX_H
#define MOPAI_RULES_LEX_H

#include "base/core/date.h"
#include "base/core/str.h"

enum tok {
    TOK_END,
    TOK_NUMBER,  /* 1.5, 5000元, 12个月: value in millionths, unit */
    TOK_DATE,    /* 2026-03-01 */
    TOK_MONTH,   /* 2026-03 */
    TOK_WORD,    /* names with dots, and keywords */
    TOK_STRING,  /* '60岁以上': always a name */
    TOK_LPAREN, TOK_RPAREN, TOK_COMMA, TOK_DOTDOT,
    TOK_PLUS, TOK_MINUS, TOK_STAR, TOK_SLASH,
    TOK_LT, TOK_LE, TOK_GT, TOK_GE, TOK_EQ, TOK_NE,
    TOK_AND, TOK_OR, TOK_NOT, TOK_IN, TOK_NOT_IN, TOK_HAS, TOK_HAS_NOT,
    TOK_UNKNOWN, TOK_KNOWN, TOK_BECAME, TOK_APPEARED, TOK_VANISHED, TOK_EVER, TOK_WITHIN, TOK_SINCE, TOK_TODAY,
    TOK_BAD,     /* a character that belongs to nothing, or a number out of range */
    TOK_COUNT
};

struct token {
    enum tok kind;
    size_t at, n;         /* bytes within the line */
    struct str text;      /* as written; of TOK_STRING without quotes */
    int64_t number;       /* millionths; day or month number for dates */
    bool whole;           /* no decimal point */
    struct str unit;      /* behind a number; empty when none */
};

struct lexer {
    struct str src;
    size_t pos;
};
struct token lex_next(struct lexer *lx);
const char *tok_text(enum tok t); /* canonical spelling, "" for those that carry text */

#endif
