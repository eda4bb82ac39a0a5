/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes put aside under numbers, to be taken back one number after the other: for what has to be sorted by far and does not fit in memory at once. What a number
   has little of stays in memory; the rest goes to a temporary file that loses its name as soon as it is written. A spill belongs to one thread while it is
   being filled; afterwards anybody may take. */
#ifndef MOPAI_CORE_SPILL_H
#define MOPAI_CORE_SPILL_H

#include "base/core/status.h"
#include "base/core/str.h"

struct spill;
struct spill *spill_new(const char *path, size_t numbers); /* of the file, should there be need of one */
void spill_free(struct spill *s);                          /* NULL is fine */
void spill_put(struct spill *s, size_t number, const void *p, size_t n); /* errors come out of spill_end */
enum status spill_end(struct spill *s, struct err *err) MUST_CHECK;
/* Appends to *out what was put under the number, in its order. */
enum status spill_take(const struct spill *s, size_t number, struct strbuf *out, struct err *err) MUST_CHECK;

#endif
