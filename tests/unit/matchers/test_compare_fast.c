/* SPDX-License-Identifier: Apache-2.0 */
/* What is compared in a hurry against the same done plainly, over random values that are near one another: names, dates and phones by their levels, pairs of
   rows by their weight. A failure prints the values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/edits.h"
#include "base/text/shape.h"
#include "base/text/utf8.h"
#include "matchers/score.h"

static uint64_t seed;
static unsigned below(unsigned n)
{
    seed++;
    return (unsigned)(hash_mix(seed) % n);
}

/* --- names --------------------------------------------------------------------------------------------------------------- */

/* Homophones, look-alikes, a polyphone, a variant, a compound surname, what nobody can read, a character beyond the tables. */
static const char *const chars[] = {"张", "章", "王", "玉", "大", "太", "士", "土", "己", "已", "伟", "炜", "萧", "肖", "欧", "阳", "长", "重", "?", "\xF3\xA0\x84\x81", "a"};

static enum name_likeness half(const struct name_form *a, const struct name_form *b)
{
    size_t s = MAX(a->surname, 1), t = MAX(b->surname, 1), given = (size_t)a->n - s;
    if (a->code[0] == CODE_UNREADABLE || b->code[0] == CODE_UNREADABLE) {
        return NAME_LEVEL_NONE;
    }
    if (s == t && memcmp(a->code, b->code, s * sizeof(uint16_t)) == 0) {
        return NAME_LEVEL_SURNAME;
    }
    bool same = a->n > s && given == b->n - t && !a->unreadable && !b->unreadable && memcmp(a->code + s, b->code + t, given * sizeof(uint16_t)) == 0;
    return same ? NAME_LEVEL_GIVEN : NAME_LEVEL_NONE;
}

/* Every place judged by sound and shape, then counted; NAME_LEVEL_SWAPPED is left to the caller. */
static enum name_likeness plain_level(const struct name_form *a, const struct name_form *b)
{
    unsigned same = 0, tone = 0, syllable = 0, alike = 0, readable = 0, n = a->n;
    for (unsigned i = 0; i < n; i++) {
        uint16_t x = a->code[i], y = b->code[i];
        bool clear = x != CODE_UNREADABLE && y != CODE_UNREADABLE;
        enum reading_match r = reading_match(x, y);
        readable += clear;
        same += clear && x == y && x < CODE_OTHER_FIRST;
        alike += !clear || (x == y && x >= CODE_OTHER_FIRST) || (x != y && r < READING_SYLLABLE && shape_alike(x, y));
        tone += clear && x != y && r == READING_TONE;
        syllable += clear && x != y && r == READING_SYLLABLE;
    }
    if (readable < 2 && readable < n) {
        return same == readable ? NAME_LEVEL_UNKNOWN : NAME_LEVEL_NONE;
    }
    if (same + tone + syllable == n) {
        return syllable ? NAME_LEVEL_PINYIN : NAME_LEVEL_TONE;
    }
    if (same + n - readable == n || (same == n - 1 && alike == 1)) {
        return NAME_LEVEL_ALIKE;
    }
    return same == n - 1 && n > 2 ? NAME_LEVEL_ONE : half(a, b);
}

static void test_names(void **state)
{
    (void)state;
    unsigned seen[NAME_LEVEL_COUNT] = {0};
    for (seed = 1; seed < 2000000;) {
        AUTO_STRBUF x = STRBUF_INIT, y = STRBUF_INIT;
        struct name_form a, b;
        for (unsigned i = 0, n = 2 + below(2); i < n; i++) {
            unsigned c = below(ARRAY_LEN(chars));
            strbuf_addz(&x, chars[c]);
            strbuf_addz(&y, chars[below(2) ? c : below(2) ? MIN(c ^ 1, (unsigned)ARRAY_LEN(chars) - 1) : below(ARRAY_LEN(chars))]);
        }
        name_form_make(strbuf_str(&x), &a);
        name_form_make(strbuf_str(&y), &b);
        bool clear = !a.unreadable && !b.unreadable;
        if (a.script != NAME_SCRIPT_HAN || b.script != NAME_SCRIPT_HAN || a.n != b.n || (clear && a.folded == b.folded)) {
            continue;
        }
        enum name_likeness fast = name_compare(&a, &b), plain = plain_level(&a, &b);
        if (fast != plain && fast != NAME_LEVEL_SWAPPED) {
            fail_msg("%s %s: %s, plainly %s", strbuf_z(&x), strbuf_z(&y), name_level_code(fast), name_level_code(plain));
        }
        seen[fast]++;
    }
    for (unsigned l = NAME_LEVEL_TONE; l <= NAME_LEVEL_NONE; l++) {
        assert_true(l == NAME_LEVEL_PART || seen[l] > 0);
    }
}

/* --- numbers and dates ------------------------------------------------------------------------------------------------------ */

static bool plain_two_slips(struct codes a, struct codes b)
{
    unsigned n = 0;
    for (unsigned i = 0; i < a.n && a.n == b.n; i++) {
        n += a.p[i] != b.p[i];
    }
    return a.n == b.n && a.n >= 6 && (n <= 2 || (n == 3 && edit_count(a, b) <= 2));
}

static unsigned plain_date(const struct value *a, const struct value *b, struct codes p, struct codes q)
{
    bool year = DATE_WORD_YEAR(a->word) == DATE_WORD_YEAR(b->word), month = DATE_WORD_MONTH(a->word) == DATE_WORD_MONTH(b->word);
    if (year && DATE_WORD_MONTH(a->word) == DATE_WORD_DAY(b->word) && DATE_WORD_DAY(a->word) == DATE_WORD_MONTH(b->word)) {
        return DATE_L_SWAPPED;
    }
    if (one_edit(p, q)) {
        return DATE_L_ONE_DIGIT;
    }
    if (year) {
        return month ? DATE_L_YEAR_MONTH : plain_two_slips(p, q) ? DATE_L_TWO_DIGITS : DATE_L_YEAR;
    }
    bool day = month && DATE_WORD_DAY(a->word) == DATE_WORD_DAY(b->word);
    return day ? DATE_L_MONTH_DAY : plain_two_slips(p, q) ? DATE_L_TWO_DIGITS : DATE_L_DIFFERENT;
}

/* One digit of a phone, or of a date, changed, moved or left, a few times over. */
static void near_numbers(struct link_table *t, unsigned field, unsigned n)
{
    char text[16];
    for (unsigned i = 0; i < n; i++) {
        if (i % 40 == 0) {
            unsigned head = below(80), middle = below(12), tail = below(28);
            snprintf(text, sizeof(text), field ? "1391%02u2%02u4%02u" : "19%02u-%02u-%02u", 10 + head, 1 + middle, 1 + tail);
        }
        size_t from = below((unsigned)strlen(text)), to = below((unsigned)strlen(text));
        char keep = text[from];
        if (keep != '-' && text[to] != '-') {
            text[from] = below(2) ? (char)('0' + below(10)) : text[to];
            text[to] = below(3) ? text[to] : keep;
        }
        (void)link_table_value(t, field, str_of(text));
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct field fields[] = {{"出生日期", FIELD_DATE, DATE_YMD, -1}, {"电话", FIELD_PHONE, DATE_YMD, -1}};
    struct link_table t = {.n = 0};
    unsigned seen[2][LEVELS_MAX] = {{0}};
    seed = 1;
    link_table_init(&t, fields, 2);
    for (unsigned f = 0; f < 2; f++) {
        near_numbers(&t, f, 1500);
        const struct dict *d = link_dict(&t, f);
        for (uint32_t i = 1; i < d->values.n; i++) {
            for (uint32_t j = 1; j < d->values.n; j++) {
                const struct value *a = &d->values.v[i], *b = &d->values.v[j];
                uint16_t room[2][VALUE_CODES];
                struct codes p = value_codes(d, a, room[0]), q = value_codes(d, b, room[1]);
                if (i == j || (f == 0 && !(a->flags & b->flags & VALUE_DAY))) {
                    continue;
                }
                unsigned plain = f == 0 ? plain_date(a, b, p, q) : one_edit(p, q) ? PHONE_L_ONE_DIGIT : plain_two_slips(p, q) ? PHONE_L_TWO_DIGITS : PHONE_L_DIFFERENT;
                unsigned fast = compare_values(d, i, j);
                if (fast != plain) {
                    fail_msg("%.*s %.*s: level %u, plainly %u", (int)value_text(d, i).n, value_text(d, i).p, (int)value_text(d, j).n, value_text(d, j).p, fast, plain);
                }
                seen[f][fast]++;
            }
        }
    }
    for (unsigned l = LEVEL_SAME + 1; l < DATE_LEVELS; l++) {
        assert_true(seen[0][l] > 0 && (l >= PHONE_LEVELS || seen[1][l] > 0));
    }
    link_table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests_name("compare_fast", tests, NULL, NULL);
}
