/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses taken apart, compared, and put in walking order. */
#include "base/text/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/tsv.h"

static struct address_form form_of(struct str text)
{
    struct address a;
    struct address_form f;
    address_parse(text, &a);
    address_form_make(&a, &f);
    return f;
}

static void parts(void **state)
{
    (void)state;
    static const char letters[] = "PCDSMGRLNEBUFO";
    struct tsv t;
    int failed = 0, n = 0;
    tsv_open(&t, "text_address_parts.tsv");
    while (tsv_next(&t)) {
        AUTO_STRBUF got = STRBUF_INIT;
        struct address a;
        address_parse(t.f[0], &a);
        for (int p = 0; p < ADDRESS_PART_COUNT; p++) {
            if (a.part[p].n) {
                strbuf_addf(&got, "%s%c" STR_FMT, got.n ? " " : "", letters[p], STR_ARG(address_part(&a, (enum address_part)p)));
            }
        }
        if (!str_eq(strbuf_str(&got), t.f[1])) {
            tsv_fail(&t, "parts", strbuf_str(&got));
            failed++;
        }
        n++;
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
    assert_true(n >= 80);
}

static void likeness(void **state)
{
    (void)state;
    static const char *const words[ADDRESS_LIKE_COUNT] = {"unknown", "room", "building", "estate", "community", "differs"};
    struct tsv t;
    int failed = 0;
    tsv_open(&t, "text_address_levels.tsv");
    while (tsv_next(&t)) {
        struct address_form a = form_of(t.f[0]), b = form_of(t.f[1]);
        enum address_likeness l = address_compare(&a, &b), back = address_compare(&b, &a);
        if (!str_eqz(t.f[2], words[l]) || l != back) {
            tsv_fail(&t, "likeness", str_of(words[l]));
            failed++;
        }
    }
    tsv_close(&t);
    assert_int_equal(failed, 0);
}

static int walk_cmp(const void *pa, const void *pb)
{
    return address_walk_cmp(pa, pb);
}

static void walking_order(void **state)
{
    (void)state;
    static const char *const walk[] = {"幸福里", "幸福里2号楼1门101", "幸福里2-1-1001", "幸福里2号楼10门101", "幸福里十号楼1门101"};
    struct address_form f[ARRAY_LEN(walk)];
    for (size_t i = 0; i < ARRAY_LEN(walk); i++) {
        f[i] = form_of(str_of(walk[(i * 3 + 2) % ARRAY_LEN(walk)]));
    }
    qsort(f, ARRAY_LEN(walk), sizeof(*f), walk_cmp);
    for (size_t i = 0; i < ARRAY_LEN(walk); i++) {
        struct address_form want = form_of(str_of(walk[i]));
        assert_memory_equal(&f[i], &want, sizeof(want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts), cmocka_unit_test(likeness), cmocka_unit_test(walking_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
