/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that read sources.yaml; nobody else includes this. */
#ifndef MOPAI_INGEST_SOURCES_PRIVATE_H
#define MOPAI_INGEST_SOURCES_PRIVATE_H

#include "base/text/yaml.h"
#include "pipeline/ingest/sources.h"

struct loader {
    struct yaml_doc *doc;
    struct arena *arena; /* of the result */
    struct strbuf scratch;
};

#define ROLE_ABSENT ((struct source_role){-1, -1, {NULL, 0}})

/* Index of a column or measure; -1 after reporting, with a did-you-mean. */
int source_need_column(struct loader *l, const struct source *s, const struct yaml_node *at, struct str name);
/* Reports when the column's type is not in the set of 1 << type. */
void source_need_type(struct loader *l, const struct source *s, const struct yaml_node *at, int column, unsigned types);
/* `key: COLUMN` or `key: COLUMN when OTHER = VALUE` */
void source_load_role(struct loader *l, const struct source *s, const struct yaml_node *map, const char *key, struct source_role *out);
void source_check_roles(struct loader *l, const struct source *s, const struct yaml_node *person);
void source_load_keys(struct loader *l, const struct yaml_node *map, struct source *s); /* key and refund_of */
void source_load_measures(struct loader *l, const struct yaml_node *measures, struct source *s);
void source_load_skip(struct loader *l, const struct yaml_node *map, struct source *s); /* rows that do not count */
void source_load_gates(struct loader *l, const struct yaml_node *map, struct source *s);
bool source_days(struct loader *l, const struct yaml_node *map, const char *key, int *out); /* "7天", "7"; false when absent or wrong */
void source_check_pattern(struct loader *l, const struct yaml_node *pattern);
void source_typing_hash(struct source *s);

#endif
