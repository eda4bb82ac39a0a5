/* SPDX-License-Identifier: Apache-2.0 */
/* A short working form of a cell, private to the readers of values. */
#ifndef MOPAI_TEXT_CELL_H
#define MOPAI_TEXT_CELL_H

#include "base/core/str.h"

#define CELL_PLAIN 96

/* Blanks and spreadsheet marks off both ends, full-width folded to half-width, zero-width dropped. A view of `cell` for clean ASCII, else of
   buf. false when it does not fit: nothing that long is a date, a number or a flag. */
bool cell_plain(struct str cell, char buf[CELL_PLAIN], struct str *out_plain);

bool cp_is_blank(uint32_t cp);      /* space, tab, line ends, NBSP, U+3000 and the other spaces */
bool cp_is_zero_width(uint32_t cp); /* zero-width, direction marks, BOM */

#endif
