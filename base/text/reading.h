/* SPDX-License-Identifier: Apache-2.0 */
/* Ideographs as dense 16-bit codes, and their Mandarin readings as sets with tones. Tables made at build time from unicode-data's Unihan.
   A reading set is what kTGHZ2013 and kXHC1983 list together, and kHanyuPinyin and kMandarin for what neither holds: a key made of the set is right for
   105 of 107 polyphonic surnames where one guess is right for 68 to 84 (tests/data/text_surname_readings.tsv). Only keys and comparisons use this; a name
   is never rewritten. */
#ifndef MOPAI_TEXT_READING_H
#define MOPAI_TEXT_READING_H

#include "base/core/str.h"

/* Codes: 1 .. 0x24F the letter itself, HAN_CODE_FIRST + k the k-th ideograph of the tables (43,619, all planes), CODE_OTHER_FIRST .. 0xFFFF anything
   else by hash: two rare characters may share one (1 in 16,384), so equality of names is judged on their texts as well. 0 is no character. */
#define CODE_NONE       0
#define CODE_LETTER_END 0x250
#define CODE_UNREADABLE 0x3FF /* ? □ * and what else stands for a character nobody could type */
#define HAN_CODE_FIRST  0x400
#define CODE_OTHER_FIRST 0xC000
uint16_t dense_code(uint32_t cp);
uint32_t dense_char(uint16_t code); /* 0 for codes that are not one character's own */
static inline bool code_is_han(uint16_t code) { return code >= HAN_CODE_FIRST && code < CODE_OTHER_FIRST; }

/* One reading: syllable * 8 + tone, tones 1 to 4, 5 for the neutral one. */
static inline uint16_t reading_syllable(uint16_t reading) { return reading >> 3; }
static inline int reading_tone(uint16_t reading) { return reading & 7; }
/* All readings of a code, the one for display first; 0 when there are none. The array is static. */
size_t reading_set(uint16_t code, const uint16_t **out_readings);
/* "zhong"; ü is written v. */
const char *syllable_name(uint16_t syllable);
/* Syllables many speakers do not keep apart have one class: z zh, c ch, s sh, n l, in ing, en eng. A syllable number too. */
uint16_t syllable_merged(uint16_t syllable);

enum reading_match { READING_DIFFERS, READING_MERGED, READING_SYLLABLE, READING_TONE };
/* The best that any reading of a and any of b agree in. Codes without readings differ, even from themselves. */
enum reading_match reading_match(uint16_t a, uint16_t b);
/* Both write the same syllable of a transliterated name: merged readings agree, or the two stand for each other in the conventions named in reading.c. */
bool reading_transliterates(uint16_t a, uint16_t b);
/* A code that all the characters which write one transliterated syllable share. */
uint16_t reading_translit_class(uint16_t code);

#endif
