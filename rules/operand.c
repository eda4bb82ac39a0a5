/* SPDX-License-Identifier: Apache-2.0 */
/* The smaller half of the parser: names, numbers, members and arithmetic. */
#include "rules/parse.h"

/* --- names ---------------------------------------------------------------------------------------------------------- */
static struct expr *attr_expr(struct px *p, int attr)
{
    const struct rules_attr *at = &p->c->rs->schema.attrs[attr];
    if (at->type == RT_TEXT && !p->sc.previous) {
        diag_add(p->c->diags, "E304", px_at_token(p, &p->t), TR("“" STR_FMT "”是文本，不能用于条件", "'" STR_FMT "' is text: it cannot be part of a condition"),
                 STR_ARG(at->name));
        return NULL;
    }
    if (at->sensitive && !p->sc.previous && p->c->rule && !p->c->justified) {
        diag_add(p->c->diags, "E706", px_at_token(p, &p->t), TR("“" STR_FMT "”是敏感指标，规则用它须写明 justify:", "'" STR_FMT "' is sensitive: a rule that uses it must say justify:"),
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
            diag_add(p->c->diags, "E502", px_at_token(p, &p->t), TR("“" STR_FMT "”由它自己定义", "'" STR_FMT "' is defined by itself"), STR_ARG(f->name));
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
            return px_fault(p, "E302", TR("这个参数按人取值，户的规则里不能直接用", "this parameter is chosen by person: a household rule cannot use it here"));
        }
    }
    if (q->by_area && e->dom == DOM_CONST) {
        e->dom = DOM_HOUSEHOLD;
    }
    if (p->sc.dom == DOM_ROW && e->dom != DOM_CONST) {
        return px_fault(p, "E303", TR("取数条件里只能用不分区划、不分类别的参数", "a condition on rows can only use parameters that are one value for all"));
    }
    return e;
}

static struct expr *of_entity(struct px *p, enum rules_entity entity, struct str name)
{
    if (p->sc.dom == DOM_ROW && entity == RULES_HOUSEHOLD) {
        return px_fault(p, "E303", TR("取数条件里只能用本表的列和本人的指标", "a condition on rows can only use its columns and the person's attributes"));
    }
    int i = find_attr(&p->c->rs->schema, entity, name);
    if (i >= 0) {
        return attr_expr(p, i);
    }
    i = find_fact(p->c->rs, entity, name);
    if (i >= 0 && p->sc.dom != DOM_ROW) {
        return fact_expr(p, i);
    }
    unknown_name(p->c, px_at_token(p, &p->t), p->t.text, &p->sc);
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
    diag_add(p->c->diags, "E205", px_at_token(p, &p->t),
             TR("“" STR_FMT ".上期”只能在 evidence 和 say 里用，且本规则要有“" STR_FMT " 变为 ...”", "'" STR_FMT ".上期' needs a line '" STR_FMT " 变为 ...' in this rule, and only evidence and say may name it"),
             STR_ARG(name), STR_ARG(name));
    return NULL;
}

struct expr *px_value_name(struct px *p, struct str w, const struct expr *like)
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
struct expr *px_resolve(struct px *p, struct str w, const struct expr *like)
{
    struct expr *e = px_value_name(p, w, like);
    if (e) {
        return e;
    }
    if (p->sc.dom == DOM_ROW && (e = column_expr(p, w))) {
        if (e->type == RT_TEXT) {
            return px_fault(p, "E304", TR("这一列是文本，不能用于条件", "this column is text: it cannot be part of a condition"));
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
        struct expr *day = px_resolve(p, str_sub(w, 0, w.n - strlen(".月")), NULL);
        if (day && day->type != RT_DATE) {
            return px_fault(p, "E301", TR("只有日期才有 .月", "only a date has .月"));
        }
        return day ? px_node(p, EX_MONTH_OF, RT_MONTH, day, NULL) : NULL;
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
        struct str *known = arena_array(p->c->arena, struct str, en->n + p->c->rs->n_sets + 1);
        size_t n = 0;
        for (; n < en->n; n++) {
            known[n] = en->values[n];
        }
        for (size_t k = 0; k < p->c->rs->n_sets; k++) {
            if (p->c->rs->sets[k].enumeration == like->enumeration) {
                known[n++] = p->c->rs->sets[k].name;
            }
        }
        diag_add(p->c->diags, "E203", px_at_token(p, &p->t), TR("“" STR_FMT "”没有“" STR_FMT "”这个取值%s", "'" STR_FMT "' has no value '" STR_FMT "'%s"),
                 STR_ARG(en->name), STR_ARG(w), diag_did_you_mean(p->c->diags, w, known, n));
        return NULL;
    }
    unknown_name(p->c, px_at_token(p, &p->t), w, &p->sc);
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
        return px_fault(p, "E303", TR("取数条件里不能问成员", "a condition on rows cannot ask about members"));
    }
    if (p->folds >= LIMIT_FOLDS) {
        return px_fault(p, "E107", TR("成员里套成员太深", "members are nested too deep"));
    }
    px_next(p);
    size_t k = 0;
    while (k < ARRAY_LEN(folds) && !(p->t.kind == TOK_WORD && str_eqz(p->t.text, folds[k].word))) {
        k++;
    }
    if (k == ARRAY_LEN(folds)) {
        return px_wanted(p, TR("有、全是 或 数", "有, 全是 or 数"));
    }
    px_next(p);
    if (p->t.kind != TOK_LPAREN) {
        return px_wanted(p, "“(”");
    }
    px_next(p);
    struct scope outer = p->sc;
    p->sc.dom = DOM_PERSON;
    p->sc.score = false;
    p->folds++;
    struct expr *body = px_or(p);
    p->folds--;
    p->sc = outer;
    if (!body) {
        return NULL;
    }
    if (body->type != RT_BOOL) {
        return px_fault(p, "E305", TR("括号里应是一个条件", "there must be a condition in the brackets"));
    }
    if (p->t.kind != TOK_RPAREN) {
        return px_wanted(p, "“)”");
    }
    struct expr *e = px_node(p, folds[k].op, folds[k].op == EX_FOLD_COUNT ? RT_INT : RT_BOOL, body, NULL);
    if (e) {
        e->dom = DOM_HOUSEHOLD;
        e->index = members;
        e->text = str_sub(p->src, from, p->t.at + p->t.n - from);
        px_next(p);
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
        diag_add(p->c->diags, "E301", px_at_token(p, &p->t),
                 bad == LITERAL_UNIT ? TR("不认识单位“" STR_FMT "”；可用：元 万元 元/月 点 %% 天 个月 年 岁 人 次", "unknown unit '" STR_FMT "'; known: 元 万元 元/月 点 %% 天 个月 年 岁 人 次")
                                     : TR("“" STR_FMT "”不能有这么多小数，或超出范围", "'" STR_FMT "': too many decimals, or out of range"),
                 STR_ARG(p->t.unit));
        return NULL;
    }
    struct expr *e = const_expr(p, type, val_of(v));
    px_next(p);
    return e;
}

static struct expr *parse_group(struct px *p)
{
    if (p->depth >= LIMIT_DEPTH) {
        return px_fault(p, "E107", TR("括号套得太深", "brackets are nested too deep"));
    }
    p->depth++;
    px_next(p);
    struct expr *e = px_or(p);
    p->depth--;
    if (!e) {
        return NULL;
    }
    if (p->t.kind != TOK_RPAREN) {
        return px_wanted(p, "“)”");
    }
    px_next(p);
    return e;
}

static bool is_amount(enum rules_type t) { return t == RT_MONEY || t == RT_MONTHLY || t == RT_POINT || t == RT_INT || t == RT_RATIO; }

/* 优先(甲, 乙, 丙): the first of which anything is known. The word and its bracket are taken. */
static struct expr *parse_prefer(struct px *p, const struct expr *like)
{
    size_t from = p->t.at;
    struct expr *a = px_sum(p, like);
    if (!a || p->t.kind == TOK_RPAREN) {
        return a;
    }
    if (p->t.kind != TOK_COMMA) {
        return px_wanted(p, TR("“,”或“)”", "',' or ')'"));
    }
    px_next(p);
    struct expr *b = parse_prefer(p, a);
    if (!b) {
        return NULL;
    }
    px_lift_int(a, b->type);
    px_lift_int(b, a->type);
    if (a->type != b->type || !(is_amount(a->type) || a->type == RT_DATE || a->type == RT_MONTH)) {
        return px_types(p, a, b, from, "互相替代", "put for one another");
    }
    return px_node(p, EX_PREFER, a->type, a, b);
}

static struct expr *parse_prefer_call(struct px *p, const struct expr *like)
{
    if (p->depth >= LIMIT_DEPTH) {
        return px_fault(p, "E107", TR("括号套得太深", "brackets are nested too deep"));
    }
    px_next(p);
    if (p->t.kind != TOK_LPAREN) {
        return px_wanted(p, "“(”");
    }
    p->depth++;
    px_next(p);
    struct expr *e = parse_prefer(p, like);
    p->depth--;
    if (e && p->t.kind != TOK_RPAREN) {
        return px_wanted(p, "“)”");
    }
    if (e && e->op != EX_PREFER) {
        return px_wanted(p, TR("“,”和另一个值", "',' and another value"));
    }
    px_next(p);
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
        px_next(p);
        return e;
    case TOK_TODAY:
        e = expr_new(p->c, EX_TODAY, RT_DATE);
        e->text = p->t.text;
        px_next(p);
        return e;
    case TOK_LPAREN:
        return parse_group(p);
    case TOK_MINUS:
        px_next(p);
        if (p->t.kind != TOK_NUMBER) {
            return px_wanted(p, TR("数", "a number"));
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
        if (str_eqz(p->t.text, "优先")) {
            return parse_prefer_call(p, like);
        }
        e = px_resolve(p, p->t.text, like);
        px_next(p);
        return e;
    case TOK_STRING:
        e = px_value_name(p, p->t.text, like);
        if (!e) {
            return px_fault(p, "E203", TR("没有这个取值", "no such value"));
        }
        px_next(p);
        return e;
    case TOK_BAD:
        return px_fault(p, "E108", TR("不认识这个字符、日期或过大的数", "a character, date or number that belongs to nothing"));
    default:
        return px_wanted(p, TR("指标、数或括号", "a fact, a number or a bracket"));
    }
}

/* Makes a whole-number constant a ratio. */
void px_lift_int(struct expr *e, enum rules_type want)
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
        return px_types(p, a, b, from, "相乘", "multiplied");
    }
    struct expr *e = px_node(p, EX_MUL, type, a, b);
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
        return px_fault(p, "E307", TR("不能除以 0", "division by zero"));
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
        return px_types(p, a, b, from, "相除", "divided");
    }
    struct expr *e = px_node(p, EX_DIV, type, a, b);
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
        px_next(p);
        struct expr *b = parse_atom(p, NULL);
        if (!b) {
            return NULL;
        }
        e = times ? make_mul(p, e, b, from) : make_div(p, e, b, from);
    }
    return e;
}

struct expr *px_add(struct px *p, struct expr *a, struct expr *b, bool plus, size_t from)
{
    px_lift_int(a, b->type);
    px_lift_int(b, a->type);
    enum ex_op op = plus ? EX_ADD : EX_SUB;
    if (a->type == RT_DATE && b->type == RT_MONTHS) {
        return px_node(p, plus ? EX_ADD_MONTHS : EX_SUB_MONTHS, RT_DATE, a, b);
    }
    if ((a->type == RT_DATE && b->type == RT_DAYS) || (a->type == RT_MONTH && b->type == RT_MONTHS)) {
        return px_node(p, op, a->type, a, b);
    }
    if (!plus && a->type == b->type && (a->type == RT_DATE || a->type == RT_MONTH)) {
        return px_node(p, op, a->type == RT_DATE ? RT_DAYS : RT_MONTHS, a, b);
    }
    if (a->type == b->type && (is_amount(a->type) || a->type == RT_DAYS || a->type == RT_MONTHS)) {
        return px_node(p, op, a->type, a, b);
    }
    return px_types(p, a, b, from, plus ? "相加" : "相减", plus ? "added" : "subtracted");
}

struct expr *px_sum(struct px *p, const struct expr *like)
{
    size_t from = p->t.at;
    struct expr *e = parse_mul(p, like);
    while (e && (p->t.kind == TOK_PLUS || p->t.kind == TOK_MINUS)) {
        bool plus = p->t.kind == TOK_PLUS;
        px_next(p);
        struct expr *b = parse_mul(p, NULL);
        if (!b) {
            return NULL;
        }
        e = px_add(p, e, b, plus, from);
    }
    return e;
}

