/* SPDX-License-Identifier: Apache-2.0 */
/* Names in characters: Chinese and minority. */
#include "base/text/fold.h"
#include "matchers/compare_private.h"

/* A name in Latin letters in a column of names keeps the list of this type. */
static unsigned latin_as_name(unsigned level)
{
    static const uint8_t as[LATIN_LEVELS] = {[LATIN_SWAPPED] = NAME_L_SWAPPED, [LATIN_ONE_EDIT] = NAME_L_LOOKS,  [LATIN_NICKNAME] = NAME_L_WEAK, [LATIN_SOUND] = NAME_L_SOUND,
                                             [LATIN_CLOSE] = NAME_L_ONE,       [LATIN_SHORT] = NAME_L_PART, [LATIN_DIFFERENT] = NAME_L_DIFFERENT};
    return as[level];
}

static bool weak(const struct dict *d, uint16_t a, uint16_t b)
{
    return a == '?' || b == '?' || fold_weak_equal(code_cp(d->table, a), code_cp(d->table, b));
}

static bool same_multiset(struct codes a, struct codes b)
{
    uint64_t taken = 0;
    for (unsigned i = 0; i < a.n; i++) {
        unsigned j = 0;
        while (j < b.n && ((taken >> j & 1) || a.p[i] != b.p[j])) {
            j++;
        }
        if (j == b.n) {
            return false;
        }
        taken |= (uint64_t)1 << j;
    }
    return true;
}

/* Names of one length: by the places where they differ. */
static unsigned same_length(const struct dict *d, struct codes x, struct codes y, unsigned surname)
{
    unsigned n_differ = 0, n_weak = 0, surname_differs = 0;
    for (unsigned i = 0; i < x.n; i++) {
        if (x.p[i] != y.p[i]) {
            n_differ++;
            n_weak += weak(d, x.p[i], y.p[i]);
            surname_differs += i < surname;
        }
    }
    if (n_weak == n_differ) {
        return NAME_L_WEAK;
    }
    if (n_differ >= 2 && x.n <= 64 && same_multiset(x, y)) {
        return NAME_L_SWAPPED;
    }
    if (n_differ == 1 && !surname_differs && x.n >= 3) {
        return NAME_L_ONE;
    }
    return !surname_differs && surname ? NAME_L_SURNAME : surname_differs == n_differ ? NAME_L_GIVEN : NAME_L_DIFFERENT;
}

unsigned compare_name(const struct dict *d, const struct value *a, const struct value *b)
{
    struct codes x = {value_codes(d, a), a->n}, y = {value_codes(d, b), b->n};
    if ((a->flags ^ b->flags) & VALUE_LATIN) {
        return LEVEL_MISSING; /* pinyin against characters: neither yes nor no */
    }
    if (a->flags & VALUE_LATIN) {
        return latin_as_name(compare_latin(x, y, a->word & b->word));
    }
    if (x.n == y.n) {
        return same_length(d, x, y, MIN(a->surname, b->surname));
    }
    struct codes shorter = x.n < y.n ? x : y, longer = x.n < y.n ? y : x;
    if (shorter.n >= 2 && (memcmp(longer.p, shorter.p, shorter.n * sizeof(*shorter.p)) == 0 ||
                           memcmp(longer.p + longer.n - shorter.n, shorter.p, shorter.n * sizeof(*shorter.p)) == 0)) {
        return NAME_L_PART;
    }
    if (shorter.n >= 2 && one_edit(x, y)) {
        return NAME_L_ONE;
    }
    return a->surname && a->surname == b->surname && memcmp(x.p, y.p, a->surname * sizeof(*x.p)) == 0 ? NAME_L_SURNAME : NAME_L_DIFFERENT;
}
