/* SPDX-License-Identifier: Apache-2.0 */
/* The glyph table of reading.c, for shape.c. */
#ifndef MOPAI_TEXT_HAN_TABLES_H
#define MOPAI_TEXT_HAN_TABLES_H

#include "base/core/compiler.h"

struct glyph {
    uint32_t cangjie;     /* five letters of five bits, A is 1, first letter highest, 0 behind the last */
    uint32_t corners;     /* five digits of four bits, digit + 1, 15 for a missing fifth; 0: no code */
    uint8_t strokes;
    uint8_t listed;       /* GLYPH_TGH, GLYPH_GB2312 */
    uint16_t phonetic[2]; /* series of kPhonetic, 0: none */
};
#define GLYPH_TGH    1 /* 通用规范汉字表, 8,105 characters */
#define GLYPH_GB2312 2 /* 6,763 */
const struct glyph *glyph_of(uint16_t code); /* NULL when the code is no ideograph of the tables */

#endif
