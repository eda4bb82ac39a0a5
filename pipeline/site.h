/* SPDX-License-Identifier: Apache-2.0 */
/* A site: one directory with configuration, inbox, store and reports. Opened once by the command line and handed to every stage.
   Reads the configuration files; owns their parsed form. */
#ifndef MOPAI_PIPELINE_SITE_H
#define MOPAI_PIPELINE_SITE_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"

struct ledger;
struct sources;  /* pipeline/ingest/sources.h */
struct people;   /* pipeline/people.h */
struct areas;    /* base/text/area.h */
struct calendar; /* pipeline/calendar.h */

/* A configuration file as read: the night's manifest names it by hash. */
struct site_file {
    const char *name; /* "rules.yaml" */
    const char *path;
    struct str text;  /* empty when an optional file is absent */
    char hash[33];    /* XXH3-128 of the text */
};
enum site_file_id { SITE_SOURCES, SITE_PEOPLE, SITE_RULES, SITE_AREAS, SITE_CALENDAR, SITE_ALIASES, SITE_FILE_COUNT };

struct site {
    struct arena arena; /* lives as long as the site */
    const char *dir, *inbox, *store, *raw, *segments, *runs, *reports;
    struct site_file files[SITE_FILE_COUNT];
    struct sources *sources;
    struct people *people;
    struct areas *areas;
    struct calendar *calendar;
    struct ledger *ledger; /* NULL with SITE_NO_LEDGER */
};

enum site_need { SITE_CONFIG_ONLY, SITE_READ, SITE_WRITE };
/* Opens dir. Configuration is parsed and checked first, before anything is touched: ST_CONFIG with every problem printed into err lines.
   rules.yaml is read but compiled by those who need it. */
enum status site_open(struct site *s, const char *dir, enum site_need need, struct err *err) MUST_CHECK;
void site_close(struct site *s);

#endif
