/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the language to a typed tree, in one pass: every operator checks its operands where it stands, so a message can point at them.

     expr := and {或 and}        and := not {且 not}        not := [非] cmp
     cmp  := sum [ (= != < <= > >=) sum | (在|不在) ( '(' list ')' | sum .. sum ) | (含|不含) name | 未知 | 已知
                 | 变为 (set|name) 于 duration | 距今 op sum ]
     sum  := mul {(+|-) mul}     mul := atom {(*|/) atom}
     atom := number[unit] | date | name | 今天 | ( expr ) | - atom | (成员|亡故成员|原成员) (有|全是|数) ( expr ) */
#include "rules/literal.h"

struct px {
    struct compiler *c;
    const struct yaml_node *node;
    struct str src; /* in the rule set's arena */
    struct lexer lx;
    struct token t; /* looked at, not taken */
    struct scope sc;
    int depth, nodes;
    size_t base; /* where the text begins in the node's */
};

static struct expr *parse_or(struct px *p);
static struct expr *parse_sum(struct px *p, const struct expr *like);

static void next(struct px *p) { p->t = lex_next(&p->lx); }
static struct diag_at at_token(const struct px *p, const struct token *t) { return yaml_at_part(&p->c->doc, p->node, p->base + t->at, t->n); }
static struct diag_at at_range(const struct px *p, size_t from, size_t to) { return yaml_at_part(&p->c->doc, p->node, p->base + from, to - from); }

/* All faults of form go through here: the token is shown as it stands. */
static struct expr *fault(struct px *p, const char *code, const char *message)
{
    diag_add(p->c->diags, code, at_token(p, &p->t), "%s", message);
    return NULL;
}

static struct expr *fault_here(struct px *p, const char *wanted)
{
    if (p->t.kind == TOK_END) {
        diag_add(p->c->diags, "E108", at_token(p, &p->t), TR("这一行没有写完，缺少%s", "the line ends too early: %s is missing"), wanted);
    } else {
        diag_add(p->c->diags, "E108", at_token(p, &p->t), TR("这里不能写“" STR_FMT "”，应为%s", "'" STR_FMT "' cannot stand here: expected %s"),
                 STR_ARG(p->t.text), wanted);
    }
    return NULL;
}

struct expr *expr_new(struct compiler *c, enum ex_op op, enum rules_type type)
{
    struct expr *e = arena_new(c->arena, struct expr);
    *e = (struct expr){.op = op, .type = type, .enumeration = -1, .index = -1, .reg = -1, .dom = DOM_CONST, .text = {"", 0}};
    return e;
}

static struct expr *node_new(struct px *p, enum ex_op op, enum rules_type type, struct expr *a, struct expr *b)
{
    if (++p->nodes > LIMIT_NODES) {
        return fault(p, "E107", TR("这一行太长", "the line is too long"));
    }
    struct expr *e = expr_new(p->c, op, type);
    e->a = a, e->b = b;
    e->dom = MAX(a ? a->dom : DOM_CONST, b ? b->dom : DOM_CONST);
    return e;
}

static struct expr *make_not(struct px *p, struct expr *a) { return a ? node_new(p, EX_NOT, RT_BOOL, a, NULL) : NULL; }

static struct expr *type_fault(struct px *p, const struct expr *a, const struct expr *b, size_t from, const char *zh, const char *en)
{
    struct str ta = type_text(p->c->rs, a->type, a->enumeration), tb = type_text(p->c->rs, b->type, b->enumeration);
    diag_add(p->c->diags, "E301", at_range(p, from, p->t.at), TR("“" STR_FMT "”与“" STR_FMT "”不能%s", "'" STR_FMT "' and '" STR_FMT "' cannot be %s"),
             STR_ARG(ta), STR_ARG(tb), TR(zh, en));
    bool monthly = (a->type == RT_MONEY && b->type == RT_MONTHLY) || (a->type == RT_MONTHLY && b->type == RT_MONEY);
    if (monthly) {
        diag_note(p->c->diags, "%s", TR("金额/月乘以几个月才是金额，如 3个月 * 低保标准", "元/月 times months gives 元, as in 3个月 * 低保标准"));
    }
    return NULL;
}

/* --- names ---------------------------------------------------------------------------------------------------------- */
static struct expr *attr_expr(struct px *p, int attr)
{
    const struct rules_attr *at = &p->c->rs->schema.attrs[attr];
    if (at->type == RT_TEXT && !p->sc.previous) {
        diag_add(p->c->diags, "E304", at_token(p, &p->t), TR("“" STR_FMT "”是文本，不能用于条件", "'" STR_FMT "' is text: it cannot be part of a condition"),
                 STR_ARG(at->name));
        return NULL;
    }
    if (at->sensitive && !p->sc.previous && p->c->rule && !p->c->justified) {
        diag_add(p->c->diags, "E706", at_token(p, &p->t), TR("“" STR_FMT "”是敏感指标，规则用它须写明 justify:", "'" STR_FMT "' is sensitive: a rule that uses it must say justify:"),
                 STR_ARG(at->name));
        return NULL;
    }
    struct expr *e = expr_new(p->c, EX_ATTR, at->type);
    e->enumeration = at->enumeration;
    e->index = attr;
    e->dom = at->entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : p->sc.dom == DOM_ROW ? DOM_ROW : DOM_PERSON;
    e->text = p->t.text;
    return e;
}

static struct expr *fact_expr(struct px *p, int fact)
{
    const struct fact_def *f = &p->c->rs->facts[fact];
    if (!fact_resolve(p->c, fact)) {
        if (f->state == 1) {
            diag_add(p->c->diags, "E502", at_token(p, &p->t), TR("“" STR_FMT "”由它自己定义", "'" STR_FMT "' is defined by itself"), STR_ARG(f->name));
        }
        return NULL;
    }
    struct expr *e = expr_new(p->c, EX_FACT, f->type);
    e->enumeration = f->enumeration;
    e->index = fact;
    e->dom = f->entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON;
    e->text = p->t.text;
    return e;
}

static struct expr *param_expr(struct px *p, int param)
{
    struct param *q = &p->c->rs->params[param];
    q->used = true;
    struct expr *e = expr_new(p->c, EX_PARAM, q->type);
    e->index = param;
    e->text = p->t.text;
    if (q->by >= 0) {
        const struct rules_attr *by = &p->c->rs->schema.attrs[q->by];
        e->dom = by->entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON;
        if (e->dom == DOM_PERSON && p->sc.dom == DOM_HOUSEHOLD) {
            return fault(p, "E302", TR("这个参数按人取值，户的规则里不能直接用", "this parameter is chosen by person: a household rule cannot use it here"));
        }
    }
    if (q->by_area && e->dom == DOM_CONST) {
        e->dom = DOM_HOUSEHOLD;
    }
    if (p->sc.dom == DOM_ROW && e->dom != DOM_CONST) {
        return fault(p, "E303", TR("取数条件里只能用不分区划、不分类别的参数", "a condition on rows can only use parameters that are one value for all"));
    }
    return e;
}

static struct expr *of_entity(struct px *p, enum rules_entity entity, struct str name)
{
    if (p->sc.dom == DOM_ROW && entity == RULES_HOUSEHOLD) {
        return fault(p, "E303", TR("取数条件里只能用本表的列和本人的指标", "a condition on rows can only use its columns and the person's attributes"));
    }
    int i = find_attr(&p->c->rs->schema, entity, name);
    if (i >= 0) {
        return attr_expr(p, i);
    }
    i = find_fact(p->c->rs, entity, name);
    if (i >= 0 && p->sc.dom != DOM_ROW) {
        return fact_expr(p, i);
    }
    unknown_name(p->c, at_token(p, &p->t), p->t.text, &p->sc);
    return NULL;
}

static struct expr *const_expr(struct px *p, enum rules_type type, struct val v)
{
    struct expr *e = expr_new(p->c, EX_CONST, type);
    e->value = v;
    e->text = p->t.text;
    return e;
}

static struct expr *column_expr(struct px *p, struct str name)
{
    const struct rules_table *t = &p->c->rs->schema.tables[p->sc.table];
    int i = find_column(t, name);
    if (i < 0) {
        return NULL;
    }
    struct expr *e = expr_new(p->c, EX_COLUMN, t->columns[i].type);
    e->enumeration = t->columns[i].enumeration;
    e->index = i;
    e->dom = DOM_ROW;
    e->text = name;
    return e;
}

/* The change test of this attribute in the rule's own conditions: 上期 is the value before that change. */
static struct expr *find_changed(struct expr *e, int attr)
{
    if (!e) {
        return NULL;
    }
    if (e->op == EX_CHANGED && e->a->index == attr) {
        return e;
    }
    struct expr *a = find_changed(e->a, attr);
    return a ? a : find_changed(e->b, attr);
}

static struct expr *previous_expr(struct px *p, struct str name)
{
    int attr = find_attr(&p->c->rs->schema, RULES_PERSON, name);
    const struct rule_def *r = p->c->rule;
    for (size_t i = 0; attr >= 0 && r && p->sc.previous && i < r->n_when; i++) {
        struct expr *ch = find_changed(r->when[i].e, attr);
        if (ch) {
            struct expr *e = expr_new(p->c, EX_PREVIOUS, ch->a->type);
            e->enumeration = ch->a->enumeration;
            e->dom = DOM_PERSON;
            e->index = attr;
            e->scale = ch->index;
            e->text = p->t.text;
            return e;
        }
    }
    if (r && p->sc.previous && !r->when) {
        return NULL; /* its conditions are wrong: said already */
    }
    diag_add(p->c->diags, "E205", at_token(p, &p->t),
             TR("“" STR_FMT ".上期”只能在 evidence 和 say 里用，且本规则要有“" STR_FMT " 变为 ...”", "'" STR_FMT ".上期' needs a line '" STR_FMT " 变为 ...' in this rule, and only evidence and say may name it"),
             STR_ARG(name), STR_ARG(name));
    return NULL;
}

static struct expr *word_hinted(struct px *p, struct str w, const struct expr *like)
{
    if (like && (like->type == RT_ENUM || like->type == RT_SET) && like->enumeration >= 0) {
        int i = find_enum_value(&p->c->rs->schema.enums[like->enumeration], w);
        if (i >= 0) {
            struct expr *e = const_expr(p, RT_ENUM, val_of(i));
            e->enumeration = like->enumeration;
            return e;
        }
    }
    if (like && str_eqz(w, "无") && like->type != RT_ENUM) {
        return const_expr(p, like->type, VAL_NONE);
    }
    if (like && like->type == RT_DATE && str_eqz(w, "长期")) {
        return const_expr(p, RT_DATE, val_of(DAY_FOREVER));
    }
    return NULL;
}

/* The word stands in p->t and is not taken yet. */
static struct expr *resolve(struct px *p, struct str w, const struct expr *like)
{
    struct expr *e = word_hinted(p, w, like);
    if (e) {
        return e;
    }
    if (p->sc.dom == DOM_ROW && (e = column_expr(p, w))) {
        if (e->type == RT_TEXT) {
            return fault(p, "E304", TR("这一列是文本，不能用于条件", "this column is text: it cannot be part of a condition"));
        }
        return e;
    }
    if (p->sc.score && str_eqz(w, "得分")) {
        e = expr_new(p->c, EX_SCORE, RT_POINT);
        e->dom = p->sc.dom;
        e->text = w;
        return e;
    }
    if (str_ends(w, STR(".月"))) {
        struct expr *day = resolve(p, str_sub(w, 0, w.n - strlen(".月")), NULL);
        if (day && day->type != RT_DATE) {
            return fault(p, "E301", TR("只有日期才有 .月", "only a date has .月"));
        }
        return day ? node_new(p, EX_MONTH_OF, RT_MONTH, day, NULL) : NULL;
    }
    if (str_ends(w, STR(".上期"))) {
        return previous_expr(p, str_sub(w, 0, w.n - strlen(".上期")));
    }
    if (str_starts(w, STR("户."))) {
        return of_entity(p, RULES_HOUSEHOLD, str_sub(w, strlen("户."), w.n));
    }
    if (str_starts(w, STR("人.")) && p->sc.dom != DOM_HOUSEHOLD) {
        return of_entity(p, RULES_PERSON, str_sub(w, strlen("人."), w.n));
    }
    int i = find_param(p->c->rs, w);
    if (i >= 0) {
        return param_expr(p, i);
    }
    bool mine = p->sc.dom != DOM_HOUSEHOLD && (find_attr(&p->c->rs->schema, RULES_PERSON, w) >= 0 || find_fact(p->c->rs, RULES_PERSON, w) >= 0);
    if (mine) {
        return of_entity(p, RULES_PERSON, w);
    }
    if (like && like->enumeration >= 0 && (like->type == RT_ENUM || like->type == RT_SET)) {
        const struct rules_enum *en = &p->c->rs->schema.enums[like->enumeration];
        diag_add(p->c->diags, "E203", at_token(p, &p->t), TR("“" STR_FMT "”没有“" STR_FMT "”这个取值%s", "'" STR_FMT "' has no value '" STR_FMT "'%s"),
                 STR_ARG(en->name), STR_ARG(w), diag_did_you_mean(p->c->diags, w, en->values, en->n));
        return NULL;
    }
    unknown_name(p->c, at_token(p, &p->t), w, &p->sc);
    return NULL;
}

/* --- members -------------------------------------------------------------------------------------------------------- */
static int members_word(struct str w)
{
    return str_eqz(w, "成员") ? RULES_LIVING : str_eqz(w, "亡故成员") ? RULES_DEAD : str_eqz(w, "原成员") ? RULES_FORMER : 0;
}

static struct expr *parse_fold(struct px *p, int members)
{
    static const struct {
        const char *word;
        enum ex_op op;
    } folds[] = {{"有", EX_FOLD_ANY}, {"全是", EX_FOLD_ALL}, {"数", EX_FOLD_COUNT}};
    size_t from = p->t.at;
    if (p->sc.dom == DOM_ROW) {
        return fault(p, "E303", TR("取数条件里不能问成员", "a condition on rows cannot ask about members"));
    }
    next(p);
    size_t k = 0;
    while (k < ARRAY_LEN(folds) && !(p->t.kind == TOK_WORD && str_eqz(p->t.text, folds[k].word))) {
        k++;
    }
    if (k == ARRAY_LEN(folds)) {
        return fault_here(p, TR("有、全是 或 数", "有, 全是 or 数"));
    }
    next(p);
    if (p->t.kind != TOK_LPAREN) {
        return fault_here(p, "“(”");
    }
    next(p);
    struct scope outer = p->sc;
    p->sc.dom = DOM_PERSON;
    p->sc.score = false;
    struct expr *body = parse_or(p);
    p->sc = outer;
    if (!body) {
        return NULL;
    }
    if (body->type != RT_BOOL) {
        return fault(p, "E305", TR("括号里应是一个条件", "there must be a condition in the brackets"));
    }
    if (p->t.kind != TOK_RPAREN) {
        return fault_here(p, "“)”");
    }
    struct expr *e = node_new(p, folds[k].op, folds[k].op == EX_FOLD_COUNT ? RT_INT : RT_BOOL, body, NULL);
    if (e) {
        e->dom = DOM_HOUSEHOLD;
        e->index = members;
        e->text = str_sub(p->src, from, p->t.at + p->t.n - from);
        next(p);
    }
    return e;
}

/* --- arithmetic ----------------------------------------------------------------------------------------------------- */
static struct expr *parse_number(struct px *p)
{
    enum rules_type type;
    int64_t v;
    enum literal_fault bad = literal_number(&p->t, false, &type, &v);
    if (bad != LITERAL_OK) {
        diag_add(p->c->diags, "E301", at_token(p, &p->t),
                 bad == LITERAL_UNIT ? TR("不认识单位“" STR_FMT "”；可用：元 万元 元/月 点 %% 天 个月 年 岁 人 次", "unknown unit '" STR_FMT "'; known: 元 万元 元/月 点 %% 天 个月 年 岁 人 次")
                                     : TR("“" STR_FMT "”不能有这么多小数，或超出范围", "'" STR_FMT "': too many decimals, or out of range"),
                 STR_ARG(p->t.unit));
        return NULL;
    }
    struct expr *e = const_expr(p, type, val_of(v));
    next(p);
    return e;
}

static struct expr *parse_group(struct px *p, const struct expr *like)
{
    if (p->depth >= LIMIT_DEPTH) {
        return fault(p, "E107", TR("括号套得太深", "brackets are nested too deep"));
    }
    (void)like;
    p->depth++;
    next(p);
    struct expr *e = parse_or(p);
    p->depth--;
    if (!e) {
        return NULL;
    }
    if (p->t.kind != TOK_RPAREN) {
        return fault_here(p, "“)”");
    }
    next(p);
    return e;
}

static struct expr *parse_atom(struct px *p, const struct expr *like)
{
    struct expr *e;
    switch ((int)p->t.kind) {
    case TOK_NUMBER:
        return parse_number(p);
    case TOK_DATE:
    case TOK_MONTH:
        e = const_expr(p, p->t.kind == TOK_DATE ? RT_DATE : RT_MONTH, val_of(p->t.number));
        next(p);
        return e;
    case TOK_TODAY:
        e = expr_new(p->c, EX_TODAY, RT_DATE);
        e->text = p->t.text;
        next(p);
        return e;
    case TOK_LPAREN:
        return parse_group(p, like);
    case TOK_MINUS:
        next(p);
        if (p->t.kind != TOK_NUMBER) {
            return fault_here(p, TR("数", "a number"));
        }
        e = parse_number(p);
        if (e) {
            e->value = val_neg(e->value);
        }
        return e;
    case TOK_WORD:
        if (members_word(p->t.text)) {
            return parse_fold(p, members_word(p->t.text));
        }
        e = resolve(p, p->t.text, like);
        next(p);
        return e;
    case TOK_STRING:
        e = word_hinted(p, p->t.text, like);
        if (!e) {
            return fault(p, "E203", TR("没有这个取值", "no such value"));
        }
        next(p);
        return e;
    case TOK_BAD:
        return fault(p, "E108", TR("不认识这个字符、日期或过大的数", "a character, date or number that belongs to nothing"));
    default:
        return fault_here(p, TR("指标、数或括号", "a fact, a number or a bracket"));
    }
}

static bool is_amount(enum rules_type t) { return t == RT_MONEY || t == RT_MONTHLY || t == RT_POINT || t == RT_INT || t == RT_RATIO; }

/* Makes a whole-number constant a ratio. */
static void lift_int(struct expr *e, enum rules_type want)
{
    if (e->op == EX_CONST && e->type == RT_INT && want == RT_RATIO) {
        e->type = RT_RATIO;
        e->value = val_mul(e->value, val_of(PPM), 1);
    }
}

static struct expr *make_mul(struct px *p, struct expr *a, struct expr *b, size_t from)
{
    if (b->type != RT_INT && b->type != RT_RATIO && b->type != RT_MONTHS) {
        struct expr *swap = a;
        a = b, b = swap;
    }
    enum rules_type type = RT_NONE;
    int64_t scale = 1;
    if (b->type == RT_INT && (is_amount(a->type) || a->type == RT_DAYS || a->type == RT_MONTHS)) {
        type = a->type;
    } else if (b->type == RT_RATIO && is_amount(a->type)) {
        type = a->type == RT_INT ? RT_RATIO : a->type;
        scale = a->type == RT_INT ? 1 : PPM;
    } else if (b->type == RT_MONTHS && a->type == RT_MONTHLY) {
        type = RT_MONEY;
    } else if (b->type == RT_MONTHS && a->type == RT_INT) {
        type = RT_MONTHS;
    } else {
        return type_fault(p, a, b, from, "相乘", "multiplied");
    }
    struct expr *e = node_new(p, EX_MUL, type, a, b);
    if (e) {
        e->scale = scale;
    }
    return e;
}

static struct expr *make_div(struct px *p, struct expr *a, struct expr *b, size_t from)
{
    enum rules_type type = RT_NONE;
    int64_t scale = 1;
    if (b->op == EX_CONST && b->value.lo == 0) {
        return fault(p, "E307", TR("不能除以 0", "division by zero"));
    }
    if (a->type == b->type && a->type != RT_DATE && a->type != RT_MONTH && a->type != RT_ENUM && a->type != RT_SET && a->type != RT_BOOL) {
        type = RT_RATIO, scale = PPM;
    } else if (b->type == RT_INT && is_amount(a->type)) {
        type = a->type;
    } else if (b->type == RT_RATIO && is_amount(a->type) && a->type != RT_INT) {
        type = a->type, scale = PPM;
    } else if (a->type == RT_MONEY && b->type == RT_MONTHS) {
        type = RT_MONTHLY;
    } else {
        return type_fault(p, a, b, from, "相除", "divided");
    }
    struct expr *e = node_new(p, EX_DIV, type, a, b);
    if (e) {
        e->scale = scale;
    }
    return e;
}

static struct expr *parse_mul(struct px *p, const struct expr *like)
{
    size_t from = p->t.at;
    struct expr *e = parse_atom(p, like);
    while (e && (p->t.kind == TOK_STAR || p->t.kind == TOK_SLASH)) {
        bool times = p->t.kind == TOK_STAR;
        next(p);
        struct expr *b = parse_atom(p, NULL);
        if (!b) {
            return NULL;
        }
        e = times ? make_mul(p, e, b, from) : make_div(p, e, b, from);
    }
    return e;
}

static struct expr *make_sum(struct px *p, struct expr *a, struct expr *b, bool plus, size_t from)
{
    lift_int(a, b->type);
    lift_int(b, a->type);
    enum ex_op op = plus ? EX_ADD : EX_SUB;
    if (a->type == RT_DATE && b->type == RT_MONTHS) {
        return node_new(p, plus ? EX_ADD_MONTHS : EX_SUB_MONTHS, RT_DATE, a, b);
    }
    if ((a->type == RT_DATE && b->type == RT_DAYS) || (a->type == RT_MONTH && b->type == RT_MONTHS)) {
        return node_new(p, op, a->type, a, b);
    }
    if (!plus && a->type == b->type && (a->type == RT_DATE || a->type == RT_MONTH)) {
        return node_new(p, op, a->type == RT_DATE ? RT_DAYS : RT_MONTHS, a, b);
    }
    if (a->type == b->type && (is_amount(a->type) || a->type == RT_DAYS || a->type == RT_MONTHS)) {
        return node_new(p, op, a->type, a, b);
    }
    return type_fault(p, a, b, from, plus ? "相加" : "相减", plus ? "added" : "subtracted");
}

static struct expr *parse_sum(struct px *p, const struct expr *like)
{
    size_t from = p->t.at;
    struct expr *e = parse_mul(p, like);
    while (e && (p->t.kind == TOK_PLUS || p->t.kind == TOK_MINUS)) {
        bool plus = p->t.kind == TOK_PLUS;
        next(p);
        struct expr *b = parse_mul(p, NULL);
        if (!b) {
            return NULL;
        }
        e = make_sum(p, e, b, plus, from);
    }
    return e;
}

/* --- comparisons ---------------------------------------------------------------------------------------------------- */
static struct expr *make_in(struct px *p, struct expr *x, uint64_t mask)
{
    struct expr *e = node_new(p, EX_IN, RT_BOOL, x, NULL);
    if (e) {
        e->value = val_of((int64_t)mask);
    }
    return e;
}

/* a < b and its kin; > and >= come with the sides swapped. */
static struct expr *make_compare(struct px *p, enum tok op, struct expr *a, struct expr *b, size_t from)
{
    lift_int(a, b->type);
    lift_int(b, a->type);
    bool equality = op == TOK_EQ || op == TOK_NE;
    bool named = a->type == RT_ENUM || a->type == RT_SET || a->type == RT_BOOL;
    if (a->type != b->type || a->enumeration != b->enumeration || a->type == RT_SET || a->type == RT_BOOL || (named && !equality)) {
        type_fault(p, a, b, from, "比较", "compared");
        if (a->type == RT_SET) {
            diag_note(p->c->diags, "%s", TR("集合用 含 或 不含", "sets are asked with 含 or 不含"));
        } else if (a->type == RT_BOOL) {
            diag_note(p->c->diags, "%s", TR("是否类指标直接写名字，或在前面加 非", "a yes-or-no fact stands alone, or behind 非"));
        } else if (a->type == RT_POINT || b->type == RT_POINT) {
            diag_note(p->c->diags, "%s", TR("分值写成 60点", "points are written 60点"));
        }
        return NULL;
    }
    struct expr *e;
    if (a->type == RT_ENUM && b->op == EX_CONST && b->value.lo < LIMIT_SET) {
        e = make_in(p, a, (uint64_t)1 << b->value.lo);
    } else if (equality) {
        e = node_new(p, EX_EQ, RT_BOOL, a, b);
    } else if (op == TOK_LT || op == TOK_LE) {
        e = node_new(p, op == TOK_LT ? EX_LT : EX_LE, RT_BOOL, a, b);
    } else {
        e = node_new(p, op == TOK_GT ? EX_LT : EX_LE, RT_BOOL, b, a);
    }
    return op == TOK_NE ? make_not(p, e) : e;
}

static bool is_relop(enum tok t) { return t == TOK_LT || t == TOK_LE || t == TOK_GT || t == TOK_GE || t == TOK_EQ || t == TOK_NE; }

/* (一级, 二级) or, for 变为, one bare name. A mask for enumerations, else a chain of equalities. */
static struct expr *parse_list(struct px *p, struct expr *x, size_t from)
{
    struct expr *any = NULL;
    uint64_t mask = 0;
    bool is_enum = x->type == RT_ENUM;
    do {
        next(p);
        struct expr *v = parse_sum(p, x);
        if (!v) {
            return NULL;
        }
        if (is_enum && (v->op != EX_CONST || v->type != RT_ENUM || v->enumeration != x->enumeration || v->value.lo >= LIMIT_SET)) {
            return type_fault(p, x, v, from, "比较", "compared");
        }
        if (is_enum) {
            mask |= (uint64_t)1 << v->value.lo;
            continue;
        }
        struct expr *eq = make_compare(p, TOK_EQ, x, v, from);
        any = !eq ? NULL : any ? node_new(p, EX_OR, RT_BOOL, any, eq) : eq;
        if (!any) {
            return NULL;
        }
    } while (p->t.kind == TOK_COMMA);
    if (p->t.kind != TOK_RPAREN) {
        return fault_here(p, TR("“,”或“)”", "',' or ')'"));
    }
    next(p);
    return is_enum ? make_in(p, x, mask) : any;
}

static struct expr *parse_in(struct px *p, struct expr *x, size_t from)
{
    next(p);
    if (p->t.kind == TOK_LPAREN) {
        return parse_list(p, x, from);
    }
    struct expr *lo = parse_sum(p, x);
    if (!lo) {
        return NULL;
    }
    if (p->t.kind != TOK_DOTDOT) {
        return fault_here(p, TR("“..”，如 18..60，或括号里的取值", "'..' as in 18..60, or values in brackets"));
    }
    next(p);
    struct expr *hi = parse_sum(p, x);
    if (!hi) {
        return NULL;
    }
    struct expr *ge = make_compare(p, TOK_LE, lo, x, from);
    struct expr *le = ge ? make_compare(p, TOK_LE, x, hi, from) : NULL;
    return le ? node_new(p, EX_AND, RT_BOOL, ge, le) : NULL;
}

static struct expr *parse_has(struct px *p, struct expr *x, size_t from)
{
    next(p);
    if (x->type != RT_SET) {
        diag_add(p->c->diags, "E301", at_range(p, from, p->t.at), TR("只有集合能用 含；“" STR_FMT "”用 = 或 在", "only sets are asked with 含; '" STR_FMT "' takes = or 在"),
                 STR_ARG(type_text(p->c->rs, x->type, x->enumeration)));
        return NULL;
    }
    if (p->t.kind == TOK_LPAREN) {
        return fault(p, "E108", TR("含 后面只写一个名字；几个就写几行，或用 或", "one name behind 含; use several lines, or 或"));
    }
    if (p->t.kind != TOK_WORD && p->t.kind != TOK_STRING) {
        return fault_here(p, TR("取值名", "the name of a value"));
    }
    struct expr *v = resolve(p, p->t.text, x);
    if (!v) {
        return NULL;
    }
    next(p);
    if (v->op != EX_CONST || v->type != RT_ENUM || v->value.lo >= LIMIT_SET) {
        return type_fault(p, x, v, from, "比较", "compared");
    }
    struct expr *e = node_new(p, EX_HAS, RT_BOOL, x, NULL);
    if (e) {
        e->value = v->value;
    }
    return e;
}

/* 于 90天内 */
static bool parse_within(struct px *p, struct window *out)
{
    if (p->t.kind != TOK_WITHIN) {
        fault_here(p, TR("“于 90天内”：变为 总要写明期限", "'于 90天内': 变为 always names its window"));
        return false;
    }
    next(p);
    enum rules_type type = RT_NONE;
    int64_t v = 0;
    bool ok = p->t.kind == TOK_NUMBER && literal_number(&p->t, true, &type, &v) == LITERAL_OK && (type == RT_DAYS || type == RT_MONTHS) && v > 0 && v <= 3660;
    if (!ok) {
        fault_here(p, TR("时长，如 90天内", "a duration such as 90天内"));
        return false;
    }
    *out = (struct window){true, type == RT_MONTHS ? v : 0, type == RT_DAYS ? v : 0};
    next(p);
    if (p->t.kind == TOK_WORD && str_eqz(p->t.text, "内")) {
        next(p);
    }
    return true;
}

static int change_test(struct compiler *c, int attr, uint64_t mask, struct window w)
{
    for (size_t i = 0; i < c->ctests.n; i++) {
        const struct change_test *t = &c->ctests.v[i];
        if (t->attr == attr && t->mask == mask && t->window.days == w.days && t->window.months == w.months) {
            return (int)i;
        }
    }
    vec_push(&c->ctests, (struct change_test){attr, -1, mask, w});
    return (int)c->ctests.n - 1;
}

static struct expr *parse_became(struct px *p, struct expr *x, size_t from)
{
    bool fits = x->op == EX_ATTR && x->dom == DOM_PERSON && x->type == RT_ENUM && p->c->rs->schema.attrs[x->index].timeline;
    if (!fits) {
        diag_add(p->c->diags, "E308", at_range(p, from, p->t.at), "%s",
                 TR("变为 只能问有变动记录的本人枚举指标，如 残疾等级", "变为 asks an enumerated attribute of the person that has a timeline, such as 残疾等级"));
        return NULL;
    }
    next(p);
    struct expr *in;
    if (p->t.kind == TOK_LPAREN) {
        in = parse_list(p, x, from);
    } else if (p->t.kind == TOK_WORD || p->t.kind == TOK_STRING) {
        struct expr *v = resolve(p, p->t.text, x);
        next(p);
        in = !v ? NULL : v->op == EX_CONST && v->type == RT_ENUM && v->value.lo < LIMIT_SET ? make_in(p, x, (uint64_t)1 << v->value.lo) : type_fault(p, x, v, from, "比较", "compared");
    } else {
        return fault_here(p, TR("取值名或括号里的取值", "a value, or values in brackets"));
    }
    struct window w;
    if (!in || !parse_within(p, &w)) {
        return NULL;
    }
    struct expr *e = node_new(p, EX_CHANGED, RT_BOOL, x, NULL);
    if (!e) {
        return NULL;
    }
    e->value = in->value;
    e->index = change_test(p->c, x->index, (uint64_t)in->value.lo, w);
    e->scale = w.months * 100000 + w.days;
    return node_new(p, EX_AND, RT_BOOL, e, in); /* became one of these, and still is */
}

/* x 距今 <= 90天: x is past, and 今天 - 90天 <= x. A day to come is no time ago. */
static struct expr *parse_since(struct px *p, struct expr *x, size_t from)
{
    next(p);
    enum tok op = p->t.kind;
    if (x->type != RT_DATE) {
        diag_add(p->c->diags, "E301", at_range(p, from, p->t.at), TR("距今 前面应是日期，不是“" STR_FMT "”", "距今 stands behind a date, not '" STR_FMT "'"),
                 STR_ARG(type_text(p->c->rs, x->type, x->enumeration)));
        return NULL;
    }
    if (!is_relop(op) || op == TOK_NE) {
        return fault_here(p, "< <= = >= >");
    }
    next(p);
    struct expr *d = parse_sum(p, NULL);
    if (!d) {
        return NULL;
    }
    struct expr *today = expr_new(p->c, EX_TODAY, RT_DATE);
    if (d->type != RT_DAYS && d->type != RT_MONTHS) {
        return type_fault(p, today, d, from, "相减：这里要写时长，如 90天、3个月", "subtracted: a duration such as 90天 or 3个月 is needed");
    }
    struct expr *edge = make_sum(p, today, d, false, from);
    static const enum tok flip[TOK_COUNT] = {[TOK_LT] = TOK_GT, [TOK_LE] = TOK_GE, [TOK_GT] = TOK_LT, [TOK_GE] = TOK_LE, [TOK_EQ] = TOK_EQ};
    struct expr *test = edge ? make_compare(p, flip[op], x, edge, from) : NULL;
    struct expr *past = test ? make_compare(p, TOK_LE, x, today, from) : NULL;
    return past ? node_new(p, EX_AND, RT_BOOL, test, past) : NULL;
}

static struct expr *parse_relation(struct px *p, struct expr *a, size_t from)
{
    enum tok op = p->t.kind;
    next(p);
    if (p->t.kind == TOK_UNKNOWN || p->t.kind == TOK_KNOWN) {
        return fault(p, "E306", TR("写成“指标 未知”，不用等号", "write 'fact 未知', without a sign"));
    }
    struct expr *b = parse_sum(p, a);
    if (!b) {
        return NULL;
    }
    struct expr *e = make_compare(p, op, a, b, from);
    if (e && is_relop(p->t.kind)) {
        return fault(p, "E108", TR("一行只比较一次；区间写成 x 在 a..b", "one comparison a line; a range is written x 在 a..b"));
    }
    return e;
}

static struct expr *parse_cmp(struct px *p)
{
    size_t from = p->t.at;
    struct expr *a = parse_sum(p, NULL);
    if (!a) {
        return NULL;
    }
    struct expr *e;
    switch ((int)p->t.kind) {
    case TOK_LT:
    case TOK_LE:
    case TOK_GT:
    case TOK_GE:
    case TOK_EQ:
    case TOK_NE:
        return parse_relation(p, a, from);
    case TOK_IN:
        return parse_in(p, a, from);
    case TOK_NOT_IN:
        return make_not(p, parse_in(p, a, from));
    case TOK_HAS:
        return parse_has(p, a, from);
    case TOK_HAS_NOT:
        return make_not(p, parse_has(p, a, from));
    case TOK_BECAME:
        return parse_became(p, a, from);
    case TOK_SINCE:
        return parse_since(p, a, from);
    case TOK_UNKNOWN:
    case TOK_KNOWN:
        e = node_new(p, EX_UNKNOWN, RT_BOOL, a, NULL);
        e = e && p->t.kind == TOK_KNOWN ? make_not(p, e) : e;
        next(p);
        return e;
    default:
        return a;
    }
}

static struct expr *parse_not(struct px *p)
{
    bool negated = false;
    while (p->t.kind == TOK_NOT) {
        negated = !negated;
        next(p);
    }
    struct expr *e = parse_cmp(p);
    if (e && negated && e->type != RT_BOOL) {
        return fault(p, "E305", TR("非 后面应是一个条件", "a condition must stand behind 非"));
    }
    return negated ? make_not(p, e) : e;
}

static struct expr *parse_joined(struct px *p, enum tok join, enum ex_op op, struct expr *(*part)(struct px *))
{
    struct expr *e = part(p);
    while (e && p->t.kind == join) {
        next(p);
        struct expr *b = part(p);
        if (!b) {
            return NULL;
        }
        if (e->type != RT_BOOL || b->type != RT_BOOL) {
            return fault(p, "E305", TR("且、或 两边都应是条件", "conditions must stand on both sides of 且 and 或"));
        }
        e = node_new(p, op, RT_BOOL, e, b);
    }
    return e;
}

static struct expr *parse_and(struct px *p) { return parse_joined(p, TOK_AND, EX_AND, parse_not); }
static struct expr *parse_or(struct px *p) { return parse_joined(p, TOK_OR, EX_OR, parse_and); }

static struct expr *parse_whole(struct compiler *c, const struct yaml_node *node, struct str text, const struct scope *sc)
{
    struct px p = {.c = c, .node = node, .src = arena_str(c->arena, text), .sc = *sc};
    p.lx = (struct lexer){p.src, 0};
    uintptr_t whole = (uintptr_t)node->text.p, part = (uintptr_t)text.p;
    p.base = part >= whole && part - whole <= node->text.n ? part - whole : 0;
    next(&p);
    if (p.t.kind == TOK_END) {
        return fault_here(&p, TR("条件", "a condition"));
    }
    struct expr *e = parse_or(&p);
    if (e && p.t.kind != TOK_END) {
        return fault_here(&p, TR("行尾（或 且、或）", "the end of the line (or 且, 或)"));
    }
    return e;
}

struct expr *parse_condition(struct compiler *c, const struct yaml_node *node, struct str text, const struct scope *sc)
{
    struct expr *e = parse_whole(c, node, text, sc);
    if (e && e->type != RT_BOOL) {
        yaml_problem(&c->doc, node, "E305", TR("这一行是“" STR_FMT "”，不是条件", "this line is of type '" STR_FMT "', not a condition"),
                     STR_ARG(type_text(c->rs, e->type, e->enumeration)));
        return NULL;
    }
    return e;
}

struct expr *parse_value(struct compiler *c, const struct yaml_node *node, struct str text, const struct scope *sc)
{
    return parse_whole(c, node, text, sc);
}
