/* SPDX-License-Identifier: Apache-2.0 */
/* Two prepared values of one type -> a level: one of an ordered, short list per type, strongest agreement first, the last is "different". Level 0 is
   missing on either side and says neither yes nor no. Levels are counted in characters, never in bytes. What a level is worth is not decided here: the
   model weighs it (matchers/model.h).

   Sources: the lists follow Splink's comparison library for Latin data; those for Chinese names the phonetic and shape levels of Collender et al. (2020).
   Departures: swapped fields are a level of both fields; an agreement is never split by frequency here (matchers/score.h does that). */
#ifndef MOPAI_MATCHERS_COMPARE_H
#define MOPAI_MATCHERS_COMPARE_H

#include "matchers/table.h"

#define LEVELS_MAX    16 /* a level fits in four bits of a pattern */
#define LEVEL_MISSING 0
#define LEVEL_SAME    1

enum id_level { ID_SAME = 1, ID_ONE_EDIT, ID_PART, ID_DIFFERENT, ID_CONFLICT, ID_LEVELS };
enum name_level { NAME_L_SAME = 1, NAME_L_WEAK, NAME_L_TONE, NAME_L_SOUND, NAME_L_SWAPPED, NAME_L_LOOKS, NAME_L_PART, NAME_L_ONE, NAME_L_SURNAME, NAME_L_GIVEN,
                  NAME_L_DIFFERENT, NAME_LEVELS };
enum latin_level { LATIN_SAME = 1, LATIN_SWAPPED, LATIN_ONE_EDIT, LATIN_NICKNAME, LATIN_SOUND, LATIN_CLOSE, LATIN_SHORT, LATIN_FAR, LATIN_DIFFERENT, LATIN_LEVELS };
enum date_level { DATE_L_SAME = 1, DATE_L_SWAPPED, DATE_L_ONE_DIGIT, DATE_L_YEAR_MONTH, DATE_L_MONTH_DAY, DATE_L_TWO_DIGITS, DATE_L_YEAR, DATE_L_DIFFERENT, DATE_LEVELS };
enum sex_level { SEX_L_SAME = 1, SEX_L_DIFFERENT, SEX_LEVELS };
enum phone_level { PHONE_L_SAME = 1, PHONE_L_ONE_DIGIT, PHONE_L_TWO_DIGITS, PHONE_L_DIFFERENT, PHONE_LEVELS };
enum address_level { ADDRESS_SAME = 1, ADDRESS_DOOR, ADDRESS_NEAR, ADDRESS_CLOSE, ADDRESS_PART, ADDRESS_DIFFERENT, ADDRESS_LEVELS };
enum area_level { AREA_SAME = 1, AREA_INSIDE, AREA_DIFFERENT, AREA_LEVELS };
enum text_level { TEXT_SAME = 1, TEXT_SWAPPED, TEXT_NEAR, TEXT_CLOSE, TEXT_PART, TEXT_DIFFERENT, TEXT_LEVELS };
enum code_level { CODE_SAME = 1, CODE_SWAPPED, CODE_ONE_EDIT, CODE_DIFFERENT, CODE_LEVELS };
enum clk_level { CLK_SAME = 1, CLK_HIGH, CLK_CLOSE, CLK_NEAR, CLK_DIFFERENT, CLK_LEVELS }; /* Dice 1, from .85 (a homophone, a date slip), .75 (twins), .65 */

/* One level: a stable word for files, what people read, and how often it is seen between two true records of one person where nothing else is known
   (per mille; the training starts there and leans on it while it has seen few pairs). */
struct level {
    const char *word;
    const char *zh, *en;
    int usual;
};
/* The levels of a type, [0] is missing; *out_n counts that one too. */
const struct level *compare_levels(enum field_type t, unsigned *out_n);
/* The level of fields whose values stand crosswise; 0: the type has none. */
unsigned compare_swapped_level(enum field_type t);

/* Values of one dictionary. Symmetric. */
unsigned compare_values(const struct dict *d, uint32_t a, uint32_t b);
/* One field of two rows: compare_values, and the crosswise level where the field has a partner. */
unsigned compare_field(const struct link_table *t, unsigned field, const uint32_t *row_a, const uint32_t *row_b);

/* A pattern: four bits a field, the first field lowest. */
static inline unsigned pattern_level(uint64_t pattern, unsigned field) { return (unsigned)(pattern >> (4 * field)) & 15; }
uint64_t compare_rows(const struct link_table *t, uint32_t a, uint32_t b);

#endif
