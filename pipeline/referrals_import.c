/* SPDX-License-Identifier: Apache-2.0 */
/* Referral lists come back from the offices that read them. */
#include "base/core/clock.h"
#include "base/core/map.h"
#include "base/store/db.h"
#include "base/text/diag.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/referrals.h"
#include "pipeline/refused_rows.h"

#define REASONS_SHOWN 5
#define TEXT_WIDTH    2000

static const char *const state_names[REFERRAL_STATES] = {"", "received", "done", "declined"}; /* as the ledger keeps them */

enum answer_fate { ANSWER_NOTHING, ANSWER_ACCEPTED, ANSWER_BLANK, ANSWER_REPEATED, ANSWER_REFUSED };
struct answer_row {
    const struct filled_row *cells;
    enum answer_fate fate;
    const char *reason;
    int64_t no;
    const char *word;
    enum referral_state state;
    daynum day;
    struct str programme, by, note;
};
struct import {
    struct db *ledger;
    struct arena *arena;
    struct filled_list list;
    VEC(struct answer_row) rows;
    struct map64 row_of; /* referral -> row accepted or repeated */
    struct referrals_result *out;
};

static void refuse(struct answer_row *v, const char *reason)
{
    v->fate = ANSWER_REFUSED;
    v->reason = reason;
}

static struct str text_cell(struct import *im, const struct answer_row *v, enum filled_column c)
{
    struct str s = filled_cell(&im->list, v->cells, c);
    return str_sub(s, 0, width_fit(s, TEXT_WIDTH));
}

/* --- a row -------------------------------------------------------------------------------------------------------------------- */

static const char *unknown_word(struct import *im, struct str word)
{
    struct str known[16];
    size_t n = 0;
    while (referral_answers[n] && n < ARRAY_LEN(known)) {
        known[n] = str_of(referral_answers[n]);
        n++;
    }
    struct str near = nearest_word(word, known, n);
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, TR("受理结果不是约定的词", "not one of the words for 受理结果"));
    if (near.n > 0) {
        strbuf_addf(&b, TR("，是否想写“" STR_FMT "”？", "; did you mean '" STR_FMT "'?"), STR_ARG(near));
    } else {
        for (size_t i = 0; i < n; i++) {
            strbuf_addf(&b, "%s" STR_FMT, i ? "、" : TR("，可用：", ": "), STR_ARG(known[i]));
        }
    }
    return arena_z(im->arena, strbuf_str(&b));
}

static bool read_day(struct import *im, struct answer_row *v, daynum handed)
{
    enum date_precision precision = DATE_DAY;
    struct str cell = filled_cell(&im->list, v->cells, FILLED_DAY);
    enum value_reason r = value_date(cell, DATE_ALLOW_SERIAL | DATE_ALLOW_TWO_DIGIT | DATE_ONLY_DAY, &v->day, &precision);
    if (r != VALUE_OK || precision != DATE_DAY) {
        refuse(v, cell.n ? TR("受理日期看不懂，请写成 2026-03-05", "受理日期 is not understood; write 2026-03-05") : TR("没有受理日期", "no 受理日期"));
    } else if (v->day > clock_today()) {
        refuse(v, TR("受理日期在将来", "受理日期 lies in the future"));
    } else if (v->day < handed) {
        refuse(v, TR("受理日期早于交办那天，年份可能写错", "受理日期 lies before the day it was handed on: the wrong year?"));
    } else {
        return true;
    }
    return false;
}

static bool says(const struct answer_row *v, struct str word, daynum day, struct str programme, struct str by, struct str note)
{
    return str_eqz(word, v->word) && day == v->day && str_eq(programme, v->programme) && str_eq(by, v->by) && str_eq(note, v->note);
}

/* A file saved again by another program, or with rows added, says again what it said: an answer given since then stands. */
static enum status said_before(struct import *im, const struct answer_row *v, bool *out, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_REFERRAL_SAID);
    stmt_bind_int(q, ":referral_no", v->no);
    stmt_bind_z(q, ":answer", v->word);
    stmt_bind_int(q, ":day", v->day);
    stmt_bind_text(q, ":programme", v->programme);
    stmt_bind_text(q, ":answered_by", v->by);
    stmt_bind_text(q, ":note", v->note);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = stmt_int(q, 0) > 0;
    return ST_OK;
}

/* What the ledger and this file say of the same referral already. A later file corrects, two rows of one file that differ are a slip. */
static enum status compare(struct import *im, struct answer_row *v, struct err *err)
{
    uint32_t twin = map64_get(&im->row_of, (uint64_t)v->no);
    if (twin != MAP_NONE) {
        const struct answer_row *u = &im->rows.v[twin];
        if (says(v, str_of(u->word), u->day, u->programme, u->by, u->note)) {
            v->fate = ANSWER_REPEATED;
        } else {
            refuse(v, arena_printf(im->arena, TR("同一转介在本表第 %lld 行已填，内容不同", "the same referral stands in line %lld with other content"), (long long)u->cells->line));
        }
        return ST_OK;
    }
    bool before;
    TRY(said_before(im, v, &before, err));
    v->fate = before ? ANSWER_REPEATED : ANSWER_ACCEPTED;
    map64_put(&im->row_of, (uint64_t)v->no, (uint32_t)(v - im->rows.v));
    return ST_OK;
}

static enum status judge_answer(struct import *im, struct answer_row *v, struct str word, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_REFERRAL);
    stmt_bind_int(q, ":referral_no", v->no);
    bool known;
    TRY(stmt_one(q, &known, err));
    v->state = referral_answer_of(word, &v->word);
    v->programme = text_cell(im, v, FILLED_PROGRAMME);
    v->by = text_cell(im, v, FILLED_VISITOR);
    v->note = text_cell(im, v, FILLED_NOTE);
    if (!known) {
        refuse(v, TR("台账里没有这个转介", "the ledger has no such referral"));
    } else if (v->state == REFERRAL_OPEN) {
        refuse(v, unknown_word(im, word));
    } else if (v->state == REFERRAL_DONE && v->programme.n == 0) {
        refuse(v, TR("已办结要写办理项目", "已办结 needs 办理项目: what was given"));
    } else if (read_day(im, v, stmt_day(q, 0))) {
        return compare(im, v, err);
    }
    return ST_OK;
}

static bool answered_without_word(struct import *im, const struct answer_row *v)
{
    static const enum filled_column answer[] = {FILLED_DAY, FILLED_PROGRAMME, FILLED_NOTE};
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(answer); i++) {
        any |= filled_cell(&im->list, v->cells, answer[i]).n > 0;
    }
    return any;
}

static enum status judge_row(struct import *im, struct answer_row *v, struct err *err)
{
    struct str number = filled_cell(&im->list, v->cells, FILLED_NUMBER), word = filled_cell(&im->list, v->cells, FILLED_OUTCOME);
    if (v->cells->bad != VALUE_OK) {
        refuse(v, value_reason_word(v->cells->bad));
    } else if (referral_number_parse(number, &v->no)) {
        if (word.n > 0) {
            return judge_answer(im, v, word, err);
        }
        if (answered_without_word(im, v)) {
            refuse(v, TR("填了受理日期、办理项目或说明，但没有受理结果", "a day, a programme or a note, but no 受理结果"));
        } else {
            v->fate = ANSWER_BLANK;
        }
    } else if (number.n > 0 && (word.n > 0 || filled_cells_used(v->cells) > 1)) {
        refuse(v, TR("转介编号不对，应为 Z-数字-校验字符，可能抄错了一位", "not a referral number (Z-digits-check): one character may be wrong"));
    } else if (word.n > 0) {
        refuse(v, TR("有受理结果，但没有转介编号", "an answer without a referral number"));
    } /* else: no row of a referral: notices, signatures */
    return ST_OK;
}

/* --- a file ------------------------------------------------------------------------------------------------------------------- */

static void sum_up(struct import *im)
{
    AUTO_STRBUF reasons = STRBUF_INIT;
    struct referrals_result *o = im->out;
    for (size_t i = 0; i < im->rows.n; i++) {
        const struct answer_row *v = &im->rows.v[i];
        o->rows += v->fate != ANSWER_NOTHING;
        o->accepted += v->fate == ANSWER_ACCEPTED;
        o->blank += v->fate == ANSWER_BLANK;
        o->repeated += v->fate == ANSWER_REPEATED;
        o->refused += v->fate == ANSWER_REFUSED;
        if (v->fate == ANSWER_REFUSED && o->refused <= REASONS_SHOWN) {
            strbuf_addf(&reasons, TR("  第 %lld 行：%s\n", "  line %lld: %s\n"), (long long)v->cells->line, v->reason);
        }
    }
    o->first_reasons = arena_str(im->arena, strbuf_str(&reasons));
}

static enum status write_refused(struct import *im, const char *path, struct err *err)
{
    struct refused_rows out;
    refused_init(&out, &im->list);
    for (size_t i = 0; i < im->rows.n; i++) {
        if (im->rows.v[i].fate == ANSWER_REFUSED) {
            refused_add(&out, im->rows.v[i].cells, im->rows.v[i].reason, NULL);
        }
    }
    enum status st = refused_write(&out, path, im->arena, &im->out->refused_path, err);
    refused_release(&out);
    return st;
}

static enum status insert_import(struct import *im, const char *name, const char *at, int64_t *out_id, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_INSERT_REFERRAL_IMPORT);
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

static enum status insert_answer(struct import *im, const struct answer_row *v, int64_t import_id, int64_t night, const char *at, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_INSERT_REFERRAL_ANSWER);
    stmt_bind_int(q, ":import_id", import_id);
    stmt_bind_int(q, ":referral_no", v->no);
    stmt_bind_int(q, ":night", night);
    stmt_bind_z(q, ":answer", v->word);
    stmt_bind_z(q, ":state", state_names[v->state]);
    stmt_bind_day(q, ":day", v->day);
    stmt_bind_text(q, ":programme", v->programme);
    stmt_bind_text(q, ":answered_by", v->by);
    stmt_bind_text(q, ":note", v->note);
    stmt_bind_z(q, ":at", at);
    return stmt_run(q, err);
}

static enum status last_night(struct db *ledger, int64_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_SELECT_NIGHT_LAST);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_int(q, 0) : 0;
    return ST_OK;
}

/* Nothing accepted: nothing is written, so that a list sent twice leaves no trace. */
static enum status write_ledger(struct import *im, const char *name, struct err *err)
{
    char at[20];
    int64_t night, import_id;
    if (im->out->accepted == 0) {
        return ST_OK;
    }
    clock_stamp(at);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, im->ledger, err));
    TRY(last_night(im->ledger, &night, err));
    TRY(insert_import(im, name, at, &import_id, err));
    for (size_t i = 0; i < im->rows.n; i++) {
        if (im->rows.v[i].fate == ANSWER_ACCEPTED) {
            TRY(insert_answer(im, &im->rows.v[i], import_id, night, at, err));
        }
    }
    TRY(audit_add(im->ledger, "import",
                  arena_printf(im->arena, "referrals import %lld: accepted %lld, refused %lld", (long long)import_id, (long long)im->out->accepted, (long long)im->out->refused), err));
    return tx_commit(&tx, err);
}

static enum status import_file(struct import *im, const char *path, struct err *err)
{
    TRY(filled_read(path, FILLED_REFERRALS, &im->list, err));
    {
        AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_REFERRAL_IMPORT_BY_HASH);
        stmt_bind_z(q, ":xxh128", im->list.xxh128);
        TRY(stmt_one(q, &im->out->known_file, err));
    }
    if (im->out->known_file) {
        return ST_OK;
    }
    vec_reserve(&im->rows, im->list.rows.n + 1); /* rows refer to each other by index and are never moved */
    for (size_t i = 0; i < im->list.rows.n; i++) {
        struct answer_row *v = vec_add(&im->rows);
        v->cells = &im->list.rows.v[i];
        v->day = DAY_MISSING;
        TRY(judge_row(im, v, err));
    }
    sum_up(im);
    TRY(write_refused(im, path, err));
    const char *slash = strrchr(path, '/');
    return write_ledger(im, slash ? slash + 1 : path, err);
}

enum status referrals_import(struct db *ledger, const char *path, struct arena *a, struct referrals_result *out, struct err *err)
{
    *out = (struct referrals_result){.rows = 0};
    struct import im = {.ledger = ledger, .arena = a, .out = out};
    enum status st = import_file(&im, path, err);
    filled_release(&im.list);
    vec_release(&im.rows);
    map64_release(&im.row_of);
    return st;
}
