/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/shape.h"

#include "base/text/han_tables.h"

enum { CANGJIE_LETTERS = 5, CORNERS = 5 };
enum { WEIGHT_CANGJIE = 350, WEIGHT_CORNERS = 250, WEIGHT_STROKES = 250, WEIGHT_PHONETIC = 150 };

static int cangjie_length(uint32_t code)
{
    int n = 0;
    for (; n < CANGJIE_LETTERS && (code >> (20 - 5 * n) & 31); n++) {
    }
    return n;
}

/* Twice the longest common subsequence over the two lengths. */
static int cangjie_part(uint32_t a, uint32_t b)
{
    int na = cangjie_length(a), nb = cangjie_length(b), row[CANGJIE_LETTERS + 1] = {0};
    if (!na || !nb) {
        return 0;
    }
    for (int i = 0; i < na; i++) {
        int diagonal = 0;
        for (int j = 0; j < nb; j++) {
            int above = row[j + 1];
            bool equal = (a >> (20 - 5 * i) & 31) == (b >> (20 - 5 * j) & 31);
            row[j + 1] = equal ? diagonal + 1 : MAX(above, row[j]);
            diagonal = above;
        }
    }
    return WEIGHT_CANGJIE * 2 * row[nb] / (na + nb);
}

static int corner_part(uint32_t a, uint32_t b)
{
    int equal = 0;
    for (int i = 0; a && b && i < CORNERS; i++) {
        equal += (a >> (4 * i) & 15) == (b >> (4 * i) & 15);
    }
    return WEIGHT_CORNERS * equal / CORNERS;
}

static int stroke_part(int a, int b)
{
    int most = MAX(a, b);
    return most == 0 ? 0 : WEIGHT_STROKES * MIN(a, b) / most;
}

static int phonetic_part(const uint16_t a[2], const uint16_t b[2])
{
    bool common = (a[0] && (a[0] == b[0] || a[0] == b[1])) || (a[1] && (a[1] == b[0] || a[1] == b[1]));
    return common ? WEIGHT_PHONETIC : 0;
}

int shape_similarity(uint16_t a, uint16_t b)
{
    const struct glyph *x = glyph_of(a), *y = glyph_of(b);
    if (!x || !y) {
        return 0;
    }
    if (a == b) {
        return 1000;
    }
    return cangjie_part(x->cangjie, y->cangjie) + corner_part(x->corners, y->corners) + stroke_part(x->strokes, y->strokes) +
           phonetic_part(x->phonetic, y->phonetic);
}
