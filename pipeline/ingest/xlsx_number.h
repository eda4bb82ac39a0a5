/* SPDX-License-Identifier: Apache-2.0 */
/* A number of a worksheet as the spreadsheet shows it: by its format, in decimal arithmetic on the digits of the file, never through floating point. */
#ifndef MOPAI_INGEST_XLSX_NUMBER_H
#define MOPAI_INGEST_XLSX_NUMBER_H

#include "base/core/str.h"

#define NUMBER_DIGITS 15 /* what a spreadsheet keeps of a number */

enum number_shape {
    NUMBER_GENERAL,
    NUMBER_DECIMALS, /* 0.00 and #,##0: so many decimals */
    NUMBER_ZEROS,    /* 000000: at least so many digits */
    NUMBER_DATE,
    NUMBER_MONTH,    /* yyyy"年"m"月": no day is shown */
    NUMBER_MOMENT,   /* date and time */
    NUMBER_TIME
};
struct number_format {
    enum number_shape shape;
    int n; /* decimals or digits */
};
struct number_format number_format_parse(struct str code);      /* `yyyy/m/d;@` */
struct number_format number_format_builtin(int id);             /* numFmtId below 164, the East Asian dates among them */
/* Appends 1033.33, 001234, 2026-03-01, 2026-03, 2026-03-01 08:15:00. A whole number of more than 15 digits has lost its last ones: it is written
   1.20194196307120E+17, so that nobody takes it for one. What is no number is appended as it is. */
void number_show(struct str value, struct number_format f, bool epoch_1904, struct strbuf *out);

#endif
