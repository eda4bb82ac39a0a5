/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/fold.h"

#include "base/text/cell.h"
#include "base/text/unicode.h"
#include "base/text/utf8.h"

static bool is_middle_dot(uint32_t cp)
{
    switch (cp) {
    case 0xB7:
    case 0x387:
    case 0x2022:
    case 0x2027:
    case 0x2219:
    case 0x22C5:
    case 0x2E31:
    case 0x30FB:
    case 0xFF65:
        return true;
    default:
        return false;
    }
}

uint32_t fold_width(uint32_t cp)
{
    if (cp >= 'a' && cp <= 'z') {
        return cp;
    }
    if (cp >= 0xFF01 && cp <= 0xFF5E) {
        cp -= 0xFEE0;
    }
    if (cp < 0x80) {
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp > ' ' && cp != 0x7F ? cp : cp_is_blank(cp) ? ' ' : 0;
    }
    if (cp >= 0x4E00 && cp <= 0x9FFF) {
        return cp;
    }
    if (is_middle_dot(cp)) {
        return 0xB7;
    }
    if (cp_is_blank(cp)) {
        return ' ';
    }
    if (cp_is_zero_width(cp) || (cp >= 0x80 && cp < 0xA0) || (cp >= 0xFE00 && cp <= 0xFE0F)) {
        return 0;
    }
    if (cp >= 0xC0 && cp <= 0xDE && cp != 0xD7) {
        return cp + 32;
    }
    if (cp == 0xFFE5) {
        return 0xA5;
    }
    bool compatibility = (cp >= 0x2E80 && cp <= 0x2FD5) || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x2F800 && cp <= 0x2FA1F);
    return compatibility ? unicode_variant(cp) : cp;
}

uint32_t fold_cp(uint32_t cp)
{
    cp = fold_width(cp);
    return cp < 0x2E80 ? cp : unicode_variant(cp);
}

/* Beside the pairs that unicode-data itself gives: 乾干 於于 瞭了 著着 锺钟 ... */
static const uint32_t weak_pairs[][2] = {{0x8427, 0x8096}, {0x960E, 0x95EB}, {0x5085, 0x4ED8}, {0x6234, 0x4EE3}, {0x90B1, 0x4E18}, {0x95F5, 0x95FD},
                                         {0x5586, 0x54F2}, {0x5803, 0x5764}, {0x794E, 0x8886}, {0x6607, 0x5347}, {0x752F, 0x5B81}, {0x9EB4, 0x66F2}};

bool fold_weak_equal(uint32_t a, uint32_t b)
{
    if (a == b) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(weak_pairs); i++) {
        if ((weak_pairs[i][0] == a && weak_pairs[i][1] == b) || (weak_pairs[i][0] == b && weak_pairs[i][1] == a)) {
            return true;
        }
    }
    return unicode_weak_pair(a, b);
}

uint32_t fold_weak_class(uint32_t cp)
{
    uint32_t class = cp < 0x3400 ? cp : unicode_weak_class(cp);
    for (size_t i = 0; i < ARRAY_LEN(weak_pairs); i++) {
        if (weak_pairs[i][0] == class) {
            return weak_pairs[i][1];
        }
    }
    return class;
}

static void fold_text(struct str s, uint32_t (*fold)(uint32_t), struct strbuf *out)
{
    const char *p = s.p, *end = str_end(s);
    strbuf_reserve(out, s.n);
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        uint32_t folded = cp == UTF8_INVALID ? cp : fold(cp);
        if (folded == cp && cp != ' ') {
            strbuf_add(out, here, (size_t)(p - here));
        } else if (folded && folded != ' ') {
            strbuf_add_cp(out, folded);
        }
    }
}

void fold_key(struct str s, struct strbuf *out)
{
    fold_text(s, fold_cp, out);
}

void fold_label(struct str s, struct strbuf *out)
{
    fold_text(s, fold_width, out);
}
