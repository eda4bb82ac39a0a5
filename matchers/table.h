/* SPDX-License-Identifier: Apache-2.0 */
/* The prepared table: what linkage compares. Rows of one or several sources, up to LINK_FIELDS typed fields; every field of a row is the number of a value
   in a dictionary of prepared values, so that a value is parsed, folded and coded once however often it occurs, and equal values are equal numbers.

        cell --canonical text--> dictionary: texts, struct value, codes           rows: row-major value numbers, source, row of the source
        "１9８1-3-5" (date)      19810305 -> value 17 {word, 8 codes}             [ 412 | 17 | 2 | 0 ]   0 is missing

   Nothing published may depend on value numbers: they follow the order of first sight. Codes are 16-bit: the character itself in the BMP, a number out
   of the surrogate range for the planes beyond (`wide` tells which character it stands for). Owns its memory; does no I/O. */
#ifndef MOPAI_MATCHERS_TABLE_H
#define MOPAI_MATCHERS_TABLE_H

#include "base/core/date.h"
#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/text/address.h"
#include "base/text/name_compare.h"

#define LINK_FIELDS   16
#define LINK_SOURCES  64
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

struct field {
    const char *name;  /* of the column, borrowed */
    enum field_type type;
    enum date_order order; /* dates */
    int partner;       /* the field whose values are often written in this one's place (given name, surname); -1. Mutual; both share a dictionary */
};

enum value_flag {
    VALUE_VALID = 1,   /* FIELD_ID: a valid identifier, two different ones are two persons */
    VALUE_LATIN = 2,   /* mostly Latin letters; FIELD_ADDRESS: no Chinese character */
    VALUE_DOTTED = 4,  /* FIELD_NAME: had a middle dot */
    VALUE_UNREADABLE = 8, /* FIELD_NAME: holds characters nobody can read */
    VALUE_DAY = 16,    /* FIELD_DATE: year, month and day are known */
};
struct value {
    uint64_t word;     /* FIELD_ID: ident_key; FIELD_DATE: DATE_WORD; names in Latin letters: groups of nicknames, a bit each;
                          texts and addresses: which bigrams they have, a bit each, hashed */
    uint64_t digits;   /* the last 16 characters of numbers, dates and codes, four bits each: how many places differ without looking at the codes */
    uint32_t at;       /* codes[at .. at + n) of its dictionary */
    uint32_t sound;    /* phonetic_key of names in Latin letters */
    uint32_t letters;  /* which characters it has, a bit each, hashed: few in common and the texts are not alike */
    uint16_t n;
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
    struct strmap texts;       /* canonical text of value v is texts.texts[v - 1] */
    VEC(struct value) values;  /* [0] is the missing value */
    VEC(uint16_t) codes;
    VEC(struct name_form) forms; /* FIELD_NAME: by value number, what name_compare wants */
    VEC(struct address_form) places; /* FIELD_ADDRESS: what address_compare wants */
    struct map64 raw;          /* hash of a cell as it came -> value: a cell seen before is not parsed again */
    struct strbuf text;        /* scratch: the canonical text of the cell at hand */
    VEC(uint32_t) wide;          /* characters beyond the BMP: code 0xD800 + i stands for wide.v[i] */
};

struct link_table {
    struct field fields[LINK_FIELDS];
    unsigned n_fields;
    struct dict dicts[LINK_FIELDS];
    uint8_t dict_of[LINK_FIELDS];
    VEC(uint32_t) ids;         /* [n * n_fields] */
    VEC(uint32_t) row;         /* [n] row number in its source */
    VEC(uint8_t) source;       /* [n] */
    uint32_t n;
    unsigned n_sources;
    uint64_t no_doubles;       /* bit s: source s holds a person once, its rows are never compared with one another */
    uint32_t *freq[LINK_FIELDS]; /* [values of the dictionary] rows of each value in this field; after link_table_seal */
};

/* *t is {0} before; fields are copied. */
void link_table_init(struct link_table *t, const struct field *fields, unsigned n);
/* The value of a cell in a field, prepared when it is new. NO_VALUE for blanks, placeholders and what says nothing. */
uint32_t link_table_value(struct link_table *t, unsigned field, struct str cell);
/* Adds a row by value numbers ([n_fields]). */
void link_table_add(struct link_table *t, unsigned source, uint32_t row, const uint32_t *ids);
/* Adds rows 0 .. n - 1 of a source: each dictionary is filled by one thread, so that the table is the same whatever their number. `cell` is called from all
   threads at once. */
typedef struct str (*link_cell)(const void *ctx, uint32_t row, unsigned field);
void link_table_fill(struct link_table *t, unsigned source, uint32_t n, unsigned threads, link_cell cell, const void *ctx);
/* No rows are added after it: counts frequencies and lets go of what only adding needs. */
void link_table_seal(struct link_table *t);
void link_table_release(struct link_table *t);

static inline const uint32_t *link_row(const struct link_table *t, uint32_t row) { return t->ids.v + (size_t)row * t->n_fields; }
static inline const struct dict *link_dict(const struct link_table *t, unsigned field) { return &t->dicts[t->dict_of[field]]; }
static inline const uint16_t *value_codes(const struct dict *d, const struct value *v) { return d->codes.v + v->at; }
static inline struct str value_text(const struct dict *d, uint32_t v) { return v ? d->texts.texts[v - 1] : (struct str){NULL, 0}; }
/* May these rows be one person at all? Not two rows of a source without doubles. */
static inline bool link_allowed(const struct link_table *t, uint32_t a, uint32_t b)
{
    return !t->no_doubles || t->source.v[a] != t->source.v[b] || !(t->no_doubles >> t->source.v[a] & 1);
}
/* A hash of what a row says, the same in any row order: ties are broken by it. */
uint64_t link_row_content(const struct link_table *t, uint32_t row);
/* Pairs of rows that may be compared. */
uint64_t link_pairs_possible(const struct link_table *t);

#endif
