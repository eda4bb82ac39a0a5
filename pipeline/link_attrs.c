/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of people.yaml: conditions on rows, and which record's value survives. */
#include "base/core/hash.h"
#include "pipeline/link_block.h"
#include "pipeline/population_columns.h"

/* --- lanes ------------------------------------------------------------------------------------------------------------- */

static void lane_put(struct lane *lane, uint32_t p, int64_t v, int32_t when, size_t item)
{
    if (lane->v64) {
        lane->v64[p] = v;
    } else {
        lane->v32[p] = (int32_t)v;
    }
    if (lane->when) {
        lane->when[p] = when;
    }
    if (lane->item) {
        lane->item[p] = (uint8_t)MIN(item, 255);
    }
}

static void make_lane(struct link *l, struct lane *lane)
{
    const struct people_attr *a = &l->people->attrs[lane->attr];
    size_t n = l->n + 1u;
    lane->from = xmalloc(n * sizeof(*lane->from));
    memset(lane->from, 0xFF, n * sizeof(*lane->from));
    if (a->type == ATTR_SET) {
        for (size_t f = 0; f < a->n_from; f++) {
            size_t k = 0;
            while (k < lane->n_masks && lane->mask_source[k] != a->from[f].source) {
                k++;
            }
            if (k == lane->n_masks && k < ARRAY_LEN(lane->mask)) {
                lane->mask_source[k] = a->from[f].source;
                lane->mask[lane->n_masks++] = xcalloc(n, sizeof(uint64_t));
            }
        }
        return;
    }
    for (size_t f = 0; f < a->n_from; f++) { /* most attributes need neither: one item, newest by data date */
        if (a->from[f].date_column >= 0 && !lane->when) {
            lane->when = xmalloc(n * sizeof(*lane->when));
        }
    }
    lane->item = a->n_from > 1 ? xmalloc(n) : NULL;
    if (attr_is_wide(a->type)) {
        lane->v64 = xmalloc(n * sizeof(*lane->v64));
    } else {
        lane->v32 = xmalloc(n * sizeof(*lane->v32));
    }
    for (size_t i = 0; i < n; i++) {
        lane_put(lane, (uint32_t)i, lane->v64 ? INT64_MIN : INT32_MIN, DAY_MISSING, 0);
    }
}

void link_make_lanes(struct link *l)
{
    l->lanes = xcalloc(l->people->n_attrs + 1, sizeof(*l->lanes));
    for (size_t a = 0; a < l->people->n_attrs; a++) {
        const struct people_attr *attr = &l->people->attrs[a];
        if (attr->builtin == ATTR_CONFIGURED && attr->entity == ATTR_PERSON) {
            l->lanes[l->n_lanes].attr = (int)a;
            make_lane(l, &l->lanes[l->n_lanes++]);
        }
    }
}

static int64_t lane_get(const struct lane *lane, uint32_t p)
{
    return lane->v64 ? lane->v64[p] : lane->v32[p];
}

static int32_t lane_when(const struct link *l, const struct lane *lane, uint32_t p)
{
    return lane->when ? lane->when[p] : l->night->inputs[link_record_input(l, lane->from[p])].data_date;
}

/* --- conditions -------------------------------------------------------------------------------------------------------------- */

static int64_t *memo_for(struct block *b, size_t n)
{
    if (n > b->cap_memo) {
        b->memo = xgrow(b->memo, &b->cap_memo, n, sizeof(*b->memo));
    }
    return b->memo;
}

static bool text_is_one_of(struct str s, const struct people_cond *c)
{
    for (size_t i = 0; i < c->n_values; i++) {
        if (str_eq(s, c->values[i])) {
            return true;
        }
    }
    return false;
}

static bool number_fulfils(const struct block *b, const struct people_cond *c, enum column_type type, int64_t v)
{
    if (v == INT64_MIN) {
        return false;
    }
    if (c->date_word) {
        int64_t today = type == COL_MONTH ? day_month(b->as_of) : b->as_of;
        return c->date_word == 1 ? v <= today : v > today;
    }
    return text_is_one_of(v ? STR("是") : STR("否"), c);
}

void block_cond(struct block *b, const struct people_cond *c, uint8_t *ok)
{
    const struct row_column *col = c->column < 0 ? NULL : &b->r->columns[c->column];
    enum column_type type = c->column < 0 ? COL_TEXT : b->src->columns[c->column].type;
    if (!col || !col->there) {
        memset(ok, c->negated ? 1 : 0, c->negated ? 0 : b->r->rows); /* a missing column is blank everywhere */
        return;
    }
    if (row_is_text(type)) {
        int64_t *memo = memo_for(b, col->text.n_dict + 1);
        for (size_t k = 0; k < col->text.n_dict; k++) {
            memo[k] = text_is_one_of(col->text.dict[k], c) != c->negated;
        }
        for (size_t i = 0; i < b->r->rows; i++) {
            ok[i] &= (uint8_t)memo[col->text.codes[i]];
        }
        return;
    }
    for (size_t i = 0; i < b->r->rows; i++) {
        ok[i] &= (uint8_t)(number_fulfils(b, c, type, row_num(b->r, c->column, i)) != c->negated);
    }
}

/* --- attributes ------------------------------------------------------------------------------------------------------------------ */

static bool in_window(const struct people_from *f, bool month, int64_t d, daynum as_of)
{
    if (f->within_months == 0 && f->within_days == 0) {
        return true;
    }
    if (d == INT64_MIN) {
        return false;
    }
    if (month) {
        return d <= day_month(as_of) && d >= day_month(as_of) - f->within_months - (f->within_days + 29) / 30;
    }
    daynum first = f->within_months ? day_add_months(as_of, -f->within_months) : as_of - f->within_days;
    return d > first && d <= as_of;
}

static bool survives(enum survivorship s, int64_t v, int32_t when, int item, int64_t old_v, int32_t old_when, int old_item)
{
    switch (s) {
    case SURVIVE_PRECEDENCE:
    case SURVIVE_SET:
        return item != old_item ? item < old_item : when != old_when ? when > old_when : v < old_v;
    case SURVIVE_NEWEST_CHANGE:
        return when != old_when ? when > old_when : item != old_item ? item < old_item : v < old_v;
    case SURVIVE_STRONGEST:
    case SURVIVE_EARLIEST:
        return v != old_v ? v < old_v : when > old_when;
    case SURVIVE_ANY:
    case SURVIVE_LATEST:
        return v != old_v ? v > old_v : when > old_when;
    }
    return false;
}

static void weigh(struct block *b, struct lane *lane, size_t item, uint32_t p, size_t i, int64_t v, int32_t when)
{
    struct link *l = b->l;
    const struct people_attr *a = &l->people->attrs[lane->attr];
    if (lane->n_masks) {
        for (size_t k = 0; k < lane->n_masks; k++) {
            if (lane->mask_source[k] == (int)b->source) {
                lane->mask[k][p] |= (uint64_t)v;
            }
        }
        if (lane->from[p] == NO_RECORD) {
            lane->from[p] = block_here(b, i);
        }
        return;
    }
    bool had = lane->from[p] != NO_RECORD;
    if (had && lane_get(lane, p) != v && l->night->inputs[link_record_input(l, lane->from[p])].source != b->source) {
        link_disagree(l, p, (unsigned)MIN((size_t)(lane - l->lanes), 60));
    }
    if (!had || survives(a->survive, v, when, (int)item, lane_get(lane, p), lane_when(l, lane, p), lane->item ? lane->item[p] : 0)) {
        lane->from[p] = block_here(b, i);
        lane_put(lane, p, v, when, item);
    }
}

/* Value of each row for an item: ATTR_UNKNOWN for blank and unreadable cells. */
static int64_t item_value(const struct block *b, const struct people_attr *a, const struct people_from *f, size_t i)
{
    if (f->column < 0) {
        return f->constant;
    }
    const struct row_column *col = &b->r->columns[f->column];
    if (col->text.codes) {
        return b->memo[col->text.codes[i]];
    }
    int64_t v = row_num(b->r, f->column, i);
    return v == INT64_MIN ? ATTR_UNKNOWN : a->type == ATTR_FLAG ? v != 0 : v;
}

static void read_item(struct block *b, struct lane *lane, size_t item)
{
    const struct people_attr *a = &b->l->people->attrs[lane->attr];
    const struct people_from *f = &a->from[item];
    if (f->column >= 0 && !b->r->columns[f->column].there) {
        return;
    }
    memset(b->ok, 1, b->r->rows);
    for (size_t c = 0; c < f->n_conds; c++) {
        block_cond(b, &f->conds[c], b->ok);
    }
    if (f->column >= 0 && b->r->columns[f->column].text.codes) {
        const struct seg_text *t = &b->r->columns[f->column].text;
        int64_t *memo = memo_for(b, t->n_dict + 1);
        for (size_t k = 0; k < t->n_dict; k++) {
            memo[k] = t->dict[k].n ? people_attr_value(a, f, t->dict[k]) : ATTR_UNKNOWN;
        }
    }
    bool month = f->date_column >= 0 && b->src->columns[f->date_column].type == COL_MONTH;
    daynum data_date = b->l->night->inputs[b->input].data_date;
    for (size_t i = 0; i < b->r->rows; i++) {
        int64_t d = row_num(b->r, f->date_column, i), v;
        if (b->person[i] < 0 || !b->ok[i] || !in_window(f, month, d, b->l->night->as_of) || (v = item_value(b, a, f, i)) == ATTR_UNKNOWN) {
            continue;
        }
        int32_t when = f->date_column < 0 ? data_date : d == INT64_MIN ? INT32_MIN : month ? month_first((monthnum)d) : (int32_t)d;
        weigh(b, lane, item, (uint32_t)b->person[i], i, v, when);
    }
}

void block_attributes(struct block *b)
{
    for (size_t k = 0; k < b->l->n_lanes; k++) {
        const struct people_attr *a = &b->l->people->attrs[b->l->lanes[k].attr];
        for (size_t f = 0; f < a->n_from; f++) {
            if (a->from[f].source == (int)b->source) {
                read_item(b, &b->l->lanes[k], f);
            }
        }
    }
}
