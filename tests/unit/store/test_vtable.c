/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual tables against SQLite's own: the same rows in both, random queries, equal answers. And what a restricted connection refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "base/store/db_query.h"
#include "base/store/vtable.h"

enum { BLOCK = 7, COLUMNS = 6 };
static const struct vtable_column columns[COLUMNS] = {{"n", VTABLE_INT, false, false},   {"name", VTABLE_TEXT, false, false}, {"day", VTABLE_DAY, false, false},
                                                      {"month", VTABLE_MONTH, false, false}, {"yuan", VTABLE_MONEY, false, false}, {"row", VTABLE_INT, false, true}};
struct made {
    size_t rows;
    size_t loads; /* blocks read */
};

/* The value of a cell: small ranges, so that values repeat; one in five is missing. Text: empty is missing. */
static int64_t value(size_t row, size_t column)
{
    uint64_t h = hash_mix(row * 31 + column + 1);
    if (column == 5) {
        return (int64_t)row;
    }
    return h % 5 == 0 ? VTABLE_NULL : (int64_t)(h / 5 % 12) + (column == 2 ? 20500 : column == 3 ? 24310 : -3) + (column == 2 ? (int64_t)(row / BLOCK) : 0);
}

static struct str word(struct arena *a, size_t row)
{
    int64_t v = value(row, 1);
    return v == VTABLE_NULL ? (struct str){NULL, 0} : str_of(arena_printf(a, "w%lld", (long long)v));
}

static enum status load(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    struct made *m = ctx;
    (void)err;
    b->end = block * BLOCK >= m->rows;
    b->rows = b->end ? 0 : MIN((size_t)BLOCK, m->rows - block * BLOCK);
    m->loads++;
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; wanted[c] && i < b->rows; i++) {
            if (c == 1) {
                (b->text[c] ? b->text[c] : vtable_texts(b, c))[i] = word(&b->arena, block * BLOCK + i);
            } else {
                (b->num[c] ? b->num[c] : vtable_nums(b, c))[i] = value(block * BLOCK + i, c);
            }
        }
    }
    return ST_OK;
}

static void range(const void *ctx, size_t block, size_t column, struct vtable_range *out)
{
    const struct made *m = ctx;
    if (column == 1 || block * BLOCK >= m->rows) {
        return;
    }
    *out = (struct vtable_range){.known = true, .min = INT64_MAX, .max = INT64_MIN};
    for (size_t i = block * BLOCK; i < MIN((block + 1) * BLOCK, m->rows); i++) {
        int64_t v = value(i, column);
        if (v != VTABLE_NULL) {
            out->min = MIN(out->min, v);
            out->max = MAX(out->max, v);
        }
    }
}

static struct made left_rows = {100, 0}, right_rows = {59, 0};
static const struct vtable tables[2] = {{"va", "甲", columns, COLUMNS, 100, &left_rows, load, range}, {"vb", NULL, columns, COLUMNS, 59, &right_rows, load, range}};

static struct db *open_both(void)
{
    struct err err = {.status = ST_OK};
    struct db *db;
    assert_int_equal(db_open_empty(&db, &err), ST_OK);
    assert_int_equal(db_add_tables(db, tables, 2, &err), ST_OK);
    assert_int_equal(db_exec(db,
                             "CREATE TABLE ta(n INTEGER, name TEXT, day TEXT, month TEXT, yuan REAL, row INTEGER); CREATE TABLE tb AS SELECT * FROM ta;"
                             "INSERT INTO ta SELECT * FROM va; INSERT INTO tb SELECT * FROM vb;",
                             &err),
                     ST_OK);
    return db;
}

static void answer(struct db *db, const char *sql, struct strbuf *out)
{
    struct err err = {.status = ST_OK};
    AUTO_STMT s = db_sql(db, str_of(sql));
    for (bool row;;) {
        if (stmt_step(s, &row, &err) != ST_OK) {
            fail_msg("%s: %s", sql, err.text);
        }
        if (!row) {
            return;
        }
        for (int c = 0; c < stmt_columns(s); c++) {
            strbuf_adds(out, stmt_is_null(s, c) ? STR("NULL") : stmt_text(s, c));
            strbuf_addc(out, '|');
        }
        strbuf_addc(out, '\n');
    }
}

/* @a and @b stand for the tables. */
static void same(struct db *db, const char *sql)
{
    AUTO_STRBUF virtual = STRBUF_INIT, real = STRBUF_INIT, want = STRBUF_INIT, have = STRBUF_INIT;
    for (const char *p = sql; *p; p++) {
        strbuf_addz(&virtual, *p == '@' ? "v" : "");
        strbuf_addz(&real, *p == '@' ? "t" : "");
        if (*p != '@') {
            strbuf_addc(&virtual, *p);
            strbuf_addc(&real, *p);
        }
    }
    answer(db, strbuf_z(&real), &want);
    answer(db, strbuf_z(&virtual), &have);
    if (!str_eq(strbuf_str(&want), strbuf_str(&have))) {
        fail_msg("%s\nSQLite's own table:\n%svirtual:\n%s", sql, strbuf_z(&want), strbuf_z(&have));
    }
}

static void test_values(void **state)
{
    (void)state;
    struct db *db = open_both();
    struct err err;
    AUTO_STRBUF b = STRBUF_INIT;
    answer(db, "SELECT typeof(n), typeof(name), typeof(day), typeof(month), typeof(yuan) FROM va WHERE n + yuan IS NOT NULL AND name || day || month IS NOT NULL LIMIT 1", &b);
    assert_string_equal(strbuf_z(&b), "integer|text|text|text|real|\n");
    same(db, "SELECT * FROM @a ORDER BY row");
    same(db, "SELECT count(*), count(n), count(name), min(day), max(month), sum(yuan) FROM @a");
    same(db, "SELECT count(*) FROM @a x, @b y");
    assert_int_equal(db_close(db, &err), ST_OK);
}

static void test_bounds(void **state)
{
    (void)state;
    static const char *const values[COLUMNS][6] = {{"0", "5", "-3", "'4'", "4.0", "NULL"},
                                                   {"'w2'", "'w-1'", "2", "'W2'", "''", "NULL"},
                                                   {"'2026-02-16'", "'2026-02-20'", "'2026-02'", "20505", "'zz'", "NULL"},
                                                   {"'2025-11'", "'2026-02'", "'2026-02-01'", "'x'", "24312", "NULL"},
                                                   {"0.02", "-0.03", "'0.05'", "0", "1e300", "NULL"},
                                                   {"50", "99", "0", "-1", "1000", "NULL"}};
    static const char *const ops[] = {"=", "<", "<=", ">", ">=", "IS", "<>"};
    struct db *db = open_both();
    struct err err;
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t v = 0; v < 6; v++) {
            for (size_t o = 0; o < ARRAY_LEN(ops); o++) {
                char sql[256];
                (void)snprintf(sql, sizeof(sql), "SELECT * FROM @a WHERE %s %s %s ORDER BY row", columns[c].name, ops[o], values[c][v]);
                same(db, sql);
                (void)snprintf(sql, sizeof(sql), "SELECT * FROM @a WHERE %s %s %s AND day > '2026-02-22' ORDER BY row", columns[c].name, ops[o], values[c][v]);
                same(db, sql);
            }
        }
    }
    same(db, "SELECT * FROM @a WHERE name = 'W2' COLLATE NOCASE ORDER BY row");
    same(db, "SELECT * FROM @a WHERE name IN ('w2', 'w3', 'w3', NULL) AND n BETWEEN 1 AND 4 ORDER BY row");
    same(db, "SELECT * FROM @a WHERE name LIKE 'w1%' OR yuan IN (0.01, 0.04) ORDER BY row");
    assert_int_equal(db_close(db, &err), ST_OK);
}

static void test_joins(void **state)
{
    (void)state;
    struct db *db = open_both();
    struct err err;
    for (size_t c = 0; c < COLUMNS; c++) {
        char sql[256];
        for (int left = 0; left < 2; left++) {
            (void)snprintf(sql, sizeof(sql), "SELECT x.row, y.row, y.name FROM @a x %s JOIN @b y ON x.%s = y.%s ORDER BY 1, 2", left ? "LEFT" : "CROSS",
                           columns[c].name, columns[c].name);
            same(db, sql);
            (void)snprintf(sql, sizeof(sql), "SELECT x.row, y.row FROM @a x %s JOIN @b y ON x.%s = y.%s AND y.day >= x.day ORDER BY 1, 2", left ? "LEFT" : "CROSS",
                           columns[c].name, columns[c].name);
            same(db, sql);
        }
    }
    same(db, "SELECT count(*) FROM @a x WHERE EXISTS (SELECT 1 FROM @b y WHERE y.name = x.name AND y.n = x.n)");
    same(db, "SELECT row, (SELECT max(y.yuan) FROM @b y WHERE y.n = x.n) FROM @a x ORDER BY row");
    same(db, "SELECT x.row, y.row FROM @a x JOIN @a y ON x.name = y.name AND x.row < y.row ORDER BY 1, 2");
    assert_int_equal(db_close(db, &err), ST_OK);
}

static void test_blocks_are_skipped(void **state)
{
    (void)state;
    struct db *db = open_both();
    struct err err;
    AUTO_STRBUF b = STRBUF_INIT;
    left_rows.loads = 0;
    answer(db, "SELECT row FROM va WHERE row = 50", &b);
    assert_string_equal(strbuf_z(&b), "50|\n");
    assert_int_equal(left_rows.loads, 2); /* its block, and the end */
    left_rows.loads = 0;
    answer(db, "SELECT count(*) FROM vb y CROSS JOIN va x ON x.row = y.row", &b);
    assert_true(left_rows.loads < 40); /* one look for the first row, one for the order, then every block once: not 59 times 15 */
    assert_int_equal(db_close(db, &err), ST_OK);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {"CREATE TABLE x(a)", "CREATE TEMP TABLE x(a)", "DROP TABLE va", "UPDATE sqlite_master SET sql = ''", "UPDATE sqlite_temp_master SET sql = ''", "DELETE FROM sqlite_temp_master", "DELETE FROM va", "UPDATE va SET n = 1",
                                      "INSERT INTO va(n) VALUES (1)", "ATTACH ':memory:' AS z", "DETACH temp", "PRAGMA writable_schema = 1",
                                      "PRAGMA temp_store_directory = '/'", "SELECT load_extension('x')", "VACUUM INTO 'x'", "BEGIN", "ANALYZE",
                                      "CREATE VIEW x AS SELECT 1", "CREATE VIRTUAL TABLE x USING fts5(a)", "SELECT length(randomblob(100000000))",
                                      "EXPLAIN DELETE FROM va", "SELECT writefile('x', 'y')"};
    struct err err = {.status = ST_OK};
    struct db *db;
    assert_int_equal(db_open_empty(&db, &err), ST_OK);
    assert_int_equal(db_add_tables(db, tables, 2, &err), ST_OK);
    db_restrict(db);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        bool row;
        AUTO_STMT s = db_sql(db, str_of(bad[i]));
        if (stmt_step(s, &row, &err) == ST_OK) {
            fail_msg("allowed: %s", bad[i]);
        }
    }
    AUTO_STRBUF b = STRBUF_INIT;
    answer(db, "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 5) SELECT count(*), (SELECT count(*) FROM 甲) FROM r", &b);
    answer(db, "SELECT name FROM pragma_table_info('va') WHERE cid = 0", &b);
    assert_string_equal(strbuf_z(&b), "5|100|\nn|\n");
    assert_int_equal(db_close(db, &err), ST_OK);
}

static void test_several_statements(void **state)
{
    (void)state;
    struct err err;
    struct db *db;
    struct str text = STR("-- one\nSELECT 1; /* two */ SELECT 2 ; -- end\n");
    int64_t sum = 0, n = 0;
    assert_int_equal(db_open_empty(&db, &err), ST_OK);
    for (struct stmt *s; (s = db_sql_next(db, &text)) != NULL; n++) {
        bool row;
        assert_int_equal(stmt_step(s, &row, &err), ST_OK);
        sum = sum * 10 + stmt_int(s, 0);
        stmt_done(s);
    }
    assert_int_equal(n, 2);
    assert_int_equal(sum, 12);
    assert_true(db_sql_complete("SELECT 1;") && !db_sql_complete("SELECT ';'"));
    assert_int_equal(db_close(db, &err), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),   cmocka_unit_test(test_bounds), cmocka_unit_test(test_joins), cmocka_unit_test(test_blocks_are_skipped),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_several_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
