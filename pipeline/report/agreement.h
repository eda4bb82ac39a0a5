/* SPDX-License-Identifier: Apache-2.0 */
/* Do the sources agree about people? For each source and field: persons for whom it states a value and the value in force comes from another source (or
   from the number itself), by how far the two agree. Several rows of one person count once, as the worst of them, so that row order means nothing.
   Counts only. Above AGREEMENT_SAMPLE persons every k-th of the night's population is asked. */
#ifndef MOPAI_REPORT_AGREEMENT_H
#define MOPAI_REPORT_AGREEMENT_H

#include "pipeline/report/report.h"

#define AGREEMENT_SAMPLE 100000u

enum agreement_field { AGREE_NAME, AGREE_SEX, AGREE_BIRTH, AGREE_ADDRESS, AGREE_FIELDS };
enum agreement_level { AGREE_SILENT, AGREE_SAME, AGREE_BUILDING, AGREE_COMMUNITY, AGREE_DIFFERS, AGREE_LEVELS }; /* the middle ones: addresses only */

struct agreement {
    int64_t n[AGREE_FIELDS][AGREE_LEVELS]; /* persons; AGREE_SILENT stays 0 */
};
struct agreements {
    struct agreement *v; /* one a source; NULL when the report was made without a population (tests) */
    uint32_t every;      /* one person in so many was asked */
};

enum status agreements_load(struct report *r, struct agreements *out, struct err *err) MUST_CHECK; /* lives in r->arena */

const char *agreement_field_name(enum agreement_field f);                      /* 姓名 */
const char *agreement_level_name(enum agreement_field f, enum agreement_level l); /* 同门户 */
int64_t agreement_both(const struct agreement *a, enum agreement_field f);     /* persons with both values */
/* 1,234 人中 98.7% 一致; small counts hidden; "" when no person has both. Appended. */
void agreement_text(const struct agreement *a, enum agreement_field f, struct strbuf *out);

#endif
