/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/status.h"
#include "base/text/unicode.h"
#include "base/text/utf8.h"
#include "base/text/width.h"
#include "tests/lib/tsv.h"

static void cleaned(void **state)
{
    (void)state;
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_name_clean.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF scratch = STRBUF_INIT;
        AUTO_STRBUF got = STRBUF_INIT;
        unsigned flags;
        strbuf_adds(&got, name_clean(t.f[0], &scratch, &flags));
        strbuf_addf(&got, " %u", flags);
        AUTO_STRBUF want = STRBUF_INIT;
        strbuf_addf(&want, "%s %s", t.f[1].p, t.f[2].p);
        if (!str_eq(strbuf_str(&got), strbuf_str(&want))) {
            tsv_fail(&t, "cleaned name", strbuf_str(&got));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

static void verdicts(void **state)
{
    (void)state;
    static const char *const words[] = {"same", "variant", "partial", "contradicts", "unknown"};
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_name_agrees.tsv");
    while (tsv_next(&t)) {
        enum name_verdict v = name_agrees(t.f[0], t.f[1]), back = name_agrees(t.f[1], t.f[0]);
        if (!str_eqz(t.f[2], words[v]) || v != back) {
            tsv_fail(&t, "verdict", str_of(words[v]));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

static void keys(void **state)
{
    (void)state;
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_fold.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF key = STRBUF_INIT;
        AUTO_STRBUF again = STRBUF_INIT;
        fold_key(t.f[0], &key);
        fold_key(strbuf_str(&key), &again);
        if (!str_eq(strbuf_str(&key), t.f[1]) || !str_eq(strbuf_str(&again), t.f[1])) {
            tsv_fail(&t, "key", strbuf_str(&key));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

static void folding_is_idempotent(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        uint32_t once = fold_cp(cp), width = fold_width(cp);
        assert_int_equal(once ? fold_cp(once) : 0, once);
        assert_int_equal(width ? fold_width(width) : 0, width);
    }
    /* what must stay apart does, and is a weak equal */
    static const uint32_t kept[][2] = {{0x4E7E, 0x5E72}, {0x8457, 0x7740}, {0x77AD, 0x4E86}, {0x6607, 0x5347}, {0x752F, 0x5B81}, {0x9EB4, 0x66F2}};
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        assert_int_equal(fold_cp(kept[i][0]), kept[i][0]);
        assert_true(fold_weak_equal(kept[i][0], kept[i][1]));
        assert_true(fold_weak_equal(kept[i][1], kept[i][0]));
    }
}

static void surnames(void **state)
{
    (void)state;
    assert_int_equal(name_surname_bytes(STR("张三")), 3);
    assert_int_equal(name_surname_bytes(STR("欧阳修")), 6);
    assert_int_equal(name_surname_bytes(STR("歐陽修")), 6);
    assert_int_equal(name_surname_bytes(STR("欧阳")), 3);
    assert_int_equal(name_surname_bytes(STR("阿依古丽·买买提")), 0);
    assert_int_equal(name_surname_bytes(STR("John Smith")), 0);
    assert_int_equal(name_surname_bytes(STR("")), 0);
}

static void key_text(void **state)
{
    (void)state;
    struct name_key k;
    AUTO_STRBUF b = STRBUF_INIT;
    name_key_make(STR("張□三(女)"), &k);
    name_key_text(&k, &b);
    assert_string_equal(strbuf_z(&b), "张?三");
    assert_int_equal(k.unreadable, 1);
    assert_int_equal(k.flags, NAME_SEX_MARK);
    AUTO_STRBUF longer = STRBUF_INIT;
    for (int i = 0; i < NAME_CHARS + 5; i++) {
        strbuf_addz(&longer, "阿");
    }
    name_key_make(strbuf_str(&longer), &k);
    assert_int_equal(k.n, NAME_CHARS);
    assert_true(k.cut);
    for (enum name_verdict v = NAME_SAME; v <= NAME_UNKNOWN; v++) {
        assert_true(name_verdict_word(v)[0] != 0);
    }
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(width_str(STR("abc")), 3);
    assert_int_equal(width_str(STR("张三a")), 5);
    assert_int_equal(width_str(STR("（女）")), 6);
    assert_int_equal(width_str(STR("e\xCC\x81")), 1);
    assert_int_equal(width_str(STR("\xE2\x80\x8B")), 0);
    assert_int_equal(width_str(STR("𠂇")), 2);
    assert_int_equal(width_str(STR("\xFF")), 1);
    assert_int_equal(width_fit(STR("张三"), 3), 3);
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_padded(&b, STR("张"), 4);
    assert_string_equal(strbuf_z(&b), "张  ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cleaned), cmocka_unit_test(verdicts), cmocka_unit_test(keys),
                                       cmocka_unit_test(folding_is_idempotent), cmocka_unit_test(surnames), cmocka_unit_test(key_text), cmocka_unit_test(widths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
