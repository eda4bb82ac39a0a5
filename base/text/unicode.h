/* SPDX-License-Identifier: Apache-2.0 */
/* The tables made from unicode-data, private to width.c and fold.c. */
#ifndef MOPAI_TEXT_UNICODE_H
#define MOPAI_TEXT_UNICODE_H

#include "base/core/compiler.h"

bool unicode_is_wide(uint32_t cp); /* East Asian wide or full-width */
bool unicode_is_zero(uint32_t cp); /* combining marks and format characters */
/* The unified, simplified or common form of an ideograph; cp itself when it has none. */
uint32_t unicode_variant(uint32_t cp);
/* Both in the national list, one a simplification of the other that names keep apart (乾 干). Either order. */
bool unicode_weak_pair(uint32_t a, uint32_t b);
uint32_t unicode_weak_class(uint32_t cp); /* the smallest character it is so paired with, itself when that is the smallest */

#endif
