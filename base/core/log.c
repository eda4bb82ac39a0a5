/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/core/clock.h"

static enum log_level threshold = LOG_WARN;
static pthread_mutex_t progress_lock = PTHREAD_MUTEX_INITIALIZER; /* files are read by several threads */
static struct {
    bool shown;
    int64_t started, drawn;
} progress;

void log_set_level(enum log_level level)
{
    threshold = level;
}

bool log_enabled(enum log_level level)
{
    return level <= threshold;
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    if (!log_enabled(level)) {
        return;
    }
    progress_done();
    char stamp[20], text[1024];
    clock_stamp(stamp);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fprintf(stderr, "time=%s level=%s event=%s%s%s\n", stamp, names[level], event, text[0] ? " " : "", text);
}

static void draw_progress(const char *stage, uint64_t done, uint64_t total)
{
    int64_t now = clock_monotonic_ms();
    if (!progress.started) {
        progress.started = now;
    }
    if (now - progress.started < 1000 || now - progress.drawn < 200) {
        return;
    }
    progress.drawn = now;
    progress.shown = true;
    if (total) {
        fprintf(stderr, "\r\033[K%s %llu/%llu (%u%%)", stage, (unsigned long long)done, (unsigned long long)total,
                (unsigned)(done * 100 / total));
    } else {
        fprintf(stderr, "\r\033[K%s %llu", stage, (unsigned long long)done);
    }
    (void)fflush(stderr);
}

void progress_set(const char *stage, uint64_t done, uint64_t total)
{
    if (threshold < LOG_WARN || !isatty(STDERR_FILENO)) {
        return;
    }
    pthread_mutex_lock(&progress_lock);
    draw_progress(stage, done, total);
    pthread_mutex_unlock(&progress_lock);
}

void progress_done(void)
{
    pthread_mutex_lock(&progress_lock);
    if (progress.shown) {
        fputs("\r\033[K", stderr);
    }
    progress.shown = false;
    progress.started = 0;
    pthread_mutex_unlock(&progress_lock);
}
