/* SPDX-License-Identifier: Apache-2.0 */
/* What is written by hand, compared: called by matchers/compare.c for values that are not equal. */
#ifndef MOPAI_MATCHERS_COMPARE_PRIVATE_H
#define MOPAI_MATCHERS_COMPARE_PRIVATE_H

#include "matchers/compare.h"
#include "base/text/edits.h"

unsigned compare_name(const struct dict *d, const struct value *a, const struct value *b);  /* enum name_level */
unsigned compare_latin(const struct dict *d, const struct value *a, const struct value *b); /* enum latin_level */
/* Do they share at least half of the kinds of characters of the one that has fewer? Most pairs at random do not, and are not looked at closer. */
static inline bool letters_shared(const struct value *a, const struct value *b)
{
    int x = __builtin_popcount(a->letters), y = __builtin_popcount(b->letters);
    return 2 * __builtin_popcount(a->letters & b->letters) >= MIN(x, y);
}
unsigned compare_text(struct codes a, struct codes b);                                      /* enum text_level */
unsigned compare_address(const struct dict *d, const struct value *a, const struct value *b); /* enum address_level */

/* The same of pairs of neighbours: a slip in eight characters leaves more than half of them, and so does another order of words. */
static inline bool bigrams_shared(const struct value *a, const struct value *b)
{
    int x = __builtin_popcountll(a->word), y = __builtin_popcountll(b->word);
    return MIN(x, y) < 7 || 2 * __builtin_popcountll(a->word & b->word) >= MIN(x, y);
}

#endif
