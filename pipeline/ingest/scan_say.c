/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a delivery once it is in the ledger. */
#include "base/core/log.h"
#include "base/store/db.h"
#include "pipeline/command.h"
#include "pipeline/ingest/header_change.h"
#include "pipeline/ingest/scan_private.h"

#define FULL_AS_INCREMENT 90 /* percent */

void say_lines(const char *name, struct str lines)
{
    struct str line;
    while (str_split(&lines, '\n', &line)) {
        if (line.n > 0) {
            warn_add(ST_W_CHECK, TR("%s：" STR_FMT, "%s: " STR_FMT), name, STR_ARG(line));
        }
    }
}

/* A period file whose name says one month and whose rows all say others: most likely a wrong name. */
static void report_months(const struct making *m, int64_t id)
{
    monthnum from, to;
    making_months(m, &from, &to);
    if (from == MONTH_MISSING || m->sum.month_from == MONTH_MISSING || (m->sum.month_from <= to && m->sum.month_to >= from)) {
        return;
    }
    AUTO_STRBUF name = STRBUF_INIT, rows = STRBUF_INIT;
    strbuf_add_month(&name, to);
    strbuf_add_month(&rows, m->sum.month_to);
    warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：文件名说的是 %s，行里却是 %s；请核对，送错了就用 mopai deliveries withdraw %lld 撤回",
                            "delivery %lld (" STR_FMT " %s): its name says %s, its rows say %s; check it, and withdraw it if it is wrong: mopai deliveries withdraw %lld"), (long long)id,
             STR_ARG(m->src->label), m->files[0]->name, strbuf_z(&name), strbuf_z(&rows), (long long)id);
}

/* Repeated records count once, so nothing goes wrong; but the department should know. */
static void report_overlap(const struct making *m, int64_t id)
{
    if (m->overlap >= FULL_AS_INCREMENT) {
        warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：上一次的记录有 %d%% 又来了，像是把全量当增量送；重复的只算一次，结果不受影响，请部门以后只送新增",
                                "delivery %lld (" STR_FMT " %s): %d%% of the records before it came again, a full export sent as an increment? repeats count once, nothing is wrong"),
                 (long long)id, STR_ARG(m->src->label), m->files[0]->name, m->overlap);
    }
}

/* A late one of an older date does not replace what is in force. */
static void report_late(const struct making *m, int64_t id)
{
    if (m->src->kind == KIND_APPEND || m->state != STATE_ACCEPTED || !m->newer) {
        return;
    }
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, m->newer->date);
    warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：比在用的交付 %lld（%s）旧，%s；如果它才是对的，先撤回新的：mopai deliveries withdraw %lld --reason \"理由\"",
                            "delivery %lld (" STR_FMT " %s): older than delivery %lld (%s) in force, %s; if it is the right one, withdraw the newer: mopai deliveries withdraw %lld --reason \"...\""),
             (long long)id, STR_ARG(m->src->label), m->files[0]->name, (long long)m->newer->id, strbuf_z(&day),
             m->src->kind == KIND_SNAPSHOT ? TR("只用来看变化", "only changes are read from it") : TR("只补它独有的月份", "it adds only the months it alone covers"), (long long)m->newer->id);
}

static void report_verdict(const struct making *m, int64_t id)
{
    const struct inbox_file *f = m->files[0];
    AUTO_STRBUF way = STRBUF_INIT;
    delivery_way_out(m->src, m->state, &m->gates, id, &way);
    if (m->state == STATE_HELD) {
        warn_add(ST_W_DELIVERY_HELD, TR("交付 %lld（" STR_FMT " %s）暂扣：%s%s", "delivery %lld (" STR_FMT " %s) held: %s%s"), (long long)id, STR_ARG(m->src->label),
                 f->name, strbuf_z(&m->reason), strbuf_z(&way));
    } else if (m->state == STATE_REFUSED) {
        warn_add(ST_W_FILE_REFUSED, TR("交付 %lld（" STR_FMT " %s）拒收：%s%s", "delivery %lld (" STR_FMT " %s) refused: %s%s"), (long long)id,
                 STR_ARG(m->src->label), f->name, strbuf_z(&m->reason), strbuf_z(&way));
    } else if (m->sum.rejected > 0) {
        warn_add(ST_W_REJECTS, TR(STR_FMT " %s：退回 %lld 行", STR_FMT " %s: %lld rows rejected"), STR_ARG(m->src->label), f->name, (long long)m->sum.rejected);
    }
}

static void report_gates(const struct making *m, int64_t id)
{
    for (size_t i = 0; i < m->gates.n; i++) {
        const struct gate_result *g = &m->gates.v[i];
        AUTO_STRBUF title = STRBUF_INIT;
        if (g->verdict != GATE_WARN) {
            continue;
        }
        gate_title(str_of(g->gate), &title);
        warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：%s %s，通常 %s", "delivery %lld (" STR_FMT " %s): %s %s, usually %s"), (long long)id,
                 STR_ARG(m->src->label), m->files[0]->name, strbuf_z(&title), g->value, g->band);
        log_event(LOG_INFO, "gate", "source=" STR_FMT " delivery=%lld gate=%s value=\"%s\" band=\"%s\"", STR_ARG(m->src->id), (long long)id, g->gate,
                  g->value, g->band);
    }
}

static void count_in(struct scan *s, const struct making *m, int64_t id)
{
    struct ingest_counts *c = &s->counts;
    for (size_t i = 0; i < m->n; i++) {
        const struct typing_facts *t = &m->files[i]->typed.facts;
        log_event(LOG_INFO, "file", "source=" STR_FMT " delivery=%lld name=\"%s\" encoding=%s records=%lld typed=%lld rejected=%lld aside=%lld defects=%lld",
                  STR_ARG(m->src->id), (long long)id, m->files[i]->name, encoding_name(t->encoding), (long long)t->records, (long long)t->typed,
                  (long long)t->rejected, (long long)(t->records - t->typed - t->rejected), (long long)t->defects);
        c->records += t->records, c->typed += t->typed, c->rejected += t->rejected, c->defects += t->defects;
        c->aside += t->records - t->typed - t->rejected;
        c->bytes += m->files[i]->size;
    }
    c->accepted += m->state == STATE_ACCEPTED;
    c->held += m->state == STATE_HELD;
    c->refused += m->state == STATE_REFUSED ? (int64_t)m->n : 0;
}

/* What typing noticed, and columns the delivery before still had. */
static enum status say_notes(struct scan *s, const struct making *m, const struct delivered_list *list, struct err *err)
{
    const struct inbox_file *f = m->files[0];
    const struct delivered *before = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        before = strcmp(d->scope, f->scope) == 0 && d->date < f->date && d->n_files > 0 ? d : before;
    }
    for (size_t i = 0; i < m->n; i++) {
        say_lines(m->files[i]->name, strbuf_str(&m->files[i]->typed.notes));
    }
    const struct delivered_file self = {-1, 1, f->name, f->hex.xxh128, 0};
    return before && f->typed.usable ? header_change_report(s->site, m->src, &self, &before->files[0], strbuf_str(&f->typed.strange), err) : ST_OK;
}

enum status scan_say(struct scan *s, const struct making *m, int64_t id, const struct delivered_list *list, struct err *err)
{
    count_in(s, m, id);
    report_months(m, id);
    report_overlap(m, id);
    report_late(m, id);
    report_verdict(m, id);
    report_gates(m, id);
    return say_notes(s, m, list, err);
}
