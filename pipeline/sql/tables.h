/* SPDX-License-Identifier: Apache-2.0 */
/* One night of a site as tables for SQL (base/store/vtable.h): persons, households, facts, links, the records of every source, and what the ledger and
   night.db hold. docs/sql.md describes every table and column. Identity (identifiers, names, phones, doors, free words about people) is masked here, before
   SQLite sees a value, unless `reveal`. Values are always Chinese, whatever the language of messages. */
#ifndef MOPAI_SQL_TABLES_H
#define MOPAI_SQL_TABLES_H

#include "base/core/vec.h"
#include "base/store/db.h"
#include "base/store/vtable.h"
#include "pipeline/explain.h"
#include "pipeline/site.h"

struct sql_site {
    struct arena arena;
    struct site *site;
    bool reveal;
    struct explain x; /* the night: run, inputs, population */
    struct db *night; /* its night.db */
    struct rule_tables *rules; /* what the tables of rules read from; NULL before sql_add_rules */
    VEC(struct vtable) tables;
    /* of every person and household row, read at first use */
    int64_t *person_id, *person_home, *home_id;
};

/* night 0: the last published one. Tables stand in q->tables; everything lives until sql_site_close. */
enum status sql_site_open(struct sql_site *q, struct site *site, int64_t night, bool reveal, struct err *err) MUST_CHECK;
void sql_site_close(struct sql_site *q);

/* --- pieces --- */
void sql_add_people(struct sql_site *q);  /* persons, households, facts */
enum status sql_add_records(struct sql_site *q, struct err *err) MUST_CHECK; /* links, two tables a source */
void sql_add_ledger(struct sql_site *q);  /* warnings, hits, deliveries ... */
void sql_add_rules(struct sql_site *q); /* what rules are worked out from: for `mopai rules sql` */
void sql_close_rules(struct sql_site *q);

void sql_close_ledger(struct sql_site *q); /* statements that a query left half read */

/* A column list being made; a name that is taken gets a "_2". */
typedef VEC(struct vtable_column) sql_columns;
void sql_column(struct sql_site *q, sql_columns *columns, struct str name, enum vtable_type type);
/* Adds the table; columns are copied. */
void sql_table(struct sql_site *q, const char *name, const char *also, const sql_columns *columns, uint64_t rows, void *ctx,
               enum status (*load)(void *, size_t, const bool *, struct vtable_block *, struct err *),
               void (*range)(const void *, size_t, size_t, struct vtable_range *));
/* person_id, person_home and home_id are there afterwards. */
enum status sql_need_rows(struct sql_site *q, struct err *err) MUST_CHECK;
struct str sql_person_ref(struct sql_site *q, struct arena *a, int64_t person_id);
struct str sql_household_ref(struct sql_site *q, struct arena *a, int64_t household_id);
struct str sql_area_name(const struct sql_site *q, int64_t area); /* index, -1: none */

/* A packed identifier as exports mask it, or `raw` where it did not parse. */
struct str sql_hidden_ident(struct arena *a, uint64_t id, struct str raw);

#endif
