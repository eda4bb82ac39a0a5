/* SPDX-License-Identifier: Apache-2.0 */
/* Facts made from the rows of a source: the rows that count with 1 or NULL (perhaps), then one line a person or household, then everybody. */
#include "rules/show.h"
#include "rules/sql.h"

#define F(...) arena_printf(&g->arena, __VA_ARGS__)

/* --- which rows count --------------------------------------------------------------------------------------------------- */
/* A dead member counts while the window reaches back behind the death; NULL when the day is not known. */
static const char *member_counts(struct sqlgen *g, const struct fact_def *f, const struct acc *a)
{
    const char *dead = f->living_only ? "0" : a->window_day == DAY_MISSING ? "1" : F("p.亡故日 > %d", (int)a->window_day);
    return F("CASE p.身份 WHEN 1 THEN 1 WHEN 2 THEN %s ELSE 0 END", dead);
}

static const char *date_test(struct sqlgen *g, const char *lo, const char *hi, const struct acc *a)
{
    const char *first = a->has_first ? F("CASE WHEN %s >= %lld THEN 1 WHEN %s >= %lld THEN NULL ELSE 0 END AND ", lo, (long long)a->first, hi, (long long)a->first) : "";
    return a->has_last ? F("%sCASE WHEN %s = " SQL_NONE " THEN 0 WHEN %s <= %lld THEN 1 WHEN %s <= %lld THEN NULL ELSE 0 END", first, lo, hi, (long long)a->last, lo, (long long)a->last)
                       : "1";
}

static const char *column_name(struct sqlgen *g, const struct fact_def *f, int column) { return sql_doubled(g, g->rs->schema.tables[f->table].columns[column].name, '"'); }

static const char *note_of(struct sqlgen *g, const struct fact_def *f, const struct acc *a)
{
    AUTO_STRBUF b = STRBUF_INIT;
    static const char *const words[] = {"求和", "计数", "最大", "最小", "最近一条", "最早一条", "几种", "连续几个月没有", "最大的几笔之和"};
    strbuf_addf(&b, STR_FMT " %s", STR_ARG(g->rs->schema.tables[f->table].name), words[f->agg]);
    if (f->column >= 0) {
        strbuf_addf(&b, " %s", column_name(g, f, f->column));
    }
    if (f->date_column >= 0) {
        bool months = g->rs->schema.tables[f->table].columns[f->date_column].type == RT_MONTH;
        strbuf_addf(&b, "，%s ", column_name(g, f, f->date_column));
        for (int end = 0; end < 2; end++) {
            int64_t v = end ? a->last : a->first;
            strbuf_addz(&b, end ? " 到 " : "");
            if (!(end ? a->has_last : a->has_first)) {
                strbuf_addz(&b, "最早");
            } else if (months) {
                strbuf_add_month(&b, (monthnum)v);
            } else {
                strbuf_add_day(&b, (daynum)v);
            }
        }
    }
    if (f->where) {
        strbuf_addz(&b, "，");
        expr_show(g->rs, f->where, &b);
    }
    return arena_z(&g->arena, strbuf_str(&b));
}

/* 键, t, v, w (the value's ends), d, e (the date's). */
static const char *rows_table(struct sqlgen *g, const struct fact_def *f, const struct acc *a)
{
    const char *name = F("行%zu", g->n_with), *key = f->entity == RULES_PERSON ? "r.人序" : "ifnull(r.户序, p.户序)";
    struct sqlrow row = {.dom = DOM_ROW};
    const char *where = f->where ? F(" AND (%s)", sql_truth(g, &row, f->where)) : "";
    const char *member = f->entity == RULES_PERSON ? "1" : F("CASE WHEN r.户序 IS NOT NULL THEN 1 ELSE %s END", member_counts(g, f, a));
    const char *v = f->column >= 0 ? F("r.\"%s\", r.\"%s_至\"", column_name(g, f, f->column), column_name(g, f, f->column)) : "1, 1";
    const char *d = "NULL, NULL", *dated = "1";
    if (f->date_column >= 0) {
        const char *lo = F("r.\"%s\"", column_name(g, f, f->date_column)), *hi = F("r.\"%s_至\"", column_name(g, f, f->date_column));
        d = F("%s, %s", lo, hi);
        dated = date_test(g, lo, hi, a);
    }
    sql_table_open(g, name, "键, t, v, w, d, e", note_of(g, f, a));
    strbuf_addf(&g->with, "SELECT * FROM (\n    SELECT %s AS 键, (%s) AND (%s)%s AS t, %s, %s\n    FROM \"规则_%s\" r LEFT JOIN 规则_人 p ON p.人序 = r.人序)\n  WHERE 键 IS NOT NULL AND t IS NOT FALSE",
                key, member, dated, where, v, d, sql_doubled(g, g->rs->schema.tables[f->table].name, '"'));
    sql_table_close(g);
    return name;
}

/* Whose figure may still grow: the source does not speak about somebody it runs over, or nobody knows who belongs to the household. */
static const char *open_table(struct sqlgen *g, const struct fact_def *f, const struct acc *a)
{
    const char *name = F("不详%zu", g->n_with);
    const char *source = sql_doubled(g, g->rs->schema.tables[f->table].name, '"');
    bool person = f->entity == RULES_PERSON;
    sql_table_open(g, name, "键", person ? "数据源没有说到的人" : "人口不全，或数据源没有说到其中一人的户");
    if (person) {
        strbuf_addf(&g->with, "SELECT p.人序 FROM 规则_人 p WHERE NOT p.\"覆盖_%s\"", source);
    } else {
        strbuf_addf(&g->with, "SELECT h.户序 FROM 规则_户 h WHERE h.未定\n  UNION SELECT p.户序 FROM 规则_人 p WHERE NOT p.\"覆盖_%s\" AND (%s) IS NOT FALSE", source, member_counts(g, f, a));
    }
    sql_table_close(g);
    return name;
}

/* --- one line a person or household ----------------------------------------------------------------------------------------- */
static const char *sums(struct sqlgen *g, const struct fact_def *f, const char *rows)
{
    if (f->agg == RULES_COUNT) {
        return F("SELECT 键, sum(t IS TRUE) AS lo, count(*) AS hi FROM \"%s\" GROUP BY 键", rows);
    }
    return F("SELECT 键, sum(CASE WHEN v <> w THEN 0 WHEN t THEN v ELSE min(v, 0) END) AS lo,\n      CASE WHEN max(v <> w) THEN " SQL_MAX " ELSE sum(CASE WHEN v <> w THEN 0 WHEN t THEN v ELSE max(v, 0) END) END AS hi\n    FROM \"%s\" WHERE v <> " SQL_NONE " GROUP BY 键",
             rows);
}

/* The greatest of the sure ones and of all; `wild`: one that nobody can read. */
static const char *extremes(struct sqlgen *g, const char *rows, const char *best)
{
    return F("SELECT 键, %s(CASE WHEN t AND v = w THEN v END) AS sure, %s(CASE WHEN v = w THEN v END) AS seen, max(v <> w) AS wild\n    FROM \"%s\" WHERE v <> " SQL_NONE " GROUP BY 键", best, best, rows);
}

static const char *newest(struct sqlgen *g, const char *rows, int sign)
{
    const char *day = sign < 0 ? "-d" : "d", *days = sign < 0 ? "-r.d" : "r.d";
    return F("SELECT n.键, min(r.v) AS lo, max(r.w) AS hi\n    FROM (SELECT 键, max(CASE WHEN t AND d = e THEN %s END) AS 日, max(CASE WHEN d <> e THEN " SQL_MAX " WHEN t IS NULL THEN %s END) AS 疑 FROM \"%s\" GROUP BY 键) n\n"
             "    JOIN \"%s\" r ON r.键 = n.键 AND r.t AND r.d = r.e AND %s = n.日\n    WHERE n.疑 IS NULL OR n.疑 < n.日 GROUP BY n.键",
             day, day, rows, rows, days);
}

static const char *different(struct sqlgen *g, const struct fact_def *f, const char *rows, const struct acc *a)
{
    bool days = a->bit0 >= 0 && g->rs->schema.tables[f->table].columns[f->column].type == RT_DATE;
    const char *k = days ? sql_month_of(g, "v") : "v";
    int64_t first = a->bit0 >= 0 ? a->bit0 - a->bits + 1 : 0;
    const char *in = F("v = w AND %s BETWEEN %lld AND %lld", k, (long long)first, (long long)(first + a->bits - 1));
    if (f->agg == RULES_DISTINCT) {
        return F("SELECT 键, count(DISTINCT CASE WHEN t AND %s THEN %s END) AS lo, CASE WHEN max(v <> w) THEN %d ELSE count(DISTINCT CASE WHEN %s THEN %s END) END AS hi\n    FROM \"%s\" WHERE v <> " SQL_NONE " GROUP BY 键",
                 in, k, a->bits, in, k, rows);
    }
    return F("SELECT 键, CASE WHEN max(v <> w) THEN 0 ELSE %lld - max(CASE WHEN %s THEN %s END) END AS lo, %lld - max(CASE WHEN t AND %s THEN %s END) AS hi\n    FROM \"%s\" WHERE v <> " SQL_NONE " GROUP BY 键",
             (long long)a->bit0, in, k, (long long)a->bit0, in, k, rows);
}

/* s: place among the sure ones, m: among all. Amounts of zero and below count for nothing. */
static const char *largest(struct sqlgen *g, const struct fact_def *f, const char *rows)
{
    return F("SELECT 键, sum(CASE WHEN t AND v = w AND s <= %d THEN v ELSE 0 END) AS lo,\n      CASE WHEN max(v <> w) THEN " SQL_MAX " ELSE sum(CASE WHEN v = w AND m <= %d THEN v ELSE 0 END) END AS hi\n"
             "    FROM (SELECT 键, t, v, w, row_number() OVER (PARTITION BY 键, v = w, t IS TRUE ORDER BY v DESC) AS s, row_number() OVER (PARTITION BY 键, v = w ORDER BY v DESC) AS m\n"
             "      FROM \"%s\" WHERE v <> " SQL_NONE " AND (v > 0 OR v <> w)) GROUP BY 键",
             f->top, f->top, rows);
}

static const char *grouped(struct sqlgen *g, const struct fact_def *f, const char *rows, const struct acc *a)
{
    switch (f->agg) {
    case RULES_MAX:
        return extremes(g, rows, "max");
    case RULES_MIN:
        return extremes(g, rows, "min");
    case RULES_LAST:
        return newest(g, rows, 1);
    case RULES_FIRST:
        return newest(g, rows, -1);
    case RULES_TOP:
        return largest(g, f, rows);
    case RULES_DISTINCT:
    case RULES_GAP:
        return different(g, f, rows, a);
    case RULES_SUM:
    case RULES_COUNT:
    default:
        return sums(g, f, rows);
    }
}

/* --- everybody: those without a row too --------------------------------------------------------------------------------------- */
static const char *ends(struct sqlgen *g, const struct fact_def *f, const struct acc *a)
{
    switch (f->agg) {
    case RULES_MAX:
        return "CASE WHEN a.sure IS NOT NULL THEN a.sure WHEN a.键 IS NOT NULL OR o.键 IS NOT NULL THEN " SQL_MIN " ELSE " SQL_NONE " END,\n"
               "    CASE WHEN a.sure IS NULL AND a.键 IS NULL AND o.键 IS NULL THEN " SQL_NONE " WHEN a.sure IS NULL OR a.wild OR o.键 IS NOT NULL THEN " SQL_MAX " ELSE a.seen END";
    case RULES_MIN:
        return "CASE WHEN a.sure IS NULL AND a.键 IS NULL AND o.键 IS NULL THEN " SQL_NONE " WHEN a.sure IS NULL OR a.wild OR o.键 IS NOT NULL THEN " SQL_MIN " ELSE a.seen END,\n"
               "    CASE WHEN a.sure IS NOT NULL THEN a.sure WHEN a.键 IS NOT NULL OR o.键 IS NOT NULL THEN " SQL_MAX " ELSE " SQL_NONE " END";
    case RULES_LAST:
    case RULES_FIRST:
        return f->type == RT_ENUM ? "CASE WHEN a.lo = a.hi THEN a.lo ELSE " SQL_MIN " END, CASE WHEN a.lo = a.hi THEN a.hi ELSE " SQL_MAX " END"
                                  : "CASE WHEN a.lo = " SQL_NONE " AND a.hi <> " SQL_NONE " THEN " SQL_MIN " ELSE ifnull(a.lo, " SQL_MIN ") END,\n"
                                    "    CASE WHEN a.lo = " SQL_NONE " AND a.hi <> " SQL_NONE " THEN " SQL_MAX " ELSE ifnull(a.hi, " SQL_MAX ") END";
    case RULES_DISTINCT:
        return F("ifnull(a.lo, 0), CASE WHEN o.键 IS NOT NULL THEN %d ELSE ifnull(a.hi, 0) END", a->bits);
    case RULES_GAP:
        return F("CASE WHEN o.键 IS NOT NULL THEN 0 ELSE ifnull(a.lo, %d) END, ifnull(a.hi, %d)", a->bits, a->bits);
    case RULES_TOP:
    case RULES_SUM:
    case RULES_COUNT:
    default:
        return "ifnull(a.lo, 0), CASE WHEN o.键 IS NOT NULL THEN " SQL_MAX " ELSE ifnull(a.hi, 0) END";
    }
}

const char *sql_scan_fact(struct sqlgen *g, size_t fact)
{
    const struct fact_def *f = &g->rs->facts[fact];
    struct acc a = {.bit0 = -1};
    bool person = f->entity == RULES_PERSON;
    acc_window(g->rs, f, g->as_of, &a);
    const char *name = F("%s%s", person ? "人." : "户.", sql_doubled(g, f->name, '"')), *rows = rows_table(g, f, &a), *open = open_table(g, f, &a), *each = grouped(g, f, rows, &a);
    sql_table_open(g, name, "键, lo, hi", NULL);
    strbuf_addf(&g->with, "SELECT %s, %s\n  FROM %s LEFT JOIN (%s) a ON a.键 = %s LEFT JOIN \"%s\" o ON o.键 = %s", person ? "e.人序" : "e.户序", ends(g, f, &a), person ? "规则_人 e" : "规则_户 e",
                each, person ? "e.人序" : "e.户序", open, person ? "e.人序" : "e.户序");
    sql_table_close(g);
    return name;
}
