/* SPDX-License-Identifier: Apache-2.0 */
/* The rules once more as plain SQL (tests/oracle/) on every night of the demo: same entities, same levels. Then one comparison of a rule is broken, and the two
   must disagree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/map.h"
#include "base/store/segment.h"
#include "pipeline/assess.h"
#include "tests/lib/demo_site.h"

static const char *const rules[] = {"R01", "R02", "R03", "R04", "R05", "R06", "R07", "S01"};

static struct demo_site demo;
static struct db *sql;
static int nights;

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s: %s", status_name(status), err->text);
    }
}

static void run_sql(const char *text)
{
    struct err err;
    must(db_exec(sql, text, &err), &err);
}

/* --- the night as tables ------------------------------------------------------------------------------------------------ */

struct inserter {
    struct strbuf text;
    size_t values;
};

static void begin_row(struct inserter *i, const char *table)
{
    strbuf_clear(&i->text);
    i->values = 0;
    strbuf_addf(&i->text, "INSERT INTO \"%s\" VALUES (", table);
}

static void comma(struct inserter *i)
{
    strbuf_addz(&i->text, i->values++ ? "," : "");
}

static void put_int(struct inserter *i, int64_t v)
{
    comma(i);
    if (v == INT64_MIN) {
        strbuf_addz(&i->text, "NULL");
    } else {
        strbuf_addi(&i->text, v);
    }
}

static void put_text(struct inserter *i, struct str v)
{
    comma(i);
    strbuf_addc(&i->text, '\'');
    for (size_t k = 0; k < v.n; k++) {
        strbuf_addz(&i->text, v.p[k] == '\'' ? "'" : "");
        strbuf_addc(&i->text, v.p[k]);
    }
    strbuf_addc(&i->text, '\'');
}

static void end_row(struct inserter *i)
{
    strbuf_addz(&i->text, ")");
    run_sql(strbuf_z(&i->text));
}

static void put_set(struct inserter *i, const struct people_attr *a, int64_t mask)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addc(&b, '|');
    for (size_t k = 0; k < a->n_values; k++) {
        if (mask >> k & 1) {
            strbuf_addf(&b, STR_FMT "|", STR_ARG(a->values[k]));
        }
    }
    put_text(i, strbuf_str(&b));
}

static void put_attr(struct inserter *i, struct population *pop, int at, uint32_t row)
{
    const struct people_attr *a = &demo.site.people->attrs[at];
    struct err err;
    int64_t lo, hi;
    must(population_attr(pop, at, row, 1, &lo, a->type == ATTR_SET ? &hi : NULL, &err), &err);
    if (a->type == ATTR_SET) {
        bool unknown = lo == ATTR_UNKNOWN, nothing = lo == ATTR_NOTHING;
        put_set(i, a, unknown || nothing ? 0 : lo);
        put_set(i, a, unknown ? -1 : nothing ? 0 : hi);
    } else if (lo == ATTR_NOTHING) {
        put_text(i, STR("无"));
    } else if (a->type == ATTR_ENUM && lo != ATTR_UNKNOWN) {
        put_text(i, a->values[lo]);
    } else {
        put_int(i, lo);
    }
}

static void create_table(const char *name, const char *fixed, enum attr_entity entity)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, "CREATE TABLE \"%s\"(%s", name, fixed);
    for (size_t i = 0; i < demo.site.people->n_attrs; i++) {
        const struct people_attr *a = &demo.site.people->attrs[i];
        if (a->entity == entity && a->type != ATTR_TEXT) {
            struct str at = str_starts(a->name, STR("户.")) ? str_sub(a->name, 4, a->name.n) : a->name;
            strbuf_addf(&b, ", \"" STR_FMT "\"", STR_ARG(at));
            if (a->type == ATTR_SET) {
                strbuf_addf(&b, ", \"" STR_FMT "?\"", STR_ARG(at));
            }
        }
    }
    strbuf_addc(&b, ')');
    run_sql(strbuf_z(&b));
}

static void put_attrs(struct inserter *i, struct population *pop, enum attr_entity entity, uint32_t row)
{
    for (size_t k = 0; k < demo.site.people->n_attrs; k++) {
        const struct people_attr *a = &demo.site.people->attrs[k];
        if (a->entity == entity && a->type != ATTR_TEXT) {
            put_attr(i, pop, (int)k, row);
        }
    }
}

static void load_population(struct population *pop)
{
    static const enum person_column person_columns[] = {P_ID, P_HOUSEHOLD, P_MEMBER, P_COVERS};
    static const enum household_column household_columns[] = {H_ID, H_BASIS};
    struct inserter in = {STRBUF_INIT, 0};
    struct err err;
    create_table("person", "row INTEGER PRIMARY KEY, id, household, member, covers", ATTR_PERSON);
    create_table("household", "row INTEGER PRIMARY KEY, id, basis", ATTR_HOUSEHOLD);
    for (uint32_t r = 0; r < population_persons(pop); r++) {
        begin_row(&in, "person");
        put_int(&in, r);
        for (size_t c = 0; c < ARRAY_LEN(person_columns); c++) {
            int64_t v;
            must(population_person_one(pop, person_columns[c], r, &v, &err), &err);
            put_int(&in, v);
        }
        put_attrs(&in, pop, ATTR_PERSON, r);
        end_row(&in);
    }
    for (uint32_t r = 0; r < population_households(pop); r++) {
        begin_row(&in, "household");
        put_int(&in, r);
        for (size_t c = 0; c < ARRAY_LEN(household_columns); c++) {
            int64_t v;
            must(population_household_one(pop, household_columns[c], r, &v, &err), &err);
            put_int(&in, v);
        }
        put_attrs(&in, pop, ATTR_HOUSEHOLD, r);
        end_row(&in);
    }
    strbuf_release(&in.text);
}

static void put_cell(struct inserter *in, struct seg_reader *seg, const char *name, uint64_t row)
{
    int col = seg_column(seg, name);
    struct err err;
    int64_t v = INT64_MIN;
    struct str text = {0};
    if (col >= 0 && seg_column_type(seg, (size_t)col) == SEG_TEXT) {
        must(seg_fetch_text(seg, row, (size_t)col, &text, &err), &err);
        put_text(in, text);
        return;
    }
    if (col >= 0) {
        must(seg_fetch_i64(seg, row, (size_t)col, &v, &err), &err);
    }
    put_int(in, col >= 0 && seg_column_type(seg, (size_t)col) == SEG_I32 && v == INT32_MIN ? INT64_MIN : v);
}

static void create_source(const struct source *s, size_t bit)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, "CREATE TABLE \"" STR_FMT "\"(person, input, data_date, key, refund", STR_ARG(s->label));
    for (size_t c = 0; c < source_width(s); c++) {
        strbuf_addf(&b, ", \"" STR_FMT "\"", STR_ARG(s->columns[c].name));
    }
    strbuf_addf(&b, "); CREATE INDEX \"by_person_%zu\" ON \"" STR_FMT "\"(person); INSERT INTO source VALUES ('" STR_FMT "', %zu)", bit, STR_ARG(s->label),
                STR_ARG(s->label), bit);
    run_sql(strbuf_z(&b));
}

static void load_input(size_t at)
{
    const struct night_input *input = &demo.night.inputs[at];
    const struct source *s = &demo.site.sources->v[input->source];
    struct inserter in = {STRBUF_INIT, 0};
    struct seg_reader *seg;
    struct link_reader *link;
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    const char *table = arena_z(&a, s->label);
    must(seg_open(input->segment, &seg, &err), &err);
    must(link_open(demo.night.run_dir, at, &link, &err), &err);
    for (uint32_t r = 0; r < seg_rows(seg); r++) {
        int32_t person;
        must(link_read(link, r, 1, &person, &err), &err);
        if (person == LINK_SUPERSEDED) {
            continue;
        }
        begin_row(&in, table);
        put_int(&in, person < 0 ? INT64_MIN : person);
        put_int(&in, (int64_t)at);
        put_int(&in, input->data_date);
        put_cell(&in, seg, SEG_KEY, r);
        if (s->refund_of.n) {
            put_cell(&in, seg, SEG_REFUND, r);
        } else {
            put_int(&in, 0);
        }
        for (size_t c = 0; c < source_width(s); c++) {
            put_cell(&in, seg, arena_z(&a, s->columns[c].name), r);
        }
        end_row(&in);
    }
    link_close(link);
    seg_close(seg);
    strbuf_release(&in.text);
}

/* Every delivery of the certificates, in force or not, straight from the ledger. */
static void load_certificates(void)
{
    int source = source_find(demo.site.sources, STR("残疾证"));
    const struct source *s = &demo.site.sources->v[source];
    struct inserter in = {STRBUF_INIT, 0};
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    AUTO_STMT q = db_sql(demo.site.ledger, STR("SELECT d.data_date, f.xxh128, f.typing FROM delivery AS d JOIN delivery_file AS f ON f.delivery_id = d.delivery_id "
                                               "WHERE d.source = 'cl' AND d.state = 'accepted' ORDER BY d.delivery_id, f.part"));
    (void)s;
    for (bool row;;) {
        must(stmt_step(q, &row, &err), &err);
        if (!row) {
            break;
        }
        struct seg_reader *seg;
        must(seg_open(arena_printf(&a, "%s/" STR_FMT "-" STR_FMT ".seg", demo.site.segments, STR_ARG(stmt_text(q, 1)), STR_ARG(stmt_text(q, 2))), &seg, &err),
             &err);
        for (uint32_t r = 0; r < seg_rows(seg); r++) {
            begin_row(&in, "certificate");
            put_int(&in, stmt_int(q, 0));
            put_cell(&in, seg, SEG_KEY, r);
            put_cell(&in, seg, "残疾等级", r);
            end_row(&in);
        }
        seg_close(seg);
    }
    strbuf_release(&in.text);
}

static void load_night(void)
{
    struct err err;
    struct population *pop;
    AUTO_STRBUF b = STRBUF_INIT;
    must(db_open(":memory:", DB_CREATE_SCRATCH, &sql, &err), &err);
    run_sql("BEGIN; CREATE TABLE meta(as_of, as_of_month); CREATE TABLE source(label, bit); CREATE TABLE certificate(data_date, key, grade)");
    strbuf_addf(&b, "INSERT INTO meta VALUES (%d, %d)", demo.night.as_of, day_month(demo.night.as_of));
    run_sql(strbuf_z(&b));
    must(population_open(demo.night.run_dir, demo.site.people, demo.night.as_of, demo.site.key, &pop, &err), &err);
    load_population(pop);
    population_close(pop);
    for (size_t s = 0; s < demo.site.sources->n; s++) {
        create_source(&demo.site.sources->v[s], s);
    }
    for (size_t i = 0; i < demo.night.n_inputs; i++) {
        load_input(i);
    }
    load_certificates();
    run_sql("CREATE INDEX person_by_household ON person(household); COMMIT");
    strbuf_clear(&b);
    must(file_read_all("tests/oracle/facts.sql", 1 << 20, &b, &err), &err);
    run_sql(strbuf_z(&b));
}

/* --- both sides as text: "R02 -123 红", sorted by SQLite ---------------------------------------------------------------- */

static void fill_oracle(void)
{
    AUTO_STRBUF b = STRBUF_INIT, file = STRBUF_INIT;
    struct err err;
    run_sql("CREATE TABLE expected(rule, entity, level)");
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        char path[64];
        (void)snprintf(path, sizeof(path), "tests/oracle/%s.sql", rules[i]);
        must(file_read_all(path, 1 << 20, &file, &err), &err);
        strbuf_clear(&b);
        strbuf_addf(&b, "INSERT INTO expected SELECT '%s', * FROM (%s)", rules[i], strbuf_z(&file));
        run_sql(strbuf_z(&b));
    }
}

/* Counts rows of one table that the other lacks, and prints the first of them. */
static int64_t differences(const char *actual, bool print)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct err err;
    int64_t n = 0;
    strbuf_addf(&b,
                "SELECT 'only the oracle', * FROM (SELECT * FROM expected EXCEPT SELECT * FROM %s) "
                "UNION ALL SELECT 'only the engine', * FROM (SELECT * FROM %s EXCEPT SELECT * FROM expected) ORDER BY 2, 3, 1",
                actual, actual);
    AUTO_STMT q = db_sql(sql, strbuf_str(&b));
    for (bool row;;) {
        must(stmt_step(q, &row, &err), &err);
        if (!row) {
            return n;
        }
        if (print && n < 20) {
            print_message(STR_FMT ": " STR_FMT " %lld " STR_FMT "\n", STR_ARG(stmt_text(q, 0)), STR_ARG(stmt_text(q, 1)), (long long)stmt_int(q, 2),
                          STR_ARG(stmt_text(q, 3)));
        }
        n++;
    }
}

static void copy_hits_of_the_night(void)
{
    struct inserter in = {STRBUF_INIT, 0};
    struct err err;
    run_sql("CREATE TABLE published(rule, entity, level)");
    AUTO_STMT q = db_sql(demo.night.db, STR("SELECT rule, entity, level FROM hit WHERE disposition <> 'shadow'"));
    for (bool row;;) {
        must(stmt_step(q, &row, &err), &err);
        if (!row) {
            break;
        }
        begin_row(&in, "published");
        put_text(&in, stmt_text(q, 0));
        put_int(&in, stmt_int(q, 1));
        put_text(&in, stmt_text(q, 2));
        end_row(&in);
    }
    strbuf_release(&in.text);
}

struct engine {
    struct facts facts;
    struct ruleset *rules;
    struct inserter in;
};

static void on_fired(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct engine *e = ctx;
    const struct rules_rule *r = ruleset_rule(e->rules, hit->rule);
    struct err err;
    int64_t id;
    (void)run;
    if (r->status == RULES_SHADOW) {
        return; /* the oracle knows the rules of the demo */
    }
    must(r->entity == RULES_PERSON ? population_person_one(e->facts.pop, P_ID, hit->person, &id, &err)
                                   : population_household_one(e->facts.pop, H_ID, hit->household, &id, &err),
         &err);
    begin_row(&e->in, "broken");
    put_text(&e->in, r->id);
    put_int(&e->in, id);
    put_text(&e->in, ruleset_meta(e->rules)->levels[hit->level].name);
    end_row(&e->in);
}

/* The engine on rules.yaml with `from` replaced by `to` (once, and it must be there). */
static void evaluate_broken(const char *from, const char *to)
{
    struct err err;
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF text = STRBUF_INIT;
    struct str whole = demo.site.files[SITE_RULES].text;
    size_t at = str_find(whole, str_of(from));
    assert_true(at < whole.n);
    strbuf_add(&text, whole.p, at);
    strbuf_addz(&text, to);
    strbuf_adds(&text, str_sub(whole, at + strlen(from), whole.n));
    run_sql("DROP TABLE IF EXISTS broken; CREATE TABLE broken(rule, entity, level)");
    struct schema schema;
    struct engine e = {.in = {STRBUF_INIT, 0}};
    struct facts_run run;
    struct facts_view view = {.params_on = DAY_MISSING};
    schema_build(&a, demo.site.sources, demo.site.people, &demo.site.areas, &schema);
    must(schema_compile(&schema, "rules.yaml", strbuf_str(&text), &e.rules, &err), &err);
    must(facts_open(&demo.night, &schema, &e.facts, &err), &err);
    must(facts_run_init(&e.facts, e.rules, &view, &run, &err), &err);
    must(facts_evaluate(&e.facts, &run, RULES_WANT_FIRED, on_fired, &e, &err), &err);
    facts_run_release(&run);
    facts_close(&e.facts);
    ruleset_free(e.rules);
    strbuf_release(&e.in.text);
}

static void test_the_oracle_agrees(void **state)
{
    (void)state;
    struct err err;
    fill_oracle();
    copy_hits_of_the_night();
    assert_int_equal(differences("published", true), 0);
    AUTO_STMT q = db_sql(sql, STR("SELECT count(*), count(DISTINCT rule) FROM expected"));
    bool row;
    must(stmt_one(q, &row, &err), &err);
    assert_true(stmt_int(q, 0) > 20);
    assert_int_equal(stmt_int(q, 1), ARRAY_LEN(rules)); /* every rule fires somewhere: agreement about nothing proves nothing */
}

static void test_a_broken_comparison_is_noticed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } breaks[] = {
        {"- 户.近12月自付 >= 大额自付线", "- 户.近12月自付 > 大额自付线"},
        {"户.人均月收入 <= 1.5 * 低保标准\n          - ", "户.人均月收入 < 1.5 * 低保标准\n          - "},
        {"死亡日期 距今 <= 90天", "死亡日期 距今 <= 91天"},
        {"得分 >= 60点", "得分 > 60点"},
    };
    evaluate_broken("format: 1", "format: 1");
    assert_int_equal(differences("broken", true), 0);
    for (size_t i = 0; i < ARRAY_LEN(breaks); i++) {
        evaluate_broken(breaks[i].from, breaks[i].to);
        if (differences("broken", false) == 0) {
            fail_msg("nobody noticed '%s'", breaks[i].to);
        }
    }
}

static int open_night(void **state)
{
    (void)state;
    demo_site_make(&demo, nights);
    demo_site_open(&demo);
    load_night();
    return 0;
}

static int close_night(void **state)
{
    (void)state;
    db_abandon(sql);
    demo_site_close(&demo);
    demo_site_remove(&demo);
    return 0;
}

int main(void)
{
    const struct CMUnitTest agree[] = {cmocka_unit_test(test_the_oracle_agrees)};
    const struct CMUnitTest broken[] = {cmocka_unit_test(test_the_oracle_agrees), cmocka_unit_test(test_a_broken_comparison_is_noticed)};
    int failed = 0;
    for (nights = 3; nights >= 2; nights--) {
        failed += cmocka_run_group_tests_name("a later night", agree, open_night, close_night);
    }
    nights = 1; /* its cases stand on the very line */
    return failed + cmocka_run_group_tests_name("the first night", broken, open_night, close_night);
}
