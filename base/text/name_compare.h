/* SPDX-License-Identifier: Apache-2.0 */
/* Two names compared for linkage, in levels from best to worst, and the keys that bring names together in blocks. A name is prepared once; comparing two
   prepared names takes some 20 to 300 ns, allocates nothing, and is symmetric. Two names in Latin letters are only told equal or not: their levels are
   those of matchers/compare.h.
   Levels follow Collender et al. 2020 (phonetic and visual), Lam 2025 (pinyin) and Peng, Yu, Dredze 2015; here a fuzzy level is taken only when every
   other character of the name agrees. Siblings' names differ in one character: NAME_LEVEL_ONE is weak evidence inside a household. */
#ifndef MOPAI_TEXT_NAME_COMPARE_H
#define MOPAI_TEXT_NAME_COMPARE_H

#include "base/text/reading.h"

#define NAME_FORM_CODES 36 /* longer names are compared by their head */
#define NAME_FORM_PARTS 6

enum name_script {
    NAME_SCRIPT_NONE,  /* nothing to compare: blank, unreadable throughout, 某某之子 */
    NAME_SCRIPT_HAN,   /* surname and given name, two to four characters */
    NAME_SCRIPT_PARTS, /* transliterated: dotted, five characters and more, or four without a compound surname */
    NAME_SCRIPT_LATIN  /* words of letters, marks taken off (é is e) */
};

struct name_form {
    uint64_t plain;      /* hash of the text after width, blanks and dots; 0: none */
    uint64_t folded;     /* the same after variant folding and weak equals: equal for 張三 and 张三, 萧明 and 肖明; usable as an exact key */
    uint8_t n;
    uint8_t surname;     /* characters of it, 0 when it cannot be told */
    uint8_t unreadable;  /* how many of the codes are CODE_UNREADABLE */
    uint8_t script;      /* enum name_script */
    uint8_t n_parts;     /* at least 1 when n is */
    uint8_t part_end[NAME_FORM_PARTS]; /* code index behind each part or Latin word */
    bool cut;            /* longer than NAME_FORM_CODES */
    uint16_t code[NAME_FORM_CODES]; /* after variant folding and weak equals; last, so that who keeps many may keep the first n alone */
};
/* Cleans first (base/text/fold.h name_clean): marks, digits, remarks are no part of a name. Any bytes are allowed. */
void name_form_make(struct str name, struct name_form *out);

enum name_likeness {
    NAME_LEVEL_UNKNOWN,   /* says nothing: either is missing, unreadable, or of a newborn without a name */
    NAME_LEVEL_SAME,      /* same but for width, blanks, dots, accents */
    NAME_LEVEL_VARIANT,   /* same after variants and weak equals (張 张, 萧 肖) */
    NAME_LEVEL_TONE,      /* same pinyin with tones, whatever the characters */
    NAME_LEVEL_PINYIN,    /* same pinyin; transliterated names: same classes (买买提 麦麦提); characters against pinyin that spells them */
    NAME_LEVEL_SWAPPED,   /* given characters, surname and given name, or parts in another order */
    NAME_LEVEL_ALIKE,     /* one character differs and looks alike, or is unreadable */
    NAME_LEVEL_PART,      /* one has a part fewer: the father's name is missing, or the text was cut */
    NAME_LEVEL_ONE,       /* one character of three and more differs, is lost or extra */
    NAME_LEVEL_SURNAME,   /* same surname only; transliterated names: one part is common */
    NAME_LEVEL_GIVEN,     /* same given name only */
    NAME_LEVEL_NONE,
    NAME_LEVEL_LATIN,     /* both in Latin letters and not equal */
    NAME_LEVEL_COUNT
};
enum name_likeness name_compare(const struct name_form *a, const struct name_form *b);
const char *name_level_word(enum name_likeness l); /* in the language in force */
const char *name_level_code(enum name_likeness l); /* stable: "same", "variant", ... */

/* --- blocking keys: 0 is no key ---------------------------------------------------------------------------------------- */
#define NAME_SOUND_KEYS 4
/* Keys by sound, dialects merged (syllable_merged): one for each way to read the name, at most NAME_SOUND_KEYS, so that two names of the same pinyin share one.
   Transliterated names: the first three syllables by class. None for Latin letters. Returns how many. */
size_t name_sound_keys(const struct name_form *f, uint64_t out_keys[NAME_SOUND_KEYS]);
/* The first letters of the syllables as first read (zhang wei: z, w); of Latin words: 0. */
uint64_t name_initial_key(const struct name_form *f);
/* The characters whatever their order. */
uint64_t name_sorted_key(const struct name_form *f);

#endif
