/* SPDX-License-Identifier: Apache-2.0 */
/* A site: one directory with configuration, inbox, store and reports. Opened once by the command line and handed to every stage.
   Reads the configuration files; owns their parsed form, the ledger and the lock. */
#ifndef MOPAI_PIPELINE_SITE_H
#define MOPAI_PIPELINE_SITE_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"
#include "base/text/area.h"

struct db;       /* base/store/db.h */
struct sources;  /* pipeline/ingest/sources.h */
struct people;   /* pipeline/people.h */
struct calendar; /* pipeline/calendar.h */
struct model;    /* matchers/model.h */

/* A configuration file as read: the night's manifest names it by hash. */
struct site_file {
    const char *name; /* "rules.yaml" */
    const char *path;
    struct str text;  /* empty when an optional file is absent; of model.yaml then the one that ships with the program */
    char hash[33];    /* XXH3-128 of the text */
};
enum site_file_id { SITE_SOURCES, SITE_PEOPLE, SITE_RULES, SITE_AREAS, SITE_CALENDAR, SITE_ALIASES, SITE_MODEL, SITE_FILE_COUNT };

struct site {
    struct arena arena; /* lives as long as the site */
    const char *dir, *inbox, *store, *raw, *segments, *runs, *found, *reports;
    struct site_file files[SITE_FILE_COUNT];
    struct sources *sources;
    struct people *people;
    struct area_set areas;
    struct calendar *calendar;
    struct model *model; /* of model.yaml, see pipeline/link_model.h */
    struct db *ledger;  /* NULL with SITE_CONFIG_ONLY */
    int lock_fd;        /* held with SITE_LOCK, else -1 */
    struct str token_key; /* secret of the tokens that sources deliver; empty: none, or no source delivers any (pipeline/token_key.h) */
    struct str key;     /* the site's secret for references; empty when no key file was found (site_need_key) */
};

enum site_need {
    SITE_CONFIG_ONLY, /* configuration parsed, nothing touched */
    SITE_READ,        /* and the ledger open for reading; ST_SITE when no night or import made one yet */
    SITE_WRITE,       /* ledger open for writing: imports and decisions, single transactions at any time */
    SITE_LOCK         /* and the site's lock held: publish, purge, retype, withdraw */
};
/* Opens dir. Configuration is parsed and checked before anything is touched: ST_CONFIG with the problems, line and column, in *err.
   rules.yaml is read but compiled by those who need it. On failure everything is released. */
enum status site_open(struct site *s, const char *dir, enum site_need need, struct err *err) MUST_CHECK;
void site_close(struct site *s);
static inline void site_close_auto(struct site *s) { site_close(s); }
#define AUTO_SITE CLEANUP(site_close_auto) struct site

const char *site_file_name(enum site_file_id id);
/* The key file, outside the site so that a copied site does not carry it: $MOPAI_KEY, else ~/.config/mopai/key, else /etc/mopai/key. The first is where init
   makes it. NULL when there is no place for one. */
const char *site_key_path(struct arena *a, bool for_making);
/* Writes 256 random bits as hexadecimal text to a new file; makes its folder. */
enum status site_new_key(const char *path, struct err *err) MUST_CHECK;
/* ST_SITE with words when there is no key: for commands that print references. */
enum status site_need_key(const struct site *s, struct err *err) MUST_CHECK;

#endif
