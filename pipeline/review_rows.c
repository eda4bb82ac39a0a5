/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/review_rows.h"

#include "base/text/address.h"
#include "base/text/fold.h"
#include "base/text/name_compare.h"
#include "matchers/identifier.h"
#include "pipeline/row_reader.h"
#include "pipeline/site.h"

const char *review_field_word(enum review_field f)
{
    static const char *const words[REVIEW_FIELDS][2] = {[REVIEW_NAME] = {"姓名", "name"},         [REVIEW_ID] = {"证件号", "identifier"},
                                                        [REVIEW_SEX] = {"性别", "sex"},           [REVIEW_BIRTH] = {"出生日期", "birth"},
                                                        [REVIEW_PHONE] = {"电话", "phone"},       [REVIEW_ADDRESS] = {"住址", "address"},
                                                        [REVIEW_UNIT] = {"登记户号", "unit"}};
    return TR(words[f][0], words[f][1]);
}

/* --- what each side says ------------------------------------------------------------------------------------------------------------------ */

static struct str day_text(struct arena *a, int64_t day)
{
    AUTO_STRBUF b = STRBUF_INIT;
    if (day == INT64_MIN || day == DAY_MISSING) {
        return STR("");
    }
    strbuf_add_day(&b, (daynum)day);
    return arena_str(a, strbuf_str(&b));
}

static struct str id_text(const struct explain *x, struct arena *a, uint64_t id)
{
    char text[IDENT_TEXT_MAX];
    if (ident_kind(id) == IDENT_BLANK) {
        return STR("");
    }
    size_t n = (x->reveal ? ident_print : ident_mask)(id, text);
    return n ? arena_str(a, str_n(text, n)) : str_of(ident_reason_text(ident_reason(id)));
}

static const char *sex_text(int sex)
{
    return sex == SEX_MALE ? TR("男", "male") : sex == SEX_FEMALE ? TR("女", "female") : "";
}

static struct str birth_text(const struct source *s, const struct row_reader *r, size_t i, struct arena *a)
{
    int c = s->person[ROLE_BIRTH].column;
    int64_t v = row_num(r, c, i);
    if (v == INT64_MIN || s->columns[c].type != COL_MONTH) {
        return day_text(a, v);
    }
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_month(&b, (monthnum)v);
    return arena_str(a, strbuf_str(&b));
}

enum status review_record_side(struct explain *x, size_t input, uint32_t row, struct arena *a, struct review_side *out, struct err *err)
{
    static const enum person_role roles[] = {ROLE_NAME, ROLE_ID, ROLE_SEX, ROLE_BIRTH, ROLE_PHONE, ROLE_ADDRESS};
    const struct night_input *in = &x->inputs[input];
    const struct source *s = &x->site->sources->v[in->source];
    AUTO_ROWS r = {.seg = NULL};
    AUTO_STRBUF unit = STRBUF_INIT;
    TRY(row_reader_open(&r, in->segment, s, err));
    for (size_t k = 0; k < ARRAY_LEN(roles); k++) {
        row_reader_want(&r, s->person[roles[k]].column);
    }
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(&r, s->unit.number[k]);
    }
    TRY(row_reader_block(&r, seg_block_of(r.seg, row), err));
    size_t i = (size_t)(row - r.start);
    out->id = row_id(&r, s->person[ROLE_ID].column, i);
    for (size_t k = 0; k < s->unit.n_number; k++) {
        strbuf_addz(&unit, unit.n ? " " : "");
        strbuf_adds(&unit, str_trim(row_text(&r, s->unit.number[k], i)));
    }
    struct str sex = row_text(&r, s->person[ROLE_SEX].column, i), birth = birth_text(s, &r, i, a);
    bool usable = ident_key(out->id) != 0;
    out->text[REVIEW_NAME] = arena_str(a, str_trim(row_text(&r, s->person[ROLE_NAME].column, i)));
    out->text[REVIEW_ID] = id_text(x, a, out->id);
    out->text[REVIEW_SEX] = sex.n ? arena_str(a, sex) : str_of(usable ? sex_text(ident_sex(out->id)) : "");
    out->text[REVIEW_BIRTH] = birth.n || !usable ? birth : day_text(a, ident_birth(out->id));
    out->text[REVIEW_PHONE] = arena_str(a, row_text(&r, s->person[ROLE_PHONE].column, i));
    out->text[REVIEW_ADDRESS] = arena_str(a, row_text(&r, s->person[ROLE_ADDRESS].column, i));
    out->text[REVIEW_UNIT] = arena_str(a, strbuf_str(&unit));
    return ST_OK;
}

enum status review_person_side(struct explain *x, uint32_t person, struct arena *a, struct review_side *out, struct err *err)
{
    int64_t anchor, sex, birth, home;
    TRY(population_person_one(x->pop, P_ANCHOR, person, &anchor, err));
    TRY(population_person_one(x->pop, P_SEX, person, &sex, err));
    TRY(population_person_one(x->pop, P_BIRTH, person, &birth, err));
    TRY(population_person_one(x->pop, P_HOUSEHOLD, person, &home, err));
    TRY(population_person_text(x->pop, P_NAME, person, a, &out->text[REVIEW_NAME], err));
    TRY(population_person_text(x->pop, P_PHONE, person, a, &out->text[REVIEW_PHONE], err));
    TRY(population_person_text(x->pop, P_ADDRESS, person, a, &out->text[REVIEW_ADDRESS], err));
    TRY(population_household_text(x->pop, H_NUMBER, (uint32_t)home, a, &out->text[REVIEW_UNIT], err));
    out->id = (uint64_t)anchor;
    out->text[REVIEW_ID] = ident_key(out->id) ? id_text(x, a, out->id) : STR("");
    out->text[REVIEW_SEX] = str_of(sex_text((int)sex));
    out->text[REVIEW_BIRTH] = day_text(a, birth);
    return ST_OK;
}

/* --- beside each other ------------------------------------------------------------------------------------------------------------------- */

static const char *names_verdict(struct str a, struct str b)
{
    struct name_form x, y;
    name_form_make(a, &x);
    name_form_make(b, &y);
    return name_level_word(name_compare(&x, &y));
}

static const char *addresses_verdict(struct str a, struct str b)
{
    struct address x, y;
    struct address_form f, g;
    address_parse(a, &x);
    address_parse(b, &y);
    address_form_make(&x, &f);
    address_form_make(&y, &g);
    return address_likeness_word(address_compare(&f, &g));
}

/* A month is the same as a day of it. */
static const char *births_verdict(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n), differ = 0;
    for (size_t i = 0; i < n; i++) {
        differ += a.p[i] != b.p[i];
    }
    return differ == 0 ? TR("相同", "same") : differ == 1 ? TR("差一个数字", "one digit differs") : TR("不同", "different");
}

static const char *ids_verdict(uint64_t a, uint64_t b)
{
    bool same = ident_key(a) != 0 && ident_key(a) == ident_key(b);
    return same ? TR("相同", "same") : ident_key(a) && ident_key(b) ? TR("不同的有效号码", "different valid numbers") : TR("有一方不能用", "one is unusable");
}

const char *review_verdict(enum review_field f, const struct review_side *a, const struct review_side *b)
{
    struct str x = a->text[f], y = b->text[f];
    if (x.n == 0 || y.n == 0) {
        return x.n || y.n ? TR("有一方没填", "one side blank") : "";
    }
    switch (f) {
    case REVIEW_NAME:
        return names_verdict(x, y);
    case REVIEW_ID:
        return ids_verdict(a->id, b->id);
    case REVIEW_BIRTH:
        return births_verdict(x, y);
    case REVIEW_ADDRESS:
        return addresses_verdict(x, y);
    case REVIEW_SEX:
    case REVIEW_PHONE:
    case REVIEW_UNIT:
    case REVIEW_FIELDS:
        break;
    }
    return str_eq(x, y) ? TR("相同", "same") : TR("不同", "different");
}

/* --- questions ----------------------------------------------------------------------------------------------------------------------------- */

static int nearest_to_even(const void *x, const void *y)
{
    const struct link_made_row *a = x, *b = y;
    int32_t da = abs(a->made.probability - 500000), db = abs(b->made.probability - 500000); /* one half tells most */
    if (da != db) {
        return da < db ? -1 : 1;
    }
    return a->input != b->input ? (a->input < b->input ? -1 : 1) : a->row < b->row ? -1 : a->row > b->row;
}

enum status review_questions(struct explain *x, struct link_made_list *out, struct err *err)
{
    TRY(link_made_read(x->run_dir, -1, 1, out, err));
    if (out->n > 1) {
        qsort(out->v, out->n, sizeof(*out->v), nearest_to_even);
    }
    return ST_OK;
}

enum status review_row_read(struct explain *x, const struct link_made_row *m, struct arena *a, struct review_row *out, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    int64_t id;
    *out = (struct review_row){.in = &x->inputs[m->input], .line = m->line, .made = m->made};
    out->source = &x->site->sources->v[out->in->source];
    question_ref(x->site->key, m->made.question, out->number);
    TRY(population_person_one(x->pop, P_ID, (uint32_t)m->person_row, &id, err));
    person_ref(x->site->key, (uint64_t)id, out->person);
    TRY(review_record_side(x, (size_t)m->input, (uint32_t)m->row, a, &out->record, err));
    TRY(review_person_side(x, (uint32_t)m->person_row, a, &out->other, err));
    link_how_text(&m->made, &b);
    out->because = arena_str(a, strbuf_str(&b));
    strbuf_clear(&b);
    link_how_against(&m->made, &b);
    out->against = arena_str(a, strbuf_str(&b));
    out->sure = str_of(arena_printf(a, "0.%04d", MIN(m->made.probability / 100, 9999)));
    return ST_OK;
}
