/* SPDX-License-Identifier: Apache-2.0 */
/* persons, households and facts: columns of persons.seg and households.seg, and the attributes of people.yaml. */
#include "base/core/bug.h"
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/attr_text.h"
#include "base/text/mask.h"
#include "pipeline/sql/tables.h"

enum { BLOCK = 1 << 15 };

/* How a fixed column is made of the row's cells. */
enum make { MAKE_ROW, MAKE_REF, MAKE_HOME_REF, MAKE_NUM, MAKE_IDENT, MAKE_IDENT_KIND, MAKE_AREA, MAKE_WORD, MAKE_TEXT, MAKE_NAME, MAKE_ADDRESS, MAKE_PHONE, MAKE_HEAD };
struct fixed {
    const char *name;
    enum vtable_type type;
    enum make make;
    int column; /* enum person_column or household_column */
    const char *(*word)(int64_t v);
};

static const char *member_word(int64_t v)
{
    return v == MEMBER_LIVING ? "成员" : v == MEMBER_DEAD ? "亡故成员" : "原成员";
}
static const char *state_word(int64_t v)
{
    return person_state_name((enum person_state)v);
}
static const char *reason_word(int64_t v)
{
    return member_reason_name((enum member_reason)v);
}
static const char *basis_word(int64_t v)
{
    return household_basis_name((enum household_basis)v);
}
static const char *area_word(int64_t v)
{
    return area_basis_name((enum area_basis)v);
}

static const struct fixed person_columns[] = {
    {"人序", VTABLE_INT, MAKE_ROW, 0, NULL},
    {"人", VTABLE_TEXT, MAKE_REF, P_ID, NULL},
    {"户序", VTABLE_INT, MAKE_NUM, P_HOUSEHOLD, NULL},
    {"户", VTABLE_TEXT, MAKE_HOME_REF, P_HOUSEHOLD, NULL},
    {"姓名", VTABLE_TEXT, MAKE_NAME, P_NAME, NULL},
    {"证件号", VTABLE_TEXT, MAKE_IDENT, P_ANCHOR, NULL},
    {"证件种类", VTABLE_TEXT, MAKE_IDENT_KIND, P_ANCHOR, NULL},
    {"状态", VTABLE_TEXT, MAKE_WORD, P_STATE, state_word},
    {"身份", VTABLE_TEXT, MAKE_WORD, P_MEMBER, member_word},
    {"与户主关系", VTABLE_TEXT, MAKE_TEXT, P_RELATION, NULL},
    {"成户原因", VTABLE_TEXT, MAKE_WORD, P_REASON, reason_word},
    {"街道", VTABLE_TEXT, MAKE_AREA, P_STREET, NULL},
    {"社区", VTABLE_TEXT, MAKE_AREA, P_COMMUNITY, NULL},
    {"区划依据", VTABLE_TEXT, MAKE_WORD, P_AREA_BASIS, area_word},
    {"住址", VTABLE_TEXT, MAKE_ADDRESS, P_ADDRESS, NULL},
    {"户籍地址", VTABLE_TEXT, MAKE_ADDRESS, P_HUKOU_ADDRESS, NULL},
    {"电话", VTABLE_TEXT, MAKE_PHONE, P_PHONE, NULL},
    {"记录数", VTABLE_INT, MAKE_NUM, P_RECORDS, NULL},
};
static const struct fixed household_columns[] = {
    {"户序", VTABLE_INT, MAKE_ROW, 0, NULL},
    {"户", VTABLE_TEXT, MAKE_REF, H_ID, NULL},
    {"依据", VTABLE_TEXT, MAKE_WORD, H_BASIS, basis_word},
    {"户号", VTABLE_TEXT, MAKE_TEXT, H_NUMBER, NULL},
    {"户主序", VTABLE_INT, MAKE_NUM, H_HEAD, NULL},
    {"户主", VTABLE_TEXT, MAKE_HEAD, H_HEAD, NULL},
    {"成员数", VTABLE_INT, MAKE_NUM, H_LIVING, NULL},
    {"全部人数", VTABLE_INT, MAKE_NUM, H_PERSONS, NULL},
    {"街道", VTABLE_TEXT, MAKE_AREA, H_STREET, NULL},
    {"社区", VTABLE_TEXT, MAKE_AREA, H_COMMUNITY, NULL},
    {"区划依据", VTABLE_TEXT, MAKE_WORD, H_AREA_BASIS, area_word},
    {"住址", VTABLE_TEXT, MAKE_ADDRESS, H_ADDRESS, NULL},
};

/* --- one entity: persons or households --------------------------------------------------------------------------------------- */

struct entity {
    struct sql_site *q;
    enum attr_entity kind;
    const struct fixed *fixed;
    size_t n_fixed;
    int *attr; /* [column - n_fixed] */
    size_t n_attr;
};

static uint32_t entity_rows(const struct entity *e)
{
    return e->kind == ATTR_PERSON ? population_persons(e->q->x.pop) : population_households(e->q->x.pop);
}

static enum status read_nums(const struct entity *e, int column, uint32_t first, uint32_t n, int64_t *out, struct err *err)
{
    struct population *pop = e->q->x.pop;
    return e->kind == ATTR_PERSON ? population_person(pop, (enum person_column)column, first, n, out, err)
                                  : population_household(pop, (enum household_column)column, first, n, out, err);
}

static enum status read_text(const struct entity *e, int column, uint32_t row, struct arena *a, struct str *out, struct err *err)
{
    struct population *pop = e->q->x.pop;
    return e->kind == ATTR_PERSON ? population_person_text(pop, (enum person_column)column, row, a, out, err)
                                  : population_household_text(pop, (enum household_column)column, row, a, out, err);
}

static struct str masked(const struct sql_site *q, enum make make, struct arena *a, struct str s)
{
    if (q->reveal) {
        return s;
    }
    enum mask_kind kind = make == MAKE_NAME || make == MAKE_HEAD ? MASK_NAME : make == MAKE_ADDRESS ? MASK_ADDRESS : make == MAKE_PHONE ? MASK_PHONE : MASK_RUNS;
    return mask_text(kind, s, a);
}

static enum status make_texts(const struct entity *e, const struct fixed *f, uint32_t first, uint32_t n, struct vtable_block *b, struct str *out,
                              struct err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        TRY(read_text(e, f->column, first + i, &b->arena, &out[i], err));
        out[i] = masked(e->q, f->make, &b->arena, out[i]);
    }
    return ST_OK;
}

static struct str ident_cell(struct sql_site *q, struct arena *a, uint64_t id)
{
    char text[IDENT_TEXT_MAX];
    return q->reveal ? arena_str(a, str_n(text, ident_print(id, text))) : sql_hidden_ident(a, id, (struct str){NULL, 0});
}

static enum status head_name(struct sql_site *q, int64_t head, struct arena *a, struct str *out, struct err *err)
{
    TRY(population_person_text(q->x.pop, P_NAME, (uint32_t)head, a, out, err));
    *out = masked(q, MAKE_HEAD, a, *out);
    return ST_OK;
}

static enum status make_cell(const struct entity *e, const struct fixed *f, int64_t v, struct arena *a, struct str *out, struct err *err)
{
    struct sql_site *q = e->q;
    switch (f->make) {
    case MAKE_REF:
        *out = e->kind == ATTR_PERSON ? sql_person_ref(q, a, v) : sql_household_ref(q, a, v);
        return ST_OK;
    case MAKE_HOME_REF:
        *out = sql_household_ref(q, a, q->home_id[v]);
        return ST_OK;
    case MAKE_IDENT:
        *out = ident_cell(q, a, (uint64_t)v);
        return ST_OK;
    case MAKE_IDENT_KIND:
        *out = str_of(ident_kind_text(ident_kind((uint64_t)v)));
        return ST_OK;
    case MAKE_AREA:
        *out = sql_area_name(q, v);
        return ST_OK;
    case MAKE_HEAD:
        return head_name(q, v, a, out, err);
    case MAKE_WORD:
        *out = str_of(f->word(v));
        return ST_OK;
    case MAKE_ROW:
    case MAKE_NUM:
    case MAKE_TEXT:
    case MAKE_NAME:
    case MAKE_ADDRESS:
    case MAKE_PHONE:
        break; /* not made of one number */
    }
    BUG("how a column is made");
}

static enum status make_fixed(const struct entity *e, size_t column, uint32_t first, uint32_t n, struct vtable_block *b, struct err *err)
{
    const struct fixed *f = &e->fixed[column];
    if (f->type == VTABLE_INT) {
        int64_t *v = vtable_nums(b, column);
        for (uint32_t i = 0; i < n && f->make == MAKE_ROW; i++) {
            v[i] = first + i;
        }
        return f->make == MAKE_ROW ? ST_OK : read_nums(e, f->column, first, n, v, err);
    }
    struct str *text = vtable_texts(b, column);
    if (f->make == MAKE_TEXT || f->make == MAKE_NAME || f->make == MAKE_ADDRESS || f->make == MAKE_PHONE) {
        return make_texts(e, f, first, n, b, text, err);
    }
    int64_t *v = arena_array(&b->arena, int64_t, n + 1);
    TRY(read_nums(e, f->column, first, n, v, err));
    for (uint32_t i = 0; i < n; i++) {
        TRY(make_cell(e, f, v[i], &b->arena, &text[i], err));
    }
    return ST_OK;
}

static enum vtable_type attr_column_type(enum attr_type t)
{
    return t == ATTR_DATE ? VTABLE_DAY : t == ATTR_MONEY ? VTABLE_MONEY : t == ATTR_INTEGER ? VTABLE_INT : VTABLE_TEXT;
}

/* NULL for 未知 and, where the type has no word for it, for 无: `facts` tells them apart. */
static enum status make_attr(const struct entity *e, size_t column, uint32_t first, uint32_t n, struct vtable_block *b, struct err *err)
{
    int at = e->attr[column - e->n_fixed];
    const struct people_attr *attr = &e->q->site->people->attrs[at];
    int64_t *lo = arena_array(&b->arena, int64_t, n + 1), *hi = arena_array(&b->arena, int64_t, n + 1);
    TRY(population_attr(e->q->x.pop, at, first, n, lo, hi, err));
    bool number = attr_column_type(attr->type) != VTABLE_TEXT;
    int64_t *num = number ? vtable_nums(b, column) : NULL;
    struct str *text = number ? NULL : vtable_texts(b, column);
    AUTO_STRBUF cell = STRBUF_INIT;
    for (uint32_t i = 0; i < n; i++) {
        bool none = attr->type != ATTR_SET && (lo[i] == ATTR_UNKNOWN || lo[i] == ATTR_NOTHING);
        if (number) {
            num[i] = none ? VTABLE_NULL : lo[i];
        } else if (!none) {
            strbuf_clear(&cell);
            attr_value_text(attr, lo[i], hi[i], &cell);
            text[i] = arena_str(&b->arena, strbuf_str(&cell));
        }
    }
    return ST_OK;
}

static enum status load_entity(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    const struct entity *e = ctx;
    uint32_t rows = entity_rows(e), first = (uint32_t)(block * BLOCK);
    b->end = block > rows / BLOCK || first >= rows;
    if (b->end) {
        return ST_OK;
    }
    uint32_t n = MIN((uint32_t)BLOCK, rows - first);
    b->rows = n;
    TRY(sql_need_rows(e->q, err));
    for (size_t c = 0; c < e->n_fixed + e->n_attr; c++) {
        if (wanted[c]) {
            TRY((c < e->n_fixed ? make_fixed : make_attr)(e, c, first, n, b, err));
        }
    }
    return ST_OK;
}

/* The row number is known without reading. */
static void range_entity(const void *ctx, size_t block, size_t column, struct vtable_range *out)
{
    const struct entity *e = ctx;
    uint32_t rows = entity_rows(e);
    uint64_t first = (uint64_t)block * BLOCK;
    if (column == 0 && first < rows) {
        *out = (struct vtable_range){.known = true, .min = (int64_t)first, .max = (int64_t)MIN(first + BLOCK, (uint64_t)rows) - 1};
    }
}

static void add_entity(struct sql_site *q, enum attr_entity kind, const char *name, const char *also, const struct fixed *fixed, size_t n)
{
    const struct people *people = q->site->people;
    struct entity *e = arena_new(&q->arena, struct entity);
    sql_columns columns = {0};
    *e = (struct entity){q, kind, fixed, n, arena_array(&q->arena, int, people->n_attrs + 1), 0};
    for (size_t c = 0; c < n; c++) {
        sql_column(q, &columns, str_of(fixed[c].name), fixed[c].type);
    }
    columns.v[0].unique = true;
    for (size_t a = 0; a < people->n_attrs; a++) {
        if (people->attrs[a].entity == kind && people->attrs[a].type != ATTR_TEXT) {
            e->attr[e->n_attr++] = (int)a;
            sql_column(q, &columns, people->attrs[a].name, attr_column_type(people->attrs[a].type));
        }
    }
    sql_table(q, name, also, &columns, entity_rows(e), e, load_entity, range_entity);
    vec_release(&columns);
}

/* --- facts: blocks of one attribute, so that WHERE 指标 = '...' reads no other ------------------------------------------------------- */

enum fact_column { F_KIND, F_PERSON, F_HOUSEHOLD, F_REF, F_ATTR, F_VALUE, F_SOURCE, F_FILE, F_LINE, F_COLUMN_COUNT };

struct facts {
    struct sql_site *q;
    int *attr; /* those with lanes */
    size_t n;
};

static uint32_t fact_rows(const struct facts *f, int attr)
{
    return f->q->site->people->attrs[attr].entity == ATTR_PERSON ? population_persons(f->q->x.pop) : population_households(f->q->x.pop);
}

/* Attribute and first row of a block; false behind the last. */
static bool fact_block(const struct facts *f, size_t block, int *out_attr, uint32_t *out_first)
{
    for (size_t i = 0; i < f->n; i++) {
        size_t blocks = (fact_rows(f, f->attr[i]) + BLOCK - 1) / BLOCK;
        if (block < blocks) {
            *out_attr = f->attr[i];
            *out_first = (uint32_t)(block * BLOCK);
            return true;
        }
        block -= blocks;
    }
    return false;
}

static enum status fact_values(struct facts *f, int attr, uint32_t first, struct vtable_block *b, struct err *err)
{
    const struct people_attr *a = &f->q->site->people->attrs[attr];
    int64_t *lo = arena_array(&b->arena, int64_t, b->rows + 1), *hi = arena_array(&b->arena, int64_t, b->rows + 1);
    struct str *out = vtable_texts(b, F_VALUE);
    TRY(population_attr(f->q->x.pop, attr, first, (uint32_t)b->rows, lo, hi, err));
    AUTO_STRBUF cell = STRBUF_INIT;
    for (size_t i = 0; i < b->rows; i++) {
        strbuf_clear(&cell);
        attr_value_text(a, lo[i], hi[i], &cell);
        out[i] = arena_str(&b->arena, strbuf_str(&cell));
    }
    return ST_OK;
}

/* Where each value was read: source and file, and with `lines` the physical line. */
static enum status fact_origins(struct facts *f, int attr, uint32_t first, bool lines, struct vtable_block *b, struct err *err)
{
    struct explain *x = &f->q->x;
    struct str *source = vtable_texts(b, F_SOURCE), *file = vtable_texts(b, F_FILE);
    int64_t *line = vtable_nums(b, F_LINE);
    struct seg_reader **open = arena_array(&b->arena, struct seg_reader *, x->n_inputs + 1);
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < b->rows; i++) {
        struct origin o;
        line[i] = VTABLE_NULL;
        status = population_origin(x->pop, attr, first + (uint32_t)i, &o, err);
        if (status != ST_OK || o.input < 0 || (size_t)o.input >= x->n_inputs) {
            continue;
        }
        source[i] = f->q->site->sources->v[x->inputs[o.input].source].label;
        file[i] = str_of(x->inputs[o.input].name);
        if (lines && !open[o.input]) {
            status = seg_open(x->inputs[o.input].segment, &open[o.input], err);
        }
        if (lines && status == ST_OK) {
            status = seg_fetch_i64(open[o.input], (uint64_t)o.row, (size_t)seg_column(open[o.input], SEG_LINE), &line[i], err);
        }
    }
    for (size_t i = 0; i < x->n_inputs; i++) {
        seg_close(open[i]);
    }
    return status;
}

static void fact_keys(struct facts *f, const struct people_attr *a, uint32_t first, struct vtable_block *b)
{
    struct sql_site *q = f->q;
    bool person = a->entity == ATTR_PERSON;
    struct str *kind = vtable_texts(b, F_KIND), *name = vtable_texts(b, F_ATTR);
    int64_t *who = vtable_nums(b, F_PERSON), *home = vtable_nums(b, F_HOUSEHOLD);
    for (size_t i = 0; i < b->rows; i++) {
        size_t row = first + i;
        kind[i] = person ? STR("人") : STR("户");
        name[i] = a->name;
        who[i] = person ? (int64_t)row : VTABLE_NULL;
        home[i] = person ? q->person_home[row] : (int64_t)row;
    }
}

static void fact_refs(struct facts *f, bool person, uint32_t first, struct vtable_block *b)
{
    struct str *ref = vtable_texts(b, F_REF);
    for (size_t i = 0; i < b->rows; i++) {
        ref[i] = person ? sql_person_ref(f->q, &b->arena, f->q->person_id[first + i]) : sql_household_ref(f->q, &b->arena, f->q->home_id[first + i]);
    }
}

static enum status load_facts(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    struct facts *f = ctx;
    int attr;
    uint32_t first;
    b->end = !fact_block(f, block, &attr, &first);
    if (b->end) {
        return ST_OK;
    }
    const struct people_attr *a = &f->q->site->people->attrs[attr];
    b->rows = MIN((uint32_t)BLOCK, fact_rows(f, attr) - first);
    TRY(sql_need_rows(f->q, err));
    fact_keys(f, a, first, b);
    if (wanted[F_REF]) {
        fact_refs(f, a->entity == ATTR_PERSON, first, b);
    }
    if (wanted[F_SOURCE] || wanted[F_FILE] || wanted[F_LINE]) {
        TRY(fact_origins(f, attr, first, wanted[F_LINE], b, err));
    }
    return wanted[F_VALUE] ? fact_values(f, attr, first, b, err) : ST_OK;
}

static void range_facts(const void *ctx, size_t block, size_t column, struct vtable_range *out)
{
    const struct facts *f = ctx;
    int attr;
    uint32_t first;
    if (!fact_block(f, block, &attr, &first)) {
        return;
    }
    const struct people_attr *a = &f->q->site->people->attrs[attr];
    if (column == F_ATTR || column == F_KIND) {
        *out = (struct vtable_range){.known = true, .text = column == F_ATTR ? a->name : a->entity == ATTR_PERSON ? STR("人") : STR("户")};
    } else if (column == F_PERSON && a->entity == ATTR_PERSON) {
        *out = (struct vtable_range){.known = true, .min = first, .max = (int64_t)first + BLOCK - 1};
    }
}

static void add_facts(struct sql_site *q)
{
    static const struct {
        const char *name;
        enum vtable_type type;
    } names[F_COLUMN_COUNT] = {[F_KIND] = {"种类", VTABLE_TEXT}, [F_PERSON] = {"人序", VTABLE_INT}, [F_HOUSEHOLD] = {"户序", VTABLE_INT},
                               [F_REF] = {"人或户", VTABLE_TEXT}, [F_ATTR] = {"指标", VTABLE_TEXT}, [F_VALUE] = {"值", VTABLE_TEXT},
                               [F_SOURCE] = {"数据源", VTABLE_TEXT}, [F_FILE] = {"文件", VTABLE_TEXT}, [F_LINE] = {"行", VTABLE_INT}};
    const struct people *people = q->site->people;
    struct facts *f = arena_new(&q->arena, struct facts);
    sql_columns columns = {0};
    uint64_t rows = 0;
    *f = (struct facts){q, arena_array(&q->arena, int, people->n_attrs + 1), 0};
    for (size_t a = 0; a < people->n_attrs; a++) {
        if (people->attrs[a].type != ATTR_TEXT) {
            f->attr[f->n++] = (int)a;
            rows += fact_rows(f, (int)a);
        }
    }
    for (size_t c = 0; c < F_COLUMN_COUNT; c++) {
        sql_column(q, &columns, str_of(names[c].name), names[c].type);
    }
    sql_table(q, "facts", "指标", &columns, rows, f, load_facts, range_facts);
    vec_release(&columns);
}

void sql_add_people(struct sql_site *q)
{
    add_entity(q, ATTR_PERSON, "persons", "人", person_columns, ARRAY_LEN(person_columns));
    add_entity(q, ATTR_HOUSEHOLD, "households", "户", household_columns, ARRAY_LEN(household_columns));
    add_facts(q);
}
