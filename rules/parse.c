/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the language to a typed tree, in one pass: every operator checks its operands where it stands, so a message can point at them.

     expr := and {或 and}        and := not {且 not}        not := [非] cmp
     cmp  := sum [ (= != < <= > >=) sum | (在|不在) ( '(' list ')' | sum .. sum ) | (含|不含) name | 未知 | 已知
                 | 变为 (set|name) 于 duration | (首次|消失) 于 duration | 距今 op sum ]
           | 曾 sum (在|=) (set|name) 于 duration
     sum  := mul {(+|-) mul}     mul := atom {(*|/) atom}
     atom := number[unit] | date | name | 今天 | ( expr ) | - atom | (成员|亡故成员|原成员) (有|全是|数) ( expr ) */
#include "rules/parse.h"

void px_next(struct px *p) { p->t = lex_next(&p->lx); }
struct diag_at px_at_token(const struct px *p, const struct token *t) { return yaml_at_part(&p->c->doc, p->node, p->base + t->at, t->n); }
struct diag_at px_at(const struct px *p, size_t from, size_t to)
{
    while (to > from + 1 && p->src.p[to - 1] == ' ') {
        to--;
    }
    return yaml_at_part(&p->c->doc, p->node, p->base + from, to - from);
}

struct expr *px_fault(struct px *p, const char *code, const char *message)
{
    diag_add(p->c->diags, code, px_at_token(p, &p->t), "%s", message);
    return NULL;
}

struct expr *px_fault_from(struct px *p, size_t from, const char *code, const char *message)
{
    diag_add(p->c->diags, code, px_at(p, from, p->t.at), "%s", message);
    return NULL;
}

/* A list in brackets ends an item at each comma, YAML knows nothing of our parentheses: [年龄 在 18..60, 残疾等级 在 (一级, 二级)] has three items. */
static bool cut_by_comma(struct str line)
{
    int depth = 0;
    for (size_t i = 0; i < line.n; i++) {
        depth += line.p[i] == '(' ? 1 : line.p[i] == ')' ? -1 : 0;
    }
    return depth > 0;
}

struct expr *px_wanted(struct px *p, const char *wanted)
{
    if (p->t.kind == TOK_END && cut_by_comma(p->src)) {
        diag_add(p->c->diags, "E108", px_at_token(p, &p->t), TR("这一行没有写完，缺少%s；写在 [ ] 里、自己带逗号的条件要加引号", "the line ends too early: %s is missing; in [ ] a condition with commas of its own needs quotes"), wanted);
    } else if (p->t.kind == TOK_END) {
        diag_add(p->c->diags, "E108", px_at_token(p, &p->t), TR("这一行没有写完，缺少%s", "the line ends too early: %s is missing"), wanted);
    } else {
        diag_add(p->c->diags, "E108", px_at_token(p, &p->t), TR("这里不能写“" STR_FMT "”，应为%s", "'" STR_FMT "' cannot stand here: expected %s"),
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

struct expr *px_node(struct px *p, enum ex_op op, enum rules_type type, struct expr *a, struct expr *b)
{
    if (++p->nodes > LIMIT_NODES) {
        return px_fault(p, "E107", TR("这一行太长", "the line is too long"));
    }
    struct expr *e = expr_new(p->c, op, type);
    e->a = a, e->b = b;
    e->dom = MAX(a ? a->dom : DOM_CONST, b ? b->dom : DOM_CONST);
    return e;
}

struct expr *px_types(struct px *p, const struct expr *a, const struct expr *b, size_t from, const char *zh, const char *en)
{
    struct str ta = type_text(p->c->rs, a->type, a->enumeration), tb = type_text(p->c->rs, b->type, b->enumeration);
    diag_add(p->c->diags, "E301", px_at(p, from, p->t.at), TR("“" STR_FMT "”与“" STR_FMT "”不能%s", "'" STR_FMT "' and '" STR_FMT "' cannot be %s"),
             STR_ARG(ta), STR_ARG(tb), TR(zh, en));
    bool monthly = (a->type == RT_MONEY && b->type == RT_MONTHLY) || (a->type == RT_MONTHLY && b->type == RT_MONEY);
    if (monthly) {
        diag_note(p->c->diags, "%s", TR("金额/月乘以几个月才是金额，如 3个月 * 低保标准", "元/月 times months gives 元, as in 3个月 * 低保标准"));
    }
    return NULL;
}

/* `a` and what the word written for it asks besides. */
static struct expr *px_with(struct px *p, struct expr *a, struct expr *besides)
{
    struct expr *e = px_node(p, EX_AND, RT_BOOL, a, besides);
    if (e) {
        e->made = MADE_BY_WORD;
    }
    return e;
}

static struct expr *make_not(struct px *p, struct expr *a) { return a ? px_node(p, EX_NOT, RT_BOOL, a, NULL) : NULL; }


/* --- comparisons ---------------------------------------------------------------------------------------------------- */
static struct expr *make_in(struct px *p, struct expr *x, uint64_t mask)
{
    struct expr *e = px_node(p, EX_IN, RT_BOOL, x, NULL);
    if (e) {
        e->value = val_of((int64_t)mask);
    }
    return e;
}

/* a < b and its kin; > and >= come with the sides swapped. */
static struct expr *make_compare(struct px *p, enum tok op, struct expr *a, struct expr *b, size_t from)
{
    px_lift_int(a, b->type);
    px_lift_int(b, a->type);
    bool equality = op == TOK_EQ || op == TOK_NE;
    bool named = a->type == RT_ENUM || a->type == RT_SET || a->type == RT_BOOL;
    if (a->type != b->type || a->enumeration != b->enumeration || a->type == RT_SET || a->type == RT_BOOL || (named && !equality)) {
        px_types(p, a, b, from, "比较", "compared");
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
        e = px_node(p, EX_EQ, RT_BOOL, a, b);
    } else if (op == TOK_LT || op == TOK_LE) {
        e = px_node(p, op == TOK_LT ? EX_LT : EX_LE, RT_BOOL, a, b);
    } else {
        e = px_node(p, op == TOK_GT ? EX_LT : EX_LE, RT_BOOL, b, a);
    }
    return op == TOK_NE ? make_not(p, e) : e;
}

static bool is_relop(enum tok t) { return t == TOK_LT || t == TOK_LE || t == TOK_GT || t == TOK_GE || t == TOK_EQ || t == TOK_NE; }

/* 残疾等级 在 重度: the name of a set is taken; NULL when the word is none, and nothing was taken or said. */
static struct expr *named_set(struct px *p, struct expr *x)
{
    bool word = (p->t.kind == TOK_WORD || p->t.kind == TOK_STRING) && (x->type == RT_ENUM || x->type == RT_SET);
    struct code_set *set = word ? find_set(p->c->rs, p->t.text, x->enumeration) : NULL;
    if (!set) {
        return NULL;
    }
    set->used = true;
    px_next(p);
    struct expr *e = make_in(p, x, set->mask);
    return e;
}

/* (一级, 二级) or, for 变为, one bare name. A mask for enumerations, else a chain of equalities. */
static struct expr *parse_list(struct px *p, struct expr *x, size_t from)
{
    struct expr *any = NULL;
    uint64_t mask = 0;
    bool is_enum = x->type == RT_ENUM;
    do {
        px_next(p);
        struct expr *v = px_sum(p, x);
        if (!v) {
            return NULL;
        }
        if (is_enum && (v->op != EX_CONST || v->type != RT_ENUM || v->enumeration != x->enumeration || v->value.lo >= LIMIT_SET)) {
            return px_types(p, x, v, from, "比较", "compared");
        }
        if (is_enum) {
            mask |= (uint64_t)1 << v->value.lo;
            continue;
        }
        struct expr *eq = make_compare(p, TOK_EQ, x, v, from);
        any = !eq ? NULL : any ? px_node(p, EX_OR, RT_BOOL, any, eq) : eq;
        if (!any) {
            return NULL;
        }
    } while (p->t.kind == TOK_COMMA);
    if (p->t.kind != TOK_RPAREN) {
        return px_wanted(p, TR("“,”或“)”", "',' or ')'"));
    }
    px_next(p);
    return is_enum ? make_in(p, x, mask) : any;
}

static struct expr *parse_in(struct px *p, struct expr *x, size_t from)
{
    px_next(p);
    if (p->t.kind == TOK_LPAREN) {
        return parse_list(p, x, from);
    }
    struct expr *named = named_set(p, x);
    if (named) {
        return named;
    }
    struct expr *lo = px_sum(p, x);
    if (!lo) {
        return NULL;
    }
    if (p->t.kind != TOK_DOTDOT) {
        return px_wanted(p, TR("“..”，如 18..60，或括号里的取值", "'..' as in 18..60, or values in brackets"));
    }
    px_next(p);
    struct expr *hi = px_sum(p, x);
    if (!hi) {
        return NULL;
    }
    struct expr *ge = make_compare(p, TOK_LE, lo, x, from);
    struct expr *le = ge ? make_compare(p, TOK_LE, x, hi, from) : NULL;
    return le ? px_node(p, EX_AND, RT_BOOL, ge, le) : NULL;
}

/* 享受待遇 含 照料类: one of them is enough. */
static struct expr *has_any(struct px *p, struct expr *x, uint64_t mask)
{
    struct expr *any = NULL;
    for (int i = 0; i < LIMIT_SET; i++) {
        struct expr *e = mask >> i & 1 ? px_node(p, EX_HAS, RT_BOOL, x, NULL) : NULL;
        if (e) {
            e->value = val_of(i);
            any = any ? px_node(p, EX_OR, RT_BOOL, any, e) : e;
        }
    }
    return any;
}

static struct expr *parse_has(struct px *p, struct expr *x, size_t from)
{
    px_next(p);
    if (x->type != RT_SET) {
        diag_add(p->c->diags, "E301", px_at(p, from, p->t.at), TR("只有集合能用 含；“" STR_FMT "”用 = 或 在", "only sets are asked with 含; '" STR_FMT "' takes = or 在"),
                 STR_ARG(type_text(p->c->rs, x->type, x->enumeration)));
        return NULL;
    }
    if (p->t.kind == TOK_LPAREN) {
        return px_fault(p, "E108", TR("含 后面只写一个名字；几个就写几行，或用 或", "one name behind 含; use several lines, or 或"));
    }
    if (p->t.kind != TOK_WORD && p->t.kind != TOK_STRING) {
        return px_wanted(p, TR("取值名", "the name of a value"));
    }
    struct expr *named = named_set(p, x);
    if (named) {
        return has_any(p, x, (uint64_t)named->value.lo);
    }
    struct expr *v = px_resolve(p, p->t.text, x);
    if (!v) {
        return NULL;
    }
    px_next(p);
    if (v->op != EX_CONST || v->type != RT_ENUM || v->value.lo >= LIMIT_SET) {
        return px_types(p, x, v, from, "比较", "compared");
    }
    struct expr *e = px_node(p, EX_HAS, RT_BOOL, x, NULL);
    if (e) {
        e->value = v->value;
    }
    return e;
}

/* 于 90天内 */
static bool parse_within(struct px *p, struct window *out)
{
    if (p->t.kind != TOK_WITHIN) {
        px_wanted(p, TR("“于 90天内”：变为、首次、消失、曾 总要写明期限", "'于 90天内': 变为, 首次, 消失 and 曾 always name their window"));
        return false;
    }
    px_next(p);
    enum rules_type type = RT_NONE;
    int64_t v = 0;
    bool ok = p->t.kind == TOK_NUMBER && literal_number(&p->t, true, &type, &v) == LITERAL_OK && (type == RT_DAYS || type == RT_MONTHS) && v > 0 && v <= 3660;
    if (!ok) {
        px_wanted(p, TR("时长，如 90天内", "a duration such as 90天内"));
        return false;
    }
    *out = (struct window){.set = true, .months = type == RT_MONTHS ? v : 0, .days = type == RT_DAYS ? v : 0};
    px_next(p);
    if (p->t.kind == TOK_WORD && str_eqz(p->t.text, "内")) {
        px_next(p);
    }
    return true;
}

static bool same_side(struct side a, struct side b) { return a.mask == b.mask && a.outside == b.outside; }

static int change_test(struct compiler *c, struct change_test want)
{
    for (size_t i = 0; i < c->ctests.n; i++) {
        const struct change_test *t = &c->ctests.v[i];
        if (t->attr == want.attr && same_side(t->from, want.from) && same_side(t->to, want.to) && t->window.days == want.window.days &&
            t->window.months == want.window.months) {
            return (int)i;
        }
    }
    vec_push(&c->ctests, want);
    return (int)c->ctests.n - 1;
}

static bool has_changes(struct px *p, const struct expr *x, size_t from)
{
    bool fits = x->op == EX_ATTR && x->dom == DOM_PERSON && x->type == RT_ENUM && p->c->rs->schema.attrs[x->index].timeline;
    if (!fits) {
        diag_add(p->c->diags, "E308", px_at(p, from, p->t.at), "%s",
                 TR("变为、首次、消失、曾 只能问有变动记录的本人枚举指标，如 残疾等级", "变为, 首次, 消失 and 曾 ask an enumerated attribute of the person that has a timeline, such as 残疾等级"));
    }
    return fits;
}

static struct expr *make_changed(struct px *p, struct expr *x, enum change_kind kind, uint64_t mask, struct window w)
{
    static const struct side any = {0, true};
    struct side in = {mask, false}, out = {mask, true};
    const struct change_test tests[] = {
        [CHANGE_BECAME] = {x->index, -1, out, in, w},  [CHANGE_APPEARED] = {x->index, -1, in, out, w}, [CHANGE_VANISHED] = {x->index, -1, out, in, w},
        [CHANGE_WAS_FROM] = {x->index, -1, in, any, w}, [CHANGE_WAS_TO] = {x->index, -1, any, in, w},
    };
    struct expr *e = px_node(p, EX_CHANGED, RT_BOOL, x, NULL);
    if (e) {
        e->value = val_range((int64_t)mask, (int64_t)kind);
        e->index = change_test(p->c, tests[kind]);
        e->scale = w.months * CHANGED_MONTH + w.days;
    }
    return e;
}

/* (一级, 二级), or one bare name. */
static struct expr *parse_values(struct px *p, struct expr *x, size_t from)
{
    if (p->t.kind == TOK_LPAREN) {
        return parse_list(p, x, from);
    }
    if (p->t.kind != TOK_WORD && p->t.kind != TOK_STRING) {
        return px_wanted(p, TR("取值名或括号里的取值", "a value, or values in brackets"));
    }
    struct expr *named = named_set(p, x);
    if (named) {
        return named;
    }
    struct expr *v = px_resolve(p, p->t.text, x);
    px_next(p);
    if (!v) {
        return NULL;
    }
    return v->op == EX_CONST && v->type == RT_ENUM && v->value.lo < LIMIT_SET ? make_in(p, x, (uint64_t)1 << v->value.lo) : px_types(p, x, v, from, "比较", "compared");
}

/* x 变为 (一级, 二级) 于 90天内: became one of these, and still is. */
static struct expr *parse_became(struct px *p, struct expr *x, size_t from)
{
    struct window w = {.set = false};
    if (!has_changes(p, x, from)) {
        return NULL;
    }
    px_next(p);
    struct expr *in = parse_values(p, x, from);
    if (!in || !parse_within(p, &w)) {
        return NULL;
    }
    struct expr *e = make_changed(p, x, CHANGE_BECAME, (uint64_t)in->value.lo, w);
    return e ? px_with(p, e, in) : NULL;
}

/* x 首次 于 90天内: from no row to a row, which is still there; 消失: the other way round. */
static struct expr *parse_appeared(struct px *p, struct expr *x, size_t from)
{
    bool appeared = p->t.kind == TOK_APPEARED;
    struct window w = {.set = false};
    if (!has_changes(p, x, from)) {
        return NULL;
    }
    const struct rules_enum *en = &p->c->rs->schema.enums[x->enumeration];
    if (en->absent < 0 || en->absent >= LIMIT_SET) {
        return px_fault_from(p, from, "E308", TR("这个指标没有“没有”的取值，问不了 首次 和 消失", "this attribute has no value for absence: 首次 and 消失 cannot be asked"));
    }
    px_next(p);
    if (!parse_within(p, &w)) {
        return NULL;
    }
    struct expr *none = make_in(p, x, (uint64_t)1 << en->absent), *e = make_changed(p, x, appeared ? CHANGE_APPEARED : CHANGE_VANISHED, (uint64_t)1 << en->absent, w);
    struct expr *now = none && appeared ? make_not(p, none) : none;
    return e && now ? px_with(p, e, now) : NULL;
}

static struct expr *or_else(struct px *p, struct expr *a, struct expr *b)
{
    struct expr *e = a && b ? px_node(p, EX_OR, RT_BOOL, a, b) : NULL;
    if (e) {
        e->made = MADE_BY_WORD;
    }
    return e;
}

/* 曾 x 在 (一级, 二级) 于 1年内: now, or before or after some change within the window. */
static struct expr *parse_ever(struct px *p)
{
    size_t from = p->t.at;
    struct window w = {.set = false};
    px_next(p);
    struct expr *x = px_sum(p, NULL);
    if (!x || !has_changes(p, x, from)) {
        return NULL;
    }
    if (p->t.kind != TOK_IN && p->t.kind != TOK_EQ) {
        return px_wanted(p, TR("“在 (取值)”或“= 取值”", "'在 (values)' or '= value'"));
    }
    px_next(p);
    struct expr *in = parse_values(p, x, from);
    if (!in || !parse_within(p, &w)) {
        return NULL;
    }
    uint64_t mask = (uint64_t)in->value.lo;
    return or_else(p, make_changed(p, x, CHANGE_WAS_FROM, mask, w), or_else(p, make_changed(p, x, CHANGE_WAS_TO, mask, w), in));
}

/* x 距今 <= 90天: x is past, and 今天 - 90天 <= x. A day to come is no time ago. */
static struct expr *parse_since(struct px *p, struct expr *x, size_t from)
{
    px_next(p);
    enum tok op = p->t.kind;
    if (x->type != RT_DATE) {
        diag_add(p->c->diags, "E301", px_at(p, from, p->t.at), TR("距今 前面应是日期，不是“" STR_FMT "”", "距今 stands behind a date, not '" STR_FMT "'"),
                 STR_ARG(type_text(p->c->rs, x->type, x->enumeration)));
        return NULL;
    }
    if (!is_relop(op) || op == TOK_NE) {
        return px_wanted(p, "< <= = >= >");
    }
    px_next(p);
    struct expr *d = px_sum(p, NULL);
    if (!d) {
        return NULL;
    }
    struct expr *today = expr_new(p->c, EX_TODAY, RT_DATE);
    if (d->type != RT_DAYS && d->type != RT_MONTHS) {
        return px_types(p, today, d, from, "相减：这里要写时长，如 90天、3个月", "subtracted: a duration such as 90天 or 3个月 is needed");
    }
    struct expr *edge = px_add(p, today, d, false, from);
    static const enum tok flip[TOK_COUNT] = {[TOK_LT] = TOK_GT, [TOK_LE] = TOK_GE, [TOK_GT] = TOK_LT, [TOK_GE] = TOK_LE, [TOK_EQ] = TOK_EQ};
    struct expr *test = edge ? make_compare(p, flip[op], x, edge, from) : NULL;
    struct expr *past = test ? make_compare(p, TOK_LE, x, today, from) : NULL;
    return past ? px_with(p, test, past) : NULL;
}

static struct expr *parse_relation(struct px *p, struct expr *a, size_t from)
{
    enum tok op = p->t.kind;
    px_next(p);
    if (p->t.kind == TOK_UNKNOWN || p->t.kind == TOK_KNOWN) {
        return px_fault(p, "E306", TR("写成“指标 未知”，不用等号", "write 'fact 未知', without a sign"));
    }
    struct expr *b = px_sum(p, a);
    if (!b) {
        return NULL;
    }
    struct expr *e = make_compare(p, op, a, b, from);
    if (e && is_relop(p->t.kind)) {
        return px_fault(p, "E108", TR("一行只比较一次；区间写成 x 在 a..b", "one comparison a line; a range is written x 在 a..b"));
    }
    return e;
}

static struct expr *parse_cmp(struct px *p)
{
    size_t from = p->t.at;
    if (p->t.kind == TOK_EVER) {
        return parse_ever(p);
    }
    struct expr *a = px_sum(p, NULL);
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
    case TOK_APPEARED:
    case TOK_VANISHED:
        return parse_appeared(p, a, from);
    case TOK_SINCE:
        return parse_since(p, a, from);
    case TOK_UNKNOWN:
    case TOK_KNOWN:
        e = px_node(p, EX_UNKNOWN, RT_BOOL, a, NULL);
        e = e && p->t.kind == TOK_KNOWN ? make_not(p, e) : e;
        px_next(p);
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
        px_next(p);
    }
    size_t from = p->t.at;
    struct expr *e = parse_cmp(p);
    if (e && negated && e->type != RT_BOOL) {
        return px_fault_from(p, from, "E305", TR("非 后面应是一个条件", "a condition must stand behind 非"));
    }
    return negated ? make_not(p, e) : e;
}

static struct expr *parse_joined(struct px *p, enum tok join, enum ex_op op, struct expr *(*part)(struct px *))
{
    size_t first = p->t.at;
    struct expr *e = part(p);
    while (e && p->t.kind == join) {
        if (e->type != RT_BOOL) {
            return px_fault_from(p, first, "E305", TR("且、或 两边都应是条件", "conditions must stand on both sides of 且 and 或"));
        }
        px_next(p);
        size_t from = p->t.at;
        struct expr *b = part(p);
        if (!b) {
            return NULL;
        }
        if (b->type != RT_BOOL) {
            return px_fault_from(p, from, "E305", TR("且、或 两边都应是条件", "conditions must stand on both sides of 且 and 或"));
        }
        e = px_node(p, op, RT_BOOL, e, b);
    }
    return e;
}

static struct expr *parse_and(struct px *p) { return parse_joined(p, TOK_AND, EX_AND, parse_not); }
struct expr *px_or(struct px *p) { return parse_joined(p, TOK_OR, EX_OR, parse_and); }

static struct expr *parse_whole(struct compiler *c, const struct yaml_node *node, struct str text, const struct scope *sc)
{
    struct px p = {.c = c, .node = node, .src = arena_str(c->arena, text), .sc = *sc};
    p.lx = (struct lexer){p.src, 0};
    uintptr_t whole = (uintptr_t)node->text.p, part = (uintptr_t)text.p;
    p.base = part >= whole && part - whole <= node->text.n ? part - whole : 0;
    px_next(&p);
    if (p.t.kind == TOK_END) {
        return px_wanted(&p, TR("条件", "a condition"));
    }
    struct expr *e = px_or(&p);
    if (e && p.t.kind != TOK_END) {
        return px_wanted(&p, TR("行尾（或 且、或）", "the end of the line (or 且, 或)"));
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
