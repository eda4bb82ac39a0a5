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

/* Commands, defined in the file that does their work and listed in pipeline/commands.c. One a line, sorted. */
extern const struct command cmd_assess;
extern const struct command cmd_audit;
extern const struct command cmd_audit_verify;
extern const struct command cmd_backup;
extern const struct command cmd_check;
extern const struct command cmd_dedupe;
extern const struct command cmd_deliveries;
extern const struct command cmd_explain;
extern const struct command cmd_export;
extern const struct command cmd_ingest;
extern const struct command cmd_init;
extern const struct command cmd_link;
extern const struct command cmd_match;
extern const struct command cmd_purge;
extern const struct command cmd_referrals_import;
extern const struct command cmd_referrals_list;
extern const struct command cmd_release;
extern const struct command cmd_report;
extern const struct command cmd_review_export;
extern const struct command cmd_review_import;
extern const struct command cmd_review_list;
extern const struct command cmd_rules_backtest;
extern const struct command cmd_rules_check;
extern const struct command cmd_rules_diff;
extern const struct command cmd_rules_doc;
extern const struct command cmd_rules_explain;
extern const struct command cmd_rules_fmt;
extern const struct command cmd_rules_scorecard;
extern const struct command cmd_rules_sql;
extern const struct command cmd_rules_test;
extern const struct command cmd_rules_whatif;
extern const struct command cmd_run;
extern const struct command cmd_sources_bands;
extern const struct command cmd_sources_guess;
extern const struct command cmd_sql;
extern const struct command cmd_status;
extern const struct command cmd_token;
extern const struct command cmd_try;
extern const struct command cmd_verify;
extern const struct command cmd_visits;
extern const struct command cmd_visits_extend;
extern const struct command cmd_visits_reopen;
extern const struct command cmd_visits_scorecard;
extern const struct command cmd_visits_return;
extern const struct command cmd_visits_snooze;

/* Adds a W_ status to the run's collection: main ends with that one, or with ST_WARNINGS when several differ. `text` is printed at the end. */
void warn_add(enum status w, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* How many of this kind were added so far; what the program will end with if the command returns `status` now. */
int warn_count(enum status w);
enum status warn_outcome(enum status status);

#endif
