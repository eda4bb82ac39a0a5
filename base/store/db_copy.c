/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/file.h"
#include "base/store/db_private.h"

/* All pages in one step: a read transaction over the whole copy, so that it is one moment of the source; in WAL mode nobody waits for it. */
static enum status copy_pages(struct db *from, const struct db *to, struct err *err)
{
    sqlite3_backup *copy = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (!copy) {
        return db_failed(to, sqlite3_errcode(to->handle), "backup", sqlite3_errmsg(to->handle), err);
    }
    enum status status = db_fault(to, "backup", err);
    int code = status == ST_OK ? sqlite3_backup_step(copy, -1) : SQLITE_OK;
    int end = sqlite3_backup_finish(copy);
    if (status == ST_OK && code != SQLITE_DONE) {
        return db_failed(to, code, "backup", sqlite3_errstr(code), err);
    }
    return status == ST_OK && end != SQLITE_OK ? db_failed(to, end, "backup", sqlite3_errstr(end), err) : status;
}

enum status db_copy(struct db *from, const char *to, struct err *err)
{
    struct db copy = {.path = xstrdup(to)}; /* its path is what errors name: the disk that is full is there */
    enum status status = file_unlink(to, err);
    int code = SQLITE_OK;
    if (status == ST_OK) {
        code = sqlite3_open_v2(to, &copy.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        status = code == SQLITE_OK ? copy_pages(from, &copy, err) : db_failed(&copy, code, "backup", sqlite3_errstr(code), err);
    }
    /* no WAL beside it: the copy is one file, and can be read from a medium that cannot be written */
    if (status == ST_OK && (code = sqlite3_exec(copy.handle, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL)) != SQLITE_OK) {
        status = db_failed(&copy, code, "backup", sqlite3_errstr(code), err);
    }
    (void)sqlite3_close(copy.handle);
    free(copy.path);
    return status == ST_OK ? file_sync(to, err) : status;
}
