/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries from an inbox: order, repeats, gates, what is in force, what changed, and back to the raw cell. On the small cases of fixtures/cases and on files
   made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/store/db.h"
#include "pipeline/command.h"
#include "pipeline/ingest/column_facts.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/ingest/standing.h"

/* The program's collector of warnings lives in main.c; here they are counted. */
static int warned[ST_COUNT];
void warn_add(enum status w, const char *fmt, ...)
{
    (void)fmt;
    warned[w]++;
}

struct place {
    struct site site;
    struct arena arena;
    char *dir;
};

static void must(enum status st, const struct err *err)
{
    if (st != ST_OK) {
        fail_msg("%s: %s", status_name(st), err->text);
    }
}

static void load_sources(struct place *p, const char *path)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    must(file_read_all(path, 1u << 20, &text, &err), &err);
    must(sources_load(strbuf_str(&text), path, &p->site.sources, &err), &err);
}

static void open_place(struct place *p, const char *name)
{
    const char *tmp = getenv("TMPDIR");
    struct err err;
    memset(p, 0, sizeof(*p));
    memset(warned, 0, sizeof(warned));
    p->dir = arena_printf(&p->arena, "%s/scan-%s-%d", tmp ? tmp : "/tmp", name, (int)getpid());
    must(file_remove_tree(p->dir, &err), &err);
    struct site *s = &p->site;
    s->dir = p->dir;
    s->inbox = path_join(&p->arena, p->dir, "inbox");
    s->raw = path_join(&p->arena, p->dir, "raw");
    s->segments = path_join(&p->arena, p->dir, "segments");
    must(file_mkdirs(s->inbox, &err), &err);
    must(file_mkdirs(s->raw, &err), &err);
    must(file_mkdirs(s->segments, &err), &err);
    must(db_open(path_join(&p->arena, p->dir, "ledger.db"), DB_WRITE, &s->ledger, &err), &err);
    load_sources(p, "sources.yaml");
}

static void close_place(struct place *p)
{
    struct err err;
    must(db_close(p->site.ledger, &err), &err);
    sources_free(p->site.sources);
    must(file_remove_tree(p->dir, &err), &err);
    arena_release(&p->arena);
}

static void put(struct place *p, const char *name, const char *text)
{
    struct err err;
    must(file_write_atomic(path_join(&p->arena, p->site.inbox, name), str_of(text), &err), &err);
}

static void put_case(struct place *p, const char *folder, const char *name)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    must(file_read_all(arena_printf(&p->arena, "fixtures/cases/%s/%s", folder, name), 1u << 20, &text, &err), &err);
    must(file_write_atomic(path_join(&p->arena, p->site.inbox, name), strbuf_str(&text), &err), &err);
}

static struct ingest_counts scan(struct place *p)
{
    struct ingest_counts c;
    struct err err;
    must(ingest_scan(&p->site, &c, &err), &err);
    return c;
}

static struct inputs in_force(struct place *p, const char *day)
{
    struct inputs in;
    struct err err;
    daynum d;
    assert_true(day_parse_iso(str_of(day), &d));
    must(inputs_in_force(&p->site, d, &p->arena, &in, &err), &err);
    return in;
}

static int64_t rows_counting(const struct inputs *in)
{
    int64_t n = 0;
    for (size_t i = 0; i < in->n; i++) {
        for (int64_t row = 0; row < in->v[i].rows; row++) {
            n += !input_superseded(&in->v[i], row);
        }
    }
    return n;
}

/* Hash over names and bytes of a folder. */
static uint64_t tree_hash(struct place *p, const char *dir)
{
    file_list list = {0};
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    uint64_t h = 1;
    must(file_list_dir(&p->arena, dir, &list, &err), &err);
    for (size_t i = 0; i < list.n; i++) {
        must(file_read_all(path_join(&p->arena, dir, list.v[i].name), 1u << 26, &text, &err), &err);
        h = hash_mix(h ^ hash64(list.v[i].name, strlen(list.v[i].name))) ^ hash64(text.p, text.n);
    }
    vec_release(&list);
    return h;
}

static void test_title_totals(void **state)
{
    (void)state;
    struct place p;
    struct file_counts f;
    struct err err;
    open_place(&p, "title");
    put_case(&p, "title-totals-signature", "mz_member_120194001_20260227_full.csv");
    struct ingest_counts c = scan(&p);
    assert_int_equal(c.accepted, 1);
    assert_int_equal(c.typed, 3);
    assert_int_equal(c.rejected, 0);
    assert_int_equal(c.aside, 8);
    struct inputs in = in_force(&p, "2026-03-01");
    assert_int_equal(in.n, 1);
    must(input_file_counts(&p.site, in.v[0].file_id, &f, &err), &err);
    assert_int_equal(f.records, 11);
    assert_int_equal(f.set_aside, 8);
    struct str cell, header; /* back to the raw cell: the third row stands on line 8 */
    const struct source *s = &p.site.sources->v[in.v[0].source];
    int name = source_column_find(s, STR("成员姓名"));
    must(input_raw_cell(&p.site, &in.v[0], 8, name, &p.arena, &cell, &err), &err);
    assert_true(str_eqz(cell, "王志强"));
    must(input_header(&p.site, &in.v[0], name, &p.arena, &header, &err), &err);
    assert_true(str_eqz(header, "成员姓名"));
    c = scan(&p); /* again: nothing */
    assert_int_equal(c.known, 1);
    assert_int_equal(c.accepted + c.held + c.refused, 0);
    close_place(&p);
}

static void test_refunds_and_corrections(void **state)
{
    (void)state;
    struct place p;
    struct refund *r;
    size_t n;
    struct err err;
    open_place(&p, "refund");
    put_case(&p, "refund-correction", "yb_settle_120194_20260131_inc.csv");
    put_case(&p, "refund-correction", "yb_settle_120194_20260210_inc.csv");
    (void)scan(&p);
    struct inputs in = in_force(&p, "2026-03-01");
    assert_int_equal(in.n, 2);
    must(inputs_refunds(&p.site, &in, in.v[0].source, &p.arena, &r, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_int_equal(r[0].row, 1);
    assert_int_equal(r[0].orig_input, 0);
    assert_int_equal(r[0].orig_row, 0);
    assert_int_equal(rows_counting(&in), 3); /* of S3, three times there, the corrected one counts */
    in = in_force(&p, "2026-02-01");
    assert_int_equal(in.n, 1);
    assert_int_equal(rows_counting(&in), 3);
    close_place(&p);
}

struct seen_changes {
    int appeared, disappeared, values, with_id;
    char text[512];
};

static bool on_change(void *ctx, const struct change *c)
{
    struct seen_changes *s = ctx;
    s->appeared += c->kind == CHANGE_APPEARED;
    s->disappeared += c->kind == CHANGE_DISAPPEARED;
    s->values += c->kind == CHANGE_VALUE;
    s->with_id += c->id != 0;
    if (c->kind == CHANGE_VALUE) {
        size_t n = strlen(s->text);
        (void)snprintf(s->text + n, sizeof(s->text) - n, "%.*s>%.*s@%lld,%lld ", STR_ARG(c->old), STR_ARG(c->new_), (long long)c->old_line,
                       (long long)c->new_line);
    }
    return true;
}

static struct seen_changes changes(struct place *p, const char *source, const char *column, const char *from, const char *to)
{
    struct seen_changes seen = {0, 0, 0, 0, ""};
    struct err err;
    daynum a = DAY_MISSING, b = DAY_MISSING;
    int s = source_find(p->site.sources, str_of(source));
    assert_true(day_parse_iso(str_of(from), &a) && day_parse_iso(str_of(to), &b));
    int c = *column ? source_column_find(&p->site.sources->v[s], str_of(column)) : -1;
    must(timeline_read(&p->site, (size_t)s, c, a, b, on_change, &seen, &err), &err);
    return seen;
}

static void test_timeline(void **state)
{
    (void)state;
    struct place p;
    struct err err;
    open_place(&p, "timeline");
    put_case(&p, "dates-and-certificates", "cl_120194_20260201_full.csv");
    put_case(&p, "dates-and-certificates", "cl_120194_20260301_full.csv");
    (void)scan(&p);
    struct seen_changes s = changes(&p, "cl", "残疾等级", "2026-01-01", "2026-03-01");
    assert_string_equal(s.text, "二级>一级@2,2 ");
    assert_int_equal(s.with_id, 1);
    s = changes(&p, "cl", "残疾等级", "2026-01-01", "2026-02-28"); /* the first delivery is the baseline */
    assert_int_equal(s.values, 0);
    s = changes(&p, "cl", "残疾证到期日", "2026-01-01", "2026-03-01"); /* spelt in another way is no change */
    assert_int_equal(s.values, 0);
    /* segments and timelines are a cache: made again, the same bytes */
    uint64_t before = tree_hash(&p, p.site.segments);
    must(file_remove_tree(p.site.segments, &err), &err);
    must(file_mkdirs(p.site.segments, &err), &err);
    s = changes(&p, "cl", "残疾等级", "2026-01-01", "2026-03-01");
    assert_string_equal(s.text, "二级>一级@2,2 ");
    assert_true(tree_hash(&p, p.site.segments) == before);
    close_place(&p);
}

static void put_members(struct place *p, const char *day, int from, int to, const char *kind)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, "户编号,救助类别,成员姓名,成员身份证号\r\n");
    for (int i = from; i < to; i++) {
        strbuf_addf(&b, "H%d,%s,甲某,\r\n", i, kind);
    }
    put(p, arena_printf(&p->arena, "mz_member_甲街道_%s_full.csv", day), strbuf_z(&b));
}

/* A late older snapshot: in force stays the newest, the chain is the same as when it had come in time. */
static void test_late_delivery(void **state)
{
    (void)state;
    struct place p, q;
    open_place(&p, "late");
    put_members(&p, "20260101", 0, 10, "低保");
    put_members(&p, "20260301", 1, 11, "特困");
    (void)scan(&p);
    struct seen_changes s = changes(&p, "mz_member", "", "2026-01-01", "2026-03-05");
    assert_int_equal(s.appeared, 1);
    assert_int_equal(s.disappeared, 1);
    assert_int_equal(s.values, 9);
    put_members(&p, "20260201", 1, 11, "低保");
    assert_int_equal(scan(&p).accepted, 1);
    struct inputs in = in_force(&p, "2026-03-05");
    assert_int_equal(in.n, 1);
    assert_true(strstr(in.v[0].name, "20260301") != NULL);
    in = in_force(&p, "2026-02-05");
    assert_true(strstr(in.v[0].name, "20260201") != NULL);
    open_place(&q, "in-time");
    put_members(&q, "20260101", 0, 10, "低保");
    put_members(&q, "20260201", 1, 11, "低保");
    put_members(&q, "20260301", 1, 11, "特困");
    (void)scan(&q);
    struct seen_changes a = changes(&p, "mz_member", "", "2026-01-01", "2026-03-05"), b = changes(&q, "mz_member", "", "2026-01-01", "2026-03-05");
    assert_int_equal(a.values, 10);
    assert_int_equal(a.appeared, 1);
    assert_int_equal(a.disappeared, 1);
    assert_string_equal(a.text, b.text);
    close_place(&p);
    close_place(&q);
}

static void test_gates(void **state)
{
    (void)state;
    struct place p;
    int64_t held;
    struct err err;
    open_place(&p, "gates");
    put_members(&p, "20260101", 0, 100, "低保");
    (void)scan(&p);
    put_members(&p, "20260201", 0, 30, "低保"); /* half a file */
    struct ingest_counts c = scan(&p);
    assert_int_equal(c.held, 1);
    assert_int_equal(warned[ST_W_DELIVERY_HELD], 1);
    int at = source_find(p.site.sources, STR("mz_member"));
    must(deliveries_held(&p.site, (size_t)at, &held, &err), &err);
    assert_int_equal(held, 1);
    struct inputs in = in_force(&p, "2026-03-01");
    assert_true(strstr(in.v[0].name, "20260101") != NULL);
    assert_int_equal(in.sources[at].state, SOURCE_STALE);
    put_case(&p, "wrecked-ids", "yb_insured_120194_20260301_full.csv"); /* refused as a file */
    c = scan(&p);
    assert_int_equal(c.refused, 1);
    assert_int_equal(warned[ST_W_FILE_REFUSED], 1);
    assert_int_equal(in_force(&p, "2026-03-05").n, 1);
    close_place(&p);
}

static void test_inbox(void **state)
{
    (void)state;
    struct place p;
    open_place(&p, "inbox");
    put(&p, "readme.txt", "x");
    put(&p, ".hidden", "x");
    put(&p, "cl_120194_20260201_full.csv", "完全不是这个文件\n1,2\n");
    assert_int_equal(symlink("readme.txt", path_join(&p.arena, p.site.inbox, "ga_1_20260101_full.csv")), 0);
    struct ingest_counts c = scan(&p);
    assert_int_equal(c.unknown, 2);
    assert_int_equal(c.refused, 1);
    assert_int_equal(warned[ST_W_UNKNOWN_FILE], 2);
    c = scan(&p);
    assert_int_equal(c.refused, 0);
    assert_int_equal(c.known, 1);
    close_place(&p);
}

static void test_order_does_not_matter(void **state)
{
    (void)state;
    static const char *const names[] = {"yb_insured_120194_20260101_full.csv", "yb_insured_120194_20260201_full.csv", "yb_insured_120194_20260301_full.csv",
                                        "jy_unemp_120194_20260301_full.csv"};
    struct place p, q;
    open_place(&p, "forward");
    open_place(&q, "backward");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        put_case(&p, "encodings", names[i]);
        put_case(&q, "encodings", names[ARRAY_LEN(names) - 1 - i]);
    }
    struct ingest_counts a = scan(&p), b = scan(&q);
    assert_int_equal(a.accepted, 4);
    assert_int_equal(a.rejected, 0);
    assert_int_equal(a.typed, b.typed);
    assert_true(tree_hash(&p, p.site.segments) == tree_hash(&q, q.site.segments));
    struct inputs x = in_force(&p, "2026-03-05"), y = in_force(&q, "2026-03-05");
    assert_int_equal(x.n, y.n);
    for (size_t i = 0; i < x.n; i++) {
        assert_string_equal(x.v[i].name, y.v[i].name);
        assert_int_equal(x.v[i].delivery_id, y.v[i].delivery_id);
    }
    close_place(&p);
    close_place(&q);
}

static void put_contributions(struct place *p, const char *day, const char *const *rows)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, "单位编号,单位名称,姓名,社会保障号码,险种,所属期,缴费基数,缴费状态\n");
    for (; *rows; rows++) {
        strbuf_addf(&b, "1,某厂,%s,已缴\n", *rows);
    }
    put(p, arena_printf(&p->arena, "jy_contrib_120194_%s_full.csv", day), strbuf_z(&b));
}

static void test_period(void **state)
{
    (void)state;
    struct place p;
    open_place(&p, "period");
    put_contributions(&p, "20260201", (const char *const[]){"甲一,,110,202512,100", "甲一,,110,202601,100", "乙二,,110,202601,100", NULL});
    put_contributions(&p, "20260301", (const char *const[]){"甲一,,110,202601,200", "甲一,,110,202602,200", NULL});
    (void)scan(&p);
    struct inputs in = in_force(&p, "2026-03-05");
    assert_int_equal(in.n, 2);
    assert_int_equal(rows_counting(&in), 3); /* December of the first, January and February of the second */
    assert_false(input_superseded(&in.v[0], 0));
    assert_true(input_superseded(&in.v[0], 1));
    assert_true(input_superseded(&in.v[0], 2));
    in = in_force(&p, "2026-02-05");
    assert_int_equal(rows_counting(&in), 3);
    close_place(&p);
}

static void test_repeats(void **state)
{
    (void)state;
    static const char head[] = "结算流水号,证件号码,个人负担总额,结算时间\n";
    struct place p;
    open_place(&p, "repeats");
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, "%sS1,,10,2026-01-01\nS2,,10,2026-01-01\nS2,,10,2026-01-01\n,,1,2026-01-01\n,,1,2026-01-01\n", head);
    for (int i = 0; i < 10; i++) { /* enough good rows for the gate of blank keys */
        strbuf_addf(&b, "T%d,,1,2026-01-01\n", i);
    }
    put(&p, "yb_settle_1_20260101_inc.csv", strbuf_z(&b));
    put(&p, "yb_settle_1_20260102_inc.csv", arena_printf(&p.arena, "%sS1,,12,2026-01-01\nS3,,1,2026-01-02\n", head));
    (void)scan(&p);
    struct inputs in = in_force(&p, "2026-01-05");
    assert_int_equal(in.n, 2);
    assert_true(input_superseded(&in.v[0], 0));  /* corrected a day later */
    assert_true(input_superseded(&in.v[0], 1));  /* the same row twice counts once */
    assert_false(input_superseded(&in.v[0], 2));
    assert_false(input_superseded(&in.v[0], 3)); /* rows without a key are all their own */
    assert_int_equal(rows_counting(&in), 15);
    close_place(&p);
}

static void test_parts(void **state)
{
    (void)state;
    struct place p;
    open_place(&p, "parts");
    put_case(&p, "two-parts", "yb_insured_120194_20260301_full_part2.csv");
    (void)scan(&p);
    put_case(&p, "two-parts", "yb_insured_120194_20260301_full_part1.csv");
    (void)scan(&p);
    struct inputs in = in_force(&p, "2026-03-05"); /* the late part and the known one are one new delivery */
    assert_int_equal(in.n, 2);
    assert_int_equal(in.v[0].delivery_id, in.v[1].delivery_id);
    assert_int_equal(rows_counting(&in), 5);
    close_place(&p);
}

/* What people are told is in force is what the night reads. */
static void expect_standing_as_read(struct place *p, const char *day)
{
    struct inputs in = in_force(p, day);
    standing_list told = {0};
    struct err err;
    daynum d;
    assert_true(day_parse_iso(str_of(day), &d));
    must(standings_load(&p->site, d, &p->arena, &told, &err), &err);
    for (size_t i = 0; i < told.n; i++) {
        int64_t counting = 0;
        for (size_t k = 0; k < in.n; k++) {
            for (int64_t row = 0; in.v[k].delivery_id == told.v[i].delivery && row < in.v[k].rows; row++) {
                counting += !input_superseded(&in.v[k], row);
            }
        }
        if (told.v[i].in_force != (counting > 0)) {
            fail_msg("%s: delivery %lld has %lld rows that count, but: %s", day, (long long)told.v[i].delivery, (long long)counting, told.v[i].why);
        }
    }
    vec_release(&told);
}

static void test_standing(void **state)
{
    (void)state;
    static const char *const days[] = {"2025-12-31", "2026-01-15", "2026-02-15", "2026-03-05"};
    struct place p;
    open_place(&p, "standing");
    put_members(&p, "20260101", 0, 20, "低保");
    put_members(&p, "20260201", 0, 20, "特困");
    put_contributions(&p, "20260110", (const char *const[]){"甲一,,110,202512,100", NULL});
    put_contributions(&p, "20260201", (const char *const[]){"甲一,,110,202512,100", "乙二,,110,202601,100", NULL});
    put_contributions(&p, "20260301", (const char *const[]){"甲一,,110,202601,200", "甲一,,110,202602,200", NULL});
    put(&p, "yb_settle_1_20260101_inc.csv", "结算流水号,证件号码,个人负担总额,结算时间\nS1,,10,2026-01-01\n");
    (void)scan(&p);
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        expect_standing_as_read(&p, days[i]);
    }
    /* one town sends on, the other has stopped */
    put(&p, "mz_member_别的街道_20260301_full.csv", "户编号,救助类别,成员姓名,成员身份证号\nH1,低保,甲某,\n");
    (void)scan(&p);
    struct inputs in = in_force(&p, "2026-03-05");
    int at = source_find(p.site.sources, STR("mz_member"));
    assert_int_equal(in.sources[at].state, SOURCE_FRESH);
    assert_non_null(in.sources[at].late_scopes);
    assert_null(strstr(in.sources[at].late_scopes, "别的街道"));
    assert_non_null(strstr(in.sources[at].late_scopes, "2026-02-01"));
    close_place(&p);
}

/* Exact while few; an estimate within two percent beyond, the same in any order. */
static void test_distinct(void **state)
{
    (void)state;
    struct distinct up = {0}, down = {0};
    const uint64_t n = 300000;
    for (uint64_t i = 0; i < n; i++) {
        distinct_add(&up, hash_mix(i % 1000));
    }
    assert_int_equal(distinct_count(&up), 1000);
    for (uint64_t i = 0; i < n; i++) {
        distinct_add(&up, hash_mix(i));
        distinct_add(&down, hash_mix(n - 1 - i));
    }
    assert_int_equal(distinct_count(&up), distinct_count(&down));
    assert_in_range(distinct_count(&up), n * 98 / 100, n * 102 / 100);
    distinct_release(&up);
    distinct_release(&down);
}

int main(void)
{
    struct err err;
    if (setenv("MOPAI_CLOCK", "2026-03-05T02:00:00", 1) != 0 || clock_init(&err) != ST_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_title_totals),  cmocka_unit_test(test_refunds_and_corrections), cmocka_unit_test(test_timeline),
        cmocka_unit_test(test_late_delivery), cmocka_unit_test(test_gates),                   cmocka_unit_test(test_inbox),
        cmocka_unit_test(test_period),        cmocka_unit_test(test_order_does_not_matter),   cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_parts),         cmocka_unit_test(test_standing),                cmocka_unit_test(test_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
