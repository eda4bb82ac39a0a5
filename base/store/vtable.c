/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual tables for SQLite over vtable_scan. Compiled twice: for our own connections, and with MOPAI_EXTENSION for the loadable extension, where every
   call must go through the table of functions that the host passes (it may have a SQLite of its own). */
#include "base/store/vtable.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef MOPAI_EXTENSION
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
#else
#include "base/store/db_private.h"
#endif

#include "base/core/bug.h"
#include "base/core/date.h"
#include "base/core/money.h"
#include "base/store/vtable_scan.h"

struct table {
    sqlite3_vtab base;
    const struct vtable *about;
};
struct cursor {
    sqlite3_vtab_cursor base;
    struct scan *scan;
};
struct catalogue { /* of one connection */
    const struct vtable *tables;
    size_t n;
};

static int failed(sqlite3_vtab *vtab, const struct err *err)
{
    sqlite3_free(vtab->zErrMsg);
    vtab->zErrMsg = sqlite3_mprintf("%s", err->text);
    return SQLITE_ERROR;
}

/* --- making tables -------------------------------------------------------------------------------------------------------------- */

static void add_quoted(struct strbuf *b, const char *name)
{
    strbuf_addc(b, '"');
    for (; *name; name++) {
        strbuf_addz(b, *name == '"' ? "\"" : "");
        strbuf_addc(b, *name);
    }
    strbuf_addc(b, '"');
}

static void declaration(const struct vtable *t, struct strbuf *b)
{
    strbuf_addz(b, "CREATE TABLE t(");
    for (size_t c = 0; c < t->n_columns; c++) {
        const struct vtable_column *col = &t->columns[c];
        strbuf_addz(b, c ? ", " : "");
        add_quoted(b, col->name);
        strbuf_addz(b, col->type == VTABLE_INT || col->type == VTABLE_BOUND ? " INTEGER" : col->type == VTABLE_MONEY ? " REAL" : " TEXT");
        strbuf_addz(b, col->hidden ? " HIDDEN" : "");
    }
    strbuf_addc(b, ')');
}

/* CREATE VIRTUAL TABLE name USING mopai(number of the description) */
static int connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **out_message)
{
    const struct catalogue *all = aux;
    int64_t number = -1;
    if (argc != 4 || !str_to_i64(str_of(argv[3]), &number) || (uint64_t)number >= all->n) {
        *out_message = sqlite3_mprintf("mopai: no such description");
        return SQLITE_ERROR;
    }
    AUTO_STRBUF b = STRBUF_INIT;
    declaration(&all->tables[number], &b);
    int code = sqlite3_declare_vtab(db, strbuf_z(&b));
    if (code != SQLITE_OK) {
        *out_message = sqlite3_mprintf("%s", sqlite3_errmsg(db));
        return code;
    }
    (void)sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY); /* never from a trigger or view of somebody's file */
    struct table *t = xcalloc(1, sizeof(*t));
    t->about = &all->tables[number];
    *out = &t->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *vtab)
{
    free(vtab);
    return SQLITE_OK;
}

/* --- planning: which bounds go to the scan ----------------------------------------------------------------------------------------- */

static char op_letter(const sqlite3_index_info *info, int i, const struct vtable *t)
{
    int column = info->aConstraint[i].iColumn;
    if (!info->aConstraint[i].usable || column < 0) {
        return 0;
    }
    bool text = t->columns[column].type == VTABLE_TEXT;
    switch (info->aConstraint[i].op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
        return '=';
    case SQLITE_INDEX_CONSTRAINT_GT:
    case SQLITE_INDEX_CONSTRAINT_GE:
        return text ? 0 : '>';
    case SQLITE_INDEX_CONSTRAINT_LT:
    case SQLITE_INDEX_CONSTRAINT_LE:
        return text ? 0 : '<';
    default:
        return 0;
    }
}

/* idxStr: the columns used in hexadecimal, then ";column op" for every argument in order. */
static int best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
    const struct vtable *t = ((struct table *)vtab)->about;
    AUTO_STRBUF plan = STRBUF_INIT;
    int used = 0;
    double rows = (double)(t->rows + 1);
    strbuf_addf(&plan, "%llx", (unsigned long long)info->colUsed);
    for (int i = 0; i < info->nConstraint && used < SCAN_MAX_BOUNDS; i++) {
        char op = op_letter(info, i, t);
        if (!op || sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) {
            continue;
        }
        info->aConstraintUsage[i].argvIndex = ++used;
        strbuf_addf(&plan, ";%d%c", info->aConstraint[i].iColumn, op);
        rows = op != '=' ? rows / 3 : t->columns[info->aConstraint[i].iColumn].unique ? 1 : rows / 100;
    }
    info->estimatedRows = rows < 1 ? 1 : (sqlite3_int64)rows;
    info->estimatedCost = 10 + rows * 2;
    info->idxFlags = rows <= 1 ? SQLITE_INDEX_SCAN_UNIQUE : 0;
    info->idxStr = sqlite3_mprintf("%s", strbuf_z(&plan));
    info->needToFreeIdxStr = 1;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

/* --- scanning ------------------------------------------------------------------------------------------------------------------------ */

static int open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out)
{
    struct cursor *c = xcalloc(1, sizeof(*c));
    c->scan = scan_new(((struct table *)vtab)->about);
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    scan_free(((struct cursor *)cursor)->scan);
    free(cursor);
    return SQLITE_OK;
}

static struct str value_text(sqlite3_value *v)
{
    const char *p = (const char *)sqlite3_value_text(v);
    return str_n(p, p ? (size_t)sqlite3_value_bytes(v) : 0);
}

/* Yuan to fen, one fen wider than the value: SQLite compares the exact number again. */
static bool money_bound(sqlite3_value *v, struct scan_bound *out)
{
    int kind = sqlite3_value_numeric_type(v);
    double yuan = sqlite3_value_double(v);
    if ((kind != SQLITE_INTEGER && kind != SQLITE_FLOAT) || !(yuan > -1e12 && yuan < 1e12)) {
        return false;
    }
    out->num = (int64_t)(yuan * 100 + (yuan < 0 ? -0.5 : 0.5));
    out->num += out->op == SCAN_GE ? -1 : out->op == SCAN_LE ? 1 : 0;
    return true;
}

/* False: this value cannot bound the scan (it may still match by SQLite's rules); SQLite looks at every row itself. */
static bool bound_of(const struct vtable *t, sqlite3_value *v, struct scan_bound *out)
{
    int32_t n;
    switch (t->columns[out->column].type) {
    case VTABLE_INT:
    case VTABLE_BOUND:
        out->num = sqlite3_value_int64(v);
        return sqlite3_value_type(v) == SQLITE_INTEGER;
    case VTABLE_MONEY:
        return money_bound(v, out);
    case VTABLE_DAY:
        if (sqlite3_value_type(v) != SQLITE_TEXT || !day_parse_iso(value_text(v), &n)) {
            return false;
        }
        out->num = n;
        return true;
    case VTABLE_MONTH:
        if (sqlite3_value_type(v) != SQLITE_TEXT || !month_parse_iso(value_text(v), &n)) {
            return false;
        }
        out->num = n;
        return true;
    case VTABLE_TEXT:
        out->text = value_text(v);
        return sqlite3_value_type(v) == SQLITE_TEXT;
    }
    return false;
}

static void read_plan(const char *plan, const struct vtable *t, sqlite3_value **argv, bool *wanted, struct scan_bound *bounds, size_t *out_n)
{
    char *p;
    unsigned long long used = strtoull(plan, &p, 16);
    for (size_t c = 0; c < t->n_columns; c++) {
        wanted[c] = used >> (c < 63 ? c : 63) & 1; /* the last bit stands for every further column */
    }
    for (int i = 0; *p == ';'; i++) {
        struct scan_bound b = {.column = (size_t)strtoul(p + 1, &p, 10)};
        b.op = *p == '=' ? SCAN_EQ : *p == '>' ? SCAN_GE : SCAN_LE;
        p++;
        if (bound_of(t, argv[i], &b)) {
            bounds[(*out_n)++] = b;
        }
    }
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc, sqlite3_value **argv)
{
    (void)number;
    (void)argc;
    const struct vtable *t = ((struct table *)cursor->pVtab)->about;
    bool wanted[VTABLE_MAX_COLUMNS];
    struct scan_bound bounds[SCAN_MAX_BOUNDS];
    size_t n = 0;
    struct err err = {.status = ST_OK};
    read_plan(plan, t, argv, wanted, bounds, &n);
    return scan_start(((struct cursor *)cursor)->scan, wanted, bounds, n, &err) == ST_OK ? SQLITE_OK : failed(cursor->pVtab, &err);
}

static int next(sqlite3_vtab_cursor *cursor)
{
    struct err err = {.status = ST_OK};
    return scan_next(((struct cursor *)cursor)->scan, &err) == ST_OK ? SQLITE_OK : failed(cursor->pVtab, &err);
}

static int at_end(sqlite3_vtab_cursor *cursor)
{
    return scan_done(((struct cursor *)cursor)->scan);
}

static void result_text(sqlite3_context *ctx, struct str s)
{
    sqlite3_result_text64(ctx, s.p, s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void result_number(sqlite3_context *ctx, enum vtable_type type, int64_t v)
{
    if (v == VTABLE_NULL && type != VTABLE_BOUND) {
        sqlite3_result_null(ctx);
    } else if (type == VTABLE_INT || type == VTABLE_BOUND) {
        sqlite3_result_int64(ctx, v);
    } else if (type == VTABLE_MONEY) {
        sqlite3_result_double(ctx, (double)v / 100.0);
    } else {
        AUTO_STRBUF b = STRBUF_INIT;
        if (type == VTABLE_DAY) {
            strbuf_add_day(&b, (daynum)v);
        } else {
            strbuf_add_month(&b, (monthnum)v);
        }
        result_text(ctx, strbuf_str(&b));
    }
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *ctx, int c)
{
    size_t row;
    const struct vtable *t = ((struct table *)cursor->pVtab)->about;
    const struct vtable_block *b = scan_block(((struct cursor *)cursor)->scan, &row);
    if (t->columns[c].type == VTABLE_TEXT) {
        struct str s = b->text[c] ? b->text[c][row] : (struct str){NULL, 0};
        if (s.n > 0) {
            result_text(ctx, s);
        } else {
            sqlite3_result_null(ctx);
        }
    } else {
        result_number(ctx, t->columns[c].type, b->num[c] ? b->num[c][row] : VTABLE_NULL);
    }
    return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = scan_row_id(((struct cursor *)cursor)->scan);
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xCreate = connect,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xDestroy = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = row_id,
};

/* --- adding to a connection ------------------------------------------------------------------------------------------------------------ */

/* The module's name carries a number: the extension may add the tables of several sites. */
static int make_tables(sqlite3 *db, const struct vtable *tables, size_t n)
{
    static int sites;
    struct catalogue *all = xmalloc(sizeof(*all));
    *all = (struct catalogue){tables, n};
    AUTO_STRBUF b = STRBUF_INIT;
    char name[32];
    (void)snprintf(name, sizeof(name), "mopai%d", ++sites);
    int code = sqlite3_create_module_v2(db, name, &module, all, free);
    for (size_t i = 0; code == SQLITE_OK && i < 2 * n; i++) {
        const char *called = i % 2 ? tables[i / 2].also : tables[i / 2].name;
        if (called) {
            strbuf_clear(&b);
            strbuf_addz(&b, "CREATE VIRTUAL TABLE IF NOT EXISTS temp.");
            add_quoted(&b, called);
            strbuf_addf(&b, " USING %s(%zu)", name, i / 2);
            code = sqlite3_exec(db, strbuf_z(&b), NULL, NULL, NULL);
        }
    }
    return code;
}

#ifndef MOPAI_EXTENSION

enum status db_add_tables(struct db *db, const struct vtable *tables, size_t n, struct err *err)
{
    int code = make_tables(db->handle, tables, n);
    return code == SQLITE_OK ? ST_OK : db_failed(db, code, "CREATE VIRTUAL TABLE", sqlite3_errmsg(db->handle), err);
}

#else

static int add_site(sqlite3 *db, vtable_site_fn site, const char *dir, struct err *err)
{
    const struct vtable *tables;
    size_t n;
    if (site(dir, &tables, &n, err) != ST_OK) {
        return SQLITE_ERROR;
    }
    int code = make_tables(db, tables, n);
    if (code != SQLITE_OK) {
        (void)err_set(err, ST_DATABASE, "%s", sqlite3_errmsg(db));
    }
    return code;
}

struct site_call {
    vtable_site_fn site;
};

/* mopai_site(DIR): the number of tables is not told; the tables are there, or an error says why not. */
static void sql_mopai_site(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    const struct site_call *call = sqlite3_user_data(ctx);
    struct err err = {.status = ST_OK};
    const char *dir = (const char *)sqlite3_value_text(argv[0]);
    if (add_site(sqlite3_context_db_handle(ctx), call->site, dir ? dir : ".", &err) != SQLITE_OK) {
        sqlite3_result_error(ctx, err.text, -1);
    } else {
        sqlite3_result_text(ctx, dir, -1, SQLITE_TRANSIENT);
    }
}

int vtable_extension(void *sqlite, char **out_message, const void *api, vtable_site_fn site)
{
    sqlite3_api = api;
    sqlite3 *db = sqlite;
    struct site_call *call = xmalloc(sizeof(*call));
    call->site = site;
    int code = sqlite3_create_function_v2(db, "mopai_site", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, call, sql_mopai_site, NULL, NULL, free);
    const char *dir = getenv("MOPAI_SITE");
    struct err err = {.status = ST_OK};
    if (code == SQLITE_OK && add_site(db, site, dir ? dir : ".", &err) != SQLITE_OK && dir) {
        *out_message = sqlite3_mprintf("%s", err.text); /* named, and no site: said; not named: mopai_site() is still to come */
        return SQLITE_ERROR;
    }
    return code;
}

#endif
