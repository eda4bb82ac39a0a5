/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/money.h"

/* Commas may stand anywhere between digits of the whole part: exports group by three or by four. */
bool fen_parse(struct str s, fen *out_fen)
{
    size_t i = 0;
    bool negative = false;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) {
        negative = s.p[i++] == '-';
    }
    fen v = 0;
    size_t digits = 0;
    for (; i < s.n && (is_digit((unsigned char)s.p[i]) || (s.p[i] == ',' && digits)); i++) {
        if (s.p[i] != ',') {
            v = v * 10 + (s.p[i] - '0');
            digits++;
        }
        if (v > FEN_MAX / 100) {
            return false;
        }
    }
    int decimals = 0;
    v *= 100;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && is_digit((unsigned char)s.p[i]); i++, decimals++) {
            int d = s.p[i] - '0';
            if (decimals < 2) {
                v += decimals == 0 ? d * 10 : d;
            } else if (d != 0) {
                return false; /* a third decimal that matters is not money */
            }
        }
    }
    if (i != s.n || (digits == 0 && decimals == 0)) {
        return false;
    }
    *out_fen = negative ? -v : v;
    return true;
}

static void add_fen(struct strbuf *b, fen v, bool commas)
{
    if (v == FEN_MISSING) {
        return;
    }
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    char whole[24];
    size_t n = 0, group = 0;
    uint64_t yuan = u / 100;
    do {
        if (commas && group == 3) {
            whole[n++] = ',';
            group = 0;
        }
        whole[n++] = (char)('0' + yuan % 10);
        yuan /= 10;
        group++;
    } while (yuan && n < sizeof(whole) - 2);
    if (v < 0) {
        strbuf_addc(b, '-');
    }
    while (n) {
        strbuf_addc(b, whole[--n]);
    }
    strbuf_addf(b, ".%02u", (unsigned)(u % 100));
}

void strbuf_add_fen(struct strbuf *b, fen v)
{
    add_fen(b, v, false);
}

void strbuf_add_fen_comma(struct strbuf *b, fen v)
{
    add_fen(b, v, true);
}
