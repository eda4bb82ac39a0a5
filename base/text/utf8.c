/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/utf8.h"

#include "base/text/split_masks.h"

/* Length of the valid sequence at p, 0 when there is none (RFC 3629, table 3-7 of the Unicode Standard). */
static size_t sequence(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] < 0xC2 || p[0] > 0xF4) {
        return 0;
    }
    size_t need = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n < need) {
        return 0;
    }
    unsigned char lo = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char hi = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < lo || p[1] > hi) {
        return 0;
    }
    for (size_t i = 2; i < need; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return need;
}

uint32_t utf8_next(const char **at, const char *end)
{
    const unsigned char *p = (const unsigned char *)*at;
    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }
    size_t len = sequence(p, (size_t)(end - *at));
    *at += len ? len : 1;
    switch (len) {
    case 2:
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    case 3:
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    case 4:
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
    default:
        return UTF8_INVALID;
    }
}

/* Number of leading ASCII bytes, eight at a time. */
static size_t ascii_head(const char *p, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, p + i, 8);
        if (w & 0x8080808080808080u) {
            break;
        }
    }
    while (i < n && (unsigned char)p[i] < 0x80) {
        i++;
    }
    return i;
}

bool str_is_ascii(struct str s)
{
    return ascii_head(s.p, s.n) == s.n;
}

size_t utf8_valid_head(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            i += ascii_head(s.p + i, s.n - i);
            continue;
        }
        size_t len = sequence((const unsigned char *)s.p + i, s.n - i);
        if (!len) {
            break;
        }
        i += len;
    }
    return i;
}

size_t utf8_length(struct str s)
{
    size_t count = 0;
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        (void)utf8_next(&p, end);
        count++;
    }
    return count;
}

size_t utf8_offset(struct str s, size_t k)
{
    const char *p = s.p, *end = str_end(s);
    while (p < end && k) {
        (void)utf8_next(&p, end);
        k--;
    }
    return (size_t)(p - s.p);
}

size_t utf8_put(char out[4], uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

void strbuf_add_cp(struct strbuf *b, uint32_t cp)
{
    char bytes[4];
    strbuf_add(b, bytes, utf8_put(bytes, cp));
}

/* --- plain Chinese text, 64 bytes at a time ---------------------------------------------------------------------------- */

/* True when the bytes beyond ASCII from bit `from` on are leads with their two tails. *tails: those that the block before (its last byte stands before bit `from`)
   and this one leave wanting, bits 0 and 1. */
static inline __attribute__((always_inline)) bool block_is_plain_by(const char *p, unsigned from, uint64_t *tails, void (*masks)(const char *, struct utf8_masks *))
{
    struct utf8_masks m;
    masks(p, &m);
    uint64_t wanted = m.lead << 1 | m.lead << 2 | *tails << from;
    *tails = m.lead >> 63 | m.lead >> 62;
    return !m.nul && ((m.tail ^ wanted) | (m.high & ~(m.tail | m.lead))) >> from == 0;
}

static inline bool block_is_plain(const char *p, unsigned from, uint64_t *tails)
{
#ifdef SPLIT_SIMD
    return block_is_plain_by(p, from, tails, utf8_masks_simd);
#else
    return block_is_plain_by(p, from, tails, utf8_masks_plain);
#endif
}

static inline __attribute__((always_inline)) void plain_blocks_by(struct str s, uint64_t *bits, void (*masks)(const char *, struct utf8_masks *))
{
    uint64_t tails = 0;
    memset(bits, 0, (s.n / (64 * 64) + 1) * sizeof(*bits));
    for (size_t at = 0; at < s.n; at += 64) {
        char rest[64];
        const char *p = s.p + at;
        if (s.n - at < 64) {
            memset(rest, ' ', sizeof(rest)); /* which is no tail: a character cut off at the end is seen */
            memcpy(rest, p, s.n - at);
            p = rest;
        }
        bool plain = block_is_plain_by(p, 0, &tails, masks) && !(at + 64 == s.n && tails != 0);
        bits[at >> 12] |= (uint64_t)plain << (at >> 6 & 63);
    }
}

#ifdef SPLIT_WIDE
static WIDE_CODE void plain_blocks_wide(struct str s, uint64_t *bits)
{
    plain_blocks_by(s, bits, utf8_masks_wide);
}
#endif

void utf8_plain_blocks(struct str s, uint64_t *bits)
{
#ifdef SPLIT_WIDE
    if (split_wide_runs()) {
        plain_blocks_wide(s, bits);
        return;
    }
#endif
#ifdef SPLIT_SIMD
    plain_blocks_by(s, bits, utf8_masks_simd);
#else
    plain_blocks_by(s, bits, utf8_masks_plain);
#endif
}

bool utf8_is_plain_han(struct str s)
{
    uint64_t tails = 0;
    size_t at = 0;
    for (; at + 64 <= s.n; at += 64) {
        if (!block_is_plain(s.p + at, 0, &tails)) {
            return false;
        }
    }
    if (at < s.n && s.n >= 64) { /* the last 64 bytes once more, of which the first are known */
        return block_is_plain(s.p + s.n - 64, (unsigned)(64 - (s.n - at)), &tails) && tails == 0;
    }
    if (at < s.n) {
        char rest[64];
        memset(rest, ' ', sizeof(rest));
        memcpy(rest, s.p, s.n);
        return block_is_plain(rest, 0, &tails);
    }
    return tails == 0;
}
