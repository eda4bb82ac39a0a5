/* SPDX-License-Identifier: Apache-2.0 */
/* The link stage over whole sites in miniature: tests/data/link_cases.txt says what goes in and which households come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/store/db.h"
#include "matchers/identifier.h"
#include "pipeline/command.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_moves.h"
#include "pipeline/night.h"
#include "pipeline/population.h"

struct lab {
    struct arena arena;
    char dir[256];
    struct site site;
    bool open;
    struct night night;
    struct population *pop;
    struct err err;
    size_t line; /* of the case file */
    VEC(struct str) names;      /* last night's persons and what they were called */
    VEC(uint64_t) ids, homes;
};

#define OK(lab, expr)                                                                                                  \
    do {                                                                                                               \
        if ((expr) != ST_OK) {                                                                                         \
            fail_msg("link_cases.txt:%zu: %s", (lab)->line, (lab)->err.text);                                          \
        }                                                                                                              \
    } while (0)

void warn_add(enum status w, const char *fmt, ...) /* the command line's; warnings are not asked about here */
{
    (void)w;
    (void)fmt;
}

/* --- a site ----------------------------------------------------------------------------------------------------------- */

static void put_file(struct lab *lab, const char *name, struct str text)
{
    OK(lab, file_write_atomic(path_join(&lab->arena, lab->dir, name), text, &lab->err));
}

static void copy_file(struct lab *lab, const char *from, const char *to)
{
    AUTO_STRBUF text = STRBUF_INIT;
    OK(lab, file_read_all(from, 1 << 20, &text, &lab->err));
    put_file(lab, to, strbuf_str(&text));
}

static void close_site(struct lab *lab)
{
    population_close(lab->pop);
    lab->pop = NULL;
    db_abandon(lab->night.db);
    arena_release(&lab->night.arena);
    lab->night = (struct night){.number = lab->night.number};
    if (lab->open) {
        site_close(&lab->site);
        lab->open = false;
    }
}

static void new_site(struct lab *lab)
{
    close_site(lab);
    OK(lab, file_remove_tree(lab->dir, &lab->err));
    OK(lab, file_mkdirs(path_join(&lab->arena, lab->dir, "inbox"), &lab->err));
    copy_file(lab, "sources.yaml", "sources.yaml");
    copy_file(lab, "people.yaml", "people.yaml");
    copy_file(lab, "fixtures/site/areas.csv", "areas.csv");
    put_file(lab, "rules.yaml", STR("format: 1\n"));
    put_file(lab, "id_aliases.csv", STR("old,new,reason\n"));
    lab->night.number = 0;
    vec_clear(&lab->names);
    vec_clear(&lab->ids);
    vec_clear(&lab->homes);
}

static void open_site(struct lab *lab)
{
    if (!lab->open) {
        OK(lab, site_open(&lab->site, lab->dir, SITE_LOCK, &lab->err));
        lab->open = true;
    }
}

/* @19800305123@ to 18 characters. */
static void expand(struct str line, struct strbuf *out)
{
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '@' && i + 12 < line.n && line.p[i + 12] == '@') {
            char fifteen[16], whole[IDENT_TEXT_MAX];
            snprintf(fifteen, sizeof(fifteen), "120194%.6s%.3s", line.p + i + 3, line.p + i + 9);
            uint64_t id = ident_parse(str_of(fifteen));
            assert_int_equal(ident_kind(id), IDENT_UPGRADED);
            ident_print(id, whole);
            if (line.p[i + 1] == '2') { /* born after 1999: the 15 digits cannot say so */
                for (char c = '0'; c <= '9' + 1; c++) {
                    snprintf(whole, sizeof(whole), "120194%.11s%c", line.p + i + 1, c > '9' ? 'X' : c);
                    if (ident_kind(ident_parse(str_of(whole))) == IDENT_RESIDENT) {
                        break;
                    }
                }
            }
            strbuf_addz(out, whole);
            i += 12;
        } else {
            strbuf_addc(out, line.p[i]);
        }
    }
}

/* --- a night ------------------------------------------------------------------------------------------------------------ */

static void remember(struct lab *lab)
{
    vec_clear(&lab->names);
    vec_clear(&lab->ids);
    vec_clear(&lab->homes);
    for (uint32_t i = 0; i < population_persons(lab->pop); i++) {
        struct str name;
        int64_t id, home_row, home;
        OK(lab, population_person_text(lab->pop, P_NAME, i, &lab->arena, &name, &lab->err));
        OK(lab, population_person_one(lab->pop, P_ID, i, &id, &lab->err));
        OK(lab, population_person_one(lab->pop, P_HOUSEHOLD, i, &home_row, &lab->err));
        OK(lab, population_household_one(lab->pop, H_ID, (uint32_t)home_row, &home, &lab->err));
        vec_push(&lab->names, name);
        vec_push(&lab->ids, (uint64_t)id);
        vec_push(&lab->homes, (uint64_t)home);
    }
}

/* What publishing would leave in the ledger, as far as link reads it. */
static void publish(struct lab *lab)
{
    AUTO_STRBUF manifest = STRBUF_INIT;
    for (size_t i = 0; i < lab->night.n_inputs; i++) {
        strbuf_addf(&manifest, "\"delivery\": %lld,\n", (long long)lab->night.inputs[i].delivery_id);
    }
    AUTO_STMT s = db_sql(lab->site.ledger, STR("INSERT INTO night VALUES (:night, :as_of, :manifest, '', '', NULL, 0, :visit, 0, 0, '{}', '')"));
    stmt_bind_int(s, ":night", lab->night.number);
    stmt_bind_int(s, ":as_of", lab->night.as_of);
    stmt_bind_int(s, ":visit", lab->night.mark_visit);
    stmt_bind_text(s, ":manifest", strbuf_str(&manifest));
    OK(lab, stmt_run(s, &lab->err));
    AUTO_STMT q = stmt_use(lab->night.db, STMT_LIST_PROPOSED_ALIASES);
    for (bool row;;) {
        OK(lab, stmt_step(q, &row, &lab->err));
        if (!row) {
            return;
        }
        AUTO_STMT w = stmt_use(lab->site.ledger, str_eqz(stmt_text(q, 0), "P") ? STMT_INSERT_PERSON_ALIAS : STMT_INSERT_HOUSEHOLD_ALIAS);
        stmt_bind_int(w, ":natural_id", stmt_int(q, 1));
        stmt_bind_int(w, ":id", stmt_int(q, 2));
        stmt_bind_int(w, ":night", lab->night.number);
        OK(lab, stmt_run(w, &lab->err));
    }
}

static void publish_moves(struct lab *lab)
{
    AUTO_STMT q = stmt_use(lab->night.db, STMT_LIST_PROPOSED_WARNING_MOVES);
    for (bool row;;) {
        OK(lab, stmt_step(q, &row, &lab->err));
        if (!row) {
            return;
        }
        AUTO_STMT w = stmt_use(lab->site.ledger, STMT_UPDATE_WARNING_ENTITY);
        stmt_bind_int(w, ":warning_no", stmt_int(q, 0));
        stmt_bind_int(w, ":entity", stmt_int(q, 2));
        OK(lab, stmt_run(w, &lab->err));
    }
}

static void publish_reviews(struct lab *lab)
{
    AUTO_STMT q = stmt_use(lab->night.db, STMT_LIST_PROPOSED_REVIEWS);
    for (bool row;;) {
        OK(lab, stmt_step(q, &row, &lab->err));
        if (!row) {
            return;
        }
        AUTO_STMT w = stmt_use(lab->site.ledger, STMT_INSERT_LINK_REVIEW);
        static const char *const texts[] = {":reviewer", ":note", ":file", ":who", ":at"};
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
            stmt_bind_z(w, texts[i], "");
        }
        stmt_bind_int(w, ":night", lab->night.number);
        stmt_bind_int(w, ":question", stmt_int(q, 0));
        stmt_bind_int(w, ":anchor", stmt_int(q, 1));
        stmt_bind_int(w, ":decision", 2);
        stmt_bind_int(w, ":day", 0);
        OK(lab, stmt_run(w, &lab->err));
    }
}

static int64_t ask_ledger(struct lab *lab, const char *sql)
{
    bool row;
    AUTO_STMT s = db_sql(lab->site.ledger, str_of(sql));
    OK(lab, stmt_one(s, &row, &lab->err));
    assert_true(row);
    return stmt_int(s, 0);
}

static void run_night(struct lab *lab, daynum as_of)
{
    if (lab->pop) {
        remember(lab);
        publish(lab);
        publish_moves(lab);
        publish_reviews(lab);
    }
    daynum before = lab->night.as_of;
    int64_t number = lab->night.number;
    close_site(lab);
    open_site(lab);
    struct ingest_counts counts;
    struct inputs in;
    struct night *n = &lab->night;
    *n = (struct night){.site = &lab->site, .as_of = as_of, .number = number + 1, .mark_event = INT64_MAX, .prev_as_of = number ? before : DAY_MISSING};
    n->mark_visit = ask_ledger(lab, "SELECT coalesce(max(visit_id), 0) FROM visit");
    OK(lab, ingest_scan(&lab->site, &counts, &lab->err));
    OK(lab, inputs_in_force(&lab->site, as_of, &n->arena, &in, &lab->err));
    n->inputs = in.v, n->n_inputs = in.n, n->sources = in.sources;
    n->run_dir = arena_printf(&n->arena, "%s/store/runs/%lld", lab->dir, (long long)n->number);
    OK(lab, file_remove_tree(arena_printf(&n->arena, "%s/store/runs", lab->dir), &lab->err)); /* nothing may depend on earlier ones */
    OK(lab, file_mkdirs(n->run_dir, &lab->err));
    OK(lab, db_open(path_join(&n->arena, n->run_dir, "night.db"), DB_CREATE_SCRATCH, &n->db, &lab->err));
    OK(lab, db_apply_schema(n->db, "night.sql", &lab->err));
    OK(lab, link_night(n, &lab->err));
    OK(lab, population_open(n->run_dir, lab->site.people, as_of, STR("key"), &lab->pop, &lab->err));
}

/* --- what came out ------------------------------------------------------------------------------------------------------ */

static int64_t person_num(struct lab *lab, enum person_column c, uint32_t row)
{
    int64_t v;
    OK(lab, population_person_one(lab->pop, c, row, &v, &lab->err));
    return v;
}

static int64_t home_num(struct lab *lab, enum household_column c, uint32_t row)
{
    int64_t v;
    OK(lab, population_household_one(lab->pop, c, row, &v, &lab->err));
    return v;
}

static void show_member(struct lab *lab, uint32_t row, struct strbuf *out)
{
    static const char *const why[] = {"", "未保障", "同住址", "无登记户", "已不在册"};
    struct str name, relation;
    OK(lab, population_person_text(lab->pop, P_NAME, row, &lab->arena, &name, &lab->err));
    OK(lab, population_person_text(lab->pop, P_RELATION, row, &lab->arena, &relation, &lab->err));
    int64_t member = person_num(lab, P_MEMBER, row);
    strbuf_addz(out, member == MEMBER_DEAD ? "+" : member == MEMBER_FORMER ? "-" : "");
    strbuf_adds(out, name);
    strbuf_addz(out, relation.n ? " " : "");
    strbuf_adds(out, relation);
    const char *reason = why[person_num(lab, P_REASON, row)];
    strbuf_addf(out, "%s%s", *reason ? " " : "", reason);
}

static void show_home(struct lab *lab, uint32_t h, struct strbuf *out)
{
    int64_t street = home_num(lab, H_STREET, h), first = home_num(lab, H_FIRST, h), n = home_num(lab, H_PERSONS, h);
    strbuf_addz(out, household_basis_name((enum household_basis)home_num(lab, H_BASIS, h)));
    if (street >= 0) {
        strbuf_addc(out, ' ');
        strbuf_adds(out, lab->site.areas.areas.v[street].name);
    }
    strbuf_addc(out, ':');
    for (int64_t i = first; i < first + n; i++) {
        strbuf_addz(out, i == first ? " " : "; ");
        show_member(lab, (uint32_t)i, out);
    }
}

/* Every expected line is a household and there are no others; two of one street may stand in either order (they are sorted by id). */
static void check_homes(struct lab *lab, const struct str *expected, size_t n)
{
    AUTO_STRBUF all = STRBUF_INIT, one = STRBUF_INIT;
    size_t found = 0;
    for (uint32_t h = 0; h < population_households(lab->pop); h++) {
        strbuf_clear(&one);
        show_home(lab, h, &one);
        for (size_t i = 0; i < n; i++) {
            found += str_eq(expected[i], strbuf_str(&one));
        }
        strbuf_addf(&all, "  %s\n", strbuf_z(&one));
    }
    if (found != n || population_households(lab->pop) != n) {
        fail_msg("link_cases.txt:%zu: households are\n%s", lab->line, strbuf_z(&all));
    }
}

/* References find their rows, however they are typed; ids find them too; links and origins agree. */
static void check_refs(struct lab *lab)
{
    for (uint32_t i = 0; i < population_persons(lab->pop); i++) {
        char ref[REF_MAX];
        uint32_t row = UINT32_MAX;
        uint64_t id = (uint64_t)person_num(lab, P_ID, i);
        person_ref(STR("key"), id, ref);
        assert_int_equal(strlen(ref), 12);
        OK(lab, population_find_person(lab->pop, str_of(ref), &row, &lab->err));
        assert_int_equal(row, i);
        for (size_t k = 0; k < strlen(ref); k++) {
            ref[k] = to_lower(ref[k]);
        }
        OK(lab, population_find_person(lab->pop, str_of(ref), &row, &lab->err));
        assert_int_equal(row, i);
        OK(lab, population_find_id(lab->pop, ATTR_PERSON, id, &row, &lab->err));
        assert_int_equal(row, i);
    }
    for (uint32_t h = 0; h < population_households(lab->pop); h++) {
        char ref[REF_MAX];
        uint32_t row = UINT32_MAX;
        household_ref(STR("key"), (uint64_t)home_num(lab, H_ID, h), ref);
        OK(lab, population_find_household(lab->pop, str_of(ref), &row, &lab->err));
        assert_int_equal(row, h);
    }
    struct err err;
    uint32_t row;
    assert_int_equal(population_find_person(lab->pop, STR("P-0000000000"), &row, &err), ST_NOT_FOUND);
    assert_int_equal(population_find_person(lab->pop, STR("H-1"), &row, &err), ST_NOT_FOUND);
}

struct link_check {
    struct lab *lab;
    uint32_t person;
    int64_t n;
};

static bool count_link(void *ctx, size_t input, uint32_t row)
{
    struct link_check *c = ctx;
    struct link_reader *r;
    int32_t person;
    OK(c->lab, link_open(c->lab->night.run_dir, input, &r, &c->lab->err));
    OK(c->lab, link_read(r, row, 1, &person, &c->lab->err));
    assert_int_equal(link_rows(r), c->lab->night.inputs[input].rows);
    link_close(r);
    assert_int_equal(person, c->person);
    c->n++;
    return true;
}

static void check_links(struct lab *lab)
{
    for (uint32_t i = 0; i < population_persons(lab->pop); i++) {
        struct link_check c = {lab, i, 0};
        OK(lab, links_of_person(lab->night.run_dir, lab->night.n_inputs, i, count_link, &c, &lab->err));
        assert_int_equal(c.n, person_num(lab, P_RECORDS, i));
    }
}

/* -NAME: the one without a number. */
static uint32_t person_called(struct lab *lab, struct str name)
{
    bool bare = name.n && name.p[0] == '-';
    name = bare ? str_sub(name, 1, name.n) : name;
    for (uint32_t i = 0; i < population_persons(lab->pop); i++) {
        struct str own;
        OK(lab, population_person_text(lab->pop, P_NAME, i, &lab->arena, &own, &lab->err));
        if (str_eq(own, name) && (!bare || ident_key((uint64_t)person_num(lab, P_ANCHOR, i)) == 0)) {
            return i;
        }
    }
    fail_msg("link_cases.txt:%zu: nobody is called " STR_FMT, lab->line, STR_ARG(name));
    return 0;
}

static void show_set(const struct people_attr *a, int64_t mask, struct strbuf *out)
{
    for (size_t i = 0, any = 0; i < a->n_values; i++) {
        if (mask >> i & 1) {
            strbuf_addz(out, any++ ? "、" : "");
            strbuf_adds(out, a->values[i]);
        }
    }
}

static void show_value(const struct people_attr *a, int64_t lo, int64_t hi, struct strbuf *out)
{
    if (a->type == ATTR_SET) {
        show_set(a, lo, out);
        strbuf_addz(out, lo == 0 && hi == 0 ? "无" : "");
        strbuf_addz(out, hi & ~lo ? "可能：" : "");
        show_set(a, hi & ~lo, out);
    } else if (lo == ATTR_UNKNOWN || lo == ATTR_NOTHING) {
        strbuf_addz(out, lo == ATTR_UNKNOWN ? "未知" : "无");
    } else if (a->type == ATTR_ENUM) {
        strbuf_adds(out, a->values[lo]);
    } else if (a->type == ATTR_DATE) {
        strbuf_add_day(out, (daynum)lo);
    } else if (a->type == ATTR_FLAG) {
        strbuf_addz(out, lo ? "是" : "否");
    } else {
        strbuf_addi(out, lo);
    }
}

static void check_attr(struct lab *lab, struct str who, struct str name, struct str expected)
{
    static const struct str house = {"户.", 4};
    bool of_house = str_starts(name, house);
    struct str bare = of_house ? str_sub(name, house.n, name.n) : name;
    int attr = people_attr_find(lab->site.people, of_house ? ATTR_HOUSEHOLD : ATTR_PERSON, bare);
    AUTO_STRBUF got = STRBUF_INIT;
    int64_t lo, hi;
    assert_true(attr >= 0);
    uint32_t row = person_called(lab, who);
    row = of_house ? (uint32_t)person_num(lab, P_HOUSEHOLD, row) : row;
    OK(lab, population_attr(lab->pop, attr, row, 1, &lo, &hi, &lab->err));
    show_value(&lab->site.people->attrs[attr], lo, hi, &got);
    if (!str_eq(strbuf_str(&got), expected)) {
        fail_msg("link_cases.txt:%zu: " STR_FMT " is %s", lab->line, STR_ARG(name), strbuf_z(&got));
    }
}

static void check_same(struct lab *lab, struct str who, struct str before, bool same)
{
    uint64_t id = (uint64_t)home_num(lab, H_ID, (uint32_t)person_num(lab, P_HOUSEHOLD, person_called(lab, who)));
    for (size_t i = 0; i < lab->names.n; i++) {
        if (str_eq(lab->names.v[i], before)) {
            if ((lab->homes.v[i] == id) != same) {
                fail_msg("link_cases.txt:%zu: household %016llx, was %016llx", lab->line, (unsigned long long)id, (unsigned long long)lab->homes.v[i]);
            }
            return;
        }
    }
    fail_msg("link_cases.txt:%zu: was not there", lab->line);
}

static void check_same_person(struct lab *lab, struct str who)
{
    uint64_t id = (uint64_t)person_num(lab, P_ID, person_called(lab, who));
    for (size_t i = 0; i < lab->names.n; i++) {
        if (str_eq(lab->names.v[i], who)) {
            assert_true(lab->ids.v[i] == id);
            return;
        }
    }
    fail_msg("link_cases.txt:%zu: was not there", lab->line);
}

/* What the nights and the visitors leave in the ledger about one person. */
static void note_warning(struct lab *lab, struct str who, const char *kind)
{
    int64_t id = person_num(lab, P_ID, person_called(lab, who));
    AUTO_STMT w = db_sql(lab->site.ledger, STR("INSERT OR IGNORE INTO warning VALUES (:no, 'R01', 'P', :no, '', 1)"));
    stmt_bind_int(w, ":no", id);
    OK(lab, stmt_run(w, &lab->err));
    AUTO_STMT e = db_sql(lab->site.ledger, STR("INSERT INTO warning_event (warning_no, night, kind, at) VALUES (:no, 1, :kind, '')"));
    stmt_bind_int(e, ":no", id);
    stmt_bind_z(e, ":kind", kind);
    OK(lab, stmt_run(e, &lab->err));
}

/* Row n (from 0) of a file is that person's tonight; 无: nobody's. */
static void check_row(struct lab *lab, struct str file, struct str n, struct str who)
{
    int64_t row;
    int32_t person = LINK_NONE;
    assert_true(str_to_i64(n, &row));
    for (size_t i = 0; i < lab->night.n_inputs; i++) {
        struct link_reader *r;
        if (str_eqz(file, lab->night.inputs[i].name)) {
            OK(lab, link_open(lab->night.run_dir, i, &r, &lab->err));
            OK(lab, link_read(r, (uint32_t)row, 1, &person, &lab->err));
            link_close(r);
        }
    }
    struct str name = STR("无");
    if (person >= 0) {
        OK(lab, population_person_text(lab->pop, P_NAME, (uint32_t)person, &lab->arena, &name, &lab->err));
    }
    if (!str_eq(name, who)) {
        fail_msg("link_cases.txt:%zu: the row is of " STR_FMT, lab->line, STR_ARG(name));
    }
}

static int64_t ask(struct lab *lab, const char *sql)
{
    bool row;
    AUTO_STMT s = db_sql(lab->night.db, str_of(sql));
    OK(lab, stmt_one(s, &row, &lab->err));
    assert_true(row);
    return stmt_int(s, 0);
}

/* Last night told somebody's household (H) or person (P) of rows of a file; rule ids are its own in a case. */
static void tell_warning(struct lab *lab, struct str rule, struct str kind, struct str who, struct str file, struct str rows)
{
    AUTO_STRBUF body = STRBUF_INIT;
    uint32_t person = person_called(lab, who);
    bool home = str_eqz(kind, "H");
    int64_t entity = home ? home_num(lab, H_ID, (uint32_t)person_num(lab, P_HOUSEHOLD, person)) : person_num(lab, P_ID, person);
    int64_t file_id = ask_ledger(lab, arena_printf(&lab->arena, "SELECT file_id FROM delivery_file WHERE name = '" STR_FMT "'", STR_ARG(file)));
    struct str row;
    strbuf_addz(&body, "{\"evidence\": [");
    for (int n = 0; str_split(&rows, ' ', &row); n++) {
        strbuf_addf(&body, "%s{\"file_id\": %lld, \"row\": " STR_FMT ", \"line\": 0}", n ? ", " : "", (long long)file_id, STR_ARG(row));
    }
    strbuf_addz(&body, "]}");
    AUTO_STMT w = db_sql(lab->site.ledger, STR("INSERT INTO warning (rule, entity_kind, entity, night) VALUES (:rule, :kind, :entity, 1)"));
    stmt_bind_text(w, ":rule", rule);
    stmt_bind_text(w, ":kind", kind);
    stmt_bind_int(w, ":entity", entity);
    OK(lab, stmt_run(w, &lab->err));
    AUTO_STMT e = db_sql(lab->site.ledger, STR("INSERT INTO warning_event (warning_no, night, kind, body, at) VALUES (:no, 1, 'new', :body, '')"));
    stmt_bind_int(e, ":no", db_last_id(lab->site.ledger));
    stmt_bind_text(e, ":body", strbuf_str(&body));
    OK(lab, stmt_run(e, &lab->err));
}

/* A visit of that warning came back. */
static void visit_warning(struct lab *lab, struct str rule, struct str outcome)
{
    AUTO_STMT i = db_sql(lab->site.ledger, STR("INSERT INTO visit_import (name, xxh128, rows, accepted, refused, blank, repeated, who, at) "
                                               "SELECT 'a.xlsx', count(*), 1, 1, 0, 0, 0, '', '' FROM visit"));
    OK(lab, stmt_run(i, &lab->err));
    AUTO_STMT v = db_sql(lab->site.ledger, STR("INSERT INTO visit (import_id, warning_no, visit_day, visitor, outcome, outcome_group, at) "
                                               "SELECT (SELECT max(import_id) FROM visit_import), warning_no, 0, '甲', :outcome, '', '' FROM warning WHERE rule = :rule"));
    stmt_bind_text(v, ":rule", rule);
    stmt_bind_text(v, ":outcome", outcome);
    OK(lab, stmt_run(v, &lab->err));
}

/* Tonight the warning is about that person, or their household. */
static void check_about(struct lab *lab, struct str rule, struct str who)
{
    const char *of = arena_printf(&lab->arena, "FROM warning WHERE rule = '" STR_FMT "'", STR_ARG(rule));
    int64_t no = ask_ledger(lab, arena_printf(&lab->arena, "SELECT warning_no %s", of)), entity = ask_ledger(lab, arena_printf(&lab->arena, "SELECT entity %s", of));
    bool home = ask_ledger(lab, arena_printf(&lab->arena, "SELECT entity_kind = 'H' %s", of));
    struct warning_moves moves;
    OK(lab, warning_moves_read(&lab->night, &moves, &lab->err));
    entity = warning_moved(&moves, no, entity);
    warning_moves_release(&moves);
    uint32_t person = person_called(lab, who);
    int64_t id = home ? home_num(lab, H_ID, (uint32_t)person_num(lab, P_HOUSEHOLD, person)) : person_num(lab, P_ID, person);
    if (id != entity) {
        fail_msg("link_cases.txt:%zu: the warning is about %016llx, not %016llx", lab->line, (unsigned long long)entity, (unsigned long long)id);
    }
}

/* --- the case file ------------------------------------------------------------------------------------------------------ */

static struct str word(struct str *rest)
{
    struct str w = {NULL, 0};
    str_split(rest, ' ', &w);
    return w;
}

static void take_file(struct lab *lab, struct str name, struct str *text)
{
    AUTO_STRBUF body = STRBUF_INIT;
    struct str line;
    while (str_split(text, '\n', &line) && !str_eqz(line, "end")) {
        lab->line++;
        expand(line, &body);
        strbuf_addc(&body, '\n');
    }
    lab->line++;
    put_file(lab, arena_printf(&lab->arena, "inbox/" STR_FMT, STR_ARG(name)), strbuf_str(&body));
}

static void take_night(struct lab *lab, struct str date, struct str *text)
{
    struct str expected[32], line;
    size_t n = 0;
    daynum as_of;
    assert_true(day_parse_iso(date, &as_of));
    run_night(lab, as_of);
    while (str_split(text, '\n', &line) && line.n) {
        lab->line++;
        assert_true(n < ARRAY_LEN(expected));
        expected[n++] = line;
    }
    lab->line++;
    check_homes(lab, expected, n);
    check_refs(lab);
    check_links(lab);
}

static void take_line(struct lab *lab, struct str line, struct str *text)
{
    struct str what = word(&line);
    if (str_eqz(what, "case")) {
        new_site(lab);
    } else if (str_eqz(what, "file")) {
        take_file(lab, line, text);
    } else if (str_eqz(what, "alias")) {
        AUTO_STRBUF b = STRBUF_INIT;
        struct str old = word(&line);
        strbuf_addz(&b, "old,new,reason\n");
        expand(old, &b);
        strbuf_addc(&b, ',');
        expand(line, &b);
        strbuf_addz(&b, ",换号\n");
        put_file(lab, "id_aliases.csv", strbuf_str(&b));
    } else if (str_eqz(what, "night")) {
        take_night(lab, line, text);
    } else if (str_eqz(what, "attr")) {
        struct str who = word(&line), name = word(&line);
        check_attr(lab, who, name, line);
    } else if (str_eqz(what, "same") || str_eqz(what, "differ")) {
        struct str who = word(&line);
        check_same(lab, who, line, str_eqz(what, "same"));
    } else if (str_eqz(what, "warn") || str_eqz(what, "clear")) {
        note_warning(lab, line, str_eqz(what, "warn") ? "new" : "cleared");
    } else if (str_eqz(what, "sameperson")) {
        check_same_person(lab, line);
    } else if (str_eqz(what, "holder")) {
        assert_int_equal(ident_kind((uint64_t)person_num(lab, P_ANCHOR, person_called(lab, line))), IDENT_RESIDENT);
    } else if (str_eqz(what, "told")) {
        struct str rule = word(&line), kind = word(&line), who = word(&line), file = word(&line);
        tell_warning(lab, rule, kind, who, file, line);
    } else if (str_eqz(what, "visited")) {
        struct str rule = word(&line);
        visit_warning(lab, rule, line);
    } else if (str_eqz(what, "about")) {
        struct str rule = word(&line);
        check_about(lab, rule, line);
    } else if (str_eqz(what, "follows")) {
        int64_t n;
        assert_true(str_to_i64(line, &n));
        assert_int_equal(ask(lab, "SELECT count(*) FROM proposed_warning_move"), n);
    } else if (str_eqz(what, "row")) {
        struct str file = word(&line), n = word(&line);
        check_row(lab, file, n, line);
    } else if (str_eqz(what, "figure")) {
        struct str name = word(&line);
        int64_t n, got = ask(lab, arena_printf(&lab->arena, "SELECT value FROM figure WHERE name = '" STR_FMT "'", STR_ARG(name)));
        assert_true(str_to_i64(line, &n));
        if (got != n) {
            fail_msg("link_cases.txt:%zu: " STR_FMT " is %lld", lab->line, STR_ARG(name), (long long)got);
        }
    } else if (str_eqz(what, "questions") || str_eqz(what, "voted")) {
        int64_t n;
        assert_true(str_to_i64(line, &n));
        assert_int_equal(ask(lab, str_eqz(what, "voted") ? "SELECT count(*) FROM link_made WHERE asked = 0 AND because & 1024" : "SELECT count(*) FROM link_made WHERE asked = 1"), n);
    } else if (str_eqz(what, "events")) {
        for (struct str kind = word(&line); kind.n; kind = word(&line)) {
            int64_t n;
            assert_true(str_to_i64(word(&line), &n));
            const char *sql = arena_printf(&lab->arena, "SELECT count(*) FROM proposed_entity_event WHERE kind || entity_kind = '" STR_FMT "'", STR_ARG(kind));
            if (ask(lab, sql) != n) {
                fail_msg("link_cases.txt:%zu: " STR_FMT ": %lld", lab->line, STR_ARG(kind), (long long)ask(lab, sql));
            }
        }
    } else if (str_eqz(what, "conflicts")) {
        int64_t n;
        assert_true(str_to_i64(line, &n));
        assert_int_equal(ask(lab, "SELECT count(*) FROM identity_conflict"), n);
    } else if (str_eqz(what, "unlinked")) {
        struct str source = word(&line);
        int64_t n;
        assert_true(str_to_i64(line, &n));
        const char *sql = arena_printf(&lab->arena, "SELECT unlinked FROM source_state WHERE label = '" STR_FMT "'", STR_ARG(source));
        if (ask(lab, sql) != n) {
            fail_msg("link_cases.txt:%zu: unlinked %lld", lab->line, (long long)ask(lab, sql));
        }
    } else {
        fail_msg("link_cases.txt:%zu: unknown word", lab->line);
    }
}

static void test_cases(void **state)
{
    (void)state;
    struct lab lab = {.open = false};
    AUTO_STRBUF text = STRBUF_INIT;
    const char *tmp = getenv("TMPDIR");
    snprintf(lab.dir, sizeof(lab.dir), "%s/mopai-link-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(lab.dir));
    assert_int_equal(clock_init(&lab.err), ST_OK);
    OK(&lab, file_read_all("tests/data/link_cases.txt", 1 << 20, &text, &lab.err));
    struct str rest = strbuf_str(&text), line;
    while (str_split(&rest, '\n', &line)) {
        lab.line++;
        if (line.n && line.p[0] != '#') {
            take_line(&lab, line, &rest);
        }
    }
    close_site(&lab);
    OK(&lab, file_remove_tree(lab.dir, &lab.err));
    vec_release(&lab.names);
    vec_release(&lab.ids);
    vec_release(&lab.homes);
    arena_release(&lab.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
