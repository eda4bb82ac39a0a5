/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai status`: the nights, what each source last sent, what is open. Reads the ledger only. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/calendar.h"
#include "pipeline/command.h"
#include "pipeline/due_count.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/retention.h"
#include "pipeline/site.h"

struct source_line {
    daynum data_date;
    int64_t deliveries, held;
    struct str late; /* towns past their cadence although the source is fresh: "120194001（2026-02-27）"; "" when none */
};

struct open_counts {
    int64_t held, released, open, overdue, escalated, closed, cleared; /* escalated -1: rules.yaml does not say the periods */
};

struct night_line {
    int64_t night;
    daynum as_of;
    const char *folder;
};

struct linkage_line {
    int64_t made, asked, wrong[3], missed[3]; /* rows; expected, low, high */
    int64_t twice, drifts, remodeled;
};

struct site_status {
    struct linkage_line linkage; /* of the newest night */
    struct night_line nights[5];
    size_t n_nights;
    struct source_line *sources;
    daynum *replay_since; /* by source; DAY_MISSING: from the first night */
    struct open_counts warnings;
};

static enum status read_nights(struct site *s, struct site_status *st, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_NIGHTS);
    stmt_bind_int(q, ":limit", (int64_t)ARRAY_LEN(st->nights));
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        st->nights[st->n_nights++] = (struct night_line){stmt_int(q, 0), stmt_day(q, 1), arena_z(&s->arena, stmt_text(q, 2))};
    }
}

static enum status read_linkage(struct site *s, struct site_status *st, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_NIGHT_LINKAGE);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (row) {
        st->linkage = (struct linkage_line){.made = stmt_int(q, 0),
                                            .asked = stmt_int(q, 1),
                                            .wrong = {stmt_int(q, 2), stmt_int(q, 3), stmt_int(q, 4)},
                                            .missed = {stmt_int(q, 5), stmt_int(q, 6), stmt_int(q, 7)},
                                            .twice = stmt_int(q, 8),
                                            .drifts = stmt_int(q, 9),
                                            .remodeled = stmt_int(q, 10)};
    }
    return ST_OK;
}

static enum status read_sources(struct site *s, struct site_status *st, struct err *err)
{
    st->sources = arena_array(&s->arena, struct source_line, s->sources->n);
    for (size_t i = 0; i < s->sources->n; i++) {
        st->sources[i].data_date = DAY_MISSING;
    }
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_SOURCE_NEWEST);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int at = source_find(s->sources, stmt_text(q, 0));
        if (at >= 0) {
            st->sources[at] = (struct source_line){.data_date = stmt_day(q, 1), .deliveries = stmt_int(q, 2), .held = stmt_int(q, 3)};
        }
    }
}

enum freshness { FRESH, STALE, MISSING };

static bool is_late(const struct source *source, daynum newest)
{
    return source->cadence && newest + source->cadence + source->grace < clock_today();
}

static enum freshness freshness_of(const struct source *source, const struct source_line *line)
{
    return line->data_date == DAY_MISSING ? MISSING : is_late(source, line->data_date) ? STALE : FRESH;
}

static enum status read_late_scopes(struct site *s, struct site_status *st, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_SCOPE_NEWEST);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int at = source_find(s->sources, stmt_text(q, 0));
        if (at < 0 || freshness_of(&s->sources->v[at], &st->sources[at]) != FRESH || !is_late(&s->sources->v[at], stmt_day(q, 2))) {
            continue;
        }
        AUTO_STRBUF b = STRBUF_INIT;
        strbuf_adds(&b, st->sources[at].late);
        strbuf_addz(&b, b.n ? TR("、", ", ") : "");
        strbuf_adds(&b, stmt_text(q, 1));
        strbuf_addz(&b, TR("（", " ("));
        strbuf_add_day(&b, stmt_day(q, 2));
        strbuf_addz(&b, TR("）", ")"));
        st->sources[at].late = arena_str(&s->arena, strbuf_str(&b));
    }
}


static enum status read_warnings(struct site *s, struct site_status *st, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_COUNT_WARNING_STATES);
    stmt_bind_int(q, ":today", clock_today());
    bool row;
    TRY(stmt_one(q, &row, err));
    st->warnings = (struct open_counts){.held = stmt_int(q, 0), .released = stmt_int(q, 1), .open = stmt_int(q, 2),
                                        .closed = stmt_int(q, 3), .cleared = stmt_int(q, 4), .overdue = stmt_int(q, 5)};
    return ST_OK;
}

static enum status count_escalated(const struct site *s, struct site_status *st, struct err *err)
{
    int missing_year = 0;
    daynum today = clock_today();
    TRY(due_count_escalated(s, today, &st->warnings.escalated, &missing_year, err));
    if (missing_year && missing_year != day_to_ymd(today).year) { /* that of today is told in any case */
        warn_add(ST_W_CHECK, TR("calendar.csv 没有 %d 年，升级督办按周一至周五计算", "calendar.csv lacks the year %d: escalation counted as Monday to Friday"), missing_year);
    }
    return ST_OK;
}

static const char *freshness_word(enum freshness f)
{
    return f == FRESH ? TR("新鲜", "fresh") : f == STALE ? TR("过期", "stale") : TR("没有数据", "missing");
}

static void add_padded(struct strbuf *b, struct str text, size_t columns)
{
    strbuf_adds(b, text);
    for (size_t w = width_str(text); w < columns; w++) {
        strbuf_addc(b, ' ');
    }
}

/* An optional source without any delivery: this site does not have it, which is no defect. */
static bool never_sent(const struct source *source, const struct source_line *line)
{
    return source->optional && line->deliveries + line->held == 0;
}

static void print_never_sent(const struct site *s, const struct site_status *st, struct strbuf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < s->sources->n; i++) {
        if (never_sent(&s->sources->v[i], &st->sources[i])) {
            strbuf_addz(b, n++ > 0 ? TR("、", ", ") : TR("  可选、没有接入：", "  optional, not in use: "));
            strbuf_adds(b, s->sources->v[i].label);
        }
    }
    strbuf_addz(b, n > 0 ? "\n" : "");
}

/* Since when nights can be computed again from what is kept. */
static void print_replay(const struct site *s, const struct site_status *st, struct strbuf *b)
{
    bool any = false;
    for (size_t i = 0; i < s->sources->n; i++) {
        if (st->replay_since[i] != DAY_MISSING) {
            strbuf_addf(b, TR("%s  " STR_FMT "（", "%s  " STR_FMT " ("), any ? "" : TR("\n可以重放的日子（更早的原件已清理）\n", "\nDays that can be replayed (older raw copies were purged)\n"), STR_ARG(s->sources->v[i].label));
            strbuf_add_day(b, st->replay_since[i]);
            strbuf_addz(b, TR(" 起）\n", " on)\n"));
            any = true;
        }
    }
    if (!any && st->n_nights) {
        strbuf_addz(b, TR("\n可以重放：从第一夜起\n", "\nCan be replayed: every night\n"));
    }
}

static void print_linkage(const struct linkage_line *k, struct strbuf *b)
{
    if (k->made || k->asked) {
        strbuf_addf(b, TR("\n归人  凭号码以外的信息归的 %lld 行，预计错归 %lld（%lld 至 %lld）；待人核对 %lld 处，其中预计漏归 %lld（%lld 至 %lld）\n",
                          "\nLinks  %lld rows by more than their number, %lld expected to be false (%lld to %lld); %lld questions, %lld of them expected to be missed links (%lld to %lld)\n"),
                    (long long)k->made, (long long)k->wrong[0], (long long)k->wrong[1], (long long)k->wrong[2], (long long)k->asked, (long long)k->missed[0],
                    (long long)k->missed[1], (long long)k->missed[2]);
    }
}

static void print_linkage_news(const struct linkage_line *k, struct strbuf *b)
{
    const struct {
        int64_t n;
        const char *zh, *en;
    } lines[] = {{k->twice, "      %lld 行像是同一名册里已有的人，没有归上，等人核对\n", "       %lld rows look like somebody their register has already: not placed, for people to look at\n"},
                 {k->remodeled, "      %lld 行因换了归并模型改了归属；由此新出现的命中暂扣\n", "       %lld rows are placed otherwise by the new model; hits that come of it are held\n"},
                 {k->drifts, "      %lld 项与训练模型时相比走了样，见 quality.html 的“归并”\n", "       %lld shares have drifted from what the model was trained on, see quality.html\n"}};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (lines[i].n) {
            strbuf_addf(b, TR(lines[i].zh, lines[i].en), (long long)lines[i].n);
        }
    }
}

static void print_warnings(const struct open_counts *n, struct strbuf *b)
{
    strbuf_addf(b, TR("\n预警  在办 %lld（逾期 %lld", "\nWarnings  open %lld (overdue %lld"), (long long)n->open, (long long)n->overdue);
    if (n->escalated >= 0) {
        strbuf_addf(b, TR("，其中升级督办 %lld", ", %lld of them escalated"), (long long)n->escalated);
    }
    strbuf_addf(b, TR("），暂扣 %lld，已放行待出清单 %lld，已办结 %lld，已消失 %lld\n", "), held %lld, released for the next list %lld, closed %lld, cleared %lld\n"),
                (long long)n->held, (long long)n->released, (long long)n->closed, (long long)n->cleared);
}

static void print_text(const struct site *s, const struct site_status *st, struct strbuf *b)
{
    strbuf_addz(b, TR("最近几夜\n", "Nights\n"));
    for (size_t i = 0; i < st->n_nights; i++) {
        strbuf_addf(b, TR("  第 %lld 夜  ", "  night %lld  "), (long long)st->nights[i].night);
        strbuf_add_day(b, st->nights[i].as_of);
        strbuf_addf(b, "  reports/%s\n", st->nights[i].folder);
    }
    strbuf_addz(b, st->n_nights ? TR("\n数据源\n", "\nSources\n") : TR("  还没有\n\n数据源\n", "  none yet\n\nSources\n"));
    for (size_t i = 0; i < s->sources->n; i++) {
        const struct source_line *line = &st->sources[i];
        if (never_sent(&s->sources->v[i], line)) {
            continue;
        }
        strbuf_addz(b, "  ");
        add_padded(b, s->sources->v[i].label, 20);
        add_padded(b, str_of(freshness_word(freshness_of(&s->sources->v[i], line))), 10);
        AUTO_STRBUF day = STRBUF_INIT;
        strbuf_add_day(&day, line->data_date);
        add_padded(b, strbuf_str(&day), 12);
        strbuf_addf(b, TR("交付 %lld", "deliveries %lld"), (long long)line->deliveries);
        if (line->held) {
            strbuf_addf(b, TR("，待定 %lld", ", waiting %lld"), (long long)line->held);
        }
        if (line->late.n > 0) {
            strbuf_addf(b, TR("，没有按时送来：" STR_FMT, ", late: " STR_FMT), STR_ARG(line->late));
        }
        strbuf_addc(b, '\n');
    }
    print_never_sent(s, st, b);
    print_replay(s, st, b);
    print_linkage(&st->linkage, b);
    print_linkage_news(&st->linkage, b);
    print_warnings(&st->warnings, b);
}

static void json_day(struct json_out *j, const char *key, daynum day)
{
    AUTO_STRBUF text = STRBUF_INIT;
    strbuf_add_day(&text, day);
    json_ks(j, key, strbuf_str(&text));
}

static void print_json(const struct site *s, const struct site_status *st, struct strbuf *b)
{
    struct json_out j = json_out_to(b);
    json_open(&j, '{');
    json_key(&j, "nights");
    json_open(&j, '[');
    for (size_t i = 0; i < st->n_nights; i++) {
        json_open(&j, '{');
        json_ki(&j, "night", st->nights[i].night);
        json_day(&j, "as_of", st->nights[i].as_of);
        json_kz(&j, "folder", st->nights[i].folder);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "sources");
    json_open(&j, '[');
    for (size_t i = 0; i < s->sources->n; i++) {
        json_open(&j, '{');
        json_ks(&j, "source", s->sources->v[i].id);
        static const char *const names[] = {[FRESH] = "fresh", [STALE] = "stale", [MISSING] = "missing"}; /* for programs: one language */
        bool unused = never_sent(&s->sources->v[i], &st->sources[i]);
        json_kz(&j, "state", unused ? "unused" : names[freshness_of(&s->sources->v[i], &st->sources[i])]);
        json_day(&j, "data_date", st->sources[i].data_date);
        if (st->replay_since[i] != DAY_MISSING) {
            json_day(&j, "replay_since", st->replay_since[i]);
        }
        json_ki(&j, "deliveries", st->sources[i].deliveries);
        json_ki(&j, "waiting", st->sources[i].held);
        if (st->sources[i].late.n > 0) {
            json_ks(&j, "late", st->sources[i].late);
        }
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "warnings");
    json_open(&j, '{');
    json_ki(&j, "open", st->warnings.open);
    json_ki(&j, "overdue", st->warnings.overdue);
    if (st->warnings.escalated >= 0) {
        json_ki(&j, "escalated", st->warnings.escalated);
    }
    json_ki(&j, "held", st->warnings.held);
    json_ki(&j, "released", st->warnings.released);
    json_ki(&j, "closed", st->warnings.closed);
    json_ki(&j, "cleared", st->warnings.cleared);
    json_close(&j, '}');
    json_close(&j, '}');
}

static enum status run(const struct args *a, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_READ, err));
    struct site_status st = {.n_nights = 0};
    TRY(read_nights(&site, &st, err));
    TRY(read_linkage(&site, &st, err));
    TRY(read_sources(&site, &st, err));
    TRY(read_late_scopes(&site, &st, err));
    TRY(read_warnings(&site, &st, err));
    TRY(count_escalated(&site, &st, err));
    int year = day_to_ymd(clock_today()).year;
    if (!calendar_has_year(site.calendar, year)) {
        warn_add(ST_W_CHECK, TR("calendar.csv 没有 %d 年，到期和逾期按周一至周五计算", "calendar.csv lacks the year %d: due and overdue count Monday to Friday"), year);
    }
    TRY(retention_since(&site, &site.arena, &st.replay_since, err));
    AUTO_STRBUF b = STRBUF_INIT;
    (a->json ? print_json : print_text)(&site, &st, &b);
    (void)fwrite(b.p, 1, b.n, stdout);
    return ST_OK;
}

const struct command cmd_status = {
    .name = "status",
    .operands = "",
    .zh = "看现状：最近几夜、各数据源新鲜与否、在办和暂扣的预警",
    .en = "how things stand: nights, sources fresh or late, open and held warnings",
    .run = run,
};
