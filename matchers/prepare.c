/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/prepare.h"

#include "base/text/address.h"
#include "base/text/clk.h"
#include "base/text/diag.h"
#include "base/text/fold.h"
#include "base/text/utf8.h"
#include "base/text/values.h"
#include "matchers/identifier.h"
#include "matchers/nickname.h"

/* --- letters --------------------------------------------------------------------------------------------------------------- */

/* Base letters of U+00C0..U+017F; two-letter forms (æ ß œ) are cut to the first. ' ' keeps the character. */
static const char base_letters[] = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
                                   "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln"
                                   "nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

_Static_assert(sizeof(base_letters) == 0x180 - 0xC0 + 1, "one letter for each of U+00C0..U+017F");

static uint32_t plain_letter(uint32_t cp)
{
    cp = fold_cp(cp);
    if (cp >= 0xC0 && cp - 0xC0 < sizeof(base_letters) - 1 && base_letters[cp - 0xC0] != ' ') {
        return (unsigned char)base_letters[cp - 0xC0];
    }
    return cp;
}

static bool is_word(uint32_t cp)
{
    return (cp < 0x80 && (is_digit((unsigned char)cp) || is_alpha((unsigned char)cp))) || (cp >= 0xC0 && cp != 0xD7 && cp != 0xF7 && !(cp >= 0x2000 && cp < 0x2E80) &&
                                                                                       !(cp >= 0x3001 && cp <= 0x3004) && !(cp >= 0x3008 && cp <= 0x3020));
}

/* Words with one blank between; blanks beside Chinese characters go, and with `join` all of them. Apostrophes never part a word. */
static void fold_words(struct str cell, bool join, struct strbuf *out)
{
    const char *p = cell.p, *end = str_end(cell);
    bool blank = false, han = false;
    while (p < end) {
        uint32_t cp = plain_letter(utf8_next(&p, end));
        if (cp == 0 || cp == '\'' || cp == 0x2019 || cp == 0x2018 || cp == '`') {
            continue;
        }
        if (!is_word(cp)) {
            blank = true;
            continue;
        }
        bool this_han = cp_is_han(cp);
        if (blank && out->n && !join && !this_han && !han) {
            strbuf_addc(out, ' ');
        }
        strbuf_add_cp(out, cp);
        blank = false, han = this_han;
    }
}

static bool says_nothing(struct str s)
{
#define WORD(x) {x, sizeof(x) - 1}
    static const struct str words[] = {WORD("nan"), WORD("none"), WORD("unknown"), WORD("missing"), WORD("n a"), WORD("na"), WORD("null"),
                                       WORD("nil"), WORD("未知"), WORD("不详"), WORD("无"), WORD("空"), WORD("暂无"), WORD("待补"), WORD("其他")};
#undef WORD
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (s.n == words[i].n && str_eq(s, words[i])) {
            return true;
        }
    }
    return s.n == 0;
}

static bool put_words(struct str cell, bool join, struct strbuf *out)
{
    fold_words(cell, join, out);
    return !says_nothing(strbuf_str(out));
}

/* --- the types --------------------------------------------------------------------------------------------------------------- */

static bool put_id(struct str cell, struct strbuf *out, struct value *v)
{
    char text[IDENT_TEXT_MAX];
    uint64_t id = ident_parse(cell);
    struct certificate c;
    if (ident_kind(id) == IDENT_UNUSABLE && certificate_parse(cell, &c)) {
        id = c.id;
    }
    v->word = ident_key(id);
    v->flags = ident_kind(id) == IDENT_RESIDENT || ident_kind(id) == IDENT_TOKEN ? VALUE_VALID : 0;
    if (ident_kind(id) == IDENT_TOKEN) {
        strbuf_adds(out, str_trim(cell));
        return true;
    }
    if (ident_kind(id) != IDENT_UNUSABLE) {
        strbuf_add(out, text, ident_print(id, text));
        return out->n > 0;
    }
    enum ident_reason why = ident_reason(id);
    if (why != IDENT_R_SHORT17 && why != IDENT_R_LENGTH && why != IDENT_R_CHARSET && why != IDENT_R_CERTIFICATE) {
        return false;
    }
    fold_words(cell, true, out);
    return out->n >= 6;
}

static bool put_name(struct str cell, struct strbuf *out, struct value *v)
{
    struct name_key k;
    name_key_make(cell, &k);
    if (k.latin) {
        v->flags = VALUE_LATIN;
        return put_words(cell, false, out);
    }
    for (unsigned i = 0, next = 0; i < k.n; i++) {
        if (k.dotted && next < k.n_breaks && k.breaks[next] == i) {
            strbuf_add_cp(out, 0xB7);
            next++;
        }
        strbuf_add_cp(out, k.chars[i] == NAME_UNREADABLE ? '?' : k.chars[i]);
    }
    v->flags = (uint8_t)((k.dotted ? VALUE_DOTTED : 0) | (k.unreadable ? VALUE_UNREADABLE : 0));
    v->surname = k.surname;
    return k.n > 0 && k.n > k.unreadable && !(k.flags & NAME_CHILD_OF) && !says_nothing(strbuf_str(out));
}

/* Runs of digits, at most three: where value_date finds no date (22-12-2972, 31/02/1980) the parts are still worth comparing. */
static unsigned digit_runs(struct str s, unsigned run[3], unsigned length[3])
{
    unsigned n = 0;
    for (size_t i = 0; i < s.n && n < 3; i++) {
        if (!is_digit((unsigned char)s.p[i])) {
            continue;
        }
        run[n] = length[n] = 0;
        for (; i < s.n && is_digit((unsigned char)s.p[i]) && length[n] < 8; i++, length[n]++) {
            run[n] = run[n] * 10 + (unsigned)(s.p[i] - '0');
        }
        n++;
    }
    return n;
}

static bool date_parts(struct str s, enum date_order order, unsigned *y, unsigned *m, unsigned *d)
{
    unsigned run[3], length[3], n = digit_runs(s, run, length);
    if (n == 1 && length[0] == 8) {
        *y = run[0] / 10000, *m = run[0] / 100 % 100, *d = run[0] % 100;
        return true;
    }
    if (n != 3 || (length[0] > 2 && length[2] > 2)) {
        return false;
    }
    bool year_first = length[0] > 2 || order == DATE_YMD;
    *y = year_first ? run[0] : run[2];
    *m = year_first ? run[1] : order == DATE_MDY ? run[0] : run[1];
    *d = year_first ? run[2] : order == DATE_MDY ? run[1] : run[0];
    if (*y < 100) {
        *y += *y < 30 ? 2000 : 1900;
    }
    return *m <= 99 && *d <= 99 && *y <= 9999;
}

/* 02-03-19o9: its characters, put in order of year, month and day, can still be a slip or two from another's. */
static bool put_torn_date(struct str cell, enum date_order order, struct strbuf *out)
{
    static const uint8_t orders[][3] = {[DATE_YMD] = {0, 1, 2}, [DATE_DMY] = {2, 1, 0}, [DATE_MDY] = {2, 0, 1}};
    AUTO_STRBUF words = STRBUF_INIT;
    struct str part[3], rest, word;
    unsigned n = 0;
    fold_words(cell, false, &words);
    rest = strbuf_str(&words);
    while (n < 3 && str_split(&rest, ' ', &word)) {
        part[n++] = word;
    }
    bool year_first = n == 3 && part[0].n > 2;
    for (unsigned i = 0; i < n; i++) {
        strbuf_adds(out, part[n == 3 && !year_first ? orders[order][i] : i]);
    }
    return out->n >= 4;
}

/* At least so many digits. */
static void put_digits(struct strbuf *out, unsigned number, unsigned digits)
{
    char text[12];
    unsigned n = 0;
    for (; number || n < digits; number /= 10) {
        text[sizeof(text) - ++n] = (char)('0' + number % 10);
    }
    strbuf_add(out, text + sizeof(text) - n, n);
}

static bool put_date(struct str cell, enum date_order order, struct strbuf *out, struct value *v)
{
    unsigned y, m, d;
    daynum day;
    enum date_precision precision;
    enum value_reason why = value_date(cell, 0, &day, &precision);
    if (why == VALUE_MISSING || (why == VALUE_OK && precision == DATE_FOREVER)) {
        return false;
    }
    if (why == VALUE_OK) {
        struct ymd ymd = day_to_ymd(day);
        y = (unsigned)ymd.year, m = precision == DATE_YEAR ? 0 : (unsigned)ymd.month, d = precision == DATE_DAY ? (unsigned)ymd.day : 0;
    } else if (!date_parts(cell, order, &y, &m, &d)) {
        return put_torn_date(cell, order, out);
    }
    v->word = DATE_WORD(y, m, d);
    v->flags = m && d ? VALUE_DAY : 0;
    put_digits(out, y, 4);
    put_digits(out, m, 2);
    put_digits(out, d, 2);
    return true;
}

static bool put_sex(struct str cell, struct strbuf *out)
{
    static const struct {
        const char *word;
        char code;
    } words[] = {{"男", '1'}, {"女", '2'}, {"1", '1'}, {"2", '2'}, {"m", '1'}, {"f", '2'}, {"male", '1'}, {"female", '2'}, {"男性", '1'}, {"女性", '2'},
                 {"man", '1'}, {"woman", '2'}, {"boy", '1'}, {"girl", '2'}};
    AUTO_STRBUF folded = STRBUF_INIT;
    char best = 0;
    fold_words(cell, true, &folded);
    for (size_t i = 0; i < ARRAY_LEN(words) && !best; i++) {
        best = str_eqz(strbuf_str(&folded), words[i].word) ? words[i].code : 0;
    }
    if (!best && folded.n >= 3 && str_is_ascii(strbuf_str(&folded))) { /* mals, femal */
        best = edit_distance(strbuf_str(&folded), STR("male"), 1) <= 1 ? '1' : edit_distance(strbuf_str(&folded), STR("female"), 1) <= 1 ? '2' : 0;
    }
    if (best) {
        strbuf_addc(out, best);
    }
    return best != 0;
}

/* Chinese addresses in their normal form, others as words. */
static bool put_address(struct str cell, struct strbuf *out, struct value *v)
{
    bool han = false;
    for (const char *p = cell.p, *end = str_end(cell); p < end && !han;) {
        han = cp_is_han(utf8_next(&p, end));
    }
    if (!han) {
        v->flags = VALUE_LATIN;
        return put_words(cell, false, out);
    }
    address_normal_text(cell, out);
    return !says_nothing(strbuf_str(out));
}

static bool put_phone(struct str cell, struct strbuf *out)
{
    struct phones p;
    enum value_reason why = value_phones(cell, &p);
    if (why == VALUE_MISSING || why == VALUE_PHONE_PLACEHOLDER) {
        return false;
    }
    if (why == VALUE_OK && p.n) {
        strbuf_add(out, p.v[0].digits, p.v[0].n);
        return true;
    }
    size_t digits = 0;
    fold_words(cell, true, out); /* 03 36t5 1171: letters are slips as digits are */
    for (size_t i = 0; i < out->n; i++) {
        digits += is_digit((unsigned char)out->p[i]);
    }
    return digits >= 5 && out->n <= 20 && digits * 3 >= out->n * 2;
}

bool prepare_cell(enum field_type type, enum date_order order, struct str cell, struct strbuf *out, struct value *v)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct str s = cell_clean(cell, &scratch, NULL);
    bool says = false;
    strbuf_clear(out);
    *v = (struct value){.n = 0};
    if (cell_is_missing(s)) {
        return false;
    }
    switch (type) {
    case FIELD_ID: says = put_id(s, out, v); break;
    case FIELD_NAME: says = put_name(s, out, v); break;
    case FIELD_DATE: says = put_date(s, order, out, v); break;
    case FIELD_SEX: says = put_sex(s, out); break;
    case FIELD_PHONE: says = put_phone(s, out); break;
    case FIELD_CLK: {
        struct clk c;
        says = clk_parse(s, &c);
        strbuf_adds(out, s);
        break;
    }
    case FIELD_CODE:
    case FIELD_AREA: says = put_words(s, true, out); break;
    case FIELD_ADDRESS: says = put_address(s, out, v); break;
    case FIELD_LATIN:
    case FIELD_TEXT:
    case FIELD_TYPE_COUNT: says = put_words(s, false, out); break;
    }
    if (type == FIELD_LATIN || type == FIELD_NAME) {
        v->word = nickname_groups(strbuf_str(out));
    }
    return says;
}

/* --- sound of Latin names ------------------------------------------------------------------------------------------------------ */

enum sound { MUTE, LIP, BREATH, BACK, HISS, TOOTH, LIQUID, NOSE, ROLL, VOWEL };

static const uint8_t sound_of[26] = {/*a*/ VOWEL, LIP,  BACK, TOOTH, VOWEL, BREATH, BACK,  MUTE,   VOWEL, HISS, BACK,  LIQUID, NOSE,
                                     /*n*/ NOSE,  VOWEL, LIP,  BACK,  ROLL,  HISS,   TOOTH, VOWEL,  BREATH, MUTE, HISS, VOWEL,  HISS};

/* The sound at place i and how many letters it takes. */
static enum sound sound_at(const char *s, unsigned i, unsigned n, unsigned *out_taken)
{
    char c = s[i], next = i + 1 < n ? s[i + 1] : 0, third = i + 2 < n ? s[i + 2] : 0;
    *out_taken = 1;
    if (i == 0 && ((c == 'k' && next == 'n') || (c == 'g' && next == 'n') || (c == 'w' && next == 'r') || (c == 'p' && next == 's'))) {
        return MUTE;
    }
    if (c == 'p' && next == 'h') {
        *out_taken = 2;
        return BREATH;
    }
    if (c == 's' && next == 'c' && third == 'h') {
        *out_taken = 3;
        return HISS;
    }
    if (c == 'g' && next == 'h') {
        *out_taken = 2;
        return i == 0 ? BACK : MUTE;
    }
    if (c == 'd' && next == 'g' && (third == 'e' || third == 'i' || third == 'y')) {
        *out_taken = 2;
        return HISS;
    }
    if ((c == 'c' || c == 's') && next == 'h') {
        *out_taken = 2;
        return HISS;
    }
    if (c == 'c' && (next == 'e' || next == 'i' || next == 'y')) {
        return HISS;
    }
    return (enum sound)sound_of[c - 'a'];
}

uint32_t phonetic_key(struct codes text)
{
    char letters[32];
    unsigned n = 0, taken, used = 0;
    uint32_t key = 0;
    enum sound last = MUTE;
    for (unsigned i = 0; i < text.n && n < sizeof(letters); i++) {
        if (text.p[i] >= 'a' && text.p[i] <= 'z') {
            letters[n++] = (char)text.p[i];
        }
    }
    for (unsigned i = 0; i < n && used < 8; i += taken) {
        enum sound s = sound_at(letters, i, n, &taken);
        if (s != MUTE && s != last && (s != VOWEL || used == 0)) {
            key = key << 4 | s;
            used++;
        }
        last = s == MUTE ? last : s;
    }
    return key;
}
