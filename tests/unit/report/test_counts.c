/* SPDX-License-Identifier: Apache-2.0 */
/* A reader who knows the sums, and how the page hides, tries to reckon what is hidden: every table of a small size is shown, tables that look alike are put
   together, and no hidden cell may have one value only among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka needs the three above first */
#include <cmocka.h>

#include "base/core/map.h"
#include "pipeline/report/page.h"

enum { CELLS = 8 };
/* What all tables of one look have in their cells. */
struct look {
    int64_t first[CELLS];
    bool differs[CELLS], hidden[CELLS];
};
struct looks {
    struct strmap known;
    VEC(struct look) v;
};

static void add_look(struct strbuf *b, const struct counts *c)
{
    for (size_t i = 0; i < c->rows * c->columns; i++) {
        strbuf_addf(b, c->band[i] ? "<%lld " : "%lld ", (long long)(c->band[i] ? c->band[i] : c->v[i]));
    }
    for (size_t k = 0; k < c->columns; k++) {
        int64_t sum = 0;
        for (size_t i = 0; i < c->rows; i++) {
            sum += c->v[i * c->columns + k];
        }
        strbuf_addf(b, "= %lld ", (long long)sum);
    }
}

static void file_table(struct looks *all, struct str look, const struct counts *c)
{
    uint32_t at = strmap_add(&all->known, look);
    bool fresh = at == all->v.n;
    if (fresh) {
        (void)vec_add(&all->v);
    }
    struct look *l = &all->v.v[at];
    for (size_t i = 0; i < c->rows * c->columns; i++) {
        l->first[i] = fresh ? c->v[i] : l->first[i];
        l->differs[i] |= c->v[i] != l->first[i];
        l->hidden[i] = c->band[i] > 0;
        assert_true(!l->hidden[i] || (c->v[i] < c->band[i]));            /* what the page says is true */
        assert_true(l->hidden[i] || c->v[i] == 0 || c->v[i] >= PAGE_HIDDEN); /* and no small count is told */
    }
}

static void no_cell_is_known(struct looks *all, size_t cells)
{
    for (size_t i = 0; i < all->v.n; i++) {
        for (size_t k = 0; k < cells; k++) {
            if (all->v.v[i].hidden[k] && !all->v.v[i].differs[k]) {
                print_message("look %zu: cell %zu can only be %lld\n", i, k, (long long)all->v.v[i].first[k]);
                fail();
            }
        }
    }
    vec_release(&all->v);
    strmap_release(&all->known);
}

/* Counts up like a number of that many digits; false after the last. */
static bool next_table(int64_t *v, size_t n, int64_t most)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i]++ < most) {
            return true;
        }
        v[i] = 0;
    }
    return false;
}

static void a_column_is_not_reckoned_from_its_sum(void **state)
{
    (void)state;
    static const int64_t most[] = {0, 0, 24, 16, 13, 7, 5};
    for (size_t rows = 2; rows < ARRAY_LEN(most); rows++) {
        struct looks all;
        memset(&all, 0, sizeof(all));
        int64_t v[CELLS] = {0};
        do {
            struct counts c;
            AUTO_STRBUF look = STRBUF_INIT;
            counts_init(&c, v, rows, 1, NULL);
            add_look(&look, &c);
            file_table(&all, strbuf_str(&look), &c);
            counts_release(&c);
        } while (next_table(v, rows, most[rows]));
        no_cell_is_known(&all, rows);
    }
}

/* Two kinds of three and two rules: kinds and rules stand on one page. */
static void parts_and_sums_do_not_give_each_other_away(void **state)
{
    (void)state;
    static const size_t kind[] = {0, 0, 0, 1, 1};
    struct looks all, sums_of;
    memset(&all, 0, sizeof(all));
    memset(&sums_of, 0, sizeof(sums_of));
    int64_t v[CELLS] = {0};
    do {
        struct counts rules, kinds;
        AUTO_STRBUF look = STRBUF_INIT;
        int64_t sums[2] = {v[0] + v[1] + v[2], v[3] + v[4]};
        counts_init(&kinds, sums, ARRAY_LEN(sums), 1, NULL);
        counts_init(&rules, v, ARRAY_LEN(kind), 1, NULL);
        counts_within(&rules, 0, kind, &kinds);
        add_look(&look, &kinds);
        add_look(&look, &rules);
        if (kinds.band[0] <= 2 * PAGE_HIDDEN) { /* under a higher band stand larger values than are tried here */
            file_table(&all, strbuf_str(&look), &rules);
            file_table(&sums_of, strbuf_str(&look), &kinds);
        }
        counts_release(&kinds);
        counts_release(&rules);
    } while (next_table(v, ARRAY_LEN(kind), 2 * PAGE_HIDDEN - 1));
    no_cell_is_known(&all, ARRAY_LEN(kind));
    no_cell_is_known(&sums_of, 2);
}

/* Two streets, one small count: it is not the sum less the other. */
static void two_streets(void **state)
{
    (void)state;
    static const struct {
        int64_t v[2], band[2];
    } cases[] = {{{3, 0}, {5, 5}}, {{3, 12}, {15, 15}}, {{1, 1}, {5, 5}}, {{4, 4}, {10, 10}}, {{2, 3}, {5, 5}}, {{7, 0}, {0, 0}}, {{0, 0}, {0, 0}}, {{5, 6}, {0, 0}}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct counts c;
        counts_init(&c, cases[i].v, 2, 1, NULL);
        assert_int_equal(c.band[0], cases[i].band[0]);
        assert_int_equal(c.band[1], cases[i].band[1]);
        counts_release(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_is_not_reckoned_from_its_sum),
        cmocka_unit_test(parts_and_sums_do_not_give_each_other_away),
        cmocka_unit_test(two_streets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
