/* SPDX-License-Identifier: Apache-2.0 */
/* mopai verify on a small site: nothing wrong is said of a sound one, and every kind of damage, planted, is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "tests/lib/site_tree.h"

static struct {
    struct arena arena;
    char *dir, *sound, *site; /* sound: after one night; site: the copy a test may damage */
    struct strbuf out;
} t;

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s", err->text);
    }
}

/* Runs a command of mopai; its exit status, with everything it printed in t.out. */
static int mopai(const char *words)
{
    const char *bin = getenv("MOPAI_BIN");
    const char *line = arena_printf(&t.arena, "MOPAI_KEY='%s/key' MOPAI_CLOCK=2026-03-01T02:00:00 MOPAI_LANG=en '%s' %s 2>&1", t.dir,
                                    bin ? bin : "build/release/mopai", words);
    FILE *p = popen(line, "r");
    char buf[4096];
    assert_non_null(p);
    strbuf_clear(&t.out);
    for (size_t n; (n = fread(buf, 1, sizeof(buf), p)) > 0;) {
        strbuf_add(&t.out, buf, n);
    }
    int status = pclose(p);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int make_sound_site(void **state)
{
    (void)state;
    struct err err = {0};
    const char *tmp = getenv("TMPDIR");
    t.dir = arena_printf(&t.arena, "%s/mopai-verify-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(t.dir));
    t.sound = path_join(&t.arena, t.dir, "sound");
    t.site = path_join(&t.arena, t.dir, "site");
    assert_int_equal(mopai(arena_printf(&t.arena, "init '%s'", t.sound)), 0);
    must(file_remove_tree(path_join(&t.arena, t.sound, "inbox"), &err), &err);
    must(tree_copy("tests/fault/site/night1", path_join(&t.arena, t.sound, "inbox"), &err), &err);
    int code = mopai(arena_printf(&t.arena, "run -C '%s' --as-of 2026-03-01", t.sound));
    if (code != 0 && code != 1 && code < 100) {
        fail_msg("run: %d: %s", code, strbuf_z(&t.out));
    }
    return 0;
}

static int drop_all(void **state)
{
    (void)state;
    struct err err = {0};
    must(file_remove_tree(t.dir, &err), &err);
    strbuf_release(&t.out);
    arena_release(&t.arena);
    return 0;
}

static int copy_site(void **state)
{
    (void)state;
    struct err err = {0};
    must(file_remove_tree(t.site, &err), &err);
    must(tree_copy(t.sound, t.site, &err), &err);
    return 0;
}

static void verify_says(const char *part)
{
    int code = mopai(arena_printf(&t.arena, "verify -C '%s'", t.site));
    if (code != status_exit_code(ST_CORRUPT) || !strstr(strbuf_z(&t.out), part)) {
        fail_msg("wanted '%s', got %d: %s", part, code, strbuf_z(&t.out));
    }
}

static void ledger_sql(const char *sql)
{
    struct err err = {0};
    struct db *db = NULL;
    must(db_open(path_join(&t.arena, t.site, "store/ledger.db"), DB_WRITE, &db, &err), &err);
    must(db_exec(db, sql, &err), &err);
    must(db_close(db, &err), &err);
}

/* First file below `dir` whose name ends in `tail`; NULL when there is none. */
static const char *find(const char *dir, const char *tail)
{
    struct err err = {0};
    file_list entries = {0};
    const char *found = NULL;
    must(file_list_dir(&t.arena, dir, &entries, &err), &err);
    for (size_t i = 0; i < entries.n && !found; i++) {
        const char *path = path_join(&t.arena, dir, entries.v[i].name);
        if (entries.v[i].is_dir) {
            found = find(path, tail);
        } else if (str_ends(str_of(path), str_of(tail))) {
            found = path;
        }
    }
    vec_release(&entries);
    return found;
}

static const char *below(const char *part, const char *tail)
{
    const char *path = find(path_join(&t.arena, t.site, part), tail);
    assert_non_null(path);
    return path;
}

static void flip_middle(const char *path)
{
    struct err err = {0};
    AUTO_STRBUF b = STRBUF_INIT;
    must(file_read_all(path, 1 << 26, &b, &err), &err);
    b.p[b.n / 2] ^= 0x10;
    must(file_write_atomic(path, strbuf_str(&b), &err), &err);
}

static void a_sound_site_has_no_problems(void **state)
{
    (void)state;
    assert_int_equal(mopai(arena_printf(&t.arena, "verify -C '%s'", t.site)), 0);
    assert_non_null(strstr(strbuf_z(&t.out), "0 problems"));
    assert_non_null(strstr(strbuf_z(&t.out), "verified 6 files"));
    assert_int_equal(mopai(arena_printf(&t.arena, "verify --json -C '%s'", t.site)), 0);
    assert_non_null(strstr(strbuf_z(&t.out), "\"nights\": 1"));
}

static void a_missing_segment_is_no_problem(void **state)
{
    (void)state;
    struct err err = {0};
    must(file_unlink(below("store/segments", ".seg"), &err), &err);
    assert_int_equal(mopai(arena_printf(&t.arena, "verify -C '%s'", t.site)), 0);
}

static void control_sum(void **state)
{
    (void)state;
    ledger_sql("UPDATE delivery_file SET typed = typed + 1 WHERE file_id = 1");
    verify_says("records are not");
    verify_says("the ledger says");
    verify_says("2 problems");
}

static void raw_copy_changed_or_gone(void **state)
{
    (void)state;
    struct err err = {0};
    const char *path = below("store/raw", "");
    flip_middle(path);
    verify_says("raw copy of file");
    must(file_unlink(path, &err), &err);
    verify_says("raw copy of file");
    verify_says("1 problems");
}

static void segment_changed(void **state)
{
    (void)state;
    flip_middle(below("store/segments", ".seg"));
    verify_says("segment '");
    copy_site(state);
    flip_middle(below("store/runs", "persons.seg"));
    verify_says("persons.seg' is damaged");
}

static void night_db_changed(void **state)
{
    (void)state;
    struct err err = {0};
    must(file_write_atomic(below("store/runs", "night.db"), STR("SQLite format 3"), &err), &err);
    verify_says("night.db");
}

static void manifest_changed(void **state)
{
    (void)state;
    flip_middle(below("reports", "manifest.json"));
    verify_says("manifest.json' differs from the ledger");
    copy_site(state);
    ledger_sql("UPDATE night SET manifest_hash = 'x'");
    verify_says("does not match its hash");
}

static void ledger_changed(void **state)
{
    (void)state;
    struct err err = {0};
    ledger_sql("PRAGMA foreign_keys = OFF; INSERT INTO visit VALUES (1, 77, 88, 20000, 'x', 'x', 'x', '', 'x', NULL)");
    verify_says("points to a row that visit_import does not have");
    must(file_write_atomic(path_join(&t.arena, t.site, "store/ledger.db"), STR("this is not a database, but it is as long as it takes to be read"), &err), &err);
    assert_int_equal(mopai(arena_printf(&t.arena, "verify -C '%s'", t.site)), status_exit_code(ST_CORRUPT));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, copy_site)
    const struct CMUnitTest tests[] = {
        CASE(a_sound_site_has_no_problems), CASE(a_missing_segment_is_no_problem), CASE(control_sum), CASE(raw_copy_changed_or_gone),
        CASE(segment_changed),              CASE(night_db_changed),                CASE(manifest_changed), CASE(ledger_changed),
    };
    return cmocka_run_group_tests(tests, make_sound_site, drop_all);
}
