/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai deliveries`: what came, what the gates said, and a person's word on it. A decision is one transaction: decision, state, audit. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/site.h"

enum { OPT_REASON };
static const struct option options[] = {
    [OPT_REASON] = {"reason", 'm', "TEXT", "为什么接收、拒收或撤回（必填，记入台账）", "why it is accepted, refused or withdrawn (kept in the ledger)"},
    {NULL, 0, NULL, NULL, NULL},
};

static const char *state_word(struct str state)
{
    return str_eqz(state, "accepted")  ? TR("在用", "accepted")
           : str_eqz(state, "held")    ? TR("暂扣", "held")
           : str_eqz(state, "refused") ? TR("拒收", "refused")
                                       : TR("撤回", "withdrawn");
}

/* --- list ---------------------------------------------------------------------------------------------------------- */

/* Columns of STMT_LIST_DELIVERIES. */
enum { L_ID, L_SOURCE, L_SCOPE, L_DATE, L_FROM, L_KIND, L_STATE, L_REASON, L_RECEIVED, L_FILES, L_RECORDS, L_TYPED, L_REJECTED, L_DEFECTS };

static void list_json(struct json_out *j, const struct stmt *q)
{
    static const struct {
        const char *key;
        int col;
    } texts[] = {{"source", L_SOURCE}, {"scope", L_SCOPE}, {"date_from", L_FROM}, {"kind", L_KIND}, {"state", L_STATE}, {"reason", L_REASON}},
      numbers[] = {{"files", L_FILES}, {"records", L_RECORDS}, {"typed", L_TYPED}, {"rejected", L_REJECTED}, {"defects", L_DEFECTS}};
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, stmt_day(q, L_DATE));
    json_open(j, '{');
    json_ki(j, "delivery", stmt_int(q, L_ID));
    json_ks(j, "data_date", strbuf_str(&day));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        json_ks(j, texts[i].key, stmt_text(q, texts[i].col));
    }
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        json_ki(j, numbers[i].key, stmt_int(q, numbers[i].col));
    }
    json_close(j, '}');
}

static const size_t widths[] = {6, 12, 16, 12, 10, 10, 8, 8};

static void list_row(struct strbuf *b, const struct str cells[8])
{
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        strbuf_add_padded(b, cells[i], widths[i]);
        strbuf_addc(b, ' ');
    }
}

static void list_line(struct strbuf *b, const struct site *s, const struct stmt *q)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF day = STRBUF_INIT;
    int at = source_find(s->sources, stmt_text(q, L_SOURCE));
    strbuf_add_day(&day, stmt_day(q, L_DATE));
    const struct str cells[8] = {str_of(arena_printf(&a, "%lld", (long long)stmt_int(q, L_ID))),
                                 at < 0 ? stmt_text(q, L_SOURCE) : s->sources->v[at].label,
                                 stmt_text(q, L_SCOPE),
                                 strbuf_str(&day),
                                 str_of(arena_printf(&a, "%lld", (long long)stmt_int(q, L_RECORDS))),
                                 str_of(arena_printf(&a, "%lld", (long long)stmt_int(q, L_TYPED))),
                                 str_of(arena_printf(&a, "%lld", (long long)stmt_int(q, L_REJECTED))),
                                 str_of(state_word(stmt_text(q, L_STATE)))};
    list_row(b, cells);
    strbuf_adds(b, stmt_text(q, L_REASON));
    strbuf_addc(b, '\n');
}

static enum status list_all(const struct args *a, struct site *s, struct err *err)
{
    AUTO_STRBUF out = STRBUF_INIT;
    struct json_out j = json_out_to(&out);
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_DELIVERIES);
    bool row;
    if (a->json) {
        json_open(&j, '[');
    } else {
        const struct str heads[8] = {str_of(TR("交付", "no")),      str_of(TR("数据源", "source")),   str_of(TR("范围", "scope")),   str_of(TR("数据日期", "data date")),
                                     str_of(TR("记录", "records")), str_of(TR("已录入", "typed")), str_of(TR("退回", "rejected")), str_of(TR("状态", "state"))};
        list_row(&out, heads);
        strbuf_addf(&out, "%s\n", TR("原因", "reason"));
    }
    for (;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        if (a->json) {
            list_json(&j, q);
        } else {
            list_line(&out, s, q);
        }
    }
    if (a->json) {
        json_close(&j, ']');
        strbuf_addc(&out, '\n');
    }
    (void)fwrite(strbuf_z(&out), 1, out.n, stdout);
    return ST_OK;
}

/* --- show ---------------------------------------------------------------------------------------------------------- */

static bool print_reject(void *ctx, const struct reject *r, int64_t count)
{
    int *shown = ctx;
    if (count > 0) {
        printf("    %s %.*s %s×%lld\n", r->kind == REJECT_ROW ? TR("退回行", "rows rejected") : TR("未知值", "cells unknown"), STR_ARG(r->column),
               reject_reason_text(r->reason), (long long)count);
        *shown = 0;
    }
    if ((*shown)++ < 5) {
        printf(TR("      第 %lld 行 %.*s\n", "      line %lld %.*s\n"), (long long)r->line, STR_ARG(r->masked));
    }
    return true;
}

static enum status show_files(struct site *s, int64_t id, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    VEC(int64_t) files = {0};
    VEC(const char *) lines = {0};
    enum status st = ST_OK;
    {
        AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_DELIVERY_FILES);
        stmt_bind_int(q, ":delivery", id);
        bool row = true;
        while (st == ST_OK && row) {
            st = stmt_step(q, &row, err);
            if (st == ST_OK && row) {
                vec_push(&files, stmt_int(q, 7) > 0 || stmt_int(q, 6) > 0 ? stmt_int(q, 0) : -1);
                vec_push(&lines, arena_printf(&a, TR(STR_FMT "（" STR_FMT "）记录 %lld = 录入 %lld + 退回 %lld + 搁置 %lld；未知值 %lld",
                                                     STR_FMT " (" STR_FMT ") records %lld = typed %lld + rejected %lld + set aside %lld; cells unknown %lld"),
                                              STR_ARG(stmt_text(q, 2)), STR_ARG(stmt_text(q, 5)), (long long)stmt_int(q, 6), (long long)stmt_int(q, 7),
                                              (long long)stmt_int(q, 8), (long long)stmt_int(q, 9), (long long)stmt_int(q, 10)));
            }
        }
    }
    for (size_t i = 0; i < files.n && st == ST_OK; i++) {
        int shown = 0;
        printf("  %s\n", lines.v[i]);
        if (files.v[i] >= 0) {
            st = file_rejects(s, files.v[i], print_reject, &shown, err);
        }
    }
    vec_release(&files);
    vec_release(&lines);
    return st;
}

static enum status show_gates(struct site *s, int64_t id, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_GATE_RESULTS);
    stmt_bind_int(q, ":delivery", id);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        printf(TR("  检验 %s：%.*s，允许 %.*s，%s\n", "  gate %s: %.*s, allowed %.*s, %s\n"), gate_label(stmt_text(q, 0)), STR_ARG(stmt_text(q, 1)),
               STR_ARG(stmt_text(q, 2)),
               str_eqz(stmt_text(q, 3), "ok") ? TR("通过", "ok") : str_eqz(stmt_text(q, 3), "warn") ? TR("提醒", "warn") : TR("不通过", "stop"));
    }
}

/* --- decisions ----------------------------------------------------------------------------------------------------- */

struct delivery_row {
    char state[16];
    int64_t typed_files, files;
};

static enum status find_delivery(struct site *s, int64_t id, struct delivery_row *out, bool print, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_DELIVERY);
    bool row;
    stmt_bind_int(q, ":delivery", id);
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return err_set(err, ST_NOT_FOUND, TR("没有交付 %lld", "there is no delivery %lld"), (long long)id);
    }
    (void)snprintf(out->state, sizeof(out->state), "%.*s", STR_ARG(stmt_text(q, 3)));
    out->typed_files = stmt_int(q, 5), out->files = stmt_int(q, 6);
    if (print) {
        AUTO_STRBUF day = STRBUF_INIT;
        strbuf_add_day(&day, stmt_day(q, 2));
        int at = source_find(s->sources, stmt_text(q, 0));
        struct str source = at < 0 ? stmt_text(q, 0) : s->sources->v[at].label;
        printf(TR("交付 %lld：%.*s %.*s %s，%s %.*s\n", "delivery %lld: %.*s %.*s %s, %s %.*s\n"), (long long)id, STR_ARG(source), STR_ARG(stmt_text(q, 1)),
               strbuf_z(&day), state_word(stmt_text(q, 3)), STR_ARG(stmt_text(q, 4)));
    }
    return ST_OK;
}

struct verb {
    const char *name, *zh, *from[3], *to; /* states it starts from, state it leads to */
};
static const struct verb verbs[] = {
    {"accept", "放行", {"held", "refused", "withdrawn"}, "accepted"},
    {"refuse", "拒收", {"held", NULL, NULL}, "refused"},
    {"withdraw", "撤回", {"accepted", NULL, NULL}, "withdrawn"},
};

static enum status check_decision(const struct verb *v, int64_t id, const struct delivery_row *d, struct err *err)
{
    bool fits = false;
    for (size_t i = 0; i < ARRAY_LEN(v->from) && v->from[i]; i++) {
        fits |= strcmp(d->state, v->from[i]) == 0;
    }
    if (!fits) {
        return err_set(err, ST_USAGE, TR("交付 %lld 现在的状态是“%s”，不能%s", "delivery %lld is %s now: it cannot be changed by '%s'"), (long long)id,
                       state_word(str_of(d->state)), TR(v->zh, v->name));
    }
    if (strcmp(v->name, "accept") == 0 && d->typed_files < d->files) {
        return err_set(err, ST_REFUSED, TR("交付 %lld 里有读不出表头或编码的文件，接收了也没有数据；请先改 sources.yaml 或请部门重送",
                                           "delivery %lld has a file whose header or encoding cannot be read, accepting it brings no data; correct sources.yaml or have it sent again"),
                       (long long)id);
    }
    return ST_OK;
}

static enum status decide(struct site *s, const struct verb *v, int64_t id, const char *reason, struct err *err)
{
    struct delivery_row d;
    char stamp[20], detail[64];
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, s->ledger, err));
    TRY(find_delivery(s, id, &d, false, err));
    TRY(check_decision(v, id, &d, err));
    clock_stamp(stamp);
    {
        AUTO_STMT q = stmt_use(s->ledger, STMT_INSERT_DELIVERY_DECISION);
        stmt_bind_int(q, ":delivery", id);
        stmt_bind_z(q, ":decision", v->name);
        stmt_bind_z(q, ":reason", reason);
        stmt_bind_z(q, ":who", who_acts());
        stmt_bind_z(q, ":at", stamp);
        TRY(stmt_run(q, err));
    }
    {
        AUTO_STMT q = stmt_use(s->ledger, STMT_UPDATE_DELIVERY_STATE);
        stmt_bind_int(q, ":delivery", id);
        stmt_bind_z(q, ":state", v->to);
        stmt_bind_z(q, ":reason", reason);
        TRY(stmt_run(q, err));
    }
    (void)snprintf(detail, sizeof(detail), "delivery=%lld", (long long)id);
    TRY(audit_add(s->ledger, v->name, detail, err));
    return tx_commit(&tx, err);
}

static enum status run_decision(const struct args *a, const struct verb *v, int64_t id, struct err *err)
{
    AUTO_SITE s = {0};
    const char *reason = a->opt[OPT_REASON];
    if (!reason || !*reason) {
        return err_set(err, ST_USAGE, TR("请用 --reason 写明理由", "give a reason with --reason"));
    }
    TRY(site_open(&s, a->site_dir, strcmp(v->name, "withdraw") == 0 ? SITE_LOCK : SITE_WRITE, err));
    TRY(decide(&s, v, id, reason, err));
    printf(TR("交付 %lld 已记为“%s”，下一夜起作数\n", "delivery %lld is now %s, from the next night on\n"), (long long)id, state_word(str_of(v->to)));
    return ST_OK;
}

static enum status run_deliveries(const struct args *a, struct err *err)
{
    const char *verb = a->n > 0 ? a->v[0] : "list";
    int64_t id = 0;
    if (strcmp(verb, "list") == 0 && a->n <= 1) {
        AUTO_SITE s = {0};
        TRY(site_open(&s, a->site_dir, SITE_READ, err));
        return list_all(a, &s, err);
    }
    if (a->n != 2 || !str_to_i64(str_of(a->v[1]), &id)) {
        return err_set(err, ST_USAGE, TR("写法：mopai deliveries list，或 show、accept、refuse、withdraw 加交付号", "use: mopai deliveries list, or show, accept, refuse, withdraw and a delivery number"));
    }
    if (strcmp(verb, "show") == 0) {
        AUTO_SITE s = {0};
        struct delivery_row d;
        TRY(site_open(&s, a->site_dir, SITE_READ, err));
        TRY(find_delivery(&s, id, &d, true, err));
        TRY(show_gates(&s, id, err));
        return show_files(&s, id, err);
    }
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strcmp(verb, verbs[i].name) == 0) {
            return run_decision(a, &verbs[i], id, err);
        }
    }
    return err_set(err, ST_USAGE, TR("没有 deliveries %s 这个用法", "there is no 'deliveries %s'"), verb);
}

const struct command cmd_deliveries = {
    .name = "deliveries",
    .operands = "[list | show N | accept N | refuse N | withdraw N]",
    .zh = "部门送来的每一次交付：列出、查看、接收、拒收、撤回",
    .en = "what departments delivered: list, show, accept, refuse, withdraw",
    .more_zh = "检验不通过的交付会暂扣，不参加当夜计算，等人决定；决定要写理由，下一夜起作数。\n"
               "例：mopai deliveries show 12\n"
               "    mopai deliveries accept 12 --reason \"已与民政局核实，撤并乡镇所致\"",
    .more_en = "A delivery that does not pass a gate is held: it takes no part in the night until a person decides, with a reason. Decisions count from the next night.\n"
               "Example: mopai deliveries show 12\n"
               "         mopai deliveries accept 12 --reason \"confirmed by phone: two towns were merged\"",
    .options = options,
    .run = run_deliveries,
};
