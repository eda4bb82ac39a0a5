/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/explain.h"

#include <stdio.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/site.h"
#include "rules/warning_number.h"

/* --- a warning, from the ledger ----------------------------------------------------------------------------------------- */

static const char *event_word(struct str kind)
{
    static const struct {
        const char *kind, *zh, *en;
    } words[] = {{"pending", "成立一次", "holds once"},
                 {"held", "暂扣", "held"},
                 {"released", "放行", "released"},
                 {"new", "列入清单", "on the list"},
                 {"level", "变化", "changed"},
                 {"visited", "走访未核实", "visited, not verified"},
                 {"closed", "核查办结", "closed"},
                 {"reopened", "撤回核查结果", "outcome taken back"},
                 {"snoozed", "暂缓", "snoozed"},
                 {"returned", "退回", "returned"},
                 {"extended", "延期", "extended"},
                 {"absent", "未成立一次", "absent"},
                 {"cleared", "消除", "cleared"},
                 {"merged", "并入", "merged into"},
                 {"entity merged", "对象并入另一人或另一户", "its subject was merged into another"},
                 {"entity split", "对象分出，预警随其依据所说的人", "its subject split: it follows whom its evidence is about"},
                 {"entity moved", "随其依据所说的人转到另一户", "it follows whom its evidence is about to another household"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(kind, words[i].kind)) {
            return TR(words[i].zh, words[i].en);
        }
    }
    return "?";
}

static struct str area_name(const struct explain *x, struct str code)
{
    int32_t at = code.n ? areas_by_code(&x->site->areas, code) : AREA_NONE;
    return at == AREA_NONE ? code : x->site->areas.areas.v[at].name;
}

static void add_field(struct strbuf *b, const char *name, struct str value)
{
    if (value.n > 0) {
        strbuf_addf(b, "  %s%s" STR_FMT "\n", name, TR("：", ": "), STR_ARG(value));
    }
}

static enum status add_head(struct explain *x, int64_t no, struct err *err)
{
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_SELECT_WARNING_EXPLAIN);
    stmt_bind_int(q, ":warning_no", no);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return err_set(err, ST_NOT_FOUND, TR("台账里没有这个预警号", "the ledger has no such warning"));
    }
    char ref[REF_MAX];
    bool person = str_eqz(stmt_text(q, 1), "P");
    (person ? person_ref : household_ref)(x->site->key, (uint64_t)stmt_int(q, 2), ref);
    strbuf_addz(x->out, TR("预警 ", "warning "));
    strbuf_add_warning_number(x->out, no);
    strbuf_addf(x->out, "  " STR_FMT " " STR_FMT "\n", STR_ARG(stmt_text(q, 0)), STR_ARG(stmt_text(q, 4)));
    strbuf_addf(x->out, "  %s %s\n", person ? TR("对象：人", "about: person") : TR("对象：户", "about: household"), ref);
    if (person && !stmt_is_null(q, 13)) {
        household_ref(x->site->key, (uint64_t)stmt_int(q, 13), ref);
        strbuf_addf(x->out, "  %s%s\n", TR("所在户：", "household: "), ref);
    }
    AUTO_STRBUF place = STRBUF_INIT;
    strbuf_adds(&place, area_name(x, stmt_text(q, 11)));
    strbuf_addz(&place, stmt_text(q, 12).n ? " " : "");
    strbuf_adds(&place, area_name(x, stmt_text(q, 12)));
    add_field(x->out, TR("区划", "area"), strbuf_str(&place));
    add_field(x->out, TR("级别", "level"), stmt_text(q, 9));
    add_field(x->out, TR("事由", "reason"), stmt_text(q, 8));
    add_field(x->out, TR("依据", "basis"), stmt_text(q, 6));
    add_field(x->out, TR("规则版本", "rules version"), stmt_text(q, 5));
    add_field(x->out, TR("规则指纹", "rule hash"), stmt_text(q, 7));
    add_field(x->out, TR("基准日", "as of"), stmt_text(q, 10));
    return ST_OK;
}

static enum status add_history(struct explain *x, int64_t no, struct err *err)
{
    strbuf_addz(x->out, TR("经过\n", "history\n"));
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_WARNING_HISTORY);
    stmt_bind_int(q, ":warning_no", no);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        strbuf_addf(x->out, TR("  第%lld夜 ", "  night %lld "), (long long)stmt_int(q, 0));
        strbuf_add_day(x->out, stmt_day(q, 1));
        strbuf_addf(x->out, "  %s", event_word(stmt_text(q, 2)));
        if (stmt_text(q, 3).n) {
            strbuf_addf(x->out, " " STR_FMT, STR_ARG(stmt_text(q, 3)));
        }
        if (stmt_text(q, 4).n) {
            strbuf_addf(x->out, TR("（" STR_FMT "）", " (" STR_FMT ")"), STR_ARG(stmt_text(q, 4)));
        }
        strbuf_addc(x->out, '\n');
    }
    AUTO_STMT v = stmt_use(x->site->ledger, STMT_LIST_WARNING_VISITS);
    stmt_bind_int(v, ":warning_no", no);
    for (bool row;;) {
        TRY(stmt_step(v, &row, err));
        if (!row) {
            return ST_OK;
        }
        strbuf_addz(x->out, TR("  走访 ", "  visit "));
        strbuf_add_day(x->out, stmt_day(v, 0));
        strbuf_addf(x->out, TR("  " STR_FMT "：" STR_FMT "（" STR_FMT "）", "  " STR_FMT ": " STR_FMT " (" STR_FMT ")"), STR_ARG(stmt_text(v, 1)),
                    STR_ARG(stmt_text(v, 2)), STR_ARG(stmt_text(v, 3)));
        if (stmt_text(v, 4).n) {
            strbuf_addf(x->out, " " STR_FMT, STR_ARG(stmt_text(v, 4)));
        }
        strbuf_addc(x->out, '\n');
    }
}

static void add_evidence_line(struct explain *x, struct stmt *q)
{
    struct str role = stmt_text(q, 1), value = stmt_text(q, 3);
    for (int64_t d = stmt_int(q, 0) + 1; d > 0; d--) {
        strbuf_addz(x->out, "  ");
    }
    if (str_eqz(role, "condition") && stmt_int(q, 0) == 0) {
        strbuf_addz(x->out, TR("条件 ", "condition "));
    } else if (str_eqz(role, "param")) {
        strbuf_addz(x->out, TR("参数 ", "parameter "));
    }
    strbuf_adds(x->out, stmt_text(q, 2));
    if (value.n) {
        strbuf_addf(x->out, "  " STR_FMT, STR_ARG(value));
    }
    if (!stmt_is_null(q, 6)) {
        strbuf_addf(x->out, TR("  ← " STR_FMT " " STR_FMT " 第%lld行", "  <- " STR_FMT " " STR_FMT " line %lld"), STR_ARG(stmt_text(q, 4)),
                    STR_ARG(stmt_text(q, 5)), (long long)stmt_int(q, 6));
        if (stmt_text(q, 7).n) {
            strbuf_addf(x->out, TR("「" STR_FMT "」=" STR_FMT, " [" STR_FMT "]=" STR_FMT), STR_ARG(stmt_text(q, 7)), STR_ARG(stmt_text(q, 8)));
        }
    }
    strbuf_addc(x->out, '\n');
}

enum status explain_warning(struct explain *x, struct str number, struct err *err)
{
    int64_t no;
    enum warning_number_verdict verdict = warning_number_parse(number, &no);
    if (verdict != WARNING_NUMBER_OK) {
        return err_set(err, ST_NOT_FOUND, "%s", verdict == WARNING_NUMBER_CHECK ? TR("预警号的校验字符不符，请核对是否抄错", "the check character of the warning number does not fit")
                                                                               : TR("预警号写成 W-000123-K 的样子，请照清单抄", "a warning number looks like W-000123-K: copy it from the list"));
    }
    TRY(add_head(x, no, err));
    TRY(add_history(x, no, err));
    strbuf_addz(x->out, TR("为什么\n", "why\n"));
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_WARNING_EVIDENCE);
    stmt_bind_int(q, ":warning_no", no);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        add_evidence_line(x, q);
    }
}

enum status explain_warnings_of(struct explain *x, char entity_kind, uint64_t entity, struct err *err)
{
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_ENTITY_WARNINGS);
    stmt_bind_text(q, ":entity_kind", str_n(&entity_kind, 1));
    stmt_bind_int(q, ":entity", (int64_t)entity);
    bool any = false;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        strbuf_addz(x->out, any ? "" : TR("预警\n", "warnings\n"));
        any = true;
        strbuf_addz(x->out, "  ");
        strbuf_add_warning_number(x->out, stmt_int(q, 0));
        strbuf_addf(x->out, "  " STR_FMT "  %s  " STR_FMT "\n", STR_ARG(stmt_text(q, 1)), event_word(stmt_text(q, 2)), STR_ARG(stmt_text(q, 3)));
    }
    return ST_OK;
}

/* --- the command ---------------------------------------------------------------------------------------------------------- */

static enum status read_inputs(struct explain *x, struct err *err)
{
    struct db *night = NULL;
    TRY(db_open(path_join(x->arena, x->run_dir, "night.db"), DB_READ, &night, err));
    VEC(struct night_input) inputs = {0};
    enum status status = ST_OK;
    struct stmt *q = stmt_use(night, STMT_LIST_INPUT_FILES_EXPLAIN);
    for (bool row = true; status == ST_OK;) {
        status = stmt_step(q, &row, err);
        if (status != ST_OK || !row) {
            break;
        }
        int source = source_find(x->site->sources, stmt_text(q, 3));
        if (source < 0) {
            status = err_set(err, ST_CONFIG, TR("sources.yaml 已没有数据源 " STR_FMT "，请先重新运行", "sources.yaml lacks " STR_FMT ": run again first"),
                             STR_ARG(stmt_text(q, 3)));
            break;
        }
        const char *segment = arena_z(x->arena, stmt_text(q, 5));
        vec_push(&inputs, (struct night_input){.file_id = stmt_int(q, 1), .delivery_id = stmt_int(q, 2), .source = (size_t)source, .scope = "",
                                               .name = arena_z(x->arena, stmt_text(q, 4)), .segment = path_join(x->arena, x->site->segments, segment),
                                               .xxh128 = arena_z(x->arena, str_sub(str_of(segment), 0, 32)), .rows = stmt_int(q, 6)});
    }
    stmt_done(q);
    db_abandon(night);
    x->inputs = arena_array(x->arena, struct night_input, inputs.n + 1);
    if (inputs.n > 0) {
        memcpy(x->inputs, inputs.v, inputs.n * sizeof(*inputs.v));
    }
    x->n_inputs = inputs.n;
    vec_release(&inputs);
    return status;
}

/* The run of x->night, or of the last published night. */
enum status explain_open_run(struct explain *x, struct err *err)
{
    AUTO_STMT q = stmt_use(x->site->ledger, x->night ? STMT_SELECT_NIGHT_AT : STMT_SELECT_NIGHT_LAST);
    bool row;
    if (x->night) {
        stmt_bind_int(q, ":night", x->night);
    }
    TRY(stmt_one(q, &row, err));
    if (!row && x->night) {
        return err_set(err, ST_NOT_FOUND, TR("没有第%lld夜；各夜见 mopai status", "there is no night %lld; see mopai status"), (long long)x->night);
    }
    if (!row) {
        return err_set(err, ST_NOT_FOUND, TR("还没有发布过一夜，请先运行 mopai run", "no night was published yet: run mopai run first"));
    }
    x->night = stmt_int(q, 0);
    x->as_of = stmt_day(q, 1);
    x->run_dir = arena_printf(x->arena, "%s/%lld", x->site->runs, (long long)x->night);
    if (!file_exists(path_join(x->arena, x->run_dir, "persons.seg"))) {
        return err_set(err, ST_NOT_FOUND, TR("第%lld夜的运行结果已不在，请用 mopai run --as-of 重算", "the run of night %lld is gone: replay it with mopai run --as-of"),
                       (long long)x->night);
    }
    TRY(read_inputs(x, err));
    return population_open(x->run_dir, x->site->people, x->as_of, x->site->key, &x->pop, err);
}

enum { OPT_REVEAL, OPT_SHEET, OPT_SVG, OPT_WHY_NOT };

static enum status dispatch(struct explain *x, const struct args *a, struct err *err)
{
    struct str what = str_of(a->v[0]);
    if (a->opt[OPT_SHEET] && !str_eqz(what, "household") && !str_eqz(what, "户")) {
        return err_set(err, ST_USAGE, TR("--sheet 只用于 explain household", "--sheet goes with explain household only"));
    }
    if (a->n == 1 && (str_starts(what, STR("W")) || str_starts(what, STR("w")))) {
        return explain_warning(x, what, err);
    }
    bool person = str_eqz(what, "person") || str_eqz(what, "人"), household = str_eqz(what, "household") || str_eqz(what, "户");
    bool record = str_eqz(what, "record") || str_eqz(what, "记录"), pair = str_eqz(what, "pair") || str_eqz(what, "一对");
    bool cluster = str_eqz(what, "cluster") || str_eqz(what, "归并");
    if (a->opt[OPT_SVG] && !pair && !cluster) {
        return err_set(err, ST_USAGE, TR("--svg 只用于 explain pair 和 explain cluster", "--svg goes with explain pair and explain cluster only"));
    }
    if (a->opt[OPT_WHY_NOT] && !person) {
        return err_set(err, ST_USAGE, TR("--why-not 只用于 explain person", "--why-not goes with explain person only"));
    }
    if (record || pair ? a->n != 3 : a->n != 2 || (!person && !household && !cluster)) {
        return err_set(err, ST_USAGE, TR("写成 explain W-000123-K，explain person P-...，explain cluster P-...，explain household H-...，explain record 文件名 行号 或 explain pair 甲 乙",
                                         "write explain W-000123-K, explain person P-..., explain cluster P-..., explain household H-..., explain record FILE LINE or explain pair A B"));
    }
    TRY(site_need_key(x->site, err));
    TRY(explain_open_run(x, err));
    if (x->reveal) {
        TRY(audit_note(x->site->ledger, "reveal", person ? "explain person" : cluster ? "explain cluster" : pair ? "explain pair" : record ? "explain record" : "explain household", err));
    }
    if (pair) {
        return explain_pair(x, str_of(a->v[1]), str_of(a->v[2]), a->opt[OPT_SVG], err);
    }
    if (cluster) {
        return explain_cluster(x, str_of(a->v[1]), a->opt[OPT_SVG], err);
    }
    if (a->opt[OPT_WHY_NOT]) {
        return explain_why_not(x, str_of(a->v[1]), err);
    }
    if (record) {
        return explain_record(x, str_of(a->v[1]), str_of(a->v[2]), err);
    }
    if (a->opt[OPT_SHEET]) {
        TRY(audit_note(x->site->ledger, "export", "explain household --sheet", err));
        return explain_sheet(x, str_of(a->v[1]), a->opt[OPT_SHEET], err);
    }
    return (person ? explain_person : explain_household)(x, str_of(a->v[1]), err);
}

static enum status run(const struct args *a, struct err *err)
{
    if (a->n == 0) {
        return err_set(err, ST_USAGE, TR("要解释什么？给出预警号、人或户", "explain what? give a warning number, a person or a household"));
    }
    AUTO_SITE site = {.lock_fd = -1};
    AUTO_ARENA arena = ARENA_INIT;
    AUTO_STRBUF out = STRBUF_INIT;
    bool reveal = a->opt[OPT_REVEAL] != NULL, writes = reveal || a->opt[OPT_SHEET];
    TRY(site_open(&site, a->site_dir, writes ? SITE_WRITE : SITE_READ, err));
    struct explain x = {.site = &site, .arena = &arena, .out = &out, .reveal = reveal};
    enum status status = dispatch(&x, a, err);
    if (status == ST_OK) {
        (void)fwrite(out.p ? out.p : "", 1, out.n, stdout);
    }
    population_close(x.pop);
    return status;
}

static const struct option options[] = {
    [OPT_REVEAL] = {"reveal", 0, NULL, "证件号写全（记入审计）", "identifiers in full (audited)"},
    [OPT_SHEET] = {"sheet", 0, "FILE", "把一户的全部来龙去脉写成一张 A4，.pdf 或 .html（记入审计）", "the household's whole chain on one A4, .pdf or .html (audited)"},
    [OPT_SVG] = {"svg", 0, "FILE", "explain pair、explain cluster：把权重画成图（没有个人信息）", "explain pair, explain cluster: the weights as a picture (no personal data)"},
    [OPT_WHY_NOT] = {"why-not", 0, NULL, "explain person：可能是此人、却没有归到此人的记录和同名的人，各为什么", "explain person: records and namesakes that may be this person's and are not, and why"},
    {NULL, 0, NULL, NULL, NULL},
};
const struct command cmd_explain = {
    .name = "explain",
    .operands = "W-... | person REF | cluster REF | household REF | record FILE LINE | pair A B",
    .zh = "说明一条预警、一个人、一户或一行记录：从原始记录到走访的每一环",
    .en = "explain a warning, a person, a household or one record, from record to visit",
    .more_zh = "  mopai explain W-000123-K          这条预警为什么有，走到哪一步\n"
               "  mopai explain person P-7K2M...    这个人的记录、归并、指标、预警；也可以写证件号\n"
               "  mopai explain person P-7K2M... --why-not   还有哪些可能是此人，为什么没有归到\n"
               "  mopai explain cluster P-7K2M...   此人的记录怎样归到一起，哪一环最弱，怎样会分开；--svg 画成图\n"
               "  mopai explain household H-...     这一户有谁、为什么在一户、在哪里\n"
               "  mopai explain household H-... --sheet 一户.pdf   连同每条预警的经过和依据，写成一张 A4（.pdf 或 .html）\n"
               "  mopai explain record 文件名 269   这份文件的第269行归到了谁；未归人、退回的说明原因和同名的人\n"
               "  mopai explain pair 文件名:269 P-7K2M...   这条记录为什么是、为什么不是此人，差在哪里；两边都可以是 P-…、证件号或 文件名:行号\n",
    .more_en = "  mopai explain W-000123-K          why this warning is there and what became of it\n"
               "  mopai explain person P-7K2M...    records, links, facts and warnings of a person; an identifier will do\n"
               "  mopai explain person P-7K2M... --why-not   what else may be this person's, and why it is not\n"
               "  mopai explain cluster P-7K2M...   how the records of a person hang together, the weakest link, what would part it; --svg draws it\n"
               "  mopai explain household H-...     who belongs to the household, and why\n"
               "  mopai explain household H-... --sheet CASE.pdf   with history and reasons of every warning, on one A4 (.pdf or .html)\n"
               "  mopai explain record FILE 269     whose line 269 of this file is; why nobody's, or why it was refused\n"
               "  mopai explain pair FILE:269 P-7K2M...   why this record is that person's or not, and what is missing; P-..., an identifier or FILE:LINE\n",
    .options = options,
    .run = run,
};
