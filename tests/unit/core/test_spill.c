/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes put aside come back number by number, in their order, whether there were few of them or many; the file has no name any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/spill.h"

enum { NUMBERS = 7 };

/* The k-th record: long ones and short ones, most for the first numbers. */
static size_t record(uint32_t k, char out[40000])
{
    size_t n = sizeof(k) + (k % 97 == 96 ? 39000 : k % 50);
    memset(out, (int)(k % 251), n);
    memcpy(out, &k, sizeof(k));
    return n;
}

static size_t number_of(uint32_t k)
{
    return k % 5 == 0 ? 0 : k % 11 == 0 ? 5 : 1 + k % 2; /* 3, 4 and 6 get nothing */
}

static void comes_back(const char *path, uint32_t records, bool in_file)
{
    struct err err = {0};
    char *one = xmalloc(40000);
    AUTO_STRBUF want = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    struct spill *s = spill_new(path, NUMBERS);
    for (uint32_t k = 0; k < records; k++) {
        size_t n = record(k, one);
        spill_put(s, number_of(k), one, n / 2); /* a record may be put in parts */
        spill_put(s, number_of(k), one + n / 2, n - n / 2);
    }
    assert_true(file_exists(path) == in_file);
    assert_int_equal(spill_end(s, &err), ST_OK);
    assert_false(file_exists(path));
    for (size_t number = NUMBERS; number-- > 0;) {
        for (uint32_t k = 0; k < records; k++) {
            if (number_of(k) == number) {
                size_t n = record(k, one);
                strbuf_add(&want, one, n);
            }
        }
        assert_int_equal(spill_take(s, number, &got, &err), ST_OK); /* appends */
        assert_true(str_eq(strbuf_str(&got), strbuf_str(&want)));
    }
    spill_free(s);
    free(one);
}

static void every_amount_comes_back(void **state)
{
    (void)state;
    char dir[256];
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(dir, sizeof(dir), "%s/mopai-spill-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    char path[300];
    (void)snprintf(path, sizeof(path), "%s/s.tmp", dir);
    static const struct {
        uint32_t records;
        bool in_file;
    } cases[] = {{0, false}, {1, false}, {90, false}, {98, true}, {5000, true}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        comes_back(path, cases[i].records, cases[i].in_file);
    }
    struct err err = {0};
    struct spill *given_up = spill_new(path, 1);
    for (int i = 0; i < 5; i++) {
        spill_put(given_up, 0, path, sizeof(path));
        char big[20000] = {0};
        spill_put(given_up, 0, big, sizeof(big));
    }
    spill_free(given_up);
    assert_false(file_exists(path));
    struct spill *nowhere = spill_new("/nonexistent/folder/s.tmp", 1);
    for (int i = 0; i < 5; i++) {
        char big[20000] = {0};
        spill_put(nowhere, 0, big, sizeof(big));
    }
    assert_int_equal(spill_end(nowhere, &err), ST_IO);
    spill_free(nowhere);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_amount_comes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
