/* SPDX-License-Identifier: Apache-2.0 */
/* The residue solver: damaged numbers solved and looked up among a million known ones a second. Bar (one core): 1 M/s. An argument says how many
   numbers (default 1,000,000), for runs under callgrind. */
#include <stdio.h>
#include <stdlib.h>

#include "base/core/clock.h"
#include "base/core/bug.h"
#include "base/core/map.h"
#include "matchers/identifier.h"
#include "matchers/repair.h"

enum { KNOWN = 1000000 };

static uint64_t number_of(uint64_t k)
{
    uint64_t r = hash_mix(k + 1), day = (1930 + r % 90) * 10000 + (1 + (r >> 8) % 12) * 100 + 1 + (r >> 16) % 28;
    return ident_pack(IDENT_RESIDENT, (120192 + 2 * (r >> 24 & 1)) * 100000000000u + day * 1000 + (r >> 32) % 1000);
}

/* One digit of places 7 to 17 wrong. */
static uint64_t damage(uint64_t id, uint64_t k)
{
    char text[IDENT_TEXT_MAX];
    ident_print(id, text);
    size_t at = 6 + hash_mix(k) % 11;
    text[at] = (char)('0' + (text[at] - '0' + 1 + (int)(k % 9)) % 10);
    return ident_parse(str_of(text));
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 1000000;
    struct map64 known = {0};
    uint64_t *damaged = xmalloc((n + 1) * sizeof(*damaged));
    size_t proposed = 0, met = 0, found = 0;
    map64_reserve(&known, KNOWN);
    for (uint32_t k = 0; k < KNOWN; k++) {
        map64_put(&known, number_of(k), k);
    }
    for (size_t i = 0; i < n; i++) {
        damaged[i] = damage(number_of(i % KNOWN), i);
    }
    int64_t t0 = clock_monotonic_ms();
    for (size_t i = 0; i < n; i++) {
        struct repair v[REPAIR_MAX];
        size_t m = repair_propose(damaged[i], (struct str){NULL, 0}, v);
        bool hit = false;
        for (size_t k = 0; k < m; k++) {
            map64_prefetch(&known, v[k].id);
        }
        for (size_t k = 0; k < m; k++) {
            bool there = map64_get(&known, v[k].id) != MAP_NONE;
            met += there;
            hit |= there && v[k].id == number_of(i % KNOWN);
        }
        proposed += m;
        found += hit;
    }
    int64_t ms = clock_monotonic_ms() - t0;
    printf("repair\tsolve and look up\t%.2f M/s\n", (double)n / 1000.0 / (double)MAX(ms, 1));
    printf("repair\tproposals a number\t%.1f, known %.2f, right one among them %.4f\n", (double)proposed / (double)n, (double)met / (double)n, (double)found / (double)n);
    map64_release(&known);
    free(damaged);
    return 0;
}
