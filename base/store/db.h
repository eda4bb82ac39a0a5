/* SPDX-License-Identifier: Apache-2.0 */
/* The one SQLite connection module: opening, schemas, named statements, transactions. Nothing outside base/store/ sees sqlite3.h.
   Statements are the files base/store/sql/VERB_TABLE_REASON.sql, each an STMT_VERB_TABLE_REASON; parameters are named (:night). Errors carry the
   file, the statement's name and SQLite's message, never a bound value. Every step of a writing statement and every commit passes fault_point().

       AUTO_TX tx = {0};
       TRY(tx_begin(&tx, db, err));
       AUTO_STMT s = stmt_use(db, STMT_INSERT_AUDIT);
       stmt_bind_z(s, ":who", who);
       TRY(stmt_run(s, err));
       TRY(tx_commit(&tx, err));

       AUTO_STMT q = stmt_use(db, STMT_LIST_NIGHTS);
       bool row;
       for (;;) {
           TRY(stmt_step(q, &row, err));
           if (!row) { break; }
           use(stmt_int(q, 0), stmt_text(q, 1));
       }
*/
#ifndef MOPAI_STORE_DB_H
#define MOPAI_STORE_DB_H

#include "base/core/date.h"
#include "base/core/status.h"
#include "base/core/str.h"

struct db;
struct stmt;

enum stmt_id {
#define X(name, sql) STMT_##name,
#include "statements.inc"
#undef X
    STMT_COUNT
};

enum db_mode {
    DB_READ,           /* an existing ledger or night.db, read only */
    DB_WRITE,          /* the ledger: created when absent, WAL, synchronous FULL, migrated to this version */
    DB_CREATE_SCRATCH, /* night.db or ":memory:": replaced, no journal, nobody else may open it; same statements, same bytes */
};
/* ST_MISSING when DB_READ finds no file, ST_VERSION for a ledger of a newer program, ST_DATABASE otherwise. A connection belongs to one thread. */
enum status db_open(const char *path, enum db_mode mode, struct db **out_db, struct err *err) MUST_CHECK;
/* Closes; syncs a scratch file. NULL is fine. A statement still in use or an open transaction is our mistake (BUG). */
enum status db_close(struct db *db, struct err *err) MUST_CHECK;
/* For cleanup on error paths: rolls back, closes, says nothing. NULL is fine. */
void db_abandon(struct db *db);
/* A copy of one moment of `from` as a single file (replaced), while others go on writing: SQLite's online backup. Synced. */
enum status db_copy(struct db *from, const char *to, struct err *err) MUST_CHECK;
/* Runs a file of base/store/schema/ ("night.sql") in one transaction. */
enum status db_apply_schema(struct db *db, const char *name, struct err *err) MUST_CHECK;
/* The newest ledger version this program knows. */
int db_ledger_version(void);
const char *db_path(const struct db *db);

/* --- statements --- */
/* Borrows the connection's cached statement, prepared at first use. Never NULL: a failure to prepare is reported by the first step. Using one
   that is already in use is a BUG. */
struct stmt *stmt_use(struct db *db, enum stmt_id id) __attribute__((returns_nonnull));
/* Ad-hoc text (mopai sql, tests): one statement; not cached. Text after it is an error. */
struct stmt *db_sql(struct db *db, struct str text) __attribute__((returns_nonnull));
/* Runs every statement of a text, ignoring rows. For schemas and tests. */
enum status db_exec(struct db *db, const char *text, struct err *err) MUST_CHECK;
/* Resets and clears bindings (an ad-hoc one is freed): the AUTO_STMT guard. NULL is fine. */
void stmt_done(struct stmt *s);
static inline void stmt_done_auto(struct stmt **s) { stmt_done(*s); }
#define AUTO_STMT CLEANUP(stmt_done_auto) struct stmt *

/* Names include the colon. A name that the statement does not have is a BUG. Text is copied. */
void stmt_bind_int(struct stmt *s, const char *name, int64_t v);
void stmt_bind_text(struct stmt *s, const char *name, struct str v);
/* Not copied: v must stand until the statement has run, and be bound anew before it runs again. For rows written by the hundred thousand. */
void stmt_bind_view(struct stmt *s, const char *name, struct str v);
void stmt_bind_z(struct stmt *s, const char *name, const char *v);   /* NULL binds NULL */
void stmt_bind_null(struct stmt *s, const char *name);
void stmt_bind_day(struct stmt *s, const char *name, daynum v);      /* DAY_MISSING (and MONTH_MISSING) binds NULL */

/* One step; *out_row says whether there is a row. After the last row the statement is reset and may be bound and stepped again. */
enum status stmt_step(struct stmt *s, bool *out_row, struct err *err) MUST_CHECK;
/* Runs a statement without rows to its end; it may be bound again at once (bindings not named again keep their value). */
enum status stmt_run(struct stmt *s, struct err *err) MUST_CHECK;
/* First row or none, for single answers: then columns may be read until stmt_done. */
enum status stmt_one(struct stmt *s, bool *out_row, struct err *err) MUST_CHECK;

int stmt_columns(const struct stmt *s);
const char *stmt_column_name(const struct stmt *s, int col);
int stmt_col(const struct stmt *s, const char *name); /* index of a result column; BUG when there is none */
int64_t stmt_int(const struct stmt *s, int col);      /* NULL is 0 */
struct str stmt_text(const struct stmt *s, int col);  /* view until the next step; NULL is empty */
bool stmt_is_null(const struct stmt *s, int col);
daynum stmt_day(const struct stmt *s, int col);       /* NULL is DAY_MISSING (the same number as MONTH_MISSING) */

/* --- transactions --- */
struct tx {
    struct db *db; /* NULL: none open */
};
enum status tx_begin(struct tx *tx, struct db *db, struct err *err) MUST_CHECK; /* takes the write lock at once; no nesting */
enum status tx_commit(struct tx *tx, struct err *err) MUST_CHECK;               /* on failure everything is rolled back */
void tx_rollback(struct tx *tx); /* does nothing when committed or never begun */
#define AUTO_TX CLEANUP(tx_rollback) struct tx

int64_t db_last_id(const struct db *db); /* rowid of the last INSERT */
int64_t db_changes(const struct db *db); /* rows changed by the last INSERT, UPDATE or DELETE */

#endif
