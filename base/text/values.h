/* SPDX-License-Identifier: Apache-2.0 */
/* Values as exports really write them. Every reader takes one cell (UTF-8, as it came), cleans it, and returns VALUE_OK, VALUE_MISSING
   or the reason it was not taken; outputs are written on VALUE_OK only. No allocation; ASCII has a short path. */
#ifndef MOPAI_TEXT_VALUES_H
#define MOPAI_TEXT_VALUES_H

#include "base/core/date.h"
#include "base/core/money.h"

enum value_reason {
#define X(name, code, zh, en) name,
#include "base/text/value_reasons.def"
#undef X
    VALUE_REASON_COUNT
};
const char *value_reason_code(enum value_reason r); /* "D01", stable; "" for VALUE_OK */
const char *value_reason_word(enum value_reason r); /* in the language in force */
bool value_reason_from_code(struct str code, enum value_reason *out_reason);

/* --- cells --------------------------------------------------------------------------------------------------------- */
enum cell_defect {
    CELL_BLANKS = 1,     /* blanks at an end (full-width, NBSP, tab too), zero-width characters or BOM anywhere */
    CELL_APOSTROPHE = 2, /* one leading ' ’ or ‘ */
    CELL_FORMULA = 4,    /* ="..." */
    CELL_BREAK = 8       /* a line break inside, kept as one blank */
};
/* The cell without spreadsheet marks and blanks at both ends; zero-width characters go, line breaks inside become one blank, blanks inside
   stay. A view of `cell` where possible, else of *scratch (cleared first). *defects is or-ed, may be NULL. */
struct str cell_clean(struct str cell, struct strbuf *scratch, unsigned *defects);
/* Blank, or one of / - -- — 无 空 null NULL N/A \N: what exports write for nothing. */
bool cell_is_missing(struct str cleaned);

/* --- dates --------------------------------------------------------------------------------------------------------- */
enum date_precision { DATE_DAY, DATE_MONTH, DATE_YEAR, DATE_FOREVER };
enum date_option {
    DATE_ALLOW_SERIAL = 1,     /* 45306: days since 1899-12-30 */
    DATE_ALLOW_TWO_DIGIT = 2,  /* 24-1-5: 30..99 are 1930..1999, 00..29 are 2000..2029 */
    DATE_ONLY_DAY = 4          /* month or year precision is refused (VALUE_MONTH_ONLY) */
};
/* 20240115, 2024-1-5, 2024/1/5, 2024.01.05, 2024年1月5日, each also with a time behind; 1961.3, 1961-03, 196103, 1961年3月, 1961 with less
   precision (the first day of the month or year); 长期 永久 9999-12-31 are DAY_FOREVER; 00000000, 0000-00-00, 1899-12-30, 1900-01-00 are
   missing. 1961.1 is January: what a spreadsheet made of 1961.10 cannot be told. Years 1850..2200. */
enum value_reason value_date(struct str cell, unsigned options, daynum *out_day, enum date_precision *out_precision);
/* 202304, 2023-04, 2023-4, 2023/4, 2023.4, 2023年4月, or a whole date of that month. */
enum value_reason value_month(struct str cell, monthnum *out_month);

/* --- numbers ------------------------------------------------------------------------------------------------------- */
enum money_unit { MONEY_YUAN, MONEY_WAN, MONEY_FEN };
/* Unit of the column; 万 or 元 written in the cell wins over it. Plain, thousands commas, ￥ ¥, full-width, sign, (12.30) for minus.
   / - and the like are missing. Exact: never through floating point. */
enum value_reason value_money(struct str cell, enum money_unit unit, fen *out_fen);
enum value_reason value_integer(struct str cell, int64_t *out_value); /* "12", "1,200", "12.0", "12人" is not one */
/* A plain decimal times 10^scale as integer ("36.5", scale 2: 3650); too many decimals: VALUE_NUMBER_RANGE. */
enum value_reason value_decimal(struct str cell, int scale, int64_t *out_value);
/* 是 否 有 无 1 0 Y N yes no true false √ × 对 错 */
enum value_reason value_flag(struct str cell, bool *out_flag);

/* --- phones -------------------------------------------------------------------------------------------------------- */
#define PHONES_MAX 4
enum phone_kind { PHONE_MOBILE, PHONE_LANDLINE };
struct phone {
    char digits[16]; /* digits only, no country code; landlines with the area code when it was written */
    uint8_t n;
    enum phone_kind kind;
    bool placeholder; /* 13800138000, 11111111111, 12345678901 ... */
};
struct phones {
    struct phone v[PHONES_MAX];
    uint8_t n;
    bool more;    /* more numbers than PHONES_MAX, or parts that are no number */
    bool remark;  /* a name or remark stood beside a number */
};
/* VALUE_PHONE_PLACEHOLDER when all of them are placeholders (out is filled then too). */
enum value_reason value_phones(struct str cell, struct phones *out_phones);

#endif
