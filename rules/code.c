/* SPDX-License-Identifier: Apache-2.0 */
/* Trees to block code. Four sections: constants (once a capacity), shared (attributes and facts, once a block), rules, rows of facts.
   A rule's own results stay in its registers until the next rule begins: why a hit fired is read from there. */
#include "rules/deps.h"

typedef VEC(struct insn) code_vec;
enum section { SECTION_CONST, SECTION_SHARED, SECTION_RULE };

struct leaf {
    enum ex_op op;
    int index;
    enum dom dom;
    bool truth;   /* 是 and 1 are not the same register */
    int64_t scale;
    struct val value;
    int reg;
};
struct lifted {
    int from, to;
    bool truth;
};
struct gen {
    struct compiler *c;
    struct ruleset *rs;
    code_vec code[3];
    enum section section;
    int temp[2];          /* next value and truth register of the rule */
    const struct rule_def *rule;
    VEC(struct leaf) leaves;
    VEC(struct lifted) lifts;
    VEC(struct const_reg) consts;
    int *fact_reg;        /* -1 before made */
    bool failed;
};

static int gen_expr(struct gen *g, struct expr *e, enum dom want);

static int new_reg(struct gen *g, bool truth)
{
    int *shared = truth ? &g->rs->shared_t : &g->rs->shared_v, *most = truth ? &g->rs->temp_t : &g->rs->temp_v;
    if (g->section != SECTION_RULE) {
        g->failed |= REG_SHARED + *shared + 1 >= REG_MAX;
        return g->failed ? REG_SHARED : REG_SHARED + (*shared)++;
    }
    g->failed |= g->temp[truth] + 1 >= LIMIT_TEMPS;
    int reg = g->failed ? 0 : g->temp[truth]++;
    *most = MAX(*most, reg + 1);
    return reg;
}

static void emit(struct gen *g, struct insn in) { vec_push(&g->code[g->section], in); }

/* --- inputs --------------------------------------------------------------------------------------------------------- */
static int need_attr(struct gen *g, int attr, bool dense)
{
    bool household = g->rs->schema.attrs[attr].entity == RULES_HOUSEHOLD;
    int *slot = household ? &g->rs->household_slot[attr] : &g->rs->person_slot[attr];
    const struct rules_attr_need **list = household ? &g->rs->inputs.household_attrs : &g->rs->inputs.person_attrs;
    size_t *n = household ? &g->rs->inputs.n_household_attrs : &g->rs->inputs.n_person_attrs;
    struct rules_attr_need *grown = arena_array(g->c->arena, struct rules_attr_need, *n + 1);
    if (*n) {
        memcpy(grown, *list, sizeof *grown * *n);
    }
    if (*slot < 0) {
        *slot = (int)*n;
        grown[(*n)++] = (struct rules_attr_need){attr, false};
    }
    grown[*slot].dense |= dense;
    *list = grown;
    return *slot;
}

static int need_column(struct gen *g, int table, int column)
{
    struct ruleset *rs = g->rs;
    size_t s = 0;
    while (s < rs->n_scans && rs->scans[s].table != table) {
        s++;
    }
    struct rules_scan *scan = &rs->scans[s];
    if (s == rs->n_scans) {
        *scan = (struct rules_scan){.table = table};
        rs->inputs.scans = rs->scans;
        rs->inputs.n_scans = ++rs->n_scans;
    }
    for (size_t i = 0; i < scan->n_columns; i++) {
        if (scan->columns[i] == column) {
            return (int)s;
        }
    }
    if (column >= 0) {
        int *cols = arena_array(g->c->arena, int, scan->n_columns + 1);
        if (scan->n_columns) {
            memcpy(cols, scan->columns, sizeof(int) * scan->n_columns);
        }
        cols[scan->n_columns++] = column;
        scan->columns = cols;
    }
    return (int)s;
}

static int lane_of(const struct rules_scan *s, int column)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        if (s->columns[i] == column) {
            return (int)i;
        }
    }
    return -1;
}

/* --- leaves --------------------------------------------------------------------------------------------------------- */
static int find_leaf(const struct gen *g, const struct expr *e)
{
    for (size_t i = 0; i < g->leaves.n; i++) {
        const struct leaf *l = &g->leaves.v[i];
        bool same = l->op == e->op && l->index == e->index && l->dom == e->dom && l->scale == e->scale && l->truth == expr_is_truth(e);
        if (same && (e->op != EX_CONST || (l->value.lo == e->value.lo && l->value.hi == e->value.hi))) {
            return l->reg;
        }
    }
    return -1;
}

static int const_leaf(struct gen *g, struct expr *e)
{
    int reg = new_reg(g, expr_is_truth(e));
    vec_push(&g->consts, (struct const_reg){reg, expr_is_truth(e), e});
    return reg;
}

static int param_leaf(struct gen *g, struct expr *e)
{
    const struct param *p = &g->rs->params[e->index];
    int key = -1;
    if (p->by >= 0) {
        struct expr by = {.op = EX_ATTR, .type = RT_ENUM, .index = p->by, .reg = -1};
        by.dom = g->rs->schema.attrs[p->by].entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON;
        key = gen_expr(g, &by, e->dom);
    }
    int reg = new_reg(g, false);
    emit(g, (struct insn){.op = OP_PARAM, .dom = (uint8_t)e->dom, .dst = (int16_t)reg, .a = (int16_t)key, .x = e->index});
    return reg;
}

static void override(struct gen *g, int fact, int reg, bool truth)
{
    uint8_t dom = g->rs->facts[fact].entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON;
    emit(g, (struct insn){.op = truth ? OP_OVERRIDE_T : OP_OVERRIDE, .dom = dom, .dst = (int16_t)reg, .x = fact});
}

static int fact_leaf(struct gen *g, struct expr *e)
{
    struct fact_def *f = &g->rs->facts[e->index];
    if (g->fact_reg[e->index] >= 0) {
        return g->fact_reg[e->index];
    }
    bool truth = f->type == RT_BOOL;
    enum dom dom = f->entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON;
    int reg;
    if (f->kind == FACT_SCAN) {
        reg = new_reg(g, false);
        emit(g, (struct insn){.op = OP_FACT, .dom = (uint8_t)dom, .dst = (int16_t)reg, .x = f->input});
    } else {
        int from = gen_expr(g, f->body, dom);
        reg = new_reg(g, truth);
        emit(g, (struct insn){.op = truth ? OP_COPY_T : OP_COPY, .dom = (uint8_t)dom, .dst = (int16_t)reg, .a = (int16_t)from});
    }
    override(g, e->index, reg, truth);
    g->fact_reg[e->index] = reg;
    return reg;
}

static int attr_leaf(struct gen *g, const struct expr *e)
{
    bool truth = e->type == RT_BOOL;
    int reg = new_reg(g, truth);
    int slot = need_attr(g, e->index, e->dom == DOM_ROW);
    emit(g, (struct insn){.op = truth ? OP_ATTR_T : OP_ATTR, .dom = (uint8_t)e->dom, .dst = (int16_t)reg, .x = slot});
    return reg;
}

static int change_leaf(struct gen *g, const struct expr *e)
{
    bool truth = e->op == EX_CHANGED;
    int reg = new_reg(g, truth);
    g->c->ctests.v[truth ? e->index : e->scale].change = 0; /* in use */
    int current = -1;
    if (!truth) { /* 上期 without a change is the value of today */
        struct expr now = {.op = EX_ATTR, .type = RT_ENUM, .index = e->index, .reg = -1, .dom = DOM_PERSON};
        current = gen_expr(g, &now, DOM_PERSON);
    }
    emit(g, (struct insn){.op = truth ? OP_CHANGED : OP_PREVIOUS, .dom = DOM_PERSON, .dst = (int16_t)reg, .a = (int16_t)current,
                          .x = truth ? e->index : (int32_t)e->scale});
    return reg;
}

/* Leaves live in shared registers, whoever asks first; rows of a table have their own. */
static int gen_leaf(struct gen *g, struct expr *e)
{
    if (e->op == EX_SCORE) {
        return g->rule->score_reg;
    }
    if (e->dom == DOM_ROW) {
        if (e->op == EX_ATTR) {
            return attr_leaf(g, e);
        }
        bool truth = e->type == RT_BOOL;
        int reg = new_reg(g, truth);
        emit(g, (struct insn){.op = truth ? OP_COLUMN_T : OP_COLUMN, .dom = DOM_ROW, .dst = (int16_t)reg, .x = e->index});
        return reg;
    }
    int reg = find_leaf(g, e);
    if (reg >= 0) {
        return reg;
    }
    enum section outer = g->section;
    g->section = e->dom == DOM_CONST ? SECTION_CONST : SECTION_SHARED;
    switch ((int)e->op) {
    case EX_ATTR:
        reg = attr_leaf(g, e);
        break;
    case EX_FACT:
        reg = fact_leaf(g, e);
        break;
    case EX_PARAM:
        reg = e->dom == DOM_CONST ? const_leaf(g, e) : param_leaf(g, e);
        break;
    case EX_CHANGED:
    case EX_PREVIOUS:
        reg = change_leaf(g, e);
        break;
    default:
        reg = const_leaf(g, e);
        break;
    }
    g->section = outer;
    vec_push(&g->leaves, (struct leaf){e->op, e->index, e->dom, expr_is_truth(e), e->scale, e->value, reg});
    return reg;
}

/* --- operators ------------------------------------------------------------------------------------------------------ */
static enum op op_of(const struct expr *e)
{
    static const enum op ops[EX_OP_COUNT] = {
        [EX_ADD] = OP_ADD, [EX_SUB] = OP_SUB, [EX_MUL] = OP_MUL, [EX_DIV] = OP_DIV, [EX_ADD_MONTHS] = OP_ADD_MONTHS, [EX_SUB_MONTHS] = OP_SUB_MONTHS,
        [EX_PREFER] = OP_PREFER, [EX_MONTH_OF] = OP_MONTH_OF, [EX_LT] = OP_LT, [EX_LE] = OP_LE, [EX_EQ] = OP_EQ, [EX_IN] = OP_IN, [EX_HAS] = OP_HAS, [EX_UNKNOWN] = OP_UNKNOWN,
        [EX_NOT] = OP_NOT, [EX_AND] = OP_AND, [EX_OR] = OP_OR, [EX_FOLD_ANY] = OP_FOLD_ANY, [EX_FOLD_ALL] = OP_FOLD_ALL, [EX_FOLD_COUNT] = OP_FOLD_COUNT,
    };
    return e->op == EX_UNKNOWN && expr_is_truth(e->a) ? OP_UNKNOWN_T : ops[e->op];
}

static bool is_leaf(const struct expr *e)
{
    return e->op <= EX_PREVIOUS || e->op == EX_CHANGED;
}

static int gen_natural(struct gen *g, struct expr *e)
{
    if (e->reg >= 0) {
        return e->reg;
    }
    if (is_leaf(e)) {
        return e->reg = gen_leaf(g, e);
    }
    enum section outer = g->section;
    if (e->dom == DOM_CONST) {
        g->section = SECTION_CONST;
    }
    bool fold = e->op == EX_FOLD_ANY || e->op == EX_FOLD_ALL || e->op == EX_FOLD_COUNT;
    int a = gen_expr(g, e->a, fold ? DOM_PERSON : e->dom);
    int b = e->b ? gen_expr(g, e->b, e->dom) : -1;
    int reg = new_reg(g, expr_is_truth(e));
    int64_t imm = e->op == EX_MUL || e->op == EX_DIV ? e->scale : e->value.lo;
    emit(g, (struct insn){.op = (uint8_t)op_of(e), .dom = (uint8_t)e->dom, .dst = (int16_t)reg, .a = (int16_t)a, .b = (int16_t)b, .x = e->index, .imm = imm});
    g->section = outer;
    return e->reg = reg;
}

static int lift(struct gen *g, int reg, bool truth)
{
    bool shared = reg >= REG_SHARED;
    for (size_t i = 0; shared && i < g->lifts.n; i++) {
        if (g->lifts.v[i].from == reg && g->lifts.v[i].truth == truth) {
            return g->lifts.v[i].to;
        }
    }
    enum section outer = g->section;
    if (shared) {
        g->section = SECTION_SHARED;
    }
    int to = new_reg(g, truth);
    emit(g, (struct insn){.op = truth ? OP_LIFT_T : OP_LIFT, .dom = DOM_PERSON, .dst = (int16_t)to, .a = (int16_t)reg});
    g->section = outer;
    if (shared) {
        vec_push(&g->lifts, (struct lifted){reg, to, truth});
    }
    return to;
}

static int gen_expr(struct gen *g, struct expr *e, enum dom want)
{
    int reg = gen_natural(g, e);
    return e->dom == DOM_HOUSEHOLD && want == DOM_PERSON ? lift(g, reg, expr_is_truth(e)) : reg;
}

/* --- rules ---------------------------------------------------------------------------------------------------------- */
static uint32_t here(const struct gen *g) { return (uint32_t)g->code[SECTION_RULE].n; }

static void gen_lines(struct gen *g, struct line *lines, size_t n, enum dom dom)
{
    for (size_t i = 0; i < n; i++) {
        struct line *l = &lines[i];
        l->code_from = here(g);
        l->reg = l->e ? gen_expr(g, l->e, dom) : -1;
        l->code_to = here(g);
    }
}

static void gen_score(struct gen *g, struct rule_def *r, enum dom dom)
{
    r->score_from = here(g);
    for (size_t i = 0; i < r->n_dims; i++) {
        struct dimension *d = &r->dims[i];
        gen_lines(g, d->lines, d->n_lines, dom);
        d->reg = new_reg(g, false);
        emit(g, (struct insn){.op = OP_ZERO, .dom = (uint8_t)dom, .dst = (int16_t)d->reg});
        for (size_t k = 0; k < d->n_lines; k++) {
            emit(g, (struct insn){.op = OP_POINTS, .dom = (uint8_t)dom, .dst = (int16_t)d->reg, .a = (int16_t)d->lines[k].reg, .imm = d->lines[k].points});
        }
        emit(g, (struct insn){.op = OP_CAP, .dom = (uint8_t)dom, .dst = (int16_t)d->reg, .imm = d->max});
    }
    if (r->n_dims) {
        r->score_reg = new_reg(g, false);
        emit(g, (struct insn){.op = OP_ZERO, .dom = (uint8_t)dom, .dst = (int16_t)r->score_reg});
    }
    for (size_t i = 0; i < r->n_dims; i++) {
        emit(g, (struct insn){.op = OP_ADD, .dom = (uint8_t)dom, .dst = (int16_t)r->score_reg, .a = (int16_t)r->score_reg, .b = (int16_t)r->dims[i].reg});
    }
    r->score_to = here(g);
}

static void gen_rule(struct gen *g, struct rule_def *r)
{
    enum dom dom = r->pub.entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON;
    g->temp[0] = g->temp[1] = 0;
    g->rule = r;
    g->section = SECTION_RULE;
    r->score_reg = -1;
    gen_score(g, r, dom);
    gen_lines(g, r->when, r->n_when, dom);
    r->unless_from = here(g);
    gen_lines(g, r->unless, r->n_unless, dom);
    r->unless_to = r->level_from = here(g);
    gen_lines(g, r->levels, r->n_levels, dom);
    r->level_to = r->shown_from = here(g);
    for (size_t i = 0; i < r->n_keys; i++) {
        gen_expr(g, r->keys[i], dom);
    }
    for (size_t i = 0; i < r->pub.n_again; i++) {
        gen_expr(g, r->again[i], dom);
    }
    for (size_t i = 0; i < r->n_values; i++) {
        if (r->values[i]->type != RT_TEXT) { /* texts are the host's */
            gen_expr(g, r->values[i], dom);
        }
    }
    r->shown_to = here(g);
}

/* --- scans ---------------------------------------------------------------------------------------------------------- */
static void bind_columns(struct gen *g, struct expr *e, int table)
{
    if (!e) {
        return;
    }
    if (e->op == EX_COLUMN) {
        need_column(g, table, e->index);
    }
    bind_columns(g, e->a, table);
    bind_columns(g, e->b, table);
}

static void use_fact(struct gen *g, int index)
{
    struct fact_def *f = &g->rs->facts[index];
    if (f->kind != FACT_SCAN || f->input >= 0) {
        return;
    }
    f->scan = need_column(g, f->table, f->column);
    need_column(g, f->table, f->date_column);
    bind_columns(g, f->where, f->table);
    f->input = (int)g->rs->inputs.n_facts;
    g->rs->input_facts[g->rs->inputs.n_facts] = (struct rules_fact){.name = f->name, .entity = f->entity, .agg = f->agg, .type = f->type, .table = f->table,
                                                                    .scan = f->scan, .column = f->column, .date_column = f->date_column};
    g->rs->input_defs[g->rs->inputs.n_facts++] = index;
    g->rs->inputs.facts = g->rs->input_facts;
    g->rs->inputs.days_back = MAX(g->rs->inputs.days_back, window_days_back(&f->window));
}

/* EX_COLUMN instructions name schema columns until the scan's lanes are known. */
static void gen_row_code(struct gen *g)
{
    for (size_t i = 0; i < g->rs->inputs.n_facts; i++) {
        struct fact_def *f = &g->rs->facts[g->rs->input_defs[i]];
        g->temp[0] = g->temp[1] = 0;
        g->section = SECTION_RULE;
        f->code_from = here(g);
        if (f->where) {
            gen_expr(g, f->where, DOM_ROW);
        }
        f->code_to = here(g);
        for (size_t k = f->code_from; k < f->code_to; k++) {
            struct insn *in = &g->code[SECTION_RULE].v[k];
            if (in->op == OP_COLUMN || in->op == OP_COLUMN_T) {
                in->x = lane_of(&g->rs->scans[f->scan], in->x);
            }
        }
    }
}

static void plan_changes(struct gen *g)
{
    struct rules_change *list = arena_array(g->c->arena, struct rules_change, g->c->ctests.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < g->c->ctests.n; i++) {
        struct change_test *t = &g->c->ctests.v[i];
        if (t->change < 0) {
            continue; /* only rules that do not run ask for it */
        }
        size_t k = 0;
        while (k < n && list[k].attr != t->attr) {
            k++;
        }
        if (k == n) {
            list[n++] = (struct rules_change){t->attr, 0};
        }
        list[k].days_back = MAX(list[k].days_back, window_days_back(&t->window));
        t->change = (int)k;
        g->rs->inputs.days_back = MAX(g->rs->inputs.days_back, list[k].days_back);
    }
    g->rs->inputs.changes = list;
    g->rs->inputs.n_changes = n;
    g->rs->ctests = arena_array(g->c->arena, struct change_test, g->c->ctests.n + 1);
    if (g->c->ctests.n) {
        memcpy(g->rs->ctests, g->c->ctests.v, sizeof *g->rs->ctests * g->c->ctests.n);
    }
    g->rs->n_ctests = g->c->ctests.n;
}

/* --- together ------------------------------------------------------------------------------------------------------- */
static void shift_lines(struct line *lines, size_t n, uint32_t by)
{
    for (size_t i = 0; i < n; i++) {
        lines[i].code_from += by;
        lines[i].code_to += by;
    }
}

static void shift_rule(struct rule_def *r, uint32_t by)
{
    uint32_t *marks[] = {&r->score_from, &r->score_to, &r->unless_from, &r->unless_to, &r->level_from, &r->level_to, &r->shown_from, &r->shown_to};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        *marks[i] += by;
    }
    shift_lines(r->when, r->n_when, by);
}

static void assemble(struct gen *g)
{
    struct ruleset *rs = g->rs;
    size_t total = g->code[0].n + g->code[1].n + g->code[2].n;
    rs->code = arena_array(g->c->arena, struct insn, total + 1);
    rs->const_to = (uint32_t)g->code[0].n;
    rs->shared_to = rs->const_to + (uint32_t)g->code[1].n;
    for (size_t s = 0, at = 0; s < 3; s++) {
        if (g->code[s].n) {
            memcpy(rs->code + at, g->code[s].v, sizeof *rs->code * g->code[s].n);
        }
        at += g->code[s].n;
    }
    rs->n_code = (uint32_t)total;
    for (size_t i = 0; i < rs->n_evaluated; i++) {
        shift_rule(&rs->rules[i], rs->shared_to);
    }
    for (size_t i = 0; i < rs->inputs.n_facts; i++) {
        rs->facts[rs->input_defs[i]].code_from += rs->shared_to;
        rs->facts[rs->input_defs[i]].code_to += rs->shared_to;
    }
    rs->consts = arena_array(g->c->arena, struct const_reg, g->consts.n + 1);
    if (g->consts.n) {
        memcpy(rs->consts, g->consts.v, sizeof *rs->consts * g->consts.n);
    }
    rs->n_consts = g->consts.n;
}

void make_code(struct compiler *c)
{
    struct ruleset *rs = c->rs;
    struct gen g = {.c = c, .rs = rs};
    g.fact_reg = arena_array(c->arena, int, rs->n_facts + 1);
    memset(g.fact_reg, -1, sizeof(int) * (rs->n_facts + 1));
    rs->scans = arena_array(c->arena, struct rules_scan, rs->schema.n_tables + 1);
    rs->input_facts = arena_array(c->arena, struct rules_fact, rs->n_facts + 1);
    rs->input_defs = arena_array(c->arena, int, rs->n_facts + 1);
    rs->person_slot = arena_array(c->arena, int, rs->schema.n_attrs + 1);
    rs->household_slot = arena_array(c->arena, int, rs->schema.n_attrs + 1);
    memset(rs->person_slot, -1, sizeof(int) * (rs->schema.n_attrs + 1));
    memset(rs->household_slot, -1, sizeof(int) * (rs->schema.n_attrs + 1));
    for (size_t i = 0; i < rs->n_rules; i++) {
        struct deps d = rule_deps(c, &rs->rules[i]);
        for (size_t k = 0; i < rs->n_evaluated && k < d.n_facts; k++) {
            use_fact(&g, d.facts[k]);
        }
    }
    if (c->diags->errors == 0) {
        for (size_t i = 0; i < rs->n_evaluated; i++) {
            gen_rule(&g, &rs->rules[i]);
        }
        gen_row_code(&g);
        plan_changes(&g);
        assemble(&g);
    }
    for (size_t i = 0; i < rs->n_evaluated; i++) {
        for (size_t k = 0; k < rs->rules[i].pub.n_items; k++) {
            struct rules_item *it = &rs->rules[i].items[k];
            it->fact = it->kind == RULES_ITEM_ROWS && it->fact >= 0 ? rs->facts[it->fact].input : it->fact;
        }
    }
    if (g.failed) {
        diag_add(c->diags, "E107", (struct diag_at){.file = c->doc.file}, "%s", TR("规则太多或太长", "the rules are too many or too long"));
    }
    for (int s = 0; s < 3; s++) {
        vec_release(&g.code[s]);
    }
    vec_release(&g.leaves);
    vec_release(&g.lifts);
    vec_release(&g.consts);
}
