/* SPDX-License-Identifier: Apache-2.0 */
/* What visitors found out at the door (address, members, income) becomes the source 走访: a file of its own under store/found/, which the next night takes in
   like any department's export, so that it has a raw copy, a line to point at, precedence and expiry by configuration (sources.yaml `expires`, people.yaml).
   A filled list has no identifiers; the persons are those of the last published night. */
#ifndef MOPAI_PIPELINE_VISITS_FOUND_H
#define MOPAI_PIPELINE_VISITS_FOUND_H

#include "base/core/csv_out.h"
#include "pipeline/population.h"

#define FOUND_SOURCE "走访" /* label of the source and head of its files' names */

/* One answered row of a list. Texts are views. */
struct found_row {
    int64_t warning_no;
    char entity_kind;        /* whom the warning is about */
    int64_t entity;          /* stable id */
    daynum day;
    struct str visitor;
    struct str address, members; /* "" : nothing said */
    fen income;              /* per head and month, FEN_MISSING */
};
struct found {
    struct population *pop;  /* of the last published night, NULL when its run is gone */
    struct arena *arena;
    struct strbuf text;      /* of the file, empty while nothing was found */
    struct csv_out csv;
};
void found_init(struct found *f, struct population *pop, struct arena *a);
/* Adds what the row says: an address to everybody alive who lived at the old one with the person concerned, the rest to that person. *out_why_not: NULL, or
   why nobody can be told by it (nobody in the population, or without a valid number). */
enum status found_add(struct found *f, const struct found_row *row, const char **out_why_not, struct err *err) MUST_CHECK;
/* Writes the file, named by day and content: the same findings twice are the same file. Nothing when nothing was found. */
enum status found_write(struct found *f, const char *dir, daynum day, struct err *err) MUST_CHECK;
void found_release(struct found *f);

#endif
