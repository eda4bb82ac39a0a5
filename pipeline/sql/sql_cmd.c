/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai sql`: one query, a file of them, or a conversation, over the tables of a night. Nothing can be written (base/store/db_query.h); who asks for
   identities in the clear is written down first, with the query. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/store/db_query.h"
#include "base/text/diag.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "base/text/mask.h"
#include "pipeline/sql/print.h"
#include "pipeline/sql/tables.h"

enum { OPT_FILE, OPT_CSV, OPT_NIGHT, OPT_REVEAL };
static const struct option options[] = {
    [OPT_FILE] = {"file", 'f', "FILE", "从文件读查询（可有多条，以分号隔开）", "read the queries from a file, separated by semicolons"},
    [OPT_CSV] = {"csv", 0, NULL, "以 CSV 输出", "print CSV"},
    [OPT_NIGHT] = {"night", 0, "N", "查第 N 夜，缺省为最近发布的一夜", "the tables of night N, the last published one by default"},
    [OPT_REVEAL] = {"reveal", 0, NULL, "证件号、姓名、电话、住址写全（连同查询记入审计）", "identities in full (audited with the query)"},
    {NULL, 0, NULL, NULL, NULL},
};
enum { QUERY_LIMIT = 1 << 20, AUDIT_QUERY = 400 };

struct session {
    struct sql_site tables;
    struct db *db; /* where queries run */
    enum sql_format format;
    bool talking;  /* a person at a terminal */
};

static struct db *volatile running; /* what Ctrl-C stops */

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    if (running) {
        db_interrupt(running);
    } else {
        _exit(130);
    }
}

/* --- messages ------------------------------------------------------------------------------------------------------------------ */

/* The nearest name of a table, or of a column of any table. */
static struct str nearest_name(const struct session *s, struct str wrong, bool column)
{
    VEC(struct str) names = {0};
    for (size_t i = 0; i < s->tables.tables.n; i++) {
        const struct vtable *t = &s->tables.tables.v[i];
        for (size_t c = 0; column && c < t->n_columns; c++) {
            vec_push(&names, str_of(t->columns[c].name));
        }
        if (!column) {
            vec_push(&names, str_of(t->name));
            vec_push(&names, str_of(t->also));
        }
    }
    struct str near = nearest_word(wrong, names.v, names.n);
    vec_release(&names);
    return near;
}

/* SQLite's "SQL: no such table: X" in the words of this program. */
static enum status explain_failure(const struct session *s, struct err *err)
{
    struct str text = str_of(err->text), table = STR("no such table: "), column = STR("no such column: ");
    if (db_was_interrupted(s->db)) {
        return err_set(err, ST_INTERRUPTED, "%s", TR("按了 Ctrl-C", "by Ctrl-C"));
    }
    bool no_table = str_find(text, table) < text.n, no_column = str_find(text, column) < text.n;
    if (!no_table && !no_column) {
        size_t at = str_find(text, STR("SQL: "));
        char *why = xstrdup(err->text + (at < text.n ? at + 5 : 0));
        (void)err_set(err, ST_QUERY, "%s", strcmp(why, "not authorized") == 0 ? TR("这里只能 SELECT，不能改动任何东西", "only SELECT here: nothing can be changed") : why);
        free(why);
        return ST_QUERY;
    }
    char wrong[128];
    size_t at = no_table ? str_find(text, table) + table.n : str_find(text, column) + column.n;
    struct str name = str_sub(text, at, text.n), rest = name, part;
    while (str_split(&rest, '.', &part)) { /* temp.x, p.x */
        name = part;
    }
    (void)snprintf(wrong, sizeof(wrong), STR_FMT, STR_ARG(name));
    struct str near = nearest_name(s, str_of(wrong), no_column);
    const char *what = no_table ? TR("表", "table") : TR("列", "column");
    return near.n ? err_set(err, ST_QUERY, TR("没有%s“%s”，是否想写“" STR_FMT "”？", "no %s '%s'; did you mean '" STR_FMT "'?"), what, wrong, STR_ARG(near))
                  : err_set(err, ST_QUERY, TR("没有%s“%s”", "no %s '%s'"), what, wrong);
}

/* --- running ---------------------------------------------------------------------------------------------------------------------- */

/* Who asked for what, before it is answered. Long numbers in the query are masked: the audit holds no personal data. */
static enum status note_reveal(struct session *s, struct str query, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str shown = mask_text(MASK_RUNS, str_trim(str_n(query.p, width_fit(query, AUDIT_QUERY))), &a);
    return audit_note(s->tables.site->ledger, "reveal", arena_printf(&a, "sql " STR_FMT, STR_ARG(shown)), err);
}

static enum status run_statement(struct session *s, struct stmt *q, struct err *err)
{
    int64_t rows = 0;
    enum lang asked = lang_get();
    lang_set(LANG_ZH); /* values are Chinese whatever the messages are */
    running = s->db;
    enum status status = sql_print(q, s->format, &rows, err);
    running = NULL;
    lang_set(asked);
    if (s->talking && status == ST_OK) {
        (void)fflush(stdout);
        fprintf(stderr, TR("%lld 行\n", "%lld rows\n"), (long long)rows);
    }
    return status;
}

/* Every statement of a text; stops at the first that fails. */
static enum status run_text(struct session *s, struct str text, struct err *err)
{
    while (str_trim(text).n > 0) {
        struct str before = text;
        struct stmt *q = db_sql_next(s->db, &text);
        if (!q) {
            return ST_OK;
        }
        enum status status = s->tables.reveal ? note_reveal(s, str_n(before.p, before.n - text.n), err) : ST_OK;
        status = status == ST_OK ? run_statement(s, q, err) : status;
        bool of_sql = status == ST_DATABASE || status == ST_LOCKED || status == ST_NOSPACE;
        stmt_done(q);
        if (status != ST_OK) {
            return of_sql ? explain_failure(s, err) : status;
        }
    }
    return ST_OK;
}

/* --- a conversation ---------------------------------------------------------------------------------------------------------------- */

static void say_tables(const struct session *s)
{
    for (size_t i = 0; i < s->tables.tables.n; i++) {
        const struct vtable *t = &s->tables.tables.v[i];
        AUTO_STRBUF b = STRBUF_INIT;
        strbuf_add_padded(&b, str_of(t->also ? t->also : ""), 24);
        strbuf_addz(&b, t->name);
        printf("%s\n", b.p);
    }
}

static void say_columns(const struct session *s, struct str table)
{
    for (size_t i = 0; i < s->tables.tables.n; i++) {
        const struct vtable *t = &s->tables.tables.v[i];
        if (!str_eqz(table, t->name) && !str_eqz(table, t->also)) {
            continue;
        }
        static const char *const zh[] = {"整数", "文字", "日期", "月份", "金额（元）"}, *const en[] = {"integer", "text", "date", "month", "yuan"};
        for (size_t c = 0; c < t->n_columns; c++) {
            AUTO_STRBUF b = STRBUF_INIT;
            strbuf_add_padded(&b, str_of(t->columns[c].name), 24);
            printf("%s%s\n", b.p, TR(zh[t->columns[c].type], en[t->columns[c].type]));
        }
        return;
    }
    struct str near = nearest_name(s, table, false);
    printf(TR("没有表“" STR_FMT "”%s" STR_FMT "\n", "no table '" STR_FMT "'%s" STR_FMT "\n"), STR_ARG(table), near.n ? TR("，是否想写 ", "; did you mean ") : "",
           STR_ARG(near));
}

/* A line that begins with a point. False: leave. */
static bool dot_command(const struct session *s, struct str line)
{
    struct str word;
    (void)str_split(&line, ' ', &word);
    if (str_eqz(word, ".quit") || str_eqz(word, ".exit")) {
        return false;
    }
    if (str_eqz(word, ".tables")) {
        say_tables(s);
    } else if (str_eqz(word, ".columns") || str_eqz(word, ".schema")) {
        say_columns(s, str_trim(line));
    } else {
        fputs(TR(".tables          列出各表\n.columns 表名    列出一张表的列\n.quit            离开\n",
                 ".tables          every table\n.columns TABLE   the columns of one\n.quit            leave\n"),
              stdout);
    }
    return true;
}

static void complain(const struct err *err)
{
    fprintf(stderr, "%s%s\n", TR("错误：", "error: "), err->text);
}

static enum status talk(struct session *s)
{
    char *line = NULL;
    size_t room = 0;
    AUTO_STRBUF query = STRBUF_INIT;
    fprintf(stderr, TR("第 %lld 夜。以分号结束一条查询；.tables 列出各表，.quit 离开。\n", "night %lld. A query ends with a semicolon; .tables lists the tables, .quit leaves.\n"),
            (long long)s->tables.x.night);
    for (;;) {
        fputs(query.n ? "  ...> " : "mopai> ", stderr);
        if (getline(&line, &room, stdin) < 0) {
            break;
        }
        struct str trimmed = str_trim(str_of(line));
        if (query.n == 0 && str_starts(trimmed, STR("."))) {
            if (!dot_command(s, trimmed)) {
                break;
            }
            (void)fflush(stdout);
            continue;
        }
        if (query.n > 0 || trimmed.n > 0) {
            strbuf_addz(&query, line);
        }
        if (db_sql_complete(strbuf_z(&query))) {
            struct err err = {.status = ST_OK};
            if (run_text(s, strbuf_str(&query), &err) != ST_OK) {
                complain(&err);
            }
            strbuf_clear(&query);
        }
    }
    free(line);
    return ST_OK;
}

/* --- the command --------------------------------------------------------------------------------------------------------------------- */

static enum status read_stream(FILE *in, struct strbuf *out, struct err *err)
{
    char buf[4096];
    for (size_t n; (n = fread(buf, 1, sizeof(buf), in)) > 0;) {
        strbuf_add(out, buf, n);
        if (out->n > QUERY_LIMIT) {
            return err_set(err, ST_USAGE, "%s", TR("查询超过 1 MiB", "the query is longer than 1 MiB"));
        }
    }
    return ST_OK;
}

static enum status read_query(const struct args *a, struct strbuf *out, struct err *err)
{
    if (a->n > 1 || (a->n == 1 && a->opt[OPT_FILE])) {
        return err_set(err, ST_USAGE, "%s", TR("查询写成一个参数（用引号括起），或用 -f 文件", "write the query as one operand, in quotes, or use -f FILE"));
    }
    if (a->n == 1) {
        strbuf_addz(out, a->v[0]);
        return ST_OK;
    }
    return a->opt[OPT_FILE] ? file_read_all(a->opt[OPT_FILE], QUERY_LIMIT, out, err) : read_stream(stdin, out, err);
}

static enum status open_session(struct session *s, struct site *site, const struct args *a, struct err *err)
{
    int64_t night = 0;
    if (a->opt[OPT_NIGHT] && (!str_to_i64(str_of(a->opt[OPT_NIGHT]), &night) || night < 1)) {
        return err_set(err, ST_USAGE, TR("--night 后面写第几夜，例如 --night 12，现为“%s”", "--night takes a number such as 12, not '%s'"), a->opt[OPT_NIGHT]);
    }
    s->format = a->json ? SQL_JSON : a->opt[OPT_CSV] ? SQL_CSV : SQL_TABLE;
    TRY(sql_site_open(&s->tables, site, night, a->opt[OPT_REVEAL] != NULL, err));
    TRY(db_open_empty(&s->db, err));
    TRY(db_add_tables(s->db, s->tables.tables.v, s->tables.tables.n, err));
    db_restrict(s->db);
    return ST_OK;
}

static enum status run_session(struct session *s, struct site *site, const struct args *a, struct err *err)
{
    AUTO_STRBUF query = STRBUF_INIT;
    bool talk_to = a->n == 0 && !a->opt[OPT_FILE] && isatty(STDIN_FILENO);
    if (!talk_to) {
        TRY(read_query(a, &query, err));
    }
    TRY(open_session(s, site, a, err));
    (void)signal(SIGINT, on_interrupt);
    s->talking = talk_to;
    return talk_to ? talk(s) : run_text(s, strbuf_str(&query), err);
}

static enum status run(const struct args *a, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, a->opt[OPT_REVEAL] ? SITE_WRITE : SITE_READ, err));
    struct session s = {.db = NULL};
    enum status status = run_session(&s, &site, a, err);
    db_abandon(s.db);
    sql_site_close(&s.tables);
    return status;
}

const struct command cmd_sql = {
    .name = "sql",
    .operands = "[QUERY]",
    .zh = "用 SQL 查一夜的人、户、指标、记录、预警和台账（只读）",
    .en = "query persons, households, facts, records, warnings and the ledger of a night (read only)",
    .more_zh = "  mopai sql \"SELECT 街道, count(*) FROM 命中 WHERE 处置 = '新增' GROUP BY 街道\"\n"
               "  mopai sql -f 查询.sql --csv > 结果.csv\n"
               "  mopai sql                     在终端里对话，.tables 列出各表\n\n"
               "表和列见 docs/sql.md，附十个常用查询。证件号、姓名、电话、住址打码；关联用 人序、户序 两列。\n"
               "--reveal 写全，连同查询记入审计。",
    .more_en = "  mopai sql \"SELECT 街道, count(*) FROM hits WHERE 处置 = '新增' GROUP BY 街道\"\n"
               "  mopai sql -f query.sql --csv > result.csv\n"
               "  mopai sql                     a conversation; .tables lists the tables\n\n"
               "docs/sql.md describes every table and has ten worked queries. Identities are masked: join by 人序 and 户序.\n"
               "--reveal shows them and is audited with the query.",
    .options = options,
    .run = run,
};
