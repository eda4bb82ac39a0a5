/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/area.h"

#include "base/core/file.h"
#include "base/core/status.h"
#include "base/text/area_name.h"
#include "base/text/table.h"
#include "base/text/values.h"

void areas_release(struct area_set *set)
{
    if (set) {
        arena_release(&set->arena);
        vec_release(&set->areas);
        map64_release(&set->by_head);
    }
}

const char *area_kind_word(enum area_kind k)
{
    switch (k) {
    case AREA_DISTRICT:
        return TR("区县", "district");
    case AREA_STREET:
        return TR("街道", "street");
    case AREA_COMMUNITY:
        return TR("社区", "community");
    case AREA_GRID:
        return TR("网格", "grid");
    case AREA_KIND_COUNT:
    default:
        return "";
    }
}

static bool kind_from_word(struct str s, enum area_kind *out_kind)
{
    static const struct {
        const char *word;
        enum area_kind kind;
    } words[] = {{"district", AREA_DISTRICT}, {"区县", AREA_DISTRICT}, {"区", AREA_DISTRICT},    {"县", AREA_DISTRICT},  {"市", AREA_DISTRICT},
                 {"street", AREA_STREET},     {"街道", AREA_STREET},   {"镇", AREA_STREET},      {"乡", AREA_STREET},    {"街镇", AREA_STREET},
                 {"community", AREA_COMMUNITY}, {"社区", AREA_COMMUNITY}, {"村", AREA_COMMUNITY}, {"grid", AREA_GRID},    {"网格", AREA_GRID}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(s, words[i].word)) {
            *out_kind = words[i].kind;
            return true;
        }
    }
    return false;
}

/* A row on its way into the set: the parent is still a code. */
struct loading {
    struct area area;
    struct str parent;
    const struct table_row *row;
};
struct loader {
    struct area_set *set;
    struct table *t;
    VEC(struct loading) rows;
    int code, name, aliases, kind, parent, from, to, capacity;
};

static void read_aliases(struct loader *l, struct str cell, struct area *a)
{
    struct str rest = cell, part;
    size_t n = 1;
    for (size_t i = 0; i < cell.n; i++) {
        n += cell.p[i] == '|';
    }
    struct str *list = arena_array(&l->set->arena, struct str, n);
    a->aliases = list;
    while (cell.n && str_split(&rest, '|', &part)) {
        part = str_trim(part);
        if (part.n) {
            list[a->n_aliases++] = arena_str(&l->set->arena, part);
        }
    }
}

static daynum read_day(struct loader *l, const struct table_row *row, int column, daynum missing)
{
    daynum day = missing;
    enum date_precision precision;
    struct str cell = table_cell(l->t, row, column);
    enum value_reason r = value_date(cell, DATE_ONLY_DAY, &day, &precision);
    if (r != VALUE_OK && r != VALUE_MISSING) {
        table_problem(l->t, row, "E135", TR("“" STR_FMT "”%s", "'" STR_FMT "': %s"), STR_ARG(cell), value_reason_word(r));
    }
    return r == VALUE_OK ? day : missing;
}

static int32_t read_capacity(struct loader *l, const struct table_row *row)
{
    int64_t v = AREA_NONE;
    struct str cell = table_cell(l->t, row, l->capacity);
    enum value_reason r = value_integer(cell, &v);
    if (r == VALUE_MISSING) {
        return AREA_NONE;
    }
    if (r != VALUE_OK || v < 0 || v > 1000000) {
        table_problem(l->t, row, "E136", TR("每周走访能力“" STR_FMT "”应是不小于 0 的整数", "weekly capacity '" STR_FMT "' must be a whole number, 0 or more"),
                      STR_ARG(cell));
        return AREA_NONE;
    }
    return (int32_t)v;
}

static void read_row(struct loader *l, const struct table_row *row)
{
    struct loading in = {.row = row, .area = {.parent = AREA_NONE}};
    in.area.code = arena_str(&l->set->arena, table_cell(l->t, row, l->code));
    in.area.name = arena_str(&l->set->arena, table_cell(l->t, row, l->name));
    in.parent = arena_str(&l->set->arena, table_cell(l->t, row, l->parent));
    if (!in.area.code.n || !in.area.name.n) {
        table_problem(l->t, row, "E137", TR("代码和名称都要填写", "code and name are both needed"));
        return;
    }
    struct str kind = table_cell(l->t, row, l->kind);
    if (!kind_from_word(kind, &in.area.kind)) {
        table_problem(l->t, row, "E132", TR("级别“" STR_FMT "”应是 district、street、community、grid（区县、街道、社区、网格）之一",
                                            "kind '" STR_FMT "' must be district, street, community or grid"),
                      STR_ARG(kind));
        return;
    }
    read_aliases(l, table_cell(l->t, row, l->aliases), &in.area);
    in.area.valid_from = read_day(l, row, l->from, DAY_MISSING);
    in.area.valid_to = read_day(l, row, l->to, DAY_FOREVER);
    in.area.weekly_capacity = read_capacity(l, row);
    vec_push(&l->rows, in);
}

static int loading_cmp(const void *pa, const void *pb)
{
    const struct loading *a = pa, *b = pb;
    if (a->area.kind != b->area.kind) {
        return a->area.kind < b->area.kind ? -1 : 1;
    }
    int c = str_cmp(a->area.code, b->area.code);
    return c ? c : (a->row->line > b->row->line) - (a->row->line < b->row->line);
}

/* Binary search over set->by_code, which is filled by codes in order. */
static int32_t find_code(const struct area_set *set, struct str code)
{
    size_t lo = 0, hi = set->areas.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (str_cmp(set->areas.v[set->by_code[mid]].code, code) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < set->areas.n && str_eq(set->areas.v[set->by_code[lo]].code, code) ? set->by_code[lo] : AREA_NONE;
}

struct code_place {
    struct str code;
    int32_t area;
};

static int code_place_cmp(const void *pa, const void *pb)
{
    const struct code_place *a = pa, *b = pb;
    int c = str_cmp(a->code, b->code);
    return c ? c : (a->area > b->area) - (a->area < b->area);
}

static void index_codes(struct loader *l)
{
    struct area_set *set = l->set;
    struct code_place *places = arena_array(&set->arena, struct code_place, set->areas.n + 1);
    for (size_t i = 0; i < set->areas.n; i++) {
        places[i] = (struct code_place){set->areas.v[i].code, (int32_t)i};
    }
    qsort(places, set->areas.n, sizeof(*places), code_place_cmp);
    set->by_code = arena_array(&set->arena, int32_t, set->areas.n + 1);
    for (size_t i = 0; i < set->areas.n; i++) {
        set->by_code[i] = places[i].area;
        if (i && str_eq(places[i].code, places[i - 1].code)) {
            table_problem(l->t, l->rows.v[places[i].area].row, "E131", TR("代码“" STR_FMT "”重复，第 %u 行已有", "code '" STR_FMT "' repeated, first on line %u"),
                          STR_ARG(places[i].code), l->rows.v[places[i - 1].area].row->line);
        }
    }
}

static void resolve_parent(struct loader *l, size_t i)
{
    struct loading *in = &l->rows.v[i];
    struct area *a = &l->set->areas.v[i];
    if (a->kind == AREA_DISTRICT) {
        if (in->parent.n && find_code(l->set, in->parent) != AREA_NONE) {
            table_problem(l->t, in->row, "E134", TR("区县没有上级", "a district has no parent"));
        }
        return;
    }
    int32_t parent = in->parent.n ? find_code(l->set, in->parent) : AREA_NONE;
    if (parent == AREA_NONE) {
        table_problem(l->t, in->row, "E133", in->parent.n ? TR("找不到上级“" STR_FMT "”", "parent '" STR_FMT "' unknown")
                                                          : TR("缺少上级代码" STR_FMT, "parent missing" STR_FMT),
                      STR_ARG(in->parent));
        return;
    }
    if (l->set->areas.v[parent].kind + 1 != a->kind) {
        table_problem(l->t, in->row, "E134", TR("%s的上级应是%s", "the parent of a %s must be a %s"), area_kind_word(a->kind),
                      area_kind_word((enum area_kind)(a->kind - 1)));
        return;
    }
    a->parent = parent;
}

/* Twice the same community name in one district cannot be told apart in an address without its street. */
static void warn_about_names(struct loader *l)
{
    struct area_set *set = l->set;
    bool *has_child = arena_array(&set->arena, bool, set->areas.n + 1);
    struct code_place *names = arena_array(&set->arena, struct code_place, set->areas.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < set->areas.n; i++) {
        if (set->areas.v[i].parent != AREA_NONE) {
            has_child[set->areas.v[i].parent] = true;
        }
        if (set->areas.v[i].kind == AREA_COMMUNITY) {
            names[n++] = (struct code_place){set->areas.v[i].name, (int32_t)i};
        }
    }
    qsort(names, n, sizeof(*names), code_place_cmp);
    for (size_t i = 1; i < n; i++) {
        if (str_eq(names[i].code, names[i - 1].code) &&
            areas_up(set, names[i].area, AREA_DISTRICT) == areas_up(set, names[i - 1].area, AREA_DISTRICT)) {
            table_problem(l->t, l->rows.v[names[i].area].row, "W131", TR("社区“" STR_FMT "”与第 %u 行同名，地址里没有街道时无法区分",
                                                                         "community '" STR_FMT "' has the name of line %u; an address without street cannot tell them apart"),
                          STR_ARG(names[i].code), l->rows.v[names[i - 1].area].row->line);
        }
    }
    for (size_t i = 0; i < set->areas.n; i++) {
        if (set->areas.v[i].kind == AREA_STREET && !has_child[i]) {
            table_problem(l->t, l->rows.v[i].row, "W132", TR("“" STR_FMT "”下没有社区", "'" STR_FMT "' has no community"), STR_ARG(set->areas.v[i].name));
        }
    }
}

static void load_rows(struct loader *l)
{
    for (size_t i = 0; i < l->t->rows.n; i++) {
        read_row(l, &l->t->rows.v[i]);
    }
    vec_sort(&l->rows, loading_cmp);
    for (size_t i = 0; i < l->rows.n; i++) {
        vec_push(&l->set->areas, l->rows.v[i].area);
    }
    index_codes(l);
    for (size_t i = 0; i < l->rows.n; i++) {
        resolve_parent(l, i);
    }
    warn_about_names(l);
    area_names_build(l->set);
}

bool areas_parse(struct area_set *set, const char *name, struct str bytes, struct diag_list *diags)
{
    AUTO_TABLE table = {0};
    size_t before = diags->errors;
    if (!table_parse(&table, name, bytes, diags)) {
        return false;
    }
    struct loader l = {.set = set, .t = &table};
    l.code = table_need_column(&table, "code|代码|区划代码");
    l.name = table_need_column(&table, "name|名称");
    l.kind = table_need_column(&table, "kind|级别");
    l.parent = table_need_column(&table, "parent|上级|上级代码");
    l.aliases = table_column(&table, "aliases|别名");
    l.from = table_column(&table, "valid_from|启用日期");
    l.to = table_column(&table, "valid_to|停用日期");
    l.capacity = table_column(&table, "weekly_capacity|每周走访能力");
    if (diags->errors == before) {
        load_rows(&l);
    }
    vec_release(&l.rows);
    return diags->errors == before;
}

enum status areas_parse_file(struct area_set *set, const char *path, const char *name, struct diag_list *diags, struct err *err)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    TRY(file_read_all(path, (size_t)64 << 20, &bytes, err));
    (void)areas_parse(set, name, strbuf_str(&bytes), diags);
    return ST_OK;
}

/* As written, then with the zeros of the lower levels. */
static int32_t find_padded(const struct area_set *set, struct str code)
{
    char padded[12];
    int32_t found = find_code(set, code);
    if (found == AREA_NONE && code.n >= 6 && code.n < sizeof(padded)) {
        memset(padded, '0', sizeof(padded));
        memcpy(padded, code.p, code.n);
        found = find_code(set, str_n(padded, sizeof(padded)));
    }
    return found;
}

int32_t areas_by_code(const struct area_set *set, struct str code)
{
    static const size_t heads[] = {12, 9, 6};
    int32_t found = code.n ? find_padded(set, code) : AREA_NONE;
    for (size_t i = 0; i < ARRAY_LEN(heads) && found == AREA_NONE; i++) {
        if (code.n > heads[i]) {
            found = find_padded(set, str_sub(code, 0, heads[i]));
        }
    }
    return found;
}

int32_t areas_up(const struct area_set *set, int32_t area, enum area_kind kind)
{
    while (area != AREA_NONE && set->areas.v[area].kind > kind) {
        area = set->areas.v[area].parent;
    }
    return area != AREA_NONE && set->areas.v[area].kind == kind ? area : AREA_NONE;
}

bool areas_within(const struct area_set *set, int32_t area, int32_t ancestor)
{
    while (area != AREA_NONE && area != ancestor) {
        area = set->areas.v[area].parent;
    }
    return area != AREA_NONE;
}
