/* SPDX-License-Identifier: Apache-2.0 */
/* A cell -> the canonical text of its type, on which equality rests, and the codes that near agreement is judged on. Nothing of the cell is lost to the
   user: canonical texts are keys, never shown. Private to matchers/table.c but for phonetic_key. */
#ifndef MOPAI_MATCHERS_PREPARE_H
#define MOPAI_MATCHERS_PREPARE_H

#include "base/text/edits.h"
#include "matchers/table.h"

/* Writes the canonical text into *out (cleared first) and fills word, flags and surname of *v. False: the cell says nothing. */
bool prepare_cell(enum field_type type, enum date_order order, struct str cell, struct strbuf *out, struct value *v);

/* How a name in Latin letters sounds, as up to eight consonant classes: bp fv ckgq sxzj td l mn r, vowels only at the start; c, g, ch, gh, ph, kn, wr and the
   like are read as English does. 0 for texts without letters. After NYSIIS and Metaphone (Philips 1990), coarser: it serves blocking and one level. */
uint32_t phonetic_key(struct codes text);

#endif
