/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/db.h"

#include <errno.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/fault.h"
#include "base/core/file.h"
#include "base/store/db_private.h"
#include "base/store/embedded.h"

/* Registered nowhere; they keep us from opening somebody else's file. */
enum { APP_LEDGER = 0x4D4F504C /* MOPL */, APP_SCRATCH = 0x4D4F504E /* MOPN */ };
enum { BUSY_MS = 10000 };

/* What people are told for SQLite's codes; the rest is shown as it comes. */
static const struct {
    int code;
    enum status status;
    const char *zh, *en;
} failures[] = {
    {SQLITE_FULL, ST_NOSPACE, "磁盘满了，写不进去", "the disk is full"},
    {SQLITE_IOERR, ST_IO, "读写磁盘出错；请查看磁盘和线路", "the disk failed to read or write"},
    {SQLITE_READONLY, ST_IO, "只能读不能写；请查看磁盘是否以只读方式挂载、当前用户有没有写权限", "read only: is the disk mounted read-only, may this user write?"},
    {SQLITE_CANTOPEN, ST_IO, "打不开；请查看目录是否还在、当前用户有没有读写权限", "cannot be opened: is its folder there, may this user read and write it?"},
    {SQLITE_PERM, ST_IO, "没有权限；请换用平时运行 mopai 的用户", "no permission: run as the user who usually runs mopai"},
    {SQLITE_CORRUPT, ST_CORRUPT, "内容已损坏；先不要再运行，请从备份恢复（mopai verify 可查还有什么坏了）", "damaged: run nothing more, restore it from the backup (mopai verify tells what else is)"},
    {SQLITE_NOTADB, ST_CORRUPT, "不是数据库文件或开头已损坏；先不要再运行，请从备份恢复", "not a database, or its beginning is damaged: run nothing more, restore it from the backup"},
    {SQLITE_BUSY, ST_LOCKED, "另一个程序正在使用；等它结束再试", "in use by another program: try again when it has finished"},
    {SQLITE_LOCKED, ST_LOCKED, "另一个程序正在使用；等它结束再试", "in use by another program: try again when it has finished"},
};

enum status db_failed(const struct db *db, int code, const char *name, const char *message, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
        if (failures[i].code == (code & 0xFF)) {
            return err_set(err, failures[i].status, TR("“%s”%s（SQLite %d%s%s）", "'%s' is %s (SQLite %d%s%s)"), db->path, TR(failures[i].zh, failures[i].en), code,
                           name ? " " : "", name ? name : "");
        }
    }
    return err_set(err, ST_DATABASE, TR("“%s”：%s%s%s", "'%s': %s%s%s"), db->path, name ? name : "", name ? ": " : "", message);
}

enum status db_fault(const struct db *db, const char *name, struct err *err)
{
    int error = fault_point(FAULT_SQL);
    if (error) {
        errno = error;
        return err_errno(err, error == ENOSPC ? ST_NOSPACE : ST_IO, "'%s': %s", db->path, name);
    }
    return ST_OK;
}

/* Statement by statement, so that each is a point where a test may stop us. */
enum status db_exec(struct db *db, const char *text, struct err *err)
{
    for (const char *rest = text; *rest;) {
        sqlite3_stmt *s = NULL;
        int code = sqlite3_prepare_v2(db->handle, rest, -1, &s, &rest);
        if (code != SQLITE_OK) {
            return db_failed(db, code, NULL, sqlite3_errmsg(db->handle), err);
        }
        if (!s) {
            continue; /* blank or a comment */
        }
        enum status status = sqlite3_stmt_readonly(s) ? ST_OK : db_fault(db, "SQL", err);
        while (status == ST_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        }
        if (status == ST_OK && code != SQLITE_DONE) {
            status = db_failed(db, code, NULL, sqlite3_errmsg(db->handle), err);
        }
        (void)sqlite3_finalize(s);
        TRY(status);
    }
    return ST_OK;
}

static enum status read_number(struct db *db, const char *text, int64_t *out, struct err *err)
{
    AUTO_STMT s = db_sql(db, str_of(text));
    bool row;
    TRY(stmt_one(s, &row, err));
    *out = row ? stmt_int(s, 0) : 0;
    return ST_OK;
}

static enum status set_number(struct db *db, const char *pragma, int64_t v, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, "PRAGMA %s = %lld", pragma, (long long)v);
    return db_exec(db, b.p, err);
}

int db_ledger_version(void)
{
    int version = 0;
    while (ledger_migration(version + 1)) {
        version++;
    }
    return version;
}

static enum status migrate_one(struct db *db, int version, struct err *err)
{
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, db, err));
    /* Another process may have done it while we waited for the lock. */
    int64_t now = 0;
    TRY(read_number(db, "PRAGMA user_version", &now, err));
    if (now >= version) {
        return ST_OK;
    }
    TRY(db_exec(db, ledger_migration(version), err));
    TRY(set_number(db, "application_id", APP_LEDGER, err));
    TRY(set_number(db, "user_version", version, err));
    return tx_commit(&tx, err);
}

/* Whose file is it, and of which version? A file killed at birth is empty and nobody's yet. */
static enum status identify(struct db *db, int64_t *out_version, bool *out_ledger, struct err *err)
{
    int64_t app = 0, tables = 0;
    TRY(read_number(db, "PRAGMA application_id", &app, err));
    TRY(read_number(db, "PRAGMA user_version", out_version, err));
    TRY(read_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err));
    bool fresh = app == 0 && tables == 0 && *out_version == 0;
    if (fresh && db->mode == DB_READ) {
        return err_set(err, ST_MISSING, TR("“%s”还是空的：第一夜没有跑成，请重新运行 mopai run", "'%s' is still empty: the first night did not come through; run mopai run again"), db->path);
    }
    if (app != APP_LEDGER && app != APP_SCRATCH && !(fresh && db->mode == DB_WRITE)) {
        return err_set(err, ST_DATABASE, TR("“%s”不是 mopai 的数据库", "'%s' is not a database of mopai"), db->path);
    }
    *out_ledger = app != APP_SCRATCH;
    return ST_OK;
}

static enum status check_version(struct db *db, struct err *err)
{
    int64_t version = 0;
    bool ledger = false;
    int known = db_ledger_version();
    TRY(identify(db, &version, &ledger, err));
    if (!ledger) {
        return db->mode == DB_READ ? ST_OK
                                   : err_set(err, ST_DATABASE, TR("“%s”不是台账", "'%s' is not a ledger"), db->path);
    }
    if (version > known) {
        return err_set(err, ST_VERSION, TR("“%s”的版本是 %lld，本程序只认识到 %d", "'%s' has version %lld, this program knows up to %d"),
                       db->path, (long long)version, known);
    }
    if (db->mode == DB_READ && version < known) {
        return err_set(err, ST_DATABASE, TR("“%s”的版本是 %lld，先运行一次 mopai run 升级", "'%s' has version %lld: mopai run upgrades it"),
                       db->path, (long long)version);
    }
    for (int v = (int)version + 1; v <= known; v++) {
        TRY(migrate_one(db, v, err));
    }
    return ST_OK;
}

/* Temporary tables stay in memory: nothing personal may land in a shared /tmp. */
static const char pragmas_common[] = "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; "
                                     "PRAGMA cell_size_check = ON;";
static const char pragmas_ledger[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
/* A journal in memory, not OFF: with OFF a ROLLBACK leaves the file in pieces. */
static const char pragmas_scratch[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; "
                                      "PRAGMA page_size = 16384; " /* bodies of events fill half a page of 4096 */
                                      "PRAGMA cache_size = -32768;"; /* the default 2 MB makes indexes thrash */

static enum status set_up(struct db *db, struct err *err)
{
    (void)sqlite3_extended_result_codes(db->handle, 1);
    (void)sqlite3_busy_timeout(db->handle, BUSY_MS);
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    TRY(db_exec(db, pragmas_common, err));
    switch (db->mode) {
    case DB_READ:
        /* Opened for writing all the same, so that the last to close cleans the WAL away; but nothing can be written. */
        TRY(check_version(db, err));
        return db_exec(db, "PRAGMA query_only = ON", err);
    case DB_WRITE:
        TRY(db_exec(db, pragmas_ledger, err));
        return check_version(db, err);
    case DB_CREATE_SCRATCH:
        TRY(db_exec(db, pragmas_scratch, err));
        return set_number(db, "application_id", APP_SCRATCH, err);
    }
    BUG("db mode");
}

static bool in_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

enum status db_open(const char *path, enum db_mode mode, struct db **out_db, struct err *err)
{
    if (mode == DB_READ && !file_exists(path)) {
        return err_set(err, ST_MISSING, TR("没有“%s”", "there is no '%s'"), path);
    }
    if (mode == DB_CREATE_SCRATCH && !in_memory(path)) {
        TRY(file_unlink(path, err));
    }
    struct db *db = xcalloc(1, sizeof(*db));
    db->path = xstrdup(path);
    db->mode = mode;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == DB_READ ? 0 : SQLITE_OPEN_CREATE);
    int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
    enum status status = code == SQLITE_OK ? set_up(db, err)
                                           : db_failed(db, code, NULL, db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code), err);
    if (status != ST_OK) {
        db_abandon(db);
        return status;
    }
    *out_db = db;
    return ST_OK;
}

enum status db_apply_schema(struct db *db, const char *name, struct err *err)
{
    const char *text = schema_text(name);
    BUG_ON(!text);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, db, err));
    enum status status = db_exec(db, text, err);
    if (status != ST_OK) {
        return err_context(err, "%s", name);
    }
    return tx_commit(&tx, err);
}

const char *db_path(const struct db *db)
{
    return db->path;
}

static void free_statements(struct db *db)
{
    for (size_t i = 0; i < STMT_COUNT; i++) {
        (void)sqlite3_finalize(db->stmts[i].handle);
        stmt_forget_names(&db->stmts[i]);
        free(db->stmts[i].why);
    }
}

enum status db_close(struct db *db, struct err *err)
{
    if (!db) {
        return ST_OK;
    }
    BUG_ON(db->in_tx || db->ad_hoc_open != 0);
    for (size_t i = 0; i < STMT_COUNT; i++) {
        BUG_ON(db->stmts[i].busy);
    }
    free_statements(db);
    int code = sqlite3_close(db->handle);
    enum status status = code == SQLITE_OK ? ST_OK : db_failed(db, code, NULL, sqlite3_errstr(code), err);
    if (status == ST_OK && db->mode == DB_CREATE_SCRATCH && !in_memory(db->path)) {
        status = file_sync(db->path, err);
    }
    free(db->path);
    free(db);
    return status;
}

void db_abandon(struct db *db)
{
    if (!db) {
        return;
    }
    free_statements(db);
    (void)sqlite3_close_v2(db->handle); /* rolls back */
    free(db->path);
    free(db);
}

enum status tx_begin(struct tx *tx, struct db *db, struct err *err)
{
    BUG_ON(db->in_tx || tx->db);
    int code = sqlite3_exec(db->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        return db_failed(db, code, "BEGIN", sqlite3_errmsg(db->handle), err);
    }
    db->in_tx = true;
    tx->db = db;
    return ST_OK;
}

enum status tx_commit(struct tx *tx, struct err *err)
{
    struct db *db = tx->db;
    BUG_ON(!db);
    enum status status = db_fault(db, "COMMIT", err);
    if (status == ST_OK) {
        int code = sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
        status = code == SQLITE_OK ? ST_OK : db_failed(db, code, "COMMIT", sqlite3_errmsg(db->handle), err);
    }
    if (status != ST_OK) {
        tx_rollback(tx);
        return status;
    }
    db->in_tx = false;
    tx->db = NULL;
    return ST_OK;
}

void tx_rollback(struct tx *tx)
{
    if (!tx->db) {
        return;
    }
    /* After some errors SQLite has rolled back by itself; then this fails, and that is fine. */
    (void)sqlite3_exec(tx->db->handle, "ROLLBACK", NULL, NULL, NULL);
    tx->db->in_tx = false;
    tx->db = NULL;
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}
