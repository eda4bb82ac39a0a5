/* SPDX-License-Identifier: Apache-2.0 */
/* Reading sources.yaml: one function a key group; references between columns are resolved after all columns of a source are known. */
#include "pipeline/ingest/sources.h"

#include <stdlib.h>

#include "base/core/hash.h"
#include "base/text/encoding.h"
#include "base/text/fold.h"
#include "base/text/yaml.h"
#include "pipeline/ingest/sources_private.h"

static const char *const column_type_words[] = {"id_number", "disability_certificate", "name", "date",    "month", "money", "phone", "address",
                                                "area",      "code",                   "flag", "integer", "text",  "token", NULL};
static const char *const kind_words[] = {"snapshot", "period", "append", NULL};
static const char *const unit_labels[] = {"", "保障户", "户籍户", "参保家庭"};
static const char *const cover_words[] = {"户籍", "居住", "参保地", NULL};
static const char *const role_words[] = {"id",    "name",    "used_name",     "sex",  "birth",  "death",
                                         "phone", "address", "hukou_address", "area", "street", "community", "habit", NULL};

const char *source_kind_name(enum source_kind k)
{
    return kind_words[k];
}

const char *column_type_name(enum column_type t)
{
    return column_type_words[t];
}

const char *unit_kind_label(enum unit_kind k)
{
    return unit_labels[k];
}

size_t source_width(const struct source *s)
{
    return s->n_columns + s->n_measures;
}

int source_column_find(const struct source *s, struct str name)
{
    for (size_t i = 0; i < source_width(s); i++) {
        if (str_eq(s->columns[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int source_raw_column(const struct source *s, int c)
{
    return c >= 0 && s->columns[c].is_measure ? s->columns[c].term[0] : c;
}

int source_find(const struct sources *s, struct str id_or_label)
{
    for (size_t i = 0; i < s->n; i++) {
        if (str_eq(s->v[i].id, id_or_label) || str_eq(s->v[i].label, id_or_label)) {
            return (int)i;
        }
    }
    return -1;
}

void sources_free(struct sources *s)
{
    if (s) {
        struct arena a = s->arena;
        arena_release(&a);
    }
}

/* --- small values -------------------------------------------------------------------------------------------------- */

static struct str keep(struct loader *l, struct str s)
{
    return arena_str(l->arena, s);
}

/* "7天", "7" -> 7 */
bool source_days(struct loader *l, const struct yaml_node *map, const char *key, int *out)
{
    struct str t;
    if (!yaml_text(l->doc, map, key, YAML_OPTIONAL, &t)) {
        return false;
    }
    struct str digits = t;
    if (str_ends(digits, STR("天"))) {
        digits.n -= strlen("天");
    }
    int64_t v;
    if (!str_to_i64(str_trim(digits), &v) || v > 3660) {
        yaml_problem(l->doc, yaml_get(map, key), "E150", TR("“%s”应写天数，如 7天", "'%s' wants days, as in 7天"), key);
        return false;
    }
    *out = (int)v;
    return true;
}

/* --- columns ------------------------------------------------------------------------------------------------------- */

static int code_cmp(const void *a, const void *b)
{
    return str_cmp(((const struct source_code *)a)->from, ((const struct source_code *)b)->from);
}

static struct str folded(struct loader *l, struct str s)
{
    strbuf_clear(&l->scratch);
    fold_label(s, &l->scratch);
    return keep(l, strbuf_str(&l->scratch));
}

static void load_codes(struct loader *l, const struct yaml_node *map, struct source_column *c)
{
    const struct yaml_node *codes;
    if (!yaml_map(l->doc, map, "codes", YAML_OPTIONAL, &codes)) {
        return;
    }
    if (c->type != COL_CODE && c->type != COL_FLAG) {
        yaml_problem(l->doc, codes, "E152", TR("只有 code 和 flag 类型才有 codes", "only code and flag columns have codes"));
        return;
    }
    c->codes = arena_array(l->arena, struct source_code, codes->n);
    for (size_t i = 0; i < codes->n; i++) {
        struct str label;
        if (yaml_as_text(l->doc, codes->pairs[i].value, "codes", &label)) {
            c->codes[c->n_codes++] = (struct source_code){folded(l, codes->pairs[i].key->text), keep(l, label)};
        }
        if (c->type == COL_FLAG && !str_eqz(label, "是") && !str_eqz(label, "否")) {
            yaml_problem(l->doc, codes->pairs[i].value, "E152", TR("flag 的 codes 只能对到 是 或 否", "codes of a flag lead to 是 or 否"));
        }
    }
    qsort(c->codes, c->n_codes, sizeof(*c->codes), code_cmp);
    for (size_t i = 1; i < c->n_codes; i++) {
        if (str_eq(c->codes[i - 1].from, c->codes[i].from) && !str_eq(c->codes[i - 1].label, c->codes[i].label)) {
            yaml_problem(l->doc, codes, "E152", TR("代码“" STR_FMT "”对到两个名称", "code '" STR_FMT "' has two labels"), STR_ARG(c->codes[i].from));
        }
    }
}

static void load_headers(struct loader *l, const struct yaml_node *map, struct source_column *c)
{
    struct yaml_texts t = {NULL, 0};
    (void)yaml_texts(l->doc, map, "header", YAML_OPTIONAL, &t);
    c->headers = arena_array(l->arena, struct str, t.n + 1);
    c->headers[c->n_headers++] = folded(l, c->name);
    for (size_t i = 0; i < t.n; i++) {
        c->headers[c->n_headers++] = folded(l, t.v[i]->text);
    }
}

static void load_unit_of_measure(struct loader *l, const struct yaml_node *map, struct source_column *c)
{
    static const char *const words[] = {"元", "万元", "分", NULL};
    static const int64_t fens[] = {100, 1000000, 1};
    int at;
    c->unit = c->type == COL_MONEY ? 100 : 1;
    if (yaml_choice(l->doc, map, "unit", YAML_OPTIONAL, words, &at)) {
        if (c->type != COL_MONEY) {
            yaml_problem(l->doc, yaml_get(map, "unit"), "E153", TR("只有 money 类型才有 unit", "only money columns have a unit"));
        }
        c->unit = fens[at];
    }
}

static void load_date_options(struct loader *l, const struct yaml_node *map, struct source_column *c)
{
    static const char *const words[] = {"first", "last", NULL};
    static const char *const keys[] = {"month_as", "serial", "short_year"};
    int at;
    if (yaml_choice(l->doc, map, "month_as", YAML_OPTIONAL, words, &at)) {
        c->month_as = at == 0 ? MONTH_AS_FIRST : MONTH_AS_LAST;
    }
    (void)yaml_flag(l->doc, map, "serial", YAML_OPTIONAL, &c->serial);
    (void)yaml_flag(l->doc, map, "short_year", YAML_OPTIONAL, &c->short_year);
    for (size_t i = 0; i < ARRAY_LEN(keys) && c->type != COL_DATE; i++) {
        if (yaml_get(map, keys[i])) {
            yaml_problem(l->doc, yaml_get(map, keys[i]), "E153", TR("只有 date 类型才有 %s", "only date columns have %s"), keys[i]);
        }
    }
}

static void load_column(struct loader *l, const struct yaml_pair *p, struct source_column *c)
{
    static const char *const keys[] = {"header", "type", "unit", "codes", "required", "bad", "month_as", "serial", "short_year", NULL};
    static const char *const bad_words[] = {"unknown", "reject", NULL};
    c->name = keep(l, p->key->text);
    c->line = (int)p->key->line;
    c->unit = 1;
    if (str_find(c->name, STR("#")) < c->name.n || str_find(c->name, STR(".")) < c->name.n || c->name.n == 0 ||
        str_find(c->name, STR("|")) < c->name.n || str_find(c->name, STR("+")) < c->name.n) {
        yaml_problem(l->doc, p->key, "E154", TR("列名不能为空，也不能含 # . | +", "a column name is not empty and has no # . | +"));
    }
    int at = COL_TEXT;
    if (!yaml_as_map(l->doc, p->value, "columns")) {
        return;
    }
    (void)yaml_check_keys(l->doc, p->value, keys);
    (void)yaml_choice(l->doc, p->value, "type", YAML_REQUIRED, column_type_words, &at);
    c->type = (enum column_type)at;
    (void)yaml_flag(l->doc, p->value, "required", YAML_OPTIONAL, &c->required);
    if (yaml_choice(l->doc, p->value, "bad", YAML_OPTIONAL, bad_words, &at)) {
        c->bad = at == 1 ? BAD_REJECT : BAD_UNKNOWN;
    }
    load_unit_of_measure(l, p->value, c);
    load_date_options(l, p->value, c);
    load_headers(l, p->value, c);
    load_codes(l, p->value, c);
}

/* Two columns that answer to one header could never be told apart. */
static void check_headers(struct loader *l, const struct source *s, const struct yaml_node *columns)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        for (size_t j = i + 1; j < s->n_columns; j++) {
            for (size_t a = 0; a < s->columns[i].n_headers; a++) {
                for (size_t b = 0; b < s->columns[j].n_headers; b++) {
                    if (str_eq(s->columns[i].headers[a], s->columns[j].headers[b])) {
                        yaml_problem(l->doc, columns->pairs[j].key, "E155",
                                     TR("表头“" STR_FMT "”同时属于列“" STR_FMT "”", "header '" STR_FMT "' also belongs to column '" STR_FMT "'"),
                                     STR_ARG(s->columns[j].headers[b]), STR_ARG(s->columns[i].name));
                    }
                }
            }
        }
    }
}

static void load_columns(struct loader *l, const struct yaml_node *map, struct source *s)
{
    const struct yaml_node *columns, *measures = NULL;
    if (!yaml_map(l->doc, map, "columns", YAML_REQUIRED, &columns)) {
        return;
    }
    (void)yaml_map(l->doc, map, "measures", YAML_OPTIONAL, &measures);
    size_t n = columns->n + (measures ? measures->n : 0);
    if (n > 400) {
        yaml_problem(l->doc, columns, "E156", TR("列太多（上限 400）", "too many columns (at most 400)"));
        return;
    }
    s->columns = arena_array(l->arena, struct source_column, n);
    for (size_t i = 0; i < columns->n; i++) {
        load_column(l, &columns->pairs[i], &s->columns[s->n_columns++]);
    }
    check_headers(l, s, columns);
    if (measures) {
        source_load_measures(l, measures, s);
    }
}

/* --- one source ---------------------------------------------------------------------------------------------------- */

/* One to three columns that count together. */
static size_t columns_together(struct loader *l, const struct source *s, const struct yaml_node *map, const char *key, enum yaml_need need,
                               int out[3])
{
    struct yaml_texts t;
    size_t n = 0;
    if (yaml_texts(l->doc, map, key, need, &t)) {
        for (; n < t.n && n < 3; n++) {
            out[n] = source_need_column(l, s, t.v[n], t.v[n]->text);
        }
        if (t.n > 3) {
            yaml_problem(l->doc, map, "E157", TR("%s 最多由 3 列组成", "%s has at most 3 columns"), key);
        }
    }
    return n;
}

static void load_unit(struct loader *l, const struct yaml_node *map, struct source *s)
{
    static const char *const keys[] = {"kind", "number", "relation", "head_id", "head_name", NULL};
    static const char *const kinds[] = {"保障户", "户籍户", "参保家庭", NULL};
    const struct yaml_node *u;
    s->unit = (struct source_unit){.relation = ROLE_ABSENT, .head_id = ROLE_ABSENT, .head_name = ROLE_ABSENT};
    if (!yaml_map(l->doc, map, "unit", YAML_OPTIONAL, &u)) {
        return;
    }
    (void)yaml_check_keys(l->doc, u, keys);
    int at;
    if (yaml_choice(l->doc, u, "kind", YAML_REQUIRED, kinds, &at)) {
        s->unit.kind = (enum unit_kind)(at + 1);
    }
    s->unit.n_number = columns_together(l, s, u, "number", YAML_REQUIRED, s->unit.number);
    source_load_role(l, s, u, "relation", &s->unit.relation);
    source_load_role(l, s, u, "head_id", &s->unit.head_id);
    source_load_role(l, s, u, "head_name", &s->unit.head_name);
}

static void load_person(struct loader *l, const struct yaml_node *map, struct source *s)
{
    const struct yaml_node *p;
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        s->person[i] = ROLE_ABSENT;
    }
    if (!yaml_map(l->doc, map, "person", YAML_OPTIONAL, &p)) {
        return;
    }
    (void)yaml_check_keys(l->doc, p, role_words);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        source_load_role(l, s, p, role_words[i], &s->person[i]);
    }
    s->n_habit = columns_together(l, s, p, "habit", YAML_OPTIONAL, s->habit);
    for (size_t i = 0; i < s->n_habit; i++) {
        source_need_type(l, s, p, s->habit[i], 1u << COL_TOKEN | 1u << COL_TEXT | 1u << COL_CODE | 1u << COL_AREA | 1u << COL_NAME);
    }
    source_check_roles(l, s, p);
}

static void load_cover(struct loader *l, const struct yaml_node *map, struct source *s)
{
    static const char *const keys[] = {"area", "age", NULL};
    const struct yaml_node *c, *absent;
    s->cover = (struct source_cover){COVER_NONE, 0, 200};
    if (yaml_map(l->doc, map, "covers", YAML_OPTIONAL, &c)) {
        int at;
        struct str age;
        (void)yaml_check_keys(l->doc, c, keys);
        if (yaml_choice(l->doc, c, "area", YAML_REQUIRED, cover_words, &at)) {
            s->cover.area = (enum cover_area)(at + 1);
        }
        if (yaml_text(l->doc, c, "age", YAML_OPTIONAL, &age)) {
            size_t dots = str_find(age, STR(".."));
            int64_t lo, hi;
            if (dots >= age.n || !str_to_i64(str_sub(age, 0, dots), &lo) || !str_to_i64(str_sub(age, dots + 2, age.n), &hi) || lo > hi || hi > 200) {
                yaml_problem(l->doc, yaml_get(c, "age"), "E158", TR("年龄段写成 16..60", "an age band is written 16..60"));
            } else {
                s->cover.age_from = (int)lo, s->cover.age_to = (int)hi;
            }
        }
    }
    if (!yaml_map(l->doc, map, "absent", YAML_OPTIONAL, &absent)) {
        return;
    }
    if (s->cover.area == COVER_NONE) {
        yaml_problem(l->doc, absent, "E159", TR("写了 absent 就要写 covers：没有记录对谁才有意义", "absent needs covers: whose missing row means something"));
    }
    s->absent = arena_array(l->arena, struct source_absent, absent->n);
    for (size_t i = 0; i < absent->n; i++) {
        struct source_absent *a = &s->absent[s->n_absent++];
        a->column = source_need_column(l, s, absent->pairs[i].key, absent->pairs[i].key->text);
        (void)yaml_as_text(l->doc, absent->pairs[i].value, "absent", &a->value);
        a->value = keep(l, a->value);
    }
}

static void load_files(struct loader *l, const struct yaml_node *map, struct source *s)
{
    static const char *const delimiters[] = {"auto", "comma", "tab", "semicolon", "pipe", NULL};
    struct yaml_texts t;
    if (yaml_texts(l->doc, map, "files", YAML_REQUIRED, &t)) {
        s->files = arena_array(l->arena, struct str, t.n);
        for (size_t i = 0; i < t.n; i++) {
            source_check_pattern(l, t.v[i]);
            s->files[s->n_files++] = keep(l, t.v[i]->text);
        }
    }
    s->encoding = STR("auto");
    enum encoding e;
    (void)yaml_text(l->doc, map, "sheet", YAML_OPTIONAL, &s->sheet);
    s->sheet = keep(l, s->sheet);
    if (yaml_text(l->doc, map, "encoding", YAML_OPTIONAL, &s->encoding) && !str_eqz(s->encoding, "auto") && !encoding_from_name(s->encoding, &e)) {
        yaml_problem(l->doc, yaml_get(map, "encoding"), "E160", TR("不认识的编码", "unknown encoding"));
    }
    s->encoding = keep(l, s->encoding);
    int at;
    if (yaml_choice(l->doc, map, "delimiter", YAML_OPTIONAL, delimiters, &at)) {
        s->delimiter = "\0,\t;|"[at];
    }
}

static void load_parts(struct loader *l, const struct yaml_node *map, struct source *s)
{
    static const char *const keys[] = {"count", "wait", NULL};
    const struct yaml_node *p;
    int64_t n;
    if (yaml_map(l->doc, map, "parts", YAML_OPTIONAL, &p)) {
        (void)yaml_check_keys(l->doc, p, keys);
        if (yaml_int_in(l->doc, p, "count", 2, 999, &n)) {
            s->parts = (int)n;
        }
        (void)source_days(l, p, "wait", &s->part_wait);
    }
}

/* `date: column 数据日期`: the keys that name a column or nothing. */
static int load_from_column(struct loader *l, const struct yaml_node *map, const char *key, const struct source *s)
{
    struct str t;
    if (!yaml_text(l->doc, map, key, YAML_OPTIONAL, &t) || str_eqz(t, "name")) {
        return -1;
    }
    if (!str_starts(t, STR("column "))) {
        yaml_problem(l->doc, yaml_get(map, key), "E161", TR("“%s”写 name 或 column 列名", "'%s' is name or column NAME"), key);
        return -1;
    }
    return source_need_column(l, s, yaml_get(map, key), str_trim(str_sub(t, 7, t.n)));
}

static void load_kind(struct loader *l, const struct yaml_node *map, struct source *s)
{
    int at = 0;
    struct str t;
    int64_t n;
    s->period_column = s->event_column = -1;
    (void)yaml_choice(l->doc, map, "kind", YAML_REQUIRED, kind_words, &at);
    s->kind = (enum source_kind)at;
    if (yaml_text(l->doc, map, "event_date", YAML_OPTIONAL, &t)) {
        s->event_column = source_need_column(l, s, yaml_get(map, "event_date"), t);
        source_need_type(l, s, yaml_get(map, "event_date"), s->event_column, 1u << COL_DATE | 1u << COL_MONTH);
    }
    if (yaml_text(l->doc, map, "period", s->kind == KIND_PERIOD ? YAML_REQUIRED : YAML_OPTIONAL, &t)) {
        s->period_column = source_need_column(l, s, yaml_get(map, "period"), t);
        source_need_type(l, s, yaml_get(map, "period"), s->period_column, 1u << COL_DATE | 1u << COL_MONTH);
        if (s->kind != KIND_PERIOD) {
            yaml_problem(l->doc, yaml_get(map, "period"), "E162", TR("只有 kind: period 才写 period", "period is for kind: period only"));
        }
    }
    if (yaml_int_in(l->doc, map, "months", 1, 240, &n)) {
        s->months_covered = (int)n;
    }
}

static void load_names(struct loader *l, const struct yaml_node *map, struct source *s)
{
    (void)yaml_text(l->doc, map, "id", YAML_REQUIRED, &s->id);
    (void)yaml_text(l->doc, map, "label", YAML_REQUIRED, &s->label);
    (void)yaml_text(l->doc, map, "department", YAML_REQUIRED, &s->department);
    for (size_t i = 0; i < s->id.n; i++) {
        char c = s->id.p[i];
        if (!is_digit((unsigned char)c) && !is_alpha((unsigned char)c) && c != '_') {
            yaml_problem(l->doc, yaml_get(map, "id"), "E163", TR("id 只用英文字母、数字和下划线", "an id has letters, digits and _ only"));
            break;
        }
    }
    s->id = keep(l, s->id), s->label = keep(l, s->label), s->department = keep(l, s->department);
}

static void load_source(struct loader *l, const struct yaml_node *map, struct source *s)
{
    static const char *const keys[] = {"id",     "label",  "department", "files",   "encoding", "delimiter", "kind",     "date",  "scope",     "key",
                                       "period", "months", "refund_of",  "parts",   "cadence",  "grace",     "gates",    "covers", "absent", "registers",
                                       "person", "unit",   "columns",    "measures", "event_date", "skip", "sheet", "optional", "expires", NULL};
    static const char *const registers[] = {"persons", NULL};
    s->line = (int)map->line;
    if (!yaml_as_map(l->doc, map, "sources")) {
        return;
    }
    (void)yaml_check_keys(l->doc, map, keys);
    load_names(l, map, s);
    load_columns(l, map, s);
    load_files(l, map, s);
    load_kind(l, map, s);
    source_load_gates(l, map, s);
    load_parts(l, map, s);
    (void)source_days(l, map, "cadence", &s->cadence);
    (void)source_days(l, map, "grace", &s->grace);
    if (source_days(l, map, "expires", &s->expires) && s->kind != KIND_APPEND) {
        yaml_problem(l->doc, yaml_get(map, "expires"), "E150", TR("expires 只用于增量（kind: append）", "expires is for kind: append"));
    }
    (void)yaml_flag(l->doc, map, "optional", YAML_OPTIONAL, &s->optional);
    s->date_column = load_from_column(l, map, "date", s);
    if (s->date_column >= 0) {
        source_need_type(l, s, yaml_get(map, "date"), s->date_column, 1u << COL_DATE | 1u << COL_MONTH);
    }
    s->scope_column = load_from_column(l, map, "scope", s);
    source_load_keys(l, map, s);
    source_load_skip(l, map, s);
    load_person(l, map, s);
    load_unit(l, map, s);
    load_cover(l, map, s);
    int at;
    s->registers_persons = yaml_choice(l->doc, map, "registers", YAML_OPTIONAL, registers, &at);
    if (s->registers_persons && s->person[ROLE_NAME].column < 0) {
        yaml_problem(l->doc, map, "E164", TR("registers: persons 需要 person 写明 name", "registers: persons needs person with a name"));
    }
    source_typing_hash(s);
}

static void load_all(struct loader *l, struct sources *out)
{
    static const char *const keys[] = {"format", "sources", NULL};
    const struct yaml_node *list;
    int64_t format;
    if (!yaml_as_map(l->doc, l->doc->root, "sources.yaml")) {
        return;
    }
    (void)yaml_check_keys(l->doc, l->doc->root, keys);
    if (yaml_int(l->doc, l->doc->root, "format", YAML_REQUIRED, &format) && format != 1) {
        yaml_problem(l->doc, yaml_get(l->doc->root, "format"), "E165", TR("本版本只认 format: 1", "this version reads format: 1"));
    }
    if (!yaml_list(l->doc, l->doc->root, "sources", YAML_REQUIRED, &list)) {
        return;
    }
    out->v = arena_array(&out->arena, struct source, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct source *s = &out->v[i];
        load_source(l, list->items[i], s);
        for (size_t k = 0; k < i; k++) {
            if (str_eq(out->v[k].id, s->id) || str_eq(out->v[k].label, s->label)) {
                yaml_problem(l->doc, list->items[i], "E166", TR("id 或 label 与前面的数据源重复", "id or label repeats an earlier source"));
            }
        }
    }
    out->n = list->n;
}

enum status sources_load(struct str text, const char *path, struct sources **out, struct err *err)
{
    AUTO_DIAG diags = {0};
    AUTO_YAML doc = {0};
    struct arena arena = ARENA_INIT;
    struct sources *s = arena_new(&arena, struct sources);
    s->arena = arena;
    struct loader l = {&doc, &s->arena, STRBUF_INIT};
    const struct yaml_limits limits = YAML_LIMITS_DEFAULT;
    if (yaml_parse(&doc, path, text, &limits, &diags)) {
        load_all(&l, s);
    }
    strbuf_release(&l.scratch);
    diag_sort(&diags);
    enum status st = diag_status(&diags, ST_CONFIG, err);
    if (st != ST_OK) {
        sources_free(s);
        return st;
    }
    *out = s;
    return ST_OK;
}
