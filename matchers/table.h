/* SPDX-License-Identifier: Apache-2.0 */
/* The prepared table: what linkage compares. Rows of one or several sources, up to LINK_FIELDS typed fields; every field of a row is the number of a value
   in a dictionary of prepared values, so that a value is parsed, folded and coded once however often it occurs, and equal values are equal numbers.

        cell --canonical text--> dictionary: texts, struct value, codes           rows: row-major value numbers, source, row of the source
        "１9８1-3-5" (date)      19810305 -> value 17 {word, 8 codes}             [ 412 | 17 | 2 | 0 ]   0 is missing

   Nothing published may depend on value numbers: they follow the order of first sight. Codes are 16-bit: the character itself in the BMP, a number out
   of the surrogate range for the planes beyond (`wide` tells which character it stands for). Owns its memory; does no I/O. */
#ifndef MOPAI_MATCHERS_TABLE_H
#define MOPAI_MATCHERS_TABLE_H

#include "matchers/dict.h"

#define LINK_FIELDS   16
#define LINK_SOURCES  64

struct field {
    const char *name;  /* of the column, borrowed */
    enum field_type type;
    enum date_order order; /* dates */
    int partner;       /* the field whose values are often written in this one's place (given name, surname); -1. Mutual; both share a dictionary */
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
/* May these rows be one person at all? Not two rows of a source without doubles. */
static inline bool link_allowed(const struct link_table *t, uint32_t a, uint32_t b)
{
    return !t->no_doubles || t->source.v[a] != t->source.v[b] || !(t->no_doubles >> t->source.v[a] & 1);
}
/* A hash of what a row says, the same in any row order: ties are broken by it. */
uint64_t link_row_content(const struct link_table *t, uint32_t row);
/* The same of all rows ([n]). */
void link_contents(const struct link_table *t, unsigned threads, uint64_t *out);
/* Pairs of rows that may be compared. */
uint64_t link_pairs_possible(const struct link_table *t);

#endif
