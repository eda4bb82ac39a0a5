/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/visits_order.h"

#include "base/core/clock.h"
#include "base/store/db.h"
#include "pipeline/audit.h"

/* What each order is called, the event it brings, and the states it makes sense in. */
static const struct {
    const char *word, *event;
    const char *from[5];
} kinds[ORDER_COUNT] = {
    [ORDER_SNOOZE] = {"暂缓", "snoozed", {"new", "visited", "snoozed", "reopened", NULL}},
    [ORDER_RETURN] = {"退回", "returned", {"new", "visited", "snoozed", "reopened", NULL}},
    [ORDER_EXTEND] = {"延期", "extended", {"new", NULL}},
    [ORDER_REOPEN] = {"撤回结果", "reopened", {"closed", "visited", NULL}},
};

enum order_kind order_of_word(struct str word)
{
    for (int k = ORDER_SNOOZE; k <= ORDER_EXTEND; k++) { /* an outcome is not taken back on a list */
        if (str_eqz(word, kinds[k].word)) {
            return (enum order_kind)k;
        }
    }
    return ORDER_NONE;
}

const char *order_word(enum order_kind kind)
{
    return kinds[kind].word;
}

bool order_area(const struct area_set *areas, struct str asked, struct str *out_code)
{
    int32_t at = areas_by_name(areas, asked, AREA_STREET, AREA_NONE);
    at = at == AREA_NONE ? areas_by_name(areas, asked, AREA_COMMUNITY, AREA_NONE) : at;
    at = at == AREA_NONE ? areas_by_code(areas, asked) : at;
    if (at == AREA_NONE || (areas->areas.v[at].kind != AREA_STREET && areas->areas.v[at].kind != AREA_COMMUNITY)) {
        return false;
    }
    *out_code = areas->areas.v[at].code;
    return true;
}

static bool makes_sense(enum order_kind kind, struct str state)
{
    for (size_t i = 0; kinds[kind].from[i]; i++) {
        if (str_eqz(state, kinds[kind].from[i])) {
            return true;
        }
    }
    return false;
}

static const char *why_not_until(const struct order *o)
{
    if (o->kind != ORDER_SNOOZE && o->kind != ORDER_EXTEND) {
        return NULL;
    }
    if (o->until == DAY_MISSING) {
        return TR("没有写到哪一天，或看不懂，请写成 2026-03-05", "until when? Write 2026-03-05");
    }
    if (o->until <= clock_today()) {
        return TR("要写将来的一天", "the day must lie in the future");
    }
    return o->until > clock_today() + ORDER_MAX_DAYS ? TR("最多推后 180 天", "180 days at most") : NULL;
}

enum status order_judge(struct db *ledger, const struct order *o, struct arena *a, const char **out_why_not, bool *out_known, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_SELECT_WARNING_ORDER_NEWEST);
    stmt_bind_int(q, ":warning_no", o->warning_no);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out_why_not = NULL;
    *out_known = row && str_eqz(stmt_text(q, 1), kinds[o->kind].event) && stmt_day(q, 2) == o->until && str_eq(stmt_text(q, 3), o->area) &&
                 str_eq(stmt_text(q, 4), o->reason);
    if (*out_known) {
        return ST_OK;
    }
    if (!row) {
        *out_why_not = TR("台账里没有这个预警", "the ledger has no such warning");
    } else if (!makes_sense(o->kind, stmt_text(q, 0))) {
        *out_why_not = arena_printf(a, TR("这个预警现在不在清单上或已经办结，不能%s", "not on a list now, or closed: %s makes no sense"), kinds[o->kind].word);
    } else if (o->reason.n == 0) {
        *out_why_not = arena_printf(a, TR("%s要写原因（清单上写在备注里）", "%s needs a reason (on a list: 备注)"), kinds[o->kind].word);
    } else {
        *out_why_not = why_not_until(o);
    }
    return ST_OK;
}

/* Without the reason: it is somebody's words about somebody, and stays in warning_order. */
static void detail_of(const struct order *o, const struct area_set *areas, struct strbuf *b)
{
    if (o->until != DAY_MISSING) {
        strbuf_addz(b, "至");
        strbuf_add_day(b, o->until);
    } else if (o->kind == ORDER_RETURN) {
        int32_t at = o->area.n ? areas_by_code(areas, o->area) : AREA_NONE;
        strbuf_addf(b, "去向" STR_FMT, STR_ARG(at == AREA_NONE ? STR("不明") : areas->areas.v[at].name));
    }
}

enum status order_insert(struct db *ledger, const struct order *o, const struct area_set *areas, int64_t night, int64_t import_id, const char *at, struct err *err)
{
    AUTO_STRBUF detail = STRBUF_INIT;
    detail_of(o, areas, &detail);
    AUTO_STMT e = stmt_use(ledger, STMT_INSERT_WARNING_EVENT);
    stmt_bind_int(e, ":warning_no", o->warning_no);
    stmt_bind_int(e, ":night", night);
    stmt_bind_z(e, ":kind", kinds[o->kind].event);
    stmt_bind_z(e, ":level", "");
    stmt_bind_view(e, ":detail", strbuf_str(&detail));
    stmt_bind_z(e, ":body", "{}");
    stmt_bind_z(e, ":who", who_acts());
    stmt_bind_z(e, ":at", at);
    TRY(stmt_run(e, err));
    AUTO_STMT q = stmt_use(ledger, STMT_INSERT_WARNING_ORDER);
    stmt_bind_int(q, ":seq", db_last_id(ledger));
    stmt_bind_int(q, ":night", night);
    stmt_bind_day(q, ":until", o->until);
    stmt_bind_text(q, ":area", o->area);
    stmt_bind_text(q, ":reason", o->reason);
    if (import_id) {
        stmt_bind_int(q, ":import_id", import_id);
    } else {
        stmt_bind_null(q, ":import_id");
    }
    return stmt_run(q, err);
}
