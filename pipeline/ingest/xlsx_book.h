/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that read workbooks: sheets, styles and shared strings of one, before any sheet is read. */
#ifndef MOPAI_INGEST_XLSX_BOOK_H
#define MOPAI_INGEST_XLSX_BOOK_H

#include "pipeline/ingest/xlsx_number.h"
#include "pipeline/ingest/xlsx_xml.h"

#define SHARED_MAX_BYTES ((size_t)192 << 20) /* of shared strings held in memory */
#define SHEETS_MAX       1024

/* A part of the package by its name: without regard to case, a backslash is a slash; names of parts are the same however they are cased. -1: none. */
int book_part(const struct zip *z, const char *name);

struct book_sheet {
    const char *name, *relation;
    int member; /* of the archive; -1: no worksheet */
    bool hidden;
};
struct book {
    struct zip *zip;          /* the caller's */
    const char *file;         /* for messages */
    struct arena arena;
    VEC(struct book_sheet) sheets;
    bool epoch_1904;
    VEC(struct number_format) styles; /* by the s of a cell */
    struct strbuf shared;
    VEC(uint32_t) shared_end; /* end of each string in `shared` */
};
/* ST_INPUT when it is no workbook of this kind, damaged, or its shared strings exceed SHARED_MAX_BYTES. */
enum status book_open(struct book *b, struct zip *zip, const char *file, struct err *err) MUST_CHECK;
void book_release(struct book *b);
struct str book_shared(const struct book *b, uint32_t i); /* "" beyond the end */
struct number_format book_style(const struct book *b, uint32_t i);
/* The sheet of that name, or the first that is not hidden when it is empty. ST_INPUT names the sheets there are. */
enum status book_choose(const struct book *b, struct str wanted, const struct book_sheet **out, struct err *err) MUST_CHECK;
/* Appends what _x000D_ stands for, line breaks and tabs as blanks: a cell stays on its line. */
void book_add_text(struct str text, struct strbuf *out);

#endif
