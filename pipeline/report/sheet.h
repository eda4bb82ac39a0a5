/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text as one printed A4: headings, and what is indented under them, in the largest letters that fit, in two columns when one does not do. */
#ifndef MOPAI_REPORT_SHEET_H
#define MOPAI_REPORT_SHEET_H

#include "base/core/date.h"
#include "base/core/status.h"
#include "base/core/str.h"

struct sheet_line {
    struct str text;
    int depth; /* 0 a heading, 1 and 2 under it */
};
struct sheet {
    struct str title, foot;
    daynum day; /* of the document */
    const struct sheet_line *lines;
    size_t n;
};
/* A PDF; what does not fit one A4 in the smallest letters goes on. Characters no font has are listed at the foot. ST_CONFIG when the program was built
   without PDF or no font has Chinese. */
enum status sheet_pdf(const struct sheet *s, const char *path, struct err *err) MUST_CHECK;

#endif
