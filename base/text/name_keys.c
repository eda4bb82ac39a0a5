/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that bring names together in blocks. */
#include <stdlib.h>
#include <string.h>

#include "base/core/hash.h"
#include "base/text/name_compare.h"

enum { SOUND_SYLLABLES = 3 }; /* of a transliterated name: its father's part may be missing */

static uint64_t key_of(const void *p, size_t n, uint64_t kind)
{
    return n ? hash64_seed(p, n, kind) | 1 : 0;
}
enum { KEY_SOUND = 1, KEY_INITIAL, KEY_SORTED };

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
    if (f->script == NAME_SCRIPT_NONE || f->script == NAME_SCRIPT_LATIN) {
        return 0;
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
    if (f->script == NAME_SCRIPT_NONE || f->script == NAME_SCRIPT_LATIN) {
        return 0;
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
    memcpy(codes, f->code, f->n * sizeof(*codes));
    qsort(codes, f->n, sizeof(*codes), code_cmp);
    return key_of(codes, f->n * sizeof(*codes), KEY_SORTED);
}
