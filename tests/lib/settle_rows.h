/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up settlements of the shadow area, for benchmarks: the same bytes every time. */
#ifndef MOPAI_TESTS_SETTLE_ROWS_H
#define MOPAI_TESTS_SETTLE_ROWS_H

#include "base/core/str.h"

enum settle_form {
    SETTLE_WIDE,  /* the 18 columns the shipped sources.yaml describes, about 168 bytes a row */
    SETTLE_NARROW /* 8 columns, about 90 bytes: number, name, hospital, two dates, two amounts, serial number */
};
/* A header and rows until `bytes` are reached, UTF-8, CRLF. Returns the number of rows. */
uint64_t settle_rows(enum settle_form form, size_t bytes, struct strbuf *out);
/* sources.yaml of the narrow form. */
extern const char settle_narrow_yaml[];

#endif
