/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/list.h"

#include "base/core/map.h"
#include "pipeline/report/audience.h"

/* --- order ---------------------------------------------------------------------------------------------------------- */

static int cmp_int(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int walking_cmp(const void *x, const void *y)
{
    const struct list_row *a = x, *b = y;
    int c = cmp_int(a->where, b->where);
    c = c ? c : str_cmp(a->street, b->street);
    c = c ? c : str_cmp(a->community, b->community);
    c = c ? c : address_walk_cmp(&a->walk, &b->walk);
    c = c ? c : cmp_int(a->household, b->household);
    c = c ? c : cmp_int(a->order, b->order);
    return c ? c : cmp_int(a->warning_no, b->warning_no);
}

/* Persons and households are read front to back: their files keep one block of each column at hand. */
static int person_row_cmp(const void *x, const void *y)
{
    const struct list_row *a = x, *b = y;
    int c = cmp_int(a->person_row, b->person_row);
    return c ? c : cmp_int(a->warning_no, b->warning_no);
}

static int household_row_cmp(const void *x, const void *y)
{
    const struct list_row *a = x, *b = y;
    int c = cmp_int(a->household_row, b->household_row);
    return c ? c : cmp_int(a->warning_no, b->warning_no);
}

/* --- what to ask at the door ------------------------------------------------------------------------------------------ */

#define ASK_ITEMS  4
#define FACT_ITEMS 8
#define ID_DIGITS  8 /* so many digits in a row could be part of an identifier */

/* 入户核实：人均月收入（无数据）、残疾等级: what nobody knows comes first. */
struct ask {
    struct str unknown[ASK_ITEMS], known[ASK_ITEMS];
    size_t n_unknown, n_known;
    struct list_fact facts[FACT_ITEMS];
    size_t n_facts;
};

/* A bare label is an attribute of a person or a parameter; nobody can be asked about a parameter. */
static bool is_parameter(const struct rules_schema *schema, struct str label)
{
    for (size_t i = 0; schema && i < schema->n_attrs; i++) {
        if (schema->attrs[i].entity == RULES_PERSON && str_eq(schema->attrs[i].name, label)) {
            return false;
        }
    }
    return schema != NULL;
}

static bool holds_number(struct str s)
{
    size_t run = 0;
    for (size_t i = 0; i < s.n && run < ID_DIGITS; i++) {
        run = is_digit((unsigned char)s.p[i]) ? run + 1 : 0;
    }
    return run >= ID_DIGITS;
}

/* `evidence` stands at an item. */
static void ask_add(struct ask *k, const struct report *r, struct arena *a, struct stmt *evidence)
{
    struct str label = stmt_text(evidence, 1), value = stmt_text(evidence, 2);
    if (str_starts(label, STR("户.")) || str_starts(label, STR("人."))) {
        label = str_sub(label, strlen("户."), label.n);
    } else if (is_parameter(r->schema, label)) {
        return;
    }
    if (label.n == 0 || str_find(label, STR(" ")) < label.n || str_find(label, STR(".")) < label.n || str_starts(label, STR("得分"))) {
        return; /* lists of rows, former values and scores are evidence, not a question */
    }
    bool unknown = str_eqz(value, "未知") || value.n == 0;
    if (k->n_facts < FACT_ITEMS && !holds_number(value)) {
        k->facts[k->n_facts++] = (struct list_fact){arena_str(a, label), unknown ? STR("无数据") : arena_str(a, value), arena_str(a, stmt_text(evidence, 3)),
                                                    DAY_MISSING};
    }
    if (unknown && k->n_unknown < ASK_ITEMS) {
        k->unknown[k->n_unknown++] = arena_str(a, label);
    } else if (!unknown && k->n_known < ASK_ITEMS) {
        k->known[k->n_known++] = arena_str(a, label);
    }
}

static struct str ask_text(const struct ask *k, struct arena *a, struct str way, struct str note)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_adds(&b, way.n ? way : STR("入户"));
    if (!str_ends(strbuf_str(&b), STR("核对"))) {
        strbuf_addz(&b, "核实");
    }
    size_t n = 0;
    for (size_t i = 0; i < k->n_unknown && n < ASK_ITEMS; i++, n++) {
        strbuf_addf(&b, "%s" STR_FMT "（现无数据）", n ? "、" : "：", STR_ARG(k->unknown[i]));
    }
    for (size_t i = 0; i < k->n_known && n < ASK_ITEMS; i++, n++) {
        strbuf_addf(&b, "%s" STR_FMT, n ? "、" : "：", STR_ARG(k->known[i]));
    }
    if (note.n) {
        strbuf_addf(&b, "；" STR_FMT, STR_ARG(note));
    }
    return arena_str(a, strbuf_str(&b));
}

/* --- loading ---------------------------------------------------------------------------------------------------------- */

/* How new each source is. */
struct data_date {
    struct str label;
    daynum day;
};
struct data_dates {
    struct data_date v[64];
    size_t n;
};

static enum list_where where_of(struct str kind, struct str send, struct str street)
{
    if (str_eqz(kind, "integrity") || str_eqz(send, "区局")) {
        return LIST_DESK;
    }
    return street.n ? LIST_STREET : LIST_NO_AREA;
}

/* A value without a cell of its own is said by the source its attribute or its table comes from. */
static struct str source_of(const struct report *r, struct str label)
{
    for (size_t i = 0; r->inputs && i < r->inputs->n_facts; i++) {
        if (str_eq(r->inputs->facts[i].name, label)) {
            return r->schema->tables[r->inputs->facts[i].table].name;
        }
    }
    for (size_t i = 0; r->schema && i < r->schema->n_attrs; i++) {
        if (str_eq(r->schema->attrs[i].name, label)) {
            return r->schema->attrs[i].source;
        }
    }
    return STR("");
}

static void date_facts(const struct report *r, const struct data_dates *dates, struct list_fact *facts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        facts[i].source = facts[i].source.n ? facts[i].source : source_of(r, facts[i].label);
        for (size_t s = 0; s < dates->n; s++) {
            facts[i].day = str_eq(dates->v[s].label, facts[i].source) ? dates->v[s].day : facts[i].day;
        }
    }
}

static enum status load_data_dates(struct report *r, struct data_dates *out, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_SOURCE_STATES);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row || out->n == ARRAY_LEN(out->v)) {
            return ST_OK;
        }
        out->v[out->n++] = (struct data_date){arena_str(&r->arena, stmt_text(q, 1)), stmt_day(q, 4)};
    }
}

/* The evidence statement runs beside the hits, both by hit_id. */
struct evidence_cursor {
    struct stmt *s;
    bool row;
};

static enum status ask_of_hit(struct report *r, struct evidence_cursor *c, int64_t hit, struct ask *out, struct err *err)
{
    *out = (struct ask){.n_known = 0};
    while (c->row && stmt_int(c->s, 0) <= hit) {
        if (stmt_int(c->s, 0) == hit) {
            ask_add(out, r, &r->arena, c->s);
        }
        TRY(stmt_step(c->s, &c->row, err));
    }
    return ST_OK;
}

static enum status load_hits(struct report *r, struct list *out, struct err *err)
{
    struct arena *a = &r->arena;
    AUTO_STMT evidence = stmt_use(r->night, STMT_LIST_EVIDENCE_FOR_LISTS);
    struct evidence_cursor cursor = {evidence, false};
    struct data_dates dates = {.n = 0};
    TRY(load_data_dates(r, &dates, err));
    TRY(stmt_step(evidence, &cursor.row, err));
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_HITS_FOR_LISTS);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct ask ask;
        TRY(ask_of_hit(r, &cursor, stmt_int(q, 0), &ask, err));
        struct list_row *l = vec_add(&out->rows);
        l->order = stmt_int(q, 0);
        l->warning_no = stmt_int(q, 1);
        l->is_new = str_eqz(stmt_text(q, 2), "new");
        l->level = arena_str(a, stmt_text(q, 3));
        l->level_rank = (uint32_t)stmt_int(q, 4);
        l->level_note = arena_str(a, stmt_text(q, 5));
        l->say = arena_str(a, stmt_text(q, 6));
        l->ask = ask_text(&ask, a, stmt_text(q, 8), l->level_note);
        struct list_fact *facts = arena_array(a, struct list_fact, ask.n_facts + 1);
        memcpy(facts, ask.facts, ask.n_facts * sizeof(facts[0]));
        date_facts(r, &dates, facts, ask.n_facts);
        l->facts = facts, l->n_facts = ask.n_facts;
        l->where = where_of(stmt_text(q, 16), stmt_text(q, 7), stmt_text(q, 9));
        l->street = arena_str(a, stmt_text(q, 9));
        l->community = arena_str(a, stmt_text(q, 10));
        l->household = stmt_int(q, 11);
        l->person_row = stmt_int(q, 12);
        l->household_row = stmt_int(q, 13);
        l->due = stmt_day(q, 14);
        l->rule_name = arena_str(a, stmt_text(q, 15));
        l->rule = arena_str(a, stmt_text(q, 17));
        l->period = (struct due_period){(int)stmt_int(q, 18), stmt_int(q, 19) != 0};
    }
}

static enum status load_answered(struct report *r, struct map64 *out, struct err *err)
{
    AUTO_STMT q = stmt_use(r->night, STMT_LIST_WARNINGS_ANSWERED);
    for (;;) {
        bool row;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        map64_put(out, (uint64_t)stmt_int(q, 0), 1);
    }
}

static enum status add_undecided(struct report *r, struct list *out, struct stmt *q, struct err *err)
{
    struct arena *a = &r->arena;
    AUTO_STMT rule = stmt_use(r->night, STMT_GET_RULE_RESULT);
    stmt_bind_text(rule, ":rule", stmt_text(q, 1));
    bool known;
    TRY(stmt_one(rule, &known, err));
    struct list_row l = {.warning_no = stmt_int(q, 0), .undecided = true, .order = INT64_MAX};
    l.level = arena_str(a, stmt_text(q, 4));
    l.level_rank = (uint32_t)stmt_int(q, 5);
    l.street = arena_str(a, stmt_text(q, 7));
    l.community = arena_str(a, stmt_text(q, 8));
    l.household = stmt_is_null(q, 9) ? stmt_int(q, 3) : stmt_int(q, 9);
    if (!day_parse_iso(stmt_text(q, 11), &l.due)) {
        l.due = DAY_MISSING;
    }
    l.period = (struct due_period){(int)stmt_int(q, 12), stmt_int(q, 13) != 0};
    l.rule = arena_str(a, stmt_text(q, 1));
    l.rule_name = known ? arena_str(a, stmt_text(rule, 0)) : arena_str(a, stmt_text(q, 1));
    l.where = where_of(known ? stmt_text(rule, 1) : STR(""), stmt_text(q, 10), l.street);
    l.say = str_of(arena_printf(a, STR_FMT "（今晚未能再次确认，沿用此前预警）", STR_ARG(stmt_text(q, 6))));
    l.ask = STR("按原预警核实");
    TRY(r->faces.find(r->faces.ctx, stmt_text(q, 2).p[0], stmt_int(q, 3), &l.person_row, &l.household_row, err));
    vec_push(&out->rows, l);
    return ST_OK;
}

/* Open warnings whose rule neither fired nor was decided false tonight stay on the list: nobody visited them yet. */
static enum status load_undecided(struct report *r, struct list *out, struct err *err)
{
    struct map64 answered = {0};
    enum status st = load_answered(r, &answered, err);
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_WARNINGS_ON_LISTS);
    stmt_bind_int(q, ":mark", r->mark_event);
    bool row = true;
    while (st == ST_OK && row) {
        st = stmt_step(q, &row, err);
        if (st == ST_OK && row && map64_get(&answered, (uint64_t)stmt_int(q, 0)) == MAP_NONE) {
            st = add_undecided(r, out, q, err);
        }
    }
    map64_release(&answered);
    return st;
}

static enum status fill_faces(struct report *r, struct list *out, struct err *err)
{
    vec_sort(&out->rows, person_row_cmp);
    for (size_t i = 0; i < out->rows.n; i++) {
        struct list_row *l = &out->rows.v[i];
        l->person.age = -1;
        if (i > 0 && l->person_row == l[-1].person_row) {
            l->person = l[-1].person;
        } else if (l->person_row >= 0) {
            TRY(r->faces.person(r->faces.ctx, l->person_row, &r->arena, &l->person, err));
        }
    }
    vec_sort(&out->rows, household_row_cmp);
    for (size_t i = 0; i < out->rows.n; i++) {
        struct list_row *l = &out->rows.v[i];
        l->home.living = -1;
        if (i > 0 && l->household_row == l[-1].household_row) {
            l->home = l[-1].home;
            l->walk = l[-1].walk;
        } else if (l->household_row >= 0) {
            struct address address;
            TRY(r->faces.household(r->faces.ctx, l->household_row, &r->arena, &l->home, err));
            address_parse(l->home.address, &address);
            address_form_make(&address, &l->walk);
        }
    }
    return ST_OK;
}

/* On a street's own list 某市某区某街道某社区 is on every line: left out. */
static struct str door_of(const struct report *r, const struct list_row *l)
{
    struct str address = l->person.address.n ? l->person.address : l->home.address;
    if (l->where != LIST_STREET || !r->areas) {
        return address;
    }
    struct area_match m;
    areas_match(r->areas, address, &m);
    return m.how != AREA_BY_NOTHING && m.rest < address.n ? str_sub(address, m.rest, address.n) : address;
}

static bool same_list(const struct list_row *a, const struct list_row *b)
{
    return a->where == b->where && (a->where != LIST_STREET || str_eq(a->street, b->street));
}

/* RULES_AUDIENCES: for whoever reads the list the row is on. */
static enum status dress(struct report *r, enum rules_audience whom, struct list *out, struct err *err)
{
    TRY(fill_faces(r, out, err));
    vec_sort(&out->rows, walking_cmp);
    for (size_t i = 0; i < out->rows.n; i++) {
        struct list_row *l = &out->rows.v[i];
        bool continues = i > 0 && same_list(l, l - 1);
        l->opens_visit = !continues || l->household != l[-1].household;
        l->door = door_of(r, l);
        l->visit = (continues ? l[-1].visit : 0) + l->opens_visit;
    }
    for (size_t i = 0; i < out->rows.n; i++) {
        struct list_row *l = &out->rows.v[i];
        audience_apply(r, whom != RULES_AUDIENCES ? whom : l->where == LIST_STREET ? RULES_FOR_STREET : RULES_FOR_DISTRICT, l);
    }
    list_mark_due(r, out);
    return ST_OK;
}

enum status list_load(struct report *r, struct list *out, struct err *err)
{
    TRY(load_hits(r, out, err));
    TRY(load_undecided(r, out, err));
    return dress(r, RULES_AUDIENCES, out, err);
}

enum status list_dress(struct report *r, enum rules_audience whom, struct list *out, struct err *err) { return dress(r, whom, out, err); }

void list_release(struct list *l) { vec_release(&l->rows); }

void list_cut(const struct list *l, list_spans *out)
{
    for (size_t i = 0; i < l->rows.n; i++) {
        const struct list_row *row = &l->rows.v[i];
        if (i == 0 || !same_list(row, row - 1)) {
            vec_push(out, (struct list_span){.where = row->where, .street = row->street, .from = i});
        }
        out->v[out->n - 1].to = i + 1;
        out->v[out->n - 1].households = row->visit;
    }
}

/* --- households and communities on a list ------------------------------------------------------------------------------- */

size_t list_visit_rows(const struct list_row *rows, size_t n, size_t i)
{
    size_t k = i + 1;
    while (k < n && !rows[k].opens_visit) {
        k++;
    }
    return k - i;
}

bool list_same_community(const struct list_row *a, const struct list_row *b)
{
    return str_eq(a->street, b->street) && str_eq(a->community, b->community);
}

size_t list_community_rows(const struct list_row *rows, size_t n, size_t i)
{
    size_t k = i + 1;
    while (k < n && list_same_community(&rows[i], &rows[k])) {
        k++;
    }
    return k - i;
}

bool list_needs(const struct rules_need *need, const struct list_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < need->n; k++) {
            if (str_eq(need->rules[k], rows[i].rule)) {
                return true;
            }
        }
    }
    return false;
}

void list_add_help(struct strbuf *b, const char *before, const struct rules_need *need, const char *after)
{
    for (size_t k = 0; k < need->n_help; k++) {
        strbuf_addf(b, "%s" STR_FMT, k ? "、" : before, STR_ARG(need->help[k]));
    }
    strbuf_addz(b, need->n_help ? after : "");
}

void list_add_needs(struct strbuf *b, const char *head, const struct rules_meta *meta, const struct list_row *rows, size_t n)
{
    for (size_t i = 0; i < meta->n_needs; i++) {
        if (list_needs(&meta->needs[i], rows, n)) {
            strbuf_addf(b, "%s" STR_FMT, head, STR_ARG(meta->needs[i].name));
            list_add_help(b, "（", &meta->needs[i], "）");
            head = "、";
        }
    }
}
