/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that read people.yaml; nobody else includes this. */
#ifndef MOPAI_PIPELINE_PEOPLE_PRIVATE_H
#define MOPAI_PIPELINE_PEOPLE_PRIVATE_H

#include "base/text/yaml.h"
#include "pipeline/people.h"

struct people_loader {
    struct yaml_doc *doc;
    const struct sources *sources;
    struct people *p;
    struct arena *arena; /* of the result */
};

/* "残疾证" to an index; -1 after reporting with a did-you-mean. */
int people_need_source(struct people_loader *l, const struct yaml_node *at, struct str name);
int people_need_column(struct people_loader *l, const struct yaml_node *at, int source, struct str name);
/* {column: value or list, ...} appended to conds. */
size_t people_load_conds(struct people_loader *l, const struct yaml_node *map, int source, bool negated, struct people_cond *out, size_t room);
/* "3个月", "24月", "90天", "2年" */
bool people_duration(struct people_loader *l, const struct yaml_node *node, int *out_months, int *out_days);

void people_add_builtins(struct people *p, struct arena *a);
void people_load_attributes(struct people_loader *l, const struct yaml_node *map);
bool people_load_aliases(struct people *p, const char *name, struct str bytes, struct diag_list *diags);

#endif
