/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/calendar.h"

#include "base/core/vec.h"

struct entry {
    daynum day;
    bool workday;
    int line;
};
typedef VEC(struct entry) entry_list;

#define MAX_PROBLEMS 20

static void complain(struct strbuf *problems, int *n, const char *name, int line, const char *what)
{
    if ((*n)++ < MAX_PROBLEMS) {
        strbuf_addf(problems, "%s%s:%d: %s", problems->n ? "\n" : "", name, line, what);
    }
}

/* One `date,workday,note` line; NULL when it reads, else what is wrong. */
static const char *read_line(struct str line, struct entry *out)
{
    struct str date, workday;
    if (!str_split(&line, ',', &date) || !str_split(&line, ',', &workday)) {
        return TR("应为 日期,是否工作日,备注", "expected date,workday,note");
    }
    workday = str_trim(workday);
    if (!day_parse_iso(str_trim(date), &out->day)) {
        return TR("日期应写成 2026-03-01", "the date must be written 2026-03-01");
    }
    if (!str_eqz(workday, "0") && !str_eqz(workday, "1")) {
        return TR("是否工作日应为 0 或 1", "workday must be 0 or 1");
    }
    out->workday = workday.p[0] == '1';
    return NULL;
}

static int cmp_entry(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->day != y->day ? (x->day > y->day) - (x->day < y->day) : (x->line > y->line) - (x->line < y->line);
}

static struct calendar *build(struct arena *a, entry_list *entries, struct strbuf *problems, int *n_problems, const char *name)
{
    vec_sort(entries, cmp_entry);
    struct calendar *c = arena_new(a, struct calendar);
    c->days = arena_array(a, daynum, entries->n + 1);
    c->workdays = arena_array(a, bool, entries->n + 1);
    for (size_t i = 0; i < entries->n; i++) {
        if (i > 0 && entries->v[i].day == entries->v[i - 1].day) {
            complain(problems, n_problems, name, entries->v[i].line, TR("同一天写了两次", "this day is named twice"));
            continue;
        }
        c->days[c->n] = entries->v[i].day;
        c->workdays[c->n++] = entries->v[i].workday;
    }
    return c;
}

enum status calendar_parse(struct arena *a, struct str text, const char *name, struct calendar **out, struct err *err)
{
    AUTO_STRBUF problems = STRBUF_INIT;
    int n_problems = 0, line = 0;
    bool header_seen = false;
    entry_list entries = {0};
    struct str part;
    if (str_starts(text, STR("\xEF\xBB\xBF"))) {
        text = str_sub(text, 3, text.n);
    }
    while (str_split(&text, '\n', &part)) {
        line++;
        part = str_trim(part);
        if (part.n == 0 || part.p[0] == '#') {
            continue;
        }
        if (!header_seen && str_starts(part, STR("date,workday"))) {
            header_seen = true;
            continue;
        }
        struct entry e = {.line = line};
        const char *wrong = read_line(part, &e);
        if (wrong) {
            complain(&problems, &n_problems, name, line, wrong);
        } else {
            vec_push(&entries, e);
        }
    }
    struct calendar *c = build(a, &entries, &problems, &n_problems, name);
    vec_release(&entries);
    if (n_problems > 0) {
        return err_set(err, ST_CONFIG, "%s", strbuf_z(&problems));
    }
    *out = c;
    return ST_OK;
}

/* First place whose day is not before `day`. */
static size_t place(const struct calendar *c, daynum day)
{
    size_t lo = 0, hi = c->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->days[mid] < day) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

bool calendar_has_year(const struct calendar *c, int year)
{
    size_t at = place(c, day_from_ymd(year, 1, 1));
    return at < c->n && c->days[at] <= day_from_ymd(year, 12, 31);
}

bool calendar_is_workday(const struct calendar *c, daynum day)
{
    size_t at = place(c, day);
    if (at < c->n && c->days[at] == day) {
        return c->workdays[at];
    }
    return day_of_week(day) <= 5;
}

daynum calendar_add_workdays(const struct calendar *c, daynum day, int n, int *out_unknown_year)
{
    int unknown = 0;
    daynum last = day > INT32_MAX - 4000 ? day : day + 4000; /* no calendar keeps people home for ten years */
    while (n > 0 && day < last) {
        day++;
        int year = day_to_ymd(day).year;
        if (!unknown && !calendar_has_year(c, year)) {
            unknown = year;
        }
        n -= calendar_is_workday(c, day);
    }
    if (out_unknown_year) {
        *out_unknown_year = unknown;
    }
    return day;
}
