/* SPDX-License-Identifier: Apache-2.0 */
/* Between typing.c, one file, and type_row.c, its rows; nobody else includes this. */
#ifndef MOPAI_INGEST_TYPING_PRIVATE_H
#define MOPAI_INGEST_TYPING_PRIVATE_H

#include "pipeline/ingest/cell_memo.h"
#include "pipeline/ingest/typing.h"

enum storage { STORE_TEXT, STORE_ID, STORE_NUMBER };
/* A column as this file has it, laid out for the loop over its rows (bench: tests/bench/bench_ingest.c). */
struct plan {
    struct cell_reader reader;
    struct cell_memo memo;  /* used when `remembers` */
    struct strbuf decoded;  /* a cell of a GB18030 file as text */
    bool remembers;         /* cells of this type are worth it */
    int field;              /* -1: the file lacks it */
    enum storage storage;
    bool rejecting;        /* a failing cell rejects the row */
    bool obliged;          /* so does a blank one */
};

struct typer {
    const struct source *s;
    const struct typing_job *job;
    struct typed_file *out;
    struct arena arena;
    struct layout layout;
    struct reader *reader;
    struct record rec;
    struct seg_writer *w;         /* NULL: nothing is written */
    struct reject_list rejects;
    struct plan *plans;           /* [width] */
    size_t width;
    struct cell *cells;           /* [width] */
    struct remembered **known;    /* [width] where a cell came from, NULL when it was typed anew */
    uint64_t *words;              /* what the content hash of a row is taken of */
    struct strbuf key, scratch, masked;
    int col_line, col_key, col_content, col_refund; /* of the segment */
};

/* Counts t->rec, sets it aside, rejects it or writes it. */
void type_record(struct typer *t);

#endif
