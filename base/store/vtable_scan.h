/* SPDX-License-Identifier: Apache-2.0 */
/* The scan behind a virtual table, without SQLite: bounds on columns, blocks skipped, blocks kept, the order of one column for repeated equalities.
   Private to base/store/. */
#ifndef MOPAI_STORE_VTABLE_SCAN_H
#define MOPAI_STORE_VTABLE_SCAN_H

#include "base/store/vtable.h"

enum scan_op { SCAN_EQ, SCAN_GE, SCAN_LE }; /* > and < are taken as these: SQLite looks at every row again */
struct scan_bound {
    size_t column;
    enum scan_op op;
    int64_t num;     /* number types */
    struct str text; /* VTABLE_TEXT, SCAN_EQ only; copied */
};
#define SCAN_MAX_BOUNDS 16

struct scan;
struct scan *scan_new(const struct vtable *table);
void scan_free(struct scan *s); /* NULL is fine */
/* Goes to the first row that may match every bound. `wanted` may differ from the time before. */
enum status scan_start(struct scan *s, const bool *wanted, const struct scan_bound *bounds, size_t n, struct err *err) MUST_CHECK;
enum status scan_next(struct scan *s, struct err *err) MUST_CHECK;
bool scan_done(const struct scan *s);
int64_t scan_row_id(const struct scan *s);
const struct vtable_block *scan_block(const struct scan *s, size_t *out_row); /* of the current row */

#endif
