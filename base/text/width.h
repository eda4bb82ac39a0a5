/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a terminal or a fixed-pitch font: 2 for East Asian wide and full-width characters, 0 for combining marks and zero-width
   characters, 1 otherwise (ambiguous ones too). Tables come from unicode-data at build time. */
#ifndef MOPAI_TEXT_WIDTH_H
#define MOPAI_TEXT_WIDTH_H

#include "base/core/str.h"

int width_cp(uint32_t cp);
size_t width_str(struct str s);                       /* an invalid byte counts 1 */
size_t width_fit(struct str s, size_t columns);       /* bytes of the longest head that fits */
void strbuf_add_padded(struct strbuf *b, struct str s, size_t columns); /* s, then blanks up to `columns`; never cut */

#endif
