/* SPDX-License-Identifier: Apache-2.0 */
/* A YAML file written anew in one layout, comments kept: two blanks a level, lists two blanks in, one blank line between top sections and between the
   items of a top list, at most one elsewhere, flow style kept where a line holds it, double quotes, comments behind a line in one column. Writing what was
   written again changes nothing. */
#ifndef MOPAI_TEXT_YAML_LAYOUT_H
#define MOPAI_TEXT_YAML_LAYOUT_H

#include "base/text/yaml.h"

/* Where a value stands: keys from the root, "" for an item of a list. */
struct yaml_path {
    const struct str *keys;
    size_t n;
};
/* The text of a scalar as it is to be written, appended to `out`; false: as it is. */
typedef bool yaml_rewrite_fn(void *ctx, const struct yaml_path *path, struct str text, struct strbuf *out);

/* Of a document without problems of form. `rewrite` may be NULL. */
void yaml_layout(const struct yaml_doc *doc, yaml_rewrite_fn *rewrite, void *ctx, struct strbuf *out);

#endif
