/* SPDX-License-Identifier: Apache-2.0 */
/* Distances between short texts of 16-bit codes, in characters. No allocation. */
#ifndef MOPAI_TEXT_EDITS_H
#define MOPAI_TEXT_EDITS_H

#include "base/core/compiler.h"

struct codes {
    const uint16_t *p;
    unsigned n;
};
/* Equal but for one character changed, lost, added, or two neighbours swapped (Damerau). Not for equal texts. One pass from both ends. */
bool one_edit(struct codes a, struct codes b);
/* Levenshtein distance by Myers' bit vectors in Hyyro's form, texts cut at 64 characters. */
unsigned edit_count(struct codes a, struct codes b);
/* Jaro-Winkler similarity in 1/1000, prefix of four at 0.1 (Winkler 1990); texts cut at 64 characters. */
unsigned jaro_winkler(struct codes a, struct codes b);
/* Dice coefficient of the bigrams (as multisets) in 1/1000; texts of one character: equal or not. */
unsigned bigram_dice(struct codes a, struct codes b);

#endif
