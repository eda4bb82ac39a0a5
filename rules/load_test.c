/* SPDX-License-Identifier: Apache-2.0 */
/* tests: tiny tables inside a rule. Facts that are not named take their absent value. */
#include "rules/compiler.h"

struct test_loader {
    struct compiler *c;
    struct rule_def *r;
    struct test_def *t;
    bool bad;
};

static bool load_one(struct test_loader *l, const struct yaml_pair *pair, enum rules_entity entity, struct test_value *out)
{
    struct compiler *c = l->c;
    int attr = find_attr(&c->rs->schema, entity, pair->key->text);
    int fact = attr >= 0 ? -1 : find_fact(c->rs, entity, pair->key->text);
    if (attr < 0 && (fact < 0 || !fact_resolve(c, fact))) {
        if (fact < 0) {
            struct scope sc = {.dom = entity == RULES_PERSON ? DOM_PERSON : DOM_HOUSEHOLD, .table = -1};
            unknown_name(c, yaml_at(&c->doc, pair->key), pair->key->text, &sc);
        }
        return false;
    }
    enum rules_type type = attr >= 0 ? c->rs->schema.attrs[attr].type : c->rs->facts[fact].type;
    int enumeration = attr >= 0 ? c->rs->schema.attrs[attr].enumeration : c->rs->facts[fact].enumeration;
    *out = (struct test_value){.is_fact = attr < 0, .index = attr >= 0 ? attr : fact};
    if (type == RT_TEXT) {
        return true;
    }
    return parse_literal(c, pair->value, type, enumeration, &out->value);
}

static struct test_value *load_values(struct test_loader *l, const struct yaml_node *map, enum rules_entity entity, size_t *out_n)
{
    *out_n = 0;
    if (!yaml_as_map(&l->c->doc, map, TR("测试数据", "test data"))) {
        l->bad = true;
        return NULL;
    }
    struct test_value *v = arena_array(l->c->arena, struct test_value, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        if (entity == RULES_PERSON && str_ends(map->pairs[i].key->text, STR(".上期"))) {
            continue;
        }
        if (load_one(l, &map->pairs[i], entity, &v[*out_n])) {
            ++*out_n;
        } else {
            l->bad = true;
        }
    }
    return v;
}

static void load_previous(struct test_loader *l, const struct yaml_node *map, struct test_person *p)
{
    p->previous = arena_array(l->c->arena, struct test_value, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        struct str name = map->pairs[i].key->text;
        if (!str_ends(name, STR(".上期"))) {
            continue;
        }
        name.n -= strlen(".上期");
        int attr = find_attr(&l->c->rs->schema, RULES_PERSON, name);
        struct test_value v = {.index = attr};
        bool ok = attr >= 0 && l->c->rs->schema.attrs[attr].type == RT_ENUM && l->c->rs->schema.attrs[attr].timeline;
        if (!ok) {
            yaml_problem(&l->c->doc, map->pairs[i].key, "E308", TR("“" STR_FMT "”没有变动记录", "'" STR_FMT "' has no timeline"), STR_ARG(name));
        } else if (parse_literal(l->c, map->pairs[i].value, RT_ENUM, l->c->rs->schema.attrs[attr].enumeration, &v.value)) {
            p->previous[p->n_previous++] = v;
            continue;
        }
        l->bad = true;
    }
}

static void add_person(struct test_loader *l, const struct yaml_node *map, enum rules_members member)
{
    if (l->t->n_persons >= LIMIT_LINES) {
        yaml_problem(&l->c->doc, map, "E107", TR("测试里的人太多", "too many persons in a test"));
        l->bad = true;
        return;
    }
    struct test_person *p = &l->t->persons[l->t->n_persons++];
    p->member = member;
    p->values = load_values(l, map, RULES_PERSON, &p->n);
    if (map->kind == YAML_MAP) {
        load_previous(l, map, p);
    }
}

static void add_persons(struct test_loader *l, const struct yaml_node *map, const char *key, enum rules_members member)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (!node) {
        return;
    }
    if (node->kind != YAML_LIST) {
        add_person(l, node, member);
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        add_person(l, node->items[i], member);
    }
}

static bool load_cell(struct test_loader *l, const struct yaml_node *node, int table, int column, struct test_row *row)
{
    if (column < 0) {
        yaml_problem(&l->c->doc, node, "E202", TR("这一格不知道属于哪一列；写成 {列: 值}", "this cell has no column: write {column: value}"));
        return false;
    }
    const struct rules_column *col = &l->c->rs->schema.tables[table].columns[column];
    return col->type == RT_TEXT || parse_literal(l->c, node, col->type, col->enumeration, &row->cells[column]);
}

/* The first fact over that table which a condition names, itself or by way of others; -1. */
static int fact_named(const struct ruleset *rs, const struct expr *e, int table)
{
    if (!e) {
        return -1;
    }
    const struct fact_def *f = e->op == EX_FACT ? &rs->facts[e->index] : NULL;
    if (f && f->kind == FACT_SCAN) {
        return f->table == table ? e->index : -1;
    }
    int at = fact_named(rs, f ? f->body : e->a, table);
    return at >= 0 || f ? at : fact_named(rs, e->b, table);
}

static int fact_in_lines(const struct ruleset *rs, const struct line *lines, size_t n, int table)
{
    int at = -1;
    for (size_t i = 0; i < n && at < 0; i++) {
        at = fact_named(rs, lines[i].e, table);
    }
    return at;
}

/* What the rule itself asks for comes first, so that a fact added for another rule changes no test. */
static int main_fact(const struct test_loader *l, int table)
{
    const struct ruleset *rs = l->c->rs;
    int at = fact_in_lines(rs, l->r->when, l->r->n_when, table);
    for (size_t i = 0; i < l->r->n_dims && at < 0; i++) {
        at = fact_in_lines(rs, l->r->dims[i].lines, l->r->dims[i].n_lines, table);
    }
    at = at < 0 ? fact_in_lines(rs, l->r->unless, l->r->n_unless, table) : at;
    at = at < 0 ? fact_in_lines(rs, l->r->levels, l->r->n_levels, table) : at;
    for (size_t i = 0; i < rs->n_facts && at < 0; i++) {
        at = rs->facts[i].state == 2 && rs->facts[i].kind == FACT_SCAN && rs->facts[i].table == table ? (int)i : -1;
    }
    return at;
}

/* The columns of a row written as a list: date, then value, of the rule's first fact over that table. */
static void default_columns(const struct test_loader *l, int table, int out[2])
{
    int at = main_fact(l, table);
    out[0] = out[1] = -1;
    if (at >= 0) {
        const struct fact_def *f = &l->c->rs->facts[at];
        size_t n = 0;
        if (f->date_column >= 0) {
            out[n++] = f->date_column;
        }
        out[n] = f->column;
    }
}

static void load_row(struct test_loader *l, const struct yaml_node *node, int table)
{
    const struct rules_table *t = &l->c->rs->schema.tables[table];
    struct test_row *row = &l->t->rows[l->t->n_rows];
    row->table = table;
    row->cells = arena_array(l->c->arena, struct val, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++) {
        row->cells[i] = VAL_UNKNOWN;
    }
    int columns[2];
    default_columns(l, table, columns);
    bool ok = node->kind != YAML_TEXT;
    if (!ok) {
        yaml_problem(&l->c->doc, node, "E110", TR("一行写成 [日期, 值] 或 {列: 值}", "a row is [date, value] or {column: value}"));
    }
    for (size_t i = 0; i < node->n && ok; i++) {
        if (node->kind == YAML_LIST) {
            ok = load_cell(l, node->items[i], table, i < 2 ? columns[i] : -1, row);
        } else {
            int column = find_column(t, node->pairs[i].key->text);
            ok = load_cell(l, column < 0 ? node->pairs[i].key : node->pairs[i].value, table, column, row);
        }
    }
    l->bad |= !ok;
    l->t->n_rows++;
}

static void load_rows(struct test_loader *l, const struct yaml_node *map)
{
    size_t n = 0;
    for (size_t i = 0; i < map->n; i++) {
        n += map->pairs[i].value->n;
    }
    l->t->rows = arena_array(l->c->arena, struct test_row, n + 1);
    for (size_t i = 0; i < map->n; i++) {
        int table = find_table(&l->c->rs->schema, map->pairs[i].key->text);
        const struct yaml_node *rows = map->pairs[i].value;
        if (table < 0) {
            continue;
        }
        if (!yaml_as_list(&l->c->doc, rows, TR("测试数据", "test rows"))) {
            l->bad = true;
            continue;
        }
        for (size_t k = 0; k < rows->n; k++) {
            load_row(l, rows->items[k], table);
        }
    }
}

static void load_expect(struct test_loader *l, const struct yaml_node *map)
{
    struct str text;
    if (!yaml_text(&l->c->doc, map, "expect", YAML_REQUIRED, &text)) {
        l->bad = true;
        return;
    }
    l->t->expect = str_eqz(text, "不报") ? -1 : str_eqz(text, "未知") ? -2 : find_level(l->c->rs, text);
    if (l->t->expect == -1 && !str_eqz(text, "不报")) {
        yaml_problem(&l->c->doc, yaml_get(map, "expect"), "E204", TR("expect: 写一个级别、不报 或 未知", "expect: is a level, 不报 or 未知"));
        l->bad = true;
    }
}

static void check_test_keys(struct test_loader *l, const struct yaml_node *map)
{
    static const char *const fixed[] = {"name", "asof", "area", "人", "户", "成员", "亡故", "原成员", "expect"};
    struct compiler *c = l->c;
    const char **keys = arena_array(c->arena, const char *, ARRAY_LEN(fixed) + c->rs->schema.n_tables + 1);
    size_t n = 0;
    for (; n < ARRAY_LEN(fixed); n++) {
        keys[n] = fixed[n];
    }
    for (size_t i = 0; i < c->rs->schema.n_tables; i++) {
        keys[n++] = arena_z(c->arena, c->rs->schema.tables[i].name);
    }
    l->bad |= !yaml_check_keys(&c->doc, map, keys);
}

static bool load_test(struct compiler *c, const struct yaml_node *map, struct rule_def *r, struct test_def *t)
{
    struct test_loader l = {c, r, t, false};
    struct str text;
    *t = (struct test_def){.line = map->line, .column = map->column, .as_of = c->rs->newest_from, .area = -1};
    if (!yaml_as_map(&c->doc, map, TR("测试", "test"))) {
        return false;
    }
    check_test_keys(&l, map);
    t->length = 1;
    t->name = yaml_text(&c->doc, map, "name", YAML_REQUIRED, &text) ? arena_str(c->arena, text) : STR("");
    if (yaml_text(&c->doc, map, "asof", YAML_OPTIONAL, &text) && !day_parse_iso(text, &t->as_of)) {
        yaml_problem(&c->doc, yaml_get(map, "asof"), "E111", TR("“" STR_FMT "”不是日期（年-月-日）", "'" STR_FMT "' is not a date (YYYY-MM-DD)"), STR_ARG(text));
        return false;
    }
    if (yaml_text(&c->doc, map, "area", YAML_OPTIONAL, &text)) {
        t->area = find_area(&c->rs->schema, text);
        if (t->area < 0) {
            yaml_problem(&c->doc, yaml_get(map, "area"), "E404", TR("areas.csv 里没有区划“" STR_FMT "”", "areas.csv has no area '" STR_FMT "'"), STR_ARG(text));
            return false;
        }
    }
    t->persons = arena_array(c->arena, struct test_person, LIMIT_LINES + 1);
    if (yaml_get(map, "人")) {
        add_person(&l, yaml_get(map, "人"), RULES_LIVING);
    } else if (r->pub.entity == RULES_PERSON) {
        t->persons[t->n_persons++].member = RULES_LIVING;
    }
    add_persons(&l, map, "成员", RULES_LIVING);
    add_persons(&l, map, "亡故", RULES_DEAD);
    add_persons(&l, map, "原成员", RULES_FORMER);
    if (yaml_get(map, "户")) {
        t->household = load_values(&l, yaml_get(map, "户"), RULES_HOUSEHOLD, &t->n_household);
    }
    load_rows(&l, map);
    load_expect(&l, map);
    return !l.bad;
}

void load_tests(struct compiler *c, const struct yaml_node *list, struct rule_def *r)
{
    if (!list || !yaml_as_list(&c->doc, list, "tests")) {
        return;
    }
    r->tests = arena_array(c->arena, struct test_def, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        r->n_tests += load_test(c, list->items[i], r, &r->tests[r->n_tests]);
    }
}
