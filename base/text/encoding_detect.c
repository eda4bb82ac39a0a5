/* SPDX-License-Identifier: Apache-2.0 */
/* Which encoding a file is in: five steps over a prefix, without a detector library and without a table. */
#include "base/text/encoding.h"

#include <stdio.h>

#include "base/text/utf8.h"

/* What one reading of the prefix found. */
struct reading {
    size_t bad;        /* first invalid byte, SIZE_MAX when none */
    size_t non_ascii;  /* characters */
    size_t chinese;    /* of them: ideographs, CJK and general punctuation, full-width, middle dot */
    size_t latin;      /* of them: U+00C0..U+024F */
    size_t free_han;   /* GB18030 only: runs of ideographs that touch no ASCII letter */
    size_t between;    /* GB18030 only: runs between two ASCII letters */
    size_t beside;     /* GB18030 only: runs with an ASCII letter on one side */
    size_t pairs;      /* GB18030 only: characters of two bytes */
    size_t usual;      /* of them: in GB 2312, which holds nearly all that is written */
};

static bool is_chinese_use(uint32_t cp)
{
    return cp_is_han(cp) || (cp >= 0x3000 && cp <= 0x303F) || (cp >= 0xFF00 && cp <= 0xFFEF) || cp == 0xB7 || (cp >= 0x2010 && cp <= 0x2027) ||
           cp == 0x203B || cp == 0x221A || (cp >= 0x2460 && cp <= 0x24FF) || (cp >= 0x25A0 && cp <= 0x25FF) || cp == 0xFFE5;
}

/* True when the bytes from p to the end could be the start of a character that the cut took the rest of. */
static bool utf8_cut(const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
    if (c > 0xF4 || (size_t)(end - p) >= need) {
        return false;
    }
    for (const char *q = p + 1; q < end; q++) {
        if (((unsigned char)*q & 0xC0) != 0x80) {
            return false;
        }
    }
    return true;
}

static struct reading read_utf8(struct str s, bool whole)
{
    struct reading r = {.bad = SIZE_MAX};
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        if (cp < 0x80) {
            continue;
        }
        if (cp == UTF8_INVALID) {
            if (!whole && utf8_cut(here, end)) {
                break;
            }
            r.bad = MIN(r.bad, (size_t)(here - s.p));
            continue;
        }
        r.non_ascii++;
        r.chinese += is_chinese_use(cp);
        r.latin += cp >= 0xC0 && cp <= 0x24F;
    }
    return r;
}

/* Length of the GB18030 character at p by shape; 0 when it is none, `left` + 1 when the end cuts it. */
static size_t gb_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80 || p[0] == 0x80) {
        return 1; /* 0x80: the euro of CP936, a defect of its line and not of the file */
    }
    if (p[0] == 0xFF) {
        return 0;
    }
    if (left < 2) {
        return left + 1;
    }
    if (p[1] >= 0x40 && p[1] != 0x7F && p[1] != 0xFF) {
        return 2;
    }
    if (p[1] < 0x30 || p[1] > 0x39 || (left >= 3 && (p[2] < 0x81 || p[2] == 0xFF)) || (left >= 4 && (p[3] < 0x30 || p[3] > 0x39))) {
        return 0;
    }
    return left < 4 ? left + 1 : 4;
}

/* Rows of ideographs: GB 2312 B0-F7, GBK/3 81-A0, GBK/4 AA-FE with a low trail. */
static bool gb_is_han(const unsigned char *p, size_t length)
{
    if (length == 4) {
        return p[0] <= 0x84 || p[0] >= 0x95;
    }
    return length == 2 && ((p[0] >= 0xB0 && p[0] <= 0xF7 && p[1] >= 0xA1) || p[0] <= 0xA0 || (p[0] >= 0xAA && p[1] <= 0xA0));
}

static struct reading read_gb(struct str s, bool whole)
{
    struct reading r = {.bad = SIZE_MAX};
    const unsigned char *p = (const unsigned char *)s.p, *start = p;
    size_t left = s.n, run = 0;
    bool letter_before = false, last_letter = false;
    for (;;) {
        size_t length = left ? gb_length(p, left) : 0;
        bool han = left && length && length <= left && gb_is_han(p, length);
        bool letter = left && is_alpha(*p);
        if (han) {
            letter_before = run++ ? letter_before : last_letter;
        } else if (run) {
            int touched = letter_before + letter;
            *(touched == 2 ? &r.between : touched ? &r.beside : &r.free_han) += 1;
            run = 0;
        }
        if (!left || (!whole && length > left)) {
            return r;
        }
        last_letter = letter;
        if (!length || length > left) {
            r.bad = MIN(r.bad, (size_t)(p - start));
            length = 1;
        }
        r.non_ascii += *p >= 0x80;
        r.pairs += length == 2;
        r.usual += length == 2 && ((p[0] >= 0xA1 && p[0] <= 0xA9) || (p[0] >= 0xB0 && p[0] <= 0xF7)) && p[1] >= 0xA1;
        p += length;
        left -= length;
    }
}

/* Share of units that are ASCII when read in this order, per thousand; -1 when surrogates do not pair. */
static int utf16_ascii_share(struct str s, bool big_endian, bool *out_has_line_end)
{
    size_t units = s.n / 2, ascii = 0;
    bool high = false;
    const unsigned char *p = (const unsigned char *)s.p;
    *out_has_line_end = false;
    for (size_t i = 0; i < units; i++, p += 2) {
        unsigned unit = big_endian ? (unsigned)(p[0] << 8 | p[1]) : (unsigned)(p[1] << 8 | p[0]);
        bool low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (high != low) {
            return -1;
        }
        high = unit >= 0xD800 && unit <= 0xDBFF;
        ascii += (unit >= 0x20 && unit < 0x7F) || unit == '\t' || unit == '\r' || unit == '\n';
        *out_has_line_end = *out_has_line_end || unit == '\n' || unit == '\r';
    }
    return units ? (int)(ascii * 1000 / units) : 0;
}

static bool utf16_plausible(struct str s, enum encoding e)
{
    bool line_end, other_line_end;
    if (s.n == 0 || !memchr(s.p, 0, s.n)) {
        return false; /* every ASCII character would have one */
    }
    int mine = utf16_ascii_share(s, e == ENC_UTF16BE, &line_end);
    int other = utf16_ascii_share(s, e != ENC_UTF16BE, &other_line_end);
    return mine >= 100 && mine > other * 4 && (line_end || mine >= 500); /* one stray NUL in a short file makes no UTF-16 */
}

static void verdict(struct encoding_verdict *v, enum encoding e, enum encoding_how how, const char *why)
{
    v->encoding = e;
    v->how = how;
    (void)snprintf(v->why, sizeof(v->why), "%s", why);
}

static bool detect_bom(struct str s, struct encoding_verdict *v)
{
    static const struct {
        const char *bytes;
        uint8_t n;
        enum encoding encoding;
    } boms[] = {{"\xEF\xBB\xBF", 3, ENC_UTF8}, {"\x84\x31\x95\x33", 4, ENC_GB18030}, {"\xFF\xFE", 2, ENC_UTF16LE}, {"\xFE\xFF", 2, ENC_UTF16BE}};
    for (size_t i = 0; i < ARRAY_LEN(boms); i++) {
        struct str bom = str_n(boms[i].bytes, boms[i].n);
        if (!str_starts(s, bom)) {
            continue;
        }
        while (str_starts(str_sub(s, v->bom_length, s.n), bom) && v->bom_length < 24) {
            v->bom_length = (uint8_t)(v->bom_length + boms[i].n);
        }
        verdict(v, boms[i].encoding, ENC_BY_BOM, TR("文件开头有字节序标记（BOM）", "a byte order mark at the start"));
        return true;
    }
    return false;
}

static bool holds(enum encoding e, struct str s, const struct reading *utf8, const struct reading *gb, size_t *out_bad)
{
    *out_bad = e == ENC_UTF8 ? utf8->bad : e == ENC_GB18030 ? gb->bad : SIZE_MAX;
    if (e == ENC_UTF16LE || e == ENC_UTF16BE) {
        *out_bad = utf16_plausible(s, e) ? SIZE_MAX : 0;
    }
    return *out_bad == SIZE_MAX;
}

/* Step 3. Valid UTF-8 that is also valid GB18030 must look Chinese; but bytes whose GB18030 reading sticks to letters (Müller, José) are Latin names, and
   bytes whose GB18030 reading is mostly of characters nobody writes (馃榾 for a smiling face, 砖诇讜诐 for Hebrew) are what they are in UTF-8. */
static bool utf8_convinces(const struct reading *utf8, const struct reading *gb)
{
    if (utf8->bad != SIZE_MAX) {
        return false;
    }
    if (utf8->chinese * 10 >= utf8->non_ascii * 9 || gb->bad != SIZE_MAX) {
        return true;
    }
    if (gb->pairs > 0 && gb->usual * 2 < gb->pairs) {
        return true;
    }
    return gb->free_han == 0 && (gb->beside == 0 || utf8->latin == utf8->non_ascii);
}

/* Step 5: no encoding holds everywhere. One that holds for nine in ten of the lines with non-ASCII bytes is taken, and the other lines are
   rejected one by one; a bad line never stops a file. */
static bool detect_majority(struct str s, bool whole, enum encoding declared, struct encoding_verdict *v)
{
    size_t lines = 0, good_utf8 = 0, good_gb = 0;
    for (struct str rest = s, line; str_split(&rest, '\n', &line);) {
        if ((!rest.p && !whole) || str_is_ascii(line)) {
            continue; /* the last line is cut */
        }
        lines++;
        good_utf8 += read_utf8(line, true).bad == SIZE_MAX;
        good_gb += read_gb(line, true).bad == SIZE_MAX;
    }
    enum encoding best = good_utf8 >= good_gb ? ENC_UTF8 : ENC_GB18030;
    if (declared == ENC_GB18030 && good_gb * 10 >= lines * 9) {
        best = ENC_GB18030;
    }
    size_t good = best == ENC_UTF8 ? good_utf8 : good_gb;
    if (!good || good * 10 < lines * 9) {
        return false;
    }
    v->encoding = best;
    v->how = ENC_BY_MAJORITY;
    (void)snprintf(v->why, sizeof(v->why), TR("%zu 行含中文的行里 %zu 行是 %s，其余行有坏字节", "of %zu lines with non-ASCII bytes %zu are %s, the others are damaged"),
                   lines, good, encoding_name(best));
    return true;
}

static void detect_undeclared(struct str s, const struct reading *utf8, const struct reading *gb, struct encoding_verdict *v)
{
    if (utf16_plausible(s, ENC_UTF16LE)) {
        verdict(v, ENC_UTF16LE, ENC_BY_NULS, TR("空字节的位置像 UTF-16LE", "NUL bytes in the places of UTF-16LE"));
    } else if (utf16_plausible(s, ENC_UTF16BE)) {
        verdict(v, ENC_UTF16BE, ENC_BY_NULS, TR("空字节的位置像 UTF-16BE", "NUL bytes in the places of UTF-16BE"));
    } else if (utf8->bad == SIZE_MAX && !utf8->non_ascii) {
        verdict(v, ENC_UTF8, ENC_BY_ASCII, TR("只有 ASCII 字符", "nothing but ASCII"));
    } else if (utf8_convinces(utf8, gb)) {
        verdict(v, ENC_UTF8, ENC_BY_UTF8, TR("处处是合法的 UTF-8", "valid UTF-8 throughout"));
    } else if (gb->bad == SIZE_MAX) {
        verdict(v, ENC_GB18030, ENC_BY_GB18030, TR("处处是合法的 GB18030", "valid GB18030 throughout"));
    }
}

/* A file declared GB18030 that reads as Chinese in UTF-8 is UTF-8, even where its bytes happen to be valid GB18030 too (涓枃 for 中文): no GBK text reads
   as Chinese in UTF-8, while one in ten short UTF-8 texts is valid GB18030. */
static bool declared_gb_is_utf8(enum encoding declared, const struct reading *utf8)
{
    return declared == ENC_GB18030 && utf8->bad == SIZE_MAX && utf8->non_ascii >= 2 && utf8->chinese * 10 >= utf8->non_ascii * 9;
}

void encoding_detect(struct str prefix, bool whole, enum encoding declared, struct encoding_verdict *out_verdict)
{
    struct encoding_verdict *v = out_verdict;
    *v = (struct encoding_verdict){.how = ENC_BY_NOTHING, .bad_offset = SIZE_MAX};
    if (str_starts(prefix, STR("\xFF\xFE\0\0")) || str_starts(prefix, STR("\0\0\xFE\xFF"))) {
        v->bad_offset = 0;
        verdict(v, ENC_UNKNOWN, ENC_BY_NOTHING, TR("是 UTF-32，请另存为 CSV UTF-8", "this is UTF-32; save it as CSV UTF-8"));
        return;
    }
    if (detect_bom(prefix, v)) {
        struct str body = str_sub(prefix, v->bom_length, prefix.n);
        struct reading utf8 = read_utf8(body, whole), gb = read_gb(body, whole);
        if (v->encoding == ENC_UTF8 || v->encoding == ENC_GB18030) {
            (void)holds(v->encoding, body, &utf8, &gb, &v->bad_offset);
            v->bad_offset += v->bad_offset == SIZE_MAX ? 0 : v->bom_length;
        }
        v->declared_failed = declared != ENC_UNKNOWN && declared != v->encoding;
        return;
    }
    struct reading utf8 = read_utf8(prefix, whole), gb = read_gb(prefix, whole);
    bool wide = utf16_plausible(prefix, ENC_UTF16LE) || utf16_plausible(prefix, ENC_UTF16BE);
    if (declared != ENC_UNKNOWN) {
        bool declared_wide = declared == ENC_UTF16LE || declared == ENC_UTF16BE;
        bool set_aside = wide != declared_wide || declared_gb_is_utf8(declared, &utf8);
        if (prefix.n == 0 || (!set_aside && holds(declared, prefix, &utf8, &gb, &v->bad_offset))) {
            verdict(v, declared, ENC_BY_DECLARED, TR("与 sources.yaml 声明的一致", "as declared"));
            return;
        }
        v->declared_failed = true;
    }
    detect_undeclared(prefix, &utf8, &gb, v);
    if (v->encoding == ENC_UNKNOWN && detect_majority(prefix, whole, declared, v)) {
        v->declared_failed = declared != ENC_UNKNOWN && declared != v->encoding;
        (void)holds(v->encoding, prefix, &utf8, &gb, &v->bad_offset);
    }
    if (v->encoding == ENC_UNKNOWN) {
        v->bad_offset = MIN(utf8.bad, v->bad_offset);
        verdict(v, ENC_UNKNOWN, ENC_BY_NOTHING, TR("既不是 UTF-8、GB18030，也不是 UTF-16；请用 Excel/WPS 打开，另存为 CSV UTF-8", "neither UTF-8 nor GB18030 nor UTF-16; save it as CSV UTF-8"));
    }
}
