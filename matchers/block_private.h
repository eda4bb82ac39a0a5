/* SPDX-License-Identifier: Apache-2.0 */
/* Between matchers/block_make.c and block_pairs.c: the key a row has under a recipe, put together from the keys of its values. */
#ifndef MOPAI_MATCHERS_BLOCK_PRIVATE_H
#define MOPAI_MATCHERS_BLOCK_PRIVATE_H

#include "matchers/block.h"

#define ROW_KEYS ((TRANSFORM_MORE + 1) * (TRANSFORM_MORE + 1)) /* two parts by sound in one recipe */

static inline bool bit_of(const uint8_t *bits, uint32_t i) { return bits && bits[i >> 3] >> (i & 7) & 1; }

/* Parts are added, so that given name and surname in each other's column have one key. */
static inline uint64_t part_hash(uint32_t key, unsigned dict) { return hash_mix((uint64_t)key << 8 | dict); }
static inline uint32_t row_key(uint64_t sum) { return (uint32_t)(hash_mix(sum) >> 32); }

/* All keys of a row under a recipe, at most ROW_KEYS; 0 when a part has none. */
unsigned row_keys(const struct blocks *b, unsigned recipe, const uint32_t *ids, uint32_t out[ROW_KEYS]);
/* The further keys of a value; *out_n of them. */
const struct more_key *more_keys(const struct part_keys *p, uint32_t value, size_t *out_n);
/* Has a recipe a part with further keys? */
bool has_more_keys(const struct blocks *b, unsigned recipe);

#endif
