/* SPDX-License-Identifier: Apache-2.0 */
/* sets: values of an enumeration under one name. What 重度 means is written once, with its document, and may differ from programme to programme. */
#include "rules/compiler.h"

/* The enumeration of an attribute (残疾等级, 户.在保类别) or of a column (医疗结算.险种); -1. */
static int enumeration_of(const struct rules_schema *s, struct str of)
{
    bool household = str_starts(of, STR("户.")), person = str_starts(of, STR("人."));
    struct str name = household || person ? str_sub(of, strlen("户."), of.n) : of;
    int attr = find_attr(s, household ? RULES_HOUSEHOLD : RULES_PERSON, name);
    if (attr >= 0) {
        return s->attrs[attr].enumeration;
    }
    size_t dot = str_find(of, STR("."));
    int table = dot < of.n ? find_table(s, str_sub(of, 0, dot)) : -1, column = table < 0 ? -1 : find_column(&s->tables[table], str_sub(of, dot + 1, of.n));
    return column < 0 ? -1 : s->tables[table].columns[column].enumeration;
}

static bool load_values(struct compiler *c, const struct yaml_node *map, struct code_set *set)
{
    struct yaml_texts values;
    const struct rules_enum *en = &c->rs->schema.enums[set->enumeration];
    bool ok = yaml_texts(&c->doc, map, "values", YAML_REQUIRED, &values) && values.n > 0;
    for (size_t i = 0; ok && i < values.n; i++) {
        int k = find_enum_value(en, values.v[i]->text);
        if (k < 0 || k >= LIMIT_SET) {
            yaml_problem(&c->doc, values.v[i], "E203", TR("“" STR_FMT "”没有“" STR_FMT "”这个取值%s", "'" STR_FMT "' has no value '" STR_FMT "'%s"), STR_ARG(en->name),
                         STR_ARG(values.v[i]->text), diag_did_you_mean(c->diags, values.v[i]->text, en->values, en->n));
            return false;
        }
        set->mask |= (uint64_t)1 << k;
    }
    return ok;
}

static bool load_set(struct compiler *c, const struct yaml_pair *pair, struct code_set *set)
{
    static const char *const keys[] = {"of", "values", "basis", "note", NULL};
    struct str of, basis;
    set->name = arena_str(c->arena, pair->key->text);
    set->at = yaml_at(&c->doc, pair->key);
    if (!yaml_as_map(&c->doc, pair->value, TR("代码集", "set")) || !yaml_check_keys(&c->doc, pair->value, keys) || !yaml_text(&c->doc, pair->value, "of", YAML_REQUIRED, &of)) {
        return false;
    }
    set->enumeration = enumeration_of(&c->rs->schema, of);
    if (set->enumeration < 0) {
        yaml_problem(&c->doc, yaml_get(pair->value, "of"), "E201", TR("of: 要写枚举的指标或列，如 残疾等级、医疗结算.险种；没有“" STR_FMT "”", "of: names an enumerated attribute or column such as 残疾等级 or 医疗结算.险种; there is no '" STR_FMT "'"),
                     STR_ARG(of));
        return false;
    }
    if (find_enum_value(&c->rs->schema.enums[set->enumeration], set->name) >= 0) {
        yaml_problem(&c->doc, pair->key, "E104", TR("“" STR_FMT "”本来就是一个取值，代码集要另起名字", "'" STR_FMT "' is a value already: the set needs a name of its own"), STR_ARG(set->name));
        return false;
    }
    if (!yaml_text(&c->doc, pair->value, "basis", YAML_OPTIONAL, &basis)) {
        yaml_problem(&c->doc, pair->key, "W705", TR("代码集“" STR_FMT "”没有写依据 basis:", "set '" STR_FMT "' names no basis:"), STR_ARG(set->name));
    }
    return load_values(c, pair->value, set);
}

void sets_load(struct compiler *c, const struct yaml_node *map)
{
    if (!map || yaml_is_empty(map) || !yaml_as_map(&c->doc, map, "sets")) {
        return;
    }
    c->rs->sets = arena_array(c->arena, struct code_set, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        c->rs->n_sets += load_set(c, &map->pairs[i], &c->rs->sets[c->rs->n_sets]);
    }
}

struct code_set *find_set(const struct ruleset *rs, struct str name, int enumeration)
{
    for (size_t i = 0; i < rs->n_sets && enumeration >= 0; i++) {
        if (rs->sets[i].enumeration == enumeration && str_eq(rs->sets[i].name, name)) {
            return &rs->sets[i];
        }
    }
    return NULL;
}

void sets_unused(struct compiler *c)
{
    for (size_t i = 0; i < c->rs->n_sets; i++) {
        if (!c->rs->sets[i].used) {
            diag_add(c->diags, "W407", c->rs->sets[i].at, TR("代码集“" STR_FMT "”没有规则用到", "no rule uses set '" STR_FMT "'"), STR_ARG(c->rs->sets[i].name));
        }
    }
}
