/* SPDX-License-Identifier: Apache-2.0 */
/* CSV for people who open it in a spreadsheet: UTF-8 with BOM, CRLF, RFC 4180 quotes. A text cell that a spreadsheet would run as a formula
   (= + - @ TAB at its start) gets one apostrophe before it, which our own readers strip; numbers are written as numbers. */
#ifndef MOPAI_CORE_CSV_OUT_H
#define MOPAI_CORE_CSV_OUT_H

#include "base/core/date.h"
#include "base/core/money.h"

#define CSV_BOM "\xEF\xBB\xBF"

struct csv_out {
    struct strbuf *b;
    bool at_start; /* of a row */
};
struct csv_out csv_out_to(struct strbuf *b);
void csv_text(struct csv_out *c, struct str s);
void csv_z(struct csv_out *c, const char *z);
void csv_int(struct csv_out *c, int64_t v);
void csv_fen(struct csv_out *c, fen v);       /* empty when missing */
void csv_day(struct csv_out *c, daynum v);    /* empty when missing */
void csv_empty(struct csv_out *c);
void csv_end_row(struct csv_out *c);

#endif
