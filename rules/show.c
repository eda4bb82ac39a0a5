/* SPDX-License-Identifier: Apache-2.0 */
/* Trees back to text. Comparisons were turned when they were read (a >= b is kept as b <= a): the side that is no bound comes first again. */
#include "rules/show.h"

#include "base/core/money.h"

enum level { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_CMP, LEVEL_SUM, LEVEL_MUL, LEVEL_ATOM };

static void show(const struct ruleset *rs, const struct expr *e, enum level within, struct strbuf *out);

static void add_scalar(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    if (e->value.lo == VAL_NONE_INT) {
        strbuf_addz(out, "无");
    } else if (e->type == RT_DATE && e->value.lo == DAY_FOREVER) {
        strbuf_addz(out, "长期");
    } else if (e->type == RT_MONEY || e->type == RT_MONTHLY) { /* without the thousands' commas of reports */
        strbuf_add_fen(out, e->value.lo);
        strbuf_addz(out, e->type == RT_MONEY ? "元" : "元/月");
    } else {
        rules_format(rs, e->type, e->enumeration, e->value, out);
    }
}

static void add_owner(enum rules_entity entity, struct strbuf *out)
{
    if (entity == RULES_HOUSEHOLD) {
        strbuf_addz(out, "户.");
    }
}

static void add_leaf(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    const struct fact_def *f;
    switch ((int)e->op) {
    case EX_CONST:
        add_scalar(rs, e, out);
        return;
    case EX_TODAY:
        strbuf_addz(out, "今天");
        return;
    case EX_SCORE:
        strbuf_addz(out, "得分");
        return;
    case EX_PARAM:
        strbuf_adds(out, rs->params[e->index].name);
        return;
    case EX_FACT:
        f = &rs->facts[e->index];
        strbuf_addf(out, "%s" STR_FMT, f->entity == RULES_HOUSEHOLD ? "户." : "人.", STR_ARG(f->name));
        return;
    case EX_ATTR:
        add_owner(rs->schema.attrs[e->index].entity, out);
        strbuf_adds(out, rs->schema.attrs[e->index].name);
        return;
    case EX_PREVIOUS:
        strbuf_addf(out, STR_FMT ".上期", STR_ARG(rs->schema.attrs[e->index].name));
        return;
    default:
        strbuf_adds(out, e->text);
        return;
    }
}

static void add_names(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    const struct rules_enum *en = &rs->schema.enums[e->a->enumeration];
    bool first = true;
    for (size_t i = 0; i < en->n && i < LIMIT_SET; i++) {
        if ((uint64_t)e->value.lo >> i & 1) {
            strbuf_addf(out, "%s" STR_FMT, first ? "" : ", ", STR_ARG(en->values[i]));
            first = false;
        }
    }
}

static void add_values(const struct ruleset *rs, const struct expr *e, bool negated, struct strbuf *out)
{
    uint64_t mask = (uint64_t)e->value.lo;
    bool one = mask && !(mask & (mask - 1));
    show(rs, e->a, LEVEL_SUM, out);
    strbuf_addz(out, one ? (negated ? " != " : " = ") : negated ? " 不在 (" : " 在 (");
    add_names(rs, e, out);
    strbuf_addz(out, one ? "" : ")");
}

static void add_change(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    static const char *const words[] = {" 变为 (", " 首次", " 消失", " 在 (", " 在 ("};
    bool months = e->scale >= CHANGED_MONTH, named = e->value.hi != CHANGE_APPEARED && e->value.hi != CHANGE_VANISHED;
    strbuf_addz(out, e->value.hi >= CHANGE_WAS_FROM ? "曾 " : "");
    show(rs, e->a, LEVEL_SUM, out);
    strbuf_addz(out, words[e->value.hi]);
    if (named) {
        add_names(rs, e, out);
    }
    strbuf_addf(out, "%s 于 %lld%s内", named ? ")" : "", (long long)(months ? e->scale / CHANGED_MONTH : e->scale), months ? "个月" : "天");
}

static void add_has(const struct ruleset *rs, const struct expr *e, bool negated, struct strbuf *out)
{
    show(rs, e->a, LEVEL_SUM, out);
    strbuf_addf(out, " %s " STR_FMT, negated ? "不含" : "含", STR_ARG(rs->schema.enums[e->a->enumeration].values[e->value.lo]));
}

bool expr_is_bound(const struct expr *e)
{
    return !e || e->op == EX_CONST || e->op == EX_PARAM || e->op == EX_TODAY || (e->op >= EX_ADD && e->op <= EX_MONTH_OF && expr_is_bound(e->a) && expr_is_bound(e->b));
}

static void add_compare(const struct ruleset *rs, const struct expr *e, bool negated, struct strbuf *out)
{
    static const char *const words[2][3] = {{" < ", " <= ", " = "}, {" >= ", " > ", " != "}};
    static const char *const turned[2][3] = {{" > ", " >= ", " = "}, {" <= ", " < ", " != "}};
    bool turn = expr_is_bound(e->a) && !expr_is_bound(e->b);
    show(rs, turn ? e->b : e->a, LEVEL_SUM, out);
    strbuf_addz(out, (turn ? turned : words)[negated][e->op - EX_LT]);
    show(rs, turn ? e->a : e->b, LEVEL_SUM, out);
}

static void add_fold(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    const char *who = e->index == RULES_DEAD ? "亡故成员" : e->index == RULES_FORMER ? "原成员" : "成员";
    strbuf_addf(out, "%s %s (", who, e->op == EX_FOLD_ANY ? "有" : e->op == EX_FOLD_ALL ? "全是" : "数");
    show(rs, e->a, LEVEL_OR, out);
    strbuf_addc(out, ')');
}

static enum level level_of(const struct expr *e)
{
    static const enum level levels[EX_OP_COUNT] = {
        [EX_ADD] = LEVEL_SUM, [EX_SUB] = LEVEL_SUM, [EX_ADD_MONTHS] = LEVEL_SUM, [EX_SUB_MONTHS] = LEVEL_SUM, [EX_MUL] = LEVEL_MUL, [EX_DIV] = LEVEL_MUL,
        [EX_LT] = LEVEL_CMP, [EX_LE] = LEVEL_CMP, [EX_EQ] = LEVEL_CMP, [EX_IN] = LEVEL_CMP, [EX_HAS] = LEVEL_CMP, [EX_UNKNOWN] = LEVEL_CMP,
        [EX_CHANGED] = LEVEL_CMP, [EX_NOT] = LEVEL_NOT, [EX_AND] = LEVEL_AND, [EX_OR] = LEVEL_OR,
    };
    enum level l = levels[e->op];
    return l == LEVEL_OR && e->op != EX_OR ? LEVEL_ATOM : l;
}

static void add_two(const struct ruleset *rs, const struct expr *e, const char *word, enum level l, struct strbuf *out)
{
    show(rs, e->a, l, out);
    strbuf_addz(out, word);
    show(rs, e->b, l + 1, out);
}

static void add_not(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    const struct expr *a = e->a;
    switch ((int)a->op) {
    case EX_IN:
        add_values(rs, a, true, out);
        return;
    case EX_HAS:
        add_has(rs, a, true, out);
        return;
    case EX_LT:
    case EX_LE:
    case EX_EQ:
        add_compare(rs, a, true, out);
        return;
    case EX_UNKNOWN:
        show(rs, a->a, LEVEL_SUM, out);
        strbuf_addz(out, " 已知");
        return;
    default:
        strbuf_addz(out, "非 ");
        show(rs, a, LEVEL_CMP, out);
        return;
    }
}

static void show_open(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    static const char *const words[EX_OP_COUNT] = {[EX_ADD] = " + ", [EX_SUB] = " - ", [EX_ADD_MONTHS] = " + ", [EX_SUB_MONTHS] = " - ",
                                                   [EX_MUL] = " * ", [EX_DIV] = " / ", [EX_AND] = " 且 ", [EX_OR] = " 或 "};
    if (words[e->op]) {
        add_two(rs, e, words[e->op], level_of(e), out);
    } else if (e->op == EX_NOT) {
        add_not(rs, e, out);
    } else if (e->op == EX_LT || e->op == EX_LE || e->op == EX_EQ) {
        add_compare(rs, e, false, out);
    } else if (e->op == EX_IN) {
        add_values(rs, e, false, out);
    } else if (e->op == EX_CHANGED) {
        add_change(rs, e, out);
    } else if (e->op == EX_HAS) {
        add_has(rs, e, false, out);
    } else if (e->op == EX_UNKNOWN) {
        show(rs, e->a, LEVEL_SUM, out);
        strbuf_addz(out, " 未知");
    } else if (e->op == EX_PREFER) {
        strbuf_addz(out, "优先(");
        show(rs, e->a, LEVEL_SUM, out);
        strbuf_addz(out, ", ");
        show(rs, e->b, LEVEL_SUM, out);
        strbuf_addc(out, ')');
    } else if (e->op == EX_MONTH_OF) {
        show(rs, e->a, LEVEL_ATOM, out);
        strbuf_addz(out, ".月");
    } else if (e->op >= EX_FOLD_ANY && e->op <= EX_FOLD_COUNT) {
        add_fold(rs, e, out);
    } else {
        add_leaf(rs, e, out);
    }
}

static void show(const struct ruleset *rs, const struct expr *e, enum level within, struct strbuf *out)
{
    if (e->made == MADE_BY_WORD) { /* x 距今 <= 90天 is kept with 且 x <= 今天, 变为 with 且 在: the first part says it */
        show(rs, e->a, within, out);
        return;
    }
    bool brackets = level_of(e) < within;
    strbuf_addz(out, brackets ? "(" : "");
    show_open(rs, e, out);
    strbuf_addz(out, brackets ? ")" : "");
}

void expr_show(const struct ruleset *rs, const struct expr *e, struct strbuf *out) { show(rs, e, LEVEL_OR, out); }
