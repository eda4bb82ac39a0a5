/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "base/store/raw.h"
#include "pipeline/command.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/manifest.h"
#include "pipeline/people.h"
#include "pipeline/publish.h"
#include "pipeline/report/report.h"
#include "pipeline/retention.h"
#include "pipeline/schema.h"
#include "pipeline/token_key.h"

enum { KEEP_RUNS = 7 };

struct work {
    struct site *site;
    struct night night;
    struct night_record last;     /* newest published */
    struct night_record previous; /* what this night follows: last, or for a replay the one before its day */
    int64_t last_review, last_order, last_referral; /* mark_review, mark_order and mark_referral of `last` */
    struct inputs inputs;
    const char *tmp_dir;          /* reports/.tmp-N */
    struct strbuf manifest;
    struct publish_step steps[RUN_PUBLISH + 1];
    size_t n_steps;
};

static const char *stage_name(enum run_stage stage)
{
    static const char *const names[] = {"ingest", "link", "assess", "report", "publish"};
    return names[stage];
}

/* Where a night writes before it is published: `dir`/`head`N. A replay is never published and stands apart: store/replay/N/`name`. */
static const char *unpublished(struct work *w, const char *dir, const char *head, const char *name)
{
    bool replay = w->previous.night != w->last.night;
    return replay ? arena_printf(&w->night.arena, "%s/replay/%lld/%s", w->site->store, (long long)w->night.number, name)
                  : arena_printf(&w->night.arena, "%s/%s%lld", dir, head, (long long)w->night.number);
}

static enum status first_nights(struct work *w, struct err *err)
{
    for (size_t i = 0; i < w->site->sources->n; i++) {
        AUTO_STMT q = stmt_use(w->site->ledger, STMT_SELECT_NIGHT_KNOWS_SOURCE);
        AUTO_STRBUF part = STRBUF_INIT;
        strbuf_addf(&part, "\"source\": \"" STR_FMT "\"", STR_ARG(w->site->sources->v[i].id));
        stmt_bind_text(q, ":part", strbuf_str(&part));
        stmt_bind_int(q, ":night", w->previous.night);
        bool row;
        TRY(stmt_one(q, &row, err));
        w->inputs.sources[i].first_night = !row;
    }
    return ST_OK;
}

/* The newest of what people said that a night reads, given after the night before it was published: of reviews, or of orders about warnings. */
static enum status said_mark(struct work *w, enum stmt_id which, int64_t night, int64_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(w->site->ledger, which);
    stmt_bind_int(q, ":before", night);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = stmt_int(q, 0);
    return ST_OK;
}

static enum status read_marks(struct work *w, struct err *err)
{
    AUTO_STMT q = stmt_use(w->site->ledger, STMT_SELECT_LEDGER_MARKS);
    bool row;
    TRY(stmt_one(q, &row, err));
    w->night.mark_event = stmt_int(q, 0);
    w->night.mark_visit = stmt_int(q, 1);
    w->night.mark_decision = stmt_int(q, 2);
    w->night.mark_release = stmt_int(q, 3);
    w->night.next_warning = stmt_int(q, 4) + 1;
    return ST_OK;
}

/* A published night makes every earlier day a replay: one typing error in --as-of, or a clock gone wrong, and no list would ever be published again. */
static enum status check_day(struct site *s, daynum as_of, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_DELIVERY_NEWEST);
    bool row;
    TRY(stmt_one(q, &row, err));
    bool any = row && !stmt_is_null(q, 0);
    daynum newest = any ? stmt_day(q, 0) : clock_today();
    if (as_of <= MAX(newest, clock_today()) + 366 && (!any || as_of <= newest + 3 * 366)) {
        return ST_OK;
    }
    AUTO_STRBUF day = STRBUF_INIT, data = STRBUF_INIT;
    strbuf_add_day(&day, as_of);
    strbuf_add_day(&data, newest);
    return err_set(err, ST_USAGE, TR("基准日 %s 离最新的数据（%s）太远，不发布：发布之后，更早的日子就只能重放了。请核对 --as-of 和系统日期",
                                     "the night's date %s is too far from the newest data (%s), not published: earlier days could then only be replayed. Check --as-of and the system's date"),
                   strbuf_z(&day), strbuf_z(&data));
}

/* Everything the night is a function of, before anything of it is written. */
static enum status fix_night(struct work *w, const struct run_plan *plan, struct err *err)
{
    struct night *n = &w->night;
    n->site = w->site;
    n->as_of = plan->as_of;
    n->trial = plan->trial;
    n->training = plan->training;
    n->plan = plan->plan;
    w->previous = w->last;
    if (w->last.night && plan->as_of < w->last.as_of) {
        TRY(retention_check_replay(w->site, plan->as_of, err));
        TRY(night_record_read(w->site, &n->arena, plan->as_of, &w->previous, err));
    }
    n->number = w->previous.night + 1;
    n->prev_as_of = w->previous.as_of;
    TRY(read_marks(w, err));
    TRY(audit_end_now(w->site->ledger, &n->audit, err));
    if (w->previous.night != w->last.night) { /* a replay reads the ledger as that night did */
        struct night_record then;
        TRY(night_record_at(w->site, &n->arena, n->number, &then, err));
        n->mark_event = then.mark_event;
        n->mark_visit = then.mark_visit;
        n->mark_decision = then.mark_decision;
        n->mark_release = then.mark_release;
        TRY(audit_end_of_night(w->site->ledger, n->number, &n->audit, err));
    }
    TRY(said_mark(w, STMT_SELECT_LINK_REVIEW_MARK, n->number, &n->mark_review, err));
    TRY(said_mark(w, STMT_SELECT_LINK_REVIEW_MARK, w->last.night, &w->last_review, err));
    TRY(said_mark(w, STMT_SELECT_WARNING_ORDER_MARK, n->number, &n->mark_order, err));
    TRY(said_mark(w, STMT_SELECT_WARNING_ORDER_MARK, w->last.night, &w->last_order, err));
    TRY(said_mark(w, STMT_SELECT_REFERRAL_ANSWER_MARK, n->number, &n->mark_referral, err));
    TRY(said_mark(w, STMT_SELECT_REFERRAL_ANSWER_MARK, w->last.night, &w->last_referral, err));
    TRY(inputs_in_force(w->site, n->as_of, &n->arena, &w->inputs, err));
    TRY(first_nights(w, err));
    n->inputs = w->inputs.v;
    n->n_inputs = w->inputs.n;
    n->sources = w->inputs.sources;
    n->run_dir = unpublished(w, w->site->runs, "", "run");
    w->tmp_dir = unpublished(w, w->site->reports, ".tmp-", "report");
    if (w->previous.night) {
        n->prev_run_dir = arena_printf(&n->arena, "%s/%lld", w->site->runs, (long long)w->previous.night);
    }
    manifest_write(n, &w->previous, w->previous.night && w->previous.as_of == n->as_of ? w->previous.night : 0, &w->manifest);
    return ST_OK;
}

/* Nothing new: same inputs and configuration, and nobody said anything since. */
static bool already_done(const struct work *w)
{
    char identity[33];
    manifest_identity(&w->night, identity);
    return w->last.night && w->previous.night == w->last.night && strcmp(identity, w->last.identity) == 0 &&
           w->night.mark_visit == w->last.mark_visit && w->night.mark_decision == w->last.mark_decision &&
           w->night.mark_release == w->last.mark_release && w->night.mark_review == w->last_review &&
           w->night.mark_order == w->last_order && w->night.mark_referral == w->last_referral;
}

static enum status write_input_files(struct night *n, struct err *err)
{
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, n->db, err));
    AUTO_STMT q = stmt_use(n->db, STMT_INSERT_INPUT_FILE);
    for (size_t i = 0; i < n->n_inputs; i++) {
        const struct night_input *in = &n->inputs[i];
        const struct source *source = &n->site->sources->v[in->source];
        stmt_bind_int(q, ":input", (int64_t)i);
        stmt_bind_int(q, ":file_id", in->file_id);
        stmt_bind_int(q, ":delivery_id", in->delivery_id);
        stmt_bind_text(q, ":source", source->id);
        stmt_bind_text(q, ":source_label", source->label);
        stmt_bind_z(q, ":name", in->name);
        const char *slash = strrchr(in->segment, '/');
        stmt_bind_z(q, ":segment", slash ? slash + 1 : in->segment);
        stmt_bind_int(q, ":rows", in->rows);
        TRY(stmt_run(q, err));
    }
    return tx_commit(&tx, err);
}

static enum status open_run(struct work *w, struct err *err)
{
    struct night *n = &w->night;
    TRY(file_remove_tree(n->run_dir, err));
    TRY(file_remove_tree(w->tmp_dir, err));
    TRY(file_mkdirs(n->run_dir, err));
    TRY(file_mkdirs(w->tmp_dir, err));
    TRY(db_open(path_join(&n->arena, n->run_dir, "night.db"), DB_CREATE_SCRATCH, &n->db, err));
    TRY(db_apply_schema(n->db, "night.sql", err));
    return write_input_files(n, err);
}

static enum status write_report(struct work *w, struct err *err)
{
    TRY(report_night(&w->night, w->tmp_dir, err));
    return file_write_atomic(path_join(&w->night.arena, w->tmp_dir, "manifest.json"), strbuf_str(&w->manifest), err);
}

/* The most memory held so far. */
static long peak_mib(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss / 1024 : 0;
}

static struct publish_step log_step(enum run_stage stage, int64_t rows_in, int64_t rows_out, int64_t started)
{
    struct publish_step step = {stage_name(stage), rows_in, rows_out, clock_monotonic_ms() - started};
    log_event(LOG_INFO, "step", "step=%s rows_in=%lld rows_out=%lld ms=%lld peak_mib=%ld", step.name, (long long)rows_in, (long long)rows_out,
              (long long)step.ms, peak_mib());
    return step;
}

/* A step of the night, kept with it. Taking in is none: what one run took in depends on what an earlier, killed one had accepted already. */
static void add_step(struct work *w, enum run_stage stage, int64_t rows_in, int64_t rows_out, int64_t started)
{
    w->steps[w->n_steps++] = log_step(stage, rows_in, rows_out, started);
}

static int64_t figure(struct night *n, const char *name)
{
    AUTO_STMT q = stmt_use(n->db, STMT_SELECT_FIGURE);
    stmt_bind_z(q, ":name", name);
    bool row;
    struct err ignored;
    return stmt_one(q, &row, &ignored) == ST_OK && row ? stmt_int(q, 0) : 0;
}

static int64_t input_rows(const struct night *n)
{
    int64_t rows = 0;
    for (size_t i = 0; i < n->n_inputs; i++) {
        rows += n->inputs[i].rows;
    }
    return rows;
}

static enum status run_stages(struct work *w, const struct run_plan *plan, struct err *err)
{
    struct night *n = &w->night;
    TRY(open_run(w, err));
    int64_t started = clock_monotonic_ms();
    if (plan->last >= RUN_LINK) {
        TRY(link_night(n, err));
        add_step(w, RUN_LINK, input_rows(n), figure(n, "persons"), started);
    }
    if (plan->look && plan->last == RUN_LINK) {
        TRY(plan->look(plan->ctx, n, err));
    }
    started = clock_monotonic_ms();
    if (plan->last >= RUN_ASSESS) {
        TRY(assess_night(n, err));
        add_step(w, RUN_ASSESS, figure(n, "persons"), figure(n, "hits"), started);
    }
    started = clock_monotonic_ms();
    if (plan->last >= RUN_REPORT) {
        TRY(write_report(w, err));
        add_step(w, RUN_REPORT, figure(n, "hits"), figure(n, "new") + figure(n, "standing"), started);
    }
    return ST_OK;
}

/* The raw copies of the deliveries in force, compressed after the lists are out. A failure costs space, nothing else. */
/* Raw copies stay as they came while they are young: evidence, explain and a changed sources.yaml read them again, and a file that is not compressed needs no
   reading from its start. */
enum { RAW_PLAIN_DAYS = 7 };

typedef VEC(const char *) hash_list;

static enum status list_settled(struct work *w, hash_list *out, struct err *err)
{
    AUTO_STMT q = stmt_use(w->site->ledger, STMT_LIST_RAW_SETTLED);
    stmt_bind_day(q, ":day", w->night.as_of - RAW_PLAIN_DAYS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(out, arena_z(&w->night.arena, stmt_text(q, 0)));
    }
}

static enum status compress_raw(struct work *w, struct err *err)
{
    hash_list settled = {0};
    enum status status = list_settled(w, &settled, err);
    for (size_t i = 0; i < settled.n && status == ST_OK; i++) {
        struct err failed = {.status = ST_OK};
        progress_set(TR("压缩原始文件", "compressing raw files"), i, settled.n);
        if (raw_compress(w->site->raw, settled.v[i], &failed) != ST_OK) {
            log_event(LOG_WARN, "raw_compress", "error=\"%s\"", failed.text);
        }
    }
    progress_done();
    vec_release(&settled);
    return status;
}

/* After a night is published; does nothing the second time. */
static enum status tidy(struct work *w, int64_t newest, struct err *err)
{
    TRY(compress_raw(w, err));
    return publish_prune(w->site, newest, KEEP_RUNS, err);
}

static enum status warn_about_night(struct work *w, struct err *err)
{
    struct night *n = &w->night;
    for (size_t i = 0; i < w->site->sources->n; i++) {
        if (n->sources[i].late_scopes) {
            warn_add(ST_W_SOURCE_STALE, TR(STR_FMT "：%s 没有按时送来", STR_FMT ": late: %s"), STR_ARG(w->site->sources->v[i].label), n->sources[i].late_scopes);
        }
        if (n->sources[i].late_unmapped) {
            warn_add(ST_W_SOURCE_STALE, TR(STR_FMT "：%s 不是 areas.csv 里的街道或社区，分不出是哪些人，没有记录仍按没有算；请在 areas.csv 里写上它的名称或别名",
                                           STR_FMT ": %s is no street or community of areas.csv, whom it concerns is unknown and no row still means absent; add it there"),
                     STR_ARG(w->site->sources->v[i].label), n->sources[i].late_unmapped);
        }
        bool never_sent = n->sources[i].state == SOURCE_MISSING && w->site->sources->v[i].optional;
        if (n->sources[i].state != SOURCE_FRESH && !never_sent) {
            warn_add(ST_W_SOURCE_STALE, STR_FMT "：%s", STR_ARG(w->site->sources->v[i].label),
                     n->sources[i].state == SOURCE_MISSING ? TR("没有数据", "missing") : TR("过期", "stale"));
        }
    }
    if (input_rows(n) > 0 && figure(n, "persons") == 0) {
        warn_add(ST_W_CHECK, TR("读入 %lld 条记录，没有认出一个人：只有 registers: persons 的数据源认定“有这个人”；在 sources.yaml 里给可靠的名册写上",
                                "%lld records and not one person: only a source with registers: persons founds persons; say so of a trustworthy register in sources.yaml"),
                 (long long)input_rows(n));
    }
    TRY(token_key_warn(n, w->previous.token_mark, err));
    int64_t drifts = figure(n, "link_drift");
    if (drifts) {
        warn_add(ST_W_LINK_DRIFT, TR("%lld 项", "%lld shares"), (long long)drifts);
    }
    int64_t held = figure(n, "held");
    if (held) {
        warn_add(ST_W_HELD, TR("%lld 条", "%lld"), (long long)held);
    }
    if (figure(n, REPORT_NO_FONT)) {
        warn_add(ST_W_FONT, TR("今晚没有写 PDF 清单", "no PDF lists were written tonight"));
    }
    return ST_OK;
}

static enum status finish(struct work *w, const struct run_plan *plan, struct run_result *out, struct err *err)
{
    struct night *n = &w->night;
    bool publish = plan->last == RUN_PUBLISH && w->previous.night == w->last.night;
    if (plan->last >= RUN_ASSESS) {
        TRY(warn_about_night(w, err));
    }
    if (publish) {
        TRY(publish_night(n, &w->previous, strbuf_str(&w->manifest), w->tmp_dir, w->steps, w->n_steps, err));
        out->published = true;
        out->report_dir = path_join(&w->site->arena, w->site->reports, publish_folder(&n->arena, n));
        TRY(tidy(w, n->number, err));
    } else if (plan->last >= RUN_REPORT) {
        out->report_dir = arena_z(&w->site->arena, str_of(w->tmp_dir));
    }
    out->run_dir = arena_z(&w->site->arena, str_of(n->run_dir));
    out->replay = w->previous.night != w->last.night;
    return ST_OK;
}

static enum status run_fixed_in_chinese(struct work *w, const struct run_plan *plan, struct run_result *out, struct err *err)
{
    out->night = w->night.number;
    if (plan->last == RUN_PUBLISH && already_done(w)) {
        out->already_done = true;
        out->night = w->last.night;
        out->report_dir = path_join(&w->site->arena, w->site->reports, w->last.folder);
        return tidy(w, w->last.night, err); /* what a run killed after its commit left undone */
    }
    TRY(run_stages(w, plan, err));
    struct db *db = w->night.db;
    /* night.db is synced by the close and read again for what goes to the ledger */
    w->night.db = NULL;
    TRY(db_close(db, err));
    TRY(db_open(path_join(&w->night.arena, w->night.run_dir, "night.db"), DB_READ, &w->night.db, err));
    return finish(w, plan, out, err);
}

static enum status run_fixed(struct work *w, const struct run_plan *plan, struct run_result *out, struct err *err)
{
    TRY(fix_night(w, plan, err));
    /* what a night writes does not depend on who types the command: its words are Chinese, whatever --lang says */
    enum lang asked = lang_get();
    lang_set(LANG_ZH);
    enum status status = run_fixed_in_chinese(w, plan, out, err);
    lang_set(asked);
    return status;
}

/* Who disappeared longer ago than people.yaml keeps them is in no population: windows that reach further back miss them. Months are as long as rules take them. */
static void warn_about_keep(const struct site *s, const struct ruleset *rules)
{
    int longest = ruleset_inputs(rules)->days_back, kept = s->people->keep_months;
    if (kept * 31 < longest) {
        warn_add(ST_W_CHECK, TR("people.yaml 的 keep 是 %d个月，短于规则里最长的观察期（%d天）：离开名册更久的人不会再被看到，请改成 %d个月以上",
                                "keep in people.yaml is %d months, shorter than the longest window of a rule (%d days): who left the registers longer ago is not seen; make it %d months or more"),
                 kept, longest, (longest + 30) / 31);
    }
}

enum status site_rules_check(struct site *s, struct err *err)
{
    struct schema schema;
    struct ruleset *rules = NULL;
    AUTO_ARENA a = ARENA_INIT;
    schema_build(&a, s->sources, s->people, &s->areas, &schema);
    TRY(schema_compile(&schema, s->files[SITE_RULES].path, s->files[SITE_RULES].text, &rules, err));
    warn_about_keep(s, rules);
    ruleset_free(rules);
    return ST_OK;
}

enum status run_night(struct site *s, const struct run_plan *plan, struct run_result *out, struct err *err)
{
    struct work w = {.site = s};
    *out = (struct run_result){.night = 0};
    enum status status = site_rules_check(s, err); /* bad rules stop before anything is touched */
    if (status == ST_OK) {
        status = night_record_read(s, &w.night.arena, DAY_MISSING, &w.last, err);
    }
    if (status == ST_OK) {
        status = publish_recover(s, &w.last, err);
    }
    struct ingest_counts counts = {0};
    int64_t started = clock_monotonic_ms();
    if (status == ST_OK && !plan->taken_in) {
        status = ingest_scan(s, &counts, err);
        (void)log_step(RUN_INGEST, counts.records, counts.typed, started);
    }
    if (status == ST_OK && plan->last == RUN_PUBLISH) {
        status = check_day(s, plan->as_of, err);
    }
    if (status == ST_OK && plan->last > RUN_INGEST) {
        status = run_fixed(&w, plan, out, err);
    }
    db_abandon(w.night.db);
    strbuf_release(&w.manifest);
    arena_release(&w.night.arena);
    return status;
}
