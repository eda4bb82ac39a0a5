/* SPDX-License-Identifier: Apache-2.0 */
/* Interval of a share: Wilson's score interval at 95 % (E. B. Wilson, JASA 22, 1927), in integers, so that every machine prints the same. */
#ifndef MOPAI_CORE_WILSON_H
#define MOPAI_CORE_WILSON_H

#include "base/core/compiler.h"

struct share {
    uint32_t value, low, high; /* per mille, rounded half up; value is k / n */
};
/* k of n, k <= n <= 10^9. n 0: 0, 0, 1000. */
struct share wilson(uint64_t k, uint64_t n);

#endif
