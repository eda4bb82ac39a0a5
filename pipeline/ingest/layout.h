/* SPDX-License-Identifier: Apache-2.0 */
/* Where the header is, what separates the fields, and which field is which column; and what a row is that holds no data. */
#ifndef MOPAI_INGEST_LAYOUT_H
#define MOPAI_INGEST_LAYOUT_H

#include "pipeline/ingest/reader.h"
#include "pipeline/ingest/sources.h"

#define HEADER_SEARCH_RECORDS 40              /* the header is among the first so many */
#define HEADER_SEARCH_BYTES   ((size_t)1 << 18)
#define HEADER_ROWS_MAX       3

/* One physical row of the header, for telling when a page repeats it. */
struct header_row {
    int64_t line;
    size_t n, n_named;    /* fields; up to the last that is not blank */
    struct str *shown;    /* [n] as in the file, cleaned of blanks and breaks */
    struct str *folded;   /* [n] for comparison */
};

struct layout {
    char delimiter;
    int64_t first_line;   /* of the header */
    int64_t header_line;  /* its last line: data stands below */
    size_t n_fields;      /* of the header */
    size_t n_named;       /* up to its last field that is not blank */
    int *field_of;        /* [n_columns] field of each declared column, -1 when the file lacks it */
    struct str *headers;  /* [n_columns] header as in the file; of several rows all, one behind the other */
    struct header_row rows[HEADER_ROWS_MAX]; /* the lowest first */
    size_t n_rows;
    bool plain_first[128];   /* a row of the right width whose first field begins so is data, if a second one is filled */
    struct strbuf *notes; /* what is worth saying though the file is taken: a line each; the caller's, NULL: not wanted */
    struct strbuf *strange; /* headers no column claims, a line each; likewise */
};

/* Tries every delimiter (or the declared one) on the head of the file. The header is one row, or two or three where the upper ones name groups over merged
   cells: a field is then called by its lowest cell, or by the groups above and that cell put together (监护人 over 姓名: 监护人姓名), the nearest group or all.
   False: no row has all required columns; *why says which are missing and what was not recognised, without any cell that might be data. Results live in
   `a`; out->notes and out->strange are set by the caller. */
bool layout_find(const struct source *s, struct str head, enum encoding encoding, size_t bom, struct arena *a, struct layout *out, struct strbuf *why);
/* A header as it is compared: cleaned, without the * of an obligatory field, folded. */
void header_fold(struct str cell, struct strbuf *out);
/* Of folded cells: 元, (万元), 单位:元; and XM, SFZH, what a field is called inside the system. */
bool header_is_unit(struct str folded);
bool header_is_field_code(struct str folded);

enum row_kind { ROW_DATA, ROW_TITLE, ROW_HEADER, ROW_TOTAL, ROW_SIGNATURE, ROW_BLANK, ROW_SKIPPED, ROW_KIND_COUNT };
/* What a record behind the header is. ROW_DATA may still have the wrong number of fields, or be one the source skips (ROW_SKIPPED, found by its cells). */
enum row_kind layout_row_kind(const struct layout *l, const struct source *s, const struct record *rec, struct strbuf *scratch);
/* The same of a record of a table nobody described, by the word it begins with, behind a row number perhaps: ROW_TOTAL, ROW_SIGNATURE (only where nothing but
   the word or a colon stands there), else ROW_DATA. */
enum row_kind layout_word_row(const struct record *rec, struct strbuf *scratch);
/* Once a layout is found, before layout_surely_data. */
void layout_prepare(struct layout *l);
/* What is told quickly of nearly every data row by its first field (`first`, as text; the others may be raw) and the number of fields: true means ROW_DATA that fits.
   False means nothing: ask the other two. */
bool layout_surely_data(const struct layout *l, const struct record *rec, struct str first);
/* The same at a glance, of raw fields. */
static inline bool layout_plainly_data(const struct layout *l, const struct str *fields, size_t n)
{
    unsigned char c = n == l->n_named && n > 1 && fields[0].n > 0 ? (unsigned char)fields[0].p[0] : 0;
    bool company = false; /* the first is not alone */
    for (size_t f = 1; f < n && !company; f++) {
        company = fields[f].n > 0 && (is_digit((unsigned char)fields[f].p[0]) || is_alpha((unsigned char)fields[f].p[0]));
    }
    return company && c < 0x80 && l->plain_first[c];
}
/* Enough fields for the header, and nothing but blanks beyond it. */
bool layout_fits(const struct layout *l, const struct record *rec);
bool record_is_blank(const struct record *rec);

#endif
