/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a backup: its sums, its sets, and whether it still is what was written. Changes nothing. */
#include <errno.h>
#include <stdio.h>

#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "pipeline/backup.h"

enum { SUMS_LIMIT = 1 << 30, SUM = 64 };

void backup_sums_release(struct backup_sums *s)
{
    strmap_release(&s->names);
    vec_release(&s->sums);
    arena_release(&s->arena);
}

void backup_sums_add(struct backup_sums *s, const char *name, const char *sha256)
{
    if (strmap_add(&s->names, str_of(name)) == s->sums.n) {
        vec_push(&s->sums, arena_z(&s->arena, str_of(sha256)));
    }
}

const char *backup_sum_of(const struct backup_sums *s, const char *name)
{
    uint32_t at = strmap_get(&s->names, str_of(name));
    return at == MAP_NONE ? NULL : s->sums.v[at];
}

enum status backup_file_sum(const char *path, char out[65], struct err *err)
{
    static char buf[1 << 16];
    FILE *f = fopen(path, "rbe");
    if (!f) {
        return err_errno(err, errno == ENOENT ? ST_MISSING : ST_IO, TR("打不开“%s”", "cannot open '%s'"), path);
    }
    struct digest *d = digest_new();
    struct digest_hex hex;
    for (size_t n; (n = fread(buf, 1, sizeof(buf), f)) > 0;) {
        digest_update(d, buf, n);
    }
    enum status status = ferror(f) ? err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), path) : ST_OK;
    digest_finish(d, &hex);
    (void)fclose(f);
    memcpy(out, hex.sha256, SUM + 1);
    return status;
}

static enum status broken_sums(const char *path, struct err *err)
{
    return err_set(err, ST_CORRUPT, TR("“%s”不完整或被改过", "'%s' is not whole, or was changed"), path);
}

enum status backup_sums_read(const char *set_dir, struct backup_sums *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_STRBUF own = STRBUF_INIT;
    struct digest_hex hex;
    const char *path = path_join(&a, set_dir, BACKUP_SUMS);
    TRY(file_read_all(path, SUMS_LIMIT, &text, err));
    TRY(file_read_all(path_join(&a, set_dir, BACKUP_SUMS ".sha256"), 4096, &own, err));
    digest_of(text.p, text.n, &hex);
    if (!str_eqz(str_sub(strbuf_str(&own), 0, SUM), hex.sha256)) {
        return broken_sums(path, err);
    }
    struct str rest = strbuf_str(&text), line;
    while (str_split(&rest, '\n', &line)) {
        if (line.n == 0) {
            continue;
        }
        if (line.n < SUM + 3) {
            return broken_sums(path, err);
        }
        backup_sums_add(out, arena_z(&a, str_sub(line, SUM + 2, line.n)), arena_z(&a, str_sub(line, 0, SUM)));
    }
    return ST_OK;
}

enum status backup_sets(struct arena *a, const char *dir, backup_set_list *out, struct err *err)
{
    const char *sets = path_join(a, dir, "sets");
    file_list entries = {0};
    if (!file_exists(sets)) {
        return ST_OK;
    }
    enum status status = file_list_dir(a, sets, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        if (entries.v[i].is_dir && entries.v[i].name[0] != '.') {
            vec_push(out, entries.v[i].name);
        }
    }
    vec_release(&entries);
    return status;
}

/* --- the check ----------------------------------------------------------------------------------------------------------------- */

struct checking {
    const char *dir, *set;
    struct backup_sums sums;
    struct arena arena;
    int64_t problems;
};

static void problem(struct checking *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void problem(struct checking *c, const char *fmt, ...)
{
    AUTO_STRBUF b = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    c->problems++;
    printf(TR("问题：%s\n", "problem: %s\n"), strbuf_z(&b));
}

static void check_sums(struct checking *c)
{
    for (uint32_t i = 0; i < c->sums.sums.n; i++) {
        AUTO_ARENA a = ARENA_INIT;
        struct str name = c->sums.names.texts[i];
        char sum[SUM + 1];
        struct err err = {.status = ST_OK};
        progress_set(TR("核对备份", "verifying the backup"), i, c->sums.sums.n);
        if (backup_file_sum(path_join(&a, c->dir, arena_z(&a, name)), sum, &err) != ST_OK) {
            problem(c, "%s", err.text);
        } else if (strcmp(sum, c->sums.sums.v[i]) != 0) {
            problem(c, TR("“" STR_FMT "”与备份时不同", "'" STR_FMT "' is not what was backed up"), STR_ARG(name));
        }
    }
    progress_done();
}

static enum status check_ledger(struct checking *c, struct db *ledger, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_CHECK_LEDGER_INTEGRITY);
    AUTO_STMT files = stmt_use(ledger, STMT_LIST_DELIVERY_FILES_VERIFY);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row || !str_eqz(stmt_text(q, 0), "ok")) {
        problem(c, TR("台账的副本已损坏", "the copy of the ledger is damaged"));
    }
    for (;;) {
        TRY(stmt_step(files, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct str hash = stmt_text(files, 3);
        const char *plain = arena_printf(&c->arena, "raw/%.2s/" STR_FMT, hash.p, STR_ARG(hash));
        if (!str_eqz(stmt_text(files, 10), "purged") && !backup_sum_of(&c->sums, plain) && !backup_sum_of(&c->sums, arena_printf(&c->arena, "%s.gz", plain))) {
            problem(c, TR("缺少文件 %lld“" STR_FMT "”的原件", "the raw copy of file %lld '" STR_FMT "' is missing"), (long long)stmt_int(files, 0), STR_ARG(stmt_text(files, 1)));
        }
    }
}

static enum status check_set(struct checking *c, struct err *err)
{
    struct db *ledger = NULL;
    struct err found = {.status = ST_OK};
    const char *set_dir = arena_printf(&c->arena, "%s/sets/%s", c->dir, c->set);
    TRY(backup_sums_read(set_dir, &c->sums, err));
    check_sums(c);
    enum status status = db_open(path_join(&c->arena, set_dir, "site/store/ledger.db"), DB_READ, &ledger, &found);
    if (status == ST_OK) {
        status = check_ledger(c, ledger, &found);
    }
    db_abandon(ledger);
    if (status != ST_OK) {
        problem(c, "%s", found.text);
    }
    if (c->problems) {
        return err_set(err, ST_CORRUPT, TR("备份 %s 有 %lld 个问题，见上；较早的几份也可以核对：sha256sum -c sets/…/" BACKUP_SUMS "，并马上另做一份", "backup %s has %lld problems, see above; make another one now, and see whether an older set is sound: sha256sum -c sets/.../" BACKUP_SUMS),
                       c->set, (long long)c->problems);
    }
    printf(TR("备份 %s：%zu 个文件与备份时相同，台账完整，原件一件不缺\n", "backup %s: %zu files are what was backed up, the ledger is sound, no raw copy is missing\n"), c->set, c->sums.sums.n);
    return ST_OK;
}

enum status backup_check(const char *dir, struct err *err)
{
    struct checking c = {.dir = dir};
    backup_set_list sets = {0};
    enum status status = backup_sets(&c.arena, dir, &sets, err);
    if (status == ST_OK && sets.n == 0) {
        status = err_set(err, ST_MISSING, TR("“%s”里没有备份", "there is no backup in '%s'"), dir);
    }
    if (status == ST_OK) {
        c.set = sets.v[sets.n - 1];
        status = check_set(&c, err);
    }
    vec_release(&sets);
    backup_sums_release(&c.sums);
    arena_release(&c.arena);
    return status;
}
