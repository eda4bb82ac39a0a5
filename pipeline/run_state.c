/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run_state.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/json_out.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "pipeline/command.h"
#include "pipeline/due_count.h"
#include "pipeline/ingest/sources.h"

enum { OLD_LIMIT = 1 << 20 };

/* One state, ready to be written in both forms. */
struct told {
    const char *state;    /* running | published | unchanged | replayed | failed | killed */
    int64_t night;        /* 0: it had no number yet */
    int exit_code;        /* -1 while it runs */
    const char *why;
    int64_t last_success; /* seconds since 1970, 0: never */
};

void run_state_init(struct run_state *st, const char *site_dir, const char *metrics, daynum as_of)
{
    *st = (struct run_state){.site_dir = site_dir, .metrics = metrics, .as_of = as_of, .started = clock_unix()};
    clock_stamp(st->started_at);
}

/* The number behind `key` in a status.json of our own making, 0 when there is none. */
static int64_t old_number(const char *path, const char *key)
{
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_STRBUF quoted = STRBUF_INIT;
    struct err ignored;
    int64_t v = 0;
    if (!file_exists(path) || file_read_all(path, OLD_LIMIT, &text, &ignored) != ST_OK) {
        return 0;
    }
    strbuf_addf(&quoted, "\"%s\": ", key);
    struct str rest = strbuf_str(&text), digits;
    size_t at = str_find(rest, strbuf_str(&quoted));
    if (at < rest.n) {
        rest = str_sub(rest, at + quoted.n, rest.n);
        (void)str_split(&rest, '\n', &digits);
        (void)str_to_i64(str_sub(digits, 0, digits.n && digits.p[digits.n - 1] == ',' ? digits.n - 1 : digits.n), &v);
    }
    return v;
}

/* --- status.json --------------------------------------------------------------------------------------------------------------- */

static void json_warnings(struct json_out *j)
{
    json_key(j, "warnings");
    json_open(j, '{');
    for (int w = 0; w < ST_COUNT; w++) {
        int n = status_is_warning((enum status)w) ? warn_count((enum status)w) : 0;
        if (n) {
            json_ki(j, status_name((enum status)w), n);
        }
    }
    json_close(j, '}');
}

/* Totals of the newest published night, which after a failure is an earlier one: `last_night` says which. */
static enum status json_counts(struct json_out *j, const struct site *s, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_FIGURES_NEWEST);
    int64_t night = 0;
    json_key(j, "counts");
    json_open(j, '{');
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        AUTO_STRBUF name = STRBUF_INIT;
        strbuf_adds(&name, stmt_text(q, 2));
        json_ki(j, strbuf_z(&name), stmt_int(q, 3));
        night = stmt_int(q, 0);
    }
    json_close(j, '}');
    json_ki(j, "last_night", night);
    return ST_OK;
}

static enum status write_status(const struct run_state *st, const struct site *s, const struct told *t, const char *path, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    AUTO_STRBUF day = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    char now[20];
    clock_stamp(now);
    strbuf_add_day(&day, st->as_of);
    json_open(&j, '{');
    json_ki(&j, "format", 1);
    json_kz(&j, "version", MOPAI_VERSION);
    json_kz(&j, "state", t->state);
    json_ki(&j, "night", t->night);
    json_ks(&j, "as_of", strbuf_str(&day));
    json_kz(&j, "started", st->started_at);
    if (t->exit_code < 0) {
        json_ki(&j, "pid", (int64_t)getpid());
    } else {
        json_kz(&j, "finished", now);
        json_ki(&j, "seconds", clock_unix() - st->started);
        json_ki(&j, "exit", t->exit_code);
        json_kz(&j, "message", t->why);
    }
    json_ki(&j, "last_success", t->last_success);
    json_warnings(&j);
    if (s && s->ledger) {
        TRY(json_counts(&j, s, err));
    }
    json_close(&j, '}');
    return file_write_atomic(path, strbuf_str(&b), err);
}

/* --- metrics.prom -------------------------------------------------------------------------------------------------------------- */

static void metric(struct strbuf *b, const char *name, const char *help, int64_t v)
{
    strbuf_addf(b, "# HELP mopai_%s %s\n# TYPE mopai_%s gauge\nmopai_%s %lld\n", name, help, name, name, (long long)v);
}

static void metric_family(struct strbuf *b, const char *name, const char *help)
{
    strbuf_addf(b, "# HELP mopai_%s %s\n# TYPE mopai_%s gauge\n", name, help, name);
}

static void metrics_of_run(const struct run_state *st, const struct told *t, struct strbuf *b)
{
    metric(b, "run_exit_code", "Exit status of the last run: 0 done, 1 and 100-127 done with warnings, 2-99 failed, 128+N killed.", t->exit_code);
    metric(b, "run_failed", "1 when the last run failed or was killed: yesterday's lists stand.", t->exit_code > 1 && (t->exit_code < 100 || t->exit_code > 127));
    metric(b, "run_started_timestamp_seconds", "When the last run began.", st->started);
    metric(b, "run_duration_seconds", "How long the last run took.", clock_unix() - st->started);
    metric(b, "last_success_timestamp_seconds", "When a run last ended well (0: never).", t->last_success);
    metric_family(b, "run_warnings", "Warnings of the last run by name (docs/errors.md).");
    for (int w = 0; w < ST_COUNT; w++) {
        if (status_is_warning((enum status)w) && w != ST_WARNINGS) {
            strbuf_addf(b, "mopai_run_warnings{name=\"%s\"} %d\n", status_name((enum status)w), warn_count((enum status)w));
        }
    }
}

static enum status metrics_of_night(const struct site *s, struct strbuf *b, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_FIGURES_NEWEST);
    metric_family(b, "night_total", "Totals of the newest published night.");
    int64_t night = 0;
    daynum as_of = 0;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        strbuf_addf(b, "mopai_night_total{name=\"" STR_FMT "\"} %lld\n", STR_ARG(stmt_text(q, 2)), (long long)stmt_int(q, 3));
        night = stmt_int(q, 0), as_of = stmt_day(q, 1);
    }
    metric(b, "night", "Number of the newest published night (0: none yet).", night);
    metric(b, "night_as_of_timestamp_seconds", "Its date.", (int64_t)as_of * 86400);
    return ST_OK;
}

static enum status metrics_of_warnings(const struct site *s, struct strbuf *b, struct err *err)
{
    static const char *const states[] = {"held", "released", "open", "closed", "cleared", "overdue"};
    AUTO_STMT q = stmt_use(s->ledger, STMT_COUNT_WARNING_STATES);
    bool row;
    stmt_bind_int(q, ":today", clock_today());
    TRY(stmt_one(q, &row, err));
    metric_family(b, "warnings", "Warnings by state; overdue ones are among the open, escalated ones among the overdue.");
    for (int i = 0; i < (int)ARRAY_LEN(states); i++) {
        strbuf_addf(b, "mopai_warnings{state=\"%s\"} %lld\n", states[i], (long long)stmt_int(q, i));
    }
    int64_t escalated;
    int missing_year = 0;
    TRY(due_count_escalated(s, clock_today(), &escalated, &missing_year, err));
    if (escalated >= 0) {
        strbuf_addf(b, "mopai_warnings{state=\"escalated\"} %lld\n", (long long)escalated);
    }
    return ST_OK;
}

static enum status metrics_of_sources(const struct site *s, struct strbuf *b, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_SOURCE_NEWEST);
    metric_family(b, "source_data_timestamp_seconds", "Newest data date of a source.");
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (source_find(s->sources, stmt_text(q, 0)) >= 0 && !stmt_is_null(q, 1)) {
            strbuf_addf(b, "mopai_source_data_timestamp_seconds{source=\"" STR_FMT "\"} %lld\n", STR_ARG(stmt_text(q, 0)), (long long)stmt_day(q, 1) * 86400);
        }
    }
}

/* As file_write_atomic, and readable by the collector's user before it stands there. */
static enum status write_public(const char *path, struct str text, struct err *err)
{
    AUTO_STRBUF tmp = STRBUF_INIT;
    strbuf_addf(&tmp, "%s.tmp", path);
    struct outfile f;
    TRY(outfile_open(&f, tmp.p, err));
    outfile_str(&f, text);
    TRY(outfile_close(&f, true, err));
    if (chmod(tmp.p, 0644) != 0) {
        return err_errno(err, ST_IO, TR("改不了“%s”的权限", "cannot change the mode of '%s'"), tmp.p);
    }
    return file_rename(tmp.p, path, err);
}

static enum status write_metrics(const struct run_state *st, const struct site *s, const struct told *t, const char *path, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    metrics_of_run(st, t, &b);
    if (s && s->ledger) {
        TRY(metrics_of_night(s, &b, err));
        TRY(metrics_of_warnings(s, &b, err));
        TRY(metrics_of_sources(s, &b, err));
    }
    return st->metrics ? write_public(path, strbuf_str(&b), err) : file_write_atomic(path, strbuf_str(&b), err);
}

/* --- both ---------------------------------------------------------------------------------------------------------------------- */

static void tell(const struct run_state *st, const struct site *s, struct told *t, bool success)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *path = path_join(&a, st->site_dir, "store/status.json");
    const char *metrics = st->metrics ? st->metrics : path_join(&a, st->site_dir, "store/metrics.prom");
    struct err err = {.status = ST_OK};
    t->last_success = success ? clock_unix() : old_number(path, "last_success");
    if (write_status(st, s, t, path, &err) != ST_OK) {
        log_event(LOG_WARN, "status_file", "error=\"%s\"", err.text);
    }
    if (t->exit_code >= 0 && write_metrics(st, s, t, metrics, &err) != ST_OK) {
        log_event(LOG_WARN, "metrics_file", "error=\"%s\"", err.text);
    }
}

void run_state_begin(const struct run_state *st, const struct site *s)
{
    struct told t = {.state = "running", .exit_code = -1, .why = ""};
    tell(st, s, &t, false);
}

static const char *state_word(const struct run_result *r, enum status status)
{
    return status != ST_OK ? "failed" : r->already_done ? "unchanged" : r->published ? "published" : "replayed";
}

void run_state_end(const struct run_state *st, const struct site *s, const struct run_result *r, enum status status, const char *why)
{
    AUTO_ARENA a = ARENA_INIT;
    int lock = -1;
    struct err ignored;
    if (!s) { /* it did not open: its store is there, and nobody else's run, or nothing is said */
        const char *store = path_join(&a, st->site_dir, "store");
        if (!file_exists(store) || lock_take(path_join(&a, store, "lock"), &lock, &ignored) != ST_OK) {
            return;
        }
    }
    struct told t = {.state = state_word(r, status), .night = r->night, .exit_code = status_exit_code(warn_outcome(status)), .why = why};
    tell(st, s, &t, r->already_done || r->published);
    lock_drop(lock);
}

void run_state_killed(const struct run_state *st, int64_t night, int signal)
{
    AUTO_ARENA a = ARENA_INIT;
    if (file_exists(path_join(&a, st->site_dir, "store"))) {
        struct told t = {.state = "killed", .night = night, .exit_code = 128 + signal, .why = ""};
        tell(st, NULL, &t, false);
    }
}
