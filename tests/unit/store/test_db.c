/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "base/store/embedded.h"

struct place {
    struct arena arena;
    char *dir, *ledger;
};

static int make_place(void **state)
{
    struct place *p = xcalloc(1, sizeof(*p));
    const char *tmp = getenv("TMPDIR");
    p->dir = arena_printf(&p->arena, "%s/mopai-db-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    p->ledger = path_join(&p->arena, p->dir, "ledger.db");
    *state = p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    struct err err;
    assert_int_equal(file_remove_tree(p->dir, &err), ST_OK);
    arena_release(&p->arena);
    free(p);
    return 0;
}

static struct db *open_ok(const char *path, enum db_mode mode)
{
    struct err err = {0};
    struct db *db = NULL;
    if (db_open(path, mode, &db, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    return db;
}

static void close_ok(struct db *db)
{
    struct err err;
    assert_int_equal(db_close(db, &err), ST_OK);
}

static int64_t number(struct db *db, const char *text)
{
    struct err err = {0};
    bool row = false;
    AUTO_STMT s = db_sql(db, str_of(text));
    if (stmt_one(s, &row, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    return row ? stmt_int(s, 0) : -1;
}

static enum status add_audit(struct db *db, const char *who, struct err *err)
{
    AUTO_STMT s = stmt_use(db, STMT_INSERT_AUDIT);
    stmt_bind_null(s, ":audit_id");
    stmt_bind_z(s, ":who", who);
    stmt_bind_text(s, ":action", STR("init"));
    stmt_bind_text(s, ":detail", (struct str){NULL, 0});
    stmt_bind_z(s, ":at", "2026-03-01T02:00:00");
    stmt_bind_z(s, ":hash", "");
    return stmt_run(s, err);
}

static void ledger_is_made_migrated_and_kept(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->ledger, DB_WRITE);
    assert_int_equal(number(db, "PRAGMA user_version"), db_ledger_version());
    assert_int_equal(number(db, "PRAGMA synchronous"), 2);
    assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(add_audit(db, "cron", &err), ST_OK);
    assert_int_equal(db_changes(db), 1);
    assert_int_equal(db_last_id(db), 1);
    close_ok(db);
    db = open_ok(p->ledger, DB_WRITE);
    assert_int_equal(number(db, "SELECT count(*) FROM audit"), 1);
    close_ok(db);
    assert_false(file_exists(arena_printf(&p->arena, "%s-wal", p->ledger)));
}

/* A ledger of the version before, with what it holds, becomes one of this version when it is next written; reading says who does that. */
static void an_older_ledger_is_brought_up(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->ledger, DB_WRITE);
    assert_int_equal(add_audit(db, "cron", &err), ST_OK);
    assert_int_equal(db_exec(db, "DROP TABLE referral_answer; DROP TABLE referral_import; DROP TABLE referral_warning; DROP TABLE referral; PRAGMA user_version = 1", &err), ST_OK);
    close_ok(db);
    assert_int_equal(db_open(p->ledger, DB_READ, &db, &err), ST_DATABASE);
    db = open_ok(p->ledger, DB_WRITE);
    assert_int_equal(number(db, "PRAGMA user_version"), db_ledger_version());
    assert_int_equal(number(db, "SELECT count(*) FROM audit"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM referral_answer"), 0);
    close_ok(db);
}

static void reading_never_writes(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = NULL;
    assert_int_equal(db_open(p->ledger, DB_READ, &db, &err), ST_MISSING);
    close_ok(open_ok(p->ledger, DB_WRITE));
    db = open_ok(p->ledger, DB_READ);
    assert_int_equal(add_audit(db, "x", &err), ST_IO);
    assert_non_null(strstr(err.text, "INSERT_AUDIT"));
    assert_int_equal(number(db, "SELECT count(*) FROM audit"), 0);
    close_ok(db);
}

static void newer_and_foreign_files_are_refused(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->ledger, DB_WRITE);
    assert_int_equal(db_exec(db, "PRAGMA user_version = 99", &err), ST_OK);
    close_ok(db);
    assert_int_equal(db_open(p->ledger, DB_WRITE, &db, &err), ST_VERSION);
    assert_int_equal(db_open(p->ledger, DB_READ, &db, &err), ST_VERSION);

    db = open_ok(":memory:", DB_CREATE_SCRATCH);
    AUTO_STRBUF other = STRBUF_INIT;
    strbuf_addf(&other, "%s/other.db", p->dir);
    AUTO_STRBUF sql = STRBUF_INIT;
    strbuf_addf(&sql, "PRAGMA application_id = 7; CREATE TABLE t (x); VACUUM INTO '%s'", other.p);
    assert_int_equal(db_exec(db, sql.p, &err), ST_OK);
    close_ok(db);
    assert_int_equal(db_open(other.p, DB_WRITE, &db, &err), ST_DATABASE);
    assert_int_equal(file_write_atomic(other.p, STR("not a database at all, but long enough to be looked at, one would think"), &err), ST_OK);
    assert_int_equal(db_open(other.p, DB_WRITE, &db, &err), ST_CORRUPT);
    assert_non_null(strstr(err.text, "请从备份恢复"));
}

/* In the user's words, with what to do; SQLite's English stays inside. */
static void failures_are_told_with_what_to_do(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    close_ok(open_ok(p->ledger, DB_WRITE));
    struct db *db = open_ok(p->ledger, DB_READ);
    assert_int_equal(add_audit(db, "no", &err), ST_IO);
    assert_non_null(strstr(err.text, "只能读不能写"));
    assert_null(strstr(err.text, "attempt to write"));
    close_ok(db);
}

static void transaction_rolls_back_unless_committed(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->ledger, DB_WRITE);
    {
        AUTO_TX tx = {0};
        assert_int_equal(tx_begin(&tx, db, &err), ST_OK);
        assert_int_equal(add_audit(db, "gone", &err), ST_OK);
    }
    assert_int_equal(number(db, "SELECT count(*) FROM audit"), 0);
    {
        AUTO_TX tx = {0};
        assert_int_equal(tx_begin(&tx, db, &err), ST_OK);
        assert_int_equal(add_audit(db, "stays", &err), ST_OK);
        assert_int_equal(tx_commit(&tx, &err), ST_OK);
    }
    assert_int_equal(number(db, "SELECT count(*) FROM audit"), 1);
    close_ok(db);
}

static void scratch_is_replaced_with_the_same_bytes(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    char *path = path_join(&p->arena, p->dir, "night.db");
    struct strbuf bytes[2] = {STRBUF_INIT, STRBUF_INIT};
    for (int round = 0; round < 2; round++) {
        struct db *db = open_ok(path, DB_CREATE_SCRATCH);
        assert_int_equal(db_apply_schema(db, "night.sql", &err), ST_OK);
        AUTO_TX tx = {0};
        assert_int_equal(tx_begin(&tx, db, &err), ST_OK);
        for (int i = 0; i < 3000; i++) {
            AUTO_STMT s = db_sql(db, STR("INSERT INTO figure VALUES (:name, :value)"));
            AUTO_STRBUF name = STRBUF_INIT;
            strbuf_addf(&name, "figure.%d", i * 7919 % 3000);
            stmt_bind_text(s, ":name", strbuf_str(&name));
            stmt_bind_int(s, ":value", i);
            assert_int_equal(stmt_run(s, &err), ST_OK);
        }
        assert_int_equal(tx_commit(&tx, &err), ST_OK);
        close_ok(db);
        assert_int_equal(file_read_all(path, 1 << 24, &bytes[round], &err), ST_OK);
    }
    assert_true(str_eq(strbuf_str(&bytes[0]), strbuf_str(&bytes[1])));
    struct db *db = open_ok(path, DB_READ);
    assert_int_equal(number(db, "SELECT count(*) FROM figure"), 3000);
    close_ok(db);
    assert_false(file_exists(arena_printf(&p->arena, "%s-journal", path)));
    strbuf_release(&bytes[0]);
    strbuf_release(&bytes[1]);
}

static void values_nulls_and_columns(void **state)
{
    (void)state;
    struct err err = {0};
    bool row = false;
    struct db *db = open_ok(":memory:", DB_CREATE_SCRATCH);
    {
        AUTO_STMT s = db_sql(db, STR("SELECT :a AS a, :b AS b, :c AS c, :d AS d, :e AS e"));
        stmt_bind_int(s, ":a", INT64_MIN);
        stmt_bind_text(s, ":b", STR("张三"));
        stmt_bind_null(s, ":c");
        stmt_bind_day(s, ":d", DAY_MISSING);
        stmt_bind_day(s, ":e", 20000);
        assert_int_equal(stmt_step(s, &row, &err), ST_OK);
        assert_true(row);
        assert_int_equal(stmt_columns(s), 5);
        assert_string_equal(stmt_column_name(s, 1), "b");
        assert_true(stmt_int(s, stmt_col(s, "a")) == INT64_MIN);
        assert_true(str_eq(stmt_text(s, 1), STR("张三")));
        assert_true(stmt_is_null(s, 2));
        assert_int_equal(stmt_day(s, 3), DAY_MISSING);
        assert_int_equal(stmt_day(s, 4), 20000);
        assert_int_equal(stmt_step(s, &row, &err), ST_OK);
        assert_false(row);
    }
    {
        AUTO_STMT s = db_sql(db, STR("SELECT nothing FROM nowhere"));
        assert_int_equal(stmt_step(s, &row, &err), ST_DATABASE);
    }
    {
        AUTO_STMT s = db_sql(db, STR("SELECT 1; SELECT 2"));
        assert_int_equal(stmt_step(s, &row, &err), ST_DATABASE);
    }
    close_ok(db);
}

/* A typo in any statement file must not wait for the night that uses it: each prepares against the ledger or against night.db. */
static void every_statement_prepares(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *ledger = open_ok(p->ledger, DB_WRITE);
    struct db *night = open_ok(":memory:", DB_CREATE_SCRATCH);
    assert_int_equal(db_apply_schema(night, "night.sql", &err), ST_OK);
    for (int id = 0; id < STMT_COUNT; id++) {
        AUTO_STRBUF explain = STRBUF_INIT;
        strbuf_addf(&explain, "EXPLAIN %s", statement_text((enum stmt_id)id));
        bool row;
        AUTO_STMT a = db_sql(ledger, strbuf_str(&explain));
        AUTO_STMT b = db_sql(night, strbuf_str(&explain));
        if (stmt_step(a, &row, &err) != ST_OK) {
            struct err night_err = {0};
            if (stmt_step(b, &row, &night_err) != ST_OK) {
                fail_msg("%s: ledger: %s; night: %s", statement_name((enum stmt_id)id), err.text, night_err.text);
            }
        }
    }
    close_ok(night);
    close_ok(ledger);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, make_place, drop_place)
    const struct CMUnitTest tests[] = {
        CASE(ledger_is_made_migrated_and_kept),
        CASE(an_older_ledger_is_brought_up),
        CASE(reading_never_writes),
        CASE(newer_and_foreign_files_are_refused),
        CASE(failures_are_told_with_what_to_do),
        CASE(transaction_rolls_back_unless_committed),
        CASE(scratch_is_replaced_with_the_same_bytes),
        CASE(values_nulls_and_columns),
        CASE(every_statement_prepares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
