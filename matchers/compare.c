/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/compare.h"

#include "base/text/clk.h"
#include "matchers/compare_private.h"
#include "matchers/prepare.h"

/* --- what the levels are called --------------------------------------------------------------------------------------------------- */

#define MISSING {"missing", "一方没有", "missing on a side", 0}

static const struct level id_levels[ID_LEVELS] = {
    MISSING,
    [ID_SAME] = {"same", "相同", "the same", 930},
    [ID_ONE_EDIT] = {"one_edit", "差一处笔误", "one slip apart", 45},
    [ID_PART] = {"part", "差两处", "two slips apart", 15},
    [ID_DIFFERENT] = {"different", "不同，有一方残缺", "different, one of them damaged", 9},
    [ID_CONFLICT] = {"conflict", "两个有效而不同的号码", "two valid, different numbers", 1},
};
static const struct level name_levels[NAME_LEVELS] = {
    MISSING,
    [NAME_L_SAME] = {"same", "相同", "the same", 880},
    [NAME_L_WEAK] = {"weak", "通用字", "usual other character", 15},
    [NAME_L_TONE] = {"tone", "同音同调", "same sound and tones", 20},
    [NAME_L_SOUND] = {"sound", "同音", "sounds the same", 10},
    [NAME_L_SWAPPED] = {"swapped", "字序颠倒", "same characters, other order", 8},
    [NAME_L_LOOKS] = {"looks", "一字形近或缺字", "one character looks alike, or unreadable", 12},
    [NAME_L_PART] = {"part", "一方只写了一部分", "one is part of the other", 10},
    [NAME_L_ONE] = {"one", "差一字", "one character of the name differs", 15},
    [NAME_L_SURNAME] = {"surname", "同姓", "same surname only", 10},
    [NAME_L_GIVEN] = {"given", "同名不同姓", "same given name only", 10},
    [NAME_L_DIFFERENT] = {"different", "不同", "different", 10},
};
static const struct level latin_levels[LATIN_LEVELS] = {
    MISSING,
    [LATIN_SAME] = {"same", "相同", "the same", 800},
    [LATIN_SWAPPED] = {"swapped", "两栏互换", "in the other's column, or other order", 20},
    [LATIN_ONE_EDIT] = {"one_edit", "差一处笔误", "one slip apart", 70},
    [LATIN_NICKNAME] = {"nickname", "昵称", "a nickname", 15},
    [LATIN_SOUND] = {"sound", "读音相近", "sounds alike", 20},
    [LATIN_CLOSE] = {"close", "相近", "close", 25},
    [LATIN_SHORT] = {"short", "缩写或一部分", "an initial or a part", 15},
    [LATIN_FAR] = {"far", "略相近", "a little alike", 10},
    [LATIN_DIFFERENT] = {"different", "不同", "different", 30},
};
static const struct level date_levels[DATE_LEVELS] = {
    MISSING,
    [DATE_L_SAME] = {"same", "相同", "the same", 880},
    [DATE_L_SWAPPED] = {"swapped", "月日颠倒", "day and month swapped", 10},
    [DATE_L_ONE_DIGIT] = {"one_digit", "差一处笔误", "one slip apart", 55},
    [DATE_L_YEAR_MONTH] = {"year_month", "年月相同", "same year and month", 10},
    [DATE_L_MONTH_DAY] = {"month_day", "月日相同", "same month and day", 10},
    [DATE_L_TWO_DIGITS] = {"two_digits", "差两处", "two slips apart", 10},
    [DATE_L_YEAR] = {"year", "年相同", "same year", 15},
    [DATE_L_DIFFERENT] = {"different", "不同", "different", 20},
};
static const struct level sex_levels[SEX_LEVELS] = {
    MISSING,
    [SEX_L_SAME] = {"same", "相同", "the same", 985},
    [SEX_L_DIFFERENT] = {"different", "不同", "different", 15},
};
static const struct level phone_levels[PHONE_LEVELS] = {
    MISSING,
    [PHONE_L_SAME] = {"same", "相同", "the same", 800},
    [PHONE_L_ONE_DIGIT] = {"one_digit", "差一处笔误", "one slip apart", 40},
    [PHONE_L_TWO_DIGITS] = {"two_digits", "差两处", "two slips apart", 10},
    [PHONE_L_DIFFERENT] = {"different", "不同", "different", 160},
};
static const struct level address_levels[ADDRESS_LEVELS] = {
    MISSING,
    [ADDRESS_SAME] = {"same", "相同", "the same", 650},
    [ADDRESS_DOOR] = {"door", "同一门牌", "same door", 60},
    [ADDRESS_NEAR] = {"near", "差一两处笔误", "a slip or two apart", 60},
    [ADDRESS_CLOSE] = {"close", "同一楼或相近", "same building, or close", 50},
    [ADDRESS_PART] = {"part", "同一路段、小区或村", "same road, estate or village", 60},
    [ADDRESS_DIFFERENT] = {"different", "不同", "different", 120},
};
static const struct level area_levels[AREA_LEVELS] = {
    MISSING,
    [AREA_SAME] = {"same", "相同", "the same", 850},
    [AREA_INSIDE] = {"inside", "一方在另一方之内", "one lies within the other", 50},
    [AREA_DIFFERENT] = {"different", "不同", "different", 100},
};
static const struct level text_levels[TEXT_LEVELS] = {
    MISSING,
    [TEXT_SAME] = {"same", "相同", "the same", 750},
    [TEXT_SWAPPED] = {"swapped", "词序或栏目互换", "other order, or in the other's column", 15},
    [TEXT_NEAR] = {"near", "差一两处笔误", "a slip or two apart", 80},
    [TEXT_CLOSE] = {"close", "相近", "close", 40},
    [TEXT_PART] = {"part", "部分相同", "partly the same", 35},
    [TEXT_DIFFERENT] = {"different", "不同", "different", 80},
};
static const struct level code_levels[CODE_LEVELS] = {
    MISSING,
    [CODE_SAME] = {"same", "相同", "the same", 840},
    [CODE_SWAPPED] = {"swapped", "栏目互换", "in the other's column", 10},
    [CODE_ONE_EDIT] = {"one_edit", "差一处笔误", "one slip apart", 70},
    [CODE_DIFFERENT] = {"different", "不同", "different", 80},
};
static const struct level clk_levels[CLK_LEVELS] = {
    MISSING,
    [CLK_SAME] = {"same", "相同", "the same", 850},
    [CLK_HIGH] = {"high", "相似度 0.85 以上", "likeness from .85", 50},
    [CLK_CLOSE] = {"close", "相似度 0.75 以上", "likeness from .75", 45},
    [CLK_NEAR] = {"near", "相似度 0.65 以上", "likeness from .65", 25},
    [CLK_DIFFERENT] = {"different", "不同", "different", 30},
};

static const struct {
    const struct level *levels;
    unsigned n, swapped;
} types[FIELD_TYPE_COUNT] = {
    [FIELD_ID] = {id_levels, ID_LEVELS, 0},
    [FIELD_NAME] = {name_levels, NAME_LEVELS, 0},
    [FIELD_LATIN] = {latin_levels, LATIN_LEVELS, LATIN_SWAPPED},
    [FIELD_DATE] = {date_levels, DATE_LEVELS, 0},
    [FIELD_SEX] = {sex_levels, SEX_LEVELS, 0},
    [FIELD_PHONE] = {phone_levels, PHONE_LEVELS, 0},
    [FIELD_ADDRESS] = {address_levels, ADDRESS_LEVELS, 0},
    [FIELD_AREA] = {area_levels, AREA_LEVELS, 0},
    [FIELD_TEXT] = {text_levels, TEXT_LEVELS, TEXT_SWAPPED},
    [FIELD_CODE] = {code_levels, CODE_LEVELS, CODE_SWAPPED},
    [FIELD_CLK] = {clk_levels, CLK_LEVELS, 0},
};

const struct level *compare_levels(enum field_type t, unsigned *out_n)
{
    *out_n = types[t].n;
    return types[t].levels;
}

unsigned compare_swapped_level(enum field_type t)
{
    return types[t].swapped;
}

/* --- what is copied: numbers, dates, codes ------------------------------------------------------------------------------------------- */

static unsigned differing(struct codes a, struct codes b)
{
    unsigned n = 0;
    for (unsigned i = 0; i < a.n; i++) {
        n += a.p[i] != b.p[i];
    }
    return n;
}

/* Of two texts of one length: one lost a character, got one elsewhere, and all between moved by a place. */
static bool moved_by_one(struct codes a, struct codes b)
{
    unsigned from = 0, end = a.n;
    while (from < end && a.p[from] == b.p[from]) {
        from++;
    }
    while (end > from && a.p[end - 1] == b.p[end - 1]) {
        end--;
    }
    size_t bytes = end > from ? (end - from - 1) * sizeof(*a.p) : 0;
    return memcmp(a.p + from + 1, b.p + from, bytes) == 0 || memcmp(a.p + from, b.p + from + 1, bytes) == 0;
}

/* Two characters of a number changed, or one moved a few places; numbers of different length are not looked at so closely. */
static bool two_slips(struct codes a, struct codes b)
{
    unsigned n = a.n == b.n && a.n >= 6 ? differing(a, b) : 9;
    return n <= 2 || (n == 3 && moved_by_one(a, b));
}

/* Two positions ten apart changed places: the one slip that MOD 11-2 cannot see, its weights repeat. */
static bool ten_apart(struct codes a, struct codes b)
{
    for (unsigned i = 0; i + 10 < a.n; i++) {
        if (a.p[i] != b.p[i]) {
            return a.p[i] == b.p[i + 10] && b.p[i] == a.p[i + 10];
        }
    }
    return false;
}

/* Numbers of one length with more than three places that differ: neither one slip nor two apart. Most pairs at random are. */
static bool far_apart(const struct value *a, const struct value *b)
{
    uint64_t x = a->digits ^ b->digits;
    x = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111111111111111u;
    x &= x - 1, x &= x - 1; /* takes a one off each time */
    return a->n == b->n && (x & (x - 1));
}

static unsigned compare_id(const struct dict *d, const struct value *a, const struct value *b)
{
    uint16_t room[2][VALUE_CODES];
    unsigned other = a->flags & b->flags & VALUE_VALID ? ID_CONFLICT : ID_DIFFERENT;
    if (far_apart(a, b)) {
        return other;
    }
    struct codes x = value_codes(d, a, room[0]), y = value_codes(d, b, room[1]);
    if (one_edit(x, y)) {
        return ID_ONE_EDIT;
    }
    return x.n == y.n && differing(x, y) == 2 && (ten_apart(x, y) || other == ID_DIFFERENT) ? ID_PART : other;
}

static unsigned compare_phone(const struct dict *d, const struct value *a, const struct value *b)
{
    uint16_t room[2][VALUE_CODES];
    if (far_apart(a, b)) {
        return PHONE_L_DIFFERENT;
    }
    struct codes x = value_codes(d, a, room[0]), y = value_codes(d, b, room[1]);
    return one_edit(x, y) ? PHONE_L_ONE_DIGIT : two_slips(x, y) ? PHONE_L_TWO_DIGITS : PHONE_L_DIFFERENT;
}

/* Month or year precision, or a torn date. */
static unsigned compare_part_dates(const struct value *a, const struct value *b, struct codes x, struct codes y)
{
    unsigned year = DATE_WORD_YEAR(a->word), ma = DATE_WORD_MONTH(a->word), mb = DATE_WORD_MONTH(b->word);
    if (year && year == DATE_WORD_YEAR(b->word)) {
        return ma && ma == mb ? DATE_L_YEAR_MONTH : DATE_L_YEAR;
    }
    return one_edit(x, y) ? DATE_L_ONE_DIGIT : two_slips(x, y) ? DATE_L_TWO_DIGITS : DATE_L_DIFFERENT;
}

static unsigned compare_date(const struct dict *d, const struct value *a, const struct value *b)
{
    uint16_t room[2][VALUE_CODES];
    unsigned ya = DATE_WORD_YEAR(a->word), ma = DATE_WORD_MONTH(a->word), da = DATE_WORD_DAY(a->word);
    unsigned yb = DATE_WORD_YEAR(b->word), mb = DATE_WORD_MONTH(b->word), db = DATE_WORD_DAY(b->word);
    bool days = a->flags & b->flags & VALUE_DAY, near = !days || !far_apart(a, b);
    struct codes x = near ? value_codes(d, a, room[0]) : (struct codes){NULL, 0}, y = near ? value_codes(d, b, room[1]) : x;
    if (!days) {
        return compare_part_dates(a, b, x, y);
    }
    if (ya == yb && ma == db && da == mb) {
        return DATE_L_SWAPPED;
    }
    if (near && one_edit(x, y)) {
        return DATE_L_ONE_DIGIT;
    }
    if (ya == yb && ma == mb) {
        return DATE_L_YEAR_MONTH;
    }
    if (ya != yb && ma == mb && da == db) {
        return DATE_L_MONTH_DAY;
    }
    return near && two_slips(x, y) ? DATE_L_TWO_DIGITS : ya == yb ? DATE_L_YEAR : DATE_L_DIFFERENT;
}

static bool begins(struct codes longer, struct codes head)
{
    return head.n <= longer.n && memcmp(longer.p, head.p, head.n * sizeof(*head.p)) == 0;
}

static unsigned compare_area(struct codes a, struct codes b)
{
    struct codes shorter = a.n <= b.n ? a : b, longer = a.n <= b.n ? b : a;
    while (shorter.n > 6 && shorter.p[shorter.n - 1] == '0') { /* codes are padded with zeros */
        shorter.n--;
    }
    return shorter.n >= 2 && begins(longer, shorter) ? AREA_INSIDE : AREA_DIFFERENT;
}

static unsigned clk_level(int dice)
{
    return dice >= 850 ? CLK_HIGH : dice >= 750 ? CLK_CLOSE : dice >= 650 ? CLK_NEAR : CLK_DIFFERENT;
}

/* Types whose codes are looked at in any case. */
static unsigned compare_codes(enum field_type type, struct codes p, struct codes q)
{
    bool one = type == FIELD_CODE && MAX(p.n, q.n) >= 4 && one_edit(p, q);
    return type == FIELD_AREA ? compare_area(p, q) : type == FIELD_TEXT ? compare_text(p, q) : type == FIELD_CLK ? clk_level(clk_dice(p.p, q.p)) : one ? CODE_ONE_EDIT : CODE_DIFFERENT;
}

unsigned compare_values(const struct dict *d, uint32_t a, uint32_t b)
{
    uint16_t room[2][VALUE_CODES];
    if (a == NO_VALUE || b == NO_VALUE) {
        return LEVEL_MISSING;
    }
    if (a == b) {
        return LEVEL_SAME;
    }
    const struct value *x = &d->values.v[a], *y = &d->values.v[b];
    switch (d->type) {
    case FIELD_ID: return compare_id(d, x, y);
    case FIELD_NAME: return compare_name(d, x, y);
    case FIELD_LATIN: return compare_latin(d, x, y);
    case FIELD_DATE: return compare_date(d, x, y);
    case FIELD_SEX: return SEX_L_DIFFERENT;
    case FIELD_PHONE: return compare_phone(d, x, y);
    case FIELD_ADDRESS: return compare_address(d, x, y);
    case FIELD_TEXT:
        if (!letters_shared(x, y) || !bigrams_shared(x, y)) {
            return TEXT_DIFFERENT;
        }
        break;
    case FIELD_AREA:
    case FIELD_CODE:
    case FIELD_CLK:
    case FIELD_TYPE_COUNT: break;
    }
    return compare_codes(d->type, value_codes(d, x, room[0]), value_codes(d, y, room[1]));
}

unsigned compare_field(const struct link_table *t, unsigned field, const uint32_t *row_a, const uint32_t *row_b)
{
    uint32_t a = row_a[field], b = row_b[field];
    int p = t->fields[field].partner;
    if (p >= 0 && a != b && types[t->fields[field].type].swapped) {
        uint32_t pa = row_a[p], pb = row_b[p];
        if ((a && a == pb && (pa == b || !pa || !b)) || (b && b == pa && (pb == a || !pb || !a))) {
            return types[t->fields[field].type].swapped;
        }
    }
    return compare_values(link_dict(t, field), a, b);
}

uint64_t compare_rows(const struct link_table *t, uint32_t a, uint32_t b)
{
    const uint32_t *x = link_row(t, a), *y = link_row(t, b);
    uint64_t pattern = 0;
    for (unsigned f = 0; f < t->n_fields; f++) {
        pattern |= (uint64_t)compare_field(t, f, x, y) << (4 * f);
    }
    return pattern;
}
