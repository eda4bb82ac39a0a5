/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/visits.h"

#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/core/map.h"
#include "base/store/db.h"
#include "base/text/diag.h"
#include "base/text/width.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/refused_rows.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"
#include "pipeline/visits_file.h"
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
    int group;
    bool has_day;         /* day and visitor are known, own or carried */
};

struct import {
    struct db *ledger;
    const struct rules_meta *meta;
    struct arena *arena;
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

static enum status read_warning(struct import *im, struct visit_row *v, daynum *out_listed, bool *out_known, struct err *err)
{
    AUTO_STMT q = stmt_use(im->ledger, STMT_SELECT_WARNING_FOR_VISIT);
    stmt_bind_int(q, ":warning_no", v->warning_no);
    TRY(stmt_one(q, out_known, err));
    v->household = *out_known ? stmt_int(q, 0) : 0;
    *out_listed = *out_known ? stmt_day(q, 1) : DAY_MISSING;
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

/* Known with the same content: repeated. Another content is a correction and counts from now on; twice in one file with different content is a slip. */
static enum status compare_known(struct import *im, struct visit_row *v, struct err *err)
{
    uint32_t twin = map64_get(&im->row_of_warning, (uint64_t)v->warning_no);
    if (twin != MAP_NONE) {
        const struct visit_row *u = &im->rows.v[twin];
        if (same_outcome(v, u->day, u->visitor, u->outcome, u->note)) {
            v->fate = ROW_REPEATED;
        } else {
            refuse(v, arena_printf(im->arena, TR("同一预警在本表第 %lld 行已填，内容不同", "the same warning stands in line %lld with other content"),
                                   (long long)u->cells->line));
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
    daynum listed;
    bool known;
    TRY(read_warning(im, v, &listed, &known, err));
    if (!known) {
        refuse(v, TR("台账里没有这个预警", "the ledger has no such warning"));
        return ST_OK;
    }
    bool readable = read_visit(im, v);
    if (v->outcome.n == 0) {
        v->fate = ROW_BLANK;
    } else if (listed == DAY_MISSING) {
        refuse(v, TR("这个预警还没有列入过清单", "this warning never stood on a list"));
    } else if (!readable) {
        refuse(v, TR("走访日期看不懂，请写成 2026-03-05", "day of the visit not understood; write 2026-03-05"));
    } else if (read_outcome(im, v) && check_day(v, listed)) {
        return compare_known(im, v, err);
    }
    return ST_OK;
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
        if (im->rows.v[i].fate == ROW_ACCEPTED) {
            TRY(insert_visit(im, &im->rows.v[i], import_id, night, at, err));
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
    TRY(filled_read(path, &im->list, err));
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
    const char *slash = strrchr(path, '/');
    return write_ledger(im, slash ? slash + 1 : path, err);
}

enum status visits_import(struct db *ledger, const struct rules_meta *meta, const char *path, struct arena *a, struct visits_result *out, struct err *err)
{
    *out = (struct visits_result){.rows = 0};
    struct import im = {.ledger = ledger, .meta = meta, .arena = a, .out = out};
    enum status st = import_file(&im, path, err);
    filled_release(&im.list);
    vec_release(&im.rows);
    map64_release(&im.last_of_household);
    map64_release(&im.row_of_warning);
    return st;
}

/* --- the command -------------------------------------------------------------------------------------------------------------- */

static void print_result(const struct args *args, const char *path, const struct visits_result *r)
{
    if (args->json) {
        AUTO_STRBUF b = STRBUF_INIT;
        struct json_out j = json_out_to(&b);
        json_open(&j, '{');
        json_kz(&j, "file", path);
        json_key(&j, "known");
        json_bool(&j, r->known_file);
        json_ki(&j, "accepted", r->accepted);
        json_ki(&j, "blank", r->blank);
        json_ki(&j, "repeated", r->repeated);
        json_ki(&j, "refused", r->refused);
        json_kz(&j, "refused_file", r->refused_path ? r->refused_path : "");
        json_close(&j, '}');
        printf("%s\n", strbuf_z(&b));
        return;
    }
    if (r->known_file) {
        printf(TR("%s：这份文件已经导入过，没有改动\n", "%s: imported before, nothing changed\n"), path);
        return;
    }
    printf(TR("%s：接受 %lld 行，未走访 %lld 行，重复 %lld 行，未接受 %lld 行\n", "%s: %lld rows accepted, %lld not visited, %lld repeated, %lld refused\n"), path,
           (long long)r->accepted, (long long)r->blank, (long long)r->repeated, (long long)r->refused);
    if (r->refused > 0) {
        printf(STR_FMT, STR_ARG(r->first_reasons));
        printf(TR("  未接受的行在 %s，改正后可再次导入\n", "  refused rows are in %s; correct them and import that file\n"), r->refused_path);
    }
}

static enum status import_all(struct site *site, const struct rules_meta *meta, const struct args *args, struct err *err)
{
    int64_t refused = 0;
    for (int i = 0; i < args->n; i++) {
        struct visits_result r;
        TRY(visits_import(site->ledger, meta, args->v[i], &site->arena, &r, err));
        print_result(args, args->v[i], &r);
        refused += r.refused;
    }
    if (refused > 0) {
        warn_add(ST_W_ROWS_REFUSED, TR("%lld 行", "%lld rows"), (long long)refused);
    }
    return ST_OK;
}

static enum status run(const struct args *args, struct err *err)
{
    if (args->n == 0) {
        return err_set(err, ST_USAGE, TR("要写出填好的文件，如 mopai visits import 东风街道.xlsx", "name the filled files: mopai visits import FILE..."));
    }
    struct site site;
    TRY(site_open(&site, args->site_dir, SITE_WRITE, err));
    struct schema schema;
    struct ruleset *rules = NULL;
    schema_build(&site.arena, site.sources, site.people, &site.areas, &schema);
    enum status st = schema_compile(&schema, site.files[SITE_RULES].path, site.files[SITE_RULES].text, &rules, err);
    if (st == ST_OK) {
        st = import_all(&site, ruleset_meta(rules), args, err);
        ruleset_free(rules);
    }
    site_close(&site);
    return st;
}

static const struct option options[] = {{NULL, 0, NULL, NULL, NULL}};

const struct command cmd_visits = {
    .name = "visits import",
    .operands = "FILE...",
    .zh = "导入街道填好的走访清单（.xlsx，或另存为 CSV）",
    .en = "take filled visit lists back (.xlsx, or saved as CSV)",
    .more_zh = "按预警编号逐行对上；列可以调换、增删，编码 UTF-8、GBK、UTF-16 都可以，表头上面有标题行也可以。\n"
               "核查结果留空表示没有走访。走访日期和走访人每户填一次即可。\n"
               "未接受的行连同原因写到 FILE.refused.csv，改正后直接导入那个文件。同一份文件导入两次，第二次不会有任何改动。\n"
               "例：mopai -C 站点 visits import 回填/*.csv",
    .more_en = "Rows find their warning by its number; columns may be moved, added or left out; UTF-8, GBK and UTF-16 are read; titles above the header\n"
               "are fine. A blank outcome means not visited. Day and visitor may stand once a household.\n"
               "Refused rows are written to FILE.refused.csv with the reason: correct them and import that file. The same file twice changes nothing.\n"
               "Example: mopai -C SITE visits import back/*.csv",
    .options = options,
    .run = run,
};
