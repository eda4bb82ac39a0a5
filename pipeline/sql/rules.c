/* SPDX-License-Identifier: Apache-2.0 */
/* What rules are worked out from, as tables: 规则_人, 规则_户, 规则_变动 and one 规则_<source>, for the statements `mopai rules sql` writes. Values are the engine's
   own: two numbers each, the second under NAME_至 (rules/value.h). They come by the very passes that feed the engine (pipeline/facts.h). */
#include <stdlib.h>

#include "base/store/segment.h"
#include "pipeline/facts_scan.h"
#include "pipeline/sql/tables.h"
#include "rules/arith.h"

enum { BLOCK = 1 << 15, SINCE_DAYS = 40000 };

struct piece {  /* a block of a source's segment */
    size_t input, block;
};
struct rule_tables {
    struct sql_site *q;
    struct schema schema;
    struct night night;      /* what the passes need of it */
    struct facts facts;
    bool open;               /* facts */
    uint8_t **cover;         /* by source, bitmap by person row; NULL until asked */
    facts_change_list *changes; /* by attribute */
    bool have_changes;
    struct rule_entity *entities[2]; /* to be released */
    struct rule_rows *rows;  /* by source */
};

/* --- the night behind them -------------------------------------------------------------------------------------------------- */
static enum status read_states(struct rule_tables *t, struct err *err)
{
    AUTO_STMT q = stmt_use(t->q->night, STMT_LIST_SOURCE_STATES);
    for (size_t i = 0; i < t->q->site->sources->n; i++) {
        t->night.sources[i].state = SOURCE_MISSING;
    }
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        int source = source_find(t->q->site->sources, stmt_text(q, 0));
        if (source >= 0) {
            t->night.sources[source].state = str_eqz(stmt_text(q, 3), "fresh") ? SOURCE_FRESH : SOURCE_STALE;
        }
    }
}

/* A refund is no original of another: which rows are superseded is read back from the links. */
static enum status read_superseded(struct rule_tables *t, struct night_input *in, size_t input, struct err *err)
{
    struct link_reader *links = NULL;
    uint8_t *bits = arena_array(&t->q->arena, uint8_t, (size_t)in->rows / 8 + 1);
    int32_t *link = arena_array(&t->q->arena, int32_t, BLOCK);
    TRY(link_open(t->night.run_dir, input, &links, err));
    enum status status = ST_OK;
    for (int64_t at = 0; at < in->rows && status == ST_OK; at += BLOCK) {
        uint32_t n = (uint32_t)MIN((int64_t)BLOCK, in->rows - at);
        status = link_read(links, (uint32_t)at, n, link, err);
        for (uint32_t i = 0; status == ST_OK && i < n; i++) {
            if (link[i] == LINK_SUPERSEDED) {
                bits[(size_t)(at + i) >> 3] |= (uint8_t)(1u << ((at + i) & 7));
            }
        }
    }
    link_close(links);
    in->superseded = bits;
    return status;
}

static enum status open_facts(struct rule_tables *t, struct err *err)
{
    if (t->open) {
        return ST_OK;
    }
    struct explain *x = &t->q->x;
    size_t n = t->q->site->sources->n;
    t->night = (struct night){.site = t->q->site, .as_of = x->as_of, .run_dir = x->run_dir, .inputs = x->inputs, .n_inputs = x->n_inputs, .prev_as_of = DAY_MISSING};
    t->night.sources = arena_array(&t->q->arena, struct night_source, n + 1);
    t->cover = arena_array(&t->q->arena, uint8_t *, n + 1);
    t->changes = arena_array(&t->q->arena, facts_change_list, t->schema.rules.n_attrs + 1);
    TRY(read_states(t, err));
    for (size_t i = 0; i < x->n_inputs; i++) {
        if (t->q->site->sources->v[x->inputs[i].source].refund_of.n) {
            TRY(read_superseded(t, &x->inputs[i], i, err));
        }
    }
    enum status status = facts_open(&t->night, &t->schema, &t->facts, err);
    t->open = true;
    return status;
}

static enum status cover_of(struct rule_tables *t, size_t source, const uint8_t **out, struct err *err)
{
    if (!t->cover[source]) {
        TRY(facts_cover(&t->facts, source, false, &t->cover[source], err));
    }
    *out = t->cover[source];
    return ST_OK;
}

/* --- persons and households --------------------------------------------------------------------------------------------------- */
enum part { PART_ROW, PART_HOME, PART_MEMBER, PART_DEATH, PART_OPEN, PART_AREA, PART_LO, PART_HI, PART_COVER };
struct entity_column {
    enum part part;
    int index; /* attribute; PART_COVER: source */
};
struct rule_entity {
    struct rule_tables *t;
    bool person;
    VEC(struct entity_column) columns;
};

static uint32_t rows_of(const struct rule_entity *e)
{
    return e->person ? population_persons(e->t->q->x.pop) : population_households(e->t->q->x.pop);
}

static enum status fill_attr(const struct rule_entity *e, const struct entity_column *c, uint32_t first, uint32_t n, struct vtable_block *b, int64_t *out, struct err *err)
{
    bool set = e->t->schema.rules.attrs[c->index].type == RT_SET;
    int64_t *lo = arena_array(&b->arena, int64_t, n + 1);
    struct val *sets = set ? arena_array(&b->arena, struct val, n + 1) : NULL;
    TRY(facts_attr_lane(&e->t->facts, c->index, first, n, lo, sets, err));
    struct rules_lane lane = {set ? RULES_LANE_VAL : RULES_LANE_I64, set ? (const void *)sets : lo};
    for (uint32_t i = 0; i < n; i++) {
        struct val v = rules_lane_get(&lane, i);
        out[i] = c->part == PART_LO ? v.lo : v.hi;
    }
    return ST_OK;
}

static enum status fill_areas(const struct rule_entity *e, uint32_t first, uint32_t n, struct vtable_block *b, struct str *out, struct err *err)
{
    int64_t *street = arena_array(&b->arena, int64_t, n + 1), *community = arena_array(&b->arena, int64_t, n + 1);
    TRY(population_household(e->t->q->x.pop, H_STREET, first, n, street, err));
    TRY(population_household(e->t->q->x.pop, H_COMMUNITY, first, n, community, err));
    for (uint32_t i = 0; i < n; i++) {
        int64_t area = community[i] >= 0 ? community[i] : street[i];
        out[i] = area >= 0 ? e->t->q->site->areas.areas.v[area].code : (struct str){NULL, 0};
    }
    return ST_OK;
}

static enum status fill_column(const struct rule_entity *e, size_t column, uint32_t first, uint32_t n, struct vtable_block *b, struct err *err)
{
    const struct entity_column *c = &e->columns.v[column];
    const struct facts *f = &e->t->facts;
    if (c->part == PART_AREA) {
        return fill_areas(e, first, n, b, vtable_texts(b, column), err);
    }
    int64_t *out = vtable_nums(b, column);
    const uint8_t *cover = NULL;
    if (c->part == PART_LO || c->part == PART_HI) {
        return fill_attr(e, c, first, n, b, out, err);
    }
    if (c->part == PART_COVER) {
        TRY(cover_of(e->t, (size_t)c->index, &cover, err));
    }
    for (uint32_t i = first; i < first + n; i++) {
        out[i - first] = c->part == PART_ROW      ? i
                         : c->part == PART_HOME   ? (f->household_of[i] == RULES_NO_ROW ? VTABLE_NULL : f->household_of[i])
                         : c->part == PART_MEMBER ? f->member[i]
                         : c->part == PART_DEATH  ? (f->death[i] == DAY_MISSING ? VTABLE_NULL : f->death[i])
                         : c->part == PART_OPEN   ? f->open[i]
                                                  : cover[i >> 3] >> (i & 7) & 1;
    }
    return ST_OK;
}

static enum status load_entity(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    const struct rule_entity *e = ctx;
    uint32_t rows = rows_of(e), first = (uint32_t)(block * BLOCK);
    b->end = block > rows / BLOCK || first >= rows;
    if (b->end) {
        return ST_OK;
    }
    b->rows = MIN((uint32_t)BLOCK, rows - first);
    TRY(open_facts(e->t, err));
    for (size_t c = 0; c < e->columns.n; c++) {
        if (wanted[c]) {
            TRY(fill_column(e, c, first, (uint32_t)b->rows, b, err));
        }
    }
    return ST_OK;
}

static void add_column(struct rule_tables *t, struct rule_entity *e, sql_columns *names, const char *name, enum vtable_type type, enum part part, int index)
{
    struct entity_column c = {part, index};
    vec_push(&e->columns, c);
    sql_column(t->q, names, str_of(name), type);
}

static void add_attr(struct rule_tables *t, struct rule_entity *e, sql_columns *names, int attr)
{
    const struct rules_attr *a = &t->schema.rules.attrs[attr];
    const char *name = arena_z(&t->q->arena, a->name);
    add_column(t, e, names, name, VTABLE_BOUND, PART_LO, attr);
    add_column(t, e, names, arena_printf(&t->q->arena, "%s_至", name), VTABLE_BOUND, PART_HI, attr);
    if (a->timeline) {
        int source = t->q->site->people->attrs[attr].from[0].source;
        add_column(t, e, names, arena_printf(&t->q->arena, "变动覆盖_%s", name), VTABLE_INT, PART_COVER, source);
    }
}

static void add_entity(struct rule_tables *t, bool person)
{
    struct rule_entity *e = arena_new(&t->q->arena, struct rule_entity);
    sql_columns names = {0};
    *e = (struct rule_entity){.t = t, .person = person};
    t->entities[person] = e;
    if (person) {
        add_column(t, e, &names, "人序", VTABLE_INT, PART_ROW, 0);
        add_column(t, e, &names, "户序", VTABLE_INT, PART_HOME, 0);
        add_column(t, e, &names, "身份", VTABLE_INT, PART_MEMBER, 0);
        add_column(t, e, &names, "亡故日", VTABLE_INT, PART_DEATH, 0);
    } else {
        add_column(t, e, &names, "户序", VTABLE_INT, PART_ROW, 0);
        add_column(t, e, &names, "未定", VTABLE_INT, PART_OPEN, 0);
        add_column(t, e, &names, "区划", VTABLE_TEXT, PART_AREA, 0);
    }
    names.v[0].unique = true;
    for (size_t i = 0; i < t->schema.rules.n_attrs; i++) {
        if ((t->schema.rules.attrs[i].entity == RULES_PERSON) == person && t->schema.rules.attrs[i].type != RT_TEXT) {
            add_attr(t, e, &names, (int)i);
        }
    }
    for (size_t i = 0; i < t->schema.rules.n_tables && person; i++) {
        add_column(t, e, &names, arena_printf(&t->q->arena, "覆盖_" STR_FMT, STR_ARG(t->schema.rules.tables[i].name)), VTABLE_INT, PART_COVER, (int)i);
    }
    sql_table(t->q, person ? "规则_人" : "规则_户", person ? "rule_persons" : "rule_households", &names, rows_of(e), e, load_entity, NULL);
    vec_release(&names);
}

/* --- rows of a source --------------------------------------------------------------------------------------------------------------- */
struct rule_rows {
    struct rule_tables *t;
    size_t source;
    VEC(struct piece) pieces;
    bool listed;
};
struct taking { /* one block on its way */
    const struct rule_rows *r;
    const bool *wanted;
    const struct rules_scan *scan;
    struct vtable_block *b;
};

static enum status list_pieces(struct rule_rows *r, struct err *err)
{
    const struct explain *x = &r->t->q->x;
    for (size_t i = 0; i < x->n_inputs && !r->listed; i++) {
        AUTO_SEG seg = NULL;
        if (x->inputs[i].source != r->source) {
            continue;
        }
        TRY(seg_open(x->inputs[i].segment, &seg, err));
        for (size_t k = 0; k < seg_blocks(seg); k++) {
            struct piece p = {i, k};
            vec_push(&r->pieces, p);
        }
    }
    r->listed = true;
    return ST_OK;
}

/* A row of nobody who counts (superseded, a refund of something gone) is nobody's here too. */
static enum status take_rows(void *ctx, const struct facts_block *block, struct err *err)
{
    (void)err;
    struct taking *g = ctx;
    size_t n = g->b->rows = block->rows.n;
    int64_t *person = g->wanted[0] ? vtable_nums(g->b, 0) : NULL, *home = g->wanted[1] ? vtable_nums(g->b, 1) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (person) {
            person[i] = block->rows.person[i] == RULES_NO_ROW ? VTABLE_NULL : block->rows.person[i];
        }
        if (home) {
            home[i] = VTABLE_NULL; /* no row of a source names a household of the night by itself */
        }
    }
    for (size_t c = 0; c < g->scan->n_columns; c++) {
        size_t at = 2 + 2 * (size_t)g->scan->columns[c];
        int64_t *lo = g->wanted[at] ? vtable_nums(g->b, at) : NULL, *hi = g->wanted[at + 1] ? vtable_nums(g->b, at + 1) : NULL;
        for (size_t i = 0; i < n; i++) {
            struct val v = rules_lane_get(&block->rows.columns[c], i);
            if (lo) {
                lo[i] = v.lo;
            }
            if (hi) {
                hi[i] = v.hi;
            }
        }
    }
    return ST_OK;
}

static enum status load_rows(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    struct rule_rows *r = ctx;
    TRY(open_facts(r->t, err));
    TRY(list_pieces(r, err));
    b->end = block >= r->pieces.n;
    if (b->end) {
        return ST_OK;
    }
    const struct rules_table *table = &r->t->schema.rules.tables[r->source];
    int *columns = arena_array(&b->arena, int, table->n_columns + 1);
    struct rules_scan scan = {.table = (int)r->source, .columns = columns};
    for (size_t c = 0; c < table->n_columns; c++) {
        if (wanted[2 + 2 * c] || wanted[3 + 2 * c]) {
            columns[scan.n_columns++] = (int)c;
        }
    }
    struct taking g = {r, wanted, &scan, b};
    return facts_scan_block(&r->t->facts, &scan, r->pieces.v[block].input, r->pieces.v[block].block, take_rows, &g, err);
}

/* Texts stand as columns too, so that places stay; they are unknown, as to the rules. */
static void add_rows(struct rule_tables *t, size_t source)
{
    const struct rules_table *table = &t->schema.rules.tables[source];
    struct rule_rows *r = &t->rows[source];
    sql_columns names = {0};
    *r = (struct rule_rows){.t = t, .source = source};
    sql_column(t->q, &names, STR("人序"), VTABLE_INT);
    sql_column(t->q, &names, STR("户序"), VTABLE_INT);
    for (size_t c = 0; c < table->n_columns; c++) {
        const char *name = arena_z(&t->q->arena, table->columns[c].name);
        sql_column(t->q, &names, str_of(name), VTABLE_BOUND);
        sql_column(t->q, &names, str_of(arena_printf(&t->q->arena, "%s_至", name)), VTABLE_BOUND);
    }
    uint64_t rows = 0;
    for (size_t i = 0; i < t->q->x.n_inputs; i++) {
        rows += t->q->x.inputs[i].source == source ? (uint64_t)t->q->x.inputs[i].rows : 0;
    }
    const char *id = arena_z(&t->q->arena, t->q->site->sources->v[source].id);
    sql_table(t->q, arena_printf(&t->q->arena, "规则_" STR_FMT, STR_ARG(table->name)), arena_printf(&t->q->arena, "rule_%s", id), &names, rows, r, load_rows, NULL);
    vec_release(&names);
}

/* --- changes ------------------------------------------------------------------------------------------------------------------------- */
enum { C_ATTR, C_PERSON, C_FROM, C_TO, C_DAY };

static enum status read_changes(struct rule_tables *t, struct err *err)
{
    for (size_t i = 0; i < t->schema.rules.n_attrs && !t->have_changes; i++) {
        if (t->schema.rules.attrs[i].timeline) {
            TRY(facts_changes_of(&t->facts, (int)i, t->q->x.as_of - SINCE_DAYS, &t->changes[i], err));
        }
    }
    t->have_changes = true;
    return ST_OK;
}

/* A block an attribute. */
static enum status load_changes(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    struct rule_tables *t = ctx;
    b->end = block >= t->schema.rules.n_attrs;
    if (b->end) {
        return ST_OK;
    }
    TRY(open_facts(t, err));
    TRY(read_changes(t, err));
    const facts_change_list *list = &t->changes[block];
    size_t n = b->rows = list->n;
    struct str *attr = wanted[C_ATTR] ? vtable_texts(b, C_ATTR) : NULL;
    int64_t *person = wanted[C_PERSON] ? vtable_nums(b, C_PERSON) : NULL, *from = wanted[C_FROM] ? vtable_nums(b, C_FROM) : NULL;
    int64_t *to = wanted[C_TO] ? vtable_nums(b, C_TO) : NULL, *day = wanted[C_DAY] ? vtable_nums(b, C_DAY) : NULL;
    for (size_t i = 0; i < n; i++) {
        const struct facts_change *c = &list->v[i];
        if (attr) {
            attr[i] = t->schema.rules.attrs[block].name;
        }
        if (person) {
            person[i] = c->person;
        }
        if (from) {
            from[i] = c->from;
        }
        if (to) {
            to[i] = c->to;
        }
        if (day) {
            day[i] = c->day;
        }
    }
    return ST_OK;
}

static void add_changes(struct rule_tables *t)
{
    static const char *const names[] = {[C_ATTR] = "指标", [C_PERSON] = "人序", [C_FROM] = "原", [C_TO] = "现", [C_DAY] = "日"};
    sql_columns columns = {0};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        sql_column(t->q, &columns, str_of(names[i]), i == C_ATTR ? VTABLE_TEXT : VTABLE_INT);
    }
    sql_table(t->q, "规则_变动", "rule_changes", &columns, 1000, t, load_changes, NULL);
    vec_release(&columns);
}

/* --- all of them ------------------------------------------------------------------------------------------------------------------------ */
void sql_add_rules(struct sql_site *q)
{
    struct rule_tables *t = q->rules = arena_new(&q->arena, struct rule_tables);
    t->q = q;
    schema_build(&q->arena, q->site->sources, q->site->people, &q->site->areas, &t->schema);
    add_entity(t, true);
    add_entity(t, false);
    t->rows = arena_array(&q->arena, struct rule_rows, t->schema.rules.n_tables + 1);
    for (size_t i = 0; i < t->schema.rules.n_tables; i++) {
        add_rows(t, i);
    }
    add_changes(t);
}

void sql_close_rules(struct sql_site *q)
{
    struct rule_tables *t = q->rules;
    if (!t) {
        return;
    }
    vec_release(&t->entities[0]->columns);
    vec_release(&t->entities[1]->columns);
    for (size_t i = 0; i < t->schema.rules.n_tables; i++) {
        vec_release(&t->rows[i].pieces);
    }
    if (!t->open) {
        return;
    }
    for (size_t i = 0; i < q->site->sources->n; i++) {
        free(t->cover[i]);
    }
    for (size_t i = 0; i < t->schema.rules.n_attrs; i++) {
        vec_release(&t->changes[i]);
    }
    facts_close(&t->facts);
    arena_release(&t->night.arena);
}
