/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 by code points. Strict: overlong forms, surrogates and anything above U+10FFFF are invalid. */
#ifndef MOPAI_TEXT_UTF8_H
#define MOPAI_TEXT_UTF8_H

#include "base/core/str.h"

#define UTF8_INVALID UINT32_MAX

/* The next code point of [*p, end), p < end. An invalid byte yields UTF8_INVALID and is stepped over alone. */
uint32_t utf8_next(const char **p, const char *end);
/* Length of the longest valid head: s.n when all of it is valid. */
size_t utf8_valid_head(struct str s);
bool str_is_ascii(struct str s);
/* Number of code points; an invalid byte counts as one. */
size_t utf8_length(struct str s);
/* Byte offset of the k-th code point (0-based), s.n when there are fewer. */
size_t utf8_offset(struct str s, size_t k);
/* Writes 1 to 4 bytes and returns how many. */
size_t utf8_put(char out[4], uint32_t cp);
void strbuf_add_cp(struct strbuf *b, uint32_t cp);

/* One past the last byte; safe for an empty view without bytes. */
static inline const char *str_end(struct str s) { return s.n ? s.p + s.n : s.p; }

static inline bool cp_is_private(uint32_t cp) { return (cp >= 0xE000 && cp <= 0xF8FF) || cp >= 0xF0000; }
/* Ideographs of every block, compatibility ones and 〇 included. */
static inline bool cp_is_han(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || cp == 0x3007 || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0x20000 && cp <= 0x3FFFF);
}

/* True when all beyond ASCII are the three-byte characters U+1000..U+CFFF, as nearly all Chinese text is: valid, and nothing private among them. False means: look
   closer. NUL is not plain. Several GB/s. */
bool utf8_is_plain_han(struct str s);
/* The same of every block of 64 bytes, a bit each (room for s.n / 4096 + 1 words): a piece of the text is plain when all blocks it touches are, the one of the byte
   behind it included. Cheaper than asking for each of many short pieces. */
void utf8_plain_blocks(struct str s, uint64_t *bits);

#endif
