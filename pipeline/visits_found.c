/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/visits_found.h"

#include "base/core/file.h"
#include "base/core/hash.h"
#include "matchers/identifier.h"
#include "rules/warning_number.h"

static const char *const headers[] = {"预警编号", "走访日期", "走访人", "姓名", "身份证号", "现住址", "家庭成员", "人均月收入"};

void found_init(struct found *f, struct population *pop, struct arena *a)
{
    *f = (struct found){.pop = pop, .arena = a};
}

static void write_header(struct found *f)
{
    strbuf_addz(&f->text, CSV_BOM);
    f->csv = csv_out_to(&f->text);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        csv_z(&f->csv, headers[i]);
    }
    csv_end_row(&f->csv);
}

/* Row of the person concerned: the one warned of, or the head. */
static enum status concerned(struct found *f, const struct found_row *row, uint32_t *out, struct err *err)
{
    bool person = row->entity_kind == 'P';
    uint32_t at;
    TRY(population_find_id(f->pop, person ? ATTR_PERSON : ATTR_HOUSEHOLD, (uint64_t)row->entity, &at, err));
    int64_t head = at;
    if (!person) {
        TRY(population_household_one(f->pop, H_HEAD, at, &head, err));
    }
    *out = (uint32_t)head;
    return ST_OK;
}

/* False when the person has no number that a record could carry. */
static enum status number_of(struct found *f, uint32_t person, char out[IDENT_TEXT_MAX], bool *out_any, struct err *err)
{
    int64_t anchor;
    TRY(population_person_one(f->pop, P_ANCHOR, person, &anchor, err));
    enum ident_kind k = ident_kind((uint64_t)anchor);
    *out_any = k == IDENT_RESIDENT || k == IDENT_UPGRADED;
    if (*out_any) {
        (void)ident_print((uint64_t)anchor, out);
    }
    return ST_OK;
}

static enum status write_person(struct found *f, const struct found_row *row, uint32_t person, bool all, bool *out_any, struct err *err)
{
    char number[IDENT_TEXT_MAX];
    struct str name;
    TRY(number_of(f, person, number, out_any, err));
    if (!*out_any) {
        return ST_OK;
    }
    TRY(population_person_text(f->pop, P_NAME, person, f->arena, &name, err));
    if (f->text.n == 0) {
        write_header(f);
    }
    AUTO_STRBUF no = STRBUF_INIT;
    strbuf_add_warning_number(&no, row->warning_no);
    csv_text(&f->csv, strbuf_str(&no));
    csv_day(&f->csv, row->day);
    csv_text(&f->csv, row->visitor);
    csv_text(&f->csv, name);
    csv_z(&f->csv, number);
    csv_text(&f->csv, row->address);
    csv_text(&f->csv, all ? row->members : STR(""));
    csv_fen(&f->csv, all ? row->income : FEN_MISSING);
    csv_end_row(&f->csv);
    return ST_OK;
}

/* Living members of the household who are said to live where the person concerned does: they moved together. */
static enum status write_others(struct found *f, const struct found_row *row, uint32_t person, struct err *err)
{
    int64_t household, first, living;
    struct str old, theirs;
    TRY(population_person_one(f->pop, P_HOUSEHOLD, person, &household, err));
    TRY(population_household_one(f->pop, H_FIRST, (uint32_t)household, &first, err));
    TRY(population_household_one(f->pop, H_LIVING, (uint32_t)household, &living, err));
    TRY(population_person_text(f->pop, P_ADDRESS, person, f->arena, &old, err));
    for (int64_t i = first; i < first + living; i++) {
        bool any;
        TRY(population_person_text(f->pop, P_ADDRESS, (uint32_t)i, f->arena, &theirs, err));
        if ((uint32_t)i != person && str_eq(old, theirs)) {
            TRY(write_person(f, row, (uint32_t)i, false, &any, err));
        }
    }
    return ST_OK;
}

enum status found_add(struct found *f, const struct found_row *row, const char **out_why_not, struct err *err)
{
    *out_why_not = NULL;
    if (row->address.n == 0 && row->members.n == 0 && row->income == FEN_MISSING) {
        return ST_OK;
    }
    uint32_t person = 0;
    struct err gone;
    bool any = false;
    if (!f->pop || concerned(f, row, &person, &gone) != ST_OK) {
        *out_why_not = TR("走访核实的情况记不到人：上一夜的结果里没有此人或此户", "findings without a person: the last night knows nobody of this warning");
        return ST_OK;
    }
    TRY(write_person(f, row, person, true, &any, err));
    if (!any) {
        *out_why_not = TR("走访核实的情况记不到人：此人没有有效的身份证号，请先让部门补上", "findings without a person: no valid number of this person is known");
        return ST_OK;
    }
    return row->address.n ? write_others(f, row, person, err) : ST_OK;
}

enum status found_write(struct found *f, const char *dir, daynum day, struct err *err)
{
    if (f->text.n == 0) {
        return ST_OK;
    }
    char hex[33];
    hash128_hex(f->text.p, f->text.n, hex);
    struct ymd d = day_to_ymd(day);
    TRY(file_mkdirs(dir, err));
    return file_write_atomic(arena_printf(f->arena, "%s/%s_%04d%02d%02d_%.8s.csv", dir, FOUND_SOURCE, d.year, d.month, d.day, hex), strbuf_str(&f->text), err);
}

void found_release(struct found *f)
{
    strbuf_release(&f->text);
}
