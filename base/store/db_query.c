/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/db_query.h"

#include <stdlib.h>

#include "base/core/bug.h"
#include "base/store/db_private.h"
#include "base/store/embedded.h"

enum { LONGEST_VALUE = 64 << 20, LONGEST_SQL = 1 << 20, DEEPEST_EXPRESSION = 200 };

enum status db_open_empty(struct db **out, struct err *err)
{
    return db_open(":memory:", DB_CREATE_SCRATCH, out, err);
}

static bool name_in(const char *name, const char *const *list)
{
    for (; name && *list; list++) {
        if (sqlite3_stricmp(name, *list) == 0) {
            return true;
        }
    }
    return false;
}

static int authorize(void *ctx, int action, const char *first, const char *second, const char *schema, const char *inner)
{
    static const char *const pragmas[] = {"table_info", "table_xinfo", "table_list", "function_list", NULL};
    static const char *const functions[] = {"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit", NULL};
    static const char *const schemas[] = {"sqlite_master", "sqlite_temp_master", NULL};
    (void)ctx;
    (void)schema;
    (void)inner;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return name_in(second, functions) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
        return name_in(first, pragmas) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_UPDATE: /* asked whenever a virtual table is connected; the defensive mode of every connection refuses the statement itself */
        return name_in(first, schemas) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

void db_restrict(struct db *db)
{
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_SQL_LENGTH, LONGEST_SQL);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_EXPR_DEPTH, DEEPEST_EXPRESSION);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, (int *)NULL);
    (void)sqlite3_set_authorizer(db->handle, authorize, NULL);
}

void db_interrupt(struct db *db)
{
    sqlite3_interrupt(db->handle);
}

bool db_was_interrupted(const struct db *db)
{
    return (sqlite3_errcode(db->handle) & 0xFF) == SQLITE_INTERRUPT;
}

struct stmt *db_sql_next(struct db *db, struct str *text)
{
    struct stmt *s = xcalloc(1, sizeof(*s));
    *s = (struct stmt){.db = db, .name = "SQL", .busy = true, .ad_hoc = true};
    AUTO_STRBUF z = STRBUF_INIT;
    strbuf_adds(&z, *text);
    const char *start = strbuf_z(&z), *rest = start;
    int code = SQLITE_OK;
    do {
        code = sqlite3_prepare_v2(db->handle, rest, -1, &s->handle, &rest);
    } while (code == SQLITE_OK && !s->handle && *rest); /* a comment alone */
    if (code == SQLITE_OK && !s->handle) {
        free(s);
        return NULL;
    }
    if (code != SQLITE_OK) {
        s->failed = code;
        s->why = xstrdup(sqlite3_errmsg(db->handle));
    }
    db->ad_hoc_open++;
    *text = str_sub(*text, (size_t)(rest - start), text->n);
    return s;
}

bool db_sql_complete(const char *text)
{
    return sqlite3_complete(text) != 0;
}

struct stmt *stmt_copy(struct db *db, enum stmt_id id)
{
    return db_sql(db, str_of(statement_text(id)));
}

enum value_kind stmt_kind(const struct stmt *s, int col)
{
    switch (sqlite3_column_type(s->handle, col)) {
    case SQLITE_INTEGER:
        return VALUE_INTEGER;
    case SQLITE_FLOAT:
        return VALUE_REAL;
    case SQLITE_TEXT:
        return VALUE_TEXT;
    case SQLITE_BLOB:
        return VALUE_BLOB;
    default:
        return VALUE_NULL;
    }
}
