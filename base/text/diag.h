/* SPDX-License-Identifier: Apache-2.0 */
/* Problems found in a configuration file, many per run, each with file, line and column. Rendered for a person with the source line
   and a caret aligned by display width, or as JSON. Holds no personal data: it is used for configuration, not for exports. */
#ifndef MOPAI_TEXT_DIAG_H
#define MOPAI_TEXT_DIAG_H

#include "base/core/arena.h"
#include "base/core/json_out.h"
#include "base/core/status.h"
#include "base/core/vec.h"

#define DIAG_MAX 200 /* more are counted and not kept */

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

/* A place: file number from diag_add_file, line and column from 1 (columns in code points), length in code points. Line 0: the whole file. */
struct diag_at {
    uint32_t file, line, column, length;
};
struct diag {
    enum diag_severity severity;
    char code[8]; /* "E201", "W404" */
    struct diag_at at;
    struct str message; /* in the language in force, no final full stop */
    struct str note;    /* printed behind the caret, may be empty */
};
struct diag_file {
    struct str name, text;
};
struct diag_list {
    struct arena arena;
    VEC(struct diag) items;
    VEC(struct diag_file) files;
    size_t errors, warnings; /* all of them, also those beyond DIAG_MAX */
};
#define AUTO_DIAG struct diag_list CLEANUP(diag_release)
void diag_release(struct diag_list *d); /* {0} starts a list */

/* Registers a file; name and text are copied. Returns its number. */
uint32_t diag_add_file(struct diag_list *d, const char *name, struct str text);
/* severity follows from the code's first letter: W is a warning, anything else an error. */
void diag_add(struct diag_list *d, const char *code, struct diag_at at, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* A note behind the caret of the diagnostic added last (rule name, branch number). */
void diag_note(struct diag_list *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* By file, line, column, code; equal ones in the order added, exact doubles removed. */
void diag_sort(struct diag_list *d);
/*  rules.yaml:84:9: 错误 E201：没有名为“户.近12月自负”的事实，是否想写“户.近12月自付”？
       84 |       - 户.近12月自负 >= 大额自付线
          |         ^^^^^^^^^^^^^                   */
void diag_render(const struct diag_list *d, struct strbuf *out);
void diag_render_one(const struct diag_list *d, const struct diag *item, struct strbuf *out);
void diag_json(const struct diag_list *d, struct json_out *j); /* an array of objects */
/* ST_OK without errors (warnings do not count); else `status` with the rendered list cut to what struct err holds. */
enum status diag_status(const struct diag_list *d, enum status status, struct err *err) MUST_CHECK;

/* Damerau-Levenshtein distance over code points, at most `limit` + 1. */
size_t edit_distance(struct str a, struct str b, size_t limit);
/* The known word nearest to `word` when it is near enough to be meant (a third of its length, at least 1, at most 3); else empty.
   Ties go to the first. */
struct str nearest_word(struct str word, const struct str *known, size_t n);
/* As text for a message: "，是否想写“X”？" / "; did you mean 'X'?" or "". Lives in the list's arena. */
const char *diag_did_you_mean(struct diag_list *d, struct str word, const struct str *known, size_t n);

#endif
