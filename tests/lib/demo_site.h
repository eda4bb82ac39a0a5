/* SPDX-License-Identifier: Apache-2.0 */
/* A demo site made by the program itself, opened again for tests that look inside. Everything lies under $TMPDIR and goes with demo_site_remove. */
#ifndef MOPAI_TESTS_DEMO_SITE_H
#define MOPAI_TESTS_DEMO_SITE_H

#include "base/store/db.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/site.h"

struct demo_site {
    char dir[256];         /* scratch; the site is dir/site */
    struct site site;
    struct night night;    /* the last published one, as the stages saw it; night.db is night.db of its run, read only */
};
/* Runs `nights` nights of the demo with every rule active. Aborts with the program's output when that fails. */
void demo_site_make(struct demo_site *d, int nights);
/* One more night with what lies in the inbox, at that clock. */
void demo_site_again(struct demo_site *d, const char *clock);
/* Opens the last published night. */
void demo_site_open(struct demo_site *d);
void demo_site_close(struct demo_site *d);
void demo_site_remove(struct demo_site *d);

#endif
