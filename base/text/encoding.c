/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/encoding.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "base/core/bug.h"
#include "base/text/utf8.h"

/* Two-byte codes: lead 81..FE, 190 trails 40..7E 80..FE. Four-byte codes of the basic plane: 8130 8130 .. 8431 A439, linear. */
enum { LEADS = 126, TRAILS = 190, TWO = LEADS * TRAILS, FOUR = 39420, FOUR_PLANE_1 = 189000, FEED = 4096 };

struct gb18030_table {
    char two[TWO][4]; /* UTF-8, the first byte 0 where the code is not assigned */
    uint32_t four[FOUR];
};

#define REPLACEMENT "\xEF\xBF\xBD"

/* GBK and the first GB 18030 kept these in the private-use area; GB 18030-2005 gives them their characters. From U+E815 on. */
static const uint32_t private_e815[80] = {
    0x2E81, 0x20087, 0x20089, 0x200CC, 0x2E84, 0x3473, 0x3447, 0x2E88, 0x2E8B, 0x9FB4, 0x359E, 0x361A, 0x360E, 0x2E8C,
    0x2E97, 0x396E,  0x3918,  0x9FB5,  0x39CF, 0x39DF, 0x3A73, 0x39D0, 0x9FB6, 0x9FB7, 0x3B4E, 0x3C6E, 0x3CE0, 0x2EA7,
    0x215D7, 0x9FB8, 0x2EAA,  0x4056,  0x415F, 0x2EAE, 0x4337, 0x2EB3, 0x2EB6, 0x2EB7, 0x2298F, 0x43B1, 0x43AC, 0x2EBB,
    0x43DD, 0x44D6,  0x4661,  0x464C,  0x9FB9, 0x4723, 0x4729, 0x477C, 0x478D, 0x2ECA, 0x4947, 0x497A, 0x497D, 0x4982,
    0x4983, 0x4985,  0x4986,  0x499F,  0x499B, 0x49B7, 0x49B6, 0x9FBA, 0x241FE, 0x4CA3, 0x4C9F, 0x4CA0, 0x4CA1, 0x4C77,
    0x4CA2, 0x4D13,  0x4D14,  0x4D15,  0x4D16, 0x4D17, 0x4D18, 0x4D19, 0x4DAE, 0x9FBB};
/* From U+E78D on: vertical punctuation. */
static const uint32_t private_e78d[10] = {0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15, 0xFE16, 0xFE17, 0xFE18, 0xFE19};

static uint32_t fold_private(uint32_t cp)
{
    if (cp >= 0xE815 && cp < 0xE815 + ARRAY_LEN(private_e815)) {
        return private_e815[cp - 0xE815];
    }
    if (cp >= 0xE78D && cp < 0xE78D + ARRAY_LEN(private_e78d)) {
        return private_e78d[cp - 0xE78D];
    }
    if (cp == 0xE7C7) {
        return 0x1E3F;
    }
    if (cp == 0xE7C8) {
        return 0x01F9;
    }
    if (cp >= 0xE7E7 && cp <= 0xE7F3) { /* ideographic description characters */
        return cp == 0xE7E7 ? 0x303E : 0x2FF0 + (cp - 0xE7E8);
    }
    return cp;
}

/* --- names ---------------------------------------------------------------------------------------------------------- */

const char *encoding_name(enum encoding e)
{
    static const char *const names[ENC_COUNT] = {"unknown", "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"};
    BUG_ON(e >= ENC_COUNT);
    return names[e];
}

bool encoding_from_name(struct str name, enum encoding *out_encoding)
{
    static const struct {
        const char *word;
        enum encoding encoding;
    } words[] = {{"utf8", ENC_UTF8},         {"utf8sig", ENC_UTF8},       {"utf8bom", ENC_UTF8},     {"ascii", ENC_UTF8},
                 {"gbk", ENC_GB18030},       {"gb2312", ENC_GB18030},     {"gb18030", ENC_GB18030},  {"cp936", ENC_GB18030},
                 {"windows936", ENC_GB18030}, {"ansi", ENC_GB18030},      {"utf16", ENC_UTF16LE},    {"utf16le", ENC_UTF16LE},
                 {"unicode", ENC_UTF16LE},   {"utf16be", ENC_UTF16BE}};
    char plain[16];
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = to_lower(name.p[i]);
        if (c == '-' || c == '_' || c == ' ') {
            continue;
        }
        if (n == sizeof(plain)) {
            return false;
        }
        plain[n++] = c;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(str_n(plain, n), words[i].word)) {
            *out_encoding = words[i].encoding;
            return true;
        }
    }
    return false;
}

/* --- the table ------------------------------------------------------------------------------------------------------- */

/* Decodes `count` codes of `width` bytes each, one character a code; 0 where iconv refuses. In as few calls as there are refusals: with a call
   a code a decoder took 8 ms to open, not 3, and a night opens dozens. */
static void fill_codes(iconv_t cd, char *codes, size_t width, size_t count, uint32_t *out)
{
    for (size_t done = 0; done < count; done++) {
        char *in = codes + done * width, *to = (char *)(out + done);
        size_t in_left = (count - done) * width, to_left = (count - done) * sizeof(*out);
        (void)iconv(cd, NULL, NULL, NULL, NULL);
        bool refused = iconv(cd, &in, &in_left, &to, &to_left) == (size_t)-1;
        BUG_ON(in_left / width != to_left / sizeof(*out)); /* one character a code */
        for (size_t end = count - in_left / width; done < end; done++) {
            out[done] = fold_private(out[done]);
        }
        if (refused) {
            out[done] = 0;
        }
    }
}

static void fill_two(struct gb18030_table *t, iconv_t cd)
{
    char codes[TRAILS][2];
    uint32_t cps[TRAILS];
    for (int lead = 0; lead < LEADS; lead++) {
        for (int trail = 0; trail < TRAILS; trail++) {
            codes[trail][0] = (char)(0x81 + lead);
            codes[trail][1] = (char)(0x40 + trail + (trail >= 0x3F));
        }
        fill_codes(cd, codes[0], 2, TRAILS, cps);
        for (int trail = 0; trail < TRAILS; trail++) {
            if (cps[trail]) {
                (void)utf8_put(t->two[lead * TRAILS + trail], cps[trail]);
            }
        }
    }
}

static void fill_four(struct gb18030_table *t, iconv_t cd)
{
    char codes[FEED][4];
    for (uint32_t from = 0; from < FOUR; from += FEED) {
        size_t count = MIN((uint32_t)FEED, FOUR - from);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t v = from + i;
            codes[i][0] = (char)(0x81 + v / 12600);
            codes[i][1] = (char)(0x30 + v / 1260 % 10);
            codes[i][2] = (char)(0x81 + v / 10 % 126);
            codes[i][3] = (char)(0x30 + v % 10);
        }
        fill_codes(cd, codes[0], 4, count, t->four + from);
    }
}

enum status decoder_open(struct decoder *d, enum encoding e, struct err *err)
{
    *d = (struct decoder){e == ENC_GB18030 ? ENC_GB18030 : ENC_UTF8, NULL};
    if (e != ENC_GB18030) {
        return ST_OK;
    }
    /* four bytes in the order of this machine */
    const uint16_t probe = 1;
    iconv_t cd = iconv_open(*(const char *)&probe ? "UTF-32LE" : "UTF-32BE", "GB18030");
    if (cd == (iconv_t)-1) {
        return err_errno(err, ST_IO, TR("系统缺少 GB18030 字符集（glibc 的 gconv 模块）", "the system has no GB18030 (a gconv module of glibc)"));
    }
    d->gb = xcalloc(1, sizeof(*d->gb));
    fill_two(d->gb, cd);
    fill_four(d->gb, cd);
    (void)iconv_close(cd);
    return ST_OK;
}

void decoder_close(struct decoder *d)
{
    if (d) {
        free(d->gb);
        d->gb = NULL;
    }
}

/* --- decoding a line -------------------------------------------------------------------------------------------------- */

static void defect_at(struct decode_note *note, enum decode_defect defect, size_t offset)
{
    note->bad_offset = MIN(note->bad_offset, offset);
    note->defect = MAX(note->defect, defect);
}

/* True when the line can be handed on as it is: valid, without NUL; private-use code points are counted or, when foldable, refuse. */
static bool utf8_is_plain(struct str raw, struct decode_note *note)
{
    const char *p = raw.p, *end = str_end(raw);
    uint32_t private_seen = 0;
    if (utf8_is_plain_han(raw)) {
        return true;
    }
    while (p < end) {
        uint64_t w;
        if (end - p >= 8 && (memcpy(&w, p, 8), !(w & 0x8080808080808080u))) {
            p += 8;
            continue;
        }
        unsigned char c = (unsigned char)*p;
        if (c >= 0xE1 && c <= 0xEC && end - p >= 3 && ((unsigned char)p[1] & 0xC0) == 0x80 && ((unsigned char)p[2] & 0xC0) == 0x80) {
            p += 3; /* nearly all ideographs */
            continue;
        }
        uint32_t cp = utf8_next(&p, end);
        if (cp == UTF8_INVALID || (cp_is_private(cp) && fold_private(cp) != cp)) {
            return false;
        }
        private_seen += cp_is_private(cp);
    }
    note->private_left = private_seen;
    return true;
}

static void utf8_rebuild(struct str raw, struct strbuf *out, struct decode_note *note)
{
    const char *p = raw.p, *end = str_end(raw);
    strbuf_reserve(out, raw.n * 3 + 1);
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        if (cp == UTF8_INVALID || cp == 0) {
            defect_at(note, cp == 0 ? DECODE_NUL : DECODE_INVALID, (size_t)(here - raw.p));
            strbuf_addz(out, REPLACEMENT);
        } else if (cp_is_private(cp)) {
            uint32_t real = fold_private(cp);
            *(real != cp ? &note->folded : &note->private_left) += 1;
            strbuf_add_cp(out, real);
        } else {
            strbuf_add(out, here, (size_t)(p - here));
        }
    }
}

/* Four-byte code at p (four bytes there): its code point, 0 when it is none. */
static uint32_t gb_four(const struct gb18030_table *t, const unsigned char *p)
{
    if (p[1] < 0x30 || p[1] > 0x39 || p[2] < 0x81 || p[2] > 0xFE || p[3] < 0x30 || p[3] > 0x39) {
        return 0;
    }
    uint32_t v = (((uint32_t)(p[0] - 0x81) * 10 + (p[1] - 0x30u)) * 126 + (p[2] - 0x81u)) * 10 + (p[3] - 0x30u);
    if (v < FOUR) {
        return t->four[v];
    }
    return v >= FOUR_PLANE_1 && v < FOUR_PLANE_1 + 0x100000 ? 0x10000 + (v - FOUR_PLANE_1) : 0;
}

static char *put(char *to, const char *bytes, size_t n)
{
    memcpy(to, bytes, n);
    return to + n;
}

/* One non-ASCII character of GB18030 at *at, written to `to`. */
static char *gb_character(const struct gb18030_table *t, const unsigned char **at, const unsigned char *end, size_t offset, char *to,
                          struct decode_note *note)
{
    const unsigned char *p = *at;
    size_t left = (size_t)(end - p);
    if (p[0] == 0x80) {
        *at += 1;
        defect_at(note, DECODE_EURO, offset);
        return put(to, "\xE2\x82\xAC", 3);
    }
    if (p[0] != 0xFF && left >= 2 && p[1] >= 0x40 && p[1] != 0x7F && p[1] != 0xFF) {
        const char *c = t->two[(p[0] - 0x81) * TRAILS + p[1] - (p[1] < 0x7F ? 0x40 : 0x41)];
        unsigned char first = (unsigned char)c[0];
        if (first) {
            *at += 2;
            note->private_left += first == 0xEE || (first == 0xEF && (unsigned char)c[1] < 0xA4);
            return put(to, c, first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4);
        }
    } else if (p[0] != 0xFF && left >= 4) {
        uint32_t cp = gb_four(t, p);
        if (cp) {
            *at += 4;
            note->private_left += cp_is_private(cp);
            return to + utf8_put(to, cp);
        }
    }
    /* an unassigned pair is one defect; else the lead alone, so that an ASCII comma behind it keeps its meaning */
    *at += left >= 2 && p[0] != 0xFF && p[1] >= 0x80 && p[1] != 0xFF ? 2 : 1;
    defect_at(note, DECODE_INVALID, offset);
    return put(to, REPLACEMENT, 3);
}

static void gb_rebuild(const struct gb18030_table *t, struct str raw, struct strbuf *out, struct decode_note *note)
{
    strbuf_reserve(out, raw.n * 3 + 8);
    char *to = out->p;
    const unsigned char *p = (const unsigned char *)raw.p, *end = p + raw.n, *start = p;
    while (p < end) {
        uint64_t w;
        if (end - p >= 8 && (memcpy(&w, p, 8), !(w & 0x8080808080808080u))) {
            memcpy(to, p, 8);
            to += 8;
            p += 8;
        } else if (*p < 0x80) {
            *to++ = (char)*p++;
        } else {
            to = gb_character(t, &p, end, (size_t)(p - start), to, note);
        }
    }
    *to = 0;
    out->n = (size_t)(to - out->p);
}

/* NULs of a GB18030 line, which the table loop copies like any ASCII. */
static void replace_nuls(struct str raw, struct strbuf *out, struct decode_note *note)
{
    const char *hit = memchr(raw.p, 0, raw.n);
    if (!hit) {
        return;
    }
    defect_at(note, DECODE_NUL, (size_t)(hit - raw.p));
    AUTO_STRBUF copy = STRBUF_INIT;
    for (size_t i = 0; i < out->n; i++) {
        if (out->p[i]) {
            strbuf_addc(&copy, out->p[i]);
        } else {
            strbuf_addz(&copy, REPLACEMENT);
        }
    }
    strbuf_clear(out);
    strbuf_adds(out, strbuf_str(&copy));
}

struct str decode_line(const struct decoder *d, struct str raw, struct strbuf *scratch, struct decode_note *out_note)
{
    *out_note = (struct decode_note){DECODE_CLEAN, SIZE_MAX, 0, 0};
    if (!raw.n) {
        return raw;
    }
    bool nul = memchr(raw.p, 0, raw.n) != NULL;
    if (!nul && (d->encoding == ENC_GB18030 ? str_is_ascii(raw) : utf8_is_plain(raw, out_note))) {
        return raw;
    }
    strbuf_clear(scratch);
    if (d->encoding == ENC_GB18030) {
        gb_rebuild(d->gb, raw, scratch, out_note);
        if (nul) {
            replace_nuls(raw, scratch, out_note);
        }
    } else {
        utf8_rebuild(raw, scratch, out_note);
    }
    return strbuf_str(scratch);
}

/* The next byte that is NUL or beyond ASCII, from p on; end when there is none. The last sixteen bytes are looked at together, those before p again. */
static inline const unsigned char *next_odd(const unsigned char *begin, const unsigned char *p, const unsigned char *end)
{
#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned odd = (unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, zero)));
        if (odd) {
            return p + __builtin_ctz(odd);
        }
        p += 16;
    }
    if (end - begin >= 16 && p < end) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(end - 16));
        unsigned odd = (unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, zero))) >> (16 - (end - p));
        return odd ? p + __builtin_ctz(odd) : end;
    }
#else
    (void)begin;
#endif
    while (p < end && *p > 0 && *p < 0x80) {
        p++;
    }
    return p;
}

/* Are all characters of GB18030 assigned, and none of them NUL? */
static bool gb_is_sound(const struct gb18030_table *t, struct str raw, bool *out_euro)
{
    const unsigned char *begin = (const unsigned char *)raw.p, *p = begin, *end = p + raw.n;
    while ((p = next_odd(begin, p, end)) < end) {
        size_t left = (size_t)(end - p);
        while (left >= 2 && *p > 0x80 && *p != 0xFF && p[1] >= 0x40 && p[1] != 0x7F && p[1] != 0xFF) { /* a word of ideographs */
            if (!t->two[(p[0] - 0x81) * TRAILS + p[1] - (p[1] < 0x7F ? 0x40 : 0x41)][0]) {
                return false;
            }
            p += 2, left -= 2;
        }
        if (left == 0 || (*p > 0 && *p < 0x80)) {
            continue;
        }
        if (*p == 0x80) {
            *out_euro = true;
            p++;
        } else if (*p > 0x80 && *p != 0xFF && left >= 4 && gb_four(t, p)) {
            p += 4;
        } else {
            return false;
        }
    }
    return true;
}

bool decode_by_pieces(const struct decoder *d, struct str raw, bool *out_euro)
{
    struct decode_note note = {0};
    *out_euro = false;
    if (!raw.n || d->encoding == ENC_GB18030) {
        return !raw.n || gb_is_sound(d->gb, raw, out_euro);
    }
    return !memchr(raw.p, 0, raw.n) && utf8_is_plain(raw, &note);
}

/* --- UTF-16 ----------------------------------------------------------------------------------------------------------- */

void utf16_init(struct utf16_reader *r, enum encoding e)
{
    BUG_ON(e != ENC_UTF16LE && e != ENC_UTF16BE);
    *r = (struct utf16_reader){.big_endian = e == ENC_UTF16BE};
}

static void utf16_unit(struct utf16_reader *r, uint16_t unit, struct strbuf *out)
{
    bool low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (r->have_high) {
        r->have_high = false;
        if (low) {
            strbuf_add_cp(out, 0x10000 + ((uint32_t)(r->high - 0xD800) << 10) + (uint32_t)(unit - 0xDC00));
            return;
        }
        r->defects++;
        strbuf_add_cp(out, r->high);
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        r->have_high = true;
        r->high = unit;
        return;
    }
    r->defects += low;
    strbuf_add_cp(out, unit);
}

void utf16_feed(struct utf16_reader *r, struct str chunk, struct strbuf *out)
{
    strbuf_reserve(out, chunk.n / 2 * 3 + 8);
    const unsigned char *p = (const unsigned char *)chunk.p;
    for (size_t i = 0; i < chunk.n; i++) {
        if (!r->have_byte) {
            r->byte = p[i];
            r->have_byte = true;
            continue;
        }
        r->have_byte = false;
        uint16_t unit = (uint16_t)(r->big_endian ? r->byte << 8 | p[i] : p[i] << 8 | r->byte);
        if (unit < 0x80 && !r->have_high) {
            strbuf_addc(out, (char)unit);
        } else {
            utf16_unit(r, unit, out);
        }
    }
}

void utf16_finish(struct utf16_reader *r, struct strbuf *out)
{
    if (r->have_high) {
        r->have_high = false;
        r->defects++;
        strbuf_add_cp(out, r->high);
    }
    if (r->have_byte) {
        r->have_byte = false;
        r->defects++;
        strbuf_addc(out, (char)0xFF);
    }
}

/* --- whole files ------------------------------------------------------------------------------------------------------- */

static enum status decode_lines(const struct decoder *d, const char *what, struct str text, struct strbuf *out, struct err *err)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    uint32_t number = 0;
    while (text.n) {
        const char *lf = memchr(text.p, '\n', text.n);
        size_t n = lf ? (size_t)(lf - text.p) + 1 : text.n;
        struct decode_note note;
        struct str line = decode_line(d, str_n(text.p, n), &scratch, &note);
        number++;
        if (note.defect > DECODE_EURO) {
            return err_set(err, ST_INPUT, TR("“%s”第 %u 行有无法解码的字节（按 %s 读取）", "'%s' line %u: bytes that cannot be decoded as %s"), what,
                           number, encoding_name(d->encoding));
        }
        strbuf_adds(out, line);
        text = str_sub(text, n, text.n);
    }
    return ST_OK;
}

enum status decode_whole(const char *what, struct str raw, enum encoding declared, struct strbuf *out, struct err *err)
{
    struct encoding_verdict v;
    encoding_detect(raw, true, declared, &v);
    strbuf_clear(out);
    if (v.encoding == ENC_UNKNOWN) {
        return err_set(err, ST_INPUT, TR("认不出“%s”的编码：%s", "encoding of '%s' unknown: %s"), what, v.why);
    }
    struct str text = str_sub(raw, v.bom_length, raw.n);
    AUTO_STRBUF wide = STRBUF_INIT;
    if (v.encoding == ENC_UTF16LE || v.encoding == ENC_UTF16BE) {
        struct utf16_reader r;
        utf16_init(&r, v.encoding);
        utf16_feed(&r, text, &wide);
        utf16_finish(&r, &wide);
        text = strbuf_str(&wide);
    }
    struct decoder d;
    TRY(decoder_open(&d, v.encoding, err));
    enum status status = decode_lines(&d, what, text, out, err);
    decoder_close(&d);
    return status;
}

/* --- encoding ---------------------------------------------------------------------------------------------------------- */

enum status encoder_open(struct encoder *e, struct err *err)
{
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    e->cd = NULL;
    if (cd == (iconv_t)-1) {
        return err_errno(err, ST_IO, TR("系统缺少 GB18030 字符集（glibc 的 gconv 模块）", "the system has no GB18030 (a gconv module of glibc)"));
    }
    e->cd = cd;
    return ST_OK;
}

void encoder_close(struct encoder *e)
{
    if (e && e->cd) {
        (void)iconv_close((iconv_t)e->cd);
        e->cd = NULL;
    }
}

bool encode_gb18030(struct encoder *e, struct str utf8, struct strbuf *out, size_t *out_bad_offset)
{
    if (!utf8.n) {
        return true;
    }
    AUTO_STRBUF copy = STRBUF_INIT; /* iconv wants writable input */
    strbuf_adds(&copy, utf8);
    (void)iconv((iconv_t)e->cd, NULL, NULL, NULL, NULL);
    strbuf_reserve(out, utf8.n * 2 + 8); /* two-byte UTF-8 may need four bytes, nothing more than doubles */
    char *in = copy.p, *to = out->p + out->n;
    size_t in_left = copy.n, to_left = out->cap - out->n - 1;
    size_t rc = iconv((iconv_t)e->cd, &in, &in_left, &to, &to_left);
    out->n = (size_t)(to - out->p);
    out->p[out->n] = 0;
    if (rc == (size_t)-1) {
        BUG_ON(errno == E2BIG);
        *out_bad_offset = utf8.n - in_left;
        return false;
    }
    return true;
}

static void put_unit(struct strbuf *out, enum encoding e, uint32_t unit)
{
    char hi = (char)(unit >> 8), lo = (char)(unit & 0xFF);
    strbuf_addc(out, e == ENC_UTF16BE ? hi : lo);
    strbuf_addc(out, e == ENC_UTF16BE ? lo : hi);
}

void encode_utf16(struct str utf8, enum encoding e, struct strbuf *out)
{
    const char *p = utf8.p, *end = str_end(utf8);
    while (p < end) {
        uint32_t cp = utf8_next(&p, end);
        if (cp == UTF8_INVALID) {
            cp = 0xFFFD;
        }
        if (cp >= 0x10000) {
            put_unit(out, e, 0xD800 + ((cp - 0x10000) >> 10));
            cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
        }
        put_unit(out, e, cp);
    }
}
