/* SPDX-License-Identifier: Apache-2.0 */
/* What rules may speak of on this site: attributes of people.yaml, tables and columns of sources.yaml, areas. Indexes are kept: rules attribute i is
   people->attrs[i], rules table i is sources->v[i], rules column i is column or measure i of that source, rules area i is areas->areas.v[i].
   An enumeration of an attribute has the values of people.yaml in their order; one of a code column has its labels, sorted.

   A money column or attribute whose name holds 月收入, 月标准 or 月保障金 (月... an amount a month) is 金额/月, any other is 金额.
   Columns with identifiers are listed as text and never printed. */
#ifndef MOPAI_PIPELINE_SCHEMA_H
#define MOPAI_PIPELINE_SCHEMA_H

#include "pipeline/ingest/sources.h"
#include "pipeline/people.h"
#include "rules/rules.h"

struct area_set;

struct schema {
    struct rules_schema rules;
    const struct rules_enum *enums; /* = rules.enums */
};

/* Everything lives in `a` or is borrowed from its arguments. `areas` may be NULL: rules then cannot name areas. */
void schema_build(struct arena *a, const struct sources *sources, const struct people *people, const struct area_set *areas, struct schema *out);
/* Index of `label` in enumeration `e` of the schema; -1 when it is not one of its values. */
int schema_enum_find(const struct schema *s, int e, struct str label);

/* Compiles rules.yaml (`text`) of a site against `s`: ST_RULES with every problem, line and column, in *err. ruleset_free it. */
enum status schema_compile(const struct schema *s, const char *path, struct str text, struct ruleset **out, struct err *err) MUST_CHECK;

#endif
