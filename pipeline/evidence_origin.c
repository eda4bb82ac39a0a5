/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/evidence_origin.h"

#include "base/store/segment.h"

struct str evidence_text(void *ctx, uint32_t person, uint32_t household, int attr)
{
    struct evidence *e = ctx;
    enum attr_builtin b = attr == ATTR_OF_NAME ? ATTR_B_NAME : e->facts->night->site->people->attrs[attr].builtin;
    enum person_column column = b == ATTR_B_RELATION ? P_RELATION : P_NAME;
    struct str text = {0};
    enum status status = ST_OK;
    if (e->status != ST_OK || (b != ATTR_B_NAME && b != ATTR_B_RELATION && b != ATTR_B_H_NAME)) {
        return text;
    }
    if (person == RULES_NO_ROW || b == ATTR_B_H_NAME) {
        int64_t head = 0;
        status = population_household_one(e->facts->pop, H_HEAD, household, &head, &e->err);
        person = (uint32_t)head;
    }
    if (status == ST_OK) {
        status = population_person_text(e->facts->pop, column, person, &e->scratch, &text, &e->err);
    }
    if (status != ST_OK) {
        e->status = status;
    }
    return text;
}

/* --- attributes ------------------------------------------------------------------------------------------------------- */

/* The column of persons.seg whose origin stands for a built-in attribute, and the role its cell has; false when it is computed from nothing. */
static bool builtin_origin(enum attr_builtin b, enum person_column *out_column, enum person_role *out_role)
{
    switch (b) {
    case ATTR_B_NAME:
    case ATTR_B_H_NAME:
        *out_column = P_NAME, *out_role = ROLE_NAME;
        return true;
    case ATTR_B_SEX:
        *out_column = P_SEX, *out_role = ROLE_SEX;
        return true;
    case ATTR_B_BIRTH:
    case ATTR_B_AGE:
        *out_column = P_BIRTH, *out_role = ROLE_BIRTH;
        return true;
    case ATTR_B_DEATH:
    case ATTR_B_DEATH_AGE:
    case ATTR_B_DEATH_SOURCES:
        *out_column = P_DEATH, *out_role = ROLE_DEATH;
        return true;
    case ATTR_CONFIGURED:
    case ATTR_B_ALIVE:
    case ATTR_B_DEATH_SUSPECT:
    case ATTR_B_CONFIDENCE:
    case ATTR_B_CONFLICTS:
    case ATTR_B_AWAY:
    case ATTR_B_UNPROTECTED:
    case ATTR_B_RELATION:
    case ATTR_B_H_SIZE:
    case ATTR_B_H_BASIS:
    case ATTR_B_H_LOT:
    case ATTR_BUILTIN_COUNT:
        break;
    }
    return false;
}

static int role_column(const struct source *s, enum person_role role)
{
    int c = s->person[role].column;
    bool identifier = c >= 0 && (s->columns[c].type == COL_ID_NUMBER || s->columns[c].type == COL_CERTIFICATE);
    return identifier ? -1 : c;
}

static int from_column(const struct people_from *from)
{
    return from->column >= 0 ? from->column : from->n_conds > 0 ? from->conds[0].column : -1;
}

/* Kept open, with the block last read, until the evidence is released: hits come in the order of households, their records in that of the file. */
static enum status open_input(struct evidence *e, uint32_t input, struct seg_reader **out, struct err *err)
{
    if (!e->segments[input]) {
        TRY(seg_open(e->facts->night->inputs[input].segment, &e->segments[input], err));
    }
    *out = e->segments[input];
    return ST_OK;
}

/* Does the cell of this item of `from` say (a part of) the value? Cells that are not text are taken at their word. */
static enum status says(struct evidence *e, const struct people_attr *attr, const struct people_from *from, const struct origin *o, int64_t value,
                        bool *out, struct err *err)
{
    const struct source *s = &e->facts->night->site->sources->v[e->facts->night->inputs[o->input].source];
    struct seg_reader *seg;
    *out = true;
    if (from->column < 0) {
        return ST_OK;
    }
    TRY(open_input(e, (uint32_t)o->input, &seg, err));
    int col = seg_column(seg, arena_z(&e->scratch, s->columns[from->column].name));
    if (col < 0 || seg_column_type(seg, (size_t)col) != SEG_TEXT) {
        return ST_OK;
    }
    struct str text;
    TRY(seg_fetch_text(seg, (uint64_t)o->row, (size_t)col, &text, err));
    int64_t v = people_attr_value(attr, from, text);
    *out = attr->type == ATTR_SET ? (v > 0 && (v & value) != 0) : v == value;
    return ST_OK;
}

static enum status configured_column(struct evidence *e, int attr, uint32_t row, const struct origin *o, int *out, struct err *err)
{
    const struct people *people = e->facts->night->site->people;
    const struct people_attr *a = &people->attrs[attr];
    const struct people_attr *decides = a->of_person_attr >= 0 ? &people->attrs[a->of_person_attr] : a;
    size_t source = e->facts->night->inputs[o->input].source, choices = 0;
    int64_t lo = ATTR_UNKNOWN, hi = ATTR_UNKNOWN;
    *out = -1;
    for (size_t i = 0; i < decides->n_from; i++) {
        int column = from_column(&decides->from[i]);
        if ((size_t)decides->from[i].source == source && column >= 0) {
            *out = *out < 0 ? column : *out; /* better than nothing, should no item say it in so many words */
            choices++;
        }
    }
    if (choices < 2) {
        return ST_OK;
    }
    TRY(population_attr(e->facts->pop, attr, row, 1, &lo, a->type == ATTR_SET ? &hi : NULL, err));
    for (size_t i = 0; i < decides->n_from; i++) {
        const struct people_from *from = &decides->from[i];
        int column = from_column(from);
        bool match = false;
        if ((size_t)from->source != source || column < 0) {
            continue;
        }
        TRY(says(e, decides, from, o, lo, &match, err));
        if (match) {
            *out = column;
            return ST_OK;
        }
    }
    return ST_OK;
}

enum status evidence_attr_ref(struct evidence *e, const struct rules_hit *hit, int attr, struct evidence_ref *out, struct err *err)
{
    struct facts *f = e->facts;
    const struct people_attr *a = &f->night->site->people->attrs[attr];
    uint32_t row = a->entity == ATTR_HOUSEHOLD ? hit->household : hit->person;
    struct origin o = {-1, -1};
    enum person_column column = P_NAME;
    enum person_role role = ROLE_NAME;
    *out = (struct evidence_ref){.input = UINT32_MAX, .column = -1};
    if (row == RULES_NO_ROW || (a->builtin != ATTR_CONFIGURED && !builtin_origin(a->builtin, &column, &role))) {
        return ST_OK;
    }
    if (a->builtin == ATTR_CONFIGURED) {
        TRY(population_origin(f->pop, attr, row, &o, err));
    } else {
        if (a->builtin == ATTR_B_H_NAME) {
            int64_t head;
            TRY(population_household_one(f->pop, H_HEAD, row, &head, err));
            row = (uint32_t)head;
        }
        TRY(population_origin_of(f->pop, column, row, &o, err));
    }
    if (o.input < 0 || o.row < 0) {
        return ST_OK;
    }
    size_t source = f->night->inputs[o.input].source;
    if (a->builtin == ATTR_CONFIGURED) {
        TRY(configured_column(e, attr, row, &o, &out->column, err));
    } else {
        out->column = role_column(&f->night->site->sources->v[source], role);
    }
    out->input = (uint32_t)o.input;
    out->row = (uint32_t)o.row;
    out->file_id = f->night->inputs[o.input].file_id;
    out->source = source;
    return ST_OK;
}

/* --- changes ---------------------------------------------------------------------------------------------------------- */

enum status evidence_change_ref(struct evidence *e, const struct rules_hit *hit, int change, struct evidence_ref *out, struct err *err)
{
    (void)err;
    const facts_change_list *list = &e->run->changes[change];
    const struct facts_change *newest = NULL;
    *out = (struct evidence_ref){.input = UINT32_MAX, .column = -1};
    for (size_t lo = 0, hi = list->n; lo < hi;) { /* the last entry of the person */
        size_t mid = lo + (hi - lo) / 2;
        if (list->v[mid].person <= hit->person) {
            newest = list->v[mid].person == hit->person ? &list->v[mid] : newest;
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (newest && newest->old_file >= 0) {
        out->file_id = newest->old_file;
        out->line = newest->old_line;
        out->source = newest->source;
        out->column = newest->column;
    }
    return ST_OK;
}
