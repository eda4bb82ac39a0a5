/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's queries need of a connection: a place where nothing can be written, types of results, several statements in one text, and a stop. */
#ifndef MOPAI_STORE_DB_QUERY_H
#define MOPAI_STORE_DB_QUERY_H

#include "base/store/db.h"

/* An empty database in memory; see db_restrict. */
enum status db_open_empty(struct db **out, struct err *err) MUST_CHECK;
/* From here on the connection only selects: no writing, no ATTACH, no PRAGMA but those that describe tables, no loading of extensions; results and texts
   are bounded (64 MiB a value). There is no way back. */
void db_restrict(struct db *db);
/* Stops what runs now; to be called from a signal handler. */
void db_interrupt(struct db *db);
bool db_was_interrupted(const struct db *db); /* the last failure was that */

/* Prepares the first statement of *text and cuts it off; NULL when only blanks and comments are left. As db_sql otherwise. */
struct stmt *db_sql_next(struct db *db, struct str *text);
/* Does the text end a statement? "SELECT 1;" does, "SELECT ';" does not. */
bool db_sql_complete(const char *text);
/* A statement of base/store/sql/ for itself, so that several may stand open at once: ended by stmt_done. */
struct stmt *stmt_copy(struct db *db, enum stmt_id id) __attribute__((returns_nonnull));

enum value_kind { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };
enum value_kind stmt_kind(const struct stmt *s, int col);

#endif
