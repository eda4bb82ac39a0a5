/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as values. A function that can fail because of the world returns enum status and fills one struct err, once,
   where it happened; callers may add one line of context. Bad data is never a status: it is a row with a reason. */
#ifndef MOPAI_CORE_STATUS_H
#define MOPAI_CORE_STATUS_H

#include "base/core/compiler.h"

enum status {
#define X(name, exit_code, zh, en, do_zh, do_en) ST_##name,
#include "base/core/errors.def"
#undef X
    ST_COUNT
};

/* The language of messages and reports; Chinese unless the user asks otherwise. Set once by the command line. */
enum lang { LANG_ZH, LANG_EN };
void lang_set(enum lang lang);
enum lang lang_get(void);
/* Picks the text of the language in force. Both must take the same arguments in the same order. */
#define TR(zh, en) (lang_get() == LANG_EN ? (en) : (zh))

struct err {
    enum status status;
    char text[2048]; /* UTF-8, one fact a line, no final full stop */
};

/* Fills *err (err may be NULL) and returns `status`. For ST_IO a full disk in errno turns into ST_NOSPACE. Never carries personal data. */
enum status err_set(struct err *err, enum status status, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* As err_set with ": <strerror(errno)>" added. */
enum status err_errno(struct err *err, enum status status, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts "<context>: " before the text. Returns err->status. */
enum status err_context(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

int status_exit_code(enum status status);
bool status_is_warning(enum status status); /* WARNINGS and the W_ ones: the work was done */
const char *status_name(enum status status);    /* "W_SOURCE_STALE" */
const char *status_title(enum status status);   /* in the language in force */
const char *status_advice(enum status status);  /* what to do; may be empty */

#define TRY(expr)                                                                                                      \
    do {                                                                                                               \
        enum status try_status_ = (expr);                                                                              \
        if (try_status_ != ST_OK)                                                                                      \
            return try_status_;                                                                                        \
    } while (0)

#endif
