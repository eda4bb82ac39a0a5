/* SPDX-License-Identifier: Apache-2.0 */
/* What nearly every date and amount looks like, from text or raw bytes alike. False says nothing: cell_read must be asked. */
#ifndef MOPAI_INGEST_CELL_QUICK_H
#define MOPAI_INGEST_CELL_QUICK_H

#include "base/core/date.h"
#include "base/core/digits.h"
#include "base/core/str.h"

/* 2026-03-01 with nothing or a time behind it, years 1900 to 2099; anything else goes the long way. */
static inline bool quick_date(struct str s, daynum *out)
{
    if (s.n != 10 && !(s.n == 19 && s.p[10] == ' ' && s.p[13] == ':' && s.p[16] == ':')) {
        return false;
    }
    uint64_t w;
    memcpy(&w, s.p, sizeof(w));
    w ^= 0x2d30302d30303030u; /* "0000-00-" as a little-endian word: digits become their values, dashes nothing */
    unsigned d1 = (unsigned)((unsigned char)s.p[8] - '0'), d2 = (unsigned)((unsigned char)s.p[9] - '0');
    if ((((w & 0x7f7f7f7f7f7f7f7fu) + 0x7676767676767676u) | w) & 0x8080808080808080u || w & 0xff0000ff00000000u || d1 > 9 || d2 > 9) {
        return false;
    }
    uint64_t pairs = w * 10 + (w >> 8); /* two digits a number, at the first of them */
    unsigned century = (unsigned)(pairs & 0xFF), year = century * 100 + (unsigned)(pairs >> 16 & 0xFF);
    unsigned month = (unsigned)(pairs >> 40 & 0xFF), day = d1 * 10 + d2;
    if (century - 19 > 1) {
        return false;
    }
    if (month - 1 > 11 || day - 1 > 27) {
        return day_parse_iso(str_n(s.p, 10), out);
    }
    /* days from civil, with the year beginning in March: days of the months before this one, then of the years, 1899 the first of them */
    static const uint16_t months[13] = {0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    unsigned y = month <= 2 ? year - 1 : year, hundreds = y / 100;
    *out = (daynum)(y * 365 + y / 4 - hundreds + hundreds / 4 + months[month] + day) - 719469;
    return true;
}

/* Four to eight characters with two decimals or none, all at once. */
static inline bool money8(struct str s, int64_t *out_hundredths)
{
    uint32_t head, tail;
    memcpy(&head, s.p, 4);
    memcpy(&tail, s.p + s.n - 4, 4);
    unsigned pad = 8 * (8 - (unsigned)s.n);
    uint64_t w = (uint64_t)tail << 32 | (uint64_t)head << pad; /* moved to the end of the word; where both stand they are the same */
    w |= 0x3030303030303030u & (((uint64_t)1 << pad) - 1);
    bool dot = (w >> 40 & 0xFF) == '.';
    w = dot ? (w & 0xFFFF000000000000u) | (w & 0x000000FFFFFFFFFFu) << 8 | '0' : w;
    if (!digits8_values(&w)) {
        return false;
    }
    *out_hundredths = (int64_t)digits8_number(w) * (dot ? 1 : 100);
    return true;
}

/* Digits, at most one dot with one or two digits behind it, a leading minus: what nearly every amount looks like. */
static inline bool quick_money(struct str s, int64_t *out_hundredths)
{
    const char *p = s.p, *end = s.p + s.n;
    bool minus = *p == '-';
    int64_t v = 0;
    unsigned d = 10;
    p += minus;
    if (s.n > 15 || p == end) {
        return false;
    }
    if (s.n >= 4 && s.n <= 8 && money8(s, out_hundredths)) {
        return true;
    }
    const char *from = p;
    for (; p < end && (d = (unsigned)((unsigned char)*p - '0')) < 10; p++) {
        v = v * 10 + d;
    }
    if (p == from) {
        return false;
    }
    v *= 100;
    if (p < end) {
        unsigned tenth = end - p > 1 ? (unsigned)((unsigned char)p[1] - '0') : 10, hundredth = end - p > 2 ? (unsigned)((unsigned char)p[2] - '0') : 0;
        if (*p != '.' || end - p > 3 || tenth > 9 || hundredth > 9) {
            return false;
        }
        v += tenth * 10 + hundredth;
    }
    *out_hundredths = minus ? -v : v;
    return true;
}

#endif
