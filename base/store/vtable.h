/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only tables for SQL over what is no SQLite table: the caller describes a table by its name, its columns and a function that fills one block of
   rows; this module lets SQLite scan it. A block is skipped when its range shows that no row of it can match. SQLite makes no indexes of its own on such
   tables, so the second equality on one column of a scan (a join's inner side) makes one for as long as the statement runs: 16 bytes a row (docs/adr/020).

   What a masked column holds is decided by the caller before a block is handed over: the raw value never reaches SQLite, so no expression can find it. */
#ifndef MOPAI_STORE_VTABLE_H
#define MOPAI_STORE_VTABLE_H

#include "base/core/arena.h"
#include "base/core/status.h"

struct db;

#define VTABLE_MAX_COLUMNS 1200u
#define VTABLE_NULL        INT64_MIN

/* What SQL sees: NULL for VTABLE_NULL and for empty texts, else an integer, a text, "2026-03-01", "2026-03", or yuan as a number. */
enum vtable_type { VTABLE_INT, VTABLE_TEXT, VTABLE_DAY, VTABLE_MONTH, VTABLE_MONEY, VTABLE_BOUND /* an integer, the smallest one too: never NULL */ };

struct vtable_column {
    const char *name;
    enum vtable_type type;
    bool hidden; /* not in SELECT *, for what is costly to make */
    bool unique; /* an equality finds one row at most: for the planner */
};

/* One block while it is being filled. Everything lives in the arena and goes with the block. */
struct vtable_block {
    struct arena arena;
    size_t rows;
    bool end;           /* set by load: there is no such block, and none after it */
    int64_t **num;      /* [column]: rows values, missing is VTABLE_NULL; for the number types */
    struct str **text;  /* [column]: rows texts, for VTABLE_TEXT; NULL (as for num): the column was not asked for */
};

/* What is known of a column of a block without reading it. */
struct vtable_range {
    bool known;
    int64_t min, max; /* number types; min > max: every value is missing */
    struct str text;  /* VTABLE_TEXT: every row has this text */
};

struct vtable {
    const char *name, *also; /* also: a second name, NULL for none */
    const struct vtable_column *columns;
    size_t n_columns;
    uint64_t rows; /* about, for the planner */
    void *ctx;
    /* Fills block number `block` (from 0) with at least the wanted columns: sets rows, and num or text of each. A block may have no rows. */
    enum status (*load)(void *ctx, size_t block, const bool *wanted, struct vtable_block *out, struct err *err);
    /* May be NULL. *out comes zeroed. Asked before load, also behind the last block. */
    void (*range)(const void *ctx, size_t block, size_t column, struct vtable_range *out);
};

/* Room for one column of a block, for load(). */
int64_t *vtable_nums(struct vtable_block *b, size_t column);
struct str *vtable_texts(struct vtable_block *b, size_t column);

/* Makes the tables of one connection, read only, in its temp schema. The descriptions must outlive the connection. A name that is taken gets none. */
enum status db_add_tables(struct db *db, const struct vtable *tables, size_t n, struct err *err) MUST_CHECK;

/* --- the loadable extension: SQLite's handles as it passes them to an entry point, which must not see sqlite3.h itself --- */
/* Finds the tables of a site, once a connection; *out lives as long as the process. */
typedef enum status (*vtable_site_fn)(const char *dir, const struct vtable **out, size_t *out_n, struct err *err);
/* Registers mopai_site(DIR), which makes the tables of that site; makes those of $MOPAI_SITE or of the current directory at once when that is a site.
   Returns SQLite's code. */
int vtable_extension(void *sqlite, char **out_message, const void *api, vtable_site_fn site);

#endif
