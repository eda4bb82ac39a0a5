/* SPDX-License-Identifier: Apache-2.0 */
/* One raw file becomes one segment and its rejects: a pure function of the bytes and of the source as declared (its typing hash). */
#ifndef MOPAI_INGEST_TYPING_H
#define MOPAI_INGEST_TYPING_H

#include "pipeline/ingest/layout.h"
#include "pipeline/ingest/rejects.h"

/* What typing one file found; also written into the segment's metadata, from where segment_facts reads it back. */
struct typing_facts {
    enum encoding encoding;
    char delimiter;
    size_t bom;
    int64_t header_line, fields, bytes; /* fields of the header line */
    int64_t records, typed, rejected, aside[ROW_KIND_COUNT]; /* aside by kind; ROW_DATA unused */
    int64_t defects, cells;                                  /* cells kept as unknown; cells typed */
    int64_t keys_blank;
    int64_t ids, ids_wrecked;         /* cells with an identifier; of them destroyed by a spreadsheet */
    int64_t ids_18, ids_x;            /* of 18 characters; of them ending in X */
    int64_t sexes, sexes_against;     /* rows where sex column and identifier both speak; and disagree */
    monthnum month_from, month_to;    /* of the period column */
    daynum date;                      /* greatest of the date column, DAY_MISSING */
    int64_t euros;                    /* lines with a byte 0x80 */
    int64_t sheet;                    /* 1: a worksheet */
};
struct typed_file {
    struct typing_facts facts;
    bool usable;          /* false: refused as a file, `why` says so and no segment was written */
    struct strbuf why;    /* in the language in force */
    struct strbuf notes;  /* what is worth saying though the file is taken: a line each */
    struct strbuf strange; /* headers no column claims, a line each */
    struct strbuf scope;  /* of the scope column */
    bool several_scopes;
};

/* Reads `raw` from `source`, writes seg_path and its rejects. `head` is the beginning of the same bytes (HEADER_SEARCH_BYTES, or all of it with `whole`).
   seg_path NULL: nothing is written, only *out is filled (to learn scope or data date). A status other than ST_OK: the world failed. */
struct typing_job {
    const struct source *source;
    struct byte_source bytes;
    struct str head;
    bool whole;
    bool sheet; /* lines of a worksheet: encoding and delimiter are known */
    const char *seg_path, *rej_path;
    const char *progress; /* name for the progress line, NULL: none */
    int64_t size;
};
enum status type_bytes(const struct typing_job *job, struct typed_file *out, struct err *err) MUST_CHECK;
/* The same for a raw copy. */
enum status type_raw(const struct source *s, const char *raw_dir, const char *xxh128, const char *segments_dir, const char *name, struct typed_file *out,
                     struct err *err) MUST_CHECK;
void typed_file_release(struct typed_file *t);

char *segment_path(struct arena *a, const char *segments_dir, const char *xxh128, const struct source *s);
char *rejects_path(struct arena *a, const char *segments_dir, const char *xxh128, const struct source *s);

struct seg_reader;
/* Reads the facts back from a segment's metadata. ST_CORRUPT when they are not there. */
enum status segment_facts(const struct seg_reader *r, struct typing_facts *out, struct err *err) MUST_CHECK;
/* Field and header of a column in the file of a segment: -1 and "" when the file lacks it. */
int segment_header(const struct seg_reader *r, struct str column, struct str *out_header);

/* --- record keys -------------------------------------------------------------------------------------------------- */

struct cell;
/* Appends the canonical bytes of a key; false when it is blank (a component without a filled alternative). cells[] by column. */
bool key_bytes(const struct source *s, const struct source_key *key, size_t n, const struct cell *cells, struct strbuf *out);
/* The hash a key goes by: of those bytes, never 0. */
uint64_t key_hash(const struct strbuf *bytes);
/* The same of a key that is one text; 0 when it is blank. */
uint64_t key_hash_of_text(struct str text);
/* The same bytes from a row of a segment. */
enum status key_from_segment(struct seg_reader *r, const struct source *s, uint64_t row, struct strbuf *out, struct err *err) MUST_CHECK;

#endif
