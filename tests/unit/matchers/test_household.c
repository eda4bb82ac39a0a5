/* SPDX-License-Identifier: Apache-2.0 */
/* Forming households and keeping their names: the rules one by one, and random nights against what must hold whatever happens. */
#include "matchers/household.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "matchers/identifier.h"

#define N 12

struct village {
    uint64_t anchor[N], place[N], unit_id[3][N];
    uint32_t unit[3][N];
    uint8_t living[N];
    struct household_input in;
};

static void village_make(struct village *v, uint32_t n)
{
    memset(v, 0, sizeof(*v));
    for (uint32_t i = 0; i < N; i++) {
        v->anchor[i] = ident_pack(IDENT_RESIDENT, 1000 + i);
        v->living[i] = 1;
        for (uint32_t r = 0; r < 3; r++) {
            v->unit[r][i] = NO_UNIT;
            v->unit_id[r][i] = ident_pack(IDENT_UNIT, 100 * (r + 1) + i);
        }
    }
    v->in = (struct household_input){.n = n, .anchor = v->anchor, .living = v->living, .place = v->place, .take_to = 0, .take_from = 1, .unit_limit = 5,
                                     .address_limit = 4};
    for (uint32_t r = 0; r < 3; r++) {
        v->in.unit[r] = v->unit[r];
        v->in.unit_id[r] = v->unit_id[r];
        v->in.n_units[r] = N;
    }
}

static void test_single_benefit_takes_in(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 4);
    v.unit[1][0] = v.unit[1][1] = v.unit[1][2] = 0; /* one 户籍户 */
    v.unit[0][1] = 7;                               /* one of them is protected alone */
    v.unit[1][3] = 2;
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 2);
    assert_int_equal(o.household[0], o.household[1]);
    assert_int_equal(o.household[0], o.household[2]);
    assert_int_equal(o.how[1], HOW_UNIT);
    assert_int_equal(o.how[0], HOW_TAKEN_IN);
    assert_true(o.natural[o.household[0]] == v.unit_id[0][7]);
    assert_int_equal(o.rank[o.household[3]], 1);
    household_output_release(&o);
    v.in.take_to = -1; /* the policy says otherwise */
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 3);
    household_output_release(&o);
}

static void test_dead_do_not_take_in(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 3);
    v.unit[1][0] = v.unit[1][1] = v.unit[1][2] = 0;
    v.unit[0][1] = 7;
    v.living[1] = 0;
    households_form(&v.in, &o);
    assert_true(o.natural[o.household[0]] == v.unit_id[1][0]);
    assert_int_equal(o.n_households, 1); /* the dead stay with their family */
    assert_int_equal(o.how[1], HOW_UNIT);
    household_output_release(&o);
}

static void test_larger_unit_takes_in(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 5);
    for (uint32_t i = 0; i < 5; i++) {
        v.unit[1][i] = 3;
    }
    v.unit[0][0] = 1;
    v.unit[0][1] = v.unit[0][2] = 9;
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 1);
    assert_true(o.natural[o.household[4]] == v.unit_id[0][9]);
    assert_int_equal(o.how[4], HOW_TAKEN_IN);
    household_output_release(&o);
}

static void test_single_units_of_one_book(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 4);
    for (uint32_t i = 0; i < 4; i++) {
        v.unit[1][i] = 3;
    }
    v.unit[0][0] = 8;
    v.unit[0][3] = 5;
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 1);
    assert_true(o.natural[0] == v.unit_id[0][5]); /* the smaller natural id */
    assert_int_equal(o.how[0], HOW_UNIT);
    assert_int_equal(o.how[1], HOW_TAKEN_IN);
    assert_int_equal(o.how[3], HOW_UNIT);
    household_output_release(&o);
    v.in.take_to = -1;
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 3);
    household_output_release(&o);
}

static void test_larger_units_of_one_book_stay_apart(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 8);
    v.in.unit_limit = 10;
    for (uint32_t i = 0; i < 7; i++) {
        v.unit[1][i] = 3;
    }
    v.unit[0][0] = v.unit[0][1] = 1;
    v.unit[0][2] = v.unit[0][3] = 9;
    v.unit[0][4] = 4; /* alone */
    v.unit[0][7] = 4; /* dead, of another book: goes where the unit goes */
    v.unit[1][7] = 6;
    v.living[7] = 0;
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 2);
    assert_true(o.natural[o.household[2]] == v.unit_id[0][9]);
    for (uint32_t i = 4; i < 8; i++) {
        assert_true(o.natural[o.household[i]] == v.unit_id[0][1]);
    }
    household_output_release(&o);
}

static void test_collective_units_form_nothing(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 6);
    for (uint32_t i = 0; i < 6; i++) {
        v.unit[1][i] = 0;
    }
    households_form(&v.in, &o);
    assert_int_equal(o.n_households, 6);
    assert_int_equal(o.rank[0], UNIT_RANKS + 1);
    household_output_release(&o);
}

static void test_addresses(void **state)
{
    (void)state;
    struct village v;
    struct household_output o;
    village_make(&v, 9);
    v.place[0] = v.place[1] = 11;                         /* two of one address */
    v.place[2] = 12;                                      /* alone there */
    v.place[3] = v.place[4] = v.place[5] = v.place[6] = v.place[7] = 13; /* shared by too many */
    v.place[8] = 11;
    v.unit[2][8] = 1;                                     /* a neighbour with a unit stays there */
    households_form(&v.in, &o);
    assert_int_equal(o.household[0], o.household[1]);
    assert_int_equal(o.how[0], HOW_ADDRESS);
    assert_int_equal(o.how[2], HOW_ALONE);
    assert_int_equal(o.how[3], HOW_ALONE);
    assert_true(o.household[3] != o.household[4]);
    assert_true(o.household[8] != o.household[0]);
    assert_int_equal(o.rank[o.household[8]], 2);
    household_output_release(&o);
}

/* --- names ---------------------------------------------------------------------------------------------------------------- */

static void test_majority_keeps_the_name(void **state)
{
    (void)state;
    const uint64_t a = ident_pack(IDENT_UNIT, 1), b = ident_pack(IDENT_UNIT, 2);
    const uint32_t household[] = {0, 1, 1};
    const uint64_t natural[] = {a, b}, before[] = {a, a, a};
    struct household_names in = {.n = 3, .n_households = 2, .household = household, .natural = natural, .before = before};
    uint64_t id[2];
    struct id_alias *fresh;
    size_t n;
    households_name(&in, id, &fresh, &n);
    assert_true(id[1] == a);
    assert_true(id[0] != a && id[0] != b);
    assert_int_equal(n, 2);
    /* the night after nothing moves: the aliases alone give the same names */
    const uint64_t now[] = {a, b, b};
    struct household_names next = {.n = 3, .n_households = 2, .household = household, .natural = natural, .before = now, .aliases = fresh, .n_aliases = n};
    uint64_t again[2];
    struct id_alias *none;
    size_t n_none;
    households_name(&next, again, &none, &n_none);
    assert_true(again[0] == id[0] && again[1] == id[1]);
    assert_int_equal(n_none, 0);
    free(fresh);
    free(none);
}

static void test_tie_stays(void **state)
{
    (void)state;
    const uint64_t a = ident_pack(IDENT_UNIT, 1), b = ident_pack(IDENT_UNIT, 2);
    const uint32_t household[] = {0, 1};
    const uint64_t natural[] = {a, b}, before[] = {a, a};
    struct household_names in = {.n = 2, .n_households = 2, .household = household, .natural = natural, .before = before};
    uint64_t id[2];
    struct id_alias *fresh;
    size_t n;
    households_name(&in, id, &fresh, &n);
    assert_true(id[0] == a && id[1] == b);
    assert_int_equal(n, 0);
    free(fresh);
}

static int id_cmp(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

/* Many random nights: ids stay unique, a household that did not change keeps its id, and aliases alone reproduce the names. */
static void test_random_nights(void **state)
{
    (void)state;
    enum { PERSONS = 40, HOMES = 15, NIGHTS = 300 };
    uint64_t seed = 7, natural[HOMES], before[PERSONS] = {0}, last[PERSONS] = {0};
    uint32_t home[PERSONS];
    struct id_alias aliases[4096];
    size_t n_aliases = 0;
    for (uint32_t p = 0; p < PERSONS; p++) {
        home[p] = (uint32_t)(hash_mix(++seed) % HOMES);
    }
    for (int night = 0; night < NIGHTS; night++) {
        for (int move = 0; move < 3 && night; move++) {
            uint64_t draw = hash_mix(++seed);
            home[draw % PERSONS] = (uint32_t)(draw / PERSONS % HOMES);
        }
        for (uint32_t h = 0; h < HOMES; h++) {
            natural[h] = ident_pack(IDENT_UNIT, 10 + h);
        }
        struct household_names in = {.n = PERSONS, .n_households = HOMES, .household = home, .natural = natural, .before = night ? before : NULL,
                                     .aliases = aliases, .n_aliases = n_aliases};
        uint64_t id[HOMES], sorted[HOMES];
        struct id_alias *fresh;
        size_t n;
        households_name(&in, id, &fresh, &n);
        memcpy(sorted, id, sizeof(id));
        qsort(sorted, HOMES, sizeof(*sorted), id_cmp);
        for (uint32_t h = 1; h < HOMES; h++) {
            assert_true(sorted[h] != sorted[h - 1]);
        }
        for (size_t i = 0; i < n; i++) { /* what publishing does */
            size_t k = 0;
            while (k < n_aliases && aliases[k].natural != fresh[i].natural) {
                k++;
            }
            assert_true(k < sizeof(aliases) / sizeof(*aliases));
            n_aliases += k == n_aliases;
            aliases[k] = fresh[i];
        }
        qsort(aliases, n_aliases, sizeof(*aliases), id_cmp); /* natural is the first member */
        free(fresh);
        for (uint32_t p = 0; p < PERSONS; p++) {
            before[p] = natural[home[p]];
            last[p] = id[home[p]];
        }
        in.before = before;
        in.n_aliases = n_aliases;
        households_name(&in, id, &fresh, &n);
        assert_int_equal(n, 0);
        for (uint32_t p = 0; p < PERSONS; p++) {
            assert_true(last[p] == id[home[p]]);
        }
        free(fresh);
    }
}

static void test_persons(void **state)
{
    (void)state;
    const uint64_t anchor[] = {30, 20, 10}, older[] = {5, 0, 0};
    uint64_t id[3];
    struct id_alias *fresh;
    size_t n;
    persons_name(3, anchor, older, NULL, 0, id, &fresh, &n);
    assert_true(id[0] == 5 && id[1] == 20 && id[2] == 10); /* a changed number: the person stays who it was */
    assert_int_equal(n, 1);
    const uint64_t back[] = {30, 5, 10};
    uint64_t next[3];
    struct id_alias *more;
    size_t n_more;
    persons_name(3, back, NULL, fresh, n, next, &more, &n_more); /* the alias is gone from the file and the old number shows up again */
    assert_true(next[1] == 5 && next[0] != 5 && next[0] != next[2]);
    free(fresh);
    free(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_benefit_takes_in), cmocka_unit_test(test_dead_do_not_take_in),     cmocka_unit_test(test_larger_unit_takes_in),
        cmocka_unit_test(test_collective_units_form_nothing), cmocka_unit_test(test_addresses),         cmocka_unit_test(test_majority_keeps_the_name),
        cmocka_unit_test(test_single_units_of_one_book), cmocka_unit_test(test_larger_units_of_one_book_stay_apart),
        cmocka_unit_test(test_tie_stays),               cmocka_unit_test(test_random_nights),           cmocka_unit_test(test_persons),
    };
    return cmocka_run_group_tests_name("household", tests, NULL, NULL);
}
