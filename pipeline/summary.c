/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/summary.h"

#include "base/core/file.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"

#define NAME_COLUMNS 32 /* at least, for rule and name */

/* Pads to `columns` on a terminal where a Chinese character takes two. */
static void pad(struct strbuf *b, struct str text, size_t columns)
{
    strbuf_adds(b, text);
    for (size_t w = width_str(text); w < columns; w++) {
        strbuf_addc(b, ' ');
    }
}

static const char *status_word(struct str status)
{
    return str_eqz(status, "active") ? TR("启用", "active") : str_eqz(status, "shadow") ? TR("试运行", "shadow") : str_eqz(status, "draft") ? TR("草稿", "draft") : TR("停用", "retired");
}

static void add_rule(struct strbuf *b, struct stmt *q)
{
    strbuf_adds(b, stmt_text(q, 0));
    strbuf_addc(b, ' ');
    strbuf_adds(b, stmt_text(q, 1));
}

/* The columns behind the names stand where the longest name lets them. */
static enum status rules_width(struct db *db, size_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(db, STMT_LIST_RULE_RESULTS);
    *out = NAME_COLUMNS;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        AUTO_STRBUF name = STRBUF_INIT;
        add_rule(&name, q);
        *out = MAX(*out, width_str(strbuf_str(&name)) + 1);
    }
}

static enum status rules_table(struct db *db, struct strbuf *b, struct err *err)
{
    size_t columns;
    TRY(rules_width(db, &columns, err));
    AUTO_STMT q = stmt_use(db, STMT_LIST_RULE_RESULTS);
    bool row, any = false;
    for (;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (!any) {
            pad(b, str_of(TR("规则", "rule")), columns);
            strbuf_addz(b, TR("状态     成立  未知  新增  在办  暂扣  未另派  已消失\n", "status    hits  unkn   new  open  held    supp    gone\n"));
            any = true;
        }
        AUTO_STRBUF name = STRBUF_INIT;
        add_rule(&name, q);
        pad(b, strbuf_str(&name), columns);
        pad(b, str_of(status_word(stmt_text(q, 2))), 7);
        for (int i = 3; i < 10; i++) {
            strbuf_addf(b, "%*lld", i < 8 ? 6 : 8, (long long)stmt_int(q, i));
        }
        strbuf_addc(b, '\n');
    }
}

static enum status rules_json(struct db *db, struct json_out *j, struct err *err)
{
    static const char *const names[] = {"rule", "name", "status", "fired", "unknown", "new", "standing", "held", "suppressed", "cleared"};
    json_key(j, "rules");
    json_open(j, '[');
    AUTO_STMT q = stmt_use(db, STMT_LIST_RULE_RESULTS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        json_open(j, '{');
        for (int i = 0; i < (int)ARRAY_LEN(names); i++) {
            if (i < 3) {
                json_ks(j, names[i], stmt_text(q, i));
            } else {
                json_ki(j, names[i], stmt_int(q, i));
            }
        }
        json_close(j, '}');
    }
    json_close(j, ']');
    return ST_OK;
}

static void headline(struct strbuf *b, const struct run_plan *plan, const struct run_result *r)
{
    if (plan->last == RUN_INGEST) {
        strbuf_addz(b, TR("接收完成。查看：mopai deliveries list\n", "taken in. See: mopai deliveries list\n"));
        return;
    }
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, plan->as_of);
    if (r->already_done) {
        strbuf_addf(b, TR("第 %lld 夜（%s）已经完成，没有新内容。\n", "night %lld (%s) is already done; nothing new.\n"), (long long)r->night, day.p);
    } else if (r->published) {
        strbuf_addf(b, TR("第 %lld 夜（%s）已发布。\n", "night %lld (%s) is published.\n"), (long long)r->night, day.p);
    } else {
        strbuf_addf(b, TR("第 %lld 夜（%s）%s，未发布。\n", "night %lld (%s) %s, not published.\n"), (long long)r->night, day.p,
                    r->replay ? TR("重放", "replayed") : TR("算完", "computed"));
    }
}

static enum status body(struct strbuf *b, const struct run_plan *plan, const struct run_result *r, struct db *db, struct err *err)
{
    headline(b, plan, r);
    if (db && plan->last >= RUN_ASSESS) {
        strbuf_addc(b, '\n');
        TRY(rules_table(db, b, err));
    }
    if (r->report_dir) {
        strbuf_addf(b, TR("\n首页  %s/index.html\n街道  %s/streets/\n", "\npage     %s/index.html\nstreets  %s/streets/\n"), r->report_dir, r->report_dir);
    }
    return ST_OK;
}

static enum status body_json(struct strbuf *b, const struct run_plan *plan, const struct run_result *r, struct db *db, struct err *err)
{
    struct json_out j = json_out_to(b);
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, plan->as_of);
    json_open(&j, '{');
    json_ki(&j, "night", r->night);
    json_ks(&j, "as_of", strbuf_str(&day));
    json_key(&j, "published");
    json_bool(&j, r->published);
    json_key(&j, "already_done");
    json_bool(&j, r->already_done);
    json_key(&j, "report");
    if (r->report_dir) {
        json_z(&j, r->report_dir);
    } else {
        json_null(&j);
    }
    if (db && plan->last >= RUN_ASSESS) {
        TRY(rules_json(db, &j, err));
    }
    json_close(&j, '}');
    return ST_OK;
}

enum status summary_print(FILE *out, struct site *s, const struct run_plan *plan, const struct run_result *r, bool json, struct err *err)
{
    struct db *db = NULL;
    if (r->run_dir && plan->last >= RUN_LINK) {
        TRY(db_open(path_join(&s->arena, r->run_dir, "night.db"), DB_READ, &db, err));
    }
    AUTO_STRBUF b = STRBUF_INIT;
    enum status status = json ? body_json(&b, plan, r, db, err) : body(&b, plan, r, db, err);
    db_abandon(db);
    if (status == ST_OK && b.n) {
        (void)fwrite(b.p, 1, b.n, out);
    }
    return status;
}
