/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as a table: one row a command, one table of options that also prints --help. A command gets its operands
   and option values, prints results on standard output, and returns a status; messages and exit code are made by pipeline/main.c. */
#ifndef MOPAI_PIPELINE_COMMAND_H
#define MOPAI_PIPELINE_COMMAND_H

#include "base/core/status.h"
#include "base/core/str.h"

struct option {
    const char *name;   /* "as-of"; NULL ends the table */
    char letter;        /* 'o' or 0 */
    const char *value;  /* name of its value in the help, NULL for a switch */
    const char *zh, *en; /* one line of help */
};

#define MAX_OPTIONS 16
struct args {
    const char *site_dir;     /* -C, else "." */
    bool json, color;
    int n;                    /* operands */
    char **v;
    const char *opt[MAX_OPTIONS]; /* value of the command's i-th option, "" for a switch that is on, NULL when absent */
};

struct command {
    const char *name;         /* "run", "rules check" (two words) */
    const char *operands;     /* "[FILE...]" */
    const char *zh, *en;      /* one line */
    const char *more_zh, *more_en; /* paragraphs of --help, with examples */
    const struct option *options;
    enum status (*run)(const struct args *a, struct err *err); /* may return a W_ status after its work is done */
};

/* Commands, defined in the file that does their work and listed in pipeline/commands.c. */
extern const struct command cmd_init, cmd_run, cmd_ingest, cmd_link, cmd_assess, cmd_report, cmd_check, cmd_status;
extern const struct command cmd_sources_guess, cmd_sources_bands;
extern const struct command cmd_explain, cmd_match, cmd_token, cmd_dedupe, cmd_try, cmd_deliveries, cmd_visits, cmd_release;
extern const struct command cmd_rules_check, cmd_rules_test, cmd_rules_explain, cmd_rules_diff, cmd_rules_whatif, cmd_export, cmd_sql, cmd_verify;
extern const struct command cmd_audit, cmd_audit_verify;

/* Adds a W_ status to the run's collection: main ends with that one, or with ST_WARNINGS when several differ. `text` is printed at the end. */
void warn_add(enum status w, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
