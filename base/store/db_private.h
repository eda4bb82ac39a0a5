/* SPDX-License-Identifier: Apache-2.0 */
/* What db.c, stmt.c and virtual tables share of a connection. Private to base/store/. */
#ifndef MOPAI_STORE_DB_PRIVATE_H
#define MOPAI_STORE_DB_PRIVATE_H

#include <sqlite3.h>

#include "base/store/db.h"

struct stmt {
    struct db *db;
    sqlite3_stmt *handle;
    const char *name;  /* of the statement file; "SQL" when ad hoc */
    bool busy, ad_hoc;
    bool stepped;      /* since the last reset */
    int last_bound;    /* parameter; 0 at first */
    int n_names;
    char **names;      /* of its parameters: asked once, as SQLite looks through all of them each time; NULL: not asked yet */
    int failed;        /* SQLite's code when preparing or binding failed; 0 */
    char *why;         /* its message then */
};
void stmt_forget_names(struct stmt *s);

struct db {
    sqlite3 *handle;
    char *path;
    enum db_mode mode;
    bool in_tx;
    int ad_hoc_open;
    struct stmt stmts[STMT_COUNT + 1];
};

/* Turns a SQLite result code into ours: "'path': NAME: message". NAME may be NULL. */
enum status db_failed(const struct db *db, int code, const char *name, const char *message, struct err *err);
/* Before anything that changes the file. */
enum status db_fault(const struct db *db, const char *name, struct err *err) MUST_CHECK;

#endif
