/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files: a tree or a diagnostic, never both missing; every place lies inside the file and can be rendered. */
#include "base/text/yaml.h"

#include "base/core/bug.h"
#include "base/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const words[] = {"id", "label", "columns", "kind", NULL};

static void read_map(const struct yaml_doc *doc, const struct yaml_node *map)
{
    struct str s;
    int64_t v;
    bool flag;
    int index;
    struct yaml_texts texts;
    (void)yaml_check_keys(doc, map, words);
    for (size_t i = 0; words[i]; i++) {
        (void)yaml_text(doc, map, words[i], YAML_REQUIRED, &s);
        (void)yaml_int(doc, map, words[i], YAML_OPTIONAL, &v);
        (void)yaml_flag(doc, map, words[i], YAML_OPTIONAL, &flag);
        (void)yaml_choice(doc, map, words[i], YAML_OPTIONAL, words, &index);
        (void)yaml_texts(doc, map, words[i], YAML_OPTIONAL, &texts);
    }
}

static void walk(const struct yaml_doc *doc, const struct yaml_node *node)
{
    BUG_ON(node->line == 0 || node->column == 0);
    if (node->kind == YAML_TEXT) {
        BUG_ON(utf8_valid_head(node->text) != node->text.n);
        struct diag_at at = yaml_at_part(doc, node, node->text.n / 2, node->text.n / 3);
        diag_add(doc->diags, "W999", at, "x");
        return;
    }
    for (size_t i = 0; node->kind == YAML_LIST && i < node->n; i++) {
        walk(doc, node->items[i]);
    }
    for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++) {
        walk(doc, node->pairs[i].key);
        walk(doc, node->pairs[i].value);
    }
    if (node->kind == YAML_MAP) {
        read_map(doc, node);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n > 8192) {
        return 0;
    }
    AUTO_DIAG diags = {0};
    AUTO_YAML doc = {0};
    static const struct yaml_limits limits = {8192, 500, 12, 2000};
    bool ok = yaml_parse(&doc, "x.yaml", str_n((const char *)bytes, n), &limits, &diags);
    BUG_ON(ok != (diags.errors == 0));
    BUG_ON(ok != (doc.root != NULL));
    if (ok) {
        walk(&doc, doc.root);
    }
    diag_sort(&diags);
    AUTO_STRBUF out = STRBUF_INIT;
    diag_render(&diags, &out);
    BUG_ON(utf8_valid_head(strbuf_str(&out)) != out.n);
    struct json_out j = json_out_to(&out);
    diag_json(&diags, &j);
    struct err err;
    BUG_ON((diag_status(&diags, ST_CONFIG, &err) == ST_OK) != (diags.errors == 0));
    return 0;
}
