/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/similarity.h"

#include <string.h>

int damerau_distance(const uint16_t *a, size_t na, const uint16_t *b, size_t nb)
{
    uint8_t rows[3][SIMILARITY_CODES + 1]; /* the row at hand and the two before it, by turns */
    na = MIN(na, (size_t)SIMILARITY_CODES);
    nb = MIN(nb, (size_t)SIMILARITY_CODES);
    for (size_t j = 0; j <= nb; j++) {
        rows[0][j] = (uint8_t)j;
    }
    for (size_t i = 1; i <= na; i++) {
        uint8_t *row = rows[i % 3];
        const uint8_t *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= nb; j++) {
            int d = MIN(MIN(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d = MIN(d, second[j - 2] + 1);
            }
            row[j] = (uint8_t)d;
        }
    }
    return rows[na % 3][nb];
}

/* Marks what a and b have in common within the window of Jaro (1989); returns how many. */
static int common_characters(const uint16_t *a, size_t na, const uint16_t *b, size_t nb, uint64_t *out_in_a, uint64_t *out_in_b)
{
    size_t most = MAX(na, nb), window = most / 2 > 0 ? most / 2 - 1 : 0;
    uint64_t in_a = 0, in_b = 0;
    int n = 0;
    for (size_t i = 0; i < na; i++) {
        size_t end = MIN(i + window + 1, nb);
        for (size_t j = i > window ? i - window : 0; j < end; j++) {
            if (!(in_b >> j & 1) && a[i] == b[j]) {
                in_a |= (uint64_t)1 << i;
                in_b |= (uint64_t)1 << j;
                n++;
                break;
            }
        }
    }
    *out_in_a = in_a;
    *out_in_b = in_b;
    return n;
}

int jaro_winkler(const uint16_t *a, size_t na, const uint16_t *b, size_t nb)
{
    uint64_t in_a, in_b;
    na = MIN(na, (size_t)SIMILARITY_CODES);
    nb = MIN(nb, (size_t)SIMILARITY_CODES);
    if (na == nb && na && memcmp(a, b, na * sizeof(*a)) == 0) {
        return 1000;
    }
    int common = common_characters(a, na, b, nb, &in_a, &in_b);
    if (common == 0) {
        return 0;
    }
    int turned = 0; /* common characters that stand in another order */
    while (in_a) {
        turned += a[__builtin_ctzll(in_a)] != b[__builtin_ctzll(in_b)];
        in_a &= in_a - 1;
        in_b &= in_b - 1;
    }
    int64_t c = common, x = (int64_t)na, y = (int64_t)nb;
    int64_t jaro = (2000000 * c * y * c + 2000000 * c * x * c + 2000000 * x * y * c - 1000000 * x * y * turned) / (6 * x * y * c); /* millionths */
    int prefix = 0;
    while (prefix < 4 && (size_t)prefix < MIN(na, nb) && a[prefix] == b[prefix]) {
        prefix++;
    }
    jaro += prefix * (1000000 - jaro) / 10;
    return MIN((int)((jaro + 500) / 1000), 999);
}
