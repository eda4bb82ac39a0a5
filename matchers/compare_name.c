/* SPDX-License-Identifier: Apache-2.0 */
/* Names in characters: Chinese and minority. */
#include "matchers/compare_private.h"

/* A name in Latin letters in a column of names keeps the list of this type. */
static unsigned latin_as_name(unsigned level)
{
    static const uint8_t as[LATIN_LEVELS] = {[LATIN_SWAPPED] = NAME_L_SWAPPED, [LATIN_ONE_EDIT] = NAME_L_LOOKS,  [LATIN_NICKNAME] = NAME_L_WEAK, [LATIN_SOUND] = NAME_L_SOUND,
                                             [LATIN_CLOSE] = NAME_L_ONE,       [LATIN_SHORT] = NAME_L_PART, [LATIN_FAR] = NAME_L_DIFFERENT, [LATIN_DIFFERENT] = NAME_L_DIFFERENT};
    return as[level];
}

unsigned compare_name(const struct dict *d, const struct value *a, const struct value *b)
{
    static const uint8_t as[NAME_LEVEL_COUNT] = {
        [NAME_LEVEL_UNKNOWN] = LEVEL_MISSING, [NAME_LEVEL_SAME] = NAME_L_SAME,       [NAME_LEVEL_VARIANT] = NAME_L_WEAK, [NAME_LEVEL_TONE] = NAME_L_TONE,
        [NAME_LEVEL_PINYIN] = NAME_L_SOUND,   [NAME_LEVEL_SWAPPED] = NAME_L_SWAPPED, [NAME_LEVEL_ALIKE] = NAME_L_LOOKS,  [NAME_LEVEL_PART] = NAME_L_PART,
        [NAME_LEVEL_ONE] = NAME_L_ONE,        [NAME_LEVEL_SURNAME] = NAME_L_SURNAME, [NAME_LEVEL_GIVEN] = NAME_L_GIVEN,  [NAME_LEVEL_NONE] = NAME_L_DIFFERENT,
    };
    if (a->flags & b->flags & VALUE_LATIN) {
        return latin_as_name(compare_latin(d, a, b));
    }
    return as[name_compare(value_form(d, (uint32_t)(a - d->values.v)), value_form(d, (uint32_t)(b - d->values.v)))];
}
