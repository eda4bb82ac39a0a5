/* SPDX-License-Identifier: Apache-2.0 */
/* Killed anywhere, run again, same bytes. For every k until none fires: a copy of a small site runs with the k-th disk operation (write, fsync, rename,
   unlink, mkdir, SQLite step: base/core/fault.h) stopping the process, which is then killed with SIGKILL; or failing with ENOSPC or EIO, which must end in
   a named error. Then the command runs undisturbed, and the whole site must be what it would have been.

       test_kill [MOPAI] [KIND:K]      MOPAI: the program (else $MOPAI_BIN, else the one beside this test); KIND:K tries one fault and keeps the site

   Many faults leave the same behind (an insert in a transaction that never commits): what was left is compared first, and the second run is skipped when the
   same state has been seen to heal. One point in KILL_EVERY is tried, others when the number of points changes; `make check-kill` (MOPAI_KILL_ALL=1) tries every
   one, in each of the three ways.

   Two scenes: the first night of an empty site, and a second night with a visit list back and new deliveries. Two workers, on /dev/shm where there is one:
   it is the order of operations that is tested, not the disk. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/map.h"
#include "tests/lib/site_tree.h"

enum { WORKERS = 2, CHILD_SECONDS = 60 };
/* The order of operations is the same under the sanitizers, and slow there; they are for the memory of the error paths. */
#ifdef __SANITIZE_ADDRESS__
enum { KILL_EVERY = 40, FAIL_EVERY = 10 };
#else
enum { KILL_EVERY = 7, FAIL_EVERY = 21 };
#endif
static const char *const errors[] = {"enospc", "eio"};

struct scene {
    struct arena *arena;
    const char *name, *mopai, *work; /* work: a directory of this test */
    const char *base;                /* the site before the command */
    const char *as_of, *clock;
    struct str want;                 /* the site after an undisturbed command */
    unsigned long points;
};

static void die(const char *fmt, const char *what)
{
    fprintf(stderr, fmt, what);
    fputc('\n', stderr);
    exit(1);
}

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        die("test_kill: %s", err->text);
    }
}

/* Runs mopai with its messages in work/LOG. The process has a time limit of its own: a hang must not hang the tests. */
static pid_t start(const struct scene *s, const char *log, const char *fault, const char *count_file, const char *const *words)
{
    pid_t pid = fork();
    if (pid != 0) {
        return pid;
    }
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    (void)setenv("MOPAI_CLOCK", s->clock, 1);
    (void)setenv("MOPAI_KEY", path_join(s->arena, s->work, "key"), 1);
    (void)setenv("MOPAI_WHO", "test", 1);
    (void)setenv("TZ", "UTC", 1);
    (void)setenv("ASAN_OPTIONS", "exitcode=99", 0); /* its 1 would pass for warnings */
    (void)unsetenv("MOPAI_FAULT");
    if (fault) {
        (void)setenv("MOPAI_FAULT", fault, 1);
    }
    if (count_file) {
        (void)setenv("MOPAI_FAULT_COUNT", count_file, 1);
    }
    (void)alarm(CHILD_SECONDS);
    const char *argv[12] = {s->mopai};
    for (size_t i = 0; words[i]; i++) {
        argv[i + 1] = words[i];
    }
    (void)execv(s->mopai, (char *const *)(uintptr_t)argv);
    _exit(127);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, WUNTRACED) < 0 && errno == EINTR) {
    }
    return status;
}

static bool done_well(int status)
{
    if (!WIFEXITED(status)) {
        return false;
    }
    int code = WEXITSTATUS(status);
    return code == 0 || code == 1 || (code >= 100 && code < 127);
}

static bool failed_well(int status, const char *log)
{
    static const enum status named[] = {ST_IO, ST_NOSPACE, ST_DATABASE};
    for (size_t i = 0; WIFEXITED(status) && i < ARRAY_LEN(named); i++) {
        if (WEXITSTATUS(status) == status_exit_code(named[i])) {
            return true;
        }
    }
    /* After the lists are out a failure may cost space and nothing else: then the night is done, and the failure is in the log. */
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    return done_well(status) && file_read_all(log, 1 << 20, &text, &err) == ST_OK && str_find(strbuf_str(&text), STR("error=")) < text.n;
}

static void print_log(const char *log)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    if (file_read_all(log, 1 << 20, &text, &err) == ST_OK) {
        fprintf(stderr, "    " STR_FMT "\n", STR_ARG(str_trim(strbuf_str(&text))));
    }
}

static int run_night(const struct scene *s, const char *site, const char *log, const char *fault, const char *count_file)
{
    return wait_for(start(s, log, fault, count_file, (const char *const[]){"run", "-C", site, "--as-of", s->as_of, NULL}));
}

/* States that a second run was seen to heal, by hash. */
struct healed {
    struct strmap states;
    unsigned long reruns;
};

/* True when this state is one of those; it is remembered if not: the caller gives up when it does not heal. */
static bool seen_before(struct healed *h, const char *site, const char *scratch)
{
    AUTO_STRBUF state = STRBUF_INIT;
    char hash[33];
    if (!site_state_text(site, scratch, &state)) {
        return false;
    }
    hash128_hex(state.p, state.n, hash);
    size_t known = h->states.n;
    return strmap_add(&h->states, str_of(hash)) < known;
}

/* One fault, one rerun, one comparison. False after saying what was wrong. */
static bool try_fault(const struct scene *s, const char *kind, unsigned long k, const char *site, struct healed *healed)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = {0};
    const char *log = arena_printf(&a, "%s.log", site), *fault = arena_printf(&a, "%s:%lu", kind, k);
    must(file_remove_tree(site, &err), &err);
    must(tree_copy(s->base, site, &err), &err);
    pid_t pid = start(s, log, fault, NULL, (const char *const[]){"run", "-C", site, "--as-of", s->as_of, NULL});
    int status = wait_for(pid);
    if (strcmp(kind, "stop") == 0) {
        if (!WIFSTOPPED(status)) {
            fprintf(stderr, "test_kill: %s: %s did not stop (wait status %x)\n", s->name, fault, (unsigned)status);
            print_log(log);
            return false;
        }
        (void)kill(pid, SIGKILL);
        (void)wait_for(pid);
    } else if (!failed_well(status, log)) {
        fprintf(stderr, "test_kill: %s: %s ended with wait status %x, not with a named error\n", s->name, fault, (unsigned)status);
        print_log(log);
        return false;
    }
    if (seen_before(healed, site, arena_printf(&a, "%s-state", site))) {
        return true;
    }
    healed->reruns++;
    status = run_night(s, site, log, NULL, NULL);
    AUTO_STRBUF got = STRBUF_INIT;
    AUTO_STRBUF difference = STRBUF_INIT;
    if (!done_well(status)) {
        fprintf(stderr, "test_kill: %s: the run after %s ended with wait status %x\n", s->name, fault, (unsigned)status);
        print_log(log);
        return false;
    }
    must(site_tree_text(site, &got, &err), &err);
    first_difference(s->want, strbuf_str(&got), &difference);
    if (difference.n) {
        fprintf(stderr, "test_kill: %s: after %s and another run the site differs:\n%s", s->name, fault, difference.p);
        return false;
    }
    return true;
}

/* The worker's share: points stopped and killed; fewer made to fail, ENOSPC and EIO in turn: the way an error takes through the program is the same for most
   neighbours. Stops after a few failures. */
static int work(const struct scene *s, unsigned worker)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *site = arena_printf(&a, "%s/site-%u", s->work, worker);
    bool all = getenv("MOPAI_KILL_ALL") != NULL;
    int failures = 0;
    struct healed healed = {.reruns = 0};
    for (unsigned long k = 1; k <= s->points && failures < 5; k++) {
        unsigned long at = k + s->points; /* other points on a site that takes more or fewer steps */
        if (k / MIN(KILL_EVERY, FAIL_EVERY) % WORKERS != worker) {
            continue;
        }
        failures += (all || at % KILL_EVERY == 0) && !try_fault(s, "stop", k, site, &healed);
        for (unsigned e = 0; e < ARRAY_LEN(errors); e++) {
            if (all || at % (2 * FAIL_EVERY) == FAIL_EVERY * e) {
                failures += !try_fault(s, errors[e], k, site, &healed);
            }
        }
    }
    printf("test_kill: %s: worker %u: %lu second runs\n", s->name, worker, healed.reruns);
    (void)fflush(stdout);
    strmap_release(&healed.states);
    return failures ? 1 : 0;
}

/* Runs the command undisturbed: the text to compare with, and the number of fault points. */
static void measure(struct scene *s)
{
    struct err err = {0};
    const char *site = arena_printf(s->arena, "%s/reference-%s", s->work, s->name);
    const char *log = arena_printf(s->arena, "%s.log", site), *count = arena_printf(s->arena, "%s.count", site);
    must(tree_copy(s->base, site, &err), &err);
    if (!done_well(run_night(s, site, log, NULL, count))) {
        print_log(log);
        die("test_kill: %s: the undisturbed run failed", s->name);
    }
    AUTO_STRBUF text = STRBUF_INIT;
    must(site_tree_text(site, &text, &err), &err);
    s->want = arena_str(s->arena, strbuf_str(&text));
    strbuf_clear(&text);
    must(file_read_all(count, 100, &text, &err), &err);
    s->points = strtoul(strbuf_z(&text), NULL, 10);
    if (!done_well(run_night(s, site, log, arena_printf(s->arena, "stop:%lu", s->points + 1), NULL))) {
        die("test_kill: %s: a run with nothing to do did not end well", s->name);
    }
    strbuf_clear(&text);
    must(site_tree_text(site, &text, &err), &err);
    if (!str_eq(strbuf_str(&text), s->want)) {
        die("test_kill: %s: the same inputs again changed the site", s->name);
    }
}

static bool run_scene(struct scene *s)
{
    int64_t started = clock_monotonic_ms();
    measure(s);
    pid_t pids[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            _exit(work(s, i));
        }
    }
    bool good = true;
    for (unsigned i = 0; i < WORKERS; i++) {
        int status = wait_for(pids[i]);
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    printf("test_kill: %s: %lu points, one in %d killed, one in %d failing: %s (%lld ms)\n", s->name, s->points, KILL_EVERY, FAIL_EVERY, good ? "same site" : "FAILED",
           (long long)(clock_monotonic_ms() - started));
    return good;
}

static void add_inbox(const struct scene *s, const char *files)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = {0};
    file_list entries = {0};
    must(file_list_dir(&a, files, &entries, &err), &err);
    for (size_t i = 0; i < entries.n; i++) {
        AUTO_STRBUF bytes = STRBUF_INIT;
        must(file_read_all(path_join(&a, files, entries.v[i].name), 1 << 20, &bytes, &err), &err);
        must(file_write_atomic(arena_printf(&a, "%s/inbox/%s", s->base, entries.v[i].name), strbuf_str(&bytes), &err), &err);
    }
    vec_release(&entries);
}

static void command(const struct scene *s, const char *const *words)
{
    const char *log = path_join(s->arena, s->work, "command.log");
    if (!done_well(wait_for(start(s, log, NULL, NULL, words)))) {
        print_log(log);
        die("test_kill: '%s' failed", words[0]);
    }
}

static const char *find_mopai(struct arena *a, int argc, char **argv)
{
    const char *named = argc > 1 ? argv[1] : getenv("MOPAI_BIN");
    if (named && *named) {
        return named;
    }
    const char *tests = strstr(argv[0], "/tests/fault/"); /* build/MODE/tests/fault/test_kill -> build/MODE/mopai */
    return tests ? arena_printf(a, "%.*s/mopai", (int)(tests - argv[0]), argv[0]) : "build/release/mopai";
}

static char *make_work(struct arena *a)
{
    const char *tmp = getenv("TMPDIR"); /* check.sh names one in memory, and removes what a failed test leaves */
    char *work_dir = arena_printf(a, "%s/mopai-kill-XXXXXX", tmp && *tmp ? tmp : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(work_dir)) {
        die("test_kill: cannot make '%s'", work_dir);
    }
    return work_dir;
}

/* Shipped rules only watch (shadow); here they must speak, so that warnings, events and lists are written. */
static void activate_rules(const struct scene *s)
{
    AUTO_STRBUF in = STRBUF_INIT;
    AUTO_STRBUF out = STRBUF_INIT;
    struct err err = {0};
    const char *path = path_join(s->arena, s->base, "rules.yaml");
    must(file_read_all(path, 1 << 20, &in, &err), &err);
    struct str rest = strbuf_str(&in);
    for (size_t at; (at = str_find(rest, STR("status: shadow"))) < rest.n; rest = str_sub(rest, at + strlen("status: shadow"), rest.n)) {
        strbuf_add(&out, rest.p, at);
        strbuf_addz(&out, "status: active");
    }
    strbuf_adds(&out, rest);
    must(file_write_atomic(path, strbuf_str(&out), &err), &err);
}

/* The first night of an empty site. */
static struct scene first_scene(struct arena *a, const char *mopai, const char *work_dir)
{
    struct scene s = {.arena = a, .name = "first night", .mopai = mopai, .work = work_dir, .as_of = "2026-03-01", .clock = "2026-03-01T02:00:00"};
    s.base = path_join(a, work_dir, "base-1");
    command(&s, (const char *const[]){"init", s.base, NULL});
    activate_rules(&s);
    add_inbox(&s, "tests/fault/site/night1");
    return s;
}

/* The second: what the first left, its held warnings released, new files. */
static struct scene second_scene(struct arena *a, const struct scene *first)
{
    struct scene s = *first;
    struct err err = {0};
    s.name = "second night";
    s.base = path_join(a, s.work, "base-2");
    s.as_of = "2026-03-06";
    s.clock = "2026-03-06T02:00:00";
    must(tree_copy(path_join(a, s.work, "reference-first night"), s.base, &err), &err);
    command(&s, (const char *const[]){"release", "-C", s.base, NULL});
    add_inbox(&s, "tests/fault/site/night2");
    return s;
}

int main(int argc, char **argv)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = {0};
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    const char *mopai = find_mopai(&a, argc, argv), *work_dir = make_work(&a);
    struct scene first = first_scene(&a, mopai, work_dir);
    if (argc > 2) {
        char *colon = strchr(argv[2], ':');
        measure(&first);
        const char *kind = arena_printf(&a, "%.*s", colon ? (int)(colon - argv[2]) : 0, argv[2]);
        struct healed healed = {.reruns = 0};
        bool good = try_fault(&first, kind, colon ? strtoul(colon + 1, NULL, 10) : 0, path_join(&a, work_dir, "site"), &healed);
        strmap_release(&healed.states);
        printf("test_kill: %s: %s, kept in %s\n", argv[2], good ? "same site" : "FAILED", work_dir);
        return good ? 0 : 1;
    }
    bool good = run_scene(&first);
    if (good) {
        struct scene second = second_scene(&a, &first);
        good = run_scene(&second);
    }
    must(file_remove_tree(work_dir, &err), &err);
    return good ? 0 : 1;
}
