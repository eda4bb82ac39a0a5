/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/width.h"

#include "base/text/unicode.h"
#include "base/text/utf8.h"

int width_cp(uint32_t cp)
{
    if (cp < 0x300) {
        return 1;
    }
    if (cp == UTF8_INVALID) {
        return 1;
    }
    if (unicode_is_wide(cp)) {
        return 2;
    }
    return unicode_is_zero(cp) ? 0 : 1;
}

size_t width_str(struct str s)
{
    size_t columns = 0;
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        columns += (size_t)width_cp(utf8_next(&p, end));
    }
    return columns;
}

size_t width_fit(struct str s, size_t columns)
{
    size_t used = 0;
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        const char *here = p;
        used += (size_t)width_cp(utf8_next(&p, end));
        if (used > columns) {
            return (size_t)(here - s.p);
        }
    }
    return s.n;
}

void strbuf_add_padded(struct strbuf *b, struct str s, size_t columns)
{
    strbuf_adds(b, s);
    for (size_t have = width_str(s); have < columns; have++) {
        strbuf_addc(b, ' ');
    }
}
