/* SPDX-License-Identifier: Apache-2.0 */
/* Readings, shapes, levels of names, blocking keys; and the figures that the choice of tables rests on. */
#include "base/text/name_compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "base/core/vec.h"
#include "base/text/fold.h"
#include "base/text/han_tables.h"
#include "base/text/shape.h"
#include "base/text/utf8.h"
#include "tests/lib/tsv.h"

static uint16_t code_at(struct str s, size_t k)
{
    const char *p = s.p + utf8_offset(s, k), *end = str_end(s);
    return dense_code(utf8_next(&p, end));
}

static void levels(void **state)
{
    (void)state;
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_name_levels.tsv");
    while (tsv_next(&t)) {
        struct name_form a, b;
        name_form_make(t.f[0], &a);
        name_form_make(t.f[1], &b);
        enum name_likeness l = name_compare(&a, &b), back = name_compare(&b, &a);
        if (!str_eqz(t.f[2], name_level_code(l)) || l != back) {
            tsv_fail(&t, "level", str_of(name_level_code(l)));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

static bool share_sound(const struct name_form *a, const struct name_form *b)
{
    uint64_t ka[NAME_SOUND_KEYS], kb[NAME_SOUND_KEYS];
    size_t na = name_sound_keys(a, ka), nb = name_sound_keys(b, kb);
    for (size_t i = 0; i < na; i++) {
        for (size_t j = 0; j < nb; j++) {
            if (ka[i] == kb[j]) {
                return true;
            }
        }
    }
    return false;
}

/* Whatever is the same in sound shares a key by sound, whatever is swapped the sorted key. */
static void keys_bring_levels_together(void **state)
{
    (void)state;
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_name_levels.tsv");
    while (tsv_next(&t)) {
        struct name_form a, b;
        name_form_make(t.f[0], &a);
        name_form_make(t.f[1], &b);
        enum name_likeness l = name_compare(&a, &b);
        bool one_script = a.script == b.script, sound = l >= NAME_LEVEL_SAME && l <= NAME_LEVEL_PINYIN && one_script;
        bool exact = l <= NAME_LEVEL_VARIANT && l >= NAME_LEVEL_SAME;
        if ((sound && a.script != NAME_SCRIPT_LATIN && !share_sound(&a, &b)) || (exact && a.folded != b.folded)) {
            tsv_fail(&t, "no common key by sound", str_of(name_level_code(l)));
            failed++;
        }
        if (exact && name_sorted_key(&a) != name_sorted_key(&b)) {
            tsv_fail(&t, "no common sorted key", str_of(name_level_code(l)));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
    struct name_form a, b;
    name_form_make(STR("王建国"), &a);
    name_form_make(STR("国建王"), &b);
    assert_true(name_sorted_key(&a) && name_sorted_key(&a) == name_sorted_key(&b));
    name_form_make(STR("汪佳郭"), &b);
    assert_true(name_initial_key(&a) && name_initial_key(&a) == name_initial_key(&b));
    name_form_make(STR("?"), &a);
    assert_true(name_initial_key(&a) == 0 && name_sorted_key(&a) == 0 && name_sound_keys(&a, (uint64_t[NAME_SOUND_KEYS]){0}) == 0);
}

/* reference figures: of 6,763 characters of GB 2312 all have a reading; of the national list of 8,105, four-corner codes for 7,445. */
static void coverage(void **state)
{
    (void)state;
    size_t gb = 0, gb_read = 0, tgh = 0, tgh_read = 0, strokes = 0, cangjie = 0, corners = 0, beyond = 0, several = 0;
    for (uint32_t cp = 0x3400; cp < 0x40000; cp++) {
        const struct glyph *g = glyph_of(dense_code(cp));
        const uint16_t *r;
        if (!g) {
            continue;
        }
        assert_int_equal(dense_char(dense_code(cp)), cp);
        size_t n = reading_set(dense_code(cp), &r);
        gb += (g->listed & GLYPH_GB2312) != 0;
        gb_read += (g->listed & GLYPH_GB2312) && n;
        if (g->listed & GLYPH_TGH) {
            bool more = false;
            tgh++;
            tgh_read += n > 0;
            strokes += g->strokes > 0;
            cangjie += g->cangjie > 0;
            corners += g->corners > 0;
            beyond += cp > 0xFFFF;
            for (size_t i = 1; i < n; i++) {
                more = more || reading_syllable(r[i]) != reading_syllable(r[0]);
            }
            several += more;
        }
    }
    print_message("GB 2312 %zu, with reading %zu; national list %zu, with reading %zu, strokes %zu, Cangjie %zu, four-corner %zu, beyond the BMP %zu, of several"
                  " syllables %zu\n", gb, gb_read, tgh, tgh_read, strokes, cangjie, corners, beyond, several);
    assert_int_equal(gb, 6763);
    assert_int_equal(gb_read, 6763);
    assert_int_equal(tgh, 8105);
    assert_int_equal(tgh_read, 8105);
    assert_int_equal(strokes, 8105);
    assert_int_equal(corners, 7445);
    assert_int_equal(beyond, 196);
    assert_true(cangjie >= 7900 && several >= 333);
}

static void surnames(void **state)
{
    (void)state;
    struct tsv t;
    size_t n = 0, in_set = 0, as_guess = 0;
    tsv_open(&t, "text_surname_readings.tsv");
    while (tsv_next(&t)) {
        const uint16_t *r;
        size_t k = reading_set(code_at(t.f[0], 0), &r), found = k;
        for (size_t i = 0; i < k && found == k; i++) {
            found = str_eqz(t.f[1], syllable_name(reading_syllable(r[i]))) ? i : k;
        }
        n++;
        in_set += found < k;
        as_guess += k && found == 0;
        if (found == k) {
            print_message("not in the set: %s %s\n", t.f[0].p, t.f[1].p);
        }
    }
    tsv_close(&t);
    print_message("%zu readings of surnames: in the set %zu, the first guess %zu\n", n, in_set, as_guess);
    assert_true(in_set * 100 >= n * 97);
}

static int int_cmp(const void *pa, const void *pb)
{
    return *(const int *)pa - *(const int *)pb;
}

/* The area under the curve, and the share of look-alikes above what one random pair in a hundred reaches. */
static void lookalikes(void **state)
{
    (void)state;
    enum { RANDOM = 20000 };
    uint16_t level1[4000];
    size_t n_level1 = 0;
    VEC(int) pairs = {0};
    static int chance[RANDOM];
    struct tsv t;
    tsv_open(&t, "text_gb2312_level1.tsv");
    while (tsv_next(&t)) {
        for (size_t i = 0, n = utf8_length(t.f[0]); i < n; i++) {
            level1[n_level1++] = code_at(t.f[0], i);
        }
    }
    tsv_close(&t);
    assert_int_equal(n_level1, 3755);
    for (size_t i = 0; i < RANDOM; i++) {
        size_t a = hash_mix(2 * i + 1) % n_level1, b = hash_mix(2 * i + 2) % n_level1;
        chance[i] = shape_similarity(level1[a], level1[a == b ? (b + 1) % n_level1 : b]);
    }
    qsort(chance, RANDOM, sizeof(*chance), int_cmp);
    double under = 0;
    size_t above_1 = 0, above_01 = 0, alike = 0;
    tsv_open(&t, "text_lookalikes.tsv");
    while (tsv_next(&t)) {
        uint16_t a = code_at(t.f[0], 0), b = code_at(t.f[1], 0);
        int s = shape_similarity(a, b);
        assert_int_equal(s, shape_similarity(b, a));
        vec_push(&pairs, s);
        for (size_t i = 0; i < RANDOM; i++) {
            under += chance[i] < s ? 1 : chance[i] == s ? 0.5 : 0;
        }
        above_1 += s > chance[RANDOM - RANDOM / 100];
        above_01 += s > chance[RANDOM - RANDOM / 1000];
        alike += shape_alike(a, b);
    }
    tsv_close(&t);
    double auc = under / RANDOM / (double)pairs.n, n = (double)pairs.n;
    print_message("%zu look-alike pairs: area under the curve %.3f, found at 1 %% false %.2f (from %d), at 0.1 %% %.2f, alike %.2f\n", pairs.n, auc,
                  (double)above_1 / n, chance[RANDOM - RANDOM / 100], (double)above_01 / n, (double)alike / n);
    assert_true(auc >= 0.977);
    assert_true((double)above_1 / n >= 0.83 && (double)above_01 / n >= 0.48);
    vec_release(&pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),   cmocka_unit_test(keys_bring_levels_together), cmocka_unit_test(coverage), cmocka_unit_test(surnames),
        cmocka_unit_test(lookalikes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
