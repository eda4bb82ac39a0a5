/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai init DIR`: a new site with commented configuration and a key outside it. Never overwrites. */
#include <stdio.h>

#include "base/core/file.h"
#include "pipeline/command.h"
#include "pipeline/shipped.h"
#include "pipeline/site.h"

/* Small files that every bureau fills in itself: only the header and how. */
static const char areas_template[] =
    "# 区划表：代码、名称、别名（用 | 隔开）、类别（district/street/community/grid）、上级代码、起止日期、每周走访能力（街道填写，户）\n"
    "# 例：990101001000,示例街道,示例街|示例办事处,street,990101000000,,,20\n"
    "code,name,aliases,kind,parent,valid_from,valid_to,weekly_capacity\n";
static const char calendar_template[] =
    "# 工作日历：国务院每年公布的放假和调休。没写到的日子按周一至周五上班算；workday 1 上班 0 放假\n"
    "# 例：2026-10-01,0,国庆节\n"
    "date,workday,note\n";
static const char aliases_template[] =
    "# 更正过的证件号码：旧号、现号、依据。重号更正、出生日期更正时由户籍部门给出\n"
    "old,new,reason\n";

static struct str template_of(enum site_file_id id)
{
    switch (id) {
    case SITE_AREAS:
        return STR(areas_template);
    case SITE_CALENDAR:
        return STR(calendar_template);
    case SITE_ALIASES:
        return STR(aliases_template);
    case SITE_SOURCES:
    case SITE_PEOPLE:
    case SITE_RULES:
    case SITE_MODEL:
    case SITE_FILE_COUNT:
        break;
    }
    return shipped_text(site_file_name(id));
}

static enum status make_key(struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *path = site_key_path(&a, true);
    if (file_exists(path)) {
        return ST_OK;
    }
    TRY(site_new_key(path, err));
    printf(TR("密钥  %s（请单独备份；不要和站点放在一起）\n", "key   %s (back it up apart from the site)\n"), path);
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    if (a->n != 1) {
        return err_set(err, ST_USAGE, TR("写出一个目录：mopai init 目录", "name one directory: mopai init DIR"));
    }
    AUTO_ARENA arena = ARENA_INIT;
    static const char *const dirs[] = {"", "inbox", "store", "reports"};
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        TRY(file_mkdirs(*dirs[i] ? path_join(&arena, a->v[0], dirs[i]) : a->v[0], err));
    }
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        const char *name = site_file_name((enum site_file_id)i);
        const char *path = path_join(&arena, a->v[0], name);
        bool there = file_exists(path);
        if (!there) {
            TRY(file_write_atomic(path, template_of((enum site_file_id)i), err));
        }
        printf("%s  %s\n", there ? TR("保留", "kept ") : TR("新建", "made "), path);
    }
    TRY(make_key(err));
    printf(TR("\n下一步：填好 %s/areas.csv，把导出文件放进 %s/inbox/，再运行 mopai -C %s check\n",
              "\nNext: fill in %s/areas.csv, put exports into %s/inbox/, then run mopai -C %s check\n"), a->v[0], a->v[0], a->v[0]);
    return ST_OK;
}

const struct command cmd_init = {
    .name = "init",
    .operands = "DIR",
    .zh = "建一个新站点：带注释的配置、文件夹、站点之外的密钥",
    .en = "make a new site: commented configuration, folders, a key outside the site",
    .more_zh = "已有的文件一律保留，不会覆盖。\n\n  mopai init /srv/mopai",
    .more_en = "Files that exist are kept; nothing is overwritten.\n\n  mopai init /srv/mopai",
    .run = run,
};
