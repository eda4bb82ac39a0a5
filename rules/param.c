/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters: date x area x value of an enumeration. */
#include "rules/compiler.h"

/* --- in force ------------------------------------------------------------------------------------------------------- */
static const struct param_version *version_at(const struct param *p, daynum as_of, int area)
{
    const struct param_version *best = NULL;
    for (size_t i = 0; i < p->n_versions; i++) {
        const struct param_version *v = &p->versions[i];
        if (v->area == area && v->from <= as_of && (!best || v->from > best->from)) {
            best = v;
        }
    }
    return best;
}

static struct val hull(struct val a, struct val b) { return val_range(MIN(a.lo, b.lo), MAX(a.hi, b.hi)); }

static struct val version_value(const struct param *p, const struct param_version *v, int64_t key)
{
    if (!v) {
        return VAL_UNKNOWN;
    }
    if (p->by < 0) {
        return v->values[0];
    }
    if (key >= 0 && (size_t)key < p->n_keys) {
        return v->values[key];
    }
    struct val all = v->values[0];
    for (size_t k = 1; k < p->n_keys; k++) {
        all = hull(all, v->values[k]);
    }
    return all;
}

struct val param_value(const struct ruleset *rs, const struct param *p, daynum as_of, int area, int64_t key, const struct param_version **out_version)
{
    const struct param_version *found = NULL;
    for (int a = area, hops = 0; a >= 0 && !found && hops < 16; a = rs->schema.areas[a].parent, hops++) {
        found = version_at(p, as_of, a);
    }
    if (!found) {
        found = version_at(p, as_of, -1);
    }
    *out_version = found;
    struct val v = version_value(p, found, key);
    if (area != -1 || !p->by_area) {
        return v;
    }
    for (size_t i = 0; i < p->n_versions; i++) { /* somewhere: whatever any area says */
        const struct param_version *other = version_at(p, as_of, p->versions[i].area);
        if (other && other != found) {
            v = hull(v, version_value(p, other, key));
            *out_version = NULL;
        }
    }
    return v;
}

/* --- loading -------------------------------------------------------------------------------------------------------- */
static const struct {
    const char *name;
    enum rules_type type;
} PARAM_TYPES[] = {{"金额", RT_MONEY}, {"金额/月", RT_MONTHLY}, {"整数", RT_INT}, {"比例", RT_RATIO}, {"日期", RT_DATE}, {"时长", RT_NONE}, {"点", RT_POINT}};

static bool load_type(struct compiler *c, const struct yaml_node *map, enum rules_type *out)
{
    struct str text;
    if (!yaml_text(&c->doc, map, "type", YAML_REQUIRED, &text)) {
        return false;
    }
    struct str known[ARRAY_LEN(PARAM_TYPES)];
    for (size_t i = 0; i < ARRAY_LEN(PARAM_TYPES); i++) {
        known[i] = str_of(PARAM_TYPES[i].name);
        if (str_eq(known[i], text)) {
            *out = PARAM_TYPES[i].type;
            return true;
        }
    }
    yaml_problem(&c->doc, yaml_get(map, "type"), "E111", TR("没有“" STR_FMT "”这种类型%s", "no type '" STR_FMT "'%s"), STR_ARG(text),
                 diag_did_you_mean(c->diags, text, known, ARRAY_LEN(PARAM_TYPES)));
    return false;
}

/* 时长 takes its unit from the first value; all values must share it. */
static bool load_value(struct compiler *c, const struct yaml_node *node, struct param *p, bool duration, struct val *out)
{
    if (!duration) {
        return parse_literal(c, node, p->type, -1, out);
    }
    struct window w;
    if (!parse_duration(c, node, &w)) {
        return false;
    }
    enum rules_type type = w.months ? RT_MONTHS : RT_DAYS;
    if (p->type != RT_NONE && p->type != type) {
        yaml_problem(&c->doc, node, "E301", TR("同一个参数的时长要么都用天，要么都用月", "durations of one parameter are all in days or all in months"));
        return false;
    }
    p->type = type;
    *out = val_of(w.months + w.days);
    return true;
}

static bool load_table(struct compiler *c, const struct yaml_node *table, struct param *p, bool duration, struct val *values)
{
    const struct rules_enum *e = &c->rs->schema.enums[c->rs->schema.attrs[p->by].enumeration];
    bool ok = true;
    bool *seen = arena_array(c->arena, bool, e->n + 1);
    for (size_t i = 0; i < table->n; i++) {
        int k = find_enum_value(e, table->pairs[i].key->text);
        if (k < 0) {
            yaml_problem(&c->doc, table->pairs[i].key, "E203", TR("“" STR_FMT "”没有“" STR_FMT "”这个取值%s", "'" STR_FMT "' has no value '" STR_FMT "'%s"),
                         STR_ARG(e->name), STR_ARG(table->pairs[i].key->text), diag_did_you_mean(c->diags, table->pairs[i].key->text, e->values, e->n));
            ok = false;
            continue;
        }
        seen[k] = true;
        ok &= load_value(c, table->pairs[i].value, p, duration, &values[k]);
    }
    for (size_t k = 0; k < e->n; k++) {
        if (!seen[k]) {
            yaml_problem(&c->doc, table, "E403", TR("表里缺少“" STR_FMT "”", "the table lacks '" STR_FMT "'"), STR_ARG(e->values[k]));
            ok = false;
        }
    }
    return ok;
}

static bool load_version(struct compiler *c, const struct yaml_node *node, struct param *p, bool duration, struct param_version *out)
{
    static const char *const keys[] = {"from", "area", "value", "table", NULL};
    if (!yaml_as_map(&c->doc, node, TR("取值", "value")) || !yaml_check_keys(&c->doc, node, keys)) {
        return false;
    }
    struct str from, area;
    *out = (struct param_version){.area = -1, .values = arena_array(c->arena, struct val, p->n_keys + 1)};
    if (!yaml_text(&c->doc, node, "from", YAML_REQUIRED, &from)) {
        return false;
    }
    if (!day_parse_iso(from, &out->from)) {
        yaml_problem(&c->doc, yaml_get(node, "from"), "E111", TR("“" STR_FMT "”不是日期（年-月-日）", "'" STR_FMT "' is not a date (YYYY-MM-DD)"), STR_ARG(from));
        return false;
    }
    if (yaml_text(&c->doc, node, "area", YAML_OPTIONAL, &area)) {
        out->area = find_area(&c->rs->schema, area);
        if (out->area < 0) {
            yaml_problem(&c->doc, yaml_get(node, "area"), "E404", TR("areas.csv 里没有区划“" STR_FMT "”", "areas.csv has no area '" STR_FMT "'"), STR_ARG(area));
            return false;
        }
        p->by_area = true;
    }
    const struct yaml_node *table = yaml_get(node, "table"), *value = yaml_get(node, "value");
    if (p->by >= 0) {
        return yaml_map(&c->doc, node, "table", YAML_REQUIRED, &table) && load_table(c, table, p, duration, out->values);
    }
    if (table || !value) {
        yaml_problem(&c->doc, node, "E405", TR("这里要写 value:（有 by: 的参数才写 table:）", "value: is needed here (table: goes with by:)"));
        return false;
    }
    return load_value(c, value, p, duration, &out->values[0]);
}

static int compare_versions(const void *a, const void *b)
{
    const struct param_version *x = a, *y = b;
    return x->area != y->area ? (x->area > y->area) - (x->area < y->area) : (x->from > y->from) - (x->from < y->from);
}

static void check_versions(struct compiler *c, const struct yaml_node *node, struct param *p)
{
    qsort(p->versions, p->n_versions, sizeof *p->versions, compare_versions);
    bool general = p->n_versions && p->versions[0].area < 0;
    if (p->n_versions && !general) {
        yaml_problem(&c->doc, node, "E402", TR("参数“" STR_FMT "”缺少不分区划的取值", "parameter '" STR_FMT "' has no value for areas that are not named"), STR_ARG(p->name));
    }
    for (size_t i = 1; i < p->n_versions; i++) {
        const struct param_version *v = &p->versions[i], *u = v - 1;
        if (v->area != u->area) {
            continue;
        }
        if (v->from == u->from) {
            yaml_problem(&c->doc, node, "E401", TR("参数“" STR_FMT "”在同一天有两个取值", "parameter '" STR_FMT "' has two values from the same day"), STR_ARG(p->name));
        }
        for (size_t k = 0; k < (p->by < 0 ? 1 : p->n_keys); k++) {
            int64_t x = u->values[k].lo, y = v->values[k].lo;
            if (p->type != RT_DATE && x > 0 && y > 0 && (x / 3 >= y || y / 3 >= x) && x != y) {
                yaml_problem(&c->doc, node, "W406", TR("参数“" STR_FMT "”前后相差三倍以上，请核对", "parameter '" STR_FMT "' jumps by a factor of three or more: please check"),
                             STR_ARG(p->name));
                break;
            }
        }
    }
}

static void load_param(struct compiler *c, const struct yaml_pair *pair, struct param *p)
{
    static const char *const keys[] = {"type", "basis", "by", "values", "review", "note", NULL};
    const struct yaml_node *map = pair->value, *values;
    p->name = arena_str(c->arena, pair->key->text);
    p->at = yaml_at(&c->doc, pair->key);
    p->review = DAY_MISSING;
    p->by = -1;
    if (!yaml_as_map(&c->doc, map, TR("参数", "parameter")) || !load_type(c, map, &p->type)) {
        return;
    }
    yaml_check_keys(&c->doc, map, keys);
    bool duration = p->type == RT_NONE;
    struct str by;
    if (yaml_text(&c->doc, map, "by", YAML_OPTIONAL, &by)) {
        bool household = str_starts(by, STR("户."));
        struct str name = household ? str_sub(by, strlen("户."), by.n) : by;
        p->by = find_attr(&c->rs->schema, household ? RULES_HOUSEHOLD : RULES_PERSON, name);
        if (p->by < 0 || c->rs->schema.attrs[p->by].type != RT_ENUM) {
            yaml_problem(&c->doc, yaml_get(map, "by"), "E201", TR("by: 要写枚举指标，如 户.在保类别；没有“" STR_FMT "”", "by: names an enumerated attribute such as 户.在保类别; there is no '" STR_FMT "'"),
                         STR_ARG(by));
            p->by = -1;
            return;
        }
        p->n_keys = c->rs->schema.enums[c->rs->schema.attrs[p->by].enumeration].n;
    }
    struct str basis, review;
    if (yaml_text(&c->doc, map, "review", YAML_OPTIONAL, &review) && !day_parse_iso(review, &p->review)) {
        yaml_problem(&c->doc, yaml_get(map, "review"), "E111", TR("“" STR_FMT "”不是日期（年-月-日）", "'" STR_FMT "' is not a date (YYYY-MM-DD)"), STR_ARG(review));
    }
    if (!yaml_text(&c->doc, map, "basis", YAML_OPTIONAL, &basis)) {
        basis = STR("");
        yaml_problem(&c->doc, pair->key, "W705", TR("参数“" STR_FMT "”没有写依据 basis:", "parameter '" STR_FMT "' names no basis:"), STR_ARG(p->name));
    }
    p->basis = arena_str(c->arena, basis);
    if (!yaml_list(&c->doc, map, "values", YAML_REQUIRED, &values)) {
        return;
    }
    if (values->n == 0) {
        yaml_problem(&c->doc, values, "E405", TR("至少要有一个取值", "at least one value is needed"));
    }
    p->versions = arena_array(c->arena, struct param_version, values->n + 1);
    for (size_t i = 0; i < values->n; i++) {
        if (load_version(c, values->items[i], p, duration, &p->versions[p->n_versions])) {
            c->rs->newest_from = MAX(c->rs->newest_from, p->versions[p->n_versions].from);
            p->n_versions++;
        }
    }
    check_versions(c, pair->key, p);
}

/* --- other values, to see what they would do ------------------------------------------------------------------------ */
/* One 名=值 or 名.键=值, for all versions. The duration of a parameter in days or months may come in either. */
static bool set_value(struct compiler *c, const struct yaml_node *map, struct str set)
{
    size_t eq = str_find(set, STR("=")), dot = str_find(set, STR("."));
    struct str name = str_trim(str_sub(set, 0, MIN(eq, dot))), key = dot < eq ? str_trim(str_sub(set, dot + 1, eq - dot - 1)) : STR(""), text = str_trim(str_sub(set, eq + 1, set.n));
    int at = find_param(c->rs, name);
    if (at < 0 || eq >= set.n) {
        struct str *known = arena_array(c->arena, struct str, c->rs->n_params + 1);
        for (size_t i = 0; i < c->rs->n_params; i++) {
            known[i] = c->rs->params[i].name;
        }
        yaml_problem(&c->doc, map, "E409", TR("“" STR_FMT "”要写成 参数=值 或 参数.取值=值%s", "'" STR_FMT "' is to be parameter=value or parameter.key=value%s"), STR_ARG(set),
                     diag_did_you_mean(c->diags, name, known, c->rs->n_params));
        return false;
    }
    struct param *p = &c->rs->params[at];
    int k = p->by < 0 ? -1 : find_enum_value(&c->rs->schema.enums[c->rs->schema.attrs[p->by].enumeration], key);
    if ((p->by >= 0 && key.n && k < 0) || (p->by < 0 && key.n)) {
        yaml_problem(&c->doc, map->pairs[at].key, "E409", TR("参数“" STR_FMT "”没有“" STR_FMT "”这个取值", "parameter '" STR_FMT "' has no key '" STR_FMT "'"), STR_ARG(name), STR_ARG(key));
        return false;
    }
    struct val v;
    if (!parse_literal_text(c, map->pairs[at].key, text, p->type, -1, &v)) {
        return false;
    }
    for (size_t i = 0; i < p->n_versions; i++) {
        for (size_t n = 0; n < MAX(p->n_keys, (size_t)1); n++) {
            if (k < 0 || (size_t)k == n) {
                p->versions[i].values[n] = v;
            }
        }
    }
    return true;
}

static void set_values(struct compiler *c, const struct yaml_node *map)
{
    struct str rest = c->sets, set;
    while (str_split(&rest, ',', &set)) {
        if (!set_value(c, map, set)) {
            return;
        }
    }
}

void params_load(struct compiler *c, const struct yaml_node *map)
{
    c->rs->newest_from = day_from_ymd(2026, 1, 1);
    if (!map || yaml_is_empty(map) || !yaml_as_map(&c->doc, map, "params")) {
        return;
    }
    c->rs->params = arena_array(c->arena, struct param, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        load_param(c, &map->pairs[i], &c->rs->params[i]);
    }
    c->rs->n_params = map->n;
    if (c->sets.n) {
        set_values(c, map);
    }
}

/* Before its first value a parameter is unknown, and so is every line that names it. */
static void check_hole(const struct param *p, daynum today, struct diag_list *diags)
{
    daynum first = DAY_MISSING;
    for (size_t i = 0; i < p->n_versions; i++) {
        bool earlier = p->versions[i].area < 0 && (first == DAY_MISSING || p->versions[i].from < first);
        first = earlier ? p->versions[i].from : first;
    }
    if (p->used && first != DAY_MISSING && first > today) {
        AUTO_STRBUF day = STRBUF_INIT;
        strbuf_add_day(&day, first);
        diag_add(diags, "W412", p->at, TR("参数“" STR_FMT "”从 %s 才有取值：在那之前，用到它的条件都是未知", "parameter '" STR_FMT "' has no value before %s: until then every condition that names it is unknown"),
                 STR_ARG(p->name), strbuf_z(&day));
    }
}

void rules_check_review(const struct ruleset *rs, daynum today, struct diag_list *diags)
{
    for (size_t i = 0; i < rs->n_params; i++) {
        const struct param *p = &rs->params[i];
        check_hole(p, today, diags);
        if (p->review != DAY_MISSING && p->review < today) {
            AUTO_STRBUF day = STRBUF_INIT;
            strbuf_add_day(&day, p->review);
            diag_add(diags, "W408", p->at, TR("参数“" STR_FMT "”应在 %s 前复核：查有没有新文件，改好取值和 review", "parameter '" STR_FMT "' was to be reviewed by %s: look for a new notice, then change values and review"),
                     STR_ARG(p->name), strbuf_z(&day));
        }
    }
}
