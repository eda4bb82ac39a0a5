/* SPDX-License-Identifier: Apache-2.0 */
/* What name_compare.c and name_keys.c share with name_latin.c. */
#ifndef MOPAI_TEXT_NAME_FORM_H
#define MOPAI_TEXT_NAME_FORM_H

#include "base/text/name_compare.h"

struct name_part {
    const uint16_t *code;
    size_t n;
};
static inline struct name_part name_part(const struct name_form *f, size_t i)
{
    size_t from = i ? f->part_end[i - 1] : 0;
    return (struct name_part){f->code + from, (size_t)f->part_end[i] - from};
}
/* Are the parts of one those of the other in another order? */
bool name_parts_swapped(const struct name_form *a, const struct name_form *b, bool (*equal)(struct name_part, struct name_part));

#define NYSIIS_LETTERS 8
/* New York State Identification and Intelligence System (Taft 1970), eight letters; text without NUL, returns its length. */
size_t nysiis(struct name_part word, char out[NYSIIS_LETTERS]);
enum name_level name_latin_compare(const struct name_form *a, const struct name_form *b);
/* Do the letters spell the characters in pinyin, surname first or last? */
bool name_latin_spells(const struct name_form *latin, const struct name_form *han);

#endif
