/* SPDX-License-Identifier: Apache-2.0 */
/* What is written by hand, compared: called by matchers/compare.c for values that are not equal. */
#ifndef MOPAI_MATCHERS_COMPARE_PRIVATE_H
#define MOPAI_MATCHERS_COMPARE_PRIVATE_H

#include "matchers/compare.h"
#include "base/text/edits.h"

unsigned compare_name(const struct dict *d, const struct value *a, const struct value *b);  /* enum name_level */
unsigned compare_latin(struct codes a, struct codes b, uint64_t nicknames);                 /* enum latin_level */
unsigned compare_text(struct codes a, struct codes b);                                      /* enum text_level */
unsigned compare_address(const struct dict *d, const struct value *a, const struct value *b); /* enum address_level */

#endif
