/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of typing; nobody else includes this. A file is cut into blocks of some hundred records, a block is typed a column at a time into a batch, and
   batches are counted and written in the order of the file:

     typing.c        one file: head, plan, segment, facts
     type_batch.c    what the rows of a block are and mean: pure but for the typist, so that several threads may each do one
     type_column.c   the cells of one column of a batch
     type_team.c     the batches of a file, shared among threads
     type_commit.c   a batch into facts, rejects and segment, one after the other */
#ifndef MOPAI_INGEST_TYPING_PRIVATE_H
#define MOPAI_INGEST_TYPING_PRIVATE_H

#include "base/text/utf8.h"
#include "pipeline/ingest/cell_memo.h"
#include "pipeline/ingest/typing.h"

#define BATCH_ROWS READER_BLOCK_ROWS

enum storage { STORE_TEXT, STORE_ID, STORE_NUMBER };
/* A column as this file has it. */
struct plan {
    const struct source_column *column;
    struct cell missing;   /* what a blank cell gives */
    int field;             /* -1: the file lacks it */
    enum storage storage;
    bool remembers;        /* cells of this type are worth a memo */
    bool rejecting;        /* a failing cell rejects the row */
    bool obliged;          /* so does a blank one */
    size_t word;           /* its first word in a row's content hash, which is also its first column in the segment */
};

/* What typing a file shares; nothing of it changes once rows are read but by whoever commits. */
struct typer {
    const struct source *s;
    const struct typing_job *job;
    struct typed_file *out;
    struct arena arena;
    struct layout layout;
    struct reader *reader;
    struct plan *plans;    /* [width] */
    size_t width, n_words;
    int *key_columns;      /* [n_key_columns] which record key and refund are made of */
    size_t n_key_columns;
    int text_key;          /* the one column of text that is the record key, -1: it is not so plain */
    int col_line, col_key, col_content, col_refund; /* of the segment */
    /* of the one who commits: */
    struct seg_writer *w;  /* NULL: nothing is written */
    struct reject_list rejects;
    const void **columns;  /* [columns of the segment] handed to it */
    struct strbuf scratch, masked;
    int64_t last_line;     /* of the last record; */
    bool last_rejected;    /* and was it? */
};

/* One thread's working memory; cells come out the same whoever types them. */
struct typist {
    const struct typer *t;
    struct cell_reader *readers; /* [width] */
    struct cell_memo *memos;     /* [width] */
    struct strbuf decoded, key;
    struct cell *cells;          /* [width] of one row, the columns of keys only */
    uint64_t *words;             /* [BATCH_ROWS * n_words] */
};
void typist_init(struct typist *p, const struct typer *t);
void typist_release(struct typist *p);

/* One column of a batch, by row. */
struct typed_column {
    uint64_t *word;          /* identifier, or number as two's complement; NULL: text */
    struct seg_cell *text;   /* text, or what an identifier column keeps beside its word; NULL: number */
    uint8_t *reason;         /* enum value_reason */
    bool odd;                /* some reason is not VALUE_OK */
    bool some_text;          /* some text of an identifier column is not empty */
};
/* A record rejected, or a cell kept as unknown. */
struct batch_event {
    int column;              /* -1: the whole row */
    enum value_reason reason;
    uint32_t record;         /* of the block */
    int32_t row;             /* of the batch; -1: rejected */
};
struct batch {
    struct record_block block;
    struct arena own;        /* texts that are in no line and no memo */
    struct memo_list forgotten; /* whose texts this batch or one before it may hold */
    size_t n;                /* rows: of the records those that are data, until the rejected ones are taken out */
    uint16_t record[BATCH_ROWS];
    uint32_t at[BATCH_ROWS]; /* its first field in block.fields */
    int16_t bad[BATCH_ROWS]; /* column that rejects it, -1 */
    bool defects[BATCH_ROWS];
    struct typed_column *columns; /* [width] */
    int64_t line[BATCH_ROWS];
    uint64_t key[BATCH_ROWS], content[BATCH_ROWS], refund[BATCH_ROWS];
    VEC(struct batch_event) events; /* in the order of the file */
    struct typing_facts facts;
    struct strbuf scope;
    bool several_scopes;
};
void batch_init(struct batch *b, const struct typer *t);
void batch_release(struct batch *b, const struct typer *t);

/* Types b->block. */
void type_batch(struct typist *p, struct batch *b);
/* Fills b->columns[c] for the b->n rows. */
void type_column(struct typist *p, struct batch *b, size_t c);
void commit_batch(struct typer *t, struct batch *b);

/* Types all records of t->reader. */
enum status type_records(struct typer *t, struct err *err) MUST_CHECK;

/* str_is_ascii, quick for the length most cells have. */
static inline bool cell_is_ascii(struct str s)
{
    uint64_t head, tail;
    if (s.n < 8 || s.n > 16) {
        return str_is_ascii(s);
    }
    memcpy(&head, s.p, 8);
    memcpy(&tail, s.p + s.n - 8, 8);
    return ((head | tail) & 0x8080808080808080u) == 0;
}

/* A cell as text: of a GB18030 file it is decoded here, when it is more than ASCII. */
static inline struct str batch_text(const struct typer *t, const struct batch *b, size_t record, struct str raw, struct strbuf *decoded)
{
    const struct record rec = {.raw = true};
    return b->block.rows[record].raw && !cell_is_ascii(raw) ? record_text(t->reader, &rec, raw, decoded) : raw;
}
/* The cell of a column as it stands in the file, as text. */
static inline struct str batch_field(const struct typer *t, const struct batch *b, size_t record, size_t c, struct strbuf *decoded)
{
    int f = t->plans[c].field;
    return f >= 0 ? batch_text(t, b, record, b->block.fields.v[b->block.rows[record].first + (size_t)f], decoded) : str_n("", 0);
}

#endif
