/* SPDX-License-Identifier: Apache-2.0 */
/* Files: atomic replacement, listing without following links, removal of trees, the lock, faults on demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/fault.h"
#include "base/core/file.h"

static struct arena arena;
static const char *dir;

static int make_dir(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    dir = arena_printf(&arena, "%s/mopai-file-%ld", tmp ? tmp : "/tmp", (long)getpid());
    struct err err;
    return file_mkdirs(dir, &err) == ST_OK ? 0 : 1;
}

static int drop_dir(void **state)
{
    (void)state;
    struct err err;
    int failed = file_remove_tree(dir, &err) != ST_OK;
    arena_release(&arena);
    return failed;
}

static void written_files_read_back(void **state)
{
    (void)state;
    struct err err;
    const char *path = path_join(&arena, dir, "a.txt");
    assert_int_equal(file_write_atomic(path, STR("一"), &err), ST_OK);
    assert_int_equal(file_write_atomic(path, STR("二三"), &err), ST_OK);
    AUTO_STRBUF b = STRBUF_INIT;
    assert_int_equal(file_read_all(path, 100, &b, &err), ST_OK);
    assert_string_equal(b.p, "二三");
    assert_int_equal(file_read_all(path, 3, &b, &err), ST_INPUT);
    assert_int_equal(file_read_all(path_join(&arena, dir, "none"), 3, &b, &err), ST_MISSING);
    assert_int_equal(file_read_all(dir, 3, &b, &err), ST_INPUT);
}

static void links_are_seen_and_not_followed(void **state)
{
    (void)state;
    struct err err;
    const char *outside = path_join(&arena, dir, "outside");
    const char *inside = path_join(&arena, dir, "tree");
    assert_int_equal(file_mkdirs(outside, &err), ST_OK);
    assert_int_equal(file_mkdirs(path_join(&arena, inside, "deep/er"), &err), ST_OK);
    assert_int_equal(file_write_atomic(path_join(&arena, outside, "keep"), STR("x"), &err), ST_OK);
    assert_int_equal(file_symlink_replace("../outside", path_join(&arena, inside, "link"), &err), ST_OK);
    assert_true(file_points_to(path_join(&arena, inside, "link"), "../outside"));
    file_list list = {0};
    assert_int_equal(file_list_dir(&arena, inside, &list, &err), ST_OK);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.v[0].name, "deep");
    assert_true(list.v[1].is_link && !list.v[1].is_file && !list.v[1].is_dir);
    vec_release(&list);
    assert_int_equal(file_remove_tree(inside, &err), ST_OK);
    assert_true(file_exists(path_join(&arena, outside, "keep")));
    assert_false(file_exists(inside));
}

static void a_lock_is_held_once(void **state)
{
    (void)state;
    struct err err;
    const char *path = path_join(&arena, dir, "lock");
    int first = -1, second = -1;
    assert_int_equal(lock_take(path, &first, &err), ST_OK);
    assert_int_equal(lock_take(path, &second, &err), ST_LOCKED);
    lock_drop(first);
    assert_int_equal(lock_take(path, &second, &err), ST_OK);
    lock_drop(second);
}

static int exit_status_of(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_full_disk_is_said_and_leaves_the_old_file(void **state)
{
    (void)state;
    struct err err;
    const char *path = path_join(&arena, dir, "full.txt");
    assert_int_equal(file_write_atomic(path, STR("old"), &err), ST_OK);
    for (int k = 1;; k++) {
        char fault[32];
        (void)snprintf(fault, sizeof(fault), "enospc:%d", k);
        (void)setenv("MOPAI_FAULT", fault, 1);
        pid_t child = fork();
        if (child == 0) {
            fault_init();
            _exit(file_write_atomic(path, STR("new"), &err) == ST_NOSPACE ? 1 : 0);
        }
        int status = exit_status_of(child);
        AUTO_STRBUF b = STRBUF_INIT;
        assert_int_equal(file_read_all(path, 100, &b, &err), ST_OK);
        if (status == 0) {
            assert_string_equal(b.p, "new");
            assert_true(k > 3);
            break;
        }
        assert_int_equal(status, 1);
        assert_true(strcmp(b.p, "old") == 0 || strcmp(b.p, "new") == 0); /* the directory's fsync comes after the rename */
    }
    (void)unsetenv("MOPAI_FAULT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_files_read_back),
        cmocka_unit_test(links_are_seen_and_not_followed),
        cmocka_unit_test(a_lock_is_held_once),
        cmocka_unit_test(a_full_disk_is_said_and_leaves_the_old_file),
    };
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
