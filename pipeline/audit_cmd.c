/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai audit`: who did what, and `mopai audit verify`: has anybody changed that. */
#include <stdio.h>

#include "base/core/date.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/site.h"

static const char *action_word(struct str action)
{
    static const struct {
        const char *action, *zh, *en;
    } words[] = {{"publish", "发布一夜", "published a night"}, {"reveal", "查看原文", "revealed"},           {"export", "导出", "exported"},
                 {"release", "放行", "released"},              {"accept", "接收交付", "accepted a delivery"}, {"refuse", "拒收交付", "refused a delivery"},
                 {"withdraw", "撤回交付", "withdrew a delivery"}, {"import", "导入回填", "imported visits"},
                 {"backup", "备份", "backed up"},             {"purge", "清理原件", "purged raw copies"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(action, words[i].action)) {
            return TR(words[i].zh, words[i].en);
        }
    }
    return NULL;
}

static void list_line(const struct stmt *q)
{
    AUTO_STRBUF b = STRBUF_INIT;
    const char *word = action_word(stmt_text(q, 3));
    strbuf_addf(&b, "%6lld  " STR_FMT "  ", (long long)stmt_int(q, 0), STR_ARG(stmt_text(q, 1)));
    strbuf_add_padded(&b, stmt_text(q, 2), 12);
    strbuf_addz(&b, "  ");
    strbuf_add_padded(&b, word ? str_of(word) : stmt_text(q, 3), 12);
    strbuf_addf(&b, "  " STR_FMT, STR_ARG(stmt_text(q, 4)));
    printf("%s\n", b.p);
}

static void list_json(struct json_out *j, const struct stmt *q)
{
    static const char *const names[] = {"at", "who", "action", "detail", "hash"};
    json_open(j, '{');
    json_ki(j, "id", stmt_int(q, 0));
    for (int c = 1; c <= (int)ARRAY_LEN(names); c++) {
        json_ks(j, names[c - 1], stmt_text(q, c));
    }
    json_close(j, '}');
}

static enum status list(struct site *site, const char *since, bool json, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    AUTO_STMT q = stmt_use(site->ledger, STMT_LIST_AUDIT);
    stmt_bind_z(q, ":since", since);
    json_open(&j, '[');
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        if (json) {
            list_json(&j, q);
        } else {
            list_line(q);
        }
    }
    json_close(&j, ']');
    if (json) {
        printf("%s", strbuf_z(&b));
    }
    return ST_OK;
}

static enum status run_list(const struct args *a, struct err *err)
{
    daynum day;
    const char *since = a->opt[0] ? a->opt[0] : "";
    if (a->opt[0] && !day_parse_iso(str_of(since), &day)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), since);
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, a->site_dir, SITE_READ, err));
    return list(&site, since, a->json, err);
}

static void print_problem(void *ctx, const char *line)
{
    ++*(int *)ctx;
    printf("%s%s\n", TR("问题：", "problem: "), line);
}

static enum status run_verify(const struct args *a, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    int problems = 0;
    int64_t rows;
    struct audit_end end;
    TRY(site_open(&site, a->site_dir, SITE_READ, err));
    TRY(audit_check(site.ledger, print_problem, &problems, &rows, err));
    TRY(audit_end_now(site.ledger, &end, err));
    if (problems) {
        return err_set(err, ST_CORRUPT, TR("审计记录有 %d 个问题，见上", "%d problems in the audit, see above"), problems);
    }
    printf(TR("审计 %lld 条，一条不缺、一字未改；最新校验码 %s\n", "%lld rows of audit, none missing, none changed; newest hash %s\n"), (long long)rows, end.hash);
    return ST_OK;
}

static const struct option options[] = {
    {"since", 0, "DATE", "只列这一天以来的", "only from this day on"},
    {NULL, 0, NULL, NULL, NULL},
};
const struct command cmd_audit = {
    .name = "audit",
    .operands = "",
    .zh = "谁在什么时候做了什么：发布、导出、查看原文、放行、接收、拒收、撤回、导入",
    .en = "who did what and when: published, exported, revealed, released, accepted, refused, withdrew, imported",
    .more_zh = "  mopai audit --since 2026-03-01\n  mopai audit verify            核对有没有被改过\n",
    .more_en = "  mopai audit --since 2026-03-01\n  mopai audit verify            has anybody changed it?\n",
    .options = options,
    .run = run_list,
};
const struct command cmd_audit_verify = {
    .name = "audit verify",
    .operands = "",
    .zh = "核对审计记录：改动、删除、换序都会被指出",
    .en = "check the audit: edits, deletions and another order are found and named",
    .more_zh = "每条记录带着前一条的校验码，改一个字，从那里起就接不上。最新的校验码写在每夜的 manifest.json 和首页页脚，\n"
               "从末尾删掉几条也会与它们不符；把首页打印出来存档，就有了改不了的凭据。",
    .more_en = "Every row carries the hash of the row before it. The newest hash stands in the manifest.json of every night and at the\n"
               "foot of its page, so that rows cut off the end are missed as well; a printed page cannot be changed.",
    .run = run_verify,
};
