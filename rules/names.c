/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compiler.h"

int find_attr(const struct rules_schema *s, enum rules_entity entity, struct str name)
{
    for (size_t i = 0; i < s->n_attrs; i++) {
        if (s->attrs[i].entity == entity && str_eq(s->attrs[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_enum_value(const struct rules_enum *e, struct str name)
{
    for (size_t i = 0; i < e->n; i++) {
        if (str_eq(e->values[i], name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_table(const struct rules_schema *s, struct str name)
{
    for (size_t i = 0; i < s->n_tables; i++) {
        if (str_eq(s->tables[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_column(const struct rules_table *t, struct str name)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (str_eq(t->columns[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_param(const struct ruleset *rs, struct str name)
{
    for (size_t i = 0; i < rs->n_params; i++) {
        if (str_eq(rs->params[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_fact(const struct ruleset *rs, enum rules_entity entity, struct str name)
{
    for (size_t i = 0; i < rs->n_facts; i++) {
        if (rs->facts[i].entity == entity && str_eq(rs->facts[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_level(const struct ruleset *rs, struct str name)
{
    for (size_t i = 0; i < rs->meta.n_levels; i++) {
        if (str_eq(rs->meta.levels[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int find_area(const struct rules_schema *s, struct str code)
{
    for (size_t i = 0; i < s->n_areas; i++) {
        if (str_eq(s->areas[i].code, code)) {
            return (int)i;
        }
    }
    return -1;
}

typedef VEC(struct str) str_list;

static void add_entity(struct compiler *c, str_list *list, enum rules_entity entity, bool bare)
{
    const struct rules_schema *s = &c->rs->schema;
    const char *prefix = bare ? "" : entity == RULES_HOUSEHOLD ? "户." : "人.";
    for (size_t i = 0; i < s->n_attrs; i++) {
        if (s->attrs[i].entity == entity) {
            vec_push(list, str_of(arena_printf(c->arena, "%s" STR_FMT, prefix, STR_ARG(s->attrs[i].name))));
        }
    }
    for (size_t i = 0; i < c->rs->n_facts; i++) {
        if (c->rs->facts[i].entity == entity) {
            vec_push(list, str_of(arena_printf(c->arena, "%s" STR_FMT, prefix, STR_ARG(c->rs->facts[i].name))));
        }
    }
}

void unknown_name(struct compiler *c, struct diag_at at, struct str name, const struct scope *sc)
{
    str_list list = {0};
    if (sc->dom == DOM_ROW && sc->table >= 0) {
        const struct rules_table *t = &c->rs->schema.tables[sc->table];
        for (size_t i = 0; i < t->n_columns; i++) {
            vec_push(&list, t->columns[i].name);
        }
    }
    if (sc->dom != DOM_HOUSEHOLD) {
        add_entity(c, &list, RULES_PERSON, true);
        add_entity(c, &list, RULES_PERSON, false);
    }
    add_entity(c, &list, RULES_HOUSEHOLD, false);
    for (size_t i = 0; i < c->rs->n_params; i++) {
        vec_push(&list, c->rs->params[i].name);
    }
    bool of_person = sc->dom == DOM_HOUSEHOLD &&
                     (find_attr(&c->rs->schema, RULES_PERSON, name) >= 0 || find_fact(c->rs, RULES_PERSON, name) >= 0);
    bool of_household = find_attr(&c->rs->schema, RULES_HOUSEHOLD, name) >= 0 || find_fact(c->rs, RULES_HOUSEHOLD, name) >= 0;
    if (of_person) {
        diag_add(c->diags, "E302", at, TR("“" STR_FMT "”是人的指标，户的规则里要写成 成员 有 (" STR_FMT " ...)",
                                          "'" STR_FMT "' belongs to a person: in a household rule write 成员 有 (" STR_FMT " ...)"),
                 STR_ARG(name), STR_ARG(name));
    } else if (of_household) {
        diag_add(c->diags, "E201", at, TR("没有名为“" STR_FMT "”的指标，是否想写“户." STR_FMT "”？", "no fact named '" STR_FMT "'; did you mean '户." STR_FMT "'?"),
                 STR_ARG(name), STR_ARG(name));
    } else {
        diag_add(c->diags, "E201", at, TR("没有名为“" STR_FMT "”的指标或参数%s", "no fact or parameter named '" STR_FMT "'%s"), STR_ARG(name),
                 diag_did_you_mean(c->diags, name, list.v, list.n));
    }
    vec_release(&list);
}
