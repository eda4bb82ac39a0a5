/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOPAI_TEXT_ADDRESS_PRIVATE_H
#define MOPAI_TEXT_ADDRESS_PRIVATE_H

#include "base/text/address.h"

#define ADDRESS_CHARS 120
/* Folded characters with numbers in one form: digits, '-' between them, ' ' where a comma or blank stood; brackets gone. Returns how many. */
size_t address_normalise(struct str text, uint32_t out[ADDRESS_CHARS]);
/* Length of `word` when it stands at cp[at], else 0. */
size_t address_at(const uint32_t *cp, size_t n, size_t at, const uint32_t *word);
bool address_one_of(uint32_t cp, const uint32_t *set);

#endif
