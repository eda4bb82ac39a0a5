/* SPDX-License-Identifier: Apache-2.0 */
/* One rules.yaml to one rule set. */
#include "rules/compiler.h"

static struct str *copy_strs(struct arena *a, const struct str *v, size_t n)
{
    struct str *out = arena_array(a, struct str, n + 1);
    for (size_t i = 0; i < n; i++) {
        out[i] = arena_str(a, v[i]);
    }
    return out;
}

static void copy_schema(struct arena *a, const struct rules_schema *from, struct rules_schema *to)
{
    struct rules_enum *enums = arena_array(a, struct rules_enum, from->n_enums + 1);
    for (size_t i = 0; i < from->n_enums; i++) {
        enums[i] = from->enums[i];
        enums[i].name = arena_str(a, from->enums[i].name);
        enums[i].values = copy_strs(a, from->enums[i].values, from->enums[i].n);
    }
    struct rules_attr *attrs = arena_array(a, struct rules_attr, from->n_attrs + 1);
    for (size_t i = 0; i < from->n_attrs; i++) {
        attrs[i] = from->attrs[i];
        attrs[i].name = arena_str(a, from->attrs[i].name);
        attrs[i].source = arena_str(a, from->attrs[i].source);
        BUG_ON((attrs[i].type == RT_ENUM || attrs[i].type == RT_SET) && (attrs[i].enumeration < 0 || (size_t)attrs[i].enumeration >= from->n_enums));
    }
    struct rules_table *tables = arena_array(a, struct rules_table, from->n_tables + 1);
    for (size_t i = 0; i < from->n_tables; i++) {
        tables[i] = from->tables[i];
        tables[i].name = arena_str(a, from->tables[i].name);
        struct rules_column *columns = arena_array(a, struct rules_column, tables[i].n_columns + 1);
        for (size_t k = 0; k < tables[i].n_columns; k++) {
            columns[k] = from->tables[i].columns[k];
            columns[k].name = arena_str(a, columns[k].name);
        }
        tables[i].columns = columns;
    }
    struct rules_area *areas = arena_array(a, struct rules_area, from->n_areas + 1);
    for (size_t i = 0; i < from->n_areas; i++) {
        areas[i] = from->areas[i];
        areas[i].code = arena_str(a, from->areas[i].code);
    }
    *to = (struct rules_schema){enums, from->n_enums, attrs, from->n_attrs, tables, from->n_tables, areas, from->n_areas};
}

static void check_format(struct compiler *c)
{
    int64_t format;
    if (!yaml_int(&c->doc, c->doc.root, "format", YAML_REQUIRED, &format)) {
        return;
    }
    if (format != 1) {
        yaml_problem(&c->doc, yaml_get(c->doc.root, "format"), "E111", TR("本程序只认 format: 1", "this program knows format: 1 only"));
    }
}

static void warn_unused(struct compiler *c, const struct yaml_node *params)
{
    for (size_t i = 0; params && i < c->rs->n_params; i++) {
        if (!c->rs->params[i].used) {
            yaml_problem(&c->doc, params->pairs[i].key, "W407", TR("参数“" STR_FMT "”没有规则用到", "no rule uses parameter '" STR_FMT "'"), STR_ARG(c->rs->params[i].name));
        }
    }
}

static void load_all(struct compiler *c)
{
    static const char *const keys[] = {"format", "meta", "sets", "params", "facts", "rules", NULL};
    const struct yaml_node *root = c->doc.root, *rules;
    if (!yaml_as_map(&c->doc, root, "rules.yaml")) {
        return;
    }
    yaml_check_keys(&c->doc, root, keys);
    check_format(c);
    meta_load(c, yaml_get(root, "meta"));
    sets_load(c, yaml_get(root, "sets"));
    params_load(c, yaml_get(root, "params"));
    facts_collect(c, yaml_get(root, "facts"));
    for (size_t i = 0; i < c->rs->n_facts; i++) {
        fact_resolve(c, (int)i); /* those no rule names are checked too */
    }
    if (yaml_list(&c->doc, root, "rules", YAML_REQUIRED, &rules)) {
        rules_load(c, rules);
        if (!c->mutation) { /* a change of one rule reads no other */
            needs_check(c, yaml_get(root, "meta"));
        }
    }
    warn_unused(c, yaml_get(root, "params"));
    sets_unused(c);
    if (c->mutation && c->diags->errors == 0) {
        mutate(c);
    }
    if (c->diags->errors == 0) {
        make_code(c);
    }
}

static struct ruleset *compile(struct compiler *c, const struct rules_schema *schema, const char *file, struct str text);

struct ruleset *rules_compile(const struct rules_schema *schema, const char *file, struct str text, int flags, struct diag_list *diags)
{
    return compile_changed(schema, file, text, flags, NULL, diags);
}

struct ruleset *rules_compile_with(const struct rules_schema *schema, const char *file, struct str text, int flags, struct str sets, struct diag_list *diags)
{
    struct compiler c = {.diags = diags, .flags = flags, .sets = sets};
    return compile(&c, schema, file, text);
}

struct ruleset *compile_changed(const struct rules_schema *schema, const char *file, struct str text, int flags, struct mutation *m, struct diag_list *diags)
{
    struct compiler c = {.diags = diags, .flags = flags, .mutation = m};
    return compile(&c, schema, file, text);
}

static struct ruleset *compile(struct compiler *c, const struct rules_schema *schema, const char *file, struct str text)
{
    struct ruleset *rs = xcalloc(1, sizeof *rs);
    size_t before = c->diags->errors;
    c->rs = rs;
    c->arena = &rs->arena;
    c->diags->errors = 0; /* this compilation's own */
    copy_schema(&rs->arena, schema, &rs->schema);
    if (yaml_parse(&c->doc, file, text, &YAML_LIMITS_DEFAULT, c->diags) && c->doc.root) {
        rs->file = c->doc.file;
        load_all(c);
    }
    bool ok = c->diags->errors == 0 && c->doc.root;
    c->diags->errors += before;
    yaml_release(&c->doc);
    vec_release(&c->ctests);
    if (!ok) {
        ruleset_free(rs);
        return NULL;
    }
    return rs;
}

void ruleset_free(struct ruleset *rs)
{
    if (!rs) {
        return;
    }
    arena_release(&rs->arena);
    free(rs);
}

const struct rules_meta *ruleset_meta(const struct ruleset *rs) { return &rs->meta; }
const struct rules_inputs *ruleset_inputs(const struct ruleset *rs) { return &rs->inputs; }
const struct rules_schema *ruleset_schema(const struct ruleset *rs) { return &rs->schema; }
size_t ruleset_count(const struct ruleset *rs) { return rs->n_rules; }
size_t ruleset_evaluated(const struct ruleset *rs) { return rs->n_evaluated; }

const struct rules_rule *ruleset_rule(const struct ruleset *rs, size_t i)
{
    BUG_ON(i >= rs->n_rules);
    return &rs->rules[i].pub;
}

int ruleset_find(const struct ruleset *rs, struct str id)
{
    for (size_t i = 0; i < rs->n_rules; i++) {
        if (str_eq(rs->rules[i].pub.id, id)) {
            return (int)i;
        }
    }
    return -1;
}
