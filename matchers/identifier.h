/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers of persons in one 64-bit word: four bits of kind, sixty of number. Parses cells of exports, prints, masks; keeps no state.
   Methods: GB 11643-1999 (18 characters, MOD 11-2), GB 11643-1989 (15 digits), the residence permits 81/82/83 and the foreign card 9... of the same
   number space, travel permits, the 15-character foreign card, disability certificates. The area code is never judged: withdrawn and foreign codes live on.
   0 is blank and is also "missing" in a SEG_U64 column. */
#ifndef MOPAI_MATCHERS_IDENTIFIER_H
#define MOPAI_MATCHERS_IDENTIFIER_H

#include "base/core/date.h"
#include "base/core/str.h"

enum ident_kind {
    IDENT_BLANK,    /* nothing in the cell */
    IDENT_RESIDENT, /* valid 18 characters; number = the first 17 digits */
    IDENT_UPGRADED, /* 15 digits raised to 18: same number as the resident form, but no check digit vouched for it */
    IDENT_HKMO,     /* travel permit 港澳居民来往内地通行证: H or M and 8 digits (a two-digit issue count is dropped) */
    IDENT_TAIWAN,   /* travel permit 台湾居民来往大陆通行证: 8 digits */
    IDENT_FOREIGN,  /* foreign permanent resident card before 2023: 3 letters, 12 digits */
    IDENT_DAMAGED,  /* 18 characters of the right alphabet, but check digit or birth date are wrong; number = 17 digits * 11 + check (10 = X) */
    IDENT_UNUSABLE, /* anything else; number = enum ident_reason. The text is in the "#raw" column */
    IDENT_TOKEN,    /* a pseudonym: 60 bits of hash of the exact text; ident_parse takes those of `mopai token` for one */
    /* Not read from cells: what persons and households without an identifier are anchored by (60 bits of hash). */
    IDENT_RECORD,   /* source + record key */
    IDENT_APART,    /* identifier + record key: held apart from the person who keeps the identifier */
    IDENT_UNIT,     /* household: unit kind + unit number */
    IDENT_ALONE,    /* household of one person without a unit */
    IDENT_PLACE,    /* household of one address */
};

enum ident_reason {
    IDENT_OK,
    IDENT_R_BLANK,       /* 空白 */
    IDENT_R_CHECK,       /* 校验码不符 */
    IDENT_R_DATE,        /* 出生日期不存在 */
    IDENT_R_TAIL000,     /* 末三位为 000 且校验码不符：表格软件截断 */
    IDENT_R_SCIENTIFIC,  /* 科学计数法 */
    IDENT_R_FLOAT,       /* 小数尾巴 .0：末位已被改写 */
    IDENT_R_SHORT17,     /* 17 位：漏了末位 */
    IDENT_R_LENGTH,      /* 位数不对 */
    IDENT_R_CERTIFICATE, /* 20 至 22 位：疑为残疾证号填入身份证列 */
    IDENT_R_PLACEHOLDER, /* 占位号码 000…、111…、123456…, 无, 待补 */
    IDENT_R_PHONE,       /* 疑为电话号码 */
    IDENT_R_CHARSET,     /* 含不应出现的字符 */
    IDENT_R_CENTENARIAN, /* 15 位且顺序码 996-999：十九世纪出生的旧编码，需人工确认 */
    IDENT_R_TEXT,        /* 文字 */
    IDENT_REASON_COUNT
};

#define IDENT_NUMBER_BITS 60
static inline enum ident_kind ident_kind(uint64_t id) { return (enum ident_kind)(id >> IDENT_NUMBER_BITS); }
static inline uint64_t ident_number(uint64_t id) { return id & (((uint64_t)1 << IDENT_NUMBER_BITS) - 1); }
static inline uint64_t ident_pack(enum ident_kind kind, uint64_t number) { return (uint64_t)kind << IDENT_NUMBER_BITS | number; }
/* An anchor of a kind that is not read from cells: 60 bits of `hash`. */
static inline uint64_t ident_anchor(enum ident_kind kind, uint64_t hash) { return ident_pack(kind, hash >> 4); }

/* The word for a cell, as it came or cleaned: blanks, zero-width characters, apostrophes, ="...", full width, every disguise of X, hyphens and
   words around the number are seen through. Never fails: what is no identifier is IDENT_BLANK, IDENT_DAMAGED or IDENT_UNUSABLE, explained by ident_reason. */
uint64_t ident_parse(struct str cell);
/* Of the usual 18 clean characters of a valid number, the word; 0 when it is anything else, which ident_parse knows. */
uint64_t ident_parse_clean(struct str cell);
/* A pseudonym, byte for byte (after trimming ASCII blanks). */
uint64_t ident_parse_token(struct str cell);

/* Parts for who computes numbers (matchers/repair.c). The characters of the number in a cell, seen as ident_parse sees them: capitals, digits, . + *; NUL
   behind them. Returns how many, 0 when the cell holds no number or several. */
#define IDENT_CHARS_MAX 48
size_t ident_characters(struct str cell, char out[IDENT_CHARS_MAX + 1]);
/* The resident word of 17 digits when their birth date exists, else 0; their check character as a value, 10 for X. */
uint64_t ident_of_digits(uint64_t n17);
unsigned ident_check_value(uint64_t n17);

/* The word to compare by: the upgraded form equals the valid one. 0 when the word identifies nobody (blank, damaged, unusable). */
static inline uint64_t ident_key(uint64_t id)
{
    static const uint16_t usable = 1u << IDENT_RESIDENT | 1u << IDENT_UPGRADED | 1u << IDENT_HKMO | 1u << IDENT_TAIWAN | 1u << IDENT_FOREIGN |
                                   1u << IDENT_TOKEN;
    enum ident_kind k = ident_kind(id);
    if (!(usable >> k & 1)) {
        return 0;
    }
    return k == IDENT_UPGRADED ? ident_pack(IDENT_RESIDENT, ident_number(id)) : id;
}

enum ident_reason ident_reason(uint64_t id);          /* IDENT_OK for usable words */
const char *ident_reason_text(enum ident_reason r);   /* for people, in the language in force */
const char *ident_reason_code(enum ident_reason r);   /* stable: "id_check" */
const char *ident_kind_text(enum ident_kind k);       /* 居民身份证号 ... */
bool ident_tail000(uint64_t id);   /* 18 characters ending in 000, valid or damaged: one in a thousand is genuine, many mean a ruined file */
bool ident_ends_x(uint64_t id);    /* valid 18 with check character X: about one in eleven of a healthy file */
bool ident_spreadsheet_damage(uint64_t id); /* scientific notation, float tail, 000 tail */

#define SEX_UNKNOWN 0 /* GB/T 2261.1 */
#define SEX_MALE    1
#define SEX_FEMALE  2
int ident_sex(uint64_t id);     /* resident and upgraded only */
daynum ident_birth(uint64_t id); /* resident and upgraded only, else DAY_MISSING */

#define IDENT_TEXT_MAX 24
/* Writes the identifier and a NUL; 18 characters for resident, upgraded and damaged ones; "" for what has no text. Returns the length. */
size_t ident_print(uint64_t id, char out[IDENT_TEXT_MAX]);
/* Masked as MASK_ID (base/text/mask.h); a raw cell that did not parse is masked by mask_add. */
size_t ident_mask(uint64_t id, char out[IDENT_TEXT_MAX]);

/* --- disability certificates: id (18) + category + grade [+ B and issue count] --- */
struct certificate {
    uint64_t id;        /* as ident_parse of its first 18 characters */
    uint8_t category;   /* 1 vision 2 hearing 3 speech 4 limb 5 intellectual 6 mental 7 multiple; 0 unknown */
    uint8_t grade;      /* 1 most severe .. 4; 0 unknown */
    uint8_t reissue;    /* 0, or n of Bn */
};
/* 15 or 18 characters without the two last digits give an id and category, grade 0. False when nothing is usable; out->id then says why. */
bool certificate_parse(struct str cell, struct certificate *out);
const char *certificate_category_label(int category); /* 视力 听力 言语 肢体 智力 精神 多重; "" */
const char *certificate_grade_label(int grade);       /* 一级 .. 四级; "" */

#endif
