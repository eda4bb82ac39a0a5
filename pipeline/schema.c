/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/schema.h"

#include <stdlib.h>

#include "base/core/bug.h"
#include "base/text/area.h"
#include "base/text/diag.h"

struct builder {
    struct arena *arena;
    struct schema *out;
    struct rules_enum *enums;
    size_t n_enums;
};

/* --- enumerations --------------------------------------------------------------------------------------------------- */

static int add_enum(struct builder *b, struct str name, const struct str *values, size_t n, int absent)
{
    b->enums[b->n_enums] = (struct rules_enum){.name = name, .values = values, .n = n, .absent = absent};
    return (int)b->n_enums++;
}

static int cmp_str(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The distinct labels of a code column, and what the source declares for "no row" if that is not among them. */
static int add_code_enum(struct builder *b, const struct source *s, int column)
{
    const struct source_column *c = &s->columns[column];
    struct str *labels = arena_array(b->arena, struct str, c->n_codes + 2), absent = {0};
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < c->n_codes; i++) {
        labels[n++] = c->codes[i].label;
    }
    for (size_t i = 0; i < s->n_absent; i++) {
        if (s->absent[i].column == column && s->absent[i].value.n > 0) {
            absent = s->absent[i].value;
            labels[n++] = absent;
        }
    }
    qsort(labels, n, sizeof(*labels), cmp_str);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || !str_eq(labels[kept - 1], labels[i])) {
            labels[kept++] = labels[i];
        }
    }
    int at = -1;
    for (size_t i = 0; absent.n > 0 && i < kept; i++) {
        at = str_eq(labels[i], absent) ? (int)i : at;
    }
    struct str name = str_of(arena_printf(b->arena, STR_FMT "." STR_FMT, STR_ARG(s->label), STR_ARG(c->name)));
    return add_enum(b, name, labels, kept, at);
}

int schema_enum_find(const struct schema *s, int e, struct str label)
{
    BUG_ON(e < 0 || (size_t)e >= s->rules.n_enums);
    for (size_t i = 0; i < s->enums[e].n; i++) {
        if (str_eq(s->enums[e].values[i], label)) {
            return (int)i;
        }
    }
    return -1;
}

/* --- types ---------------------------------------------------------------------------------------------------------- */

static bool is_monthly(struct str name)
{
    static const char *const words[] = {"月收入", "月标准", "月保障金"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_find(name, str_of(words[i])) < name.n) {
            return true;
        }
    }
    return false;
}

static enum rules_type money_type(struct str name)
{
    return is_monthly(name) ? RT_MONTHLY : RT_MONEY;
}

static enum rules_type column_rules_type(const struct source_column *c)
{
    switch (c->type) {
    case COL_DATE:
        return RT_DATE;
    case COL_MONTH:
        return RT_MONTH;
    case COL_MONEY:
        return money_type(c->name);
    case COL_CODE:
        return c->n_codes > 0 ? RT_ENUM : RT_TEXT;
    case COL_FLAG:
        return RT_BOOL;
    case COL_INTEGER:
        return RT_INT;
    case COL_ID_NUMBER:
    case COL_CERTIFICATE:
    case COL_NAME:
    case COL_PHONE:
    case COL_ADDRESS:
    case COL_AREA:
    case COL_TEXT:
    case COL_TOKEN:
    case COL_TYPE_COUNT:
        break;
    }
    return RT_TEXT;
}

static enum rules_type attr_rules_type(const struct people_attr *p)
{
    static const enum rules_type types[ATTR_TYPE_COUNT] = {
        [ATTR_ENUM] = RT_ENUM, [ATTR_SET] = RT_SET,   [ATTR_DATE] = RT_DATE,   [ATTR_MONEY] = RT_MONEY,
        [ATTR_INTEGER] = RT_INT, [ATTR_FLAG] = RT_BOOL, [ATTR_RATIO] = RT_RATIO, [ATTR_TEXT] = RT_TEXT,
    };
    BUG_ON(p->type >= ATTR_TYPE_COUNT);
    return p->type == ATTR_MONEY ? money_type(p->name) : types[p->type];
}

/* --- attributes ----------------------------------------------------------------------------------------------------- */

/* What a test takes for a built-in attribute it does not name: an ordinary living person whose records agree. */
static struct val builtin_absent(enum attr_builtin b)
{
    switch (b) {
    case ATTR_B_ALIVE:
        return VAL_TRUE;
    case ATTR_B_CONFIDENCE:
        return val_of(1000000);
    case ATTR_B_DEATH:
    case ATTR_B_DEATH_AGE:
        return VAL_NONE;
    case ATTR_B_DEATH_SOURCES:
    case ATTR_B_DEATH_SUSPECT:
    case ATTR_B_CONFLICTS:
    case ATTR_B_AWAY:
    case ATTR_B_UNPROTECTED:
        return val_of(0);
    case ATTR_B_H_SIZE:
        return val_of(1);
    case ATTR_CONFIGURED:
    case ATTR_B_NAME:
    case ATTR_B_SEX:
    case ATTR_B_BIRTH:
    case ATTR_B_AGE:
    case ATTR_B_RELATION:
    case ATTR_B_H_BASIS:
    case ATTR_B_H_LOT:
    case ATTR_B_H_NAME:
    case ATTR_BUILTIN_COUNT:
        break;
    }
    return VAL_UNKNOWN;
}

static struct val absent_value(const struct people_attr *p)
{
    if (p->builtin != ATTR_CONFIGURED) {
        return builtin_absent(p->builtin);
    }
    if (p->type == ATTR_SET) {
        return val_of(0);
    }
    if (p->absent == ATTR_NOTHING) {
        return VAL_NONE;
    }
    return p->absent == ATTR_UNKNOWN ? VAL_UNKNOWN : val_of(p->absent);
}

static struct str attr_name(const struct people_attr *p)
{
    struct str prefix = STR("户.");
    return p->entity == ATTR_HOUSEHOLD && str_starts(p->name, prefix) ? str_sub(p->name, prefix.n, p->name.n) : p->name;
}

static void build_attrs(struct builder *b, const struct sources *sources, const struct people *people)
{
    struct rules_attr *attrs = arena_array(b->arena, struct rules_attr, people->n_attrs + 1);
    for (size_t i = 0; i < people->n_attrs; i++) {
        const struct people_attr *p = &people->attrs[i];
        const struct people_attr *origin = p->of_person_attr >= 0 ? &people->attrs[p->of_person_attr] : p;
        struct rules_attr *r = &attrs[i];
        r->name = attr_name(p);
        r->entity = p->entity == ATTR_PERSON ? RULES_PERSON : RULES_HOUSEHOLD;
        r->type = attr_rules_type(p);
        r->enumeration = -1;
        r->absent = absent_value(p);
        r->timeline = p->timeline;
        r->sensitive = p->sensitive;
        r->source = origin->n_from > 0 ? sources->v[origin->from[0].source].label : (struct str){0};
        if (r->type == RT_ENUM || r->type == RT_SET) {
            int none = p->type == ATTR_ENUM && p->absent >= 0 && p->absent < (int64_t)p->n_values ? (int)p->absent : -1;
            r->enumeration = add_enum(b, r->name, p->values, p->n_values, none);
        }
    }
    b->out->rules.attrs = attrs;
    b->out->rules.n_attrs = people->n_attrs;
}

/* --- tables --------------------------------------------------------------------------------------------------------- */

static void build_tables(struct builder *b, const struct sources *sources)
{
    struct rules_table *tables = arena_array(b->arena, struct rules_table, sources->n + 1);
    for (size_t s = 0; s < sources->n; s++) {
        const struct source *src = &sources->v[s];
        size_t width = source_width(src);
        struct rules_column *columns = arena_array(b->arena, struct rules_column, width + 1);
        for (size_t c = 0; c < width; c++) {
            columns[c].name = src->columns[c].name;
            columns[c].type = column_rules_type(&src->columns[c]);
            columns[c].enumeration = columns[c].type == RT_ENUM ? add_code_enum(b, src, (int)c) : -1;
        }
        tables[s] = (struct rules_table){.name = src->label, .columns = columns, .n_columns = width};
    }
    b->out->rules.tables = tables;
    b->out->rules.n_tables = sources->n;
}

static void build_areas(struct builder *b, const struct area_set *areas)
{
    size_t n = areas ? areas->areas.n : 0;
    struct rules_area *out = arena_array(b->arena, struct rules_area, n + 1);
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct rules_area){.code = areas->areas.v[i].code, .parent = areas->areas.v[i].parent};
    }
    b->out->rules.areas = out;
    b->out->rules.n_areas = n;
}

void schema_build(struct arena *a, const struct sources *sources, const struct people *people, const struct area_set *areas, struct schema *out)
{
    memset(out, 0, sizeof(*out));
    size_t room = people->n_attrs + 1;
    for (size_t s = 0; s < sources->n; s++) {
        room += source_width(&sources->v[s]);
    }
    struct builder b = {.arena = a, .out = out, .enums = arena_array(a, struct rules_enum, room)};
    build_attrs(&b, sources, people);
    build_tables(&b, sources);
    build_areas(&b, areas);
    out->enums = b.enums;
    out->rules.enums = b.enums;
    out->rules.n_enums = b.n_enums;
}

enum status schema_compile(const struct schema *s, const char *path, struct str text, struct ruleset **out, struct err *err)
{
    AUTO_DIAG diags = {0};
    struct ruleset *rs = rules_compile(&s->rules, path, text, 0, &diags);
    if (!rs) {
        return diag_status(&diags, ST_RULES, err);
    }
    *out = rs;
    return ST_OK;
}
