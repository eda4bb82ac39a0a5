/* SPDX-License-Identifier: Apache-2.0 */
/* mopai verify on a small site: nothing wrong is said of a sound one, and every kind of damage, planted, is named. */
#include <fnmatch.h>
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

/* First file below `dir` whose name ends in `tail`, a pattern; NULL when there is none. */
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
        } else if (fnmatch(arena_printf(&t.arena, "*%s", tail), path, 0) == 0) {
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

/* --- faults, a line each ------------------------------------------------------------------------------------------------ */

enum how { FLIP, CUT, EMPTY, GONE, SWAP, SQL, ADD };

/* What is done to which file: `where` a folder of the site, `tail` the end of the file's name, `at` a place in it in thousandths (FLIP: the byte, CUT: what is
   kept; 1000 is the last byte), or the statement for the ledger. `says` must be among the problems, and the file's name too. */
struct fault {
    const char *name;
    enum how how;
    const char *where, *tail;
    int at;
    const char *says;
    bool is_note; /* told, and not a problem */
};

#define SETTLE   "02ee42fe161fa36e6c1c9fa265110e65"
#define MEMBERS  "673b05466728da2401a35b94d5de6786"
#define TYPING   "-????????????????" /* changes with every reading of cells */
#define SEGMENT  SETTLE TYPING
#define FILES(set) "UPDATE delivery_file SET " set " WHERE file_id = 1"

static const struct fault faults[] = {
    {"control sum: a typed row too many", SQL, NULL, "yb_settle", 0, FILES("typed = typed + 1"), false},
    {"control sum: a rejected row too few", SQL, NULL, "yb_settle", 0, FILES("rejected = rejected - 1"), false},
    {"control sum: a record lost", SQL, NULL, "yb_settle", 0, FILES("records = records - 1"), false},
    {"control sum: set aside, titles", SQL, NULL, "yb_settle", 0, FILES("aside_title = aside_title + 1"), false},
    {"control sum: set aside, totals", SQL, NULL, "yb_settle", 0, FILES("aside_total = aside_total + 1"), false},
    {"control sum: set aside, blank", SQL, NULL, "yb_settle", 0, FILES("aside_blank = aside_blank + 1"), false},
    {"control sum: set aside, skipped", SQL, NULL, "yb_settle", 0, FILES("aside_skipped = aside_skipped + 1"), false},
    {"sums that agree, but not with the segment", SQL, NULL, "yb_settle", 0, FILES("typed = typed - 1, rejected = rejected + 1"), false},
    {"raw: first byte", FLIP, "store/raw", SETTLE, 0, "raw copy of file 1", false},
    {"raw: a byte in the middle", FLIP, "store/raw", SETTLE, 500, "raw copy of file 1", false},
    {"raw: last byte", FLIP, "store/raw", SETTLE, 1000, "raw copy of file 1", false},
    {"raw: cut", CUT, "store/raw", SETTLE, 700, "raw copy of file 1", false},
    {"raw: empty", EMPTY, "store/raw", SETTLE, 0, "raw copy of file 1", false},
    {"raw: gone", GONE, "store/raw", SETTLE, 0, "raw copy of file 1", false},
    {"raw: another file's bytes", SWAP, "store/raw", SETTLE, 0, "raw copy of file 1", false},
    {"raw: the ledger says another size", SQL, NULL, "yb_settle", 0, FILES("size = size + 1"), false},
    {"raw: the ledger says another SHA-256", SQL, NULL, "yb_settle", 0, FILES("sha256 = 'x'"), false},
    {"raw: a file nobody refers to", ADD, "store/raw/02", "0233334444555566667777888899990f", 0, "belongs to no delivery", true},
    {"segment: magic", FLIP, "store/segments", SEGMENT ".seg", 0, "segment", false},
    {"segment: version", FLIP, "store/segments", SEGMENT ".seg", -8, "segment", false},
    {"segment: a chunk in the first block", FLIP, "store/segments", SEGMENT ".seg", 20, "segment", false},
    {"segment: a chunk in the middle", FLIP, "store/segments", SEGMENT ".seg", 300, "segment", false},
    {"segment: directory", FLIP, "store/segments", SEGMENT ".seg", 900, "segment", false},
    {"segment: tail", FLIP, "store/segments", SEGMENT ".seg", 998, "segment", false},
    {"segment: last byte", FLIP, "store/segments", SEGMENT ".seg", 1000, "segment", false},
    {"segment: cut", CUT, "store/segments", SEGMENT ".seg", 500, "segment", false},
    {"segment: a byte cut", CUT, "store/segments", SEGMENT ".seg", 999, "segment", false},
    {"segment: empty", EMPTY, "store/segments", SEGMENT ".seg", 0, "segment", false},
    {"segment: sound, but of another file", SWAP, "store/segments", SEGMENT ".seg", 0, "typed again", false},
    {"rejects: changed", FLIP, "store/segments", SEGMENT ".rej.seg", 500, "segment", false},
    {"rejects: of another file", SWAP, "store/segments", SEGMENT ".rej.seg", 0, "typed again", false},
    {"timeline: changed", FLIP, "store/segments", ".tl.seg", 500, "segment", false},
    {"persons: changed", FLIP, "store/runs", "persons.seg", 500, "is damaged", false},
    {"persons: gone", GONE, "store/runs", "persons.seg", 0, "is missing", false},
    {"households: cut", CUT, "store/runs", "households.seg", 600, "segment", false},
    {"links: changed", FLIP, "store/runs", "link-00002.seg", 400, "segment", false},
    {"night.db: cut", CUT, "store/runs", "night.db", 300, "night.db", false},
    {"night.db: empty", EMPTY, "store/runs", "night.db", 0, "night.db", false},
    {"night.db: gone", GONE, "store/runs", "night.db", 0, "is missing", false},
    {"manifest: changed beside the lists", FLIP, "reports", "manifest.json", 500, "differs from the ledger", false},
    {"manifest: cut", CUT, "reports", "manifest.json", 500, "differs from the ledger", false},
    {"manifest: gone", GONE, "reports", "manifest.json", 0, "night 1", false},
    {"manifest: changed in the ledger", SQL, NULL, "night 1", 0, "UPDATE night SET manifest = replace(manifest, 'deliveries', 'deliverie5')", false},
    {"manifest: another hash in the ledger", SQL, NULL, "night 1", 0, "UPDATE night SET manifest_hash = 'x'", false},
    {"page: gone", GONE, "reports", "index.html", 0, "is missing", false},
    {"quality.csv: gone", GONE, "reports", "quality.csv", 0, "is missing", false},
    {"ledger: a row that points nowhere", SQL, NULL, "visit_import", 0,
     "PRAGMA foreign_keys = OFF; INSERT INTO visit VALUES (1, 77, 88, 20000, 'x', 'x', 'x', '', 'x', NULL)", false},
};

static const char *damage(const struct fault *f)
{
    struct err err = {0};
    AUTO_STRBUF b = STRBUF_INIT;
    if (f->how == SQL) {
        ledger_sql(f->says);
        return f->tail;
    }
    const char *path = f->how == ADD ? arena_printf(&t.arena, "%s/%s/%s", t.site, f->where, f->tail) : below(f->where, f->tail);
    if (f->how != ADD) {
        must(file_read_all(path, 1 << 26, &b, &err), &err);
    }
    size_t at = f->at < 0 ? (size_t)-f->at : f->at == 1000 ? b.n - 1 : b.n * (size_t)f->at / 1000;
    switch (f->how) {
    case FLIP:
        b.p[at] ^= 0x10;
        break;
    case CUT:
    case EMPTY:
        b.n = at;
        break;
    case ADD:
        strbuf_addz(&b, "x");
        break;
    case SWAP: /* sound, but the other source's */
        strbuf_clear(&b);
        must(file_read_all(below(f->where, strstr(f->where, "raw") ? MEMBERS : MEMBERS TYPING ".seg"), 1 << 26, &b, &err), &err);
        break;
    case GONE:
    case SQL:
        break;
    }
    must(f->how == GONE ? file_unlink(path, &err) : file_write_atomic(path, strbuf_str(&b), &err), &err);
    return strrchr(path, '/') + 1;
}

/* Every fault is found, said in its own words, and named with its file. */
static void every_fault_is_found(void **state)
{
    int failed = 0;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        const struct fault *f = &faults[i];
        copy_site(state);
        const char *file = damage(f), *says = f->how == SQL ? f->tail : f->says;
        int code = mopai(arena_printf(&t.arena, "verify -C '%s'", t.site));
        bool named = strstr(strbuf_z(&t.out), strstr(f->says, "raw copy") ? "yb_settle" : file) != NULL;
        if (code != (f->is_note ? 0 : status_exit_code(ST_CORRUPT)) || !strstr(strbuf_z(&t.out), says) || !named) {
            printf("%s: wanted '%s' and %s, got %d: %s\n", f->name, says, file, code, strbuf_z(&t.out));
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

static void a_ledger_that_is_none(void **state)
{
    (void)state;
    struct err err = {0};
    must(file_write_atomic(path_join(&t.arena, t.site, "store/ledger.db"), STR("this is not a database, but it is as long as it takes to be read"), &err), &err);
    verify_says("ledger.db");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, copy_site)
    const struct CMUnitTest tests[] = {
        CASE(a_sound_site_has_no_problems),
        CASE(a_missing_segment_is_no_problem),
        CASE(every_fault_is_found),
        CASE(a_ledger_that_is_none),
    };
    return cmocka_run_group_tests(tests, make_sound_site, drop_all);
}
