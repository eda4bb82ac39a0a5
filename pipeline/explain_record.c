/* SPDX-License-Identifier: Apache-2.0 */
/* One line of one export: what its number is worth, whose it was taken for, or why nobody's; refused lines with the reason. */
#include "base/store/db.h"
#include "base/store/segment.h"
#include "base/text/clk.h"
#include "matchers/identifier.h"
#include "pipeline/explain.h"
#include "pipeline/link_how.h"
#include "pipeline/row_reader.h"
#include "pipeline/site.h"

#define SAME_NAME_SHOWN 5
#define TOKEN_SHOWN     9
#define NO_ROW          UINT32_MAX

struct record {
    const struct night_input *in;
    size_t input;
    const struct source *source;
    int64_t line;
    uint32_t row;    /* of the segment; NO_ROW when the line is no typed record */
    int32_t person;  /* as in the link file */
    uint64_t id;
    struct str token; /* its head, as written, when the number is one */
    struct str name;
};

static enum status find_input(struct explain *x, struct str file, struct record *out, struct err *err)
{
    for (size_t i = 0; i < x->n_inputs; i++) {
        if (str_eqz(file, x->inputs[i].name)) {
            out->input = i;
            out->in = &x->inputs[i];
            out->source = &x->site->sources->v[out->in->source];
            return ST_OK;
        }
    }
    return err_set(err, ST_NOT_FOUND, TR("第%lld夜用的文件里没有“" STR_FMT "”；用过哪些文件见 mopai deliveries list",
                                            "night %lld used no file '" STR_FMT "': see mopai deliveries list"),
                   (long long)x->night, STR_ARG(file));
}

static enum status find_row(struct explain *x, struct record *rec, struct err *err)
{
    AUTO_ROWS r = {.seg = NULL};
    const struct source *s = rec->source;
    int name = s->person[ROLE_NAME].column, id = s->person[ROLE_ID].column;
    TRY(row_reader_open(&r, rec->in->segment, s, err));
    row_reader_want(&r, name);
    row_reader_want(&r, id);
    int line_column = seg_column(r.seg, SEG_LINE);
    int64_t *lines = arena_array(x->arena, int64_t, SEG_BLOCK_ROWS);
    for (bool more = true;;) {
        TRY(row_reader_next(&r, &more, err));
        if (!more) {
            return ST_OK;
        }
        TRY(seg_read_i64(r.seg, r.block, (size_t)line_column, lines, err));
        for (size_t i = 0; i < r.rows; i++) {
            if (lines[i] == rec->line) {
                struct str text = row_text(&r, name, i);
                rec->row = (uint32_t)(r.start + i);
                rec->id = row_id(&r, id, i);
                rec->token = arena_str(x->arena, str_sub(row_text(&r, id, i), 0, TOKEN_SHOWN));
                rec->name = str_of(arena_printf(x->arena, STR_FMT, STR_ARG(text)));
                return ST_OK;
            }
        }
    }
}

struct rejects {
    struct explain *x;
    int64_t line;
    bool any;
};

static bool take_reject(void *ctx, const struct reject *r, int64_t count)
{
    struct rejects *l = ctx;
    (void)count;
    if (r->line == l->line) {
        l->any = true;
        strbuf_addf(l->x->out, "  %s" STR_FMT "%s%s  " STR_FMT "\n", r->kind == REJECT_ROW ? TR("退回：", "rejected: ") : TR("未知值：", "unknown: "),
                    STR_ARG(r->column), r->column.n ? "  " : "", reject_reason_text(r->reason), STR_ARG(r->masked));
    }
    return true;
}

static void add_number(struct explain *x, const struct record *rec)
{
    char text[IDENT_TEXT_MAX];
    if (rec->source->person[ROLE_ID].column < 0) {
        return;
    }
    if (ident_kind(rec->id) == IDENT_TOKEN) {
        const struct str key = x->site->token_key;
        char fingerprint[7] = "";
        if (key.n) {
            token_fingerprint(key, fingerprint);
        }
        strbuf_addf(x->out, TR("  证件号代号  " STR_FMT "…\n", "  token of the identifier  " STR_FMT "…\n"), STR_ARG(rec->token));
        if (rec->person < 0 && key.n) {
            strbuf_addf(x->out, TR("  名册中没有人是这个代号：此人不在名册，名册里的号码有误，或做代号的密钥不同（本站点的密钥指纹 %s，请该部门核对）\n",
                                   "  nobody in the registers has this token: they are in none, their number there is wrong, or another secret made it (this site's fingerprint is %s)\n"),
                        fingerprint);
        } else if (!key.n) {
            strbuf_addz(x->out, TR("  站点没有共用密钥，代号只能与代号归并：把密钥文件放在站点之外，用 MOPAI_TOKEN_KEY 指明，或请该部门交原始数据\n",
                                   "  the site holds no secret, a token links with other tokens only: keep the secret outside the site and name it with MOPAI_TOKEN_KEY, or ask for raw values\n"));
        }
        return;
    }
    if (ident_key(rec->id) == 0) {
        strbuf_addf(x->out, TR("  证件号不能用：%s\n", "  no usable identifier: %s\n"), ident_reason_text(ident_reason(rec->id)));
        return;
    }
    (x->reveal ? ident_print : ident_mask)(rec->id, text);
    strbuf_addf(x->out, "  %s  %s\n", ident_kind_text(ident_kind(rec->id)), text);
}

/* Who the number belongs to tonight, when that is not the person the record was put to. */
static enum status add_holder(struct explain *x, const struct record *rec, struct err *err)
{
    uint32_t holder;
    struct err none;
    bool held = ident_key(rec->id) != 0 && explain_find_anchor(x, people_current_id(x->site->people, rec->id), &holder, &none) == ST_OK;
    if (!held || (int32_t)holder == rec->person) {
        return ST_OK;
    }
    strbuf_addz(x->out, TR("  这个号在名册中是另一个人：", "  in the registers this number is somebody else's: "));
    return explain_person_line(x, holder, err);
}

/* People of the night with the same name: where a record may belong whose number is wrong or missing. */
static enum status add_same_name(struct explain *x, const struct record *rec, struct err *err)
{
    int64_t n = 0;
    for (uint32_t p = 0; p < population_persons(x->pop) && rec->name.n != 0; p++) {
        AUTO_ARENA scratch = ARENA_INIT;
        struct str name;
        TRY(population_person_text(x->pop, P_NAME, p, &scratch, &name, err));
        if (!str_eq(name, rec->name) || (int32_t)p == rec->person) {
            continue;
        }
        if (n++ == 0) {
            strbuf_addz(x->out, TR("  今晚同名的人：\n", "  people of the same name tonight:\n"));
        }
        if (n <= SAME_NAME_SHOWN) {
            strbuf_addz(x->out, "    ");
            TRY(explain_person_line(x, p, err));
        }
    }
    bool lost = rec->person < 0 || ident_key(rec->id) == 0;
    if (n == 0 && rec->name.n != 0 && lost) {
        strbuf_addz(x->out, TR("  今晚没有另外同名的人：姓名也可能写错\n", "  nobody else has this name tonight: the name may be wrong, too\n"));
    } else if (n > SAME_NAME_SHOWN) {
        strbuf_addf(x->out, TR("    另有%lld人未列出\n", "    and %lld more\n"), (long long)(n - SAME_NAME_SHOWN));
    }
    return ST_OK;
}

/* 不是此人：P-…；走访甲 2026-03-05（串人 W-000123-C） */
static enum status add_apart(struct explain *x, const struct link_made_row *m, struct err *err)
{
    strbuf_addz(x->out, TR("  人工核对不是此人，记录或此人的信息变了才重新判断：", "  people say it is not this person, until what either says changes: "));
    TRY(explain_person_line(x, (uint32_t)m->person_row, err));
    bool row;
    int64_t anchor;
    TRY(population_person_one(x->pop, P_ANCHOR, (uint32_t)m->person_row, &anchor, err));
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_SELECT_LINK_REVIEW);
    stmt_bind_int(q, ":anchor", anchor);
    stmt_bind_int(q, ":question", (int64_t)m->made.question);
    TRY(stmt_one(q, &row, err));
    if (row) {
        strbuf_addf(x->out, "    " STR_FMT " ", STR_ARG(stmt_text(q, 0)));
        strbuf_add_day(x->out, stmt_day(q, 1));
        strbuf_addf(x->out, stmt_text(q, 2).n ? TR("（" STR_FMT "）\n", " (" STR_FMT ")\n") : STR_FMT "\n", STR_ARG(stmt_text(q, 2)));
    }
    return ST_OK;
}

/* Where more than the number decided, or people are asked: why, point by point. */
static enum status add_weights(struct explain *x, const struct record *rec, struct err *err)
{
    for (int asked = 0; asked < 3; asked++) {
        AUTO_MADE made = {NULL, 0};
        TRY(link_made_read(x->run_dir, (int64_t)rec->input, asked, &made, err));
        const struct link_made_row *m = link_made_find(&made, (int64_t)rec->input, rec->row);
        if (m && asked == 2) {
            TRY(add_apart(x, m, err));
        } else if (m) {
            strbuf_addz(x->out, asked ? TR("  可能是此人，等人核对（mopai export questions）：", "  may be this person, people are asked (mopai export questions): ") : TR("  依据：", "  because: "));
            if (asked) {
                TRY(explain_person_line(x, (uint32_t)m->person_row, err));
                strbuf_addz(x->out, "  ");
            }
            link_how_text(&m->made, x->out);
            strbuf_addc(x->out, '\n');
            link_how_waterfall(&m->made, "    ", x->out);
        }
    }
    return ST_OK;
}

static enum status add_link(struct explain *x, const struct record *rec, struct err *err)
{
    if (rec->person == LINK_SUPERSEDED) {
        strbuf_addz(x->out, TR("  已被新的数据取代，今晚不用\n", "  superseded by newer data, not used tonight\n"));
        return ST_OK;
    }
    if (rec->person >= 0) {
        struct str name;
        strbuf_addz(x->out, TR("  归到 ", "  linked to "));
        TRY(explain_person_line(x, (uint32_t)rec->person, err));
        TRY(population_person_text(x->pop, P_NAME, (uint32_t)rec->person, x->arena, &name, err));
        if (rec->name.n != 0 && !str_eq(name, rec->name)) {
            strbuf_addz(x->out, TR("  姓名与此人不同：或是写法不同，或是号码登成了别人的\n",
                                   "  the name is not this person's: written otherwise, or the number is somebody else's\n"));
        }
    } else {
        strbuf_addz(x->out, TR("  未归人\n", "  linked to nobody\n"));
    }
    TRY(add_weights(x, rec, err));
    TRY(add_holder(x, rec, err));
    return add_same_name(x, rec, err);
}

static enum status read_link(struct explain *x, struct record *rec, struct err *err)
{
    struct link_reader *links = NULL;
    TRY(link_open(x->run_dir, rec->input, &links, err));
    enum status status = link_read(links, rec->row, 1, &rec->person, err);
    link_close(links);
    return status;
}

enum status explain_locate(struct explain *x, struct str file, struct str line, size_t *out_input, uint32_t *out_row, int32_t *out_person, struct err *err)
{
    struct record rec = {.row = NO_ROW, .person = LINK_NONE};
    if (!str_to_i64(line, &rec.line)) {
        return err_set(err, ST_USAGE, TR("记录写成 文件名:行号，如 yb_settle.csv:269", "a record is FILE:LINE, as yb_settle.csv:269"));
    }
    TRY(find_input(x, file, &rec, err));
    TRY(find_row(x, &rec, err));
    if (rec.row == NO_ROW) {
        return err_set(err, ST_NOT_FOUND, TR("“" STR_FMT "”第%lld行没有录入；原因见 mopai explain record", "'" STR_FMT "' line %lld is no record: mopai explain record says why"),
                       STR_ARG(file), (long long)rec.line);
    }
    TRY(read_link(x, &rec, err));
    *out_input = rec.input;
    *out_row = rec.row;
    *out_person = rec.person;
    return ST_OK;
}

enum status explain_record(struct explain *x, struct str file, struct str line, struct err *err)
{
    struct record rec = {.row = NO_ROW, .person = LINK_NONE};
    if (!str_to_i64(line, &rec.line)) {
        return err_set(err, ST_USAGE, TR("行号要写成数字：explain record 文件名 269", "the line is a number: explain record FILE 269"));
    }
    TRY(find_input(x, file, &rec, err));
    TRY(find_row(x, &rec, err));
    strbuf_addf(x->out, TR("记录 " STR_FMT " %s 第%lld行  " STR_FMT "\n", "record " STR_FMT " %s line %lld  " STR_FMT "\n"),
                STR_ARG(rec.source->label), rec.in->name, (long long)rec.line, STR_ARG(rec.name));
    struct rejects said = {.x = x, .line = rec.line};
    TRY(file_rejects(x->site, rec.in->file_id, take_reject, &said, err));
    if (rec.row == NO_ROW) {
        strbuf_addz(x->out, said.any ? "" : TR("  这一行没有录入：标题、合计、空行，或在退回行的例子之外；见 mopai deliveries show\n",
                                               "  this line is no record: title, total, blank, or beyond the examples kept: see mopai deliveries show\n"));
        return ST_OK;
    }
    TRY(read_link(x, &rec, err));
    add_number(x, &rec);
    return add_link(x, &rec, err);
}
