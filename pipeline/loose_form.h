/* SPDX-License-Identifier: Apache-2.0 */
/* How the text of a table nobody described is laid out: encoding, delimiter, header. The delimiter is the one under which the rows agree with a header;
   the header is the first row that names about as many things as most rows hold, with the rows of merged cells, units and field codes right below it. */
#ifndef MOPAI_PIPELINE_LOOSE_FORM_H
#define MOPAI_PIPELINE_LOOSE_FORM_H

#include "base/core/arena.h"
#include "pipeline/ingest/reader.h"
#include "pipeline/loose_table.h"

struct loose_form {
    struct encoding_verdict encoding;
    char delimiter;
    int64_t header_line; /* its last line */
    size_t columns;
    struct str *headers; /* [columns], cleaned */
    struct loose_bad bad; /* the first line of the sample that cannot be read; line 0: none */
};
/* `sheet`: the text of a worksheet, whose form is known. Headers live in `a`. ST_INPUT, with words: empty, no known encoding, no header, too many columns. */
enum status loose_form_find(const char *path, struct str bytes, bool sheet, struct arena *a, struct loose_form *out, struct err *err) MUST_CHECK;

#endif
