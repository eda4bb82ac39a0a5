/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of people.yaml and the built-in ones. */
#include "base/text/values.h"
#include "pipeline/people_private.h"

#define MAX_CONDS  16
#define MAX_VALUES 62

/* --- built-in ---------------------------------------------------------------------------------------------------------- */

static const struct str sex_words[] = {{"男", 3}, {"女", 3}};
static const struct str basis_words[] = {{"保障户", 9}, {"户籍户", 9}, {"参保家庭", 12}, {"同住址", 9}, {"未定", 6}};

#define PERSON(b, zh, t, none) {.name = {zh, sizeof(zh) - 1}, .entity = ATTR_PERSON, .type = t, .builtin = b, .absent = none, .of_person_attr = -1}
#define HOUSE(b, zh, t, none)  {.name = {zh, sizeof(zh) - 1}, .entity = ATTR_HOUSEHOLD, .type = t, .builtin = b, .absent = none, .of_person_attr = -1}
static const struct people_attr builtins[] = {
    PERSON(ATTR_B_NAME, "姓名", ATTR_TEXT, ATTR_UNKNOWN),
    PERSON(ATTR_B_SEX, "性别", ATTR_ENUM, ATTR_UNKNOWN),
    PERSON(ATTR_B_BIRTH, "出生日期", ATTR_DATE, ATTR_UNKNOWN),
    PERSON(ATTR_B_AGE, "年龄", ATTR_INTEGER, ATTR_UNKNOWN),
    PERSON(ATTR_B_ALIVE, "在世", ATTR_FLAG, 1),
    PERSON(ATTR_B_DEATH, "死亡日期", ATTR_DATE, ATTR_NOTHING),
    PERSON(ATTR_B_DEATH_AGE, "死亡时年龄", ATTR_INTEGER, ATTR_NOTHING),
    PERSON(ATTR_B_DEATH_SOURCES, "死亡来源数", ATTR_INTEGER, 0),
    PERSON(ATTR_B_DEATH_SUSPECT, "疑似死亡", ATTR_FLAG, 0),
    PERSON(ATTR_B_CONFIDENCE, "匹配置信", ATTR_RATIO, 1000000),
    PERSON(ATTR_B_CONFLICTS, "数据矛盾数", ATTR_INTEGER, 0),
    PERSON(ATTR_B_AWAY, "人户分离", ATTR_FLAG, 0),
    PERSON(ATTR_B_UNPROTECTED, "未保障成员", ATTR_FLAG, 0),
    PERSON(ATTR_B_RELATION, "与户主关系", ATTR_TEXT, ATTR_UNKNOWN),
    HOUSE(ATTR_B_H_SIZE, "人口", ATTR_INTEGER, ATTR_UNKNOWN),
    HOUSE(ATTR_B_H_BASIS, "组户依据", ATTR_ENUM, ATTR_UNKNOWN),
    HOUSE(ATTR_B_H_LOT, "抽签", ATTR_INTEGER, ATTR_UNKNOWN),
    HOUSE(ATTR_B_H_NAME, "姓名", ATTR_TEXT, ATTR_UNKNOWN),
};

void people_add_builtins(struct people *p, struct arena *a)
{
    p->attrs = arena_array(a, struct people_attr, ARRAY_LEN(builtins) + p->n_configured);
    memcpy(p->attrs, builtins, sizeof(builtins));
    p->n_attrs = ARRAY_LEN(builtins);
    for (size_t i = 0; i < p->n_attrs; i++) {
        if (p->attrs[i].builtin == ATTR_B_SEX) {
            p->attrs[i].values = sex_words, p->attrs[i].n_values = ARRAY_LEN(sex_words);
        } else if (p->attrs[i].builtin == ATTR_B_H_BASIS) {
            p->attrs[i].values = basis_words, p->attrs[i].n_values = ARRAY_LEN(basis_words);
        }
    }
}

/* --- values ------------------------------------------------------------------------------------------------------------ */

static const char *const type_words[] = {"enum", "set", "date", "money", "integer", "flag", "ratio", "text", NULL};

const char *attr_type_name(enum attr_type t)
{
    return type_words[t];
}

static int value_index(const struct people_attr *a, struct str label)
{
    for (size_t i = 0; i < a->n_values; i++) {
        if (str_eq(a->values[i], label)) {
            return (int)i;
        }
    }
    return -1;
}

static int64_t scalar_value(const struct people_attr *a, struct str text)
{
    daynum day;
    fen money;
    int64_t number;
    bool flag;
    switch (a->type) {
    case ATTR_DATE:
        return str_eqz(text, "长期") ? DAY_FOREVER : day_parse_iso(text, &day) ? day : ATTR_UNKNOWN;
    case ATTR_MONEY:
        return fen_parse(text, &money) ? money : ATTR_UNKNOWN;
    case ATTR_INTEGER:
    case ATTR_RATIO:
        return str_to_i64(text, &number) ? number : ATTR_UNKNOWN;
    case ATTR_FLAG:
        return value_flag(text, &flag) == VALUE_OK ? flag : ATTR_UNKNOWN;
    case ATTR_ENUM:
    case ATTR_SET:
    case ATTR_TEXT:
    case ATTR_TYPE_COUNT:
        break;
    }
    return ATTR_UNKNOWN;
}

int64_t people_attr_value(const struct people_attr *a, const struct people_from *from, struct str text)
{
    if (text.n == 0) {
        return a->absent;
    }
    if (a->type != ATTR_ENUM && a->type != ATTR_SET) {
        return scalar_value(a, text);
    }
    for (size_t i = 0; from && i < from->n_map; i++) {
        if (str_eq(from->map[i].label, text)) {
            return from->map[i].value;
        }
    }
    int v = value_index(a, text);
    if (a->type == ATTR_SET) {
        return v < 0 ? 0 : (int64_t)1 << v; /* what the set does not know is not in it */
    }
    return v < 0 ? ATTR_UNKNOWN : v;
}

int people_attr_find(const struct people *p, enum attr_entity entity, struct str name)
{
    for (size_t i = 0; i < p->n_attrs; i++) {
        if (p->attrs[i].entity == entity && str_eq(p->attrs[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

/* --- one item of `from` -------------------------------------------------------------------------------------------------- */

/* Which column types can give which attribute types. */
static bool type_fits(enum attr_type attr, enum column_type column)
{
    switch (attr) {
    case ATTR_ENUM:
    case ATTR_SET:
        return column == COL_CODE || column == COL_TEXT;
    case ATTR_DATE:
        return column == COL_DATE;
    case ATTR_MONEY:
        return column == COL_MONEY;
    case ATTR_INTEGER:
        return column == COL_INTEGER;
    case ATTR_FLAG:
        return column == COL_FLAG;
    case ATTR_RATIO:
    case ATTR_TEXT:
    case ATTR_TYPE_COUNT:
        break;
    }
    return false;
}

static void load_map(struct people_loader *l, const struct people_attr *a, const struct yaml_node *map, struct people_from *f)
{
    if (!map || !yaml_as_map(l->doc, map, "map")) {
        return;
    }
    struct people_map *v = arena_array(l->arena, struct people_map, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        int index = value_index(a, map->pairs[i].value->text);
        if (index < 0) {
            yaml_problem(l->doc, map->pairs[i].value, "E167", TR("不是这个属性的取值", "not a value of this attribute"));
        }
        v[i] = (struct people_map){arena_str(l->arena, map->pairs[i].key->text), a->type == ATTR_SET ? (int64_t)1 << MAX(index, 0) : index};
    }
    f->map = v;
    f->n_map = map->n;
}

/* Every label the source can give must be a value here: a new category must not vanish in silence. */
static void check_labels(struct people_loader *l, const struct people_attr *a, const struct yaml_node *at, const struct people_from *f)
{
    const struct source_column *c = &l->sources->v[f->source].columns[f->column];
    for (size_t i = 0; i < c->n_codes && (a->type == ATTR_ENUM || a->type == ATTR_SET); i++) {
        if (c->codes[i].label.n && people_attr_value(a, f, c->codes[i].label) == (a->type == ATTR_SET ? 0 : ATTR_UNKNOWN)) {
            yaml_problem(l->doc, at, "E167", TR("该列会出现“" STR_FMT "”，而属性的 values 里没有；加进 values 或在 map 里写明它等于什么",
                                                "the column can hold '" STR_FMT "', which is not in values; add it there or say in map what it equals"),
                         STR_ARG(c->codes[i].label));
            return;
        }
    }
}

static void load_constant(struct people_loader *l, const struct people_attr *a, const struct yaml_node *item, struct people_from *f)
{
    struct str text;
    if (!yaml_text(l->doc, item, "value", YAML_REQUIRED, &text)) {
        return;
    }
    f->constant = people_attr_value(a, NULL, text);
    if (f->constant == ATTR_UNKNOWN || (a->type == ATTR_SET && f->constant == 0)) {
        yaml_problem(l->doc, yaml_get(item, "value"), "E167", TR("不是这个属性的取值", "not a value of this attribute"));
    }
}

/* "残疾证.残疾等级" */
static void load_take(struct people_loader *l, const struct people_attr *a, const struct yaml_node *at, struct people_from *f)
{
    struct str text = at->text;
    size_t dot = str_find(text, STR("."));
    if (dot == text.n) {
        yaml_problem(l->doc, at, "E168", TR("应写成 数据源.列", "wants SOURCE.COLUMN"));
        return;
    }
    f->source = people_need_source(l, at, str_sub(text, 0, dot));
    f->column = f->source < 0 ? -1 : people_need_column(l, at, f->source, str_sub(text, dot + 1, text.n));
    if (f->column >= 0 && !type_fits(a->type, l->sources->v[f->source].columns[f->column].type)) {
        yaml_problem(l->doc, at, "E168", TR("这一列的类型是 %s，给不了 %s 类型的属性", "the column is of type %s and cannot give an attribute of type %s"),
                     column_type_name(l->sources->v[f->source].columns[f->column].type), attr_type_name(a->type));
        f->column = -1, f->source = -1;
    }
}

static void load_window(struct people_loader *l, const struct yaml_node *item, struct people_from *f)
{
    struct str by;
    const struct yaml_node *within = yaml_get(item, "within");
    if (yaml_text(l->doc, item, "by", YAML_OPTIONAL, &by)) {
        f->date_column = people_need_column(l, yaml_get(item, "by"), f->source, by);
        enum column_type t = f->date_column < 0 ? COL_DATE : l->sources->v[f->source].columns[f->date_column].type;
        if (t != COL_DATE && t != COL_MONTH) {
            yaml_problem(l->doc, yaml_get(item, "by"), "E168", TR("by 要写日期列或月份列", "by wants a date or month column"));
        }
    }
    if (within && people_duration(l, within, &f->within_months, &f->within_days) && f->date_column < 0) {
        yaml_problem(l->doc, within, "E168", TR("写了 within 就要用 by 指明按哪一列的日期", "within needs by: which column's date counts"));
    }
}

static bool load_from(struct people_loader *l, const struct people_attr *a, const struct yaml_node *item, struct people_from *f)
{
    static const char *const keys[] = {"take", "source", "value", "when", "unless", "by", "within", "map", NULL};
    *f = (struct people_from){.source = -1, .column = -1, .date_column = -1};
    if (item->kind == YAML_TEXT) {
        load_take(l, a, item, f);
    } else if (yaml_as_map(l->doc, item, "from") && yaml_check_keys(l->doc, item, keys)) {
        struct str name;
        const struct yaml_node *take = yaml_get(item, "take");
        load_map(l, a, yaml_get(item, "map"), f);
        if (take) {
            load_take(l, a, take, f);
        } else if (yaml_text(l->doc, item, "source", YAML_REQUIRED, &name)) {
            f->source = people_need_source(l, yaml_get(item, "source"), name);
            load_constant(l, a, item, f);
        }
        if (f->source >= 0) {
            struct people_cond conds[MAX_CONDS];
            f->n_conds = people_load_conds(l, yaml_get(item, "when"), f->source, false, conds, MAX_CONDS);
            f->n_conds += people_load_conds(l, yaml_get(item, "unless"), f->source, true, conds + f->n_conds, MAX_CONDS - f->n_conds);
            struct people_cond *own = arena_array(l->arena, struct people_cond, f->n_conds + 1);
            memcpy(own, conds, sizeof(*own) * f->n_conds);
            f->conds = own;
            load_window(l, item, f);
        }
    }
    if (f->source >= 0 && f->column >= 0) {
        check_labels(l, a, item, f);
    }
    return f->source >= 0;
}

/* --- one attribute ------------------------------------------------------------------------------------------------------- */

static const char *const survive_words[] = {"precedence", "newest_change", "strongest", "set", "any", "earliest", "latest", NULL};

static bool survive_fits(enum survivorship s, enum attr_type t)
{
    switch (s) {
    case SURVIVE_STRONGEST:
        return t == ATTR_ENUM;
    case SURVIVE_SET:
        return t == ATTR_SET;
    case SURVIVE_ANY:
        return t == ATTR_FLAG;
    case SURVIVE_EARLIEST:
    case SURVIVE_LATEST:
        return t == ATTR_DATE;
    case SURVIVE_NEWEST_CHANGE:
        return t != ATTR_SET;
    case SURVIVE_PRECEDENCE:
        break;
    }
    return true;
}

static void load_values(struct people_loader *l, const struct yaml_node *map, struct people_attr *a)
{
    struct yaml_texts texts;
    if (a->type != ATTR_ENUM && a->type != ATTR_SET) {
        return;
    }
    if (!yaml_texts(l->doc, map, "values", YAML_REQUIRED, &texts)) {
        return;
    }
    if (texts.n == 0 || texts.n > MAX_VALUES) {
        yaml_problem(l->doc, yaml_get(map, "values"), "E169", TR("取值要有 1 到 %d 个", "wants 1 to %d values"), MAX_VALUES);
        return;
    }
    struct str *v = arena_array(l->arena, struct str, texts.n);
    for (size_t i = 0; i < texts.n; i++) {
        v[i] = arena_str(l->arena, texts.v[i]->text);
    }
    a->values = v;
    a->n_values = texts.n;
}

static void load_absent(struct people_loader *l, const struct yaml_node *map, struct people_attr *a)
{
    struct str text;
    a->absent = ATTR_UNKNOWN;
    if (!yaml_text(l->doc, map, "absent", YAML_OPTIONAL, &text)) {
        return;
    }
    if (str_eqz(text, "无") && a->type == ATTR_SET) {
        a->absent = 0;
    } else if (str_eqz(text, "无") && a->type != ATTR_ENUM && a->type != ATTR_FLAG) {
        a->absent = ATTR_NOTHING;
    } else {
        a->absent = people_attr_value(a, NULL, text);
        if (a->absent == ATTR_UNKNOWN || a->type == ATTR_SET) {
            yaml_problem(l->doc, yaml_get(map, "absent"), "E169", TR("不是这个属性的取值", "not a value of this attribute"));
        }
    }
}

static void load_sources(struct people_loader *l, const struct yaml_node *map, struct people_attr *a)
{
    const struct yaml_node *from = yaml_get(map, "from"), *one[1] = {from};
    const struct yaml_node *const *items = from && from->kind == YAML_LIST ? from->items : one;
    size_t n = !from ? 0 : from->kind == YAML_LIST ? from->n : 1;
    if (n == 0) {
        yaml_problem(l->doc, map, "E109", TR("缺少 from：值从哪里来", "from is missing: where values come from"));
        return;
    }
    struct people_from *v = arena_array(l->arena, struct people_from, n);
    for (size_t i = 0; i < n; i++) {
        a->n_from += load_from(l, a, items[i], &v[a->n_from]);
    }
    a->from = v;
    bool one_snapshot = a->n_from == 1 && v[0].column >= 0 && l->sources->v[v[0].source].kind == KIND_SNAPSHOT;
    a->timeline = one_snapshot && (a->type == ATTR_ENUM);
}

static void load_person_attr(struct people_loader *l, const struct yaml_node *map, struct people_attr *a)
{
    static const char *const keys[] = {"type", "values", "absent", "sensitive", "survive", "from", NULL};
    int type, survive = SURVIVE_PRECEDENCE;
    if (!yaml_as_map(l->doc, map, "attributes") || !yaml_check_keys(l->doc, map, keys) ||
        !yaml_choice(l->doc, map, "type", YAML_REQUIRED, type_words, &type)) {
        return;
    }
    if (type == ATTR_TEXT || type == ATTR_RATIO) {
        yaml_problem(l->doc, yaml_get(map, "type"), "E169", TR("类型只能是 enum、set、date、money、integer、flag", "types are enum, set, date, money, integer, flag"));
        return;
    }
    a->type = (enum attr_type)type;
    load_values(l, map, a);
    load_absent(l, map, a);
    yaml_flag(l->doc, map, "sensitive", YAML_OPTIONAL, &a->sensitive);
    yaml_choice(l->doc, map, "survive", YAML_OPTIONAL, survive_words, &survive);
    a->survive = (enum survivorship)survive;
    if (!survive_fits(a->survive, a->type)) {
        yaml_problem(l->doc, yaml_get(map, "survive"), "E169", TR("%s 类型的属性不能用 %s", "an attribute of type %s cannot survive by %s"),
                     attr_type_name(a->type), survive_words[survive]);
    }
    load_sources(l, map, a);
}

static void load_household_attr(struct people_loader *l, const struct yaml_node *map, struct people_attr *a)
{
    static const char *const keys[] = {"strongest", NULL};
    struct str of;
    if (!yaml_as_map(l->doc, map, "attributes") || !yaml_check_keys(l->doc, map, keys) || !yaml_text(l->doc, map, "strongest", YAML_REQUIRED, &of)) {
        return;
    }
    a->of_person_attr = people_attr_find(l->p, ATTR_PERSON, of);
    const struct people_attr *base = a->of_person_attr < 0 ? NULL : &l->p->attrs[a->of_person_attr];
    if (!base || base->type != ATTR_ENUM) {
        yaml_problem(l->doc, yaml_get(map, "strongest"), "E169", TR("要写前面已有的 enum 类型的个人属性", "wants a person's attribute of type enum defined above"));
        a->of_person_attr = -1;
        return;
    }
    a->type = ATTR_ENUM;
    a->values = base->values, a->n_values = base->n_values;
    a->absent = base->absent;
    a->survive = SURVIVE_STRONGEST;
    a->sensitive = base->sensitive;
}

void people_load_attributes(struct people_loader *l, const struct yaml_node *map)
{
    static const struct str house = {"户.", 4};
    bool there = map && yaml_as_map(l->doc, map, "attributes");
    l->p->n_configured = there ? map->n : 0;
    people_add_builtins(l->p, l->arena);
    for (size_t i = 0; there && i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key;
        bool of_house = str_starts(key->text, house);
        struct people_attr a = {.name = arena_str(l->arena, of_house ? str_sub(key->text, house.n, key->text.n) : key->text),
                                .entity = of_house ? ATTR_HOUSEHOLD : ATTR_PERSON,
                                .of_person_attr = -1,
                                .absent = ATTR_UNKNOWN,
                                .line = (int)key->line};
        if (people_attr_find(l->p, a.entity, a.name) >= 0) {
            yaml_problem(l->doc, key, "E169", TR("这个名字是程序自带的属性", "the program has an attribute of that name itself"));
        }
        if (of_house) {
            load_household_attr(l, map->pairs[i].value, &a);
        } else {
            load_person_attr(l, map->pairs[i].value, &a);
        }
        l->p->attrs[l->p->n_attrs++] = a;
    }
}
