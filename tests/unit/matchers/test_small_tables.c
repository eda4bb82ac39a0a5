/* SPDX-License-Identifier: Apache-2.0 */
/* Tables too short to learn from: what is usual must hold. In every field to agree speaks for one person, to differ against, slips lie between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "matchers/em.h"
#include "matchers/plan.h"
#include "matchers/score.h"

#define COLUMNS 6
#define ROWS    6

static const struct field fields[COLUMNS] = {{"姓名", FIELD_NAME, DATE_YMD, -1}, {"given", FIELD_LATIN, DATE_YMD, -1}, {"出生", FIELD_DATE, DATE_YMD, -1},
                                             {"电话", FIELD_PHONE, DATE_YMD, -1}, {"suburb", FIELD_CODE, DATE_YMD, -1}, {"性别", FIELD_SEX, DATE_YMD, -1}};

/* Each case starts with the pair that is one person. */
static const char *const cases[][ROWS][COLUMNS] = {
    {{"张伟国", "john", "19800102", "15412345678", "richmond", "男"}, {"张伟国", "jon", "19800102", "", "richmond", "男"}},
    {{"张伟国", "john", "19800102", "15412345678", "richmond", "男"},
     {"张伟国", "john", "19800102", "15412345678", "richmond", "男"},
     {"李芳", "mary", "19700203", "15499990000", "perth", "女"}},
    {{"张伟国", "john", "19800102", "", "richmond", "男"},
     {"张伟国", "john", "19800201", "", "richmont", "男"},
     {"李芳", "mary", "19700203", "15499990000", "perth", "女"},
     {"王建军", "peter", "19660708", "15433332222", "richmond", "男"},
     {"赵敏", "anna", "19910911", "", "perth", "女"},
     {"赵敏敏", "anne", "19880112", "15411112222", "hobart", "女"}},
};

static size_t fill(struct link_table *t, const char *const rows[ROWS][COLUMNS])
{
    size_t n = 0;
    link_table_init(t, fields, COLUMNS);
    for (; n < ROWS && rows[n][0]; n++) {
        uint32_t ids[COLUMNS];
        for (unsigned f = 0; f < COLUMNS; f++) {
            ids[f] = link_table_value(t, f, str_of(rows[n][f]));
        }
        link_table_add(t, 0, (uint32_t)n, ids);
    }
    link_table_seal(t);
    return n;
}

static void check_weights(const struct model *m)
{
    for (unsigned f = 0; f < COLUMNS; f++) {
        unsigned n;
        compare_levels(fields[f].type, &n);
        const int32_t *w = m->fields[f].weight;
        assert_true(w[LEVEL_SAME] > 0);
        assert_true(w[n - 1] < 0);
        for (unsigned l = LEVEL_SAME + 1; l < n; l++) {
            assert_true(w[l] < w[LEVEL_SAME]);
        }
    }
}

static void test_short_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct link_table t = {.n = 0};
        struct plan_options po = PLAN_OPTIONS_DEFAULT;
        struct em_options eo = EM_OPTIONS_DEFAULT;
        struct plan plan;
        struct blocks blocks;
        struct model m = {.n_fields = 0};
        struct em_report report;
        struct scorer s;
        uint64_t pattern;
        size_t n = fill(&t, cases[i]);
        plan_make(&t, &po, &plan);
        blocks_make(&t, plan.recipe, plan.n, &(struct block_options){po.cap, 1, 0}, &blocks);
        em_train(&blocks, &eo, &m, &report);
        check_weights(&m);
        scorer_init(&s, &t, &m, TERMS_LIVE);
        assert_true(score_pair(&s, 0, 1, &pattern) > 5 * MODEL_BIT);
        for (uint32_t b = 2; b < n; b++) {
            assert_true(score_pair(&s, 0, b, &pattern) < -5 * MODEL_BIT);
        }
        scorer_release(&s);
        blocks_release(&blocks);
        model_release(&m);
        link_table_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_short_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
