/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/wilson.h"

#include "base/core/bug.h"

__extension__ typedef unsigned __int128 wide;
enum { Z2 = 38416, UNIT = 10000 }; /* z = 1.96: z squared in 1/10000 */

static uint64_t root(wide v)
{
    uint64_t r = 0;
    for (int bit = 62; bit >= 0; bit--) {
        uint64_t next = r | (uint64_t)1 << bit;
        if ((wide)next * next <= v) {
            r = next;
        }
    }
    return r;
}

static uint32_t per_mille(uint64_t part, uint64_t whole) { return (uint32_t)(((wide)part * 2000 + whole) / ((wide)whole * 2)); }

/* centre = (k + z2/2) / (n + z2); half = z * sqrt(k (n - k) / n + z2 / 4) / (n + z2). Everything times 10^4, the root times 10^4 once more. */
struct share wilson(uint64_t k, uint64_t n)
{
    BUG_ON(k > n || n > 1000000000);
    if (n == 0) {
        return (struct share){0, 0, 1000};
    }
    wide inside = (wide)k * (n - k) * UNIT * UNIT / n + (wide)Z2 * UNIT / 4; /* times 10^8 */
    uint64_t half = root(inside * Z2 * UNIT);                                                                     /* times 10^8: sqrt(10^8 * 10^4 * 10^4) */
    uint64_t bottom = (n * UNIT + Z2) * UNIT;                                                                     /* times 10^8 */
    uint64_t centre = (k * UNIT + Z2 / 2) * UNIT;
    uint64_t low = centre > half ? centre - half : 0, high = centre + half;
    struct share s = {per_mille(k, n), per_mille(low, bottom), per_mille(high, bottom)};
    s.high = s.high > 1000 || k == n ? 1000 : s.high;
    s.low = k == 0 ? 0 : s.low;
    return s;
}
