/* SPDX-License-Identifier: Apache-2.0 */
/* Memory follows persons, not rows: ten times the settlements on the same persons raise the peak of a whole night by less than a tenth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"

static char dir[256];

static const char *tool(const char *variable, const char *otherwise)
{
    const char *v = getenv(variable);
    return v ? v : otherwise;
}

static void shell(const char *command)
{
    if (system(command) != 0) {
        fail_msg("failed: %s", command);
    }
}

static void make_site(const char *site, int settlements)
{
    AUTO_STRBUF b = STRBUF_INIT;
    const char *bin = tool("MOPAI_BIN", "build/release/mopai");
    strbuf_addf(&b, "set -e; '%s' --persons 14000 --months 1 --settlements-per-person %d --out '%s/x' >/dev/null; mkdir '%s'; cp '%s'/x/site/* '%s'; ",
                tool("MOPAI_GEN", "build/release/mopai-gen"), settlements, dir, site, dir, site);
    strbuf_addf(&b, "'%s' init '%s' >/dev/null; cp fixtures/site/rules.yaml '%s/rules.yaml'; ", bin, site, site);
    strbuf_addf(&b, "mv '%s'/x/night-1/*.csv '%s/inbox/'; rm -r '%s/x'", dir, site, dir);
    shell(strbuf_z(&b));
}

static void become_night(const char *site)
{
    const char *bin = tool("MOPAI_BIN", "build/release/mopai");
    (void)setenv("MOPAI_CLOCK", "2026-03-02T02:00:00", 1);
    if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr)) {
        (void)execl(bin, bin, "-C", site, "run", (char *)NULL);
    }
    _exit(127);
}

/* A process of its own for each night: its children's greatest size is the night's. */
static void watch_night(const char *site, int out)
{
    struct rusage usage;
    int status = 0;
    pid_t night = fork();
    if (night == 0) {
        become_night(site);
    }
    bool done = night > 0 && waitpid(night, &status, 0) == night && WIFEXITED(status) && getrusage(RUSAGE_CHILDREN, &usage) == 0;
    int code = done ? WEXITSTATUS(status) : 127;
    long peak = code <= 1 || (code >= 100 && code < 120) ? usage.ru_maxrss : -1;
    _exit(write(out, &peak, sizeof(peak)) == sizeof(peak) ? 0 : 1);
}

/* Peak resident memory of one night over 14,000 persons, in KiB. */
static long peak_of_night(int settlements)
{
    char site[300];
    long peak = -1;
    int ends[2];
    (void)snprintf(site, sizeof(site), "%s/s%d", dir, settlements);
    make_site(site, settlements);
    assert_int_equal(pipe(ends), 0);
    pid_t watcher = fork();
    assert_true(watcher >= 0);
    if (watcher == 0) {
        watch_night(site, ends[1]);
    }
    assert_int_equal(waitpid(watcher, NULL, 0), watcher);
    assert_int_equal(read(ends[0], &peak, sizeof(peak)), (int)sizeof(peak));
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_true(peak > 0);
    return peak;
}

/* Under a sanitizer freed memory is kept: the peak says nothing. gcc and clang name it differently. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void test_ten_times_the_settlements(void **state)
{
    (void)state;
    struct err err;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(dir, sizeof(dir), "%s/memory.XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    char key[300];
    (void)snprintf(key, sizeof(key), "%s/key", dir);
    (void)setenv("MOPAI_KEY", key, 1);
    long few = peak_of_night(3), many = peak_of_night(30);
    assert_int_equal(file_remove_tree(dir, &err), ST_OK);
    print_message("peak %ld KiB, with ten times the settlements %ld KiB\n", few, many);
    assert_true(many < few + 5 * 1024); /* 380 000 rows more: 14 bytes each */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ten_times_the_settlements)};
    return SANITIZED ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
