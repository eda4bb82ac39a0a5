/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/rules_sql.h"

#include <stdio.h>

#include "base/store/db.h"

/* --- the tables of docs/sql.md ------------------------------------------------------------------------------------------ */
static void add_number(struct strbuf *b, int64_t v)
{
    if (v == INT64_MIN) {
        strbuf_addz(b, "(-9223372036854775807-1)");
    } else {
        strbuf_addi(b, v);
    }
}

static void add_val(struct strbuf *b, struct val v)
{
    strbuf_addc(b, ',');
    add_number(b, v.lo);
    strbuf_addc(b, ',');
    add_number(b, v.hi);
}

static void add_row_or_null(struct strbuf *b, uint32_t row)
{
    if (row == RULES_NO_ROW) {
        strbuf_addz(b, "NULL");
    } else {
        strbuf_addi(b, row);
    }
}

static void create_entities(const struct walk_world *w, enum rules_entity entity, struct strbuf *b)
{
    const struct rules_schema *s = &w->rs->schema;
    strbuf_addz(b, entity == RULES_PERSON ? "CREATE TABLE 规则_人(人序 INTEGER PRIMARY KEY, 户序, 身份, 亡故日" : "CREATE TABLE 规则_户(户序 INTEGER PRIMARY KEY, 未定, 区划");
    for (size_t i = 0; i < s->n_attrs; i++) {
        if (s->attrs[i].entity == entity) {
            strbuf_addf(b, ", \"" STR_FMT "\", \"" STR_FMT "_至\"", STR_ARG(s->attrs[i].name), STR_ARG(s->attrs[i].name));
        }
        if (s->attrs[i].entity == entity && s->attrs[i].timeline) {
            strbuf_addf(b, ", \"变动覆盖_" STR_FMT "\"", STR_ARG(s->attrs[i].name));
        }
    }
    for (size_t i = 0; i < s->n_tables && entity == RULES_PERSON; i++) {
        strbuf_addf(b, ", \"覆盖_" STR_FMT "\"", STR_ARG(s->tables[i].name));
    }
    strbuf_addz(b, ");\n");
}

static void insert_entity(const struct walk_world *w, enum rules_entity entity, uint32_t row, struct strbuf *b)
{
    const struct rules_schema *s = &w->rs->schema;
    bool person = entity == RULES_PERSON;
    strbuf_addf(b, "INSERT INTO %s VALUES(%u,", person ? "规则_人" : "规则_户", row);
    if (person) {
        strbuf_addf(b, "%u,%d,", w->household_of[row], w->member[row]);
        strbuf_addf(b, w->death[row] == DAY_MISSING ? "NULL" : "%d", (int)w->death[row]);
    } else {
        strbuf_addf(b, "%d,", w->open[row]);
        strbuf_addf(b, w->area[row] < 0 ? "NULL" : "'" STR_FMT "'", STR_ARG(s->areas[MAX(w->area[row], 0)].code));
    }
    for (size_t i = 0; i < s->n_attrs; i++) {
        if (s->attrs[i].entity == entity) {
            add_val(b, (person ? w->person_attrs : w->household_attrs)[i][row]);
        }
        if (s->attrs[i].entity == entity && s->attrs[i].timeline) {
            strbuf_addf(b, ",%d", !w->change_cover || w->change_cover[row]);
        }
    }
    for (size_t i = 0; i < s->n_tables && person; i++) {
        strbuf_addf(b, ",%d", !w->table_cover[i] || w->table_cover[i][row]);
    }
    strbuf_addz(b, ");\n");
}

static void add_table(const struct walk_world *w, size_t table, struct strbuf *b)
{
    const struct rules_table *t = &w->rs->schema.tables[table];
    strbuf_addf(b, "CREATE TABLE \"规则_" STR_FMT "\"(人序, 户序", STR_ARG(t->name));
    for (size_t i = 0; i < t->n_columns; i++) {
        strbuf_addf(b, ", \"" STR_FMT "\", \"" STR_FMT "_至\"", STR_ARG(t->columns[i].name), STR_ARG(t->columns[i].name));
    }
    strbuf_addz(b, ");\n");
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct walk_row *row = &w->rows[i];
        if (row->table != (int)table) {
            continue;
        }
        strbuf_addf(b, "INSERT INTO \"规则_" STR_FMT "\" VALUES(", STR_ARG(t->name));
        add_row_or_null(b, row->person);
        strbuf_addc(b, ',');
        add_row_or_null(b, row->household);
        for (size_t k = 0; k < t->n_columns; k++) {
            add_val(b, row->cells[k]);
        }
        strbuf_addz(b, ");\n");
    }
}

static void add_changes(const struct walk_world *w, struct strbuf *b)
{
    strbuf_addz(b, "CREATE TABLE 规则_变动(指标, 人序, 原, 现, 日);\n");
    for (size_t i = 0; i < w->n_changes; i++) {
        const struct walk_change *c = &w->changes[i];
        strbuf_addf(b, "INSERT INTO 规则_变动 VALUES('" STR_FMT "',%u,%d,%d,%d);\n", STR_ARG(w->rs->schema.attrs[c->attr].name), c->person, (int)c->from, (int)c->to, (int)c->day);
    }
}

static struct db *world_db(const struct walk_world *w)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct db *db = NULL;
    struct err err;
    create_entities(w, RULES_PERSON, &b);
    create_entities(w, RULES_HOUSEHOLD, &b);
    for (uint32_t p = 0; p < w->n_persons; p++) {
        insert_entity(w, RULES_PERSON, p, &b);
    }
    for (uint32_t h = 0; h < w->n_households; h++) {
        insert_entity(w, RULES_HOUSEHOLD, h, &b);
    }
    for (size_t i = 0; i < w->rs->schema.n_tables; i++) {
        add_table(w, i, &b);
    }
    add_changes(w, &b);
    BUG_ON(db_open(":memory:", DB_CREATE_SCRATCH, &db, &err) != ST_OK);
    if (db_exec(db, "BEGIN", &err) != ST_OK || db_exec(db, strbuf_z(&b), &err) != ST_OK || db_exec(db, "COMMIT", &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        BUG("the world's tables");
    }
    return db;
}

/* --- comparing ------------------------------------------------------------------------------------------------------------ */
static int level_of(const struct walk_world *w, const struct stmt *q, int col)
{
    for (size_t i = 0; i < w->rs->meta.n_levels && !stmt_is_null(q, col); i++) {
        if (str_eq(stmt_text(q, col), w->rs->meta.levels[i].name)) {
            return (int)i;
        }
    }
    return -1;
}

static struct walk_result result_of(const struct walk_world *w, const struct rule_def *r, const struct stmt *q)
{
    struct walk_result got = {.verdict = str_eqz(stmt_text(q, 3), "成立") ? RULES_FIRED : RULES_UNKNOWN, .level = level_of(w, q, 4), .maybe_level = level_of(w, q, 5)};
    got.score = r->n_dims ? val_range(stmt_int(q, 6), stmt_int(q, 7)) : VAL_NONE;
    return got;
}

static bool same(const struct walk_result *a, const struct walk_result *b)
{
    bool verdict = a->verdict == b->verdict && a->level == b->level && a->maybe_level == b->maybe_level;
    return verdict && (a->verdict == RULES_NO || (a->score.lo == b->score.lo && a->score.hi == b->score.hi));
}

static void tell(const struct rule_def *r, uint32_t entity, const struct walk_result *got, const struct walk_result *want)
{
    printf("rule " STR_FMT " entity %u: SQL %d level %d maybe %d score %lld..%lld; walk %d level %d maybe %d score %lld..%lld\n", STR_ARG(r->pub.id), entity, (int)got->verdict, got->level,
           got->maybe_level, (long long)got->score.lo, (long long)got->score.hi, (int)want->verdict, want->level, want->maybe_level, (long long)want->score.lo, (long long)want->score.hi);
}

static size_t check_rule(struct db *db, const struct walk_world *w, size_t rule, bool verbose, size_t *out_pairs)
{
    const struct rule_def *r = &w->rs->rules[rule];
    uint32_t n = r->pub.entity == RULES_PERSON ? w->n_persons : w->n_households;
    struct walk_result *got = xcalloc(n + 1, sizeof(*got));
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    size_t wrong = 0;
    for (uint32_t i = 0; i < n; i++) {
        got[i] = (struct walk_result){.verdict = RULES_NO, .level = -1, .maybe_level = -1};
    }
    rules_sql(w->rs, rule, w->as_of, &text);
    struct str sql = str_trim(strbuf_str(&text));
    sql.n--; /* the semicolon */
    AUTO_STMT q = db_sql(db, sql);
    for (bool row = true; row;) {
        if (stmt_step(q, &row, &err) != ST_OK) {
            printf("%s\n%s\n", err.text, strbuf_z(&text));
            wrong++;
            break;
        }
        int64_t entity = row ? stmt_int(q, r->pub.entity == RULES_PERSON ? 1 : 2) : 0;
        BUG_ON(row && (entity < 0 || entity >= n || got[entity].verdict != RULES_NO)); /* each once */
        if (row) {
            got[entity] = result_of(w, r, q);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        struct walk_result want = walk_rule(w, r, i);
        bool right = same(&got[i], &want);
        wrong += !right;
        if (!right && verbose) {
            tell(r, i, &got[i], &want);
        }
    }
    if (wrong && verbose) {
        printf("%s\n", strbuf_z(&text));
    }
    *out_pairs += n;
    free(got);
    return wrong;
}

struct sql_verdicts sql_and_walk(const struct walk_world *w, bool verbose)
{
    struct sql_verdicts v = {0};
    struct db *db = world_db(w);
    for (size_t i = 0; i < w->rs->n_evaluated; i++) {
        v.wrong += check_rule(db, w, i, verbose, &v.pairs);
    }
    db_abandon(db);
    return v;
}
