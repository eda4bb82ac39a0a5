/* SPDX-License-Identifier: Apache-2.0 */
/* Persons and households of the last night: membership, records, attributes with their cells. */
#include "base/core/money.h"
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/explain_private.h"
#include "pipeline/site.h"

/* --- finding ------------------------------------------------------------------------------------------------------------ */

enum status explain_find_anchor(struct explain *x, uint64_t anchor, uint32_t *out_row, struct err *err)
{
    enum { CHUNK = 4096 };
    int64_t *buf = arena_array(x->arena, int64_t, CHUNK);
    uint32_t persons = population_persons(x->pop);
    for (uint32_t at = 0; at < persons; at += CHUNK) {
        uint32_t n = MIN((uint32_t)CHUNK, persons - at);
        TRY(population_person(x->pop, P_ANCHOR, at, n, buf, err));
        for (uint32_t i = 0; i < n; i++) {
            if ((uint64_t)buf[i] == anchor) {
                *out_row = at + i;
                return ST_OK;
            }
        }
    }
    return err_set(err, ST_NOT_FOUND, TR("第%lld夜的人群里没有这个证件号", "nobody of night %lld has this identifier"), (long long)x->night);
}

enum status explain_find_person(struct explain *x, struct str ref, uint32_t *out_row, struct err *err)
{
    uint64_t id = ident_parse(ref);
    if (ident_key(id)) {
        return explain_find_anchor(x, people_current_id(x->site->people, id), out_row, err);
    }
    return population_find_person(x->pop, ref, out_row, err);
}

/* --- values ------------------------------------------------------------------------------------------------------------- */

static void add_set(const struct people_attr *a, int64_t mask, struct strbuf *b)
{
    size_t start = b->n;
    for (size_t i = 0; i < a->n_values; i++) {
        if (mask >> i & 1) {
            strbuf_addz(b, b->n > start ? "、" : "");
            strbuf_adds(b, a->values[i]);
        }
    }
    strbuf_addz(b, b->n > start ? "" : TR("无", "none"));
}

static void add_value(const struct people_attr *a, int64_t v, struct strbuf *b)
{
    if (v == ATTR_UNKNOWN || v == ATTR_NOTHING) {
        strbuf_addz(b, v == ATTR_UNKNOWN ? TR("未知", "unknown") : TR("无", "none"));
        return;
    }
    switch (a->type) {
    case ATTR_ENUM:
        strbuf_adds(b, v >= 0 && (size_t)v < a->n_values ? a->values[v] : STR("?"));
        break;
    case ATTR_SET:
        add_set(a, v, b);
        break;
    case ATTR_DATE:
        strbuf_add_day(b, (daynum)v);
        break;
    case ATTR_MONEY:
        strbuf_add_fen_comma(b, v);
        strbuf_addz(b, TR("元", " yuan"));
        break;
    case ATTR_INTEGER:
        strbuf_addi(b, v);
        break;
    case ATTR_FLAG:
        strbuf_addz(b, v ? TR("是", "yes") : TR("否", "no"));
        break;
    case ATTR_RATIO:
        strbuf_addf(b, "%lld.%02lld%%", (long long)(v / 10000), (long long)(v % 10000 / 100));
        break;
    case ATTR_TEXT:
    case ATTR_TYPE_COUNT:
        break;
    }
}

/* "  ← 残疾证 cl_....csv 第12行" */
static enum status add_place(struct explain *x, int32_t input, int32_t row, struct err *err)
{
    if (input < 0 || row < 0 || (size_t)input >= x->n_inputs) {
        return ST_OK;
    }
    const struct night_input *in = &x->inputs[input];
    AUTO_SEG seg = NULL;
    int64_t line;
    TRY(seg_open(in->segment, &seg, err));
    int col = seg_column(seg, SEG_LINE);
    if (col < 0) {
        return ST_OK;
    }
    TRY(seg_fetch_i64(seg, (uint64_t)row, (size_t)col, &line, err));
    strbuf_addf(x->out, TR("  ← " STR_FMT " %s 第%lld行", "  <- " STR_FMT " %s line %lld"), STR_ARG(x->site->sources->v[in->source].label), in->name,
                (long long)line);
    return ST_OK;
}

static enum status attribute_origin(struct explain *x, const struct people_attr *a, int at, uint32_t row, struct origin *out, struct err *err)
{
    *out = (struct origin){-1, -1};
    switch (a->builtin) {
    case ATTR_CONFIGURED:
        return population_origin(x->pop, at, row, out, err);
    case ATTR_B_SEX:
        return population_origin_of(x->pop, P_SEX, row, out, err);
    case ATTR_B_BIRTH:
    case ATTR_B_AGE:
        return population_origin_of(x->pop, P_BIRTH, row, out, err);
    case ATTR_B_DEATH:
    case ATTR_B_DEATH_AGE:
        return population_origin_of(x->pop, P_DEATH, row, out, err);
    case ATTR_B_NAME:
    case ATTR_B_ALIVE:
    case ATTR_B_DEATH_SOURCES:
    case ATTR_B_DEATH_SUSPECT:
    case ATTR_B_CONFIDENCE:
    case ATTR_B_CONFLICTS:
    case ATTR_B_AWAY:
    case ATTR_B_UNPROTECTED:
    case ATTR_B_RELATION:
    case ATTR_B_H_SIZE:
    case ATTR_B_H_BASIS:
    case ATTR_B_H_LOT:
    case ATTR_B_H_NAME:
    case ATTR_BUILTIN_COUNT:
        break;
    }
    return ST_OK;
}

enum status explain_attributes(struct explain *x, enum attr_entity entity, uint32_t row, struct err *err)
{
    const struct people *people = x->site->people;
    strbuf_addz(x->out, TR("指标\n", "facts\n"));
    for (size_t i = 0; i < people->n_attrs; i++) {
        const struct people_attr *a = &people->attrs[i];
        int64_t lo, hi;
        struct origin origin;
        if (a->entity != entity || a->type == ATTR_TEXT) {
            continue;
        }
        TRY(population_attr(x->pop, (int)i, row, 1, &lo, a->type == ATTR_SET ? &hi : NULL, err));
        strbuf_addf(x->out, "  " STR_FMT "  ", STR_ARG(a->name));
        add_value(a, lo, x->out);
        TRY(attribute_origin(x, a, (int)i, row, &origin, err));
        TRY(add_place(x, origin.input, origin.row, err));
        strbuf_addc(x->out, '\n');
    }
    return ST_OK;
}

/* --- a person ----------------------------------------------------------------------------------------------------------- */

enum status explain_person_line(struct explain *x, uint32_t row, struct err *err)
{
    struct str name, relation;
    int64_t id, sex, birth, death, state, anchor;
    char ref[REF_MAX], number[IDENT_TEXT_MAX];
    TRY(population_person_text(x->pop, P_NAME, row, x->arena, &name, err));
    TRY(population_person_text(x->pop, P_RELATION, row, x->arena, &relation, err));
    TRY(population_person_one(x->pop, P_ID, row, &id, err));
    TRY(population_person_one(x->pop, P_SEX, row, &sex, err));
    TRY(population_person_one(x->pop, P_BIRTH, row, &birth, err));
    TRY(population_person_one(x->pop, P_DEATH, row, &death, err));
    TRY(population_person_one(x->pop, P_STATE, row, &state, err));
    TRY(population_person_one(x->pop, P_ANCHOR, row, &anchor, err));
    person_ref(x->site->key, (uint64_t)id, ref);
    strbuf_addf(x->out, "%s " STR_FMT, ref, STR_ARG(name));
    strbuf_addz(x->out, sex == SEX_MALE ? TR(" 男", " male") : sex == SEX_FEMALE ? TR(" 女", " female") : "");
    if (birth != INT64_MIN) {
        strbuf_addf(x->out, TR(" %d岁", " age %d"), age_at((daynum)birth, death == INT64_MIN ? x->as_of : (daynum)death));
    }
    if (relation.n) {
        strbuf_addf(x->out, " " STR_FMT, STR_ARG(relation));
    }
    strbuf_addf(x->out, " %s", person_state_name((enum person_state)state));
    if ((x->reveal ? ident_print : ident_mask)((uint64_t)anchor, number) > 0) {
        strbuf_addf(x->out, "  %s", number);
    } else {
        strbuf_addz(x->out, TR("  无可用证件号", "  no usable identifier"));
    }
    strbuf_addc(x->out, '\n');
    return ST_OK;
}

struct record_list {
    struct explain *x;
    enum status status;
    struct err *err;
    int64_t n;
    struct str name; /* of the person: who agrees */
};

static enum status add_record(struct record_list *l, size_t input, uint32_t row)
{
    struct explain *x = l->x;
    if (input >= x->n_inputs) {
        return ST_OK;
    }
    const struct source *s = &x->site->sources->v[x->inputs[input].source];
    strbuf_addz(x->out, " ");
    TRY(add_place(x, (int32_t)input, (int32_t)row, l->err));
    int column = s->person[ROLE_NAME].column;
    AUTO_SEG seg = NULL;
    TRY(seg_open(x->inputs[input].segment, &seg, l->err));
    int col = column >= 0 ? seg_column(seg, arena_z(x->arena, s->columns[column].name)) : -1;
    if (col >= 0 && seg_column_type(seg, (size_t)col) == SEG_TEXT) {
        struct str name;
        TRY(seg_fetch_text(seg, row, (size_t)col, &name, l->err));
        bool same = str_eq(name, l->name);
        strbuf_addf(x->out, "  " STR_FMT "%s", STR_ARG(name), same || name.n == 0 ? "" : TR("（姓名写法不同）", " (name written otherwise)"));
    }
    strbuf_addc(x->out, '\n');
    return ST_OK;
}

static bool take_record(void *ctx, size_t input, uint32_t row)
{
    enum { SHOWN = 40 };
    struct record_list *l = ctx;
    if (l->n++ < SHOWN) {
        l->status = add_record(l, input, row);
    }
    return l->status == ST_OK;
}

static enum status add_records(struct explain *x, uint32_t row, struct err *err)
{
    enum { SHOWN = 40 };
    struct record_list l = {.x = x, .status = ST_OK, .err = err};
    TRY(population_person_text(x->pop, P_NAME, row, x->arena, &l.name, err));
    strbuf_addz(x->out, TR("归到此人的记录\n", "records linked to this person\n"));
    TRY(links_of_person(x->run_dir, x->n_inputs, row, take_record, &l, err));
    TRY(l.status);
    if (l.n > SHOWN) {
        strbuf_addf(x->out, TR("  另有%lld条未列出\n", "  and %lld more\n"), (long long)(l.n - SHOWN));
    }
    int64_t conflicts;
    TRY(population_person_one(x->pop, P_CONFLICTS, row, &conflicts, err));
    if (conflicts > 0) {
        strbuf_addf(x->out, TR("  各数据源说法不一的指标：%lld 项\n", "  attributes whose sources disagree: %lld\n"), (long long)conflicts);
    }
    return ST_OK;
}

enum status explain_person(struct explain *x, struct str ref, struct err *err)
{
    uint32_t row;
    int64_t household, reason, id, hid;
    char href[REF_MAX];
    TRY(explain_find_person(x, ref, &row, err));
    TRY(explain_person_line(x, row, err));
    TRY(population_person_one(x->pop, P_HOUSEHOLD, row, &household, err));
    TRY(population_person_one(x->pop, P_REASON, row, &reason, err));
    TRY(population_person_one(x->pop, P_ID, row, &id, err));
    TRY(population_household_one(x->pop, H_ID, (uint32_t)household, &hid, err));
    household_ref(x->site->key, (uint64_t)hid, href);
    strbuf_addf(x->out, TR("  所在户：%s（%s）\n", "  household: %s (%s)\n"), href, member_reason_name((enum member_reason)reason));
    TRY(add_records(x, row, err));
    TRY(explain_moves(x, (uint64_t)id, err));
    TRY(explain_attributes(x, ATTR_PERSON, row, err));
    TRY(explain_warnings_of(x, 'P', (uint64_t)id, err));
    return explain_warnings_of(x, 'H', (uint64_t)hid, err);
}

/* --- a household -------------------------------------------------------------------------------------------------------- */

static enum status find_household(struct explain *x, struct str ref, uint32_t *out_row, struct err *err)
{
    if (str_starts(ref, STR("H")) || str_starts(ref, STR("h"))) {
        return population_find_household(x->pop, ref, out_row, err);
    }
    uint32_t person;
    int64_t household;
    TRY(explain_find_person(x, ref, &person, err));
    TRY(population_person_one(x->pop, P_HOUSEHOLD, person, &household, err));
    *out_row = (uint32_t)household;
    return ST_OK;
}

static enum status add_household_head(struct explain *x, uint32_t row, int64_t id, struct err *err)
{
    const struct area_set *areas = &x->site->areas;
    int64_t basis, street, community, how;
    struct str number, address;
    char ref[REF_MAX];
    TRY(population_household_one(x->pop, H_BASIS, row, &basis, err));
    TRY(population_household_one(x->pop, H_STREET, row, &street, err));
    TRY(population_household_one(x->pop, H_COMMUNITY, row, &community, err));
    TRY(population_household_one(x->pop, H_AREA_BASIS, row, &how, err));
    TRY(population_household_text(x->pop, H_NUMBER, row, x->arena, &number, err));
    TRY(population_household_text(x->pop, H_ADDRESS, row, x->arena, &address, err));
    household_ref(x->site->key, (uint64_t)id, ref);
    strbuf_addf(x->out, TR("户 %s  组户依据：%s", "household %s  basis: %s"), ref, household_basis_name((enum household_basis)basis));
    if (number.n) {
        strbuf_addf(x->out, TR("（户号 " STR_FMT "）", " (number " STR_FMT ")"), STR_ARG(number));
    }
    strbuf_addz(x->out, TR("\n  区划：", "\n  area: "));
    strbuf_adds(x->out, street >= 0 ? areas->areas.v[street].name : str_of(TR("未定", "unknown")));
    strbuf_addz(x->out, " ");
    strbuf_adds(x->out, community >= 0 ? areas->areas.v[community].name : (struct str){"", 0});
    strbuf_addf(x->out, TR("（按%s）\n", " (by %s)\n"), area_basis_name((enum area_basis)how));
    if (address.n) {
        strbuf_addf(x->out, TR("  地址：" STR_FMT "\n", "  address: " STR_FMT "\n"), STR_ARG(address));
    }
    return ST_OK;
}

enum status explain_household(struct explain *x, struct str ref, struct err *err)
{
    uint32_t row;
    int64_t id, first, persons;
    TRY(find_household(x, ref, &row, err));
    TRY(population_household_one(x->pop, H_ID, row, &id, err));
    TRY(population_household_one(x->pop, H_FIRST, row, &first, err));
    TRY(population_household_one(x->pop, H_PERSONS, row, &persons, err));
    TRY(add_household_head(x, row, id, err));
    strbuf_addz(x->out, TR("成员\n", "members\n"));
    for (int64_t p = first; p < first + persons; p++) {
        int64_t kind, reason;
        TRY(population_person_one(x->pop, P_MEMBER, (uint32_t)p, &kind, err));
        TRY(population_person_one(x->pop, P_REASON, (uint32_t)p, &reason, err));
        strbuf_addf(x->out, "  %s（%s） ", kind == MEMBER_LIVING ? TR("成员", "member") : kind == MEMBER_DEAD ? TR("亡故成员", "dead") : TR("原成员", "former"),
                    member_reason_name((enum member_reason)reason));
        TRY(explain_person_line(x, (uint32_t)p, err));
    }
    TRY(explain_bases(x, row, err));
    TRY(explain_moves(x, (uint64_t)id, err));
    const struct explain_home home = {id, first, persons};
    TRY(explain_chain_records(x, &home, err));
    TRY(explain_attributes(x, ATTR_HOUSEHOLD, row, err));
    TRY(explain_warnings_of(x, 'H', (uint64_t)id, err));
    for (int64_t p = first; p < first + persons; p++) {
        int64_t person;
        TRY(population_person_one(x->pop, P_ID, (uint32_t)p, &person, err));
        TRY(explain_warnings_of(x, 'P', (uint64_t)person, err));
    }
    return explain_chain_outcome(x, &home, err);
}
