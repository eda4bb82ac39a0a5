/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/date.h"

enum { FIRST_YEAR = 1850, LAST_YEAR = 9999 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool ymd_valid(int year, int month, int day)
{
    return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in_month(year, month);
}

/* Days from civil and back: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", years counted from March. */
daynum day_from_ymd(int year, int month, int day)
{
    if (!ymd_valid(year, month, day)) {
        return DAY_MISSING;
    }
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct ymd day_to_ymd(daynum day)
{
    if (day == DAY_MISSING || day == DAY_FOREVER) {
        return (struct ymd){0, 0, 0};
    }
    int z = day + 719468;
    int era = z / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct ymd){yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

int day_of_week(daynum day)
{
    int w = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (w < 0 ? w + 7 : w) + 1;
}

monthnum day_month(daynum day)
{
    if (day == DAY_MISSING || day == DAY_FOREVER) {
        return MONTH_MISSING;
    }
    struct ymd d = day_to_ymd(day);
    return d.year * 12 + d.month - 1;
}

daynum month_first(monthnum month)
{
    return month == MONTH_MISSING ? DAY_MISSING : day_from_ymd(month / 12, month % 12 + 1, 1);
}

daynum month_last(monthnum month)
{
    return month == MONTH_MISSING ? DAY_MISSING
                                  : day_from_ymd(month / 12, month % 12 + 1, days_in_month(month / 12, month % 12 + 1));
}

daynum day_add_months(daynum day, int months)
{
    if (day == DAY_MISSING || day == DAY_FOREVER) {
        return day;
    }
    struct ymd d = day_to_ymd(day);
    int m = d.year * 12 + d.month - 1 + months;
    int last = days_in_month(m / 12, m % 12 + 1);
    return day_from_ymd(m / 12, m % 12 + 1, MIN(d.day, last));
}

int age_at(daynum birth, daynum at)
{
    struct ymd b = day_to_ymd(birth), a = day_to_ymd(at);
    return a.year - b.year - (a.month < b.month || (a.month == b.month && a.day < b.day));
}

static bool read_digits(const char *p, int n, int *out_value)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit((unsigned char)p[i])) {
            return false;
        }
        v = v * 10 + (p[i] - '0');
    }
    *out_value = v;
    return true;
}

bool day_parse_iso(struct str s, daynum *out_day)
{
    int y, m, d;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !read_digits(s.p, 4, &y) || !read_digits(s.p + 5, 2, &m) ||
        !read_digits(s.p + 8, 2, &d) || !ymd_valid(y, m, d)) {
        return false;
    }
    *out_day = day_from_ymd(y, m, d);
    return true;
}

bool month_parse_iso(struct str s, monthnum *out_month)
{
    int y, m;
    if (s.n != 7 || s.p[4] != '-' || !read_digits(s.p, 4, &y) || !read_digits(s.p + 5, 2, &m) || !ymd_valid(y, m, 1)) {
        return false;
    }
    *out_month = y * 12 + m - 1;
    return true;
}

void strbuf_add_day(struct strbuf *b, daynum day)
{
    if (day == DAY_FOREVER) {
        strbuf_addz(b, "长期");
    } else if (day != DAY_MISSING) {
        struct ymd d = day_to_ymd(day);
        strbuf_addf(b, "%04d-%02d-%02d", d.year, d.month, d.day);
    }
}

void strbuf_add_month(struct strbuf *b, monthnum month)
{
    if (month != MONTH_MISSING) {
        strbuf_addf(b, "%04d-%02d", month / 12, month % 12 + 1);
    }
}
