/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/site.h"

#include <stdlib.h>

#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/store/db.h"
#include "base/text/diag.h"
#include "pipeline/calendar.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/link_model.h"
#include "pipeline/people.h"
#include "pipeline/shipped.h"
#include "pipeline/token_key.h"

enum { CONFIG_LIMIT = 16 << 20 };

static const struct {
    const char *name;
    bool required;
} file_table[SITE_FILE_COUNT] = {
    [SITE_SOURCES] = {"sources.yaml", true}, [SITE_PEOPLE] = {"people.yaml", true},     [SITE_RULES] = {"rules.yaml", true},
    [SITE_AREAS] = {"areas.csv", true},      [SITE_CALENDAR] = {"calendar.csv", false}, [SITE_ALIASES] = {"id_aliases.csv", false},
    [SITE_MODEL] = {"model.yaml", false},
};

const char *site_file_name(enum site_file_id id)
{
    return file_table[id].name;
}

static enum status read_files(struct site *s, struct err *err)
{
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        struct site_file *f = &s->files[i];
        f->name = file_table[i].name;
        f->path = path_join(&s->arena, s->dir, f->name);
        AUTO_STRBUF text = STRBUF_INIT;
        if (file_exists(f->path)) {
            TRY(file_read_all(f->path, CONFIG_LIMIT, &text, err));
        } else if (file_table[i].required) {
            return err_set(err, ST_SITE, TR("“%s”里没有 %s，不像是一个站点", "'%s' has no %s and does not look like a site"), s->dir, f->name);
        }
        if (i == SITE_MODEL && text.n == 0) {
            strbuf_adds(&text, shipped_text(f->name));
        }
        f->text = arena_str(&s->arena, strbuf_str(&text));
        hash128_hex(text.p, text.n, f->hash);
    }
    return ST_OK;
}

static enum status parse_files(struct site *s, struct err *err)
{
    TRY(sources_load(s->files[SITE_SOURCES].text, site_file_name(SITE_SOURCES), &s->sources, err));
    TRY(people_load(s->files[SITE_PEOPLE].text, site_file_name(SITE_PEOPLE), s->files[SITE_ALIASES].text, site_file_name(SITE_ALIASES), s->sources,
                    &s->people, err));
    AUTO_DIAG diags = {0};
    if (!areas_parse(&s->areas, site_file_name(SITE_AREAS), s->files[SITE_AREAS].text, &diags)) {
        return diag_status(&diags, ST_CONFIG, err);
    }
    TRY(link_model_load(s->files[SITE_MODEL].text, site_file_name(SITE_MODEL), &s->model, err));
    return calendar_parse(&s->arena, s->files[SITE_CALENDAR].text, site_file_name(SITE_CALENDAR), &s->calendar, err);
}

static enum status open_store(struct site *s, enum site_need need, struct err *err)
{
    const char *ledger = path_join(&s->arena, s->store, "ledger.db");
    if (need == SITE_READ) {
        if (!file_exists(ledger)) {
            return err_set(err, ST_SITE, TR("站点“%s”还没有跑过；先运行 mopai run", "site '%s' has not run yet; run mopai run first"), s->dir);
        }
        return db_open(ledger, DB_READ, &s->ledger, err);
    }
    if (file_exists(ledger) && !file_exists(s->inbox)) {
        return err_set(err, ST_SITE, TR("收件夹“%s”不见了；是不是没有挂载？确实要空的就新建一个", "the inbox '%s' is gone; is it mounted? make an empty one if that is meant"),
                       s->inbox);
    }
    const char *const dirs[] = {s->inbox, s->store, s->raw, s->segments, s->runs, s->reports};
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        TRY(file_mkdirs(dirs[i], err));
    }
    if (need == SITE_LOCK) {
        TRY(lock_take(path_join(&s->arena, s->store, "lock"), &s->lock_fd, err));
    }
    return db_open(ledger, DB_WRITE, &s->ledger, err);
}

const char *site_key_path(struct arena *a, bool for_making)
{
    const char *named = getenv("MOPAI_KEY"), *home = getenv("HOME");
    if (named && *named) {
        return named;
    }
    const char *own = home && *home ? path_join(a, home, ".config/mopai/key") : NULL;
    if (own && (for_making || file_exists(own))) {
        return own;
    }
    static const char common[] = "/etc/mopai/key";
    return for_making || file_exists(common) ? common : NULL;
}

enum status site_new_key(const char *path, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        TRY(file_mkdirs(arena_z(&a, str_n(path, (size_t)(slash - path))), err));
    }
    unsigned char bytes[32];
    random_bytes(bytes, sizeof(bytes));
    AUTO_STRBUF text = STRBUF_INIT;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        strbuf_addf(&text, "%02x", bytes[i]);
    }
    strbuf_addc(&text, '\n');
    return file_write_atomic(path, strbuf_str(&text), err);
}

static enum status read_key(struct site *s, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    const char *path = site_key_path(&s->arena, false);
    if (!path || !file_exists(path)) {
        return ST_OK;
    }
    TRY(file_read_all(path, 4096, &text, err));
    s->key = arena_str(&s->arena, str_trim(strbuf_str(&text)));
    return ST_OK;
}

enum status site_need_key(const struct site *s, struct err *err)
{
    return s->key.n ? ST_OK
                    : err_set(err, ST_SITE, TR("找不到站点密钥；运行 mopai init %s 会补上（不动已有文件）",
                                               "no key found; mopai init %s makes one and leaves everything else alone"), s->dir);
}

enum status site_open(struct site *s, const char *dir, enum site_need need, struct err *err)
{
    *s = (struct site){.lock_fd = -1};
    s->dir = arena_z(&s->arena, str_of(dir));
    s->inbox = path_join(&s->arena, dir, "inbox");
    s->store = path_join(&s->arena, dir, "store");
    s->raw = path_join(&s->arena, s->store, "raw");
    s->segments = path_join(&s->arena, s->store, "segments");
    s->runs = path_join(&s->arena, s->store, "runs");
    s->found = path_join(&s->arena, s->store, "found");
    s->reports = path_join(&s->arena, dir, "reports");
    enum status status = read_files(s, err);
    if (status == ST_OK) {
        status = parse_files(s, err);
    }
    if (status == ST_OK) {
        status = read_key(s, err);
    }
    if (status == ST_OK) {
        status = token_key_of_site(s, err);
    }
    if (status == ST_OK && need != SITE_CONFIG_ONLY) {
        status = open_store(s, need, err);
    }
    if (status != ST_OK) {
        site_close(s);
    }
    return status;
}

void site_close(struct site *s)
{
    db_abandon(s->ledger);
    lock_drop(s->lock_fd);
    sources_free(s->sources);
    people_free(s->people);
    link_model_free(s->model);
    areas_release(&s->areas);
    arena_release(&s->arena);
    *s = (struct site){.lock_fd = -1};
}
