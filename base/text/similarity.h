/* SPDX-License-Identifier: Apache-2.0 */
/* Distances over 16-bit codes (base/text/reading.h), so in characters, never in bytes. */
#ifndef MOPAI_TEXT_SIMILARITY_H
#define MOPAI_TEXT_SIMILARITY_H

#include "base/core/compiler.h"

#define SIMILARITY_CODES 64 /* longer texts are compared by their first 64 */

/* Optimal string alignment: substitutions, lost and extra characters, adjacent swaps, each 1. */
int damerau_distance(const uint16_t *a, size_t na, const uint16_t *b, size_t nb);
/* Jaro-Winkler (Winkler 1990: prefix weight 0.1, at most 4) in thousandths, rounded; 1000 only for equal texts, 0 when either is empty. */
int jaro_winkler(const uint16_t *a, size_t na, const uint16_t *b, size_t nb);

#endif
