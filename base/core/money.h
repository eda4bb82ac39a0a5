/* SPDX-License-Identifier: Apache-2.0 */
/* Money is an int64 of fen (1/100 yuan). Never a float. */
#ifndef MOPAI_CORE_MONEY_H
#define MOPAI_CORE_MONEY_H

#include "base/core/str.h"

typedef int64_t fen;
#define FEN_MISSING INT64_MIN
#define FEN_MAX     ((fen)1000000000000000) /* 10^13 yuan: anything above is a misread number */

/* Plain decimal yuan, optional sign and thousands commas, at most two decimals that matter ("12.30", "-5", "1,200.00", "3.500"). */
bool fen_parse(struct str s, fen *out_fen);
void strbuf_add_fen(struct strbuf *b, fen v);       /* 4999.99 */
void strbuf_add_fen_comma(struct strbuf *b, fen v); /* 4,999.99 */

#endif
