/* SPDX-License-Identifier: Apache-2.0 */
/* Warning numbers as people see and type them: W-000123-K. Six or more digits and one check character, the only thing by which a filled list
   finds its warning again.

   The check is a weighted sum modulo the prime 31 (a pure system as in ISO 7064, weights are powers of 3): it catches every single wrong character,
   every swap of two neighbours and every swap around one character. ISO 7064 MOD 37,36 was tried and lets one neighbour swap in 180 through.
   31 symbols also leave room to do without I L O S Z, which pens and eyes take for 1 1 0 5 2: typed instead, they are read as those digits. */
#ifndef MOPAI_RULES_WARNING_NUMBER_H
#define MOPAI_RULES_WARNING_NUMBER_H

#include "base/core/str.h"

#define WARNING_NUMBER_MAX 24 /* "W-", up to 18 digits, "-", check, NUL */

/* no: 1 .. 10^18 - 1. */
void warning_number_format(int64_t no, char out[WARNING_NUMBER_MAX]);
void strbuf_add_warning_number(struct strbuf *b, int64_t no);

enum warning_number_verdict {
    WARNING_NUMBER_OK,
    WARNING_NUMBER_EMPTY, /* nothing there */
    WARNING_NUMBER_FORM,  /* not of this form at all */
    WARNING_NUMBER_CHECK  /* of this form, but the check character does not fit */
};
/* Tolerant: lower case, full width, blanks, any kind of dash or none, an apostrophe before it, leading zeros left out. */
enum warning_number_verdict warning_number_parse(struct str s, int64_t *out_no);

#endif
