/* SPDX-License-Identifier: Apache-2.0 */
/* Filled lists in every shape people send them, refused rows corrected and sent again, and held warnings let go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/store/db.h"
#include "base/text/encoding.h"
#include "pipeline/command.h"
#include "pipeline/release.h"
#include "pipeline/visits.h"
#include "rules/warning_number.h"
#include "tests/lib/tsv.h"

/* The command line's own; not asked about here. */
void warn_add(enum status w, const char *fmt, ...)
{
    (void)w, (void)fmt;
}

static const struct str helped[] = {{"纳入低保", 12}, {"临时救助", 12}, {"转介", 6}};
static const struct str not_needed[] = {{"自愿放弃", 12}};
static const struct str wrong[] = {{"数据过期", 12}, {"串人", 6}};
static const struct rules_outcome_group groups[] = {
    {.name = {"属实已帮扶", 15}, .outcomes = helped, .n = 3, .cooldown_days = 180, .proven = true, .verified = true},
    {.name = {"属实不需要", 15}, .outcomes = not_needed, .n = 1, .cooldown_days = 180, .proven = true, .verified = true},
    {.name = {"不属实", 9}, .outcomes = wrong, .n = 2, .cooldown_days = 180, .verified = true},
};
static const struct rules_meta meta = {.groups = groups, .n_groups = 3};

struct place {
    struct arena arena;
    char *dir;
    struct db *ledger;
    struct area_set areas;
};

static const char ledger_sql[] =
    "INSERT INTO night VALUES (1,20513,'{}','c','2026-03-01-1',NULL,0,0,0,0,'{}','x');"
    "INSERT INTO warning VALUES (1,'R01','P',5001,'',1),(2,'R02','H',71,'',1),(3,'R01','P',5003,'',1),(4,'R01','P',5004,'',1),(5,'R01','P',5003,'',1);"
    "INSERT INTO warning_event (warning_no, night, kind, level, detail, body, who, at) VALUES"
    "(1,1,'new','红','','{\"household\":71}','',''),(2,1,'new','黄','','{\"household\":71}','',''),(3,1,'new','黄','','{\"household\":72}','',''),"
    "(4,1,'held','黄','','{\"household\":73,\"street\":\"990101002\",\"level_rank\":2,\"rank\":9}','',''),"
    "(5,1,'new','黄','','{\"household\":72}','',''),(5,1,'merged','','%s','{}','','');";

static const char areas_csv[] = "code,name,aliases,kind,parent,valid_from,valid_to,weekly_capacity\n"
                                "990101,示范区,,district,,,,\n990101001,东风街道,,street,990101,,,5\n990101002,临河街道,,street,990101,,,\n";

static void load_areas(struct area_set *areas)
{
    struct diag_list diags = {0};
    assert_true(areas_parse(areas, "areas.csv", str_of(areas_csv), &diags));
    diag_release(&diags);
}

static int make(void **state)
{
    struct place *p = xcalloc(1, sizeof(*p));
    struct err err;
    const char *tmp = getenv("TMPDIR");
    p->dir = arena_printf(&p->arena, "%s/mopai-visits-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    *state = p;
    assert_int_equal(setenv("MOPAI_CLOCK", "2026-03-20T09:00:00", 1), 0);
    assert_int_equal(clock_init(&err), ST_OK);
    load_areas(&p->areas);
    return 0;
}

static void open_ledger(struct place *p)
{
    struct err err;
    const char *path = path_join(&p->arena, p->dir, "ledger.db");
    if (p->ledger) {
        assert_int_equal(db_close(p->ledger, &err), ST_OK);
    }
    assert_int_equal(file_unlink(path, &err), ST_OK);
    assert_int_equal(db_open(path, DB_WRITE, &p->ledger, &err), ST_OK);
    char third[WARNING_NUMBER_MAX];
    warning_number_format(3, third);
    assert_int_equal(db_exec(p->ledger, arena_printf(&p->arena, ledger_sql, third), &err), ST_OK);
}

static int drop(void **state)
{
    struct place *p = *state;
    struct err err;
    assert_int_equal(db_close(p->ledger, &err), ST_OK);
    assert_int_equal(file_remove_tree(p->dir, &err), ST_OK);
    arena_release(&p->arena);
    areas_release(&p->areas);
    free(p);
    return 0;
}

static int64_t count(struct place *p, const char *sql)
{
    AUTO_STMT q = db_sql(p->ledger, str_of(sql));
    struct err err;
    bool row;
    assert_int_equal(stmt_one(q, &row, &err), ST_OK);
    return stmt_int(q, 0);
}

/* {n} and {nl}: the number of warning n as printed, or as a hasty hand types it. */
static void expand(struct str form, struct strbuf *out)
{
    while (form.n > 0) {
        size_t at = str_find(form, STR("{"));
        strbuf_adds(out, str_sub(form, 0, at));
        form = str_sub(form, at, form.n);
        if (form.n == 0) {
            return;
        }
        size_t end = str_find(form, STR("}"));
        bool low = form.p[end - 1] == 'l';
        int64_t no;
        assert_true(str_to_i64(str_sub(form, 1, end - 1 - low), &no));
        char text[WARNING_NUMBER_MAX];
        warning_number_format(no, text);
        for (const char *c = text; *c; c++) {
            if (!low || *c != '-') {
                strbuf_addc(out, low ? to_lower(*c) : *c);
            }
        }
        form = str_sub(form, end + 1, form.n);
    }
}

static const char *write_list(struct place *p, const char *name, struct str encoding, struct str text)
{
    AUTO_STRBUF utf8 = STRBUF_INIT;
    AUTO_STRBUF bytes = STRBUF_INIT;
    struct err err;
    expand(text, &utf8);
    if (str_eqz(encoding, "gb18030")) {
        struct encoder e;
        size_t bad;
        assert_int_equal(encoder_open(&e, &err), ST_OK);
        assert_true(encode_gb18030(&e, strbuf_str(&utf8), &bytes, &bad));
        encoder_close(&e);
    } else if (str_eqz(encoding, "utf16")) {
        strbuf_addz(&bytes, "\xFF\xFE");
        encode_utf16(strbuf_str(&utf8), ENC_UTF16LE, &bytes);
    } else {
        strbuf_addz(&bytes, str_eqz(encoding, "bom") ? "\xEF\xBB\xBF" : "");
        strbuf_adds(&bytes, strbuf_str(&utf8));
    }
    const char *path = path_join(&p->arena, p->dir, name);
    assert_int_equal(file_write_atomic(path, strbuf_str(&bytes), &err), ST_OK);
    return path;
}

static struct visits_result take(struct place *p, const char *path)
{
    struct visits_result r;
    struct err err;
    const struct visits_at at = {p->ledger, &meta, &p->areas, NULL, p->dir};
    if (visits_import(&at, path, &p->arena, &r, &err) != ST_OK) {
        fail_msg("%s", err.text);
    }
    return r;
}

static void every_form_is_read(void **state)
{
    struct place *p = *state;
    struct tsv t;
    tsv_open(&t, "visits_forms.tsv");
    while (tsv_next(&t)) {
        open_ledger(p);
        struct visits_result r = take(p, write_list(p, "list.csv", t.f[1], t.f[2]));
        const int64_t got[] = {r.accepted, r.blank, r.repeated, r.refused};
        for (size_t i = 0; i < ARRAY_LEN(got); i++) {
            int64_t want;
            assert_true(str_to_i64(t.f[3 + i], &want));
            if (got[i] != want) {
                tsv_fail(&t, "counts", r.first_reasons);
            }
            assert_int_equal(got[i], want);
        }
        if (str_find(r.first_reasons, t.f[7]) >= r.first_reasons.n && t.f[7].n > 0) {
            tsv_fail(&t, "reason", r.first_reasons);
            fail();
        }
        assert_int_equal(count(p, "SELECT count(*) FROM visit"), r.accepted - r.orders);
        assert_int_equal(count(p, "SELECT count(*) FROM warning_event WHERE kind IN ('closed', 'visited')"), r.accepted - r.orders);
        assert_int_equal(count(p, "SELECT count(*) FROM warning_event e JOIN warning_order o ON o.seq = e.seq WHERE e.kind IN ('snoozed', 'returned', 'extended')"), r.orders);
        assert_int_equal(count(p, "SELECT count(*) FROM visit v JOIN warning_event e ON e.seq = v.seq AND e.warning_no = v.warning_no"), r.accepted - r.orders);
        assert_int_equal(count(p, "SELECT count(*) FROM visit_import"), r.accepted > 0);
    }
    tsv_close(&t);
}

/* The road of a bad row: refused, corrected in the refused file, accepted; then neither file changes anything. */
static void a_refused_row_comes_back(void **state)
{
    struct place *p = *state;
    struct err err;
    open_ledger(p);
    const char *path = write_list(p, "round.csv", STR("gb18030"),
                                  STR("核查结果,预警编号,走访人,走访日期,备注\n纳入低保,{1},李工,2026-03-05,=1+1\n纳入底保,{2},,,\n转介,{3},王工,2026-03-05,\n"));
    struct visits_result r = take(p, path);
    assert_int_equal(r.accepted, 2);
    assert_int_equal(r.refused, 1);
    assert_int_equal(take(p, path).known_file, true);

    AUTO_STRBUF refused = STRBUF_INIT;
    assert_int_equal(file_read_all(r.refused_path, 1u << 20, &refused, &err), ST_OK);
    struct str text = strbuf_str(&refused);
    assert_true(str_find(text, STR("2026-03-05")) < text.n); /* carried from the row above, which is not in this file */
    AUTO_STRBUF corrected = STRBUF_INIT;
    size_t at = str_find(text, STR("纳入底保"));
    strbuf_adds(&corrected, str_sub(text, 0, at));
    strbuf_addz(&corrected, "纳入低保");
    strbuf_adds(&corrected, str_sub(text, at + strlen("纳入底保"), text.n));
    assert_int_equal(file_write_atomic(r.refused_path, strbuf_str(&corrected), &err), ST_OK);
    struct visits_result again = take(p, r.refused_path);
    assert_int_equal(again.accepted, 1);
    assert_int_equal(again.refused, 0);
    assert_int_equal(count(p, "SELECT count(*) FROM visit"), 3);

    /* Same content in another file: nothing is written. */
    const char *resaved = write_list(p, "resaved.csv", STR("utf8"),
                                     STR("预警编号,走访日期,走访人,核查结果,备注\n{1},2026/3/5,李工,纳入低保,=1+1\n{3},2026-03-05,王工,转介,\n"));
    struct visits_result same = take(p, resaved);
    assert_int_equal(same.repeated, 2);
    assert_int_equal(count(p, "SELECT count(*) FROM visit"), 3);
    assert_int_equal(count(p, "SELECT count(*) FROM visit_import"), 2);
    assert_int_equal(count(p, "SELECT count(*) FROM audit"), 2);

    /* Another outcome later is a correction. */
    struct visits_result other = take(p, write_list(p, "other.csv", STR("utf8"), STR("预警编号,走访日期,走访人,核查结果\n{1},2026-03-09,李工,数据过期\n")));
    assert_int_equal(other.accepted, 1);
    assert_int_equal(count(p, "SELECT outcome = '数据过期' AND outcome_group = '不属实' FROM visit WHERE warning_no = 1 ORDER BY visit_id DESC LIMIT 1"), 1);
}

static void what_is_no_list_is_refused_whole(void **state)
{
    struct place *p = *state;
    struct err err;
    struct visits_result r;
    const struct visits_at at = {p->ledger, &meta, &p->areas, NULL, p->dir};
    open_ledger(p);
    const char *path = write_list(p, "no.csv", STR("utf8"), STR("姓名,电话\n某人,1\n"));
    assert_int_equal(visits_import(&at, path, &p->arena, &r, &err), ST_INPUT);
    assert_non_null(strstr(err.text, "预警编号"));
    assert_int_equal(visits_import(&at, path_join(&p->arena, p->dir, "absent.csv"), &p->arena, &r, &err), ST_MISSING);
}

/* --- release -------------------------------------------------------------------------------------------------------------- */

static const char held_sql[] =
    "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 29)"
    "INSERT INTO warning SELECT i, CASE i % 2 WHEN 0 THEN 'R01' ELSE 'R02' END, 'H', 1000 + i, '', 1 FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 29)"
    "INSERT INTO warning_event (warning_no, night, kind, level, detail, body, who, at)"
    " SELECT i, 1, 'held', '黄', '', json_object('street', CASE WHEN i < 20 THEN '990101001' WHEN i < 28 THEN '990101002' ELSE '' END,"
    " 'level_rank', i % 3, 'rank', 40 - i, 'send', CASE i WHEN 12 THEN '区局' ELSE '街道' END), '', '' FROM n;";
static void load_held(struct place *p, struct area_set *areas)
{
    struct err err;
    open_ledger(p);
    assert_int_equal(db_exec(p->ledger, "DELETE FROM warning_event WHERE warning_no = 4", &err), ST_OK);
    assert_int_equal(db_exec(p->ledger, held_sql, &err), ST_OK);
    load_areas(areas);
}

static size_t let_go(struct place *p, const struct area_set *areas, struct str street, struct str rule, int64_t *first)
{
    struct release_plan plan = {.night = 0};
    struct err err;
    assert_int_equal(release_make_plan(p->ledger, areas, street, rule, &plan, &err), ST_OK);
    assert_int_equal(release_carry_out(p->ledger, &plan, street, rule, &err), ST_OK);
    size_t n = plan.warnings.n;
    if (first && n > 0) {
        *first = plan.warnings.v[0];
    }
    release_plan_free(&plan);
    return n;
}

static void capacity_bounds_a_street(void **state)
{
    struct place *p = *state;
    struct area_set areas = {0};
    int64_t first = 0;
    load_held(p, &areas);
    /* 9 of street 1 besides the desk check, rank by level then place: 18 (0,22), 15 (0,25), 19 (1,21), 16, 13; 12 is for the district's desk. */
    assert_int_equal(let_go(p, &areas, STR("990101001"), STR(""), &first), 5);
    assert_int_equal(first, 18);
    assert_int_equal(count(p, "SELECT group_concat(warning_no, '') = '1815191613' FROM (SELECT warning_no FROM warning_event WHERE kind = 'released' ORDER BY seq)"), 1);
    assert_int_equal(let_go(p, &areas, STR("990101001"), STR(""), NULL), 0);  /* the week's capacity is used up */
    assert_int_equal(count(p, "SELECT count(*) FROM release_order"), 1);
    assert_int_equal(let_go(p, &areas, STR(""), STR("R02"), NULL), 5);        /* street 2 and no street, without a limit: 21 23 25 27 29 */
    assert_int_equal(let_go(p, &areas, STR(""), STR(""), NULL), 6);           /* 20 22 24 26 28 and the desk check */
    struct err err;
    assert_int_equal(db_exec(p->ledger, "INSERT INTO night VALUES (2,20520,'{}','d','2026-03-08-2',NULL,0,0,0,0,'{}','x')", &err), ST_OK);
    assert_int_equal(let_go(p, &areas, STR(""), STR(""), NULL), 4);           /* another week: the rest of street 1 */
    assert_int_equal(count(p, "SELECT sum(released) FROM release_order"), 20);
    areas_release(&areas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(a_refused_row_comes_back),
        cmocka_unit_test(what_is_no_list_is_refused_whole),
        cmocka_unit_test(capacity_bounds_a_street),
    };
    setenv("MOPAI_CLOCK", "2026-03-20T10:00:00", 1);
    return cmocka_run_group_tests(tests, make, drop);
}
