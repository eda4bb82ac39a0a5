/* SPDX-License-Identifier: Apache-2.0 */
/* Constants with units, and canonical text of trees. */
#include "rules/literal.h"

#include "base/core/hash.h"

static const struct {
    const char *unit;
    enum rules_type type;
    int64_t num, den; /* value = millionths * num / den, exactly */
} UNITS[] = {
    {"元", RT_MONEY, 1, 10000},      {"块", RT_MONEY, 1, 10000},    {"万元", RT_MONEY, 1, 1},      {"分", RT_MONEY, 1, 1000000},
    {"元/月", RT_MONTHLY, 1, 10000}, {"点", RT_POINT, 1, 1000000},  {"%", RT_RATIO, 1, 100},       {"天", RT_DAYS, 1, 1000000},
    {"日", RT_DAYS, 1, 1000000},     {"周", RT_DAYS, 7, 1000000},   {"个月", RT_MONTHS, 1, 1000000}, {"月", RT_MONTHS, 1, 1000000},
    {"年", RT_MONTHS, 12, 1000000},  {"岁", RT_INT, 1, 1000000},    {"周岁", RT_INT, 1, 1000000},  {"人", RT_INT, 1, 1000000},
    {"次", RT_INT, 1, 1000000},      {"户", RT_INT, 1, 1000000},    {"笔", RT_INT, 1, 1000000},    {"个", RT_INT, 1, 1000000},
};

enum literal_fault literal_number(const struct token *t, bool within, enum rules_type *out_type, int64_t *out_value)
{
    struct str unit = t->unit;
    if (within && str_ends(unit, STR("内"))) {
        unit.n -= strlen("内");
    }
    if (unit.n == 0) {
        *out_type = t->whole ? RT_INT : RT_RATIO;
        *out_value = t->whole ? t->number / PPM : t->number;
        return LITERAL_OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
        if (str_eqz(unit, UNITS[i].unit)) {
            int64_t scaled;
            if (__builtin_mul_overflow(t->number, UNITS[i].num, &scaled)) {
                return LITERAL_INEXACT;
            }
            *out_type = UNITS[i].type;
            *out_value = scaled / UNITS[i].den;
            return scaled % UNITS[i].den ? LITERAL_INEXACT : LITERAL_OK;
        }
    }
    return LITERAL_UNIT;
}

struct str type_text(const struct ruleset *rs, enum rules_type type, int enumeration)
{
    if ((type == RT_ENUM || type == RT_SET) && enumeration >= 0) {
        return rs->schema.enums[enumeration].name;
    }
    return str_of(rules_type_name(type));
}

/* A number of one type where another is wanted: 元 for 元/月 (in values, not in lines), whole numbers for 比例 and 点. */
static bool convert(enum rules_type want, enum rules_type *type, int64_t *v)
{
    if (*type == want || want == RT_NONE) {
        return true;
    }
    if (want == RT_MONTHLY && *type == RT_MONEY) {
        *type = want;
        return true;
    }
    if (want == RT_RATIO && *type == RT_INT && *v < VAL_LIMIT / PPM) {
        *type = want, *v *= PPM;
        return true;
    }
    if (want == RT_POINT && *type == RT_INT) {
        *type = want;
        return true;
    }
    return false;
}

static bool literal_word(struct compiler *c, struct str word, enum rules_type type, int enumeration, struct val *out)
{
    if (str_eqz(word, "未知")) {
        *out = type == RT_BOOL ? VAL_MAYBE : type == RT_SET ? val_range(0, (int64_t)(UINT64_MAX >> 1)) : VAL_UNKNOWN;
        return true;
    }
    if (type == RT_ENUM || type == RT_SET) {
        int i = find_enum_value(&c->rs->schema.enums[enumeration], word);
        if (i >= 0) {
            *out = val_of(type == RT_ENUM ? i : (int64_t)1 << i);
            return true;
        }
        *out = val_of(0);
        return type == RT_SET && str_eqz(word, "无");
    }
    if (type == RT_BOOL) {
        bool yes = str_eqz(word, "是") || str_eqz(word, "true") || str_eqz(word, "yes");
        *out = yes ? VAL_TRUE : VAL_FALSE;
        return yes || str_eqz(word, "否") || str_eqz(word, "false") || str_eqz(word, "no");
    }
    if (str_eqz(word, "无")) {
        *out = VAL_NONE;
        return true;
    }
    *out = val_of(DAY_FOREVER);
    return type == RT_DATE && str_eqz(word, "长期");
}

static bool literal_signed(const struct token *first, struct lexer *lx, enum rules_type type, struct val *out)
{
    struct token t = *first;
    bool minus = t.kind == TOK_MINUS;
    if (minus || t.kind == TOK_PLUS) {
        t = lex_next(lx);
    }
    enum rules_type got = t.kind == TOK_DATE ? RT_DATE : RT_MONTH;
    int64_t v = t.number;
    if (t.kind == TOK_NUMBER) {
        if (literal_number(&t, false, &got, &v) != LITERAL_OK) {
            return false;
        }
    } else if (t.kind != TOK_DATE && t.kind != TOK_MONTH) {
        return false;
    }
    if (!convert(type, &got, &v)) {
        return false;
    }
    *out = val_of(minus ? -v : v);
    return lex_next(lx).kind == TOK_END;
}

bool parse_literal_text(struct compiler *c, const struct yaml_node *node, struct str text, enum rules_type type, int enumeration, struct val *out)
{
    struct lexer lx = {text, 0};
    struct token t = lex_next(&lx);
    bool ok;
    if (literal_word(c, text, type, enumeration, out)) {
        ok = true;
    } else {
        ok = type != RT_ENUM && type != RT_SET && type != RT_BOOL && literal_signed(&t, &lx, type, out);
    }
    if (ok) {
        return true;
    }
    bool names = type == RT_ENUM || type == RT_SET;
    const struct rules_enum *e = names ? &c->rs->schema.enums[enumeration] : NULL;
    diag_add(c->diags, names ? "E203" : "E301", yaml_at(&c->doc, node),
             TR("“" STR_FMT "”不是“" STR_FMT "”的值%s", "'" STR_FMT "' is not a value of type '" STR_FMT "'%s"), STR_ARG(text),
             STR_ARG(type_text(c->rs, type, enumeration)), names ? diag_did_you_mean(c->diags, text, e->values, e->n) : "");
    return false;
}

bool parse_literal(struct compiler *c, const struct yaml_node *node, enum rules_type type, int enumeration, struct val *out)
{
    if (type == RT_SET && node->kind == YAML_LIST) {
        *out = val_of(0);
        for (size_t i = 0; i < node->n; i++) {
            struct str text;
            struct val v;
            if (!yaml_as_text(&c->doc, node->items[i], "值", &text) || !parse_literal_text(c, node->items[i], text, type, enumeration, &v)) {
                return false;
            }
            out->lo |= v.lo, out->hi |= v.hi;
        }
        return true;
    }
    struct str text;
    return yaml_as_text(&c->doc, node, TR("值", "value"), &text) && parse_literal_text(c, node, text, type, enumeration, out);
}

bool parse_duration(struct compiler *c, const struct yaml_node *node, struct window *out)
{
    struct str text;
    if (!yaml_as_text(&c->doc, node, TR("时长", "duration"), &text)) {
        return false;
    }
    struct lexer lx = {text, 0};
    struct token t = lex_next(&lx);
    enum rules_type type = RT_NONE;
    int64_t v = 0;
    bool ok = t.kind == TOK_NUMBER && literal_number(&t, true, &type, &v) == LITERAL_OK && (type == RT_DAYS || type == RT_MONTHS) && v > 0 &&
              v <= 36600 && lex_next(&lx).kind == TOK_END;
    if (!ok) {
        yaml_problem(&c->doc, node, "E301", TR("“" STR_FMT "”不是时长，应写成 12个月、90天、2年", "'" STR_FMT "' is not a duration such as 12个月, 90天, 2年"),
                     STR_ARG(text));
        return false;
    }
    *out = (struct window){.set = true, .months = type == RT_MONTHS ? v : 0, .days = type == RT_DAYS ? v : 0};
    return true;
}

bool parse_window(struct compiler *c, const struct yaml_node *node, struct window *out)
{
    *out = (struct window){.set = true};
    return (node->kind == YAML_TEXT && span_named(node->text, &out->span)) || parse_duration(c, node, out);
}

/* --- canonical text: what the rule's hash is made of ---------------------------------------------------------------- */
static const char *const EX_NAMES[EX_OP_COUNT] = {"const", "today", "attr", "fact", "param", "column", "score", "previous", "+",    "-",
                                                  "*",     "/",     "+m",   "-m",   "month", "<",      "<=",    "=",        "in",   "has",
                                                  "unknown", "not", "and",  "or",   "changed", "any",  "all",   "count"};

static void canonical_mask(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    const struct rules_enum *en = &rs->schema.enums[e->a->enumeration];
    uint64_t mask = e->op == EX_HAS ? (uint64_t)1 << e->value.lo : (uint64_t)e->value.lo;
    for (size_t i = 0; i < en->n && i < 64; i++) {
        if (mask >> i & 1) {
            strbuf_addf(out, " " STR_FMT, STR_ARG(en->values[i]));
        }
    }
}

void expr_canonical(const struct ruleset *rs, const struct expr *e, struct strbuf *out)
{
    strbuf_addf(out, "(%s", EX_NAMES[e->op]);
    if (e->op == EX_CONST) {
        strbuf_addf(out, " %d:%lld:%lld", (int)e->type, (long long)e->value.lo, (long long)e->value.hi);
    } else if (e->op == EX_ATTR || e->op == EX_PREVIOUS) {
        const struct rules_attr *a = &rs->schema.attrs[e->index];
        strbuf_addf(out, " %d." STR_FMT, (int)a->entity, STR_ARG(a->name));
    } else if (e->op == EX_FACT) {
        strbuf_addf(out, " %s", rs->facts[e->index].hash);
    } else if (e->op == EX_PARAM) {
        strbuf_addf(out, " " STR_FMT, STR_ARG(rs->params[e->index].name));
    } else if (e->op == EX_COLUMN) {
        strbuf_addf(out, " " STR_FMT, STR_ARG(e->text));
    } else if (e->op == EX_FOLD_ANY || e->op == EX_FOLD_ALL || e->op == EX_FOLD_COUNT) {
        strbuf_addf(out, " %d", e->index);
    } else if (e->op == EX_CHANGED) {
        strbuf_addf(out, " %lld/%lld", (long long)e->scale, (long long)e->value.hi);
    }
    if ((e->op == EX_IN || e->op == EX_HAS || e->op == EX_CHANGED) && e->a) {
        canonical_mask(rs, e, out);
    }
    const struct expr *kids[2] = {e->a, e->b};
    for (int i = 0; i < 2; i++) {
        if (kids[i]) {
            strbuf_addc(out, ' ');
            expr_canonical(rs, kids[i], out);
        }
    }
    strbuf_addc(out, ')');
}

void fact_hash(const struct ruleset *rs, struct fact_def *f)
{
    AUTO_STRBUF b = STRBUF_INIT;
    if (f->kind == FACT_BODY) {
        expr_canonical(rs, f->body, &b);
    } else {
        const struct rules_table *t = &rs->schema.tables[f->table];
        struct str column = f->column >= 0 ? t->columns[f->column].name : STR("");
        struct str date = f->date_column >= 0 ? t->columns[f->date_column].name : STR("");
        strbuf_addf(&b, "%d %d %d " STR_FMT " " STR_FMT " " STR_FMT " %lldm%lldd %d ", (int)f->agg, (int)f->entity, (int)f->type, STR_ARG(t->name),
                    STR_ARG(column), STR_ARG(date), (long long)f->window.months, (long long)f->window.days, f->living_only);
        strbuf_addz(&b, span_name(f->window.span));
        if (f->top) {
            strbuf_addf(&b, " top %d ", f->top);
        }
        if (f->where) {
            expr_canonical(rs, f->where, &b);
        }
    }
    hash128_hex(b.p, b.n, f->hash);
}
