/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai purge`: first the ledger says what is gone, then it goes; a purge killed in between is finished by the next. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/store/db.h"
#include "base/store/raw.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/manifest.h"
#include "pipeline/retention.h"

enum { OPT_SOURCE, OPT_BEFORE, OPT_DRY_RUN };
enum { MARGIN_MONTHS = 3 };

struct purge {
    struct site *site;
    daynum before;
    bool dry;
    int64_t deliveries, files, bytes;
};

/* The latest day before which anything may go. DAY_MISSING: no night yet. */
static enum status latest_allowed(struct site *s, daynum *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct night_record last;
    int reach;
    TRY(night_record_read(s, &a, DAY_MISSING, &last, err));
    TRY(retention_reach(s, &reach, err));
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_WARNING_OPEN_OLDEST);
    bool row;
    TRY(stmt_one(q, &row, err));
    daynum from = MIN(clock_today(), last.as_of);
    if (row && !stmt_is_null(q, 0)) {
        from = MIN(from, stmt_day(q, 0));
    }
    *out = last.night ? day_add_months(from - reach, -MARGIN_MONTHS) : DAY_MISSING;
    return ST_OK;
}

static enum status choose_day(const struct args *a, struct site *s, daynum *out, struct err *err)
{
    daynum latest, asked;
    AUTO_STRBUF day = STRBUF_INIT;
    const char *text = a->opt[OPT_BEFORE];
    TRY(latest_allowed(s, &latest, err));
    if (latest == DAY_MISSING) {
        return err_set(err, ST_SITE, TR("还没有发布过一夜，没有可清理的", "no night was published yet: there is nothing to purge"));
    }
    *out = latest;
    if (!text) {
        return ST_OK;
    }
    if (!day_parse_iso(str_of(text), &asked)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), text);
    }
    strbuf_add_day(&day, latest);
    if (asked > latest) {
        return err_set(err, ST_USAGE, TR("最多清理到 %s 之前：最长的观察期再加三个月，以及在办预警要用的，都要留着", "at most what is before %s: the longest window and three months, and what open warnings need, are kept"), strbuf_z(&day));
    }
    *out = asked;
    return ST_OK;
}

/* --- the ledger ------------------------------------------------------------------------------------------------------------------ */

typedef VEC(int64_t) delivery_ids;

static enum status find_purgeable(const struct purge *p, const struct source *source, delivery_ids *out, struct err *err)
{
    AUTO_STMT q = stmt_use(p->site->ledger, STMT_LIST_DELIVERIES_PURGEABLE);
    stmt_bind_text(q, ":source", source->id);
    stmt_bind_int(q, ":snapshot", source->kind == KIND_SNAPSHOT);
    stmt_bind_int(q, ":before", p->before);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(out, stmt_int(q, 0));
    }
}

static enum status mark_purged(const struct purge *p, const struct source *source, const delivery_ids *ids, struct err *err)
{
    AUTO_STRBUF reason = STRBUF_INIT, detail = STRBUF_INIT;
    char stamp[20];
    AUTO_TX tx = {0};
    clock_stamp(stamp);
    strbuf_addz(&reason, "清理：");
    strbuf_add_day(&reason, p->before);
    strbuf_addz(&reason, " 之前");
    strbuf_addf(&detail, "source=" STR_FMT " deliveries=%zu before=", STR_ARG(source->id), ids->n);
    strbuf_add_day(&detail, p->before);
    TRY(tx_begin(&tx, p->site->ledger, err));
    for (size_t i = 0; i < ids->n; i++) {
        AUTO_STMT q = stmt_use(p->site->ledger, STMT_UPDATE_DELIVERY_STATE);
        stmt_bind_int(q, ":delivery", ids->v[i]);
        stmt_bind_z(q, ":state", "purged");
        stmt_bind_z(q, ":reason", strbuf_z(&reason));
        TRY(stmt_run(q, err));
    }
    AUTO_STMT q = stmt_use(p->site->ledger, STMT_INSERT_PURGE);
    stmt_bind_text(q, ":source", source->id);
    stmt_bind_day(q, ":before", p->before);
    stmt_bind_int(q, ":deliveries", (int64_t)ids->n);
    stmt_bind_z(q, ":who", who_acts());
    stmt_bind_z(q, ":at", stamp);
    TRY(stmt_run(q, err));
    TRY(audit_add(p->site->ledger, "purge", strbuf_z(&detail), err));
    return tx_commit(&tx, err);
}

static enum status purge_source(struct purge *p, const struct source *source, struct err *err)
{
    delivery_ids ids = {0};
    enum status status = find_purgeable(p, source, &ids, err);
    if (status == ST_OK && ids.n > 0) {
        printf(TR("  " STR_FMT "：交付 %zu 份\n", "  " STR_FMT ": %zu deliveries\n"), STR_ARG(source->label), ids.n);
        p->deliveries += (int64_t)ids.n;
        status = p->dry ? ST_OK : mark_purged(p, source, &ids, err);
    }
    vec_release(&ids);
    return status;
}

/* --- the files ------------------------------------------------------------------------------------------------------------------- */

static enum status remove_counted(struct purge *p, const char *path, struct err *err)
{
    int64_t size = file_size(path);
    if (size < 0) {
        return ST_OK;
    }
    TRY(file_unlink(path, err));
    p->files++;
    p->bytes += size;
    return ST_OK;
}

/* Segments are named after the content they were made of: FILE-TYPING.seg, and OLD-NEW-TYPING.tl.seg after the deliveries compared. */
static bool made_of(struct str name, struct str file, struct str delivery)
{
    if (!str_ends(name, STR(".tl.seg"))) {
        return str_starts(name, file);
    }
    return str_starts(name, delivery) || str_eq(str_sub(name, delivery.n + 1, delivery.n), delivery);
}

static enum status remove_files(struct purge *p, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list segments = {0};
    enum status status = file_list_dir(&a, p->site->segments, &segments, err);
    AUTO_STMT q = stmt_use(p->site->ledger, STMT_LIST_FILES_PURGED);
    for (bool row = true; status == ST_OK;) {
        status = stmt_step(q, &row, err);
        if (status != ST_OK || !row) {
            break;
        }
        const char *hash = arena_z(&a, stmt_text(q, 0));
        const char *plain = arena_printf(&a, "%s/%.2s/%s", p->site->raw, hash, hash);
        struct str delivery = stmt_text(q, 1);
        status = remove_counted(p, plain, err);
        if (status == ST_OK) {
            status = remove_counted(p, arena_printf(&a, "%s.gz", plain), err);
        }
        for (size_t i = 0; status == ST_OK && i < segments.n; i++) {
            if (made_of(str_of(segments.v[i].name), str_of(hash), delivery)) {
                status = remove_counted(p, path_join(&a, p->site->segments, segments.v[i].name), err);
            }
        }
    }
    vec_release(&segments);
    return status;
}

/* --- the command ----------------------------------------------------------------------------------------------------------------- */

static enum status purge_all(struct purge *p, const char *only, struct err *err)
{
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, p->before);
    printf(TR("%s 之前、以后再用不到的%s：\n", "before %s and of no use to any night to come%s:\n"), strbuf_z(&day), p->dry ? TR("（只看，不删）", " (nothing is deleted)") : "");
    for (size_t i = 0; i < p->site->sources->n; i++) {
        const struct source *source = &p->site->sources->v[i];
        if (!only || str_eqz(source->id, only) || str_eqz(source->label, only)) {
            TRY(purge_source(p, source, err));
        }
    }
    if (!p->dry) {
        TRY(remove_files(p, err));
        printf(TR("共 %lld 份交付；删去 %lld 个文件，%lld KiB\n", "%lld deliveries; %lld files removed, %lld KiB\n"), (long long)p->deliveries, (long long)p->files, (long long)(p->bytes + 1023) / 1024);
    } else {
        printf(TR("共 %lld 份交付\n", "%lld deliveries\n"), (long long)p->deliveries);
    }
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    const char *only = a->opt[OPT_SOURCE];
    TRY(site_open(&site, a->site_dir, SITE_LOCK, err));
    bool known = !only;
    for (size_t i = 0; i < site.sources->n && !known; i++) {
        known = str_eqz(site.sources->v[i].id, only) || str_eqz(site.sources->v[i].label, only);
    }
    if (!known) {
        return err_set(err, ST_USAGE, TR("sources.yaml 里没有数据源“%s”", "sources.yaml has no source '%s'"), only);
    }
    struct purge p = {.site = &site, .dry = a->opt[OPT_DRY_RUN] != NULL};
    TRY(choose_day(a, &site, &p.before, err));
    return purge_all(&p, only, err);
}

static const struct option options[] = {
    [OPT_SOURCE] = {"source", 0, "ID", "只清理这一个数据源", "this source alone"},
    [OPT_BEFORE] = {"before", 0, "DATE", "只清理这一天之前的；缺省为规则允许的最晚一天", "only what is before this day; by default the latest day the rules allow"},
    [OPT_DRY_RUN] = {"dry-run", 'n', NULL, "只列出来，不删", "only list it"},
    {NULL, 0, NULL, NULL, NULL},
};
const struct command cmd_purge = {
    .name = "purge",
    .operands = "",
    .zh = "清理以后再用不到的原件和段文件；台账一条不删",
    .en = "delete raw copies and segments no night to come needs; the ledger keeps every row",
    .more_zh = "例：\n  mopai purge --dry-run                   先看看会删什么\n"
               "  mopai purge --source cl                 只清理残疾证（编号见 sources.yaml）\n\n"
               "能删的只有：被后来的全量交付替换了的、撤回的、拒收后重送过的，而且早于规则最长观察期（或 people.yaml 的 keep）再加三个月，也早于最早的在办预警。\n"
               "在用的一律不删；按期和增量的交付一直在用。删掉之后更早的夜不能重放，mopai status 写着从哪天起可以。记入审计。",
    .more_en = "Examples:\n  mopai purge --dry-run                   what would go\n"
               "  mopai purge --source cl                 one source, by its id in sources.yaml\n\n"
               "What may go: snapshots a later one replaced, withdrawn deliveries, refused ones that were sent again; and only before the longest window\n"
               "of a rule (or keep of people.yaml) and three months more, and before the oldest open warning. Nothing in force goes; periods and\n"
               "increments are in force for ever. Nights before cannot be replayed then: mopai status says since when they can. Audited.",
    .options = options,
    .run = run,
};
