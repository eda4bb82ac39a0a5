/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai try`: all stages on loose exports in a scratch site. Nothing is held, nothing is kept but the report one asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "pipeline/command.h"
#include "pipeline/shipped.h"
#include "pipeline/run.h"
#include "pipeline/summary.h"

enum { OPT_RULES, OPT_AS_OF, OPT_OUT };
enum { CONFIG_LIMIT = 16 << 20 };

static const struct option options[] = {
    [OPT_RULES] = {"rules", 'r', "FILE", "用这份规则，缺省用站点的，没有站点用自带的", "these rules; the site's by default, else the shipped ones"},
    [OPT_AS_OF] = {"as-of", 0, "DATE", "基准日，缺省取文件里最新的数据日期", "as-of date; the newest data date of the files by default"},
    [OPT_OUT] = {"output", 'o', "DIR", "把清单和首页留在这里", "keep page and lists here"},
    {NULL, 0, NULL, NULL, NULL},
};

struct trial {
    struct arena arena;
    const char *dir;    /* the scratch site */
    const struct args *args;
};

static enum status copy_config(struct trial *t, enum site_file_id id, struct err *err)
{
    const char *name = site_file_name(id);
    const char *from = path_join(&t->arena, t->args->site_dir, name);
    const char *to = path_join(&t->arena, t->dir, name);
    const char *named = id == SITE_RULES ? t->args->opt[OPT_RULES] : NULL;
    if (named) {
        from = named;
    }
    AUTO_STRBUF text = STRBUF_INIT;
    if (named || file_exists(from)) {
        TRY(file_read_all(from, CONFIG_LIMIT, &text, err));
    } else {
        struct str shipped = shipped_text(name);
        strbuf_add(&text, shipped.p, shipped.n);
        if (!shipped.n && id == SITE_AREAS) {
            strbuf_addz(&text, "code,name,aliases,kind,parent,valid_from,valid_to,weekly_capacity\n");
        }
    }
    return file_write_atomic(to, strbuf_str(&text), err);
}

/* Links are enough for reading, but the inbox refuses links: the files are copied. */
static enum status copy_file(struct trial *t, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    AUTO_STRBUF to = STRBUF_INIT;
    strbuf_addf(&to, "%s/inbox/%s", t->dir, slash ? slash + 1 : path);
    return file_copy(path, to.p, err);
}

static enum status newest_data_date(struct site *s, daynum *out, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_DELIVERY_NEWEST);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row || stmt_is_null(q, 0)) {
        return err_set(err, ST_INPUT, TR("没有一个文件被接收；原因见提醒", "no file was accepted; see the warnings"));
    }
    *out = stmt_day(q, 0);
    return ST_OK;
}

static enum status keep_report(struct trial *t, const struct run_result *r, struct err *err)
{
    const char *out = t->args->opt[OPT_OUT];
    if (!out || !r->report_dir) {
        return ST_OK;
    }
    if (file_exists(out)) {
        return err_set(err, ST_USAGE, TR("“%s”已存在，换一个新目录", "'%s' exists; name a new directory"), out);
    }
    return file_copy_tree(r->report_dir, out, err);
}

static enum status try_in(struct trial *t, struct err *err)
{
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        TRY(copy_config(t, (enum site_file_id)i, err));
    }
    TRY(file_mkdirs(path_join(&t->arena, t->dir, "inbox"), err));
    for (int i = 0; i < t->args->n; i++) {
        TRY(copy_file(t, t->args->v[i], err));
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, t->dir, SITE_LOCK, err));
    struct run_plan plan = {.last = RUN_INGEST, .trial = true};
    struct run_result r;
    TRY(run_night(&site, &plan, &r, err));
    const char *day = t->args->opt[OPT_AS_OF];
    if (!day) {
        TRY(newest_data_date(&site, &plan.as_of, err));
    } else if (!day_parse_iso(str_of(day), &plan.as_of)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), day);
    }
    plan.last = RUN_REPORT;
    plan.taken_in = true;
    TRY(run_night(&site, &plan, &r, err));
    TRY(keep_report(t, &r, err));
    r.report_dir = t->args->opt[OPT_OUT];
    return summary_print(stdout, &site, &plan, &r, t->args->json, err);
}

static enum status run(const struct args *a, struct err *err)
{
    if (a->n == 0) {
        return err_set(err, ST_USAGE, TR("写出要试的文件：mopai try 文件...", "name the files to try: mopai try FILE..."));
    }
    struct trial t = {.args = a};
    const char *tmp = getenv("TMPDIR");
    char *dir = arena_printf(&t.arena, "%s/mopai-try-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        enum status status = err_errno(err, ST_IO, TR("建不了临时目录“%s”", "cannot make '%s'"), dir);
        arena_release(&t.arena);
        return status;
    }
    t.dir = dir;
    enum status status = try_in(&t, err);
    struct err ignored;
    enum status removed = file_remove_tree(dir, &ignored);
    if (status == ST_OK && removed != ST_OK) {
        *err = ignored;
        status = removed;
    }
    arena_release(&t.arena);
    return status;
}

const struct command cmd_try = {
    .name = "try",
    .operands = "FILE...",
    .zh = "在临时站点里把几份导出从头到尾试一遍，什么也不留下",
    .en = "all stages on loose exports in a scratch site; nothing is left behind",
    .more_zh = "文件按名字归到数据源（sources.yaml 的 files 样式）。草稿规则也会试算，只计数。\n\n"
               "  mopai try -r 新规则.yaml inbox/yb_settle_*.csv inbox/ga_*.csv\n"
               "  mopai try -o /tmp/看一看 *.csv",
    .more_en = "Files find their source by name (patterns of sources.yaml). Draft rules are counted too.\n\n"
               "  mopai try -r new-rules.yaml inbox/yb_settle_*.csv inbox/ga_*.csv\n"
               "  mopai try -o /tmp/look *.csv",
    .options = options,
    .run = run,
};
