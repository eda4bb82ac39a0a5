/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/demo_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/file.h"

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fprintf(stderr, "%s: %s\n", status_name(status), err->text);
        abort();
    }
}

static void must_run(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "the demo site could not be made\n");
        abort();
    }
}

void demo_site_make(struct demo_site *d, int nights)
{
    char command[1100];
    const char *tmp = getenv("TMPDIR");
    memset(d, 0, sizeof(*d));
    (void)snprintf(d->dir, sizeof(d->dir), "%s/demo.XXXXXX", tmp ? tmp : "/tmp");
    BUG_ON(!mkdtemp(d->dir));
    (void)snprintf(command, sizeof(command), "%s/key", d->dir);
    (void)setenv("MOPAI_KEY", command, 1);
    (void)snprintf(command, sizeof(command), "sh tests/lib/demo-site.sh '%s' %d >'%s/out' 2>&1 || { cat '%s/out' >&2; exit 1; }", d->dir, nights, d->dir,
                   d->dir);
    must_run(command);
}

void demo_site_again(struct demo_site *d, const char *clock)
{
    char command[1100];
    const char *bin = getenv("MOPAI_BIN");
    (void)snprintf(command, sizeof(command), "MOPAI_CLOCK=%s '%s' -C '%s/site' run >'%s/out' 2>&1; s=$?; case $s in 0|1|1[012][0-9]) ;; *) cat '%s/out' >&2; exit 1;; esac",
                   clock, bin ? bin : "build/release/mopai", d->dir, d->dir, d->dir);
    must_run(command);
}

void demo_site_open(struct demo_site *d)
{
    struct err err;
    bool row;
    struct night *n = &d->night;
    must(site_open(&d->site, arena_printf(&n->arena, "%s/site", d->dir), SITE_READ, &err), &err);
    struct stmt *q = stmt_use(d->site.ledger, STMT_SELECT_NIGHT_LAST);
    must(stmt_one(q, &row, &err), &err);
    BUG_ON(!row);
    n->site = &d->site;
    n->number = stmt_int(q, 0);
    n->as_of = stmt_day(q, 1);
    n->prev_as_of = DAY_MISSING;
    stmt_done(q);
    struct inputs in;
    must(inputs_in_force(&d->site, n->as_of, &n->arena, &in, &err), &err);
    n->inputs = in.v;
    n->n_inputs = in.n;
    n->sources = in.sources;
    n->run_dir = arena_printf(&n->arena, "%s/%lld", d->site.runs, (long long)n->number);
    must(db_open(path_join(&n->arena, n->run_dir, "night.db"), DB_READ, &n->db, &err), &err);
}

void demo_site_close(struct demo_site *d)
{
    db_abandon(d->night.db);
    d->night.db = NULL;
    arena_release(&d->night.arena);
    site_close(&d->site);
}

void demo_site_remove(struct demo_site *d)
{
    struct err err;
    must(file_remove_tree(d->dir, &err), &err);
}
