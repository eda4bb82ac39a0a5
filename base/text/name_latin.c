/* SPDX-License-Identifier: Apache-2.0 */
/* Names in Latin letters: words, initials, one slip, NYSIIS; and pinyin against characters. */
#include "base/text/name_form.h"

#include <string.h>

#include "base/text/similarity.h"

/* --- NYSIIS ---------------------------------------------------------------------------------------------------------------- */

enum { WORD_LETTERS = 32 };

static bool is_vowel(char c)
{
    return c && strchr("aeiou", c);
}

/* The word as plain letters a-z; what is none of them is left out. */
static size_t letters_of(struct name_part word, char out[WORD_LETTERS + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < word.n && n < WORD_LETTERS; i++) {
        if (word.code[i] >= 'a' && word.code[i] <= 'z') {
            out[n++] = (char)word.code[i];
        }
    }
    out[n] = 0;
    return n;
}

/* Replaces the head or tail `from` by `to`, which is not longer. */
static size_t replace_at(char *w, size_t n, size_t at, const char *from, const char *to)
{
    size_t old = strlen(from), new = strlen(to);
    if (at > n || n - at < old || memcmp(w + at, from, old) != 0) {
        return n;
    }
    memcpy(w + at, to, new);
    memmove(w + at + new, w + at + old, n - at - old + 1);
    return n - old + new;
}

static size_t fold_ends(char *w, size_t n)
{
    static const char *const heads[][2] = {{"mac", "mcc"}, {"kn", "nn"}, {"k", "c"}, {"ph", "ff"}, {"pf", "ff"}, {"sch", "sss"}};
    static const char *const tails[][2] = {{"ee", "y"}, {"ie", "y"}, {"dt", "d"}, {"rt", "d"}, {"rd", "d"}, {"nt", "d"}, {"nd", "d"}};
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        if (strncmp(w, heads[i][0], strlen(heads[i][0])) == 0) {
            n = replace_at(w, n, 0, heads[i][0], heads[i][1]);
            break;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        size_t len = strlen(tails[i][0]);
        if (n > len && strcmp(w + n - len, tails[i][0]) == 0) {
            return replace_at(w, n, n - len, tails[i][0], tails[i][1]);
        }
    }
    return n;
}

/* What the letters at w[i] become; sees what stood there before as changed so far. */
static void step(char *w, size_t i)
{
    static const char *const runs[][2] = {{"ev", "af"}, {"kn", "nn"}, {"sch", "sss"}, {"ph", "ff"}};
    for (size_t r = 0; r < ARRAY_LEN(runs); r++) {
        size_t len = strlen(runs[r][0]);
        if (strncmp(w + i, runs[r][0], len) == 0) {
            memcpy(w + i, runs[r][1], len);
            return;
        }
    }
    char before = w[i - 1], after = w[i + 1];
    switch (w[i]) {
    case 'e':
    case 'i':
    case 'o':
    case 'u':
        w[i] = 'a';
        break;
    case 'q':
        w[i] = 'g';
        break;
    case 'z':
        w[i] = 's';
        break;
    case 'm':
        w[i] = 'n';
        break;
    case 'k':
        w[i] = 'c';
        break;
    case 'h':
        w[i] = is_vowel(before) && is_vowel(after) ? 'h' : before;
        break;
    case 'w':
        w[i] = is_vowel(before) ? before : 'w';
        break;
    default:
        break;
    }
}

size_t nysiis(struct name_part word, char out[NYSIIS_LETTERS])
{
    char w[WORD_LETTERS + 4] = {0}, key[WORD_LETTERS + 1];
    size_t n = letters_of(word, w), k = 0;
    n = fold_ends(w, n);
    if (n == 0) {
        return 0;
    }
    key[k++] = w[0];
    for (size_t i = 1; i < n; i++) {
        step(w, i);
        if (w[i] != key[k - 1]) {
            key[k++] = w[i];
        }
    }
    if (k > 1 && key[k - 1] == 's') {
        k--;
    }
    if (k > 2 && key[k - 2] == 'a' && key[k - 1] == 'y') {
        key[k - 2] = 'y';
        k--;
    }
    if (k > 1 && key[k - 1] == 'a') {
        k--;
    }
    k = MIN(k, (size_t)NYSIIS_LETTERS);
    memcpy(out, key, k);
    return k;
}

/* --- levels ---------------------------------------------------------------------------------------------------------------- */

static bool same_word(struct name_part a, struct name_part b)
{
    return a.n == b.n && memcmp(a.code, b.code, a.n * sizeof(*a.code)) == 0;
}

static bool same_sound(struct name_part a, struct name_part b)
{
    char x[NYSIIS_LETTERS], y[NYSIIS_LETTERS];
    size_t n = nysiis(a, x), m = nysiis(b, y);
    return n > 1 && n == m && memcmp(x, y, n) == 0;
}

/* john for john, j for john */
static bool word_or_initial(struct name_part a, struct name_part b)
{
    return same_word(a, b) || ((a.n == 1 || b.n == 1) && a.code[0] == b.code[0]);
}

/* Every word of the one with fewer stands, whole or as an initial, in order in the other; at least one of them whole. */
static bool has_all_words(const struct name_form *few, const struct name_form *many)
{
    size_t at = 0;
    bool whole = false;
    for (size_t i = 0; i < few->n_parts; i++) {
        struct name_part w = name_part(few, i);
        while (at < many->n_parts && !word_or_initial(w, name_part(many, at))) {
            at++;
        }
        if (at == many->n_parts) {
            return false;
        }
        whole = whole || (w.n > 1 && same_word(w, name_part(many, at)));
        at++;
    }
    return whole;
}

static bool shares_word(const struct name_form *a, const struct name_form *b)
{
    for (size_t i = 0; i < a->n_parts; i++) {
        for (size_t j = 0; j < b->n_parts; j++) {
            if (name_part(a, i).n > 1 && same_word(name_part(a, i), name_part(b, j))) {
                return true;
            }
        }
    }
    return false;
}

static bool all_sound_alike(const struct name_form *a, const struct name_form *b)
{
    for (size_t i = 0; i < a->n_parts; i++) {
        if (a->n_parts != b->n_parts || !same_sound(name_part(a, i), name_part(b, i))) {
            return false;
        }
    }
    return a->n_parts > 0;
}

enum name_level name_latin_compare(const struct name_form *a, const struct name_form *b)
{
    enum { CLOSE = 920, NEAR = 800, SLIP_LETTERS = 4 };
    bool a_first = a->n_parts != b->n_parts ? a->n_parts < b->n_parts : a->n <= b->n;
    const struct name_form *few = a_first ? a : b, *many = a_first ? b : a;
    if (all_sound_alike(a, b)) {
        return NAME_LEVEL_PINYIN;
    }
    if (name_parts_swapped(a, b, same_word)) {
        return NAME_LEVEL_SWAPPED;
    }
    if (few->n == 1 && few->code[0] == many->code[0]) {
        return NAME_LEVEL_PART; /* a lone initial */
    }
    int jw = jaro_winkler(a->code, a->n, b->code, b->n);
    bool slip = MIN(a->n, b->n) >= SLIP_LETTERS && damerau_distance(a->code, a->n, b->code, b->n) == 1;
    if (slip || jw >= CLOSE) {
        return NAME_LEVEL_ALIKE;
    }
    if (has_all_words(few, many) || (few->n_parts == many->n_parts && has_all_words(many, few))) {
        return NAME_LEVEL_PART;
    }
    return jw >= NEAR ? NAME_LEVEL_ONE : shares_word(a, b) ? NAME_LEVEL_SURNAME : NAME_LEVEL_NONE;
}

/* --- pinyin ----------------------------------------------------------------------------------------------------------------- */

/* How many of the letters at `at` the syllable takes, 0 when it is another; ü is written v, u or yu. */
static size_t takes(const struct name_form *latin, size_t at, const char *syllable)
{
    size_t i = 0;
    for (; syllable[i]; i++) {
        uint16_t c = at + i < latin->n ? latin->code[at + i] : 0;
        if (c != (uint16_t)(unsigned char)syllable[i] && !(syllable[i] == 'v' && c == 'u')) {
            return 0;
        }
    }
    return i;
}

/* Characters from .. end - 1 spelled by the letters from `at` on; *out_at is where they end. The first fitting reading is taken. */
static bool spells(const struct name_form *latin, size_t at, const struct name_form *han, size_t from, size_t end, size_t *out_at)
{
    for (size_t i = from; i < end; i++) {
        const uint16_t *readings;
        size_t n = reading_set(han->code[i], &readings), best = 0;
        for (size_t r = 0; r < n; r++) {
            best = MAX(best, takes(latin, at, syllable_name(reading_syllable(readings[r]))));
        }
        if (best == 0) {
            return false;
        }
        at += best;
    }
    *out_at = at;
    return true;
}

bool name_latin_spells(const struct name_form *latin, const struct name_form *han)
{
    size_t at = 0;
    size_t surname = han->surname;
    if (latin->n < 3) {
        return false;
    }
    if (spells(latin, 0, han, 0, han->n, &at) && at == latin->n) {
        return true;
    }
    return surname && spells(latin, 0, han, surname, han->n, &at) && spells(latin, at, han, 0, surname, &at) && at == latin->n;
}
