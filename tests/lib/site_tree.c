/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/site_tree.h"

#include <unistd.h>

#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/store/db.h"

enum { FILE_LIMIT = 1 << 28 };

static enum status link_target(const char *path, char out[512], struct err *err)
{
    ssize_t n = readlink(path, out, 511);
    if (n < 0) {
        return err_errno(err, ST_IO, "readlink '%s'", path);
    }
    out[n] = 0;
    return ST_OK;
}

static enum status add_files(struct arena *a, const char *dir, const char *shown, struct strbuf *out, struct err *err)
{
    file_list entries = {0};
    enum status status = file_exists(dir) ? file_list_dir(a, dir, &entries, err) : ST_OK;
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const struct file_entry *e = &entries.v[i];
        const char *path = path_join(a, dir, e->name), *name = path_join(a, shown, e->name);
        if (e->is_dir) {
            strbuf_addf(out, "%s/\n", name);
            status = add_files(a, path, name, out, err);
        } else if (e->is_link) {
            char target[512];
            status = link_target(path, target, err);
            strbuf_addf(out, "%s -> %s\n", name, status == ST_OK ? target : "");
        } else {
            AUTO_STRBUF bytes = STRBUF_INIT;
            char hash[33] = "";
            status = file_read_all(path, FILE_LIMIT, &bytes, err);
            hash128_hex(bytes.p, bytes.n, hash);
            strbuf_addf(out, "%s %zu %s\n", name, bytes.n, hash);
        }
    }
    vec_release(&entries);
    return status;
}

static enum status add_rows(struct db *db, struct str table, struct strbuf *out, struct err *err)
{
    AUTO_STRBUF sql = STRBUF_INIT;
    strbuf_addf(&sql, "SELECT * FROM \"" STR_FMT "\" ORDER BY 1, 2", STR_ARG(table));
    AUTO_STMT q = db_sql(db, strbuf_str(&sql));
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        strbuf_addf(out, STR_FMT, STR_ARG(table));
        for (int i = 0; i < stmt_columns(q); i++) {
            const char *name = stmt_column_name(q, i);
            if (strcmp(name, "at") != 0 && strcmp(name, "ms") != 0) {
                strbuf_addf(out, " %s=%s" STR_FMT, name, stmt_is_null(q, i) ? "NULL" : "", STR_ARG(stmt_text(q, i)));
            }
        }
        strbuf_addc(out, '\n');
    }
}

static enum status add_ledger(struct db *db, struct strbuf *out, struct err *err)
{
    AUTO_STMT tables = db_sql(db, STR("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"));
    for (bool row;;) {
        TRY(stmt_step(tables, &row, err));
        if (!row) {
            return ST_OK;
        }
        TRY(add_rows(db, stmt_text(tables, 0), out, err));
    }
}

static enum status dump_ledger(const char *path, struct strbuf *out, struct err *err)
{
    struct db *db = NULL;
    TRY(db_open(path, DB_READ, &db, err));
    enum status status = add_ledger(db, out, err);
    db_abandon(db);
    return status;
}

enum status site_tree_text(const char *site_dir, struct strbuf *out, struct err *err)
{
    static const char *const parts[] = {"reports", "store/raw", "store/segments", "store/runs"};
    AUTO_ARENA a = ARENA_INIT;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        TRY(add_files(&a, path_join(&a, site_dir, parts[i]), parts[i], out, err));
    }
    return dump_ledger(path_join(&a, site_dir, "store/ledger.db"), out, err);
}

static enum status copy_file(const char *from, const char *to, struct err *err)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    TRY(file_read_all(from, FILE_LIMIT, &bytes, err));
    struct outfile f;
    TRY(outfile_open(&f, to, err));
    outfile_str(&f, strbuf_str(&bytes));
    return outfile_close(&f, false, err);
}

bool site_state_text(const char *site_dir, const char *scratch, struct strbuf *out)
{
    static const char *const parts[] = {"reports", "store/raw", "store/segments", "store/runs", "store/replay"};
    static const char *const ledger[] = {"ledger.db", "ledger.db-wal"};
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (add_files(&a, path_join(&a, site_dir, parts[i]), parts[i], out, &err) != ST_OK) {
            return false;
        }
    }
    if (file_remove_tree(scratch, &err) != ST_OK || file_mkdirs(scratch, &err) != ST_OK) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(ledger); i++) {
        const char *from = arena_printf(&a, "%s/store/%s", site_dir, ledger[i]);
        if (file_exists(from) && copy_file(from, path_join(&a, scratch, ledger[i]), &err) != ST_OK) {
            return false;
        }
    }
    return dump_ledger(path_join(&a, scratch, "ledger.db"), out, &err) == ST_OK;
}

static enum status copy_entry(const struct file_entry *e, const char *from, const char *to, struct err *err)
{
    if (e->is_dir) {
        return tree_copy(from, to, err);
    }
    if (e->is_link) {
        char target[512];
        TRY(link_target(from, target, err));
        return symlink(target, to) == 0 ? ST_OK : err_errno(err, ST_IO, "symlink '%s'", to);
    }
    return copy_file(from, to, err);
}

enum status tree_copy(const char *from, const char *to, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list entries = {0};
    TRY(file_mkdirs(to, err));
    enum status status = file_list_dir(&a, from, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const struct file_entry *e = &entries.v[i];
        status = copy_entry(e, path_join(&a, from, e->name), path_join(&a, to, e->name), err);
    }
    vec_release(&entries);
    return status;
}

void first_difference(struct str want, struct str got, struct strbuf *out)
{
    if (str_eq(want, got)) {
        return;
    }
    struct str a = {NULL, 0}, b = {NULL, 0};
    bool more_a = true, more_b = true;
    while (str_eq(a, b) && (more_a || more_b)) {
        a = b = (struct str){NULL, 0};
        more_a = str_split(&want, '\n', &a);
        more_b = str_split(&got, '\n', &b);
    }
    strbuf_addf(out, "- " STR_FMT "\n+ " STR_FMT "\n", STR_ARG(str_sub(a, 0, 400)), STR_ARG(str_sub(b, 0, 400)));
}
