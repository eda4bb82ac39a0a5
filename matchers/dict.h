/* SPDX-License-Identifier: Apache-2.0 */
/* The dictionary of a field: each distinct value once, parsed, folded and coded, and found again by its canonical text. A register of a million persons has
   three million values: they are packed, and what only adding needs is let go of when the table is sealed.

        values[17] {word, digits, at} --at--> chunk: | length | codes, 16 bits each | text |

   Nothing published may depend on value numbers: they follow the order of first sight. Codes are 16-bit: the character itself in the BMP, a number out
   of the surrogate range for the planes beyond (`wide` tells which character it stands for). */
#ifndef MOPAI_MATCHERS_DICT_H
#define MOPAI_MATCHERS_DICT_H

#include "base/core/date.h"
#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/text/address.h"
#include "base/text/edits.h"
#include "base/text/name_compare.h"

#define NO_VALUE 0
#define VALUE_CODES   96 /* longer texts are compared by their first 96 characters */

enum field_type {
    FIELD_ID,      /* identity numbers, permits, certificates */
    FIELD_NAME,    /* a person's whole name in characters: Chinese or minority */
    FIELD_LATIN,   /* a name or part of a name in Latin letters */
    FIELD_DATE,
    FIELD_SEX,
    FIELD_PHONE,
    FIELD_ADDRESS,
    FIELD_AREA,    /* code or name of a division */
    FIELD_TEXT,    /* anything else that is written by hand */
    FIELD_CODE,    /* anything that is copied: equal, one slip apart, or different */
    FIELD_CLK,     /* a filter of name and birth date made by `mopai token`: its 512 bits are the codes of the value */
    FIELD_TYPE_COUNT
};
const char *field_type_word(enum field_type t); /* "id": as in --by */
bool field_type_from_word(struct str word, enum field_type *out_type);

/* How the day, month and year of a date column follow one another where the text leaves it open. */
enum date_order { DATE_YMD, DATE_DMY, DATE_MDY };

enum value_flag {
    VALUE_VALID = 1,   /* FIELD_ID: a valid identifier, two different ones are two persons */
    VALUE_LATIN = 2,   /* mostly Latin letters; FIELD_ADDRESS: no Chinese character */
    VALUE_DOTTED = 4,  /* FIELD_NAME: had a middle dot */
    VALUE_UNREADABLE = 8, /* FIELD_NAME: holds characters nobody can read */
    VALUE_DAY = 16,    /* FIELD_DATE: year, month and day are known */
    VALUE_PLAIN = 32,  /* its codes are the bytes of its text and not kept beside it: numbers, dates */
};
struct value {
    uint64_t word;     /* FIELD_ID: ident_key; FIELD_DATE: DATE_WORD; names in Latin letters: groups of nicknames, a bit each;
                          texts and addresses: which bigrams they have, a bit each, hashed */
    uint64_t digits;   /* the last 16 characters of numbers, dates and codes, four bits each: how many places differ without looking at the codes */
    uint32_t at;       /* of its codes and text, in pairs of bytes */
    uint32_t sound;    /* phonetic_key of names in Latin letters, in a column of names too */
    uint32_t letters;  /* which characters it has, a bit each, hashed: few in common and the texts are not alike */
    uint8_t n;         /* codes */
    uint8_t flags, surname; /* surname: how many of the codes are the surname, FIELD_NAME */
};

/* Parts as written: 22-12-2972 and 31 February are compared part by part too; 0 is an unknown part. */
#define DATE_WORD(y, m, d)  ((uint64_t)(y) << 14 | (uint64_t)(m) << 7 | (uint64_t)(d))
#define DATE_WORD_YEAR(w)   ((unsigned)((w) >> 14))
#define DATE_WORD_MONTH(w)  ((unsigned)((w) >> 7) & 127)
#define DATE_WORD_DAY(w)    ((unsigned)(w) & 127)

struct dict {
    enum field_type type;
    enum date_order order;
    VEC(struct value) values;  /* [0] is the missing value */
    VEC(char *) chunks;        /* what `at` points into */
    size_t used, room;         /* bytes of the last chunk */
    uint64_t *slots;           /* open addressing by text; a slot is the upper half of its hash above and the value below; NULL once sealed */
    size_t mask;
    char *forms;               /* FIELD_NAME: by value number, what name_compare wants, short names packed */
    size_t n_forms, cap_forms;
    VEC(struct name_form) long_forms;
    VEC(struct address_form) places; /* FIELD_ADDRESS: what address_compare wants */
    struct map64 raw;          /* hash of a cell as it came -> value: a cell seen before is not parsed again */
    struct strbuf text, texts; /* scratch: canonical texts of the cells at hand */
    VEC(uint32_t) wide;        /* characters beyond the BMP: code 0xD800 + i stands for wide.v[i] */
};
/* *d is {0} before. */
void dict_init(struct dict *d, enum field_type type, enum date_order order);
/* The value of a cell, prepared when it is new. NO_VALUE for blanks, placeholders and what says nothing. */
uint32_t dict_value(struct dict *d, struct str cell);
/* The same for up to DICT_BATCH cells, in order: what they need from memory is asked for ahead. */
#define DICT_BATCH 64
void dict_values(struct dict *d, const struct str *cells, size_t n, uint32_t *out_values);
void dict_seal(struct dict *d); /* no values are added after it */
void dict_release(struct dict *d);

/* The codes of a value; `room` holds those that are not kept. */
struct codes value_codes(const struct dict *d, const struct value *v, uint16_t room[VALUE_CODES]);
struct str value_text(const struct dict *d, uint32_t v); /* empty for NO_VALUE */

#define SHORT_FORM_BYTES 40 /* a struct name_form up to its fourth code */
#define SHORT_FORM_CODES 4
static inline const struct name_form *value_form(const struct dict *d, uint32_t v)
{
    const struct name_form *f = (const struct name_form *)(const void *)(d->forms + (size_t)v * SHORT_FORM_BYTES);
    return f->n <= SHORT_FORM_CODES ? f : &d->long_forms.v[f->plain]; /* a long one stands elsewhere */
}

#endif
