/* SPDX-License-Identifier: Apache-2.0 */
/* One delivery from its files: raw copies and segments, judgement, timelines with its neighbours, then the ledger rows in one transaction. */
#include <stdlib.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/core/share.h"
#include "base/store/db.h"
#include "base/store/raw.h"
#include "pipeline/command.h"
#include "pipeline/ingest/scan_private.h"

static const char *const date_from_words[] = {"name", "column", "receipt"};
static const char *const state_words[] = {"accepted", "held", "refused"};

static int hash_cmp(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void content_of(struct making *m)
{
    const char **hashes = xmalloc(sizeof(*hashes) * m->n);
    AUTO_STRBUF all = STRBUF_INIT;
    for (size_t i = 0; i < m->n; i++) {
        hashes[i] = m->files[i]->hex.xxh128;
    }
    qsort(hashes, m->n, sizeof(*hashes), hash_cmp);
    for (size_t i = 0; i < m->n; i++) {
        strbuf_addf(&all, "%s\n", hashes[i]);
    }
    hash128_hex(all.p, all.n, m->content);
    free(hashes);
}

void scan_put(const struct scan *s, struct inbox_file *f)
{
    struct digest_hex hex;
    f->put = arrival_put(f->from, f->part, s->site->raw, &hex, &f->size, f->why);
    bool changed = f->put == ST_INPUT || f->put == ST_MISSING || (f->put == ST_OK && strcmp(hex.xxh128, f->hex.xxh128) != 0);
    if (changed || f->put != ST_OK) {
        f->put = changed ? ST_INPUT : f->put;
        return;
    }
    memcpy(f->hex.sha256, hex.sha256, sizeof(hex.sha256)); /* which the look at the inbox left out; the rest is read by the maker of deliveries meanwhile */
    f->put = type_raw(source_of(s, f), s->site->raw, hex.xxh128, s->site->segments, f->name, &f->typed, f->why);
    BUG_ON(f->put == ST_INPUT); /* a bad file is typed and not usable */
}

/* Raw copies and segments. *out_stable false: a file changed under us; the next scan will see it whole. */
static enum status type_files(struct scan *s, struct making *m, bool *out_stable, struct err *err)
{
    *out_stable = true;
    for (size_t i = 0; i < m->n; i++) {
        struct inbox_file *f = m->files[i];
        if (f->ahead >= 0) {
            ahead_wait(s->ahead, (unsigned)f->ahead);
        } else {
            if (f->repeats >= 0) { /* a delivery given up early may have left its other files under way */
                ahead_wait(s->ahead, (unsigned)f->repeats);
            }
            scan_put(s, f);
        }
        if (f->put == ST_INPUT) {
            s->counts.waiting++;
            warn_add(ST_W_UNKNOWN_FILE, TR("%s：读取时内容还在变化，下次再收", "%s: changed while it was read, left for the next scan"), f->name);
            *out_stable = false;
            return ST_OK;
        }
        if (f->put != ST_OK) {
            return err_set(err, f->put, "%s", f->why->text);
        }
        progress_done();
        typing_facts_add(&m->sum, &f->typed.facts);
        if (!f->typed.usable) {
            m->state = STATE_REFUSED;
            strbuf_addf(&m->reason, "%s%s：%s", m->reason.n ? "；" : "", f->name, strbuf_z(&f->typed.why));
        }
    }
    return ST_OK;
}

static void describe_self(struct scan *s, struct making *m)
{
    const struct inbox_file *f = m->files[0];
    m->self = (struct delivered){.id = -1, .scope = f->scope, .content = m->content, .date = f->date, .n_files = m->n};
    m->self.files = arena_array(&s->arena, struct delivered_file, m->n);
    for (size_t i = 0; i < m->n; i++) {
        m->self.files[i] = (struct delivered_file){-1, (int)i + 1, m->files[i]->name, m->files[i]->hex.xxh128, m->files[i]->typed.facts.typed};
    }
}

static enum status judge(struct scan *s, struct making *m, const struct delivered_list *list, struct err *err)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        m->newer = strcmp(d->scope, m->self.scope) == 0 && d->date > m->self.date ? d : m->newer; /* by date: the newest */
    }
    const struct delivery_case c = {s->site, m->src, &m->self, list, &m->sum, m->parts_missing, clock_today()};
    m->overlap = -1;
    if (m->state == STATE_REFUSED) {
        return ST_OK;
    }
    TRY(delivery_judge(&c, &s->arena, &m->gates, err));
    m->state = delivery_verdict(&m->gates, &m->reason);
    return delivery_overlap(&c, &m->overlap, err);
}

/* The neighbours' timelines while the delivery is still ours alone: once it is in the ledger they are there. */
static enum status make_timelines(struct scan *s, const struct making *m, const struct delivered_list *list, struct err *err)
{
    if (m->src->kind != KIND_SNAPSHOT || m->state != STATE_ACCEPTED) {
        return ST_OK;
    }
    const struct inbox_file *f = m->files[0];
    const struct delivered *before = NULL, *after = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        if (strcmp(d->scope, f->scope) == 0) {
            before = d->date < f->date ? d : before;
            after = d->date > f->date && (!after || d->date == after->date) ? d : after;
        }
    }
    if (before && strcmp(before->content, m->content) != 0) {
        TRY(timeline_make(s->site, m->src, before, &m->self, err));
    }
    return after && strcmp(after->content, m->content) != 0 ? timeline_make(s->site, m->src, &m->self, after, err) : ST_OK;
}

static enum status insert_file(struct db *db, const struct making *m, size_t i, int64_t delivery, struct err *err)
{
    const struct inbox_file *f = m->files[i];
    const struct typing_facts *t = &f->typed.facts;
    char delimiter[2] = {t->delimiter, 0};
    AUTO_STMT q = stmt_use(db, STMT_INSERT_DELIVERY_FILE);
    stmt_bind_int(q, ":delivery", delivery);
    stmt_bind_int(q, ":part", (int64_t)i + 1);
    stmt_bind_z(q, ":name", f->name);
    stmt_bind_int(q, ":size", f->size);
    stmt_bind_z(q, ":xxh128", f->hex.xxh128);
    BUG_ON(!f->hex.sha256[0]);
    stmt_bind_z(q, ":sha256", f->hex.sha256);
    stmt_bind_z(q, ":encoding", t->sheet ? "xlsx" : encoding_name(t->encoding));
    stmt_bind_z(q, ":delimiter", delimiter);
    stmt_bind_z(q, ":typing", m->src->typing);
    stmt_bind_int(q, ":header_line", t->header_line);
    stmt_bind_int(q, ":records", t->records);
    stmt_bind_int(q, ":typed", t->typed);
    stmt_bind_int(q, ":rejected", t->rejected);
    stmt_bind_int(q, ":aside_title", t->aside[ROW_TITLE]);
    stmt_bind_int(q, ":aside_header", t->aside[ROW_HEADER]);
    stmt_bind_int(q, ":aside_total", t->aside[ROW_TOTAL]);
    stmt_bind_int(q, ":aside_signature", t->aside[ROW_SIGNATURE]);
    stmt_bind_int(q, ":aside_blank", t->aside[ROW_BLANK]);
    stmt_bind_int(q, ":aside_skipped", t->aside[ROW_SKIPPED]);
    stmt_bind_int(q, ":defects", t->defects);
    return stmt_run(q, err);
}

void making_months(const struct making *m, monthnum *from, monthnum *to)
{
    const struct inbox_file *f = m->files[0];
    *from = *to = MONTH_MISSING;
    if (m->src->kind != KIND_PERIOD) {
        return;
    }
    if (f->says.month_from != MONTH_MISSING) {
        *from = f->says.month_from, *to = f->says.month_to;
    } else if (m->src->months_covered > 0) {
        *to = day_month(f->date);
        *from = *to - m->src->months_covered + 1;
    } else {
        *from = m->sum.month_from, *to = m->sum.month_to;
    }
}

static enum status insert_delivery(struct db *db, const struct making *m, int64_t *out_id, struct err *err)
{
    const struct inbox_file *f = m->files[0];
    monthnum from, to;
    char stamp[20];
    clock_stamp(stamp);
    making_months(m, &from, &to);
    AUTO_STMT q = stmt_use(db, STMT_INSERT_DELIVERY);
    stmt_bind_text(q, ":source", m->src->id);
    stmt_bind_z(q, ":scope", f->scope);
    stmt_bind_int(q, ":data_date", f->date);
    stmt_bind_z(q, ":date_from", date_from_words[f->date_from]);
    stmt_bind_z(q, ":kind", source_kind_name(m->src->kind));
    stmt_bind_day(q, ":month_from", from);
    stmt_bind_day(q, ":month_to", to);
    stmt_bind_z(q, ":state", state_words[m->state]);
    stmt_bind_z(q, ":reason", strbuf_z(&m->reason));
    stmt_bind_z(q, ":content", m->content);
    stmt_bind_int(q, ":received", clock_today());
    stmt_bind_z(q, ":at", stamp);
    TRY(stmt_run(q, err));
    *out_id = db_last_id(db);
    return ST_OK;
}

static enum status enter_ledger(struct scan *s, const struct making *m, int64_t *out_id, struct err *err)
{
    struct db *db = s->site->ledger;
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, db, err));
    TRY(insert_delivery(db, m, out_id, err));
    for (size_t i = 0; i < m->n; i++) {
        TRY(insert_file(db, m, i, *out_id, err));
    }
    for (size_t i = 0; i < m->gates.n; i++) {
        AUTO_STMT q = stmt_use(db, STMT_INSERT_GATE_RESULT);
        stmt_bind_int(q, ":delivery", *out_id);
        stmt_bind_z(q, ":gate", m->gates.v[i].gate);
        stmt_bind_z(q, ":value", m->gates.v[i].value);
        stmt_bind_z(q, ":band", m->gates.v[i].band);
        stmt_bind_z(q, ":verdict", gate_verdict_name(m->gates.v[i].verdict));
        TRY(stmt_run(q, err));
    }
    return tx_commit(&tx, err);
}

enum status scan_make(struct scan *s, struct making *m, struct err *err)
{
    struct delivered_list list;
    bool stable;
    int64_t id;
    content_of(m);
    TRY(type_files(s, m, &stable, err));
    if (!stable) {
        return ST_OK;
    }
    TRY(catalogue_accepted(s->site->ledger, m->src->id, DAY_FOREVER, &s->arena, &list, err));
    describe_self(s, m);
    TRY(judge(s, m, &list, err));
    TRY(make_timelines(s, m, &list, err));
    TRY(enter_ledger(s, m, &id, err));
    return scan_say(s, m, id, &list, err);
}
