/* SPDX-License-Identifier: Apache-2.0 */
/* Work among threads: every item once, waited for in order, and nothing begun after the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>

#include "base/core/compiler.h"
#include "base/core/share.h"

enum { ITEMS = 200 };

struct tally {
    atomic_uint times[ITEMS];
    unsigned value[ITEMS]; /* written by the work, read after the wait */
};

static void work(void *ctx, unsigned item)
{
    struct tally *t = ctx;
    atomic_fetch_add(&t->times[item], 1);
    t->value[item] = item * item;
}

static void test_each_once(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 5; threads++) {
        struct tally t = {0};
        share_out(ITEMS, threads, work, &t);
        for (unsigned i = 0; i < ITEMS; i++) {
            assert_int_equal(atomic_load(&t.times[i]), 1);
        }
    }
}

static void test_ahead(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 5; threads++) {
        struct tally t = {0};
        struct ahead *a = ahead_start(ITEMS, threads, work, &t);
        for (unsigned i = 0; i < ITEMS; i++) {
            ahead_wait(a, i);
            assert_int_equal(t.value[i], i * i);
        }
        ahead_finish(a);
        for (unsigned i = 0; i < ITEMS; i++) {
            assert_int_equal(atomic_load(&t.times[i]), 1);
        }
    }
}

/* Given up in the middle: what was begun is finished, the rest never happens; alone, nothing happens before it is asked for. */
static void test_given_up(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 5; threads++) {
        struct tally t = {0};
        struct ahead *a = ahead_start(ITEMS, threads, work, &t);
        ahead_wait(a, 2);
        ahead_finish(a);
        unsigned done = 0;
        for (unsigned i = 0; i < ITEMS; i++) {
            unsigned times = atomic_load(&t.times[i]);
            assert_true(times == 1 || (times == 0 && i > 2));
            done += times;
        }
        assert_true(done >= 3 && (threads > 1 || done == 3));
    }
    ahead_finish(ahead_start(0, 4, work, &(struct tally){0}));
    ahead_finish(NULL);
    assert_true(share_threads() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_once), cmocka_unit_test(test_ahead), cmocka_unit_test(test_given_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
