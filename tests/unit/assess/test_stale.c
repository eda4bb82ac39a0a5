/* SPDX-License-Identifier: Apache-2.0 */
/* The medical source goes stale: what was paid so far still counts, what may have been paid since is unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "matchers/identifier.h"
#include "pipeline/population.h"
#include "tests/lib/demo_site.h"

static struct demo_site demo;

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s: %s", status_name(status), err->text);
    }
}

static int64_t count_of(const char *query, int64_t bound)
{
    struct err err;
    bool row;
    AUTO_STMT q = db_sql(demo.night.db, str_of(query));
    if (strstr(query, ":v")) {
        stmt_bind_int(q, ":v", bound);
    }
    must(stmt_one(q, &row, &err), &err);
    assert_true(row);
    return stmt_int(q, 0);
}

/* The row of a register household of two or more whose members no settlement names; further ones by `skip`. */
static uint32_t quiet_household(struct population *pop, int skip)
{
    struct err err;
    bool *spent = xcalloc(population_households(pop) + 1u, 1);
    for (size_t i = 0; i < demo.night.n_inputs; i++) {
        struct link_reader *link;
        if (!str_eqz(demo.site.sources->v[demo.night.inputs[i].source].id, "yb_settle")) {
            continue;
        }
        must(link_open(demo.night.run_dir, i, &link, &err), &err);
        for (uint32_t r = 0; r < link_rows(link); r++) {
            int32_t person;
            int64_t household;
            must(link_read(link, r, 1, &person, &err), &err);
            if (person >= 0) {
                must(population_person_one(pop, P_HOUSEHOLD, (uint32_t)person, &household, &err), &err);
                spent[household] = true;
            }
        }
        link_close(link);
    }
    uint32_t found = UINT32_MAX;
    for (uint32_t h = 0; h < population_households(pop) && found == UINT32_MAX; h++) {
        int64_t basis, living, head, anchor;
        must(population_household_one(pop, H_BASIS, h, &basis, &err), &err);
        must(population_household_one(pop, H_LIVING, h, &living, &err), &err);
        must(population_household_one(pop, H_HEAD, h, &head, &err), &err);
        must(population_person_one(pop, P_ANCHOR, (uint32_t)head, &anchor, &err), &err);
        if (!spent[h] && basis == BASIS_HUKOU && living > 1 && ident_kind((uint64_t)anchor) == IDENT_RESIDENT && skip-- == 0) {
            found = h;
        }
    }
    free(spent);
    assert_true(found != UINT32_MAX);
    return found;
}

static int64_t write_settlement(struct population *pop, uint32_t household, const char *number, const char *yuan, struct strbuf *out)
{
    struct err err;
    int64_t head, anchor, id;
    struct str name;
    char text[IDENT_TEXT_MAX];
    must(population_household_one(pop, H_HEAD, household, &head, &err), &err);
    must(population_household_one(pop, H_ID, household, &id, &err), &err);
    must(population_person_one(pop, P_ANCHOR, (uint32_t)head, &anchor, &err), &err);
    must(population_person_text(pop, P_NAME, (uint32_t)head, &demo.night.arena, &name, &err), &err);
    (void)ident_print((uint64_t)anchor, text);
    strbuf_addf(out, "%s," STR_FMT ",%s,%s,2026-02-20\n", number, STR_ARG(name), text, yuan);
    return id;
}

static void deliver(const char *name, const struct strbuf *content)
{
    struct err err;
    AUTO_ARENA a = ARENA_INIT;
    must(file_write_atomic(arena_printf(&a, "%s/site/inbox/%s", demo.dir, name), strbuf_str(content), &err), &err);
}

static void next_night(const char *clock)
{
    demo_site_close(&demo);
    demo_site_again(&demo, clock);
    demo_site_open(&demo);
}

static void test_fires_at_50000_so_far_and_is_unknown_at_4000(void **state)
{
    (void)state;
    AUTO_STRBUF file = STRBUF_INIT;
    struct population *pop;
    struct err err;
    must(population_open(demo.night.run_dir, demo.site.people, demo.night.as_of, demo.site.key, &pop, &err), &err);
    strbuf_addz(&file, "结算ID,姓名,身份证号,个人负担总额,结算日期\n");
    int64_t much = write_settlement(pop, quiet_household(pop, 0), "STALE-1", "50000.00", &file);
    int64_t little = write_settlement(pop, quiet_household(pop, 1), "STALE-2", "4000.00", &file);
    population_close(pop);
    deliver("yb_settle_120194_20260302_inc.csv", &file);

    next_night("2026-03-12T02:00:00"); /* nothing from the health insurer for ten days; the others are fresh */
    assert_int_equal(count_of("SELECT count(*) FROM source_state WHERE state <> 'fresh'", 0), 1);
    assert_int_equal(count_of("SELECT count(*) FROM rule_result WHERE rule = 'R02' AND stale_sources = '医疗结算'", 0), 1);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule = 'R02' AND level = '红' AND household = :v", much), 1);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule = 'R02' AND household = :v", little), 0);
    int64_t households = count_of("SELECT evaluated FROM rule_result WHERE rule = 'R02'", 0), fired = count_of("SELECT fired FROM rule_result WHERE rule = 'R02'", 0);
    int64_t unknown = count_of("SELECT unknown FROM rule_result WHERE rule = 'R02'", 0);
    assert_true(fired > 1);
    assert_int_equal(fired + unknown, households); /* nobody can be said to have paid too little */
    assert_true(count_of("SELECT value FROM figure WHERE name = 'undecided'", 0) >= unknown);

    strbuf_clear(&file);
    strbuf_addz(&file, "结算ID,姓名,身份证号,个人负担总额,结算日期\n");
    deliver("yb_settle_120194_20260312_inc.csv", &file); /* an empty list is a word too, but no delivery of rows */
    strbuf_addz(&file, "STALE-3,无此人,12019419800101007X,1.00,2026-03-01\n");
    deliver("yb_settle_120194_20260313_inc.csv", &file);
    next_night("2026-03-13T02:00:00");
    assert_int_equal(count_of("SELECT count(*) FROM rule_result WHERE rule = 'R02' AND stale_sources = ''", 0), 1);
    assert_true(count_of("SELECT unknown FROM rule_result WHERE rule = 'R02'", 0) < 5);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule = 'R02' AND level = '红' AND household = :v", much), 1);
}

static int open_night(void **state)
{
    (void)state;
    demo_site_make(&demo, 1);
    demo_site_open(&demo);
    return 0;
}

static int close_night(void **state)
{
    (void)state;
    demo_site_close(&demo);
    demo_site_remove(&demo);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fires_at_50000_so_far_and_is_unknown_at_4000),
    };
    return cmocka_run_group_tests(tests, open_night, close_night);
}
