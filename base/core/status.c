/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/core/bug.h"

struct status_row {
    const char *name;
    int exit_code;
    const char *title[2], *advice[2];
};

static const struct status_row rows[ST_COUNT] = {
#define X(name, code, zh, en, do_zh, do_en) [ST_##name] = {#name, code, {zh, en}, {do_zh, do_en}},
#include "base/core/errors.def"
#undef X
};

/* With the log sink, the clock and the fault hook this is one of the few process-wide settings: written once, before any thread. */
static enum lang language = LANG_ZH;

void lang_set(enum lang lang)
{
    language = lang;
}

enum lang lang_get(void)
{
    return language;
}

/* Cuts an over-long text at a character border, never inside one. */
static void end_at_character(char *text, size_t cap)
{
    size_t n = strlen(text);
    if (n + 1 < cap) {
        return;
    }
    while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80) {
        n--;
    }
    if (n > 0 && (unsigned char)text[n - 1] >= 0xC0) {
        n--;
    }
    text[n] = 0;
}

enum status err_set(struct err *err, enum status status, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = status;
        (void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
        va_end(ap);
        end_at_character(err->text, sizeof(err->text));
    }
    return status;
}

/* The few a clerk meets, in Chinese; the rest as the system says them. */
static const char *errno_text(int e)
{
    static const struct {
        int e;
        const char *zh;
    } words[] = {{ENOENT, "没有这个文件或目录"}, {EACCES, "没有权限"},        {EPERM, "没有权限"},       {ENOSPC, "磁盘已满"},
                 {EDQUOT, "磁盘配额用完"},       {EROFS, "只读文件系统"},     {EIO, "磁盘读写出错"},     {ENOTDIR, "不是目录"},
                 {EISDIR, "是目录，不是文件"},   {ENAMETOOLONG, "名字太长"}, {EMFILE, "打开的文件太多"}, {ELOOP, "链接太多层"}};
    for (size_t i = 0; lang_get() == LANG_ZH && i < ARRAY_LEN(words); i++) {
        if (words[i].e == e) {
            return words[i].zh;
        }
    }
    return strerror(e);
}

enum status err_errno(struct err *err, enum status status, const char *fmt, ...)
{
    int saved = errno;
    if (status == ST_IO && (saved == ENOSPC || saved == EDQUOT)) {
        status = ST_NOSPACE;
    }
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = status;
        int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
        va_end(ap);
        if (n >= 0 && (size_t)n < sizeof(err->text)) {
            (void)snprintf(err->text + n, sizeof(err->text) - (size_t)n, TR("：%s", ": %s"), errno_text(saved));
        }
        end_at_character(err->text, sizeof(err->text));
    }
    return status;
}

enum status err_context(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return ST_IO;
    }
    char old[sizeof(err->text)];
    memcpy(old, err->text, sizeof(old));
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n + 3 < sizeof(err->text)) {
        char *end = err->text + n;
        size_t keep = MIN(strlen(old), sizeof(err->text) - (size_t)n - 3);
        memcpy(end, ": ", 2);
        memcpy(end + 2, old, keep);
        end[2 + keep] = 0;
    }
    end_at_character(err->text, sizeof(err->text));
    return err->status;
}

int status_exit_code(enum status status)
{
    BUG_ON((unsigned)status >= ST_COUNT);
    return rows[status].exit_code;
}

bool status_is_warning(enum status status)
{
    int code = status_exit_code(status);
    return code == 1 || (code >= 100 && code <= 127);
}

const char *status_name(enum status status)
{
    BUG_ON((unsigned)status >= ST_COUNT);
    return rows[status].name;
}

const char *status_title(enum status status)
{
    BUG_ON((unsigned)status >= ST_COUNT);
    return rows[status].title[language];
}

const char *status_advice(enum status status)
{
    BUG_ON((unsigned)status >= ST_COUNT);
    return rows[status].advice[language];
}
