/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai export`: the persons, households, links, facts and records of the last published night and the warnings of the ledger, as CSV. Identifiers are
   masked unless --reveal, which is audited. */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/file.h"
#include "base/store/db.h"
#include "base/text/mask.h"
#include "matchers/identifier.h"
#include "pipeline/attr_text.h"
#include "pipeline/audit.h"
#include "pipeline/column_mask.h"
#include "pipeline/command.h"
#include "pipeline/explain.h"
#include "pipeline/link_how.h"
#include "pipeline/review_rows.h"
#include "pipeline/row_reader.h"
#include "pipeline/site.h"
#include "rules/warning_number.h"

enum { OPT_OUTPUT, OPT_REVEAL };
static const struct option options[] = {
    [OPT_OUTPUT] = {"output", 'o', "FILE", "写到文件，缺省写到标准输出", "write here instead of standard output"},
    [OPT_REVEAL] = {"reveal", 0, NULL, "姓名、证件号、电话、住址写全（记入审计）", "names, identifiers, phones and addresses in full (audited)"},
    {NULL, 0, NULL, NULL, NULL},
};

struct export {
    struct explain x;
    struct arena arena;     /* of the command */
    struct arena row;       /* of one row's texts */
    struct strbuf text, cell, how;
    struct csv_out csv;
    struct outfile file;
    bool to_file;
};

/* --- cells --------------------------------------------------------------------------------------------------------------- */

static void flush(struct export *e, size_t above)
{
    if (e->text.n <= above) {
        return;
    }
    if (e->to_file) {
        outfile_str(&e->file, strbuf_str(&e->text));
    } else {
        fwrite(e->text.p, 1, e->text.n, stdout);
    }
    strbuf_clear(&e->text);
}

static void end_row(struct export *e)
{
    csv_end_row(&e->csv);
    arena_clear(&e->row);
    flush(e, 1 << 16);
}

static void header(struct export *e, const char *const *names)
{
    for (; *names; names++) {
        csv_z(&e->csv, *names);
    }
}

static void put_id(struct export *e, uint64_t id, struct str raw)
{
    char text[IDENT_TEXT_MAX];
    size_t n = e->x.reveal ? ident_print(id, text) : ident_mask(id, text);
    if (n || raw.n == 0) {
        csv_z(&e->csv, n ? text : "");
    } else if (e->x.reveal) {
        csv_text(&e->csv, raw);
    } else {
        strbuf_clear(&e->cell);
        mask_add(MASK_ID, raw, &e->cell);
        csv_text(&e->csv, strbuf_str(&e->cell));
    }
}

static void put_area(struct export *e, int64_t area)
{
    const struct area_set *set = &e->x.site->areas;
    csv_text(&e->csv, area < 0 || (size_t)area >= set->areas.n ? (struct str){NULL, 0} : set->areas.v[area].name);
}

static void put_value(struct export *e, const struct people_attr *a, int64_t lo, int64_t hi)
{
    strbuf_clear(&e->cell);
    attr_value_text(a, lo, hi, &e->cell);
    csv_text(&e->csv, strbuf_str(&e->cell));
}

/* As in `mopai sql`, see pipeline/column_mask.h. */
static void put_masked(struct export *e, enum mask_kind mask, struct str s)
{
    csv_text(&e->csv, mask_text(e->x.reveal ? MASK_NONE : mask, s, &e->row));
}

static enum status person_text(struct export *e, enum person_column c, uint32_t row, struct err *err)
{
    static const enum mask_kind masks[P_COLUMN_COUNT] = {[P_NAME] = MASK_NAME, [P_ADDRESS] = MASK_ADDRESS, [P_HUKOU_ADDRESS] = MASK_ADDRESS, [P_PHONE] = MASK_PHONE};
    struct str s;
    TRY(population_person_text(e->x.pop, c, row, &e->row, &s, err));
    put_masked(e, masks[c], s);
    return ST_OK;
}

static enum status household_of(struct export *e, uint32_t person, char ref[REF_MAX], struct err *err)
{
    int64_t row, id;
    TRY(population_person_one(e->x.pop, P_HOUSEHOLD, person, &row, err));
    TRY(population_household_one(e->x.pop, H_ID, (uint32_t)row, &id, err));
    household_ref(e->x.site->key, (uint64_t)id, ref);
    return ST_OK;
}

static enum status ref_of(struct export *e, uint32_t person, char ref[REF_MAX], struct err *err)
{
    int64_t id;
    TRY(population_person_one(e->x.pop, P_ID, person, &id, err));
    person_ref(e->x.site->key, (uint64_t)id, ref);
    return ST_OK;
}

/* Every attribute of one row that has a lane. */
static enum status put_attrs(struct export *e, enum attr_entity entity, uint32_t row, struct err *err)
{
    const struct people *people = e->x.site->people;
    for (size_t i = 0; i < people->n_attrs; i++) {
        const struct people_attr *a = &people->attrs[i];
        int64_t lo, hi;
        if (a->entity == entity && a->type != ATTR_TEXT) {
            TRY(population_attr(e->x.pop, (int)i, row, 1, &lo, &hi, err));
            put_value(e, a, lo, hi);
        }
    }
    return ST_OK;
}

static void attr_headers(struct export *e, enum attr_entity entity)
{
    const struct people *people = e->x.site->people;
    for (size_t i = 0; i < people->n_attrs; i++) {
        if (people->attrs[i].entity == entity && people->attrs[i].type != ATTR_TEXT) {
            csv_text(&e->csv, people->attrs[i].name);
        }
    }
}

/* --- persons, households ----------------------------------------------------------------------------------------------------- */

static enum status put_person(struct export *e, uint32_t row, struct err *err)
{
    static const char *const members[] = {"", "成员", "亡故成员", "", "原成员"};
    char ref[REF_MAX], home[REF_MAX];
    int64_t anchor, state, member, reason, street, community, basis;
    struct population *pop = e->x.pop;
    TRY(ref_of(e, row, ref, err));
    TRY(household_of(e, row, home, err));
    TRY(population_person_one(pop, P_ANCHOR, row, &anchor, err));
    TRY(population_person_one(pop, P_STATE, row, &state, err));
    TRY(population_person_one(pop, P_MEMBER, row, &member, err));
    TRY(population_person_one(pop, P_REASON, row, &reason, err));
    TRY(population_person_one(pop, P_STREET, row, &street, err));
    TRY(population_person_one(pop, P_COMMUNITY, row, &community, err));
    TRY(population_person_one(pop, P_AREA_BASIS, row, &basis, err));
    csv_z(&e->csv, ref);
    TRY(person_text(e, P_NAME, row, err));
    put_id(e, (uint64_t)anchor, (struct str){NULL, 0});
    csv_z(&e->csv, ident_kind_text(ident_kind((uint64_t)anchor)));
    csv_z(&e->csv, person_state_name((enum person_state)state));
    csv_z(&e->csv, home);
    csv_z(&e->csv, members[member]);
    TRY(person_text(e, P_RELATION, row, err));
    csv_z(&e->csv, member_reason_name((enum member_reason)reason));
    put_area(e, street);
    put_area(e, community);
    csv_z(&e->csv, area_basis_name((enum area_basis)basis));
    TRY(person_text(e, P_ADDRESS, row, err));
    TRY(person_text(e, P_PHONE, row, err));
    TRY(put_attrs(e, ATTR_PERSON, row, err));
    end_row(e);
    return ST_OK;
}

static enum status export_persons(struct export *e, struct err *err)
{
    static const char *const names[] = {"人", "姓名", "证件号", "依据", "状态", "户", "身份", "与户主关系", "成户原因", "街道", "社区", "区划依据", "住址", "电话", NULL};
    header(e, names);
    attr_headers(e, ATTR_PERSON);
    end_row(e);
    for (uint32_t row = 0; row < population_persons(e->x.pop); row++) {
        TRY(put_person(e, row, err));
    }
    return ST_OK;
}

static enum status put_household(struct export *e, uint32_t row, struct err *err)
{
    struct population *pop = e->x.pop;
    char ref[REF_MAX];
    int64_t id, basis, persons, head, street, community, area;
    struct str number, address;
    TRY(population_household_one(pop, H_ID, row, &id, err));
    TRY(population_household_one(pop, H_BASIS, row, &basis, err));
    TRY(population_household_one(pop, H_PERSONS, row, &persons, err));
    TRY(population_household_one(pop, H_HEAD, row, &head, err));
    TRY(population_household_one(pop, H_STREET, row, &street, err));
    TRY(population_household_one(pop, H_COMMUNITY, row, &community, err));
    TRY(population_household_one(pop, H_AREA_BASIS, row, &area, err));
    TRY(population_household_text(pop, H_NUMBER, row, &e->row, &number, err));
    TRY(population_household_text(pop, H_ADDRESS, row, &e->row, &address, err));
    household_ref(e->x.site->key, (uint64_t)id, ref);
    csv_z(&e->csv, ref);
    csv_z(&e->csv, household_basis_name((enum household_basis)basis));
    put_masked(e, MASK_RUNS, number);
    TRY(person_text(e, P_NAME, (uint32_t)head, err));
    csv_int(&e->csv, persons);
    put_area(e, street);
    put_area(e, community);
    csv_z(&e->csv, area_basis_name((enum area_basis)area));
    put_masked(e, MASK_ADDRESS, address);
    TRY(put_attrs(e, ATTR_HOUSEHOLD, row, err));
    end_row(e);
    return ST_OK;
}

static enum status export_households(struct export *e, struct err *err)
{
    static const char *const names[] = {"户", "依据", "户号", "户主", "全部人数", "街道", "社区", "区划依据", "住址", NULL};
    header(e, names);
    attr_headers(e, ATTR_HOUSEHOLD);
    end_row(e);
    for (uint32_t row = 0; row < population_households(e->x.pop); row++) {
        TRY(put_household(e, row, err));
    }
    return ST_OK;
}

/* --- facts: one line a value, with the record it came from --------------------------------------------------------------------- */

struct lines { /* physical lines of one input, last block kept by the reader */
    struct seg_reader *seg;
    int32_t input;
};

static enum status line_of(struct export *e, struct lines *l, struct origin o, int64_t *out, struct err *err)
{
    if (l->input != o.input) {
        seg_close(l->seg);
        l->seg = NULL;
        l->input = -1;
        TRY(seg_open(e->x.inputs[o.input].segment, &l->seg, err));
        l->input = o.input;
    }
    return seg_fetch_i64(l->seg, (uint64_t)o.row, (size_t)seg_column(l->seg, SEG_LINE), out, err);
}

static enum status put_fact(struct export *e, struct lines *lines, int attr, uint32_t row, const char *ref, struct err *err)
{
    const struct people_attr *a = &e->x.site->people->attrs[attr];
    int64_t lo, hi, line;
    struct origin o;
    TRY(population_attr(e->x.pop, attr, row, 1, &lo, &hi, err));
    TRY(population_origin(e->x.pop, attr, row, &o, err));
    csv_z(&e->csv, ref);
    csv_text(&e->csv, a->name);
    put_value(e, a, lo, hi);
    if (o.input >= 0 && (size_t)o.input < e->x.n_inputs) {
        const struct night_input *in = &e->x.inputs[o.input];
        TRY(line_of(e, lines, o, &line, err));
        csv_text(&e->csv, e->x.site->sources->v[in->source].label);
        csv_z(&e->csv, in->name);
        csv_int(&e->csv, line);
    } else {
        csv_empty(&e->csv);
        csv_empty(&e->csv);
        csv_empty(&e->csv);
    }
    end_row(e);
    return ST_OK;
}

static enum status facts_of(struct export *e, enum attr_entity entity, struct lines *lines, struct err *err)
{
    const struct people *people = e->x.site->people;
    uint32_t n = entity == ATTR_PERSON ? population_persons(e->x.pop) : population_households(e->x.pop);
    for (uint32_t row = 0; row < n; row++) {
        char ref[REF_MAX];
        int64_t id;
        if (entity == ATTR_PERSON) {
            TRY(ref_of(e, row, ref, err));
        } else {
            TRY(population_household_one(e->x.pop, H_ID, row, &id, err));
            household_ref(e->x.site->key, (uint64_t)id, ref);
        }
        for (size_t a = 0; a < people->n_attrs; a++) {
            if (people->attrs[a].entity == entity && people->attrs[a].type != ATTR_TEXT) {
                TRY(put_fact(e, lines, (int)a, row, ref, err));
            }
        }
    }
    return ST_OK;
}

static enum status export_facts(struct export *e, struct err *err)
{
    static const char *const names[] = {"人或户", "指标", "值", "数据源", "文件", "行", NULL};
    struct lines lines = {.input = -1};
    header(e, names);
    end_row(e);
    enum status status = facts_of(e, ATTR_PERSON, &lines, err);
    status = status == ST_OK ? facts_of(e, ATTR_HOUSEHOLD, &lines, err) : status;
    seg_close(lines.seg);
    return status;
}

/* --- links and records: row by row of the inputs ------------------------------------------------------------------------------------ */

struct row_place {
    char person[REF_MAX], household[REF_MAX];
    const char *how;
};

static enum status place_of(struct export *e, const struct source *s, int32_t person, uint64_t id, const struct link_made_row *made,
                            struct row_place *out, struct err *err)
{
    *out = (struct row_place){.how = ""};
    if (person >= 0) {
        TRY(ref_of(e, (uint32_t)person, out->person, err));
        TRY(household_of(e, (uint32_t)person, out->household, err));
    }
    out->how = link_how(s->registers_persons, person, id);
    if (person >= 0 && made) {
        strbuf_clear(&e->how);
        link_how_text(&made->made, &e->how);
        out->how = strbuf_z(&e->how);
    }
    return ST_OK;
}

static void put_cell(struct export *e, const struct row_reader *r, size_t c, size_t i)
{
    const struct source_column *col = &r->source->columns[c];
    int64_t v = row_num(r, (int)c, i);
    strbuf_clear(&e->cell);
    if (row_is_text(col->type)) {
        put_masked(e, column_mask(r->source, c), row_text(r, (int)c, i));
        return;
    }
    if (row_is_id(col->type)) {
        put_id(e, row_id(r, (int)c, i), (struct str){NULL, 0});
        return;
    }
    if (v == INT64_MIN) {
        csv_empty(&e->csv);
    } else if (col->type == COL_DATE) {
        csv_day(&e->csv, (daynum)v);
    } else if (col->type == COL_MONTH) {
        strbuf_add_month(&e->cell, (monthnum)v);
        csv_text(&e->csv, strbuf_str(&e->cell));
    } else if (col->type == COL_MONEY) {
        csv_fen(&e->csv, v);
    } else if (col->type == COL_FLAG) {
        csv_z(&e->csv, v ? TR("是", "yes") : TR("否", "no"));
    } else {
        csv_int(&e->csv, v);
    }
}

struct input_rows { /* what export_input needs of one block */
    int32_t *person;
    int64_t *line;
};

/* Four places, never rounded up to 1: a link by anything but a sound number is never certain. */
static void put_sure(struct export *e, bool linked, const struct link_made_row *made)
{
    AUTO_STRBUF b = STRBUF_INIT;
    if (linked && made) {
        strbuf_addf(&b, "0.%04d", MIN(made->made.probability / 100, 9999));
    } else if (linked) {
        strbuf_addz(&b, "1.0000");
    }
    csv_text(&e->csv, strbuf_str(&b));
}

static enum status export_input(struct export *e, size_t input, bool with_columns, struct input_rows *b, struct err *err)
{
    const struct night_input *in = &e->x.inputs[input];
    const struct source *s = &e->x.site->sources->v[in->source];
    struct link_reader *links;
    AUTO_ROWS r = {.seg = NULL};
    AUTO_MADE made = {NULL, 0};
    enum status status = ST_OK;
    TRY(link_made_read(e->x.run_dir, (int64_t)input, 0, &made, err));
    TRY(row_reader_open(&r, in->segment, s, err));
    TRY(link_open(e->x.run_dir, input, &links, err));
    for (size_t c = 0; c < source_width(s); c++) {
        r.columns[c].wanted = with_columns || (int)c == s->person[ROLE_ID].column;
    }
    int line_column = seg_column(r.seg, SEG_LINE);
    for (bool more = true; status == ST_OK;) {
        status = row_reader_next(&r, &more, err);
        if (status != ST_OK || !more) {
            break;
        }
        status = link_read(links, (uint32_t)r.start, (uint32_t)r.rows, b->person, err);
        status = status == ST_OK ? seg_read_i64(r.seg, r.block, (size_t)line_column, b->line, err) : status;
        for (size_t i = 0; i < r.rows && status == ST_OK; i++) {
            struct row_place p;
            const struct link_made_row *m = link_made_find(&made, (int64_t)input, (int64_t)(r.start + i));
            status = place_of(e, s, b->person[i], row_id(&r, s->person[ROLE_ID].column, i), m, &p, err);
            csv_text(&e->csv, s->label);
            csv_z(&e->csv, in->name);
            csv_int(&e->csv, b->line[i]);
            csv_z(&e->csv, p.person);
            csv_z(&e->csv, p.household);
            put_sure(e, b->person[i] >= 0, m);
            csv_z(&e->csv, p.how);
            for (size_t c = 0; c < source_width(s) && with_columns; c++) {
                put_cell(e, &r, c, i);
            }
            end_row(e);
        }
    }
    link_close(links);
    return status;
}

static enum status export_rows(struct export *e, int only_source, struct err *err)
{
    static const char *const names[] = {"数据源", "文件", "行", "人", "户", "把握", "依据", NULL};
    struct input_rows b = {arena_array(&e->arena, int32_t, SEG_BLOCK_ROWS), arena_array(&e->arena, int64_t, SEG_BLOCK_ROWS)};
    header(e, names);
    for (size_t c = 0; only_source >= 0 && c < source_width(&e->x.site->sources->v[only_source]); c++) {
        csv_text(&e->csv, e->x.site->sources->v[only_source].columns[c].name);
    }
    end_row(e);
    for (size_t i = 0; i < e->x.n_inputs; i++) {
        if (only_source < 0 || e->x.inputs[i].source == (size_t)only_source) {
            TRY(export_input(e, i, only_source >= 0, &b, err));
        }
    }
    return ST_OK;
}

/* --- warnings --------------------------------------------------------------------------------------------------------------------------- */

static const char *state_word(struct str kind)
{
    static const char *const words[][3] = {{"pending", "待成立", "pending"},   {"held", "暂扣", "held"},         {"released", "已放行", "released"},
                                           {"new", "在办", "open"},            {"visited", "走访未核实", "visited"}, {"snoozed", "暂缓", "snoozed"},
                                           {"returned", "退回", "returned"},   {"reopened", "重新打开", "reopened"}, {"closed", "已核查", "closed"},
                                           {"cleared", "已消失", "cleared"},   {"merged", "已并入", "merged"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(kind, words[i][0])) {
            return TR(words[i][1], words[i][2]);
        }
    }
    return "";
}

static enum status export_warnings(struct export *e, struct err *err)
{
    static const char *const names[] = {"预警号", "规则", "人或户", "级别", "状态", "说明", "原因", "街道", "社区", "起始夜", NULL};
    AUTO_STMT q = stmt_use(e->x.site->ledger, STMT_LIST_WARNINGS_EXPORT);
    header(e, names);
    end_row(e);
    for (bool row;;) {
        char ref[REF_MAX];
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        strbuf_clear(&e->cell);
        strbuf_add_warning_number(&e->cell, stmt_int(q, 0));
        csv_text(&e->csv, strbuf_str(&e->cell));
        csv_text(&e->csv, stmt_text(q, 1));
        (str_eqz(stmt_text(q, 2), "P") ? person_ref : household_ref)(e->x.site->key, (uint64_t)stmt_int(q, 3), ref);
        csv_z(&e->csv, ref);
        csv_text(&e->csv, stmt_text(q, 8));
        csv_z(&e->csv, state_word(stmt_text(q, 6)));
        put_masked(e, MASK_WHOLE, stmt_text(q, 9)); /* 说明 names people */
        csv_text(&e->csv, stmt_text(q, 7));
        csv_text(&e->csv, stmt_text(q, 10));
        csv_text(&e->csv, stmt_text(q, 11));
        csv_int(&e->csv, stmt_int(q, 5));
        end_row(e);
    }
}

/* --- the command -------------------------------------------------------------------------------------------------------------------------- */

enum what { WHAT_PERSONS, WHAT_HOUSEHOLDS, WHAT_LINKS, WHAT_QUESTIONS, WHAT_FACTS, WHAT_WARNINGS, WHAT_RECORDS, WHAT_COUNT };
static const char *const what_words[] = {"persons", "households", "links", "questions", "facts", "warnings", "records"};

static enum status export_what(struct export *e, enum what what, int source, struct err *err)
{
    switch (what) {
    case WHAT_PERSONS:
        return export_persons(e, err);
    case WHAT_HOUSEHOLDS:
        return export_households(e, err);
    case WHAT_LINKS:
        return export_rows(e, -1, err);
    case WHAT_QUESTIONS:
        return review_csv(&e->x, &e->text, err);
    case WHAT_FACTS:
        return export_facts(e, err);
    case WHAT_WARNINGS:
        return export_warnings(e, err);
    case WHAT_RECORDS:
        return export_rows(e, source, err);
    case WHAT_COUNT:
        break;
    }
    BUG("what to export");
}

static enum status read_operands(const struct args *a, const struct sources *sources, enum what *out_what, int *out_source, struct err *err)
{
    int what = 0;
    while (a->n > 0 && what < WHAT_COUNT && strcmp(a->v[0], what_words[what]) != 0) {
        what++;
    }
    if (a->n == 0 || what == WHAT_COUNT || a->n != (what == WHAT_RECORDS ? 2 : 1)) {
        return err_set(err, ST_USAGE, "%s", TR("写成 export persons|households|links|questions|facts|warnings，或 export records 数据源",
                                               "write export persons|households|links|questions|facts|warnings, or export records SOURCE"));
    }
    *out_what = (enum what)what;
    *out_source = what == WHAT_RECORDS ? source_find(sources, str_of(a->v[1])) : -1;
    return what == WHAT_RECORDS && *out_source < 0 ? err_set(err, ST_USAGE, TR("没有名为“%s”的数据源", "no source '%s'"), a->v[1]) : ST_OK;
}

static enum status export_all(struct export *e, const struct args *a, struct err *err)
{
    enum what what;
    int source = -1;
    TRY(read_operands(a, e->x.site->sources, &what, &source, err));
    TRY(site_need_key(e->x.site, err));
    TRY(explain_open_run(&e->x, err));
    TRY(audit_note(e->x.site->ledger, e->x.reveal ? "reveal" : "export", arena_printf(&e->arena, "export %s%s%s", what_words[what], source < 0 ? "" : " ",
                   source < 0 ? "" : arena_z(&e->arena, e->x.site->sources->v[source].id)), err));
    if (a->opt[OPT_OUTPUT]) {
        TRY(outfile_open(&e->file, a->opt[OPT_OUTPUT], err));
        e->to_file = true;
    }
    strbuf_addz(&e->text, CSV_BOM);
    e->csv = csv_out_to(&e->text);
    enum status status = export_what(e, what, source, err);
    flush(e, 0);
    if (!e->to_file) {
        return status != ST_OK || fflush(stdout) == 0 ? status : err_errno(err, ST_IO, "%s", TR("写标准输出", "standard output"));
    }
    if (status != ST_OK) {
        outfile_abandon(&e->file);
        return status;
    }
    return outfile_close(&e->file, true, err);
}

static enum status run_export(const struct args *a, struct err *err)
{
    AUTO_SITE site = {.lock_fd = -1};
    bool reveal = a->opt[OPT_REVEAL] != NULL;
    TRY(site_open(&site, a->site_dir, SITE_WRITE, err)); /* every export is written down */
    struct export e = {.x = {.site = &site, .reveal = reveal}};
    e.x.arena = &e.arena;
    enum status status = export_all(&e, a, err);
    population_close(e.x.pop);
    strbuf_release(&e.text);
    strbuf_release(&e.cell);
    strbuf_release(&e.how);
    arena_release(&e.row);
    arena_release(&e.arena);
    return status;
}

const struct command cmd_export = {
    .name = "export",
    .operands = "persons|households|links|questions|facts|warnings | records SOURCE",
    .zh = "把上一夜的人、户、归并、指标、记录和预警导出为 CSV",
    .en = "persons, households, links, facts, records of the last night and the warnings, as CSV",
    .more_zh = "  mopai export persons -o 人.csv      每人一行：户、区划、各项指标\n"
               "  mopai export households             每户一行\n"
               "  mopai export links                  每条记录归到谁，依据是什么\n"
               "  mopai export questions              拿不准是谁的记录：可能是谁，把握多大，为什么\n"
               "  mopai export facts                  每项指标一行，带数据源、文件和行号\n"
               "  mopai export records 待遇发放       一个数据源的在用记录\n"
               "  mopai export warnings               台账里的全部预警\n\n"
               "姓名、证件号、电话、住址和预警说明打码，与 mopai sql 相同；--reveal 写全并记入审计。",
    .more_en = "  mopai export persons -o persons.csv\n"
               "  mopai export households|links|facts|warnings\n"
               "  mopai export records 待遇发放\n\n"
               "Names, identifiers, phones, addresses and what a warning says are masked as in mopai sql; --reveal writes them in full and is audited.",
    .options = options,
    .run = run_export,
};
