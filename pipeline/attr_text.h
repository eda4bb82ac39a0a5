/* SPDX-License-Identifier: Apache-2.0 */
/* Values of attributes and reasons of links as words, for CSV and SQL. */
#ifndef MOPAI_PIPELINE_ATTR_TEXT_H
#define MOPAI_PIPELINE_ATTR_TEXT_H

#include "pipeline/people.h"

/* Adds the value of a lane pair as population_attr gives it: a label, a date, yuan, 是/否, 未知, 无; sets with what is only perhaps in them. */
void attr_value_text(const struct people_attr *a, int64_t lo, int64_t hi, struct strbuf *out);
/* Adds the members of a mask, joined by 、. */
void attr_set_text(const struct people_attr *a, int64_t mask, struct strbuf *out);
/* Why a row belongs to its person (a row number, LINK_NONE or LINK_SUPERSEDED), or to none. `id`: its identifier. */
const char *link_how(bool registers_persons, int32_t person, uint64_t id);

#endif
