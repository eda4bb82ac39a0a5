/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of a connection: preparing, binding, stepping, columns. */
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/store/db_private.h"
#include "base/store/embedded.h"

static void note_failure(struct stmt *s, int code)
{
    if (code != SQLITE_OK && !s->failed) {
        s->failed = code;
        s->why = xstrdup(sqlite3_errmsg(s->db->handle));
    }
}

static bool only_blank(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || *p == ';') {
        p++;
    }
    return *p == 0;
}

struct stmt *stmt_use(struct db *db, enum stmt_id id)
{
    BUG_ON((int)id < 0 || id >= STMT_COUNT);
    struct stmt *s = &db->stmts[id];
    BUG_ON(s->busy);
    s->db = db;
    s->busy = true;
    s->stepped = false;
    s->last_bound = 0;
    s->name = statement_name(id);
    if (!s->handle) {
        const char *tail = NULL;
        note_failure(s, sqlite3_prepare_v3(db->handle, statement_text(id), -1, SQLITE_PREPARE_PERSISTENT, &s->handle, &tail));
        BUG_ON(s->handle && !only_blank(tail)); /* one statement a file */
    }
    return s;
}

struct stmt *db_sql(struct db *db, struct str text)
{
    struct stmt *s = xcalloc(1, sizeof(*s));
    *s = (struct stmt){.db = db, .name = "SQL", .busy = true, .ad_hoc = true};
    db->ad_hoc_open++;
    AUTO_STRBUF z = STRBUF_INIT;
    strbuf_adds(&z, text);
    const char *tail = NULL;
    note_failure(s, sqlite3_prepare_v2(db->handle, strbuf_z(&z), -1, &s->handle, &tail));
    if (!s->failed && (!s->handle || !only_blank(tail))) {
        s->failed = SQLITE_MISUSE;
        s->why = xstrdup(TR("只能写一条语句", "exactly one statement is wanted"));
    }
    return s;
}

void stmt_done(struct stmt *s)
{
    if (!s) {
        return;
    }
    BUG_ON(!s->busy);
    s->busy = false;
    s->failed = 0;
    free(s->why);
    s->why = NULL;
    if (s->ad_hoc) {
        (void)sqlite3_finalize(s->handle);
        stmt_forget_names(s);
        s->db->ad_hoc_open--;
        free(s);
        return;
    }
    if (s->handle) { /* sqlite3_clear_bindings does not take NULL */
        (void)sqlite3_reset(s->handle);
        (void)sqlite3_clear_bindings(s->handle);
    }
}

/* Copies: SQLite's own go when it prepares a statement anew. */
static void ask_names(struct stmt *s)
{
    s->n_names = sqlite3_bind_parameter_count(s->handle);
    s->names = xcalloc((size_t)s->n_names + 1, sizeof(*s->names));
    for (int i = 0; i < s->n_names; i++) {
        const char *name = sqlite3_bind_parameter_name(s->handle, i + 1);
        s->names[i] = xstrdup(name ? name : "");
    }
}

void stmt_forget_names(struct stmt *s)
{
    for (int i = 0; s->names && i < s->n_names; i++) {
        free(s->names[i]);
    }
    free(s->names);
    s->names = NULL;
}

/* 0 when the statement failed to prepare: binding is skipped, the first step reports. Callers mostly bind in the order of the statement, so the
   parameter after the last one is tried before SQLite compares the name with all of them. */
static int parameter(struct stmt *s, const char *name)
{
    BUG_ON(!s->busy || s->stepped);
    if (!s->handle) {
        return 0;
    }
    if (!s->names) {
        ask_names(s);
    }
    const char *next = s->last_bound < s->n_names ? s->names[s->last_bound] : NULL;
    s->last_bound = next && strcmp(next, name) == 0 ? s->last_bound + 1 : sqlite3_bind_parameter_index(s->handle, name);
    BUG_ON(s->last_bound == 0);
    return s->last_bound;
}

void stmt_bind_int(struct stmt *s, const char *name, int64_t v)
{
    int i = parameter(s, name);
    note_failure(s, i ? sqlite3_bind_int64(s->handle, i, v) : SQLITE_OK);
}

void stmt_bind_text(struct stmt *s, const char *name, struct str v)
{
    int i = parameter(s, name);
    note_failure(s, i ? sqlite3_bind_text64(s->handle, i, v.p ? v.p : "", v.n, SQLITE_TRANSIENT, SQLITE_UTF8) : SQLITE_OK);
}

void stmt_bind_view(struct stmt *s, const char *name, struct str v)
{
    int i = parameter(s, name);
    note_failure(s, i ? sqlite3_bind_text64(s->handle, i, v.p ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8) : SQLITE_OK);
}

void stmt_bind_z(struct stmt *s, const char *name, const char *v)
{
    if (v) {
        stmt_bind_text(s, name, str_of(v));
    } else {
        stmt_bind_null(s, name);
    }
}

void stmt_bind_null(struct stmt *s, const char *name)
{
    int i = parameter(s, name);
    note_failure(s, i ? sqlite3_bind_null(s->handle, i) : SQLITE_OK);
}

void stmt_bind_day(struct stmt *s, const char *name, daynum v)
{
    if (v == DAY_MISSING) {
        stmt_bind_null(s, name);
    } else {
        stmt_bind_int(s, name, v);
    }
}

enum status stmt_step(struct stmt *s, bool *out_row, struct err *err)
{
    BUG_ON(!s->busy);
    if (s->failed) {
        return db_failed(s->db, s->failed, s->name, s->why, err);
    }
    if (!s->stepped && !sqlite3_stmt_readonly(s->handle)) {
        TRY(db_fault(s->db, s->name, err));
    }
    s->stepped = true;
    int code = sqlite3_step(s->handle);
    if (code == SQLITE_ROW) {
        *out_row = true;
        return ST_OK;
    }
    enum status status = code == SQLITE_DONE ? ST_OK : db_failed(s->db, code, s->name, sqlite3_errmsg(s->db->handle), err);
    (void)sqlite3_reset(s->handle);
    s->stepped = false;
    if (status == ST_OK) {
        *out_row = false;
    }
    return status;
}

enum status stmt_run(struct stmt *s, struct err *err)
{
    bool row;
    do {
        TRY(stmt_step(s, &row, err));
    } while (row);
    return ST_OK;
}

enum status stmt_one(struct stmt *s, bool *out_row, struct err *err)
{
    return stmt_step(s, out_row, err);
}

int stmt_columns(const struct stmt *s)
{
    return sqlite3_column_count(s->handle);
}

const char *stmt_column_name(const struct stmt *s, int col)
{
    return sqlite3_column_name(s->handle, col);
}

int stmt_col(const struct stmt *s, const char *name)
{
    for (int i = 0; i < sqlite3_column_count(s->handle); i++) {
        if (strcmp(sqlite3_column_name(s->handle, i), name) == 0) {
            return i;
        }
    }
    BUG("no such result column");
}

static void check_column(const struct stmt *s, int col)
{
    BUG_ON(!s->stepped || col < 0 || col >= sqlite3_data_count(s->handle));
}

int64_t stmt_int(const struct stmt *s, int col)
{
    check_column(s, col);
    return sqlite3_column_int64(s->handle, col);
}

struct str stmt_text(const struct stmt *s, int col)
{
    check_column(s, col);
    const unsigned char *p = sqlite3_column_text(s->handle, col);
    return str_n((const char *)p, p ? (size_t)sqlite3_column_bytes(s->handle, col) : 0);
}

bool stmt_is_null(const struct stmt *s, int col)
{
    check_column(s, col);
    return sqlite3_column_type(s->handle, col) == SQLITE_NULL;
}

daynum stmt_day(const struct stmt *s, int col)
{
    return stmt_is_null(s, col) ? DAY_MISSING : (daynum)stmt_int(s, col);
}
