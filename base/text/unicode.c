/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/unicode.h"

#include <pthread.h>

#include "unicode_tables.inc"

static bool in_ranges(const uint32_t (*ranges)[2], size_t n, uint32_t cp)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cp > ranges[mid][1]) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < n && cp >= ranges[lo][0];
}

bool unicode_is_wide(uint32_t cp)
{
    return cp >= unicode_wide[0][0] && in_ranges(unicode_wide, ARRAY_LEN(unicode_wide), cp);
}

bool unicode_is_zero(uint32_t cp)
{
    return cp >= unicode_zero[0][0] && in_ranges(unicode_zero, ARRAY_LEN(unicode_zero), cp);
}

uint32_t unicode_variant(uint32_t cp)
{
    uint32_t page = cp >> 8;
    if (cp < 0x10000 && !(fold_bits[cp >> 5] >> (cp & 31) & 1)) {
        return cp;
    }
    if (page + 1 >= ARRAY_LEN(fold_page_start)) {
        return cp;
    }
    size_t lo = fold_page_start[page], hi = fold_page_start[page + 1];
    const size_t end = hi;
    uint8_t low = (uint8_t)cp;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (fold_low[mid] < low) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < end && fold_low[lo] == low ? fold_to[lo] : cp;
}

bool unicode_weak_pair(uint32_t a, uint32_t b)
{
    for (size_t i = 0; fold_weak[i][0]; i++) {
        if ((fold_weak[i][0] == a && fold_weak[i][1] == b) || (fold_weak[i][0] == b && fold_weak[i][1] == a)) {
            return true;
        }
    }
    return false;
}

/* Hardly any character has a pair: a bit each says which may, by their low 16 bits, so that most are not looked for in the list. */
static uint64_t has_pair[1024];
static pthread_once_t noted = PTHREAD_ONCE_INIT;

static void note_pairs(void)
{
    for (size_t i = 0; fold_weak[i][0]; i++) {
        for (size_t k = 0; k < 2; k++) {
            has_pair[(fold_weak[i][k] & 0xFFFF) >> 6] |= (uint64_t)1 << (fold_weak[i][k] & 63);
        }
    }
}

uint32_t unicode_weak_class(uint32_t cp)
{
    uint32_t least = cp;
    (void)pthread_once(&noted, note_pairs);
    if (!(has_pair[(cp & 0xFFFF) >> 6] >> (cp & 63) & 1)) {
        return cp;
    }
    for (size_t i = 0; fold_weak[i][0]; i++) {
        if (fold_weak[i][0] == cp || fold_weak[i][1] == cp) {
            least = MIN(least, MIN(fold_weak[i][0], fold_weak[i][1]));
        }
    }
    return least;
}
