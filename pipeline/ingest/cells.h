/* SPDX-License-Identifier: Apache-2.0 */
/* One cell becomes one typed value, or a reason why not. Reads no files. */
#ifndef MOPAI_INGEST_CELLS_H
#define MOPAI_INGEST_CELLS_H

#include "base/core/map.h"
#include "base/text/values.h"
#include "pipeline/ingest/sources.h"

struct cell {
    enum value_reason reason; /* VALUE_OK; VALUE_MISSING: blank; else why the value is not usable */
    int64_t i;                /* date month money flag integer; the type's missing value unless OK */
    uint64_t u;               /* identifiers */
    struct str text;          /* text types; identifiers: what goes into NAME#raw */
};

/* A column's own working memory: its scratch, its code table as a cache of what was seen. */
struct cell_reader {
    const struct source_column *column;
    struct strbuf scratch, folded;
    struct strmap seen;      /* code: raw cells already looked up ... */
    int *label_of;           /* ... index into codes, -1 unknown, -2 missing; parallel to seen */
    size_t cap;
    struct cell missing;     /* what a blank cell gives */
};
void cell_reader_init(struct cell_reader *r, const struct source_column *c);
void cell_reader_release(struct cell_reader *r);

/* Views in *out hold until the next call with the same reader. Never fails. An unusable identifier keeps its word in u, with the reason set. */
void cell_read(struct cell_reader *r, struct str raw, struct cell *out);
/* Is a cell of a text column just what it is: text that needs no cleaning and is no way of writing nothing? False says nothing: cell_read must be asked. */
bool cell_is_plain_text(const struct source_column *c, struct str raw);
/* What a row holds in a column its file lacks. */
void cell_missing(const struct source_column *c, struct cell *out);

/* A cleaned value for a message, hidden as its type asks. */
void cell_mask(const struct source_column *c, struct str raw, struct strbuf *out);
/* Storage in the segment. */
bool column_is_text(const struct source_column *c);
bool column_has_raw(const struct source_column *c);

#endif
