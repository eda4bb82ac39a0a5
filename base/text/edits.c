/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/edits.h"

#include <string.h>

bool one_edit(struct codes a, struct codes b)
{
    unsigned head = 0, tail = 0, most = MIN(a.n, b.n);
    if (MAX(a.n, b.n) - most > 1) {
        return false;
    }
    while (head < most && a.p[head] == b.p[head]) {
        head++;
    }
    while (tail < most - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail]) {
        tail++;
    }
    unsigned left_a = a.n - head - tail, left_b = b.n - head - tail;
    if (left_a + left_b == 0) {
        return false;
    }
    return (left_a <= 1 && left_b <= 1) || (left_a == 2 && left_b == 2 && a.p[head] == b.p[head + 1] && a.p[head + 1] == b.p[head]);
}

/* Positions of b's character c as bits. Texts are short: a scan is faster than a table that has to be cleared. */
static uint64_t positions(struct codes text, uint16_t c)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < text.n; i++) {
        bits |= (uint64_t)(text.p[i] == c) << i;
    }
    return bits;
}

unsigned edit_count(struct codes a, struct codes b)
{
    a.n = MIN(a.n, 64), b.n = MIN(b.n, 64);
    if (b.n == 0) {
        return a.n;
    }
    uint64_t plus = ~(uint64_t)0, minus = 0, last = (uint64_t)1 << (b.n - 1);
    unsigned score = b.n;
    for (unsigned i = 0; i < a.n; i++) {
        uint64_t eq = positions(b, a.p[i]);
        uint64_t xv = eq | minus;
        uint64_t xh = (((eq & plus) + plus) ^ plus) | eq;
        uint64_t up = minus | ~(xh | plus), down = plus & xh;
        score += (up & last) != 0;
        score -= (down & last) != 0;
        up = up << 1 | 1, down <<= 1;
        plus = down | ~(xv | up);
        minus = up & xv;
    }
    return score;
}

unsigned jaro_winkler(struct codes a, struct codes b)
{
    a.n = MIN(a.n, 64), b.n = MIN(b.n, 64);
    if (a.n == 0 || b.n == 0) {
        return 0;
    }
    unsigned longer = MAX(a.n, b.n), window = longer / 2 > 0 ? longer / 2 - 1 : 0, common = 0, half_swaps = 0, prefix = 0;
    uint64_t taken_a = 0, taken_b = 0;
    for (unsigned i = 0; i < a.n; i++) {
        unsigned from = i > window ? i - window : 0, to = MIN(b.n, i + window + 1);
        uint64_t in_window = from < to ? (to - from == 64 ? ~(uint64_t)0 : (((uint64_t)1 << (to - from)) - 1) << from) : 0;
        uint64_t hit = positions(b, a.p[i]) & in_window & ~taken_b;
        if (hit) {
            taken_b |= hit & (~hit + 1);
            taken_a |= (uint64_t)1 << i;
            common++;
        }
    }
    if (common == 0) {
        return 0;
    }
    for (uint64_t ra = taken_a, rb = taken_b; ra; ra &= ra - 1, rb &= rb - 1) {
        half_swaps += a.p[__builtin_ctzll(ra)] != b.p[__builtin_ctzll(rb)];
    }
    unsigned jaro = (1000 * common / a.n + 1000 * common / b.n + 1000 * (common - half_swaps / 2) / common) / 3;
    while (prefix < 4 && prefix < MIN(a.n, b.n) && a.p[prefix] == b.p[prefix]) {
        prefix++;
    }
    return jaro + prefix * (1000 - jaro) / 10;
}

unsigned bigram_dice(struct codes a, struct codes b)
{
    a.n = MIN(a.n, 65), b.n = MIN(b.n, 65);
    if (a.n < 2 || b.n < 2) {
        return a.n == b.n && a.n && a.p[0] == b.p[0] ? 1000 : 0;
    }
    uint64_t taken = 0;
    unsigned common = 0;
    for (unsigned i = 0; i + 1 < a.n; i++) {
        for (unsigned j = 0; j + 1 < b.n; j++) {
            if (!(taken >> j & 1) && a.p[i] == b.p[j] && a.p[i + 1] == b.p[j + 1]) {
                taken |= (uint64_t)1 << j;
                common++;
                break;
            }
        }
    }
    return 2000 * common / (a.n + b.n - 2);
}
