/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/people_private.h"

#include "base/text/table.h"
#include "matchers/identifier.h"

#define MAX_CONDS 16

/* --- names of sources and columns ---------------------------------------------------------------------------------- */

int people_need_source(struct people_loader *l, const struct yaml_node *at, struct str name)
{
    int found = source_find(l->sources, name);
    if (found < 0) {
        struct str known[64];
        size_t n = MIN(l->sources->n, ARRAY_LEN(known));
        for (size_t i = 0; i < n; i++) {
            known[i] = l->sources->v[i].label;
        }
        yaml_problem(l->doc, at, "E160", TR("sources.yaml 里没有名为“" STR_FMT "”的数据源%s", "no source '" STR_FMT "' in sources.yaml%s"), STR_ARG(name),
                     diag_did_you_mean(l->doc->diags, name, known, n));
    }
    return found;
}

int people_need_column(struct people_loader *l, const struct yaml_node *at, int source, struct str name)
{
    const struct source *s = &l->sources->v[source];
    int found = source_column_find(s, name);
    if (found < 0) {
        struct str known[128];
        size_t n = MIN(source_width(s), ARRAY_LEN(known));
        for (size_t i = 0; i < n; i++) {
            known[i] = s->columns[i].name;
        }
        yaml_problem(l->doc, at, "E161", TR("数据源“" STR_FMT "”没有“" STR_FMT "”这一列%s", "source '" STR_FMT "' has no column '" STR_FMT "'%s"),
                     STR_ARG(s->label), STR_ARG(name), diag_did_you_mean(l->doc->diags, name, known, n));
    }
    return found;
}

/* --- conditions and durations ---------------------------------------------------------------------------------------- */

static void load_cond(struct people_loader *l, const struct yaml_pair *pair, int source, struct people_cond *c)
{
    struct yaml_texts texts = {NULL, 0};
    const struct yaml_node *one[1] = {pair->value};
    if (pair->value->kind == YAML_LIST) {
        texts = (struct yaml_texts){pair->value->items, pair->value->n};
    } else if (pair->value->kind == YAML_TEXT) {
        texts = (struct yaml_texts){one, 1};
    }
    if (texts.n == 0) {
        yaml_problem(l->doc, pair->value, "E162", TR("条件要写一个值或一列值", "a condition wants a value or a list of values"));
        return;
    }
    struct str *values = arena_array(l->arena, struct str, texts.n);
    for (size_t i = 0; i < texts.n; i++) {
        values[i] = arena_str(l->arena, texts.v[i]->text);
    }
    c->values = values;
    c->n_values = texts.n;
    if (c->column < 0) {
        return;
    }
    enum column_type type = l->sources->v[source].columns[c->column].type;
    if (type == COL_DATE || type == COL_MONTH) {
        c->date_word = texts.n != 1 ? 0 : str_eqz(values[0], "已过") ? 1 : str_eqz(values[0], "未到") ? 2 : 0;
        if (c->date_word == 0) {
            yaml_problem(l->doc, pair->value, "E162", TR("日期列的条件只能写 已过 或 未到", "a condition on a date is 已过 (past) or 未到 (to come)"));
        }
    } else if (type == COL_MONEY || type == COL_INTEGER || type == COL_ID_NUMBER || type == COL_CERTIFICATE) {
        yaml_problem(l->doc, pair->key, "E162", TR("条件只能用在代码、文字、是否和日期列上", "conditions are for code, text, flag and date columns"));
    }
}

size_t people_load_conds(struct people_loader *l, const struct yaml_node *map, int source, bool negated, struct people_cond *out, size_t room)
{
    if (!map || source < 0 || !yaml_as_map(l->doc, map, negated ? "unless" : "when")) {
        return 0;
    }
    size_t n = 0;
    for (size_t i = 0; i < map->n; i++) {
        if (n == room) {
            yaml_problem(l->doc, map, "E162", TR("条件太多，最多 %d 个", "too many conditions, at most %d"), MAX_CONDS);
            break;
        }
        out[n] = (struct people_cond){.column = people_need_column(l, map->pairs[i].key, source, map->pairs[i].key->text), .negated = negated};
        load_cond(l, &map->pairs[i], source, &out[n]);
        n++;
    }
    return n;
}

bool people_duration(struct people_loader *l, const struct yaml_node *node, int *out_months, int *out_days)
{
    static const struct {
        const char *unit;
        int months, days;
    } units[] = {{"个月", 1, 0}, {"月", 1, 0}, {"天", 0, 1}, {"日", 0, 1}, {"年", 12, 0}};
    struct str text = str_trim(node->text);
    for (size_t i = 0; node->kind == YAML_TEXT && i < ARRAY_LEN(units); i++) {
        struct str unit = str_of(units[i].unit);
        int64_t v;
        if (str_ends(text, unit) && str_to_i64(str_trim(str_sub(text, 0, text.n - unit.n)), &v) && v > 0 && v <= 1200) {
            *out_months = (int)v * units[i].months;
            *out_days = (int)v * units[i].days;
            return true;
        }
    }
    yaml_problem(l->doc, node, "E163", TR("应写时长，例如 3个月、90天、2年", "wants a length of time such as 3个月, 90天, 2年"));
    return false;
}

/* --- sections ---------------------------------------------------------------------------------------------------------- */

static const int *load_source_list(struct people_loader *l, const struct yaml_node *map, const char *key, size_t *out_n)
{
    struct yaml_texts names;
    if (!yaml_texts(l->doc, map, key, YAML_OPTIONAL, &names)) {
        return NULL;
    }
    int *v = arena_array(l->arena, int, names.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < names.n; i++) {
        int s = people_need_source(l, names.v[i], names.v[i]->text);
        if (s >= 0) {
            v[n++] = s;
        }
    }
    *out_n = n;
    return v;
}

/* Every source that registers persons and is not named comes last, in the order of sources.yaml. */
static void load_identity(struct people_loader *l, const struct yaml_node *root)
{
    size_t n = 0;
    const int *named = load_source_list(l, root, "identity", &n);
    int *v = arena_array(l->arena, int, l->sources->n + n);
    for (size_t i = 0; i < n; i++) {
        v[i] = named[i];
    }
    for (size_t s = 0; s < l->sources->n; s++) {
        bool known = !l->sources->v[s].registers_persons;
        for (size_t i = 0; i < n; i++) {
            known = known || v[i] == (int)s;
        }
        if (!known) {
            v[n++] = (int)s;
        }
    }
    l->p->identity_sources = v;
    l->p->n_identity_sources = n;
}

static void load_death(struct people_loader *l, const struct yaml_node *map)
{
    static const char *const keys[] = {"authoritative", "corroboration", NULL};
    if (!map || !yaml_as_map(l->doc, map, "death")) {
        return;
    }
    yaml_check_keys(l->doc, map, keys);
    l->p->death_authoritative = load_source_list(l, map, "authoritative", &l->p->n_death_authoritative);
    int64_t v;
    if (yaml_int_in(l->doc, map, "corroboration", 1, 9, &v)) {
        l->p->death_corroboration = (int)v;
    }
}

static void load_basis(struct people_loader *l, const struct yaml_node *map)
{
    struct yaml_texts names;
    if (!yaml_texts(l->doc, map, "basis", YAML_OPTIONAL, &names)) {
        return;
    }
    enum unit_kind *order = arena_array(l->arena, enum unit_kind, names.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < names.n; i++) {
        enum unit_kind k = UNIT_NONE;
        for (int c = UNIT_ASSISTED; c <= UNIT_INSURED; c++) {
            k = str_eqz(names.v[i]->text, unit_kind_label((enum unit_kind)c)) ? (enum unit_kind)c : k;
        }
        bool twice = false;
        for (size_t j = 0; j < n; j++) {
            twice = twice || order[j] == k;
        }
        if (k == UNIT_NONE || twice) {
            yaml_problem(l->doc, names.v[i], "E164", TR("basis 由 保障户、户籍户、参保家庭 组成，每个最多一次", "basis is made of 保障户, 户籍户 and 参保家庭, each at most once"));
        } else {
            order[n++] = k;
        }
    }
    l->p->basis_order = order;
    l->p->n_basis_order = n;
}

static void load_leaves(struct people_loader *l, const struct yaml_node *list)
{
    static const char *const keys[] = {"source", "when", NULL};
    if (!list || !yaml_as_list(l->doc, list, "leaves")) {
        return;
    }
    struct people_leave *v = arena_array(l->arena, struct people_leave, list->n * MAX_CONDS + 1);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct yaml_node *item = list->items[i];
        struct str name;
        struct people_cond conds[MAX_CONDS];
        if (!yaml_as_map(l->doc, item, "leaves") || !yaml_check_keys(l->doc, item, keys) || !yaml_text(l->doc, item, "source", YAML_REQUIRED, &name)) {
            continue;
        }
        int source = people_need_source(l, yaml_get(item, "source"), name);
        size_t k = people_load_conds(l, yaml_get(item, "when"), source, false, conds, MAX_CONDS);
        for (size_t c = 0; c < k; c++) {
            v[n++] = (struct people_leave){source, conds[c]};
        }
    }
    l->p->leaves = v;
    l->p->n_leaves = n;
}

static void load_households(struct people_loader *l, const struct yaml_node *map)
{
    static const char *const keys[] = {"basis", "take_in_hukou", "by_address", "address_limit", "unit_limit", "leaves", NULL};
    if (!map || !yaml_as_map(l->doc, map, "households")) {
        return;
    }
    struct people *p = l->p;
    int64_t v;
    yaml_check_keys(l->doc, map, keys);
    load_basis(l, map);
    yaml_flag(l->doc, map, "take_in_hukou", YAML_OPTIONAL, &p->take_in_hukou);
    yaml_flag(l->doc, map, "by_address", YAML_OPTIONAL, &p->by_address);
    if (yaml_int_in(l->doc, map, "address_limit", 2, 100, &v)) {
        p->address_limit = (int)v;
    }
    if (yaml_int_in(l->doc, map, "unit_limit", 2, 1000, &v)) {
        p->unit_limit = (int)v;
    }
    load_leaves(l, yaml_get(map, "leaves"));
}

/* A false link costs as much as `cost` missed ones: then a link pays from the probability cost / (cost + 1) on. */
static int32_t threshold_of_cost(int64_t cost)
{
    return (int32_t)(cost * 1000000 / (cost + 1));
}

static void load_linkage(struct people_loader *l, const struct yaml_node *map)
{
    static const char *const keys[] = {"cost", NULL};
    int64_t cost;
    if (!map || !yaml_as_map(l->doc, map, "linkage")) {
        return;
    }
    yaml_check_keys(l->doc, map, keys);
    if (yaml_int_in(l->doc, map, "cost", 1, 100000, &cost)) {
        l->p->link_threshold = threshold_of_cost(cost);
    }
}

static void load_root(struct people_loader *l, const struct yaml_node *root)
{
    static const char *const keys[] = {"format", "identity", "death", "households", "linkage", "keep", "attributes", NULL};
    int64_t format;
    if (!yaml_as_map(l->doc, root, "people.yaml")) {
        return;
    }
    yaml_check_keys(l->doc, root, keys);
    if (yaml_int(l->doc, root, "format", YAML_REQUIRED, &format) && format != 1) {
        yaml_problem(l->doc, yaml_get(root, "format"), "E165", TR("只认识 format: 1", "only format: 1 is known"));
    }
    load_identity(l, root);
    load_death(l, yaml_get(root, "death"));
    load_households(l, yaml_get(root, "households"));
    load_linkage(l, yaml_get(root, "linkage"));
    const struct yaml_node *keep = yaml_get(root, "keep");
    int months, days;
    if (keep && people_duration(l, keep, &months, &days)) {
        l->p->keep_months = months + (days + 29) / 30;
    }
    people_load_attributes(l, yaml_get(root, "attributes"));
}

static struct people *people_new(void)
{
    static const enum unit_kind order[] = {UNIT_ASSISTED, UNIT_HUKOU, UNIT_INSURED};
    struct people *p = xcalloc(1, sizeof(*p));
    p->death_corroboration = 2;
    p->basis_order = order;
    p->n_basis_order = ARRAY_LEN(order);
    p->take_in_hukou = p->by_address = true;
    p->address_limit = 8;
    p->unit_limit = 30;
    p->link_threshold = threshold_of_cost(100);
    p->keep_months = 15;
    return p;
}

enum status people_load(struct str text, const char *path, struct str aliases, const char *aliases_path, const struct sources *sources,
                        struct people **out, struct err *err)
{
    AUTO_DIAG diags = {0};
    AUTO_YAML doc = {0};
    struct people *p = people_new();
    struct people_loader l = {&doc, sources, p, &p->arena};
    if (yaml_parse(&doc, path, text, &YAML_LIMITS_DEFAULT, &diags)) {
        load_root(&l, doc.root);
    }
    people_load_aliases(p, aliases_path, aliases, &diags);
    enum status status = diag_status(&diags, ST_CONFIG, err);
    if (status != ST_OK) {
        people_free(p);
        return status;
    }
    *out = p;
    return ST_OK;
}

void people_free(struct people *p)
{
    if (p) {
        people_behind_free(p->behind);
        arena_release(&p->arena);
        free(p);
    }
}

/* --- id_aliases.csv: old,new,reason -------------------------------------------------------------------------------------- */

static int by_old(const void *x, const void *y)
{
    const struct people_alias *a = x, *b = y;
    return a->old_id < b->old_id ? -1 : a->old_id > b->old_id;
}

static const struct people_alias *find_alias(const struct people *p, uint64_t id)
{
    struct people_alias wanted = {id, 0};
    return p->n_aliases ? bsearch(&wanted, p->aliases, p->n_aliases, sizeof(wanted), by_old) : NULL;
}

/* Follows chains to their end. False: a circle. */
static bool resolve(struct people *p, struct people_alias *v)
{
    for (size_t i = 0; i < p->n_aliases; i++) {
        size_t steps = 0;
        for (const struct people_alias *next; (next = find_alias(p, v[i].new_id)) != NULL; v[i].new_id = next->new_id) {
            if (++steps > p->n_aliases) {
                return false;
            }
        }
    }
    return true;
}

bool people_load_aliases(struct people *p, const char *name, struct str bytes, struct diag_list *diags)
{
    AUTO_TABLE t = {0};
    if (bytes.n == 0 || !table_parse(&t, name, bytes, diags)) {
        return bytes.n == 0;
    }
    int c_old = table_need_column(&t, "old|旧号码"), c_new = table_need_column(&t, "new|新号码");
    if (c_old < 0 || c_new < 0) {
        return false;
    }
    struct people_alias *v = arena_array(&p->arena, struct people_alias, t.rows.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.rows.n; i++) {
        uint64_t from = ident_key(ident_parse(table_cell(&t, &t.rows.v[i], c_old))), to = ident_key(ident_parse(table_cell(&t, &t.rows.v[i], c_new)));
        if (from == 0 || to == 0 || from == to) {
            table_problem(&t, &t.rows.v[i], "E166", TR("新旧号码都要是有效的、不同的号码", "old and new must be two different valid numbers"));
            continue;
        }
        v[n++] = (struct people_alias){from, to};
    }
    qsort(v, n, sizeof(*v), by_old);
    p->aliases = v;
    p->n_aliases = n;
    struct diag_at whole = {.file = t.file};
    for (size_t i = 1; i < n; i++) {
        if (v[i].old_id == v[i - 1].old_id) {
            diag_add(diags, "E166", whole, TR("同一个旧号码出现了两次", "an old number stands there twice"));
            return false;
        }
    }
    if (!resolve(p, v)) {
        diag_add(diags, "E166", whole, TR("新旧号码互相指向，成了圈", "the aliases go in a circle"));
        return false;
    }
    return true;
}

void people_behind_free(struct people_behind *b)
{
    if (b) {
        map64_release(&b->at);
        free(b->id);
        free(b);
    }
}

uint64_t people_current_id(const struct people *p, uint64_t id)
{
    uint64_t key = ident_key(id);
    if (p->behind && ident_kind(key) == IDENT_TOKEN) {
        uint32_t at = map64_get(&p->behind->at, key);
        key = at == MAP_NONE ? key : p->behind->id[at];
    }
    const struct people_alias *a = key ? find_alias(p, key) : NULL;
    return a ? a->new_id : key;
}
