/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai check`: would tonight work? Configuration, inbox, disk, clock, fonts, permissions; what the last night could not place. Changes nothing. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/store/db.h"
#include "pipeline/calendar.h"
#include "pipeline/check_sources.h"
#include "pipeline/command.h"
#include "pipeline/ingest/arrival.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/report/doorstep.h"
#include "pipeline/run.h"
#include "pipeline/token_key.h"

enum { OPT_SOURCES };
static const struct option options[] = {
    [OPT_SOURCES] = {"sources", 0, "FILE", "换成这份 sources.yaml 会怎样：列、类型、在用交付的录入和退回，前后对照；什么也不改",
                     "what this sources.yaml would change: columns, types, rows typed and rejected of deliveries in force; touches nothing"},
    {NULL, 0, NULL, NULL, NULL},
};

enum { LOW_DISK_MIB = 2048, FACTOR_OF_INBOX = 4 };

/* One finding a line: ok lines show what was looked at, the others also go to the warnings at the end. */
static void line(bool ok, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void line(bool ok, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    printf("%s  %s\n", ok ? TR("正常", "ok  ") : TR("留意", "LOOK"), b.p);
    if (!ok) {
        warn_add(ST_W_CHECK, "%s", b.p);
    }
}

static enum status check_inbox(struct site *s, int64_t *out_bytes, struct err *err)
{
    *out_bytes = 0;
    if (!file_exists(s->inbox)) {
        line(false, TR("没有收件夹 %s", "no inbox %s"), s->inbox);
        return ST_OK;
    }
    file_list list = {0};
    TRY(file_list_dir(&s->arena, s->inbox, &list, err));
    size_t known = 0;
    for (size_t i = 0; i < list.n; i++) {
        struct source_name name;
        if (list.v[i].is_link || list.v[i].is_dir) {
            line(false, TR("收件夹里的“%s”是%s，不会读取", "'%s' in the inbox is a %s and is not read"), list.v[i].name,
                 list.v[i].is_link ? TR("链接", "link") : TR("目录", "directory"));
        } else if (!list.v[i].is_file || (!arrival_is_zip(list.v[i].name) && !sources_match(s->sources, str_of(list.v[i].name), &name))) {
            line(false, TR("不认识收件夹里的“%s”：没有一个数据源的 files 样式与它相符", "no source has a pattern for '%s' in the inbox"), list.v[i].name);
        } else {
            known++;
            *out_bytes += list.v[i].size;
        }
    }
    line(true, TR("收件夹有 %zu 个认得的文件，%lld 字节", "%zu known files in the inbox, %lld bytes"), known, (long long)*out_bytes);
    vec_release(&list);
    return ST_OK;
}

static void check_disk(const struct site *s, int64_t inbox_bytes)
{
    struct statvfs fs;
    if (statvfs(s->dir, &fs) != 0) {
        line(false, TR("问不到磁盘空间", "disk space unknown"));
        return;
    }
    int64_t free_mib = (int64_t)((uint64_t)fs.f_bavail * fs.f_frsize >> 20);
    bool enough = free_mib >= LOW_DISK_MIB && free_mib > (inbox_bytes >> 20) * FACTOR_OF_INBOX;
    line(enough, TR("磁盘剩余 %lld MiB", "%lld MiB of disk free"), (long long)free_mib);
}

static void check_permissions(const struct site *s)
{
    struct stat st;
    if (stat(s->dir, &st) == 0) {
        line((st.st_mode & 077) == 0, TR("站点目录权限 %03o（建议 700，别人不可读）", "site directory mode %03o (700 keeps others out)"), st.st_mode & 0777);
    }
    line(s->key.n > 0, s->key.n ? TR("密钥已就位", "key in place") : TR("找不到密钥；mopai init 会补上", "no key; mopai init makes one"));
}

static void token_line(bool ok, const char *text)
{
    line(ok, "%s", text);
}

static void check_time(const struct site *s)
{
    struct ymd today = day_to_ymd(clock_today());
    line(today.year >= 2024 && today.year < 2100, TR("系统日期 %04d-%02d-%02d", "system date %04d-%02d-%02d"), today.year, today.month, today.day);
    bool known = calendar_has_year(s->calendar, today.year);
    line(known, known ? TR("calendar.csv 有 %d 年", "calendar.csv has %d") : TR("calendar.csv 没有 %d 年，期限只按周一至周五算", "calendar.csv lacks %d; due days count Monday to Friday"),
         today.year);
}

static void check_fonts(void)
{
    struct doorstep *paper;
    const char *font;
    enum doorstep_fonts fonts = doorstep_new(&paper, &font);
    switch (fonts) {
    case DOORSTEP_NOT_BUILT: line(true, TR("本程序编译时没有带 PDF，清单只有工作簿", "built without PDF: lists are workbooks only")); break;
    case DOORSTEP_NO_FONT:
        line(false, TR("没有中文字体，不会写 PDF 清单；请安装 fonts-noto-cjk 或 fonts-wqy-zenhei", "no Chinese font: no PDF lists; install fonts-noto-cjk or fonts-wqy-zenhei"));
        break;
    case DOORSTEP_COMMON:
        line(false, TR("字体 %s 没有生僻字（扩展B区），这些字会印成方框和编号；装 fonts-noto-cjk 可以补上一部分",
                       "font %s lacks rare characters (extension B), printed as boxes with their numbers; fonts-noto-cjk has some"), font);
        break;
    case DOORSTEP_RARE: line(true, TR("PDF 清单用字体 %s", "PDF lists are printed with %s"), font); break;
    }
    doorstep_free(paper);
}

static void check_contact(const struct site *s)
{
    bool named = str_find(s->files[SITE_RULES].text, STR("\n  contact:")) < s->files[SITE_RULES].text.n;
    line(true, named ? TR("登记表上印有异议电话", "forms name whom to call with an objection")
                     : TR("rules.yaml 没有写 meta.contact，登记表上没有异议电话", "rules.yaml has no meta.contact: forms name nobody to call with an objection"));
}

static void check_areas(const struct site *s)
{
    size_t streets = 0, without = 0;
    for (size_t i = 0; i < s->areas.areas.n; i++) {
        const struct area *a = &s->areas.areas.v[i];
        streets += a->kind == AREA_STREET;
        without += a->kind == AREA_STREET && a->weekly_capacity == AREA_NONE;
    }
    line(streets > 0, TR("areas.csv 有 %zu 个街道", "%zu streets in areas.csv"), streets);
    if (without) {
        line(false, TR("%zu 个街道没有填每周走访能力，放行时视为不限", "%zu streets have no weekly capacity and are not limited on release"), without);
    }
}

/* What the last night could not place, from its figures. */
static enum status check_last_night(struct site *s, struct err *err)
{
    const char *ledger = path_join(&s->arena, s->store, "ledger.db");
    if (!file_exists(ledger)) {
        line(true, TR("还没有跑过", "not run yet"));
        return ST_OK;
    }
    TRY(db_open(ledger, DB_READ, &s->ledger, err));
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_NIGHT_PLACED);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (row && stmt_int(q, 0) > 0) {
        int64_t persons = stmt_int(q, 0), no_basis = stmt_int(q, 1), no_area = stmt_int(q, 2);
        line(no_basis * 20 <= persons, TR("上一夜 %lld 人，未定组户依据 %lld 人", "last night %lld persons, %lld without a household basis"),
             (long long)persons, (long long)no_basis);
        line(no_area * 50 <= persons, TR("上一夜无法归到街道 %lld 人", "last night %lld persons without a street"), (long long)no_area);
    }
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_CONFIG_ONLY, err));
    if (a->opt[OPT_SOURCES]) {
        return check_sources(&site, a->opt[OPT_SOURCES], err);
    }
    size_t optional = 0;
    for (size_t i = 0; i < site.sources->n; i++) {
        optional += site.sources->v[i].optional;
    }
    line(true, TR("sources.yaml：%zu 个数据源，其中 %zu 个可选", "sources.yaml: %zu sources, %zu of them optional"), site.sources->n, optional);
    TRY(site_rules_check(&site, err));
    line(true, TR("people.yaml、rules.yaml 没有错误", "people.yaml and rules.yaml have no errors"));
    check_areas(&site);
    int64_t inbox_bytes;
    TRY(check_inbox(&site, &inbox_bytes, err));
    check_disk(&site, inbox_bytes);
    check_permissions(&site);
    token_key_check(&site, token_line);
    check_time(&site);
    check_fonts();
    check_contact(&site);
    return check_last_night(&site, err);
}

const struct command cmd_check = {
    .name = "check",
    .operands = "",
    .zh = "检查配置、收件夹、磁盘、时钟、字体、权限；什么也不改",
    .en = "look at configuration, inbox, disk, clock, fonts and permissions; changes nothing",
    .more_zh = "配置有误时指出文件、行、列和改法。改完配置、换了服务器、夜里出错之后都可以先运行它。\n"
               "例：cp sources.yaml 新.yaml，改好之后 mopai check --sources 新.yaml，看清了再换上",
    .more_en = "Wrong configuration is shown with file, line, column and a way out. Run it after every change, on a new server, and after a failed night.",
    .options = options,
    .run = run,
};
