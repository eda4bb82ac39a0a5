/* SPDX-License-Identifier: Apache-2.0 */
/* A rule as SQL over the tables docs/sql.md describes: the same decision as the block machine's, from the same typed tree and nothing else of it, so that
   either can be held against the other (tests/prop/prop_rules_sql.c). */
#include "rules/sql.h"

#include "rules/show.h"

#define F(...) arena_printf(&g->arena, __VA_ARGS__)

/* --- tables of the WITH clause ---------------------------------------------------------------------------------------- */
void sql_table_open(struct sqlgen *g, const char *name, const char *columns, const char *note)
{
    strbuf_addz(&g->with, g->n_with++ ? ",\n" : "WITH\n");
    if (note && *note) {
        strbuf_addf(&g->with, "-- %s\n", note);
    }
    strbuf_addf(&g->with, columns ? "\"%s\"(%s) AS MATERIALIZED (\n  " : "\"%s\" AS MATERIALIZED (\n  ", name, columns);
}

void sql_table_close(struct sqlgen *g) { strbuf_addz(&g->with, "\n)"); }

const char *sql_number(struct sqlgen *g, int64_t v)
{
    return v == INT64_MIN ? SQL_MIN : F("%lld", (long long)v);
}

/* With what it means behind it, where the number alone would not say it. */
static const char *number_noted(struct sqlgen *g, const struct expr *e, int64_t v)
{
    AUTO_STRBUF shown = STRBUF_INIT;
    bool plain = e->type == RT_INT || e->type == RT_POINT || e->type == RT_BOOL || e->type == RT_SET || v == INT64_MIN || v == INT64_MAX;
    rules_format(g->rs, e->type, e->enumeration, val_of(v), &shown);
    return plain ? sql_number(g, v) : F("%lld /* %s */", (long long)v, strbuf_z(&shown));
}

static const char *shown(struct sqlgen *g, const struct expr *e)
{
    AUTO_STRBUF b = STRBUF_INIT;
    expr_show(g->rs, e, &b);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] = b.p[i] == '\n' ? ' ' : b.p[i];
    }
    return arena_z(&g->arena, strbuf_str(&b));
}

const char *sql_doubled(struct sqlgen *g, struct str s, char quote)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < s.n; i++) {
        strbuf_addc(&b, s.p[i]);
        if (s.p[i] == quote) {
            strbuf_addc(&b, quote);
        }
    }
    return arena_z(&g->arena, strbuf_str(&b));
}

struct sqlval sql_fixed(struct sqlgen *g, struct val v) { return (struct sqlval){sql_number(g, v.lo), sql_number(g, v.hi), true, true, v}; }

static struct sqlval fixed_noted(struct sqlgen *g, const struct expr *e, struct val v)
{
    return (struct sqlval){number_noted(g, e, v.lo), number_noted(g, e, v.hi), true, true, v};
}

/* --- rows and what is joined to them ---------------------------------------------------------------------------------- */
static void row_release(struct sqlrow *row)
{
    strbuf_release(&row->joins);
    vec_release(&row->joined);
}

static bool has_joined(struct sqlrow *row, const char *name)
{
    for (size_t i = 0; i < row->joined.n; i++) {
        if (strcmp(row->joined.v[i], name) == 0) {
            return true;
        }
    }
    vec_push(&row->joined, name);
    return false;
}

/* A table keyed by households or persons. */
static void join_table(struct sqlrow *row, const char *name, enum dom dom)
{
    if (!has_joined(row, name)) {
        strbuf_addf(&row->joins, "\n  LEFT JOIN \"%s\" ON \"%s\".键 = %s", name, name, dom == DOM_PERSON ? "p.人序" : "h.户序");
    }
}

const char *sql_from(struct sqlgen *g, const struct sqlrow *row)
{
    const char *joins = row->joins.n ? arena_z(&g->arena, strbuf_str(&row->joins)) : "";
    return row->dom == DOM_PERSON ? F("FROM 规则_人 p JOIN 规则_户 h ON h.户序 = p.户序%s", joins) : F("FROM 规则_户 h%s", joins);
}

static const char *key_of(enum dom dom) { return dom == DOM_PERSON ? "p.人序" : "h.户序"; }

/* --- names ------------------------------------------------------------------------------------------------------------ */
static struct sqlval of_table(struct sqlgen *g, const char *name) { return (struct sqlval){F("\"%s\".lo", name), F("\"%s\".hi", name), true, false, VAL_UNKNOWN}; }

static struct sqlval attr_value(struct sqlgen *g, const struct sqlrow *row, int attr)
{
    const struct rules_attr *a = &g->rs->schema.attrs[attr];
    const char *of = a->entity == RULES_PERSON ? "p" : "h", *name = sql_doubled(g, a->name, '"');
    struct sqlval v = {F("%s.\"%s\"", of, name), F("%s.\"%s_至\"", of, name), true, false, VAL_UNKNOWN};
    if (row->dom == DOM_ROW) { /* a row of nobody */
        v.lo = F("ifnull(%s, " SQL_MIN ")", v.lo);
        v.hi = F("ifnull(%s, " SQL_MAX ")", v.hi);
    }
    return v;
}

static const char *body_fact(struct sqlgen *g, size_t fact)
{
    const struct fact_def *f = &g->rs->facts[fact];
    struct sqlrow row = {.dom = f->entity == RULES_PERSON ? DOM_PERSON : DOM_HOUSEHOLD};
    const char *name = F("%s%s", f->entity == RULES_PERSON ? "人." : "户.", sql_doubled(g, f->name, '"'));
    bool truth = f->type == RT_BOOL;
    const char *condition = truth ? sql_truth(g, &row, f->body) : NULL;
    struct sqlval v = truth ? (struct sqlval){.lo = NULL} : sql_value(g, &row, f->body);
    sql_table_open(g, name, truth ? "键, 真" : "键, lo, hi", shown(g, f->body));
    if (truth) {
        strbuf_addf(&g->with, "SELECT %s, %s\n  %s", key_of(row.dom), condition, sql_from(g, &row));
    } else {
        strbuf_addf(&g->with, "SELECT %s, %s, %s\n  %s", key_of(row.dom), v.lo, v.hi, sql_from(g, &row));
    }
    sql_table_close(g);
    row_release(&row);
    return name;
}

static const char *fact_table(struct sqlgen *g, size_t fact)
{
    if (!g->fact_name[fact]) {
        g->fact_name[fact] = g->rs->facts[fact].kind == FACT_SCAN ? sql_scan_fact(g, fact) : body_fact(g, fact);
    }
    return g->fact_name[fact];
}

static const char *join_fact(struct sqlgen *g, struct sqlrow *row, size_t fact)
{
    const char *name = fact_table(g, fact);
    join_table(row, name, g->rs->facts[fact].entity == RULES_PERSON ? DOM_PERSON : DOM_HOUSEHOLD);
    return name;
}

/* --- parameters by area and enumeration -------------------------------------------------------------------------------- */
static bool is_special(const struct sqlgen *g, const struct param *p, int area)
{
    const struct param_version *version;
    for (int64_t k = -1; k < (int64_t)p->n_keys; k++) {
        struct val here = param_value(g->rs, p, g->as_of, area, k, &version), general = param_value(g->rs, p, g->as_of, AREA_GENERAL, k, &version);
        if (here.lo != general.lo || here.hi != general.hi) {
            return true;
        }
    }
    return false;
}

static void param_rows(struct sqlgen *g, const struct param *p, const char *area_name, int area, bool *first)
{
    const struct param_version *version;
    const struct rules_enum *en = p->by >= 0 ? &g->rs->schema.enums[g->rs->schema.attrs[p->by].enumeration] : NULL;
    for (int64_t k = -1; k < (int64_t)p->n_keys; k++) {
        struct val v = param_value(g->rs, p, g->as_of, area, k, &version);
        strbuf_addf(&g->with, "%s('%s', %lld, '%s', %s, %s)", *first ? "VALUES " : ",\n         ", area_name, (long long)k,
                    sql_doubled(g, k < 0 ? STR("未知") : en->values[k], '\''), sql_number(g, v.lo), sql_number(g, v.hi));
        *first = false;
    }
}

/* Areas whose values are the general ones stand under '*', an area nobody knows under ''. */
static void param_table(struct sqlgen *g, size_t param)
{
    const struct param *p = &g->rs->params[param];
    bool first = true;
    g->param_name[param] = F("参数.%s", sql_doubled(g, p->name, '"'));
    sql_table_open(g, g->param_name[param], "区划, 类, 名, lo, hi", p->by >= 0 ? F("按 " STR_FMT, STR_ARG(g->rs->schema.attrs[p->by].name)) : NULL);
    param_rows(g, p, "*", p->by_area ? AREA_GENERAL : -1, &first);
    if (p->by_area) {
        param_rows(g, p, "", -1, &first);
    }
    for (size_t i = 0; p->by_area && i < g->rs->schema.n_areas; i++) {
        if (is_special(g, p, (int)i)) {
            param_rows(g, p, arena_z(&g->arena, g->rs->schema.areas[i].code), (int)i, &first);
        }
    }
    sql_table_close(g);
}

static const char *area_key(struct sqlgen *g, const struct param *p)
{
    AUTO_STRBUF codes = STRBUF_INIT;
    for (size_t i = 0; p->by_area && i < g->rs->schema.n_areas; i++) {
        if (is_special(g, p, (int)i)) {
            strbuf_addf(&codes, "%s'" STR_FMT "'", codes.n ? ", " : "", STR_ARG(g->rs->schema.areas[i].code));
        }
    }
    if (!p->by_area) {
        return "'*'";
    }
    return codes.n ? F("CASE WHEN h.区划 IS NULL THEN '' WHEN h.区划 IN (%s) THEN h.区划 ELSE '*' END", strbuf_z(&codes)) : "CASE WHEN h.区划 IS NULL THEN '' ELSE '*' END";
}

static struct sqlval param_of_row(struct sqlgen *g, struct sqlrow *row, size_t param)
{
    const struct param *p = &g->rs->params[param];
    if (!g->param_name[param]) {
        param_table(g, param);
    }
    const char *name = g->param_name[param], *key = "-1";
    if (p->by >= 0) {
        struct sqlval by = attr_value(g, row, p->by);
        key = F("CASE WHEN %s = %s AND %s BETWEEN 0 AND %zu THEN %s ELSE -1 END", by.lo, by.hi, by.lo, p->n_keys - 1, by.lo);
    }
    if (!has_joined(row, name)) {
        strbuf_addf(&row->joins, "\n  LEFT JOIN \"%s\" ON \"%s\".区划 = %s AND \"%s\".类 = %s", name, name, area_key(g, p), name, key);
    }
    return of_table(g, name);
}

/* --- members ----------------------------------------------------------------------------------------------------------- */
/* s surely, m perhaps, f surely not, n all. */
static const char *fold_result(struct sqlgen *g, const struct expr *e)
{
    switch ((int)e->op) {
    case EX_FOLD_ANY:
        return "CASE WHEN m.s > 0 THEN 1 WHEN m.m > 0 OR h.未定 THEN NULL ELSE 0 END";
    case EX_FOLD_ALL:
        return "CASE WHEN m.f > 0 THEN 0 WHEN m.m > 0 OR h.未定 THEN NULL ELSE 1 END";
    default:
        (void)g;
        return "ifnull(m.s, 0), CASE WHEN h.未定 THEN " SQL_MAX " ELSE ifnull(m.s + m.m, 0) END";
    }
}

static const char *fold_table(struct sqlgen *g, const struct expr *e)
{
    struct sqlrow row = {.dom = DOM_PERSON};
    const char *t = sql_truth(g, &row, e->a), *name = F("成员%zu", g->n_with);
    bool counts = e->op == EX_FOLD_COUNT;
    sql_table_open(g, name, counts ? "键, lo, hi" : "键, 真", shown(g, e));
    strbuf_addf(&g->with, "SELECT h.户序, %s\n  FROM 规则_户 h LEFT JOIN (\n    SELECT 户序, sum(t IS TRUE) AS s, sum(t IS NULL) AS m, sum(t IS FALSE) AS f\n    FROM (SELECT p.户序, %s AS t\n  %s\n    WHERE p.身份 & %d)\n    GROUP BY 户序) m ON m.户序 = h.户序",
                fold_result(g, e), t, sql_from(g, &row), e->index);
    sql_table_close(g);
    row_release(&row);
    return name;
}

/* --- changes ------------------------------------------------------------------------------------------------------------ */
static const char *side_text(struct sqlgen *g, const char *column, struct side s)
{
    AUTO_STRBUF values = STRBUF_INIT;
    for (int i = 0; i < 63; i++) {
        if (s.mask >> i & 1) {
            strbuf_addf(&values, "%s%d", values.n ? ", " : "", i);
        }
    }
    if (!values.n) {
        return s.outside ? "1" : "0";
    }
    return F("CASE WHEN %s < 0 THEN NULL ELSE %s %sIN (%s) END", column, column, s.outside ? "NOT " : "", strbuf_z(&values));
}

static const char *change_truth(struct sqlgen *g, struct sqlrow *row, const struct expr *e)
{
    const struct change_test *t = &g->rs->ctests[e->index];
    struct str attr = g->rs->schema.attrs[t->attr].name;
    if (!g->change_name[e->index]) {
        const char *name = g->change_name[e->index] = F("变动%d", e->index);
        daynum after = window_bounds(&t->window, g->as_of).first - 1;
        sql_table_open(g, name, "键, t", shown(g, e));
        strbuf_addf(&g->with, "SELECT 人序, max(CASE WHEN t THEN 2 WHEN t IS NULL THEN 1 ELSE 0 END)\n  FROM (SELECT 人序, (%s) AND (%s) AS t FROM 规则_变动 WHERE 指标 = '%s' AND 日 > %d AND 日 <= %d)\n  GROUP BY 人序",
                    side_text(g, "原", t->from), side_text(g, "现", t->to), sql_doubled(g, attr, '\''), (int)after, (int)g->as_of);
        sql_table_close(g);
    }
    const char *name = g->change_name[e->index];
    join_table(row, name, DOM_PERSON);
    return F("CASE WHEN \"%s\".t = 2 THEN 1 WHEN \"%s\".t = 1 OR NOT p.\"变动覆盖_%s\" THEN NULL ELSE 0 END", name, name, sql_doubled(g, attr, '"'));
}

/* --- arithmetic ---------------------------------------------------------------------------------------------------------- */
static bool is_finite(const struct sqlval *v) { return v->fixed && v->v.lo > VAL_NONE_INT && v->v.hi < VAL_POS_INF; }

static const char *infinite(struct sqlgen *g, const char *x) { return F("%s IN (" SQL_MIN ", " SQL_MAX ")", x); }

static struct sqlval with_none(struct sqlgen *g, const struct sqlval *a, const struct sqlval *b, const char *lo, const char *hi)
{
    const char *none = is_finite(a) ? F("%s = " SQL_NONE, b->lo) : is_finite(b) ? F("%s = " SQL_NONE, a->lo) : F("(%s = " SQL_NONE " OR %s = " SQL_NONE ")", a->lo, b->lo);
    return (struct sqlval){F("CASE WHEN %s THEN " SQL_NONE " ELSE %s END", none, lo), F("CASE WHEN %s THEN " SQL_NONE " ELSE %s END", none, hi), false, false, VAL_UNKNOWN};
}

static const char *add_end(struct sqlgen *g, const struct sqlval *a, const struct sqlval *b, const char *x, const char *y)
{
    if (is_finite(b)) {
        return F("CASE WHEN %s THEN %s ELSE %s + %s END", infinite(g, x), x, x, y);
    }
    return is_finite(a) ? F("CASE WHEN %s THEN %s ELSE %s + %s END", infinite(g, y), y, x, y)
                        : F("CASE WHEN %s THEN %s WHEN %s THEN %s ELSE %s + %s END", infinite(g, x), x, infinite(g, y), y, x, y);
}

static const char *minus_end(struct sqlgen *g, const char *x)
{
    return F("CASE %s WHEN " SQL_MIN " THEN " SQL_MAX " WHEN " SQL_MAX " THEN " SQL_MIN " WHEN " SQL_NONE " THEN " SQL_NONE " ELSE -(%s) END", x, x);
}

static struct sqlval negated(struct sqlgen *g, const struct sqlval *a)
{
    return a->fixed ? sql_fixed(g, val_neg(a->v)) : (struct sqlval){minus_end(g, a->hi), minus_end(g, a->lo), false, false, VAL_UNKNOWN};
}

/* Half away from zero. */
static const char *rounded(struct sqlgen *g, const char *n, const char *d)
{
    return F("(abs(%s) + abs(%s) / 2) / abs(%s) * CASE WHEN (%s < 0) = (%s < 0) THEN 1 ELSE -1 END", n, d, d, n, d);
}

static const char *mul_end(struct sqlgen *g, const char *x, const char *y, int64_t divisor)
{
    const char *product = F("(%s * %s)", x, y);
    return F("CASE WHEN %s = 0 OR %s = 0 THEN 0 WHEN %s OR %s THEN CASE WHEN (%s < 0) = (%s < 0) THEN " SQL_MAX " ELSE " SQL_MIN " END ELSE %s END", x, y, infinite(g, x),
             infinite(g, y), x, y, divisor == 1 ? product : rounded(g, product, sql_number(g, divisor)));
}

/* By a number above zero that is known. */
static const char *mul_known(struct sqlgen *g, const char *x, const char *y, int64_t divisor)
{
    const char *product = F("%s * %s", x, y), *shown_product = divisor == 1 ? product : rounded(g, F("(%s)", product), sql_number(g, divisor));
    return F("CASE WHEN %s THEN %s ELSE %s END", infinite(g, x), x, shown_product);
}

static const char *div_end(struct sqlgen *g, const char *x, const char *y, int64_t factor)
{
    return F("CASE WHEN %s THEN 0 WHEN %s THEN CASE WHEN (%s < 0) = (%s < 0) THEN " SQL_MAX " ELSE " SQL_MIN " END ELSE %s END", infinite(g, y), infinite(g, x), x, y,
             rounded(g, F("(%s * %lld)", x, (long long)factor), y));
}

static struct sqlval scaled(struct sqlgen *g, const struct expr *e, const struct sqlval *a, const struct sqlval *b)
{
    bool mul = e->op == EX_MUL;
    const char *(*end)(struct sqlgen *, const char *, const char *, int64_t) = mul ? mul_end : div_end;
    const char *(*by)(struct sqlgen *, const char *, const char *, int64_t) = mul ? mul_known : div_end;
    const struct sqlval *c = is_finite(b) ? b : mul && is_finite(a) ? a : NULL, *x = c == b ? a : b;
    if (c && c->v.lo == c->v.hi && c->v.lo > 0) { /* by a number above zero: the ends keep their order */
        return with_none(g, a, b, by(g, x->lo, c->lo, e->scale), by(g, x->hi, c->lo, e->scale));
    }
    const char *four = F("%s, %s, %s, %s", end(g, a->lo, b->lo, e->scale), end(g, a->lo, b->hi, e->scale), end(g, a->hi, b->lo, e->scale), end(g, a->hi, b->hi, e->scale));
    struct sqlval r = with_none(g, a, b, F("min(%s)", four), F("max(%s)", four));
    if (!mul) { /* a divisor that may be nothing decides nothing */
        const char *nothing = F("(%s <= 0 AND %s >= 0 AND %s <> " SQL_NONE ") OR ((%s OR %s) AND (%s OR %s))", b->lo, b->hi, b->lo, infinite(g, a->lo), infinite(g, a->hi),
                                infinite(g, b->lo), infinite(g, b->hi));
        r.lo = F("CASE WHEN %s = " SQL_NONE " OR %s = " SQL_NONE " THEN " SQL_NONE " WHEN %s THEN " SQL_MIN " ELSE %s END", a->lo, b->lo, nothing, F("min(%s)", four));
        r.hi = F("CASE WHEN %s = " SQL_NONE " OR %s = " SQL_NONE " THEN " SQL_NONE " WHEN %s THEN " SQL_MAX " ELSE %s END", a->lo, b->lo, nothing, F("max(%s)", four));
    }
    return r;
}

const char *sql_month_of(struct sqlgen *g, const char *day)
{
    return F("(CAST(strftime('%%Y', %s * 86400, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%%m', %s * 86400, 'unixepoch') AS INTEGER) - 1)", day, day);
}

static const char *first_of(struct sqlgen *g, const char *month)
{
    return F("unixepoch(printf('%%04d-%%02d-01', (%s) / 12, (%s) %% 12 + 1)) / 86400", month, month);
}

/* Clamped to the end of the month. */
static const char *shifted(struct sqlgen *g, const char *day, const char *months)
{
    const char *month = F("%s + %s", sql_month_of(g, day), months);
    return F("CASE WHEN %s OR %s >= %d THEN %s ELSE min(%s + CAST(strftime('%%d', %s * 86400, 'unixepoch') AS INTEGER) - 1, %s - 1) END", infinite(g, day), day, (int)DAY_FOREVER, day,
             first_of(g, month), day, first_of(g, F("%s + 1", month)));
}

static struct sqlval moved(struct sqlgen *g, const struct sqlval *day, const struct sqlval *months)
{
    struct sqlval r = with_none(g, day, months, shifted(g, day->lo, months->lo), shifted(g, day->hi, months->hi));
    if (!is_finite(months)) {
        const char *wild = F("%s OR %s", infinite(g, months->lo), infinite(g, months->hi));
        r.lo = F("CASE WHEN %s = " SQL_NONE " OR %s = " SQL_NONE " THEN " SQL_NONE " WHEN %s THEN " SQL_MIN " ELSE %s END", day->lo, months->lo, wild, shifted(g, day->lo, months->lo));
        r.hi = F("CASE WHEN %s = " SQL_NONE " OR %s = " SQL_NONE " THEN " SQL_NONE " WHEN %s THEN " SQL_MAX " ELSE %s END", day->lo, months->lo, wild, shifted(g, day->hi, months->hi));
    }
    return r;
}

static const char *month_end(struct sqlgen *g, const char *x)
{
    return F("CASE WHEN %s IN (" SQL_MIN ", " SQL_MAX ", " SQL_NONE ") THEN %s WHEN %s >= %d THEN " SQL_MAX " ELSE %s END", x, x, x, (int)DAY_FOREVER, sql_month_of(g, x));
}

static struct sqlval arithmetic(struct sqlgen *g, const struct expr *e, const struct sqlval *a, const struct sqlval *b)
{
    struct sqlval minus = {.lo = NULL};
    switch ((int)e->op) {
    case EX_SUB:
    case EX_SUB_MONTHS:
        minus = negated(g, b);
        return e->op == EX_SUB ? with_none(g, a, b, add_end(g, a, &minus, a->lo, minus.lo), add_end(g, a, &minus, a->hi, minus.hi)) : moved(g, a, &minus);
    case EX_MUL:
    case EX_DIV:
        return scaled(g, e, a, b);
    case EX_ADD_MONTHS:
        return moved(g, a, b);
    case EX_PREFER: {
        const char *nothing = F("%s = " SQL_MIN " AND %s = " SQL_MAX, a->lo, a->hi);
        return (struct sqlval){F("CASE WHEN %s THEN %s ELSE %s END", nothing, b->lo, a->lo), F("CASE WHEN %s THEN %s ELSE %s END", nothing, b->hi, a->hi), false, false, VAL_UNKNOWN};
    }
    case EX_MONTH_OF:
        return (struct sqlval){month_end(g, a->lo), month_end(g, a->hi), false, false, VAL_UNKNOWN};
    case EX_ADD:
    default:
        return with_none(g, a, b, add_end(g, a, b, a->lo, b->lo), add_end(g, a, b, a->hi, b->hi));
    }
}

/* Both sides known: worked out here. */
static struct val worked_out(const struct expr *e, struct val a, struct val b)
{
    switch ((int)e->op) {
    case EX_SUB:
        return val_add(a, val_neg(b));
    case EX_MUL:
        return val_mul(a, b, e->scale);
    case EX_DIV:
        return val_div(a, b, e->scale);
    case EX_ADD_MONTHS:
        return val_add_months(a, b);
    case EX_SUB_MONTHS:
        return val_add_months(a, val_neg(b));
    case EX_PREFER:
        return val_prefer(a, b);
    case EX_MONTH_OF:
        return val_month_of(a);
    default:
        return val_add(a, b);
    }
}

/* A value that may be repeated: steps of arithmetic become a table of their own. Rows of a source have no table; there it is written out. */
static struct sqlval leaf(struct sqlgen *g, struct sqlrow *row, const struct expr *e)
{
    if (row->dom == DOM_ROW || e->op < EX_ADD || e->op > EX_MONTH_OF) {
        return sql_value(g, row, e);
    }
    enum dom dom = e->dom == DOM_PERSON ? DOM_PERSON : DOM_HOUSEHOLD;
    struct sqlrow own = {.dom = dom};
    struct sqlval v = sql_value(g, &own, e);
    if (!v.fixed) {
        const char *name = F("步%zu", g->n_with);
        sql_table_open(g, name, "键, lo, hi", shown(g, e));
        strbuf_addf(&g->with, "SELECT %s, %s, %s\n  %s", key_of(dom), v.lo, v.hi, sql_from(g, &own));
        sql_table_close(g);
        join_table(row, name, dom);
        v = of_table(g, name);
    }
    row_release(&own);
    return v;
}

struct sqlval sql_value(struct sqlgen *g, struct sqlrow *row, const struct expr *e)
{
    const struct param_version *version;
    const char *name;
    switch ((int)e->op) {
    case EX_CONST:
        return fixed_noted(g, e, e->value);
    case EX_TODAY:
        return fixed_noted(g, e, val_of(g->as_of));
    case EX_ATTR:
        return attr_value(g, row, e->index);
    case EX_COLUMN:
        return (struct sqlval){F("r.\"%s\"", sql_doubled(g, e->text, '"')), F("r.\"%s_至\"", sql_doubled(g, e->text, '"')), true, false, VAL_UNKNOWN};
    case EX_FACT:
        return of_table(g, join_fact(g, row, (size_t)e->index));
    case EX_PARAM:
        return e->dom == DOM_CONST ? fixed_noted(g, e, param_value(g->rs, &g->rs->params[e->index], g->as_of, -1, -1, &version)) : param_of_row(g, row, (size_t)e->index);
    case EX_FOLD_COUNT:
        name = fold_table(g, e);
        join_table(row, name, DOM_HOUSEHOLD);
        return of_table(g, name);
    case EX_SCORE:
        join_table(row, g->score_name, row->dom);
        return of_table(g, g->score_name);
    default:
        break;
    }
    struct sqlval a = leaf(g, row, e->a), b = e->b ? leaf(g, row, e->b) : a;
    return a.fixed && b.fixed ? fixed_noted(g, e, worked_out(e, a.v, b.v)) : arithmetic(g, e, &a, &b);
}

/* --- conditions ---------------------------------------------------------------------------------------------------------- */
static const char *none_test(struct sqlgen *g, const struct sqlval *a, const struct sqlval *b)
{
    if (is_finite(a) || is_finite(b)) {
        return F("%s = " SQL_NONE, is_finite(a) ? b->lo : a->lo);
    }
    return F("%s = " SQL_NONE " OR %s = " SQL_NONE, a->lo, b->lo);
}

static const char *compare(struct sqlgen *g, const struct expr *e, const struct sqlval *a, const struct sqlval *b)
{
    if (e->op == EX_EQ) {
        return F("CASE WHEN %s = %s AND %s = %s AND %s = %s THEN 1 WHEN %s <= %s AND %s <= %s THEN NULL ELSE 0 END", a->lo, a->hi, b->lo, b->hi, a->lo, b->lo, a->lo, b->hi, b->lo, a->hi);
    }
    const char *sign = e->op == EX_LT ? "<" : "<=";
    return F("CASE WHEN %s THEN 0 WHEN %s %s %s THEN 1 WHEN %s %s %s THEN NULL ELSE 0 END", none_test(g, a, b), a->hi, sign, b->lo, a->lo, sign, b->hi);
}

static const char *in_values(struct sqlgen *g, const struct expr *e, const struct sqlval *a)
{
    AUTO_STRBUF values = STRBUF_INIT;
    const struct rules_enum *en = &g->rs->schema.enums[e->a->enumeration];
    uint64_t mask = (uint64_t)e->value.lo;
    for (size_t i = 0; i < 63; i++) {
        if (mask >> i & 1) {
            strbuf_addf(&values, "%s%zu", values.n ? ", " : "", i);
            if (i < en->n) {
                strbuf_addf(&values, " /* " STR_FMT " */", STR_ARG(en->values[i]));
            }
        }
    }
    return values.n ? F("CASE WHEN %s <> %s THEN NULL WHEN %s IN (%s) THEN 1 ELSE 0 END", a->lo, a->hi, a->lo, strbuf_z(&values)) : "0";
}

static const char *value_truth(struct sqlgen *g, const struct sqlval *v)
{
    return F("CASE WHEN %s <> %s THEN NULL WHEN %s IN (0, " SQL_NONE ") THEN 0 ELSE 1 END", v->lo, v->hi, v->lo);
}

static const char *leaf_truth(struct sqlgen *g, struct sqlrow *row, const struct expr *e)
{
    struct sqlval v;
    const char *name;
    switch ((int)e->op) {
    case EX_CONST:
        return val_known(e->value) ? (e->value.lo > 0 ? "1" : "0") : "NULL";
    case EX_FACT:
        name = join_fact(g, row, (size_t)e->index);
        v = of_table(g, name);
        return g->rs->facts[e->index].kind == FACT_BODY ? F("\"%s\".真", name) : value_truth(g, &v);
    case EX_FOLD_ANY:
    case EX_FOLD_ALL:
        name = fold_table(g, e);
        join_table(row, name, DOM_HOUSEHOLD);
        return F("\"%s\".真", name);
    default:
        v = sql_value(g, row, e);
        return value_truth(g, &v);
    }
}

const char *sql_truth(struct sqlgen *g, struct sqlrow *row, const struct expr *e)
{
    struct sqlval a, b;
    const char *left, *right;
    switch ((int)e->op) {
    case EX_LT:
    case EX_LE:
    case EX_EQ:
        a = leaf(g, row, e->a), b = leaf(g, row, e->b);
        return compare(g, e, &a, &b);
    case EX_IN:
        a = leaf(g, row, e->a);
        return in_values(g, e, &a);
    case EX_HAS:
        a = leaf(g, row, e->a);
        return F("CASE WHEN %s >> %lld & 1 THEN 1 WHEN %s >> %lld & 1 THEN NULL ELSE 0 END", a.lo, (long long)e->value.lo, a.hi, (long long)e->value.lo);
    case EX_UNKNOWN:
        if (expr_is_truth(e->a)) {
            return F("(%s) IS NULL", sql_truth(g, row, e->a));
        }
        a = leaf(g, row, e->a);
        return F("%s <> %s", a.lo, a.hi);
    case EX_NOT:
        return F("NOT (%s)", sql_truth(g, row, e->a));
    case EX_AND:
    case EX_OR:
        left = sql_truth(g, row, e->a), right = sql_truth(g, row, e->b);
        return F("((%s) %s (%s))", left, e->op == EX_AND ? "AND" : "OR", right);
    case EX_CHANGED:
        return change_truth(g, row, e);
    default:
        return leaf_truth(g, row, e);
    }
}

/* --- a rule ---------------------------------------------------------------------------------------------------------------- */
static enum dom domain_of(const struct rule_def *r) { return r->pub.entity == RULES_PERSON ? DOM_PERSON : DOM_HOUSEHOLD; }

static void score_table(struct sqlgen *g)
{
    const struct rule_def *r = g->rule;
    struct sqlrow row = {.dom = domain_of(r)};
    AUTO_STRBUF columns = STRBUF_INIT, lo = STRBUF_INIT, hi = STRBUF_INIT;
    size_t n = 0;
    for (size_t i = 0; i < r->n_dims; i++) {
        const struct dimension *d = &r->dims[i];
        strbuf_addf(&lo, "%smin(%lld", i ? " + " : "", (long long)d->max);
        strbuf_addf(&hi, "%smin(%lld", i ? " + " : "", (long long)d->max);
        for (size_t k = 0; k < d->n_lines; k++, n++) {
            strbuf_addf(&columns, ",\n    -- " STR_FMT "：" STR_FMT "\n    %s AS t%zu", STR_ARG(d->name), STR_ARG(d->lines[k].text), sql_truth(g, &row, d->lines[k].e), n);
            strbuf_addf(&lo, "%s(t%zu IS TRUE) * %lld", k ? " + " : ", ", n, (long long)d->lines[k].points);
            strbuf_addf(&hi, "%s(t%zu IS NOT FALSE) * %lld", k ? " + " : ", ", n, (long long)d->lines[k].points);
        }
        strbuf_addc(&lo, ')');
        strbuf_addc(&hi, ')');
    }
    sql_table_open(g, "得分", "键, lo, hi", NULL);
    strbuf_addf(&g->with, "SELECT 键, %s, %s\n  FROM (SELECT %s AS 键%s\n  %s)", strbuf_z(&lo), strbuf_z(&hi), key_of(row.dom), strbuf_z(&columns), sql_from(g, &row));
    sql_table_close(g);
    g->score_name = "得分";
    row_release(&row);
}

/* One column a line: 条1 .. 除1 .. 级1. */
static void add_lines(struct sqlgen *g, struct sqlrow *row, const char *word, const struct line *lines, size_t n, struct strbuf *columns)
{
    for (size_t i = 0; i < n; i++) {
        if (lines[i].e) {
            strbuf_addf(columns, ",\n    -- %s\n    %s AS %s%zu", shown(g, lines[i].e), sql_truth(g, row, lines[i].e), word, i + 1);
        }
    }
}

static const char *decision(struct sqlgen *g)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t i = 0; i < g->rule->n_when; i++) {
        strbuf_addf(&b, "%s条%zu", i ? " AND " : "", i + 1);
    }
    for (size_t i = 0; i < g->rule->n_unless; i++) {
        strbuf_addf(&b, " AND NOT 除%zu", i + 1);
    }
    return arena_z(&g->arena, strbuf_str(&b));
}

static void add_levels(struct sqlgen *g, struct strbuf *out)
{
    const struct rule_def *r = g->rule;
    AUTO_STRBUF level = STRBUF_INIT, maybe = STRBUF_INIT;
    for (size_t i = 0; i < r->n_levels; i++) {
        const char *name = sql_doubled(g, g->rs->meta.levels[r->levels[i].level].name, '\'');
        if (r->levels[i].e) {
            strbuf_addf(&level, " WHEN 级%zu THEN '%s'", i + 1, name);
            strbuf_addf(&maybe, " WHEN 级%zu THEN NULL WHEN 级%zu IS NULL THEN '%s'", i + 1, i + 1, name);
        } else {
            strbuf_addf(&level, " ELSE '%s'", name);
        }
    }
    strbuf_addf(out, "  CASE WHEN 成立 IS NOT TRUE THEN NULL%s END AS 级别,\n  CASE WHEN 成立 IS NOT TRUE THEN NULL%s END AS 可能级别,\n", strbuf_z(&level), strbuf_z(&maybe));
}

static void gen_init(struct sqlgen *g)
{
    g->fact_name = arena_array(&g->arena, const char *, g->rs->n_facts + 1);
    g->param_name = arena_array(&g->arena, const char *, g->rs->n_params + 1);
    g->change_name = arena_array(&g->arena, const char *, g->rs->n_ctests + 1);
}

static void add_head(const struct sqlgen *g, struct strbuf *out)
{
    const struct rules_rule *r = &g->rule->pub;
    strbuf_addf(out, "-- " STR_FMT " " STR_FMT "（%s），基准日 ", STR_ARG(r->id), STR_ARG(r->name), r->entity == RULES_PERSON ? "人" : "户");
    strbuf_add_day(out, g->as_of);
    strbuf_addz(out, "\n");
}

void rules_sql(const struct ruleset *rs, size_t rule, daynum as_of, struct strbuf *out)
{
    struct sqlgen gen = {.rs = rs, .rule = &rs->rules[rule], .as_of = as_of, .arena = ARENA_INIT}, *g = &gen;
    const struct rule_def *r = g->rule;
    struct sqlrow row = {.dom = domain_of(r)};
    AUTO_STRBUF columns = STRBUF_INIT;
    bool person = row.dom == DOM_PERSON;
    gen_init(g);
    if (r->n_dims) {
        score_table(g);
        join_table(&row, g->score_name, row.dom);
    }
    add_lines(g, &row, "条", r->when, r->n_when, &columns);
    add_lines(g, &row, "除", r->unless, r->n_unless, &columns);
    add_lines(g, &row, "级", r->levels, r->n_levels, &columns);
    add_head(g, out);
    sql_table_open(g, "各行", NULL, NULL);
    strbuf_addf(&g->with, "SELECT %s AS 人序, h.户序 AS 户序, %s AS 得分, %s AS 得分_至%s\n  %s", person ? "p.人序" : "NULL", r->n_dims ? "\"得分\".lo" : "NULL",
                r->n_dims ? "\"得分\".hi" : "NULL", strbuf_z(&columns), sql_from(g, &row));
    sql_table_close(g);
    strbuf_adds(out, strbuf_str(&g->with));
    strbuf_addf(out, "\nSELECT '" STR_FMT "' AS 规则, 人序, 户序, CASE WHEN 成立 THEN '成立' ELSE '未知' END AS 判定,\n", STR_ARG(r->pub.id));
    add_levels(g, out);
    strbuf_addf(out, "  得分, 得分_至\nFROM (SELECT *, %s AS 成立 FROM 各行)\nWHERE 成立 IS NOT FALSE ORDER BY 户序, 人序;\n", decision(g));
    row_release(&row);
    strbuf_release(&g->with);
    arena_release(&g->arena);
}
