/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/visits.h"

#include "base/core/clock.h"
#include "base/core/map.h"
#include "base/store/db.h"
#include "base/text/diag.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/refused_rows.h"
#include "pipeline/visits_file.h"
#include "pipeline/visits_found.h"
#include "pipeline/visits_order.h"
#include "rules/warning_number.h"

#define REASONS_SHOWN 5
#define NOTE_WIDTH    2000
#define EARLY_DAYS    90 /* a door may have been knocked on before the list came; a wrong year is a slip */

enum row_fate { ROW_NOTHING, ROW_ACCEPTED, ROW_BLANK, ROW_REPEATED, ROW_REFUSED };

struct visit_row {
    const struct filled_row *cells;
    enum row_fate fate;
    const char *reason;   /* refused */
    int64_t warning_no, household;
    daynum day;
    struct str visitor, outcome, note;
    int group;            /* of the outcome, -1 for an order */
    bool has_day;         /* day and visitor are known, own or carried */
    bool found;           /* accepted or repeated, and told something the data did not know */
    struct order order;   /* kind ORDER_NONE: an outcome */
    char entity_kind;
    int64_t entity;
};

struct import {
    const struct visits_at *at;
    struct db *ledger;
    const struct rules_meta *meta;
    struct arena *arena;
    struct found found;
    struct filled_list list;
    VEC(struct visit_row) rows;
    struct map64 last_of_household; /* household -> row that gave day or visitor last */
    struct map64 row_of_warning;    /* warning -> row that was accepted or repeated */
    struct visits_result *out;
};

static void refuse(struct visit_row *v, const char *reason)
{
    v->fate = ROW_REFUSED;
    v->reason = reason;
}

/* --- one row -------------------------------------------------------------------------------------------------------- */

/* false: the row is refused, or is no row of a warning at all (headings of households, signatures). */
static bool read_number(struct import *im, struct visit_row *v)
{
    struct str number = filled_cell(&im->list, v->cells, FILLED_NUMBER);
    bool outcome = filled_cell(&im->list, v->cells, FILLED_OUTCOME).n > 0;
    switch (warning_number_parse(number, &v->warning_no)) {
    case WARNING_NUMBER_OK:
        return true;
    case WARNING_NUMBER_EMPTY:
        if (outcome) {
            refuse(v, TR("有核查结果，但没有预警编号", "an outcome without a warning number"));
        }
        return false;
    case WARNING_NUMBER_FORM:
        if (outcome || filled_cells_used(v->cells) > 1) {
            refuse(v, TR("预警编号写法不对，应为 W-数字-校验字符", "not a warning number (W-digits-check)"));
        }
        return false;
    case WARNING_NUMBER_CHECK:
        refuse(v, TR("预警编号的校验字符不符，可能抄错了一位", "the check character of the warning number does not fit: one character is wrong"));
        return false;
    default:
        BUG("warning number verdict");
    }
}

/* A warning that another one took in is answered for by that one: paper does not know. */
static enum status read_warning(struct import *im, struct visit_row *v, daynum *out_listed, bool *out_known, struct err *err)
{
    for (int hop = 0; hop < 100; hop++) {
        AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_WARNING_FOR_VISIT);
        stmt_bind_int(q, ":warning_no", v->warning_no);
        TRY(stmt_one(q, out_known, err));
        v->household = *out_known ? stmt_int(q, 0) : 0;
        *out_listed = *out_known ? stmt_day(q, 1) : DAY_MISSING;
        if (!*out_known) {
            return ST_OK;
        }
        v->entity_kind = stmt_text(q, 3).p[0];
        v->entity = stmt_int(q, 4);
        int64_t into;
        if (stmt_is_null(q, 2) || warning_number_parse(stmt_text(q, 2), &into) != WARNING_NUMBER_OK || into == v->warning_no) {
            return ST_OK;
        }
        v->warning_no = into;
    }
    return ST_OK;
}

/* Day and visitor stand once a household: what a row lacks is taken from the row above of the same household. */
static bool read_visit(struct import *im, struct visit_row *v)
{
    struct str day = filled_cell(&im->list, v->cells, FILLED_DAY);
    v->visitor = filled_cell(&im->list, v->cells, FILLED_VISITOR);
    v->note = filled_cell(&im->list, v->cells, FILLED_NOTE);
    v->note = str_sub(v->note, 0, width_fit(v->note, NOTE_WIDTH));
    enum date_precision precision;
    enum value_reason r = value_date(day, DATE_ALLOW_SERIAL | DATE_ALLOW_TWO_DIGIT | DATE_ONLY_DAY, &v->day, &precision);
    v->has_day = r == VALUE_OK && precision == DATE_DAY;
    bool unreadable = day.n > 0 && !v->has_day && r != VALUE_MISSING;
    uint32_t above = map64_get(&im->last_of_household, (uint64_t)v->household);
    if (above != MAP_NONE) {
        const struct visit_row *u = &im->rows.v[above];
        if (!v->has_day && !unreadable && u->has_day) {
            v->day = u->day;
            v->has_day = true;
        }
        v->visitor = v->visitor.n > 0 ? v->visitor : u->visitor;
    }
    if (v->has_day || v->visitor.n > 0) {
        map64_put(&im->last_of_household, (uint64_t)v->household, (uint32_t)(v - im->rows.v));
    }
    return !unreadable;
}

static bool read_outcome(struct import *im, struct visit_row *v)
{
    v->group = rules_outcome_group(im->meta, v->outcome);
    if (v->group >= 0) {
        return true;
    }
    VEC(struct str) words = {0};
    for (size_t g = 0; g < im->meta->n_groups; g++) {
        for (size_t i = 0; i < im->meta->groups[g].n; i++) {
            vec_push(&words, im->meta->groups[g].outcomes[i]);
        }
    }
    struct str near = nearest_word(v->outcome, words.v, words.n);
    AUTO_STRBUF b = STRBUF_INIT;
    for (int k = ORDER_SNOOZE; k <= ORDER_EXTEND; k++) {
        vec_push(&words, str_of(order_word((enum order_kind)k)));
    }
    near = near.n ? near : nearest_word(v->outcome, words.v, words.n);
    strbuf_addz(&b, TR("核查结果不是约定的词", "not one of the outcome words"));
    if (near.n > 0) {
        strbuf_addf(&b, TR("，是否想写“" STR_FMT "”？", "; did you mean '" STR_FMT "'?"), STR_ARG(near));
    } else {
        strbuf_addz(&b, TR("，可用：", ": "));
        for (size_t i = 0; i < words.n; i++) {
            strbuf_addf(&b, "%s" STR_FMT, i ? "、" : "", STR_ARG(words.v[i]));
        }
    }
    refuse(v, arena_z(im->arena, strbuf_str(&b)));
    vec_release(&words);
    return false;
}

static bool check_day(struct visit_row *v, daynum listed)
{
    if (!v->has_day) {
        refuse(v, TR("没有走访日期（同一户上面的行也没有）", "no day of the visit, nor in a row above of the same household"));
    } else if (v->day > clock_today()) {
        refuse(v, TR("走访日期在将来", "the day of the visit lies in the future"));
    } else if (v->day < listed - EARLY_DAYS) {
        refuse(v, TR("走访日期早于预警列入清单三个月以上，年份可能写错", "the visit lies three months or more before the warning was listed: the wrong year?"));
    } else {
        return true;
    }
    return false;
}

static bool same_outcome(const struct visit_row *v, daynum day, struct str visitor, struct str outcome, struct str note)
{
    return v->day == day && str_eq(v->visitor, visitor) && str_eq(v->outcome, outcome) && str_eq(v->note, note);
}

static void refuse_twin(const struct import *im, struct visit_row *v, const struct visit_row *u)
{
    refuse(v, arena_printf(im->arena, TR("同一预警在本表第 %lld 行已填，内容不同", "the same warning stands in line %lld with other content"), (long long)u->cells->line));
}

/* Known with the same content: repeated. Another content is a correction and counts from now on; twice in one file with different content is a slip. */
static enum status compare_known(struct import *im, struct visit_row *v, struct err *err)
{
    uint32_t twin = map64_get(&im->row_of_warning, (uint64_t)v->warning_no);
    if (twin != MAP_NONE) {
        const struct visit_row *u = &im->rows.v[twin];
        if (u->order.kind == ORDER_NONE && same_outcome(v, u->day, u->visitor, u->outcome, u->note)) {
            v->fate = ROW_REPEATED;
        } else {
            refuse_twin(im, v, u);
        }
        return ST_OK;
    }
    AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_VISIT_NEWEST);
    stmt_bind_int(q, ":warning_no", v->warning_no);
    bool known;
    TRY(stmt_one(q, &known, err));
    bool same = known && same_outcome(v, stmt_day(q, 0), stmt_text(q, 1), stmt_text(q, 2), stmt_text(q, 3));
    v->fate = same ? ROW_REPEATED : ROW_ACCEPTED;
    map64_put(&im->row_of_warning, (uint64_t)v->warning_no, (uint32_t)(v - im->rows.v));
    return ST_OK;
}

/* 暂缓, 退回, 延期: until when or to where stands in a column of its own, why in 备注. */
static bool read_order(struct import *im, struct visit_row *v)
{
    struct str until = filled_cell(&im->list, v->cells, FILLED_UNTIL), to = filled_cell(&im->list, v->cells, FILLED_TO);
    enum date_precision precision = DATE_DAY;
    v->order.warning_no = v->warning_no;
    v->order.until = DAY_MISSING;
    v->order.area = STR("");
    v->order.reason = v->note;
    if (v->order.kind == ORDER_RETURN) {
        if (to.n > 0 && !order_area(im->at->areas, to, &v->order.area)) {
            refuse(v, arena_printf(im->arena, TR("areas.csv 里没有“" STR_FMT "”，退回去向写街道或社区名，不知道就留空", "areas.csv has no '" STR_FMT "'"), STR_ARG(to)));
            return false;
        }
        return true;
    }
    if (value_date(until, DATE_ALLOW_SERIAL | DATE_ALLOW_TWO_DIGIT | DATE_ONLY_DAY, &v->order.until, &precision) != VALUE_OK || precision != DATE_DAY) {
        v->order.until = DAY_MISSING; /* order_judge says so */
    }
    return true;
}

static void judge_twin_order(struct import *im, struct visit_row *v, const struct visit_row *u)
{
    if (u->order.kind == v->order.kind && u->order.until == v->order.until && str_eq(u->order.area, v->order.area) && str_eq(u->note, v->note)) {
        v->fate = ROW_REPEATED;
    } else {
        refuse_twin(im, v, u);
    }
}

static enum status judge_order(struct import *im, struct visit_row *v, struct err *err)
{
    if (!read_order(im, v)) {
        return ST_OK;
    }
    const char *why_not;
    bool known;
    uint32_t twin = map64_get(&im->row_of_warning, (uint64_t)v->warning_no);
    if (twin != MAP_NONE) {
        judge_twin_order(im, v, &im->rows.v[twin]);
        return ST_OK;
    }
    TRY(order_judge(im->ledger, &v->order, im->arena, &why_not, &known, err));
    if (known) {
        v->fate = ROW_REPEATED;
    } else if (why_not) {
        refuse(v, why_not);
    } else {
        v->fate = ROW_ACCEPTED;
        map64_put(&im->row_of_warning, (uint64_t)v->warning_no, (uint32_t)(v - im->rows.v));
    }
    return ST_OK;
}

/* What was found out beside the outcome. A cell that cannot be read refuses the row: nothing of it is half taken. */
static enum status judge_found(struct import *im, struct visit_row *v, struct err *err)
{
    struct found_row row = {.warning_no = v->warning_no, .entity_kind = v->entity_kind, .entity = v->entity, .day = v->day, .visitor = v->visitor,
                            .address = filled_cell(&im->list, v->cells, FILLED_ADDRESS), .members = filled_cell(&im->list, v->cells, FILLED_MEMBERS),
                            .income = FEN_MISSING};
    struct str income = filled_cell(&im->list, v->cells, FILLED_INCOME);
    const char *why_not = NULL;
    if (income.n > 0 && (value_money(income, MONEY_YUAN, &row.income) != VALUE_OK || row.income < 0)) {
        why_not = TR("核实人均月收入看不懂，请写数字，单位元", "the income is not understood: write a number of yuan");
    } else {
        TRY(found_add(&im->found, &row, &why_not, err));
    }
    if (why_not) {
        refuse(v, why_not);
    }
    v->found = !why_not && (row.address.n || row.members.n || row.income != FEN_MISSING);
    return ST_OK;
}

/* A row with something in it, whose warning is known. */
static enum status judge_answer(struct import *im, struct visit_row *v, daynum listed, bool readable, struct err *err)
{
    v->order.kind = rules_outcome_group(im->meta, v->outcome) < 0 ? order_of_word(v->outcome) : ORDER_NONE;
    if (listed == DAY_MISSING) {
        refuse(v, TR("这个预警还没有列入过清单", "this warning never stood on a list"));
    } else if (!readable) {
        refuse(v, TR("走访日期看不懂，请写成 2026-03-05", "day of the visit not understood; write 2026-03-05"));
    } else if (v->order.kind != ORDER_NONE) {
        return judge_order(im, v, err);
    } else if (read_outcome(im, v) && check_day(v, listed)) {
        TRY(compare_known(im, v, err));
        return v->fate == ROW_REFUSED ? ST_OK : judge_found(im, v, err);
    }
    return ST_OK;
}

static enum status judge_row(struct import *im, struct visit_row *v, struct err *err)
{
    if (v->cells->bad != VALUE_OK) {
        refuse(v, value_reason_word(v->cells->bad));
        return ST_OK;
    }
    v->outcome = filled_cell(&im->list, v->cells, FILLED_OUTCOME);
    if (!read_number(im, v)) {
        return ST_OK;
    }
    daynum listed = DAY_MISSING;
    bool known;
    TRY(read_warning(im, v, &listed, &known, err));
    if (!known) {
        refuse(v, TR("台账里没有这个预警", "the ledger has no such warning"));
        return ST_OK;
    }
    bool readable = read_visit(im, v);
    if (v->outcome.n == 0) {
        v->fate = ROW_BLANK;
        return ST_OK;
    }
    return judge_answer(im, v, listed, readable, err);
}

/* --- the ledger ------------------------------------------------------------------------------------------------------- */

static enum status insert_import(struct import *im, const char *name, const char *at, int64_t *out_id, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_INSERT_VISIT_IMPORT);
    stmt_bind_z(q, ":name", name);
    stmt_bind_z(q, ":xxh128", im->list.xxh128);
    stmt_bind_int(q, ":rows", im->out->rows);
    stmt_bind_int(q, ":accepted", im->out->accepted);
    stmt_bind_int(q, ":refused", im->out->refused);
    stmt_bind_int(q, ":blank", im->out->blank);
    stmt_bind_int(q, ":repeated", im->out->repeated);
    stmt_bind_z(q, ":who", who_acts());
    stmt_bind_z(q, ":at", at);
    TRY(stmt_run(q, err));
    *out_id = db_last_id(im->ledger);
    return ST_OK;
}

/* Proven or wrong: the warning is closed. Nobody home, or not let in: it stays open and comes back. */
static enum status insert_visit(struct import *im, const struct visit_row *v, int64_t import_id, int64_t night, const char *at, struct err *err)
{
    AUTO_STMT e = stmt_use(im->ledger, STMT_INSERT_WARNING_EVENT);
    stmt_bind_int(e, ":warning_no", v->warning_no);
    stmt_bind_int(e, ":night", night);
    stmt_bind_z(e, ":kind", im->meta->groups[v->group].verified ? "closed" : "visited");
    stmt_bind_z(e, ":level", "");
    stmt_bind_text(e, ":detail", v->outcome);
    stmt_bind_z(e, ":body", "{}");
    stmt_bind_z(e, ":who", who_acts());
    stmt_bind_z(e, ":at", at);
    TRY(stmt_run(e, err));
    AUTO_STMT q = stmt_use(im->ledger, STMT_INSERT_VISIT);
    stmt_bind_int(q, ":import_id", import_id);
    stmt_bind_int(q, ":warning_no", v->warning_no);
    stmt_bind_day(q, ":visit_day", v->day);
    stmt_bind_text(q, ":visitor", v->visitor);
    stmt_bind_text(q, ":outcome", v->outcome);
    stmt_bind_text(q, ":outcome_group", im->meta->groups[v->group].name);
    stmt_bind_text(q, ":note", v->note);
    stmt_bind_z(q, ":at", at);
    stmt_bind_int(q, ":seq", db_last_id(im->ledger));
    return stmt_run(q, err);
}

/* Nothing accepted: nothing is written, so that a list sent twice leaves no trace. */
static enum status write_ledger(struct import *im, const char *name, struct err *err)
{
    if (im->out->accepted == 0) {
        return ST_OK;
    }
    char at[20];
    clock_stamp(at);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, im->ledger, err));
    int64_t night = 0, import_id;
    {
        AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_NIGHT_LAST);
        bool row;
        TRY(stmt_one(q, &row, err));
        night = row ? stmt_int(q, 0) : 0;
    }
    TRY(insert_import(im, name, at, &import_id, err));
    for (size_t i = 0; i < im->rows.n; i++) {
        const struct visit_row *v = &im->rows.v[i];
        if (v->fate == ROW_ACCEPTED && v->order.kind != ORDER_NONE) {
            TRY(order_insert(im->ledger, &v->order, im->at->areas, night, import_id, at, err));
        } else if (v->fate == ROW_ACCEPTED) {
            TRY(insert_visit(im, v, import_id, night, at, err));
        }
    }
    TRY(audit_add(im->ledger, "import",
                  arena_printf(im->arena, "visits import %lld: accepted %lld, refused %lld", (long long)import_id, (long long)im->out->accepted,
                               (long long)im->out->refused),
                  err));
    return tx_commit(&tx, err);
}

/* --- refused rows --------------------------------------------------------------------------------------------------------- */

static enum status write_refused(struct import *im, const char *path, struct err *err)
{
    struct refused_rows out;
    refused_init(&out, &im->list);
    for (size_t i = 0; i < im->rows.n; i++) {
        const struct visit_row *v = &im->rows.v[i];
        if (v->fate == ROW_REFUSED) {
            AUTO_STRBUF day = STRBUF_INIT;
            strbuf_add_day(&day, v->has_day ? v->day : DAY_MISSING);
            const struct str carried[FILLED_COLUMN_COUNT] = {[FILLED_DAY] = strbuf_str(&day), [FILLED_VISITOR] = v->visitor};
            refused_add(&out, v->cells, v->reason, carried);
        }
    }
    enum status st = refused_write(&out, path, im->arena, &im->out->refused_path, err);
    refused_release(&out);
    return st;
}

/* --- a file ----------------------------------------------------------------------------------------------------------------- */

static void sum_up(struct import *im)
{
    AUTO_STRBUF reasons = STRBUF_INIT;
    for (size_t i = 0; i < im->rows.n; i++) {
        const struct visit_row *v = &im->rows.v[i];
        im->out->rows += v->fate != ROW_NOTHING;
        im->out->accepted += v->fate == ROW_ACCEPTED;
        im->out->orders += v->fate == ROW_ACCEPTED && v->order.kind != ORDER_NONE;
        im->out->found += v->fate != ROW_REFUSED && v->found;
        im->out->blank += v->fate == ROW_BLANK;
        im->out->repeated += v->fate == ROW_REPEATED;
        im->out->refused += v->fate == ROW_REFUSED;
        if (v->fate == ROW_REFUSED && im->out->refused <= REASONS_SHOWN) {
            strbuf_addf(&reasons, TR("  第 %lld 行：%s\n", "  line %lld: %s\n"), (long long)v->cells->line, v->reason);
        }
    }
    im->out->first_reasons = arena_str(im->arena, strbuf_str(&reasons));
}

static enum status known_before(struct import *im, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_VISIT_IMPORT_BY_HASH);
    stmt_bind_z(q, ":xxh128", im->list.xxh128);
    return stmt_one(q, &im->out->known_file, err);
}

static enum status import_file(struct import *im, const char *path, struct err *err)
{
    TRY(filled_read(path, FILLED_VISITS, &im->list, err));
    TRY(known_before(im, err));
    if (im->out->known_file) {
        return ST_OK;
    }
    vec_reserve(&im->rows, im->list.rows.n + 1); /* rows refer to each other by index and are never moved */
    for (size_t i = 0; i < im->list.rows.n; i++) {
        struct visit_row *v = vec_add(&im->rows);
        v->cells = &im->list.rows.v[i];
        v->day = DAY_MISSING;
        TRY(judge_row(im, v, err));
    }
    sum_up(im);
    TRY(write_refused(im, path, err));
    if (im->out->found > 0) {
        TRY(found_write(&im->found, im->at->found_dir, clock_today(), err));
    }
    const char *slash = strrchr(path, '/');
    return write_ledger(im, slash ? slash + 1 : path, err);
}

enum status visits_import(const struct visits_at *at, const char *path, struct arena *a, struct visits_result *out, struct err *err)
{
    *out = (struct visits_result){.rows = 0};
    struct import im = {.at = at, .ledger = at->ledger, .meta = at->meta, .arena = a, .out = out};
    found_init(&im.found, at->pop, a);
    enum status st = import_file(&im, path, err);
    filled_release(&im.list);
    found_release(&im.found);
    vec_release(&im.rows);
    map64_release(&im.last_of_household);
    map64_release(&im.row_of_warning);
    return st;
}
