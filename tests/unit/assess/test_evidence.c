/* SPDX-License-Identifier: Apache-2.0 */
/* Every evidence item of every demo warning that names a file and a line: that physical line of the raw file holds the cell, and the cell says the printed
   value. Files are decoded and cut into lines here, by nothing the program uses to find them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/money.h"
#include "base/store/raw.h"
#include "base/text/encoding.h"
#include "tests/lib/demo_site.h"

static struct demo_site demo;

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fail_msg("%s: %s", status_name(status), err->text);
    }
}

/* The whole file as UTF-8, by its name in the ledger. */
static void read_file(struct str name, struct strbuf *out)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    AUTO_STMT q = db_sql(demo.site.ledger, STR("SELECT xxh128 FROM delivery_file WHERE name = :name ORDER BY file_id LIMIT 1"));
    struct raw_reader *raw;
    struct err err;
    bool row;
    char chunk[65536];
    stmt_bind_text(q, ":name", name);
    must(stmt_one(q, &row, &err), &err);
    assert_true(row);
    AUTO_ARENA a = ARENA_INIT;
    must(raw_open(demo.site.raw, arena_z(&a, stmt_text(q, 0)), &raw, &err), &err);
    for (size_t n = 1; n > 0;) {
        must(raw_read(raw, chunk, sizeof(chunk), &n, &err), &err);
        strbuf_add(&bytes, chunk, n);
    }
    raw_close(raw);
    must(decode_whole("file", strbuf_str(&bytes), ENC_UNKNOWN, out, &err), &err);
}

static struct str line_at(struct str text, int64_t line)
{
    struct str part = {0};
    for (int64_t i = 0; i < line; i++) {
        assert_true(str_split(&text, '\n', &part));
    }
    return part;
}

static void only_digits(struct str s, struct strbuf *out)
{
    strbuf_clear(out);
    for (size_t i = 0; i < s.n; i++) {
        if (is_digit((unsigned char)s.p[i])) {
            strbuf_addc(out, s.p[i]);
        }
    }
}

/* Does the cell say the value? Amounts by their fen, dates by their year, everything else as text, where codes may stand for labels. */
static bool cell_says(struct str raw, struct str value)
{
    AUTO_STRBUF amount = STRBUF_INIT, a = STRBUF_INIT, b = STRBUF_INIT;
    fen v;
    size_t yuan = str_find(value, STR("元"));
    if (yuan < value.n && fen_parse(raw, &v)) {
        strbuf_add_fen_comma(&amount, v);
        return str_eq(strbuf_str(&amount), str_sub(value, 0, yuan));
    }
    only_digits(raw, &a);
    only_digits(value, &b);
    if (b.n == 8 && a.n >= 6) {
        return memcmp(a.p, b.p, 4) == 0;
    }
    return raw.n > 0;
}

static void test_the_named_line_holds_the_value(void **state)
{
    (void)state;
    AUTO_STMT q = db_sql(demo.night.db, STR("SELECT h.rule, e.label, e.value, e.line, e.raw, e.file, e.column FROM evidence AS e JOIN hit AS h USING (hit_id) "
                                            "WHERE e.line IS NOT NULL ORDER BY e.file, e.line"));
    AUTO_STRBUF text = STRBUF_INIT, name = STRBUF_INIT;
    int rows = 0;
    for (bool row;;) {
        struct err err;
        must(stmt_step(q, &row, &err), &err);
        if (!row) {
            break;
        }
        if (!str_eq(strbuf_str(&name), stmt_text(q, 5))) {
            strbuf_clear(&name);
            strbuf_adds(&name, stmt_text(q, 5));
            strbuf_clear(&text);
            read_file(stmt_text(q, 5), &text);
        }
        struct str line = line_at(strbuf_str(&text), stmt_int(q, 3)), raw = stmt_text(q, 4), value = stmt_text(q, 2);
        if (stmt_is_null(q, 4)) { /* told before: the line is enough, and the event has the cell (test_events_carry_their_evidence) */
            assert_true(line.n > 0);
            continue;
        }
        if (raw.n == 0 || str_find(line, raw) == line.n || !cell_says(raw, value)) {
            fail_msg("%s " STR_FMT " = " STR_FMT ": '" STR_FMT "' in " STR_FMT " line %lld", stmt_text(q, 0).p, STR_ARG(stmt_text(q, 1)), STR_ARG(value),
                     STR_ARG(raw), STR_ARG(stmt_text(q, 5)), (long long)stmt_int(q, 3));
        }
        rows++;
    }
    assert_true(rows > 60);
}

static int64_t count_of(const char *query)
{
    struct err err;
    bool row;
    AUTO_STMT q = db_sql(demo.night.db, str_of(query));
    must(stmt_one(q, &row, &err), &err);
    return stmt_int(q, 0);
}

static void test_every_hit_is_explained(void **state)
{
    (void)state;
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE hit_id NOT IN (SELECT hit_id FROM evidence WHERE role = 'item')"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE hit_id NOT IN (SELECT hit_id FROM evidence WHERE role = 'condition' AND value = '成立')"), 0);
    /* sums and lists bring their rows, values of attributes their cell */
    assert_int_equal(count_of("SELECT count(*) FROM hit WHERE rule IN ('R02', 'R06') AND hit_id NOT IN (SELECT hit_id FROM evidence WHERE role = 'row')"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM hit AS h WHERE rule IN ('R01', 'R04', 'R07') AND NOT EXISTS "
                              "(SELECT 1 FROM evidence AS e WHERE e.hit_id = h.hit_id AND e.role = 'item' AND e.line IS NOT NULL)"), 0);
    /* what a rule says of the time before points at the delivery of that time, in force or not */
    assert_int_equal(count_of("SELECT count(*) FROM hit AS h WHERE rule = 'R04' AND NOT EXISTS "
                              "(SELECT 1 FROM evidence AS e WHERE e.hit_id = h.hit_id AND e.label = '残疾等级.上期' AND e.file IS NOT NULL AND e.input IS NULL)"), 0);
    assert_true(count_of("SELECT count(*) FROM hit WHERE rule = 'R04'") >= 2);
}

/* An event carries its evidence: the same rows as night.db, for every warning it proposes. */
static void test_events_carry_their_evidence(void **state)
{
    (void)state;
    assert_int_equal(count_of("SELECT count(*) FROM proposed_event AS p JOIN hit AS h ON h.warning_no = p.warning_no "
                              "WHERE json_array_length(p.body, '$.evidence') <> (SELECT count(*) FROM evidence AS e WHERE e.hit_id = h.hit_id)"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM proposed_event WHERE kind IN ('new', 'held') AND json_extract(body, '$.say') IS NULL"), 0);
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
        cmocka_unit_test(test_the_named_line_holds_the_value),
        cmocka_unit_test(test_every_hit_is_explained),
        cmocka_unit_test(test_events_carry_their_evidence),
    };
    return cmocka_run_group_tests(tests, open_night, close_night);
}
