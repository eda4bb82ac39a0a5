/* SPDX-License-Identifier: Apache-2.0 */
/* libcsv, fed one physical line at a time, so that we know where each record begins. The only user of csv.h.
   Two readings of quotes: lenient (a quote in the middle of an unquoted field is a character) for records that end on their line, strict for records that
   run over several: libcsv in lenient mode would let one stray quote swallow everything up to the next one, wherever that is. */
#ifndef MOPAI_INGEST_CSV_FEED_H
#define MOPAI_INGEST_CSV_FEED_H

#include "base/core/str.h"
#include "base/core/vec.h"

#define CSV_MAX_FIELDS 1024

typedef VEC(struct str) field_list;

enum csv_result {
    CSV_RECORD,   /* *fields holds a whole record */
    CSV_OPEN,     /* inside a quoted field: feed the next line */
    CSV_BROKEN    /* strict: quotes that do not pair; or too many fields */
};

struct csv_feed;
struct csv_feed *csv_feed_new(char delimiter);
void csv_feed_free(struct csv_feed *f); /* NULL is fine */
/* Forgets an open record. */
void csv_feed_reset(struct csv_feed *f);
/* `line` without its line break. The views in *fields hold until the next call. A line without content is CSV_RECORD with no fields. */
enum csv_result csv_feed_lenient(struct csv_feed *f, struct str line, field_list *fields);
enum csv_result csv_feed_strict(struct csv_feed *f, struct str line, field_list *fields);

/* Lines without a quote: cut at the delimiter, the same fields libcsv gives. False when there are more than CSV_MAX_FIELDS. */
bool csv_split_plain(struct str line, char delimiter, field_list *fields);

#endif
