/* SPDX-License-Identifier: Apache-2.0 */
/* facts: what is computed from tables, members or other facts. Resolved when first named, so that order in the file does not matter and a
   definition that leads back to itself is found. */
#include "rules/compiler.h"

static bool type_override(struct compiler *c, const struct yaml_node *map, struct fact_def *f)
{
    struct str text;
    if (!yaml_text(&c->doc, map, "type", YAML_OPTIONAL, &text)) {
        return true;
    }
    if (str_eqz(text, "金额/月") && (f->type == RT_MONEY || f->type == RT_MONTHLY)) {
        f->type = RT_MONTHLY;
        return true;
    }
    if (str_eq(text, str_of(rules_type_name(f->type)))) {
        return true;
    }
    yaml_problem(&c->doc, yaml_get(map, "type"), "E111", TR("type: 只能把 金额 写成 金额/月；这里是“%s”", "type: can only turn 金额 into 金额/月; this is '%s'"), rules_type_name(f->type));
    return false;
}

/* "医疗结算.自付金额", or a table alone. */
static bool source_of(struct compiler *c, const struct yaml_node *node, struct str text, struct fact_def *f, bool column)
{
    size_t dot = str_find(text, STR("."));
    struct str table = str_sub(text, 0, dot), name = str_sub(text, dot + 1, text.n);
    f->table = find_table(&c->rs->schema, table);
    if (f->table < 0) {
        struct str *known = arena_array(c->arena, struct str, c->rs->schema.n_tables + 1);
        for (size_t i = 0; i < c->rs->schema.n_tables; i++) {
            known[i] = c->rs->schema.tables[i].name;
        }
        yaml_problem(&c->doc, node, "E202", TR("没有名为“" STR_FMT "”的数据源%s", "no source labelled '" STR_FMT "'%s"), STR_ARG(table),
                     diag_did_you_mean(c->diags, table, known, c->rs->schema.n_tables));
        return false;
    }
    f->column = column ? find_column(&c->rs->schema.tables[f->table], name) : -1;
    if (column == (f->column >= 0) && (column || dot == text.n)) {
        return true;
    }
    const struct rules_table *t = &c->rs->schema.tables[f->table];
    struct str *known = arena_array(c->arena, struct str, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++) {
        known[i] = t->columns[i].name;
    }
    yaml_problem(&c->doc, node, "E202", TR("“" STR_FMT "”没有名为“" STR_FMT "”的列%s", "'" STR_FMT "' has no column '" STR_FMT "'%s"), STR_ARG(t->name), STR_ARG(name),
                 diag_did_you_mean(c->diags, name, known, t->n_columns));
    return false;
}

static bool date_column(struct compiler *c, const struct yaml_node *map, struct fact_def *f, bool needed)
{
    const struct rules_table *t = &c->rs->schema.tables[f->table];
    struct str name;
    f->date_column = -1;
    if (yaml_text(&c->doc, map, "date", YAML_OPTIONAL, &name)) {
        f->date_column = find_column(t, name);
        bool dated = f->date_column >= 0 && (t->columns[f->date_column].type == RT_DATE || t->columns[f->date_column].type == RT_MONTH);
        if (!dated) {
            yaml_problem(&c->doc, yaml_get(map, "date"), "E202", TR("“" STR_FMT "”没有名为“" STR_FMT "”的日期列", "'" STR_FMT "' has no date column '" STR_FMT "'"),
                         STR_ARG(t->name), STR_ARG(name));
        }
        return dated;
    }
    if (!needed) {
        return true;
    }
    size_t found = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        if (t->columns[i].type == RT_DATE || t->columns[i].type == RT_MONTH) {
            f->date_column = (int)i;
            found++;
        }
    }
    if (found != 1) {
        yaml_problem(&c->doc, map, "E109", TR("要写 date:，说明按哪一列的日期", "date: is needed: which column dates the rows"));
    }
    return found == 1;
}

static bool column_fits(const struct compiler *c, const struct fact_def *f, struct fact_def *out)
{
    const struct rules_column *col = &c->rs->schema.tables[f->table].columns[f->column];
    out->type = col->type;
    out->enumeration = col->enumeration;
    bool amount = col->type == RT_MONEY || col->type == RT_MONTHLY || col->type == RT_INT || col->type == RT_POINT || col->type == RT_RATIO;
    bool dated = col->type == RT_DATE || col->type == RT_MONTH;
    switch (f->agg) {
    case RULES_SUM:
    case RULES_TOP:
        return amount && col->type != RT_RATIO;
    case RULES_MAX:
    case RULES_MIN:
        return amount || dated;
    case RULES_DISTINCT:
        out->type = RT_INT;
        out->enumeration = -1;
        return col->type == RT_ENUM || dated;
    case RULES_GAP:
        out->type = RT_MONTHS;
        out->enumeration = -1;
        return dated;
    case RULES_LAST:
    case RULES_FIRST:
        return amount || dated || col->type == RT_ENUM;
    case RULES_COUNT:
    default:
        return true;
    }
}

static bool counts_months(const struct compiler *c, const struct fact_def *f)
{
    enum rules_type t = c->rs->schema.tables[f->table].columns[f->column].type;
    return (f->agg == RULES_DISTINCT || f->agg == RULES_GAP) && (t == RT_MONTH || t == RT_DATE);
}

/* Months are kept as bits. */
static bool months_fit(struct compiler *c, const struct yaml_node *map, const struct fact_def *f)
{
    enum { MOST = 60 };
    const struct window *w = &f->window;
    bool fits = w->set && !w->days && w->months <= MOST && (w->span == SPAN_ROLLING || f->agg == RULES_DISTINCT);
    if (!fits) {
        yaml_problem(&c->doc, map, "E109", TR("数月份要写 last: 几个月，最多 %d个月", "counting months needs last: so many months, at most %d个月"), MOST);
    }
    return fits;
}

/* sum with top: the few largest. */
static bool top_of(struct compiler *c, const struct yaml_node *map, struct fact_def *f)
{
    int64_t n;
    if (!yaml_get(map, "top")) {
        return true;
    }
    if (f->agg != RULES_SUM) {
        yaml_problem(&c->doc, yaml_get(map, "top"), "E405", TR("top: 只和 sum 一起用：最大的几笔之和", "top: goes with sum: the largest few added up"));
        return false;
    }
    if (!yaml_int_in(&c->doc, map, "top", 1, LIMIT_TOP, &n)) {
        return false;
    }
    f->agg = RULES_TOP;
    f->top = (int)n;
    return true;
}

static bool scan_fact(struct compiler *c, const struct yaml_node *map, const char *key, struct fact_def *f)
{
    const struct yaml_node *node = yaml_get(map, key), *where = yaml_get(map, "where");
    struct str text, of;
    f->kind = FACT_SCAN;
    f->type = RT_INT;
    if (!top_of(c, map, f) || !yaml_as_text(&c->doc, node, key, &text) || !source_of(c, node, text, f, f->agg != RULES_COUNT)) {
        return false;
    }
    if (f->column >= 0 && !column_fits(c, f, f)) {
        yaml_problem(&c->doc, node, "E301", TR("“" STR_FMT "”这一列不能这样汇总", "column '" STR_FMT "' cannot be aggregated like that"), STR_ARG(text));
        return false;
    }
    bool take = f->agg == RULES_LAST;
    const struct yaml_node *window = yaml_get(map, take ? "stale" : "last");
    bool dated = f->column >= 0 && counts_months(c, f);
    if (!dated && !date_column(c, map, f, take || f->agg == RULES_FIRST || window)) {
        return false;
    }
    f->date_column = dated ? f->column : f->date_column;
    if (window && !(take ? parse_duration(c, window, &f->window) : parse_window(c, window, &f->window))) {
        return false;
    }
    if (dated && !months_fit(c, map, f)) {
        return false;
    }
    if (f->window.days && c->rs->schema.tables[f->table].columns[f->date_column].type == RT_MONTH) {
        yaml_problem(&c->doc, window, "E301", TR("按月的列，期限要写几个月", "a column of months takes a window in months"));
        return false;
    }
    if (yaml_text(&c->doc, map, "of", YAML_OPTIONAL, &of)) {
        if (!str_eqz(of, "成员")) {
            yaml_problem(&c->doc, yaml_get(map, "of"), "E111", TR("of: 只能写 成员", "of: can only be 成员"));
            return false;
        }
        f->living_only = true;
    }
    if (where) {
        struct scope sc = {.dom = DOM_ROW, .table = f->table, .owner = f->entity};
        size_t n;
        struct line *lines = load_lines(c, where, &sc, true, &n);
        f->where = lines ? and_lines(c, lines, n) : NULL;
        if (!f->where) {
            return false;
        }
    }
    return type_override(c, map, f);
}

static bool member_fact(struct compiler *c, const struct yaml_node *map, int members, struct fact_def *f)
{
    const struct yaml_node *where = yaml_get(map, "where");
    static const char *const keys[] = {"count", "where", "note", NULL};
    if (!yaml_check_keys(&c->doc, map, keys)) {
        return false;
    }
    if (f->entity != RULES_HOUSEHOLD) {
        yaml_problem(&c->doc, map, "E302", TR("成员数是户的指标，名字要以“户.”开头", "a count of members belongs to a household: its name begins with 户."));
        return false;
    }
    struct expr *cond = NULL;
    if (where) {
        struct scope sc = {.dom = DOM_PERSON, .table = -1};
        size_t n;
        struct line *lines = load_lines(c, where, &sc, true, &n);
        cond = lines ? and_lines(c, lines, n) : NULL;
    } else {
        cond = expr_new(c, EX_CONST, RT_BOOL);
        cond->value = VAL_TRUE;
    }
    if (!cond) {
        return false;
    }
    f->kind = FACT_BODY;
    f->type = RT_INT;
    f->body = expr_new(c, EX_FOLD_COUNT, RT_INT);
    f->body->a = cond;
    f->body->dom = DOM_HOUSEHOLD;
    f->body->index = members;
    return true;
}

static bool formula_fact(struct compiler *c, const struct yaml_node *node, struct fact_def *f)
{
    struct scope sc = {.dom = f->entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON, .table = -1};
    f->kind = FACT_BODY;
    f->body = parse_value(c, node, node->text, &sc);
    if (!f->body) {
        return false;
    }
    f->type = f->body->type;
    f->enumeration = f->body->enumeration;
    if (f->type == RT_SET || f->type == RT_TEXT) {
        yaml_problem(&c->doc, node, "E305", TR("公式不能得出集合或文本", "a formula cannot give a set or a text"));
        return false;
    }
    return true;
}

static int members_of(struct str w)
{
    return str_eqz(w, "成员") ? RULES_LIVING : str_eqz(w, "亡故成员") ? RULES_DEAD : str_eqz(w, "原成员") ? RULES_FORMER : 0;
}

static bool resolve_now(struct compiler *c, const struct yaml_node *node, struct fact_def *f)
{
    static const char *const keys[] = {"sum", "count", "max", "min", "take", "first", "distinct", "gap", "top", "date", "last", "stale", "where", "of", "type", "note", NULL};
    static const struct {
        const char *key;
        enum rules_agg agg;
    } aggs[] = {{"sum", RULES_SUM}, {"count", RULES_COUNT}, {"max", RULES_MAX}, {"min", RULES_MIN}, {"take", RULES_LAST}, {"first", RULES_FIRST}, {"distinct", RULES_DISTINCT}, {"gap", RULES_GAP}};
    if (node->kind == YAML_TEXT) {
        return formula_fact(c, node, f);
    }
    if (!yaml_as_map(&c->doc, node, TR("指标", "fact")) || !yaml_check_keys(&c->doc, node, keys)) {
        return false;
    }
    const char *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(aggs); i++) {
        if (yaml_get(node, aggs[i].key)) {
            if (found) {
                yaml_problem(&c->doc, node, "E405", TR("sum、count、max、min、take、first、distinct、gap 只能写一个", "only one of sum, count, max, min, take, first, distinct, gap"));
                return false;
            }
            found = aggs[i].key;
            f->agg = aggs[i].agg;
        }
    }
    if (!found) {
        yaml_problem(&c->doc, node, "E109", TR("要写 sum、count、max、min、take、first、distinct、gap 之一", "one of sum, count, max, min, take, first, distinct, gap is needed"));
        return false;
    }
    const char *wrong = f->agg == RULES_LAST ? "last" : "stale";
    if (yaml_get(node, wrong)) {
        yaml_problem(&c->doc, yaml_get(node, wrong), "E405", TR("take 用 stale:，其他用 last:", "take goes with stale:, the others with last:"));
        return false;
    }
    struct str text;
    int members = f->agg == RULES_COUNT && yaml_text(&c->doc, node, "count", YAML_OPTIONAL, &text) ? members_of(text) : 0;
    return members ? member_fact(c, node, members, f) : scan_fact(c, node, found, f);
}

bool fact_resolve(struct compiler *c, int fact)
{
    struct fact_def *f = &c->rs->facts[fact];
    if (f->state == 0) {
        f->state = 1;
        struct rule_def *rule = c->rule;
        bool justified = c->justified;
        bool ok = ++c->fact_depth <= LIMIT_FACT_DEPTH && resolve_now(c, c->fact_nodes[fact], f);
        if (c->fact_depth-- > LIMIT_FACT_DEPTH) {
            yaml_problem(&c->doc, c->fact_nodes[fact], "E107", TR("指标套指标太深", "facts are nested too deep"));
        }
        c->rule = rule;
        c->justified = justified;
        f->state = ok ? 2 : 3;
        f->at = yaml_at(&c->doc, c->fact_nodes[fact]);
        if (ok) {
            fact_hash(c->rs, f);
        }
    }
    return f->state == 2;
}

void facts_collect(struct compiler *c, const struct yaml_node *map)
{
    if (!map || yaml_is_empty(map) || !yaml_as_map(&c->doc, map, "facts")) {
        return;
    }
    if (map->n > LIMIT_FACTS) {
        yaml_problem(&c->doc, map, "E107", TR("指标太多", "too many facts"));
        return;
    }
    c->rs->facts = arena_array(c->arena, struct fact_def, map->n + 1);
    c->fact_nodes = arena_array(c->arena, const struct yaml_node *, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        struct str key = map->pairs[i].key->text;
        bool household = str_starts(key, STR("户."));
        if (!household && !str_starts(key, STR("人."))) {
            yaml_problem(&c->doc, map->pairs[i].key, "E201", TR("指标名要以“户.”或“人.”开头", "the name of a fact begins with 户. or 人."));
            continue;
        }
        struct str name = str_sub(key, strlen("户."), key.n);
        enum rules_entity entity = household ? RULES_HOUSEHOLD : RULES_PERSON;
        if (find_attr(&c->rs->schema, entity, name) >= 0) {
            yaml_problem(&c->doc, map->pairs[i].key, "E104", TR("“" STR_FMT "”已经是 people.yaml 里的指标", "'" STR_FMT "' is already an attribute of people.yaml"), STR_ARG(key));
            continue;
        }
        c->fact_nodes[c->rs->n_facts] = map->pairs[i].value;
        c->rs->facts[c->rs->n_facts++] = (struct fact_def){.name = arena_str(c->arena, name), .entity = entity, .enumeration = -1, .table = -1,
                                                           .column = -1, .date_column = -1, .scan = -1, .input = -1};
    }
}
