/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/reading.h"

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "base/text/fold.h"
#include "base/text/han_tables.h"

#include "han_tables.inc"

_Static_assert(HAN_CODE_FIRST + HAN_COUNT <= CODE_OTHER_FIRST, "the dense codes hold every ideograph of the tables");

/* The number of an ideograph in the tables, HAN_COUNT when it has none. */
static uint32_t han_index(uint32_t cp)
{
    uint32_t word = cp >> 6;
    if (word >= ARRAY_LEN(han_bits) || !(han_bits[word] >> (cp & 63) & 1)) {
        return HAN_COUNT;
    }
    uint64_t below = han_bits[word] & (((uint64_t)1 << (cp & 63)) - 1);
    return han_rank[word] + (uint32_t)__builtin_popcountll(below);
}

uint16_t dense_code(uint32_t cp)
{
    if (cp < CODE_LETTER_END) {
        return (uint16_t)cp;
    }
    if (cp == NAME_UNREADABLE) {
        return CODE_UNREADABLE;
    }
    uint32_t i = han_index(cp);
    return (uint16_t)(i < HAN_COUNT ? HAN_CODE_FIRST + i : CODE_OTHER_FIRST + (hash_mix(cp) & (0xFFFF - CODE_OTHER_FIRST)));
}

uint32_t dense_char(uint16_t code)
{
    if (code < CODE_LETTER_END) {
        return code;
    }
    return code >= HAN_CODE_FIRST && code < HAN_CODE_FIRST + HAN_COUNT ? han_char_of[code - HAN_CODE_FIRST] : 0;
}

const struct glyph *glyph_of(uint16_t code)
{
    return code >= HAN_CODE_FIRST && code < HAN_CODE_FIRST + HAN_COUNT ? &glyphs[code - HAN_CODE_FIRST] : NULL;
}

size_t reading_set(uint16_t code, const uint16_t **out_readings)
{
    if (code < HAN_CODE_FIRST || code >= HAN_CODE_FIRST + HAN_COUNT) {
        *out_readings = reading_pool;
        return 0;
    }
    size_t i = (size_t)(code - HAN_CODE_FIRST);
    *out_readings = reading_pool + reading_start[i];
    return (size_t)(reading_start[i + 1] - reading_start[i]);
}

const char *syllable_name(uint16_t syllable)
{
    BUG_ON(syllable >= SYLLABLE_COUNT);
    return syllable_text[syllable];
}

uint16_t syllable_merged(uint16_t syllable)
{
    BUG_ON(syllable >= SYLLABLE_COUNT);
    return syllable_class[syllable];
}

enum reading_match reading_match(uint16_t a, uint16_t b)
{
    const uint16_t *ra, *rb;
    size_t na = reading_set(a, &ra), nb = reading_set(b, &rb);
    enum reading_match best = READING_DIFFERS;
    for (size_t i = 0; i < na; i++) {
        for (size_t j = 0; j < nb; j++) {
            uint16_t x = reading_syllable(ra[i]), y = reading_syllable(rb[j]);
            enum reading_match m = ra[i] == rb[j] ? READING_TONE : x == y ? READING_SYLLABLE : syllable_class[x] == syllable_class[y] ? READING_MERGED : READING_DIFFERS;
            best = MAX(best, m);
        }
    }
    return best;
}

/* --- transliterated names ------------------------------------------------------------------------------------------------ */

/* Characters that write one syllable though they do not sound alike in Mandarin; homophones (买麦, 力里, 卜不, 合和) need no entry.
   Uyghur: DB65/T 2189-2005 维吾尔人名汉字音译转写规则 and the spellings in use before it. Tibetan: the variants which the Tibetan language committee
   gives for its handbook of 2010 (次 泽 才; 丹 单 旦; 罗旦 洛丹), by dialect: Lhasa, Kham, Amdo. Mongolian: 其其格 琪琪格, 巴特尔 and the like are homophones. */
static const uint32_t *const translit_groups[] = {
    U"肉若", U"逊荪孙", U"玉尤优", U"甫普夫福", U"孜则兹", U"夏沙", U"海合",                                     /* Uyghur, Kazakh */
    U"次才泽", U"丹单旦登", U"让仁", U"朗南", U"姆毛", U"玛么", U"顿东敦", U"青钦庆", U"央拥", U"吉杰", U"平彭", /* Tibetan */
};

uint16_t reading_translit_class(uint16_t code)
{
    uint32_t cp = dense_char(code);
    for (size_t g = 0; cp >= 0x4E00 && g < ARRAY_LEN(translit_groups); g++) {
        for (const uint32_t *p = translit_groups[g]; *p; p++) {
            if (*p == cp) {
                return (uint16_t)(HAN_CODE_FIRST + han_index(translit_groups[g][0]));
            }
        }
    }
    return code;
}

bool reading_transliterates(uint16_t a, uint16_t b)
{
    return a == b || reading_match(a, b) != READING_DIFFERS || reading_translit_class(a) == reading_translit_class(b);
}
