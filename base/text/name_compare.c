/* SPDX-License-Identifier: Apache-2.0 */
/* Preparing names, and the levels of two of them. */
#include "base/text/name_compare.h"

#include <string.h>

#include "base/core/hash.h"
#include "base/core/status.h"
#include "base/text/edits.h"
#include "base/text/fold.h"
#include "base/text/shape.h"

struct name_part {
    const uint16_t *code;
    size_t n;
};

static struct name_part part_of(const struct name_form *f, size_t i)
{
    size_t from = i ? f->part_end[i - 1] : 0;
    return (struct name_part){f->code + from, (size_t)f->part_end[i] - from};
}

/* --- preparing ------------------------------------------------------------------------------------------------------------- */

/* Base letters of U+00C0 .. U+017F; a blank where there is none. */
static const char latin_bases[] = "aaaaaaaceeeeiiiidnooooo ouuuuy saaaaaaaceeeeiiiidnooooo ouuuuy yaaaaaaccccccccddddeeeeeeeeeeggggggggh"
                                  "hhhiiiiiiiiii  jjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t base_letter(uint32_t cp)
{
    if (cp < 0xC0 || cp - 0xC0 >= sizeof(latin_bases) - 1 || latin_bases[cp - 0xC0] == ' ') {
        return cp;
    }
    return (uint32_t)(unsigned char)latin_bases[cp - 0xC0];
}

static void set_parts(const struct name_key *k, struct name_form *f)
{
    for (size_t i = 0; i < k->n_breaks && f->n_parts + 1 < NAME_FORM_PARTS; i++) {
        if (k->breaks[i] < f->n) {
            f->part_end[f->n_parts++] = k->breaks[i];
        }
    }
    if (f->n) {
        f->part_end[f->n_parts++] = f->n;
    }
}

static enum name_script script_of(const struct name_key *k)
{
    bool says_nothing = k->n == 0 || k->n == k->unreadable || k->flags & NAME_CHILD_OF;
    return says_nothing ? NAME_SCRIPT_NONE : k->latin ? NAME_SCRIPT_LATIN : k->dotted || k->n >= 4 + (k->surname == 2) ? NAME_SCRIPT_PARTS : NAME_SCRIPT_HAN;
}

void name_form_make(struct str name, struct name_form *out)
{
    struct name_key k;
    uint32_t plain[NAME_CHARS], folded[NAME_CHARS];
    name_key_make(name, &k);
    *out = (struct name_form){.n = (uint8_t)MIN(k.n, NAME_FORM_CODES), .surname = k.surname, .script = (uint8_t)script_of(&k)};
    out->cut = k.cut || k.n > NAME_FORM_CODES;
    for (size_t i = 0; i < k.n; i++) {
        plain[i] = k.latin ? base_letter(k.plain[i]) : k.plain[i];
        folded[i] = k.latin ? plain[i] : fold_weak_class(k.chars[i]);
    }
    for (size_t i = 0; i < out->n; i++) {
        out->code[i] = dense_code(folded[i]);
        out->unreadable = (uint8_t)(out->unreadable + (out->code[i] == CODE_UNREADABLE));
    }
    if (k.n) {
        out->plain = hash64(plain, k.n * sizeof(*plain)) | 1;
        out->folded = hash64(folded, k.n * sizeof(*folded)) | 1;
    }
    set_parts(&k, out);
}

/* --- Chinese names ----------------------------------------------------------------------------------------------------------- */

static bool same_codes(const uint16_t *a, const uint16_t *b, size_t n)
{
    return memcmp(a, b, n * sizeof(*a)) == 0;
}

/* 王建国 王国建, 王建国 建国王 */
static bool is_swapped(const struct name_form *a, const struct name_form *b)
{
    size_t n = a->n, s = a->surname;
    if (a->unreadable || b->unreadable || n != b->n || n < 2) {
        return false;
    }
    for (size_t turn = 1; turn <= 2 && turn < n; turn++) {
        if (same_codes(a->code, b->code + n - turn, turn) && same_codes(a->code + turn, b->code, n - turn)) {
            return true;
        }
    }
    return s && n - s == 2 && same_codes(a->code, b->code, s) && a->code[s] == b->code[s + 1] && a->code[s + 1] == b->code[s];
}

/* Neither is equal as a whole: which half is? */
static enum name_likeness half_level(const struct name_form *a, const struct name_form *b)
{
    size_t s = MAX(a->surname, 1), t = MAX(b->surname, 1);
    if (a->code[0] == CODE_UNREADABLE || b->code[0] == CODE_UNREADABLE) {
        return NAME_LEVEL_NONE;
    }
    if (s == t && same_codes(a->code, b->code, s)) {
        return NAME_LEVEL_SURNAME;
    }
    bool given = a->n > s && a->n - s == b->n - t && !a->unreadable && !b->unreadable && same_codes(a->code + s, b->code + t, a->n - s);
    return given ? NAME_LEVEL_GIVEN : NAME_LEVEL_NONE;
}

/* What the places of two names of one length say: how many hold the same character, how many one that nobody can read, and the last of the others. */
struct places {
    size_t same, unreadable, other;
};

static struct places count_places(const struct name_form *a, const struct name_form *b)
{
    struct places p = {0, 0, 0};
    for (size_t i = 0; i < a->n; i++) {
        if (a->code[i] == CODE_UNREADABLE || b->code[i] == CODE_UNREADABLE) {
            p.unreadable++;
        } else if (a->code[i] == b->code[i] && a->code[i] < CODE_OTHER_FIRST) { /* above, two characters may share a code by hash */
            p.same++;
        } else {
            p.other = i;
        }
    }
    return p;
}

/* The worst that places which differ agree in by sound; the first that sounds otherwise ends it, as in most pairs of names. */
static enum reading_match sounds_alike(const struct name_form *a, const struct name_form *b)
{
    enum reading_match worst = READING_TONE;
    for (size_t i = 0; i < a->n && worst >= READING_SYLLABLE; i++) {
        if (a->code[i] != b->code[i] || a->code[i] >= CODE_OTHER_FIRST) {
            worst = MIN(worst, a->code[i] == b->code[i] ? READING_DIFFERS : reading_match(a->code[i], b->code[i]));
        }
    }
    return worst;
}

static enum name_likeness han_same_length(const struct name_form *a, const struct name_form *b)
{
    struct places p = count_places(a, b);
    size_t n = a->n, readable = n - p.unreadable;
    if (readable < 2 && readable < n) { /* 李? 李明: a surname is no evidence for or against; another surname is */
        return p.same == readable ? NAME_LEVEL_UNKNOWN : NAME_LEVEL_NONE;
    }
    enum reading_match sound = p.unreadable ? READING_DIFFERS : sounds_alike(a, b);
    if (sound >= READING_SYLLABLE) {
        return sound == READING_TONE ? NAME_LEVEL_TONE : NAME_LEVEL_PINYIN;
    }
    if (is_swapped(a, b)) {
        return NAME_LEVEL_SWAPPED;
    }
    if (p.same + p.unreadable == n) {
        return NAME_LEVEL_ALIKE;
    }
    if (p.same + 1 < n) {
        return half_level(a, b);
    }
    uint16_t x = a->code[p.other], y = b->code[p.other]; /* shapes are dear: only where they decide */
    if (x == y || shape_alike(x, y)) {
        return NAME_LEVEL_ALIKE;
    }
    return n > 2 ? NAME_LEVEL_ONE : half_level(a, b); /* 张三 张四 have a surname in common, no more */
}

/* A character lost, extra or doubled; at least two are common. */
static enum name_likeness han_other_length(const struct name_form *a, const struct name_form *b)
{
    bool near = MIN(a->n, b->n) >= 2 && one_edit((struct codes){a->code, a->n}, (struct codes){b->code, b->n});
    return near ? NAME_LEVEL_ONE : half_level(a, b);
}

/* --- transliterated names ---------------------------------------------------------------------------------------------------- */

static bool same_syllables(struct name_part a, struct name_part b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (!reading_transliterates(a.code[i], b.code[i]) && a.code[i] != CODE_UNREADABLE && b.code[i] != CODE_UNREADABLE) {
            return false;
        }
    }
    return true;
}

/* Are the parts of one those of the other in another order? */
static bool parts_swapped(const struct name_form *a, const struct name_form *b)
{
    unsigned used = 0;
    if (a->n_parts != b->n_parts || a->n_parts < 2) {
        return false;
    }
    for (size_t i = 0; i < a->n_parts; i++) {
        size_t j = 0;
        while (j < b->n_parts && (used >> j & 1 || !same_syllables(part_of(a, i), part_of(b, j)))) {
            j++;
        }
        if (j == b->n_parts) {
            return false;
        }
        used |= 1u << j;
    }
    return true;
}

static bool any_part_common(const struct name_form *a, const struct name_form *b)
{
    for (size_t i = 0; i < a->n_parts; i++) {
        for (size_t j = 0; j < b->n_parts; j++) {
            if (part_of(a, i).n >= 2 && same_syllables(part_of(a, i), part_of(b, j))) {
                return true;
            }
        }
    }
    return false;
}

/* One syllable differs, is lost or extra, of four and more; characters of one syllable count as equal. */
static bool one_syllable_apart(const struct name_form *a, const struct name_form *b)
{
    enum { ENOUGH = 4 };
    const struct name_form *few = a->n <= b->n ? a : b, *many = few == a ? b : a;
    if (few->n < ENOUGH || many->n - few->n > 1) {
        return false;
    }
    size_t head = 0, tail = 0;
    while (head < few->n && reading_transliterates(few->code[head], many->code[head])) {
        head++;
    }
    while (tail < few->n && reading_transliterates(few->code[few->n - 1 - tail], many->code[many->n - 1 - tail])) {
        tail++;
    }
    return head + tail + (many->n == few->n) >= few->n;
}

static enum name_likeness compare_parts(const struct name_form *a, const struct name_form *b)
{
    const struct name_form *few = a->n <= b->n ? a : b, *many = few == a ? b : a;
    struct name_part all_few = {few->code, few->n}, head = {many->code, few->n};
    if (same_syllables(all_few, head)) {
        return few->n == many->n ? NAME_LEVEL_PINYIN : few->n >= 2 ? NAME_LEVEL_PART : NAME_LEVEL_UNKNOWN;
    }
    if (parts_swapped(a, b)) {
        return NAME_LEVEL_SWAPPED;
    }
    if (one_syllable_apart(a, b)) {
        return NAME_LEVEL_ONE;
    }
    return any_part_common(a, b) ? NAME_LEVEL_SURNAME : NAME_LEVEL_NONE;
}

/* --- pinyin ----------------------------------------------------------------------------------------------------------------- */

/* How many of the letters at `at` the syllable takes, 0 when it is another; ü is written v, u or yu. */
static size_t takes(const struct name_form *latin, size_t at, const char *syllable)
{
    size_t i = 0;
    for (; syllable[i]; i++) {
        uint16_t c = at + i < latin->n ? latin->code[at + i] : 0;
        if (c != (uint16_t)(unsigned char)syllable[i] && !(syllable[i] == 'v' && c == 'u')) {
            return 0;
        }
    }
    return i;
}

/* Characters from .. end - 1 spelled by the letters from `at` on; *out_at is where they end. The first fitting reading is taken. */
static bool spells(const struct name_form *latin, size_t at, const struct name_form *han, size_t from, size_t end, size_t *out_at)
{
    for (size_t i = from; i < end; i++) {
        const uint16_t *readings;
        size_t n = reading_set(han->code[i], &readings), best = 0;
        for (size_t r = 0; r < n; r++) {
            best = MAX(best, takes(latin, at, syllable_name(reading_syllable(readings[r]))));
        }
        if (best == 0) {
            return false;
        }
        at += best;
    }
    *out_at = at;
    return true;
}

static bool latin_spells(const struct name_form *latin, const struct name_form *han)
{
    size_t at = 0;
    size_t surname = han->surname;
    if (latin->n < 3) {
        return false;
    }
    if (spells(latin, 0, han, 0, han->n, &at) && at == latin->n) {
        return true;
    }
    return surname && spells(latin, 0, han, surname, han->n, &at) && spells(latin, at, han, 0, surname, &at) && at == latin->n;
}

/* 建国欧阳 beside 欧阳建国 and 王建建国 beside 王建国 are no transliterated names. */
static bool is_transliterated(const struct name_form *a, const struct name_form *b)
{
    bool both = a->script == NAME_SCRIPT_PARTS && b->script == NAME_SCRIPT_PARTS;
    return both || a->n_parts > 1 || b->n_parts > 1 || MAX(a->n, b->n) >= 5;
}

/* --- all -------------------------------------------------------------------------------------------------------------------- */

enum name_likeness name_compare(const struct name_form *a, const struct name_form *b)
{
    if (a->script == NAME_SCRIPT_NONE || b->script == NAME_SCRIPT_NONE) {
        return NAME_LEVEL_UNKNOWN;
    }
    bool clear = !a->unreadable && !b->unreadable;
    if (clear && a->plain == b->plain) {
        return NAME_LEVEL_SAME;
    }
    if (clear && a->folded == b->folded) {
        return a->script == NAME_SCRIPT_LATIN ? NAME_LEVEL_SAME : NAME_LEVEL_VARIANT;
    }
    bool latin_a = a->script == NAME_SCRIPT_LATIN, latin_b = b->script == NAME_SCRIPT_LATIN;
    if (latin_a != latin_b) {
        const struct name_form *latin = latin_a ? a : b, *han = latin_a ? b : a;
        return latin_spells(latin, han) ? NAME_LEVEL_PINYIN : NAME_LEVEL_UNKNOWN;
    }
    if (latin_a) {
        return NAME_LEVEL_LATIN;
    }
    if (is_transliterated(a, b)) {
        return compare_parts(a, b);
    }
    return a->n == b->n ? han_same_length(a, b) : han_other_length(a, b);
}

static const struct {
    const char *code, *zh, *en;
} level_words[NAME_LEVEL_COUNT] = {
    [NAME_LEVEL_UNKNOWN] = {"unknown", "无法比较", "cannot be compared"},
    [NAME_LEVEL_SAME] = {"same", "相同", "same"},
    [NAME_LEVEL_VARIANT] = {"variant", "异体或简繁不同", "variant characters"},
    [NAME_LEVEL_TONE] = {"tone", "同音同调", "same sound and tones"},
    [NAME_LEVEL_PINYIN] = {"pinyin", "同音", "same sound"},
    [NAME_LEVEL_SWAPPED] = {"swapped", "次序颠倒", "another order"},
    [NAME_LEVEL_ALIKE] = {"alike", "一字之差，字形相近", "one character differs and looks alike"},
    [NAME_LEVEL_PART] = {"part", "其中一个不全", "one lacks a part"},
    [NAME_LEVEL_ONE] = {"one", "一字之差", "one character differs"},
    [NAME_LEVEL_SURNAME] = {"surname", "只有姓相同", "surname only"},
    [NAME_LEVEL_GIVEN] = {"given", "只有名相同", "given name only"},
    [NAME_LEVEL_NONE] = {"none", "不同", "different"},
    [NAME_LEVEL_LATIN] = {"latin", "两个拉丁字母的姓名", "two names in Latin letters"},
};

const char *name_level_word(enum name_likeness l)
{
    return TR(level_words[l].zh, level_words[l].en);
}

const char *name_level_code(enum name_likeness l)
{
    return level_words[l].code;
}
