/* SPDX-License-Identifier: Apache-2.0 */
/* Weights of evidence as integers. */
#ifndef MOPAI_MATCHERS_BITS_H
#define MOPAI_MATCHERS_BITS_H

#include "base/core/compiler.h"

#define MODEL_BIT 256 /* weights are counted in 1/256 bit */

/* Fixed-point log2 and its inverse without libm: the same bits everywhere. */
int32_t bits_of(double ratio);                /* 256 * log2(ratio), rounded; ratio > 0, clamped to +-64 bits */
uint32_t probability_ppm(int32_t weight);     /* 1,000,000 / (1 + 2^-(weight / 256)), rounded */
int32_t weight_of_ppm(uint32_t ppm);          /* its inverse; 1 .. 999,999 */

#endif
