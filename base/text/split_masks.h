/* SPDX-License-Identifier: Apache-2.0 */
/* 64 bytes to bit masks, four times the same: SSE2, AVX2 where the machine has it, NEON, plain C. Private to split.c and utf8.c. Bit i is byte i. */
#ifndef MOPAI_TEXT_SPLIT_MASKS_H
#define MOPAI_TEXT_SPLIT_MASKS_H

#include "base/core/str.h"

/* What cuts text. Line ends are looked at without asking (a branch that comes out either way costs more than the masks), quotes, which most files have none of,
   are asked for first. */
struct cut_masks {
    uint64_t marks;         /* delimiters and the three that follow */
    uint64_t quote, cr, lf;
    bool odd;               /* some byte is NUL, or beyond ASCII */
};
/* What UTF-8 makes of bytes beyond ASCII: 80..BF; E1..EC, which begin three bytes and nearly every ideograph. */
struct utf8_masks {
    uint64_t high, tail, lead;
    bool nul;
};
/* In one piece with the loop over the blocks: as calls, with their masks in memory, they took twice the time. */
#define MASKS static inline __attribute__((always_inline)) void

MASKS cut_masks_plain(const char *p, char delimiter, struct cut_masks *m)
{
    *m = (struct cut_masks){0};
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i];
        m->marks |= (uint64_t)(c == (unsigned char)delimiter || c == '"' || c == '\r' || c == '\n') << i;
        m->quote |= (uint64_t)(c == '"') << i;
        m->cr |= (uint64_t)(c == '\r') << i;
        m->lf |= (uint64_t)(c == '\n') << i;
        m->odd |= c == 0 || c >= 0x80;
    }
}

MASKS utf8_masks_plain(const char *p, struct utf8_masks *m)
{
    *m = (struct utf8_masks){0};
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i];
        m->nul |= c == 0;
        m->high |= (uint64_t)(c >> 7) << i;
        m->tail |= (uint64_t)((c & 0xC0) == 0x80) << i;
        m->lead |= (uint64_t)(c >= 0xE1 && c <= 0xEC) << i;
    }
}

#if defined(__SSE2__)
#include <emmintrin.h>
#define SPLIT_SIMD 1

static inline uint64_t bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(a) | (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 | (uint64_t)(unsigned)_mm_movemask_epi8(c) << 32 |
           (uint64_t)(unsigned)_mm_movemask_epi8(d) << 48;
}

MASKS cut_masks_simd(const char *p, char delimiter, struct cut_masks *m)
{
    const __m128i *from = (const __m128i *)(const void *)p;
    __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1), c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
    __m128i comma = _mm_set1_epi8(delimiter), quote = _mm_set1_epi8('"'), cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
#define OR(w, x, y, z) _mm_or_si128(_mm_or_si128(w, x), _mm_or_si128(y, z))
#define EQUAL(x) bits(_mm_cmpeq_epi8(a, x), _mm_cmpeq_epi8(b, x), _mm_cmpeq_epi8(c, x), _mm_cmpeq_epi8(d, x))
    m->cr = EQUAL(cr);
    m->lf = EQUAL(lf);
    m->marks = EQUAL(comma) | m->cr | m->lf;
    m->quote = 0;
    if (__builtin_expect(_mm_movemask_epi8(OR(_mm_cmpeq_epi8(a, quote), _mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(c, quote), _mm_cmpeq_epi8(d, quote))), 0)) {
        m->quote = EQUAL(quote);
        m->marks |= m->quote;
    }
    __m128i least = _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d));
    m->odd = _mm_movemask_epi8(_mm_or_si128(OR(a, b, c, d), _mm_cmpeq_epi8(least, _mm_setzero_si128()))) != 0;
#undef EQUAL
#undef OR
}

/* As signed bytes 80..BF are the least of all, E1..EC lie between E0 and ED. */
MASKS utf8_masks_simd(const char *p, struct utf8_masks *m)
{
    const __m128i *from = (const __m128i *)(const void *)p;
    __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1), c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
    __m128i c0 = _mm_set1_epi8((char)0xC0), e0 = _mm_set1_epi8((char)0xE0), ed = _mm_set1_epi8((char)0xED);
#define LEAD(v) _mm_and_si128(_mm_cmpgt_epi8(v, e0), _mm_cmplt_epi8(v, ed))
    __m128i least = _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d));
    m->nul = _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128())) != 0;
    m->high = bits(a, b, c, d);
    m->tail = bits(_mm_cmplt_epi8(a, c0), _mm_cmplt_epi8(b, c0), _mm_cmplt_epi8(c, c0), _mm_cmplt_epi8(d, c0));
    m->lead = bits(LEAD(a), LEAD(b), LEAD(c), LEAD(d));
#undef LEAD
}

/* The same by registers twice as wide, on nearly every machine of the last ten years; asked at run time. Counting and clearing bits are one instruction there. */
#if defined(__x86_64__)
#include <immintrin.h>
#define SPLIT_WIDE      1
#define WIDE_CODE       __attribute__((target("avx2,bmi,popcnt")))
#define WIDE_MASKS      WIDE_CODE MASKS

static inline bool split_wide_runs(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

#define BITS2(x, y) ((uint64_t)(unsigned)_mm256_movemask_epi8(x) | (uint64_t)(unsigned)_mm256_movemask_epi8(y) << 32)

WIDE_MASKS cut_masks_wide(const char *p, char delimiter, struct cut_masks *m)
{
    const __m256i *from = (const __m256i *)(const void *)p;
    __m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1), quote = _mm256_set1_epi8('"');
#define EQUAL(c) BITS2(_mm256_cmpeq_epi8(a, _mm256_set1_epi8(c)), _mm256_cmpeq_epi8(b, _mm256_set1_epi8(c)))
    m->cr = EQUAL('\r');
    m->lf = EQUAL('\n');
    m->marks = EQUAL(delimiter) | m->cr | m->lf;
    m->quote = 0;
    if (__builtin_expect(_mm256_movemask_epi8(_mm256_or_si256(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(b, quote))), 0)) {
        m->quote = EQUAL('"');
        m->marks |= m->quote;
    }
    m->odd = _mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(a, b), _mm256_cmpeq_epi8(_mm256_min_epu8(a, b), _mm256_setzero_si256()))) != 0;
#undef EQUAL
}

WIDE_MASKS utf8_masks_wide(const char *p, struct utf8_masks *m)
{
    const __m256i *from = (const __m256i *)(const void *)p;
    __m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);
    __m256i c0 = _mm256_set1_epi8((char)0xC0), e0 = _mm256_set1_epi8((char)0xE0), ed = _mm256_set1_epi8((char)0xED);
#define LEAD(v) _mm256_and_si256(_mm256_cmpgt_epi8(v, e0), _mm256_cmpgt_epi8(ed, v))
    m->nul = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(a, b), _mm256_setzero_si256())) != 0;
    m->high = BITS2(a, b);
    m->tail = BITS2(_mm256_cmpgt_epi8(c0, a), _mm256_cmpgt_epi8(c0, b));
    m->lead = BITS2(LEAD(a), LEAD(b));
#undef LEAD
}
#undef BITS2
#endif

#elif defined(__ARM_NEON) && defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include <arm_neon.h>
#define SPLIT_SIMD 1

/* Lanes of all ones or zeros to one bit each: a weight a lane, then neighbours are added up three times. */
static inline uint64_t bits(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t w = vld1q_u8(weights);
    uint8x16_t ab = vpaddq_u8(vandq_u8(a, w), vandq_u8(b, w)), cd = vpaddq_u8(vandq_u8(c, w), vandq_u8(d, w));
    uint8x16_t all = vpaddq_u8(ab, cd);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

MASKS cut_masks_simd(const char *p, char delimiter, struct cut_masks *m)
{
    const uint8_t *from = (const uint8_t *)p;
    uint8x16_t a = vld1q_u8(from), b = vld1q_u8(from + 16), c = vld1q_u8(from + 32), d = vld1q_u8(from + 48);
    uint8x16_t comma = vdupq_n_u8((uint8_t)delimiter), quote = vdupq_n_u8('"'), cr = vdupq_n_u8('\r'), lf = vdupq_n_u8('\n');
#define OR(w, x, y, z) vorrq_u8(vorrq_u8(w, x), vorrq_u8(y, z))
#define EQUAL(x) bits(vceqq_u8(a, x), vceqq_u8(b, x), vceqq_u8(c, x), vceqq_u8(d, x))
    m->cr = EQUAL(cr);
    m->lf = EQUAL(lf);
    m->marks = EQUAL(comma) | m->cr | m->lf;
    m->quote = 0;
    if (__builtin_expect(vmaxvq_u8(OR(vceqq_u8(a, quote), vceqq_u8(b, quote), vceqq_u8(c, quote), vceqq_u8(d, quote))) != 0, 0)) {
        m->quote = EQUAL(quote);
        m->marks |= m->quote;
    }
    m->odd = vmaxvq_u8(OR(a, b, c, d)) >= 0x80 || vminvq_u8(vminq_u8(vminq_u8(a, b), vminq_u8(c, d))) == 0;
#undef EQUAL
#undef OR
}

MASKS utf8_masks_simd(const char *p, struct utf8_masks *m)
{
    const uint8_t *from = (const uint8_t *)p;
    uint8x16_t a = vld1q_u8(from), b = vld1q_u8(from + 16), c = vld1q_u8(from + 32), d = vld1q_u8(from + 48);
#define HIGH(v) vcgeq_u8(v, vdupq_n_u8(0x80))
#define TAIL(v) vceqq_u8(vandq_u8(v, vdupq_n_u8(0xC0)), vdupq_n_u8(0x80))
#define LEAD(v) vandq_u8(vcgeq_u8(v, vdupq_n_u8(0xE1)), vcleq_u8(v, vdupq_n_u8(0xEC)))
    m->nul = vminvq_u8(vminq_u8(vminq_u8(a, b), vminq_u8(c, d))) == 0;
    m->high = bits(HIGH(a), HIGH(b), HIGH(c), HIGH(d));
    m->tail = bits(TAIL(a), TAIL(b), TAIL(c), TAIL(d));
    m->lead = bits(LEAD(a), LEAD(b), LEAD(c), LEAD(d));
#undef HIGH
#undef TAIL
#undef LEAD
}
#endif

#endif
