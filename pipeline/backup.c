/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai backup DIR`. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "pipeline/backup.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "base/store/raw.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/site.h"

enum { OPT_CHECK, OPT_WITH_KEY };
enum { KEEP_SETS = 7 };

struct backup {
    struct site *site;
    struct arena arena;
    const char *dir, *set, *tmp_set; /* set: its name; tmp_set: where it is made */
    struct backup_sums known, sums;  /* of the newest set; of the one being made */
    struct db *ledger;               /* the copy */
    int64_t copied, copied_bytes;
    int lock_fd;
};

/* One file into place: whole and on the disk under its name, or not there. `name` is below DIR; a set's files are copied where the set is made. */
static enum status copy_file(struct backup *b, const char *from, const char *to, const char *name, struct err *err)
{
    const char *tmp = path_join(&b->arena, b->dir, ".copy.tmp");
    char sum[65];
    TRY(file_copy(from, tmp, err));
    TRY(file_sync(tmp, err));
    TRY(backup_file_sum(tmp, sum, err));
    b->copied++;
    b->copied_bytes += file_size(tmp);
    TRY(file_rename(tmp, to, err));
    TRY(file_sync_parent(to, err));
    backup_sums_add(&b->sums, name, sum);
    return ST_OK;
}

/* A shared file that never changes: copied once. */
static enum status share_file(struct backup *b, const char *from, const char *name, struct err *err)
{
    const char *to = path_join(&b->arena, b->dir, name), *sum = backup_sum_of(&b->known, name);
    if (sum && file_size(to) == file_size(from)) {
        backup_sums_add(&b->sums, name, sum);
        return ST_OK;
    }
    const char *slash = strrchr(to, '/');
    TRY(file_mkdirs(arena_z(&b->arena, str_n(to, (size_t)(slash - to))), err));
    return copy_file(b, from, to, name, err);
}

static enum status copy_configuration(struct backup *b, struct err *err)
{
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        const struct site_file *f = &b->site->files[i];
        const char *to = arena_printf(&b->arena, "%s/site/%s", b->tmp_set, f->name);
        if (file_exists(f->path)) {
            TRY(copy_file(b, f->path, to, arena_printf(&b->arena, "sets/%s/site/%s", b->set, f->name), err));
        }
    }
    return ST_OK;
}

static enum status copy_key(struct backup *b, struct err *err)
{
    const char *key = site_key_path(&b->arena, false);
    if (!key || !file_exists(key)) {
        return site_need_key(b->site, err);
    }
    warn_add(ST_W_CHECK, TR("备份里有密钥：拿到这份备份的人能认出导出和令牌里的人。请另外加锁保管，或改为单独备份 %s", "the key is in this backup: whoever has it can tell who stands behind exports and tokens. Lock it away, or keep %s apart"), key);
    return copy_file(b, key, path_join(&b->arena, b->tmp_set, "key"), arena_printf(&b->arena, "sets/%s/key", b->set), err);
}

/* One moment of the ledger; what it names is what the set must hold. */
static enum status copy_ledger(struct backup *b, struct err *err)
{
    const char *to = path_join(&b->arena, b->tmp_set, "site/store/ledger.db");
    char sum[65];
    TRY(db_copy(b->site->ledger, to, err));
    TRY(backup_file_sum(to, sum, err));
    backup_sums_add(&b->sums, arena_printf(&b->arena, "sets/%s/site/store/ledger.db", b->set), sum);
    b->copied++;
    b->copied_bytes += file_size(to);
    return db_open(to, DB_READ, &b->ledger, err);
}

/* A copy stands in the backup as it was first seen: plain, though the site has compressed it since. Another run may compress it this moment. */
static enum status share_raw(struct backup *b, struct str hash, struct err *err)
{
    const char *plain = arena_printf(&b->arena, "raw/%.2s/" STR_FMT, hash.p, STR_ARG(hash)), *packed = arena_printf(&b->arena, "%s.gz", plain);
    const char *forms[] = {packed, plain, packed};
    for (size_t i = 0; i < 2; i++) {
        const char *sum = backup_sum_of(&b->known, forms[i]);
        if (sum && file_exists(path_join(&b->arena, b->dir, forms[i]))) {
            backup_sums_add(&b->sums, forms[i], sum);
            return ST_OK;
        }
    }
    enum status status = ST_MISSING;
    for (size_t i = 0; i < ARRAY_LEN(forms) && status == ST_MISSING; i++) {
        status = share_file(b, path_join(&b->arena, b->site->store, forms[i]), forms[i], err);
    }
    return status;
}

static enum status share_all_raw(struct backup *b, struct err *err)
{
    AUTO_STMT q = stmt_use(b->ledger, STMT_LIST_DELIVERY_FILES_VERIFY);
    for (uint64_t n = 0;; n++) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        progress_set(TR("备份原件", "backing up raw copies"), n, 0);
        if (!str_eqz(stmt_text(q, 10), "purged")) {
            TRY(share_raw(b, stmt_text(q, 3), err));
        }
    }
}

static enum status share_tree(struct backup *b, const char *from, const char *name, struct err *err)
{
    file_list entries = {0};
    enum status status = file_list_dir(&b->arena, from, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const char *source = path_join(&b->arena, from, entries.v[i].name), *below = path_join(&b->arena, name, entries.v[i].name);
        if (entries.v[i].is_dir) {
            status = share_tree(b, source, below, err);
        } else if (entries.v[i].is_file) {
            status = share_file(b, source, below, err);
        }
    }
    vec_release(&entries);
    return status;
}

/* Lists people have removed are not asked for: they are no part of what a night needs. */
static enum status share_reports(struct backup *b, struct err *err)
{
    AUTO_STMT q = stmt_use(b->ledger, STMT_LIST_NIGHTS_VERIFY);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        const char *folder = arena_z(&b->arena, stmt_text(q, 1)), *from = path_join(&b->arena, b->site->reports, folder);
        if (file_exists(from)) {
            TRY(share_tree(b, from, path_join(&b->arena, "reports", folder), err));
        }
    }
}

static enum status write_sums(struct backup *b, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_STRBUF own = STRBUF_INIT;
    char sum[65];
    for (uint32_t i = 0; i < b->sums.sums.n; i++) {
        strbuf_addf(&text, "%s  " STR_FMT "\n", b->sums.sums.v[i], STR_ARG(b->sums.names.texts[i]));
    }
    const char *path = path_join(&b->arena, b->tmp_set, BACKUP_SUMS);
    TRY(file_write_atomic(path, strbuf_str(&text), err));
    TRY(backup_file_sum(path, sum, err));
    strbuf_addf(&own, "%s  sets/%s/" BACKUP_SUMS "\n", sum, b->set);
    return file_write_atomic(path_join(&b->arena, b->tmp_set, BACKUP_SUMS ".sha256"), strbuf_str(&own), err);
}

/* --- after the set is there: what no kept set names ----------------------------------------------------------------------------- */

static enum status remove_unnamed(struct backup *b, const char *below, const struct backup_sums *kept, struct err *err)
{
    const char *dir = path_join(&b->arena, b->dir, below);
    file_list entries = {0};
    enum status status = file_exists(dir) ? file_list_dir(&b->arena, dir, &entries, err) : ST_OK;
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const char *name = path_join(&b->arena, below, entries.v[i].name);
        if (entries.v[i].is_dir) {
            status = remove_unnamed(b, name, kept, err);
        } else if (!backup_sum_of(kept, name)) {
            status = file_unlink(path_join(&b->arena, b->dir, name), err);
        }
    }
    vec_release(&entries);
    return status;
}

static enum status prune(struct backup *b, struct err *err)
{
    backup_set_list sets = {0};
    struct backup_sums kept = {.sums = {0}};
    bool known = true; /* what the kept sets name; if not, nothing shared is removed */
    enum status status = backup_sets(&b->arena, b->dir, &sets, err);
    for (size_t i = 0; status == ST_OK && i < sets.n; i++) {
        struct err found;
        const char *path = arena_printf(&b->arena, "%s/sets/%s", b->dir, sets.v[i]);
        if (i + KEEP_SETS < sets.n) {
            status = file_remove_tree(path, err);
        } else {
            known = backup_sums_read(path, &kept, &found) == ST_OK && known;
        }
    }
    static const char *const shared[] = {"raw", "reports"};
    for (size_t i = 0; status == ST_OK && known && i < ARRAY_LEN(shared); i++) {
        status = remove_unnamed(b, shared[i], &kept, err);
    }
    vec_release(&sets);
    backup_sums_release(&kept);
    return status;
}

/* --- one backup ------------------------------------------------------------------------------------------------------------------ */

/* The next number, and the sums of the newest set; damaged ones count as none: then everything is copied again. */
static enum status begin(struct backup *b, struct err *err)
{
    backup_set_list sets = {0};
    AUTO_STRBUF day = STRBUF_INIT;
    TRY(backup_sets(&b->arena, b->dir, &sets, err));
    long number = 0;
    if (sets.n > 0) {
        struct err found;
        const char *newest = sets.v[sets.n - 1];
        number = strtol(newest, NULL, 10);
        if (backup_sums_read(arena_printf(&b->arena, "%s/sets/%s", b->dir, newest), &b->known, &found) != ST_OK) {
            warn_add(ST_W_CHECK, TR("上一份备份不完整，全部重新复制：%s", "the former backup is not whole, everything is copied again: %s"), found.text);
            backup_sums_release(&b->known);
            b->known = (struct backup_sums){.sums = {0}};
        }
    }
    vec_release(&sets);
    strbuf_add_day(&day, clock_today());
    b->set = arena_printf(&b->arena, "%04ld-%s", number + 1, strbuf_z(&day));
    b->tmp_set = path_join(&b->arena, b->dir, "sets/.tmp");
    TRY(file_remove_tree(b->tmp_set, err));
    TRY(file_mkdirs(path_join(&b->arena, b->tmp_set, "site/store"), err));
    return file_mkdirs(path_join(&b->arena, b->tmp_set, "site/inbox"), err);
}

static enum status fill(struct backup *b, bool with_key, struct err *err)
{
    /* before the ledger is copied: a restored site continues the chain where the original does */
    TRY(audit_note(b->site->ledger, "backup", arena_printf(&b->arena, "%s%s", b->set, with_key ? " key" : ""), err));
    TRY(copy_configuration(b, err));
    if (with_key) {
        TRY(copy_key(b, err));
    }
    TRY(copy_ledger(b, err));
    TRY(share_all_raw(b, err));
    TRY(share_reports(b, err));
    return write_sums(b, err);
}

/* What a failed backup leaves, so that a full disk is not kept full. The next one would do it as well. */
static void drop_unfinished(struct backup *b)
{
    struct err err = {.status = ST_OK};
    if (file_remove_tree(b->tmp_set, &err) != ST_OK || file_unlink(path_join(&b->arena, b->dir, ".copy.tmp"), &err) != ST_OK) {
        log_event(LOG_WARN, "backup", "error=\"%s\"", err.text);
    }
}

static enum status take(struct backup *b, bool with_key, struct err *err)
{
    TRY(file_mkdirs(path_join(&b->arena, b->dir, "sets"), err));
    TRY(lock_take(path_join(&b->arena, b->dir, "lock"), &b->lock_fd, err));
    TRY(begin(b, err));
    enum status status = fill(b, with_key, err);
    progress_done();
    db_abandon(b->ledger);
    if (status != ST_OK) {
        drop_unfinished(b);
        return err_context(err, TR("没有备份成，之前的备份没有动", "not backed up, former backups stand"));
    }
    TRY(file_sync(b->tmp_set, err));
    const char *to = arena_printf(&b->arena, "%s/sets/%s", b->dir, b->set);
    TRY(file_rename(b->tmp_set, to, err));
    TRY(file_sync_parent(to, err));
    printf(TR("备份 %s：共 %zu 个文件，这次复制 %lld 个（%lld KiB）。核对：mopai backup --check %s\n", "backup %s: %zu files, %lld copied now (%lld KiB). To check it: mopai backup --check %s\n"), to, b->sums.sums.n,
           (long long)b->copied, (long long)(b->copied_bytes + 1023) / 1024, b->dir);
    return prune(b, err);
}

/* A disk that takes the site takes its backup along: at least another directory must be meant. */
static enum status check_place(const char *site_dir, const char *dir, struct err *err)
{
    char *site = realpath(site_dir, NULL), *place = realpath(dir, NULL);
    size_t n = site ? strlen(site) : 0;
    bool inside = site && place && strncmp(site, place, n) == 0 && (place[n] == '/' || place[n] == 0);
    free(site);
    free(place);
    return inside ? err_set(err, ST_USAGE, TR("备份不能放在站点目录里面；请换一个目录，最好在另一块磁盘上", "a backup cannot lie inside the site; name another directory, best on another disk")) : ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    if (a->n != 1 || (a->opt[OPT_CHECK] && a->opt[OPT_WITH_KEY])) {
        return err_set(err, ST_USAGE, TR("写出一个目录：mopai backup 目录，或 mopai backup --check 目录", "name one directory: mopai backup DIR, or mopai backup --check DIR"));
    }
    if (a->opt[OPT_CHECK]) {
        return backup_check(a->v[0], err);
    }
    AUTO_ARENA arena = ARENA_INIT;
    if (!file_exists(path_join(&arena, a->site_dir, "store/ledger.db"))) {
        return err_set(err, ST_SITE, TR("站点“%s”还没有跑过，没有可备份的", "site '%s' has not run yet: there is nothing to back up"), a->site_dir);
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_WRITE, err));
    TRY(file_mkdirs(a->v[0], err));
    TRY(check_place(a->site_dir, a->v[0], err));
    struct backup b = {.site = &site, .dir = a->v[0], .lock_fd = -1};
    enum status status = take(&b, a->opt[OPT_WITH_KEY] != NULL, err);
    lock_drop(b.lock_fd);
    backup_sums_release(&b.known);
    backup_sums_release(&b.sums);
    arena_release(&b.arena);
    return status;
}

static const struct option options[] = {
    [OPT_CHECK] = {"check", 0, NULL, "核对目录里最新的一份备份；不需要站点", "check the newest backup in DIR; needs no site"},
    [OPT_WITH_KEY] = {"with-key", 0, NULL, "连密钥一起备份（缺省不备份；请想清楚谁拿得到）", "the key too (not by default: think of who can get at it)"},
    {NULL, 0, NULL, NULL, NULL},
};
const struct command cmd_backup = {
    .name = "backup",
    .operands = "DIR",
    .zh = "备份台账、原件、配置和已发布的清单；随时可做，只复制新的",
    .en = "back up ledger, raw copies, configuration and published lists; at any time, copying only what is new",
    .more_zh = "放进 cron，每周核对一次：\n  30 6 * * *  mopai -C /srv/mopai backup /backup/mopai      每天一份，留最近 7 份，相同的文件只存一次\n"
               "  mopai backup --check /backup/mopai                        读一遍，逐个核对\n\n"
               "台账取自同一时刻，别人照常导入。中途被杀、磁盘满，之前的备份不受影响。每份里的 SHA256SUMS 也可以用 sha256sum -c 核对。\n"
               "恢复见 docs/operations.md；密钥另外保管。",
    .more_en = "In cron, and checked once a week:\n  30 6 * * *  mopai -C /srv/mopai backup /backup/mopai      one a day; the last 7 are kept, equal files stored once\n"
               "  mopai backup --check /backup/mopai                        reads all of it\n\n"
               "The ledger is of one moment while others go on. A kill or a full disk leaves former backups as they were. sha256sum -c reads the\n"
               "SHA256SUMS of each. How to restore is in docs/operations.md; keep the key apart.",
    .options = options,
    .run = run,
};
