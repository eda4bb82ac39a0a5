/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct {
    bool fixed;
    daynum day;
    int seconds; /* of the day */
} injected;

enum status clock_init(struct err *err)
{
    const char *text = getenv("MOPAI_CLOCK");
    injected.fixed = false;
    if (!text || !*text) {
        return ST_OK;
    }
    int h, m, s;
    char rest;
    struct str all = str_of(text);
    if (!day_parse_iso(str_sub(all, 0, 10), &injected.day) ||
        sscanf(text + 10, "T%2d:%2d:%2d%c", &h, &m, &s, &rest) != 3 || h > 23 || m > 59 || s > 59 || h < 0 || m < 0 || s < 0) {
        return err_set(err, ST_USAGE, TR("MOPAI_CLOCK 应写成 2026-03-01T02:00:00，现为“%s”",
                                         "MOPAI_CLOCK must look like 2026-03-01T02:00:00, not '%s'"), text);
    }
    injected.fixed = true;
    injected.seconds = h * 3600 + m * 60 + s;
    return ST_OK;
}

static struct tm local_now(void)
{
    time_t t = time(NULL);
    struct tm tm = {0};
    (void)localtime_r(&t, &tm);
    return tm;
}

daynum clock_today(void)
{
    if (injected.fixed) {
        return injected.day;
    }
    struct tm tm = local_now();
    return day_from_ymd(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

void clock_stamp(char out[20])
{
    struct ymd d = day_to_ymd(clock_today());
    int s = injected.seconds;
    if (!injected.fixed) {
        struct tm tm = local_now();
        d = (struct ymd){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
        s = tm.tm_hour * 3600 + tm.tm_min * 60 + MIN(tm.tm_sec, 59);
    }
    char text[64];
    (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day, s / 3600, s / 60 % 60, s % 60);
    memcpy(out, text, 19);
    out[19] = 0;
}

int64_t clock_unix(void)
{
    return injected.fixed ? (int64_t)injected.day * 86400 + injected.seconds : (int64_t)time(NULL);
}

int64_t clock_monotonic_ms(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
