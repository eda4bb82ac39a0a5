/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that guess an entry; nobody else includes this.

     sources_guess.c        the entry as text: kind, columns, persons
     sources_guess_key.c    which columns tell the records apart
     sources_guess_name.c   the pattern behind a file's name */
#ifndef MOPAI_PIPELINE_SOURCES_GUESS_PRIVATE_H
#define MOPAI_PIPELINE_SOURCES_GUESS_PRIVATE_H

#include "pipeline/guess_columns.h"
#include "pipeline/sources_guess.h"

#define KEY_COLUMNS_MAX 3

struct guess {
    struct arena arena;
    struct loose_table loose;
    struct guess_table table;
    struct str file; /* without folders */
    int key[KEY_COLUMNS_MAX]; /* indexes into table.columns */
    size_t n_key;
    bool key_is_unique;
    int64_t key_distinct, key_blank;
    int id, name; /* of the row's own person; -1 */
};

static inline struct guess_column *column(const struct guess *g, int i)
{
    return &g->table.columns[i];
}

static inline bool has(struct str s, const char *word)
{
    return str_find(s, str_of(word)) < s.n;
}

/* Fills key and what is known of it: unique, or the most telling one found. */
void guess_key(struct guess *g);
/* 身份证号|姓名: is `c`, the first of the key, a number whose blanks the name stands in for? */
bool guess_name_stands_in(const struct guess *g, int c);

/* What the pattern found in the name; told beside it. */
struct name_says {
    bool dated, months, scope, numbers; /* {date} or {month}; {month} twice; {scope}; digits that will differ became * */
};
/* 户籍_20260301_part2.csv.gz -> 户籍_{date}_part{part}.csv, appended. */
void guess_pattern(struct strbuf *b, struct str name, struct name_says *says);
/* The name up to its date, town or extension, without what joins them. */
struct str guess_stem(struct str name);

#endif
