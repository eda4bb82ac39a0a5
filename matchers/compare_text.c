/* SPDX-License-Identifier: Apache-2.0 */
/* Latin names, free text and addresses. */
#include "matchers/compare_private.h"
#include "matchers/prepare.h"

#define WORDS_MAX 12

struct words {
    struct codes v[WORDS_MAX];
    unsigned n;
};

static struct words split(struct codes text)
{
    struct words w = {.n = 0};
    for (unsigned i = 0; i < text.n && w.n < WORDS_MAX; i++) {
        unsigned from = i;
        while (i < text.n && text.p[i] != ' ') {
            i++;
        }
        w.v[w.n++] = (struct codes){text.p + from, i - from};
    }
    return w;
}

static bool same_codes(struct codes a, struct codes b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n * sizeof(*a.p)) == 0;
}

/* How many words of a are in b, each word of b once. */
static unsigned words_shared(const struct words *a, const struct words *b)
{
    unsigned taken = 0, n = 0;
    for (unsigned i = 0; i < a->n; i++) {
        for (unsigned j = 0; j < b->n; j++) {
            if (!(taken >> j & 1) && same_codes(a->v[i], b->v[j])) {
                taken |= 1u << j;
                n++;
                break;
            }
        }
    }
    return n;
}

static bool has_blank(struct codes a)
{
    for (unsigned i = 0; i < a.n; i++) {
        if (a.p[i] == ' ') {
            return true;
        }
    }
    return false;
}

/* Same words, other order; or, with `part`, all words of the shorter one in the longer. */
static bool same_words(struct codes a, struct codes b, bool part)
{
    if (!has_blank(a) && !has_blank(b)) {
        return false;
    }
    struct words x = split(a), y = split(b);
    unsigned shared = words_shared(&x, &y);
    return part ? shared == MIN(x.n, y.n) : shared == x.n && x.n == y.n;
}

unsigned compare_latin(const struct dict *d, const struct value *x, const struct value *y)
{
    uint16_t room[2][VALUE_CODES];
    struct codes a = value_codes(d, x, room[0]), b = value_codes(d, y, room[1]);
    struct codes shorter = a.n <= b.n ? a : b, longer = a.n <= b.n ? b : a;
    if (x->word & y->word) {
        return LATIN_NICKNAME;
    }
    if (!letters_shared(x, y)) {
        return LATIN_DIFFERENT;
    }
    if (same_words(a, b, false)) {
        return LATIN_SWAPPED;
    }
    if (longer.n >= 3 && one_edit(a, b)) {
        return LATIN_ONE_EDIT;
    }
    if (shorter.n >= 3 && x->sound == y->sound) {
        return LATIN_SOUND;
    }
    unsigned alike = jaro_winkler(a, b);
    if (alike >= 880 || (alike >= 700 && longer.n >= 6 && edit_count(a, b) <= 2)) {
        return LATIN_CLOSE;
    }
    bool head = memcmp(shorter.p, longer.p, shorter.n * sizeof(*shorter.p)) == 0;
    if ((head && (shorter.n == 1 || shorter.n >= 3)) || same_words(a, b, true)) {
        return LATIN_SHORT;
    }
    return alike >= 750 ? LATIN_FAR : LATIN_DIFFERENT;
}

/* Characters of the shorter one that may be wrong in a text that is still "a slip or two" apart. */
static unsigned slips(struct codes a, struct codes b)
{
    return 1 + MIN(MIN(a.n, b.n), 64u) / 10;
}

static bool near(struct codes a, struct codes b)
{
    unsigned longer = MAX(a.n, b.n), shorter = MIN(a.n, b.n);
    return longer >= 3 && (one_edit(a, b) || (longer - shorter <= slips(a, b) && longer >= 6 && edit_count(a, b) <= slips(a, b)));
}

static bool contains(struct codes longer, struct codes shorter)
{
    for (unsigned i = 0; shorter.n >= 3 && i + shorter.n <= longer.n; i++) {
        if (memcmp(longer.p + i, shorter.p, shorter.n * sizeof(*shorter.p)) == 0) {
            return true;
        }
    }
    return false;
}

unsigned compare_text(struct codes a, struct codes b)
{
    if (same_words(a, b, false)) {
        return TEXT_SWAPPED;
    }
    if (near(a, b)) {
        return TEXT_NEAR;
    }
    unsigned dice = bigram_dice(a, b);
    if (dice >= 700 || ((dice >= 250 || MAX(a.n, b.n) <= 8) && jaro_winkler(a, b) >= 900)) {
        return TEXT_CLOSE;
    }
    return dice >= 450 || contains(a.n >= b.n ? a : b, a.n >= b.n ? b : a) ? TEXT_PART : TEXT_DIFFERENT;
}

static bool same_digits(struct codes a, struct codes b)
{
    unsigned i = 0, j = 0, seen = 0;
    for (;;) {
        while (i < a.n && (a.p[i] < '0' || a.p[i] > '9')) {
            i++;
        }
        while (j < b.n && (b.p[j] < '0' || b.p[j] > '9')) {
            j++;
        }
        if (i >= a.n || j >= b.n || a.p[i] != b.p[j]) {
            return seen && i >= a.n && j >= b.n;
        }
        i++, j++, seen++;
    }
}

/* Addresses that are words, not taken apart. */
static unsigned compare_words_address(struct codes a, struct codes b)
{
    unsigned dice = bigram_dice(a, b);
    bool digits = same_digits(a, b);
    if (digits && (dice >= 600 || contains(a.n >= b.n ? a : b, a.n >= b.n ? b : a))) {
        return ADDRESS_DOOR;
    }
    if (near(a, b) && !(a.n == b.n && dice < 500)) {
        return ADDRESS_NEAR;
    }
    if (dice >= 750) {
        return ADDRESS_CLOSE;
    }
    return dice >= 450 ? ADDRESS_PART : ADDRESS_DIFFERENT;
}

unsigned compare_address(const struct dict *d, const struct value *a, const struct value *b)
{
    uint16_t room[2][VALUE_CODES];
    struct codes x = value_codes(d, a, room[0]), y = value_codes(d, b, room[1]);
    if ((a->flags | b->flags) & VALUE_LATIN) {
        return letters_shared(a, b) && bigrams_shared(a, b) ? compare_words_address(x, y) : ADDRESS_DIFFERENT;
    }
    switch (address_compare(&d->places.v[a - d->values.v], &d->places.v[b - d->values.v])) {
    case ADDRESS_LIKE_ROOM: return ADDRESS_DOOR;
    case ADDRESS_LIKE_BUILDING: return ADDRESS_CLOSE;
    case ADDRESS_LIKE_ESTATE:
    case ADDRESS_LIKE_COMMUNITY: return ADDRESS_PART;
    case ADDRESS_LIKE_DIFFERS: return same_digits(x, y) && near(x, y) ? ADDRESS_NEAR : ADDRESS_DIFFERENT; /* a wrong character in a name */
    case ADDRESS_LIKE_UNKNOWN:
    case ADDRESS_LIKE_COUNT: break;
    }
    return LEVEL_MISSING;
}
