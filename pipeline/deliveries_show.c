/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/deliveries_show.h"

#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/width.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/ingest/standing.h"

const char *delivery_state_word(struct str state)
{
    return str_eqz(state, "accepted")  ? TR("已接收", "accepted")
           : str_eqz(state, "held")    ? TR("暂扣", "held")
           : str_eqz(state, "refused") ? TR("拒收", "refused")
           : str_eqz(state, "purged")  ? TR("已清理", "purged")
                                       : TR("撤回", "withdrawn");
}

/* --- list ---------------------------------------------------------------------------------------------------------- */

/* Columns of STMT_LIST_DELIVERIES. */
enum { L_ID, L_SOURCE, L_SCOPE, L_DATE, L_FROM, L_KIND, L_STATE, L_REASON, L_RECEIVED, L_FILES, L_RECORDS, L_TYPED, L_REJECTED, L_DEFECTS };

static void list_json(struct json_out *j, const struct stmt *q, const struct standing *standing)
{
    static const struct {
        const char *key;
        int col;
    } texts[] = {{"source", L_SOURCE}, {"scope", L_SCOPE}, {"date_from", L_FROM}, {"kind", L_KIND}, {"state", L_STATE}, {"reason", L_REASON}},
      numbers[] = {{"files", L_FILES}, {"records", L_RECORDS}, {"typed", L_TYPED}, {"rejected", L_REJECTED}, {"defects", L_DEFECTS}},
      days[] = {{"data_date", L_DATE}, {"received", L_RECEIVED}};
    json_open(j, '{');
    json_ki(j, "delivery", stmt_int(q, L_ID));
    for (size_t i = 0; i < ARRAY_LEN(days); i++) {
        AUTO_STRBUF day = STRBUF_INIT;
        strbuf_add_day(&day, stmt_day(q, days[i].col));
        json_ks(j, days[i].key, strbuf_str(&day));
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        json_ks(j, texts[i].key, stmt_text(q, texts[i].col));
    }
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        json_ki(j, numbers[i].key, stmt_int(q, numbers[i].col));
    }
    json_ki(j, "set_aside", stmt_int(q, L_RECORDS) - stmt_int(q, L_TYPED) - stmt_int(q, L_REJECTED));
    json_key(j, "in_force");
    json_bool(j, standing && standing->in_force);
    json_ks(j, "why", standing ? str_of(standing->why) : stmt_text(q, L_REASON));
    json_close(j, '}');
}

enum { LIST_CELLS = 10 };
static const size_t widths[LIST_CELLS] = {6, 12, 16, 11, 11, 9, 9, 6, 6, 8};

static void list_row(struct strbuf *b, const struct str *cells)
{
    for (size_t i = 0; i < LIST_CELLS; i++) {
        strbuf_add_padded(b, cells[i], widths[i]);
        strbuf_addc(b, ' ');
    }
}

static struct str number_text(struct arena *a, int64_t v)
{
    return str_of(arena_printf(a, "%lld", (long long)v));
}

static const char *standing_word(const struct standing *standing, struct str state)
{
    if (!standing) {
        return delivery_state_word(state);
    }
    return standing->in_force ? TR("在用", "in force") : TR("不在用", "not in force");
}

static void list_line(struct strbuf *b, const struct site *s, const struct stmt *q, const struct standing *standing)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF day = STRBUF_INIT, received = STRBUF_INIT;
    int at = source_find(s->sources, stmt_text(q, L_SOURCE));
    strbuf_add_day(&day, stmt_day(q, L_DATE));
    strbuf_add_day(&received, stmt_day(q, L_RECEIVED));
    const struct str cells[LIST_CELLS] = {number_text(&a, stmt_int(q, L_ID)),
                                          at < 0 ? stmt_text(q, L_SOURCE) : s->sources->v[at].label,
                                          stmt_text(q, L_SCOPE),
                                          strbuf_str(&day),
                                          strbuf_str(&received),
                                          number_text(&a, stmt_int(q, L_RECORDS)),
                                          number_text(&a, stmt_int(q, L_TYPED)),
                                          number_text(&a, stmt_int(q, L_REJECTED)),
                                          number_text(&a, stmt_int(q, L_RECORDS) - stmt_int(q, L_TYPED) - stmt_int(q, L_REJECTED)),
                                          str_of(standing_word(standing, stmt_text(q, L_STATE)))};
    list_row(b, cells);
    strbuf_adds(b, standing && stmt_text(q, L_REASON).n == 0 ? str_of(standing->why) : stmt_text(q, L_REASON));
    strbuf_addc(b, '\n');
}

static void list_heads(struct strbuf *out)
{
    const struct str heads[LIST_CELLS] = {str_of(TR("交付", "no")),       str_of(TR("数据源", "source")), str_of(TR("范围", "scope")),
                                          str_of(TR("数据日期", "date")), str_of(TR("收到", "received")), str_of(TR("记录", "records")),
                                          str_of(TR("录入", "typed")),    str_of(TR("退回", "reject")),   str_of(TR("搁置", "aside")),
                                          str_of(TR("状态", "state"))};
    list_row(out, heads);
    strbuf_addf(out, "%s\n", TR("说明", "why"));
}

static enum status list_rows(struct strbuf *out, struct json_out *j, bool json, struct site *s, const standing_list *standings, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_DELIVERIES);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        const struct standing *standing = standing_find(standings, stmt_int(q, L_ID));
        if (json) {
            list_json(j, q, standing);
        } else {
            list_line(out, s, q, standing);
        }
    }
}

enum status deliveries_list(const struct args *a, struct site *s, struct err *err)
{
    AUTO_STRBUF out = STRBUF_INIT;
    struct json_out j = json_out_to(&out);
    standing_list standings = {0};
    enum status st = standings_load(s, clock_today(), &s->arena, &standings, err);
    if (a->json) {
        json_open(&j, '[');
    } else {
        list_heads(&out);
    }
    if (st == ST_OK) {
        st = list_rows(&out, &j, a->json, s, &standings, err);
    }
    if (a->json) {
        json_close(&j, ']');
        strbuf_addc(&out, '\n');
    }
    if (st == ST_OK) {
        (void)fwrite(strbuf_z(&out), 1, out.n, stdout);
    }
    vec_release(&standings);
    return st;
}

/* --- show ---------------------------------------------------------------------------------------------------------- */

#define EXAMPLES_SHOWN 5

static bool print_reject(void *ctx, const struct reject *r, int64_t count)
{
    int *shown = ctx;
    if (count > 0) {
        printf("      %s %.*s %s×%lld\n", r->kind == REJECT_ROW ? TR("退回行", "rows rejected") : TR("未知值", "cells unknown"), STR_ARG(r->column),
               reject_reason_text(r->reason), (long long)count);
        *shown = 0;
    }
    if ((*shown)++ < EXAMPLES_SHOWN) {
        printf(TR("        第 %lld 行 %.*s\n", "        line %lld %.*s\n"), (long long)r->line, STR_ARG(r->masked));
    }
    return true;
}

/* Columns of STMT_LIST_DELIVERY_FILES. */
enum { F_ID, F_PART, F_NAME, F_SIZE, F_SHA, F_ENCODING, F_DELIMITER, F_HEADER, F_RECORDS, F_TYPED, F_REJECTED, F_ASIDE, F_DEFECTS = F_ASIDE + 6 };

static const char *delimiter_word(struct str d)
{
    static const char *const words[][3] = {{",", "逗号", "comma"}, {"\t", "制表符", "tab"}, {";", "分号", "semicolon"}, {"|", "竖线", "bar"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(d, words[i][0])) {
            return TR(words[i][1], words[i][2]);
        }
    }
    return "-";
}

static void describe_file(struct strbuf *b, const struct stmt *q)
{
    static const char *const asides[][2] = {{"标题", "title"}, {"表头", "header"}, {"合计", "total"}, {"签字", "signature"}, {"空行", "blank"}, {"不算的行", "skipped"}};
    strbuf_addf(b, TR("  文件 %lld：" STR_FMT "，%lld 字节\n", "  file %lld: " STR_FMT ", %lld bytes\n"), (long long)stmt_int(q, F_PART),
                STR_ARG(stmt_text(q, F_NAME)), (long long)stmt_int(q, F_SIZE));
    if (stmt_int(q, F_HEADER) == 0) {
        strbuf_addz(b, TR("    没有读：认不出编码或表头\n", "    not read: encoding or header not recognised\n"));
        return;
    }
    if (str_eqz(stmt_text(q, F_ENCODING), "xlsx")) {
        strbuf_addf(b, TR("    工作簿，表头在第 %lld 行\n", "    workbook, header in line %lld\n"), (long long)stmt_int(q, F_HEADER));
    } else {
        strbuf_addf(b, TR("    编码 " STR_FMT "，%s分隔，表头在第 %lld 行\n", "    encoding " STR_FMT ", %s, header in line %lld\n"),
                    STR_ARG(stmt_text(q, F_ENCODING)), delimiter_word(stmt_text(q, F_DELIMITER)), (long long)stmt_int(q, F_HEADER));
    }
    int64_t aside = stmt_int(q, F_RECORDS) - stmt_int(q, F_TYPED) - stmt_int(q, F_REJECTED);
    strbuf_addf(b, TR("    记录 %lld = 录入 %lld + 退回 %lld + 搁置 %lld", "    records %lld = typed %lld + rejected %lld + set aside %lld"),
                (long long)stmt_int(q, F_RECORDS), (long long)stmt_int(q, F_TYPED), (long long)stmt_int(q, F_REJECTED), (long long)aside);
    const char *open = TR("（", " (");
    for (int i = 0; i < (int)ARRAY_LEN(asides); i++) {
        if (stmt_int(q, F_ASIDE + i) > 0) {
            strbuf_addf(b, "%s%s %lld", open, TR(asides[i][0], asides[i][1]), (long long)stmt_int(q, F_ASIDE + i));
            open = TR("、", ", ");
        }
    }
    strbuf_addf(b, TR("%s；未知值 %lld\n", "%s; cells unknown %lld\n"), aside > 0 ? TR("）", ")") : "", (long long)stmt_int(q, F_DEFECTS));
}

/* The ledger's rows first: reading rejects may use the same statement's connection to type a file again. */
static enum status show_files(struct site *s, int64_t id, struct err *err)
{
    VEC(int64_t) files = {0};
    VEC(const char *) texts = {0};
    enum status st = ST_OK;
    {
        AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_DELIVERY_FILES);
        stmt_bind_int(q, ":delivery", id);
        for (bool row; (st = stmt_step(q, &row, err)) == ST_OK && row;) {
            AUTO_STRBUF b = STRBUF_INIT;
            describe_file(&b, q);
            vec_push(&files, stmt_int(q, F_HEADER) > 0 ? stmt_int(q, F_ID) : -1);
            vec_push(&texts, arena_z(&s->arena, strbuf_str(&b)));
        }
    }
    for (size_t i = 0; i < files.n && st == ST_OK; i++) {
        int shown = 0;
        printf("%s", texts.v[i]);
        if (files.v[i] >= 0) {
            st = file_rejects(s, files.v[i], print_reject, &shown, err);
        }
    }
    vec_release(&files);
    vec_release(&texts);
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
        AUTO_STRBUF title = STRBUF_INIT;
        gate_title(stmt_text(q, 0), &title);
        printf(TR("  检验 %s：%.*s，允许 %.*s，%s\n", "  gate %s: %.*s, allowed %.*s, %s\n"), strbuf_z(&title), STR_ARG(stmt_text(q, 1)),
               STR_ARG(stmt_text(q, 2)),
               str_eqz(stmt_text(q, 3), "ok") ? TR("通过", "ok") : str_eqz(stmt_text(q, 3), "warn") ? TR("提醒", "warn") : TR("不通过", "stop"));
    }
}

static enum status show_decisions(struct site *s, int64_t id, struct err *err)
{
    static const char *const words[][3] = {{"accept", "接收", "accepted"}, {"refuse", "拒收", "refused"}, {"withdraw", "撤回", "withdrawn"}};
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_DELIVERY_DECISIONS);
    stmt_bind_int(q, ":delivery", id);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (str_eqz(stmt_text(q, 0), words[i][0])) {
                printf(TR("  决定：%.*s %.*s %s，理由：%.*s\n", "  decision: %.*s %.*s %s, because: %.*s\n"), STR_ARG(stmt_text(q, 3)), STR_ARG(stmt_text(q, 2)),
                       TR(words[i][1], words[i][2]), STR_ARG(stmt_text(q, 1)));
            }
        }
    }
}

/* Columns of STMT_SELECT_DELIVERY. */
enum { D_SOURCE, D_SCOPE, D_DATE, D_STATE, D_REASON, D_TYPED_FILES, D_FILES, D_FROM, D_RECEIVED, D_AT };

static const char *date_origin(struct str from)
{
    return str_eqz(from, "name")     ? TR("取自文件名", "from its name")
           : str_eqz(from, "column") ? TR("取自列", "from a column")
                                     : TR("文件里没写，用收到的日期", "not stated: the day of receipt");
}

static enum status show_head(struct site *s, int64_t id, struct err *err)
{
    standing_list standings = {0};
    TRY(standings_load(s, clock_today(), &s->arena, &standings, err));
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_DELIVERY);
    bool row;
    stmt_bind_int(q, ":delivery", id);
    enum status st = stmt_one(q, &row, err);
    if (st == ST_OK && !row) {
        st = err_set(err, ST_NOT_FOUND, TR("没有交付 %lld；mopai deliveries list 列出全部", "there is no delivery %lld; mopai deliveries list shows all"), (long long)id);
    }
    if (st == ST_OK) {
        AUTO_STRBUF day = STRBUF_INIT, received = STRBUF_INIT;
        strbuf_add_day(&day, stmt_day(q, D_DATE));
        strbuf_add_day(&received, stmt_day(q, D_RECEIVED));
        int at = source_find(s->sources, stmt_text(q, D_SOURCE));
        struct str source = at < 0 ? stmt_text(q, D_SOURCE) : s->sources->v[at].label;
        const struct standing *standing = standing_find(&standings, id);
        printf(TR("交付 %lld：%.*s %.*s，数据日期 %s（%s），%s 收到\n", "delivery %lld: %.*s %.*s, data date %s (%s), received %s\n"), (long long)id, STR_ARG(source),
               STR_ARG(stmt_text(q, D_SCOPE)), strbuf_z(&day), date_origin(stmt_text(q, D_FROM)), strbuf_z(&received));
        printf("  %s%s%s%s%.*s\n", standing_word(standing, stmt_text(q, D_STATE)), standing ? TR("：", ": ") : "", standing ? standing->why : "",
               stmt_text(q, D_REASON).n ? TR("；", "; ") : "", STR_ARG(stmt_text(q, D_REASON)));
    }
    vec_release(&standings);
    return st;
}

enum status deliveries_show(struct site *s, int64_t id, struct err *err)
{
    TRY(show_head(s, id, err));
    TRY(show_decisions(s, id, err));
    TRY(show_gates(s, id, err));
    return show_files(s, id, err);
}
