/* SPDX-License-Identifier: Apache-2.0 */
/* Pass B: every input once more, in manifest order. Each value of people.yaml is weighed against the one that survives so far. */
#include "pipeline/link_block.h"

#include "base/core/file.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"

#define BIT_SEX   62
#define BIT_BIRTH 61

/* --- identity: sex, birth, death, and where the texts are ------------------------------------------------------------------- */

static int source_rank(const struct link *l, size_t source)
{
    for (size_t k = 0; k < l->people->n_identity_sources; k++) {
        if (l->people->identity_sources[k] == (int)source) {
            return (int)k;
        }
    }
    return (int)(l->people->n_identity_sources + source);
}

bool link_identity_better(const struct link *l, record_no b, record_no a)
{
    if (a == NO_RECORD) {
        return true;
    }
    const struct night_input *x = &l->night->inputs[link_record_input(l, b)], *y = &l->night->inputs[link_record_input(l, a)];
    int rx = source_rank(l, x->source), ry = source_rank(l, y->source);
    if (rx != ry) {
        return rx < ry;
    }
    return x->data_date > y->data_date;
}

void link_disagree(struct link *l, uint32_t p, unsigned bit)
{
    uint32_t next = (uint32_t)l->disagree.n, at = map64_get_or_put(&l->disagree_at, p, next);
    if (at == next) {
        vec_push(&l->disagree, (uint64_t)0);
        l->flags[p] |= PF_DISAGREE;
    }
    l->disagree.v[at] |= (uint64_t)1 << bit;
}

/* ok[] for a role: all rows, or those that fulfil its `when`. */
static void role_rows(struct block *b, const struct source_role *role)
{
    memset(b->ok, 1, b->r->rows);
    if (role->when_column >= 0) {
        struct people_cond c = {.column = role->when_column, .values = &role->when_value, .n_values = 1};
        block_cond(b, &c, b->ok);
    }
}

static void read_text_field(struct block *b, enum person_role role, enum kept field)
{
    const struct source_role *ro = &b->src->person[role];
    if (ro->column < 0) {
        return;
    }
    role_rows(b, ro);
    for (size_t i = 0; i < b->r->rows; i++) {
        if (b->person[i] >= 0 && b->ok[i] && row_text(b->r, ro->column, i).n &&
            link_identity_better(b->l, block_here(b, i), b->l->field[field][b->person[i]])) {
            b->l->field[field][b->person[i]] = block_here(b, i);
        }
    }
}

static void read_sex(struct block *b)
{
    const struct source_role *ro = &b->src->person[ROLE_SEX];
    if (ro->column < 0 || !b->r->columns[ro->column].there) {
        return;
    }
    for (size_t i = 0; i < b->r->rows; i++) {
        struct str s = row_text(b->r, ro->column, i);
        uint8_t sex = str_eqz(s, "男") ? SEX_MALE : str_eqz(s, "女") ? SEX_FEMALE : SEX_UNKNOWN;
        int32_t p = b->person[i];
        if (p < 0 || sex == SEX_UNKNOWN) {
            continue;
        }
        if (b->l->sex[p] != SEX_UNKNOWN && b->l->sex[p] != sex) {
            link_disagree(b->l, (uint32_t)p, BIT_SEX);
        }
        if (link_identity_better(b->l, block_here(b, i), b->l->field[KEPT_SEX][p])) {
            b->l->field[KEPT_SEX][p] = block_here(b, i);
            b->l->sex[p] = sex;
        }
    }
}

static void read_birth(struct block *b)
{
    const struct source_role *ro = &b->src->person[ROLE_BIRTH];
    if (ro->column < 0 || b->src->columns[ro->column].type != COL_DATE) {
        return; /* a month is not a birth date; the identifier usually has the day */
    }
    for (size_t i = 0; i < b->r->rows; i++) {
        int64_t day = row_num(b->r, ro->column, i);
        int32_t p = b->person[i];
        if (p < 0 || day == INT64_MIN || day == DAY_FOREVER) {
            continue;
        }
        if (b->l->birth[p] != DAY_MISSING && b->l->birth[p] != day) {
            link_disagree(b->l, (uint32_t)p, BIT_BIRTH);
        }
        if (link_identity_better(b->l, block_here(b, i), b->l->field[KEPT_BIRTH][p])) {
            b->l->field[KEPT_BIRTH][p] = block_here(b, i);
            b->l->birth[p] = (int32_t)day;
        }
    }
}

static bool is_authoritative(const struct link *l, size_t source)
{
    for (size_t k = 0; k < l->people->n_death_authoritative; k++) {
        if (l->people->death_authoritative[k] == (int)source) {
            return true;
        }
    }
    return false;
}

static struct death *death_of(struct link *l, uint32_t p)
{
    uint32_t next = (uint32_t)l->deaths.n, at = map64_get_or_put(&l->death_at, p, next);
    if (at == next) {
        vec_push(&l->deaths, (struct death){.person = p, .day = DAY_MISSING, .sure = DAY_MISSING, .from = NO_RECORD});
    }
    return &l->deaths.v[at];
}

/* A row that fulfils the condition says dead even when its date is blank. Without a condition only a date says so. */
static void read_death(struct block *b)
{
    const struct source_role *ro = &b->src->person[ROLE_DEATH];
    struct link *l = b->l;
    if (ro->column < 0) {
        return;
    }
    bool sure = is_authoritative(l, b->source);
    role_rows(b, ro);
    for (size_t i = 0; i < b->r->rows; i++) {
        int64_t day = row_num(b->r, ro->column, i);
        int32_t p = b->person[i];
        bool dated = day != INT64_MIN && day != DAY_FOREVER;
        if (p < 0 || !b->ok[i] || (!dated && ro->when_column < 0)) {
            continue;
        }
        struct death *d = death_of(l, (uint32_t)p);
        d->in |= (uint64_t)1 << MIN(b->source, 63);
        int32_t *best = sure ? &d->sure : &d->day;
        if (dated && (*best == DAY_MISSING || day < *best)) {
            *best = (int32_t)day;
        }
        if (d->from == NO_RECORD || (dated && (day < MIN(d->day, d->sure) || sure))) {
            d->from = block_here(b, i);
        }
    }
}

/* --- area columns ------------------------------------------------------------------------------------------------------------ */

static int32_t area_of_text(const struct area_set *set, struct str s, enum area_kind kind, int32_t within)
{
    int32_t a = areas_by_code(set, s);
    return a != AREA_NONE ? a : areas_by_name(set, s, kind, within);
}

static void put_area(struct block *b, size_t i, int32_t street, int32_t community, enum area_basis basis)
{
    struct link *l = b->l;
    uint32_t p = (uint32_t)b->person[i];
    bool had = l->area_basis[p] != AREA_FROM_NOWHERE;
    if (had && (basis > l->area_basis[p] || (basis == l->area_basis[p] && !link_identity_better(l, block_here(b, i), l->field[KEPT_AREA][p])))) {
        return;
    }
    l->street[p] = street;
    l->community[p] = community;
    l->area_basis[p] = (uint8_t)basis;
    l->field[KEPT_AREA][p] = block_here(b, i);
}

static void read_area(struct block *b)
{
    const struct area_set *set = b->l->areas;
    int code = b->src->person[ROLE_AREA].column, street = b->src->person[ROLE_STREET].column, community = b->src->person[ROLE_COMMUNITY].column;
    if (code < 0 && street < 0 && community < 0) {
        return;
    }
    for (size_t i = 0; i < b->r->rows; i++) {
        if (b->person[i] < 0) {
            continue;
        }
        struct str c = row_text(b->r, code, i), s = row_text(b->r, street, i), m = row_text(b->r, community, i);
        int32_t a = c.n ? areas_by_code(set, c) : AREA_NONE;
        enum area_basis basis = AREA_FROM_CODE;
        if (a == AREA_NONE || areas_up(set, a, AREA_STREET) == AREA_NONE) {
            int32_t st = s.n ? area_of_text(set, s, AREA_STREET, AREA_NONE) : AREA_NONE;
            a = m.n ? area_of_text(set, m, AREA_COMMUNITY, st) : AREA_NONE;
            a = a != AREA_NONE ? a : st;
            basis = AREA_FROM_COLUMN;
        }
        if (a != AREA_NONE && areas_up(set, a, AREA_STREET) != AREA_NONE) {
            put_area(b, i, areas_up(set, a, AREA_STREET), areas_up(set, a, AREA_COMMUNITY), basis);
        }
    }
}

/* --- units --------------------------------------------------------------------------------------------------------------------- */

/* Codes of GB/T 4761 and the words exports use. 01 (本人) is the head only where the applicant is meant. */
static bool is_head_word(struct str relation)
{
    static const char *const words[] = {"户主", "本人", "申请人", "本人或户主", "02", "2", "01", NULL};
    for (size_t i = 0; words[i]; i++) {
        if (str_eqz(relation, words[i])) {
            return true;
        }
    }
    return false;
}

static uint32_t unit_number(struct link *l, int rank, uint64_t natural)
{
    uint32_t next = (uint32_t)l->unit_id[rank].n, got = map64_get_or_put(&l->unit_number[rank], natural, next);
    if (got == next) {
        vec_push(&l->unit_id[rank], natural);
    }
    return got;
}

uint64_t link_natural_unit(const struct source *src, const struct row_reader *r, size_t i)
{
    const struct source_unit *u = &src->unit;
    uint64_t h = hash_mix((uint64_t)u->kind);
    bool any = false;
    for (size_t k = 0; k < u->n_number; k++) {
        struct str s = str_trim(row_text(r, u->number[k], i));
        any = any || s.n;
        h = hash_mix(h ^ hash64_str(s));
    }
    return any ? ident_anchor(IDENT_UNIT, h) : 0;
}

static bool unit_better(const struct link *l, int rank, const struct unit_row *now, const struct unit_row *had)
{
    if (had->unit == NO_UNIT || now->left != had->left) {
        return had->unit == NO_UNIT || had->left;
    }
    daynum dn = l->night->inputs[link_record_input(l, now->from)].data_date, dh = l->night->inputs[link_record_input(l, had->from)].data_date;
    return dn != dh ? dn > dh : l->unit_id[rank].v[now->unit] < l->unit_id[rank].v[had->unit];
}

int link_unit_rank(const struct link *l, enum unit_kind kind)
{
    for (size_t k = 0; k < l->people->n_basis_order; k++) {
        if (l->people->basis_order[k] == kind) {
            return (int)k;
        }
    }
    return -1;
}

uint32_t link_unit_of_row(struct link *l, size_t source, const struct row_reader *r, size_t i)
{
    const struct source *s = &l->sources->v[source];
    int rank = s->unit.kind == UNIT_NONE ? -1 : link_unit_rank(l, s->unit.kind);
    uint64_t natural = rank < 0 ? 0 : link_natural_unit(s, r, i);
    return natural ? unit_number(l, rank, natural) : NO_UNIT;
}

static void read_units(struct block *b)
{
    struct link *l = b->l;
    const struct source_unit *u = &b->src->unit;
    int rank = u->kind == UNIT_NONE || !b->src->registers_persons ? -1 : link_unit_rank(l, u->kind);
    for (size_t i = 0; i < b->r->rows && rank >= 0; i++) {
        int32_t p = b->person[i];
        uint64_t natural = p < 0 ? 0 : link_natural_unit(b->src, b->r, i);
        if (natural == 0) {
            continue;
        }
        struct str relation = str_trim(row_text(b->r, u->relation.column, i)), head = row_text(b->r, u->head_name.column, i);
        uint64_t head_id = people_current_id(l->people, row_id(b->r, u->head_id.column, i));
        uint32_t word = strmap_add(&l->relations, relation);
        struct unit_row now = {.unit = unit_number(l, rank, natural), .from = block_here(b, i), .left = b->left[i] != 0};
        now.relation = word <= UINT16_MAX ? (uint16_t)word : 0;
        now.head = head_id ? head_id == l->anchor[p] : is_head_word(relation) || (head.n && str_eq(head, link_name(l, (uint32_t)p)));
        struct unit_row *had = &l->unit[rank][p];
        if (unit_better(l, rank, &now, had)) {
            *had = now;
        }
    }
}

/* --- one input ------------------------------------------------------------------------------------------------------------------- */

static void want_role(struct row_reader *r, const struct source_role *role)
{
    row_reader_want(r, role->column);
    row_reader_want(r, role->when_column);
}

static void want_columns(const struct link *l, size_t source, struct row_reader *r)
{
    const struct source *s = &l->sources->v[source];
    bool identity = source_rank(l, source) < (int)l->people->n_identity_sources;
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (role == ROLE_DEATH || (identity && role != ROLE_ID)) {
            want_role(r, &s->person[role]);
        }
    }
    for (size_t k = 0; k < s->unit.n_number && s->registers_persons; k++) {
        row_reader_want(r, s->unit.number[k]);
    }
    if (s->registers_persons) {
        want_role(r, &s->unit.relation);
        want_role(r, &s->unit.head_id);
        want_role(r, &s->unit.head_name);
    }
    for (size_t k = 0; k < l->n_lanes; k++) {
        const struct people_attr *a = &l->people->attrs[l->lanes[k].attr];
        for (size_t f = 0; f < a->n_from; f++) {
            if (a->from[f].source != (int)source) {
                continue;
            }
            row_reader_want(r, a->from[f].column);
            row_reader_want(r, a->from[f].date_column);
            for (size_t c = 0; c < a->from[f].n_conds; c++) {
                row_reader_want(r, a->from[f].conds[c].column);
            }
        }
    }
    for (size_t k = 0; k < l->people->n_leaves; k++) {
        if (l->people->leaves[k].source == (int)source) {
            row_reader_want(r, l->people->leaves[k].cond.column);
        }
    }
}

static void find_left(struct block *b)
{
    const struct people *people = b->l->people;
    memset(b->left, 0, b->r->rows);
    for (size_t k = 0; k < people->n_leaves; k++) {
        if (people->leaves[k].source != (int)b->source) {
            continue;
        }
        memset(b->ok, 1, b->r->rows);
        block_cond(b, &people->leaves[k].cond, b->ok);
        for (size_t i = 0; i < b->r->rows; i++) {
            b->left[i] |= b->ok[i];
        }
    }
}

static void read_leaves(struct block *b)
{
    find_left(b);
    for (size_t i = 0; i < b->r->rows && b->src->registers_persons; i++) {
        if (b->person[i] >= 0) {
            b->l->flags[b->person[i]] |= b->left[i] ? PF_LEFT : PF_PRESENT;
        }
    }
}

static void read_block(struct block *b)
{
    read_leaves(b);
    if (source_rank(b->l, b->source) < (int)b->l->people->n_identity_sources) {
        read_text_field(b, ROLE_NAME, KEPT_NAME);
        read_text_field(b, ROLE_ADDRESS, KEPT_ADDRESS);
        read_text_field(b, ROLE_HUKOU_ADDRESS, KEPT_HUKOU_ADDRESS);
        read_text_field(b, ROLE_PHONE, KEPT_PHONE);
        read_sex(b);
        read_birth(b);
        read_area(b);
    }
    read_death(b);
    read_units(b);
    block_attributes(b);
}

/* Who the rows are of: tonight's links, and what they say of their persons. */
static enum status count_rows(struct link *l, struct part *part, const struct row_reader *r, int32_t *person, struct err *err)
{
    size_t source = l->night->inputs[part->input].source;
    TRY(link_part_rows(part, r->start, r->rows, person, err));
    for (size_t i = 0; i < r->rows; i++) {
        if (person[i] >= 0) {
            l->linked[source]++;
            l->records[person[i]]++;
            l->seen[person[i]] |= (uint64_t)1 << MIN(source, 63);
        } else {
            l->unlinked[source] += person[i] == LINK_NONE;
        }
    }
    return ST_OK;
}

static enum status read_input(struct link *l, uint32_t input, struct block *b, int32_t *person, struct err *err)
{
    const struct night_input *in = &l->night->inputs[input];
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    TRY(link_part_open(&part, l, input, err));
    TRY(row_reader_open(&r, in->segment, &l->sources->v[in->source], err));
    want_columns(l, in->source, &r);
    b->r = &r, b->input = input, b->source = in->source, b->src = &l->sources->v[in->source];
    for (bool more;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(count_rows(l, &part, &r, person, err));
        read_block(b);
    }
}

void link_want_units(const struct link *l, size_t source, struct row_reader *r)
{
    const struct source *s = &l->sources->v[source];
    row_reader_want(r, s->person[ROLE_ID].column);
    row_reader_want(r, s->person[ROLE_NAME].column);
    want_role(r, &s->person[ROLE_DEATH]);
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(r, s->unit.number[k]);
    }
    for (size_t k = 0; k < l->people->n_leaves; k++) {
        if (l->people->leaves[k].source == (int)source) {
            row_reader_want(r, l->people->leaves[k].cond.column);
        }
    }
}

void link_rows_left(const struct link *l, size_t source, const struct row_reader *r, daynum as_of, uint8_t *left)
{
    struct link *borrowed = (struct link *)(uintptr_t)l; /* conditions only read it */
    struct block b = {.l = borrowed, .r = r, .source = source, .src = &l->sources->v[source], .as_of = as_of, .left = left, .ok = xmalloc(SEG_BLOCK_ROWS)};
    find_left(&b);
    free(b.ok);
    free(b.memo);
}

void link_rows_dead(const struct link *l, size_t source, const struct row_reader *r, uint8_t *dead)
{
    struct link *borrowed = (struct link *)(uintptr_t)l;
    const struct source_role *role = &l->sources->v[source].person[ROLE_DEATH];
    struct block b = {.l = borrowed, .r = r, .source = source, .src = &l->sources->v[source], .as_of = l->night->as_of, .ok = dead};
    if (role->column < 0) {
        memset(dead, 0, r->rows);
        return;
    }
    role_rows(&b, role);
    for (size_t i = 0; i < r->rows; i++) {
        dead[i] &= role->when_column >= 0 || row_num(r, role->column, i) != INT64_MIN;
    }
    free(b.memo);
}

/* Sex and birth come from the identifier wherever it has them. */
static void take_from_id(struct link *l)
{
    for (uint32_t p = 0; p < l->n; p++) {
        int sex = ident_sex(l->anchor[p]);
        daynum birth = ident_birth(l->anchor[p]);
        if (sex != SEX_UNKNOWN) {
            if (l->sex[p] != SEX_UNKNOWN && l->sex[p] != sex) {
                link_disagree(l, p, BIT_SEX);
            }
            l->sex[p] = (uint8_t)sex;
            l->field[KEPT_SEX][p] = l->field[KEPT_NAME][p];
        }
        if (birth != DAY_MISSING) {
            if (l->birth[p] != DAY_MISSING && l->birth[p] != birth) {
                link_disagree(l, p, BIT_BIRTH);
            }
            l->birth[p] = birth;
            l->field[KEPT_BIRTH][p] = l->field[KEPT_NAME][p];
        }
    }
}

enum status link_read_values(struct link *l, struct err *err)
{
    struct block b = {.l = l, .as_of = l->night->as_of, .ok = xmalloc(SEG_BLOCK_ROWS), .left = xmalloc(SEG_BLOCK_ROWS)};
    int32_t *person = xmalloc(SEG_BLOCK_ROWS * sizeof(*person));
    enum status status = ST_OK;
    b.person = person;
    strmap_add(&l->relations, STR(""));
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        status = read_input(l, i, &b, person, err);
    }
    free(b.ok);
    free(b.left);
    free(b.memo);
    free(person);
    if (status == ST_OK) {
        take_from_id(l);
    }
    return status;
}
