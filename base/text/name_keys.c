/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that bring names together in blocks. */
#include <stdlib.h>
#include <string.h>

#include "base/core/hash.h"
#include "base/text/name_compare.h"
#include "base/text/name_form.h"

enum { SOUND_SYLLABLES = 3 }; /* of a transliterated name: its father's part may be missing */

static uint64_t key_of(const void *p, size_t n, uint64_t kind)
{
    return n ? hash64_seed(p, n, kind) | 1 : 0;
}
enum { KEY_SOUND = 1, KEY_INITIAL, KEY_SORTED };

/* --- Latin: every word gives a little text; the texts are sorted ---------------------------------------------------------- */

struct word_key {
    char text[NAME_FORM_CODES * 2];
    size_t n;
};

static int word_cmp(const void *pa, const void *pb)
{
    const struct word_key *a = pa, *b = pb;
    int d = memcmp(a->text, b->text, MIN(a->n, b->n));
    return d ? d : a->n < b->n ? -1 : a->n > b->n;
}

static size_t word_sound(struct name_part w, char *out) { return nysiis(w, out); }
static size_t word_initial(struct name_part w, char *out)
{
    memcpy(out, w.code, sizeof(*w.code));
    return sizeof(*w.code);
}
static size_t word_whole(struct name_part w, char *out)
{
    memcpy(out, w.code, w.n * sizeof(*w.code));
    return w.n * sizeof(*w.code);
}

static uint64_t words_key(const struct name_form *f, size_t (*text)(struct name_part, char *), uint64_t kind)
{
    struct word_key words[NAME_FORM_PARTS];
    uint64_t key = kind;
    bool any = false;
    for (size_t i = 0; i < f->n_parts; i++) {
        words[i].n = text(name_part(f, i), words[i].text);
        any = any || words[i].n;
    }
    qsort(words, f->n_parts, sizeof(*words), word_cmp);
    for (size_t i = 0; i < f->n_parts; i++) {
        key = hash64_seed(words[i].text, words[i].n, key);
    }
    return any ? key | 1 : 0;
}

/* --- characters ------------------------------------------------------------------------------------------------------------- */

/* The different merged syllables of a character, in the order of its readings; the class for a transliterated one, else its own code without a reading. */
static size_t sounds_of(const struct name_form *f, size_t i, uint16_t out[NAME_SOUND_KEYS])
{
    uint16_t code = f->script == NAME_SCRIPT_PARTS ? reading_translit_class(f->code[i]) : f->code[i];
    const uint16_t *readings;
    size_t n = reading_set(code, &readings), k = 0;
    for (size_t r = 0; r < n && k < NAME_SOUND_KEYS; r++) {
        uint16_t s = syllable_merged(reading_syllable(readings[r]));
        size_t j = 0;
        while (j < k && out[j] != s) {
            j++;
        }
        if (j == k) {
            out[k++] = s;
        }
    }
    if (k == 0) {
        out[k++] = code;
    }
    return k;
}

size_t name_sound_keys(const struct name_form *f, uint64_t out_keys[NAME_SOUND_KEYS])
{
    if (f->script == NAME_SCRIPT_NONE) {
        return 0;
    }
    if (f->script == NAME_SCRIPT_LATIN) {
        out_keys[0] = words_key(f, word_sound, KEY_SOUND);
        return out_keys[0] != 0;
    }
    size_t length = f->script == NAME_SCRIPT_PARTS ? MIN(f->n, (size_t)SOUND_SYLLABLES) : f->n, n = 1;
    uint16_t ways[NAME_SOUND_KEYS][NAME_FORM_CODES], sounds[NAME_SOUND_KEYS];
    for (size_t i = 0; i < length; i++) {
        size_t k = sounds_of(f, i, sounds), had = n;
        for (size_t w = 0; w < had; w++) {
            ways[w][i] = sounds[0];
        }
        for (size_t s = 1; s < k; s++) {
            for (size_t w = 0; w < had && n < NAME_SOUND_KEYS; w++, n++) {
                memcpy(ways[n], ways[w], sizeof(ways[n][0]) * i);
                ways[n][i] = sounds[s];
            }
        }
    }
    for (size_t w = 0; w < n; w++) {
        out_keys[w] = key_of(ways[w], length * sizeof(ways[w][0]), KEY_SOUND);
    }
    return n;
}

uint64_t name_initial_key(const struct name_form *f)
{
    char letters[NAME_FORM_CODES];
    if (f->script == NAME_SCRIPT_NONE) {
        return 0;
    }
    if (f->script == NAME_SCRIPT_LATIN) {
        return words_key(f, word_initial, KEY_INITIAL);
    }
    for (size_t i = 0; i < f->n; i++) {
        const uint16_t *readings;
        letters[i] = reading_set(f->code[i], &readings) ? syllable_name(reading_syllable(readings[0]))[0] : '?';
    }
    return key_of(letters, f->n, KEY_INITIAL);
}

static int code_cmp(const void *pa, const void *pb)
{
    uint16_t a = *(const uint16_t *)pa, b = *(const uint16_t *)pb;
    return a < b ? -1 : a > b;
}

uint64_t name_sorted_key(const struct name_form *f)
{
    uint16_t codes[NAME_FORM_CODES];
    if (f->script == NAME_SCRIPT_NONE || f->unreadable) {
        return 0;
    }
    if (f->script == NAME_SCRIPT_LATIN) {
        return words_key(f, word_whole, KEY_SORTED);
    }
    memcpy(codes, f->code, f->n * sizeof(*codes));
    qsort(codes, f->n, sizeof(*codes), code_cmp);
    return key_of(codes, f->n * sizeof(*codes), KEY_SORTED);
}
