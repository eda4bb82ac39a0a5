/* SPDX-License-Identifier: Apache-2.0 */
/* Cases kept as lines of tests/data/NAME.tsv: fields divided by tabs, # starts a comment, blank lines skipped. In a field \t \n \r \\ and \xHH are
   escapes, \0 nothing. */
#ifndef MOPAI_TESTS_TSV_H
#define MOPAI_TESTS_TSV_H

#include "base/core/str.h"

#define TSV_FIELDS 10

struct tsv {
    char *text;   /* the file, unescaped in place */
    char *next;
    int line;     /* of the case at hand */
    size_t n;
    struct str f[TSV_FIELDS]; /* each also ends with NUL */
    char name[256];
};
void tsv_open(struct tsv *t, const char *name); /* aborts when tests/data/NAME cannot be read */
bool tsv_next(struct tsv *t);
void tsv_close(struct tsv *t);
/* Says which case failed, before the assertion stops the test. */
void tsv_fail(const struct tsv *t, const char *what, struct str got);

#endif
