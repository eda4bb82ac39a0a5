/* SPDX-License-Identifier: Apache-2.0 */
/* A whole report from a night made by hand: what is on which list, what the page says and hides, and the same bytes twice.
   KEEP=DIR leaves the report there to be looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "pipeline/report/page.h"
#include "tests/lib/report_fixture.h"

static struct report_fixture *fix;

static int make(void **state)
{
    (void)state;
    fix = report_fixture_new();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    report_fixture_free(fix);
    return 0;
}

static void compose_into(const char *name, struct strbuf *page)
{
    struct err err;
    const char *dir = report_fixture_compose(fix, name, &err);
    if (!dir) {
        fail_msg("%s", err.text);
    }
    struct arena a = ARENA_INIT;
    assert_int_equal(file_read_all(path_join(&a, dir, "index.html"), 1u << 22, page, &err), ST_OK);
    arena_release(&a);
}

static bool has(const struct strbuf *b, const char *z) { return str_find(strbuf_str(b), str_of(z)) < b->n; }

static void lists_hold_what_they_should(void **state)
{
    (void)state;
    struct list list = {0};
    list_spans spans = {0};
    struct err err;
    assert_int_equal(list_load(&fix->report, &list, &err), ST_OK);
    list_cut(&list, &spans);
    static const daynum last_overdue[] = {20510, 20511, 20503, 20483}; /* due that day or later: overdue at most. Periods of the fixture back from the as-of day */
    size_t desk = 0, no_area = 0, undecided = 0, escalated = 0;
    for (size_t i = 0; i < list.rows.n; i++) {
        const struct list_row *l = &list.rows.v[i];
        desk += l->where == LIST_DESK;
        no_area += l->where == LIST_NO_AREA;
        undecided += l->undecided;
        escalated += l->due_state == DUE_ESCALATED;
        assert_int_equal(l->due_state, l->due >= fix->report.as_of ? DUE_AHEAD : l->due > last_overdue[l->level_rank] ? DUE_OVERDUE : DUE_ESCALATED);
        assert_true(!l->undecided || l->due == day_from_ymd(2026, 3, 10));
        if (i > 0 && l->where == LIST_STREET && l[-1].where == LIST_STREET && str_eq(l->street, l[-1].street)) {
            assert_true(str_cmp(l[-1].community, l->community) <= 0);
            assert_int_equal(l->visit, l[-1].visit + l->opens_visit);
        }
        assert_true(l->warning_no > 0);
    }
    assert_int_equal(list.rows.n, fix->expected_rows);
    assert_int_equal(desk, fix->expected_desk);
    assert_int_equal(no_area, fix->expected_no_area);
    assert_int_equal(undecided, 1);
    assert_true(escalated > 0);
    assert_int_equal(spans.n, fix->expected_streets + 2);
    vec_release(&spans);
    list_release(&list);
}

static void page_says_counts_and_no_names(void **state)
{
    (void)state;
    AUTO_STRBUF page = STRBUF_INIT;
    compose_into("first", &page);
    assert_true(has(&page, "2026年3月2日"));
    assert_true(has(&page, "mopai release"));
    assert_true(has(&page, "医疗结算"));
    assert_true(has(&page, "&lt;5"));
    assert_true(has(&page, "试运行"));
    assert_true(has(&page, "升级督办"));
    for (size_t i = 0; i < fix->n_names; i++) {
        assert_false(has(&page, fix->names[i]));
    }
    assert_false(has(&page, "<script"));
    assert_false(has(&page, "http://"));
    assert_false(has(&page, "https://"));
}

static bool same_file(const char *x, const char *y)
{
    AUTO_STRBUF a = STRBUF_INIT;
    AUTO_STRBUF b = STRBUF_INIT;
    struct err err;
    return file_read_all(x, 1u << 26, &a, &err) == ST_OK && file_read_all(y, 1u << 26, &b, &err) == ST_OK && str_eq(strbuf_str(&a), strbuf_str(&b));
}

static void same_night_same_bytes(void **state)
{
    (void)state;
    AUTO_STRBUF page = STRBUF_INIT;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    compose_into("east", &page);
    setenv("TZ", "America/Lima", 1);
    tzset();
    compose_into("west", &page);
    unsetenv("TZ");
    tzset();
    static const char *const folders[] = {"", "streets", "departments"};
    struct arena a = ARENA_INIT;
    size_t compared = 0;
    for (size_t f = 0; f < ARRAY_LEN(folders); f++) {
        file_list names = {0};
        struct err err;
        const char *east = arena_printf(&a, "%s/east/%s", fix->out_root, folders[f]);
        assert_int_equal(file_list_dir(&a, east, &names, &err), ST_OK);
        for (size_t i = 0; i < names.n; i++) {
            assert_string_not_equal(names.v[i].name, ".scratch");
            if (names.v[i].is_file) {
                const char *west = arena_printf(&a, "%s/west/%s/%s", fix->out_root, folders[f], names.v[i].name);
                if (!same_file(path_join(&a, east, names.v[i].name), west)) {
                    fail_msg("%s differs", names.v[i].name);
                }
                compared++;
            }
        }
        vec_release(&names);
    }
    const char *paper = arena_printf(&a, "%s/east/streets/990101001-东风街道.pdf", fix->out_root);
    assert_int_equal(compared, 3 + (file_exists(paper) ? 2 : 1) * fix->expected_streets); /* no .pdf without a Chinese font */
    arena_release(&a);
}

static int rows_of(const char *workbook)
{
    AUTO_ARENA a = ARENA_INIT;
    int n = -1;
    FILE *f = popen(arena_printf(&a, "unzip -p '%s' xl/worksheets/sheet1.xml | grep -o '<row ' | wc -l", workbook), "r");
    bool said = fscanf(f, "%d", &n) == 1;
    return pclose(f) == 0 && said ? n : -1;
}

/* One row a household, however many of its warnings point there; one whose only rule is not named, or that is held, is not on it. */
static void a_household_is_referred_once(void **state)
{
    (void)state;
    static const struct str rules[] = {{"R01", 3}, {"R02", 3}}, nobody[] = {{"R07", 3}};
    static const struct rules_need needs[] = {{.name = {"助困", 6}, .rules = rules, .n = 2}, {.name = {"助老", 6}, .rules = nobody, .n = 1}};
    AUTO_STRBUF page = STRBUF_INIT;
    AUTO_ARENA a = ARENA_INIT;
    int homes = 0, warnings = 0;
    for (int household = 0; household <= 90; household++) {
        int here = 0;
        for (int i = MAX(household * 2, 1); i <= MIN(household * 2 + 1, 180); i++) { /* hits of the fixture */
            here += i % 4 < 2 && i % 6 != 5 && i % 29 != 0;
        }
        homes += here > 0, warnings += here;
    }
    fix->meta.needs = needs, fix->meta.n_needs = ARRAY_LEN(needs);
    compose_into("referred", &page);
    fix->meta.needs = NULL, fix->meta.n_needs = 0;
    const char *folder = arena_printf(&a, "%s/referred/referrals", fix->out_root);
    int rows = rows_of(path_join(&a, folder, "助困.xlsx"));
    bool named = has(&page, "referrals/助困.xlsx"), empty = file_exists(path_join(&a, folder, "助老.xlsx"));
    assert_true(warnings > homes);
    assert_int_equal(rows, 3 + homes);
    assert_true(named);
    assert_false(empty);
}

/* A district bigger than any: every table longer than what is printed of it. */
static void make_big(struct page *p)
{
    struct arena *a = &fix->arena;
    p->streets.v[0].grade = 'B', p->streets.v[0].in_time = 876, p->quarter = (monthnum)(2026 * 12);
    const struct page_street street = p->streets.v[0];
    const struct page_rule rule = p->rules.v[1];
    struct page_source source = p->sources.v[0];
    source.state = STR("stale");
    for (int i = 0; i < 30; i++) {
        vec_push(&p->streets, street);
        p->streets.v[p->streets.n - 1].name = str_of(arena_printf(a, "经济技术开发区第%d街道办事处", i));
        vec_push(&p->sources, source);
        p->sources.v[p->sources.n - 1].label = str_of(arena_printf(a, "城乡居民基本医疗保险结算明细%d", i));
    }
    for (int i = 0; i < 100; i++) {
        vec_push(&p->rules, rule);
        p->rules.v[p->rules.n - 1].by_group[0] = 40 + i;
    }
    while (p->nights.n < PAGE_NIGHTS) {
        vec_push(&p->nights, (struct page_night){.night = 1, .as_of = fix->report.as_of - (daynum)p->nights.n, .fresh = 1234, .standing = 4321, .held = 999});
    }
    p->visited = 5000, p->by_group[0] = 3000, p->since.levels = 12, p->since.visits = 300, p->since.files = STR("rules.yaml, people.yaml, sources.yaml");
    p->linkage = (struct page_linkage){1012345, 401234, 1234, 5678, 23456, 120, 80, 160, 345, 210, 150, 270, 99};
}

static void write_big(const char *name, enum lang lang, const struct page *p)
{
    AUTO_STRBUF html = STRBUF_INIT;
    struct err err;
    lang_set(lang);
    page_html(&fix->report, p, &html);
    lang_set(LANG_ZH);
    assert_int_equal(report_write(&fix->report, name, &html, &err), ST_OK);
}

static int printed_pages(struct arena *a, const char *html)
{
    int pages = -1;
    FILE *f = popen(arena_printf(a, "cd %s && timeout 120 chromium --headless --no-sandbox --disable-gpu --user-data-dir=%s/profile --no-pdf-header-footer "
                                    "--print-to-pdf=big.pdf file://%s/%s >/dev/null 2>&1 && pdfinfo big.pdf | sed -n 's/^Pages: *//p'",
                                 fix->report.out_dir, fix->dir, fix->report.out_dir, html),
                    "r");
    bool said = fscanf(f, "%d", &pages) == 1;
    return pclose(f) == 0 && said ? pages : -1;
}

/* Nothing sticks out on a phone, contrast and structure hold, and what is printed is one A4. Asked of Chromium when it is there. */
static void a_big_district_fits_phone_and_paper(void **state)
{
    (void)state;
    AUTO_STRBUF page = STRBUF_INIT;
    AUTO_ARENA a = ARENA_INIT;
    struct err err;
    struct list list = {0};
    list_spans spans = {0};
    struct page p = {0};
    compose_into("big", &page);
    assert_int_equal(list_load(&fix->report, &list, &err), ST_OK);
    list_cut(&list, &spans);
    assert_int_equal(page_load(&fix->report, &list, &spans, &p, &err), ST_OK);
    make_big(&p);
    write_big("big.html", LANG_ZH, &p);
    write_big("big.en.html", LANG_EN, &p);
    page_release(&p);
    vec_release(&spans);
    list_release(&list);
    strbuf_release(&page);
    int audit = system(arena_printf(&a, "sh tests/lib/page-audit.sh %s big.html big.en.html index.html", fix->report.out_dir));
    int zh = printed_pages(&a, "big.html"), en = printed_pages(&a, "big.en.html");
    arena_release(&a); /* skip() leaves by longjmp */
    if (audit == 77 << 8 || zh < 0 || en < 0) {
        print_message("chromium or pdfinfo could not be asked\n");
        skip();
    }
    assert_int_equal(audit, 0);
    assert_int_equal(zh, 1);
    assert_int_equal(en, 1);
}

/* Of a build with sanitizers: cairo has no frame pointers, and scripts/lsan.supp names one of its functions. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "fast_unwind_on_malloc=0"; }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_hold_what_they_should), cmocka_unit_test(page_says_counts_and_no_names),
        cmocka_unit_test(same_night_same_bytes),      cmocka_unit_test(a_household_is_referred_once), cmocka_unit_test(a_big_district_fits_phone_and_paper),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
