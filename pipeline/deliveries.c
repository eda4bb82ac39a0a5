/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai deliveries`: what came, what the gates said, and a person's word on it. A decision is one transaction: decision, state, audit. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/store/db.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/deliveries_show.h"
#include "pipeline/site.h"

enum { OPT_REASON };
static const struct option options[] = {
    [OPT_REASON] = {"reason", 'm', "TEXT", "为什么接收、拒收或撤回（必填，记入台账）", "why it is accepted, refused or withdrawn (kept in the ledger)"},
    {NULL, 0, NULL, NULL, NULL},
};

/* --- decisions ----------------------------------------------------------------------------------------------------- */

struct delivery_row {
    char state[16];
    int64_t typed_files, files;
};

static enum status find_delivery(struct site *s, int64_t id, struct delivery_row *out, struct err *err)
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
                       delivery_state_word(str_of(d->state)), TR(v->zh, v->name));
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
    TRY(find_delivery(s, id, &d, err));
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
    printf(TR("交付 %lld 已记为“%s”，下一夜起作数\n", "delivery %lld is now %s, from the next night on\n"), (long long)id, delivery_state_word(str_of(v->to)));
    return ST_OK;
}

static enum status run_deliveries(const struct args *a, struct err *err)
{
    const char *verb = a->n > 0 ? a->v[0] : "list";
    int64_t id = 0;
    if (strcmp(verb, "list") == 0 && a->n <= 1) {
        AUTO_SITE s = {0};
        TRY(site_open(&s, a->site_dir, SITE_READ, err));
        return deliveries_list(a, &s, err);
    }
    if (a->n != 2 || !str_to_i64(str_of(a->v[1]), &id)) {
        return err_set(err, ST_USAGE, TR("写法：mopai deliveries list，或 show、accept、refuse、withdraw 加交付号", "use: mopai deliveries list, or show, accept, refuse, withdraw and a delivery number"));
    }
    if (strcmp(verb, "show") == 0) {
        AUTO_SITE s = {0};
        TRY(site_open(&s, a->site_dir, SITE_READ, err));
        return deliveries_show(&s, id, err);
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
