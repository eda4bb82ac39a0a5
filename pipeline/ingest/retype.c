/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/retype.h"

#include "base/core/file.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "pipeline/ingest/delivery_judge.h"

#define CHANGES_DAYS 400 /* rules look back a year at most: older snapshots are typed again when somebody asks for them */

struct retyping {
    struct site *site;
    const struct sources *as;
    const char *into; /* folder for segments; NULL: only looked at */
    bool missing_only; /* deliveries whose segments are there already are left alone */
    daynum day;
    standing_list standings;
    struct arena *a;
    retype_diffs *out;
};

/* --- what was ------------------------------------------------------------------------------------------------------- */

static enum status read_before(struct retyping *r, struct retype_diff *d, bool *out_changed, struct err *err)
{
    AUTO_STMT q = stmt_use(r->site->ledger, STMT_LIST_DELIVERY_FILES_TYPED);
    stmt_bind_int(q, ":delivery", d->delivery);
    *out_changed = false;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        *out_changed |= !str_eqz(stmt_text(q, 1), d->source->typing);
        d->typed += stmt_int(q, 3), d->rejected += stmt_int(q, 4), d->defects += stmt_int(q, 5);
    }
}

/* Gates that stopped it then, and a person accepted it all the same. */
static enum status was_stopped(struct retyping *r, int64_t delivery, const char *gate, bool *out, struct err *err)
{
    AUTO_STMT q = stmt_use(r->site->ledger, STMT_LIST_GATE_RESULTS);
    stmt_bind_int(q, ":delivery", delivery);
    *out = false;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        *out |= str_eqz(stmt_text(q, 0), gate) && str_eqz(stmt_text(q, 3), "stop");
    }
}

/* --- what would be -------------------------------------------------------------------------------------------------- */

static enum status judge_again(struct retyping *r, struct retype_diff *d, const struct typing_facts *sum, daynum date, struct err *err)
{
    gate_results results = {0};
    /* against its own rows as accepted: a declaration that loses them is the mistake looked for */
    const struct gate_input in = {.source = d->source, .facts = sum, .before_typed = d->typed, .data_date = date, .received = date};
    AUTO_STRBUF why = STRBUF_INIT;
    enum status st = ST_OK;
    gates_judge(&in, r->a, &results);
    for (size_t i = 0; i < results.n && st == ST_OK; i++) {
        const struct gate_result *g = &results.v[i];
        bool then = false;
        if (g->verdict != GATE_STOP) {
            continue;
        }
        st = was_stopped(r, d->delivery, g->gate, &then, err);
        if (!then) {
            strbuf_addz(&why, why.n ? TR("；", "; ") : "");
            gate_title(str_of(g->gate), &why);
            strbuf_addf(&why, TR(" %s，允许 %s", " %s, allowed %s"), g->value, g->band);
        }
    }
    vec_release(&results);
    d->fails = why.n ? arena_z(r->a, strbuf_str(&why)) : NULL;
    return st;
}

static enum status type_delivery(struct retyping *r, const struct delivered *of, struct retype_diff *d, struct err *err)
{
    struct typing_facts sum = {.month_from = MONTH_MISSING, .month_to = MONTH_MISSING, .date = DAY_MISSING};
    for (size_t i = 0; i < of->n_files; i++) {
        struct typed_file t;
        enum status st = type_raw(d->source, r->site->raw, of->files[i].xxh128, r->into, of->files[i].name, &t, err);
        if (st == ST_OK && !t.usable) {
            d->fails = arena_printf(r->a, "%s：%s", of->files[i].name, strbuf_z(&t.why));
        }
        if (st == ST_OK) {
            typing_facts_add(&sum, &t.facts);
        }
        typed_file_release(&t);
        progress_done();
        if (st != ST_OK || d->fails) {
            return st;
        }
    }
    d->now_typed = sum.typed, d->now_rejected = sum.rejected, d->now_defects = sum.defects;
    return d->changes_only ? ST_OK : judge_again(r, d, &sum, of->date, err);
}

static bool all_there(const struct retyping *r, const struct source *s, const struct delivered *of)
{
    for (size_t i = 0; i < of->n_files; i++) {
        if (!file_exists(segment_path(r->a, r->site->segments, of->files[i].xxh128, s))) {
            return false;
        }
    }
    return true;
}

static enum status look_at(struct retyping *r, const struct source *s, const struct delivered *of, struct err *err)
{
    const struct standing *standing = standing_find(&r->standings, of->id);
    struct retype_diff d = {.source = s, .delivery = of->id, .file = of->n_files ? of->files[0].name : ""};
    bool changed;
    d.changes_only = standing && !standing->in_force;
    bool wanted = standing && (standing->in_force || (s->kind == KIND_SNAPSHOT && of->date > r->day - CHANGES_DAYS));
    if (!wanted || (r->missing_only && all_there(r, s, of))) {
        return ST_OK;
    }
    TRY(read_before(r, &d, &changed, err));
    if (!changed) {
        return ST_OK;
    }
    if (r->into && r->out->n == 0) {
        TRY(file_remove_tree(r->into, err)); /* of a run that was killed */
        TRY(file_mkdirs(r->into, err));
    }
    TRY(type_delivery(r, of, &d, err));
    vec_push(r->out, d);
    return ST_OK;
}

static int by_acceptance(const void *pa, const void *pb)
{
    const struct delivered *a = pa, *b = pb;
    return (a->id > b->id) - (a->id < b->id);
}

/* In the order the deliveries were accepted, source by source. */
static enum status look_at_all(struct retyping *r, daynum day, struct err *err)
{
    TRY(standings_load(r->site, day, r->a, &r->standings, err));
    for (size_t i = 0; i < r->as->n; i++) {
        struct delivered_list list;
        TRY(catalogue_accepted(r->site->ledger, r->as->v[i].id, day, r->a, &list, err));
        if (list.n > 1) {
            qsort(list.v, list.n, sizeof(*list.v), by_acceptance);
        }
        for (size_t k = 0; k < list.n; k++) {
            TRY(look_at(r, &r->as->v[i], &list.v[k], err));
        }
    }
    return ST_OK;
}

enum status retype_preview(struct site *site, const struct sources *as, daynum day, struct arena *a, retype_diffs *out, struct err *err)
{
    struct retyping r = {.site = site, .as = as, .day = day, .a = a, .out = out};
    enum status st = look_at_all(&r, day, err);
    vec_release(&r.standings);
    return st;
}

/* --- for good ------------------------------------------------------------------------------------------------------- */

void retype_describe(const struct retype_diff *d, struct strbuf *out)
{
    strbuf_addf(out, TR("交付 %lld（" STR_FMT " %s）：", "delivery %lld (" STR_FMT " %s): "), (long long)d->delivery, STR_ARG(d->source->label), d->file);
    if (d->now_typed + d->now_rejected > 0 || !d->fails) {
        strbuf_addf(out, TR("录入 %lld → %lld，退回 %lld → %lld，未知值 %lld → %lld", "typed %lld -> %lld, rejected %lld -> %lld, cells unknown %lld -> %lld"),
                    (long long)d->typed, (long long)d->now_typed, (long long)d->rejected, (long long)d->now_rejected, (long long)d->defects,
                    (long long)d->now_defects);
    } else {
        strbuf_addf(out, TR("录入 %lld → 读不出来", "typed %lld -> cannot be read"), (long long)d->typed);
    }
    strbuf_addz(out, d->changes_only ? TR("；只用来看变化", "; read for its changes only") : "");
    if (d->fails) {
        strbuf_addf(out, TR("；不能通过：%s", "; does not pass: %s"), d->fails);
    }
    strbuf_addc(out, '\n');
}

static enum status refuse(const retype_diffs *diffs, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    size_t failing = 0;
    for (size_t i = 0; i < diffs->n; i++) {
        if (diffs->v[i].fails) {
            failing++;
            strbuf_addz(&text, "  ");
            retype_describe(&diffs->v[i], &text);
        }
    }
    return failing == 0 ? ST_OK
                        : err_set(err, ST_CONFIG,
                                  TR("sources.yaml 改动之后，%zu 份在用的交付不能通过，什么都没有改动：\n%s"
                                     "先改好 sources.yaml，或恢复原来的；确实要这样改，就放宽该数据源的 gates，或撤回这几份交付（mopai deliveries withdraw 号 --reason \"理由\"）。\n"
                                     "下次改之前可以先看：mopai check --sources 新.yaml",
                                     "with sources.yaml as it is now %zu deliveries in force no longer pass; nothing was changed:\n%s"
                                     "correct sources.yaml or put the old one back; if it is meant so, widen the gates of the source or withdraw these deliveries.\n"
                                     "To look beforehand: mopai check --sources NEW.yaml"),
                                  failing, strbuf_z(&text));
}

static enum status put_in_place(struct site *site, const char *from, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list list = {0};
    enum status st = file_list_dir(&a, from, &list, err);
    for (size_t pass = 0; pass < 2 && st == ST_OK; pass++) { /* rejects first: a segment that is there has its rejects */
        for (size_t i = 0; i < list.n && st == ST_OK; i++) {
            bool rejects = str_ends(str_of(list.v[i].name), STR(".rej.seg"));
            if (rejects == (pass == 0)) {
                st = file_rename(path_join(&a, from, list.v[i].name), path_join(&a, site->segments, list.v[i].name), err);
            }
        }
    }
    vec_release(&list);
    return st == ST_OK ? file_sync(site->segments, err) : st;
}

enum status retype_changed(struct site *site, daynum day, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    retype_diffs diffs = {0};
    struct retyping r = {.site = site, .as = site->sources, .day = day, .into = arena_printf(&a, "%s.retype", site->segments), .missing_only = true, .a = &a, .out = &diffs};
    enum status st = look_at_all(&r, day, err);
    if (st == ST_OK) {
        st = refuse(&diffs, err);
    }
    if (st == ST_OK && diffs.n > 0) {
        st = put_in_place(site, r.into, err);
        for (size_t i = 0; i < diffs.n; i++) {
            log_event(LOG_INFO, "retype", "source=" STR_FMT " delivery=%lld typed=%lld was=%lld rejected=%lld was=%lld", STR_ARG(diffs.v[i].source->id),
                      (long long)diffs.v[i].delivery, (long long)diffs.v[i].now_typed, (long long)diffs.v[i].typed, (long long)diffs.v[i].now_rejected,
                      (long long)diffs.v[i].rejected);
        }
    }
    struct err ignored;
    if (file_exists(r.into) && file_remove_tree(r.into, &ignored) != ST_OK) { /* also one that an earlier run could not remove */
        log_event(LOG_WARN, "retype", "left=%s", r.into);
    }
    vec_release(&diffs);
    vec_release(&r.standings);
    return st;
}
