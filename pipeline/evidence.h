/* SPDX-License-Identifier: Apache-2.0 */
/* Why a hit fired, item by item, each value with the record it came from. Two steps: while the engine stands at a hit, its conditions and items are
   written down with references to rows; afterwards one more pass over the tables finds the rows behind sums and counts, and references become file, physical
   line, header and raw cell. Only hits pay for it. */
#ifndef MOPAI_PIPELINE_EVIDENCE_H
#define MOPAI_PIPELINE_EVIDENCE_H

#include "pipeline/facts.h"

enum evidence_role { EVIDENCE_CONDITION, EVIDENCE_ITEM, EVIDENCE_ROW, EVIDENCE_PARAM };
const char *evidence_role_name(enum evidence_role r); /* "condition", as in night.db */

#define EVIDENCE_NO_REF UINT32_MAX

/* A cell of a record: of an input of the night, or of a file that is no longer in force. */
struct evidence_ref {
    uint32_t input;    /* UINT32_MAX: not in force */
    uint32_t row;      /* of the input's segment; not used when not in force */
    int64_t file_id;
    int64_t line;      /* known from the start when not in force */
    size_t source;
    int column;        /* of the source */
    const char *file;  /* these by evidence_resolve */
    struct str header, raw;
    bool want_cell;    /* else raw stays empty */
};

struct evidence_entry {
    uint8_t depth;
    enum evidence_role role;
    struct str label, value;
    uint32_t ref;      /* into refs, EVIDENCE_NO_REF for derived values */
    uint32_t request;  /* rows to put behind this entry, UINT32_MAX for none */
};

/* The rows behind a fact of one hit; at most `top` are kept, the others counted. */
struct evidence_found {
    int64_t order;     /* larger first */
    int64_t date;      /* later first; INT64_MIN without */
    int64_t value;
    uint32_t input, row;
    bool sure, refund;
    uint32_t ref;      /* into refs, by evidence_resolve */
};
struct evidence_request {
    uint32_t fact;     /* of the rules' inputs */
    uint32_t person;   /* person row, or RULES_NO_ROW: everybody of the household */
    uint32_t household;
    uint32_t top;
    int order_column;  /* of the table, -1: by date */
    uint8_t depth;
    uint64_t total;
    bool want_cells;
    VEC(struct evidence_found) found;
};

struct evidence {
    struct facts *facts;
    struct facts_run *run;
    struct arena *arena;     /* texts; as long as the evidence */
    struct arena scratch;
    VEC(struct evidence_entry) entries;
    VEC(struct evidence_ref) refs;
    VEC(struct evidence_request) requests;
    struct seg_reader **segments; /* by input; NULL: not opened yet */
    struct arena *file_texts;     /* headers and cells, by file asked */
    size_t n_files;
    /* the hit being written down */
    size_t hit_first;
    enum status status;      /* of the first failure; later calls do nothing */
    struct err err;
};

void evidence_init(struct evidence *e, struct facts *f, struct facts_run *r, struct arena *texts);
void evidence_release(struct evidence *e);

/* Inside the engine's callback: writes down the hit's items and conditions. *out_first and *out_n: its entries. Failures stick in e. */
void evidence_take(struct evidence *e, const struct rules_hit *hit, size_t *out_first, size_t *out_n);
/* 姓名 and the like, for rules_say: ctx is the struct evidence. */
struct str evidence_text(void *ctx, uint32_t person, uint32_t household, int attr);

/* Puts what `from` took behind what `to` has; before evidence_resolve. The texts stay where they are. */
void evidence_append(struct evidence *to, struct evidence *from);

/* The raw cells of these entries are wanted: of hits that go into the ledger tonight. The others are told by file, line and column; their cells were read
   on the night their event was made, and most of that night's files lie compressed by now. */
void evidence_want_cells(struct evidence *e, size_t first, size_t n);
/* After the evaluation: the rows behind facts, then file, line and header of every reference, and the cell where it is wanted. */
enum status evidence_resolve(struct evidence *e, struct err *err) MUST_CHECK;
/* The entries first .. first + n - 1 in print order, each followed by the rows it asked for (and how many more there are). After evidence_resolve. */
void evidence_each(struct evidence *e, size_t first, size_t n, void (*fn)(void *ctx, const struct evidence_entry *entry), void *ctx);

#endif
